/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials taken in, and components looked up in what was taken in. */
#include "desk/inventory_private.h"

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/sbom.h"

enum { BILL_LIMIT = 200 << 20, PATH_LIMIT = 64 };

/* Inventories that were opened, by the object they lie in. */
struct desk_inventories { struct held { char *object; struct inventory *inventory; } *items; size_t count, room; };

void desk_inventories_free(struct desk_inventories *held)
{
	for (size_t i = 0; held && i < held->count; i++) {
		free(held->items[i].object);
		inventory_free(held->items[i].inventory);
	}
	if (held)
		free(held->items);
	free(held);
}

static void hold(struct desk *desk, const char *object, struct inventory *inventory)
{
	struct desk_inventories *held = desk->inventories;

	if (!held)
		held = desk->inventories = mem_alloc(sizeof(*held));
	held->items = mem_grow(held->items, &held->room, held->count + 1, sizeof(*held->items));
	held->items[held->count++] = (struct held){ mem_string(object), inventory };
}

int desk_inventory(struct desk *desk, const struct bom *bom, const struct inventory **ret, struct error *err)
{
	struct inventory *inventory;
	struct str bytes = STR_INIT;
	int code;

	for (size_t i = 0; desk->inventories && i < desk->inventories->count; i++)
		if (str_equal(desk->inventories->items[i].object, bom->inventory.object)) {
			*ret = desk->inventories->items[i].inventory;
			return 0;
		}
	code = desk_file_read(desk, &bom->inventory, &bytes, err);
	if (!code)
		code = inventory_read(bytes.bytes, bytes.length, &inventory, err);
	str_wipe(&bytes);
	if (code)
		return code;
	hold(desk, bom->inventory.object, inventory);
	*ret = inventory;
	return 0;
}

static int find_product(struct desk *desk, const char *name, const struct product **ret, struct error *err)
{
	*ret = model_find_product(desk->model, name);
	if (*ret)
		return 0;
	return error_set(err, ERR_INPUT, name, _("Enter it with `product add`"), _("there is no such product in the register"));
}

int desk_find_bom(struct desk *desk, const char *product, const char *version, const struct bom **ret, struct error *err)
{
	const struct product *p;
	const struct bom *found = NULL;
	int code = find_product(desk, product, &p, err);

	for (size_t i = 0; !code && i < model_bom_count(desk->model); i++) {
		const struct bom *bom = model_bom(desk->model, i);

		if (str_equal(bom->product, p->id) && (!version || str_equal(bom->version, version)) &&
		    (!found || version || bom->at >= found->at))
			found = bom;
	}
	if (!code && !found)
		return error_set(err, ERR_INPUT, version ? version : p->id,
				 _("Take one in with `sbom import PRODUCT VERSION FILE`"),
				 _("there is no bill of materials of it"));
	*ret = found;
	return code;
}

/* ---- taking in */

static int seal(struct desk *desk, const struct str *bytes, const char *name, const char *kind, json_t *body,
		const char *member, struct error *err)
{
	struct vault_object object;
	int code = vault_object_put(desk->vault, bytes->bytes, bytes->length, &object, err);

	if (!code)
		json_object_set_new(body, member, desk_object_json(&object, name, NULL, kind));
	return code;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : str_equal(path, "-") ? "stdin" : path;
}

/* A version that the register does not have yet is added to those it has. */
static int add_version(struct desk *desk, const struct product *product, const char *version, instant now, bool *ret_new,
		       struct error *err)
{
	json_t *body, *list;

	*ret_new = true;
	for (size_t i = 0; i < product->version_count; i++)
		if (str_equal(product->versions[i], version))
			*ret_new = false;
	if (!*ret_new)
		return 0;
	list = json_array();
	for (size_t i = 0; i < product->version_count; i++)
		json_array_append_new(list, js_new_string(product->versions[i], strlen(product->versions[i])));
	json_array_append_new(list, js_new_string(version, strlen(version)));
	body = json_object();
	js_set_string(body, "product", product->id);
	json_object_set_new(body, "versions", list);
	return desk_append(desk, NULL, EVENT_PRODUCT_SET, body, now, err);
}

struct taking {
	const char *path, *version, *sha256;
	const struct product *product;
	const struct str *bytes;
	instant now;
};

static int keep_bill(struct desk *desk, const struct taking *t, const struct sbom *sbom, const struct inventory *inventory,
		     struct desk_sbom_done *ret, struct error *err)
{
	AUTO_STR form = STR_INIT;
	json_t *body = json_object();
	int code;

	inventory_write(inventory, &form);
	js_set_string(body, "product", t->product->id);
	js_set_string(body, "version", t->version);
	js_set_string(body, "format", sbom->format);
	js_set_string(body, "sha256", t->sha256);
	js_set_integer(body, "components", (long long)sbom->count);
	js_set_integer(body, "warnings", (long long)sbom->warned);
	code = seal(desk, t->bytes, name_of(t->path), "sbom", body, "source", err);
	if (!code)
		code = seal(desk, &form, NULL, "inventory", body, "inventory", err);
	if (!code)
		code = add_version(desk, t->product, t->version, t->now, &ret->new_version, err);
	if (code) {
		json_decref(body);
		return code;
	}
	return desk_append(desk, NULL, EVENT_SBOM_IMPORTED, body, t->now, err);
}

