/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed on the last line: commands, filters, searches, answers. One row of a table for each. */
#include "tui/app.h"

static void completions_drop(struct app *app)
{
	completion_free(app->completions, app->completion_count);
	app->completions = NULL;
	app->completion_count = app->completion_at = 0;
}

void prompt_close(struct app *app)
{
	completions_drop(app);
	line_release(&app->line);
	if (app->level_count)
		view_set_late(app_view(app), false);
	app->late_due = 0;
	typed_drop(app);
	form_free(app->form);
	app->form = NULL;
	mem_replace(&app->question, NULL);
	mem_replace(&app->clash, NULL);
	app->prompt = PROMPT_NONE;
}

void prompt_open(struct app *app, enum prompt_kind kind, const char *text)
{
	prompt_close(app);
	app->prompt = kind;
	line_set(&app->line, str_or_empty(text));
	app->history.at = app->history.count;
	str_reset(&app->message);
}

void prompt_ask(struct app *app, enum prompt_kind kind, char *question, const char *pending, const char *expected)
{
	prompt_open(app, kind, "");
	app->question = question;
	mem_replace(&app->pending, pending);
	mem_replace(&app->expected, expected);
	app->pending_how = PENDING_RUN;
	typed_keep(app);
}

static void say_nothing_done(struct app *app)
{
	AUTO_STR sentence = STR_INIT;

	str_add(&sentence, _("Nothing was done."));
	if (app->pending_how == PENDING_FRONT && app->rewrite)
		str_add_format(&sentence, _("%sWhat you wrote is kept as the draft %s."), " ", app->rewrite);
	app_message(app, ROLE_MESSAGE, sentence.bytes);
	mem_replace(&app->rewrite, NULL);
}

static void forget_pending(struct app *app)
{
	mem_replace(&app->pending, NULL);
	if (app->pending_how == PENDING_HELD)
		run_held(app, false);
	else
		say_nothing_done(app);
	app->pending_how = PENDING_RUN;
}

/* ---- filters */

void filter_set(struct app *app, const char *text)
{
	struct desk *desk = app->context->desk;
	struct view *view = app_view(app);
	AUTO_ERROR err = ERROR_INIT;

	if (text && *text && view->ops->row_state && desk && desk_know_some(desk, 0)) {
		mem_replace(&app->sift, text);
		return;
	}
	mem_replace(&app->sift, NULL);
	if (view_set_filter(view, text, &err))
		app_error(app, &err);
	if (app->prompt != PROMPT_FILTER)
		return;
	view_set_late(view, true);
	app->late_due = view->late ? app->term->ops->clock(app->term) + REST_MS : 0;
}

void filter_slice(struct app *app)
{
	struct desk *desk = app->context->desk;
	AUTO_STRING text = NULL;

	app->worked = true;
	if (desk && desk_know_some(desk, READ_BRIEFS))
		return;
	text = mem_string(app->sift);
	filter_set(app, text);
	app->dirty = true;
}

/* ---- what each kind does with its text */

static void filter_changed(struct app *app)
{
	str_reset(&app->message);
	filter_set(app, app->line.text.bytes);
}

static void filter_cancel(struct app *app)
{
	filter_set(app, NULL);
}

static void search_changed(struct app *app)
{
	struct view *view = app_view(app);
	long found;

	mem_replace(&view->search, app->line.text.length ? app->line.text.bytes : NULL);
	if (!view->search)
		return;
	found = doc_find(&view->body, view->search, view->scroll, 1);
	if (found >= 0)
		view->scroll = (size_t)found;
}

static void search_cancel(struct app *app)
{
	mem_replace(&app_view(app)->search, NULL);
}

static void search_enter(struct app *app)
{
	struct view *view = app_view(app);

	if (view->search && doc_find(&view->body, view->search, 0, 1) < 0)
		app_message(app, ROLE_WARNING, _("That does not occur here."));
}

void prompt_run(struct app *app, const char *typed)
{
	AUTO_STRING line = mem_string(typed);
	AUTO_STRING who = mem_string(app->clash);

	prompt_close(app);
	if (!line[strspn(line, " ")])
		return;
	history_add(&app->history, line);
	if (!who) {
		run_line(app, line);
		return;
	}
	prompt_ask(app, PROMPT_YES, mem_format(_("%s changed that case while you typed. Do it all the same? y/n "), who), line,
		   NULL);
	app->pending_how = PENDING_AGAIN;
}

