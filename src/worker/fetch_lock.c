/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of the fetch worker: it needs sockets and the files of the resolver, and gets nothing else. Landlock
 * where the kernel has it; a filter that starts nothing, opens nothing for writing and knows no other sockets
 * than those of the internet; limits.
 */
#include "fetch_private.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "psirtty/base/file.h"

/* ---- what the resolver opens */

static const char *const resolver_files[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
	"/etc/protocols", "/etc/ssl/openssl.cnf", "/dev/urandom", "/dev/null", "/proc/sys/net",
};

/* The modules of the line "hosts:" are loaded now; later the same names are found loaded. */
void fetch_lock_warm(void)
{
	AUTO_STR text = STR_INIT;
	char *line, *save = NULL;

	if (file_read("/etc/nsswitch.conf", 1 << 16, &text, NULL))
		return;
	line = strstr(text.bytes, "hosts:");
	if (!line)
		return;
	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok_r(line + 6, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		AUTO_STRING name = mem_format("libnss_%s.so.2", word);

		if (!strpbrk(word, "[]/="))
			dlopen(name, RTLD_NOW | RTLD_GLOBAL);
	}
}

/* ---- Landlock (linux/landlock.h, by number so that old headers do) */

struct ruleset { uint64_t fs, net, scoped; };
struct __attribute__((packed)) beneath { uint64_t allowed; int32_t fd; };
struct net_port { uint64_t allowed, port; };
enum { ADD_RULE = 445, BENEATH = 1, NET_PORT = 2, READ_FILE = 4, CONNECT_TCP = 2 };

static const struct { int abi; struct ruleset rules; size_t size; } landlock_steps[] = {
	{ 1, { 0x1FFF, 0, 0 }, 8 }, { 2, { 0x3FFF, 0, 0 }, 8 }, { 3, { 0x7FFF, 0, 0 }, 8 },
	{ 4, { 0x7FFF, 3, 0 }, 16 }, { 5, { 0xFFFF, 3, 0 }, 16 }, { 6, { 0xFFFF, 3, 3 }, 24 },
};

static void allow_files(int ruleset)
{
	for (size_t i = 0; i < ARRAY_LEN(resolver_files); i++) {
		struct beneath rule = { READ_FILE, open(resolver_files[i], O_PATH | O_CLOEXEC) };

		if (rule.fd < 0)
			continue;
		syscall(ADD_RULE, ruleset, BENEATH, &rule, 0U);
		close(rule.fd);
	}
}

static bool allow_port(int ruleset, int port)
{
	struct net_port rule = { CONNECT_TCP, (uint64_t)port };

	return syscall(ADD_RULE, ruleset, NET_PORT, &rule, 0U) == 0;
}

static bool set_landlock(const int *ports, size_t count)
{
	long abi = syscall(444, NULL, 0, 1U);
	size_t step = 0;
	bool done = true;
	int ruleset;

	if (abi < 1)
		return true;
	while (step + 1 < ARRAY_LEN(landlock_steps) && landlock_steps[step + 1].abi <= abi)
		step++;
	ruleset = (int)syscall(444, &landlock_steps[step].rules, landlock_steps[step].size, 0U);
	if (ruleset < 0)
		return false;
	allow_files(ruleset);
	if (landlock_steps[step].rules.net) {
		done = allow_port(ruleset, 53);
		for (size_t i = 0; i < count; i++)
			done = allow_port(ruleset, ports[i]) && done;
	}
	done = done && syscall(446, ruleset, 0U) == 0;
	close(ruleset);
	return done;
}

/* ---- seccomp */

#define SYSCALL(name) SCMP_SYS(name)

static const int allowed[] = {
	SYSCALL(brk), SYSCALL(munmap), SYSCALL(mremap), SYSCALL(madvise), SYSCALL(futex), SYSCALL(set_robust_list),
	SYSCALL(rseq), SYSCALL(rt_sigreturn), SYSCALL(rt_sigaction), SYSCALL(rt_sigprocmask), SYSCALL(sigaltstack),
	SYSCALL(clock_gettime), SYSCALL(clock_nanosleep), SYSCALL(nanosleep), SYSCALL(gettimeofday), SYSCALL(time),
	SYSCALL(getrandom), SYSCALL(exit), SYSCALL(exit_group), SYSCALL(sched_yield), SYSCALL(sched_getaffinity),
	SYSCALL(getpid), SYSCALL(gettid), SYSCALL(getuid), SYSCALL(geteuid), SYSCALL(getgid), SYSCALL(getegid),
	SYSCALL(tgkill), SYSCALL(uname), SYSCALL(sysinfo), SYSCALL(set_tid_address), SYSCALL(membarrier),
	SYSCALL(read), SYSCALL(readv), SYSCALL(write), SYSCALL(writev), SYSCALL(pread64), SYSCALL(lseek),
	SYSCALL(fstat), SYSCALL(stat), SYSCALL(lstat), SYSCALL(newfstatat), SYSCALL(statx), SYSCALL(access),
	SYSCALL(faccessat), SYSCALL(faccessat2), SYSCALL(readlink), SYSCALL(readlinkat), SYSCALL(close),
	SYSCALL(poll), SYSCALL(ppoll), SYSCALL(select), SYSCALL(pselect6), SYSCALL(eventfd2), SYSCALL(pipe2),
	SYSCALL(epoll_create1), SYSCALL(epoll_ctl), SYSCALL(epoll_wait), SYSCALL(epoll_pwait),
	SYSCALL(connect), SYSCALL(sendto), SYSCALL(recvfrom), SYSCALL(sendmsg), SYSCALL(recvmsg), SYSCALL(sendmmsg),
	SYSCALL(shutdown), SYSCALL(bind), SYSCALL(getsockname), SYSCALL(getpeername), SYSCALL(getsockopt),
	SYSCALL(setsockopt), SYSCALL(fcntl), SYSCALL(prlimit64), SYSCALL(getrlimit),
};

