/* SPDX-License-Identifier: Apache-2.0 */
/* The tabs of one case. */
#include "tui/cells.h"

#include "psirtty/base/zone.h"

enum { HEAD_NARROW = 80 };

void case_head(const struct case_state *state, instant now, struct doc *doc)
{
	struct cell cell = { STR_INIT, ROLE_NORMAL };
	AUTO_TEXT title = TEXT_INIT;
	bool narrow = doc->width < HEAD_NARROW;

	text_display(&title, state->title, -1, TEXT_LINE);
	doc_line(doc);
	doc_format(doc, ROLE_ID, "%s  ", state->id);
	doc_run(doc, ROLE_TITLE, str_or_empty(state->title));
	if (title.hidden)
		doc_format(doc, ROLE_WARNING, _("  ! %d hidden characters"), title.hidden);
	doc_line(doc);
	doc_format(doc, ROLE_NORMAL, "%s", rm_name(state->rm));
	cell_severity(&cell, state);
	doc_run(doc, ROLE_DIM, " · ");
	/* An embargo's end is told with its hour and zone, whatever else there is room for. */
	if (narrow)
		str_truncate(&cell.text, strcspn(cell.text.bytes, " "));
	doc_run(doc, cell.role, cell.text.bytes);
	str_reset(&cell.text);
	cell_embargo(&cell, &state->embargo);
	doc_run(doc, ROLE_DIM, narrow && state->embargo.state != EM_NONE ? " · ~ " : _(" · embargo "));
	doc_run(doc, cell.role, cell.text.bytes);
	str_release(&cell.text);
	(void)now;
}

/* ---- facts */

void fact_lines(const struct case_state *state, struct doc *doc, enum event_type type, const char *heading)
{
	const struct case_record *record;
	size_t cursor = 0, number = 0;
	char when[40];

	while ((record = case_record_next(state, type, &cursor))) {
		AUTO_STRING line = record_line(record);

		if (!number++)
			doc_heading(doc, heading);
		doc_line(doc);
		doc_format(doc, ROLE_LABEL, "%2zu  %s  ", number, time_full(record->at, when));
		doc_wrapped(doc, ROLE_NORMAL, 26, line);
	}
}

struct fact_heading { enum event_type type; const char *heading; };

static void facts_body(const struct view *view, struct doc *doc, const struct fact_heading *rows, size_t count)
{
	const struct case_state *state = view_case(view);

	for (size_t i = 0; state && i < count; i++)
		fact_lines(state, doc, rows[i].type, _(rows[i].heading));
}

static const struct fact_heading summary_facts[] = {
	{ EVENT_QUALIFIED, N_("Decisions") },           { EVENT_GRADE_SET, N_("Grades") },
	{ EVENT_ROOT_CAUSE_SET, N_("Root cause") },     { EVENT_CREDIT_SET, N_("Credit") },
	{ EVENT_TRACKER_SET, N_("Trackers") },          { EVENT_HANDED_OVER, N_("Hand-overs") },
	{ EVENT_INCIDENT_SET, N_("Situation room") },   { EVENT_SITUATION_LOGGED, N_("Log of the situation room") },
	{ EVENT_POST_MORTEM_SET, N_("Post-mortem") },   { EVENT_FILE_EXPORTED, N_("Files that left") },
}, affected_facts[] = {
	{ EVENT_VARIANT_SET, N_("Variants") },          { EVENT_OPTION_SET, N_("Ways to remedy it") },
	{ EVENT_PLAN_SET, N_("Plan") },                 { EVENT_WORKAROUND_SET, N_("Workarounds") },
	{ EVENT_FIX_VALIDATED, N_("Fix tried") },       { EVENT_SIGNED_OFF, N_("Signed off") },
}, task_facts[] = {
	{ EVENT_TASK_SET, N_("Tasks") },                { EVENT_RISK_SET, N_("Accepted risks") },
}, embargo_facts[] = {
	{ EVENT_LEAK_RECORDED, N_("Leaks") },           { EVENT_MERGE_TAKEN, N_("Merged cases") },
	{ EVENT_SPLIT_OFF, N_("Split-off cases") },
};

