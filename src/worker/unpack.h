/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as they are carried: compressed once or more, in UTF-16 or a Chinese charset. */
#ifndef PSIRTTY_WORKER_UNPACK_H
#define PSIRTTY_WORKER_UNPACK_H

#include "psirtty/base/error.h"
#include "psirtty/base/str.h"

/* Loads what unpacking calls, before files are out of reach. */
void unpack_warm(void);
/* BYTES without gzip, xz, zstd or bzip2 around them, in UTF-8 where they say what else they are. At most LIMIT
 * bytes, and of more than a megabyte at most 200 for each byte given, of more than 32 at most 60: else ERR_INPUT. */
int unpack_document(const char *bytes, size_t length, size_t limit, const char *name, struct str *ret,
		    struct error *err);

#endif
