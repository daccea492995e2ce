/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault with a real key made by gpg in a temporary home: what goes in comes out, and every altered
 * bit of a stored event is found and named.
 */
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"
#include "tap.h"

static char home[64], dir[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;

static bool make_place(void)
{
	AUTO_ERROR err = ERROR_INIT;

	snprintf(home, sizeof(home), "/tmp/pst-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("XDG_STATE_HOME", home, 1);
	setenv("GNUPGHOME", home, 1);
	snprintf(dir, sizeof(dir), "%s/vault", home);
	return CHECK(openpgp_open(home, &pgp, &err) == 0, "gpg opens") &&
	       CHECK(openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0,
		     "a key is made") &&
	       CHECK(vault_create(dir, pgp, fingerprint, NULL, now, &err) == 0, "a vault is made: %s",
		     err.why ? err.why : "");
}

struct seen { size_t count; char last[200]; };

static int see(void *context, const struct vault_event *event, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	seen->count++;
	snprintf(seen->last, sizeof(seen->last), "%d %s", event->type, event->json);
	return 0;
}

static void test_round_trip(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault = NULL;
	struct seen seen = { 0 };
	uint8_t stream[16];
	static const char body[] = "{\"title\":\"heap overflow\"}";

	CHECK(vault_open(dir, pgp, false, now, &vault, &err) == 0, "it unlocks: %s", err.why ? err.why : "");
	CHECK(vault_damage(vault) == NULL, "a new vault is whole");
	CHECK(vault_stream_new(vault, VAULT_CASE, now, stream, &err) == 0, "a case begins: %s", err.why ? err.why : "");
	CHECK(vault_append(vault, stream, 1, body, strlen(body), now, see, NULL, &seen, &err) == 0, "an event is taken: %s",
	      err.why ? err.why : "");
	CHECK(vault_append(vault, stream, 15, "{}", 2, now, NULL, NULL, NULL, &err) == 0, "a second one");
	CHECK(seen.count == 1, "the appended event is handed out");
	vault_name_stream(vault, stream, "PSIRT-2026-0001");
	vault_close(vault);

	seen = (struct seen){ 0 };
	CHECK(vault_open(dir, pgp, false, now, &vault, &err) == 0, "it unlocks again");
	CHECK(vault_each(vault, 0, see, &seen, &err) == 0 && seen.count == 2, "both events are read back");
	CHECK_STR(seen.last, "15 {}", "the last one as it went in");
	vault_close(vault);
}

static void test_objects(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault = NULL;
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 200000 };
	struct vault_object object;

	if (vault_open(dir, pgp, false, now, &vault, &err))
		return;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char *bytes = mem_alloc(sizes[i]);
		AUTO_STR back = STR_INIT;

		memset(bytes, 'x', sizes[i]);
		CHECK(vault_object_put(vault, bytes, sizes[i], &object, &err) == 0 &&
			      vault_object_get(vault, object.name, object.key, &back, &err) == 0 &&
			      back.length == sizes[i] && memcmp(back.bytes, bytes, sizes[i]) == 0,
		      "an attachment of %zu bytes comes back", sizes[i]);
		free(bytes);
	}
	AUTO_STR none = STR_INIT;
	object.key[0] = object.key[0] == '0' ? '1' : '0';
	CHECK(vault_object_get(vault, object.name, object.key, &none, &err) == ERR_INPUT && none.length == 0,
	      "with another key it does not open");
	CHECK(vault_draft_put(vault, "reply-1", "Dear finder", 11, &err) == 0 &&
		      vault_draft_get(vault, "reply-1", &none, &err) == 0 && str_equal(none.bytes, "Dear finder"),
	      "a draft comes back");
	AUTO_STRING scratch = NULL;
	AUTO_STRING orphan = NULL;
	size_t count = 0;
	CHECK(vault_draft_scratch(vault, ".txt", &scratch, &err) == 0 && vault_draft_recover(vault, &count, &err) == 0 &&
		      count == 0 && file_exists(scratch),
	      "a text being edited is left alone");
	orphan = mem_format("%.*s/edit-4194305-abcdef.txt", (int)(strrchr(scratch, '/') - scratch), scratch);
	file_write(orphan, "half a sentence", 15, 0600, &err);
	CHECK(vault_draft_recover(vault, &count, &err) == 0 && count == 1 && !file_exists(orphan),
	      "what a dead session left is sealed and gone from the folder");
	CHECK(vault_draft_get(vault, "../x", &none, &err) == ERR_INPUT, "a draft's name cannot leave its folder");
	vault_close(vault);
}

/* Flips one bit of one column of one row, audits, flips it back. */
static bool flip_is_found(sqlite3 *db, long long gseq, const char *column, int offset, int bit, char *ret_name)
{
	sqlite3_blob *blob = NULL;
	unsigned char byte;
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	bool found = false;

	if (sqlite3_blob_open(db, "main", "event", column, gseq, 1, &blob) != SQLITE_OK)
		return false;
	if (offset < sqlite3_blob_bytes(blob)) {
		sqlite3_blob_read(blob, &byte, 1, offset);
		byte ^= (unsigned char)(1 << bit);
		sqlite3_blob_write(blob, &byte, 1, offset);
		sqlite3_blob_close(blob);
		found = vault_audit(dir, NULL, NULL, &report, &err) == ERR_NO && report.finding_count >= 1 &&
			report.findings[0].gseq == (uint64_t)gseq;
		if (report.finding_count)
			snprintf(ret_name, 64, "%s", report.findings[0].stream_name);
		sqlite3_blob_open(db, "main", "event", column, gseq, 1, &blob);
		byte ^= (unsigned char)(1 << bit);
		sqlite3_blob_write(blob, &byte, 1, offset);
	}
	sqlite3_blob_close(blob);
	audit_report_release(&report);
	return found;
}

