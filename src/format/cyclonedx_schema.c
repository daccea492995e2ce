/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structure of CycloneDX BOMs in JSON as one set of tables for the versions 1.2 to 1.7: each member and
 * word has the version it came with. Not looked into: machine learning models and their data, cryptography,
 * tasks of workflows, declarations, standards, patents and signatures.
 */
#include "format/cyclonedx.h"
#include "format/check_tables.h"

#include "format/licence.h"

#include <ctype.h>

/* ---- forms */

static bool shape_serial(const char *text)
{
	return str_starts(text, "urn:uuid:") && shape_uuid(text + 9) && !text[strcspn(text, "ABCDEF")];
}

static bool shape_hash(const char *text)
{
	size_t length = strlen(text);

	return strspn(text, "0123456789abcdefABCDEF") == length &&
	       (length == 32 || length == 40 || length == 64 || length == 96 || length == 128);
}

static bool shape_mime(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-+.";
	size_t type = strspn(text, letters);

	return type && text[type] == '/' && text[type + 1] && !text[type + 1 + strspn(text + type + 1, letters)];
}

static bool shape_locale(const char *text)
{
	if (!islower((unsigned char)text[0]) || !islower((unsigned char)text[1]))
		return false;
	return !text[2] || (text[2] == '-' && isupper((unsigned char)text[3]) && isupper((unsigned char)text[4]) &&
			    !text[5]);
}

/* ---- scalars */

static const struct schema any_s = { .kind = SCHEMA_ANY }, any_object_s = { .kind = SCHEMA_OBJECT };
static const struct schema text_s = { .kind = SCHEMA_STRING }, bool_s = { .kind = SCHEMA_BOOL };
static const struct schema number_s = { .kind = SCHEMA_NUMBER }, integer_s = { .kind = SCHEMA_INTEGER };
static const struct schema iri_s = STRING_SHAPE(shape_iri_reference, N_("an address (IRI)"));
static const struct schema time_s = STRING_SHAPE(shape_date_time, N_("a date and time with a zone (RFC 3339)"));
static const struct schema serial_number_s = STRING_SHAPE(shape_serial, N_("a serial number, urn:uuid:…"));
static const struct schema hash_content_s = STRING_SHAPE(shape_hash, N_("a hash of a length there is"));
static const struct schema mime_type_s = STRING_SHAPE(shape_mime, N_("a media type"));
static const struct schema locale_type_s = STRING_SHAPE(shape_locale, N_("a language, or a language and a country"));
static const struct schema license_id_s = STRING_SHAPE(licence_known, N_("an identifier of the SPDX licence list"));

/* A reference may be empty in old versions. */
static void check_ref(struct checking *c, const json_t *json, const struct place *place)
{
	if (c->version >= 5 && !json_string_length(json))
		check_found(c, place, _("it is empty"));
}

static const struct schema ref_s = { .kind = SCHEMA_STRING, .extra = check_ref };

/* ---- choices, which tables cannot say */

static size_t members_of(const json_t *json, const char *const *names)
{
	size_t count = 0;

	for (; *names; names++)
		count += json_object_get(json, *names) != NULL;
	return count;
}

static void need_one(struct checking *c, const json_t *json, const struct place *place, const char *const *names)
{
	AUTO_STR list = STR_INIT;

	if (members_of(json, names) == 1)
		return;
	for (; *names; names++)
		str_add_format(&list, "%s%s", list.length ? ", " : "", *names);
	check_found(c, place, _("exactly one of %s must be there"), list.bytes);
}

static void check_party(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("organization", "contact"));
}

static void check_licensor(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("organization", "individual"));
}

static void check_annotator(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("organization", "individual", "component", "service"));
}

static void check_affected(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("version", "range"));
}

static void check_citation(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("pointers", "expressions"));
	if (!members_of(json, WORDS("attributedTo", "process")))
		check_found(c, place, _("one of %s must be there"), "attributedTo, process");
}

static void check_component(struct checking *c, const json_t *json, const struct place *place)
{
	if (c->version < 7 || !json_object_get(json, "versionRange"))
		return;
	if (json_object_get(json, "version"))
		check_found(c, place, _("version and versionRange exclude each other"));
	if (!json_is_true(json_object_get(json, "isExternal")))
		check_found(c, AT(place, "versionRange"), _("only an external component has a range of versions"));
}

