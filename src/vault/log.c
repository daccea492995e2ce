/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay and verification of the log: chains, authority, hashes, signatures. What each kind of event
 * needs is one row of a table.
 */
#include "vault/log.h"

#include "psirtty/base/i18n.h"

#define NO(...) error_set(err, ERR_NO, _("event"), NULL, __VA_ARGS__)

static const uint8_t nobody[ID_BYTES];

void log_init(struct log *log)
{
	*log = (struct log){ 0 };
	log->streams = mem_grow(NULL, &log->stream_capacity, 1, sizeof(*log->streams));
	log->stream_count = 1;
}

void log_release(struct log *log)
{
	for (size_t i = 0; i < log->stream_count; i++)
		free(log->streams[i].grants);
	for (size_t i = 0; i < log->member_count; i++)
		str_release(&log->members[i].certification);
	free(log->streams);
	free(log->members);
	free(log->index);
	*log = (struct log){ 0 };
}

const struct log_member *log_member(const struct log *log, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < log->member_count; i++)
		if (memcmp(log->members[i].id, id, ID_BYTES) == 0)
			return &log->members[i];
	return NULL;
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
	if (log->stream_count * 2 < log->index_size)
		return;
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

uint8_t log_rights(const struct log_stream *stream, const uint8_t member[ID_BYTES])
{
	for (size_t i = 0; i < stream->grant_count; i++)
		if (memcmp(stream->grants[i].member, member, ID_BYTES) == 0)
			return stream->grants[i].rights;
	return 0;
}

static void set_grant(struct log_stream *stream, const uint8_t member[ID_BYTES], uint8_t rights)
{
	for (size_t i = 0; i < stream->grant_count; i++)
		if (memcmp(stream->grants[i].member, member, ID_BYTES) == 0) {
			stream->grants[i].rights = rights;
			return;
		}
	stream->grants = mem_resize(stream->grants, stream->grant_count + 1, sizeof(*stream->grants));
	memcpy(stream->grants[stream->grant_count].member, member, ID_BYTES);
	stream->grants[stream->grant_count++].rights = rights;
}

/* ---- one row on its way in */

struct taking {
	struct log *log;
	const struct store_row *row;
	struct core core;
	uint8_t id[HASH_BYTES], hash[HASH_BYTES];
	struct log_stream *stream;        /* NULL for a stream that begins here */
	const struct log_member *author;  /* NULL for the first member of all */
	struct log_member newcomer;
};

/* Reads the body of MEMBER behind OFFSET bytes into the newcomer. */
static int read_member(struct taking *t, size_t offset, struct error *err)
{
	const uint8_t *b = (const uint8_t *)t->row->body + offset;
	size_t length = t->row->body_length, fixed = ID_BYTES + 1 + 64, at, fpr, certificate;
	struct log_member *m = &t->newcomer;

	if (length < offset + fixed + 1)
		return NO(_("the member it names is cut short"));
	length -= offset;
	fpr = b[fixed];
	at = fixed + 1 + fpr;
	if ((fpr != 20 && fpr != 32) || length < at + 2)
		return NO(_("the member's fingerprint is malformed"));
	certificate = get16(b + at);
	if (length != at + 2 + certificate)
		return NO(_("the member's certification is cut short"));
	memcpy(m->id, b, ID_BYTES);
	m->role = b[ID_BYTES];
	memcpy(m->sign_public, b + ID_BYTES + 1, 32);
	memcpy(m->box_public, b + ID_BYTES + 33, 32);
	for (size_t i = 0; i < fpr; i++)
		snprintf(m->fingerprint + 2 * i, 3, "%02X", b[fixed + 1 + i]);
	str_reset(&m->certification);
	str_add_bytes(&m->certification, b + at + 2, certificate);
	if (m->role < ROLE_ADMIN || m->role > ROLE_OBSERVER)
		return NO(_("the member's role is unknown"));
	return 0;
}

static int check_vault(struct taking *t, struct error *err)
{
	int code;

	if (t->log->gseq != 0)
		return NO(_("a vault begins twice"));
	if (t->row->body_length < ID_BYTES)
		return NO(_("the vault's id is cut short"));
	code = read_member(t, ID_BYTES, err);
	if (code)
		return code;
	if (memcmp(t->newcomer.id, t->core.author, ID_BYTES) != 0 ||
	    memcmp(t->newcomer.id, t->row->appender, ID_BYTES) != 0)
		return NO(_("the vault's first member is not its author"));
	return 0;
}

static int check_member(struct taking *t, struct error *err)
{
	int code = read_member(t, 0, err);

	if (code)
		return code;
	if (t->author->role != ROLE_ADMIN)
		return NO(_("its author is no admin and may not admit members"));
	if (log_member(t->log, t->newcomer.id))
		return NO(_("that member is there already"));
	return 0;
}

