/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case as the fold of its events: the table of what each type does, and undo, which is the same
 * fold without the events taken back.
 */
#include "model/case.h"

#include "psirtty/base/i18n.h"

/* ---- opening */

static void apply_opened(struct folded *folded, const struct event *event)
{
	folded->state.id = event_text(event, "case");
	folded->state.title = event_text(event, "title");
	folded->state.opened = event->at;
	folded->state.source = event_text(event, "source");
}

static const struct fold_row opened_row = { NULL, apply_opened };

/* It stands in the timeline and changes nothing. */
static void apply_nothing(struct folded *folded, const struct event *event)
{
	(void)folded;
	(void)event;
}

static const struct fold_row told_row = { NULL, apply_nothing };

static const struct fold_row *const rows[] = {
	[EVENT_CASE_OPENED] = &opened_row,
	[EVENT_REPORT_RECEIVED] = &report_row,
	[EVENT_MESSAGE_RECEIVED] = &message_received_row,
	[EVENT_MESSAGE_SENT] = &message_sent_row,
	[EVENT_TITLE_SET] = &title_row,
	[EVENT_SUMMARY_SET] = &summary_row,
	[EVENT_STATE_SET] = &state_row,
	[EVENT_DISCLOSURE_SET] = &disclosure_row,
	[EVENT_SCORE_SET] = &score_row,
	[EVENT_CWE_SET] = &cwe_row,
	[EVENT_ID_ADDED] = &id_row,
	[EVENT_AFFECTED_SET] = &affected_row,
	[EVENT_REMEDIATION_SET] = &remediation_row,
	[EVENT_ASSIGNED] = &assigned_row,
	[EVENT_NOTE_ADDED] = &note_row,
	[EVENT_REPRO_ADDED] = &repro_row,
	[EVENT_PARTY_ADDED] = &party_row,
	[EVENT_EMBARGO_PROPOSED] = &proposed_row,
	[EVENT_EMBARGO_ACCEPTED] = &accepted_row,
	[EVENT_EMBARGO_REJECTED] = &rejected_row,
	[EVENT_EMBARGO_TERMINATED] = &terminated_row,
	[EVENT_ADVISORY_DRAFTED] = &advisory_row,
	[EVENT_TERMS_PROPOSED] = &terms_proposed_row,
	[EVENT_TERMS_ACCEPTED] = &terms_accepted_row,
	[EVENT_TERMS_REJECTED] = &terms_rejected_row,
	[EVENT_EMBARGO_ENDED] = &ended_row,
	[EVENT_PARTY_SET] = &party_set_row,
	[EVENT_OWNER_SET] = &owner_row,
	[EVENT_PARTY_INVITED] = &invited_row,
	[EVENT_PARTY_STATE] = &party_state_row,
	[EVENT_PARTY_DISCLOSURE] = &party_disclosure_row,
	[EVENT_LEAK_RECORDED] = &leak_row,
	[EVENT_QUALIFIED] = &qualified_row,
	[EVENT_HANDED_OVER] = &handed_over_row,
	[EVENT_AFFECTED_JUDGED] = &judged_row,
	[EVENT_MERGED] = &merged_row,
	[EVENT_MERGE_TAKEN] = &merge_taken_row,
	[EVENT_SPLIT_OFF] = &split_off_row,
	[EVENT_SPLIT_FROM] = &split_from_row,
	[EVENT_REPORT_MARKED] = &record_row,
	[EVENT_SOURCE_SET] = &source_row,
	[EVENT_CREDIT_SET] = &credit_row,
	[EVENT_TRACKER_SET] = &tracker_row,
	[EVENT_GRADE_SET] = &record_row,
	[EVENT_VARIANT_SET] = &record_row,
	[EVENT_ROOT_CAUSE_SET] = &record_row,
	[EVENT_OPTION_SET] = &record_row,
	[EVENT_PLAN_SET] = &record_row,
	[EVENT_WORKAROUND_SET] = &record_row,
	[EVENT_FIX_VALIDATED] = &record_row,
	[EVENT_SIGNED_OFF] = &record_row,
	[EVENT_RISK_SET] = &risk_row,
	[EVENT_INCIDENT_SET] = &incident_row,
	[EVENT_SITUATION_LOGGED] = &record_row,
	[EVENT_TASK_SET] = &record_row,
	[EVENT_POST_MORTEM_SET] = &record_row,
	[EVENT_REPRO_RUN] = &record_row,
	[EVENT_FILE_EXPORTED] = &record_row,
	[EVENT_GATE_EVALUATED] = &record_row,
	[EVENT_GATE_CLEARED] = &record_row,
	[EVENT_EARLY_PUBLICATION] = &record_row,
	[EVENT_COLLISION_DECIDED] = &record_row,
	[EVENT_LETTER_BEGUN] = &record_row,
	[EVENT_LETTER_FAILED] = &record_row,
	[EVENT_ADVISORY_TEXT] = &advisory_text_row,
	[EVENT_ADVISORY_PREPARED] = &advisory_told_row,
	[EVENT_ADVISORY_APPROVED] = &advisory_told_row,
	[EVENT_ADVISORY_PUBLISHED] = &published_row,
	[EVENT_MATCH_CHANGED] = &record_row,
	[EVENT_CASE_EXPORTED] = &told_row,
	[EVENT_CASE_IMPORTED] = &told_row,
	[EVENT_CLOCK_STARTED] = &clock_started_row,
	[EVENT_CLOCK_STOPPED] = &clock_stopped_row,
	[EVENT_CLOCK_PAUSED] = &clock_paused_row,
	[EVENT_CLOCK_RESUMED] = &clock_resumed_row,
	[EVENT_CLOCK_FILED] = &clock_filed_row,
	[EVENT_FILING_DRAFTED] = &filing_row,
};

