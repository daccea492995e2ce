/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bug bar: rules, as data, by which a report is a vulnerability or is not, and how urgent it is. A rule
 * fits when each of its conditions holds; the first that fits decides. The version of the bar goes into each
 * decision, so that a later bar does not change an earlier one.
 */
#ifndef PSIRTTY_MODEL_BUGBAR_H
#define PSIRTTY_MODEL_BUGBAR_H

#include "psirtty/base/conf.h"

struct bugbar_question { char *id, *text; char **answers; size_t answer_count; };
struct bugbar_condition { char *question; char **answers; size_t answer_count; }; /* any of these */
struct bugbar_rule {
	char *id, *text, *outcome, *priority;
	int score;                   /* at least so many tenths; -1: whatever the score */
	struct bugbar_condition *conditions; size_t condition_count;
};
struct bugbar {
	char *version;
	struct bugbar_question *questions; size_t question_count;
	struct bugbar_rule *rules; size_t rule_count;
};

/* Reads the tree of a bar: ERR_INPUT names the line. *RET is freed with bugbar_free(). */
int bugbar_read(const struct conf *conf, const char *name, struct bugbar **ret, struct error *err);
void bugbar_free(struct bugbar *bar);
const struct bugbar_rule *bugbar_find(const struct bugbar *bar, const char *id);
/* "question=answer" is one the bar asks; else ERR_USAGE says what there is. */
int bugbar_check_answer(const struct bugbar *bar, const char *answer, struct error *err);
/* The first rule that fits the ANSWERS and a leading score of SCORE tenths (-1: none); NULL when none does. A
 * question that was not answered holds for no rule that asks it. */
const struct bugbar_rule *bugbar_judge(const struct bugbar *bar, char *const *answers, size_t count, int score);

#endif
