/* SPDX-License-Identifier: Apache-2.0 */
/* The CSAF 2.0 checker: the table of its tests, and the document as they see it. */
#include "format/csaf20.h"
#include "psirtty/format/fix.h"

struct csaf_test {
	const char *id, *title;
	enum check_severity severity;
	int profiles;            /* bits of those it is for; 0: all */
	void (*run)(struct csaf *d); /* NULL: not from the document alone */
	const char *fix;         /* how to mend it; which tests have a quick fix fix.h knows */
};

#define ERROR(id, title, ...)   { id, N_(title), CHECK_ERROR, __VA_ARGS__ }
#define WARNING(id, title, ...) { id, N_(title), CHECK_WARNING, __VA_ARGS__ }
#define NOTE(id, title, ...)    { id, N_(title), CHECK_INFO, __VA_ARGS__ }
#define REPORTS (PROFILE_INFORMATIONAL | PROFILE_INCIDENT)
#define ADVISED (PROFILE_ADVISORY | PROFILE_VEX)

static const struct csaf_test tests[] = {
	ERROR("6.1.1", "Missing definition of product id", 0, csaf_undefined_product,
	      N_("Define the product in the product tree, or leave the reference out")),
	ERROR("6.1.2", "Multiple definition of product id", 0, csaf_product_twice,
	      N_("Keep one of the definitions, and give the other another product_id")),
	ERROR("6.1.3", "Circular definition of product id", 0, csaf_product_cycle,
	      N_("Let the relationship refer to products that it does not define itself")),
	ERROR("6.1.4", "Missing definition of product group id", 0, csaf_undefined_group,
	      N_("Define the group in product_groups, or leave the reference out")),
	ERROR("6.1.5", "Multiple definition of product group id", 0, csaf_group_twice,
	      N_("Give one of the groups another group_id")),
	ERROR("6.1.6", "Contradicting product status", 0, csaf_status_contradiction,
	      N_("Leave the product in the list that is true, and take it out of the others")),
	ERROR("6.1.7", "Multiple scores of one version for a product", 0, csaf_scores_twice,
	      N_("Keep one score of each CVSS version for a product")),
	ERROR("6.1.8", "Invalid CVSS", 0, csaf_cvss_structure,
	      N_("Write the object as the schema of its CVSS version has it")),
	ERROR("6.1.9", "Invalid CVSS computation", 0, csaf_cvss_values, N_("Take the values the vector gives")),
	ERROR("6.1.10", "Inconsistent CVSS", 0, csaf_cvss_properties, N_("Take the values the vector gives")),
	ERROR("6.1.11", "CWE", 0, csaf_cwe, N_("Take the name of the catalogue")),
	ERROR("6.1.12", "Language", 0, csaf_language,
	      N_("Write a language tag of the IANA registry, like en or de-DE")),
	ERROR("6.1.13", "Package URL", 0, csaf_purl,
	      N_("Write a package URL by the rules, like pkg:npm/name@1.0")),
	ERROR("6.1.14", "Sorted revision history", 0, csaf_history_order,
	      N_("Give the revisions dates in the order of their numbers")),
	ERROR("6.1.15", "Translator", 0, csaf_translator,
	      N_("Say in source_lang what language it was translated from")),
	ERROR("6.1.16", "Latest document version", 0, csaf_latest_version, N_("Take the newest revision's number")),
	ERROR("6.1.17", "Document status draft", 0, csaf_draft_status, N_("Set the status to draft")),
	ERROR("6.1.18", "Released revision history", 0, csaf_released_history, N_("Leave these revisions out")),
	ERROR("6.1.19", "Revision history entries for pre-release versions", 0, csaf_history_prerelease,
	      N_("Leave these revisions out")),
	ERROR("6.1.20", "Non-draft document version", 0, csaf_prerelease_version, N_("Leave the pre-release part out")),
	ERROR("6.1.21", "Missing item in revision history", 0, csaf_history_gap,
	      N_("Add the revision that is missing, or number them without a gap from 1")),
	ERROR("6.1.22", "Multiple definition in revision history", 0, csaf_history_twice,
	      N_("Give each revision a number of its own")),
	ERROR("6.1.23", "Multiple use of same CVE", 0, csaf_cve_twice,
	      N_("Merge the vulnerabilities, or correct the CVE id of one")),
	ERROR("6.1.24", "Multiple definition in involvements", 0, csaf_involvement_twice,
	      N_("Merge the entries of the party, or give one another date")),
	ERROR("6.1.25", "Multiple use of same hash algorithm", 0, csaf_hash_twice,
	      N_("Keep one hash of each algorithm for a file")),
	ERROR("6.1.26", "Prohibited document category name", PROFILE_BASE, csaf_category_name,
	      N_("Take a name that is not so near to a profile, or csaf_base")),
	ERROR("6.1.27.1", "Document notes", REPORTS, csaf_document_notes,
	      N_("Add a note of category description, details, general or summary")),
	ERROR("6.1.27.2", "Document references", REPORTS, csaf_document_references,
	      N_("Add a reference of category external")),
	ERROR("6.1.27.3", "Vulnerabilities in an informational advisory", PROFILE_INFORMATIONAL, csaf_no_vulnerabilities,
	      N_("Set the category to csaf_base")),
	ERROR("6.1.27.4", "Product tree", ADVISED, csaf_need_tree,
	      N_("Add the product tree, or choose another category")),
	ERROR("6.1.27.5", "Vulnerability notes", ADVISED, csaf_need_notes,
	      N_("Add a note to the vulnerability")),
	ERROR("6.1.27.6", "Product status", PROFILE_ADVISORY, csaf_need_status,
	      N_("Say in product_status which products are affected or not")),
	ERROR("6.1.27.7", "VEX product status", PROFILE_VEX, csaf_vex_status,
	      N_("Name a product in fixed, known_affected, known_not_affected or under_investigation")),
	ERROR("6.1.27.8", "Vulnerability id", PROFILE_VEX, csaf_vex_ids,
	      N_("Add the CVE id, or another id in ids")),
	ERROR("6.1.27.9", "Impact statement", PROFILE_VEX, csaf_vex_impact,
	      N_("Add a flag, or a threat of category impact, for the product")),
	ERROR("6.1.27.10", "Action statement", PROFILE_VEX, csaf_vex_action,
	      N_("Add a remediation for the product")),
	ERROR("6.1.27.11", "Vulnerabilities", ADVISED, csaf_need_vulnerabilities,
	      N_("Add the vulnerabilities, or choose another category")),
	ERROR("6.1.28", "Translation", 0, csaf_same_language, N_("Leave source_lang out")),
	ERROR("6.1.29", "Remediation without product reference", 0, csaf_remediation_target,
	      N_("Name all affected products")),
	ERROR("6.1.30", "Mixed integer and semantic versioning", 0, csaf_mixed_versions,
	      N_("Number all revisions one way: integers, or semantic versions")),
	ERROR("6.1.31", "Version range in product version", 0, csaf_version_words,
	      N_("Name one version, or set the category to product_version_range")),
	ERROR("6.1.32", "Flag without product reference", 0, csaf_flag_target,
	      N_("Name the products or groups the flag is about")),
	ERROR("6.1.33", "Multiple flags with VEX justification codes per product", 0, csaf_flags_twice,
	      N_("Keep the one flag that gives the reason")),
	WARNING("6.2.1", "Unused definition of product id", ~PROFILE_INFORMATIONAL, csaf_unused_product,
		N_("Refer to the product, or leave it out of the tree")),
	WARNING("6.2.2", "Missing remediation", 0, csaf_need_remediation,
		N_("Add a remediation for the product")),
	WARNING("6.2.3", "Missing score", 0, csaf_need_score,
		N_("Add a score for the product")),
	WARNING("6.2.4", "Build metadata in revision history", 0, csaf_build_metadata, N_("Leave the build metadata out")),
	WARNING("6.2.5", "Older initial release date than revision history", 0, csaf_initial_date,
		N_("Set it to the date of the first revision or a later one")),
	WARNING("6.2.6", "Older current release date than revision history", 0, csaf_current_date,
		N_("Take the newest revision's date")),
	WARNING("6.2.7", "Missing date in involvements", 0, csaf_involvement_date,
		N_("Add the date of the involvement")),
	WARNING("6.2.8", "Use of MD5 as the only hash algorithm", 0, csaf_only_md5,
		N_("Add a hash of SHA-256 or better")),
	WARNING("6.2.9", "Use of SHA-1 as the only hash algorithm", 0, csaf_only_sha1,
		N_("Add a hash of SHA-256 or better")),
	WARNING("6.2.10", "Missing TLP label", 0, csaf_need_tlp,
		N_("Add a TLP label")),
	WARNING("6.2.11", "Missing canonical URL", 0, csaf_canonical_url,
		N_("Add a reference of category self whose https address ends with the name of the file")),
	WARNING("6.2.12", "Missing document language", 0, csaf_need_lang,
		N_("Add the language of the document in lang")),
	WARNING("6.2.13", "Sorting", 0, csaf_sorted, N_("Sort the members by name")),
	WARNING("6.2.14", "Use of private language", 0, csaf_private_language,
		N_("Write a public language tag")),
	WARNING("6.2.15", "Use of default language", 0, csaf_default_language, N_("Leave it out")),
	WARNING("6.2.16", "Missing product identification helper", 0, csaf_need_helper,
		N_("Add a purl, a CPE name, a hash or another helper")),
	WARNING("6.2.17", "CVE in field ids", 0, csaf_cve_in_ids, N_("Move it to cve")),
	WARNING("6.2.18", "Product version range without vers", 0, csaf_vers_range,
		N_("Write the range as vers, like vers:npm/<2.0.0")),
	WARNING("6.2.19", "CVSS for fixed products", 0, csaf_fixed_score,
		N_("Leave the product out of the score, or let its environmental score be 0")),
	WARNING("6.2.20", "Additional properties", 0, csaf_additional, N_("Leave them out")),
	NOTE("6.3.1", "Use of CVSS v2 as the only scoring system", 0, csaf_only_cvss2,
	     N_("Add a score of CVSS 3.1")),
	NOTE("6.3.2", "Use of CVSS v3.0", 0, csaf_cvss30,
	     N_("Score by CVSS 3.1")),
	NOTE("6.3.3", "Missing CVE", 0, csaf_need_cve,
	     N_("Add the CVE id")),
	NOTE("6.3.4", "Missing CWE", 0, csaf_need_cwe,
	     N_("Add the weakness")),
	NOTE("6.3.5", "Use of short hash", 0, csaf_short_hash,
	     N_("Add a longer hash, like SHA-256")),
	/* By whoever has a network or a dictionary: check_links(), check_spelling(). */
	NOTE("6.3.6", "Addresses of others that do not answer", 0, NULL, N_("Correct the address, or leave it out")),
	NOTE("6.3.7", "Addresses of the document that do not answer", 0, NULL, N_("Publish the document there, or correct the address")),
	NOTE("6.3.8", "Spelling", 0, NULL, N_("Correct the words, or add them to the dictionary where they are right")),
	NOTE("6.3.9", "Branch categories", 0, csaf_branch_path,
	     N_("Put the product below branches for vendor, product_name and product_version")),
	NOTE("6.3.10", "Usage of product version range", 0, csaf_version_range,
	     N_("List the versions one by one where they are known")),
	NOTE("6.3.11", "Usage of V as version indicator", 0, csaf_version_v,
	     N_("Leave the v out of the version")),
};

