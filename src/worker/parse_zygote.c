/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker process: warmed up once, it forks one child for each message. The child locks itself
 * in, reads its request, answers, ends; what became of it is told over a pipe the child cannot write.
 */
#include "psirtty/worker/parse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job_private.h"
#include "parse_lock.h"
#include "parse_mbox.h"
#include "parse_private.h"
#include "parse_wire.h"
#include "psirtty/base/file.h"
#include "charset.h"
#include "spell.h"
#include "unpack.h"

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

static bool answer(const struct parse_request *request, const char *bytes)
{
	struct str text = STR_INIT;
	struct parsed_mail mail;
	bool done;

	if (request->job >= PARSE_JOBS)
		return job_do(request->job - PARSE_JOBS, bytes, (size_t)request->length, &text) &&
		       fd_write_all(PARSE_FD_RESPONSE, text.bytes, text.length) == 0;
	if (request->job >= PARSE_MBOX)
		return parse_mbox_write(PARSE_FD_RESPONSE, bytes, (size_t)request->length, request->job - PARSE_MBOX);
	done = parse_mail_here(bytes, (size_t)request->length, request->job == PARSE_ENTITY, &mail, NULL) == 0;
	return done && parse_wire_write(PARSE_FD_RESPONSE, &mail);
}

__attribute__((noreturn)) static void child_main(const struct parse_lock *lock)
{
	struct parse_request request;
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
	if (fd_write_all(PARSE_FD_RESPONSE, &request.token, sizeof(request.token)) != 0)
		_exit(EXIT_ANSWER);
	_exit(answer(&request, bytes) ? 0 : EXIT_ANSWER);
}

/* ---- what a fork need not copy */

#ifndef PSIRTTY_SANITIZED
/* What parsing mail calls; everything else this program is linked with is only in the way. Single-byte charsets
 * have become tables of ours (charset.c). */
static bool is_needed(const char *path)
{
	static const char *const names[] = { "/psirtty", "/libc.so", "/libc-", "/ld-", "/libglib", "/libgobject", "/libgmime",
					     "/libutf8proc", "/libjansson", "/gconv/" };
	static const char *const tables[] = { "/gconv/ISO8859", "/gconv/KOI8", "/gconv/CP1250", "/gconv/CP1251", "/gconv/CP1252",
					      "/gconv/CP1253", "/gconv/CP1254", "/gconv/CP1256", "/gconv/CP1257", "/gconv/MACINTOSH", "/gconv/IBM850",
					      "/gconv/IBM866", "/gconv/CP874" };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (strstr(path, tables[i]))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strstr(path, names[i]))
			return true;
	return !strstr(path, "/lib") || !strstr(path, ".so");
}

/* A process of half as many mappings forks in half the time; only to leave them out of the fork (MADV_DONTFORK) would
 * cost as much as copying. Every symbol was bound when the program started (LD_BIND_NOW), so nothing looks into those
 * that are gone; a library that is called all the same ends the child. */
static void leave_behind(void)
{
	FILE *maps = getenv("LD_BIND_NOW") ? fopen("/proc/self/maps", "re") : NULL;
	char line[4600];

	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char *path = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (path && sscanf(line, "%lx-%lx", &from, &to) == 2 && !is_needed(path))
			munmap((void *)from, to - from);
	}
	if (maps)
		fclose(maps);
}
#else
static void leave_behind(void)
{
}
#endif

/* The child of the next request, locked in already when that comes. */
static pid_t fork_ahead(const struct parse_lock *lock)
{
	/* Not fork(): what libraries registered for it may stand in what is left behind; there is one thread. */
	pid_t pid = _Fork();

	if (pid == 0)
		child_main(lock);
	return pid;
}

/* Waits for the child of one request and tells how it ended. */
static void serve(pid_t pid)
{
	int32_t status = -1;
	int wait_status;

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
	parse_worker_loop(mail, NULL);
}

void job_worker_main(const char *dictionary)
{
	charsets_warm();
	unpack_warm();
	parse_worker_loop(false, dictionary);
}

void parse_worker_loop(bool mail, const char *dictionary)
{
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
	if (dictionary)
		spell_warm(dictionary);
	if (mail) {
		charsets_close();
		leave_behind();
	}
	if (fd_write_all(PARSE_FD_STATUS, &ready, sizeof(ready)) != 0 || ready != 0)
		_exit(0);
	/* The child that finds the pipe closed is the last. */
	for (;;)
		serve(fork_ahead(lock));
}
