/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of CSAF 2.1 about metrics and weaknesses: CVSS, EPSS, SSVC, ratings in words, CWE. */
#include "format/csaf21.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/ssvc.h"

static const char catalogue[] = "4.20"; /* of CWE, the one compiled in */

/* ---- every metric of every vulnerability */

typedef void (*metric_fn)(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen);

static void with_metrics(struct csaf *d, const json_t *vulnerability, const struct place *place, metric_fn fn)
{
	AUTO_JSON seen = json_object();
	const struct place *list = AT(place, "metrics");
	json_t *metric;
	size_t i;

	json_array_foreach(js_array(vulnerability, "metrics"), i, metric)
		if (json_is_object(metric))
			fn(d, metric, AT_INDEX(list, i), seen);
}

static void each_metric(struct csaf *d, metric_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		with_metrics(d, vulnerability, AT_INDEX(&top, i), fn);
}

static const json_t *content_of(const json_t *metric)
{
	return json_object_get(metric, "content");
}

static const char *const cvss_members[] = { "cvss_v2", "cvss_v3", "cvss_v4" };

static bool has_cvss(const json_t *content)
{
	for (size_t i = 0; i < ARRAY_LEN(cvss_members); i++)
		if (json_object_get(content, cvss_members[i]))
			return true;
	return false;
}

/* ---- 6.1.7, 6.1.56 */

static void find_twice(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	json_t *product;
	size_t i;

	for (size_t m = 0; m < ARRAY_LEN(cvss_members); m++) {
		const json_t *cvss = json_object_get(content_of(metric), cvss_members[m]);

		json_array_foreach(js_array(metric, "products"), i, product) {
			const char *id = str_or_empty(json_string_value(product));
			AUTO_STRING key = mem_format("%s %s %s", csaf_text(cvss, "version"), id, csaf_text(metric, "source"));

			if (!cvss)
				continue;
			if (json_object_get(seen, key))
				check_found(d->c, AT_INDEX(AT(place, "products"), i),
					    _("the product \"%.60s\" has another score of CVSS %s from this source"), id,
					    csaf_text(cvss, "version"));
			json_object_set_new(seen, key, json_true());
		}
	}
}

CSAF21_TEST(metrics_twice)
{
	each_metric(d, find_twice);
}

/* Bit 1: a score; bit 2: words alone. */
static void find_beside(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	json_int_t kinds = (has_cvss(content_of(metric)) ? 1 : 0) |
			   (json_object_get(content_of(metric), "qualitative_severity_rating") ? 2 : 0);
	json_t *product;
	size_t i;

	json_array_foreach(js_array(metric, "products"), i, product) {
		AUTO_STRING key = mem_format("%s %s", str_or_empty(json_string_value(product)), csaf_text(metric, "source"));
		json_int_t before = js_integer(seen, key, 0);

		if ((before | kinds) == 3 && before != 3)
			check_found(d->c, AT_INDEX(AT(place, "products"), i),
				    _("the product \"%.60s\" has a score and a rating in words from one source"),
				    str_or_empty(json_string_value(product)));
		json_object_set_new(seen, key, json_integer(before | kinds));
	}
}

CSAF21_TEST(rating_beside_score)
{
	each_metric(d, find_beside);
}

static void find_rating(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	(void)seen;
	if (json_object_get(content_of(metric), "qualitative_severity_rating"))
		check_found(d->c, AT(AT(place, "content"), "qualitative_severity_rating"), _("a rating in words says less than a score"));
}

CSAF21_TEST(rating)
{
	each_metric(d, find_rating);
}

static void find_own_rating(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	if (!json_object_get(metric, "source"))
		find_rating(d, metric, place, seen);
}

CSAF21_TEST(rating_own)
{
	each_metric(d, find_own_rating);
}

/* ---- 6.2.3, 6.3.1, 6.3.2, 6.3.12, 6.2.19 */

static void find_unscored(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	static const char *const lists[] = { "first_affected", "known_affected", "last_affected" };
	AUTO_JSON scored = json_object();
	json_t *metric, *product;
	size_t i, k;

	json_array_foreach(js_array(vulnerability, "metrics"), i, metric)
		json_array_foreach(js_array(metric, "products"), k, product)
			if (json_is_string(product))
				json_object_set_new(scored, json_string_value(product), json_true());
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(json_object_get(vulnerability, "product_status"), lists[l]), i, product)
			if (json_is_string(product) && !json_object_get(scored, json_string_value(product)))
				check_found(d->c, AT_INDEX(AT(AT(place, "product_status"), lists[l]), i), _("this product has no metric"));
}

