/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a feed bundle: what is carried into a room without a network, in which order bundles follow each other.
 *
 * A bundle is a plain tar: MANIFEST.json, MANIFEST.json.asc (a detached OpenPGP signature), then upstream's files byte for
 * byte, each as data/SHA256. The manifest has
 *   format "psirtty-feed-bundle", version 1, producer (an id of its own), serial (grows), base_serial (null: full),
 *   created, expires (a hint),
 *   sources [{id, kind, title, licence, attribution, synced, newest, cursor, cursor_before, removed[], withdrawn{}}],
 *   members [{path, source, name, role, url, fetched, sha256, size, included, …}]: all files that the producer's state
 *   has; those of an incremental bundle that are not `included` came with its base,
 *   totals {members, bytes}.
 * Pure. Source: feeds.md section 6.
 */
#ifndef PSIRTTY_FORMAT_FEED_BUNDLE_H
#define PSIRTTY_FORMAT_FEED_BUNDLE_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

#define FEED_BUNDLE_FORMAT "psirtty-feed-bundle"
#define FEED_BUNDLE_MANIFEST "MANIFEST.json"
#define FEED_BUNDLE_SIGNATURE "MANIFEST.json.asc"
enum { FEED_BUNDLE_VERSION = 1, FEED_BUNDLE_MEMBERS = 500000 };
#define FEED_BUNDLE_MANIFEST_LIMIT ((size_t)256 << 20)
#define FEED_BUNDLE_SIGNATURE_LIMIT ((size_t)64 << 10)

/* "data/SHA256"; the caller frees. */
char *feed_bundle_path(const char *sha256);
/* Whether NAME can be a file below a source's folder: relative, no dots that lead out, no odd characters. */
bool feed_bundle_name_valid(const char *name);
/* Everything a reader relies on: types, hashes, paths, that names occur once and sizes add up. ERR_INPUT names the place. */
int feed_bundle_check(const json_t *manifest, const char *what, struct error *err);

/* What a room that has HAVE (0: nothing of this producer) does with it. */
enum feed_bundle_verdict { BUNDLE_APPLIES, BUNDLE_ALREADY, BUNDLE_BASE_MISSING, BUNDLE_BACKWARDS };
enum feed_bundle_verdict feed_bundle_judge(const json_t *manifest, uint64_t have);
/* The sentence for all but BUNDLE_APPLIES; the caller frees. */
char *feed_bundle_why(const json_t *manifest, uint64_t have);

#endif
