/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream's graph, in memory for as long as somebody asks: nodes in the order in which they came, an
 * index by id, parents as positions.
 */
#include "vault/graph.h"

#include <stdlib.h>

#include "vault/log_private.h"

struct graph {
	struct graph_node *nodes; /* owned */
	size_t count, capacity;
	uint32_t *parents;        /* owned; each node has a run of them */
	size_t parent_count, parent_capacity;
	uint32_t *index;          /* owned; hash table: id → position + 1 */
	size_t index_size;
};

struct graph *graph_new(void)
{
	return mem_alloc(sizeof(struct graph));
}

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	for (size_t i = 0; i < graph->count; i++)
		free((void *)(uintptr_t)graph->nodes[i].holders);
	free(graph->nodes);
	free(graph->parents);
	free(graph->index);
	free(graph);
}

size_t graph_count(const struct graph *graph)
{
	return graph->count;
}

const struct graph_node *graph_at(const struct graph *graph, size_t position)
{
	return &graph->nodes[position];
}

/* ---- ids are hashes: their own bytes are the index's */

static size_t slot_of(const struct graph *graph, const uint8_t id[HASH_BYTES])
{
	size_t slot = (size_t)get64(id) & (graph->index_size - 1);

	while (graph->index[slot] &&
	       memcmp(graph->nodes[graph->index[slot] - 1].id, id, HASH_BYTES) != 0)
		slot = (slot + 1) & (graph->index_size - 1);
	return slot;
}

static void index_grow(struct graph *graph)
{
	if (graph->count * 2 < graph->index_size)
		return;
	graph->index_size = graph->index_size ? graph->index_size * 2 : 64;
	free(graph->index);
	graph->index = mem_alloc(graph->index_size * sizeof(*graph->index));
	for (size_t i = 0; i < graph->count; i++)
		graph->index[slot_of(graph, graph->nodes[i].id)] = (uint32_t)i + 1;
}

long graph_find(const struct graph *graph, const uint8_t id[HASH_BYTES])
{
	return graph->index_size ? (long)graph->index[slot_of(graph, id)] - 1 : -1;
}

bool graph_add(struct graph *graph, const struct graph_node *node, const struct core *core)
{
	struct graph_node *added;

	if (graph_find(graph, node->id) >= 0)
		return false;
	graph->parents = mem_grow(graph->parents, &graph->parent_capacity,
				  graph->parent_count + core->parent_count + 1, sizeof(*graph->parents));
	for (size_t i = 0; i < core->parent_count; i++) {
		long parent = graph_find(graph, core->parents[i]);

		if (parent < 0)
			return false;
		graph->parents[graph->parent_count + i] = (uint32_t)parent;
	}
	graph->nodes = mem_grow(graph->nodes, &graph->capacity, graph->count + 1, sizeof(*graph->nodes));
	added = &graph->nodes[graph->count];
	*added = *node;
	added->parents = (uint32_t)graph->parent_count;
	added->parent_count = (uint32_t)core->parent_count;
	added->holders = node->holder_count ? (void *)mem_copy(node->holders, node->holder_count * ID_BYTES) : NULL;
	graph->parent_count += core->parent_count;
	index_grow(graph);
	graph->index[slot_of(graph, node->id)] = (uint32_t)++graph->count;
	return true;
}

/* ---- order */

static const struct graph *sorted; /* qsort takes no context; nothing here runs in threads */

static int by_id(const void *a, const void *b)
{
	return memcmp(sorted->nodes[*(const uint32_t *)a].id, sorted->nodes[*(const uint32_t *)b].id,
		      HASH_BYTES);
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = sorted->nodes[*(const uint32_t *)a].time, y = sorted->nodes[*(const uint32_t *)b].time;

	return x != y ? (x > y) - (x < y) : by_id(a, b);
}

static void sort(const struct graph *graph, uint32_t *positions, size_t count,
		 int (*compare)(const void *a, const void *b))
{
	sorted = graph;
	if (count > 1)
		qsort(positions, count, sizeof(*positions), compare);
	sorted = NULL;
}

