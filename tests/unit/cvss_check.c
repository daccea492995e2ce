/* SPDX-License-Identifier: Apache-2.0 */
/* What a published score is, and which metrics raise one; the latter over all base vectors of 3.1.
 */
#include "psirtty/score/cvss.h"

#include "tap.h"

static void check_fit(const char *vector, const char *score, const char *expected)
{
	struct cvss cvss;
	int tenths = -1;

	CHECK(cvss_parse(vector, &cvss, NULL) == 0 && cvss_tenths_parse(score, &tenths) == 0,
	      "%s and %s are read", vector, score);
	CHECK_STR(cvss_fit_code(cvss_check(&cvss, tenths)), expected,
		  cvss_fit_sentence(cvss_check(&cvss, tenths)));
}

#define V31 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
#define V40 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"

static void test_fits(void)
{
	check_fit(V31, "9.8", "base");
	check_fit(V31, "9.9", "wrong");
	check_fit(V31 "/E:U", "9.8", "base");
	check_fit(V31 "/E:U", "9.0", "temporal");
	check_fit(V31 "/E:U/CR:L/IR:L/AR:L", "9.0", "temporal");
	check_fit(V31 "/E:U/CR:L/IR:L/AR:L", "7.3", "environmental");
	check_fit(V31 "/E:U/CR:L/IR:L/AR:L", "7.7", "wrong");
	check_fit("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:U/RL:U/RC:C", "8.5", "temporal");
	check_fit(V40, "9.3", "base");
	check_fit(V40, "8.1", "wrong");
	check_fit(V40 "/E:U", "8.1", "CVSS-BT");
	check_fit(V40 "/E:U/MAV:L", "8.1", "CVSS-BT");
	check_fit(V40 "/E:U/MAV:L", "8.6", "CVSS-BE");
	check_fit(V40 "/E:U/MAV:L", "5.6", "wrong");
}

static void test_tenths(void)
{
	static const struct {
		const char *text;
		int tenths; /* -1: refused */
	} rows[] = {
		{"0", 0},      {"0.0", 0},   {"5", 50},	   {"9.8", 98}, {"9.80", 98}, {"10", 100},
		{"10.0", 100}, {"07.1", 71}, {"10.1", -1}, {"11", -1},	{"", -1},     {".5", -1},
		{"5.", -1},    {"9.85", -1}, {"-1", -1},   {"9,8", -1}, {"9.8 ", -1}, {"100", -1},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int tenths = -1;

		cvss_tenths_parse(rows[i].text, &tenths);
		CHECK(tenths == rows[i].tenths, "\"%s\" is %d tenths", rows[i].text,
		      rows[i].tenths);
	}
}

static const struct cvss_reason *reason_for(const struct cvss *cvss,
					    const struct cvss_reason *reasons, size_t count,
					    const char *code)
{
	size_t total, i;
	const struct cvss_metric *metrics = cvss_metrics(cvss->version, &total);

	for (i = 0; i < count; i++)
		if (strcmp(metrics[reasons[i].metric].code, code) == 0)
			return &reasons[i];
	return NULL;
}

static void test_reasons(void)
{
	struct cvss_reason reasons[CVSS_METRICS];
	const struct cvss_reason *one;
	struct cvss cvss;
	size_t count;

	CHECK(cvss_parse(V31 "/E:U/MAC:H/CR:X", &cvss, NULL) == 0, "a vector to explain");
	count = cvss_reasons(&cvss, reasons);
	CHECK(count == 10, "eight base metrics and two others, not %zu", count);
	CHECK(reasons[0].drop >= reasons[count - 1].drop, "the biggest drop comes first");
	CHECK(!reason_for(&cvss, reasons, count, "CR"), "what is not defined is no reason");
	one = reason_for(&cvss, reasons, count, "AC");
	CHECK(one && one->drop == 0, "a base metric that is overridden raises nothing");
	one = reason_for(&cvss, reasons, count, "AV");
	CHECK(one && one->drop > 0 && one->value == 0 && one->mildest == 3,
	      "AV:N would be mildest as P");
	CHECK(cvss_parse(V40 "/S:P/AU:Y", &cvss, NULL) == 0 && cvss_reasons(&cvss, reasons) == 11,
	      "supplemental metrics are no reasons");
}

/* Every base vector of 3.1: a drop is what the vector with the mildest value has less, and no value
 * has less still. */
static void check_vector(const struct cvss *cvss)
{
	struct cvss_reason reasons[CVSS_METRICS];
	size_t count = cvss_reasons(cvss, reasons), total, i;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_3_1, &total);

	for (i = 0; i < count; i++) {
		const struct cvss_metric *metric = &metrics[reasons[i].metric];
		int v, lowest = cvss->overall;

		for (v = 0; metric->values[v].code; v++) {
			struct cvss variant = *cvss, scored;
			AUTO_STR vector = STR_INIT;

			variant.values[reasons[i].metric] = (signed char)v;
			cvss_vector(&variant, &vector);
			if (cvss_parse(vector.bytes, &scored, NULL) == 0 && scored.overall < lowest)
				lowest = scored.overall;
		}
		CHECK_QUIET(reasons[i].drop == cvss->overall - lowest, "%s", metric->code);
	}
}

static void test_all(void)
{
	size_t total, i;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_3_1, &total);
	int digits[8] = {0}, count = 0;

	do {
		AUTO_STR vector = STR_INIT;
		struct cvss cvss;

		str_add(&vector, "CVSS:3.1");
		for (i = 0; i < 8; i++)
			str_add_format(&vector, "/%s:%s", metrics[i].code,
				       metrics[i].values[digits[i]].code);
		if (cvss_parse(vector.bytes, &cvss, NULL) == 0 && ++count)
			check_vector(&cvss);
		for (i = 0; i < 8 && !metrics[i].values[++digits[i]].code; i++)
			digits[i] = 0;
	} while (i < 8);
	CHECK(count == 2592, "2,592 base vectors, not %d", count);
}

int main(void)
{
	test_fits();
	test_tenths();
	test_reasons();
	test_all();
	return tap_done();
}