/* Closed from 1.6 on alone. */
static void check_property(struct checking *c, const json_t *json, const struct place *place)
{
	const char *name;
	json_t *value;

	if (c->version < 6)
		return;
	json_object_foreach((json_t *)json, name, value)
		if (!str_equal(name, "name") && !str_equal(name, "value"))
			check_found(c, AT(place, name), _("the standard has no member \"%.*s\" here"), 60, name);
}

/* ---- licences */

static const struct schema property_s = {
	.kind = SCHEMA_OBJECT, .extra = check_property,
	.members = MEMBERS({ "name", &text_s, UNTIL(5) }, { "name", &text_s, NEED_SINCE(6) }, { "value", &text_s, MAY }),
};
static const struct schema properties_s = ITEMS(property_s);
static const struct schema contact_s, organization_s, licenses_s;
static const struct schema encoding_s = ONE_OF_WORDS("base64");
static const struct schema attachment_s = CLOSED({ "contentType", &text_s, MAY }, { "encoding", &encoding_s, MAY },
						 { "content", &text_s, NEED });
static const struct schema licensor_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_licensor,
	.members = MEMBERS({ "organization", &organization_s, MAY }, { "individual", &contact_s, MAY }),
};
static const struct schema license_type_s =
	ONE_OF_WORDS("academic", "appliance", "client-access", "concurrent-user", "core-points", "custom-metric",
		     "device", "evaluation", "named-user", "node-locked", "oem", "perpetual", "processor-points",
		     "subscription", "user", "other");
static const struct schema license_types_s = ITEMS(license_type_s), texts_s = ITEMS(text_s);
static const struct schema licensing_s =
	CLOSED({ "altIds", &texts_s, MAY }, { "licensor", &licensor_s, MAY }, { "licensee", &licensor_s, MAY },
	       { "purchaser", &licensor_s, MAY }, { "purchaseOrder", &text_s, MAY },
	       { "licenseTypes", &license_types_s, MAY }, { "lastRenewal", &time_s, MAY },
	       { "expiration", &time_s, MAY });
static const struct schema acknowledgement_s = ONE_OF_WORDS("declared", "concluded");

static void check_license(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("id", "name"));
}

static const struct schema license_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_license,
	.members = MEMBERS({ "bom-ref", &ref_s, SINCE(5) }, { "id", &license_id_s, MAY }, { "name", &text_s, MAY },
			   { "acknowledgement", &acknowledgement_s, SINCE(6) }, { "text", &attachment_s, MAY },
			   { "url", &iri_s, MAY }, { "licensing", &licensing_s, SINCE(5) },
			   { "properties", &properties_s, SINCE(5) }),
};
static const struct schema expression_detail_s =
	CLOSED({ "licenseIdentifier", &text_s, NEED }, { "bom-ref", &ref_s, MAY }, { "text", &attachment_s, MAY },
	       { "url", &iri_s, MAY });
static const struct schema expression_details_s = ITEMS(expression_detail_s);

static void check_choice(struct checking *c, const json_t *json, const struct place *place)
{
	need_one(c, json, place, WORDS("license", "expression"));
	if (c->version >= 5 && json_object_get(json, "license") && json_object_size(json) > 1)
		check_found(c, place, _("beside license nothing else may stand"));
}

static const struct schema license_choice_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_choice,
	.members = MEMBERS({ "license", &license_s, MAY }, { "expression", &text_s, MAY },
			   { "bom-ref", &ref_s, SINCE(5) }, { "acknowledgement", &acknowledgement_s, SINCE(6) },
			   { "expressionDetails", &expression_details_s, SINCE(7) },
			   { "licensing", &licensing_s, SINCE(7) }, { "properties", &properties_s, SINCE(7) }),
};

/* In 1.5 and 1.6: licences, or one expression alone. */
static void check_licenses(struct checking *c, const json_t *json, const struct place *place)
{
	json_t *choice;
	size_t i;

	if (c->version < 5 || c->version > 6 || json_array_size(json) < 2)
		return;
	json_array_foreach((json_t *)json, i, choice)
		if (json_object_get(choice, "expression"))
			check_found(c, AT_INDEX(place, i), _("an expression stands alone"));
}

