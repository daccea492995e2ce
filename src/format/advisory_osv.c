/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as OSV 1.7 records and back: of packages only, what is closed source has no ecosystem there. */
#include "format/advisory_private.h"

#include "psirtty/score/purl.h"

/* purl type (and namespace), ecosystem, whether its ranges are SEMVER, joiner of namespace and name. */
static const struct ecosystem { const char *type, *space, *name; bool semver; char joint; } ecosystems[] = {
	{ "npm", NULL, "npm", true, '/' },	    { "pypi", NULL, "PyPI", false, 0 },
	{ "maven", NULL, "Maven", false, ':' },	    { "golang", NULL, "Go", true, '/' },
	{ "cargo", NULL, "crates.io", true, 0 },    { "nuget", NULL, "NuGet", false, 0 },
	{ "gem", NULL, "RubyGems", false, 0 },	    { "composer", NULL, "Packagist", false, '/' },
	{ "hex", NULL, "Hex", true, 0 },	    { "pub", NULL, "Pub", true, 0 },
	{ "swift", NULL, "SwiftURL", true, '/' },   { "conan", NULL, "ConanCenter", false, 0 },
	{ "cran", NULL, "CRAN", false, 0 },	    { "hackage", NULL, "Hackage", false, 0 },
	{ "bitnami", NULL, "Bitnami", true, 0 },    { "deb", "debian", "Debian", false, 0 },
	{ "deb", "ubuntu", "Ubuntu", false, 0 },    { "apk", "alpine", "Alpine", false, 0 },
	{ "apk", "wolfi", "Wolfi", false, 0 },	    { "rpm", "redhat", "Red Hat", false, 0 },
	{ "rpm", "almalinux", "AlmaLinux", false, 0 }, { "rpm", "rocky", "Rocky Linux", false, 0 },
	{ "rpm", "suse", "SUSE", false, 0 },	    { "rpm", "opensuse", "openSUSE", false, 0 },
};

static const struct ecosystem *ecosystem_of(const struct purl *purl)
{
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++)
		if (str_equal(ecosystems[i].type, purl->type) &&
		    (!ecosystems[i].space || str_equal(ecosystems[i].space, purl->space)))
			return &ecosystems[i];
	return NULL;
}

/* ---- writing */

struct packages { struct writing *w; json_t *list, *known; json_t *severities; };

static json_t *package_item(struct packages *p, const char *text, const struct ecosystem **ret)
{
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;
	AUTO_STR bare = STR_INIT;
	json_t *item, *package;
	AUTO_STRING name = NULL;

	if (!text || purl_parse_lenient(text, &purl, &repairs, NULL) || !adv_purl_bare(text, &bare, NULL))
		return NULL;
	*ret = ecosystem_of(&purl);
	if (!*ret)
		return NULL;
	item = json_object_get(p->known, bare.bytes);
	if (item)
		return item;
	name = (*ret)->joint && purl.space ? mem_format("%s%c%s", purl.space, (*ret)->joint, purl.name) :
					     mem_string(purl.name);
	package = adv_object("ecosystem", (*ret)->name, "name", name, "purl", bare.bytes, NULL);
	item = json_object();
	json_object_set_new(item, "package", package);
	json_object_set(p->known, bare.bytes, item);
	json_array_append_new(p->list, item);
	return item;
}

static void add_event(json_t *events, const char *kind, const char *version)
{
	json_array_append_new(events, adv_object(kind, version, NULL));
}

static void add_range(json_t *item, const struct ecosystem *ecosystem, const struct adv_bounds *b)
{
	json_t *range = adv_object("type", ecosystem->semver ? "SEMVER" : "ECOSYSTEM", NULL), *events = json_array();

	add_event(events, "introduced", b->from ? b->from : "0");
	if (b->until)
		add_event(events, b->until_closed ? "last_affected" : "fixed", b->until);
	json_object_set_new(range, "events", events);
	adv_list_add(item, "ranges", range);
}

static void add_affected(struct packages *p, json_t *item, const struct ecosystem *ecosystem,
			 const struct adv_product *product)
{
	struct adv_bounds bounds[32];
	size_t count = 0;

	if (!product->version || !product->range) {
		AUTO_STRING version = NULL;
		AUTO_STR bare = STR_INIT;

		adv_purl_bare(product->purl, &bare, &version);
		if (product->version || version)
			adv_list_add(item, "versions", json_string(product->version ? product->version : version));
		return;
	}
	if (!adv_range_bounds(product->version, bounds, ARRAY_LEN(bounds), &count))
		adv_lose(p->w, _("a range of versions cannot be told in parts: it is left out"));
	for (size_t i = 0; i < count; i++) {
		if (bounds[i].from_open)
			adv_lose(p->w, _("a range without its lower end is told with it: OSV has no other"));
		if (bounds[i].single_count)
			adv_list_add(item, "versions", json_string(bounds[i].single[0]));
		else
			add_range(item, ecosystem, &bounds[i]);
	}
	adv_bounds_release(bounds, count);
}

