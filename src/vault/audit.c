/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof: the whole log read from its first event with every check on, going on behind damage, so that
 * each damaged event is named once. Changes nothing.
 */
#include "vault/vault_private.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

struct audit {
	struct vault *vault;
	struct audit_report *report;
	size_t capacity;
	vault_name_fn name;
	int level; /* 1 chains and authority, 2 hashes, 3 signatures, 4 contents */
	struct proof *proofs; /* owned; signatures not looked at yet */
	size_t proof_count;
};

static void findings_release(struct audit_finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(findings[i].stream_name);
		free(findings[i].what);
	}
	free(findings);
}

void audit_report_release(struct audit_report *report)
{
	findings_release(report->findings, report->finding_count);
	findings_release(report->notes, report->note_count);
	*report = (struct audit_report){ 0 };
}

static char *stream_name(const struct audit *audit, const uint8_t *id)
{
	AUTO_STRING hex = id ? str_hex(id, ID_BYTES) : NULL;
	const char *name = id ? memory_name(&audit->vault->memory, id) : NULL;
	static const uint8_t own[ID_BYTES];

	if (name)
		return mem_string(name);
	if (!id)
		return mem_string(_("a case that cannot be told"));
	if (memcmp(id, own, ID_BYTES) == 0)
		return mem_string(_("the vault's members"));
	if (memcmp(id, audit->vault->inbox, ID_BYTES) == 0)
		return mem_string(_("the inbox"));
	if (memcmp(id, audit->vault->registry, ID_BYTES) == 0)
		return mem_string(_("the registry"));
	return mem_format(_("case %.8s"), hex);
}

/* One finding an event: the first thing that is wrong with it. */
static void find(struct audit *audit, uint64_t gseq, const uint8_t *stream, const char *what)
{
	struct audit_report *report = audit->report;
	struct audit_finding *finding;

	for (size_t i = 0; gseq && i < report->finding_count; i++)
		if (report->findings[i].gseq == gseq)
			return;
	report->findings = mem_grow(report->findings, &audit->capacity, report->finding_count + 1,
				    sizeof(*report->findings));
	finding = &report->findings[report->finding_count++];
	finding->gseq = gseq;
	finding->stream_name = stream_name(audit, stream);
	finding->what = mem_string(what);
}

/* ---- signatures, on two processors */

enum { PROOFS = 2048 };

struct proof {
	uint64_t gseq;
	uint8_t stream[ID_BYTES], id[HASH_BYTES], hash[HASH_BYTES], sig[SIG_BYTES], journal_sig[SIG_BYTES];
	uint8_t author[32], appender[32];
	const char *what; /* what is wrong, untranslated, or NULL */
};

struct proofs { struct proof *items; size_t count; };

static void *check_proofs(void *argument)
{
	struct proofs *proofs = argument;

	for (size_t i = 0; i < proofs->count; i++) {
		struct proof *p = &proofs->items[i];

		if (crypto_sign_verify_detached(p->sig, p->id, HASH_BYTES, p->author) != 0)
			p->what = N_("its author's signature is not valid");
		else if (crypto_sign_verify_detached(p->journal_sig, p->hash, HASH_BYTES, p->appender) != 0)
			p->what = N_("the signature on its place in the journal is not valid");
	}
	return NULL;
}

static void settle_proofs(struct audit *audit)
{
	size_t half = audit->proof_count / 2;
	struct proofs first = { audit->proofs, half };
	struct proofs second = { audit->proofs + half, audit->proof_count - half };
	pthread_t helper;
	bool helped = half && pthread_create(&helper, NULL, check_proofs, &first) == 0;

	check_proofs(&second);
	if (helped)
		pthread_join(helper, NULL);
	else
		check_proofs(&first);
	for (size_t i = 0; i < audit->proof_count; i++)
		if (audit->proofs[i].what)
			find(audit, audit->proofs[i].gseq, audit->proofs[i].stream, _(audit->proofs[i].what));
	audit->proof_count = 0;
}