static const struct schema licenses_s = { .kind = SCHEMA_ARRAY, .items = &license_choice_s, .extra = check_licenses };

/* ---- what is of two kinds */

static const struct schema components_s, services_s, component_s, service_s, hashes_s, external_references_s;
static const struct schema tool_s = CLOSED({ "vendor", &text_s, MAY }, { "name", &text_s, MAY },
					   { "version", &text_s, MAY }, { "hashes", &hashes_s, MAY },
					   { "externalReferences", &external_references_s, SINCE(4) });
static const struct schema tool_list_s = ITEMS(tool_s);
static const struct schema tool_parts_s = CLOSED({ "components", &components_s, MAY }, { "services", &services_s, MAY });

/* A list, or from 1.5 on components and services. */
static void check_tools(struct checking *c, const json_t *json, const struct place *place)
{
	bool parts = c->version >= 5 && json_is_object(json);

	schema_check(c, parts ? &tool_parts_s : &tool_list_s, json, place, false);
}

static const struct schema tools_s = { .kind = SCHEMA_ANY, .extra = check_tools };
static const struct schema phase_word_s =
	ONE_OF_WORDS("design", "pre-build", "build", "post-build", "operations", "discovery", "decommission");
static const struct schema phase_s = CLOSED({ "phase", &phase_word_s, NEED });
static const struct schema phase_named_s = CLOSED({ "name", &text_s, NEED }, { "description", &text_s, MAY });

static void check_lifecycle(struct checking *c, const json_t *json, const struct place *place)
{
	schema_check(c, json_object_get(json, "phase") ? &phase_s : &phase_named_s, json, place, false);
}

static const struct schema lifecycle_s = { .kind = SCHEMA_OBJECT, .extra = check_lifecycle };
static const struct schema lifecycles_s = ITEMS(lifecycle_s);
static const struct schema refs_s = ITEM_SET(ref_s);
static const struct schema identity_field_s =
	ONE_OF_WORDS("group", "name", "version", "purl", "cpe", "swid", "hash", "\6", "omniborId", "swhid");
static const struct schema technique_s =
	ONE_OF_WORDS("source-code-analysis", "binary-analysis", "manifest-analysis", "ast-fingerprint",
		     "hash-comparison", "instrumentation", "dynamic-analysis", "filename", "attestation", "other");
static const struct schema confidence_s = { .kind = SCHEMA_NUMBER, .minimum = 0, .maximum = 1 };
static const struct schema method_s = CLOSED({ "technique", &technique_s, NEED }, { "confidence", &confidence_s, NEED },
					     { "value", &text_s, MAY });
static const struct schema methods_s = ITEMS(method_s);
static const struct schema identity_item_s =
	CLOSED({ "field", &identity_field_s, NEED }, { "confidence", &confidence_s, MAY },
	       { "concludedValue", &text_s, SINCE(6) }, { "methods", &methods_s, MAY }, { "tools", &refs_s, MAY });
static const struct schema identities_s = ITEMS(identity_item_s);

static void check_identity(struct checking *c, const json_t *json, const struct place *place)
{
	bool list = c->version >= 6 && json_is_array(json);

	schema_check(c, list ? &identities_s : &identity_item_s, json, place, false);
}

static const struct schema identity_s = { .kind = SCHEMA_ANY, .extra = check_identity };

/* ---- what occurs in several places */

static const struct schema bom_format_s = ONE_OF_WORDS("CycloneDX");
static const struct schema positive_s = { .kind = SCHEMA_INTEGER, .minimum = 1, .maximum = 9e15 };
static const struct schema contact_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "name", &text_s, MAY }, { "email", &text_s, MAY },
			   { "phone", &text_s, MAY }, { "bom-ref", &ref_s, SINCE(5) }),
};
static const struct schema contacts_s = ITEMS(contact_s);

/* ---- components */

static const struct schema component_type_s =
	ONE_OF_WORDS("application", "framework", "library", "container", "operating-system",
		     "device", "firmware", "file", "\5", "platform", "device-driver",
		     "machine-learning-model", "data", "\6", "cryptographic-asset");
