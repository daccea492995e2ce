/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQLite store, in WAL mode. A commit of keys syncs the log (synchronous=FULL); that of events leaves it to
 * base_sync, which needs no lock (NORMAL; a checkpoint syncs by itself in both). SQLite's own checkpoints are
 * off, because before 3.51.3 a write and a checkpoint of two processes could corrupt the file: every write and
 * every checkpoint happens under store.c's lock.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/store_ops.h"

enum { SCHEMA = 1, WAL_PAGES = 1024, BUSY_MS = 5000 };

static const char *const file_names[STORE_PARTS] = { "vault.db", "keys.db" };

static const char *const syncs[STORE_PARTS] = { "PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL" };

static const char *const schemas[STORE_PARTS] = {
	"CREATE TABLE event (gseq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stream BLOB NOT NULL, "
	"core BLOB NOT NULL, nonce BLOB NOT NULL, body BLOB, sig BLOB NOT NULL, prev BLOB NOT NULL, "
	"appender BLOB NOT NULL, journal_sig BLOB NOT NULL);"
	"CREATE INDEX event_stream ON event (stream, gseq);"
	"PRAGMA user_version = 1",
	"CREATE TABLE ident (member BLOB PRIMARY KEY, fpr TEXT NOT NULL, sealed BLOB NOT NULL);"
	"CREATE TABLE wrap (stream BLOB NOT NULL, epoch INTEGER NOT NULL, key_id BLOB NOT NULL, member BLOB "
	"NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (stream, epoch, key_id, member));"
	"PRAGMA user_version = 1",
};

struct store_base {
	char *dir;
	bool readonly;
	sqlite3 *db[STORE_PARTS];
	sqlite3_stmt *prepared[STATEMENTS], *version, *begin[STORE_PARTS], *commit[STORE_PARTS];
	int ahead; /* pages in the write-ahead log of the events after the last commit */
};

static int complain(struct store_base *base, sqlite3 *db, struct error *err)
{
	switch (sqlite3_errcode(db) & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERR_BUSY, base->dir, _("Try again"), _("another program holds the vault"));
	case SQLITE_FULL:
		return error_set(err, ERR_VAULT, base->dir, _("Free space and try again; nothing was lost"),
				 _("the disk is full"));
	case SQLITE_READONLY:
		return error_set(err, ERR_DENIED, base->dir, _("Open it with --readonly"),
				 _("the vault can only be read here"));
	case SQLITE_IOERR:
		return error_set(err, ERR_VAULT, base->dir, _("Check the disk and its free space; nothing was lost"),
				 _("the disk cannot be read or written: %s"), sqlite3_errmsg(db));
	default:
		return error_set(err, ERR_VAULT, base->dir, _("Run `psirtty audit verify`"),
				 _("the database says: %s"), sqlite3_errmsg(db));
	}
}

static int run(struct store_base *base, enum store_part part, const char *sql, struct error *err)
{
	return sqlite3_exec(base->db[part], sql, NULL, NULL, NULL) == SQLITE_OK ?
		       0 : complain(base, base->db[part], err);
}

/* ---- opening */

static bool readable(sqlite3 *db)
{
	return sqlite3_exec(db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) == SQLITE_OK;
}

static long long wal_size(const struct store_base *base, enum store_part part)
{
	AUTO_STRING path = mem_format("%s/%s-wal", base->dir, file_names[part]);
	struct stat info;

	return stat(path, &info) == 0 ? (long long)info.st_size : 0;
}

/* A path as SQLite's URIs want it. */
static void add_uri(struct str *ret, const char *path)
{
	str_add(ret, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			str_add_format(ret, "%%%02X", (unsigned char)*path);
		else
			str_add_char(ret, *path);
	}
	str_add(ret, "?immutable=1");
}

