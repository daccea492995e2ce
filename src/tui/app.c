/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of the workstation, its levels, and the commands that only move about on the screen. */
#include "tui/app.h"

#include <signal.h>
#include <unistd.h>

enum { PREFIX_MS = 300, POLL_MS = 1000 };
enum { INDEX_STEP = 8, INDEX_SLICE_MS = 5, READ_MOST = 32, RELOAD_EVERY_MS = 250, NEWS = 8 };

void app_message(struct app *app, enum role role, const char *raw)
{
	AUTO_STRING copy = mem_string(raw);

	str_reset(&app->message);
	str_add(&app->message, copy);
	app->message_role = role;
	app->dirty = true;
}

void app_error(struct app *app, const struct error *err)
{
	AUTO_STR sentence = STR_INIT;

	/* A plain no has its reasons in what the command printed. */
	if (!err->why)
		return;
	error_sentence(err, &sentence);
	app_message(app, ROLE_ERROR, sentence.bytes);
}

void app_contexts(struct app *app, const char *ret[CONTEXTS])
{
	const struct view *view = app_view(app);
	int count = 0;

	if (view->ops->kind && (ret[count] = view->ops->kind(view, view_selected(view))))
		count++;
	ret[count++] = view->ops->name;
	if (app_level(app)->case_id && view->ops != &output_view)
		ret[count++] = "case";
	else if (app->level_count == 1)
		ret[count++] = "panes";
	ret[count++] = view_is_list(view) ? "list" : "text";
	ret[count++] = "global";
	ret[count] = NULL;
}

static void note_columns(struct app *app, const struct view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->ops->column_count && count + 1 < ARRAY_LEN(app->columns); i++)
		if (*view->ops->columns[i].title)
			app->columns[count++] = _(view->ops->columns[i].title);
	app->columns[count] = NULL;
	app->context->columns = app->columns;
}

void app_note_selection(struct app *app)
{
	const struct view *view = app_view(app);
	const struct row *row = view_selected(view);
	const char *case_id = app_level(app)->case_id, *mail = NULL;

	if (row && view->ops->row_case)
		case_id = view->ops->row_case(row);
	if (row && view->ops->row_mail)
		mail = view->ops->row_mail(row);
	if (view->ops == &mail_view) {
		const struct inbox_item *item = view_model(view) ? model_find_mail(view_model(view), view->subject) : NULL;

		mail = view->subject;
		case_id = item ? item->taken_case : NULL;
	}
	if (view->ops == &message_view)
		mail = message_mail_id(view);
	note_columns(app, view);
	mem_replace(&app->selected_case, case_id);
	mem_replace(&app->selected_mail, mail);
	mem_replace(&app->selected_row, row ? view->selected_id : NULL);
	app->context->selected_case = app->selected_case;
	app->context->selected_mail = app->selected_mail;
	app->context->selected_row = app->selected_row;
}

/* Rows are borrowed from the model: whatever changed it, they are fetched anew before anything else. */
static void load_views(struct app *app)
{
	for (size_t i = 0; i < app->level_count; i++)
		for (size_t j = 0; j < app->levels[i].count; j++) {
			struct view *view = &app->levels[i].views[j];

			if (&app->levels[i] == app_level(app) && view == app_view(app))
				view_reload(view);
			else
				view->loaded = false, view->body.width = 0;
		}
}

void app_reload_jobs(struct app *app)
{
	for (size_t i = 0; i < app->level_count; i++)
		if (app->levels[i].views[0].ops == &jobs_view)
			view_reload(&app->levels[i].views[0]);
	mem_replace(&app->preview_key, NULL);
}

void app_reload(struct app *app)
{
	load_views(app);
	screen_figures(app);
	mem_replace(&app->preview_key, NULL);
	app->reloaded = app->term->ops->clock(app->term);
	app->stale = false;
	app->dirty = true;
}

