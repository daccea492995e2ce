/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes lie in memory that forked processes share; a note's place in them is its place in time. A file
 * keeps its synced bytes and the writes after them; names follow their directory's sync, or, as on ext4, the
 * first sync of a file that was just made; of names that were not synced a crash keeps the first few.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/str.h"

enum note_type { NOTE_WRITE = 1, NOTE_CUT, NOTE_SYNC, NOTE_SYNC_ALL, NOTE_MAKE, NOTE_RENAME, NOTE_REMOVE, NOTE_PROMISE };
enum { SECTOR = 512, ROOM = 1 << 30, NOTES = 1 << 20, PATH = 200, SLOW = 50 };

struct note {
	_Atomic uint32_t type;  /* set last */
	uint32_t length;
	uint64_t at;            /* offset in the file, the number promised, or how many notes there were when a sync began */
	uint64_t data;          /* offset in the room */
	char path[PATH];        /* below the root */
};

static struct shared {
	atomic_bool recording;
	_Atomic uint64_t used, count;
	struct note notes[NOTES];
	uint8_t room[ROOM];
} *shared;
static char root[PATH];

/* ---- noting */

static struct note *note_new(const char *path, uint32_t length)
{
	uint64_t at = atomic_fetch_add(&shared->count, 1);
	struct note *note = &shared->notes[at];

	if (at >= NOTES || strlen(path) >= PATH)
		abort();
	note->data = atomic_fetch_add(&shared->used, length);
	if (note->data + length > ROOM)
		abort();
	note->length = length;
	snprintf(note->path, PATH, "%s", path);
	return note;
}

static void note_add(enum note_type type, const char *path, uint64_t at, const void *bytes, size_t length)
{
	struct note *note = note_new(path, (uint32_t)length);

	note->at = at;
	if (length)
		memcpy(shared->room + note->data, bytes, length);
	atomic_store(&note->type, type);
}

/* Below the root, or NULL. */
static const char *below(const char *path)
{
	size_t length = strlen(root);

	return strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

static bool watching(void)
{
	return shared && atomic_load(&shared->recording);
}

/* The watched path behind FD, in BUFFER; NULL when it is another's, or only shared memory. */
static const char *path_of(int fd, char buffer[PATH_MAX])
{
	char link[40];
	const char *path;
	ssize_t length;

	if (!watching())
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, buffer, PATH_MAX - 1);
	if (length < 0)
		return NULL;
	buffer[length] = '\0';
	path = below(buffer);
	return path && !str_ends(path, "-shm") && !str_ends(path, " (deleted)") ? path : NULL;
}

static const char *named(const char *path, char buffer[PATH_MAX])
{
	if (!watching())
		return NULL;
	if (path[0] == '/')
		snprintf(buffer, PATH_MAX, "%s", path);
	else
		return NULL;
	path = below(buffer);
	return path && !str_ends(path, "-shm") ? path : NULL;
}

void disk_promise(uint64_t number)
{
	if (watching())
		note_add(NOTE_PROMISE, "", number, NULL, 0);
}

/* ---- the C library's functions, for this program and its libraries */

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	char buffer[PATH_MAX];
	const char *path = path_of(fd, buffer);

	if (path)
		note_add(NOTE_WRITE, path, (uint64_t)offset, bytes, count);
	return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	return pwrite64(fd, bytes, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	char buffer[PATH_MAX];
	const char *path = path_of(fd, buffer);

	if (path)
		note_add(NOTE_WRITE, path, (uint64_t)lseek(fd, 0, SEEK_CUR), bytes, count);
	return syscall(SYS_write, fd, bytes, count);
}

int ftruncate64(int fd, off64_t length)
{
	char buffer[PATH_MAX];
	const char *path = path_of(fd, buffer);

	if (path)
		note_add(NOTE_CUT, path, (uint64_t)length, NULL, 0);
	return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}