static void command_enter(struct app *app)
{
	prompt_run(app, app->line.text.bytes);
}

static void palette_changed(struct app *app)
{
	palette_filter(app, app->line.text.bytes);
}

static void typed_enter(struct app *app)
{
	bool right = str_equal(app->line.text.bytes, app->expected);

	prompt_close(app);
	if (right)
		run_pending(app);
	else
		forget_pending(app);
}

static const struct prompt_ops {
	const char *sign;
	void (*changed)(struct app *app);
	void (*enter)(struct app *app);  /* NULL: Enter only closes */
	void (*cancel)(struct app *app);
	bool keeps_open;                 /* enter closes the prompt itself */
} table[PROMPT_KINDS] = {
	[PROMPT_COMMAND] = { ":", NULL, command_enter, NULL, true },
	[PROMPT_FILTER] = { "/", filter_changed, NULL, filter_cancel, false },
	[PROMPT_SEARCH] = { "/", search_changed, search_enter, search_cancel, false },
	[PROMPT_PALETTE] = { "?", palette_changed, palette_choose, NULL, true },
	[PROMPT_YES] = { NULL, NULL, NULL, forget_pending, false },
	[PROMPT_SECRET] = { NULL, NULL, secret_given, secret_declined, false },
	[PROMPT_TYPED] = { NULL, NULL, typed_enter, forget_pending, true },
};

const char *prompt_sign(const struct app *app)
{
	return app->question ? app->question : str_or_empty(table[app->prompt].sign);
}

/* ---- completion */

static size_t common_prefix(const struct completion *completions, size_t count)
{
	size_t length = strlen(completions[0].word);

	for (size_t i = 1; i < count; i++) {
		size_t same = 0;

		while (same < length && completions[i].word[same] == completions[0].word[same])
			same++;
		length = same;
	}
	return length;
}

static void replace_last_word(struct app *app, const char *word, size_t length, bool whole)
{
	AUTO_STR text = STR_INIT;
	const char *quote = memchr(word, ' ', length) ? "\"" : "";

	str_add_bytes(&text, app->line.text.bytes, line_last_word(app->line.text.bytes));
	str_add(&text, quote);
	str_add_bytes(&text, word, length);
	str_add(&text, length == strlen(word) ? quote : "");
	if (whole)
		str_add_char(&text, ' ');
	line_set(&app->line, text.bytes);
}

/* The first Tab completes as far as all agree; more of them go through the list. */
static void complete(struct app *app, int step)
{
	size_t common;

	if (app->completion_count) {
		app->completion_at = (app->completion_at + app->completion_count + (size_t)step) % app->completion_count;
		replace_last_word(app, app->completions[app->completion_at].word,
				  strlen(app->completions[app->completion_at].word), false);
		return;
	}
	app_note_selection(app);
	command_complete(app->context, app->line.text.bytes, &app->completions, &app->completion_count);
	if (!app->completion_count)
		return;
	common = common_prefix(app->completions, app->completion_count);
	if (app->completion_count == 1) {
		replace_last_word(app, app->completions[0].word, common, true);
		completions_drop(app);
		return;
	}
	if (common > app->line.text.length - line_last_word(app->line.text.bytes))
		replace_last_word(app, app->completions[0].word, common, false);
	app->completion_at = app->completion_count - 1;
}

/* ---- keys */

static void answer_key(struct app *app, int key)
{
	prompt_close(app);
	if (key == 'y' || key == 'Y')
		run_pending(app);
	else
		forget_pending(app);
}

static void leave(struct app *app)
{
	void (*cancel)(struct app *app) = table[app->prompt].cancel;

	if (cancel)
		cancel(app);
	prompt_close(app);
}

static void enter(struct app *app)
{
	const struct prompt_ops *ops = &table[app->prompt];

	if (ops->enter)
		ops->enter(app);
	if (!ops->keeps_open)
		prompt_close(app);
}

