/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints: what the vault was at one event, as text under a member's OpenPGP signature, to be kept
 * elsewhere. Against whoever can take the whole vault back to yesterday.
 */
#include <stdlib.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

#define FIRST_LINE "psirtty checkpoint 1\n"
#define SIGNATURE_BEGINS "-----BEGIN PGP SIGNATURE-----"

enum { NOTE_LIMIT = 4096, LATE_DAYS = 2 };

static const uint8_t own_stream[ID_BYTES];

/* ---- hashes */

static int by_id(const void *a, const void *b)
{
	return memcmp((*(const struct log_member *const *)a)->id, (*(const struct log_member *const *)b)->id,
		      ID_BYTES);
}

/* Members by id: who, with which keys, as what, still there. The same on every copy. */
static void members_hash(const struct log *log, uint8_t ret[HASH_BYTES])
{
	const struct log_member **sorted = mem_alloc((log->member_count + 1) * sizeof(*sorted));
	AUTO_STR bytes = STR_INIT;
	struct crypt_part whole;

	for (size_t i = 0; i < log->member_count; i++)
		sorted[i] = &log->members[i];
	qsort(sorted, log->member_count, sizeof(*sorted), by_id);
	for (size_t i = 0; i < log->member_count; i++) {
		str_add_bytes(&bytes, sorted[i]->id, ID_BYTES);
		str_add_bytes(&bytes, sorted[i]->sign_public, 32);
		str_add_bytes(&bytes, sorted[i]->box_public, 32);
		str_add_char(&bytes, (char)log_role(log, sorted[i], LOG_NEVER));
		str_add_char(&bytes, log_live(sorted[i]));
	}
	whole = (struct crypt_part){ bytes.bytes, bytes.length };
	crypt_hash("psirtty members1", &whole, 1, ret);
	free(sorted);
}

struct leaf { uint8_t id[ID_BYTES], hash[HASH_BYTES]; };

static int by_leaf(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

static void leaf_of(const struct log_stream *stream, struct leaf *ret)
{
	const struct crypt_part parts[] = {
		{ stream->id, ID_BYTES }, { stream->heads, stream->head_count * HASH_BYTES },
	};

	memcpy(ret->id, stream->id, ID_BYTES);
	crypt_hash("psirtty leaf 1\0", parts, ARRAY_LEN(parts), ret->hash);
}

/* A Merkle tree over the heads of all streams, ascending by id; the last of an odd row moves up as it is. */
static void heads_root(const struct log *log, uint8_t ret[HASH_BYTES])
{
	size_t count = log->stream_count;
	struct leaf *leaves = mem_alloc(count * sizeof(*leaves));

	for (size_t i = 0; i < count; i++)
		leaf_of(&log->streams[i], &leaves[i]);
	qsort(leaves, count, sizeof(*leaves), by_leaf);
	for (; count > 1; count = (count + 1) / 2)
		for (size_t i = 0; i < count; i += 2) {
			const struct crypt_part pair[] = {
				{ leaves[i].hash, HASH_BYTES }, { leaves[i + (i + 1 < count)].hash, HASH_BYTES },
			};
			uint8_t hash[HASH_BYTES];

			crypt_hash("psirtty branch 1", pair, ARRAY_LEN(pair), hash);
			memcpy(leaves[i / 2].hash, i + 1 < count ? hash : leaves[i].hash, HASH_BYTES);
		}
	memcpy(ret, leaves[0].hash, HASH_BYTES);
	free(leaves);
}

/* ---- making */

void vault_checkpoint_text(const struct vault *vault, instant now, struct str *ret)
{
	const struct log *log = &vault->log;
	uint8_t members[HASH_BYTES], root[HASH_BYTES];
	AUTO_STRING id = str_hex(vault->id, ID_BYTES);
	AUTO_STRING head = str_hex(log->hash, HASH_BYTES);
	char at[40];

	members_hash(log, members);
	heads_root(log, root);
	str_add_format(ret, FIRST_LINE "vault %s\nevent %llu\nhead %s\nmembers ", id,
		       (unsigned long long)log->gseq, head);
	str_add_hex(ret, members, HASH_BYTES);
	str_add(ret, "\nstreams ");
	str_add_hex(ret, root, HASH_BYTES);
	str_add_format(ret, "\ntime %s\n", instant_format(now, at));
}

static void add_counted(struct str *ret, const char *bytes, size_t length)
{
	uint8_t count[2];

	put16(count, (uint16_t)length);
	str_add_bytes(ret, count, sizeof(count));
	str_add_bytes(ret, bytes, length);
}

/* The event's body, and text and signature behind each other. Somebody may be asked for a passphrase: nobody waits in
 * the queue meanwhile, and what they append stands behind what is signed here. */
static int sign(struct vault *vault, instant now, struct str *ret_body, struct str *ret, struct error *err)
{
	AUTO_STR text = STR_INIT, signature = STR_INIT;
	uint8_t number[8];
	int code;

	put64(number, vault->log.gseq);
	str_add_bytes(ret_body, number, sizeof(number));
	str_add_bytes(ret_body, vault->log.hash, HASH_BYTES);
	vault_checkpoint_text(vault, now, &text);
	code = openpgp_sign(vault->pgp, text.bytes, text.length, vault->fingerprint, true, &signature, NULL, err);
	if (code)
		return code;
	if (signature.length > UINT16_MAX)
		return error_set(err, ERR_INPUT, vault->fingerprint, NULL, _("its signature is too long"));
	add_counted(ret_body, text.bytes, text.length);
	add_counted(ret_body, signature.bytes, signature.length);
	str_add_bytes(ret, text.bytes, text.length);
	str_add_bytes(ret, signature.bytes, signature.length);
	return 0;
}

int vault_checkpoint(struct vault *vault, instant now, struct str *ret, struct error *err)
{
	AUTO_STR body = STR_INIT, made = STR_INIT;
	int code = vault_readonly(vault) ? error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
						     _("the vault was opened for reading only")) :
					   vault_read_on(vault, NULL, NULL, err);

	if (!code)
		code = sign(vault, now, &body, &made, err);
	if (!code)
		code = vault_begin(vault, NULL, NULL, err);
	if (code)
		return code;
	code = vault_put_control(vault, CONTROL_CHECKPOINT, own_stream, body.bytes, body.length, now, err);
	code = vault_finish(vault, code, err);
	if (!code)
		str_add_bytes(ret, made.bytes, made.length);
	return code;
}