/* Where nothing may be written beside it, SQLite can read a file only when it is told that nobody writes. */
static int open_immutable(struct store_base *base, enum store_part part, const char *path, struct error *err)
{
	AUTO_STR uri = STR_INIT;

	if (wal_size(base, part) > 0)
		return error_set(err, ERR_VAULT, path, _("Copy the vault's folder to a disk that can be written"),
				 _("it lies where nothing can be written, and was not closed properly"));
	sqlite3_close(base->db[part]);
	base->db[part] = NULL;
	add_uri(&uri, path);
	if (sqlite3_open_v2(uri.bytes, &base->db[part], SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW, NULL) !=
		    SQLITE_OK || !readable(base->db[part]))
		return complain(base, base->db[part], err);
	return 0;
}

static int open_file(struct store_base *base, enum store_part part, bool create, struct error *err)
{
	AUTO_STRING path = file_join(base->dir, file_names[part]);
	int flags = SQLITE_OPEN_NOFOLLOW | (base->readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

	if (sqlite3_open_v2(path, &base->db[part], flags, NULL) != SQLITE_OK)
		return error_set(err, ERR_VAULT, path, _("Check the vault's folder"), _("it cannot be opened: %s"),
				 sqlite3_errmsg(base->db[part]));
	sqlite3_busy_timeout(base->db[part], BUSY_MS);
	if (create)
		return run(base, part, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;", err);
	if (base->readonly && !readable(base->db[part])) {
		int code = sqlite3_errcode(base->db[part]) & 0xFF;

		if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY)
			return open_immutable(base, part, path, err);
	}
	return 0;
}

static int schema_of(struct store_base *base, enum store_part part, int *ret, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int code = 0;

	if (sqlite3_prepare_v2(base->db[part], "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		*ret = sqlite3_column_int(statement, 0);
	else
		code = complain(base, base->db[part], err);
	sqlite3_finalize(statement);
	return code;
}

/* One made before the wraps had their key's id in them cannot be told apart by epochs: it is not read. */
static int check_schema(struct store_base *base, enum store_part part, struct error *err)
{
	AUTO_STRING path = file_join(base->dir, file_names[part]);
	int found = 0, code = schema_of(base, part, &found, err);

	if (code)
		return code;
	if (found > SCHEMA)
		return error_set(err, ERR_VAULT, path, _("Install a newer psirtty"),
				 _("this vault was made by a newer program"));
	if (found < SCHEMA)
		return error_set(err, ERR_VAULT, path,
				 _("Open it with the program that made it, and take the cases over by its exports"),
				 _("it was made before the first version of the format was settled"));
	return 0;
}

static int set_up(struct store_base *base, enum store_part part, bool create, struct error *err)
{
	int code = open_file(base, part, create, err);

	if (code)
		return code;
	sqlite3_db_config(base->db[part], SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(base->db[part], SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(base->db[part], SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	code = run(base, part,
		   "PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=0; "
		   "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;", err);
	if (!code)
		code = run(base, part, syncs[part], err);
	/* A restored copy has no log beside it yet; for all others this changes nothing. */
	if (!code && !create && !base->readonly)
		code = run(base, part, "PRAGMA journal_mode=WAL", err);
	if (!code)
		code = create ? run(base, part, schemas[part], err) : check_schema(base, part, err);
	return code;
}

static int prepare(struct store_base *base, sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct error *err)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) == SQLITE_OK ?
		       0 : complain(base, db, err);
}

/* SQLite counts $n as it meets them, PostgreSQL by their numbers: a text must do for both. */
static void check_numbers(sqlite3_stmt *statement)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
		if (atoi(sqlite3_bind_parameter_name(statement, i) + 1) != i)
			BUG("a statement does not name $%d in its turn: %s", i, sqlite3_sql(statement));
}

static void base_close(struct store_base *base)
{
	if (!base)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(base->prepared[i]);
	sqlite3_finalize(base->version);
	for (size_t i = 0; i < STORE_PARTS; i++) {
		sqlite3_finalize(base->begin[i]);
		sqlite3_finalize(base->commit[i]);
		sqlite3_close(base->db[i]);
	}
	free(base->dir);
	free(base);
}

/* Instead of a look at the file: it keeps its length when its pages were folded. */
static int note_ahead(void *context, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct store_base *)context)->ahead = pages;
	return SQLITE_OK;
}

static int prepare_all(struct store_base *base, struct error *err)
{
	int code = prepare(base, base->db[STORE_EVENTS], "PRAGMA data_version", &base->version, err);

	for (size_t i = 0; !code && i < STATEMENTS; i++)
		code = prepare(base, base->db[store_statements[i].part], store_statements[i].sql,
			       &base->prepared[i], err);
	for (size_t i = 0; !code && i < STATEMENTS; i++)
		check_numbers(base->prepared[i]);
	for (size_t i = 0; !code && i < STORE_PARTS; i++) {
		code = prepare(base, base->db[i], "BEGIN IMMEDIATE", &base->begin[i], err);
		if (!code)
			code = prepare(base, base->db[i], "COMMIT", &base->commit[i], err);
	}
	return code;
}

static int base_open(const char *dir, bool create, bool readonly, struct store_base **ret,
		     struct error *err)
{
	struct store_base *base = mem_alloc(sizeof(*base));
	int code = 0;

	base->dir = mem_string(dir);
	base->readonly = readonly;
	for (int i = 0; !code && i < STORE_PARTS; i++)
		code = set_up(base, (enum store_part)i, create, err);
	if (!code)
		code = prepare_all(base, err);
	if (code) {
		base_close(base);
		return code;
	}
	sqlite3_wal_hook(base->db[STORE_EVENTS], note_ahead, base);
	*ret = base;
	return 0;
}

/* ---- transactions */

static int step_once(struct store_base *base, sqlite3_stmt *statement, struct error *err)
{
	int code = sqlite3_step(statement) == SQLITE_DONE ? 0 : complain(base, sqlite3_db_handle(statement), err);

	sqlite3_reset(statement);
	return code;
}

static int base_begin(struct store_base *base, enum store_part part, struct error *err)
{
	return step_once(base, base->begin[part], err);
}

static void base_rollback(struct store_base *base, enum store_part part)
{
	if (!sqlite3_get_autocommit(base->db[part]))
		sqlite3_exec(base->db[part], "ROLLBACK", NULL, NULL, NULL);
}

static int base_commit(struct store_base *base, enum store_part part, struct error *err)
{
	int code = step_once(base, base->commit[part], err);

	if (code)
		base_rollback(base, part);
	return code;
}

/* By SQLite's own file, since to close another one of ours could drop its locks. */
static int base_sync(struct store_base *base, struct error *err)
{
	sqlite3 *db = base->db[STORE_EVENTS];
	sqlite3_file *log = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK || !log || !log->pMethods ||
	    log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK)
		return 0;
	return error_set(err, ERR_VAULT, base->dir, _("Check the disk and its free space"),
			 _("the disk does not confirm what was written last"));
}

