/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: fields, their checking, and the command line that becomes of them. */
#include "tui/form.h"

#include "tui/app.h"

enum { LABEL_CELLS = 18, VALUE_COL = 21, FIELDS_MOST = 24 };

struct field { const struct command_argument *argument; struct line line; };
struct form {
	const struct command_row *row;
	struct field fields[FIELDS_MOST]; size_t count, current, top;
	struct picker *picker; /* owned; over the fields while one chooses */
	bool tried;            /* what is missing is said from then on */
};

void form_free(struct form *form)
{
	if (!form)
		return;
	for (size_t i = 0; i < form->count; i++)
		line_release(&form->fields[i].line);
	if (form->picker)
		form->picker->ops->free(form->picker);
	free(form);
}

static const char *value_of(const struct field *field)
{
	return str_or_empty(field->line.text.bytes);
}

static bool is_switch(const struct command_argument *argument)
{
	return argument->option && !argument->takes_value;
}

/* ---- what it becomes */

static void add_quoted(struct str *ret, const char *value)
{
	str_add(ret, " \"");
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			str_add_char(ret, '\\');
		str_add_char(ret, *value);
	}
	str_add_char(ret, '"');
}

static bool plain_word(const char *value)
{
	return *value && !value[strcspn(value, " \t\"'\\{}")];
}

/* Several files, or KEY=VALUE pairs, are several words; any other text is one. */
static void add_value(struct str *ret, const struct command_argument *argument, const char *value)
{
	bool several = argument->repeats && (argument->type == ARG_FILE || strchr(argument->name, '='));

	if (several || plain_word(value))
		str_add_format(ret, " %s", value);
	else
		add_quoted(ret, value);
}

static void add_field(struct str *ret, const struct field *field)
{
	const struct command_argument *argument = field->argument;

	if (!field->line.text.length)
		return;
	if (argument->option)
		str_add_format(ret, " %s", argument->name);
	if (!is_switch(argument))
		add_value(ret, argument, value_of(field));
}

void form_line(const struct form *form, struct str *ret)
{
	bool dashes = false;

	str_add(ret, command_name(form->row));
	for (size_t i = 0; i < form->count; i++)
		if (form->fields[i].argument->option)
			add_field(ret, &form->fields[i]);
	for (size_t i = 0; i < form->count; i++)
		dashes = dashes || (!form->fields[i].argument->option && str_starts(value_of(&form->fields[i]), "--"));
	str_add(ret, dashes ? " --" : "");
	for (size_t i = 0; i < form->count; i++)
		if (!form->fields[i].argument->option)
			add_field(ret, &form->fields[i]);
}

/* ---- checking */

static bool word_allowed(const struct command_argument *argument, const char *value)
{
	for (size_t i = 0; argument->words[i]; i++)
		if (str_equal(argument->words[i], value))
			return true;
	return false;
}

/* A positional one that is empty before one that is not would shift the others. */
static bool gap_at(const struct form *form, size_t index)
{
	for (size_t i = index + 1; i < form->count; i++)
		if (!form->fields[i].argument->option && form->fields[i].line.text.length)
			return true;
	return false;
}

/* Why the field keeps the form from running, or NULL. */
static const char *problem_of(const struct form *form, size_t index)
{
	const struct field *field = &form->fields[index];
	const struct command_argument *argument = field->argument;

	if (!field->line.text.length)
		return !argument->option && (!argument->optional || gap_at(form, index)) ? _("is needed") : NULL;
	return argument->words && !word_allowed(argument, value_of(field)) ? _("is none of its words") : NULL;
}

static void note_vector(const char *value, struct str *ret, enum role *ret_role)
{
	struct cvss cvss;
	AUTO_ERROR err = ERROR_INIT;
	char tenths[8];

	if (cvss_parse(value, &cvss, &err)) {
		*ret_role = ROLE_WARNING;
		str_add(ret, str_or_empty(err.why));
		return;
	}
	str_add_format(ret, "%s %s", cvss_tenths(cvss.overall, tenths), cvss_severity_name(cvss.severity));
}

static void note_when(const char *value, struct str *ret, enum role *ret_role)
{
	struct zoned when;
	AUTO_ERROR err = ERROR_INIT;
	char utc[40];

	if (zoned_parse(value, &when, &err)) {
		*ret_role = ROLE_WARNING;
		str_add(ret, _("no date, hour and zone"));
		return;
	}
	instant_format(when.at, utc);
	str_add_format(ret, "= %s", utc);
}

