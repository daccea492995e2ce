/* SPDX-License-Identifier: Apache-2.0 */
/* The model as a whole: sends each event where it belongs, and finds things. */
#include "psirtty/model/model.h"

#include "model/brief.h"
#include "model/cases.h"
#include "model/inbox.h"
#include "model/model_private.h"
#include "model/registry.h"

struct conflict_list { struct case_conflict *items; size_t count, room; }; /* owned */

struct model {
	struct cases cases;
	struct inbox inbox;
	struct registry registry;
	struct model_loader loader;
	struct conflict_list conflicts[STREAM_REGISTRY + 1]; /* of inbox and registry; cases keep their own */
};

enum { WHOLE_LIMIT = 64, BRIEF_ROOM = 1 << 20 };

struct model *model_new(void)
{
	struct model *model = mem_alloc(sizeof(*model));

	model->cases.model = model;
	model_set_whole_limit(model, WHOLE_LIMIT);
	return model;
}

void model_free(struct model *model)
{
	if (!model)
		return;
	cases_release(&model->cases);
	inbox_release(&model->inbox);
	registry_release(&model->registry);
	for (size_t i = 0; i < ARRAY_LEN(model->conflicts); i++)
		conflicts_free(model->conflicts[i].items, model->conflicts[i].count);
	free(model);
}

void model_set_loader(struct model *model, const struct model_loader *loader)
{
	model->loader = *loader;
	model->cases.bounded = loader->load_case != NULL;
	model->inbox.bounded = loader->load_mail != NULL;
}

void model_new_turn(struct model *model)
{
	model_cases(model)->asked = 0;
}

void model_set_whole_limit(struct model *model, size_t limit)
{
	model->cases.limit = model->inbox.limit = limit;
}

/* Sorting changes nothing that can be seen but the order, and is put off while many come in. */
static const struct cases *sorted(const struct model *model)
{
	if (model->cases.unsorted)
		cases_sort((struct cases *)(uintptr_t)&model->cases);
	return &model->cases;
}

/* ---- cases */

/* The case EVENT belongs to, whole, or NULL where there is none. */
static int whole_case_of(struct model *model, const struct event *event, struct known_case **ret, struct error *err)
{
	*ret = cases_find(&model->cases, event->stream);
	return *ret ? model_whole_case(model, &(*ret)->state, err) : 0;
}

static int check_case(struct model *model, const struct event *event, struct error *err)
{
	struct known_case *known;
	int code = whole_case_of(model, event, &known, err);

	return code ? code : cases_check(&model->cases, known, event, err);
}

static bool has_event(const struct known_case *known, const struct event *event)
{
	static const uint8_t none[32];

	for (size_t i = known ? known->state.event_count : 0; i-- > 0;)
		if (memcmp(known->state.events[i].id, event->id, sizeof(event->id)) == 0)
			return memcmp(event->id, none, sizeof(none)) != 0;
	return false;
}

static int take_case(struct model *model, const struct event *event, struct error *err)
{
	struct known_case *known = cases_find(&model->cases, event->stream);
	bool brief = known && !known->whole;
	int code = whole_case_of(model, event, &known, err);

	if (code || (brief && has_event(known, event)))
		return code;
	return cases_take(&model->cases, known, event, err);
}

/* ---- inbox and registry */

static int check_inbox(struct model *model, const struct event *event, struct error *err)
{
	return inbox_check(&model->inbox, event, err);
}

static int take_inbox(struct model *model, const struct event *event, struct error *err)
{
	int code = inbox_check(&model->inbox, event, err);

	if (!code)
		inbox_apply(&model->inbox, event);
	return code;
}

static int check_registry(struct model *model, const struct event *event, struct error *err)
{
	return registry_check(&model->registry, event, err);
}

static int take_registry(struct model *model, const struct event *event, struct error *err)
{
	int code = registry_check(&model->registry, event, err);

	if (code)
		return code;
	registry_apply(&model->registry, event);
	if (event->type == EVENT_CLOCK_RULES_SET)
		clock_book_set_own(&model->cases.book, model->registry.house.rules);
	place_note(&model->registry.end, event);
	return 0;
}

/* ---- the one door */

static const struct {
	int (*check)(struct model *, const struct event *, struct error *);
	int (*take)(struct model *, const struct event *, struct error *);
} streams[] = {
	[STREAM_CASE] = { check_case, take_case },
	[STREAM_INBOX] = { check_inbox, take_inbox },
	[STREAM_REGISTRY] = { check_registry, take_registry },
};

