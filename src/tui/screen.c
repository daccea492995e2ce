/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything stands on the screen, and its drawing. */
#include "tui/app.h"

#include "psirtty/model/inventory.h"
#include "tui/cells.h"

enum { BESIDE_COLS = 140, FULL_ROWS = 15, FULL_COLS = 60, HEAD_ROWS = 2, RULE_COLS = 48, LAST_HINT = 13, LIST_ROWS_MIN = 4, QUESTION_ROOM = 20 };

/* ---- layout */

static bool level_has_head(const struct app *app)
{
	const struct level *level = &app->levels[app->level_count - 1];

	return level->case_id && level->count > 1;
}

/* A short list leaves its room to the preview; unfiltered rows count, so that typing a filter moves nothing. */
static int rows_wanted(const struct app *app, int most)
{
	const struct level *level = &app->levels[app->level_count - 1];
	size_t total = level->views[level->current].total + 1;

	total = total < LIST_ROWS_MIN ? LIST_ROWS_MIN : total;
	return total < (size_t)most ? (int)total : most;
}

static void layout_split(const struct app *app, struct layout *l, int rows)
{
	bool zoomed = app->zoom && app->preview_focus;

	l->beside = app->cols >= BESIDE_COLS;
	l->list_cols = app->cols;
	l->list_rows = rows;
	l->preview_row = l->body + l->head_rows;
	l->preview_cols = app->cols;
	l->preview_rows = rows;
	if (zoomed) {
		l->list_rows = 0;
	} else if (l->beside) {
		l->list_cols = app->cols * 2 / 5 > 80 ? app->cols * 2 / 5 : 80;
		l->preview_col = l->list_cols + 2;
		l->preview_cols = app->cols - l->preview_col;
	} else {
		l->list_rows = rows_wanted(app, rows * 11 / 20);
		l->preview_row += l->list_rows + 1;
		l->preview_rows = rows - l->list_rows - 1;
	}
}

void layout_compute(const struct app *app, struct layout *ret)
{
	const struct level *level = &app->levels[app->level_count - 1];
	const struct view *view = &level->views[level->current];
	struct layout l = { .bar = -1, .hint = -1, .message = -1, .body_rows = app->rows };
	bool palette = app->prompt == PROMPT_PALETTE || app->prompt == PROMPT_FORM;
	int rows;

	l.small = app->rows < FULL_ROWS || app->cols < FULL_COLS;
	if (app->rows > 1)
		l.message = app->rows - 1;
	if (l.small) {
		l.body_rows = app->rows > 1 ? app->rows - 1 : 1;
	} else {
		l.bar = 0;
		l.body = 2;
		l.body_rows = app->rows - 5;
		l.hint = app->rows - 2;
		l.head_rows = level_has_head(app) && !palette ? HEAD_ROWS + 1 : 0;
	}
	rows = l.body_rows - l.head_rows;
	l.preview = !l.small && !palette && view_is_list(view) && view->ops->preview &&
		    (!app->zoom || app->preview_focus);
	l.list_rows = rows;
	l.list_cols = app->cols;
	if (l.preview)
		layout_split(app, &l, rows);
	*ret = l;
}

bool app_previews(const struct app *app)
{
	struct layout layout;

	layout_compute(app, &layout);
	return layout.preview;
}

/* ---- figures of the whole vault */

/* What is overdue, and the first thing that is not yet. */
static void figures_due(struct figures *f, const struct model *model, instant now)
{
	struct agenda_item *items = NULL;
	size_t count = 0;

	model_agenda(model, now - 366 * INSTANT_DAY, now + 366 * INSTANT_DAY, now, &items, &count);
	for (size_t i = 0; i < count; i++) {
		f->overdue += items[i].overdue;
		if (items[i].at < now || f->next_at != INSTANT_NONE || !agenda_binds(&items[i]))
			continue;
		f->next_at = items[i].at;
		mem_replace(&f->next_what, items[i].rule ? clock_title(items[i].rule) : items[i].what);
		mem_replace(&f->next_case, items[i].case_id);
	}
	free(items);
}

