/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when, in one case and over all, and the marks that say so in lists. */
#include "model/agenda.h"

#include "model/cases.h"
#include "model/model_private.h"
#include "psirtty/base/zone.h"

enum { FEW_DUES = 16 };
#define TRIAGE_TIME (3 * INSTANT_DAY)
#define ANSWER_TIME (2 * INSTANT_DAY)

#define X(name, word) word,
static const char *const kind_words[] = { AGENDA_KINDS(X) };
#undef X

const char *agenda_kind_name(enum agenda_kind kind)
{
	return kind_words[kind];
}

/* ---- one case */

/* Most cases have few, so they are found in a place of their own and then kept in no more room than they take. */
struct dues { struct due few[FEW_DUES], *items; size_t count, room; const char *case_id; };

/* The zone's name stays borrowed. */
static struct due *add(struct dues *dues, enum agenda_kind kind, const char *what, const char *zone)
{
	struct due *due;

	if (dues->count == dues->room) {
		bool first = dues->items == dues->few;

		dues->room *= 2;
		dues->items = mem_resize(first ? NULL : dues->items, dues->room, sizeof(*dues->items));
		if (first)
			memcpy(dues->items, dues->few, sizeof(dues->few));
	}
	due = &dues->items[dues->count++];
	*due = (struct due){ .start = INSTANT_NONE, .case_id = dues->case_id, .what = what, .zone = zone, .kind = kind };
	return due;
}

static struct due *add_zoned(struct dues *dues, enum agenda_kind kind, const char *what, const struct zoned *when)
{
	struct due *due = add(dues, kind, what, when->zone);

	due->at = when->at;
	due->offset = when->offset;
	return due;
}

static struct due *add_utc(struct dues *dues, enum agenda_kind kind, const char *what, instant at)
{
	struct due *due = add(dues, kind, what, "UTC");

	due->at = at;
	return due;
}

/* Where no rules of clocks are. */
static void add_plain(struct dues *dues, const struct case_state *state)
{
	instant reported = state->first_report == INSTANT_NONE ? state->opened : state->first_report;

	if (state->rm == RM_RECEIVED)
		add_utc(dues, AGENDA_CLOCK, N_("triage"), reported + TRIAGE_TIME);
	if (state->unanswered != INSTANT_NONE && state->rm != RM_CLOSED)
		add_utc(dues, AGENDA_REPLY, N_("answer finder"), state->unanswered + ANSWER_TIME);
}

static void add_clock(struct dues *dues, const struct clock_facts *facts, const struct clock_rule *rule)
{
	enum agenda_kind kind = rule->trigger == FACT_UNANSWERED ? AGENDA_REPLY : AGENDA_CLOCK;
	struct clock_status status;
	int severity = -2;
	bool leads = true;

	clock_judge(facts, rule, &status);
	if (status.state != CLOCK_RUNNING || status.start == INSTANT_NONE)
		return;
	for (size_t i = 0; i < rule->reading_count; i++) {
		const struct clock_reading *reading = &rule->readings[i];
		struct due *due;

		if (!clock_reading_counts(facts, reading, &severity))
			continue;
		due = add(dues, kind, rule->title, rule->zone);
		due->at = clock_due_at(rule, reading, status.start + status.held, &due->uncertain);
		due->offset = zone_offset(rule->zone, due->at);
		due->rule = rule;
		due->reading = reading->name;
		due->secondary = !leads;
		due->start = status.start;
		leads = false;
	}
}

struct hints {
	uint64_t said[8];    /* keys of clocks something was said about */
	size_t count;
	bool many;           /* more than there is room for */
};

static bool said_about(const struct hints *hints, const struct clock_marks *marks)
{
	for (size_t i = 0; i < hints->count; i++)
		if (hints->said[i] == marks->key || hints->said[i] == marks->after_key)
			return true;
	return hints->many;
}

