/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version corpora: pairs in an order, versions to refuse, ranges of npm, the comparison tests
 * of the vers specification and the version entries of real CVE records. What differs must stand in
 * a table here, with the answer of the ecosystem's own tool.
 */
#include "psirtty/score/range.h"
#include "psirtty/score/vers.h"

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "../unit/tap.h"

enum { LIMIT = 64 << 20, FIELDS = 8 };

/* Rows the tool of the ecosystem answers otherwise; the answer is the tool's. */
static const struct {
	const char *ecosystem, *a, *b;
	char answer;
	const char *tool;
} exceptions[] = {
	{"maven", "1.1.34.sec10", "1.1.34_noneautotype", '>',
	 "maven-artifact 3.8.7, ComparableVersion"},
	{"maven", "1.2.48.sec10", "1.2.48_noneautotype", '>',
	 "maven-artifact 3.8.7, ComparableVersion"},
	{"maven", "2-1", "2.0.a", '>', "maven-artifact 3.8.7, ComparableVersion"},
	{"maven", "2-1", "2.0.0.a", '>', "maven-artifact 3.8.7, ComparableVersion"},
	{"composer", "5.1.0-stable", "5.1.0-beta2", '>',
	 "composer/semver 3.3.2, normalize() and Comparator"},
	{"gem", "1gamma", "1", '?', "RubyGems 3.3.15: malformed version number string"},
	{"pypi", "0.9-fearow", "0.9-gyarados", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.9-gyarados", "0.9-horsea", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.9-ivysaur", "1.0", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "2013-02-02T19:59:03+0100", "2013-02-02T20:23:17+0100", '?',
	 "packaging 23.0: InvalidVersion"},
	{"pypi", "2013-06-01T10:32:51+0200", "2013-07-19T09:11:08+0000", '?',
	 "packaging 23.0: InvalidVersion"},
	{"pypi", "2013-12-23T17-51-15", "2014-01-12T15-52-10", '?',
	 "packaging 23.0: InvalidVersion"},
	{"pypi", "0.7.11p1", "0.7.11p2", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.8.4p1", "0.8.4p2", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.3m1", "0.3m2", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.3m2", "0.3m3", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.6m4", "0.6m5", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "2.0.0-final", "0.10", '?', "packaging 23.0: InvalidVersion"},
	{"pypi", "0.4.0-p1", "0.0.1", '?', "packaging 23.0: InvalidVersion"},
};

static char answer_of(const char *ecosystem, const char *a, const char *b)
{
	const struct version_scheme *scheme = version_scheme_find(ecosystem);
	int order;

	if (!scheme || version_compare(scheme, a, b, &order, NULL) < 0)
		return '?';
	return "<=>"[order + 1];
}

static bool answer_fits(char answer, const char *op)
{
	if (strcmp(op, "!=") == 0)
		return answer == '<' || answer == '>';
	if (strcmp(op, "<=") == 0)
		return answer == '<' || answer == '=';
	return answer == *op;
}

/* Whether the difference is one of the table, and we answer as the tool does. */
static bool is_exception(const char *ecosystem, const char *a, const char *b, char answer)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(exceptions); i++)
		if (strcmp(exceptions[i].ecosystem, ecosystem) == 0 &&
		    strcmp(exceptions[i].a, a) == 0 && strcmp(exceptions[i].b, b) == 0)
			return exceptions[i].answer == answer;
	return false;
}

struct count {
	int rows, excepted, wrong;
};

static void judge_pair(const char *ecosystem, const char *a, const char *op, const char *b,
		       struct count *count)
{
	char answer = answer_of(ecosystem, a, b);

	count->rows++;
	if (answer_fits(answer, op))
		return;
	if (is_exception(ecosystem, a, b, answer)) {
		count->excepted++;
		return;
	}
	count->wrong++;
	CHECK_QUIET(0, "%s: %s %s %s, we say %c", ecosystem, a, op, b, answer);
}

/* ---- files of rows */

typedef void row_judge(char *fields[FIELDS], int count, struct count *ret);

