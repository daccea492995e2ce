/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about a case that are all of one make: what is stated anew replaces what was stated of the
 * same key, or is added where a kind has no key. Which members are the key is a row of one table; the
 * fields are the event table's.
 */
#include "model/case.h"

static const struct {
	enum event_type type;
	const char *keys[3]; /* those members make it the same; none: there is only one */
	bool log;            /* each is one more */
} kinds[] = {
	{ EVENT_LEAK_RECORDED, { NULL }, true },
	{ EVENT_QUALIFIED, { NULL }, true },
	{ EVENT_HANDED_OVER, { NULL }, true },
	{ EVENT_MERGE_TAKEN, { "from" }, false },
	{ EVENT_SPLIT_OFF, { "case" }, false },
	{ EVENT_REPORT_MARKED, { "message" }, false },
	{ EVENT_CREDIT_SET, { "name" }, false },
	{ EVENT_TRACKER_SET, { "system", "ref" }, false },
	{ EVENT_GRADE_SET, { "issuer" }, false },
	{ EVENT_VARIANT_SET, { "name" }, false },
	{ EVENT_ROOT_CAUSE_SET, { NULL }, false },
	{ EVENT_OPTION_SET, { "name" }, false },
	{ EVENT_PLAN_SET, { "version" }, false },
	{ EVENT_WORKAROUND_SET, { "name" }, false },
	{ EVENT_FIX_VALIDATED, { "version", "by" }, false },
	{ EVENT_SIGNED_OFF, { "what", "by" }, false },
	{ EVENT_RISK_SET, { "risk" }, false },
	{ EVENT_INCIDENT_SET, { NULL }, true },
	{ EVENT_SITUATION_LOGGED, { NULL }, true },
	{ EVENT_TASK_SET, { "task" }, false },
	{ EVENT_POST_MORTEM_SET, { NULL }, false },
	{ EVENT_REPRO_RUN, { NULL }, true },
	{ EVENT_FILE_EXPORTED, { NULL }, true },
	{ EVENT_GATE_EVALUATED, { NULL }, true },
	{ EVENT_GATE_CLEARED, { NULL }, true },
	{ EVENT_EARLY_PUBLICATION, { NULL }, false },
	{ EVENT_COLLISION_DECIDED, { NULL }, true },
	{ EVENT_LETTER_BEGUN, { "send" }, false },
	{ EVENT_LETTER_FAILED, { "send", "recipient" }, false },
	{ EVENT_ADVISORY_TEXT, { "field", "lang" }, false },
	{ EVENT_ADVISORY_PREPARED, { NULL }, false },
	{ EVENT_ADVISORY_APPROVED, { NULL }, true },
	{ EVENT_ADVISORY_PUBLISHED, { NULL }, true },
	{ EVENT_MATCH_CHANGED, { NULL }, true },
};

/* ---- reading */

const struct case_record *case_record_next(const struct case_state *state, enum event_type type,
					   size_t *cursor)
{
	while (*cursor < state->record_count) {
		const struct case_record *record = &state->records[(*cursor)++];

		if (record->type == type)
			return record;
	}
	return NULL;
}

const struct case_record *case_record_at(const struct case_state *state, enum event_type type, size_t n)
{
	const struct case_record *record = NULL;
	size_t cursor = 0;

	while (n-- > 0)
		record = case_record_next(state, type, &cursor);
	return record;
}

size_t case_record_count(const struct case_state *state, enum event_type type)
{
	size_t count = 0, cursor = 0;

	while (case_record_next(state, type, &cursor))
		count++;
	return count;
}

const char *record_text(const struct case_record *record, const char *field)
{
	return str_or_empty(js_string(record->body, field));
}

instant record_instant(const struct case_record *record, const char *field)
{
	const char *text = js_string(record->body, field);
	instant at;

	return text && instant_parse(text, &at, NULL) == 0 ? at : INSTANT_NONE;
}

bool record_flag(const struct case_record *record, const char *field)
{
	return js_bool(record->body, field);
}

const char *record_words(const struct case_record *record, const char *field, size_t n)
{
	return json_string_value(json_array_get(js_array(record->body, field), n));
}

size_t record_file_count(const struct case_record *record)
{
	return json_array_size(js_array(record->body, "attachments"));
}

void record_file(const struct case_record *record, size_t n, struct sealed_file *ret)
{
	sealed_file_read(json_array_get(js_array(record->body, "attachments"), n), ret);
}

