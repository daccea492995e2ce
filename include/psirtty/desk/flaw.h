/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of flaws, for looking at: the store of intelligence kept open for reading, its sources beside the rows they
 * come from. Whatever is old or not there is told as such; it never means that something is not affected.
 */
#ifndef PSIRTTY_DESK_FLAW_H
#define PSIRTTY_DESK_FLAW_H

#include "psirtty/desk/desk.h"
#include "psirtty/desk/source.h"
#include "psirtty/vault/intel.h"

/* The store where it is when nobody says; borrowed, for reading, until the desk is closed. NULL: there is none that can be
 * read. One that is put in its place is seen at the next call. */
struct intel *desk_intel(struct desk *desk);

struct flaw_source {
	char *id, *title, *notice;   /* owned; the last two may be NULL */
	enum feed_kind kind;         /* FEED_UNKNOWN: nothing of it came yet, and no row says */
	enum source_age age;
	bool row, off, broken_off;   /* ROW: it stands in the table of sources; OFF: asked only when it is named */
	instant synced, newest;      /* INSTANT_NONE: never, nothing */
	long records, faults;
};
/* Of the rows of the table, and what the store holds beside them; what has data first, then by id. Freed with
 * flaw_sources_free(). */
int desk_flaw_sources(struct desk *desk, instant now, struct flaw_source **ret, size_t *ret_count, struct error *err);
/* The best age of the sources of KIND: what none of them names is unknown where that is SOURCE_STALE or SOURCE_ABSENT. */
enum source_age desk_flaw_age(struct desk *desk, enum feed_kind kind, instant now);
void flaw_sources_free(struct flaw_source *sources, size_t count);

#endif