CSAF21_TEST(need_metric)
{
	csaf_each_vulnerability(d, find_unscored);
}

static void find_only2(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	const json_t *content = content_of(metric);

	(void)seen;
	if (json_object_get(content, "cvss_v2") && !json_object_get(content, "cvss_v3") && !json_object_get(content, "cvss_v4"))
		check_found(d->c, AT(place, "content"), _("it is scored by CVSS 2.0 alone"));
}

CSAF21_TEST(only_cvss2)
{
	each_metric(d, find_only2);
}

static void find_30(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	(void)seen;
	if (str_equal(csaf_text(json_object_get(content_of(metric), "cvss_v3"), "version"), "3.0"))
		check_found(d->c, AT(AT(AT(place, "content"), "cvss_v3"), "version"), _("it is scored by CVSS 3.0; 3.1 is the later one"));
}

CSAF21_TEST(cvss30)
{
	each_metric(d, find_30);
}

static void find_no4(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	(void)seen;
	if (has_cvss(content_of(metric)) && !json_object_get(content_of(metric), "cvss_v4"))
		check_found(d->c, AT(place, "content"), _("it is not scored by CVSS 4.0"));
}

CSAF21_TEST(need_cvss4)
{
	each_metric(d, find_no4);
}

static bool all_none(const struct cvss *cvss, const char *const *codes)
{
	while (*codes && csaf_metric_is(cvss, *codes, "N"))
		codes++;
	return !*codes;
}

/* The vector leaves nothing of it in the product's environment. */
static bool is_nothing(const json_t *json)
{
	AUTO_STR repairs = STR_INIT;
	struct cvss cvss;

	if (json_object_get(json, "environmentalScore"))
		return json_number_value(json_object_get(json, "environmentalScore")) == 0;
	if (cvss_parse_lenient(csaf_text(json, "vectorString"), &cvss, &repairs, NULL))
		return true; /* 6.1.9 says so */
	if (cvss.version == CVSS_2_0)
		return csaf_metric_is(&cvss, "TD", "N");
	if (cvss.version == CVSS_4_0)
		return cvss.overall == 0 || all_none(&cvss, (const char *const[]){ "MVC", "MVI", "MVA", "MSC", "MSI", "MSA", NULL });
	return all_none(&cvss, (const char *const[]){ "MC", "MI", "MA", NULL });
}

static void find_fixed(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON fixed = csaf_products_in(vulnerability, CSAF_FIXED);
	json_t *metric, *product;
	size_t i, k;

	json_array_foreach(js_array(vulnerability, "metrics"), i, metric)
		for (size_t m = 0; m < ARRAY_LEN(cvss_members); m++) {
			const json_t *cvss = json_object_get(content_of(metric), cvss_members[m]);

			if (!cvss || is_nothing(cvss))
				continue;
			json_array_foreach(js_array(metric, "products"), k, product)
				if (json_is_string(product) && json_object_get(fixed, json_string_value(product)))
					check_found(d->c, AT_INDEX(AT(AT_INDEX(AT(place, "metrics"), i), "products"), k),
						    _("the product \"%.60s\" is fixed and scored as if it were not"),
						    json_string_value(product));
		}
}

CSAF21_TEST(fixed_metric)
{
	csaf_each_vulnerability(d, find_fixed);
}

/* ---- EPSS: 6.1.51, 6.2.41 */

static instant newest(const struct csaf *d)
{
	return d->revision_count ? d->revisions[d->revision_count - 1].at : INSTANT_NONE;
}

bool csaf21_is_clear(const struct csaf *d)
{
	return str_equal(csaf_text(json_object_get(json_object_get(d->document, "distribution"), "tlp"), "label"), "CLEAR");
}

static void find_late(struct csaf *d, const json_t *metric, const struct place *place, const char *member)
{
	instant at;

	if (csaf_is_final(d) && csaf21_is_clear(d) && newest(d) != INSTANT_NONE &&
	    check_instant(csaf_text(json_object_get(content_of(metric), member), "timestamp"), &at) && at > newest(d))
		check_found(d->c, AT(AT(AT(place, "content"), member), "timestamp"), _("it is later than the newest revision"));
}