/* What is written while it lasts, by others, it may or may not hold. */
static int sync_file(int fd, long number, enum note_type type)
{
	char buffer[PATH_MAX];
	const char *path = path_of(fd, buffer);
	uint64_t begun = path ? atomic_load(&shared->count) : 0;
	int code = (int)syscall(number, fd);

	/* A slow disk: others get on meanwhile. */
	for (int i = 0; path && i < SLOW; i++)
		sched_yield();
	if (path && code == 0)
		note_add(type, path, begun, NULL, 0);
	return code;
}

int fsync(int fd)
{
	return sync_file(fd, SYS_fsync, NOTE_SYNC);
}

int fdatasync(int fd)
{
	return sync_file(fd, SYS_fdatasync, NOTE_SYNC);
}

int syncfs(int fd)
{
	return sync_file(fd, SYS_syncfs, NOTE_SYNC_ALL);
}

int rename(const char *from, const char *to)
{
	char one[PATH_MAX], other[PATH_MAX];
	const char *path = named(from, one), *target = named(to, other);

	if (path && target)
		note_add(NOTE_RENAME, path, 0, target, strlen(target) + 1);
	return (int)syscall(SYS_rename, from, to);
}

int unlink(const char *name)
{
	char buffer[PATH_MAX];
	const char *path = named(name, buffer);

	if (path)
		note_add(NOTE_REMOVE, path, 0, NULL, 0);
	return (int)syscall(SYS_unlink, name);
}

static int open_file(const char *name, int flags, mode_t mode)
{
	char buffer[PATH_MAX];
	const char *path = flags & O_CREAT ? named(name, buffer) : NULL;

	if (path && access(name, F_OK) != 0)
		note_add(NOTE_MAKE, path, 0, NULL, 0);
	else if (path && flags & O_TRUNC)
		note_add(NOTE_CUT, path, 0, NULL, 0);
	return (int)syscall(SYS_openat, AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

int open(const char *name, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return open_file(name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return open_file(name, flags, mode);
}

/* ---- what a crash leaves */

struct file {
	struct str bytes;                    /* synced */
	const struct note **pending; size_t pending_count;
};
struct name { char path[PATH]; struct file *file; };
struct names { struct name *items; size_t count; };
struct change { const struct note *note; struct file *file; };

struct platter {
	struct names now, durable;           /* what programs see; what is on the disk */
	struct change *changes; size_t change_count; /* of names, not synced yet */
	struct file **files; size_t file_count;
	uint64_t dice;
	bool lying;
};

static uint32_t roll(struct platter *p, uint32_t limit)
{
	p->dice = p->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((p->dice >> 33) % limit);
}

static struct name *find(struct names *names, const char *path)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i].path, path) == 0)
			return &names->items[i];
	return NULL;
}

static void forget(struct names *names, const char *path)
{
	struct name *name = find(names, path);

	if (name)
		*name = names->items[--names->count];
}

static void point(struct names *names, const char *path, struct file *file)
{
	struct name *name = find(names, path);

	if (!name) {
		names->items = mem_resize(names->items, names->count + 1, sizeof(*names->items));
		name = &names->items[names->count++];
		snprintf(name->path, PATH, "%s", path);
	}
	name->file = file;
}

static struct file *file_new(struct platter *p)
{
	struct file *file = mem_alloc(sizeof(*file));

	*file = (struct file){ .bytes = STR_INIT };
	p->files = mem_resize(p->files, p->file_count + 1, sizeof(*p->files));
	p->files[p->file_count++] = file;
	return file;
}

static void cut(struct str *bytes, size_t length)
{
	if (bytes->length < length)
		str_add_repeat(bytes, '\0', length - bytes->length);
	str_truncate(bytes, length);
}

static void put(struct str *bytes, uint64_t at, const uint8_t *from, size_t length)
{
	if (bytes->length < at + length)
		cut(bytes, at + length);
	memcpy(bytes->bytes + at, from, length);
}

static void settle(struct file *file, const struct note *note)
{
	if (note->type == NOTE_CUT)
		cut(&file->bytes, note->at);
	else
		put(&file->bytes, note->at, shared->room + note->data, note->length);
}

