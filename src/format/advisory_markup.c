/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of an advisory as plain text, Markdown and HTML. */
#include "format/advisory_prose.h"

#include "psirtty/base/text.h"

enum { COLUMNS = 72, LABEL = 12 };

/* ---- plain text */

/* The next piece that is not broken: a word, or one wide character. */
static size_t piece_length(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at != ' ') {
		const char *before = at;
		int32_t c = utf8_next(&at, end);

		if (c >= 0x1100 && text_cells((uint32_t)c) == 2)
			return before == text ? (size_t)(at - text) : (size_t)(before - text);
	}
	return (size_t)(at - text);
}

void prose_wrap(struct str *ret, const char *text, size_t length, int column, int hanging)
{
	const char *end = text + length;
	bool first = true;

	while (text < end) {
		size_t blanks = strspn(text, " "), piece;
		AUTO_STRING word = NULL;
		int width;

		blanks = blanks < (size_t)(end - text) ? blanks : (size_t)(end - text);
		text += blanks;
		piece = piece_length(text, end);
		if (!piece)
			break;
		word = mem_copy(text, piece);
		width = text_width(word);
		if (!first && column + (blanks ? 1 : 0) + width > COLUMNS) {
			str_add_char(ret, '\n');
			str_add_repeat(ret, ' ', (size_t)hanging);
			column = hanging;
		} else if (!first && blanks) {
			str_add_char(ret, ' ');
			column++;
		}
		str_add(ret, word);
		column += width;
		text += piece;
		first = false;
	}
	str_add_char(ret, '\n');
}

static void wrap_lines(struct str *ret, const char *text, int column, int hanging)
{
	AUTO_TEXT safe = TEXT_INIT;

	text_display(&safe, text, -1, TEXT_BLOCK);
	for (const char *line = safe.utf8; *line || line == safe.utf8;) {
		size_t length = strcspn(line, "\n");

		if (line != safe.utf8) {
			str_add_repeat(ret, ' ', (size_t)hanging);
			column = hanging;
		}
		prose_wrap(ret, line, length, column, hanging);
		line += length;
		if (!*line++)
			break;
	}
}

static void underline(struct str *ret, const char *text, char c)
{
	AUTO_TEXT safe = TEXT_INIT;

	text_display(&safe, text, -1, TEXT_LINE);
	str_add_repeat(ret, c, (size_t)(safe.width < COLUMNS ? safe.width : COLUMNS));
	str_add_char(ret, '\n');
}

static void field_text(struct str *ret, const struct prose_block *block)
{
	AUTO_STRING label = mem_format("%s:", str_or_empty(block->label));
	int width = text_width(label), pad = width < LABEL ? LABEL - width : 1;

	str_add(ret, label);
	str_add_repeat(ret, ' ', (size_t)pad);
	wrap_lines(ret, block->text, width + pad, LABEL);
}

static void link_text(struct str *ret, const struct prose_block *block)
{
	if (block->label) {
		str_add(ret, "- ");
		wrap_lines(ret, block->label, 2, 2);
	}
	str_add(ret, "  ");
	wrap_lines(ret, block->text, 2, 2);
}

void prose_text(const struct prose *prose, struct str *ret)
{
	for (size_t i = 0; i < prose->count; i++) {
		const struct prose_block *b = &prose->blocks[i];

		switch (b->kind) {
		case PROSE_TITLE:
			wrap_lines(ret, b->text, 0, 0);
			underline(ret, b->text, '=');
			break;
		case PROSE_HEADING:
		case PROSE_SUBHEADING:
			str_add(ret, ret->length ? "\n" : "");
			wrap_lines(ret, b->text, 0, 0);
			if (b->kind == PROSE_HEADING)
				underline(ret, b->text, '-');
			break;
		case PROSE_TEXT:
			wrap_lines(ret, b->text, 0, 0);
			break;
		case PROSE_ITEM:
			str_add(ret, "- ");
			wrap_lines(ret, b->text, 2, 2);
			break;
		case PROSE_FIELD:
			field_text(ret, b);
			break;
		case PROSE_LINK:
			link_text(ret, b);
			break;
		}
	}
}

/* ---- Markdown */

