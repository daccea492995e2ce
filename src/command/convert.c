/* SPDX-License-Identifier: Apache-2.0 */
/* The command that writes a document in another format; it needs no vault. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/judge.h"
#include "psirtty/format/advisory.h"

/* What the target cannot hold: on standard error in a shell, with the rest on the screen. */
static void tell_losses(struct command_context *context, const struct conversion *conversion)
{
	AUTO_STR lines = STR_INIT;

	for (size_t i = 0; i < conversion->loss_count; i++) {
		str_add(&lines, _("lost: "));
		text_add_line(&lines, conversion->losses[i]);
		str_add_char(&lines, '\n');
	}
	if (context->on_screen)
		str_add_bytes(&context->out, lines.bytes, lines.length);
	else
		fputs(lines.bytes, stderr);
}

static int put(struct command_context *context, const char *file, const char *document, struct error *err)
{
	if (file)
		return file_write(file, document, strlen(document), 0644, err);
	str_add(&context->out, document);
	return 0;
}

static int run_convert(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct conversion_options options = { .format = call_value(call, "--to"), .cve = call_value(call, "--cve"),
						    .organisation = call_value(call, "--cna") };
	struct conversion conversion;
	struct judge *judge;
	int code;

	if (!options.format)
		return error_set(err, ERR_USAGE, "convert", _("See `help convert`"), _("--to FORMAT says what it is to become"));
	code = judge_open(context->desk != NULL || context->on_screen, &judge, err);
	if (code)
		return code;
	code = judge_convert(judge, call_value(call, "FILE"), &options, command_now(context), &conversion, err);
	judge_close(judge);
	if (code)
		return code;
	context->reactions |= REACT_SHOW_OUTPUT;
	code = put(context, call_value(call, "--out"), conversion.document, err);
	tell_losses(context, &conversion);
	conversion_release(&conversion);
	return code;
}

const char *const advisory_format_words[] = { "csaf-2.0", "csaf-2.1", "cve", "osv", "openvex", "cyclonedx-vex", "text",
					      "markdown", "html", "release-note", "mail", "faq", NULL };

const struct command_row convert_commands[] = {
	{
		.name = "convert",
		.help = N_("write an advisory or a record in another format"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("FILE", ARG_FILE, N_("CSAF, CVE, OSV, OpenVEX or CycloneDX; - for standard input")),
			       { .name = "--to", .type = ARG_WORD, .words = advisory_format_words, .option = true,
				 .takes_value = true, .optional = true, .help = N_("the format") },
			       OPTION("--cve", ARG_TEXT, N_("which vulnerability, where the format holds one")),
			       OPTION("--cna", ARG_TEXT, N_("the UUID of the CNA, for CVE records")),
			       OPTION("--out", ARG_FILE, N_("instead of standard output")) },
		.exec = run_convert,
	},
	{ .name = NULL },
};
