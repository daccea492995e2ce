/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQLite store. WAL with synchronous=FULL; SQLite's own checkpoints are off, because before 3.51.3
 * a write and a checkpoint of two processes could corrupt the file: every write and every checkpoint
 * happens under the lock. The SQL stays in the subset that PostgreSQL prepares unchanged.
 */
#include "vault/store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { WAL_LIMIT = 8 << 20, BUSY_MS = 5000 };

#define EVENT_COLUMNS "gseq, id, stream, core, nonce, body, sig, prev, appender, journal_sig"

enum statement {
	INSERT_EVENT, SELECT_EVENT, SELECT_NEXT, SELECT_ID, SELECT_LAST, INSERT_IDENTITY, UPDATE_IDENTITY,
	SELECT_IDENTITY, INSERT_WRAP, SELECT_WRAP, DELETE_WRAPS, EACH_WRAP, UPDATE_BODY,
	DELETE_STREAM, STATEMENTS,
};

/* Which file, which text. */
static const struct {
	bool keys;
	const char *sql;
} statements[STATEMENTS] = {
	[INSERT_EVENT] = { false, "INSERT INTO event (" EVENT_COLUMNS
				  ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" },
	[SELECT_EVENT] = { false, "SELECT " EVENT_COLUMNS " FROM event WHERE gseq = $1" },
	[SELECT_NEXT] = { false, "SELECT " EVENT_COLUMNS " FROM event WHERE stream = $1 AND gseq > $2 ORDER "
				 "BY gseq LIMIT 1" },
	[SELECT_ID] = { false, "SELECT gseq FROM event WHERE id = $1" },
	[SELECT_LAST] = { false, "SELECT gseq FROM event ORDER BY gseq DESC LIMIT 1" },
	[INSERT_IDENTITY] = { true, "INSERT INTO ident (member, fpr, sealed) VALUES ($1, $2, $3)" },
	[UPDATE_IDENTITY] = { true, "UPDATE ident SET fpr = $2, sealed = $3 WHERE member = $1" },
	[SELECT_IDENTITY] = { true, "SELECT member, fpr, sealed FROM ident ORDER BY member LIMIT 1 "
				    "OFFSET $1" },
	[INSERT_WRAP] = { true, "INSERT INTO wrap (stream, epoch, key_id, member, sealed) VALUES ($1, $2, $3, "
				"$4, $5) ON CONFLICT (stream, epoch, key_id, member) DO UPDATE SET sealed = "
				"excluded.sealed" },
	[SELECT_WRAP] = { true, "SELECT sealed FROM wrap WHERE stream = $1 AND epoch = $2 AND key_id = $3 AND "
				"member = $4" },
	[EACH_WRAP] = { true, "SELECT stream, epoch, key_id, member, sealed FROM wrap ORDER BY stream, epoch, "
			      "key_id, member" },
	[UPDATE_BODY] = { false, "UPDATE event SET body = $2 WHERE gseq = $1" },
	[DELETE_STREAM] = { true, "DELETE FROM wrap WHERE stream = $1" },
	[DELETE_WRAPS] = { true, "DELETE FROM wrap WHERE stream = $1 AND member = $2" },
};

static const char event_schema[] =
	"CREATE TABLE event (gseq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stream BLOB NOT NULL, "
	"core BLOB NOT NULL, nonce BLOB NOT NULL, body BLOB, sig BLOB NOT NULL, prev BLOB NOT NULL, "
	"appender BLOB NOT NULL, journal_sig BLOB NOT NULL);"
	"CREATE INDEX event_stream ON event (stream, gseq)";
static const char keys_schema[] =
	"CREATE TABLE ident (member BLOB PRIMARY KEY, fpr TEXT NOT NULL, sealed BLOB NOT NULL);"
	"CREATE TABLE wrap (stream BLOB NOT NULL, epoch INTEGER NOT NULL, key_id BLOB NOT NULL, member BLOB "
	"NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (stream, epoch, key_id, member))";

struct store {
	char *dir;
	int lock;
	bool readonly;
	sqlite3 *events, *keys;
	sqlite3_stmt *prepared[STATEMENTS];
	int data_version;
};

static int complain(struct store *store, sqlite3 *db, struct error *err)
{
	int code = sqlite3_errcode(db) & 0xFF;

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return error_set(err, ERR_BUSY, store->dir, _("Try again"),
				 _("another program holds the vault"));
	if (code == SQLITE_FULL)
		return error_set(err, ERR_VAULT, store->dir, _("Free space; nothing was lost"),
				 _("the disk is full"));
	if (code == SQLITE_READONLY)
		return error_set(err, ERR_DENIED, store->dir, NULL, _("the vault can only be read here"));
	return error_set(err, ERR_VAULT, store->dir, _("Run `psirtty audit verify`"),
			 _("the database says: %s"), sqlite3_errmsg(db));
}

/* ---- opening */

static int check_place(const char *dir, struct error *err)
{
	static const long network[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
					V9FS_MAGIC, AFS_FS_MAGIC, CODA_SUPER_MAGIC };
	struct statfs info;
	struct stat mode;

	if (statfs(dir, &info) < 0 || stat(dir, &mode) < 0)
		return error_errno(err, ERR_VAULT, dir, _("Make one with `psirtty init`"));
	for (size_t i = 0; i < ARRAY_LEN(network); i++)
		if ((long)info.f_type == network[i])
			return error_set(err, ERR_VAULT, dir, _("Put it on a local disk"),
					 _("a vault on a network file system can lose events"));
	if (mode.st_mode & S_IRWXO)
		return error_set(err, ERR_DENIED, dir, _("Run chmod o-rwx on it"),
				 _("others than its owner and group may enter the vault's folder"));
	return 0;
}

/* Made by us before SQLite opens it, so that the group can write whatever the umask says. */
static int make_file(const char *path, struct error *err)
{
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0660);

	if (fd < 0 || fchmod(fd, 0660) < 0) {
		if (fd >= 0)
			close(fd);
		return error_errno(err, ERR_VAULT, path, NULL);
	}
	close(fd);
	return 0;
}

