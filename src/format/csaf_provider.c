/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkers of what stands beside CSAF documents (CSAF 2.0 and 2.1, section 7): provider metadata and
 * aggregators, and feeds, services and categories of ROLIE (RFC 8322) as CSAF uses them.
 */
#include "format/check_tables.h"
#include "format/csaf20.h"

/* ---- forms */

static bool shape_json_url(const char *text)
{
	return shape_uri(text) && str_ends(text, ".json");
}

static bool shape_metadata_url(const char *text)
{
	return shape_uri(text) && str_ends(text, "/provider-metadata.json");
}

static bool shape_aggregator_url(const char *text)
{
	return shape_uri(text) && str_ends(text, "/aggregator.json");
}

static bool shape_fingerprint(const char *text)
{
	return strlen(text) >= 40 && shape_digits_hex(text);
}

static const struct schema any_s = { .kind = SCHEMA_ANY }, bool_s = { .kind = SCHEMA_BOOL };
static const struct schema name_s = TEXT(1, 0), text_s = { .kind = SCHEMA_STRING };
static const struct schema uri_s = STRING_SHAPE(shape_uri, N_("an address (RFC 3986)"));
static const struct schema date_s = STRING_SHAPE(shape_date_time, N_("a date and time with a zone (RFC 3339)"));
static const struct schema json_url_s = STRING_SHAPE(shape_json_url, N_("an address that ends in .json"));
static const struct schema json_urls_s = SET(json_url_s);
static const struct schema metadata_url_s =
	STRING_SHAPE(shape_metadata_url, N_("an address that ends in /provider-metadata.json"));
static const struct schema metadata_urls_s = SET(metadata_url_s);
static const struct schema aggregator_url_s =
	STRING_SHAPE(shape_aggregator_url, N_("an address that ends in /aggregator.json"));
static const struct schema fingerprint_s = STRING_SHAPE(shape_fingerprint, N_("a fingerprint of 40 digits and more"));

/* ---- provider metadata; 20 is CSAF 2.0, whose objects are open, 21 CSAF 2.1 */

enum { V20 = 20, V21 = 21 };

static const struct schema label_s = ONE_OF_WORDS("UNLABELED", "WHITE", "GREEN", "AMBER", "RED");
static const struct schema label_21_s = ONE_OF_WORDS("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED");
static const struct schema feed_item_s =
	CLOSED({ "summary", &text_s, MAY }, { "tlp_label", &label_s, NEED_UNTIL(V20) },
	       { "tlp_label", &label_21_s, NEED_SINCE(V21) }, { "url", &json_url_s, NEED },
	       { "last_updated", &date_s, NEED_SINCE(V21) });
static const struct schema feed_items_s = SET(feed_item_s);
static const struct schema rolie_s = CLOSED({ "categories", &json_urls_s, MAY }, { "feeds", &feed_items_s, NEED },
					    { "services", &json_urls_s, MAY });
static const struct schema directory_s = CLOSED({ "tlp_label", &label_21_s, NEED }, { "url", &uri_s, NEED });
static const struct schema distribution_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .least = 1,
	.members = MEMBERS({ "directory_url", &uri_s, UNTIL(V20) }, { "directory", &directory_s, SINCE(V21) },
			   { "rolie", &rolie_s, MAY }),
};
static const struct schema distributions_s = SET(distribution_s);
static const struct schema key_s = CLOSED({ "fingerprint", &fingerprint_s, UNTIL(V20) },
					  { "fingerprint", &fingerprint_s, NEED_SINCE(V21) }, { "url", &uri_s, NEED });
static const struct schema keys_s = ITEMS(key_s);
static const struct schema role_s = ONE_OF_WORDS("csaf_publisher", "csaf_provider", "csaf_trusted_provider");
static const struct schema version_20_s = ONE_OF_WORDS("2.0"), version_21_s = ONE_OF_WORDS("2.1");
static const struct schema publisher_category_s =
	ONE_OF_WORDS("coordinator", "discoverer", "other", "translator", "user", "vendor", "\25", "multiplier");
