/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structure of CVE records as tables, after CVE Record Format 5.2.0, which also takes what 5.0 and 5.1
 * allowed: records published and rejected, and the container alone as a CNA sends it to the services.
 */
#include "format/cve.h"
#include "format/check_cvss.h"
#include "format/check_tables.h"

#include <ctype.h>

/* ---- forms */

static size_t digits(const char *text, size_t count)
{
	size_t length = strspn(text, "0123456789");

	return length < count ? length : count;
}

/* The format's own: capital letters, years of this and the last century on, and the zone may be missing. */
static bool shape_timestamp(const char *text)
{
	return shape_date_time_loose(text) && (str_starts(text, "19") || text[0] == '2') && text[10] == 'T' &&
	       !str_ends(text, "z") && text[17] != '6';
}

/* A random UUID, version 4. */
static bool shape_uuid4(const char *text)
{
	return shape_uuid(text) && text[14] == '4' && strchr("89abAB", text[19]);
}

static bool shape_cve_id(const char *text)
{
	return shape_cve(text) && strlen(text + 9) <= 19;
}

static size_t letters(const char *text)
{
	size_t count = 0;

	while (isalpha((unsigned char)text[count]))
		count++;
	return count;
}

/* Behind the language: a script of four letters, a region of two letters or three digits. */
static bool is_language_rest(const char *text)
{
	if ((*text == '-' || *text == '_') && letters(text + 1) == 4)
		text += 5;
	if (!*text)
		return true;
	if (*text != '-' && *text != '_')
		return false;
	return (letters(text + 1) == 2 && !text[3]) || (digits(text + 1, 4) == 3 && !text[4]);
}

static bool shape_language(const char *text)
{
	size_t length = letters(text);

	return length >= 2 && length <= 4 && is_language_rest(text + length);
}

bool cve_is_english(const char *text)
{
	return str_starts(text, "en") && letters(text) == 2 && is_language_rest(text + 2);
}

static bool shape_data_version(const char *text)
{
	if (!str_starts(text, "5."))
		return false;
	text += 2;
	for (int part = 0; part < 2; part++) {
		size_t length = digits(text, SIZE_MAX);

		if (!length || (length > 1 && *text == '0'))
			return false;
		text += length;
		if (!*text)
			return true;
		if (part || *text++ != '.')
			return false;
	}
	return false;
}

static bool is_numbered(const char *text, const char *prefix, size_t most)
{
	size_t count;

	if (!str_starts(text, prefix))
		return false;
	text += strlen(prefix);
	count = digits(text, SIZE_MAX);
	return count >= 1 && count <= most && *text != '0' && !text[count];
}

static bool shape_cwe(const char *text)
{
	return is_numbered(text, "CWE-", 5);
}

static bool shape_capec(const char *text)
{
	return is_numbered(text, "CAPEC-", 5);
}

static bool shape_cpe23(const char *text)
{
	for (text = strstr(text, "cpe:2.3:"); text; text = strstr(text + 1, "cpe:2.3:"))
		if (csaf_cpe_fits(text))
			return true;
	return false;
}

/* The pattern is anchored nowhere. */
static bool shape_cpe(const char *text)
{
	return strcasestr(text, "cpe:/") || shape_cpe23(text);
}

static bool shape_extension(const char *text)
{
	return str_starts(text, "x_");
}

/* ---- scalars */

static const struct schema uri_s = { .kind = SCHEMA_STRING, .least = 1, .most = 2048, .shape = shape_uri,
				     .shape_name = N_("an address (RFC 3986)") };
static const struct schema uuid_s = STRING_SHAPE(shape_uuid4, N_("a UUID of version 4"));
static const struct schema cve_id_s = STRING_SHAPE(shape_cve_id, N_("a CVE id"));
static const struct schema time_s = STRING_SHAPE(shape_timestamp, N_("a date and time (RFC 3339)"));
static const struct schema language_s = STRING_SHAPE(shape_language, N_("a language tag"));
static const struct schema cwe_s = STRING_SHAPE(shape_cwe, N_("a CWE id"));
static const struct schema capec_s = STRING_SHAPE(shape_capec, N_("a CAPEC id"));
static const struct schema cpe_s = { .kind = SCHEMA_STRING, .least = 1, .most = 2048, .shape = shape_cpe,
				     .shape_name = N_("a CPE name") };
