/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails out of an IMAP folder (RFC 3501): the folder is examined, so that nothing in it changes; mails are known
 * by UIDVALIDITY and UID, and asked for in groups.
 */
#include <ctype.h>

#include "fetch_private.h"
#include "psirtty/base/i18n.h"

enum { RESPONSE_LIMIT = 1 << 20, LITERALS = 64, MAILS = 1 << 20, GROUP = 100, GROUP_BYTES = 16 << 20 };
/* Stands in a response where a literal stood. */
enum { LITERAL = 1 };

struct message { uint32_t uid; uint64_t size; };

struct imap {
	const struct fetch_server *server;
	const struct box_wish *wish;
	struct line *line;
	struct str response;        /* one, its literals taken out */
	struct str literal;         /* the last of them, as far as it was wished for */
	uint64_t literal_length;
	unsigned tag;
	uint32_t validity, exists;
	struct message *messages; size_t count, room; /* in the folder */
	bool uidplus;
	size_t told;
	uint64_t done, total;       /* bytes */
};

/* ---- responses */

/* "{123}" or "{123+}" at the end: a literal follows. It is cut off. */
static bool cut_literal(struct str *response, uint64_t *ret_length)
{
	char *open = strrchr(response->bytes, '{'), *end;

	if (!str_ends(response->bytes, "}") || !open || !isdigit((unsigned char)open[1]))
		return false;
	*ret_length = strtoull(open + 1, &end, 10);
	if (*end == '+')
		end++;
	if (end[0] != '}' || end[1])
		return false;
	str_truncate(response, (size_t)(open - response->bytes));
	return true;
}

static int read_response(struct imap *imap, struct error *err)
{
	int literals = 0, code;
	uint64_t length;
	char *line;

	str_reset(&imap->response);
	str_wipe(&imap->literal);
	imap->literal_length = 0;
	for (;;) {
		code = line_read(imap->line, &line, err);
		if (code)
			return code;
		str_add(&imap->response, line);
		if (!cut_literal(&imap->response, &length))
			return 0;
		if (imap->response.length > RESPONSE_LIMIT || ++literals > LITERALS)
			return error_set(err, ERR_NETWORK, imap->server->parts.host, NULL, _("the server's answer has no end"));
		str_add_char(&imap->response, LITERAL);
		str_wipe(&imap->literal);
		imap->literal_length = length;
		code = line_bytes(imap->line, length, imap->wish->most_bytes, &imap->literal, err);
		if (code)
			return code;
	}
}

/* One of ours, and what the server says to it; TAKE is given each response that is not its end. */
typedef void (*imap_fn)(struct imap *imap, const char *response);
static int command(struct imap *imap, imap_fn take, const char *words, struct error *err)
{
	AUTO_STRING tag = mem_format("p%u ", ++imap->tag);
	int code = line_command(imap->line, err, "%s%s", tag, words);

	while (!code) {
		code = read_response(imap, err);
		if (code)
			return code;
		if (str_starts(imap->response.bytes, tag))
			break;
		if (str_starts_nocase(imap->response.bytes, "* BYE"))
			return line_bad(imap->server, imap->response.bytes + 2, err);
		if (take && str_starts(imap->response.bytes, "* "))
			take(imap, imap->response.bytes + 2);
	}
	if (!code && !str_starts_nocase(imap->response.bytes + strlen(tag), "OK"))
		return line_bad(imap->server, imap->response.bytes + strlen(tag), err);
	return code;
}

/* The value behind the attribute NAME of a FETCH response, or NULL. */
static const char *attribute(const char *response, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = response; (at = strcasestr(at, name)) != NULL; at += length)
		if (at > response && (at[-1] == ' ' || at[-1] == '(') && at[length] == ' ')
			return at + length + 1;
	return NULL;
}

