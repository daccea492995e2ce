/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON pull reader: a state for what may come next, a window on the input, one text at a time. */
#include "psirtty/base/pull.h"

#include "psirtty/base/i18n.h"

enum { WINDOW = 64 << 10, DEPTH_MAX = 1024 };

/* What may come next. */
enum expect {
	EXPECT_VALUE,           /* the outermost, or behind a colon or a comma of an array */
	EXPECT_FIRST_ITEM,      /* or the end of the array */
	EXPECT_FIRST_NAME,      /* or the end of the object */
	EXPECT_NAME,
	EXPECT_COLON,
	EXPECT_COMMA,           /* or the end of what is open */
	EXPECT_END,
};

struct pull {
	char *what;             /* owned */
	struct pull_limits limits;
	pull_read_fn read;
	void *context;
	char *window;           /* owned, or NULL: the input is borrowed memory */
	const char *at, *end;
	uint64_t base;          /* offset of the window's END in the input */
	bool exhausted, spent;
	enum expect expect;
	int depth;
	bool *in_object;        /* owned: one for each open level */
	struct str text;
	struct str *copy;       /* pull_value: what is passed goes here too */
	size_t copy_limit;
	bool copy_full;
	const char *copied;     /* up to here it was copied */
	bool skimming;          /* nobody asks for the texts: they are only checked */
};

struct pull *pull_new(const char *what, const struct pull_limits *limits, pull_read_fn read, void *context)
{
	static const struct pull_limits usual = PULL_LIMITS;
	struct pull *pull = mem_alloc(sizeof(*pull));

	pull->what = mem_string(what);
	pull->limits = limits ? *limits : usual;
	if (pull->limits.depth > DEPTH_MAX)
		pull->limits.depth = DEPTH_MAX;
	pull->read = read;
	pull->context = context;
	pull->in_object = mem_alloc((size_t)pull->limits.depth + 1);
	str_init(&pull->text);
	if (read)
		pull->window = mem_alloc(WINDOW);
	pull->at = pull->end = pull->window;
	return pull;
}

struct pull *pull_new_memory(const char *what, const struct pull_limits *limits, const char *bytes, size_t length)
{
	struct pull *pull = pull_new(what, limits, NULL, NULL);

	pull->at = bytes;
	pull->end = bytes + length;
	pull->base = length;
	pull->exhausted = true;
	return pull;
}

void pull_free(struct pull *pull)
{
	if (!pull)
		return;
	str_release(&pull->text);
	free(pull->window);
	free(pull->in_object);
	free(pull->what);
	free(pull);
}

bool pull_spent(const struct pull *pull)
{
	return pull->spent;
}

static uint64_t offset(const struct pull *pull)
{
	return pull->base - (uint64_t)(pull->end - pull->at);
}

__attribute__((format(printf, 3, 4))) static int fail(struct pull *pull, struct error *err,
						      const char *format, ...)
{
	AUTO_STRING why = NULL;
	va_list args;

	va_start(args, format);
	why = mem_vformat(format, args);
	va_end(args);
	pull->spent = true;
	return error_set(err, ERR_INPUT, pull->what, _("Get the file anew, or leave it out"),
			 _("byte %llu: %s"), (unsigned long long)offset(pull), why);
}

/* ---- the window */

static void copy_passed(struct pull *pull)
{
	size_t length = (size_t)(pull->at - pull->copied);

	if (pull->copy && !pull->copy_full) {
		if (pull->copy->length + length > pull->copy_limit)
			pull->copy_full = true;
		else
			str_add_bytes(pull->copy, pull->copied, length);
	}
	pull->copied = pull->at;
}

/* The window is used up: the next part of the input. 1, 0 at its end, negative on failure. */
static int refill(struct pull *pull, struct error *err)
{
	long got;

	if (pull->exhausted)
		return 0;
	if (pull->copy)
		copy_passed(pull);
	got = pull->read(pull->context, pull->window, WINDOW, err);
	if (got < 0) {
		pull->spent = true;
		return err && err->code ? err->code : ERR_INPUT;
	}
	pull->exhausted = got == 0;
	pull->at = pull->copied = pull->window;
	pull->end = pull->window + got;
	pull->base += (uint64_t)got;
	if (pull->base > pull->limits.bytes)
		return fail(pull, err, _("it is longer than %llu bytes"), (unsigned long long)pull->limits.bytes);
	return got > 0;
}

