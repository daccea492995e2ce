/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about advisories. */
#include "command/command_private.h"

#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/base/text.h"

/* ADV is an advisory's id or its case's. */
static int find_advisory(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
			 const struct case_state **ret, struct error *err)
{
	const char *id = call_value(call, "ADV");
	int code = command_desk(context, ret_desk, err);

	for (size_t i = 0; !code && i < model_case_count(desk_model(*ret_desk)); i++) {
		const struct case_state *state = model_case(desk_model(*ret_desk), i);

		if (state->advisory && str_equal(state->advisory->id, id)) {
			*ret = state;
			return desk_whole_case(*ret_desk, state, err);
		}
	}
	return code ? code : desk_find_case(*ret_desk, id, ret, err);
}

static int run_new(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_new(desk, state, command_now(context), err);
	if (!code)
		command_say(context, _("%s: advisory %s begun"), state->id, state->advisory->id);
	return code;
}

static int run_set(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING value = call_text(call, "VALUE");
	const struct case_state *state;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_set(desk, state, call_value(call, "FIELD"), value, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s set"), state->advisory->id, call_value(call, "FIELD"));
	return code;
}

/* ---- editing: what only the advisory says, as a small YAML */

static const char *const edited[] = { "title", "tlp", "summary", "description", "recommendation" };

static const char *field_of(const struct case_advisory *a, const char *field)
{
	const char *const values[] = { a->title, a->tlp, a->summary, a->description, a->recommendation };

	for (size_t i = 0; i < ARRAY_LEN(edited); i++)
		if (str_equal(edited[i], field))
			return str_or_empty(values[i]);
	return "";
}

static void write_block(struct str *ret, const char *key, const char *value)
{
	str_add_format(ret, "%s: |-\n", key);
	for (const char *line = value; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		str_add_format(ret, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void write_draft(const struct case_state *state, struct str *ret)
{
	str_add_format(ret, _("# Advisory %s. Product, score and dates come from %s; only the words are here.\n"
			      "# tlp is CLEAR, GREEN, AMBER, AMBER+STRICT or RED.\n"),
		       state->advisory->id, state->id);
	for (size_t i = 0; i < ARRAY_LEN(edited); i++)
		write_block(ret, edited[i], field_of(state->advisory, edited[i]));
}

static int take_draft(struct command_context *context, struct desk *desk, const struct case_state *state,
		      const struct conf *conf, struct error *err)
{
	uint8_t stream[16];
	int code = 0;

	memcpy(stream, state->stream, sizeof(stream));
	for (size_t i = 0; !code && i < ARRAY_LEN(edited); i++) {
		const char *value = conf_text(conf, edited[i], NULL);

		state = model_case_of_stream(desk_model(desk), stream);
		if (value && !str_equal(value, field_of(state->advisory, edited[i])))
			code = desk_advisory_set(desk, state, edited[i], value, command_now(context), err);
	}
	return code;
}

static int run_edit(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct conf conf = { 0 };
	struct str text = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code && !state->advisory)
		code = error_set(err, ERR_NO, state->id, _("Begin it with `advisory new`"),
				 _("it has no advisory yet"));
	if (!code && !context->edit)
		code = error_set(err, ERR_USAGE, "advisory edit", _("Use `advisory set ADV FIELD VALUE`"),
				 _("there is no terminal for an editor"));
	if (!code) {
		write_draft(state, &text);
		code = context->edit(context, "advisory.yaml", &text, err);
	}
	if (!code)
		code = conf_load(text.bytes, text.length, "advisory.yaml", &conf, err);
	if (!code)
		code = take_draft(context, desk, state, &conf, err);
	conf_release(&conf);
	str_wipe(&text);
	return code;
}

/* ---- rendering */

static int run_render(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "--out"), *format = call_value(call, "--to");
	const struct case_state *state;
	AUTO_STR document = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_render(desk, state, format ? format : "csaf-2.0", command_now(context),
					    &document, err);
	if (code)
		return code;
	context->reactions |= REACT_SHOW_OUTPUT;
	if (!file) {
		str_add_bytes(&context->out, document.bytes, document.length);
		return 0;
	}
	code = file_write(file, document.bytes, document.length, 0644, err);
	if (!code)
		command_say(context, _("%s written to %s"), state->advisory->id, file);
	return code;
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	AUTO_STR document = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_render(desk, state, "text", command_now(context), &document, err);
	if (!code)
		text_add_block(&context->out, document.bytes);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	for (size_t i = 0; !code && i < model_case_count(desk_model(desk)); i++) {
		const struct case_state *s = model_case(desk_model(desk), i);
		char at[40];

		if (s->advisory)
			command_row_out(context, s->advisory->id, s->id, s->advisory->tlp,
					instant_format(s->advisory->changed_at, at), s->advisory->title, NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static const char *const formats[] = { "csaf-2.0", "text", NULL };

#define ADV_ARGUMENT ARG("ADV", ARG_ADVISORY, N_("an advisory's id, or its case's"))

const struct command_row advisory_commands[] = {
	{
		.name = "advisory new",
		.help = N_("begin the advisory of a case from what the case knows"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ARG("CASE", ARG_CASE, NULL) },
		.exec = run_new,
	},
	{
		.name = "advisory edit",
		.help = N_("edit the words of an advisory in your editor"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ADV_ARGUMENT },
		.exec = run_edit,
	},
	{
		.name = "advisory set",
		.help = N_("set one field: title, summary, description, recommendation, tlp"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ADV_ARGUMENT, ARG("FIELD", ARG_TEXT, NULL), ARG_MANY("VALUE", ARG_TEXT, NULL) },
		.exec = run_set,
	},
	{
		.name = "advisory show",
		.help = N_("read an advisory as text"),
		.arguments = { ADV_ARGUMENT },
		.exec = run_show,
	},
	{
		.name = "advisory list",
		.pane = "advisories",
		.help = N_("list the advisories"),
		.exec = run_list,
	},
	{
		.name = "advisory render",
		.help = N_("write an advisory in a format others read"),
		.arguments = { ADV_ARGUMENT,
			       { .name = "--to", .type = ARG_WORD, .words = formats, .option = true, .takes_value = true,
				 .optional = true, .help = N_("the format") },
			       OPTION("--out", ARG_FILE, N_("instead of standard output")) },
		.exec = run_render,
	},
	{ .name = NULL },
};
