/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of the CSAF 2.1 draft: the structure, the tests it shares with 2.0 where both read a document the same way,
 * and those of its own that need neither a network nor a registry. The draft may still change.
 */
#include "format/csaf21.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/vers.h"

#include <ctype.h>

static const char max_uuid[] = "ffffffff-ffff-ffff-ffff-ffffffffffff", nil_uuid[] = "00000000-0000-0000-0000-000000000000";

#define DOCUMENT AT(NULL, "document")

static const json_t *distribution_of(const struct csaf *d)
{
	return json_object_get(d->document, "distribution");
}

static const char *label_of(const struct csaf *d)
{
	return csaf_text(json_object_get(distribution_of(d), "tlp"), "label");
}

static instant newest_revision(const struct csaf *d)
{
	return d->revision_count ? d->revisions[d->revision_count - 1].at : INSTANT_NONE;
}

/* ---- profiles: 6.1.27.12 to 19 */

static bool is_category(const struct csaf *d, const char *category)
{
	return str_equal(csaf_text(d->document, "category"), category);
}

static bool is_gone(const struct csaf *d)
{
	return is_category(d, "csaf_withdrawn") || is_category(d, "csaf_superseded");
}

static void find_no_affected(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	const json_t *status = json_object_get(vulnerability, "product_status");

	if (!json_array_size(js_array(status, "known_affected")))
		check_found(d->c, AT(place, "product_status"), _("no product is known to be affected"));
}

static void need_affected(struct csaf *d)
{
	if (is_category(d, "csaf_security_advisory"))
		csaf_each_vulnerability(d, find_no_affected);
}

static size_t count_notes(const struct csaf *d, const char *title)
{
	size_t i, count = 0;
	json_t *note;

	json_array_foreach(js_array(d->document, "notes"), i, note)
		count += str_equal(js_string(note, "category"), "description") &&
			 (!title || str_equal(js_string(note, "title"), title));
	return count;
}

static void need_description(struct csaf *d)
{
	if (is_gone(d) && !count_notes(d, NULL))
		check_found(d->c, AT(DOCUMENT, "notes"), _("a note of category description is missing"));
}

static void no_tree(struct csaf *d)
{
	if (is_gone(d) && d->tree)
		check_found(d->c, AT(NULL, "product_tree"), _("this profile has no product tree"));
}

static void need_revisions(struct csaf *d)
{
	if (is_gone(d) && d->revision_count < 2)
		check_found(d->c, AT(AT(DOCUMENT, "tracking"), "revision_history"), _("at least two revisions are due"));
}

static void need_reason(struct csaf *d, const char *category, const char *title)
{
	const char *lang = csaf_text(d->document, "lang");

	if (is_category(d, category) && (!*lang || str_starts_nocase(lang, "en")) && count_notes(d, title) != 1)
		check_found(d->c, AT(DOCUMENT, "notes"), _("exactly one note is called \"%s\""), title);
}

static void need_withdrawal(struct csaf *d)
{
	need_reason(d, "csaf_withdrawn", "Reasoning for Withdrawal");
}

static void need_supersession(struct csaf *d)
{
	need_reason(d, "csaf_superseded", "Reasoning for Supersession");
}

static void need_successor(struct csaf *d)
{
	size_t i;
	json_t *reference;

	if (!is_category(d, "csaf_superseded"))
		return;
	json_array_foreach(js_array(d->document, "references"), i, reference)
		if (!str_equal(js_string(reference, "category"), "self") &&
		    str_starts(csaf_text(reference, "summary"), "Superseding Document"))
			return;
	check_found(d->c, AT(DOCUMENT, "references"), _("no external reference names the superseding document"));
}

/* ---- branches: 6.1.34, 57, 58 */

struct path { const char *categories[32]; int depth; };

static void walk_paths(struct csaf *d, const json_t *list, const struct place *place, struct path *path,
		       void (*fn)(struct csaf *, const struct path *, const char *, const struct place *))
{
	size_t i;
	json_t *branch;

	json_array_foreach((json_t *)list, i, branch) {
		const struct place *here = AT_INDEX(place, i);

		fn(d, path, csaf_text(branch, "category"), here);
		if (path->depth == (int)ARRAY_LEN(path->categories))
			continue;
		path->categories[path->depth++] = csaf_text(branch, "category");
		walk_paths(d, js_array(branch, "branches"), AT(here, "branches"), path, fn);
		path->depth--;
	}
}

static void each_path(struct csaf *d, void (*fn)(struct csaf *, const struct path *, const char *, const struct place *))
{
	struct path path = { .depth = 0 };

	walk_paths(d, js_array(d->tree, "branches"), AT(AT(NULL, "product_tree"), "branches"), &path, fn);
}

