/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading on and appending. The order is fixed: take the queue's lock, read and verify what is new
 * (never sign over a head that was not verified), build, seal, sign, insert, commit, wake the others.
 */
#include "vault/vault_private.h"

#include "psirtty/base/i18n.h"

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
	AUTO_STRING hex = row && row->stream_length == ID_BYTES ? str_hex(row->stream, ID_BYTES) : NULL;
	const char *name = hex ? js_string(vault->memory.names, hex) : NULL;

	if (!vault->damage)
		vault->damage = mem_format(_("event %llu of %s is damaged: %s"), (unsigned long long)gseq,
					   name ? name : _("a case"), why->why);
}

/* What this member may not read is passed over; what should open and does not is damage. */
static int hand_out(struct vault *vault, const struct store_row *row, const struct core *core,
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
		event.kind = vault->log.streams[stream].kind;
		event.at = (instant)(core->time >> 16) * 1000;
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
static void note_streams(struct vault *vault, size_t from)
{
	for (size_t i = from; i < vault->log.stream_count; i++) {
		const struct log_stream *stream = &vault->log.streams[i];

		if (stream->kind == VAULT_INBOX)
			memcpy(vault->inbox, stream->id, ID_BYTES);
		else if (stream->kind == VAULT_REGISTRY)
			memcpy(vault->registry, stream->id, ID_BYTES);
	}
}

static int take_row(struct vault *vault, const struct store_row *row, vault_event_fn fn, void *context,
		    struct error *err)
{
	bool remembered = vault->memory.there && row->gseq <= vault->memory.gseq;
	size_t streams = vault->log.stream_count;
	AUTO_ERROR why = ERROR_INIT;
	struct core core;

	if (log_take(&vault->log, row, !remembered, &core, &why)) {
		note_damage(vault, row->gseq, row, &why);
		log_skip(&vault->log, row, row->gseq);
		return 0;
	}
	note_streams(vault, streams);
	if (row->gseq == vault->memory.gseq && vault->memory.there &&
	    memcmp(vault->log.hash, vault->memory.hash, HASH_BYTES) != 0 && !vault->damage)
		vault->damage = mem_format(_("the log was rolled back or forked: its event %llu is not the "
					   "one you saw there"),
					   (unsigned long long)row->gseq);
	return fn && core.kind == CORE_CONTENT ? hand_out(vault, row, &core, fn, context, err) : 0;
}

int vault_catch_up(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	struct store_row row;
	uint64_t last;
	int code = store_last(vault->store, &last, err);

	while (!code && vault->log.gseq < last) {
		uint64_t gseq = vault->log.gseq + 1;
		AUTO_ERROR why = ERROR_INIT;

		code = store_row_at(vault->store, gseq, &row, &why);
		if (code == 1) {
			code = take_row(vault, &row, fn, context, err);
			continue;
		}
		if (code == 0)
			error_set(&why, ERR_NO, _("event"), NULL, _("it is missing"));
		note_damage(vault, gseq, NULL, &why);
		log_skip(&vault->log, NULL, gseq);
		code = 0;
	}
	store_rest(vault->store);
	if (!code && vault->memory.there && last < vault->memory.gseq && !vault->damage)
		vault->damage = mem_format(_("the log was cut: it ends at event %llu, you saw %llu"),
					   (unsigned long long)last,
					   (unsigned long long)vault->memory.gseq);
	return code;
}

int vault_read_on(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	return vault_catch_up(vault, fn, context, err);
}

int vault_each(struct vault *vault, uint64_t after, vault_event_fn fn, void *context, struct error *err)
{
	int code = 0;

	for (uint64_t gseq = after + 1; !code && gseq <= vault->log.gseq; gseq++) {
		struct store_row row;
		struct core core;

		if (store_row_at(vault->store, gseq, &row, NULL) != 1 ||
		    !core_read(row.core, row.core_length, &core) || core.kind != CORE_CONTENT)
			continue;
		code = hand_out(vault, &row, &core, fn, context, err);
	}
	store_rest(vault->store);
	return code;
}

/* ---- appending */

struct draft_row {
	struct core core;
	const void *body; /* clear, or NULL */
	size_t length;
	const uint8_t *case_key; /* NULL: clear */
};

/* Builds, signs, inserts and takes one row. The transaction is open. */
static int append_row(struct vault *vault, struct draft_row *draft, struct error *err)
{
	uint8_t core[CORE_MAX], id[HASH_BYTES], hash[HASH_BYTES], sig[SIG_BYTES], journal_sig[SIG_BYTES];
	uint8_t nonce[NONCE_BYTES] = { 0 }, event_key[KEY_BYTES];
	const uint8_t *secret = vault->keyring.member->sign_secret;
	size_t core_length = core_write(&draft->core, core);
	uint64_t gseq = vault->log.gseq + 1;
	AUTO_STR body = STR_INIT;
	struct store_row row;
	int code;

	if (draft->case_key) {
		randombytes_buf(nonce, sizeof(nonce));
		crypt_event_key(draft->case_key, event_key);
		crypt_seal(event_key, nonce, core, core_length, draft->body, draft->length, &body);
		sodium_memzero(event_key, sizeof(event_key));
	} else {
		str_add_bytes(&body, draft->body, draft->length);
	}
	core_id(core, core_length, nonce, sizeof(nonce), body.bytes, body.length, id);
	core_journal_hash(gseq, vault->log.hash, id, hash);
	crypto_sign_detached(sig, NULL, id, HASH_BYTES, secret);
	crypto_sign_detached(journal_sig, NULL, hash, HASH_BYTES, secret);
	row = (struct store_row){
		.gseq = gseq, .id = id, .stream = draft->core.stream, .core = core, .nonce = nonce,
		.body = body.bytes, .sig = sig, .prev = vault->log.hash, .appender = vault->member,
		.journal_sig = journal_sig, .id_length = HASH_BYTES, .stream_length = ID_BYTES,
		.core_length = core_length, .nonce_length = NONCE_BYTES, .body_length = body.length,
		.sig_length = SIG_BYTES, .prev_length = HASH_BYTES, .appender_length = ID_BYTES,
		.journal_sig_length = SIG_BYTES,
	};
	code = store_insert(vault->store, &row, err);
	/* The same checks as for anybody's row: what this program writes, every other accepts. */
	return code ? code : log_take(&vault->log, &row, false, NULL, err);
}

static void fill_core(struct vault *vault, struct core *core, enum core_kind kind, uint16_t type,
		      const uint8_t stream[ID_BYTES], instant now)
{
	long position = log_stream(&vault->log, stream);

	*core = (struct core){ .kind = kind, .type = type, .time = log_tick(&vault->log, now) };
	memcpy(core->stream, stream, ID_BYTES);
	memcpy(core->author, vault->member, ID_BYTES);
	if (position >= 0) {
		const struct log_stream *s = &vault->log.streams[position];

		core->parent_count = s->head_count;
		memcpy(core->parents, s->heads, s->head_count * HASH_BYTES);
		if (kind == CORE_CONTENT) {
			core->epoch = s->epoch;
			memcpy(core->key_id, s->key_id, ID_BYTES);
		}
	}
}

/* The log replayed anew from the store: after a transaction that did not happen. */
static void replay(struct vault *vault)
{
	log_release(&vault->log);
	log_init(&vault->log);
	vault_catch_up(vault, NULL, NULL, NULL);
}

static int begin(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	int code;

	if (vault->readonly)
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	code = store_lock(vault->store, err);
	if (code)
		return code;
	code = store_begin(vault->store, err);
	if (!code)
		code = vault_catch_up(vault, fn, context, err);
	if (!code && vault->damage)
		code = error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`"),
				 _("nothing is added to a damaged log: %s"), vault->damage);
	if (code) {
		store_rollback(vault->store);
		store_unlock(vault->store);
	}
	return code;
}

static int finish(struct vault *vault, int code, struct error *err)
{
	if (!code)
		code = store_commit(vault->store, vault->log.gseq, err);
	if (code) {
		store_rollback(vault->store);
		replay(vault);
	} else {
		vault->wrote = true;
	}
	store_unlock(vault->store);
	return code;
}

int vault_append_controls(struct vault *vault, const struct control *controls, size_t count, instant now,
			  struct error *err)
{
	size_t streams = vault->log.stream_count;
	int code = begin(vault, NULL, NULL, err);

	if (code)
		return code;
	for (size_t i = 0; !code && i < count; i++) {
		struct draft_row draft = { .body = controls[i].body, .length = controls[i].length };

		fill_core(vault, &draft.core, CORE_CONTROL, (uint16_t)controls[i].type, controls[i].stream,
			  now);
		code = append_row(vault, &draft, err);
	}
	code = finish(vault, code, err);
	if (!code)
		note_streams(vault, streams);
	return code;
}

static int hand_out_newest(struct vault *vault, vault_event_fn fn, void *context, struct error *err)
{
	struct store_row row;
	struct core core;
	int code = store_row_at(vault->store, vault->log.gseq, &row, err);

	if (code != 1 || !core_read(row.core, row.core_length, &core))
		return code < 0 ? code : error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`"),
						   _("the event just written cannot be read back"));
	code = hand_out(vault, &row, &core, fn, context, err);
	store_rest(vault->store);
	return code;
}

int vault_append(struct vault *vault, const uint8_t stream[16], int type, const char *json, size_t length,
		 instant now, vault_event_fn fn, void *context, struct error *err)
{
	struct draft_row draft = { .body = json, .length = length };
	long position;
	int code = begin(vault, fn, context, err);

	if (code)
		return code;
	position = log_stream(&vault->log, stream);
	if (position <= 0)
		code = error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
	if (!code) {
		const struct log_stream *s = &vault->log.streams[position];

		fill_core(vault, &draft.core, CORE_CONTENT, (uint16_t)type, stream, now);
		draft.case_key = keyring_key(&vault->keyring, vault->store, &vault->log, (size_t)position,
					     s->epoch, s->key_id, vault->member, err);
		code = draft.case_key ? append_row(vault, &draft, err) : ERR_DENIED;
	}
	code = finish(vault, code, err);
	return !code && fn ? hand_out_newest(vault, fn, context, err) : code;
}
