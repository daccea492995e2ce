/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parse worker as it runs: a real zygote (this program executed anew), real children, and a lock
 * that is tried with every system call there is.
 */
#include "psirtty/worker/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/tap.h"
#include "worker/parse_lock.h"
#include "worker/parse_private.h"
#include "worker/parse_wire.h"

static struct parse_lock lock;

/* ---- the lock */

/* The calls that a locked child may make, and those that are refused with an error. All others must kill it. */
static const int allowed[] = {
	SYS_read, SYS_write, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex, SYS_rt_sigreturn,
	SYS_clock_gettime, SYS_getrandom, SYS_exit, SYS_exit_group, SYS_mmap, SYS_mprotect,
#ifdef PSIRTTY_SANITIZED
	SYS_sigaltstack, SYS_rt_sigprocmask, SYS_sched_yield, SYS_gettid, SYS_getpid,
#endif
};
static const int refused[] = {
#ifdef SYS_open
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink,
#endif
	SYS_openat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_lseek, SYS_faccessat, SYS_faccessat2,
	SYS_readlinkat,
};

/* Two calls that the kernel makes for itself: no filter sees them, and from elsewhere they do nothing. */
enum { URETPROBE = 335, UPROBE = 336 };

static bool is_in(const int *list, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* How a locked child ends that makes the call with these arguments: the exit code is 0 when the call
 * succeeded, else 1 + errno; 255 when it could not be locked. */
static int try_call(long number, long a, long b, long c, long d)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		long result;

		for (int fd = 3; fd < 10; fd++)
			close(fd);
		if (!parse_lock_in(&lock))
			_exit(255);
		result = syscall(number, a, b, c, d, 0, 0);
		syscall(SYS_exit_group, result >= 0 ? 0 : 1 + (errno & 127));
	}
	waitpid(pid, &status, 0);
	return status;
}

static void test_every_call(void)
{
	int killed = 0, others = 0;

	for (int number = 0; number < 470; number++) {
		int status;

		if (is_in(allowed, ARRAY_LEN(allowed), number) || number == UPROBE || number == URETPROBE)
			continue;
		status = try_call(number, -1, 0, 0, 0);
		if (is_in(refused, ARRAY_LEN(refused), number)) {
			others++;
			CHECK_QUIET(WIFEXITED(status) && WEXITSTATUS(status) == 1 + EACCES,
				    "call %d is refused", number);
			continue;
		}
		killed++;
		CHECK_QUIET(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "call %d kills (status %x)",
			    number, (unsigned)status);
	}
	CHECK(killed > 400 && others > 5, "%d system calls kill the child, %d are refused", killed, others);
}

static void test_named_calls(void)
{
	static const struct { const char *name; long number, a, b, c, d; bool kills; } rows[] = {
		{ "socket", SYS_socket, 2, 1, 0, 0, true },
		{ "execve", SYS_execve, 0, 0, 0, 0, true },
		{ "clone (fork)", SYS_clone, SIGCHLD, 0, 0, 0, true },
		{ "clone3", SYS_clone3, 0, 0, 0, 0, true },
		{ "ptrace", SYS_ptrace, 0, 0, 0, 0, true },
		{ "kill", SYS_kill, 1, 0, 0, 0, true },
		{ "openat", SYS_openat, AT_FDCWD, (long)(uintptr_t)"/etc/passwd", O_RDONLY, 0, false },
		{ "openat to write", SYS_openat, AT_FDCWD, (long)(uintptr_t)"/tmp/x", O_CREAT | O_RDWR, 0600, false },
		{ "io_uring_setup", SYS_io_uring_setup, 1, 0, 0, 0, true },
		{ "memfd_create", SYS_memfd_create, 0, 0, 0, 0, true },
		{ "prctl", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, true },
		{ "setrlimit", SYS_setrlimit, RLIMIT_CPU, 0, 0, 0, true },
		{ "read of another descriptor", SYS_read, 0, 0, 0, 0, true },
#ifndef PSIRTTY_SANITIZED
		{ "write to another descriptor", SYS_write, 1, 0, 0, 0, true },
		{ "mmap to execute", SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, true },
		{ "mprotect to execute", SYS_mprotect, 0, 4096, PROT_EXEC, 0, true },
#endif
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int status = try_call(rows[i].number, rows[i].a, rows[i].b, rows[i].c, rows[i].d);

		CHECK(rows[i].kills ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS :
				      WIFEXITED(status) && WEXITSTATUS(status) == 1 + EACCES,
		      "%s is %s", rows[i].name, rows[i].kills ? "fatal" : "refused");
	}
}

/* ---- the worker */

