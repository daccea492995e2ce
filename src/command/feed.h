/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on feeds share. */
#ifndef PSIRTTY_COMMAND_FEED_H
#define PSIRTTY_COMMAND_FEED_H

#include "command/command_private.h"
#include "psirtty/vault/intel.h"

/* The store that --store names, else the handler's. */
int feed_open_store(const struct command_call *call, bool write, struct intel **ret, struct error *err);
#define FEED_STORE_ARGUMENT \
	{ .name = "--store", .type = ARG_FILE, .option = true, .takes_value = true, .optional = true, \
	  .help = N_("the intelligence store; else intel.db in the handler's data folder") }
/* A member that is null where there is no time. */
void feed_set_time(json_t *json, const char *name, instant at);
/* "" where there is none. */
const char *feed_time_word(instant at, char buffer[40]);

/* `feed import` of a FILE that is a bundle (feed_bundle_is). What it did goes to LIST, or is printed where that is NULL. */
int command_feed_bundle(struct command_context *context, const struct command_call *call, const char *file, json_t *list,
			struct error *err);
struct sync_progress;
/* "cve, FILE: 120 MB of 650 MB, 4 MB a second, 2 m left": of a step that has taken so many milliseconds, with so many bytes
 * and records there when it began. Adds to RET. */
void feed_progress_words(const struct sync_progress *p, uint64_t before, long records, int64_t took, struct str *ret);
int feed_run_show(struct command_context *context, const struct command_call *call, struct error *err);

#endif
