/* SPDX-License-Identifier: Apache-2.0 */
/* One entity of a message as GMime sees it. */
#ifndef PSIRTTY_WORKER_PARSE_OBJECT_H
#define PSIRTTY_WORKER_PARSE_OBJECT_H

#include <gmime/gmime.h>

#include "parse_private.h"

/* Parses SOURCE as one MIME entity. NULL where GMime sees none. The bytes and ARRAY must outlive it. */
GMimeObject *object_new(struct slice source, GByteArray *array);
/* "text/plain" in lower case, of printable ASCII; the caller frees. */
char *object_type(GMimeObject *object);
/* The raw value of the last header NAME of an object; borrowed from it. */
struct slice object_header(GMimeObject *object, const char *name);
int object_header_count(GMimeObject *object, const char *name);
bool object_parameter(GMimeObject *object, const char *header, const char *name, struct str *ret);
/* Whether a value begins with WORD and nothing but a parameter or a comment is behind it. */
bool value_is(struct slice value, const char *word);

#endif
