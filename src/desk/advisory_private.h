/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk's files about advisories share. */
#ifndef PSIRTTY_DESK_ADVISORY_PRIVATE_H
#define PSIRTTY_DESK_ADVISORY_PRIVATE_H

#include "desk/desk_private.h"
#include "psirtty/base/conf.h"
#include "psirtty/desk/advisory.h"
#include "psirtty/format/csaf.h"

/* data/advisory.yaml, and over it the user's own. */
struct advisory_rules { struct conf shipped, own; };
int advisory_rules_read(struct advisory_rules *ret, struct error *err);
void advisory_rules_release(struct advisory_rules *rules);
const struct conf *advisory_rules_list(const struct advisory_rules *rules, const char *name, size_t *ret_count);

int advisory_missing(const struct case_state *state, struct error *err);
/* The case as a tree, in one language; RELEASE may be NULL. New reference. */
int advisory_tree_of(struct desk *desk, const struct case_state *state, const char *lang,
		     const struct csaf_release *release, instant now, json_t **ret, struct error *err);
int advisory_write_tree(struct desk *desk, json_t *tree, const char *format, const char *cve, instant now, struct str *ret,
			struct advisory_losses *losses, struct error *err);
/* Fills RET from what is prepared and returns it; NULL where nothing is. Texts are borrowed from the case. */
const struct csaf_release *advisory_release(const struct case_state *state, struct csaf_release *ret);

/* Whether MEMBER wrote words of the advisory, or facts it tells (scores, affected products, remedies …), since the last
 * release; what was undone is not written. */
bool advisory_is_author(const struct case_state *state, const uint8_t member[16]);

/* The task that asked for the release is done. */
int advisory_task_end(struct desk *desk, const struct case_state *state, instant now, struct error *err);

/* ---- publication.c */
struct publication { char *plan, *case_id, *version, *dir, *ready; }; /* owned; dir and ready NULL: no files */
/* Writes down what is about to be done and lays the files ready; on an error nothing is left. With the queue held, until
 * its end. The caller releases *RET. */
int publication_begin(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
		      const char *dir, struct publication *ret, struct error *err);
/* It was not published: nothing is left. */
void publication_sweep(struct desk *desk, const struct publication *p);
/* The case could be read, and says that it was not published. */
bool publication_is_void(struct desk *desk, const struct publication *p);
/* It is published: files get their names, finders their letters. May be repeated. */
int publication_end(struct desk *desk, const struct case_state *state, const struct publication *p, struct error *err);
void publication_release(struct publication *p);

#endif
