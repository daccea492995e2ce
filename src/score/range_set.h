/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A range as what it is: intervals of an ecosystem's versions, sorted and apart. The readers of
 * the native syntaxes record into one; vers_native.c writes it down.
 */
#ifndef PSIRTTY_SCORE_RANGE_SET_H
#define PSIRTTY_SCORE_RANGE_SET_H

#include "range_private.h"

struct range_interval {
	const char *low, *high; /* borrowed from the sink; NULL: no end there */
	bool low_in, high_in;
};

struct range_set {
	struct range_interval *list; /* owned */
	size_t count, room;
};

struct range_sink {
	const struct version_scheme *scheme;
	const char *range;	 /* borrowed: for the errors */
	struct range_set done;	 /* of the alternatives so far */
	struct range_set now;	 /* of the alternative at hand */
	struct range_set choice; /* one of which it must be; empty: no choice */
	char **versions;	 /* owned */
	size_t count, room;
	bool unordered; /* two versions could not be compared */
};

/* *SINK holds nothing: no alternative was recorded. The caller releases it. */
void range_sink_init(struct range_sink *sink, const struct version_scheme *scheme,
		     const char *range);
void range_sink_release(struct range_sink *sink);
/* Whether the two are the same version. */
bool range_sink_same(struct range_sink *sink, const char *a, const char *b);

#endif
