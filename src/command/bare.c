/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that need no vault: reading a mail, help, the version. */
#include "command/reference.h"

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { MAIL_BYTES = 200 << 20 };

/* ---- mail read */

static int run_mail_read(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct mail_record record = { 0 };
	struct str bytes = STR_INIT;
	int code = file_read(call_value(call, "FILE"), MAIL_BYTES, &bytes, err);

	if (!code)
		code = desk_mail_read(context->gpg_home, bytes.bytes, bytes.length, command_now(context), &record,
				      err);
	str_wipe(&bytes);
	if (code)
		return code;
	if (context->json)
		command_json(context, mail_record_to_json(&record, false));
	else
		mail_describe(context, &record);
	mail_record_release(&record);
	return 0;
}

/* ---- help */

enum { USAGE_CELLS = 44 };

static void help_line(struct command_context *context, const struct command_row *row)
{
	AUTO_STR usage = STR_INIT;

	command_usage(row, &usage);
	str_add(&context->out, "  ");
	if (text_width(usage.bytes) > USAGE_CELLS)
		str_add_format(&context->out, "%s\n  %*s", usage.bytes, USAGE_CELLS, "");
	else
		command_pad(&context->out, usage.bytes, USAGE_CELLS);
	str_add_format(&context->out, "  %s\n", _(row->help));
}

static void help_row(struct command_context *context, const struct command_row *row)
{
	AUTO_STR usage = STR_INIT;
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);

	command_usage(row, &usage);
	str_add_format(&context->out, "psirtty %s\n\n%s\n", usage.bytes, _(row->help));
	if (count)
		str_add_char(&context->out, '\n');
	for (size_t i = 0; i < count; i++) {
		str_add_format(&context->out, "  %-16s %s", arguments[i].name,
			       arguments[i].help ? _(arguments[i].help) : "");
		for (size_t w = 0; arguments[i].words && arguments[i].words[w]; w++)
			str_add_format(&context->out, "%s%s", w ? ", " : ": ", arguments[i].words[w]);
		str_add_char(&context->out, '\n');
	}
}

static void help_flags(struct command_context *context)
{
	static const struct { const char *code, *meaning; } flags[] = {
#define X(code, meaning) { code, meaning },
		MAIL_FLAGS(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		str_add_format(&context->out, "%-24s %s\n", flags[i].code, _(flags[i].meaning));
}

static void help_all(struct command_context *context)
{
	str_add(&context->out, _("psirtty [--vault DIR] [--json] [--offline] [--now RFC3339] [--plain] "
				 "[--readonly] COMMAND …\nWithout a command the workstation opens.\n\n"));
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);

		if (!(row->flags & COMMAND_SCREEN) || context->on_screen)
			help_line(context, row);
	}
}

static void help_settings(struct command_context *context)
{
	const struct settings_row *rows;
	size_t count = settings_rows(&rows);
	AUTO_STRING path = settings_path();

	str_add(&context->out, _("Settings are YAML, in /etc/psirtty/psirtty.yaml and over it in "));
	text_add_line(&context->out, path);
	str_add(&context->out, ":\n\n");
	for (size_t i = 0; i < count; i++) {
		str_add(&context->out, "  ");
		command_pad(&context->out, rows[i].name, 32);
		str_add_format(&context->out, "  %s\n", _(rows[i].help));
	}
}

static int run_help(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count, shown = 0;
	char *const *words = call_values(call, "COMMAND", &count);
	AUTO_STRING name = call_text(call, "COMMAND");

	context->reactions |= REACT_SHOW_OUTPUT;
	if (call_given(call, "--man")) {
		command_manual(&context->out);
		return 0;
	}
	if (call_value(call, "--reference"))
		return reference_add(call_value(call, "--reference"), &context->out, err);
	if (count == 0) {
		help_all(context);
		return 0;
	}
	if (str_equal(name, "mail flags")) {
		help_flags(context);
		return 0;
	}
	if (str_equal(name, "settings")) {
		help_settings(context);
		return 0;
	}
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);
		size_t length = strlen(name);

		if (str_equal(row->name, name)) {
			help_row(context, row);
			if (str_equal(name, "check"))
				check_help_tests(context);
			return 0;
		}
		if (strncmp(row->name, name, length) == 0 && row->name[length] == ' ') {
			help_line(context, row);
			shown++;
		}
	}
	(void)words;
	return shown ? 0 : error_set(err, ERR_USAGE, name, _("See `help`"), _("there is no such command"));
}

static int run_version(struct command_context *context, const struct command_call *call, struct error *err)
{
	(void)call;
	(void)err;
	str_add(&context->out, "psirtty " PACKAGE_VERSION "\n");
	return 0;
}

const struct command_row bare_commands[] = {
	{
		.name = "mail read",
		.help = N_("take a mail apart and judge its signatures; changes nothing"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { ARG("FILE", ARG_FILE, N_("one message, or - for standard input")) },
		.exec = run_mail_read,
	},
	{
		.name = "help",
		.help = N_("list the commands, or explain one"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { { .name = "COMMAND", .type = ARG_COMMAND, .optional = true, .repeats = true,
				 .help = N_("a command's words; `mail flags` lists the marks of mails, `settings` what psirtty.yaml may hold") },
			       SWITCH("--man", N_("the manual page, as troff")),
			       { .name = "--reference", .type = ARG_WORD, .words = reference_kinds, .option = true,
				 .takes_value = true, .optional = true,
				 .help = N_("settings as troff, completions for a shell, the key card") } },
		.exec = run_help,
	},
	{
		.name = "version",
		.help = N_("print the version"),
		.flags = COMMAND_NO_VAULT,
		.exec = run_version,
	},
	{ .name = NULL },
};
