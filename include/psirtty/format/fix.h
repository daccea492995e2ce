/* SPDX-License-Identifier: Apache-2.0 */
/* Quick fixes: mending a CSAF document by rule, where a finding says how and nobody has to decide anything. Only on
 * request: judging changes nothing. */
#ifndef PSIRTTY_FORMAT_FIX_H
#define PSIRTTY_FORMAT_FIX_H

#include "psirtty/format/check.h"

/* What was done; TEST and PATH as the finding has them. Owned. */
struct fix_done { char *test, *path; };
struct fix_report { struct fix_done *items; size_t count, room; };
void fix_report_release(struct fix_report *report);

/* Mends DOCUMENT in place, as long as anything is left that can be (at most a few rounds); findings that need a person
 * stay. ERR_INPUT for a format without quick fixes. */
int fix_document(json_t *document, const struct check_request *request, struct fix_report *ret, struct error *err);
/* Whether there is a quick fix for the test of CSAF 2.0. */
bool fix_exists(const char *test);

#endif
