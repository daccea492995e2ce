/* SPDX-License-Identifier: Apache-2.0 */
/* The tests about scores: structure of CVSS objects, their values, what is scored how. */
#include "format/csaf20.h"

#include "format/check_cvss.h"

/* ---- CVSS objects */

static bool version_of(const json_t *json, enum cvss_version *ret)
{
	const char *version = csaf_text(json, "version");

	for (int v = CVSS_2_0; v <= CVSS_3_1; v++)
		if (str_equal(cvss_version_name((enum cvss_version)v), version)) {
			*ret = (enum cvss_version)v;
			return true;
		}
	return false;
}

/* Scores have one decimal; what was worked out in binary is off by very little. */
static bool is_tenths(double number, int tenths)
{
	double off = number * 10 - tenths;

	return off < 1e-6 && off > -1e-6;
}

void csaf_check_cvss_structure(struct checking *c, const json_t *json, const struct place *place)
{
	bool second = str_equal(place && place->name ? place->name : "", "cvss_v2");
	enum cvss_version version;

	if (!version_of(json, &version) || (version == CVSS_2_0) != second)
		check_found(c, AT(place, "version"), _("the version is not %s"), second ? "2.0" : _("3.0 or 3.1"));
	else
		check_cvss(c, json, version, false, place);
}

/* Every CVSS object of every score. */
typedef void (*cvss_fn)(struct csaf *d, const json_t *cvss, const struct place *place);

static void each_cvss(struct csaf *d, const json_t *score, const struct place *place, void *context)
{
	static const char *const members[] = { "cvss_v2", "cvss_v3", "cvss_v4" };

	for (size_t i = 0; i < (d->c->version == CSAF21 ? 3 : 2); i++) {
		const json_t *cvss = json_object_get(score, members[i]);

		if (json_is_object(cvss))
			(*(cvss_fn *)context)(d, cvss, AT(place, members[i]));
	}
}

static void each_metric(struct csaf *d, const json_t *metric, const struct place *place, void *context)
{
	each_cvss(d, json_object_get(metric, "content"), AT(place, "content"), context);
}

static void walk_cvss(struct csaf *d, cvss_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		csaf_each_item(d, vulnerability, "scores", AT_INDEX(&top, i), each_cvss, &fn);
		if (d->c->version == CSAF21)
			csaf_each_item(d, vulnerability, "metrics", AT_INDEX(&top, i), each_metric, &fn);
	}
}

static void find_structure(struct csaf *d, const json_t *cvss, const struct place *place)
{
	if (str_equal(place->name, "cvss_v4"))
		check_cvss(d->c, cvss, CVSS_4_0, false, place);
	else
		csaf_check_cvss_structure(d->c, cvss, place);
}

CSAF_TEST(cvss_structure)
{
	walk_cvss(d, find_structure);
}

/* ---- 6.1.9: the vector wins */

static void compare_score(struct csaf *d, const json_t *cvss, const char *name, int tenths,
			  const struct place *place)
{
	const json_t *value = json_object_get(cvss, name);
	char due[8];

	if (json_is_number(value) && tenths != CVSS_ABSENT && !is_tenths(json_number_value(value), tenths))
		check_found(d->c, AT(place, name), _("the vector gives %s"), cvss_tenths(tenths, due));
}

static const char *severity_of(int tenths)
{
	static const struct { int least; const char *name; } bands[] = {
		{ 90, "CRITICAL" }, { 70, "HIGH" }, { 40, "MEDIUM" }, { 1, "LOW" }, { 0, "NONE" },
	};
	size_t i = 0;

	while (tenths < bands[i].least)
		i++;
	return bands[i].name;
}

static void compare_severity(struct csaf *d, const json_t *cvss, const char *name, int tenths,
			     const struct place *place)
{
	const char *value = js_string(cvss, name);

	if (value && tenths != CVSS_ABSENT && !str_equal(value, severity_of(tenths)))
		check_found(d->c, AT(place, name), _("the vector gives %s"), severity_of(tenths));
}

/* The environmental equations also apply where the vector has none of their metrics, and may then give another
 * score than the temporal ones: a requirement of medium weighs as one not defined. */
