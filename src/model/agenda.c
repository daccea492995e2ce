/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when, in one case and over all, and the marks that say so in lists. */
#include "model/agenda.h"

#include "model/cases.h"
#include "model/model_private.h"

enum { DUES = 6 }; /* as many as most open cases have */
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

/* The zone's name stays borrowed. */
static struct due *add(struct case_row *row, enum agenda_kind kind, const char *what, const struct zoned *when)
{
	struct due *due;

	row->dues = mem_grow(row->dues, &row->due_room, row->due_count ? row->due_count + 1 : DUES, sizeof(*row->dues));
	due = &row->dues[row->due_count++];
	*due = (struct due){ .at = when->at, .case_id = row->glance.id, .what = what, .zone = when->zone, .offset = when->offset, .kind = kind };
	return due;
}

static struct due *add_utc(struct case_row *row, enum agenda_kind kind, const char *what, instant at)
{
	const struct zoned when = { .at = at };
	struct due *due = add(row, kind, what, &when);

	due->zone = "UTC";
	return due;
}

/* Where no rules of clocks are. */
static void add_plain(struct case_row *row)
{
	const struct case_state *state = &row->known->state;
	instant reported = state->first_report == INSTANT_NONE ? state->opened : state->first_report;

	if (state->rm == RM_RECEIVED)
		add_utc(row, AGENDA_CLOCK, N_("triage"), reported + TRIAGE_TIME);
	if (state->unanswered != INSTANT_NONE && state->rm != RM_CLOSED)
		add_utc(row, AGENDA_REPLY, N_("answer finder"), state->unanswered + ANSWER_TIME);
}

static void add_clock(struct case_row *row, const struct clock_rule *rule)
{
	const struct case_state *state = &row->known->state;
	struct clock_status status;

	clock_judge(state, rule, &status);
	if (status.state != CLOCK_RUNNING)
		return;
	clock_add_lines(state, false, &status);
	for (size_t i = 0; i < status.line_count; i++) {
		const struct clock_line *line = &status.lines[i];
		struct due *due = add(row, rule->trigger == FACT_UNANSWERED ? AGENDA_REPLY : AGENDA_CLOCK,
				      rule->title, &line->due.when);

		due->zone = rule->zone;
		due->rule = rule;
		due->reading = line->reading->name;
		due->secondary = i > 0;
		due->uncertain = line->due.uncertain;
	}
}

struct hints {
	uint64_t facts;      /* bits of what happened */
	uint64_t said[8];    /* keys of clocks something was said about */
	size_t count;
	bool many;           /* more than there is room for */
};

/* Most rules have nothing to do with most cases; this says so without looking further. */
static bool concerns(const struct hints *hints, const struct clock_rule *rule)
{
	uint64_t facts = hints->facts;

	if (rule->kind == CLOCK_GATE || rule->kind == CLOCK_RETENTION || rule->house)
		return false;
	for (size_t i = 0; i < hints->count; i++)
		if (hints->said[i] == rule->key || hints->said[i] == rule->after_key)
			return true;
	if (hints->many)
		return true;
	return rule->start == START_AUTO && rule->trigger >= 0 &&
	       (facts & (UINT64_C(1) << rule->trigger | rule->other)) && !(rule->met & facts) && (rule->needs & facts) == rule->needs;
}

static void add_clocks(struct case_row *row, const struct clock_rules *rules)
{
	const struct case_state *state = &row->known->state;
	struct hints hints = { .many = state->clock_count > ARRAY_LEN(hints.said) };

	for (size_t i = 0; i < state->fact_count; i++)
		hints.facts |= UINT64_C(1) << state->facts[i].fact;
	for (size_t i = 0; !hints.many && i < state->clock_count; i++)
		hints.said[hints.count++] = clock_key(state->clocks[i].id);
	for (size_t i = 0; i < clock_rule_count(rules); i++)
		if (concerns(&hints, clock_rule_at(rules, i)))
			add_clock(row, clock_rule_at(rules, i));
}

static void add_embargo(struct case_row *row)
{
	const struct case_state *state = &row->known->state;
	const struct case_embargo *embargo = &state->embargo;

	if (embargo->until.at != INSTANT_NONE)
		add(row, AGENDA_EMBARGO, N_("embargo ends"), &embargo->until);
	if (embargo->proposed.at != INSTANT_NONE)
		add(row, AGENDA_PROPOSAL, N_("embargo proposed until"), &embargo->proposed);
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];
		bool asked = party->consent == CONSENT_INVITED || party->consent == CONSENT_LAPSED;

		if (asked && party->rsvp != INSTANT_NONE)
			add_utc(row, AGENDA_RSVP, N_("answer due"), party->rsvp)->name = party->name;
	}
}

uint64_t agenda_stamp(const struct clock_book *book)
{
	return book->generation + 1;
}

/* There are thousands of cases: what was not needed is given back. */
static void trim(struct case_row *row)
{
	if (row->due_room == row->due_count)
		return;
	if (row->due_count) {
		row->dues = mem_resize(row->dues, row->due_count, sizeof(*row->dues));
	} else {
		free(row->dues);
		row->dues = NULL;
	}
	row->due_room = row->due_count;
}

void agenda_find_dues(struct case_row *row)
{
	const struct clock_rules *rules = row->home->book.rules;
	uint64_t stamp = agenda_stamp(&row->home->book);

	if (row->dues_of == stamp)
		return;
	cases_know(row);
	if (!row->due_room)
		row->dues = NULL;
	row->due_count = 0;
	if (rules)
		add_clocks(row, rules);
	else
		add_plain(row);
	add_embargo(row);
	trim(row);
	row->dues_of = stamp;
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

static int compare(const void *a, const void *b)
{
	const struct agenda_slot *x = a, *y = b;
	int order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = strcmp(x->due->case_id, y->due->case_id);
	if (!order)
		order = strcmp(x->due->what, y->due->what);
	return order ? order : strcmp(str_or_empty(x->due->reading), str_or_empty(y->due->reading));
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

	agenda->count = agenda->changed_count = 0;
	for (size_t i = 0; i < cases->count; i++) {
		if (cases->items[i]->dues_of != stamp)
			cases_know_all(cases);
		cases->items[i]->noted = false;
		add_slots(agenda, cases->items[i]);
	}
	if (agenda->count)
		qsort(agenda->slots, agenda->count, sizeof(*agenda->slots), compare);
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
		if (a && compare(&agenda->slots[a - 1], &fresh->slots[b - 1]) > 0)
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
	const struct due *due = slot->due;
	struct agenda_item item = {
		.at = slot->at, .when = { .at = slot->at, .offset = due->offset }, .case_id = due->case_id, .what = due->what,
		.embargo = due->kind == AGENDA_EMBARGO || due->kind == AGENDA_PROPOSAL, .kind = due->kind,
		.name = due->name, .rule = due->rule, .reading = due->reading, .secondary = due->secondary,
		.uncertain = due->uncertain,
	};

	memcpy(item.when.zone, due->zone, strlen(due->zone));
	return item;
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