/* Of a write that was never synced: all, nothing, or some of its sectors. */
static void tear(struct platter *p, struct file *file, const struct note *note)
{
	uint32_t fate = roll(p, 3);

	if (fate == 0)
		return;
	if (fate == 1 || note->type == NOTE_CUT) {
		settle(file, note);
		return;
	}
	for (size_t at = 0; at < note->length; at += SECTOR) {
		size_t part = note->length - at < SECTOR ? note->length - at : SECTOR;

		if (roll(p, 2))
			put(&file->bytes, note->at + at, shared->room + note->data + at, part);
	}
}

static void change_names(struct names *names, const struct note *note, struct file *file)
{
	if (note->type == NOTE_MAKE) {
		point(names, note->path, file);
	} else if (note->type == NOTE_REMOVE) {
		forget(names, note->path);
	} else {
		struct name *name = find(names, note->path);
		struct file *moved = name ? name->file : file;

		if (!moved)
			return;
		forget(names, note->path);
		point(names, (const char *)shared->room + note->data, moved);
	}
}

static bool in_folder(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;

	return strlen(folder) == length && strncmp(path, folder, length) == 0;
}

/* Where the name stands afterwards: a renaming into another folder is that folder's. */
static const char *new_name(const struct note *note)
{
	return note->type == NOTE_RENAME ? (const char *)shared->room + note->data : note->path;
}

static bool is_before(const struct note *note, uint64_t begun)
{
	return (uint64_t)(note - shared->notes) < begun;
}

/* Makes durable what the sync of PATH does: a folder's names, or that a file is there at all; all names for NULL. */
static void sync_names(struct platter *p, const char *path, const struct file *file, uint64_t begun)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->change_count; i++) {
		const struct change *c = &p->changes[i];
		bool meant = !path || (file ? c->file == file && c->note->type == NOTE_MAKE : in_folder(new_name(c->note), path));

		if (meant && is_before(c->note, begun))
			change_names(&p->durable, c->note, c->file);
		else
			p->changes[kept++] = *c;
	}
	p->change_count = kept;
}

static void sync_bytes(struct file *file, uint64_t begun)
{
	size_t kept = 0;

	for (size_t i = 0; i < file->pending_count; i++) {
		if (is_before(file->pending[i], begun))
			settle(file, file->pending[i]);
		else
			file->pending[kept++] = file->pending[i];
	}
	file->pending_count = kept;
}

static void sync_path(struct platter *p, const char *path, uint64_t begun)
{
	struct name *name = find(&p->now, path);

	if (p->lying)
		return;
	if (name)
		sync_bytes(name->file, begun);
	sync_names(p, path, name ? name->file : NULL, begun);
}

static void sync_all(struct platter *p, uint64_t begun)
{
	if (p->lying)
		return;
	for (size_t i = 0; i < p->file_count; i++)
		sync_bytes(p->files[i], begun);
	sync_names(p, NULL, NULL, begun);
}

static void rename_note(struct platter *p, const struct note *note)
{
	struct name *name = find(&p->now, note->path);
	struct file *file = note->type == NOTE_MAKE ? file_new(p) : name ? name->file : NULL;

	change_names(&p->now, note, file);
	p->changes = mem_resize(p->changes, p->change_count + 1, sizeof(*p->changes));
	p->changes[p->change_count++] = (struct change){ note, file };
}

static void write_note(struct platter *p, const struct note *note)
{
	struct name *name = find(&p->now, note->path);
	struct file *file;

	if (!name) {
		point(&p->now, note->path, file_new(p));
		name = find(&p->now, note->path);
	}
	file = name->file;
	file->pending = mem_resize(file->pending, file->pending_count + 1, sizeof(*file->pending));
	file->pending[file->pending_count++] = note;
}

