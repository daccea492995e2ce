/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is a member, who may do what in which stream, and how that changes. Every change is a control
 * event that is replayed without keys; what each needs is a row of the table in src/vault/log.c.
 */
#ifndef PSIRTTY_VAULT_MEMBERS_H
#define PSIRTTY_VAULT_MEMBERS_H

#include "psirtty/vault/vault.h"

#define VAULT_ROLES(X) /* numbers on disk */ \
	X(VAULT_ADMIN, 1, "admin") X(VAULT_HANDLER, 2, "handler") X(VAULT_EVALUATOR, 3, "evaluator") \
	X(VAULT_APPROVER, 4, "approver") X(VAULT_OBSERVER, 5, "observer")
enum vault_role {
#define X(name, number, word) name = number,
	VAULT_ROLES(X)
#undef X
};
const char *vault_role_name(enum vault_role role);
int vault_role_from_name(const char *word); /* or -1 */

enum { VAULT_READ = 1, VAULT_WRITE = 2, VAULT_GRANT = 4 };

struct vault_member {
	uint8_t id[16];
	uint8_t person[16];       /* the first identity that the same OpenPGP key had here, for rules that want two persons */
	const char *fingerprint;  /* borrowed from the vault */
	enum vault_role role;
	bool live, me, recovery;
	bool replaced;            /* live, and so is a later identity of the same key, which vault_renew lets take its place */
	instant since, until;     /* until: INSTANT_NONE while live */
};
/* All that ever were, in the order of admission. *RET freed with free(). */
void vault_members(const struct vault *vault, struct vault_member **ret, size_t *ret_count);
/* By fingerprint (a tail of eight digits or more is enough), or ERR_INPUT. */
int vault_member_find(const struct vault *vault, const char *who, struct vault_member *ret, struct error *err);

/* ---- admission: the newcomer asks, an admin admits */

/* The newcomer's side, without being a member: a new identity encrypted to FINGERPRINT and certified by it.
 * RET is the request, one file to carry, text with the newcomer's public key; with LEAVE it also lies in the
 * vault's folder "requests". */
int vault_request(const char *dir, struct openpgp *pgp, const char *fingerprint, bool leave, struct str *ret,
		  struct error *err);
struct vault_request { char *fingerprint; uint8_t member[16]; };
void vault_request_release(struct vault_request *request);
/* What lies in "requests", sorted by fingerprint. */
int vault_requests(const struct vault *vault, struct vault_request **ret, size_t *ret_count, struct error *err);
/* Checks the certification with the newcomer's OpenPGP key, admits, grants inbox and registry by role.
 * REQUEST NULL: the one of FINGERPRINT in "requests". ROLE 0: handler. Where the key is a member already, this is its new
 * identity: ROLE 0 is the old one's, and what the old one may, the new one is granted as far as who admits can; vault_renew
 * ends it. ERR_BUSY where the key has two already. */
int vault_admit(struct vault *vault, const char *fingerprint, const struct str *request,
		enum vault_role role, instant now, struct error *err);
/* REMOVE, then new keys for every stream this member can rotate, a hundred at a time. *RET_LEFT streams wait for
 * the next who may write there. */
int vault_remove(struct vault *vault, const uint8_t member[16], instant now, size_t *ret_rotated,
		 size_t *ret_left, struct error *err);
/* Of the member and of every other live identity of the same key, or of none. */
int vault_set_role(struct vault *vault, const uint8_t member[16], enum vault_role role, instant now,
		   struct error *err);
/* Own OpenPGP key replaced: the root encrypted to NEW_FINGERPRINT, the pair certified by it. */
int vault_rotate_openpgp(struct vault *vault, const char *new_fingerprint, instant now, struct error *err);

