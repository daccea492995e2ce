/* SPDX-License-Identifier: Apache-2.0 */
/* Starting child processes: this program anew as a worker, or somebody's program. */
#ifndef PSIRTTY_WORKER_SPAWN_H
#define PSIRTTY_WORKER_SPAWN_H

#include <sys/types.h>

#include "psirtty/base/error.h"

/* This very program, as a path to execute. Caller frees. */
char *spawn_self(void);
/* A pipe whose ends are far above the numbers a child will have; false with errno. */
bool spawn_pipe(int ret[2]);
/* What to start: its descriptors 0 to COUNT - 1 are those of FDS (-1: /dev/null), all others are closed; it is in a
 * session of its own with no signal blocked or ignored. 0 or an errno. */
struct spawn { const char *path; char *const *argv, *const *environment; const int *fds; int fd_count; };
int spawn_start(const struct spawn *spawn, pid_t *ret);
/* Kills it and takes its status. */
void spawn_end(pid_t pid);

#endif
