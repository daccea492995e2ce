/* SPDX-License-Identifier: Apache-2.0 */
/* What commands on feeds share. */
#ifndef PSIRTTY_COMMAND_FEED_PRIVATE_H
#define PSIRTTY_COMMAND_FEED_PRIVATE_H

#include "command/command_private.h"

/* `feed import` of a FILE that is a bundle (feed_bundle_is). What it did goes to LIST, or is printed where that is NULL. */
int command_feed_bundle(struct command_context *context, const struct command_call *call, const char *file, json_t *list,
			struct error *err);

#endif
