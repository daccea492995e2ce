/* SPDX-License-Identifier: Apache-2.0 */
/* The CSAF 2.1 draft: a document that is right, and one change each that a test must find, and nothing else. */
#include "psirtty/format/check.h"
#include "psirtty/base/js.h"
#include "tests/unit/tap.h"

#include <unistd.h>

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
/* Thirty branches below two others. */
#define IN1(x) "[{'category':'product_family','name':'f','branches':" x "}]"
#define IN5(x) IN1(IN1(IN1(IN1(IN1(x)))))
#define DEEP IN5(IN5(IN5(IN5(IN5(IN1(IN1(IN1(IN1("[" PRODUCT("product_version", "1", "P1") "," PRODUCT("product_version", "2", "P2") "]")))))))))
#define X "https://e.example/x_1.0.0.json"
#define OFFICIAL "https://docs.oasis-open.org/csaf/csaf/v2.1/extension/x_1.0.0.json"
#define EXTENSION(schema, category, critical) "[{'$schema':'" schema "','category':'" category "','critical':" critical ",'content':{'a':1}}]"
#define PLAIN EXTENSION(OFFICIAL, "informational", "false")
#define SELECTION(space, version) SSVC("'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'" space "','key':'E','version':'" \
				       version "','values':[{'key':'A'}]}]")
#define BRANCHES "/product_tree/branches/0/branches/0/branches"
#define PRODUCT(category, name, id) "{'category':'" category "','name':'" name "','product':{'name':'" id "','product_id':'" id "'}}"
#define DEEPER(category, name, id) "{'category':'" category "','name':'" name "','branches':[" PRODUCT("architecture", "x", id) "]}"
/* Two siblings instead of the versions 1 and 2. */
#define SIBLINGS(a, b) BRANCHES, "[" a "," b "]"
#define R_VERS(range, id) PRODUCT("product_version_range", "vers:npm/" range, id)
#define R_VLS(range, id)  PRODUCT("product_version_range", range, id)
#define LANG_DE "/document/lang", "'de'"
#define GONE(category, title) "/document/category", "'" category "'", "/document/notes", "[{'category':'description','text':'t','title':'" title "'}]"
#define PATHS "/product_tree/product_paths"
#define PATH(from, category, to, id) "{'beginning_product_reference':'" from "','subpaths':[{'category':'" category \
	"','next_product_reference':'" to "'}],'full_product_name':{'name':'" id "','product_id':'" id "'}}"
#define IDS(system, text) V "/ids", "[{'system_name':'" system "','text':'" text "'}]"
/* At the places VALUE is set instead (NULL: it is taken away); TESTS fail that did not before, and those with a minus do not
 * fail any more. */
