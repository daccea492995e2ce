/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of a case as they were: every change of the advisory's words, of what the case says of itself, of its
 * reproductions, notes and filings. Made from the events anew; undone ones are left out.
 */
#ifndef PSIRTTY_MODEL_REVISION_H
#define PSIRTTY_MODEL_REVISION_H

#include "psirtty/model/model.h"

#define REVISION_TEXTS(X) X(REVISION_CASE, "case") X(REVISION_ADVISORY, "advisory") X(REVISION_REPRO, "reproduction") \
	X(REVISION_NOTES, "notes") X(REVISION_FILINGS, "filings")
#define X(name, word) name,
enum revision_text { REVISION_TEXTS(X) REVISION_TEXT_COUNT };
#undef X
const char *revision_text_name(enum revision_text text); /* N_() */

/* What one member changed of one text at one time. */
struct case_revision {
	enum revision_text text;
	size_t number;      /* of this text, from 1 */
	size_t event;       /* the last event of it, a place in the case's events */
	instant at;
	const char *author; /* borrowed from the case */
	char *parts;        /* owned: "title, description (zh)" */
};
/* In the order they were made, of a whole case. Freed with case_revisions_free(). */
void case_revisions(const struct case_state *state, struct case_revision **ret, size_t *ret_count);
void case_revisions_free(struct case_revision *revisions, size_t count);
/* The text as it stood after the event at EVENT: its parts, each under its name. Adds to RET. */
void case_revision_words(const struct case_state *state, enum revision_text text, size_t event, struct str *ret);
/* The place of the one before REVISIONS[INDEX] of the same text, or -1. */
long case_revision_before(const struct case_revision *revisions, size_t index);

#endif
