/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkers: every keyword of the tables of structure, which document is of which format, that each edit of
 * a sound document fails exactly its tests, alone and with others, and that time grows with the size alone.
 */
#include "psirtty/format/check.h"

#include <time.h>

#include "format/check_tables.h"
#include "format/csaf20.h"
#include "format/language.h"
#include "tests/unit/check_documents.h"
#include "tests/unit/tap.h"

enum { NOW = 1768000000 }; /* January 2026 */

static json_t *parse(const char *text)
{
	AUTO_STR quoted = STR_INIT;
	json_t *json = NULL;

	for (; *text; text++)
		if (*text == '\\' && text[1] == '\'')
			str_add_char(&quoted, *++text);
		else
			str_add_char(&quoted, *text == '\'' ? '"' : *text);
	json = json_loadb(quoted.bytes, quoted.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!json)
		printf("# no JSON: %s\n", quoted.bytes);
	return json;
}

/* ---- keywords */

static bool shape_even(const char *text)
{
	return strlen(text) % 2 == 0;
}

static void extra_finds(struct checking *c, const json_t *json, const struct place *place)
{
	if (json_object_get(json, "bad"))
		check_found(c, AT(place, "bad"), "bad");
}

static const struct schema text_s = { .kind = SCHEMA_STRING }, short_s = TEXT(2, 3);
static const struct schema words_s = ONE_OF_WORDS("one", "two", "\5", "five");
static const struct schema shape_s = STRING_SHAPE(shape_even, "even");
static const struct schema number_s = { .kind = SCHEMA_NUMBER, .minimum = 0, .maximum = 10 };
static const struct schema integer_s = { .kind = SCHEMA_INTEGER }, bool_s = { .kind = SCHEMA_BOOL };
static const struct schema null_s = { .kind = SCHEMA_STRING, .nullable = true };
static const struct schema list_s = { .kind = SCHEMA_ARRAY, .items = &integer_s, .least = 1, .most = 2 };
static const struct schema set_s = ITEM_SET(integer_s);
static const struct schema needs_s = OBJECT({ "a", &text_s, NEED }, { "b", &integer_s, MAY });
static const struct schema closed_s = CLOSED({ "a", &text_s, MAY });
static const struct schema extends_s = { .kind = SCHEMA_OBJECT, .closed = true, .extendable = true,
					 .members = MEMBERS({ "a", &text_s, MAY }) };
static const struct schema map_s = { .kind = SCHEMA_OBJECT, .items = &integer_s };
static const struct schema some_s = SOME({ "a", &text_s, MAY });
static const struct schema one_s = { .kind = SCHEMA_OBJECT, .one_of = WORDS("a", "b") };
static const struct schema extra_s = { .kind = SCHEMA_OBJECT, .extra = extra_finds };
static const struct schema since_s = CLOSED({ "old", &text_s, UNTIL(4) }, { "new", &text_s, NEED_SINCE(5) },
					    { "word", &words_s, SINCE(5) });
static const struct schema deep_s = OBJECT({ "in", &list_s, MAY });

