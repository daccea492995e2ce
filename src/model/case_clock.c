/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clocks look at in a case: instants of what happened, by one table, and what handlers said about
 * a clock. The rules are not known here: what an event means does not change when they are edited.
 */
#include "model/case.h"

/* ---- facts */

enum which { EARLIEST, LATEST };

/* An event of TYPE, with KEY being WORD where they are given, happened at its member AT (or its own
 * time): that is FACT. */
static const struct fact_row {
	enum event_type type;
	const char *key, *word, *at;
	enum clock_fact fact;
	enum which which;
} fact_rows[] = {
	{ EVENT_CASE_OPENED, NULL, NULL, NULL, FACT_OPENED, EARLIEST },
	/* What was split off was known when the whole became known. */
	{ EVENT_SPLIT_FROM, NULL, NULL, "known", FACT_OPENED, EARLIEST },
	/* So is what a merged case knew first. */
	{ EVENT_MERGE_TAKEN, NULL, NULL, "known", FACT_OPENED, EARLIEST },
	{ EVENT_MERGE_TAKEN, NULL, NULL, "exploited", FACT_EXPLOITED, EARLIEST },
	{ EVENT_MERGE_TAKEN, NULL, NULL, "incident", FACT_INCIDENT, EARLIEST },
	{ EVENT_MERGE_TAKEN, NULL, NULL, "published", FACT_PUBLISHED, EARLIEST },
	{ EVENT_MERGED, NULL, NULL, NULL, FACT_MERGED, EARLIEST },
	{ EVENT_REPORT_RECEIVED, NULL, NULL, "received", FACT_REPORTED, EARLIEST },
	{ EVENT_REPORT_RECEIVED, NULL, NULL, "received", FACT_CONTACTED, LATEST },
	{ EVENT_MESSAGE_RECEIVED, NULL, NULL, "received", FACT_CONTACTED, LATEST },
	{ EVENT_MESSAGE_SENT, NULL, NULL, "sent", FACT_ANSWERED, EARLIEST },
	{ EVENT_MESSAGE_SENT, NULL, NULL, "sent", FACT_TOLD, LATEST },
	{ EVENT_STATE_SET, "to", "valid", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_STATE_SET, "to", "invalid", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_STATE_SET, "to", "valid", NULL, FACT_VALIDATED, EARLIEST },
	{ EVENT_STATE_SET, "to", "accepted", NULL, FACT_ACCEPTED, EARLIEST },
	{ EVENT_REPRO_ADDED, NULL, NULL, NULL, FACT_TRIED, EARLIEST },
	{ EVENT_REPRO_ADDED, "verdict", "reproduced", NULL, FACT_REPRODUCED, EARLIEST },
	{ EVENT_AFFECTED_SET, NULL, NULL, NULL, FACT_ASSESSED, EARLIEST },
	{ EVENT_ID_ADDED, "system", "cve", NULL, FACT_ID_RESERVED, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "no_fix_planned", NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "vendor_fix", NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "mitigation", NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "workaround", NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "vendor_fix", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "mitigation", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_REMEDIATION_SET, "category", "workaround", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "vulnerability", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "hardening", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "duplicate", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "obsolete-product", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "not-security", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "other-vendor", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "not-reproducible", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "out-of-scope", NULL, FACT_QUALIFIED, EARLIEST },
	{ EVENT_QUALIFIED, "outcome", "vulnerability", NULL, FACT_VALIDATED, EARLIEST },
	{ EVENT_REPRO_RUN, NULL, NULL, NULL, FACT_TRIED, EARLIEST },
	{ EVENT_REPRO_RUN, "verdict", "reproduced", NULL, FACT_REPRODUCED, EARLIEST },
	{ EVENT_AFFECTED_JUDGED, NULL, NULL, NULL, FACT_ASSESSED, EARLIEST },
	{ EVENT_OPTION_SET, "state", "chosen", NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_PLAN_SET, NULL, NULL, NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_PLAN_SET, "state", "released", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_WORKAROUND_SET, NULL, NULL, NULL, FACT_PLANNED, EARLIEST },
	{ EVENT_WORKAROUND_SET, "result", "works", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_INCIDENT_SET, "state", "open", NULL, FACT_INCIDENT, EARLIEST },
	{ EVENT_RISK_SET, "state", "accepted", NULL, FACT_RISK_ACCEPTED, LATEST },
	{ EVENT_DISCLOSURE_SET, "bit", "fix-ready", NULL, FACT_FIX_READY, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "fix-ready", NULL, FACT_FIX_AVAILABLE, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "fix-deployed", NULL, FACT_FIX_DEPLOYED, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "public", NULL, FACT_PUBLISHED, EARLIEST },
	{ EVENT_ADVISORY_PUBLISHED, "tlp", "CLEAR", NULL, FACT_PUBLISHED, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "exploit-public", NULL, FACT_PUBLISHED, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "exploit-public", NULL, FACT_EXPLOIT_PUBLIC, EARLIEST },
	{ EVENT_DISCLOSURE_SET, "bit", "attacks", NULL, FACT_EXPLOITED, EARLIEST },
};

