/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault's rows: which statements there are, and the queue that every write and every checkpoint
 * stands in. The database behind it is a table of functions (store_ops.h); SQLite is the one there is.
 * The SQL stays in the subset that PostgreSQL prepares unchanged.
 */
#include "vault/store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/store_ops.h"

#define EVENT_COLUMNS "gseq, id, stream, core, nonce, body, sig, prev, appender, journal_sig"
enum { EVENT_VALUES = 10 };

const struct store_text store_statements[STATEMENTS] = {
	[INSERT_EVENT] = { STORE_EVENTS, "INSERT INTO event (" EVENT_COLUMNS
					 ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)" },
	[SELECT_EVENT] = { STORE_EVENTS, "SELECT " EVENT_COLUMNS " FROM event WHERE gseq = $1" },
	[SELECT_JOURNAL] = { STORE_EVENTS, "SELECT id, prev, appender, journal_sig FROM event WHERE gseq = $1" },
	[SELECT_NEXT] = { STORE_EVENTS, "SELECT " EVENT_COLUMNS " FROM event WHERE stream = $1 AND gseq > $2 "
					"ORDER BY gseq LIMIT 1" },
	[SELECT_ID] = { STORE_EVENTS, "SELECT gseq FROM event WHERE id = $1" },
	[SELECT_PLACE] = { STORE_EVENTS, "SELECT gseq FROM event WHERE stream = $1 AND gseq >= $2 ORDER BY gseq "
					 "LIMIT 1" },
	[SELECT_LAST] = { STORE_EVENTS, "SELECT gseq FROM event ORDER BY gseq DESC LIMIT 1" },
	[INSERT_IDENTITY] = { STORE_KEYS, "INSERT INTO ident (fpr, sealed, member) VALUES ($1, $2, $3)" },
	[UPDATE_IDENTITY] = { STORE_KEYS, "UPDATE ident SET fpr = $1, sealed = $2 WHERE member = $3" },
	[DELETE_IDENTITY] = { STORE_KEYS, "DELETE FROM ident WHERE member = $1" },
	[SELECT_IDENTITY] = { STORE_KEYS, "SELECT member, fpr, sealed FROM ident ORDER BY member LIMIT 1 "
					  "OFFSET $1" },
	[INSERT_WRAP] = { STORE_KEYS, "INSERT INTO wrap (stream, epoch, key_id, member, sealed) VALUES ($1, $2, "
				      "$3, $4, $5) ON CONFLICT (stream, epoch, key_id, member) DO UPDATE SET "
				      "sealed = excluded.sealed" },
	[SELECT_WRAP] = { STORE_KEYS, "SELECT sealed FROM wrap WHERE stream = $1 AND epoch = $2 AND key_id = $3 "
				      "AND member = $4" },
	[NEXT_WRAP] = { STORE_KEYS, "SELECT stream, epoch, key_id, member, sealed FROM wrap WHERE (stream, epoch, "
				    "key_id, member) > ($1, $2, $3, $4) ORDER BY stream, epoch, key_id, member LIMIT 1" },
	[UPDATE_BODY] = { STORE_EVENTS, "UPDATE event SET body = $1 WHERE gseq = $2" },
	[COUNT_WRAPS] = { STORE_KEYS, "SELECT count(*) FROM wrap WHERE stream = $1" },
	[DELETE_STREAM] = { STORE_KEYS, "DELETE FROM wrap WHERE stream = $1" },
	[DELETE_WRAPS] = { STORE_KEYS, "DELETE FROM wrap WHERE stream = $1 AND member = $2" },
};

struct store {
	const struct store_ops *ops;
	struct store_base *base; /* owned */
	char *dir;               /* owned */
	int lock, notify;
	int place;               /* the folder: the queue of those who sync */
	bool readonly;
	bool watched;            /* whether notify was asked for: it may be -1 all the same */
	uint64_t version;
};

/* ---- opening */