static const struct schema urls_s = ITEMS(iri_s);
static const struct schema postal_address_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY }, { "country", &text_s, MAY },
			   { "region", &text_s, MAY }, { "locality", &text_s, MAY },
			   { "postOfficeBoxNumber", &text_s, MAY },
			   { "postalCode", &text_s, MAY }, { "streetAddress", &text_s, MAY }),
};
static const struct schema organization_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "name", &text_s, MAY }, { "url", &urls_s, MAY },
			   { "contact", &contacts_s, MAY }, { "bom-ref", &ref_s, SINCE(5) },
			   { "address", &postal_address_s, SINCE(6) }),
};
static const struct schema version_text_s = TEXT(0, 1024);
static const struct schema scope_s = ONE_OF_WORDS("required", "optional", "excluded");
static const struct schema hash_alg_s =
	ONE_OF_WORDS("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384",
		     "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "\7",
		     "Streebog-256", "Streebog-512");
static const struct schema hash_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "alg", &hash_alg_s, NEED }, { "content", &hash_content_s, NEED }),
};
static const struct schema hashes_s = ITEMS(hash_s);
static const struct schema swid_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "tagId", &text_s, NEED }, { "name", &text_s, NEED },
			   { "version", &text_s, MAY }, { "tagVersion", &integer_s, MAY },
			   { "patch", &bool_s, MAY }, { "text", &attachment_s, MAY },
			   { "url", &iri_s, MAY }),
};
static const struct schema component_list_s = ITEMS(component_s);
static const struct schema identifiable_action_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "timestamp", &time_s, MAY }, { "name", &text_s, MAY },
			   { "email", &text_s, MAY }),
};
static const struct schema commit_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "uid", &text_s, MAY }, { "url", &iri_s, MAY },
			   { "author", &identifiable_action_s, MAY },
			   { "committer", &identifiable_action_s, MAY },
			   { "message", &text_s, MAY }),
};
static const struct schema commits_s = ITEMS(commit_s);
static const struct schema patch_type_s =
	ONE_OF_WORDS("unofficial", "monkey", "backport", "cherry-pick");
static const struct schema diff_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "text", &attachment_s, MAY }, { "url", &iri_s, MAY }),
};
static const struct schema issue_type_s = ONE_OF_WORDS("defect", "enhancement", "security");
static const struct schema source_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "name", &text_s, MAY }, { "url", &iri_s, MAY }),
};
static const struct schema issue_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "type", &issue_type_s, NEED }, { "id", &text_s, MAY },
			   { "name", &text_s, MAY }, { "description", &text_s, MAY },
			   { "source", &source_s, MAY }, { "references", &urls_s, MAY }),
};
static const struct schema resolves_s = ITEMS(issue_s);
static const struct schema patch_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "type", &patch_type_s, NEED }, { "diff", &diff_s, MAY },
			   { "resolves", &resolves_s, MAY }),
};
static const struct schema patches_s = ITEMS(patch_s);
static const struct schema pedigree_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "ancestors", &component_list_s, MAY },
			   { "descendants", &component_list_s, MAY },
			   { "variants", &component_list_s, MAY }, { "commits", &commits_s, MAY },
			   { "patches", &patches_s, MAY }, { "notes", &text_s, MAY }),
};
static const struct schema reference_type_s =
	ONE_OF_WORDS("vcs", "issue-tracker", "website", "advisories", "bom", "mailing-list",
		     "social", "chat", "documentation", "support", "distribution", "license",
		     "build-meta", "build-system", "other", "\4", "release-notes", "\5",
		     "distribution-intake", "security-contact", "model-card", "log",
		     "configuration", "evidence", "formulation", "attestation", "threat-model",
		     "adversary-model", "risk-assessment", "vulnerability-assertion",
		     "exploitability-statement", "pentest-report", "static-analysis-report",
		     "dynamic-analysis-report", "runtime-analysis-report",
		     "component-analysis-report", "maturity-report", "certification-report",
		     "codified-infrastructure", "quality-metrics", "poam", "\6",
		     "source-distribution", "electronic-signature", "digital-signature",
		     "rfc-9116", "\7", "patent", "patent-family", "patent-assertion", "citation");
