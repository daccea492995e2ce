/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of clocks that a model goes by, and how a clock of a case stands by them. */
#ifndef MODEL_CLOCK_BOOK_H
#define MODEL_CLOCK_BOOK_H

#include "psirtty/model/model.h"

struct clock_book {
	struct clock_rules *base, *rules; /* owned; RULES is BASE, or a copy under the vault's own rows */
	char *own;                        /* owned: the vault's rows, or NULL */
	char *fault;                      /* owned: why OWN does not count, or NULL */
	uint64_t generation;              /* changes with the rules */
};

void clock_book_release(struct clock_book *book);
/* BASE is taken over. */
void clock_book_set_base(struct clock_book *book, struct clock_rules *base);
void clock_book_set_own(struct clock_book *book, const char *yaml);

/* Fills *RET, without lines: met, stopped, paused or running, as if nothing were ever missed. */
void clock_judge(const struct case_state *state, const struct clock_rule *rule, struct clock_status *ret);
/* Adds the readings that count, from the start itself and, WITH_ALSO, from what else is argued for. */
void clock_add_lines(const struct case_state *state, bool with_also, struct clock_status *status);

#endif