/* Keys that move in what the prompt is about; false when KEY is none. */
static bool moving_key(struct app *app, int key)
{
	int step = key == TK_UP || key == 16 ? -1 : key == TK_DOWN || key == 14 ? 1 : 0;

	if (!step && key != TK_PAGE_UP && key != TK_PAGE_DOWN)
		return false;
	if (!step)
		step = key == TK_PAGE_UP ? -10 : 10;
	if (app->prompt == PROMPT_PALETTE)
		palette_move(app, step);
	else if (app->prompt == PROMPT_COMMAND)
		history_step(&app->history, &app->line, step < 0 ? -1 : 1);
	else if (app->prompt == PROMPT_FILTER)
		app_request(app, step < 0 ? SCREEN_UP : SCREEN_DOWN, NULL);
	return true;
}

static void after_change(struct app *app)
{
	completions_drop(app);
	if (table[app->prompt].changed)
		table[app->prompt].changed(app);
	typed_changed(app);
}

/* What came from the editor in place of what was typed; kept as typed from now on, else as the draft that the editor left. */
static void take_edited(struct app *app, struct str *text)
{
	AUTO_STRING draft = app->context->edited;
	AUTO_STRING before = mem_string(app->line.text.bytes);
	AUTO_STRING sentence = NULL;

	app->context->edited = NULL;
	while (text->length && text->bytes[text->length - 1] == '\n')
		str_truncate(text, text->length - 1);
	line_set(&app->line, "");
	if (line_insert(&app->line, str_or_empty(text->bytes))) {
		after_change(app);
		typed_keep(app);
		command_edited_done(app->context, draft);
		return;
	}
	line_set(&app->line, str_or_empty(before));
	sentence = draft ? mem_format(_("Too long for a line; kept as the draft %s."), draft)
			 : mem_string(_("Too long for a line; nothing of it was taken."));
	app_message(app, ROLE_WARNING, sentence);
}

/* ^X^E, as in a shell: what is typed goes to $EDITOR and comes back, on one line. */
static bool editor_key(struct app *app, int key)
{
	enum { CONTROL_X = 24, CONTROL_E = 5 };
	bool second = app->prompt_prefix == CONTROL_X && key == CONTROL_E;
	AUTO_ERROR err = ERROR_INIT;
	struct str text = STR_INIT;

	app->prompt_prefix = key == CONTROL_X ? key : 0;
	if (app->prompt != PROMPT_COMMAND || !second)
		return app->prompt_prefix != 0;
	str_add(&text, str_or_empty(app->line.text.bytes));
	if (run_edit(app->context, "command", &text, &err))
		app_error(app, &err);
	else
		take_edited(app, &text);
	str_wipe(&text);
	return true;
}

void prompt_key(struct app *app, int key)
{
	bool changed = false;

	if (app->prompt != PROMPT_SECRET && app->prompt != PROMPT_FORM && app->prompt != PROMPT_YES && editor_key(app, key))
		return;
	if (app->prompt == PROMPT_FORM) {
		form_key(app, key);
	} else if (app->prompt == PROMPT_YES) {
		answer_key(app, key);
	} else if (app->prompt == PROMPT_COMMAND && key == TK_F2) {
		AUTO_STRING line = mem_string(app->line.text.bytes);

		form_open(app, line);
	} else if (key == TK_ESCAPE || key == 3 || key == 7) {
		leave(app);
	} else if (key == TK_ENTER) {
		enter(app);
	} else if (key == TK_BACKSPACE && !app->line.text.length && app->prompt != PROMPT_TYPED &&
		   app->prompt != PROMPT_SECRET) {
		leave(app);
	} else if (app->prompt == PROMPT_COMMAND && (key == TK_TAB || key == TK_BACK_TAB)) {
		complete(app, key == TK_TAB ? 1 : -1);
	} else if (!moving_key(app, key) && line_key(&app->line, key, &changed) && changed) {
		after_change(app);
	}
}

void prompt_paste(struct app *app, const char *text)
{
	if (app->prompt == PROMPT_FORM)
		form_paste(app, text);
	if (app->prompt == PROMPT_FORM || app->prompt == PROMPT_YES)
		return;
	if (line_insert(&app->line, text))
		after_change(app);
	else
		app_message(app, ROLE_WARNING, _("What was pasted is too long for a line; nothing of it was taken."));
}