static void find_late_epss(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	(void)seen;
	find_late(d, metric, place, "epss");
}

static void find_late_ssvc(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	(void)seen;
	find_late(d, metric, place, "ssvc_v2");
}

CSAF21_TEST(epss_late)
{
	each_metric(d, find_late_epss);
}

CSAF21_TEST(ssvc_late)
{
	each_metric(d, find_late_ssvc);
}

/* Against the newest revision: a document does not age by itself. */
static void find_old_epss(struct csaf *d, const json_t *metric, const struct place *place, json_t *seen)
{
	instant at;

	(void)seen;
	if (newest(d) != INSTANT_NONE && check_instant(csaf_text(json_object_get(content_of(metric), "epss"), "timestamp"), &at) &&
	    newest(d) - at > 15 * INSTANT_DAY)
		check_found(d->c, AT(AT(AT(place, "content"), "epss"), "timestamp"), _("it is more than 15 days older than the newest revision"));
}

CSAF21_TEST(epss_old)
{
	each_metric(d, find_old_epss);
}

/* ---- SSVC: 6.1.46 to 48 */

typedef void (*ssvc_fn)(struct csaf *d, const json_t *vulnerability, const json_t *ssvc, const struct place *place);

static void each_ssvc(struct csaf *d, ssvc_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *metric;
	size_t i, k;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		json_array_foreach(js_array(vulnerability, "metrics"), k, metric) {
			const json_t *ssvc = json_object_get(content_of(metric), "ssvc_v2");

			if (ssvc)
				fn(d, vulnerability, ssvc, AT(AT(AT_INDEX(AT(AT_INDEX(&top, i), "metrics"), k), "content"), "ssvc_v2"));
		}
}

static void find_ssvc_form(struct csaf *d, const json_t *vulnerability, const json_t *ssvc, const struct place *place)
{
	const json_t *list = js_array(ssvc, "selections");
	instant at;
	json_t *one;
	size_t i;

	(void)vulnerability;
	if (!check_instant(csaf_text(ssvc, "timestamp"), &at))
		check_found(d->c, AT(place, "timestamp"), _("the member \"%s\" is missing"), "timestamp");
	if (!json_array_size(list))
		check_found(d->c, AT(place, "selections"), _("the member \"%s\" is missing"), "selections");
	json_array_foreach((json_t *)list, i, one)
		if (!*csaf_text(one, "namespace") || !*csaf_text(one, "key") || !*csaf_text(one, "version") ||
		    !json_array_size(js_array(one, "values")))
			check_found(d->c, AT_INDEX(AT(place, "selections"), i), _("a selection has namespace, key, version and values"));
}

CSAF21_TEST(ssvc_form)
{
	each_ssvc(d, find_ssvc_form);
}

static bool is_named(const json_t *vulnerability, const char *id)
{
	json_t *one;
	size_t i;

	json_array_foreach(js_array(vulnerability, "ids"), i, one)
		if (str_equal(csaf_text(one, "text"), id))
			return true;
	return str_equal(csaf_text(vulnerability, "cve"), id);
}

static void find_ssvc_target(struct csaf *d, const json_t *vulnerability, const json_t *ssvc, const struct place *place)
{
	json_t *target;
	size_t i;

	json_array_foreach(js_array(ssvc, "target_ids"), i, target)
		if (json_is_string(target) && !is_named(vulnerability, json_string_value(target)))
			check_found(d->c, AT_INDEX(AT(place, "target_ids"), i), _("the vulnerability is not called %.60s"),
				    json_string_value(target));
}

CSAF21_TEST(ssvc_target)
{
	each_ssvc(d, find_ssvc_target);
}

/* The values by their keys, in the order of the point's definition. */
static void find_ssvc_values(struct csaf *d, const json_t *selection, const struct ssvc_point *point, const struct place *place)
{
	int last = -1;
	json_t *value;
	size_t i;

	json_array_foreach(js_array(selection, "values"), i, value) {
		int at = -1;

		for (int k = 0; k < point->count; k++)
			if (str_equal(point->values[k].key, csaf_text(value, "key")))
				at = k;
		if (at < 0)
			check_found(d->c, AT_INDEX(AT(place, "values"), i), _("%.40s has no value \"%.40s\""), point->name, csaf_text(value, "key"));
		else if (at < last)
			check_found(d->c, AT_INDEX(AT(place, "values"), i), _("the values do not stand in the order of their definition"));
		last = at > last ? at : last;
	}
}