static int check_stream(struct taking *t, struct error *err)
{
	if (t->stream)
		return NO(_("the stream begins twice"));
	if (t->row->body_length != 1)
		return NO(_("its body is malformed"));
	if (t->author->role != ROLE_ADMIN && t->author->role != ROLE_HANDLER)
		return NO(_("its author's role may not open a stream"));
	return 0;
}

static int check_grant(struct taking *t, struct error *err)
{
	const uint8_t *body = t->row->body;

	if (t->row->body_length != ID_BYTES + 1 || body[ID_BYTES] > RIGHT_ALL)
		return NO(_("its body is malformed"));
	if (!log_member(t->log, body))
		return NO(_("it grants to nobody known"));
	if (t->stream->grant_count == 0)
		return memcmp(body, t->core.author, ID_BYTES) == 0 ?
			       0 : NO(_("the first grant of a stream must be to its opener"));
	if (!(log_rights(t->stream, t->core.author) & RIGHT_GRANT))
		return NO(_("its author has no right to grant"));
	return 0;
}

static int check_epoch(struct taking *t, struct error *err)
{
	if (t->row->body_length != 4 + ID_BYTES)
		return NO(_("its body is malformed"));
	if (!(log_rights(t->stream, t->core.author) & RIGHT_GRANT))
		return NO(_("its author has no right to change the key"));
	if (get32(t->row->body) != t->stream->epoch + 1)
		return NO(_("the key's number is not the next one"));
	return 0;
}

static int check_content(struct taking *t, struct error *err)
{
	if (!(log_rights(t->stream, t->core.author) & RIGHT_WRITE))
		return NO(_("its author has no right to write here"));
	if (t->core.epoch != t->stream->epoch || t->stream->epoch == 0)
		return NO(_("it was written under key %u, the newest is %u"), t->core.epoch, t->stream->epoch);
	if (memcmp(t->core.key_id, t->stream->key_id, ID_BYTES) != 0)
		return NO(_("it was written under a key that was never announced"));
	return 0;
}

static void admit(struct taking *t)
{
	struct log *log = t->log;

	log->members = mem_grow(log->members, &log->member_capacity, log->member_count + 1,
				sizeof(*log->members));
	log->members[log->member_count++] = t->newcomer;
	t->newcomer = (struct log_member){ .certification = STR_INIT };
}

static void take_vault(struct taking *t)
{
	memcpy(t->log->vault, t->row->body, ID_BYTES);
	admit(t);
}

static void take_stream(struct taking *t)
{
	struct log *log = t->log;

	log->streams = mem_grow(log->streams, &log->stream_capacity, log->stream_count + 1,
				sizeof(*log->streams));
	t->stream = &log->streams[log->stream_count++];
	memcpy(t->stream->id, t->core.stream, ID_BYTES);
	t->stream->kind = *(const uint8_t *)t->row->body;
	if (log->stream_count * 2 >= log->index_size)
		index_grow(log);
	else
		index_put(log, log->stream_count - 1);
}

static void take_grant(struct taking *t)
{
	const uint8_t *body = t->row->body;

	set_grant(t->stream, body, body[ID_BYTES]);
}

static void take_epoch(struct taking *t)
{
	const uint8_t *body = t->row->body;

	t->stream->epoch = get32(body);
	memcpy(t->stream->key_id, body + 4, ID_BYTES);
}

/* What a kind of control event needs, and what it does once it may. */
static const struct control_row {
	bool in_vault;   /* stands in the vault's own stream, else in a case's */
	bool begins;     /* its stream need not be there yet */
	int (*check)(struct taking *t, struct error *err);
	void (*take)(struct taking *t);
} controls[] = {
	[CONTROL_VAULT] = { true, false, check_vault, take_vault },
	[CONTROL_MEMBER] = { true, false, check_member, admit },
	[CONTROL_STREAM] = { false, true, check_stream, take_stream },
	[CONTROL_GRANT] = { false, false, check_grant, take_grant },
	[CONTROL_EPOCH] = { false, false, check_epoch, take_epoch },
};

static const struct control_row *control_of(const struct core *core)
{
	if (core->kind != CORE_CONTROL || core->type >= ARRAY_LEN(controls) || !controls[core->type].check)
		return NULL;
	return &controls[core->type];
}

/* ---- the checks, in the order in which a stranger's row would fail */

