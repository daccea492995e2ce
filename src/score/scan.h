/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of identifiers share: spans of text that are never copied, and how a reader
 * complains, strictly or leniently.
 */
#ifndef PSIRTTY_SCORE_SCAN_H
#define PSIRTTY_SCORE_SCAN_H

#include "psirtty/base/error.h"
#include "score/ascii.h"

struct span {
	const char *at; /* borrowed; NULL: the part is absent */
	size_t length;
};

/* For "%.*s" in a reason; what is longer is cut. */
enum { SPAN_SHOWN = 60 };
#define SPAN_ARGS(span) (int)((span).length > SPAN_SHOWN ? SPAN_SHOWN : (span).length), (span).at

/* Drops the first COUNT bytes of REST, which has as many. */
void span_skip(struct span *rest, size_t count);
/* The part of REST before the first C, which REST loses together with it; all of it without one. */
struct span span_take(struct span *rest, char c);
bool span_is(struct span span, const char *text);
/* The byte of the triplet "%XX" at SPAN[I], or -1 when there are no two hexadecimal digits. */
int span_triplet(struct span span, size_t i);

bool text_has_upper(const char *text);

/* What a reader needs to complain. */
struct scan {
	const char *text;		 /* borrowed: what is read */
	char *(*name)(const char *text); /* names it for the error; the caller frees */
	struct str *repairs;		 /* borrowed; NULL for strict work */
	struct error *err;		 /* borrowed */
};

/* Sets the error and returns ERR_NO. */
int scan_refuse(const struct scan *scan, const char *why, ...)
	__attribute__((format(printf, 2, 3)));
/* A defect that can be mended: a line "KIND: WHY" for the caller when lenient, else the refusal. */
int scan_mend(const struct scan *scan, const char *kind, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

#endif
