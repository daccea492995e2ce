/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails out of a POP3 mailbox (RFC 1939): known by their unique-ids, several asked for at once where the server
 * says it can (RFC 2449 PIPELINING). Deleted only when asked; the server does it at QUIT.
 */
#include "fetch_private.h"
#include "psirtty/base/i18n.h"

enum { LIST_LIMIT = 128 << 20, MAILS = 1 << 20, AHEAD = 16, NAME_LIMIT = 256 };

struct message { unsigned number; uint64_t size; char *name; };

struct pop {
	const struct fetch_server *server;
	const struct box_wish *wish;
	struct line *line;
	struct message *messages; size_t count, room; /* in the mailbox, in the server's order */
	bool pipelining;
	uint64_t done, total;
};

/* The answer to a command: "+OK …". */
static int answer(struct pop *pop, struct error *err)
{
	char *line;
	int code = line_read(pop->line, &line, err);

	return code || str_starts(line, "+OK") ? code : line_bad(pop->server, line, err);
}

static int command(struct pop *pop, const char *words, struct error *err)
{
	int code = line_command(pop->line, err, "%s", words);

	return code ? code : answer(pop, err);
}

static int list(struct pop *pop, const char *words, struct str *ret, struct error *err)
{
	uint64_t length;
	int code = command(pop, words, err);

	if (!code)
		code = line_dotted(pop->line, LIST_LIMIT, ret, &length, err);
	return code;
}

/* ---- what is there */

static void ask_capabilities(struct pop *pop)
{
	AUTO_STR text = STR_INIT;

	if (!list(pop, "CAPA", &text, NULL))
		pop->pipelining = strcasestr(text.bytes, "PIPELINING") != NULL;
}

static bool name_good(const char *name)
{
	size_t length = strlen(name);

	for (const char *c = name; *c; c++)
		if (*c < 0x21 || *c > 0x7E)
			return false;
	return length > 0 && length < NAME_LIMIT;
}

static void take_name(struct pop *pop, char *line)
{
	char *name;
	unsigned long number = strtoul(line, &name, 10);

	name += strspn(name, " ");
	name[strcspn(name, " \r")] = '\0';
	if (!number || number > MAILS || !name_good(name) || pop->count >= MAILS)
		return;
	pop->messages = mem_grow(pop->messages, &pop->room, pop->count + 1, sizeof(*pop->messages));
	pop->messages[pop->count++] = (struct message){ (unsigned)number, 0, mem_string(name) };
}

