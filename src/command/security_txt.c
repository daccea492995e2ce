/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about our security.txt (RFC 9116): written from what the house says of itself, and looked over. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/keys.h"

enum { DAYS_OF_LIFE = 180, LIST_MOST = 20 };

/* ---- writing */

struct lists { const char *contacts[LIST_MOST + 2], *encryption[LIST_MOST + 2]; };

static void fill(const struct command_call *call, const char *option, const char **list)
{
	size_t count, used = 0;
	char *const *values = call_values(call, option, &count);

	for (size_t i = 0; i < count && used < LIST_MOST; i++)
		list[used++] = values[i];
}

/* The options, else what the policy and the key say. */
static int gather(struct desk *desk, const struct command_call *call, instant now, struct lists *lists,
		  char **ret_key, instant *ret_expires, struct error *err)
{
	const struct policy *policy = model_policy(desk_model(desk));
	const char *expires = call_value(call, "--expires");
	struct security_txt_facts facts;
	struct zoned when;
	int code = desk_security_txt_facts(desk, now, &facts, err);

	if (code)
		return code;
	fill(call, "--contact", lists->contacts);
	fill(call, "--encryption", lists->encryption);
	if (!lists->contacts[0])
		lists->contacts[0] = policy->contact;
	if (!lists->contacts[0])
		return error_set(err, ERR_USAGE, call->row->name, _("Give --contact, or `policy set contact`"),
				 _("nobody is named to write to"));
	*ret_key = mem_format("openpgp4fpr:%s", facts.fingerprint);
	if (!lists->encryption[0])
		lists->encryption[0] = *ret_key;
	*ret_expires = now + DAYS_OF_LIFE * INSTANT_DAY;
	if (facts.key_expires != INSTANT_NONE && facts.key_expires < *ret_expires)
		*ret_expires = facts.key_expires;
	if (!expires)
		return 0;
	code = zoned_parse(expires, &when, err);
	if (!code)
		*ret_expires = when.at;
	return code;
}

/* Nothing is written that its own rules find wrong. */
static int check_written(const struct str *text, instant now, struct error *err)
{
	struct security_txt_report report;
	int code = 0;

	security_txt_lint(text->bytes, text->length, NULL, now, &report);
	for (size_t i = 0; !code && i < report.count; i++)
		if (report.findings[i].weight == SECURITY_TXT_ERROR)
			code = error_set(err, ERR_NO, report.findings[i].id, NULL, "%s: %s", _(report.findings[i].message),
					 str_or_empty(report.findings[i].value));
	security_txt_report_release(&report);
	return code;
}

static int run_write(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *canonical[LIST_MOST + 2] = { 0 }, *policies[LIST_MOST + 2] = { 0 }, *thanks[LIST_MOST + 2] = { 0 };
	const char *hiring[] = { call_value(call, "--hiring"), NULL };
	struct lists lists = { 0 };
	struct security_txt what = { .canonical = canonical, .policy = policies, .acknowledgments = thanks,
				     .hiring = hiring, .languages = call_value(call, "--languages"),
				     .contacts = lists.contacts, .encryption = lists.encryption };
	instant now = command_now(context);
	AUTO_STRING key = NULL;
	AUTO_STR text = STR_INIT;
	AUTO_STR framed = STR_INIT;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	fill(call, "--canonical", canonical);
	fill(call, "--policy", policies);
	fill(call, "--acknowledgments", thanks);
	if (!code)
		code = gather(desk, call, now, &lists, &key, &what.expires, err);
	if (code)
		return code;
	security_txt_write(&what, &text);
	code = check_written(&text, now, err);
	if (!code && call_given(call, "--signed"))
		code = desk_sign_clear(desk, &text, &framed, err);
	if (!code)
		code = file_write(call_value(call, "FILE"), framed.length ? framed.bytes : text.bytes,
				  framed.length ? framed.length : text.length, 0644, err);
	if (!code)
		command_say(context, _("%s written; look it over with `security-txt check`"), call_value(call, "FILE"));
	return code;
}

/* ---- looking over */

static json_t *finding_json(const struct security_txt_finding *finding)
{
	json_t *one = json_object();

	js_set_string(one, "test", finding->id);
	js_set_string(one, "severity", security_txt_weight_name(finding->weight));
	js_set_integer(one, "line", finding->line);
	js_set_string(one, "message", _(finding->message));
	js_set_string(one, "value", finding->value);
	js_set_string(one, "section", finding->section);
	return one;
}

static void show_report(struct command_context *context, const struct security_txt_report *report)
{
	json_t *list = context->json ? json_array() : NULL;

	for (size_t i = 0; i < report->count; i++) {
		const struct security_txt_finding *finding = &report->findings[i];
		AUTO_STRING line = finding->line ? mem_format("%d", finding->line) : mem_string("-");

		if (list)
			json_array_append_new(list, finding_json(finding));
		else
			command_row_out(context, finding->id, security_txt_weight_name(finding->weight), line,
					_(finding->message), str_or_empty(finding->value), finding->section, NULL);
	}
	if (list)
		command_json(context, list);
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "FILE");
	struct security_txt_report report;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_security_txt_check(desk, file, command_now(context), &report, err);
	if (code)
		return code;
	show_report(context, &report);
	if (security_txt_bad(&report))
		code = error_set(err, ERR_NO, file, NULL, _("it breaks rules of RFC 9116"));
	security_txt_report_release(&report);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

const struct command_row security_txt_commands[] = {
	{
		.name = "security-txt write",
		.help = N_("write our security.txt: contact, key, expiry"),
		.arguments = { ARG("FILE", ARG_FILE, NULL),
			       OPTION_MANY("--contact", ARG_TEXT, N_("an address or a URI (the policy's contact)")),
			       OPTION("--expires", ARG_WHEN, N_("when it ends (in 180 days, not behind our key)")),
			       OPTION_MANY("--encryption", ARG_TEXT, N_("where our key is (its fingerprint)")),
			       OPTION_MANY("--canonical", ARG_TEXT, N_("where the file is to be had")),
			       OPTION_MANY("--policy", ARG_TEXT, N_("our disclosure policy")),
			       OPTION_MANY("--acknowledgments", ARG_TEXT, N_("where we thank finders")),
			       OPTION("--hiring", ARG_TEXT, NULL),
			       OPTION("--languages", ARG_TEXT, N_("that reports may be written in: en, zh")),
			       SWITCH("--signed", N_("in the frame of a signature of ours")) },
		.exec = run_write,
	},
	{
		.name = "security-txt check",
		.help = N_("hold a security.txt against RFC 9116, our key and the clock"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("FILE", ARG_FILE, NULL) },
		.exec = run_check,
	},
	{ .name = NULL },
};
