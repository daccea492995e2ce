/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding an embargo: proposals and answers, invitations, the end of it, and the letters that go with
 * each. Whatever a letter says is a sealed draft until a handler sends it.
 */
#ifndef PSIRTTY_DESK_EMBARGO_H
#define PSIRTTY_DESK_EMBARGO_H

#include "psirtty/desk/desk.h"
#include "psirtty/format/embargo_block.h"

/* A draft to somebody: sealed, not sent. NAME may be NULL. ID, which may be NULL, names it: a draft of
 * the same id is replaced. FORM: it holds no details of the case. *RET_ID (may be NULL) is freed by the caller. */
struct desk_letter { const char *id, *name, *address, *subject, *text, *template; bool form; };
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
/* BY (NULL: us) ends it; ERR_NO unless it coordinates the case. EVIDENCE, the message that says so, may be NULL. */
int desk_embargo_end(struct desk *desk, const struct case_state *state, enum end_cause cause, const char *by,
		     const char *reason, const char *evidence, bool override, instant now, struct error *err);

/* ---- letters that carry an embargo message (embargo_letters.c) */

struct embargo_letter {
	enum embargo_message message;
	const char *template;         /* NULL: the one of the message */
	const struct embargo_terms *terms; /* NULL for one that ends it */
	const char *reason;           /* words of a handler: then it is no form; may be NULL */
	const char *id;               /* of the draft, as desk_letter_put has it; may be NULL */
};
/* Seals a draft to the party at PLACE, in its language; ERR_NO when it has no address. */
int desk_embargo_letter(struct desk *desk, const struct case_state *state, size_t place,
			const struct embargo_letter *letter, instant now, char **ret_id, struct error *err);
/* The same to every party that has an address, or to those named. *RET_IDS: "ID NAME", owned list of owned strings. */
int desk_embargo_letters(struct desk *desk, const struct case_state *state, const struct embargo_letter *letter,
			 char *const *parties, size_t party_count, instant now, char ***ret_ids, size_t *ret_count,
			 struct error *err);
/* The terms with NUMBER, 0: those open that end first, else those in force. Borrowed from the case. */
int desk_embargo_terms(const struct case_state *state, size_t number, const struct embargo_terms **ret,
		       struct error *err);

/* ---- embargo messages that came by mail (offers.c): proposed to a person, never carried out by themselves */

struct desk_offer {
	size_t message;               /* place of the message in the case */
	struct embargo_block block;   /* valid unless WRONG */
	char *wrong;                  /* owned: why it cannot be read, a sentence; or NULL */
	const char *doubt;            /* static, untranslated: why it is not the party's signed word; or NULL */
	size_t party;                 /* place of the party that wrote it, or party_count */
	bool taken;                   /* the case has it already */
};
/* What the messages of a case say about its embargo, in order. Free with desk_offers_free. */
int desk_offers(struct desk *desk, const struct case_state *state, struct desk_offer **ret, size_t *ret_count,
		struct error *err);
void desk_offers_free(struct desk_offer *offers, size_t count);
/* What one message of the case says: 1, or 0 where it says nothing. */
int desk_offer_read(struct desk *desk, const struct case_state *state, size_t message, struct desk_offer *ret);
/* A person confirms what the message at OFFER says: the transition is made in its party's name, with verdict, key and
 * message as evidence. UNVERIFIED: though there is a doubt, which is recorded. ERR_NO with the rule that stands
 * against it. *RET_LINE: what was done; freed by the caller. */
int desk_offer_take(struct desk *desk, const struct case_state *state, const struct desk_offer *offer, bool unverified,
		    bool override, instant now, char **ret_line, struct error *err);

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