static const char hello[] = "From: Alice <a@finder.example>\r\nSubject: =?UTF-8?B?SGVsbG8=?= "
			    "=?UTF-8?B?IHdvcmxk?=\r\n\r\nBody\r\n";

static int run(struct parse_worker *worker, const struct str *mail, struct parsed_mail *ret, struct error *err)
{
	return parse_worker_mail(worker, mail->bytes, mail->length, false, ret, err);
}

static void check_hello(struct parse_worker *worker, const char *when)
{
	struct parsed_mail mail;
	AUTO_ERROR err = ERROR_INIT;
	int code = parse_worker_mail(worker, hello, sizeof(hello) - 1, false, &mail, &err);

	CHECK(code == 0 && str_equal(mail.record.subject, "Hello world") && str_equal(mail.record.text, "Body\n"),
	      "a mail is read %s%s%s", when, code ? ": " : "", code ? err.why : "");
	if (code == 0)
		parsed_mail_release(&mail);
}

static void test_sizes(struct parse_worker *worker)
{
	static const char head[] = "Subject: x\nContent-Type: application/pdf; name=a.pdf\n\n";
	static const size_t sizes[] = { 0, 1, 4095, 65536, 1 << 20, 30 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO_STR mail = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;
		struct parsed_mail parsed;
		int code;

		str_add(&mail, head);
		for (size_t k = 0; k < sizes[i]; k += 64)
			str_add(&mail, "0123456789012345678901234567890123456789012345678901234567890\r\n");
		code = run(worker, &mail, &parsed, &err);
		CHECK(code == 0 && parsed.record.attachment_count == 1 &&
			      parsed.record.attachments[0].size + strlen(head) == mail.length,
		      "an attachment of %zu bytes comes through%s%s", sizes[i], code ? ": " : "", code ? err.why : "");
		if (code == 0)
			parsed_mail_release(&parsed);
	}
}

static void test_limits(struct parse_worker *worker)
{
	AUTO_STR mail = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct parsed_mail parsed;
	char *big = mem_alloc((size_t)201 << 20);

	CHECK(parse_worker_mail(worker, big, (size_t)201 << 20, false, &parsed, &err) == ERR_INPUT,
	      "more than 200 MB is refused");
	free(big);
	str_add(&mail, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 20000; i++)
		str_add(&mail, "--b\n\nx\n");
	CHECK(run(worker, &mail, &parsed, &err) == 0 && mail_record_has_flag(&parsed.record, "limit-parts") &&
		      parsed.record.part_count == 500, "20,000 parts: 500 are read and it is said");
	parsed_mail_release(&parsed);
}

/* The first child of a process, 0 when it has none. */
static pid_t child_of(pid_t parent)
{
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent, (int)parent);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

static void test_deaths(struct parse_worker *worker)
{
	struct parsed_mail parsed;
	AUTO_ERROR err = ERROR_INIT, again = ERROR_INIT;
	pid_t pid = child_of(getpid());
	int code;

	CHECK(pid > 0, "the zygote runs");
	kill(pid, SIGKILL);
	code = parse_worker_mail(worker, hello, sizeof(hello) - 1, false, &parsed, &err);
	CHECK(code == ERR_INPUT, "a dead zygote is an error for that one message: %s", str_or_empty(err.why));
	check_hello(worker, "after the zygote died");
	kill(child_of(getpid()), SIGSTOP);
	parse_worker_hurry(worker, 200);
	code = parse_worker_mail(worker, hello, sizeof(hello) - 1, false, &parsed, &again);
	CHECK(code == ERR_INPUT && strstr(again.why, "10 s"), "one that hangs is given up: %s",
	      str_or_empty(again.why));
	parse_worker_hurry(worker, 10000);
	check_hello(worker, "after it hung");
}

/* Ends the zygote's child with SIGNAL as soon as there is one. */
static pid_t kill_child_later(int signal)
{
	pid_t zygote = child_of(getpid()), helper = fork();

	if (helper != 0)
		return helper;
	for (long i = 0; i < 100000000; i++) {
		pid_t child = child_of(zygote);

		if (child > 0) {
			kill(child, signal);
			break;
		}
	}
	_exit(0);
}