instant case_fact(const struct case_state *state, enum clock_fact fact)
{
	for (size_t i = 0; i < state->fact_count; i++)
		if (state->facts[i].fact == fact)
			return state->facts[i].at;
	return INSTANT_NONE;
}

static struct case_fact *fact_open(struct folded *folded, enum clock_fact fact)
{
	struct case_state *state = &folded->state;
	size_t at = 0;

	while (at < state->fact_count && state->facts[at].fact < fact)
		at++;
	if (at < state->fact_count && state->facts[at].fact == fact)
		return &state->facts[at];
	*CASE_INSERT(folded, facts, fact_count, ROOM_FACTS, at) =
		(struct case_fact){ .fact = fact, .at = INSTANT_NONE };
	return &state->facts[at];
}

static void fact_drop(struct folded *folded, enum clock_fact fact)
{
	struct case_state *state = &folded->state;

	for (size_t i = 0; i < state->fact_count; i++) {
		if (state->facts[i].fact != fact)
			continue;
		state->fact_count--;
		memmove(&state->facts[i], &state->facts[i + 1], (state->fact_count - i) * sizeof(*state->facts));
		return;
	}
}

/* What is so now and may cease to be so. */
static void fact_follow(struct folded *folded, enum clock_fact fact, bool so, instant at)
{
	if (!so || at == INSTANT_NONE)
		fact_drop(folded, fact);
	else if (fact_open(folded, fact)->at == INSTANT_NONE || fact == FACT_UNANSWERED)
		fact_open(folded, fact)->at = at;
}

static void note_fact(struct folded *folded, const struct fact_row *row, const struct event *event)
{
	instant at = event_instant(event, row->at ? row->at : "at");
	struct case_fact *fact;

	if ((row->key && !str_equal(event_text(event, row->key), row->word)) ||
	    (row->at && !event_text(event, row->at)))
		return;
	fact = fact_open(folded, row->fact);
	if (fact->at == INSTANT_NONE || (row->which == EARLIEST ? at < fact->at : at > fact->at))
		fact->at = at;
}

void clock_facts_note(struct folded *folded, const struct event *event)
{
	const struct case_state *state = &folded->state;
	const struct case_embargo *embargo = &state->embargo;

	for (size_t i = 0; i < ARRAY_LEN(fact_rows); i++)
		if (fact_rows[i].type == event->type)
			note_fact(folded, &fact_rows[i], event);
	fact_follow(folded, FACT_INVALID, state->rm == RM_INVALID, event->at);
	fact_follow(folded, FACT_CLOSED, state->rm == RM_CLOSED, event->at);
	fact_follow(folded, FACT_UNANSWERED, true, state->unanswered);
	fact_follow(folded, FACT_EMBARGO_AGREED, true, embargo->accepted_at);
	fact_follow(folded, FACT_EMBARGO_ENDED, true, embargo->ended_at);
}

/* ---- what was said about a clock */

static const struct case_clock *clock_find(const struct case_state *state, const char *id, size_t *ret_at)
{
	size_t at = 0;

	while (at < state->clock_count && strcmp(state->clocks[at].id, id) < 0)
		at++;
	*ret_at = at;
	return at < state->clock_count && str_equal(state->clocks[at].id, id) ? &state->clocks[at] : NULL;
}

const struct case_clock *case_clock_said(const struct case_state *state, const char *id)
{
	size_t at;

	return clock_find(state, id, &at);
}

static struct case_clock *clock_open(struct folded *folded, const struct event *event)
{
	char *id = event_text(event, "clock");
	struct case_clock *clock;
	size_t at;

	if (!clock_find(&folded->state, id, &at)) {
		clock = CASE_INSERT(folded, clocks, clock_count, ROOM_CLOCKS, at);
		clock->id = id;
		clock->started = clock->stopped = clock->paused = clock->held = INSTANT_NONE;
		clock->filed = clock->last_filed = INSTANT_NONE;
	}
	return &folded->state.clocks[at];
}

static char *author_of(struct folded *folded, const struct event *event)
{
	return folded_keep(folded, mem_string(event->author));
}

static bool blank(const char *text)
{
	return !text || !text[strspn(text, " \t\n\r")];
}

static int refuse(const struct case_state *state, struct error *err, const char *why)
{
	return error_set(err, ERR_NO, state->id, NULL, "%s", why);
}

