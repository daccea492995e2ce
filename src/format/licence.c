/* SPDX-License-Identifier: Apache-2.0 */
/* The SPDX licence list, data/spdx-licenses.txt. */
#include "format/licence.h"

static const char *const ids[] = {
#include "gen/spdx-licenses.inc"
};

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool licence_known(const char *id)
{
	return bsearch(id, ids, ARRAY_LEN(ids), sizeof(*ids), by_bytes) != NULL;
}
