/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three state machines of coordinated disclosure as tables: report management (RM),
 * embargo management (EM) with consent per party (PEC), and case state (CS). Source: CERT/CC
 * Vultron, restated in the tables' comments; names are the field's.
 */
#ifndef PSIRTTY_MODEL_STATES_H
#define PSIRTTY_MODEL_STATES_H

#include "psirtty/base/error.h"
#include "psirtty/base/instant.h"

/* name, letter, word */
#define RM_STATES(X) \
	X(RM_START, 'S', "start") X(RM_RECEIVED, 'R', "received") X(RM_INVALID, 'I', "invalid") \
	X(RM_VALID, 'V', "valid") X(RM_DEFERRED, 'D', "deferred") X(RM_ACCEPTED, 'A', "accepted") \
	X(RM_CLOSED, 'C', "closed")
#define EM_STATES(X) \
	X(EM_NONE, 'N', "none") X(EM_PROPOSED, 'P', "proposed") X(EM_ACTIVE, 'A', "active") \
	X(EM_REVISE, 'R', "revise") X(EM_EXITED, 'X', "exited")
#define EM_TRIGGERS(X) \
	X(EM_PROPOSE, "propose") X(EM_ACCEPT, "accept") X(EM_REJECT, "reject") \
	X(EM_TERMINATE, "terminate")
#define CONSENTS(X) \
	X(CONSENT_NONE, "no-embargo") X(CONSENT_INVITED, "invited") X(CONSENT_SIGNATORY, "signatory") \
	X(CONSENT_LAPSED, "lapsed") X(CONSENT_DECLINED, "declined")
#define CONSENT_TRIGGERS(X) \
	X(CONSENT_INVITE, "invite") X(CONSENT_ACCEPT, "accept") X(CONSENT_DECLINE, "decline") \
	X(CONSENT_REVISE, "revise") X(CONSENT_RESET, "reset")
/* bit letter, word; capital letter once it has happened, irreversible */
#define CS_BITS(X) \
	X(CS_VENDOR_AWARE, 'v', "vendor-aware") X(CS_FIX_READY, 'f', "fix-ready") \
	X(CS_FIX_DEPLOYED, 'd', "fix-deployed") X(CS_PUBLIC, 'p', "public") \
	X(CS_EXPLOIT_PUBLIC, 'x', "exploit-public") X(CS_ATTACKS, 'a', "attacks")

#define X(name, letter, word) name,
enum rm_state { RM_STATES(X) RM_COUNT };
enum em_state { EM_STATES(X) EM_COUNT };
enum cs_bit { CS_BITS(X) CS_COUNT };
#undef X
#define X(name, word) name,
enum em_trigger { EM_TRIGGERS(X) EM_TRIGGER_COUNT };
enum consent { CONSENTS(X) CONSENT_COUNT };
enum consent_trigger { CONSENT_TRIGGERS(X) CONSENT_TRIGGER_COUNT };
#undef X

/* The words of commands and JSON; NULL ended lists for completion. */
const char *rm_name(enum rm_state state);
const char *em_name(enum em_state state);
const char *consent_name(enum consent consent);
const char *cs_name(enum cs_bit bit);
extern const char *const rm_words[], *const em_words[], *const cs_words[];
/* -1 when it is none of the words (single letters are taken too). */
int rm_from_name(const char *word);
int em_from_name(const char *word);
int cs_from_name(const char *word);

/* Whether FROM may go to TO (the same state again is allowed and does nothing). */
bool rm_allowed(enum rm_state from, enum rm_state to);
/* What is heard of somebody else's state: any move of the machine, and jumps forward (start; received;
 * invalid, valid; deferred, accepted; closed), for which *RET_JUMP (may be NULL) is set: they should be
 * asked what happened between. Never backward. */
bool rm_heard(enum rm_state from, enum rm_state to, bool *ret_jump);
/* *STATE moves, or stays and the rule's name is in *ERR (ERR_NO). */
int em_move(enum em_state *state, enum em_trigger trigger, struct error *err);
int consent_move(enum consent *state, enum consent_trigger trigger, struct error *err);

typedef unsigned cs_state; /* one bit for each enum cs_bit */
/* Whether BIT may be the next single event: once public, the vendor must become aware first; once an
 * exploit is public, the public must know first; else vendor aware, fix ready, fix deployed in this
 * order and the others at any time. ERR_NO with the rule's name. */
int cs_next(cs_state state, enum cs_bit bit, struct error *err);
/* Sets BIT if the rules allow it next; X sets P with it. ERR_NO with the rule's name. Setting a
 * bit that is set does nothing. */
int cs_set(cs_state *state, enum cs_bit bit, struct error *err);
bool cs_valid(cs_state state);
/* "Vfdpxa"; buffer of 8 bytes. */
const char *cs_format(cs_state state, char buffer[8]);

/* May an embargo be proposed or accepted while the case is in this state? ERR_NO with the rule
 * ("public", "exploit-public", "attacks"); *RET_WARNING (may be NULL) gets a static sentence where
 * the sources say SHOULD NOT (fix ready, fix deployed), else NULL. */
int embargo_allowed(cs_state state, const char **ret_warning, struct error *err);
/* Must (2), should (1) or need not (0) an existing embargo end in this state? */
int embargo_must_end(cs_state state);


/* What may be done while an embargo is in force, as its terms say. */
#define EMBARGO_ALLOWS(X) \
	X(ALLOW_DEPLOY, "deploy") X(ALLOW_CUSTOMERS, "tell-customers") \
	X(ALLOW_MITIGATION, "publish-mitigation")
/* Why an embargo is ended before its time, and "timer", when its time has come. */
#define END_CAUSES(X) \
	X(END_TIMER, "timer") X(END_FIX_READY, "fix-ready") X(END_FIX_DEPLOYED, "fix-deployed") \
	X(END_PUBLIC, "public") X(END_EXPLOIT, "exploit-public") X(END_ATTACKS, "attacks") \
	X(END_LEAK, "leak") X(END_OTHER, "other") \
	X(END_MERGED, "merged") /* it goes on in the case this one went into */
#define X(name, word) name,
enum embargo_allow { EMBARGO_ALLOWS(X) ALLOW_COUNT };
enum end_cause { END_CAUSES(X) END_COUNT };
#undef X
extern const char *const allow_words[], *const end_words[]; /* NULL ended */

/* By when an answer to terms asked for at ASKED is due: WANTED (INSTANT_NONE: a week), but not before
 * 72 hours have gone, and not behind UNTIL, when the terms themselves end. */
instant embargo_rsvp(instant asked, instant wanted, instant until);

/* A span as ISO 8601 has it, in days, hours, minutes and seconds alone ("P45D", "PT72H"), a day being
 * 86,400 s. ERR_INPUT for anything else, zero included. */
int duration_parse(const char *iso8601, instant *ret, struct error *err);

/* What comes of a proposal (THEIRS) meeting our default end (OURS), either INSTANT_NONE where there is
 * none: the shorter is in force at once, the longer is what revision is then talked about. */
struct embargo_outcome {
	bool theirs_in_force, ours_in_force;   /* at most one */
	bool theirs_revises, ours_revises;     /* the other one, where it is longer */
};
struct embargo_outcome embargo_defaults(instant theirs, instant ours);

#endif
