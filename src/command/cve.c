/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about CVE ids: a local pool, its clocks, records and the files the CVE services are to get. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/cve.h"

static int run_request(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_cve_request(desk, state, command_now(context), err);
	if (!code)
		command_say(context, _("%s: a CVE id is asked for"), state->id);
	return code;
}

static int run_reserve(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *of = call_value(call, "--case");
	const struct case_state *state = NULL;
	struct desk *desk;
	size_t count;
	char *const *ids = call_values(call, "CVE", &count);
	int code = command_desk(context, &desk, err);

	if (!code && of)
		code = desk_find_case(desk, of, &state, err);
	if (!code && state && count > 1)
		code = error_set(err, ERR_USAGE, "cve reserve", NULL, _("a case gets one at a time"));
	for (size_t i = 0; !code && i < count; i++) {
		code = desk_cve_reserve(desk, ids[i], state, command_now(context), err);
		if (!code)
			command_say(context, _("%s: reserved"), ids[i]);
	}
	return code;
}

static int run_use(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *cve = call_value(call, "CVE");
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_cve_use(desk, cve, state, command_now(context), err);
	if (!code)
		command_say(context, _("%s: used for %s"), cve, state->id);
	return code;
}

static int write_record(struct command_context *context, const struct command_call *call, struct desk *desk, const char *cve,
			struct error *err)
{
	const char *file = call_value(call, "--out");
	AUTO_STR text = STR_INIT;
	int code = desk_cve_record(desk, cve, call_given(call, "--upload"), command_now(context), &text, err);

	if (code)
		return code;
	if (file)
		return file_write(file, text.bytes, text.length, 0644, err);
	str_add_bytes(&context->out, text.bytes, text.length);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static int run_reject(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const char *cve = call_value(call, "CVE");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_cve_reject(desk, cve, reason, command_now(context), err);
	if (!code)
		command_say(context, _("%s: rejected"), cve);
	return !code && call_value(call, "--out") ? write_record(context, call, desk, cve, err) : code;
}

static int run_record(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	return code ? code : write_record(context, call, desk, call_value(call, "CVE"), err);
}

static int run_published(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *cve = call_value(call, "CVE"), *when = call_value(call, "--at");
	struct zoned at = { .at = command_now(context) };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && when)
		code = zoned_parse(when, &at, err);
	if (!code)
		code = desk_cve_published(desk, cve, at.at, command_now(context), err);
	if (!code)
		command_say(context, _("%s: its record is published"), cve);
	return code;
}

static json_t *id_json(const struct model *model, const struct pool_id *id)
{
	json_t *json = json_object();
	const char *what;
	instant due = desk_cve_due(model, id, &what);
	char buffer[40];

	js_set_string(json, "cve", id->id);
	js_set_string(json, "state", pool_state_name(id->state));
	js_set_string(json, "since", instant_format(id->since[id->state], buffer));
	js_set_string(json, "case", id->case_id);
	js_set_string(json, "reason", id->reason);
	if (due != INSTANT_NONE) {
		js_set_string(json, "due", instant_format(due, buffer));
		js_set_string(json, "due_what", what);
	}
	return json;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = context->json ? json_array() : NULL;
	const struct model *model;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	model = code ? NULL : desk_model(desk);
	for (size_t i = 0; model && i < model_pool_count(model); i++) {
		const struct pool_id *id = model_pool_id(model, i);
		const char *what;
		instant due = desk_cve_due(model, id, &what);
		char since[40], until[40];

		if (str_starts(id->id, "for ") && id->state == POOL_REJECTED)
			continue;
		if (list)
			json_array_append_new(list, id_json(model, id));
		else
			command_row_out(context, id->id, pool_state_name(id->state), instant_format(id->since[id->state], since),
					str_or_empty(id->case_id), due == INSTANT_NONE ? "" : instant_format(due, until),
					what ? _(what) : str_or_empty(id->reason), NULL);
	}
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

#define CVE_ARGUMENT ARG("CVE", ARG_TEXT, N_("a CVE id of the pool"))

const struct command_row cve_commands[] = {
	{
		.name = "cve request",
		.help = N_("that a CVE id was asked for"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("CASE", ARG_CASE, NULL) },
		.exec = run_request,
	},
	{
		.name = "cve reserve",
		.help = N_("put CVE ids into the pool that were reserved for us"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MANY("CVE", ARG_TEXT, NULL), OPTION("--case", ARG_CASE, N_("give it to this case at once")) },
		.exec = run_reserve,
	},
	{
		.name = "cve use",
		.help = N_("give a reserved CVE id to a case"),
		.flags = COMMAND_CHANGES,
		.arguments = { CVE_ARGUMENT, ARG("CASE", ARG_CASE, NULL) },
		.exec = run_use,
	},
	{
		.name = "cve reject",
		.help = N_("reject a CVE id, with a reason for its record"),
		.flags = COMMAND_CHANGES,
		.arguments = { CVE_ARGUMENT, ARG_MANY("REASON", ARG_TEXT, N_("in English")),
			       OPTION("--out", ARG_FILE, N_("write the record there")),
			       SWITCH("--upload", N_("as the CVE services take it")) },
		.exec = run_reject,
	},
	{
		.name = "cve record",
		.help = N_("the CVE record of an id, checked"),
		.arguments = { CVE_ARGUMENT, OPTION("--out", ARG_FILE, N_("instead of standard output")),
			       SWITCH("--upload", N_("as the CVE services take it")) },
		.exec = run_record,
	},
	{
		.name = "cve published",
		.help = N_("that the record of a CVE id was published"),
		.flags = COMMAND_CHANGES,
		.arguments = { CVE_ARGUMENT, OPTION("--at", ARG_WHEN, N_("when; now if not given")) },
		.exec = run_published,
	},
	{
		.name = "cve list",
		.help = N_("the pool of CVE ids, what is due and by when"),
		.flags = COMMAND_JSON,
		.exec = run_list,
	},
	{ .name = NULL },
};
