/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors: a code that names what is now unusable, and the sentence a handler can
 * act on. Functions return 0 or one of these codes; the sentence is in *ERR.
 */
#ifndef PSIRTTY_BASE_ERROR_H
#define PSIRTTY_BASE_ERROR_H

#include "psirtty/base/str.h"

/* name, value, exit code (see the manual, EXIT STATUS) */
#define ERROR_CODES(X) \
	X(ERR_NONE, 0, 0)      /* done */ \
	X(ERR_NO, -1, 1)       /* the answer is no: invalid, a gate closed, findings */ \
	X(ERR_USAGE, -2, 2)    /* the command line is wrong */ \
	X(ERR_INPUT, -3, 3)    /* this one input cannot be read; others can */ \
	X(ERR_DENIED, -4, 4)   /* not permitted, or locked */ \
	X(ERR_BUSY, -5, 5)     /* someone else holds it, or it conflicts */ \
	X(ERR_CASE, -6, 3)     /* this case cannot be used */ \
	X(ERR_VAULT, -7, 3)    /* the vault cannot be used */ \
	X(ERR_NETWORK, -8, 3)  /* the network or the peer */ \
	X(ERR_BUG, -70, 70)    /* our mistake */

enum error_code {
#define X(name, value, status) name = value,
	ERROR_CODES(X)
#undef X
};

struct error {
	int code;      /* enum error_code; 0 when nothing was set */
	char *what;    /* owned: what failed, on what */
	char *why;     /* owned: the reason */
	char *remedy;  /* owned: what to do, a sentence without its full stop; may be NULL */
};

#define ERROR_INIT { 0, NULL, NULL, NULL }
#define AUTO_ERROR __attribute__((cleanup(error_release))) struct error

void error_release(struct error *err);
/* Sets all three and returns CODE, so that a caller can `return error_set(...)`. ERR may be
 * NULL. WHAT is copied; WHY is a format. REMEDY may be NULL. An earlier error is replaced. */
int error_set(struct error *err, int code, const char *what, const char *remedy, const char *why,
	      ...) __attribute__((format(printf, 5, 6)));
/* Like error_set, with strerror(errno) as the reason. */
int error_errno(struct error *err, int code, const char *what, const char *remedy);
/* "WHAT: WHY. DO THIS." without the program's name, one line, safe to print. */
void error_sentence(const struct error *err, struct str *ret);
/* The exit code of the process for CODE. */
int error_exit_status(int code);

#endif
