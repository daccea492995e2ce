/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backup and restore: one ustar file with a consistent copy of the databases, the settings, the objects
 * and the sealed drafts, made while others work. Nothing in it is clear that is not clear in the folder.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/tar.h"
#include "psirtty/vault/transport.h"
#include "vault/object.h"

enum { BUFFER = 1 << 18 };
static const struct tar_limits limits = { 10000000, UINT64_MAX / 2 };

/* ---- what a backup may hold */

static bool hex_name(const char *name, size_t digits)
{
	return strspn(name, "0123456789abcdef") >= digits;
}

static bool is_object(const char *path)
{
	return str_starts(path, "objects/") && strlen(path) == 8 + 3 + 64 && hex_name(path + 8, 2) &&
	       path[10] == '/' && hex_name(path + 11, 64) && memcmp(path + 8, path + 11, 2) == 0;
}

static bool is_draft(const char *path)
{
	return str_starts(path, "drafts/") && hex_name(path + 7, 32) && path[39] == '/' &&
	       !strchr(path + 40, '/') && str_ends(path, ".sealed");
}

static bool is_known(const char *path)
{
	return str_equal(path, "vault.yaml") || str_equal(path, "vault.db") || str_equal(path, "keys.db") ||
	       is_object(path) || is_draft(path);
}

/* ---- writing */

struct backup {
	struct vault *vault;
	int out;
	uint64_t done, total;
	vault_progress_fn progress;
	void *context;
};

static int write_failed(const char *what, struct error *err)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ?
		       error_set(err, ERR_VAULT, what, _("Free space and try again"), _("the disk is full")) :
		       error_errno(err, ERR_VAULT, what, NULL);
}

static int write_bytes(struct backup *b, const void *bytes, size_t length, struct error *err)
{
	if (fd_write_all(b->out, bytes, length) < 0)
		return write_failed(_("backup"), err);
	b->done += length;
	return b->progress && b->progress(b->context, b->done, b->total) ?
		       error_set(err, ERR_NO, _("backup"), NULL, _("it was cancelled")) : 0;
}

/* SIZE bytes of FD; a file that was cut meanwhile is told, one that grew is taken as it was. */
static int write_content(struct backup *b, int fd, uint64_t size, const char *path, struct error *err)
{
	static const char zeros[TAR_BLOCK];
	char *buffer = mem_alloc(BUFFER);
	int code = 0;

	for (uint64_t left = size; !code && left > 0;) {
		ssize_t got = read(fd, buffer, left < BUFFER ? (size_t)left : BUFFER);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			code = error_set(err, ERR_VAULT, path, _("Try again"), _("it cannot be read to its end"));
		else
			code = write_bytes(b, buffer, (size_t)got, err);
		left -= got > 0 ? (uint64_t)got : 0;
	}
	free(buffer);
	return code ? code : write_bytes(b, zeros, tar_padding(size), err);
}

static int add_file(struct backup *b, const char *from, const char *path, struct error *err)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), code;
	char header[TAR_BLOCK];
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0) {
		if (fd >= 0)
			close(fd);
		return error_errno(err, ERR_VAULT, from, NULL);
	}
	code = tar_header(path, (uint64_t)info.st_size, (instant)info.st_mtime * INSTANT_SECOND, header, err);
	if (!code)
		code = write_bytes(b, header, sizeof(header), err);
	if (!code)
		code = write_content(b, fd, (uint64_t)info.st_size, from, err);
	close(fd);
	return code;
}

/* A copy beside the original, where there is room for it and nobody else may read. */
static int add_database(struct backup *b, bool keys, struct error *err)
{
	char random[17];
	AUTO_STRING copy = NULL;
	int fd, code;

	vault_random_hex(random, 16);
	copy = mem_format("%s/objects/%s.part", b->vault->dir, random);
	fd = open(copy, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, ERR_VAULT, copy, _("A backup needs room in the vault's folder"));
	close(fd);
	code = store_copy(b->vault->store, keys, copy, err);
	if (!code)
		code = add_file(b, copy, keys ? "keys.db" : "vault.db", err);
	unlink(copy);
	return code;
}

typedef int (*file_fn)(struct backup *b, const char *from, const char *path, struct error *err);

/* Every known file two levels below FOLDER, in order. */
static int each_file(struct backup *b, const char *folder, file_fn fn, struct error *err)
{
	AUTO_STRING top = file_join(b->vault->dir, folder);
	char **folders = NULL;
	size_t count = 0;
	int code = file_list(top, &folders, &count, err);

	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING below = file_join(top, folders[i]);
		char **names = NULL;
		size_t name_count = 0;

		if (!file_is_dir(below) || file_list(below, &names, &name_count, NULL))
			continue;
		for (size_t k = 0; !code && k < name_count; k++) {
			AUTO_STRING from = file_join(below, names[k]);
			AUTO_STRING path = mem_format("%s/%s/%s", folder, folders[i], names[k]);

			if (is_known(path))
				code = fn(b, from, path, err);
		}
		file_free_names(names, name_count);
	}
	file_free_names(folders, count);
	return code;
}

