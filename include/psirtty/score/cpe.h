/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE 2.3: names (NISTIR 7695) in their three forms, their comparison (NISTIR 7696), and the
 * configurations of the NVD, which say what is affected. Pure.
 */
#ifndef PSIRTTY_SCORE_CPE_H
#define PSIRTTY_SCORE_CPE_H

#include "psirtty/base/error.h"

/* The attributes of a name, in the order of the formatted string; name in a well-formed name. */
#define CPE_ATTRIBUTES(X)                                                                          \
	X(CPE_PART, "part")                                                                        \
	X(CPE_VENDOR, "vendor")                                                                    \
	X(CPE_PRODUCT, "product")                                                                  \
	X(CPE_VERSION, "version")                                                                  \
	X(CPE_UPDATE, "update")                                                                    \
	X(CPE_EDITION, "edition")                                                                  \
	X(CPE_LANGUAGE, "language")                                                                \
	X(CPE_SW_EDITION, "sw_edition")                                                            \
	X(CPE_TARGET_SW, "target_sw")                                                              \
	X(CPE_TARGET_HW, "target_hw")                                                              \
	X(CPE_OTHER, "other")

enum cpe_attribute {
#define X(id, name) id,
	CPE_ATTRIBUTES(X)
#undef X
		CPE_ATTRIBUTE_COUNT
};

/* ANY is the logical value "*", NA "-". */
enum cpe_kind { CPE_ANY, CPE_NA, CPE_TEXT };

struct cpe_value {
	enum cpe_kind kind;
	char *text; /* owned: as in a well-formed name, every character but letters, digits and "_"
		     * quoted by "\", unquoted "*" and "?" being wildcards; NULL for ANY and NA */
};

struct cpe {
	struct cpe_value values[CPE_ATTRIBUTE_COUNT];
};

#define CPE_INIT                                                                                   \
	{                                                                                          \
		{                                                                                  \
			{                                                                          \
				CPE_ANY, NULL                                                      \
			}                                                                          \
		}                                                                                  \
	}
#define AUTO_CPE __attribute__((cleanup(cpe_release))) struct cpe
void cpe_release(struct cpe *cpe);

/*
 * Reads any of the three forms: the formatted string "cpe:2.3:…", the URI of 2.2 and 2.3
 * "cpe:/…" (packed editions too), the well-formed name "wfn:[…]". Refused, with the reason in
 * err->why: another number of components, an empty component, a part other than a, o, h,
 * characters that must be quoted, quoted letters, wildcards in the middle. A URI is lowered, as its
 * unbinding demands. The language is not held to be a language tag, for the names in use do not
 * keep to that. On success *RET is filled (it need not be initialised) and the caller
 * releases it. Errors: ERR_NO.
 */
int cpe_parse(const char *text, struct cpe *ret, struct error *err);
/* Each adds one form to RET. The formatted string is the canonical one. */
void cpe_write(const struct cpe *cpe, struct str *ret);
void cpe_write_uri(const struct cpe *cpe, struct str *ret);
void cpe_write_wfn(const struct cpe *cpe, struct str *ret);
/* Adds the value of an attribute as a person writes it, without quoting: "*", "-", "8.0.6001". */
void cpe_plain(const struct cpe *cpe, enum cpe_attribute attribute, struct str *ret);

enum cpe_relation { CPE_EQUAL, CPE_SUPERSET, CPE_SUBSET, CPE_DISJOINT, CPE_UNDEFINED };

/* "equal", "superset", "subset", "disjoint", "undefined". */
const char *cpe_relation_name(enum cpe_relation relation);
/* One attribute (NISTIR 7696, table 6-2): how the set SOURCE names stands to that of TARGET. Case
 * does not count. "?" stands for one character, "*" for any number. */
enum cpe_relation cpe_compare_value(const struct cpe_value *source, const struct cpe_value *target);
/* Whole names (table 6-4): disjoint when one attribute is, else what all agree on, else undefined.
 */
enum cpe_relation cpe_compare(const struct cpe *source, const struct cpe *target);

/* ---- configurations (NVD API 2.0, CVE 5.1 cpeApplicability). Plain data, filled by the reader of
 * the feed, who also owns it. */

struct cpe_match {
	struct cpe criteria;
	bool vulnerable; /* false: what the vulnerable thing must run on */
	/* Versions as the feed writes them, or NULL: no such bound. */
	char *start_including, *start_excluding, *end_including, *end_excluding;
};

struct cpe_node {
	bool all; /* operator AND; else OR */
	bool negate;
	struct cpe_match *matches;
	size_t match_count;
	struct cpe_node *children;
	size_t child_count;
};

enum cpe_verdict {
	CPE_UNAFFECTED,
	CPE_POSSIBLE, /* only if what the inventory leaves open ("*") is as the criteria say */
	CPE_AFFECTED,
};

struct cpe_finding {
	enum cpe_verdict verdict;
	long item; /* index of the first vulnerable item of the inventory; -1 when unaffected */
	bool uncertain; /* a version was compared with a bound: the NVD defines no order, and ours
			 * is the generic one */
};

enum { CPE_DEPTH = 16 };

/*
 * What NODES (any of them: they are alternatives) say of an INVENTORY of names. A criterion holds
 * for an item when no attribute but the version is disjoint or undefined, and the version equals
 * the criterion's or lies within all its bounds; a version "-" lies within none. A tree that holds
 * by platforms (vulnerable: false) alone affects nothing. Nodes deeper than CPE_DEPTH do not hold.
 */
struct cpe_finding cpe_evaluate(const struct cpe_node *nodes, size_t node_count,
				const struct cpe *inventory, size_t item_count);
/* One criterion against one item; *UNCERTAIN becomes true when bounds were compared. */
enum cpe_verdict cpe_match_item(const struct cpe_match *match, const struct cpe *item,
				bool *uncertain);

#endif
