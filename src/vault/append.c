/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading on and appending. The order is fixed: take the queue's lock, read and verify what is new
 * (never sign over a head that was not verified), build, seal, sign, insert, commit, wake the others.
 */
#include "vault/object.h"
#include "vault/vault_private.h"

#include "psirtty/base/i18n.h"
#include "vault/run.h"

/* ---- reading */

int vault_row_open(struct vault *vault, const struct store_row *row, const struct core *core, struct str *ret,
		   struct error *err)
{
	long stream = log_stream(&vault->log, core->stream);
	const uint8_t *key;
	uint8_t event_key[KEY_BYTES];
	bool good;

	if (stream < 0)
		return error_set(err, ERR_NO, _("event"), NULL, _("its case is unknown"));
	if (!access_readable(vault, (size_t)stream) ||
	    !log_counts(&vault->log, log_position(&vault->log, core->author), core->time))
		return error_set(err, ERR_DENIED, _("event"), NULL, _("you may not read it"));
	key = keyring_key(&vault->keyring, vault->store, &vault->log, (size_t)stream, core->epoch,
			  core->key_id, vault->member, err);
	if (!key)
		return err && err->code ? err->code : ERR_DENIED;
	crypt_event_key(key, event_key);
	good = row->nonce_length == NONCE_BYTES &&
	       crypt_open(event_key, row->nonce, row->core, row->core_length, row->body, row->body_length, ret);
	sodium_memzero(event_key, sizeof(event_key));
	if (good)
		return 0;
	return error_set(err, ERR_NO, _("event"), NULL, _("its content does not open: it was altered"));
}

static void note_damage(struct vault *vault, uint64_t gseq, const struct store_row *row,
			const struct error *why)
{
	bool told = row && row->stream_length == ID_BYTES;
	const char *name = told ? memory_name(&vault->memory, row->stream) : NULL;

	if (!vault->damage)
		vault->damage = mem_format(_("event %llu of %s is damaged: %s"), (unsigned long long)gseq,
					   name ? name : _("a case"), why->why);
}

int vault_row_hand_out(struct vault *vault, const struct store_row *row, const struct core *core,
		       vault_event_fn fn, void *context, struct error *err)
{
	const struct log_member *author = log_member(&vault->log, core->author);
	long stream = log_stream(&vault->log, core->stream);
	struct vault_event event = { .gseq = row->gseq, .type = core->type };
	AUTO_ERROR why = ERROR_INIT;
	struct str body = STR_INIT;
	int code = vault_row_open(vault, row, core, &body, &why);

	if (!code) {
		memcpy(event.id, row->id, HASH_BYTES);
		memcpy(event.stream, core->stream, ID_BYTES);
		memcpy(event.author, core->author, ID_BYTES);
		memcpy(event.person, author ? vault->log.members[author->person].id : core->author, ID_BYTES);
		event.kind = vault->log.streams[stream].kind;
		event.at = (instant)(core->time >> 16) * 1000;
		event.order = core->time;
		event.fingerprint = author ? author->fingerprint : "";
		event.json = body.bytes;
		event.length = body.length;
		code = fn(context, &event, err);
	} else if (code == ERR_DENIED) {
		code = 0;
	} else {
		note_damage(vault, row->gseq, row, &why);
		code = 0;
	}
	str_wipe(&body);
	return code;
}

/* Notes the streams that there is one of. */
void vault_note_streams(struct vault *vault, size_t from)
{
	for (size_t i = from; i < vault->log.stream_count; i++) {
		const struct log_stream *stream = &vault->log.streams[i];

		if (stream->kind == VAULT_INBOX)
			memcpy(vault->inbox, stream->id, ID_BYTES);
		else if (stream->kind == VAULT_REGISTRY)
			memcpy(vault->registry, stream->id, ID_BYTES);
	}
}

/* Which streams this member may read, for comparing: all when the members change, else the row's own. */
static bool *readable_streams(const struct vault *vault, const struct core *core, size_t *ret_from, size_t *ret_to)
{
	static const uint8_t own[ID_BYTES];
	long position = log_stream(&vault->log, core->stream);
	bool *readable;

	*ret_from = position > 0 ? (size_t)position : 1;
	*ret_to = memcmp(core->stream, own, ID_BYTES) == 0 ? vault->log.stream_count :
		  position > 0 ? (size_t)position + 1 : 1;
	readable = mem_alloc(vault->log.stream_count + 1);
	for (size_t i = *ret_from; i < *ret_to; i++)
		readable[i] = access_readable(vault, i);
	return readable;
}

