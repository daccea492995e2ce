/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that judge documents; they need no vault. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/judge.h"
#include "psirtty/worker/fetch.h"

/* ---- help */

void check_help_tests(struct command_context *context)
{
	size_t count = check_tests(NULL, 0);
	struct check_test_info *tests = mem_alloc((count + 1) * sizeof(*tests));
	const char *format = NULL;

	check_tests(tests, count);
	str_add_format(&context->out, "\n%s\n",
		       _("Tests besides `schema`, the structure; those marked with a * can be mended by rule:"));
	for (size_t i = 0; i < count; i++) {
		if (!str_equal(format, tests[i].format))
			str_add_format(&context->out, "\n%s\n", tests[i].format);
		format = tests[i].format;
		str_add_format(&context->out, "  %-18s %-11s %s%s\n", tests[i].test,
			       check_severity_name(tests[i].severity), _(tests[i].title), tests[i].fixable ? " *" : "");
	}
	free(tests);
}

/* ---- answers */

/* Each failing test once, in order. */
static char *failing(const struct judgement *judgement)
{
	struct str ids = STR_INIT;
	const char *last = NULL;

	for (size_t i = 0; i < judgement->count; i++) {
		const struct judged *finding = &judgement->findings[i];

		if (!str_equal(finding->test, last))
			str_add_format(&ids, "%s%s", ids.length ? "," : "", finding->test);
		last = finding->test;
	}
	return ids.length ? str_detach(&ids) : mem_string("");
}

static json_t *unchecked_json(const struct judgement *judgement)
{
	json_t *list = json_array();

	for (size_t i = 0; i < judgement->unchecked_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "test", judgement->unchecked[i].test);
		js_set_string(one, "reason", judgement->unchecked[i].reason);
		json_array_append_new(list, one);
	}
	return list;
}

/* What was not tested is not passed: a line for each reason, once. */
static void tell_unchecked(struct command_context *context, const struct judgement *judgement, json_t *told)
{
	for (size_t i = 0; i < judgement->unchecked_count && !context->on_screen; i++) {
		const char *test = judgement->unchecked[i].test, *reason = judgement->unchecked[i].reason;
		AUTO_STRING line = mem_format(_("%s was not checked: %s"), test, reason);

		if (json_object_get(told, line))
			continue;
		json_object_set_new(told, line, json_true());
		fprintf(stderr, "psirtty: %s\n", line);
	}
}

static json_t *judgement_json(const char *path, const struct judgement *judgement)
{
	json_t *json = json_object(), *list = json_array();

	js_set_string(json, "file", path);
	js_set_string(json, "format", judgement->format);
	js_set_string(json, "verdict", judgement->errors ? "invalid" : "valid");
	js_set_integer(json, "cut", (long long)judgement->cut);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct judged *f = &judgement->findings[i];
		json_t *one = json_object();

		js_set_string(one, "test", f->test);
		js_set_string(one, "severity", check_severity_name(f->severity));
		js_set_string(one, "path", f->path);
		js_set_string(one, "message", f->message);
		js_set_string(one, "fix", f->fix);
		json_array_append_new(list, one);
	}
	json_object_set_new(json, "findings", list);
	if (judgement->unchecked_count)
		json_object_set_new(json, "not_checked", unchecked_json(judgement));
	return json;
}

struct judging {
	struct command_context *context;
	struct judge *judge;
	const char *preset;
	json_t *list;      /* --json: one item a file */
	json_t *told;      /* what was said not to be checked */
	bool refused, unread;
};

static void judge_one(struct judging *j, const char *path)
{
	AUTO_STRING ids = NULL;
	struct judgement judgement;
	AUTO_ERROR err = ERROR_INIT;

	if (judge_file(j->judge, path, j->preset, command_now(j->context), &judgement, &err)) {
		j->unread = true;
		if (j->list) {
			json_t *json = json_object();

			js_set_string(json, "file", path);
			js_set_string(json, "verdict", "unreadable");
			js_set_string(json, "reason", err.why);
			json_array_append_new(j->list, json);
		} else {
			command_row_out(j->context, path, "", "unreadable", str_or_empty(err.why), NULL);
		}
		return;
	}
	j->refused = j->refused || judgement.errors;
	ids = failing(&judgement);
	if (j->list)
		json_array_append_new(j->list, judgement_json(path, &judgement));
	else
		command_row_out(j->context, path, str_or_empty(judgement.format),
				judgement.errors ? "invalid" : "valid", ids, NULL);
	tell_unchecked(j->context, &judgement, j->told);
	judgement_release(&judgement);
}