/* ---- statements */

static void bind(sqlite3_stmt *s, const struct store_value *values, size_t count, void (*keep)(void *))
{
	for (size_t i = 0; i < count; i++) {
		const void *bytes = values[i].bytes ? values[i].bytes : "";
		int at = (int)i + 1;

		if (values[i].kind == STORE_NUMBER)
			sqlite3_bind_int64(s, at, (sqlite3_int64)values[i].number);
		else if (values[i].kind == STORE_TEXT)
			sqlite3_bind_text(s, at, bytes, (int)values[i].length, keep);
		else
			sqlite3_bind_blob64(s, at, bytes, values[i].length, keep);
	}
}

static int base_put(struct store_base *base, enum store_statement which, const struct store_value *values,
		    size_t count, struct error *err)
{
	sqlite3_stmt *s = base->prepared[which];
	int code;

	bind(s, values, count, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(base, sqlite3_db_handle(s), err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return code;
}

/* A flipped bit can make text of bytes, and of a number either, with nothing else to show for it. */
static bool has_type(sqlite3_stmt *s, int at, enum store_kind kind)
{
	int type = sqlite3_column_type(s, at);

	if (kind == STORE_NUMBER)
		return type == SQLITE_INTEGER || type == SQLITE_NULL;
	return type == (kind == STORE_TEXT ? SQLITE_TEXT : SQLITE_BLOB);
}

static bool read_columns(sqlite3_stmt *s, struct store_value *ret, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int at = (int)i;

		if (!has_type(s, at, ret[i].kind))
			return false;
		if (ret[i].kind == STORE_NUMBER)
			ret[i].number = (uint64_t)sqlite3_column_int64(s, at);
		else if (ret[i].kind == STORE_TEXT)
			ret[i].bytes = sqlite3_column_text(s, at);
		else
			ret[i].bytes = sqlite3_column_blob(s, at);
		ret[i].length = ret[i].kind == STORE_NUMBER ? 0 : (size_t)sqlite3_column_bytes(s, at);
		if (ret[i].kind == STORE_BLOB && !ret[i].bytes)
			ret[i].bytes = "";
	}
	return true;
}

static int base_get(struct store_base *base, enum store_statement which, const struct store_value *values,
		    size_t count, struct store_value *ret, size_t ret_count, struct error *err)
{
	sqlite3_stmt *s = base->prepared[which];
	int code;

	sqlite3_reset(s);
	bind(s, values, count, SQLITE_TRANSIENT);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW && read_columns(s, ret, ret_count))
		return 1;
	if (code == SQLITE_ROW)
		code = error_set(err, ERR_VAULT, base->dir, _("Run `psirtty audit verify`"),
				 _("a value in the database is not of its column's type"));
	else
		code = code == SQLITE_DONE ? 0 : complain(base, sqlite3_db_handle(s), err);
	sqlite3_reset(s);
	return code;
}

