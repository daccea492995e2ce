/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of a case or a mail while it is known in brief: a table of members for each struct
 * (brief_rows.c), and the bytes they become (brief.c). Whoever adds a member that lists, queries, the
 * agenda or figures use adds its row; tests/unit/model_brief compares brief and whole.
 *
 * Bytes: one letter, then the rows in their order. A number is written in groups of seven bits, the low
 * ones first; a signed one as 2 n or -2 n - 1; a time as 0 for none, else 1 and eight bytes, the low
 * ones first; a text as 0 for none, else its length plus one, its bytes and a zero byte; a list as its count and its items; a part
 * as 0 or 1 and itself.
 */
#ifndef MODEL_BRIEF_H
#define MODEL_BRIEF_H

#include "model/arena.h"
#include "psirtty/model/model.h"

enum brief_kind {
	KEEP_TEXT,   /* char *; LIMIT 1: there must be one */
	KEEP_BEGIN,  /* char *, its first LIMIT bytes and what completes their last character */
	KEEP_TIME,   /* instant */
	KEEP_WORD,   /* an enum or unsigned, below LIMIT */
	KEEP_NUMBER, /* int */
	KEEP_SIZE,   /* size_t */
	KEEP_FLAG,   /* bool */
	KEEP_ZONED,  /* struct zoned */
	KEEP_BYTES,  /* an array of bytes */
	KEEP_LIST,   /* a pointer to items of SHAPE, their count at COUNT_AT */
	KEEP_PART,   /* a pointer to one SHAPE, or NULL */
	KEEP_KINDS,
};

struct brief_shape;
struct brief_row {
	enum brief_kind kind;
	size_t at, size;  /* place and size in the struct */
	size_t limit;
	size_t count_at;
	const struct brief_shape *shape;
};
struct brief_shape {
	size_t size;      /* of the struct */
	const struct brief_row *rows;
	size_t row_count;
};

/* Beside cases and mails. */
struct house {
	uint8_t last[32];       /* of the inbox: its last event */
	uint8_t order[8];       /* and that event's order */
	struct case_conflict *conflicts;
	size_t conflict_count;
	struct passed_mail *passed;
	size_t passed_count;
};

extern const struct brief_shape brief_case_shape, brief_mail_shape, brief_house_shape;

void brief_write(const struct brief_shape *shape, char letter, const void *item, struct str *ret);
/* Where a brief's lists and texts go. */
struct brief_home {
	struct arena *arena;
	struct words *words; /* of the same lifetime, or NULL */
	size_t room;         /* of the arena's blocks */
};
/* Fills ITEM, which is zeroed. False: not such bytes. */
bool brief_read(const struct brief_shape *shape, char letter, const void *bytes, size_t length,
		const struct brief_home *home, void *item);
/* Changes whenever a row does. */
uint32_t brief_shape_hash(const struct brief_shape *shape, uint32_t hash);

#endif
