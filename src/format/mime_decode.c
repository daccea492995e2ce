/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transfer encodings, encoded words and parameters, decoded the way a careful reader would: each
 * function passes over its input once, skips what is broken and never looks outside. What the
 * result means is the caller's business.
 */
#include "psirtty/format/mime.h"

enum {
	BLOCK = 1024,          /* decoded bytes gathered before they are added */
	CHARSET_LIMIT = 64,    /* longest charset name looked at */
	WORD_LIMIT = 8192,     /* longest text of an encoded word (the standard says 75) */
	SEGMENT_LIMIT = 100,   /* continuations of one parameter (RFC 2231 3) */
};

struct sink {
	struct str *out;
	size_t used;
	char block[BLOCK];
};

static void sink_flush(struct sink *sink)
{
	str_add_bytes(sink->out, sink->block, sink->used);
	sink->used = 0;
}

static inline void sink_put(struct sink *sink, unsigned byte)
{
	if (sink->used == BLOCK)
		sink_flush(sink);
	sink->block[sink->used++] = (char)byte;
}

/* ---- base64 */

enum { B64_SKIP = 64, B64_END = 65 };

static void base64_table(unsigned char table[256])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	memset(table, B64_SKIP, 256);
	for (unsigned char i = 0; i < 64; i++)
		table[(unsigned char)digits[i]] = i;
	table['='] = B64_END;
}

/* The bytes of a group that ended early; a single digit holds no whole byte. */
static void base64_rest(struct sink *sink, uint32_t group, int digits)
{
	if (digits >= 2)
		sink_put(sink, group >> (digits == 2 ? 4 : 10) & 0xFF);
	if (digits == 3)
		sink_put(sink, group >> 2 & 0xFF);
}

void mime_decode_base64(const char *bytes, size_t length, struct str *ret)
{
	struct sink sink = { .out = ret };
	unsigned char table[256];
	uint32_t group = 0;
	int digits = 0;

	base64_table(table);
	for (size_t i = 0; i < length; i++) {
		unsigned char value = table[(unsigned char)bytes[i]];

		if (value == B64_SKIP)
			continue;
		if (value == B64_END) {
			base64_rest(&sink, group, digits);
			group = 0;
			digits = 0;
			continue;
		}
		group = group << 6 | value;
		if (++digits < 4)
			continue;
		sink_put(&sink, group >> 16 & 0xFF);
		sink_put(&sink, group >> 8 & 0xFF);
		sink_put(&sink, group & 0xFF);
		group = 0;
		digits = 0;
	}
	base64_rest(&sink, group, digits);
	sink_flush(&sink);
}

bool mime_base64_is_plain(const char *bytes, size_t length)
{
	unsigned char table[256];
	size_t digits = 0, padding = 0;

	base64_table(table);
	for (size_t i = 0; i < length; i++) {
		unsigned char value = table[(unsigned char)bytes[i]];

		if (value == B64_SKIP && !strchr(" \t\r\n", bytes[i] ? bytes[i] : '?'))
			return false;
		if (value < B64_SKIP && padding)
			return false;
		digits += value < B64_SKIP;
		padding += value == B64_END;
	}
	return padding <= 2 && (digits + padding) % 4 == 0;
}

