/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each test of CSAF 2.0 that an edit can break: a document that no test finds anything in, and edits with the tests each of
 * them predicts, alone and many at once. A test without an edit must be among those that need more than the document.
 */
#include "psirtty/format/fix.h"
#include "tests/unit/tap.h"

#define HELPER(purl) "'product_identification_helper':{'purl':'" purl "'}"
#define ONE_VERSION(name, id) "{'category':'product_version','name':'" name "','product':{'name':'P " name "','product_id':'" id "'," \
			  HELPER("pkg:generic/p@" name) "}}"
#define VECTOR "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define CVSS3(version) "{'attackVector':'NETWORK','baseScore':9.8,'baseSeverity':'CRITICAL','vectorString':'CVSS:" version "/" VECTOR \
		       "','version':'" version "'}"
static const char sound[] =
	"{'document':{'category':'csaf_security_advisory','csaf_version':'2.0','distribution':{'tlp':{'label':'WHITE'}},'lang':'en',"
	"'notes':[{'category':'summary','text':'N'}],'publisher':{'category':'vendor','name':'E','namespace':'https://e.example'},"
	"'references':[{'category':'self','summary':'This','url':'https://e.example/ex-1.json'}],'title':'T','tracking':{"
	"'current_release_date':'2026-02-02T00:00:00Z','id':'EX-1','initial_release_date':'2026-01-02T00:00:00Z','revision_history':["
	"{'date':'2026-01-02T00:00:00Z','number':'1','summary':'A'},{'date':'2026-02-02T00:00:00Z','number':'2','summary':'B'}],"
	"'status':'final','version':'2'}},'product_tree':{'branches':[{'branches':[{'branches':["
	"{'category':'product_version','name':'1.0','product':{'name':'P 1.0','product_id':'P1','product_identification_helper':"
	"{'hashes':[{'file_hashes':[{'algorithm':'sha256','value':"
	"'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}],'filename':'f'}],'purl':'pkg:generic/p@1.0'}}},"
	ONE_VERSION("2.0", "P2") "," ONE_VERSION("3.0", "P3") "],'category':'product_name','name':'P'}],'category':'vendor','name':'V'}],"
	"'full_product_names':[{'name':'H','product_id':'H1'," HELPER("pkg:generic/h@1") "}],'product_groups':[{'group_id':'G1',"
	"'product_ids':['P1','P3']}],'relationships':[{'category':'installed_on','full_product_name':{'name':'P on H','product_id':'R1',"
	HELPER("pkg:generic/p@1.0?on=h") "},'product_reference':'P1','relates_to_product_reference':'H1'}]},'vulnerabilities':[{"
	"'cve':'CVE-2026-1234','cwe':{'id':'CWE-416','name':'Use After Free'},'flags':[{'label':'component_not_present','product_ids':"
	"['P3']}],'ids':[{'system_name':'Ours','text':'7'}],'involvements':[{'date':'2026-01-01T00:00:00Z','party':'vendor','status':"
	"'completed'}],'notes':[{'category':'description','text':'D'}],'product_status':{'fixed':['P2'],'known_affected':['P1','R1'],"
	"'known_not_affected':['P3']},'remediations':[{'category':'vendor_fix','details':'R','product_ids':['P1','R1']}],'scores':["
	"{'cvss_v3':" CVSS3("3.1") ",'products':['P1','R1']}],'threats':[{'category':'impact','details':'I','group_ids':['G1']}]}]}";

#define DOC "/document/"
#define TRACK "/document/tracking/"
#define FIRST "/document/tracking/revision_history/0/"
#define SECOND "/document/tracking/revision_history/1/"
#define TREE "/product_tree/"
#define P1 "/product_tree/branches/0/branches/0/branches/0/"
#define HASHES P1 "product/product_identification_helper/hashes/0/file_hashes/"
#define V "/vulnerabilities/0/"
#define EXTERNAL DOC "references/1", "{'summary':'s','url':'https://e.example/x'}"
#define VEX DOC "category", "'csaf_vex'"
/* The part of the document it is about: edits of several parts can be made at once, those of "" change what other tests
 * are due. What the tests are that fail, then places and what stands there instead; "" is: nothing. */
