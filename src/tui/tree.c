/* SPDX-License-Identifier: Apache-2.0 */
/* Going from heading to heading in a text, and opening and closing the branches of a tree. */
#include "tui/app.h"

/* In a list the preview is meant. */
void heading_request(struct app *app, enum screen_request request, const char *argument)
{
	int step = request == SCREEN_NEXT_HEADING ? 1 : -1;
	struct view *view = app_view(app);
	bool preview = view_is_list(view);
	size_t *scroll = preview ? &app->preview_scroll : &view->scroll;
	long found = preview && !app_previews(app) ? -1 : doc_next_heading(preview ? &app->preview : &view->body, *scroll, step);

	(void)argument;
	if (found >= 0)
		*scroll = (size_t)found;
	else
		app_message(app, ROLE_WARNING, step > 0 ? _("No further heading.") : _("No heading before this."));
}

/* Where a branch is closed already, its parent is gone to: its name is the beginning of this one. */
static void to_parent(struct view *view)
{
	size_t length = strlen(str_or_empty(view->selected_id));

	for (size_t i = view->selected; i-- > 0;) {
		AUTO_STR id = STR_INIT;

		view->ops->row_id(&view->rows[i], &id);
		if (id.length < length && strncmp(id.bytes, view->selected_id, id.length) == 0 &&
		    strchr(" /", view->selected_id[id.length])) {
			view_select(view, i);
			return;
		}
	}
}

void tree_request(struct app *app, enum screen_request request, const char *argument)
{
	struct view *view = app_view(app);
	const struct row *row = view_selected(view);
	bool open = row && idset_has(&view->opened, str_or_empty(view->selected_id));

	(void)argument;
	if (!row || !view->ops->row_branch) {
		app_message(app, ROLE_WARNING, _("There is no tree here."));
		return;
	}
	if (request == SCREEN_COLLAPSE && !open) {
		to_parent(view);
		return;
	}
	if (request == SCREEN_EXPAND && (open || !view->ops->row_branch(row))) {
		app_request(app, SCREEN_DOWN, NULL);
		return;
	}
	idset_put(&view->opened, view->selected_id, request == SCREEN_EXPAND);
	view_reload(view);
}
