/* SPDX-License-Identifier: Apache-2.0 */
/* The daily EPSS file (FIRST, Empirical Security): CSV, unpacked. */
#ifndef PSIRTTY_FORMAT_EPSS_H
#define PSIRTTY_FORMAT_EPSS_H

#include "psirtty/format/row_faults.h"
#include "psirtty/score/exploit.h"

struct epss_head {
	char model[32];  /* "v2026.06.15"; "" in the oldest files, which do not say */
	instant scored;  /* INSTANT_NONE likewise */
	long rows;       /* that were read */
};

struct epss_row {
	char cve[EXPLOIT_CVE_SIZE];
	int probability; /* in 1 / EXPLOIT_UNIT */
	int percentile;  /* likewise; EXPLOIT_ABSENT when the file has no such column */
};

/* Called for each row in the file's order; DATA is the caller's. */
typedef void (*epss_row_fn)(void *data, const struct epss_row *row);

/*
 * Reads LENGTH bytes: an optional line "#model_version:…,score_date:…" (date with Z, +0000 or +00:00,
 * or alone), the line of column names, rows. A row that is wrong goes to FAULTS with its line and is
 * passed over. ERR_INPUT when it is no EPSS file or has more than 64 MiB; then *RET is untouched and
 * no row was handed out. Else it has model and date before the first row is.
 */
int epss_read(const char *bytes, size_t length, epss_row_fn take, void *data, struct epss_head *ret,
	      struct row_faults *faults, struct error *err);

#endif
