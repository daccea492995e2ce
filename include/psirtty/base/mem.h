/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory. Out of memory ends the program here, so no caller checks for NULL.
 */
#ifndef PSIRTTY_BASE_MEM_H
#define PSIRTTY_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "psirtty/base/banned.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Zeroed storage of SIZE bytes (at least one). The caller frees it with free(). */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
/* Like reallocarray; never returns NULL. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((warn_unused_result));
/* Makes room for at least NEED items of SIZE bytes, doubling *CAPACITY; new room is zeroed. */
void *mem_grow(void *items, size_t *capacity, size_t need, size_t size)
	__attribute__((warn_unused_result));
/* A copy of LENGTH bytes with a zero byte behind them. */
char *mem_copy(const void *bytes, size_t length) __attribute__((malloc, returns_nonnull));
/* A copy of a string; NULL stays NULL. */
char *mem_string(const char *string) __attribute__((malloc));
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2), malloc));
char *mem_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0), malloc));
/* *SLOT is freed and becomes a copy of STRING (which may be NULL). */
void mem_replace(char **slot, const char *string);

/* This process never holds anything that is not public: what it gives back need not be wiped. For readers of feeds. */
void mem_public(void);
/* Gives the system back what was freed: for a process that stays, after much work and before it waits. */
void mem_rest(void);

void mem_free_string(char **slot);
/* Declares a string that is freed when its scope is left. */
#define AUTO_STRING __attribute__((cleanup(mem_free_string))) char *

/* For states that cannot be: prints the place and ends with exit code 70. */
#define BUG(...) mem_bug(__FILE__, __LINE__, __VA_ARGS__)
void mem_bug(const char *file, int line, const char *format, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

#endif
