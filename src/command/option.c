/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options, and the files they are read from. */
#include "psirtty/command/option.h"

#include <stdlib.h>

#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/desk/settings.h"
#include "psirtty/base/i18n.h"

static const char *const cursors[] = { "bar", "marker", NULL };
static const char *const glyphs[] = { "auto", "ascii", "blocks", "utf-8", NULL };
static const char *const notices[] = { "none", "bell", "osc9", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const themes[] = { "dark", "light", "mono", "cb", NULL };

const struct option_row option_rows[] = {
	{ "cursor", OPTION_WORD, cursors, 0, 0, NULL, "bar",
	  N_("how the selected row is shown: a bar over it, or a mark before it, which writes less on a slow line") },
	{ "glyphs", OPTION_WORD, glyphs, 0, 0, NULL, "auto",
	  N_("what lines and charts are drawn with; auto: as locale and terminal say; blocks: no eighths of them") },
	{ "lock-after", OPTION_NUMBER, NULL, 1, 1440, N_("minutes"), "30",
	  N_("how long nobody touches a key until the vault is locked") },
	{ "notify", OPTION_WORD, notices, 0, 0, NULL, "bell",
	  N_("how the end of a long job is told; never with a word of a case") },
	{ "offline", OPTION_SWITCH, switches, 0, 0, NULL, "off",
	  N_("no process of psirtty ever opens a socket to the network") },
	{ "plain", OPTION_SWITCH, switches, 0, 0, NULL, "off",
	  N_("for screen readers: no boxes, the terminal's cursor on the selection") },
	{ "readonly", OPTION_SWITCH, switches, 0, 0, NULL, "off", N_("open vaults for reading only") },
	{ "theme", OPTION_WORD, themes, 0, 0, NULL, "dark", N_("the colours; a file themes/NAME.yaml of your own counts, too") },
};
const size_t option_count = ARRAY_LEN(option_rows);

const struct option_row *option_find(const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (str_equal(option_rows[i].name, name))
			return &option_rows[i];
	return NULL;
}

void options_init(struct options *options)
{
	*options = (struct options){ .values = mem_alloc(option_count * sizeof(char *)),
				     .sources = mem_alloc(option_count * sizeof(char *)) };
}

static void view_free(struct saved_view *view)
{
	free(view->name);
	free(view->pane);
	free(view->filter);
}

void options_release(struct options *options)
{
	for (size_t i = 0; options->values && i < option_count; i++) {
		free(options->values[i]);
		free(options->sources[i]);
	}
	for (size_t i = 0; i < options->view_count; i++)
		view_free(&options->views[i]);
	free(options->values);
	free(options->sources);
	free(options->views);
	*options = (struct options){ 0 };
}

void option_describe(const struct option_row *row, struct str *ret)
{
	if (row->type == OPTION_NUMBER)
		str_add_format(ret, _("%ld to %ld %s"), row->least, row->most, row->unit ? _(row->unit) : "");
	for (size_t i = 0; row->words && row->words[i]; i++)
		str_add_format(ret, "%s%s", i ? ", " : "", row->words[i]);
}

/* A theme may be one of the handler's own. */
static bool value_fits(const struct option_row *row, const char *value)
{
	char *end = NULL;
	long number;

	if (row->type == OPTION_NUMBER) {
		number = strtol(value, &end, 10);
		return *value && !*end && number >= row->least && number <= row->most;
	}
	for (size_t i = 0; row->words[i]; i++)
		if (str_equal(row->words[i], value))
			return true;
	return str_equal(row->name, "theme") && *value && !strchr(value, '/') && *value != '.';
}

static int no_option(const char *name, struct error *err)
{
	AUTO_STR known = STR_INIT;

	for (size_t i = 0; i < option_count; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", option_rows[i].name);
	return error_set(err, ERR_USAGE, name, NULL, _("there is no such option; there are %s"), known.bytes);
}

static int set_from(struct options *options, const char *name, const char *value, const char *source, struct error *err)
{
	const struct option_row *row = option_find(name);
	AUTO_STR expected = STR_INIT;

	if (!row)
		return no_option(name, err);
	if (row->type == OPTION_SWITCH)
		value = str_equal(value, "true") ? "on" : str_equal(value, "false") ? "off" : value;
	option_describe(row, &expected);
	if (!value_fits(row, value))
		return error_set(err, ERR_USAGE, name, NULL, _("\"%s\" is none of its values: %s"), value, expected.bytes);
	mem_replace(&options->values[row - option_rows], value);
	mem_replace(&options->sources[row - option_rows], source);
	return 0;
}

int option_set(struct options *options, const char *name, const char *value, struct error *err)
{
	return set_from(options, name, value, NULL, err);
}

const char *option_get(const struct options *options, const char *name)
{
	const struct option_row *row = option_find(name);

	if (!row)
		BUG("no option is called %s", name);
	return options->values && options->values[row - option_rows] ? options->values[row - option_rows] : row->fallback;
}

long option_number(const struct options *options, const char *name)
{
	return strtol(option_get(options, name), NULL, 10);
}

bool option_on(const struct options *options, const char *name)
{
	return str_equal(option_get(options, name), "on");
}

/* ---- saved views */

void options_save_view(struct options *options, const char *name, const char *pane, const char *filter)
{
	size_t at = 0;

	while (at < options->view_count && !str_equal(options->views[at].name, name))
		at++;
	if (at < options->view_count) {
		view_free(&options->views[at]);
		memmove(&options->views[at], &options->views[at + 1], (--options->view_count - at) * sizeof(*options->views));
	}
	if (!filter)
		return;
	options->views = mem_resize(options->views, options->view_count + 1, sizeof(*options->views));
	options->views[options->view_count++] =
		(struct saved_view){ mem_string(name), mem_string(pane), mem_string(filter) };
}

const struct saved_view *options_view(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->view_count; i++)
		if (str_equal(options->views[i].name, name))
			return &options->views[i];
	return NULL;
}

static int take_views(struct options *options, const struct conf *views, const char *path, struct error *err)
{
	if (views->kind != CONF_MAP)
		return error_set(err, ERR_INPUT, path, NULL, _("line %d: views are a map of names"), views->line);
	for (size_t i = 0; i < views->count; i++) {
		const struct conf *view = &views->items[i];
		const char *pane = view->kind == CONF_MAP ? conf_text(view, "pane", NULL) : NULL;

		if (!pane)
			return error_set(err, ERR_INPUT, path, NULL, _("line %d: a view has pane and filter"), view->line);
		options_save_view(options, view->key, pane, conf_text(view, "filter", ""));
	}
	return 0;
}

/* ---- files */

/* Settings of the desk in the same file: accounts, sending, the network, feeds. They are judged where they are used. */
static bool is_other(const struct conf *item)
{
	const struct settings_row *rows;
	size_t count = settings_rows(&rows), length = strlen(item->key);

	for (size_t i = 0; i < count; i++)
		if (strncmp(rows[i].name, item->key, length) == 0 && rows[i].name[length] == '.')
			return true;
	return false;
}

int options_parse(struct options *options, const char *bytes, size_t length, const char *path, struct error *err)
{
	struct conf root = { 0 };
	int code = conf_load(bytes, length, path, &root, err);

	for (size_t i = 0; !code && i < root.count; i++) {
		const struct conf *item = &root.items[i];
		AUTO_ERROR why = ERROR_INIT;

		if (is_other(item))
			continue;
		if (str_equal(item->key, "views"))
			code = take_views(options, item, path, err);
		else if (set_from(options, str_or_empty(item->key), str_or_empty(item->text), path, &why))
			code = error_set(err, ERR_INPUT, path, _("Mend that line"), _("line %d: %s: %s"), item->line, why.what,
					 why.why);
	}
	conf_release(&root);
	return code;
}

static char *user_file(const char *name)
{
	const char *given = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (given && given[0] == '/')
		return mem_format("%s/psirtty/%s", given, name);
	return mem_format("%s/.config/psirtty/%s", home && *home ? home : "/nonexistent", name);
}

char *options_user_path(void)
{
	return user_file("psirtty.yaml");
}

/* What a person wrote is never written over: what the program keeps has a file of its own. */
static char *saved_path(void)
{
	return user_file("saved.yaml");
}

static int load_path(struct options *options, const char *path, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code;

	if (!file_exists(path))
		return 0;
	code = file_read(path, 1 << 20, &bytes, err);
	return code ? code : options_parse(options, bytes.bytes, bytes.length, path, err);
}

int options_load(struct options *options, const char *vault_dir, struct error *err)
{
	AUTO_STRING ours = vault_dir ? file_join(vault_dir, "psirtty.yaml") : NULL;
	AUTO_STRING user = options_user_path();
	AUTO_STRING saved = saved_path();
	const char *const paths[] = { "/etc/psirtty/psirtty.yaml", ours, user, saved };
	int code = 0;

	for (size_t i = 0; i < ARRAY_LEN(paths) && !code; i++)
		code = paths[i] ? load_path(options, paths[i], err) : 0;
	return code;
}

static void add_quoted(struct str *ret, const char *text)
{
	str_add_char(ret, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			str_add_char(ret, '\\');
		str_add_char(ret, *text);
	}
	str_add(ret, "\"\n");
}

int options_save(const struct options *options, struct error *err)
{
	AUTO_STRING path = saved_path();
	AUTO_STRING folder = mem_copy(path, strlen(path) - strlen("/saved.yaml"));
	AUTO_STR text = STR_INIT;
	int code;

	for (size_t i = 0; i < option_count; i++) {
		if (!options->values[i] || (options->sources[i] && !str_equal(options->sources[i], path)))
			continue;
		str_add_format(&text, "%s: ", option_rows[i].name);
		add_quoted(&text, options->values[i]);
	}
	str_add(&text, options->view_count ? "views:\n" : "");
	for (size_t i = 0; i < options->view_count; i++) {
		str_add(&text, "  ");
		add_quoted(&text, options->views[i].name);
		str_truncate(&text, text.length - 1);
		str_add_format(&text, ":\n    pane: %s\n    filter: ", options->views[i].pane);
		add_quoted(&text, options->views[i].filter);
	}
	code = file_make_dir(folder, 0700, err);
	return code ? code : file_write(path, text.bytes, text.length, 0600, err);
}
