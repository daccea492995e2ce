/* SPDX-License-Identifier: Apache-2.0 */
/* Ways through a CSAF document: products, references to them, groups, vulnerabilities. Each in linear time. */
#include "format/csaf20.h"

static const struct place *tree_place(void)
{
	static const struct place place = { NULL, "product_tree", 0 };

	return &place;
}

/* ---- branches and products */

/* Every test walks over the branches; they are found once, in the order of the document. */
struct csaf_branch { const json_t *json, *product; size_t up, index; };
enum { NO_BRANCH = -1 };

static void add_branches(struct csaf *d, const json_t *list, size_t up)
{
	json_t *branch;
	size_t i;

	json_array_foreach((json_t *)list, i, branch) {
		size_t here = d->branch_count;
		const json_t *product = json_object_get(branch, "product");

		if (!json_is_object(branch))
			continue;
		d->branches = mem_grow(d->branches, &d->branch_room, here + 1, sizeof(*d->branches));
		d->branches[here] = (struct csaf_branch){ branch, json_is_object(product) ? product : NULL, up, i };
		d->branch_count++;
		add_branches(d, js_array(branch, "branches"), here);
	}
}

/* Of branch i the list it is in is place 2 i, itself the next one. */
void csaf_read_branches(struct csaf *d)
{
	add_branches(d, js_array(d->tree, "branches"), (size_t)NO_BRANCH);
	d->branch_places = mem_alloc((d->branch_count + 1) * 2 * sizeof(*d->branch_places));
	for (size_t i = 0; i < d->branch_count; i++) {
		const struct csaf_branch *branch = &d->branches[i];
		struct place *list = &d->branch_places[2 * i];
		const struct place *up = branch->up == (size_t)NO_BRANCH ? tree_place() : &d->branch_places[2 * branch->up + 1];

		list[0] = (struct place){ up, "branches", 0 };
		list[1] = (struct place){ list, NULL, branch->index };
	}
}

bool csaf_branch_at(const struct csaf *d, size_t i, const json_t **ret_branch, const json_t **ret_product,
		    const struct place **ret_place)
{
	if (i >= d->branch_count)
		return false;
	*ret_branch = d->branches[i].json;
	*ret_product = d->branches[i].product;
	*ret_place = &d->branch_places[2 * i + 1];
	return true;
}

bool csaf_branch_up(const struct csaf *d, size_t i, size_t *ret)
{
	if (d->branches[i].up == (size_t)NO_BRANCH)
		return false;
	*ret = d->branches[i].up;
	return true;
}

void csaf_each_branch(struct csaf *d, csaf_branch_fn fn, void *context)
{
	for (size_t i = 0; i < d->branch_count; i++)
		fn(d, d->branches[i].json, &d->branch_places[2 * i + 1], context);
}

void csaf_each_product(struct csaf *d, csaf_product_fn fn, void *context)
{
	const struct place *names = AT(tree_place(), "full_product_names");
	const struct place *relations = AT(tree_place(), "relationships");
	json_t *item;
	size_t i;

	for (i = 0; i < d->branch_count; i++)
		if (d->branches[i].product)
			fn(d, d->branches[i].product, AT(&d->branch_places[2 * i + 1], "product"), context);
	json_array_foreach(js_array(d->tree, "full_product_names"), i, item)
		if (json_is_object(item))
			fn(d, item, AT_INDEX(names, i), context);
	json_array_foreach(js_array(d->tree, "relationships"), i, item) {
		const json_t *product = json_object_get(item, "full_product_name");

		if (json_is_object(product))
			fn(d, product, AT(AT_INDEX(relations, i), "full_product_name"), context);
	}
	json_array_foreach(js_array(d->tree, "product_paths"), i, item) {
		const json_t *product = json_object_get(item, "full_product_name");

		if (json_is_object(product))
			fn(d, product, AT(AT_INDEX(AT(tree_place(), "product_paths"), i), "full_product_name"), context);
	}
}

/* ---- references */

static void each_text(struct csaf *d, const json_t *list, const struct place *place, csaf_id_fn fn, void *context)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (json_is_string(item))
			fn(d, json_string_value(item), AT_INDEX(place, i), context);
}

/* Of 2.1: a path begins with a product and goes on to others. */
static void path_references(struct csaf *d, csaf_id_fn fn, void *context)
{
	const struct place *paths = AT(tree_place(), "product_paths");
	json_t *path, *step;
	size_t i, k;

	json_array_foreach(js_array(d->tree, "product_paths"), i, path) {
		const struct place *place = AT_INDEX(paths, i);
		const char *id = js_string(path, "beginning_product_reference");

		if (id)
			fn(d, id, AT(place, "beginning_product_reference"), context);
		json_array_foreach(js_array(path, "subpaths"), k, step) {
			id = js_string(step, "next_product_reference");
			if (id)
				fn(d, id, AT(AT_INDEX(AT(place, "subpaths"), k), "next_product_reference"), context);
		}
	}
}

