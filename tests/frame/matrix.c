/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every pane, tab, page and dialog at three sizes, in two themes, with English and with Chinese cases: golden files in
 * golden/matrix. With GENERATE=1 they are written anew; read them before committing. The places are held against the
 * program's own tables, so that a view, a kind of prompt or a picker without frames fails. Small and smallest windows are
 * survived; columns have room for what they say.
 *
 * A file: the text at each size, then the looks of its runs in each theme, "ROW FROM-TO LOOK": b bold, d dim, u
 * underlined, r reverse, i italic, colours of 16 and 256; "ROW-ROW" where rows look alike.
 */
#include "fake.h"

#include <dirent.h>

#include "../unit/tap.h"
#include "psirtty/base/file.h"
#include "tui/app.h"

/* SHOWS: a view's name, a prompt's kind, a picker: what the place is the frame of, found out by looking. */
static const struct { const char *name, *keys; } places[] = {
	{ "cases", "0 g rest" }, { "inbox", "1 rest" }, { "triage", "2 rest" }, { "repro", "3 rest" },
	{ "calendar", "4 rest" }, { "calendar-proposal", "4 g j j j j rest" }, { "advisories", "5 rest" }, { "feeds", "6 rest" },
	{ "products", "7 rest" },
	{ "products-tree", "7 G Right j j Right j Right j rest" }, { "component", "7 G Right j j Right j Enter" },
	{ "flaw", ": <feed show CVE-2026-0042> Enter" }, { "flaw-unknown", ": <feed show CVE-2026-9999> Enter" },
	{ "feeds-stale", "6 j j rest" },
	{ "matches", ": <pane matches> Enter g rest" }, { "metrics", "8" },
	{ "clocks", ": <pane clocks> Enter g rest" }, { "contacts", ": <pane contacts> Enter g rest" },
	{ "keys", ": <pane keys> Enter" }, { "risks", ": <pane risks> Enter rest" },
	{ "all-tasks", ": <pane all-tasks> Enter rest" }, { "jobs", ": <mail import a.mbox> Enter J rest" },
	{ "audit", ": <pane audit> Enter rest" }, { "views", "\\ rest" },
	{ "found", ": <search over> Enter rest" },
	{ "tab-summary", "0 g Enter" }, { "tab-messages", "0 g Enter : <tab messages> Enter rest" },
	{ "tab-reproduction", "0 g Enter : <tab reproduction> Enter rest" },
	{ "tab-embargo", "0 g Enter : <tab embargo> Enter" }, { "tab-affected", "0 g Enter : <tab affected> Enter" },
	{ "tab-advisory", "0 g Enter : <tab advisory> Enter" }, { "tab-tasks", "0 g Enter : <tab tasks> Enter" },
	{ "tab-revisions", "0 g Enter : <tab revisions> Enter rest" }, { "changes", "0 g Enter : <tab revisions> Enter Enter" },
	{ "tab-gates", "0 g Enter : <tab gates> Enter" }, { "tab-timeline", "0 g Enter : <tab timeline> Enter" },
	{ "second-mail", "1 g j Enter" }, { "mail", "1 g Enter" }, { "message", "0 g Enter : <tab messages> Enter Enter" },
	{ "output", ": <case list> Enter" }, { "settings", ": <set> Enter" },
	{ "dialog-palette", "?" }, { "dialog-palette-filtered", "? <case>" }, { "dialog-command", ": <case s> Tab" },
	{ "dialog-filter", "0 / <sev:critical>" }, { "dialog-search", "1 g Enter / <a>" },
	{ "dialog-yes", ": <mail send D-1> Enter" }, { "dialog-typed", "5 g : <advisory publish {case}> Enter" },
	{ "dialog-marks", "0 g Space Space : <note {case} x> Enter" }, { "dialog-keys", "0 g y rest" },
	{ "dialog-form", "0 g ? <embargo propose> Enter ^S" }, { "dialog-date", "0 g : <form embargo propose> Enter ^P Down z" },
	{ "dialog-cvss", "0 g : <form case score> Enter ^P Down Right" },
	{ "dialog-bar", "2 g x ^P Right Down Right Right" },
	{ "dialog-matrix", "0 g Enter : <form affected set> Enter ^P Down Down Right f" },
	{ "dialog-cwe", "0 g : <form case set PSIRT-2026-0001 cwe> Enter ^P <overflow>" },
	{ "dialog-list", "0 g : <form theme> Enter ^P" }, { "dialog-error", "0 / <colour:red>" },
	{ "dialog-secret", ": <mail fetch> Enter rest" }, { "dialog-locked", ": <lock> Enter" },
};
static const struct { int cols, rows; } sizes[] = { { 80, 24 }, { 60, 15 }, { 200, 50 } };
static const char *const themes[] = { "mono", "dark" };

