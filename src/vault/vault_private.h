/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the vault module share: the open vault and its keys. */
#ifndef PSIRTTY_VAULT_VAULT_PRIVATE_H
#define PSIRTTY_VAULT_VAULT_PRIVATE_H

#include "psirtty/vault/members.h"
#include "vault/log.h"

/* All unlocked keys, in one piece of guarded, locked memory. */
struct keyring {
	struct member_keys *member;     /* owned, sodium_malloc */
	uint8_t (*keys)[KEY_BYTES];     /* owned, sodium_malloc; case keys, opened as they are needed */
	struct key_place { uint32_t stream, epoch, older; uint8_t key_id[ID_BYTES]; } *places; /* owned; whose key each is */
	size_t count, capacity;
	uint32_t *newest; /* owned; stream → place + 1 of the key added last; `older` leads on */
	size_t newest_count;
};

/* What a member remembers outside the vault: the head it saw last, the events before it, what streams are called. */
struct memory {
	uint64_t gseq;
	uint8_t hash[HASH_BYTES];
	bool there;
	bool renewed;      /* an admin let go of what was seen: the head may move back */
	struct str trail;  /* the last events, trail.c */
	struct str names;  /* one record a stream, memory.c; those that were renamed stay until it is written */
	uint32_t *places; size_t place_count, place_room; /* owned; of the records, by stream */
	bool changed;
};

struct vault {
	char *dir, *outbox, *fingerprint;
	struct openpgp *pgp; /* borrowed */
	struct store *store;
	struct log log;
	struct keyring keyring;
	struct memory memory;
	struct index *index; /* owned; the member's cache, from unlocking on */
	uint8_t id[ID_BYTES], member[ID_BYTES];
	uint8_t inbox[ID_BYTES], registry[ID_BYTES];
	char *damage;        /* sentence, or NULL */
	const char *clock;   /* static sentence about the clock, untranslated, or NULL */
	bool readonly, wrote;
	bool abandoned;      /* the damage is only that the log ends before, or beside, what was remembered */
	uint64_t settled;    /* up to this row the log was verified and is committed */
	uint64_t snapshot;   /* the row that the log kept in the cache stands for; 0: none */
	vault_access_fn access_fn;
	void *access_context;
	bool lining;         /* next to write: what is seen is synced with what is written */
	bool unsynced;       /* of what was read or written the disk may not hold the last yet */
	int held;            /* how often vault_hold was called and not let go of */
	bool batching;       /* between vault_batch_begin and _end: what is appended is committed at the end, */
	bool batch_broken;   /* or not at all */
	struct ZSTD_CCtx_s *packer; /* owned; NULL before something small was sealed */
	bool batch_objects;  /* sealed meanwhile: not on the disk yet */
	uint64_t batch_mark; /* the head when the append began that is under way */
	bool opened;         /* wholly: only then is its head worth remembering */
};

/* ---- vault.c */
int vault_check_empty(const char *dir, struct error *err);
int vault_make_folders(const char *dir, struct error *err);
int vault_settings_read(const char *dir, uint8_t ret_id[ID_BYTES], char **ret_outbox, struct error *err);

/* ---- keyring.c */
/* ERR_DENIED where memory cannot be locked; to be wiped all the same. */
int keyring_init(struct keyring *ring, struct error *err);
void keyring_wipe(struct keyring *ring);
/* Unlocks the first identity whose secret key is at hand; before all others one that was unlocked here before. */
int keyring_unlock(struct keyring *ring, struct store *store, struct openpgp *pgp, const uint8_t vault[ID_BYTES],
		   uint8_t ret_member[ID_BYTES], char **ret_fingerprint, struct error *err);
/* Unlocks this member's identity and no other: ERR_VAULT when keys.db does not hold it. */
int keyring_unlock_member(struct keyring *ring, struct store *store, struct openpgp *pgp, const uint8_t member[ID_BYTES],
			  struct error *err);
/* (handover.c) What vault_identity_send writes, of any ring. */
int keyring_send(const struct keyring *ring, int fd, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const char *whose, struct error *err);
/* (handover.c) The identity that vault_identity_send wrote into FD instead of an unlocked one. */
int keyring_take(struct keyring *ring, int fd, const uint8_t vault[ID_BYTES], uint8_t ret_member[ID_BYTES],
		 char **ret_fingerprint, struct error *err);
void keyring_add(struct keyring *ring, size_t stream, uint32_t epoch, const uint8_t key_id[ID_BYTES],
		 const uint8_t key[KEY_BYTES]);
