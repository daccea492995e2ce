/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding an embargo: proposals and answers, invitations, the end of it, and the letters that go with
 * each. Whatever a letter says is a sealed draft until a handler sends it.
 */
#ifndef PSIRTTY_DESK_EMBARGO_H
#define PSIRTTY_DESK_EMBARGO_H

#include "psirtty/desk/desk.h"

/* A draft to somebody: sealed, not sent. NAME may be NULL. ID, which may be NULL, names it: a draft of
 * the same id is replaced. *RET_ID (may be NULL) is freed by the caller. */
struct desk_letter { const char *id, *name, *address, *subject, *text; };
int desk_letter_put(struct desk *desk, const struct case_state *state, const struct desk_letter *letter,
		    char **ret_id, struct error *err);

struct embargo_offer {
	const char *by;                              /* "us" or a party's name */
	struct zoned until;
	instant rsvp;                                /* INSTANT_NONE: a week */
	char *const *allow; size_t allow_count;      /* words of enum embargo_allow */
	const char *note, *assessment, *evidence;    /* may be NULL */
	bool anyway;                                 /* also outside our own policy's range */
	bool no_default;                             /* leave our own policy's default out of it */
};
/* Proposes. Where somebody else does it first and our policy has a default, that is proposed too, and
 * the shorter of both is in force at once, the longer open as a revision. */
int desk_embargo_propose(struct desk *desk, const struct case_state *state, const struct embargo_offer *offer,
			 instant now, struct error *err);
/* NUMBER of the terms from 1; 0: those that end first of what is open, else those in force. */
struct embargo_reply {
	const char *by;
	bool accept;
	size_t number;
	const char *text, *evidence;
	bool anyway;
};
int desk_embargo_answer(struct desk *desk, const struct case_state *state, const struct embargo_reply *reply,
			instant now, struct error *err);
/* Asks PARTY (again), and seals the letter that does so; *RET_DRAFT is NULL where it has no address. */
int desk_embargo_invite(struct desk *desk, const struct case_state *state, const char *party, size_t number,
			instant rsvp, instant now, char **ret_draft, struct error *err);
/* BY (NULL: us) ends it; ERR_NO unless it coordinates the case. */
int desk_embargo_end(struct desk *desk, const struct case_state *state, enum end_cause cause, const char *by,
		     const char *reason, bool override, instant now, struct error *err);

struct teardown {
	bool recorded, ended;                /* the change of the case; the embargo */
	char **drafts; size_t draft_count;   /* owned: "notice-… NAME (tier)" */
	char **left; size_t left_count;      /* owned sentences, translated */
};
void teardown_release(struct teardown *teardown);
/* Everything the end of an embargo asks for, in one go: what happened is recorded first, then the embargo
 * ends, then each party's notice is sealed as a draft, and what is left to do is listed. Doing it again
 * repeats nothing but the notices and the list. */
int desk_teardown(struct desk *desk, const struct case_state *state, enum end_cause cause, const char *reason,
		  bool override, instant now, struct teardown *ret, struct error *err);

#endif
