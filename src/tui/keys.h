/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key map: which command line a key stands for in which context. Text, one binding a line:
 *
 *	CONTEXT KEY COMMAND LINE [-- LABEL]
 *
 * CONTEXT is global, list, text, or the name of a pane or tab. A line that begins with ":" is put on the
 * command line to be completed; "none" takes a binding away. A label puts the key in the hint bar, in the order
 * of the file. A later binding of the same key in the same context replaces the earlier one in its place.
 */
#ifndef PSIRTTY_SRC_TUI_KEYS_H
#define PSIRTTY_SRC_TUI_KEYS_H

#include "psirtty/base/error.h"

struct binding {
	char *context, *line; /* owned */
	char *label;          /* owned; NULL: not in the hint bar */
	int key;
	bool edit;            /* goes to the command line instead of running */
};
struct keymap { struct binding *items; size_t count, capacity; };

void keymap_release(struct keymap *map);
/* Adds the bindings of TEXT; NAME is for messages. ERR_INPUT with the line's number. */
int keymap_parse(struct keymap *map, const char *text, const char *name, struct error *err);
/* The defaults, then $XDG_CONFIG_HOME/psirtty/keys.conf if there is one. */
int keymap_load(struct keymap *map, struct error *err);
/* The binding of KEY in the first of CONTEXTS (NULL ended) that has one, or NULL. */
const struct binding *keymap_find(const struct keymap *map, const char *const *contexts, int key);
/* The first key in CONTEXTS whose line begins with the words COMMAND, or NULL. */
const struct binding *keymap_of_command(const struct keymap *map, const char *const *contexts,
					const char *command);

#endif