static int split(char *line, char mark, char *fields[FIELDS])
{
	int count = 0;

	while (line && count < FIELDS) {
		fields[count++] = line;
		line = strchr(line, mark);
		if (line)
			*line++ = '\0';
	}
	return count;
}

static void run_rows(const char *dir, const char *name, char mark, row_judge *judge)
{
	AUTO_STRING path = file_join(dir, name);
	AUTO_STR text = STR_INIT;
	struct count count = {0};
	char *line, *next;

	if (file_read(path, LIMIT, &text, NULL) < 0) {
		CHECK(0, "%s can be read", name);
		return;
	}
	for (line = text.bytes; line && *line; line = next) {
		char *fields[FIELDS];

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line != '#')
			judge(fields, split(line, mark, fields), &count);
	}
	CHECK(count.rows > 0 && count.wrong == 0,
	      "%s: %d rows, %d differ as the tool does, %d differ", name, count.rows,
	      count.excepted, count.wrong);
}

static void judge_order_row(char *fields[FIELDS], int fields_count, struct count *count)
{
	if (fields_count >= 4)
		judge_pair(fields[0], fields[1], fields[2], fields[3], count);
}

static void judge_invalid_row(char *fields[FIELDS], int fields_count, struct count *count)
{
	const struct version_scheme *scheme = version_scheme_find(fields[0]);
	AUTO_ERROR err = ERROR_INIT;
	bool refused = fields_count >= 2 && scheme &&
		       version_check(scheme, fields[1], &err) == ERR_NO && err.why;

	count->rows++;
	count->wrong += !refused;
	CHECK_QUIET(refused, "%s refuses \"%s\" with a reason", fields[0],
		    fields_count > 1 ? fields[1] : "");
}

/* Of releases, the VERS of a native range holds the same. */
static bool vers_agrees(const char *ecosystem, const char *range, const char *version, bool in)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR text = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	bool found = in;

	if (version[strspn(version, "0123456789.")] != '\0')
		return true;
	return vers_from_native(ecosystem, range, &text, &err) == 0 &&
	       vers_parse(text.bytes, &vers, NULL) == 0 &&
	       (vers_contains(&vers, version, &found, NULL) < 0 || found == in);
}

/* The range may hold a tab; the last three fields are version, answer and options. */
static void judge_range_row(char *fields[FIELDS], int fields_count, struct count *count)
{
	enum range_answer answer = RANGE_UNKNOWN;
	const char *options, *expected;
	unsigned flags = 0;
	int i;

	if (fields_count < 5)
		return;
	options = fields[fields_count - 1];
	expected = fields[fields_count - 2];
	for (i = 2; i < fields_count - 3; i++)
		fields[i][-1] = '\t';
	flags |= strstr(options, "loose") ? RANGE_LOOSE : 0;
	flags |= strstr(options, "+pre") ? RANGE_PRERELEASES : 0;
	range_contains_with(fields[0], fields[1], fields[fields_count - 3], flags, &answer, NULL);
	count->rows++;
	if (answer != RANGE_UNKNOWN && (answer == RANGE_IN) == (strcmp(expected, "in") == 0) &&
	    (*options || vers_agrees(fields[0], fields[1], fields[fields_count - 3],
				     answer == RANGE_IN)))
		return;
	count->wrong++;
	CHECK_QUIET(0, "%s \"%s\" has %s: %s", fields[0], fields[1], fields[fields_count - 3],
		    expected);
}

/* cve,vendor,product,versionType,version,lessThan,lessThanOrEqual,status; lines with quotes
 * are left out. A range must hold its own beginning and, where it names one, its included end. */