/* What would start a program, look into another process or change what this one may: the end. */
static const int deadly[] = {
	SYSCALL(execve), SYSCALL(execveat), SYSCALL(fork), SYSCALL(vfork), SYSCALL(ptrace), SYSCALL(process_vm_readv),
	SYSCALL(process_vm_writev), SYSCALL(setuid), SYSCALL(mount), SYSCALL(unlink), SYSCALL(unlinkat), SYSCALL(rename),
	SYSCALL(renameat), SYSCALL(renameat2), SYSCALL(creat), SYSCALL(truncate), SYSCALL(mkdir), SYSCALL(mkdirat),
	SYSCALL(listen), SYSCALL(accept), SYSCALL(accept4), SYSCALL(io_uring_setup), SYSCALL(bpf), SYSCALL(keyctl),
};

enum { WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY) };

/* Calls that are answered by what they are asked for. */
static const struct { int call; unsigned count; struct scmp_arg_cmp compare[2]; } by_argument[] = {
	{ SYSCALL(openat), 1, { { 2, SCMP_CMP_MASKED_EQ, WRITING, 0 } } },
	{ SYSCALL(open), 1, { { 1, SCMP_CMP_MASKED_EQ, WRITING, 0 } } },
	{ SYSCALL(mmap), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
	{ SYSCALL(mprotect), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
	{ SYSCALL(clone), 1, { { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD } } },
	{ SYSCALL(socket), 1, { { 0, SCMP_CMP_EQ, AF_INET, 0 } } },
	{ SYSCALL(socket), 1, { { 0, SCMP_CMP_EQ, AF_INET6, 0 } } },
	{ SYSCALL(socket), 1, { { 0, SCMP_CMP_EQ, AF_NETLINK, 0 } } },
	{ SYSCALL(socketpair), 1, { { 0, SCMP_CMP_EQ, AF_UNIX, 0 } } },
	{ SYSCALL(ioctl), 1, { { 1, SCMP_CMP_EQ, FIONREAD, 0 } } },
	{ SYSCALL(ioctl), 1, { { 1, SCMP_CMP_EQ, FIONBIO, 0 } } },
	{ SYSCALL(prctl), 1, { { 0, SCMP_CMP_EQ, PR_SET_NAME, 0 } } },
	{ SYSCALL(prctl), 1, { { 0, SCMP_CMP_EQ, PR_SET_VMA, 0 } } },
};

static int add_list(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++)
		code = seccomp_rule_add(filter, action, calls[i], 0);
	return code;
}

/* Anything else is refused, not deadly: libraries ask and go on. clone3 hides its flags, so there is none. */
static bool set_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EACCES));
	int code = filter ? add_list(filter, SCMP_ACT_ALLOW, allowed, ARRAY_LEN(allowed)) : -1;

	if (code == 0)
		code = add_list(filter, SCMP_ACT_KILL_PROCESS, deadly, ARRAY_LEN(deadly));
	if (code == 0)
		code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYSCALL(clone3), 0);
	for (size_t i = 0; code == 0 && i < ARRAY_LEN(by_argument); i++)
		code = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, by_argument[i].call, by_argument[i].count,
					      by_argument[i].compare);
	if (code == 0)
		code = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return code == 0;
}

/* ---- limits */

static bool limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };

	return setrlimit((__rlimit_resource_t)resource, &both) == 0;
}

static bool set_limits(void)
{
	bool done = limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 256) && limit(RLIMIT_CORE, 0) &&
		    limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_CPU, 3600);

#ifndef PSIRTTY_SANITIZED /* the address sanitizer maps terabytes */
	done = done && limit(RLIMIT_AS, (rlim_t)2 << 30);
#endif
	return done;
}

bool fetch_lock_in(const int *ports, size_t count)
{
	return set_limits() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_landlock(ports, count) && set_filter();
}
