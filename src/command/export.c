/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that carry cases out of the vault and into it, and that end them. */
#include "command/command_private.h"

#include "psirtty/desk/export.h"

static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };

/* Bytes to the front's progress, in KiB so that they fit anywhere. */
static bool report_bytes(void *context, uint64_t done, uint64_t total)
{
	struct command_context *c = context;

	if (c->progress)
		c->progress(c, (size_t)(done >> 10), (size_t)(total >> 10));
	return false;
}

static int run_export(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_export what = { .path = call_value(call, "FILE"), .tlp = call_value(call, "--tlp"),
				    .progress = report_bytes, .context = context };
	struct desk_exported made = { 0 };
	const struct case_state *state;
	AUTO_STR json = STR_INIT;
	AUTO_JSON shown = NULL;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	what.recipients = (const char *const *)call_values(call, "--to", &what.recipient_count);
	shown = case_json(state, command_now(context), true);
	js_dump_pretty(shown, &json);
	what.case_json = json.bytes;
	code = desk_case_export(desk, state, &what, command_now(context), &made, err);
	if (code)
		return code;
	command_say(context, _("%s exported to %s: %zu files, sha256 %s"), call_value(call, "CASE"), what.path,
		    made.files, made.sha256);
	for (size_t i = 0; i < made.stranger_count; i++)
		command_say(context, _("Warning: %s is no party of the case"), made.strangers[i]);
	desk_exported_release(&made);
	return 0;
}

const struct command_row export_commands[] = {
	{
		.name = "case export",
		.help = N_("write a case as one encrypted file that gpg and tar can open"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")),
			       ARG("FILE", ARG_FILE, N_("a file that is not there yet")),
			       OPTION_MANY("--to", ARG_FINGERPRINT, N_("fingerprint or address of a key that may open it")),
			       { .name = "--tlp", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = tlp_words, .help = N_("how far it may go (RED)") } },
		.exec = run_export,
	},
	{ .name = NULL },
};
