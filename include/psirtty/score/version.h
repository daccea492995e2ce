/* SPDX-License-Identifier: Apache-2.0 */
/* The order of versions, ecosystem by ecosystem. Pure. */
#ifndef PSIRTTY_SCORE_VERSION_H
#define PSIRTTY_SCORE_VERSION_H

#include "psirtty/base/error.h"

/* One ecosystem's order; rows of one table, found by any of its names in any case ("pypi", "PyPI", "deb",
 * "Debian", "debian:12"). */
struct version_scheme;
const struct version_scheme *version_scheme_find(const char *ecosystem); /* NULL: unknown */
const char *version_scheme_name(const struct version_scheme *scheme);    /* canonical: the vers type */
bool version_scheme_uncertain(const struct version_scheme *scheme);      /* the generic order */
/* The sorted table, for help and completion. */
const struct version_scheme *version_scheme_at(size_t index); /* NULL behind the last */

/* ERR_NO with the reason when VERSION is none in this ecosystem. */
int version_check(const struct version_scheme *scheme, const char *version, struct error *err);
/* *RET is -1, 0 or 1 for A before, equal to, after B. ERR_NO with the reason when either is no version there. */
int version_compare(const struct version_scheme *scheme, const char *a, const char *b, int *ret,
		    struct error *err);

#endif
