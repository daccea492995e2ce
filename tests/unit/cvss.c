/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing, mending and writing CVSS vectors, and the tables of metrics. */
#include "psirtty/score/cvss.h"

#include "tap.h"

#define V2 "AV:N/AC:L/Au:N/C:P/I:P/A:P"
#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

/* Each defect has a reason of its own. */
static const struct {
	const char *vector, *why;
} invalid[] = {
	{ "", "it is empty" },
	{ " " V2, "there are blanks around the vector" },
	{ V2 "\n", "there are blanks around the vector" },
	{ "(" V2 ")", "the vector stands in parentheses" },
	{ "(" V2, "\"(AV\" is not a metric of CVSS 2.0" },
	{ "/", "field 1 is empty" },
	{ V2 "/", "the vector ends with a slash" },
	{ V31 "/", "the vector ends with a slash" },
	{ V40 "//", "field 12 is empty" },
	{ "AV:N//AC:L/Au:N/C:P/I:P/A:P", "field 2 is empty" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A", "field 6, \"A\", has no colon" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/:P", "field 6 has no metric before its colon" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:", "A has no value" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:X", "\"X\" is not a value of A, which has N, P, C" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/X:X", "\"X\" is not a metric of CVSS 2.0" },
	{ "AV:N/AC:L/AU:N/C:P/I:P/A:P", "the metric \"AU\" is written Au" },
	{ "AV:N/AC:L/Au:n/C:P/I:P/A:P", "the value \"n\" of Au is written N" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/A:P", "A is given twice" },
	{ "AV:N/AC:L/Au:N/C:P/I:P/A:P/A:C", "A is given twice, with different values" },
	{ "AV:N/AC:L/Au:N/I:P/C:P/A:P",
	  "C stands after I, against the order of the standard" },
	{ V2 "/TD:L/CDP:L", "CDP stands after TD, against the order of the standard" },
	{ "AV:N/AC:L/C:P/A:P", "mandatory metrics are missing: Au, I" },
	{ "CVSS:2.0/" V2, "vectors of CVSS 2.0 have no prefix" },
	{ "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "the prefix is missing, such as CVSS:3.1/" },
	{ "CVSS3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
	  "the prefix is missing, such as CVSS:3.1/" },
	{ "CVSS:3.2/AV:N", "\"3.2\" is not a version of CVSS" },
	{ "CVSS:/AV:N", "\"\" is not a version of CVSS" },
	{ "CVSS:3.1", "no metrics follow the prefix" },
	{ "CVSS:3.1/", "no metrics follow the prefix" },
	{ "CVSS:3.1//", "field 1 is empty" },
	{ "cvss:3.1/AV:N", "the prefix is written in capital letters, CVSS:" },
	{ V31 "/AV:N", "AV is given twice" },
	{ V31 "/MAV:X/MAV:N", "MAV is given twice, with different values" },
	{ V31 "/CDP:H", "\"CDP\" is not a metric of CVSS 3.1" },
	{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X",
	  "\"X\" is not a value of A, which has H, L, N" },
	{ "CVSS:3.0/AV:N", "mandatory metrics are missing: AC, PR, UI, S, C, I, A" },
	{ V40 "/CR:H/E:A", "E stands after CR, against the order of the standard" },
	{ V40 "/U:clear", "the value \"clear\" of U is written Clear" },
	{ V40 "/MSC:S", "\"S\" is not a value of MSC, which has X, H, L, N" },
	{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
	  "\"S\" is not a value of SI, which has H, L, N" },
	{ V40 " ", "there are blanks around the vector" },
	{ V40 "/E: A", "\" A\" is not a value of E, which has X, A, P, U" },
	{ V40 "/E:A:A", "\"A:A\" is not a value of E, which has X, A, P, U" },
};

static void test_invalid(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(invalid); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct cvss cvss = { .base = 7 };
		int code = cvss_parse(invalid[i].vector, &cvss, &err);

		CHECK(code == ERR_NO && cvss.base == 7, "refused: %s", invalid[i].vector);
		CHECK_STR(err.why, invalid[i].why, "its reason");
		CHECK_QUIET(cvss_parse(invalid[i].vector, &cvss, NULL) == ERR_NO, "no error wanted");
	}
}

static void test_length(void)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR vector = STR_INIT;
	struct cvss cvss;

	str_add(&vector, V31);
	str_add_repeat(&vector, 'A', 2000);
	CHECK(cvss_parse(vector.bytes, &cvss, &err) == ERR_NO, "a long vector is refused");
	CHECK_STR(err.why, "it is longer than 1024 bytes", "for its length");
}

