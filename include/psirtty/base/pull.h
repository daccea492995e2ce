/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON read as a stream of tokens in bounded memory: for feeds of gigabytes and documents of strangers.
 * Strict as RFC 8259 has it: one value, UTF-8 without a byte order mark, no NUL in names, no lone
 * surrogates, no trailing comma. What jansson does for small documents (js.h), this does for large
 * ones; duplicate names are the reader's business.
 */
#ifndef PSIRTTY_BASE_PULL_H
#define PSIRTTY_BASE_PULL_H

#include "psirtty/base/error.h"

enum pull_token {
	PULL_END,        /* the one value is complete, and nothing but blanks follows */
	PULL_OBJECT, PULL_OBJECT_END, PULL_ARRAY, PULL_ARRAY_END,
	PULL_NAME,       /* of a member; its value comes next */
	PULL_STRING, PULL_NUMBER, PULL_TRUE, PULL_FALSE, PULL_NULL,
};

struct pull_item {
	enum pull_token token;
	const char *text;  /* PULL_NAME, PULL_STRING: decoded UTF-8; PULL_NUMBER: as it stands. Zero-terminated,
			    * borrowed until the next call; a string may hold zeros */
	size_t length;
	uint64_t offset;   /* of its first byte in the input */
	int depth;         /* of the value it belongs to: 0 for the outermost */
};

/* Fills at most SIZE bytes; returns how many, 0 at the end, negative when the input fails (ERR set). */
typedef long (*pull_read_fn)(void *context, char *ret, size_t size, struct error *err);

struct pull_limits { size_t text; int depth; uint64_t bytes; }; /* one string or number; nesting; whole input */
#define PULL_LIMITS { 16 << 20, 64, UINT64_MAX }

struct pull;
/* WHAT names the input in errors; copied. */
struct pull *pull_new(const char *what, const struct pull_limits *limits, pull_read_fn read, void *context);
/* From memory, which must outlive it. */
struct pull *pull_new_memory(const char *what, const struct pull_limits *limits, const char *bytes, size_t length);
void pull_free(struct pull *pull);
/* Whether it failed for good: nothing more can be read. */
bool pull_spent(const struct pull *pull);

/* The next token. ERR_INPUT names the byte and what was expected; then the reader is spent. */
int pull_next(struct pull *pull, struct pull_item *ret, struct error *err);
/* Passes over the rest of the value that ITEM began (a name: its value too). Scalars: nothing. */
int pull_skip(struct pull *pull, const struct pull_item *item, struct error *err);
/* The bytes of the whole value that comes next, as they stand, checked as pull_next does; at most
 * LIMIT bytes, else ERR_INPUT *after* passing over it, so that one record's fault does not end the run.
 * *RET_END instead, when an array or object ends here. For the records of a feed. */
int pull_value(struct pull *pull, size_t limit, struct str *ret, bool *ret_end, struct error *err);

#endif
