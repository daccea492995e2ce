/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the vault's events to the model and back into the member's cache. A start takes the briefs of the
 * cache and the events behind them; what is known in brief, or not yet in the order that every copy of the
 * vault agrees on, is loaded anew from its own stream. What no rule allows is left out, and kept as a
 * conflict, so that one handler's mistake does not lock the others out.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/base/zone.h"
#include "psirtty/vault/index.h"
#include "psirtty/vault/members.h"

enum { WHOLE_LIMIT = 64, REBUILD_LIMIT = 1024 };

/* ---- one event */

/* Fills RET, whose body the caller releases. False: it cannot be read, and ERR says why. */
static bool event_of(struct desk *desk, const struct vault_event *sealed, struct event *ret, struct error *err)
{
	*ret = (struct event){ .type = sealed->type, .at = sealed->at, .gseq = sealed->gseq,
			       .order = sealed->order };
	memcpy(ret->id, sealed->id, sizeof(ret->id));
	memcpy(ret->stream, sealed->stream, sizeof(ret->stream));
	memcpy(ret->member, sealed->person, sizeof(ret->member));
	snprintf(ret->author, sizeof(ret->author), "%s", desk_author(desk, sealed->fingerprint)->name);
	if (!event_info(sealed->type)) {
		error_set(err, ERR_INPUT, _("event"), NULL, _("a newer version made it: this one does not know it"));
		return false;
	}
	return desk_open_body(desk, sealed, &ret->body, err) == 0 && event_check(sealed->type, ret->body, err) == 0;
}

static void note_conflict(struct desk *desk, const struct vault_event *sealed, const struct event *event,
			  const struct error *why)
{
	static const enum event_stream streams[] = {
		[VAULT_CASE] = STREAM_CASE, [VAULT_INBOX] = STREAM_INBOX, [VAULT_REGISTRY] = STREAM_REGISTRY,
	};
	const struct event_info *info = event_info(event->type);
	AUTO_STRING number = info ? NULL : mem_format(_("event of type %d"), (int)event->type);

	model_note_conflict(desk->model, streams[sealed->kind], event, info ? info->wire : number, why->why);
}

/* ---- loading what is wanted whole */

static int load_one(void *context, const struct vault_event *sealed, struct error *err)
{
	struct desk *desk = context;
	AUTO_ERROR why = ERROR_INIT;
	struct event event;

	(void)err;
	if (event_of(desk, sealed, &event, &why))
		model_load_event(desk->model, &event);
	else
		note_conflict(desk, sealed, &event, &why);
	json_decref(event.body);
	return 0;
}

static int load_case(void *context, struct model *model, const uint8_t stream[16], struct error *err)
{
	struct desk *desk = context;

	(void)model;
	return vault_stream_each(desk->vault, stream, load_one, desk, err);
}

static int load_mail(void *context, struct model *model, const struct inbox_item *item, struct error *err)
{
	static const uint8_t none[32];
	struct desk *desk = context;
	uint8_t reading[32];
	int code;

	(void)model;
	memcpy(reading, item->reading, sizeof(reading));
	code = vault_event_at(desk->vault, item->event, load_one, desk, err);
	if (!code && memcmp(reading, none, sizeof(none)) != 0)
		code = vault_event_at(desk->vault, reading, load_one, desk, err);
	return code;
}

int desk_whole_case(struct desk *desk, const struct case_state *state, struct error *err)
{
	return model_whole_case(desk->model, state, err);
}

int desk_whole_mail(struct desk *desk, const struct inbox_item *item, struct error *err)
{
	return model_whole_mail(desk->model, item, err);
}

static int take_case_brief(void *context, const struct vault_brief *brief, struct error *err)
{
	struct desk *desk = context;

	(void)err;
	if (vault_rights(desk->vault, brief->stream) & VAULT_READ)
		model_take_case_brief(desk->model, brief->stream, brief->bytes, brief->length, NULL);
	return 0;
}

static int load_brief(void *context, struct model *model, const uint8_t stream[16], struct error *err)
{
	struct desk *desk = context;
	uint8_t key[32] = { 0 };

	(void)model;
	memcpy(key, stream, 16);
	return vault_brief_get(desk->vault, BRIEF_CASE, key, take_case_brief, desk, err);
}