/* A mark on the row, a line that says so, and a warning for what is being typed about that case. */
static void tell_news(struct app *app, const struct desk_news *news)
{
	AUTO_STRING who = mem_copy(news->author, strcspn(news->author, "<"));
	AUTO_STRING sentence = NULL;
	AUTO_STR typed = STR_INIT;

	while (*who && who[strlen(who) - 1] == ' ')
		who[strlen(who) - 1] = 0;
	sentence = mem_format(_("%s changed %s."), *who ? who : news->author, news->case_id);
	idset_put(&app->fresh, news->case_id, true);
	app->stale = true;
	if (app->prompt == PROMPT_FORM)
		form_line(app->form, &typed);
	else if (app->prompt == PROMPT_COMMAND)
		str_add(&typed, str_or_empty(app->line.text.bytes));
	if (typed.length && run_names_case(app, typed.bytes, news->case_id))
		mem_replace(&app->clash, *who ? who : news->author);
	app_message(app, ROLE_WARNING, sentence);
}

static size_t take_news(struct app *app, struct desk_news news[NEWS])
{
	size_t count = app->context->desk ? desk_take_news(app->context->desk, news, NEWS) : 0;

	for (size_t i = 0; i < count; i++)
		tell_news(app, &news[i]);
	return count;
}

static bool reload_due(const struct app *app)
{
	return app->term->ops->clock(app->term) - app->reloaded >= RELOAD_EVERY_MS;
}

/* Reads a bounded piece of what was appended. Rows are borrowed from the model and fetched anew at once; the rest follows
 * with them or a little later, but not twice in one turn. */
static void read_on(struct app *app)
{
	struct desk_news news[NEWS];
	bool changed = false, left = false;

	if (app->context->desk && !desk_refresh_some(app->context->desk, READ_MOST, &changed, &left, NULL) && changed) {
		if (reload_due(app)) {
			app_reload(app);
		} else {
			load_views(app);
			app->stale = true;
		}
	}
	app->behind = left;
	take_news(app, news);
}

char *app_changed_by(struct app *app, const char *line)
{
	struct desk_news news[NEWS];
	bool changed;
	size_t count;

	if (!app->context->desk || desk_refresh(app->context->desk, &changed, NULL))
		return NULL;
	load_views(app);
	app->stale = true;
	count = take_news(app, news);
	for (size_t i = 0; i < count; i++)
		if (run_names_case(app, line, news[i].case_id))
			return mem_string(news[i].author);
	return NULL;
}

void app_refresh(struct app *app)
{
	read_on(app);
	app_reload(app);
}

/* ---- moving */

static void list_move(struct view *view, long by)
{
	long wanted = (long)view->selected + by;

	view_select(view, wanted < 0 ? 0 : (size_t)wanted);
}

/* Who comes to the end of a list that goes on gets more of it. */
static void grow(struct view *view)
{
	if (view->ops->grow && view->selected + 1 >= view->row_count && view->ops->grow(view))
		view_reload(view);
}

static void scroll_by(size_t *scroll, long by)
{
	*scroll = by < 0 && *scroll < (size_t)-by ? 0 : *scroll + (size_t)by;
}

/* What was marked as changed by others and has been looked at is so no more. */
static void leave_row(struct app *app, const struct view *view)
{
	const struct row *row = view_selected(view);

	if (row && view->ops->row_case && view->ops->row_case(row) && !app->preview_due)
		idset_put(&app->fresh, view->ops->row_case(row), false);
}

static void move_by(struct app *app, long by)
{
	struct view *view = app_view(app);

	if (app->preview_focus && app_previews(app))
		scroll_by(&app->preview_scroll, by);
	else if (view_is_list(view))
		leave_row(app, view), list_move(view, by), grow(view);
	else
		scroll_by(&view->scroll, by);
	app->preview_due = app->term->ops->clock(app->term) + REST_MS;
}

static long page_of(struct app *app)
{
	struct layout layout;

	layout_compute(app, &layout);
	if (app->preview_focus && layout.preview)
		return layout.preview_rows > 1 ? layout.preview_rows - 1 : 1;
	return view_page(app_view(app), layout.list_rows);
}

/* Lines for one request, in pages or halves of them. */
static long move_of(struct app *app, enum screen_request request)
{
	long page = page_of(app), half = page / 2 ? page / 2 : 1;

	switch (request) {
	case SCREEN_DOWN: return 1;
	case SCREEN_UP: return -1;
	case SCREEN_HALF_DOWN: return half;
	case SCREEN_HALF_UP: return -half;
	case SCREEN_PAGE_DOWN: return page;
	case SCREEN_PAGE_UP: return -page;
	case SCREEN_FIRST: return -(1 << 28);
	default: return 1 << 28;
	}
}