char *record_line(const struct case_record *record)
{
	struct event event = { .type = record->type, .body = (json_t *)record->body };

	return event_line(&event);
}

/* ---- folding */

static size_t kind_of(enum event_type type)
{
	size_t i = 0;

	while (i < ARRAY_LEN(kinds) && kinds[i].type != type)
		i++;
	return i;
}

static bool same_key(const struct case_record *record, const struct event *event, size_t kind)
{
	if (kinds[kind].log)
		return memcmp(record->event, event->id, sizeof(event->id)) == 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds[kind].keys) && kinds[kind].keys[i]; i++)
		if (str_casecmp(record_text(record, kinds[kind].keys[i]),
				str_or_empty(event_text(event, kinds[kind].keys[i]))) != 0)
			return false;
	return true;
}

bool case_record_is(const struct case_record *record, const json_t *body)
{
	struct event event = { .type = record->type, .body = (json_t *)body };
	size_t kind = kind_of(record->type);

	return !kinds[kind].log && same_key(record, &event, kind);
}

/* A record keeps its place, by which lists number it, when it is stated anew. */
static struct case_record *record_open(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;
	size_t kind = kind_of(event->type), at = 0;

	while (at < state->record_count && state->records[at].type <= event->type) {
		if (state->records[at].type == event->type &&
		    same_key(&state->records[at], event, kind))
			return &state->records[at];
		at++;
	}
	return CASE_INSERT(folded, records, record_count, ROOM_RECORDS, at);
}

/* What is said of the records as a whole, from all of them: the list may have moved, a date gone by. */
static void summarise(struct case_state *state)
{
	state->qualified = NULL;
	state->task_due = state->risk_until = INSTANT_NONE;
	for (size_t i = 0; i < state->record_count; i++) {
		const struct case_record *record = &state->records[i];
		bool task = record->type == EVENT_TASK_SET, risk = record->type == EVENT_RISK_SET;
		instant *slot = task ? &state->task_due : &state->risk_until;
		instant at = task ? record_instant(record, "due") :
			     risk ? record_instant(record, "until") :
				    INSTANT_NONE;
		const char *live = task ? "open" : "accepted";

		if (record->type == EVENT_QUALIFIED)
			state->qualified = record;
		if (at != INSTANT_NONE && str_equal(record_text(record, "state"), live) &&
		    (*slot == INSTANT_NONE || at < *slot))
			*slot = at;
	}
}

static void apply_record(struct folded *folded, const struct event *event)
{
	struct case_record *record = record_open(folded, event);

	record->type = event->type;
	memcpy(record->event, event->id, sizeof(record->event));
	memcpy(record->member, event->member, sizeof(record->member));
	record->at = event->at;
	record->author = folded_keep(folded, mem_string(event->author));
	record->body = event->body;
	summarise(&folded->state);
}

/* The first text that must say something. */
static int check_record(const struct case_state *state, const struct event *event, struct error *err)
{
	const struct event_info *info = event_info(event->type);

	for (const struct event_field *field = info->fields; field->name; field++) {
		const char *text = event_text(event, field->name);

		if (!field->required || (field->type != FIELD_TEXT && field->type != FIELD_BLOCK))
			continue;
		if (!text[strspn(text, " \t\r\n")])
			return error_set(err, ERR_NO, str_or_empty(state->id), NULL,
					 _("rule text: the %s is empty"), field->name);
	}
	return 0;
}

/* ---- kinds that do more */

static void apply_handed_over(struct folded *folded, const struct event *event)
{
	apply_record(folded, event);
	folded->state.assignee = event_text(event, "member");
}

