/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories: what people read, in which nothing is taken for markup; what differs between two; ranges. */
#include "psirtty/format/advisory.h"

#include "format/advisory_private.h"
#include "format/advisory_prose.h"
#include "psirtty/base/text.h"
#include "tests/unit/tap.h"

static const struct advisory_options options = { .now = 1790000000 * INSTANT_SECOND };

static json_t *load(const char *text)
{
	AUTO_STRING json = mem_string(text);

	for (char *c = json; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	return json_loads(json, 0, NULL);
}

static const char sample[] =
	"{'document':{'category':'csaf_base','csaf_version':'2.0','lang':'en','title':'<script>alert(1)</script> *bold* [x](y)',"
	"'distribution':{'tlp':{'label':'RED'},'text':'TLP v2.0: TLP:AMBER+STRICT'},'notes':[{'category':'summary','text':"
	"'# no heading\\n1. no list\\n- no item\\n<b>&amp;\\u001b[31m \\u202e'}],'publisher':{'category':'vendor','name':'V','namespace':"
	"'https://v.example'},'references':[{'summary':'bad','url':'javascript:alert(1)'},{'summary':'good','url':'https://v.example/a?b=c&d'}],"
	"'tracking':{'current_release_date':'2026-01-02T00:00:00Z','id':'A-1','initial_release_date':'2026-01-02T00:00:00Z',"
	"'revision_history':[{'date':'2026-01-02T00:00:00Z','number':'1','summary':'s'}],'status':'final','version':'1'}},"
	"'product_tree':{'branches':[{'category':'vendor','name':'V','branches':[{'category':'product_name','name':'P','branches':["
	"{'category':'product_version','name':'1','product':{'name':'V P 1','product_id':'P1'}},"
	"{'category':'product_version','name':'2','product':{'name':'V P 2','product_id':'P2'}}]}]}]},"
	"'vulnerabilities':[{'cve':'CVE-2026-0001','product_status':{'known_affected':['P1'],'fixed':['P2']}}]}";

static void write_as(const char *document, const char *format, struct str *ret)
{
	struct advisory *advisory = advisory_new(load(document));

	CHECK(advisory_write(advisory, format, &options, ret, NULL, NULL) == 0, "written as %s", format);
	advisory_free(advisory);
}

static void test_markup(void)
{
	AUTO_STR html = STR_INIT;
	AUTO_STR markdown = STR_INIT;
	AUTO_STR text = STR_INIT;

	write_as(sample, "html", &html);
	CHECK(!strstr(html.bytes, "<script>") && strstr(html.bytes, "&lt;script&gt;"), "HTML in a title stays text");
	CHECK(!strstr(html.bytes, "javascript:alert(1)\"") && strstr(html.bytes, "href=\"https://v.example/a?b=c&amp;d\""),
	      "only web addresses are links");
	CHECK(strstr(html.bytes, "<html lang=\"en\">") && strstr(html.bytes, "<title>") && strstr(html.bytes, "<main>") &&
		      strstr(html.bytes, "default-src 'none'"),
	      "it says its language, and loads nothing");
	write_as(sample, "markdown", &markdown);
	CHECK(strstr(markdown.bytes, "\\*bold\\* \\[x\\](y)") && strstr(markdown.bytes, "\n\\# no heading\n1\\. no list\n\\- no item"),
	      "Markdown in a text stays text");
	CHECK(strstr(markdown.bytes, "[good](<https://v.example/a?b=c&d>)") && !strstr(markdown.bytes, "](<javascript"),
	      "and only web addresses are links there");
	write_as(sample, "text", &text);
	CHECK(strstr(text.bytes, "TLP:        TLP:AMBER+STRICT") != NULL, "the label in the words of TLP 2.0");
	CHECK(!strchr(html.bytes, 27) && !strchr(markdown.bytes, 27) && !strchr(text.bytes, 27), "no escape character anywhere");
}

static void test_wrap(void)
{
	static const struct { const char *text, *expected; } rows[] = {
		{ "one two", "one two\n" },
		{ "", "\n" },
		{ "123456789 123456789 123456789 123456789 123456789 123456789 123456789 1234 56",
		  "123456789 123456789 123456789 123456789 123456789 123456789 123456789\n  1234 56\n" },
		{ "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十",
		  "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六\n  七八九十\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR out = STR_INIT;

		prose_wrap(&out, rows[i].text, strlen(rows[i].text), 0, 2);
		CHECK_STR(out.bytes, rows[i].expected, "broken at 72 columns");
	}
}

static void test_ranges(void)
{
	static const struct { const char *range, *vers; } rows[] = {
		{ "< 1.2", "vers:generic/<1.2" },	{ ">= 1.0, < 1.2", "vers:generic/>=1.0|<1.2" },
		{ "<=3 >1", "vers:generic/>1|<=3" },	{ "before 2.0", "vers:generic/<2.0" },
		{ "2.0 and earlier", "vers:generic/<=2.0" }, { "up to 3", "vers:generic/<=3" },
		{ "all versions", "vers:all/*" },	{ "*", "vers:all/*" },
		{ "vers:npm/>=1.0.0|<2.0.0", "vers:npm/>=1.0.0|<2.0.0" }, { "some of them", NULL }, { "<", NULL },
		{ "before the flood of 2", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR out = STR_INIT;
		bool can = adv_range_vers(rows[i].range, &out);

		CHECK_STR(can ? out.bytes : NULL, rows[i].vers, rows[i].range);
	}
}

/* Ranges as people are told them, in both languages. */
static void test_words(void)
{
	static const struct { const char *range, *en, *zh; } rows[] = {
		{ "vers:all/*", "all versions", "所有版本" },
		{ "vers:semver/>=1.0.0|<1.2.0", "from 1.0.0 before 1.2.0", "1.0.0 起 1.2.0 之前" },
		{ "vers:rpm/<=2.4.0-7", "through 2.4.0-7", "2.4.0-7 及更早" },
		{ "vers:generic/<1|>=2|<3", "before 1, from 2 before 3", "1 之前, 2 起 3 之前" },
		{ "vers:generic/>4", "after 4", "4 之后" },
		{ "vers:generic/1.0|1.1", "1.0, 1.1", "1.0, 1.1" },
		{ "vers:generic/!=1.0|!=1.1", "all versions but 1.0, 1.1", "除以下版本外的所有版本： 1.0, 1.1" },
		{ "< 4", "before 4", "4 之前" },
		{ "some of them", NULL, NULL },
	};
	const struct prose english = { .chinese = false }, chinese = { .chinese = true };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR en = STR_INIT;
		AUTO_STR zh = STR_INIT;

		CHECK_STR(prose_range(&english, rows[i].range, &en) ? en.bytes : NULL, rows[i].en, rows[i].range);
		CHECK_STR(prose_range(&chinese, rows[i].range, &zh) ? zh.bytes : NULL, rows[i].zh, rows[i].range);
	}
}

static void test_bumps(void)
{
	static const struct { const char *place, *value; enum advisory_bump bump; } rows[] = {
		{ "/document/title", "'<script>alert(1)</script>  *BOLD* [x](y)'", BUMP_PATCH },
		{ "/document/title", "'Another'", BUMP_MINOR },
		{ "/document/tracking/version", "'2'", BUMP_NONE },
		{ "/document/tracking/current_release_date", "'2027-01-01T00:00:00Z'", BUMP_NONE },
		{ "/product_tree/branches/0/name", "'W'", BUMP_MAJOR },
		{ "/vulnerabilities/1", "{'cve':'CVE-2026-0002'}", BUMP_MAJOR },
		{ "/vulnerabilities/0/product_status/known_affected", "['P1','P2']", BUMP_MAJOR },
		{ "/vulnerabilities/0/product_status/fixed", "['P2','P1']", BUMP_MINOR },
		{ "/vulnerabilities/0/product_status/fixed", "[]", BUMP_MAJOR },
		{ "/vulnerabilities/0/product_status/under_investigation", "['P1']", BUMP_MINOR },
		{ "/vulnerabilities/0/product_status/last_affected", "['P1']", BUMP_MAJOR },
		{ "/vulnerabilities/0/title", "'T'", BUMP_MINOR },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON from = load(sample);
		AUTO_JSON to = load(sample);
		AUTO_STRING wrapped = mem_format("[%s]", rows[i].value);
		AUTO_JSON value = load(wrapped);
		AUTO_STR lines = STR_INIT;
		json_t *at = to;
		const char *place = rows[i].place;

		while (*place) {
			size_t length = strcspn(++place, "/");
			AUTO_STRING name = mem_copy(place, length);

			place += length;
			if (!*place && json_is_array(at))
				json_array_append(at, json_array_get(value, 0));
			else if (!*place)
				json_object_set(at, name, json_array_get(value, 0));
			else
				at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
		}
		CHECK(advisory_compare(from, to, &lines) == rows[i].bump, "%s: %s", rows[i].place, advisory_bump_name(rows[i].bump));
		CHECK((lines.length > 0) == (rows[i].bump != BUMP_NONE), "and the line for it");
	}
}

/* "list version" of every product with a status, in the order of the lists' names. */
static void statuses_of(const json_t *tree, struct str *ret)
{
	static const char *const lists[] = { "known_affected", "known_not_affected", "fixed", "under_investigation" };
	const json_t *v = json_array_get(json_object_get(tree, "vulnerabilities"), 0);
	struct adv_products products;
	size_t k;
	json_t *id;

	adv_products_read(tree, &products);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		json_array_foreach(json_object_get(json_object_get(v, "product_status"), lists[i]), k, id)
			str_add_format(ret, "%s%s %s", ret->length ? "; " : "", lists[i],
				       str_or_empty(adv_product_find(&products, json_string_value(id))->version));
	adv_products_release(&products);
}

/* What entries of versions[] say, with their changes and the default for the rest (CVE record format 5.2, affected). */
static void test_cve_versions(void)
{
	static const struct { const char *item, *expected; } rows[] = {
		{ "'defaultStatus':'affected'", "known_affected vers:all/*" },
		{ "'defaultStatus':'unaffected'", "known_not_affected vers:all/*" },
		{ "'defaultStatus':'unknown'", "under_investigation vers:all/*" },
		{ "'versions':[{'version':'1.0','status':'affected'}]", "known_affected 1.0" },
		{ "'versions':[{'version':'*','status':'affected'}]", "known_affected vers:all/*" },
		{ "'versions':[{'version':'1.0','status':'affected'}],'defaultStatus':'unaffected'",
		  "known_affected 1.0; known_not_affected vers:generic/!=1.0" },
		{ "'versions':[{'version':'1.0','lessThan':'1.5','status':'affected','versionType':'custom'}]",
		  "known_affected vers:generic/>=1.0|<1.5" },
		{ "'versions':[{'version':'0','lessThanOrEqual':'1.5','status':'affected','versionType':'custom'}]",
		  "known_affected vers:generic/<=1.5" },
		{ "'versions':[{'version':'unspecified','lessThan':'1.5','status':'affected','versionType':'custom'}]",
		  "known_affected vers:generic/<1.5" },
		{ "'versions':[{'version':'2','lessThan':'*','status':'unaffected','versionType':'rpm'}],'defaultStatus':'affected'",
		  "known_affected vers:rpm/<2; known_not_affected vers:rpm/>=2" },
		{ "'versions':[{'version':'1.0.0','lessThan':'2.0.0','status':'affected','versionType':'semver','changes':["
		  "{'at':'1.5.0','status':'unaffected'}]}]",
		  "known_affected vers:semver/>=1.0.0|<1.5.0; known_not_affected vers:semver/>=1.5.0|<2.0.0" },
		{ "'versions':[{'version':'1.0.0','lessThan':'*','status':'affected','versionType':'semver','changes':["
		  "{'at':'1.1.0','status':'unaffected'},{'at':'1.2.0','status':'affected'},{'at':'1.3.0','status':'unaffected'}]}]",
		  "known_affected vers:semver/>=1.0.0|<1.1.0; known_affected vers:semver/>=1.2.0|<1.3.0; "
		  "known_not_affected vers:semver/>=1.1.0|<1.2.0; known_not_affected vers:semver/>=1.3.0" },
		{ "'versions':[{'version':'2.1.0','lessThan':'2.1.*','status':'affected','versionType':'semver'}]",
		  "known_affected vers:semver/>=2.1.0|<2.2.0" },
		{ "'versions':[{'version':'3.0','lessThanOrEqual':'3.*','status':'affected','versionType':'custom'}]",
		  "known_affected vers:generic/>=3.0|<4" },
		{ "'versions':[{'version':'1.0','lessThan':'1.2','status':'affected','versionType':'custom'},{'version':'2.0','lessThan':"
		  "'2.2','status':'affected','versionType':'custom'}],'defaultStatus':'unaffected'",
		  "known_affected vers:generic/>=1.0|<1.2; known_affected vers:generic/>=2.0|<2.2; "
		  "known_not_affected vers:generic/<1.0|>=1.2|<2.0|>=2.2" },
		{ "'versions':[{'version':'1.0','lessThan':'2.0','status':'affected','versionType':'custom'},{'version':'1.5','lessThan':"
		  "'3','status':'unaffected','versionType':'custom'}],'defaultStatus':'affected'",
		  "known_affected vers:generic/>=1.0|<2.0; known_affected all but those named; "
		  "known_not_affected vers:generic/>=1.5|<3" },
		{ "'versions':[{'version':'0','lessThan':'*','status':'affected','versionType':'custom'}],'defaultStatus':'unaffected'",
		  "known_affected vers:all/*" },
		{ "'versions':[{'version':'1f6e','lessThan':'9c0a','status':'affected','versionType':'git'}]",
		  "known_affected >=1f6e, <9c0a" },
		{ "'versions':[{'version':'< 4.3.1','status':'affected'}]", "known_affected vers:generic/<4.3.1" },
		{ "'versions':[{'version':'all of them before the flood','status':'affected'}]",
		  "known_affected all of them before the flood" },
		{ "'versions':[{'version':'1.0','status':'unaffected'},{'version':'1.0','status':'affected'}]", "known_affected 1.0" },
		{ "'versions':[{'version':'1.0','status':'no status'}]", "under_investigation 1.0" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING text = mem_format("{'dataType':'CVE_RECORD','cveMetadata':{'cveId':'CVE-2026-0001'},'containers':{'cna':{"
					      "'affected':[{'vendor':'V','product':'P',%s}]}}}", rows[i].item);
		AUTO_JSON record = load(text);
		struct advisory *advisory = NULL;
		AUTO_STR out = STR_INIT;

		CHECK(advisory_read(record, "record", &advisory, NULL) == 0, "a record is read");
		statuses_of(advisory_tree(advisory), &out);
		CHECK_STR(out.bytes, rows[i].expected, rows[i].item);
		advisory_free(advisory);
	}
}

/* The newest statement of a product counts; a part of a product is not the product. */
static void test_statements(void)
{
	AUTO_JSON document = load(
		"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'https://v.example/1','author':'V','timestamp':'2026-01-01T00:00:00Z',"
		"'version':1,'statements':["
		"{'vulnerability':{'name':'GHSA-x','aliases':['CVE-2026-0001']},'timestamp':'2026-02-02T00:00:00Z','status':'fixed',"
		"'products':[{'@id':'pkg:npm/a@1'}]},"
		"{'vulnerability':{'name':'GHSA-x'},'timestamp':'2026-02-01T00:00:00Z','status':'affected','action_statement':'Wait.',"
		"'products':[{'@id':'pkg:npm/a@1'}]},"
		"{'vulnerability':{'name':'GHSA-x'},'status':'not_affected','justification':'component_not_present','products':["
		"{'@id':'pkg:oci/image@sha256%3Aab','subcomponents':[{'@id':'pkg:deb/debian/curl@7'},{'@id':'pkg:deb/debian/zlib@1'}]}]}]}");
	struct advisory *advisory = NULL;
	AUTO_STR out = STR_INIT;
	AUTO_STR csaf = STR_INIT;
	const json_t *v;

	CHECK(advisory_read(document, "statements", &advisory, NULL) == 0, "statements are read");
	v = json_array_get(json_object_get(advisory_tree(advisory), "vulnerabilities"), 0);
	CHECK_STR(js_string(v, "cve"), "CVE-2026-0001", "an alias is the CVE id");
	statuses_of(advisory_tree(advisory), &out);
	CHECK_STR(out.bytes, "known_not_affected 7; known_not_affected 1; fixed 1", "the newest counts, parts apart");
	CHECK(json_array_size(json_object_get(json_object_get(advisory_tree(advisory), "product_tree"), "relationships")) == 2,
	      "parts are in relation to their product");
	CHECK(!json_object_get(v, "remediations") && json_array_size(json_object_get(v, "flags")) == 2, "and with it what it says");
	advisory_free(advisory);
}

/* What a reader takes nothing from is named. */
static void test_unread(void)
{
	AUTO_JSON record = load("{'dataType':'CVE_RECORD','cveMetadata':{'cveId':'CVE-2026-0001','serial':3},'containers':{'cna':{"
				"'affected':[{'vendor':'V','product':'P','x_more':1,'defaultStatus':'affected'}],'x_redo':{'a':1}}}}");
	struct advisory_losses losses = { 0 };
	struct advisory *advisory = NULL;
	AUTO_STR out = STR_INIT;

	advisory_read(record, "record", &advisory, NULL);
	advisory_write(advisory, "csaf-2.0", &options, &out, &losses, NULL);
	CHECK(losses.count == 1, "one loss");
	CHECK_STR(losses.count ? losses.items[0] : "",
		  "these members are left out: cveMetadata.serial, containers.cna.affected.x_more, containers.cna.x_redo", "by name");
	advisory_losses_release(&losses);
	advisory_free(advisory);
}

static void test_language(void)
{
	AUTO_JSON chinese = load(sample);
	struct advisory *advisory;
	AUTO_STR out = STR_INIT;

	js_set_string(json_object_get(chinese, "document"), "lang", "zh-CN");
	advisory = advisory_new(json_incref(chinese));
	advisory_write(advisory, "text", &options, &out, NULL, NULL);
	advisory_free(advisory);
	CHECK(strstr(out.bytes, "公告编号") && strstr(out.bytes, "受影响"), "a Chinese document has Chinese headings");
}

/* What documents of cases say by themselves has words in Chinese. */
static void test_own_words(void)
{
	static const char *const own[] = {
		"Summary", "Description", "Recommendation", "For whom this is", "Questions and answers", "Terms of use", "This document",
		"The original of this translation", "Remediation", "Somebody who wishes to remain anonymous", "Draft, not published",
		"First release", "Updated", "See the reference.", "Attacks that use this vulnerability are known.",
		"An exploit for this vulnerability is public.",
	};
	const struct prose english = { .chinese = false }, chinese = { .chinese = true };

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		CHECK(!str_equal(prose_word(&chinese, own[i]), own[i]), "\"%s\" in Chinese", own[i]);
		CHECK_STR(prose_word(&english, own[i]), own[i], "and as it is");
	}
}

/* A record says any language; the document only one there is. */
static void test_record_language(void)
{
	static const struct { const char *said, *lang; } rows[] = { { "en", "en" }, { "zh-CN", "zh-CN" }, { "e", NULL }, { "english", NULL },
								    { "", NULL } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON record = load("{'dataType':'CVE_RECORD','cveMetadata':{'cveId':'CVE-2026-0001'},'containers':{'cna':{"
					"'descriptions':[{'lang':'','value':'x'}]}}}");
		struct advisory *advisory = NULL;

		js_set_string(json_array_get(js_array(json_object_get(json_object_get(record, "containers"), "cna"), "descriptions"), 0),
			      "lang", rows[i].said);
		CHECK(advisory_read(record, "record", &advisory, NULL) == 0, "a record in \"%s\"", rows[i].said);
		CHECK_STR(js_string(json_object_get(advisory_tree(advisory), "document"), "lang"), rows[i].lang, rows[i].said);
		advisory_free(advisory);
	}
}

int main(void)
{
	test_markup();
	test_wrap();
	test_ranges();
	test_words();
	test_bumps();
	test_language();
	test_own_words();
	test_record_language();
	test_cve_versions();
	test_statements();
	test_unread();
	return tap_done();
}
