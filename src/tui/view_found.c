/* SPDX-License-Identifier: Apache-2.0 */
/* What a search found, newest first; Enter opens the case. */
#include "tui/cells.h"

enum { FOUND_LIMIT = 500 };

static void found_load(struct view *view)
{
	struct desk *desk = view->context->desk;
	struct desk_hit *hits = NULL;
	size_t count = 0;

	free(view->items);
	view->items = NULL;
	if (!desk || desk_search(desk, str_or_empty(view->subject), false, FOUND_LIMIT, &hits, &count, NULL))
		return;
	view->items = hits;
	for (size_t i = 0; i < count; i++)
		view_add(view, &hits[i], i);
}

static const char *found_case(const struct row *row)
{
	const struct desk_hit *hit = row->item;

	return *hit->case_id ? hit->case_id : NULL;
}

static const char *found_mail(const struct row *row)
{
	const struct desk_hit *hit = row->item;

	return *hit->mail_id ? hit->mail_id : NULL;
}

static void found_id(const struct row *row, struct str *ret)
{
	str_add_hex(ret, ((const struct desk_hit *)row->item)->event, 8);
}

enum found_column { FOUND_WHEN, FOUND_PLACE, FOUND_LINE };
static const struct column found_columns[] = {
	[FOUND_WHEN] = { N_("when"), 16, 60, false },
	[FOUND_PLACE] = { N_("where"), 15, 0, false },
	[FOUND_LINE] = { N_("what"), 0, 0, false },
};

static void found_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct desk_hit *hit = row->item;
	char when[40];

	(void)view;
	switch ((enum found_column)column) {
	case FOUND_WHEN:
		instant_format(hit->at, when);
		when[10] = ' ';
		when[16] = '\0';
		cell_set(ret, ROLE_NORMAL, when);
		break;
	case FOUND_PLACE:
		cell_set(ret, ROLE_ID, *hit->case_id ? hit->case_id : hit->mail_id);
		break;
	case FOUND_LINE:
		cell_set(ret, ROLE_NORMAL, hit->line);
		break;
	}
}

static void found_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct desk_hit *hit = row->item;
	const struct case_state *state = *hit->case_id ? model_find_case(view_model(view), hit->case_id) : NULL;

	doc_line(doc);
	doc_run(doc, ROLE_NORMAL, hit->line);
	if (state)
		case_preview(view, state, doc);
}

const struct view_ops found_view = {
	.name = "found", .title = N_("Found"), .brief = N_("Found"),
	.empty = N_("Nothing holds all of these words."),
	.columns = found_columns, .column_count = ARRAY_LEN(found_columns),
	.load = found_load, .cell = found_cell, .row_id = found_id, .row_case = found_case, .row_mail = found_mail,
	.preview = found_preview,
};
