/* SPDX-License-Identifier: Apache-2.0 */
/* The checker of CycloneDX BOMs and VEX in JSON, 1.2 to 1.7: which version, and rules beyond the structure. */
#include "format/cyclonedx.h"

#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/purl.h"

enum { DEPTH_MAX = 100 };

/* ---- all components */

typedef void (*component_fn)(struct checking *c, const json_t *component, const struct place *place, void *context);

static void walk(struct checking *c, const json_t *list, const struct place *place, int depth, component_fn fn,
		 void *context)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		const struct place *here = AT_INDEX(place, i);

		fn(c, item, here, context);
		if (depth < DEPTH_MAX)
			walk(c, js_array(item, "components"), AT(here, "components"), depth + 1, fn, context);
	}
}

static void each_component(struct checking *c, const json_t *document, component_fn fn, void *context)
{
	const json_t *subject = json_object_get(json_object_get(document, "metadata"), "component");
	const struct place *place = AT(AT(NULL, "metadata"), "component");

	if (subject) {
		fn(c, subject, place, context);
		walk(c, js_array(subject, "components"), AT(place, "components"), 1, fn, context);
	}
	walk(c, js_array(document, "components"), AT(NULL, "components"), 0, fn, context);
}

/* ---- references */

static void note_ref(struct checking *c, const json_t *item, const struct place *place, void *context)
{
	const char *ref = js_string(item, "bom-ref");

	if (!ref)
		return;
	if (json_object_get(context, ref))
		check_found(c, AT(place, "bom-ref"), _("\"%.60s\" is the bom-ref of something else already"), ref);
	json_object_set_new(context, ref, json_true());
}

static void note_services(struct checking *c, const json_t *list, const struct place *place, int depth, json_t *refs)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		note_ref(c, item, AT_INDEX(place, i), refs);
		if (depth < DEPTH_MAX)
			note_services(c, js_array(item, "services"), AT(AT_INDEX(place, i), "services"), depth + 1,
				      refs);
	}
}

static void note_refs(struct checking *c, const json_t *document, json_t *refs)
{
	static const char *const lists[] = { "vulnerabilities", "compositions", "annotations", "citations" };

	each_component(c, document, note_ref, refs);
	note_services(c, js_array(document, "services"), AT(NULL, "services"), 0, refs);
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		const struct place *list = AT(NULL, lists[l]);
		json_t *item;
		size_t i;

		json_array_foreach(js_array(document, lists[l]), i, item)
			note_ref(c, item, AT_INDEX(list, i), refs);
	}
}

static void ref_twice(struct checking *c, const json_t *document)
{
	AUTO_JSON refs = json_object();

	note_refs(c, document, refs);
}

/* The refs there are, without findings. */
static json_t *refs_of(struct checking *c, const json_t *document)
{
	struct check_report aside = { 0 };
	struct checking silent = *c;
	json_t *refs = json_object();

	silent.report = &aside;
	silent.found = 0;
	note_refs(&silent, document, refs);
	check_report_release(&aside);
	return refs;
}

static void check_target(struct checking *c, const json_t *refs, const json_t *value, const struct place *place)
{
	const char *ref = json_string_value(value);

	if (ref && !json_object_get(refs, ref) && !str_starts(ref, "urn:cdx:"))
		check_found(c, place, _("\"%.60s\" is the bom-ref of nothing in this BOM"), ref);
}

static void dangling_dependency(struct checking *c, const json_t *document)
{
	static const char *const lists[] = { "dependsOn", "provides" };
	AUTO_JSON refs = refs_of(c, document);
	const struct place top = { NULL, "dependencies", 0 };
	json_t *dependency, *target;
	size_t i, k;

	json_array_foreach(js_array(document, "dependencies"), i, dependency) {
		const struct place *here = AT_INDEX(&top, i);

		check_target(c, refs, json_object_get(dependency, "ref"), AT(here, "ref"));
		for (size_t l = 0; l < ARRAY_LEN(lists); l++)
			json_array_foreach(js_array(dependency, lists[l]), k, target)
				check_target(c, refs, target, AT_INDEX(AT(here, lists[l]), k));
	}
}

/* ---- vulnerabilities */

typedef void (*vulnerability_fn)(struct checking *c, const json_t *vulnerability, const struct place *place);

static void each_vulnerability(struct checking *c, const json_t *document, vulnerability_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability;
	size_t i;

	json_array_foreach(js_array(document, "vulnerabilities"), i, vulnerability)
		if (json_is_object(vulnerability))
			fn(c, vulnerability, AT_INDEX(&top, i));
}

static void dangling_affects(struct checking *c, const json_t *document)
{
	AUTO_JSON refs = refs_of(c, document);
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *affects;
	size_t i, k;

	json_array_foreach(js_array(document, "vulnerabilities"), i, vulnerability)
		json_array_foreach(js_array(vulnerability, "affects"), k, affects)
			check_target(c, refs, json_object_get(affects, "ref"),
				     AT(AT_INDEX(AT(AT_INDEX(&top, i), "affects"), k), "ref"));
}

