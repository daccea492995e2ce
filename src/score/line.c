/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One item in, one line of tab-separated fields out; the judging is done by the modules
 * beside this one.
 */
#include "psirtty/score/line.h"

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
