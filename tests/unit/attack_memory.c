/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks that a log alone cannot show, because what is left is whole in itself: cut, rolled back, forked.
 * They show against what a member remembers. And keys.db, which no chain covers: swapped and altered wraps.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"
#include "tap.h"

static char home[64], dir[96], kept[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static uint8_t streams[2][16];

static const char *const files[] = { "vault.db", "keys.db", "vault.lock", "vault.yaml" };

static void remember_as(const char *name)
{
	AUTO_STRING state = file_join(home, name);

	setenv("XDG_STATE_HOME", state, 1);
	setenv("XDG_CACHE_HOME", state, 1);
}

static bool make_place(void)
{
	AUTO_ERROR err = ERROR_INIT;

	snprintf(home, sizeof(home), "/tmp/pam-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("GNUPGHOME", home, 1);
	remember_as("state");
	snprintf(dir, sizeof(dir), "%s/vault", home);
	snprintf(kept, sizeof(kept), "%s/kept", home);
	file_make_dir(kept, 0700, NULL);
	return CHECK(openpgp_open(home, &pgp, &err) == 0 &&
			     openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
			     vault_create(dir, pgp, fingerprint, NULL, now, &err) == 0,
		     "a vault is made: %s", str_or_empty(err.why));
}

/* ---- the vault's files taken aside and put back; all is in the databases once a session has ended */

static void copy_file(const char *from, const char *to, const char *name)
{
	AUTO_STRING source = file_join(from, name);
	AUTO_STRING target = file_join(to, name);
	AUTO_STR bytes = STR_INIT;

	file_read(source, 1 << 30, &bytes, NULL);
	file_write(target, bytes.bytes, bytes.length, 0660, NULL);
}

static void copy_vault(const char *from, const char *to)
{
	static const char *const left[] = { "vault.db-wal", "vault.db-shm", "keys.db-wal", "keys.db-shm" };

	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		AUTO_STRING path = file_join(to, left[i]);

		unlink(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		copy_file(from, to, files[i]);
}

static bool sql(const char *name, const char *text)
{
	AUTO_STRING path = file_join(dir, name);
	sqlite3 *db = NULL;
	char *complaint = NULL;
	bool good;

	sqlite3_open(path, &db);
	good = sqlite3_exec(db, text, NULL, NULL, &complaint) == SQLITE_OK && sqlite3_changes(db) > 0;
	if (complaint)
		printf("# %s\n", complaint);
	sqlite3_free(complaint);
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
	return good;
}

/* ---- sessions */

static int add_notes(struct vault *vault, int count, const char *text, struct error *err)
{
	int code = 0;

	for (int i = 0; !code && i < count; i++) {
		AUTO_STRING json = mem_format("{\"text\":\"%s %d\"}", text, i);

		code = vault_append(vault, streams[i % 2], 15, json, strlen(json), now, NULL, NULL, NULL, err);
	}
	return code;
}

static uint64_t session(int notes, const char *text)
{
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;
	uint64_t head = 0;

	if (vault_open(dir, pgp, false, now, &vault, &err) == 0 && add_notes(vault, notes, text, &err) == 0)
		head = vault_head(vault);
	else
		printf("# %s\n", str_or_empty(err.why));
	vault_close(vault);
	return head;
}

static int count_event(void *context, const struct vault_event *event, struct error *err)
{
	(void)event;
	(void)err;
	++*(size_t *)context;
	return 0;
}

static const char *said(const struct vault *vault, const struct error *err)
{
	return vault && vault_damage(vault) ? vault_damage(vault) : str_or_empty(err->why);
}

/* The audit's first finding: its place, and a line about it. */
static uint64_t audited(char *ret, size_t size)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	int code = vault_audit(dir, pgp, NULL, &report, &err);
	uint64_t place = code == ERR_NO && report.finding_count ? report.findings[0].gseq : 0;

	snprintf(ret, size, "event %llu of %s: %s", (unsigned long long)place,
		 report.finding_count ? report.findings[0].stream_name : "nothing",
		 report.finding_count ? report.findings[0].what : str_or_empty(err.why));
	audit_report_release(&report);
	return place;
}

/* The vault is damaged for who remembers, says where (NAMED), takes nothing more, and the audit finds PLACE. */
static void suspected(uint64_t named, uint64_t place, const char *name)
{
	AUTO_STRING number = mem_format("event %llu", (unsigned long long)named);
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;
	char finding[300];
	uint64_t found;
	bool told;

	told = vault_open(dir, pgp, false, now, &vault, &err) == 0 && vault_damage(vault) &&
	       strstr(vault_damage(vault), number);
	CHECK(told, "%s: %s", name, said(vault, &err));
	CHECK(vault && add_notes(vault, 1, "more", &err) != 0, "%s: nothing is added to it", name);
	vault_close(vault);
	found = audited(finding, sizeof(finding));
	CHECK(found == place, "%s: the audit finds %s", name, finding);
}

static void whole(const char *name)
{
	struct audit_report report = { 0 };
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;
	bool good = vault_open(dir, pgp, false, now, &vault, &err) == 0 && !vault_damage(vault);

	CHECK(good, "%s: opens (%s)", name, said(vault, &err));
	vault_close(vault);
	good = vault_audit(dir, pgp, NULL, &report, &err) == 0 && report.finding_count == 0;
	CHECK(good, "%s: passes the audit (%s)", name, report.finding_count ? report.findings[0].what : "");
	audit_report_release(&report);
}

static void begin_cases(void)
{
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(vault_open(dir, pgp, false, now, &vault, &err) == 0 &&
		      vault_stream_new(vault, VAULT_CASE, now, streams[0], &err) == 0 &&
		      vault_stream_new(vault, VAULT_CASE, now, streams[1], &err) == 0,
	      "two cases");
	vault_close(vault);
}

/* ---- the attacks */

static void test_cut(void)
{
	uint64_t head = session(6, "worth cutting");
	AUTO_STRING cut = mem_format("DELETE FROM event WHERE gseq > %llu", (unsigned long long)head - 2);
	AUTO_STRING lock = file_join(dir, "vault.lock");

	copy_vault(dir, kept);
	CHECK(sql("vault.db", cut), "the last two events are taken away");
	suspected(head - 2, head - 1, "a log cut at its end");
	/* Whoever cuts the log can also write what vault.lock notes. */
	file_write(lock, "\0\0\0\0\0\0\0\0", 8, 0660, NULL);
	suspected(head - 2, head - 1, "a log cut at its end, and the note of it");
	copy_vault(kept, dir);
	whole("put back");
}

static void test_rollback(void)
{
	uint64_t before = session(2, "kept in the old copy"), head;

	copy_vault(dir, kept);
	head = session(4, "rolled back");
	CHECK(head == before + 4, "four more events");
	copy_vault(kept, dir);
	suspected(before, before + 1, "an older copy in the vault's place");
	remember_as("newcomer");
	whole("to somebody who remembers nothing, which the manual says");
	remember_as("state");
}

/* The same number of events after the old copy, then more: well signed by a member, but others. */
static void test_fork(int notes, const char *name)
{
	AUTO_STRING elsewhere = mem_format("elsewhere %d", notes);
	AUTO_STRING here = mem_format("here %d", notes);
	uint64_t before, head;

	copy_vault(dir, kept);
	remember_as(elsewhere);
	before = session(0, "");
	remember_as(here);
	head = session(3, "the history that was seen");
	copy_vault(kept, dir);
	remember_as(elsewhere);
	session(notes, "another history");
	remember_as(here);
	suspected(head, head, name);
	CHECK(head == before + 3, "%s: beyond what both share", name);
	copy_vault(kept, dir);
	remember_as("state");
}

static const struct { const char *sql, *name; } wrap_attacks[] = {
	{ "UPDATE wrap SET sealed = randomblob(80)", "wraps of rubbish" },
	{ "UPDATE wrap SET sealed = (SELECT w.sealed FROM wrap w WHERE w.stream <> wrap.stream LIMIT 1)",
	  "wraps swapped between cases" },
	{ "UPDATE wrap SET sealed = substr(sealed, 1, 79)", "wraps cut short" },
};

static void attack_wraps(size_t which)
{
	const char *name = wrap_attacks[which].name;
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;
	size_t events = 0;
	char finding[300];
	uint64_t place;
	bool told;

	CHECK(sql("keys.db", wrap_attacks[which].sql), "%s", name);
	told = vault_open(dir, pgp, false, now, &vault, &err) != 0 ||
	       vault_each(vault, 0, count_event, &events, &err) != 0 || vault_damage(vault);
	CHECK(told, "%s: said when the vault is read: %s", name, said(vault, &err));
	CHECK(events == 0, "%s: nothing is opened with them", name);
	vault_close(vault);
	place = audited(finding, sizeof(finding));
	CHECK(place > 0, "%s: the audit finds %s", name, finding);
}

static void test_wraps(void)
{
	copy_vault(dir, kept);
	for (size_t i = 0; i < ARRAY_LEN(wrap_attacks); i++) {
		remember_as(wrap_attacks[i].name);
		attack_wraps(i);
		copy_vault(kept, dir);
	}
	remember_as("state");
}

/* Each field of a wrap's 80 bytes: the box's own key, the sealed key, its tag. */
static void test_wrap_bits(void)
{
	size_t found = 0, tried = 0;

	remember_as("bits");
	for (int byte = 1; byte <= 80; byte += 8, tried++) {
		AUTO_STRING flip = mem_format(
			"UPDATE wrap SET sealed = CAST(substr(sealed, 1, %d) || CASE substr(sealed, %d, 1) WHEN x'00' THEN x'01' "
			"ELSE x'00' END || substr(sealed, %d) AS BLOB)",
			byte - 1, byte, byte + 1);
		struct audit_report report = { 0 };

		copy_vault(kept, dir);
		found += sql("keys.db", flip) && vault_audit(dir, pgp, NULL, &report, NULL) == ERR_NO &&
			 report.finding_count && report.findings[0].gseq;
		audit_report_release(&report);
	}
	CHECK(found == tried, "a changed byte of a wrap is found at %zu of %zu places", found, tried);
	copy_vault(kept, dir);
	remember_as("state");
}

int main(void)
{
	if (make_place()) {
		begin_cases();
		session(4, "first");
		whole("the untouched vault");
		test_cut();
		test_fork(3, "a fork of the same length");
		test_fork(5, "a longer fork");
		test_wraps();
		test_wrap_bits();
		whole("the vault put back");
		test_rollback();
	}
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	free(fingerprint);
	file_remove_tree(home, NULL);
	return tap_done();
}
