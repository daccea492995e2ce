/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about mail: in, into cases, out. */
#include "command/command_private.h"

#include "psirtty/base/text.h"
#include "psirtty/vault/vault.h"

/* ---- showing */

static const char *enclosed(const struct mail_record *r)
{
	return encryption_name(r->encryption);
}

static void describe_people(struct command_context *context, const char *label, const struct mail_address *list,
			    size_t count)
{
	for (size_t i = 0; i < count; i++)
		command_field(context, label, "%s <%s>", str_or_empty(list[i].name), str_or_empty(list[i].address));
}

static void describe_signatures(struct command_context *context, const struct mail_record *r)
{
	char at[40];

	for (size_t i = 0; i < r->signature_count; i++)
		command_field(context, _("Signature"), "%s %s %s %s (%s)", signature_name(r->signatures[i].state),
			    str_or_empty(r->signatures[i].fingerprint), str_or_empty(r->signatures[i].hash),
			    r->signatures[i].created == INSTANT_NONE ? "-" : instant_format(r->signatures[i].created, at),
			    r->signatures[i].covers_message ? _("the whole message") : _("a part of it"));
}

void mail_describe(struct command_context *context, const struct mail_record *r)
{
	char at[40];

	describe_people(context, _("From"), r->from, r->from_count);
	describe_people(context, _("To"), r->to, r->to_count);
	command_field(context, _("Subject"), "%s", str_or_empty(r->subject));
	if (r->date != INSTANT_NONE)
		command_field(context, _("Date"), "%s", instant_format(r->date, at));
	command_field(context, _("Encryption"), "%s%s%s", enclosed(r), *mail_record_reason(r) ? ": " : "",
		      mail_record_reason(r));
	describe_signatures(context, r);
	command_field(context, _("Verdict"), "%s", verdict_name(r->verdict));
	for (size_t i = 0; i < r->flag_count; i++)
		command_field(context, _("Flag"), "%s", r->flags[i]);
	for (size_t i = 0; i < r->attachment_count; i++)
		command_field(context, _("Attachment"), "%s (%s, %zu bytes, sha256 %s)",
			    str_or_empty(r->attachments[i].safe_name), str_or_empty(r->attachments[i].type),
			    r->attachments[i].size, r->attachments[i].sha256);
	str_add_char(&context->out, '\n');
	text_add_block(&context->out, r->text);
	if (!str_ends(context->out.bytes, "\n"))
		str_add_char(&context->out, '\n');
}

static json_t *item_json(const struct inbox_item *item, bool whole)
{
	const struct mail_record *r = &item->record;
	json_t *json = whole ? mail_record_to_json(r, false) : json_object();
	enum signature_state signature = mail_record_signature(r);
	char at[40];

	js_set_string(json, "id", item->id);
	js_set_string(json, "received", instant_format(item->received, at));
	js_set_string(json, "channel", item->channel);
	json_object_set_new(json, "case", item->taken_case ? json_string(item->taken_case) : json_null());
	if (whole)
		return json;
	js_set_string(json, "from", mail_record_sender(r));
	js_set_string(json, "subject", r->subject);
	js_set_string(json, "encryption", enclosed(r));
	js_set_string(json, "signature", signature == SIGNATURE_COUNT ? "none" : signature_name(signature));
	js_set_string(json, "verdict", verdict_name(r->verdict));
	return json;
}

static const char *signer(const struct mail_record *r)
{
	for (size_t i = 0; i < r->signature_count; i++)
		if (r->signatures[i].covers_message)
			return r->signatures[i].fingerprint;
	return NULL;
}

static void item_row(struct command_context *context, const struct inbox_item *item)
{
	const struct mail_record *r = &item->record;
	enum signature_state signature = mail_record_signature(r);
	char at[40];

	command_row_out(context, item->id, instant_format(item->received, at), verdict_name(r->verdict), enclosed(r),
			signature == SIGNATURE_COUNT ? "none" : signature_name(signature), str_or_empty(signer(r)),
			str_or_empty(mail_record_sender(r)), str_or_empty(r->subject), str_or_empty(item->taken_case),
			NULL);
}

