/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines on the screen: what is selected put in, questions asked, the answer shown. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tui/app.h"

enum { PROGRESS_AFTER_MS = 1000, PROGRESS_EVERY_MS = 100, BULK_NAMED = 3 };

static bool has_placeholder(const char *line)
{
	return strstr(line, "{case}") || strstr(line, "{mail}") || strstr(line, "{row}");
}

void run_show_output(struct app *app)
{
	struct str *out = &app->context->out;

	while (out->length && out->bytes[out->length - 1] == '\n')
		str_truncate(out, out->length - 1);
	if (!out->length)
		return;
	if (memchr(out->bytes, '\n', out->length) || out->length > 400)
		app_show_output(app, out->bytes);
	else
		app_message(app, ROLE_MESSAGE, out->bytes);
}

/* `pane cases sev:critical`: the words behind the pane are its filter; none take an old one away. */
static void filter_pane(struct app *app, char *const *words, size_t count)
{
	AUTO_STR filter = STR_INIT;

	for (size_t i = 0; i < count; i++)
		str_add_format(&filter, "%s%s", i ? " " : "", words[i]);
	if (view_is_list(app_view(app)))
		filter_set(app, filter.bytes);
}

static void obey_request(struct app *app)
{
	struct command_context *context = app->context;
	enum screen_request request = context->request;
	char **arguments = context->arguments;
	size_t count = context->argument_count;
	AUTO_STR joined = STR_INIT;

	context->request = SCREEN_NONE;
	context->arguments = NULL;
	context->argument_count = 0;
	for (size_t i = 0; i < count; i++)
		str_add_format(&joined, "%s%s", i ? " " : "", arguments[i]);
	if (request != SCREEN_NONE)
		app_request(app, request, count ? request == SCREEN_PIPE || request == SCREEN_SET || request == SCREEN_FORM ? joined.bytes : arguments[0] : NULL);
	if (request == SCREEN_PANE)
		filter_pane(app, count ? arguments + 1 : NULL, count ? count - 1 : 0);
	command_free_words(arguments, (int)count);
}

static void react(struct app *app)
{
	struct command_context *context = app->context;
	AUTO_STRING case_id = context->open_case;

	context->open_case = NULL;
	if (context->reactions & REACT_RELOAD)
		app_reload(app);
	run_show_output(app);
	if (context->reactions & REACT_OPEN_CASE && case_id)
		app_open_case(app, case_id);
	obey_request(app);
}

/* How a line that ran here ended; what was edited for it lies where it belongs, or is named. */
static void end_here(struct app *app, int code, const struct error *err)
{
	struct command_context *context = app->context;
	AUTO_STR sentence = STR_INIT;

	if (code && err->why)
		error_sentence(err, &sentence);
	if (!code)
		command_edited_done(context, context->edited);
	else if (context->edited)
		str_add_format(&sentence, _("%sWhat you wrote is kept as the draft %s."), sentence.length ? " " : "", context->edited);
	mem_replace(&context->edited, NULL);
	if (sentence.length)
		app_message(app, ROLE_ERROR, sentence.bytes);
}

/* Runs a line here and now: the screen stands still meanwhile. */
static int execute_here(struct app *app, const char *line)
{
	struct command_context *context = app->context;
	AUTO_ERROR err = ERROR_INIT;
	int code;

	context->reactions = 0;
	context->request = SCREEN_NONE;
	str_reset(&context->out);
	app->job_began = app->job_asked = app->term->ops->clock(app->term);
	app->cancellable = false;
	code = command_run_line(context, line, &err);
	react(app);
	end_here(app, code, &err);
	return code;
}

static const struct command_row *row_of(const char *line)
{
	const struct command_row *row;
	char **argv = NULL;
	int argc = 0, words = 0;

	if (command_split(line, &argv, &argc, NULL))
		return NULL;
	row = argc ? command_find(argc, argv, &words) : NULL;
	command_free_words(argv, argc);
	return row;
}

static bool runs_here(const struct command_row *row)
{
	return !row || command_on_screen(row);
}

