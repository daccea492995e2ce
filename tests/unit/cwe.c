/* SPDX-License-Identifier: Apache-2.0 */
/* The CWE table: complete, sorted, found by number and by text. */
#include "psirtty/score/cwe.h"

#include "tap.h"

static int count_where(const struct cwe *table, size_t count, const char *status, const char *usage)
{
	size_t i;
	int n = 0;

	for (i = 0; i < count; i++)
		n += (!status || strcmp(table[i].status, status) == 0) &&
		     (!usage || strcmp(table[i].usage, usage) == 0);
	return n;
}

static void test_table(void)
{
	size_t count, i;
	const struct cwe *table = cwe_table(&count);

	CHECK(count == 969, "CWE 4.20 has 969 weaknesses, not %zu", count);
	for (i = 0; i < count; i++) {
		char text[32];

		CHECK_QUIET(i == 0 || table[i - 1].id < table[i].id, "row %zu is sorted", i);
		CHECK_QUIET(cwe_find(table[i].id) == &table[i], "CWE-%d is found", table[i].id);
		snprintf(text, sizeof(text), "CWE-%d", table[i].id);
		CHECK_QUIET(cwe_parse(text) == &table[i], "%s is parsed", text);
		CHECK_QUIET(*table[i].name && *table[i].status && *table[i].usage,
			    "%s has all fields", text);
	}
	CHECK(count_where(table, count, NULL, "Allowed") == 749, "749 are Allowed");
	CHECK(count_where(table, count, NULL, "Allowed-with-Review") == 93,
	      "93 are Allowed-with-Review");
	CHECK(count_where(table, count, NULL, "Discouraged") == 44, "44 are Discouraged");
	CHECK(count_where(table, count, NULL, "Prohibited") == 83, "83 are Prohibited");
	CHECK(count_where(table, count, "Draft", NULL) == 432, "432 are Draft");
	CHECK(count_where(table, count, "Incomplete", NULL) == 486, "486 are Incomplete");
	CHECK(count_where(table, count, "Stable", NULL) == 26, "26 are Stable");
	CHECK(count_where(table, count, "Deprecated", NULL) == 25, "25 are Deprecated");
}

static void test_parse(void)
{
	static const char *const bad[] = { "", "CWE-", "CWE", "CWE-787x", "x787", " 787", "787 ",
					   "-787", "CWE--787", "CWE-0787", "0", "CWE-999999",
					   "CWE-4294968083", "CWE-99999999999999999999", "CWE-16",
					   "CWE-1000" };
	size_t i;

	CHECK_STR(cwe_parse("CWE-787")->name, "Out-of-bounds Write", "CWE-787");
	CHECK(cwe_parse("cwe-787") == cwe_find(787) && cwe_parse("787") == cwe_find(787),
	      "lower case and a bare number");
	CHECK_STR(cwe_find(79)->name,
		  "Improper Neutralization of Input During Web Page Generation "
		  "('Cross-site Scripting')", "CWE-79 has the catalogue's name");
	CHECK_STR(cwe_find(40)->name, "Path Traversal: '\\\\UNC\\share\\name\\' (Windows UNC Share)",
		  "backslashes survive the build");
	CHECK_STR(cwe_find(20)->usage, "Discouraged", "CWE-20 is discouraged");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!cwe_parse(bad[i]), "\"%s\" is no weakness", bad[i]);
	CHECK(!cwe_find(0) && !cwe_find(-1) && !cwe_find(1 << 30), "numbers outside the table");
}

int main(void)
{
	test_table();
	test_parse();
	return tap_done();
}
