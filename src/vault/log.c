/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay and verification of the log: chains, authority, hashes, signatures. What each kind of event
 * needs is in control.c, who is a member in roster.c.
 */
#include "vault/log.h"

#include <stdlib.h>

#include "vault/log_private.h"

static const uint8_t nobody[ID_BYTES];

void log_init(struct log *log)
{
	*log = (struct log){ 0 };
	log->streams = mem_grow(NULL, &log->stream_capacity, 1, sizeof(*log->streams));
	log->stream_count = 1;
	log->streams[0].opener = LOG_NOBODY;
}

static void member_release(struct log_member *member)
{
	str_release(&member->certification);
	free(member->roles);
}

void stream_release(struct log_stream *stream)
{
	free(stream->heads);
	free(stream->grants);
}

static void forget_graph(struct log *log)
{
	graph_free(log->graph);
	log->graph = NULL;
}

void log_release(struct log *log)
{
	for (size_t i = 0; i < log->stream_count; i++)
		stream_release(&log->streams[i]);
	for (size_t i = 0; i < log->member_count; i++)
		member_release(&log->members[i]);
	free(log->streams);
	free(log->members);
	free(log->removals);
	free(log->policies);
	free(log->index);
	forget_graph(log);
	*log = (struct log){ 0 };
}

static void *copy_of(const void *items, size_t count, size_t size)
{
	return count ? mem_copy(items, count * size) : NULL;
}

void log_copy(const struct log *log, struct log *ret)
{
	*ret = *log;
	ret->graph = NULL;
	ret->members = copy_of(log->members, log->member_count, sizeof(*log->members));
	ret->streams = copy_of(log->streams, log->stream_count, sizeof(*log->streams));
	ret->removals = copy_of(log->removals, log->removal_count, sizeof(*log->removals));
	ret->policies = copy_of(log->policies, log->policy_count, sizeof(*log->policies));
	ret->index = copy_of(log->index, log->index_size, sizeof(*log->index));
	ret->member_capacity = log->member_count;
	ret->stream_capacity = log->stream_count;
	ret->removal_capacity = log->removal_count;
	ret->policy_capacity = log->policy_count;
	for (size_t i = 0; i < ret->member_count; i++) {
		struct log_member *m = &ret->members[i];

		str_init(&m->certification);
		str_add_bytes(&m->certification, log->members[i].certification.bytes,
			      log->members[i].certification.length);
		m->roles = copy_of(m->roles, m->role_count, sizeof(*m->roles));
	}
	for (size_t i = 0; i < ret->stream_count; i++) {
		struct log_stream *s = &ret->streams[i];

		s->heads = copy_of(s->heads, s->head_count, sizeof(*s->heads));
		s->grants = copy_of(s->grants, s->grant_count, sizeof(*s->grants));
	}
}

uint32_t log_position(const struct log *log, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < log->member_count; i++)
		if (memcmp(log->members[i].id, id, ID_BYTES) == 0)
			return (uint32_t)i;
	return LOG_NOBODY;
}

const struct log_member *log_member(const struct log *log, const uint8_t id[ID_BYTES])
{
	uint32_t position = log_position(log, id);

	return position == LOG_NOBODY ? NULL : &log->members[position];
}

/* ---- streams by id: ids are random, so their own bytes are the hash */

static void index_put(struct log *log, size_t position)
{
	size_t slot = (size_t)get64(log->streams[position].id) & (log->index_size - 1);

	while (log->index[slot])
		slot = (slot + 1) & (log->index_size - 1);
	log->index[slot] = (uint32_t)position + 1;
}

static void index_grow(struct log *log)
{
	log->index_size = log->index_size ? log->index_size * 2 : 64;
	free(log->index);
	log->index = mem_alloc(log->index_size * sizeof(*log->index));
	for (size_t i = 1; i < log->stream_count; i++)
		index_put(log, i);
}

long log_stream(const struct log *log, const uint8_t id[ID_BYTES])
{
	size_t slot;

	if (memcmp(id, nobody, ID_BYTES) == 0)
		return 0;
	if (!log->index_size)
		return -1;
	slot = (size_t)get64(id) & (log->index_size - 1);
	for (; log->index[slot]; slot = (slot + 1) & (log->index_size - 1))
		if (memcmp(log->streams[log->index[slot] - 1].id, id, ID_BYTES) == 0)
			return (long)log->index[slot] - 1;
	return -1;
}

struct log_stream *log_add_stream(struct log *log, const uint8_t id[ID_BYTES])
{
	struct log_stream *stream;

