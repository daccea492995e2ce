/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the vault itself: making one, proving it, counting it. */
#include "command/command_private.h"

#include "psirtty/vault/index.h"
#include "psirtty/vault/transport.h"

static int vault_named(struct command_context *context, struct error *err)
{
	return context->vault_dir ? 0 : error_set(err, ERR_USAGE, "vault",
						  _("Give --vault DIR or set PSIRTTY_VAULT"),
						  _("no vault was named"));
}

static int run_init(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *dir = call_value(call, "DIR");
	struct openpgp *pgp = NULL;
	int code = openpgp_open(context->gpg_home, &pgp, err);

	if (!code)
		code = vault_create(dir, pgp, call_value(call, "--handler"), call_value(call, "--outbox"),
				    command_now(context), err);
	openpgp_close(pgp);
	if (!code)
		command_say(context, _("vault made in %s. Open it with: psirtty --vault %s"), dir, dir);
	return code;
}

static json_t *notes_json(const struct audit_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->note_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "case", report->notes[i].stream_name);
		js_set_string(one, "what", report->notes[i].what);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *audit_json(const struct audit_report *report)
{
	json_t *json = json_object(), *findings = json_array();

	js_set_integer(json, "events", (long long)report->events);
	js_set_integer(json, "streams", (long long)report->streams);
	js_set_integer(json, "shredded", (long long)report->shredded);
	js_set_integer(json, "attachments", (long long)report->attachments);
	js_set_bool(json, "opened", report->opened);
	js_set_integer(json, "level", report->level);
	js_set_bool(json, "whole", report->finding_count == 0);
	json_object_set_new(json, "findings", findings);
	json_object_set_new(json, "notes", notes_json(report));
	for (size_t i = 0; i < report->finding_count; i++) {
		json_t *one = json_object();

		js_set_integer(one, "event", (long long)report->findings[i].gseq);
		js_set_string(one, "case", report->findings[i].stream_name);
		js_set_string(one, "what", report->findings[i].what);
		json_array_append_new(findings, one);
	}
	return json;
}

static void audit_text(struct command_context *context, const struct audit_report *report)
{
	static const char *const verified[] = {
		"", N_("chains and authority verified"), N_("chains, authority and hashes verified"),
		N_("chains, hashes and signatures verified; contents not opened"),
		N_("chains, hashes and signatures verified, contents opened"),
	};

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct audit_finding *f = &report->findings[i];

		if (f->gseq)
			command_say(context, _("DAMAGED: event %llu of %s: %s"), (unsigned long long)f->gseq,
				    f->stream_name, f->what);
		else
			command_say(context, _("DAMAGED: %s: %s"), f->stream_name, f->what);
	}
	for (size_t i = 0; i < report->note_count; i++)
		command_say(context, _("note: %s: %s"), report->notes[i].stream_name, report->notes[i].what);
	if (report->finding_count == 0)
		command_say(context, _("whole: %llu events in %zu streams, %s"), (unsigned long long)report->events,
			    report->streams, _(verified[report->level]));
	if (report->shredded)
		command_say(context, _("%zu shredded: of these only the chain is left"), report->shredded);
}

