/* SPDX-License-Identifier: Apache-2.0 */
/* The intelligence store's file: opening, its tables, its statements, its sources and dictionaries. */
#include "vault/intel_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/tokenize.h"

enum { INTEL_MARK = 0x50534954, INTEL_VERSION = 1 };

/* Pages of 8 KiB: records are one or two. The words' index is written in few large pieces. */
static const char schema[] =
	"PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE;"
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
	"INSERT INTO meta VALUES ('run', 0);"
	"CREATE TABLE dictionary (id INTEGER PRIMARY KEY, kind INTEGER, raw INTEGER, bytes BLOB);"
	"CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE, kind INTEGER, synced INTEGER, newest INTEGER, "
	"records INTEGER DEFAULT 0, cursor TEXT DEFAULT '', run INTEGER DEFAULT 0, serial INTEGER DEFAULT 0);"
	"CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT, source INTEGER, part TEXT, kind INTEGER, state INTEGER, "
	"exploited INTEGER, gone INTEGER DEFAULT 0, modified INTEGER, seen INTEGER, change INTEGER, run INTEGER);"
	"CREATE UNIQUE INDEX record_name ON record (name, source, part);"
	"CREATE INDEX record_change ON record (change);"
	"CREATE INDEX record_modified ON record (modified);"
	"CREATE TABLE body (id INTEGER PRIMARY KEY, packed BLOB, raw BLOB, packed_with INTEGER, raw_with INTEGER);"
	"CREATE TABLE brought (source INTEGER, record INTEGER, PRIMARY KEY (source, record)) WITHOUT ROWID;"
	"CREATE TABLE alias (name TEXT, record INTEGER, joins INTEGER, PRIMARY KEY (name, record)) WITHOUT ROWID;"
	"CREATE INDEX alias_record ON alias (record);"
	"CREATE TABLE product (key INTEGER, record INTEGER, PRIMARY KEY (key, record)) WITHOUT ROWID;"
	"CREATE TABLE fault (source INTEGER, place TEXT, why TEXT, at INTEGER, size INTEGER, bytes BLOB, "
	"PRIMARY KEY (source, place)) WITHOUT ROWID;"
	"CREATE TABLE epss_model (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
	"CREATE TABLE epss (cve INTEGER PRIMARY KEY, day INTEGER, model INTEGER, score INTEGER, percentile INTEGER, "
	"history BLOB);"
	"CREATE VIRTUAL TABLE fts USING fts5 (text, content='', tokenize='psirtty');"
	"INSERT INTO fts (fts, rank) VALUES ('hashsize', 8388608);"
	"PRAGMA application_id = 1347635540; PRAGMA user_version = 1; COMMIT";

static const char *const statements[] = {
#define X(name, sql) [INTEL_##name] = sql,
	INTEL_STATEMENTS(X)
#undef X
};

/* ---- statements */

int intel_failed(struct intel *intel, struct error *err)
{
	int code = sqlite3_errcode(intel->db);

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return error_set(err, ERR_BUSY, intel->path, _("Try again when it has ended"),
				 _("another process is writing to the store"));
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(err, ERR_INPUT, intel->path, _("Remove it and import the feeds anew: nothing else is in it"),
				 _("the store is damaged: %s"), sqlite3_errmsg(intel->db));
	return error_set(err, ERR_INPUT, intel->path, NULL, "%s", sqlite3_errmsg(intel->db));
}

sqlite3_stmt *intel_statement(struct intel *intel, enum intel_statement which)
{
	sqlite3_stmt **slot = &intel->statements[which];

	if (!*slot && sqlite3_prepare_v3(intel->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_reset(*slot);
	return *slot;
}

int intel_do(struct intel *intel, sqlite3_stmt *s, struct error *err)
{
	int code = s ? sqlite3_step(s) : SQLITE_ERROR;

	while (code == SQLITE_ROW)
		code = sqlite3_step(s);
	if (code != SQLITE_DONE)
		code = intel_failed(intel, err);
	else
		code = 0;
	sqlite3_reset(s);
	return code;
}

int64_t intel_number(sqlite3_stmt *s, int64_t otherwise)
{
	int64_t number = otherwise;

	if (s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) == SQLITE_INTEGER)
		number = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return number;
}

void intel_bind_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

void intel_bind_instant(sqlite3_stmt *s, int at, instant when)
{
	if (when == INSTANT_NONE)
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_int64(s, at, when);
}

instant intel_column_instant(sqlite3_stmt *s, int at)
{
	return sqlite3_column_type(s, at) == SQLITE_NULL ? INSTANT_NONE : sqlite3_column_int64(s, at);
}

const char *intel_column_text(sqlite3_stmt *s, int at)
{
	return str_or_empty((const char *)sqlite3_column_text(s, at));
}

void intel_ids_release(struct intel_ids *ids)
{
	free(ids->items);
	*ids = (struct intel_ids){ 0 };
}

int intel_collect(struct intel *intel, sqlite3_stmt *s, struct intel_ids *ret, struct error *err)
{
	int code = s ? sqlite3_step(s) : SQLITE_ERROR;

	for (; code == SQLITE_ROW; code = sqlite3_step(s)) {
		ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(*ret->items));
		ret->items[ret->count++] = sqlite3_column_int64(s, 0);
	}
	code = code == SQLITE_DONE ? 0 : intel_failed(intel, err);
	sqlite3_reset(s);
	return code;
}

