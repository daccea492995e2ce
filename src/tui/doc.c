/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of runs, for everything that is read rather than chosen from. */
#include "tui/doc.h"

#include <ctype.h>

enum { LABEL_CELLS = 14, DOC_LINES_MAX = 200000 };

static void line_release(struct doc_line *line)
{
	for (size_t i = 0; i < line->count; i++)
		text_release(&line->runs[i].text);
	free(line->runs);
}

void doc_reset(struct doc *doc, int width)
{
	for (size_t i = 0; i < doc->count; i++)
		line_release(&doc->lines[i]);
	doc->count = doc->kept = 0;
	doc->width = width;
}

void doc_release(struct doc *doc)
{
	doc_reset(doc, 0);
	free(doc->lines);
	*doc = (struct doc){ 0 };
}

void doc_keep(struct doc *doc)
{
	doc->kept = doc->count;
}

void doc_line(struct doc *doc)
{
	if (doc->count >= DOC_LINES_MAX)
		return;
	doc->lines = mem_grow(doc->lines, &doc->capacity, doc->count + 1, sizeof(*doc->lines));
	doc->lines[doc->count++] = (struct doc_line){ 0 };
}

static void run_add(struct doc *doc, enum role role, const char *raw, long length)
{
	struct doc_line *line;

	if (!doc->count)
		doc_line(doc);
	line = &doc->lines[doc->count - 1];
	line->runs = mem_resize(line->runs, line->count + 1, sizeof(*line->runs));
	line->runs[line->count].role = role;
	text_display(&line->runs[line->count++].text, raw, length, TEXT_LINE);
}

void doc_run(struct doc *doc, enum role role, const char *raw)
{
	run_add(doc, role, raw, -1);
}

void doc_format(struct doc *doc, enum role role, const char *format, ...)
{
	va_list args;
	char *raw = NULL;

	va_start(args, format);
	if (vasprintf(&raw, format, args) < 0)
		BUG("out of memory");
	va_end(args);
	doc_run(doc, role, raw);
	free(raw);
}

/* Where to cut a line that is too long: after the last blank that fits, else in the word. */
static size_t wrap_at(const char *line, size_t length, int cells)
{
	int width;
	size_t fits = text_clip(line, cells, &width), cut;

	if (fits >= length)
		return length;
	for (cut = fits; cut > 0 && line[cut - 1] != ' ';)
		cut--;
	return cut > fits / 3 ? cut : fits ? fits : 1;
}

/* What is cut there, without the blanks where the line ends, which would be drawn for nothing. */
static size_t seen_of(const char *rest, size_t cut)
{
	while (cut > 0 && rest[cut] && rest[cut - 1] == ' ')
		cut--;
	return cut;
}

static int width_of(const struct doc_line *line)
{
	int width = 0;

	for (size_t i = 0; i < line->count; i++)
		width += line->runs[i].text.width;
	return width;
}

static int line_width(const struct doc *doc)
{
	return width_of(&doc->lines[doc->count - 1]);
}

void doc_wrapped(struct doc *doc, enum role role, int indent, const char *raw)
{
	AUTO_TEXT text = TEXT_INIT;
	const char *rest;

	if (!doc->count)
		doc_line(doc);
	text_display(&text, raw, -1, TEXT_LINE);
	for (rest = text.utf8; *rest;) {
		int used = line_width(doc), cells = doc->width - used;
		size_t cut;

		/* At the edge it begins on the next line. */
		if (cells < 8 && used > indent && text_width(rest) > cells) {
			doc_line(doc);
			doc_format(doc, ROLE_NORMAL, "%*s", indent, "");
			cells = doc->width - indent;
		}
		cut = wrap_at(rest, strlen(rest), cells < 8 ? 8 : cells);
		if (seen_of(rest, cut))
			run_add(doc, role, rest, (long)seen_of(rest, cut));
		rest += cut;
		if (!*rest)
			break;
		doc_line(doc);
		doc_format(doc, ROLE_NORMAL, "%*s", indent, "");
	}
}

void doc_heading(struct doc *doc, const char *raw)
{
	if (doc->count)
		doc_line(doc);
	doc_line(doc);
	doc_run(doc, ROLE_TITLE, raw);
	doc_mark_heading(doc);
}

void doc_mark_heading(struct doc *doc)
{
	if (doc->count)
		doc->lines[doc->count - 1].heading = true;
}

long doc_next_heading(const struct doc *doc, size_t from, int step)
{
	for (long i = (long)from + step; i >= 0 && i < (long)doc->count; i += step)
		if (doc->lines[i].heading)
			return i;
	return -1;
}

void doc_sentence(struct doc *doc, enum role role, const char *raw)
{
	doc_block(doc, role, raw, false);
}

void doc_column(struct doc *doc, enum role role, int cells, const char *raw)
{
	AUTO_TEXT text = TEXT_INIT;

	text_display(&text, raw, -1, TEXT_LINE);
	doc_format(doc, role, "%s%*s", text.utf8, text.width < cells ? cells - text.width : 1, "");
}

void doc_label(struct doc *doc, const char *raw)
{
	doc_column(doc, ROLE_LABEL, LABEL_CELLS, raw);
}

void doc_field(struct doc *doc, const char *label, enum role role, const char *value)
{
	if (!value || !*value)
		return;
	doc_line(doc);
	doc_label(doc, label);
	doc_wrapped(doc, role, LABEL_CELLS, value);
}

