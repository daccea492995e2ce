/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a flaw that a source tells of sits in a component: what one statement of one record says of one component,
 * and what all of them say together. Each answer names its rule, the range that decided, and how sure it is. Pure: the
 * same input gives the same answer. Sources: feeds.md section 7 (the ladder of evidence), scoring.md sections 3 and 4.
 */
#ifndef PSIRTTY_MODEL_MATCH_H
#define PSIRTTY_MODEL_MATCH_H

#include "psirtty/model/inventory.h"
#include "psirtty/score/cpe.h"
#include "psirtty/score/version.h"

/* What kind of record says it. */
enum match_kind {
	MATCH_KIND_RANGES, /* OSV and the trackers of distributions: a package with ranges of its ecosystem */
	MATCH_KIND_VEX,    /* CSAF: products, each affected or not */
	MATCH_KIND_CNA,    /* a CVE record */
	MATCH_KIND_CPE,    /* configurations: the NVD and others that go by CPE */
	MATCH_KIND_NAMES,  /* no versions: KEV, news */
};

/* The ladder: what stands further up decides against what stands below. */
#define MATCH_RULES(X) \
	X(MATCH_RULE_PACKAGE, "package") /* purl, and ranges in the order of its ecosystem */ \
	X(MATCH_RULE_VEX, "vex")         /* the vendor's word on a product */ \
	X(MATCH_RULE_CNA, "cna")         /* affected versions of a CVE record */ \
	X(MATCH_RULE_CPE, "cpe")         /* vendor, product and version or bounds of a CPE */ \
	X(MATCH_RULE_NAME, "name")       /* nothing but names */
#define X(name, word) name,
enum match_rule { MATCH_RULES(X) MATCH_RULE_COUNT };
#undef X
const char *match_rule_name(enum match_rule rule);

#define MATCH_ANSWERS(X) \
	X(MATCH_NONE, "none")            /* it says nothing of this component */ \
	X(MATCH_COMMITS, "commits")      /* only of commits: for nobody who has a version alone */ \
	X(MATCH_NOT, "not-affected") \
	X(MATCH_WEAK, "product-only")    /* the product, no version: never enough for a case */ \
	X(MATCH_LOOK, "needs-a-look")    /* it cannot be decided from what is known */ \
	X(MATCH_YES, "affected")
#define X(name, word) name,
enum match_answer { MATCH_ANSWERS(X) MATCH_ANSWER_COUNT };
#undef X
const char *match_answer_name(enum match_answer answer);
int match_answer_from_name(const char *word); /* -1: none of them */

enum match_status { MATCH_SAYS_AFFECTED, MATCH_SAYS_UNAFFECTED, MATCH_SAYS_UNDECIDED };

/* As struct feed_range. All borrowed. */
struct match_range {
	enum match_status status;
	const char *scheme, *from, *to;
	bool after, through;
};

/* What one record says of one product. All borrowed. */
struct match_statement {
	enum match_kind kind;
	const char *ecosystem, *purl; /* NULL: not given */
	enum match_status usual;      /* of versions that no range has */
	const char *const *cpes; size_t cpe_count;
	const struct match_range *ranges; size_t count;
	bool grouped;                 /* true only together with one of the PLATFORMS */
	const char *const *platforms; size_t platform_count;
};

/* One component, by one of its keys. All borrowed but the names, which match_item_release frees. */
struct match_item {
	const char *key;      /* "pkg:…", "cpe:…", "name:…" */
	const char *version;  /* that counts under this key; "" unknown */
	char *type;           /* owned: of its purl; "" */
	const struct version_scheme *scheme; /* how versions of that type are ordered; NULL: nobody knows */
	char *distro;         /* owned: its purl's "distro", as "debian-12"; "" */
	struct cpe *names; size_t name_count; /* owned: its CPEs with that product, the version filled in */
};
/* KEY is one of COMPONENT's, with what stands behind a tab. */
void match_item_fill(const struct inventory_component *component, const char *key, struct match_item *ret);
void match_item_release(struct match_item *item);

struct match_verdict {
	enum match_answer answer;
	enum match_rule rule;
	bool certain;      /* false: by the generic order, without the release, by a name: see WHY */
	bool older;        /* concluded from the version that has the fix: what the record says outright counts more */
	long range;        /* which of the statement's ranges decided; -1: none */
	const char *why;   /* static, untranslated: what is unclear; "" where nothing is */
};
/* PLATFORMS: every CPE of the same product version, for statements that hold on a platform alone. */
void match_judge(const struct match_item *item, const struct match_statement *statement, const struct cpe *platforms,
		 size_t platform_count, struct match_verdict *ret);
/* The range that decided, as a person writes it: ">= 2.0, < 2.15.0 (maven)"; the CPE or purl where none did. */
void match_range_text(const struct match_statement *statement, const struct match_verdict *verdict, struct str *ret);

/* ---- all that is said of one flaw in one component */

struct match_evidence {
	const char *source, *record;  /* borrowed: "osv-PyPI", "GHSA-…" */
	struct match_verdict verdict;
	bool vex;                     /* a document of MATCH_KIND_VEX: what it excludes is excluded with proof */
};
struct match_result {
	enum match_answer answer;     /* MATCH_NONE: nothing is left to tell */
	long lead;                    /* the evidence that decided; -1 */
	long proof;                   /* the VEX that closes it, or -1 */
	bool conflict;                /* another source says the opposite */
};
/* Sorts by rule, then source, then record; a record that says several things of the component keeps the strongest. The
 * count that is left. */
size_t match_sort(struct match_evidence *evidence, size_t count);
/* Of sorted evidence. */
struct match_result match_settle(const struct match_evidence *evidence, size_t count);

#endif