	log->streams = mem_grow(log->streams, &log->stream_capacity, log->stream_count + 1,
				sizeof(*log->streams));
	stream = &log->streams[log->stream_count++];
	*stream = (struct log_stream){ 0 };
	memcpy(stream->id, id, ID_BYTES);
	if (log->stream_count * 2 >= log->index_size)
		index_grow(log);
	else
		index_put(log, log->stream_count - 1);
	return stream;
}

/* ---- grants */

static size_t grant_place(const struct log_stream *stream, uint32_t member)
{
	size_t i = 0;

	while (i < stream->grant_count && stream->grants[i].member < member)
		i++;
	return i;
}

const struct log_grant *stream_grant(const struct log_stream *stream, uint32_t member)
{
	size_t i = grant_place(stream, member);

	return i < stream->grant_count && stream->grants[i].member == member ? &stream->grants[i] : NULL;
}

void stream_set_grant(struct log_stream *stream, uint32_t member, uint8_t rights, uint64_t since)
{
	size_t i = grant_place(stream, member);
	bool holds = false;

	if (i < stream->grant_count && stream->grants[i].member == member)
		holds = stream->grants[i].holds;
	if (i == stream->grant_count || stream->grants[i].member != member) {
		stream->grants = mem_resize(stream->grants, stream->grant_count + 1, sizeof(*stream->grants));
		memmove(stream->grants + i + 1, stream->grants + i,
			(stream->grant_count++ - i) * sizeof(*stream->grants));
	}
	stream->grants[i] = (struct log_grant){ since, member, rights, holds };
}

void stream_set_holder(struct log_stream *stream, uint32_t member)
{
	if (member == LOG_NOBODY)
		return;
	if (!stream_grant(stream, member))
		stream_set_grant(stream, member, 0, 0);
	stream->grants[grant_place(stream, member)].holds = true;
}

uint8_t log_rights(const struct log *log, const struct log_stream *stream, const uint8_t member[ID_BYTES])
{
	uint32_t position = log_position(log, member);

	if (position == LOG_NOBODY || !log_live(&log->members[position]))
		return 0;
	return log_rights_within(log, stream, position,
				 log_ceiling(log_role(log, &log->members[position], LOG_NEVER)));
}

/* Whoever became the recovery key's holder after the newest epoch was given its key then. */
static bool recovery_left(const struct log *log, const struct log_stream *stream)
{
	uint32_t now = log_recovery(log);

	for (size_t i = 0; i + 1 < log->policy_count; i++) {
		uint32_t then = log->policies[i].recovery;
		const struct log_grant *grant;

		if (then == LOG_NOBODY || then == now || log->policies[i].time < stream->epoch_time)
			continue;
		grant = stream_grant(stream, then);
		if (!grant || !grant->rights)
			return true;
	}
	return false;
}

bool log_stale(const struct log *log, const struct log_stream *stream)
{
	uint32_t recovery = log_recovery(log);

	for (size_t i = 0; i < stream->grant_count; i++) {
		const struct log_grant *grant = &stream->grants[i];

		if (grant->holds && grant->member != recovery &&
		    (!grant->rights || !log_live(&log->members[grant->member])))
			return true;
	}
	return stream->parted || (log->policy_count > 1 && recovery_left(log, stream));
}

const struct log_stream *log_robbed(const struct log *log)
{
	for (size_t i = 1; i < log->stream_count; i++)
		if (log->streams[i].bare && !log->streams[i].shredded)
			return &log->streams[i];
	return NULL;
}

/* ---- the checks, in the order in which a stranger's row would fail */

static int check_shape(struct taking *t, enum log_trust trust, struct error *err)
{
	const struct store_row *row = t->row;

	if (row->id_length != HASH_BYTES || row->stream_length != ID_BYTES || row->prev_length != HASH_BYTES ||
	    (row->appender_length != APPENDER_BYTES && row->appender_length != IMPORTER_BYTES) ||
	    row->sig_length != SIG_BYTES ||
	    row->journal_sig_length != SIG_BYTES || row->nonce_length != NONCE_BYTES)
		return NO(_("a field of its row has the wrong length"));
	if (!core_read(row->core, row->core_length, &t->core))
		return NO(_("its core is no event's"));
	t->imported = row->appender_length == IMPORTER_BYTES;
	if (t->imported && ((const uint8_t *)row->appender)[ID_BYTES] != 1)
		return NO(_("a field of its row has the wrong length"));
	if (memcmp(t->core.stream, row->stream, ID_BYTES) != 0)
		return NO(_("its row says another case than its core"));
	if (trust == LOG_CHAINS && t->core.kind == CORE_CONTENT)
		memcpy(t->id, row->id, HASH_BYTES);
	else if (core_is_stub(t->core.kind, row->body_length))
		core_id_of_stub(row->core, row->core_length, row->nonce, row->nonce_length, row->body, t->id);
	else
		core_id(row->core, row->core_length, row->nonce, row->nonce_length, row->body,
			row->body_length, t->id);
	if (memcmp(t->id, row->id, HASH_BYTES) != 0)
		return NO(_("its content does not match its id: it was altered"));
	return 0;
}