static bool waits_for_decision(const struct case_glance *glance)
{
	return glance->rm == RM_RECEIVED || glance->rm == RM_INVALID || glance->rm == RM_VALID;
}

/* What the last run found new, less what was decided since. */
static size_t matches_waiting(const struct model *model)
{
	const struct match_run *run = model_match_run(model);
	size_t fresh = run && run->fresh > 0 ? (size_t)run->fresh : 0, decided = 0;

	for (size_t i = 0; fresh && i < model_decision_count(model); i++)
		decided += model_decision(model, i)->at >= run->at;
	return decided < fresh ? fresh - decided : 0;
}

void screen_figures(struct app *app)
{
	const struct model *model = app->context->desk ? desk_model(app->context->desk) : NULL;
	instant now = command_now(app->context);
	struct figures *f = &app->figures;

	app->minute = now / INSTANT_MINUTE;
	f->inbox = f->triage = f->overdue = 0;
	f->next_at = INSTANT_NONE;
	for (size_t i = 0; model && i < model_inbox_count(model); i++)
		f->inbox += model_inbox(model, i)->taken_case == NULL;
	for (size_t i = 0; model && i < model_case_count(model); i++)
		f->triage += waits_for_decision(model_glance(model, i));
	f->matches = model ? matches_waiting(model) : 0;
	if (model)
		figures_due(f, model, now);
}

/* ---- rules */

static void draw_rule(struct app *app, int row, int col, int cols, const char *label)
{
	AUTO_STR line = STR_INIT;
	AUTO_TEXT safe = TEXT_INIT;
	int width;

	if (app->context->plain) {
		term_put_raw(app->term, row, col, cols, label, ROLE_LABEL);
		return;
	}
	text_display(&safe, label, -1, TEXT_LINE);
	if (safe.width)
		str_add_format(&line, "── %.*s ", (int)text_clip(safe.utf8, cols - 6, &width), safe.utf8);
	/* A rule costs three bytes a cell; as a heading it need not cross a wide screen. */
	cols = cols >= BESIDE_COLS ? RULE_COLS : cols;
	for (width = text_width(line.bytes); width < cols; width++)
		str_add(&line, "─");
	term_put_raw(app->term, row, col, cols, line.bytes, ROLE_RULE);
}

/* ---- the bar */

static size_t pane_count(const struct app *app, size_t pane)
{
	const struct view_ops *ops = app->levels[0].views[pane].ops;

	if (!ops->counted)
		return 0;
	return ops == &inbox_view ? app->figures.inbox : ops == &triage_view ? app->figures.triage : app->figures.matches;
}

/* How much fits: 0 all, 1 brief names, 2 without our own, 3 numbers but for the current pane. */
static void pane_label(const struct app *app, size_t pane, int tier, struct str *ret)
{
	const struct view_ops *ops = app->levels[0].views[pane].ops;
	size_t count = pane_count(app, pane);
	bool current = pane == app->levels[0].current;

	str_add_format(ret, "%zu", pane);
	if (tier < 3 || current)
		str_add_format(ret, " %s", tier ? _(ops->brief) : _(ops->title));
	if (count)
		str_add_format(ret, "(%zu)", count);
}

static enum role vault_role(const char *name)
{
	unsigned sum = 0;

	for (; *name; name++)
		sum = sum * 31 + (unsigned char)*name;
	return ROLE_VAULT_A + sum % 4;
}

