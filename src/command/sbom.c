/* SPDX-License-Identifier: Apache-2.0 */
/* Commands on bills of materials. */
#include "command/command_private.h"

#include "psirtty/desk/inventory.h"
#include "psirtty/desk/sbom.h"

static json_t *texts_json(const struct text_list *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		json_array_append_new(list, json_string(texts->items[i]));
	return list;
}

/* Of hashes with the same algorithm the first stays. */
static json_t *hashes_json(const struct text_pairs *pairs)
{
	json_t *json = json_object();

	for (size_t i = 0; i < pairs->count; i++)
		if (!json_object_get(json, pairs->items[i].key))
			js_set_string(json, pairs->items[i].key, pairs->items[i].value);
	return json;
}

static json_t *links_json(const struct text_pairs *pairs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < pairs->count; i++) {
		json_t *one = json_object();

		js_set_string(one, "type", pairs->items[i].key);
		js_set_string(one, "url", pairs->items[i].value);
		json_array_append_new(list, one);
	}
	return list;
}

/* Every member is there; null where the document says nothing. */
static void set_text(json_t *json, const char *name, const char *text)
{
	json_object_set_new(json, name, text ? json_string(text) : json_null());
}

static json_t *component_json(const struct sbom_component *c)
{
	json_t *json = json_object();

	set_text(json, "name", c->name);
	set_text(json, "group", c->group);
	set_text(json, "version", c->version);
	set_text(json, "purl", c->purl);
	json_object_set_new(json, "cpes", texts_json(&c->cpes));
	json_object_set_new(json, "licences", texts_json(&c->licences));
	json_object_set_new(json, "hashes", hashes_json(&c->hashes));
	set_text(json, "supplier", c->supplier);
	json_object_set_new(json, "links", links_json(&c->links));
	set_text(json, "ref", c->ref);
	return json;
}

static json_t *sbom_json(const struct sbom *sbom)
{
	json_t *json = json_object(), *components = json_array(), *dependencies = json_array();

	js_set_string(json, "format", sbom->format);
	set_text(json, "spec_version", sbom->version);
	set_text(json, "name", sbom->name);
	json_object_set_new(json, "subject",
			    sbom->subject.name || sbom->subject.ref ? component_json(&sbom->subject) : json_null());
	for (size_t i = 0; i < sbom->count; i++)
		json_array_append_new(components, component_json(&sbom->components[i]));
	json_object_set_new(json, "components", components);
	for (size_t i = 0; i < sbom->dependencies.count; i++)
		json_array_append_new(dependencies, json_pack("[ss]", sbom->dependencies.items[i].key,
							      sbom->dependencies.items[i].value));
	json_object_set_new(json, "dependencies", dependencies);
	json_object_set_new(json, "warnings", texts_json(&sbom->warnings));
	return json;
}

static int run_read(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct sbom *sbom = NULL;
	int code = desk_sbom_read(call_value(call, "FILE"), &sbom, err);

	if (code)
		return code;
	if (context->json)
		command_json(context, sbom_json(sbom));
	for (size_t i = 0; !context->json && i < sbom->count; i++) {
		const struct sbom_component *c = &sbom->components[i];

		command_row_out(context, str_or_empty(c->name), str_or_empty(c->group), str_or_empty(c->version),
				str_or_empty(c->purl), c->cpes.count ? c->cpes.items[0] : "", NULL);
	}
	for (size_t i = 0; !context->json && i < sbom->warnings.count; i++)
		command_row_out(context, "warning", sbom->warnings.items[i], NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
	sbom_free(sbom);
	return 0;
}

/* ---- what products are made of */

static json_t *done_json(const struct desk_sbom_done *done)
{
	json_t *json = json_object();

	js_set_integer(json, "components", (long long)done->components);
	js_set_integer(json, "dependencies", (long long)done->edges);
	js_set_integer(json, "warnings", (long long)done->warnings);
	js_set_string(json, "format", done->format);
	js_set_bool(json, "unchanged", done->same);
	return json;
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *product = call_value(call, "PRODUCT"), *version = call_value(call, "VERSION");
	struct desk_sbom_done done;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_sbom_import(desk, product, version, call_value(call, "FILE"), command_now(context), &done, err);
	if (code)
		return code;
	if (context->json)
		command_json(context, done_json(&done));
	else if (done.same)
		command_say(context, _("%s %s has this bill of materials already: nothing changed"), product, version);
	else
		command_say(context, _("%s %s: %zu components, %zu dependencies (%s), %zu warnings"), product, version,
			    done.components, done.edges, done.format, done.warnings);
	return 0;
}

static json_t *bom_json(const struct bom *bom)
{
	json_t *json = json_object();
	char buffer[40];

	js_set_string(json, "product", bom->product);
	js_set_string(json, "version", bom->version);
	js_set_string(json, "format", bom->format);
	js_set_integer(json, "components", (long long)bom->components);
	js_set_integer(json, "warnings", (long long)bom->warnings);
	js_set_string(json, "sha256", bom->sha256);
	js_set_string(json, "imported", instant_format(bom->at, buffer));
	js_set_string(json, "by", bom->by);
	return json;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *product = call_value(call, "PRODUCT");
	json_t *list = context->json ? json_array() : NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (size_t i = 0; !code && i < model_bom_count(desk_model(desk)); i++) {
		const struct bom *bom = model_bom(desk_model(desk), i);
		AUTO_STRING components = mem_format("%zu", bom->components);
		char buffer[40];

		if (product && !str_equal(product, bom->product))
			continue;
		if (list)
			json_array_append_new(list, bom_json(bom));
		else
			command_row_out(context, bom->product, bom->version, components, bom->format,
					instant_format(bom->at, buffer), bom->by, NULL);
	}
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

const struct command_row sbom_commands[] = {
	{
		.name = "sbom read",
		.help = N_("read a bill of materials: its components"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.arguments = { { .name = "FILE", .type = ARG_FILE,
				 .help = N_("CycloneDX, SPDX or DSDX, also compressed; - for standard input") } },
		.exec = run_read,
	},
	{
		.name = "sbom import",
		.help = N_("take in what a version of a product is made of"),
		.flags = COMMAND_CHANGES | COMMAND_JSON | COMMAND_BULK,
		.arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL), ARG("VERSION", ARG_TEXT, NULL),
			       { .name = "FILE", .type = ARG_FILE,
				 .help = N_("CycloneDX, SPDX or DSDX, also compressed; - for standard input") } },
		.exec = run_import,
	},
	{
		.name = "sbom list",
		.help = N_("the bills of materials that were taken in"),
		.flags = COMMAND_JSON,
		.arguments = { ARG_MAY("PRODUCT", ARG_PRODUCT, NULL) },
		.exec = run_list,
	},
	{ .name = NULL },
};
