/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of CVE records: which structure a document must have, and what the CVE services and readers of
 * records ask for beyond it.
 */
#include "format/cve.h"

#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/purl.h"

/* ---- the containers of a document */

typedef void (*container_fn)(struct checking *c, const json_t *container, const struct place *place);

static void each_container(struct checking *c, const json_t *document, container_fn fn)
{
	static const char *const bodies[] = { "cnaContainer", "adpContainer" };
	const json_t *containers = json_object_get(document, "containers"), *item;
	const struct place *here = AT(NULL, "containers"), *adp = AT(here, "adp");
	size_t i;

	for (i = 0; i < ARRAY_LEN(bodies); i++)
		if (json_is_object(json_object_get(document, bodies[i])))
			fn(c, json_object_get(document, bodies[i]), AT(NULL, bodies[i]));
	if (json_is_object(json_object_get(containers, "cna")))
		fn(c, json_object_get(containers, "cna"), AT(here, "cna"));
	json_array_foreach(js_array(containers, "adp"), i, item)
		if (json_is_object(item))
			fn(c, item, AT_INDEX(adp, i));
}

typedef void (*item_fn)(struct checking *c, const json_t *item, const struct place *place);

static void each_item(struct checking *c, const json_t *object, const char *name, const struct place *place,
		      item_fn fn)
{
	const struct place *list = AT(place, name);
	json_t *item;
	size_t i;

	json_array_foreach(js_array(object, name), i, item)
		if (json_is_object(item))
			fn(c, item, AT_INDEX(list, i));
}

/* ---- texts */

static const char *const text_lists[] = { "descriptions", "rejectedReasons" };

/* The services compare English tags as written: en and en-CA are two texts, en and en are not. */
static void twice_in(struct checking *c, const json_t *list, const struct place *place)
{
	AUTO_JSON seen = json_object();
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		const char *tag = js_string(item, "lang");

		if (!tag || !cve_is_english(tag))
			continue;
		if (json_object_get(seen, tag))
			check_found(c, AT(AT_INDEX(place, i), "lang"), _("there is already a text in %s"), tag);
		json_object_set_new(seen, tag, json_true());
	}
}

static void container_english_twice(struct checking *c, const json_t *container, const struct place *place)
{
	for (size_t i = 0; i < ARRAY_LEN(text_lists); i++)
		twice_in(c, js_array(container, text_lists[i]), AT(place, text_lists[i]));
}

static void english_twice(struct checking *c, const json_t *document)
{
	each_container(c, document, container_english_twice);
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n\v\f")];
}

static void text_blank(struct checking *c, const json_t *item, const struct place *place)
{
	const char *value = js_string(item, "value");

	if (value && *value && is_blank(value))
		check_found(c, AT(place, "value"), _("the text is only white space"));
}

static void container_blank(struct checking *c, const json_t *container, const struct place *place)
{
	for (size_t i = 0; i < ARRAY_LEN(text_lists); i++)
		each_item(c, container, text_lists[i], place, text_blank);
}

static void blank_text(struct checking *c, const json_t *document)
{
	each_container(c, document, container_blank);
}

/* ---- dates */

static bool read_time(const char *text, instant *ret)
{
	AUTO_STRING zoned = mem_format("%sZ", text);

	return instant_parse(text, ret, NULL) == 0 || instant_parse(zoned, ret, NULL) == 0;
}

static void container_future(struct checking *c, const json_t *container, const struct place *place)
{
	const char *text = js_string(container, "datePublic");
	instant at;

	if (text && c->request->now > 0 && read_time(text, &at) && at > c->request->now + INSTANT_DAY)
		check_found(c, AT(place, "datePublic"), _("it lies in the future, which the services refuse"));
}

static void future_date(struct checking *c, const json_t *document)
{
	each_container(c, document, container_future);
}

/* ---- products */

static void product_purl(struct checking *c, const json_t *product, const struct place *place)
{
	const char *text = js_string(product, "packageURL");
	AUTO_PURL purl = PURL_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (!text)
		return;
	if (purl_parse(text, &purl, &err))
		check_found(c, AT(place, "packageURL"), _("it is no package URL: %s"), str_or_empty(err.why));
	else if (purl.version)
		check_found(c, AT(place, "packageURL"), _("it names the version %.60s, which belongs into versions"),
			    purl.version);
}

