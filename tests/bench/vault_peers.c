/* SPDX-License-Identifier: Apache-2.0 */
/* The same cases in plain SQLite, and as one gpg file each. */
#include "vault_peers.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "psirtty/model/event.h"
#include "psirtty/vault/vault.h"

enum { ROUNDS = 9, FILES = 200, OPENINGS = 200, APPENDS = 500, WRITES = 1000, BUSY_MS = 60000 };

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static sqlite3 *plain_open(const char *dir)
{
	AUTO_STRING path = file_join(dir, "plain.db");
	sqlite3 *db = NULL;

	sqlite3_open(path, &db);
	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_exec(db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL);
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fprintf(stderr, "plain SQLite: %s\n", sqlite3_errmsg(db));
	return s;
}

/* ---- the copy */

struct copying {
	sqlite3_stmt *event, *open, *text;
	struct openpgp *pgp;
	const char *dir, *fingerprint;
	size_t files;
};

/* One file as pass keeps them: the first line is what a list shows. */
static void copy_file(struct copying *c, const char *text, size_t length)
{
	AUTO_STRING path = mem_format("%s/files/%zu.gpg", c->dir, c->files);
	AUTO_STR sealed = STR_INIT;

	if (openpgp_encrypt(c->pgp, text, length, &c->fingerprint, 1, NULL, false, &sealed, NULL) == 0 &&
	    file_write(path, sealed.bytes, sealed.length, 0600, NULL) == 0)
		c->files++;
}

static void copy_case(struct copying *c, const struct vault_event *event)
{
	AUTO_JSON body = json_loads(event->json, 0, NULL);

	sqlite3_bind_blob(c->open, 1, event->stream, 16, SQLITE_STATIC);
	sqlite3_bind_text(c->open, 2, js_string(body, "case"), -1, SQLITE_STATIC);
	sqlite3_bind_text(c->open, 3, js_string(body, "title"), -1, SQLITE_STATIC);
	sqlite3_step(c->open);
	sqlite3_reset(c->open);
	if (c->files < FILES)
		copy_file(c, event->json, event->length);
}

static int copy_event(void *context, const struct vault_event *event, struct error *err)
{
	struct copying *c = context;

	(void)err;
	if (event->type == EVENT_CASE_OPENED)
		copy_case(c, event);
	sqlite3_bind_int64(c->event, 1, (sqlite3_int64)event->gseq);
	sqlite3_bind_blob(c->event, 2, event->stream, 16, SQLITE_STATIC);
	sqlite3_bind_int(c->event, 3, event->type);
	sqlite3_bind_text(c->event, 4, event->json, (int)event->length, SQLITE_STATIC);
	sqlite3_step(c->event);
	sqlite3_reset(c->event);
	sqlite3_bind_int64(c->text, 1, (sqlite3_int64)event->gseq);
	sqlite3_bind_text(c->text, 2, event->json, (int)event->length, SQLITE_STATIC);
	sqlite3_step(c->text);
	sqlite3_reset(c->text);
	return 0;
}

static void copy(const char *dir, sqlite3 *db, struct copying *c)
{
	AUTO_STRING vault_dir = file_join(dir, "vault");
	AUTO_STRING files = file_join(dir, "files");
	struct vault *vault = NULL;

	file_make_dir(files, 0700, NULL);
	sqlite3_exec(db,
		     "CREATE TABLE event (gseq INTEGER PRIMARY KEY, stream BLOB, type INTEGER, json TEXT);"
		     "CREATE TABLE opened (stream BLOB PRIMARY KEY, id TEXT, title TEXT, state TEXT);"
		     "CREATE VIRTUAL TABLE words USING fts5(text, content=''); BEGIN",
		     NULL, NULL, NULL);
	c->event = prepare(db, "INSERT INTO event VALUES (?, ?, ?, ?)");
	c->open = prepare(db, "INSERT OR REPLACE INTO opened VALUES (?, ?, ?, 'received')");
	c->text = prepare(db, "INSERT INTO words (rowid, text) VALUES (?, ?)");
	if (openpgp_open(NULL, &c->pgp, NULL) == 0 && vault_open(vault_dir, c->pgp, true, 0, &vault, NULL) == 0) {
		c->fingerprint = vault_fingerprint(vault);
		vault_each(vault, 0, copy_event, c, NULL);
	}
	vault_close(vault);
	sqlite3_finalize(c->event);
	sqlite3_finalize(c->open);
	sqlite3_finalize(c->text);
	sqlite3_exec(db, "COMMIT; CREATE INDEX by_stream ON event (stream, gseq); PRAGMA wal_checkpoint(TRUNCATE)", NULL,
		     NULL, NULL);
}

/* ---- figures */

static double time_list(const char *dir, bool cold, size_t *ret_cases)
{
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double begun;
		sqlite3 *db;
		sqlite3_stmt *s;

		if (cold)
			bench_drop(dir);
		begun = milliseconds();
		db = plain_open(dir);
		s = prepare(db, "SELECT id, title, state FROM opened ORDER BY id");
		for (*ret_cases = 0; sqlite3_step(s) == SQLITE_ROW; ++*ret_cases)
			sqlite3_column_text(s, 1);
		times[i] = milliseconds() - begun;
		sqlite3_finalize(s);
		sqlite3_close(db);
	}
	return bench_quantile(times, ROUNDS, 0.5);
}

