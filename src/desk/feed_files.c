/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders as feeds: opening them, naming their source, handing a folder over as one stream. */
#include "psirtty/desk/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/feed.h"

enum { DEPTH = 16, FILES_MOST = 4 << 20 };

/* ---- folders: every file below them, in the order of names */

struct folder {
	char **paths; size_t count, room, at;
	int fd;                   /* of the file that is being given; -1: none */
	uint64_t left, total;
	struct str head; size_t given;
};

static int add_files(struct folder *folder, const char *dir, int depth, struct error *err)
{
	char **names;
	size_t count;
	int code = depth > DEPTH ? error_set(err, ERR_INPUT, dir, NULL, _("it is nested deeper than %d levels"), DEPTH) :
				   file_list(dir, &names, &count, err);

	if (code)
		return code;
	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);
		struct stat status;

		if (lstat(path, &status) || (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)))
			continue;
		if (S_ISDIR(status.st_mode)) {
			code = add_files(folder, path, depth + 1, err);
		} else if (folder->count < FILES_MOST) {
			folder->paths = mem_grow(folder->paths, &folder->room, folder->count + 1, sizeof(*folder->paths));
			folder->paths[folder->count++] = mem_string(path);
			folder->total += (uint64_t)status.st_size;
		}
	}
	file_free_names(names, count);
	return code;
}

static void release_folder(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++)
		free(folder->paths[i]);
	free(folder->paths);
	if (folder->fd >= 0)
		close(folder->fd);
	str_release(&folder->head);
}

/* The next file that can be opened; its frame stands before it. */
static bool open_next(struct folder *folder)
{
	while (folder->at < folder->count) {
		const char *path = folder->paths[folder->at++];
		struct stat status;

		folder->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		if (folder->fd < 0)
			continue;
		if (fstat(folder->fd, &status) == 0 && S_ISREG(status.st_mode)) {
			str_reset(&folder->head);
			folder->given = 0;
			folder->left = (uint64_t)status.st_size;
			feed_frame(path, folder->left, &folder->head);
			return true;
		}
		close(folder->fd);
		folder->fd = -1;
	}
	return false;
}

static long read_folder(void *context, char *ret, size_t size, struct error *err)
{
	struct folder *folder = context;
	size_t head;
	ssize_t got;

	if (folder->fd < 0 && !open_next(folder))
		return 0;
	head = folder->head.length - folder->given;
	if (head) {
		head = head < size ? head : size;
		memcpy(ret, folder->head.bytes + folder->given, head);
		folder->given += head;
		size -= head;
	}
	size = folder->left < size ? (size_t)folder->left : size;
	got = size ? read(folder->fd, ret + head, size) : 0;
	/* A file that became shorter meanwhile is filled up: its reader says what is wrong with it. */
	if (got <= 0 && size) {
		memset(ret + head, 0, size);
		got = (ssize_t)size;
	}
	folder->left -= (uint64_t)got;
	if (!folder->left && folder->given == folder->head.length) {
		close(folder->fd);
		folder->fd = -1;
	}
	(void)err;
	return (long)head + got;
}

/* ---- one path */

struct opened { struct folder folder; int fd; struct feed_input input; char *identity, *source; };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* An ecosystem's file of the OSV bucket lies in a folder of its name: "PyPI/all.zip". */
static char *source_of(const char *path)
{
	const char *name = base_name(path), *from = name;
	AUTO_STRING folder = NULL;

	if (!str_equal(name, "all.zip") || name - path < 2)
		return NULL;
	for (from = name - 1; from > path && from[-1] != '/'; from--)
		;
	folder = mem_copy(from, (size_t)(name - 1 - from));
	for (char *c = folder; *c; c++)
		if (!((*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z') || *c == '.' || *c == '_'))
			*c = '-';
	return mem_format("osv-%s", folder);
}

/* Baselines of the CVE List and an ecosystem's zip hold all there is. */
static bool names_all(const char *path)
{
	const char *name = base_name(path);

	return strstr(name, "_all_CVEs_") != NULL || str_equal(name, "cves.zip") || str_equal(name, "all.zip");
}

static int open_file(const char *path, struct opened *ret, struct error *err)
{
	struct stat status;

	ret->fd = str_equal(path, "-") ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (ret->fd < 0 || fstat(ret->fd, &status))
		return error_errno(err, ERR_INPUT, path, NULL);
	ret->input.fd = ret->fd;
	if (!S_ISREG(status.st_mode))
		return 0;
	ret->input.total = (uint64_t)status.st_size;
	ret->identity = mem_format("%s %lld %lld", base_name(path), (long long)status.st_size, (long long)status.st_mtime);
	ret->input.identity = ret->identity;
	return status.st_size ? 0 : error_set(err, ERR_INPUT, path, _("Get the file anew"), _("it is empty"));
}

static int open_path(const char *path, const struct feed_input *options, struct opened *ret, struct error *err)
{
	int code;

	*ret = (struct opened){ .folder = { .fd = -1, .head = STR_INIT }, .fd = -1, .input = *options };
	ret->input.name = path;
	ret->input.fd = -1;
	ret->source = mem_string(options->source);
	if (!ret->source)
		ret->source = source_of(path);
	ret->input.source = ret->source;
	if (ret->input.whole == WHOLE_BY_KIND && names_all(path))
		ret->input.whole = WHOLE_YES;
	if (!file_is_dir(path))
		return open_file(path, ret, err);
	code = add_files(&ret->folder, path, 0, err);
	ret->input.read = read_folder;
	ret->input.context = &ret->folder;
	ret->input.framed = true;
	ret->input.total = ret->folder.total;
	return code;
}

static void close_path(struct opened *opened)
{
	release_folder(&opened->folder);
	if (opened->fd >= 0)
		close(opened->fd);
	free(opened->identity);
	free(opened->source);
}

int desk_feed_import(struct intel *intel, const char *path, const struct feed_input *options, struct feed_taken *ret,
		     struct error *err)
{
	struct opened opened;
	int code = open_path(path, options, &opened, err);

	if (!code)
		code = desk_feed_take(intel, &opened.input, ret, err);
	close_path(&opened);
	return code;
}

int desk_feed_identify(const char *path, struct feed_head *ret, struct error *err)
{
	const struct feed_input none = { .fd = -1 };
	struct feed_reader *reader = NULL;
	struct opened opened;
	struct feed_event event = { 0 };
	int code = open_path(path, &none, &opened, err);
	const struct feed_task task = { .name = path, .mode = FEED_COUNT, .fd = opened.input.fd, .read = opened.input.read,
					.context = opened.input.context, .framed = opened.input.framed };

	if (!code)
		code = feed_reader_start(&task, &reader, err);
	while (!code && event.type != FEED_EVENT_END)
		code = feed_reader_next(reader, &event, err);
	feed_reader_stop(reader);
	close_path(&opened);
	if (!code && event.head.kind == FEED_UNKNOWN)
		code = error_set(err, ERR_INPUT, path, _("See `psirtty help feed import` for what is read"), _("there is no feed in it"));
	if (!code)
		*ret = event.head;
	return code;
}
