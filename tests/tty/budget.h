/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a key may cost on the line, for two sizes of screen: the workstation on a terminal that counts, and the
 * measuring of it from outside. A count of bytes does not depend on how busy the machine is; times are printed.
 */
#ifndef PSIRTTY_TESTS_TTY_BUDGET_H
#define PSIRTTY_TESTS_TTY_BUDGET_H

#include "psirtty/command/command.h"
#include "pty.h"

struct budget { int rows, cols; size_t move, scroll, page, redraw, filter; };
enum { BUDGETS = 2, BUDGET_TIMES = 9, BUDGET_MINUTE = 20, BUDGET_MARKER = 60, BUDGET_ESCAPE_US = 30000, BUDGET_BRIEFS = 256, BUDGET_RESIDENT_KB = 32 << 10 };
extern const struct budget budgets[BUDGETS];

/* ---- in the program: the workstation on CONTEXT, which is unlocked; its exit status. struct shared is at SHARED_FD. */
int budget_work(struct command_context *context);

/* ---- outside */

/* The bytes of the first frame after KEYS, or SIZE_MAX. */
size_t budget_frame(struct pty *s, const char *keys);
/* The median of it; each time waits for FRAMES of them (the second is the preview's). */
size_t budget_median(struct pty *s, const char *keys, size_t frames);
/* Lets COUNT deadlines of the program pass: it has nothing more to draw then. */
void budget_settle(struct pty *s, size_t count);
/* Checks each figure but the filter's on a long list that is shown. */
void budget_measure(struct pty *s, const struct budget *b);
/* The same where a mark moves instead of a bar. */
void budget_marker(struct pty *s, const struct budget *b);
/* How soon Escape leaves the command line. */
void budget_escape(struct pty *s, const struct budget *b);
/* Types WORD into the filter, a letter at a time; prints how long the slowest of them took to be drawn. */
void budget_filter(struct pty *s, const struct budget *b, const char *word);
/* Nothing is written while nothing happens; so far there was one write a frame. */
void budget_idle(struct pty *s, const struct budget *b);
/* A few bytes when a minute has gone, where the program's clock is not a fixed one. */
void budget_minute(struct pty *s, const struct budget *b);
/* The resident memory of the workstation in kB; checked where BOUNDED and no sanitizer takes its share. */
void budget_resident(struct pty *s, const char *when, bool bounded);
/* Checks that no turn of the loop read too many briefs; prints the longest one. */
void budget_turns(const struct pty *s);

#endif
