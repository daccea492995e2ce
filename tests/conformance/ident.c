/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The corpora of identifiers: package URLs, version ranges, CPE names, published
 * scores. One line and one count for
 * each file; the first rows that differ are shown.
 */
#include "psirtty/score/cpe.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/vers.h"

#include <jansson.h>

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "rows.h"

enum { LIMIT = 64 << 20 };

/* ---- package URLs: file, group, test, must fail, input, expected output, description */

static const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* PARTS borrows its strings from INPUT; the caller frees the qualifiers only. */
static void parts_from_json(json_t *input, struct purl *parts)
{
	json_t *pairs = json_object_get(input, "qualifiers"), *value;
	const char *key;

	*parts = (struct purl){(char *)text_of(input, "type"),
			       (char *)text_of(input, "namespace"),
			       (char *)text_of(input, "name"),
			       (char *)text_of(input, "version"),
			       NULL,
			       0,
			       (char *)text_of(input, "subpath")};
	parts->qualifiers = mem_alloc(json_object_size(pairs) * sizeof(*parts->qualifiers));
	json_object_foreach(pairs, key, value) parts->qualifiers[parts->qualifier_count++] =
		(struct purl_qualifier){(char *)key, (char *)json_string_value(value)};
}

static bool same_parts(const struct purl *purl, json_t *expected)
{
	json_t *pairs = json_object_get(expected, "qualifiers"), *value;
	const char *key;

	json_object_foreach(pairs, key,
			    value) if (!str_equal(purl_qualifier(purl, key),
						  json_string_value(value))) return false;
	return purl->qualifier_count == json_object_size(pairs) &&
	       str_equal(purl->type, text_of(expected, "type")) &&
	       str_equal(purl->space, text_of(expected, "namespace")) &&
	       str_equal(purl->name, text_of(expected, "name")) &&
	       str_equal(purl->version, text_of(expected, "version")) &&
	       str_equal(purl->subpath, text_of(expected, "subpath"));
}

static bool same_text(const struct purl *purl, json_t *expected)
{
	AUTO_STR canonical = STR_INIT;

	purl_write(purl, &canonical);
	return str_equal(canonical.bytes, json_string_value(expected));
}

/* What the suite only recommends is what the lenient reader does. */
static int run_purl(const struct row *row, json_t *input, struct purl *ret)
{
	AUTO_STR repairs = STR_INIT;
	struct purl parts;
	int code;

	if (json_is_object(input)) {
		parts_from_json(input, &parts);
		code = purl_build(&parts, ret, NULL);
		free(parts.qualifiers);
		return code;
	}
	if (!json_is_string(input))
		return ERR_NO;
	return str_equal(row->fields[1], "recommended")
		       ? purl_parse_lenient(json_string_value(input), ret, &repairs, NULL)
		       : purl_parse(json_string_value(input), ret, NULL);
}

static bool check_purl(const struct row *row)
{
	json_t *input = json_loads(row->fields[4], JSON_DECODE_ANY, NULL);
	json_t *expected = json_loads(row->fields[5], JSON_DECODE_ANY, NULL);
	bool must_fail = str_equal(row->fields[3], "true");
	AUTO_PURL purl = PURL_INIT;
	bool good = run_purl(row, input, &purl) < 0
			    ? must_fail
			    : !must_fail && (json_is_object(expected) ? same_parts(&purl, expected)
								      : same_text(&purl, expected));

	json_decref(input);
	json_decref(expected);
	return good;
}

/* ---- CPE names */

/* Rows that say otherwise than the standard, and are let pass: a well-formed name whose dots are
 * bare behind quoted backslashes, an artefact of how the row was taken from a doc string. */
static const char *const cpe_contradictions[] = {
	"version=\"8\\\\.0\\\\.6001\"",
};

static bool cpe_contradicts(const char *name)
{
	for (size_t i = 0; i < sizeof(cpe_contradictions) / sizeof(cpe_contradictions[0]); i++)
		if (strstr(name, cpe_contradictions[i]))
			return true;
	return false;
}

