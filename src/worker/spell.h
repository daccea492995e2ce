/* SPDX-License-Identifier: Apache-2.0 */
/* Words before a dictionary of Hunspell, in the sandboxed child: it is opened before files are out of reach. */
#ifndef PSIRTTY_WORKER_SPELL_H
#define PSIRTTY_WORKER_SPELL_H

#include <stdbool.h>

/* DICTIONARY: its files without ".aff" and ".dic". Nothing where the program was built without Hunspell. */
void spell_warm(const char *dictionary);
/* Whether a dictionary is open. */
bool spell_ready(void);
/* Whether WORD, UTF-8, is right; what its charset cannot write is no word of it. CONTEXT is not used. */
bool spell_knows(void *context, const char *word);

#endif