static const struct schema publisher_s =
	CLOSED({ "category", &publisher_category_s, NEED }, { "contact_details", &name_s, MAY },
	       { "issuing_authority", &name_s, MAY }, { "name", &name_s, NEED }, { "namespace", &uri_s, NEED });
static const struct schema provider_meta_s =
	ONE_OF_WORDS("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json");
static const struct schema provider_schema =
	CLOSED({ "$schema", &provider_meta_s, NEED_SINCE(V21) }, { "canonical_url", &metadata_url_s, NEED },
	       { "distributions", &distributions_s, MAY }, { "last_updated", &date_s, NEED },
	       { "list_on_CSAF_aggregators", &bool_s, NEED }, { "mirror_on_CSAF_aggregators", &bool_s, NEED },
	       { "metadata_version", &version_20_s, NEED_UNTIL(V20) },
	       { "metadata_version", &version_21_s, NEED_SINCE(V21) }, { "maintained_from", &date_s, SINCE(V21) },
	       { "maintained_until", &date_s, SINCE(V21) }, { "public_openpgp_keys", &keys_s, MAY },
	       { "publisher", &publisher_s, NEED }, { "role", &role_s, NEED });

/* ---- aggregators */

static const struct schema aggregator_category_s = ONE_OF_WORDS("aggregator", "lister");
static const struct schema aggregator_s =
	CLOSED({ "category", &aggregator_category_s, NEED }, { "contact_details", &name_s, MAY },
	       { "issuing_authority", &name_s, MAY }, { "name", &name_s, NEED }, { "namespace", &uri_s, NEED });
static const struct schema metadata_s = CLOSED({ "last_updated", &date_s, NEED }, { "publisher", &publisher_s, NEED },
					       { "role", &role_s, MAY }, { "url", &metadata_url_s, NEED });
static const struct schema provider_item_s = CLOSED({ "metadata", &metadata_s, NEED },
						    { "mirrors", &metadata_urls_s, MAY });
static const struct schema provider_items_s = SET(provider_item_s);
static const struct schema publisher_item_s = CLOSED({ "metadata", &metadata_s, NEED },
						     { "mirrors", &metadata_urls_s, NEED },
						     { "update_interval", &name_s, NEED });
static const struct schema publisher_items_s = SET(publisher_item_s);
static const struct schema aggregator_meta_s =
	ONE_OF_WORDS("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/aggregator.json");
static const struct schema aggregator_schema =
	CLOSED({ "$schema", &aggregator_meta_s, NEED_SINCE(V21) }, { "aggregator", &aggregator_s, NEED },
	       { "aggregator_version", &version_20_s, NEED_UNTIL(V20) },
	       { "aggregator_version", &version_21_s, NEED_SINCE(V21) }, { "canonical_url", &aggregator_url_s, NEED },
	       { "csaf_providers", &provider_items_s, NEED }, { "csaf_publishers", &publisher_items_s, MAY },
	       { "last_updated", &date_s, NEED });

/* ---- ROLIE */

static const struct schema link_s = OBJECT({ "rel", &name_s, NEED }, { "href", &uri_s, NEED });
static const struct schema links_s = LIST(link_s);
static const struct schema category_s = OBJECT({ "scheme", &uri_s, MAY }, { "term", &name_s, NEED });
static const struct schema categories_s = LIST(category_s);
static const struct schema summary_s = OBJECT({ "content", &text_s, MAY });
static const struct schema content_s = OBJECT({ "type", &name_s, NEED }, { "src", &json_url_s, NEED });
static const struct schema format_s = OBJECT({ "schema", &uri_s, NEED }, { "version", &name_s, NEED });
static const struct schema entry_s =
	OBJECT({ "id", &name_s, NEED }, { "title", &name_s, NEED }, { "link", &links_s, NEED },
	       { "published", &date_s, NEED }, { "updated", &date_s, NEED }, { "summary", &summary_s, MAY },
	       { "content", &content_s, NEED }, { "format", &format_s, NEED }, { "category", &categories_s, MAY });
