/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that carry cases out of the vault and into it, and that end them. */
#include "command/command_private.h"

#include "psirtty/desk/export.h"

static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };

static int export_openpgp(struct command_context *context, const struct command_call *call, struct desk *desk,
			  const struct case_state *state, struct error *err)
{
	struct desk_export what = { .path = call_value(call, "FILE"), .tlp = call_value(call, "--tlp"),
				    .progress = command_bytes, .context = context };
	struct desk_exported made = { 0 };
	AUTO_STR json = STR_INIT;
	AUTO_JSON shown = case_json(state, command_now(context), true);
	int code;

	what.recipients = (const char *const *)call_values(call, "--to", &what.recipient_count);
	js_dump_pretty(shown, &json);
	what.case_json = json.bytes;
	code = desk_case_export(desk, state, &what, command_now(context), &made, err);
	if (code)
		return code;
	command_say(context, _("%s exported to %s: %zu files, sha256 %s"), state->id, what.path, made.files,
		    made.sha256);
	for (size_t i = 0; i < made.stranger_count; i++)
		command_say(context, _("Warning: %s is no party of the case"), made.strangers[i]);
	desk_exported_release(&made);
	return 0;
}

static int run_export(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	command_bytes(context, 0, 0);
	if (!call_given(call, "--sealed"))
		return export_openpgp(context, call, desk, state, err);
	if (call_given(call, "--to"))
		return error_set(err, ERR_USAGE, "--to", _("Leave one of them away"),
				 _("a sealed bundle is for the members of this vault, not for keys"));
	code = desk_bundle_write(desk, &state, 1, path, command_now(context), command_bytes, context, err);
	if (!code)
		command_say(context, _("%s sealed into %s for another copy of this vault"), state->id, path);
	return code;
}

static int run_bundle(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	command_bytes(context, 0, 0);
	if (!code)
		code = desk_bundle_write(desk, NULL, 0, path, command_now(context), command_bytes, context, err);
	if (!code)
		command_say(context, _("everything sealed into %s for another copy of this vault"), path);
	return code;
}

static void tell_import(struct command_context *context, const struct desk_imported *made)
{
	if (made->merged) {
		command_say(context, _("merged: %zu new events, %zu known, %zu new cases, %zu files"), made->events,
			    made->known, made->cases, made->files);
		return;
	}
	command_say(context, _("%s opened from %s: %zu files, signature %s %s"), made->case_id, made->origin,
		    made->files, made->verdict, str_or_empty(made->signer));
	mem_replace(&context->open_case, made->case_id);
	context->reactions |= REACT_OPEN_CASE;
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_imported made = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	command_bytes(context, 0, 0);
	if (!code)
		code = desk_case_import(desk, call_value(call, "FILE"), call_value(call, "--title"),
					command_now(context), command_bytes, context, &made, err);
	if (code)
		return code;
	tell_import(context, &made);
	context->reactions |= REACT_RELOAD;
	desk_imported_release(&made);
	return 0;
}

/* ---- the end of a case */

static int check_typed(const struct command_context *context, const struct command_call *call,
		       const struct case_state *state, struct error *err)
{
	const char *typed = call_value(call, "--yes");

	/* On the screen the id was typed before the command ran. */
	if (context->on_screen || str_equal(typed, state->id))
		return 0;
	return error_set(err, ERR_USAGE, state->id, _("Type its whole id: --yes ID"),
			 _("what is shredded cannot be had back"));
}

static int read_days(const struct command_call *call, long *ret, struct error *err)
{
	const char *given = call_value(call, "--backup-days");
	char *end;

	*ret = 35;
	if (!given)
		return 0;
	*ret = strtol(given, &end, 10);
	if (*given && !*end && *ret >= 0 && *ret <= 36500)
		return 0;
	return error_set(err, ERR_USAGE, "--backup-days", NULL, _("%s is no number of days"), given);
}