static const struct {
	const char *vector, *canonical, *repairs;
} mended[] = {
	{ V2, V2, "" },
	{ "\t(" V2 ") \r\n", V2,
	  "blanks: there are blanks around the vector\n"
	  "parentheses: the vector stands in parentheses\n" },
	{ V31 "/", V31, "slash: the vector ends with a slash\n" },
	{ "(" V2 "/)", V2,
	  "parentheses: the vector stands in parentheses\nslash: the vector ends with a slash\n" },
	{ V2 "/A:P", V2, "duplicate: A is given twice\n" },
	{ "av:n/AC:L/Au:N/C:P/I:P/A:P/E:poc", V2 "/E:POC",
	  "case: the metric \"av\" is written AV\ncase: the value \"n\" of AV is written N\n"
	  "case: the value \"poc\" of E is written POC\n" },
	{ "A:P/I:P/C:P/Au:N/AC:L/AV:N", V2,
	  "order: I stands after A, against the order of the standard\n" },
	{ "cvss:4.0" "/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:RED", V40 "/U:Red",
	  "case: the prefix is written in capital letters, CVSS:\n"
	  "order: AV stands after AC, against the order of the standard\n"
	  "case: the value \"RED\" of U is written Red\n" },
};

static const char *const beyond_repair[] = {
	"", " ", "()", "/", "CVSS:3.1/", V2 "/A:C", V2 "//", "AV:N", V31 "/E:Z", V31 "/Z:E",
	"CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:5.0/AV:N", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "hello",
};

static void test_lenient(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(mended); i++) {
		AUTO_STR repairs = STR_INIT, canonical = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;
		struct cvss cvss;

		if (CHECK(cvss_parse_lenient(mended[i].vector, &cvss, &repairs, &err) == 0,
			  "mended: %s", mended[i].vector))
			cvss_vector(&cvss, &canonical);
		CHECK_STR(canonical.bytes, mended[i].canonical, "its canonical form");
		CHECK_STR(repairs.bytes, mended[i].repairs, "its repairs");
		CHECK(cvss_parse(canonical.bytes, &cvss, NULL) == 0, "the result is strictly valid");
	}
	for (i = 0; i < ARRAY_LEN(beyond_repair); i++) {
		AUTO_STR repairs = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;
		struct cvss cvss;

		CHECK(cvss_parse_lenient(beyond_repair[i], &cvss, &repairs, &err) == ERR_NO &&
			      repairs.length == 0 && err.why,
		      "beyond repair: \"%s\"", beyond_repair[i]);
	}
}

/* Order is free in 3.x; what is not defined does not count and is not written. */
static void test_canonical(void)
{
	AUTO_STR vector = STR_INIT;
	struct cvss cvss;

	CHECK(cvss_parse("CVSS:3.1/E:X/MAV:X/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", &cvss, NULL) == 0,
	      "3.1 in any order");
	cvss_vector(&cvss, &vector);
	CHECK_STR(vector.bytes, V31, "comes out in the standard's");
	CHECK(cvss.base == 98 && cvss.overall == 98 && cvss.temporal == CVSS_ABSENT &&
		      cvss.environmental == CVSS_ABSENT && cvss.severity == CVSS_CRITICAL,
	      "E:X and MAV:X are not set");
	CHECK(cvss.values[0] == 0 && cvss.values[8] == 0 && cvss.values[9] == CVSS_ABSENT,
	      "X has index 0, an unnamed metric -1");
	CHECK_STR(cvss.nomenclature, "", "no nomenclature before 4.0");
	CHECK_STR(cvss.macrovector, "", "no macrovector either");
}

static void check_nomenclature(const char *vector, const char *nomenclature, int base, int overall)
{
	struct cvss cvss;

	CHECK(cvss_parse(vector, &cvss, NULL) == 0 && cvss.base == base && cvss.overall == overall &&
		      cvss.temporal == CVSS_ABSENT && cvss.environmental == CVSS_ABSENT,
	      "%s: base %d, overall %d", vector, base, overall);
	CHECK_STR(cvss.nomenclature, nomenclature, "its nomenclature");
}

