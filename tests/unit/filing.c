/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what a case answers, what is missing, limits, what later stages carry. */
#include "psirtty/format/filing.h"

#include "tests/unit/clock_world.h"
#include "tests/unit/model_world.h"
#include "tests/unit/tap.h"

static struct world world_with_case(void)
{
	struct world w = world_new();

	model_set_clock_rules(w.model, rules_shipped(true));
	put(&w, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'Overflow'}");
	put(&w, 1, EVENT_REPORT_RECEIVED, REPORT("2026-10-30T07:00:00Z"));
	put(&w, 1, EVENT_STATE_SET, "{'to':'received'}");
	return w;
}

static struct filing make(struct world *w, const char *clock, bool chinese)
{
	const struct clock_rule *rule = clock_rule_find(model_clock_rules(w->model), clock);
	struct clock_status status;
	struct filing filing;

	case_clock_status(w->model, model_case(w->model, 0), rule, w->now, &status);
	filing_make(w->model, model_case(w->model, 0), &status, chinese, &filing);
	return filing;
}

static const struct filing_field *field_of(const struct filing *filing, const char *key)
{
	for (size_t i = 0; i < filing->count; i++)
		if (str_equal(filing->fields[i].key, key))
			return &filing->fields[i];
	BUG("no field %s", key);
}

static void check_value(struct world *w, const char *clock, const char *key, const char *expected)
{
	struct filing filing = make(w, clock, false);
	AUTO_STRING name = mem_format("%s %s", clock, key);

	CHECK_STR(field_of(&filing, key)->value, expected, name);
	filing_release(&filing);
}

/* Whatever language the screen has. */
static void check_chinese(struct world *w, const char *clock, const char *key, const char *expected)
{
	struct filing filing = make(w, clock, true);

	CHECK_STR(field_of(&filing, key)->value, expected, "in Chinese");
	filing_release(&filing);
}

static void test_rmsv(void)
{
	static const char *const statutory[] = { "product-name", "model", "version", "technical", "harm", "scope" };
	struct world w = world_with_case();
	struct filing filing = make(&w, "cn-rmsv-7-2", true);
	AUTO_STR text = STR_INIT;
	AUTO_JSON json = filing_json(&filing, true);

	CHECK(filing.required == 6 && filing.missing == 6 && filing.count == 15, "six statutory fields of fifteen");
	for (size_t i = 0; i < ARRAY_LEN(statutory); i++)
		CHECK(field_of(&filing, statutory[i])->missing && field_of(&filing, statutory[i])->need == FILING_REQUIRED, "%s",
		      statutory[i]);
	CHECK(json_array_size(js_array(json, "missing")) == 6 && !js_bool(json, "complete"), "JSON names them");
	filing_text(&filing, true, &text);
	CHECK(strstr(text.bytes, "缺少： 产品名称, 产品型号, 受影响版本, 漏洞技术特点, 危害, 影响范围\n") != NULL, "so does the text");
	filing_release(&filing);
	put(&w, 9, EVENT_PRODUCT_ADDED, "{'product':'gw','name':'Gateway 500'}");
	put(&w, 1, EVENT_AFFECTED_SET, "{'product':'gw','version':'7.3','status':'affected'}");
	put(&w, 1, EVENT_AFFECTED_SET, "{'product':'gw','version':'7.4','status':'fixed'}");
	put(&w, 1, EVENT_AFFECTED_SET, "{'product':'gw','version':'7.2','status':'under-investigation'}");
	put(&w, 1, EVENT_CWE_SET, "{'cwe':'CWE-787'}");
	put(&w, 1, EVENT_SCORE_SET, "{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}");
	check_value(&w, "cn-rmsv-7-2", "product-name", "Gateway 500");
	check_value(&w, "cn-rmsv-7-2", "version", "gw 7.2 (under investigation); gw 7.3");
	check_value(&w, "cn-rmsv-7-2", "technical", "CWE-787 Out-of-bounds Write\nCVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
	check_value(&w, "cn-rmsv-7-2", "harm", NULL);
	check_value(&w, "cn-rmsv-7-2", "awareness", "2026-10-30T07:00:00Z, the first report came in");
	check_chinese(&w, "cn-rmsv-7-2", "awareness", "2026-10-30T07:00:00Z, 收到首份报告");
	check_value(&w, "cn-rmsv-7-2", "public", "not public; no public exploit known; no exploitation known");
	put(&w, 1, EVENT_SUMMARY_SET, "{'summary':'Code runs.'}");
	check_value(&w, "cn-rmsv-7-2", "harm", "CRITICAL (CVSS 9.8, CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)\nCode runs.");
	put(&w, 1, EVENT_FILING_DRAFTED, "{'clock':'cn-rmsv-7-2','field':'model','value':'G500'}");
	put(&w, 1, EVENT_FILING_DRAFTED, "{'clock':'cn-rmsv-7-2','field':'scope','value':'200 devices'}");
	filing = make(&w, "cn-rmsv-7-2", true);
	CHECK(filing.missing == 0 && field_of(&filing, "model")->written && !field_of(&filing, "harm")->written, "complete");
	filing_release(&filing);
	put(&w, 1, EVENT_REPRO_ADDED, "{'build':'7.3','verdict':'reproduced','steps':'s','attachments':["
		"{'name':'run.log','size':1,'sha256':'aa','object':'o','key':'k','kind':'log'},"
		"{'name':'x.py','size':1,'sha256':'bb','object':'o','key':'k','kind':'poc'}]}");
	check_value(&w, "cn-rmsv-7-2", "attachments", "run.log sha256:aa");
	world_release(&w);
}

/* What must be there at each stage, beside the glossary's table: R, and what is carried from an R. */
static void test_cra(void)
{
#define HEAD "title summary manufacturer member-states product-name version "
	static const struct { const char *clock; size_t fields; const char *needs; } rows[] = {
		{ "eu-cra-14-2-a", 27, "type " HEAD "awareness " },
		{ "eu-cra-14-2-b", 29, "type " HEAD "general awareness " },
		{ "eu-cra-14-2-c", 28, "type " HEAD "measures user-measures general measure-date update severity impact awareness " },
		{ "eu-cra-14-4-a", 26, "type " HEAD "malicious awareness " },
		{ "eu-cra-14-4-b", 27, "type " HEAD "malicious nature awareness incident-time assessment " },
		{ "eu-cra-14-4-c", 27, "type " HEAD "measures user-measures malicious nature mitigation severity impact cause awareness "
				       "assessment " },
	};
	struct world w = world_with_case();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct filing filing = make(&w, rows[i].clock, false);
		AUTO_STR got = STR_INIT;
		size_t required = 0;

		/* Nothing is known but what kind of notification it is, and the title. */
		for (size_t k = 0; k < filing.count; k++)
			if (filing.fields[k].missing || str_equal(filing.fields[k].key, "type") ||
			    str_equal(filing.fields[k].key, "title")) {
				str_add_format(&got, "%s ", filing.fields[k].key);
				required++;
			}
		CHECK_STR(got.bytes, rows[i].needs, rows[i].clock);
		CHECK(filing.required == required && filing.missing == required - 2 && filing.count == rows[i].fields,
		      "%zu fields, %zu required", filing.count, filing.required);
		filing_release(&filing);
	}
	world_release(&w);
#undef HEAD
}