static int run_audit_verify(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct audit_report report = { 0 };
	struct openpgp *pgp = NULL;
	const char *level = call_value(call, "--level");
	int code = vault_named(context, err);

	if (!code && level && (strlen(level) != 1 || level[0] < '1' || level[0] > '4'))
		code = error_set(err, ERR_USAGE, level, _("Say 1, 2, 3 or 4"), _("there is no such level"));
	if (code)
		return code;
	/* Without gpg the chains can be proven all the same. */
	if (openpgp_open(context->gpg_home, &pgp, NULL))
		pgp = NULL;
	code = vault_audit_level(context->vault_dir, pgp, level ? atoi(level) : 0, desk_stream_name, &report, err);
	if (context->json && report.level)
		command_json(context, audit_json(&report));
	else if (report.level)
		audit_text(context, &report);
	audit_report_release(&report);
	openpgp_close(pgp);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static json_t *event_json(const struct case_state *state, const struct event *event)
{
	json_t *json = json_object();
	AUTO_STRING line = case_event_line(state, event);
	char at[40];

	js_set_integer(json, "event", (long long)event->gseq);
	js_set_string(json, "at", instant_format(event->at, at));
	js_set_string(json, "type", event_info(event->type)->wire);
	js_set_string(json, "author", event->author);
	js_set_string(json, "line", line);
	return json;
}

static void show_events(struct command_context *context, const struct case_state *state, json_t *list)
{
	for (size_t i = 0; i < state->event_count; i++) {
		const struct event *event = &state->events[i];
		AUTO_STRING line = case_event_line(state, event);
		AUTO_STRING number = mem_format("%llu", (unsigned long long)event->gseq);
		char at[40];

		if (list)
			json_array_append_new(list, event_json(state, event));
		else
			command_row_out(context, number, instant_format(event->at, at), state->id, event->author,
					event_info(event->type)->wire, state->undone[i] ? "undone" : "", line,
					NULL);
	}
}

static int run_audit_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state = NULL;
	json_t *list = context->json ? json_array() : NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && call_value(call, "CASE"))
		code = desk_find_case(desk, call_value(call, "CASE"), &state, err);
	for (size_t i = 0; !code && i < model_case_count(desk_model(desk)); i++)
		if (!state || state == model_case(desk_model(desk), i)) {
			code = desk_whole_case(desk, model_case(desk_model(desk), i), err);
			show_events(context, model_case(desk_model(desk), i), list);
		}
	if (list && !code)
		command_json(context, list);
	else if (list)
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_stats(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct vault_stats stats;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = vault_stats(desk_vault(desk), &stats, err);
	if (code)
		return code;
	if (context->json) {
		json_t *json = json_object();

		js_set_integer(json, "events", (long long)stats.events);
		js_set_integer(json, "cases", (long long)stats.cases);
		js_set_integer(json, "members", (long long)stats.members);
		js_set_integer(json, "attachments", (long long)stats.attachments);
		js_set_integer(json, "bytes", (long long)stats.bytes);
		command_json(context, json);
	} else {
		command_say(context, _("%llu events, %zu cases, %zu members, %zu attachments"),
			    (unsigned long long)stats.events, stats.cases, stats.members, stats.attachments);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- looking after it */

static json_t *check_json(const struct vault_check *check)
{
	json_t *json = json_object(), *list = json_array();

	js_set_integer(json, "objects", (long long)check->objects);
	json_object_set_new(json, "findings", list);
	for (size_t i = 0; i < check->count; i++) {
		json_t *one = json_object();

		js_set_string(one, "what", check->items[i].what);
		js_set_bool(one, "repairable", check->items[i].repairable);
		js_set_bool(one, "repaired", check->items[i].repaired);
		json_array_append_new(list, one);
	}
	return json;
}

static int show_check(struct command_context *context, const struct vault_check *check, struct error *err)
{
	size_t left = 0;

	for (size_t i = 0; i < check->count; i++) {
		const struct vault_finding *f = &check->items[i];

		left += !f->repaired;
		if (!context->json)
			command_say(context, f->repaired ? _("repaired: %s") : _("found: %s"), f->what);
	}
	if (context->json)
		command_json(context, check_json(check));
	else if (!check->count)
		command_say(context, _("nothing found; %zu attachments are whole"), check->objects);
	context->reactions |= REACT_SHOW_OUTPUT;
	return left ? error_set(err, ERR_NO, context->vault_dir, _("Run `psirtty vault check --repair`; what that leaves needs you"),
				ngettext("%zu thing was found", "%zu things were found", left), left) : 0;
}

static int check_cache(struct desk *desk, bool repair, struct vault_check *check, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	size_t rows, texts;
	char *what;
	int code;

	/* Somebody else's is told already; it makes room for ours where that is asked for, and not else. */
	if (vault_cache_state(desk_vault(desk)) == VAULT_CACHE_FOREIGN && !repair)
		return 0;
	code = desk_check_cache(desk, &rows, &texts, &why);
	if (code && code != ERR_INPUT)
		return error_set(err, code, why.what, why.remedy, "%s", why.why);
	if (!code && !rows && !texts)
		return 0;
	what = code ? mem_string(_("your cache of lists and words cannot be read")) :
		      mem_format(_("your cache differs from the vault in %zu rows of lists and %zu texts or words"), rows, texts);
	check->items = mem_resize(check->items, check->count + 1, sizeof(*check->items));
	check->items[check->count++] = (struct vault_finding){ what, true, repair };
	return 0;
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	bool repair = call_given(call, "--repair");
	struct vault_check check = { 0 };
	struct desk *desk;
	int code = vault_named(context, err);

	/* Wrong modes keep the vault closed: they come first. */
	if (!code)
		code = vault_check_folder(context->vault_dir, repair, command_now(context), &check, err);
	if (!code)
		code = command_desk(context, &desk, err);
	if (!code)
		code = vault_check(desk_vault(desk), repair, command_now(context), &check, err);
	if (!code)
		code = check_cache(desk, repair, &check, err);
	context->reactions |= REACT_RELOAD;
	if (!code)
		code = show_check(context, &check, err);
	else if (check.count)
		show_check(context, &check, NULL);
	vault_check_release(&check);
	return code;
}

static int run_backup(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	bool keys = call_given(call, "--keys");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	command_bytes(context, 0, 0);
	if (!code)
		code = vault_backup(desk_vault(desk), path, keys, command_bytes, context, err);
	if (!code)
		command_say(context, keys ? _("backed up to %s, with the keys: keep it shortly, or shredding comes to nothing") :
					    _("backed up to %s, without keys.db: back that up apart, with --keys"), path);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

const struct command_row vault_commands[] = {
	{
		.name = "init",
		.help = N_("make a new vault for one handler"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("DIR", ARG_DIR, N_("a folder that is not there yet")),
			       { .name = "--handler", .type = ARG_FINGERPRINT, .option = true, .takes_value = true,
				 .help = N_("fingerprint or address of your OpenPGP key") },
			       OPTION("--outbox", ARG_DIR, N_("where finished mail is put (DIR-outbox)")) },
		.exec = run_init,
	},
	{
		.name = "audit verify",
		.help = N_("prove that nothing was altered, or name the event that was"),
		.flags = COMMAND_OWN_VAULT | COMMAND_JSON | COMMAND_BULK,
		.arguments = { OPTION("--level", ARG_NUMBER, N_("1 chains and authority, 2 contents' hashes, 3 signatures, 4 opened (4)")) },
		.exec = run_audit_verify,
	},
	{
		.name = "audit show",
		.help = N_("list the events of all cases or of one"),
		.flags = COMMAND_JSON,
		.arguments = { ARG_MAY("CASE", ARG_CASE, N_("only this case")) },
		.exec = run_audit_show,
	},
	{
		.name = "vault check",
		.help = N_("look for leftovers and damage; --repair mends what is no data"),
		.flags = COMMAND_OWN_VAULT | COMMAND_JSON | COMMAND_BULK,
		.arguments = { SWITCH("--repair", N_("mend modes, leftovers and caches")) },
		.exec = run_check,
	},
	{
		.name = "vault backup",
		.flags = COMMAND_BULK,
		.help = N_("copy the vault into one file while others work"),
		.arguments = { ARG("FILE", ARG_FILE, N_("a file; it is replaced when the copy is complete")),
			       SWITCH("--keys", N_("with keys.db: a backup to keep only shortly")) },
		.exec = run_backup,
	},
	{
		.name = "vault stats",
		.help = N_("count what is in the vault"),
		.flags = COMMAND_JSON,
		.exec = run_stats,
	},
	{ .name = NULL },
};