static void test_reasons(struct parse_worker *worker)
{
	static const struct { int signal; const char *why; } rows[] = {
		{ SIGSYS, "the parser was stopped: a forbidden system call" },
		{ SIGXCPU, "the parser was stopped: over 2 s of CPU" },
		{ SIGKILL, "the parser was stopped: over its limits of time or memory" },
		{ SIGABRT, "the parser was stopped: it crashed" },
	};
	AUTO_STR mail = STR_INIT;

	str_add(&mail, "Subject: long\n\n");
	str_add_repeat(&mail, 'x', 64 << 20);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		pid_t helper = kill_child_later(rows[i].signal);
		struct parsed_mail parsed;
		AUTO_ERROR err = ERROR_INIT;
		int code = run(worker, &mail, &parsed, &err);

		CHECK(code == ERR_INPUT, "a child that is ended by signal %d gives an error", rows[i].signal);
		CHECK_STR(err.why, rows[i].why, "which says why");
		waitpid(helper, NULL, 0);
		check_hello(worker, "after that");
	}
}

/* The zygote ends when its parent does: the status pipe's other end closes. */
static void test_orphan(void)
{
	int ends[2];
	struct pollfd p;
	pid_t pid;

	if (pipe(ends) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		struct parse_worker *worker;
		pid_t zygote = 0;

		if (parse_worker_start(&worker, NULL) == 0)
			zygote = child_of(getpid());
		if (write(ends[1], &zygote, sizeof(zygote)) != sizeof(zygote))
			_exit(1);
		_exit(0);
	}
	close(ends[1]);
	waitpid(pid, NULL, 0);
	if (read(ends[0], &pid, sizeof(pid)) != sizeof(pid) || pid <= 0) {
		CHECK(0, "a child could start its own worker");
		return;
	}
	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	p.events = POLLIN;
	CHECK(p.fd < 0 || poll(&p, 1, 5000) == 1, "the zygote ends with its parent");
	if (p.fd >= 0)
		close(p.fd);
	close(ends[0]);
}

/* ---- the wire: an enemy writes it */

static void test_wire(void)
{
	static const char mail[] = "From: A <a@b>, c@d\nTo: e@f\nSubject: s\nMessage-ID: <1@x>\nReferences: <2@x>\n"
				   "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
				   "Content-Disposition: attachment; filename=x\n\nbytes\n--b--\n";
	struct parsed_mail parsed, back;
	AUTO_STR wire = STR_INIT;
	char block[8192];
	int ends[2], taken = 0;
	ssize_t got;

	if (pipe(ends) != 0 || parse_mail_here(mail, sizeof(mail) - 1, false, &parsed, NULL) != 0)
		exit(1);
	CHECK(parse_wire_write(ends[1], &parsed), "a record is written");
	close(ends[1]);
	while ((got = read(ends[0], block, sizeof(block))) > 0)
		str_add_bytes(&wire, block, (size_t)got);
	close(ends[0]);
	CHECK(parse_wire_read(wire.bytes, wire.length, &back, NULL) == 0 && back.record.from_count == 2 &&
		      str_equal(back.record.text, "text") && back.record.attachments[0].size == 5 &&
		      str_equal(back.record.references[0], "<2@x>") && back.record.date == INSTANT_NONE,
	      "and read again");
	parsed_mail_release(&back);
	parsed_mail_release(&parsed);
	for (size_t i = 0; i < wire.length; i++)
		CHECK_QUIET(parse_wire_read(wire.bytes, i, &back, NULL) == ERR_INPUT, "cut at %zu", i);
	for (size_t i = 0; i < wire.length; i++)
		for (int bit = 0; bit < 8; bit++) {
			wire.bytes[i] = (char)(wire.bytes[i] ^ 1 << bit);
			if (parse_wire_read(wire.bytes, wire.length, &back, NULL) == 0) {
				taken++;
				parsed_mail_release(&back);
			}
			wire.bytes[i] = (char)(wire.bytes[i] ^ 1 << bit);
		}
	CHECK(1, "an answer cut anywhere is refused; of %zu bit flips %d are still an answer", wire.length * 8,
	      taken);
}

int main(int argc, char **argv)
{
	struct parse_worker *worker = NULL;
	AUTO_ERROR err = ERROR_INIT;
	bool compiled;
	int code;

	if (argc == 2 && strcmp(argv[1], PARSE_WORKER_ARGUMENT) == 0)
		parse_worker_main(true);
	compiled = parse_lock_prepare(&lock);
	CHECK(compiled, "the filter compiles to %u instructions", lock.count);
	test_named_calls();
	test_every_call();
	test_wire();
	test_orphan();
	code = parse_worker_start(&worker, &err);
	CHECK(code == 0, "the worker starts%s%s", err.why ? ": " : "",
	      str_or_empty(err.why));
	if (!worker)
		return tap_done();
	check_hello(worker, "first");
	check_hello(worker, "and another");
	test_sizes(worker);
	test_limits(worker);
	test_reasons(worker);
	test_deaths(worker);
	parse_worker_stop(worker);
	parse_worker_stop(NULL);
	return tap_done();
}
