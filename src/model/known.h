/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One case as the model knows it: whole, with its fold, or in brief. Its place in memory never changes,
 * so that others may hold on to the state while it becomes one or the other.
 */
#ifndef MODEL_KNOWN_H
#define MODEL_KNOWN_H

#include "model/agenda.h"
#include "model/brief.h"
#include "model/case.h"

struct known_case {
	struct case_state state; /* handed out; a copy of whole->state, or the brief */
	struct folded *whole;    /* owned; NULL while known in brief */
	struct arena own;        /* storage of a brief made later than the first */
	struct case_conflict *conflicts; /* owned, with their texts, while whole */
	size_t conflict_count, conflict_room;
	uint64_t order;          /* of the last event seen, and its id */
	uint8_t last[32];
	uint64_t used;           /* when it was last asked for, by a count; 0 while brief */
	bool changed;            /* in the model's list of changed ones */
	const struct clock_book *book; /* borrowed from the model; NULL before it is placed */
	struct due *dues;        /* owned: what is due, worked out when it is asked for */
	size_t due_count, due_room;
	uint64_t dues_of;        /* by which state of the rules; 0: not worked out */
	struct agenda *agenda;   /* borrowed from the model; NULL before it is placed */
	bool noted;              /* in the agenda's list of changed ones */
};

static inline struct known_case *known_of(const struct case_state *state)
{
	return (struct known_case *)(uintptr_t)state;
}

void known_release(struct known_case *known);
/* The state anew from the fold; the id stays the one that is shown. */
void known_show(struct known_case *known);
/* From now on WHOLE (owned) is behind the state. */
void known_set_whole(struct known_case *known, struct folded *whole);
void known_make_brief(struct known_case *known);
/* Fills the state of a case that has none yet. ARENA may be KNOWN's own. False: not such bytes. */
bool known_read_brief(struct known_case *known, const void *bytes, size_t length, struct arena *arena,
		      size_t room);
void known_note(struct known_case *known, const struct event *event);
void known_add_conflict(struct known_case *known, const struct event *event, const char *what,
			const char *why);
/* Copies what a conflict says; conflicts_free frees such a list. */
struct case_conflict conflict_of(const struct event *event, const char *what, const char *why);
void conflicts_free(struct case_conflict *conflicts, size_t count);

#endif