/* The pointers of what is found, joined by blanks; "-" for none. */
static const struct {
	const char *name; const struct schema *schema; const char *json, *found; int version; bool strict, open;
} keywords[] = {
	{ "kind text", &text_s, "1", "", 0, false, false },
	{ "kind number", &number_s, "'1'", "", 0, false, false },
	{ "kind whole number", &integer_s, "1.5", "", 0, false, false },
	{ "whole number as real", &integer_s, "2.0", "-", 0, false, false },
	{ "kind bool", &bool_s, "1", "", 0, false, false },
	{ "kind list", &list_s, "{}", "", 0, false, false },
	{ "kind object", &needs_s, "[]", "", 0, false, false },
	{ "null refused", &text_s, "null", "", 0, false, false },
	{ "null allowed", &null_s, "null", "-", 0, false, false },
	{ "words", &words_s, "'one'", "-", 0, false, false },
	{ "another word", &words_s, "'three'", "", 0, false, false },
	{ "word too new", &words_s, "'five'", "", 4, false, false },
	{ "word of its version", &words_s, "'five'", "-", 5, false, false },
	{ "mark is no word", &words_s, "'\\u0005'", "", 5, false, false },
	{ "shape", &shape_s, "'ab'", "-", 0, false, false },
	{ "other shape", &shape_s, "'abc'", "", 0, false, false },
	{ "zero byte inside", &shape_s, "'ab\\u0000c'", "", 0, false, false },
	{ "text too short", &short_s, "'a'", "", 0, false, false },
	{ "text too long", &short_s, "'abcd'", "", 0, false, false },
	{ "characters, not bytes", &short_s, "'äöü'", "-", 0, false, false },
	{ "least number", &number_s, "0", "-", 0, false, false },
	{ "below", &number_s, "-0.1", "", 0, false, false },
	{ "above", &number_s, "10.1", "", 0, false, false },
	{ "few items", &list_s, "[]", "", 0, false, false },
	{ "many items", &list_s, "[1,2,3]", "", 0, false, false },
	{ "wrong item", &list_s, "[1,'x']", "/1", 0, false, false },
	{ "items twice", &set_s, "[1,2,1]", "", 0, false, false },
	{ "items once", &set_s, "[1,2,3]", "-", 0, false, false },
	{ "required", &needs_s, "{'b':1}", "", 0, false, false },
	{ "open object", &needs_s, "{'a':'','c':1}", "-", 0, false, false },
	{ "open object, strict", &needs_s, "{'a':'','c':1}", "/c", 0, true, false },
	{ "strict sees no other fault", &needs_s, "{'b':'x'}", "-", 0, true, false },
	{ "closed", &closed_s, "{'a':'','c':1}", "/c", 0, false, false },
	{ "closed, of an open version", &closed_s, "{'a':'','c':1}", "-", 0, false, true },
	{ "extension", &extends_s, "{'x_c':1}", "-", 0, false, false },
	{ "extension with a dot", &extends_s, "{'x_c.d':1}", "/x_c.d", 0, false, false },
	{ "map", &map_s, "{'c':1,'d':'x'}", "/d", 0, false, false },
	{ "empty object", &some_s, "{}", "", 0, false, false },
	{ "one of", &one_s, "{'b':1}", "-", 0, false, false },
	{ "none of", &one_s, "{'c':1}", "", 0, false, false },
	{ "extra", &extra_s, "{'bad':1}", "/bad", 0, false, false },
	{ "member of later versions", &since_s, "{'old':'','word':'one'}", "/word", 4, false, false },
	{ "member of older versions", &since_s, "{'old':'','new':''}", "/old", 5, false, false },
	{ "required since", &since_s, "{'word':'one'}", "", 5, false, false },
	{ "pointers are escaped", &closed_s, "{'a/b~c':1}", "/a~1b~0c", 0, false, false },
	{ "pointers go down", &deep_s, "{'in':[1,'x']}", "/in/1", 0, false, false },
};

static void test_keywords(void)
{
	struct check_request request = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		struct check_report report = { 0 };
		struct checking c = { .request = &request, .report = &report, .test = "schema",
				      .version = keywords[i].version, .open = keywords[i].open };
		AUTO_STR found = STR_INIT;
		AUTO_JSON json = parse(keywords[i].json);

		schema_check(&c, keywords[i].schema, json, NULL, keywords[i].strict);
		for (size_t f = 0; f < report.finding_count; f++)
			str_add_format(&found, "%s%s", f ? " " : "", report.findings[f].path);
		CHECK_STR(report.finding_count ? str_or_empty(found.bytes) : "-", keywords[i].found, keywords[i].name);
		check_report_release(&report);
	}
}

static const struct schema nest_s = { .kind = SCHEMA_ARRAY, .items = &nest_s };

static void test_depth(void)
{
	struct check_request request = { 0 };
	struct check_report report = { 0 };
	struct checking c = { .request = &request, .report = &report, .test = "schema" };
	AUTO_JSON json = json_array();

	for (int i = 0; i < 1500; i++) {
		json_t *outer = json_array();

		json_array_append_new(outer, json);
		json = outer;
	}
	schema_check(&c, &nest_s, json, NULL, false);
	CHECK(report.finding_count == 0, "what is nested 1500 deep is not followed all the way");
	check_report_release(&report);
}

/* ---- shapes */

