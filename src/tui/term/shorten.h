/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a frame, as curses wrote them for a terminal of the ECMA-48 family, with fewer of them and to the same
 * effect: attributes that nobody sees change are not changed, and in the shorter of two ways; runs of one character are
 * repeated by the terminal; behind a character whose width terminals differ about the cursor is placed anew.
 */
#ifndef PSIRTTY_SRC_TUI_TERM_SHORTEN_H
#define PSIRTTY_SRC_TUI_TERM_SHORTEN_H

#include "psirtty/base/str.h"

/* STYLES: a bit for each of SGR 1 to 9; the colours are parameters of SGR, "" is the terminal's own. */
enum { LOOK_COLOURS = 2, LOOK_ROOM = 16 };
struct look { unsigned styles; char colours[LOOK_COLOURS][LOOK_ROOM]; };
struct shorten {
	bool ecma;       /* the terminal is of that family; else frames stay as they are */
	bool repeats;    /* it repeats a character by CSI b */
	bool addresses;  /* it goes to a column by CSI G */
	bool moves;      /* it stays in a row that is full until more comes: where its cursor is can be followed */
	bool known;      /* what HAS says is so: not at the beginning, nor after others had the terminal */
	struct look has; /* of what is written next */
};

/* Adds the frame's LENGTH bytes to RET. */
void shorten_frame(struct shorten *shorten, const char *bytes, size_t length, struct str *ret);

/*
 * "Here is column COL", 0 to 1023, as two characters without width that no text of ours holds (the door shows them as
 * marks): curses keeps them with the cell before, and shorten_frame writes a cursor address for them.
 */
enum { SHORTEN_MARK_BASE = 0xE0100, SHORTEN_MARK_RADIX = 240 };

#endif
