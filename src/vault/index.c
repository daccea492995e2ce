/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's cache as a file: where it lies, who may write it, whether it can be believed. The lock
 * beside it is held for reading as long as the base is read, and for writing while it is merged or made.
 */
#include "vault/index_private.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { LOCK_TRIES = 20, LOCK_PAUSE_NS = 5000000 };

struct pages_owner index_owner(const struct index *index)
{
	return (struct pages_owner){ index->key, index->vault, index->member };
}

static void set_state(struct index *index, enum vault_cache_state state, const char *reason)
{
	index->state = state;
	mem_replace(&index->reason, reason);
}

/* ---- place and lock */

static char *make_path(const struct index *index)
{
	AUTO_STRING vault = str_hex(index->vault, ID_BYTES);
	AUTO_STRING member = str_hex(index->member, ID_BYTES);
	AUTO_STRING dir = file_cache_dir();
	AUTO_STRING folder = file_join(dir, vault);

	if (file_make_dir(folder, 0700, NULL) != 0)
		return NULL;
	return mem_format("%s/%s.index", folder, member);
}

bool index_lock_alone(struct index *index)
{
	if (!index->alone && index->lock >= 0)
		index->alone = flock(index->lock, LOCK_EX | LOCK_NB) == 0;
	return index->alone;
}

/* Waits as long as a merge takes, not as long as a new file. */
void index_lock_shared(struct index *index)
{
	const struct timespec pause = { 0, LOCK_PAUSE_NS };

	index->alone = false;
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(index->lock, LOCK_SH | LOCK_NB) == 0)
			return;
		nanosleep(&pause, NULL);
	}
	close(index->lock);
	index->lock = -1;
}

static void take_lock(struct index *index)
{
	AUTO_STRING path = mem_format("%s.lock", index->path);

	index->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (index->lock >= 0 && !index_lock_alone(index))
		index_lock_shared(index);
}

/* ---- reading what is there */

static const char *kind_reason(enum pages_kind kind)
{
	switch (kind) {
	case PAGES_FOREIGN:
		return _("the cache is another vault's or sealed with another key; it is not used, and left as it is");
	case PAGES_OTHER_VERSION:
		return _("the cache was made by another version of the program; it is made anew");
	case PAGES_DAMAGED:
		return _("the cache is damaged; it is made anew");
	default:
		return NULL;
	}
}

static void open_base(struct index *index)
{
	const struct pages_owner owner = index_owner(index);
	bool first = index->alone;

	if (shelf_open(&index->base, index->path, PAGES_READ, &owner, NULL) != 0) {
		set_state(index, VAULT_CACHE_NONE, kind_reason(PAGES_DAMAGED));
		return;
	}
	index->text_gseq = shelf_meta_number(&index->base, "text");
	index->round = shelf_meta_number(&index->base, "round");
	index_lock_shared(index);
	set_state(index, first ? VAULT_CACHE_READY : VAULT_CACHE_SHARED,
		  first ? NULL : _("another session of yours has the cache open too"));
}

static void look_at_file(struct index *index)
{
	const struct pages_owner owner = index_owner(index);
	AUTO_STRING dirty = mem_format("%s.dirty", index->path);
	enum pages_kind kind;

	if (index->lock < 0) {
		set_state(index, VAULT_CACHE_SHARED, _("another session of yours is making the cache"));
		return;
	}
	kind = pages_look(index->path, &owner);
	if (kind == PAGES_FOREIGN) {
		index_lock_shared(index);
		set_state(index, VAULT_CACHE_FOREIGN, kind_reason(kind));
	} else if (file_exists(dirty)) {
		set_state(index, VAULT_CACHE_NONE,
			  _("a session ended while it wrote the cache; it is made anew"));
	} else if (kind == PAGES_OURS) {
		open_base(index);
	} else {
		set_state(index, VAULT_CACHE_NONE, kind_reason(kind));
	}
}

struct index *index_open(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
			 const uint8_t key[KEY_BYTES])
{
	struct index *index = mem_alloc(sizeof(*index));

	memcpy(index->vault, vault, ID_BYTES);
	memcpy(index->member, member, ID_BYTES);
	index->lock = -1;
	index->key = crypt_locked(KEY_BYTES);
	if (!index->key) {
		set_state(index, VAULT_CACHE_NONE, _("no more memory can be locked for its key: raise RLIMIT_MEMLOCK"));
		return index;
	}
	memcpy(index->key, key, KEY_BYTES);
	index->path = make_path(index);
	if (!index->path) {
		set_state(index, VAULT_CACHE_NONE, _("there is no folder for the cache: set XDG_CACHE_HOME"));
		return index;
	}
	take_lock(index);
	look_at_file(index);
	return index;
}