/* ---- opening */

static int64_t pragma(struct intel *intel, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t number;

	sqlite3_prepare_v2(intel->db, sql, -1, &s, NULL);
	number = intel_number(s, -1);
	sqlite3_finalize(s);
	return number;
}

static int run(struct intel *intel, const char *sql, struct error *err)
{
	return sqlite3_exec(intel->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : intel_failed(intel, err);
}

/* One writer: told at once, not when it has collected for an hour. */
static int take_lock(struct intel *intel, struct error *err)
{
	AUTO_STRING path = mem_format("%s-lock", intel->path);

	intel->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (intel->lock < 0)
		return error_errno(err, ERR_INPUT, path, _("Name a folder that may be written to"));
	if (flock(intel->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return error_set(err, ERR_BUSY, intel->path, _("Try again when it has ended"),
			 _("another process is writing to the store"));
}

static int check_version(struct intel *intel, bool write, struct error *err)
{
	int64_t mark = pragma(intel, "PRAGMA application_id"), version = pragma(intel, "PRAGMA user_version");
	int64_t tables = pragma(intel, "SELECT count(*) FROM sqlite_schema");

	if (mark == INTEL_MARK && version == INTEL_VERSION)
		return 0;
	if (mark == INTEL_MARK && version > INTEL_VERSION)
		return error_set(err, ERR_INPUT, intel->path, _("Use that program, or another file and import the feeds anew"),
				 _("a newer program made this store"));
	if (mark == 0 && version == 0 && tables == 0 && write)
		return run(intel, schema, err);
	return error_set(err, ERR_INPUT, intel->path, _("Name another file: it was left as it is"),
			 _("it is no store of intelligence"));
}

static int open_database(struct intel *intel, bool write, struct error *err)
{
	/* A reader may have to put right what a killed writer left. */
	int flags = access(intel->path, W_OK) == 0 || write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	int code = sqlite3_open_v2(intel->path, &intel->db, flags | (write ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX,
				   NULL) == SQLITE_OK ? 0 : intel_failed(intel, err);

	sqlite3_busy_timeout(intel->db, 5000);
	if (!code && tokenize_register(intel->db) != SQLITE_OK)
		code = intel_failed(intel, err);
	if (!code)
		code = run(intel, "PRAGMA cache_size = -12288; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY", err);
	if (!code)
		code = check_version(intel, write, err);
	if (!code)
		code = run(intel, write ? "PRAGMA wal_autocheckpoint = 2000" : "PRAGMA query_only = 1", err);
	return code;
}

int intel_hold(struct intel *intel, struct error *err)
{
	int code = run(intel, "BEGIN", err);

	intel_forget(intel);
	intel->held = !code;
	return code;
}

void intel_let_go(struct intel *intel)
{
	if (!sqlite3_get_autocommit(intel->db))
		(void)sqlite3_exec(intel->db, "COMMIT", NULL, NULL, NULL);
	intel->held = false;
}

int intel_open(const char *path, bool write, struct intel **ret, struct error *err)
{
	struct intel *intel = mem_alloc(sizeof(*intel));
	int code = 0;

	intel->path = mem_string(path);
	intel->lock = -1;
	intel->dictionary = intel->text = intel->canonical = (struct str)STR_INIT;
	intel->spare = intel->now = intel->old = (struct intel_room){ .bytes = STR_INIT };
	if (!write && !file_exists(path))
		code = error_set(err, ERR_NO, path, _("Begin with `psirtty feed import FILE` or `psirtty feed sync`"),
				 _("there is no intelligence yet: what is not known is unknown"));
	if (!code && write)
		code = take_lock(intel, err);
	if (!code)
		code = open_database(intel, write, err);
	if (code)
		intel_close(intel);
	else
		*ret = intel;
	return code;
}

static void release_scratch(struct intel *intel)
{
	struct str *scratch[] = { &intel->dictionary, &intel->text, &intel->canonical };
	struct intel_room *rooms[] = { &intel->spare, &intel->now, &intel->old };

	for (size_t i = 0; i < ARRAY_LEN(scratch); i++)
		str_release(scratch[i]);
	for (size_t i = 0; i < ARRAY_LEN(rooms); i++)
		intel_room_release(rooms[i]);
}

void intel_close(struct intel *intel)
{
	if (!intel)
		return;
	intel_break(intel);
	for (size_t i = 0; i < INTEL_STATEMENT_COUNT; i++)
		sqlite3_finalize(intel->statements[i]);
	sqlite3_close(intel->db);
	if (intel->lock >= 0)
		close(intel->lock);
	for (size_t i = 0; i < intel->press_count; i++)
		feed_press_free(intel->presses[i].press);
	release_scratch(intel);
	intel_forget(intel);
	free(intel->run.cursor);
	free(intel->path);
	free(intel);
}

/* ---- sources */

static int tell_source(sqlite3_stmt *s, intel_source_fn fn, void *context, struct error *err)
{
	const struct intel_source source = {
		.id = intel_column_text(s, 0), .kind = sqlite3_column_int(s, 1), .synced = intel_column_instant(s, 2),
		.newest = intel_column_instant(s, 3), .records = (long)sqlite3_column_int64(s, 4),
		.cursor = intel_column_text(s, 5), .broken_off = sqlite3_column_int64(s, 6) != 0,
		.serial = (uint64_t)sqlite3_column_int64(s, 7), .faults = (long)sqlite3_column_int64(s, 8),
	};

	return fn(context, &source, err);
}

int intel_sources(struct intel *intel, intel_source_fn fn, void *context, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_SOURCES);
	int step = s ? sqlite3_step(s) : SQLITE_ERROR, code = 0;

	for (; !code && step == SQLITE_ROW; step = sqlite3_step(s))
		code = tell_source(s, fn, context, err);
	if (!code && step != SQLITE_DONE)
		code = intel_failed(intel, err);
	sqlite3_reset(s);
	return code;
}

/* ---- dictionaries */

static bool load_dictionary(struct intel *intel, int64_t id, struct str *ret)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_DICTIONARY_GET);
	bool found;

	str_reset(ret);
	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, id);
	found = sqlite3_step(s) == SQLITE_ROW;
	if (found)
		str_add_bytes(ret, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	sqlite3_reset(s);
	return found;
}

struct feed_press *intel_press(struct intel *intel, int64_t id)
{
	struct intel_press *slot;

	for (size_t i = 0; i < intel->press_count; i++)
		if (intel->presses[i].id == id)
			return intel->presses[i].press;
	if (id && !load_dictionary(intel, id, &intel->dictionary))
		return NULL;
	/* More dictionaries than kinds: the oldest goes. */
	if (intel->press_count == ARRAY_LEN(intel->presses)) {
		feed_press_free(intel->presses[0].press);
		intel->presses[0] = intel->presses[--intel->press_count];
	}
	slot = &intel->presses[intel->press_count++];
	*slot = (struct intel_press){ id, feed_press_new(intel->dictionary.bytes, id ? intel->dictionary.length : 0) };
	return slot->press;
}

int64_t intel_dictionary(struct intel *intel, enum feed_kind kind, bool raw, const void **ret, size_t *ret_length)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_DICTIONARY_LAST);
	int64_t id;

	sqlite3_bind_int(s, 1, kind);
	sqlite3_bind_int(s, 2, raw);
	id = intel_number(s, 0);
	if (id && !load_dictionary(intel, id, &intel->dictionary))
		id = 0;
	if (!id)
		str_reset(&intel->dictionary);
	if (ret) {
		*ret = intel->dictionary.bytes;
		*ret_length = intel->dictionary.length;
	}
	return id;
}

int intel_learn(struct intel *intel, enum feed_kind kind, bool raw, const void *bytes, size_t length, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_DICTIONARY_NEW);

	sqlite3_bind_int(s, 1, kind);
	sqlite3_bind_int(s, 2, raw);
	sqlite3_bind_blob64(s, 3, bytes, length, SQLITE_STATIC);
	return intel_do(intel, s, err);
}