/* The byte that comes next without passing it; -1 at the end of the input, -2 on failure. */
static int peek(struct pull *pull, struct error *err)
{
	if (pull->at == pull->end) {
		int code = refill(pull, err);

		if (code <= 0)
			return code == 0 ? -1 : -2;
	}
	return (unsigned char)*pull->at;
}

static int peek_solid(struct pull *pull, struct error *err)
{
	int c;

	while ((c = peek(pull, err)) == ' ' || c == '\n' || c == '\r' || c == '\t')
		pull->at++;
	return c;
}

static int unexpected(struct pull *pull, int c, const char *expected, struct error *err)
{
	if (c == -2)
		return err && err->code ? err->code : ERR_INPUT;
	if (c == -1)
		return fail(pull, err, _("it ends where %s was expected"), expected);
	if (c >= 0x20 && c < 0x7F)
		return fail(pull, err, _("\"%c\" stands where %s was expected"), c, expected);
	return fail(pull, err, _("byte 0x%02X stands where %s was expected"), c, expected);
}

/* ---- texts */

static int add_byte(struct pull *pull, char c, struct error *err)
{
	if (pull->text.length >= pull->limits.text)
		return fail(pull, err, _("a text is longer than %zu bytes"), pull->limits.text);
	str_add_char(&pull->text, c);
	return 0;
}

/* Four hexadecimal digits; negative on failure. */
static long read_hex(struct pull *pull, struct error *err)
{
	static const char digits[] = "0123456789abcdef";
	long value = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(pull, err);
		const char *digit = c > 0 ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

		if (!digit)
			return unexpected(pull, c, _("a hexadecimal digit"), err);
		value = value * 16 + (digit - digits);
		pull->at++;
	}
	return value;
}

/* What follows \u: one code point, by a pair of surrogates where it takes one. */
static int read_escape_unicode(struct pull *pull, struct error *err)
{
	long first = read_hex(pull, err), second;

	if (first < 0)
		return (int)first;
	if (first >= 0xDC00 && first <= 0xDFFF)
		return fail(pull, err, _("a lone surrogate"));
	if (first >= 0xD800 && first <= 0xDBFF) {
		for (const char *c = "\\u"; *c; c++, pull->at++)
			if (peek(pull, err) != *c)
				return fail(pull, err, _("a lone surrogate"));
		second = read_hex(pull, err);
		if (second < 0)
			return (int)second;
		if (second < 0xDC00 || second > 0xDFFF)
			return fail(pull, err, _("a lone surrogate"));
		first = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
	}
	if (pull->text.length + 4 > pull->limits.text)
		return fail(pull, err, _("a text is longer than %zu bytes"), pull->limits.text);
	if (first == 0)
		str_add_bytes(&pull->text, "", 1);
	else
		str_add_utf8(&pull->text, (uint32_t)first);
	return 0;
}

static int read_escape(struct pull *pull, struct error *err)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	int c = peek(pull, err);
	const char *name = c > 0 ? strchr(names, c) : NULL;

	if (c == 'u') {
		pull->at++;
		return read_escape_unicode(pull, err);
	}
	if (!name)
		return unexpected(pull, c, _("an escaped character"), err);
	pull->at++;
	return add_byte(pull, values[name - names], err);
}

#define EACH(byte) (0x0101010101010101u * (byte))

/* Whether one of eight bytes is below 0x20, a quote or a backslash, or may be. */
static bool needs_look(uint64_t eight)
{
	uint64_t quote = eight ^ EACH('"'), backslash = eight ^ EACH('\\');

	return (((eight - EACH(0x20)) & ~eight) | ((quote - EACH(1)) & ~quote) | ((backslash - EACH(1)) & ~backslash)) &
	       EACH(0x80);
}

/* Behind as many bytes as need no look of their own. */
static const char *plain_end(const char *at, const char *end)
{
	uint64_t eight;

	for (; end - at >= 8; at += 8) {
		memcpy(&eight, at, sizeof(eight));
		if (needs_look(eight))
			break;
	}
	while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	return at;
}

static int add_plain(struct pull *pull, struct error *err)
{
	const char *from = pull->at;

	pull->at = plain_end(pull->at, pull->end);
	if (pull->text.length + (size_t)(pull->at - from) > pull->limits.text)
		return fail(pull, err, _("a text is longer than %zu bytes"), pull->limits.text);
	str_add_bytes(&pull->text, from, (size_t)(pull->at - from));
	return 0;
}

