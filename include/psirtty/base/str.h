/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte string. Always has a zero byte behind its LENGTH bytes, also
 * when empty; the bytes themselves may hold zeros.
 */
#ifndef PSIRTTY_BASE_STR_H
#define PSIRTTY_BASE_STR_H

#include <stdbool.h>
#include <stdint.h>

#include "psirtty/base/mem.h"

struct str {
	char *bytes;     /* owned; never NULL after STR_INIT or str_init */
	size_t length;
	size_t capacity; /* 0: bytes is the shared empty string */
};

extern char str_empty[1];
#define STR_INIT { str_empty, 0, 0 }
#define AUTO_STR __attribute__((cleanup(str_release))) struct str

void str_init(struct str *s);
void str_release(struct str *s);
/* Empties it, keeping the storage. */
void str_reset(struct str *s);
/* Overwrites the bytes with zeros, then releases: for plaintext. */
void str_wipe(struct str *s);
/* Hands the storage to the caller (who frees it) and leaves S empty. */
char *str_detach(struct str *s);
void str_add_bytes(struct str *s, const void *bytes, size_t length);
/* Adds LENGTH bytes that the caller writes to what is returned, before the next call. */
char *str_add_room(struct str *s, size_t length);
void str_add(struct str *s, const char *string);
void str_add_char(struct str *s, char c);
void str_add_repeat(struct str *s, char c, size_t count);
void str_add_format(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds CODEPOINT as UTF-8 (U+FFFD where it is no scalar value). */
void str_add_utf8(struct str *s, uint32_t codepoint);
void str_truncate(struct str *s, size_t length);

bool str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* ASCII only, as protocol words are. */
int str_casecmp(const char *a, const char *b);
bool str_starts_nocase(const char *s, const char *prefix);
/* "" for NULL. */
const char *str_or_empty(const char *s);

/* Lower-case hex. RET of str_unhex has room for LIMIT bytes; returns how many were read or -1. */
void str_add_hex(struct str *s, const void *bytes, size_t length);
char *str_hex(const void *bytes, size_t length);
long str_unhex(const char *hex, void *ret, size_t limit);
void str_add_base64(struct str *s, const void *bytes, size_t length);

/* The next code point of UTF-8 text at *CURSOR (before END), or -1 for one invalid byte; moves on. */
int32_t utf8_next(const char **cursor, const char *end);
bool utf8_valid(const char *bytes, size_t length);

/* One field of tab-separated output: tab, newline, CR, backslash, control and bidi
 * characters become \t \n \r \\ \xNN \u{NNNN}; an empty field is printed as "-". */
void tsv_add(struct str *s, const char *field);

#endif
