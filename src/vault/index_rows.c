/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the lists in the member's cache, and the contract's questions about the cache itself. */
#include "vault/index_private.h"

#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

uint64_t vault_brief_head(struct vault *vault, uint32_t version)
{
	struct shelf *base = &vault->index->base;

	return shelf_meta_number(base, "brief-version") == version ? shelf_meta_number(base, "brief") : 0;
}

/* The columns as the caller sees them; false for a row that no brief can be. */
static bool read_brief(sqlite3_stmt *s, struct vault_brief *ret)
{
	*ret = (struct vault_brief){ .kind = (enum vault_brief_kind)sqlite3_column_int(s, 0) };
	if (sqlite3_column_bytes(s, 1) != sizeof(ret->key) || sqlite3_column_bytes(s, 2) != ID_BYTES)
		return false;
	memcpy(ret->key, sqlite3_column_blob(s, 1), sizeof(ret->key));
	memcpy(ret->stream, sqlite3_column_blob(s, 2), ID_BYTES);
	ret->bytes = sqlite3_column_blob(s, 3);
	ret->length = (size_t)sqlite3_column_bytes(s, 3);
	return ret->length > 0;
}

_Static_assert(BRIEF_CASE == 1, "the statements name it");

/* Steps through S, which was reset; a file that cannot be read is none from here on. */
static int each_brief(struct vault *vault, sqlite3_stmt *s, vault_brief_fn fn, void *context, struct error *err)
{
	int step = s ? sqlite3_step(s) : SQLITE_ERROR, code = 0;
	struct vault_brief brief;

	while (!code && step == SQLITE_ROW) {
		if (!read_brief(s, &brief))
			break;
		code = fn(context, &brief, err);
		step = code ? step : sqlite3_step(s);
	}
	sqlite3_reset(s);
	if (code || step == SQLITE_DONE)
		return code;
	index_break(vault->index, _("the cache is damaged; it is made anew"));
	return error_set(err, ERR_INPUT, _("cache"), NULL, "%s", vault->index->reason);
}

int vault_brief_each(struct vault *vault, bool cases, vault_brief_fn fn, void *context, struct error *err)
{
	struct shelf *base = &vault->index->base;
	int code = each_brief(vault, shelf_statement(base, cases ? INDEX_BRIEF_CASES : INDEX_BRIEF_OTHERS), fn, context,
			      err);

	/* The rows are read once: what SQLite kept of their pages is memory for nothing. */
	if (base->db)
		sqlite3_db_release_memory(base->db);
	return code;
}

int vault_brief_get(struct vault *vault, enum vault_brief_kind kind, const uint8_t key[32], vault_brief_fn fn,
		    void *context, struct error *err)
{
	sqlite3_stmt *s = shelf_statement(&vault->index->base, INDEX_BRIEF_GET);

	if (!s)
		return 0;
	sqlite3_bind_int(s, 1, (int)kind);
	sqlite3_bind_blob(s, 2, key, 32, SQLITE_TRANSIENT);
	return each_brief(vault, s, fn, context, err);
}

void vault_brief_put(struct vault *vault, const struct vault_brief *brief)
{
	struct shelf *delta = index_delta(vault->index, false);

	if (delta)
		index_noted(vault->index, shelf_is_open(&vault->index->base) ? shelf_brief_note(delta, brief) :
									       shelf_brief_put(delta, brief));
}

void vault_brief_done(struct vault *vault, uint32_t version, uint64_t gseq, bool anew)
{
	struct index *index = vault->index;

	if (!index_delta(index, false))
		return;
	index->put = index->brief_done = true;
	index->brief_anew = index->brief_anew || anew;
	index->brief_version = version;
	index->brief_gseq = gseq;
}

/* ---- the file */

enum vault_cache_state vault_cache_state(const struct vault *vault)
{
	return vault->index->state;
}

const char *vault_cache_reason(const struct vault *vault)
{
	return vault->index->reason;
}

int vault_cache_merge(struct vault *vault, struct error *err)
{
	int code = 0;

	if (vault->damage)
		return 0;
	if (vault->index->put) {
		code = index_merge(vault->index, vault->log.gseq, vault->log.hash, err);
		index_reopen(vault->index);
	}
	return code;
}

void vault_cache_end(struct vault *vault)
{
	if (vault->index && vault->opened && !vault->damage)
		index_merge(vault->index, vault->log.gseq, vault->log.hash, NULL);
	index_close(vault->index);
	vault->index = NULL;
}

/* An older file is welcome: the log goes on from there. One that knows of other events is not. */
void vault_cache_trust(struct vault *vault)
{
	uint8_t remembered[HASH_BYTES], hash[HASH_BYTES];
	uint64_t gseq = index_head(vault->index, remembered);
	struct store_row row;
	bool same = gseq > 0 && gseq <= vault->log.gseq;

	if (!shelf_is_open(&vault->index->base) || vault->damage)
		return;
	if (same && store_row_at(vault->store, gseq, &row, NULL) == 1 && row.prev_length == HASH_BYTES &&
	    row.id_length == HASH_BYTES) {
		core_journal_hash(gseq, row.prev, row.id, row.appender_length == IMPORTER_BYTES, hash);
		same = memcmp(hash, remembered, HASH_BYTES) == 0;
	}
	store_rest(vault->store);
	if (!same)
		index_break(vault->index, _("the cache stands for other events than this vault holds; it is made anew"));
}