static uint32_t number_of(const char *text)
{
	unsigned long long number = text ? strtoull(text, NULL, 10) : 0;

	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

/* ---- the folder */

static void take_opened(struct imap *imap, const char *response)
{
	const char *validity = strcasestr(response, "[UIDVALIDITY ");
	char *end;

	if (validity && str_starts_nocase(response, "OK"))
		imap->validity = number_of(validity + 13);
	if (isdigit((unsigned char)*response)) {
		unsigned long number = strtoul(response, &end, 10);

		if (str_starts_nocase(end, " EXISTS") && number <= MAILS)
			imap->exists = (uint32_t)number;
	}
}

static void take_capability(struct imap *imap, const char *response)
{
	if (str_starts_nocase(response, "CAPABILITY ") && strcasestr(response, " UIDPLUS"))
		imap->uidplus = true;
}

/* The path of the URL, %XX undone, as a quoted string; only ASCII: other names are in modified UTF-7 on the server. */
static int folder_name(const struct fetch_server *server, struct str *ret, struct error *err)
{
	const char *path = *server->parts.path ? server->parts.path : "INBOX";

	str_add_char(ret, '"');
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c == '%' && str_unhex((const char[]){ path[1], path[1] ? path[2] : 0, 0 }, &c, 1) == 1)
			path += 2;
		if (c < ' ' || c >= 0x7F)
			return error_set(err, ERR_INPUT, server->url, _("Write the folder in modified UTF-7 (RFC 3501 5.1.3)"),
					 _("the folder's name is not ASCII"));
		if (c == '"' || c == '\\')
			str_add_char(ret, '\\');
		str_add_char(ret, (char)c);
	}
	str_add_char(ret, '"');
	return 0;
}

static int open_folder(struct imap *imap, struct error *err)
{
	AUTO_STR name = STR_INIT;
	AUTO_STRING words = NULL;
	int code = folder_name(imap->server, &name, err);

	if (!code && imap->wish->remove)
		code = command(imap, take_capability, "CAPABILITY", err);
	if (code)
		return code;
	words = mem_format("%s %s", imap->wish->remove ? "SELECT" : "EXAMINE", name.bytes);
	code = command(imap, take_opened, words, err);
	if (!code && !imap->validity)
		code = error_set(err, ERR_NETWORK, imap->server->parts.host, NULL,
				 _("the server gives its mails no lasting names (UIDVALIDITY)"));
	return code;
}

/* ---- which mails there are */

static void take_size(struct imap *imap, const char *response)
{
	uint32_t uid = number_of(attribute(response, "UID"));
	const char *size = attribute(response, "RFC822.SIZE");

	if (!uid || !size || imap->count >= MAILS)
		return;
	imap->messages = mem_grow(imap->messages, &imap->room, imap->count + 1, sizeof(*imap->messages));
	imap->messages[imap->count++] = (struct message){ uid, strtoull(size, NULL, 10) };
}

