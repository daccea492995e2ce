/* SPDX-License-Identifier: Apache-2.0 */
/* What is due over all cases, kept sorted; only cases that changed are worked out again. */
#ifndef MODEL_AGENDA_H
#define MODEL_AGENDA_H

#include "model/clock_book.h"
#include "model/clock_house.h"

struct known_case;

struct due {
	const char *what;    /* untranslated */
	struct zoned when;
	enum agenda_kind kind;
	const char *name, *reading;
	const struct clock_rule *rule;
	bool secondary, uncertain;
};

struct agenda_slot { instant at; const struct known_case *known; size_t due; };

struct agenda {
	struct agenda_slot *slots; /* owned, by time, case, words */
	size_t count, room;
	bool built;
	uint64_t generation;
};

void agenda_release(struct agenda *agenda);

#endif