static bool changes_access(const struct vault *vault, const struct core *core)
{
	return vault->access_fn && core->kind == CORE_CONTROL && core->type != CONTROL_READ &&
	       core->type != CONTROL_CHECKPOINT && core->type != CONTROL_STREAM;
}

int vault_take(struct vault *vault, const struct store_row *row, enum log_trust trust, struct core *ret_core,
	       struct error *err)
{
	size_t streams = vault->log.stream_count, from = 0, to = 0;
	bool *before = NULL;
	int code;

	if (core_read(row->core, row->core_length, ret_core) && changes_access(vault, ret_core))
		before = readable_streams(vault, ret_core, &from, &to);
	code = log_take(&vault->log, row, trust, ret_core, err);
	vault_note_streams(vault, streams);
	for (size_t i = from; !code && i < to; i++)
		if (before[i] != access_readable(vault, i))
			vault->access_fn(vault->access_context, vault->log.streams[i].id,
					 vault->log.streams[i].kind, !before[i]);
	free(before);
	return code;
}

/* What is there may be whole in itself: an older copy, which an admin can vouch for (vault_restored). */
static void note_abandoned(struct vault *vault, char *sentence)
{
	vault->damage = sentence;
	vault->abandoned = true;
}

static bool remembered_at(const struct vault *vault, uint64_t gseq)
{
	return (vault->memory.there && gseq <= vault->memory.gseq) || gseq <= vault->settled;
}

static int take_row(struct vault *vault, const struct store_row *row, const struct run *run, vault_event_fn fn,
		    void *context, struct error *err)
{
	bool trusted = remembered_at(vault, row->gseq) || run_vouches(run, row);
	AUTO_ERROR why = ERROR_INIT;
	struct core core;

	if (vault_take(vault, row, trusted ? LOG_TRUSTED : LOG_READING, &core, &why)) {
		note_damage(vault, row->gseq, row, &why);
		log_skip(&vault->log, row, row->gseq);
		return 0;
	}
	if (row->gseq == vault->memory.gseq && vault->memory.there &&
	    memcmp(vault->log.hash, vault->memory.hash, HASH_BYTES) != 0 && !vault->damage)
		note_abandoned(vault, mem_format(_("the log was rolled back or forked: its event %llu is not "
						   "the one you saw there"),
						 (unsigned long long)row->gseq));
	return fn && core.kind == CORE_CONTENT ? vault_row_hand_out(vault, row, &core, fn, context, err) : 0;
}

/* Bodies may only be gone where a SHRED says so. */
static void check_bodies(struct vault *vault)
{
	/* All streams are looked through, so only where there is news. */
	const struct log_stream *robbed = vault->log.bared ? log_robbed(&vault->log) : NULL;
	struct store_row row = { .stream_length = ID_BYTES };
	AUTO_ERROR why = ERROR_INIT;

	vault->log.bared = robbed != NULL;
	if (!robbed || vault->damage)
		return;
	row.stream = robbed->id;
	error_set(&why, ERR_NO, _("event"), NULL, _("its content was taken away, and nobody shredded it"));
	note_damage(vault, robbed->bare, &row, &why);
}

static int sync_seen(struct vault *vault, uint64_t head, struct error *err)
{
	int code = store_sync(vault->store, head, err);

	vault->unsynced = vault->unsynced && code;
	return code;
}

/* At most MOST rows. */
static int catch_up(struct vault *vault, uint64_t most, uint64_t *ret_left, vault_event_fn fn, void *context,
		    struct error *err)
{
	struct run run;
	struct store_row row;
	uint64_t last = 0, end;
	int code = store_last(vault->store, &last, err);

