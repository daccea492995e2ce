/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML to plain text, for mail: one pass, no tree, nothing fetched. Links keep their target in
 * view, pictures their description; what a browser would hide is left out.
 */
#include "psirtty/format/mime.h"

enum {
	NAME_LIMIT = 16,     /* longest element name that matters */
	LINK_LIMIT = 2048,   /* bytes of a target that are shown */
	DEPTH_LIMIT = 1000,  /* nesting inside a hidden element */
};

enum element_does {
	DOES_NOTHING,
	DOES_LINE = 1 << 0,      /* begins a new line */
	DOES_PARAGRAPH = 1 << 1, /* with an empty line */
	DOES_RAW = 1 << 2,       /* its content is no text: passed over to its end tag */
	DOES_VOID = 1 << 3,      /* has no content */
	DOES_ITEM = 1 << 4,      /* begins with "- " */
	DOES_CELL = 1 << 5,      /* begins with a blank */
};

static const struct element { const char *name; unsigned does; } elements[] = {
	{ "address", DOES_LINE }, { "area", DOES_VOID }, { "article", DOES_LINE },
	{ "base", DOES_VOID }, { "blockquote", DOES_PARAGRAPH }, { "br", DOES_VOID },
	{ "col", DOES_VOID }, { "dd", DOES_LINE }, { "div", DOES_LINE }, { "dl", DOES_LINE },
	{ "dt", DOES_LINE }, { "embed", DOES_VOID }, { "footer", DOES_LINE }, { "form", DOES_LINE },
	{ "h1", DOES_PARAGRAPH }, { "h2", DOES_PARAGRAPH }, { "h3", DOES_PARAGRAPH },
	{ "h4", DOES_PARAGRAPH }, { "h5", DOES_PARAGRAPH }, { "h6", DOES_PARAGRAPH },
	{ "header", DOES_LINE }, { "hr", DOES_LINE | DOES_VOID }, { "img", DOES_VOID },
	{ "input", DOES_VOID }, { "li", DOES_LINE | DOES_ITEM }, { "link", DOES_VOID },
	{ "meta", DOES_VOID }, { "ol", DOES_LINE }, { "p", DOES_PARAGRAPH }, { "param", DOES_VOID },
	{ "pre", DOES_PARAGRAPH }, { "script", DOES_RAW }, { "section", DOES_LINE },
	{ "source", DOES_VOID }, { "style", DOES_RAW }, { "table", DOES_LINE }, { "td", DOES_CELL },
	{ "template", DOES_RAW }, { "th", DOES_CELL }, { "title", DOES_RAW }, { "tr", DOES_LINE },
	{ "track", DOES_VOID }, { "ul", DOES_LINE }, { "wbr", DOES_VOID }, { "xmp", DOES_PARAGRAPH },
};

/* Attributes whose value a browser would fetch. */
static const char *const fetched[] = { "src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc" };

static const struct entity { const char *name; uint32_t codepoint; } entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
	{ "nbsp", 0xA0 }, { "copy", 0xA9 }, { "reg", 0xAE }, { "deg", 0xB0 }, { "micro", 0xB5 },
	{ "middot", 0xB7 }, { "laquo", 0xAB }, { "raquo", 0xBB }, { "para", 0xB6 }, { "sect", 0xA7 },
	{ "euro", 0x20AC }, { "pound", 0xA3 }, { "yen", 0xA5 }, { "cent", 0xA2 }, { "trade", 0x2122 },
	{ "ndash", 0x2013 }, { "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 },
	{ "ldquo", 0x201C }, { "rdquo", 0x201D }, { "bdquo", 0x201E }, { "hellip", 0x2026 },
	{ "bull", 0x2022 }, { "rarr", 0x2192 }, { "larr", 0x2190 }, { "times", 0xD7 },
	{ "plusmn", 0xB1 }, { "frac12", 0xBD }, { "auml", 0xE4 }, { "ouml", 0xF6 }, { "uuml", 0xFC },
	{ "Auml", 0xC4 }, { "Ouml", 0xD6 }, { "Uuml", 0xDC }, { "szlig", 0xDF }, { "eacute", 0xE9 },
	{ "egrave", 0xE8 }, { "agrave", 0xE0 }, { "aacute", 0xE1 }, { "ccedil", 0xE7 },
	{ "ntilde", 0xF1 }, { "oacute", 0xF3 }, { "aring", 0xE5 }, { "oslash", 0xF8 },
	{ "aelig", 0xE6 }, { "zwnj", 0x200C }, { "zwj", 0x200D }, { "shy", 0xAD },
};

