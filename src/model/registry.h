/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: products, keys pinned to addresses, and the house's own policy. */
#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include "psirtty/model/model.h"

struct registry {
	struct product *products; /* owned, by id */
	size_t product_count, product_room;
	struct pin *pins;         /* owned, by address */
	size_t pin_count, pin_room;
	struct policy policy;
};

void registry_release(struct registry *registry);
int registry_check(const struct registry *registry, const struct event *event, struct error *err);
/* EVENT was checked. */
void registry_apply(struct registry *registry, const struct event *event);
/* The pin of ADDRESS (any case), or NULL. */
const struct pin *registry_pin(const struct registry *registry, const char *address);

#endif
