/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structure of CSAF documents as tables, after the OASIS JSON schema of 2022-11-18 (2.0) and the draft of 2026
 * (2.1): members, words, forms, least lengths. CVSS objects have the tables of score/.
 */
#include "format/csaf20.h"
#include "format/check_cvss.h"
#include "format/check_tables.h"
#include "format/language.h"

#include <ctype.h>

/* ---- forms */

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

bool csaf_is_integer_version(const char *text)
{
	size_t length = digits_at(text);

	return length > 0 && (length == 1 || text[0] != '0') && !text[length];
}

bool csaf_shape_version(const char *text)
{
	return csaf_is_integer_version(text) || check_shape_semver(text);
}

/* Blanks of other scripts: no-break and other spaces, line and paragraph separators. */
static bool is_wide_blank(const char *text)
{
	static const char *const blanks[] = { "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
					      "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F",
					      "\u205F", "\u3000", "\uFEFF" };

	for (size_t i = 0; i < ARRAY_LEN(blanks); i++)
		if (str_starts(text, blanks[i]))
			return true;
	return false;
}

/* One line that neither begins nor ends with one of CHARACTERS or another blank. */
static bool outside(const char *text, const char *characters)
{
	size_t length = strlen(text);

	return *text && !strchr(characters, text[0]) && !strchr(characters, text[length - 1]) && !is_wide_blank(text) &&
	       !(length > 1 && is_wide_blank(text + length - 2)) && !(length > 2 && is_wide_blank(text + length - 3)) &&
	       !strpbrk(text, "\r\n") && !strstr(text, "\u2028") && !strstr(text, "\u2029");
}

static bool shape_category(const char *text)
{
	return outside(text, " \t\r\n\f\v-_.");
}

static bool shape_id(const char *text)
{
	return outside(text, " \t\r\n\f\v");
}

static bool shape_cwe(const char *text)
{
	size_t digits = str_starts(text, "CWE-") ? digits_at(text + 4) : 0;

	return digits >= 1 && digits <= 6 && text[4] != '0' && !text[4 + digits];
}

static bool shape_cpe(const char *text)
{
	return strlen(text) >= 5 && csaf_cpe_fits(text);
}

static bool shape_purl(const char *text)
{
	size_t type = str_starts(text, "pkg:") ? strspn(text + 4, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
								    "0123456789.-+") : 0;

	return strlen(text) >= 7 && type > 0 && !isdigit((unsigned char)text[4]) && text[4 + type] == '/' &&
	       text[5 + type] && shape_uri(text);
}

/* Of 2.1: who shares; "4.20"; "0.97"; a CPE name from end to end. */
static bool shape_group_uuid(const char *text)
{
	return str_equal(text, "00000000-0000-0000-0000-000000000000") ||
	       str_equal(text, "ffffffff-ffff-ffff-ffff-ffffffffffff") ||
	       (shape_uuid(text) && text[14] == '4' && !strpbrk(text, "ABCDEF"));
}

static bool shape_cwe_version(const char *text)
{
	size_t major = digits_at(text), minor = major && text[major] == '.' ? digits_at(text + major + 1) : 0;
	const char *rest = text + major + 1 + minor;

	return minor > 0 && text[0] != '0' && (minor == 1 || text[major + 1] != '0') &&
	       (!*rest || (*rest == '.' && digits_at(rest + 1) && !rest[1 + digits_at(rest + 1)]));
}

static bool shape_decimal(const char *text)
{
	size_t rest = (text[0] == '0' || text[0] == '1') && text[1] == '.' ? digits_at(text + 2) : 0;

	return rest > 0 && !text[2 + rest] && (text[0] == '0' || strspn(text + 2, "0") == rest);
}

static bool shape_cpe_21(const char *text)
{
	return strlen(text) >= 5 && csaf_cpe_is(text);
}

/* ---- scalars */

static const struct schema text_s = { .kind = SCHEMA_STRING, .least = 1 };
static const struct schema uri_s = STRING_SHAPE(shape_uri, N_("an address (RFC 3986)"));
static const struct schema date_s = STRING_SHAPE(shape_date_time, N_("a date and time with a zone (RFC 3339)"));
static const struct schema version_s = STRING_SHAPE(csaf_shape_version, N_("an integer or semantic version"));
static const struct schema lang_s = STRING_SHAPE(language_tag_formed, N_("a language tag (BCP 47)"));
static const struct schema cve_s = STRING_SHAPE(shape_cve, N_("a CVE id"));
static const struct schema cwe_id_s = STRING_SHAPE(shape_cwe, N_("a CWE id"));
static const struct schema cpe_s = STRING_SHAPE(shape_cpe, N_("a CPE name")), cpe_21_s = STRING_SHAPE(shape_cpe_21, N_("a CPE name"));
static const struct schema purl_s = STRING_SHAPE(shape_purl, N_("a package URL"));
static const struct schema hash_s = STRING_SHAPE(shape_digits_hex, N_("a hash of 32 hexadecimal digits and more"));
static const struct schema category_s = STRING_SHAPE(
	shape_category, N_("a category: it begins and ends with neither blank, hyphen, underscore nor dot"));
