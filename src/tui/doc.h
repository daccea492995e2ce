/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text made of lines of runs, each run safe text in one role: previews, tabs, the pager. Built
 * at a width; a view builds it anew when the width changes.
 */
#ifndef PSIRTTY_SRC_TUI_DOC_H
#define PSIRTTY_SRC_TUI_DOC_H

#include "psirtty/base/i18n.h"
#include "psirtty/base/text.h"
#include "tui/term/term.h"

struct doc_run { struct text text; enum role role; };
struct doc_line { struct doc_run *runs; size_t count; bool heading; };
struct doc {
	struct doc_line *lines; size_t count, capacity; int width;
	size_t kept;     /* so many lines at the top stay there when the rest is scrolled */
};

void doc_release(struct doc *doc);
/* Empties it and sets the width for wrapping. */
void doc_reset(struct doc *doc, int width);
/* The lines so far stay at the top. */
void doc_keep(struct doc *doc);
/* Begins a line. */
void doc_line(struct doc *doc);
/* Adds RAW to the last line. */
void doc_run(struct doc *doc, enum role role, const char *raw);
void doc_format(struct doc *doc, enum role role, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds RAW to the last line and, where it is too long, to lines after it that begin INDENT cells in. */
void doc_wrapped(struct doc *doc, enum role role, int indent, const char *raw);
/* A line of its own, which can be jumped to. */
void doc_heading(struct doc *doc, const char *raw);
/* The line that was begun last is one to jump to. */
void doc_mark_heading(struct doc *doc);
/* The next heading behind the line FROM (STEP 1) or before it (-1), or -1. */
long doc_next_heading(const struct doc *doc, size_t from, int step);
void doc_sentence(struct doc *doc, enum role role, const char *raw);
/* RAW filled up with blanks to CELLS, by at least one. */
void doc_column(struct doc *doc, enum role role, int cells, const char *raw);
/* The same as wide as the labels of fields are, in their role. */
void doc_label(struct doc *doc, const char *raw);
/* "Label      value", wrapped; nothing when VALUE is empty. */
void doc_field(struct doc *doc, const char *label, enum role role, const char *value);
/* Many lines, wrapped; with GUTTER each begins with a bar nothing inside can draw in that role. */
void doc_block(struct doc *doc, enum role role, const char *raw, bool gutter);
/* The same behind MARK in ROLE_MARK, which the text begins behind on every line. */
void doc_behind(struct doc *doc, enum role role, const char *raw, const char *mark, enum role role_mark);
struct diff;
/* The hunks of DIFF (base/diff.h): "-" and "+" before the lines, and the words that changed in roles of their own; PLAIN: in
 * brackets as well. */
void doc_diff(struct doc *doc, const struct diff *diff, bool plain);
/* Adds the lines of another text. */
void doc_below(struct doc *doc, const struct doc *from);
/* Moves all lines behind the kept ones of FROM before those of DOC. */
void doc_take_rest(struct doc *doc, struct doc *from);
/* Adds two texts: beside each other with BETWEEN where LEFT is narrower than DOC, else one below the other. */
void doc_beside(struct doc *doc, const struct doc *left, const struct doc *right, const char *between);
/* Draws lines from FIRST on; MATCH (may be NULL or empty) is marked wherever it occurs. */
void doc_draw(const struct doc *doc, struct terminal *term, size_t first, int row, int col, int rows, int cols,
	      const char *match);
/* Adds the lines as plain text. */
void doc_text(const struct doc *doc, struct str *ret);
/* The first line from FROM on (STEP 1 or -1) that holds NEEDLE in any case of letters, or -1. */
long doc_find(const struct doc *doc, const char *needle, size_t from, int step);
/* Byte offset of NEEDLE in HAYSTACK, ASCII letters in any case; -1 when not there. */
long text_find(const char *haystack, const char *needle);

#endif