/* Runs a line with nothing left to replace or to ask: beside the screen, but for what the screen itself does. */
static void execute(struct app *app, const char *line)
{
	const struct command_row *row = row_of(line);
	struct job_line *job;

	if (runs_here(row)) {
		execute_here(app, line);
		return;
	}
	job = mem_alloc(sizeof(*job));
	*job = (struct job_line){ mem_string(line), mem_string(app->selected_case), mem_string(app->selected_mail) };
	if (jobs_add(app, command_flags(row) & COMMAND_BULK, job, 1))
		return;
	job_lines_free(job, 1);
	execute_here(app, line);
}

static char *case_argument(const struct command_row *row, int argc, char *const *argv, int words)
{
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);
	int at = words;

	for (size_t i = 0; i < count && at < argc; i++) {
		if (arguments[i].option)
			continue;
		if (arguments[i].type == ARG_CASE || arguments[i].type == ARG_ADVISORY)
			return argv[at];
		at++;
	}
	return NULL;
}

/* The case that WORD names, in short, whole, or by its advisory's id; or NULL. */
static const struct case_state *case_of_word(const struct app *app, const char *word)
{
	const struct model *model = app->context->desk && word ? desk_model(app->context->desk) : NULL;
	const struct case_state *state = model ? model_find_case(model, word) : NULL;

	for (size_t i = 0; model && !state && i < model_case_count(model); i++) {
		const struct case_state *at = model_case(model, i);

		if (at->advisory && str_equal(at->advisory->id, word))
			state = at;
	}
	return state;
}

bool run_names_case(struct app *app, const char *line, const char *case_id)
{
	const struct case_state *state;
	const struct command_row *row;
	char **argv = NULL;
	int argc = 0, words = 0;

	if (strstr(line, case_id))
		return true;
	if (command_split(line, &argv, &argc, NULL))
		return false;
	row = argc ? command_find(argc, argv, &words) : NULL;
	state = case_of_word(app, row ? case_argument(row, argc, argv, words) : NULL);
	command_free_words(argv, argc);
	return state && str_equal(state->id, case_id);
}

/* Asks where what would follow must be seen before; false when there is nothing to ask. */
static bool ask_about(struct app *app, const char *line, int argc, char *const *argv)
{
	AUTO_STRING question = command_question(app->context, argc, argv);

	if (question)
		prompt_ask(app, PROMPT_YES, mem_format(_("%s Do it? y/n "), question), line, NULL);
	return question;
}

/* Asks where the row says so, for the whole id of the case where one is meant; false when the line may run at once. */
static bool ask_first(struct app *app, const struct command_row *row, const char *line, const char *id)
{
	unsigned flags = command_flags(row);
	size_t trimmed = strlen(line);

	while (trimmed && line[trimmed - 1] == ' ')
		trimmed--;
	if (flags & COMMAND_TYPED) {
		const struct case_state *state = case_of_word(app, id);
		const char *wanted = state ? state->id : id ? id : app->selected_case ? app->selected_case : command_name(row);

		prompt_ask(app, PROMPT_TYPED, mem_format(_("\"%s\" cannot be taken back. Type %s to do it: "),
							 command_name(row), wanted), line, wanted);
		return true;
	}
	if (flags & COMMAND_LEAVES) {
		prompt_ask(app, PROMPT_YES, mem_format(_("\"%.*s\" leaves the house. Do it? y/n "), (int)trimmed, line), line, NULL);
		return true;
	}
	return false;
}

static void run_expanded(struct app *app, const char *line)
{
	const struct command_row *row;
	AUTO_ERROR err = ERROR_INIT;
	char **argv = NULL;
	int argc = 0, words = 0;

	if (command_split(line, &argv, &argc, &err)) {
		app_error(app, &err);
		return;
	}
	row = argc ? command_find(argc, argv, &words) : NULL;
	if (argc && !row) {
		AUTO_STRING sentence = mem_format(_("There is no command \"%s\" here. ? lists them all."), argv[0]);

		app_message(app, ROLE_ERROR, sentence);
	} else if (row && !ask_about(app, line, argc, argv) &&
		   !ask_first(app, row, line, case_argument(row, argc, argv, words))) {
		execute(app, line);
	}
	command_free_words(argv, argc);
}

/* Whether marks name what LINE is about, cases or mails: then those that a filter hides count, too. A mail's case only its
 * row knows. */