static const struct schema external_reference_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "url", &iri_s, NEED }, { "comment", &text_s, MAY },
			   { "type", &reference_type_s, NEED }, { "hashes", &hashes_s, SINCE(3) },
			   { "properties", &properties_s, SINCE(7) }),
};
static const struct schema external_references_s = ITEMS(external_reference_s);
static const struct schema components_s = ITEM_SET(component_s);
static const struct schema copyright_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "text", &text_s, NEED }),
};
static const struct schema copyrights_s = ITEMS(copyright_s);
static const struct schema count_s = { .kind = SCHEMA_INTEGER, .minimum = 0, .maximum = 9e15 };
static const struct schema occurrence_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY }, { "location", &text_s, NEED },
			   { "line", &count_s, SINCE(6) }, { "offset", &count_s, SINCE(6) },
			   { "symbol", &text_s, SINCE(6) },
			   { "additionalContext", &text_s, SINCE(6) }),
};
static const struct schema occurrences_s = ITEMS(occurrence_s);
static const struct schema frame_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "package", &text_s, MAY }, { "module", &text_s, NEED },
			   { "function", &text_s, MAY }, { "parameters", &texts_s, MAY },
			   { "line", &integer_s, MAY }, { "column", &integer_s, MAY },
			   { "fullFilename", &text_s, MAY }),
};
static const struct schema frames_s = ITEMS(frame_s);
static const struct schema callstack_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "frames", &frames_s, MAY }),
};
static const struct schema component_evidence_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "licenses", &licenses_s, MAY }, { "copyright", &copyrights_s, MAY },
			   { "identity", &identity_s, SINCE(5) },
			   { "occurrences", &occurrences_s, SINCE(5) },
			   { "callstack", &callstack_s, SINCE(5) }),
};
static const struct schema note_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "locale", &locale_type_s, MAY }, { "text", &attachment_s, NEED }),
};
static const struct schema notes_s = ITEMS(note_s);
static const struct schema release_notes_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "type", &text_s, NEED }, { "title", &text_s, MAY },
			   { "featuredImage", &iri_s, MAY }, { "socialImage", &iri_s, MAY },
			   { "description", &text_s, MAY }, { "timestamp", &time_s, MAY },
			   { "aliases", &texts_s, MAY }, { "tags", &texts_s, MAY },
			   { "resolves", &resolves_s, MAY }, { "notes", &notes_s, MAY },
			   { "properties", &properties_s, MAY }),
};
static const struct schema any_list_s = ITEMS(any_s);
static const struct schema version_range_s = TEXT(1, 4096);
static const struct schema component_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_component,
	.members = MEMBERS({ "type", &component_type_s, NEED }, { "mime-type", &mime_type_s, MAY },
			   { "bom-ref", &ref_s, MAY },
			   { "supplier", &organization_s, MAY },
			   { "author", &text_s, MAY }, { "publisher", &text_s, MAY },
			   { "group", &text_s, MAY }, { "name", &text_s, NEED },
			   { "version", &version_text_s, NEED_UNTIL(3) },
			   { "version", &version_text_s, SINCE(4) },
			   { "description", &text_s, MAY }, { "scope", &scope_s, MAY },
			   { "hashes", &hashes_s, MAY }, { "licenses", &licenses_s, MAY },
			   { "copyright", &text_s, MAY }, { "cpe", &text_s, MAY },
			   { "purl", &text_s, MAY }, { "swid", &swid_s, MAY },
			   { "modified", &bool_s, MAY }, { "pedigree", &pedigree_s, MAY },
			   { "externalReferences", &external_references_s, MAY },
			   { "components", &components_s, MAY },
			   { "evidence", &component_evidence_s, SINCE(3) },
			   { "properties", &properties_s, SINCE(3) },
			   { "releaseNotes", &release_notes_s, SINCE(4) },
			   { "signature", &any_s, SINCE(4) }, { "modelCard", &any_s, SINCE(5) },
			   { "data", &any_list_s, SINCE(5) },
			   { "manufacturer", &organization_s, SINCE(6) },
			   { "authors", &contacts_s, SINCE(6) },
			   { "omniborId", &texts_s, SINCE(6) },
			   { "swhid", &texts_s, SINCE(6) },
			   { "cryptoProperties", &any_s, SINCE(6) },
			   { "tags", &texts_s, SINCE(6) },
			   { "versionRange", &version_range_s, SINCE(7) },
			   { "isExternal", &bool_s, SINCE(7) },
			   { "patentAssertions", &any_s, SINCE(7) }),
};