/* The row was taken in: its author and its appender are members. */
static void add_proof(struct audit *audit, const struct store_row *row, const struct core *core)
{
	const struct log *log = &audit->vault->log;
	struct proof *p;

	if (audit->level < 3)
		return;
	if (!audit->proofs)
		audit->proofs = mem_alloc(PROOFS * sizeof(*audit->proofs));
	p = &audit->proofs[audit->proof_count++];
	p->gseq = row->gseq;
	p->what = NULL;
	memcpy(p->stream, core->stream, ID_BYTES);
	memcpy(p->id, row->id, HASH_BYTES);
	memcpy(p->hash, log->hash, HASH_BYTES);
	memcpy(p->sig, row->sig, SIG_BYTES);
	memcpy(p->journal_sig, row->journal_sig, SIG_BYTES);
	memcpy(p->author, log_member(log, core->author)->sign_public, 32);
	memcpy(p->appender, log_member(log, row->appender)->sign_public, 32);
	if (audit->proof_count == PROOFS)
		settle_proofs(audit);
}

/* ---- the rows */

static void learn_name(struct audit *audit, const struct core *core, const struct str *body)
{
	AUTO_STRING name = audit->name(core->type, body->bytes, body->length);

	if (name)
		vault_name_stream(audit->vault, core->stream, name);
}

static void audit_body(struct audit *audit, const struct store_row *row, const struct core *core)
{
	AUTO_ERROR why = ERROR_INIT;
	struct str body = STR_INIT;
	int code = audit->level >= 4 && core->kind == CORE_CONTENT ?
			   vault_row_open(audit->vault, row, core, &body, &why) : 0;

	if (code && code != ERR_DENIED)
		find(audit, row->gseq, core->stream, why.why);
	if (!code && body.length && audit->name)
		learn_name(audit, core, &body);
	str_wipe(&body);
}

static void audit_memory(struct audit *audit, const struct store_row *row)
{
	const struct memory *memory = &audit->vault->memory;

	if (memory->there && row->gseq == memory->gseq &&
	    memcmp(audit->vault->log.hash, memory->hash, HASH_BYTES) != 0)
		find(audit, row->gseq, row->stream,
		     _("it is not the event you saw in this place: the log was rolled back or forked"));
}

static void note_special(struct vault *vault)
{
	for (size_t i = 1; i < vault->log.stream_count; i++) {
		const struct log_stream *stream = &vault->log.streams[i];

		if (stream->kind == VAULT_INBOX)
			memcpy(vault->inbox, stream->id, ID_BYTES);
		else if (stream->kind == VAULT_REGISTRY)
			memcpy(vault->registry, stream->id, ID_BYTES);
	}
}

static void audit_row(struct audit *audit, const struct store_row *row)
{
	AUTO_ERROR why = ERROR_INIT;
	struct core core;
	uint8_t stream[ID_BYTES];
	bool named = row->stream_length == ID_BYTES;

	if (named)
		memcpy(stream, row->stream, ID_BYTES);
	if (log_take(&audit->vault->log, row, audit->level > 1 ? LOG_TRUSTED : LOG_CHAINS, &core, &why)) {
		find(audit, row->gseq, named ? stream : NULL, why.why);
		log_skip(&audit->vault->log, row, row->gseq);
		return;
	}
	add_proof(audit, row, &core);
	note_special(audit->vault);
	audit_memory(audit, row);
	audit_body(audit, row, &core);
}

/* Of a row that cannot be read: the index may know. NULL when it does not. */
static const uint8_t *stream_of(struct vault *vault, uint64_t gseq)
{
	for (size_t i = 0; i < vault->log.stream_count; i++)
		if (store_is_in(vault->store, vault->log.streams[i].id, gseq))
			return vault->log.streams[i].id;
	return NULL;
}

