/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of CVSS objects as JSON, after FIRST's schemas, for the formats that embed them. */
#include "format/check_cvss.h"

/* A component "AV:N" that the version has, in whatever order and however often: FIRST's patterns. */
static bool component_known(enum cvss_version version, const char *text, size_t length)
{
	size_t count, colon = strcspn(text, ":");
	const struct cvss_metric *metrics = cvss_metrics(version, &count);

	for (size_t i = 0; colon < length && i < count; i++) {
		if (strlen(metrics[i].code) != colon || strncmp(metrics[i].code, text, colon) != 0)
			continue;
		for (size_t v = 0; metrics[i].values[v].code; v++)
			if (strlen(metrics[i].values[v].code) == length - colon - 1 &&
			    strncmp(metrics[i].values[v].code, text + colon + 1, length - colon - 1) == 0)
				return true;
	}
	return false;
}

bool check_cvss_vector(enum cvss_version version, const char *vector)
{
	if (version != CVSS_2_0) {
		AUTO_STRING prefix = mem_format("CVSS:%s/", cvss_version_name(version));

		if (!str_starts(vector, prefix))
			return false;
		vector += strlen(prefix);
	}
	for (;;) {
		size_t length = strcspn(vector, "/");

		if (!component_known(version, vector, length))
			return false;
		if (!vector[length])
			return true;
		vector += length + 1;
	}
}

static long long nearest(double number)
{
	return (long long)(number + 0.5);
}

static void check_number(struct checking *c, const json_t *json, const char *name, bool need,
			 enum cvss_version version, const struct place *place)
{
	const json_t *value = json_object_get(json, name);
	double number = json_number_value(value), tenths = number * 10;
	bool parted = tenths - (double)nearest(tenths) > 1e-6 || (double)nearest(tenths) - tenths > 1e-6;

	if (!value && need)
		check_found(c, place, _("the member \"%s\" is missing"), name);
	if (!value)
		return;
	/* The schemas before 4.0 do not count the decimals. */
	if (!json_is_number(value) || number < 0 || number > 10 || (version == CVSS_4_0 && parted))
		check_found(c, AT(place, name), _("it is no score of 0 to 10 with one decimal"));
}

static void check_word(struct checking *c, const json_t *json, const char *name, const char *const *words,
		       const struct place *place)
{
	const json_t *value = json_object_get(json, name);

	if (!value)
		return;
	for (; *words; words++)
		if (str_equal(*words, str_or_empty(json_string_value(value))))
			return;
	check_found(c, AT(place, name), _("\"%.40s\" is none of the words the standard has"),
		    str_or_empty(json_string_value(value)));
}

static void check_metrics(struct checking *c, const json_t *json, enum cvss_version version,
			  const struct place *place)
{
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(version, &count);

	for (size_t i = 0; i < count; i++) {
		const char *words[9] = { NULL };

		for (size_t v = 0; metrics[i].values[v].code; v++)
			words[v] = metrics[i].values[v].json;
		check_word(c, json, metrics[i].json, words, place);
	}
}

static const char *const severities[] = { "NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL", NULL };

static void check_severities(struct checking *c, const json_t *json, const struct place *place)
{
	if (!json_object_get(json, "baseSeverity"))
		check_found(c, place, _("the member \"%s\" is missing"), "baseSeverity");
	check_word(c, json, "baseSeverity", severities, place);
	check_word(c, json, "temporalSeverity", severities, place);
	check_word(c, json, "environmentalSeverity", severities, place);
}

/* The band of the score, which the newer schemas tie to the word. */
static void check_band(struct checking *c, const json_t *json, const struct place *place)
{
	static const int least[] = { 0, 1, 40, 70, 90, 101 };
	const char *word = js_string(json, "baseSeverity");
	const json_t *score = json_object_get(json, "baseScore");
	long long tenths = nearest(json_number_value(score) * 10);

	for (size_t i = 0; word && json_is_number(score) && severities[i]; i++)
		if (str_equal(severities[i], word) && (tenths < least[i] || tenths >= least[i + 1]))
			check_found(c, AT(place, "baseSeverity"), _("%s is not the severity of the score %.1f"), word,
				    json_number_value(score));
}

static bool is_member(enum cvss_version version, const char *name)
{
	static const char *const scores[] = { "temporalScore", "environmentalScore", "temporalSeverity",
					      "environmentalSeverity" };
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(version, &count);

	if (str_equal(name, "version") || str_equal(name, "vectorString") || str_equal(name, "baseScore") ||
	    (version != CVSS_2_0 && str_equal(name, "baseSeverity")))
		return true;
	for (size_t i = 0; version != CVSS_4_0 && i < (version == CVSS_2_0 ? 2 : ARRAY_LEN(scores)); i++)
		if (str_equal(name, scores[i]))
			return true;
	for (size_t i = 0; i < count; i++)
		if (str_equal(name, metrics[i].json))
			return true;
	return false;
}

static void check_members(struct checking *c, const json_t *json, enum cvss_version version,
			  const struct place *place)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)json, name, value)
		if (!is_member(version, name))
			check_found(c, AT(place, name), _("the standard has no member \"%.60s\" here"), name);
}

static bool vector_is_right(enum cvss_version version, const char *vector)
{
	struct cvss cvss;

	if (version == CVSS_4_0)
		return cvss_parse(vector, &cvss, NULL) == 0 && cvss.version == CVSS_4_0;
	return check_cvss_vector(version, vector);
}

void check_cvss(struct checking *c, const json_t *json, enum cvss_version version, bool closed,
		const struct place *place)
{
	const char *vector = js_string(json, "vectorString");

	if (!str_equal(js_string(json, "version"), cvss_version_name(version)))
		check_found(c, AT(place, "version"), _("the version is not %s"), cvss_version_name(version));
	if (!vector)
		check_found(c, place, _("the member \"%s\" is missing"), "vectorString");
	else if (!vector_is_right(version, vector))
		check_found(c, AT(place, "vectorString"), _("it is no vector of CVSS %s"), cvss_version_name(version));
	check_number(c, json, "baseScore", true, version, place);
	if (version != CVSS_4_0) {
		check_number(c, json, "temporalScore", false, version, place);
		check_number(c, json, "environmentalScore", false, version, place);
	}
	check_metrics(c, json, version, place);
	if (version != CVSS_2_0)
		check_severities(c, json, place);
	if (closed) {
		check_band(c, json, place);
		check_members(c, json, version, place);
	}
}
