/* SPDX-License-Identifier: Apache-2.0 */
/* The open desk: vault, model, worker; and the one door through which every change goes. */
#include "desk/desk_private.h"

#include "psirtty/vault/members.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/export.h"

/* ---- others' changes */

int desk_notify_fd(struct desk *desk)
{
	return vault_notify_fd(desk->vault);
}

int desk_refresh(struct desk *desk, bool *ret_changed, struct error *err)
{
	uint64_t before = desk->folded;
	bool changed = vault_changed(desk->vault);
	int code = changed ? vault_read_on(desk->vault, NULL, NULL, err) : 0;

	*ret_changed = false;
	if (!code)
		code = desk_take_in(desk, err);
	*ret_changed = desk->folded != before;
	return code;
}

int desk_refresh_some(struct desk *desk, uint64_t most, bool *ret_changed, bool *ret_left, struct error *err)
{
	uint64_t before = desk->folded, left = 0;
	bool changed = vault_changed(desk->vault) || desk->behind;
	int code = changed ? vault_read_some(desk->vault, most, &left, err) : 0;

	desk->behind = *ret_left = left > 0;
	*ret_changed = false;
	if (!code)
		code = desk_take_in(desk, err);
	*ret_changed = desk->folded != before;
	return code;
}

/* ---- another process of this program */

int desk_identity_send(const struct desk *desk, int fd, struct error *err)
{
	return vault_identity_send(desk->vault, fd, err);
}

void desk_never_ask(void)
{
	openpgp_never_ask();
}

void desk_ask_by(desk_ask_fn ask, void *context)
{
	openpgp_ask_by(ask, context);
}

bool desk_take_wanted(void)
{
	return openpgp_take_wanted();
}

/* ---- opening */

static char *name_of(const char *dir)
{
	AUTO_STRING copy = mem_string(dir);
	size_t length = strlen(copy);
	char *slash;

	while (length > 1 && copy[length - 1] == '/')
		copy[--length] = '\0';
	slash = strrchr(copy, '/');
	return mem_string(slash && slash[1] ? slash + 1 : copy);
}

static int find_handler(struct desk *desk, struct error *err)
{
	const struct author *me = desk_author(desk, vault_fingerprint(desk->vault));
	struct openpgp_key key = { 0 };
	int code;

	if (!me->there) {
		code = openpgp_find(desk->pgp, vault_fingerprint(desk->vault), false, &key, err);
		openpgp_key_release(&key);
		if (code)
			return code;
	}
	desk->handler = mem_string(me->name);
	desk->address = mem_string(me->address);
	return 0;
}

int desk_open(const struct desk_options *options, instant now, struct desk **ret, struct error *err)
{
	struct desk *desk = mem_alloc(sizeof(*desk));
	AUTO_ERROR late = ERROR_INIT;
	size_t recovered;
	int code;

	desk->dir = mem_string(options->vault_dir);
	desk->name = name_of(options->vault_dir);
	str_init(&desk->brief);
	if (options->lean)
		vault_lean();
	/* The worker first: it must never have seen a key in its parent's memory. */
	code = parse_worker_start(&desk->worker, err);
	if (!code)
		code = openpgp_open(options->gpg_home, &desk->pgp, err);
	if (!code)
		desk->ring_known = openpgp_ring_stamp(desk->pgp, desk->ring);
	if (!code)
		code = vault_open_with(options->vault_dir, desk->pgp, options->handed_over ? options->identity : -1,
				       options->readonly, now, &desk->vault, err);
	if (!code && !options->readonly)
		code = vault_draft_recover(desk->vault, &recovered, err);
	if (!code)
		code = desk_fold_start(desk, err);
	if (!code)
		code = find_handler(desk, err);
	/* Its own start went on meanwhile. */
	if (!code)
		code = parse_worker_wait(desk->worker, err);
	/* It is no reason to stay outside that what was begun cannot be ended now. */
	if (!code && !desk_readonly(desk) && desk_finish_disposals(desk, now, &late))
		desk_note_trouble(desk, &late);
	if (!code && !desk_readonly(desk) && desk_finish_publications(desk, &late))
		desk_note_trouble(desk, &late);
	if (!code && !desk_readonly(desk) && vault_checkpoint_trouble(desk->vault, now, &late))
		desk_note_trouble(desk, &late);
	if (code) {
		desk_close(desk);
		return code;
	}
	*ret = desk;
	return 0;
}