static void audit_rows(struct audit *audit, uint64_t last)
{
	struct vault *vault = audit->vault;
	const struct log_stream *robbed;

	vault->log.store = vault->store;
	while (vault->log.gseq < last) {
		uint64_t gseq = vault->log.gseq + 1;
		AUTO_ERROR why = ERROR_INIT;
		struct store_row row;
		int code = store_row_at(vault->store, gseq, &row, &why);

		if (code == 1) {
			audit_row(audit, &row);
			continue;
		}
		find(audit, gseq, stream_of(vault, gseq), code ? _("its row cannot be read: the database page is damaged") :
					       _("it is missing"));
		log_skip(&vault->log, NULL, gseq);
	}
	settle_proofs(audit);
	store_rest(vault->store);
	robbed = log_robbed(&vault->log);
	if (robbed)
		find(audit, robbed->bare, robbed->id, _("its content was taken away, and nobody shredded it"));
}

/* ---- the rest */

/* The event that gave a member the key it has: MEMBER, or ROTATE; 0 for the vault's first. */
static uint64_t certified_at(struct audit *audit, const struct log_member *m)
{
	struct store *store = audit->vault->store;
	struct store_row row = { .gseq = 0 };
	uint64_t found = 0;
	struct core core;

	while (store_stream_next(store, audit->vault->log.streams[0].id, row.gseq, &row, NULL) == 1)
		if (core_read(row.core, row.core_length, &core) && row.body_length >= ID_BYTES &&
		    (core.type == CONTROL_MEMBER || core.type == CONTROL_ROTATE) && memcmp(row.body, m->id, ID_BYTES) == 0)
			found = row.gseq;
	store_rest(store);
	return found;
}

/* A key that is not at hand proves nothing either way; one that is here and did not sign does. */
static bool certifies(struct audit *audit, const struct log_member *m, const struct mail_signature *signature)
{
	struct openpgp_key key = { 0 };
	bool here;

	if (signature->state != SIGNATURE_UNKNOWN_KEY)
		return signature->state != SIGNATURE_BAD && signature->state != SIGNATURE_MALFORMED &&
		       str_equal(signature->fingerprint, m->fingerprint);
	here = openpgp_find(audit->vault->pgp, m->fingerprint, false, &key, NULL) == 0;
	openpgp_key_release(&key);
	return !here;
}

static void audit_certifications(struct audit *audit)
{
	const struct log *log = &audit->vault->log;

	for (size_t i = 0; audit->vault->pgp && i < log->member_count; i++) {
		const struct log_member *m = &log->members[i];
		AUTO_STR text = STR_INIT;
		struct openpgp_result result;
		AUTO_ERROR why = ERROR_INIT;

		core_identity_text(log->vault, m->id, m->sign_public, m->box_public, &text);
		if (openpgp_verify(audit->vault->pgp, text.bytes, text.length, m->certification.bytes,
				   m->certification.length, INT64_MAX, &result, &why))
			continue;
		if (!certifies(audit, m, &result.signatures[0])) {
			AUTO_STRING what = mem_format(_("the OpenPGP key %s does not certify its member"),
						      m->fingerprint);

			find(audit, certified_at(audit, m), log->streams[0].id, what);
		}
		openpgp_result_release(&result);
	}
}

/* "row 17 missing from index …": SQLite names our gseq, so the event can be named. */
static void integrity_complaint(void *context, const char *complaint)
{
	struct audit *audit = context;
	unsigned long long gseq = 0;
	AUTO_STRING what = mem_format(_("the database file is damaged there: %s"), complaint);
	struct store_row row;

	if (sscanf(complaint, "row %llu missing", &gseq) == 1 &&
	    store_row_at(audit->vault->store, gseq, &row, NULL) == 1 && row.stream_length == ID_BYTES)
		find(audit, gseq, row.stream, what);
	else if (audit->report->finding_count == 0)
		find(audit, 0, NULL, what);
}

/* ---- keys.db: whether those who may read can */

static bool lacks_wrap(struct audit *audit, const struct log_stream *stream, const struct log_member *member)
{
	const struct wrap_place place = { stream->id, stream->epoch, stream->key_id, member->id };
	uint8_t wrap[WRAP_BYTES];

	return log_rights(&audit->vault->log, stream, member->id) & RIGHT_READ &&
	       store_wrap(audit->vault->store, &place, wrap, NULL) == 0;
}