static void test_shapes(void)
{
	static const struct { bool (*shape)(const char *text); const char *text; bool fits; } rows[] = {
		{ shape_date_time, "2026-01-02T03:04:05Z", true }, { shape_date_time, "0001-01-01T00:00:00.5+01:00", true },
		{ shape_date_time, "2026-01-02T03:04:05", false }, { shape_date_time, "2026-02-29T00:00:00Z", false },
		{ shape_date_time, "2024-02-29T23:59:60Z", true }, { shape_date_time, "2026-01-02T24:00:00Z", false },
		{ shape_date_time, "2026-01-02", false }, { shape_date_time, "", false },
		{ shape_date_time, "1900-02-29T00:00:00Z", false }, { shape_date_time, "2000-02-29T00:00:00Z", true },
		{ shape_date_time, "2016-12-31T15:59:60-08:00", true }, { shape_date_time, "2017-01-01T00:59:60.5+01:00", true },
		{ shape_date_time, "2016-12-31T22:59:60Z", false }, { shape_date_time, "2016-12-31T23:59:60+01:00", false },
		{ shape_date_time, "2016-12-31T23:58:60Z", false }, { shape_date_time, "2016-12-31T23:59:61Z", false },
		{ shape_date_time, "2017-01-01T05:29:60+05:30", true }, { shape_date_time, "2016-12-31t23:59:60z", true },
		{ shape_date_time_loose, "2016-12-31T23:59:60", true }, { shape_date_time_loose, "2016-12-31T22:59:60", false },
		{ shape_date_time_loose, "2026-01-02T03:04:05", true }, { shape_date_time_loose, "2026-01-02T03:04", false },
		{ shape_uri, "https://example.com/a%20b", true }, { shape_uri, "https://example.com/a b", false },
		{ shape_uri, "https://[2001:db8::1]:8443/", true }, { shape_uri, "https://[::z]/", false },
		{ shape_uri, "https://[v7.a:b]/", true }, { shape_uri, "https://[::ffff:10.0.0.1]", true },
		{ shape_uri, "https://[1:2:3:4:5:6:7:8]", true }, { shape_uri, "https://[1:2:3:4:5:6:7]", false }, { shape_uri, "https://[1::2::3]", false },
		{ shape_uri, "https://[::]", true }, { shape_uri, "https://[::256.0.0.1]", false }, { shape_uri, "https://[:1::2]", false }, { shape_uri, "https://[1:]", false }, { shape_uri, "https://[::1/", false }, { shape_uri, "http://a/[1]", false },
		{ shape_uri, "http://a/?q=[1]", false }, { shape_uri, "http://a/b#c#d", false }, { shape_uri, "http://a:80/", true },
		{ shape_uri, "http://a:http/", false }, { shape_uri, "http://u:p@a:1/", true }, { shape_uri, "http://u@v@a/", false },
		{ shape_uri, "http://", true }, { shape_uri, "urn:a:b", true }, { shape_uri, "a:", true }, { shape_uri, "1a:b", false },
		{ shape_uri, "https://example.com/%zz", false }, { shape_uri, "https://example.com/ü", false },
		{ shape_iri, "https://example.com/ü", true }, { shape_iri, "a/b:c", false }, { shape_iri, "", false },
		{ shape_iri_reference, "a/b:c", true }, { shape_iri_reference, "", true },
		{ shape_iri_reference, "a b", false },
		{ shape_cve, "CVE-2026-1234", true }, { shape_cve, "CVE-2026-123", false },
		{ shape_cve, "cve-2026-1234", false }, { shape_cve, "CVE-2026-1234x", false },
		{ shape_uuid, "8254265b-2729-46b6-b9e3-3dfca2d5bfca", true },
		{ shape_uuid, "8254265b-2729-46b6-b9e3-3dfca2d5bfcg", false }, { shape_uuid, "", false },
		{ check_shape_semver, "1.2.3-a.1+b", true }, { check_shape_semver, "1.2", false },
		{ check_shape_semver, "01.2.3", false }, { check_shape_semver, "v1.2.3", false },
		{ check_shape_semver, "1.2.3-01", false },
		{ language_tag_formed, "en", true }, { language_tag_formed, "zh-cmn-Hans-CN", true },
		{ language_tag_formed, "de-DE-1996-u-co-phonebk-x-a", true }, { language_tag_formed, "x-a", true },
		{ language_tag_formed, "i-default", true }, { language_tag_formed, "i-klingon", false },
		{ language_tag_formed, "en-GB-oed", false }, { language_tag_formed, "en-a", false }, { language_tag_formed, "e", false },
		{ language_tag_formed, "en-US-US", false }, { language_tag_formed, "en-", false }, { language_tag_formed, "x", false },
		{ language_tag_formed, "zh-aaa-bbb-ccc-ddd", false }, { language_tag_formed, "abcde-abc", false },
		{ language_tag_valid, "sl-rozaj-biske", true }, { language_tag_valid, "sl-rozaj-rozaj", false },
		{ language_tag_valid, "en-u-co-x", false }, { language_tag_valid, "en-u-co-u-ca", false },
		{ language_tag_valid, "EZ", false }, { language_tag_valid, "en-x-a", true },
		{ csaf_cpe_fits, "cpe:2.3:a:b:c:1:*:*:en-US:*:*:*:*", true }, { csaf_cpe_fits, "cpe:2.3:a:b:c:1:*:*:eng-419:*:*:*:*", true },
		{ csaf_cpe_fits, "cpe:2.3:a:b:c:1:*:*:english:*:*:*:*", false }, { csaf_cpe_fits, "cpe:2.3:a:b:c:1:*:*:e:*:*:*:*", false },
		{ csaf_cpe_fits, "cPE:/a:b", true }, { csaf_cpe_fits, "CPE:/a:b", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(rows[i].shape(rows[i].text) == rows[i].fits, "row %zu: \"%s\" %s", i, rows[i].text,
		      rows[i].fits ? "fits" : "does not fit");
}

static void test_instants(void)
{
	static const struct { const char *text; instant at; } rows[] = {
		{ "1970-01-01T00:00:00Z", 0 }, { "1969-12-31T23:59:59Z", -INSTANT_SECOND },
		{ "2026-01-02T03:04:05.000001+01:00", 1767319445 * INSTANT_SECOND + 1 },
		{ "2016-12-31T23:59:60Z", 1483228800 * INSTANT_SECOND }, { "0001-01-01T00:00:00Z", -62135596800 * INSTANT_SECOND },
		{ "0000-02-29T00:00:00Z", -62162121600 * INSTANT_SECOND }, { "9999-12-31T23:59:59Z", 253402300799 * INSTANT_SECOND },
	};
	instant at, whole;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(check_instant(rows[i].text, &at) && at == rows[i].at, "%s is %lld", rows[i].text, (long long)at);
	for (instant day = 0; day < 40000; day += 13) {
		char text[40];

		CHECK_QUIET(check_instant(instant_format(day * INSTANT_DAY, text), &at) && !instant_parse(text, &whole, NULL) &&
				    at == whole, "%s is read as everywhere else", text);
	}
	CHECK(!check_instant("2026-01-02T03:04:05", &at), "no zone, no instant");
}

/* ---- documents and edits */

/* The parent of what POINTER names, and its last part. */
static json_t *parent_of(json_t *json, const char *pointer, char *ret_name)
{
	const char *rest = pointer + 1;

	for (;;) {
		size_t length = strcspn(rest, "/");

		memcpy(ret_name, rest, length);
		ret_name[length] = '\0';
		if (!rest[length])
			return json;
		json = json_is_array(json) ? json_array_get(json, strtoul(ret_name, NULL, 10)) :
					     json_object_get(json, ret_name);
		rest += length + 1;
	}
}

static void edit_apply(json_t *json, const struct edit *edit)
{
	char name[64];
	json_t *parent = parent_of(json, edit->path, name);

	if (!parent)
		printf("# nothing at %s\n", edit->path);
	if (json_is_array(parent) && edit->value)
		json_array_set_new(parent, strtoul(name, NULL, 10), parse(edit->value));
	else if (json_is_array(parent))
		json_array_remove(parent, strtoul(name, NULL, 10));
	else if (edit->value)
		json_object_set_new(parent, name, parse(edit->value));
	else
		json_object_del(parent, name);
}

static void add_tests(json_t *set, const char *tests)
{
	while (*tests) {
		size_t length = strcspn(tests, ",");
		AUTO_STRING one = mem_copy(tests, length);

		json_object_set_new(set, one, json_true());
		tests += length + (tests[length] == ',');
	}
}

static void names_of(const json_t *set, struct str *ret)
{
	str_reset(ret);
	js_dump(set, ret);
}

/* DOCUMENT with the edits of MASK fails exactly what they say. */
static bool fails_as_told(const struct document *document, unsigned mask)
{
	struct check_request request = { .preset = CHECK_FULL, .now = NOW * INSTANT_SECOND };
	AUTO_JSON json = parse(document->text);
	AUTO_JSON due = json_object();
	AUTO_JSON got = json_object();
	AUTO_STR due_names = STR_INIT, got_names = STR_INIT;
	struct check_report report;
	bool good;

	for (size_t i = 0; document->edits[i].path; i++) {
		if (!(mask >> i & 1))
			continue;
		edit_apply(json, &document->edits[i]);
		add_tests(due, document->edits[i].test);
	}
	if (check_document(json, &request, &report, NULL) || !str_equal(report.format, document->format))
		return false;
	for (size_t i = 0; i < report.finding_count; i++) {
		json_object_set_new(got, report.findings[i].test, json_true());
		CHECK_QUIET(*str_or_empty(report.findings[i].fix) && *str_or_empty(report.findings[i].message), "%s: says what and how",
			    report.findings[i].test);
	}
	names_of(due, &due_names);
	names_of(got, &got_names);
	good = str_equal(due_names.bytes, got_names.bytes);
	if (!good)
		printf("# %s, edits %x: found %s, due %s\n", document->format, mask, got_names.bytes, due_names.bytes);
	for (size_t i = 0; !good && i < report.finding_count; i++)
		printf("#   %s %s: %s\n", report.findings[i].test, report.findings[i].path, report.findings[i].message);
	check_report_release(&report);
	return good;
}

static void test_documents(void)
{
	unsigned state = 20260121, tried = 0;

	for (size_t d = 0; d < ARRAY_LEN(documents); d++) {
		unsigned count = 0;

		while (documents[d].edits[count].path)
			count++;
		CHECK(fails_as_told(&documents[d], 0), "%s: the document is sound", documents[d].format);
		for (unsigned i = 0; i < count; i++)
			CHECK(fails_as_told(&documents[d], 1u << i), "%s: %s", documents[d].format,
			      documents[d].edits[i].path);
		for (int i = 0; i < 200; i++, tried++) {
			state = state * 1664525 + 1013904223;
			CHECK_QUIET(fails_as_told(&documents[d], state >> 8 & ((1u << count) - 1)), "%s: edits together",
				    documents[d].format);
		}
	}
	CHECK(tried == 200 * ARRAY_LEN(documents), "%u combinations of edits", tried);
}

static void test_unknown(void)
{
	static const char *const texts[] = { "{}", "[]", "1", "{'a':1}", "{'document':{'csaf_version':'9.9'}}",
					     "{'bomFormat':'CycloneDX','specVersion':'9.9'}" };
	struct check_request request = { .preset = CHECK_FULL };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_JSON json = parse(texts[i]);
		AUTO_ERROR err = ERROR_INIT;
		struct check_report report;

		CHECK(check_document(json, &request, &report, &err) == ERR_INPUT && !report.format && err.why,
		      "%s is of no known format", texts[i]);
		check_report_release(&report);
	}
}

static void test_listing(void)
{
	struct check_test_info infos[500];
	size_t count = check_tests(infos, ARRAY_LEN(infos)), bad = 0;
	AUTO_JSON seen = json_object();

	CHECK(count > 100 && count < ARRAY_LEN(infos), "%zu tests", count);
	for (size_t i = 0; i < count && i < ARRAY_LEN(infos); i++) {
		AUTO_STRING key = mem_format("%s %s", infos[i].format, infos[i].test);

		bad += !infos[i].title || !*infos[i].title || json_object_get(seen, key);
		CHECK_QUIET(infos[i].remedy && strlen(infos[i].remedy) > 8, "%s %s says how to mend what it finds", infos[i].format,
			    infos[i].test);
		json_object_set_new(seen, key, json_true());
	}
	CHECK(bad == 0, "each has a title, and none is there twice");
	CHECK(check_tests(infos, 3) == count, "the count does not depend on the room");
}

/* ---- size */

static json_t *large_csaf(size_t products)
{
	json_t *json = parse(CSAF_DOCUMENT), *names = json_array(), *ids = json_array();
	json_t *status = json_object_get(json_array_get(json_object_get(json, "vulnerabilities"), 0), "product_status");

	for (size_t i = 0; i < products; i++) {
		AUTO_STRING id = mem_format("X%zu", i);

		json_array_append_new(names, json_pack("{s:s, s:s}", "name", id, "product_id", id));
		json_array_append_new(ids, json_string(id));
	}
	json_object_set_new(json_object_get(json, "product_tree"), "full_product_names", names);
	json_object_set_new(status, "under_investigation", ids);
	return json;
}

/* Ranges beside each other, product paths, groups, remedies for all. */
static json_t *large_csaf21(size_t products)
{
	json_t *json = large_csaf(products), *document = json_object_get(json, "document"), *tree = json_object_get(json, "product_tree");
	json_t *vendor = json_array_get(json_object_get(tree, "branches"), 0), *ranges = json_array(), *paths = json_array();

	json_object_set_new(document, "csaf_version", json_string("2.1"));
	for (size_t i = 0; i < products / 4; i++) {
		AUTO_STRING name = mem_format("vers:npm/>=%zu.0.0|<%zu.0.0", i, i + 2);
		AUTO_STRING id = mem_format("R%zu", i);
		AUTO_STRING path = mem_format("Q%zu", i);

		json_array_append_new(ranges, json_pack("{s:s, s:s, s:{s:s, s:s}}", "category", "product_version_range", "name", name, "product",
							"name", id, "product_id", id));
		json_array_append_new(paths, json_pack("{s:s, s:[{s:s, s:s}], s:{s:s, s:s}}", "beginning_product_reference", id, "subpaths",
						       "category", "installed_on", "next_product_reference", "X0", "full_product_name",
						       "name", path, "product_id", path));
	}
	json_array_append_new(json_object_get(vendor, "branches"), json_pack("{s:s, s:s, s:o}", "category", "product_name", "name", "R",
									     "branches", ranges));
	json_object_set_new(tree, "product_paths", paths);
	return json;
}

static json_t *large_cyclonedx(size_t components)
{
	json_t *json = parse(CYCLONEDX_DOCUMENT), *list = json_object_get(json, "components");
	json_t *dependencies = json_object_get(json, "dependencies");

	for (size_t i = 0; i < components; i++) {
		AUTO_STRING ref = mem_format("c%zu", i);

		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "type", "library", "name", ref, "bom-ref", ref));
		json_array_append_new(dependencies, json_pack("{s:s}", "ref", ref));
	}
	return json;
}