static bool marks_are_things(const struct view *view, const char *line)
{
	const struct row *row = view_selected(view);
	AUTO_STR id = STR_INIT;

	if (!row || (view->ops->row_mail && strstr(line, "{case}")))
		return false;
	view->ops->row_id(row, &id);
	return (view->ops->row_mail && str_equal(view->ops->row_mail(row), id.bytes)) ||
	       (view->ops->row_case && str_equal(view->ops->row_case(row), id.bytes));
}

static bool bulk_possible(const struct view *view)
{
	return view_selected(view) && view->marks.count;
}

static void note_selected(struct app *app)
{
	app->context->selected_case = app->selected_case;
	app->context->selected_mail = app->selected_mail;
	app->context->selected_row = app->selected_row;
}

/* LINE for the row ID, or an error. */
static int mark_line(struct app *app, const char *line, const char *id, bool mails, struct job_line *ret, struct error *err)
{
	struct str expanded = STR_INIT;
	int code;

	mem_replace(mails ? &app->selected_mail : &app->selected_case, id);
	mem_replace(&app->selected_row, id);
	note_selected(app);
	code = command_expand(app->context, line, &expanded, err);
	if (code) {
		str_release(&expanded);
		return code;
	}
	*ret = (struct job_line){ str_detach(&expanded), mem_string(app->selected_case),
				  mem_string(app->selected_mail) };
	return 0;
}

/* One job of many lines; where there is no session, one after the other here. */
static void run_lines(struct app *app, const struct command_row *row, struct job_line *lines, size_t count)
{
	AUTO_STR sentence = STR_INIT;
	size_t done = 0;

	if (!runs_here(row) && jobs_add(app, command_flags(row) & COMMAND_BULK, lines, count))
		return;
	while (done < count && execute_here(app, lines[done].text) == 0)
		done++;
	if (done == count) {
		str_add_format(&sentence, _("Done for %zu."), done);
		app_message(app, ROLE_MESSAGE, sentence.bytes);
	}
	job_lines_free(lines, count);
	app_reload(app);
}

static size_t lines_of_ids(struct app *app, const char *line, const struct view *view, struct job_line *lines, struct error *err)
{
	bool mails = view->ops->row_mail != NULL;
	size_t made = 0;

	while (made < view->marks.count && mark_line(app, line, view->marks.ids[made], mails, &lines[made], err) == 0)
		made++;
	if (made == view->marks.count)
		return made;
	for (; made > 0; made--) {
		free(lines[made - 1].text);
		free(lines[made - 1].case_id);
		free(lines[made - 1].mail);
	}
	return 0;
}

/* What rows stand for: a case that is behind several of them is meant once, one that LINE cannot be about is passed over. */
static size_t lines_of_rows(struct app *app, const char *line, const struct view *view, struct job_line *lines, struct error *err)
{
	struct idset seen = { 0 };
	size_t made = 0;

	for (size_t i = 0; i < view->row_count && made < view->marks.count; i++) {
		const struct row *row = &view->rows[i];
		AUTO_STR id = STR_INIT, text = STR_INIT;

		if (!view_marked(view, row))
			continue;
		view->ops->row_id(row, &id);
		mem_replace(&app->selected_case, view->ops->row_case ? view->ops->row_case(row) : app_level(app)->case_id);
		mem_replace(&app->selected_mail, view->ops->row_mail ? view->ops->row_mail(row) : NULL);
		mem_replace(&app->selected_row, id.bytes);
		note_selected(app);
		if (command_expand(app->context, line, &text, err) || idset_has(&seen, text.bytes))
			continue;
		idset_put(&seen, text.bytes, true);
		lines[made++] = (struct job_line){ mem_string(text.bytes), mem_string(app->selected_case), mem_string(app->selected_mail) };
	}
	idset_release(&seen);
	return made;
}

/* LINE for each of the marks, job_lines_free'd by the caller; none: ERR says why. */
static size_t lines_of_marks(struct app *app, const char *line, struct job_line **ret, struct error *err)
{
	const struct view *view = app_view(app);
	size_t made;

	*ret = mem_alloc((view->marks.count + 1) * sizeof(**ret));
	made = marks_are_things(view, line) ? lines_of_ids(app, line, view, *ret, err) : lines_of_rows(app, line, view, *ret, err);
	if (made)
		error_release(err);
	app_note_selection(app);
	return made;
}

