/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SQLite file whose every page is sealed: XChaCha20-Poly1305 under a key of this one file, bound to
 * the page's place. What was altered, moved or brought from another file gives SQLITE_IOERR_DATA, never
 * other data. Nothing else is written: no journal, no temporary file. HACKING.md, "The member's cache".
 */
#ifndef PSIRTTY_VAULT_PAGES_H
#define PSIRTTY_VAULT_PAGES_H

#include <sqlite3.h>

#include "vault/crypt.h"

enum {
	PAGES_VERSION = 1,
	PAGES_SIZE = 8192,                        /* of a page, and of the header before the first */
	PAGES_RESERVED = NONCE_BYTES + TAG_BYTES, /* at the end of each */
};

/* Whose file it is. All borrowed for the call. */
struct pages_owner {
	const uint8_t *key;    /* KEY_BYTES: the member's cache key */
	const uint8_t *vault, *member;
};

enum pages_kind {
	PAGES_OURS,
	PAGES_MISSING,
	PAGES_OTHER_VERSION,
	PAGES_FOREIGN,         /* sealed for another vault, member or key */
	PAGES_DAMAGED,         /* ours, but its header was altered, or no such file at all */
};
enum pages_kind pages_look(const char *path, const struct pages_owner *owner);

struct pages;
/* MAKE: a new file (0600) in place of an old one; else READ or WRITE one that pages_look called ours. */
enum pages_mode { PAGES_READ, PAGES_WRITE, PAGES_MAKE };
int pages_open(const char *path, enum pages_mode mode, const struct pages_owner *owner, struct pages **ret,
	       struct error *err);
sqlite3 *pages_db(struct pages *pages);
/* Whether a page was met that does not open. */
bool pages_torn(const struct pages *pages);
/* Makes what was written durable. */
int pages_sync(struct pages *pages);
void pages_close(struct pages *pages);

#endif
