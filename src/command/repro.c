/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands about reproduction: runs in a described environment, the matrix of builds and versions, and the
 * files that come with them. A file is shown by what is known of it and as hexadecimal; it is never run,
 * opened or handed to another program.
 */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/life.h"

enum { TRANSCRIPT_LIMIT = 4 << 20, HEX_MOST = 4096 };

/* ---- runs */

static int add_transcript(const struct command_call *call, json_t *body, struct error *err)
{
	const char *path = call_value(call, "--transcript");
	struct str text = STR_INIT;
	json_t *value;
	int code;

	json_object_del(body, "transcript");
	code = path ? file_read(path, TRANSCRIPT_LIMIT, &text, err) : 0;
	if (path && !code) {
		value = js_new_string(text.bytes, strnlen(text.bytes, text.length));
		json_object_set_new(body, "transcript", value);
	}
	str_wipe(&text);
	return code;
}

static int run_run(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *paths = call_values(call, "--attach", &count);
	const struct case_state *state;
	json_t *body, *files;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = command_body_of(call, EVENT_REPRO_RUN, &body, err);
	if (code)
		return code;
	code = add_transcript(call, body, err);
	if (!code && count)
		code = desk_attach(desk, (const char *const *)paths, count, &files, err);
	if (!code && count)
		json_object_set_new(body, "attachments", files);
	if (code) {
		json_decref(body);
		return code;
	}
	code = desk_record(desk, state, EVENT_REPRO_RUN, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s with %s %s, files: %zu"), state->id, call_value(call, "VERDICT"),
			    call_value(call, "BUILD"), call_value(call, "VERSION"), count);
	return code;
}

