/* SPDX-License-Identifier: Apache-2.0 */
/* All cases the model knows, at a glance, in brief or whole: finding, taking events, loading, forgetting. */
#ifndef MODEL_CASES_H
#define MODEL_CASES_H

#include "model/agenda.h"
#include "model/known.h"
#include "model/map.h"

struct known_list { struct known_case **items; size_t count, room; }; /* owned list, borrowed cases */

struct cases {
	struct case_row **items;     /* owned; by opening time, then id, unless UNSORTED */
	size_t count, room;
	bool unsorted;
	struct map by_stream, by_id; /* to rows */
	struct model *model;         /* borrowed: asks its loader for what a glance lacks */
	size_t glances, asked;       /* rows without more; how often more was asked of one */
	bool knowing;                /* briefs come for these rows, not for others */
	char *texts;                 /* owned: of glances as they came, and of what is due in them */
	char *due_texts;
	struct due *dues;            /* owned: as they came */
	struct arena arena;          /* ids, and briefs as they came */
	struct words *words;         /* owned; of the same lifetime */
	struct known_list whole, changed;
	struct known_whole *loading; /* what a loader hands events for, or NULL */
	size_t limit;                /* how many stay whole */
	bool bounded;                /* there is a loader to make them whole again */
	uint64_t uses;
	struct clock_book book;      /* the rules that dues are worked out by */
	struct agenda agenda;
};

void cases_release(struct cases *cases);
struct case_row *cases_row(const struct cases *cases, const uint8_t stream[16]);
struct case_row *cases_row_by_id(const struct cases *cases, const char *id);
/* At least in brief; NULL where there is none. */
struct known_case *cases_find(const struct cases *cases, const uint8_t stream[16]);
/* From now on the row's case is known in brief at least. */
struct known_case *cases_know(struct case_row *row);
void cases_know_all(struct cases *cases);
/* At most so many; returns how many are left. */
size_t cases_know_some(struct cases *cases, size_t most);
/* KNOWN, as it is kept, is what is behind the row. */
void row_attach(struct case_row *row, struct known_case *known);
/* A row for a glance whose texts stay: from now on it can be found. NULL where its stream or id is known already. */
struct case_row *cases_add(struct cases *cases, const struct case_glance *glance);
/* The rules of a case's first event, other cases left aside. */
int opened_check(const struct folded *folded, const struct event *event, struct error *err);
/* Rules for an event of this handler; KNOWN is whole, or NULL where there is none yet. */
int cases_check(const struct cases *cases, const struct known_case *known, const struct event *event,
		struct error *err);
int cases_take(struct cases *cases, struct known_case *known, const struct event *event, struct error *err);
/* A case that has its id: from now on it can be found. */
/* COUNT cases will come. */
void cases_expect(struct cases *cases, size_t count);
void cases_place(struct cases *cases, struct known_case *known);
void cases_change(struct cases *cases, struct known_case *known);
/* KNOWN became whole or is used again; another may become brief. */
void cases_use(struct cases *cases, struct known_case *known);
/* What was loaded (taken over) takes the place of what was known of the case. */
void cases_replace(struct cases *cases, struct known_whole *whole);
void cases_drop(struct cases *cases, struct case_row *row);
void cases_sort(struct cases *cases);
struct known_case *known_new(const uint8_t stream[16]);

#endif