enum { TESTS, PLACE, VALUE, PLACE2, VALUE2, FIELDS };
static const char *const rows[][FIELDS] = {
	{ "schema", "/$schema", NULL },
	{ "schema", TLP "/tlp/label", "'WHITE'" },
	{ "schema", TLP, NULL },
	{ "schema,6.3.9", "/product_tree/branches/0/category", "'legacy'" },
	{ "schema,6.2.24", V "/cwes/0/version", NULL },
	{ "schema,6.2.24", V "/cwes/0/version", "'four'" },
	{ "schema", V "/metrics/0/content/epss", "{'percentile':'2','probability':'0.5','timestamp':'2026-01-01T00:00:00Z'}" },
	{ "6.1.1,6.2.3", V "/metrics/0/products/0", "'P9'" },
	{ "6.1.1,6.2.1", "/product_tree/product_paths", "[{'beginning_product_reference':'P9','subpaths':[{'category':'installed_on',"
						   "'next_product_reference':'P1'}],'full_product_name':{'name':'n','product_id':'Q'}}]" },
	{ "6.1.9", V "/metrics/0/content/cvss_v3/baseScore", "9.7" },
	{ "6.1.13", HELPER "/purls/1", "'pkg:maven/@1.3.4'" },
	{ "6.1.27.12,6.1.27.13,6.2.27", V "/product_status", "{'fixed':['P2'],'under_investigation':['P1']}" },
	{ "6.1.35", V "/remediations/1", "{'category':'no_fix_planned','details':'d','product_ids':['P1']}" },
	{ "6.1.36", V "/remediations/1", "{'category':'vendor_fix','details':'d','product_ids':['P2']}" },
	{ "6.1.37", V "/disclosure_date", "'2026-01-01t00:00:00Z'" },
	{ "6.1.39,6.2.30", TLP "/sharing_group", "{'id':'0191f3b8-7a5c-4c3e-8a1b-1234567890ab'}" },
	{ "6.1.40,6.1.41,6.2.28,6.2.30", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'No sharing allowed'}" },
	{ "6.1.41,6.2.28,6.2.30", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Us'}" },
	{ "6.1.42", HELPER "/purls/1", "'pkg:npm/q@1'" },
	{ "6.1.43", HELPER "/model_numbers/0", "'A*B*'" },
	{ "6.1.44", HELPER "/serial_numbers/0", "'**'" },
	{ "6.1.61", HELPER "/skus/0", "'*x*'" },
	{ "6.1.45,6.2.33", V "/disclosure_date", "'2026-02-01T00:00:00Z'" },
	{ "6.1.52", V "/first_known_exploitation_dates/0/date", "'2026-02-01T00:00:00Z'" },
	{ "6.1.52,6.1.53", V "/first_known_exploitation_dates/0/exploitation_date", "'2026-02-01T00:00:00Z'" },
	{ "6.1.53", V "/first_known_exploitation_dates/0/exploitation_date", "'2026-01-01T00:00:01Z'" },
	{ "6.1.57,6.3.9", "/product_tree/branches/0/branches/0/category", "'vendor'" },
	{ "6.1.3,6.3.22", "/product_tree/product_paths", "[{'beginning_product_reference':'Q','subpaths':[{'category':'installed_on',"
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
	{ "schema,6.1.39,6.2.30", TLP "/sharing_group", "{'id':'0191F3B8-7A5C-4C3E-8A1B-1234567890AB'}" },
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
	{ "6.1.48,6.3.13", V "/metrics/1", SSVC("'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
						     "'version':'9.1.0','values':[{'key':'A'}]}]") },
	{ "6.2.34,6.2.35,6.2.37", V "/metrics/1", SSVC("'target_ids':['CVE-2026-0001'],'timestamp':'2026-01-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
					       "'version':'1.1.0','values':[{'key':'N'},{'key':'A'}]},{'namespace':'x_ours','key':'Z','version':'1','values':[{'key':'?'}]}]") },
	{ "6.1.49", V "/metrics/1", SSVC("'timestamp':'2026-02-01T00:00:00Z','selections':[{'namespace':'ssvc','key':'E',"
						     "'version':'1.1.0','values':[{'key':'A'}]}]") },
	{ "6.1.51", V "/metrics/0/content/epss", "{'percentile':'0.5','probability':'0.5','timestamp':'2026-01-03T00:00:00Z'}" },
	{ "6.2.41", V "/metrics/0/content/epss", "{'percentile':'0.5','probability':'0.5','timestamp':'2025-12-01T00:00:00Z'}" },
	{ "6.1.54", "/document/license_expression", "'MIT AND'" },
	{ "6.1.54", "/document/license_expression", "'(MIT'" },
	{ "6.1.54", "/document/license_expression", "'MIT Apache-2.0'" },
	{ "", "/document/license_expression", "'(GPL-2.0-or-later WITH Bison-exception-2.2 or MIT) and Apache-2.0'" },
	{ "6.1.55,6.3.17", "/document/license_expression", "'MIT OR LicenseRef-ours'" },
	{ "", "/document/license_expression", "'MIT OR LicenseRef-scancode-public-domain'" },
	{ "6.2.44", "/document/license_expression", "'GPL-2.0+'" },
	{ "6.2.44", "/document/license_expression", "'GPL-2.0-or-later WITH Nokia-Qt-exception-1.1'" },
	{ "", "/document/license_expression", "'GPL-2.0-or-later'" },
	{ "6.1.55,6.2.45,6.3.17", "/document/license_expression", "'MIT OR Nonsense-1.0'" },
	{ "6.1.56,6.2.47,6.3.18", V "/metrics/1", METRIC("'qualitative_severity_rating':'high'") },
	{ "6.2.3", V "/metrics", NULL },
	{ "6.2.3,6.2.19", V "/metrics/0/products/0", "'P2'" },
	{ "6.2.24", V "/cwes/0/version", "'4.19'" },
	{ "6.2.25", V "/cwes/0", "{'id':'CWE-20','name':'Improper Input Validation','version':'4.20'}" },
	{ "6.2.26", V "/cwes/0", "{'id':'CWE-787','name':'Out-of-bounds Write','version':'4.20'}" },
	{ "6.2.28,6.2.30", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Public'}" },
	{ "6.2.32", "/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper", "{'skus':['K']}" },
	{ "", HELPER "/model_numbers", "['A*','B']", HELPER "/serial_numbers", "['S','A*']" },
	{ "6.2.48", "/product_tree/branches/0/name", "'open source'" },
	{ "6.2.52", HELPER "/hashes", "[{'filename':'f','file_hashes':[{'algorithm':'sha257','value':'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}]}]" },
	RANGE("6.1.50,6.3.9,6.3.10", "vers:npm/>=2|<1"), RANGE("6.1.59,6.3.9,6.3.10", "vers:npm/1.2.3"), RANGE("6.2.49,6.3.9,6.3.10", "vers:npm/>=1.0.0"), RANGE("6.2.51,6.3.9,6.3.10", "vers:nobodyknows/<1"),
	RANGE("6.3.9,6.3.10", "vers:npm/>=1.0.0|<2.0.0"),
	{ "6.3.9,6.3.10", SIBLINGS(R_VERS(">=1.0.0|<2.0.0", "P1"), R_VERS(">=2.0.0|<3.0.0", "P2")) },
	{ "6.2.50.1,6.3.9,6.3.10", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), R_VERS(">=2.0.0|<3.0.0", "P2")) },
	{ "6.2.18,6.2.50.2,6.3.9,6.3.10", SIBLINGS(R_VLS(">=1|<3", "P1"), R_VLS(">=2|<4", "P2")) },
	{ "6.2.18,6.3.9,6.3.10", SIBLINGS(R_VLS(">=1|<2", "P1"), R_VLS(">=2|<4", "P2")) },
	{ "6.2.50.3,6.3.9,6.3.10", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), PRODUCT("product_version", "2.0.0", "P2")) },
	{ "6.3.9,6.3.10", SIBLINGS(R_VERS(">=1.0.0|<2.0.0", "P1"), PRODUCT("product_version", "2.0.0", "P2")) },
	{ "6.2.2,6.2.3,6.2.39.1,6.3.9,6.3.10,6.3.19.1", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), R_VERS(">=2.0.0|<3.0.0", "P2")), V "/product_status",
	  "{'known_affected':['P1','P2']}" },
	{ "6.2.2,6.2.3,6.2.18,6.2.39.1,6.3.9,6.3.10,6.3.19.2", SIBLINGS(R_VLS(">=1|<3", "P1"), R_VLS(">=2|<4", "P2")), V "/product_status", "{'known_affected':['P1','P2']}" },
	{ "6.2.2,6.2.3,6.2.39.1,6.3.9,6.3.10,6.3.19.3", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), PRODUCT("product_version", "2.0.0", "P2")), V "/product_status",
	  "{'known_affected':['P1','P2']}" },
	{ "6.3.9,6.3.10,6.3.19.4", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), DEEPER("product_version_range", "vers:npm/>=2.0.0|<3.0.0", "P2")) },
	{ "6.3.9,6.3.10,6.3.19.5", SIBLINGS(R_VERS(">=1.0.0|<2.0.1", "P1"), DEEPER("product_version", "2.0.0", "P2")) },
	/* what is fixed was affected, and the other way round */
	{ "6.1.27.13,6.2.1,6.2.39.1", "/product_tree/branches/0/branches/1", "{'category':'product_name','name':'O','branches':["
	  PRODUCT("product_version", "1", "O1") "]}", V "/product_status/fixed/0", "'O1'" },
	{ "6.2.1,6.2.39.1", V "/product_status/fixed", NULL },
	{ "6.1.36,6.2.2,6.2.3,6.2.19", V "/product_status", "{'known_affected':['P2'],'fixed':['P1']}" },
	{ "6.2.1", V "/product_status/fixed", NULL, V "/remediations/0/category", "'fix_planned'" },
	{ "", PATHS, "[" PATH("P2", "installed_with", "P1", "Q") "]", V "/product_status/fixed/0", "'Q'" },
	{ "6.1.27.13,6.2.39.1", PATHS, "[" PATH("P2", "installed_on", "P1", "Q") "]", V "/product_status/fixed/0", "'Q'" },
	/* product paths and helpers */
	{ "-6.2.31,6.2.1", PATHS, "[" PATH("P1", "installed_on", "P2", "Q") "]" },
	{ "6.2.1,6.3.22", PATHS, "[" PATH("P1", "installed_on", "P2", "Q") "," PATH("Q", "installed_on", "P2", "R") "]" },
	{ "6.2.1", PATHS, "[" PATH("P1", "installed_on", "P2", "Q") "," PATH("P2", "installed_on", "P1", "R") "]" },
	{ "6.2.42", HELPER "/cpe", "'cpe:2.3:a:v:p:1:*:*:de:*:*:*:*'" },
	{ "6.2.42", HELPER "/cpe", "'cpe:2.3:a:v:p:1:sp1:*:*:*:*:*:*'" },
	{ "6.2.42", HELPER "/cpe", "'cpe:2.3:a:v:p:*:*:*:*:*:*:*:*'" },
	{ "6.2.42", HELPER "/cpe", "'cpe:2.3:a:v:p:2:*:*:*:*:*:*:*'" },
	{ "6.2.42", HELPER "/purls", "['pkg:npm/p@2']" },
	{ "6.2.42", HELPER "/purls", "['pkg:npm/p']" },
	{ "", HELPER "/cpe", "'cpe:2.3:a:v:p:1:*:*:*:*:*:*:*'" },
	/* systems of ids */
	{ "6.2.53", IDS("https://github.com/oasis-tcs/csaf", "Issue 7") }, { "", IDS("https://github.com/oasis-tcs/csaf", "#17") },
	{ "6.2.53", IDS("https://github.com/oasis-tcs/csaf", "#07") },
	{ "6.2.53", IDS("https://euvd.enisa.europa.eu", "EUVD-26-1") }, { "", IDS("https://euvd.enisa.europa.eu", "EUVD-2026-12345") },
	{ "6.2.53", IDS("https://gcve.eu", "GCVE-x-1") }, { "", IDS("https://gcve.eu", "GCVE-0-2026-1") },
	{ "6.3.20", IDS("Our tracker", "7") },
	/* namespaces of SSVC */
	{ "6.2.34,6.2.35,6.2.37", V "/metrics/1", SELECTION("x_e.example#s", "1.0.0") },
	{ "6.2.34,6.2.37,6.3.14", V "/metrics/1", SELECTION("x_e.example#s", "1.0.0"), TLP "/tlp/label", "'GREEN'" },
	{ "6.2.36,6.2.37", V "/metrics/1", SELECTION("cisa//.e.example#s", "1.0.0") },
	{ "6.2.37,6.3.15", V "/metrics/1", SELECTION("cisa//.e.example#s", "1.0.0"), TLP "/tlp/label", "'GREEN'" },
	{ "6.2.34,6.2.35", V "/metrics/1", SELECTION("x_e.example#s", "1.0.0"), V "/metrics/1/content/ssvc_v2/decision_point_resources",
	  "[{'summary':'About x_e.example#s','uri':'https://e.example'}]" },
	{ "", V "/metrics/1", SELECTION("ssvc", "1.1.0") }, { "6.3.13", V "/metrics/1", SELECTION("ssvc", "1.0.0") },
	/* extensions */
	{ "6.3.21.9", "/x_extensions", PLAIN }, { "6.3.21.3", "/document/x_extensions", PLAIN },
	{ "6.3.21.4", BRANCHES "/0/product/x_extensions", PLAIN }, { "6.3.21.8", V "/x_extensions", PLAIN },
	{ "6.3.21.7", V "/metrics/0/content/x_extensions", PLAIN },
	{ "6.2.1,6.3.21.5", "/product_tree/full_product_names", "[{'name':'n','product_id':'N','x_extensions':" PLAIN "}]" },
	{ "6.2.1,6.3.21.6", PATHS, "[" PATH("P1", "installed_on", "P2", "Q") "]", PATHS "/0/full_product_name/x_extensions", PLAIN },
	{ "6.1.60.1,6.3.21.9", "/x_extensions", "[{'$schema':'" OFFICIAL "','category':'informational','content':{'a':1}}]" },
	{ "6.1.60.1,6.3.21.9", "/x_extensions", EXTENSION(OFFICIAL, "nice", "false") },
	{ "6.1.60.1,6.3.21.9", "/x_extensions", "[{'$schema':'" OFFICIAL "','category':'informational','critical':false,'content':{}}]" },
	{ "6.1.60.1,6.3.21.9", "/x_extensions", "[{'$schema':'" OFFICIAL "','category':'informational','critical':false,'content':{'a':1},'b':2}]" },
	{ "6.2.54.1,6.2.54.2,6.2.54.4,6.3.21.9", "/x_extensions", EXTENSION(X, "informational", "false") },
	{ "6.2.54.1,6.2.54.2,6.3.21.2,6.3.21.9", "/x_extensions", EXTENSION(X, "informational", "false"), TLP "/tlp/label", "'GREEN'" },
	{ "6.2.54.3,6.3.21.9", "/x_extensions", EXTENSION(OFFICIAL, "informational", "true") },
	{ "6.3.21.1,6.3.21.9", "/x_extensions", EXTENSION(OFFICIAL, "essential", "false") },
	/* titles */
	{ "6.2.40", "/document/notes/0", "{'category':'description','text':'x','title':'Product Description'}" },
	{ "", "/document/notes/0", "{'category':'description','text':'x','title':'Product Description','product_ids':['P1']}" },
	{ "6.2.40", LANG_DE, "/document/notes/0", "{'category':'description','text':'x','title':'Produktbeschreibung'}" },
	{ "", LANG_DE, "/document/notes/0", "{'category':'description','text':'x','title':'Product Description'}" },
	{ "6.2.46,6.3.17", LANG_DE, "/document/license_expression", "'LicenseRef-ours'" },
	/* the rest */
	{ "6.1.34", BRANCHES, DEEP }, { "6.1.58,6.3.10", BRANCHES "/0", "{'category':'product_version_range','name':'vers:npm/<2.0.0','branches':["
	  PRODUCT("product_version", "1", "P1") "]}" },
	{ "6.1.38,6.2.28", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Public'}", TLP "/tlp/label", "'GREEN'" },
	{ "6.2.29", TLP "/sharing_group", "{'id':'00000000-0000-0000-0000-000000000000','name':'No sharing allowed'}", TLP "/tlp/label", "'GREEN'" },
	{ "6.2.30,6.2.28", TLP "/sharing_group", "{'id':'ffffffff-ffff-ffff-ffff-ffffffffffff','name':'Public'}" },
	{ "6.2.21", "/document/tracking/revision_history/1", "{'date':'2026-01-02T00:00:00Z','number':'2','summary':'s'}",
	  "/document/tracking/version", "'2'" },
	{ "6.2.23,6.2.25", V "/cwes/0", "{'id':'CWE-92','name':'DEPRECATED: Improper Sanitization of Custom Special Characters','version':'4.20'}" },
	{ "6.2.2,6.2.27", V "/remediations/0/product_ids/0", "'P2'", V "/remediations/0/category", "'optional_patch'" },
	{ "6.3.1", V "/metrics/0/content", "{'cvss_v2':{'version':'2.0','vectorString':'AV:N/AC:L/Au:N/C:C/I:C/A:C','baseScore':10.0}}" },
	{ "6.3.2", V "/metrics/0/content", "{'cvss_v3':{'version':'3.0','vectorString':'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',"
	  "'baseScore':9.8,'baseSeverity':'CRITICAL'}}" },
	{ "-6.3.12", V "/metrics/0/content", "{'cvss_v4':{'version':'4.0','vectorString':"
	  "'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N','baseScore':9.3,'baseSeverity':'CRITICAL'}}" },
	{ "6.3.4", V "/cwes", NULL },
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
			if (!value)
				json_array_remove(at, strtoul(name, NULL, 10));
			else if (strtoul(name, NULL, 10) < json_array_size(at))
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
	const struct check_request request = { .preset = CHECK_FULL, .now = 1790000000 * INSTANT_SECOND };
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

static bool next_word(const char **list, const char **ret, size_t *ret_length)
{
	*ret = *list;
	*ret_length = strcspn(*list, ",");
	*list += *ret_length + ((*list)[*ret_length] == ',');
	return *ret_length > 0;
}

/* What FOUND has and BEFORE has not is what DUE says; what DUE has with a minus is gone. */
static bool changed_as(const char *before, const char *found, const char *due)
{
	const char *list = due, *word;
	size_t length;

	while (next_word(&list, &word, &length))
		if (*word == '-' ? listed(found, word + 1, length - 1) || !listed(before, word + 1, length - 1) :
				   !listed(found, word, length))
			return false;
	for (list = found; next_word(&list, &word, &length);)
		if (!listed(due, word, length) && !listed(before, word, length))
			return false;
	return true;
}

/* Documents that were taken back: what they need, each taken away again. */
static const char withdrawn[] = "csaf_withdrawn", superseded[] = "csaf_superseded";
static const struct gone { const char *category, *test, *place, *value; const char *lang; } gone[] = {
	{ withdrawn, "", NULL, NULL, "en" }, { superseded, "", NULL, NULL, "en" },
	{ withdrawn, "", NULL, NULL, "de" }, { superseded, "", NULL, NULL, "de" },
	{ withdrawn, "6.1.27.14,6.1.27.17", "/document/notes/0/category", "'other'", "en" },
	{ withdrawn, "6.1.27.15,6.2.1,6.2.16", "/product_tree", "{'full_product_names':[{'name':'n','product_id':'P'}]}", "en" },
	{ withdrawn, "6.1.21,6.1.27.16,6.2.5", "/document/tracking/revision_history/0", NULL, "en" },
	{ withdrawn, "6.1.27.17", "/document/notes/0/title", "'Reasoning'", "en" },
	{ superseded, "6.1.27.18", "/document/notes/0/title", "'Reasoning'", "en" },
	{ superseded, "6.1.27.19", "/document/references/1/summary", "'See'", "en" },
	{ superseded, "6.1.27.19", "/document/references/1/category", "'self'", "en" },
	{ withdrawn, "6.2.39.2", "/document/notes/0/title", "'Reasoning for Withdrawal'", "de" },
	{ superseded, "6.2.39.3", "/document/notes/0/title", "'Reasoning for Supersession'", "de" },
	{ superseded, "6.1.27.19,6.2.39.4", "/document/references/1/category", "'self'", "de" },
	{ withdrawn, "6.2.39.5,6.3.21.9", "/x_extensions", PLAIN, "en" },
	{ superseded, "6.2.39.5,6.3.21.3", "/document/x_extensions", PLAIN, "en" },
};
static const char by_profile[] = "6.1.27.14,6.1.27.15,6.1.27.16,6.1.27.17,6.1.27.18,6.1.27.19,6.2.39.2,6.2.39.3,6.2.39.4,6.2.39.5";

static json_t *gone_document(const struct gone *row)
{
	bool german = str_equal(row->lang, "de"), out = row->category == withdrawn;
	AUTO_STRING lang = mem_format("'%s'", row->lang);
	AUTO_STRING category = mem_format("'%s'", row->category);
	AUTO_STRING note = mem_format("{'category':'description','text':'t','title':'%s'}",
				      german ? (out ? "Begründung für die Zurückziehung" : "Begründung für die Ersetzung") :
					       (out ? "Reasoning for Withdrawal" : "Reasoning for Supersession"));
	AUTO_STRING reference = mem_format("{'category':'external','summary':'%s','url':'https://v.example/b.json'}",
					   german ? "Ersetztes Dokument" : "Superseding Document: B");
	json_t *document = load(base);

	change(document, "/document/category", category);
	change(document, "/document/lang", lang);
	change(document, "/document/notes/0", note);
	change(document, "/document/references/1", reference);
	change(document, "/product_tree", NULL);
	change(document, "/vulnerabilities", NULL);
	change(document, "/document/tracking/revision_history/1", "{'date':'2026-01-03T00:00:00Z','number':'2','summary':'gone'}");
	change(document, "/document/tracking/version", "'2'");
	change(document, "/document/tracking/current_release_date", "'2026-01-03T00:00:00Z'");
	return document;
}

static void test_profiles(void)
{
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		AUTO_JSON document = gone_document(&gone[i]);
		AUTO_STR before = STR_INIT, found = STR_INIT;

		failing(document, &before);
		if (gone[i].place)
			change(document, gone[i].place, gone[i].value);
		failing(document, &found);
		CHECK(changed_as(gone[i].place ? str_or_empty(before.bytes) : "6.2.13,6.1.27.19", str_or_empty(found.bytes), gone[i].test),
		      "%s: \"%s\" at %s: %s", gone[i].category, gone[i].test, str_or_empty(gone[i].place), found.bytes);
	}
}