/* The right end: what kind of session this is, and whose vault. Returns its width. */
static int draw_bar_right(struct app *app)
{
	const struct command_context *context = app->context;
	const char *name = context->desk ? str_or_empty(desk_vault_name(context->desk)) : "";
	AUTO_TEXT vault = TEXT_INIT, marks = TEXT_INIT;
	AUTO_STR left = STR_INIT, right = STR_INIT;
	int col;

	if (jobs_running(&app->jobs))
		str_add_format(&left, _(" jobs %zu "), jobs_running(&app->jobs));
	if (context->desk && desk_readonly(context->desk))
		str_add_format(&left, " %s ", _("read-only"));
	if (context->offline)
		str_add_format(&left, " %s ", _("offline"));
	str_add_format(&right, "● %s", name);
	text_display(&marks, left.bytes, -1, TEXT_LINE);
	text_display(&vault, right.bytes, -1, TEXT_LINE);
	col = app->cols - vault.width - 1;
	if (col < app->cols / 2)
		col = app->cols / 2;
	term_put(app->term, 0, col, app->cols - col, &vault, vault_role(name));
	if (marks.width && col > marks.width)
		term_put(app->term, 0, col -= marks.width, marks.width, &marks, ROLE_BAR_MARK);
	return app->cols - col;
}

static int bar_width(const struct app *app, int tier)
{
	int width = (tier < 2 ? 9 : 0) + (app->levels[0].current >= PANES ? 10 : 0);

	for (size_t i = app->levels[0].current ? 1 : 0; i < PANES; i++) {
		AUTO_STR label = STR_INIT;

		pane_label(app, i, tier, &label);
		width += text_width(label.bytes) + 1;
	}
	return width;
}

static const char *app_pane_title(const struct app *app)
{
	return app->levels[0].views[app->levels[0].current].ops->brief;
}

static void draw_bar(struct app *app)
{
	const struct model *model = app->context->desk ? desk_model(app->context->desk) : NULL;
	const struct policy *policy = model ? model_policy(model) : NULL;
	int room = app->cols - draw_bar_right(app) - 1, col = 1, tier = 0;

	while (tier < 3 && bar_width(app, tier) > room)
		tier++;
	if (tier < 2)
		col += term_put_raw(app->term, 0, col, room, "psirtty ", ROLE_BAR);
	if (tier < 2 && bar_width(app, tier) + 8 < room)
		col += term_put_raw(app->term, 0, col, 16,
				    policy && policy->prefix ? policy->prefix : "PSIRT", ROLE_BAR) + 1;
	/* One that has no number is named in their place. */
	if (app->levels[0].current >= PANES)
		col += 1 + term_put_raw(app->term, 0, col, room - col, _(app_pane_title(app)), ROLE_BAR_CURRENT);
	for (size_t i = app->levels[0].current ? 1 : 0; i < PANES && col < room; i++) {
		AUTO_STR label = STR_INIT;

		pane_label(app, i, tier, &label);
		col += 1 + term_put_raw(app->term, 0, col, room - col, label.bytes,
					i == app->levels[0].current ? ROLE_BAR_CURRENT : ROLE_BAR);
	}
}

/* ---- the head of an opened case */

static char *tab_label(const struct app *app, size_t tab)
{
	const struct level *level = &app->levels[app->level_count - 1];
	bool current = tab == level->current;
	const char *name = app->cols >= 100 || (current && app->cols >= 80) ? _(level->views[tab].ops->title) : _(level->views[tab].ops->brief);

	/* A word, too, says which one is open. */
	return mem_format(current ? "[%s]" : " %s ", name);
}

static int tab_gap(const struct app *app)
{
	return app->cols >= 80;
}

/* The first tab to show, so that the open one is seen. */
static size_t tab_first(const struct app *app)
{
	size_t first = app->levels[app->level_count - 1].current;
	int width = 0;

	for (size_t i = first + 1; i-- > 0;) {
		AUTO_STRING label = tab_label(app, i);

		width += text_width(label) + tab_gap(app);
		if (width > app->cols + tab_gap(app))
			return first;
		first = i;
	}
	return first;
}

static void draw_tabs(struct app *app, int row)
{
	const struct level *level = app_level(app);
	int col = 0;

	for (size_t i = tab_first(app); i < level->count && col < app->cols; i++) {
		AUTO_STRING label = tab_label(app, i);

		col += tab_gap(app) + term_put_raw(app->term, row, col, app->cols - col, label,
						   i == level->current ? ROLE_TAB_CURRENT : ROLE_TAB);
	}
}

