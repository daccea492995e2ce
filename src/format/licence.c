/* SPDX-License-Identifier: Apache-2.0 */
/* The SPDX licence list, data/spdx-licenses.txt. */
#include "format/licence.h"

static const char *const ids[] = {
#include "gen/spdx-licenses.inc"
};

/* Those that SPDX keeps for old documents alone, in the order of bytes. */
static const char *const deprecated[] = {
	"AGPL-1.0", "AGPL-3.0", "BSD-2-Clause-FreeBSD", "BSD-2-Clause-NetBSD", "GFDL-1.1", "GFDL-1.2", "GFDL-1.3", "GPL-1.0",
	"GPL-1.0+", "GPL-2.0", "GPL-2.0+", "GPL-2.0-with-GCC-exception", "GPL-2.0-with-autoconf-exception",
	"GPL-2.0-with-bison-exception", "GPL-2.0-with-classpath-exception", "GPL-2.0-with-font-exception", "GPL-3.0", "GPL-3.0+",
	"GPL-3.0-with-GCC-exception", "GPL-3.0-with-autoconf-exception", "LGPL-2.0", "LGPL-2.0+", "LGPL-2.1", "LGPL-2.1+",
	"LGPL-3.0", "LGPL-3.0+", "Net-SNMP", "Nokia-Qt-exception-1.1", "Nunit", "StandardML-NJ", "bzip2-1.0.5", "eCos-2.0",
	"wxWindows",
};

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool licence_known(const char *id)
{
	return bsearch(id, ids, ARRAY_LEN(ids), sizeof(*ids), by_bytes) != NULL;
}

bool licence_deprecated(const char *id)
{
	return bsearch(id, deprecated, ARRAY_LEN(deprecated), sizeof(*deprecated), by_bytes) != NULL;
}
