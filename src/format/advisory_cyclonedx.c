/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as the vulnerabilities of a CycloneDX 1.6 document and back. */
#include "format/advisory_private.h"

static const char spec[] = "1.6";

static const struct { enum adv_state state; const char *word, *list, *version; } states[] = {
	{ ADV_AFFECTED, "exploitable", "known_affected", "affected" },
	{ ADV_FIXED, "resolved", "fixed", "unaffected" },
	{ ADV_NOT_AFFECTED, "not_affected", "known_not_affected", "unaffected" },
	{ ADV_UNKNOWN, "in_triage", "under_investigation", "unknown" },
};

/* The reasons of CSAF and OpenVEX in the words of CycloneDX, where there is one. */
static const struct { const char *flag, *justification; } reasons[] = {
	{ "component_not_present", "code_not_present" },
	{ "vulnerable_code_not_present", "code_not_present" },
	{ "vulnerable_code_not_in_execute_path", "code_not_reachable" },
	{ "vulnerable_code_cannot_be_controlled_by_adversary", "code_not_reachable" },
	{ "inline_mitigations_already_exist", "protected_by_mitigating_control" },
};

/* ---- writing */

static json_t *component(const struct adv_product *product)
{
	json_t *object = adv_object("type", "application", "bom-ref", product->id, "name",
				    product->product ? product->product : product->name, "purl", product->purl, "cpe",
				    product->cpe, NULL);

	if (product->version && !product->range)
		js_set_string(object, "version", product->version);
	if (product->vendor)
		json_object_set_new(object, "supplier", adv_object("name", product->vendor, NULL));
	return object;
}

struct analysing { struct writing *w; const json_t *v; json_t *list; };

static void add_ratings(json_t *object, const json_t *v)
{
	static const struct { const char *kind, *version, *method; } rows[] = {
		{ "cvss_v4", "4.0", "CVSSv4" }, { "cvss_v3", "3.1", "CVSSv31" }, { "cvss_v3", "3.0", "CVSSv3" },
		{ "cvss_v2", "2.0", "CVSSv2" },
	};
	static const char *const words[] = { "none", "low", "medium", "high", "critical" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const json_t *score = adv_score(v, rows[i].kind);
		const char *severity = js_string(score, "baseSeverity");
		json_t *rating;

		if (!score || !str_equal(js_string(score, "version"), rows[i].version))
			continue;
		rating = adv_object("method", rows[i].method, "vector", js_string(score, "vectorString"), NULL);
		adv_set(rating, "score", adv_copy(score, "baseScore"));
		for (size_t k = 0; severity && k < ARRAY_LEN(words); k++)
			if (str_casecmp(severity, words[k]) == 0)
				js_set_string(rating, "severity", words[k]);
		adv_list_add(object, "ratings", rating);
	}
}

static void add_responses(json_t *analysis, struct writing *w, const json_t *v, const char *product)
{
	static const struct { const char *category, *response; } rows[] = {
		{ "vendor_fix", "update" }, { "workaround", "workaround_available" }, { "mitigation", "workaround_available" },
		{ "no_fix_planned", "will_not_fix" },
	};
	bool told[ARRAY_LEN(rows)] = { false };
	size_t i;
	json_t *remedy;

	json_array_foreach(js_array(v, "remediations"), i, remedy)
		for (size_t k = 0; k < ARRAY_LEN(rows); k++)
			if (str_equal(rows[k].category, js_string(remedy, "category")) &&
			    adv_concerns(w, remedy, product) && !told[k] && !(k == 2 && told[1])) {
				told[k] = true;
				adv_list_add(analysis, "response", json_string(rows[k].response));
			}
}

static void add_reason(struct analysing *a, json_t *analysis, const char *product)
{
	size_t i;
	json_t *item;

	json_array_foreach(js_array(a->v, "flags"), i, item)
		for (size_t k = 0; adv_concerns(a->w, item, product) && k < ARRAY_LEN(reasons); k++)
			if (str_equal(reasons[k].flag, js_string(item, "label"))) {
				js_set_string(analysis, "justification", reasons[k].justification);
				js_set_string(analysis, "detail", reasons[k].flag);
			}
	json_array_foreach(js_array(a->v, "threats"), i, item)
		if (str_equal(js_string(item, "category"), "impact") && adv_concerns(a->w, item, product))
			js_set_string(analysis, "detail", js_string(item, "details"));
}

