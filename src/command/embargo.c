/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about embargoes and parties. */
#include "command/command_private.h"

/* ---- embargo */

static void show_status(struct command_context *context, const struct case_state *s)
{
	const struct case_embargo *e = &s->embargo;
	instant now = command_now(context);
	char buffer[96], utc[40], span[40];

	command_say(context, _("%s: embargo %s"), s->id, em_name(e->state));
	if (e->until.at != INSTANT_NONE)
		command_say(context, _("ends %s (%s, in %s)"), zoned_format(&e->until, buffer),
			    instant_format(e->until.at, utc), instant_format_span(e->until.at - now, span));
	if (e->proposed.at != INSTANT_NONE)
		command_say(context, _("proposed by %s: %s (%s)"), str_or_empty(e->proposed_by),
			    zoned_format(&e->proposed, buffer), instant_format(e->proposed.at, utc));
	if (e->end_reason)
		command_say(context, _("ended: %s"), e->end_reason);
	for (size_t i = 0; i < s->party_count; i++) {
		command_pad(&context->out, s->parties[i].name, 24);
		command_say(context, " %-12s %s", s->parties[i].role, consent_name(s->parties[i].consent));
	}
}

static int run_propose(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING until = call_text(call, "UNTIL");
	const struct case_state *state;
	struct zoned when;
	struct desk *desk;
	json_t *body;
	char buffer[40];
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = zoned_parse(until, &when, err);
	if (!code && when.at <= command_now(context))
		code = error_set(err, ERR_NO, until, NULL, _("an embargo cannot end in the past"));
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "by", call_value(call, "--by") ? call_value(call, "--by") : "us");
	js_set_string(body, "until", zoned_format_rfc3339(&when, buffer));
	if (when.zone[0])
		js_set_string(body, "zone", when.zone);
	js_set_string(body, "note", call_value(call, "--note"));
	code = desk_append(desk, state, EVENT_EMBARGO_PROPOSED, body, command_now(context), err);
	if (!code)
		show_status(context, state);
	return code;
}

static int answer(struct command_context *context, const struct command_call *call, enum event_type type,
		  const char *reason_name, struct error *err)
{
	const char *by = type == EVENT_EMBARGO_TERMINATED ? NULL : call_value(call, "--by");
	AUTO_STRING reason = reason_name ? call_text(call, reason_name) : NULL;
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	body = json_object();
	if (type != EVENT_EMBARGO_TERMINATED)
		js_set_string(body, "by", by ? by : "us");
	if (reason && *reason)
		js_set_string(body, "reason", reason);
	code = desk_append(desk, state, type, body, command_now(context), err);
	if (!code)
		show_status(context, state);
	return code;
}

static int run_accept(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer(context, call, EVENT_EMBARGO_ACCEPTED, NULL, err);
}

static int run_reject(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer(context, call, EVENT_EMBARGO_REJECTED, "REASON", err);
}

static int run_terminate(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer(context, call, EVENT_EMBARGO_TERMINATED, "REASON", err);
}

static int run_status(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		show_status(context, state);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- parties */

static int run_party_add(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "name", call_value(call, "NAME"));
	js_set_string(body, "role", call_value(call, "ROLE"));
	js_set_string(body, "address", call_value(call, "--address"));
	if (call_value(call, "--address"))
		js_set_string(body, "fingerprint", model_pinned(desk_model(desk), call_value(call, "--address")));
	code = desk_append(desk, state, EVENT_PARTY_ADDED, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s (%s) is a party"), state->id, call_value(call, "NAME"),
			    call_value(call, "ROLE"));
	return code;
}

static int run_party_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *s;
	struct desk *desk;
	int code = command_case(context, call, &desk, &s, err);

	for (size_t i = 0; !code && i < s->party_count; i++)
		command_row_out(context, s->parties[i].name, s->parties[i].role, str_or_empty(s->parties[i].address),
				str_or_empty(s->parties[i].fingerprint), consent_name(s->parties[i].consent), NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static const char *const roles[] = { "finder", "reporter", "vendor", "coordinator", "deployer", "other", NULL };

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, NULL)
#define BY_OPTION     OPTION("--by", ARG_PARTY, N_("the party whose answer this is (us)"))

const struct command_row embargo_commands[] = {
	{
		.name = "embargo propose",
		.help = N_("propose an end: date, hour and zone"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_MANY("UNTIL", ARG_WHEN, N_("2026-12-15T09:00:00+08:00, or 2026-12-15 09:00 Asia/Shanghai")),
			       BY_OPTION, OPTION("--note", ARG_TEXT, NULL) },
		.exec = run_propose,
	},
	{
		.name = "embargo accept",
		.help = N_("accept what is proposed, for us or a party"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, BY_OPTION },
		.exec = run_accept,
	},
	{
		.name = "embargo reject",
		.help = N_("reject what is proposed"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, BY_OPTION,
			       { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true } },
		.exec = run_reject,
	},
	{
		.name = "embargo revise",
		.help = N_("propose another end while an embargo is in force"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_MANY("UNTIL", ARG_WHEN, NULL), BY_OPTION, OPTION("--note", ARG_TEXT, NULL) },
		.exec = run_propose,
	},
	{
		.name = "embargo terminate",
		.help = N_("end an embargo now, for good"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED,
		.arguments = { CASE_ARGUMENT, ARG_MANY("REASON", ARG_TEXT, NULL) },
		.exec = run_terminate,
	},
	{
		.name = "embargo status",
		.help = N_("who has agreed to what until when"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_status,
	},
	{
		.name = "party add",
		.help = N_("add somebody to a case"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL),
			       { .name = "ROLE", .type = ARG_WORD, .words = roles },
			       OPTION("--address", ARG_ADDRESS, N_("mail address")) },
		.exec = run_party_add,
	},
	{
		.name = "party list",
		.help = N_("list the parties of a case and their consent"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_party_list,
	},
	{ .name = NULL },
};
