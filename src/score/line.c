/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One item in, one line of tab-separated fields out; the judging is done by the modules
 * beside this one.
 */
#include "psirtty/score/line.h"

#include "psirtty/base/i18n.h"
#include "psirtty/score/cvss.h"

static void add_field(struct str *ret, const char *field)
{
	str_add_char(ret, '\t');
	tsv_add(ret, field);
}

/* The lines of REPAIRS as one field. */
static void add_repairs(struct str *ret, const struct str *repairs)
{
	AUTO_STR joined = STR_INIT;
	size_t i;

	for (i = 0; i < repairs->length; i++)
		if (repairs->bytes[i] != '\n')
			str_add_char(&joined, repairs->bytes[i]);
		else if (i + 1 < repairs->length)
			str_add(&joined, "; ");
	add_field(ret, joined.bytes);
}

void score_line_cvss(const char *vector, bool lenient, struct str *ret)
{
	AUTO_STR repairs = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct cvss cvss;
	char number[8];
	int code;

	tsv_add(ret, vector);
	code = lenient ? cvss_parse_lenient(vector, &cvss, &repairs, &err)
		       : cvss_parse(vector, &cvss, &err);
	if (code < 0) {
		add_field(ret, "invalid");
		add_field(ret, err.why);
		return;
	}
	add_field(ret, cvss_version_name(cvss.version));
	add_field(ret, cvss_tenths(cvss.base, number));
	add_field(ret, cvss_tenths(cvss.temporal, number));
	add_field(ret, cvss_tenths(cvss.environmental, number));
	add_field(ret, cvss_tenths(cvss.overall, number));
	add_field(ret, cvss_severity_name(cvss.severity));
	add_field(ret, cvss.nomenclature);
	if (lenient)
		add_repairs(ret, &repairs);
}

int score_line_check(const char *vector, const char *score, struct str *ret)
{
	AUTO_ERROR err = ERROR_INIT;
	struct cvss cvss;
	enum cvss_fit fit;
	int tenths;
	char number[8];

	tsv_add(ret, vector);
	add_field(ret, score);
	if (cvss_parse(vector, &cvss, &err) < 0 || cvss_tenths_parse(score, &tenths) < 0) {
		add_field(ret, "invalid");
		add_field(ret, err.why ? err.why : _("the score is not a number from 0.0 to 10.0"));
		return ERR_NO;
	}
	fit = cvss_check(&cvss, tenths);
	add_field(ret, cvss_fit_code(fit));
	add_field(ret, cvss_tenths(cvss.base, number));
	add_field(ret, cvss_fit_sentence(fit));
	return fit == CVSS_FIT_BASE ? 0 : ERR_NO;
}

void score_lines_why(const struct cvss *cvss, struct str *ret)
{
	struct cvss_reason reasons[CVSS_METRICS];
	size_t count = cvss_reasons(cvss, reasons), total, i;
	const struct cvss_metric *metrics = cvss_metrics(cvss->version, &total);
	char number[8];

	for (i = 0; i < count; i++) {
		const struct cvss_metric *metric = &metrics[reasons[i].metric];

		tsv_add(ret, metric->code);
		add_field(ret, metric->values[reasons[i].value].code);
		add_field(ret, metric->values[reasons[i].mildest].code);
		add_field(ret, cvss_tenths(reasons[i].drop, number));
		add_field(ret, metric->name);
		str_add_char(ret, '\n');
	}
}