static void add_identity(struct writing *w, json_t *object, const json_t *v)
{
	const char *cve = js_string(v, "cve"), *id = js_string(json_array_get(js_array(v, "ids"), 0), "text");
	const char *cwe = js_string(json_object_get(v, "cwe"), "id");
	static const char *const whole[] = { "description", "summary", "details", NULL };

	js_set_string(object, "id", cve ? cve : id ? id : js_string(w->tracking, "id"));
	if (cve)
		json_object_set_new(object, "source", adv_object("name", "CVE", NULL));
	if (cwe && str_starts(cwe, "CWE-"))
		adv_list_add(object, "cwes", json_integer(atoll(cwe + 4)));
	js_set_string(object, "description", adv_note(v, whole));
	adv_set_date(object, "published", js_string(w->tracking, "initial_release_date"));
	adv_set_date(object, "updated", js_string(w->tracking, "current_release_date"));
}

static void add_credits(json_t *object, const json_t *from)
{
	json_t *credits = json_object(), *one, *name;
	size_t i, k;

	json_array_foreach(js_array(from, "acknowledgments"), i, one) {
		if (js_string(one, "organization"))
			adv_list_add(credits, "organizations", adv_object("name", js_string(one, "organization"), NULL));
		json_array_foreach(js_array(one, "names"), k, name)
			adv_list_add(credits, "individuals", adv_object("name", json_string_value(name), NULL));
	}
	adv_set(object, "credits", credits);
}

/* One entry for each product: an analysis is of all that an entry affects. */
static void add_entry(void *context, const struct adv_product *product, enum adv_state state)
{
	struct analysing *a = context;
	json_t *object = json_object(), *analysis = json_object(), *affect = adv_object("ref", product->id, NULL), *version;
	AUTO_STRING ref = mem_format("%s:%s", str_or_empty(js_string(a->v, "cve")), product->id);
	AUTO_STR remedies = STR_INIT;
	AUTO_STR vers = STR_INIT;

	add_identity(a->w, object, a->v);
	js_set_string(object, "bom-ref", ref);
	add_ratings(object, a->v);
	add_credits(object, js_array(a->v, "acknowledgments") ? a->v : a->w->document);
	js_set_string(analysis, "state", states[state].word);
	add_responses(analysis, a->w, a->v, product->id);
	if (state == ADV_NOT_AFFECTED)
		add_reason(a, analysis, product->id);
	adv_remedies(a->w, a->v, product->id, &remedies);
	if (remedies.length)
		js_set_string(object, "recommendation", remedies.bytes);
	if (product->version) {
		version = adv_object("status", states[state].version, NULL);
		if (!product->range)
			js_set_string(version, "version", product->version);
		else
			js_set_string(version, "range", adv_range_vers(product->version, &vers) ? vers.bytes : product->version);
		adv_list_add(affect, "versions", version);
	}
	json_object_set_new(object, "analysis", analysis);
	adv_list_add(object, "affects", affect);
	json_array_append_new(a->list, object);
}

static json_t *metadata(const struct writing *w)
{
	json_t *object = json_object(), *tools = json_object(), *tool = adv_object("type", "application", "name", "psirtty", NULL);
	const char *publisher = js_string(json_object_get(w->document, "publisher"), "name");

	js_set_string(tool, "version", w->options->engine_version);
	adv_list_add(tools, "components", tool);
	json_object_set_new(object, "tools", tools);
	adv_set_date(object, "timestamp", js_string(w->tracking, "current_release_date"));
	if (publisher)
		json_object_set_new(object, "manufacturer", adv_object("name", publisher, NULL));
	return object;
}

int adv_write_cyclonedx(struct writing *w, struct str *ret, struct error *err)
{
	struct analysing a = { .w = w, .list = json_array() };
	AUTO_JSON root = adv_object("bomFormat", "CycloneDX", "specVersion", spec, NULL);
	size_t i;
	json_t *v;

	json_array_foreach(js_array(w->tree, "vulnerabilities"), i, v) {
		a.v = v;
		adv_each_status(w, v, add_entry, &a);
	}
	if (!json_array_size(a.list)) {
		json_decref(a.list);
		return error_set(err, ERR_NO, str_or_empty(js_string(w->tracking, "id")), _("Record what is affected first"),
				 _("no product has a status, and VEX is made of nothing else"));
	}
	if (js_array(json_object_get(w->tree, "product_tree"), "product_groups"))
		adv_lose(w, _("CycloneDX has no groups of products: their members are told one by one"));
	js_set_integer(root, "version", 1);
	json_object_set_new(root, "metadata", metadata(w));
	for (size_t k = 0; k < w->products.count; k++)
		adv_list_add(root, "components", component(&w->products.items[k]));
	json_object_set_new(root, "vulnerabilities", a.list);
	js_dump_pretty(root, ret);
	return 0;
}

/* ---- reading */

enum { DEPTH = 64 };

/* bom-ref → component, of all depths; the first of a name. */
static void index_components(json_t *refs, const json_t *list, int depth)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)list, i, item) {
		const char *ref = js_string(item, "bom-ref");

		if (ref && !json_object_get(refs, ref))
			json_object_set(refs, ref, item);
		if (depth < DEPTH)
			index_components(refs, js_array(item, "components"), depth + 1);
	}
}