	run.from = run.count = 0;
	vault->log.store = vault->store;
	/* Who holds the queue syncs what he saw with what he writes, before anybody is told of either. */
	vault->unsynced = vault->unsynced || (!code && vault->log.gseq < last);
	if (!code && vault->unsynced && !vault->held && !vault->lining)
		sync_seen(vault, last, NULL);
	end = last > vault->log.gseq && last - vault->log.gseq > most ? vault->log.gseq + most : last;
	while (!code && vault->log.gseq < end) {
		uint64_t gseq = vault->log.gseq + 1;
		AUTO_ERROR why = ERROR_INIT;

		if (gseq >= run.from + run.count && !remembered_at(vault, gseq))
			run_look(&run, &vault->log, vault->store, last);
		code = store_row_at(vault->store, gseq, &row, &why);
		if (code == 1) {
			code = take_row(vault, &row, &run, fn, context, err);
			continue;
		}
		if (code == 0)
			error_set(&why, ERR_NO, _("event"), NULL, _("it is missing"));
		note_damage(vault, gseq, NULL, &why);
		log_skip(&vault->log, NULL, gseq);
		code = 0;
	}
	store_rest(vault->store);
	/* Only at the end: what shredded a content may be the last row. */
	if (!code && vault->log.gseq >= last)
		check_bodies(vault);
	if (!code && vault->memory.there && last < vault->memory.gseq && !vault->damage)
		note_abandoned(vault, mem_format(_("the log was cut: it ends at event %llu, you saw %llu"),
						 (unsigned long long)last,
						 (unsigned long long)vault->memory.gseq));
	*ret_left = code || vault->log.gseq >= last ? 0 : last - vault->log.gseq;
	return code;
}

int vault_catch_up(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	uint64_t left;

	return catch_up(vault, UINT64_MAX, &left, fn, context, err);
}

int vault_read_some(struct vault *vault, uint64_t most, uint64_t *ret_left, struct error *err)
{
	return catch_up(vault, most, ret_left, NULL, NULL, err);
}

int vault_read_on(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	return vault_catch_up(vault, fn, context, err);
}

int vault_each(struct vault *vault, uint64_t after, vault_event_fn fn, void *context, struct error *err)
{
	int code = 0;

	for (uint64_t gseq = after + 1; !code && gseq <= vault->log.gseq; gseq++) {
		AUTO_ERROR why = ERROR_INIT;
		struct store_row row;
		struct core core;
		int got = store_row_at(vault->store, gseq, &row, &why);

		/* Passed over without a word, it would be missing from what is kept of the log for good. */
		if (got != 1 && !got)
			error_set(&why, ERR_NO, _("event"), NULL, _("it is missing"));
		if (got != 1)
			note_damage(vault, gseq, NULL, &why);
		if (got == 1 && core_read(row.core, row.core_length, &core) && core.kind == CORE_CONTENT)
			code = vault_row_hand_out(vault, &row, &core, fn, context, err);
	}
	store_rest(vault->store);
	return code;
}

/* ---- appending */

int vault_insert(struct vault *vault, struct store_row *row, const uint8_t id[HASH_BYTES], struct error *err)
{
	bool imported = row->appender_length == IMPORTER_BYTES;
	uint8_t hash[HASH_BYTES], journal_sig[SIG_BYTES];
	struct core core;
	int code;

	row->gseq = vault->log.gseq + 1;
	row->prev = vault->log.hash;
	core_journal_hash(row->gseq, vault->log.hash, id, imported, hash);
	crypto_sign_detached(journal_sig, NULL, hash, HASH_BYTES, vault->keyring.member->sign_secret);
	row->journal_sig = journal_sig;
	code = store_insert(vault->store, row, err);
	/* The same checks as for anybody's row: what this program writes, every other accepts. */
	return code ? code : vault_take(vault, row, imported ? LOG_PROVING : LOG_TRUSTED, &core, err);
}

static int put_row(struct vault *vault, const struct core *draft, const struct str *body, const uint8_t *nonce,
		   const uint8_t *core, size_t core_length, struct error *err)
{
	uint8_t id[HASH_BYTES], sig[SIG_BYTES];
	struct store_row row;

	core_id(core, core_length, nonce, NONCE_BYTES, body->bytes, body->length, id);
	crypto_sign_detached(sig, NULL, id, HASH_BYTES, vault->keyring.member->sign_secret);
	row = (struct store_row){
		.id = id, .stream = draft->stream, .core = core, .nonce = nonce, .body = body->bytes,
		.sig = sig, .appender = vault->member, .id_length = HASH_BYTES, .stream_length = ID_BYTES,
		.core_length = core_length, .nonce_length = NONCE_BYTES, .body_length = body->length,
		.sig_length = SIG_BYTES, .prev_length = HASH_BYTES, .appender_length = APPENDER_BYTES,
		.journal_sig_length = SIG_BYTES,
	};
	return vault_insert(vault, &row, id, err);
}

