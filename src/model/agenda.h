/* SPDX-License-Identifier: Apache-2.0 */
/* What is due over all cases, kept sorted; only cases that changed are worked out again. */
#ifndef MODEL_AGENDA_H
#define MODEL_AGENDA_H

#include "model/clock_book.h"
#include "model/clock_house.h"

struct case_row;

struct due {
	instant at, start;   /* START of what runs: INSTANT_NONE where nothing does */
	const char *case_id;
	const char *what;    /* untranslated */
	const char *zone;
	int offset;
	enum agenda_kind kind;
	const char *name, *reading;
	const struct clock_rule *rule;
	bool secondary, uncertain;
};

/* DUE is not looked at any more once its case is noted as changed. */
struct agenda_slot { instant at; const struct case_row *row; const struct due *due; };

struct agenda {
	struct agenda_slot *slots; /* owned, by time, case, words */
	size_t count, room;
	bool built;
	uint64_t generation;
	struct case_row **changed; /* owned list: since it was last asked for; each once */
	size_t changed_count, changed_room;
};

/* By time, case, words, reading. */
int slot_compare(const struct agenda_slot *x, const struct agenda_slot *y);
void slots_sort(struct agenda_slot *slots, size_t count);
void agenda_release(struct agenda *agenda);
/* What is due in the case may have changed. */
void agenda_note(struct case_row *row);
/* The row's dues by the rules as they are. */
void agenda_find_dues(struct case_row *row);
/* By which state of the rules dues count that are worked out now. */
uint64_t agenda_stamp(const struct clock_book *book);

#endif