/* Every test of the table has a row that it fails, or is told as not made. */
static void test_all_failed(void)
{
	static const char apart[] = "6.1.60.2,6.1.60.3"; /* test_skipped */
	struct check_test_info tests[400];
	size_t count = check_tests(tests, ARRAY_LEN(tests)), own = 0;

	for (size_t t = 0; t < count; t++) {
		bool found = listed(apart, tests[t].test, strlen(tests[t].test)) || listed(by_profile, tests[t].test, strlen(tests[t].test));

		if (!str_equal(tests[t].format, "csaf-2.1"))
			continue;
		own++;
		for (size_t i = 0; i < ARRAY_LEN(rows) && !found; i++)
			found = listed(rows[i][TESTS], tests[t].test, strlen(tests[t].test));
		if (!found) {
			AUTO_STRING minus = mem_format("-%s", tests[t].test);

			for (size_t i = 0; i < ARRAY_LEN(rows) && !found; i++)
				found = listed(rows[i][TESTS], minus, strlen(minus));
		}
		CHECK(found, "%s: a document fails it", tests[t].test);
	}
	CHECK(own > 100, "%zu tests are of 2.1 alone", own);
}

static size_t count_skipped(const json_t *document, const char *test)
{
	const struct check_request request = { .preset = CHECK_FULL };
	struct check_report report;
	size_t count = 0;

	check_document(document, &request, &report, NULL);
	for (size_t i = 0; i < report.skipped_count; i++)
		count += str_equal(report.skipped[i].test, test) && *report.skipped[i].reason;
	check_report_release(&report);
	return count;
}