/* An event's own time comes from its author's clock; it must at least be a date that can be written. */
static int check_event(const struct event *event, struct error *err)
{
	const instant last = 253402300800 * INSTANT_SECOND; /* the year 10000 */

	if (event->at < 0 || event->at >= last)
		return error_set(err, ERR_NO, _("event"), NULL,
				 _("rule time: its time is not in the years 1970 to 9999"));
	return event_check(event->type, event->body, err);
}

int model_apply(struct model *model, const struct event *event, struct error *err)
{
	int code = check_event(event, err);

	return code ? code : streams[event_info(event->type)->stream].take(model, event, err);
}

int model_check(struct model *model, const struct event *event, struct error *err)
{
	int code = check_event(event, err);

	return code ? code : streams[event_info(event->type)->stream].check(model, event, err);
}

size_t model_warnings(const struct model *model, const struct event *event,
		      const char *ret[MODEL_WARNINGS])
{
	const struct case_row *row = cases_row(&model->cases, event->stream);
	const struct known_case *known = row ? row->known : NULL;

	return known && known->whole && check_event(event, NULL) == 0 ?
		       case_warnings(&known->whole->folded->state, event, ret) :
		       0;
}

/* ---- loading */

static bool comes_behind(uint64_t order, const uint8_t last[32], const struct event *event)
{
	if (event->order != order)
		return event->order > order;
	return !order || memcmp(event->id, last, 32) > 0;
}

bool model_in_order(const struct model *model, const struct event *event)
{
	const struct case_row *row = cases_row(&model->cases, event->stream);
	const struct known_case *known = row ? row->known : NULL;
	enum event_stream stream = event_info(event->type)->stream;

	if (stream == STREAM_INBOX)
		return comes_behind(model->inbox.end.order, model->inbox.end.last, event);
	if (stream == STREAM_REGISTRY)
		return comes_behind(model->registry.end.order, model->registry.end.last, event);
	if (!row)
		return event->type == EVENT_CASE_OPENED &&
		       !cases_row_by_id(&model->cases, event_text(event, "case"));
	return known && known->whole && comes_behind(known->whole->order, known->whole->last, event);
}

static int load_into(struct folded *folded, const struct event *event, struct error *err)
{
	int code = check_event(event, err);

	if (code)
		return code;
	if (event->type == EVENT_CASE_OPENED)
		code = opened_check(folded, event, err);
	else if (!folded->state.id)
		code = error_set(err, ERR_NO, event_info(event->type)->wire, NULL,
				 _("rule case: a case begins with case-opened"));
	return code ? code : folded_take(folded, event, err);
}

void model_load_event(struct model *model, const struct event *event)
{
	struct known_whole *loading = model->cases.loading;
	AUTO_ERROR why = ERROR_INIT;

	if (event_info(event->type)->stream == STREAM_INBOX) {
		if (check_event(event, &why) || inbox_load(&model->inbox, event, &why))
			model_note_conflict(model, STREAM_INBOX, event, event_info(event->type)->wire, why.why);
		return;
	}
	if (!loading)
		BUG("no case is being loaded");
	else if (load_into(loading->folded, event, &why))
		whole_add_conflict(loading, event, event_info(event->type)->wire, why.why);
	else
		whole_note(loading, event);
}

static void add_conflict(struct conflict_list *list, const struct event *event, const char *what, const char *why)
{
	size_t at = list->count;

	list->items = list_open(list->items, &list->count, &list->room, sizeof(*list->items), at);
	list->items[at] = conflict_of(event, what, why);
}

void model_note_conflict(struct model *model, enum event_stream stream, const struct event *event,
			 const char *what, const char *why)
{
	struct known_whole *loading = model->cases.loading;
	struct known_case *known = loading ? NULL : cases_find(&model->cases, event->stream);

	if (stream != STREAM_CASE) {
		add_conflict(&model->conflicts[stream], event, what, why);
	} else if (loading) {
		whole_add_conflict(loading, event, what, why);
	} else if (known && known->whole) {
		whole_add_conflict(known->whole, event, what, why);
		known_show(known);
		cases_change(&model->cases, known);
	}
}