static void add_clocks(struct dues *dues, const struct case_state *state, const struct clock_book *book)
{
	struct hints hints = { .many = state->clock_count > ARRAY_LEN(hints.said) };
	struct clock_facts facts;

	clock_facts_read(state, &facts);
	for (size_t i = 0; !hints.many && i < state->clock_count; i++)
		hints.said[hints.count++] = clock_key(state->clocks[i].id);
	for (size_t i = 0; i < book->mark_count; i++) {
		const struct clock_marks *marks = &book->marks[i];
		bool by_facts = (facts.have & marks->any) && !(facts.have & marks->none) &&
				(facts.have & marks->all) == marks->all;

		if (by_facts || (state->clock_count && said_about(&hints, marks)))
			add_clock(dues, &facts, marks->rule);
	}
}

static void add_embargo(struct dues *dues, const struct case_state *state)
{
	const struct case_embargo *embargo = &state->embargo;

	if (embargo->until.at != INSTANT_NONE)
		add_zoned(dues, AGENDA_EMBARGO, N_("embargo ends"), &embargo->until);
	if (embargo->proposed.at != INSTANT_NONE)
		add_zoned(dues, AGENDA_PROPOSAL, N_("embargo proposed until"), &embargo->proposed);
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];
		bool asked = party->consent == CONSENT_INVITED || party->consent == CONSENT_LAPSED;

		if (asked && party->rsvp != INSTANT_NONE)
			add_utc(dues, AGENDA_RSVP, N_("answer due"), party->rsvp)->name = party->name;
	}
}

uint64_t agenda_stamp(const struct clock_book *book)
{
	return book->generation + 1;
}

/* Those that came with the glances are not the row's own to change. */
static void keep_dues(struct case_row *row, const struct dues *dues)
{
	struct due *own = row->due_room ? row->dues : NULL;

	if (!own || row->due_room != dues->count)
		own = mem_resize(own, dues->count ? dues->count : 1, sizeof(*own));
	if (dues->count)
		memcpy(own, dues->items, dues->count * sizeof(*own));
	row->dues = own;
	row->due_count = dues->count;
	row->due_room = dues->count ? dues->count : 1;
}

void agenda_find_dues(struct case_row *row)
{
	const struct clock_book *book = &row->home->book;
	uint64_t stamp = agenda_stamp(book);
	const struct case_state *state;
	struct dues dues;

	if (row->dues_of == stamp)
		return;
	state = &cases_know(row)->state;
	dues.items = dues.few;
	dues.room = FEW_DUES;
	dues.count = 0;
	dues.case_id = row->glance.id;
	if (book->rules)
		add_clocks(&dues, state, book);
	else
		add_plain(&dues, state);
	add_embargo(&dues, state);
	keep_dues(row, &dues);
	row->dues_of = stamp;
	if (dues.items != dues.few)
		free(dues.items);
}

/* What binds us: not a proposal, not a second reading, not the answer somebody else owes. The calendar
 * shows all of them. */
static bool binds(enum agenda_kind kind, bool secondary)
{
	return kind != AGENDA_PROPOSAL && kind != AGENDA_RSVP && kind != AGENDA_FREEZE && !secondary;
}

static const struct due *next_due(struct case_row *row)
{
	const struct due *next = NULL;

	agenda_find_dues(row);
	for (size_t i = 0; i < row->due_count; i++) {
		const struct due *due = &row->dues[i];

		if (binds(due->kind, due->secondary) && (!next || due->at < next->at))
			next = due;
	}
	return next;
}

bool glance_next_due(const struct case_glance *glance, const char **ret_what, instant *ret_at)
{
	const struct due *next = next_due(row_of(glance));

	if (!next)
		return false;
	*ret_what = next->what;
	*ret_at = next->at;
	return true;
}

bool case_next_due(const struct case_state *state, instant now, const char **ret_what,
		   instant *ret_at)
{
	(void)now;
	return glance_next_due(&known_of(state)->row->glance, ret_what, ret_at);
}

