/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replayed log kept in the member's sealed cache, so that unlocking verifies only what is new. It is
 * believed only when the vault still holds the very row it stands for, and never ahead of the head that
 * the member remembers; otherwise everything is replayed, which is slower and says what is wrong.
 */
#include "vault/index_private.h"
#include "vault/log_private.h"
#include "vault/vault_private.h"

enum { SNAPSHOT_BEHIND = 64, FINGERPRINT = 65, STREAMS_MORE = 64 };

static const char name[] = "log", magic[] = "psirtty log 3\n";

/* ---- writing: numbers little-endian, lists behind their length */

static void add32(struct str *s, uint32_t value)
{
	uint8_t bytes[4];

	put32(bytes, value);
	str_add_bytes(s, bytes, sizeof(bytes));
}

static void add64(struct str *s, uint64_t value)
{
	uint8_t bytes[8];

	put64(bytes, value);
	str_add_bytes(s, bytes, sizeof(bytes));
}

static void add_member(struct str *s, const struct log_member *m)
{
	str_add_bytes(s, m->id, ID_BYTES);
	str_add_bytes(s, m->sign_public, 32);
	str_add_bytes(s, m->box_public, 32);
	str_add_bytes(s, m->fingerprint, FINGERPRINT);
	add32(s, m->sponsor);
	add32(s, m->person);
	add64(s, m->since);
	add64(s, m->until);
	add64(s, m->renewed);
	add32(s, (uint32_t)m->certification.length);
	str_add_bytes(s, m->certification.bytes, m->certification.length);
	add32(s, (uint32_t)m->role_count);
	for (size_t i = 0; i < m->role_count; i++) {
		add64(s, m->roles[i].time);
		add32(s, m->roles[i].author);
		str_add_char(s, (char)m->roles[i].role);
	}
}

static void add_stream(struct str *s, const struct log_stream *stream)
{
	const bool flags[] = { stream->parted, stream->shredded, stream->damaged, stream->hurt,
			       stream->voided };
	uint8_t bits = 0;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		bits |= (uint8_t)(flags[i] << i);
	str_add_bytes(s, stream->id, ID_BYTES);
	str_add_bytes(s, stream->key_id, ID_BYTES);
	add64(s, stream->epoch_time);
	add64(s, stream->time);
	add64(s, stream->bare);
	add32(s, stream->opener);
	add32(s, stream->epoch);
	str_add_char(s, (char)stream->kind);
	str_add_char(s, (char)bits);
	add32(s, stream->head_count);
	str_add_bytes(s, stream->heads ? (const void *)stream->heads : "", stream->head_count * HASH_BYTES);
	add32(s, stream->grant_count);
	for (size_t i = 0; i < stream->grant_count; i++) {
		add64(s, stream->grants[i].since);
		add32(s, stream->grants[i].member);
		str_add_char(s, (char)stream->grants[i].rights);
		str_add_char(s, stream->grants[i].holds);
	}
}

static void add_log(struct str *s, const struct log *log)
{
	str_add(s, magic);
	add64(s, log->gseq);
	str_add_bytes(s, log->hash, HASH_BYTES);
	str_add_bytes(s, log->vault, ID_BYTES);
	add64(s, log->time);
	str_add_char(s, log->voided);
	add32(s, (uint32_t)log->member_count);
	for (size_t i = 0; i < log->member_count; i++)
		add_member(s, &log->members[i]);
	add32(s, (uint32_t)log->removal_count);
	for (size_t i = 0; i < log->removal_count; i++) {
		add64(s, log->removals[i].time);
		add32(s, log->removals[i].author);
		add32(s, log->removals[i].member);
	}
	add32(s, (uint32_t)log->policy_count);
	for (size_t i = 0; i < log->policy_count; i++) {
		add64(s, log->policies[i].time);
		add32(s, log->policies[i].author);
		add32(s, log->policies[i].recovery);
	}
	add32(s, (uint32_t)log->stream_count);
	for (size_t i = 0; i < log->stream_count; i++)
		add_stream(s, &log->streams[i]);
}

