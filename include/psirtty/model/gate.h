/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates: whether this may leave the house now. The rules are data (data/gates.yaml), the checks are
 * predicates over the case and over what is about to leave; nothing here decides, it finds and gives
 * its reasons. What persons cleared is told by events of the case and holds only for the reasons they
 * saw: a new reason closes the gate again.
 */
#ifndef PSIRTTY_MODEL_GATE_H
#define PSIRTTY_MODEL_GATE_H

#include "psirtty/model/lint.h"
#include "psirtty/model/model.h"

#define GATE_ACTIONS(X) X(GATE_PUBLISH, "publish") X(GATE_SEND, "send") X(GATE_EXPORT, "export")
#define GATE_KINDS(X) \
	X(GATE_BLOCK, "block") X(GATE_TWO_PERSON, "two-person") X(GATE_WARN, "warn")
#define GATE_RESULTS(X) /* worst last */ \
	X(GATE_OFF, "off") X(GATE_PASSED, "passed") X(GATE_OVERRIDDEN, "overridden") \
	X(GATE_WARNED, "warned") X(GATE_CLOSED, "closed")
enum gate_action {
#define X(name, word) name,
	GATE_ACTIONS(X) GATE_ACTION_COUNT
};
enum gate_kind { GATE_KINDS(X) GATE_KIND_COUNT };
enum gate_result {
	GATE_RESULTS(X) GATE_RESULT_COUNT
#undef X
};
const char *gate_action_name(enum gate_action action);
int gate_action_from_name(const char *word); /* or -1 */
const char *gate_kind_name(enum gate_kind kind);
const char *gate_result_name(enum gate_result result);

/* What a clearance must name before it counts. */
enum gate_need { GATE_NEEDS_REFERENCE = 1, GATE_NEEDS_EVIDENCE = 2 };
/* Whom a gate about recipients lets pass. */
enum gate_spare { GATE_SPARES_PROVIDER = 1, GATE_SPARES_REPORTER = 2 };

struct gate_request;
struct gate_verdict;
struct gate_rule {
	char *id, *title, *title_zh, *source, *remedy; /* owned; title_zh may be NULL */
	enum gate_kind kind;
	unsigned actions;          /* bits: 1 << enum gate_action */
	unsigned needs, spares;    /* enum gate_need, enum gate_spare */
	char *clock;               /* owned: id of the clock it looks at, or NULL */
	char **required; size_t required_count; /* owned: sign-offs, words of the event signed-off */
	void (*check)(const struct gate_request *request, struct gate_verdict *verdict);
};
struct gate_rules { struct gate_rule *rules; size_t count; char *version; };
/* Reads CONF (data/gates.yaml); errors name the line and what was expected. */
int gate_rules_load(const struct conf *conf, struct gate_rules *ret, struct error *err);
void gate_rules_release(struct gate_rules *rules);
const struct gate_rule *gate_rule(const struct gate_rules *rules, const char *id); /* or NULL */
/* The title in the language of the reader. */
const char *gate_title(const struct gate_rule *rule);

/* What is about to leave. All borrowed. */
struct gate_recipient { const char *name, *address, *fingerprint; }; /* any may be NULL */
struct gate_attachment { const char *name, *type, *kind; };          /* type and kind may be NULL */
struct gate_request {
	enum gate_action action;
	const struct model *model;
	const struct case_state *state;
	instant now;
	const struct lint_rules *lint;
	const char *text; size_t length;   /* as people will read it; NULL: nothing is written yet */
	bool form;                         /* a letter of our own making that holds no details */
	const struct gate_recipient *recipients; size_t recipient_count;
	const struct gate_attachment *attachments; size_t attachment_count;
};

struct gate_verdict {
	const struct gate_rule *rule;
	enum gate_result result;
	char **reasons; size_t reason_count; /* owned; sorted, see gate_reason */
	size_t persons;                      /* who cleared all of the reasons */
	size_t needed;                       /* how many it takes */
};
/* One verdict for every rule of the action, in the rules' order. The caller frees with gate_verdicts_free. */
void gates_evaluate(const struct gate_rules *rules, const struct gate_request *request,
		    struct gate_verdict **ret, size_t *ret_count);
void gate_verdicts_free(struct gate_verdict *verdicts, size_t count);
/* Nothing is closed (warnings need a reason, and are closed until they have it). */
bool gates_open(const struct gate_verdict *verdicts, size_t count);
/* Whether a case's knowledge has not been made public yet (its P bit). */
bool gate_undisclosed(const struct case_state *state);

/* ---- what is told of it; new references */
/* The body of the event gate-evaluated: a line for each verdict, TO whom it was to go. */
json_t *gates_told(const struct gate_request *request, const struct gate_verdict *verdicts, size_t count);
/* The body of the event gate-cleared for all reasons of VERDICT; REFERENCE and EVIDENCE (a SHA-256) may be NULL. */
json_t *gate_clearance(const struct gate_verdict *verdict, enum gate_action action, const char *reason,
		       const char *reference, const char *evidence);

/* ---- where somebody is (RMSV Article 9(7)) */
/* A word of jurisdiction_words out of the register, by the party's contact, the address, the key or the name;
 * "unknown" where it has none. *RET_CONTACT (may be NULL) is the contact, or NULL. */
const char *gate_jurisdiction(const struct model *model, const struct case_state *state,
			      const struct gate_recipient *who, const struct contact **ret_contact);
/* Whether SPARES lets this recipient pass: the provider of an affected product, who reported it to us. */
bool gate_spared(const struct model *model, const struct case_state *state, const struct gate_recipient *who,
		 unsigned spares);
/* Members of the early publication form that are missing, as names of its fields; how many. */
size_t gate_early_missing(const struct case_state *state, const char *ret[16]);

/* ---- reasons */
/* For predicates: one more reason, a stable word and what it is about (may be NULL), kept as "word: about" on one
 * line. Persons clear exactly such texts, so they are in no language. */
void gate_reason(struct gate_verdict *verdict, const char *word, const char *about);
/* The reason as a sentence in the language of the reader; adds to RET. */
void gate_reason_text(const char *reason, struct str *ret);
/* Whether REASON is one of the lines of ABOUT. */
bool gate_saw(const char *about, const char *reason);

#endif
