/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS objects and vectors in documents. */
#ifndef FORMAT_CHECK_CVSS_H
#define FORMAT_CHECK_CVSS_H

#include "format/check_private.h"
#include "psirtty/score/cvss.h"

/* Whether every component is one of the version's, in whatever order and however often: that is all
 * FIRST's patterns for 2.0 and 3.x ask. */
bool check_cvss_vector(enum cvss_version version, const char *vector);
/* The object's structure. CLOSED: as the CVE record has it, without members the schema lacks and with the
 * severity that belongs to the score. */
void check_cvss(struct checking *c, const json_t *json, enum cvss_version version, bool closed,
		const struct place *place);

#endif
