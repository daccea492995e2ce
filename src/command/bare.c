/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that need no vault: scores, the weakness catalogue, reading a mail, help. */
#include "command/command_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/line.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { BULK_LIMIT = 1 << 30, MAIL_BYTES = 200 << 20 };

/* ---- bulk: "-" reads one item a line and answers one line each */

typedef void (*answer_fn)(const char *item, bool lenient, struct str *ret);

static void answer_lines(char *text, bool lenient, answer_fn answer, struct str *ret)
{
	while (*text) {
		char *end = text + strcspn(text, "\n");
		char *next = *end ? end + 1 : end;

		*end = '\0';
		if (end > text && end[-1] == '\r')
			end[-1] = '\0';
		answer(text, lenient, ret);
		str_add_char(ret, '\n');
		text = next;
	}
}

static int answer_items(struct command_context *context, char *const *items, size_t count, bool lenient,
			answer_fn answer, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_STR text = STR_INIT;
		int code;

		if (!str_equal(items[i], "-")) {
			answer(items[i], lenient, &context->out);
			str_add_char(&context->out, '\n');
			continue;
		}
		code = file_read("-", BULK_LIMIT, &text, err);
		if (code)
			return code;
		answer_lines(text.bytes, lenient, answer, &context->out);
	}
	return 0;
}

/* ---- score */

static bool any_invalid(const struct str *lines, size_t from)
{
	return strstr(lines->bytes + from, "\tinvalid\t") != NULL;
}

static json_t *score_json(const char *vector)
{
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR canonical = STR_INIT;
	struct cvss cvss;
	json_t *json = json_object();
	char tenths[8];

	js_set_string(json, "vector", vector);
	if (cvss_parse(vector, &cvss, &why)) {
		js_set_string(json, "invalid", why.why);
		return json;
	}
	cvss_vector(&cvss, &canonical);
	js_set_string(json, "canonical", canonical.bytes);
	js_set_string(json, "version", cvss_version_name(cvss.version));
	js_set_string(json, "base", cvss_tenths(cvss.base, tenths));
	js_set_string(json, "temporal", cvss_tenths(cvss.temporal, tenths));
	js_set_string(json, "environmental", cvss_tenths(cvss.environmental, tenths));
	js_set_string(json, "overall", cvss_tenths(cvss.overall, tenths));
	js_set_string(json, "severity", cvss_severity_name(cvss.severity));
	if (*cvss.nomenclature)
		js_set_string(json, "nomenclature", cvss.nomenclature);
	if (*cvss.macrovector)
		js_set_string(json, "macrovector", cvss.macrovector);
	return json;
}

static int run_score(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count, from = context->out.length;
	char *const *vectors = call_values(call, "VECTOR", &count);
	int code;

	if (context->json) {
		json_t *list = json_array();

		for (size_t i = 0; i < count; i++)
			json_array_append_new(list, score_json(vectors[i]));
		command_json(context, list);
		return 0;
	}
	code = answer_items(context, vectors, count, call_given(call, "--lenient"), score_line_cvss, err);
	if (!code && any_invalid(&context->out, from))
		code = ERR_NO;
	return code;
}

/* ---- cwe */

static void cwe_row(struct command_context *context, const struct cwe *cwe)
{
	AUTO_STRING id = mem_format("CWE-%d", cwe->id);

	command_row_out(context, id, cwe->name, cwe->status, cwe->usage, NULL);
}

static bool holds_words(const char *name, const char *words)
{
	AUTO_STRING lower = mem_string(name);
	AUTO_STRING wanted = mem_string(words);
	char *save = NULL;

	for (char *c = lower; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	for (char *word = strtok_r(wanted, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		for (char *c = word; *c; c++)
			*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
		if (!strstr(lower, word))
			return false;
	}
	return true;
}

static int run_cwe(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING text = call_text(call, "ID|TEXT");
	const struct cwe *found = cwe_parse(text), *table;
	size_t count, before = context->out.length;

	if (found) {
		cwe_row(context, found);
		return 0;
	}
	table = cwe_table(&count);
	for (size_t i = 0; i < count; i++)
		if (holds_words(table[i].name, text))
			cwe_row(context, &table[i]);
	if (context->out.length > before)
		return 0;
	return error_set(err, ERR_NO, text, NULL, _("no weakness of CWE 4.20 has this number or these words"));
}

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

static void help_line(struct command_context *context, const struct command_row *row)
{
	AUTO_STR usage = STR_INIT;

	command_usage(row, &usage);
	if (usage.length > 44)
		str_add_format(&context->out, "  %s\n  %-44s  %s\n", usage.bytes, "", _(row->help));
	else
		str_add_format(&context->out, "  %-44s  %s\n", usage.bytes, _(row->help));
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
	if (count == 0) {
		help_all(context);
		return 0;
	}
	if (str_equal(name, "mail flags")) {
		help_flags(context);
		return 0;
	}
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);
		size_t length = strlen(name);

		if (str_equal(row->name, name)) {
			help_row(context, row);
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
		.name = "score",
		.help = N_("score CVSS vectors of any version"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { ARG_MANY("VECTOR", ARG_VECTOR, N_("a vector, or - for one a line from standard input")),
			       SWITCH("--lenient", N_("mend what can be mended, and say what was")) },
		.exec = run_score,
	},
	{
		.name = "cwe",
		.help = N_("look a weakness up by number or words"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("ID|TEXT", ARG_TEXT, N_("CWE-787, 787, or words of its name")) },
		.exec = run_cwe,
	},
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
				 .help = N_("a command's words; `mail flags` lists the marks of mails") },
			       SWITCH("--man", N_("the manual page, as troff")) },
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