const char *glance_marks(const struct case_glance *glance, instant now, char buffer[4])
{
	const char *what;
	size_t length = 0;
	instant at;

	if (glance->rm == RM_START || glance->rm == RM_RECEIVED)
		buffer[length++] = '*';
	if (glance_next_due(glance, &what, &at) && at < now)
		buffer[length++] = '!';
	if (glance->bound)
		buffer[length++] = '~';
	buffer[length] = 0;
	return buffer;
}

const char *case_marks(const struct case_state *state, instant now, char buffer[4])
{
	return glance_marks(&known_of(state)->row->glance, now, buffer);
}

/* ---- all cases */

void agenda_release(struct agenda *agenda)
{
	free(agenda->slots);
	free(agenda->changed);
}

void agenda_note(struct case_row *row)
{
	struct agenda *agenda = &row->home->agenda;

	row->dues_of = 0;
	if (row->noted)
		return;
	row->noted = true;
	agenda->changed = mem_grow(agenda->changed, &agenda->changed_room, agenda->changed_count + 1,
				   sizeof(struct case_row *));
	agenda->changed[agenda->changed_count++] = row;
}

static void add_slots(struct agenda *agenda, struct case_row *row)
{
	agenda_find_dues(row);
	agenda->slots = mem_grow(agenda->slots, &agenda->room, agenda->count + row->due_count + 1,
				 sizeof(*agenda->slots));
	for (size_t i = 0; i < row->due_count; i++)
		agenda->slots[agenda->count++] = (struct agenda_slot){ row->dues[i].at, row, &row->dues[i] };
}

static void build(struct cases *cases, uint64_t stamp)
{
	struct agenda *agenda = &cases->agenda;
	size_t count = 0;

	agenda->count = agenda->changed_count = 0;
	for (size_t i = 0; i < cases->count; i++) {
		if (cases->items[i]->dues_of != stamp)
			cases_know_all(cases);
		cases->items[i]->noted = false;
		agenda_find_dues(cases->items[i]);
		count += cases->items[i]->due_count;
	}
	if (count > agenda->room) {
		agenda->room = count + count / 8;
		agenda->slots = mem_resize(agenda->slots, agenda->room, sizeof(*agenda->slots));
	}
	for (size_t i = 0; i < cases->count; i++)
		add_slots(agenda, cases->items[i]);
	slots_sort(agenda->slots, agenda->count);
	agenda->built = true;
	agenda->generation = stamp;
}

enum { FEW = 16 };

static bool among(const struct case_row *row, struct case_row *const *few, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (few[i] == row)
			return true;
	return false;
}

/* Slots of the FEW cases that changed leave; what they point to may be gone, so it is not looked at. */
static void leave(struct agenda *agenda, struct case_row *const *few, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < agenda->count; i++)
		if (!among(agenda->slots[i].row, few, count))
			agenda->slots[kept++] = agenda->slots[i];
	agenda->count = kept;
}

/* Both lists are sorted. */
static void merge(struct agenda *agenda, const struct agenda *fresh)
{
	size_t a = agenda->count, b = fresh->count, to = a + b;

	agenda->slots = mem_grow(agenda->slots, &agenda->room, to + 1, sizeof(*agenda->slots));
	agenda->count = to;
	while (b) {
		if (a && slot_compare(&agenda->slots[a - 1], &fresh->slots[b - 1]) > 0)
			agenda->slots[--to] = agenda->slots[--a];
		else
			agenda->slots[--to] = fresh->slots[--b];
	}
}

