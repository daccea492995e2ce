/* SPDX-License-Identifier: Apache-2.0 */
/* CPE names: the three forms, every refusal, and the comparison of attributes and names. */
#include "psirtty/score/cpe.h"

#include "tap.h"

static void check_forms(const char *text, const char *string, const char *uri, const char *wfn)
{
	AUTO_CPE cpe = CPE_INIT;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR one = STR_INIT, two = STR_INIT, three = STR_INIT;

	CHECK(cpe_parse(text, &cpe, &err) == 0, "%s is read%s%s", text, err.why ? ": " : "",
	      str_or_empty(err.why));
	cpe_write(&cpe, &one);
	cpe_write_uri(&cpe, &two);
	cpe_write_wfn(&cpe, &three);
	CHECK_STR(one.bytes, string, "as a formatted string");
	CHECK_STR(two.bytes, uri, "as a URI");
	CHECK_STR(three.bytes, wfn, "as a well-formed name");
}

static void test_forms(void)
{
	check_forms("cpe:2.3:a:micro\\-soft:ie_8:8.0.6001:-:*:*:*:*:*:*",
		    "cpe:2.3:a:micro-soft:ie_8:8.0.6001:-:*:*:*:*:*:*",
		    "cpe:/a:micro-soft:ie_8:8.0.6001:-",
		    "wfn:[part=\"a\",vendor=\"micro\\-soft\",product=\"ie_8\","
		    "version=\"8\\.0\\.6001\",update=NA]");
	check_forms(
		"cpe:/A:Foo%5Cbar:Big%24money:2010:%02sp%01%01:~~special~iPod_Touch~80gb~:en-us",
		"cpe:2.3:a:foo\\\\bar:big\\$money:2010:*sp??:*:en-us:special:ipod_touch:80gb:*",
		"cpe:/a:foo%5cbar:big%24money:2010:%02sp%01%01:~~special~ipod_touch~80gb~:en-us",
		"wfn:[part=\"a\",vendor=\"foo\\\\bar\",product=\"big\\$money\",version=\"2010\","
		"update=\"*sp??\",language=\"en\\-us\",sw_edition=\"special\","
		"target_sw=\"ipod_touch\",target_hw=\"80gb\"]");
	check_forms("wfn:[ vendor=\"v\\:w\" , part=ANY,other=\"o\",product=NA ]",
		    "cpe:2.3:*:v\\:w:-:*:*:*:*:*:*:*:o", "cpe:/:v%3aw:-:::~~~~~o",
		    "wfn:[vendor=\"v\\:w\",product=NA,other=\"o\"]");
	check_forms("cpe:/", "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:/", "wfn:[]");
	check_forms("cpe:/h:v:::::", "cpe:2.3:h:v:*:*:*:*:*:*:*:*:*", "cpe:/h:v",
		    "wfn:[part=\"h\",vendor=\"v\"]");
	check_forms("cpe:2.3:o:v:p\\.q\\_:A6\\(4a\\):*:*:*:*:*:*:*",
		    "cpe:2.3:o:v:p.q_:A6\\(4a\\):*:*:*:*:*:*:*", "cpe:/o:v:p.q_:A6%284a%29",
		    "wfn:[part=\"o\",vendor=\"v\",product=\"p\\.q_\",version=\"A6\\(4a\\)\"]");
}

/* NAME with VENDOR as its vendor. */
static void check_vendor(const char *vendor, const char *why)
{
	AUTO_STRING name = mem_format("cpe:2.3:a:%s:p:*:*:*:*:*:*:*:*", vendor);
	AUTO_CPE cpe = CPE_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(cpe_parse(name, &cpe, &err) == (why ? ERR_NO : 0), "vendor %s", vendor);
	CHECK_STR(err.why, why, "its reason");
}

static void check_refused(const char *name, const char *why)
{
	AUTO_CPE cpe = CPE_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(cpe_parse(name, &cpe, &err) == ERR_NO, "%s is refused", name);
	CHECK_STR(err.why, why, "its reason");
}

#define MIDDLE "that is neither at its beginning nor at its end"

static void test_values(void)
{
	check_vendor("x??", NULL);
	check_vendor("?", NULL);
	check_vendor("??x*", NULL);
	check_vendor("*x\\*\\?", NULL);
	check_vendor("\\\\", NULL);
	check_vendor("", "the vendor is empty");
	check_vendor("\\-", "the vendor is a lone quoted hyphen");
	check_vendor("x?y", "the vendor \"x?y\" has an unquoted \"?\" " MIDDLE);
	check_vendor("x**", "the vendor \"x**\" has an unquoted \"*\" " MIDDLE);
	check_vendor("x?*", "the vendor \"x?*\" has an unquoted \"?\" " MIDDLE);
	check_vendor("*?x", "the vendor \"*?x\" has an unquoted \"?\" " MIDDLE);
	check_vendor("a+b", "the vendor \"a+b\" has punctuation that must be quoted by \"\\\"");
	check_vendor("a b", "the vendor \"a b\" has a character that no name may hold");
	check_vendor("\xc3\xa4", "the vendor \"\xc3\xa4\" has a character that no name may hold");
	check_vendor("\\d",
		     "the vendor \"\\d\" has a \"\\\" before something that is not punctuation");
	check_vendor("a:b", "it has 12 components, not 11");
}