/* The newest verdict of each build and version; older notes have no version of their own. */
static int run_matrix(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_record *run, *later;
	const struct case_state *state;
	struct desk *desk;
	size_t cursor = 0;
	char at[40];
	int code = command_case(context, call, &desk, &state, err);

	for (size_t i = 0; !code && i < state->repro_count; i++)
		command_row_out(context, state->repros[i].build, "", state->repros[i].verdict,
				str_or_empty(state->repros[i].environment), "", str_or_empty(state->repros[i].author),
				instant_format(state->repros[i].at, at), NULL);
	while (!code && (run = case_record_next(state, EVENT_REPRO_RUN, &cursor))) {
		size_t ahead = cursor;
		bool newest = true;

		while ((later = case_record_next(state, EVENT_REPRO_RUN, &ahead)))
			if (str_equal(record_text(later, "build"), record_text(run, "build")) &&
			    str_equal(record_text(later, "version"), record_text(run, "version")))
				newest = false;
		if (newest)
			command_row_out(context, record_text(run, "build"), record_text(run, "version"),
					record_text(run, "verdict"), record_text(run, "machine"),
					record_text(run, "snapshot"), str_or_empty(run->author),
					instant_format(run->at, at), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static void show_words(struct command_context *context, const char *label, const struct case_record *run,
		       const char *field)
{
	AUTO_STR text = STR_INIT;
	const char *word;

	for (size_t n = 0; (word = record_words(run, field, n)); n++)
		str_add_format(&text, "%s%s", n ? ", " : "", word);
	if (text.length)
		command_field(context, label, "%s", text.bytes);
}

static void show_text(struct command_context *context, const char *label, const struct case_record *run,
		      const char *field)
{
	if (*record_text(run, field))
		command_field(context, label, "%s", record_text(run, field));
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *number = call_value(call, "NUMBER");
	const struct case_state *state;
	const struct case_record *run;
	struct desk *desk;
	char at[40];
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	run = case_record_at(state, EVENT_REPRO_RUN, strtoul(number, NULL, 10));
	if (!run)
		return error_set(err, ERR_USAGE, number, _("See `repro matrix`"), _("there is no such run"));
	command_say(context, "%s %s: %s", record_text(run, "build"), record_text(run, "version"),
		    record_text(run, "verdict"));
	command_field(context, _("When"), "%s %s", instant_format(run->at, at), str_or_empty(run->author));
	show_text(context, _("Machine"), run, "machine");
	show_text(context, _("Snapshot"), run, "snapshot");
	show_text(context, _("Isolation"), run, "isolation");
	show_words(context, _("Tools"), run, "tools");
	show_text(context, _("Steps"), run, "steps");
	show_text(context, _("Transcript"), run, "transcript");
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- files */

static int find_file(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		     const struct case_state **ret_state, struct case_files *ret_files,
		     const struct case_file **ret, struct error *err)
{
	const char *number = call_value(call, "NUMBER");
	char *end = NULL;
	unsigned long n = number ? strtoul(number, &end, 10) : 0;
	int code = command_case(context, call, ret_desk, ret_state, err);

	if (code)
		return code;
	desk_files(*ret_state, ret_files);
	if (number && n >= 1 && !*end && n <= ret_files->count) {
		*ret = &ret_files->files[n - 1];
		return 0;
	}
	code = error_set(err, ERR_USAGE, str_or_empty(number), _("See `repro files`"),
			 _("the case has %zu files"), ret_files->count);
	case_files_release(ret_files);
	return code;
}

static const char *file_name(const struct sealed_file *file)
{
	return file->name && *file->name ? file->name : "-";
}

static int run_files(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct case_files files = { 0 };
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		desk_files(state, &files);
	for (size_t i = 0; !code && i < files.count; i++) {
		const struct sealed_file *f = files.files[i].file;
		AUTO_STRING number = mem_format("%zu", i + 1);
		AUTO_STRING size = mem_format("%zu", f->size);
		char at[40];

		command_row_out(context, number, str_or_empty(f->kind), str_or_empty(f->type), size, f->sha256,
				files.files[i].origin, instant_format(files.files[i].at, at), file_name(f), NULL);
	}
	case_files_release(&files);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* Sixteen bytes a line; what is no plain letter is a dot, so nothing of it reaches the terminal. */
static void hex_dump(struct command_context *context, const struct str *bytes, size_t from, size_t most)
{
	size_t to = from + most < bytes->length ? from + most : bytes->length;

	for (size_t at = from; at < to; at += 16) {
		AUTO_STR line = STR_INIT;

		str_add_format(&line, "%08zx ", at);
		for (size_t i = at; i < at + 16; i++)
			if (i < to)
				str_add_format(&line, " %02x", (unsigned char)bytes->bytes[i]);
			else
				str_add(&line, "   ");
		str_add(&line, "  ");
		for (size_t i = at; i < at + 16 && i < to; i++)
			str_add_char(&line, bytes->bytes[i] > ' ' && bytes->bytes[i] < 0x7f ? bytes->bytes[i] : '.');
		command_say(context, "%s", line.bytes);
	}
}

static int run_file(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *from = call_value(call, "--from");
	const struct case_state *state;
	const struct case_file *file;
	struct case_files files = { 0 };
	struct str bytes = STR_INIT;
	struct desk *desk;
	int code = find_file(context, call, &desk, &state, &files, &file, err);

	if (code)
		return code;
	code = desk_file_show(desk, state, file->file, command_now(context), &bytes, err);
	if (!code) {
		command_field(context, _("Name"), "%s", file_name(file->file));
		command_field(context, _("Kind"), "%s %s", str_or_empty(file->file->kind),
			      str_or_empty(file->file->type));
		command_field(context, _("Size"), "%zu", file->file->size);
		command_field(context, "SHA-256", "%s", file->file->sha256);
		hex_dump(context, &bytes, from ? strtoul(from, NULL, 0) : 0, HEX_MOST);
	}
	str_wipe(&bytes);
	case_files_release(&files);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* The bare bytes leave only where their hash was typed: a slip of the finger does not unpack an exploit. */
static int check_typed(const struct case_file *file, const char *typed, struct error *err)
{
	if (typed && strlen(typed) >= 8 && strncmp(file->file->sha256, typed, strlen(typed)) == 0)
		return 0;
	return error_set(err, ERR_NO, file_name(file->file),
			 _("Type --confirm and at least the first eight digits of its SHA-256, as `repro files` shows it"),
			 _("rule export: a bare file leaves only after its hash was typed"));
}

static int run_export(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const char *to = call_value(call, "--to"), *out = call_value(call, "--out"), *dir = call_value(call, "--dir");
	const struct case_state *state;
	const struct case_file *file;
	struct case_files files = { 0 };
	AUTO_STRING path = NULL;
	struct desk *desk;
	int code = find_file(context, call, &desk, &state, &files, &file, err);

	if (code)
		return code;
	if ((to && !out) || (!to && !dir) || (to && dir)) {
		code = error_set(err, ERR_USAGE, "repro export", NULL,
				 _("give --to KEY and --out FILE, or --dir DIR and --confirm HASH"));
	} else if (to) {
		code = desk_file_encrypt(desk, state, file->file, to, reason, out, command_now(context), err);
		path = mem_string(out);
	} else {
		code = check_typed(file, call_value(call, "--confirm"), err);
		if (!code)
			code = desk_file_bare(desk, state, file->file, dir, reason, command_now(context), &path, err);
	}
	if (!code)
		command_say(context, _("%s: written to %s and recorded"), state->id, path);
	case_files_release(&files);
	return code;
}

static const char *const verdicts[] = { "reproduced", "not-reproduced", "partial", NULL };

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, N_("a case's id, or its number"))
#define NUMBER        ARG("NUMBER", ARG_NUMBER, NULL)

const struct command_row repro_commands[] = {
	{
		.name = "repro run",
		.help = N_("record one try: build, version, verdict, and where it was made"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("BUILD", ARG_TEXT, NULL), ARG("VERSION", ARG_TEXT, NULL),
			       { .name = "VERDICT", .type = ARG_WORD, .words = verdicts },
			       OPTION("--machine", ARG_TEXT, NULL), OPTION("--snapshot", ARG_TEXT, N_("its id")),
			       OPTION("--isolation", ARG_TEXT, N_("what it could not reach")),
			       OPTION_MANY("--tools", ARG_TEXT, N_("a tool and its version")),
			       OPTION("--steps", ARG_TEXT, NULL),
			       OPTION("--transcript", ARG_FILE, N_("a file with what was typed and answered")),
			       OPTION_MANY("--attach", ARG_FILE, N_("a file to seal with it")) },
		.exec = run_run,
	},
	{
		.name = "repro matrix",
		.help = N_("builds and versions, and the verdict on each"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_matrix,
	},
	{
		.name = "repro show",
		.help = N_("one run with its environment, steps and transcript"),
		.arguments = { CASE_ARGUMENT, NUMBER },
		.exec = run_show,
	},
	{
		.name = "repro files",
		.help = N_("the files of a case: kind, type, size, hash"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_files,
	},
	{
		.name = "repro file",
		.help = N_("look at a file as hexadecimal; that you did is noted"),
		.arguments = { CASE_ARGUMENT, NUMBER, OPTION("--from", ARG_NUMBER, N_("begin at this byte")) },
		.exec = run_file,
	},
	{
		.name = "repro export",
		.help = N_("let a file out: encrypted to a person, or bare"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { CASE_ARGUMENT, NUMBER, ARG_MANY("REASON", ARG_TEXT, N_("why; it is recorded")),
			       OPTION("--to", ARG_FINGERPRINT, N_("the person's key")), OPTION("--out", ARG_FILE, NULL),
			       OPTION("--dir", ARG_DIR, NULL),
			       OPTION("--confirm", ARG_TEXT, N_("the first digits of its SHA-256")) },
		.exec = run_export,
	},
	{ .name = NULL },
};
