/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault's bytes leaving and coming in: sealed bundles for another copy of this vault, backup and
 * restore, shredding.
 */
#ifndef PSIRTTY_VAULT_TRANSPORT_H
#define PSIRTTY_VAULT_TRANSPORT_H

#include "psirtty/vault/members.h"

/* Progress of something long; return true to cancel. TOTAL 0: not known. */
typedef bool (*vault_progress_fn)(void *context, uint64_t done, uint64_t total);

/* Portable events of STREAMS (COUNT 0: all that can be), wraps for their readers, their attachments, and the
 * vault's own stream, as one file. Opaque to who carries it; needs no OpenPGP. */
int vault_bundle_write(struct vault *vault, const uint8_t (*streams)[16], size_t count, const char *path,
		       vault_progress_fn progress, void *context, struct error *err);
/* Whether the file begins as a bundle does. */
bool vault_is_bundle(const char *path);
struct vault_bundle_count { size_t events, known, streams, attachments, wraps; };
/* Verifies all of it, then appends what is not there. A bundle of another vault, or one that forges, is
 * refused whole. FN is called for what is new, as by vault_read_on. */
int vault_bundle_read(struct vault *vault, const char *path, instant now, vault_event_fn fn, void *context,
		      vault_progress_fn progress, void *progress_context, struct vault_bundle_count *ret,
		      struct error *err);

/* SHA-256 in pieces; vault_digest_hex frees. */
struct vault_digest;
struct vault_digest *vault_digest_new(void);
void vault_digest_add(struct vault_digest *digest, const void *bytes, size_t length);
void vault_digest_hex(struct vault_digest *digest, char ret_hex[65]);
/* The content of an attachment in pieces; nothing is handed out before the object's name was checked. */
typedef int (*vault_piece_fn)(void *context, const void *bytes, size_t length, struct error *err);
int vault_object_each(struct vault *vault, const char *name, const char *key, vault_piece_fn fn, void *context,
		      struct error *err);

/* A consistent copy while others work: one file. KEYS: keys.db too (a backup class of its own). */
int vault_backup(struct vault *vault, const char *path, bool keys, vault_progress_fn progress, void *context,
		 struct error *err);
/* Verifies the backup and unpacks it into DIR, which must be empty or missing. *RET_GSEQ its head. */
int vault_restore(const char *path, const char *dir, uint64_t *ret_gseq, vault_progress_fn progress,
		  void *context, struct error *err);
/* An event that was seen and is not in the vault any more. */
struct vault_lost {
	uint64_t gseq;
	int type;           /* the model's number; 0: an event of the vault itself, which WHAT tells */
	const char *what;   /* untranslated, static */
	instant at;
	char *stream_name;  /* "PSIRT-2026-0001", "case 1f3a9c…" where its name is not known, "inbox", "registry", "vault" */
	char *author;       /* fingerprint, or the member's number where that is not known */
};
struct vault_losses {
	struct vault_lost *events; size_t count, room;
	uint64_t untold;    /* more of which only the number is known */
};
/* What going on from here gives up: the events of the folder OTHER that this vault does not hold, where that is a copy of it
 * that can be read; else (also with NULL) what this member remembers and it does not hold. */
void vault_losses(struct vault *vault, const char *other, struct vault_losses *ret);
void vault_losses_release(struct vault_losses *losses);
/* An admin's word that the log ends here on purpose: RESTORE names the abandoned head that this member
 * remembers, after which the memory follows. Where an admin said so already, every member may follow, and nothing is
 * written. ERR_NO when nothing was abandoned; after any refusal all is as it was. */
int vault_restored(struct vault *vault, instant now, struct error *err);

/* SHRED: bodies, wraps and attachments of the stream are gone, the chain of cores stays verifiable. */
struct vault_shredded { size_t events, wraps, attachments, spared; uint64_t bytes; };
/* RET[i]: whether an event of another case, of those this member can read, names OBJECTS[i] too. */
int vault_objects_elsewhere(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t count,
			    bool *ret, struct error *err);
/* OBJECTS: names of the case's attachments; those that another case's event names too stay. Inbox and
 * registry keep none from going: who shreds leaves those out of OBJECTS that the inbox needs. */
int vault_shred(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t object_count,
		instant now, struct vault_shredded *ret, struct error *err);
/* Deletes those of OBJECTS that are still there and that no case's event names: what an interrupted shredding left. */
int vault_shred_objects(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t count,
			struct vault_shredded *ret, struct error *err);
/* Whether one of OBJECTS is there. */
bool vault_objects_there(const struct vault *vault, const char *const *objects, size_t count);
/* Whether the stream is there and was shredded. */
bool vault_is_shredded(const struct vault *vault, const uint8_t stream[16]);
/* What a SHRED of another copy, or one that was interrupted, left to do. Cheap when that is nothing. */
int vault_shred_due(struct vault *vault, struct vault_shredded *ret, struct error *err);

#endif