static void derived_init(struct folded *folded)
{
	folded->state.updated = INSTANT_NONE;
	folded->state.first_report = folded->state.unanswered = INSTANT_NONE;
	folded->state.task_due = folded->state.risk_until = INSTANT_NONE;
	folded->state.times = (struct case_times){ INSTANT_NONE, INSTANT_NONE, INSTANT_NONE,
						   INSTANT_NONE, INSTANT_NONE };
	folded->state.embargo.until.at = INSTANT_NONE;
	folded->state.embargo.proposed.at = INSTANT_NONE;
	folded->state.embargo.proposed_at = INSTANT_NONE;
	folded->state.embargo.accepted_at = INSTANT_NONE;
	folded->state.embargo.ended_at = INSTANT_NONE;
	folded->state.embargo.inherited = INSTANT_NONE;
	folded->state.embargo.force = -1;
	folded->state.embargo.shortest = -1;
}

struct folded *folded_new(const uint8_t stream[16])
{
	struct folded *folded = mem_alloc(sizeof(*folded));

	memcpy(folded->state.stream, stream, sizeof(folded->state.stream));
	derived_init(folded);
	return folded;
}

void folded_free(struct folded *folded)
{
	if (!folded)
		return;
	folded_release_derived(folded);
	for (size_t i = 0; i < folded->state.event_count; i++)
		json_decref(folded->state.events[i].body);
	free(folded->state.events);
	free(folded->state.undone);
	free(folded->targets);
	free(folded);
}

static int check_row(const struct folded *folded, const struct event *event, struct error *err)
{
	const struct fold_row *row = rows[event->type];
	int code = row->check ? row->check(&folded->state, event, err) : 0;

	return code ? code : rules_check(&folded->state, event, err);
}

static void apply_row(struct folded *folded, const struct event *event)
{
	rows[event->type]->apply(folded, event);
	clock_facts_note(folded, event);
}

static void note_time(struct folded *folded, instant at)
{
	if (at > folded->state.updated)
		folded->state.updated = at;
}

/* ---- undo */

/* The place of the event whose id BODY names, or NO_TARGET. */
static size_t find_target(const struct folded *folded, const struct event *event)
{
	uint8_t id[32];
	size_t i = folded->state.event_count;

	if (strlen(event_text(event, "event")) != 64 ||
	    str_unhex(event_text(event, "event"), id, sizeof(id)) != sizeof(id))
		return NO_TARGET;
	while (i > 0)
		if (memcmp(folded->state.events[--i].id, id, sizeof(id)) == 0)
			return i;
	return NO_TARGET;
}

static int check_target(const struct folded *folded, size_t target, struct error *err)
{
	const struct event_info *info;

	if (target == NO_TARGET)
		return error_set(err, ERR_NO, folded->state.id, NULL,
				 _("rule undo: that event is not of this case"));
	info = event_info(folded->state.events[target].type);
	if (!info->undoable)
		return error_set(err, ERR_NO, folded->state.id, NULL,
				 _("rule undo: %s cannot be taken back"), info->wire);
	if (folded->state.undone[target])
		return error_set(err, ERR_NO, folded->state.id, NULL,
				 _("rule undo: that event is taken back already"));
	return 0;
}

/* Marks what TARGET being undone by one more event leaves undone. An undo points backwards only, so
 * one walk from the end settles which undos are themselves undone. */
static bool *mark_undone(const struct folded *folded, size_t target)
{
	size_t count = folded->state.event_count;
	bool *undone = mem_alloc(count * sizeof(*undone));

	undone[target] = true;
	for (size_t i = count; i-- > 0;)
		if (folded->targets[i] != NO_TARGET && !undone[i])
			undone[folded->targets[i]] = true;
	return undone;
}

/* Folds the events that are not UNDONE into the empty *RET. */
static int refold(const struct folded *folded, const bool *undone, struct folded *ret,
		  struct error *err)
{
	derived_init(ret);
	for (size_t i = 0; i < folded->state.event_count; i++) {
		const struct event *event = &folded->state.events[i];
		AUTO_ERROR reason = ERROR_INIT;
		char date[40];

		note_time(ret, event->at);
		if (undone[i] || event->type == EVENT_UNDONE)
			continue;
		if (check_row(ret, event, &reason) != 0)
			return error_set(err, ERR_NO, folded->state.id, _("Undo that event first"),
					 _("rule undo: without it %s of %s is not possible: %s"),
					 event_info(event->type)->wire,
					 instant_format(event->at, date), reason.why);
		apply_row(ret, event);
	}
	return 0;
}

