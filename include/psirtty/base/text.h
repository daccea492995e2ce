/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door through which text reaches a screen. What comes from a mail, a key,
 * a file name or a feed may hold escape sequences, bidirectional overrides or broken
 * UTF-8; here they become visible marks, and the width in cells is counted. The
 * frame takes only struct text, so nothing gets past.
 */
#ifndef PSIRTTY_BASE_TEXT_H
#define PSIRTTY_BASE_TEXT_H

#include "psirtty/base/str.h"

struct text {
	char *utf8;   /* owned; printable characters only */
	int width;    /* cells */
	int hidden;   /* how many control, bidi or zero-width characters were made visible */
	bool risky;   /* holds wide, combining or ambiguous characters: re-address after it */
};

enum text_policy {
	TEXT_LINE,  /* newline and tab become one space each */
	TEXT_BLOCK, /* newline is kept, tab goes to the next multiple of 8 */
};

#define AUTO_TEXT __attribute__((cleanup(text_release))) struct text
#define TEXT_INIT { NULL, 0, 0, false }

/*
 * Fills *RET from LENGTH bytes of SRC (-1: up to the zero byte; NULL is empty).
 * Invalid bytes become \xNN, C0 and DEL ^X, C1 <9B>, bidi and zero-width characters a
 * named mark such as <RLO>, tag characters <TAG>, at most two combining marks stay on one
 * cell. *RET is overwritten without being released.
 */
void text_display(struct text *ret, const char *src, long length, enum text_policy policy);
void text_release(struct text *text);
/* The longest prefix of at most CELLS cells; returns its bytes and sets *RET_WIDTH. */
size_t text_clip(const char *safe_utf8, int cells, int *ret_width);
/* Cells of one code point: 0 combining, 1, 2; -1 not printable. The same on every machine
 * (utf8proc's tables, not the C library's locale). */
int text_cells(uint32_t codepoint);
/* The width in cells of text that has passed the door. */
int text_width(const char *safe_utf8);
/* Adds SRC made safe (TEXT_LINE) to S: for one-line messages and --plain output. */
void text_add_line(struct str *s, const char *src);
/* Adds SRC made safe (TEXT_BLOCK). */
void text_add_block(struct str *s, const char *src);

#endif