static int load_briefs(void *context, struct model *model, struct error *err)
{
	struct desk *desk = context;

	(void)model;
	return vault_brief_each(desk->vault, true, take_case_brief, desk, err);
}

static void model_begin(struct desk *desk, size_t limit)
{
	const struct model_loader loader = { load_case, load_mail, desk, load_brief, load_briefs };

	model_free(desk->model);
	desk->model = model_new();
	desk_clocks_load(desk);
	desk->keys_noted = 0;
	desk->glances_taken = false;
	model_set_loader(desk->model, &loader);
	model_set_whole_limit(desk->model, limit);
	free(desk->stale);
	desk->stale = NULL;
	desk->stale_count = desk->stale_room = 0;
}

/* ---- what has to be read anew */

/* Streams are random: their first bytes choose the slot. */
static struct stale *stale_slot(const struct desk *desk, const uint8_t stream[16])
{
	size_t mask = desk->stale_room - 1, at = (stream[0] | (size_t)stream[1] << 8 | (size_t)stream[2] << 16) & mask;

	while (desk->stale[at].kind && memcmp(desk->stale[at].stream, stream, 16) != 0)
		at = (at + 1) & mask;
	return &desk->stale[at];
}

static void widen(struct desk *desk)
{
	struct stale *old = desk->stale;
	size_t room = desk->stale_room;

	desk->stale_room = room ? room * 2 : 64;
	desk->stale = mem_alloc(desk->stale_room * sizeof(*desk->stale));
	for (size_t i = 0; i < room; i++)
		if (old[i].kind)
			*stale_slot(desk, old[i].stream) = old[i];
	free(old);
}

static void mark(struct desk *desk, const uint8_t stream[16], enum vault_stream_kind kind, bool gone)
{
	struct stale *slot;

	if ((desk->stale_count + 1) * 2 > desk->stale_room)
		widen(desk);
	slot = stale_slot(desk, stream);
	desk->stale_count += !slot->kind;
	*slot = (struct stale){ .kind = kind, .gone = gone };
	memcpy(slot->stream, stream, sizeof(slot->stream));
}

static void on_access(void *context, const uint8_t stream[16], enum vault_stream_kind kind, bool readable)
{
	mark(context, stream, kind, !readable);
}

static void forget_brief(struct desk *desk, const uint8_t stream[16])
{
	struct vault_brief brief = { .kind = BRIEF_CASE };

	memcpy(brief.key, stream, sizeof(brief.stream));
	memcpy(brief.stream, stream, sizeof(brief.stream));
	vault_brief_put(desk->vault, &brief);
}

static int apply_one(void *context, const struct vault_event *sealed, struct error *err)
{
	struct desk *desk = context;
	AUTO_ERROR why = ERROR_INIT;
	struct event event;

	(void)err;
	if (!event_of(desk, sealed, &event, &why) || model_apply(desk->model, &event, &why))
		note_conflict(desk, sealed, &event, &why);
	json_decref(event.body);
	return 0;
}

void desk_note_trouble(struct desk *desk, const struct error *err)
{
	AUTO_STR sentence = STR_INIT;

	if (desk->trouble || !err->code)
		return;
	error_sentence(err, &sentence);
	desk->trouble = str_detach(&sentence);
}

static void read_case_anew(struct desk *desk, const struct stale *stale, struct error *err)
{
	const struct case_state *state;

	if (stale->gone) {
		model_drop_case(desk->model, stale->stream);
		forget_brief(desk, stale->stream);
		return;
	}
	model_load_case(desk->model, stale->stream, err);
	state = model_case_of_stream(desk->model, stale->stream);
	if (state)
		vault_name_stream(desk->vault, stale->stream, state->id);
}

