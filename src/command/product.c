/* SPDX-License-Identifier: Apache-2.0 */
/* Commands on what products are made of: components, where they are used, what changed, whom to ask about them. */
#include "command/command_private.h"

#include "psirtty/desk/inventory.h"

static json_t *texts_json(const struct inventory_texts *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		json_array_append_new(list, js_new_string(texts->items[i], strcspn(texts->items[i], "\t")));
	return list;
}

static void join(const struct inventory_texts *texts, struct str *ret)
{
	for (size_t i = 0; i < texts->count; i++)
		str_add_format(ret, "%s%s", i ? ", " : "", texts->items[i]);
}

static json_t *component_json(struct desk *desk, const struct inventory *inventory, size_t index)
{
	const struct inventory_component *c = inventory_at(inventory, index);
	const struct contact *contact = desk_upstream(desk, c);
	json_t *json = json_object();
	AUTO_STR path = STR_INIT;

	desk_path_text(inventory, index, &path);
	js_set_string(json, "name", c->name);
	js_set_string(json, "group", c->group);
	js_set_string(json, "version", c->version);
	js_set_string(json, "purl", c->purl);
	js_set_string(json, "supplier", c->supplier);
	json_object_set_new(json, "cpes", texts_json(&c->cpes));
	json_object_set_new(json, "licences", texts_json(&c->licences));
	json_object_set_new(json, "keys", texts_json(&c->keys));
	js_set_string(json, "path", path.bytes);
	js_set_string(json, "upstream", contact ? contact_text(contact, "contact") : "");
	return json;
}

static void component_row(struct command_context *context, struct desk *desk, const struct inventory *inventory, size_t index)
{
	const struct inventory_component *c = inventory_at(inventory, index);
	const struct contact *contact = desk_upstream(desk, c);
	AUTO_STR licences = STR_INIT;
	AUTO_STR path = STR_INIT;

	join(&c->licences, &licences);
	desk_path_text(inventory, index, &path);
	command_row_out(context, c->name, c->version, c->purl, c->supplier, licences.bytes,
			contact ? contact_text(contact, "contact") : "", path.bytes, NULL);
}

/* ---- components */

static int run_components(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct inventory *inventory = NULL;
	json_t *list = context->json ? json_array() : NULL;
	const struct bom *bom;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_find_bom(desk, call_value(call, "PRODUCT"), call_value(call, "VERSION"), &bom, err);
	if (!code)
		code = desk_inventory(desk, bom, &inventory, err);
	for (size_t i = 1; !code && i < inventory_count(inventory); i++)
		if (list)
			json_array_append_new(list, component_json(desk, inventory, i));
		else
			component_row(context, desk, inventory, i);
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- where it is used */

struct uses { struct command_context *context; struct desk *desk; json_t *list; size_t count; };

static void add_use(void *context, const struct desk_use *use)
{
	const struct inventory_component *c = inventory_at(use->inventory, use->index);
	struct uses *uses = context;
	AUTO_STR path = STR_INIT;

	uses->count++;
	if (uses->list) {
		json_t *json = component_json(uses->desk, use->inventory, use->index);

		js_set_string(json, "product", use->bom->product);
		js_set_string(json, "product_version", use->bom->version);
		json_array_append_new(uses->list, json);
		return;
	}
	desk_path_text(use->inventory, use->index, &path);
	command_row_out(uses->context, use->bom->product, use->bom->version, c->name, c->version, path.bytes, NULL);
}

static int run_where(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct uses uses = { .context = context, .list = context->json ? json_array() : NULL };
	const char *name = call_value(call, "COMPONENT");
	int code = command_desk(context, &uses.desk, err);

	if (!code)
		code = desk_component_uses(uses.desk, name, add_use, &uses, err);
	if (uses.list && !code)
		command_json(context, uses.list);
	else
		json_decref(uses.list);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (!code && !uses.count)
		return error_set(err, ERR_NO, name, _("`product components PRODUCT` lists what it is made of"),
				 _("no bill of materials has it"));
	return code;
}

/* ---- what changed */

struct changes { struct command_context *context; json_t *list; };

static void add_change(void *context, const char *name, const char *from, const char *to)
{
	const char *kind = !*from ? "added" : !*to ? "removed" : "changed";
	struct changes *changes = context;
	json_t *json;

	if (!changes->list) {
		command_row_out(changes->context, kind, name, from, to, NULL);
		return;
	}
	json = json_object();
	js_set_string(json, "change", kind);
	js_set_string(json, "component", name);
	js_set_string(json, "from", from);
	js_set_string(json, "to", to);
	json_array_append_new(changes->list, json);
}

static int run_diff(struct command_context *context, const struct command_call *call, struct error *err)
{
	static const char *const sides[] = { "FROM", "TO" };
	struct changes changes = { context, context->json ? json_array() : NULL };
	const struct inventory *inventories[2] = { NULL, NULL };
	const struct bom *bom;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (size_t i = 0; !code && i < ARRAY_LEN(sides); i++) {
		code = desk_find_bom(desk, call_value(call, "PRODUCT"), call_value(call, sides[i]), &bom, err);
		if (!code)
			code = desk_inventory(desk, bom, &inventories[i], err);
	}
	if (!code)
		inventory_diff(inventories[0], inventories[1], add_change, &changes);
	if (changes.list && !code)
		command_json(context, changes.list);
	else
		json_decref(changes.list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- upstream */

static int run_upstream(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *who = call_value(call, "CONTACT"), *component = call_value(call, "COMPONENT");
	const struct contact *contact;
	struct desk *desk;
	json_t *body;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	contact = *who ? model_find_contact(desk_model(desk), who) : NULL;
	if (*who && !contact)
		return error_set(err, ERR_INPUT, who, _("Enter it with `contact add`"), _("there is no such contact"));
	body = json_object();
	js_set_string(body, "component", component);
	js_set_string(body, "contact", contact ? contact_text(contact, "contact") : "");
	js_set_string(body, "note", call_value(call, "--note"));
	code = desk_append(desk, NULL, EVENT_UPSTREAM_SET, body, command_now(context), err);
	if (!code)
		command_say(context, contact ? _("%2$s is asked about %1$s") : _("nobody is asked about %1$s"), component,
			    contact ? contact_text(contact, "name") : "");
	return code;
}

#define COMPONENT ARG("COMPONENT", ARG_TEXT, N_("a package URL, a key such as pkg:npm/a or cpe:vendor:product, or a name"))

const struct command_row product_commands[] = {
	{
		.name = "product components",
		.help = N_("what a version of a product is made of, and by which way it came in"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL), ARG_MAY("VERSION", ARG_TEXT, N_("else the one taken in last")) },
		.exec = run_components,
	},
	{
		.name = "product where",
		.help = N_("which versions of which products a component is in"),
		.flags = COMMAND_JSON,
		.arguments = { COMPONENT },
		.exec = run_where,
	},
	{
		.name = "product diff",
		.help = N_("components that two versions of a product do not share"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL), ARG("FROM", ARG_TEXT, N_("a version")),
			       ARG("TO", ARG_TEXT, N_("another one")) },
		.exec = run_diff,
	},
	{
		.name = "product upstream",
		.help = N_("whom to ask about a component, or about all of a supplier"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("COMPONENT", ARG_TEXT, N_("a key such as pkg:npm/a, or a supplier's name")),
			       ARG("CONTACT", ARG_TEXT, N_("of the register; \"\" for nobody")), OPTION("--note", ARG_TEXT, NULL) },
		.exec = run_upstream,
	},
	{ .name = NULL },
};