static bool on_network(long type)
{
	static const long network[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
					V9FS_MAGIC, AFS_FS_MAGIC, CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC };

	for (size_t i = 0; i < ARRAY_LEN(network); i++)
		if (type == network[i])
			return true;
	return false;
}

static int check_place(const char *dir, struct error *err)
{
	static const char *const files[] = { "vault.lock", "vault.db", "keys.db" };
	struct statfs info;
	struct stat mode;

	if (statfs(dir, &info) < 0 || stat(dir, &mode) < 0)
		return error_errno(err, ERR_VAULT, dir, _("Make one with `psirtty init`"));
	if (on_network((long)info.f_type))
		return error_set(err, ERR_VAULT, dir, _("Put it on a local disk"),
				 _("a vault on a network file system can lose events"));
	if (mode.st_mode & S_IRWXO)
		return error_set(err, ERR_DENIED, dir, _("Run chmod o-rwx on it"),
				 _("others than its owner and group may enter the vault's folder"));
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_STRING path = file_join(dir, files[i]);

		if (stat(path, &mode) == 0 && mode.st_mode & S_IRWXO)
			return error_set(err, ERR_DENIED, path, _("Run chmod o-rwx on it"),
					 _("others than its owner and group may read or write it"));
	}
	return 0;
}

/* Made by us before the database opens it, so that the group can write whatever the umask says. */
static int make_file(const char *dir, const char *name, struct error *err)
{
	AUTO_STRING path = file_join(dir, name);
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0660);

	if (fd < 0 || fchmod(fd, 0660) < 0) {
		if (fd >= 0)
			close(fd);
		return error_errno(err, ERR_VAULT, path, NULL);
	}
	close(fd);
	return 0;
}

