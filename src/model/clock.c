/* SPDX-License-Identifier: Apache-2.0 */
/* How clocks stand: out of a case's facts, what handlers said, and the rules. Nothing of it is stored. */
#include "model/clock_book.h"

#include "model/case.h"

/* ---- the rules in use */

void clock_book_release(struct clock_book *book)
{
	free(book->marks);
	if (book->rules != book->base)
		clock_rules_free(book->rules);
	clock_rules_free(book->base);
	free(book->own);
	free(book->fault);
}

/* What a vulnerability gives rise to falls due in the case that this one went into. A clock that a handler started
 * stays: nobody else may know of it. */
static uint64_t clock_merge_stops(const struct clock_rule *rule)
{
	return rule->outlives ? 0 : UINT64_C(1) << FACT_MERGED;
}

/* Most rules have nothing to do with most cases: what says so lies close together. */
static void mark_rules(struct clock_book *book)
{
	size_t count = book->rules ? clock_rule_count(book->rules) : 0;

	book->marks = mem_resize(book->marks, count + 1, sizeof(*book->marks));
	book->mark_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct clock_rule *rule = clock_rule_at(book->rules, i);
		uint64_t trigger = rule->trigger >= 0 ? UINT64_C(1) << rule->trigger : 0;

		if (rule->kind == CLOCK_GATE || rule->kind == CLOCK_RETENTION || rule->house)
			continue;
		book->marks[book->mark_count++] = (struct clock_marks){
			.any = rule->start == START_AUTO && rule->trigger >= 0 ? trigger | rule->other : 0,
			.none = (rule->kind == CLOCK_RECURRING ? 0 : rule->met) | rule->stops |
				clock_merge_stops(rule), .all = rule->needs,
			.key = rule->key, .after_key = rule->after_key, .rule = rule,
		};
	}
}

static void rebuild(struct clock_book *book)
{
	AUTO_ERROR err = ERROR_INIT;

	if (book->rules != book->base)
		clock_rules_free(book->rules);
	book->rules = book->base;
	mem_replace(&book->fault, NULL);
	book->generation++;
	if (book->base && book->own && *book->own) {
		book->rules = clock_rules_copy(book->base);
		if (clock_rules_load(book->rules, book->own, strlen(book->own), _("the vault's clocks"), &err) != 0)
			book->fault = mem_format("%s: %s", err.what, err.why);
	}
	mark_rules(book);
}

void clock_book_set_base(struct clock_book *book, struct clock_rules *base)
{
	struct clock_rules *old = book->base;

	if (book->rules != old)
		clock_rules_free(book->rules);
	book->rules = book->base = base;
	clock_rules_free(old);
	rebuild(book);
}

void clock_book_set_own(struct clock_book *book, const char *yaml)
{
	mem_replace(&book->own, yaml);
	rebuild(book);
}

/* ---- how one stands */

void clock_facts_read(const struct case_state *state, struct clock_facts *ret)
{
	ret->state = state;
	ret->have = 0;
	for (size_t i = 0; i < state->fact_count; i++) {
		if (state->facts[i].at == INSTANT_NONE)
			continue;
		ret->have |= UINT64_C(1) << state->facts[i].fact;
		ret->at[state->facts[i].fact] = state->facts[i].at;
	}
}

/* Takes the lowest bit out of *BITS. */
static int next_fact(uint64_t *bits)
{
	int fact = __builtin_ctzll(*bits);

	*bits &= *bits - 1;
	return fact;
}

static const struct case_clock *said_of(const struct clock_facts *facts, const char *id)
{
	return id && facts->state->clock_count ? case_clock_said(facts->state, id) : NULL;
}

static bool needs_met(const struct clock_rule *rule, const struct clock_facts *facts, instant *start)
{
	uint64_t needs = rule->needs;

	if ((needs & facts->have) != needs)
		return false;
	while (needs) {
		instant at = facts->at[next_fact(&needs)];

		*start = at > *start ? at : *start;
	}
	return true;
}

/* The earliest of the facts in BITS, or INSTANT_NONE. */
static instant first_of(const struct clock_facts *facts, uint64_t bits, int *ret_fact)
{
	instant first = INSTANT_NONE;

	bits &= facts->have;
	while (bits) {
		int fact = next_fact(&bits);

		if (first != INSTANT_NONE && first <= facts->at[fact])
			continue;
		first = facts->at[fact];
		*ret_fact = fact;
	}
	return first;
}