/* ---- reading: whatever is too short or too long is no snapshot */

struct reader { const uint8_t *at; size_t left; bool bad; };

static const void *take(struct reader *r, size_t length)
{
	static const uint8_t zeros[4096];
	const void *at = r->at;

	if (r->bad || length > r->left) {
		r->bad = true;
		return length <= sizeof(zeros) ? zeros : NULL;
	}
	r->at += length;
	r->left -= length;
	return at;
}

static uint8_t take8(struct reader *r)
{
	return *(const uint8_t *)take(r, 1);
}

static uint32_t take32(struct reader *r)
{
	return get32(take(r, 4));
}

static uint64_t take64(struct reader *r)
{
	return get64(take(r, 8));
}

/* How many items follow, of at least SIZE bytes each. */
static size_t take_count(struct reader *r, size_t size)
{
	size_t count = take32(r);

	if (count > r->left / size)
		r->bad = true;
	return r->bad ? 0 : count;
}

/* A position among the members, or LOG_NOBODY. */
static uint32_t take_position(struct reader *r, size_t members)
{
	uint32_t position = take32(r);

	if (position != LOG_NOBODY && position >= members)
		r->bad = true;
	return r->bad ? LOG_NOBODY : position;
}

static void take_member(struct reader *r, struct log_member *m, size_t members)
{
	size_t length;

	memcpy(m->id, take(r, ID_BYTES), ID_BYTES);
	memcpy(m->sign_public, take(r, 32), 32);
	memcpy(m->box_public, take(r, 32), 32);
	memcpy(m->fingerprint, take(r, FINGERPRINT), FINGERPRINT);
	r->bad = r->bad || m->fingerprint[FINGERPRINT - 1];
	m->sponsor = take_position(r, members);
	m->person = take_position(r, members);
	r->bad = r->bad || m->person == LOG_NOBODY;
	m->since = take64(r);
	m->until = take64(r);
	m->renewed = take64(r);
	str_init(&m->certification);
	length = take_count(r, 1);
	if (length)
		str_add_bytes(&m->certification, take(r, length), length);
	m->role_count = take_count(r, 13);
	m->roles = m->role_count ? mem_alloc(m->role_count * sizeof(*m->roles)) : NULL;
	for (size_t i = 0; i < m->role_count; i++) {
		m->roles[i].time = take64(r);
		m->roles[i].author = take_position(r, members);
		m->roles[i].role = take8(r);
	}
	r->bad = r->bad || !m->role_count;
}

static void take_stream(struct reader *r, struct log_stream *s, size_t members)
{
	uint8_t bits;

	s->epoch_time = take64(r);
	s->time = take64(r);
	s->bare = take64(r);
	s->opener = take_position(r, members);
	s->epoch = take32(r);
	s->kind = take8(r);
	bits = take8(r);
	s->parted = bits & 1;
	s->shredded = bits & 2;
	s->damaged = bits & 4;
	s->hurt = bits & 8;
	s->voided = bits & 16;
	s->head_count = (uint32_t)take_count(r, HASH_BYTES);
	if (s->head_count)
		s->heads = (void *)mem_copy(take(r, s->head_count * HASH_BYTES), s->head_count * HASH_BYTES);
	s->grant_count = (uint32_t)take_count(r, 14);
	s->grants = s->grant_count ? mem_alloc(s->grant_count * sizeof(*s->grants)) : NULL;
	for (size_t i = 0; i < s->grant_count; i++) {
		s->grants[i].since = take64(r);
		s->grants[i].member = take_position(r, members);
		s->grants[i].rights = take8(r);
		s->grants[i].holds = take8(r);
		r->bad = r->bad || s->grants[i].member == LOG_NOBODY;
	}
}

static void take_streams(struct reader *r, struct log *log)
{
	size_t count = take_count(r, 2 * ID_BYTES + 42);

	r->bad = r->bad || !count;
	if (!r->bad) {
		log->stream_capacity = count + STREAMS_MORE;
		log->streams = mem_resize(log->streams, log->stream_capacity, sizeof(*log->streams));
	}
	for (size_t i = 0; i < count && !r->bad; i++) {
		const uint8_t *id = take(r, ID_BYTES);
		struct log_stream *stream = i ? log_add_stream(log, id) : log->streams;

		memcpy(stream->key_id, take(r, ID_BYTES), ID_BYTES);
		take_stream(r, stream, log->member_count);
	}
}

