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
	ROOM_REPROS, ROOM_PARTIES, ROOM_SIGNED, ROOM_EVENTS, ROOM_UNDONE, ROOM_TARGETS,
	ROOM_BLOCKS, ROOM_REPORTERS, ROOM_FACTS, ROOM_CLOCKS, ROOM_FILINGS, ROOM_COUNT,
};

struct folded {
	struct case_state state;
	size_t room[ROOM_COUNT];
	bool *signed_terms;      /* owned, one for each party: it agreed to the terms in force */
	size_t signed_count;
	size_t *targets;         /* owned, one an event: the place of what it undoes, or NO_TARGET */
	size_t target_count, undone_count;
	struct case_advisory advisory; /* state.advisory points here once there is one */
	void **blocks;           /* owned: texts and lists made by the fold */
	size_t block_count;
};

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

/* ---- case_message.c, case_facts.c, case_embargo.c: the rows */
extern const struct fold_row report_row, message_received_row, message_sent_row;
extern const struct fold_row title_row, summary_row, score_row, cwe_row, id_row, affected_row,
	remediation_row, assigned_row, note_row, repro_row, advisory_row;
extern const struct fold_row state_row, disclosure_row, party_row, proposed_row, accepted_row,
	rejected_row, terminated_row;

/* ---- case_clock.c: what clocks look at */
extern const struct fold_row clock_started_row, clock_stopped_row, clock_paused_row, clock_resumed_row,
	clock_filed_row, filing_row;
/* Notes what EVENT, which was just applied, means to clocks. */
void clock_facts_note(struct folded *folded, const struct event *event);
/* The place of the party called NAME (letters of either case), or party_count. */
size_t party_find(const struct case_state *state, const char *name);
/* Fills RET with sentences (untranslated) and returns how many. */
size_t case_warnings(const struct case_state *state, const struct event *event,
		     const char *ret[MODEL_WARNINGS]);

#endif
