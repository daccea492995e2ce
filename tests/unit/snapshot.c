/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replayed log in the member's cache: what is taken out of it is what a replay gives, and it is not believed
 * where it stands for another row than the vault holds, lies ahead of what is remembered, is another vault's or cut.
 */
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"
#include "vault/index_private.h"
#include "vault/vault_private.h"

enum { CASES = 5, NOTES = 90 };

static char home[64], dir[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static struct error err;

static struct vault *open_vault(const char *cache)
{
	AUTO_STRING path = file_join(home, cache);
	struct vault *vault = NULL;

	setenv("XDG_CACHE_HOME", path, 1);
	error_release(&err);
	if (vault_open(dir, pgp, false, now, &vault, &err))
		printf("# %s\n", err.why);
	return vault;
}

/* Cases, one of them shredded, notes, a recovery key, a reading: something of all that a log holds. */
static bool make_place(void)
{
	struct vault_shredded shredded;
	uint8_t streams[CASES][16];
	struct vault *vault;
	size_t left;
	int code;

	snprintf(home, sizeof(home), "/tmp/psn-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("GNUPGHOME", home, 1);
	setenv("XDG_STATE_HOME", home, 1);
	snprintf(dir, sizeof(dir), "%s/vault", home);
	code = openpgp_open(home, &pgp, &err);
	code = code ? code : openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err);
	code = code ? code : vault_create(dir, pgp, fingerprint, NULL, now, &err);
	vault = code ? NULL : open_vault("cache");
	for (size_t i = 0; vault && !code && i < CASES; i++)
		code = vault_stream_new(vault, VAULT_CASE, now, streams[i], &err);
	for (size_t i = 0; vault && !code && i < NOTES; i++)
		code = vault_append(vault, streams[i % CASES], 15, "{}", 2, now, NULL, NULL, NULL, &err);
	code = code ? code : vault_set_recovery(vault, vault->member, now, &left, &err);
	code = code ? code : vault_note_read(vault, streams[0], VAULT_READ_EXPORT, NULL, now, &err);
	code = code ? code : vault_shred(vault, streams[4], NULL, 0, now, &shredded, &err);
	CHECK(!code && vault, "a vault: %s", str_or_empty(err.why));
	vault_close(vault);
	return !code;
}

/* ---- the same as a replay */

static bool same_members(const struct log *a, const struct log *b)
{
	bool same = a->member_count == b->member_count && a->policy_count == b->policy_count &&
		    a->removal_count == b->removal_count && log_recovery(a) == log_recovery(b);

	for (size_t i = 0; same && i < a->member_count; i++) {
		const struct log_member *x = &a->members[i], *y = &b->members[i];

		same = memcmp(x->id, y->id, ID_BYTES) == 0 && memcmp(x->sign_public, y->sign_public, 32) == 0 &&
		       memcmp(x->box_public, y->box_public, 32) == 0 && str_equal(x->fingerprint, y->fingerprint) &&
		       x->certification.length == y->certification.length && x->sponsor == y->sponsor && x->since == y->since &&
		       x->until == y->until && x->renewed == y->renewed && x->role_count == y->role_count &&
		       log_role(a, x, LOG_NEVER) == log_role(b, y, LOG_NEVER);
	}
	return same;
}

/* Where a case was shredded while the log was open, no row was met without a body; that is asked where nothing was shredded. */
static bool same_stream(const struct log_stream *x, const struct log_stream *y)
{
	bool same = memcmp(x->id, y->id, ID_BYTES) == 0 && memcmp(x->key_id, y->key_id, ID_BYTES) == 0 &&
		    x->epoch_time == y->epoch_time && x->time == y->time && x->opener == y->opener &&
		    x->epoch == y->epoch && x->kind == y->kind && x->parted == y->parted && x->shredded == y->shredded && (x->shredded || x->bare == y->bare) &&
		    x->voided == y->voided && x->hurt == y->hurt && x->head_count == y->head_count &&
		    x->grant_count == y->grant_count && memcmp(x->heads, y->heads, x->head_count * HASH_BYTES) == 0;

	for (size_t i = 0; same && i < x->grant_count; i++)
		same = x->grants[i].since == y->grants[i].since && x->grants[i].member == y->grants[i].member &&
		       x->grants[i].rights == y->grants[i].rights && x->grants[i].holds == y->grants[i].holds;
	return same;
}

static bool same_log(const struct log *a, const struct log *b)
{
	bool same = a->gseq == b->gseq && a->time == b->time && memcmp(a->hash, b->hash, HASH_BYTES) == 0 &&
		    memcmp(a->vault, b->vault, ID_BYTES) == 0 && same_members(a, b) && a->stream_count == b->stream_count;

	for (size_t i = 0; same && i < a->stream_count; i++)
		same = same_stream(&a->streams[i], &b->streams[i]);
	return same;
}

static void test_same(const char *empty)
{
	struct vault *kept = open_vault("cache"), *replayed = open_vault(empty);

	CHECK(kept && kept->snapshot > 0, "the log is taken out of the cache: event %llu of %llu",
	      kept ? (unsigned long long)kept->snapshot : 0, kept ? (unsigned long long)kept->log.gseq : 0);
	CHECK(replayed && replayed->snapshot == 0, "without a cache it is replayed");
	CHECK(kept && replayed && same_log(&kept->log, &replayed->log), "both are the same");
	vault_close(replayed);
	vault_close(kept);
}

/* ---- what is not believed */

/* Reads the snapshot again as unlocking would, from an empty log. */
static bool is_believed(struct vault *vault)
{
	bool believed;

	log_release(&vault->log);
	log_init(&vault->log);
	vault->snapshot = 0;
	snapshot_read(vault);
	believed = vault->snapshot > 0;
	return believed && vault->log.gseq == vault->snapshot;
}

static void put(struct vault *vault, const struct str *bytes)
{
	index_meta_put(vault->index, "log", bytes->bytes, bytes->length);
	if (vault_cache_merge(vault, &err))
		printf("# %s\n", err.why);
}

static void test_cut(struct vault *vault, struct str *bytes)
{
	size_t whole = bytes->length, believed = 0, tried = 0;

	for (size_t length = 0; length < whole; length += 1 + whole / 60, tried++) {
		bytes->length = length;
		put(vault, bytes);
		believed += is_believed(vault);
	}
	bytes->length = whole;
	str_add_char(bytes, 'x');
	put(vault, bytes);
	believed += is_believed(vault);
	str_truncate(bytes, whole);
	CHECK(believed == 0, "cut at %zu places, or longer, it is not believed", tried);
}

/* Who has the key could write anything there: nothing of it may be read out of bounds. */
static void test_garbage(struct vault *vault, struct str *bytes)
{
	size_t tried = 0;

	for (size_t at = 0; at < bytes->length; at += 1 + bytes->length / 120, tried++) {
		bytes->bytes[at] ^= (char)0x81;
		put(vault, bytes);
		is_believed(vault);
		bytes->bytes[at] ^= (char)0x81;
	}
	put(vault, bytes);
	CHECK(is_believed(vault), "altered at %zu places it is read within its bounds; as it was it is believed", tried);
}

static void test_doubted(struct vault *vault)
{
	struct memory *memory = &vault->memory;
	uint64_t gseq = memory->gseq;

	memory->gseq = gseq - 1;
	CHECK(!is_believed(vault), "ahead of what is remembered it is not believed");
	memory->gseq = gseq;
	memory->hash[0] ^= 1;
	CHECK(!is_believed(vault), "of another head than the one remembered");
	memory->hash[0] ^= 1;
	memory->there = false;
	CHECK(!is_believed(vault), "where nothing is remembered");
	memory->there = true;
	vault->id[3] ^= 1;
	CHECK(!is_believed(vault), "of another vault");
	vault->id[3] ^= 1;
	CHECK(is_believed(vault), "as it was it is");
}

/* The vault holds another row there than the snapshot says. */
static void test_other_row(struct vault *vault, struct str *bytes)
{
	size_t hash = strlen("psirtty log 2\n") + 8;

	memcpy(vault->memory.hash, vault->log.hash, HASH_BYTES);
	bytes->bytes[hash] ^= 1;
	vault->memory.hash[0] ^= 1;
	put(vault, bytes);
	CHECK(!is_believed(vault), "a row that the vault does not hold, though it is the one remembered");
	bytes->bytes[hash] ^= 1;
	vault->memory.hash[0] ^= 1;
	put(vault, bytes);
	CHECK(is_believed(vault), "as it was it is");
}

int main(void)
{
	struct vault *vault = NULL;
	AUTO_STR bytes = STR_INIT;

	if (make_place()) {
		test_same("none");
		vault = open_vault("cache");
	}
	if (vault && CHECK(index_meta_get(vault->index, "log", &bytes), "the snapshot's bytes")) {
		test_doubted(vault);
		test_other_row(vault, &bytes);
		test_cut(vault, &bytes);
		test_garbage(vault, &bytes);
		vault_catch_up(vault, NULL, NULL, &err);
	}
	vault_close(vault);
	if (vault)
		test_same("none either");
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	error_release(&err);
	free(fingerprint);
	file_remove_tree(home, NULL);
	return tap_done();
}