static void base_rest(struct store_base *base, enum store_statement which)
{
	sqlite3_reset(base->prepared[which]);
}

static uint64_t base_version(struct store_base *base)
{
	uint64_t version = sqlite3_step(base->version) == SQLITE_ROW ?
				   (uint64_t)sqlite3_column_int64(base->version, 0) : 0;

	sqlite3_reset(base->version);
	return version;
}

/* ---- the files */

static void base_fold(struct store_base *base, bool always)
{
	/* In between the file keeps its length: writing over it costs the disk less than growing anew. */
	int mode = always ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;

	if (!always && base->ahead <= WAL_PAGES)
		return;
	for (size_t i = 0; i < STORE_PARTS; i++)
		sqlite3_wal_checkpoint_v2(base->db[i], NULL, mode, NULL, NULL);
	base->ahead = 0;
}

typedef void (*complaint_fn)(void *context, const char *complaint);

/* Bytes of the header that SQLite always writes so, and reads with indulgence or not at all (fileformat2.html, 1.3). */
static void check_header(const struct store_base *base, enum store_part part, complaint_fn fn, void *context)
{
	static const struct { uint8_t from, to; } zeros[] = { { 20, 20 }, { 44, 46 }, { 48, 55 }, { 56, 58 }, { 64, 91 } };
	AUTO_STRING path = file_join(base->dir, file_names[part]);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t h[100];
	bool good = fd >= 0 && pread(fd, h, sizeof(h), 0) == (ssize_t)sizeof(h);

	if (fd >= 0)
		close(fd);
	/* What is in the log beside it counts, and is not in the file yet. */
	if (!good || wal_size(base, part) > 0)
		return;
	good = h[16] == 0x20 && h[17] == 0 && (h[18] == 1 || h[18] == 2) && h[19] == h[18] && h[47] == 4 && h[59] == 1;
	for (size_t i = 0; i < ARRAY_LEN(zeros); i++)
		for (size_t k = zeros[i].from; k <= zeros[i].to; k++)
			good = good && h[k] == 0;
	if (!good)
		fn(context, _("the header of the file was altered"));
}