static const struct schema cpe23_s = { .kind = SCHEMA_STRING, .least = 1, .most = 2048, .shape = shape_cpe23,
				       .shape_name = N_("a CPE 2.3 name") };
static const struct schema data_version_s = STRING_SHAPE(shape_data_version, N_("a version of the format, 5.x"));
static const struct schema data_type_s = ONE_OF_WORDS("CVE_RECORD");
static const struct schema short_name_s = TEXT(2, 32), version_s = TEXT(1, 1024), text_s = TEXT(1, 4096);
static const struct schema text_64_s = TEXT(1, 64), text_128_s = TEXT(1, 128), text_256_s = TEXT(1, 256);
static const struct schema text_512_s = TEXT(1, 512), text_1024_s = TEXT(1, 1024), text_2048_s = TEXT(1, 2048);
static const struct schema media_text_s = TEXT(1, 16384), platform_s = TEXT(0, 1024);
static const struct schema bool_s = { .kind = SCHEMA_BOOL };
static const struct schema serial_s = { .kind = SCHEMA_INTEGER, .minimum = 1, .maximum = 9e15 };
static const struct schema status_s = ONE_OF_WORDS("affected", "unaffected", "unknown");

/* ---- tags: of the list, or an extension */

static void check_tag(struct checking *c, const json_t *json, const struct place *place, const char *const *words)
{
	const char *tag = json_string_value(json);

	if (!tag || (shape_extension(tag) && strlen(tag) <= 128))
		return;
	for (; *words; words++)
		if (str_equal(*words, tag))
			return;
	check_found(c, place, _("\"%.60s\" is no tag of the format, nor one that begins with x_"), tag);
}

static void check_reference_tag(struct checking *c, const json_t *json, const struct place *place)
{
	static const char *const words[] = {
		"broken-link", "customer-entitlement", "exploit", "government-resource", "issue-tracking",
		"mailing-list", "media-coverage", "mitigation", "not-applicable", "patch", "permissions-required",
		"product", "related", "release-notes", "signature", "technical-description",
		"third-party-advisory", "vdb-entry", "vendor-advisory", NULL,
	};

	check_tag(c, json, place, words);
}

static void check_cna_tag(struct checking *c, const json_t *json, const struct place *place)
{
	static const char *const words[] = { "disputed", "exclusively-hosted-service", "unsupported-when-assigned",
					     NULL };

	check_tag(c, json, place, words);
}

static void check_adp_tag(struct checking *c, const json_t *json, const struct place *place)
{
	static const char *const words[] = { "disputed", NULL };

	check_tag(c, json, place, words);
}

static const struct schema reference_tag_s = { .kind = SCHEMA_STRING, .extra = check_reference_tag };
static const struct schema reference_tags_s = SET(reference_tag_s);
static const struct schema cna_tag_s = { .kind = SCHEMA_STRING, .extra = check_cna_tag };
static const struct schema cna_tags_s = SET(cna_tag_s);
static const struct schema adp_tag_s = { .kind = SCHEMA_STRING, .extra = check_adp_tag };
static const struct schema adp_tags_s = SET(adp_tag_s);

/* ---- what occurs in several places */

static const struct schema reference_s = CLOSED({ "url", &uri_s, NEED }, { "name", &text_512_s, MAY },
						{ "tags", &reference_tags_s, MAY });
static const struct schema references_s = { .kind = SCHEMA_ARRAY, .items = &reference_s, .least = 1, .most = 512,
					    .unique = true };
static const struct schema media_s = CLOSED({ "type", &text_256_s, NEED }, { "base64", &bool_s, MAY },
					    { "value", &media_text_s, NEED });
static const struct schema medias_s = SET(media_s);
static const struct schema description_s = CLOSED({ "lang", &language_s, NEED }, { "value", &text_s, NEED },
						  { "supportingMedia", &medias_s, MAY });

