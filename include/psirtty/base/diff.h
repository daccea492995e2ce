/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed from one text to another: the shortest list of lines taken out and put in (E. W. Myers, "An O(ND)
 * difference algorithm", 1986), and inside of lines that took each other's place the words that did.
 */
#ifndef PSIRTTY_BASE_DIFF_H
#define PSIRTTY_BASE_DIFF_H

#include "psirtty/base/str.h"

enum diff_kind { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };
struct diff_span { size_t at, length; }; /* bytes of a line */
struct diff_line {
	enum diff_kind kind;
	const char *text; size_t length;              /* borrowed from the texts; without its line end */
	size_t old_number, new_number;                /* from 1; 0: it is not there */
	struct diff_span *spans; size_t span_count;   /* owned: what is other than in the line it stands for; none: all of it */
};
/* Lines that belong together: a change with CONTEXT lines around it. */
struct diff_hunk { size_t first, count, old_at, old_count, new_at, new_count; };
struct diff {
	struct diff_line *lines; size_t count;        /* owned: all lines of both texts */
	struct diff_hunk *hunks; size_t hunk_count;   /* owned */
	size_t added, removed;                        /* lines */
};

/* Texts that differ in more than DIFF_MOST lines are not compared further: what lies between their first and their last
 * difference is taken out and put in whole. NULL is the empty text. */
enum { DIFF_MOST = 1000 };
void diff_texts(const char *from, const char *to, size_t context, struct diff *ret);
void diff_release(struct diff *diff);
/* As `diff -u` has it, without the names of files. Adds to RET. */
void diff_unified(const struct diff *diff, struct str *ret);

#endif
