/* SPDX-License-Identifier: Apache-2.0 */
/* Options: every row holds together, a value that does not fit is refused with file and line, views survive writing. */
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/command/option.h"
#include "psirtty/base/file.h"

static void test_rows(void)
{
	struct options options;

	options_init(&options);
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_rows[i];
		AUTO_STR range = STR_INIT;

		CHECK(i == 0 || strcmp(option_rows[i - 1].name, row->name) < 0, "%s: sorted, and there once", row->name);
		CHECK(option_set(&options, row->name, row->fallback, NULL) == 0, "%s: its own default fits", row->name);
		CHECK(option_set(&options, row->name, "no such/value", NULL) != 0, "%s: nonsense does not", row->name);
		CHECK_STR(option_get(&options, row->name), row->fallback, row->name);
		option_describe(row, &range);
		CHECK(range.length > 0 && row->help && *row->help, "%s: says what it takes", row->name);
		for (size_t w = 0; row->words && row->words[w]; w++)
			CHECK_QUIET(option_set(&options, row->name, row->words[w], NULL) == 0, "%s: takes %s", row->name,
				    row->words[w]);
	}
	CHECK(option_set(&options, "lock-after", "0", NULL) != 0 && option_set(&options, "lock-after", "1441", NULL) != 0 &&
	      option_set(&options, "lock-after", "1440", NULL) == 0 && option_number(&options, "lock-after") == 1440,
	      "a number keeps its range");
	options_release(&options);
}

static const struct { const char *text, *why; } bad[] = {
	{ "colour: red\n", "line 1: colour: there is no such option" },
	{ "theme: dark\nlock-after: soon\n", "line 2: lock-after: \"soon\" is none of its values: 1 to 1440 minutes" },
	{ "offline: maybe\n", "line 1: offline: \"maybe\" is none of its values: off, on" },
	{ "views: [a]\n", "line 1: views are a map of names" },
	{ "views:\n  mine:\n    filter: x\n", "a view has pane and filter" },
	{ "theme: [\n", "line" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct options options;
		AUTO_ERROR err = ERROR_INIT;

		options_init(&options);
		CHECK(options_parse(&options, bad[i].text, strlen(bad[i].text), "my.yaml", &err) == ERR_INPUT &&
		      strstr(str_or_empty(err.why), bad[i].why) && str_equal(err.what, "my.yaml"), "%s: %s", bad[i].why,
		      str_or_empty(err.why));
		options_release(&options);
	}
}

/* The vault's file holds where the user's says nothing; what was set and saved is there the next time. */
static void test_files(void)
{
	char folder[] = "/tmp/options.XXXXXX";
	struct options options;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING vault = NULL;

	CHECK(mkdtemp(folder) != NULL, "a folder");
	setenv("XDG_CONFIG_HOME", folder, 1);
	vault = file_join(folder, "psirtty.yaml");
	file_write(vault, "cursor: marker\nlock-after: 5\n", 29, 0600, &err);
	options_init(&options);
	CHECK(options_load(&options, folder, &err) == 0 && option_number(&options, "lock-after") == 5, "the vault's file");
	option_set(&options, "lock-after", "7", NULL);
	options_save_view(&options, "my \"own\"", "cases", "sev:critical due:<7d \\x");
	options_save_view(&options, "gone", "inbox", "");
	options_save_view(&options, "gone", "inbox", NULL);
	CHECK(options_save(&options, &err) == 0, "saved: %s", str_or_empty(err.why));
	options_release(&options);
	options_init(&options);
	CHECK(options_load(&options, folder, &err) == 0, "read back: %s", str_or_empty(err.why));
	CHECK(option_number(&options, "lock-after") == 7, "the user's value wins");
	CHECK_STR(option_get(&options, "cursor"), "marker", "the vault's stays");
	CHECK(options.view_count == 1 && options_view(&options, "my \"own\""), "the view that was kept");
	if (options.view_count)
		CHECK_STR(options.views[0].filter, "sev:critical due:<7d \\x", "with its filter");
	options_release(&options);
	file_remove_tree(folder, NULL);
}

int main(void)
{
	test_rows();
	test_bad();
	test_files();
	return tap_done();
}
