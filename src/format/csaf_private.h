/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the CSAF writer share. */
#ifndef PSIRTTY_FORMAT_CSAF_PRIVATE_H
#define PSIRTTY_FORMAT_CSAF_PRIVATE_H

#include "psirtty/format/csaf.h"

/* One affected version as a product of the tree. */
struct csaf_product {
	const struct case_affected *affected;
	const struct product *known;  /* of the registry, or NULL */
	const char *vendor, *name;
	char *id;                     /* "CSAFPID-0001"; owned */
};

struct csaf_build {
	const struct case_state *state;
	const struct model *model;
	const struct policy *policy;
	const struct case_advisory *advisory;
	instant now;
	const char *lang;
	const struct csaf_release *release; /* or NULL */
	struct csaf_product *products; size_t product_count; /* by vendor, name, version */
};

/* csaf_product.c */
void csaf_products_init(struct csaf_build *build);
void csaf_products_release(struct csaf_build *build);
json_t *csaf_product_tree(const struct csaf_build *build);
/* The ids of all products whose status is in the set of bits (1 << enum affected_status); NULL when none. */
json_t *csaf_product_ids(const struct csaf_build *build, unsigned statuses);
/* Whether NAME reads as a range (CSAF 2.0 test 6.1.31). */
bool csaf_is_range(const char *name);

/* csaf_tracking.c */
json_t *csaf_tracking(const struct csaf_build *build, const struct csaf_options *options);
const char *csaf_advisory_text(const struct csaf_build *build, const char *field); /* or NULL */
const char *csaf_category(const struct csaf_build *build);
bool csaf_is_original(const struct csaf_build *build);
/* Where the document in LANG will be served; NULL where the policy does not say. The caller frees. */
char *csaf_self_url(const struct csaf_build *build, const char *lang);

/* csaf_vulnerability.c */
json_t *csaf_vulnerabilities(const struct csaf_build *build);
/* {category, text, title}; NULL when there is no text. */
json_t *csaf_note(const char *category, const char *title, const char *text);
/* "http://" or "https://", with a host, printable ASCII. */
bool csaf_is_url(const char *url);

/* csaf_score.c */
/* The score that is told of one CVSS version: ours if there is one, else the newest; NULL when none. */
const struct case_score *csaf_score_of(const struct case_state *state, enum cvss_version version);
/* A CVSS object as FIRST's JSON schemas have it. New reference. */
json_t *csaf_cvss_object(const struct cvss *cvss);
/* The list for scores[], or NULL; what is of CVSS 4.0 is a member cvss_v4. */
json_t *csaf_scores(const struct csaf_build *build);

#endif
