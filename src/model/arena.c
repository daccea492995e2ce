/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of blocks, each filled from its beginning. */
#include "model/arena.h"

#include <string.h>

struct arena_block {
	struct arena_block *older;
	size_t used, room;
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

static struct arena_block *block_open(struct arena *arena, size_t room)
{
	struct arena_block *block = mem_alloc(sizeof(*block) + room);

	block->room = room;
	block->older = arena->newest;
	arena->newest = block;
	return block;
}

void *arena_take(struct arena *arena, size_t size, size_t room)
{
	struct arena_block *block = arena->newest;
	void *place;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if (!block || block->room - block->used < size)
		block = block_open(arena, size > room ? size : room);
	place = block->bytes + block->used;
	block->used += size;
	return place;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t length, size_t room)
{
	char *copy = arena_take(arena, length + 1, room);

	memcpy(copy, bytes, length);
	return copy;
}
