/* SPDX-License-Identifier: Apache-2.0 */
/* What fetching and sending share. */
#ifndef PSIRTTY_DESK_POST_PRIVATE_H
#define PSIRTTY_DESK_POST_PRIVATE_H

#include "psirtty/desk/post.h"
#include "psirtty/worker/fetch.h"

/* How LOGIN's server is reached; all borrowed. */
void desk_fill_host(const struct settings *settings, const struct settings_login *login, const struct str *secret,
		    struct fetch_host *ret);

#endif
