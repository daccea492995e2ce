/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when, in one case and over all, and the marks that say so in lists. */
#include "model/agenda.h"

#include "model/cases.h"
#include "model/model_private.h"

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

static struct due *add(struct known_case *known, enum agenda_kind kind, const char *what, struct zoned when)
{
	struct due *due;

	known->dues = mem_grow(known->dues, &known->due_room, known->due_count + 1, sizeof(*known->dues));
	due = &known->dues[known->due_count++];
	*due = (struct due){ .what = what, .when = when, .kind = kind };
	return due;
}

/* Where no rules of clocks are. */
static void add_plain(struct known_case *known)
{
	const struct case_state *state = &known->state;
	instant reported = state->first_report == INSTANT_NONE ? state->opened : state->first_report;

	if (state->rm == RM_RECEIVED)
		add(known, AGENDA_CLOCK, N_("triage"), zone_at("UTC", reported + TRIAGE_TIME));
	if (state->unanswered != INSTANT_NONE && state->rm != RM_CLOSED)
		add(known, AGENDA_REPLY, N_("answer finder"),
		    zone_at("UTC", state->unanswered + ANSWER_TIME));
}

static void add_clock(struct known_case *known, const struct clock_rules *rules, const struct clock_rule *rule)
{
	struct clock_status status;

	clock_judge(rules, &known->state, rule, &status);
	if (status.state != CLOCK_RUNNING)
		return;
	clock_add_lines(&known->state, false, &status);
	for (size_t i = 0; i < status.line_count; i++) {
		const struct clock_line *line = &status.lines[i];
		struct due *due = add(known, rule->trigger == FACT_UNANSWERED ? AGENDA_REPLY : AGENDA_CLOCK,
				      rule->title, line->due.when);

		due->rule = rule;
		due->reading = line->reading->name;
		due->secondary = i > 0;
		due->uncertain = line->due.uncertain;
	}
}

/* Most rules have nothing to do with most cases; this says so without looking further. */
static bool concerns(const struct case_state *state, const struct clock_rule *rule, uint64_t facts)
{
	if (rule->kind == CLOCK_GATE || rule->kind == CLOCK_RETENTION || rule->house)
		return false;
	if (state->clock_count)
		return true;
	return rule->start == START_AUTO && rule->trigger >= 0 && (facts & UINT64_C(1) << rule->trigger) &&
	       !(rule->met & facts);
}

static void add_clocks(struct known_case *known, const struct clock_rules *rules)
{
	uint64_t facts = 0;

	for (size_t i = 0; i < known->state.fact_count; i++)
		facts |= UINT64_C(1) << known->state.facts[i].fact;
	for (size_t i = 0; i < clock_rule_count(rules); i++)
		if (concerns(&known->state, clock_rule_at(rules, i), facts))
			add_clock(known, rules, clock_rule_at(rules, i));
}

static void add_embargo(struct known_case *known)
{
	const struct case_embargo *embargo = &known->state.embargo;

	if (embargo->until.at != INSTANT_NONE)
		add(known, AGENDA_EMBARGO, N_("embargo ends"), embargo->until);
	if (embargo->proposed.at != INSTANT_NONE)
		add(known, AGENDA_PROPOSAL, N_("embargo proposed until"), embargo->proposed);
	for (size_t i = 0; i < known->state.party_count; i++) {
		const struct case_party *party = &known->state.parties[i];
		bool asked = party->consent == CONSENT_INVITED || party->consent == CONSENT_LAPSED;

		if (asked && party->rsvp != INSTANT_NONE)
			add(known, AGENDA_RSVP, N_("answer to the embargo due"), zone_at("UTC", party->rsvp))->name =
				party->name;
	}
}

static uint64_t stamp_of(const struct clock_book *book)
{
	return book ? book->generation + 1 : 1;
}

static void find_dues(struct known_case *known)
{
	const struct clock_rules *rules = known->book ? known->book->rules : NULL;

	if (known->dues_of == stamp_of(known->book))
		return;
	known->due_count = 0;
	if (rules)
		add_clocks(known, rules);
	else
		add_plain(known);
	add_embargo(known);
	known->dues_of = stamp_of(known->book);
}

/* A proposal and a second reading bind nobody and so are never the next thing due; the calendar shows
 * them. */
static const struct due *next_due(const struct case_state *state)
{
	struct known_case *known = known_of(state);
	const struct due *next = NULL;

	find_dues(known);
	for (size_t i = 0; i < known->due_count; i++) {
		const struct due *due = &known->dues[i];

		if (due->kind != AGENDA_PROPOSAL && !due->secondary && (!next || due->when.at < next->when.at))
			next = due;
	}
	return next;
}

bool case_next_due(const struct case_state *state, instant now, const char **ret_what,
		   instant *ret_at)
{
	const struct due *next = next_due(state);

	(void)now;
	if (!next)
		return false;
	*ret_what = next->what;
	*ret_at = next->when.at;
	return true;
}

const char *case_marks(const struct case_state *state, instant now, char buffer[4])
{
	bool bound = state->embargo.state == EM_ACTIVE || state->embargo.state == EM_REVISE;
	const char *what;
	size_t length = 0;
	instant at;

	if (state->rm == RM_START || state->rm == RM_RECEIVED)
		buffer[length++] = '*';
	if (case_next_due(state, now, &what, &at) && at < now)
		buffer[length++] = '!';
	if (bound)
		buffer[length++] = '~';
	buffer[length] = 0;
	return buffer;
}

