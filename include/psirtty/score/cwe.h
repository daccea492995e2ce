/* SPDX-License-Identifier: Apache-2.0 */
/* The Common Weakness Enumeration 4.20 as a table: id, name, status, mapping usage. */
#ifndef PSIRTTY_SCORE_CWE_H
#define PSIRTTY_SCORE_CWE_H

#include <stddef.h>

struct cwe {
	int id;             /* 787 */
	const char *name;   /* exactly the catalogue's name (CSAF 2.0 test 6.1.11 compares it) */
	const char *status; /* "Stable", "Draft", "Incomplete", "Deprecated", … */
	const char *usage;  /* "Allowed", "Allowed-with-Review", "Discouraged", "Prohibited" */
};

/* By number, or NULL. */
const struct cwe *cwe_find(int id);
/* "CWE-787", "cwe-787" or "787"; NULL when it is none of these or not in the catalogue. */
const struct cwe *cwe_parse(const char *text);
/* The whole table, sorted by id: for completion and search. */
const struct cwe *cwe_table(size_t *ret_count);

#endif