static int check_order(struct taking *t, struct error *err)
{
	const struct log *log = t->log;

	if (t->row->gseq != log->gseq + 1)
		return NO(_("it stands at place %llu where %llu was due"), (unsigned long long)t->row->gseq,
			  (unsigned long long)log->gseq + 1);
	if (!log->torn && memcmp(t->row->prev, log->hash, HASH_BYTES) != 0)
		return NO(_("it does not follow the event before it: the journal was cut or reordered"));
	core_journal_hash(t->row->gseq, t->row->prev, t->id, t->imported, t->hash);
	return 0;
}

/* ---- who it is by, where it stands */

static int find_stream(struct taking *t, struct error *err)
{
	const struct control_row *row = control_of(&t->core);
	long position = log_stream(t->log, t->core.stream);

	if (t->core.kind == CORE_CONTROL && !row)
		return NO(_("its type %u is unknown: it was made by a newer program"), t->core.type);
	if (row && control_in_vault(row) != (position == 0))
		return NO(_("it stands in the wrong stream"));
	if (!row && position == 0)
		return NO(_("content stands in the vault's own stream"));
	if (position < 0 && !(row && control_begins(row)))
		return NO(_("its case was never opened"));
	t->stream = position < 0 ? NULL : &t->log->streams[position];
	t->past = t->stream;
	return 0;
}

static int find_parties(struct taking *t, struct error *err)
{
	const struct log *log = t->log;

	t->first = log->member_count == 0 && log->gseq == 0;
	if (t->first)
		return t->core.kind == CORE_CONTROL && t->core.type == CONTROL_VAULT ?
			       0 : NO(_("the log does not begin with a vault"));
	t->author = log_position(log, t->core.author);
	t->appender = log_position(log, t->row->appender);
	if (t->author == LOG_NOBODY)
		return NO(_("its author is no member"));
	if (t->appender == LOG_NOBODY)
		return NO(_("who appended it is no member"));
	if (!log_live(&log->members[t->appender]))
		return NO(_("who appended it was removed before"));
	t->mine = t->author == t->appender;
	if (!t->mine && !t->imported)
		return NO(_("who appended it is not its author, and it was not imported"));
	t->empty = !log_counts(log, t->author, t->core.time);
	return 0;
}

/* ---- what it follows */

static bool follows_all(const struct core *core, const struct log_stream *stream)
{
	return core->parent_count == stream->head_count &&
	       (core->parent_count == 0 ||
		memcmp(core->parents, stream->heads, core->parent_count * HASH_BYTES) == 0);
}

/* The stream's graph, out of the cache or the store. */
static struct graph *graph_of(struct log *log, const struct log_stream *stream)
{
	size_t position = (size_t)(stream - log->streams);

	if (log->graph && log->graph_stream == position)
		return log->graph;
	forget_graph(log);
	log->graph = graph_load(log, stream, false);
	log->graph_stream = position;
	return log->graph;
}

static int judge_by_past(struct taking *t, const struct graph *graph, struct error *err)
{
	uint32_t tips[CORE_PARENTS];

	for (size_t i = 0; i < t->core.parent_count; i++) {
		long tip = graph_find(graph, t->core.parents[i]);

		if (tip < 0)
			return NO(_("it follows an event that is not in its case"));
		if (graph_at(graph, (size_t)tip)->time >= t->core.time)
			return NO(_("it is dated before what it follows"));
		tips[i] = (uint32_t)tip;
	}
	t->apart = true;
	memcpy(t->causal.id, t->stream->id, ID_BYTES);
	t->causal.kind = t->stream->kind;
	t->causal.opener = t->stream->opener;
	graph_state(t->log, graph, tips, t->core.parent_count, &t->causal);
	t->past = &t->causal;
	return 0;
}

