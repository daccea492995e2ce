/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that replay the log share: one row on its way in, and what it may do. */
#ifndef PSIRTTY_VAULT_LOG_PRIVATE_H
#define PSIRTTY_VAULT_LOG_PRIVATE_H

#include "psirtty/base/i18n.h"
#include "vault/graph.h"
#include "vault/log.h"

#define NO(...) error_set(err, ERR_NO, _("event"), NULL, __VA_ARGS__)

struct taking {
	struct log *log;
	const struct store_row *row;
	struct core core;
	uint8_t id[HASH_BYTES], hash[HASH_BYTES];
	struct log_stream *stream;     /* NULL for a stream that begins here */
	const struct log_stream *past; /* what it is judged by: STREAM, or its causal past */
	struct log_stream causal;      /* owned; that past, when it is another */
	uint32_t author, appender;     /* positions; LOG_NOBODY for the first member of all */
	unsigned roles;                /* of the author, then: bits of 1 << role */
	bool first;                    /* the vault begins here */
	bool imported;                 /* it was written on another copy of the vault */
	bool apart;                    /* it does not follow all heads of its stream */
	bool mine;                     /* its author appended it */
	bool empty;                    /* its author was removed before: it is kept and has no effect */
	bool excused;                  /* what gave its author the right was undone by a removal since: see authorize */
	bool late;                     /* a removal older than what is here already */
	struct log_member newcomer;    /* owned, of VAULT and MEMBER */
};

/* ---- control.c: what a row may do, and what it does */

struct control_row;
/* NULL for a type that this program does not know. */
const struct control_row *control_of(const struct core *core);
bool control_in_vault(const struct control_row *row);
bool control_begins(const struct control_row *row);
int control_check(struct taking *t, const struct control_row *row, struct error *err);
int content_check(struct taking *t, struct error *err);
void control_take(struct taking *t, const struct control_row *row);
/* A row of a stream as the graph has it; FALSE when it cannot be one. */
bool control_node(const struct log *log, const struct core *core, const void *body, size_t length,
		  struct graph_node *ret);

/* ---- streams (log.c) */
void stream_release(struct log_stream *stream);
void stream_set_grant(struct log_stream *stream, uint32_t member, uint8_t rights, uint64_t since);
/* Notes that MEMBER (LOG_NOBODY: nobody) was given the newest key. */
void stream_set_holder(struct log_stream *stream, uint32_t member);
struct log_stream *log_add_stream(struct log *log, const uint8_t id[ID_BYTES]);

/* ---- roster.c: who is a member, when, and as what */
void roster_admit(struct log *log, struct log_member *newcomer); /* steals */
void roster_remove(struct log *log, uint32_t member, uint32_t author, uint64_t time);
void roster_set_role(struct log *log, uint32_t member, uint8_t role, uint32_t author, uint64_t time);
void roster_set_recovery(struct log *log, uint32_t member, uint32_t author, uint64_t time);

#endif