static int run(struct store *store, sqlite3 *db, const char *sql, struct error *err)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : complain(store, db, err);
}

static int open_database(struct store *store, const char *name, bool create, const char *schema,
			 sqlite3 **ret, struct error *err)
{
	AUTO_STRING path = file_join(store->dir, name);
	int flags = SQLITE_OPEN_NOFOLLOW | (store->readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int code = create ? make_file(path, err) : 0;

	if (code)
		return code;
	if (sqlite3_open_v2(path, ret, flags, NULL) != SQLITE_OK)
		return error_set(err, ERR_VAULT, path, _("Check the vault's folder"),
				 _("it cannot be opened: %s"),
				 sqlite3_errmsg(*ret));
	sqlite3_busy_timeout(*ret, BUSY_MS);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (create)
		code = run(store, *ret, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;", err);
	if (!code)
		code = run(store, *ret,
			   "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA "
			   "wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;",
			   err);
	if (!code && create)
		code = run(store, *ret, schema, err);
	return code;
}

static int open_lock(struct store *store, bool create, struct error *err)
{
	AUTO_STRING path = file_join(store->dir, "vault.lock");
	int flags = store->readonly ? O_RDONLY : O_RDWR;

	if (create) {
		int code = make_file(path, err);

		if (code)
			return code;
	}
	store->lock = open(path, flags | O_CLOEXEC | O_NOFOLLOW);
	if (store->lock < 0)
		return error_errno(err, ERR_VAULT, path, _("Check that this folder is a vault"));
	return 0;
}

static int prepare_all(struct store *store, struct error *err)
{
	for (size_t i = 0; i < STATEMENTS; i++) {
		sqlite3 *db = statements[i].keys ? store->keys : store->events;

		if (sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
				       &store->prepared[i], NULL) != SQLITE_OK)
			return complain(store, db, err);
	}
	return 0;
}

int store_open(const char *dir, bool create, bool readonly, struct store **ret, struct error *err)
{
	struct store *store = mem_alloc(sizeof(*store));
	int code;

	store->dir = mem_string(dir);
	store->readonly = readonly;
	store->lock = -1;
	code = check_place(dir, err);
	if (!code)
		code = open_lock(store, create, err);
	if (!code && create)
		code = store_lock(store, err);
	if (!code)
		code = open_database(store, "vault.db", create, event_schema, &store->events, err);
	if (!code)
		code = open_database(store, "keys.db", create, keys_schema, &store->keys, err);
	if (!code)
		code = prepare_all(store, err);
	if (!code && create)
		store_unlock(store);
	if (code) {
		store_close(store);
		return code;
	}
	store_changed(store);
	*ret = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->prepared[i]);
	sqlite3_close(store->events);
	sqlite3_close(store->keys);
	if (store->lock >= 0)
		close(store->lock);
	free(store->dir);
	free(store);
}

