/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log replayed without keys: who is a member, which streams there are, who may do what in them,
 * where each chain stands. Every row that enters is verified here, whether it was just read or is
 * about to be written.
 */
#ifndef PSIRTTY_VAULT_LOG_H
#define PSIRTTY_VAULT_LOG_H

#include "vault/core.h"
#include "vault/store.h"

enum log_right { RIGHT_READ = 1, RIGHT_WRITE = 2, RIGHT_GRANT = 4, RIGHT_ALL = 7 };
enum log_role { ROLE_ADMIN = 1, ROLE_HANDLER, ROLE_EVALUATOR, ROLE_APPROVER, ROLE_OBSERVER };

struct log_member {
	uint8_t id[ID_BYTES], sign_public[32], box_public[32];
	uint8_t role;
	char fingerprint[65];
	struct str certification; /* OpenPGP signature over core_identity_text */
};

struct log_grant { uint8_t member[ID_BYTES]; uint8_t rights; };

struct log_stream {
	uint8_t id[ID_BYTES];
	uint8_t kind;
	uint32_t epoch;
	uint8_t key_id[ID_BYTES];
	struct log_grant *grants; /* owned */
	size_t grant_count;
	uint8_t heads[CORE_PARENTS][HASH_BYTES];
	size_t head_count;
	bool damaged;             /* an event of it could not be trusted: what its heads are is unsure */
};

struct log {
	uint8_t vault[ID_BYTES];
	struct log_member *members; size_t member_count, member_capacity;
	struct log_stream *streams; size_t stream_count, stream_capacity; /* [0] is the vault's own */
	uint32_t *index; size_t index_size;  /* hash table: stream id → position + 1 */
	uint64_t gseq;               /* of the last row */
	uint8_t hash[HASH_BYTES];    /* its journal hash */
	uint64_t time;               /* greatest hybrid time seen */
	bool torn;                   /* after damage: the next row's `prev` is taken as it is */
};

void log_init(struct log *log);
void log_release(struct log *log);
const struct log_member *log_member(const struct log *log, const uint8_t id[ID_BYTES]);
/* Position of the stream, or -1. */
long log_stream(const struct log *log, const uint8_t id[ID_BYTES]);
uint8_t log_rights(const struct log_stream *stream, const uint8_t member[ID_BYTES]);

/* Verifies ROW as the next one and takes it in. SIGNATURES false skips the two Ed25519 checks (for rows
 * that are covered by a remembered hash, or just signed by us). *RET_CORE (may be NULL) is filled as far as it
 * can be read. ERR_NO with the reason; then the log is as it was, and log_skip goes on past the row. */
int log_take(struct log *log, const struct store_row *row, bool signatures, struct core *ret_core,
	     struct error *err);
/* After damage: continues behind GSEQ, trusting the next row's own account of what came before. */
void log_skip(struct log *log, const struct store_row *row, uint64_t gseq);
/* The next hybrid time: never behind one seen. NOW in microseconds. */
uint64_t log_tick(const struct log *log, int64_t now);

#endif
