/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker process: warmed up once, it forks one child for each message. The child locks itself
 * in, reads its request, answers, ends; what became of it is told over a pipe the child cannot write.
 */
#include "psirtty/worker/parse.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job_private.h"
#include "parse_lock.h"
#include "parse_private.h"
#include "parse_wire.h"
#include "psirtty/base/file.h"

enum { EXIT_UNLOCKED = 3, EXIT_REQUEST = 4, EXIT_ANSWER = 5 };

static bool read_exactly(int fd, void *bytes, size_t length)
{
	char *cursor = bytes;

	while (length) {
		ssize_t got = read(fd, cursor, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		cursor += got;
		length -= (size_t)got;
	}
	return true;
}

__attribute__((noreturn)) static void child_main(const struct parse_lock *lock)
{
	struct parse_request request;
	struct str answer = STR_INIT;
	struct parsed_mail mail;
	char *bytes;

	close(PARSE_FD_STATUS);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || !parse_lock_in(lock))
		_exit(EXIT_UNLOCKED);
	if (!read_exactly(PARSE_FD_REQUEST, &request, sizeof(request)) || request.magic != PARSE_MAGIC ||
	    request.length > MAIL_LIMIT)
		_exit(EXIT_REQUEST);
	bytes = mem_alloc((size_t)request.length + 1);
	if (!read_exactly(PARSE_FD_REQUEST, bytes, (size_t)request.length))
		_exit(EXIT_REQUEST);
	if (request.job >= PARSE_JOBS) {
		if (!job_do(request.job - PARSE_JOBS, bytes, (size_t)request.length, &answer))
			_exit(EXIT_REQUEST);
		_exit(fd_write_all(PARSE_FD_RESPONSE, answer.bytes, answer.length) ? EXIT_ANSWER : 0);
	}
	if (parse_mail_here(bytes, (size_t)request.length, request.job == PARSE_ENTITY, &mail, NULL) != 0)
		_exit(EXIT_REQUEST);
	if (!parse_wire_write(PARSE_FD_RESPONSE, &mail))
		_exit(EXIT_ANSWER);
	_exit(0);
}

/* Forks the child of one request and tells how it ended. */
static void serve(const struct parse_lock *lock)
{
	int32_t status = -1;
	int wait_status;
	pid_t pid = fork();

	if (pid == 0)
		child_main(lock);
	if (pid > 0) {
		while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
			;
		status = wait_status;
	}
	if (fd_write_all(PARSE_FD_STATUS, &status, sizeof(status)) != 0)
		_exit(0);
}

void parse_worker_main(bool mail)
{
	struct pollfd request = { .fd = PARSE_FD_REQUEST, .events = POLLIN };
	struct parse_lock *lock = mem_alloc(sizeof(*lock));
	int32_t ready = 0;

	close_range(PARSE_FD_STATUS + 1, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setsid();
	if (!parse_lock_prepare(lock))
		ready = -1;
	lock->cpu_seconds = mail ? PARSE_CPU_SECONDS : JOB_CPU_SECONDS;
	if (mail)
		parse_mail_warm();
	else
		job_warm();
	if (fd_write_all(PARSE_FD_STATUS, &ready, sizeof(ready)) != 0 || ready != 0)
		_exit(0);
	for (;;) {
		int count = poll(&request, 1, -1);

		if (count < 0 && errno == EINTR)
			continue;
		/* Without POLLIN it is the end: the other side is gone. */
		if (count < 0 || !(request.revents & POLLIN))
			_exit(0);
		serve(lock);
	}
}