/* ---- summary */

static void summary_notes(const struct case_state *state, struct doc *doc)
{
	char when[40];

	if (!state->note_count)
		return;
	doc_heading(doc, _("Notes"));
	for (size_t i = state->note_count; i-- > 0;) {
		doc_line(doc);
		doc_format(doc, ROLE_LABEL, "%s  %s", time_full(state->notes[i].at, when),
			   str_or_empty(state->notes[i].author));
		doc_block(doc, ROLE_BODY, str_or_empty(state->notes[i].text), true);
	}
}

static void summary_conflicts(const struct case_state *state, struct doc *doc)
{
	char when[40];

	if (!state->conflict_count)
		return;
	doc_heading(doc, _("Left out: no rule allows it here"));
	for (size_t i = 0; i < state->conflict_count; i++) {
		const struct case_conflict *conflict = &state->conflicts[i];

		doc_line(doc);
		doc_format(doc, ROLE_LABEL, "%s  %s  ", time_full(conflict->at, when), str_or_empty(conflict->author));
		doc_wrapped(doc, ROLE_WARNING, 2, conflict->what);
		doc_sentence(doc, ROLE_WARNING, conflict->why);
	}
}

static void summary_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);
	char letters[8];

	if (!state)
		return;
	doc_field(doc, _("assignee"), ROLE_NORMAL, state->assignee ? state->assignee : _("nobody"));
	doc_field(doc, "CWE", ROLE_NORMAL, state->cwe);
	for (size_t i = 0; i < state->id_count; i++)
		doc_field(doc, str_or_empty(state->ids[i].system), ROLE_ID, state->ids[i].text);
	score_lines(state, doc);
	for (size_t i = 0; i < state->id_count; i++)
		if (str_equal(state->ids[i].system, "cve"))
			flaw_facts(view, state->ids[i].text, doc);
	doc_field(doc, _("disclosure"), ROLE_NORMAL, cs_format(state->cs, letters));
	doc_time(doc, _("opened"), ROLE_NORMAL, state->opened);
	doc_time(doc, _("updated"), ROLE_NORMAL, state->updated);
	if (state->summary && *state->summary) {
		doc_heading(doc, _("Summary"));
		doc_sentence(doc, ROLE_NORMAL, state->summary);
	}
	for (size_t i = 0; i < state->remediation_count; i++) {
		doc_heading(doc, _("Remediation"));
		doc_field(doc, str_or_empty(state->remediations[i].category), ROLE_NORMAL,
			  str_or_empty(state->remediations[i].details));
		doc_field(doc, "URL", ROLE_NORMAL, state->remediations[i].url);
	}
	summary_conflicts(state, doc);
	summary_notes(state, doc);
	facts_body(view, doc, summary_facts, ARRAY_LEN(summary_facts));
}

const struct view_ops summary_tab = { .name = "summary", .title = N_("Summary"), .brief = N_("Sum"), .body = summary_body };

/* ---- messages */

static void messages_load(struct view *view)
{
	const struct case_state *state = view_case(view);

	for (size_t i = 0; state && i < state->message_count; i++)
		view_add(view, state, i);
}

static void message_row_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%zu", row->index);
}

static void message_subject(const struct view *view, const struct row *row, struct str *ret)
{
	str_add_format(ret, "%s %zu", view->subject, row->index);
}

/* NULL while the case is known in brief only. */
static const struct case_message *message_of(const struct row *row)
{
	const struct case_state *state = row->item;

	return row->index < state->message_count ? &state->messages[row->index] : NULL;
}

static const char *message_mail(const struct row *row)
{
	const struct case_message *message = message_of(row);

	return message ? message->mail : NULL;
}

enum message_column { MESSAGE_WAY, MESSAGE_AT, MESSAGE_VERDICT, MESSAGE_PEER, MESSAGE_SUBJECT };
static const struct column message_columns[] = {
	[MESSAGE_WAY] = { "", 4, 0, false },
	[MESSAGE_AT] = { N_("when"), 11, 0, false },
	[MESSAGE_VERDICT] = { N_("verdict"), 8, 0, false },
	[MESSAGE_PEER] = { N_("who"), 16, 0, false },
	[MESSAGE_SUBJECT] = { N_("subject"), 0, 0, false },
};

