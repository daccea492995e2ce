/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of OpenVEX documents: the structure of 0.2.0 as tables and what its text asks for beyond it.
 * Documents in the form of 0.0.1 are known as such and judged by its own table; they are not valid any more.
 */
#include "format/check_tables.h"

#include "psirtty/score/purl.h"

/* ---- structure */

static const struct schema text_s = { .kind = SCHEMA_STRING };
static const struct schema iri_s = STRING_SHAPE(shape_iri, N_("an address with a scheme (IRI, RFC 3987)"));
static const struct schema time_s = STRING_SHAPE(shape_date_time, N_("a date and time with a zone (RFC 3339)"));
static const struct schema number_s = { .kind = SCHEMA_INTEGER, .minimum = 1, .maximum = 9e15 };
static const struct schema aliases_s = ITEM_SET(text_s);
static const struct schema vulnerability_s = CLOSED({ "@id", &iri_s, MAY }, { "name", &text_s, NEED },
						    { "description", &text_s, MAY }, { "aliases", &aliases_s, MAY });
/* The text writes cpe22 and cpe23, the schema had an @ in front of them for a while. */
static const struct schema identifiers_s = CLOSED({ "purl", &text_s, MAY }, { "cpe22", &text_s, MAY },
						  { "cpe23", &text_s, MAY }, { "@cpe22", &text_s, MAY },
						  { "@cpe23", &text_s, MAY });
static const struct schema hashes_s =
	CLOSED({ "md5", &text_s, MAY }, { "sha1", &text_s, MAY }, { "sha-256", &text_s, MAY },
	       { "sha-384", &text_s, MAY }, { "sha-512", &text_s, MAY }, { "sha3-224", &text_s, MAY },
	       { "sha3-256", &text_s, MAY }, { "sha3-384", &text_s, MAY }, { "sha3-512", &text_s, MAY },
	       { "blake2s-256", &text_s, MAY }, { "blake2b-256", &text_s, MAY }, { "blake2b-512", &text_s, MAY });
static const struct schema subcomponent_s = CLOSED({ "@id", &iri_s, MAY }, { "identifiers", &identifiers_s, MAY },
						   { "hashes", &hashes_s, MAY });
static const struct schema subcomponents_s = ITEM_SET(subcomponent_s);
static const struct schema product_s = CLOSED({ "@id", &iri_s, MAY }, { "identifiers", &identifiers_s, MAY },
					      { "hashes", &hashes_s, MAY },
					      { "subcomponents", &subcomponents_s, MAY });
static const struct schema products_s = ITEM_SET(product_s);
static const struct schema status_s = ONE_OF_WORDS("not_affected", "affected", "fixed", "under_investigation");
static const struct schema justification_s =
	ONE_OF_WORDS("component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
		     "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist");

static void check_statement(struct checking *c, const json_t *json, const struct place *place)
{
	const char *status = js_string(json, "status");

	if (str_equal(status, "not_affected") && !json_object_get(json, "justification") &&
	    !json_object_get(json, "impact_statement"))
		check_found(c, place, _("not_affected needs a justification or an impact_statement"));
	if (str_equal(status, "affected") && !json_object_get(json, "action_statement"))
		check_found(c, place, _("affected needs an action_statement: what to do about it"));
}

static const struct schema statement_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_statement,
	.members = MEMBERS({ "@id", &iri_s, MAY }, { "version", &number_s, MAY },
			   { "vulnerability", &vulnerability_s, NEED }, { "timestamp", &time_s, MAY },
			   { "last_updated", &time_s, MAY }, { "products", &products_s, MAY },
			   { "status", &status_s, NEED }, { "supplier", &text_s, MAY }, { "status_notes", &text_s, MAY },
			   { "justification", &justification_s, MAY }, { "impact_statement", &text_s, MAY },
			   { "action_statement", &text_s, MAY }, { "action_statement_timestamp", &time_s, MAY }),
};
static const struct schema statements_s = SET(statement_s);
static const struct schema openvex_schema =
	CLOSED({ "@context", &iri_s, NEED }, { "@id", &iri_s, NEED }, { "author", &text_s, NEED },
	       { "role", &text_s, MAY }, { "timestamp", &time_s, NEED }, { "last_updated", &time_s, MAY },
	       { "version", &number_s, NEED }, { "tooling", &text_s, MAY }, { "statements", &statements_s, NEED });

/* 0.0.1: names instead of objects, the version a text. */
static const struct schema old_statement_s = {
	.kind = SCHEMA_OBJECT, .extra = check_statement,
	.members = MEMBERS({ "vulnerability", &text_s, NEED }, { "timestamp", &time_s, MAY },
			   { "products", &aliases_s, MAY }, { "subcomponents", &aliases_s, MAY },
			   { "status", &status_s, NEED }, { "status_notes", &text_s, MAY },
			   { "justification", &justification_s, MAY }, { "impact_statement", &text_s, MAY },
			   { "action_statement", &text_s, MAY }, { "action_statement_timestamp", &time_s, MAY }),
};
static const struct schema old_statements_s = LIST(old_statement_s);

static void check_old(struct checking *c, const json_t *json, const struct place *place)
{
	(void)json;
	check_found(c, place, _("it has the form of OpenVEX 0.0.1, which 0.2.0 has replaced"));
}