static int by_number(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static void take_size(struct pop *pop, char *line)
{
	char *rest;
	const struct message key = { .number = (unsigned)strtoul(line, &rest, 10) };
	struct message *found = pop->count ? bsearch(&key, pop->messages, pop->count, sizeof(key), by_number) : NULL;

	if (found)
		found->size = strtoull(rest, NULL, 10);
}

static void each_line(struct pop *pop, struct str *text, void (*take)(struct pop *pop, char *line))
{
	char *save = NULL;

	for (char *line = strtok_r(text->bytes, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take(pop, line);
}

static int list_mails(struct pop *pop, struct error *err)
{
	AUTO_STR names = STR_INIT;
	AUTO_STR sizes = STR_INIT;
	AUTO_ERROR why = ERROR_INIT;
	int code = list(pop, "UIDL", &names, &why);

	if (code)
		return error_set(err, code, why.what, why.remedy ? why.remedy :
				 _("Without UIDL nothing says which mails came before: use IMAP"), "%s", why.why);
	each_line(pop, &names, take_name);
	if (pop->count)
		qsort(pop->messages, pop->count, sizeof(*pop->messages), by_number);
	code = list(pop, "LIST", &sizes, err);
	if (!code)
		each_line(pop, &sizes, take_size);
	return code;
}

static void sort_out(struct pop *pop, struct message *ret, size_t *ret_count)
{
	for (size_t i = 0; i < pop->count; i++) {
		const struct message *m = &pop->messages[i];

		if (box_knows(pop->wish, m->name))
			continue;
		if (m->size > pop->wish->most_bytes) {
			box_tell(pop->wish, m->name, NULL, m->size);
		} else if (*ret_count < pop->wish->most) {
			ret[(*ret_count)++] = *m;
			pop->total += m->size;
		}
	}
	fetch_tell(&(struct fetch_event){ .kind = FETCH_OPENED, .done = pop->count, .total = *ret_count });
}

/* ---- mails */

static int take_mail(struct pop *pop, const struct message *message, struct error *err)
{
	struct str bytes = STR_INIT;
	uint64_t length = 0;
	int code = answer(pop, err);

	if (!code)
		code = line_dotted(pop->line, pop->wish->most_bytes, &bytes, &length, err);
	if (!code) {
		box_tell(pop->wish, message->name, &bytes, length);
		pop->done += length;
		fetch_tell_progress(0, pop->done, pop->total);
	}
	str_wipe(&bytes);
	return code;
}

static int fetch_mails(struct pop *pop, const struct message *wanted, size_t count, struct error *err)
{
	size_t ahead = pop->pipelining ? AHEAD : 1, asked = 0;
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		for (; !code && asked < count && asked < i + ahead; asked++)
			code = line_command(pop->line, err, "RETR %u", wanted[asked].number);
		if (!code)
			code = take_mail(pop, &wanted[i], err);
	}
	return code;
}

/* ---- deleting */

static const struct message *find_name(const struct pop *pop, const char *name)
{
	for (size_t i = 0; i < pop->count; i++)
		if (str_equal(pop->messages[i].name, name))
			return &pop->messages[i];
	return NULL;
}

static int delete_one(struct pop *pop, const struct message *message, size_t *count, struct error *err)
{
	AUTO_STRING words = mem_format("DELE %u", message->number);
	int code = command(pop, words, err);

	*count += !code;
	return code;
}

static int delete_mails(struct pop *pop, size_t *ret_count, struct error *err)
{
	struct box_names names = { 0 };
	int code = 0;

	box_names_wait(&names);
	for (size_t i = 0; !code && i < pop->count; i++)
		if (box_knows(pop->wish, pop->messages[i].name))
			code = delete_one(pop, &pop->messages[i], ret_count, err);
	for (size_t i = 0; !code && i < names.count; i++) {
		const struct message *message = find_name(pop, names.names[i]);

		if (message && !box_knows(pop->wish, message->name))
			code = delete_one(pop, message, ret_count, err);
	}
	box_names_release(&names);
	return code;
}

static int work(struct pop *pop, struct error *err)
{
	struct message *wanted;
	size_t count = 0, deleted = 0;
	int code;

	ask_capabilities(pop);
	code = list_mails(pop, err);
	if (code)
		return code;
	wanted = mem_alloc((pop->count + 1) * sizeof(*wanted));
	sort_out(pop, wanted, &count);
	code = fetch_mails(pop, wanted, count, err);
	free(wanted);
	if (!code && pop->wish->remove)
		code = delete_mails(pop, &deleted, err);
	/* What was deleted is deleted only when the server says so here. */
	if (!code)
		code = command(pop, "QUIT", deleted ? err : NULL);
	if (!code && pop->wish->remove)
		fetch_tell(&(struct fetch_event){ .kind = FETCH_REMOVED, .done = deleted });
	return deleted ? code : code && err->code ? code : 0;
}

int fetch_pop(const struct fetch_server *server, struct fetch_reading *request, struct error *err)
{
	struct box_wish wish;
	struct pop pop = { .server = server, .wish = &wish };
	int code;

	if (!box_wish_read(request, &wish))
		return error_set(err, ERR_BUG, "fetch", NULL, "the request is malformed");
	code = line_open(server, &pop.line, err);
	if (!code)
		code = work(&pop, err);
	line_close(pop.line);
	for (size_t i = 0; i < pop.count; i++)
		free(pop.messages[i].name);
	free(pop.messages);
	box_wish_release(&wish);
	return code;
}
