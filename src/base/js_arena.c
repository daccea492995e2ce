/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the values of one large document: cut off one piece behind the other, given back by size, and in the end all
 * at once. Several hundred thousand values are neither wiped one by one nor walked over to be freed; the pages go back to
 * the system, which clears them.
 */
#include "psirtty/base/js_arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "psirtty/base/mem.h"

/* A piece begins with its whole size, which is a multiple of STEP; what the caller has follows, aligned to STEP. */
enum { STEP = 16, HEAD = 8, CLASSES = 65, BLOCK = 1 << 20 };

struct free_piece { struct free_piece *next; };
struct block { struct block *next; size_t size; };

static struct arena {
	struct block *blocks;             /* owned */
	char *at, *end;                   /* what is left of the newest small one */
	struct free_piece *free[CLASSES]; /* by size in steps; larger ones are blocks of their own */
	bool on;
} arena;

static struct block *block_add(size_t size)
{
	struct block *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED)
		return NULL;
	block->size = size;
	block->next = arena.blocks;
	arena.blocks = block;
	return block;
}

static void *piece_start(char *at, size_t size)
{
	memcpy(at, &size, HEAD);
	return at + HEAD;
}

static void *large_piece(size_t size)
{
	struct block *block = block_add(size + sizeof(*block) + STEP);

	return block ? piece_start((char *)(block + 1) + HEAD, size) : NULL;
}

static void *arena_get(size_t wanted)
{
	size_t size = (wanted + HEAD + STEP - 1) / STEP * STEP, class = size / STEP;
	struct free_piece *old;
	char *at;

	if (wanted > SIZE_MAX / 2)
		return NULL;
	if (class >= CLASSES)
		return large_piece(size);
	old = arena.free[class];
	if (old) {
		arena.free[class] = old->next;
		return old;
	}
	if (!arena.at || (size_t)(arena.end - arena.at) < size) {
		struct block *block = block_add(BLOCK);

		if (!block)
			return NULL;
		arena.at = (char *)(block + 1) + HEAD;
		arena.end = (char *)block + BLOCK;
	}
	at = arena.at;
	arena.at += size;
	return piece_start(at, size);
}

/* Large pieces wait for the end: they are the tables of sets, each larger than the last. */
static void arena_put(void *memory)
{
	struct free_piece *piece = memory;
	size_t size;

	if (!memory)
		return;
	memcpy(&size, (char *)memory - HEAD, HEAD);
	if (size / STEP >= CLASSES)
		return;
	piece->next = arena.free[size / STEP];
	arena.free[size / STEP] = piece;
}

void js_arena_begin(void)
{
	if (arena.on)
		BUG("an arena inside an arena");
	arena.on = true;
	json_set_alloc_funcs(arena_get, arena_put);
}

void js_arena_end(void)
{
	while (arena.blocks) {
		struct block *block = arena.blocks;

		arena.blocks = block->next;
		munmap(block, block->size);
	}
	arena = (struct arena){ 0 };
	json_set_alloc_funcs(malloc, free);
}