uint32_t *graph_order(const struct graph *graph)
{
	uint32_t *order = mem_alloc((graph->count + 1) * sizeof(*order));

	for (size_t i = 0; i < graph->count; i++)
		order[i] = (uint32_t)i;
	sort(graph, order, graph->count, by_time);
	return order;
}

size_t graph_heads(const struct graph *graph, uint32_t **ret)
{
	bool *followed = mem_alloc(graph->count + 1);
	uint32_t *heads = mem_alloc((graph->count + 1) * sizeof(*heads));
	size_t count = 0;

	for (size_t i = 0; i < graph->parent_count; i++)
		followed[graph->parents[i]] = true;
	for (size_t i = 0; i < graph->count; i++)
		if (!followed[i])
			heads[count++] = (uint32_t)i;
	sort(graph, heads, count, by_id);
	free(followed);
	*ret = heads;
	return count;
}

/* ---- the causal past */

/* Marks TIPS and all that they follow. Parents always stand before their children: one sweep is enough. */
static bool *past_of(const struct graph *graph, const uint32_t *tips, size_t count)
{
	bool *in = mem_alloc(graph->count + 1);

	for (size_t i = 0; i < count; i++)
		in[tips[i]] = true;
	for (size_t i = graph->count; i-- > 0;)
		for (uint32_t p = 0; in[i] && p < graph->nodes[i].parent_count; p++)
			in[graph->parents[graph->nodes[i].parents + p]] = true;
	return in;
}

/* Whether LATER follows EARLIER, directly or not. */
static bool follows(const struct graph *graph, uint32_t later, uint32_t earlier)
{
	bool *in, yes;

	if (later <= earlier)
		return false;
	in = past_of(graph, &later, 1);
	yes = in[earlier];
	free(in);
	return yes;
}

/* The control events of a past that count. */
struct acts { const struct graph *graph; uint32_t *at; size_t count; bool voided; };

static struct acts acts_of(const struct log *log, const struct graph *graph, const uint32_t *tips, size_t count)
{
	struct acts acts = { graph, mem_alloc((graph->count + 1) * sizeof(*acts.at)), 0, false };
	bool *in = past_of(graph, tips, count);

	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_node *node = &graph->nodes[i];

		if (!in[i] || node->effect == GRAPH_NONE)
			continue;
		if (log_counts(log, node->author, node->time))
			acts.at[acts.count++] = (uint32_t)i;
		else
			acts.voided = true;
	}
	free(in);
	return acts;
}

/* Whether a later act of the same kind (and about the same member) knew of act number I. */
static bool superseded(const struct acts *acts, size_t i)
{
	const struct graph_node *node = &acts->graph->nodes[acts->at[i]];

	for (size_t j = i + 1; j < acts->count; j++) {
		const struct graph_node *other = &acts->graph->nodes[acts->at[j]];

		if (other->effect == node->effect &&
		    (node->effect != GRAPH_GRANT || other->member == node->member) &&
		    follows(acts->graph, acts->at[j], acts->at[i]))
			return true;
	}
	return false;
}

static void state_grant(struct log_stream *ret, const struct graph_node *node)
{
	const struct log_grant *there = stream_grant(ret, node->member);
	uint8_t rights = node->rights & (there ? there->rights : RIGHT_ALL);

	stream_set_grant(ret, node->member, rights,
			 there && there->since > node->time ? there->since : node->time);
}

static bool newer_epoch(const struct log_stream *state, const struct graph_node *node)
{
	if (node->epoch != state->epoch)
		return node->epoch > state->epoch;
	return memcmp(node->key_id, state->key_id, ID_BYTES) > 0;
}

/* Who was given the newest key: by the epoch itself, or by a grant after it. Returns whether something
 * happened beside that epoch which neither knew of: a second epoch, a grant whose reader has no key. */
