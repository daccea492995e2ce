/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program: its input written, its output read, within a time. */
#include "psirtty/worker/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "spawn.h"

extern char **environ;

struct running { pid_t pid; int input, output; const char *at; size_t left; };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The first of the folders of PATH that has it; caller frees. NULL: none. */
static char *find(const char *name)
{
	AUTO_STRING folders = mem_string(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin:/usr/sbin:/sbin");
	char *save = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? mem_string(name) : NULL;
	for (char *folder = strtok_r(folders, ":", &save); folder; folder = strtok_r(NULL, ":", &save)) {
		char *path = file_join(folder, name);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static int start(const struct program *program, struct running *ret, struct error *err)
{
	AUTO_STRING path = find(program->words[0]);
	int input[2], output[2];
	bool piped = spawn_pipe(input) & spawn_pipe(output);
	const int fds[] = { program->input ? input[0] : -1, output[1], -1 };
	const struct spawn spawn = { path, program->words, environ, fds, ARRAY_LEN(fds) };
	int code = !path ? ENOENT : piped ? spawn_start(&spawn, &ret->pid) : errno;

	close_fd(&input[0]);
	close_fd(&output[1]);
	ret->input = input[1];
	ret->output = output[0];
	ret->at = program->input;
	ret->left = program->input ? program->length : 0;
	if (!ret->left)
		close_fd(&ret->input);
	else
		fcntl(ret->input, F_SETFL, fcntl(ret->input, F_GETFL) | O_NONBLOCK);
	return code ? error_set(err, ERR_INPUT, program->words[0], _("Check the settings"), "%s", strerror(code)) : 0;
}

static void write_some(struct running *r)
{
	ssize_t put = write(r->input, r->at, r->left);

	if (put > 0) {
		r->at += put;
		r->left -= (size_t)put;
	}
	/* It need not read all of it. */
	if (!r->left || (put < 0 && errno != EAGAIN && errno != EINTR))
		close_fd(&r->input);
}

/* False at the end of the output. */
static bool read_some(struct running *r, struct str *ret)
{
	char block[4096];
	ssize_t got = read(r->output, block, sizeof(block));

	if (got > 0)
		str_add_bytes(ret, block, (size_t)got);
	explicit_bzero(block, sizeof(block));
	return got > 0 || (got < 0 && errno == EINTR);
}

/* False when it took too long or printed too much. */
static bool exchange(const struct program *program, struct running *r, struct str *ret)
{
	int64_t deadline = now_ms() + program->patience * 1000LL;
	size_t before = ret->length;
	bool open = true;

	while (open) {
		struct pollfd fds[2] = { { .fd = r->output, .events = POLLIN }, { .fd = r->input, .events = POLLOUT } };
		int64_t left = deadline - now_ms();
		int count = left > 0 ? poll(fds, 2, (int)left) : 0;

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		if (fds[1].revents)
			write_some(r);
		if (fds[0].revents)
			open = read_some(r, ret);
		if (ret->length - before > program->most)
			return false;
	}
	return true;
}

/* It closed its output; it may take a moment to end. */
static bool ended(pid_t pid, int64_t deadline, int *ret_status)
{
	while (waitpid(pid, ret_status, WNOHANG) == 0) {
		if (now_ms() > deadline)
			return false;
		poll(NULL, 0, 10);
	}
	return true;
}

int program_run(const struct program *program, struct str *ret, int *ret_status, struct error *err)
{
	struct running running = { .input = -1, .output = -1 };
	int64_t deadline = now_ms() + program->patience * 1000LL;
	sigset_t old;
	int code;

	*ret_status = -1;
	signal_pipe_block(&old);
	code = start(program, &running, err);
	if (!code && (!exchange(program, &running, ret) || !ended(running.pid, deadline, ret_status))) {
		*ret_status = -1;
		spawn_end(running.pid);
	}
	close_fd(&running.input);
	close_fd(&running.output);
	signal_pipe_restore(&old);
	return code;
}