enum { PART, TESTS, PLACES, FIELDS = PLACES + 8 };
static const char *const edits[][FIELDS] = {
	{ "remedies", "6.1.1,6.2.2", V "remediations/0/product_ids/1", "'X'" },
	{ "names", "6.1.2", TREE "full_product_names/1", "{'name':'H','product_id':'H1'," HELPER("pkg:generic/h@2") "}" },
	{ "relations", "6.1.3", TREE "relationships/0/product_reference", "'R1'" },
	{ "relations", "6.1.3", TREE "relationships/0/relates_to_product_reference", "'R1'", TREE "relationships/0/product_reference", "'H1'" },
	{ "threats", "6.1.4", V "threats/0/group_ids/0", "'G9'" },
	{ "groups", "6.1.5", TREE "product_groups/1", "{'group_id':'G1','product_ids':['P2','P3']}" },
	{ "scores", "6.1.6,6.2.19", V "product_status/fixed/1", "'P1'" },
	{ "scores", "6.1.7", V "scores/1", "{'cvss_v3':" CVSS3("3.1") ",'products':['P1']}" },
	{ "scores", "6.1.8,schema", V "scores/0/cvss_v3/baseSeverity", "" },
	{ "scores", "6.1.9", V "scores/0/cvss_v3/baseScore", "9.7" },
	{ "scores", "6.1.9", V "scores/0/cvss_v3/baseScore", "9.84" },
	{ "scores", "6.1.10", V "scores/0/cvss_v3/attackVector", "'LOCAL'" },
	{ "weakness", "6.1.11", V "cwe/name", "'Use of Free'" },
	{ "weakness", "6.1.11", V "cwe/id", "'CWE-99999'" },
	{ "language", "6.1.12", DOC "lang", "'zz'" },
	{ "branches", "6.1.13", P1 "product/product_identification_helper/purl", "'pkg:maven/@1.0'" },
	{ "", "6.1.14,6.1.16,6.1.21", SECOND "date", "'2026-01-01T00:00:00Z'" },
	{ "publisher", "6.1.15", DOC "publisher/category", "'translator'" },
	{ "history", "6.1.16", TRACK "version", "'1'" },
	{ "history", "6.1.16,6.1.17", TRACK "version", "'0'" },
	{ "history", "6.1.18,6.1.21", FIRST "number", "'0'" },
	{ "history", "6.1.17,6.1.19,6.1.20", FIRST "number", "'1.0.0'", SECOND "number", "'1.1.0-rc'", TRACK "version", "'1.1.0-rc'" },
	{ "history", "6.1.19", FIRST "number", "'1.0.0-a'", SECOND "number", "'1.0.0'", TRACK "version", "'1.0.0'" },
	{ "history", "6.1.21", SECOND "number", "'3'", TRACK "version", "'3'" },
	{ "history", "6.1.22", SECOND "number", "'1'", TRACK "version", "'1'" },
	{ "cve", "6.1.23", "/vulnerabilities/1", "{'cve':'CVE-2026-1234','cwe':{'id':'CWE-416','name':'Use After Free'},'notes':["
	  "{'category':'other','text':'n'}],'product_status':{'known_not_affected':['P3']}}" },
	{ "parties", "6.1.24", V "involvements/1", "{'date':'2026-01-01T00:00:00+00:00','party':'vendor','status':'open'}" },
	{ "hashes", "6.1.25", HASHES "1", "{'algorithm':'sha256','value':'11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}" },
	{ "", "6.1.26", DOC "category", "'Security Advisory'" },
	{ "", "6.1.26", DOC "category", "'csaf_other'" },
	{ "", "6.1.27.1", DOC "category", "'csaf_security_incident_response'", EXTERNAL, DOC "notes/0/category", "'other'" },
	{ "", "6.1.27.2", DOC "category", "'csaf_security_incident_response'" },
	{ "", "6.1.27.3", DOC "category", "'csaf_informational_advisory'", EXTERNAL },
	{ "", "6.1.1,6.1.4,6.1.27.4", "/product_tree", "" },
	{ "notes", "6.1.27.5", V "notes", "" },
	{ "", "6.1.27.6,6.2.1", V "product_status", "" },
	{ "", "6.1.27.7", VEX, V "product_status", "{'recommended':['P2']}" },
	{ "", "6.1.27.8,6.3.3", VEX, V "cve", "", V "ids", "" },
	{ "", "6.1.27.9", VEX, V "flags", "", V "threats", "" },
	{ "", "6.1.27.10,6.2.2", VEX, V "remediations", "" },
	{ "", "6.1.27.11,6.2.1", "/vulnerabilities", "" },
	{ "", "", VEX }, { "", "", DOC "category", "'csaf_base'" }, { "", "", DOC "category", "'bulletin'" },
	{ "", "6.1.28,6.2.13", DOC "source_lang", "'EN'" },
	{ "remedies", "6.1.29", V "remediations/1", "{'category':'workaround','details':'d'}" },
	{ "history", "6.1.30", FIRST "number", "'1.0.0'" },
	{ "branches", "6.1.31", P1 "name", "'1.0 and later'" },
	{ "flags", "6.1.32", V "flags/1", "{'label':'vulnerable_code_not_present'}" },
	{ "flags", "6.1.33", V "flags/1", "{'label':'vulnerable_code_not_present','product_ids':['P3']}" },
	{ "flags", "6.1.33", V "flags/1", "{'group_ids':['G1'],'label':'vulnerable_code_not_present'}" },
	{ "names", "6.2.1", TREE "full_product_names/1", "{'name':'N','product_id':'N'," HELPER("pkg:generic/n@2") "}" },
	{ "status", "6.2.2", V "product_status/under_investigation", "['H1']" },
	{ "scores", "6.2.3", V "scores", "" },
	{ "history", "6.2.4", FIRST "number", "'1.0.0+b'", SECOND "number", "'2.0.0'", TRACK "version", "'2.0.0'" },
	{ "initial", "6.2.5", TRACK "initial_release_date", "'2026-01-01T23:59:59.999999Z'" },
	{ "current", "6.2.6", TRACK "current_release_date", "'2026-02-02T00:00:00+00:01'" },
	{ "parties", "6.2.7", V "involvements/0/date", "" },
	{ "hashes", "6.2.8", HASHES "0/algorithm", "'md5'" },
	{ "hashes", "6.2.9", HASHES "0/algorithm", "'sha1'" },
	{ "tlp", "6.2.10", DOC "distribution", "" },
	{ "tlp", "6.2.10", DOC "distribution", "{'text':'t'}" },
	{ "references", "6.2.11", DOC "references/0/url", "'https://e.example/EX-1.json'" },
	{ "references", "6.2.11", DOC "references/0/url", "'http://e.example/ex-1.json'" },
	{ "language", "6.2.12", DOC "lang", "" },
	{ "language", "6.2.13", DOC "lang", "", DOC "lang", "'en'" },
	{ "language", "6.2.14", DOC "lang", "'en-x-a'" },
	{ "language", "6.2.14", DOC "lang", "'qaa'" },
	{ "language", "6.2.15", DOC "lang", "'i-default'" },
	{ "", "6.2.13,6.2.15", DOC "source_lang", "'i-default'" },
	{ "names", "6.2.16", TREE "full_product_names/0/product_identification_helper", "" },
	{ "ids", "6.2.17", V "ids/0/text", "'CVE-2026-4321'" },
	{ "", "6.2.17,6.3.3", V "ids/0/text", "'CVE-2026-4321'", V "cve", "" },
	{ "branches", "6.2.18,6.3.9,6.3.10", P1 "category", "'product_version_range'", P1 "name", "'<2'" },
	{ "scores", "6.2.19", V "scores/0/products/2", "'P2'" },
	{ "title", "6.2.20", DOC "tracking2", "1" },
	{ "scores", "6.3.1", V "scores/0", "{'cvss_v2':{'baseScore':10.0,'vectorString':'AV:N/AC:L/Au:N/C:C/I:C/A:C','version':'2.0'},"
	  "'products':['P1','R1']}" },
	{ "scores", "6.3.2", V "scores/0/cvss_v3", CVSS3("3.0") },
	{ "cve", "6.3.3", V "cve", "" },
	{ "weakness", "6.3.4", V "cwe", "" },
	{ "hashes", "6.3.5", HASHES "0/value", "'00112233445566778899aabbccddeeff'" },
	{ "branches", "6.3.9", "/product_tree/branches/0/branches/0/category", "'service_pack'" },
	{ "branches", "6.3.9,6.3.10", P1 "category", "'product_version_range'", P1 "name", "'vers:npm/<2.0.0'" },
	{ "branches", "6.3.11", P1 "name", "'v1.0'" },
	{ "publisher", "schema", DOC "publisher/namespace", "'no address'" },
	{ "cve", "schema", V "cve", "'CVE-26-1'" },
	{ "status", "schema", V "product_status/known_affected/2", "'P1'" },
	{ "title", "schema", DOC "title", "''" },
	{ "current", "schema", TRACK "current_release_date", "'2026-01-31T24:00:00Z'" },
};
/* Nothing in the document alone decides these. */
static const char *const elsewhere[] = { "6.3.6", "6.3.7", "6.3.8" }; /* a network, a network, a dictionary */