static bool same_cpe(const struct cpe *a, const struct cpe *b)
{
	AUTO_STR one = STR_INIT, two = STR_INIT;

	cpe_write(a, &one);
	cpe_write(b, &two);
	return str_equal(one.bytes, two.bytes);
}

/* What was read, written in each form and read again, is the same. */
static bool cpe_survives(const struct cpe *cpe)
{
	static void (*const forms[])(const struct cpe *, struct str *) = {cpe_write, cpe_write_wfn};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		AUTO_CPE again = CPE_INIT;
		AUTO_STR text = STR_INIT;

		forms[i](cpe, &text);
		if (cpe_parse(text.bytes, &again, NULL) < 0 || !same_cpe(cpe, &again))
			return false;
	}
	return true;
}

/* name, well-formed name or nothing, OK or FAIL, origin; other verdicts are no verdicts */
static bool check_cpe_parse(const struct row *row)
{
	AUTO_CPE cpe = CPE_INIT;
	AUTO_CPE expected = CPE_INIT;
	int code = cpe_parse(row->fields[0], &cpe, NULL);

	if (cpe_contradicts(row->fields[0]))
		return code < 0;
	if (str_equal(row->fields[2], "FAIL"))
		return code < 0;
	if (!str_equal(row->fields[2], "OK"))
		return true;
	if (code < 0 || !cpe_survives(&cpe))
		return false;
	return !*row->fields[1] ||
	       (cpe_parse(row->fields[1], &expected, NULL) == 0 && same_cpe(&cpe, &expected));
}

static struct cpe_value value_of(const char *text)
{
	struct cpe_value value = {CPE_TEXT, (char *)text};

	if (str_equal(text, "ANY") || str_equal(text, "*"))
		value = (struct cpe_value){CPE_ANY, NULL};
	else if (str_equal(text, "NA"))
		value = (struct cpe_value){CPE_NA, NULL};
	return value;
}

/* source, target, relation */
static bool check_cpe_compare(const struct row *row)
{
	struct cpe_value source = value_of(row->fields[0]), target = value_of(row->fields[1]);

	return str_casecmp(cpe_relation_name(cpe_compare_value(&source, &target)),
			   row->fields[2]) == 0;
}

