/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of event types: everything that ever happens to a case, the inbox or
 * the registry is a row here. Encoding, checking, the timeline and the audit view read it.
 */
#ifndef PSIRTTY_MODEL_EVENT_H
#define PSIRTTY_MODEL_EVENT_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

/* Which stream of the vault an event belongs to. */
enum event_stream { STREAM_CASE, STREAM_INBOX, STREAM_REGISTRY };

/* enum name, number on disk (never reused), wire name, stream */
#define EVENT_TYPES(X) \
	X(EVENT_CASE_OPENED, 1, "case-opened", STREAM_CASE) \
	X(EVENT_REPORT_RECEIVED, 2, "report-received", STREAM_CASE) \
	X(EVENT_MESSAGE_RECEIVED, 3, "message-received", STREAM_CASE) \
	X(EVENT_MESSAGE_SENT, 4, "message-sent", STREAM_CASE) \
	X(EVENT_TITLE_SET, 5, "title-set", STREAM_CASE) \
	X(EVENT_SUMMARY_SET, 6, "summary-set", STREAM_CASE) \
	X(EVENT_STATE_SET, 7, "state-set", STREAM_CASE) \
	X(EVENT_DISCLOSURE_SET, 8, "disclosure-set", STREAM_CASE) \
	X(EVENT_SCORE_SET, 9, "score-set", STREAM_CASE) \
	X(EVENT_CWE_SET, 10, "cwe-set", STREAM_CASE) \
	X(EVENT_ID_ADDED, 11, "id-added", STREAM_CASE) \
	X(EVENT_AFFECTED_SET, 12, "affected-set", STREAM_CASE) \
	X(EVENT_REMEDIATION_SET, 13, "remediation-set", STREAM_CASE) \
	X(EVENT_ASSIGNED, 14, "assigned", STREAM_CASE) \
	X(EVENT_NOTE_ADDED, 15, "note-added", STREAM_CASE) \
	X(EVENT_REPRO_ADDED, 16, "repro-added", STREAM_CASE) \
	X(EVENT_PARTY_ADDED, 17, "party-added", STREAM_CASE) \
	X(EVENT_EMBARGO_PROPOSED, 18, "embargo-proposed", STREAM_CASE) \
	X(EVENT_EMBARGO_ACCEPTED, 19, "embargo-accepted", STREAM_CASE) \
	X(EVENT_EMBARGO_REJECTED, 20, "embargo-rejected", STREAM_CASE) \
	X(EVENT_EMBARGO_TERMINATED, 21, "embargo-terminated", STREAM_CASE) \
	X(EVENT_ADVISORY_DRAFTED, 22, "advisory-drafted", STREAM_CASE) \
	X(EVENT_UNDONE, 23, "event-undone", STREAM_CASE) \
	X(EVENT_CLOCK_STARTED, 80, "clock-started", STREAM_CASE) \
	X(EVENT_CLOCK_STOPPED, 81, "clock-stopped", STREAM_CASE) \
	X(EVENT_CLOCK_PAUSED, 82, "clock-paused", STREAM_CASE) \
	X(EVENT_CLOCK_RESUMED, 83, "clock-resumed", STREAM_CASE) \
	X(EVENT_CLOCK_FILED, 84, "clock-filed", STREAM_CASE) \
	X(EVENT_FILING_DRAFTED, 85, "filing-drafted", STREAM_CASE) \
	X(EVENT_TERMS_PROPOSED, 24, "terms-proposed", STREAM_CASE) \
	X(EVENT_TERMS_ACCEPTED, 25, "terms-accepted", STREAM_CASE) \
	X(EVENT_TERMS_REJECTED, 26, "terms-rejected", STREAM_CASE) \
	X(EVENT_EMBARGO_ENDED, 27, "embargo-ended", STREAM_CASE) \
	X(EVENT_PARTY_SET, 28, "party-set", STREAM_CASE) \
	X(EVENT_PARTY_INVITED, 29, "party-invited", STREAM_CASE) \
	X(EVENT_PARTY_STATE, 30, "party-state", STREAM_CASE) \
	X(EVENT_PARTY_DISCLOSURE, 31, "party-disclosure", STREAM_CASE) \
	X(EVENT_LEAK_RECORDED, 32, "leak-recorded", STREAM_CASE) \
	X(EVENT_QUALIFIED, 33, "qualified", STREAM_CASE) \
	X(EVENT_HANDED_OVER, 34, "handed-over", STREAM_CASE) \
	X(EVENT_AFFECTED_JUDGED, 35, "affected-judged", STREAM_CASE) \
	X(EVENT_MERGED, 36, "merged", STREAM_CASE) \
	X(EVENT_MERGE_TAKEN, 37, "merge-taken", STREAM_CASE) \
	X(EVENT_SPLIT_OFF, 38, "split-off", STREAM_CASE) \
	X(EVENT_SPLIT_FROM, 39, "split-from", STREAM_CASE) \
	X(EVENT_CASE_EXPORTED, 90, "case-exported", STREAM_CASE) \
	X(EVENT_CASE_IMPORTED, 91, "case-imported", STREAM_CASE) \
	X(EVENT_CASE_DISPOSED, 95, "case-disposed", STREAM_REGISTRY) \
	X(EVENT_MAIL_RECEIVED, 40, "mail-received", STREAM_INBOX) \
	X(EVENT_MAIL_READ, 41, "mail-read", STREAM_INBOX) \
	X(EVENT_MAIL_TAKEN, 42, "mail-taken", STREAM_INBOX) \
	X(EVENT_MAIL_DROPPED, 43, "mail-dropped", STREAM_INBOX) \
	X(EVENT_MAIL_PASSED, 44, "mail-passed", STREAM_INBOX) \
	X(EVENT_MAIL_SORTED, 45, "mail-sorted", STREAM_INBOX) \
	X(EVENT_PRODUCT_ADDED, 60, "product-added", STREAM_REGISTRY) \
	X(EVENT_KEY_PINNED, 61, "key-pinned", STREAM_REGISTRY) \
	X(EVENT_KEY_UNPINNED, 62, "key-unpinned", STREAM_REGISTRY) \
	X(EVENT_POLICY_SET, 63, "policy-set", STREAM_REGISTRY) \
	X(EVENT_FREEZE_ADDED, 100, "freeze-added", STREAM_REGISTRY) \
	X(EVENT_FREEZE_REMOVED, 101, "freeze-removed", STREAM_REGISTRY) \
	X(EVENT_CLOCK_RULES_SET, 102, "clock-rules-set", STREAM_REGISTRY) \
	X(EVENT_DUTY_DONE, 103, "duty-done", STREAM_REGISTRY) \
	X(EVENT_CONTACT_SET, 64, "contact-set", STREAM_REGISTRY) \
	X(EVENT_CONTACT_REMOVED, 65, "contact-removed", STREAM_REGISTRY) \
	X(EVENT_PRODUCT_SET, 66, "product-set", STREAM_REGISTRY) \
	X(EVENT_SUPPORT_SET, 67, "support-set", STREAM_REGISTRY) \
	X(EVENT_EMBARGO_POLICY_SET, 68, "embargo-policy-set", STREAM_REGISTRY) \
	X(EVENT_REPORT_MARKED, 110, "report-marked", STREAM_CASE) \
	X(EVENT_SOURCE_SET, 111, "source-set", STREAM_CASE) \
	X(EVENT_CREDIT_SET, 112, "credit-set", STREAM_CASE) \
	X(EVENT_TRACKER_SET, 113, "tracker-set", STREAM_CASE) \
	X(EVENT_GRADE_SET, 114, "grade-set", STREAM_CASE) \
	X(EVENT_VARIANT_SET, 115, "variant-set", STREAM_CASE) \
	X(EVENT_ROOT_CAUSE_SET, 116, "root-cause-set", STREAM_CASE) \
	X(EVENT_OPTION_SET, 117, "option-set", STREAM_CASE) \
	X(EVENT_PLAN_SET, 118, "plan-set", STREAM_CASE) \
	X(EVENT_WORKAROUND_SET, 119, "workaround-set", STREAM_CASE) \
	X(EVENT_FIX_VALIDATED, 120, "fix-validated", STREAM_CASE) \
	X(EVENT_SIGNED_OFF, 121, "signed-off", STREAM_CASE) \
	X(EVENT_RISK_SET, 122, "risk-set", STREAM_CASE) \
	X(EVENT_INCIDENT_SET, 123, "incident-set", STREAM_CASE) \
	X(EVENT_SITUATION_LOGGED, 124, "situation-logged", STREAM_CASE) \
	X(EVENT_TASK_SET, 125, "task-set", STREAM_CASE) \
	X(EVENT_POST_MORTEM_SET, 126, "post-mortem-set", STREAM_CASE) \
	X(EVENT_REPRO_RUN, 127, "repro-run", STREAM_CASE) \
	X(EVENT_FILE_EXPORTED, 128, "file-exported", STREAM_CASE) \
	X(EVENT_GATE_EVALUATED, 140, "gate-evaluated", STREAM_CASE) \
	X(EVENT_GATE_CLEARED, 141, "gate-cleared", STREAM_CASE) \
	X(EVENT_EARLY_PUBLICATION, 142, "early-publication", STREAM_CASE) \
	X(EVENT_COLLISION_DECIDED, 143, "collision-decided", STREAM_CASE) \
	X(EVENT_GATE_MODE_SET, 144, "gate-mode-set", STREAM_REGISTRY) \
	X(EVENT_OWNER_SET, 145, "owner-set", STREAM_CASE) \
	X(EVENT_ADVISORY_TEXT, 150, "advisory-text", STREAM_CASE) \
	X(EVENT_ADVISORY_PREPARED, 151, "advisory-prepared", STREAM_CASE) \
	X(EVENT_ADVISORY_APPROVED, 152, "advisory-approved", STREAM_CASE) \
	X(EVENT_ADVISORY_PUBLISHED, 153, "advisory-published", STREAM_CASE) \
	X(EVENT_CVE_STATE, 154, "cve-state", STREAM_REGISTRY) \
	X(EVENT_LETTER_BEGUN, 170, "letter-begun", STREAM_CASE) \
	X(EVENT_LETTER_FAILED, 171, "letter-failed", STREAM_CASE) \
	X(EVENT_MAIL_ACKNOWLEDGED, 172, "mail-acknowledged", STREAM_INBOX) \
	X(EVENT_KEY_CHANGE_ASKED, 173, "key-change-asked", STREAM_REGISTRY) \
	X(EVENT_SBOM_IMPORTED, 180, "sbom-imported", STREAM_REGISTRY) \
	X(EVENT_UPSTREAM_SET, 181, "upstream-set", STREAM_REGISTRY) \
	X(EVENT_MATCH_RAN, 182, "match-ran", STREAM_REGISTRY) \
	X(EVENT_MATCH_DECIDED, 183, "match-decided", STREAM_REGISTRY) \
	X(EVENT_MATCH_CHANGED, 184, "match-changed", STREAM_CASE)