static int check_parents(struct taking *t, struct error *err)
{
	const struct graph *graph;

	for (size_t i = 1; i < t->core.parent_count; i++)
		if (memcmp(t->core.parents[i - 1], t->core.parents[i], HASH_BYTES) >= 0)
			return NO(_("what it follows is not in order"));
	if (!t->stream)
		return t->core.parent_count ? NO(_("it follows an event that is not in its case")) : 0;
	if (t->stream->damaged)
		return 0;
	if (follows_all(&t->core, t->stream))
		return t->core.time > t->stream->time || t->first ?
			       0 : NO(_("it is dated before what it follows"));
	if (t->core.parent_count == 0)
		return NO(_("it does not name what came before it in its case"));
	if (!t->imported && t->stream->head_count <= CORE_PARENTS)
		return NO(_("it follows another event of its case than the last one"));
	graph = t->stream->hurt ? NULL : graph_of(t->log, t->stream);
	if (graph)
		return judge_by_past(t, graph, err);
	/* Where an event was lost the graph has a hole: what it follows cannot be told any more. */
	return t->stream->hurt ? 0 : NO(_("what it follows cannot be read"));
}

/* ---- signatures */

static bool signed_by(const void *signature, const uint8_t hash[HASH_BYTES], const struct log_member *member)
{
	return crypto_sign_verify_detached(signature, hash, HASH_BYTES, member->sign_public) == 0;
}

static int check_signatures(struct taking *t, enum log_trust trust, struct error *err)
{
	const struct log_member *author = t->first ? &t->newcomer : &t->log->members[t->author];
	const struct log_member *appender = t->first ? &t->newcomer : &t->log->members[t->appender];
	bool both = trust == LOG_PROVING || !t->mine;

	if (trust <= LOG_TRUSTED)
		return 0;
	if (both && !signed_by(t->row->sig, t->id, author))
		return NO(_("its author's signature is not valid"));
	if (!signed_by(t->row->journal_sig, t->hash, appender))
		return NO(_("the signature on its place in the journal is not valid"));
	return 0;
}

/* ---- taking it in */

static bool is_parent(const struct core *core, const uint8_t id[HASH_BYTES])
{
	for (size_t i = 0; i < core->parent_count; i++)
		if (memcmp(core->parents[i], id, HASH_BYTES) == 0)
			return true;
	return false;
}

/* Heads without the event's parents, with the event. */
static void move_heads(struct taking *t)
{
	struct log_stream *s = t->stream;
	uint32_t kept = 0, at = 0;

	if (!t->apart)
		s->head_count = 0;
	for (uint32_t i = 0; i < s->head_count; i++)
		if (!is_parent(&t->core, s->heads[i]))
			memmove(s->heads[kept++], s->heads[i], HASH_BYTES);
	if (kept + 1 > s->head_count || !s->heads)
		s->heads = mem_resize(s->heads, kept + 1, sizeof(*s->heads));
	while (at < kept && memcmp(s->heads[at], t->id, HASH_BYTES) < 0)
		at++;
	memmove(s->heads + at + 1, s->heads + at, (kept - at) * sizeof(*s->heads));
	memcpy(s->heads[at], t->id, HASH_BYTES);
	s->head_count = kept + 1;
}

/* What is granted by all heads together. */
static void settle_stream(const struct log *log, struct log_stream *stream, const struct graph *graph)
{
	struct log_stream now = { 0 };
	uint32_t *heads;
	size_t count = graph_heads(graph, &heads);

	graph_state(log, graph, heads, count, &now);
	free(heads);
	free(stream->grants);
	stream->grants = now.grants;
	stream->grant_count = now.grant_count;
	stream->epoch = now.epoch;
	stream->epoch_time = now.epoch_time;
	stream->parted = now.parted;
	stream->shredded = now.shredded;
	stream->voided = now.voided;
	memcpy(stream->key_id, now.key_id, ID_BYTES);
}

static void extend_graph(struct taking *t)
{
	struct log *log = t->log;
	struct graph_node node;

	if (!log->graph || &log->streams[log->graph_stream] != t->stream)
		return;
	control_node(log, &t->core, t->row->body, t->row->body_length, &node);
	memcpy(node.id, t->id, HASH_BYTES);
	node.gseq = t->row->gseq;
	if (!graph_add(log->graph, &node, &t->core))
		forget_graph(log);
	else if (t->apart && t->stream != log->streams)
		settle_stream(log, t->stream, log->graph);
}