static json_t *parse(const char *text)
{
	AUTO_STRING copy = mem_string(text);
	json_t *json;

	for (char *c = copy; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	json = json_loads(copy, JSON_DECODE_ANY, NULL);
	if (!json)
		CHECK(0, "no JSON: %s", text);
	return json;
}

static void set_value(json_t *parent, const char *name, const char *value)
{
	size_t index = strtoul(name, NULL, 10);

	if (json_is_array(parent) && !*value)
		json_array_remove(parent, index);
	else if (json_is_array(parent) && index < json_array_size(parent))
		json_array_set_new(parent, index, parse(value));
	else if (json_is_array(parent))
		json_array_append_new(parent, parse(value));
	else if (*value)
		json_object_set_new(parent, name, parse(value));
	else
		json_object_del(parent, name);
}

static void edit(json_t *at, const char *place, const char *value)
{
	while (*place == '/') {
		size_t length = strcspn(++place, "/");
		AUTO_STRING name = mem_copy(place, length);

		place += length;
		if (!*place)
			set_value(at, name, value);
		else
			at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
	}
}

static void add_words(json_t *set, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, ",");
		AUTO_STRING one = mem_copy(words, length);

		json_object_set_new(set, one, json_true());
		words += length + (words[length] == ',');
	}
}