static void vulnerability_reason(struct checking *c, const json_t *vulnerability, const struct place *place)
{
	const json_t *analysis = json_object_get(vulnerability, "analysis");
	const char *state = js_string(analysis, "state");
	bool reason = json_object_get(analysis, "justification") || json_object_get(analysis, "detail");

	if (str_equal(state, "not_affected") && !reason)
		check_found(c, AT(place, "analysis"), _("not_affected has neither justification nor detail"));
	else if (!str_equal(state, "not_affected") && json_object_get(analysis, "justification"))
		check_found(c, AT(AT(place, "analysis"), "justification"),
			    _("a justification is for the state not_affected"));
}

static void no_reason(struct checking *c, const json_t *document)
{
	each_vulnerability(c, document, vulnerability_reason);
}

static void vulnerability_vector(struct checking *c, const json_t *vulnerability, const struct place *place)
{
	json_t *rating;
	size_t i;

	json_array_foreach(js_array(vulnerability, "ratings"), i, rating) {
		const char *method = js_string(rating, "method"), *vector = js_string(rating, "vector");
		const struct place *here = AT_INDEX(AT(place, "ratings"), i);
		const json_t *score = json_object_get(rating, "score");
		AUTO_ERROR err = ERROR_INIT;
		struct cvss cvss;
		char text[8];

		if (!vector || !method || !str_starts(method, "CVSS"))
			continue;
		if (cvss_parse(vector, &cvss, &err))
			check_found(c, AT(here, "vector"), "%s", str_or_empty(err.why));
		else if (json_is_number(score) && (int)(json_number_value(score) * 10 + 0.5) != cvss.overall &&
			 (int)(json_number_value(score) * 10 + 0.5) != cvss.base)
			check_found(c, AT(here, "score"), _("the vector gives %s"), cvss_tenths(cvss.overall, text));
	}
}

static void rating_vector(struct checking *c, const json_t *document)
{
	each_vulnerability(c, document, vulnerability_vector);
}

static void vulnerability_cwe(struct checking *c, const json_t *vulnerability, const struct place *place)
{
	json_t *cwe;
	size_t i;

	json_array_foreach(js_array(vulnerability, "cwes"), i, cwe)
		if (json_is_integer(cwe) && !cwe_find((int)json_integer_value(cwe)))
			check_found(c, AT_INDEX(AT(place, "cwes"), i), _("CWE-%lld is not in the catalogue of weaknesses"),
				    (long long)json_integer_value(cwe));
}

static void unknown_cwe(struct checking *c, const json_t *document)
{
	each_vulnerability(c, document, vulnerability_cwe);
}

static void component_purl(struct checking *c, const json_t *component, const struct place *place, void *context)
{
	const char *text = js_string(component, "purl");
	AUTO_PURL purl = PURL_INIT;
	AUTO_ERROR err = ERROR_INIT;

	(void)context;
	if (text && purl_parse(text, &purl, &err))
		check_found(c, AT(place, "purl"), _("it is no package URL: %s"), str_or_empty(err.why));
}

static void bad_purl(struct checking *c, const json_t *document)
{
	each_component(c, document, component_purl, NULL);
}

static const struct check_test rules[] = {
	{ "cdx-ref", N_("One bom-ref for several things"), CHECK_WARNING, ref_twice,
	  N_("Give each thing a bom-ref of its own") },
	{ "cdx-affects", N_("Affected component that is not there"), CHECK_WARNING, dangling_affects,
	  N_("Name the bom-ref of a component, or a BOM-Link") },
	{ "cdx-dependency", N_("Dependency on what is not there"), CHECK_WARNING, dangling_dependency,
	  N_("Name the bom-ref of a component") },
	{ "cdx-reason", N_("State without its reason"), CHECK_WARNING, no_reason,
	  N_("Add the justification, or what was answered") },
	{ "cdx-vector", N_("Vector that cannot be read, or another score"), CHECK_WARNING, rating_vector,
	  N_("Take the score the vector gives") },
	{ "cdx-purl", N_("Package URLs that cannot be read"), CHECK_WARNING, bad_purl,
	  N_("Write a package URL by the rules, like pkg:npm/name@1.0") },
	{ "cdx-cwe", N_("Unknown weakness"), CHECK_INFO, unknown_cwe,
	  N_("Take an id of the catalogue") },
};

/* ---- versions */

static bool cyclonedx_is(const json_t *document, const char *version)
{
	return str_equal(js_string(document, "specVersion"), version) &&
	       (json_object_get(document, "bomFormat") || json_object_get(document, "components") ||
		json_object_get(document, "vulnerabilities"));
}

#define CYCLONEDX(minor, objects_open)                                                                     \
	static bool cyclonedx_is_1##minor(const json_t *document)                                        \
	{                                                                                                \
		return cyclonedx_is(document, "1." #minor);                                              \
	}                                                                                                \
	const struct check_format cyclonedx_1##minor##_format = {                                        \
		.name = "cyclonedx-1." #minor, .is = cyclonedx_is_1##minor, .schema = &cyclonedx_schema, \
		.version = minor, .open = (objects_open), CHECK_RULES(rules)                             \
	}

CYCLONEDX(2, true);
CYCLONEDX(3, true);
CYCLONEDX(4, false);
CYCLONEDX(5, false);
CYCLONEDX(6, false);
CYCLONEDX(7, false);