static void note(struct audit *audit, const uint8_t *stream, char *stolen)
{
	struct audit_report *report = audit->report;

	report->notes = mem_resize(report->notes, report->note_count + 1, sizeof(*report->notes));
	report->notes[report->note_count++] = (struct audit_finding){ 0, stream_name(audit, stream), stolen };
}

/* A backup without keys.db is whole; so one sentence is enough where there is no key at all. */
static void audit_wraps(struct audit *audit)
{
	const struct log *log = &audit->vault->log;
	bool any = false;

	for (size_t i = 1; i < log->stream_count; i++)
		for (size_t k = 0; !log->streams[i].shredded && log->streams[i].epoch && k < log->member_count; k++)
			any = any || (log_rights(log, &log->streams[i], log->members[k].id) & RIGHT_READ &&
				      !lacks_wrap(audit, &log->streams[i], &log->members[k]));
	if (!any && log->stream_count > 1)
		note(audit, log->streams[0].id, mem_string(_("keys.db holds no key of any case: restore it from its own backup")));
	for (size_t i = 1; any && i < log->stream_count; i++)
		for (size_t k = 0; !log->streams[i].shredded && log->streams[i].epoch && k < log->member_count; k++)
			if (lacks_wrap(audit, &log->streams[i], &log->members[k]))
				note(audit, log->streams[i].id,
				     mem_format(log_position(log, log->members[k].id) == log_recovery(log) ?
							_("%s, who holds the recovery key, has no key to it: grant it again, or change its key") :
							_("%s may read it and has no key to it: grant it again"),
						log->members[k].fingerprint));
}

static void audit_end(struct audit *audit, uint64_t last)
{
	const struct vault *vault = audit->vault;
	uint64_t noted = store_noted(vault->store);
	uint64_t due = vault->memory.there && vault->memory.gseq > noted ? vault->memory.gseq : noted;

	if (last < due) {
		AUTO_STRING what = mem_format(_("the log was cut: it ends at event %llu, but %llu were "
						"acknowledged"),
					      (unsigned long long)last, (unsigned long long)due);

		find(audit, last + 1, NULL, what);
	}
}

static size_t count_objects(const char *dir)
{
	AUTO_STRING top = file_join(dir, "objects");
	char **folders = NULL;
	size_t folder_count = 0, total = 0;

	if (file_list(top, &folders, &folder_count, NULL))
		return 0;
	for (size_t i = 0; i < folder_count; i++) {
		AUTO_STRING folder = file_join(top, folders[i]);
		char **names = NULL;
		size_t count = 0;

		if (file_list(folder, &names, &count, NULL) == 0)
			total += count;
		file_free_names(names, count);
	}
	file_free_names(folders, folder_count);
	return total;
}

static int run(struct audit *audit, struct error *err)
{
	struct vault *vault = audit->vault;
	uint64_t last = 0;
	AUTO_ERROR why = ERROR_INIT;

	if (store_last(vault->store, &last, &why))
		find(audit, 0, NULL, why.why);
	if (last < store_noted(vault->store) && last == 0)
		last = store_noted(vault->store);
	audit_rows(audit, last);
	audit_end(audit, last);
	audit_certifications(audit);
	audit_wraps(audit);
	audit->report->events = vault->log.gseq;
	audit->report->streams = vault->log.stream_count ? vault->log.stream_count - 1 : 0;
	for (size_t i = 1; i < vault->log.stream_count; i++)
		audit->report->shredded += vault->log.streams[i].shredded;
	audit->report->attachments = count_objects(vault->dir);
	audit->report->opened = audit->level >= 4;
	audit->report->level = audit->level;
	return store_integrity(vault->store, integrity_complaint, audit, err);
}

static int audit_vault(const char *dir, struct openpgp *pgp, struct vault **ret, struct error *err)
{
	struct vault *vault = mem_alloc(sizeof(*vault));

	vault->dir = mem_string(dir);
	vault->pgp = pgp;
	vault->readonly = true;
	log_init(&vault->log);
	*ret = vault;
	return keyring_init(&vault->keyring, err);
}

