/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks: duties with a deadline, out of rules a PSIRT may edit (data/clocks.yaml), started by what
 * happens in a case. What is stored are facts and what handlers said; every due date is worked out.
 * Where a rule can be read in more than one way all readings are there, the first leads.
 */
#ifndef PSIRTTY_MODEL_CLOCK_H
#define PSIRTTY_MODEL_CLOCK_H

#include "psirtty/model/holiday.h"

/* What can start, meet or end a clock: name, word, and what it is. An instant each in a case. */
#define CLOCK_FACTS(X) \
	X(FACT_OPENED, "opened", N_("the case was opened")) \
	X(FACT_REPORTED, "reported", N_("the first report came in")) \
	X(FACT_CONTACTED, "contacted", N_("the latest message came in")) \
	X(FACT_UNANSWERED, "unanswered", N_("the first message nobody answered came in")) \
	X(FACT_ANSWERED, "answered", N_("the first message was sent")) \
	X(FACT_TOLD, "told", N_("the latest message was sent")) \
	X(FACT_QUALIFIED, "qualified", N_("the report was found valid or invalid")) \
	X(FACT_VALIDATED, "validated", N_("the report was found valid")) \
	X(FACT_ACCEPTED, "accepted", N_("the case was accepted")) \
	X(FACT_INVALID, "invalid", N_("the report is held to be invalid")) \
	X(FACT_CLOSED, "closed", N_("the case is closed")) \
	X(FACT_TRIED, "tried", N_("a reproduction was tried")) \
	X(FACT_REPRODUCED, "reproduced", N_("the vulnerability was reproduced")) \
	X(FACT_ASSESSED, "assessed", N_("an affected version was recorded")) \
	X(FACT_ID_RESERVED, "id-reserved", N_("a CVE id was given")) \
	X(FACT_PLANNED, "planned", N_("a remediation was recorded")) \
	X(FACT_FIX_AVAILABLE, "fix-available", N_("a fix or mitigation became available")) \
	X(FACT_FIX_READY, "fix-ready", N_("the fix was ready")) \
	X(FACT_FIX_DEPLOYED, "fix-deployed", N_("the fix was deployed")) \
	X(FACT_PUBLISHED, "published", N_("the vulnerability became public")) \
	X(FACT_EXPLOIT_PUBLIC, "exploit-public", N_("an exploit became public")) \
	X(FACT_EXPLOITED, "exploited", N_("active exploitation became known")) \
	X(FACT_INCIDENT, "incident", N_("a severe incident became known")) \
	X(FACT_EMBARGO_AGREED, "embargo-agreed", N_("an embargo was agreed")) \
	X(FACT_EMBARGO_ENDED, "embargo-ended", N_("the embargo ended")) \
	X(FACT_RISK_ACCEPTED, "risk-accepted", N_("a risk was accepted")) \
	X(FACT_MERGED, "merged", N_("the case went into another"))
#define X(name, word, text) name,
enum clock_fact { CLOCK_FACTS(X) FACT_COUNT };
#undef X
extern const char *const fact_words[]; /* NULL ended */
const char *fact_text(enum clock_fact fact); /* translated */

/* Evidence behind a row: text of the source, verified in a public text, secondary source only,
 * recalled, own decision. */
#define CLOCK_MARKS(X) X(MARK_SOURCE, "S") X(MARK_VERIFIED, "V") X(MARK_SECONDARY, "W") \
	X(MARK_RECALLED, "R") X(MARK_OWN, "I")
#define CLOCK_KINDS(X) X(CLOCK_DEADLINE, "deadline") X(CLOCK_RECURRING, "recurring") \
	X(CLOCK_RETENTION, "retention") X(CLOCK_GATE, "gate")
#define CLOCK_BASES(X) X(BASIS_LAW, "law") X(BASIS_GUIDANCE, "guidance") X(BASIS_POLICY, "policy") \
	X(BASIS_PROGRAMME, "programme") X(BASIS_INTERNAL, "internal")
/* auto: with its trigger; ask: offered, a handler starts it; off: shown only on demand. */
#define CLOCK_STARTS(X) X(START_AUTO, "auto") X(START_ASK, "ask") X(START_OFF, "off")
/* Of a reading. Hours never stop. Days end with their day in the zone, the first is not counted;
 * months and years likewise, on the day of the same number or the month's last. Working days and
 * hours need a holiday calendar. */
#define CLOCK_UNITS(X) X(UNIT_AT_ONCE, "at once") X(UNIT_HOURS, "hours") X(UNIT_DAYS, "days") \
	X(UNIT_WORKING_DAYS, "working days") X(UNIT_WORKING_HOURS, "working hours") \
	X(UNIT_MONTHS, "months") X(UNIT_YEARS, "years")
/* Of a clock in a case. */
#define CLOCK_STATES(X) \
	X(CLOCK_WAITING, "waiting")   /* its trigger has not happened */ \
	X(CLOCK_OFFERED, "offered")   /* its trigger has; a handler decides whether it applies */ \
	X(CLOCK_RUNNING, "running") X(CLOCK_MISSED, "missed") /* running, and past */ \
	X(CLOCK_PAUSED, "paused") X(CLOCK_STOPPED, "stopped") X(CLOCK_MET, "met") X(CLOCK_LATE, "met late") \
	X(CLOCK_KEEPING, "keeping") X(CLOCK_FREE, "free") /* retention: not over, over */ \
	X(CLOCK_BARRED, "gate") X(CLOCK_DORMANT, "off")
