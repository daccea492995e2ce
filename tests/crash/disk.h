/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that loses power. While it records, every write, cut, creation, renaming, removal and sync below one
 * folder, by this process and those it forks, is noted in one order; from that any moment can be put on the
 * disk again as a power loss could have left it: what was synced, and of the rest a random part, torn at
 * sectors. The functions of the C library are replaced for the whole program, SQLite's calls included.
 */
#ifndef PSIRTTY_TESTS_DISK_H
#define PSIRTTY_TESTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before anything forks: ROOT is an absolute path without links. */
void disk_watch(const char *root);
/* What lies below the root now is taken for durable; from here on it is noted. */
void disk_record(void);
void disk_stop(void);
/* Notes that something was promised to a user, with a number of the caller's. */
void disk_promise(uint64_t number);
size_t disk_count(void); /* of notes */

/* Puts into TARGET what a power loss after note WHEN leaves, by the dice of SEED. LYING: as if no sync had
 * ever happened. Returns how many promises were made before, their numbers in *RET (freed by the caller). */
size_t disk_crash(size_t when, uint64_t seed, bool lying, const char *target, uint64_t **ret);

#endif
