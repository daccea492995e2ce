/* SPDX-License-Identifier: Apache-2.0 */
/* The CVE ids we hold and their records: asked for, reserved, given to a case, published, rejected. All of it offline: what
 * the CVE services are to get is a file, or goes to them from command/cve_services.c. */
#ifndef PSIRTTY_DESK_CVE_H
#define PSIRTTY_DESK_CVE_H

#include "psirtty/desk/desk.h"

/* That an id was asked for, for the case. */
int desk_cve_request(struct desk *desk, const struct case_state *state, instant now, struct error *err);
/* Ids the CNA gave; STATE (may be NULL) ends its request, and the id is used for it. */
int desk_cve_reserve(struct desk *desk, const char *cve, const struct case_state *state, instant now, struct error *err);
/* Gives a reserved id to the case, as an identifier of it. */
int desk_cve_use(struct desk *desk, const char *cve, const struct case_state *state, instant now, struct error *err);
int desk_cve_reject(struct desk *desk, const char *cve, const char *reason, instant now, struct error *err);
/* That its record was published at AT: meets the case's clocks of the CVE programme. */
int desk_cve_published(struct desk *desk, const char *cve, instant at, instant now, struct error *err);
/* The record as the advisory of its case has it, or the one that rejects it; UPLOAD: the body of a request to the
 * services. Valid by our checker, or ERR_NO with its first finding. */
int desk_cve_record(struct desk *desk, const char *cve, bool upload, instant now, struct str *ret, struct error *err);
/* What is due about an id and by when: a refusal or an answer to a request after 72 hours, the record 72 hours after
 * publication. INSTANT_NONE when nothing is. *RET_WHAT is untranslated. */
instant desk_cve_due(const struct model *model, const struct pool_id *id, const char **ret_what);
const char *pool_state_name(enum pool_state state);

#endif
