/* SPDX-License-Identifier: Apache-2.0 */
/* The palette: every command valid here, with its key, filtered as one types. */
#include "tui/app.h"

void palette_release(struct palette *palette)
{
	for (size_t i = 0; i < palette->count; i++) {
		free(palette->items[i].name);
		free(palette->items[i].key);
		free(palette->items[i].why);
	}
	free(palette->items);
	free(palette->shown);
	*palette = (struct palette){ 0 };
}

static char *key_of(struct app *app, const char *name)
{
	const char *contexts[CONTEXTS];
	const struct binding *binding;
	char label[16];

	app_contexts(app, contexts);
	binding = keymap_of_command(&app->keys, contexts, name);
	if (binding && binding->prefix) {
		char first[16];

		return mem_format("%s %s", key_label(binding->prefix, first), key_label(binding->key, label));
	}
	return mem_string(binding ? key_label(binding->key, label) : "");
}

void palette_open(struct app *app)
{
	struct palette *palette = &app->palette;
	size_t count;

	app_note_selection(app);
	palette_release(palette);
	count = command_count();
	palette->items = mem_alloc((count + 1) * sizeof(*palette->items));
	palette->shown = mem_alloc((count + 1) * sizeof(*palette->shown));
	for (size_t i = 0; i < count; i++) {
		const struct command_row *row = command_row_at(i);
		struct palette_item *item = &palette->items[palette->count];

		if (command_flags(row) & COMMAND_OWN_VAULT && str_equal(command_name(row), "init"))
			continue;
		item->row = row;
		item->name = mem_string(command_name(row));
		item->key = key_of(app, item->name);
		item->why = mem_string(command_disabled(row, app->context));
		palette->count++;
	}
	prompt_open(app, PROMPT_PALETTE, "");
	palette_filter(app, "");
}

/* All words of WORDS occur in the name, the key or the help; NAMED: in the name. */
static bool item_matches(const struct palette_item *item, const char *words, bool named)
{
	AUTO_STRING copy = mem_string(words);
	char *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word && text_find(item->name, word) < 0 &&
		    (named || (text_find(command_help(item->row), word) < 0 && !str_equal(item->key, word))))
			return false;
	return true;
}

/* Those whose name says it come before those whose description does. */
void palette_filter(struct app *app, const char *words)
{
	struct palette *palette = &app->palette;

	palette->shown_count = palette->selected = palette->top = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < palette->count; i++) {
			bool named = item_matches(&palette->items[i], words, true);

			if (pass ? !named && item_matches(&palette->items[i], words, false) : named)
				palette->shown[palette->shown_count++] = i;
		}
}

void palette_move(struct app *app, int step)
{
	struct palette *palette = &app->palette;
	long wanted = (long)palette->selected + step;

	if (!palette->shown_count)
		return;
	wanted = wanted < 0 ? 0 : wanted;
	palette->selected = (size_t)wanted < palette->shown_count ? (size_t)wanted : palette->shown_count - 1;
}

/* The line that NAME becomes with what is selected; *RET_READY when nothing is missing. */
static char *line_of(struct app *app, const struct command_row *row, bool *ret_ready)
{
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);
	AUTO_STR line = STR_INIT;

	*ret_ready = true;
	str_add(&line, command_name(row));
	for (size_t i = 0; i < count; i++) {
		const struct command_argument *argument = &arguments[i];

		if (argument->option || argument->optional)
			continue;
		if (*ret_ready && argument->type == ARG_CASE && app->selected_case)
			str_add(&line, " {case}");
		else if (*ret_ready && argument->type == ARG_MAIL && app->selected_mail)
			str_add(&line, " {mail}");
		else
			*ret_ready = false;
	}
	return str_detach(&line);
}

void palette_choose(struct app *app)
{
	struct palette *palette = &app->palette;
	const struct palette_item *item;
	const struct command_row *row;
	AUTO_STRING line = NULL;
	bool ready;

	if (!palette->shown_count) {
		prompt_close(app);
		return;
	}
	item = &palette->items[palette->shown[palette->selected]];
	if (item->why) {
		app_message(app, ROLE_WARNING, item->why);
		return;
	}
	row = item->row;
	line = line_of(app, row, &ready);
	prompt_close(app);
	if (ready)
		run_line(app, line);
	else
		form_open(app, command_name(row));
}

void palette_draw(struct app *app, int row, int rows)
{
	struct palette *palette = &app->palette;
	int name_cells = app->cols < 60 ? app->cols / 2 : 22;

	if (palette->selected < palette->top)
		palette->top = palette->selected;
	if (rows > 0 && palette->selected >= palette->top + (size_t)rows)
		palette->top = palette->selected - (size_t)rows + 1;
	if (!palette->shown_count)
		term_put_raw(app->term, row, 2, app->cols - 2, _("No command matches."), ROLE_DIM);
	for (int i = 0; i < rows && palette->top + (size_t)i < palette->shown_count; i++) {
		size_t at = palette->top + (size_t)i;
		const struct palette_item *item = &palette->items[palette->shown[at]];
		bool selected = at == palette->selected;
		int col = 10 + name_cells;

		if (selected)
			term_put_raw(app->term, row + i, 0, 1, ">", ROLE_NORMAL);
		term_put_raw(app->term, row + i, 2, 7, item->key, ROLE_HINT_KEY);
		term_put_raw(app->term, row + i, 9, name_cells, item->name,
			     selected && !app->context->plain ? ROLE_SELECTED : item->why ? ROLE_DISABLED : ROLE_NORMAL);
		term_put_raw(app->term, row + i, col, app->cols - col, item->why ? item->why : command_help(item->row),
			     item->why ? ROLE_DISABLED : ROLE_NORMAL);
	}
}