/* The trigger, or what does as well if it came earlier. */
static instant trigger_at(const struct clock_rule *rule, const struct clock_facts *facts, int *ret_fact)
{
	const struct case_clock *before = said_of(facts, rule->after);
	uint64_t trigger = rule->trigger >= 0 ? UINT64_C(1) << rule->trigger : 0;
	instant at, other;
	int fact = -1;

	*ret_fact = rule->trigger;
	if (rule->after)
		return before ? before->filed : INSTANT_NONE;
	at = trigger & facts->have ? facts->at[rule->trigger] : INSTANT_NONE;
	other = first_of(facts, rule->other, &fact);
	if (other == INSTANT_NONE || (at != INSTANT_NONE && at <= other))
		return at;
	*ret_fact = fact;
	return other;
}

/* Whether it began, and when. */
static bool begin(const struct clock_facts *facts, struct clock_status *s)
{
	const struct clock_rule *rule = s->rule;
	int from;

	s->from = -1;
	if (s->said && s->said->started != INSTANT_NONE) {
		s->start = s->said->started;
		return true;
	}
	s->start = trigger_at(rule, facts, &from);
	if (s->start != INSTANT_NONE && !needs_met(rule, facts, &s->start))
		s->start = INSTANT_NONE;
	if (s->start == INSTANT_NONE || rule->start != START_AUTO) {
		s->state = rule->start == START_OFF ? CLOCK_DORMANT :
			   s->start != INSTANT_NONE ? CLOCK_OFFERED : CLOCK_WAITING;
		return false;
	}
	s->from = from;
	return true;
}

static void meet(struct clock_status *s, instant at, int fact)
{
	if (at == INSTANT_NONE || (s->ended != INSTANT_NONE && s->ended <= at))
		return;
	s->ended = at > s->start ? at : s->start;
	s->by_fact = fact;
}

/* A filing, that of a clock which goes with it, or what happened: whichever came first. */
static void find_met(const struct clock_facts *facts, struct clock_status *s)
{
	const struct case_clock *other = said_of(facts, s->rule->met_with);
	int fact = -1;
	instant at;

	if (s->said)
		meet(s, s->said->filed, -1);
	if (other)
		meet(s, other->filed, -1);
	at = first_of(facts, s->rule->met, &fact);
	meet(s, at, fact);
}

static bool find_stopped(const struct clock_facts *facts, struct clock_status *s)
{
	bool by_hand = s->said && s->said->started != INSTANT_NONE;
	int fact = -1;
	instant at = first_of(facts, s->rule->stops | (by_hand ? 0 : clock_merge_stops(s->rule)), &fact);

	if (s->said && s->said->stopped != INSTANT_NONE) {
		at = s->said->stopped;
		fact = -1;
	}
	if (at == INSTANT_NONE)
		return false;
	s->state = CLOCK_STOPPED;
	s->ended = at;
	s->by_fact = fact;
	return true;
}

static void find_paused(struct clock_status *s)
{
	if (!s->rule->pause || !s->said)
		return;
	if (s->said->held != INSTANT_NONE)
		s->held = s->said->held;
	if (s->said->paused != INSTANT_NONE)
		s->state = CLOCK_PAUSED;
}

/* The room for lines is large and is left as it is. */
static void status_begin(const struct clock_rule *rule, const struct case_clock *said, struct clock_status *ret)
{
	memset(ret, 0, offsetof(struct clock_status, lines));
	ret->rule = rule;
	ret->said = said;
	ret->from = ret->by_fact = -1;
	ret->start = ret->ended = INSTANT_NONE;
}

void clock_judge(const struct clock_facts *facts, const struct clock_rule *rule, struct clock_status *ret)
{
	status_begin(rule, said_of(facts, rule->id), ret);
	if (rule->kind == CLOCK_GATE) {
		ret->state = CLOCK_BARRED;
		return;
	}
	if (!begin(facts, ret))
		return;
	ret->state = rule->kind == CLOCK_RETENTION ? CLOCK_KEEPING : CLOCK_RUNNING;
	if (rule->kind == CLOCK_RETENTION)
		return;
	if (rule->kind == CLOCK_RECURRING) {
		if (ret->said && ret->said->last_filed > ret->start)
			ret->start = ret->said->last_filed;
	} else {
		find_met(facts, ret);
		if (ret->ended != INSTANT_NONE)
			ret->state = CLOCK_MET;
	}
	if (ret->state == CLOCK_RUNNING && !find_stopped(facts, ret))
		find_paused(ret);
}

