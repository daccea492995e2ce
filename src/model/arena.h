/* SPDX-License-Identifier: Apache-2.0 */
/* Storage that is taken piece by piece and given back as a whole. */
#ifndef MODEL_ARENA_H
#define MODEL_ARENA_H

#include "psirtty/base/mem.h"

struct arena_block;
struct arena { struct arena_block *newest; }; /* { 0 } is an empty one */

void arena_release(struct arena *arena);
/* Zeroed storage of SIZE bytes for anything. Where there is no room left, a block of at least ROOM bytes is
 * opened: large where many will follow, what is needed where they will not. */
void *arena_take(struct arena *arena, size_t size, size_t room);
/* A copy of LENGTH bytes with a zero byte behind them, packed: for texts. */
char *arena_copy(struct arena *arena, const void *bytes, size_t length, size_t room);

/* Short texts that come again and again are kept once: the ones met last. Zeroed, of the arena's lifetime. */
enum { WORD_SLOTS = 2048, WORD_LENGTH = 40 };
struct words { const char *slots[WORD_SLOTS]; };
char *arena_word(struct arena *arena, struct words *words, const char *text, size_t length, size_t room);

#endif