struct vault_renewal {
	bool asked;       /* nothing changed but that a request lies in the vault's folder: an admin admits it first */
	size_t granted;   /* streams that the new identity was given now */
	size_t left;      /* streams that the old one could read and the new one cannot */
	char *names;      /* what the first of those are called; owned */
	size_t rotated, waiting; /* streams with a new key; with one that somebody else makes */
	size_t drafts;    /* taken along */
	size_t damaged;   /* drafts that cannot be read, and stay where they are */
	char *damaged_names; /* of the first of those; owned */
};
/* Own root exposed: a new identity under the same OpenPGP key takes the place of this one. An admin makes and admits it at
 * once; anybody else asks first (as vault_request) and calls this again once it was admitted. Then rights and drafts go
 * over, this identity is removed, and every stream that it could read and the new one may write gets a new key. VAULT is
 * of no use afterwards (unless ASKED): close it and open it anew. ERR_DENIED, and nothing is removed, while there are
 * streams that somebody else would have to grant, unless ABANDON. */
int vault_renew(struct vault *vault, bool abandon, instant now, struct vault_renewal *ret, struct error *err);
void vault_renewal_release(struct vault_renewal *renewal);

/* The member that must be able to open every stream (NULL: none). Wraps for existing streams are made where
 * this member can; *RET_LEFT could not. */
int vault_set_recovery(struct vault *vault, const uint8_t *member, instant now, size_t *ret_left,
		       struct error *err);

/* ---- access to a stream */

struct vault_access { uint8_t member[16]; uint8_t rights; instant since; };
/* Who may read STREAM now. *RET freed with free(). */
void vault_readers(const struct vault *vault, const uint8_t stream[16], struct vault_access **ret,
		   size_t *ret_count);
uint8_t vault_rights(const struct vault *vault, const uint8_t stream[16]); /* of who unlocked it; 0 once it is shredded */
/* RIGHTS of VAULT_READ | … ; the whole past becomes readable (the grantor was shown what that is).
 * Where another live identity of the same key reads it already, that one gets the same, within its role. */
int vault_grant(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], uint8_t rights,
		instant now, struct error *err);
/* REVOKE, a new epoch, wraps for the rest. */
int vault_revoke(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], instant now,
		 struct error *err);
/* Reads of attachments and exports, noted in the log by whoever may read. */
enum vault_read_kind { VAULT_READ_ATTACHMENT = 1, VAULT_READ_EXPORT = 2 };
int vault_note_read(struct vault *vault, const uint8_t stream[16], enum vault_read_kind kind,
		    const char *object, instant now, struct error *err);
struct vault_reading { uint8_t member[16]; enum vault_read_kind kind; instant at; char object[65]; };
int vault_readings(struct vault *vault, const uint8_t stream[16], struct vault_reading **ret,
		   size_t *ret_count, struct error *err);

/* Told when a stream became readable (grant, admission) or ceased to be (revoke, shred), while reading on. */
typedef void (*vault_access_fn)(void *context, const uint8_t stream[16], enum vault_stream_kind kind,
				bool readable);
void vault_on_access(struct vault *vault, vault_access_fn fn, void *context);
/* A removal that another copy brought counts from when it was made: what the removed wrote since has no effect any more,
 * though it may have been read here before. FN is called for each readable stream that may hold such events, if a removal
 * was brought behind event AFTER. */
void vault_resettled(struct vault *vault, uint64_t after, vault_access_fn fn, void *context);

/* ---- checkpoints */

/* The canonical text of the head: vault, number, hash, members, root over the streams' heads, time. */
void vault_checkpoint_text(const struct vault *vault, instant now, struct str *ret);
/* Signs it with the member's OpenPGP key, appends CHECKPOINT; RET gets text and signature, to be kept elsewhere. */
int vault_checkpoint(struct vault *vault, instant now, struct str *ret, struct error *err);
/* The same at lock, where it is this member's first on NOW's day (UTC) and something was appended since the last one.
 * Nobody is asked for a passphrase: what would need one is an error, and nothing is made. Nothing either, and 0, where
 * the vault is only read. */
int vault_checkpoint_daily(struct vault *vault, instant now, bool *ret_made, struct error *err);
/* Where the last one at lock could not be made and this member's newest is more than two days old: an error, why. */
int vault_checkpoint_trouble(struct vault *vault, instant now, struct error *err);
/* Whether this log still holds what a kept checkpoint says. ERR_NO: rolled back, forked, or not signed so. */
int vault_checkpoint_check(struct vault *vault, const struct str *checkpoint, struct error *err);

#endif
