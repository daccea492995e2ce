/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The intake log: read out of the inbox's own chain of events, which nothing shortens, so that what was received can
 * be shown when case and mail are long gone (RMSV article 5: six months at least). And mails put to their cases.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/desk/post.h"
#include "psirtty/model/thread.h"

struct line {
	instant at;
	uint8_t event[32];
	char *channel, *account, *mail, *sender, *sha256, *uid, *disposition, *case_id, *by; /* owned */
	long long size;
};

struct log {
	struct desk *desk;
	struct line *lines; /* owned */
	size_t count, room;
};

static void line_release(struct line *line)
{
	char *const texts[] = { line->channel, line->account, line->mail, line->sender, line->sha256, line->uid,
				line->disposition, line->case_id, line->by };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
}

static struct line *add_line(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	struct line *line;

	log->lines = mem_grow(log->lines, &log->room, log->count + 1, sizeof(*log->lines));
	line = &log->lines[log->count++];
	*line = (struct line){ .by = mem_string(desk_author(log->desk, sealed->fingerprint)->name) };
	memcpy(line->event, sealed->id, sizeof(line->event));
	if (instant_parse(str_or_empty(js_string(body, "received")), &line->at, NULL))
		line->at = sealed->at;
	line->account = mem_string(js_string(body, "account"));
	line->size = js_integer(body, "size", 0);
	return line;
}

/* The line of the mail an event is about: by the event that brought it, else by its id, the last that had it. */
static struct line *line_of(const struct log *log, const json_t *body)
{
	const char *mail = str_or_empty(js_string(body, "mail")), *received = js_string(body, "received_event");
	uint8_t event[32];
	bool known = received && str_unhex(received, event, sizeof(event)) == (long)sizeof(event);

	for (size_t i = log->count; i-- > 0;)
		if (known ? memcmp(log->lines[i].event, event, sizeof(event)) == 0 : str_equal(log->lines[i].mail, mail))
			return &log->lines[i];
	return NULL;
}

/* ---- events */

static void on_received(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	struct line *line = add_line(log, sealed, body);

	line->mail = mem_string(js_string(body, "mail"));
	line->channel = mem_string(js_string(body, "channel"));
	line->sha256 = mem_string(js_string(body, "sha256"));
	line->uid = mem_string(js_string(body, "uid"));
	line->disposition = mem_string("waits");
}

static void on_passed(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	const json_t *uids = json_object_get(body, "uids"), *mails = json_object_get(body, "mails"), *uid;
	size_t i;

	json_array_foreach(uids, i, uid) {
		struct line *line = add_line(log, sealed, body);

		line->uid = mem_string(json_string_value(uid));
		line->mail = mem_string(json_string_value(json_array_get(mails, i)));
		line->disposition = mem_string(js_string(body, "why"));
	}
}

static void on_read(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	const json_t *record = json_object_get(body, "record");
	const char *encryption = str_or_empty(js_string(json_object_get(record, "encryption"), "state"));
	struct line *line = line_of(log, body);

	(void)sealed;
	if (!line)
		return;
	mem_replace(&line->sender, js_string(json_array_get(json_object_get(record, "from"), 0), "address"));
	if (str_equal(line->disposition, "waits") && !str_equal(encryption, "no-key") && !str_equal(encryption, "failed"))
		mem_replace(&line->disposition, "read");
}

static void on_taken(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	struct line *line = line_of(log, body);

	(void)sealed;
	if (!line)
		return;
	mem_replace(&line->disposition, "taken");
	mem_replace(&line->case_id, js_string(body, "case"));
}

static void on_sorted(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	struct line *line = line_of(log, body);

	(void)sealed;
	if (line && !str_equal(line->disposition, "taken"))
		mem_replace(&line->disposition, js_string(body, "as"));
}

static void on_dropped(struct log *log, const struct vault_event *sealed, const json_t *body)
{
	struct line *line = line_of(log, body);

	(void)sealed;
	if (line)
		mem_replace(&line->disposition, "shredded");
}