/* What a value means, beside it; a warning where it seems to mean nothing. */
static void note_of(const struct app *app, const struct field *field, struct str *ret, enum role *ret_role)
{
	const struct model *model = app->context->desk ? desk_model(app->context->desk) : NULL;
	const struct case_state *state;

	*ret_role = ROLE_DIM;
	if (!field->line.text.length)
		return;
	if (field->argument->type == ARG_VECTOR)
		note_vector(value_of(field), ret, ret_role);
	else if (field->argument->type == ARG_WHEN)
		note_when(value_of(field), ret, ret_role);
	else if (field->argument->type == ARG_CASE && model) {
		state = model_find_case(model, value_of(field));
		str_add(ret, state ? str_or_empty(state->title) : _("no such case"));
		*ret_role = state ? ROLE_DIM : ROLE_WARNING;
	}
}

/* ---- opening */

/* Words that were typed already, each to where the command would take it. */
static void take_words(struct form *form, int argc, char *const *argv)
{
	size_t next = 0;

	for (int i = 0; i < argc; i++) {
		struct field *field = NULL;

		for (size_t f = 0; f < form->count && str_starts(argv[i], "--"); f++)
			if (form->fields[f].argument->option && str_equal(form->fields[f].argument->name, argv[i]))
				field = &form->fields[f];
		if (field) {
			line_set(&field->line, is_switch(field->argument) ? _("yes") : i + 1 < argc ? argv[++i] : "");
			continue;
		}
		while (next < form->count && form->fields[next].argument->option)
			next++;
		if (next == form->count)
			return;
		field = &form->fields[next];
		if (field->line.text.length)
			line_insert(&field->line, " ");
		line_insert(&field->line, argv[i]);
		next += !field->argument->repeats;
	}
}

static void fill_selected(struct app *app, struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct field *field = &form->fields[i];
		const char *value = field->argument->type == ARG_CASE ? app->selected_case :
				    field->argument->type == ARG_MAIL ? app->selected_mail : NULL;

		if (value && !field->argument->option && !field->line.text.length)
			line_set(&field->line, value);
	}
	while (form->current + 1 < form->count && form->fields[form->current].line.text.length)
		form->current++;
}

bool form_open(struct app *app, const char *line)
{
	const struct command_argument *arguments;
	const struct command_row *row = NULL;
	struct form *form;
	char **argv = NULL;
	int argc = 0, words = 0;
	size_t count;

	if (command_split(line, &argv, &argc, NULL) == 0)
		row = argc ? command_find(argc, argv, &words) : NULL;
	if (!row) {
		command_free_words(argv, argc);
		return false;
	}
	form = mem_alloc(sizeof(*form));
	form->row = row;
	arguments = command_arguments(row, &count);
	for (size_t i = 0; i < count && i < FIELDS_MOST; i++, form->count++) {
		form->fields[i].argument = &arguments[i];
		line_init(&form->fields[i].line);
	}
	take_words(form, argc - words, argv + words);
	command_free_words(argv, argc);
	app_note_selection(app);
	fill_selected(app, form);
	prompt_open(app, PROMPT_FORM, "");
	app->form = form;
	return true;
}

/* ---- choosing */

/* Candidates as the command line would complete them at this place. */
static struct picker *candidates(struct app *app, const struct form *form)
{
	AUTO_STR line = STR_INIT;
	struct completion *completions = NULL;
	size_t count = 0;

	str_add(&line, command_name(form->row));
	for (size_t i = 0; i < form->current; i++)
		if (!form->fields[i].argument->option)
			add_field(&line, &form->fields[i]);
	if (form->fields[form->current].argument->option)
		str_add_format(&line, " %s", form->fields[form->current].argument->name);
	str_add_char(&line, ' ');
	command_complete(app->context, line.bytes, &completions, &count);
	if (count)
		return pick_list_new(completions, count);
	completion_free(completions, count);
	return NULL;
}

/* `case set CASE cwe VALUE`: the value's kind hangs on the field before it. */
static bool about(const struct form *form, const char *field)
{
	return form->current > 0 && str_equal(value_of(&form->fields[form->current - 1]), field);
}