static void take_members(struct reader *r, struct log *log)
{
	size_t count = take_count(r, ID_BYTES + 64 + FINGERPRINT);

	log->members = mem_grow(NULL, &log->member_capacity, count, sizeof(*log->members));
	log->member_count = count;
	for (size_t i = 0; i < count; i++)
		take_member(r, &log->members[i], count);
	count = take_count(r, 16);
	log->removals = mem_grow(NULL, &log->removal_capacity, count, sizeof(*log->removals));
	log->removal_count = count;
	for (size_t i = 0; i < count; i++) {
		log->removals[i].time = take64(r);
		log->removals[i].author = take_position(r, log->member_count);
		log->removals[i].member = take_position(r, log->member_count);
	}
	count = take_count(r, 16);
	log->policies = mem_grow(NULL, &log->policy_capacity, count, sizeof(*log->policies));
	log->policy_count = count;
	for (size_t i = 0; i < count; i++) {
		log->policies[i].time = take64(r);
		log->policies[i].author = take_position(r, log->member_count);
		log->policies[i].recovery = take_position(r, log->member_count);
	}
}

static bool read_log(const struct str *bytes, struct log *ret)
{
	struct reader r = { (const uint8_t *)bytes->bytes, bytes->length, false };

	log_init(ret);
	if (memcmp(take(&r, strlen(magic)), magic, strlen(magic)) != 0)
		return false;
	ret->gseq = take64(&r);
	memcpy(ret->hash, take(&r, HASH_BYTES), HASH_BYTES);
	memcpy(ret->vault, take(&r, ID_BYTES), ID_BYTES);
	ret->time = take64(&r);
	ret->voided = take8(&r);
	take_members(&r, ret);
	take_streams(&r, ret);
	return !r.bad && r.left == 0;
}

/* ---- believing it */

/* Whether the vault holds this very row in this place. */
static bool vault_holds(struct vault *vault, const struct log *log)
{
	struct store_row row;
	uint8_t hash[HASH_BYTES];
	bool same = false;

	if (store_row_at(vault->store, log->gseq, &row, NULL) == 1 && row.prev_length == HASH_BYTES &&
	    row.id_length == HASH_BYTES) {
		core_journal_hash(log->gseq, row.prev, row.id, row.appender_length == IMPORTER_BYTES, hash);
		same = memcmp(hash, log->hash, HASH_BYTES) == 0;
	}
	store_rest(vault->store);
	return same;
}

static bool believable(struct vault *vault, const struct log *log)
{
	const struct memory *memory = &vault->memory;

	return memory->there && log->gseq > 0 && log->gseq <= memory->gseq &&
	       (log->gseq < memory->gseq || memcmp(log->hash, memory->hash, HASH_BYTES) == 0) &&
	       memcmp(log->vault, vault->id, ID_BYTES) == 0 && vault_holds(vault, log);
}

void snapshot_read(struct vault *vault)
{
	AUTO_STR bytes = STR_INIT;
	struct log log;

	if (!index_meta_get(vault->index, name, &bytes))
		return;
	if (!read_log(&bytes, &log) || !believable(vault, &log)) {
		log_release(&log);
		return;
	}
	log_release(&vault->log);
	vault->log = log;
	vault->settled = vault->snapshot = log.gseq;
	vault_note_streams(vault, 0);
}

void snapshot_write(struct vault *vault)
{
	AUTO_STR bytes = STR_INIT;

	if (!vault->index || vault->damage || !vault->opened || vault->log.torn ||
	    vault->log.gseq < vault->snapshot + SNAPSHOT_BEHIND)
		return;
	add_log(&bytes, &vault->log);
	index_meta_put(vault->index, name, bytes.bytes, bytes.length);
}
