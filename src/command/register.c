/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the registry: products, and how this PSIRT signs its advisories. */
#include "command/command_private.h"

static int run_product_add(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *versions = call_values(call, "--version", &count);
	json_t *body, *list = json_array();
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, js_new_string(versions[i], strlen(versions[i])));
	if (code) {
		json_decref(list);
		return code;
	}
	body = json_object();
	js_set_string(body, "product", call_value(call, "PRODUCT"));
	js_set_string(body, "name", call_value(call, "NAME"));
	js_set_string(body, "vendor", call_value(call, "--vendor"));
	js_set_string(body, "purl", call_value(call, "--purl"));
	js_set_string(body, "cpe", call_value(call, "--cpe"));
	json_object_set_new(body, "versions", list);
	code = desk_append(desk, NULL, EVENT_PRODUCT_ADDED, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s is in the register"), call_value(call, "NAME"));
	return code;
}

static int run_product_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	for (size_t i = 0; !code && i < model_product_count(desk_model(desk)); i++) {
		const struct product *p = model_product(desk_model(desk), i);
		AUTO_STR versions = STR_INIT;

		for (size_t v = 0; v < p->version_count; v++)
			str_add_format(&versions, "%s%s", v ? ", " : "", p->versions[v]);
		command_row_out(context, p->id, p->name, str_or_empty(p->vendor), versions.bytes,
				str_or_empty(p->purl), str_or_empty(p->cpe), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_policy_set(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING value = call_text(call, "VALUE");
	struct desk *desk;
	json_t *body;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, call_value(call, "FIELD"), value);
	code = desk_append(desk, NULL, EVENT_POLICY_SET, body, command_now(context), err);
	if (!code)
		command_say(context, _("policy: %s is %s"), call_value(call, "FIELD"), value);
	return code;
}

static int run_policy_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct policy *policy;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (code)
		return code;
	policy = model_policy(desk_model(desk));
	command_row_out(context, "publisher", str_or_empty(policy->publisher), NULL);
	command_row_out(context, "namespace", str_or_empty(policy->namespace_url), NULL);
	command_row_out(context, "contact", str_or_empty(policy->contact), NULL);
	command_row_out(context, "prefix", str_or_empty(policy->prefix), NULL);
	command_row_out(context, "acknowledge", policy->acknowledge ? "on" : "off", NULL);
	command_row_out(context, "provider", str_or_empty(policy->provider), NULL);
	command_row_out(context, "cna", str_or_empty(policy->cna), NULL);
	command_row_out(context, "dismissals", policy->two_dismiss ? "two" : "alone", NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static const char *const policy_fields[] = { "publisher", "namespace", "contact", "prefix", "provider", "cna",
					     "acknowledge", "dismissals", NULL };

const struct command_row register_commands[] = {
	{
		.name = "product add",
		.help = N_("enter a product, or change one"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("PRODUCT", ARG_TEXT, N_("a short id, such as gateway")),
			       ARG("NAME", ARG_TEXT, N_("its full name")), OPTION("--vendor", ARG_TEXT, NULL),
			       OPTION_MANY("--version", ARG_TEXT, N_("a version in support")),
			       OPTION("--purl", ARG_TEXT, NULL), OPTION("--cpe", ARG_TEXT, NULL) },
		.exec = run_product_add,
	},
	{
		.name = "product list",
		.pane = "products",
		.help = N_("list the products"),
		.exec = run_product_list,
	},
	{
		.name = "policy set",
		.help = N_("how this PSIRT signs its advisories and names its cases"),
		.flags = COMMAND_CHANGES,
		.arguments = { { .name = "FIELD", .type = ARG_WORD, .words = policy_fields },
			       ARG_MANY("VALUE", ARG_TEXT, NULL) },
		.exec = run_policy_set,
	},
	{
		.name = "policy show",
		.help = N_("show the policy"),
		.exec = run_policy_show,
	},
	{ .name = NULL },
};