static const char tables[] = "SELECT group_concat(rowid || type || name || tbl_name || coalesce(sql, '') || typeof(type) || "
			     "typeof(name) || typeof(tbl_name) || typeof(rootpage) || typeof(sql), char(10)) FROM "
			     "(SELECT rowid, * FROM sqlite_master ORDER BY rowid)";

/* What DB says of its tables. Caller frees. */
static char *describe(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	char *text = NULL;

	if (sqlite3_prepare_v2(db, tables, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		text = mem_string((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return text;
}

/* The tables are the ones that were made: nothing in their description was altered either. */
static void check_tables(const struct store_base *base, enum store_part part, complaint_fn fn, void *context)
{
	AUTO_STRING found = describe(base->db[part]);
	AUTO_STRING due = NULL;
	sqlite3 *fresh = NULL;

	if (sqlite3_open_v2(":memory:", &fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK &&
	    sqlite3_exec(fresh, schemas[part], NULL, NULL, NULL) == SQLITE_OK)
		due = describe(fresh);
	sqlite3_close(fresh);
	if (due && !str_equal(found, due))
		fn(context, _("the description of its tables was altered"));
}

/* Rows that the complaints about keys.db name are no events. */
struct complaining { complaint_fn fn; void *context; };

static void complain_of_keys(void *context, const char *complaint)
{
	const struct complaining *c = context;
	AUTO_STRING named = mem_format("%s: %s", file_names[STORE_KEYS], complaint);

	c->fn(c->context, named);
}

static int check_file(struct store_base *base, enum store_part part, complaint_fn fn, void *context, struct error *err)
{
	sqlite3 *db = base->db[part];
	sqlite3_stmt *statement = NULL;
	int code;

	check_header(base, part, fn, context);
	check_tables(base, part, fn, context);
	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(50)", -1, &statement, NULL) != SQLITE_OK)
		return complain(base, db, err);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(statement, 0);

		if (!str_equal(line, "ok"))
			fn(context, line ? line : _("an unreadable complaint"));
	}
	if (code != SQLITE_DONE)
		fn(context, sqlite3_errmsg(db));
	sqlite3_finalize(statement);
	return 0;
}

static int base_integrity(struct store_base *base, complaint_fn fn, void *context, struct error *err)
{
	struct complaining keys = { fn, context };
	int code = check_file(base, STORE_EVENTS, fn, context, err);

	return code ? code : check_file(base, STORE_KEYS, complain_of_keys, &keys, err);
}

/* One read transaction on the source: what is committed meanwhile is not in it. */
static int base_copy(struct store_base *base, enum store_part part, const char *path, struct error *err)
{
	sqlite3 *to = NULL;
	sqlite3_backup *backup = NULL;
	int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
				   NULL);

	if (code == SQLITE_OK)
		backup = sqlite3_backup_init(to, "main", base->db[part], "main");
	if (backup)
		sqlite3_backup_step(backup, -1);
	if (backup)
		code = sqlite3_backup_finish(backup);
	/* A file without a log beside it. */
	if (code == SQLITE_OK && backup)
		code = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	if (code != SQLITE_OK || !backup)
		code = error_set(err, ERR_VAULT, path, _("Check the free space"), _("it cannot be copied: %s"),
				 sqlite3_errmsg(to));
	sqlite3_close(to);
	return code;
}

const struct store_ops store_sqlite = {
	.open = base_open, .close = base_close, .begin = base_begin, .commit = base_commit, .sync = base_sync,
	.rollback = base_rollback, .put = base_put, .get = base_get, .rest = base_rest,
	.version = base_version, .fold = base_fold, .integrity = base_integrity, .copy = base_copy,
};