static void message_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_message *message;
	bool sent;

	view_whole(view, row->item);
	message = message_of(row);
	if (!message)
		return;
	sent = message->type == EVENT_MESSAGE_SENT;
	switch ((enum message_column)column) {
	case MESSAGE_WAY: cell_set(ret, ROLE_NORMAL, sent ? _("out") : _("in")); break;
	case MESSAGE_AT: cell_time(ret, message->at, false); break;
	case MESSAGE_VERDICT: if (!sent) cell_verdict(ret, message->verdict); break;
	case MESSAGE_PEER: cell_set(ret, ROLE_NORMAL, message->peer); break;
	case MESSAGE_SUBJECT: cell_set(ret, ROLE_NORMAL, message->subject); break;
	}
}

static void message_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct case_message *message;

	view_whole(view, row->item);
	message = message_of(row);
	if (!message)
		return;
	doc_line(doc);
	message_peer_run(message, doc);
	doc_keep(doc);
	file_list_lines(doc, message->attachments, message->attachment_count);
	message_text(view, message, doc);
}

const struct view_ops messages_tab = {
	.name = "messages", .title = N_("Messages"), .brief = N_("Msg"), .empty = N_("No message belongs to this case."),
	.columns = message_columns, .column_count = ARRAY_LEN(message_columns),
	.load = messages_load, .cell = message_cell, .row_id = message_row_id, .row_mail = message_mail,
	.preview = message_preview, .opens = &message_view, .row_subject = message_subject, .at_end = true,
};

/* ---- embargo and parties */

static void embargo_dates(const struct case_embargo *embargo, struct doc *doc)
{
	char buffer[96];

	doc_field(doc, _("state"), ROLE_TITLE, em_name(embargo->state));
	if (embargo->until.at != INSTANT_NONE) {
		doc_field(doc, _("until"), ROLE_EMBARGO, zoned_format(&embargo->until, buffer));
		doc_time(doc, "UTC", ROLE_NORMAL, embargo->until.at);
	}
	if ((embargo->state == EM_PROPOSED || embargo->state == EM_REVISE) && embargo->proposed.at != INSTANT_NONE) {
		doc_field(doc, _("proposed end"), ROLE_DUE, zoned_format(&embargo->proposed, buffer));
		doc_time(doc, "UTC", ROLE_NORMAL, embargo->proposed.at);
		doc_field(doc, _("proposed by"), ROLE_NORMAL, embargo->proposed_by);
	}
	if (embargo->accepted_at != INSTANT_NONE)
		doc_time(doc, _("accepted"), ROLE_NORMAL, embargo->accepted_at);
	if (embargo->ended_at != INSTANT_NONE) {
		doc_time(doc, _("ended"), ROLE_NORMAL, embargo->ended_at);
		doc_field(doc, _("because"), ROLE_NORMAL, embargo->end_reason);
	}
}

/* Which terms it signed, by when it is to answer, how far its own handling is, and the end on its own clocks. */
static void party_ledger(const struct case_state *state, const struct case_party *party, instant now, struct doc *doc)
{
	char when[96], bits[8];

	if (party->terms >= 0)
		doc_format(doc, ROLE_DIM, party->late ? _("  terms %d, late") : _("  terms %d"), party->terms + 1);
	if (party->rm != RM_START || party->cs)
		doc_format(doc, ROLE_DIM, "  %s %.3s", rm_name(party->rm), cs_format(party->cs, bits));
	if (party->leaker)
		doc_run(doc, ROLE_WARNING, _("  leaked"));
	if (party->rsvp != INSTANT_NONE)
		doc_time(doc, now > party->rsvp ? _("silent since") : _("answer due"),
			 now > party->rsvp ? ROLE_OVERDUE : ROLE_DUE, party->rsvp);
	if (party->zone && state->embargo.until.at != INSTANT_NONE && zone_known(party->zone)) {
		struct zoned theirs = zone_at(party->zone, state->embargo.until.at);

		doc_field(doc, _("ends there"), ROLE_EMBARGO, zoned_format(&theirs, when));
	}
}