static const struct schema entries_s = ITEMS(entry_s);
static const struct schema feed_s = OBJECT({ "id", &name_s, NEED }, { "title", &name_s, NEED },
					   { "link", &links_s, NEED }, { "category", &categories_s, NEED },
					   { "updated", &date_s, NEED }, { "entry", &entries_s, MAY });
static const struct schema rolie_feed_schema = OBJECT({ "feed", &feed_s, NEED });
static const struct schema category_list_s = OBJECT({ "category", &categories_s, MAY });
static const struct schema collection_s = OBJECT({ "title", &name_s, NEED }, { "href", &json_url_s, NEED },
						 { "categories", &category_list_s, NEED });
static const struct schema collections_s = ITEMS(collection_s);
static const struct schema workspace_s = OBJECT({ "title", &name_s, NEED }, { "collection", &collections_s, NEED });
static const struct schema workspaces_s = LIST(workspace_s);
static const struct schema service_s = OBJECT({ "workspace", &workspaces_s, NEED });
static const struct schema rolie_service_schema = OBJECT({ "service", &service_s, NEED });
static const struct schema category_terms_s = OBJECT({ "category", &categories_s, NEED }, { "fixed", &any_s, MAY });
static const struct schema rolie_category_schema = OBJECT({ "categories", &category_terms_s, NEED });

/* ---- rules of section 7 beyond the structure */

static void check_https(struct checking *c, const json_t *value, const struct place *place)
{
	if (json_is_string(value) && !str_starts(json_string_value(value), "https://"))
		check_found(c, place, _("it is not served over TLS (https://)"));
}

/* Requirement 3: every address below the list or object. */
static void walk_addresses(struct checking *c, const json_t *json, const struct place *place, int depth)
{
	static const char *const names[] = { "url", "directory_url", "canonical_url", "href", "src" };
	const char *name;
	json_t *value;
	size_t i;

	if (depth > 20)
		return;
	json_array_foreach((json_t *)json, i, value)
		walk_addresses(c, value, AT_INDEX(place, i), depth + 1);
	json_object_foreach((json_t *)json, name, value) {
		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			if (str_equal(names[n], name))
				check_https(c, value, AT(place, name));
		walk_addresses(c, value, AT(place, name), depth + 1);
	}
}

static void not_tls(struct checking *c, const json_t *document)
{
	walk_addresses(c, document, NULL, 0);
}

/* Requirements 15: a provider's way to its documents. */
static void no_distribution(struct checking *c, const json_t *document)
{
	const char *role = js_string(document, "role");

	if (role && !str_equal(role, "csaf_publisher") && !json_array_size(js_array(document, "distributions")))
		check_found(c, NULL, _("a provider needs distributions: directories or ROLIE feeds"));
}

/* Requirement 20. */
static void no_key(struct checking *c, const json_t *document)
{
	if (str_equal(js_string(document, "role"), "csaf_trusted_provider") &&
	    !json_array_size(js_array(document, "public_openpgp_keys")))
		check_found(c, NULL, _("a trusted provider names its public OpenPGP key"));
}

/* Requirement 15: at least one feed for everybody. */
static void no_public_feed(struct checking *c, const json_t *document)
{
	static const char *const open[] = { "UNLABELED", "WHITE", "GREEN", "CLEAR" };
	const struct place top = { NULL, "distributions", 0 };
	json_t *distribution, *feed;
	size_t i, k;

	json_array_foreach(js_array(document, "distributions"), i, distribution) {
		const json_t *feeds = js_array(json_object_get(distribution, "rolie"), "feeds");
		bool found = json_array_size(feeds) == 0;

		json_array_foreach((json_t *)feeds, k, feed)
			for (size_t n = 0; n < ARRAY_LEN(open); n++)
				found = found || str_equal(js_string(feed, "tlp_label"), open[n]);
		if (!found)
			check_found(c, AT(AT(AT_INDEX(&top, i), "rolie"), "feeds"),
				    _("none of the feeds is unlabeled, white (clear) or green"));
	}
}