static void request_move(struct app *app, enum screen_request request, const char *argument)
{
	(void)argument;
	move_by(app, move_of(app, request));
}

/* ---- opening and going back */

/* The case of a row, on the tab that its list is about. */
static void open_tab(struct app *app, const char *case_id, const char *tab)
{
	app_open_case(app, case_id);
	if (tab)
		level_tab(app, SCREEN_TAB, tab);
}

static void request_open(struct app *app, enum screen_request request, const char *argument)
{
	struct view *view = app_view(app);
	const struct row *row = view_selected(view);

	(void)request;
	(void)argument;
	if (!row)
		return;
	if (view->ops == &found_view && view->ops->row_case(row)) {
		app_open_case(app, view->ops->row_case(row));
	} else if (view->ops == &found_view && view->ops->row_mail(row)) {
		level_open_text(app, &mail_view, view->ops->row_mail(row), NULL);
	} else if (view->ops->row_subject) {
		AUTO_STR subject = STR_INIT;

		view->ops->row_subject(view, row, &subject);
		if (subject.length)
			level_open_text(app, view->ops->opens, subject.bytes, NULL);
		else if (view->ops->row_branch)
			tree_request(app, SCREEN_EXPAND, NULL);
	} else if (view->ops->opens) {
		level_open_text(app, view->ops->opens, view->ops->row_mail(row), NULL);
	} else if (view->ops->row_case && view->ops->row_case(row) && app->level_count == 1) {
		open_tab(app, view->ops->row_case(row), view->ops->row_tab ? view->ops->row_tab(row) : view->ops->tab);
	} else if (view->ops->preview) {
		app->zoom = app->preview_focus = true;
	}
}

/* Puts one thing away on the view itself; false when there is nothing. */
static bool put_away(struct app *app)
{
	struct view *view = app_view(app);

	if (view->ranging || view->marks.count)
		view_clear_marks(view);
	else if (app->preview_focus || app->zoom)
		app->preview_focus = app->zoom = false;
	else if (view->filter || app->sift)
		filter_set(app, NULL);
	else if (view->search)
		mem_replace(&view->search, NULL);
	else
		return false;
	return true;
}

static void request_back(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	if (put_away(app))
		return;
	if (app->level_count > 1)
		levels_pop_to(app, app->level_count - 1);
	else
		app_message(app, ROLE_MESSAGE, _("This is the top; Q quits."));
}

static void request_part(struct app *app, enum screen_request request, const char *argument)
{
	struct level *level = app_level(app);
	size_t step = request == SCREEN_NEXT_PART ? 1 : level->count - 1;

	(void)argument;
	if (app->level_count > 1 && level->count > 1) {
		level->current = (level->current + step) % level->count;
		level_place_changed(app);
	} else if (app_previews(app)) {
		app->preview_focus = !app->preview_focus;
	}
}

/* ---- filter, search, marks */

static void request_filter(struct app *app, enum screen_request request, const char *argument)
{
	struct view *view = app_view(app);

	(void)request;
	(void)argument;
	if (view_is_list(view))
		prompt_open(app, PROMPT_FILTER, view->filter);
	else
		prompt_open(app, PROMPT_SEARCH, "");
}

static void request_match(struct app *app, enum screen_request request, const char *argument)
{
	int step = request == SCREEN_NEXT_MATCH ? 1 : -1;
	struct view *view = app_view(app);
	long found;

	(void)argument;
	if (view_is_list(view)) {
		move_by(app, step);
		return;
	}
	if (!view->search)
		return;
	found = (long)view->scroll + step < 0 ? -1
					      : doc_find(&view->body, view->search, view->scroll + (size_t)step, step);
	if (found >= 0)
		view->scroll = (size_t)found;
	else
		app_message(app, ROLE_WARNING, _("No further match."));
}

static void range_to_marks(struct view *view)
{
	size_t low = view->anchor < view->selected ? view->anchor : view->selected;
	size_t high = view->anchor < view->selected ? view->selected : view->anchor;

	view->ranging = false;
	for (size_t i = low; i <= high && i < view->row_count; i++)
		view_mark(view, &view->rows[i], true);
}

