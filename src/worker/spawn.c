/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: descriptors put in their places, signals as new, a session of its own. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_FD = 20 };

/* By its own name where that still stands for this very program: under a debugger or valgrind
 * /proc/self/exe is theirs. A program that was replaced while it runs is reached only through /proc. */
char *spawn_self(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return mem_string("/proc/self/exe");
	path[length] = '\0';
	return mem_string(str_ends(path, " (deleted)") ? "/proc/self/exe" : path);
}

bool spawn_pipe(int ret[2])
{
	int low[2];

	ret[0] = ret[1] = -1;
	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		ret[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FD);
		close(low[i]);
	}
	return ret[0] >= 0 && ret[1] >= 0;
}

static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	/* A session of its own: ^C and ^Z of the terminal are not for it. */
	posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						     POSIX_SPAWN_SETSIGDEF));
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
}

int spawn_start(const struct spawn *spawn, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (int i = 0; i < spawn->fd_count; i++)
		if (spawn->fds[i] < 0)
			posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
		else
			posix_spawn_file_actions_adddup2(&actions, spawn->fds[i], i);
	posix_spawn_file_actions_addclosefrom_np(&actions, spawn->fd_count);
	set_attributes(&attributes);
	code = posix_spawn(ret, spawn->path, &actions, &attributes, spawn->argv, spawn->environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

void spawn_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