static int check_shape(struct taking *t, struct error *err)
{
	const struct store_row *row = t->row;

	if (row->id_length != HASH_BYTES || row->stream_length != ID_BYTES || row->prev_length != HASH_BYTES ||
	    row->appender_length != ID_BYTES || row->sig_length != SIG_BYTES ||
	    row->journal_sig_length != SIG_BYTES || row->nonce_length != NONCE_BYTES)
		return NO(_("a field of its row has the wrong length"));
	if (!core_read(row->core, row->core_length, &t->core))
		return NO(_("its core is no event's"));
	if (memcmp(t->core.stream, row->stream, ID_BYTES) != 0)
		return NO(_("its row says another case than its core"));
	core_id(row->core, row->core_length, row->nonce, row->nonce_length, row->body, row->body_length,
		t->id);
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
	core_journal_hash(t->row->gseq, t->row->prev, t->id, t->hash);
	return 0;
}

static int check_parents(struct taking *t, struct error *err)
{
	const struct log_stream *stream = t->stream;
	size_t heads = stream ? stream->head_count : 0;

	if (stream && stream->damaged)
		return 0;
	if (t->core.parent_count != heads)
		return NO(_("it does not name what came before it in its case"));
	for (size_t i = 0; i < heads; i++)
		if (memcmp(t->core.parents[i], stream->heads[i], HASH_BYTES) != 0)
			return NO(_("it follows another event of its case than the last one"));
	return 0;
}

static int find_parties(struct taking *t, struct error *err)
{
	const struct control_row *row = control_of(&t->core);
	long position = log_stream(t->log, t->core.stream);
	bool first = t->log->gseq == 0;

	if (t->core.kind == CORE_CONTROL && !row)
		return NO(_("its type %u is unknown: it was made by a newer program"), t->core.type);
	if (row && row->in_vault != (position == 0))
		return NO(_("it stands in the wrong stream"));
	if (!row && position == 0)
		return NO(_("content stands in the vault's own stream"));
	if (position < 0 && !(row && row->begins))
		return NO(_("its case was never opened"));
	t->stream = position < 0 ? NULL : &t->log->streams[position];
	if (first && t->core.type != CONTROL_VAULT)
		return NO(_("the log does not begin with a vault"));
	t->author = first ? NULL : log_member(t->log, t->core.author);
	if (!first && !t->author)
		return NO(_("its author is no member"));
	if (!log_member(t->log, t->row->appender) && !first)
		return NO(_("who appended it is no member"));
	return 0;
}

static int check_signatures(struct taking *t, struct error *err)
{
	const struct log_member *author = t->author ? t->author : &t->newcomer;
	const struct log_member *appender = t->author ? log_member(t->log, t->row->appender) : &t->newcomer;

	if (crypto_sign_verify_detached(t->row->sig, t->id, HASH_BYTES, author->sign_public) != 0)
		return NO(_("its author's signature is not valid"));
	if (crypto_sign_verify_detached(t->row->journal_sig, t->hash, HASH_BYTES, appender->sign_public) !=
	    0)
		return NO(_("the signature on its place in the journal is not valid"));
	return 0;
}

static void advance(struct taking *t)
{
	const struct control_row *row = control_of(&t->core);

	if (row)
		row->take(t);
	memcpy(t->stream->heads[0], t->id, HASH_BYTES);
	t->stream->head_count = 1;
	t->stream->damaged = false;
	t->log->gseq = t->row->gseq;
	memcpy(t->log->hash, t->hash, HASH_BYTES);
	t->log->torn = false;
	if (t->core.time > t->log->time)
		t->log->time = t->core.time;
}

static int take(struct taking *t, bool signatures, struct error *err)
{
	const struct control_row *row;
	int code = check_shape(t, err);

	if (!code)
		code = check_order(t, err);
	if (!code)
		code = find_parties(t, err);
	if (!code)
		code = check_parents(t, err);
	if (code)
		return code;
	row = control_of(&t->core);
	code = row ? row->check(t, err) : check_content(t, err);
	if (!code && signatures)
		code = check_signatures(t, err);
	if (!code)
		advance(t);
	return code;
}

int log_take(struct log *log, const struct store_row *row, bool signatures, struct core *ret_core,
	     struct error *err)
{
	struct taking t = { .log = log, .row = row, .newcomer = { .certification = STR_INIT } };
	int code = take(&t, signatures, err);

	if (ret_core)
		*ret_core = t.core;
	str_release(&t.newcomer.certification);
	return code;
}

void log_skip(struct log *log, const struct store_row *row, uint64_t gseq)
{
	long position = row && row->stream_length == ID_BYTES ? log_stream(log, row->stream) : -1;

	if (position >= 0) {
		log->streams[position].damaged = true;
	} else {
		for (size_t i = 0; i < log->stream_count; i++)
			log->streams[i].damaged = true;
	}
	log->gseq = gseq;
	log->torn = true;
}

uint64_t log_tick(const struct log *log, int64_t now)
{
	uint64_t wall = (uint64_t)(now > 0 ? now / 1000 : 0) << 16;

	return wall > log->time ? wall : log->time + 1;
}
