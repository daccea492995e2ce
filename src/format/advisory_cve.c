/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as CVE records 5.2: the container of a CNA, published or rejected. */
#include "format/advisory_private.h"

static const char nobody[] = "00000000-0000-4000-8000-000000000000";

/* ---- versions */

static const char *version_type(const char *type)
{
	static const struct { const char *vers, *cve; } rows[] = {
		{ "npm", "semver" }, { "semver", "semver" }, { "golang", "semver" }, { "cargo", "semver" },
		{ "maven", "maven" }, { "pypi", "python" },  { "rpm", "rpm" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].vers, type))
			return rows[i].cve;
	return "custom";
}

static json_t *plain_version(const char *version, const char *status)
{
	return adv_object("version", version, "status", status, NULL);
}

static void add_bounds(json_t *versions, const struct adv_bounds *b, const char *status)
{
	json_t *range = adv_object("version", b->from ? b->from : "0", "status", status, "versionType",
				   version_type(b->type), NULL);

	js_set_string(range, b->until_closed ? "lessThanOrEqual" : "lessThan", b->until ? b->until : "*");
	json_array_append_new(versions, range);
}

static void add_versions(struct writing *w, json_t *versions, const struct adv_product *product, const char *status)
{
	struct adv_bounds bounds[32];
	size_t count = 0;

	if (!product->version) {
		json_array_append_new(versions, plain_version("*", status));
		return;
	}
	if (!product->range) {
		json_array_append_new(versions, plain_version(product->version, status));
		return;
	}
	if (!adv_range_bounds(product->version, bounds, ARRAY_LEN(bounds), &count)) {
		adv_lose(w, _("a range of versions cannot be told in parts: it stands there as text"));
		json_array_append_new(versions, plain_version(product->version, status));
		adv_bounds_release(bounds, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (bounds[i].from_open)
			adv_lose(w, _("a range without its lower end is told with it: CVE records have no other"));
		if (bounds[i].single_count)
			json_array_append_new(versions, plain_version(bounds[i].single[0], status));
		else
			add_bounds(versions, &bounds[i], status);
	}
	adv_bounds_release(bounds, count);
}

struct affecting { struct writing *w; json_t *list, *known; };

static json_t *affected_item(struct affecting *a, const struct adv_product *product)
{
	const char *vendor = product->vendor ? product->vendor : "unknown";
	const char *name = product->product ? product->product : product->name;
	const struct adv_product *platform = product->platform ? adv_product_find(&a->w->products, product->platform) : NULL;
	AUTO_STRING key = mem_format("%s\x1f%s\x1f%s", vendor, name, platform ? platform->id : "");
	json_t *item = json_object_get(a->known, key);
	AUTO_STR purl = STR_INIT;

	if (item)
		return item;
	item = adv_object("vendor", vendor, "product", name, "defaultStatus", "unknown", NULL);
	if (adv_purl_bare(product->purl, &purl, NULL))
		js_set_string(item, "packageURL", purl.bytes);
	if (platform)
		adv_list_add(item, "platforms", json_string(platform->name));
	if (product->cpe)
		adv_list_add(item, "cpes", json_string(product->cpe));
	json_object_set(a->known, key, item);
	json_array_append_new(a->list, item);
	return item;
}

/* All versions there are: the default of the item, unless another product of that name said one. */
static bool set_default(json_t *item, const struct adv_product *product, const char *status)
{
	if (product->version && !str_equal(product->version, "vers:all/*"))
		return false;
	if (!str_equal(js_string(item, "defaultStatus"), "unknown"))
		return str_equal(js_string(item, "defaultStatus"), status);
	js_set_string(item, "defaultStatus", status);
	return true;
}

/* Two products of one name and version differ in what records do not tell. */
static void add_once(struct affecting *a, json_t *item, json_t *version)
{
	AUTO_STR text = STR_INIT;

	str_add_format(&text, "%p ", (void *)item);
	js_dump(version, &text);
	if (json_object_get(a->known, text.bytes))
		return;
	json_object_set_new(a->known, text.bytes, json_true());
	json_array_append(js_array(item, "versions"), version);
}

static void add_affected(void *context, const struct adv_product *product, enum adv_state state)
{
	static const char *const words[] = { [ADV_AFFECTED] = "affected", [ADV_FIXED] = "unaffected",
					     [ADV_NOT_AFFECTED] = "unaffected", [ADV_UNKNOWN] = "unknown" };
	struct affecting *a = context;
	json_t *item = affected_item(a, product), *version;
	AUTO_JSON said = json_array();
	size_t i;

	if (state == ADV_NOT_AFFECTED)
		adv_lose(a->w, _("CVE records have no reasons why a product is not affected"));
	if (set_default(item, product, words[state]))
		return;
	if (!js_array(item, "versions"))
		json_object_set_new(item, "versions", json_array());
	add_versions(a->w, said, product, words[state]);
	json_array_foreach(said, i, version)
		add_once(a, item, version);
}

static json_t *affected(struct writing *w, const json_t *vulnerability)
{
	struct affecting a = { w, json_array(), json_object() };

	adv_each_status(w, vulnerability, add_affected, &a);
	json_decref(a.known);
	return a.list;
}

/* ---- words */

static const char *language(const struct writing *w)
{
	const char *lang = js_string(w->document, "lang");

	return lang ? lang : "en";
}

static void add_text(json_t *container, const char *name, const char *lang, const char *text, size_t limit)
{
	AUTO_STRING cut = text ? mem_string(text) : NULL;
	size_t length = cut ? strlen(cut) : 0;

	if (!length)
		return;
	while (length > limit || (length < strlen(text) && ((unsigned char)text[length] & 0xC0) == 0x80))
		length--;
	cut[length] = '\0';
	adv_list_add(container, name, adv_object("lang", lang, "value", cut, NULL));
}

static void add_descriptions(struct writing *w, json_t *container, const json_t *vulnerability)
{
	static const char *const categories[] = { "description", "summary", "details", "general", NULL };
	const char *text = adv_note(vulnerability, categories);

	text = text ? text : adv_note(w->document, categories);
	if (!str_starts(language(w), "en"))
		adv_lose(w, _("CVE records need a description in English, and the advisory has none"));
	add_text(container, "descriptions", language(w), text ? text : js_string(w->document, "title"), 4096);
}

static void add_remedies(struct writing *w, json_t *container, const json_t *vulnerability)
{
	static const struct { const char *category, *member; } rows[] = {
		{ "vendor_fix", "solutions" },  { "no_fix_planned", "solutions" }, { "none_available", "solutions" },
		{ "workaround", "workarounds" }, { "mitigation", "workarounds" },
	};
	size_t i;
	json_t *remedy, *threat;

	json_array_foreach(js_array(vulnerability, "remediations"), i, remedy)
		for (size_t k = 0; k < ARRAY_LEN(rows); k++)
			if (str_equal(rows[k].category, js_string(remedy, "category")))
				add_text(container, rows[k].member, language(w), js_string(remedy, "details"), 4096);
	json_array_foreach(js_array(vulnerability, "threats"), i, threat)
		if (str_equal(js_string(threat, "category"), "exploit_status"))
			add_text(container, "exploits", language(w), js_string(threat, "details"), 4096);
}

static bool add_reference(json_t *container, const char *url, const char *name, const char *tag)
{
	json_t *reference, *known;
	size_t i;

	if (!url)
		return false;
	json_array_foreach(js_array(container, "references"), i, known)
		if (str_equal(js_string(known, "url"), url))
			return true;
	reference = adv_object("url", url, "name", name, NULL);
	if (tag)
		adv_list_add(reference, "tags", json_string(tag));
	adv_list_add(container, "references", reference);
	return true;
}

static void add_references(struct writing *w, json_t *container, const json_t *vulnerability)
{
	size_t i;
	json_t *item;

	json_array_foreach(js_array(w->document, "references"), i, item)
		add_reference(container, js_string(item, "url"), js_string(item, "summary"),
			      str_equal(js_string(item, "category"), "self") ? "vendor-advisory" : NULL);
	json_array_foreach(js_array(vulnerability, "references"), i, item)
		add_reference(container, js_string(item, "url"), js_string(item, "summary"), NULL);
	json_array_foreach(js_array(vulnerability, "remediations"), i, item)
		add_reference(container, js_string(item, "url"), NULL,
			      str_equal(js_string(item, "category"), "vendor_fix") ? "patch" : "mitigation");
	if (!js_array(container, "references"))
		add_reference(container, js_string(json_object_get(w->document, "publisher"), "namespace"), NULL, NULL);
}

static const char *credit_type(const json_t *acknowledgment)
{
	static const char *const types[] = { "finder", "reporter", "analyst", "coordinator", "remediation developer",
					     "remediation reviewer", "remediation verifier", "tool", "sponsor", "other" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_equal(js_string(acknowledgment, "summary"), types[i]))
			return types[i];
	return "finder";
}

static void add_credits(struct writing *w, json_t *container, const json_t *object)
{
	size_t i, k;
	json_t *one, *name;

	json_array_foreach(js_array(object, "acknowledgments"), i, one) {
		const char *organisation = js_string(one, "organization");

		json_array_foreach(js_array(one, "names"), k, name) {
			AUTO_STRING whole = organisation ? mem_format("%s (%s)", json_string_value(name), organisation) :
							   mem_string(json_string_value(name));

			adv_list_add(container, "credits", adv_object("lang", language(w), "type", credit_type(one), "value", whole, NULL));
		}
		if (!json_array_size(js_array(one, "names")) && organisation)
			adv_list_add(container, "credits",
				     adv_object("lang", language(w), "type", credit_type(one), "value", organisation, NULL));
	}
}

static void add_metrics(struct writing *w, json_t *container, const json_t *vulnerability)
{
	size_t i;
	json_t *score, *kind;
	const char *name;

	json_array_foreach(js_array(vulnerability, "scores"), i, score)
		json_object_foreach(score, name, kind) {
			const char *version = js_string(kind, "version");
			const char *member = str_equal(name, "cvss_v4") ? "cvssV4_0" :
					     str_equal(name, "cvss_v2") ? "cvssV2_0" :
					     str_equal(version, "3.0")  ? "cvssV3_0" :
									  "cvssV3_1";
			json_t *metric;

			if (!str_starts(name, "cvss_"))
				continue;
			metric = adv_object("format", "CVSS", NULL);
			json_object_set(metric, member, kind);
			adv_list_add(container, "metrics", metric);
		}
	if (json_array_size(js_array(vulnerability, "scores")) > 1)
		adv_lose(w, _("CVE records have no scores of single products"));
}

static void add_weakness(json_t *container, const json_t *vulnerability)
{
	const json_t *cwe = json_object_get(vulnerability, "cwe");
	const char *id = js_string(cwe, "id");
	json_t *problem, *description;
	AUTO_STRING text = NULL;

	if (!id)
		return;
	text = mem_format("%s %s", id, str_or_empty(js_string(cwe, "name")));
	problem = json_object();
	description = adv_object("lang", "en", "type", "CWE", "cweId", id, "description", text, NULL);
	adv_list_add(problem, "descriptions", description);
	adv_list_add(container, "problemTypes", problem);
}

static void set_title(json_t *container, const char *title)
{
	AUTO_STRING cut = mem_string(str_or_empty(title));
	size_t length = strlen(cut);

	while (length > 256 || (length < strlen(cut) && ((unsigned char)cut[length] & 0xC0) == 0x80))
		length--;
	cut[length] = '\0';
	if (length)
		js_set_string(container, "title", cut);
}

/* ---- the record */

static json_t *container_of(struct writing *w, const json_t *vulnerability)
{
	json_t *container = json_object();
	const char *date = js_string(vulnerability, "release_date");

	date = date ? date : js_string(w->tracking, "initial_release_date");
	set_title(container, js_string(vulnerability, "title") ? js_string(vulnerability, "title") :
								 js_string(w->document, "title"));
	json_object_set_new(container, "affected", affected(w, vulnerability));
	add_descriptions(w, container, vulnerability);
	add_references(w, container, vulnerability);
	add_weakness(container, vulnerability);
	add_metrics(w, container, vulnerability);
	add_remedies(w, container, vulnerability);
	add_credits(w, container, w->document);
	add_credits(w, container, vulnerability);
	if (!str_equal(js_string(w->tracking, "status"), "draft"))
		adv_set_date(container, "datePublic", date);
	json_object_set_new(container, "source",
			    adv_object("advisory", js_string(w->tracking, "id"), "discovery", "UNKNOWN", NULL));
	json_object_set_new(container, "x_generator", adv_object("engine", "psirtty", NULL));
	return container;
}

static json_t *record(const char *cve, const char *organisation, const char *state, json_t *container)
{
	json_t *root = adv_object("dataType", "CVE_RECORD", "dataVersion", "5.2.0", NULL), *containers = json_object();
	const char *org = organisation && *organisation ? organisation : nobody;

	json_object_set_new(root, "cveMetadata", adv_object("assignerOrgId", org, "cveId", cve, "state", state, NULL));
	json_object_set_new(container, "providerMetadata", adv_object("orgId", org, NULL));
	json_object_set_new(containers, "cna", container);
	json_object_set_new(root, "containers", containers);
	return root;
}

int adv_write_cve(struct writing *w, struct str *ret, struct error *err)
{
	const json_t *vulnerability = adv_one(w);
	const char *cve = js_string(vulnerability, "cve"), *tlp = advisory_tlp(w->tree);
	AUTO_JSON root = NULL;
	json_t *container;

	if (!cve)
		return error_set(err, ERR_NO, str_or_empty(js_string(w->tracking, "id")),
				 _("Give it one with `cve use`"), _("the vulnerability has no CVE id"));
	container = container_of(w, vulnerability);
	if (!json_array_size(js_array(container, "affected"))) {
		json_decref(container);
		return error_set(err, ERR_NO, cve, _("Record what is affected first"), _("no product has a status"));
	}
	if (tlp && !str_equal(tlp, "CLEAR"))
		adv_lose(w, _("CVE records are public and have no TLP label"));
	if (!w->options->organisation)
		adv_lose(w, _("the CNA's organisation id is not known: a placeholder stands there"));
	root = record(cve, w->options->organisation, "PUBLISHED", container);
	js_dump_pretty(root, ret);
	return 0;
}

json_t *cve_record_rejected(const char *cve, const char *organisation, const char *reason, const char *replaced_by)
{
	json_t *container = json_object();

	adv_list_add(container, "rejectedReasons", adv_object("lang", "en", "value", reason, NULL));
	if (replaced_by)
		adv_list_add(container, "replacedBy", json_string(replaced_by));
	return record(cve, organisation, "REJECTED", container);
}

json_t *cve_record_upload(const json_t *root)
{
	json_t *container = adv_copy(json_object_get(root, "containers"), "cna"), *body;

	if (!container)
		return NULL;
	json_object_del(container, "providerMetadata");
	body = json_object();
	json_object_set_new(body, "cnaContainer", container);
	return body;
}