static void take_product(void *context, const struct adv_product *product, enum adv_state state)
{
	struct packages *p = context;
	const struct ecosystem *ecosystem = NULL;
	json_t *item;

	if (state != ADV_AFFECTED) {
		if (state != ADV_FIXED)
			adv_lose(p->w, _("OSV has affected versions only: other states and their reasons are left out"));
		return;
	}
	item = package_item(p, product->purl, &ecosystem);
	if (item)
		add_affected(p, item, ecosystem, product);
	else
		adv_lose(p->w, _("a product that is no package of an ecosystem has no place in OSV: it is left out"));
}

static void add_severities(json_t *root, const json_t *vulnerability)
{
	static const struct { const char *kind, *type; } rows[] = {
		{ "cvss_v4", "CVSS_V4" }, { "cvss_v3", "CVSS_V3" }, { "cvss_v2", "CVSS_V2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *vector = js_string(adv_score(vulnerability, rows[i].kind), "vectorString");

		if (vector)
			adv_list_add(root, "severity", adv_object("type", rows[i].type, "score", vector, NULL));
	}
}

static void add_reference(json_t *root, const char *type, const char *url)
{
	size_t i;
	json_t *known;

	if (!url)
		return;
	json_array_foreach(js_array(root, "references"), i, known)
		if (str_equal(js_string(known, "url"), url))
			return;
	adv_list_add(root, "references", adv_object("type", type, "url", url, NULL));
}

static void add_references(struct writing *w, json_t *root, const json_t *vulnerability)
{
	size_t i;
	json_t *item;

	json_array_foreach(js_array(vulnerability, "remediations"), i, item)
		add_reference(root, str_equal(js_string(item, "category"), "vendor_fix") ? "FIX" : "WEB",
			      js_string(item, "url"));
	json_array_foreach(js_array(w->document, "references"), i, item)
		add_reference(root, str_equal(js_string(item, "category"), "self") ? "ADVISORY" : "WEB",
			      js_string(item, "url"));
	json_array_foreach(js_array(vulnerability, "references"), i, item)
		add_reference(root, "WEB", js_string(item, "url"));
}

static void add_credits(json_t *root, const json_t *object)
{
	size_t i, k;
	json_t *one, *name;

	json_array_foreach(js_array(object, "acknowledgments"), i, one) {
		json_array_foreach(js_array(one, "names"), k, name)
			adv_list_add(root, "credits", adv_object("name", json_string_value(name), "type", "FINDER", NULL));
		if (!js_array(one, "names") && js_string(one, "organization"))
			adv_list_add(root, "credits",
				     adv_object("name", js_string(one, "organization"), "type", "FINDER", NULL));
	}
}

/* RFC 3339 in UTC, as OSV wants it. */
static void set_date(json_t *root, const char *name, const char *date)
{
	char buffer[40];
	instant at;

	if (date && instant_parse(date, &at, NULL) == 0)
		js_set_string(root, name, instant_format(at, buffer));
}

/* Prefixes are registered; who has none puts an x_ before it. */
static void set_id(json_t *root, const char *id)
{
	static const char *const registered[] = { "CVE-", "GHSA-", "GO-", "PYSEC-", "RUSTSEC-", "DSA-", "DLA-", "USN-",
						  "RHSA-", "ALSA-", "OSV-", "MAL-" };
	AUTO_STRING own = mem_format("x_%s", id);

	for (size_t i = 0; i < ARRAY_LEN(registered); i++)
		if (str_starts(id, registered[i])) {
			js_set_string(root, "id", id);
			return;
		}
	js_set_string(root, "id", own);
}

static void set_texts(struct writing *w, json_t *root, const json_t *vulnerability)
{
	static const char *const brief[] = { "summary", NULL }, *const whole[] = { "description", "details", "general", NULL };
	const char *summary = adv_note(w->document, brief), *details = adv_note(vulnerability, whole);
	AUTO_STR text = STR_INIT;

	js_set_string(root, "summary", js_string(w->document, "title"));
	details = details ? details : adv_note(w->document, whole);
	if (summary)
		str_add(&text, summary);
	if (details && !str_equal(details, summary))
		str_add_format(&text, "%s%s", text.length ? "\n\n" : "", details);
	if (text.length)
		js_set_string(root, "details", text.bytes);
}

int adv_write_osv(struct writing *w, struct str *ret, struct error *err)
{
	const json_t *vulnerability = adv_one(w);
	struct packages p = { .w = w, .list = json_array(), .known = json_object() };
	const char *id = str_or_empty(js_string(w->tracking, "id")), *tlp = advisory_tlp(w->tree);
	AUTO_JSON root = json_object();

	adv_each_status(w, vulnerability, take_product, &p);
	json_decref(p.known);
	if (!json_array_size(p.list)) {
		json_decref(p.list);
		return error_set(err, ERR_NO, id, _("Give the products package URLs (pkg:…) of an ecosystem"),
				 _("OSV holds packages only, and no affected product is one"));
	}
	if (tlp && !str_equal(tlp, "CLEAR"))
		adv_lose(w, _("OSV records are public and have no TLP label"));
	js_set_string(root, "schema_version", "1.7.5");
	set_id(root, id);
	set_date(root, "published", js_string(w->tracking, "initial_release_date"));
	set_date(root, "modified", js_string(w->tracking, "current_release_date"));
	if (js_string(vulnerability, "cve"))
		adv_list_add(root, "aliases", json_string(js_string(vulnerability, "cve")));
	set_texts(w, root, vulnerability);
	add_severities(root, vulnerability);
	adv_set(root, "affected", p.list);
	add_references(w, root, vulnerability);
	add_credits(root, w->document);
	add_credits(root, vulnerability);
	js_dump_pretty(root, ret);
	return 0;
}

/* ---- reading */

static const char *event_version(const json_t *event, const char **ret_kind)
{
	static const char *const kinds[] = { "introduced", "fixed", "last_affected", "limit" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (js_string(event, kinds[i])) {
			*ret_kind = kinds[i];
			return js_string(event, kinds[i]);
		}
	return NULL;
}

static const struct ecosystem *ecosystem_named(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(ecosystems); i++)
		if (str_starts(name, ecosystems[i].name) && (!name[strlen(ecosystems[i].name)] || name[strlen(ecosystems[i].name)] == ':'))
			return &ecosystems[i];
	return NULL;
}

static void read_product(struct adv_builder *b, json_t *v, const json_t *item, const char *status, const char *version, bool range)
{
	const json_t *package = json_object_get(item, "package");
	const char *repo = js_string(json_array_get(js_array(item, "ranges"), 0), "repo");
	const struct adv_wanted wanted = {
		.vendor = js_string(package, "ecosystem"),
		.product = js_string(package, "name") ? js_string(package, "name") : repo,
		.version = version,
		.range = range,
		.purl = js_string(package, "purl"),
	};

	adv_builder_status(b, v, status, adv_builder_product(b, &wanted));
}

/* What is between two events; where the ecosystem has an order of its own, in that. */
static void read_interval(struct adv_builder *b, json_t *v, const json_t *item, struct adv_bounds *bounds)
{
	const struct ecosystem *ecosystem = ecosystem_named(js_string(json_object_get(item, "package"), "ecosystem"));
	AUTO_STRING text = mem_format("%s%s%s%s%s", bounds->from ? ">=" : "", str_or_empty(bounds->from),
				      bounds->from && bounds->until ? ", " : "",
				      !bounds->until ? "" : bounds->until_closed ? "<=" : "<", str_or_empty(bounds->until));
	AUTO_STR vers = STR_INIT;

	if (!bounds->from && !bounds->until)
		read_product(b, v, item, "known_affected", NULL, false);
	else if ((ecosystem && adv_range_write(ecosystem->type, bounds, 1, false, &vers)) ||
		 adv_range_write("generic", bounds, 1, false, &vers))
		read_product(b, v, item, "known_affected", vers.bytes, true);
	else
		read_product(b, v, item, "known_affected", text, true);
	adv_bounds_release(bounds, 1);
	*bounds = (struct adv_bounds){ 0 };
}

/* Commits have no order that can be told from them: the end is named as it stands. */
static void read_commits(struct adv_builder *b, json_t *v, const json_t *item, const json_t *range)
{
	AUTO_STR text = STR_INIT;
	size_t i;
	json_t *event;

	json_array_foreach(js_array(range, "events"), i, event) {
		const char *kind, *version = event_version(event, &kind);

		if (version)
			str_add_format(&text, "%s%s %s", text.length ? ", " : "commits: ", kind, version);
	}
	if (text.length)
		read_product(b, v, item, "known_affected", text.bytes, true);
}

/* Events in their order: each lower end with the upper end behind it. */
static void read_range(struct adv_builder *b, json_t *v, const json_t *item, const json_t *range)
{
	struct adv_bounds bounds = { 0 };
	bool open = false;
	size_t i;
	json_t *event;

	json_array_foreach(js_array(range, "events"), i, event) {
		const char *kind, *version = event_version(event, &kind);

		if (!version || str_equal(kind, "limit"))
			continue;
		if (str_equal(kind, "introduced")) {
			if (open)
				read_interval(b, v, item, &bounds);
			bounds.from = str_equal(version, "0") ? NULL : mem_string(version);
			open = true;
			continue;
		}
		bounds.until = mem_string(version);
		bounds.until_closed = !str_equal(kind, "fixed");
		read_interval(b, v, item, &bounds);
		open = false;
		if (str_equal(kind, "fixed"))
			read_product(b, v, item, "fixed", version, false);
	}
	if (open)
		read_interval(b, v, item, &bounds);
}

static void read_affected(struct adv_builder *b, json_t *v, const json_t *item)
{
	bool ordered = json_array_size(js_array(item, "versions")) > 0;
	size_t i;
	json_t *one;

	json_array_foreach(js_array(item, "versions"), i, one)
		read_product(b, v, item, "known_affected", json_string_value(one), false);
	json_array_foreach(js_array(item, "ranges"), i, one)
		if (!str_equal(js_string(one, "type"), "GIT")) {
			read_range(b, v, item, one);
			ordered = true;
		}
	json_array_foreach(js_array(item, "ranges"), i, one)
		if (str_equal(js_string(one, "type"), "GIT") && !ordered)
			read_commits(b, v, item, one);
	if (!ordered && !json_array_size(js_array(item, "ranges")))
		read_product(b, v, item, "known_affected", NULL, false);
}

/* Of the record, or where it has none of its packages. */
static void read_scores(json_t *v, const json_t *document)
{
	size_t i, k;
	json_t *severity, *item;

	json_array_foreach(js_array(document, "severity"), i, severity)
		adv_builder_score(v, js_string(severity, "score"), NULL);
	json_array_foreach(js_array(document, "affected"), i, item)
		json_array_foreach(js_array(item, "severity"), k, severity)
			if (!js_array(v, "scores"))
				adv_builder_score(v, js_string(severity, "score"), js_string(json_object_get(item, "package"), "name"));
}

static void read_ids(json_t *v, const json_t *document)
{
	static const struct { const char *member, *system; } rows[] = {
		{ "aliases", "OSV alias" }, { "upstream", "OSV upstream" }, { "related", "OSV related" },
	};
	const char *own = js_string(document, "id");
	size_t i;
	json_t *alias;

	if (adv_is_cve(own))
		js_set_string(v, "cve", own);
	for (size_t k = 0; k < ARRAY_LEN(rows); k++)
		json_array_foreach(js_array(document, rows[k].member), i, alias)
			if (json_string_value(alias) && k == 0)
				adv_builder_id(v, rows[k].system, json_string_value(alias));
			else if (json_string_value(alias))
				adv_builder_note(v, "other", rows[k].system, json_string_value(alias));
	if (!js_string(v, "cve"))
		adv_builder_id(v, "OSV", own);
}

static void read_notes(struct adv_builder *b, json_t *v, const json_t *document)
{
	AUTO_STRING withdrawn = js_string(document, "withdrawn") ? mem_format("Withdrawn on %s.", js_string(document, "withdrawn")) :
								    NULL;
	size_t i;
	json_t *item;

	adv_builder_note(v, "description", NULL,
			 js_string(document, "details") ? js_string(document, "details") : js_string(document, "summary"));
	adv_builder_note(b->document, "general", "Withdrawn", withdrawn);
	json_array_foreach(js_array(document, "references"), i, item)
		adv_builder_reference(v, js_string(item, "type"), js_string(item, "url"));
	json_array_foreach(js_array(document, "credits"), i, item)
		adv_builder_credit(b->document, js_string(item, "name"), NULL, js_string(item, "type"));
	json_array_foreach(js_array(json_object_get(document, "database_specific"), "cwe_ids"), i, item)
		adv_builder_weakness(v, json_string_value(item), NULL);
}

json_t *adv_from_osv(const json_t *document)
{
	struct adv_builder b;
	const char *id = js_string(document, "id"), *summary = js_string(document, "summary");
	json_t *v, *item;
	size_t i;

	adv_builder_init(&b, summary ? summary : id, id, NULL);
	adv_set_date(b.tracking, "initial_release_date", js_string(document, "published"));
	adv_set_date(b.tracking, "current_release_date", js_string(document, "modified"));
	v = adv_builder_vulnerability(&b);
	read_ids(v, document);
	json_array_foreach(js_array(document, "affected"), i, item)
		read_affected(&b, v, item);
	adv_builder_settle(&b, v);
	read_scores(v, document);
	read_notes(&b, v, document);
	return adv_builder_end(&b);
}