static int open_lock(struct store *store, struct error *err)
{
	AUTO_STRING path = file_join(store->dir, "vault.lock");

	store->lock = open(path, (store->readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW);
	store->place = open(store->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->lock >= 0)
		return 0;
	if (!store->readonly && (errno == EROFS || errno == EACCES || errno == EPERM))
		return error_set(err, ERR_DENIED, store->dir, _("Open it with --readonly"),
				 _("the vault can only be read here"));
	return error_errno(err, ERR_VAULT, path, _("Check that this folder is a vault"));
}

/* An event of our own making: what was committed before the watch began would wake nobody. */
static void wake_self(struct store *store, const char *path)
{
	int fd;

	inotify_add_watch(store->notify, path, IN_OPEN);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		close(fd);
	inotify_add_watch(store->notify, path, IN_MODIFY);
}

/* Where there is no inotify, or no watch is left, store_changed alone tells. */
static void open_notify(struct store *store)
{
	AUTO_STRING path = file_join(store->dir, "vault.lock");

	store->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (store->notify < 0)
		return;
	if (inotify_add_watch(store->notify, path, IN_MODIFY) < 0) {
		close(store->notify);
		store->notify = -1;
	} else if (store->ops->version(store->base) != store->version) {
		wake_self(store, path);
	}
}

int store_open(const char *dir, bool create, bool readonly, struct store **ret, struct error *err)
{
	static const char *const files[] = { "vault.lock", "vault.db", "keys.db" };
	struct store *store = mem_alloc(sizeof(*store));
	int code = check_place(dir, err);

	store->ops = &store_sqlite;
	store->dir = mem_string(dir);
	store->readonly = readonly;
	store->lock = store->notify = store->place = -1;
	for (size_t i = 0; !code && create && i < ARRAY_LEN(files); i++)
		code = make_file(dir, files[i], err);
	if (!code)
		code = open_lock(store, err);
	if (!code && create)
		code = store_lock(store, err);
	if (!code)
		code = store->ops->open(dir, create, readonly, &store->base, err);
	if (!code && create)
		store_unlock(store);
	if (code) {
		store_close(store);
		return code;
	}
	store->version = store->ops->version(store->base);
	*ret = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store->ops->close(store->base);
	if (store->lock >= 0)
		close(store->lock);
	if (store->place >= 0)
		close(store->place);
	if (store->notify >= 0)
		close(store->notify);
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

/* Behind the eight bytes of the note. Where it cannot be had, they wait in the queue instead. */
static void set_line(struct store *store, short type)
{
	struct flock line = { .l_type = type, .l_whence = SEEK_SET, .l_start = sizeof(uint64_t), .l_len = 1 };

	while (fcntl(store->lock, F_OFD_SETLKW, &line) < 0 && errno == EINTR)
		continue;
}

void store_line_up(struct store *store)
{
	set_line(store, F_WRLCK);
}

void store_line_end(struct store *store)
{
	set_line(store, F_UNLCK);
}

int store_begin(struct store *store, struct error *err)
{
	return store->ops->begin(store->base, STORE_EVENTS, err);
}

void store_checkpoint(struct store *store)
{
	store->ops->fold(store->base, true);
}

int store_commit(struct store *store, struct error *err)
{
	int code = store->ops->commit(store->base, STORE_EVENTS, err);

	if (!code)
		store->ops->fold(store->base, false);
	return code;
}

/* Whether somebody synced event HEAD already. A note beyond the log is of a log that is gone: it says nothing. */
static bool is_synced(struct store *store, uint64_t head)
{
	uint64_t noted = head ? store_noted(store) : 0, last = 0;
	bool synced = head && noted >= head && store_last(store, &last, NULL) == 0 && noted <= last;

	store_rest(store);
	return synced;
}

/* All that is committed now. The note is a wake-up for others: a failure only delays them. */
static int sync_and_note(struct store *store, struct error *err)
{
	uint8_t note[8];
	uint64_t last = 0;
	int code = store_last(store, &last, err);

	store_rest(store);
	if (!code)
		code = store->ops->sync(store->base, err);
	if (code || last == store_noted(store))
		return code;
	put64(note, last);
	if (pwrite(store->lock, note, sizeof(note), 0) < 0)
		errno = 0;
	return 0;
}

int store_sync(struct store *store, uint64_t head, struct error *err)
{
	int code = 0;

	if (is_synced(store, head))
		return 0;
	/* Who waits here is mostly served by whoever is before him. Where the queue cannot be had, each syncs for himself. */
	while (flock(store->place, LOCK_EX) < 0 && errno == EINTR)
		continue;
	if (!is_synced(store, head))
		code = sync_and_note(store, err);
	flock(store->place, LOCK_UN);
	return code;
}

void store_rollback(struct store *store)
{
	store->ops->rollback(store->base, STORE_EVENTS);
}

uint64_t store_noted(struct store *store)
{
	uint8_t note[8];

	return pread(store->lock, note, sizeof(note), 0) == (ssize_t)sizeof(note) ? get64(note) : 0;
}

int store_notify_fd(struct store *store)
{
	/* Begun when first asked for: the system takes milliseconds to end a watch, and a command needs none. */
	if (!store->watched)
		open_notify(store);
	store->watched = true;
	return store->notify;
}

bool store_changed(struct store *store)
{
	uint64_t version;
	char events[4096];
	bool changed;

	/* First the waking, then the look: who commits between the two wakes once more, not never. */
	while (store->notify >= 0 && read(store->notify, events, sizeof(events)) > 0)
		continue;
	version = store->ops->version(store->base);
	changed = version != store->version;
	store->version = version;
	return changed;
}

/* ---- rows */

static struct store_value number(uint64_t n)
{
	return (struct store_value){ .kind = STORE_NUMBER, .number = n };
}

static struct store_value blob(const void *bytes, size_t length)
{
	return (struct store_value){ .kind = STORE_BLOB, .bytes = bytes, .length = length };
}

static struct store_value text(const char *string)
{
	return (struct store_value){ .kind = STORE_TEXT, .bytes = string, .length = strlen(string) };
}

int store_insert(struct store *store, const struct store_row *row, struct error *err)
{
	const struct store_value values[EVENT_VALUES] = {
		number(row->gseq), blob(row->id, row->id_length), blob(row->stream, row->stream_length),
		blob(row->core, row->core_length), blob(row->nonce, row->nonce_length),
		blob(row->body, row->body_length), blob(row->sig, row->sig_length),
		blob(row->prev, row->prev_length), blob(row->appender, row->appender_length),
		blob(row->journal_sig, row->journal_sig_length),
	};

	return store->ops->put(store->base, INSERT_EVENT, values, EVENT_VALUES, err);
}

static int get_row(struct store *store, enum store_statement which, const struct store_value *values,
		   size_t count, struct store_row *ret, struct error *err)
{
	struct store_value v[EVENT_VALUES] = { { .kind = STORE_NUMBER } };
	int code;

	for (size_t i = 1; i < EVENT_VALUES; i++)
		v[i].kind = STORE_BLOB;
	code = store->ops->get(store->base, which, values, count, v, EVENT_VALUES, err);
	if (code <= 0)
		return code;
	*ret = (struct store_row){
		.gseq = v[0].number, .id = v[1].bytes, .stream = v[2].bytes, .core = v[3].bytes,
		.nonce = v[4].bytes, .body = v[5].bytes, .sig = v[6].bytes, .prev = v[7].bytes,
		.appender = v[8].bytes, .journal_sig = v[9].bytes, .id_length = v[1].length,
		.stream_length = v[2].length, .core_length = v[3].length, .nonce_length = v[4].length,
		.body_length = v[5].length, .sig_length = v[6].length, .prev_length = v[7].length,
		.appender_length = v[8].length, .journal_sig_length = v[9].length,
	};
	return 1;
}

int store_row_at(struct store *store, uint64_t gseq, struct store_row *ret, struct error *err)
{
	const struct store_value at = number(gseq);

	return get_row(store, SELECT_EVENT, &at, 1, ret, err);
}

bool store_place_at(struct store *store, uint64_t gseq, struct store_row *ret)
{
	const struct store_value at = number(gseq);
	struct store_value v[] = { { .kind = STORE_BLOB }, { .kind = STORE_BLOB }, { .kind = STORE_BLOB },
				   { .kind = STORE_BLOB } };

	if (store->ops->get(store->base, SELECT_JOURNAL, &at, 1, v, ARRAY_LEN(v), NULL) != 1)
		return false;
	*ret = (struct store_row){
		.gseq = gseq, .id = v[0].bytes, .prev = v[1].bytes, .appender = v[2].bytes, .journal_sig = v[3].bytes,
		.id_length = v[0].length, .prev_length = v[1].length, .appender_length = v[2].length,
		.journal_sig_length = v[3].length,
	};
	return true;
}

int store_stream_next(struct store *store, const uint8_t stream[ID_BYTES], uint64_t after,
		      struct store_row *ret, struct error *err)
{
	const struct store_value values[] = { blob(stream, ID_BYTES), number(after) };

	return get_row(store, SELECT_NEXT, values, ARRAY_LEN(values), ret, err);
}

/* One number of one row; 0 where there is none. */
static int get_number(struct store *store, enum store_statement which, const struct store_value *values,
		      size_t count, uint64_t *ret, struct error *err)
{
	struct store_value found = { .kind = STORE_NUMBER };
	int code = store->ops->get(store->base, which, values, count, &found, 1, err);

	store->ops->rest(store->base, which);
	if (code < 0)
		return code;
	*ret = code ? found.number : 0;
	return 0;
}

int store_find(struct store *store, const uint8_t id[HASH_BYTES], uint64_t *ret, struct error *err)
{
	const struct store_value value = blob(id, HASH_BYTES);

	return get_number(store, SELECT_ID, &value, 1, ret, err);
}

bool store_is_in(struct store *store, const uint8_t stream[ID_BYTES], uint64_t gseq)
{
	const struct store_value values[] = { blob(stream, ID_BYTES), number(gseq) };
	uint64_t found = 0;

	return get_number(store, SELECT_PLACE, values, ARRAY_LEN(values), &found, NULL) == 0 && found == gseq;
}

void store_rest(struct store *store)
{
	store->ops->rest(store->base, SELECT_EVENT);
	store->ops->rest(store->base, SELECT_JOURNAL);
	store->ops->rest(store->base, SELECT_NEXT);
	store->ops->rest(store->base, SELECT_IDENTITY);
}

int store_last(struct store *store, uint64_t *ret, struct error *err)
{
	return get_number(store, SELECT_LAST, NULL, 0, ret, err);
}

int store_integrity(struct store *store, void (*fn)(void *context, const char *complaint), void *context,
		    struct error *err)
{
	return store->ops->integrity(store->base, fn, context, err);
}

int store_copy(struct store *store, bool keys, const char *path, struct error *err)
{
	return store->ops->copy(store->base, keys ? STORE_KEYS : STORE_EVENTS, path, err);
}

/* ---- keys */

int store_put_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
		       const void *sealed, size_t length, struct error *err)
{
	const struct store_value values[] = { text(fingerprint), blob(sealed, length), blob(member, ID_BYTES) };

	return store->ops->put(store->base, INSERT_IDENTITY, values, ARRAY_LEN(values), err);
}

int store_change_identity(struct store *store, const uint8_t member[ID_BYTES], const char *fingerprint,
			  const void *sealed, size_t length, struct error *err)
{
	const struct store_value values[] = { text(fingerprint), blob(sealed, length), blob(member, ID_BYTES) };

	return store->ops->put(store->base, UPDATE_IDENTITY, values, ARRAY_LEN(values), err);
}

int store_drop_identity(struct store *store, const uint8_t member[ID_BYTES], struct error *err)
{
	const struct store_value value = blob(member, ID_BYTES);

	return store->ops->put(store->base, DELETE_IDENTITY, &value, 1, err);
}

int store_identity(struct store *store, size_t index, uint8_t ret_member[ID_BYTES],
		   const char **ret_fingerprint, const void **ret_sealed, size_t *ret_length,
		   struct error *err)
{
	const struct store_value at = number(index);
	struct store_value row[] = { { .kind = STORE_BLOB }, { .kind = STORE_TEXT }, { .kind = STORE_BLOB } };
	int code = store->ops->get(store->base, SELECT_IDENTITY, &at, 1, row, ARRAY_LEN(row), err);

	if (code <= 0)
		return code;
	if (row[0].length != ID_BYTES || !row[1].bytes)
		return error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
				 _("an identity in keys.db is damaged"));
	memcpy(ret_member, row[0].bytes, ID_BYTES);
	*ret_fingerprint = row[1].bytes;
	*ret_sealed = row[2].bytes;
	*ret_length = row[2].length;
	return 1;
}

