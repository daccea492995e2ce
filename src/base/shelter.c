/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library takes memory from one heap behind the program's data, and large pieces from elsewhere. Whoever asks for
 * memory looks whether the heap grew, or whether his piece is such a one, and locks it before anybody has it. The stack
 * grows by itself, and ends the program where that would lock more than is allowed: so it gets its room first, and some
 * of what may be locked is left to it and to the keys.
 */
#include "psirtty/base/shelter.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/str.h"

enum { MAPS_LIMIT = 4 << 20 };

#if defined(__GLIBC__) && !defined(PSIRTTY_SANITIZED)
enum { STACK_ROOM = 512 << 10, THREAD_ROOM = 256 << 10, LEFT_TO_KEYS = 1 << 20, TRIM = 1 << 20, MMAP_THRESHOLD = 512 << 10 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static struct shelter {
	pthread_mutex_t mutex;
	bool on;
	uintptr_t end; /* of the heap, as far as it was seen */
	size_t limit;  /* what may be locked; SIZE_MAX: all */
} shelter = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* ---- one range */

/* What is locked now; without the allocator, which is asking. */
static size_t find_locked(void)
{
	char status[4096];
	const char *at;
	ssize_t length;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return SIZE_MAX / 2;
	length = read(fd, status, sizeof(status) - 1);
	close(fd);
	status[length > 0 ? length : 0] = '\0';
	at = strstr(status, "VmLck:");
	return at ? strtoul(at + 6, NULL, 10) << 10 : SIZE_MAX / 2;
}

static void keep_range(uintptr_t from, uintptr_t to)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = from & ~(page - 1);
	size_t length = ((to + page - 1) & ~(page - 1)) - begin;
	int number = errno;

	madvise((void *)begin, length, MADV_DONTDUMP);
	if (shelter.limit == SIZE_MAX || length + find_locked() + LEFT_TO_KEYS <= shelter.limit)
		mlock2((void *)begin, length, MLOCK_ONFAULT);
	errno = number;
}

/* ---- what the C library gives */

static void heap_moved(void)
{
	uintptr_t end;

	pthread_mutex_lock(&shelter.mutex);
	end = (uintptr_t)sbrk(0);
	if (end > shelter.end)
		keep_range(shelter.end, end);
	__atomic_store_n(&shelter.end, end, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&shelter.mutex);
}

void shelter_look(void)
{
	if (__atomic_load_n(&shelter.on, __ATOMIC_ACQUIRE) &&
	    (uintptr_t)sbrk(0) != __atomic_load_n(&shelter.end, __ATOMIC_ACQUIRE))
		heap_moved();
}

/* Large pieces lie outside the heap. */
static void *seen(void *memory)
{
	size_t size = memory && __atomic_load_n(&shelter.on, __ATOMIC_ACQUIRE) ? malloc_usable_size(memory) : 0;
	uintptr_t at = (uintptr_t)memory;

	shelter_look();
	if (size >= MMAP_THRESHOLD / 2 && at > shelter.end)
		keep_range(at, at + size);
	return memory;
}

