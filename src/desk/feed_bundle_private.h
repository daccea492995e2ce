/* SPDX-License-Identifier: Apache-2.0 */
/* What making a feed bundle and taking one in share: the folder of what was made and taken here. */
#ifndef PSIRTTY_DESK_FEED_BUNDLE_PRIVATE_H
#define PSIRTTY_DESK_FEED_BUNDLE_PRIVATE_H

#include "desk/sync_private.h"
#include "psirtty/desk/feed_bundle.h"

enum { BUNDLE_STEP = 1 << 18, BUNDLE_STATE_LIMIT = 256 << 20 };

/* ".bundles" below DIR, with NAME; the caller frees. */
char *bundle_file(const char *dir, const char *name);
/* One JSON document there; *RET a new reference, an empty object where there is none. */
int bundle_load(const char *dir, const char *name, json_t **ret, struct error *err);
int bundle_save(const char *dir, const char *name, const json_t *json, struct error *err);
/* One more line in the log of what was made and taken in. */
int bundle_note(const char *dir, const char *direction, const json_t *manifest, const char *note, instant now, struct error *err);
/* "source/name". The caller frees. */
char *bundle_key(const json_t *member);
int bundle_cancelled(const struct feed_bundle_options *options, struct error *err);
void bundle_tell(const struct feed_bundle_options *options, const char *what, uint64_t done, uint64_t total);

#endif