static void check_english(struct checking *c, const json_t *json, const struct place *place)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)json, i, item)
		if (cve_is_english(str_or_empty(js_string(item, "lang"))))
			return;
	check_found(c, place, _("one of these texts must be English (lang en)"));
}

static const struct schema descriptions_s = { .kind = SCHEMA_ARRAY, .items = &description_s, .least = 1,
					      .unique = true, .extra = check_english };
/* Configurations, workarounds, solutions and exploits need no English. */
static const struct schema texts_s = SET(description_s);

/* ---- affected */

static const struct schema change_s = CLOSED({ "at", &version_s, NEED }, { "status", &status_s, NEED });
static const struct schema changes_s = SET(change_s);

/* A version alone, with its type, or a range, which has a type and one upper end. */
static void check_version(struct checking *c, const json_t *json, const struct place *place)
{
	bool less = json_object_get(json, "lessThan") != NULL;
	bool equal = json_object_get(json, "lessThanOrEqual") != NULL;

	if (less && equal)
		check_found(c, place, _("a range has either lessThan or lessThanOrEqual"));
	else if ((less || equal) && !json_object_get(json, "versionType"))
		check_found(c, place, _("a range needs a versionType"));
	else if (!less && !equal && json_object_get(json, "changes"))
		check_found(c, place, _("changes need a range: lessThan or lessThanOrEqual"));
}

static const struct schema version_item_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_version,
	.members = MEMBERS({ "version", &version_s, NEED }, { "status", &status_s, NEED },
			   { "versionType", &text_128_s, MAY }, { "lessThan", &version_s, MAY },
			   { "lessThanOrEqual", &version_s, MAY }, { "changes", &changes_s, MAY }),
};
static const struct schema versions_s = SET(version_item_s);

static bool has_both(const json_t *json, const char *a, const char *b)
{
	return json_object_get(json, a) && json_object_get(json, b);
}

static void check_product(struct checking *c, const json_t *json, const struct place *place)
{
	if (!has_both(json, "vendor", "product") && !has_both(json, "collectionURL", "packageName"))
		check_found(c, place, _("vendor and product, or collectionURL and packageName, must be there"));
	if (!json_object_get(json, "versions") && !json_object_get(json, "defaultStatus"))
		check_found(c, place, _("versions or defaultStatus must be there"));
}

static const struct schema routine_s = CLOSED({ "name", &text_s, NEED });
static const struct schema cpes_s = ITEM_SET(cpe_s), modules_s = ITEM_SET(text_s), files_s = ITEM_SET(text_1024_s);
static const struct schema routines_s = ITEM_SET(routine_s), platforms_s = SET(platform_s);
static const struct schema product_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_product,
	.members = MEMBERS({ "vendor", &text_512_s, MAY }, { "product", &text_2048_s, MAY },
			   { "collectionURL", &uri_s, MAY }, { "packageName", &text_2048_s, MAY },
			   { "packageURL", &uri_s, MAY }, { "cpes", &cpes_s, MAY }, { "modules", &modules_s, MAY },
			   { "programFiles", &files_s, MAY }, { "programRoutines", &routines_s, MAY },
			   { "platforms", &platforms_s, MAY }, { "repo", &uri_s, MAY },
			   { "defaultStatus", &status_s, MAY }, { "versions", &versions_s, MAY }),
};
static const struct schema affected_s = LIST(product_s);

static const struct schema operator_s = ONE_OF_WORDS("AND", "OR");
static const struct schema match_s =
	CLOSED({ "vulnerable", &bool_s, NEED }, { "criteria", &cpe23_s, NEED }, { "matchCriteriaId", &uuid_s, MAY },
	       { "versionStartExcluding", &version_s, MAY }, { "versionStartIncluding", &version_s, MAY },
	       { "versionEndExcluding", &version_s, MAY }, { "versionEndIncluding", &version_s, MAY });
static const struct schema matches_s = ITEMS(match_s);
static const struct schema node_s = OBJECT({ "operator", &operator_s, NEED }, { "negate", &bool_s, MAY },
					   { "cpeMatch", &matches_s, NEED });