/* The fold as it is once EVENT, an undo, counts too; *RET holds derived state only. */
static int fold_undo(const struct folded *folded, const struct event *event, struct folded *ret,
		     bool **ret_undone, struct error *err)
{
	size_t target = find_target(folded, event);
	int code = check_target(folded, target, err);
	bool *undone;

	if (code)
		return code;
	undone = mark_undone(folded, target);
	code = refold(folded, undone, ret, err);
	if (code)
		free(undone);
	else
		*ret_undone = undone;
	return code;
}

static void take_over(struct folded *folded, struct folded *fresh, const bool *undone)
{
	struct folded old = *folded;
	bool drafted = fresh->state.advisory != NULL;
	static const enum case_list kept[] = { ROOM_EVENTS, ROOM_UNDONE, ROOM_TARGETS };

	folded_release_derived(folded);
	*folded = *fresh;
	memcpy(folded->state.stream, old.state.stream, sizeof(folded->state.stream));
	folded->state.events = old.state.events;
	folded->state.event_count = old.state.event_count;
	folded->state.undone = old.state.undone;
	folded->undone_count = old.undone_count;
	folded->targets = old.targets;
	folded->target_count = old.target_count;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		folded->room[kept[i]] = old.room[kept[i]];
	folded->state.advisory = drafted ? &folded->advisory : NULL;
	memcpy(folded->state.undone, undone, folded->state.event_count * sizeof(*undone));
}

/* ---- taking events */

static const struct event *event_keep(struct folded *folded, const struct event *event,
				      size_t target)
{
	size_t at = folded->state.event_count;
	struct event *kept = CASE_ADD(folded, events, event_count, ROOM_EVENTS);

	*kept = *event;
	kept->author[sizeof(kept->author) - 1] = 0;
	json_incref(kept->body);
	folded->state.undone = list_open(folded->state.undone, &folded->undone_count,
					 &folded->room[ROOM_UNDONE], sizeof(bool), at);
	folded->targets = list_open(folded->targets, &folded->target_count,
				    &folded->room[ROOM_TARGETS], sizeof(size_t), at);
	folded->targets[at] = target;
	note_time(folded, kept->at);
	return kept;
}

static int take_undo(struct folded *folded, const struct event *event, struct error *err)
{
	size_t target = find_target(folded, event);
	struct folded fresh = { 0 };
	bool *undone;
	int code = fold_undo(folded, event, &fresh, &undone, err);

	if (code) {
		folded_release_derived(&fresh);
		return code;
	}
	take_over(folded, &fresh, undone);
	free(undone);
	event_keep(folded, event, target);
	return 0;
}

int folded_check(const struct folded *folded, const struct event *event, struct error *err)
{
	struct folded fresh = { 0 };
	bool *undone = NULL;
	int code;

	if (event->type != EVENT_UNDONE)
		return check_row(folded, event, err);
	code = fold_undo(folded, event, &fresh, &undone, err);
	folded_release_derived(&fresh);
	free(undone);
	return code;
}

int folded_take(struct folded *folded, const struct event *event, struct error *err)
{
	int code;

	if (event->type == EVENT_UNDONE)
		return take_undo(folded, event, err);
	code = check_row(folded, event, err);
	if (code)
		return code;
	apply_row(folded, event_keep(folded, event, NO_TARGET));
	return 0;
}

const struct event *folded_undo_target(const struct folded *folded, bool redo)
{
	const struct case_state *state = &folded->state;

	for (size_t i = state->event_count; i-- > 0;) {
		const struct event *event = &state->events[i];
		size_t target = folded->targets[i];

		if (state->undone[i] || !event_info(event->type)->undoable)
			continue;
		if (event->type != EVENT_UNDONE)
			return redo ? NULL : event;
		if (redo && state->events[target].type != EVENT_UNDONE)
			return event;
	}
	return NULL;
}

/* The event that EVENT takes back, or NULL. */
static const struct event *undo_target(const struct case_state *state, const struct event *event)
{
	uint8_t id[32];

	if (event->type != EVENT_UNDONE ||
	    str_unhex(str_or_empty(js_string(event->body, "event")), id, sizeof(id)) != (long)sizeof(id))
		return NULL;
	for (size_t i = 0; i < state->event_count; i++)
		if (memcmp(state->events[i].id, id, sizeof(id)) == 0)
			return &state->events[i];
	return NULL;
}

char *case_event_line(const struct case_state *state, const struct event *event)
{
	const struct event *target = undo_target(state, event);
	bool again = false;
	AUTO_STRING line = NULL;

	/* Each step back in the log is one undo; an undo of an undo is a redo. */
	for (const struct event *next = target; next; next = undo_target(state, next)) {
		again = next != target ? !again : again;
		target = next;
	}
	if (!target)
		return event_line(event);
	line = event_line(target);
	return mem_format(again ? _("done again: %s") : _("undone: %s"), line);
}
