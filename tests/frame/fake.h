/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A desk and a command table for screen tests alone: a model folded from events made here, no vault, no
 * gpg. The rows are few; each stands for a kind of command the screen must treat differently.
 */
#ifndef PSIRTTY_TESTS_FRAME_FAKE_H
#define PSIRTTY_TESTS_FRAME_FAKE_H

#include "psirtty/command/command.h"

/* 2026-11-21T09:30:00Z */
#define FAKE_NOW (INSTANT_SECOND * 1795253400LL)

/* A desk with five mails, three products, four cases and EXTRA cases more; the last few hold hostile text. */
struct desk *fake_desk_new(size_t extra);
/* Makes desk_refresh say once that something changed: one more case. */
void fake_desk_change(struct desk *desk);
/* Whether there is a store of intelligence, with one flaw in it, and sources. */
extern bool fake_intel_there;
/* Adds what the panes of registers show: a clock with a form, a pinned key, a risk, a task. */
void fake_desk_registers(struct desk *desk);
/* Adds four mails: signed in part, signed as a whole and long, with something closed between two texts, with a bad
 * signature on a part. Their texts imitate what the screen draws. */
void fake_desk_signed(struct desk *desk);
/* Whether those who wrote cases, mails and registers of the desks made from now on wrote Chinese. */
extern bool fake_chinese;
/* The lines that were run, one a line, but for those that only move on the screen. */
extern struct str fake_ran;
/* What the editor began with, a line each time. It adds "+", or to a line typed that ends in "long" more than a line holds. */
extern struct str fake_edits;
/* What desk_history is asked for in all since; and whether it fails. */
extern size_t fake_history_asked;
extern bool fake_history_fails;
/* Called while the day's checkpoint is signed; NULL: nobody looks. */
extern void (*fake_at_checkpoint)(void);
/* The names of the drafts that editors left and nobody ended, one a line, added to RET; forgets them all. */
void fake_drafts_take(struct str *ret);

#endif