/* One that could not be made today is made tomorrow, or by `vault checkpoint`: nothing is lost by it, and where it goes on
 * desk_open tells why. */
void desk_checkpoint_daily(struct desk *desk, instant now)
{
	bool made;

	if (desk && desk->vault)
		vault_checkpoint_daily(desk->vault, now, &made, NULL);
}

void desk_close(struct desk *desk)
{
	if (!desk)
		return;
	if (desk->vault)
		desk_fold_end(desk);
	vault_close(desk->vault);
	openpgp_close(desk->pgp);
	parse_worker_stop(desk->worker);
	model_free(desk->model);
	for (size_t i = 0; i < desk->author_count; i++) {
		free(desk->authors[i].fingerprint);
		free(desk->authors[i].name);
		free(desk->authors[i].address);
	}
	free(desk->authors);
	free(desk->stale);
	free(desk->trouble);
	str_wipe(&desk->brief);
	free(desk->dir);
	free(desk->name);
	free(desk->handler);
	free(desk->address);
	free(desk->clock_fault);
	desk_inventories_free(desk->inventories);
	desk_results_free(desk->results);
	desk_look_free(desk->look);
	desk_laws_free(desk->laws);
	desk_templates_free(desk->templates);
	desk_way_free(desk->way);
	free(desk);
}

/* ---- the one door */

static const uint8_t *stream_for(struct desk *desk, const struct case_state *state, enum event_type type)
{
	switch (event_info(type)->stream) {
	case STREAM_INBOX:
		return vault_stream_of(desk->vault, VAULT_INBOX);
	case STREAM_REGISTRY:
		return vault_stream_of(desk->vault, VAULT_REGISTRY);
	default:
		return state->stream;
	}
}

static void note_warnings(struct desk *desk, const struct event *event)
{
	const char *found[MODEL_WARNINGS];
	size_t count = model_warnings(desk->model, event, found);

	for (size_t i = 0; i < count && desk->warning_count < ARRAY_LEN(desk->warnings); i++)
		desk->warnings[desk->warning_count++] = found[i];
}

const char *desk_take_warning(struct desk *desk)
{
	return desk->warning_count ? desk->warnings[--desk->warning_count] : NULL;
}

/* What is about to be appended: known to the check that is asked while the queue is held. */
struct appending {
	struct desk *desk;
	const struct event *event;
};

static int still_possible(void *context, struct error *err)
{
	struct appending *a = context;
	int code = desk_take_in(a->desk, err);

	return code ? code : model_check(a->desk->model, a->event, err);
}

/* Rules that want two persons look at who it is. */
static void set_member(struct desk *desk, struct event *event)
{
	struct vault_member *members;
	size_t count;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		if (members[i].me)
			memcpy(event->member, members[i].person, sizeof(event->member));
	free(members);
}

int desk_append_to(struct desk *desk, const uint8_t stream[16], enum event_type type, json_t *stolen,
		   instant now, struct error *err)
{
	struct event event = { .type = type, .at = now, .gseq = vault_head(desk->vault) + 1 };
	struct appending appending = { desk, &event };
	AUTO_JSON body = stolen;
	AUTO_JSON sealed = NULL;
	struct str text = STR_INIT;
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = event_check(type, body, err);
	memcpy(event.stream, stream, sizeof(event.stream));
	snprintf(event.author, sizeof(event.author), "%s", desk->handler);
	set_member(desk, &event);
	event.body = body;
	if (!code)
		code = model_check(desk->model, &event, err);
	if (!code)
		note_warnings(desk, &event);
	if (!code)
		code = desk_seal_body(desk, type, body, &sealed, err);
	if (!code) {
		js_dump(sealed, &text);
		code = vault_append(desk->vault, stream, (int)type, text.bytes, text.length, now, NULL,
				    still_possible, &appending, err);
	}
	if (!code)
		code = desk_take_in(desk, err);
	desk_forget_body(desk);
	str_wipe(&text);
	return code;
}

