/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about a provider's files share. */
#ifndef FORMAT_PROVIDER_PRIVATE_H
#define FORMAT_PROVIDER_PRIVATE_H

#include "psirtty/format/provider.h"

void provider_page(const struct provider *p, struct str *ret);
void provider_atom(const struct provider *p, struct str *ret);
void provider_security(const struct provider *p, struct str *ret);

#endif