static const struct schema nodes_s = ITEMS(node_s);
static const struct schema applicability_s = OBJECT({ "operator", &operator_s, MAY }, { "negate", &bool_s, MAY },
						    { "nodes", &nodes_s, NEED });
static const struct schema applicabilities_s = ITEMS(applicability_s);

/* ---- problem types, impacts, metrics */

static const struct schema problem_s = CLOSED({ "lang", &language_s, NEED }, { "description", &text_s, NEED },
					      { "cweId", &cwe_s, MAY }, { "type", &text_128_s, MAY },
					      { "references", &references_s, MAY });
static const struct schema problems_s = SET(problem_s);
static const struct schema problem_type_s = CLOSED({ "descriptions", &problems_s, NEED });
static const struct schema problem_types_s = SET(problem_type_s);
static const struct schema impact_s = CLOSED({ "capecId", &capec_s, MAY }, { "descriptions", &descriptions_s, NEED });
static const struct schema impacts_s = SET(impact_s);

static void check_cvss2(struct checking *c, const json_t *json, const struct place *place)
{
	check_cvss(c, json, CVSS_2_0, true, place);
}

static void check_cvss30(struct checking *c, const json_t *json, const struct place *place)
{
	check_cvss(c, json, CVSS_3_0, true, place);
}

static void check_cvss31(struct checking *c, const json_t *json, const struct place *place)
{
	check_cvss(c, json, CVSS_3_1, true, place);
}

static void check_cvss4(struct checking *c, const json_t *json, const struct place *place)
{
	check_cvss(c, json, CVSS_4_0, true, place);
}

static const struct schema cvss2_s = { .kind = SCHEMA_OBJECT, .extra = check_cvss2 };
static const struct schema cvss30_s = { .kind = SCHEMA_OBJECT, .extra = check_cvss30 };
static const struct schema cvss31_s = { .kind = SCHEMA_OBJECT, .extra = check_cvss31 };
static const struct schema cvss4_s = { .kind = SCHEMA_OBJECT, .extra = check_cvss4 };
static const struct schema scenario_s = CLOSED({ "lang", &language_s, NEED }, { "value", &text_s, NEED });
static const struct schema scenarios_s = SET(scenario_s);
static const struct schema any_object_s = { .kind = SCHEMA_OBJECT };
static const struct schema other_s = CLOSED({ "type", &text_128_s, NEED }, { "content", &any_object_s, NEED });
static const struct schema metric_s = {
	.kind = SCHEMA_OBJECT,
	.one_of = WORDS("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0", "other"),
	.members = MEMBERS({ "format", &text_64_s, MAY }, { "scenarios", &scenarios_s, MAY },
			   { "cvssV4_0", &cvss4_s, MAY }, { "cvssV3_1", &cvss31_s, MAY },
			   { "cvssV3_0", &cvss30_s, MAY }, { "cvssV2_0", &cvss2_s, MAY }, { "other", &other_s, MAY }),
};
static const struct schema metrics_s = SET(metric_s);

/* ---- the rest of a container */

static const struct schema event_s = CLOSED({ "time", &time_s, NEED }, { "lang", &language_s, NEED },
					    { "value", &text_s, NEED });
static const struct schema timeline_s = SET(event_s);
static const struct schema credit_type_s =
	ONE_OF_WORDS("finder", "reporter", "analyst", "coordinator", "remediation developer",
		     "remediation reviewer", "remediation verifier", "tool", "sponsor", "other");
static const struct schema credit_s = CLOSED({ "lang", &language_s, NEED }, { "value", &text_s, NEED },
					     { "user", &uuid_s, MAY }, { "type", &credit_type_s, MAY });
static const struct schema credits_s = SET(credit_s);
static const struct schema source_s = { .kind = SCHEMA_OBJECT, .least = 1 };
static const struct schema relation_s = CLOSED({ "taxonomyId", &text_2048_s, NEED },
					       { "relationshipName", &text_128_s, NEED },
					       { "relationshipValue", &text_2048_s, NEED });
static const struct schema relations_s = SET(relation_s);
static const struct schema taxonomy_s = CLOSED({ "taxonomyName", &text_128_s, NEED },
					       { "taxonomyVersion", &text_128_s, MAY },
					       { "taxonomyRelations", &relations_s, NEED });