static void fill_core(struct vault *vault, struct core *core, const struct draft_event *draft)
{
	long position = log_stream(&vault->log, draft->stream);
	const struct log_stream *s = position < 0 ? NULL : &vault->log.streams[position];

	*core = (struct core){ .kind = draft->kind, .type = draft->type,
			       .time = log_tick(&vault->log, draft->now) };
	memcpy(core->stream, draft->stream, ID_BYTES);
	memcpy(core->author, vault->member, ID_BYTES);
	if (!s)
		return;
	core->parent_count = s->head_count < CORE_PARENTS ? s->head_count : CORE_PARENTS;
	if (core->parent_count)
		memcpy(core->parents, s->heads, core->parent_count * HASH_BYTES);
	if (draft->kind == CORE_CONTENT) {
		core->epoch = s->epoch;
		memcpy(core->key_id, s->key_id, ID_BYTES);
	}
}

/* The body as it will lie there: sealed with the newest key for content, clear for control. */
static int make_body(struct vault *vault, const struct draft_event *draft, const struct core *core,
		     const uint8_t *bytes, size_t length, const uint8_t *nonce, struct str *ret,
		     struct error *err)
{
	long position = log_stream(&vault->log, draft->stream);
	uint8_t event_key[KEY_BYTES];
	const uint8_t *key;

	if (draft->kind == CORE_CONTROL) {
		str_add_bytes(ret, draft->body, draft->length);
		return 0;
	}
	key = keyring_key(&vault->keyring, vault->store, &vault->log, (size_t)position, core->epoch,
			  core->key_id, vault->member, err);
	if (!key)
		return err && err->code ? err->code : ERR_DENIED;
	crypt_event_key(key, event_key);
	crypt_seal(event_key, nonce, bytes, length, draft->body, draft->length, ret);
	sodium_memzero(event_key, sizeof(event_key));
	return 0;
}

int vault_put(struct vault *vault, const struct draft_event *draft, struct error *err)
{
	uint8_t bytes[CORE_MAX], nonce[NONCE_BYTES] = { 0 };
	AUTO_STR body = STR_INIT;
	struct core core;
	size_t length;
	int code;

	fill_core(vault, &core, draft);
	length = core_write(&core, bytes);
	if (draft->kind == CORE_CONTENT)
		randombytes_buf(nonce, sizeof(nonce));
	code = make_body(vault, draft, &core, bytes, length, nonce, &body, err);
	return code ? code : put_row(vault, &core, &body, nonce, bytes, length, err);
}

int vault_put_control(struct vault *vault, enum control_type type, const uint8_t stream[ID_BYTES],
		      const void *body, size_t length, instant now, struct error *err)
{
	const struct draft_event draft = { CORE_CONTROL, (uint16_t)type, stream, body, length, now };

	return vault_put(vault, &draft, err);
}

/* The log replayed anew from the store: after a transaction that did not happen. */
static void replay(struct vault *vault)
{
	log_release(&vault->log);
	log_init(&vault->log);
	vault_catch_up(vault, NULL, NULL, NULL);
}

int vault_hold(struct vault *vault, struct error *err)
{
	int code = vault->held ? 0 : store_lock(vault->store, err);

	vault->held += !code;
	return code;
}

void vault_let_go(struct vault *vault)
{
	if (vault->held > 0 && --vault->held == 0)
		store_unlock(vault->store);
}

/* What others wrote is read and verified while they write on, by one at a time: by whoever is next. */
static int line_up(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	int code;

	if (vault->held)
		return vault_hold(vault, err);
	store_line_up(vault->store);
	vault->lining = true;
	code = vault_catch_up(vault, fn, context, err);
	vault->lining = false;
	if (!code)
		code = vault_hold(vault, err);
	store_line_end(vault->store);
	return code;
}

int vault_begin(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	int code;

	if (vault->readonly)
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	code = line_up(vault, fn, context, err);
	if (code)
		return code;
	vault->batch_mark = vault->log.gseq;
	if (vault->batching)
		return 0;
	code = store_begin(vault->store, err);
	if (!code)
		code = vault_catch_up(vault, fn, context, err);
	if (!code && vault->damage)
		code = error_set(err, ERR_VAULT, vault->dir,
				 vault->abandoned ? _("See `psirtty vault lost`") : _("Run `psirtty audit verify`"),
				 _("nothing is added to a damaged log: %s"), vault->damage);
	vault->settled = code ? vault->settled : vault->log.gseq;
	if (code) {
		store_rollback(vault->store);
		vault_let_go(vault);
	}
	return code;
}

