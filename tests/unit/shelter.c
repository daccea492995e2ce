/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is kept out of swap and dumps: as much as may be locked, in every way that it grows; and the program goes
 * on where it may not.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/shelter.h"
#include "psirtty/base/str.h"
#include "tap.h"

enum { PIECES = 4000, DEEP = 4 << 20, SMALL_LIMIT = 2 << 20, NOBODY = 65534 };

static void test_swaps(void)
{
	static const struct { const char *list; bool yes; } rows[] = {
		{ "Filename\tType\tSize\tUsed\tPriority\n", false },
		{ "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n", true },
		{ "", false },
	};
	char path[] = "/tmp/pgd-XXXXXX";
	int fd = mkstemp(path);

	close(fd);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		file_write(path, rows[i].list, strlen(rows[i].list), 0600, NULL);
		CHECK(shelter_swaps(path) == rows[i].yes, "row %zu: whether the machine swaps", i);
	}
	unlink(path);
	CHECK(!shelter_swaps("/nonexistent/swaps"), "no list, no swap");
}

#ifndef PSIRTTY_SANITIZED
/* How the memory at ADDRESS is marked: 1 locked, 2 in no dump. */
static int marks_of(const void *address)
{
	AUTO_STR maps = STR_INIT;
	unsigned long from, to;
	bool here = false;
	char access[8];

	file_read("/proc/self/smaps", 4 << 20, &maps, NULL);
	for (char *line = maps.bytes; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		AUTO_STRING one = mem_copy(line, strcspn(line, "\n"));

		if (sscanf(one, "%lx-%lx %7s", &from, &to, access) == 3)
			here = (uintptr_t)address >= from && (uintptr_t)address < to;
		else if (here && str_starts(one, "VmFlags:"))
			return (strstr(one, " lo") ? 1 : 0) | (strstr(one, " dd") ? 2 : 0);
	}
	return -1;
}

static void *in_thread(void *argument)
{
	char local[64] = "";

	shelter_thread();
	*(int *)argument = marks_of(local);
	return NULL;
}

static int worst_of_pieces(size_t size, size_t count)
{
	char **pieces = calloc(count, sizeof(*pieces));
	int worst = 3;

	for (size_t i = 0; i < count; i++) {
		pieces[i] = malloc(size);
		((volatile char *)pieces[i])[size / 2] = 'x';
	}
	for (size_t i = 0; i < count; i += count / 5 + 1)
		worst &= marks_of(pieces[i]) & marks_of(pieces[i] + size - 1);
	for (size_t i = 0; i < count; i++)
		free(pieces[i]);
	free(pieces);
	return worst;
}

static void test_kept(void)
{
	static char data[64] = "written";
	pthread_t thread;
	int marks = 0;
	size_t needed, loose;
	char local[64] = "", *grown = malloc(10), *aligned = NULL;

	CHECK(marks_of(local) == 3, "the stack is locked, and in no dump");
	CHECK(marks_of(data) == 3, "so is the data of the program");
	CHECK(worst_of_pieces(64, PIECES) == 3 && worst_of_pieces(20000, 80) == 3, "and what the heap gives, however it grows");
	CHECK(worst_of_pieces(20000, 80) == 3, "also after it shrank");
	CHECK(worst_of_pieces(1 << 20, 5) == 3, "and large pieces, which lie elsewhere");
	grown = realloc(grown, 3 << 20);
	CHECK(marks_of(grown) == 3 && marks_of(grown + (3 << 20) - 1) == 3, "and one that became large");
	CHECK(posix_memalign((void **)&aligned, 4096, 2 << 20) == 0 && marks_of(aligned) == 3, "and one at an even place");
	CHECK(pthread_create(&thread, NULL, in_thread, &marks) == 0 && pthread_join(thread, NULL) == 0 && marks == 3,
	      "and the stack of a thread that asks for it");
	for (size_t i = 0; i < 3 << 20; i += 4096)
		((volatile char *)grown)[i] = 'x';
	shelter_tell(&needed, &loose);
	CHECK(needed > (3 << 20) && loose < needed / 2, "%zu bytes are told, %zu not locked", needed, loose);
	free(grown);
	free(aligned);
}

static __attribute__((noinline)) int go_deep(void)
{
	volatile char room[DEEP];

	for (size_t i = 0; i < sizeof(room); i += 4096)
		room[i] = 1;
	return room[4096] == 1 ? marks_of((const void *)room) : -1;
}

/* A user without privileges who may lock little. */
static int with_little(void)
{
	const struct rlimit limit = { SMALL_LIMIT, SMALL_LIMIT };
	size_t needed, loose;
	char *piece;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) || (geteuid() == 0 && setuid(NOBODY)))
		return 2;
	shelter_start();
	piece = malloc(8 << 20);
	for (size_t i = 0; i < 8 << 20; i += 4096)
		((volatile char *)piece)[i] = 'x';
	shelter_tell(&needed, &loose);
	/* Not locked, but in no dump. */
	return marks_of(piece) == 2 && worst_of_pieces(1000, PIECES) & 2 && loose >= 8 << 20 ? 0 : 1;
}

static int in_child(int (*test)(void))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(test() & 0xff);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#endif

int main(void)
{
	test_swaps();
#ifndef PSIRTTY_SANITIZED
	CHECK(in_child(with_little) == 0, "where little may be locked, the rest is in no dump, is told, and the program goes on");
	shelter_start();
	shelter_start();
	test_kept();
	CHECK(in_child(go_deep) >= 0, "a child may go deep");
	CHECK(go_deep() >= 0, "as may the program");
#endif
	return tap_done();
}
