/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every pane, tab and dialog at three sizes, with how it looks in two themes: golden files in golden/matrix. With
 * GENERATE=1 they are written anew; read them before committing. Small and smallest windows are survived.
 */
#include "fake.h"

#include "../unit/tap.h"
#include "psirtty/base/file.h"
#include "tui/run_tui.h"

static const struct { const char *name, *keys; } places[] = {
	{ "cases", "0 g rest" }, { "inbox", "1 rest" }, { "triage", "2 rest" }, { "repro", "3 rest" },
	{ "calendar", "4 rest" }, { "advisories", "5 rest" }, { "feeds", "6 rest" }, { "products", "7 rest" },
	{ "products-tree", "7 G Right j j Right j Right j rest" }, { "component", "7 G Right j j Right j Enter" },
	{ "flaw", ": <feed show CVE-2026-0042> Enter" }, { "flaw-unknown", ": <feed show CVE-2026-9999> Enter" },
	{ "feeds-stale", "6 j j rest" },
	{ "matches", ": <pane matches> Enter g rest" }, { "metrics", "8" },
	{ "clocks", ": <pane clocks> Enter g rest" }, { "contacts", ": <pane contacts> Enter g rest" },
	{ "keys", ": <pane keys> Enter" }, { "risks", ": <pane risks> Enter rest" },
	{ "all-tasks", ": <pane all-tasks> Enter rest" }, { "jobs", ": <mail import a.mbox> Enter J rest" },
	{ "found", ": <search over> Enter rest" },
	{ "tab-summary", "0 g Enter" }, { "tab-messages", "0 g Enter : <tab messages> Enter rest" },
	{ "tab-reproduction", "0 g Enter : <tab reproduction> Enter rest" },
	{ "tab-embargo", "0 g Enter : <tab embargo> Enter" }, { "tab-affected", "0 g Enter : <tab affected> Enter" },
	{ "tab-advisory", "0 g Enter : <tab advisory> Enter" }, { "tab-tasks", "0 g Enter : <tab tasks> Enter" },
	{ "tab-revisions", "0 g Enter : <tab revisions> Enter rest" }, { "changes", "0 g Enter : <tab revisions> Enter Enter" },
	{ "tab-gates", "0 g Enter : <tab gates> Enter" }, { "tab-timeline", "0 g Enter : <tab timeline> Enter" },
	{ "chinese-case", "0 g j Enter" }, { "chinese-message", "0 g j Enter : <tab messages> Enter rest" },
	{ "chinese-mail", "1 g j Enter" }, { "mail", "1 g Enter" }, { "message", "0 g Enter : <tab messages> Enter Enter" },
	{ "output", ": <case list> Enter" }, { "settings", ": <set> Enter" },
	{ "dialog-palette", "?" }, { "dialog-palette-filtered", "? <case>" }, { "dialog-command", ": <case s> Tab" },
	{ "dialog-filter", "0 / <sev:critical>" }, { "dialog-search", "1 g Enter / <capture>" },
	{ "dialog-yes", ": <mail send D-1> Enter" }, { "dialog-typed", "5 g : <advisory publish {case}> Enter" },
	{ "dialog-marks", "0 g Space Space : <note {case} x> Enter" }, { "dialog-keys", "0 g y rest" },
	{ "dialog-form", "0 g ? <embargo propose> Enter ^S" }, { "dialog-date", "0 g : <form embargo propose> Enter ^P Down z" },
	{ "dialog-cvss", "0 g : <form case score> Enter ^P Down Right" },
	{ "dialog-bar", "2 g x ^P Right Down Right Right" },
	{ "dialog-matrix", "0 g Enter : <form affected set> Enter ^P Down Down Right f" },
	{ "dialog-cwe", "0 g : <form case set PSIRT-2026-0001 cwe> Enter ^P <overflow>" },
	{ "dialog-list", "0 g : <form theme> Enter ^P" }, { "dialog-error", "0 / <colour:red>" },
	{ "dialog-locked", ": <lock> Enter" },
};
static const struct { int cols, rows; } sizes[] = { { 80, 24 }, { 60, 15 }, { 200, 50 } };

static void run(size_t place, int cols, int rows, const char *after, enum headless_dump what, struct str *ret)
{
	AUTO_STRING keys = mem_format("%s %s", places[place].keys, after);
	struct command_context context = { .out = STR_INIT };
	struct terminal *term = term_headless_new(rows, cols, keys);
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR trails = STR_INIT;

	str_reset(&fake_ran);
	context.desk = fake_desk_new(0);
	fake_desk_registers(context.desk);
	CHECK_QUIET(tui_run_on(&context, term, &err) == 0, "%s runs", places[place].name);
	CHECK_QUIET(term_headless_trails(term, &trails) == 0, "%s: coloured blanks at the end of rows:%s", keys, trails.bytes);
	term_headless_dump(term, what, ret);
	term_free(term);
	command_context_release(&context);
}

/* The text; for the usual size the looks of its runs in both themes as well. */
static void whole(size_t place, int cols, int rows, struct str *ret)
{
	static const char *const themes[] = { "mono", "dark" };

	setenv("PSIRTTY_THEME", "mono", 1);
	run(place, cols, rows, "", HEADLESS_TEXT, ret);
	for (size_t i = 0; i < ARRAY_LEN(themes) && cols == 80; i++) {
		setenv("PSIRTTY_THEME", themes[i], 1);
		str_add_format(ret, "== %s\n", themes[i]);
		run(place, cols, rows, "", HEADLESS_STYLES, ret);
	}
}

static void compare(size_t place, int cols, int rows)
{
	const char *source = getenv("srcdir");
	AUTO_STRING path = mem_format("%s/tests/frame/golden/matrix/%s-%dx%d.txt", source ? source : ".", places[place].name,
				      cols, rows);
	AUTO_STR got = STR_INIT, expected = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	whole(place, cols, rows, &got);
	if (getenv("GENERATE")) {
		CHECK(file_write(path, got.bytes, got.length, 0644, &err) == 0, "write %s", path);
		return;
	}
	if (!CHECK(file_read(path, 1 << 20, &expected, &err) == 0 && str_equal(got.bytes, expected.bytes), "%s at %dx%d",
		   places[place].name, cols, rows))
		printf("# got:\n%s", got.bytes);
}

/* However small it became meanwhile, what comes back is the same. */
static void survive(size_t place)
{
	AUTO_STR straight = STR_INIT, around = STR_INIT;

	run(place, 80, 24, "80x24", HEADLESS_TEXT, &straight);
	run(place, 80, 24, "40x10 1x1 5x2 200x50 80x24", HEADLESS_TEXT, &around);
	CHECK(str_equal(straight.bytes, around.bytes), "%s comes back from 40x10 and 1x1", places[place].name);
}

int main(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	unsetenv("NO_COLOR");
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
			compare(i, sizes[s].cols, sizes[s].rows);
		survive(i);
	}
	str_release(&fake_ran);
	return tap_done();
}
