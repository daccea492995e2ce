/* SPDX-License-Identifier: Apache-2.0 */
/* The panes that look across all cases. */
#include "tui/cells.h"

/* ---- rows that are cases at a glance: the case list, triage, advisories */

static const struct case_state *case_state_of(const struct row *row)
{
	return glance_case(row->item);
}

static const char *case_of(const struct row *row)
{
	return ((const struct case_glance *)row->item)->id;
}

static void case_row_id(const struct row *row, struct str *ret)
{
	str_add(ret, case_of(row));
}

static void cases_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++)
		view_add(view, model_glance(model, i), i);
}

enum case_column { CASE_MARKS, CASE_ID, CASE_RM, CASE_SEVERITY, CASE_TITLE, CASE_DUE, CASE_WHAT, CASE_EMBARGO,
		   CASE_ASSIGNEE };
static const struct column case_columns[] = {
	[CASE_MARKS] = { "", 3, 0, false },
	[CASE_ID] = { N_("case"), 15, 0, false },
	[CASE_RM] = { N_("state"), 8, 66, false },
	[CASE_SEVERITY] = { N_("severity"), 8, 0, false },
	[CASE_TITLE] = { N_("title"), 0, 0, false },
	[CASE_DUE] = { N_("due"), 10, 0, false },
	[CASE_WHAT] = { N_("what"), 14, 96, false },
	[CASE_EMBARGO] = { N_("embargo"), 30, 124, false },
	[CASE_ASSIGNEE] = { N_("assignee"), 12, 150, false },
};

static void case_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_state *state = case_state_of(row);
	instant now = view_now(view);

	switch ((enum case_column)column) {
	case CASE_MARKS: cell_marks(ret, state, now); break;
	case CASE_ID: cell_set(ret, ROLE_ID, state->id); break;
	case CASE_RM: cell_set(ret, ROLE_NORMAL, rm_name(state->rm)); break;
	/* Where there is no score nothing stands: in a tall list a sign for it costs as much as a word. */
	case CASE_SEVERITY: if (case_leading_score(state)) cell_severity(ret, state); break;
	case CASE_TITLE: cell_set(ret, ROLE_NORMAL, state->title); break;
	case CASE_DUE: cell_due(ret, state, now); break;
	case CASE_WHAT: cell_due_what(ret, state, now); break;
	case CASE_EMBARGO: cell_embargo(ret, &state->embargo); break;
	case CASE_ASSIGNEE: cell_set(ret, ROLE_NORMAL, state->assignee); break;
	}
}

static void preview_of_case(const struct view *view, const struct row *row, struct doc *doc)
{
	case_preview(view, view_whole(view, case_state_of(row)), doc);
}

const struct view_ops cases_view = {
	.name = "cases", .title = N_("Cases"), .brief = N_("Cases"),
	.empty = N_("No case yet. \"t\" in the inbox takes a mail, \":case new TITLE\" opens one."),
	.columns = case_columns, .column_count = ARRAY_LEN(case_columns),
	.load = cases_load, .cell = case_cell, .row_id = case_row_id, .row_case = case_of,
	.row_state = case_state_of, .preview = preview_of_case,
};

/* ---- triage: what still needs a decision, the soonest due first */

static bool needs_decision(const struct case_glance *glance)
{
	return glance->rm == RM_RECEIVED || glance->rm == RM_INVALID || glance->rm == RM_VALID;
}

struct due_row { struct row row; instant due; };

static int due_compare(const void *a, const void *b)
{
	const struct due_row *x = a, *y = b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->row.index < y->row.index ? -1 : x->row.index > y->row.index;
}

/* Sorts the rows by what is due next; rows with nothing due come last. */
static void rows_by_due(struct view *view)
{
	struct due_row *keyed = mem_alloc((view->row_count + 1) * sizeof(*keyed));
	const char *what;
	instant at;

	for (size_t i = 0; i < view->row_count; i++) {
		keyed[i].row = view->rows[i];
		keyed[i].due = glance_next_due(view->rows[i].item, &what, &at) ? at : INT64_MAX;
	}
	qsort(keyed, view->row_count, sizeof(*keyed), due_compare);
	for (size_t i = 0; i < view->row_count; i++)
		view->rows[i] = keyed[i].row;
	free(keyed);
}

static void triage_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++)
		if (needs_decision(model_glance(model, i)))
			view_add(view, model_glance(model, i), i);
	rows_by_due(view);
}

static void preview_of_triage(const struct view *view, const struct row *row, struct doc *doc)
{
	triage_preview(view, view_whole(view, case_state_of(row)), doc);
}

const struct view_ops triage_view = {
	.name = "triage", .title = N_("Triage"), .brief = N_("Tri"),
	.empty = N_("Nothing waits for a decision."),
	.columns = case_columns, .column_count = ARRAY_LEN(case_columns),
	.load = triage_load, .cell = case_cell, .row_id = case_row_id, .row_case = case_of,
	.row_state = case_state_of, .preview = preview_of_triage, .counted = true,
};

/* ---- reproduction notes of all cases */

static const char *repro_case(const struct row *row)
{
	return ((const struct case_state *)row->item)->id;
}

static void repro_row_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%s %zu", repro_case(row), row->index);
}

static const struct case_repro *repro_of(const struct row *row)
{
	return &((const struct case_state *)row->item)->repros[row->index];
}

static void repro_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++)
		for (size_t j = 0; j < model_case(model, i)->repro_count; j++)
			view_add(view, model_case(model, i), j);
}