static const struct schema id_s = STRING_SHAPE(shape_id, N_("an id of one line without blanks around"));
static const struct schema any_s = { .kind = SCHEMA_ANY };
static const struct schema extensions_s = LIST(any_s);
static const struct schema texts_s = LIST(text_s), uris_s = LIST(uri_s), text_set_s = SET(text_s);

/* ---- what occurs in several places */

static const struct schema acknowledgment_s = SOME({ "names", &texts_s, MAY }, { "organization", &text_s, MAY },
						   { "summary", &text_s, MAY }, { "urls", &uris_s, MAY });
static const struct schema acknowledgments_s = LIST(acknowledgment_s);
static const struct schema note_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("description", "details", "faq", "general", "legal_disclaimer", "other", "summary"),
};
static const struct schema note_s = OBJECT({ "group_ids", &text_set_s, SINCE(CSAF21) }, { "product_ids", &text_set_s, SINCE(CSAF21) }, { "audience", &text_s, MAY }, { "category", &note_category_s, NEED },
					   { "text", &text_s, NEED }, { "title", &text_s, MAY });
static const struct schema notes_s = LIST(note_s);
static const struct schema reference_category_s = { .kind = SCHEMA_STRING, .words = WORDS("external", "self") };
static const struct schema reference_s = OBJECT({ "category", &reference_category_s, MAY },
						{ "summary", &text_s, NEED }, { "url", &uri_s, NEED });
static const struct schema references_s = LIST(reference_s);

/* ---- product tree */

static const struct schema file_hash_s = OBJECT({ "algorithm", &text_s, NEED }, { "value", &hash_s, NEED });
static const struct schema file_hashes_s = LIST(file_hash_s);
static const struct schema hashes_item_s = OBJECT({ "file_hashes", &file_hashes_s, NEED },
						  { "filename", &text_s, NEED });
static const struct schema hashes_s = LIST(hashes_item_s);
static const struct schema generic_uri_s = OBJECT({ "namespace", &uri_s, NEED }, { "uri", &uri_s, NEED });
static const struct schema generic_uris_s = LIST(generic_uri_s);
static const struct schema purls_s = SET(purl_s);
static const struct schema helper_s =
	SOME({ "cpe", &cpe_s, UNTIL(CSAF20) }, { "cpe", &cpe_21_s, SINCE(CSAF21) }, { "hashes", &hashes_s, MAY }, { "model_numbers", &text_set_s, MAY },
	     { "purl", &purl_s, UNTIL(CSAF20) },
	     { "purls", &purls_s, SINCE(CSAF21) }, { "sbom_urls", &uris_s, MAY }, { "serial_numbers", &text_set_s, MAY },
	     { "skus", &texts_s, MAY }, { "x_generic_uris", &generic_uris_s, MAY });
static const struct schema product_s = OBJECT({ "x_extensions", &extensions_s, SINCE(CSAF21) }, { "name", &text_s, NEED }, { "product_id", &text_s, NEED },
					      { "product_identification_helper", &helper_s, MAY });
static const struct schema products_s = LIST(product_s);
static const struct schema branch_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("architecture", "host_name", "language", "legacy", "patch_level", "product_family",
		       "product_name", "product_version", "product_version_range", "service_pack",
		       "specification", "vendor"),
};
static const struct schema branch_category_21_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("architecture", "host_name", "language", "patch_level", "platform", "product_family", "product_name",
		       "product_version", "product_version_range", "service_pack", "specification", "vendor"),
};
static const struct schema branches_s;

/* A branch has branches or a product, and nothing else: three members. */
static void check_branch(struct checking *c, const json_t *json, const struct place *place)
{
	bool branches = json_object_get(json, "branches") != NULL, product = json_object_get(json, "product") != NULL;

	if (json_is_object(json) && branches == product)
		check_found(c, place, _("a branch has either branches or a product"));
	else if (json_object_size(json) > 3)
		check_found(c, place, _("a branch has three members and no more"));
}