static void find_deep(struct csaf *d, const struct path *path, const char *category, const struct place *place)
{
	(void)category;
	if (path->depth == 30)
		check_found(d->c, place, _("there are more than 30 branches in one path"));
}

static bool in_path(const struct path *path, const char *category)
{
	for (int i = 0; i < path->depth; i++)
		if (str_equal(path->categories[i], category))
			return true;
	return false;
}

static void find_repeated(struct csaf *d, const struct path *path, const char *category, const struct place *place)
{
	if (!str_equal(category, "product_family") && in_path(path, category))
		check_found(d->c, place, _("%s occurs twice in one path"), category);
}

static void find_both_versions(struct csaf *d, const struct path *path, const char *category, const struct place *place)
{
	if ((str_equal(category, "product_version") && in_path(path, "product_version_range")) ||
	    (str_equal(category, "product_version_range") && in_path(path, "product_version")))
		check_found(d->c, place, _("a path has a version or a range of versions, not both"));
}

static void deep_branches(struct csaf *d)
{
	each_path(d, find_deep);
}

static void repeated_category(struct csaf *d)
{
	each_path(d, find_repeated);
}

static void both_versions(struct csaf *d)
{
	each_path(d, find_both_versions);
}

/* ---- product helpers: 6.1.13, 42, 43, 44, 61 */

static void find_bad_purls(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const json_t *purls = js_array(json_object_get(product, "product_identification_helper"), "purls");
	const struct place *here = AT(AT(place, "product_identification_helper"), "purls");
	AUTO_PURL first = PURL_INIT;
	bool some = false;
	size_t i;
	json_t *item;

	(void)context;
	json_array_foreach((json_t *)purls, i, item) {
		AUTO_PURL purl = PURL_INIT;

		if (!json_is_string(item) || purl_parse(json_string_value(item), &purl, NULL))
			continue; /* 6.1.13 says so */
		if (some && !purl_same_but_qualifiers(&first, &purl))
			check_found(d->c, AT_INDEX(here, i), _("it differs from the first one in more than qualifiers"));
		if (!some) {
			first = purl;
			purl = (struct purl)PURL_INIT;
			some = true;
		}
	}
}

static void different_purls(struct csaf *d)
{
	csaf_each_product(d, find_bad_purls, NULL);
}

static void find_broken_purls(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const json_t *purls = js_array(json_object_get(product, "product_identification_helper"), "purls");
	size_t i;
	json_t *item;

	(void)context;
	json_array_foreach((json_t *)purls, i, item) {
		AUTO_PURL purl = PURL_INIT;
		AUTO_ERROR err = ERROR_INIT;

		if (json_is_string(item) && purl_parse(json_string_value(item), &purl, &err))
			check_found(d->c, AT_INDEX(AT(AT(place, "product_identification_helper"), "purls"), i), "%s",
				    str_or_empty(err.why));
	}
}

static void broken_purls(struct csaf *d)
{
	csaf_each_product(d, find_broken_purls, NULL);
}

static int count_stars(const char *text)
{
	int stars = 0;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else
			stars += *text == '*';
	}
	return stars;
}

static void find_stars(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const char *name = context;
	const json_t *helper = json_object_get(product, "product_identification_helper");
	size_t i;
	json_t *item;

	json_array_foreach(js_array(helper, name), i, item)
		if (json_is_string(item) && count_stars(json_string_value(item)) > 1)
			check_found(d->c, AT_INDEX(AT(AT(place, "product_identification_helper"), name), i),
				    _("at most one star may stand for the rest"));
}

static void stars_in_models(struct csaf *d)
{
	csaf_each_product(d, find_stars, (void *)(uintptr_t)"model_numbers");
}

static void stars_in_serials(struct csaf *d)
{
	csaf_each_product(d, find_stars, (void *)(uintptr_t)"serial_numbers");
}

static void stars_in_skus(struct csaf *d)
{
	csaf_each_product(d, find_stars, (void *)(uintptr_t)"skus");
}

/* ---- remediations: 6.1.35, 36 and 6.2.27 */

static const char *const remedy_words[] = { "workaround", "mitigation", "vendor_fix", "fix_planned", "no_fix_planned",
					    "none_available", "optional_patch" };

static int remedy_of(const json_t *remediation)
{
	for (size_t i = 0; i < ARRAY_LEN(remedy_words); i++)
		if (str_equal(remedy_words[i], js_string(remediation, "category")))
			return (int)i;
	return -1;
}

/* The first two go together, and with a fix, a planned or a refused one; nothing else does. */
static bool combinable(int a, int b)
{
	return a == b || (a < 2 && b < 5) || (b < 2 && a < 5);
}