const struct csaf_status csaf_statuses[9] = {
#define X(name, group) { name, group },
	CSAF_STATUSES(X)
#undef X
};

/* ---- the document as the tests see it */

const char *csaf_text(const json_t *object, const char *name)
{
	return str_or_empty(js_string(object, name));
}

static enum csaf_profile profile_of(const json_t *document, int version)
{
	static const struct { const char *category; enum csaf_profile profile; } profiles[] = {
		{ "csaf_security_incident_response", PROFILE_INCIDENT },
		{ "csaf_informational_advisory", PROFILE_INFORMATIONAL },
		{ "csaf_security_advisory", PROFILE_ADVISORY },
		{ "csaf_deprecated_security_advisory", PROFILE_ADVISORY }, /* of 2.1, with the rules of 2.0 */
		{ "csaf_vex", PROFILE_VEX },
	};

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (str_equal(profiles[i].category, csaf_text(document, "category")) &&
		    (version == CSAF21 || !str_starts(profiles[i].category, "csaf_deprecated")))
			return profiles[i].profile;
	return PROFILE_BASE;
}

static void count_defined(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const char *id = js_string(product, "product_id");

	(void)place;
	(void)context;
	if (id)
		json_object_set_new(d->defined, id, json_integer(js_integer(d->defined, id, 0) + 1));
}