static const struct schema branch_s = {
	.kind = SCHEMA_OBJECT,
	.members = MEMBERS({ "branches", &branches_s, MAY }, { "category", &branch_category_s, NEED_UNTIL(CSAF20) },
			   { "category", &branch_category_21_s, NEED_SINCE(CSAF21) },
			   { "name", &text_s, NEED }, { "product", &product_s, MAY }),
	.extra = check_branch,
};
static const struct schema branches_s = LIST(branch_s);
static const struct schema group_products_s = { .kind = SCHEMA_ARRAY, .items = &text_s, .least = 2,
						.unique = true };
static const struct schema group_s = OBJECT({ "group_id", &text_s, NEED },
					    { "product_ids", &group_products_s, NEED }, { "summary", &text_s, MAY });
static const struct schema groups_s = LIST(group_s);
static const struct schema relationship_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("default_component_of", "external_component_of", "installed_on", "installed_with",
		       "optional_component_of"),
};
static const struct schema relationship_s =
	OBJECT({ "category", &relationship_category_s, NEED }, { "full_product_name", &product_s, NEED },
	       { "product_reference", &text_s, NEED }, { "relates_to_product_reference", &text_s, NEED });
static const struct schema relationships_s = LIST(relationship_s);
static const struct schema step_s = OBJECT({ "category", &relationship_category_s, NEED },
					   { "next_product_reference", &text_s, NEED });
static const struct schema steps_s = LIST(step_s);
static const struct schema path_s = OBJECT({ "beginning_product_reference", &text_s, NEED },
					   { "full_product_name", &product_s, NEED }, { "subpaths", &steps_s, NEED });
static const struct schema paths_s = LIST(path_s);
static const struct schema tree_s = SOME({ "branches", &branches_s, MAY }, { "full_product_names", &products_s, MAY },
					 { "product_groups", &groups_s, MAY },
					 { "product_paths", &paths_s, SINCE(CSAF21) },
					 { "relationships", &relationships_s, UNTIL(CSAF20) });

/* ---- document */

static const struct schema aggregate_s = OBJECT({ "namespace", &uri_s, MAY }, { "text", &text_s, NEED });
static const struct schema csaf_version_s = { .kind = SCHEMA_STRING, .words = WORDS("2.0") }, csaf_version_21_s = ONE_OF_WORDS("2.1");
static const struct schema label_s = { .kind = SCHEMA_STRING, .words = WORDS("AMBER", "GREEN", "RED", "WHITE") };
static const struct schema label_21_s = ONE_OF_WORDS("AMBER", "AMBER+STRICT", "CLEAR", "GREEN", "RED");
static const struct schema tlp_s = OBJECT({ "label", &label_s, NEED_UNTIL(CSAF20) }, { "label", &label_21_s, NEED_SINCE(CSAF21) },
					  { "url", &uri_s, MAY });
static const struct schema uuid_s = STRING_SHAPE(shape_group_uuid, N_("a UUID of version 4, the lowest or the highest one"));
static const struct schema sharing_s = OBJECT({ "id", &uuid_s, NEED }, { "name", &text_s, MAY });
static const struct schema distribution_s = SOME({ "sharing_group", &sharing_s, SINCE(CSAF21) }, { "text", &text_s, MAY },
						 { "tlp", &tlp_s, UNTIL(CSAF20) }, { "tlp", &tlp_s, NEED_SINCE(CSAF21) });
static const struct schema publisher_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("coordinator", "discoverer", "other", "translator", "user", "vendor", "\25", "multiplier"),
};
static const struct schema publisher_s =
	OBJECT({ "category", &publisher_category_s, NEED }, { "contact_details", &text_s, MAY },
	       { "issuing_authority", &text_s, MAY }, { "name", &text_s, NEED }, { "namespace", &uri_s, NEED });
static const struct schema engine_s = OBJECT({ "name", &text_s, NEED }, { "version", &text_s, MAY });
static const struct schema generator_s = OBJECT({ "date", &date_s, MAY }, { "engine", &engine_s, NEED });
static const struct schema revision_s = OBJECT({ "date", &date_s, NEED }, { "legacy_version", &text_s, MAY },
					       { "number", &version_s, NEED }, { "summary", &text_s, NEED });
static const struct schema history_s = LIST(revision_s);
static const struct schema status_s = { .kind = SCHEMA_STRING, .words = WORDS("draft", "final", "interim") };
static const struct schema tracking_s =
	OBJECT({ "aliases", &text_set_s, MAY }, { "current_release_date", &date_s, NEED },
	       { "generator", &generator_s, MAY }, { "id", &id_s, NEED }, { "initial_release_date", &date_s, NEED },
	       { "revision_history", &history_s, NEED }, { "status", &status_s, NEED },
	       { "version", &version_s, NEED });
