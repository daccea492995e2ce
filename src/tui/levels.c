/* SPDX-License-Identifier: Apache-2.0 */
/* The levels of the screen: which panes and tabs there are, what is opened on top of them, and going from one to another. */
#include "tui/app.h"

const struct view_ops *const level_panes[ALL_PANES] = {
	&cases_view, &inbox_view, &triage_view, &repro_view, &calendar_view, &advisories_view, &feeds_view,
	&products_view, &metrics_view, &clocks_view, &contacts_view, &keys_view, &risks_view, &all_tasks_view, &matches_view,
	&audit_view,
};
const struct view_ops *const level_tabs[CASE_TABS] = {
	&summary_tab, &messages_tab, &reproduction_tab, &embargo_tab, &affected_tab, &advisory_tab, &revisions_tab,
	&tasks_tab, &gates_tab, &timeline_tab,
};

const struct view_ops *const level_others[OTHER_VIEWS] = {
	&mail_view, &message_view, &output_view, &found_view, &jobs_view, &saved_view, &diff_view, &flaw_view,
	&component_view,
};

struct level *app_level(struct app *app)
{
	return &app->levels[app->level_count - 1];
}

struct view *app_view(struct app *app)
{
	struct level *level = app_level(app);

	return &level->views[level->current];
}

static void level_release(struct level *level)
{
	for (size_t i = 0; i < level->count; i++)
		view_release(&level->views[i]);
	free(level->views);
	free(level->case_id);
	*level = (struct level){ 0 };
}

void level_place_changed(struct app *app)
{
	mem_replace(&app->sift, NULL);
	mem_replace(&app->preview_key, NULL);
	app->preview_focus = false;
	app->preview_scroll = 0;
}

void level_begin_view(struct app *app, struct view *view, const struct view_ops *ops, const char *subject)
{
	view_init(view, ops, app->context, subject);
	view->fresh = &app->fresh;
	view->term = app->term;
}

struct level *level_push(struct app *app, const struct view_ops *const *ops, size_t count, const char *subject)
{
	AUTO_STRING about = mem_string(subject);
	struct level *level;

	/* What the caller names may be the top level's own. */
	if (app->level_count == LEVELS_MAX)
		level_release(&app->levels[--app->level_count]);
	level = &app->levels[app->level_count++];
	*level = (struct level){ .views = mem_alloc(count * sizeof(*level->views)), .count = count };
	for (size_t i = 0; i < count; i++)
		level_begin_view(app, &level->views[i], ops[i], about);
	level_place_changed(app);
	return level;
}

void levels_pop_to(struct app *app, size_t count)
{
	while (app->level_count > count)
		level_release(&app->levels[--app->level_count]);
	level_place_changed(app);
}

void app_open_case(struct app *app, const char *case_id)
{
	struct level *level;
	char *copy = mem_string(case_id);

	level = level_push(app, level_tabs, CASE_TABS, copy);
	level->case_id = copy;
	idset_put(&app->fresh, copy, false);
}

void level_open_text(struct app *app, const struct view_ops *ops, const char *subject, const char *text)
{
	char *case_id = mem_string(app_level(app)->case_id), *copy = mem_string(text);
	struct level *level = level_push(app, &ops, 1, subject);

	level->case_id = case_id;
	level->views[0].text = copy;
}

void app_show_output(struct app *app, const char *text)
{
	level_open_text(app, &output_view, NULL, text);
}

/* The number or name of one of COUNT views, or -1. */
static int place_find(const struct view *views, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		if ((i < PANES && str_equal(name, number)) || str_equal(name, views[i].ops->name))
			return (int)i;
	}
	return -1;
}

static void no_such_place(struct app *app, const char *name)
{
	AUTO_STRING sentence = mem_format(_("There is no part called \"%s\" here."), str_or_empty(name));

	app_message(app, ROLE_ERROR, sentence);
}

void level_pane(struct app *app, enum screen_request request, const char *argument)
{
	int place = argument ? place_find(app->levels[0].views, ALL_PANES, argument) : -1;

	(void)request;
	if (place < 0) {
		no_such_place(app, argument);
		return;
	}
	levels_pop_to(app, 1);
	app->levels[0].current = (size_t)place;
}

void level_tab(struct app *app, enum screen_request request, const char *argument)
{
	struct level *level = app_level(app);
	int place = argument ? place_find(level->views, level->count, argument) : -1;

	(void)request;
	if (place < 0 || app->level_count == 1) {
		no_such_place(app, argument);
		return;
	}
	level->current = (size_t)place;
	level_place_changed(app);
}

void level_page(struct app *app, enum screen_request request, const char *argument)
{
	level_open_text(app, request == SCREEN_FLAW ? &flaw_view : &component_view, argument, NULL);
}

void level_found(struct app *app, enum screen_request request, const char *argument)
{
	const struct view_ops *ops = &found_view;

	(void)request;
	level_push(app, &ops, 1, argument);
}
