/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of typing: readline's keys, and a history kept in memory only, because it may name what is secret. What was cut
 * last is kept with the line, so that ^Y puts it back; of a SECRET nothing is.
 */
#ifndef PSIRTTY_SRC_TUI_LINE_H
#define PSIRTTY_SRC_TUI_LINE_H

#include "psirtty/base/str.h"

struct line { struct str text; size_t cursor; struct str killed; bool secret; };
struct history { char **lines; size_t count, capacity, at; char *draft; };

void line_init(struct line *line);
void line_release(struct line *line);
void line_set(struct line *line, const char *text);
/* Inserts at the cursor; control characters become blanks. False, and nothing done, where it is too long for a line. */
bool line_insert(struct line *line, const char *text);
/* Takes KEY if it edits; *RET_CHANGED when the text is another one. */
bool line_key(struct line *line, int key, bool *ret_changed);
/* Where the last word of the text begins, quotes minded: what a completion replaces. */
size_t line_last_word(const char *text);

void history_add(struct history *history, const char *text);
/* Puts the older (STEP -1) or newer (1) line into LINE. */
void history_step(struct history *history, struct line *line, int step);
void history_release(struct history *history);

#endif