static int take_bill(struct desk *desk, const struct taking *t, struct desk_sbom_done *ret, struct error *err)
{
	struct inventory *inventory;
	struct sbom *sbom = NULL;
	int code = desk_sbom_read_bytes(name_of(t->path), t->bytes, &sbom, err);

	if (code)
		return code;
	inventory = desk_inventory_of(sbom);
	ret->components = sbom->count;
	ret->edges = inventory_edges(inventory);
	ret->warnings = sbom->warned;
	snprintf(ret->format, sizeof(ret->format), "%s", sbom->format);
	code = keep_bill(desk, t, sbom, inventory, ret, err);
	inventory_free(inventory);
	sbom_free(sbom);
	return code;
}

int desk_sbom_import(struct desk *desk, const char *product, const char *version, const char *path, instant now,
		     struct desk_sbom_done *ret, struct error *err)
{
	struct taking t = { .path = path, .version = version, .now = now };
	const struct bom *known;
	AUTO_STR bytes = STR_INIT;
	char sha256[65];
	int code = find_product(desk, product, &t.product, err);

	*ret = (struct desk_sbom_done){ .same = false };
	if (!code && !version[strspn(version, " \t")])
		code = error_set(err, ERR_USAGE, _("version"), NULL, _("the version is empty"));
	if (!code)
		code = file_read(path, BILL_LIMIT, &bytes, err);
	if (code)
		return code;
	vault_sha256(bytes.bytes, bytes.length, sha256);
	known = model_find_bom(desk->model, t.product->id, version);
	if (known && str_equal(known->sha256, sha256)) {
		ret->same = true;
		ret->components = known->components;
		ret->warnings = known->warnings;
		snprintf(ret->format, sizeof(ret->format), "%s", known->format);
		return 0;
	}
	t.sha256 = sha256;
	t.bytes = &bytes;
	return take_bill(desk, &t, ret, err);
}

/* ---- from the other side */

static bool is_called(const struct inventory_component *c, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < c->keys.count; i++)
		if (strncmp(c->keys.items[i], name, length) == 0 && (!c->keys.items[i][length] || c->keys.items[i][length] == '\t'))
			return true;
	return str_casecmp(c->name, name) == 0 || (*c->purl && str_equal(c->purl, name)) ||
	       (*c->purl && strncmp(c->purl, name, length) == 0 && strchr("@?#", c->purl[length]));
}

/* Of several bills of one version the last counts. */
static bool is_newest(const struct model *model, size_t at)
{
	const struct bom *bom = model_bom(model, at), *next = at + 1 < model_bom_count(model) ? model_bom(model, at + 1) : NULL;

	return !next || !str_equal(next->product, bom->product) || !str_equal(next->version, bom->version);
}

int desk_component_uses(struct desk *desk, const char *name, desk_use_fn fn, void *context, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < model_bom_count(desk->model); i++) {
		struct desk_use use = { .bom = model_bom(desk->model, i) };

		if (!is_newest(desk->model, i))
			continue;
		code = desk_inventory(desk, use.bom, &use.inventory, err);
		for (use.index = 0; !code && use.index < inventory_count(use.inventory); use.index++)
			if (is_called(inventory_at(use.inventory, use.index), name))
				fn(context, &use);
	}
	return code;
}

void desk_path_text(const struct inventory *inventory, size_t index, struct str *ret)
{
	size_t path[PATH_LIMIT], count = inventory_path(inventory, index, path, PATH_LIMIT);

	for (size_t i = 0; i < count; i++) {
		const struct inventory_component *c = inventory_at(inventory, path[i]);

		str_add_format(ret, "%s%s%s%s", i ? " > " : "", *c->name ? c->name : c->ref, *c->version ? "@" : "", c->version);
	}
}

/* ---- upstream */

static const struct contact *told_upstream(struct desk *desk, const char *name)
{
	const struct upstream *upstream = *name ? model_find_upstream(desk->model, name) : NULL;

	return upstream && upstream->contact ? model_find_contact(desk->model, upstream->contact) : NULL;
}

static bool makes(const struct contact *contact, const struct inventory_component *component, const char *name)
{
	const char *word;

	if (*component->supplier && (str_casecmp(contact_text(contact, "name"), component->supplier) == 0 ||
				     str_casecmp(contact_text(contact, "organisation"), component->supplier) == 0))
		return true;
	for (size_t n = 0; (word = contact_words(contact, "products", n)); n++)
		if (str_equal(word, name) || str_casecmp(word, component->name) == 0)
			return true;
	return false;
}

const struct contact *desk_upstream(struct desk *desk, const struct inventory_component *component)
{
	AUTO_STR name = STR_INIT;
	const struct contact *contact;

	inventory_name(component, &name);
	contact = told_upstream(desk, name.bytes);
	contact = contact ? contact : told_upstream(desk, component->supplier);
	for (size_t i = 0; !contact && i < model_contact_count(desk->model); i++)
		if (makes(model_contact(desk->model, i), component, name.bytes))
			contact = model_contact(desk->model, i);
	return contact;
}