/* The values the letters of the table stand for. */
static const char *table_value(const char *letter)
{
	static const struct {
		const char *letter, *value;
	} values[] = {
		{"i", "foo"}, {"k", "bar"}, {"m+*", "*oo"}, {"m1*", "fo*"}, {"m2*", "?oo"},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (str_equal(letter, values[i].letter))
			return values[i].value;
	return letter;
}

/* source, target, relation, with a value for each letter; "m2" is one the wildcard covers, or not
 */
static bool check_cpe_table(const struct row *row)
{
	struct cpe_value source = value_of(table_value(row->fields[0]));
	struct cpe_value target = value_of(table_value(row->fields[1]));
	struct cpe_value covered = value_of("foo"), other = value_of("bar");

	if (str_equal(row->fields[1], "m2"))
		return cpe_compare_value(&source, &covered) == CPE_SUPERSET &&
		       cpe_compare_value(&source, &other) == CPE_DISJOINT;
	return str_casecmp(cpe_relation_name(cpe_compare_value(&source, &target)),
			   row->fields[2]) == 0;
}

/* Names that are broken as they were published: an unquoted colon, so a component too many. */
static bool is_malformed(const char *name)
{
	return strstr(name, "sterling_connect:direct") || strstr(name, "ibm:cpe:2.3");
}

/* A name of a CVE record. */
static bool check_cpe_real(const struct row *row)
{
	AUTO_CPE cpe = CPE_INIT;
	AUTO_STR text = STR_INIT;

	if (cpe_parse(row->fields[0], &cpe, NULL) < 0)
		return is_malformed(row->fields[0]);
	cpe_write(&cpe, &text);
	return cpe_survives(&cpe) && cpe_compare(&cpe, &cpe) == CPE_EQUAL &&
	       (!str_starts(row->fields[0], "cpe:2.3:") || str_equal(row->fields[0], text.bytes));
}

/* ---- published scores: vector, score, severity, computed base, computed overall, example */

static bool check_published(const struct row *row)
{
	struct cvss cvss;
	int published, base, overall;
	enum cvss_fit fit;

	if (cvss_parse(row->fields[0], &cvss, NULL) < 0 ||
	    cvss_tenths_parse(row->fields[1], &published) < 0 ||
	    cvss_tenths_parse(row->fields[3], &base) < 0 ||
	    cvss_tenths_parse(row->fields[4], &overall) < 0)
		return false;
	fit = cvss_check(&cvss, published);
	if (published == base)
		return fit == CVSS_FIT_BASE;
	return published == overall ? fit != CVSS_FIT_BASE && fit != CVSS_FIT_WRONG
				    : fit != CVSS_FIT_BASE;
}

/* ---- orders and ranges of the vers specification: JSON files, a test each */

static const char *version_at(json_t *list, size_t i)
{
	return str_or_empty(json_string_value(json_array_get(list, i)));
}

/* Rows that Maven itself contradicts: `java org.apache.maven.artifact.versioning.ComparableVersion`
 * of 3.8.7 says that 2-1 is above 2.0.a and 2.0.0.a (they are 2-a to it). */
static bool vers_order_contradicts(const char *scheme, const char *a, const char *b)
{
	return str_equal(scheme, "maven") && str_equal(a, "2-1") &&
	       (str_equal(b, "2.0.a") || str_equal(b, "2.0.0.a"));
}

/* The versions of INPUT in the order of EXPECTED, whose letters may be in another case where that
 * does not count. */
static bool check_vers_sorted(const struct version_scheme *scheme, json_t *input, json_t *expected)
{
	size_t count = json_array_size(expected), i, j;

	for (i = 0; i < count; i++) {
		int order = 0;

		for (j = 0; j < json_array_size(input); j++)
			if (str_casecmp(version_at(input, j), version_at(expected, i)) == 0)
				break;
		if (j == json_array_size(input))
			return false;
		if (i && (version_compare(scheme, version_at(expected, i - 1),
					  version_at(expected, i), &order, NULL) < 0 ||
			  order > 0))
			return false;
	}
	return count == json_array_size(input);
}

static bool check_vers_order(json_t *test)
{
	json_t *input = json_object_get(test, "input"),
	       *versions = json_object_get(input, "versions");
	json_t *expected = json_object_get(test, "expected_output");
	const char *name = str_or_empty(text_of(input, "input_scheme"));
	const struct version_scheme *scheme = version_scheme_find(name);
	const char *a = version_at(versions, 0), *b = version_at(versions, 1);
	int order = 0;

	if (!scheme || version_compare(scheme, a, b, &order, NULL) < 0)
		return false;
	if (str_equal(text_of(test, "test_type"), "equality"))
		return (order == 0) == json_is_true(expected);
	return check_vers_sorted(scheme, versions, expected) != vers_order_contradicts(name, a, b);
}

/* A native range comes to the expected VERS to the letter. */
static bool check_vers_native(json_t *test)
{
	json_t *input = json_object_get(test, "input");
	const char *expected = text_of(test, "expected_output");
	AUTO_STR written = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	int code = vers_from_native(str_or_empty(text_of(input, "scheme")),
				    str_or_empty(text_of(input, "native_range")), &written, &err);

	if (json_is_true(json_object_get(test, "expected_failure")))
		return code == ERR_NO;
	if (code == 0 && str_equal(written.bytes, expected))
		return true;
	printf("# native: %s, expected %s\n", code ? str_or_empty(err.why) : written.bytes,
	       str_or_empty(expected));
	return false;
}

static bool check_vers_validity(json_t *test)
{
	const char *text = text_of(json_object_get(test, "input"), "vers");
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;
	bool must_fail = json_is_true(json_object_get(test, "expected_failure"));

	text = text ? text : json_string_value(json_object_get(test, "input"));
	if (!text)
		return true;
	return (must_fail ? vers_parse(text, &vers, NULL)
			  : vers_parse_lenient(text, &vers, &repairs, NULL)) ==
	       (must_fail ? ERR_NO : 0);
}

static bool check_vers_containment(json_t *test)
{
	json_t *input = json_object_get(test, "input");
	const char *range = str_or_empty(text_of(input, "vers"));
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;
	bool in = false;

	return vers_parse_lenient(range, &vers, &repairs, NULL) == 0 &&
	       vers_contains(&vers, str_or_empty(text_of(input, "version")), &in, NULL) == 0 &&
	       in == json_is_true(json_object_get(test, "expected_output"));
}

static bool check_vers_test(json_t *test)
{
	const char *kind = str_or_empty(text_of(test, "test_type"));

	if (str_equal(kind, "comparison") || str_equal(kind, "equality"))
		return check_vers_order(test);
	if (str_equal(kind, "containment"))
		return check_vers_containment(test);
	if (str_equal(kind, "from_native"))
		return check_vers_native(test);
	return check_vers_validity(test);
}

static void run_vers_file(const char *dir, const char *name)
{
	AUTO_STRING path = file_join(dir, name);
	json_t *root = json_load_file(path, 0, NULL), *test;
	size_t i, rows = json_array_size(json_object_get(root, "tests"));
	int wrong = 0;

	json_array_foreach(json_object_get(root, "tests"), i,
			   test) if (!check_vers_test(test) && ++wrong <= 10)
	{
		AUTO_STR shown = STR_INIT;

		js_dump(json_object_get(test, "input"), &shown);
		printf("# %s: %s\n", name, shown.bytes);
	}
	CHECK(rows > 0 && wrong == 0, "vers/tests/%s: %zu rows, %d differ", name, rows, wrong);
	json_decref(root);
}

static void run_vers(const char *corpora)
{
	AUTO_STRING dir = file_join(corpora, "vers/tests");
	char **names;
	size_t count, i;

	if (file_list(dir, &names, &count, NULL) < 0) {
		tap_skip("vers/tests", "the folder is not there");
		return;
	}
	for (i = 0; i < count; i++)
		if (str_ends(names[i], ".json"))
			run_vers_file(dir, names[i]);
	file_free_names(names, count);
}

/* ---- the files */

static const struct {
	const char *path;
	row_check check;
} files[] = {
	{"cpe/cpe_attribute_compare.tsv", check_cpe_compare},
	{"cpe/cpe_parse_cases.tsv", check_cpe_parse},
	{"cpe/nistir7696_table6-2.tsv", check_cpe_table},
	{"cpe/real_cpe23_from_cve_records.txt", check_cpe_real},
	{"cvss/real_cve_v2.tsv", check_published},
	{"cvss/real_cve_v30.tsv", check_published},
	{"cvss/real_cve_v31.tsv", check_published},
	{"cvss/real_cve_v40.tsv", check_published},
	{"purl/purl_tests.tsv", check_purl},
};

static void run_file(const char *corpora, const char *name, row_check check)
{
	AUTO_STRING path = file_join(corpora, name);
	AUTO_STR text = STR_INIT;

	if (file_read(path, LIMIT, &text, NULL) < 0) {
		tap_skip(name, "the file is not there");
		return;
	}
	rows_check(text.bytes, name, check);
}

int main(void)
{
	const char *corpora = tap_corpora("corpora of identifiers");
	size_t i;

	for (i = 0; corpora && i < sizeof(files) / sizeof(files[0]); i++)
		run_file(corpora, files[i].path, files[i].check);
	if (corpora)
		run_vers(corpora);
	return tap_done();
}