/* ---- the BOM about itself */

static const struct schema tlp_s =
	ONE_OF_WORDS("CLEAR", "GREEN", "AMBER", "AMBER_AND_STRICT", "RED");
static const struct schema distribution_constraints_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "tlp", &tlp_s, MAY }),
};
static const struct schema metadata_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "timestamp", &time_s, MAY }, { "tools", &tools_s, MAY },
			   { "authors", &contacts_s, MAY }, { "component", &component_s, MAY },
			   { "manufacture", &organization_s, MAY },
			   { "supplier", &organization_s, MAY },
			   { "licenses", &licenses_s, SINCE(3) },
			   { "properties", &properties_s, SINCE(3) },
			   { "lifecycles", &lifecycles_s, SINCE(5) },
			   { "manufacturer", &organization_s, SINCE(6) },
			   { "distributionConstraints", &distribution_constraints_s, SINCE(7) }),
};

/* ---- services */

static const struct schema flow_s =
	ONE_OF_WORDS("inbound", "outbound", "bi-directional", "unknown");
static const struct schema party_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_party,
	.members = MEMBERS({ "organization", &organization_s, MAY },
			   { "contact", &contact_s, MAY }),
};
static const struct schema parties_s = ITEMS(party_s);
static const struct schema data_governance_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "custodians", &parties_s, MAY },
			   { "stewards", &parties_s, MAY }, { "owners", &parties_s, MAY }),
};
static const struct schema service_data_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "flow", &flow_s, NEED }, { "classification", &text_s, NEED },
			   { "name", &text_s, SINCE(5) }, { "description", &text_s, SINCE(5) },
			   { "governance", &data_governance_s, SINCE(5) },
			   { "source", &urls_s, SINCE(5) }, { "destination", &urls_s, SINCE(5) }),
};
static const struct schema service_datas_s = ITEMS(service_data_s);
static const struct schema services_s = ITEM_SET(service_s);
static const struct schema service_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY },
			   { "provider", &organization_s, MAY },
			   { "group", &text_s, MAY }, { "name", &text_s, NEED },
			   { "version", &version_text_s, MAY }, { "description", &text_s, MAY },
			   { "endpoints", &urls_s, MAY }, { "authenticated", &bool_s, MAY },
			   { "x-trust-boundary", &bool_s, MAY }, { "data", &service_datas_s, MAY },
			   { "licenses", &licenses_s, MAY },
			   { "externalReferences", &external_references_s, MAY },
			   { "services", &services_s, MAY },
			   { "properties", &properties_s, SINCE(3) },
			   { "releaseNotes", &release_notes_s, SINCE(4) },
			   { "signature", &any_s, SINCE(4) }, { "trustZone", &text_s, SINCE(5) },
			   { "tags", &texts_s, SINCE(6) },
			   { "patentAssertions", &any_s, SINCE(7) }),
};

/* ---- how they hang together */

static const struct schema dependency_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "ref", &ref_s, NEED }, { "dependsOn", &refs_s, MAY },
			   { "provides", &refs_s, SINCE(6) }),
};
static const struct schema dependencies_s = ITEM_SET(dependency_s);
static const struct schema aggregate_type_s =
	ONE_OF_WORDS("complete", "incomplete", "incomplete_first_party_only",
		     "incomplete_third_party_only", "unknown", "not_specified", "\5",
		     "incomplete_first_party_proprietary_only",
		     "incomplete_first_party_opensource_only",
		     "incomplete_third_party_proprietary_only",
		     "incomplete_third_party_opensource_only");
static const struct schema text_set_s = ITEM_SET(text_s);
static const struct schema composition_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "aggregate", &aggregate_type_s, NEED },
			   { "assemblies", &refs_s, MAY },
			   { "dependencies", &text_set_s, MAY },
			   { "signature", &any_s, SINCE(4) }, { "bom-ref", &ref_s, SINCE(5) },
			   { "vulnerabilities", &text_set_s, SINCE(5) }),
};
static const struct schema compositions_s = ITEM_SET(composition_s);

