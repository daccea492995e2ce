/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stream as a graph: what each event follows. From it come the order that every copy of the vault
 * agrees on, and what was granted in the causal past of an event.
 */
#ifndef PSIRTTY_VAULT_GRAPH_H
#define PSIRTTY_VAULT_GRAPH_H

#include "vault/core.h"

struct log;
struct log_stream;
struct graph;

enum graph_effect { GRAPH_NONE, GRAPH_GRANT, GRAPH_EPOCH, GRAPH_SHRED };

struct graph_node {
	uint8_t id[HASH_BYTES];
	uint64_t gseq, time;
	uint32_t author;               /* position of the member */
	enum graph_effect effect;
	uint32_t member;               /* GRANT: to whom; a revocation grants 0 */
	uint8_t rights;
	uint32_t epoch;                /* EPOCH */
	uint8_t key_id[ID_BYTES];
	const uint8_t (*holders)[ID_BYTES]; /* EPOCH: who got the key; borrowed, the graph takes a copy */
	size_t holder_count;
	uint32_t parents, parent_count; /* set by graph_add */
};

struct graph *graph_new(void);
void graph_free(struct graph *graph);
/* False when it is there already or does not follow what is there. */
bool graph_add(struct graph *graph, const struct graph_node *node, const struct core *core);
size_t graph_count(const struct graph *graph);
const struct graph_node *graph_at(const struct graph *graph, size_t position);
long graph_find(const struct graph *graph, const uint8_t id[HASH_BYTES]); /* or -1 */
/* Positions of what nothing follows, ascending by id. *RET freed by the caller. */
size_t graph_heads(const struct graph *graph, uint32_t **ret);
/* All positions in canonical order: what came before first, then time, then id. An event's time lies behind
 * those of its parents (log.c checks it), so that is time, then id. Freed by the caller. */
uint32_t *graph_order(const struct graph *graph);
/* Access as it was when exactly TIPS and what they follow had happened: grants, epoch, parted, shredded of
 * RET, whose grants are owned by the caller. Of grants to one member of which none knew of the other, only
 * what all of them give holds. Of two epochs that did not know of each other the one with the greater number,
 * then key id, is the newest, and a new one is due. */
void graph_state(const struct log *log, const struct graph *graph, const uint32_t *tips, size_t count,
		 struct log_stream *ret);
/* The graph of a stream as the store has it up to the log's last row, verified against the stream's heads.
 * NULL when it is not whole. SIGNATURES: those of the authors too. */
struct graph *graph_load(const struct log *log, const struct log_stream *stream, bool signatures);

#endif
