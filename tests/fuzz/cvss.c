/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS vectors: what either reader takes has scores from 0.0 to 10.0 and a canonical form, which the
 * strict reader takes and which is its own canonical form; what it refuses has a reason.
 */
#include "psirtty/score/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_score(int tenths, bool may_lack)
{
	return (tenths >= 0 && tenths <= 100) || (may_lack && tenths == CVSS_ABSENT);
}

static void check_scores(const struct cvss *cvss, const char *text)
{
	struct cvss_reason reasons[CVSS_METRICS];
	size_t count = cvss_reasons(cvss, reasons);

	if (!is_score(cvss->base, false) || !is_score(cvss->overall, false) ||
	    !is_score(cvss->temporal, true) || !is_score(cvss->environmental, true))
		BUG("%s has scores out of range", text);
	if (cvss_check(cvss, cvss->base) != CVSS_FIT_BASE)
		BUG("%s does not fit its own base score", text);
	for (size_t i = 0; i < count; i++)
		if (!is_score(reasons[i].drop, false) || reasons[i].drop > cvss->overall)
			BUG("%s would drop by %d", text, reasons[i].drop);
}

static void check_canonical(const struct cvss *cvss, const char *text)
{
	AUTO_STR once = STR_INIT, twice = STR_INIT;
	struct cvss again;

	cvss_vector(cvss, &once);
	if (cvss_parse(once.bytes, &again, NULL) < 0)
		BUG("%s became %s, which is refused", text, once.bytes);
	cvss_vector(&again, &twice);
	if (!str_equal(once.bytes, twice.bytes))
		BUG("%s became %s, then %s", text, once.bytes, twice.bytes);
	if (again.overall != cvss->overall || again.base != cvss->base || again.severity != cvss->severity)
		BUG("%s scores otherwise than %s", text, once.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING text = mem_copy(data, size);
	AUTO_STR repairs = STR_INIT, line = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct cvss strict, lenient;
	bool taken = cvss_parse(text, &strict, &err) == 0;
	int tenths;

	if (!taken && !err.why)
		BUG("%s is refused without a reason", text);
	if (cvss_parse_lenient(text, &lenient, &repairs, NULL) == 0) {
		check_scores(&lenient, text);
		check_canonical(&lenient, text);
		if (taken != (repairs.length == 0))
			BUG("%s: repairs of a right vector, or none of a wrong one", text);
	} else if (taken) {
		BUG("%s is taken by the strict reader alone", text);
	}
	if (cvss_tenths_parse(text, &tenths) == 0 && !is_score(tenths, false))
		BUG("the score %s is read as %d tenths", text, tenths);
	score_line_cvss(text, true, &line);
	return 0;
}
