/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program in a pseudo-terminal, its screen read through libvterm. The program counts its frames and bytes in
 * memory shared with the test, so the test knows when a frame has arrived whole and never sleeps.
 */
#ifndef PSIRTTY_TESTS_TTY_PTY_H
#define PSIRTTY_TESTS_TTY_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

#include "psirtty/base/str.h"

enum { FRAMES_KEPT = 256 };
struct shared {
	volatile size_t each[FRAMES_KEPT];                /* bytes of frame N at N modulo FRAMES_KEPT */
	volatile size_t frames, writes, bytes, polls;
	volatile pid_t inner;
	volatile int minutes;                             /* set by the test: the program's clock goes on by so many */
	volatile size_t most_read;                        /* briefs of cases read in one turn */
	volatile long long longest; volatile int longest_key; /* processor time of the longest turn, and after which key */
};

struct pty {
	int fd;
	pid_t child;
	VTerm *vterm;
	VTermScreen *screen;
	struct shared *shared;
	struct str raw;        /* every byte that arrived */
	bool alternate, ended;
	bool blind;            /* what arrives is kept but not looked at */
	int rows, cols;
	struct termios before; /* the line discipline before the program */
};

/* The program finds struct shared mapped from this descriptor. */
enum { DEADLINE_MS = 20000, SHARED_FD = 9 };

/* ARGV runs under TERM=xterm-256color; ENVIRONMENT is NULL or "NAME=value". */
void pty_start(struct pty *s, int rows, int cols, const char *const *argv, const char *environment);
/* Kills what is left. */
void pty_end(struct pty *s);
void pty_send(struct pty *s, const char *bytes);
void pty_resize(struct pty *s, int rows, int cols);
/* Reads until CONDITION holds; false after the deadline or when the program is gone. */
bool pty_wait(struct pty *s, bool (*condition)(struct pty *s, const void *argument), const void *argument);
bool pty_wait_text(struct pty *s, const char *text);
bool pty_wait_no_text(struct pty *s, const char *text);
/* Until FRAMES frames have been drawn since the shared counter stood at FROM and all their bytes are here. */
bool pty_wait_frames(struct pty *s, size_t from, size_t frames);
/* Looks again, at a fresh screen of ROWS and COLS; the program has to draw it. */
void pty_look_again(struct pty *s, int rows, int cols);
/* Whether the raw bytes left the alternate screen. */
bool pty_left_alternate(const struct pty *s);
/* The screen as text, a line a row. */
void pty_text(struct pty *s, struct str *ret);
/* Waits for the end of the program; its exit status as waitpid gives it. */
int pty_status(struct pty *s);
long long pty_now(void); /* microseconds */

#endif