static void container_purl(struct checking *c, const json_t *container, const struct place *place)
{
	each_item(c, container, "affected", place, product_purl);
}

static void versioned_purl(struct checking *c, const json_t *document)
{
	each_container(c, document, container_purl);
}

/* ---- scores and weaknesses */

static void metric_score(struct checking *c, const json_t *metric, const struct place *place)
{
	static const char *const members[] = { "cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const json_t *object = json_object_get(metric, members[i]);
		const char *vector = js_string(object, "vectorString");
		const struct place *here = AT(place, members[i]);
		AUTO_ERROR err = ERROR_INIT;
		struct cvss cvss;
		char text[8];
		int due;

		if (!vector)
			continue;
		if (cvss_parse(vector, &cvss, &err)) {
			check_found(c, AT(here, "vectorString"), "%s", str_or_empty(err.why));
			continue;
		}
		due = cvss.version == CVSS_4_0 ? cvss.overall : cvss.base;
		if ((int)(json_number_value(json_object_get(object, "baseScore")) * 10 + 0.5) != due)
			check_found(c, AT(here, "baseScore"), _("the vector gives %s"), cvss_tenths(due, text));
	}
}

static void container_score(struct checking *c, const json_t *container, const struct place *place)
{
	each_item(c, container, "metrics", place, metric_score);
}

static void score_differs(struct checking *c, const json_t *document)
{
	each_container(c, document, container_score);
}

static void problem_cwe(struct checking *c, const json_t *problem, const struct place *place)
{
	const char *id = js_string(problem, "cweId");

	if (id && str_starts(id, "CWE-") && !cwe_find((int)strtol(id + 4, NULL, 10)))
		check_found(c, AT(place, "cweId"), _("%.20s is not in the catalogue of weaknesses"), id);
}

static void type_cwe(struct checking *c, const json_t *type, const struct place *place)
{
	each_item(c, type, "descriptions", place, problem_cwe);
}

static void container_cwe(struct checking *c, const json_t *container, const struct place *place)
{
	each_item(c, container, "problemTypes", place, type_cwe);
}

static void unknown_cwe(struct checking *c, const json_t *document)
{
	each_container(c, document, container_cwe);
}

/* ---- the table */

static const struct check_test rules[] = {
	{ "cve-language", N_("Several texts of one English language tag"), CHECK_ERROR, english_twice,
	  N_("Leave one of them") },
	{ "cve-blank", N_("Texts of white space only"), CHECK_ERROR, blank_text,
	  N_("Write the text, or leave it out") },
	{ "cve-future", N_("Date of publication in the future"), CHECK_ERROR, future_date,
	  N_("Correct the date") },
	{ "cve-purl", N_("Package URL with a version, or none"), CHECK_ERROR, versioned_purl,
	  N_("Leave the version out of the package URL") },
	{ "cve-score", N_("Score that differs from its vector"), CHECK_WARNING, score_differs,
	  N_("Take the value the vector gives") },
	{ "cve-cwe", N_("Unknown weakness"), CHECK_WARNING, unknown_cwe,
	  N_("Take an id of the catalogue") },
};

/* ---- which structure */

static bool cve_is(const json_t *document)
{
	return str_starts(str_or_empty(js_string(document, "dataType")), "CVE") ||
	       json_is_object(json_object_get(document, "cveMetadata")) ||
	       json_object_get(document, "cnaContainer") || json_object_get(document, "adpContainer");
}

static const struct schema *schema_of(const json_t *document)
{
	const json_t *body = json_object_get(document, "cnaContainer");

	if (json_object_get(document, "adpContainer"))
		return &cve_adp_schema;
	if (body)
		return json_object_get(body, "rejectedReasons") ? &cve_cna_rejected_schema : &cve_cna_published_schema;
	return str_equal(js_string(json_object_get(document, "cveMetadata"), "state"), "REJECTED") ?
		       &cve_rejected_schema : &cve_published_schema;
}

static void cve_run(struct checking *c, const json_t *document)
{
	check_structure(c, schema_of(document), document);
	check_rules(c, rules, ARRAY_LEN(rules), document);
}

const struct check_format cve_format = { .name = "cve-5", .is = cve_is, .run = cve_run, CHECK_RULES(rules) };