/* ---- when it is due */

bool clock_reading_counts(const struct clock_facts *facts, const struct clock_reading *reading, int *severity)
{
	if (reading->severity < 0)
		return true;
	if (*severity == -2) {
		const struct case_score *score = case_leading_score(facts->state);

		*severity = score ? (int)score->cvss.severity : -1;
	}
	return reading->severity == *severity;
}

static void add_lines(const struct clock_facts *facts, struct clock_status *s, int from, instant start)
{
	int severity = -2;

	for (size_t i = 0; i < s->rule->reading_count && s->line_count < CLOCK_LINES; i++) {
		const struct clock_reading *reading = &s->rule->readings[i];

		if (!clock_reading_counts(facts, reading, &severity))
			continue;
		s->lines[s->line_count++] = (struct clock_line){
			.reading = reading, .from = from, .start = start,
			.due = clock_due(s->rule, reading, start + s->held),
		};
	}
}

void clock_add_lines(const struct clock_facts *facts, bool with_also, struct clock_status *s)
{
	uint64_t also = with_also ? s->rule->also & facts->have : 0;

	if (s->start == INSTANT_NONE)
		return;
	add_lines(facts, s, s->from, s->start);
	while (also) {
		int fact = next_fact(&also);

		if (fact != s->from && facts->at[fact] != s->start)
			add_lines(facts, s, fact, facts->at[fact]);
	}
}

/* What depends on the hour: missed, met late, free. */
static void settle(struct clock_status *s, instant now)
{
	const struct clock_line *line = s->line_count ? &s->lines[0] : NULL;

	if (!line || line->reading->unit == UNIT_AT_ONCE)
		return;
	if (s->state == CLOCK_RUNNING && line->due.when.at < now)
		s->state = CLOCK_MISSED;
	else if (s->state == CLOCK_MET && line->due.when.at < s->ended)
		s->state = CLOCK_LATE;
	else if (s->state == CLOCK_KEEPING && line->due.when.at < now)
		s->state = CLOCK_FREE;
}

void case_clock_status(const struct model *model, const struct case_state *state,
		       const struct clock_rule *rule, instant now, struct clock_status *ret)
{
	struct clock_facts facts;

	(void)model;
	clock_facts_read(state, &facts);
	clock_judge(&facts, rule, ret);
	clock_add_lines(&facts, true, ret);
	settle(ret, now);
}

void house_clock_status(const struct model *model, const struct clock_rule *rule, instant now,
			struct clock_status *ret)
{
	const struct duty *duty = model_duty(model, rule->id);

	status_begin(rule, NULL, ret);
	if (!duty) {
		ret->state = rule->start == START_AUTO ? CLOCK_OFFERED : CLOCK_WAITING;
		return;
	}
	ret->state = CLOCK_RUNNING;
	ret->start = duty->at;
	for (size_t i = 0; i < rule->reading_count; i++)
		ret->lines[ret->line_count++] = (struct clock_line){
			.reading = &rule->readings[i], .from = -1, .start = duty->at,
			.due = clock_due(rule, &rule->readings[i], duty->at),
		};
	settle(ret, now);
}

instant case_retained_until(const struct model *model, const struct case_state *state, const char **ret_id)
{
	const struct clock_rules *rules = model_clock_rules(model);
	instant last = INSTANT_NONE;
	struct clock_facts facts;

	clock_facts_read(state, &facts);
	for (size_t i = 0; i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);
		struct clock_status status;

		if (rule->kind != CLOCK_RETENTION)
			continue;
		clock_judge(&facts, rule, &status);
		clock_add_lines(&facts, false, &status);
		for (size_t k = 0; status.state == CLOCK_KEEPING && k < status.line_count; k++) {
			if (status.lines[k].due.when.at <= last)
				continue;
			last = status.lines[k].due.when.at;
			*ret_id = rule->id;
		}
	}
	return last;
}
