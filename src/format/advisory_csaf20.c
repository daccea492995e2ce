/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as CSAF 2.0: what that has no place for goes into a note or the next stricter member. */
#include "format/advisory_private.h"
#include "format/csaf_private.h"

static const char calculator[] = "https://www.first.org/cvss/calculator/4.0#";

/* A CVSS 4.0 score as a note of the vulnerability and a reference of the document. */
static void note_cvss4(json_t *document, json_t *vulnerability, const json_t *score)
{
	const char *vector = str_or_empty(js_string(score, "vectorString"));
	AUTO_STRING url = mem_format("%s%s", calculator, vector);
	AUTO_STRING text = NULL;
	struct cvss cvss;
	char tenths[8];
	size_t i;
	json_t *known;

	if (cvss_parse(vector, &cvss, NULL) == 0)
		text = mem_format("%s\n%s %s, %s", vector, cvss.nomenclature, cvss_tenths(cvss.overall, tenths),
				  cvss_severity_name(cvss.severity));
	adv_list_add(vulnerability, "notes", csaf_note("other", "CVSS 4.0", text ? text : vector));
	json_array_foreach(js_array(document, "references"), i, known)
		if (str_equal(js_string(known, "url"), url))
			return;
	adv_list_add(document, "references",
		     adv_object("category", "external", "summary",
				"CVSS 4.0 calculator with the vector of this vulnerability", "url", url, NULL));
}

static void lower_scores(json_t *document, json_t *vulnerability)
{
	json_t *scores = js_array(vulnerability, "scores");

	for (size_t i = json_array_size(scores); i-- > 0;) {
		json_t *score = json_array_get(scores, i), *newest = json_object_get(score, "cvss_v4");

		if (!newest)
			continue;
		note_cvss4(document, vulnerability, newest);
		json_object_del(score, "cvss_v4");
		if (!json_object_get(score, "cvss_v3") && !json_object_get(score, "cvss_v2"))
			json_array_remove(scores, i);
	}
	if (scores && !json_array_size(scores))
		json_object_del(vulnerability, "scores");
}

/* What is not known must never read as safe. */
static void lower_status(struct writing *w, json_t *vulnerability)
{
	json_t *status = json_object_get(vulnerability, "product_status"), *unknown = js_array(status, "unknown");
	AUTO_JSON told = json_object();
	size_t i;
	json_t *id;

	if (!unknown)
		return;
	adv_lose(w, _("CSAF 2.0 has no status \"unknown\": those products are under investigation there"));
	json_array_foreach(js_array(status, "under_investigation"), i, id)
		json_object_set_new(told, str_or_empty(json_string_value(id)), json_true());
	json_array_foreach(unknown, i, id)
		if (json_is_string(id) && !json_object_get(told, json_string_value(id)))
			adv_list_add(status, "under_investigation", json_incref(id));
	json_object_del(status, "unknown");
}

int adv_write_csaf20(struct writing *w, struct str *ret, struct error *err)
{
	AUTO_JSON tree = json_deep_copy(w->tree);
	json_t *document = json_object_get(tree, "document"), *vulnerability;
	size_t i;

	(void)err;
	json_array_foreach(js_array(tree, "vulnerabilities"), i, vulnerability) {
		if (adv_score(vulnerability, "cvss_v4"))
			adv_lose(w, _("CSAF 2.0 has no CVSS 4.0: that score stands in a note and a reference"));
		lower_scores(document, vulnerability);
		lower_status(w, vulnerability);
	}
	js_dump_pretty(tree, ret);
	return 0;
}
