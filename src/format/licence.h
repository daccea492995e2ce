/* SPDX-License-Identifier: Apache-2.0 */
/* The SPDX licence list: which identifiers there are. */
#ifndef FORMAT_LICENCE_H
#define FORMAT_LICENCE_H

#include "psirtty/base/str.h"

/* Whether ID is an identifier of a licence or an exception, as written there. */
bool licence_known(const char *id);
/* Whether it is among those that SPDX replaced by others. */
bool licence_deprecated(const char *id);

#endif
