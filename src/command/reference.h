/* SPDX-License-Identifier: Apache-2.0 */
/* What is written out of the tables for readers and shells: data/reference/ holds a copy of each, which a test compares. */
#ifndef PSIRTTY_SRC_COMMAND_REFERENCE_H
#define PSIRTTY_SRC_COMMAND_REFERENCE_H

#include "command/command_private.h"

/* "yaml", "bash", "zsh", "fish", "keys", NULL ended. */
extern const char *const reference_kinds[];
/* Adds the text of KIND. ERR_USAGE for another word; ERR_INPUT where the key map cannot be read. */
int reference_add(const char *kind, struct str *ret, struct error *err);
/* (manual.c) troff: TEXT with what it would read otherwise escaped. */
void manual_escape(struct str *ret, const char *text);

#endif
