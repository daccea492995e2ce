/* SPDX-License-Identifier: Apache-2.0 */
/* The saved views, to choose from: each a pane with its filter. */
#include "psirtty/base/i18n.h"
#include "psirtty/command/option.h"
#include "tui/cells.h"

static void saved_load(struct view *view)
{
	const struct options *options = view->context->options;

	for (size_t i = 0; options && i < options->view_count; i++)
		view_add(view, &options->views[i], i);
}

static void saved_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct saved_view *)row->item)->name);
}

enum saved_column { SAVED_NAME, SAVED_PANE, SAVED_FILTER };
static const struct column saved_columns[] = {
	[SAVED_NAME] = { N_("view"), 20, 0, false },
	[SAVED_PANE] = { N_("pane"), 12, 0, false },
	[SAVED_FILTER] = { N_("filter"), 0, 0, false },
};

static void saved_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct saved_view *saved = row->item;

	(void)view;
	switch ((enum saved_column)column) {
	case SAVED_NAME: cell_set(ret, ROLE_ID, saved->name); break;
	case SAVED_PANE: cell_set(ret, ROLE_NORMAL, saved->pane); break;
	case SAVED_FILTER: cell_set(ret, ROLE_NORMAL, saved->filter); break;
	}
}

const struct view_ops saved_view = {
	.name = "views", .title = N_("Saved views"), .brief = N_("Views"),
	.empty = N_("No view is saved. Filter a pane with /, then \":view save NAME\"."),
	.columns = saved_columns, .column_count = ARRAY_LEN(saved_columns),
	.load = saved_load, .cell = saved_cell, .row_id = saved_id,
};
