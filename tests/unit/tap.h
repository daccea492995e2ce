/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest test harness that can fail: CHECK prints one TAP line each, and the
 * test program's exit code is 1 when any line was "not ok".
 *
 *	int main(void) { CHECK(1 + 1 == 2, "adds"); return tap_done(); }
 *
 * For exhaustive loops use CHECK_QUIET, which prints only failures (the first twenty), and one
 * CHECK at the end for the count.
 */
#ifndef PSIRTTY_TESTS_TAP_H
#define PSIRTTY_TESTS_TAP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One count for all files of a test. */
__attribute__((weak)) int tap_count, tap_failed;

#define CHECK(condition, ...) tap_check((condition), __FILE__, __LINE__, __VA_ARGS__)
#define CHECK_STR(got, expected, name) tap_check_str((got), (expected), __FILE__, __LINE__, (name))
#define CHECK_QUIET(condition, ...) \
	do { \
		if (!(condition) && ++tap_failed <= 20) { \
			printf("not ok %d - ", ++tap_count); \
			printf(__VA_ARGS__); \
			printf(" (%s:%d)\n", __FILE__, __LINE__); \
		} \
	} while (0)

__attribute__((format(printf, 4, 5), unused)) static int
tap_check(int condition, const char *file, int line, const char *format, ...)
{
	__builtin_va_list args;

	printf("%sok %d - ", condition ? "" : "not ", ++tap_count);
	__builtin_va_start(args, format);
	vprintf(format, args);
	__builtin_va_end(args);
	if (!condition) {
		printf(" (%s:%d)", file, line);
		tap_failed++;
	}
	putchar('\n');
	fflush(stdout);
	return condition;
}

__attribute__((unused)) static int tap_check_str(const char *got, const char *expected,
						 const char *file, int line, const char *name)
{
	int same = got == expected || (got && expected && strcmp(got, expected) == 0);

	tap_check(same, file, line, "%s", name);
	if (!same)
		printf("#   got:      %s\n#   expected: %s\n", got ? got : "(null)",
		       expected ? expected : "(null)");
	return same;
}

__attribute__((unused)) static void tap_skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, why);
}

/* The corpora folder, or NULL after printing a loud skip line for NAME. */
__attribute__((unused)) static const char *tap_corpora(const char *name)
{
	const char *dir = getenv("PSIRTTY_CORPORA");
	FILE *probe;
	char path[4096];

	dir = dir && *dir ? dir : "../shared/corpora";
	snprintf(path, sizeof(path), "%s/cvss/SOURCES.txt", dir);
	probe = fopen(path, "r");
	if (!probe) {
		tap_skip(name, "no corpora: set PSIRTTY_CORPORA");
		return NULL;
	}
	fclose(probe);
	return dir;
}

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
