/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the parties of a case: who they are, and how far they have come. */
#include "command/command_private.h"

#include "psirtty/base/zone.h"

static int check_zone(const struct command_call *call, struct error *err)
{
	const char *zone = call_value(call, "--zone");

	if (!zone || !*zone || zone_known(zone))
		return 0;
	return error_set(err, ERR_USAGE, zone, _("Write a zone such as Asia/Shanghai, or UTC"),
			 _("there is no such time zone"));
}

/* A contact's own address, key and zone, where the command names none. */
static void set_contact(struct desk *desk, const struct command_call *call, json_t *body)
{
	const char *who = call_value(call, "--contact");
	const struct contact *contact = who ? model_find_contact(desk_model(desk), who) : NULL;

	if (!contact)
		return;
	js_set_string(body, "contact", contact_text(contact, "contact"));
	if (!json_object_get(body, "address"))
		js_set_string(body, "address", contact_words(contact, "addresses", 0));
	if (!json_object_get(body, "fingerprint"))
		js_set_string(body, "fingerprint", contact_words(contact, "fingerprints", 0));
	if (!json_object_get(body, "zone") && *contact_text(contact, "zone"))
		js_set_string(body, "zone", contact_text(contact, "zone"));
}

static int append_facts(struct command_context *context, const struct command_call *call, struct desk *desk,
			const struct case_state *state, const char *role, struct error *err)
{
	static const char *const options[] = { "--address", "--zone" };
	json_t *body = json_object();
	const char *address = call_value(call, "--address");

	js_set_string(body, "name", call_value(call, "NAME"));
	js_set_string(body, "role", role);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (call_given(call, options[i]))
			js_set_string(body, options[i] + 2, call_value(call, options[i]));
	if (address && *address)
		js_set_string(body, "fingerprint", model_pinned(desk_model(desk), address));
	set_contact(desk, call, body);
	if (json_object_size(body) > 1)
		return desk_append(desk, state, EVENT_PARTY_SET, body, command_now(context), err);
	json_decref(body);
	return 0;
}

static int run_add(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *who = call_value(call, "--contact");
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = check_zone(call, err);
	if (!code && who && !model_find_contact(desk_model(desk), who))
		code = error_set(err, ERR_INPUT, who, _("See `contact list`"), _("there is no such contact"));
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "name", call_value(call, "NAME"));
	js_set_string(body, "role", call_value(call, "ROLE"));
	js_set_string(body, "address", call_value(call, "--address"));
	if (call_value(call, "--address"))
		js_set_string(body, "fingerprint", model_pinned(desk_model(desk), call_value(call, "--address")));
	code = desk_append(desk, state, EVENT_PARTY_ADDED, body, command_now(context), err);
	if (!code && (who || call_given(call, "--zone")))
		code = append_facts(context, call, desk, state, NULL, err);
	if (!code)
		command_say(context, _("%s: %s (%s) is a party"), state->id, call_value(call, "NAME"),
			    call_value(call, "ROLE"));
	return code;
}

static int append_heard(struct command_context *context, const struct command_call *call, struct desk *desk,
			const struct case_state *state, enum event_type type, const char *key, const char *value,
			struct error *err)
{
	json_t *body;

	if (!value)
		return 0;
	body = json_object();
	js_set_string(body, "name", call_value(call, "NAME"));
	js_set_string(body, key, value);
	js_set_string(body, "evidence", call_value(call, "--evidence"));
	return desk_append(desk, state, type, body, command_now(context), err);
}

static int run_set(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = check_zone(call, err);
	if (!code)
		code = append_facts(context, call, desk, state, call_value(call, "--role"), err);
	if (!code)
		code = append_heard(context, call, desk, state, EVENT_PARTY_STATE, "to", call_value(call, "--state"), err);
	if (!code)
		code = append_heard(context, call, desk, state, EVENT_PARTY_DISCLOSURE, "bit", call_value(call, "--now"),
				    err);
	if (!code)
		command_say(context, _("%s: %s set"), state->id, call_value(call, "NAME"));
	return code;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *s;
	struct desk *desk;
	char bits[8];
	int code = command_case(context, call, &desk, &s, err);

	for (size_t i = 0; !code && i < s->party_count; i++) {
		const struct case_party *p = &s->parties[i];

		command_row_out(context, p->name, p->role, str_or_empty(p->address), str_or_empty(p->fingerprint),
				consent_name(party_consent(p, command_now(context))), rm_name(p->rm),
				cs_format(p->cs & 7, bits), str_or_empty(p->zone), str_or_empty(p->contact), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* Clocks of a coordinator run from its own first contact, which nobody but a handler knows. */
static void offer_clocks(struct command_context *context, const struct case_state *state, const struct model *model,
			 const struct case_party *party)
{
	const struct clock_rules *rules = model_clock_rules(model);
	size_t length = party->contact ? strlen(party->contact) : 0;

	for (size_t i = 0; length && rules && i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);

		if (str_starts(rule->id, party->contact) && rule->id[length] == '-')
			command_say(context, _("%s may run: `clock start %s %s --at WHEN REASON`"), rule->id, state->id, rule->id);
	}
}

static int run_owner(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	size_t at;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "owner", call_value(call, "WHO"));
	js_set_string(body, "reason", reason && *reason ? reason : NULL);
	js_set_string(body, "evidence", call_value(call, "--evidence"));
	code = desk_append(desk, state, EVENT_OWNER_SET, body, command_now(context), err);
	if (code)
		return code;
	command_say(context, _("%s is coordinated by %s"), state->id, call_value(call, "WHO"));
	at = case_party_find(state, call_value(call, "WHO"));
	if (at < state->party_count)
		offer_clocks(context, state, desk_model(desk), &state->parties[at]);
	return 0;
}

static const char *const roles[] = { "finder", "reporter", "vendor", "coordinator", "deployer", "other", NULL };
static const char *const bits[] = { "vendor-aware", "fix-ready", "fix-deployed", NULL };

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, NULL)
#define PARTY_OPTIONS \
	OPTION("--address", ARG_ADDRESS, N_("mail address")), \
	OPTION("--zone", ARG_TEXT, N_("whose clocks it lives by, such as Asia/Shanghai")), \
	OPTION("--contact", ARG_TEXT, N_("who it is in the register"))

const struct command_row party_commands[] = {
	{
		.name = "party add",
		.help = N_("add somebody to a case"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL),
			       { .name = "ROLE", .type = ARG_WORD, .words = roles }, PARTY_OPTIONS },
		.exec = run_add,
	},
	{
		.name = "party set",
		.help = N_("what is known of a party: who it is, its report state, its fix"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("NAME", ARG_PARTY, NULL), PARTY_OPTIONS,
			       { .name = "--role", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = roles },
			       OPTION("--state", ARG_STATE, N_("received, valid, invalid, accepted, deferred, closed")),
			       { .name = "--now", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = bits, .help = N_("of a vendor; of a deployer fix-deployed") },
			       OPTION("--evidence", ARG_TEXT, N_("the message that says so")) },
		.exec = run_set,
	},
	{
		.name = "party list",
		.help = N_("list the parties of a case and their consent"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_list,
	},
	{
		.name = "case owner",
		.help = N_("who coordinates a case and so moves its embargo: us, or a party"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("WHO", ARG_PARTY, N_("a party of the case, or us")),
			       OPTION("--evidence", ARG_TEXT, N_("the message that says so")),
			       { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true } },
		.exec = run_owner,
	},
	{ .name = NULL },
};