int store_keys_begin(struct store *store, struct error *err)
{
	return store->ops->begin(store->base, STORE_KEYS, err);
}

void store_keys_rollback(struct store *store)
{
	store->ops->rollback(store->base, STORE_KEYS);
}

int store_keys_commit(struct store *store, struct error *err)
{
	return store->ops->commit(store->base, STORE_KEYS, err);
}

int store_put_wrap(struct store *store, const struct wrap_place *place, const uint8_t wrap[WRAP_BYTES],
		   struct error *err)
{
	const struct store_value values[] = {
		blob(place->stream, ID_BYTES), number(place->epoch), blob(place->key_id, ID_BYTES),
		blob(place->member, ID_BYTES), blob(wrap, WRAP_BYTES),
	};

	return store->ops->put(store->base, INSERT_WRAP, values, ARRAY_LEN(values), err);
}

int store_wrap(struct store *store, const struct wrap_place *place, uint8_t ret[WRAP_BYTES], struct error *err)
{
	const struct store_value values[] = {
		blob(place->stream, ID_BYTES), number(place->epoch), blob(place->key_id, ID_BYTES),
		blob(place->member, ID_BYTES),
	};
	struct store_value found = { .kind = STORE_BLOB };
	int code = store->ops->get(store->base, SELECT_WRAP, values, ARRAY_LEN(values), &found, 1, err);

	if (code > 0 && found.length == WRAP_BYTES)
		memcpy(ret, found.bytes, WRAP_BYTES);
	else if (code > 0)
		code = error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
				 _("a key in keys.db is damaged"));
	store->ops->rest(store->base, SELECT_WRAP);
	return code;
}

