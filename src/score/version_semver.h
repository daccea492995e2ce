/* SPDX-License-Identifier: Apache-2.0 */
/* A version of the SemVer family taken apart; for its orders and for the ranges of npm. */
#ifndef PSIRTTY_SCORE_VERSION_SEMVER_H
#define PSIRTTY_SCORE_VERSION_SEMVER_H

#include "version_private.h"

struct semver {
	struct span core[4];
	int count;	 /* how many parts of the core are written; the others are zero */
	struct span pre; /* without the dash; absent in a release */
	struct span build;
};

/* What a dialect asks of a version or forgives. */
enum semver_flag {
	SEMVER_V = 1,		 /* one "v" may stand before it */
	SEMVER_ZEROS = 2,	 /* numbers may begin with zeros */
	SEMVER_TRIM = 4,	 /* spaces may stand around it */
	SEMVER_LOOSE = 8,	 /* any of "v", "=", space before it; prerelease without a dash */
	SEMVER_SAFE = 16,	 /* numbers up to 2^53 - 1, 256 characters */
	SEMVER_INT32 = 32,	 /* numbers up to 2^31 - 1 */
	SEMVER_FULL_SUFFIX = 64, /* prerelease and build only behind three numbers */
};

struct semver_dialect {
	unsigned flags;
	int least, most; /* numbers in the core */
};

extern const struct semver_dialect semver_dialect_npm, semver_dialect_npm_loose;

int semver_parse(const struct semver_dialect *dialect, const char *version, struct semver *ret,
		 struct error *err);
/* Two prereleases; an absent one is that of a release. */
int semver_pre_order(struct span a, struct span b);
/* Core and prerelease; build metadata has no part in the order. */
int semver_order_parsed(const struct semver *a, const struct semver *b);

#endif
