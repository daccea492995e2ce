/* SPDX-License-Identifier: Apache-2.0 */
/* The list of rows that a reader passed over. */
#include "psirtty/format/row_faults.h"

#include <stdio.h>
#include <stdlib.h>

void row_faults_add(struct row_faults *faults, long row, const char *why, ...)
{
	char reason[320];
	va_list args;

	faults->total++;
	if (faults->kept == ROW_FAULTS_KEPT)
		return;
	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	faults->items[faults->kept].row = row;
	faults->items[faults->kept++].why = mem_string(reason);
}

void row_faults_release(struct row_faults *faults)
{
	for (int i = 0; i < faults->kept; i++)
		free(faults->items[i].why);
	faults->kept = 0;
}
