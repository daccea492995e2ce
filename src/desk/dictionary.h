/* SPDX-License-Identifier: Apache-2.0 */
/* Where the dictionaries of Hunspell lie. */
#ifndef PSIRTTY_DESK_DICTIONARY_H
#define PSIRTTY_DESK_DICTIONARY_H

/* The files of the dictionary for LANGUAGE (BCP 47), without ".aff" and ".dic": that of its region, else of the language
 * alone, else of where most write it, else of any region; NULL where there is none. The caller frees. */
char *dictionary_find(const char *language);

#endif