static bool state_holders(const struct log *log, const struct acts *acts, uint32_t newest, struct log_stream *ret)
{
	const struct graph_node *epoch = &acts->graph->nodes[newest];
	bool parted = false;

	for (size_t i = 0; i < acts->count; i++) {
		const struct graph_node *node = &acts->graph->nodes[acts->at[i]];
		bool before = follows(acts->graph, newest, acts->at[i]);
		bool after = !before && follows(acts->graph, acts->at[i], newest);

		if (node->effect == GRAPH_GRANT && node->rights && !before)
			stream_set_holder(ret, node->member);
		parted |= !before && !after && acts->at[i] != newest &&
			  (node->effect == GRAPH_EPOCH || (node->effect == GRAPH_GRANT && node->rights));
	}
	for (size_t i = 0; i < epoch->holder_count; i++)
		stream_set_holder(ret, log_position(log, epoch->holders[i]));
	return parted;
}

void graph_state(const struct log *log, const struct graph *graph, const uint32_t *tips, size_t count,
		 struct log_stream *ret)
{
	struct acts acts = acts_of(log, graph, tips, count);
	long newest = -1;

	for (size_t i = 0; i < acts.count; i++) {
		const struct graph_node *node = &graph->nodes[acts.at[i]];

		if (node->effect == GRAPH_GRANT && !superseded(&acts, i))
			state_grant(ret, node);
		else if (node->effect == GRAPH_SHRED)
			ret->shredded = true;
		if (node->effect != GRAPH_EPOCH || !newer_epoch(ret, node))
			continue;
		newest = acts.at[i];
		ret->epoch = node->epoch;
		ret->epoch_time = node->time;
		memcpy(ret->key_id, node->key_id, ID_BYTES);
	}
	if (newest >= 0)
		ret->parted = state_holders(log, &acts, (uint32_t)newest, ret);
	ret->voided = acts.voided;
	free(acts.at);
}

/* ---- from the store */

static bool signed_by(const struct log *log, const struct store_row *row, const struct graph_node *node)
{
	return node->author != LOG_NOBODY && row->sig_length == SIG_BYTES &&
	       crypto_sign_verify_detached(row->sig, node->id, HASH_BYTES,
					   log->members[node->author].sign_public) == 0;
}

/* Adds a row if it is what it says it is. */
static bool load_row(const struct log *log, const struct log_stream *stream, const struct store_row *row,
		     bool signatures, struct graph *graph)
{
	struct graph_node node;
	struct core core;

	if (!core_read(row->core, row->core_length, &core) || memcmp(core.stream, stream->id, ID_BYTES) != 0 ||
	    !control_node(log, &core, row->body, row->body_length, &node))
		return false;
	if (core_is_stub(core.kind, row->body_length))
		core_id_of_stub(row->core, row->core_length, row->nonce, row->nonce_length, row->body, node.id);
	else
		core_id(row->core, row->core_length, row->nonce, row->nonce_length, row->body,
			row->body_length, node.id);
	node.gseq = row->gseq;
	if (signatures && !signed_by(log, row, &node))
		return false;
	return graph_add(graph, &node, &core);
}

/* Ids are hashes over parents: a graph that ends in the stream's heads is the stream. */
static bool ends_in(const struct graph *graph, const struct log_stream *stream)
{
	uint32_t *heads;
	size_t count = graph_heads(graph, &heads);
	bool same = count == stream->head_count;

	for (size_t i = 0; same && i < count; i++)
		same = memcmp(graph->nodes[heads[i]].id, stream->heads[i], HASH_BYTES) == 0;
	free(heads);
	return same;
}

struct graph *graph_load(const struct log *log, const struct log_stream *stream, bool signatures)
{
	struct graph *graph = graph_new();
	struct store_row row = { .gseq = 0 };
	bool whole = log->store != NULL;
	int code = 0;

	while (whole && (code = store_stream_next(log->store, stream->id, row.gseq, &row, NULL)) == 1 &&
	       row.gseq <= log->gseq)
		whole = load_row(log, stream, &row, signatures, graph);
	if (whole && code >= 0 && ends_in(graph, stream))
		return graph;
	graph_free(graph);
	return NULL;
}