static void refresh(struct cases *cases)
{
	struct agenda *agenda = &cases->agenda, fresh = { 0 };
	uint64_t stamp = agenda_stamp(&cases->book);

	if (!agenda->built || agenda->generation != stamp || agenda->changed_count > FEW) {
		build(cases, stamp);
		return;
	}
	if (!agenda->changed_count)
		return;
	leave(agenda, agenda->changed, agenda->changed_count);
	for (size_t i = 0; i < agenda->changed_count; i++) {
		agenda->changed[i]->noted = false;
		add_slots(&fresh, agenda->changed[i]);
	}
	agenda->changed_count = 0;
	slots_sort(fresh.slots, fresh.count);
	merge(agenda, &fresh);
	agenda_release(&fresh);
}

/* ---- what is of the house */

struct items { struct agenda_item *items; size_t count, room; };

static struct agenda_item *add_item(struct items *list, const struct agenda_item *item)
{
	list->items = mem_grow(list->items, &list->room, list->count + 1, sizeof(*list->items));
	list->items[list->count] = *item;
	return &list->items[list->count++];
}

/* ZONE stays borrowed, WHEN does not. */
static void add_house(struct items *list, enum agenda_kind kind, const char *what, const char *name,
		      const struct zoned *when, const char *zone)
{
	add_item(list, &(struct agenda_item){ .at = when->at, .start = INSTANT_NONE, .zone = zone,
					      .offset = when->offset, .case_id = "", .what = what, .kind = kind, .name = name });
}

static void add_key(struct items *list, const struct model *model, const struct key_expiry *key)
{
	const struct zoned when = { .at = key->at };

	if (key->at == INSTANT_NONE)
		return;
	if (key->ours)
		add_house(list, AGENDA_KEY, N_("our own key expires"), NULL, &when, "UTC");
	for (size_t k = 0; k < model_pin_count(model); k++)
		if (str_casecmp(model_pin(model, k)->fingerprint, key->fingerprint) == 0)
			add_house(list, AGENDA_KEY, N_("key expires"), model_pin(model, k)->address, &when, "UTC");
}

static void add_duty(struct items *list, const struct model *model, const struct clock_rule *rule)
{
	struct clock_status status;

	house_clock_status(model, rule, INSTANT_NONE, &status);
	for (size_t i = 0; i < status.line_count; i++) {
		add_house(list, AGENDA_DUTY, rule->title, NULL, &status.lines[i].due.when, rule->zone);
		list->items[list->count - 1].start = status.lines[i].start;
		list->items[list->count - 1].rule = rule;
		list->items[list->count - 1].reading = status.lines[i].reading->name;
		list->items[list->count - 1].secondary = i > 0;
	}
}

static int compare_items(const void *a, const void *b)
{
	const struct agenda_item *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->what, y->what);
}

static void house_items(const struct model *model, struct items *list)
{
	const struct clock_house *house = model_clock_house(model);
	const struct clock_rules *rules = model_clock_rules(model);

	for (size_t i = 0; i < house->freeze_count; i++) {
		const struct freeze *freeze = &house->freezes[i];

		add_house(list, AGENDA_FREEZE, N_("publication freeze begins"), freeze->name, &freeze->from,
			  freeze->from.zone);
		add_house(list, AGENDA_FREEZE, N_("publication freeze ends"), freeze->name, &freeze->until,
			  freeze->until.zone);
	}
	for (size_t i = 0; i < house->key_count; i++)
		add_key(list, model, &house->keys[i]);
	for (size_t i = 0; i < clock_rule_count(rules); i++)
		if (clock_rule_at(rules, i)->house)
			add_duty(list, model, clock_rule_at(rules, i));
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_items);
}

/* ---- the agenda */

static struct agenda_item item_of(const struct agenda_slot *slot)
{
	const struct due *due = slot->due;

	return (struct agenda_item){
		.at = slot->at, .start = due->start, .zone = due->zone, .offset = due->offset, .case_id = due->case_id,
		.what = due->what,
		.embargo = due->kind == AGENDA_EMBARGO || due->kind == AGENDA_PROPOSAL, .kind = due->kind,
		.name = due->name, .rule = due->rule, .reading = due->reading, .secondary = due->secondary,
		.uncertain = due->uncertain,
	};
}