enum repro_column { REPRO_AT, REPRO_CASE, REPRO_VERDICT, REPRO_BUILD, REPRO_ENVIRONMENT, REPRO_AUTHOR };
static const struct column repro_columns[] = {
	[REPRO_AT] = { N_("when"), 11, 0, false },
	[REPRO_CASE] = { N_("case"), 15, 0, false },
	[REPRO_VERDICT] = { N_("verdict"), 14, 0, false },
	[REPRO_BUILD] = { N_("build"), 14, 66, false },
	[REPRO_ENVIRONMENT] = { N_("environment"), 0, 0, false },
	[REPRO_AUTHOR] = { N_("by"), 14, 100, false },
};

static void repro_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_repro *repro = repro_of(row);
	bool reproduced = str_equal(repro->verdict, "reproduced");

	(void)view;
	switch ((enum repro_column)column) {
	case REPRO_AT: cell_time(ret, repro->at, false); break;
	case REPRO_CASE: cell_set(ret, ROLE_ID, repro_case(row)); break;
	case REPRO_VERDICT: cell_set(ret, reproduced ? ROLE_TITLE : ROLE_NORMAL, repro->verdict); break;
	case REPRO_BUILD: cell_set(ret, ROLE_NORMAL, repro->build); break;
	case REPRO_ENVIRONMENT: cell_set(ret, ROLE_NORMAL, repro->environment); break;
	case REPRO_AUTHOR: cell_set(ret, ROLE_NORMAL, repro->author); break;
	}
}

static void repro_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct case_repro *repro;

	view_whole(view, row->item);
	repro = repro_of(row);
	doc_field(doc, _("verdict"), ROLE_TITLE, repro->verdict);
	doc_field(doc, _("build"), ROLE_NORMAL, repro->build);
	doc_field(doc, _("environment"), ROLE_NORMAL, repro->environment);
	doc_field(doc, _("by"), ROLE_NORMAL, repro->author);
	doc_time(doc, _("when"), ROLE_NORMAL, repro->at);
	file_list_lines(doc, repro->attachments, repro->attachment_count);
	doc_block(doc, ROLE_BODY, str_or_empty(repro->steps), true);
}

const struct view_ops repro_view = {
	.name = "repro", .title = N_("Repro"), .brief = N_("Rep"),
	.empty = N_("No reproduction note yet. \":repro add CASE\" writes one."),
	.columns = repro_columns, .column_count = ARRAY_LEN(repro_columns),
	.load = repro_load, .cell = repro_cell, .row_id = repro_row_id, .row_case = repro_case,
	.preview = repro_preview, .tab = "reproduction",
};

static void reproduction_load(struct view *view)
{
	const struct case_state *state = view_case(view);

	for (size_t i = 0; state && i < state->repro_count; i++)
		view_add(view, state, i);
}

/* The case is the one that is open. */
static const struct column reproduction_columns[] = {
	[REPRO_AT] = { N_("when"), 11, 0, false },
	[REPRO_CASE] = { N_("case"), 15, COLUMN_NEVER, false },
	[REPRO_VERDICT] = { N_("verdict"), 14, 0, false },
	[REPRO_BUILD] = { N_("build"), 14, 0, false },
	[REPRO_ENVIRONMENT] = { N_("environment"), 0, 0, false },
	[REPRO_AUTHOR] = { N_("by"), 14, 78, false },
};

const struct view_ops reproduction_tab = {
	.name = "reproduction", .title = N_("Reproduction"), .brief = N_("Repro"),
	.empty = N_("No reproduction note yet; \"x\" writes one."),
	.columns = reproduction_columns, .column_count = ARRAY_LEN(reproduction_columns),
	.load = reproduction_load, .cell = repro_cell, .row_id = repro_row_id, .row_case = repro_case,
	.preview = repro_preview,
};

/* ---- advisory drafts */

static void advisories_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++)
		if (model_case(model, i)->advisory)
			view_add(view, model_glance(model, i), i);
}

enum advisory_column { ADV_ID, ADV_STATUS, ADV_TLP, ADV_SEVERITY, ADV_TITLE, ADV_CHANGED };
static const struct column advisory_columns[] = {
	[ADV_ID] = { N_("advisory"), 18, 0, false },
	[ADV_STATUS] = { N_("status"), 7, 0, false },
	[ADV_TLP] = { "TLP", 12, 66, false },
	[ADV_SEVERITY] = { N_("severity"), 8, 0, false },
	[ADV_TITLE] = { N_("title"), 0, 0, false },
	[ADV_CHANGED] = { N_("changed"), 11, 66, false },
};

static void advisory_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_state *state = case_state_of(row);
	const struct case_advisory *advisory = state->advisory;

	(void)view;
	switch ((enum advisory_column)column) {
	case ADV_ID: cell_set(ret, ROLE_ID, advisory->id); break;
	case ADV_STATUS: cell_set(ret, ROLE_NORMAL, advisory->version ? _("final") : _("draft")); break;
	case ADV_TLP: cell_set(ret, ROLE_NORMAL, advisory->tlp); break;
	case ADV_SEVERITY: cell_severity(ret, state); break;
	case ADV_TITLE: cell_set(ret, ROLE_NORMAL, advisory->title); break;
	case ADV_CHANGED: cell_time(ret, advisory->changed_at, false); break;
	}
}

static void preview_of_advisory(const struct view *view, const struct row *row, struct doc *doc)
{
	advisory_preview(view, view_whole(view, case_state_of(row)), doc);
}

const struct view_ops advisories_view = {
	.name = "advisories", .title = N_("Advisories"), .brief = N_("Adv"),
	.empty = N_("No advisory is being drafted. \":advisory new CASE\" begins one."),
	.columns = advisory_columns, .column_count = ARRAY_LEN(advisory_columns),
	.load = advisories_load, .cell = advisory_cell, .row_id = case_row_id, .row_case = case_of,
	.row_state = case_state_of, .preview = preview_of_advisory, .tab = "advisory",
};
