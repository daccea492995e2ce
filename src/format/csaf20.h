/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the CSAF 2.0 checker share. Tests by number: CSAF 2.0, section 6. */
#ifndef FORMAT_CSAF20_H
#define FORMAT_CSAF20_H

#include "format/check_private.h"
#include "psirtty/score/cvss.h"

extern const struct schema csaf20_schema; /* of 2.1 too: versions 20 and 21 */
enum { CSAF20 = 20, CSAF21 = 21 };
bool csaf_is_integer_version(const char *text);
bool csaf_shape_version(const char *text);
/* The pattern of the schema for CPE names, which is anchored at one end each only. */
bool csaf_cpe_fits(const char *text);
bool csaf_cpe_is(const char *text); /* that of 2.1: at both */
/* The structure of a CVSS object after FIRST's schemas (2.0, 3.0, 3.1). */
void csaf_check_cvss_structure(struct checking *c, const json_t *json, const struct place *place);

/* ---- the document, with what several tests need of it */

#define CSAF_STATUSES(X) /* name, group */ \
	X("first_affected", CSAF_AFFECTED) X("known_affected", CSAF_AFFECTED) \
	X("last_affected", CSAF_AFFECTED) X("known_not_affected", CSAF_NOT_AFFECTED) \
	X("first_fixed", CSAF_FIXED) X("fixed", CSAF_FIXED) \
	X("under_investigation", CSAF_INVESTIGATED) X("recommended", CSAF_NO_GROUP) \
	X("unknown", CSAF_UNKNOWN) /* of 2.1 */
enum csaf_group { CSAF_AFFECTED, CSAF_NOT_AFFECTED, CSAF_FIXED, CSAF_INVESTIGATED, CSAF_NO_GROUP, CSAF_UNKNOWN };
extern const struct csaf_status { const char *name; enum csaf_group group; } csaf_statuses[9];

enum csaf_profile { PROFILE_BASE = 1, PROFILE_INCIDENT = 2, PROFILE_INFORMATIONAL = 4, PROFILE_ADVISORY = 8,
		    PROFILE_VEX = 16 };

struct csaf_revision { const char *number; instant at; size_t index; bool dated; };

struct csaf {
	struct checking *c;
	const json_t *root, *document, *tracking, *tree, *vulnerabilities;
	enum csaf_profile profile;
	json_t *defined;    /* owned: product id → how often it is defined */
	json_t *referenced; /* owned: product ids that are used */
	json_t *groups;     /* owned: group id → its product ids */
	struct csaf_revision *revisions; /* owned, by (date, number) */
	size_t revision_count;
	struct csaf_branch *branches;    /* owned, as the document has them, each before those below it */
	struct place *branch_places;     /* owned */
	size_t branch_count, branch_room;
	struct overlaps *overlaps;       /* owned: of ranges (csaf21_ranges.c), once they were asked for */
};
void csaf21_overlaps_free(struct overlaps *overlaps); /* NULL does nothing */
/* Fills in the branches. */
void csaf_read_branches(struct csaf *d);
/* Branch number I, its product (NULL: none) and its place; false: there are not so many. */
bool csaf_branch_at(const struct csaf *d, size_t i, const json_t **ret_branch, const json_t **ret_product,
		    const struct place **ret_place);
/* The number of the branch that branch I is in; false: it is in none. */
bool csaf_branch_up(const struct csaf *d, size_t i, size_t *ret);

/* The tests 2.1 has of its own (csaf21.c). */
void csaf21_tests_run(struct csaf *d);
size_t csaf21_tests_list(struct check_test_info *ret, size_t limit);

/* Test 6.3.8 (csaf_spelling.c). */
void csaf_spelling(struct csaf *d, const struct check_speller *speller);

/* The addresses of the document (csaf_links.c). */
void csaf_links(struct csaf *d, check_link_fn fn, void *context);