static void request_mark(struct app *app, enum screen_request request, const char *argument)
{
	struct view *view = app_view(app);
	const struct row *row = view_selected(view);

	(void)argument;
	if (!row)
		return;
	if (view->ranging) {
		range_to_marks(view);
	} else if (request == SCREEN_MARK_RANGE) {
		view->ranging = true;
		view->anchor = view->selected;
	} else {
		view_mark(view, row, !view_marked(view, row));
		move_by(app, 1);
	}
}

static void request_mark_all(struct app *app, enum screen_request request, const char *argument)
{
	struct view *view = app_view(app);
	bool all = view_is_list(view) && view->marks.count < view->row_count;

	(void)request;
	(void)argument;
	view_clear_marks(view);
	if (all)
		view_mark_all(view);
}

/* ---- the rest */

static void request_prompt(struct app *app, enum screen_request request, const char *argument)
{
	if (request == SCREEN_PALETTE)
		palette_open(app);
	else
		prompt_open(app, PROMPT_COMMAND, argument);
}

static void request_zoom(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	app->zoom = !app->zoom;
}

/* A frame drawn from nothing has the list first; beside it the preview follows in a frame of its own. */
static void draw_anew(struct app *app)
{
	app->bare = true;
	app->preview_due = app->term->ops->clock(app->term) + REST_MS;
	app->dirty = true;
}

static void request_redraw(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	app->term->ops->redraw(app->term);
	draw_anew(app);
}

static void request_suspend(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	/* Who is told to end while it stands still ends at once. */
	typed_keep(app);
	app->term->ops->suspend(app->term);
	kill(0, SIGTSTP);
	app->term->ops->resume(app->term);
	draw_anew(app);
}

/* In the list of jobs the selected one is meant. */
static void request_cancel(struct app *app, enum screen_request request, const char *argument)
{
	const struct view *view = app_view(app);
	const struct row *row = view->ops == &jobs_view ? view_selected(view) : NULL;
	struct job *job = row ? app->jobs.items[row->index] : jobs_front(&app->jobs);

	(void)request;
	(void)argument;
	if (job && (job->state == JOB_RUNNING || job->state == JOB_WAITING))
		jobs_cancel(app, job);
	else
		app_message(app, ROLE_MESSAGE, _("No job is running; Q quits."));
}

static void request_jobs(struct app *app, enum screen_request request, const char *argument)
{
	const struct view_ops *ops = &jobs_view;

	(void)request;
	(void)argument;
	if (app_view(app)->ops != &jobs_view)
		level_push(app, &ops, 1, NULL);
}

static void request_hand(struct app *app, enum screen_request request, const char *argument)
{
	if (request == SCREEN_COPY)
		hand_copy(app, argument);
	else
		hand_pipe(app, argument);
}

static void request_theme(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	settings_theme(app, argument);
}

static void request_sort(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	view_sort(app, argument);
}

static void request_form(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	if (!form_open(app, str_or_empty(argument)))
		app_message(app, ROLE_ERROR, _("There is no such command; ? lists them all."));
}

static void request_set(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	settings_set(app, argument);
}

static void request_view(struct app *app, enum screen_request request, const char *argument)
{
	if (request == SCREEN_VIEW)
		settings_view(app, argument);
	else
		settings_view_save(app, argument, request == SCREEN_VIEW_SAVE);
}

/* What was typed, asked, selected and counted: words of cases, too. */
static void forget_words(struct app *app)
{
	prompt_close(app);
	history_release(&app->history);
	palette_release(&app->palette);
	mem_replace(&app->pending, NULL);
	mem_replace(&app->rewrite, NULL);
	mem_replace(&app->expected, NULL);
	idset_release(&app->fresh);
	mem_replace(&app->preview_key, NULL);
	mem_replace(&app->selected_case, NULL);
	mem_replace(&app->selected_mail, NULL);
	mem_replace(&app->selected_row, NULL);
	mem_replace(&app->figures.next_what, NULL);
	mem_replace(&app->figures.next_case, NULL);
	app->context->selected_case = app->context->selected_mail = app->context->selected_row = NULL;
	str_wipe(&app->term->paste);
	str_wipe(&app->message);
	str_wipe(&app->context->out);
}

/* The vault is closed, its keys are gone; nothing of it stays on the screen or in the views. What may take a while, as the
 * day's signature does, comes when the screen is blank. */
