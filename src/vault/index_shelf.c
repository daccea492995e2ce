/* SPDX-License-Identifier: Apache-2.0 */
/* One sealed SQLite file of the cache: its tables and its statements. */
#include "vault/index_private.h"

#include "vault/tokenize.h"

enum { SHELF_VERSION = 1, CACHE_KIB = 4096 };

static const char schema[] =
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);"
	"CREATE TABLE brief (kind INTEGER NOT NULL, key BLOB NOT NULL, stream BLOB NOT NULL, bytes BLOB NOT NULL, "
	"PRIMARY KEY (kind, key)) WITHOUT ROWID;"
	"CREATE TABLE text (gseq INTEGER PRIMARY KEY, stream BLOB NOT NULL, mark BLOB NOT NULL);"
	"CREATE TABLE kept (gseq INTEGER PRIMARY KEY, body BLOB NOT NULL);"
	"CREATE VIRTUAL TABLE fts USING fts5 (body, content='', tokenize='psirtty');";

static const char *const statements[] = {
#define X(name, sql) [INDEX_##name] = sql,
	INDEX_STATEMENTS(X)
#undef X
};

bool shelf_is_open(const struct shelf *shelf)
{
	return shelf->db != NULL;
}

int shelf_run(struct shelf *shelf, const char *sql)
{
	return sqlite3_exec(shelf->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

static int version_of(struct shelf *shelf)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(shelf->db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

/* What a new file is made of, in a transaction that stays open until it is merged. */
static int furnish(struct shelf *shelf)
{
	char version[40];

	snprintf(version, sizeof(version), "PRAGMA user_version=%d", SHELF_VERSION);
	return shelf_run(shelf, version) || shelf_run(shelf, "BEGIN") || shelf_run(shelf, schema) ? -1 : 0;
}

static int prepare_database(struct shelf *shelf, bool make)
{
	char limit[40];

	snprintf(limit, sizeof(limit), "PRAGMA cache_size=-%d", CACHE_KIB);
	if (tokenize_register(shelf->db) != SQLITE_OK || shelf_run(shelf, limit))
		return -1;
	return make ? furnish(shelf) : version_of(shelf) == SHELF_VERSION ? 0 : -1;
}

int shelf_open(struct shelf *shelf, const char *path, enum pages_mode mode, const struct pages_owner *owner,
	       struct error *err)
{
	int code = pages_open(path, mode, owner, &shelf->pages, err);

	if (code)
		return code;
	shelf->db = pages_db(shelf->pages);
	if (prepare_database(shelf, mode == PAGES_MAKE) == 0)
		return 0;
	shelf_close(shelf);
	return error_set(err, ERR_INPUT, path, NULL, "%s", "damaged or of another version");
}

int shelf_open_memory(struct shelf *shelf)
{
	if (sqlite3_open_v2(":memory:", &shelf->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
		    SQLITE_OK &&
	    prepare_database(shelf, true) == 0)
		return 0;
	shelf_close(shelf);
	return -1;
}

void shelf_close(struct shelf *shelf)
{
	for (size_t i = 0; i < INDEX_STATEMENT_COUNT; i++)
		sqlite3_finalize(shelf->prepared[i]);
	if (shelf->pages)
		pages_close(shelf->pages);
	else
		sqlite3_close(shelf->db);
	*shelf = (struct shelf){ 0 };
}

sqlite3_stmt *shelf_statement(struct shelf *shelf, enum index_statement which)
{
	sqlite3_stmt **slot = &shelf->prepared[which];

	if (!shelf->db)
		return NULL;
	if (!*slot && sqlite3_prepare_v3(shelf->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, slot,
					 NULL) != SQLITE_OK)
		return NULL;
	sqlite3_reset(*slot);
	return *slot;
}

/* Steps a statement that changes something. */
static int change(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement) == SQLITE_DONE ? 0 : -1;

	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return code;
}

/* ---- small things by name */

bool shelf_meta_get(struct shelf *shelf, const char *name, struct str *ret)
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_META_GET);
	bool found;

	if (!s)
		return false;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	found = sqlite3_step(s) == SQLITE_ROW;
	if (found)
		str_add_bytes(ret, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	sqlite3_reset(s);
	return found;
}

int shelf_meta_put(struct shelf *shelf, const char *name, const void *bytes, size_t length)
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_META_PUT);

	if (!s)
		return -1;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 2, bytes, length, SQLITE_STATIC);
	return change(s);
}

uint64_t shelf_meta_number(struct shelf *shelf, const char *name)
{
	AUTO_STR value = STR_INIT;

	return shelf_meta_get(shelf, name, &value) && value.length == 8 ? get64((uint8_t *)value.bytes) : 0;
}

int shelf_meta_put_number(struct shelf *shelf, const char *name, uint64_t number)
{
	uint8_t bytes[8];

	put64(bytes, number);
	return shelf_meta_put(shelf, name, bytes, sizeof(bytes));
}

/* ---- rows */

int shelf_brief_put(struct shelf *shelf, const struct vault_brief *brief)
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_BRIEF_DROP);

	if (brief->length)
		return shelf_brief_note(shelf, brief);
	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, (int)brief->kind);
	sqlite3_bind_blob(s, 2, brief->key, sizeof(brief->key), SQLITE_STATIC);
	return change(s);
}

int shelf_brief_note(struct shelf *shelf, const struct vault_brief *brief)
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_BRIEF_PUT);

	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, (int)brief->kind);
	sqlite3_bind_blob(s, 2, brief->key, sizeof(brief->key), SQLITE_STATIC);
	sqlite3_bind_blob(s, 3, brief->stream, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 4, brief->length ? brief->bytes : "", brief->length, SQLITE_STATIC);
	return change(s);
}

static int put_body(struct shelf *shelf, enum index_statement which, uint64_t gseq, const char *text,
		    size_t length)
{
	sqlite3_stmt *s = shelf_statement(shelf, which);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	sqlite3_bind_text64(s, 2, length ? text : "", length, SQLITE_STATIC, SQLITE_UTF8);
	return change(s);
}

int shelf_text_put(struct shelf *shelf, uint64_t gseq, const uint8_t stream[ID_BYTES], const uint8_t mark[8],
		   const char *text, size_t length)
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_TEXT_PUT);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	sqlite3_bind_blob(s, 2, stream, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(s, 3, mark, 8, SQLITE_STATIC);
	return change(s) ? -1 : put_body(shelf, INDEX_WORDS_PUT, gseq, text, length);
}