/* Of several: what was half written spoils them all, what was refused does not. */
static int finish_one(struct vault *vault, int code)
{
	vault->batch_broken |= code && vault->log.gseq != vault->batch_mark;
	vault_let_go(vault);
	return code;
}

int vault_finish(struct vault *vault, int code, struct error *err)
{
	if (vault->batching)
		return finish_one(vault, code);
	if (!code && vault->log.gseq > vault->settled)
		code = store_commit(vault->store, err);
	else
		store_rollback(vault->store);
	if (code && vault->log.gseq != vault->settled)
		replay(vault);
	else if (vault->log.gseq > vault->settled)
		vault->wrote = vault->unsynced = true;
	vault->settled = vault->log.gseq;
	vault_let_go(vault);
	if (vault->unsynced) {
		int synced = sync_seen(vault, vault->log.gseq, code ? NULL : err);

		code = code ? code : synced;
	}
	return code;
}

int vault_batch_begin(struct vault *vault, struct error *err)
{
	int code = vault_begin(vault, NULL, NULL, err);

	vault->batching = !code;
	vault->batch_broken = vault->batch_objects = false;
	return code;
}

void vault_batch_spoil(struct vault *vault)
{
	vault->batch_broken = true;
}

int vault_batch_end(struct vault *vault, struct error *err)
{
	int code = vault->batch_objects ? object_settle(vault->dir, err) : 0;

	vault->batching = false;
	if (!code && vault->batch_broken)
		code = error_set(err, ERR_VAULT, vault->dir, _("Try again"), _("an event was written only in part"));
	return vault_finish(vault, code, err);
}

int vault_append_controls(struct vault *vault, const struct control *controls, size_t count, instant now,
			  struct error *err)
{
	int code = vault_begin(vault, NULL, NULL, err);

	if (code)
		return code;
	for (size_t i = 0; !code && i < count; i++)
		code = vault_put_control(vault, controls[i].type, controls[i].stream, controls[i].body,
					 controls[i].length, now, err);
	return vault_finish(vault, code, err);
}

static int hand_out_newest(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	struct store_row row;
	struct core core;
	int code = store_row_at(vault->store, vault->log.gseq, &row, err);

	if (code != 1 || !core_read(row.core, row.core_length, &core))
		return code < 0 ? code : error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`"),
						   _("the event just written cannot be read back"));
	code = vault_row_hand_out(vault, &row, &core, fn, context, err);
	store_rest(vault->store);
	return code;
}

/* Asked before it is written, so that the sentence is about the handler and not about an event. */
static int may_write(const struct vault *vault, size_t position, struct error *err)
{
	const struct log_stream *stream = &vault->log.streams[position];
	const struct log_member *me = log_member(&vault->log, vault->member);

	if (!me || !log_live(me))
		return error_set(err, ERR_DENIED, vault->dir, _("Ask an admin"),
				 _("you are no member of this vault any more"));
	if (stream->shredded)
		return error_set(err, ERR_CASE, _("case"), NULL, _("it was shredded"));
	if (!(log_rights(&vault->log, stream, vault->member) & RIGHT_WRITE))
		return error_set(err, ERR_DENIED, _("case"), _("Ask who may grant it: `psirtty case readers CASE`"),
				 _("you may not write to it"));
	return 0;
}

int vault_append(struct vault *vault, const uint8_t stream[16], int type, const char *json, size_t length,
		 instant now, vault_event_fn fn, vault_check_fn check, void *context, struct error *err)
{
	const struct draft_event draft = { CORE_CONTENT, (uint16_t)type, stream, json, length, now };
	long position;
	int code = vault_begin(vault, fn, context, err);

	if (code)
		return code;
	position = log_stream(&vault->log, stream);
	if (check)
		code = check(context, err);
	if (!code && position <= 0)
		code = error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
	if (!code)
		code = may_write(vault, (size_t)position, err);
	if (!code)
		code = access_freshen(vault, (size_t)position, now, err);
	if (!code)
		code = vault_put(vault, &draft, err);
	code = vault_finish(vault, code, err);
	return !code && fn ? hand_out_newest(vault, fn, context, err) : code;
}
