/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vault_make DIR [CASES [EVENTS [SEED]]]: makes DIR with a throw-away OpenPGP key without passphrase and a
 * vault of so many cases (10,000 of 30 events), and prints the settings under which psirtty finds them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "vault_fill.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t number(int argc, char **argv, int at, uint32_t otherwise)
{
	return argc > at ? (uint32_t)strtoul(argv[at], NULL, 10) : otherwise;
}

static int make(const char *dir, const struct fill_plan *plan, struct error *err)
{
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	AUTO_STRING vault_dir = NULL;
	double begun = seconds();
	int code = fill_place(dir, plan->now - 731 * INSTANT_DAY, &pgp, &vault_dir, err);

	if (!code)
		code = vault_open(vault_dir, pgp, false, plan->now - 731 * INSTANT_DAY, &vault, err);
	if (!code)
		code = vault_fill(vault, plan, err);
	vault_close(vault);
	openpgp_close(pgp);
	if (!code) {
		fprintf(stderr, "%u cases of %u events in %.1f s\n", plan->cases, plan->events, seconds() - begun);
		printf("export GNUPGHOME='%s/gnupg' XDG_STATE_HOME='%s/state' XDG_CACHE_HOME='%s/cache' "
		       "PSIRTTY_VAULT='%s'\n",
		       dir, dir, dir, vault_dir);
	}
	return code;
}

int main(int argc, char **argv)
{
	struct fill_plan plan = { .cases = number(argc, argv, 2, 10000), .events = number(argc, argv, 3, 30),
				  .seed = number(argc, argv, 4, 1), .now = (instant)time(NULL) * INSTANT_SECOND };
	AUTO_ERROR err = ERROR_INIT;

	if (argc < 2 || !plan.cases || !plan.events) {
		fprintf(stderr, "vault_make DIR [CASES [EVENTS [SEED]]]\n");
		return 2;
	}
	if (make(argv[1], &plan, &err)) {
		fprintf(stderr, "%s: %s\n", err.what ? err.what : argv[1], err.why ? err.why : "it failed");
		return 1;
	}
	return 0;
}