int store_drop_wraps(struct store *store, const uint8_t stream[ID_BYTES], const uint8_t member[ID_BYTES],
		     struct error *err)
{
	const struct store_value values[] = { blob(stream, ID_BYTES), blob(member, ID_BYTES) };

	return store->ops->put(store->base, DELETE_WRAPS, values, ARRAY_LEN(values), err);
}

int store_set_body(struct store *store, uint64_t gseq, const void *body, size_t length, struct error *err)
{
	const struct store_value values[] = { blob(body, length), number(gseq) };

	return store->ops->put(store->base, UPDATE_BODY, values, ARRAY_LEN(values), err);
}

int store_drop_stream(struct store *store, const uint8_t stream[ID_BYTES], size_t *ret_count, struct error *err)
{
	const struct store_value at = blob(stream, ID_BYTES);
	struct store_value count = { .kind = STORE_NUMBER };
	int code = store->ops->get(store->base, COUNT_WRAPS, &at, 1, &count, 1, err);

	store->ops->rest(store->base, COUNT_WRAPS);
	if (code > 0)
		*ret_count = (size_t)count.number;
	return code < 0 ? code : store->ops->put(store->base, DELETE_STREAM, &at, 1, err);
}

static bool wrap_whole(const struct store_value row[5])
{
	return row[0].length == ID_BYTES && row[2].length == ID_BYTES && row[3].length == ID_BYTES &&
	       row[4].length == WRAP_BYTES;
}

