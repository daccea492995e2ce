/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address lists (RFC 5322 3.4, with the laxness of 4.4). Structure is read from the raw bytes first
 * and names are decoded after, so nothing that an encoded word holds can make an address.
 */
#include "psirtty/format/header.h"

enum { COMMENT_DEPTH = 20 };

struct reader {
	const char *at, *end;
	mime_charset_fn convert;
	void *context;
	header_address_fn take;
	void *taker;
	size_t count;
	struct str phrase;   /* words outside of brackets, raw */
	struct str comment;  /* of the last comment, raw */
	struct str address;  /* between angle brackets */
	bool angle;          /* there were brackets */
	bool open_comment, open_quote; /* one that never ends was met: its mark is a letter like others */
};

/* A blank between two words stays one blank. */
static void phrase_blank(struct reader *r)
{
	if (r->phrase.length && r->phrase.bytes[r->phrase.length - 1] != ' ')
		str_add_char(&r->phrase, ' ');
}

static void read_comment(struct reader *r)
{
	int depth = 0;

	str_reset(&r->comment);
	for (; r->at < r->end; r->at++) {
		if (*r->at == '\\' && r->at + 1 < r->end) {
			str_add_char(&r->comment, *++r->at);
			continue;
		}
		if (*r->at == '(' && ++depth == 1)
			continue;
		if (*r->at == ')' && --depth <= 0)
			break;
		if (depth > COMMENT_DEPTH)
			break;
		str_add_char(&r->comment, *r->at);
	}
	if (r->at < r->end)
		r->at++;
}

static void read_quoted(struct reader *r, struct str *into, bool keep_marks)
{
	if (keep_marks)
		str_add_char(into, '"');
	for (r->at++; r->at < r->end && *r->at != '"'; r->at++) {
		if (*r->at == '\\' && r->at + 1 < r->end)
			r->at++;
		str_add_char(into, *r->at);
	}
	if (r->at < r->end)
		r->at++;
	if (keep_marks)
		str_add_char(into, '"');
}

static void read_angle(struct reader *r)
{
	str_reset(&r->address);
	r->angle = true;
	for (r->at++; r->at < r->end && *r->at != '>';) {
		if (*r->at == '"') {
			read_quoted(r, &r->address, true);
			continue;
		}
		if (*r->at == ' ' || *r->at == '\t' || *r->at == '\r' || *r->at == '\n') {
			r->at++;
			continue;
		}
		str_add_char(&r->address, *r->at++);
	}
	if (r->at < r->end)
		r->at++;
	/* A source route "@a,@b:user@host" is not part of the address. */
	if (*r->address.bytes == '@' && strchr(r->address.bytes, ':')) {
		AUTO_STRING rest = mem_string(strchr(r->address.bytes, ':') + 1);

		str_reset(&r->address);
		str_add(&r->address, rest);
	}
}

static void trim_end(struct str *s)
{
	while (s->length && s->bytes[s->length - 1] == ' ')
		str_truncate(s, s->length - 1);
}

/* Addresses are taken as they stand, but valid UTF-8 and without line ends. */
static void clean_address(struct str *address)
{
	const char *cursor = address->bytes, *end = cursor + address->length;
	struct str clean = STR_INIT;

	while (cursor < end) {
		int32_t c = utf8_next(&cursor, end);

		str_add_utf8(&clean, c <= 0 || c == '\r' || c == '\n' ? 0xFFFD : (uint32_t)c);
	}
	str_release(address);
	*address = clean;
}

static void finish(struct reader *r)
{
	AUTO_STR name = STR_INIT;
	const struct str *from;

	trim_end(&r->phrase);
	if (!r->angle) {
		str_release(&r->address);
		r->address = r->phrase;
		str_init(&r->phrase);
	}
	from = r->phrase.length ? &r->phrase : &r->comment;
	mime_decode_header(from->bytes, from->length, r->convert, r->context, &name);
	clean_address(&r->address);
	if ((r->address.length || name.length) && r->count++ < ADDRESS_LIMIT)
		r->take(r->taker, name.bytes, r->address.bytes);
	str_reset(&r->phrase);
	str_reset(&r->comment);
	str_reset(&r->address);
	r->angle = false;
}

/* The length of an encoded word at the cursor (RFC 2047 2), 0 when there is none: no mark in it means anything. */
static size_t encoded_word(const struct reader *r)
{
	const char *at = r->at;
	int marks = 0;

	if (r->end - at < 8 || at[0] != '=' || at[1] != '?')
		return 0;
	for (at += 2; at < r->end && !strchr(" \t\r\n", *at); at++)
		if (*at == '?' && ++marks == 3)
			return at + 1 < r->end && at[1] == '=' ? (size_t)(at + 2 - r->at) : 0;
	return 0;
}

static void read_word(struct reader *r)
{
	size_t encoded = encoded_word(r);

	str_add_bytes(&r->phrase, r->at, encoded);
	r->at += encoded;
	if (encoded)
		return;
	while (r->at < r->end && !strchr("()<>,:;\" \t\r\n", *r->at))
		str_add_char(&r->phrase, *r->at++);
	/* A zero byte is found by strchr too; it is no separator. */
	if (r->at < r->end && *r->at == '\0')
		str_add_char(&r->phrase, *r->at++);
}

/* A comment or quoted string that never ends would swallow the address behind it. */
static bool ends(const struct reader *r, char close, bool *open)
{
	int depth = 1;

	for (const char *at = r->at + 1; !*open && at < r->end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == close && --depth == 0)
			return true;
		else if (close == ')' && *at == '(')
			depth++;
	}
	*open = true;
	return false;
}

static void read_one(struct reader *r)
{
	switch (*r->at) {
	case '(':
		if (ends(r, ')', &r->open_comment))
			read_comment(r);
		else
			r->at++;
		break;
	case '"':
		if (ends(r, '"', &r->open_quote))
			read_quoted(r, &r->phrase, false);
		else
			r->at++;
		break;
	case '<':
		read_angle(r);
		break;
	case ',':
	case ';': /* of a group */
		r->at++;
		finish(r);
		break;
	case ':': /* what stood before was the group's name */
		r->at++;
		str_reset(&r->phrase);
		break;
	case '>':
	case ')':
		r->at++;
		break;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		r->at++;
		phrase_blank(r);
		break;
	default:
		read_word(r);
	}
}

size_t header_addresses(const char *value, size_t length, mime_charset_fn convert, void *context,
			header_address_fn take, void *taker)
{
	struct reader r = { .at = value, .end = value + length, .convert = convert, .context = context,
			    .take = take, .taker = taker, .phrase = STR_INIT, .comment = STR_INIT,
			    .address = STR_INIT };

	while (r.at < r.end && r.count <= ADDRESS_LIMIT)
		read_one(&r);
	finish(&r);
	str_release(&r.phrase);
	str_release(&r.comment);
	str_release(&r.address);
	return r.count;
}