static const char *list_of(const json_t *v, const json_t *version)
{
	const char *state = js_string(json_object_get(v, "analysis"), "state"), *status = js_string(version, "status");

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_equal(states[i].word, state) && (i != 0 || !str_equal(status, "unaffected")))
			return states[i].list;
	if (str_equal(state, "false_positive"))
		return "known_not_affected";
	if (str_equal(state, "resolved_with_pedigree"))
		return "fixed";
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_equal(states[i].version, status))
			return i == 1 ? "known_not_affected" : states[i].list;
	return "under_investigation";
}

/* The reason of CSAF that a reason of CycloneDX is, where it is one only. */
static const char *flag_of(const json_t *analysis)
{
	const char *why = js_string(analysis, "justification"), *detail = js_string(analysis, "detail");

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_equal(reasons[i].justification, why) && str_equal(reasons[i].flag, detail))
			return reasons[i].flag;
	return str_equal(why, "code_not_present")		  ? "vulnerable_code_not_present" :
	       str_equal(why, "code_not_reachable")		  ? "vulnerable_code_not_in_execute_path" :
	       str_starts(str_or_empty(why), "protected_") ? "inline_mitigations_already_exist" :
							     NULL;
}

static void read_reason(struct adv_builder *b, json_t *v, const json_t *from, const char *id)
{
	const json_t *analysis = json_object_get(from, "analysis");
	const char *detail = js_string(analysis, "detail"), *why = js_string(analysis, "justification"), *flag = flag_of(analysis);
	AUTO_STRING once = mem_format("%p\x1f%s", (void *)v, id);
	json_t *item;

	if (json_object_get(b->known, once))
		return;
	json_object_set_new(b->known, once, json_true());
	if (flag) {
		item = adv_object("label", flag, NULL);
		adv_list_add(item, "product_ids", json_string(id));
		adv_list_add(v, "flags", item);
	}
	detail = detail && *detail ? detail : why;
	if (!detail || str_equal(detail, flag))
		return;
	item = adv_object("category", "impact", "details", detail, NULL);
	adv_list_add(item, "product_ids", json_string(id));
	adv_list_add(v, "threats", item);
}

/* What an entry affects: REF names a component here, or one of another document. */
struct affecting { struct adv_builder *b; const json_t *refs; };

static void read_affect(const struct affecting *a, json_t *v, const json_t *from, const json_t *affect, json_t *open)
{
	const char *ref = js_string(affect, "ref"), *id, *text;
	const json_t *c = ref ? json_object_get(a->refs, ref) : NULL;
	json_t *versions = js_array(affect, "versions"), *version;
	size_t i, count = json_array_size(versions);
	struct adv_wanted wanted = { .vendor = js_string(json_object_get(c, "supplier"), "name"),
				     .product = c ? js_string(c, "name") : ref, .purl = js_string(c, "purl"), .cpe = js_string(c, "cpe") };

	wanted.vendor = wanted.vendor ? wanted.vendor : js_string(json_object_get(c, "manufacturer"), "name");
	wanted.vendor = wanted.vendor ? wanted.vendor : js_string(c, "group");
	for (i = 0; i < (count ? count : 1); i++) {
		version = json_array_get(versions, i);
		text = js_string(version, "range");
		wanted.range = text != NULL;
		wanted.version = text ? text : js_string(version, "version") ? js_string(version, "version") : js_string(c, "version");
		id = adv_builder_product(a->b, &wanted);
		adv_builder_status(a->b, v, list_of(from, version), id);
		if (str_equal(list_of(from, version), "known_not_affected"))
			read_reason(a->b, v, from, id);
		else if (!str_equal(list_of(from, version), "fixed"))
			json_array_append_new(open, json_string(id));
	}
}

static const char *source_of(const json_t *object)
{
	const char *name = js_string(json_object_get(object, "source"), "name");

	return name && *name ? name : "CycloneDX";
}

static void read_identity(json_t *v, const json_t *from)
{
	const char *id = js_string(from, "id") ? js_string(from, "id") : "unknown";
	size_t i;
	json_t *item;

	adv_builder_id(v, source_of(from), id);
	json_array_foreach(js_array(from, "references"), i, item)
		adv_builder_id(v, source_of(item), js_string(item, "id"));
	json_array_foreach(js_array(from, "cwes"), i, item) {
		AUTO_STRING cwe = mem_format("CWE-%lld", (long long)json_integer_value(item));

		adv_builder_weakness(v, cwe, NULL);
	}
}