static int load(struct model *model, const uint8_t stream[16], struct error *err)
{
	struct known_whole *whole = known_whole_new(stream), *outer = model->cases.loading;
	const struct case_state *state = &whole->folded->state;
	int code;

	model->cases.loading = whole;
	code = model->loader.load_case ?
		       model->loader.load_case(model->loader.context, model, state->stream, err) :
		       error_set(err, ERR_CASE, _("case"), NULL, _("nobody can load it"));
	model->cases.loading = outer;
	if (!code && !state->id)
		code = error_set(err, ERR_CASE, _("case"), _("Run `psirtty audit verify`"),
				 _("its events cannot be read"));
	if (code)
		known_whole_free(whole);
	else
		cases_replace(&model->cases, whole);
	return code;
}

int model_load_case(struct model *model, const uint8_t stream[16], struct error *err)
{
	int code = load(model, stream, err);

	if (!code)
		cases_change(&model->cases, cases_find(&model->cases, stream));
	return code;
}

int model_whole_case(struct model *model, const struct case_state *state, struct error *err)
{
	struct known_case *known = known_of(state);
	int code = 0;

	if (!known->whole)
		code = load(model, known->state.stream, err);
	if (!code)
		cases_use(&model->cases, known);
	return code;
}

int model_whole_mail(struct model *model, const struct inbox_item *item, struct error *err)
{
	if (!item->brief)
		return inbox_use(&model->inbox, item);
	if (!model->loader.load_mail)
		return error_set(err, ERR_CASE, item->id, NULL, _("nobody can load it"));
	return inbox_make_whole(&model->inbox, item, model, &model->loader, err);
}

void model_know_case(struct model *model, const uint8_t stream[16])
{
	const struct model_loader *loader = &model->loader;
	const struct case_row *row = cases_row(&model->cases, stream);

	if (loader->load_brief)
		loader->load_brief(loader->context, model, stream, NULL);
	if (!row->known)
		load(model, stream, NULL);
}

void model_know_cases(struct model *model)
{
	model->cases.knowing = true;
	if (model->loader.load_briefs)
		model->loader.load_briefs(model->loader.context, model, NULL);
	model->cases.knowing = false;
}

void model_drop_case(struct model *model, const uint8_t stream[16])
{
	struct case_row *row = cases_row(&model->cases, stream);

	if (row)
		cases_drop(&model->cases, row);
}

void model_forget(struct model *model, enum event_stream stream)
{
	bool bounded = model->inbox.bounded;
	size_t limit = model->inbox.limit;

	conflicts_free(model->conflicts[stream].items, model->conflicts[stream].count);
	model->conflicts[stream] = (struct conflict_list){ 0 };
	if (stream == STREAM_INBOX) {
		inbox_release(&model->inbox);
		model->inbox = (struct inbox){ .bounded = bounded, .limit = limit };
	} else if (stream == STREAM_REGISTRY) {
		registry_release(&model->registry);
		model->registry = (struct registry){ 0 };
		clock_book_set_own(&model->cases.book, NULL);
	}
}

/* ---- briefs */

int model_take_case_brief(struct model *model, const uint8_t stream[16], const void *bytes, size_t length,
			  struct error *err)
{
	struct cases *cases = &model->cases;
	struct case_row *row = cases_row(cases, stream);
	struct known_case *known;

	if (row ? row->known != NULL : cases->knowing)
		return error_set(err, ERR_INPUT, _("case"), NULL, _("it is known already"));
	known = known_new(stream);
	if (!cases->words)
		cases->words = mem_alloc(sizeof(*cases->words));
	if (!known_read_brief(known, bytes, length, &(struct brief_home){ &cases->arena, cases->words, BRIEF_ROOM })) {
		known_release(known);
		return error_set(err, ERR_INPUT, _("case"), NULL, _("its brief cannot be read"));
	}
	if (row)
		row_attach(row, known);
	else
		cases_place(cases, known);
	return 0;
}

void model_mail_brief(const struct inbox_item *item, struct str *ret)
{
	brief_write(&brief_mail_shape, 'm', item, ret);
}

int model_take_mail_brief(struct model *model, const uint8_t event[32], const void *bytes, size_t length,
			  struct error *err)
{
	return inbox_take_brief(&model->inbox, event, bytes, length) ?
		       0 :
		       error_set(err, ERR_INPUT, _("mail"), NULL, _("its brief cannot be read"));
}

