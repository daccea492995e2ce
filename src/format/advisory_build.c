/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building the tree of an advisory out of another format: products in branches, one status for each product of a
 * vulnerability, scores, remedies and dates, so that what comes out is a valid CSAF document whatever went in.
 */
#include "format/advisory_private.h"

#include "format/csaf_private.h"
#include "psirtty/score/cpe.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/vers.h"

void adv_builder_init(struct adv_builder *b, const char *title, const char *id, const char *publisher)
{
	*b = (struct adv_builder){ .tree = json_object(), .document = json_object(), .tracking = json_object(),
				   .vulnerabilities = json_array(), .vendors = json_array(), .relations = json_array(),
				   .lists = json_object(), .known = json_object(), .states = json_object() };
	js_set_string(b->document, "category", "csaf_base");
	js_set_string(b->document, "csaf_version", "2.0");
	js_set_string(b->document, "title", title && *title ? title : id);
	json_object_set_new(b->document, "publisher",
			    adv_object("category", "other", "name", publisher && *publisher ? publisher : "unknown", "namespace",
				       "https://example.invalid", NULL));
	js_set_string(b->tracking, "id", id);
	js_set_string(b->tracking, "status", "final");
}

/* ---- products */

static json_t *add_branch(json_t *list, const char *category, const char *name, const char *child)
{
	json_t *branch = adv_object("category", category, "name", name, NULL), *children = json_array();

	json_object_set_new(branch, child, children);
	json_array_append_new(list, branch);
	return children;
}

/* The branches below one of LIST; KEY names it for good. */
static json_t *branches_of(struct adv_builder *b, json_t *list, const char *key, const char *category, const char *name)
{
	json_t *found = json_object_get(b->lists, key);

	if (!found) {
		found = add_branch(list, category, name, "branches");
		json_object_set(b->lists, key, found);
	}
	return found;
}

static json_t *versions_of(struct adv_builder *b, const struct adv_wanted *w)
{
	AUTO_STRING product = mem_format("%s\x1f%s", w->vendor, w->product);
	AUTO_STRING where = mem_format("%s\x1f%s", product, str_or_empty(w->where));
	json_t *list = branches_of(b, b->vendors, w->vendor, "vendor", w->vendor);

	list = branches_of(b, list, product, "product_name", w->product);
	return w->where ? branches_of(b, list, where, "specification", w->where) : list;
}

/* What cannot be read as a package URL or a CPE name would make the document invalid. */
static json_t *helper_of(const struct adv_wanted *w)
{
	AUTO_PURL purl = PURL_INIT;
	struct cpe cpe;
	json_t *helper = json_object();
	bool named;

	if (w->purl && purl_parse(w->purl, &purl, NULL) == 0)
		js_set_string(helper, "purl", w->purl);
	named = w->cpe && cpe_parse(w->cpe, &cpe, NULL) == 0;
	if (named) {
		js_set_string(helper, "cpe", w->cpe);
		cpe_release(&cpe);
	}
	return helper;
}

static json_t *product_branch(const struct adv_wanted *w, const char *id, const char *version)
{
	bool told = str_starts(w->product, w->vendor);
	AUTO_STRING name = mem_format("%s%s%s%s%s %s", told ? "" : w->vendor, told ? "" : " ", w->product, w->where ? " " : "",
				      str_or_empty(w->where), version);
	bool range = w->range || csaf_is_range(version);
	json_t *branch = adv_object("category", range ? "product_version_range" : "product_version", "name", version, NULL);
	json_t *object = adv_object("name", name, "product_id", id, NULL);

	adv_set(object, "product_identification_helper", helper_of(w));
	json_object_set_new(branch, "product", object);
	return branch;
}

/* A range in the words of VERS that is none of its type is one of the generic order, or mere words. */
static void mend_vers(const char *text, struct str *ret)
{
	AUTO_STRING generic = mem_format("vers:generic/%s", text + strcspn(text, "/") + (strchr(text, '/') != NULL));
	const char *const tries[] = { text, generic };

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		AUTO_VERS again = VERS_INIT;

		if (adv_range_vers(tries[i], ret) && (str_equal(ret->bytes, "vers:all/*") || vers_parse(ret->bytes, &again, NULL) == 0))
			return;
		str_reset(ret);
	}
	str_add(ret, text + strlen("vers:"));
}

