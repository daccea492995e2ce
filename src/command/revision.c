/* SPDX-License-Identifier: Apache-2.0 */
/* Commands for what the texts of a case were before, and what changed in them. */
#include "command/command_private.h"

#include "psirtty/base/diff.h"
#include "psirtty/base/text.h"
#include "psirtty/model/revision.h"

enum { CONTEXT_LINES = 3 };

static void revision_json(struct command_context *context, const struct case_revision *revisions, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *one = json_object();
		char when[40];

		json_object_set_new(one, "revision", json_integer((json_int_t)i + 1));
		js_set_string(one, "text", revision_text_name(revisions[i].text));
		js_set_string(one, "at", instant_format(revisions[i].at, when));
		js_set_string(one, "by", revisions[i].author);
		js_set_string(one, "parts", revisions[i].parts);
		json_array_append_new(list, one);
	}
	command_json(context, list);
}

static int run_revisions(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct case_revision *revisions = NULL;
	const struct case_state *state;
	struct desk *desk;
	size_t count = 0;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	case_revisions(state, &revisions, &count);
	if (context->json)
		revision_json(context, revisions, count);
	for (size_t i = 0; i < count && !context->json; i++) {
		char number[24], when[40];

		snprintf(number, sizeof(number), "%zu", i + 1);
		command_row_out(context, number, instant_format(revisions[i].at, when), revision_text_name(revisions[i].text),
				revisions[i].author, revisions[i].parts, NULL);
	}
	case_revisions_free(revisions, count);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* The place a number stands for; the last where none is given. */
static int revision_place(const char *text, size_t count, size_t *ret, struct error *err)
{
	char *end = NULL;
	long number = text ? strtol(text, &end, 10) : (long)count;

	if (!count)
		return error_set(err, ERR_NO, "case diff", NULL, _("no text of this case was written yet"));
	if ((text && *end) || number < 1 || (size_t)number > count)
		return error_set(err, ERR_USAGE, "case diff", _("`case revisions CASE` numbers them"),
				 _("\"%s\" is no revision from 1 to %zu"), text, count);
	*ret = (size_t)number - 1;
	return 0;
}

/* The one it is compared with: that of --from, else the one before of the same text; -1: it is the first. */
static int revision_base(const struct command_call *call, const struct case_revision *revisions, size_t count, size_t index,
			 long *ret, struct error *err)
{
	const char *from = call_value(call, "--from");
	size_t place = 0;
	int code;

	*ret = case_revision_before(revisions, index);
	if (!from)
		return 0;
	code = revision_place(from, count, &place, err);
	if (!code && revisions[place].text != revisions[index].text)
		code = error_set(err, ERR_USAGE, "case diff", NULL, _("revision %s is one of another text"), from);
	if (!code)
		*ret = (long)place;
	return code;
}

static void say_diff(struct command_context *context, const struct case_state *state, const struct case_revision *old,
		     const struct case_revision *new)
{
	AUTO_STR from = STR_INIT, to = STR_INIT, text = STR_INIT;
	struct diff diff;

	if (old)
		case_revision_words(state, old->text, old->event, &from);
	case_revision_words(state, new->text, new->event, &to);
	diff_texts(from.bytes, to.bytes, CONTEXT_LINES, &diff);
	diff_unified(&diff, &text);
	diff_release(&diff);
	text_add_block(&context->out, text.bytes);
}

static int run_diff(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct case_revision *revisions = NULL;
	const struct case_state *state;
	size_t count = 0, index = 0;
	struct desk *desk;
	long base = -1;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	case_revisions(state, &revisions, &count);
	code = revision_place(call_value(call, "REVISION"), count, &index, err);
	if (!code)
		code = revision_base(call, revisions, count, index, &base, err);
	if (!code)
		say_diff(context, state, base < 0 ? NULL : &revisions[base], &revisions[index]);
	case_revisions_free(revisions, count);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, N_("a case's id, or its number"))

const struct command_row revision_commands[] = {
	{
		.name = "case revisions",
		.help = N_("what was changed in the texts of a case, and by whom"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT },
		.exec = run_revisions,
	},
	{
		.name = "case diff",
		.help = N_("what a revision changed, line by line"),
		.arguments = { CASE_ARGUMENT, ARG_MAY("REVISION", ARG_NUMBER, N_("its number; the last one if not given")),
			       OPTION("--from", ARG_NUMBER, N_("compare with this one of the same text, not with the one before")) },
		.exec = run_diff,
	},
	{ .name = NULL },
};
