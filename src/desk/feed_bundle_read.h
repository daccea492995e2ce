/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle that is being read. */
#ifndef PSIRTTY_DESK_FEED_BUNDLE_READ_H
#define PSIRTTY_DESK_FEED_BUNDLE_READ_H

#include "desk/feed_bundle_private.h"

struct vault_digest;

struct bundle_reading {
	const struct feed_bundle_options *options;
	const char *file;
	instant now;
	char *staging, *signer;          /* owned: ".incoming" below the downloads; the fingerprint that counts */
	struct str manifest_text, signature;
	json_t *manifest, *wanted, *seen; /* owned: path → member that is included; paths that came */
	size_t count;                    /* members so far */
	uint64_t read;
	char path[101];                  /* of the member that comes */
	struct vault_digest *digest;     /* of it; NULL between members */
	int fd;                          /* it is written to; -1 */
	int (*begin)(struct bundle_reading *r, const json_t *member, struct error *err); /* NULL the first time */
	int (*end)(struct bundle_reading *r, struct error *err);
};

int bundle_torn(const struct bundle_reading *r, const char *why, struct error *err);
/* All of it, keeping nothing: signature, sizes, hashes. Then its manifest is to be relied on. */
int bundle_look_through(struct bundle_reading *r, struct error *err);
/* Its members into the staging folder, each by its SHA-256. */
int bundle_unpack(struct bundle_reading *r, struct error *err);
void bundle_reading_release(struct bundle_reading *r);

#endif