static void read_anew(struct desk *desk, const struct stale *stale)
{
	bool inbox = stale->kind == VAULT_INBOX;
	AUTO_ERROR err = ERROR_INIT;

	if (stale->kind == VAULT_CASE) {
		read_case_anew(desk, stale, &err);
	} else {
		model_forget(desk->model, inbox ? STREAM_INBOX : STREAM_REGISTRY);
		desk->mails_anew = desk->mails_anew || inbox;
		desk->registry_changed = desk->registry_changed || !inbox;
		if (!stale->gone)
			vault_stream_each(desk->vault, stale->stream, inbox ? load_one : apply_one, desk, &err);
	}
	if (stale->gone)
		vault_text_forget(desk->vault, stale->stream);
	else
		desk_index_again(desk, stale->stream);
	desk->unread = desk->unread || err.code;
	desk_note_trouble(desk, &err);
}

static void settle(struct desk *desk)
{
	struct stale *all = desk->stale;
	size_t room = desk->stale_count ? desk->stale_room : 0;

	if (!room)
		return;
	desk->stale = NULL;
	desk->stale_count = desk->stale_room = 0;
	for (size_t i = 0; i < room; i++)
		if (all[i].kind)
			read_anew(desk, &all[i]);
	free(all);
}

/* ---- events in the order of the journal */

/* An index gives no words back: the cache is made anew without those of a mail that was shredded. */
static void forget_words(struct desk *desk)
{
	if (!desk->mails_anew && vault_text_head(desk->vault))
		vault_cache_anew(desk->vault);
	desk->mails_anew = true;
}

static void note_news(struct desk *desk, const struct vault_event *sealed, const char *author)
{
	struct news *place = NULL;

	if (!desk->started || sealed->kind != VAULT_CASE || str_equal(sealed->fingerprint, vault_fingerprint(desk->vault)))
		return;
	for (size_t i = 0; i < desk->news_count && !place; i++)
		if (memcmp(desk->news[i].stream, sealed->stream, sizeof(sealed->stream)) == 0)
			place = &desk->news[i];
	if (!place && desk->news_count == NEWS_MOST)
		return;
	if (!place)
		place = &desk->news[desk->news_count++];
	memcpy(place->stream, sealed->stream, sizeof(place->stream));
	snprintf(place->author, sizeof(place->author), "%s", author);
}

size_t desk_take_news(struct desk *desk, struct desk_news *ret, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < desk->news_count && count < most; i++) {
		const struct case_state *state = model_case_of_stream(desk->model, desk->news[i].stream);

		if (!state)
			continue;
		snprintf(ret[count].case_id, sizeof(ret->case_id), "%s", state->id);
		snprintf(ret[count++].author, sizeof(ret->author), "%s", desk->news[i].author);
	}
	desk->news_count = 0;
	return count;
}

static int fold(void *context, const struct vault_event *sealed, struct error *err)
{
	struct desk *desk = context;
	AUTO_ERROR why = ERROR_INIT;
	struct event event;
	bool good = event_of(desk, sealed, &event, &why);

	(void)err;
	note_news(desk, sealed, event.author);
	desk->registry_changed = desk->registry_changed || sealed->kind == VAULT_REGISTRY;
	if (!good || !model_in_order(desk->model, &event))
		mark(desk, sealed->stream, sealed->kind, false);
	else if (model_apply(desk->model, &event, &why))
		note_conflict(desk, sealed, &event, &why);
	else if (event.type == EVENT_CASE_OPENED)
		vault_name_stream(desk->vault, sealed->stream, js_string(event.body, "case"));
	else if (event.type == EVENT_MAIL_DROPPED)
		forget_words(desk);
	json_decref(event.body);
	return 0;
}

/* Events that are folded already, or whose words are in the index, have no effect any more: all is kept anew. */
static void on_resettled(void *context, const uint8_t stream[16], enum vault_stream_kind kind, bool readable)
{
	struct desk *desk = context;

	forget_words(desk);
	mark(desk, stream, kind, !readable);
}

int desk_take_in(struct desk *desk, struct error *err)
{
	uint64_t head = vault_head(desk->vault), from = desk->folded;
	int code = head > from ? vault_each(desk->vault, from, fold, desk, err) : 0;

	if (!code && from && head > from)
		vault_resettled(desk->vault, from, on_resettled, desk);
	if (!code)
		desk->folded = head;
	settle(desk);
	return code;
}

/* ---- the start */

