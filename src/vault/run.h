/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the rows to be read next are vouched for by a later one. The journal is a chain of hashes, so a
 * signature on a row's place commits to every row before it. Where one member appended several of the rows
 * read at once, his last signature alone is verified.
 *
 * Why that proves as much as verifying each: a row says who wrote it, and that is who appended it (imported
 * rows are never vouched for). With his last signature he signed a hash that commits to the earlier row, which
 * names him. Somebody who slips in a row in his name cannot get it signed: whoever appends has verified what
 * lies before, first of all what is said to be his own, by this same rule, whose last step is a signature on
 * that very row. If his program does not verify, he signs what it made him sign, as he could have at once. So
 * nobody can speak for another, and he cannot deny it. Places, parents, authority and contents of each row are
 * checked as ever. That the signature on each row alone is good too, which it must be to travel, is verified
 * where a stream is opened or exported, and by the audit for all.
 */
#ifndef PSIRTTY_VAULT_RUN_H
#define PSIRTTY_VAULT_RUN_H

#include "vault/log.h"

enum { RUN_ROWS = 64 };

struct run {
	uint64_t from;  /* number of the first row */
	size_t count;   /* 0: nothing is known */
	uint8_t hashes[RUN_ROWS][HASH_BYTES]; /* journal hashes by the rows' own account */
	uint32_t appenders[RUN_ROWS];         /* positions; LOG_NOBODY for rows that need their own signatures */
	bool vouched[RUN_ROWS];
};

/* Looks at the rows behind the log's last one, up to number LAST. Damage ends it early; it is named when
 * the row is taken. */
void run_look(struct run *run, struct log *log, struct store *store, uint64_t last);
/* Whether ROW is the one that was vouched for. */
bool run_vouches(const struct run *run, const struct store_row *row);

#endif
