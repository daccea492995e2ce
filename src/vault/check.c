/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking after a vault's folder: modes, what a dead process left half-written, objects that nothing
 * names any more, the member's cache. Repairs only what is no data; what is, `audit verify` proves and a
 * backup restores.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/shelter.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/index.h"
#include "vault/object.h"

enum { NAME_DIGITS = 2 * HASH_BYTES };

struct checking {
	struct vault_check *ret;
	bool repair;
	instant before; /* what is older than this was left behind */
};

void vault_check_release(struct vault_check *check)
{
	for (size_t i = 0; i < check->count; i++)
		free(check->items[i].what);
	free(check->items);
	*check = (struct vault_check){ 0 };
}

/* REPAIRED: it was mended just now. */
static void tell(struct checking *c, bool repairable, bool repaired, char *what)
{
	struct vault_check *check = c->ret;

	check->items = mem_resize(check->items, check->count + 1, sizeof(*check->items));
	check->items[check->count++] = (struct vault_finding){ what, repairable, repaired };
}

/* ---- the folder, without any key */

static void check_mode(struct checking *c, const char *dir, const char *name, mode_t wanted)
{
	AUTO_STRING path = *name ? file_join(dir, name) : mem_string(dir);
	struct stat info;
	bool repaired;

	if (lstat(path, &info) < 0 || (info.st_mode & 07777) == wanted)
		return;
	repaired = c->repair && !S_ISLNK(info.st_mode) && chmod(path, wanted) == 0;
	tell(c, true, repaired, mem_format(_("%s has mode %04o instead of %04o"), path, info.st_mode & 07777,
					   wanted));
}

