/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One case being folded: its state, the room of its lists and what the fold alone needs. Strings of
 * the state are borrowed from the events' bodies, which the case owns, or lie in blocks of its own;
 * so a fold of thousands of cases copies next to nothing.
 */
#ifndef MODEL_CASE_H
#define MODEL_CASE_H

#include "psirtty/base/i18n.h"
#include "psirtty/model/model.h"

enum case_list {
	ROOM_MESSAGES, ROOM_SCORES, ROOM_IDS, ROOM_AFFECTED, ROOM_REMEDIATIONS, ROOM_NOTES,
	ROOM_REPROS, ROOM_PARTIES, ROOM_TERMS, ROOM_ANSWERS, ROOM_RECORDS, ROOM_EVENTS, ROOM_UNDONE,
	ROOM_TARGETS, ROOM_BLOCKS, ROOM_REPORTERS, ROOM_SENT_IDS, ROOM_FACTS, ROOM_CLOCKS,
	ROOM_FILINGS, ROOM_COUNT,
};

struct folded {
	struct case_state state;
	size_t room[ROOM_COUNT];
	size_t *targets;         /* owned, one an event: the place of what it undoes, or NO_TARGET */
	size_t target_count, undone_count;
	struct case_advisory advisory; /* state.advisory points here once there is one */
	void **blocks;           /* owned: texts and lists made by the fold */
	size_t block_count;
};

/* Lists know this many bytes of a summary: plain words of a query look no further. */
enum { SUMMARY_BEGIN = 200 };

#define NO_TARGET SIZE_MAX

/* What the fold does with one type of event. CHECK (may be NULL) looks only; APPLY cannot fail. */
struct fold_row {
	int (*check)(const struct case_state *state, const struct event *event, struct error *err);
	void (*apply)(struct folded *folded, const struct event *event);
};

/* ---- case_fold.c */
struct folded *folded_new(const uint8_t stream[16]);
void folded_free(struct folded *folded);
/* Whether folded_take would take it. */
int folded_check(const struct folded *folded, const struct event *event, struct error *err);
int folded_take(struct folded *folded, const struct event *event, struct error *err);
/* The event that undo (redo false) or redo would revert, or NULL. */
const struct event *folded_undo_target(const struct folded *folded, bool redo);

/* ---- case_list.c: storage of a case */
/* A zeroed slot at place AT of a list; LIST and COUNT are members of struct folded's state. */
#define CASE_INSERT(folded, list, count, kind, at) \
	({ \
		size_t place_ = (at); \
		(folded)->state.list = list_open((folded)->state.list, &(folded)->state.count, \
						 &(folded)->room[kind], \
						 sizeof(*(folded)->state.list), place_); \
		&(folded)->state.list[place_]; \
	})
#define CASE_ADD(folded, list, count, kind) \
	CASE_INSERT(folded, list, count, kind, (folded)->state.count)
void *list_open(void *items, size_t *count, size_t *room, size_t size, size_t at)
	__attribute__((warn_unused_result));
/* Zeroed memory that lives as long as the case's present fold. */
void *folded_alloc(struct folded *folded, size_t size);
/* The same for a string; the result is STRING itself. Takes ownership. */
char *folded_keep(struct folded *folded, char *string);
/* Frees everything derived, not the events. */
void folded_release_derived(struct folded *folded);
/* A text member of the body, borrowed, or NULL. */
char *event_text(const struct event *event, const char *key);
/* An instant member; the event's own time when it is absent. */
instant event_instant(const struct event *event, const char *key);
void sealed_file_read(const json_t *object, struct sealed_file *ret);
/* ASCII letters to lower case; the caller frees. */
char *lower_copy(const char *string);
/* Letters, digits, dot, underscore and hyphen, at most 64, the first a letter or digit. */
bool id_valid(const char *id);

/* ---- case_message.c, case_facts.c, case_embargo.c, case_split.c: the rows */
extern const struct fold_row report_row, message_received_row, message_sent_row;
extern const struct fold_row title_row, summary_row, score_row, cwe_row, id_row, affected_row,
	remediation_row, assigned_row, note_row, repro_row, advisory_row;
extern const struct fold_row state_row, disclosure_row, proposed_row, accepted_row, rejected_row,
	terminated_row, terms_proposed_row, terms_accepted_row, terms_rejected_row, ended_row,
	merged_row, merge_taken_row, split_off_row, split_from_row;

/* ---- case_party.c: parties and what each agreed to */
extern const struct fold_row party_row, party_set_row, invited_row, party_state_row,
	party_disclosure_row, owner_row;
bool is_us(const char *who);
/* Fills in each party's consent, RSVP and signed terms anew from the terms and the answers. */
void parties_settle(struct folded *folded);
/* Whether PARTY (a name) may answer so, by the consent it has to these terms. */
int answer_check(const struct case_state *state, const char *party, const struct embargo_terms *terms,
		 enum answer answer, struct error *err);
void answer_add(struct folded *folded, const char *party, const struct embargo_terms *terms,
		enum answer answer, const struct event *event);
/* The last word of PARTY about TERMS. */
enum answer answer_of(const struct case_state *state, const char *party,
		      const struct embargo_terms *terms);

/* ---- case_embargo.c */
/* Whether the member "zone" could be a zone's name. Not whether this machine knows it: every copy of the
 * vault must come to the same state. */
int zone_check(const struct case_state *state, const struct event *event, struct error *err);
/* Are these the terms parties are asked about: the open ones, else those in force. */
bool terms_asked(const struct case_embargo *embargo, size_t at);
/* The terms whose id the member KEY names, or NULL. */
struct embargo_terms *terms_named(const struct case_state *state, const struct event *event,
				  const char *key);
size_t terms_open(const struct case_embargo *embargo);
/* The allow flags in a list of words; false when one is none. */
bool allow_read(const json_t *words, unsigned *ret);

/* ---- case_record.c: facts of one make */
extern const struct fold_row record_row, handed_over_row, leak_row, judged_row, qualified_row,
	source_row, incident_row, tracker_row, risk_row, credit_row, advisory_text_row, advisory_told_row,
	published_row;

/* ---- case_rules.c: what must hold where something changes */
/* The first rule EVENT breaks (ERR_NO with its name), looking only at what it changes. */
int rules_check(const struct case_state *state, const struct event *event, struct error *err);
/* ---- case_clock.c: what clocks look at */
extern const struct fold_row clock_started_row, clock_stopped_row, clock_paused_row, clock_resumed_row,
	clock_filed_row, filing_row;
/* Notes what EVENT, which was just applied, means to clocks. */
void clock_facts_note(struct folded *folded, const struct event *event);
/* Fills RET with sentences (untranslated) and returns how many. */
size_t case_warnings(const struct case_state *state, const struct event *event,
		     const char *ret[MODEL_WARNINGS]);

#endif