static const struct schema document_s =
	OBJECT({ "acknowledgments", &acknowledgments_s, MAY }, { "aggregate_severity", &aggregate_s, MAY },
	       { "category", &category_s, NEED },
	       { "csaf_version", &csaf_version_s, NEED_UNTIL(CSAF20) }, { "csaf_version", &csaf_version_21_s, NEED_SINCE(CSAF21) },
	       { "distribution", &distribution_s, UNTIL(CSAF20) }, { "distribution", &distribution_s, NEED_SINCE(CSAF21) },
	       { "license_expression", &text_s, SINCE(CSAF21) }, { "x_extensions", &extensions_s, SINCE(CSAF21) },
	       { "lang", &lang_s, MAY }, { "notes", &notes_s, MAY },
	       { "publisher", &publisher_s, NEED }, { "references", &references_s, MAY },
	       { "source_lang", &lang_s, MAY }, { "title", &text_s, NEED }, { "tracking", &tracking_s, NEED });

/* ---- vulnerabilities */

static const struct schema cwe_s = OBJECT({ "id", &cwe_id_s, NEED }, { "name", &text_s, NEED });
static const struct schema cwe_version_s = STRING_SHAPE(shape_cwe_version, N_("a version such as 4.20"));
static const struct schema cwe_21_s = OBJECT({ "id", &cwe_id_s, NEED }, { "name", &text_s, NEED },
					     { "version", &cwe_version_s, NEED });
static const struct schema cwes_s = SET(cwe_21_s);
static const struct schema flag_label_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("component_not_present", "inline_mitigations_already_exist",
		       "vulnerable_code_cannot_be_controlled_by_adversary",
		       "vulnerable_code_not_in_execute_path", "vulnerable_code_not_present"),
};
static const struct schema flag_s = OBJECT({ "date", &date_s, MAY }, { "group_ids", &text_set_s, MAY },
					   { "label", &flag_label_s, NEED }, { "product_ids", &text_set_s, MAY });
static const struct schema flags_s = SET(flag_s);
static const struct schema alias_s = OBJECT({ "group_ids", &text_set_s, SINCE(CSAF21) }, { "product_ids", &text_set_s, SINCE(CSAF21) },
					    { "system_name", &text_s, NEED }, { "text", &text_s, NEED });
static const struct schema aliases_s = SET(alias_s);
static const struct schema party_s = { .kind = SCHEMA_STRING,
				       .words = WORDS("coordinator", "discoverer", "other", "user", "vendor") };
static const struct schema involvement_status_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("completed", "contact_attempted", "disputed", "in_progress", "not_contacted", "open"),
};
static const struct schema involvement_s =
	OBJECT({ "contact", &text_s, SINCE(CSAF21) }, { "group_ids", &text_set_s, SINCE(CSAF21) },
	       { "product_ids", &text_set_s, SINCE(CSAF21) }, { "date", &date_s, MAY }, { "party", &party_s, NEED }, { "status", &involvement_status_s, NEED },
	       { "summary", &text_s, MAY });
static const struct schema involvements_s = SET(involvement_s);
static const struct schema product_status_s =
	SOME({ "first_affected", &text_set_s, MAY }, { "first_fixed", &text_set_s, MAY },
	     { "fixed", &text_set_s, MAY }, { "known_affected", &text_set_s, MAY },
	     { "known_not_affected", &text_set_s, MAY }, { "last_affected", &text_set_s, MAY },
	     { "recommended", &text_set_s, MAY }, { "unknown", &text_set_s, SINCE(CSAF21) }, { "under_investigation", &text_set_s, MAY });
static const struct schema remediation_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("mitigation", "no_fix_planned", "none_available", "vendor_fix", "workaround", "\25", "fix_planned",
		       "optional_patch"),
};
static const struct schema restart_category_s = {
	.kind = SCHEMA_STRING,
	.words = WORDS("connected", "dependencies", "machine", "none", "parent", "service", "system",
		       "vulnerable_component", "zone"),
};
static const struct schema restart_s = OBJECT({ "category", &restart_category_s, NEED }, { "details", &text_s, MAY });
static const struct schema remediation_s =
	OBJECT({ "category", &remediation_category_s, NEED }, { "date", &date_s, MAY }, { "details", &text_s, NEED },
	       { "entitlements", &texts_s, MAY }, { "group_ids", &text_set_s, MAY },
	       { "product_ids", &text_set_s, MAY }, { "restart_required", &restart_s, MAY }, { "url", &uri_s, MAY });
