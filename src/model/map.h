/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from byte strings to pointers, for the model's indexes. */
#ifndef MODEL_MAP_H
#define MODEL_MAP_H

#include "psirtty/base/mem.h"

struct map_slot {
	const void *key; /* borrowed; NULL while free */
	size_t length;
	void *value;     /* borrowed */
};

struct map {
	struct map_slot *slots; /* owned */
	size_t count, capacity;
};

void map_release(struct map *map);
/* The value, or NULL. */
void *map_get(const struct map *map, const void *key, size_t length);
/* KEY must live as long as the map. An earlier value of the same key is replaced. */
void map_put(struct map *map, const void *key, size_t length, void *value);
/* Makes room for COUNT keys in all. */
void map_reserve(struct map *map, size_t count);
void map_remove(struct map *map, const void *key, size_t length);

#endif
