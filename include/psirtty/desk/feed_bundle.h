/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feed bundles: the state of all sources carried into a room without a network, and taken in there (format/feed_bundle.h).
 * A bundle holds upstream's files and what proves them; nothing of cases, products or this machine. The room checks all of
 * it before it writes anything: the manifest's signature against the pinned keys, every size and hash, upstream's own
 * hashes and signatures; then each source is one transaction.
 */
#ifndef PSIRTTY_DESK_FEED_BUNDLE_H
#define PSIRTTY_DESK_FEED_BUNDLE_H

#include "psirtty/desk/source.h"
#include "psirtty/format/feed_bundle.h"
#include "psirtty/vault/intel.h"

struct openpgp;

struct feed_bundle_options {
	const struct settings *settings; /* bundle.signer, bundle.keys */
	const struct sources *sources;
	const char *dir;                 /* of all downloads */
	struct intel *intel;             /* export: open for reading will do */
	const char *store;               /* import: its path; opened, and made, only once all was checked */
	struct openpgp *pgp;
	bool backwards;                  /* import: an older one than what is here, on purpose; it is logged */
	void (*progress)(void *context, const char *what, uint64_t done, uint64_t total); /* NULL: nobody looks */
	bool (*cancelled)(void *context);
	void *context;
};

struct feed_bundle_done {
	uint64_t serial, base;           /* base 0: full */
	char producer[61];
	size_t members, included, sources, refused;
	uint64_t bytes;
	bool already;                    /* import: it was here; nothing was done */
	struct intel_done done;          /* import: of all sources */
	struct text_list warnings;
	char *receipt;                   /* owned: path of the receipt; NULL */
};
void feed_bundle_done_release(struct feed_bundle_done *done);

/* Whether the file's first member is a bundle's manifest. */
bool feed_bundle_is(const char *path);
/* Makes FILE of the state of the sources in NAMES (COUNT 0: all). SINCE 0: full; else what changed after that bundle of
 * ours. ERR_USAGE where no such bundle was made here or no signer is set. */
int feed_bundle_export(const struct feed_bundle_options *options, const char *file, uint64_t since, char *const *names,
		       size_t count, instant now, struct feed_bundle_done *ret, struct error *err);
/* Takes FILE in. ERR_DENIED: no pinned key signed it. ERR_INPUT: it was changed or torn, and nothing was written.
 * ERR_BUSY: it does not follow what is here; the sentence names what is missing. */
int feed_bundle_import(const struct feed_bundle_options *options, const char *file, instant now,
		       struct feed_bundle_done *ret, struct error *err);

/* What was made and taken in here, newest first. */
struct feed_bundle_row { const char *direction, *producer, *at; uint64_t serial, base; const char *note; };
typedef void (*feed_bundle_row_fn)(void *context, const struct feed_bundle_row *row);
int feed_bundle_log(const char *dir, feed_bundle_row_fn fn, void *context, struct error *err);

#endif
