/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vault put back from an older copy: unpacking and proving it, telling by name what it lacks, and letting that go.
 * What is given up is told before anything follows the older copy.
 */
#include "command/command_private.h"

#include <stdlib.h>

#include "psirtty/vault/transport.h"

/* ---- what is lacking */

static const char *type_of(const struct vault_lost *lost)
{
	const struct event_info *info = lost->type ? event_info(lost->type) : NULL;

	return info ? info->wire : _(lost->what);
}

static json_t *lost_json(struct desk *desk, const struct vault_losses *losses)
{
	json_t *json = json_object(), *list = json_array();

	js_set_integer(json, "untold", (long long)losses->untold);
	json_object_set_new(json, "events", list);
	for (size_t i = 0; i < losses->count; i++) {
		const struct vault_lost *lost = &losses->events[i];
		json_t *one = json_object();
		char at[40];

		js_set_integer(one, "event", (long long)lost->gseq);
		js_set_string(one, "at", instant_format(lost->at, at));
		js_set_string(one, "case", lost->stream_name);
		js_set_string(one, "author", desk_member_name(desk, lost->author));
		js_set_string(one, "fingerprint", lost->author);
		js_set_string(one, "type", type_of(lost));
		json_array_append_new(list, one);
	}
	return json;
}

static void lost_rows(struct command_context *context, struct desk *desk, const struct vault_losses *losses)
{
	for (size_t i = 0; i < losses->count; i++) {
		const struct vault_lost *lost = &losses->events[i];
		AUTO_STRING number = mem_format("%llu", (unsigned long long)lost->gseq);
		char at[40];

		command_row_out(context, number, instant_format(lost->at, at), lost->stream_name,
				desk_member_name(desk, lost->author), type_of(lost), NULL);
	}
	if (losses->untold)
		command_say(context, _("and %llu more of which only the number is known"), (unsigned long long)losses->untold);
}

/* Adds WORD to a list with commas, once. */
static void add_once(struct str *list, const char *word)
{
	const char *at = list->length ? strstr(list->bytes, word) : NULL;

	if (!at)
		str_add_format(list, "%s%s", list->length ? ", " : "", word);
}

/* Events of one case, in the order of the log, side by side. */
static int by_case(const void *a, const void *b)
{
	const struct vault_lost *x = *(const struct vault_lost *const *)a, *y = *(const struct vault_lost *const *)b;
	int order = strcmp(x->stream_name, y->stream_name);

	return order ? order : (x->gseq > y->gseq) - (x->gseq < y->gseq);
}

/* One case's share: since when, by whom, what. Returns how many events it is. */
static size_t say_case(struct command_context *context, struct desk *desk, const struct vault_lost *const *lost, size_t left)
{
	AUTO_STR people = STR_INIT, types = STR_INIT;
	size_t count = 0;
	char at[40];

	for (; count < left && str_equal(lost[count]->stream_name, lost[0]->stream_name); count++) {
		add_once(&people, desk_member_name(desk, lost[count]->author));
		add_once(&types, type_of(lost[count]));
	}
	command_say(context, _("not in it: %s, %zu events since %s, by %s: %s"), lost[0]->stream_name, count,
		    instant_format(lost[0]->at, at), people.bytes, types.bytes);
	return count;
}

static void say_losses(struct command_context *context, struct desk *desk, const struct vault_losses *losses)
{
	const struct vault_lost **lost = mem_alloc((losses->count + 1) * sizeof(*lost));

	for (size_t i = 0; i < losses->count; i++)
		lost[i] = &losses->events[i];
	qsort(lost, losses->count, sizeof(*lost), by_case);
	for (size_t i = 0; i < losses->count;)
		i += say_case(context, desk, lost + i, losses->count - i);
	free(lost);
	if (losses->untold)
		command_say(context, _("and %llu more of which only the number is known"), (unsigned long long)losses->untold);
}

static int run_lost(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct vault_losses losses = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	vault_losses(desk_vault(desk), call_value(call, "DIR"), &losses);
	if (context->json)
		command_json(context, lost_json(desk, &losses));
	else
		lost_rows(context, desk, &losses);
	if (!context->json && !losses.count && !losses.untold)
		command_say(context, _("it holds everything that you saw"));
	vault_losses_release(&losses);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- restoring */

/* Needs a key; where there is none the backup is whole all the same. */
static void say_lacking(struct command_context *context, const char *dir)
{
	const struct desk_options options = { .vault_dir = dir, .gpg_home = context->gpg_home, .readonly = true };
	struct vault_losses losses = { 0 };
	AUTO_ERROR why = ERROR_INIT;
	struct desk *desk = NULL;

	if (desk_open(&options, command_now(context), &desk, &why)) {
		command_say(context, _("whether you saw more of it cannot be told yet: %s. Once it opens, `psirtty vault lost` does"),
			    str_or_empty(why.why));
		return;
	}
	vault_losses(desk_vault(desk), context->vault_dir, &losses);
	say_losses(context, desk, &losses);
	if (losses.count || losses.untold)
		command_say(context, _("`psirtty vault lost` lists each; an admin goes on from here with `psirtty vault restored --abandon`"));
	vault_losses_release(&losses);
	desk_close(desk);
}

static int run_restore(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *dir = call_value(call, "DIR");
	uint64_t gseq = 0;
	int code;

	command_bytes(context, 0, 0);
	code = vault_restore(call_value(call, "FILE"), dir, &gseq, command_bytes, context, err);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (code)
		return code;
	command_say(context, _("restored to %s: %llu events, verified"), dir, (unsigned long long)gseq);
	say_lacking(context, dir);
	return 0;
}

static int run_restored(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct vault_losses losses = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	context->reactions |= REACT_RELOAD | REACT_SHOW_OUTPUT;
	if (code)
		return code;
	vault_losses(desk_vault(desk), NULL, &losses);
	say_losses(context, desk, &losses);
	if ((losses.count || losses.untold) && !call_given(call, "--abandon"))
		code = error_set(err, ERR_NO, context->vault_dir,
				 _("Look for a newer backup; else say `psirtty vault restored --abandon`"),
				 _("%llu events that you saw would be given up, and nothing was changed"),
				 (unsigned long long)(losses.count + losses.untold));
	else
		code = vault_restored(desk_vault(desk), command_now(context), err);
	vault_losses_release(&losses);
	if (!code)
		command_say(context, _("the log goes on from event %llu; what was behind it is abandoned, and that is in the log"),
			    (unsigned long long)vault_head(desk_vault(desk)));
	return code;
}

const struct command_row restore_commands[] = {
	{
		.name = "vault restore",
		.help = N_("unpack a backup into a new folder, verify it, and tell what it lacks"),
		.flags = COMMAND_NO_VAULT | COMMAND_BULK,
		.arguments = { ARG("FILE", ARG_FILE, N_("a backup")), ARG("DIR", ARG_DIR, N_("a folder that is not there yet")) },
		.exec = run_restore,
	},
	{
		.name = "vault lost",
		.help = N_("list the events that you saw and the vault does not hold any more"),
		.flags = COMMAND_JSON,
		.arguments = { ARG_MAY("DIR", ARG_DIR, N_("compare with this copy of it, instead of what you saw")) },
		.exec = run_lost,
	},
	{
		.name = "vault restored",
		.help = N_("vouch, as an admin, for a vault that was restored from an older backup"),
		.flags = COMMAND_TYPED,
		.arguments = { SWITCH("--abandon", N_("give up the events that it lacks")) },
		.exec = run_restored,
	},
	{ .name = NULL },
};
