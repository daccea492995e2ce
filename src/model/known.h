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
	struct case_state state; /* handed out; a copy of the fold's, or the brief */
	struct known_whole *whole; /* owned; NULL while known in brief */
	struct arena own;        /* storage of a brief made later than the first */
	bool changed;            /* in the model's list of changed ones */
	struct case_row *row;    /* borrowed; NULL before it is placed */
};

/* Every case there is: what lists show, and more of it once somebody asked. */
struct case_row {
	struct case_glance glance; /* handed out */
	struct known_case *known;  /* owned; NULL: nobody asked for more than the glance */
	struct cases *home;        /* borrowed */
	struct due *dues;        /* what is due, worked out when it is asked for; owned where there is ROOM */
	size_t due_count, due_room;
	uint64_t dues_of;        /* by which state of the rules; 0: not worked out */
	bool noted;              /* in the agenda's list of changed ones */
	uint32_t place;          /* among the glances it came with */
};

/* What only a whole case has. */
struct known_whole {
	struct folded *folded;   /* owned */
	struct case_conflict *conflicts; /* owned, with their texts */
	size_t conflict_count, conflict_room;
	uint64_t order;          /* of the last event seen, and its id */
	uint8_t last[32];
	uint64_t used;           /* when it was last asked for, by a count; 0: not in the list of whole ones */
};

static inline struct case_row *row_of(const struct case_glance *glance)
{
	return (struct case_row *)(uintptr_t)glance;
}

static inline struct known_case *known_of(const struct case_state *state)
{
	return (struct known_case *)(uintptr_t)state;
}

void known_release(struct known_case *known);
/* The state anew from the fold; the id stays the one that is shown. */
void known_show(struct known_case *known);
struct known_whole *known_whole_new(const uint8_t stream[16]);
/* From now on WHOLE (owned) is behind the state. */
void known_set_whole(struct known_case *known, struct known_whole *whole);
void known_whole_free(struct known_whole *whole);
void known_make_brief(struct known_case *known);
/* Fills the state. HOME's arena may be KNOWN's own. False: not such bytes, and KNOWN is of no use. */
bool known_read_brief(struct known_case *known, const void *bytes, size_t length,
		      const struct brief_home *home);
void whole_note(struct known_whole *whole, const struct event *event);
void whole_add_conflict(struct known_whole *whole, const struct event *event, const char *what,
			const char *why);
/* Copies what a conflict says; conflicts_free frees such a list. */
struct case_conflict conflict_of(const struct event *event, const char *what, const char *why);
void conflicts_free(struct case_conflict *conflicts, size_t count);

#endif