static int environmental_of(const struct cvss *cvss, const char *vector)
{
	AUTO_STRING weighed = mem_format("%s/CR:M", vector);
	AUTO_STR repairs = STR_INIT;
	struct cvss again;

	if (cvss->environmental != CVSS_ABSENT)
		return cvss->environmental;
	return cvss_parse_lenient(weighed, &again, &repairs, NULL) == 0 ? again.environmental : CVSS_ABSENT;
}

static void find_values(struct csaf *d, const json_t *json, const struct place *place)
{
	const char *vector = js_string(json, "vectorString");
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	struct cvss cvss;
	int temporal, environmental;

	if (!vector)
		return;
	if (cvss_parse_lenient(vector, &cvss, &repairs, &why)) {
		check_found(d->c, AT(place, "vectorString"), "%s", str_or_empty(why.why));
		return;
	}
	temporal = cvss.temporal == CVSS_ABSENT ? cvss.base : cvss.temporal;
	environmental = cvss.version == CVSS_4_0 ? CVSS_ABSENT : environmental_of(&cvss, vector);
	compare_score(d, json, "baseScore", cvss.base, place);
	if (cvss.version == CVSS_4_0) {
		compare_severity(d, json, "baseSeverity", cvss.base, place);
		return;
	}
	compare_score(d, json, "temporalScore", temporal, place);
	compare_score(d, json, "environmentalScore", environmental, place);
	if (cvss.version == CVSS_2_0)
		return;
	compare_severity(d, json, "baseSeverity", cvss.base, place);
	compare_severity(d, json, "temporalSeverity", temporal, place);
	compare_severity(d, json, "environmentalSeverity", environmental, place);
}

CSAF_TEST(cvss_values)
{
	walk_cvss(d, find_values);
}

/* ---- 6.1.10: members for single metrics */

static bool parse_any(const json_t *json, struct cvss *ret)
{
	const char *vector = js_string(json, "vectorString");
	AUTO_STR repairs = STR_INIT;

	return vector && cvss_parse_lenient(vector, ret, &repairs, NULL) == 0;
}

/* What a vector that is not whole says of METRIC; NULL: nothing. */
static const char *said_of(const char *vector, const struct cvss_metric *metric)
{
	size_t code = strlen(metric->code);

	for (; vector; vector = strchr(vector, '/')) {
		vector += *vector == '/';
		if (strncmp(vector, metric->code, code) != 0 || vector[code] != ':')
			continue;
		for (size_t v = 0; metric->values[v].code; v++)
			if (strlen(metric->values[v].code) == strcspn(vector + code + 1, "/") &&
			    str_starts(vector + code + 1, metric->values[v].code))
				return metric->values[v].json;
	}
	return NULL;
}

static void find_properties(struct csaf *d, const json_t *json, const struct place *place)
{
	const char *vector = js_string(json, "vectorString");
	enum cvss_version version = CVSS_3_1;
	const struct cvss_metric *metrics;
	struct cvss cvss;
	bool whole = parse_any(json, &cvss);
	size_t count;

	version_of(json, &version);
	metrics = cvss_metrics(whole ? cvss.version : version, &count);
	for (size_t i = 0; vector && i < count; i++) {
		const char *value = js_string(json, metrics[i].json);
		const char *said = whole ? metrics[i].values[cvss.values[i] < 0 ? 0 : cvss.values[i]].json :
					   said_of(vector, &metrics[i]);

		if (value && said && !str_equal(value, said))
			check_found(d->c, AT(place, metrics[i].json), _("the vector says %s"), said);
	}
}

CSAF_TEST(cvss_properties)
{
	walk_cvss(d, find_properties);
}

/* ---- 6.1.7 */

static void add_scored(struct csaf *d, const json_t *score, const struct place *place, void *context)
{
	static const char *const members[] = { "cvss_v2", "cvss_v3" };
	json_t *seen = context, *item;
	size_t i;

	for (size_t m = 0; m < ARRAY_LEN(members); m++) {
		const char *version = csaf_text(json_object_get(score, members[m]), "version");

		if (!json_object_get(score, members[m]))
			continue;
		json_array_foreach(js_array(score, "products"), i, item) {
			AUTO_STRING key = mem_format("%s %s", version, str_or_empty(json_string_value(item)));

			if (json_object_get(seen, key))
				check_found(d->c, AT_INDEX(AT(place, "products"), i),
					    _("the product \"%.60s\" has another score of CVSS %s"),
					    str_or_empty(json_string_value(item)), version);
			json_object_set_new(seen, key, json_true());
		}
	}
}