static int blob_length(sqlite3 *db, long long gseq, const char *column)
{
	sqlite3_blob *blob = NULL;
	int length = 0;

	if (sqlite3_blob_open(db, "main", "event", column, gseq, 0, &blob) == SQLITE_OK)
		length = sqlite3_blob_bytes(blob);
	sqlite3_blob_close(blob);
	return length;
}

/* Columns that an index covers cannot be written through a blob handle: altered by UPDATE instead. */
static void test_every_bit(void)
{
	static const char *const columns[] = { "core", "nonce", "body", "sig", "prev", "appender", "journal_sig" };
	static const long long events[] = { 1, 8, 11, 12 }; /* vault, stream, content, the last one */
	AUTO_STRING path = file_join(dir, "vault.db");
	sqlite3 *db = NULL;
	size_t flips = 0;
	char name[64] = "";

	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL); /* no power is lost here */
	for (size_t e = 0; e < ARRAY_LEN(events); e++)
		for (size_t c = 0; c < ARRAY_LEN(columns); c++) {
			long long gseq = events[e];
			int length = blob_length(db, gseq, columns[c]);

			for (int offset = 0; offset < length; offset++, flips++)
				CHECK_QUIET(flip_is_found(db, gseq, columns[c], offset, (offset * 5) % 8, name),
					    "event %lld, %s, byte %d: not found", gseq, columns[c], offset);
		}
	CHECK(flips > 1000, "a flipped bit in each of %zu bytes is found and its event named", flips);
	sqlite3_close(db);
}

static void alter(const char *sql, uint64_t expected, const char *name)
{
	AUTO_STRING path = file_join(dir, "vault.db");
	AUTO_STRING copy = mem_format("%s.kept", path);
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR bytes = STR_INIT;
	sqlite3 *db = NULL;
	char *complaint = NULL;
	uint64_t found;
	int code;

	file_read(path, 1 << 30, &bytes, NULL);
	sqlite3_open(path, &db);
	if (sqlite3_exec(db, sql, NULL, NULL, &complaint) != SQLITE_OK)
		printf("# %s\n", complaint);
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
	code = vault_audit(dir, pgp, NULL, &report, &err);
	found = report.finding_count ? report.findings[0].gseq : 0;
	CHECK(code == ERR_NO && found == expected, "%s: found at event %llu", name, (unsigned long long)found);
	audit_report_release(&report);
	file_write(path, bytes.bytes, bytes.length, 0660, NULL);
}

static void test_attacks(void)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	CHECK(vault_audit(dir, pgp, NULL, &report, &err) == 0 && report.opened, "the untouched vault is whole: %s",
	      err.why ? err.why : "");
	audit_report_release(&report);
	alter("DELETE FROM event WHERE gseq = 11", 11, "a deleted event");
	alter("UPDATE event SET gseq = 99 WHERE gseq = 11; UPDATE event SET gseq = 11 WHERE gseq = 12; UPDATE "
	      "event SET gseq = 12 WHERE gseq = 99",
	      11, "two events swapped");
	alter("DELETE FROM event WHERE gseq = (SELECT max(gseq) FROM event)", 12, "the tail cut off");
	alter("INSERT INTO event SELECT 13, randomblob(32), stream, core, nonce, body, sig, prev, appender, "
	      "journal_sig FROM event WHERE gseq = 12",
	      13, "an event inserted");
	alter("UPDATE event SET id = randomblob(32) WHERE gseq = 11", 11, "an id replaced");
	alter("UPDATE event SET stream = randomblob(16) WHERE gseq = 11", 11, "an event put into another case");
	CHECK(vault_audit(dir, pgp, NULL, &report, &err) == 0, "whole again afterwards: %s", err.why ? err.why : "");
	audit_report_release(&report);
}

/* keys.db is not covered by the chain: a wrap that was swapped or damaged must show all the same. */
static void test_wraps(void)
{
	static const char *const attacks[] = {
		"UPDATE wrap SET sealed = randomblob(80)",
		"UPDATE wrap SET sealed = (SELECT w.sealed FROM wrap w WHERE w.stream <> wrap.stream LIMIT 1)",
	};
	AUTO_STRING path = file_join(dir, "keys.db");
	AUTO_STR bytes = STR_INIT;

	file_read(path, 1 << 30, &bytes, NULL);
	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		struct vault *vault = NULL;
		struct seen seen = { 0 };
		AUTO_ERROR err = ERROR_INIT;
		struct audit_report report = { 0 };
		sqlite3 *db = NULL;

		sqlite3_open(path, &db);
		sqlite3_exec(db, attacks[i], NULL, NULL, NULL);
		sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
		sqlite3_close(db);
		CHECK(vault_open(dir, pgp, false, now, &vault, &err) == 0 && vault_each(vault, 0, see, &seen, &err) == 0 &&
			      vault_damage(vault),
		      "attack %zu on the wraps: the vault says it is damaged", i);
		CHECK(vault && vault_readonly(vault), "and can only be read");
		vault_close(vault);
		CHECK(vault_audit(dir, pgp, NULL, &report, &err) == ERR_NO && report.findings[0].gseq == 11,
		      "and the audit names the event that cannot be opened");
		audit_report_release(&report);
		file_write(path, bytes.bytes, bytes.length, 0660, NULL);
	}
}

int main(void)
{
	if (make_place()) {
		test_round_trip();
		test_objects();
		test_every_bit();
		test_attacks();
		test_wraps();
	}
	openpgp_close(pgp);
	free(fingerprint);
	file_remove_tree(home, NULL);
	return tap_done();
}