/* Of namespaces that are registered here; others are their owners' to know. */
static void find_ssvc_points(struct csaf *d, const json_t *vulnerability, const json_t *ssvc, const struct place *place)
{
	size_t count, i;
	const struct ssvc_point *points = ssvc_points(&count);
	json_t *one;

	(void)vulnerability;
	json_array_foreach(js_array(ssvc, "selections"), i, one) {
		const struct ssvc_point *found = NULL;
		bool space = false;

		for (size_t k = 0; k < count; k++) {
			bool ours = str_equal(points[k].space, csaf_text(one, "namespace"));

			space |= ours;
			if (ours && str_equal(points[k].key, csaf_text(one, "key")) && str_equal(points[k].version, csaf_text(one, "version")))
				found = &points[k];
		}
		if (found)
			find_ssvc_values(d, one, found, AT_INDEX(AT(place, "selections"), i));
		else if (space)
			check_found(d->c, AT_INDEX(AT(place, "selections"), i), _("there is no decision point %.40s %.20s in \"%.40s\""),
				    csaf_text(one, "key"), csaf_text(one, "version"), csaf_text(one, "namespace"));
	}
}

CSAF21_TEST(ssvc_points)
{
	each_ssvc(d, find_ssvc_points);
}

/* ---- weaknesses: 6.1.11, 6.2.23 to 26, 6.3.4 */

typedef void (*weakness_fn)(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place);
struct weaknesses { weakness_fn fn; };

static void take_weakness(struct csaf *d, const json_t *json, const struct place *place, void *context)
{
	const char *id = csaf_text(json, "id");

	(*(weakness_fn *)context)(d, json, str_starts(id, "CWE-") ? cwe_find(atoi(id + 4)) : NULL, place);
}

static void each_weakness(struct csaf *d, weakness_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		csaf_each_item(d, vulnerability, "cwes", AT_INDEX(&top, i), take_weakness, &fn);
}

/* Names are those of the version; only that of this catalogue is known here. */
static void find_weakness(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place)
{
	if (!cwe)
		check_found(d->c, AT(place, "id"), _("%.20s is not in the catalogue"), csaf_text(json, "id"));
	else if (str_equal(csaf_text(json, "version"), catalogue) && !str_equal(cwe->name, csaf_text(json, "name")))
		check_found(d->c, AT(place, "name"), _("%.20s is called \"%s\""), csaf_text(json, "id"), cwe->name);
}

CSAF21_TEST(weakness)
{
	each_weakness(d, find_weakness);
}

static void find_deprecated(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place)
{
	if (cwe && str_equal(cwe->status, "Deprecated"))
		check_found(d->c, place, _("%.20s is deprecated"), csaf_text(json, "id"));
}

CSAF21_TEST(weakness_deprecated)
{
	each_weakness(d, find_deprecated);
}

static void find_old(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place)
{
	(void)cwe;
	if (!str_equal(csaf_text(json, "version"), catalogue))
		check_found(d->c, AT(place, "version"), _("the newest version of CWE known here is %s"), catalogue);
}

CSAF21_TEST(old_catalogue)
{
	each_weakness(d, find_old);
}

static void find_unusable(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place)
{
	if (cwe && !cwe_usable(cwe))
		check_found(d->c, place, _("%.20s is not for classifying vulnerabilities: %s"), csaf_text(json, "id"), cwe->usage);
}

CSAF21_TEST(weakness_usage)
{
	each_weakness(d, find_unusable);
}

static void find_review(struct csaf *d, const json_t *json, const struct cwe *cwe, const struct place *place)
{
	if (cwe && str_equal(cwe->usage, "Allowed-with-Review"))
		check_found(d->c, place, _("%.20s may classify a vulnerability after a review"), csaf_text(json, "id"));
}

CSAF21_TEST(weakness_review)
{
	each_weakness(d, find_review);
}

static void find_no_cwes(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "cwes"))
		check_found(d->c, place, _("the vulnerability has no CWE"));
}

CSAF21_TEST(need_cwes)
{
	csaf_each_vulnerability(d, find_no_cwes);
}
