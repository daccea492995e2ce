/* SPDX-License-Identifier: Apache-2.0 */
/* A bill of materials as the inventory of one version of a product. */
#include "desk/inventory_private.h"

struct place { const char *ref; size_t index; };

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->ref, y->ref);

	return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* Where a ref stands; the first of several. */
static bool find_ref(const struct place *places, size_t count, const char *ref, size_t *ret)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(places[middle].ref, ref) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || !str_equal(places[low].ref, ref))
		return false;
	*ret = places[low].index;
	return true;
}

static struct inventory_texts texts_of(const struct text_list *list)
{
	return (struct inventory_texts){ (const char *const *)list->items, list->count };
}

static void add_component(struct inventory *inventory, const struct sbom_component *component)
{
	AUTO_STRING version = desk_component_version(component);
	struct text_list keys = { NULL, 0, 0 };
	struct inventory_component c = { .ref = component->ref, .group = component->group, .name = component->name,
					 .version = version, .purl = component->purl, .supplier = component->supplier,
					 .cpes = texts_of(&component->cpes), .licences = texts_of(&component->licences) };

	desk_component_keys(component, version, &keys);
	c.keys = texts_of(&keys);
	inventory_add(inventory, &c);
	text_list_release(&keys);
}

static void add_edges(struct inventory *inventory, const struct sbom *sbom, const struct place *places, size_t count)
{
	for (size_t i = 0; i < sbom->dependencies.count; i++) {
		size_t from, to;

		if (find_ref(places, count, sbom->dependencies.items[i].key, &from) &&
		    find_ref(places, count, sbom->dependencies.items[i].value, &to))
			inventory_depend(inventory, from, to);
	}
}

struct inventory *desk_inventory_of(const struct sbom *sbom)
{
	struct inventory *inventory = inventory_new();
	struct place *places = mem_alloc((sbom->count + 1) * sizeof(*places));
	size_t count = 0;

	add_component(inventory, &sbom->subject);
	if (sbom->subject.ref)
		places[count++] = (struct place){ sbom->subject.ref, 0 };
	for (size_t i = 0; i < sbom->count; i++) {
		add_component(inventory, &sbom->components[i]);
		if (sbom->components[i].ref)
			places[count++] = (struct place){ sbom->components[i].ref, i + 1 };
	}
	qsort(places, count, sizeof(*places), compare_places);
	add_edges(inventory, sbom, places, count);
	free(places);
	inventory_finish(inventory);
	return inventory;
}