static size_t first_slot(const struct agenda *agenda, instant from)
{
	size_t low = 0, high = agenda->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (agenda->slots[middle].at < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void emit(struct items *list, const struct agenda_item *item, instant from, instant to, instant now)
{
	if (item->at < from || item->at >= to)
		return;
	add_item(list, item)->overdue = item->at < now && (binds(item->kind, item->secondary) ||
							   item->kind == AGENDA_PROPOSAL);
}

void model_agenda(const struct model *model, instant from, instant to, instant now,
		  struct agenda_item **ret, size_t *ret_count)
{
	struct cases *cases = model_cases(model);
	struct items house = { 0 }, list = { 0 };
	size_t used = 0, first, end;

	refresh(cases);
	house_items(model, &house);
	first = first_slot(&cases->agenda, from);
	end = first_slot(&cases->agenda, to);
	/* Growing by doubling would move tens of thousands of them several times. */
	list.room = (end > first ? end - first : 0) + house.count;
	if (list.room)
		list.items = mem_resize(NULL, list.room, sizeof(*list.items));
	for (size_t i = first; i < end; i++) {
		struct agenda_item item = item_of(&cases->agenda.slots[i]);

		for (; used < house.count && house.items[used].at <= item.at; used++)
			emit(&list, &house.items[used], from, to, now);
		emit(&list, &item, from, to, now);
	}
	for (; used < house.count; used++)
		emit(&list, &house.items[used], from, to, now);
	free(house.items);
	*ret = list.items;
	*ret_count = list.count;
}

struct zoned agenda_when(const struct agenda_item *item)
{
	struct zoned when = { .at = item->at, .offset = item->offset };

	snprintf(when.zone, sizeof(when.zone), "%s", str_or_empty(item->zone));
	return when;
}

bool agenda_binds(const struct agenda_item *item)
{
	return binds(item->kind, item->secondary);
}

const char *agenda_text(const struct agenda_item *item, char buffer[200])
{
	const char *title = item->rule ? clock_title(item->rule) : _(item->what);
	const char *detail = item->name ? item->name : str_or_empty(item->reading);
	const char *mark = item->uncertain ? " ?" : "";

	if (*detail)
		snprintf(buffer, 200, "%.120s (%.60s%s)", title, detail, mark);
	else
		snprintf(buffer, 200, "%.120s%s", title, mark);
	return buffer;
}

const char *agenda_short(const struct agenda_item *item, char buffer[200])
{
	const char *title = item->rule ? clock_title(item->rule) : _(item->what);
	const char *detail = item->name ? item->name : str_or_empty(item->reading);

	snprintf(buffer, 200, "%.60s%s%.120s%s", detail, *detail ? ": " : "", title, item->uncertain ? " ?" : "");
	return buffer;
}

/* ---- reminders */

const int agenda_shares[AGENDA_SHARES] = { 50, 75, 90 };

instant agenda_share_at(const struct agenda_item *item, int share)
{
	if (item->start == INSTANT_NONE || item->start >= item->at)
		return INSTANT_NONE;
	return item->start + (item->at - item->start) / 100 * share;
}

int agenda_share(const struct agenda_item *item, instant now)
{
	int due = 0;

	for (size_t i = 0; i < AGENDA_SHARES && now <= item->at; i++) {
		instant at = agenda_share_at(item, agenda_shares[i]);

		if (at != INSTANT_NONE && now >= at)
			due = agenda_shares[i];
	}
	return due;
}

const struct case_score *case_leading_score(const struct case_state *state)
{
	const struct case_score *newest = NULL;

	for (size_t i = 0; i < state->score_count; i++) {
		if (str_equal(state->scores[i].issuer, "us"))
			return &state->scores[i];
		if (!newest || state->scores[i].at >= newest->at)
			newest = &state->scores[i];
	}
	return newest;
}
