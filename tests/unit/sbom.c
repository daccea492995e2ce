/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials: each form and wrapper, told by content alone; what is refused says why. */
#include "psirtty/format/sbom.h"
#include "psirtty/base/str.h"
#include "worker/charset.h"
#include "worker/unpack.h"

#include "tap.h"

#define CDX "{\"components\":[{\"name\":\"a\",\"version\":\"1\",\"purl\":\"pkg:npm/a@1\",\"components\":[{\"name\":\"b\"}]}]," \
	    "\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.9\",\"later\":{\"x\":[1,{}]}}"
#define CDX_IN_STRING "{\\\"bomFormat\\\":\\\"CycloneDX\\\",\\\"components\\\":[{\\\"name\\\":\\\"a\\\"}]}"
#define XML(inside) "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>" inside "</bom>"

static const struct { const char *name, *text, *format; size_t components; const char *first, *why; } rows[] = {
	{ "members in any order, unknown ones passed over", CDX, "cyclonedx-json", 2, "a", NULL },
	{ "a byte order mark", "\xEF\xBB\xBF" CDX, "cyclonedx-json", 2, "a", NULL },
	{ "GitHub's wrapper", "{\"sbom\":{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[{\"name\":\"p\"}]}}", "spdx-json", 1, "p", NULL },
	{ "in-toto", "{\"_type\":\"x\",\"predicate\":" CDX ",\"subject\":[]}", "cyclonedx-json", 2, "a", NULL },
	{ "cosign's predicate", "{\"predicate\":{\"Data\":\"" CDX_IN_STRING "\"}}", "cyclonedx-json", 1, "a", NULL },
	{ "DSSE", "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":"
		  "\"eyJib21Gb3JtYXQiOiJDeWNsb25lRFgiLCJjb21wb25lbnRzIjpbeyJuYW1lIjoiYSJ9XX0=\"}",
	  "cyclonedx-json", 1, "a", NULL },
	{ "wrappers without end", "{\"sbom\":{\"sbom\":{\"sbom\":{\"sbom\":{\"sbom\":{\"sbom\":{}}}}}}}", NULL, 0, NULL, "wrapped" },
	{ "the last of two names holds", "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\",\"name\":\"b\"}]}",
	  "cyclonedx-json", 1, "b", NULL },
	{ "an escaped zero", "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"a\\u0000b\"}]}", "cyclonedx-json", 1,
	  "a\xEF\xBF\xBD" "b", NULL },
	{ "XML", XML("<components><component><name> a </name></component></components>"), "cyclonedx-xml", 1, "a", NULL },
	{ "a pedigree is none of the product's", XML("<components><component><name>a</name><pedigree><ancestors><component>"
	  "<name>b</name></component></ancestors></pedigree></component></components>"), "cyclonedx-xml", 1, "a", NULL },
	{ "an entity", "<!DOCTYPE bom [<!ENTITY x 'y'>]>" XML("<components/>"), NULL, 0, NULL, "entities" },
	{ "XML without a namespace", "<bom><components/></bom>", NULL, 0, NULL, "namespace" },
	{ "XML that ends early", "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components>", NULL, 0, NULL, "line 1" },
	{ "DSDX, components without names", "<DSDX><dsdx_version>DSDX-1.0</dsdx_version><components><component><name>a</name></component>"
	  "<component><id>i</id></component><component><version>1</version></component><component><language>C</language></component>"
	  "<component><license>MIT</license></component><component><other/></component></components></DSDX>", "dsdx-xml", 5, "a", NULL },
	{ "the same in JSON", "{\"dsdx_version\":\"DSDX-1.0\",\"components\":[{\"name\":\"a\"},{\"id\":\"i\"},{\"version\":\"1\"},"
	  "{\"language\":\"C\"},{\"license\":[\"MIT\"]}]}", "dsdx-json", 5, "a", NULL },
	{ "tags", "SPDXVersion: SPDX-2.2\r\n# PackageName: no\r\nPackageName: a\r\nPackageComment: <text>x\r\nPackageName: no\r\n"
		  "</text>\r\nFileName: f\r\nPackageName: b\r\n", "spdx-tag-value", 2, "a", NULL },
	{ "a text that never ends", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>x\nPackageName: b\n",
	  "spdx-tag-value", 2, "a", NULL },
	{ "YAML", "spdxVersion: SPDX-2.3\npackages:\n- name: \"a\\\"b\"\n  versionInfo: '1'\n", "spdx-yaml", 1, "a\"b", NULL },
	{ "nothing", " \n", NULL, 0, NULL, "empty" },
	{ "something else", "a,b,c\n", NULL, 0, NULL, "no bill of materials" },
	{ "a list", "[" CDX "]", NULL, 0, NULL, "no bill of materials" },
	{ "cut off", "{\"bomFormat\":\"CycloneDX\",\"components\":[{", NULL, 0, NULL, "byte 40" },
};

