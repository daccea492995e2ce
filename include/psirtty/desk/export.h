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

/* ---- cases to and from another copy of the same vault: a sealed bundle */

/* STATES may be NULL with COUNT 0: all there is. */
int desk_bundle_write(struct desk *desk, const struct case_state *const *states, size_t count, const char *path,
		      instant now, desk_bytes_fn progress, void *context, struct error *err);

/* ---- a file coming in */

struct desk_imported {
	bool merged;              /* it was a sealed bundle */
	size_t events, known, cases, files;
	char *case_id;            /* owned: the case that an export became, or NULL */
	char *origin, *signer;    /* owned, of an export; SIGNER may be NULL */
	char *verdict;            /* owned: what the signature is worth, a word */
};
void desk_imported_release(struct desk_imported *imported);
/* A sealed bundle of this vault is merged: what is known already changes nothing. An OpenPGP export becomes a new
 * case that holds its files, after its MANIFEST was checked; TITLE may be NULL. Nothing is taken of a file that is
 * not whole. */
int desk_case_import(struct desk *desk, const char *path, const char *title, instant now, desk_bytes_fn progress,
		     void *context, struct desk_imported *ret, struct error *err);

/* ---- the end of a case */

/* MAILS stay in the inbox, DROPPED went; INBOX: how often what was read of these lies in the inbox's events. */
struct desk_disposed { size_t events, keys, files, kept, drafts, mails, dropped, inbox; };
/* Records in the registry what goes, then shreds the case and drops its mails from the inbox. Backups of keys.db are said to live until BACKUPS_UNTIL. */
int desk_case_shred(struct desk *desk, const struct case_state *state, instant backups_until, instant now,
		    struct desk_disposed *ret, struct error *err);
/* Carries out what a shredding that was interrupted left undone. Cheap when there is nothing. */
int desk_finish_disposals(struct desk *desk, instant now, struct error *err);

#endif