/* ---- the queue */

int store_lock(struct store *store, struct error *err)
{
	if (store->readonly)
		return error_set(err, ERR_DENIED, store->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	while (flock(store->lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_errno(err, ERR_BUSY, store->dir, _("Try again"));
	return 0;
}

void store_unlock(struct store *store)
{
	flock(store->lock, LOCK_UN);
}

int store_begin(struct store *store, struct error *err)
{
	return run(store, store->events, "BEGIN IMMEDIATE", err);
}

void store_checkpoint(struct store *store)
{
	sqlite3_wal_checkpoint_v2(store->events, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_wal_checkpoint_v2(store->keys, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static bool wal_is_long(struct store *store)
{
	AUTO_STRING path = file_join(store->dir, "vault.db-wal");
	struct stat info;

	return stat(path, &info) == 0 && info.st_size > WAL_LIMIT;
}

int store_commit(struct store *store, uint64_t head, struct error *err)
{
	uint8_t note[8];
	int code = run(store, store->events, "COMMIT", err);

	if (code) {
		store_rollback(store);
		return code;
	}
	put64(note, head);
	/* A wake-up for others, not the truth: the journal is. A failure only delays them. */
	if (pwrite(store->lock, note, sizeof(note), 0) < 0)
		errno = 0;
	if (wal_is_long(store))
		store_checkpoint(store);
	return 0;
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->events))
		sqlite3_exec(store->events, "ROLLBACK", NULL, NULL, NULL);
}

uint64_t store_noted(struct store *store)
{
	uint8_t note[8];

	return pread(store->lock, note, sizeof(note), 0) == (ssize_t)sizeof(note) ? get64(note) : 0;
}

static int data_version(struct store *store)
{
	sqlite3_stmt *statement = NULL;
	int version = 0;

	if (sqlite3_prepare_v2(store->events, "PRAGMA data_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

bool store_changed(struct store *store)
{
	int version = data_version(store);
	bool changed = version != store->data_version;

	store->data_version = version;
	return changed;
}

/* ---- rows */

struct blob { const void *bytes; size_t length; };

static int insert(struct store *store, enum statement which, const struct blob *blobs, size_t count,
		  int first, struct error *err)
{
	sqlite3_stmt *statement = store->prepared[which];
	sqlite3 *db = sqlite3_db_handle(statement);
	int code;

	for (size_t i = 0; i < count; i++)
		sqlite3_bind_blob64(statement, first + (int)i, blobs[i].bytes ? blobs[i].bytes : "",
				    blobs[i].length, SQLITE_STATIC);
	code = sqlite3_step(statement) == SQLITE_DONE ? 0 : complain(store, db, err);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return code;
}

int store_insert(struct store *store, const struct store_row *row, struct error *err)
{
	const struct blob blobs[] = {
		{ row->id, row->id_length }, { row->stream, row->stream_length },
		{ row->core, row->core_length }, { row->nonce, row->nonce_length },
		{ row->body, row->body_length }, { row->sig, row->sig_length },
		{ row->prev, row->prev_length }, { row->appender, row->appender_length },
		{ row->journal_sig, row->journal_sig_length },
	};

	sqlite3_bind_int64(store->prepared[INSERT_EVENT], 1, (sqlite3_int64)row->gseq);
	return insert(store, INSERT_EVENT, blobs, ARRAY_LEN(blobs), 2, err);
}

static void column(sqlite3_stmt *statement, int index, const void **ret, size_t *ret_length)
{
	*ret = sqlite3_column_blob(statement, index);
	*ret_length = (size_t)sqlite3_column_bytes(statement, index);
	if (!*ret)
		*ret = "";
}

/* Steps a prepared SELECT once: 1, 0 or ERR_VAULT. The row stays until the statement is reset. */
static int step(struct store *store, enum statement which, struct error *err)
{
	sqlite3_stmt *statement = store->prepared[which];
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE) {
		code = complain(store, sqlite3_db_handle(statement), err);
		sqlite3_reset(statement);
		return code;
	}
	sqlite3_reset(statement);
	return 0;
}

static void read_row(sqlite3_stmt *s, struct store_row *ret)
{
	ret->gseq = (uint64_t)sqlite3_column_int64(s, 0);
	column(s, 1, &ret->id, &ret->id_length);
	column(s, 2, &ret->stream, &ret->stream_length);
	column(s, 3, &ret->core, &ret->core_length);
	column(s, 4, &ret->nonce, &ret->nonce_length);
	column(s, 5, &ret->body, &ret->body_length);
	column(s, 6, &ret->sig, &ret->sig_length);
	column(s, 7, &ret->prev, &ret->prev_length);
	column(s, 8, &ret->appender, &ret->appender_length);
	column(s, 9, &ret->journal_sig, &ret->journal_sig_length);
}

int store_row_at(struct store *store, uint64_t gseq, struct store_row *ret, struct error *err)
{
	sqlite3_stmt *s = store->prepared[SELECT_EVENT];
	int code;

	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	code = step(store, SELECT_EVENT, err);
	if (code > 0)
		read_row(s, ret);
	return code;
}

int store_stream_next(struct store *store, const uint8_t stream[ID_BYTES], uint64_t after,
		      struct store_row *ret, struct error *err)
{
	sqlite3_stmt *s = store->prepared[SELECT_NEXT];
	int code;

	sqlite3_reset(s);
	sqlite3_bind_blob(s, 1, stream, ID_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 2, (sqlite3_int64)after);
	code = step(store, SELECT_NEXT, err);
	if (code > 0)
		read_row(s, ret);
	return code;
}

int store_find(struct store *store, const uint8_t id[HASH_BYTES], uint64_t *ret, struct error *err)
{
	sqlite3_stmt *s = store->prepared[SELECT_ID];
	int code;

	sqlite3_bind_blob(s, 1, id, HASH_BYTES, SQLITE_STATIC);
	code = step(store, SELECT_ID, err);
	if (code < 0)
		return code;
	*ret = code ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
	sqlite3_reset(s);
	return 0;
}

void store_rest(struct store *store)
{
	sqlite3_reset(store->prepared[SELECT_EVENT]);
	sqlite3_reset(store->prepared[SELECT_NEXT]);
	sqlite3_reset(store->prepared[SELECT_IDENTITY]);
}

int store_last(struct store *store, uint64_t *ret, struct error *err)
{
	int code = step(store, SELECT_LAST, err);

	if (code < 0)
		return code;
	*ret = code ? (uint64_t)sqlite3_column_int64(store->prepared[SELECT_LAST], 0) : 0;
	sqlite3_reset(store->prepared[SELECT_LAST]);
	return 0;
}

int store_integrity(struct store *store, void (*fn)(void *context, const char *complaint), void *context,
		    struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int code;

	if (sqlite3_prepare_v2(store->events, "PRAGMA integrity_check(50)", -1, &statement, NULL) !=
	    SQLITE_OK)
		return complain(store, store->events, err);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(statement, 0);

		if (!str_equal(line, "ok"))
			fn(context, line ? line : _("an unreadable complaint"));
	}
	if (code != SQLITE_DONE)
		fn(context, sqlite3_errmsg(store->events));
	sqlite3_finalize(statement);
	return 0;
}

/* ---- keys */

static int write_identity(struct store *store, enum statement which, const uint8_t member[ID_BYTES],
			  const char *fingerprint, const void *sealed, size_t length, struct error *err)
{
	sqlite3_stmt *s = store->prepared[which];
	int code;

	sqlite3_bind_blob(s, 1, member, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, fingerprint, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(s, 3, sealed, length, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(store, store->keys, err);
	sqlite3_reset(s);
	return code;
}

int store_put_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
		       const void *sealed, size_t length, struct error *err)
{
	return write_identity(store, INSERT_IDENTITY, member, fingerprint, sealed, length, err);
}

int store_change_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
			  const void *sealed, size_t length, struct error *err)
{
	return write_identity(store, UPDATE_IDENTITY, member, fingerprint, sealed, length, err);
}

int store_identity(struct store *store, size_t index, uint8_t ret_member[ID_BYTES],
		   const char **ret_fingerprint, const void **ret_sealed, size_t *ret_length,
		   struct error *err)
{
	sqlite3_stmt *s = store->prepared[SELECT_IDENTITY];
	int code;

	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, (sqlite3_int64)index);
	code = step(store, SELECT_IDENTITY, err);
	if (code <= 0)
		return code;
	if (sqlite3_column_bytes(s, 0) != ID_BYTES || !sqlite3_column_text(s, 1))
		return error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
				 _("an identity in keys.db is damaged"));
	memcpy(ret_member, sqlite3_column_blob(s, 0), ID_BYTES);
	*ret_fingerprint = (const char *)sqlite3_column_text(s, 1);
	column(s, 2, ret_sealed, ret_length);
	return 1;
}

int store_keys_begin(struct store *store, struct error *err)
{
	return run(store, store->keys, "BEGIN IMMEDIATE", err);
}

void store_keys_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->keys))
		sqlite3_exec(store->keys, "ROLLBACK", NULL, NULL, NULL);
}