#define X(name, word) name,
enum clock_mark { CLOCK_MARKS(X) MARK_COUNT };
enum clock_kind { CLOCK_KINDS(X) CLOCK_KIND_COUNT };
enum clock_basis { CLOCK_BASES(X) BASIS_COUNT };
enum clock_start { CLOCK_STARTS(X) START_COUNT };
enum clock_unit { CLOCK_UNITS(X) UNIT_COUNT };
enum clock_state { CLOCK_STATES(X) CLOCK_STATE_COUNT };
#undef X
extern const char *const mark_words[], *const clock_kind_words[], *const basis_words[],
	*const clock_start_words[], *const clock_unit_words[], *const clock_state_words[];

enum { CLOCK_READINGS = 6 };
struct clock_reading {
	char *name;              /* owned: "strict"; the only one of a row may be "" */
	enum clock_unit unit;
	int count;
	bool roll;               /* ends on the next working day */
	int severity;            /* counts only at this enum cvss_severity; -1: always */
	char *source, *verify;   /* owned, or NULL: the row's */
	int mark;                /* enum clock_mark, or -1: the row's */
	char *holidays_id;       /* owned, or NULL: the row's */
	const struct holidays *holidays; /* borrowed from the rules; NULL when none is named */
};

struct clock_rule {
	char *id, *title, *title_zh, *area, *who, *to, *content, *source, *verify; /* owned; some NULL */
	char *note;                /* owned, or NULL */
	enum clock_mark mark;
	enum clock_kind kind;
	enum clock_basis basis;
	enum clock_start start;
	int trigger;               /* enum clock_fact, or -1 */
	char *after;               /* owned: id of the clock whose filing starts this one, or NULL */
	char *trigger_text;        /* owned: what starts it when only a handler can know, or NULL */
	uint64_t other, needs, also, met, stops; /* bits of enum clock_fact: see data/clocks.yaml; other is "or" */
	char *met_with;            /* owned: id of a clock whose filing meets this one too, or NULL */
	bool pause, house;         /* it may be paused; a duty of the house, not of a case */
	bool outlives;             /* it goes on when the case goes into another */
	char zone[48];
	char *holidays_id;         /* owned, or NULL */
	int from_hour, to_hour;    /* of a working day */
	char *sheet;               /* owned: the form, or NULL */
	struct clock_reading readings[CLOCK_READINGS];
	size_t reading_count;
	uint64_t key, after_key;   /* clock_key of id and after, 0 without: to pass over rules quickly */
};
/* A hash of an id. */
uint64_t clock_key(const char *id);

struct clock_rules;
struct clock_rules *clock_rules_new(void);
void clock_rules_free(struct clock_rules *rules);
/* Takes HOLIDAYS over; one of the same id is replaced. Before clock_rules_load. */
void clock_rules_add_holidays(struct clock_rules *rules, struct holidays *holidays);
const struct holidays *clock_rules_holidays(const struct clock_rules *rules, const char *id);
/* Lays a YAML file over what is there: a row of a known id changes the members it names, any other
 * is added. Faults are ERR_INPUT on "NAME:LINE" with what was expected, and change nothing. */
int clock_rules_load(struct clock_rules *rules, const char *bytes, size_t length, const char *name,
		     struct error *err);
/* The same rules once more, for another layer. */
struct clock_rules *clock_rules_copy(const struct clock_rules *rules);
size_t clock_rule_count(const struct clock_rules *rules);
const struct clock_rule *clock_rule_at(const struct clock_rules *rules, size_t index);
const struct clock_rule *clock_rule_find(const struct clock_rules *rules, const char *id);
/* Changes whenever any row does: for caches of what was worked out. */
uint64_t clock_rules_version(const struct clock_rules *rules);
/* The same in every session, and another whenever a row or a holiday file changes. */
uint64_t clock_rules_stamp(const struct clock_rules *rules);
/* The title in the language of the reader. */
const char *clock_title(const struct clock_rule *rule);
/* "48 hours", "2 working days": translated; buffer of 48 bytes. */
const char *clock_reading_text(const struct clock_reading *reading, char buffer[48]);

struct clock_due { struct zoned when; bool uncertain; };
/* When READING of RULE ends for a clock that began at START. A day ends at 23:59:59 in the rule's
 * zone. Uncertain where a holiday calendar does not know a day that was counted. Pure. */
instant clock_due_at(const struct clock_rule *rule, const struct clock_reading *reading, instant start,
		     bool *ret_uncertain);
struct clock_due clock_due(const struct clock_rule *rule, const struct clock_reading *reading,
			   instant start);

struct case_fact { unsigned fact; instant at; }; /* enum clock_fact */
/* What handlers said about one clock of a case. */
struct case_clock {
	char *id;
	instant started, stopped, paused;   /* INSTANT_NONE when not; PAUSED: since */
	instant held;                       /* the time it was paused altogether, as if from 1970 on;
					     * without the pause that lasts. INSTANT_NONE when never */
	instant filed;                      /* INSTANT_NONE when not; the first filing */
	instant last_filed;
	char *reason, *reason_by;           /* of the last start, stop or pause; may be NULL */
	char *filed_by, *receipt, *sent_to, *note, *sheet; /* of the first filing; sheet: what was sent, not in brief */
	size_t filings;
};
/* What a handler wrote into a field of a form, instead of what the case says. */
struct case_filing { char *clock, *field, *value; instant at; };

#endif