static int by_uid(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static void name_of(const struct imap *imap, uint32_t uid, char ret[32])
{
	snprintf(ret, 32, "%u.%u", imap->validity, uid);
}

/* What is known, named twice, or too large, goes from the list. */
static void sort_out(struct imap *imap)
{
	size_t kept = 0, there = imap->count;
	uint32_t last = 0;
	char name[32];

	if (imap->count)
		qsort(imap->messages, imap->count, sizeof(*imap->messages), by_uid);
	for (size_t i = 0; i < imap->count; i++) {
		struct message *m = &imap->messages[i];

		name_of(imap, m->uid, name);
		if (m->uid == last || box_knows(imap->wish, name))
			continue;
		last = m->uid;
		if (m->size > imap->wish->most_bytes) {
			box_tell(imap->wish, name, NULL, m->size);
		} else if (kept < imap->wish->most) {
			imap->total += m->size;
			imap->messages[kept++] = *m;
		}
	}
	imap->count = kept;
	fetch_tell(&(struct fetch_event){ .kind = FETCH_OPENED, .done = there, .total = kept });
}

static int list_mails(struct imap *imap, struct error *err)
{
	int code = imap->exists ? command(imap, take_size, "UID FETCH 1:* (UID RFC822.SIZE)", err) : 0;

	if (!code)
		sort_out(imap);
	return code;
}

/* ---- mails */

/* A short mail may come as a quoted string: backslashes go. */
static void unquote(const char *text, struct str *ret)
{
	for (; *text && *text != '"'; text++) {
		if (*text == '\\' && text[1])
			text++;
		str_add_char(ret, *text);
	}
}

static void take_mail(struct imap *imap, const char *response)
{
	uint32_t uid = number_of(attribute(response, "UID"));
	const char *body = attribute(response, "BODY[]");
	AUTO_STR quoted = STR_INIT;
	char name[32];

	if (!uid || !body)
		return;
	name_of(imap, uid, name);
	if (*body == LITERAL) {
		box_tell(imap->wish, name, &imap->literal, imap->literal_length);
		imap->done += imap->literal_length;
	} else {
		if (*body == '"')
			unquote(body + 1, &quoted);
		box_tell(imap->wish, name, &quoted, quoted.length);
	}
	imap->told++;
	fetch_tell_progress(0, imap->done, imap->total);
}

static size_t group_end(const struct imap *imap, size_t begin)
{
	size_t end = begin;
	uint64_t bytes = 0;

	while (end < imap->count && end - begin < GROUP && (end == begin || bytes + imap->messages[end].size <= GROUP_BYTES))
		bytes += imap->messages[end++].size;
	return end;
}

static int fetch_group(struct imap *imap, size_t begin, size_t end, struct error *err)
{
	AUTO_STR words = STR_INIT;

	str_add(&words, "UID FETCH ");
	for (size_t i = begin; i < end; i++)
		str_add_format(&words, "%s%u", i > begin ? "," : "", imap->messages[i].uid);
	str_add(&words, " (UID BODY.PEEK[])");
	return command(imap, take_mail, words.bytes, err);
}

static int fetch_mails(struct imap *imap, struct error *err)
{
	int code = 0;

	for (size_t begin = 0, end; !code && begin < imap->count; begin = end) {
		end = group_end(imap, begin);
		code = fetch_group(imap, begin, end, err);
	}
	return code;
}

/* ---- deleting */

static int delete_group(struct imap *imap, const char *uids, struct error *err)
{
	AUTO_STRING mark = mem_format("UID STORE %s +FLAGS.SILENT (\\Deleted)", uids);
	AUTO_STRING expunge = mem_format("UID EXPUNGE %s", uids);
	int code = command(imap, NULL, mark, err);

	/* Without UIDPLUS an EXPUNGE would also delete what others marked. */
	return code || !imap->uidplus ? code : command(imap, NULL, expunge, err);
}

static int delete_mails(struct imap *imap, struct error *err)
{
	AUTO_STRING prefix = mem_format("%u.", imap->validity);
	struct box_names names = { 0 };
	AUTO_STR uids = STR_INIT;
	size_t done = 0, group = 0;
	int code = 0;

	box_names_wait(&names);
	for (size_t i = 0; i < imap->wish->known_count; i++)
		box_names_add(&names, imap->wish->known[i]);
	for (size_t i = 0; !code && i < names.count; i++) {
		uint32_t uid = str_starts(names.names[i], prefix) ? number_of(names.names[i] + strlen(prefix)) : 0;

		if (uid) {
			str_add_format(&uids, "%s%u", group ? "," : "", uid);
			done++;
			group++;
		}
		if (group && (group == GROUP || i + 1 == names.count)) {
			code = delete_group(imap, uids.bytes, err);
			str_reset(&uids);
			group = 0;
		}
	}
	if (!code && group)
		code = delete_group(imap, uids.bytes, err);
	box_names_release(&names);
	fetch_tell(&(struct fetch_event){ .kind = FETCH_REMOVED, .done = imap->uidplus ? done : 0,
					  .total = imap->uidplus ? 0 : done });
	return code;
}

int fetch_imap(const struct fetch_server *server, struct fetch_reading *request, struct error *err)
{
	struct box_wish wish;
	struct imap imap = { .server = server, .wish = &wish, .response = STR_INIT, .literal = STR_INIT };
	int code;

	if (!box_wish_read(request, &wish))
		return error_set(err, ERR_BUG, "fetch", NULL, "the request is malformed");
	code = line_open(server, &imap.line, err);
	if (!code)
		code = open_folder(&imap, err);
	if (!code)
		code = list_mails(&imap, err);
	if (!code)
		code = fetch_mails(&imap, err);
	if (!code && wish.remove)
		code = delete_mails(&imap, err);
	if (!code)
		command(&imap, NULL, "LOGOUT", NULL);
	line_close(imap.line);
	free(imap.messages);
	str_release(&imap.response);
	str_wipe(&imap.literal);
	box_wish_release(&wish);
	return code;
}
