/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a case: what it is made of is found and shredded, and a record says so. */
#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/export.h"
#include "psirtty/vault/transport.h"

enum { DRAFT_MAX = 32 << 20 };

struct disposing {
	uint8_t stream[16];
	char *id;            /* owned */
	char **objects;      /* owned strings */
	size_t object_count, object_room;
	json_t *mails;       /* of the inbox, which keeps them */
};

static void note_place(void *context, const struct event *event, const char *field, const json_t *place)
{
	struct disposing *d = context;
	const char *mail = js_string(event->body, "mail");

	(void)field;
	d->objects = mem_grow(d->objects, &d->object_room, d->object_count + 1, sizeof(*d->objects));
	d->objects[d->object_count++] = mem_string(js_string(place, "object"));
	if (mail && str_equal(field, "raw"))
		json_array_append_new(d->mails, js_new_string(mail, strlen(mail)));
}

static void disposing_release(struct disposing *d)
{
	for (size_t i = 0; i < d->object_count; i++)
		free(d->objects[i]);
	free(d->objects);
	free(d->id);
	json_decref(d->mails);
}

static bool draft_is_of(struct desk *desk, const char *draft, const char *case_id)
{
	struct str bytes = STR_INIT;
	AUTO_JSON json = NULL;
	bool is = vault_draft_get(desk->vault, draft, &bytes, NULL) == 0 &&
		  js_load(bytes.bytes, bytes.length, DRAFT_MAX, draft, &json, NULL) == 0 &&
		  str_equal(js_string(json, "case"), case_id);

	str_wipe(&bytes);
	return is;
}

/* Only this member's: those of others are sealed to them, and theirs to throw away. */
static int drop_drafts(struct desk *desk, const char *case_id, size_t *ret_count, struct error *err)
{
	char **drafts = NULL;
	size_t count = 0;
	int code = vault_draft_list(desk->vault, &drafts, &count, err);

	for (size_t i = 0; i < count; i++) {
		if (!code && draft_is_of(desk, drafts[i], case_id)) {
			code = vault_draft_remove(desk->vault, drafts[i], err);
			(*ret_count)++;
		}
		free(drafts[i]);
	}
	free(drafts);
	return code;
}

static int record(struct desk *desk, const struct disposing *d, const struct desk_disposed *made,
		  instant backups_until, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "case", d->id);
	js_set_hex(body, "stream", d->stream, sizeof(d->stream));
	desk_set_instant(body, "shredded", now);
	desk_set_instant(body, "backups_until", backups_until);
	js_set_integer(body, "events", (long long)made->events);
	js_set_integer(body, "files", (long long)made->files);
	js_set_integer(body, "kept", (long long)made->kept);
	js_set_string(body, "verified", "contents overwritten and read back, keys and files deleted");
	json_object_set(body, "mails", d->mails);
	return desk_append(desk, NULL, EVENT_CASE_DISPOSED, body, now, err);
}

static int dispose(struct desk *desk, const struct disposing *d, instant backups_until, instant now,
		   struct desk_disposed *ret, struct error *err)
{
	struct vault_shredded shredded = { 0 };
	struct desk_disposed made = { .mails = json_array_size(d->mails) };
	bool changed;
	int code = drop_drafts(desk, d->id, &made.drafts, err);

	if (!code)
		code = vault_shred(desk->vault, d->stream, (const char *const *)d->objects, d->object_count, now,
				   &shredded, err);
	made.events = shredded.events;
	made.keys = shredded.wraps;
	made.files = shredded.attachments;
	made.kept = shredded.spared;
	if (!code)
		code = record(desk, d, &made, backups_until, now, err);
	if (!code)
		code = desk_refresh(desk, &changed, err);
	if (!code)
		*ret = made;
	return code;
}

int desk_case_shred(struct desk *desk, const struct case_state *state, instant backups_until, instant now,
		    struct desk_disposed *ret, struct error *err)
{
	struct disposing d = { .id = mem_string(state->id), .mails = json_array() };
	int code = desk_whole_case(desk, state, err);

	memcpy(d.stream, state->stream, sizeof(d.stream));
	if (!code) {
		desk_each_place(state, note_place, &d);
		/* A record that could not be written must not stop at half: the queue is held over both. */
		code = vault_hold(desk->vault, err);
	}
	if (!code) {
		code = dispose(desk, &d, backups_until, now, ret, err);
		vault_let_go(desk->vault);
	}
	disposing_release(&d);
	return code;
}
