/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VERS version ranges (the vers specification of August 2026): "vers:npm/1.2.3|>=2.0.0|<5.0.0".
 * Strict and lenient reading, canonical form, containment. Pure; versions are ordered by version.h.
 */
#ifndef PSIRTTY_SCORE_VERS_H
#define PSIRTTY_SCORE_VERS_H

#include "psirtty/score/version.h"

enum vers_comparator {
	VERS_EQUAL,
	VERS_NOT_EQUAL,
	VERS_LESS,
	VERS_LESS_EQUAL,
	VERS_GREATER,
	VERS_GREATER_EQUAL,
	VERS_ANY, /* "*", alone */
};

struct vers_constraint {
	enum vers_comparator comparator;
	char *version; /* owned: percent-decoded; NULL for VERS_ANY */
};

struct vers {
	char *type;			     /* owned: lower case */
	const struct version_scheme *scheme; /* the order of the type; NULL: nobody defines one */
	bool uncertain;			     /* versions are compared by the generic order */
	struct vers_constraint
		*constraints; /* owned; sorted where there is an order, at least one */
	size_t count;
};

#define VERS_INIT                                                                                  \
	{                                                                                          \
		NULL, NULL, false, NULL, 0                                                         \
	}
#define AUTO_VERS __attribute__((cleanup(vers_release))) struct vers
void vers_release(struct vers *vers);

/*
 * Strict: only the canonical form is valid. Refused, with the reason in err->why: blanks, another
 * scheme or case, stray pipes, "=" as a comparator, characters that must be percent-encoded or are
 * needlessly or in lower case, "*" beside anything else, versions that are none in the type, out of
 * order, or given twice, comparators that make another redundant, and the type "invalid". Versions
 * of a type without an order are neither checked nor sorted. On success *RET is filled (it need not
 * be initialised) and the caller releases it. Errors: ERR_NO.
 */
int vers_parse(const char *text, struct vers *ret, struct error *err);
/* Lenient: also mends blanks, case, pipes, "=", encoding; sorts; drops duplicates and what is
 * redundant (the specification's simplification); each repair is one line "kind: sentence" added
 * to *RET_REPAIRS. Where a version is none in the type, all are compared by the generic order and
 * left in their place. */
int vers_parse_lenient(const char *text, struct vers *ret, struct str *ret_repairs,
		       struct error *err);
/* Adds the canonical form. */
void vers_write(const struct vers *vers, struct str *ret);

/*
 * Adds the canonical VERS of NATIVE, a range in the syntax of TYPE's own tool: all that range.h reads,
 * and nginx's advisories. Alternatives are united, bounds that all must hold are intersected, so
 * redundant ones are gone; a range that holds nothing is "vers:none/" with "*". An upper end that a
 * form implies is the plain next version ("^1.2.3" ends "<2.0.0", "~> 2.0.8" "<2.1"), but for
 * Conan, whose own has a dash behind it. That npm and others leave out prereleases nobody named
 * is not in VERS. Errors: ERR_NO with the reason, also for a TYPE whose order is not known and a
 * range that is a wish or floats (Maven's bare version, NuGet's "1.*").
 */
int vers_from_native(const char *type, const char *native, struct str *ret, struct error *err);

/*
 * Whether VERSION lies in the range. Constraints of "!=" alone leave all other versions in. A type
 * without an order is compared by the generic one (vers->uncertain). Errors: ERR_NO when VERSION is
 * no version of the type.
 */
int vers_contains(const struct vers *vers, const char *version, bool *ret, struct error *err);
/* No upper end: later versions will be in (CSAF 2.1, test 6.2.49). */
bool vers_open_end(const struct vers *vers);
/* Some version may lie in both (CSAF 2.1, tests 6.2.50 and 6.3.19). False for ranges of different
 * types. */
bool vers_overlap(const struct vers *a, const struct vers *b);

#endif
