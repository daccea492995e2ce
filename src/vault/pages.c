/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed pages: a shim over SQLite's own file access. A file is one header page and then SQLite's
 * pages, each with nonce and tag in its reserved bytes. Every open file is a VFS of its own, so that its
 * key is in no file name and in no list.
 */
#include "vault/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { BODY = PAGES_SIZE - PAGES_RESERVED, SALT_BYTES = 32 };

/* The header: everything behind these is zero, and the last 32 bytes are its seal. */
enum { AT_MAGIC = 0, AT_VERSION = 4, AT_OWNER = 8, AT_SALT = 40, AT_SEAL = PAGES_SIZE - HASH_BYTES };
static const char magic[] = "PSIX";

struct pages {
	sqlite3_vfs vfs;       /* registered while the file is open */
	sqlite3_vfs *real;     /* borrowed from SQLite */
	sqlite3 *db;
	uint8_t *key;          /* owned, sodium_malloc: of this file */
	uint8_t *page;         /* owned, wiped: one page in the clear or on its way out */
	sqlite3_file *file;    /* borrowed from SQLite: the real one */
	sqlite3_int64 count;   /* pages in the file */
	char name[40];
	bool torn;
};

/* What SQLite allocates for us; the real file's bytes follow. */
struct sealed { sqlite3_file base; struct pages *pages; };
_Static_assert(sizeof(struct sealed) % 16 == 0, "the real file behind it is aligned");

/* ---- the header */

static void owner_mark(const struct pages_owner *owner, uint8_t ret[HASH_BYTES])
{
	const struct crypt_part parts[] = { { owner->key, KEY_BYTES }, { owner->vault, ID_BYTES },
					    { owner->member, ID_BYTES } };

	crypt_hash("psirtty cache id", parts, ARRAY_LEN(parts), ret);
}

static void file_key(const struct pages_owner *owner, const uint8_t *salt, uint8_t ret[KEY_BYTES])
{
	const struct crypt_part parts[] = { { owner->key, KEY_BYTES }, { owner->vault, ID_BYTES },
					    { owner->member, ID_BYTES }, { salt, SALT_BYTES } };

	crypt_hash("psirtty cache k1", parts, ARRAY_LEN(parts), ret);
}

static void header_seal(const uint8_t *header, const uint8_t key[KEY_BYTES], uint8_t ret[HASH_BYTES])
{
	const struct crypt_part parts[] = { { key, KEY_BYTES }, { header, AT_SEAL } };

	crypt_hash("psirtty cache hd", parts, ARRAY_LEN(parts), ret);
}

static void header_make(const struct pages_owner *owner, uint8_t *header, uint8_t key[KEY_BYTES])
{
	memset(header, 0, PAGES_SIZE);
	memcpy(header + AT_MAGIC, magic, 4);
	put32(header + AT_VERSION, PAGES_VERSION);
	owner_mark(owner, header + AT_OWNER);
	randombytes_buf(header + AT_SALT, SALT_BYTES);
	file_key(owner, header + AT_SALT, key);
	header_seal(header, key, header + AT_SEAL);
}

static enum pages_kind header_judge(const uint8_t *header, const struct pages_owner *owner,
				    uint8_t key[KEY_BYTES])
{
	uint8_t hash[HASH_BYTES];

	if (memcmp(header + AT_MAGIC, magic, 4) != 0)
		return PAGES_DAMAGED;
	if (get32(header + AT_VERSION) != PAGES_VERSION)
		return PAGES_OTHER_VERSION;
	owner_mark(owner, hash);
	if (sodium_memcmp(header + AT_OWNER, hash, HASH_BYTES) != 0)
		return PAGES_FOREIGN;
	file_key(owner, header + AT_SALT, key);
	header_seal(header, key, hash);
	return sodium_memcmp(header + AT_SEAL, hash, HASH_BYTES) == 0 ? PAGES_OURS : PAGES_DAMAGED;
}