static void note_remedy(struct csaf *d, const json_t *remediation, const struct place *place, void *context)
{
	json_t *products = csaf_products_of(d, remediation), *value;
	json_t *seen = context;
	int kind = remedy_of(remediation);
	const char *id;

	json_object_foreach(products, id, value) {
		json_int_t before = json_integer_value(json_object_get(seen, id));

		for (int other = 0; kind >= 0 && other < (int)ARRAY_LEN(remedy_words); other++)
			if (before >> other & 1 && !combinable(kind, other)) {
				check_found(d->c, place, _("%.60s: %s and %s contradict each other"), id, remedy_words[other],
					    remedy_words[kind]);
				break;
			}
		if (kind >= 0)
			json_object_set_new(seen, id, json_integer(before | 1 << kind));
	}
	json_decref(products);
}

static void find_remedies(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON seen = json_object();

	csaf_each_item(d, vulnerability, "remediations", place, note_remedy, seen);
}

static void contradicting_remedies(struct csaf *d)
{
	csaf_each_vulnerability(d, find_remedies);
}

struct against { const json_t *vulnerability; const unsigned char *table; };

/* By group of statuses: bits of remedy_words that are prohibited, and discouraged. */
static const unsigned char prohibited[] = { [CSAF_AFFECTED] = 0x40, [CSAF_NOT_AFFECTED] = 0x27, [CSAF_FIXED] = 0x3F,
					    [CSAF_INVESTIGATED] = 0, [CSAF_UNKNOWN] = 0 };
static const unsigned char discouraged[] = { [CSAF_AFFECTED] = 0, [CSAF_NOT_AFFECTED] = 0x18, [CSAF_FIXED] = 0x40,
					     [CSAF_INVESTIGATED] = 0x0F, [CSAF_UNKNOWN] = 0x0F };

static void match_remedy(struct csaf *d, const json_t *remediation, const struct place *place, void *context)
{
	static const enum csaf_group groups[] = { CSAF_AFFECTED, CSAF_NOT_AFFECTED, CSAF_FIXED, CSAF_INVESTIGATED, CSAF_UNKNOWN };
	const struct against *a = context;
	int kind = remedy_of(remediation);
	json_t *products = csaf_products_of(d, remediation), *value;
	const char *id;

	for (size_t g = 0; kind >= 0 && g < ARRAY_LEN(groups); g++) {
		json_t *in = a->table[groups[g]] >> kind & 1 ? csaf_products_in(a->vulnerability, groups[g]) : NULL;

		json_object_foreach(products, id, value)
			if (json_object_get(in, id))
				check_found(d->c, place, _("%.60s: its status does not go with %s"), id, remedy_words[kind]);
		json_decref(in);
	}
	json_decref(products);
}

static void find_prohibited(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	struct against a = { vulnerability, prohibited };

	csaf_each_item(d, vulnerability, "remediations", place, match_remedy, &a);
}

static void find_discouraged(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	struct against a = { vulnerability, discouraged };

	csaf_each_item(d, vulnerability, "remediations", place, match_remedy, &a);
}

static void prohibited_remedies(struct csaf *d)
{
	csaf_each_vulnerability(d, find_prohibited);
}

static void discouraged_remedies(struct csaf *d)
{
	csaf_each_vulnerability(d, find_discouraged);
}

/* ---- dates: 6.1.37, 45, 52, 53 */

static void walk_dates(struct csaf *d, const json_t *json, const struct place *place, int depth)
{
	const char *name;
	json_t *value;
	size_t i;

	json_array_foreach((json_t *)json, i, value)
		if (depth < 90)
			walk_dates(d, value, AT_INDEX(place, i), depth + 1);
	json_object_foreach((json_t *)json, name, value) {
		const char *text = json_string_value(value);

		if (text && (str_equal(name, "date") || str_ends(name, "_date")) &&
		    (strpbrk(text, "tz") || (strlen(text) > 18 && strncmp(text + 17, "60", 2) == 0)))
			check_found(d->c, AT(place, name), _("T and Z are capitals, and there are no leap seconds"));
		else if (depth < 90)
			walk_dates(d, value, AT(place, name), depth + 1);
	}
}

static void date_forms(struct csaf *d)
{
	walk_dates(d, d->root, NULL, 0);
}

static bool later(const char *date, instant than)
{
	instant at;

	return than != INSTANT_NONE && check_instant(date, &at) && at > than;
}

static void find_late_disclosure(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (later(csaf_text(vulnerability, "disclosure_date"), newest_revision(d)))
		check_found(d->c, AT(place, "disclosure_date"), _("it is later than the newest revision"));
}

static void late_disclosure(struct csaf *d)
{
	if (csaf_is_final(d) && str_equal(label_of(d), "CLEAR"))
		csaf_each_vulnerability(d, find_late_disclosure);
}