/* Unlocking is a help, not a need: without it names are hex and contents stay closed. */
static bool try_unlock(struct vault *vault)
{
	if (!vault->pgp || keyring_unlock(&vault->keyring, vault->store, vault->pgp, vault->id, vault->member,
					  &vault->fingerprint, NULL))
		return false;
	store_rest(vault->store);
	if (memory_read(&vault->memory, vault->id, vault->member, vault->keyring.member->state_key, NULL))
		vault->memory.there = false;
	return true;
}

/* As events lie in the log; what is not one event comes last. */
static int compare_findings(const void *a, const void *b)
{
	uint64_t x = ((const struct audit_finding *)a)->gseq - 1, y = ((const struct audit_finding *)b)->gseq - 1;

	return (x > y) - (x < y);
}

static int audit_store(struct audit *audit, int level, struct error *err)
{
	struct vault *vault = audit->vault;
	AUTO_ERROR why = ERROR_INIT;
	bool keys;

	if (store_open(vault->dir, false, true, &vault->store, &why)) {
		if (why.code != ERR_VAULT)
			return error_set(err, why.code, why.what, why.remedy, "%s", why.why);
		find(audit, 0, NULL, why.why);
		return 0;
	}
	/* Also for the names and for the remembered head, where nothing is to be opened. */
	keys = try_unlock(vault);
	audit->level = level ? level : 4;
	if (audit->level == 4 && !keys)
		audit->level = 3;
	return run(audit, err);
}

int vault_audit_level(const char *dir, struct openpgp *pgp, int level, vault_name_fn name,
		      struct audit_report *ret, struct error *err)
{
	struct audit audit = { .report = ret, .name = name };
	AUTO_STRING outbox = NULL;
	int code = crypt_start(err);

	*ret = (struct audit_report){ 0 };
	if (code)
		return code;
	code = audit_vault(dir, pgp, &audit.vault, err);
	if (!code)
		code = vault_settings_read(dir, audit.vault->id, &outbox, err);
	if (!code)
		code = audit_store(&audit, level, err);
	vault_close(audit.vault);
	free(audit.proofs);
	if (ret->finding_count)
		qsort(ret->findings, ret->finding_count, sizeof(*ret->findings), compare_findings);
	if (!code && ret->finding_count)
		return error_set(err, ERR_NO, dir, _("Restore from a backup made before the damage"),
				 _("%zu of its events or files were damaged"), ret->finding_count);
	if (!code && ret->level < level)
		return error_set(err, ERR_USAGE, dir, _("Bring a member's key, or ask for level 3"),
				 _("nothing is wrong so far, but contents could not be opened: no key is at hand"));
	return code;
}

int vault_audit(const char *dir, struct openpgp *pgp, vault_name_fn name, struct audit_report *ret,
		struct error *err)
{
	return vault_audit_level(dir, pgp, 0, name, ret, err);
}

/* Of the databases; attachments are counted apart. */
static uint64_t folder_bytes(const char *dir)
{
	static const char *const names[] = { "vault.db", "vault.db-wal", "keys.db", "keys.db-wal" };
	uint64_t total = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_STRING path = file_join(dir, names[i]);
		struct stat info;

		total += stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
	}
	return total;
}

int vault_stats(struct vault *vault, struct vault_stats *ret, struct error *err)
{
	(void)err;
	*ret = (struct vault_stats){ .events = vault->log.gseq, .members = vault->log.member_count };
	for (size_t i = 1; i < vault->log.stream_count; i++)
		ret->cases += vault->log.streams[i].kind == VAULT_CASE && access_readable(vault, i);
	ret->attachments = count_objects(vault->dir);
	ret->bytes = folder_bytes(vault->dir);
	return 0;
}

int vault_sealed_sample(struct vault *vault, uint64_t gseq, uint8_t ret[16], struct error *err)
{
	struct store_row row;
	int code = store_row_at(vault->store, gseq, &row, err);

	if (code == 1 && row.body_length >= 16) {
		memcpy(ret, row.body, 16);
		code = 0;
	} else if (code >= 0) {
		code = error_set(err, ERR_INPUT, _("event"), NULL, _("there is no event %llu"),
				 (unsigned long long)gseq);
	}
	store_rest(vault->store);
	return code;
}