static void apply(json_t *document, json_t *due, size_t i)
{
	for (size_t f = PLACES; f + 1 < FIELDS && edits[i][f]; f += 2)
		edit(document, edits[i][f], edits[i][f + 1]);
	add_words(due, edits[i][TESTS]);
}

/* What is found is what is due; NAMES says both where it is not. */
static bool judged(const json_t *document, const json_t *due, struct str *names)
{
	const struct check_request request = { .preset = CHECK_FULL, .name = "ex-1.json", .now = 1790000000 * INSTANT_SECOND };
	AUTO_JSON got = json_object();
	struct check_report report;
	bool same;

	if (check_document(document, &request, &report, NULL))
		return false;
	for (size_t i = 0; i < report.finding_count; i++)
		json_object_set_new(got, report.findings[i].test, json_true());
	same = json_equal(got, due);
	if (!same) {
		js_dump(due, names);
		str_add(names, " due, found ");
		js_dump(got, names);
	}
	check_report_release(&report);
	return same;
}

/* Members are put in order when the document is written. */
static bool judged_written(const json_t *document, const json_t *due, struct str *names)
{
	AUTO_STR text = STR_INIT;
	AUTO_JSON again = NULL;

	js_dump(document, &text);
	again = json_loads(text.bytes, 0, NULL);
	return judged(again, due, names);
}