static void test_v4(void)
{
	check_nomenclature(V40, "CVSS-B", 93, 93);
	check_nomenclature(V40 "/E:X/CR:X/MSI:X", "CVSS-B", 93, 93);
	check_nomenclature(V40 "/S:P/AU:Y/U:Red", "CVSS-B", 93, 93);
	check_nomenclature(V40 "/E:U", "CVSS-BT", 93, 81);
	check_nomenclature(V40 "/CR:H/IR:H/AR:H", "CVSS-BE", 93, 93);
	check_nomenclature(V40 "/E:U/MVC:N/MVI:N/MVA:N", "CVSS-BTE", 93, 0);
	/* no impact in the base metrics, but in the modified ones, and the other way round */
	check_nomenclature("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MVC:H/"
			   "MVI:H/MVA:H", "CVSS-BE", 0, 93);
	check_nomenclature("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/MSI:S",
			   "CVSS-BE", 0, 89);
	/* vectors on which published calculators disagree: the exact half goes up */
	check_nomenclature("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H",
			   "CVSS-B", 86, 86);
	check_nomenclature("CVSS:4.0/AV:L/AC:H/AT:N/PR:H/UI:N/VC:L/VI:L/VA:L/SC:H/SI:H/SA:H",
			   "CVSS-B", 50, 50);
	check_nomenclature("CVSS:4.0/AV:L/AC:H/AT:N/PR:N/UI:A/VC:L/VI:H/VA:N/SC:N/SI:N/SA:N",
			   "CVSS-B", 57, 57);
}

static void test_severity(void)
{
	static const struct {
		const char *vector;
		int overall;
		const char *severity;
	} rows[] = {
		{ "AV:L/AC:H/Au:M/C:N/I:N/A:N", 0, "LOW" },
		{ "AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, "HIGH" },
		{ V2, 75, "HIGH" },
		{ "AV:N/AC:M/Au:N/C:P/I:P/A:P", 68, "MEDIUM" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, "NONE" },
		{ "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 16, "LOW" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:L/A:L", 63, "MEDIUM" },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:L", 86, "HIGH" },
		{ V31, 98, "CRITICAL" },
	};
	struct cvss cvss;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(cvss_parse(rows[i].vector, &cvss, NULL) == 0 && cvss.overall == rows[i].overall,
		      "%s is %d", rows[i].vector, rows[i].overall);
		CHECK_STR(cvss_severity_name(cvss.severity), rows[i].severity, "its severity");
	}
}

static void test_tenths(void)
{
	char buffer[8];

	CHECK_STR(cvss_tenths(0, buffer), "0.0", "0");
	CHECK_STR(cvss_tenths(98, buffer), "9.8", "98");
	CHECK_STR(cvss_tenths(100, buffer), "10.0", "100");
	CHECK_STR(cvss_tenths(CVSS_ABSENT, buffer), "-", "absent");
}

/* Codes and JSON members are unique; optional metrics begin with "not defined", base ones do not
 * have it; every value of every metric is accepted. */
static void test_metrics(enum cvss_version version, size_t expected)
{
	size_t count, i, k;
	const struct cvss_metric *metrics = cvss_metrics(version, &count);

	CHECK(count == expected, "%s has %zu metrics", cvss_version_name(version), count);
	for (i = 0; i < count; i++) {
		bool base = strcmp(metrics[i].group, "base") == 0;
		bool undefined = strcmp(metrics[i].values[0].json, "NOT_DEFINED") == 0;

		CHECK_QUIET(base != undefined, "%s: not defined comes first", metrics[i].code);
		for (k = 0; k < i; k++)
			CHECK_QUIET(strcmp(metrics[i].code, metrics[k].code) != 0 &&
					    strcmp(metrics[i].json, metrics[k].json) != 0,
				    "%s is unique", metrics[i].code);
		for (k = 0; metrics[i].values[k].code; k++)
			CHECK_QUIET(*metrics[i].values[k].name && *metrics[i].values[k].json,
				    "%s: value %zu is named", metrics[i].code, k);
		CHECK_QUIET(k >= 2 && k < 8, "%s has %zu values", metrics[i].code, k);
	}
}

int main(void)
{
	test_invalid();
	test_length();
	test_lenient();
	test_canonical();
	test_v4();
	test_severity();
	test_tenths();
	test_metrics(CVSS_2_0, 14);
	test_metrics(CVSS_3_0, 22);
	test_metrics(CVSS_3_1, 22);
	test_metrics(CVSS_4_0, 32);
	return tap_done();
}