/* One document, mended: to --out or standard output; what was done goes to standard error. */
static int mend(struct command_context *context, const struct command_call *call, const char *path, const char *preset,
		struct error *err)
{
	const char *file = call_value(call, "--out");
	struct mended mended;
	struct judge *judge;
	int code = judge_open(context->desk != NULL || context->on_screen, &judge, err);

	if (code)
		return code;
	code = judge_mend(judge, path, preset, command_now(context), &mended, err);
	judge_close(judge);
	if (code)
		return code;
	if (file)
		code = file_write(file, mended.document, strlen(mended.document), 0644, err);
	else
		str_add(&context->out, mended.document);
	for (size_t i = 0; i < mended.count && !context->on_screen; i++) {
		AUTO_STR line = STR_INIT;

		text_add_line(&line, mended.rows[i].fields[1]);
		fprintf(stderr, _("mended: %s %s\n"), mended.rows[i].fields[0], line.bytes);
	}
	mended_release(&mended);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int may_follow(struct command_context *context, const char *preset, struct settings *ret, struct error *err)
{
	int code = command_settings(context, ret, err);

	if (!code && !str_equal(preset, "full"))
		code = error_set(err, ERR_USAGE, "check --follow-links", _("Say --preset full"),
				 _("the tests of links are made with all the others"));
	if (!code && fetch_forbidden())
		code = error_set(err, ERR_DENIED, "check --follow-links", _("Leave it out: what was not tested is told"),
				 _("this program is offline"));
	return code;
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *preset = call_value(call, "--preset");
	struct judging judging = { .context = context, .preset = preset ? preset : "basic" };
	struct settings settings = { 0 };
	size_t count;
	char *const *files = call_values(call, "FILE", &count);
	int code;

	if (call_given(call, "--fix"))
		return count == 1 ? mend(context, call, files[0], judging.preset, err) :
				    error_set(err, ERR_USAGE, "check --fix", NULL, _("it mends one document at a time"));
	code = call_given(call, "--follow-links") ? may_follow(context, judging.preset, &settings, err) : 0;
	if (!code)
		code = judge_open(context->desk != NULL || context->on_screen, &judging.judge, err);
	if (code) {
		settings_release(&settings);
		return code;
	}
	if (call_given(call, "--follow-links"))
		judge_follow_links(judging.judge, &settings);
	if (context->json)
		judging.list = json_array();
	judging.told = json_object();
	for (size_t i = 0; i < count; i++)
		judge_one(&judging, files[i]);
	judge_close(judging.judge);
	settings_release(&settings);
	json_decref(judging.told);
	if (judging.list)
		command_json(context, judging.list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return judging.unread ? error_set(err, ERR_INPUT, "check", _("See its line"), _("a file cannot be read")) :
	       judging.refused ? ERR_NO : 0;
}

static const char *const presets[] = { "schema", "basic", "extended", "full", NULL };

const struct command_row check_commands[] = {
	{
		.name = "check",
		.help = N_("judge documents by the tests of their standard"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT | COMMAND_BULK,
		.arguments = { { .name = "FILE", .type = ARG_FILE, .repeats = true,
				 .help = N_("CSAF and what else is known; - for standard input") },
			       { .name = "--preset", .type = ARG_WORD, .words = presets, .option = true,
				 .takes_value = true, .optional = true, .help = N_("how much is tested: basic if not given") },
			       SWITCH("--follow-links", N_("with --preset full: ask every https address in it")),
			       SWITCH("--fix", N_("mend what can be mended by rule, and write the document")),
			       OPTION("--out", ARG_FILE, N_("with --fix: instead of standard output")) },
		.exec = run_check,
	},
	{ .name = NULL },
};
