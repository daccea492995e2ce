/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's facts about what products are made of: bills of materials, and whom to ask about a component. */
#include "model/case.h"
#include "model/model_private.h"
#include "model/registry.h"

/* The registry's events go when they are folded: what lies where is copied. */
void place_keep(const json_t *object, struct sealed_file *ret)
{
	struct sealed_file file;
	char **texts[] = { &file.name, &file.type, &file.kind, &file.sha256, &file.object, &file.key };

	sealed_file_read(object, &file);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = mem_string(*texts[i]);
	*ret = file;
}

void place_let_go(struct sealed_file *file)
{
	char *texts[] = { file->name, file->type, file->kind, file->sha256, file->object, file->key };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
}

static void bom_release(struct bom *bom)
{
	free(bom->product);
	free(bom->version);
	free(bom->format);
	free(bom->sha256);
	free(bom->by);
	place_let_go(&bom->source);
	place_let_go(&bom->inventory);
}

void inventory_facts_release(struct inventory_facts *facts)
{
	for (size_t i = 0; i < facts->bom_count; i++)
		bom_release(&facts->boms[i]);
	free(facts->boms);
	for (size_t i = 0; i < facts->upstream_count; i++) {
		free(facts->upstreams[i].component);
		free(facts->upstreams[i].contact);
		free(facts->upstreams[i].note);
	}
	free(facts->upstreams);
	match_facts_release(facts);
}

static bool has_product(const struct registry *registry, const char *id)
{
	bool there;

	sorted_place(registry->products, registry->product_count, sizeof(struct product), id, strcmp, &there);
	return there;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t")];
}

static int check_bom(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *product = event_text(event, "product");

	if (!has_product(registry, product))
		return error_set(err, ERR_NO, product, _("Enter it with product add"),
				 _("rule product: there is no such product"));
	if (is_blank(event_text(event, "version")))
		return error_set(err, ERR_NO, product, NULL, _("rule version: the version is empty"));
	return 0;
}

int inventory_check(const struct registry *registry, const struct event *event, struct error *err)
{
	if (event->type == EVENT_SBOM_IMPORTED)
		return check_bom(registry, event, err);
	if (is_blank(event_text(event, "component")))
		return error_set(err, ERR_NO, _("upstream"), NULL, _("rule component: its name is empty"));
	return 0;
}

static void apply_bom(struct inventory_facts *facts, const struct event *event)
{
	const char *product = event_text(event, "product"), *version = event_text(event, "version");
	size_t at = 0;
	struct bom *bom;

	while (at < facts->bom_count) {
		int order = strcmp(facts->boms[at].product, product);

		if (order > 0 || (order == 0 && strcmp(facts->boms[at].version, version) > 0))
			break;
		at++;
	}
	facts->boms = list_open(facts->boms, &facts->bom_count, &facts->bom_room, sizeof(*bom), at);
	bom = &facts->boms[at];
	bom->product = mem_string(product);
	bom->version = mem_string(version);
	bom->format = mem_string(event_text(event, "format"));
	bom->sha256 = mem_string(event_text(event, "sha256"));
	bom->by = mem_string(event->author);
	bom->at = event->at;
	bom->components = (size_t)js_integer(event->body, "components", 0);
	bom->warnings = (size_t)js_integer(event->body, "warnings", 0);
	place_keep(json_object_get(event->body, "source"), &bom->source);
	place_keep(json_object_get(event->body, "inventory"), &bom->inventory);
}

static struct upstream *upstream_open(struct inventory_facts *facts, const char *component)
{
	bool there;
	size_t at = sorted_place(facts->upstreams, facts->upstream_count, sizeof(struct upstream), component, strcmp, &there);

	if (!there) {
		facts->upstreams = list_open(facts->upstreams, &facts->upstream_count, &facts->upstream_room,
					     sizeof(struct upstream), at);
		facts->upstreams[at].component = mem_string(component);
	}
	return &facts->upstreams[at];
}

/* What is not named stays; an empty text clears. */
static void set_text(char **slot, const char *text)
{
	if (text)
		mem_replace(slot, *text ? text : NULL);
}

void inventory_apply(struct registry *registry, const struct event *event)
{
	struct upstream *upstream;

	if (event->type == EVENT_SBOM_IMPORTED) {
		apply_bom(&registry->inventory, event);
		return;
	}
	upstream = upstream_open(&registry->inventory, event_text(event, "component"));
	set_text(&upstream->contact, event_text(event, "contact"));
	set_text(&upstream->note, event_text(event, "note"));
}

/* ---- asking */

size_t model_bom_count(const struct model *model)
{
	return model_inventory_facts(model)->bom_count;
}

const struct bom *model_bom(const struct model *model, size_t index)
{
	return &model_inventory_facts(model)->boms[index];
}

const struct bom *model_find_bom(const struct model *model, const char *product, const char *version)
{
	const struct inventory_facts *facts = model_inventory_facts(model);

	for (size_t i = facts->bom_count; i-- > 0;)
		if (str_equal(facts->boms[i].product, product) && str_equal(facts->boms[i].version, version))
			return &facts->boms[i];
	return NULL;
}

size_t model_upstream_count(const struct model *model)
{
	return model_inventory_facts(model)->upstream_count;
}

const struct upstream *model_upstream(const struct model *model, size_t index)
{
	return &model_inventory_facts(model)->upstreams[index];
}

const struct upstream *model_find_upstream(const struct model *model, const char *component)
{
	const struct inventory_facts *facts = model_inventory_facts(model);
	bool there;
	size_t at = sorted_place(facts->upstreams, facts->upstream_count, sizeof(struct upstream), component, strcmp, &there);

	return there ? &facts->upstreams[at] : NULL;
}
