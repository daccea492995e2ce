/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map with open addressing, at most three quarters full. */
#include "model/map.h"

#include <stdint.h>

/* FNV-1a, its bits mixed once more because the low ones choose the slot. */
static size_t hash(const void *key, size_t length)
{
	const unsigned char *bytes = key;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ bytes[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29);
}

void map_release(struct map *map)
{
	free(map->slots);
	*map = (struct map){ 0 };
}

static struct map_slot *find_slot(const struct map *map, const void *key, size_t length)
{
	size_t at = hash(key, length) & (map->capacity - 1);

	while (map->slots[at].key &&
	       (map->slots[at].length != length || memcmp(map->slots[at].key, key, length) != 0))
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

void *map_get(const struct map *map, const void *key, size_t length)
{
	return map->capacity ? find_slot(map, key, length)->value : NULL;
}

static void map_resize(struct map *map, size_t capacity)
{
	struct map old = *map;

	map->capacity = capacity;
	map->slots = mem_alloc(map->capacity * sizeof(*map->slots));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].key)
			*find_slot(map, old.slots[i].key, old.slots[i].length) = old.slots[i];
	free(old.slots);
}

void map_put(struct map *map, const void *key, size_t length, void *value)
{
	struct map_slot *slot;

	if ((map->count + 1) * 4 > map->capacity * 3)
		map_resize(map, map->capacity ? map->capacity * 2 : 64);
	slot = find_slot(map, key, length);
	if (!slot->key) {
		map->count++;
		slot->key = key;
		slot->length = length;
	}
	slot->value = value;
}

void map_reserve(struct map *map, size_t count)
{
	size_t capacity = map->capacity ? map->capacity : 64;

	while (capacity * 3 < count * 4)
		capacity *= 2;
	if (capacity != map->capacity)
		map_resize(map, capacity);
}

/* What stands behind a freed slot moves up, unless its own place lies between. */
void map_remove(struct map *map, const void *key, size_t length)
{
	size_t mask = map->capacity - 1, hole, at;

	if (!map->capacity || !find_slot(map, key, length)->key)
		return;
	hole = (size_t)(find_slot(map, key, length) - map->slots);
	map->count--;
	for (at = (hole + 1) & mask; map->slots[at].key; at = (at + 1) & mask) {
		size_t home = hash(map->slots[at].key, map->slots[at].length) & mask;

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->slots[hole] = map->slots[at];
		hole = at;
	}
	map->slots[hole] = (struct map_slot){ 0 };
}
