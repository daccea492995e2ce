/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of clocks that a model goes by, and how a clock of a case stands by them. */
#ifndef MODEL_CLOCK_BOOK_H
#define MODEL_CLOCK_BOOK_H

#include "psirtty/model/model.h"

/* By facts alone a rule concerns a case that has ANY and ALL of them, and NONE of those that end it. */
struct clock_marks { uint64_t any, none, all, key, after_key; const struct clock_rule *rule; };

struct clock_book {
	struct clock_rules *base, *rules; /* owned; RULES is BASE, or a copy under the vault's own rows */
	char *own;                        /* owned: the vault's rows, or NULL */
	char *fault;                      /* owned: why OWN does not count, or NULL */
	uint64_t generation;              /* changes with the rules */
	struct clock_marks *marks; size_t mark_count; /* owned: of rules that fall due in cases */
};

void clock_book_release(struct clock_book *book);
/* BASE is taken over. */
void clock_book_set_base(struct clock_book *book, struct clock_rules *base);
void clock_book_set_own(struct clock_book *book, const char *yaml);

/* What clocks look at of a case, laid out to be looked at by many rules. */
struct clock_facts {
	const struct case_state *state;
	uint64_t have;               /* a bit for each fact there is */
	instant at[FACT_COUNT];      /* where its bit is set */
};
void clock_facts_read(const struct case_state *state, struct clock_facts *ret);
/* Fills *RET, without lines: met, stopped, paused or running, as if nothing were ever missed. */
void clock_judge(const struct clock_facts *facts, const struct clock_rule *rule, struct clock_status *ret);
/* Whether READING counts: some are for one severity only. *SEVERITY is kept between calls, at first -2. */
bool clock_reading_counts(const struct clock_facts *facts, const struct clock_reading *reading, int *severity);
/* Adds the readings that count, from the start itself and, WITH_ALSO, from what else is argued for. */
void clock_add_lines(const struct clock_facts *facts, bool with_also, struct clock_status *status);

#endif
