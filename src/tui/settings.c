/* SPDX-License-Identifier: Apache-2.0 */
/* What the handler sets on the screen: options, saved views. */
#include "tui/app.h"

#include <string.h>
#include <unistd.h>

#include "tui/cells.h"

static const char *first_theme(const struct app *app)
{
	const char *wanted = getenv("PSIRTTY_THEME"), *no_colour = getenv("NO_COLOR");

	if (no_colour && *no_colour)
		return "mono";
	return wanted && *wanted ? wanted : option_get(&app->options, "theme");
}

static int use_theme(struct app *app, const char *name, struct error *err)
{
	int code = theme_load(name, &app->theme, err);

	if (code)
		return code;
	app->term->ops->theme(app->term, &app->theme);
	app->term->ops->redraw(app->term);
	return 0;
}

/* Members of the app that are asked for at each frame. */
static void apply(struct app *app)
{
	app->marker = str_equal(option_get(&app->options, "cursor"), "marker");
	app->lock_after_ms = (int64_t)option_number(&app->options, "lock-after") * 60 * 1000;
	app->context->plain = app->context->plain || option_on(&app->options, "plain");
	app->term->ops->glyphs(app->term, option_get(&app->options, "glyphs"));
}

/* The zone this terminal's handler lives in: $TZ, else the system's. */
static void use_zone(void)
{
	const char *named = getenv("TZ"), *place;
	char target[256];
	ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	place = strstr(target, "zoneinfo/");
	if (named && *named)
		time_set_zone(named + (*named == ':'));
	else
		time_set_zone(place ? place + strlen("zoneinfo/") : NULL);
}

/* What is wrong in the settings is said on the screen; the defaults serve meanwhile. */
void settings_begin(struct app *app)
{
	AUTO_ERROR err = ERROR_INIT;

	use_zone();

	if (options_load(&app->options, app->context->vault_dir, &err))
		app_error(app, &err);
	app->context->options = &app->options;
	if (keymap_load(&app->keys, &err))
		app_error(app, &err);
	if (use_theme(app, first_theme(app), &err)) {
		app_error(app, &err);
		use_theme(app, "dark", NULL);
	}
	apply(app);
}

static void list_options(struct app *app)
{
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];
		AUTO_STR range = STR_INIT;

		option_describe(row, &range);
		str_add_format(&text, "%s = %s\n    %s\n    %s%s%s\n", row->name, option_get(&app->options, row->name),
			       _(row->help), range.bytes, app->options.sources[i] ? "; " : "",
			       str_or_empty(app->options.sources[i]));
	}
	app_show_output(app, text.bytes);
}

static int set_one(struct app *app, const char *name, const char *value, struct error *err)
{
	AUTO_STRING before = mem_string(option_get(&app->options, "theme"));
	int code = option_set(&app->options, name, value, err);

	if (!code && str_equal(name, "theme")) {
		code = use_theme(app, value, err);
		if (code)
			option_set(&app->options, "theme", before, NULL);
	}
	return code;
}

/* "OPTION VALUE [--save]", "OPTION", "". */
void settings_set(struct app *app, const char *line)
{
	AUTO_STRING copy = mem_string(str_or_empty(line));
	char *rest = copy, *words[3] = { NULL };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING sentence = NULL;
	size_t count = 0;
	bool save = false;
	int code;

	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		if (str_equal(word, "--save"))
			save = true;
		else if (*word && count < ARRAY_LEN(words))
			words[count++] = word;
	if (count < 2) {
		list_options(app);
		return;
	}
	code = set_one(app, words[0], words[1], &err);
	apply(app);
	if (!code && save)
		code = options_save(&app->options, &err);
	if (code) {
		app_error(app, &err);
		return;
	}
	sentence = mem_format(_("%s is %s now."), words[0], words[1]);
	app_message(app, ROLE_MESSAGE, sentence);
}

void settings_theme(struct app *app, const char *name)
{
	AUTO_STRING line = mem_format("theme %s", name ? name : "dark");

	settings_set(app, line);
}

/* ---- saved views */

void settings_view(struct app *app, const char *name)
{
	const struct saved_view *view = name ? options_view(&app->options, name) : NULL;
	const struct view_ops *picker = &saved_view;
	AUTO_STRING sentence = NULL;

	if (!name) {
		if (app_view(app)->ops != picker)
			level_push(app, &picker, 1, NULL);
		return;
	}
	if (!view) {
		sentence = mem_format(_("No view is called \"%s\"; \"view save NAME\" saves what you see."), str_or_empty(name));
		app_message(app, ROLE_ERROR, sentence);
		return;
	}
	app_request(app, SCREEN_PANE, view->pane);
	if (view_is_list(app_view(app)))
		filter_set(app, view->filter);
}

void settings_view_save(struct app *app, const char *name, bool keep)
{
	const struct view *view = &app->levels[0].views[app->levels[0].current];
	AUTO_STRING sentence = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (!name || (!keep && !options_view(&app->options, name))) {
		settings_view(app, name);
		return;
	}
	options_save_view(&app->options, name, view->ops->name, keep ? str_or_empty(view->filter) : NULL);
	/* The rows of every list of saved views are borrowed from the options. */
	app_reload(app);
	if (options_save(&app->options, &err)) {
		app_error(app, &err);
		return;
	}
	sentence = keep ? mem_format(_("Saved as \"%s\"; \\ lists the views."), name) : mem_format(_("\"%s\" is forgotten."), name);
	app_message(app, ROLE_MESSAGE, sentence);
}

/* ---- telling */

void settings_notify(struct app *app)
{
	const char *how = option_get(&app->options, "notify");

	if (str_equal(how, "bell"))
		app->term->ops->beep(app->term);
	else if (str_equal(how, "osc9"))
		app->term->ops->notify(app->term);
}
