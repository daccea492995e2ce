/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laid under a program (LD_PRELOAD) it kills it before its Nth change of the file system, KILL_AT; without that it writes how
 * many there were to the file KILL_COUNT when the program ends. Changes are links, renames, removals and new folders; with
 * KILL_SYNCS in the environment also each wait for the disk; the one that is change number FAIL_AT fails. With KILL_TO it kills its parent and its whole process group before the first
 * name that holds those words is given to a file or a folder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int changes;

static void change(void)
{
	const char *at = getenv("KILL_AT");

	changes++;
	if (at && atoi(at) == changes)
		raise(SIGKILL);
}

static void named(const char *to)
{
	const char *words = getenv("KILL_TO");

	if (words && strstr(to, words)) {
		kill(getppid(), SIGKILL);
		kill(0, SIGKILL);
	}
}

__attribute__((destructor)) static void told(void)
{
	const char *path = getenv("KILL_COUNT");
	FILE *file = path && changes ? fopen(path, "w") : NULL;

	if (file) {
		fprintf(file, "%d\n", changes);
		fclose(file);
	}
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");

	named(to);
	change();
	return real(from, to);
}

int link(const char *from, const char *to)
{
	int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");

	change();
	return real(from, to);
}

int unlink(const char *path)
{
	int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");

	change();
	return real(path);
}

int mkdir(const char *path, mode_t mode)
{
	int (*real)(const char *, mode_t) = (int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "mkdir");

	named(path);
	change();
	return real(path, mode);
}

static int waited(void)
{
	const char *at = getenv("FAIL_AT");

	if (getenv("KILL_SYNCS"))
		change();
	if (!at || atoi(at) != changes)
		return 0;
	errno = EIO;
	return -1;
}

int fsync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

	return waited() ? -1 : real(fd);
}

int fdatasync(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

	return waited() ? -1 : real(fd);
}

/* The exchange of two names, among others. */
long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	change();
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
