/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log replayed without keys: who is a member, which streams there are, who may do what in them,
 * where each chain stands. Every row that enters is verified here, whether it was just read, is about
 * to be written, or comes from another copy of the vault.
 *
 * A stream is normally a chain: each event names all heads as its parents, and what it may do is
 * judged by the state that is kept. An event that names other parents was written on another copy:
 * it is judged by its causal past, out of the stream's graph (graph.h).
 */
#ifndef PSIRTTY_VAULT_LOG_H
#define PSIRTTY_VAULT_LOG_H

#include "vault/core.h"
#include "vault/store.h"

enum log_right { RIGHT_READ = 1, RIGHT_WRITE = 2, RIGHT_GRANT = 4, RIGHT_ALL = 7 };
enum log_role { ROLE_ADMIN = 1, ROLE_HANDLER, ROLE_EVALUATOR, ROLE_APPROVER, ROLE_OBSERVER };

#define LOG_NOBODY UINT32_MAX /* where a member's position is due */
#define LOG_NEVER UINT64_MAX  /* the hybrid time of what did not happen */

struct log_role_change { uint64_t time; uint32_t author; uint8_t role; };

/* Members are told by their position, which never changes: nobody is taken out. */
struct log_member {
	uint8_t id[ID_BYTES], sign_public[32], box_public[32];
	char fingerprint[65];
	struct str certification; /* OpenPGP signature over core_identity_text */
	struct log_role_change *roles; size_t role_count; /* owned; [0] is the admission's */
	uint32_t sponsor;         /* who admitted; LOG_NOBODY for the first */
	uint32_t person;          /* the first identity that this one's OpenPGP key had; itself */
	uint64_t since, until;    /* hybrid times; until is LOG_NEVER while the member is live */
	uint64_t renewed;         /* when the fingerprint became this one */
};

struct log_removal { uint64_t time; uint32_t author, member; };
struct log_policy { uint64_t time; uint32_t author, recovery; }; /* recovery: LOG_NOBODY for none */

/* Rights 0: revoked, or never given to who holds the recovery key. Holds: was given the newest key. */
struct log_grant { uint64_t since; uint32_t member; uint8_t rights; bool holds; };

/* One of thousands: small. */
struct log_stream {
	uint8_t id[ID_BYTES];
	uint8_t key_id[ID_BYTES];
	uint64_t epoch_time;      /* hybrid time of the newest epoch */
	uint64_t time;            /* greatest hybrid time in it */
	uint64_t bare;            /* number of its first row without a body, which only SHRED allows; or 0 */
	uint8_t (*heads)[HASH_BYTES]; /* owned, ascending */
	struct log_grant *grants; /* owned, ascending by member */
	uint32_t opener;
	uint32_t epoch;
	uint32_t head_count, grant_count;
	uint8_t kind;
	bool parted;              /* keys or grants that did not know of each other: a new epoch is due */
	bool shredded;
	bool voided;              /* what somebody did there after his removal does not count */
	bool damaged;             /* an event of it could not be trusted: what its heads are is unsure */
	bool hurt;                /* it was damaged once: its graph cannot be built */
};

struct graph;

struct log {
	uint8_t vault[ID_BYTES];
	struct log_member *members; size_t member_count, member_capacity;
	struct log_removal *removals; size_t removal_count, removal_capacity;
	struct log_policy *policies; size_t policy_count, policy_capacity;
	struct log_stream *streams; size_t stream_count, stream_capacity; /* [0] is the vault's own */
	uint32_t *index; size_t index_size;  /* hash table: stream id → position + 1 */
	uint64_t gseq;               /* of the last row */
	uint8_t hash[HASH_BYTES];    /* its journal hash */
	uint64_t time;               /* greatest hybrid time seen */
	bool voided;                 /* the same, of members and roles */
	bool bared;                  /* a body was found missing since somebody asked log_robbed */
	bool torn;                   /* after damage: the next row's `prev` is taken as it is */
	struct store *store;         /* borrowed: where a stream's graph is read from; NULL: only chains */
	struct graph *graph;         /* owned cache of the stream forked last, or NULL */
	size_t graph_stream;
};

/* How much of a row's signatures is verified. The journal's signature commits to the id: where the appender
 * is the author, it alone proves who wrote the event (HACKING.md, "The vault's bytes"). */
enum log_trust {
	LOG_CHAINS,  /* none, nor whether contents match their ids: places, parents and authority alone */
	LOG_TRUSTED, /* none: covered by a remembered hash, or just signed by us */
	LOG_READING, /* the journal's, and the author's where somebody else appended the event */
	LOG_PROVING, /* both */
};

void log_init(struct log *log);
void log_release(struct log *log);
/* A copy that shares nothing but the store. RET is not initialised. */
void log_copy(const struct log *log, struct log *ret);

const struct log_member *log_member(const struct log *log, const uint8_t id[ID_BYTES]);
uint32_t log_position(const struct log *log, const uint8_t id[ID_BYTES]); /* or LOG_NOBODY */
/* The role a member had at a hybrid time (LOG_NEVER: has now). */
enum log_role log_role(const struct log *log, const struct log_member *member, uint64_t time);
bool log_live(const struct log_member *member);
/* All roles a member was given until then, bits of 1 << role; also by who, as was learnt since, had been removed. */
unsigned log_roles(const struct log_member *member, uint64_t time);
/* Whether what this member did at TIME counts. */
bool log_counts(const struct log *log, uint32_t member, uint64_t time);
/* Whether nobody else is an admin. */
bool log_last_admin(const struct log *log, uint32_t member);
/* Who must be able to open every stream, or LOG_NOBODY. */
uint32_t log_recovery(const struct log *log);
/* What a role may hold at most. */
uint8_t log_ceiling(enum log_role role);

/* Position of the stream, or -1. */
long log_stream(const struct log *log, const uint8_t id[ID_BYTES]);
/* Its entry there, or NULL. */
const struct log_grant *stream_grant(const struct log_stream *stream, uint32_t member);
/* What a live member may do there: what was granted, within the role. */
uint8_t log_rights(const struct log *log, const struct log_stream *stream, const uint8_t member[ID_BYTES]);
uint8_t log_rights_within(const struct log *log, const struct log_stream *stream, uint32_t member,
			  uint8_t ceiling);
/* Somebody who may not read holds the newest key: a new epoch comes before anything else is written. */
bool log_stale(const struct log *log, const struct log_stream *stream);
/* A stream whose bodies are gone without a SHRED, or NULL. To be asked when all was read. */
const struct log_stream *log_robbed(const struct log *log);

/* Verifies ROW as the next one and takes it in. *RET_CORE (may be NULL) is filled as far as it can be read.
 * ERR_NO with the reason; then the log is as it was, and log_skip goes on past the row. */
int log_take(struct log *log, const struct store_row *row, enum log_trust trust, struct core *ret_core,
	     struct error *err);
/* After damage: continues behind GSEQ, trusting the next row's own account of what came before. */
void log_skip(struct log *log, const struct store_row *row, uint64_t gseq);
/* The next hybrid time: never behind one seen. NOW in microseconds. */
uint64_t log_tick(const struct log *log, int64_t now);

#endif