static void block_line(struct doc *doc, enum role role, const char *line, size_t length, const char *mark,
		       enum role role_mark)
{
	int cells = doc->width - (mark ? text_width(mark) : 0);
	AUTO_STRING copy = mem_copy(line, length);
	const char *rest = copy;

	cells = cells < 8 ? 8 : cells;
	do {
		size_t cut = wrap_at(rest, strlen(rest), cells);

		doc_line(doc);
		if (mark)
			doc_run(doc, role_mark, mark);
		run_add(doc, role, rest, (long)seen_of(rest, cut));
		rest += cut;
	} while (*rest);
}

void doc_block(struct doc *doc, enum role role, const char *raw, bool gutter)
{
	doc_behind(doc, role, raw, gutter ? "│ " : NULL, ROLE_GUTTER);
}

void doc_behind(struct doc *doc, enum role role, const char *raw, const char *mark, enum role role_mark)
{
	AUTO_TEXT text = TEXT_INIT;
	const char *line, *end;

	text_display(&text, raw, -1, TEXT_BLOCK);
	for (line = text.utf8; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		block_line(doc, role, line, (size_t)(end - line), mark, role_mark);
	}
}

/* The line AT of FROM behind what is there, filled up to CELLS. */
static void line_copy(struct doc *doc, const struct doc *from, size_t at, int cells)
{
	const struct doc_line *line = at < from->count ? &from->lines[at] : NULL;
	int width = line ? width_of(line) : 0;

	for (size_t i = 0; line && i < line->count; i++)
		doc_run(doc, line->runs[i].role, line->runs[i].text.utf8);
	if (width < cells)
		doc_format(doc, ROLE_NORMAL, "%*s", cells - width, "");
}

void doc_below(struct doc *doc, const struct doc *from)
{
	for (size_t i = 0; i < from->count; i++) {
		doc_line(doc);
		line_copy(doc, from, i, 0);
		doc->lines[doc->count - 1].heading = from->lines[i].heading;
	}
}

void doc_take_rest(struct doc *doc, struct doc *from)
{
	size_t count = from->count - from->kept;

	if (!count)
		return;
	doc->lines = mem_grow(doc->lines, &doc->capacity, doc->count + count, sizeof(*doc->lines));
	memmove(doc->lines + count, doc->lines, doc->count * sizeof(*doc->lines));
	memcpy(doc->lines, from->lines + from->kept, count * sizeof(*doc->lines));
	doc->count += count;
	from->count = from->kept;
}

void doc_beside(struct doc *doc, const struct doc *left, const struct doc *right, const char *between)
{
	size_t count = left->count > right->count ? left->count : right->count;

	if (left->width >= doc->width) {
		doc_below(doc, left);
		doc_below(doc, right);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		doc_line(doc);
		line_copy(doc, left, i, left->width);
		doc_run(doc, ROLE_RULE, between);
		line_copy(doc, right, i, 0);
	}
}

long text_find(const char *haystack, const char *needle)
{
	size_t length = strlen(needle);

	for (const char *at = haystack; *at; at++) {
		size_t i = 0;

		while (i < length && tolower((unsigned char)at[i]) == tolower((unsigned char)needle[i]))
			i++;
		if (i == length)
			return at - haystack;
	}
	return length ? -1 : 0;
}

/* Draws one run with its matches marked; returns the cells it took. */
static int run_draw(struct terminal *term, const struct doc_run *run, int row, int col, int cells,
		    const char *match)
{
	int used = term_put(term, row, col, cells, &run->text, run->role);
	const char *rest = run->text.utf8;
	long at;

	if (!match || !*match)
		return used;
	while ((at = text_find(rest, match)) >= 0) {
		AUTO_TEXT before = TEXT_INIT, hit = TEXT_INIT;
		size_t offset = (size_t)(rest + at - run->text.utf8);

		text_display(&before, run->text.utf8, (long)offset, TEXT_LINE);
		text_display(&hit, rest + at, (long)strlen(match), TEXT_LINE);
		if (before.width < cells)
			term_put(term, row, col + before.width, cells - before.width, &hit, ROLE_MATCH);
		rest += at + (long)strlen(match);
	}
	return used;
}

void doc_draw(const struct doc *doc, struct terminal *term, size_t first, int row, int col, int rows, int cols,
	      const char *match)
{
	for (int i = 0; i < rows && first + (size_t)i < doc->count; i++) {
		const struct doc_line *line = &doc->lines[first + (size_t)i];
		int used = 0;

		for (size_t j = 0; j < line->count && used < cols; j++)
			used += run_draw(term, &line->runs[j], row + i, col + used, cols - used, match);
	}
}

static bool line_holds(const struct doc_line *line, const char *needle)
{
	for (size_t i = 0; i < line->count; i++)
		if (text_find(line->runs[i].text.utf8, needle) >= 0)
			return true;
	return false;
}

long doc_find(const struct doc *doc, const char *needle, size_t from, int step)
{
	for (long i = (long)from; i >= 0 && i < (long)doc->count; i += step)
		if (line_holds(&doc->lines[i], needle))
			return i;
	return -1;
}

void doc_text(const struct doc *doc, struct str *ret)
{
	for (size_t i = 0; i < doc->count; i++) {
		for (size_t j = 0; j < doc->lines[i].count; j++)
			str_add(ret, doc->lines[i].runs[j].text.utf8);
		str_add_char(ret, '\n');
	}
}
