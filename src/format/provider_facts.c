/* SPDX-License-Identifier: Apache-2.0 */
/* What a provider's documents say of themselves and of each other, as rows of texts: for whoever compares them. */
#include "psirtty/format/provider.h"

#define TELL(...) tell(context, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void tell_metadata(const json_t *json, provider_tell_fn tell, void *context)
{
	size_t i, k;
	json_t *item, *feed;

	TELL("provider", js_string(json, "canonical_url"), js_string(json, "role"), js_string(json, "last_updated"));
	json_array_foreach(js_array(json, "distributions"), i, item) {
		const json_t *rolie = json_object_get(item, "rolie"), *directory = json_object_get(item, "directory");

		if (js_string(item, "directory_url"))
			TELL("directory", "", js_string(item, "directory_url"));
		if (js_string(directory, "url"))
			TELL("directory", js_string(directory, "tlp_label"), js_string(directory, "url"));
		json_array_foreach(js_array(rolie, "feeds"), k, feed)
			TELL("feed", js_string(feed, "tlp_label"), js_string(feed, "url"));
		json_array_foreach(js_array(rolie, "services"), k, feed)
			TELL("service", "", json_string_value(feed));
		json_array_foreach(js_array(rolie, "categories"), k, feed)
			TELL("category", "", json_string_value(feed));
	}
	json_array_foreach(js_array(json, "public_openpgp_keys"), i, item)
		TELL("key", js_string(item, "fingerprint"), js_string(item, "url"));
}

static bool has_link(const json_t *links, const char *rel)
{
	size_t i;
	json_t *link;

	json_array_foreach((json_t *)links, i, link)
		if (str_equal(js_string(link, "rel"), rel))
			return true;
	return false;
}

static void tell_feed(const json_t *feed, provider_tell_fn tell, void *context)
{
	size_t i;
	json_t *entry;

	TELL("rolie", js_string(feed, "id"), js_string(feed, "updated"));
	json_array_foreach(js_array(feed, "entry"), i, entry)
		TELL("entry", js_string(entry, "id"), js_string(json_object_get(entry, "content"), "src"),
		     js_string(entry, "updated"), has_link(js_array(entry, "link"), "hash") ? "hash" : "",
		     has_link(js_array(entry, "link"), "signature") ? "signature" : "");
}

/* What the CVE services answer when ids are reserved, or asked for. */
static void tell_ids(const json_t *list, provider_tell_fn tell, void *context)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)list, i, item)
		TELL("cve-id", js_string(item, "cve_id"), js_string(item, "state"));
}

void provider_facts(const json_t *json, provider_tell_fn tell, void *context)
{
	struct provider_document d;

	if (provider_document_read(json, &d)) {
		TELL("csaf", d.id, d.title, d.summary, d.initial, d.current, d.label, d.path);
		provider_document_release(&d);
	} else if (json_object_get(json, "canonical_url") && json_object_get(json, "publisher")) {
		tell_metadata(json, tell, context);
	} else if (js_array(json, "cve_ids")) {
		tell_ids(js_array(json, "cve_ids"), tell, context);
	} else if (json_object_get(json, "feed")) {
		tell_feed(json_object_get(json, "feed"), tell, context);
	} else if (json_object_get(json, "document")) {
		TELL("csaf-unclear");
	} else {
		TELL("other");
	}
}