static void note_reference(struct csaf *d, const char *id, const struct place *place, void *context)
{
	(void)place;
	(void)context;
	json_object_set_new(d->referenced, id, json_true());
}

static void read_groups(struct csaf *d)
{
	const json_t *groups = js_array(d->tree, "product_groups");
	json_t *group;
	size_t i;

	json_array_foreach((json_t *)groups, i, group) {
		const char *id = js_string(group, "group_id");

		if (id && !json_object_get(d->groups, id))
			json_object_set(d->groups, id, json_object_get(group, "product_ids"));
	}
}

int csaf_version_compare(const char *a, const char *b)
{
	for (int part = 0; part < 3; part++) {
		unsigned long long x = strtoull(a, (char **)&a, 10), y = strtoull(b, (char **)&b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a += *a == '.';
		b += *b == '.';
	}
	/* A pre-release is older than what it leads to; build metadata does not count. */
	if ((*a == '-') != (*b == '-'))
		return *a == '-' ? -1 : 1;
	return *a == '-' ? csaf_prerelease_compare(a + 1, b + 1) : 0;
}

static int by_date(const void *a, const void *b)
{
	const struct csaf_revision *x = a, *y = b;
	int order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = csaf_version_compare(x->number, y->number);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void read_revisions(struct csaf *d)
{
	const json_t *history = js_array(d->tracking, "revision_history");
	json_t *item;
	size_t i;

	d->revisions = mem_alloc((json_array_size(history) + 1) * sizeof(*d->revisions));
	json_array_foreach((json_t *)history, i, item) {
		struct csaf_revision *revision = &d->revisions[d->revision_count];

		revision->number = csaf_text(item, "number");
		revision->index = i;
		revision->dated = check_instant(csaf_text(item, "date"), &revision->at);
		if (*revision->number && csaf_shape_version(revision->number))
			d->revision_count++;
	}
	if (d->revision_count)
		qsort(d->revisions, d->revision_count, sizeof(*d->revisions), by_date);
}

static void csaf_open(struct csaf *d, struct checking *c, const json_t *root)
{
	*d = (struct csaf){ .c = c, .root = root };
	d->document = json_object_get(root, "document");
	d->tracking = json_object_get(d->document, "tracking");
	d->tree = json_object_get(root, "product_tree");
	d->vulnerabilities = js_array(root, "vulnerabilities");
	d->profile = profile_of(d->document, c->version);
	d->defined = json_object();
	d->referenced = json_object();
	d->groups = json_object();
	csaf_read_branches(d);
	csaf_each_product(d, count_defined, NULL);
	csaf_each_reference(d, note_reference, NULL);
	read_groups(d);
	read_revisions(d);
}

static void csaf_close(struct csaf *d)
{
	json_decref(d->defined);
	json_decref(d->referenced);
	json_decref(d->groups);
	free(d->revisions);
	free(d->branches);
	free(d->branch_places);
	csaf21_overlaps_free(d->overlaps);
}

/* ---- running */

static bool is_version(const json_t *document, const char *version)
{
	return str_equal(js_string(json_object_get(document, "document"), "csaf_version"), version);
}

static bool csaf20_is(const json_t *document)
{
	return is_version(document, "2.0");
}

static bool csaf21_is(const json_t *document)
{
	return is_version(document, "2.1");
}

/* What 2.1 asks otherwise or no longer, or where its members have other names. */
static bool is_of_21(const char *test)
{
	static const char *const gone[] = { "6.1.7", "6.1.11", "6.1.13", "6.2.3", "6.2.10", "6.2.19", "6.2.20", "6.3.1", "6.3.2", "6.3.4" };

	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		if (str_equal(gone[i], test))
			return false;
	return true;
}

static bool is_due(const struct csaf_test *test, const struct csaf *d)
{
	return test->run && check_is_due(d->c, test->severity) && (!test->profiles || test->profiles & (int)d->profile) &&
	       (d->c->version == CSAF20 || is_of_21(test->id));
}

static void csaf_run(struct checking *c, const json_t *document)
{
	struct csaf d;

	check_structure(c, &csaf20_schema, document);
	/* What 2.0 lets pass with a warning the schema of 2.1 forbids. */
	c->fix = N_("Leave the member out");
	if (c->version == CSAF21)
		schema_check(c, &csaf20_schema, document, NULL, true);
	csaf_open(&d, c, document);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		if (!is_due(&tests[i], &d))
			continue;
		c->test = tests[i].id;
		c->severity = tests[i].severity;
		c->fix = tests[i].fix;
		c->found = 0;
		tests[i].run(&d);
	}
	if (c->version == CSAF21)
		csaf21_tests_run(&d);
	csaf_close(&d);
}

const char *check_spelling_language(const json_t *document)
{
	const char *lang = csaf_text(json_object_get(document, "document"), "lang");

	return (csaf20_is(document) || csaf21_is(document)) && *lang ? lang : NULL;
}

void check_spelling(const json_t *document, const struct check_speller *speller, struct check_report *ret)
{
	const struct check_request request = { .preset = CHECK_FULL };
	struct checking c = { .request = &request, .report = ret, .test = "6.3.8", .severity = CHECK_INFO, .version = CSAF20,
			      .fix = N_("Correct the words, or add them to the dictionary where they are right") };
	struct csaf d;

	*ret = (struct check_report){ .format = csaf21_is(document) ? "csaf-2.1" : "csaf-2.0" };
	csaf_open(&d, &c, document);
	csaf_spelling(&d, speller);
	csaf_close(&d);
}

void check_links(const json_t *document, check_link_fn fn, void *context)
{
	const struct check_request request = { .preset = CHECK_FULL };
	struct check_report report = { 0 };
	struct checking c = { .request = &request, .report = &report, .version = csaf21_is(document) ? CSAF21 : CSAF20 };
	struct csaf d;

	if (!csaf20_is(document) && !csaf21_is(document))
		return;
	csaf_open(&d, &c, document);
	csaf_links(&d, fn, context);
	csaf_close(&d);
}

static size_t csaf20_tests(struct check_test_info *ret, size_t limit)
{
	for (size_t i = 0; i < ARRAY_LEN(tests) && i < limit; i++)
		ret[i] = (struct check_test_info){ "csaf-2.0", tests[i].id, tests[i].title, tests[i].severity,
						   tests[i].fix, fix_exists(tests[i].id) };
	return ARRAY_LEN(tests);
}

const struct check_format csaf20_format = { .name = "csaf-2.0", .is = csaf20_is, .version = CSAF20, .run = csaf_run,
					     .tests = csaf20_tests };
const struct check_format csaf21_format = { .name = "csaf-2.1", .is = csaf21_is, .version = CSAF21, .run = csaf_run,
					     .tests = csaf21_tests_list };