static void check_modes(struct checking *c, const char *dir)
{
	static const struct { const char *name; mode_t mode; } rows[] = {
		{ "", 02770 }, { "objects", 02770 }, { "drafts", 02770 }, { "vault.lock", 0660 },
		{ "vault.db", 0660 }, { "keys.db", 0660 }, { "vault.yaml", 0660 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_mode(c, dir, rows[i].name, rows[i].mode);
}

static bool left_behind(const struct checking *c, const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	       (instant)info.st_mtime * INSTANT_SECOND < c->before;
}

static void check_parts(struct checking *c, const char *dir)
{
	AUTO_STRING top = file_join(dir, "objects");
	char **names = NULL;
	size_t count = 0;

	if (file_list(top, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(top, names[i]);

		if (str_ends(names[i], ".part") && left_behind(c, path))
			tell(c, true, c->repair && unlink(path) == 0,
			     mem_format(_("%s is an attachment that was never finished"), path));
	}
	file_free_names(names, count);
}

int vault_check_folder(const char *dir, bool repair, instant now, struct vault_check *ret, struct error *err)
{
	struct checking c = { ret, repair, now - INSTANT_DAY };
	uint8_t id[ID_BYTES];
	AUTO_STRING outbox = NULL;
	int code = vault_settings_read(dir, id, &outbox, err);

	if (code)
		return code;
	check_modes(&c, dir);
	check_parts(&c, dir);
	return 0;
}

/* ---- objects: whole, and named by some event */

struct names { char (*items)[NAME_DIGITS]; size_t count, capacity; };

static int compare_names(const void *a, const void *b)
{
	return memcmp(a, b, NAME_DIGITS);
}

/* Every run of 64 hexadecimal digits may be the name of an object: what a field means is not our matter. */
static int gather_names(void *context, const struct vault_event *event, struct error *err)
{
	struct names *names = context;
	size_t run = 0;

	(void)err;
	for (size_t i = 0; i < event->length; i++) {
		char ch = event->json[i];

		run = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f') ? run + 1 : 0;
		if (run < NAME_DIGITS)
			continue;
		names->items = mem_grow(names->items, &names->capacity, names->count + 1, sizeof(*names->items));
		memcpy(names->items[names->count++], event->json + i + 1 - NAME_DIGITS, NAME_DIGITS);
	}
	return 0;
}

/* Whoever cannot read every case cannot know what others still need. */
static bool reads_all(const struct vault *vault)
{
	for (size_t i = 1; i < vault->log.stream_count; i++)
		if (!vault->log.streams[i].shredded && !access_readable(vault, i))
			return false;
	return true;
}

static void check_object(struct checking *c, const struct names *names, bool all, const char *path,
			 const char *name)
{
	AUTO_ERROR why = ERROR_INIT;

	if (object_check(path, name, &why)) {
		tell(c, false, false, mem_format("%s: %s", path, why.why));
		return;
	}
	c->ret->objects++;
	if (!all || !left_behind(c, path) ||
	    (names->count && bsearch(name, names->items, names->count, NAME_DIGITS, compare_names)))
		return;
	tell(c, true, c->repair && unlink(path) == 0,
	     mem_format(_("%s is an attachment that no event names"), path));
}

static void check_objects(struct checking *c, const char *dir, const struct names *names, bool all)
{
	AUTO_STRING top = file_join(dir, "objects");
	char **folders = NULL;
	size_t folder_count = 0;

	if (file_list(top, &folders, &folder_count, NULL))
		return;
	for (size_t i = 0; i < folder_count; i++) {
		AUTO_STRING folder = file_join(top, folders[i]);
		char **found = NULL;
		size_t count = 0;

		if (file_is_dir(folder) && file_list(folder, &found, &count, NULL) == 0)
			for (size_t k = 0; k < count; k++) {
				AUTO_STRING path = file_join(folder, found[k]);

				if (strlen(found[k]) == NAME_DIGITS)
					check_object(c, names, all, path, found[k]);
			}
		file_free_names(found, count);
	}
	file_free_names(folders, folder_count);
}

/* ---- the rest of an open vault */

/* A WAL of this size is a header alone: nothing waits in it. */
enum { WAL_HEADER = 32 };

static void check_log_left(struct checking *c, struct vault *vault)
{
	AUTO_STRING path = file_join(vault->dir, "vault.db-wal");
	struct stat info;
	bool repaired = false;

	if (stat(path, &info) < 0 || info.st_size <= WAL_HEADER)
		return;
	if (c->repair && store_lock(vault->store, NULL) == 0) {
		store_checkpoint(vault->store);
		store_unlock(vault->store);
		repaired = stat(path, &info) < 0 || info.st_size <= WAL_HEADER;
	}
	tell(c, true, repaired, mem_format(_("%s was not folded into the database: somebody works, or a session died"), path));
}

static void check_cache(struct checking *c, const struct vault *vault)
{
	if (vault_cache_state(vault) != VAULT_CACHE_READY && vault_cache_reason(vault))
		tell(c, true, c->repair && vault_cache_state(vault) == VAULT_CACHE_FOREIGN,
		     mem_string(vault_cache_reason(vault)));
}

/* Words of cases lie in more memory than keys do; what of it is not locked can reach the swap file, if there is one. */
enum { LOOSE_AT_MOST = 256 << 10 };

static void check_memory(struct checking *c)
{
	size_t needed, loose;

	shelter_tell(&needed, &loose);
	if (loose > LOOSE_AT_MOST && shelter_swaps(NULL))
		tell(c, false, false,
		     mem_format(_("%zu of %zu KiB of memory that words of cases pass through may be swapped out: let more be "
				  "locked (memlock 65536 in limits.conf), or see that swap is encrypted"),
				loose >> 10, needed >> 10));
}

int vault_check_objects(struct vault *vault, struct vault_check *ret)
{
	struct checking c = { ret, false, 0 };
	const struct names none = { 0 };

	check_objects(&c, vault->dir, &none, false);
	return 0;
}

int vault_check(struct vault *vault, bool repair, instant now, struct vault_check *ret, struct error *err)
{
	struct checking c = { ret, repair && !vault_readonly(vault), now - INSTANT_DAY };
	struct names names = { 0 };
	bool all = reads_all(vault);
	int code = vault_each(vault, 0, gather_names, &names, err);

	if (!code && names.count)
		qsort(names.items, names.count, NAME_DIGITS, compare_names);
	if (!code && vault->clock)
		tell(&c, true, false, mem_string(_(vault->clock)));
	if (!code && vault->damage)
		tell(&c, false, false, mem_string(vault->damage));
	if (!code)
		check_objects(&c, vault->dir, &names, all && !vault->damage);
	if (!code && !all)
		tell(&c, true, false, mem_string(_("you may not read every case: attachments that no event names were not looked for")));
	if (!code)
		check_log_left(&c, vault);
	if (!code)
		check_cache(&c, vault);
	if (!code)
		check_memory(&c);
	free(names.items);
	return code;
}