static const struct schema remediations_s = LIST(remediation_s);
static const struct schema cvss_s = { .kind = SCHEMA_OBJECT, .extra = csaf_check_cvss_structure };

static void check_score(struct checking *c, const json_t *json, const struct place *place)
{
	if (json_is_object(json) && json_object_size(json) < 2)
		check_found(c, place, _("a score has products and a CVSS object"));
}

static const struct schema score_s = {
	.kind = SCHEMA_OBJECT,
	.members = MEMBERS({ "cvss_v2", &cvss_s, MAY }, { "cvss_v3", &cvss_s, MAY },
			   { "products", &text_set_s, NEED }),
	.extra = check_score,
};
static const struct schema scores_s = LIST(score_s);

static void check_cvss4(struct checking *c, const json_t *json, const struct place *place)
{
	check_cvss(c, json, CVSS_4_0, false, place);
}

static const struct schema cvss4_s = { .kind = SCHEMA_OBJECT, .extra = check_cvss4 };
static const struct schema decimal_s = STRING_SHAPE(shape_decimal, N_("a decimal between 0 and 1"));
static const struct schema epss_s = OBJECT({ "percentile", &decimal_s, NEED }, { "probability", &decimal_s, NEED },
					   { "timestamp", &date_s, NEED });
static const struct schema rating_s = ONE_OF_WORDS("critical", "high", "medium", "low", "none");
static const struct schema content_s = SOME({ "cvss_v2", &cvss_s, MAY }, { "cvss_v3", &cvss_s, MAY }, { "cvss_v4", &cvss4_s, MAY },
					    { "epss", &epss_s, MAY }, { "qualitative_severity_rating", &rating_s, MAY },
					    { "ssvc_v2", &any_s, MAY }, { "x_extensions", &extensions_s, MAY });
static const struct schema metric_s = OBJECT({ "content", &content_s, NEED }, { "products", &text_set_s, NEED },
					     { "source", &uri_s, MAY });
static const struct schema metrics_s = SET(metric_s);
static const struct schema exploitation_s =
	OBJECT({ "date", &date_s, NEED }, { "exploitation_date", &date_s, NEED }, { "group_ids", &text_set_s, MAY },
	       { "product_ids", &text_set_s, MAY });
static const struct schema exploitations_s = SET(exploitation_s);
static const struct schema threat_category_s = { .kind = SCHEMA_STRING,
						 .words = WORDS("exploit_status", "impact", "target_set") };
static const struct schema threat_s =
	OBJECT({ "category", &threat_category_s, NEED }, { "date", &date_s, MAY }, { "details", &text_s, NEED },
	       { "group_ids", &text_set_s, MAY }, { "product_ids", &text_set_s, MAY });
static const struct schema threats_s = LIST(threat_s);
static const struct schema vulnerability_s =
	SOME({ "acknowledgments", &acknowledgments_s, MAY }, { "cve", &cve_s, MAY }, { "cwe", &cwe_s, UNTIL(CSAF20) },
	     { "cwes", &cwes_s, SINCE(CSAF21) }, { "disclosure_date", &date_s, SINCE(CSAF21) },
	     { "first_known_exploitation_dates", &exploitations_s, SINCE(CSAF21) }, { "metrics", &metrics_s, SINCE(CSAF21) },
	     { "x_extensions", &extensions_s, SINCE(CSAF21) },
	     { "discovery_date", &date_s, MAY }, { "flags", &flags_s, MAY }, { "ids", &aliases_s, MAY },
	     { "involvements", &involvements_s, MAY }, { "notes", &notes_s, MAY },
	     { "product_status", &product_status_s, MAY }, { "references", &references_s, MAY },
	     { "release_date", &date_s, UNTIL(CSAF20) }, { "remediations", &remediations_s, MAY },
	     { "scores", &scores_s, UNTIL(CSAF20) }, { "threats", &threats_s, MAY }, { "title", &text_s, MAY });
static const struct schema vulnerabilities_s = LIST(vulnerability_s);

static const struct schema meta_s = ONE_OF_WORDS("https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json");

const struct schema csaf20_schema = OBJECT({ "$schema", &meta_s, NEED_SINCE(CSAF21) }, { "x_extensions", &extensions_s, SINCE(CSAF21) },
					   { "document", &document_s, NEED }, { "product_tree", &tree_s, MAY },
					   { "vulnerabilities", &vulnerabilities_s, MAY });