/* What cannot be known here is told, neither passed nor failed. */
static void test_skipped(void)
{
	AUTO_JSON document = load(base);

	CHECK(count_skipped(document, "6.1.60.2") + count_skipped(document, "6.2.40") == 0, "nothing is passed over in the base");
	change(document, "/x_extensions", EXTENSION(X, "informational", "false"));
	CHECK(count_skipped(document, "6.1.60.2") == 1 && count_skipped(document, "6.1.60.3") == 1, "an unknown extension is told");
	for (int i = 1; i < 20; i++)
		json_array_append_new(json_object_get(document, "x_extensions"),
				      json_pack("{s:o,s:s,s:b,s:{s:i}}", "$schema", json_sprintf("https://e.example/x%d_1.0.0.json", i),
						"category", "informational", "critical", 0, "content", "a", 1));
	CHECK(count_skipped(document, "6.1.60.2") == 1 && count_skipped(document, "6.1.60.3") == 1, "and twenty of them, once a test");
	change(document, "/document/lang", "'fi'");
	change(document, "/document/notes/0", "{'category':'description','text':'x','title':'Product Description'}");
	CHECK(count_skipped(document, "6.2.40") == 1, "so is a title in a language nobody translated it to");
	change(document, "/document/category", "'csaf_superseded'");
	CHECK(count_skipped(document, "6.2.39.3") == 1 && count_skipped(document, "6.2.39.4") == 1, "and those of a superseded document");
}