static const struct case_state *case_of(struct app *app, const struct form *form)
{
	const struct model *model = app->context->desk ? desk_model(app->context->desk) : NULL;

	for (size_t i = 0; model && i < form->count; i++)
		if (form->fields[i].argument->type == ARG_CASE && !form->fields[i].argument->option)
			return model_find_case(model, value_of(&form->fields[i]));
	return NULL;
}

static struct picker *bar_picker(struct app *app, const struct form *form, const char *text)
{
	const struct case_state *state = case_of(app, form);
	const struct case_score *score = state ? case_leading_score(state) : NULL;

	return pick_bar_new(text, score ? score->cvss.overall : -1);
}

const struct picker_ops *const form_pickers[] = {
	&picker_list, &picker_cwe, &picker_date, &picker_cvss, &picker_bar, &picker_matrix, NULL,
};

const struct picker_ops *form_picker(const struct form *form)
{
	return form->picker ? form->picker->ops : NULL;
}

static void pick(struct app *app, struct form *form)
{
	const struct field *field = &form->fields[form->current];
	enum argument_type type = field->argument->type;

	if (type == ARG_WHEN)
		form->picker = pick_date_new(value_of(field), command_now(app->context));
	else if (type == ARG_VECTOR || about(form, "score"))
		form->picker = pick_cvss_new(value_of(field));
	else if (about(form, "cwe") || str_starts(field->argument->name, "ID|TEXT"))
		form->picker = pick_cwe_new();
	else if (str_equal(command_name(form->row), "case qualify") && field->argument->repeats)
		form->picker = bar_picker(app, form, value_of(field));
	else if (type == ARG_PRODUCT && str_equal(command_name(form->row), "affected set"))
		form->picker = pick_matrix_new(app->context->desk ? desk_model(app->context->desk) : NULL, case_of(app, form));
	else
		form->picker = candidates(app, form);
	if (!form->picker)
		app_message(app, ROLE_WARNING, _("There is nothing to choose from: type it."));
}

/* What stands behind a tab goes into the next field, which becomes the current one. */
static void fill_from(struct form *form, char *words)
{
	char *word;

	for (size_t i = form->current; (word = strsep(&words, "\t")) != NULL && i < form->count; i++) {
		line_set(&form->fields[i].line, word);
		form->current = i;
	}
}

static void picked(struct form *form, bool take)
{
	AUTO_STR text = STR_INIT;

	if (take)
		form->picker->ops->text(form->picker, &text);
	if (text.length)
		fill_from(form, text.bytes);
	form->picker->ops->free(form->picker);
	form->picker = NULL;
}

/* ---- keys */

static void move_field(struct form *form, int step)
{
	if (form->count)
		form->current = (form->current + form->count + (size_t)step) % form->count;
}

static void run_form(struct app *app)
{
	struct form *form = app->form;
	AUTO_STR line = STR_INIT;

	form->tried = true;
	for (size_t i = 0; i < form->count; i++)
		if (problem_of(form, i)) {
			form->current = i;
			return;
		}
	form_line(form, &line);
	prompt_run(app, line.bytes);
}

static bool last_required(const struct form *form)
{
	for (size_t i = form->current + 1; i < form->count; i++)
		if (!form->fields[i].argument->option && !form->fields[i].argument->optional)
			return false;
	return true;
}

static void field_key(struct app *app, struct form *form, int key)
{
	struct field *field = form->count ? &form->fields[form->current] : NULL;
	bool changed = false;

	if (!field)
		return;
	if (is_switch(field->argument)) {
		if (key == ' ')
			line_set(&field->line, field->line.text.length ? "" : _("yes"));
		return;
	}
	if (line_key(&field->line, key, &changed) && changed)
		typed_changed(app);
}

static bool leaves(int key)
{
	return key == TK_ESCAPE || key == 3 || key == 7;
}

