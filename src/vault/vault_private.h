/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the vault module share: the open vault and its keys. */
#ifndef PSIRTTY_VAULT_VAULT_PRIVATE_H
#define PSIRTTY_VAULT_VAULT_PRIVATE_H

#include "psirtty/vault/vault.h"
#include "vault/log.h"

/* All unlocked keys, in one piece of guarded, locked memory. */
struct keyring {
	struct member_keys *member;     /* owned, sodium_malloc */
	uint8_t (*keys)[KEY_BYTES];     /* owned, sodium_malloc; case keys, opened as they are needed */
	struct { uint32_t stream, epoch; } *places; /* owned; whose key each is */
	size_t count, capacity;
	uint32_t *newest; /* owned; stream → place + 1 of its newest key */
	size_t newest_count;
};

/* What a member remembers outside the vault: the head it saw last, and what streams are called. */
struct memory {
	uint64_t gseq;
	uint8_t hash[HASH_BYTES];
	bool there;
	json_t *names; /* owned: hex of the stream → name */
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
	bool readonly, wrote;
	int held;            /* how often vault_hold was called and not let go of */
	bool opened;         /* wholly: only then is its head worth remembering */
};

/* ---- vault.c */
int vault_settings_read(const char *dir, uint8_t ret_id[ID_BYTES], char **ret_outbox, struct error *err);

/* ---- keyring.c */
void keyring_init(struct keyring *ring);
void keyring_wipe(struct keyring *ring);
/* Unlocks the first identity whose secret key is at hand. */
int keyring_unlock(struct keyring *ring, struct store *store, struct openpgp *pgp, uint8_t ret_member[ID_BYTES],
		   char **ret_fingerprint, struct error *err);
void keyring_add(struct keyring *ring, size_t stream, uint32_t epoch, const uint8_t key[KEY_BYTES]);
/* The key of a stream's epoch: from the ring, else its wrap is opened and its commitment checked when
 * KEY_ID is given. NULL with ERR_DENIED when this member has none. Borrowed until the next call. */
const uint8_t *keyring_key(struct keyring *ring, struct store *store, const struct log *log, size_t stream,
			   uint32_t epoch, const uint8_t key_id[ID_BYTES], const uint8_t member[ID_BYTES],
			   struct error *err);

/* ---- memory.c */
int memory_read(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		const uint8_t key[KEY_BYTES], struct error *err);
int memory_write(const struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const uint8_t key[KEY_BYTES], struct error *err);
void memory_release(struct memory *memory);

/* ---- index_rows.c */
/* After the log was read: a cache that knows of other events than it is not used. */
void vault_cache_trust(struct vault *vault);
/* Merges, unless the log is damaged, and closes. */
void vault_cache_end(struct vault *vault);

/* ---- append.c */
/* Reads on from the log's head to the end, verifying; FN (may be NULL) gets the content events. */
int vault_catch_up(struct vault *vault, vault_event_fn fn, void *context, struct error *err);
/* Opens a content row's body with the vault's keys; ERR_DENIED when there is no key, ERR_NO when it does
 * not open. */
int vault_row_open(struct vault *vault, const struct store_row *row, const struct core *core, struct str *ret,
		   struct error *err);
/* Inserts signed control rows for a member or a stream inside a transaction. */
struct control {
	enum control_type type;
	const uint8_t *stream; /* 16 bytes */
	const void *body; size_t length;
};
int vault_append_controls(struct vault *vault, const struct control *controls, size_t count, instant now,
			  struct error *err);

#endif