static int run_shred(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_disposed made = { 0 };
	const struct case_state *state;
	AUTO_STRING id = NULL;
	struct desk *desk;
	instant now = command_now(context);
	char date[40];
	long days = 0;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = check_typed(context, call, state, err);
	if (!code)
		code = read_days(call, &days, err);
	if (code)
		return code;
	id = mem_string(state->id);
	code = desk_case_shred(desk, state, now + days * INSTANT_DAY, now, &made, err);
	if (code)
		return code;
	command_say(context, _("%s is shredded: %zu events, %zu keys, %zu files, %zu drafts"), id, made.events, made.keys,
		    made.files, made.drafts);
	if (made.dropped)
		command_say(context, _("%zu mails went with it, and what was read of them"), made.dropped);
	if (made.inbox)
		command_say(context, _("what was read of them %zu times lies in older events of the inbox and stays sealed there, but "
				       "no list or search shows it"), made.inbox);
	if (made.kept || made.mails)
		command_say(context, _("other cases or the inbox keep %zu files; mails of it in the inbox: %zu. They go with "
				       "the case they were taken into"), made.kept, made.mails);
	command_say(context, _("backups of keys.db may hold its keys until %s"),
		    instant_format_date(now + days * INSTANT_DAY, date));
	if (made.dropped)
		command_say(context, _("its mails were sealed for the inbox: every backup with attachments from before now opens "
				       "them for as long as you keep it"));
	context->reactions |= REACT_RELOAD;
	return 0;
}

/* ---- what was ended */

static json_t *words_json(char *const *words, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, js_new_string(words[i], strlen(words[i])));
	return list;
}

static json_t *disposal_json(const struct disposal *d)
{
	json_t *json = json_object();
	char at[40];

	js_set_string(json, "case", d->case_id);
	js_set_string(json, "at", instant_format(d->at, at));
	js_set_string(json, "by", d->author);
	js_set_integer(json, "events", (long long)d->events);
	js_set_integer(json, "files", (long long)d->files);
	js_set_integer(json, "kept", (long long)d->kept);
	js_set_integer(json, "left_in_inbox", (long long)d->inbox);
	json_object_set_new(json, "mails_dropped", words_json(d->dropped, d->dropped_count));
	json_object_set_new(json, "mails_left", words_json(d->mails, d->mail_count));
	js_set_string(json, "verified", d->verified);
	js_set_string(json, "backups_until", instant_format(d->backups_until, at));
	return json;
}

static void disposal_line(struct command_context *context, const struct disposal *d)
{
	AUTO_STRING events = mem_format("%zu", d->events);
	AUTO_STRING files = mem_format("%zu", d->files);
	AUTO_STRING kept = mem_format("%zu", d->kept);
	AUTO_STRING dropped = mem_format("%zu", d->dropped_count);
	AUTO_STRING left = mem_format("%zu", d->mail_count);
	char at[40], until[40];

	command_row_out(context, d->case_id, instant_format(d->at, at), d->author, events, files, kept, dropped, left,
			instant_format(d->backups_until, until), NULL);
}

static int run_disposals(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (code)
		return code;
	if (context->json)
		list = json_array();
	for (size_t i = 0; i < model_disposal_count(desk_model(desk)); i++) {
		const struct disposal *d = model_disposal(desk_model(desk), i);

		if (list)
			json_array_append_new(list, disposal_json(d));
		else
			disposal_line(context, d);
	}
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

const struct command_row export_commands[] = {
	{
		.name = "case export",
		.help = N_("write a case as one encrypted file that gpg and tar can open"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES | COMMAND_BULK,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")),
			       ARG("FILE", ARG_FILE, N_("a file that is not there yet")),
			       OPTION_MANY("--to", ARG_FINGERPRINT, N_("fingerprint or address of a key that may open it")),
			       { .name = "--tlp", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = tlp_words, .help = N_("how far it may go (RED)") },
			       SWITCH("--sealed", N_("for another copy of this vault instead of for people")) },
		.exec = run_export,
	},
	{
		.name = "vault bundle",
		.help = N_("seal everything into one file for another copy of this vault"),
		.flags = COMMAND_LEAVES | COMMAND_BULK,
		.arguments = { ARG("FILE", ARG_FILE, N_("a file that is not there yet")) },
		.exec = run_bundle,
	},
	{
		.name = "case import",
		.help = N_("merge a sealed bundle, or open a case from an export"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG("FILE", ARG_FILE, NULL),
			       OPTION("--title", ARG_TEXT, N_("what a case from an export is called")) },
		.exec = run_import,
	},
	{
		.name = "vault disposals",
		.help = N_("list the cases that were shredded, and what went"),
		.flags = COMMAND_JSON,
		.exec = run_disposals,
	},
	{
		.name = "case shred",
		.help = N_("end a case for good: its contents, keys and files are gone"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED | COMMAND_BULK,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")),
			       OPTION("--yes", ARG_CASE, N_("the whole id once more, to be sure")),
			       OPTION("--backup-days", ARG_NUMBER, N_("how long backups of the keys are kept (35)")) },
		.exec = run_shred,
	},
	{ .name = NULL },
};
