/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a CSAF provider that programs read: metadata, feed, service, category, index, changes. */
#include "format/provider_private.h"

#include <ctype.h>

#include "format/advisory_private.h"
#include "psirtty/format/csaf.h"

static const char feed_scheme[] = "urn:ietf:params:rolie:category:information-type";
static const char schema_url[] = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json";

/* ---- documents */

void provider_document_release(struct provider_document *d)
{
	free(d->id);
	free(d->title);
	free(d->summary);
	free(d->initial);
	free(d->current);
	free(d->label);
	free(d->path);
	free(d->page);
	*d = (struct provider_document){ 0 };
}

static const char *label_of(const json_t *document)
{
	static const char *const labels[] = { "WHITE", "GREEN", "AMBER", "RED" };
	const char *label = js_string(json_object_get(json_object_get(document, "distribution"), "tlp"), "label");

	for (size_t i = 0; label && i < ARRAY_LEN(labels); i++)
		if (str_equal(labels[i], label))
			return labels[i];
	return str_equal(label, "CLEAR") ? "WHITE" : str_equal(label, "AMBER+STRICT") ? "RED" : "UNLABELED";
}

bool provider_document_read(const json_t *root, struct provider_document *ret)
{
	static const char *const brief[] = { "summary", "general", "description", NULL };
	const json_t *document = json_object_get(root, "document"), *tracking = json_object_get(document, "tracking");
	const char *id = js_string(tracking, "id"), *initial = js_string(tracking, "initial_release_date");
	const char *current = js_string(tracking, "current_release_date"), *title = js_string(document, "title");
	AUTO_STRING name = NULL;
	instant at, newest;

	if (!id || !title || !initial || !current || instant_parse(initial, &at, NULL) || instant_parse(current, &newest, NULL))
		return false;
	name = csaf_file_name(id);
	*ret = (struct provider_document){ .id = mem_string(id), .title = mem_string(title),
					   .summary = mem_string(adv_note(document, brief)), .initial = mem_string(initial),
					   .current = mem_string(current), .label = mem_string(label_of(document)),
					   .path = mem_format("%d/%s", instant_year(at), name) };
	return true;
}

static instant date_of(const char *text)
{
	instant at;

	return instant_parse(text, &at, NULL) == 0 ? at : INSTANT_NONE;
}

static int newest_first(const void *left, const void *right)
{
	const struct provider_document *a = left, *b = right;
	instant x = date_of(a->current), y = date_of(b->current);

	return x != y ? (x < y) - (x > y) : strcmp(a->id, b->id);
}

void provider_sort(struct provider *p)
{
	if (p->count)
		qsort(p->documents, p->count, sizeof(*p->documents), newest_first);
}

/* ---- places */

static void add_lower(struct str *ret, const char *text)
{
	for (; *text; text++)
		str_add_char(ret, (char)tolower((unsigned char)*text));
}

/* NAME with the label for each %s. */
static void add_name(struct str *ret, const char *name, const char *label)
{
	for (; *name; name++)
		if (name[0] == '%' && name[1] == 's') {
			add_lower(ret, label);
			name++;
		} else {
			str_add_char(ret, *name);
		}
}

char *provider_file_path(const struct provider *p, const struct provider_file *file)
{
	struct str path = STR_INIT;

	str_add(&path, file->people ? "advisories/" : ".well-known/csaf/");
	if (str_equal(file->name, "security.txt")) {
		str_reset(&path);
		str_add(&path, ".well-known/");
	}
	add_name(&path, file->name, p->label);
	return str_detach(&path);
}

char *provider_document_path(const struct provider *p, const struct provider_document *document)
{
	struct str path = STR_INIT;

	str_add(&path, ".well-known/csaf/");
	add_lower(&path, p->label);
	str_add_format(&path, "/%s", document->path);
	return str_detach(&path);
}

char *provider_key_path(const struct provider *p)
{
	return mem_format(".well-known/csaf/openpgp/%s.asc", p->fingerprint);
}

static char *url(const struct provider *p, const char *path)
{
	return mem_format("%s/%s", p->base, path);
}

static char *well_known(const struct provider *p, const char *name)
{
	AUTO_STR path = STR_INIT;

	str_add(&path, ".well-known/csaf/");
	add_name(&path, name, p->label);
	return url(p, path.bytes);
}

