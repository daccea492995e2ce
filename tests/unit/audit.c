/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The levels of the audit: what is wrong is found from the level on that looks at it, and not below; what a level needs
 * and is not at hand is told. With a real key, since the last one opens contents.
 */
#include <sqlite3.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"

static char home[64], dir[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static struct error err;
static uint64_t last;

static bool make_place(void)
{
	struct vault *vault = NULL;
	uint8_t stream[16];
	int code;

	snprintf(home, sizeof(home), "/tmp/pau-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("GNUPGHOME", home, 1);
	setenv("XDG_STATE_HOME", home, 1);
	setenv("XDG_CACHE_HOME", home, 1);
	snprintf(dir, sizeof(dir), "%s/vault", home);
	code = openpgp_open(home, &pgp, &err);
	code = code ? code : openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err);
	code = code ? code : vault_create(dir, pgp, fingerprint, NULL, now, &err);
	code = code ? code : vault_open(dir, pgp, false, now, &vault, &err);
	code = code ? code : vault_stream_new(vault, VAULT_CASE, now, stream, &err);
	for (int i = 0; !code && i < 3; i++)
		code = vault_append(vault, stream, 15, "{\"text\":\"x\"}", 12, now, NULL, NULL, NULL, &err);
	last = vault ? vault_head(vault) : 0;
	vault_close(vault);
	return CHECK(code == 0, "a vault: %s", str_or_empty(err.why));
}

/* ---- what is wrong, and the first level that sees it */

/* In place of $ comes the number of the last event, of # the one before it. */
static const struct { const char *name, *file, *sql; int level; } wrongs[] = {
	{ "an event that is missing", "vault.db", "DELETE FROM event WHERE gseq = #", 1 },
	{ "the end cut off", "vault.db", "DELETE FROM event WHERE gseq = $", 1 },
	{ "two events swapped", "vault.db",
	  "UPDATE event SET gseq = 99 WHERE gseq = #; UPDATE event SET gseq = # WHERE gseq = $; "
	  "UPDATE event SET gseq = $ WHERE gseq = 99", 1 },
	{ "another case in the row", "vault.db", "UPDATE event SET stream = zeroblob(16) WHERE gseq = $", 1 },
	{ "another author in the core", "vault.db",
	  "UPDATE event SET core = CAST(substr(core, 1, 24) || zeroblob(16) || substr(core, 41) AS BLOB) WHERE gseq = $", 1 },
	{ "a hash of the journal altered", "vault.db", "UPDATE event SET prev = zeroblob(32) WHERE gseq = $", 1 },
	{ "an altered content", "vault.db",
	  "UPDATE event SET body = CAST(x'00' || substr(body, 2) AS BLOB) WHERE gseq = $ AND substr(body, 1, 1) <> x'00'; "
	  "UPDATE event SET body = CAST(substr(body, 1, 1) || x'0000' || substr(body, 4) AS BLOB) WHERE gseq = $", 2 },
	{ "an altered nonce", "vault.db", "UPDATE event SET nonce = zeroblob(24) WHERE gseq = $", 2 },
	{ "an altered signature", "vault.db", "UPDATE event SET sig = zeroblob(64) WHERE gseq = $", 3 },
	{ "an altered signature of the journal", "vault.db", "UPDATE event SET journal_sig = zeroblob(64) WHERE gseq = $", 3 },
	{ "keys that do not open", "keys.db", "UPDATE wrap SET sealed = randomblob(80)", 4 },
};

static bool alter(size_t which)
{
	AUTO_STRING path = file_join(dir, wrongs[which].file);
	sqlite3 *db = NULL;
	AUTO_STR sql = STR_INIT;
	bool good;

	for (const char *c = wrongs[which].sql; *c; c++) {
		if (*c == '$' || *c == '#')
			str_add_format(&sql, "%llu", (unsigned long long)(*c == '$' ? last : last - 1));
		else
			str_add_char(&sql, *c);
	}
	good = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql.bytes, NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_total_changes(db) > 0;
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
	return good;
}

static void try_level(size_t which, int level)
{
	struct audit_report report = { 0 };
	int code, due = level >= wrongs[which].level ? ERR_NO : 0;

	error_release(&err);
	code = vault_audit_level(dir, pgp, level, NULL, &report, &err);
	CHECK(code == due && report.level == level, "%s, level %d: %s", wrongs[which].name, level,
	      due ? report.finding_count ? report.findings[0].what : "nothing is found" : "not looked at");
	if (due)
		CHECK(report.finding_count && (report.findings[0].gseq == last || report.findings[0].gseq == last - 1 || level == 4),
		      "%s, level %d: event %llu is named", wrongs[which].name, level,
		      report.finding_count ? (unsigned long long)report.findings[0].gseq : 0);
	audit_report_release(&report);
}

static void test_wrongs(void)
{
	for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
		AUTO_STRING path = file_join(dir, wrongs[i].file);
		AUTO_STR kept = STR_INIT;

		file_read(path, 1 << 30, &kept, NULL);
		CHECK(alter(i), "%s", wrongs[i].name);
		for (int level = 1; level <= 4; level++)
			try_level(i, level);
		file_write(path, kept.bytes, kept.length, 0660, NULL);
	}
}

/* ---- how far it goes */

static void test_reached(void)
{
	for (int level = 0; level <= 4; level++)
		for (int keys = 0; keys < 2; keys++) {
			int reached = level ? level : 4, due = 0;
			struct audit_report report = { 0 };

			if (!keys && reached == 4)
				reached = 3;
			due = level > reached ? ERR_USAGE : 0;
			error_release(&err);
			CHECK(vault_audit_level(dir, keys ? pgp : NULL, level, NULL, &report, &err) == due &&
				      report.level == reached && report.events == last && report.opened == (reached == 4) &&
				      !report.finding_count,
			      "level %d %s keys: reaches %d%s", level, keys ? "with" : "without", reached,
			      due ? ", which is told" : "");
			audit_report_release(&report);
		}
}

int main(void)
{
	if (make_place()) {
		test_reached();
		test_wrongs();
		test_reached();
	}
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	error_release(&err);
	free(fingerprint);
	file_remove_tree(home, NULL);
	return tap_done();
}
