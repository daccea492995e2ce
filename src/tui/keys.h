/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key map: which command line a key stands for in which context. Text, one binding a line:
 *
 *	CONTEXT KEY COMMAND LINE [-- LABEL]
 *
 * KEY may be two keys with a comma between: the second after the first, which then means nothing alone.
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
	int prefix, key;      /* prefix 0: KEY alone; else KEY after it */
	bool edit;            /* goes to the command line instead of running */
};
struct keymap { struct binding *items; size_t count, capacity; };

void keymap_release(struct keymap *map);
/* Adds the bindings of TEXT; NAME is for messages. ERR_INPUT with the line's number. */
int keymap_parse(struct keymap *map, const char *text, const char *name, struct error *err);
/* The defaults, then $XDG_CONFIG_HOME/psirtty/keys.conf if there is one. */
int keymap_load(struct keymap *map, struct error *err);
/* The binding of KEY (after PREFIX, 0: alone) in the first of CONTEXTS (NULL ended) that has one, or NULL. */
const struct binding *keymap_find(const struct keymap *map, const char *const *contexts, int prefix, int key);
/* Whether KEY alone means nothing there, but begins a sequence. */
bool keymap_is_prefix(const struct keymap *map, const char *const *contexts, int key);
/* The first key in CONTEXTS whose line begins with the words COMMAND, or NULL. */
const struct binding *keymap_of_command(const struct keymap *map, const char *const *contexts,
					const char *command);

#endif