static void test_limits(void)
{
	struct world w = world_with_case();
	struct filing filing;
	AUTO_STR body = STR_INIT;

	for (int extra = 0; extra < 2; extra++) {
		str_reset(&body);
		str_add(&body, "{'clock':'eu-cra-14-2-c','field':'actor','value':'");
		for (int i = 0; i < 100 + extra; i++)
			str_add(&body, "漏");
		str_add(&body, "'}");
		put(&w, 1, EVENT_FILING_DRAFTED, body.bytes);
		filing = make(&w, "eu-cra-14-2-c", false);
		CHECK(field_of(&filing, "actor")->length == (size_t)(100 + extra) &&
			      field_of(&filing, "actor")->too_long == (extra == 1), "%d characters of 100", 100 + extra);
		filing_release(&filing);
	}
	world_release(&w);
}

static void test_chain(void)
{
	struct world w = world_with_case();

	put(&w, 1, EVENT_FILING_DRAFTED, "{'clock':'eu-cra-14-2-a','field':'member-states','value':'DE'}");
	check_value(&w, "eu-cra-14-2-c", "member-states", "DE");
	put(&w, 1, EVENT_FILING_DRAFTED, "{'clock':'eu-cra-14-2-c','field':'member-states','value':'DE, FR'}");
	check_value(&w, "eu-cra-14-2-c", "member-states", "DE, FR");
	check_value(&w, "eu-cra-14-2-a", "member-states", "DE");
	check_value(&w, "eu-cra-14-4-a", "member-states", NULL);
	put(&w, 1, EVENT_FILING_DRAFTED, "{'clock':'eu-cra-14-2-c','field':'title','value':''}");
	check_value(&w, "eu-cra-14-2-c", "title", "Overflow");
	put(&w, 1, EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'7.4','url':'https://v.example'}");
	put(&w, 1, EVENT_REMEDIATION_SET, "{'category':'workaround','details':'switch it off'}");
	check_value(&w, "eu-cra-14-2-c", "measures", "7.4; https://v.example");
	check_value(&w, "eu-cra-14-2-c", "user-measures", "switch it off");
	check_value(&w, "eu-cra-14-2-c", "measure-date", "2026-11-01T00:00:00Z");
	CHECK(filing_has_field("cra-early", "title") && !filing_has_field("cra-early", "attack-vector") &&
		      !filing_has_field(NULL, "title") && !filing_has_field("fax", "title"), "fields of a form");
	world_release(&w);
}

int main(void)
{
	test_rmsv();
	test_cra();
	test_limits();
	test_chain();
	return tap_done();
}