static int add_size(struct backup *b, const char *from, const char *path, struct error *err)
{
	struct stat info;

	(void)path, (void)err;
	b->total += stat(from, &info) == 0 ? (uint64_t)info.st_size + TAR_BLOCK : 0;
	return 0;
}

/* Events before keys before objects: whatever is added meanwhile, what the copied events need is there. */
static int write_all(struct backup *b, bool keys, struct error *err)
{
	static const char zeros[TAR_END];
	AUTO_STRING settings = file_join(b->vault->dir, "vault.yaml");
	AUTO_STRING events = file_join(b->vault->dir, "vault.db");
	int code;

	add_size(b, events, NULL, NULL);
	each_file(b, "objects", add_size, NULL);
	code = add_file(b, settings, "vault.yaml", err);
	if (!code)
		code = add_database(b, false, err);
	if (!code && keys)
		code = add_database(b, true, err);
	if (!code)
		code = each_file(b, "objects", add_file, err);
	if (!code)
		code = each_file(b, "drafts", add_file, err);
	return code ? code : write_bytes(b, zeros, sizeof(zeros), err);
}

int vault_backup(struct vault *vault, const char *path, bool keys, vault_progress_fn progress, void *context,
		 struct error *err)
{
	struct backup b = { .vault = vault, .progress = progress, .context = context };
	AUTO_STRING part = mem_format("%s.part", path);
	int code;