static void test_one_by_one(void)
{
	AUTO_JSON none = json_object();
	AUTO_JSON whole = parse(sound);
	AUTO_STR nothing = STR_INIT;

	CHECK(judged(whole, none, &nothing), "nothing is found in the document as it is: %s", str_or_empty(nothing.bytes));
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		AUTO_JSON document = parse(sound);
		AUTO_JSON due = json_object();
		AUTO_STR names = STR_INIT;

		apply(document, due, i);
		CHECK(judged(document, due, &names), "%s: \"%s\" %s", edits[i][PLACES], edits[i][TESTS], str_or_empty(names.bytes));
	}
}

/* What is found in a mended document where that is not just what has no quick fix; NULL: a person must decide. */
static const struct { const char *tests, *place, *left; } outcomes[] = {
	{ "6.1.11", V "cwe/id", NULL },             /* nobody knows its name */
	{ "6.1.18,6.1.21", FIRST "number", "6.1.21,6.2.5" }, /* the history begins later */
	{ "6.1.19", FIRST "number", "6.2.5" },
	{ "6.2.15", DOC "lang", "6.2.12" },         /* no language is told any more */
	{ "6.2.17,6.3.3", V "ids/0/text", "" },
	{ "6.2.17", V "ids/0/text", NULL },         /* there is a CVE id already */
};

/* False: a person must decide. */
static bool outcome_of(size_t i, json_t *left)
{
	for (size_t k = 0; k < ARRAY_LEN(outcomes); k++)
		if (str_equal(outcomes[k].tests, edits[i][TESTS]) && str_equal(outcomes[k].place, edits[i][PLACES])) {
			json_object_clear(left);
			add_words(left, str_or_empty(outcomes[k].left));
			return outcomes[k].left != NULL;
		}
	return true;
}

/* Each quick fix mends what it was made for, and touches nothing beside the places it told of. */
static void collect_changes(const json_t *a, const json_t *b, const char *path, json_t *ret)
{
	const char *name;
	json_t *value;
	size_t i;

	if (json_equal(a, b))
		return;
	if (json_is_object(a) && json_is_object(b)) {
		AUTO_JSON both = json_copy((json_t *)a);

		json_object_update(both, (json_t *)b);
		json_object_foreach(both, name, value) {
			AUTO_STRING here = mem_format("%s/%s", path, name);

			collect_changes(json_object_get(a, name), json_object_get(b, name), here, ret);
		}
	} else if (json_is_array(a) && json_is_array(b) && json_array_size(a) == json_array_size(b)) {
		json_array_foreach((json_t *)a, i, value) {
			AUTO_STRING here = mem_format("%s/%zu", path, i);

			collect_changes(value, json_array_get(b, i), here, ret);
		}
	} else {
		json_object_set_new(ret, path, json_true());
	}
}

/* PATH is what was told, or in the object that it is in. */
static bool is_told(const struct fix_report *report, const char *path)
{
	for (size_t i = 0; i < report->count; i++) {
		const char *told = report->items[i].path, *end = strrchr(told, '/');
		size_t parent = end ? (size_t)(end - told) : 0;

		if (str_equal(report->items[i].test, "6.2.17"))
			parent = strlen("/vulnerabilities/0");
		/* Of a list an item was taken out. */
		if (strncmp(path, told, parent) == 0 || (str_starts(told, path) && told[strlen(path)] == '/'))
			return true;
	}
	return false;
}

