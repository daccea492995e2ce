/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that never fails to the caller, and the end of the program for states that cannot be. */
#include "psirtty/base/mem.h"

#include "psirtty/base/shelter.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static void *checked(void *memory)
{
	if (!memory) {
		static const char message[] = "psirtty: memory: none left. Close other programs.\n";
		if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
			_exit(71);
		_exit(71);
	}
	return memory;
}

static bool public_only;

void mem_public(void)
{
	public_only = true;
}

/* Whatever is given back is wiped first, also what libraries give back: a locked vault leaves no title and no
 * key behind in the heap. The sanitizers have an allocator of their own, and look at it themselves. */
#if defined(__GLIBC__) && !defined(PSIRTTY_SANITIZED)
extern void __libc_free(void *memory);

void free(void *memory)
{
	int number = errno;

	if (memory && !public_only)
		explicit_bzero(memory, malloc_usable_size(memory));
	__libc_free(memory);
	shelter_look();
	errno = number;
}

/* The C library's own would move the bytes and leave the old ones where they were. */
void *realloc(void *old, size_t size)
{
	size_t room = old ? malloc_usable_size(old) : 0;
	void *fresh;

	if (old && size == 0) {
		free(old);
		return NULL;
	}
	if (size <= room && size >= room / 2)
		return old;
	fresh = malloc(size);
	if (fresh && old) {
		memcpy(fresh, old, room < size ? room : size);
		free(old);
	}
	return fresh;
}
#endif

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

void *mem_grow(void *items, size_t *capacity, size_t need, size_t size)
{
	size_t room = *capacity;

	if (need <= room)
		return items;
	while (room < need)
		room = room ? room * 2 : 8;
	items = mem_resize(items, room, size);
	memset((char *)items + *capacity * size, 0, (room - *capacity) * size);
	*capacity = room;
	return items;
}

char *mem_copy(const void *bytes, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		BUG("a copy of all memory");
	copy = mem_alloc(length + 1);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

char *mem_string(const char *string)
{
	return string ? mem_copy(string, strlen(string)) : NULL;
}

char *mem_vformat(const char *format, va_list args)
{
	char *made = NULL;

	if (vasprintf(&made, format, args) < 0)
		made = NULL;
	return checked(made);
}

char *mem_format(const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	made = mem_vformat(format, args);
	va_end(args);
	return made;
}

void mem_rest(void)
{
#if defined(__GLIBC__) && !defined(PSIRTTY_SANITIZED)
	malloc_trim(0);
#endif
}

void mem_replace(char **slot, const char *string)
{
	char *copy = mem_string(string);

	free(*slot);
	*slot = copy;
}

void mem_free_string(char **slot)
{
	free(*slot);
	*slot = NULL;
}

void mem_bug(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "psirtty: this program: a mistake in it at %s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs(". Please report it.\n", stderr);
	_exit(70);
}