void model_house_brief(const struct model *model, struct str *ret)
{
	const struct conflict_list *list = &model->conflicts[STREAM_INBOX];
	struct house house = { .conflicts = list->items, .conflict_count = list->count,
			       .passed = model->inbox.passed, .passed_count = model->inbox.passed_count };

	memcpy(house.last, model->inbox.end.last, sizeof(house.last));
	memcpy(house.order, &model->inbox.end.order, sizeof(house.order));
	brief_write(&brief_house_shape, 'h', &house, ret);
}

int model_take_house_brief(struct model *model, const void *bytes, size_t length, struct error *err)
{
	struct arena arena = { 0 };
	struct house house = { 0 };
	const struct brief_home home = { .arena = &arena, .room = length + 256 };
	bool good = brief_read(&brief_house_shape, 'h', bytes, length, &home, &house);

	for (size_t i = 0; good && i < house.conflict_count; i++) {
		const struct case_conflict *from = &house.conflicts[i];
		struct event event = { .at = from->at };

		memcpy(event.id, from->event, sizeof(event.id));
		snprintf(event.author, sizeof(event.author), "%s", str_or_empty(from->author));
		model_note_conflict(model, STREAM_INBOX, &event, from->what, from->why);
	}
	for (size_t i = 0; good && i < house.passed_count; i++)
		inbox_pass(&model->inbox, house.passed[i].account, house.passed[i].uid);
	memcpy(model->inbox.end.last, house.last, sizeof(house.last));
	memcpy(&model->inbox.end.order, house.order, sizeof(house.order));
	arena_release(&arena);
	return good ? 0 : error_set(err, ERR_INPUT, _("index"), NULL, _("its first row cannot be read"));
}

size_t model_house_conflicts(const struct model *model, enum event_stream stream,
			     const struct case_conflict **ret)
{
	*ret = model->conflicts[stream].items;
	return model->conflicts[stream].count;
}

void model_change_all(struct model *model)
{
	cases_know_all(&model->cases);
	for (size_t i = 0; i < model->cases.count; i++)
		cases_change(&model->cases, model->cases.items[i]->known);
	inbox_change_all(&model->inbox);
}

void model_take_changed(struct model *model, model_case_fn case_fn, model_mail_fn mail_fn, void *context)
{
	struct known_list *changed = &model->cases.changed;

	for (size_t i = 0; i < changed->count; i++) {
		changed->items[i]->changed = false;
		case_fn(context, &changed->items[i]->state);
	}
	changed->count = 0;
	inbox_take_changed(&model->inbox, mail_fn, context);
}

/* ---- finding */

size_t model_case_count(const struct model *model)
{
	return model->cases.count;
}

const struct case_state *model_case(const struct model *model, size_t index)
{
	return &cases_know(sorted(model)->items[index])->state;
}

/* A number names the last number of an id, whatever its leading zeros; other text the end of an id
 * behind a hyphen. */
static bool id_ends_with(const char *id, const char *wanted)
{
	size_t length = strlen(id), tail = strlen(wanted), digits = 0;
	const char *number;

	if (wanted[strspn(wanted, "0123456789")])
		return tail < length && id[length - tail - 1] == '-' &&
		       str_casecmp(id + length - tail, wanted) == 0;
	while (digits < length && strchr("0123456789", id[length - digits - 1]))
		digits++;
	number = id + length - digits;
	return digits && str_equal(number + strspn(number, "0"), wanted + strspn(wanted, "0"));
}

const struct case_state *model_find_case(const struct model *model, const char *id)
{
	struct case_row *found = cases_row_by_id(&model->cases, id);

	if (found || !*id)
		return found ? &cases_know(found)->state : NULL;
	for (size_t i = 0; i < model->cases.count; i++) {
		struct case_row *row = model->cases.items[i];

		if (!id_ends_with(row->glance.id, id) && str_casecmp(row->glance.id, id) != 0)
			continue;
		if (found)
			return NULL;
		found = row;
	}
	return found ? &cases_know(found)->state : NULL;
}

bool model_has_case(const struct model *model, const uint8_t stream[16])
{
	return cases_row(&model->cases, stream) != NULL;
}

const struct case_state *model_case_of_stream(const struct model *model, const uint8_t stream[16])
{
	const struct known_case *known = cases_find(&model->cases, stream);

	return known ? &known->state : NULL;
}

const struct event *model_undo_target(const struct case_state *state, bool redo)
{
	const struct known_case *known = known_of(state);

	return known->whole ? folded_undo_target(known->whole->folded, redo) : NULL;
}

size_t model_inbox_count(const struct model *model)
{
	return model->inbox.count;
}

