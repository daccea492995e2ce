/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a feed that could not be read: where, and why. The reader passes over them and goes on. */
#ifndef PSIRTTY_FORMAT_ROW_FAULTS_H
#define PSIRTTY_FORMAT_ROW_FAULTS_H

#include "psirtty/base/mem.h"

enum { ROW_FAULTS_KEPT = 100 };

struct row_faults {
	struct {
		long row;  /* line of a CSV, entry of a JSON list; from 1 */
		char *why; /* owned */
	} items[ROW_FAULTS_KEPT];
	int kept;
	long total; /* with those that were only counted */
};

#define ROW_FAULTS_INIT { .kept = 0 }
#define AUTO_ROW_FAULTS __attribute__((cleanup(row_faults_release))) struct row_faults

void row_faults_add(struct row_faults *faults, long row, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
void row_faults_release(struct row_faults *faults);

#endif
