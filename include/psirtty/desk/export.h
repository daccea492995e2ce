/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case leaving the house as one file that gpg and tar can open, and such a file coming in; cases carried to
 * another copy of the same vault; the end of a case.
 */
#ifndef PSIRTTY_DESK_EXPORT_H
#define PSIRTTY_DESK_EXPORT_H

#include "psirtty/desk/desk.h"

/* Returns true to cancel. */
typedef bool (*desk_bytes_fn)(void *context, uint64_t done, uint64_t total);

struct desk_export {
	const char *path;                                       /* must not be there yet */
	const char *const *recipients; size_t recipient_count;  /* fingerprints, or addresses with one usable key */
	const char *tlp;          /* NULL: the advisory's, else RED */
	const char *case_json;    /* what `case show --json` says, to be its case.json */
	desk_bytes_fn progress;   /* may be NULL */
	void *context;
};
struct desk_exported {
	char sha256[65];          /* of the file */
	uint64_t size;
	size_t files;             /* messages and attachments in it */
	char **strangers; size_t stranger_count; /* recipients who are no party of the case, as people read them */
};
void desk_exported_release(struct desk_exported *exported);
/* One OpenPGP message (binary, signed by the handler, to exactly these keys) around an ustar: case.json,
 * events.jsonl, messages/, attachments/, MANIFEST. The case's timeline says so. ERR_BUSY when PATH is there,
 * ERR_INPUT for a recipient without a usable key. */
int desk_case_export(struct desk *desk, const struct case_state *state, const struct desk_export *what,
		     instant now, struct desk_exported *ret, struct error *err);

#endif