	if (vault->damage)
		return error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`, keep the older backups"),
				 _("a damaged vault is not backed up: %s"), vault->damage);
	b.out = open(part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (b.out < 0)
		return error_errno(err, ERR_INPUT, part, _("Remove it when nobody writes it any more"));
	code = write_all(&b, keys, err);
	if (!code && fsync(b.out) < 0)
		code = write_failed(part, err);
	close(b.out);
	if (!code && rename(part, path) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	if (code)
		unlink(part);
	return code;
}

/* ---- restoring */

struct restoring {
	const char *dir;
	int fd;
	char path[TAR_PATH + 1];
	bool keys;
	uint64_t done, total;
	vault_progress_fn progress;
	void *context;
};

static int begin_member(void *context, const struct tar_member *member, struct error *err)
{
	struct restoring *r = context;
	AUTO_STRING path = file_join(r->dir, member->path);
	AUTO_STRING folder = mem_string(path);

	if (!is_known(member->path))
		return error_set(err, ERR_INPUT, member->path, NULL, _("a backup of a vault holds no such file"));
	*strrchr(folder, '/') = '\0';
	if (strchr(member->path, '/') && mkdir(folder, is_draft(member->path) ? 0700 : 0770) < 0 && errno != EEXIST)
		return error_errno(err, ERR_VAULT, folder, NULL);
	memcpy(r->path, member->path, sizeof(r->path));
	r->keys = r->keys || str_equal(member->path, "keys.db");
	r->fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	return r->fd < 0 ? error_errno(err, ERR_VAULT, path, NULL) : 0;
}

static int member_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
	struct restoring *r = context;

	if (fd_write_all(r->fd, bytes, length) < 0)
		return write_failed(r->path, err);
	r->done += length;
	return r->progress && r->progress(r->context, r->done, r->total) ?
		       error_set(err, ERR_NO, _("restoring"), NULL, _("it was cancelled")) : 0;
}

static int end_member(void *context, struct error *err)
{
	struct restoring *r = context;
	mode_t mode = is_object(r->path) ? 0440 : is_draft(r->path) ? 0600 : 0660;
	int code = fchmod(r->fd, mode) < 0 || fsync(r->fd) < 0 ? write_failed(r->path, err) : 0;

	close(r->fd);
	r->fd = -1;
	return code;
}

static int unpack(struct restoring *r, const char *path, struct error *err)
{
	const struct tar_handler handler = { begin_member, member_bytes, end_member, r };
	struct tar_reader *reader = tar_reader_new(&handler, &limits);
	int fd = open(path, O_RDONLY | O_CLOEXEC), code = 0;
	char *buffer = mem_alloc(BUFFER);
	struct stat info;
	ssize_t got = 0;

	if (fd < 0 || fstat(fd, &info) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	else
		r->total = (uint64_t)info.st_size;
	while (!code && ((got = read(fd, buffer, BUFFER)) > 0 || (got < 0 && errno == EINTR)))
		code = got > 0 ? tar_reader_feed(reader, buffer, (size_t)got, err) : 0;
	if (!code && got < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	if (!code)
		code = tar_reader_finish(reader, err);
	if (r->fd >= 0)
		close(r->fd);
	if (fd >= 0)
		close(fd);
	free(buffer);
	tar_reader_free(reader);
	return code;
}

/* Keys are a backup of their own: without them an empty file stands in their place. */
static int empty_keys(const char *dir, struct error *err)
{
	AUTO_STRING aside = file_join(dir, "aside");
	AUTO_STRING from = file_join(aside, "keys.db");
	AUTO_STRING to = file_join(dir, "keys.db");
	struct store *store = NULL;
	int code = mkdir(aside, 0770) < 0 ? error_errno(err, ERR_VAULT, aside, NULL) : 0;

	if (!code)
		code = store_open(aside, true, false, &store, err);
	if (!code && store_lock(store, err) == 0) {
		store_checkpoint(store);
		store_unlock(store);
	}
	store_close(store);
	if (!code && rename(from, to) < 0)
		code = error_errno(err, ERR_VAULT, to, NULL);
	file_remove_tree(aside, NULL);
	return code;
}

static int make_queue(const char *dir, uint64_t gseq, struct error *err)
{
	AUTO_STRING path = file_join(dir, "vault.lock");
	uint8_t note[8];

	put64(note, gseq);
	return file_write(path, note, sizeof(note), 0660, err);
}

static int check_restored_objects(const char *dir, struct error *err)
{
	struct vault place = { .dir = (char *)dir };
	struct vault_check check = { 0 };
	int code = vault_check_objects(&place, &check);

	for (size_t i = 0; !code && i < check.count; i++)
		code = error_set(err, ERR_NO, dir, _("Take an older backup"), "%s", check.items[i].what);
	vault_check_release(&check);
	return code;
}

static int verify(const char *dir, uint64_t *ret_gseq, struct error *err)
{
	struct audit_report report;
	int code = vault_audit_level(dir, NULL, 3, NULL, &report, err);

	if (code == ERR_NO && report.finding_count)
		error_set(err, ERR_NO, dir, _("Take an older backup"), _("event %llu of the backup is damaged: %s"),
			  (unsigned long long)report.findings[0].gseq, report.findings[0].what);
	*ret_gseq = report.events;
	audit_report_release(&report);
	return code ? code : check_restored_objects(dir, err);
}

int vault_restore(const char *path, const char *dir, uint64_t *ret_gseq, vault_progress_fn progress,
		  void *context, struct error *err)
{
	struct restoring r = { .dir = dir, .fd = -1, .progress = progress, .context = context };
	uint64_t gseq = 0;
	int code = vault_check_empty(dir, err);

	if (!code)
		code = vault_make_folders(dir, err);
	if (code)
		return code;
	code = unpack(&r, path, err);
	if (!code && !r.keys)
		code = empty_keys(dir, err);
	if (!code)
		code = make_queue(dir, 0, err);
	if (!code)
		code = verify(dir, &gseq, err);
	if (!code)
		code = make_queue(dir, gseq, err);
	/* What was not verified does not stay where it could be taken for a vault. */
	if (code)
		file_remove_tree(dir, NULL);
	else
		*ret_gseq = gseq;
	return code;
}

/* ---- an older head, on purpose */

static int say_restored(struct vault *vault, const struct memory *seen, instant now, struct error *err)
{
	static const uint8_t own[ID_BYTES];
	uint8_t body[8 + HASH_BYTES];
	const struct control control = { CONTROL_RESTORE, own, body, sizeof(body) };

	put64(body, seen->gseq);
	memcpy(body + 8, seen->hash, HASH_BYTES);
	return vault_append_controls(vault, &control, 1, now, err);
}

/* What the memory vouched for has to be verified now, from the first event on. */
static int verify_anew(struct vault *vault, struct error *err)
{
	int code;

	vault->memory.there = vault->abandoned = false;
	vault->settled = 0;
	mem_replace(&vault->damage, NULL);
	log_release(&vault->log);
	log_init(&vault->log);
	code = vault_catch_up(vault, NULL, NULL, err);
	if (!code && vault->damage)
		code = error_set(err, ERR_VAULT, vault->dir, _("Take an older backup"), "%s", vault->damage);
	return code;
}

int vault_restored(struct vault *vault, instant now, struct error *err)
{
	AUTO_STRING sentence = NULL;
	bool released;
	int code;

	if (!vault->abandoned)
		return error_set(err, ERR_NO, vault->dir, NULL,
				 _("it holds everything that you saw: nothing was abandoned"));
	sentence = mem_string(vault->damage);
	released = trail_released(vault);
	code = verify_anew(vault, err);
	if (!code && !released)
		code = member_require_admin(vault, err);
	if (!code && !released)
		code = say_restored(vault, &vault->memory, now, err);
	if (code) {
		vault->memory.there = vault->abandoned = true;
		mem_replace(&vault->damage, sentence);
		return code;
	}
	vault->memory.renewed = true;
	str_reset(&vault->memory.trail);
	return 0;
}