/* A string without escapes that lies in the window whole needs no copy where nobody asks for it. */
static bool skim_string(struct pull *pull)
{
	const char *end = plain_end(pull->at, pull->end);
	size_t length = (size_t)(end - pull->at);

	if (end == pull->end || *end != '"' || length > pull->limits.text || !utf8_valid(pull->at, length))
		return false;
	pull->at = end + 1;
	return true;
}

static int read_string(struct pull *pull, struct error *err)
{
	str_reset(&pull->text);
	pull->at++;
	if (pull->skimming && skim_string(pull))
		return 0;
	for (;;) {
		int c = peek(pull, err), code = 0;

		if (c == '"')
			break;
		if (c == '\\') {
			pull->at++;
			code = read_escape(pull, err);
		} else if (c >= 0x20) {
			code = add_plain(pull, err);
		} else {
			return unexpected(pull, c, _("the end of a string"), err);
		}
		if (code)
			return code;
	}
	pull->at++;
	return utf8_valid(pull->text.bytes, pull->text.length) ? 0 : fail(pull, err, _("a string is not UTF-8"));
}

static int read_digits(struct pull *pull, struct error *err)
{
	int c = peek(pull, err), code = 0;

	if (c < '0' || c > '9')
		return unexpected(pull, c, _("a digit"), err);
	for (; !code && c >= '0' && c <= '9'; c = peek(pull, err)) {
		code = add_byte(pull, (char)c, err);
		pull->at++;
	}
	return c == -2 && !code ? ERR_INPUT : code;
}

static int pass(struct pull *pull, int c, struct error *err)
{
	pull->at++;
	return add_byte(pull, (char)c, err);
}

static int read_number(struct pull *pull, struct error *err)
{
	int code = 0, c = peek(pull, err);

	str_reset(&pull->text);
	if (c == '-')
		code = pass(pull, c, err);
	if (!code && peek(pull, err) == '0')
		code = pass(pull, '0', err);
	else if (!code)
		code = read_digits(pull, err);
	if (!code && peek(pull, err) == '.') {
		code = pass(pull, '.', err);
		code = code ? code : read_digits(pull, err);
	}
	c = code ? 0 : peek(pull, err);
	if (c == 'e' || c == 'E') {
		code = pass(pull, c, err);
		c = peek(pull, err);
		if (!code && (c == '+' || c == '-'))
			code = pass(pull, c, err);
		code = code ? code : read_digits(pull, err);
	}
	return code;
}

static int read_word(struct pull *pull, const char *word, struct error *err)
{
	for (; *word; word++, pull->at++) {
		int c = peek(pull, err);

		if (c != *word)
			return unexpected(pull, c, _("true, false or null"), err);
	}
	return 0;
}

/* ---- structure */

static void value_done(struct pull *pull)
{
	pull->expect = pull->depth ? EXPECT_COMMA : EXPECT_END;
}

static int open_level(struct pull *pull, bool object, struct pull_item *ret, struct error *err)
{
	if (pull->depth >= pull->limits.depth)
		return fail(pull, err, _("it is nested deeper than %d levels"), pull->limits.depth);
	ret->token = object ? PULL_OBJECT : PULL_ARRAY;
	pull->in_object[pull->depth++] = object;
	pull->expect = object ? EXPECT_FIRST_NAME : EXPECT_FIRST_ITEM;
	pull->at++;
	return 0;
}

static int close_level(struct pull *pull, struct pull_item *ret)
{
	ret->token = pull->in_object[--pull->depth] ? PULL_OBJECT_END : PULL_ARRAY_END;
	ret->depth = pull->depth;
	pull->at++;
	value_done(pull);
	return 0;
}

static void give_text(const struct pull *pull, struct pull_item *ret, enum pull_token token)
{
	ret->token = token;
	ret->text = pull->text.bytes;
	ret->length = pull->text.length;
}

static int read_scalar(struct pull *pull, int c, struct pull_item *ret, struct error *err)
{
	static const struct { char first; enum pull_token token; const char *word; } words[] = {
		{ 't', PULL_TRUE, "true" }, { 'f', PULL_FALSE, "false" }, { 'n', PULL_NULL, "null" },
	};
	int code;

	value_done(pull);
	if (c == '"' || c == '-' || (c >= '0' && c <= '9')) {
		code = c == '"' ? read_string(pull, err) : read_number(pull, err);
		give_text(pull, ret, c == '"' ? PULL_STRING : PULL_NUMBER);
		return code;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].first == c) {
			ret->token = words[i].token;
			return read_word(pull, words[i].word, err);
		}
	return unexpected(pull, c, _("a value"), err);
}