int desk_append(struct desk *desk, const struct case_state *state, enum event_type type, json_t *body,
		instant now, struct error *err)
{
	return desk_append_to(desk, stream_for(desk, state, type), type, body, now, err);
}

int desk_together(struct desk *desk, desk_together_fn what, void *context, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	bool changed;
	int code, ended;

	if (desk->together)
		return what(context, err);
	code = vault_batch_begin(desk->vault, err);
	if (code)
		return code;
	desk->together = true;
	code = desk_refresh(desk, &changed, err);
	if (!code)
		code = what(context, err);
	if (code)
		vault_batch_spoil(desk->vault);
	ended = vault_batch_end(desk->vault, code ? &why : err);
	desk->together = false;
	if (ended && desk->folded != vault_head(desk->vault))
		desk_fold_start(desk, &why);
	return code ? code : ended;
}

/* ---- questions */

void desk_new_turn(struct desk *desk)
{
	model_new_turn(desk->model);
}

size_t desk_know_some(struct desk *desk, size_t most)
{
	return model_know_some(desk->model, most);
}

const struct model *desk_model(const struct desk *desk)
{
	return desk->model;
}

const char *desk_handler(const struct desk *desk)
{
	return desk->handler;
}

const char *desk_vault_name(const struct desk *desk)
{
	return desk->name;
}

const char *desk_vault_dir(const struct desk *desk)
{
	return desk->dir;
}

bool desk_readonly(const struct desk *desk)
{
	return vault_readonly(desk->vault);
}

const char *desk_warning(const struct desk *desk)
{
	return vault_damage(desk->vault) ? vault_damage(desk->vault) : desk->trouble;
}

bool desk_damaged(const struct desk *desk)
{
	return vault_damage(desk->vault) != NULL;
}

const char *desk_clock_warning(const struct desk *desk)
{
	return vault_warning(desk->vault);
}

struct vault *desk_vault(struct desk *desk)
{
	return desk->vault;
}

char *desk_stream_name(int type, const char *json, size_t length)
{
	AUTO_JSON body = NULL;

	if (type != EVENT_CASE_OPENED || js_load(json, length, SIZE_MAX, "event", &body, NULL))
		return NULL;
	return mem_string(js_string(body, "case"));
}

struct openpgp *desk_openpgp(struct desk *desk)
{
	return desk->pgp;
}

int desk_find_case(struct desk *desk, const char *id, const struct case_state **ret, struct error *err)
{
	AUTO_STR near = STR_INIT;
	size_t count = model_case_count(desk->model);

	*ret = model_find_case(desk->model, id);
	if (*ret)
		return desk_whole_case(desk, *ret, err);
	for (size_t i = count > 3 ? count - 3 : 0; i < count; i++)
		str_add_format(&near, "%s%s", near.length ? ", " : "", model_case(desk->model, i)->id);
	return error_set(err, ERR_INPUT, id, _("See `case list`"),
			 near.length ? _("there is no such case; the newest are %s") : _("there is no case yet%s"),
			 near.bytes);
}

void desk_set_instant(json_t *body, const char *key, instant at)
{
	char buffer[40];

	js_set_string(body, key, instant_format(at, buffer));
}

json_t *desk_object_json(const struct vault_object *object, const char *name, const char *type,
			 const char *kind)
{
	json_t *json = json_object();

	js_set_string(json, "name", name);
	js_set_string(json, "type", type);
	js_set_string(json, "kind", kind);
	js_set_integer(json, "size", (long long)object->size);
	js_set_string(json, "sha256", object->sha256);
	js_set_string(json, "object", object->name);
	js_set_string(json, "key", object->key);
	return json;
}

json_t *desk_file_json(const struct sealed_file *file)
{
	json_t *json = json_object();

	js_set_string(json, "name", file->name);
	js_set_string(json, "type", file->type);
	js_set_string(json, "kind", file->kind);
	js_set_integer(json, "size", (long long)file->size);
	js_set_string(json, "sha256", file->sha256);
	js_set_string(json, "object", file->object);
	js_set_string(json, "key", file->key);
	return json;
}

int desk_file_read(struct desk *desk, const struct sealed_file *file, struct str *ret, struct error *err)
{
	return vault_object_get(desk->vault, file->object, file->key, ret, err);
}