/* ---- one a day */

struct last { uint64_t gseq; instant at; };

/* This member's newest checkpoint: the row it is, and when. */
static int find_last(struct vault *vault, struct last *ret, struct error *err)
{
	struct store_row row = { .gseq = 0 };
	struct core core;
	int code;

	*ret = (struct last){ 0, INSTANT_NONE };
	while ((code = store_stream_next(vault->store, own_stream, row.gseq, &row, err)) == 1)
		if (core_read(row.core, row.core_length, &core) && core.type == CONTROL_CHECKPOINT &&
		    memcmp(core.author, vault->member, ID_BYTES) == 0)
			*ret = (struct last){ row.gseq, (instant)(core.time >> 16) * 1000 };
	store_rest(vault->store);
	return code < 0 ? code : 0;
}

/* Why the last one could not be made lies beside the remembered head until one was. */
static char *note_path(const struct vault *vault)
{
	AUTO_STRING dir = file_state_dir();
	AUTO_STRING vault_hex = str_hex(vault->id, ID_BYTES);
	AUTO_STRING member_hex = str_hex(vault->member, ID_BYTES);

	return mem_format("%s/%s/%s.checkpoint", dir, vault_hex, member_hex);
}

static void note_outcome(const struct vault *vault, const struct error *why)
{
	AUTO_STRING path = note_path(vault);

	if (!why->code)
		unlink(path);
	else if (why->why)
		file_keep(path, why->why, strlen(why->why), 0600, NULL);
}

int vault_checkpoint_trouble(struct vault *vault, instant now, struct error *err)
{
	AUTO_STRING path = note_path(vault);
	AUTO_STR why = STR_INIT;
	struct last last;
	int code;

	if (!file_exists(path) || file_read(path, NOTE_LIMIT, &why, NULL))
		return 0;
	code = find_last(vault, &last, err);
	if (code || (last.gseq && now - last.at <= LATE_DAYS * INSTANT_DAY))
		return code;
	return error_set(err, ERR_DENIED, _("checkpoint"), _("Make one: `psirtty vault checkpoint`"),
			 _("the daily checkpoint could not be made: %s"), str_or_empty(why.bytes));
}

/* The remembered head stands for what nobody has touched since. */
int vault_checkpoint_daily(struct vault *vault, instant now, bool *ret_made, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR text = STR_INIT;
	struct last last;
	int code;

	*ret_made = false;
	if (vault_readonly(vault))
		return 0;
	code = find_last(vault, &last, err);
	if (code || (last.gseq && (last.gseq == vault->log.gseq || last.at / INSTANT_DAY >= now / INSTANT_DAY)))
		return code;
	openpgp_hush(vault->pgp, true);
	code = vault_checkpoint(vault, now, &text, &why);
	openpgp_hush(vault->pgp, false);
	note_outcome(vault, &why);
	*ret_made = !code;
	return code ? error_set(err, code, why.what, why.remedy, "%s", str_or_empty(why.why)) : 0;
}