static void late_exploitation(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	static const char *const dates[] = { "date", "exploitation_date" };

	(void)context;
	for (size_t i = 0; csaf_is_final(d) && i < ARRAY_LEN(dates); i++)
		if (later(csaf_text(item, dates[i]), newest_revision(d)))
			check_found(d->c, AT(place, dates[i]), _("it is later than the newest revision"));
}

static void exploited_after(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	instant told;

	(void)context;
	if (check_instant(csaf_text(item, "date"), &told) && later(csaf_text(item, "exploitation_date"), told))
		check_found(d->c, AT(place, "exploitation_date"), _("it is later than the date it was told"));
}

static void find_late_exploitations(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "first_known_exploitation_dates", place, late_exploitation, NULL);
}

static void find_exploited_after(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "first_known_exploitation_dates", place, exploited_after, NULL);
}

static void late_exploitations(struct csaf *d)
{
	csaf_each_vulnerability(d, find_late_exploitations);
}

static void exploitation_order(struct csaf *d)
{
	csaf_each_vulnerability(d, find_exploited_after);
}

/* ---- sharing groups: 6.1.38 to 41, 6.2.28 to 30 */

static const json_t *sharing(const struct csaf *d)
{
	return json_object_get(distribution_of(d), "sharing_group");
}

static const struct place *sharing_place(void)
{
	static const struct place document = { NULL, "document", 0 }, distribution = { &document, "distribution", 0 },
				  group = { &distribution, "sharing_group", 0 };

	return &group;
}

static void max_only_clear(struct csaf *d)
{
	if (str_equal(csaf_text(sharing(d), "id"), max_uuid) && !str_equal(label_of(d), "CLEAR"))
		check_found(d->c, sharing_place(), _("the group of everybody is for TLP:CLEAR alone"));
}

static void clear_only_max(struct csaf *d)
{
	const char *id = csaf_text(sharing(d), "id");
	bool draft = str_equal(csaf_text(d->tracking, "status"), "draft");

	if (*id && str_equal(label_of(d), "CLEAR") && !str_equal(id, max_uuid) && !(draft && str_equal(id, nil_uuid)))
		check_found(d->c, sharing_place(), _("TLP:CLEAR is for everybody: its only group has the highest UUID"));
}

static const struct { const char *name, *id; } reserved[] = { { "Public", max_uuid }, { "No sharing allowed", nil_uuid } };

static void reserved_names(struct csaf *d)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (str_equal(csaf_text(sharing(d), "name"), reserved[i].name) &&
		    !str_equal(csaf_text(sharing(d), "id"), reserved[i].id))
			check_found(d->c, AT(sharing_place(), "name"), _("this name belongs to %s"), reserved[i].id);
}

static void reserved_ids(struct csaf *d)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (str_equal(csaf_text(sharing(d), "id"), reserved[i].id) && json_object_get(sharing(d), "name") &&
		    !str_equal(csaf_text(sharing(d), "name"), reserved[i].name))
			check_found(d->c, AT(sharing_place(), "name"), _("this group is called \"%s\""), reserved[i].name);
}

static void group_with_clear(struct csaf *d)
{
	if (sharing(d) && str_equal(label_of(d), "CLEAR"))
		check_found(d->c, sharing_place(), _("TLP:CLEAR needs no group"));
}

/* ---- the document: 6.2.21, 22, 38, 43 */

static void same_times(struct csaf *d)
{
	for (size_t i = 1; i < d->revision_count; i++)
		if (d->revisions[i].dated && d->revisions[i - 1].dated && d->revisions[i].at == d->revisions[i - 1].at)
			check_found(d->c, AT_INDEX(AT(AT(DOCUMENT, "tracking"), "revision_history"), d->revisions[i].index),
				    _("another revision has the same date"));
}

static void id_in_title(struct csaf *d)
{
	const char *id = csaf_text(d->tracking, "id");

	if (*id && strstr(csaf_text(d->document, "title"), id))
		check_found(d->c, AT(DOCUMENT, "title"), _("it holds the id of the document"));
}

static void old_profile(struct csaf *d)
{
	if (str_starts(csaf_text(d->document, "category"), "csaf_deprecated_"))
		check_found(d->c, AT(DOCUMENT, "category"), _("this profile is deprecated"));
}

static void no_licence(struct csaf *d)
{
	if (!json_object_get(d->document, "license_expression"))
		check_found(d->c, DOCUMENT, _("license_expression is missing"));
}

/* ---- the table */