static enum pages_kind header_read(const char *path, const struct pages_owner *owner, uint8_t key[KEY_BYTES])
{
	uint8_t header[PAGES_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat info;
	ssize_t got;

	if (fd < 0)
		return errno == ENOENT ? PAGES_MISSING : PAGES_DAMAGED;
	got = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? read(fd, header, sizeof(header)) : -1;
	close(fd);
	return got == PAGES_SIZE ? header_judge(header, owner, key) : PAGES_DAMAGED;
}

enum pages_kind pages_look(const char *path, const struct pages_owner *owner)
{
	uint8_t key[KEY_BYTES];
	enum pages_kind kind = header_read(path, owner, key);

	sodium_memzero(key, sizeof(key));
	return kind;
}

/* ---- one page in, one page out */

static sqlite3_file *real_of(sqlite3_file *file)
{
	return (sqlite3_file *)((struct sealed *)file + 1);
}

/* PAGE as it lies in the file is opened where it stands. */
static bool page_open(const struct pages *pages, uint64_t number, uint8_t *page)
{
	uint8_t place[8], nonce[NONCE_BYTES], tag[TAG_BYTES];

	put64(place, number);
	memcpy(nonce, page + BODY, NONCE_BYTES);
	memcpy(tag, page + BODY + NONCE_BYTES, TAG_BYTES);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(page, NULL, page, BODY, tag, place,
								sizeof(place), nonce, pages->key) != 0)
		return false;
	memset(page + BODY, 0, PAGES_RESERVED);
	return true;
}

static void page_seal(const struct pages *pages, uint64_t number, uint8_t *page)
{
	uint8_t place[8];

	put64(place, number);
	randombytes_buf(page + BODY, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt_detached(page, page + BODY + NONCE_BYTES, NULL, page, BODY,
							    place, sizeof(place), NULL, page + BODY,
							    pages->key);
}

/* Reads page NUMBER (from 0) into INTO, opened. */
static int page_read(struct pages *pages, sqlite3_file *real, uint64_t number, uint8_t *into)
{
	sqlite3_int64 offset = (sqlite3_int64)(number + 1) * PAGES_SIZE, size = 0;
	int code = real->pMethods->xRead(real, into, PAGES_SIZE, offset);

	if (code == SQLITE_IOERR_SHORT_READ && real->pMethods->xFileSize(real, &size) == SQLITE_OK &&
	    size <= offset)
		return SQLITE_IOERR_SHORT_READ;
	if (code == SQLITE_OK && page_open(pages, number, into))
		return SQLITE_OK;
	if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
		return code;
	pages->torn = true;
	memset(into, 0, PAGES_SIZE);
	return SQLITE_IOERR_DATA;
}

/* ---- the file as SQLite sees it */

static int sealed_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

/* Whole pages, and the few bytes of the first that SQLite looks at before it knows their size. */
static int sealed_read(sqlite3_file *file, void *ret, int amount, sqlite3_int64 offset)
{
	struct pages *pages = ((struct sealed *)file)->pages;
	sqlite3_int64 within = offset % PAGES_SIZE;
	bool whole = within == 0 && amount == PAGES_SIZE;
	uint8_t *into = whole ? ret : pages->page;
	int code;

	if (within + amount > PAGES_SIZE)
		return SQLITE_IOERR_READ;
	code = page_read(pages, real_of(file), (uint64_t)(offset / PAGES_SIZE), into);
	if (code != SQLITE_OK)
		memset(ret, 0, (size_t)amount);
	else if (!whole)
		memcpy(ret, into + within, (size_t)amount);
	if (!whole)
		sodium_memzero(pages->page, PAGES_SIZE);
	return code;
}

/* BYTES NULL: zeros. */
static int page_write(struct pages *pages, sqlite3_file *real, sqlite3_int64 number, const void *bytes)
{
	if (bytes)
		memcpy(pages->page, bytes, PAGES_SIZE);
	else
		memset(pages->page, 0, PAGES_SIZE);
	page_seal(pages, (uint64_t)number, pages->page);
	return real->pMethods->xWrite(real, pages->page, PAGES_SIZE, (number + 1) * PAGES_SIZE);
}

/* SQLite need not write a page that it allocated and freed again, and may read it later as zeros. A hole in
 * the file would be no sealed page, so none is left. */
static int sealed_write(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset)
{
	struct pages *pages = ((struct sealed *)file)->pages;
	sqlite3_int64 number = offset / PAGES_SIZE;
	int code = SQLITE_OK;

	if (amount != PAGES_SIZE || offset % PAGES_SIZE != 0)
		return SQLITE_IOERR_WRITE;
	for (; code == SQLITE_OK && pages->count < number; pages->count += code == SQLITE_OK)
		code = page_write(pages, real_of(file), pages->count, NULL);
	if (code == SQLITE_OK)
		code = page_write(pages, real_of(file), number, bytes);
	if (code == SQLITE_OK && pages->count == number)
		pages->count++;
	return code;
}

static int sealed_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = real_of(file);

	((struct sealed *)file)->pages->count = size / PAGES_SIZE;
	return real->pMethods->xTruncate(real, size + PAGES_SIZE);
}

