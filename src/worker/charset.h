/* SPDX-License-Identifier: Apache-2.0 */
/* The charsets that mail may be in. Converters are opened while files can still be opened. */
#ifndef PSIRTTY_WORKER_CHARSET_H
#define PSIRTTY_WORKER_CHARSET_H

#include "psirtty/base/str.h"

/* Opens every converter of the list. */
void charsets_warm(void);
/* From now on nobody in this process opens another: iconv_open() of the C library, which GMime calls for what it reads,
 * would load a table, and that looks into every library of the process, also those that were unmapped. */
void charsets_close(void);
/* A mime_charset_fn: to UTF-8 with U+FFFD for what is broken. An unknown or missing name: UTF-8 where the
 * bytes are that, else ASCII with U+FFFD; then the answer is false, unless the name is empty. */
bool charset_convert(void *context, const char *charset, const char *bytes, size_t length,
		     struct str *ret);

#endif
