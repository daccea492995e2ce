/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal as one table of functions with two implementations: curses.c draws on a real one,
 * headless.c on a grid of cells in memory, fed by a script of keys. Only struct text can be put, which
 * only the safe-text door makes. A frame is begun, drawn whole and ended; what changed is the
 * implementation's business, and it leaves in one write.
 */
#ifndef PSIRTTY_SRC_TUI_TERM_TERM_H
#define PSIRTTY_SRC_TUI_TERM_TERM_H

#include "psirtty/base/error.h"
#include "psirtty/base/text.h"
#include "tui/theme.h"

/* Keys: a code point, or one of these. Ctrl-A is 1; Enter 13, Tab 9, Escape 27, Backspace 127. */
#define TERM_KEYS(X) \
	X(TK_UP, "Up") X(TK_DOWN, "Down") X(TK_LEFT, "Left") X(TK_RIGHT, "Right") \
	X(TK_HOME, "Home") X(TK_END, "End") X(TK_PAGE_UP, "PgUp") X(TK_PAGE_DOWN, "PgDn") \
	X(TK_DELETE, "Delete") X(TK_INSERT, "Insert") X(TK_BACK_TAB, "S-Tab") \
	X(TK_F1, "F1") X(TK_F2, "F2") X(TK_F3, "F3") X(TK_F4, "F4") X(TK_F5, "F5") X(TK_F6, "F6") \
	X(TK_F7, "F7") X(TK_F8, "F8") X(TK_F9, "F9") X(TK_F10, "F10") X(TK_F11, "F11") X(TK_F12, "F12") \
	X(TK_WORD_LEFT, "C-Left") X(TK_WORD_RIGHT, "C-Right") X(TK_WORD_DELETE, "M-d") X(TK_WORD_RUBOUT, "M-Backspace")
enum term_key {
	TK_NONE = -1,     /* the deadline passed */
	TK_HANGUP = -2,   /* SIGHUP, SIGTERM, or the terminal is gone: close everything */
	TK_RESIZE = -3,
	TK_PASTE = -4,    /* pasted text is in term->paste */
	TK_STOP = -5,     /* somebody sent SIGTSTP: give the terminal up and stop */
	TK_WAKE = -6,     /* a signal of no interest; redraw if needed */
	TK_NEWS = -7,     /* something that term->watch waits for is there */
	TK_TAB = 9, TK_ENTER = 13, TK_ESCAPE = 27, TK_BACKSPACE = 127,
	TK_FIRST = 0x110000,
#define X(key, name) key,
	TERM_KEYS(X)
#undef X
	TK_LAST
};

struct terminal;
struct term_ops {
	int (*open)(struct terminal *term, struct error *err);
	void (*close)(struct terminal *term);
	void (*size)(struct terminal *term, int *ret_rows, int *ret_cols);
	void (*begin)(struct terminal *term);
	void (*put)(struct terminal *term, int row, int col, const char *safe, size_t length, enum role role);
	void (*cursor)(struct terminal *term, int row, int col); /* row -1: hidden */
	void (*end)(struct terminal *term);
	void (*redraw)(struct terminal *term);  /* the next frame is drawn from nothing */
	int (*key)(struct terminal *term, int timeout_ms);
	void (*suspend)(struct terminal *term); /* as found, for an editor or a stop */
	void (*resume)(struct terminal *term);
	void (*beep)(struct terminal *term);
	/* A notice of the terminal's own (OSC 9): always the same words, never any of a case. */
	void (*notify)(struct terminal *term);
	/* Hands TEXT to the clipboard of the handler's own terminal; false when it is too long for that. */
	bool (*copy)(struct terminal *term, const char *text);
	/* "auto", "ascii", "utf-8": what lines and charts may be drawn with. */
	void (*glyphs)(struct terminal *term, const char *which);
	void (*theme)(struct terminal *term, const struct theme *theme);
	int64_t (*clock)(struct terminal *term); /* milliseconds, only ever forward */
	void (*free)(struct terminal *term);
};

enum { TERM_WATCHED = 3 };
struct terminal {
	const struct term_ops *ops;
	struct str paste;
	int watch[TERM_WATCHED]; /* file descriptors whose becoming readable ends the wait for a key, or -1 */
	bool glyphs; /* the terminal takes more than ASCII */
};

/* A terminal on /dev/tty (or standard input and output). Not open yet. */
struct terminal *term_curses_new(void);
/* KEYS: names as in keys.conf separated by blanks; "<text>" types a text, "[text]" pastes one, "rest" lets
 * the time pass that a view waits for before it draws its preview, "80x24" resizes, "hup" hangs up. */
struct terminal *term_headless_new(int rows, int cols, const char *keys);
void term_free(struct terminal *term);

/* Puts as much of TEXT as fits into CELLS cells; returns the cells used. */
int term_put(struct terminal *term, int row, int col, int cells, const struct text *text, enum role role);
/* Passes RAW (one line) through the door first. */
int term_put_raw(struct terminal *term, int row, int col, int cells, const char *raw, enum role role);

/* The headless screen as text, a line a row without trailing blanks; with its roles each row is followed by
 * its runs ("  0-6 bar, 8-20 bar-current"). STYLES: no text, but how each run looks in the theme
 * ("3  0-6 bold cyan/44"). */
enum headless_dump { HEADLESS_TEXT, HEADLESS_ROLES, HEADLESS_STYLES };
void term_headless_dump(struct terminal *term, enum headless_dump what, struct str *ret);
/* How many frames were drawn. */
size_t term_headless_frames(struct terminal *term);
/* How many rows end in blanks that have a colour or a line of their own; each as " ROW,COL role" in RET. */
size_t term_headless_trails(const struct terminal *term, struct str *ret);
/* Counters of the curses terminal, for tests: frames ended, and the write() calls and bytes that left. */
void term_curses_counters(struct terminal *term, size_t *ret_frames, size_t *ret_writes, size_t *ret_bytes);

/* The key a name stands for ("^D", "Enter", "S-Tab", "x"), or TK_NONE. */
int key_from_name(const char *name);
/* Its name; buffer of 16 bytes. */
const char *key_label(int key, char buffer[16]);

#endif