static int sealed_sync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xSync(real, flags);
}

static int sealed_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	sqlite3_file *real = real_of(file);
	int code = real->pMethods->xFileSize(real, ret);

	*ret = *ret > PAGES_SIZE ? *ret - PAGES_SIZE : 0;
	return code;
}

/* Who may write is decided by the lock beside the file, before it is opened. */
static int sealed_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int sealed_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

/* A file that has no name any more is not "moved": a private one never has one. */
static int sealed_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	if (operation != SQLITE_FCNTL_HAS_MOVED)
		return SQLITE_NOTFOUND;
	*(int *)argument = 0;
	return SQLITE_OK;
}

static int sealed_sector(sqlite3_file *file)
{
	(void)file;
	return PAGES_SIZE;
}

static int sealed_device(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1, /* neither shared memory nor mapped pages: those would be sealed */
	.xClose = sealed_close,
	.xRead = sealed_read,
	.xWrite = sealed_write,
	.xTruncate = sealed_truncate,
	.xSync = sealed_sync,
	.xFileSize = sealed_size,
	.xLock = sealed_lock,
	.xUnlock = sealed_lock,
	.xCheckReservedLock = sealed_reserved,
	.xFileControl = sealed_control,
	.xSectorSize = sealed_sector,
	.xDeviceCharacteristics = sealed_device,
};

/* ---- the VFS */

/* The database file alone: whatever else SQLite would put on the disk stays in memory or fails. */
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct pages *pages = vfs->pAppData;
	struct sealed *sealed = (struct sealed *)file;
	int code;

	file->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	memset(sealed + 1, 0, (size_t)pages->real->szOsFile);
	code = pages->real->xOpen(pages->real, name, real_of(file), flags, ret_flags);
	if (code != SQLITE_OK)
		return code;
	sealed->pages = pages;
	pages->file = real_of(file);
	file->pMethods = &methods;
	code = sealed_size(file, &pages->count);
	pages->count /= PAGES_SIZE;
	return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_OK;
}

/* There are no journals beside it, so none is looked for. */
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int room, char *ret)
{
	sqlite3_vfs *real = ((struct pages *)vfs->pAppData)->real;

	return real->xFullPathname(real, name, room, ret);
}

