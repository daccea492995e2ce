/* SPDX-License-Identifier: Apache-2.0 */
/* A set of attachments' names, and where texts hold them. */
#ifndef PSIRTTY_VAULT_NAMES_H
#define PSIRTTY_VAULT_NAMES_H

#include "psirtty/base/str.h"

enum { NAME_DIGITS = 64 };

struct names { char (*names)[NAME_DIGITS + 1]; size_t count, capacity; }; /* owned; ascending, each once */

void names_release(struct names *names);
bool names_have(const struct names *names, const char *name);
void names_add(struct names *names, const char *name);
void names_remove(struct names *names, const char *name);
/* Calls FN for each run of exactly NAME_DIGITS lower-case hex digits: an event names its attachments so, whatever
 * its fields mean. */
void names_find(const char *text, void (*fn)(void *context, const char *name), void *context);

#endif