uint64_t index_head(struct index *index, uint8_t ret_hash[HASH_BYTES])
{
	AUTO_STR head = STR_INIT;

	if (!shelf_meta_get(&index->base, "head", &head) || head.length != 8 + HASH_BYTES)
		return 0;
	memcpy(ret_hash, head.bytes + 8, HASH_BYTES);
	return get64((uint8_t *)head.bytes);
}

static void forget_puts(struct index *index)
{
	shelf_close(&index->delta);
	index->put = index->brief_done = index->brief_anew = index->drop_text = index->fresh = false;
	index->forgotten_count = 0;
}

void index_break(struct index *index, const char *why)
{
	forget_puts(index);
	shelf_close(&index->base);
	index->text_gseq = 0;
	index_lock_alone(index);
	set_state(index, VAULT_CACHE_NONE, why);
}

void index_reopen(struct index *index)
{
	forget_puts(index);
	shelf_close(&index->base);
	shelf_close(&index->old);
	index->text_gseq = 0;
	if (!index->path)
		return;
	if (index->lock >= 0 && !index->alone)
		index_lock_shared(index);
	look_at_file(index);
}

void index_close(struct index *index)
{
	if (!index)
		return;
	shelf_close(&index->base);
	shelf_close(&index->delta);
	shelf_close(&index->old);
	if (index->alone || index->fresh) {
		AUTO_STRING made = mem_format("%s.new", index->path);

		unlink(made);
	}
	if (index->lock >= 0)
		close(index->lock);
	sodium_free(index->key);
	free(index->forgotten);
	free(index->path);
	free(index->reason);
	free(index);
}

/* ---- what is put */

/* A sealed file that has no name: it is gone when it is closed, however that happens. */
static int open_nameless(struct index *index, const struct pages_owner *owner)
{
	AUTO_STRING path = NULL;
	uint8_t random[8];
	AUTO_STRING hex = NULL;
	int code;

	if (!index->path)
		return -1;
	randombytes_buf(random, sizeof(random));
	hex = str_hex(random, sizeof(random));
	path = mem_format("%s.%s", index->path, hex);
	code = shelf_open(&index->delta, path, PAGES_MAKE, owner, NULL);
	unlink(path);
	return code;
}

/* A base without words gets them all at once, not through a delta that holds them twice: the delta is the file to
 * come, though the base is read until then. Nobody else makes one while we hold the lock, shared or not. */
static bool begin_fresh(struct index *index)
{
	return shelf_is_open(&index->base) && !index->text_gseq && index_lock_alone(index);
}

static int open_named(struct index *index, const struct pages_owner *owner)
{
	AUTO_STRING path = mem_format("%s.new", index->path);

	return shelf_open(&index->delta, path, PAGES_MAKE, owner, NULL);
}

struct shelf *index_delta(struct index *index, bool words)
{
	const struct pages_owner owner = index_owner(index);
	int code = -1;

	if (shelf_is_open(&index->delta) || index->failed)
		return index->failed ? NULL : &index->delta;
	index->fresh = words && begin_fresh(index);
	index->named = index->alone;
	code = index->alone ? open_named(index, &owner) : open_nameless(index, &owner);
	index->named = index->named && !code;
	index->fresh = index->fresh && !code;
	index->keeps = shelf_is_open(&index->base) && !index->fresh;
	if (shelf_is_open(&index->base) && index->alone)
		index_lock_shared(index);
	if (code)
		code = shelf_open_memory(&index->delta);
	index->failed = code != 0;
	return code ? NULL : &index->delta;
}

void index_noted(struct index *index, int code)
{
	index->put = true;
	if (!code)
		return;
	forget_puts(index);
	index->failed = true;
	mem_replace(&index->reason, _("the cache cannot be written: is the disk full?"));
}

bool index_meta_get(struct index *index, const char *name, struct str *ret)
{
	return shelf_meta_get(&index->base, name, ret);
}

void index_meta_put(struct index *index, const char *name, const void *bytes, size_t length)
{
	struct shelf *delta = index_delta(index, false);

	if (delta)
		index_noted(index, shelf_meta_put(delta, name, bytes, length));
}
