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
	X(EVENT_CASE_EXPORTED, 90, "case-exported", STREAM_CASE) \
	X(EVENT_MAIL_RECEIVED, 40, "mail-received", STREAM_INBOX) \
	X(EVENT_MAIL_READ, 41, "mail-read", STREAM_INBOX) \
	X(EVENT_MAIL_TAKEN, 42, "mail-taken", STREAM_INBOX) \
	X(EVENT_PRODUCT_ADDED, 60, "product-added", STREAM_REGISTRY) \
	X(EVENT_KEY_PINNED, 61, "key-pinned", STREAM_REGISTRY) \
	X(EVENT_KEY_UNPINNED, 62, "key-unpinned", STREAM_REGISTRY) \
	X(EVENT_POLICY_SET, 63, "policy-set", STREAM_REGISTRY) \
	X(EVENT_FREEZE_ADDED, 100, "freeze-added", STREAM_REGISTRY) \
	X(EVENT_FREEZE_REMOVED, 101, "freeze-removed", STREAM_REGISTRY) \
	X(EVENT_CLOCK_RULES_SET, 102, "clock-rules-set", STREAM_REGISTRY) \
	X(EVENT_DUTY_DONE, 103, "duty-done", STREAM_REGISTRY)

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
	struct event_field fields[16];
};

/* One event as the vault hands it out, opened. */
struct event {
	enum event_type type;
	uint8_t id[32];     /* the vault's event id */
	uint8_t stream[16]; /* which case (or inbox, registry) */
	char author[64];    /* name of the member who made it */
	instant at;         /* when it was made, by the author's clock */
	uint64_t gseq;      /* place in this copy's journal */
	uint64_t order;     /* the author's clock with its counter, or 0: events of a stream by order, then id,
			     * are in the order every copy of the vault agrees on */
	json_t *body;       /* borrowed by functions that take const struct event * */
};

/* NULL for a number or wire name that is not in the table. */
const struct event_info *event_info(int type);
const struct event_info *event_info_by_wire(const char *wire);
const struct event_info *event_table(size_t *ret_count);

/* Checks BODY against the row: every required field there, none unknown, types and bounds right
 * (a text field has at most 4,000 bytes, a block 20 MB, a list 1,000 items). ERR_INPUT. */
int event_check(int type, const json_t *body, struct error *err);
/* The row's line with its fields filled in, one line, at most about 200 characters, not yet made
 * safe for a screen. The caller frees. */
char *event_line(const struct event *event);

#endif