/* The key of a stream's epoch: from the ring, else its wrap is opened and the commitment KEY_ID checked. NULL
 * with ERR_DENIED when this member has none. Borrowed until the next call. */
const uint8_t *keyring_key(struct keyring *ring, struct store *store, const struct log *log, size_t stream,
			   uint32_t epoch, const uint8_t key_id[ID_BYTES], const uint8_t member[ID_BYTES],
			   struct error *err);

/* ---- memory.c */
int memory_read(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		const uint8_t key[KEY_BYTES], struct error *err);
/* What another session remembered meanwhile is not lost: its names are taken in, and its head where that is further on. */
int memory_write(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const uint8_t key[KEY_BYTES], struct error *err);
/* What a stream is called, or NULL. Borrowed until the next name. */
const char *memory_name(const struct memory *memory, const uint8_t stream[ID_BYTES]);
void memory_set_name(struct memory *memory, const uint8_t stream[ID_BYTES], const char *name);
/* Whether this member remembers the vault at all. */
bool memory_exists(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES]);
void memory_release(struct memory *memory);

/* ---- trail.c: the events seen last, so that what a vault lost can be told */

enum { TRAIL_RECORD = 8 + 8 + HASH_BYTES + 2 * ID_BYTES + 3, TRAIL_MOST = 2000 };
struct trail_event {
	uint64_t gseq, time;
	uint8_t id[HASH_BYTES], stream[ID_BYTES], author[ID_BYTES];
	uint8_t kind;
	uint16_t type;
};
size_t trail_count(const struct str *trail);
struct trail_event trail_at(const struct str *trail, size_t index);
/* Goes on to the log's head, and remembers its authors' fingerprints as their names. */
void trail_follow(struct vault *vault);
/* Whether the log holds a RESTORE that this member did not see before, of a head as far on as its own. */
bool trail_released(struct vault *vault);

/* ---- object_get.c */
/* Whether the file holds what its name promises; needs no key. ERR_INPUT. */
int object_check(const char *path, const char *name, struct error *err);

/* ---- index_rows.c */
/* After the log was read: a cache that knows of other events than it is not used. */
void vault_cache_trust(struct vault *vault);
/* Merges, unless the log is damaged, and closes. */
void vault_cache_end(struct vault *vault);

/* ---- snapshot.c */
/* Takes the log out of the cache where it can be believed; else it stays empty and is replayed. */
void snapshot_read(struct vault *vault);
/* Keeps the log there for the next session, when it moved on far enough. */
void snapshot_write(struct vault *vault);

/* ---- check.c */
/* Only whether each object holds what its name promises; needs no key. */
int vault_check_objects(struct vault *vault, struct vault_check *ret);

/* ---- append.c */
/* Notes the streams that there is one of, from position FROM on. */
void vault_note_streams(struct vault *vault, size_t from);
/* Reads on from the log's head to the end, verifying; FN (may be NULL) gets the content events. */
int vault_catch_up(struct vault *vault, vault_event_fn fn, void *context, struct error *err);
/* Opens a content row's body with the vault's keys; ERR_DENIED when there is no key, ERR_NO when it does
 * not open. */
int vault_row_open(struct vault *vault, const struct store_row *row, const struct core *core, struct str *ret,
		   struct error *err);
/* Hands out one row if it is content that this member may read; what should open and does not is damage. */
int vault_row_hand_out(struct vault *vault, const struct store_row *row, const struct core *core,
		       vault_event_fn fn, void *context, struct error *err);
/* A transaction: the queue is held, everything new was read and verified (FN gets it), nothing is damaged. What is
 * put until vault_finish is written as one, or not at all when CODE or what it returns is not 0. */
int vault_begin(struct vault *vault, vault_event_fn fn, void *context, struct error *err);
int vault_finish(struct vault *vault, int code, struct error *err);
/* Builds, seals (content), signs, checks and inserts one event; inside a transaction. */
struct draft_event {
	enum core_kind kind;
	uint16_t type;
	const uint8_t *stream; /* 16 bytes */
	const void *body; size_t length;
	instant now;
};
int vault_put(struct vault *vault, const struct draft_event *draft, struct error *err);
int vault_put_control(struct vault *vault, enum control_type type, const uint8_t stream[ID_BYTES],
		      const void *body, size_t length, instant now, struct error *err);
/* Signs a row's place in our journal, inserts and takes it; inside a transaction. An appender of IMPORTER_BYTES
 * marks what was written elsewhere: its author's signature is verified too. */
