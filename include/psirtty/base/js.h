/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small helpers over jansson: bounded loading, typed reading, sorted writing.
 */
#ifndef PSIRTTY_BASE_JS_H
#define PSIRTTY_BASE_JS_H

#include <jansson.h>

#include "psirtty/base/error.h"

#define AUTO_JSON __attribute__((cleanup(js_release))) json_t *
void js_release(json_t **json);

/* Loads one value of at most LIMIT bytes and 100 levels; duplicate keys and trailing bytes are
 * errors. WHAT names the input in the error. The caller owns *RET. */
int js_load(const char *bytes, size_t length, size_t limit, const char *what, json_t **ret,
	    struct error *err);
/* Compact, keys sorted: the same value gives the same bytes. */
void js_dump(const json_t *json, struct str *ret);
/* Two-space indent, keys sorted, newline at the end. */
void js_dump_pretty(const json_t *json, struct str *ret);
/* The same for a terminal: DEL, C1 controls, line separators and controls of direction are written \uXXXX. */
void js_dump_shown(const json_t *json, struct str *ret);
/* The member as a string, or NULL when absent or of another type. Borrowed. */
const char *js_string(const json_t *object, const char *key);
long long js_integer(const json_t *object, const char *key, long long fallback);
bool js_bool(const json_t *object, const char *key);
/* Never NULL for iteration: json_array_size(NULL) is 0. */
json_t *js_array(const json_t *object, const char *key);
/* Sets a string member; invalid UTF-8 is replaced by U+FFFD; NULL sets nothing. */
void js_set_string(json_t *object, const char *key, const char *value);
void js_set_integer(json_t *object, const char *key, long long value);
void js_set_bool(json_t *object, const char *key, bool value);
void js_set_hex(json_t *object, const char *key, const void *bytes, size_t length);
/* A new string value, invalid UTF-8 replaced. */
json_t *js_new_string(const char *bytes, size_t length);

#endif
