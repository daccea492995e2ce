/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An mbox a stretch at a time. There is no true grammar of it (RFC 4155): a line "From " in a body that nobody
 * quoted looks like the next message. So such a line must look like one a mail server writes, and stand where one
 * would. Content-Length is not believed: a stranger's number could swallow the messages behind his.
 */
#include "parse_mbox.h"

#include "parse_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { FROM_LINE = 1000, KEPT = 2 * FROM_LINE, MBOX_END = 0x444E454D, MBOX_MESSAGE = 0x4753454D };

/* ---- where a message begins */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "10:00" somewhere, and four digits of a year. */
static bool has_date(const char *line, const char *stop)
{
	bool clock = false, year = false;

	for (const char *at = line + 5; at + 4 < stop + 1; at++) {
		bool alone = !is_digit(at[-1]) && (at + 4 == stop || !is_digit(at[4]));

		year |= alone && is_digit(at[0]) && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3]);
		clock |= at + 5 <= stop && is_digit(at[0]) && is_digit(at[1]) && at[2] == ':' && is_digit(at[3]) && is_digit(at[4]);
	}
	return clock && year;
}

/* "Name:" as a header has it, another "From " line, or a quoted one. */
static bool begins_header(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at > ' ' && *at < 0x7F && *at != ':')
		at++;
	if (at < end && at > start && *at == ':')
		return true;
	return at < end && *at == ' ' && at - start >= 4 && memcmp(at - 4, "From", 4) == 0;
}

bool mbox_line_parts(const char *at, const char *end, bool behind_empty, bool last)
{
	const char *newline;

	if (!behind_empty || end - at < 5 || memcmp(at, "From ", 5) != 0)
		return false;
	newline = memchr(at, '\n', (size_t)(end - at) < FROM_LINE ? (size_t)(end - at) : FROM_LINE);
	return newline && has_date(at, newline) && (newline + 1 == end ? last : begins_header(newline + 1, end));
}

/* ---- writing */

struct out { int fd; bool failed; };

static void put(struct out *o, const void *bytes, size_t length)
{
	if (!o->failed && fd_write_all(o->fd, bytes, length) != 0)
		o->failed = true;
}

/* The same bytes with one ">" less before each quoted "From " (mboxrd). */
static void unquote(const char *at, const char *end, struct str *ret)
{
	const char *run = at;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *mark = at;

		while (mark < end && *mark == '>')
			mark++;
		if (mark > at && end - mark >= 5 && memcmp(mark, "From ", 5) == 0) {
			str_add_bytes(ret, run, (size_t)(at - run));
			run = at + 1;
		}
		at = newline ? newline + 1 : end;
	}
	str_add_bytes(ret, run, (size_t)(end - run));
}

/* The length of an empty line that is the last. */
static size_t empty_end(const char *start, const char *stop)
{
	size_t length = stop - start > 1 && stop[-1] == '\n' && stop[-2] == '\r' ? 2 : stop > start && stop[-1] == '\n';

	return stop - length == start || stop[-(long)length - 1] == '\n' ? length : 0;
}

/* From behind the "From " line to the empty line before the next. */
static void put_message(struct out *o, const char *start, const char *stop)
{
	const uint32_t mark = MBOX_MESSAGE;
	AUTO_STR text = STR_INIT;
	uint64_t length;

	stop -= empty_end(start, stop);
	unquote(start, stop, &text);
	length = text.length;
	put(o, &mark, sizeof(mark));
	put(o, &length, sizeof(length));
	put(o, text.bytes, text.length);
}

static const char *line_behind(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline + 1 : end;
}

/* The next line that parts, at or behind AT, or NULL. */
static const char *next_part(const char *at, const char *end, bool behind_empty, bool last)
{
	for (; at < end; at = line_behind(at, end)) {
		const char *line = at;

		if (mbox_line_parts(at, end, behind_empty, last))
			return at;
		behind_empty = *line == '\n' || (*line == '\r' && end - line > 1 && line[1] == '\n');
	}
	return NULL;
}

bool parse_mbox_write(int fd, const char *bytes, size_t length, uint32_t marks)
{
	struct out o = { .fd = fd };
	const char *end = bytes + length, *start = bytes;
	const uint32_t mark = MBOX_END;
	uint64_t used;

	/* A file may begin with a line of no date: it is one all the same. */
	if (marks & MBOX_INSIDE)
		start = next_part(bytes, end, true, marks & MBOX_LAST);
	while (start && start < end) {
		const char *head = line_behind(start, end), *next = next_part(head, end, false, marks & MBOX_LAST);

		if (!next && !(marks & MBOX_LAST))
			break;
		put_message(&o, head, next ? next : end);
		start = next;
	}
	/* What is not all there yet is asked about again. A line at the very end may turn out to part. */
	used = start ? (uint64_t)(start - bytes) : marks & MBOX_LAST ? length : length > KEPT ? length - KEPT : 0;
	if (marks & MBOX_LAST)
		used = length;
	put(&o, &mark, sizeof(mark));
	put(&o, &used, sizeof(used));
	return !o.failed;
}

/* ---- reading: whoever wrote this is a stranger */

static bool take(const char **at, const char *end, void *ret, size_t length)
{
	if ((size_t)(end - *at) < length)
		return false;
	memcpy(ret, *at, length);
	*at += length;
	return true;
}

/* One message, or the end. False when it is broken. */
static bool take_one(const char **at, const char *end, struct mbox_messages *ret, size_t *total, bool *ret_end)
{
	struct mbox_message *message;
	uint64_t number;
	uint32_t mark;

	if (!take(at, end, &mark, sizeof(mark)) || !take(at, end, &number, sizeof(number)))
		return false;
	*ret_end = mark == MBOX_END;
	if (mark == MBOX_END) {
		ret->used = (size_t)number;
		return *at == end;
	}
	if (mark != MBOX_MESSAGE || number > (size_t)(end - *at))
		return false;
	ret->messages = mem_grow(ret->messages, &ret->room, ret->count + 1, sizeof(*ret->messages));
	message = &ret->messages[ret->count++];
	*message = (struct mbox_message){ *at, (size_t)number };
	*at += number;
	*total += (size_t)number;
	return true;
}

int parse_mbox_read(struct str *answer, size_t window, struct mbox_messages *ret, struct error *err)
{
	struct mbox_messages made = { .bytes = *answer };
	const char *at = str_or_empty(made.bytes.bytes), *end = at + made.bytes.length;
	bool sound = true, ended = false;
	size_t total = 0;

	*answer = (struct str)STR_INIT;
	while (sound && !ended)
		sound = take_one(&at, end, &made, &total, &ended);
	if (!sound || total > window || made.used > window) {
		mbox_messages_release(&made);
		return error_set(err, ERR_INPUT, _("mbox"), NULL, _("the parser's answer is damaged"));
	}
	*ret = made;
	return 0;
}

void mbox_messages_release(struct mbox_messages *messages)
{
	str_wipe(&messages->bytes);
	free(messages->messages);
	*messages = (struct mbox_messages){ .bytes = STR_INIT };
}
