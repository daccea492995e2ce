/* SPDX-License-Identifier: Apache-2.0 */
/* A Composer version in the normal form it is compared in; for its order and its constraints. */
#ifndef PSIRTTY_SCORE_VERSION_COMPOSER_H
#define PSIRTTY_SCORE_VERSION_COMPOSER_H

#include "version_private.h"

enum { COMPOSER_SIZE = 2 * VERSION_LENGTH_MAX };

/* The stability behind a version: "-beta3-dev" in any of its spellings. */
struct composer_modifier {
	const char *name; /* alpha, beta, RC, patch, stable; NULL: none */
	struct span number;
	bool dev;
};

/* Reads a modifier that must reach the end of TEXT. */
bool composer_take_modifier(struct span text, struct composer_modifier *ret);
/* "v1.2b3" becomes "1.2.0.0-beta3", "dev-x" stays; false where Composer refuses. */
bool composer_normalize(struct span text, char ret[COMPOSER_SIZE]);
/* PHP's version_compare() of two normal forms: -1, 0, 1. */
int composer_compare_php(const char *a, const char *b);

#endif