static void tree_references(struct csaf *d, csaf_id_fn fn, void *context)
{
	static const char *const members[] = { "product_reference", "relates_to_product_reference" };
	const struct place *groups = AT(tree_place(), "product_groups");
	const struct place *relations = AT(tree_place(), "relationships");
	json_t *item;
	size_t i;

	json_array_foreach(js_array(d->tree, "product_groups"), i, item)
		each_text(d, js_array(item, "product_ids"), AT(AT_INDEX(groups, i), "product_ids"), fn, context);
	json_array_foreach(js_array(d->tree, "relationships"), i, item)
		for (size_t k = 0; k < ARRAY_LEN(members); k++) {
			const char *id = js_string(item, members[k]);

			if (id)
				fn(d, id, AT(AT_INDEX(relations, i), members[k]), context);
		}
	path_references(d, fn, context);
}

static void status_references(struct csaf *d, const json_t *vulnerability, const struct place *place,
			      csaf_id_fn fn, void *context)
{
	const json_t *status = json_object_get(vulnerability, "product_status");
	const struct place *here = AT(place, "product_status");

	for (size_t i = 0; i < ARRAY_LEN(csaf_statuses); i++)
		each_text(d, js_array(status, csaf_statuses[i].name), AT(here, csaf_statuses[i].name), fn, context);
}

/* The lists of a vulnerability whose items name products or groups. */
static const struct { const char *list, *products; bool groups; } item_lists[] = {
	{ "flags", "product_ids", true }, { "remediations", "product_ids", true },
	{ "scores", "products", false }, { "threats", "product_ids", true },
	/* of 2.1 */
	{ "metrics", "products", false }, { "notes", "product_ids", true }, { "ids", "product_ids", true },
	{ "involvements", "product_ids", true }, { "first_known_exploitation_dates", "product_ids", true },
};

void csaf_each_reference(struct csaf *d, csaf_id_fn fn, void *context)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *item;
	size_t i, k;

	tree_references(d, fn, context);
	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		const struct place *place = AT_INDEX(&top, i);

		status_references(d, vulnerability, place, fn, context);
		for (size_t l = 0; l < ARRAY_LEN(item_lists); l++)
			json_array_foreach(js_array(vulnerability, item_lists[l].list), k, item)
				each_text(d, js_array(item, item_lists[l].products),
					  AT(AT_INDEX(AT(place, item_lists[l].list), k), item_lists[l].products), fn,
					  context);
	}
}

void csaf_each_group_reference(struct csaf *d, csaf_id_fn fn, void *context)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *item;
	size_t i, k;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		for (size_t l = 0; l < ARRAY_LEN(item_lists); l++) {
			const struct place *place = AT(AT_INDEX(&top, i), item_lists[l].list);

			if (!item_lists[l].groups)
				continue;
			json_array_foreach(js_array(vulnerability, item_lists[l].list), k, item)
				each_text(d, js_array(item, "group_ids"), AT(AT_INDEX(place, k), "group_ids"), fn,
					  context);
		}
}

/* ---- vulnerabilities */

void csaf_each_vulnerability(struct csaf *d, csaf_vulnerability_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		if (json_is_object(vulnerability))
			fn(d, vulnerability, AT_INDEX(&top, i));
}

void csaf_each_item(struct csaf *d, const json_t *vulnerability, const char *name, const struct place *place,
		    csaf_item_fn fn, void *context)
{
	const struct place *list = AT(place, name);
	json_t *item;
	size_t i;

	json_array_foreach(js_array(vulnerability, name), i, item)
		if (json_is_object(item))
			fn(d, item, AT_INDEX(list, i), context);
}

/* ---- sets of products */

static void add_texts(json_t *set, const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (json_is_string(item))
			json_object_set_new(set, json_string_value(item), json_true());
}

json_t *csaf_products_of(struct csaf *d, const json_t *item)
{
	json_t *set = json_object(), *group;
	size_t i;

	add_texts(set, js_array(item, "product_ids"));
	json_array_foreach(js_array(item, "group_ids"), i, group)
		if (json_is_string(group))
			add_texts(set, json_object_get(d->groups, json_string_value(group)));
	return set;
}

json_t *csaf_products_in(const json_t *vulnerability, enum csaf_group group)
{
	const json_t *status = json_object_get(vulnerability, "product_status");
	json_t *set = json_object();

	for (size_t i = 0; i < ARRAY_LEN(csaf_statuses); i++)
		if (csaf_statuses[i].group == group)
			add_texts(set, js_array(status, csaf_statuses[i].name));
	return set;
}