static void draw_case_head(struct app *app, const struct layout *l)
{
	const struct case_state *state = view_case(app_view(app));
	struct doc doc = { 0 };

	if (!l->head_rows || !state)
		return;
	doc_reset(&doc, app->cols);
	case_head(state, command_now(app->context), &doc);
	doc_draw(&doc, app->term, 0, l->body, 0, HEAD_ROWS, app->cols, NULL);
	doc_release(&doc);
	draw_tabs(app, l->body + HEAD_ROWS);
}

/* ---- the preview */

/* The preview follows when the selection rests: while one moves it would only cost bytes. */
static void preview_update(struct app *app, const struct layout *l)
{
	const struct view *view = app_view(app);
	const struct row *row = view_selected(view);
	int64_t now = app->term->ops->clock(app->term);
	AUTO_STRING key = mem_format("%s %s %d %zu", view->ops->name, row ? str_or_empty(view->selected_id) : "-",
				     l->preview_cols, view->marks.count);

	if (str_equal(key, app->preview_key)) {
		app->preview_due = 0;
		return;
	}
	if (app->preview_key && (!app->preview_due || now < app->preview_due)) {
		app->preview_due = app->preview_due ? app->preview_due : now + 150;
		return;
	}
	mem_replace(&app->preview_key, key);
	app->preview_due = 0;
	app->preview_scroll = 0;
	doc_reset(&app->preview, l->preview_cols);
	if (row)
		view->ops->preview(view, row, &app->preview);
}

/* What must be seen stays above what is scrolled. */
static void draw_preview(struct app *app, const struct layout *l)
{
	const struct doc *doc = &app->preview;
	size_t last;
	int kept;

	preview_update(app, l);
	kept = (int)doc->kept < l->preview_rows ? (int)doc->kept : l->preview_rows > 1 ? l->preview_rows - 1 : 0;
	last = doc->count > (size_t)l->preview_rows ? doc->count - (size_t)l->preview_rows : 0;
	if (app->preview_scroll > last)
		app->preview_scroll = last;
	doc_draw(doc, app->term, 0, l->preview_row, l->preview_col, kept, l->preview_cols, NULL);
	doc_draw(doc, app->term, app->preview_scroll + (size_t)kept, l->preview_row + kept, l->preview_col,
		 l->preview_rows - kept, l->preview_cols, NULL);
}

/* What the list shows: its name, how many, the filter. */
static void list_label(struct app *app, struct str *ret)
{
	const struct view *view = app_view(app);

	if (app->form) {
		str_add(ret, form_title(app->form));
		return;
	}
	str_add(ret, _(view->ops->title));
	if (view_is_list(view) && view->filter)
		str_add_format(ret, _(": %zu of %zu, filter: %s"), view->row_count, view->total, view->filter);
	else if (view_is_list(view))
		str_add_format(ret, ": %zu", view->row_count);
	if (view_is_list(view) && view->marks.count)
		str_add_format(ret, _(", %zu marked"), view->marks.count);
	if (view->search)
		str_add_format(ret, _(", searching: %s"), view->search);
	if (app->preview_focus)
		str_add(ret, _(", reading the preview; Tab goes back"));
}

/* ---- the hint bar */

static bool hint_valid(struct app *app, const struct binding *binding)
{
	const struct command_row *row;
	char **argv = NULL;
	int argc = 0, words;
	bool valid;

	if (str_equal(binding->line, "next-part") && app_level(app)->count < 2)
		return false;
	if ((strstr(binding->line, "{case}") && !app->selected_case) ||
	    (strstr(binding->line, "{mail}") && !app->selected_mail) ||
	    (strstr(binding->line, "{row}") && !app->selected_row))
		return false;
	if (command_split(binding->line, &argv, &argc, NULL))
		return false;
	row = argc ? command_find(argc, argv, &words) : NULL;
	valid = row && !command_disabled(row, app->context);
	command_free_words(argv, argc);
	return valid;
}