static void request_lock(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	if (app->pending_how == PENDING_HELD)
		run_held(app, false), app->pending_how = PENDING_RUN;
	for (int lane = 0; lane < LANE_COUNT; lane++)
		secret_forget(app, (enum job_lane)lane);
	typed_keep(app);
	app->typed_kept = false;
	levels_pop_to(app, 1);
	for (size_t i = 0; i < ALL_PANES; i++) {
		const struct view_ops *ops = app->levels[0].views[i].ops;

		view_release(&app->levels[0].views[i]);
		level_begin_view(app, &app->levels[0].views[i], ops, NULL);
	}
	doc_reset(&app->preview, 0);
	forget_words(app);
	app->locked = true;
	app->term->ops->redraw(app->term);
	screen_draw(app);
	jobs_forget(app);
	desk_checkpoint_daily(app->context->desk, command_now(app->context));
	desk_close(app->context->desk);
	app->context->desk = NULL;
}

static void unlock(struct app *app)
{
	struct command_context *context = app->context;
	struct desk_options options = { .vault_dir = context->vault_dir, .gpg_home = context->gpg_home,
					.readonly = context->readonly, .lean = true };
	AUTO_ERROR err = ERROR_INIT;
	int code;

	app->term->ops->suspend(app->term);
	code = desk_open(&options, command_now(context), &context->desk, &err);
	app->term->ops->resume(app->term);
	if (code) {
		app_error(app, &err);
		return;
	}
	app->locked = false;
	app_reload(app);
	typed_restore(app, true);
}

static void request_quit(struct app *app, enum screen_request request, const char *argument)
{
	(void)request;
	(void)argument;
	app->quit = app->quit_asked || !jobs_running(&app->jobs);
	if (!app->quit)
		app_message(app, ROLE_WARNING, _("A job is running; Q again ends it and leaves."));
	app->quit_asked = true;
}

typedef void (*request_fn)(struct app *app, enum screen_request request, const char *argument);
static const request_fn requests[] = {
	[SCREEN_DOWN] = request_move, [SCREEN_UP] = request_move, [SCREEN_HALF_DOWN] = request_move,
	[SCREEN_HALF_UP] = request_move, [SCREEN_PAGE_DOWN] = request_move, [SCREEN_PAGE_UP] = request_move,
	[SCREEN_FIRST] = request_move, [SCREEN_LAST] = request_move, [SCREEN_OPEN] = request_open,
	[SCREEN_BACK] = request_back, [SCREEN_NEXT_PART] = request_part, [SCREEN_PREVIOUS_PART] = request_part,
	[SCREEN_ZOOM] = request_zoom, [SCREEN_FILTER] = request_filter, [SCREEN_NEXT_MATCH] = request_match,
	[SCREEN_PREVIOUS_MATCH] = request_match, [SCREEN_NEXT_HEADING] = heading_request,
	[SCREEN_PREVIOUS_HEADING] = heading_request, [SCREEN_EXPAND] = tree_request, [SCREEN_COLLAPSE] = tree_request,
	[SCREEN_FLAW] = level_page, [SCREEN_COMPONENT] = level_page,
	[SCREEN_COMMAND_LINE] = request_prompt,
	[SCREEN_PALETTE] = request_prompt, [SCREEN_MARK] = request_mark, [SCREEN_MARK_RANGE] = request_mark, [SCREEN_MARK_ALL] = request_mark_all,
	[SCREEN_PANE] = level_pane, [SCREEN_TAB] = level_tab, [SCREEN_REDRAW] = request_redraw,
	[SCREEN_SUSPEND] = request_suspend, [SCREEN_CANCEL] = request_cancel, [SCREEN_THEME] = request_theme,
	[SCREEN_LOCK] = request_lock, [SCREEN_QUIT] = request_quit, [SCREEN_COPY] = request_hand,
	[SCREEN_PIPE] = request_hand, [SCREEN_JOBS] = request_jobs, [SCREEN_SET] = request_set, [SCREEN_FORM] = request_form,
	[SCREEN_SORT] = request_sort,
	[SCREEN_VIEW] = request_view, [SCREEN_VIEW_SAVE] = request_view, [SCREEN_VIEW_FORGET] = request_view, [SCREEN_FOUND] = level_found,
};