enum event_type {
#define X(name, number, wire, stream) name = number,
	EVENT_TYPES(X)
#undef X
};

enum field_type {
	FIELD_TEXT,     /* string without newline */
	FIELD_BLOCK,    /* string */
	FIELD_INSTANT,  /* RFC 3339 string with zone */
	FIELD_INTEGER,  /* whole number >= 0 */
	FIELD_BOOL,
	FIELD_HEX,      /* lower-case hex string */
	FIELD_WORD,     /* one of the words in `words` */
	FIELD_OBJECT,   /* where a sealed attachment lies: {name?, type?, size, sha256, kind?, object, key} */
	FIELD_OBJECTS,  /* list of the above */
	FIELD_WORDS,    /* list of strings */
	FIELD_RECORD,   /* JSON object checked by its own module (a mail record) */
};

struct event_field {
	const char *name;
	enum field_type type;
	bool required;
	const char *const *words; /* FIELD_WORD: the allowed words, NULL ended */
};

struct event_info {
	enum event_type type;
	const char *wire;
	enum event_stream stream;
	const char *command;      /* the command that makes it: "case state" */
	const char *line;         /* one-line rendering, translated; {field} is replaced: "state {to}" */
	bool undoable;
	struct event_field fields[20];
};

/* Lists of words that commands need too, NULL ended. */
extern const char *const outcome_words[], *const justification_words[], *const credit_words[],
	*const grade_words[], *const contact_kind_words[], *const jurisdiction_words[], *const product_words[],
	*const mail_pass_words[], *const mail_sort_words[], *const gate_action_words[], *const gate_mode_words[],
	*const provider_words[], *const authority_words[], *const advisory_text_words[], *const pool_words[],
	*const language_words[], *const key_check_words[], *const match_decision_words[],
	*const dismissal_words[];