static void ask_bulk(struct app *app, const char *line)
{
	AUTO_STR question = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct job_line *lines;
	size_t count = lines_of_marks(app, line, &lines, &err);
	const char *rows = strstr(line, "{row}");

	if (!count) {
		free(lines);
		app_error(app, &err);
		return;
	}
	str_add_format(&question, _("\"%s\" for %zu: "), line, count);
	for (size_t i = 0; i < count && i < BULK_NAMED; i++) {
		const char *name = strstr(line, "{mail}") ? lines[i].mail : rows ? lines[i].text : lines[i].case_id;

		str_add_format(&question, "%s%s", i ? ", " : "", str_or_empty(name));
	}
	str_add(&question, count > BULK_NAMED ? _(" … y/n ") : _(" y/n "));
	job_lines_free(lines, count);
	prompt_ask(app, PROMPT_YES, str_detach(&question), line, NULL);
	app->pending_how = PENDING_BULK;
}

static void run_over_marks(struct app *app, const char *line)
{
	struct view *view = app_view(app);
	AUTO_ERROR err = ERROR_INIT;
	struct job_line *lines;
	size_t made = lines_of_marks(app, line, &lines, &err);

	view_clear_marks(view);
	if (made) {
		run_lines(app, row_of(line), lines, made);
	} else {
		free(lines);
		app_error(app, &err);
	}
}

void run_line(struct app *app, const char *line)
{
	AUTO_STR expanded = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	app_note_selection(app);
	if (has_placeholder(line) && bulk_possible(app_view(app))) {
		ask_bulk(app, line);
		return;
	}
	if (command_expand(app->context, line, &expanded, &err))
		app_error(app, &err);
	else
		run_expanded(app, expanded.bytes);
}

/* ---- what gpg asks for */

void run_offer_gpg(struct app *app, const char *line, const char *draft)
{
	/* A mail that could not be opened is kept: it is not imported twice. */
	bool import = str_starts(line, "mail import ");

	prompt_ask(app, PROMPT_YES,
		   mem_string(_("gpg wants a passphrase or a PIN. Give it the screen and do it again? y/n ")),
		   import ? "mail retry" : line, NULL);
	app->pending_how = PENDING_FRONT;
	mem_replace(&app->rewrite, draft);
}

/* Begins with what was written the first time; that draft goes when what became of it is sealed. */
static int edit_again(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	AUTO_STRING before = context->edited;
	struct str kept = STR_INIT;
	int code;

	context->edited = NULL;
	if (before && command_edited_text(context, before, &kept, NULL) == 0) {
		str_reset(text);
		str_add_bytes(text, kept.bytes, kept.length);
	}
	str_wipe(&kept);
	code = run_edit(context, name, text, err);
	if (context->edited)
		command_edited_done(context, before);
	else
		context->edited = mem_string(before);
	return code;
}

static void run_with_terminal(struct app *app, const char *line)
{
	app->term->ops->suspend(app->term);
	app->context->edited = app->rewrite;
	app->context->edit = app->rewrite ? edit_again : run_edit;
	app->rewrite = NULL;
	app->context->progress = NULL;
	app->context->cancelled = NULL;
	execute_here(app, line);
	app->context->edit = run_edit;
	app->context->progress = run_progress;
	app->context->cancelled = run_cancelled;
	app->term->ops->resume(app->term);
	app->dirty = true;
}

void run_pending(struct app *app)
{
	AUTO_STRING line = app->pending;
	enum pending how = app->pending_how;

	app->pending = NULL;
	app->pending_how = PENDING_RUN;
	if (how == PENDING_HELD)
		run_held(app, true);
	else if (!line)
		return;
	else if (how == PENDING_BULK)
		run_over_marks(app, line);
	else if (how == PENDING_FRONT)
		run_with_terminal(app, line);
	else if (how == PENDING_AGAIN)
		run_line(app, line);
	else
		execute(app, line);
}