/* Requirement 22: two parties that have nothing in common. */
static void few_parties(struct checking *c, const json_t *document)
{
	static const char *const lists[] = { "csaf_providers", "csaf_publishers" };
	AUTO_JSON parties = json_object();
	json_t *item;
	size_t i;

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(document, lists[l]), i, item) {
			const json_t *publisher = json_object_get(json_object_get(item, "metadata"), "publisher");
			const char *space = js_string(publisher, "namespace");

			if (space)
				json_object_set_new(parties, space, json_true());
		}
	if (json_object_size(parties) < 2)
		check_found(c, NULL, _("it lists fewer than two disjoint issuing parties"));
}

/* A lister has no mirrors of its own. */
static void lister_mirrors(struct checking *c, const json_t *document)
{
	const struct place top = { NULL, "csaf_providers", 0 };
	json_t *item;
	size_t i;

	if (!str_equal(js_string(json_object_get(document, "aggregator"), "category"), "lister"))
		return;
	json_array_foreach(js_array(document, "csaf_providers"), i, item)
		if (json_object_get(item, "mirrors"))
			check_found(c, AT(AT_INDEX(&top, i), "mirrors"), _("a lister has no mirrors"));
}

static bool has_link(const json_t *entry, const char *rel)
{
	json_t *link;
	size_t i;

	json_array_foreach(js_array(entry, "link"), i, link)
		if (str_equal(js_string(link, "rel"), rel))
			return true;
	return false;
}

static void feed_self(struct checking *c, const json_t *document)
{
	const json_t *feed = json_object_get(document, "feed");
	const struct place *place = AT(NULL, "feed"), *list = AT(place, "entry");
	json_t *entry;
	size_t i;

	if (!has_link(feed, "self"))
		check_found(c, AT(place, "link"), _("no link with the relation \"%s\""), "self");
	json_array_foreach(js_array(feed, "entry"), i, entry)
		if (!has_link(entry, "self"))
			check_found(c, AT(AT_INDEX(list, i), "link"), _("no link with the relation \"%s\""), "self");
}

/* Requirements 18 and 19, as far as the feed tells. */
static void feed_proof(struct checking *c, const json_t *document)
{
	static const char *const relations[] = { "hash", "signature" };
	const struct place *list = AT(AT(NULL, "feed"), "entry");
	json_t *entry;
	size_t i;

	json_array_foreach(js_array(json_object_get(document, "feed"), "entry"), i, entry)
		for (size_t r = 0; r < ARRAY_LEN(relations); r++)
			if (!has_link(entry, relations[r]))
				check_found(c, AT(AT_INDEX(list, i), "link"), _("no link with the relation \"%s\""),
					    relations[r]);
}

static bool is_csaf_category(const json_t *list)
{
	json_t *category;
	size_t i;

	json_array_foreach((json_t *)list, i, category)
		if (str_equal(js_string(category, "term"), "csaf") &&
		    str_equal(js_string(category, "scheme"), "urn:ietf:params:rolie:category:information-type"))
			return true;
	return false;
}

static void feed_category(struct checking *c, const json_t *document)
{
	if (!is_csaf_category(js_array(json_object_get(document, "feed"), "category")))
		check_found(c, AT(AT(NULL, "feed"), "category"), _("no category says that it is about CSAF"));
}

static void feed_twice(struct checking *c, const json_t *document)
{
	const struct place *list = AT(AT(NULL, "feed"), "entry");
	AUTO_JSON seen = json_object();
	json_t *entry;
	size_t i;

	json_array_foreach(js_array(json_object_get(document, "feed"), "entry"), i, entry) {
		const char *id = js_string(entry, "id");

		if (id && json_object_get(seen, id))
			check_found(c, AT(AT_INDEX(list, i), "id"), _("\"%.60s\" is the id of something else already"), id);
		if (id)
			json_object_set_new(seen, id, json_true());
	}
}