static double time_open(sqlite3 *db)
{
	sqlite3_stmt *streams = prepare(db, "SELECT stream FROM opened ORDER BY stream");
	sqlite3_stmt *events = prepare(db, "SELECT type, json FROM event WHERE stream = ? ORDER BY gseq");
	double times[OPENINGS];
	size_t done = 0;

	for (; done < OPENINGS && sqlite3_step(streams) == SQLITE_ROW; done++) {
		double begun = milliseconds();

		sqlite3_bind_blob(events, 1, sqlite3_column_blob(streams, 0), 16, SQLITE_TRANSIENT);
		while (sqlite3_step(events) == SQLITE_ROW)
			json_decref(json_loads((const char *)sqlite3_column_text(events, 1), 0, NULL));
		sqlite3_reset(events);
		times[done] = milliseconds() - begun;
	}
	sqlite3_finalize(streams);
	sqlite3_finalize(events);
	return bench_quantile(times, done, 0.5);
}

static double time_search(sqlite3 *db, const char *query, bool phrase, size_t *ret_hits)
{
	AUTO_STRING words = phrase ? mem_format("\"%s\"", query) : mem_string(query);
	sqlite3_stmt *s = prepare(db, "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 50");
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double begun = milliseconds();

		sqlite3_bind_text(s, 1, words, -1, SQLITE_STATIC);
		for (*ret_hits = 0; sqlite3_step(s) == SQLITE_ROW; ++*ret_hits)
			;
		sqlite3_reset(s);
		times[i] = milliseconds() - begun;
	}
	sqlite3_finalize(s);
	return bench_quantile(times, ROUNDS, 0.5);
}

static bool append(sqlite3_stmt *s)
{
	static const char note[] = "{\"text\":\"Written while seven others write: who waits longest?\"}";
	bool good;

	sqlite3_bind_text(s, 1, note, -1, SQLITE_STATIC);
	good = sqlite3_step(s) == SQLITE_DONE;
	sqlite3_reset(s);
	return good;
}

static const char append_sql[] = "INSERT INTO event (stream, type, json) VALUES (x'00', 15, ?)";

static double time_append(sqlite3 *db)
{
	sqlite3_stmt *s = prepare(db, append_sql);
	double times[APPENDS];

	for (int i = 0; i < APPENDS; i++) {
		double begun = milliseconds();

		append(s);
		times[i] = milliseconds() - begun;
	}
	sqlite3_finalize(s);
	return bench_quantile(times, APPENDS, 0.5);
}

void peers_run_write(const char *dir)
{
	sqlite3 *db = plain_open(dir);
	sqlite3_stmt *s = prepare(db, append_sql);
	double times[WRITES];
	char byte = 'r';

	if (write(STDOUT_FILENO, &byte, 1) != 1 || read(STDIN_FILENO, &byte, 1) < 0)
		return;
	for (int i = 0; i < WRITES; i++) {
		double begun = milliseconds();

		if (!append(s))
			fprintf(stderr, "plain SQLite: %s\n", sqlite3_errmsg(db));
		times[i] = milliseconds() - begun;
	}
	if (fd_write_all(STDOUT_FILENO, times, sizeof(times)) < 0)
		fprintf(stderr, "nobody reads the times\n");
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void time_files(const char *dir, size_t files, size_t cases, struct peers *ret)
{
	struct openpgp *pgp = NULL;
	double times[FILES], sum = 0;
	size_t done = 0;

	if (openpgp_open(NULL, &pgp, NULL))
		return;
	for (; done < files; done++) {
		AUTO_STRING path = mem_format("%s/files/%zu.gpg", dir, done);
		AUTO_STR sealed = STR_INIT;
		struct openpgp_result opened = { 0 };
		double begun = milliseconds();

		file_read(path, 1 << 20, &sealed, NULL);
		openpgp_decrypt(pgp, sealed.bytes, sealed.length, 1 << 20, 0, &opened, NULL);
		sum += times[done] = milliseconds() - begun;
		openpgp_result_release(&opened);
	}
	ret->files_open = bench_quantile(times, done, 0.5);
	ret->files_list = done ? sum / (double)done * (double)cases : NAN;
	openpgp_close(pgp);
}

void peers_measure(const char *dir, struct peers *ret)
{
	static const char *const old[] = { "plain.db", "plain.db-wal", "plain.db-shm" };
	struct copying copying = { .dir = dir };
	sqlite3 *db;
	size_t cases;

	for (size_t i = 0; i < ARRAY_LEN(old); i++) {
		AUTO_STRING path = file_join(dir, old[i]);

		unlink(path);
	}
	db = plain_open(dir);
	copy(dir, db, &copying);
	openpgp_close(copying.pgp);
	ret->list = time_list(dir, false, &cases);
	ret->list_cold = time_list(dir, true, &cases);
	ret->open = time_open(db);
	for (size_t q = 0; q < BENCH_QUERIES; q++)
		ret->search[q] = time_search(db, bench_queries[q], q != 3, &ret->hits[q]);
	ret->append = time_append(db);
	sqlite3_close(db);
	time_files(dir, copying.files ? copying.files : FILES, cases, ret);
	ret->writers = bench_writers("--plain-write", dir, &ret->writers99);
}
