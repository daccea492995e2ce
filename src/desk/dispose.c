/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a case. A record says first what goes: the case, its attachments, its mails in the inbox. Then it goes.
 * Whoever opens the vault next finishes by the record what was interrupted.
 */
#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/export.h"
#include "psirtty/vault/members.h"
#include "psirtty/vault/transport.h"

enum { DRAFT_MAX = 32 << 20 };

struct place { char *object, *mail; bool kept; }; /* owned; MAIL: whose bytes it holds, or NULL */

struct disposing {
	struct desk *desk;
	uint8_t stream[16];
	char *id;              /* owned */
	struct place *places;  /* owned */
	size_t count, room;
	size_t inbox;          /* readings of its mails that lie in the inbox's events */
};

static void note_place(void *context, const struct event *event, const char *field, const json_t *place)
{
	struct disposing *d = context;
	const char *mail = str_equal(field, "raw") ? js_string(event->body, "mail") : NULL;

	d->places = mem_grow(d->places, &d->room, d->count + 1, sizeof(*d->places));
	d->places[d->count++] = (struct place){ mem_string(str_or_empty(js_string(place, "object"))),
						mem_string(mail), false };
}

static void disposing_release(struct disposing *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->places[i].object);
		free(d->places[i].mail);
	}
	free(d->places);
	free(d->id);
}

/* ---- what goes */

/* A mail goes with the case it was taken into, from whoever may write to the inbox. */
static bool mail_goes(struct desk *desk, const char *mail, const char *case_id)
{
	const struct inbox_item *item = model_find_mail(desk->model, mail);

	return item && str_equal(item->taken_case, case_id) &&
	       vault_rights(desk->vault, vault_stream_of(desk->vault, VAULT_INBOX)) & VAULT_WRITE;
}

static int find_kept(struct disposing *d, struct error *err)
{
	const char **objects = mem_alloc((d->count + 1) * sizeof(*objects));
	bool *elsewhere = mem_alloc((d->count + 1) * sizeof(*elsewhere));
	int code;

	for (size_t i = 0; i < d->count; i++)
		objects[i] = d->places[i].object;
	code = vault_objects_elsewhere(d->desk->vault, d->stream, objects, d->count, elsewhere, err);
	for (size_t i = 0; !code && i < d->count; i++)
		d->places[i].kept = elsewhere[i] || (d->places[i].mail && !mail_goes(d->desk, d->places[i].mail, d->id));
	free(objects);
	free(elsewhere);
	return code;
}

static void note_record(void *context, const char *object)
{
	struct disposing *d = context;

	if (!object) {
		d->inbox++;
		return;
	}
	d->places = mem_grow(d->places, &d->room, d->count + 1, sizeof(*d->places));
	d->places[d->count++] = (struct place){ mem_string(object), NULL, false };
}

/* What was read of the mails that go, each once. */
static int find_records(struct disposing *d, struct error *err)
{
	size_t count = d->count;
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		const char *mail = d->places[i].mail;
		bool again = !mail || d->places[i].kept;

		for (size_t k = 0; k < i && !again; k++)
			again = str_equal(d->places[k].mail, mail);
		if (!again)
			code = desk_mail_records(d->desk, model_find_mail(d->desk->model, mail), note_record, d, err);
	}
	return code;
}

static void add_once(json_t *list, const char *word)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (str_equal(json_string_value(one), word))
			return;
	json_array_append_new(list, js_new_string(word, strlen(word)));
}

static int record(const struct disposing *d, size_t events, instant backups_until, instant now, struct error *err)
{
	json_t *body = json_object(), *mails = json_array(), *dropped = json_array(), *objects = json_array();
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++) {
		kept += d->places[i].kept;
		if (d->places[i].mail)
			add_once(d->places[i].kept ? mails : dropped, d->places[i].mail);
		if (!d->places[i].kept)
			add_once(objects, d->places[i].object);
	}
	js_set_string(body, "case", d->id);
	js_set_hex(body, "stream", d->stream, sizeof(d->stream));
	desk_set_instant(body, "shredded", now);
	desk_set_instant(body, "backups_until", backups_until);
	js_set_integer(body, "events", (long long)events);
	js_set_integer(body, "files", (long long)json_array_size(objects));
	js_set_integer(body, "kept", (long long)kept);
	js_set_integer(body, "inbox", (long long)d->inbox);
	js_set_string(body, "verified", "contents overwritten and read back, keys and files deleted");
	json_object_set_new(body, "mails", mails);
	json_object_set_new(body, "dropped", dropped);
	json_object_set_new(body, "objects", objects);
	return desk_append(d->desk, NULL, EVENT_CASE_DISPOSED, body, now, err);
}

/* ---- drafts */

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

/* ---- it goes */

static int drop_mail(struct desk *desk, const char *mail, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "mail", mail);
	js_set_hex(body, "received_event", model_find_mail(desk->model, mail)->event, 32);
	return desk_append(desk, NULL, EVENT_MAIL_DROPPED, body, now, err);
}