static int check_said(const struct case_state *state, const struct event *event, struct error *err)
{
	const json_t *reason = json_object_get(event->body, "reason");

	if (!id_valid(event_text(event, "clock")))
		return refuse(state, err, _("rule clock: an id has letters, digits, dot and hyphen only"));
	if (reason && blank(json_string_value(reason)))
		return refuse(state, err, _("rule clock: a reason is needed"));
	return 0;
}

static int check_started(const struct case_state *state, const struct event *event, struct error *err)
{
	if (event_instant(event, "at") > event->at)
		return refuse(state, err, _("rule clock: a clock cannot have begun in the future"));
	return check_said(state, event, err);
}

/* Starting anew corrects the instant; what was paused or stopped runs again. */
static void apply_started(struct folded *folded, const struct event *event)
{
	struct case_clock *clock = clock_open(folded, event);

	clock->started = event_instant(event, "at");
	clock->stopped = clock->paused = clock->held = INSTANT_NONE;
	clock->reason = event_text(event, "reason");
	clock->reason_by = author_of(folded, event);
}

static void apply_stopped(struct folded *folded, const struct event *event)
{
	struct case_clock *clock = clock_open(folded, event);

	clock->stopped = event->at;
	clock->reason = event_text(event, "reason");
	clock->reason_by = author_of(folded, event);
}

static int check_paused(const struct case_state *state, const struct event *event, struct error *err)
{
	const struct case_clock *clock = case_clock_said(state, event_text(event, "clock"));

	if (clock && clock->paused != INSTANT_NONE)
		return refuse(state, err, _("rule clock: it is paused already"));
	return check_said(state, event, err);
}

static void apply_paused(struct folded *folded, const struct event *event)
{
	struct case_clock *clock = clock_open(folded, event);

	clock->paused = event->at;
	clock->reason = event_text(event, "reason");
	clock->reason_by = author_of(folded, event);
}

static int check_resumed(const struct case_state *state, const struct event *event, struct error *err)
{
	const struct case_clock *clock = case_clock_said(state, event_text(event, "clock"));

	if (!clock || clock->paused == INSTANT_NONE)
		return refuse(state, err, _("rule clock: it is not paused"));
	return 0;
}

static void apply_resumed(struct folded *folded, const struct event *event)
{
	struct case_clock *clock = clock_open(folded, event);
	instant span = event->at > clock->paused ? event->at - clock->paused : 0;

	clock->held = (clock->held == INSTANT_NONE ? 0 : clock->held) + span;
	clock->paused = INSTANT_NONE;
}

static int check_filed(const struct case_state *state, const struct event *event, struct error *err)
{
	if (event_instant(event, "filed") > event->at)
		return refuse(state, err, _("rule clock: what lies in the future is not filed yet"));
	return check_said(state, event, err);
}

/* The first filing meets the duty; later ones add to it. */
static void apply_filed(struct folded *folded, const struct event *event)
{
	struct case_clock *clock = clock_open(folded, event);
	instant filed = event_instant(event, "filed");
	char *by = event_text(event, "by");

	clock->filings++;
	if (clock->last_filed == INSTANT_NONE || filed > clock->last_filed)
		clock->last_filed = filed;
	if (clock->filed != INSTANT_NONE && filed >= clock->filed)
		return;
	clock->filed = filed;
	clock->filed_by = by ? by : author_of(folded, event);
	clock->receipt = event_text(event, "receipt");
	clock->sent_to = event_text(event, "to");
	clock->note = event_text(event, "note");
	clock->sheet = event_text(event, "sheet");
}

/* ---- what was written into forms */

static int compare_filing(const struct case_filing *filing, const char *clock, const char *field)
{
	int order = strcmp(filing->clock, clock);

	return order ? order : strcmp(filing->field, field);
}

static void apply_filing(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;
	char *clock = event_text(event, "clock"), *field = event_text(event, "field");
	struct case_filing *filing;
	size_t at = 0;

	while (at < state->filing_count && compare_filing(&state->filings[at], clock, field) < 0)
		at++;
	if (at == state->filing_count || compare_filing(&state->filings[at], clock, field) != 0)
		CASE_INSERT(folded, filings, filing_count, ROOM_FILINGS, at);
	filing = &state->filings[at];
	*filing = (struct case_filing){ clock, field, event_text(event, "value"), event->at };
}

const char *case_filing_value(const struct case_state *state, const char *clock, const char *field)
{
	for (size_t i = 0; i < state->filing_count; i++)
		if (compare_filing(&state->filings[i], clock, field) == 0)
			return state->filings[i].value;
	return NULL;
}

const struct fold_row clock_started_row = { check_started, apply_started };
const struct fold_row clock_stopped_row = { check_said, apply_stopped };
const struct fold_row clock_paused_row = { check_paused, apply_paused };
const struct fold_row clock_resumed_row = { check_resumed, apply_resumed };
const struct fold_row clock_filed_row = { check_filed, apply_filed };
const struct fold_row filing_row = { check_said, apply_filing };
