/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders; where the program's data and a user's state are. */
#include "psirtty/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/i18n.h"

#ifndef PKGLIBEXECDIR
#define PKGLIBEXECDIR "/usr/local/libexec/psirtty"
#endif
#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/psirtty"
#endif

static int read_all(int fd, size_t limit, struct str *ret)
{
	char chunk[65536];
	size_t before = ret->length;
	int number = 0;

	while (!number) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got == 0)
			break;
		if (got > 0 && (size_t)got > limit - (ret->length - before))
			number = EFBIG;
		else if (got > 0)
			str_add_bytes(ret, chunk, (size_t)got);
		else if (errno != EINTR)
			number = errno;
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (!number)
		return 0;
	str_truncate(ret, before);
	errno = number;
	return -1;
}

int file_read(const char *path, size_t limit, struct str *ret, struct error *err)
{
	bool standard_input = str_equal(path, "-");
	int fd = standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int result = fd < 0 ? -1 : read_all(fd, limit, ret), number = errno;

	if (fd >= 0)
		close(fd);
	if (result == 0)
		return 0;
	if (number == EFBIG)
		return error_set(err, ERR_INPUT, path, NULL, _("it is larger than %zu bytes"), limit);
	errno = number;
	return error_errno(err, ERR_INPUT, path, number == ENOENT ? _("Check the name") : NULL);
}

bool fd_read_all(int fd, void *ret, size_t length)
{
	char *at = ret;

	while (length) {
		ssize_t got = read(fd, at, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		length -= (size_t)got;
	}
	return true;
}

int fd_write_all(int fd, const void *bytes, size_t length)
{
	const char *cursor = bytes;

	while (length > 0) {
		ssize_t put = write(fd, cursor, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		cursor += put;
		length -= (size_t)put;
	}
	return 0;
}

static int sync_folder_of(const char *path)
{
	AUTO_STRING copy = mem_string(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	close(fd);
	return result;
}

static int write_whole(const char *path, const void *bytes, size_t length, mode_t mode, bool durable, struct error *err)
{
	/* Of this process alone: two sessions may write the same file at once. */
	AUTO_STRING part = mem_format("%s.%ld.part", path, (long)getpid());
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode), number;

	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, _("Check that the folder exists and is yours"));
	if (fchmod(fd, mode) == 0 && fd_write_all(fd, bytes, length) == 0 && (!durable || fsync(fd) == 0) &&
	    rename(part, path) == 0 && (!durable || sync_folder_of(path) == 0)) {
		close(fd);
		return 0;
	}
	number = errno;
	close(fd);
	unlink(part);
	errno = number;
	return error_errno(err, ERR_INPUT, path, _("Check the space on the disk"));
}

int file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	return write_whole(path, bytes, length, mode, true, err);
}

int file_keep(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	return write_whole(path, bytes, length, mode, false, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(const char *dir, char ***ret_names, size_t *ret_count, struct error *err)
{
	DIR *stream = opendir(dir);
	size_t count = 0, capacity = 0;
	char **names = NULL;
	struct dirent *entry;

	if (!stream)
		return error_errno(err, ERR_INPUT, dir, NULL);
	while ((entry = readdir(stream))) {
		if (entry->d_name[0] == '.')
			continue;
		names = mem_grow(names, &capacity, count + 1, sizeof(*names));
		names[count++] = mem_string(entry->d_name);
	}
	closedir(stream);
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_count = count;
	return 0;
}

void file_free_names(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

int file_make_dir(const char *dir, mode_t mode, struct error *err)
{
	AUTO_STRING path = mem_string(dir);

	for (char *slash = path + 1; *path; slash++) {
		char saved = *slash;

		if (saved != '/' && saved != '\0')
			continue;
		*slash = '\0';
		if (mkdir(path, mode) < 0 && errno != EEXIST)
			return error_errno(err, ERR_INPUT, path, NULL);
		*slash = saved;
		if (!saved)
			break;
	}
	if (!file_is_dir(dir))
		return error_set(err, ERR_INPUT, dir, NULL, _("it is not a folder"));
	return 0;
}

bool file_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

int file_remove_tree(const char *dir, struct error *err)
{
	struct stat info;

	if (lstat(dir, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
	    strspn(dir, "/.") == strlen(dir))
		return error_set(err, ERR_DENIED, dir, NULL, _("it is no folder of yours"));
	if (nftw(dir, remove_entry, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		return error_errno(err, ERR_INPUT, dir, NULL);
	return 0;
}

char *file_join(const char *dir, const char *name)
{
	return mem_format("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

/* DIR/KIND/NAME when there is such a file, else NULL. */
static char *find_below(const char *dir, const char *kind, const char *name)
{
	char *path = mem_format("%s/%s/%s", dir, kind, name);

	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

/* Beside a program built in place; above it when its folder is called build or build-something, as
 * an installed program's never is. */
static char *find_beside_program(const char *kind, const char *name)
{
	char program[PATH_MAX], *dir, *found, *slash;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length <= 0)
		return NULL;
	program[length] = '\0';
	dir = dirname(program);
	found = find_below(dir, kind, name);
	slash = strrchr(dir, '/');
	if (found || !slash || !str_starts(slash + 1, "build"))
		return found;
	*slash = '\0';
	return find_below(dir, kind, name);
}

/* KIND is "data" or "themes". */
static char *find_shared(const char *kind, const char *name)
{
	const char *given = getenv("PSIRTTY_DATA");
	char *found;

	if (given && *given)
		return mem_format("%s/%s%s", given, str_equal(kind, "data") ? "" : "../themes/", name);
	found = find_beside_program(kind, name);
	return found ? found : mem_format("%s/%s/%s", PKGDATADIR, kind, name);
}

char *file_data(const char *name)
{
	return find_shared("data", name);
}

char *file_theme(const char *name)
{
	return find_shared("themes", name);
}

char *file_helper(const char *name)
{
	char program[PATH_MAX], *tests, *path;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length > 0) {
		program[length] = '\0';
		tests = strstr(program, "/tests/");
		if (tests)
			tests[2] = '\0'; /* a test lies below the program */
		path = file_join(dirname(program), name);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	path = file_join(PKGLIBEXECDIR, name);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *user_dir(const char *variable, const char *below_home)
{
	const char *given = getenv(variable), *home = getenv("HOME");

	if (given && given[0] == '/')
		return mem_format("%s/psirtty", given);
	return mem_format("%s/%s/psirtty", home && *home ? home : "/nonexistent", below_home);
}

char *file_state_dir(void)
{
	return user_dir("XDG_STATE_HOME", ".local/state");
}

char *file_cache_dir(void)
{
	return user_dir("XDG_CACHE_HOME", ".cache");
}

char *file_share_dir(void)
{
	return user_dir("XDG_DATA_HOME", ".local/share");
}

/* ---- pipes */

void signal_pipe_block(sigset_t *ret_old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, ret_old);
}

void signal_pipe_restore(const sigset_t *old)
{
	const struct timespec zero = { 0, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (!sigismember(old, SIGPIPE))
		while (sigtimedwait(&set, NULL, &zero) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, old, NULL);
}