const char *adv_builder_product(struct adv_builder *b, const struct adv_wanted *wanted)
{
	struct adv_wanted w = *wanted;
	AUTO_STRING key = NULL;
	AUTO_STRING id = NULL;
	AUTO_STR vers = STR_INIT;

	w.vendor = w.vendor && *w.vendor ? w.vendor : "unknown";
	w.product = w.product && *w.product ? w.product : "unknown";
	w.version = w.version && *w.version ? w.version : "vers:all/*";
	if (str_starts(w.version, "vers:")) {
		mend_vers(w.version, &vers);
		w.range = true;
	} else if (!w.range && csaf_is_range(w.version)) {
		adv_range_vers(w.version, &vers);
	}
	w.version = vers.length ? vers.bytes : w.version;
	key = mem_format("%s\x1f%s\x1f%s\x1f%s\x1f%s", w.vendor, w.product, w.version, str_or_empty(w.where), str_or_empty(w.purl));
	if (json_object_get(b->known, key))
		return json_string_value(json_object_get(b->known, key));
	id = mem_format("CSAFPID-%04zu", ++b->products);
	json_array_append_new(versions_of(b, &w), product_branch(&w, id, w.version));
	js_set_string(b->known, key, id);
	return json_string_value(json_object_get(b->known, key));
}

const char *adv_builder_part(struct adv_builder *b, const char *part, const char *part_name, const char *whole,
			     const char *whole_name)
{
	AUTO_STRING key = mem_format("%s\x1e%s", part, whole);
	AUTO_STRING name = mem_format("%s in %s", part_name, whole_name);
	AUTO_STRING id = NULL;
	json_t *relation;

	if (json_object_get(b->known, key))
		return json_string_value(json_object_get(b->known, key));
	id = mem_format("CSAFPID-%04zu", ++b->products);
	relation = adv_object("category", "default_component_of", "product_reference", part, "relates_to_product_reference", whole,
			      NULL);
	json_object_set_new(relation, "full_product_name", adv_object("name", name, "product_id", id, NULL));
	json_array_append_new(b->relations, relation);
	js_set_string(b->known, key, id);
	return json_string_value(json_object_get(b->known, key));
}

/* ---- vulnerabilities */

json_t *adv_builder_vulnerability(struct adv_builder *b)
{
	json_t *vulnerability = json_object();

	json_array_append_new(b->vulnerabilities, vulnerability);
	return vulnerability;
}

/* The least safe first: of two statuses of one product the one that stands earlier is kept. */
static const char *const by_caution[] = { "known_affected", "under_investigation", "fixed", "known_not_affected" };

static size_t caution_of(const char *status)
{
	size_t i = 0;

	while (i < ARRAY_LEN(by_caution) && !str_equal(by_caution[i], status))
		i++;
	return i;
}

static json_t *states_of(struct adv_builder *b, const json_t *vulnerability)
{
	AUTO_STRING key = mem_format("%p", (const void *)vulnerability);
	json_t *states = json_object_get(b->states, key);

	if (!states) {
		states = json_object();
		json_object_set_new(b->states, key, states);
	}
	return states;
}

void adv_builder_status(struct adv_builder *b, json_t *vulnerability, const char *status, const char *product)
{
	json_t *states = states_of(b, vulnerability);
	const char *said = js_string(states, product);

	if (!said || caution_of(status) < caution_of(said))
		js_set_string(states, product, status);
}

void adv_builder_settle(struct adv_builder *b, json_t *vulnerability)
{
	json_t *object = json_object(), *status;
	const char *product;

	json_object_foreach(states_of(b, vulnerability), product, status)
		adv_list_add(object, json_string_value(status), json_string(product));
	adv_set(vulnerability, "product_status", object);
}

/* Those with the least safe status, one of the first FEW; a new list, or NULL. */
static json_t *whom(const json_t *vulnerability, size_t few)
{
	const json_t *status = json_object_get(vulnerability, "product_status");

	for (size_t i = 0; i < few; i++)
		if (json_array_size(js_array(status, by_caution[i])))
			return adv_copy(status, by_caution[i]);
	return NULL;
}