void app_request(struct app *app, enum screen_request request, const char *argument)
{
	if ((size_t)request < ARRAY_LEN(requests) && requests[request])
		requests[request](app, request, argument);
	app->dirty = true;
}

/* ---- the loop */

void app_init(struct app *app, struct command_context *context, struct terminal *term)
{
	*app = (struct app){ .context = context, .term = term };
	options_init(&app->options);
	app->lock_after_ms = (int64_t)option_number(&app->options, "lock-after") * 60 * 1000;
	line_init(&app->line);
	str_init(&app->message);
	str_init(&app->held.text);
	level_push(app, level_panes, ALL_PANES, NULL);
	app->levels[0].current = 1;
	app->dirty = true;
	app->last_key = term->ops->clock(term);
	app->next_poll = app->last_key + POLL_MS;
	context->front = app;
	context->on_screen = true;
	context->edit = run_edit;
	context->progress = run_progress;
	context->cancelled = run_cancelled;
}

void app_release(struct app *app)
{
	if (app->pending_how == PENDING_HELD)
		run_held(app, false);
	jobs_release(app);
	levels_pop_to(app, 0);
	doc_release(&app->preview);
	free(app->preview_key);
	free(app->selected_case);
	free(app->selected_mail);
	free(app->selected_row);
	prompt_close(app);
	line_release(&app->line);
	history_release(&app->history);
	free(app->pending);
	free(app->rewrite);
	free(app->expected);
	free(app->clash);
	str_wipe(&app->held.text);
	idset_release(&app->fresh);
	palette_release(&app->palette);
	str_release(&app->message);
	keymap_release(&app->keys);
	free(app->figures.next_what);
	free(app->figures.next_case);
	options_release(&app->options);
	app->context->options = NULL;
	app->context->columns = NULL;
	app->context->front = NULL;
	app->context->edit = NULL;
	app->context->progress = NULL;
	app->context->cancelled = NULL;
	app->context->selected_case = app->context->selected_mail = app->context->selected_row = NULL;
}

static void on_locked_key(struct app *app, int key)
{
	if (key == TK_ENTER)
		unlock(app);
	else if (key == 'Q')
		app->quit = true;
	else if (key == 26)
		request_suspend(app, SCREEN_SUSPEND, NULL);
	app->dirty = true;
}

static void on_key(struct app *app, int key)
{
	const struct binding *binding;
	const char *contexts[CONTEXTS];

	app->last_key = app->term->ops->clock(app->term);
	app->touched++;
	app->dirty = true;
	if (app->locked) {
		on_locked_key(app, key);
		return;
	}
	if (app->prompt != PROMPT_NONE) {
		prompt_key(app, key);
		return;
	}
	str_reset(&app->message);
	app_contexts(app, contexts);
	binding = keymap_find(&app->keys, contexts, app->prefix, key);
	if (!app->prefix && keymap_is_prefix(&app->keys, contexts, key)) {
		app->prefix = key;
		app->prefix_due = app->last_key + PREFIX_MS;
		return;
	}
	app->prefix = 0;
	app->prefix_due = 0;
	if (!binding || !str_equal(binding->line, "quit"))
		app->quit_asked = false;
	if (binding) {
		run_binding(app, binding);
	} else {
		char label[16];
		AUTO_STRING sentence = mem_format(_("%s does nothing here; ? lists all keys."), key_label(key, label));

		app_message(app, ROLE_WARNING, sentence);
	}
}

static void on_paste(struct app *app)
{
	app->dirty = true;
	if (app->prompt != PROMPT_NONE && !app->locked)
		prompt_paste(app, app->term->paste.bytes);
	else
		app_message(app, ROLE_WARNING, _("Pasted text is not taken as keys; press : or / first."));
}

/* What was worked on a second ago and has been given back since need not stay with us. */
static void rest(struct app *app, int64_t now)
{
	if (!app->worked || now - app->last_key < POLL_MS)
		return;
	app->worked = false;
	mem_rest();
}

/* Once a second, and when somebody appended: what is new, the clock, the idle lock. Draws only when
 * something differs. */
