/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntaxes of ranges, a file each. All take the whole range and answer in *RET; ERR_NO with the
 * reason when RANGE or VERSION cannot be read.
 */
#ifndef PSIRTTY_SCORE_RANGE_PRIVATE_H
#define PSIRTTY_SCORE_RANGE_PRIVATE_H

#include "psirtty/score/range.h"
#include "version_private.h"

enum { RANGE_LENGTH_MAX = 64 * 1024 };

struct range_question {
	const struct version_scheme *scheme;
	const char *range, *version;
	unsigned flags;
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

/* What stands up to the next MARK (a string) in TEXT, which moves behind it; false at the end. */
bool range_split(struct span *rest, const char *mark, struct span *ret);

#endif
