/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about advisories. */
#include "command/command_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/advisory.h"

enum { EDIT_LIMIT = 1 << 20 };

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
		code = desk_advisory_begin(desk, state, call_value(call, "--template"), command_now(context), err);
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

static int run_edit(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "--file");
	const struct case_state *state;
	struct str text = STR_INIT;
	struct desk *desk;
	size_t changed = 0;
	bool kept = false;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code && !context->edit && !file)
		code = error_set(err, ERR_USAGE, "advisory edit", _("Use `advisory set ADV FIELD VALUE`, or --file FILE"),
				 _("there is no terminal for an editor"));
	if (!code && file)
		code = file_read(file, EDIT_LIMIT, &text, err);
	else if (!code)
		code = desk_advisory_draft(desk, state, &text, err);
	if (!code && !file)
		code = context->edit(context, "advisory.yaml", &text, err);
	if (!code)
		code = desk_advisory_take(desk, state, text.bytes, text.length, command_now(context), &changed, &kept, err);
	/* What could not be taken was kept for the next edit; if not, the draft of the editor stays. */
	if (kept) {
		command_edited_done(context, context->edited);
		mem_replace(&context->edited, NULL);
		context->reactions |= REACT_EDIT_KEPT;
	}
	if (!code && changed)
		command_say(context, _("%s: %zu texts changed"), call_value(call, "ADV"), changed);
	else if (!code)
		command_say(context, _("%s: nothing changed"), call_value(call, "ADV"));
	str_wipe(&text);
	return code;
}

static int run_draft(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	AUTO_STR text = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_draft(desk, state, &text, err);
	if (!code)
		text_add_block(&context->out, text.bytes);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- rendering */

static void tell_losses(struct command_context *context, const struct advisory_losses *losses)
{
	for (size_t i = 0; i < losses->count && !context->on_screen; i++)
		fprintf(stderr, _("lost: %s\n"), losses->items[i]);
}

static int run_render(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "--out"), *format = call_value(call, "--to");
	struct advisory_losses losses = { 0 };
	const struct case_state *state;
	AUTO_STR document = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_write(desk, state, format ? format : "csaf-2.0", call_value(call, "--lang"),
					   command_now(context), &document, &losses, err);
	tell_losses(context, &losses);
	advisory_losses_release(&losses);
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
		code = desk_advisory_write(desk, state, "text", call_value(call, "--lang"), command_now(context), &document,
					   NULL, err);
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

/* ---- on its way out */

static int run_diff(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	enum advisory_bump bump;
	AUTO_STR lines = STR_INIT;
	struct desk *desk;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code && call_value(call, "--to"))
		code = desk_advisory_between(desk, state, call_value(call, "--from"), call_value(call, "--to"), &lines, &bump, err);
	else if (!code)
		code = desk_advisory_changes(desk, state, call_value(call, "--from"), command_now(context), &lines, &bump, err);
	if (code)
		return code;
	text_add_block(&context->out, lines.bytes);
	command_say(context, _("what the version must rise by: %s"), advisory_bump_name(bump));
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static int run_prepare(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *when = call_value(call, "--at");
	AUTO_STRING summary = call_text(call, "SUMMARY");
	const struct case_state *state;
	const struct case_record *prepared;
	struct zoned at = { .at = INSTANT_NONE };
	struct desk *desk;
	uint8_t stream[16];
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code && when)
		code = zoned_parse(when, &at, err);
	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	code = desk_advisory_prepare(desk, state, at.at, call_given(call, "--interim"), summary, command_now(context), err);
	if (code)
		return code;
	state = model_case_of_stream(desk_model(desk), stream);
	prepared = desk_advisory_prepared(state);
	command_say(context, _("%s: version %s is prepared for %s"), state->advisory->id, record_text(prepared, "version"),
		    record_text(prepared, "at"));
	return 0;
}

static int run_approve(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *role = call_value(call, "--as");
	AUTO_STRING note = call_text(call, "NOTE");
	const struct case_state *state;
	struct desk *desk;
	uint8_t stream[16];
	int code = find_advisory(context, call, &desk, &state, err);

	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	code = desk_advisory_approve(desk, state, role ? role : "content", note, command_now(context), err);
	if (!code)
		command_say(context, _("%s: approved; a change makes it lapse"),
			    model_case_of_stream(desk_model(desk), stream)->advisory->id);
	return code;
}

static json_t *preflight_json(const struct case_state *state, const struct preflight *p)
{
	json_t *json = json_object(), *list = json_array();

	js_set_string(json, "advisory", state->advisory->id);
	js_set_bool(json, "open", p->open);
	for (size_t i = 0; i < p->count; i++) {
		json_t *row = json_object();

		js_set_string(row, "what", p->rows[i].what);
		js_set_string(row, "result", preflight_result_name(p->rows[i].result));
		js_set_string(row, "detail", p->rows[i].detail);
		json_array_append_new(list, row);
	}
	json_object_set_new(json, "rows", list);
	return json;
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct preflight preflight;
	struct desk *desk;
	bool open;
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = desk_advisory_preflight(desk, state, command_now(context), &preflight, err);
	if (code)
		return code;
	if (context->json)
		command_json(context, preflight_json(state, &preflight));
	for (size_t i = 0; !context->json && i < preflight.count; i++)
		command_row_out(context, preflight.rows[i].what, preflight_result_name(preflight.rows[i].result),
				preflight.rows[i].detail, NULL);
	open = preflight.open;
	preflight_release(&preflight);
	context->reactions |= REACT_SHOW_OUTPUT;
	return open ? 0 : ERR_NO;
}