static bool item_matches(const struct inbox_item *item, const char *words)
{
	AUTO_STRING copy = mem_string(words);
	char *save = NULL;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (!strcasestr(str_or_empty(item->record.subject), word) &&
		    !strcasestr(str_or_empty(mail_record_sender(&item->record)), word) &&
		    !strcasestr(item->id, word))
			return false;
	return true;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING query = call_text(call, "QUERY");
	struct list_window window;
	json_t *list = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = list_window(call, &window, err);
	if (!code && context->json)
		list = json_array();
	for (size_t i = 0; !code && i < model_inbox_count(desk_model(desk)); i++) {
		const struct inbox_item *item = model_inbox(desk_model(desk), i);

		if (!item_matches(item, query) || !list_take(&window, item->id))
			continue;
		if (list)
			json_array_append_new(list, item_json(item, false));
		else
			item_row(context, item);
	}
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct inbox_item *item;
	struct desk *desk;
	int code = command_mail(context, call, &desk, &item, err);

	if (code)
		return code;
	if (context->json)
		command_json(context, item_json(item, true));
	else
		mail_describe(context, &item->record);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- in */

static bool pass_progress(void *data, size_t done, size_t total)
{
	struct command_context *context = data;

	if (context->progress)
		context->progress(context, done, total);
	return context->cancelled && context->cancelled(context);
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct intake_count count = { 0 };
	size_t path_count;
	char *const *paths = call_values(call, "PATH", &path_count);
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (size_t i = 0; !code && i < path_count; i++)
		code = desk_mail_import(desk, paths[i], command_now(context), pass_progress, context, &count, err);
	command_say(context, _("%zu taken in, %zu known already, %zu could not be opened and wait"),
		    count.taken_in, count.known, count.unread);
	return code;
}

static int run_retry(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct intake_count count = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_mail_retry(desk, command_now(context), &count, err);
	if (!code)
		command_say(context, _("%zu opened, %zu still wait"), count.taken_in, count.unread);
	return code;
}

static int run_take(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	const struct inbox_item *item;
	struct desk *desk;
	int code = command_mail(context, call, &desk, &item, err);

	if (!code)
		code = desk_mail_take(desk, item, call_value(call, "--title"), command_now(context), &state, err);
	if (code)
		return code;
	command_say(context, _("%s opened from %s"), state->id, call_value(call, "MAIL"));
	mem_replace(&context->open_case, state->id);
	context->reactions |= REACT_OPEN_CASE;
	return 0;
}

static int run_link(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	const struct inbox_item *item;
	struct desk *desk;
	int code = command_mail(context, call, &desk, &item, err);

	if (!code)
		code = desk_find_case(desk, call_value(call, "CASE"), &state, err);
	if (!code)
		code = desk_mail_link(desk, item, state, command_now(context), err);
	if (!code)
		command_say(context, _("%s is in %s"), call_value(call, "MAIL"), call_value(call, "CASE"));
	return code;
}

/* ---- out */

/* ID is a mail that was taken into a case, or a case. */
static int find_correspondence(struct desk *desk, const char *id, const struct case_state **ret_state,
			       const struct case_message **ret_message, struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk_model(desk), id);

	*ret_message = NULL;
	if (item && !item->taken_case)
		return error_set(err, ERR_NO, id, _("Take it first with `mail take`"),
				 _("an answer belongs to a case, and this mail is in none"));
	if (!item)
		return desk_find_case(desk, id, ret_state, err);
	*ret_state = model_find_case(desk_model(desk), item->taken_case);
	if (*ret_state && desk_whole_case(desk, *ret_state, err))
		return ERR_CASE;
	for (size_t i = 0; *ret_state && i < (*ret_state)->message_count; i++)
		if (str_equal((*ret_state)->messages[i].mail, id))
			*ret_message = &(*ret_state)->messages[i];
	return *ret_state ? 0 : error_set(err, ERR_CASE, item->taken_case, NULL, _("its case cannot be read"));
}

static int run_reply(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_message *message;
	const struct case_state *state;
	AUTO_STRING text = NULL;
	AUTO_STRING draft = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = find_correspondence(desk, call_value(call, "MAIL"), &state, &message, err);
	if (!code)
		code = command_body(context, call, "reply", "", &text, err);
	if (!code)
		code = desk_reply(desk, state, message, text, command_now(context), &draft, err);
	if (!code)
		command_say(context, _("draft %s. Check it with `mail check %s`, send it with `mail send %s`"), draft,
			    draft, draft);
	return code;
}