static int check_leak(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *party = event_text(event, "party");

	if (party && case_party_find(state, party) == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule party: %.80s is not a party of the case"), party);
	return check_record(state, event, err);
}

static void apply_leak(struct folded *folded, const struct event *event)
{
	const char *party = event_text(event, "party");

	apply_record(folded, event);
	if (party)
		folded->state.parties[case_party_find(&folded->state, party)].leaker = true;
}

/* A no without a reason is no answer (VEX asks for one of five). */
static int check_judged(const struct case_state *state, const struct event *event, struct error *err)
{
	bool not_affected = str_equal(event_text(event, "status"), "not-affected");
	bool reason = event_text(event, "justification") || event_text(event, "impact");

	if (not_affected && !reason)
		return error_set(err, ERR_NO, state->id, _("Give --because or --impact"),
				 _("rule affected: not-affected needs a justification"));
	if (!not_affected && event_text(event, "justification"))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule affected: only not-affected has a justification"));
	return affected_row.check(state, event, err);
}

static void apply_judged(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;

	affected_row.apply(folded, event);
	for (size_t i = 0; i < state->affected_count; i++) {
		struct case_affected *row = &state->affected[i];

		if (!str_equal(row->product, event_text(event, "product")) ||
		    !str_equal(row->version, event_text(event, "version")))
			continue;
		row->justification = event_text(event, "justification");
		row->impact = event_text(event, "impact");
		row->by = event_text(event, "by");
	}
}

/* A vulnerability is decided by a bar, in one of its versions; anything else by a reason, which of a duplicate can be
 * the case it is the same as. */
static int check_qualified(const struct case_state *state, const struct event *event,
			   struct error *err)
{
	const char *outcome = event_text(event, "outcome");
	const char *bar = event_text(event, "bar"), *original = event_text(event, "original");
	const char *reason = event_text(event, "reason");
	const char *needed = str_equal(outcome, "vulnerability") ? bar : reason ? reason : original;

	if (!needed || !needed[strspn(needed, " \t\r\n")])
		return error_set(err, ERR_NO, state->id, NULL,
				 str_equal(outcome, "vulnerability") ?
					 _("rule bar: the decision names no version of a bug bar") :
					 _("rule bar: to turn it down needs a reason"));
	if (str_equal(outcome, "duplicate") && (!original || str_casecmp(original, state->id) == 0))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule bar: a duplicate names its original"));
	return 0;
}

static void apply_qualified(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;

	apply_record(folded, event);
	state->outcome = event_text(event, "outcome");
	state->priority = event_text(event, "priority");
	if (state->times.triaged == INSTANT_NONE)
		state->times.triaged = event->at;
	if (state->times.confirmed == INSTANT_NONE && str_equal(state->outcome, "vulnerability"))
		state->times.confirmed = event->at;
}

static void apply_source(struct folded *folded, const struct event *event)
{
	char *source = event_text(event, "source");

	folded->state.source = *source ? source : NULL;
}

static void apply_incident(struct folded *folded, const struct event *event)
{
	apply_record(folded, event);
	folded->state.incident = str_equal(event_text(event, "state"), "open");
}

/* Texts, releases and approvals are of an advisory that was begun. */
static int check_of_advisory(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "advisory");

	if (!state->advisory || (id && !str_equal(state->advisory->id, id)))
		return error_set(err, ERR_NO, str_or_empty(state->id), _("Begin it with `advisory new`"),
				 _("rule advisory: the case has no such advisory"));
	return check_record(state, event, err);
}

static void apply_advisory_text(struct folded *folded, const struct event *event)
{
	apply_record(folded, event);
	folded->advisory.changed_at = event->at;
}

static void apply_published(struct folded *folded, const struct event *event)
{
	apply_record(folded, event);
	folded->advisory.version++;
	if (folded->state.times.published == INSTANT_NONE && str_equal(event_text(event, "tlp"), "CLEAR"))
		folded->state.times.published = event->at;
}

/* A risk is accepted for a time, never for good. */
static int check_risk(const struct case_state *state, const struct event *event, struct error *err)
{
	if (str_equal(event_text(event, "state"), "accepted") &&
	    event_instant(event, "until") <= event->at)
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule risk: an acceptance ends in the future"));
	return check_record(state, event, err);
}

const struct fold_row record_row = { check_record, apply_record };
const struct fold_row handed_over_row = { check_record, apply_handed_over };
const struct fold_row leak_row = { check_leak, apply_leak };
const struct fold_row judged_row = { check_judged, apply_judged };
const struct fold_row qualified_row = { check_qualified, apply_qualified };
const struct fold_row source_row = { NULL, apply_source };
const struct fold_row incident_row = { check_record, apply_incident };
const struct fold_row tracker_row = { check_record, apply_record };
const struct fold_row credit_row = { check_record, apply_record };
const struct fold_row advisory_text_row = { check_of_advisory, apply_advisory_text };
const struct fold_row advisory_told_row = { check_of_advisory, apply_record };
const struct fold_row published_row = { check_of_advisory, apply_published };
const struct fold_row risk_row = { check_risk, apply_record };
