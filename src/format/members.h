/* SPDX-License-Identifier: Apache-2.0 */
/* JSON objects read from a stream by tables of their members; what no table names is passed over. */
#ifndef PSIRTTY_FORMAT_MEMBERS_H
#define PSIRTTY_FORMAT_MEMBERS_H

#include "psirtty/base/pull.h"
#include "psirtty/base/str.h"
#include "psirtty/format/text_list.h"

/* ROOT is what the whole document is read into; NESTING is the reader's own count. */
struct members { struct pull *pull; void *root; int nesting; struct error *err; };

struct member {
	const char *name;
	/* VALUE is the value's first token. Reads it whole. INTO is what the object is read into. */
	int (*read)(struct members *m, const struct pull_item *value, void *into, size_t offset);
	size_t offset;
};

/* The rest of the object that VALUE began; anything else is passed over. */
int members_object(struct members *m, const struct pull_item *value, const struct member *rows, void *into);
/* Each item of the array that VALUE began; anything else is passed over. */
typedef int (*members_item_fn)(struct members *m, const struct pull_item *item, void *into);
int members_array(struct members *m, const struct pull_item *value, members_item_fn read, void *into);

/* A string or number into the char * at OFFSET of INTO; the last of several stays. */
int members_text(struct members *m, const struct pull_item *value, void *into, size_t offset);

#endif