/* What begins a block only does so at the beginning of a line; escaped everywhere it does no harm. */
static void escape_markdown(struct str *ret, const char *text, bool one_line)
{
	AUTO_TEXT safe = TEXT_INIT;
	int digits = 0; /* since the beginning of the line, or -1 behind anything else */

	text_display(&safe, text, -1, one_line ? TEXT_LINE : TEXT_BLOCK);
	for (const char *c = safe.utf8; *c; c++) {
		bool first = c == safe.utf8 || c[-1] == '\n';

		digits = first ? 0 : digits;
		if (strchr("\\`*_[]<>|&!", *c) || (first && strchr("#+-=~", *c)))
			str_add_char(ret, '\\');
		/* "1." and "1)" begin lists. */
		if ((*c == '.' || *c == ')') && digits > 0)
			str_add_char(ret, '\\');
		digits = *c >= '0' && *c <= '9' && digits >= 0 ? digits + 1 : -1;
		str_add_char(ret, *c);
	}
}

static bool is_web(const char *url)
{
	return (str_starts(url, "https://") || str_starts(url, "http://")) && !strpbrk(url, " <>\"\\\n\r\t`");
}

static void link_markdown(struct str *ret, const struct prose_block *b)
{
	str_add(ret, "- ");
	if (!is_web(b->text)) {
		escape_markdown(ret, b->text, true);
	} else if (b->label) {
		str_add_char(ret, '[');
		escape_markdown(ret, b->label, true);
		str_add_format(ret, "](<%s>)", b->text);
	} else {
		str_add_format(ret, "<%s>", b->text);
	}
	str_add_char(ret, '\n');
}

/* What belongs together follows without an empty line. */
static bool same_run(enum prose_kind a, enum prose_kind b)
{
	bool item_a = a == PROSE_ITEM || a == PROSE_LINK, item_b = b == PROSE_ITEM || b == PROSE_LINK;

	return (a == PROSE_FIELD && b == PROSE_FIELD) || (item_a && item_b);
}

void prose_markdown(const struct prose *prose, struct str *ret)
{
	static const char *const before[] = { [PROSE_TITLE] = "# ", [PROSE_HEADING] = "## ", [PROSE_SUBHEADING] = "### ",
					      [PROSE_TEXT] = "", [PROSE_ITEM] = "- ", [PROSE_FIELD] = "- **" };

	for (size_t i = 0; i < prose->count; i++) {
		const struct prose_block *b = &prose->blocks[i];

		if (i && !same_run(b[-1].kind, b->kind))
			str_add_char(ret, '\n');
		if (b->kind == PROSE_LINK) {
			link_markdown(ret, b);
			continue;
		}
		str_add(ret, before[b->kind]);
		if (b->kind == PROSE_FIELD) {
			escape_markdown(ret, b->label, true);
			str_add(ret, ":** ");
		}
		escape_markdown(ret, b->text, b->kind != PROSE_TEXT);
		str_add_char(ret, '\n');
	}
}

/* ---- HTML */

static void escape_html(struct str *ret, const char *text)
{
	AUTO_TEXT safe = TEXT_INIT;

	text_display(&safe, text, -1, TEXT_BLOCK);
	for (const char *c = safe.utf8; *c; c++)
		switch (*c) {
		case '&': str_add(ret, "&amp;"); break;
		case '<': str_add(ret, "&lt;"); break;
		case '>': str_add(ret, "&gt;"); break;
		case '"': str_add(ret, "&quot;"); break;
		case '\'': str_add(ret, "&#39;"); break;
		default: str_add_char(ret, *c);
		}
}

static void element(struct str *ret, const char *name, const char *text)
{
	str_add_format(ret, "<%s>", name);
	escape_html(ret, text);
	str_add_format(ret, "</%s>\n", name);
}

/* Paragraphs part at empty lines, lines stay lines. */
static void paragraphs(struct str *ret, const char *text)
{
	while (*text) {
		const char *gap = strstr(text, "\n\n");
		size_t length = gap ? (size_t)(gap - text) : strlen(text);
		AUTO_STRING part = mem_copy(text, length);

		if (part[strspn(part, " \n")])
			element(ret, "p", part);
		text += length;
		text += strspn(text, "\n");
	}
}

static void link_html(struct str *ret, const struct prose_block *b)
{
	str_add(ret, "<li>");
	if (is_web(b->text)) {
		str_add(ret, "<a rel=\"noopener noreferrer\" href=\"");
		escape_html(ret, b->text);
		str_add(ret, "\">");
	}
	escape_html(ret, b->label ? b->label : b->text);
	str_add(ret, is_web(b->text) ? "</a></li>\n" : "</li>\n");
}