static void read_texts(json_t *v, const json_t *from)
{
	const json_t *credits = json_object_get(from, "credits");
	size_t i;
	json_t *item;

	adv_builder_note(v, "description", NULL,
			 js_string(from, "description") ? js_string(from, "description") : js_string(from, "id"));
	adv_builder_note(v, "details", NULL, js_string(from, "detail"));
	adv_builder_reference(v, NULL, js_string(json_object_get(from, "source"), "url"));
	json_array_foreach(js_array(from, "advisories"), i, item)
		adv_builder_reference(v, js_string(item, "title"), js_string(item, "url"));
	json_array_foreach(js_array(credits, "individuals"), i, item)
		adv_builder_credit(v, js_string(item, "name"), NULL, NULL);
	json_array_foreach(js_array(credits, "organizations"), i, item)
		adv_builder_credit(v, NULL, js_string(item, "name"), NULL);
}

static void add_remedy(json_t *v, const char *category, const char *details, json_t *open)
{
	json_t *item;

	if (!json_array_size(open)) {
		adv_builder_note(v, "other", "Remedy", details);
		return;
	}
	item = adv_object("category", category, "details", details, NULL);
	json_object_set(item, "product_ids", open);
	adv_list_add(v, "remediations", item);
}

/* What to do about what is OPEN: said, or in the first of the words there are for it; a way around it beside that. */
static void read_remedies(json_t *v, const json_t *from, json_t *open)
{
	static const struct { const char *response, *category, *text; } rows[] = {
		{ "update", "vendor_fix", "Update." },
		{ "rollback", "vendor_fix", "Go back to a version that is not affected." },
		{ "will_not_fix", "no_fix_planned", "It will not be fixed." },
		{ "can_not_fix", "no_fix_planned", "It cannot be fixed." },
		{ "workaround_available", "workaround", "There is a workaround." },
	};
	const char *said = js_string(from, "recommendation"), *around = js_string(from, "workaround");
	bool told = said && *said;
	size_t i;
	json_t *response;

	if (told)
		add_remedy(v, "vendor_fix", said, open);
	if (around && *around)
		add_remedy(v, "workaround", around, open);
	for (size_t k = 0; k < ARRAY_LEN(rows); k++)
		json_array_foreach(js_array(json_object_get(from, "analysis"), "response"), i, response) {
			bool last = k + 1 == ARRAY_LEN(rows), had = last ? around && *around : told;

			if (!str_equal(rows[k].response, json_string_value(response)) || had || !json_array_size(open))
				continue;
			add_remedy(v, rows[k].category, rows[k].text, open);
			told = true;
		}
}

static json_t *vulnerability_of(struct adv_builder *b, json_t *known, const json_t *from)
{
	const char *id = js_string(from, "id") ? js_string(from, "id") : "unknown";
	json_t *v = json_object_get(known, id);

	if (!v) {
		v = adv_builder_vulnerability(b);
		json_object_set(known, id, v);
		read_identity(v, from);
		read_texts(v, from);
	}
	return v;
}

/* Entries of one id are one vulnerability; statuses first, for what follows is about the products that have one. */
static void read_entries(struct adv_builder *b, const json_t *document, const json_t *refs)
{
	const struct affecting a = { b, refs };
	AUTO_JSON known = json_object();
	json_t *from, *item, *v;
	size_t i, k;

	json_array_foreach(js_array(document, "vulnerabilities"), i, from) {
		AUTO_JSON open = json_array();

		v = vulnerability_of(b, known, from);
		json_array_foreach(js_array(from, "affects"), k, item)
			read_affect(&a, v, from, item, open);
		read_remedies(v, from, open);
	}
	json_array_foreach(b->vulnerabilities, i, v)
		adv_builder_settle(b, v);
	json_array_foreach(js_array(document, "vulnerabilities"), i, from)
		json_array_foreach(js_array(from, "ratings"), k, item)
			adv_builder_score(vulnerability_of(b, known, from), js_string(item, "vector"),
					  js_string(json_object_get(item, "source"), "name"));
}

json_t *adv_from_cyclonedx(const json_t *document)
{
	const char *id = js_string(document, "serialNumber");
	const json_t *meta = json_object_get(document, "metadata"), *subject = json_object_get(meta, "component");
	AUTO_JSON refs = json_object();
	struct adv_builder b;

	adv_builder_init(&b, NULL, id ? id : "CycloneDX",
			 js_string(json_object_get(meta, js_string(json_object_get(meta, "manufacturer"), "name") ? "manufacturer" :
												    "supplier"), "name"));
	b.vex = true;
	adv_set_date(b.tracking, "current_release_date", js_string(meta, "timestamp"));
	index_components(refs, js_array(document, "components"), 0);
	if (js_string(subject, "bom-ref"))
		json_object_set(refs, js_string(subject, "bom-ref"), (json_t *)subject);
	index_components(refs, js_array(subject, "components"), 0);
	read_entries(&b, document, refs);
	if (!json_array_size(b.vulnerabilities))
		adv_builder_note(b.document, "general", NULL, "The document names no vulnerability.");
	return adv_builder_end(&b);
}