/* Paths that lead over themselves, and over one another many times, are judged in no time. */
static void test_entangled(void)
{
	static const char *const others[] = { "Q", "R" };
	AUTO_JSON document = load(base);
	AUTO_STR paths = STR_INIT;
	AUTO_STR found = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		str_add_format(&paths, "%s{'beginning_product_reference':'Q','full_product_name':{'name':'%s','product_id':'%s'},'subpaths':[",
			       i ? "," : "[", others[i], others[i]);
		for (size_t step = 0; step < 40; step++)
			str_add_format(&paths, "%s{'category':'installed_on','next_product_reference':'%s'}", step ? "," : "", others[step % 2]);
		str_add(&paths, "]}");
	}
	str_add(&paths, "]");
	change(document, PATHS, paths.bytes);
	change(document, V "/product_status/known_affected/1", "'Q'");
	alarm(30);
	failing(document, &found);
	alarm(0);
	CHECK(listed(found.bytes, "6.1.3", 5), "paths that lead over themselves: %s", found.bytes);
}

int main(void)
{
	AUTO_JSON right = load(base);
	AUTO_STR before = STR_INIT;

	failing(right, &before);
	CHECK_STR(before.bytes, "6.2.13,6.2.16,6.2.31,6.3.12", "a document that is right");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON document = load(base);
		AUTO_STR ids = STR_INIT;

		change(document, rows[i][PLACE], rows[i][VALUE]);
		if (rows[i][PLACE2])
			change(document, rows[i][PLACE2], rows[i][VALUE2]);
		failing(document, &ids);
		CHECK(changed_as(before.bytes, str_or_empty(ids.bytes), rows[i][TESTS]), "%s at %s: %s", rows[i][TESTS], rows[i][PLACE], ids.bytes);
	}
	test_profiles();
	test_all_failed();
	test_skipped();
	test_entangled();
	return tap_done();
}