int store_keys_commit(struct store *store, struct error *err)
{
	int code = run(store, store->keys, "COMMIT", err);

	if (code)
		store_keys_rollback(store);
	return code;
}

static void bind_place(sqlite3_stmt *s, const struct wrap_place *place)
{
	sqlite3_bind_blob(s, 1, place->stream, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, place->epoch);
	sqlite3_bind_blob(s, 3, place->key_id, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(s, 4, place->member, ID_BYTES, SQLITE_STATIC);
}

int store_put_wrap(struct store *store, const struct wrap_place *place, const uint8_t wrap[WRAP_BYTES],
		   struct error *err)
{
	sqlite3_stmt *s = store->prepared[INSERT_WRAP];
	int code;

	bind_place(s, place);
	sqlite3_bind_blob(s, 5, wrap, WRAP_BYTES, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(store, store->keys, err);
	sqlite3_reset(s);
	return code;
}

int store_wrap(struct store *store, const struct wrap_place *place, uint8_t ret[WRAP_BYTES], struct error *err)
{
	sqlite3_stmt *s = store->prepared[SELECT_WRAP];
	int code;

	sqlite3_reset(s);
	bind_place(s, place);
	code = step(store, SELECT_WRAP, err);
	if (code > 0 && sqlite3_column_bytes(s, 0) == WRAP_BYTES)
		memcpy(ret, sqlite3_column_blob(s, 0), WRAP_BYTES);
	else if (code > 0)
		code = error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
				 _("a key in keys.db is damaged"));
	sqlite3_reset(s);
	return code;
}

int store_drop_wraps(struct store *store, const uint8_t stream[ID_BYTES], const uint8_t member[ID_BYTES],
		     struct error *err)
{
	sqlite3_stmt *s = store->prepared[DELETE_WRAPS];
	int code;

	sqlite3_bind_blob(s, 1, stream, ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(s, 2, member, ID_BYTES, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(store, store->keys, err);
	sqlite3_reset(s);
	return code;
}

int store_each_wrap(struct store *store, store_wrap_fn fn, void *context, struct error *err)
{
	sqlite3_stmt *s = store->prepared[EACH_WRAP];
	int code, told = 0;

	sqlite3_reset(s);
	while (!told && (code = step(store, EACH_WRAP, err)) == 1) {
		const struct wrap_place place = { sqlite3_column_blob(s, 0), (uint32_t)sqlite3_column_int64(s, 1),
						  sqlite3_column_blob(s, 2), sqlite3_column_blob(s, 3) };

		if (sqlite3_column_bytes(s, 0) != ID_BYTES || sqlite3_column_bytes(s, 2) != ID_BYTES ||
		    sqlite3_column_bytes(s, 3) != ID_BYTES || sqlite3_column_bytes(s, 4) != WRAP_BYTES)
			told = error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
					 _("a key in keys.db is damaged"));
		else
			told = fn(context, &place, sqlite3_column_blob(s, 4), err);
	}
	sqlite3_reset(s);
	return told ? told : code;
}

int store_set_body(struct store *store, uint64_t gseq, const void *body, size_t length, struct error *err)
{
	sqlite3_stmt *s = store->prepared[UPDATE_BODY];
	int code;

	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	sqlite3_bind_blob64(s, 2, body, length, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(store, store->events, err);
	sqlite3_reset(s);
	return code;
}

int store_drop_stream(struct store *store, const uint8_t stream[ID_BYTES], size_t *ret_count, struct error *err)
{
	sqlite3_stmt *s = store->prepared[DELETE_STREAM];
	int code;

	sqlite3_bind_blob(s, 1, stream, ID_BYTES, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_DONE ? 0 : complain(store, store->keys, err);
	*ret_count = (size_t)sqlite3_changes(store->keys);
	sqlite3_reset(s);
	return code;
}