int vault_insert(struct vault *vault, struct store_row *row, const uint8_t id[HASH_BYTES], struct error *err);
/* Control events as one transaction. */
struct control {
	enum control_type type;
	const uint8_t *stream; /* 16 bytes */
	const void *body; size_t length;
};
int vault_append_controls(struct vault *vault, const struct control *controls, size_t count, instant now,
			  struct error *err);
/* Verifies and takes one row into the log, and tells who gained or lost access. */
int vault_take(struct vault *vault, const struct store_row *row, enum log_trust trust, struct core *ret_core,
	       struct error *err);

/* ---- merge.c: events written on another copy of this vault */

/* A portable event. Borrowed until the next is asked for. BODY may be a stub (core.h). */
struct portable {
	const void *core, *nonce, *body, *sig; /* nonce NONCE_BYTES, sig SIG_BYTES */
	size_t core_length, body_length;
};
/* The next event, what it follows before it: 1, 0 at the end, negative. */
typedef int (*vault_portable_fn)(void *context, struct portable *ret, struct error *err);
struct vault_imported { size_t events, known; };
/* Verifies each event wholly and appends what is not there with our journal signature, a few hundred a
 * transaction. REHEARSE: nothing is written, but everything is checked: for refusing a bundle whole. The
 * vault's own stream must come first, wraps must be there. FN (may be NULL) gets the new content at the end. */
int vault_import_rows(struct vault *vault, vault_portable_fn next, void *source, bool rehearse,
		      vault_event_fn fn, void *context, struct vault_imported *ret, struct error *err);

/* ---- access.c */

/* Whether who unlocked the vault may read the stream at POSITION. */
bool access_readable(const struct vault *vault, size_t position);
/* A new epoch for a stream: wraps for its readers, then EPOCH. Inside a transaction; the caller commits
 * keys.db before it (store_keys_commit). ERR_DENIED without the right. */
int access_rotate(struct vault *vault, size_t position, instant now, struct error *err);
/* Everything this member can rotate of what is stale, a hundred streams a transaction, and the wraps of GONE (or
 * NULL) there dropped. */
int access_rotate_stale(struct vault *vault, const uint8_t *gone, instant now, size_t *ret_rotated,
			size_t *ret_left, struct error *err);
/* Grants inside a transaction. */
int access_grant(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], uint8_t rights,
		 instant now, struct error *err);
/* The same where the stream is stale, keys.db committed at once. */
int access_freshen(struct vault *vault, size_t position, instant now, struct error *err);
/* Wraps of every epoch of a stream that this member can open, for MEMBER; where there are others, ERR_DENIED (no key) or
 * ERR_NO (a damaged wrap) when that is done: access_lacks. */
bool access_lacks(int code);
int access_share(struct vault *vault, size_t position, const struct log_member *member, struct error *err);

/* ---- renew.c */
struct vault_renewal;
/* What member OLD may, member HEIR gets too, as far as who unlocked the vault can grant it; counts into RET. */
int renew_hand_on(struct vault *vault, uint32_t old, uint32_t heir, instant now, struct vault_renewal *ret,
		  struct error *err);

/* ---- member.c */

/* A new random root, encrypted to FINGERPRINT alone, and the keys that come of it. */
int member_make_identity(struct openpgp *pgp, const char *fingerprint, struct member_keys *ret,
			 struct str *ret_sealed, struct error *err);
/* The OpenPGP signature of FINGERPRINT that binds the public keys to member and vault. */
int member_certify(struct openpgp *pgp, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		   const struct member_keys *keys, const char *fingerprint, struct str *ret, struct error *err);
/* The key WHO names with its secret part; ERR_DENIED with the reason when it cannot sign and be encrypted to. */
int member_find_key(struct openpgp *pgp, const char *who, struct openpgp_key *ret, struct error *err);
/* ERR_DENIED with a sentence unless who unlocked it is an admin. */
int member_require_admin(const struct vault *vault, struct error *err);
/* The newest live identity of the same OpenPGP key that came after the one at POSITION, or LOG_NOBODY. */
uint32_t member_heir(const struct vault *vault, uint32_t position);
/* Wraps of every stream that this member can open, for one more; *RET_LEFT it cannot. */
int member_share_all(struct vault *vault, const struct log_member *member, size_t *ret_left, struct error *err);
/* A tail of eight digits or more of a fingerprint, blanks allowed. */
bool member_matches(const char *fingerprint, const char *who);
/* The body of MEMBER (and, behind the vault's id, of VAULT). CERTIFICATION: over core_identity_text. */
int member_body(const uint8_t id[ID_BYTES], enum log_role role, const uint8_t sign_public[32],
		const uint8_t box_public[32], const char *fingerprint, const struct str *certification,
		struct str *ret, struct error *err);

#endif