static void play(struct platter *p, const struct note *note)
{
	switch (note->type) {
	case NOTE_WRITE:
	case NOTE_CUT: write_note(p, note); break;
	case NOTE_SYNC: sync_path(p, note->path, note->at); break;
	case NOTE_SYNC_ALL: sync_all(p, note->at); break;
	case NOTE_MAKE:
	case NOTE_RENAME:
	case NOTE_REMOVE: rename_note(p, note); break;
	default: break;
	}
}

/* ---- what was there before */

static struct { char path[PATH]; struct str bytes; } *before;
static size_t before_count;

static void keep(const char *dir)
{
	char **names = NULL;
	size_t count = 0;

	if (file_list(dir, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (file_is_dir(path)) {
			keep(path);
		} else if (below(path) && !str_ends(path, "-shm")) {
			before = mem_resize(before, before_count + 1, sizeof(*before));
			snprintf(before[before_count].path, PATH, "%s", below(path));
			str_init(&before[before_count].bytes);
			file_read(path, 1 << 30, &before[before_count++].bytes, NULL);
		}
	}
	file_free_names(names, count);
}

void disk_watch(const char *path)
{
	snprintf(root, sizeof(root), "%s", path);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shared == MAP_FAILED)
		abort();
}

void disk_record(void)
{
	for (size_t i = 0; i < before_count; i++)
		str_release(&before[i].bytes);
	before_count = 0;
	keep(root);
	atomic_store(&shared->count, 0);
	atomic_store(&shared->used, 0);
	atomic_store(&shared->recording, true);
}

void disk_stop(void)
{
	atomic_store(&shared->recording, false);
}

size_t disk_count(void)
{
	return atomic_load(&shared->count);
}

/* ---- onto the disk again */

static void begin(struct platter *p)
{
	for (size_t i = 0; i < before_count; i++) {
		struct file *file = file_new(p);

		str_add_bytes(&file->bytes, before[i].bytes.bytes, before[i].bytes.length);
		point(&p->now, before[i].path, file);
		point(&p->durable, before[i].path, file);
	}
}

static void make_folders(const char *target, const char *path)
{
	AUTO_STRING whole = file_join(target, path);

	for (char *slash = whole + strlen(target) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		mkdir(whole, 0770);
		*slash = '/';
	}
}

static void lay_down(struct platter *p, const char *target)
{
	size_t luck = p->change_count ? roll(p, (uint32_t)p->change_count + 1) : 0;

	for (size_t i = 0; i < luck; i++)
		change_names(&p->durable, p->changes[i].note, p->changes[i].file);
	for (size_t i = 0; i < p->file_count; i++)
		for (size_t n = 0; n < p->files[i]->pending_count; n++)
			tear(p, p->files[i], p->files[i]->pending[n]);
	for (size_t i = 0; i < p->durable.count; i++) {
		const struct name *name = &p->durable.items[i];
		AUTO_STRING path = file_join(target, name->path);
		int fd;

		make_folders(target, name->path);
		fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0660);
		if (fd < 0 || fd_write_all(fd, name->file->bytes.bytes, name->file->bytes.length) < 0)
			abort();
		close(fd);
	}
}

static void platter_release(struct platter *p)
{
	for (size_t i = 0; i < p->file_count; i++) {
		str_release(&p->files[i]->bytes);
		free(p->files[i]->pending);
		free(p->files[i]);
	}
	free(p->files);
	free(p->changes);
	free(p->now.items);
	free(p->durable.items);
}

size_t disk_crash(size_t when, uint64_t seed, bool lying, const char *target, uint64_t **ret)
{
	struct platter platter = { .dice = seed * 2654435761u + 1, .lying = lying };
	uint64_t *promises = NULL;
	size_t count = 0;

	begin(&platter);
	for (size_t i = 0; i < when && i < disk_count(); i++) {
		const struct note *note = &shared->notes[i];

		play(&platter, note);
		if (note->type != NOTE_PROMISE)
			continue;
		promises = mem_resize(promises, count + 1, sizeof(*promises));
		promises[count++] = note->at;
	}
	lay_down(&platter, target);
	platter_release(&platter);
	*ret = promises;
	return count;
}