struct test21 { const char *id, *title; enum check_severity severity; void (*run)(struct csaf *d); const char *fix; };
static const struct test21 tests[] = {
	{ "6.1.7", N_("Multiple scores of one version and source for a product"), CHECK_ERROR, csaf21_metrics_twice,
	  N_("Keep one score of each CVSS version and source for a product") },
	{ "6.1.11", N_("CWE"), CHECK_ERROR, csaf21_weakness,
	  N_("Take id and name of the catalogue") },
	{ "6.1.13", N_("Package URL"), CHECK_ERROR, broken_purls,
	  N_("Write a package URL by the rules, like pkg:npm/name@1.0") },
	{ "6.1.27.12", N_("Affected products"), CHECK_ERROR, need_affected,
	  N_("Name the products that are known to be affected") },
	{ "6.1.27.13", N_("Corresponding affected products"), CHECK_ERROR, csaf21_fixed_of_nothing,
	  N_("Name the version that is affected, or leave the fixed one out") },
	{ "6.1.27.14", N_("Description note"), CHECK_ERROR, need_description,
	  N_("Add a note of category description") },
	{ "6.1.27.15", N_("No product tree"), CHECK_ERROR, no_tree,
	  N_("Leave the product tree out") },
	{ "6.1.27.16", N_("Several revisions"), CHECK_ERROR, need_revisions,
	  N_("Add the revisions from before") },
	{ "6.1.27.17", N_("Reasoning for withdrawal"), CHECK_ERROR, need_withdrawal,
	  N_("Say why in one note of that title and of category description") },
	{ "6.1.27.18", N_("Reasoning for supersession"), CHECK_ERROR, need_supersession,
	  N_("Say why in one note of that title and of category description") },
	{ "6.1.27.19", N_("Reference to the superseding document"), CHECK_ERROR, need_successor,
	  N_("Add an external reference to the document that takes its place") },
	{ "6.1.34", N_("Depth of branches"), CHECK_ERROR, deep_branches,
	  N_("Leave branches out that say nothing") },
	{ "6.1.35", N_("Contradicting remediations"), CHECK_ERROR, contradicting_remedies,
	  N_("Keep the remediation that is true for the product") },
	{ "6.1.36", N_("Contradicting status and remediation"), CHECK_ERROR, prohibited_remedies,
	  N_("Leave the product out of the remediation, or correct its status") },
	{ "6.1.37", N_("Date and time"), CHECK_ERROR, date_forms,
	  N_("Write it like 2026-01-31T12:00:00Z") },
	{ "6.1.38", N_("Sharing group of everybody without TLP:CLEAR"), CHECK_ERROR, max_only_clear,
	  N_("Name the group it is shared with, or set the label to CLEAR") },
	{ "6.1.39", N_("Sharing group with TLP:CLEAR"), CHECK_ERROR, clear_only_max,
	  N_("Leave the sharing group out") },
	{ "6.1.40", N_("Reserved name of a sharing group"), CHECK_ERROR, reserved_names,
	  N_("Give the group a name of its own") },
	{ "6.1.41", N_("Missing reserved name of a sharing group"), CHECK_ERROR, reserved_ids,
	  N_("Give the group the name that belongs to its id") },
	{ "6.1.42", N_("Package URLs that differ in more than qualifiers"), CHECK_ERROR, different_purls,
	  N_("Keep package URLs of one package and version") },
	{ "6.1.43", N_("Several stars in a model number"), CHECK_ERROR, stars_in_models,
	  N_("Write other stars as \\*, or give several model numbers") },
	{ "6.1.44", N_("Several stars in a serial number"), CHECK_ERROR, stars_in_serials,
	  N_("Write other stars as \\*, or give several serial numbers") },
	{ "6.1.45", N_("Inconsistent disclosure date"), CHECK_ERROR, late_disclosure,
	  N_("Correct the date, or add the revision in which it was disclosed") },
	{ "6.1.46", N_("Invalid SSVC"), CHECK_ERROR, csaf21_ssvc_form,
	  N_("Write timestamp and selections as the schema of SSVC has them") },
	{ "6.1.47", N_("Inconsistent SSVC target"), CHECK_ERROR, csaf21_ssvc_target,
	  N_("Name the CVE id or another id of this vulnerability") },
	{ "6.1.48", N_("SSVC decision points"), CHECK_ERROR, csaf21_ssvc_points,
	  N_("Take key, version and values of the registry, in its order") },
	{ "6.1.49", N_("Inconsistent SSVC timestamp"), CHECK_ERROR, csaf21_ssvc_late,
	  N_("Correct the time, or add the revision in which it was decided") },
	{ "6.1.50", N_("Product version range rules"), CHECK_ERROR, csaf21_canonical_range,
	  N_("Write the range in the canonical form of vers") },
	{ "6.1.51", N_("Inconsistent EPSS timestamp"), CHECK_ERROR, csaf21_epss_late,
	  N_("Correct the time, or add the revision in which it was looked up") },
	{ "6.1.52", N_("Inconsistent date of a first exploitation"), CHECK_ERROR, late_exploitations,
	  N_("Correct the date, or add the revision in which it was told") },
	{ "6.1.53", N_("Exploitation after it was told"), CHECK_ERROR, exploitation_order,
	  N_("Correct the dates: it was exploited before it was told") },
	{ "6.1.54", N_("Licence expression"), CHECK_ERROR, csaf21_licence_form,
	  N_("Write an expression of SPDX, like MIT OR Apache-2.0") },
	{ "6.1.55", N_("Licence text"), CHECK_ERROR, csaf21_licence_note,
	  N_("Add the text of the licence as a note") },
	{ "6.1.56", N_("Score and rating in words from one source"), CHECK_ERROR, csaf21_rating_beside_score,
	  N_("Leave the rating in words out") },
	{ "6.1.57", N_("Repeated branch category in a path"), CHECK_ERROR, repeated_category,
	  N_("Use each category once on the way to a product") },
	{ "6.1.58", N_("Version and range of versions in a path"), CHECK_ERROR, both_versions,
	  N_("Keep the version or the range of versions") },
	{ "6.1.59", N_("Single version as a range"), CHECK_ERROR, csaf21_single_range,
	  N_("Set the category to product_version") },
	{ "6.1.60.1", N_("Content of extensions"), CHECK_ERROR, csaf21_extension_form,
	  N_("Give it $schema, category, critical and content, and nothing else") },
	{ "6.1.60.2", N_("Schema of extensions"), CHECK_ERROR, csaf21_extension_schema,
	  N_("Check it with a program that knows the extension") },
	{ "6.1.60.3", N_("Metadata of extensions"), CHECK_ERROR, csaf21_extension_schema,
	  N_("Check it with a program that knows the extension") },
	{ "6.1.61", N_("Several stars in a stock keeping unit"), CHECK_ERROR, stars_in_skus,
	  N_("Write other stars as \\*, or give several units") },
	{ "6.2.3", N_("Missing metric"), CHECK_WARNING, csaf21_need_metric,
	  N_("Add a metric for the product") },
	{ "6.2.19", N_("CVSS for fixed products"), CHECK_WARNING, csaf21_fixed_metric,
	  N_("Leave the product out of the metric, or let its environmental score be 0") },
	{ "6.2.21", N_("Same date of several revisions"), CHECK_WARNING, same_times,
	  N_("Give each revision its own time") },
	{ "6.2.22", N_("Document id in the title"), CHECK_WARNING, id_in_title,
	  N_("Leave the id out of the title") },
	{ "6.2.23", N_("Deprecated CWE"), CHECK_WARNING, csaf21_weakness_deprecated,
	  N_("Take the weakness that replaced it") },
	{ "6.2.24", N_("Older version of CWE"), CHECK_WARNING, csaf21_old_catalogue,
	  N_("Take the newest version of the catalogue") },
	{ "6.2.25", N_("CWE not for classifying"), CHECK_WARNING, csaf21_weakness_usage,
	  N_("Take a weakness that is for classifying") },
	{ "6.2.26", N_("CWE to be reviewed"), CHECK_WARNING, csaf21_weakness_review,
	  N_("Take a more precise weakness where there is one") },
	{ "6.2.27", N_("Discouraged status and remediation"), CHECK_WARNING, discouraged_remedies,
	  N_("See whether status and remediation are meant so") },
	{ "6.2.28", N_("Group of everybody"), CHECK_WARNING, csaf21_max_group,
	  N_("Leave the group out") },
	{ "6.2.29", N_("Group of nobody"), CHECK_WARNING, csaf21_nil_group,
	  N_("Name the group before the document is final") },
	{ "6.2.30", N_("Sharing group with TLP:CLEAR"), CHECK_WARNING, group_with_clear,
	  N_("Leave the group out") },
	{ "6.2.31", N_("Hardware and software"), CHECK_WARNING, csaf21_hardware_alone,
	  N_("Describe hardware and software as two products, and their combination as a product path") },
	{ "6.2.32", N_("Helper of two products"), CHECK_WARNING, csaf21_shared_helper,
	  N_("Give each product helpers of its own") },
	{ "6.2.33", N_("Disclosure after the newest revision"), CHECK_WARNING, csaf21_disclosed_since,
	  N_("Add the revision in which it was disclosed") },
	{ "6.2.34", N_("Unknown namespace of SSVC"), CHECK_WARNING, csaf21_space_unknown,
	  N_("Take a decision point of a registered namespace") },
	{ "6.2.35", N_("Unregistered namespace of SSVC in TLP:CLEAR"), CHECK_WARNING, csaf21_space_private_clear,
	  N_("Take a decision point of a registered namespace") },
	{ "6.2.36", N_("Extended namespace of SSVC in TLP:CLEAR"), CHECK_WARNING, csaf21_space_extended_clear,
	  N_("Take a decision point of the namespace itself") },
	{ "6.2.37", N_("Unknown namespace of SSVC without a resource"), CHECK_WARNING, csaf21_space_unexplained,
	  N_("Add a decision_point_resources entry whose summary names it") },
	{ "6.2.38", N_("Deprecated profile"), CHECK_WARNING, old_profile,
	  N_("Take the profile csaf_security_advisory") },
	{ "6.2.39.1", N_("Missing fixed product"), CHECK_WARNING, csaf21_affected_unfixed,
	  N_("Name the fixed version, or say in a remediation that there is none") },
	{ "6.2.39.2", N_("Reasoning for withdrawal in the language of the document"), CHECK_WARNING, csaf21_withdrawal_titled,
	  N_("Say why in one note of that title and of category description") },
	{ "6.2.39.3", N_("Reasoning for supersession in the language of the document"), CHECK_WARNING, csaf21_supersession_titled,
	  N_("Say why in one note of that title and of category description") },
	{ "6.2.39.4", N_("Superseding document in the language of the document"), CHECK_WARNING, csaf21_successor_titled,
	  N_("Add an external reference to the document that takes its place") },
	{ "6.2.39.5", N_("Extension in a withdrawn or superseded document"), CHECK_WARNING, csaf21_extension_gone,
	  N_("Leave the extension out") },
	{ "6.2.40", N_("Product description without product"), CHECK_WARNING, csaf21_product_described,
	  N_("Add product_ids or group_ids") },
	{ "6.2.41", N_("Old EPSS"), CHECK_WARNING, csaf21_epss_old,
	  N_("Look the value up anew") },
	{ "6.2.42", N_("Helper that differs from the branches"), CHECK_WARNING, csaf21_helper_differs,
	  N_("Say the same in both places") },
	{ "6.2.43", N_("Missing licence"), CHECK_WARNING, no_licence,
	  N_("Add the licence of the document") },
	{ "6.2.44", N_("Deprecated licence"), CHECK_WARNING, csaf21_licence_deprecated,
	  N_("Take the id that SPDX has instead, like GPL-2.0-only") },
	{ "6.2.45", N_("Unknown licence"), CHECK_WARNING, csaf21_licence_unknown,
	  N_("Take an id of the list of SPDX, or one with LicenseRef-") },
	{ "6.2.46", N_("Licence text in the language of the document"), CHECK_WARNING, csaf21_licence_titled,
	  N_("Add the text of the licence as a note of that title") },
	{ "6.2.47", N_("Own rating in words"), CHECK_WARNING, csaf21_rating_own,
	  N_("Score it by CVSS") },
	{ "6.2.48", N_("Vendor called Open Source"), CHECK_WARNING, csaf21_vendor_name,
	  N_("Name who made it") },
	{ "6.2.49", N_("Range without an upper end"), CHECK_WARNING, csaf21_open_range,
	  N_("Give the range an upper end") },
	{ "6.2.50.1", N_("Range that overlaps with a range of another status"), CHECK_WARNING, csaf21_doubtful_vers,
	  N_("Part the ranges so that each version has one status") },
	{ "6.2.50.2", N_("Bare range that overlaps with a range of another status"), CHECK_WARNING, csaf21_doubtful_vls,
	  N_("Part the ranges so that each version has one status") },
	{ "6.2.50.3", N_("Range that overlaps with a version of another status"), CHECK_WARNING, csaf21_doubtful_version,
	  N_("Take the version out of the range") },
	{ "6.2.51", N_("Unknown type of range"), CHECK_WARNING, csaf21_range_type,
	  N_("Take a type of version ranges that is defined") },
	{ "6.2.52", N_("Unknown hash algorithm"), CHECK_WARNING, csaf21_hash_name,
	  N_("Take the name of a known algorithm, like sha256") },
	{ "6.2.53", N_("Id of a registered system"), CHECK_WARNING, csaf21_id_misformed,
	  N_("Write the id as its system does") },
	{ "6.2.54.1", N_("Extension that is not registered"), CHECK_WARNING, csaf21_extension_registered,
	  N_("Take a registered extension, or leave it out") },
	{ "6.2.54.2", N_("Extension that is not official"), CHECK_WARNING, csaf21_extension_official,
	  N_("Take an official extension, or leave it out") },
	{ "6.2.54.3", N_("Critical extension"), CHECK_WARNING, csaf21_extension_critical,
	  N_("Say it by the means of the standard") },
	{ "6.2.54.4", N_("Experimental extension in TLP:CLEAR"), CHECK_WARNING, csaf21_extension_in_clear,
	  N_("Leave the extension out") },
	{ "6.3.1", N_("Use of CVSS v2 as the only scoring system"), CHECK_INFO, csaf21_only_cvss2,
	  N_("Add a score of CVSS 3.1 or 4.0") },
	{ "6.3.2", N_("Use of CVSS v3.0"), CHECK_INFO, csaf21_cvss30,
	  N_("Score by CVSS 3.1 or 4.0") },
	{ "6.3.4", N_("Missing CWE"), CHECK_INFO, csaf21_need_cwes,
	  N_("Add the weakness") },
	{ "6.3.12", N_("Missing CVSS v4.0"), CHECK_INFO, csaf21_need_cvss4,
	  N_("Add a score of CVSS 4.0") },
	{ "6.3.13", N_("Older version of a decision point"), CHECK_INFO, csaf21_point_old,
	  N_("Take the latest version of the decision point") },
	{ "6.3.14", N_("Unregistered namespace of SSVC outside of TLP:CLEAR"), CHECK_INFO, csaf21_space_private,
	  N_("See that all readers know the namespace") },
	{ "6.3.15", N_("Extended namespace of SSVC outside of TLP:CLEAR"), CHECK_INFO, csaf21_space_extended,
	  N_("See that all readers know the namespace") },
	{ "6.3.17", N_("Licence that no list has"), CHECK_INFO, csaf21_licence_own,
	  N_("Take a licence of the list of SPDX where one fits") },
	{ "6.3.18", N_("Rating in words"), CHECK_INFO, csaf21_rating,
	  N_("Score it by CVSS") },
	{ "6.3.19.1", N_("Range that overlaps with a range of the same status"), CHECK_INFO, csaf21_double_vers,
	  N_("Part the ranges, or join them") },
	{ "6.3.19.2", N_("Bare range that overlaps with a range of the same status"), CHECK_INFO, csaf21_double_vls,
	  N_("Part the ranges, or join them") },
	{ "6.3.19.3", N_("Range that overlaps with a version of the same status"), CHECK_INFO, csaf21_double_version,
	  N_("Leave the version out, or take it out of the range") },
	{ "6.3.19.4", N_("Range that overlaps with a range that has branches"), CHECK_INFO, csaf21_range_in_branch,
	  N_("Part the ranges") },
	{ "6.3.19.5", N_("Range that overlaps with a version that has branches"), CHECK_INFO, csaf21_version_in_branch,
	  N_("Take the version out of the range") },
	{ "6.3.20", N_("Unregistered system of ids"), CHECK_INFO, csaf21_id_system_unknown,
	  N_("Take the address of a registered system where there is one") },
	{ "6.3.21.1", N_("Essential extension"), CHECK_INFO, csaf21_extension_essential,
	  N_("Say it by the means of the standard where they can") },
	{ "6.3.21.2", N_("Experimental extension outside of TLP:CLEAR"), CHECK_INFO, csaf21_extension_not_clear,
	  N_("See that all readers know the extension") },
	{ "6.3.21.3", N_("Extension of the document"), CHECK_INFO, csaf21_extension_document,
	  N_("See that all readers know the extension") },
	{ "6.3.21.4", N_("Extension in branches"), CHECK_INFO, csaf21_extension_branch,
	  N_("See that all readers know the extension") },
	{ "6.3.21.5", N_("Extension in full product names"), CHECK_INFO, csaf21_extension_name,
	  N_("See that all readers know the extension") },
	{ "6.3.21.6", N_("Extension in product paths"), CHECK_INFO, csaf21_extension_path,
	  N_("See that all readers know the extension") },
	{ "6.3.21.7", N_("Extension in metrics"), CHECK_INFO, csaf21_extension_metric,
	  N_("See that all readers know the extension") },
	{ "6.3.21.8", N_("Extension of a vulnerability"), CHECK_INFO, csaf21_extension_vulnerability,
	  N_("See that all readers know the extension") },
	{ "6.3.21.9", N_("Extension of the whole"), CHECK_INFO, csaf21_extension_root,
	  N_("See that all readers know the extension") },
	{ "6.3.22", N_("Nested product path"), CHECK_INFO, csaf21_nested_path,
	  N_("Write the path out from its first product") },
};

void csaf21_tests_run(struct csaf *d)
{
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		if (!check_is_due(d->c, tests[i].severity))
			continue;
		d->c->test = tests[i].id;
		d->c->severity = tests[i].severity;
		d->c->fix = tests[i].fix;
		d->c->found = 0;
		tests[i].run(d);
	}
}

size_t csaf21_tests_list(struct check_test_info *ret, size_t limit)
{
	for (size_t i = 0; i < ARRAY_LEN(tests) && i < limit; i++)
		ret[i] = (struct check_test_info){ "csaf-2.1", tests[i].id, tests[i].title, tests[i].severity,
						   tests[i].fix, false };
	return ARRAY_LEN(tests);
}