const struct inbox_item *model_inbox(const struct model *model, size_t index)
{
	return inbox_item(&model->inbox, index);
}

/* "M-0001" in any case, or its number. */
const struct inbox_item *model_find_mail(const struct model *model, const char *id)
{
	const struct inbox_item *found = inbox_find(&model->inbox, id);

	if (found || !*id)
		return found;
	for (size_t i = 0; i < model->inbox.count; i++) {
		const struct inbox_item *item = inbox_item(&model->inbox, i);

		if (!id_ends_with(item->id, id) && str_casecmp(item->id, id) != 0)
			continue;
		if (found)
			return NULL;
		found = item;
	}
	return found;
}

void model_each_fetched(const struct model *model, const char *account, void (*fn)(void *context, const char *uid),
			void *context)
{
	for (size_t i = 0; i < model->inbox.count; i++) {
		const struct inbox_item *item = inbox_item(&model->inbox, i);

		if (item->uid && str_equal(item->account, account))
			fn(context, item->uid);
	}
	for (size_t i = 0; i < model->inbox.passed_count; i++)
		if (str_equal(model->inbox.passed[i].account, account))
			fn(context, model->inbox.passed[i].uid);
}

const struct inbox_item *model_mail_by_sha256(const struct model *model, const char *sha256)
{
	return inbox_by_sha256(&model->inbox, sha256);
}

size_t model_product_count(const struct model *model)
{
	return model->registry.product_count;
}

const struct product *model_product(const struct model *model, size_t index)
{
	return &model->registry.products[index];
}

const struct product *model_find_product(const struct model *model, const char *id_or_name)
{
	const struct product *named = NULL;

	for (size_t i = 0; i < model->registry.product_count; i++) {
		const struct product *product = &model->registry.products[i];

		if (str_equal(product->id, id_or_name))
			return product;
		if (!named && (str_casecmp(product->id, id_or_name) == 0 ||
			       str_casecmp(product->name, id_or_name) == 0))
			named = product;
	}
	return named;
}

size_t model_contact_count(const struct model *model)
{
	return model->registry.contact_count;
}

const struct contact *model_contact(const struct model *model, size_t index)
{
	return contact_at(&model->registry, index);
}

static bool contact_is(const struct contact *contact, const char *who)
{
	const char *address;

	if (str_casecmp(contact_text(contact, "name"), who) == 0)
		return true;
	for (size_t n = 0; (address = contact_words(contact, "addresses", n)); n++)
		if (str_casecmp(address, who) == 0)
			return true;
	return false;
}

const struct contact *model_find_contact(const struct model *model, const char *who)
{
	const struct contact *found = NULL;

	for (size_t i = 0; i < model->registry.contact_count; i++) {
		const struct contact *contact = model_contact(model, i);

		if (str_casecmp(contact_text(contact, "contact"), who) == 0)
			return contact;
		if (!found && contact_is(contact, who))
			found = contact;
	}
	return found;
}

const struct embargo_policy *model_embargo_policy(const struct model *model, const char *actor)
{
	for (size_t i = 0; i < model->registry.embargo_policy_count; i++)
		if (str_equal(model->registry.embargo_policies[i].actor, actor))
			return &model->registry.embargo_policies[i];
	return NULL;
}

const char *model_pinned(const struct model *model, const char *address)
{
	const struct pin *pin = registry_pin(&model->registry, address);

	return pin ? pin->fingerprint : NULL;
}

size_t model_pin_count(const struct model *model)
{
	return model->registry.pin_count;
}

const struct pin *model_pin(const struct model *model, size_t index)
{
	return &model->registry.pins[index];
}

size_t model_pin_past_count(const struct model *model)
{
	return model->registry.pin_past_count;
}

const struct pin_past *model_pin_past(const struct model *model, size_t index)
{
	return &model->registry.pin_pasts[index];
}

const char *model_pinned_last(const struct model *model, const char *address)
{
	return pin_last(&model->registry, address);
}

size_t model_pin_ask_count(const struct model *model)
{
	return model->registry.pin_ask_count;
}

const struct pin_ask *model_pin_ask(const struct model *model, size_t index)
{
	return &model->registry.pin_asks[index];
}

size_t model_disposal_count(const struct model *model)
{
	return model->registry.disposal_count;
}

const struct disposal *model_disposal(const struct model *model, size_t index)
{
	return &model->registry.disposals[index];
}

const struct policy *model_policy(const struct model *model)
{
	return &model->registry.policy;
}

/* ---- clocks */