static void show_check(struct command_context *context, const struct draft_check *check)
{
	command_field(context, _("To"), "%s", str_or_empty(check->to));
	command_field(context, _("Subject"), "%s", str_or_empty(check->subject));
	for (size_t i = 0; i < check->key_count; i++)
		command_field(context, _("Readable by"), "%s", check->keys[i]);
	for (size_t i = 0; i < check->problem_count; i++)
		command_field(context, _("PROBLEM"), "%s", check->problems[i]);
	str_add_char(&context->out, '\n');
	text_add_block(&context->out, check->text);
	str_add_char(&context->out, '\n');
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct draft_check check = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_draft_check(desk, call_value(call, "DRAFT"), command_now(context), &check, err);
	if (check.to)
		show_check(context, &check);
	draft_check_release(&check);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_send(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING path = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_draft_send(desk, call_value(call, "DRAFT"), command_now(context), &path, err);
	if (!code)
		command_say(context, _("in the outbox: %s"), path);
	return code;
}

static int run_drafts(struct command_context *context, const struct command_call *call, struct error *err)
{
	char **ids = NULL;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_draft_list(desk, &ids, &count, err);
	for (size_t i = 0; i < count; i++) {
		struct draft_check check = { 0 };

		desk_draft_check(desk, ids[i], INSTANT_NONE, &check, NULL);
		command_row_out(context, ids[i], str_or_empty(check.to), str_or_empty(check.subject), NULL);
		draft_check_release(&check);
	}
	command_free_words(ids, (int)count);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* A kept text as it is; the letters of the mail commands are read with `mail check`. */
static int run_draft_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct str text = STR_INIT;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = vault_draft_get(desk_vault(desk), call_value(call, "DRAFT"), &text, err);
	if (!code)
		text_add_block(&context->out, text.bytes);
	str_wipe(&text);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_draft_remove(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = vault_draft_remove(desk_vault(desk), call_value(call, "DRAFT"), err);
	if (!code)
		command_say(context, _("draft %s removed"), call_value(call, "DRAFT"));
	return code;
}

#define MAIL_ARGUMENT ARG("MAIL", ARG_MAIL, N_("a mail of the inbox, such as M-0001"))

const struct command_row mail_commands[] = {
	{
		.name = "mail import",
		.help = N_("take mail in from Maildirs, mboxes or files"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG_MANY("PATH", ARG_FILE, NULL) },
		.exec = run_import,
	},
	{
		.name = "mail list",
		.pane = "inbox",
		.help = N_("list the inbox"),
		.flags = COMMAND_JSON | COMMAND_LISTS,
		.arguments = { { .name = "QUERY", .type = ARG_TEXT, .optional = true, .repeats = true },
			       LIST_OPTIONS(ARG_MAIL) },
		.exec = run_list,
	},
	{
		.name = "mail show",
		.help = N_("read a mail of the inbox"),
		.flags = COMMAND_JSON,
		.arguments = { MAIL_ARGUMENT },
		.exec = run_show,
	},
	{
		.name = "mail take",
		.help = N_("open a case from a mail"),
		.flags = COMMAND_CHANGES,
		.arguments = { MAIL_ARGUMENT, OPTION("--title", ARG_TEXT, N_("instead of the subject")) },
		.exec = run_take,
	},
	{
		.name = "mail link",
		.help = N_("put a mail into a case that is there"),
		.flags = COMMAND_CHANGES,
		.arguments = { MAIL_ARGUMENT, ARG("CASE", ARG_CASE, NULL) },
		.exec = run_link,
	},
	{
		.name = "mail retry",
		.help = N_("try again to open what could not be opened"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.exec = run_retry,
	},
	{
		.name = "mail reply",
		.help = N_("write an answer as a sealed draft"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("MAIL", ARG_MAIL, N_("a mail in a case, or the case itself")),
			       OPTION("--text", ARG_TEXT, N_("the text")),
			       OPTION("--file", ARG_FILE, N_("read the text from a file")) },
		.exec = run_reply,
	},
	{
		.name = "mail check",
		.help = N_("who will be able to read a draft, and what stands against it"),
		.arguments = { ARG("DRAFT", ARG_DRAFT, NULL) },
		.exec = run_check,
	},
	{
		.name = "mail send",
		.help = N_("sign and encrypt a draft and put it into the outbox"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { ARG("DRAFT", ARG_DRAFT, NULL) },
		.exec = run_send,
	},
	{
		.name = "draft list",
		.help = N_("list your sealed drafts"),
		.exec = run_drafts,
	},
	{
		.name = "draft show",
		.help = N_("read a draft or a text that was kept"),
		.arguments = { ARG("DRAFT", ARG_DRAFT, NULL) },
		.exec = run_draft_show,
	},
	{
		.name = "draft remove",
		.help = N_("throw a draft away"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED,
		.arguments = { ARG("DRAFT", ARG_DRAFT, NULL) },
		.exec = run_draft_remove,
	},
	{ .name = NULL },
};
