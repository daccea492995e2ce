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
	static const char *const bad[] = {"",
					  "CWE-",
					  "CWE",
					  "CWE-787x",
					  "x787",
					  " 787",
					  "787 ",
					  "-787",
					  "CWE--787",
					  "CWE-0787",
					  "0",
					  "CWE-999999",
					  "CWE-4294968083",
					  "CWE-99999999999999999999",
					  "CWE-16",
					  "CWE-1000"};
	size_t i;

	CHECK_STR(cwe_parse("CWE-787")->name, "Out-of-bounds Write", "CWE-787");
	CHECK(cwe_parse("cwe-787") == cwe_find(787) && cwe_parse("787") == cwe_find(787),
	      "lower case and a bare number");
	CHECK_STR(cwe_find(79)->name,
		  "Improper Neutralization of Input During Web Page Generation "
		  "('Cross-site Scripting')",
		  "CWE-79 has the catalogue's name");
	CHECK_STR(cwe_find(40)->name,
		  "Path Traversal: '\\\\UNC\\share\\name\\' (Windows UNC Share)",
		  "backslashes survive the build");
	CHECK_STR(cwe_find(20)->usage, "Discouraged", "CWE-20 is discouraged");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!cwe_parse(bad[i]), "\"%s\" is no weakness", bad[i]);
	CHECK(!cwe_find(0) && !cwe_find(-1) && !cwe_find(1 << 30), "numbers outside the table");
}

/* Every row: its parents and suggestions exist, it is its parents' child, and one that is not
 * usable has usable alternatives, or none, but never itself. */
static void test_tree(void)
{
	size_t count, i, j, k, newer = 0, stranded = 0;
	const struct cwe *table = cwe_table(&count), *near[128], *other[128];

	for (i = 0; i < count; i++) {
		size_t parents = cwe_parents(&table[i], near, 128), n;

		newer += !*table[i].abstraction;
		for (j = 0; j < parents; j++) {
			n = cwe_children(near[j], other, 128);
			for (k = 0; k < n && other[k] != &table[i]; k++)
				;
			CHECK_QUIET(k < n, "CWE-%d is a child of CWE-%d", table[i].id, near[j]->id);
		}
		n = cwe_alternatives(&table[i], near, 128);
		CHECK_QUIET(!n || !cwe_usable(&table[i]), "CWE-%d needs no alternative",
			    table[i].id);
		stranded +=
			!n && !cwe_usable(&table[i]) && strcmp(table[i].status, "Deprecated") != 0;
		for (j = 0; j < n; j++)
			CHECK_QUIET(cwe_usable(near[j]), "CWE-%d offers the usable CWE-%d",
				    table[i].id, near[j]->id);
	}
	CHECK(newer == 5, "five weaknesses are newer than the tree, not %zu", newer);
	/* Matters of code quality, prohibited like all that is above them. */
	CHECK(stranded == 28, "28 have no alternative, not %zu", stranded);
	CHECK(cwe_parents(cwe_find(787), near, 128) == 1 && near[0]->id == 119,
	      "the parent of 787");
	CHECK(cwe_children(cwe_find(119), near, 2) == 2, "no more children than asked for");
	CHECK(cwe_alternatives(cwe_find(20), near, 128) == 7 && near[0]->id == 1284,
	      "the suggestions for CWE-20");
}

static void test_words(void)
{
	const struct cwe *found[64];
	AUTO_STR advice = STR_INIT;
	size_t count = cwe_search("out-of-bounds", found, 64);

	CHECK(count == 2 && found[0]->id == 125 && found[1]->id == 787, "out-of-bounds");
	count = cwe_search("WRITE bounds", found, 64);
	CHECK(count == 1 && found[0]->id == 787, "words in any order and case");
	CHECK(cwe_search("cwe-79", found, 64) == 1 && found[0]->id == 79, "a number");
	CHECK(cwe_search("", found, 64) == 0 && cwe_search(" ", found, 64) == 0, "no words");
	CHECK(cwe_search("zebra", found, 64) == 0, "an unknown word");
	CHECK(cwe_search("improper", found, 3) == 3 && cwe_usable(found[0]), "usable ones first");
	cwe_advise(cwe_find(79), &advice);
	CHECK_STR(advice.bytes, "", "no advice against 79");
	cwe_advise(cwe_find(77), &advice);
	CHECK(strstr(advice.bytes, "after review") != NULL, "77 wants review");
	str_reset(&advice);
	cwe_advise(cwe_find(287), &advice);
	CHECK_STR(advice.bytes,
		  "CWE-287 is discouraged for vulnerabilities; better: CWE-1390 Weak "
		  "Authentication, CWE-306 Missing Authentication for Critical Function",
		  "287 is discouraged");
}

int main(void)
{
	test_table();
	test_parse();
	test_tree();
	test_words();
	return tap_done();
}