static void test_refusals(void)
{
	check_refused("", "it begins neither with \"cpe:2.3:\" nor with \"cpe:/\"");
	check_refused("cpe:2.3", "it begins neither with \"cpe:2.3:\" nor with \"cpe:/\"");
	check_refused("cpe:2.3:", "it has 1 components, not 11");
	check_refused("cpe:2.3:x:v:p:*:*:*:*:*:*:*:*", "the part \"x\" is none of a, o and h");
	check_refused("cpe:2.3:a:v:p:*:*:*:*:*:*:*:\\",
		      "the other \"\\\" has a \"\\\" before something that is not punctuation");
	check_refused("cpe:/a:b:c:d:e:f:g:h", "it has more than 7 components");
	check_refused("cpe:/a:b:c:d:e:~f~g", "the packed edition has 2 parts, not 5");
	check_refused("cpe:/a:b%",
		      "the vendor \"b%\" has a \"%\" before what is not encoded in a CPE");
	check_refused("cpe:/a:b%61",
		      "the vendor \"b%61\" has a \"%\" before what is not encoded in a CPE");
	check_refused("cpe:/a:b%00",
		      "the vendor \"b%00\" has a \"%\" before what is not encoded in a CPE");
	check_refused("cpe:/a:b+",
		      "the vendor \"b+\" has a character that must be percent-encoded");
	check_refused("wfn:[", "it does not end with \"]\"");
	check_refused("wfn:[part]", "\"part\" is no attribute of a name");
	check_refused("wfn:[part=\"a\",part=\"a\"]", "the part is given twice");
	check_refused("wfn:[part=a]", "the value of part is not ANY, NA, or in quotation marks");
	check_refused("wfn:[vendor=\"a]", "the value of vendor does not end");
	check_refused("wfn:[vendor=\"a\" product=\"b\"]",
		      "there is no comma between two attributes");
	check_refused("wfn:[vendor=\"*\"]", "the vendor is a lone unquoted \"*\"");
	check_refused("wfn:[vendor=\"a.b\"]",
		      "the vendor \"a.b\" has punctuation that must be quoted by \"\\\"");
}

static void check_relation(const char *source, const char *target, enum cpe_relation expected)
{
	AUTO_CPE a = CPE_INIT;
	AUTO_CPE b = CPE_INIT;

	CHECK(cpe_parse(source, &a, NULL) == 0 && cpe_parse(target, &b, NULL) == 0,
	      "%s and %s are names", source, target);
	CHECK_STR(cpe_relation_name(cpe_compare(&a, &b)), cpe_relation_name(expected), source);
}

static void test_compare(void)
{
	check_relation("cpe:/a:v:p:1", "cpe:2.3:a:V:P:1:*:*:*:*:*:*:*", CPE_EQUAL);
	check_relation("cpe:/a:v:p", "cpe:/a:v:p:1", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:1", "cpe:/a:v:p", CPE_SUBSET);
	check_relation("cpe:/a:v:p:1", "cpe:/a:v:p:2", CPE_DISJOINT);
	check_relation("cpe:/a:v:p:1", "cpe:/a:v:p::u", CPE_UNDEFINED);
	check_relation("cpe:/a:v:p:1", "cpe:/o:v:p::u", CPE_DISJOINT);
	check_relation("cpe:/a:v:p:-", "cpe:/a:v:p:1", CPE_DISJOINT);
	check_relation("cpe:/a:v:p:1.%02", "cpe:/a:v:p:1.2.3", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:1.%02", "cpe:/a:v:p:1.%02", CPE_UNDEFINED);
	check_relation("cpe:/a:v:p:1.%01", "cpe:/a:v:p:1.2", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:1.%01", "cpe:/a:v:p:1.", CPE_DISJOINT);
	check_relation("cpe:/a:v:p:1.%01", "cpe:/a:v:p:1.%28", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:1%2a", "cpe:/a:v:p:12", CPE_DISJOINT);
	check_relation("cpe:/a:v:p:%022%02", "cpe:/a:v:p:1.2.3", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:%01%012%02", "cpe:/a:v:p:1.2.3", CPE_SUPERSET);
	check_relation("cpe:/a:v:p:%012%02", "cpe:/a:v:p:1.2.3", CPE_DISJOINT);
}

int main(void)
{
	test_forms();
	test_values();
	test_refusals();
	test_compare();
	return tap_done();
}