static void find_scores_twice(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON seen = json_object();

	csaf_each_item(d, vulnerability, "scores", place, add_scored, seen);
}

CSAF_TEST(scores_twice)
{
	csaf_each_vulnerability(d, find_scores_twice);
}

/* ---- 6.2.19: a fixed product's environmental score is 0 */

bool csaf_metric_is(const struct cvss *cvss, const char *code, const char *value)
{
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(cvss->version, &count);

	for (size_t i = 0; i < count; i++)
		if (str_equal(metrics[i].code, code))
			return cvss->values[i] >= 0 && str_equal(metrics[i].values[cvss->values[i]].code, value);
	return false;
}

static bool scores_nothing(const json_t *json)
{
	const json_t *environmental = json_object_get(json, "environmentalScore");
	struct cvss cvss;

	if (json_is_number(environmental))
		return json_number_value(environmental) == 0;
	if (!parse_any(json, &cvss))
		return str_equal(csaf_text(json, "targetDistribution"), "NONE");
	if (cvss.version == CVSS_2_0)
		return csaf_metric_is(&cvss, "TD", "N") || str_equal(csaf_text(json, "targetDistribution"), "NONE");
	return (csaf_metric_is(&cvss, "MC", "N") && csaf_metric_is(&cvss, "MI", "N") && csaf_metric_is(&cvss, "MA", "N")) ||
	       (str_equal(csaf_text(json, "modifiedConfidentialityImpact"), "NONE") &&
		str_equal(csaf_text(json, "modifiedIntegrityImpact"), "NONE") &&
		str_equal(csaf_text(json, "modifiedAvailabilityImpact"), "NONE"));
}

static void find_fixed(struct csaf *d, const json_t *score, const struct place *place, void *context)
{
	static const char *const members[] = { "cvss_v2", "cvss_v3" };
	const json_t *fixed = context;
	json_t *item;
	size_t i;

	for (size_t m = 0; m < ARRAY_LEN(members); m++) {
		const json_t *cvss = json_object_get(score, members[m]);

		if (!cvss || scores_nothing(cvss))
			continue;
		json_array_foreach(js_array(score, "products"), i, item)
			if (json_object_get(fixed, str_or_empty(json_string_value(item))))
				check_found(d->c, AT_INDEX(AT(place, "products"), i),
					    _("the product \"%.60s\" is fixed, its environmental score is not 0"),
					    str_or_empty(json_string_value(item)));
	}
}

static void find_fixed_scores(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON fixed = csaf_products_in(vulnerability, CSAF_FIXED);

	if (json_object_size(fixed))
		csaf_each_item(d, vulnerability, "scores", place, find_fixed, fixed);
}

CSAF_TEST(fixed_score)
{
	csaf_each_vulnerability(d, find_fixed_scores);
}

/* ---- 6.3.1, 6.3.2 */

static void find_only_v2(struct csaf *d, const json_t *score, const struct place *place, void *context)
{
	(void)context;
	if (json_object_get(score, "cvss_v2") && !json_object_get(score, "cvss_v3"))
		check_found(d->c, place, _("it is scored by CVSS 2.0 alone"));
}

static void find_only_v2_in(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "scores", place, find_only_v2, NULL);
}

CSAF_TEST(only_cvss2)
{
	csaf_each_vulnerability(d, find_only_v2_in);
}

static void find_v30(struct csaf *d, const json_t *cvss, const struct place *place)
{
	if (str_equal(csaf_text(cvss, "version"), "3.0"))
		check_found(d->c, AT(place, "version"), _("it is scored by CVSS 3.0; 3.1 is the later one"));
}

CSAF_TEST(cvss30)
{
	walk_cvss(d, find_v30);
}
