/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials read in the sandboxed worker. What comes back is text that strangers may have had a hand in. */
#ifndef PSIRTTY_DESK_SBOM_H
#define PSIRTTY_DESK_SBOM_H

#include "psirtty/format/sbom.h"

/* PATH "-" is standard input. The answer is as sbom_read's, but its format is owned by *RET too; free it with
 * sbom_free. ERR_INPUT when it cannot be read, with the place. */
int desk_sbom_read(const char *path, struct sbom **ret, struct error *err);
/* The same of a file that was read already; NAME is for messages. */
int desk_sbom_read_bytes(const char *name, const struct str *bytes, struct sbom **ret, struct error *err);

#endif