/* ---- vulnerabilities */

static const struct schema vulnerability_source_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "url", &text_s, MAY }, { "name", &text_s, MAY }),
};
static const struct schema reference_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "id", &text_s, NEED }, { "source", &vulnerability_source_s, NEED }),
};
static const struct schema references_s = ITEMS(reference_s);
static const struct schema severity_s =
	ONE_OF_WORDS("critical", "high", "medium", "low", "info", "none", "unknown");
static const struct schema score_method_s =
	ONE_OF_WORDS("CVSSv2", "CVSSv3", "CVSSv31", "OWASP", "other", "\5", "CVSSv4", "SSVC");
static const struct schema rating_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "source", &vulnerability_source_s, MAY },
			   { "score", &number_s, MAY }, { "severity", &severity_s, MAY },
			   { "method", &score_method_s, MAY }, { "vector", &text_s, MAY },
			   { "justification", &text_s, MAY }),
};
static const struct schema ratings_s = ITEMS(rating_s);
static const struct schema cwes_s = ITEMS(positive_s);
static const struct schema advisory_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "title", &text_s, MAY }, { "url", &iri_s, NEED }),
};
static const struct schema advisories_s = ITEMS(advisory_s);
static const struct schema organizations_s = ITEMS(organization_s);
static const struct schema credits_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "organizations", &organizations_s, MAY },
			   { "individuals", &contacts_s, MAY }),
};
static const struct schema state_s =
	ONE_OF_WORDS("resolved", "resolved_with_pedigree", "exploitable", "in_triage",
		     "false_positive", "not_affected");
static const struct schema justification_s =
	ONE_OF_WORDS("code_not_present", "code_not_reachable", "requires_configuration",
		     "requires_dependency", "requires_environment", "protected_by_compiler",
		     "protected_at_runtime", "protected_at_perimeter",
		     "protected_by_mitigating_control");
static const struct schema response_s =
	ONE_OF_WORDS("can_not_fix", "will_not_fix", "update", "rollback", "workaround_available");
static const struct schema responses_s = ITEMS(response_s);
static const struct schema analysis_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "state", &state_s, MAY },
			   { "justification", &justification_s, MAY },
			   { "response", &responses_s, MAY }, { "detail", &text_s, MAY },
			   { "firstIssued", &time_s, SINCE(5) },
			   { "lastUpdated", &time_s, SINCE(5) }),
};
static const struct schema affected_status_s = ONE_OF_WORDS("affected", "unaffected", "unknown");
static const struct schema affected_version_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_affected,
	.members = MEMBERS({ "version", &version_text_s, MAY }, { "range", &version_range_s, MAY },
			   { "status", &affected_status_s, MAY }),
};
static const struct schema versions_s = ITEMS(affected_version_s);
static const struct schema affect_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "ref", &ref_s, NEED }, { "versions", &versions_s, MAY }),
};
static const struct schema affects_s = ITEM_SET(affect_s);
static const struct schema supporting_materials_s = ITEMS(attachment_s);
static const struct schema proof_of_concept_s = {
	.kind = SCHEMA_OBJECT,
	.members = MEMBERS({ "reproductionSteps", &text_s, MAY },
			   { "environment", &text_s, MAY },
			   { "supportingMaterial", &supporting_materials_s, MAY }),
};
static const struct schema vulnerability_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY }, { "id", &text_s, MAY },
			   { "source", &vulnerability_source_s, MAY },
			   { "references", &references_s, MAY }, { "ratings", &ratings_s, MAY },
			   { "cwes", &cwes_s, MAY }, { "description", &text_s, MAY },
			   { "detail", &text_s, MAY }, { "recommendation", &text_s, MAY },
			   { "advisories", &advisories_s, MAY }, { "created", &time_s, MAY },
			   { "published", &time_s, MAY }, { "updated", &time_s, MAY },
			   { "credits", &credits_s, MAY }, { "tools", &tools_s, MAY },
			   { "analysis", &analysis_s, MAY }, { "affects", &affects_s, MAY },
			   { "properties", &properties_s, MAY },
			   { "workaround", &text_s, SINCE(5) },
			   { "proofOfConcept", &proof_of_concept_s, SINCE(5) },
			   { "rejected", &time_s, SINCE(5) }),
};
static const struct schema vulnerabilities_s = ITEM_SET(vulnerability_s);