static double seconds_for(json_t *(*make)(size_t count), size_t count)
{
	struct check_request request = { .preset = CHECK_FULL };
	AUTO_JSON json = make(count);
	double best = 1e9;

	for (int i = 0; i < 3; i++) {
		struct check_report report;
		clock_t start = clock();
		double took;

		check_document(json, &request, &report, NULL);
		took = (double)(clock() - start) / CLOCKS_PER_SEC;
		check_report_release(&report);
		best = took < best ? took : best;
	}
	return best;
}

static void test_time(void)
{
	static const struct { const char *name; json_t *(*make)(size_t count); size_t count; } rows[] = {
		{ "CSAF products", large_csaf, 10000 }, { "CSAF 2.1 products", large_csaf21, 2000 },
		{ "CycloneDX components", large_cyclonedx, 5000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		double small = seconds_for(rows[i].make, rows[i].count), large = seconds_for(rows[i].make, 4 * rows[i].count);

		/* A way that is not linear takes 16 times as long; memory gets slower the more there is of it. */
		CHECK(large < 8 * small, "four times the %s take %.1f times as long (%.0f ms)", rows[i].name,
		      large / small, large * 1000);
	}
}

int main(void)
{
	test_keywords();
	test_depth();
	test_shapes();
	test_instants();
	test_documents();
	test_unknown();
	test_listing();
	test_time();
	return tap_done();
}
