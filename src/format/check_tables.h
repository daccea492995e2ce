/* SPDX-License-Identifier: Apache-2.0 */
/* The words in which tables of structure are written. */
#ifndef FORMAT_CHECK_TABLES_H
#define FORMAT_CHECK_TABLES_H

#include "format/check_private.h"

/* The end of a member's row: whether it must be there, and in which versions. */
#define NEED          true, 0, 0
#define MAY           false, 0, 0
#define NEED_SINCE(v) true, (v), 0
#define NEED_UNTIL(v) true, 0, (v)
#define SINCE(v)      false, (v), 0
#define UNTIL(v)      false, 0, (v)
#define FROM_TO(v, w) false, (v), (w)
#define MEMBERS(...)  (const struct schema_member[]){ __VA_ARGS__, { .name = NULL } }
#define WORDS(...)    (const char *const[]){ __VA_ARGS__, NULL }
#define ONE_OF_WORDS(...) { .kind = SCHEMA_STRING, .words = WORDS(__VA_ARGS__) }
#define STRING_SHAPE(function, name) { .kind = SCHEMA_STRING, .shape = (function), .shape_name = (name) }
#define TEXT(least_, most_) { .kind = SCHEMA_STRING, .least = (least_), .most = (most_) }
#define LIST(of)      { .kind = SCHEMA_ARRAY, .items = &(of), .least = 1 }
#define SET(of)       { .kind = SCHEMA_ARRAY, .items = &(of), .least = 1, .unique = true }
#define ITEMS(of)     { .kind = SCHEMA_ARRAY, .items = &(of) }
#define ITEM_SET(of)  { .kind = SCHEMA_ARRAY, .items = &(of), .unique = true }
#define OBJECT(...)   { .kind = SCHEMA_OBJECT, .members = MEMBERS(__VA_ARGS__) }
#define CLOSED(...)   { .kind = SCHEMA_OBJECT, .closed = true, .members = MEMBERS(__VA_ARGS__) }
#define SOME(...)     { .kind = SCHEMA_OBJECT, .least = 1, .members = MEMBERS(__VA_ARGS__) }

#endif
