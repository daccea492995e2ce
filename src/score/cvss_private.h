/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cvss.c and the four versions share: each version is a table of metrics and a function
 * that fills the scores in.
 */
#ifndef PSIRTTY_SCORE_CVSS_PRIVATE_H
#define PSIRTTY_SCORE_CVSS_PRIVATE_H

#include "psirtty/score/cvss.h"

struct cvss_table {
	const char *prefix; /* "CVSS:3.1/"; "" for 2.0 */
	const struct cvss_metric *metrics;
	int count;
	int mandatory;      /* the first so many metrics are the base group, all of them needed */
	bool ordered;       /* the standard fixes the order */
	/* Reads version and values; sets the scores, nomenclature and macrovector, not severity. */
	void (*score)(struct cvss *cvss);
};

extern const struct cvss_table cvss2_table, cvss30_table, cvss31_table, cvss40_table;
const struct cvss_table *cvss_table_of(enum cvss_version version);

/* True when one of the metrics FIRST..LAST has a value other than "not defined" (index 0). */
bool cvss_any_set(const struct cvss *cvss, int first, int last);

#endif
