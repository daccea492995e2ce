/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tab-separated lines of the commands that need no vault: what `psirtty score` and its
 * neighbours print for one item. Their columns are a stable contract.
 */
#ifndef PSIRTTY_SCORE_LINE_H
#define PSIRTTY_SCORE_LINE_H

#include "psirtty/base/str.h"

/*
 * Adds to RET, without a newline: vector (as given), version, base, temporal, environmental,
 * overall, severity, nomenclature; "-" where a field does not apply. For 4.0 base is the score of
 * the base metrics alone and overall that of the whole vector. An invalid vector gives: vector,
 * "invalid", reason. With LENIENT one column more tells the repairs, joined by "; ", or is "-".
 */
void score_line_cvss(const char *vector, bool lenient, struct str *ret);

/*
 * LINE is "ecosystem<TAB>A<TAB>B". Adds "<", "=" or ">" (A before, equal to, after B), with the
 * column "uncertain" when only the generic order could tell; or "?" and the reason.
 */
void score_line_compare(const char *line, struct str *ret);
/*
 * LINE is "ecosystem<TAB>RANGE<TAB>VERSION"; the range may hold tabs. Adds "in" or "out", with the
 * column "uncertain" when only the generic order could tell; or "?" and the reason.
 */
void score_line_range(const char *line, struct str *ret);
/* The same for items that are apart already. */
void score_compare(const char *ecosystem, const char *a, const char *b, struct str *ret);
void score_range(const char *ecosystem, const char *range, const char *version, struct str *ret);

#endif
