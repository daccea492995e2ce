/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that words of cases pass through, kept where it is: not in a core dump, not in the swap file. Heap, stack and
 * the writable data of the program; keys have guarded memory of their own.
 */
#ifndef PSIRTTY_BASE_SHELTER_H
#define PSIRTTY_BASE_SHELTER_H

#include <stdbool.h>
#include <stddef.h>

/* From here on. All of it is left out of dumps; locked is as much as the system lets one lock (RLIMIT_MEMLOCK, raised as
 * far as it may be). Again is nothing. Does nothing in a build with sanitizers, whose memory is their own. */
void shelter_start(void);
/* Whether the heap grew or shrank; for whoever gives memory out or takes it back. */
void shelter_look(void);
/* The stack of a thread that handles such words: first thing in it. */
void shelter_thread(void);
/* How much memory in use can hold such words now, and how much of it could not be locked. */
void shelter_tell(size_t *ret_needed, size_t *ret_loose);
/* Whether this machine swaps at all, by a list as in /proc/swaps (NULL: that one). */
bool shelter_swaps(const char *path);

#endif