static const struct check_test provider_rules[] = {
	{ "provider-3", N_("Addresses without TLS"), CHECK_ERROR, not_tls, N_("Serve it over https") },
	{ "provider-15", N_("Provider without distributions"), CHECK_ERROR, no_distribution,
	  N_("Add a directory or a ROLIE feed") },
	{ "provider-15-feed", N_("No feed for everybody"), CHECK_ERROR, no_public_feed,
	  N_("Add a feed for WHITE, GREEN or without a label") },
	{ "provider-20", N_("Trusted provider without a key"), CHECK_ERROR, no_key,
	  N_("Name the public key and where it is") },
};
static const struct check_test aggregator_rules[] = {
	{ "provider-3", N_("Addresses without TLS"), CHECK_ERROR, not_tls, N_("Serve it over https") },
	{ "provider-22", N_("Fewer than two issuing parties"), CHECK_ERROR, few_parties,
	  N_("List a second party, of another publisher") },
	{ "aggregator-lister", N_("Lister with mirrors"), CHECK_ERROR, lister_mirrors,
	  N_("Leave the mirrors out, or set the category to aggregator") },
};
static const struct check_test feed_rules[] = {
	{ "provider-3", N_("Addresses without TLS"), CHECK_ERROR, not_tls, N_("Serve it over https") },
	{ "rolie-self", N_("Entry without a link to itself"), CHECK_ERROR, feed_self,
	  N_("Add a link of rel self") },
	{ "rolie-category", N_("Feed without the category of CSAF"), CHECK_ERROR, feed_category,
	  N_("Add the category of information type csaf") },
	{ "rolie-twice", N_("Several entries of one id"), CHECK_WARNING, feed_twice,
	  N_("Keep the entry of the newest version") },
	{ "rolie-proof", N_("Entry without hash or signature"), CHECK_WARNING, feed_proof,
	  N_("Add links of rel hash and rel signature") },
};
static const struct check_test address_rules[] = {
	{ "provider-3", N_("Addresses without TLS"), CHECK_ERROR, not_tls, N_("Serve it over https") },
};

/* ---- which of them */

static bool is_metadata(const json_t *document)
{
	return json_object_get(document, "metadata_version") ||
	       (json_object_get(document, "role") && json_object_get(document, "canonical_url"));
}

static bool is_provider_21(const json_t *document)
{
	return is_metadata(document) && str_equal(js_string(document, "metadata_version"), "2.1");
}

static bool is_aggregator(const json_t *document)
{
	return json_object_get(document, "aggregator_version") || json_object_get(document, "aggregator");
}

static bool is_aggregator_21(const json_t *document)
{
	return is_aggregator(document) && str_equal(js_string(document, "aggregator_version"), "2.1");
}

static bool is_feed(const json_t *document)
{
	return json_is_object(json_object_get(document, "feed"));
}

static bool is_service(const json_t *document)
{
	return json_is_object(json_object_get(document, "service")) &&
	       json_object_get(json_object_get(document, "service"), "workspace");
}

static bool is_category(const json_t *document)
{
	return json_is_object(json_object_get(document, "categories")) &&
	       json_object_get(json_object_get(document, "categories"), "category");
}

const struct check_format provider_21_format = { .name = "csaf-provider-2.1", .is = is_provider_21,
						  .schema = &provider_schema, .version = V21,
						  CHECK_RULES(provider_rules) };
const struct check_format provider_20_format = { .name = "csaf-provider-2.0", .is = is_metadata,
						  .schema = &provider_schema, .version = V20, .open = true,
						  CHECK_RULES(provider_rules) };
const struct check_format aggregator_21_format = { .name = "csaf-aggregator-2.1", .is = is_aggregator_21,
						    .schema = &aggregator_schema, .version = V21,
						    CHECK_RULES(aggregator_rules) };
const struct check_format aggregator_20_format = { .name = "csaf-aggregator-2.0", .is = is_aggregator,
						    .schema = &aggregator_schema, .version = V20, .open = true,
						    CHECK_RULES(aggregator_rules) };
const struct check_format rolie_feed_format = { .name = "rolie-feed", .is = is_feed, .schema = &rolie_feed_schema,
						 CHECK_RULES(feed_rules) };
const struct check_format rolie_service_format = { .name = "rolie-service", .is = is_service,
						    .schema = &rolie_service_schema, CHECK_RULES(address_rules) };
const struct check_format rolie_category_format = { .name = "rolie-category", .is = is_category,
						     .schema = &rolie_category_schema, CHECK_RULES(address_rules) };
