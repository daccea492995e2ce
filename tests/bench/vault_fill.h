/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills a vault with many cases in little time: the rows are built and signed as the product builds them
 * and pass its checks, but lie in large transactions. What the cases say comes out of the seed alone; keys
 * and nonces are random as ever.
 */
#ifndef PSIRTTY_TESTS_VAULT_FILL_H
#define PSIRTTY_TESTS_VAULT_FILL_H

#include "vault/vault_private.h"

enum { FILL_BRIEF = 4 };
struct fill_plan {
	uint32_t cases, events; /* events of each case, at least 1; FILL_BRIEF: opened, a report, a message, a state */
	uint64_t seed;
	instant now;            /* the last event is made shortly before; the first two years earlier */
};
/* PSIRT-2024-0001 on, interleaved as cases are: some hundreds are open at a time. */
int vault_fill(struct vault *vault, const struct fill_plan *plan, struct error *err);

/* A folder with a throw-away key ("gnupg"), state ("state", "cache") and an empty vault ("vault"); sets GNUPGHOME,
 * XDG_STATE_HOME and XDG_CACHE_HOME. Finds again what is there. The caller closes *RET_PGP. */
int fill_place(const char *dir, instant now, struct openpgp **ret_pgp, char **ret_vault_dir, struct error *err);

#endif
