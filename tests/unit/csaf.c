/* SPDX-License-Identifier: Apache-2.0 */
/* What of a CSAF document can be said without a validator: names, needs, members, the text form. */
#include "psirtty/format/csaf.h"

#include "format/csaf_private.h"
#include "tests/unit/model_world.h"
#include "tests/unit/tap.h"

static const struct csaf_options options = { .now = DAY0 + INSTANT_DAY, .engine_version = "1.2.3" };

static void test_file_names(void)
{
	static const struct { const char *id, *name; } rows[] = {
		{ "PSIRT-2026-0001", "psirt-2026-0001.json" }, { "2022_#01-A", "2022_01-a.json" },
		{ "Bulletin 2_3/ä+x", "bulletin_2_3_+x.json" }, { "___", "_.json" }, { "", ".json" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING name = csaf_file_name(rows[i].id);

		CHECK_STR(name, rows[i].name, rows[i].id);
	}
}

static void test_ranges(void)
{
	static const struct { const char *name; bool range; } rows[] = {
		{ "1.0", false }, { "<1.0", true }, { ">= 2", true }, { "all", true }, { "All versions", true },
		{ "before 3", true }, { "after-eight", false }, { "3 (and earlier)", true }, { "prior", true },
		{ "1.0-beforehand", false }, { "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(csaf_is_range(rows[i].name) == rows[i].range, "\"%s\" is %sa range", rows[i].name,
		      rows[i].range ? "" : "not ");
}

static void test_urls(void)
{
	static const struct { const char *url; bool is; } rows[] = {
		{ "https://vendor.example", true }, { "http://v.example/a?b#c", true }, { "https://", false },
		{ "ftp://x", false }, { "javascript:x", false }, { "https://a b", false }, { "https://a\n", false },
		{ "https:///x", false }, { "https://ü", false }, { "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(csaf_is_url(rows[i].url) == rows[i].is, "%s", rows[i].url);
}

static int write_csaf(struct world *world, struct str *ret, struct error *err)
{
	return csaf20_write(model_case(world->model, 0), world->model, &options, ret, err);
}

/* Each step supplies one need; before it the error names it and all that follow. */
static void test_needs(void)
{
	static const struct { int stream; enum event_type type; const char *body, *missing, *command; } steps[] = {
		{ 1, EVENT_ADVISORY_DRAFTED, "{'advisory':'SA-1','title':'T','tlp':'CLEAR'}", "no advisory yet", "advisory new" },
		{ 1, EVENT_SUMMARY_SET, "{'summary':'S'}", "no summary", "advisory edit" },
		{ 1, EVENT_AFFECTED_SET, "{'product':'P','version':'1','status':'affected'}", "no product", "affected set" },
		{ 0, EVENT_POLICY_SET, "{'publisher':'V'}", "no publisher", "policy set publisher" },
		{ 0, EVENT_POLICY_SET, "{'publisher':'V','namespace':'https://v.example'}", "no URL", "policy set namespace" },
	};
	struct world world = world_new();
	AUTO_STR out = STR_INIT;

	put(&world, 1, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0001','title':'Secret title'}");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		AUTO_ERROR err = ERROR_INIT;
		int code = write_csaf(&world, &out, &err);

		CHECK(code == ERR_NO && out.length == 0, "refused: %s", str_or_empty(err.why));
		/* Without an advisory its title and summary are not missed yet. */
		CHECK(strstr(str_or_empty(err.why), steps[i].missing) && strstr(err.remedy, steps[i].command),
		      "says %s and `%s`", steps[i].missing, steps[i].command);
		CHECK(put(&world, steps[i].stream, steps[i].type, steps[i].body) == 0, "it is supplied");
	}
	CHECK(write_csaf(&world, &out, NULL) == 0 && out.length > 0, "then the document is written");
	world_release(&world);
}

static void add_sample(struct world *world)
{
	put(world, 0, EVENT_POLICY_SET, "{'publisher':'V','namespace':'https://v.example','contact':'psirt@v.example'}");
	put(world, 1, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0001','title':'T'}");
	put(world, 1, EVENT_ADVISORY_DRAFTED,
	    "{'advisory':'SA-1','title':'Overflow','summary':'Short words that go on until the line is full and "
	    "then break at a blank','description':'Long','recommendation':'Update','tlp':'AMBER+STRICT'}");
	put(world, 1, EVENT_PARTY_ADDED, "{'name':'Lin Finder','role':'finder','address':'lin@finder.example'}");
	put(world, 1, EVENT_AFFECTED_SET, "{'product':'B','version':'2','status':'affected'}");
	put(world, 1, EVENT_AFFECTED_SET, "{'product':'A','version':'1','status':'fixed'}");
	put(world, 1, EVENT_CWE_SET, "{'cwe':'CWE-787'}");
	put(world, 1, EVENT_SCORE_SET, "{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}");
	put(world, 1, EVENT_SCORE_SET, "{'vector':'CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N','issuer':'finder'}");
	put(world, 1, EVENT_SCORE_SET,
	    "{'vector':'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N','issuer':'other'}");
	put(world, 1, EVENT_NOTE_ADDED, "{'text':'internal words'}");
}

static void test_members(void)
{
	struct world world = world_new();
	AUTO_STR out = STR_INIT;
	AUTO_JSON root = NULL;
	json_t *document, *vulnerability, *score;

	add_sample(&world);
	CHECK(write_csaf(&world, &out, NULL) == 0 && js_load(out.bytes, out.length, 1 << 20, "t", &root, NULL) == 0,
	      "a document is written and read");
	document = json_object_get(root, "document");
	vulnerability = json_array_get(js_array(root, "vulnerabilities"), 0);
	CHECK_STR(js_string(json_object_get(json_object_get(document, "distribution"), "tlp"), "label"), "RED",
		  "AMBER+STRICT is RED in TLP 1");
	CHECK_STR(js_string(json_object_get(document, "distribution"), "text"), "TLP v2.0: TLP:AMBER+STRICT",
		  "and its name is said");
	CHECK_STR(js_string(json_array_get(js_array(json_object_get(vulnerability, "product_status"), "fixed"), 0), ""),
		  NULL, "a list of ids");
	CHECK_STR(json_string_value(json_array_get(
			  js_array(json_object_get(vulnerability, "product_status"), "fixed"), 0)),
		  "CSAFPID-0001", "products are numbered in sorted order");
	score = json_object_get(json_array_get(js_array(vulnerability, "scores"), 0), "cvss_v3");
	CHECK(json_real_value(json_object_get(score, "baseScore")) > 9.79 &&
		      json_array_size(js_array(vulnerability, "scores")) == 1,
	      "our score leads, alone");
	CHECK(strstr(out.bytes, "\"baseScore\": 9.8,") != NULL, "printed as it is");
	CHECK(strstr(out.bytes, "calculator/4.0#CVSS:4.0/AV:N") != NULL, "CVSS 4.0 is referred to");
	CHECK_STR(js_string(json_array_get(js_array(vulnerability, "remediations"), 0), "category"), "none_available",
		  "an affected product without a remedy says so");
	CHECK(!strstr(out.bytes, "Lin") && !strstr(out.bytes, "finder.example") && !strstr(out.bytes, "internal"),
	      "no finder and no note is named");
	CHECK(!strstr(out.bytes, "PSIRT-2026-0001"), "the case's id stays in the house");
	CHECK(out.bytes[out.length - 1] == '\n', "and a newline ends it");
	world_release(&world);
}

static void test_text(void)
{
	struct world world = world_new();
	AUTO_STR out = STR_INIT;

	add_sample(&world);
	advisory_text(model_case(world.model, 0), world.model, &out);
	CHECK(str_starts(out.bytes, "TLP:AMBER+STRICT\n\nOverflow\n========\n"), "mark and title lead");
	CHECK(strstr(out.bytes, "Severity:   CRITICAL 9.8 (CVSS 3.1)\n") != NULL, "the score");
	CHECK(strstr(out.bytes, "Affected:\n- B 2\n") && strstr(out.bytes, "Fixed:\n- A 1\n"), "the products");
	CHECK(!strstr(out.bytes, "Lin") && !strstr(out.bytes, "internal"), "no finder and no note is named");
	for (const char *line = out.bytes; *line;) {
		size_t length = strcspn(line, "\n");

		CHECK_QUIET(length <= 72 || !memchr(line + 12, ' ', length - 12), "a line of %zu", length);
		line += length + (line[length] == '\n');
	}
	CHECK(1, "no line is longer than 72 but a long word");
	world_release(&world);
}

int main(void)
{
	test_file_names();
	test_ranges();
	test_urls();
	test_needs();
	test_members();
	test_text();
	return tap_done();
}