/* ---- holding one against the log */

struct checkpoint { uint8_t vault[ID_BYTES], head[HASH_BYTES]; uint64_t gseq; size_t text; };

static bool parse(const struct str *bytes, struct checkpoint *ret)
{
	const char *signature = strstr(bytes->bytes, SIGNATURE_BEGINS);
	unsigned long long gseq;
	char vault[2 * ID_BYTES + 1], head[2 * HASH_BYTES + 1];

	if (!signature || sscanf(bytes->bytes, FIRST_LINE "vault %32[0-9a-f]\nevent %20llu\nhead %64[0-9a-f]\n",
				 vault, &gseq, head) != 3)
		return false;
	ret->gseq = gseq;
	ret->text = (size_t)(signature - bytes->bytes);
	return str_unhex(vault, ret->vault, ID_BYTES) == ID_BYTES &&
	       str_unhex(head, ret->head, HASH_BYTES) == HASH_BYTES;
}

static bool member_signed(const struct vault *vault, const struct openpgp_result *result)
{
	for (size_t i = 0; i < vault->log.member_count; i++)
		if (result->signatures[0].state == SIGNATURE_GOOD &&
		    str_equal(result->signatures[0].fingerprint, vault->log.members[i].fingerprint))
			return true;
	return false;
}

static int check_signature(struct vault *vault, const struct str *bytes, const struct checkpoint *c,
			   struct error *err)
{
	struct openpgp_result result;
	int code = openpgp_verify(vault->pgp, bytes->bytes, c->text, bytes->bytes + c->text,
				  bytes->length - c->text, INT64_MAX, &result, err);

	if (code)
		return code;
	if (!member_signed(vault, &result))
		code = error_set(err, ERR_NO, _("checkpoint"), _("Look whose it is, and import that key"),
				 _("no member's signature on it is good"));
	openpgp_result_release(&result);
	return code;
}

/* The log's own hash at row GSEQ, and that all rows from there on hang together. */
static int follow(struct vault *vault, const struct checkpoint *c, uint8_t ret[HASH_BYTES], struct error *err)
{
	uint8_t hash[HASH_BYTES];
	int code = 1;

	for (uint64_t gseq = c->gseq; gseq <= vault->log.gseq && code == 1; gseq++) {
		struct store_row row;

		code = store_row_at(vault->store, gseq, &row, err);
		if (code != 1 || row.prev_length != HASH_BYTES || row.id_length != HASH_BYTES)
			break;
		if (gseq > c->gseq && memcmp(hash, row.prev, HASH_BYTES) != 0)
			return 0;
		core_journal_hash(gseq, row.prev, row.id, row.appender_length == IMPORTER_BYTES, hash);
		if (gseq == c->gseq)
			memcpy(ret, hash, HASH_BYTES);
	}
	store_rest(vault->store);
	return code == 1 && memcmp(hash, vault->log.hash, HASH_BYTES) == 0;
}

static int compare(struct vault *vault, const struct checkpoint *c, struct error *err)
{
	uint8_t hash[HASH_BYTES];

	if (memcmp(c->vault, vault->id, ID_BYTES) != 0)
		return error_set(err, ERR_INPUT, _("checkpoint"), NULL, _("it is of another vault"));
	if (c->gseq > vault->log.gseq)
		return error_set(err, ERR_NO, vault->dir, _("Restore the newest backup"),
				 _("the log was rolled back: it ends at event %llu, the checkpoint is of %llu"),
				 (unsigned long long)vault->log.gseq, (unsigned long long)c->gseq);
	if (c->gseq == 0 || !follow(vault, c, hash, NULL))
		return error_set(err, ERR_NO, vault->dir, _("Run `psirtty audit verify`"),
				 _("the log behind event %llu does not hang together"),
				 (unsigned long long)c->gseq);
	if (memcmp(hash, c->head, HASH_BYTES) != 0)
		return error_set(err, ERR_NO, vault->dir, _("Find out who has another history of this vault"),
				 _("the log was forked: its event %llu is not the one of the checkpoint"),
				 (unsigned long long)c->gseq);
	return 0;
}

int vault_checkpoint_check(struct vault *vault, const struct str *checkpoint, struct error *err)
{
	struct checkpoint c;
	int code;

	if (!parse(checkpoint, &c))
		return error_set(err, ERR_INPUT, _("checkpoint"), _("Give the file `psirtty vault checkpoint` wrote"),
				 _("it is no checkpoint"));
	code = check_signature(vault, checkpoint, &c, err);
	return code ? code : compare(vault, &c, err);
}
