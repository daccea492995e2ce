/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of SPDX documents in JSON, 2.2 and 2.3: the structure as tables (2.2 counts as version 2, 2.3 as
 * version 3), and rules of the text beyond it. Objects of 2.2 are open.
 */
#include "format/check_tables.h"

#include "psirtty/score/purl.h"

/* ---- structure */

static bool shape_hex(const char *text)
{
	return *text && !text[strspn(text, "0123456789abcdefABCDEF")];
}

static bool shape_element(const char *text)
{
	return str_starts(text, "SPDXRef-") && text[8] &&
	       !text[8 + strspn(text + 8, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")];
}

static const struct schema text_s = { .kind = SCHEMA_STRING }, bool_s = { .kind = SCHEMA_BOOL };
static const struct schema integer_s = { .kind = SCHEMA_INTEGER }, any_object_s = { .kind = SCHEMA_OBJECT };
static const struct schema texts_s = ITEMS(text_s), some_texts_s = LIST(text_s), any_objects_s = ITEMS(any_object_s);
static const struct schema hex_s = STRING_SHAPE(shape_hex, N_("a number in hexadecimal digits"));
static const struct schema annotation_type_s = ONE_OF_WORDS("OTHER", "REVIEW");
static const struct schema annotation_s = CLOSED({ "annotationDate", &text_s, NEED },
						 { "annotationType", &annotation_type_s, NEED },
						 { "annotator", &text_s, NEED }, { "comment", &text_s, NEED });
static const struct schema annotations_s = ITEMS(annotation_s);
static const struct schema creation_s = CLOSED({ "comment", &text_s, MAY }, { "created", &text_s, NEED },
					       { "creators", &some_texts_s, NEED },
					       { "licenseListVersion", &text_s, MAY });
static const struct schema algorithm_s =
	ONE_OF_WORDS("MD2", "MD4", "MD5", "MD6", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "\3", "ADLER32",
		     "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "SHA3-256", "SHA3-384", "SHA3-512");
static const struct schema checksum_s = CLOSED({ "algorithm", &algorithm_s, NEED }, { "checksumValue", &hex_s, NEED });
static const struct schema checksums_s = ITEMS(checksum_s), some_checksums_s = LIST(checksum_s);
static const struct schema external_document_s = CLOSED({ "checksum", &checksum_s, NEED },
							{ "externalDocumentId", &text_s, NEED },
							{ "spdxDocument", &text_s, NEED });
static const struct schema external_documents_s = ITEMS(external_document_s);
static const struct schema cross_reference_s =
	CLOSED({ "isLive", &bool_s, MAY }, { "isValid", &bool_s, MAY }, { "isWayBackLink", &bool_s, MAY },
	       { "match", &text_s, MAY }, { "order", &integer_s, MAY }, { "timestamp", &text_s, MAY },
	       { "url", &text_s, NEED });
static const struct schema cross_references_s = ITEMS(cross_reference_s);
static const struct schema licence_s =
	CLOSED({ "comment", &text_s, MAY }, { "crossRefs", &cross_references_s, MAY }, { "extractedText", &text_s, NEED },
	       { "licenseId", &text_s, NEED }, { "name", &text_s, MAY }, { "seeAlsos", &texts_s, MAY });
static const struct schema licences_s = ITEMS(licence_s);
static const struct schema review_s = CLOSED({ "comment", &text_s, MAY }, { "reviewDate", &text_s, NEED },
					     { "reviewer", &text_s, MAY });
static const struct schema reviews_s = ITEMS(review_s);
/* 2.2 wrote underlines, 2.3 hyphens. */
static const struct schema category_s = ONE_OF_WORDS("OTHER", "SECURITY", "PACKAGE-MANAGER", "PERSISTENT-ID");
static const struct schema category_22_s = ONE_OF_WORDS("OTHER", "SECURITY", "PACKAGE_MANAGER", "PERSISTENT_ID",
							"PACKAGE-MANAGER", "PERSISTENT-ID");
static const struct schema reference_s =
	CLOSED({ "comment", &text_s, MAY }, { "referenceCategory", &category_22_s, NEED_UNTIL(2) },
	       { "referenceCategory", &category_s, NEED_SINCE(3) }, { "referenceLocator", &text_s, NEED },
	       { "referenceType", &text_s, NEED });
static const struct schema references_s = ITEMS(reference_s);
static const struct schema verification_s = CLOSED({ "packageVerificationCodeExcludedFiles", &texts_s, MAY },
						   { "packageVerificationCodeValue", &text_s, NEED });
static const struct schema purpose_s =
	ONE_OF_WORDS("OTHER", "INSTALL", "ARCHIVE", "FIRMWARE", "APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER",
		     "SOURCE", "DEVICE", "OPERATING_SYSTEM", "OPERATING-SYSTEM", "FILE");
static const struct schema package_s =
	CLOSED({ "SPDXID", &text_s, NEED }, { "annotations", &annotations_s, MAY }, { "attributionTexts", &texts_s, MAY },
	       { "builtDate", &text_s, MAY }, { "checksums", &checksums_s, MAY }, { "comment", &text_s, MAY },
	       { "copyrightText", &text_s, MAY }, { "description", &text_s, MAY }, { "downloadLocation", &text_s, NEED },
	       { "externalRefs", &references_s, MAY }, { "filesAnalyzed", &bool_s, MAY }, { "hasFiles", &texts_s, MAY },
	       { "homepage", &text_s, MAY }, { "licenseComments", &text_s, MAY }, { "licenseConcluded", &text_s, MAY },
	       { "licenseDeclared", &text_s, MAY }, { "licenseInfoFromFiles", &texts_s, MAY }, { "name", &text_s, NEED },
	       { "originator", &text_s, MAY }, { "packageFileName", &text_s, MAY },
	       { "packageVerificationCode", &verification_s, MAY }, { "primaryPackagePurpose", &purpose_s, MAY },
	       { "releaseDate", &text_s, MAY }, { "sourceInfo", &text_s, MAY }, { "summary", &text_s, MAY },
	       { "supplier", &text_s, MAY }, { "validUntilDate", &text_s, MAY }, { "versionInfo", &text_s, MAY });
static const struct schema packages_s = ITEMS(package_s);
static const struct schema file_type_s = ONE_OF_WORDS("OTHER", "DOCUMENTATION", "IMAGE", "VIDEO", "ARCHIVE", "SPDX",
						      "APPLICATION", "SOURCE", "BINARY", "TEXT", "AUDIO");
static const struct schema file_types_s = ITEMS(file_type_s);
static const struct schema file_s =
	CLOSED({ "SPDXID", &text_s, NEED }, { "annotations", &annotations_s, MAY }, { "artifactOfs", &any_objects_s, MAY },
	       { "attributionTexts", &texts_s, MAY }, { "checksums", &checksums_s, UNTIL(2) },
	       { "checksums", &some_checksums_s, NEED_SINCE(3) }, { "comment", &text_s, MAY },
	       { "copyrightText", &text_s, MAY }, { "fileContributors", &texts_s, MAY },
	       { "fileDependencies", &texts_s, MAY }, { "fileName", &text_s, NEED }, { "fileTypes", &file_types_s, MAY },
	       { "licenseComments", &text_s, MAY }, { "licenseConcluded", &text_s, MAY },
	       { "licenseInfoInFiles", &texts_s, MAY }, { "noticeText", &text_s, MAY });
static const struct schema files_s = ITEMS(file_s);
static const struct schema pointer_s = CLOSED({ "reference", &text_s, NEED }, { "offset", &integer_s, MAY },
					      { "lineNumber", &integer_s, MAY });
static const struct schema range_s = CLOSED({ "endPointer", &pointer_s, NEED }, { "startPointer", &pointer_s, NEED });
static const struct schema ranges_s = LIST(range_s);
static const struct schema snippet_s =
	CLOSED({ "SPDXID", &text_s, NEED }, { "annotations", &annotations_s, MAY }, { "attributionTexts", &texts_s, MAY },
	       { "comment", &text_s, MAY }, { "copyrightText", &text_s, MAY }, { "licenseComments", &text_s, MAY },
	       { "licenseConcluded", &text_s, MAY }, { "licenseInfoInSnippets", &texts_s, MAY },
	       { "name", &text_s, UNTIL(2) }, { "name", &text_s, SINCE(3) }, { "ranges", &ranges_s, UNTIL(2) },
	       { "ranges", &ranges_s, NEED_SINCE(3) }, { "snippetFromFile", &text_s, NEED });
static const struct schema snippets_s = ITEMS(snippet_s);
static const struct schema relation_s = ONE_OF_WORDS(
	"AMENDS", "ANCESTOR_OF", "BUILD_DEPENDENCY_OF", "BUILD_TOOL_OF", "CONTAINED_BY", "CONTAINS", "COPY_OF",
	"DATA_FILE_OF", "DEPENDENCY_MANIFEST_OF", "DEPENDENCY_OF", "DEPENDS_ON", "DESCENDANT_OF", "DESCRIBED_BY",
	"DESCRIBES", "DEV_DEPENDENCY_OF", "DEV_TOOL_OF", "DISTRIBUTION_ARTIFACT", "DOCUMENTATION_OF", "DYNAMIC_LINK",
	"EXAMPLE_OF", "EXPANDED_FROM_ARCHIVE", "FILE_ADDED", "FILE_DELETED", "FILE_MODIFIED", "GENERATED_FROM",
	"GENERATES", "HAS_PREREQUISITE", "METAFILE_OF", "OPTIONAL_COMPONENT_OF", "OPTIONAL_DEPENDENCY_OF", "OTHER",
	"PACKAGE_OF", "PATCH_APPLIED", "PATCH_FOR", "PREREQUISITE_FOR", "PROVIDED_DEPENDENCY_OF",
	"RUNTIME_DEPENDENCY_OF", "STATIC_LINK", "TEST_CASE_OF", "TEST_DEPENDENCY_OF", "TEST_OF", "TEST_TOOL_OF",
	"VARIANT_OF", "\3", "REQUIREMENT_DESCRIPTION_FOR", "SPECIFICATION_FOR");
static const struct schema relationship_s =
	CLOSED({ "spdxElementId", &text_s, NEED }, { "comment", &text_s, MAY }, { "relatedSpdxElement", &text_s, NEED },
	       { "relationshipType", &relation_s, NEED });
static const struct schema relationships_s = ITEMS(relationship_s);
static const struct schema spdx_schema =
	CLOSED({ "$schema", &text_s, MAY }, { "SPDXID", &text_s, NEED }, { "annotations", &annotations_s, MAY },
	       { "comment", &text_s, MAY }, { "creationInfo", &creation_s, NEED }, { "dataLicense", &text_s, NEED },
	       { "externalDocumentRefs", &external_documents_s, MAY },
	       { "hasExtractedLicensingInfos", &licences_s, MAY }, { "name", &text_s, NEED },
	       { "revieweds", &reviews_s, MAY }, { "spdxVersion", &text_s, NEED }, { "documentNamespace", &text_s, MAY },
	       { "documentDescribes", &texts_s, MAY }, { "packages", &packages_s, MAY }, { "files", &files_s, MAY },
	       { "snippets", &snippets_s, MAY }, { "relationships", &relationships_s, MAY });

/* ---- rules beyond the structure */

static const char *const element_lists[] = { "packages", "files", "snippets" };

typedef void (*element_fn)(struct checking *c, const json_t *element, const struct place *place, json_t *seen);

static void each_element(struct checking *c, const json_t *document, element_fn fn, json_t *seen)
{
	for (size_t l = 0; l < ARRAY_LEN(element_lists); l++) {
		const struct place *list = AT(NULL, element_lists[l]);
		json_t *element;
		size_t i;

		json_array_foreach(js_array(document, element_lists[l]), i, element)
			fn(c, element, AT_INDEX(list, i), seen);
	}
}

static void element_id(struct checking *c, const json_t *element, const struct place *place, json_t *seen)
{
	const char *id = js_string(element, "SPDXID");

	if (!id)
		return;
	if (!shape_element(id))
		check_found(c, AT(place, "SPDXID"), _("\"%.60s\" is no id: SPDXRef- and letters, digits, dots or hyphens"),
			    id);
	else if (json_object_get(seen, id))
		check_found(c, AT(place, "SPDXID"), _("\"%.60s\" is the id of something else already"), id);
	json_object_set_new(seen, id, json_true());
}

static void ids(struct checking *c, const json_t *document)
{
	AUTO_JSON seen = json_object();

	each_element(c, document, element_id, seen);
}

static void note_id(struct checking *c, const json_t *element, const struct place *place, json_t *seen)
{
	const char *id = js_string(element, "SPDXID");

	(void)c;
	(void)place;
	if (id)
		json_object_set_new(seen, id, json_true());
}

static void dangling(struct checking *c, const json_t *document)
{
	static const char *const ends[] = { "spdxElementId", "relatedSpdxElement" };
	const struct place top = { NULL, "relationships", 0 };
	AUTO_JSON seen = json_object();
	json_t *relationship;
	size_t i;

	note_id(c, document, NULL, seen);
	each_element(c, document, note_id, seen);
	json_array_foreach(js_array(document, "relationships"), i, relationship)
		for (size_t e = 0; e < ARRAY_LEN(ends); e++) {
			const char *id = js_string(relationship, ends[e]);

			if (id && str_starts(id, "SPDXRef-") && !json_object_get(seen, id))
				check_found(c, AT(AT_INDEX(&top, i), ends[e]), _("\"%.60s\" is nothing in this document"), id);
		}
}

static void dates(struct checking *c, const json_t *document)
{
	const char *created = js_string(json_object_get(document, "creationInfo"), "created");

	if (created && !(shape_date_time(created) && str_ends(created, "Z") && !strchr(created, '.')))
		check_found(c, AT(AT(NULL, "creationInfo"), "created"), _("\"%.40s\" is not YYYY-MM-DDThh:mm:ssZ"), created);
}

static void head(struct checking *c, const json_t *document)
{
	const char *space = js_string(document, "documentNamespace"), *licence = js_string(document, "dataLicense");

	if (!space)
		check_found(c, NULL, _("the member \"%s\" is missing"), "documentNamespace");
	else if (!shape_uri(space) || strchr(space, '#'))
		check_found(c, AT(NULL, "documentNamespace"), _("it is no address without a #"));
	if (licence && !str_equal(licence, "CC0-1.0"))
		check_found(c, AT(NULL, "dataLicense"), _("it has to be CC0-1.0"));
	if (!str_equal(js_string(document, "SPDXID"), "SPDXRef-DOCUMENT"))
		check_found(c, AT(NULL, "SPDXID"), _("it has to be SPDXRef-DOCUMENT"));
}

static void element_purl(struct checking *c, const json_t *element, const struct place *place, json_t *seen)
{
	json_t *reference;
	size_t i;

	(void)seen;
	json_array_foreach(js_array(element, "externalRefs"), i, reference) {
		const char *text = js_string(reference, "referenceLocator");
		AUTO_PURL purl = PURL_INIT;
		AUTO_ERROR err = ERROR_INIT;

		if (text && str_equal(js_string(reference, "referenceType"), "purl") && purl_parse(text, &purl, &err))
			check_found(c, AT(AT_INDEX(AT(place, "externalRefs"), i), "referenceLocator"),
				    _("it is no package URL: %s"), str_or_empty(err.why));
	}
}

static void bad_purl(struct checking *c, const json_t *document)
{
	each_element(c, document, element_purl, NULL);
}

static const struct check_test rules[] = {
	{ "spdx-head", N_("Namespace, licence and id of the document"), CHECK_WARNING, head,
	  N_("Write the member as the specification has it") },
	{ "spdx-id", N_("Ids malformed or used twice"), CHECK_WARNING, ids,
	  N_("Give each element an id of its own, like SPDXRef-a") },
	{ "spdx-relation", N_("Relationship to what is not there"), CHECK_WARNING, dangling,
	  N_("Name an element of the document") },
	{ "spdx-date", N_("Date of creation in another form"), CHECK_WARNING, dates,
	  N_("Write it like 2026-01-31T12:00:00Z") },
	{ "spdx-purl", N_("Package URLs that cannot be read"), CHECK_WARNING, bad_purl,
	  N_("Write a package URL by the rules, like pkg:npm/name@1.0") },
};

static bool is_22(const json_t *document)
{
	return str_equal(js_string(document, "spdxVersion"), "SPDX-2.2");
}

static bool is_23(const json_t *document)
{
	return str_starts(str_or_empty(js_string(document, "spdxVersion")), "SPDX-2.3");
}

const struct check_format spdx_22_format = { .name = "spdx-2.2", .is = is_22, .schema = &spdx_schema, .version = 2,
					      .open = true, CHECK_RULES(rules) };
const struct check_format spdx_23_format = { .name = "spdx-2.3", .is = is_23, .schema = &spdx_schema, .version = 3,
					      CHECK_RULES(rules) };
