/* SPDX-License-Identifier: Apache-2.0 */
/* A Python version taken apart, for its order and for version specifiers. */
#ifndef PSIRTTY_SCORE_VERSION_PYPI_H
#define PSIRTTY_SCORE_VERSION_PYPI_H

#include "version_private.h"

/* In the order in which they sort when everything before is equal. */
enum pypi_phase { PYPI_DEV_ONLY, PYPI_A, PYPI_B, PYPI_RC, PYPI_FINAL };

struct pypi {
	struct span epoch, release; /* release: numbers and dots */
	enum pypi_phase phase;	    /* PYPI_DEV_ONLY: a development release of no prerelease */
	struct span pre;	    /* its number; absent is 0 */
	bool has_post, has_dev;
	struct span post, dev;
	struct span local; /* absent in a public version */
};

int pypi_parse(struct span text, const char *version, struct pypi *ret, struct error *err);
bool pypi_is_prerelease(const struct pypi *version);
/* The number at INDEX of the release; zero behind its end. */
struct span pypi_release_at(const struct pypi *version, int index);
int pypi_release_count(const struct pypi *version);
int pypi_release_order(const struct pypi *a, const struct pypi *b);
/* Without the local versions. */
int pypi_public_order(const struct pypi *a, const struct pypi *b);
int pypi_parsed_order(const struct pypi *a, const struct pypi *b);

#endif