static int draw_hint(struct app *app, const struct binding *binding, int row, int col, int room)
{
	char label[16];
	AUTO_TEXT key = TEXT_INIT, word = TEXT_INIT;

	text_display(&key, key_label(binding->key, label), -1, TEXT_LINE);
	text_display(&word, _(binding->label), -1, TEXT_LINE);
	if (key.width + word.width + 1 > room)
		return 0;
	term_put(app->term, row, col, room, &key, ROLE_HINT_KEY);
	term_put(app->term, row, col + key.width + 1, room - key.width - 1, &word, ROLE_HINT);
	return key.width + 1 + word.width + 2;
}

/* Keys that do not fit into the line go on in the last one, where nothing else is to be said. */
static bool form_hint_tall(const struct app *app)
{
	return !app->message.length && text_width(form_hint(app->form)) > app->cols - 1;
}

static void draw_form_hint(struct app *app, int row)
{
	struct doc doc = { 0 };

	doc_reset(&doc, app->cols - 1);
	doc_wrapped(&doc, ROLE_HINT, 0, form_hint(app->form));
	doc_draw(&doc, app->term, 0, row, 1, form_hint_tall(app) ? 2 : 1, app->cols - 1, NULL);
	doc_release(&doc);
}

/* What is due next, as wordy as fits into CELLS. */
static void due_text(const struct figures *f, instant now, int cells, struct text *ret)
{
	AUTO_STRING overdue = f->overdue ? mem_format(_("!%zu overdue"), f->overdue) : mem_string("");
	AUTO_STRING next = NULL;
	char span[40];

	if (f->next_what && f->next_at != INSTANT_NONE)
		next = mem_format(_("next: %s in %s"), _(f->next_what), instant_format_span(f->next_at - now, span));
	for (int tier = 0; tier < 2; tier++) {
		AUTO_STRING line = mem_format("%s%s%s", *overdue && !tier ? overdue : "",
					      *overdue && next && !tier ? ", " : "", next ? next : tier ? overdue : "");

		text_release(ret);
		text_display(ret, line, -1, TEXT_LINE);
		if (ret->width <= cells)
			return;
	}
	text_release(ret);
}

/* Draws what is due next at the right; returns the width it took. */
static int draw_due(struct app *app, int row)
{
	AUTO_TEXT text = TEXT_INIT;

	due_text(&app->figures, command_now(app->context), app->cols * 9 / 20, &text);
	if (!text.width)
		return 0;
	term_put(app->term, row, app->cols - text.width - 1, text.width, &text,
		 app->figures.overdue ? ROLE_DUE : ROLE_HINT);
	return text.width + 2;
}

static void draw_completions(struct app *app, int row)
{
	int col = 1;

	for (size_t i = 0; i < app->completion_count && col < app->cols; i++) {
		bool current = i == app->completion_at;

		col += 2 + term_put_raw(app->term, row, col, app->cols - col, app->completions[i].word,
					current ? ROLE_HINT_KEY : ROLE_HINT);
		if (app->completion_count <= 4 && app->completions[i].help)
			col += 2 + term_put_raw(app->term, row, col, app->cols - col, app->completions[i].help, ROLE_DIM);
	}
}

/* What may follow the key that was pressed. */
static void draw_followers(struct app *app, const char *const *contexts, int row)
{
	char label[16];
	int col = 1;

	col += 2 + term_put_raw(app->term, row, col, app->cols - col, key_label(app->prefix, label), ROLE_HINT_KEY);
	for (size_t i = 0; i < app->keys.count; i++) {
		const struct binding *binding = &app->keys.items[i];
		AUTO_STRING word = NULL;

		if (binding->prefix != app->prefix || keymap_find(&app->keys, contexts, app->prefix, binding->key) != binding)
			continue;
		word = mem_format("%s %s", key_label(binding->key, label), binding->label ? _(binding->label) : binding->line);
		col += 2 + term_put_raw(app->term, row, col, app->cols - col, word, ROLE_HINT);
	}
}

