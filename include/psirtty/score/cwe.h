/* SPDX-License-Identifier: Apache-2.0 */
/* The Common Weakness Enumeration 4.20 as a table: what each weakness is, where it stands, what to
 * choose in its place. Everything pointed to is static. */
#ifndef PSIRTTY_SCORE_CWE_H
#define PSIRTTY_SCORE_CWE_H

#include "psirtty/base/str.h"

struct cwe {
	int id;		    /* 787 */
	const char *name;   /* exactly the catalogue's name (CSAF 2.0 test 6.1.11 compares it) */
	const char *status; /* "Stable", "Draft", "Incomplete", "Deprecated", … */
	const char *usage;  /* "Allowed", "Allowed-with-Review", "Discouraged", "Prohibited" */
	/* As of 4.15, so "" for the five weaknesses that are newer. */
	const char *abstraction; /* "Pillar", "Class", "Base", "Variant", "Compound" */
	const char *parents;	 /* ids in view 1000, joined by commas; "" for none */
	const char *instead;	 /* ids MITRE suggests in its place, likewise */
};

/* By number, or NULL. */
const struct cwe *cwe_find(int id);
/* "CWE-787", "cwe-787" or "787"; NULL when it is none of these or not in the catalogue. */
const struct cwe *cwe_parse(const char *text);
/* The whole table, sorted by id: for completion and search. */
const struct cwe *cwe_table(size_t *ret_count);

/* Allowed, if need be with review: it may classify a vulnerability (CSAF 2.1, test 6.2.25). */
bool cwe_usable(const struct cwe *cwe);

/* Each of these fills RET with at most LIMIT weaknesses and returns how many. */

/* One level up and down in view 1000, sorted by id. */
size_t cwe_parents(const struct cwe *cwe, const struct cwe **ret, size_t limit);
size_t cwe_children(const struct cwe *cwe, const struct cwe **ret, size_t limit);
/*
 * Usable weaknesses to choose in place of one that is not: those MITRE suggests, else the nearest
 * usable ones below it, else the nearest above it. None for a usable one, nor for 28 matters
 * of code quality, which are prohibited like all that is above them.
 */
size_t cwe_alternatives(const struct cwe *cwe, const struct cwe **ret, size_t limit);
/* All whose name has each of the words, in any case; a number finds that id. First those in which
 * the words begin words of the name, then the others; usable ones first within these, then by id.
 */
size_t cwe_search(const char *words, const struct cwe **ret, size_t limit);
/* Adds a sentence when CWE is not usable or wants review, with its alternatives; nothing else. */
void cwe_advise(const struct cwe *cwe, struct str *ret);

#endif