struct page {
	const char *at, *end;
	struct str *out;
	size_t start;                /* of our text in out */
	bool space;                  /* a blank is owed */
	int lines;                   /* line ends at the end of out */
	int pre;                     /* depth of <pre> */
	char hidden[NAME_LIMIT];     /* the hidden element we are in, or "" */
	int hidden_depth;
	bool hidden_quiet;           /* it is a copy of the headers (RFC 9788 4.10.2): not told */
	size_t hidden_here;          /* characters in it */
	struct str link;             /* target of the open <a>, or empty */
	size_t link_start;           /* where its text began */
	struct mime_html_facts facts;
};

struct tag {
	char name[NAME_LIMIT];
	bool closing;
	const char *attributes, *end; /* behind the name; at ">" */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* ---- output */

static void put_line(struct page *page, int lines)
{
	page->space = false;
	if (page->out->length == page->start)
		return;
	for (; page->lines < lines; page->lines++)
		str_add_char(page->out, '\n');
}

static void put_point(struct page *page, uint32_t c)
{
	if (page->space && page->lines == 0 && page->out->length > page->start)
		str_add_char(page->out, ' ');
	page->space = false;
	page->lines = 0;
	str_add_utf8(page->out, c == 0xA0 ? ' ' : c);
}

static void put_string(struct page *page, const char *string)
{
	const char *end = string + strlen(string);

	while (string < end) {
		int32_t c = utf8_next(&string, end);

		put_point(page, c <= 0 ? 0xFFFD : (uint32_t)c);
	}
}

/* ---- character references */

static uint32_t numeric_entity(const char *s, const char *end, const char **ret_next)
{
	int base = s < end && (*s == 'x' || *s == 'X') ? 16 : 10;
	uint32_t value = 0;
	const char *from;

	s += base == 16;
	from = s;
	for (; s < end && s - from < 8; s++) {
		int digit = *s >= '0' && *s <= '9' ? *s - '0' : lower(*s) >= 'a' && lower(*s) <= 'f' ?
			    lower(*s) - 'a' + 10 : 99;

		if (digit >= base)
			break;
		value = value * (uint32_t)base + (uint32_t)digit;
	}
	if (s == from)
		return 0;
	*ret_next = s < end && *s == ';' ? s + 1 : s;
	return value && value < 0x110000 ? value : 0xFFFD;
}

/* The character at "&"; 0 when it is a plain ampersand. */
static uint32_t read_entity(const char *s, const char *end, const char **ret_next)
{
	s++;
	if (s < end && *s == '#')
		return numeric_entity(s + 1, end, ret_next);
	for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
		size_t length = strlen(entities[i].name);

		if ((size_t)(end - s) <= length || memcmp(s, entities[i].name, length) != 0 ||
		    s[length] != ';')
			continue;
		*ret_next = s + length + 1;
		return entities[i].codepoint;
	}
	return 0;
}

static void add_decoded(struct str *ret, const char *s, const char *end)
{
	while (s < end) {
		uint32_t c = *s == '&' ? read_entity(s, end, &s) : 0;
		int32_t plain;

		if (!c) {
			plain = utf8_next(&s, end);
			c = plain <= 0 ? 0xFFFD : (uint32_t)plain;
		}
		str_add_utf8(ret, c);
	}
}

