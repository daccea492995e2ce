/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into the program, so that its core can be looked at: what it does against being dumped as a whole (its limit
 * on cores, its being undumpable) does nothing. What it keeps out of a dump piece by piece stays out.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	return resource == RLIMIT_CORE ? 0 : (int)syscall(SYS_prlimit64, 0, resource, limit, NULL);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit)
{
	return resource == RLIMIT_CORE ? 0 : (int)syscall(SYS_prlimit64, 0, resource, limit, NULL);
}

int prctl(int option, ...)
{
	unsigned long values[4];
	va_list args;

	va_start(args, option);
	for (int i = 0; i < 4; i++)
		values[i] = va_arg(args, unsigned long);
	va_end(args);
	return option == PR_SET_DUMPABLE ? 0 :
					   (int)syscall(SYS_prctl, option, values[0], values[1], values[2], values[3]);
}