void parties_lines(const struct case_state *state, instant now, struct doc *doc)
{
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		doc_line(doc);
		doc_label(doc, str_or_empty(party->role));
		doc_format(doc, ROLE_NORMAL, "%s <%s>  ", str_or_empty(party->name), str_or_empty(party->address));
		doc_run(doc, party->consent == CONSENT_SIGNATORY ? ROLE_VERIFIED : ROLE_NORMAL,
			consent_name(party_consent(party, now)));
		party_ledger(state, party, now, doc);
		doc_field(doc, "", ROLE_DIM, party->fingerprint);
	}
}

/* Shown once there is more than one version to tell apart. */
static void terms_lines(const struct case_embargo *embargo, struct doc *doc)
{
	if (embargo->term_count < 2)
		return;
	doc_heading(doc, _("Terms"));
	for (size_t i = 0; i < embargo->term_count; i++) {
		const struct embargo_terms *terms = &embargo->terms[i];
		bool force = (int)i == embargo->force;
		char until[96];

		doc_line(doc);
		doc_format(doc, force ? ROLE_EMBARGO : ROLE_DIM, "%zu  ", i + 1);
		doc_column(doc, force ? ROLE_EMBARGO : ROLE_DIM, 11, force ? _("in force") : terms_state_name(terms->state));
		doc_format(doc, ROLE_NORMAL, "%s  %s", zoned_format(&terms->until, until), str_or_empty(terms->by));
		for (int k = 0; k < ALLOW_COUNT; k++)
			if (terms->allow & 1u << k)
				doc_format(doc, ROLE_DIM, "  %s", allow_words[k]);
	}
}

static void embargo_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);
	const char *warning = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (!state)
		return;
	doc_heading(doc, _("Embargo"));
	doc_field(doc, _("coordinates"), ROLE_NORMAL, state->owner);
	if (state->owner)
		doc_field(doc, _("we"), ROLE_NORMAL, consent_name(case_our_consent(state)));
	embargo_dates(&state->embargo, doc);
	if (embargo_must_end(state->cs) == 2 && (state->embargo.state == EM_ACTIVE || state->embargo.state == EM_REVISE))
		doc_sentence(doc, ROLE_ERROR, _("! The vulnerability is public, exploited or attacked: this embargo must end."));
	else if (embargo_allowed(state->cs, &warning, &err) && state->embargo.state == EM_NONE)
		doc_field(doc, _("not possible"), ROLE_WARNING, err.why);
	if (warning)
		doc_sentence(doc, ROLE_WARNING, _(warning));
	doc_heading(doc, _("Parties"));
	if (!state->party_count)
		doc_sentence(doc, ROLE_DIM, _("Nobody but us knows of this case."));
	parties_lines(state, view_now(view), doc);
	terms_lines(&state->embargo, doc);
	facts_body(view, doc, embargo_facts, ARRAY_LEN(embargo_facts));
}

static const char *embargo_kind(const struct view *view, const struct row *row)
{
	const struct case_state *state = view_case(view);

	(void)row;
	return state && (state->embargo.state == EM_PROPOSED || state->embargo.state == EM_REVISE) ? "proposal" : NULL;
}

const struct view_ops embargo_tab = {
	.name = "embargo", .title = N_("Embargo, parties"), .brief = N_("Emb"), .body = embargo_body, .kind = embargo_kind,
};

/* ---- affected products */