void form_key(struct app *app, int key)
{
	enum { CONTROL_P = 16, CONTROL_S = 19 };
	struct form *form = app->form;

	str_reset(&app->message);
	if (form->picker) {
		if (key == TK_ENTER || leaves(key))
			picked(form, key == TK_ENTER), typed_changed(app);
		else
			form->picker->ops->key(form->picker, key);
		return;
	}
	if (leaves(key))
		prompt_close(app);
	else if (key == CONTROL_S || key == TK_F10 || (key == TK_ENTER && (!form->count || last_required(form))))
		run_form(app);
	else if (key == TK_ENTER || key == TK_TAB || key == TK_DOWN)
		move_field(form, 1);
	else if (key == TK_BACK_TAB || key == TK_UP)
		move_field(form, -1);
	else if ((key == CONTROL_P || key == TK_F2) && form->count)
		pick(app, form);
	else
		field_key(app, form, key);
}

void form_paste(struct app *app, const char *text)
{
	struct form *form = app->form;

	if (form->picker || !form->count || is_switch(form->fields[form->current].argument))
		return;
	if (line_insert(&form->fields[form->current].line, text))
		typed_changed(app);
	else
		app_message(app, ROLE_WARNING, _("What was pasted is too long for a line; nothing of it was taken."));
}

/* ---- drawing */

const char *form_title(const struct form *form)
{
	return command_name(form->row);
}

const char *form_help(const struct form *form)
{
	const char *help = form->count ? form->fields[form->current].argument->help : NULL;

	return form->picker ? "" : help ? _(help) : "";
}

const char *form_hint(const struct form *form)
{
	return form->picker ? _(form->picker->ops->hint) :
			      _("Enter goes on, ^S runs it  Tab next  ^P choose  Esc leave");
}

/* The value, in a CURRENT field moved so far to the left that the cursor is seen. Returns the column behind it. */
static int draw_value(struct app *app, const struct field *field, bool current, int row)
{
	int room = app->cols - VALUE_COL, skip = 0, used;
	AUTO_TEXT value = TEXT_INIT, before = TEXT_INIT;
	size_t cut = 0;

	text_display(&value, value_of(field), -1, TEXT_LINE);
	text_display(&before, value_of(field), (long)field->line.cursor, TEXT_LINE);
	/* A wide character that would be cut through goes, too. */
	if (current && room > 2 && before.width >= room)
		cut = text_clip(value.utf8, before.width - room + 2, &skip);
	used = term_put_raw(app->term, row, VALUE_COL, room, value.utf8 ? value.utf8 + cut : "", ROLE_NORMAL);
	if (current)
		app->term->ops->cursor(app->term, row, VALUE_COL + before.width - skip);
	return VALUE_COL + used;
}

static void draw_field(struct app *app, const struct form *form, size_t index, int row)
{
	const struct field *field = &form->fields[index];
	const struct command_argument *argument = field->argument;
	const char *problem = form->tried ? problem_of(form, index) : NULL;
	bool current = index == form->current, needed = !argument->option && !argument->optional;
	AUTO_TEXT label = TEXT_INIT;
	AUTO_STR note = STR_INIT;
	enum role role;
	int used;

	term_put_raw(app->term, row, 0, 2, current ? ">" : needed ? "*" : "", current ? ROLE_NORMAL : ROLE_NEW);
	text_display(&label, argument->name, -1, TEXT_LINE);
	term_put(app->term, row, 2, LABEL_CELLS, &label, current ? ROLE_TITLE : ROLE_LABEL);
	used = draw_value(app, field, current, row);
	note_of(app, field, &note, &role);
	if (problem)
		term_put_raw(app->term, row, used + 2, app->cols - used - 2, problem, ROLE_ERROR);
	else if (note.length && used + 4 < app->cols)
		term_put_raw(app->term, row, used + 2, app->cols - used - 2, note.bytes, role);
}

void form_draw(struct app *app, int row, int rows)
{
	struct form *form = app->form;

	if (form->picker) {
		form->picker->ops->draw(form->picker, app, row, rows);
		return;
	}
	if (rows > 3) {
		term_put_raw(app->term, row, 0, app->cols, command_help(form->row), ROLE_DIM);
		row += 2, rows -= 2;
	}
	if (form->current < form->top)
		form->top = form->current;
	if (rows > 0 && form->current >= form->top + (size_t)rows)
		form->top = form->current - (size_t)rows + 1;
	if (rows > 0 && form->top + (size_t)rows > form->count)
		form->top = form->count > (size_t)rows ? form->count - (size_t)rows : 0;
	for (int i = 0; i < rows && form->top + (size_t)i < form->count; i++)
		draw_field(app, form, form->top + (size_t)i, row + i);
}