static void on_poll(struct app *app, int64_t now)
{
	instant clock = command_now(app->context);
	int64_t day = clock / INSTANT_DAY;

	app->next_poll = now + POLL_MS;
	if (app->locked)
		return;
	if (now - app->last_key > app->lock_after_ms) {
		app_request(app, SCREEN_LOCK, NULL);
		return;
	}
	rest(app, now);
	read_on(app);
	app->stale = app->stale || (app_view(app)->ops == &jobs_view && jobs_front(&app->jobs));
	if (clock / INSTANT_MINUTE == app->minute)
		return;
	screen_figures(app);
	if (day != app->day)
		app_reload(app);
	app->day = day;
	app->dirty = true;
}

static void on_time(struct app *app)
{
	int64_t now = app->term->ops->clock(app->term);

	if (app->preview_due && now >= app->preview_due)
		app->bare = false, app->dirty = true;
	if (app->typed_due && now >= app->typed_due)
		typed_keep(app);
	if (app->prefix_due && now >= app->prefix_due)
		app->prefix_due = 0, app->dirty = true;
	if (app->late_due && now >= app->late_due) {
		view_set_late(app_view(app), false);
		app->late_due = 0;
		app->dirty = true;
	}
	if (now >= app->next_poll)
		on_poll(app, now);
	else if (app->behind)
		read_on(app);
	/* What keeps coming is shown four times a second, so that it costs the keys nothing. */
	if (app->stale && reload_due(app))
		app_reload(app);
}

/* The view looks at every case, and some were not read yet. */
static bool reads_on(const struct app *app)
{
	const struct level *level = &app->levels[app->level_count - 1];

	return !app->locked && app->context->desk && level->views[level->current].ops->reads_all &&
	       desk_know_some(app->context->desk, 0);
}

/* The search index follows while no key waits, a slice at a time, so that keys never wait for it. */
static void index_slice(struct app *app)
{
	int64_t begun = app->term->ops->clock(app->term);
	struct desk *desk = app->locked ? NULL : app->context->desk;

	app->worked = app->worked || app->unindexed;
	app->unindexed = 0;
	if (!desk)
		return;
	do {
		if (desk_index_step(desk, INDEX_STEP, &app->unindexed, NULL))
			app->unindexed = 0;
	} while (app->unindexed && app->term->ops->clock(app->term) - begun < INDEX_SLICE_MS);
}

static void read_slice(struct app *app)
{
	app->worked = true;
	if (desk_know_some(app->context->desk, READ_BRIEFS))
		return;
	app_view(app)->body.width = 0;
	app->dirty = true;
}

static void on_event(struct app *app, int key)
{
	switch (key) {
	case TK_NONE: app->sift ? filter_slice(app) : reads_on(app) ? read_slice(app) : index_slice(app); break;
	case TK_WAKE: break;
	case TK_NEWS: read_on(app); break;
	case TK_HANGUP: app->quit = true; typed_keep(app); app->typed_kept = false; break;
	case TK_RESIZE: draw_anew(app); break;
	case TK_PASTE: on_paste(app); break;
	case TK_STOP: request_suspend(app, SCREEN_SUSPEND, NULL); app->dirty = true; break;
	default: on_key(app, key);
	}
}

static int wait_ms(const struct app *app)
{
	int64_t now = app->term->ops->clock(app->term), until = app->next_poll;

	if (app->unindexed || app->behind || app->sift || reads_on(app))
		return 0;
	if (app->stale && app->reloaded + RELOAD_EVERY_MS < until)
		until = app->reloaded + RELOAD_EVERY_MS;
	if (app->preview_due && app->preview_due < until)
		until = app->preview_due;
	if (app->late_due && app->late_due < until)
		until = app->late_due;
	if (app->typed_due && app->typed_due < until)
		until = app->typed_due;
	if (app->prefix_due && app->prefix_due < until)
		until = app->prefix_due;
	return until > now ? (int)(until - now) : 0;
}

void app_loop(struct app *app)
{
	screen_figures(app);
	app->day = command_now(app->context) / INSTANT_DAY;
	while (!app->quit) {
		if (app->context->desk)
			desk_new_turn(app->context->desk);
		jobs_look(app);
		if (app->dirty)
			screen_draw(app);
		app->term->watch[0] = app->locked || !app->context->desk ? -1 : desk_notify_fd(app->context->desk);
		jobs_watch(&app->jobs, app->term->watch + 1);
		on_event(app, app->term->ops->key(app->term, wait_ms(app)));
		on_time(app);
	}
}