typedef void (*csaf_product_fn)(struct csaf *d, const json_t *product, const struct place *place, void *context);
/* Every full product name: of branches, of the list, of relationships. */
void csaf_each_product(struct csaf *d, csaf_product_fn fn, void *context);
typedef void (*csaf_branch_fn)(struct csaf *d, const json_t *branch, const struct place *place, void *context);
void csaf_each_branch(struct csaf *d, csaf_branch_fn fn, void *context);
typedef void (*csaf_id_fn)(struct csaf *d, const char *id, const struct place *place, void *context);
/* Every product id that refers to a definition; every group id likewise. */
void csaf_each_reference(struct csaf *d, csaf_id_fn fn, void *context);
void csaf_each_group_reference(struct csaf *d, csaf_id_fn fn, void *context);
typedef void (*csaf_vulnerability_fn)(struct csaf *d, const json_t *vulnerability, const struct place *place);
void csaf_each_vulnerability(struct csaf *d, csaf_vulnerability_fn fn);
/* Whether the vector gives the metric CODE the value of that code. */
bool csaf_metric_is(const struct cvss *cvss, const char *code, const char *value);
typedef void (*csaf_item_fn)(struct csaf *d, const json_t *item, const struct place *place, void *context);
/* Every item of the list NAME of a vulnerability, that is an object. */
void csaf_each_item(struct csaf *d, const json_t *vulnerability, const char *name, const struct place *place,
		    csaf_item_fn fn, void *context);
/* The product ids of an item, those of its groups too, as members of a new object; the caller decrefs. */
json_t *csaf_products_of(struct csaf *d, const json_t *item);
/* Product id → 1 for all in one group of statuses; likewise. */
json_t *csaf_products_in(const json_t *vulnerability, enum csaf_group group);
/* The value of a member that is a string, else "". */
const char *csaf_text(const json_t *object, const char *name);
/* Order of two version texts: integers, or SemVer without build metadata. */
int csaf_version_compare(const char *a, const char *b);
int csaf_prerelease_compare(const char *a, const char *b); /* identifiers behind the hyphen, SemVer 11.4 */
bool csaf_is_final(const struct csaf *d);   /* status final or interim */
bool csaf_is_prerelease(const char *version);
bool csaf_is_zero(const char *version);     /* 0 or 0.y.z */

/* The tests, by the files they are in. */
#define CSAF_TEST(name) void csaf_##name(struct csaf *d)
CSAF_TEST(undefined_product); CSAF_TEST(product_twice); CSAF_TEST(product_cycle); CSAF_TEST(undefined_group);
CSAF_TEST(group_twice); CSAF_TEST(status_contradiction); CSAF_TEST(scores_twice); CSAF_TEST(cvss_structure);
CSAF_TEST(cvss_values); CSAF_TEST(cvss_properties); CSAF_TEST(cwe); CSAF_TEST(language); CSAF_TEST(purl);
CSAF_TEST(history_order); CSAF_TEST(translator); CSAF_TEST(latest_version); CSAF_TEST(draft_status);
CSAF_TEST(released_history); CSAF_TEST(history_prerelease); CSAF_TEST(prerelease_version);
CSAF_TEST(history_gap); CSAF_TEST(history_twice); CSAF_TEST(cve_twice); CSAF_TEST(involvement_twice);
CSAF_TEST(hash_twice); CSAF_TEST(category_name); CSAF_TEST(document_notes); CSAF_TEST(document_references);
CSAF_TEST(no_vulnerabilities); CSAF_TEST(need_tree); CSAF_TEST(need_notes); CSAF_TEST(need_status);
CSAF_TEST(vex_status); CSAF_TEST(vex_ids); CSAF_TEST(vex_impact); CSAF_TEST(vex_action);
CSAF_TEST(need_vulnerabilities); CSAF_TEST(same_language); CSAF_TEST(remediation_target);
CSAF_TEST(mixed_versions); CSAF_TEST(version_words); CSAF_TEST(flag_target); CSAF_TEST(flags_twice);
CSAF_TEST(unused_product); CSAF_TEST(need_remediation); CSAF_TEST(need_score); CSAF_TEST(build_metadata);
CSAF_TEST(initial_date); CSAF_TEST(current_date); CSAF_TEST(involvement_date); CSAF_TEST(only_md5);
CSAF_TEST(only_sha1); CSAF_TEST(need_tlp); CSAF_TEST(canonical_url); CSAF_TEST(need_lang);
CSAF_TEST(sorted); CSAF_TEST(private_language); CSAF_TEST(default_language); CSAF_TEST(need_helper);
CSAF_TEST(cve_in_ids); CSAF_TEST(vers_range); CSAF_TEST(fixed_score); CSAF_TEST(additional);
CSAF_TEST(only_cvss2); CSAF_TEST(cvss30); CSAF_TEST(need_cve); CSAF_TEST(need_cwe); CSAF_TEST(short_hash);
CSAF_TEST(branch_path); CSAF_TEST(version_range); CSAF_TEST(version_v);

#endif