static const char feed_name[] = "%s/csaf-feed-tlp-%s.json";

/* The date of the newest document: what is written depends on nothing else. */
static const char *newest(const struct provider *p)
{
	return p->count ? p->documents[0].current : "1970-01-01T00:00:00Z";
}

/* ---- JSON */

static json_t *list_with(json_t *item)
{
	json_t *list = json_array();

	json_array_append_new(list, item);
	return list;
}

/* There must be a feed for everybody (requirement 15): that of the public tree, at the same address. */
static json_t *public_feed(const struct provider *p)
{
	AUTO_STRING feed = url(p, ".well-known/csaf/white/csaf-feed-tlp-white.json");

	return adv_object("summary", "All TLP:WHITE documents", "tlp_label", "WHITE", "url", feed, NULL);
}

static void write_metadata(const struct provider *p, struct str *ret)
{
	AUTO_STRING canonical = well_known(p, "provider-metadata.json");
	AUTO_STRING directory = well_known(p, "%s/");
	AUTO_STRING feed = well_known(p, feed_name);
	AUTO_STRING service = well_known(p, "service.json");
	AUTO_STRING category = well_known(p, "category-%s.json");
	AUTO_STRING key = provider_key_path(p);
	AUTO_STRING key_url = url(p, key);
	AUTO_STRING summary = mem_format("All TLP:%s documents", p->label);
	AUTO_JSON root = adv_object("canonical_url", canonical, "last_updated", newest(p), "metadata_version", "2.0", "role",
				    "csaf_trusted_provider", NULL);
	json_t *rolie = json_object(), *distributions = json_array(), *feeds;

	json_object_set_new(root, "list_on_CSAF_aggregators", json_boolean(str_equal(p->label, "WHITE")));
	json_object_set_new(root, "mirror_on_CSAF_aggregators", json_boolean(str_equal(p->label, "WHITE")));
	json_object_set_new(root, "publisher", adv_object("category", "vendor", "name", p->publisher, "namespace",
							  p->namespace_url, "contact_details", p->contact, NULL));
	json_array_append_new(distributions, adv_object("directory_url", directory, NULL));
	feeds = list_with(adv_object("summary", summary, "tlp_label", p->label, "url", feed, NULL));
	if (!str_equal(p->label, "WHITE") && !str_equal(p->label, "GREEN"))
		json_array_append_new(feeds, public_feed(p));
	json_object_set_new(rolie, "feeds", feeds);
	json_object_set_new(rolie, "services", list_with(json_string(service)));
	json_object_set_new(rolie, "categories", list_with(json_string(category)));
	json_array_append_new(distributions, json_pack("{s:o}", "rolie", rolie));
	json_object_set_new(root, "distributions", distributions);
	json_object_set_new(root, "public_openpgp_keys",
			    list_with(adv_object("fingerprint", p->fingerprint, "url", key_url, NULL)));
	js_dump_pretty(root, ret);
}

static json_t *csaf_category(void)
{
	return adv_object("scheme", feed_scheme, "term", "csaf", NULL);
}

static json_t *link(const char *rel, const char *href, const char *suffix)
{
	AUTO_STRING whole = mem_format("%s%s", href, suffix);

	return adv_object("rel", rel, "href", whole, NULL);
}

static json_t *feed_entry(const struct provider *p, const struct provider_document *d)
{
	AUTO_STRING path = provider_document_path(p, d);
	AUTO_STRING src = url(p, path);
	json_t *entry = adv_object("id", d->id, "title", d->title, "published", d->initial, "updated", d->current, NULL);
	json_t *links = json_array();

	json_array_append_new(links, link("self", src, ""));
	json_array_append_new(links, link("hash", src, ".sha256"));
	json_array_append_new(links, link("hash", src, ".sha512"));
	json_array_append_new(links, link("signature", src, ".asc"));
	json_object_set_new(entry, "link", links);
	json_object_set_new(entry, "content", adv_object("src", src, "type", "application/json", NULL));
	json_object_set_new(entry, "format", adv_object("schema", schema_url, "version", "2.0", NULL));
	if (d->summary)
		json_object_set_new(entry, "summary", adv_object("content", d->summary, NULL));
	return entry;
}

