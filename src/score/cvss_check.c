/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to a vector that has been scored: what a published score is, and which metric makes
 * the score what it is. Both are answered by scoring variants of the vector.
 */
#include "psirtty/score/cvss.h"

#include <string.h>

#include "psirtty/base/i18n.h"
#include "score/cvss_private.h"

static void rescore(struct cvss *cvss)
{
	cvss->temporal = cvss->environmental = CVSS_ABSENT;
	cvss_table_of(cvss->version)->score(cvss);
}

/* The overall score without the metrics of GROUP. */
static int score_without(const struct cvss *cvss, const char *group)
{
	const struct cvss_table *table = cvss_table_of(cvss->version);
	struct cvss reduced = *cvss;
	int i;

	for (i = 0; i < table->count; i++)
		if (str_equal(table->metrics[i].group, group))
			reduced.values[i] = CVSS_ABSENT;
	rescore(&reduced);
	return reduced.overall;
}

/* ---- published scores */

int cvss_tenths_parse(const char *text, int *ret_tenths)
{
	int whole = 0, tenth = 0;
	size_t digits = strspn(text, "0123456789"), i;

	if (digits == 0 || digits > 2)
		return ERR_NO;
	for (i = 0; i < digits; i++)
		whole = whole * 10 + (text[i] - '0');
	text += digits;
	if (*text == '.') {
		if (text[1] < '0' || text[1] > '9')
			return ERR_NO;
		tenth = text[1] - '0';
		text += 2;
		text += strspn(text, "0");
	}
	if (*text || whole * 10 + tenth > 100)
		return ERR_NO;
	*ret_tenths = whole * 10 + tenth;
	return 0;
}

static enum cvss_fit check_4(const struct cvss *cvss, int tenths)
{
	const char *groups = cvss->nomenclature + strlen("CVSS-B");
	bool threat = strchr(groups, 'T'), environment = strchr(groups, 'E');

	if (threat && score_without(cvss, "environmental") == tenths)
		return CVSS_FIT_BT;
	if (environment && score_without(cvss, "threat") == tenths)
		return CVSS_FIT_BE;
	return threat && environment && cvss->overall == tenths ? CVSS_FIT_BTE : CVSS_FIT_WRONG;
}

enum cvss_fit cvss_check(const struct cvss *cvss, int tenths)
{
	if (tenths == cvss->base)
		return CVSS_FIT_BASE;
	if (cvss->version == CVSS_4_0)
		return check_4(cvss, tenths);
	if (tenths == cvss->temporal)
		return CVSS_FIT_TEMPORAL;
	return tenths == cvss->environmental ? CVSS_FIT_ENVIRONMENTAL : CVSS_FIT_WRONG;
}

static const struct {
	const char *code, *sentence;
} fits[] = {
#define X(id, code, sentence) [id] = {code, sentence},
	CVSS_FITS(X)
#undef X
};

const char *cvss_fit_code(enum cvss_fit fit)
{
	return fits[fit].code;
}

const char *cvss_fit_sentence(enum cvss_fit fit)
{
	return _(fits[fit].sentence);
}

/* ---- why */

/* Base metrics have no "not defined"; of the others only what is defined counts as set. */
static bool is_reason(const struct cvss *cvss, const struct cvss_table *table, int metric)
{
	if (str_equal(table->metrics[metric].group, "supplemental"))
		return false;
	return metric < table->mandatory ? cvss->values[metric] != CVSS_ABSENT
					 : cvss->values[metric] > 0;
}

static struct cvss_reason reason_of(const struct cvss *cvss, const struct cvss_metric *metric,
				    int index)
{
	struct cvss_reason reason = {index, cvss->values[index], cvss->values[index], 0};
	int v;

	for (v = 0; metric->values[v].code; v++) {
		struct cvss variant = *cvss;

		variant.values[index] = (signed char)v;
		rescore(&variant);
		if (cvss->overall - variant.overall > reason.drop) {
			reason.drop = cvss->overall - variant.overall;
			reason.mildest = v;
		}
	}
	return reason;
}

size_t cvss_reasons(const struct cvss *cvss, struct cvss_reason ret[CVSS_METRICS])
{
	const struct cvss_table *table = cvss_table_of(cvss->version);
	size_t count = 0, at;
	int i;

	for (i = 0; i < table->count; i++) {
		struct cvss_reason reason;

		if (!is_reason(cvss, table, i))
			continue;
		reason = reason_of(cvss, &table->metrics[i], i);
		for (at = count++; at > 0 && ret[at - 1].drop < reason.drop; at--)
			ret[at] = ret[at - 1];
		ret[at] = reason;
	}
	return count;
}