/* One that may not be read any more is not kept either. */
static int take_registry(struct desk *desk, const struct vault_brief *brief, struct error *err)
{
	const uint8_t *registry = vault_stream_of(desk->vault, VAULT_REGISTRY);

	if (memcmp(brief->stream, registry, sizeof(brief->stream)) != 0 ||
	    !(vault_rights(desk->vault, registry) & VAULT_READ)) {
		desk->registry_changed = true;
		return 0;
	}
	desk->registry_taken = true;
	return desk_take_registry(desk, brief->bytes, brief->length, apply_one, err);
}

/* By what dues are worked out. */
static void dues_key(const struct desk *desk, uint8_t ret[32])
{
	const uint64_t stamps[] = { model_clock_stamp(desk->model), zone_stamp() };

	memset(ret, 0, 32);
	memcpy(ret, stamps, sizeof(stamps));
}

/* May the case be seen? One that may no more is not kept either. */
static bool may_glance(void *context, const uint8_t stream[16])
{
	struct desk *desk = context;
	bool may = vault_rights(desk->vault, stream) & VAULT_READ;

	if (!may)
		mark(desk, stream, VAULT_CASE, true);
	return may;
}

static void take_glances(struct desk *desk, const struct vault_brief *brief)
{
	uint64_t head = vault_brief_head(desk->vault, model_brief_version());

	desk->glances_taken = model_take_glances(desk->model, brief->bytes, brief->length, head, may_glance, desk,
						 NULL) == 0;
}

/* What cannot be used is worked out anew when somebody asks, and kept then. */
static void take_dues(struct desk *desk, const struct vault_brief *brief)
{
	uint64_t head = vault_brief_head(desk->vault, model_brief_version());
	uint8_t key[32];

	dues_key(desk, key);
	memcpy(desk->old_dues, brief->key, sizeof(desk->old_dues));
	desk->dues_old = !desk->glances_taken || memcmp(key, brief->key, sizeof(key)) != 0 ||
			 model_take_dues(desk->model, brief->bytes, brief->length, head, NULL) != 0;
}

static int take_brief(void *context, const struct vault_brief *brief, struct error *err)
{
	struct desk *desk = context;

	switch (brief->kind) {
	case BRIEF_HOUSE:
		return model_take_house_brief(desk->model, brief->bytes, brief->length, err);
	case BRIEF_MAIL:
		return model_take_mail_brief(desk->model, brief->key, brief->bytes, brief->length, err);
	case BRIEF_NAMES:
		desk_take_names(desk, brief->bytes, brief->length);
		return 0;
	case BRIEF_REGISTRY:
		return take_registry(desk, brief, err);
	case BRIEF_GLANCE:
		take_glances(desk, brief);
		return 0;
	case BRIEF_DUES:
		take_dues(desk, brief);
		return 0;
	case BRIEF_CASE:
		break;
	}
	if (vault_rights(desk->vault, brief->stream) & VAULT_READ)
		return model_take_case_brief(desk->model, brief->stream, brief->bytes, brief->length, err);
	mark(desk, brief->stream, VAULT_CASE, true);
	return 0;
}

/* A case that became readable since: its events may lie before those of the cache. */
static bool find_new(void *context, const uint8_t stream[16])
{
	struct desk *desk = context;

	if (!model_has_case(desk->model, stream))
		mark(desk, stream, VAULT_CASE, false);
	return true;
}

/* False: there are no briefs that can be used. */
static bool open_briefs(struct desk *desk)
{
	uint64_t head = vault_brief_head(desk->vault, model_brief_version());
	const uint8_t *inbox = vault_stream_of(desk->vault, VAULT_INBOX);
	const uint8_t *registry = vault_stream_of(desk->vault, VAULT_REGISTRY);

	if (!head || head > vault_head(desk->vault))
		return false;
	if (vault_brief_each(desk->vault, false, take_brief, desk, NULL) ||
	    (!desk->glances_taken && vault_brief_each(desk->vault, true, take_brief, desk, NULL)))
		return false;
	if (!(vault_rights(desk->vault, inbox) & VAULT_READ))
		mark(desk, inbox, VAULT_INBOX, true);
	if (!desk->registry_taken && vault_rights(desk->vault, registry) & VAULT_READ)
		mark(desk, registry, VAULT_REGISTRY, false);
	desk->folded = desk->kept = head;
	return true;
}

