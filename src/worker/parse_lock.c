/* SPDX-License-Identifier: Apache-2.0 */
/* Limits, Landlock and seccomp for the process that parses mail. */
#include "parse_lock.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- limits */

static bool limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit value = { soft, hard };

	return setrlimit((__rlimit_resource_t)resource, &value) == 0;
}

static bool set_limits(unsigned seconds)
{
	bool done = limit(RLIMIT_CPU, seconds, seconds + 1) && limit(RLIMIT_FSIZE, 0, 0) &&
		    limit(RLIMIT_NOFILE, PARSE_FD_STATUS + 1, PARSE_FD_STATUS + 1) && limit(RLIMIT_CORE, 0, 0) &&
		    limit(RLIMIT_NPROC, 0, 0) && limit(RLIMIT_MEMLOCK, 0, 0);

#ifndef PSIRTTY_SANITIZED /* the address sanitizer maps terabytes */
	done = done && limit(RLIMIT_AS, (rlim_t)1 << 30, (rlim_t)1 << 30);
#endif
	return done;
}

/* ---- Landlock (linux/landlock.h, by number so that old headers do) */

struct ruleset { uint64_t fs, net, scoped; };

static const struct { int abi; uint64_t fs, net, scoped; size_t size; } landlock_steps[] = {
	{ 1, 0x1FFF, 0, 0, 8 }, /* execute … make a symlink */
	{ 2, 0x3FFF, 0, 0, 8 }, /* refer */
	{ 3, 0x7FFF, 0, 0, 8 }, /* truncate */
	{ 4, 0x7FFF, 3, 0, 16 }, /* bind and connect */
	{ 5, 0xFFFF, 3, 0, 16 }, /* ioctl of devices */
	{ 6, 0xFFFF, 3, 3, 24 }, /* abstract sockets, signals */
};

/* Nothing is lost where the kernel has no Landlock: the filter alone lets no file be opened. */
static bool set_landlock(void)
{
	long abi = syscall(444, NULL, 0, 1U);
	struct ruleset rules = { 0 };
	size_t size = 0;
	long fd, code;

	for (size_t i = 0; i < ARRAY_LEN(landlock_steps) && landlock_steps[i].abi <= abi; i++) {
		rules = (struct ruleset){ landlock_steps[i].fs, landlock_steps[i].net,
					  landlock_steps[i].scoped };
		size = landlock_steps[i].size;
	}
	if (abi < 1)
		return true;
	fd = syscall(444, &rules, size, 0U);
	if (fd < 0)
		return false;
	code = syscall(446, fd, 0U);
	close((int)fd);
	return code == 0;
}

/* ---- seccomp */

#define SYSCALL(name) SCMP_SYS(name)

static const int allowed[] = {
	SYSCALL(brk), SYSCALL(munmap), SYSCALL(mremap), SYSCALL(madvise), SYSCALL(futex),
	SYSCALL(rt_sigreturn), SYSCALL(clock_gettime), SYSCALL(getrandom), SYSCALL(exit),
	SYSCALL(exit_group),
#ifdef PSIRTTY_SANITIZED /* the sanitizers' own stacks, maps and locks */
	SYSCALL(sigaltstack), SYSCALL(rt_sigprocmask), SYSCALL(sched_yield), SYSCALL(gettid),
	SYSCALL(getpid), SYSCALL(mmap), SYSCALL(mprotect), SYSCALL(write),
#endif
};

/* Libraries look for tables and settings and do well without. */
static const int refused[] = {
	SYSCALL(open), SYSCALL(openat), SYSCALL(stat), SYSCALL(fstat), SYSCALL(lstat), SYSCALL(newfstatat),
	SYSCALL(statx), SYSCALL(lseek), SYSCALL(access), SYSCALL(faccessat), SYSCALL(faccessat2),
	SYSCALL(readlink), SYSCALL(readlinkat),
};

/* Calls that are answered by what they are asked for: argument, comparison, mask or value, value. */
static const struct { int call; uint32_t action; unsigned count; struct scmp_arg_cmp compare[2]; } by_argument[] = {
	{ SYSCALL(read), SCMP_ACT_ALLOW, 1, { { 0, SCMP_CMP_EQ, PARSE_FD_REQUEST, 0 } } },
#ifndef PSIRTTY_SANITIZED
	{ SYSCALL(write), SCMP_ACT_ALLOW, 1, { { 0, SCMP_CMP_EQ, PARSE_FD_RESPONSE, 0 } } },
	{ SYSCALL(write), SCMP_ACT_ERRNO(EBADF), 1, { { 0, SCMP_CMP_EQ, STDERR_FILENO, 0 } } },
	/* Memory, neither of files nor to be executed. */
	{ SYSCALL(mmap), SCMP_ACT_ALLOW, 2,
	  { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 }, { 3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS } } },
	{ SYSCALL(mprotect), SCMP_ACT_ALLOW, 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
#endif
};

static int add_arguments(scmp_filter_ctx filter)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < ARRAY_LEN(by_argument); i++)
		code = seccomp_rule_add_array(filter, by_argument[i].action, by_argument[i].call, by_argument[i].count,
					      by_argument[i].compare);
	return code;
}

/* libseccomp writes the program to a file; it is read back once and used for every child. */
static bool export(scmp_filter_ctx filter, struct parse_lock *ret)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t length = -1;

	if (fd < 0)
		return false;
	if (seccomp_export_bpf(filter, fd) == 0)
		length = pread(fd, ret->code, sizeof(ret->code), 0);
	close(fd);
	ret->count = length > 0 ? (unsigned short)((size_t)length / sizeof(ret->code[0])) : 0;
	return ret->count > 0 && (size_t)length < sizeof(ret->code);
}

bool parse_lock_prepare(struct parse_lock *ret)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int code = filter ? 0 : -1;
	bool done;

	for (size_t i = 0; code == 0 && i < ARRAY_LEN(allowed); i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; code == 0 && i < ARRAY_LEN(refused); i++)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	if (code == 0)
		code = add_arguments(filter);
	done = code == 0 && export(filter, ret);
	if (filter)
		seccomp_release(filter);
	return done;
}

bool parse_lock_in(const struct parse_lock *lock)
{
	struct sock_fprog program = { lock->count, (struct sock_filter *)(uintptr_t)lock->code };

	return set_limits(lock->cpu_seconds ? lock->cpu_seconds : PARSE_CPU_SECONDS) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_landlock() &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