static void test_fixes(void)
{
	const struct check_request request = { .preset = CHECK_FULL, .name = "ex-1.json", .now = 1790000000 * INSTANT_SECOND };
	AUTO_JSON mended = json_object();

	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		AUTO_JSON document = parse(sound);
		AUTO_JSON due = json_object();
		AUTO_JSON left = json_object();
		AUTO_JSON before = NULL;
		AUTO_JSON changes = json_object();
		AUTO_STR names = STR_INIT;
		struct fix_report report = { 0 };
		const char *test, *path;
		json_t *value;

		apply(document, due, i);
		before = json_deep_copy(document);
		json_object_foreach(due, test, value)
			if (!fix_exists(test))
				json_object_set(left, test, value);
		if (json_object_size(left) == json_object_size(due))
			continue;
		if (!outcome_of(i, left)) {
			fix_document(document, &request, &report, NULL);
			CHECK(json_equal(before, document), "\"%s\" at %s is left to a person", edits[i][TESTS], edits[i][PLACES]);
			fix_report_release(&report);
			continue;
		}
		CHECK(fix_document(document, &request, &report, NULL) == 0 && judged_written(document, left, &names) && report.count,
		      "\"%s\" at %s is mended: %s", edits[i][TESTS], edits[i][PLACES], str_or_empty(names.bytes));
		collect_changes(before, document, "", changes);
		json_object_foreach(changes, path, value)
			CHECK_QUIET(is_told(&report, path), "\"%s\" at %s: %s was changed too", edits[i][TESTS], edits[i][PLACES], path);
		json_object_update(mended, due);
		fix_report_release(&report);
	}
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		AUTO_JSON due = json_object();
		const char *test;
		json_t *value;

		add_words(due, edits[i][TESTS]);
		json_object_foreach(due, test, value)
			CHECK_QUIET(!fix_exists(test) || json_object_get(mended, test), "%s: its quick fix was tried", test);
	}
}

static unsigned dice(unsigned *state, unsigned sides)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % sides;
}

/* One of those of each part, of about half of the parts. */
static void test_together(void)
{
	unsigned state = 20261121, wrong = 0, made = 0;

	for (int round = 0; round < 300; round++) {
		AUTO_JSON document = parse(sound);
		AUTO_JSON due = json_object();
		AUTO_JSON parts = json_object();
		AUTO_STR names = STR_INIT;

		for (int tries = 0; tries < 16; tries++) {
			size_t i = dice(&state, ARRAY_LEN(edits));

			if (!*edits[i][PART] || json_object_get(parts, edits[i][PART]))
				continue;
			json_object_set_new(parts, edits[i][PART], json_true());
			apply(document, due, i);
			made++;
		}
		if (!judged(document, due, &names) && wrong++ < 5)
			printf("# %s\n", names.bytes);
	}
	CHECK(wrong == 0 && made > 2000, "%u edits made together, %u verdicts other than predicted", made, wrong);
}

static void test_reach(void)
{
	struct check_test_info tests[500];
	size_t count = check_tests(tests, ARRAY_LEN(tests)), own = 0;
	AUTO_JSON reached = json_object();

	for (size_t i = 0; i < ARRAY_LEN(edits); i++)
		add_words(reached, edits[i][TESTS]);
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		add_words(reached, elsewhere[i]);
	for (size_t i = 0; i < count; i++) {
		if (!str_equal(tests[i].format, "csaf-2.0"))
			continue;
		own++;
		CHECK_QUIET(json_object_get(reached, tests[i].test), "%s: an edit breaks it", tests[i].test);
	}
	CHECK(own == 74, "each of %zu tests is broken by an edit, or needs more than the document", own);
}

int main(void)
{
	test_one_by_one();
	test_fixes();
	test_together();
	test_reach();
	return tap_done();
}