/* ---- tags */

/* Behind a quoted or bare attribute value or name. */
static const char *tag_end(const char *s, const char *end)
{
	char quote = 0;
	const char *start = s;

	for (; s < end; s++) {
		if (quote)
			quote = *s == quote ? 0 : quote;
		else if ((*s == '"' || *s == '\'') && s > start && s[-1] == '=')
			quote = *s;
		else if (*s == '>')
			return s;
	}
	return end;
}

static void tag_read(struct page *page, struct tag *ret)
{
	const char *s = page->at + 1;
	size_t length = 0;

	memset(ret->name, 0, sizeof(ret->name));
	ret->closing = s < page->end && *s == '/';
	s += ret->closing;
	for (; s < page->end && !is_blank(*s) && *s != '>' && *s != '/'; s++)
		if (length < NAME_LIMIT - 1)
			ret->name[length++] = lower(*s);
	ret->attributes = s;
	ret->end = tag_end(s, page->end);
	page->at = ret->end < page->end ? ret->end + 1 : page->end;
}

static bool word_equals(const char *bytes, size_t length, const char *word)
{
	return strlen(word) == length && str_starts_nocase(bytes, word);
}

/* One attribute at *CURSOR; false at the end. */
static bool attribute_next(const char **cursor, const char *end, const char **ret_name,
			   size_t *ret_name_length, const char **ret_value, size_t *ret_length)
{
	const char *s = *cursor;
	char quote;

	while (s < end && (is_blank(*s) || *s == '/'))
		s++;
	if (s >= end)
		return false;
	*ret_name = s;
	for (; s < end && !is_blank(*s) && *s != '='; s++)
		;
	*ret_name_length = (size_t)(s - *ret_name);
	*ret_value = s;
	*ret_length = 0;
	while (s < end && is_blank(*s))
		s++;
	if (s < end && *s == '=') {
		for (s++; s < end && is_blank(*s); s++)
			;
		quote = s < end && (*s == '"' || *s == '\'') ? *s++ : '\0';
		*ret_value = s;
		while (s < end && (quote ? *s != quote : !is_blank(*s)))
			s++;
		*ret_length = (size_t)(s - *ret_value);
		s += s < end && quote;
	}
	if (s == *ret_name)
		s++;
	*cursor = s;
	return true;
}

/* The decoded value of an attribute, false when the tag has none of that name. */
static bool tag_attribute(const struct tag *tag, const char *name, struct str *ret)
{
	const char *cursor = tag->attributes, *found, *value;
	size_t found_length, length;

	while (attribute_next(&cursor, tag->end, &found, &found_length, &value, &length)) {
		if (!word_equals(found, found_length, name))
			continue;
		add_decoded(ret, value, value + length);
		return true;
	}
	return false;
}

static const struct element *element_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		if (str_equal(elements[i].name, name))
			return &elements[i];
	return NULL;
}

/* Without blanks and in lower case, as style declarations are compared. */
static void squeeze(const struct str *from, struct str *ret)
{
	for (size_t i = 0; i < from->length; i++)
		if (!is_blank(from->bytes[i]))
			str_add_char(ret, lower(from->bytes[i]));
}

static bool style_hides(const char *style)
{
	static const char *const hides[] = { "display:none", "visibility:hidden", "font-size:0;",
					     "font-size:0px", "font-size:0pt", "font-size:0em",
					     "font-size:0%", "mso-hide:all" };

	for (size_t i = 0; i < ARRAY_LEN(hides); i++)
		if (strstr(style, hides[i]))
			return true;
	return str_ends(style, "font-size:0") || str_ends(style, "opacity:0") ||
	       strstr(style, "opacity:0;");
}