static void draw_hints(struct app *app, int row)
{
	const char *contexts[CONTEXTS];
	int room, col = 1;

	if (app->prompt == PROMPT_FORM) {
		draw_form_hint(app, row);
		return;
	}
	if (app->completion_count) {
		draw_completions(app, row);
		return;
	}
	app_note_selection(app);
	app_contexts(app, contexts);
	if (app->prefix && !app->prefix_due) {
		draw_followers(app, contexts, row);
		return;
	}
	room = app->cols - draw_due(app, row) - 1;
	for (int i = 0; contexts[i]; i++)
		for (size_t j = 0; j < app->keys.count; j++) {
			const struct binding *binding = &app->keys.items[j];

			if (binding->label && str_equal(binding->context, contexts[i]) &&
			    !binding->prefix && keymap_find(&app->keys, contexts, 0, binding->key) == binding && hint_valid(app, binding))
				col += draw_hint(app, binding, row, col, room - col - (contexts[i + 1] ? LAST_HINT : 0));
		}
}

/* ---- the last line */

static void draw_prompt(struct app *app, int row)
{
	struct line *line = &app->line;
	AUTO_TEXT sign = TEXT_INIT, before = TEXT_INIT, text = TEXT_INIT;
	int room, skip = 0;
	size_t cut;

	text_display(&sign, prompt_sign(app), -1, TEXT_LINE);
	/* Of a secret not even its length is shown. */
	if (app->prompt != PROMPT_SECRET) {
		text_display(&before, line->text.bytes, (long)line->cursor, TEXT_LINE);
		text_display(&text, line->text.bytes, (long)line->text.length, TEXT_LINE);
	}
	if (sign.width > app->cols - 4)
		sign.width = app->cols > 4 ? app->cols - 4 : 0;
	room = app->cols - sign.width - 1;
	term_put(app->term, row, 0, sign.width, &sign, ROLE_PROMPT);
	if (before.width > room)
		skip = before.width - room;
	cut = skip ? text_clip(text.utf8, skip, &skip) : 0;
	term_put_raw(app->term, row, sign.width, room, text.utf8 ? text.utf8 + cut : "", ROLE_NORMAL);
	if (app->message.length && text.width - skip + 3 < room)
		term_put_raw(app->term, row, sign.width + text.width - skip + 3, room - (text.width - skip) - 3,
			     app->message.bytes, app->message_role);
	app->term->ops->cursor(app->term, row, sign.width + before.width - skip);
}

/* A message too long for its line takes the hints' line as well. */
static bool message_tall(const struct app *app, const struct layout *l)
{
	AUTO_TEXT text = TEXT_INIT;

	if (l->hint < 0 || (app->prompt != PROMPT_NONE && !app->question))
		return false;
	text_display(&text, app->question ? app->question : app->message.bytes, -1, TEXT_LINE);
	return text.width > app->cols - (app->question ? QUESTION_ROOM : 0);
}

/* A question is asked whole: what does not fit above the answer's line is left out at its front. */
static void draw_tall_question(struct app *app, const struct layout *l)
{
	struct doc doc = { 0 };
	int col = 0;

	doc_reset(&doc, app->cols - QUESTION_ROOM);
	doc_wrapped(&doc, ROLE_PROMPT, 0, app->question);
	doc_draw(&doc, app->term, doc.count > 2 ? doc.count - 2 : 0, l->hint, 0, 2, app->cols, NULL);
	for (size_t i = 0; doc.count && i < doc.lines[doc.count - 1].count; i++)
		col += doc.lines[doc.count - 1].runs[i].text.width;
	col += 1 + term_put_raw(app->term, l->message, col + 1, app->cols - col - 1, app->line.text.bytes, ROLE_NORMAL);
	app->term->ops->cursor(app->term, l->message, col < app->cols ? col : app->cols - 1);
	doc_release(&doc);
}

static void draw_tall_message(struct app *app, const struct layout *l)
{
	struct doc doc = { 0 };

	doc_reset(&doc, app->cols);
	doc_wrapped(&doc, app->message_role, 0, app->message.bytes);
	doc_draw(&doc, app->term, 0, l->hint, 0, 2, app->cols, NULL);
	doc_release(&doc);
}