/* The place of the last wrap seen, by which the next one is found: what FN does may change the table. */
struct wrap_seen { uint8_t stream[ID_BYTES], key_id[ID_BYTES], member[ID_BYTES]; uint32_t epoch; size_t length; };

static int next_wrap(struct store *store, struct wrap_seen *seen, struct store_value row[5], struct error *err)
{
	const struct store_value values[] = {
		{ .kind = STORE_BLOB, .bytes = seen->stream, .length = seen->length },
		{ .kind = STORE_NUMBER, .number = seen->epoch },
		{ .kind = STORE_BLOB, .bytes = seen->key_id, .length = seen->length },
		{ .kind = STORE_BLOB, .bytes = seen->member, .length = seen->length },
	};
	int code = store->ops->get(store->base, NEXT_WRAP, values, ARRAY_LEN(values), row, 5, err);

	if (code == 1 && !wrap_whole(row))
		return error_set(err, ERR_VAULT, store->dir, _("Restore keys.db from a backup"),
				 _("a key in keys.db is damaged"));
	if (code != 1)
		return code;
	memcpy(seen->stream, row[0].bytes, ID_BYTES);
	seen->epoch = (uint32_t)row[1].number;
	memcpy(seen->key_id, row[2].bytes, ID_BYTES);
	memcpy(seen->member, row[3].bytes, ID_BYTES);
	seen->length = ID_BYTES;
	return 1;
}

int store_each_wrap(struct store *store, store_wrap_fn fn, void *context, struct error *err)
{
	struct wrap_seen seen = { .length = 0 };
	int code, told = 0;

	do {
		struct store_value row[5] = {
			{ .kind = STORE_BLOB }, { .kind = STORE_NUMBER }, { .kind = STORE_BLOB },
			{ .kind = STORE_BLOB }, { .kind = STORE_BLOB },
		};

		code = next_wrap(store, &seen, row, err);
		if (code == 1) {
			const struct wrap_place place = { seen.stream, seen.epoch, seen.key_id, seen.member };

			told = fn(context, &place, row[4].bytes, err);
		}
	} while (code == 1 && !told);
	store->ops->rest(store->base, NEXT_WRAP);
	return told ? told : code;
}