/* What was on the screen at the end of some place. */
static struct { const struct view_ops *views[64]; size_t view_count; bool prompts[PROMPT_KINDS], locked;
		const struct picker_ops *pickers[16]; size_t picker_count; } seen;

static bool seen_view(const struct view_ops *ops)
{
	for (size_t i = 0; i < seen.view_count; i++)
		if (seen.views[i] == ops)
			return true;
	return false;
}

static bool seen_picker(const struct picker_ops *ops)
{
	for (size_t i = 0; i < seen.picker_count; i++)
		if (seen.pickers[i] == ops)
			return true;
	return false;
}

static void look(struct app *app)
{
	const struct picker_ops *picker = app->prompt == PROMPT_FORM ? form_picker(app->form) : NULL;

	seen.prompts[app->prompt] = true;
	seen.locked = seen.locked || app->locked;
	if (app->prompt == PROMPT_NONE && !seen_view(app_view(app)->ops) && seen.view_count < ARRAY_LEN(seen.views))
		seen.views[seen.view_count++] = app_view(app)->ops;
	if (picker && !seen_picker(picker) && seen.picker_count < ARRAY_LEN(seen.pickers))
		seen.pickers[seen.picker_count++] = picker;
}

/* ---- one frame */

static void add_looks(struct terminal *term, const char *name, struct str *ret)
{
	struct theme theme;

	if (theme_load(name, &theme, NULL))
		BUG("no theme %s", name);
	term->ops->theme(term, &theme);
	str_add_format(ret, "== %s\n", name);
	term_headless_dump(term, HEADLESS_STYLES, ret);
}

static void run(size_t place, int cols, int rows, const char *after, bool looks, struct str *ret)
{
	AUTO_STRING keys = mem_format("%s %s", places[place].keys, after);
	struct command_context context = { .out = STR_INIT };
	struct terminal *term = term_headless_new(rows, cols, keys);
	AUTO_STR trails = STR_INIT;
	struct app app;

	str_reset(&fake_ran);
	context.desk = fake_desk_new(0);
	fake_desk_registers(context.desk);
	app_init(&app, &context, term);
	settings_begin(&app);
	options_save_view(&app.options, "urgent", "cases", "sev:critical due:<7d");
	app_loop(&app);
	look(&app);
	CHECK_QUIET(term_headless_trails(term, &trails) == 0, "%s: coloured blanks at the end of rows:%s", keys, trails.bytes);
	term_headless_dump(term, HEADLESS_TEXT, ret);
	for (size_t i = 0; looks && i < ARRAY_LEN(themes); i++)
		add_looks(term, themes[i], ret);
	app_release(&app);
	term_free(term);
	command_context_release(&context);
}

/* ---- golden files */

