/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about provider directories: building ours, judging any. */
#include "command/command_private.h"

#include "psirtty/base/text.h"
#include "psirtty/desk/provider.h"
#include "psirtty/format/provider.h"

static bool tell_progress(void *data, size_t done, size_t total)
{
	struct command_context *context = data;

	if (context->progress)
		context->progress(context, done, total);
	return context->cancelled && context->cancelled(context);
}

static void tell_built(struct command_context *context, const struct provider_built *built)
{
	for (size_t i = 0; i < built->left_count; i++)
		command_say(context, "%s", built->left[i]);
	for (size_t i = 0; i < built->tree_count; i++) {
		const struct provider_tree *t = &built->trees[i];

		command_say(context, _("%s: TLP:%s, %zu documents, %zu files written, %zu as they were"), t->dir, t->label,
			    t->documents, t->written, t->kept);
	}
}

static int run_build(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *from = call_value(call, "--from");
	struct provider_built built;
	struct judge *judge = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && from)
		code = judge_open(context->desk != NULL || context->on_screen, &judge, err);
	if (!code)
		code = desk_provider_build(desk, call_value(call, "DIR"), from, judge, tell_progress, context,
					   command_now(context), &built, err);
	judge_close(judge);
	if (code)
		return code;
	tell_built(context, &built);
	provider_built_release(&built);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static const char *title_of(int number)
{
	size_t count;
	const struct provider_requirement *list = provider_requirements(&count);

	for (size_t i = 0; i < count; i++)
		if (list[i].number == number)
			return list[i].title;
	return "";
}

static json_t *report_json(const struct provider_report *report)
{
	json_t *json = json_object(), *list = json_array();

	js_set_bool(json, "trusted_provider", report->trusted);
	js_set_integer(json, "documents", (long long)report->documents);
	for (size_t i = 0; i < report->count; i++) {
		const struct provider_finding *f = &report->findings[i];
		json_t *one = json_object();

		js_set_integer(one, "requirement", f->number);
		js_set_string(one, "title", title_of(f->number));
		js_set_string(one, "result", provider_result_name(f->result));
		js_set_string(one, "detail", f->detail);
		json_array_append_new(list, one);
	}
	json_object_set_new(json, "findings", list);
	return json;
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct provider_report report;
	struct judge *judge;
	bool trusted, broken = false;
	int code = judge_open(context->desk != NULL || context->on_screen, &judge, err);

	if (code)
		return code;
	code = provider_check(call_value(call, "DIR"), judge, command_now(context), &report, err);
	judge_close(judge);
	if (code)
		return code;
	if (context->json)
		command_json(context, report_json(&report));
	for (size_t i = 0; i < report.count; i++) {
		const struct provider_finding *f = &report.findings[i];
		AUTO_STRING number = mem_format("%d", f->number);

		broken |= f->result == PROVIDER_NOT_MET;
		if (!context->json)
			command_row_out(context, number, provider_result_name(f->result), _(title_of(f->number)), f->detail, NULL);
	}
	trusted = report.trusted;
	if (!context->json)
		command_row_out(context, "-", trusted ? "met" : "not-met", _("Trusted provider, as far as files can tell"), "", NULL);
	provider_report_release(&report);
	context->reactions |= REACT_SHOW_OUTPUT;
	return broken || !trusted ? ERR_NO : 0;
}

const struct command_row provider_commands[] = {
	{
		.name = "provider build",
		.help = N_("write what was published as a CSAF provider's directory"),
		.flags = COMMAND_LEAVES,
		.arguments = { ARG("DIR", ARG_DIR, N_("of TLP:WHITE; the others lie beside it")),
			       OPTION("--from", ARG_DIR, N_("take the CSAF documents in there too")) },
		.exec = run_build,
	},
	{
		.name = "provider check",
		.help = N_("judge a provider's directory by CSAF 2.0, section 7.1"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.arguments = { ARG("DIR", ARG_DIR, NULL) },
		.exec = run_check,
	},
	{ .name = NULL },
};