/* What the record names and what is still there. RECORD moves when the registry is read anew: it is looked up each time. */
static int carry_out(struct desk *desk, size_t at, instant now, struct desk_disposed *ret, struct error *err)
{
	const struct disposal *record = model_disposal(desk->model, at);
	struct vault_shredded shredded = { 0 };
	const char *const *objects = (const char *const *)record->objects;
	int code = drop_drafts(desk, record->case_id, &ret->drafts, err);

	if (!code && vault_is_shredded(desk->vault, record->stream))
		code = vault_shred_objects(desk->vault, record->stream, objects, record->object_count, &shredded, err);
	else if (!code)
		code = vault_shred(desk->vault, record->stream, objects, record->object_count, now, &shredded, err);
	for (size_t i = 0; !code && i < model_disposal(desk->model, at)->dropped_count; i++) {
		record = model_disposal(desk->model, at);
		if (!mail_goes(desk, record->dropped[i], record->case_id))
			continue;
		code = drop_mail(desk, record->dropped[i], now, err);
		ret->dropped++;
	}
	ret->events += shredded.events;
	ret->keys += shredded.wraps;
	ret->files += shredded.attachments;
	return code;
}

static bool may_shred(struct vault *vault, const uint8_t stream[16])
{
	struct vault_member *members;
	bool admin = false;
	size_t count;

	vault_members(vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		admin = admin || (members[i].me && members[i].live && members[i].role == VAULT_ADMIN);
	free(members);
	return admin || vault_rights(vault, stream) & VAULT_GRANT;
}

static int dispose(struct disposing *d, size_t events, instant backups_until, instant now, struct desk_disposed *ret,
		   struct error *err)
{
	struct desk *desk = d->desk;
	struct desk_disposed made = { 0 };
	bool changed;
	int code = find_kept(d, err);

	if (!code)
		code = find_records(d, err);
	if (!code)
		code = record(d, events, backups_until, now, err);
	if (!code) {
		const struct disposal *last = model_disposal(desk->model, model_disposal_count(desk->model) - 1);

		made.kept = last->kept;
		made.mails = last->mail_count;
		made.inbox = last->inbox;
		code = carry_out(desk, model_disposal_count(desk->model) - 1, now, &made, err);
	}
	if (!code)
		code = desk_refresh(desk, &changed, err);
	if (!code)
		*ret = made;
	return code;
}

int desk_case_shred(struct desk *desk, const struct case_state *state, instant backups_until, instant now,
		    struct desk_disposed *ret, struct error *err)
{
	struct disposing d = { .desk = desk, .id = mem_string(state->id) };
	int code = desk_whole_case(desk, state, err);

	memcpy(d.stream, state->stream, sizeof(d.stream));
	if (!code && !may_shred(desk->vault, d.stream))
		code = error_set(err, ERR_DENIED, d.id, _("Ask who may: `psirtty case readers CASE`"),
				 _("you have no right to shred it"));
	if (!code) {
		desk_each_place(state, note_place, &d);
		/* Nobody comes between what the record says and what is done. */
		code = vault_hold(desk->vault, err);
	}
	if (!code) {
		code = dispose(&d, state->event_count, backups_until, now, ret, err);
		vault_let_go(desk->vault);
	}
	disposing_release(&d);
	return code;
}

/* ---- what was interrupted */

struct looking { struct desk *desk; const uint8_t *stream; bool mine; };

static int find_mine(void *context, const struct vault_event *sealed, struct error *err)
{
	struct looking *l = context;
	AUTO_STRING stream = str_hex(l->stream, 16);
	AUTO_JSON body = NULL;

	(void)err;
	if (sealed->type == EVENT_CASE_DISPOSED && str_equal(sealed->fingerprint, vault_fingerprint(l->desk->vault)) &&
	    js_load(sealed->json, sealed->length, SIZE_MAX, "event", &body, NULL) == 0)
		l->mine = l->mine || str_equal(js_string(body, "stream"), stream);
	return 0;
}

/* A record alone is nobody's order but its author's: the right to write one is not the right to shred. */
static bool is_mine(struct desk *desk, const struct disposal *record)
{
	struct looking looking = { desk, record->stream, false };

	return vault_stream_each(desk->vault, vault_stream_of(desk->vault, VAULT_REGISTRY), find_mine, &looking, NULL) == 0 &&
	       looking.mine;
}

static bool is_due(struct desk *desk, const struct disposal *record)
{
	if (!vault_is_shredded(desk->vault, record->stream))
		return vault_rights(desk->vault, record->stream) & VAULT_READ && is_mine(desk, record);
	for (size_t i = 0; i < record->dropped_count; i++)
		if (mail_goes(desk, record->dropped[i], record->case_id))
			return true;
	return vault_objects_there(desk->vault, (const char *const *)record->objects, record->object_count);
}

int desk_finish_disposals(struct desk *desk, instant now, struct error *err)
{
	struct desk_disposed made = { 0 };
	struct vault_shredded shredded;
	bool changed;
	int code = vault_shred_due(desk->vault, &shredded, err);

	for (size_t i = 0; !code && i < model_disposal_count(desk->model); i++) {
		if (!is_due(desk, model_disposal(desk->model, i)))
			continue;
		code = vault_hold(desk->vault, err);
		if (code)
			return code;
		code = carry_out(desk, i, now, &made, err);
		vault_let_go(desk->vault);
		if (!code)
			code = desk_refresh(desk, &changed, err);
	}
	return code;
}