static void test_forms(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct sbom *sbom = NULL;
		int code = sbom_read(rows[i].text, strlen(rows[i].text), "x", &sbom, &err);

		if (rows[i].why)
			CHECK(code == ERR_INPUT && strstr(str_or_empty(err.why), rows[i].why), "%s: %s", rows[i].name,
			      str_or_empty(err.why));
		else
			CHECK(code == 0 && str_equal(sbom->format, rows[i].format) && sbom->count == rows[i].components &&
			      str_equal(sbom->components[0].name, rows[i].first), "%s", rows[i].name);
		sbom_free(sbom);
	}
}

static const struct { const char *relation; bool depends, round; } relations[] = {
	{ "DEPENDS_ON", true, false }, { "DEPENDENCY_OF", true, true }, { "CONTAINS", true, false },
	{ "CONTAINED_BY", true, true }, { "TEST_CASE_OF", false, false }, { "DESCRIBES", false, false },
};

static void test_relations(void)
{
	for (size_t i = 0; i < ARRAY_LEN(relations); i++) {
		AUTO_STRING text = mem_format("SPDXVersion: SPDX-2.3\nRelationship: A %s B\n", relations[i].relation);
		struct sbom *sbom = NULL;
		bool good = sbom_read(text, strlen(text), "x", &sbom, NULL) == 0 &&
			    sbom->dependencies.count == relations[i].depends;

		if (good && relations[i].depends)
			good = str_equal(sbom->dependencies.items[0].key, relations[i].round ? "B" : "A");
		CHECK(good, "%s", relations[i].relation);
		sbom_free(sbom);
	}
}

static int unpack(const char *bytes, size_t length, struct str *ret, struct error *err)
{
	return unpack_document(bytes, length, 64 << 20, "x", ret, err);
}

static void test_carried(void)
{
	/* gzip of "{}" and a newline, made with gzip -n. */
	static const char packed[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\xe5\x02\0\x06\xb0\xa1\xdd\x03\0\0\0";
	static const char wide[] = "\xFF\xFE{\0}\0=\xD8\0\xDE";
	static const char chinese[] = "<?xml version='1.0' encoding='GB18030'?><a>\xD6\xD0</a>";
	AUTO_STR plain = STR_INIT, narrow = STR_INIT, text = STR_INIT, cut = STR_INIT, large = STR_INIT;

	charsets_warm();
	CHECK(unpack(packed, sizeof(packed) - 1, &plain, NULL) == 0 && str_equal(plain.bytes, "{}\n"), "gzip");
	CHECK(unpack_document(packed, sizeof(packed) - 1, 2, "x", &large, NULL) == ERR_INPUT, "more than the limit, however little that is");
	CHECK(unpack(packed, sizeof(packed) - 8, &cut, NULL) == ERR_INPUT, "gzip that is cut off");
	CHECK(unpack(wide, sizeof(wide) - 1, &narrow, NULL) == 0 && str_equal(narrow.bytes, "{}\xF0\x9F\x98\x80"), "UTF-16");
	CHECK(unpack(chinese, sizeof(chinese) - 1, &text, NULL) == 0 && str_equal(text.bytes, "<a>\xE4\xB8\xAD</a>"), "GB18030");
}

int main(void)
{
	test_forms();
	test_relations();
	test_carried();
	return tap_done();
}