/* ---- annotations and citations */

static const struct schema annotator_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_annotator,
	.members = MEMBERS({ "organization", &organization_s, MAY },
			   { "individual", &contact_s, MAY },
			   { "component", &component_s, MAY }, { "service", &service_s, MAY }),
};
static const struct schema annotation_s = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY }, { "subjects", &refs_s, NEED },
			   { "annotator", &annotator_s, NEED }, { "timestamp", &time_s, NEED },
			   { "text", &text_s, NEED }, { "signature", &any_s, MAY }),
};
static const struct schema annotations_s = ITEM_SET(annotation_s);
static const struct schema some_texts_s = LIST(text_s);
static const struct schema citation_s = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_citation,
	.members = MEMBERS({ "bom-ref", &ref_s, MAY }, { "pointers", &some_texts_s, MAY },
			   { "expressions", &some_texts_s, MAY }, { "timestamp", &time_s, NEED },
			   { "attributedTo", &ref_s, MAY }, { "process", &ref_s, MAY },
			   { "note", &text_s, MAY }, { "signature", &any_s, MAY }),
};
static const struct schema citations_s = ITEM_SET(citation_s);

/* ---- the BOM */

/* ---- how it was made: formulas, and what workflows must have; their tasks and steps are left open */

static const struct schema task_type_s = ONE_OF_WORDS("build", "clean", "clone", "copy", "deliver", "deploy", "lint", "merge", "other",
						       "release", "scan", "test");
static const struct schema task_types_s = ITEMS(task_type_s);
static const struct schema any_objects_s = ITEM_SET(any_object_s);
static const struct schema workflow_s =
	CLOSED({ "bom-ref", &ref_s, NEED }, { "uid", &text_s, NEED }, { "taskTypes", &task_types_s, NEED }, { "name", &text_s, MAY },
	       { "description", &text_s, MAY }, { "resourceReferences", &any_objects_s, MAY }, { "tasks", &any_objects_s, MAY },
	       { "taskDependencies", &any_objects_s, MAY }, { "trigger", &any_object_s, MAY }, { "steps", &any_objects_s, MAY },
	       { "inputs", &any_objects_s, MAY }, { "outputs", &any_objects_s, MAY }, { "timeStart", &time_s, MAY },
	       { "timeEnd", &time_s, MAY }, { "workspaces", &any_objects_s, MAY }, { "runtimeTopology", &any_objects_s, MAY },
	       { "properties", &properties_s, MAY });
static const struct schema workflows_s = ITEM_SET(workflow_s);
static const struct schema formula_s =
	CLOSED({ "bom-ref", &ref_s, MAY }, { "components", &components_s, MAY }, { "services", &services_s, MAY },
	       { "workflows", &workflows_s, MAY }, { "properties", &properties_s, MAY });
static const struct schema formulation_s = ITEM_SET(formula_s);

const struct schema cyclonedx_schema = {
	.kind = SCHEMA_OBJECT, .closed = true,
	.members = MEMBERS({ "bomFormat", &bom_format_s, NEED },
			   { "specVersion", &text_s, NEED },
			   { "serialNumber", &serial_number_s, MAY },
			   { "version", &positive_s, MAY }, { "metadata", &metadata_s, MAY },
			   { "components", &components_s, MAY },
			   { "services", &services_s, MAY },
			   { "externalReferences", &external_references_s, MAY },
			   { "dependencies", &dependencies_s, MAY },
			   { "compositions", &compositions_s, SINCE(3) },
			   { "$schema", &text_s, SINCE(4) },
			   { "vulnerabilities", &vulnerabilities_s, SINCE(4) },
			   { "signature", &any_s, SINCE(4) },
			   { "annotations", &annotations_s, SINCE(5) },
			   { "properties", &properties_s, SINCE(5) },
			   { "citations", &citations_s, SINCE(7) },
			   { "formulation", &formulation_s, SINCE(5) },
			   { "declarations", &any_object_s, SINCE(6) },
			   { "definitions", &any_object_s, SINCE(6) }),
};
