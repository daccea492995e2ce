/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntaxes of ranges, a file each. All take the whole range and answer in *RET; ERR_NO with the
 * reason when RANGE or VERSION cannot be read.
 */
#ifndef PSIRTTY_SCORE_RANGE_PRIVATE_H
#define PSIRTTY_SCORE_RANGE_PRIVATE_H

#include "psirtty/base/str.h"
#include "psirtty/score/range.h"
#include "version_private.h"

enum { RANGE_LENGTH_MAX = 64 * 1024 };

struct range_sink;

struct range_question {
	const struct version_scheme *scheme;
	const char *range, *version;
	unsigned flags;
	struct range_sink *sink; /* borrowed; not NULL: record the bounds, no matter the answer */
};

typedef int range_reader(const struct range_question *q, bool *ret, struct error *err);

range_reader range_npm;
range_reader range_cargo; /* the same, but a bare version is a caret */
range_reader range_pypi;
range_reader range_composer;
range_reader range_interval_maven;
range_reader range_interval_nuget;
range_reader range_conan;
range_reader range_terms; /* plain comparators */
range_reader range_gem;

/* Refuses the range. */
int range_refuse(struct error *err, const char *range, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

enum range_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

/* Whether ORDER, of a version to the comparator's, is what OP asks for. */
static inline bool range_op_holds(enum range_op op, int order)
{
	switch (op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* The reader of ECOSYSTEM's syntax; NULL: plain comparators. */
range_reader *range_reader_find(const char *ecosystem, const struct version_scheme *scheme);

/* ---- what a reader records (range_set.c)

 * A range is alternatives of bounds that must all hold. A version that is none in the ecosystem is
 * refused, and so are more bounds than anybody writes. */
int range_sink_bound(struct range_sink *sink, enum range_op op, const char *version,
		     struct error *err);
/* All but LOW and what is between it and HIGH. */
int range_sink_outside(struct range_sink *sink, const char *low, const char *high,
		       struct error *err);
/* One of the versions so recorded must be it. */
int range_sink_choice(struct range_sink *sink, const char *version, struct error *err);
/* No version passes. */
void range_sink_nothing(struct range_sink *sink);
/* The alternative is complete. */
int range_sink_end(struct range_sink *sink, struct error *err);
/* Forgets the alternative, or everything. */
void range_sink_drop(struct range_sink *sink);
void range_sink_reset(struct range_sink *sink);
/* Adds NUMBER, a run of digits of any length, and one. */
void range_add_next(struct span number, struct str *ret);

/* What stands up to the next MARK (a string) in TEXT, which moves behind it; false at the end. */
bool range_split(struct span *rest, const char *mark, struct span *ret);

#endif