static const struct schema old_schema = {
	.kind = SCHEMA_OBJECT, .extra = check_old,
	.members = MEMBERS({ "@context", &text_s, NEED }, { "@id", &text_s, NEED }, { "author", &text_s, NEED },
			   { "role", &text_s, MAY }, { "timestamp", &time_s, MAY },
			   { "statements", &old_statements_s, NEED }),
};

/* ---- rules beyond the structure */

typedef void (*statement_fn)(struct checking *c, const json_t *statement, const struct place *place);

static void each_statement(struct checking *c, const json_t *document, statement_fn fn)
{
	const struct place top = { NULL, "statements", 0 };
	json_t *statement;
	size_t i;

	json_array_foreach(js_array(document, "statements"), i, statement)
		if (json_is_object(statement))
			fn(c, statement, AT_INDEX(&top, i));
}

static void statement_products(struct checking *c, const json_t *statement, const struct place *place)
{
	if (!json_array_size(js_array(statement, "products")))
		check_found(c, place, _("no product is named, so it says nothing about any"));
}

static void no_products(struct checking *c, const json_t *document)
{
	each_statement(c, document, statement_products);
}

static void statement_named(struct checking *c, const json_t *statement, const struct place *place)
{
	json_t *product;
	size_t i;

	json_array_foreach(js_array(statement, "products"), i, product)
		if (json_is_object(product) && !json_object_get(product, "@id") &&
		    !json_object_size(json_object_get(product, "identifiers")))
			check_found(c, AT_INDEX(AT(place, "products"), i), _("it has neither @id nor identifiers"));
}

static void unnamed_product(struct checking *c, const json_t *document)
{
	each_statement(c, document, statement_named);
}

static void component_purl(struct checking *c, const json_t *component, const struct place *place)
{
	const json_t *identifiers = json_object_get(component, "identifiers");
	const char *texts[] = { js_string(component, "@id"), js_string(identifiers, "purl") };
	const struct place *places[] = { AT(place, "@id"), AT(AT(place, "identifiers"), "purl") };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_PURL purl = PURL_INIT;
		AUTO_ERROR err = ERROR_INIT;

		if (texts[i] && (i == 1 || str_starts(texts[i], "pkg:")) && purl_parse(texts[i], &purl, &err))
			check_found(c, places[i], _("it is no package URL: %s"), str_or_empty(err.why));
	}
}

static void statement_purl(struct checking *c, const json_t *statement, const struct place *place)
{
	json_t *product, *part;
	size_t i, k;

	json_array_foreach(js_array(statement, "products"), i, product) {
		const struct place *here = AT_INDEX(AT(place, "products"), i);

		component_purl(c, product, here);
		json_array_foreach(js_array(product, "subcomponents"), k, part)
			component_purl(c, part, AT_INDEX(AT(here, "subcomponents"), k));
	}
}

static void bad_purl(struct checking *c, const json_t *document)
{
	each_statement(c, document, statement_purl);
}

static void updated_before(struct checking *c, const json_t *document)
{
	instant first, last;

	if (instant_parse(str_or_empty(js_string(document, "timestamp")), &first, NULL) == 0 &&
	    instant_parse(str_or_empty(js_string(document, "last_updated")), &last, NULL) == 0 && last < first)
		check_found(c, AT(NULL, "last_updated"), _("it lies before the timestamp"));
}

static void other_context(struct checking *c, const json_t *document)
{
	const char *context = js_string(document, "@context");

	if (context && !str_starts(context, "https://openvex.dev/ns/v0.2"))
		check_found(c, AT(NULL, "@context"), _("it is not the context of 0.2.0"));
}

static const struct check_test rules[] = {
	{ "openvex-products", N_("Statement about no product"), CHECK_WARNING, no_products,
	  N_("Name the products the statement is about") },
	{ "openvex-product", N_("Product without a name"), CHECK_WARNING, unnamed_product,
	  N_("Give the product an @id or identifiers") },
	{ "openvex-purl", N_("Package URLs that cannot be read"), CHECK_WARNING, bad_purl,
	  N_("Write a package URL by the rules, like pkg:npm/name@1.0") },
	{ "openvex-updated", N_("Updated before it was issued"), CHECK_WARNING, updated_before,
	  N_("Correct the dates") },
	{ "openvex-context", N_("Context of another version"), CHECK_INFO, other_context,
	  N_("Write https://openvex.dev/ns/v0.2.0") },
};

/* ---- which of them */

static bool openvex_is(const json_t *document)
{
	return strstr(str_or_empty(js_string(document, "@context")), "openvex") != NULL ||
	       (js_array(document, "statements") && json_object_get(document, "author"));
}

static bool old_is(const json_t *document)
{
	json_t *statement, *product;
	size_t i, k;

	if (!openvex_is(document))
		return false;
	if (json_object_get(document, "format") || json_is_string(json_object_get(document, "version")))
		return true;
	json_array_foreach(js_array(document, "statements"), i, statement) {
		if (json_is_string(json_object_get(statement, "vulnerability")))
			return true;
		json_array_foreach(js_array(statement, "products"), k, product)
			if (json_is_string(product))
				return true;
	}
	return false;
}

const struct check_format openvex_format = { .name = "openvex-0.2.0", .is = openvex_is, .schema = &openvex_schema,
					      CHECK_RULES(rules) };
const struct check_format openvex_old_format = { .name = "openvex-0.0.1", .is = old_is, .schema = &old_schema };