static void compare(size_t place)
{
	const char *source = getenv("srcdir");
	AUTO_STRING name = mem_format("%s%s", places[place].name, fake_chinese ? ".zh" : "");
	AUTO_STRING path = mem_format("%s/tests/frame/golden/matrix/%s.txt", source ? source : ".", name);
	AUTO_STR got = STR_INIT, expected = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		str_add_format(&got, "== %dx%d\n", sizes[i].cols, sizes[i].rows);
		run(place, sizes[i].cols, sizes[i].rows, "", true, &got);
	}
	if (getenv("GENERATE")) {
		CHECK(file_write(path, got.bytes, got.length, 0644, &err) == 0, "write %s", path);
		return;
	}
	if (!CHECK(file_read(path, 1 << 20, &expected, &err) == 0 && str_equal(got.bytes, expected.bytes), "%s", name))
		printf("# got:\n%s", got.bytes);
}

/* However small it became meanwhile, what comes back is the same. */
static void survive(size_t place)
{
	AUTO_STR straight = STR_INIT, around = STR_INIT;

	run(place, 80, 24, "80x24", false, &straight);
	run(place, 80, 24, "40x10 1x1 5x2 200x50 80x24", false, &around);
	CHECK(str_equal(straight.bytes, around.bytes), "%s comes back from 40x10 and 1x1", places[place].name);
}

/* ---- nothing is left out */

static void check_seen(const struct view_ops *const *views, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CHECK(seen_view(views[i]), "there is a frame of the view \"%s\" (%s)", views[i]->name, views[i]->title);
}

/* A file that nothing is held against says nothing. */
static void check_no_more(void)
{
	const char *source = getenv("srcdir");
	AUTO_STRING path = mem_format("%s/tests/frame/golden/matrix", source ? source : ".");
	DIR *dir = opendir(path);
	size_t count = 0;

	for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	CHECK(count == 2 * ARRAY_LEN(places), "%zu golden files for %zu places in two languages", count, ARRAY_LEN(places));
}

static void check_complete(void)
{
	check_seen(level_panes, ALL_PANES);
	check_seen(level_tabs, CASE_TABS);
	check_seen(level_others, OTHER_VIEWS);
	for (int i = 0; i < PROMPT_KINDS; i++)
		CHECK(seen.prompts[i], "there is a frame of the prompt of kind %d", i);
	for (size_t i = 0; form_pickers[i]; i++)
		CHECK(seen_picker(form_pickers[i]), "there is a frame of the picker \"%s\"", form_pickers[i]->hint);
	CHECK(seen.locked, "there is a frame of the locked screen");
}

/* ---- columns */

enum { LEAST = 12 };

/* The column that takes what is left may be empty where it has no title. */
static void check_columns(const struct view_ops *ops, int cols)
{
	int left = cols + 1;
	bool open = false;

	for (size_t i = 0; i < ops->column_count; i++) {
		const struct column *column = &ops->columns[i];

		if (cols < column->from_cols)
			continue;
		left -= column->width + 1;
		open = open || !column->width;
		left += column->width || *column->title ? 0 : LEAST;
		CHECK_QUIET(!column->width || text_width(column->title) <= column->width, "%s: \"%s\" has room", ops->name,
			    column->title);
	}
	CHECK_QUIET(ops->column_count == 0 || (open && left >= LEAST), "%s: %d cells are left at %d", ops->name, left, cols);
}

/* A list at 60, 80 and 139 columns, and beside its preview at 140 and 200. */
static void check_room(void)
{
	static const int lists[] = { 58, 78, 137 };
	const struct { const struct view_ops *const *views; size_t count; } tables[] = {
		{ level_panes, ALL_PANES }, { level_tabs, CASE_TABS }, { level_others, OTHER_VIEWS },
	};

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (size_t i = 0; i < tables[t].count; i++)
			for (size_t s = 0; s < ARRAY_LEN(lists); s++)
				check_columns(tables[t].views[i], lists[s]);
	CHECK(true, "columns have room for their titles and leave at least %d cells", LEAST);
}

int main(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("TZ", "UTC", 1);
	setenv("PSIRTTY_THEME", "mono", 1);
	unsetenv("NO_COLOR");
	check_room();
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		fake_chinese = false;
		compare(i);
		survive(i);
		fake_chinese = true;
		compare(i);
	}
	check_complete();
	check_no_more();
	str_release(&fake_ran);
	return tap_done();
}