void adv_builder_remedy(json_t *vulnerability, const char *category, const char *details)
{
	json_t *open = whom(vulnerability, 2), *item;

	if (!details || !*details || !open) {
		json_decref(open);
		adv_builder_note(vulnerability, "other", "Remedy", details);
		return;
	}
	item = adv_object("category", category, "details", details, NULL);
	json_object_set_new(item, "product_ids", open);
	adv_list_add(vulnerability, "remediations", item);
}

void adv_builder_note(json_t *object, const char *category, const char *title, const char *text)
{
	if (text && *text)
		adv_list_add(object, "notes", adv_object("category", category, "title", title, "text", text, NULL));
}

void adv_builder_reference(json_t *object, const char *summary, const char *url)
{
	if (url && *url)
		adv_list_add(object, "references",
			     adv_object("category", "external", "summary", summary && *summary ? summary : url, "url", url, NULL));
}

void adv_builder_credit(json_t *object, const char *name, const char *organization, const char *summary)
{
	json_t *one = json_object();

	if (name && *name)
		adv_list_add(one, "names", json_string(name));
	js_set_string(one, "organization", organization && *organization ? organization : NULL);
	if (json_object_size(one))
		js_set_string(one, "summary", summary);
	if (json_object_size(one))
		adv_list_add(object, "acknowledgments", one);
	else
		json_decref(one);
}

/* One score of each version of CVSS, of the products that are worst off; any other, and what is no vector, is told. */
void adv_builder_score(json_t *vulnerability, const char *vector, const char *from)
{
	const char *member;
	json_t *cvss = adv_cvss(vector, &member), *worst = whom(vulnerability, ARRAY_LEN(by_caution)), *score, *known;
	AUTO_STRING told = mem_format("%s%s%s", str_or_empty(vector), from ? ", " : "", str_or_empty(from));
	bool twice = false;
	size_t i;

	json_array_foreach(js_array(vulnerability, "scores"), i, known)
		twice |= cvss && str_equal(js_string(json_object_get(known, member), "version"), js_string(cvss, "version"));
	if (!cvss || !worst || twice) {
		json_decref(cvss);
		json_decref(worst);
		adv_builder_note(vulnerability, "other", "Another score", vector ? told : NULL);
		return;
	}
	score = json_object();
	json_object_set_new(score, member, cvss);
	json_object_set_new(score, "products", worst);
	adv_list_add(vulnerability, "scores", score);
}

void adv_builder_weakness(json_t *vulnerability, const char *id, const char *text)
{
	const struct cwe *cwe = id ? cwe_parse(id) : NULL;
	AUTO_STRING whole = mem_format("%s%s%s", str_or_empty(id), id && text ? " " : "", str_or_empty(text));
	AUTO_STRING number = cwe ? mem_format("CWE-%d", cwe->id) : NULL;

	if (cwe && !json_object_get(vulnerability, "cwe"))
		adv_set(vulnerability, "cwe", adv_object("id", number, "name", cwe->name, NULL));
	else
		adv_builder_note(vulnerability, "other", "Another weakness", whole);
}

void adv_builder_id(json_t *vulnerability, const char *system, const char *text)
{
	size_t i;
	json_t *known;

	if (!text || !*text || str_equal(js_string(vulnerability, "cve"), text))
		return;
	if (adv_is_cve(text) && !js_string(vulnerability, "cve")) {
		js_set_string(vulnerability, "cve", text);
		return;
	}
	json_array_foreach(js_array(vulnerability, "ids"), i, known)
		if (str_equal(js_string(known, "text"), text))
			return;
	adv_list_add(vulnerability, "ids", adv_object("system_name", system, "text", text, NULL));
}

/* ---- the whole */

void adv_set_date(json_t *object, const char *name, const char *date)
{
	AUTO_STRING zoned = date ? mem_format("%sZ", date) : NULL;
	instant at;

	if (date && instant_parse(date, &at, NULL) == 0)
		js_set_string(object, name, date);
	else if (date && instant_parse(zoned, &at, NULL) == 0)
		js_set_string(object, name, zoned);
}

