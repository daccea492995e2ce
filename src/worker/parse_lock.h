/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock a parsing child puts on itself: after it there is one pipe to read, one pipe to write,
 * memory, and nothing else.
 */
#ifndef PSIRTTY_WORKER_PARSE_LOCK_H
#define PSIRTTY_WORKER_PARSE_LOCK_H

#include <linux/filter.h>

#include "psirtty/base/str.h"

enum { PARSE_FD_REQUEST = 3, PARSE_FD_RESPONSE = 4, PARSE_FD_STATUS = 5 };
enum { PARSE_CPU_SECONDS = 2, PARSE_WALL_SECONDS = 10 };
/* Of a worker for jobs alone: documents of megabytes take longer than mails, in linear time. */
enum { JOB_CPU_SECONDS = 20, JOB_WALL_SECONDS = 60 };

struct parse_lock {
	struct sock_filter code[512]; /* the seccomp filter, compiled once */
	unsigned short count;
	unsigned cpu_seconds;         /* set by the caller; 0: PARSE_CPU_SECONDS */
};

/* Compiles the filter; false when this system has no seccomp for it. */
bool parse_lock_prepare(struct parse_lock *ret);
/*
 * Limits of time, memory, files and processes; no new privileges; no core; Landlock without any
 * rule where the kernel has it; then the filter: opening a file answers EACCES (the C library and
 * GMime ask for charset tables and go on without), any other call that is not on the list kills the
 * process. False when one of them cannot be had: then the caller must not go on.
 */
bool parse_lock_in(const struct parse_lock *lock);

#endif