/* The screen asks for the case's id itself; in a shell it stands in the command, or is asked for. */
static int confirm(struct command_context *context, const struct command_call *call, const char *id, struct error *err)
{
	const char *typed = call_value(call, "--case");
	char line[128];

	if (context->on_screen || str_equal(call_value(call, "ADV"), id) || str_equal(typed, id))
		return 0;
	if (!typed && isatty(STDIN_FILENO)) {
		fprintf(stderr, _("Type the id of the case to publish: "));
		if (fgets(line, sizeof(line), stdin)) {
			line[strcspn(line, "\n")] = '\0';
			if (str_equal(line, id))
				return 0;
		}
	}
	return error_set(err, ERR_USAGE, "advisory publish", _("Name the case by its whole id, as ADV or with --case"),
			 _("publishing wants the id of the case typed"));
}

static int run_publish(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	uint8_t stream[16];
	int code = find_advisory(context, call, &desk, &state, err);

	if (!code)
		code = confirm(context, call, state->id, err);
	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	code = desk_advisory_publish(desk, state, call_value(call, "--out"), command_now(context), err);
	if (!code)
		command_say(context, _("%s is published; `provider build DIR` puts it where it is served from"),
			    model_case_of_stream(desk_model(desk), stream)->advisory->id);
	return code;
}

#define ADV_ARGUMENT ARG("ADV", ARG_ADVISORY, N_("an advisory's id, or its case's"))
#define LANG_OPTION OPTION("--lang", ARG_TEXT, N_("the language: en, zh …"))

const struct command_row advisory_commands[] = {
	{
		.name = "advisory new",
		.help = N_("begin the advisory of a case from what the case knows"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ARG("CASE", ARG_CASE, NULL),
			       OPTION("--template", ARG_TEXT, N_("advisory, vex, informational, incident, base or one of yours")) },
		.exec = run_new,
	},
	{
		.name = "advisory edit",
		.help = N_("edit the words of an advisory in your editor, in all languages"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ADV_ARGUMENT, OPTION("--file", ARG_FILE, N_("take the YAML from there")) },
		.exec = run_edit,
	},
	{
		.name = "advisory draft",
		.help = N_("print the words of an advisory as `advisory edit` has them"),
		.arguments = { ADV_ARGUMENT },
		.exec = run_draft,
	},
	{
		.name = "advisory set",
		.help = N_("set one field: title, summary, description, tlp, category …"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ADV_ARGUMENT, ARG("FIELD", ARG_TEXT, NULL), ARG_MANY("VALUE", ARG_TEXT, NULL) },
		.exec = run_set,
	},
	{
		.name = "advisory show",
		.help = N_("read an advisory as text"),
		.arguments = { ADV_ARGUMENT, LANG_OPTION },
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
			       { .name = "--to", .type = ARG_WORD, .words = advisory_format_words, .option = true,
				 .takes_value = true, .optional = true, .help = N_("the format") },
			       LANG_OPTION, OPTION("--out", ARG_FILE, N_("instead of standard output")) },
		.exec = run_render,
	},
	{
		.name = "advisory diff",
		.help = N_("what differs from the last release, and how much its number must rise"),
		.arguments = { ADV_ARGUMENT, OPTION("--from", ARG_TEXT, N_("the version of an older release instead")),
			       OPTION("--to", ARG_TEXT, N_("the version of a release, instead of what it is now")) },
		.exec = run_diff,
	},
	{
		.name = "advisory prepare",
		.help = N_("fix number, date and summary of the release to be approved"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ADV_ARGUMENT,
			       { .name = "SUMMARY", .type = ARG_TEXT, .repeats = true, .optional = true,
				 .help = N_("what changed, for the revision history") },
			       OPTION("--at", ARG_WHEN, N_("when it is to be published: a person is asked then")),
			       SWITCH("--interim", N_("more will follow soon")) },
		.exec = run_prepare,
	},
	{
		.name = "advisory approve",
		.help = N_("sign the documents as they are; a changed byte makes that lapse"),
		.flags = COMMAND_CHANGES,
		.arguments = { ADV_ARGUMENT,
			       { .name = "NOTE", .type = ARG_TEXT, .repeats = true, .optional = true, .help = N_("a remark") },
			       OPTION("--as", ARG_TEXT, N_("the role, of data/advisory.yaml: content if not given")) },
		.exec = run_approve,
	},
	{
		.name = "advisory check",
		.help = N_("everything that stands against publishing, in one list"),
		.flags = COMMAND_JSON,
		.arguments = { ADV_ARGUMENT },
		.exec = run_check,
	},
	{
		.name = "advisory publish",
		.help = N_("publish an advisory, at once or not at all"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES | COMMAND_TYPED,
		.arguments = { ADV_ARGUMENT, OPTION("--case", ARG_CASE, N_("the case's id, typed, where ADV is another name")),
			       OPTION("--out", ARG_DIR, N_("write the documents there too")) },
		.exec = run_publish,
	},
	{ .name = NULL },
};