static void judge_cve_row(char *fields[FIELDS], int fields_count, struct count *count)
{
	struct cve_version entry = {.status = CVE_AFFECTED};
	struct cve_affected affected = {CVE_UNAFFECTED, &entry, 1, NULL};
	struct cve_verdict verdict;
	bool good = true;

	int i;

	for (i = 0; i < fields_count; i++)
		if (strchr(fields[i], '"'))
			return;
	if (fields_count != FIELDS || strcmp(fields[0], "cve") == 0 || strchr(fields[7], ','))
		return;
	entry.type = fields[3];
	entry.version = fields[4];
	entry.less_than = *fields[5] ? fields[5] : NULL;
	entry.less_than_or_equal = *fields[6] ? fields[6] : NULL;
	count->rows++;
	if (entry.less_than && cve_judge(&affected, entry.less_than, &verdict, NULL) == 0)
		good = verdict.status != CVE_AFFECTED || strchr(entry.less_than, '*');
	if (entry.less_than_or_equal && !strchr(entry.less_than_or_equal, '*') &&
	    cve_judge(&affected, entry.less_than_or_equal, &verdict, NULL) == 0 &&
	    verdict.status != CVE_AFFECTED) {
		/* Only where the end is before the beginning. */
		affected.versions = &(struct cve_version){.version = entry.version,
							  .less_than_or_equal = "*",
							  .type = entry.type,
							  .status = CVE_AFFECTED};
		good = cve_judge(&affected, entry.less_than_or_equal, &verdict, NULL) == 0 &&
		       verdict.status == CVE_UNAFFECTED;
	}
	count->wrong += !good;
	CHECK_QUIET(good, "%s: %s %s < %s <= %s", fields[0], fields[3], fields[4], fields[5],
		    fields[6]);
}

/* ---- tests of the vers specification */

static void judge_vers_test(json_t *test, struct count *count)
{
	json_t *input = json_object_get(test, "input"),
	       *expected = json_object_get(test, "expected_output");
	json_t *versions = js_array(input, "versions");
	const char *type = js_string(test, "test_type"), *scheme = js_string(input, "input_scheme");
	size_t i;

	if (!type || !scheme)
		return;
	if (strcmp(type, "equality") == 0)
		judge_pair(scheme, json_string_value(json_array_get(versions, 0)),
			   json_is_true(expected) ? "=" : "!=",
			   json_string_value(json_array_get(versions, 1)), count);
	else if (strcmp(type, "comparison") == 0)
		for (i = 0; i + 1 < json_array_size(expected); i++)
			judge_pair(scheme, json_string_value(json_array_get(expected, i)),
				   "<=", json_string_value(json_array_get(expected, i + 1)), count);
}

static void run_vers_tests(const char *dir, const char *name)
{
	AUTO_STRING path = file_join(dir, name);
	AUTO_STR text = STR_INIT;
	AUTO_JSON json = NULL;
	struct count count = {0};
	json_t *test;
	size_t i;

	if (file_read(path, LIMIT, &text, NULL) < 0 ||
	    js_load(text.bytes, text.length, LIMIT, name, &json, NULL) < 0) {
		CHECK(0, "%s can be read", name);
		return;
	}
	json_array_foreach(js_array(json, "tests"), i, test) judge_vers_test(test, &count);
	CHECK(count.rows > 0 && count.wrong == 0,
	      "%s: %d pairs, %d differ as the tool does, %d differ", name, count.rows,
	      count.excepted, count.wrong);
}

int main(void)
{
	const char *corpora = tap_corpora("version corpora");
	AUTO_STRING versions = corpora ? file_join(corpora, "versions") : NULL;
	AUTO_STRING vers = corpora ? file_join(corpora, "vers/tests") : NULL;
	size_t count = 0, i;
	char **names = NULL;

	if (!corpora)
		return tap_done();
	for (i = 0; i < ARRAY_LEN(exceptions); i++)
		printf("# %s: %s %c %s (%s)\n", exceptions[i].ecosystem, exceptions[i].a,
		       exceptions[i].answer, exceptions[i].b, exceptions[i].tool);
	run_rows(versions, "all.tsv", '\t', judge_order_row);
	run_rows(versions, "invalid_versions.tsv", '\t', judge_invalid_row);
	run_rows(versions, "npm_ranges.tsv", '\t', judge_range_row);
	run_rows(versions, "real_cve_affected_ranges.csv", ',', judge_cve_row);
	if (file_list(vers, &names, &count, NULL) < 0)
		CHECK(0, "the tests of the vers specification can be listed");
	for (i = 0; i < count; i++)
		if (str_ends(names[i], "_version_cmp_test.json"))
			run_vers_tests(vers, names[i]);
	file_free_names(names, count);
	return tap_done();
}