static const struct {
	enum event_type type;
	void (*take)(struct log *log, const struct vault_event *sealed, const json_t *body);
} rows[] = {
	{ EVENT_MAIL_RECEIVED, on_received }, { EVENT_MAIL_PASSED, on_passed }, { EVENT_MAIL_READ, on_read },
	{ EVENT_MAIL_TAKEN, on_taken }, { EVENT_MAIL_SORTED, on_sorted }, { EVENT_MAIL_DROPPED, on_dropped },
};

static int take_event(void *context, const struct vault_event *sealed, struct error *err)
{
	struct log *log = context;

	(void)err;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON body = NULL;

		if ((int)rows[i].type == sealed->type && !js_load(sealed->json, sealed->length, SIZE_MAX, "event", &body, NULL))
			rows[i].take(log, sealed, body);
	}
	return 0;
}

int desk_intake_log(struct desk *desk, instant since, intake_entry_fn fn, void *context, struct error *err)
{
	struct log log = { .desk = desk };
	int code = vault_stream_each(desk->vault, vault_stream_of(desk->vault, VAULT_INBOX), take_event, &log, err);

	for (size_t i = 0; i < log.count; i++) {
		const struct line *line = &log.lines[i];
		const struct intake_entry entry = {
			.at = line->at, .channel = str_or_empty(line->channel), .account = str_or_empty(line->account),
			.mail = str_or_empty(line->mail), .sender = str_or_empty(line->sender), .uid = str_or_empty(line->uid),
			.sha256 = str_or_empty(line->sha256), .size = line->size, .case_id = str_or_empty(line->case_id),
			.disposition = str_or_empty(line->disposition), .by = line->by,
		};

		if (!code && (since == INSTANT_NONE || line->at >= since) && !fn(context, &entry))
			since = INT64_MAX;
	}
	for (size_t i = 0; i < log.count; i++)
		line_release(&log.lines[i]);
	free(log.lines);
	return code;
}

/* ---- mails to their cases */

static bool wants_place(const struct inbox_item *item)
{
	return item->read && !item->taken_case && (!item->sorted || str_equal(item->sorted, "report")) &&
	       (item->record.encryption == ENCRYPTION_NONE || item->record.encryption == ENCRYPTION_DECRYPTED);
}

/* The next mail that surely belongs to a case, from *AT on: names, since the model moves when it is put there. */
static bool next_sure(struct desk *desk, size_t *at, char **ret_mail, char **ret_case)
{
	struct thread_index *index = thread_index_new(desk->model);
	struct mail_place place;
	bool found = false;

	for (; !found && *at < model_inbox_count(desk->model); (*at)++) {
		const struct inbox_item *item = model_inbox(desk->model, *at);

		if (!wants_place(item))
			continue;
		thread_place(index, item, &place);
		found = place.sure;
		if (found) {
			*ret_mail = mem_string(item->id);
			*ret_case = mem_string(place.state->id);
		}
	}
	thread_index_free(index);
	return found;
}

int desk_mail_thread(struct desk *desk, instant now, size_t *ret_count, struct error *err)
{
	size_t at = 0;
	int code = 0;

	*ret_count = 0;
	while (!code) {
		AUTO_STRING mail = NULL;
		AUTO_STRING case_id = NULL;

		if (!next_sure(desk, &at, &mail, &case_id))
			return 0;
		code = desk_mail_link(desk, model_find_mail(desk->model, mail), model_find_case(desk->model, case_id), now, err);
		*ret_count += !code;
	}
	return code;
}

int desk_mail_sort(struct desk *desk, const struct inbox_item *item, const char *as, const char *note, instant now,
		   struct error *err)
{
	json_t *body;

	if (item->taken_case)
		return error_set(err, ERR_BUSY, item->id, NULL, _("it is already in %s"), item->taken_case);
	body = json_object();
	js_set_string(body, "mail", item->id);
	js_set_hex(body, "received_event", item->event, 32);
	js_set_string(body, "as", as);
	js_set_string(body, "note", note);
	return desk_append(desk, NULL, EVENT_MAIL_SORTED, body, now, err);
}