/* Whether somebody who is no member any more could act there until after his removal. */
static bool touched(const struct log *log, const struct log_stream *stream)
{
	for (size_t i = 0; !stream->hurt && i < stream->grant_count; i++)
		if (log->members[stream->grants[i].member].until <= stream->time)
			return true;
	return false;
}

/* After a removal that came late, what the removed granted since has no effect any more. */
static void settle_all(struct log *log)
{
	for (size_t i = 1; i < log->stream_count; i++) {
		struct graph *graph = touched(log, &log->streams[i]) ? graph_load(log, &log->streams[i], false) : NULL;

		if (graph)
			settle_stream(log, &log->streams[i], graph);
		graph_free(graph);
	}
}

static void advance(struct taking *t)
{
	const struct control_row *row = control_of(&t->core);
	struct log *log = t->log;
	bool vault = row && control_in_vault(row);

	if (t->empty && row && vault)
		log->voided = true;
	else if (t->empty && row && t->stream)
		t->stream->voided = true;
	/* What stands apart in a case takes effect through the graph. */
	if (row && (vault || !t->apart) && (!t->empty || vault || control_begins(row)))
		control_take(t, row);
	if (vault && t->first)
		t->stream = log->streams;
	move_heads(t);
	if (core_is_stub(t->core.kind, t->row->body_length) && !t->stream->bare) {
		t->stream->bare = t->row->gseq;
		log->bared = true;
	}
	if (t->core.time > t->stream->time)
		t->stream->time = t->core.time;
	t->stream->damaged = false;
	extend_graph(t);
	log->gseq = t->row->gseq;
	memcpy(log->hash, t->hash, HASH_BYTES);
	log->torn = false;
	if (t->late) {
		log->voided = true;
		settle_all(log);
	}
	if (t->core.time > log->time)
		log->time = t->core.time;
}

/* Here and now the role is the one the author has. Who wrote elsewhere may not have known of a change: whatever he
 * was until then counts, except where he names all heads of the vault's own stream, and so knew. */
static unsigned roles_of(const struct taking *t)
{
	const struct log_member *author = &t->log->members[t->author];

	if (!t->imported)
		return 1u << log_role(t->log, author, LOG_NEVER);
	if (t->stream == t->log->streams && !t->apart)
		return 1u << log_role(t->log, author, t->core.time);
	return log_roles(author, t->core.time);
}

static int authorize(struct taking *t, struct error *err)
{
	const struct control_row *row = control_of(&t->core);

	if (!t->first)
		t->roles = roles_of(t);

	/* Written elsewhere after its author was removed here: kept, so that all copies keep the same chain. What
	 * others there built on it was right when they did, and is kept too. */
	if (row && (control_in_vault(row) || control_begins(row)))
		t->excused = t->imported && t->log->voided;
	else
		t->excused = t->imported && t->past->voided;
	if (t->empty && !row)
		return 0;
	return row ? control_check(t, row, err) : content_check(t, err);
}

static int take(struct taking *t, enum log_trust trust, struct error *err)
{
	int code = check_shape(t, trust, err);

	if (!code)
		code = check_order(t, err);
	if (!code)
		code = find_stream(t, err);
	if (!code)
		code = find_parties(t, err);
	if (!code)
		code = check_parents(t, err);
	if (!code)
		code = authorize(t, err);
	if (!code)
		code = check_signatures(t, trust, err);
	if (!code)
		advance(t);
	return code;
}

int log_take(struct log *log, const struct store_row *row, enum log_trust trust, struct core *ret_core,
	     struct error *err)
{
	struct taking t = { .log = log, .row = row, .author = LOG_NOBODY, .appender = LOG_NOBODY,
			    .newcomer = { .certification = STR_INIT } };
	int code = take(&t, trust, err);

	if (ret_core)
		*ret_core = t.core;
	member_release(&t.newcomer);
	stream_release(&t.causal);
	return code;
}

void log_skip(struct log *log, const struct store_row *row, uint64_t gseq)
{
	long position = row && row->stream_length == ID_BYTES ? log_stream(log, row->stream) : -1;

	for (size_t i = 0; i < log->stream_count; i++)
		if (position < 0 || (size_t)position == i)
			log->streams[i].damaged = log->streams[i].hurt = true;
	forget_graph(log);
	log->gseq = gseq;
	log->torn = true;
}

uint64_t log_tick(const struct log *log, int64_t now)
{
	uint64_t wall = (uint64_t)(now > 0 ? now / 1000 : 0) << 16;

	return wall > log->time ? wall : log->time + 1;
}