static const char *run_element(enum prose_kind kind)
{
	return kind == PROSE_FIELD ? "dl" : kind == PROSE_ITEM || kind == PROSE_LINK ? "ul" : NULL;
}

static void block_html(struct str *ret, const struct prose_block *b)
{
	static const char *const headings[] = { [PROSE_TITLE] = "h1", [PROSE_HEADING] = "h2", [PROSE_SUBHEADING] = "h3" };

	switch (b->kind) {
	case PROSE_TITLE:
	case PROSE_HEADING:
	case PROSE_SUBHEADING: element(ret, headings[b->kind], b->text); break;
	case PROSE_TEXT: paragraphs(ret, b->text); break;
	case PROSE_ITEM: element(ret, "li", b->text); break;
	case PROSE_LINK: link_html(ret, b); break;
	case PROSE_FIELD:
		str_add(ret, "<div>");
		element(ret, "dt", str_or_empty(b->label));
		element(ret, "dd", b->text);
		str_add(ret, "</div>\n");
		break;
	}
}

static const char style[] =
	"body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
	"color:#111;background:#fff}\n"
	"h1,h2,h3{line-height:1.2}dt{font-weight:bold}dd{margin:0 0 .3rem 0;overflow-wrap:anywhere}\n"
	"p{white-space:pre-line;overflow-wrap:anywhere}a{color:#0645ad}\n"
	"@media (prefers-color-scheme:dark){body{color:#eee;background:#111}a{color:#8cb4ff}}\n";

void prose_html(const struct prose *prose, struct str *ret)
{
	const char *open = NULL, *title = prose->count ? prose->blocks[0].text : "";

	str_add(ret, "<!DOCTYPE html>\n<html lang=\"");
	escape_html(ret, prose->lang);
	str_add(ret, "\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
	element(ret, "title", title);
	str_add_format(ret, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
	for (size_t i = 0; i < prose->count; i++) {
		const char *run = run_element(prose->blocks[i].kind);

		if (open && open != run)
			str_add_format(ret, "</%s>\n", open);
		if (run && open != run)
			str_add_format(ret, "<%s>\n", run);
		open = run;
		block_html(ret, &prose->blocks[i]);
	}
	if (open)
		str_add_format(ret, "</%s>\n", open);
	str_add(ret, "</main>\n</body>\n</html>\n");
}

/* ---- the formats */

static int write_prose(struct writing *w, void (*tell)(struct writing *, struct prose *),
		       void (*render)(const struct prose *, struct str *), struct str *ret)
{
	struct prose prose;

	tell(w, &prose);
	render(&prose, ret);
	prose_release(&prose);
	return 0;
}

int adv_write_text(struct writing *w, struct str *ret, struct error *err)
{
	(void)err;
	return write_prose(w, prose_advisory, prose_text, ret);
}

int adv_write_markdown(struct writing *w, struct str *ret, struct error *err)
{
	(void)err;
	return write_prose(w, prose_advisory, prose_markdown, ret);
}

int adv_write_html(struct writing *w, struct str *ret, struct error *err)
{
	(void)err;
	return write_prose(w, prose_advisory, prose_html, ret);
}

int adv_write_release_note(struct writing *w, struct str *ret, struct error *err)
{
	(void)err;
	return write_prose(w, prose_release_note, prose_markdown, ret);
}

int adv_write_faq(struct writing *w, struct str *ret, struct error *err)
{
	(void)err;
	return write_prose(w, prose_faq, prose_markdown, ret);
}

/* The subject on top, as programs for mail take it, then the text. */
int adv_write_mail(struct writing *w, struct str *ret, struct error *err)
{
	AUTO_STR subject = STR_INIT;
	const char *tlp = advisory_tlp(w->tree);

	(void)err;
	str_add_format(&subject, "Subject: [%s] %s%s%s", str_or_empty(js_string(w->tracking, "id")),
		       str_or_empty(js_string(w->document, "title")), tlp ? " TLP:" : "", str_or_empty(tlp));
	text_add_line(ret, subject.bytes);
	str_add(ret, "\n\n");
	return write_prose(w, prose_advisory, prose_text, ret);
}
