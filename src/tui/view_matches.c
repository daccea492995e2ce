/* SPDX-License-Identifier: Apache-2.0 */
/* What feeds say of what our products are made of and nobody decided about yet: each match with what it rests on. */
#include "psirtty/desk/match.h"

#include "tui/cells.h"

struct match_list { struct desk_match *items; size_t count; };

static void list_free(void *items)
{
	struct match_list *list = items;

	free(list->items);
	free(list);
}

static void matches_load(struct view *view)
{
	const struct desk_match_query query = { .which = MATCHES_QUEUE };
	struct match_list *list = mem_alloc(sizeof(*list));

	if (desk_matches(view->context->desk, &query, &list->items, &list->count, NULL))
		list->count = 0;
	view_take_items(view, list, list_free);
	for (size_t i = 0; i < list->count; i++)
		view_add(view, &list->items[i], i);
}

static void match_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct desk_match *)row->item)->id);
}

/* By Enter the page of the flaw. */
static void match_subject(const struct view *view, const struct row *row, struct str *ret)
{
	(void)view;
	str_add(ret, ((const struct desk_match *)row->item)->vulnerability);
}

static enum role answer_role(const struct desk_match *match)
{
	return match->answer != MATCH_YES ? ROLE_DUE : match->certain ? ROLE_SEVERITY_HIGH : ROLE_SEVERITY_MEDIUM;
}

/* "!" exploited; "@" decided once, and other things are known now; "?" not certain. */
static const char *mark_of(const struct desk_match *match, char buffer[4])
{
	snprintf(buffer, 4, "%s%s", match->exploited ? "!" : " ",
		 match->changed ? "@" : match->answer == MATCH_YES && match->certain ? " " : "?");
	return buffer;
}

enum match_column { MATCH_MARK, MATCH_FLAW, MATCH_ANSWER_WORD, MATCH_PRODUCT, MATCH_COMPONENT, MATCH_SINCE, MATCH_TITLE };
static const struct column match_columns[] = {
	[MATCH_MARK] = { "", 2, 0, false },
	[MATCH_FLAW] = { N_("flaw"), 16, 0, false },
	[MATCH_ANSWER_WORD] = { N_("answer"), 12, 0, false },
	[MATCH_PRODUCT] = { N_("product"), 12, 0, false },
	[MATCH_COMPONENT] = { N_("component"), 0, 0, false },
	[MATCH_SINCE] = { N_("since"), 10, 70, false },
	[MATCH_TITLE] = { N_("title"), 40, 150, false },
};

static void match_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct desk_match *match = row->item;
	char buffer[40];

	(void)view;
	switch ((enum match_column)column) {
	case MATCH_MARK: cell_set(ret, match->exploited ? ROLE_OVERDUE : ROLE_DUE, mark_of(match, buffer)); break;
	case MATCH_FLAW: cell_set(ret, ROLE_ID, match->vulnerability); break;
	case MATCH_ANSWER_WORD: cell_set(ret, answer_role(match), match_answer_name(match->answer)); break;
	case MATCH_PRODUCT: cell_set(ret, ROLE_NORMAL, match->product); break;
	case MATCH_COMPONENT: cell_set(ret, ROLE_NORMAL, match->component); break;
	case MATCH_SINCE: if (match->since != INSTANT_NONE) cell_set(ret, ROLE_NORMAL, instant_format_date(match->since, buffer)); break;
	case MATCH_TITLE: cell_set(ret, ROLE_NORMAL, match->title); break;
	}
}

/* ---- the preview */

static void witness_line(const struct match_witness *witness, struct doc *doc)
{
	doc_line(doc);
	doc_format(doc, ROLE_NORMAL, "  %s  ", witness->answer);
	doc_format(doc, ROLE_ID, "%s %s  ", witness->source, witness->record);
	doc_wrapped(doc, ROLE_NORMAL, 4, witness->range);
	doc_format(doc, ROLE_DIM, _("  by %s%s"), witness->rule, witness->certain ? "" : _(", not certain"));
	if (*witness->why) {
		doc_run(doc, ROLE_DIM, ": ");
		doc_wrapped(doc, ROLE_WARNING, 4, _(witness->why));
	}
}

static void place_lines(const struct desk_match *match, size_t at, struct doc *doc)
{
	struct match_place place;

	desk_match_place(match, at, &place);
	doc_line(doc);
	doc_mark_heading(doc);
	doc_format(doc, ROLE_TITLE, "%s %s  ", match->product, place.version);
	doc_wrapped(doc, ROLE_NORMAL, 2, place.path);
	if (place.conflict)
		doc_sentence(doc, ROLE_WARNING, _("! The sources do not agree."));
	if (place.proof) {
		AUTO_STRING line = mem_format(_("closed by %s of %s"), place.proof, place.proof_source);

		doc_sentence(doc, ROLE_VERIFIED, line);
	}
	for (size_t i = 0; i < place.evidence; i++) {
		struct match_witness witness;

		desk_match_witness(match, at, i, &witness);
		witness_line(&witness, doc);
	}
}

static void decision_line(const struct desk_match *match, struct doc *doc)
{
	AUTO_STRING line = NULL;

	if (!match->decision)
		return;
	line = mem_format("%s %s %s, %s", match_decided_name(match->decided), str_or_empty(match->decision->case_id),
			  str_or_empty(match->decision->reason), match->decision->by);
	doc_field(doc, _("decided"), ROLE_NORMAL, line);
	if (match->changed)
		doc_sentence(doc, ROLE_WARNING, _("@ What is known now is not what was known then."));
}

static void match_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct desk_match *match = row->item;
	AUTO_STR unknown = STR_INIT;
	AUTO_STRING line = mem_format("%s%s%s", match_answer_name(match->answer), match->certain ? "" : _(", not certain"),
				      match->conflict ? _(", sources do not agree") : "");

	doc_field(doc, match->vulnerability, ROLE_TITLE, *match->title ? match->title : match->component);
	doc_field(doc, _("answer"), answer_role(match), line);
	flaw_facts(view, match->vulnerability, doc);
	decision_line(match, doc);
	for (size_t i = 0; i < desk_match_places(match); i++)
		place_lines(match, i, doc);
	desk_match_unknown(view->context->desk, &unknown);
	if (unknown.length) {
		AUTO_STRING sentence = mem_format(_("? No source of the last run knows components of these kinds: %s"), unknown.bytes);

		doc_line(doc);
		doc_sentence(doc, ROLE_WARNING, sentence);
	}
}

const struct view_ops matches_view = {
	.name = "matches", .title = N_("Matches"), .brief = N_("Match"),
	.empty = N_("Nothing waits for a decision. What was never held against feeds is unknown: \"R\" does it."),
	.columns = match_columns, .column_count = ARRAY_LEN(match_columns),
	.load = matches_load, .cell = match_cell, .row_id = match_id, .preview = match_preview,
	.opens = &flaw_view, .row_subject = match_subject,
};