void *malloc(size_t size)
{
	return seen(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return seen(__libc_calloc(count, size));
}

void *memalign(size_t alignment, size_t size)
{
	return seen(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return seen(__libc_memalign(alignment, size));
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *memory = seen(__libc_memalign(alignment, size));

	if (memory)
		*ret = memory;
	return memory ? 0 : ENOMEM;
}

/* ---- what is there already */

/* A page far down is touched: the mapping then reaches there. */
static __attribute__((noinline)) void make_stack_room(void)
{
	volatile char room[STACK_ROOM];

	room[0] = 0;
	(void)room[0];
}

/* "FROM-TO rw-p OFFSET DEV INODE NAME": private and writable is where this program's own words can be. */
static void keep_line(const char *line, const char *heap)
{
	unsigned long from, to;
	char access[8];

	if (sscanf(line, "%lx-%lx %7s", &from, &to, access) != 3 || strcmp(access, "rw-p") != 0)
		return;
	if (heap && (uintptr_t)heap > from && (uintptr_t)heap <= to)
		shelter.end = to;
	keep_range(from, to);
}

static void keep_mappings(void)
{
	AUTO_STR maps = STR_INIT;
	const char *heap = sbrk(0);

	if (file_read("/proc/self/maps", MAPS_LIMIT, &maps, NULL))
		return;
	for (const char *line = maps.bytes; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		keep_line(line, heap);
}

/* Who has the capability may lock more than the limit says. */
static bool may_pass(size_t limit)
{
	void *more = mmap(NULL, limit + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool passed = more != MAP_FAILED && mlock2(more, limit + 1, MLOCK_ONFAULT) == 0;

	if (more != MAP_FAILED)
		munmap(more, limit + 1);
	return passed;
}

static size_t find_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	return limit.rlim_cur == RLIM_INFINITY || may_pass(limit.rlim_cur) ? SIZE_MAX : (size_t)limit.rlim_cur;
}

/* A child has no locks of its parent's, and is a child only until it becomes another program. */
static void end_in_child(void)
{
	shelter.on = false;
}

void shelter_start(void)
{
	pthread_mutex_lock(&shelter.mutex);
	if (shelter.on) {
		pthread_mutex_unlock(&shelter.mutex);
		return;
	}
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TRIM_THRESHOLD, TRIM);
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	make_stack_room();
	shelter.limit = find_limit();
	keep_mappings();
	shelter.end = shelter.end ? shelter.end : (uintptr_t)sbrk(0);
	__atomic_store_n(&shelter.on, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&shelter.mutex);
	pthread_atfork(NULL, NULL, end_in_child);
}

void shelter_thread(void)
{
	pthread_attr_t attributes;
	void *stack;
	size_t size;

	if (!shelter.on || pthread_getattr_np(pthread_self(), &attributes) != 0)
		return;
	/* The system counts these itself: stacks come and go. Hardly anything goes deeper than this. */
	if (pthread_attr_getstack(&attributes, &stack, &size) == 0) {
		size_t top = size < THREAD_ROOM ? size : THREAD_ROOM;

		madvise(stack, size, MADV_DONTDUMP);
		mlock2((char *)stack + size - top, top, MLOCK_ONFAULT);
	}
	pthread_attr_destroy(&attributes);
}
#else
void shelter_start(void)
{
}

void shelter_look(void)
{
}

void shelter_thread(void)
{
}
#endif

/* A mapping's properties, line by line; VmFlags ends it. */
struct mapping { size_t resident; bool ours; };

static void tell_line(struct mapping *m, const char *line, size_t *ret_needed, size_t *ret_loose)
{
	unsigned long from, to;
	char access[8];

	if (sscanf(line, "%lx-%lx %7s", &from, &to, access) == 3)
		*m = (struct mapping){ 0, strcmp(access, "rw-p") == 0 };
	else if (str_starts(line, "Rss:"))
		m->resident = strtoul(line + 4, NULL, 10) << 10;
	else if (m->ours && str_starts(line, "VmFlags:")) {
		const char *end = strchr(line, '\n'), *locked = strstr(line, " lo");

		*ret_needed += m->resident;
		*ret_loose += locked && (!end || locked < end) ? 0 : m->resident;
	}
}

void shelter_tell(size_t *ret_needed, size_t *ret_loose)
{
	AUTO_STR maps = STR_INIT;
	struct mapping m = { 0 };

	*ret_needed = *ret_loose = 0;
	if (file_read("/proc/self/smaps", MAPS_LIMIT, &maps, NULL))
		return;
	for (const char *line = maps.bytes; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		tell_line(&m, line, ret_needed, ret_loose);
}

bool shelter_swaps(const char *path)
{
	AUTO_STR list = STR_INIT;
	const char *second;

	/* A heading, then a line for each. */
	if (file_read(path ? path : "/proc/swaps", 1 << 16, &list, NULL) || !list.length)
		return false;
	second = strchr(list.bytes, '\n');
	return second && second[1];
}
