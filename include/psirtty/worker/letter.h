/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between who writes letters and who carries them. What is carried is finished: sealed, signed,
 * whole (RFC 5322, CRLF line ends); a way neither looks inside nor changes a byte. The first way is the
 * outbox of a vault, a Maildir that others empty; SMTP and sendmail are further ways.
 */
#ifndef PSIRTTY_WORKER_LETTER_H
#define PSIRTTY_WORKER_LETTER_H

#include "psirtty/base/error.h"

struct letter {
	const char *id;      /* lower-case hex, the same each time this very letter is tried: a way may name files by it */
	const char *sender;  /* of the envelope, a bare address; "" where nobody may answer (RFC 3834 4) */
	const char *const *recipients; size_t recipient_count; /* of the envelope, bare addresses, at least one */
	const char *bytes; size_t length;
};

#define LETTER_FATES(X) \
	X(LETTER_TAKEN, "taken")     /* somebody else answers for it now */ \
	X(LETTER_REFUSED, "refused") /* it will not be taken: no such recipient, too large */ \
	X(LETTER_LATER, "later")     /* not now: it was certainly not taken; may be tried again */ \
	X(LETTER_UNKNOWN, "unknown") /* the line broke when it may have been taken: a person decides */
#define X(name, word) name,
enum letter_fate { LETTER_FATES(X) LETTER_FATE_COUNT };
#undef X
const char *letter_fate_name(enum letter_fate fate);

struct letter_result {
	enum letter_fate fate;
	char *answer; /* owned: what the other side said, not yet made safe; may be NULL */
};
void letter_results_release(struct letter_result *results, size_t count);

/*
 * A way to carry. POST fills RESULTS, one for each recipient, zeroed before; 0 when every recipient has a
 * fate, though it be a bad one; an error only when nothing was tried at all (no network, --offline, a wrong
 * setting): then the letter certainly did not leave. PREPARED (may be NULL) is asked before anything is
 * recorded, so that a way that cannot work says so early. HAS_LEFT (may be NULL: it cannot be known) is
 * asked when the program died in the middle: 1 it left, 0 it certainly did not, -1 not known.
 */
struct letter_way {
	const char *name; /* "outbox", "smtp", "sendmail": recorded with each sending */
	int (*prepare)(void *context, const struct letter *letter, struct error *err);
	int (*post)(void *context, const struct letter *letter, struct letter_result *results, struct error *err);
	int (*has_left)(void *context, const char *id);
	void *context;    /* borrowed */
};

/* The outbox in the Maildir DIR (made when missing): written to tmp/ by `prepare`, renamed into new/ by `post`, as
 * "ID.psirtty", so that the same letter is never there twice. CONTEXT is DIR, which must stay. */
void letter_outbox(struct letter_way *ret, const char *dir);

#endif