/* White letters: shown, since what they stand on is not known, and told. */
static bool style_whitens(const char *style)
{
	static const char *const whites[] = { "color:#fff;", "color:#ffffff", "color:white", "color:transparent",
					      "color:rgb(255,255,255)" };

	for (size_t i = 0; i < ARRAY_LEN(whites); i++) {
		const char *at = strstr(style, whites[i]);

		if (at && (at == style || at[-1] == ';'))
			return true;
	}
	return str_ends(style, ";color:#fff") || str_equal(style, "color:#fff");
}

static bool tag_hides(struct page *page, const struct tag *tag)
{
	AUTO_STR style = STR_INIT, squeezed = STR_INIT, other = STR_INIT;

	if (tag_attribute(tag, "style", &style)) {
		squeeze(&style, &squeezed);
		page->facts.remote |= strstr(squeezed.bytes, "url(") != NULL;
		page->facts.hidden += style_whitens(squeezed.bytes);
	}
	page->hidden_quiet = tag_attribute(tag, "class", &other) &&
			     strstr(other.bytes, "header-protection-legacy-display");
	if (page->hidden_quiet)
		return true;
	return style_hides(squeezed.bytes) || tag_attribute(tag, "hidden", &other);
}

static bool is_remote(const char *target)
{
	target += strspn(target, " \t\r\n");
	return str_starts_nocase(target, "http:") || str_starts_nocase(target, "https:") ||
	       str_starts_nocase(target, "ftp:") || str_starts(target, "//");
}

static void note_remote(struct page *page, const struct tag *tag)
{
	const char *cursor = tag->attributes, *name, *value;
	size_t name_length, length;
	bool fetches_href = str_equal(tag->name, "link") || str_equal(tag->name, "base") ||
			    str_equal(tag->name, "image") || str_equal(tag->name, "use");

	while (attribute_next(&cursor, tag->end, &name, &name_length, &value, &length)) {
		AUTO_STR target = STR_INIT;
		bool asks = fetches_href && (word_equals(name, name_length, "href") ||
					     word_equals(name, name_length, "xlink:href"));

		for (size_t i = 0; i < ARRAY_LEN(fetched); i++)
			asks |= word_equals(name, name_length, fetched[i]);
		if (!asks && !(str_equal(tag->name, "meta") && word_equals(name, name_length, "content")))
			continue;
		add_decoded(&target, value, value + length);
		page->facts.remote |= asks ? is_remote(target.bytes) : strstr(target.bytes, "url=") != NULL ||
			strstr(target.bytes, "URL=") != NULL;
	}
}

/* ---- elements */

/* Over the content of a script, a style and the like; what a style sheet asks for is noted. */
static void skip_raw(struct page *page, const char *name)
{
	size_t length = strlen(name);
	const char *from = page->at;

	for (; page->at < page->end; page->at++) {
		if (*page->at != '<' || (size_t)(page->end - page->at) < length + 2 ||
		    page->at[1] != '/' || !str_starts_nocase(page->at + 2, name))
			continue;
		break;
	}
	if (str_equal(name, "style"))
		page->facts.remote |= memmem(from, (size_t)(page->at - from), "url(", 4) != NULL ||
				memmem(from, (size_t)(page->at - from), "@import", 7) != NULL;
}

