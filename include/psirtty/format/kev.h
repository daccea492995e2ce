/* SPDX-License-Identifier: Apache-2.0 */
/* CISA's catalogue of known exploited vulnerabilities: its JSON and its CSV. */
#ifndef PSIRTTY_FORMAT_KEV_H
#define PSIRTTY_FORMAT_KEV_H

#include "psirtty/format/row_faults.h"
#include "psirtty/score/exploit.h"

struct kev_head {
	char version[32];  /* "2025.08.25"; "" in the CSV, which does not say */
	instant released;  /* INSTANT_NONE likewise */
	long announced;    /* the count the catalogue states; -1 likewise */
	long rows;         /* that were read */
};

/* Texts are borrowed for the time of the call and never NULL. */
struct kev_row {
	char cve[EXPLOIT_CVE_SIZE];
	const char *vendor, *product, *name, *description, *action, *notes;
	const char *cwes;  /* "CWE-59, CWE-436", or "" */
	instant added, due; /* 00:00 UTC of these days */
	enum exploit_ransomware ransomware;
};

typedef void (*kev_row_fn)(void *data, const struct kev_row *row);

/*
 * Reads either form, told apart by the first character. Columns of the CSV go by name, in any order;
 * cveID, dateAdded and dueDate must be there. A wrong row goes to FAULTS with its line (JSON: its place
 * in the list) and is passed over. ERR_INPUT when it is no such catalogue or has more than 32 MiB;
 * then *RET is untouched and no row was handed out.
 */
int kev_read(const char *bytes, size_t length, kev_row_fn take, void *data, struct kev_head *ret,
	     struct row_faults *faults, struct error *err);

#endif