/* One event as the vault hands it out, opened. */
struct event {
	enum event_type type;
	uint8_t id[32];     /* the vault's event id */
	uint8_t stream[16]; /* which case (or inbox, registry) */
	uint8_t member[16]; /* who made it: names may be alike */
	char author[64];    /* the member's name */
	instant at;         /* when it was made, by the author's clock */
	uint64_t gseq;      /* place in this copy's journal */
	uint64_t order;     /* the author's clock with its counter, or 0: events of a stream by order, then id,
			     * are in the order every copy of the vault agrees on */
	json_t *body;       /* borrowed by functions that take const struct event * */
};

/* NULL for a number or wire name that is not in the table. */
const struct event_info *event_info(int type);
const struct event_info *event_info_by_wire(const char *wire);
/* The row at INDEX, in a fixed order; NULL behind the last. */
const struct event_info *event_at(size_t index);

/* Checks BODY against the row: every required field there, none unknown, types and bounds right
 * (a text field has at most 4,000 bytes, a block 20 MB, a list 1,000 items). ERR_INPUT. */
int event_check(int type, const json_t *body, struct error *err);
/* The row's line with its fields filled in, one line, at most about 200 characters, not yet made
 * safe for a screen. The caller frees. */
char *event_line(const struct event *event);

#endif