/* ---- all cases */

void agenda_release(struct agenda *agenda)
{
	free(agenda->slots);
}

static int compare(const void *a, const void *b)
{
	const struct agenda_slot *x = a, *y = b;
	const struct due *p = &x->known->dues[x->due], *q = &y->known->dues[y->due];
	int order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = strcmp(x->known->state.id, y->known->state.id);
	if (!order)
		order = strcmp(p->what, q->what);
	return order ? order : strcmp(str_or_empty(p->reading), str_or_empty(q->reading));
}

static void add_slots(struct agenda *agenda, struct known_case *known)
{
	find_dues(known);
	agenda->slots = mem_grow(agenda->slots, &agenda->room, agenda->count + known->due_count + 1,
				 sizeof(*agenda->slots));
	for (size_t i = 0; i < known->due_count; i++)
		agenda->slots[agenda->count++] = (struct agenda_slot){ known->dues[i].when.at, known, i };
}

static void build(struct cases *cases, uint64_t stamp)
{
	struct agenda *agenda = &cases->agenda;

	agenda->count = 0;
	for (size_t i = 0; i < cases->count; i++)
		add_slots(agenda, cases->items[i]);
	if (agenda->count)
		qsort(agenda->slots, agenda->count, sizeof(*agenda->slots), compare);
	agenda->built = true;
	agenda->generation = stamp;
}

/* Slots of cases that changed leave; what they point to may be gone, so only the case is looked at. */
static void leave(struct agenda *agenda, uint64_t stamp)
{
	size_t kept = 0;

	for (size_t i = 0; i < agenda->count; i++)
		if (agenda->slots[i].known->dues_of == stamp)
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
		if (a && compare(&agenda->slots[a - 1], &fresh->slots[b - 1]) > 0)
			agenda->slots[--to] = agenda->slots[--a];
		else
			agenda->slots[--to] = fresh->slots[--b];
	}
}

static void refresh(struct cases *cases)
{
	struct agenda *agenda = &cases->agenda, fresh = { 0 };
	uint64_t stamp = stamp_of(&cases->book);
	size_t stale = 0;

	if (!agenda->built || agenda->generation != stamp) {
		build(cases, stamp);
		return;
	}
	for (size_t i = 0; i < cases->count; i++)
		stale += cases->items[i]->dues_of != stamp;
	if (stale > cases->count / 8) {
		build(cases, stamp);
		return;
	}
	if (!stale)
		return;
	leave(agenda, stamp);
	for (size_t i = 0; i < cases->count; i++)
		if (cases->items[i]->dues_of != stamp)
			add_slots(&fresh, cases->items[i]);
	if (fresh.count)
		qsort(fresh.slots, fresh.count, sizeof(*fresh.slots), compare);
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

static void add_house(struct items *list, enum agenda_kind kind, const char *what, const char *name,
		      struct zoned when)
{
	add_item(list, &(struct agenda_item){ .at = when.at, .when = when, .case_id = "", .what = what,
					      .kind = kind, .name = name });
}

static void add_duty(struct items *list, const struct model *model, const struct clock_rule *rule)
{
	struct clock_status status;

	house_clock_status(model, rule, INSTANT_NONE, &status);
	for (size_t i = 0; i < status.line_count; i++) {
		add_house(list, AGENDA_DUTY, rule->title, NULL, status.lines[i].due.when);
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

		add_house(list, AGENDA_FREEZE, N_("publication freeze begins"), freeze->name, freeze->from);
		add_house(list, AGENDA_FREEZE, N_("publication freeze ends"), freeze->name, freeze->until);
	}
	for (size_t i = 0; i < house->key_count; i++)
		for (size_t k = 0; k < model_pin_count(model); k++)
			if (str_casecmp(model_pin(model, k)->fingerprint, house->keys[i].fingerprint) == 0)
				add_house(list, AGENDA_KEY, N_("key expires"), model_pin(model, k)->address,
					  zone_at("UTC", house->keys[i].at));
	for (size_t i = 0; i < clock_rule_count(rules); i++)
		if (clock_rule_at(rules, i)->house)
			add_duty(list, model, clock_rule_at(rules, i));
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_items);
}

/* ---- the agenda */

static struct agenda_item item_of(const struct agenda_slot *slot)
{
	const struct due *due = &slot->known->dues[slot->due];

	return (struct agenda_item){
		.at = slot->at, .when = due->when, .case_id = slot->known->state.id, .what = due->what,
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
	add_item(list, item)->overdue = item->at < now && !item->secondary && item->kind != AGENDA_FREEZE;
}

void model_agenda(const struct model *model, instant from, instant to, instant now,
		  struct agenda_item **ret, size_t *ret_count)
{
	struct cases *cases = model_cases(model);
	struct items house = { 0 }, list = { 0 };
	size_t used = 0;

	refresh(cases);
	house_items(model, &house);
	for (size_t i = first_slot(&cases->agenda, from); i < cases->agenda.count && cases->agenda.slots[i].at < to; i++) {
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
