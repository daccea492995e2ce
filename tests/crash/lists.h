/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk keeps of a vault in the member's cache, in small: a row for each case with how many notes it has and the
 * last of them, and the words of each note.
 */
#ifndef PSIRTTY_TESTS_LISTS_H
#define PSIRTTY_TESTS_LISTS_H

#include "psirtty/vault/vault.h"

/* Goes on from where the cache ends and puts what is new; the vault's closing merges it. */
int lists_keep(struct vault *vault, struct error *err);
/* The cache beside what is read anew: how many rows and texts or words differ. *RET_READY: there was a file to compare. */
int lists_compare(struct vault *vault, size_t *ret_rows, size_t *ret_texts, bool *ret_ready, struct error *err);

/* Of the caches judged: how many could be compared, were not as what is read anew, or could not be read. */
struct lists_tally { size_t judged, compared, unequal, unread; };
/* The cache of the vault DIR/vault, beside what is read anew, in a session of its own; what differs is printed. */
void lists_judge(const char *dir, struct lists_tally *tally);

#endif