static int vfs_random(sqlite3_vfs *vfs, int count, char *ret)
{
	(void)vfs;
	randombytes_buf(ret, (size_t)count);
	return count;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	sqlite3_vfs *real = ((struct pages *)vfs->pAppData)->real;

	return real->xSleep(real, microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
	sqlite3_vfs *real = ((struct pages *)vfs->pAppData)->real;

	return real->xCurrentTime(real, ret);
}

static int vfs_error(sqlite3_vfs *vfs, int length, char *ret)
{
	(void)vfs;
	(void)length;
	(void)ret;
	return 0;
}

static void vfs_register(struct pages *pages)
{
	static unsigned serial;

	pages->real = sqlite3_vfs_find(NULL);
	if (!pages->real)
		BUG("SQLite has no way to open a file");
	snprintf(pages->name, sizeof(pages->name), "psirtty-pages-%u", ++serial);
	pages->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = (int)sizeof(struct sealed) + pages->real->szOsFile,
		.mxPathname = pages->real->mxPathname,
		.zName = pages->name,
		.pAppData = pages,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_name,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_error,
	};
	sqlite3_vfs_register(&pages->vfs, 0);
}

/* ---- opening */

static int make_file(const char *path, const struct pages_owner *owner, uint8_t key[KEY_BYTES],
		     struct error *err)
{
	uint8_t header[PAGES_SIZE];
	int fd, code = 0;

	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	header_make(owner, header, key);
	if (fchmod(fd, 0600) < 0 || fd_write_all(fd, header, sizeof(header)) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	close(fd);
	return code;
}

static int run(struct pages *pages, const char *sql)
{
	return sqlite3_exec(pages->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

static int open_database(struct pages *pages, const char *path, enum pages_mode mode)
{
	int flags = (mode == PAGES_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
	int reserved = PAGES_RESERVED;

	if (sqlite3_open_v2(path, &pages->db, flags, pages->name) != SQLITE_OK)
		return -1;
	if (mode == PAGES_MAKE && sqlite3_file_control(pages->db, "main", SQLITE_FCNTL_RESERVE_BYTES,
						       &reserved) != SQLITE_OK)
		return -1;
	if (run(pages, "PRAGMA page_size=8192; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; "
		       "PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; "
		       "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0"))
		return -1;
	/* After the journal was put off: a defensive connection would keep it. */
	sqlite3_db_config(pages->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(pages->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

int pages_open(const char *path, enum pages_mode mode, const struct pages_owner *owner, struct pages **ret,
	       struct error *err)
{
	struct pages *pages = mem_alloc(sizeof(*pages));
	int code = 0;

	pages->key = crypt_locked(KEY_BYTES);
	pages->page = crypt_locked(PAGES_SIZE);
	if (!pages->key || !pages->page) {
		sodium_free(pages->key);
		sodium_free(pages->page);
		free(pages);
		return crypt_unlockable(err);
	}
	vfs_register(pages);
	if (mode == PAGES_MAKE)
		code = make_file(path, owner, pages->key, err);
	else if (header_read(path, owner, pages->key) != PAGES_OURS)
		code = error_set(err, ERR_INPUT, path, NULL, _("it is no cache of this vault"));
	if (!code && open_database(pages, path, mode))
		code = error_set(err, ERR_INPUT, path, NULL, _("it cannot be opened: %s"),
				 sqlite3_errmsg(pages->db));
	if (code) {
		pages_close(pages);
		return code;
	}
	*ret = pages;
	return 0;
}

sqlite3 *pages_db(struct pages *pages)
{
	return pages->db;
}

bool pages_torn(const struct pages *pages)
{
	return pages->torn;
}

int pages_sync(struct pages *pages)
{
	return pages->file->pMethods->xSync(pages->file, SQLITE_SYNC_FULL) == SQLITE_OK ? 0 : -1;
}

void pages_close(struct pages *pages)
{
	if (!pages)
		return;
	if (sqlite3_close(pages->db) != SQLITE_OK)
		BUG("a statement on a sealed file is still open");
	sqlite3_vfs_unregister(&pages->vfs);
	sodium_free(pages->key);
	sodium_free(pages->page);
	free(pages);
}
