/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as a small tree with line numbers: settings, themes, demo material. Anchors,
 * aliases and tags are refused: a settings file needs none and they hide size.
 */
#ifndef PSIRTTY_BASE_CONF_H
#define PSIRTTY_BASE_CONF_H

#include "psirtty/base/error.h"

enum conf_kind { CONF_SCALAR, CONF_LIST, CONF_MAP };

struct conf {
	enum conf_kind kind;
	int line;           /* from 1 */
	char *key;          /* owned; NULL in a list and at the root */
	char *text;         /* owned; scalars only */
	struct conf *items; /* owned, COUNT of them; lists and maps */
	size_t count;
};

/* Loads one document of at most 1 MiB, 32 levels and 4096 keys a map; an empty one is an empty map.
 * NAME is for messages ("themes/dark.yaml"). A key that occurs twice in a map is an error, and so
 * is a second document. */
int conf_load(const char *bytes, size_t length, const char *name, struct conf *ret,
	      struct error *err);
int conf_load_file(const char *path, struct conf *ret, struct error *err);
void conf_release(struct conf *conf);
const struct conf *conf_get(const struct conf *map, const char *key);
/* The scalar member KEY, or FALLBACK. Borrowed. */
const char *conf_text(const struct conf *map, const char *key, const char *fallback);

#endif