static const struct schema taxonomies_s = SET(taxonomy_s);
static const struct schema provider_s = CLOSED({ "orgId", &uuid_s, NEED }, { "shortName", &short_name_s, MAY },
					       { "dateUpdated", &time_s, MAY });

#define COMMON_MEMBERS                                                                                      \
	{ "datePublic", &time_s, MAY }, { "title", &text_256_s, MAY },                                     \
	{ "cpeApplicability", &applicabilities_s, MAY }, { "problemTypes", &problem_types_s, MAY },         \
	{ "impacts", &impacts_s, MAY }, { "metrics", &metrics_s, MAY }, { "configurations", &texts_s, MAY }, \
	{ "workarounds", &texts_s, MAY }, { "solutions", &texts_s, MAY }, { "exploits", &texts_s, MAY },     \
	{ "timeline", &timeline_s, MAY }, { "credits", &credits_s, MAY }, { "source", &source_s, MAY },      \
	{ "taxonomyMappings", &taxonomies_s, MAY }, { "providerMetadata", &provider_s, NEED }

static const struct schema published_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extendable = true,
	.members = MEMBERS(COMMON_MEMBERS, { "dateAssigned", &time_s, MAY }, { "descriptions", &descriptions_s, NEED },
			   { "affected", &affected_s, NEED }, { "references", &references_s, NEED },
			   { "tags", &cna_tags_s, MAY }),
};
static const struct schema replaced_s = SET(cve_id_s);
static const struct schema rejected_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extendable = true,
	.members = MEMBERS({ "providerMetadata", &provider_s, NEED }, { "rejectedReasons", &descriptions_s, NEED },
			   { "replacedBy", &replaced_s, MAY }),
};
static const struct schema adp_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extendable = true, .least = 2,
	.members = MEMBERS(COMMON_MEMBERS, { "descriptions", &descriptions_s, MAY }, { "affected", &affected_s, MAY },
			   { "references", &references_s, MAY }, { "tags", &adp_tags_s, MAY }),
};
static const struct schema adps_s = SET(adp_s);

/* ---- records */

#define METADATA_MEMBERS                                                                       \
	{ "cveId", &cve_id_s, NEED }, { "assignerOrgId", &uuid_s, NEED },                      \
	{ "assignerShortName", &short_name_s, MAY }, { "serial", &serial_s, MAY },             \
	{ "dateUpdated", &time_s, MAY }, { "dateReserved", &time_s, MAY }, { "datePublished", &time_s, MAY }

static const struct schema state_published_s = ONE_OF_WORDS("PUBLISHED"), state_rejected_s = ONE_OF_WORDS("REJECTED");
static const struct schema metadata_published_s = CLOSED(METADATA_MEMBERS, { "requesterUserId", &uuid_s, MAY },
							 { "state", &state_published_s, NEED });
static const struct schema metadata_rejected_s = CLOSED(METADATA_MEMBERS, { "dateRejected", &time_s, MAY },
							{ "state", &state_rejected_s, NEED });
static const struct schema containers_published_s = CLOSED({ "cna", &published_s, NEED }, { "adp", &adps_s, MAY });
static const struct schema containers_rejected_s = CLOSED({ "cna", &rejected_s, NEED }, { "adp", &adps_s, MAY });

const struct schema cve_published_schema =
	CLOSED({ "dataType", &data_type_s, NEED }, { "dataVersion", &data_version_s, NEED },
	       { "cveMetadata", &metadata_published_s, NEED }, { "containers", &containers_published_s, NEED });
const struct schema cve_rejected_schema =
	CLOSED({ "dataType", &data_type_s, NEED }, { "dataVersion", &data_version_s, NEED },
	       { "cveMetadata", &metadata_rejected_s, NEED }, { "containers", &containers_rejected_s, NEED });
const struct schema cve_cna_published_schema = CLOSED({ "cnaContainer", &published_s, NEED });
const struct schema cve_cna_rejected_schema = CLOSED({ "cnaContainer", &rejected_s, NEED });
const struct schema cve_adp_schema = CLOSED({ "adpContainer", &adp_s, NEED });