/* ---- quoted-printable */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte behind "=" or "%" at BYTES[AT], or -1. */
static int hex_pair(const char *bytes, size_t length, size_t at)
{
	int high, low;

	if (length - at < 3)
		return -1;
	high = hex_value(bytes[at + 1]);
	low = hex_value(bytes[at + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* How many bytes a soft line break at AT ("=", blanks, line end) takes; 0: it is none. */
static size_t soft_break(const char *bytes, size_t length, size_t at)
{
	size_t i = at + 1;

	while (i < length && (bytes[i] == ' ' || bytes[i] == '\t'))
		i++;
	if (i == length)
		return i - at;
	if (bytes[i] == '\r' && i + 1 < length && bytes[i + 1] == '\n')
		return i + 2 - at;
	return bytes[i] == '\n' ? i + 1 - at : 0;
}

/* Blanks before a line end were added on the way (RFC 2045 6.7 rule 3). */
static size_t blank_run(const char *bytes, size_t length, size_t at, bool *ret_trailing)
{
	size_t i = at;

	while (i < length && (bytes[i] == ' ' || bytes[i] == '\t'))
		i++;
	*ret_trailing = i == length || bytes[i] == '\n' ||
			(bytes[i] == '\r' && i + 1 < length && bytes[i + 1] == '\n');
	return i - at;
}

void mime_decode_quoted_printable(const char *bytes, size_t length, struct str *ret)
{
	struct sink sink = { .out = ret };

	for (size_t i = 0; i < length;) {
		size_t run = 1;
		bool trailing = false;
		int byte;

		if (bytes[i] == '=') {
			byte = hex_pair(bytes, length, i);
			run = byte >= 0 ? 3 : soft_break(bytes, length, i);
			if (byte >= 0 || run == 0)
				sink_put(&sink, byte >= 0 ? (unsigned)byte : '=');
			i += run ? run : 1;
			continue;
		}
		if (bytes[i] == ' ' || bytes[i] == '\t')
			run = blank_run(bytes, length, i, &trailing);
		for (size_t k = i; k < i + run && !trailing; k++)
			sink_put(&sink, (unsigned char)bytes[k]);
		i += run;
	}
	sink_flush(&sink);
}

/* ---- text in headers */

/* Adds UTF-8, with what would break a header line (or is no UTF-8) as U+FFFD. */
static void add_clean(struct str *ret, const char *bytes, size_t length)
{
	const char *cursor = bytes, *end = bytes + length;

	while (cursor < end) {
		int32_t c = utf8_next(&cursor, end);

		str_add_utf8(ret, c <= 0 || c == '\r' || c == '\n' ? 0xFFFD : (uint32_t)c);
	}
}

static void add_converted(struct str *ret, const char *charset, const struct str *bytes,
			  mime_charset_fn convert, void *context)
{
	AUTO_STR text = STR_INIT;

	convert(context, charset, bytes->bytes, bytes->length, &text);
	add_clean(ret, text.bytes, text.length);
}

struct word {
	char charset[CHARSET_LIMIT];
	bool base64;
	const char *text;
	size_t length; /* of text */
	size_t whole;  /* from "=?" to behind "?=" */
};

static bool word_charset(const char *bytes, size_t length, struct word *ret)
{
	size_t i = 0;

	while (i < length && bytes[i] != '*')
		i++;
	if (i == 0 || i >= CHARSET_LIMIT)
		return false;
	memcpy(ret->charset, bytes, i);
	ret->charset[i] = '\0';
	return true;
}

/* An encoded word at BYTES (RFC 2047 2); blanks inside Q text are let pass, as many mailers write them. */
static bool word_read(const char *bytes, size_t length, struct word *ret)
{
	const char *charset = bytes + 2, *end = bytes + length, *mark, *close;

	if (length < 8 || bytes[0] != '=' || bytes[1] != '?')
		return false;
	mark = memchr(charset, '?', length - 2 < CHARSET_LIMIT + 32 ? length - 2 : CHARSET_LIMIT + 32);
	if (!mark || end - mark < 5 || mark[2] != '?' || !mark[1] || !strchr("bBqQ", mark[1]))
		return false;
	if (memchr(charset, ' ', (size_t)(mark - charset)) ||
	    !word_charset(charset, (size_t)(mark - charset), ret))
		return false;
	ret->base64 = mark[1] == 'b' || mark[1] == 'B';
	ret->text = mark + 3;
	end = end - ret->text > WORD_LIMIT ? ret->text + WORD_LIMIT : end;
	for (close = ret->text; close + 1 < end; close++)
		if ((close[0] == '?' && close[1] == '=') || close[0] == '\r' || close[0] == '\n' ||
		    (ret->base64 && close[0] == ' '))
			break;
	if (close + 1 >= end || close[0] != '?')
		return false;
	ret->length = (size_t)(close - ret->text);
	ret->whole = (size_t)(close + 2 - bytes);
	return true;
}

static void word_decode(const struct word *word, struct str *ret)
{
	if (word->base64) {
		mime_decode_base64(word->text, word->length, ret);
		return;
	}
	for (size_t i = 0; i < word->length; i++) {
		int byte = word->text[i] == '=' ? hex_pair(word->text, word->length, i) : -1;

		if (byte >= 0)
			i += 2;
		str_add_char(ret, byte >= 0 ? (char)byte : word->text[i] == '_' ? ' ' : word->text[i]);
	}
}

static size_t white_run(const char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length && strchr(" \t\r\n", bytes[i]) && bytes[i])
		i++;
	return i;
}

/* FIRST and the words of the same charset behind it, joined before conversion, so that a character cut
 * in two survives. Returns the bytes taken. */
static size_t words_join(const char *bytes, size_t length, struct word *first, struct str *ret,
			 mime_charset_fn convert, void *context)
{
	AUTO_STR joined = STR_INIT;
	size_t at = first->whole;

	word_decode(first, &joined);
	while (at < length) {
		size_t blanks = white_run(bytes + at, length - at);
		struct word next;

		if (!word_read(bytes + at + blanks, length - at - blanks, &next) ||
		    str_casecmp(next.charset, first->charset) != 0)
			break;
		word_decode(&next, &joined);
		at += blanks + next.whole;
	}
	add_converted(ret, first->charset, &joined, convert, context);
	return at;
}

/* A fold (line end and blank) is one blank; a line end alone, CR or NUL is a trap. */
static size_t plain_white(const char *bytes, size_t length, struct str *ret)
{
	size_t i = 0;

	if (bytes[0] == '\r' && length > 1 && bytes[1] == '\n')
		i = 1;
	if (bytes[i] == '\n' && i + 1 < length && (bytes[i + 1] == ' ' || bytes[i + 1] == '\t')) {
		str_add_char(ret, ' ');
		return i + 2;
	}
	if (bytes[0] == '\t') {
		str_add_char(ret, ' ');
		return 1;
	}
	return 0;
}

void mime_decode_header(const char *raw, size_t length, mime_charset_fn convert, void *context,
			struct str *ret)
{
	size_t i = 0;

	while (i < length) {
		const char *cursor = raw + i;
		struct word word;
		size_t taken;

		if (raw[i] == '=' && word_read(raw + i, length - i, &word)) {
			i += words_join(raw + i, length - i, &word, ret, convert, context);
			taken = white_run(raw + i, length - i);
			/* Blanks between words of two charsets are not text either (RFC 2047 6.2). */
			if (taken && word_read(raw + i + taken, length - i - taken, &word))
				i += taken;
			continue;
		}
		taken = plain_white(raw + i, length - i, ret);
		if (!taken) {
			utf8_next(&cursor, raw + length);
			taken = (size_t)(cursor - (raw + i));
			add_clean(ret, raw + i, taken);
		}
		i += taken;
	}
}

/* ---- parameters (RFC 2045 5.1, RFC 2231) */

struct value { const char *bytes; size_t length; bool quoted, encoded, set; };

struct parameter {
	struct value plain, extended;          /* name=, name*= */
	struct value segments[SEGMENT_LIMIT];  /* name*0=, name*1*= … */
};

static size_t skip_blank(const char *bytes, size_t length, size_t at)
{
	return at + white_run(bytes + at, length - at);
}

/* To the ";" that ends the parameter at AT, over quoted strings. */
static size_t parameter_end(const char *bytes, size_t length, size_t at)
{
	bool quoted = false;

	for (; at < length; at++) {
		if (bytes[at] == '\\' && quoted && at + 1 < length)
			at++;
		else if (bytes[at] == '"')
			quoted = !quoted;
		else if (bytes[at] == ';' && !quoted)
			break;
	}
	return at;
}

static struct value value_read(const char *bytes, size_t length)
{
	struct value value = { bytes, length, false, false, true };
	size_t i;

	while (value.length && white_run(value.bytes + value.length - 1, 1))
		value.length--;
	if (!value.length || value.bytes[0] != '"')
		return value;
	value.bytes++;
	value.length--;
	value.quoted = true;
	for (i = 0; i < value.length && value.bytes[i] != '"'; i++)
		if (value.bytes[i] == '\\')
			i++;
	value.length = i < value.length ? i : value.length;
	return value;
}

/* The value's slot by what stands behind the name: "", "*", "*3", "*3*"; NULL for nonsense. */
static struct value *parameter_slot(struct parameter *parameter, const char *suffix, size_t length,
				    bool *ret_encoded)
{
	size_t index = 0, i = 1;

	*ret_encoded = length > 0 && suffix[length - 1] == '*';
	if (length == 0)
		return &parameter->plain;
	if (suffix[0] != '*')
		return NULL;
	if (length == 1)
		return &parameter->extended;
	for (; i < length && suffix[i] >= '0' && suffix[i] <= '9' && i < 5; i++)
		index = index * 10 + (size_t)(suffix[i] - '0');
	if (i == 1 || index >= SEGMENT_LIMIT || length - i > 1 || (length - i == 1 && !*ret_encoded))
		return NULL;
	return &parameter->segments[index];
}

static bool name_is(const char *bytes, size_t length, const char *name)
{
	size_t want = strlen(name);

	if (length < want || (length > want && bytes[want] != '*'))
		return false;
	for (size_t i = 0; i < want; i++)
		if ((bytes[i] | 0x20) != (name[i] | 0x20))
			return false;
	return true;
}

/* One "name=value" between AT and END; the first of equals wins. */
static void parameter_take(struct parameter *parameter, const char *bytes, size_t at, size_t end,
			   const char *name)
{
	const char *equals = memchr(bytes + at, '=', end - at);
	size_t name_end = equals ? (size_t)(equals - bytes) : at;
	struct value *slot;
	size_t start;
	bool encoded;

	if (!equals)
		return;
	start = name_end + 1;
	while (name_end > at && white_run(bytes + name_end - 1, 1))
		name_end--;
	if (!name_is(bytes + at, name_end - at, name))
		return;
	slot = parameter_slot(parameter, bytes + at + strlen(name), name_end - at - strlen(name), &encoded);
	if (!slot || slot->set)
		return;
	start = skip_blank(bytes, end, start);
	*slot = value_read(bytes + start, end - start);
	slot->encoded = encoded;
}

/* Adds the value's bytes: %XX where it is encoded, backslashes undone where it was quoted. */
static void value_add(const struct value *value, struct str *ret)
{
	for (size_t i = 0; i < value->length; i++) {
		int byte = value->encoded && value->bytes[i] == '%' ?
				   hex_pair(value->bytes, value->length, i) : -1;

		if (byte >= 0)
			i += 2;
		else if (value->quoted && value->bytes[i] == '\\' && i + 1 < value->length)
			i++;
		str_add_char(ret, byte >= 0 ? (char)byte : value->bytes[i]);
	}
}

/* Cuts "charset'language'" off the first segment. */
static void value_charset(struct value *value, char ret[CHARSET_LIMIT])
{
	const char *first = memchr(value->bytes, '\'', value->length), *second;
	size_t name;

	ret[0] = '\0';
	if (!first)
		return;
	name = (size_t)(first - value->bytes);
	second = memchr(first + 1, '\'', value->length - name - 1);
	if (!second)
		return;
	if (name < CHARSET_LIMIT) {
		memcpy(ret, value->bytes, name);
		ret[name] = '\0';
	}
	value->length -= (size_t)(second + 1 - value->bytes);
	value->bytes = second + 1;
}

static void parameter_extended(struct parameter *parameter, mime_charset_fn convert, void *context,
			       struct str *ret)
{
	struct value *values = parameter->extended.set ? &parameter->extended : parameter->segments;
	size_t limit = parameter->extended.set ? 1 : SEGMENT_LIMIT;
	char charset[CHARSET_LIMIT] = "";
	AUTO_STR joined = STR_INIT;

	if (values[0].encoded)
		value_charset(&values[0], charset);
	for (size_t i = 0; i < limit && values[i].set; i++)
		value_add(&values[i], &joined);
	add_converted(ret, *charset ? charset : "utf-8", &joined, convert, context);
}

bool mime_parameter(const char *value, size_t length, const char *name, mime_charset_fn convert,
		    void *context, struct str *ret)
{
	struct parameter *parameter = mem_alloc(sizeof(*parameter));
	size_t at = parameter_end(value, length, 0);
	bool found = true;

	while (at < length) {
		size_t start = skip_blank(value, length, at + 1);

		at = parameter_end(value, length, start);
		parameter_take(parameter, value, start, at, name);
	}
	if (parameter->extended.set || parameter->segments[0].set) {
		parameter_extended(parameter, convert, context, ret);
	} else if (parameter->plain.set) {
		AUTO_STR plain = STR_INIT;

		value_add(&parameter->plain, &plain);
		mime_decode_header(plain.bytes, plain.length, convert, context, ret);
	} else {
		found = false;
	}
	free(parameter);
	return found;
}
