/* SPDX-License-Identifier: Apache-2.0 */
/* The CSAF 2.1 draft: a document that is right, and one change each that a test must find, and nothing else. */
#include "psirtty/format/check.h"
#include "psirtty/base/js.h"
#include "tests/unit/tap.h"

static const char base[] =
	"{'$schema':'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json','document':{'category':'csaf_security_advisory',"
	"'csaf_version':'2.1','distribution':{'tlp':{'label':'CLEAR'}},'lang':'en','license_expression':'MIT',"
	"'publisher':{'category':'vendor','name':'V','namespace':'https://v.example'},'title':'T','notes':[{'category':'summary',"
	"'text':'x'}],'references':[{'category':'self','summary':'s','url':'https://v.example/a-1.json'}],"
	"'tracking':{'current_release_date':'2026-01-02T00:00:00Z','id':'A-1','initial_release_date':'2026-01-02T00:00:00Z',"
	"'revision_history':[{'date':'2026-01-02T00:00:00Z','number':'1','summary':'s'}],'status':'final','version':'1'}},"
	"'product_tree':{'branches':[{'category':'vendor','name':'V','branches':[{'category':'product_name','name':'P','branches':["
	"{'category':'product_version','name':'1','product':{'name':'V P 1','product_id':'P1','product_identification_helper':"
	"{'purls':['pkg:npm/p@1','pkg:npm/p@1?a=b'],'model_numbers':['A*'],'serial_numbers':['S'],'skus':['K']}}},"
	"{'category':'product_version','name':'2','product':{'name':'V P 2','product_id':'P2'}}]}]}]},"
	"'vulnerabilities':[{'cve':'CVE-2026-0001','cwes':[{'id':'CWE-416','name':'Use After Free','version':'4.20'}],"
	"'disclosure_date':'2026-01-01T00:00:00Z','notes':[{'category':'summary','text':'x'}],'product_status':{'known_affected':['P1'],"
	"'fixed':['P2']},'remediations':[{'category':'vendor_fix','details':'d','product_ids':['P1']}],"
	"'metrics':[{'content':{'cvss_v3':{'version':'3.1','vectorString':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',"
	"'baseScore':9.8,'baseSeverity':'CRITICAL'}},'products':['P1']}],'first_known_exploitation_dates':[{'date':"
	"'2026-01-01T00:00:00Z','exploitation_date':'2025-12-01T00:00:00Z','product_ids':['P1']}]}]}";

#define TLP "/document/distribution"
#define V "/vulnerabilities/0"
#define HELPER "/product_tree/branches/0/branches/0/branches/0/product/product_identification_helper"
#define METRIC(content) "{'content':{" content "},'products':['P1']}"
#define SSVC(content) METRIC("'ssvc_v2':{" content "}")
#define RANGE(test, name) { test, "/product_tree/branches/0/branches/0/branches/1", "{'category':'product_version_range','name':'" name \
	"','product':{'name':'V P 2','product_id':'P2'}}" }
