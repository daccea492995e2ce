/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the vault's rows lie: two files (events; keys, a backup class of its own), every write under one
 * queue. Bytes in, bytes out: nothing here knows a key. The database behind it: store_ops.h.
 */
#ifndef PSIRTTY_VAULT_STORE_H
#define PSIRTTY_VAULT_STORE_H

#include "psirtty/base/error.h"
#include "vault/crypt.h"

struct store;

/* One event with its journal row. Byte strings are borrowed until the next call. */
struct store_row {
	uint64_t gseq;
	const void *id, *stream, *core, *nonce, *body, *sig; /* the portable event */
	size_t id_length, stream_length, core_length, nonce_length, body_length, sig_length;
	const void *prev, *appender, *journal_sig;           /* this copy's order */
	size_t prev_length, appender_length, journal_sig_length;
};

/* CREATE: the files must not exist. Refuses a network file system and loose permissions. */
int store_open(const char *dir, bool create, bool readonly, struct store **ret, struct error *err);
void store_close(struct store *store);

/* The queue: waits for its turn; everything that writes stands between these two. */
int store_lock(struct store *store, struct error *err);
void store_unlock(struct store *store);
/* The place at the head of the queue: taken before store_lock, left behind it. Who has it reads on what the one at
 * work wrote before, so that little is left to read under the lock. */
void store_line_up(struct store *store);
void store_line_end(struct store *store);
int store_begin(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
/* Event HEAD, and what was committed before it, outlives a loss of power: until then nobody may rely on it. Without
 * the lock, so that others write meanwhile; one sync of the disk serves all who wait for one. The last event that is
 * safe is noted, which wakes the others. HEAD 0: whatever is committed, whatever is noted. */
int store_sync(struct store *store, uint64_t head, struct error *err);
void store_rollback(struct store *store);
/* Folds the write-ahead log into the file; under the lock. */
void store_checkpoint(struct store *store);

int store_insert(struct store *store, const struct store_row *row, struct error *err);
/* 1 when there, 0 when there is no such row, ERR_VAULT when it cannot be read. */
/* Only its place: id, the hash before, appender and journal signature; borrowed in the same way. */
bool store_place_at(struct store *store, uint64_t gseq, struct store_row *ret);
int store_row_at(struct store *store, uint64_t gseq, struct store_row *ret, struct error *err);
/* The first row of a stream behind AFTER; another row than store_row_at's. Codes as there. */
int store_stream_next(struct store *store, const uint8_t stream[ID_BYTES], uint64_t after,
		      struct store_row *ret, struct error *err);
/* The number of an event, 0 when it is not there; negative ERR_VAULT. */
int store_find(struct store *store, const uint8_t id[HASH_BYTES], uint64_t *ret, struct error *err);
/* Whether the index has a row of this number in a stream: also where the row itself cannot be read. */
bool store_is_in(struct store *store, const uint8_t stream[ID_BYTES], uint64_t gseq);
/* Lets go of the last row, and with it of SQLite's snapshot: before others can checkpoint. */
void store_rest(struct store *store);
/* The greatest gseq there is (0 for none); negative ERR_VAULT. */
int store_last(struct store *store, uint64_t *ret, struct error *err);
/* The gseq the last writer noted in vault.lock. */
uint64_t store_noted(struct store *store);
/* Whether another process committed since the last call. */
bool store_changed(struct store *store);
/* Readable when somebody appended, until store_changed is called; -1 where the system cannot tell. */
int store_notify_fd(struct store *store);
/* A consistent copy of the events, or of the keys, as one new file, while others work. */
int store_copy(struct store *store, bool keys, const char *path, struct error *err);
/* SQLite's own check; each complaint goes to FN. */
int store_integrity(struct store *store, void (*fn)(void *context, const char *complaint), void *context,
		    struct error *err);

int store_put_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
		       const void *sealed, size_t length, struct error *err);
/* The INDEXth identity: 1, 0 or ERR_VAULT. Borrowed until the next call. */
int store_identity(struct store *store, size_t index, uint8_t ret_member[ID_BYTES],
		   const char **ret_fingerprint, const void **ret_sealed, size_t *ret_length,
		   struct error *err);
int store_drop_identity(struct store *store, const uint8_t member[ID_BYTES], struct error *err);
/* The root of a member encrypted anew, to another OpenPGP key. */
int store_change_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
			  const void *sealed, size_t length, struct error *err);

/* Many wraps at once: a transaction of keys.db, which must end before the events that need them are written. */
int store_keys_begin(struct store *store, struct error *err);
int store_keys_commit(struct store *store, struct error *err); /* rolls back when it cannot */
void store_keys_rollback(struct store *store);
/* The key id tells two epochs of one number apart, which two copies of a vault may have made. A wrap that is
 * there is replaced. */
struct wrap_place { const uint8_t *stream; uint32_t epoch; const uint8_t *key_id, *member; };
int store_put_wrap(struct store *store, const struct wrap_place *place, const uint8_t wrap[WRAP_BYTES],
		   struct error *err);
int store_wrap(struct store *store, const struct wrap_place *place, uint8_t ret[WRAP_BYTES], struct error *err);
/* All wraps in a fixed order, until FN returns something else than 0, which is returned. */
typedef int (*store_wrap_fn)(void *context, const struct wrap_place *place, const uint8_t sealed[WRAP_BYTES],
			     struct error *err);
int store_each_wrap(struct store *store, store_wrap_fn fn, void *context, struct error *err);
/* What is left of a shredded body stands in its place; the old one is overwritten. Inside a transaction. */
int store_set_body(struct store *store, uint64_t gseq, const void *body, size_t length, struct error *err);
/* All wraps of a stream are gone. */
int store_drop_stream(struct store *store, const uint8_t stream[ID_BYTES], size_t *ret_count, struct error *err);
/* All wraps of a member in a stream are gone. */
int store_drop_wraps(struct store *store, const uint8_t stream[ID_BYTES], const uint8_t member[ID_BYTES],
		     struct error *err);

#endif
