/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of blocks, each filled from both ends: what is aligned from its beginning, texts from its end. */
#include "model/arena.h"

#include <stdint.h>
#include <string.h>

struct arena_block {
	struct arena_block *older;
	size_t used, end;
	_Alignas(max_align_t) char bytes[];
};

void arena_release(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *block = arena->newest;

		arena->newest = block->older;
		free(block);
	}
}

/* A block with SIZE bytes free. */
static struct arena_block *block_for(struct arena *arena, size_t size, size_t room)
{
	struct arena_block *block = arena->newest;

	if (block && block->end - block->used >= size)
		return block;
	room = size > room ? size : room;
	block = mem_alloc(sizeof(*block) + room);
	block->end = room;
	block->older = arena->newest;
	arena->newest = block;
	return block;
}

void *arena_take(struct arena *arena, size_t size, size_t room)
{
	struct arena_block *block;
	void *place;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	block = block_for(arena, size, room);
	place = block->bytes + block->used;
	block->used += size;
	return place;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t length, size_t room)
{
	struct arena_block *block = block_for(arena, length + 1, room);
	char *copy;

	block->end -= length + 1;
	copy = block->bytes + block->end;
	memcpy(copy, bytes, length);
	return copy;
}

/* Its ends and length tell a short text from others well enough: a miss costs a copy. */
static size_t slot_of(const char *text, size_t length)
{
	uint64_t first = 0, last = 0;
	size_t part = length < sizeof(first) ? length : sizeof(first);

	memcpy(&first, text, part);
	memcpy(&last, text + length - part, part);
	return (size_t)(((first * 31 + last + length) * 0x9e3779b97f4a7c15u) >> 40) % WORD_SLOTS;
}

char *arena_word(struct arena *arena, struct words *words, const char *text, size_t length, size_t room)
{
	const char **slot;

	if (!words || length > WORD_LENGTH)
		return arena_copy(arena, text, length, room);
	slot = &words->slots[slot_of(text, length)];
	if (!*slot || strncmp(*slot, text, length) != 0 || (*slot)[length])
		*slot = arena_copy(arena, text, length, room);
	return (char *)(uintptr_t)*slot;
}