static int read_value(struct pull *pull, int c, struct pull_item *ret, struct error *err)
{
	if (c == '{' || c == '[')
		return open_level(pull, c == '{', ret, err);
	return read_scalar(pull, c, ret, err);
}

static int read_name(struct pull *pull, int c, struct pull_item *ret, struct error *err)
{
	int code;

	if (c != '"')
		return unexpected(pull, c, _("a member's name"), err);
	code = read_string(pull, err);
	if (!code && memchr(pull->text.bytes, 0, pull->text.length))
		code = fail(pull, err, _("a member's name holds a zero"));
	give_text(pull, ret, PULL_NAME);
	pull->expect = EXPECT_COLON;
	return code;
}

/* Passes the comma or colon before the next token. 0, or a failure. */
static int pass_mark(struct pull *pull, struct error *err)
{
	bool object = pull->depth && pull->in_object[pull->depth - 1];
	int c = peek_solid(pull, err);

	if (pull->expect == EXPECT_COLON) {
		if (c != ':')
			return unexpected(pull, c, _("a colon"), err);
		pull->expect = EXPECT_VALUE;
		pull->at++;
	} else if (pull->expect == EXPECT_COMMA && c == ',') {
		pull->expect = object ? EXPECT_NAME : EXPECT_VALUE;
		pull->at++;
	}
	return 0;
}

static int read_item(struct pull *pull, struct pull_item *ret, struct error *err)
{
	bool object = pull->depth && pull->in_object[pull->depth - 1];
	int c = peek_solid(pull, err);

	ret->offset = offset(pull);
	switch (pull->expect) {
	case EXPECT_COMMA:
		if (c == (object ? '}' : ']'))
			return close_level(pull, ret);
		return unexpected(pull, c, object ? _("a comma or }") : _("a comma or ]"), err);
	case EXPECT_FIRST_ITEM:
		return c == ']' ? close_level(pull, ret) : read_value(pull, c, ret, err);
	case EXPECT_FIRST_NAME:
		return c == '}' ? close_level(pull, ret) : read_name(pull, c, ret, err);
	case EXPECT_NAME:
		return read_name(pull, c, ret, err);
	case EXPECT_END:
		return c == -1 ? 0 : unexpected(pull, c, _("the end"), err);
	default:
		return read_value(pull, c, ret, err);
	}
}

int pull_next(struct pull *pull, struct pull_item *ret, struct error *err)
{
	int code;

	if (pull->spent)
		return error_set(err, ERR_INPUT, pull->what, NULL, _("reading it has failed before"));
	*ret = (struct pull_item){ .token = PULL_END };
	code = pass_mark(pull, err);
	ret->depth = pull->depth;
	code = code ? code : read_item(pull, ret, err);
	if (code)
		pull->spent = true;
	return code;
}

int pull_skip(struct pull *pull, const struct pull_item *item, struct error *err)
{
	bool name = item->token == PULL_NAME;
	int depth = item->depth, code = 0;
	struct pull_item next = *item;

	pull->skimming = true;
	if (name)
		code = pull_next(pull, &next, err);
	if (!code && (next.token == PULL_OBJECT || next.token == PULL_ARRAY))
		do
			code = pull_next(pull, &next, err);
		while (!code && !(next.depth == depth &&
				  (next.token == PULL_OBJECT_END || next.token == PULL_ARRAY_END)));
	pull->skimming = false;
	return code;
}

int pull_value(struct pull *pull, size_t limit, struct str *ret, bool *ret_end, struct error *err)
{
	size_t before = ret->length;
	struct pull_item item;
	int code = pass_mark(pull, err), c;

	*ret_end = false;
	c = code ? 0 : peek_solid(pull, err);
	if (c == -2)
		return ERR_INPUT;
	pull->copy = ret;
	pull->copy_limit = before + limit;
	pull->copy_full = false;
	pull->copied = pull->at;
	code = code ? code : pull_next(pull, &item, err);
	if (!code && (item.token == PULL_OBJECT_END || item.token == PULL_ARRAY_END || item.token == PULL_END)) {
		*ret_end = true;
		pull->copy = NULL;
		return 0;
	}
	code = code ? code : pull_skip(pull, &item, err);
	copy_passed(pull);
	pull->copy = NULL;
	if (!code && pull->copy_full) {
		str_truncate(ret, before);
		code = error_set(err, ERR_INPUT, pull->what, NULL, _("byte %llu: a record is longer than %zu bytes"),
				 (unsigned long long)item.offset, limit);
	}
	return code;
}