static bool is_host_letter(char c)
{
	return strchr("-._~", c) || (c & 0x80) || (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* The host in what looks like an address of the web, or none: *RET_LENGTH 0. A user name in front is passed over. */
static const char *host_in(const char *text, size_t *ret_length)
{
	const char *mark = strstr(text, "://"), *at = mark && mark - text <= 10 ? mark + 3 : text;
	bool dotted = false;
	size_t length = 0;

	for (; at[length] && is_host_letter(at[length]); length++)
		dotted |= length && at[length] == '.' && at[length + 1] && is_host_letter(at[length + 1]);
	if (at[length] == '@' && at != text) {
		at += length + 1;
		for (length = 0; at[length] && is_host_letter(at[length]); length++)
			;
		dotted = true;
	}
	*ret_length = dotted && (!at[length] || strchr(" \n/:?#", at[length])) ? length : 0;
	if (*ret_length > 4 && str_starts_nocase(at, "www.")) {
		*ret_length -= 4;
		at += 4;
	}
	return at;
}

static bool hosts_differ(const char *shown, const char *target)
{
	size_t one, other;
	const char *a = host_in(shown, &one), *b = host_in(target, &other);

	return one && other && strstr(target, "://") && (one != other || strncasecmp(a, b, one) != 0);
}

static void link_end(struct page *page)
{
	const char *shown = page->out->bytes + page->link_start, *target = page->link.bytes;

	if (!page->link.length)
		return;
	if (page->out->length < page->link_start)
		shown = "";
	shown += strspn(shown, " \n");
	page->facts.link_mismatch |= hosts_differ(shown, target);
	if (!str_equal(shown, target) && !(str_starts(target, "mailto:") && str_equal(shown, target + 7))) {
		page->space = page->out->length > page->link_start;
		put_point(page, '<');
		put_string(page, target);
		put_point(page, '>');
	}
	str_reset(&page->link);
}

static void link_begin(struct page *page, const struct tag *tag)
{
	link_end(page);
	if (!tag_attribute(tag, "href", &page->link))
		return;
	for (size_t i = 0; i < page->link.length; i++)
		if ((unsigned char)page->link.bytes[i] <= ' ')
			page->link.bytes[i] = '_';
	if (page->link.length > LINK_LIMIT)
		str_truncate(&page->link, LINK_LIMIT);
	if (str_starts(page->link.bytes, "#"))
		str_reset(&page->link);
	page->link_start = page->out->length;
}

static void picture(struct page *page, const struct tag *tag)
{
	AUTO_STR description = STR_INIT;

	if (!tag_attribute(tag, "alt", &description) || !description.length)
		return;
	put_point(page, '[');
	put_string(page, description.bytes);
	put_point(page, ']');
}

static void element_layout(struct page *page, const struct tag *tag, const struct element *element)
{
	unsigned does = element ? element->does : DOES_NOTHING;

	if (str_equal(tag->name, "br") && !tag->closing && page->out->length > page->start) {
		page->space = false;
		str_add_char(page->out, '\n');
		page->lines++;
	}
	if (does & (DOES_LINE | DOES_PARAGRAPH))
		put_line(page, does & DOES_PARAGRAPH ? 2 : 1);
	if (does & DOES_CELL)
		page->space = true;
	if (does & DOES_ITEM && !tag->closing)
		put_string(page, "- ");
	if (str_equal(tag->name, "pre") || str_equal(tag->name, "xmp"))
		page->pre += tag->closing ? -(page->pre > 0) : 1;
}

static void hidden_end(struct page *page)
{
	char mark[48];

	page->hidden[0] = '\0';
	if (!page->hidden_here)
		return;
	page->facts.hidden += page->hidden_here;
	snprintf(mark, sizeof(mark), "[hidden: %zu characters]", page->hidden_here);
	page->hidden_here = 0;
	page->space = page->out->length > page->start;
	put_string(page, mark);
	page->space = true;
}

/* Inside a hidden element only its own end matters; a <p> also ends where the next block begins. */
static void hidden_tag(struct page *page, const struct tag *tag, const struct element *element)
{
	bool same = str_equal(tag->name, page->hidden);

	if (same && !tag->closing && page->hidden_depth < DEPTH_LIMIT && !str_equal(tag->name, "p"))
		page->hidden_depth++;
	else if (same && tag->closing)
		page->hidden_depth--;
	else if (str_equal(page->hidden, "p") && element && element->does & (DOES_LINE | DOES_PARAGRAPH))
		page->hidden_depth = 0;
	if (page->hidden_depth <= 0)
		hidden_end(page);
}

static void element_open(struct page *page, const struct tag *tag, const struct element *element)
{
	unsigned does = element ? element->does : DOES_NOTHING;

	note_remote(page, tag);
	if (tag_hides(page, tag)) {
		if (does & DOES_RAW)
			skip_raw(page, tag->name);
		else if (!(does & DOES_VOID)) {
			memcpy(page->hidden, tag->name, NAME_LIMIT);
			page->hidden_depth = 1;
		}
		return;
	}
	if (str_equal(tag->name, "a"))
		link_begin(page, tag);
	if (str_equal(tag->name, "img"))
		picture(page, tag);
	if (does & DOES_RAW)
		skip_raw(page, tag->name);
}

static void read_tag(struct page *page)
{
	const struct element *element;
	struct tag tag;

	tag_read(page, &tag);
	element = element_find(tag.name);
	if (page->hidden[0]) {
		if (!tag.closing)
			note_remote(page, &tag);
		hidden_tag(page, &tag, element);
		if (page->hidden[0] || tag.closing)
			return;
	}
	element_layout(page, &tag, element);
	if (!tag.closing)
		element_open(page, &tag, element);
	else if (str_equal(tag.name, "a"))
		link_end(page);
}

/* Comments, declarations and processing instructions. */
static void skip_declaration(struct page *page)
{
	const char *close;

	if (page->end - page->at >= 4 && memcmp(page->at, "<!--", 4) == 0) {
		close = memmem(page->at + 2, (size_t)(page->end - page->at - 2), "-->", 3);
		page->at = close ? close + 3 : page->end;
		return;
	}
	close = memchr(page->at, '>', (size_t)(page->end - page->at));
	page->at = close ? close + 1 : page->end;
}

static void read_text(struct page *page)
{
	uint32_t c = *page->at == '&' ? read_entity(page->at, page->end, &page->at) : 0;
	int32_t plain;

	if (!c) {
		plain = utf8_next(&page->at, page->end);
		c = plain <= 0 ? 0xFFFD : (uint32_t)plain;
	}
	if (page->hidden[0]) {
		page->hidden_here += !page->hidden_quiet && !(c < 0x80 && is_blank((char)c));
		return;
	}
	if (page->pre > 0 && c == '\n') {
		str_add_char(page->out, '\n');
		page->lines++;
	} else if (page->pre > 0 && c != '\r') {
		put_point(page, c);
	} else if (c < 0x80 && is_blank((char)c)) {
		page->space = true;
	} else {
		put_point(page, c);
	}
}

static bool begins_tag(const struct page *page)
{
	char next = page->at + 1 < page->end ? lower(page->at[1]) : '\0';
	char after = page->at + 2 < page->end ? lower(page->at[2]) : '\0';

	return (next >= 'a' && next <= 'z') || (next == '/' && after >= 'a' && after <= 'z');
}

void mime_html_text(const char *html, size_t length, struct str *ret, struct mime_html_facts *ret_facts)
{
	AUTO_STRING copy = mem_copy(html, length); /* a zero behind it: names are compared as strings */
	struct page page = { .at = copy, .end = copy + length, .out = ret, .start = ret->length,
			     .link = STR_INIT };

	while (page.at < page.end) {
		char next = page.at + 1 < page.end ? page.at[1] : '\0';

		if (*page.at == '<' && begins_tag(&page))
			read_tag(&page);
		else if (*page.at == '<' && (next == '!' || next == '?' || next == '/'))
			skip_declaration(&page);
		else
			read_text(&page);
	}
	hidden_end(&page);
	link_end(&page);
	while (ret->length > page.start && ret->bytes[ret->length - 1] == '\n')
		str_truncate(ret, ret->length - 1);
	if (ret->length > page.start)
		str_add_char(ret, '\n');
	str_release(&page.link);
	*ret_facts = page.facts;
}
