/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One letter over SMTP (RFC 5321), with a fate for each recipient. The one moment that matters is told apart: once
 * the final dot was sent, a line that breaks leaves it unknown whether the letter was taken.
 */
#include <ctype.h>

#include "fetch_private.h"
#include "psirtty/base/i18n.h"

enum { REPLY_LINES = 100, RECIPIENTS = 1000, REPLY_TEXT = 900 };

struct smtp {
	const struct fetch_server *server;
	struct line *line;
	const char *sender, *bytes;
	size_t length;
	const char *recipients[RECIPIENTS];
	bool accepted[RECIPIENTS];
	size_t count;
	int reply;             /* of the last command */
	struct str said;       /* its text */
};

/* A reply may have several lines, "250-…" and last "250 …". */
static int read_reply(struct smtp *smtp, struct error *err)
{
	str_reset(&smtp->said);
	for (int i = 0; i < REPLY_LINES; i++) {
		char *line;
		int code = line_read(smtp->line, &line, err);

		if (code)
			return code;
		if (!isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) || !isdigit((unsigned char)line[2]))
			return line_bad(smtp->server, line, err);
		if (smtp->said.length < REPLY_TEXT)
			str_add_format(&smtp->said, "%s%.300s", smtp->said.length ? " " : "", line);
		smtp->reply = atoi(line);
		if (line[3] != '-')
			return 0;
	}
	return line_bad(smtp->server, _("a reply without an end"), err);
}

static enum fetch_fate fate_of(int reply)
{
	return reply / 100 == 2 ? FATE_TAKEN : reply / 100 == 5 ? FATE_REFUSED : FATE_LATER;
}

static void tell_fate(const struct smtp *smtp, size_t recipient, enum fetch_fate fate, const char *said)
{
	fetch_tell(&(struct fetch_event){ .kind = FETCH_FATE, .item = recipient, .fate = fate, .text = said,
					  .name = smtp->recipients[recipient] });
}

/* Of those that were accepted so far. */
static void tell_all(const struct smtp *smtp, enum fetch_fate fate, const char *said)
{
	for (size_t i = 0; i < smtp->count; i++)
		if (smtp->accepted[i])
			tell_fate(smtp, i, fate, said);
}

/* ---- the envelope */

/* An address that goes between angle brackets: printable ASCII without blanks and brackets. */
static bool address_good(const char *address)
{
	for (const char *c = address; *c; c++)
		if (*c <= ' ' || *c >= 0x7F || *c == '<' || *c == '>')
			return false;
	return strlen(address) < 320;
}

static int read_letter(struct smtp *smtp, struct fetch_reading *request, struct error *err)
{
	uint64_t count;

	smtp->sender = str_or_empty(fetch_text_take(request));
	smtp->bytes = fetch_field_take(request, &smtp->length);
	count = fetch_number_take(request);
	for (; smtp->count < count && smtp->count < RECIPIENTS && !request->bad; smtp->count++) {
		const char *address = fetch_text_take(request);

		if (!address || !address_good(address))
			return error_set(err, ERR_INPUT, str_or_empty(address), NULL, _("that is no address a letter can go to"));
		smtp->recipients[smtp->count] = address;
	}
	if (request->bad || !count || count > RECIPIENTS || !address_good(smtp->sender))
		return error_set(err, ERR_INPUT, _("letter"), NULL, _("its envelope is malformed"));
	return 0;
}

static int send_envelope(struct smtp *smtp, bool *ret_any, struct error *err)
{
	int code = line_command(smtp->line, err, "MAIL FROM:<%s>", smtp->sender);

	*ret_any = false;
	if (!code)
		code = read_reply(smtp, err);
	if (!code && smtp->reply / 100 != 2) {
		for (size_t i = 0; i < smtp->count; i++)
			tell_fate(smtp, i, fate_of(smtp->reply), smtp->said.bytes);
		return 0;
	}
	for (size_t i = 0; !code && i < smtp->count; i++) {
		code = line_command(smtp->line, err, "RCPT TO:<%s>", smtp->recipients[i]);
		if (!code)
			code = read_reply(smtp, err);
		if (code)
			return code;
		smtp->accepted[i] = smtp->reply / 100 == 2;
		if (smtp->accepted[i])
			*ret_any = true;
		else
			tell_fate(smtp, i, fate_of(smtp->reply), smtp->said.bytes);
	}
	return code;
}

/* ---- the letter */

/* Dots at the beginning of lines doubled, every line ended with CRLF, then the lone dot. */
static void stuff(const struct smtp *smtp, struct str *ret)
{
	const char *at = smtp->bytes, *end = smtp->bytes + smtp->length;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t length = stop ? (size_t)(stop - at) : (size_t)(end - at);

		if (*at == '.')
			str_add_char(ret, '.');
		str_add_bytes(ret, at, length && at[length - 1] == '\r' ? length - 1 : length);
		str_add(ret, "\r\n");
		at = stop ? stop + 1 : end;
	}
	str_add(ret, ".\r\n");
}

static int send_letter(struct smtp *smtp, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR data = STR_INIT;
	int code = line_command(smtp->line, err, "DATA");

	if (!code)
		code = read_reply(smtp, err);
	if (code)
		return code;
	if (smtp->reply != 354) {
		tell_all(smtp, fate_of(smtp->reply) == FATE_TAKEN ? FATE_LATER : fate_of(smtp->reply), smtp->said.bytes);
		return 0;
	}
	stuff(smtp, &data);
	/* Without the final dot it was certainly not taken. */
	code = line_send(smtp->line, data.bytes, data.length - 3, err);
	if (code)
		return code;
	code = line_send(smtp->line, data.bytes + data.length - 3, 3, &why);
	if (!code)
		code = read_reply(smtp, &why);
	tell_all(smtp, code ? FATE_UNKNOWN : fate_of(smtp->reply), code ? why.why : smtp->said.bytes);
	return 0;
}

int fetch_smtp(const struct fetch_server *server, struct fetch_reading *request, struct error *err)
{
	struct smtp *smtp = mem_alloc(sizeof(*smtp));
	bool any = false;
	int code;

	*smtp = (struct smtp){ .server = server, .said = STR_INIT };
	code = read_letter(smtp, request, err);
	if (!code)
		code = line_open(server, &smtp->line, err);
	if (!code)
		code = send_envelope(smtp, &any, err);
	if (!code && any)
		code = send_letter(smtp, err);
	if (!code && !line_command(smtp->line, NULL, "QUIT"))
		read_reply(smtp, NULL);
	line_close(smtp->line);
	str_release(&smtp->said);
	free(smtp);
	return code;
}