static void write_feed(const struct provider *p, struct str *ret)
{
	AUTO_STRING self = well_known(p, feed_name);
	AUTO_STRING service = well_known(p, "service.json");
	AUTO_STR id = STR_INIT;
	AUTO_STRING title = mem_format("%s: CSAF documents, TLP:%s", p->publisher, p->label);
	json_t *feed, *entries = json_array(), *links = json_array();
	AUTO_JSON root = json_object();

	add_name(&id, "csaf-feed-tlp-%s", p->label);
	feed = adv_object("id", id.bytes, "title", title, "updated", newest(p), NULL);
	json_array_append_new(links, link("self", self, ""));
	json_array_append_new(links, link("service", service, ""));
	json_object_set_new(feed, "link", links);
	json_object_set_new(feed, "category", list_with(csaf_category()));
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(entries, feed_entry(p, &p->documents[i]));
	json_object_set_new(feed, "entry", entries);
	json_object_set_new(root, "feed", feed);
	js_dump_pretty(root, ret);
}

static void write_service(const struct provider *p, struct str *ret)
{
	AUTO_STRING feed = well_known(p, feed_name);
	AUTO_STRING title = mem_format("TLP:%s", p->label);
	json_t *collection = adv_object("title", title, "href", feed, NULL), *categories = json_object();
	json_t *workspace = adv_object("title", p->publisher, NULL);
	AUTO_JSON root = json_object();

	json_object_set_new(categories, "category", list_with(csaf_category()));
	json_object_set_new(collection, "categories", categories);
	json_object_set_new(workspace, "collection", list_with(collection));
	json_object_set_new(root, "service", json_pack("{s:o}", "workspace", list_with(workspace)));
	js_dump_pretty(root, ret);
}

static void write_category(const struct provider *p, struct str *ret)
{
	AUTO_JSON root = json_object();

	(void)p;
	json_object_set_new(root, "categories", json_pack("{s:o}", "category", list_with(csaf_category())));
	js_dump_pretty(root, ret);
}

/* ---- lists */

static int by_path(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void write_index(const struct provider *p, struct str *ret)
{
	const char **paths = mem_alloc((p->count + 1) * sizeof(*paths));

	for (size_t i = 0; i < p->count; i++)
		paths[i] = p->documents[i].path;
	if (p->count)
		qsort(paths, p->count, sizeof(*paths), by_path);
	for (size_t i = 0; i < p->count; i++)
		str_add_format(ret, "%s\n", paths[i]);
	free(paths);
}

static void write_changes(const struct provider *p, struct str *ret)
{
	for (size_t i = 0; i < p->count; i++)
		str_add_format(ret, "\"%s\",\"%s\"\n", p->documents[i].path, p->documents[i].current);
}

static const struct provider_file files[] = {
	{ "provider-metadata.json", false, write_metadata },
	{ "service.json", false, write_service },
	{ "category-%s.json", false, write_category },
	{ "%s/csaf-feed-tlp-%s.json", false, write_feed },
	{ "%s/index.txt", false, write_index },
	{ "%s/changes.csv", false, write_changes },
	{ "security.txt", false, provider_security },
	{ "index.html", true, provider_page },
	{ "atom.xml", true, provider_atom },
	{ NULL, false, NULL },
};

const struct provider_file *provider_files(void)
{
	return files;
}

/* ---- requirements */

static const struct provider_requirement requirements[] = {
	{ 1, N_("Valid CSAF document"), false },	 { 2, N_("File name"), false },
	{ 3, N_("TLS"), true },				 { 4, N_("TLP:WHITE is free for all"), false },
	{ 5, N_("TLP:AMBER and TLP:RED are protected"), false }, { 6, N_("Redirects"), true },
	{ 7, N_("provider-metadata.json"), false },	 { 8, N_("security.txt"), false },
	{ 9, N_("Well-known address"), false },		 { 10, N_("DNS path"), true },
	{ 11, N_("One folder per year"), false },	 { 12, N_("index.txt"), false },
	{ 13, N_("changes.csv"), false },		 { 14, N_("Directory listings"), true },
	{ 15, N_("ROLIE feed"), false },		 { 16, N_("ROLIE service document"), false },
	{ 17, N_("ROLIE category document"), false },	 { 18, N_("Integrity"), false },
	{ 19, N_("Signatures"), false },		 { 20, N_("Public OpenPGP key"), false },
};

const struct provider_requirement *provider_requirements(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(requirements);
	return requirements;
}
