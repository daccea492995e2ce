/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS objects as FIRST's JSON schemas want them, from the table of metrics. */
#include "csaf_private.h"

const struct case_score *csaf_score_of(const struct case_state *state, enum cvss_version version)
{
	const struct case_score *best = NULL;

	for (size_t i = 0; i < state->score_count; i++) {
		const struct case_score *score = &state->scores[i];

		if (score->cvss.version != version)
			continue;
		if (str_equal(score->issuer, "us"))
			return score;
		if (!best || score->at > best->at)
			best = score;
	}
	return best;
}

/* The bands of CVSS 3.0 §5 and 3.1 §5, in tenths. */
static const char *severity(int tenths)
{
	static const struct { int least; enum cvss_severity severity; } bands[] = {
		{ 90, CVSS_CRITICAL }, { 70, CVSS_HIGH }, { 40, CVSS_MEDIUM }, { 1, CVSS_LOW }, { 0, CVSS_NONE },
	};
	size_t i = 0;

	while (tenths < bands[i].least)
		i++;
	return cvss_severity_name(bands[i].severity);
}

/* baseScore with baseSeverity and so on; CVSS 2.0 has no severities. */
static void add_score(json_t *object, const char *group, int tenths, bool severities)
{
	AUTO_STRING score = mem_format("%sScore", group);
	AUTO_STRING words = mem_format("%sSeverity", group);

	if (tenths == CVSS_ABSENT)
		return;
	json_object_set_new(object, score, json_real(tenths / 10.0));
	if (severities)
		js_set_string(object, words, severity(tenths));
}

json_t *csaf_cvss_object(const struct cvss *cvss)
{
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(cvss->version, &count);
	bool severities = cvss->version != CVSS_2_0;
	json_t *object = json_object();
	AUTO_STR vector = STR_INIT;

	cvss_vector(cvss, &vector);
	js_set_string(object, "version", cvss_version_name(cvss->version));
	js_set_string(object, "vectorString", vector.bytes);
	add_score(object, "base", cvss->base, severities);
	add_score(object, "temporal", cvss->temporal, severities);
	add_score(object, "environmental", cvss->environmental, severities);
	for (size_t i = 0; i < count; i++) {
		int value = cvss->values[i];

		/* What is not defined is not in the canonical vector either. */
		if (value >= 0 && !str_equal(metrics[i].values[value].json, "NOT_DEFINED"))
			js_set_string(object, metrics[i].json, metrics[i].values[value].json);
	}
	return object;
}

json_t *csaf_scores(const struct csaf_build *build)
{
	static const struct { enum cvss_version version; const char *member; } rows[] = {
		{ CVSS_4_0, "cvss_v4" }, { CVSS_3_1, "cvss_v3" }, { CVSS_3_0, "cvss_v3" }, { CVSS_2_0, "cvss_v2" },
	};
	json_t *ids = csaf_product_ids(build, 1u << AFFECTED_AFFECTED);
	json_t *entry = json_object(), *list = json_array();

	if (!ids)
		ids = csaf_product_ids(build, 1u << AFFECTED_INVESTIGATING | 1u << AFFECTED_UNKNOWN |
							1u << AFFECTED_NO_ANSWER);
	for (size_t i = 0; ids && i < ARRAY_LEN(rows); i++) {
		const struct case_score *score = csaf_score_of(build->state, rows[i].version);

		if (score && !json_object_get(entry, rows[i].member))
			json_object_set_new(entry, rows[i].member, csaf_cvss_object(&score->cvss));
	}
	if (!ids || json_object_size(entry) == 0) {
		json_decref(entry);
		json_decref(list);
		json_decref(ids);
		return NULL;
	}
	json_object_set_new(entry, "products", ids);
	json_array_append_new(list, entry);
	return list;
}
