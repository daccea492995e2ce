/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tab-separated lines of the commands that need no vault: what `psirtty score` and its
 * neighbours print for one item. Their columns are a stable contract.
 */
#ifndef PSIRTTY_SCORE_LINE_H
#define PSIRTTY_SCORE_LINE_H

#include "psirtty/score/cvss.h"

/*
 * Adds to RET, without a newline: vector (as given), version, base, temporal, environmental,
 * overall, severity, nomenclature; "-" where a field does not apply. For 4.0 base is the score of
 * the base metrics alone and overall that of the whole vector. An invalid vector gives: vector,
 * "invalid", reason. With LENIENT one column more tells the repairs, joined by "; ", or is "-".
 */
void score_line_cvss(const char *vector, bool lenient, struct str *ret);

/*
 * Adds: vector, score, what the score is ("base", "temporal", … as cvss_fit_code), the base score,
 * and a sentence; or vector, score, "invalid", reason. Returns 0 when it is the base score, else
 * ERR_NO.
 */
int score_line_check(const char *vector, const char *score, struct str *ret);
/* Adds a line, newline and all, for each metric that is set, the one that raises the score most first:
 * code, value, the mildest value, by how much the score would drop, the metric's name. */
void score_lines_why(const struct cvss *cvss, struct str *ret);

/* ---- identifiers. Invalid ones give "invalid" and the reason. */

/* canonical, type, namespace, name, version, qualifiers (as in the canonical form), subpath; with
 * LENIENT one column more tells the repairs. */
void purl_line(const char *text, bool lenient, struct str *ret);
/* The canonical form; LENIENT normalises first. */
void vers_line(const char *text, bool lenient, struct str *ret);
/* The canonical VERS of a range in the syntax of TYPE. */
void vers_native_line(const char *type, const char *native, struct str *ret);
/* The formatted string. Its characters are printable, so its backslashes are not escaped again.
 * LENIENT changes nothing. */
void cpe_line(const char *text, bool lenient, struct str *ret);
/* How SOURCE relates to TARGET: "equal", "superset", "subset", "disjoint", "undefined". Returns 0,
 * or ERR_NO when one is no name. */
int cpe_match_line(const char *source, const char *target, struct str *ret);

/* ---- versions */

/*
 * LINE is "ecosystem<TAB>A<TAB>B". Adds "<", "=" or ">" (A before, equal to, after B), with the
 * column "uncertain" when only the generic order could tell; or "?" and the reason.
 */
void compare_line(const char *line, struct str *ret);
/*
 * LINE is "ecosystem<TAB>RANGE<TAB>VERSION"; the range may hold tabs. Adds "in" or "out", with the
 * column "uncertain" when only the generic order could tell; or "?" and the reason.
 */
void range_line(const char *line, struct str *ret);
/* The same for items that are apart already. */
void compare_three(const char *ecosystem, const char *a, const char *b, struct str *ret);
void range_three(const char *ecosystem, const char *range, const char *version, struct str *ret);

#endif