void run_binding(struct app *app, const struct binding *binding)
{
	AUTO_STR expanded = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (!binding->edit) {
		run_line(app, binding->line);
		return;
	}
	app_note_selection(app);
	if (has_placeholder(binding->line) && bulk_possible(app_view(app)))
		str_add(&expanded, binding->line);
	else if (command_expand(app->context, binding->line, &expanded, &err)) {
		app_error(app, &err);
		return;
	}
	if (expanded.length && expanded.bytes[expanded.length - 1] != ' ')
		str_add_char(&expanded, ' ');
	prompt_open(app, PROMPT_COMMAND, expanded.bytes);
}

/* ---- $EDITOR */

int run_edit(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	struct app *app = context->front;
	int code;

	app->term->ops->suspend(app->term);
	code = command_editor(context, name, text, err);
	app->term->ops->resume(app->term);
	app->dirty = true;
	return code;
}

void run_held(struct app *app, bool yes)
{
	AUTO_STRING sentence = NULL;
	AUTO_STRING id = NULL;
	AUTO_ERROR err = ERROR_INIT;
	int code = 0;

	for (int lane = 0; lane < LANE_COUNT; lane++)
		if (app->held.session && app->jobs.lanes[lane].session == app->held.session && app->jobs.lanes[lane].job) {
			struct job *job = app->jobs.lanes[lane].job;

			job->told = !yes;
			/* It lies there as a draft already, which is no longer the job's. */
			if (!yes)
				id = job->edited, job->edited = NULL;
		}
	if (app->held.session)
		session_edited(app->held.session, yes ? 0 : ERR_NO, &app->held.text);
	yes = yes && app->held.session;
	if (!yes && !id)
		code = desk_keep_text(app->context->desk, &app->held.text, &id, &err);
	if (code)
		app_error(app, &err);
	else if (!yes)
		sentence = mem_format(_("Not saved; what you wrote is kept as the draft %s."), id);
	if (sentence)
		app_message(app, ROLE_MESSAGE, sentence);
	str_wipe(&app->held.text);
	app->held.session = NULL;
}

void run_edit_for(struct app *app, struct session *session, struct job *job, struct session_answer *answer)
{
	const struct job_line *line = &job->lines[job->line_at];
	AUTO_STR about = STR_INIT;
	AUTO_STRING who = NULL;
	AUTO_ERROR err = ERROR_INIT;
	int code = run_edit(app->context, str_or_empty(answer->name), &answer->text, &err);

	if (code)
		app_error(app, &err);
	job->told = code != 0;
	free(job->edited);
	job->edited = app->context->edited;
	app->context->edited = NULL;
	str_add(&about, line->text);
	who = code ? NULL : app_changed_by(app, about.bytes);
	if (!who) {
		session_edited(session, code, &answer->text);
		return;
	}
	app->held.session = session;
	str_reset(&app->held.text);
	str_add_bytes(&app->held.text, answer->text.bytes, answer->text.length);
	prompt_ask(app, PROMPT_YES, mem_format(_("%s changed that case while you edited. Save over it? y/n "), who), NULL, NULL);
	app->pending_how = PENDING_HELD;
}

/* ---- a long line in front */

void run_progress(struct command_context *context, size_t done, size_t total)
{
	struct app *app = context->front;
	int64_t now = app->term->ops->clock(app->term), took = now - app->job_began;
	AUTO_STR sentence = STR_INIT;
	char left[40];

	if (took < PROGRESS_AFTER_MS || now - app->job_drawn < PROGRESS_EVERY_MS || !done)
		return;
	app->job_drawn = now;
	str_add_format(&sentence, _("%zu of %zu, %lld a second, %s left"), done, total,
		       (long long)done * 1000 / (took ? took : 1), job_span(job_left(took, done, total), left));
	str_add(&sentence, app->cancellable ? _("; ^C cancels") : "");
	app_message(app, ROLE_MESSAGE, sentence.bytes);
	screen_draw(app);
}

/* Looked for ten times a second. Other keys are not for this job, and are not kept for what follows it. */
bool run_cancelled(struct command_context *context)
{
	enum { CONTROL_C = 3 };
	struct app *app = context->front;
	int64_t now = app->term->ops->clock(app->term);
	int key;

	app->cancellable = true;
	if (now - app->job_asked < PROGRESS_EVERY_MS)
		return false;
	app->job_asked = now;
	key = app->term->ops->key(app->term, 0);
	app->quit = app->quit || key == TK_HANGUP;
	return key == CONTROL_C || key == TK_HANGUP;
}