/* At the place VALUE is set instead (NULL: it is taken away); TEST fails, alone. */
static const struct row { const char *test, *place, *value; } rows[] = {
	{ "schema", "/$schema", NULL },
	{ "schema", TLP "/tlp/label", "'WHITE'" },
	{ "schema", TLP, NULL },
	{ "schema", "/product_tree/branches/0/category", "'legacy'" },
	{ "schema,6.2.24", V "/cwes/0/version", NULL },
	{ "schema,6.2.24", V "/cwes/0/version", "'four'" },
	{ "schema", V "/metrics/0/content/epss", "{'percentile':'2','probability':'0.5','timestamp':'2026-01-01T00:00:00Z'}" },
	{ "6.1.1,6.2.3", V "/metrics/0/products/0", "'P9'" },
	{ "6.1.1", "/product_tree/product_paths", "[{'beginning_product_reference':'P9','subpaths':[{'category':'installed_on',"
						   "'next_product_reference':'P1'}],'full_product_name':{'name':'n','product_id':'Q'}}]" },
	{ "6.1.9", V "/metrics/0/content/cvss_v3/baseScore", "9.7" },
	{ "6.1.13", HELPER "/purls/1", "'pkg:maven/@1.3.4'" },
	{ "6.1.27.12", V "/product_status", "{'fixed':['P2'],'under_investigation':['P1']}" },
	{ "6.1.35", V "/remediations/1", "{'category':'no_fix_planned','details':'d','product_ids':['P1']}" },
	{ "6.1.36", V "/remediations/1", "{'category':'vendor_fix','details':'d','product_ids':['P2']}" },
	{ "6.1.37", V "/disclosure_date", "'2026-01-01t00:00:00Z'" },
	{ "6.1.39", TLP "/sharing_group", "{'id':'0191f3b8-7a5c-4c3e-8a1b-1234567890ab'}" },
	{ "6.1.40,6.2.28", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'No sharing allowed'}" },
	{ "6.1.41,6.2.28", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Us'}" },
	{ "6.1.42", HELPER "/purls/1", "'pkg:npm/q@1'" },
	{ "6.1.43", HELPER "/model_numbers/0", "'A*B*'" },
	{ "6.1.44", HELPER "/serial_numbers/0", "'**'" },
	{ "6.1.61", HELPER "/skus/0", "'*x*'" },
	{ "6.1.45,6.2.33", V "/disclosure_date", "'2026-02-01T00:00:00Z'" },
	{ "6.1.52", V "/first_known_exploitation_dates/0/date", "'2026-02-01T00:00:00Z'" },
	{ "6.1.53", V "/first_known_exploitation_dates/0/exploitation_date", "'2026-01-01T00:00:01Z'" },
	{ "6.1.57", "/product_tree/branches/0/branches/0/category", "'vendor'" },
	{ "6.1.3", "/product_tree/product_paths", "[{'beginning_product_reference':'Q','subpaths':[{'category':'installed_on',"
						   "'next_product_reference':'P1'}],'full_product_name':{'name':'n','product_id':'Q'}}]" },
	{ "6.1.7", V "/metrics/1", METRIC("'cvss_v3':{'version':'3.1','vectorString':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N',"
						       "'baseScore':9.1,'baseSeverity':'CRITICAL'}") },
	{ "schema,6.1.8,6.1.9", V "/metrics/1", METRIC("'cvss_v4':{'version':'4.0','vectorString':'CVSS:4.0/AV:N','baseScore':9.3,'baseSeverity':'CRITICAL'}") },
	{ "6.1.9", V "/metrics/1", METRIC("'cvss_v4':{'version':'4.0','vectorString':'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',"
						       "'baseScore':9.2,'baseSeverity':'CRITICAL'}") },
	{ "schema", V "/foo", "1" },
	{ "schema", HELPER "/cpe", "'x cpe:/a:b'" },
	{ "schema,6.2.24", V "/cwes/0/version", "'04.2'" },
	{ "schema", V "/metrics/0/content/epss", "{'percentile':'1','probability':'0.5','timestamp':'2026-01-01T00:00:00Z'}" },
	{ "schema,6.1.39", TLP "/sharing_group", "{'id':'0191F3B8-7A5C-4C3E-8A1B-1234567890AB'}" },
	{ "", "/document/license_expression", "'MIT OR any-OSI AND (CC-BY-4.0 OR Zlib+)'" },
	{ "6.1.11", V "/cwes/0/name", "'Out of bounds'" },
	{ "6.1.11", V "/cwes/0/id", "'CWE-99999'" },
	{ "6.1.26", "/document/category", "'csaf_withdrawn2'" },
	{ "6.1.26", "/document/category", "'Super-seded'" },
	{ "6.1.31", "/product_tree/branches/0/branches/0/branches/0/name", "'1 and later'" },
	{ "6.1.46", V "/metrics/1", SSVC("") },
	{ "6.1.47", V "/metrics/1", SSVC("'target_ids':['CVE-2026-0002'],'timestamp':'2026-01-01T00:00:00Z',"
						     "'selections':[{'namespace':'ssvc','key':'E','version':'1.1.0','values':[{'key':'A'}]}]") },
	{ "6.1.48", V "/metrics/1", SSVC("'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
						     "'version':'1.1.0','values':[{'key':'A'},{'key':'N'}]}]") },
	{ "6.1.48", V "/metrics/1", SSVC("'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
						     "'version':'9.1.0','values':[{'key':'A'}]}]") },
	{ "", V "/metrics/1", SSVC("'target_ids':['CVE-2026-0001'],'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
					       "'version':'1.1.0','values':[{'key':'N'},{'key':'A'}]},{'namespace':'x_ours','key':'Z','version':'1','values':[{'key':'?'}]}]") },
	{ "6.1.49", V "/metrics/1", SSVC("'timestamp':'2026-02-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
						     "'version':'1.1.0','values':[{'key':'A'}]}]") },
	{ "6.1.51", V "/metrics/0/content/epss", "{'percentile':'0.5','probability':'0.5','timestamp':'2026-01-03T00:00:00Z'}" },
	{ "6.2.41", V "/metrics/0/content/epss", "{'percentile':'0.5','probability':'0.5','timestamp':'2025-12-01T00:00:00Z'}" },
	{ "6.1.54", "/document/license_expression", "'MIT AND'" },
	{ "6.1.54", "/document/license_expression", "'(MIT'" },
	{ "6.1.54", "/document/license_expression", "'MIT Apache-2.0'" },
	{ "", "/document/license_expression", "'(GPL-2.0-or-later WITH Bison-exception-2.2 or MIT) and Apache-2.0'" },
	{ "6.1.55", "/document/license_expression", "'MIT OR LicenseRef-ours'" },
	{ "6.2.45", "/document/license_expression", "'MIT OR Nonsense-1.0'" },
	{ "6.1.56,6.2.47", V "/metrics/1", METRIC("'qualitative_severity_rating':'high'") },
	{ "6.2.3", V "/metrics", NULL },
	{ "6.2.3,6.2.19", V "/metrics/0/products/0", "'P2'" },
	{ "6.2.24", V "/cwes/0/version", "'4.19'" },
	{ "6.2.25", V "/cwes/0", "{'id':'CWE-20','name':'Improper Input Validation','version':'4.20'}" },
	{ "6.2.26", V "/cwes/0", "{'id':'CWE-787','name':'Out-of-bounds Write','version':'4.20'}" },
	{ "6.2.28", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Public'}" },
	{ "6.2.32", "/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper", "{'skus':['K']}" },
	{ "6.2.48", "/product_tree/branches/0/name", "'open source'" },
	{ "6.2.52", HELPER "/hashes", "[{'filename':'f','file_hashes':[{'algorithm':'sha257','value':'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}]}]" },
	RANGE("6.1.50", "vers:npm/>=2|<1"), RANGE("6.1.59", "vers:npm/1.2.3"), RANGE("6.2.49", "vers:npm/>=1.0.0"), RANGE("6.2.51", "vers:nobodyknows/<1"),
	RANGE("", "vers:npm/>=1.0.0|<2.0.0"),
	{ "6.2.22", "/document/title", "'A-1: T'" },
	{ "6.2.43", "/document/license_expression", NULL },
	{ "6.2.38", "/document/category", "'csaf_deprecated_security_advisory'" },
};

static json_t *load(const char *text)
{
	AUTO_STRING json = mem_string(text);
	json_t *value = NULL;

	for (char *c = json; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	value = json_loads(json, JSON_DECODE_ANY, NULL);
	return value;
}

/* Sets or removes what lies at PLACE; its parents are there. */
static void change(json_t *at, const char *place, const char *value)
{
	while (*place == '/') {
		size_t length = strcspn(++place, "/");
		AUTO_STRING name = mem_copy(place, length);

		place += length;
		if (!*place && json_is_array(at)) {
			if (strtoul(name, NULL, 10) < json_array_size(at))
				json_array_set_new(at, strtoul(name, NULL, 10), load(value));
			else
				json_array_append_new(at, load(value));
		} else if (!*place && value) {
			json_object_set_new(at, name, load(value));
		} else if (!*place) {
			json_object_del(at, name);
		} else {
			at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
		}
	}
}

static void failing(const json_t *document, struct str *ret)
{
	const struct check_request request = { .preset = CHECK_EXTENDED, .now = 1790000000 * INSTANT_SECOND };
	struct check_report report;
	const char *last = NULL;

	if (check_document(document, &request, &report, NULL))
		str_add(ret, "not known");
	for (size_t i = 0; i < report.finding_count; i++) {
		if (!str_equal(last, report.findings[i].test))
			str_add_format(ret, "%s%s", ret->length ? "," : "", report.findings[i].test);
		last = report.findings[i].test;
	}
	check_report_release(&report);
}

static bool listed(const char *list, const char *test, size_t test_length)
{
	while (*list) {
		size_t length = strcspn(list, ",");

		if (length == test_length && strncmp(list, test, length) == 0)
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

/* Those that ask for a helper, a sorted document or a remedy are not what is tested here. */
static bool only(const char *found, const char *due)
{
	static const char spared[] = "6.2.16,6.2.13,6.2.2,6.2.1,6.2.30,6.2.27,6.1.41";

	for (const char *at = due; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (!listed(found, at, strcspn(at, ",")))
			return false;
	for (const char *at = found; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (!listed(due, at, strcspn(at, ",")) && !listed(spared, at, strcspn(at, ",")))
			return false;
	return true;
}

static void test_profiles(void)
{
	AUTO_JSON gone = load(base);
	AUTO_STR found = STR_INIT;

	change(gone, "/document/category", "'csaf_superseded'");
	failing(gone, &found);
	CHECK(strstr(found.bytes, "6.1.27.14") && strstr(found.bytes, "6.1.27.15") && strstr(found.bytes, "6.1.27.16") &&
		      strstr(found.bytes, "6.1.27.18") && strstr(found.bytes, "6.1.27.19"),
	      "a superseded document needs what the draft asks: %s", found.bytes);
}

int main(void)
{
	AUTO_JSON right = load(base);
	AUTO_STR found = STR_INIT;

	failing(right, &found);
	CHECK(only(found.bytes, ""), "a document that is right: %s", found.bytes);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON document = load(base);
		AUTO_STR ids = STR_INIT;

		change(document, rows[i].place, rows[i].value);
		failing(document, &ids);
		CHECK(only(ids.bytes, rows[i].test), "%s at %s: %s", rows[i].test, rows[i].place, ids.bytes);
	}
	test_profiles();
	return tap_done();
}