static void draw_message(struct app *app, const struct layout *l)
{
	if (l->message < 0)
		return;
	if (app->prompt == PROMPT_FORM && form_hint_tall(app) && l->hint >= 0)
		return;
	if (app->prompt == PROMPT_FORM)
		term_put_raw(app->term, l->message, 0, app->cols, app->message.length ? app->message.bytes : form_help(app->form),
			     app->message.length ? app->message_role : ROLE_DIM);
	else if (app->question && message_tall(app, l))
		draw_tall_question(app, l);
	else if (app->prompt != PROMPT_NONE)
		draw_prompt(app, l->message);
	else if (message_tall(app, l))
		draw_tall_message(app, l);
	else if (app->message.length)
		term_put_raw(app->term, l->message, 0, app->cols, app->message.bytes, app->message_role);
	else if (l->small)
		term_put_raw(app->term, l->message, 0, app->cols, _("needs 60×15"), ROLE_WARNING);
}

/* ---- everything */

static void draw_locked(struct app *app)
{
	int row = app->rows > 2 ? app->rows / 2 : 0;

	term_put_raw(app->term, row, 0, app->cols, _("psirtty is locked; the vault's keys are gone from memory."), ROLE_TITLE);
	if (app->rows > row + 1)
		term_put_raw(app->term, row + 1, 0, app->cols, _("Enter unlocks, Q quits."), ROLE_NORMAL);
	if (jobs_front(&app->jobs) && app->rows > row + 3)
		term_put_raw(app->term, row + 3, 0, app->cols, _("A job goes on with keys of its own; they go when it ends."),
			     ROLE_WARNING);
	if (app->message.length && app->rows > row + 2)
		term_put_raw(app->term, row + 2, 0, app->cols, app->message.bytes, app->message_role);
}

static void draw_body(struct app *app, const struct layout *l)
{
	struct view *view = app_view(app);
	int cursor_row = -1;

	if (app->prompt == PROMPT_PALETTE || app->prompt == PROMPT_FORM)
		app->preview_due = 0;
	if (app->prompt == PROMPT_PALETTE) {
		palette_draw(app, l->body, l->body_rows);
		return;
	}
	if (app->prompt == PROMPT_FORM) {
		form_draw(app, l->body, l->body_rows);
		return;
	}
	draw_case_head(app, l);
	view_prepare(view, l->list_cols, l->list_rows);
	view_follow(view, l->list_rows, l->preview && l->beside);
	if (l->list_rows > 0)
		view_draw(view, app->term, l->body + l->head_rows, 0, l->list_rows, l->list_cols,
			  true, app->context->plain || app->marker, &cursor_row);
	if (l->preview && !(l->beside && app->bare))
		draw_preview(app, l);
	else if (!l->preview)
		app->preview_due = 0;
	if (app->context->plain && cursor_row >= 0)
		app->term->ops->cursor(app->term, cursor_row, 0);
}

static void draw_frame(struct app *app, const struct layout *l)
{
	AUTO_STR label = STR_INIT;

	if (l->bar >= 0) {
		list_label(app, &label);
		draw_bar(app);
		draw_rule(app, 1, 0, app->cols, label.bytes);
		if (l->preview && !l->beside && l->list_rows)
			draw_rule(app, l->preview_row - 1, 0, app->cols, "");
		draw_rule(app, l->hint - 1, 0, app->cols, "");
		if (!message_tall(app, l))
			draw_hints(app, l->hint);
	}
}

void screen_draw(struct app *app)
{
	struct terminal *term = app->term;
	struct layout l;

	term->ops->size(term, &app->rows, &app->cols);
	term->ops->begin(term);
	term->ops->cursor(term, -1, -1);
	app->dirty = false;
	app->worked = true;
	if (!app->locked && view_is_list(app_view(app)))
		view_prepare(app_view(app), app->cols, app->rows);
	layout_compute(app, &l);
	if (app->locked) {
		draw_locked(app);
	} else {
		draw_body(app, &l);
		draw_frame(app, &l);
		draw_message(app, &l);
	}
	term->ops->end(term);
}