static int fold_anew(struct desk *desk, struct error *err)
{
	int code;

	model_begin(desk, REBUILD_LIMIT);
	desk->folded = desk->kept = 0;
	code = desk_take_in(desk, err);
	model_set_whole_limit(desk->model, WHOLE_LIMIT);
	return code;
}

int desk_fold_start(struct desk *desk, struct error *err)
{
	int code;

	model_begin(desk, WHOLE_LIMIT);
	if (open_briefs(desk)) {
		code = desk_take_in(desk, err);
		vault_streams(desk->vault, VAULT_CASE, find_new, desk);
	} else {
		code = fold_anew(desk, err);
	}
	vault_on_access(desk->vault, on_access, desk);
	settle(desk);
	desk->started = true;
	return code;
}

/* ---- the end */

static void keep_case(void *context, const struct case_state *state)
{
	struct desk *desk = context;
	struct vault_brief brief = { .kind = BRIEF_CASE };

	str_reset(&desk->brief);
	model_case_brief(state, &desk->brief);
	memcpy(brief.key, state->stream, sizeof(state->stream));
	memcpy(brief.stream, state->stream, sizeof(state->stream));
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

static void keep_mail(void *context, const struct inbox_item *item)
{
	struct desk *desk = context;
	struct vault_brief brief = { .kind = BRIEF_MAIL };

	str_reset(&desk->brief);
	model_mail_brief(item, &desk->brief);
	memcpy(brief.key, item->event, sizeof(brief.key));
	memcpy(brief.stream, vault_stream_of(desk->vault, VAULT_INBOX), sizeof(brief.stream));
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

static void keep_house(struct desk *desk)
{
	struct vault_brief brief = { .kind = BRIEF_HOUSE };

	str_reset(&desk->brief);
	model_house_brief(desk->model, &desk->brief);
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

static void keep_glances(struct desk *desk)
{
	struct vault_brief brief = { .kind = BRIEF_GLANCE };

	str_reset(&desk->brief);
	model_glances(desk->model, desk->folded, &desk->brief);
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

static void keep_dues(struct desk *desk)
{
	struct vault_brief brief = { .kind = BRIEF_DUES };

	memcpy(brief.key, desk->old_dues, sizeof(brief.key));
	if (desk->dues_old)
		vault_brief_put(desk->vault, &brief);
	str_reset(&desk->brief);
	model_dues(desk->model, desk->folded, &desk->brief);
	dues_key(desk, brief.key);
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

void desk_fold_end(struct desk *desk)
{
	bool rest = desk->names_changed || desk->registry_changed || desk->dues_old;

	/* What is not in order yet is not what should be kept. */
	if (!desk->model || !desk->folded || desk->stale_count || desk->unread || (desk->folded == desk->kept && !rest))
		return;
	if (desk->mails_anew)
		model_change_all(desk->model);
	model_take_changed(desk->model, keep_case, keep_mail, desk);
	keep_house(desk);
	keep_glances(desk);
	keep_dues(desk);
	desk_keep_rest(desk, desk->kept == 0 || desk->mails_anew);
	vault_brief_done(desk->vault, model_brief_version(), desk->folded,
			 desk->kept == 0 || desk->mails_anew);
	str_wipe(&desk->brief);
}

/* ---- the cache beside what is read anew */

int desk_check_cache(struct desk *desk, size_t *ret_rows, size_t *ret_texts, struct error *err)
{
	enum { STEP = 1000 };
	uint64_t left = 0;
	int code;

	vault_cache_anew(desk->vault);
	desk->published = true; /* not before it was compared */
	code = fold_anew(desk, err);
	do {
		if (!code)
			code = desk_index_step(desk, STEP, &left, err);
	} while (!code && left);
	if (code)
		return code;
	desk_fold_end(desk);
	desk->kept = desk->folded;
	return vault_cache_compare(desk->vault, ret_rows, ret_texts, err);
}