static void add_revision(struct adv_builder *b, const char *date, const char *number, const char *summary)
{
	adv_list_add(b->tracking, "revision_history", adv_object("date", date, "number", number, "summary", summary, NULL));
	js_set_string(b->tracking, "version", number);
}

/* A revision history, where the format told none: when it came out, and when it last changed. */
static void finish_tracking(struct adv_builder *b)
{
	const char *initial = js_string(b->tracking, "initial_release_date");
	AUTO_STRING first = mem_string(initial ? initial : js_string(b->tracking, "current_release_date"));
	AUTO_STRING last = mem_string(js_string(b->tracking, "current_release_date"));
	instant from = INSTANT_NONE, to = INSTANT_NONE;

	if (!first)
		first = mem_string("1970-01-01T00:00:00Z");
	instant_parse(first, &from, NULL);
	if (!last || instant_parse(last, &to, NULL) || to < from) {
		free(last);
		last = mem_string(first);
		to = from;
	}
	js_set_string(b->tracking, "initial_release_date", first);
	js_set_string(b->tracking, "current_release_date", last);
	add_revision(b, first, "1", "First release, by the date the record has");
	if (to > from)
		add_revision(b, last, "2", "Last change, by the date the record has");
}

static void add_covered(json_t *covered, const json_t *item)
{
	size_t i;
	json_t *id;

	json_array_foreach(js_array(item, "product_ids"), i, id)
		json_object_set_new(covered, json_string_value(id), json_true());
}

/* Whether each product with this status is in an item of LIST, or of OTHER whose category is IMPACT. */
static bool all_covered(const json_t *v, const char *status, const char *list, const char *other)
{
	AUTO_JSON covered = json_object();
	size_t i;
	json_t *item;

	json_array_foreach(js_array(v, list), i, item)
		add_covered(covered, item);
	json_array_foreach(js_array(v, other), i, item)
		if (str_equal(js_string(item, "category"), "impact"))
			add_covered(covered, item);
	json_array_foreach(js_array(json_object_get(v, "product_status"), status), i, item)
		if (!json_object_get(covered, json_string_value(item)))
			return false;
	return true;
}

/* The profile for statements of this kind asks for more than the formats do (CSAF 2.0, 4.5). */
static bool is_vex(const struct adv_builder *b)
{
	size_t i;
	json_t *v;

	json_array_foreach(b->vulnerabilities, i, v)
		if (!js_array(v, "notes") || !json_object_get(v, "product_status") || !(js_string(v, "cve") || js_array(v, "ids")) ||
		    !all_covered(v, "known_affected", "remediations", NULL) ||
		    !all_covered(v, "known_not_affected", "flags", "threats"))
			return false;
	return json_array_size(b->vulnerabilities) > 0 && json_array_size(b->vendors) > 0;
}

json_t *adv_builder_end(struct adv_builder *b)
{
	json_t *product_tree = json_object(), *v;
	size_t i;

	finish_tracking(b);
	json_array_foreach(b->vulnerabilities, i, v)
		adv_builder_settle(b, v);
	if (b->vex && is_vex(b))
		js_set_string(b->document, "category", "csaf_vex");
	json_object_set_new(b->document, "tracking", b->tracking);
	json_object_set_new(b->tree, "document", b->document);
	adv_set(product_tree, "branches", b->vendors);
	adv_set(product_tree, "relationships", b->relations);
	adv_set(b->tree, "product_tree", product_tree);
	adv_set(b->tree, "vulnerabilities", b->vulnerabilities);
	json_decref(b->lists);
	json_decref(b->known);
	json_decref(b->states);
	return b->tree;
}

json_t *adv_cvss(const char *vector, const char **ret_member)
{
	static const char *const members[] = { [CVSS_2_0] = "cvss_v2", [CVSS_3_0] = "cvss_v3", [CVSS_3_1] = "cvss_v3",
					       [CVSS_4_0] = "cvss_v4" };
	AUTO_STR repairs = STR_INIT;
	struct cvss cvss;
	json_t *object;

	if (!vector || cvss_parse_lenient(vector, &cvss, &repairs, NULL))
		return NULL;
	object = csaf_cvss_object(&cvss);
	if (!repairs.length)
		js_set_string(object, "vectorString", vector); /* byte for byte */
	*ret_member = members[cvss.version];
	return object;
}
