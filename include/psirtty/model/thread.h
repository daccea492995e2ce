/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a mail belongs: the case whose messages it answers, or whose tag is in its subject. What the sender's
 * signature covers counts before what anybody could have written. A mail goes to a case by itself only when a party
 * of that case wrote it and nothing contradicts it; else the case is proposed, and a handler decides (CVE-2024-49394:
 * ids in headers are easily forged).
 */
#ifndef PSIRTTY_MODEL_THREAD_H
#define PSIRTTY_MODEL_THREAD_H

#include "psirtty/model/model.h"

#define THREAD_WAYS(X) /* the strongest first */ \
	X(THREAD_PROTECTED, "protected-id") /* answers a message of the case, under encryption or a good signature */ \
	X(THREAD_TAG, "tag")                /* the case's id in the subject */ \
	X(THREAD_REFERENCE, "reference")    /* answers a message of the case */ \
	X(THREAD_NONE, "none")
#define X(name, word) name,
enum thread_way { THREAD_WAYS(X) THREAD_COUNT };
#undef X
const char *thread_way_name(enum thread_way way);

struct mail_place {
	const struct case_state *state; /* NULL: none */
	enum thread_way way;
	bool sure;                      /* else a proposal */
	const char *why;                /* of a proposal, untranslated: why it is not sure; NULL */
};

struct thread_index;
/* Of everything that can be answered: borrowed from the model, until its next change. */
struct thread_index *thread_index_new(const struct model *model);
void thread_index_free(struct thread_index *index); /* NULL does nothing */
void thread_place(const struct thread_index *index, const struct inbox_item *item, struct mail_place *ret);

/* Mails and cases like a mail, the likest first. */
struct likeness { const struct inbox_item *mail; const struct case_state *state; int percent; }; /* one of them NULL or both set */
enum { LIKE_LEAST = 40 };
/* At most LIMIT of those LIKE_LEAST percent alike. */
size_t thread_like(const struct model *model, const struct inbox_item *item, struct likeness *ret, size_t limit);

#endif