static void affected_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);

	for (size_t i = 0; state && i < state->affected_count; i++) {
		const struct case_affected *affected = &state->affected[i];
		const struct product *product = model_find_product(view_model(view), str_or_empty(affected->product));

		doc_line(doc);
		doc_run(doc, affected->status == AFFECTED_AFFECTED ? ROLE_SEVERITY_HIGH : ROLE_NORMAL,
			affected_name(affected->status));
		doc_format(doc, ROLE_NORMAL, "  %s %s", product && product->name ? product->name : str_or_empty(affected->product),
			   str_or_empty(affected->version));
		if (product && product->vendor)
			doc_format(doc, ROLE_DIM, "  %s", product->vendor);
		if (affected->by)
			doc_format(doc, ROLE_DIM, _("  says %s"), affected->by);
		if (affected->justification)
			doc_format(doc, ROLE_DIM, "  %s", affected->justification);
	}
	facts_body(view, doc, affected_facts, ARRAY_LEN(affected_facts));
}

const struct view_ops affected_tab = {
	.name = "affected", .title = N_("Affected"), .brief = N_("Aff"),
	.empty = N_("No product is marked as affected yet; \"x\" marks one."), .body = affected_body,
};

/* ---- tasks and clocks */

static void tasks_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);
	const struct model *model = view_model(view);
	instant now = view_now(view);
	struct agenda_item *items = NULL;
	size_t count = 0;
	char left[48], when[96], text[200];

	if (!state)
		return;
	model_agenda(model, state->opened - INSTANT_DAY, now + 3660 * INSTANT_DAY, now, &items, &count);
	for (size_t i = 0; i < count; i++) {
		bool reminded = agenda_share(&items[i], now) > 0;

		if (!str_equal(items[i].case_id, state->id))
			continue;
		doc_line(doc);
		doc_run(doc, items[i].overdue ? ROLE_OVERDUE : items[i].embargo ? ROLE_EMBARGO : ROLE_NORMAL,
			items[i].overdue ? "! " : items[i].embargo ? "~ " : "  ");
		doc_column(doc, ROLE_NORMAL, 24, agenda_hour(&items[i], when));
		doc_column(doc, items[i].overdue ? ROLE_OVERDUE : ROLE_DUE, 10, time_left(items[i].at, now, left));
		if (reminded)
			doc_format(doc, ROLE_DUE, "%d %%  ", agenda_share(&items[i], now));
		doc_wrapped(doc, ROLE_TITLE, 36, agenda_short(&items[i], text));
	}
	free(items);
	facts_body(view, doc, task_facts, ARRAY_LEN(task_facts));
}

const struct view_ops tasks_tab = {
	.name = "tasks", .title = N_("Tasks, clocks"), .brief = N_("Task"), .empty = N_("Nothing is due in this case."),
	.body = tasks_body,
};

/* ---- timeline */

/* Where there is little room the line is what counts: the zone and most of a long name are left out. */
enum { TIMELINE_NARROW = 80, TIME_CELLS = 16, NAME_CELLS = 17, NAME_NARROW = 9 };

static void timeline_author(struct doc *doc, int cells, const char *author)
{
	AUTO_TEXT safe = TEXT_INIT;
	AUTO_STRING cut = NULL;
	int width;

	text_display(&safe, author, -1, TEXT_LINE);
	cut = mem_copy(safe.utf8, text_clip(safe.utf8, cells - 1, &width));
	doc_column(doc, ROLE_LABEL, cells, cut);
}

static void timeline_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);
	bool narrow = doc->width < TIMELINE_NARROW;
	char when[40];

	for (size_t i = state ? state->event_count : 0; i-- > 0;) {
		AUTO_STRING line = case_event_line(state, &state->events[i]);
		bool undone = state->undone && state->undone[i];
		int full = (int)strlen(time_full(state->events[i].at, when)), name = narrow ? NAME_NARROW : NAME_CELLS;

		full = narrow && full > TIME_CELLS ? TIME_CELLS : full;
		doc_line(doc);
		doc_format(doc, ROLE_LABEL, "%.*s  ", full, when);
		timeline_author(doc, name, state->events[i].author);
		doc_wrapped(doc, undone ? ROLE_DIM : ROLE_NORMAL, full + 2 + name, line);
		if (undone)
			doc_run(doc, ROLE_DIM, _(" (undone)"));
	}
}

const struct view_ops timeline_tab = {
	.name = "timeline", .title = N_("Timeline"), .brief = N_("Time"), .body = timeline_body,
};