struct cases *model_cases(const struct model *model)
{
	return (struct cases *)(uintptr_t)sorted(model);
}

const struct clock_house *model_clock_house(const struct model *model)
{
	return &model->registry.house;
}

void model_set_clock_rules(struct model *model, struct clock_rules *rules)
{
	clock_book_set_base(&model->cases.book, rules);
}

const struct clock_rules *model_clock_rules(const struct model *model)
{
	return model->cases.book.rules;
}

const char *model_clock_fault(const struct model *model)
{
	return model->cases.book.fault;
}

const struct duty *model_duty(const struct model *model, const char *clock)
{
	const struct clock_house *house = &model->registry.house;

	for (size_t i = 0; i < house->duty_count; i++)
		if (str_equal(house->duties[i].clock, clock))
			return &house->duties[i];
	return NULL;
}

size_t model_pool_count(const struct model *model)
{
	return model->registry.pool.count;
}

const struct pool_id *model_pool_id(const struct model *model, size_t index)
{
	return &model->registry.pool.ids[index];
}

const struct pool_id *model_pool_find(const struct model *model, const char *id)
{
	return cve_pool_find(&model->registry.pool, id);
}

const struct inventory_facts *model_inventory_facts(const struct model *model)
{
	return &model->registry.inventory;
}

const char *model_gate_mode(const struct model *model, const char *id)
{
	return gate_mode_of(&model->registry, id);
}

size_t model_freeze_count(const struct model *model)
{
	return model->registry.house.freeze_count;
}

const struct freeze *model_freeze(const struct model *model, size_t index)
{
	return &model->registry.house.freezes[index];
}

const struct freeze *model_frozen(const struct model *model, instant at)
{
	for (size_t i = 0; i < model_freeze_count(model); i++) {
		const struct freeze *freeze = model_freeze(model, i);

		if (freeze->from.at <= at && at < freeze->until.at)
			return freeze;
	}
	return NULL;
}

static struct key_expiry *note_key(struct model *model, const char *fingerprint, instant expires)
{
	struct clock_house *house = &model->registry.house;
	size_t at = 0;

	while (at < house->key_count && str_casecmp(house->keys[at].fingerprint, fingerprint) != 0)
		at++;
	if (at == house->key_count && expires == INSTANT_NONE)
		return NULL;
	if (at == house->key_count) {
		house->keys = list_open(house->keys, &house->key_count, &house->key_room, sizeof(*house->keys), at);
		house->keys[at].fingerprint = mem_string(fingerprint);
	}
	house->keys[at].at = expires;
	return &house->keys[at];
}

void model_note_key_expiry(struct model *model, const char *fingerprint, instant expires)
{
	note_key(model, fingerprint, expires);
}

void model_note_own_key(struct model *model, const char *fingerprint, instant expires)
{
	struct key_expiry *key = note_key(model, fingerprint, expires);

	if (key)
		key->ours = true;
}

/* ---- next ids */

/* The number behind HEAD, or 0. */
static unsigned number_behind(const char *id, const char *head)
{
	const char *number = str_starts(id, head) ? id + strlen(head) : "";
	size_t digits = strspn(number, "0123456789");

	return digits >= 1 && digits <= 9 && !number[digits] ? (unsigned)strtoul(number, NULL, 10) : 0;
}

/* The ids of shredded cases are not given again: letters outside may still name them. */
char *model_next_case_id(const struct model *model, int year)
{
	const char *prefix = model->registry.policy.prefix;
	AUTO_STRING head = mem_format("%s-%04d-", prefix ? prefix : "PSIRT", year);
	unsigned highest = 0;
	char *id = NULL;

	for (size_t i = 0; i < model->cases.count; i++) {
		unsigned number = number_behind(model->cases.items[i]->glance.id, head);

		highest = number > highest ? number : highest;
	}
	for (size_t i = 0; i < model->registry.disposal_count; i++) {
		unsigned number = number_behind(model->registry.disposals[i].case_id, head);

		highest = number > highest ? number : highest;
	}
	do {
		free(id);
		id = mem_format("%s%04u", head, ++highest);
	} while (cases_row_by_id(&model->cases, id));
	return id;
}

char *model_next_mail_id(const struct model *model)
{
	unsigned next = model->inbox.highest;
	char *id = NULL;

	do {
		free(id);
		id = mem_format("M-%04u", ++next);
	} while (inbox_find(&model->inbox, id));
	return id;
}
