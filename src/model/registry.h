/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: products, keys pinned to addresses, and the house's own policy. */
#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include "model/clock_house.h"
#include "psirtty/model/inventory.h"

/* Where a stream's fold ends: the order and id of its last event. */
struct place { uint64_t order; uint8_t last[32]; };

static inline void place_note(struct place *end, const struct event *event)
{
	end->order = event->order;
	for (int i = 0; i < 32; i++)
		end->last[i] = event->id[i];
}

struct gate_mode { char *gate, *mode; };
struct cve_pool { struct pool_id *ids; size_t count, room; }; /* owned, by id */

struct inventory_facts {
	struct bom *boms;           /* owned, by product, version, then as they came */
	size_t bom_count, bom_room;
	struct upstream *upstreams; /* owned, by component */
	size_t upstream_count, upstream_room;
	struct match_decision *decisions; /* owned, by match */
	size_t decision_count, decision_room;
	struct match_run last;
	bool ran;
};

struct registry {
	struct product *products; /* owned, by id */
	size_t product_count, product_room;
	struct pin *pins;         /* owned, by address */
	size_t pin_count, pin_room;
	struct pin_past *pin_pasts; /* owned, as they came */
	size_t pin_past_count, pin_past_room;
	struct pin_ask *pin_asks; /* owned, open ones, as they came */
	size_t pin_ask_count, pin_ask_room;
	struct policy policy;
	struct contact *contacts; /* owned, by id */
	size_t contact_count, contact_room;
	struct embargo_policy *embargo_policies; /* owned, by actor */
	size_t embargo_policy_count, embargo_policy_room;
	struct disposal *disposals; /* owned, as they came */
	size_t disposal_count, disposal_room;
	struct gate_mode *gate_modes; /* owned, as they came */
	size_t gate_mode_count, gate_mode_room;
	struct cve_pool pool;
	struct inventory_facts inventory;
	struct place end;
	struct clock_house house;
};

/* ---- disposals.c */
void disposals_release(struct registry *registry);
int disposal_check(const struct registry *registry, const struct event *event, struct error *err);
void disposal_apply(struct registry *registry, const struct event *event);

/* Where KEY is or belongs among COUNT sorted ITEMS of SIZE bytes, each of which begins with a string. */
size_t sorted_place(const void *items, size_t count, size_t size, const char *key,
		    int (*order)(const char *, const char *), bool *ret_there);

/* ---- pins.c */
void pins_release(struct registry *registry);
int pin_check(const struct registry *registry, const struct event *event, struct error *err);
void pin_apply(struct registry *registry, const struct event *event);
const char *pin_last(const struct registry *registry, const char *address);

/* ---- gate_modes.c */
void gate_modes_release(struct registry *registry);
int gate_mode_check(const struct registry *registry, const struct event *event, struct error *err);
void gate_mode_apply(struct registry *registry, const struct event *event);
const char *gate_mode_of(const struct registry *registry, const char *id);

/* ---- cve_pool.c */
void cve_pool_release(struct cve_pool *pool);
int cve_pool_check(const struct registry *registry, const struct event *event, struct error *err);
void cve_pool_apply(struct registry *registry, const struct event *event);
const struct pool_id *cve_pool_find(const struct cve_pool *pool, const char *id);

/* ---- contacts.c */
const struct contact *contact_at(const struct registry *registry, size_t index);
void contacts_release(struct registry *registry);
int contact_check(const struct registry *registry, const struct event *event, struct error *err);
void contact_apply(struct registry *registry, const struct event *event);
void contact_remove(struct registry *registry, const struct event *event);
int embargo_policy_check(const struct event *event, struct error *err);
void embargo_policy_apply(struct registry *registry, const struct event *event);

/* ---- inventory_facts.c, match_facts.c */
void inventory_facts_release(struct inventory_facts *facts);
int inventory_check(const struct registry *registry, const struct event *event, struct error *err);
void inventory_apply(struct registry *registry, const struct event *event);
/* A sealed file's place as copies, and letting go of them. */
void place_keep(const json_t *object, struct sealed_file *ret);
void place_let_go(struct sealed_file *file);
void match_facts_release(struct inventory_facts *facts);
int match_run_check(const struct registry *registry, const struct event *event, struct error *err);
void match_run_apply(struct registry *registry, const struct event *event);
int match_decision_check(const struct registry *registry, const struct event *event, struct error *err);
void match_decision_apply(struct registry *registry, const struct event *event);

void registry_release(struct registry *registry);
int registry_check(const struct registry *registry, const struct event *event, struct error *err);
/* EVENT was checked. */
void registry_apply(struct registry *registry, const struct event *event);
/* The pin of ADDRESS (any case), or NULL. */
const struct pin *registry_pin(const struct registry *registry, const char *address);

#endif
