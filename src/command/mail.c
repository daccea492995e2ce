/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about mail: in, into cases, out. */
#include "command/command_private.h"

#include "psirtty/base/text.h"
#include "psirtty/format/embargo_block.h"
#include "psirtty/model/extent.h"

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

static void describe_attachments(struct command_context *context, const struct mail_record *r)
{
	for (size_t i = 0; i < r->attachment_count; i++) {
		const struct mail_attachment *a = &r->attachments[i];
		const char *cover = mail_attachment_cover(r, a);

		command_field(context, _("Attachment"), "%s (%s, %zu bytes, sha256 %s%s%s)", str_or_empty(a->safe_name),
			      str_or_empty(a->type), a->size, a->sha256, *cover ? ", " : "", cover);
		if (a->other_name)
			command_field(context, _("also named"), "%s", a->other_name);
	}
}

/* What the text says about an embargo; `embargo offers` tells what it is worth. */
static void describe_embargo(struct command_context *context, const struct mail_record *r)
{
	struct embargo_block block;
	AUTO_ERROR why = ERROR_INIT;
	int code = r->text ? embargo_block_read(r->text, strlen(r->text), &block, &why) : 0;
	char until[96];

	if (code < 0)
		command_field(context, _("Embargo"), _("a message that cannot be taken: %s"), why.why);
	if (code != 1)
		return;
	command_field(context, _("Embargo"), "%s %s (%s)%s%s", block.case_id, _(embargo_message_text(block.message)),
		      embargo_message_name(block.message), block.until.at == INSTANT_NONE ? "" : ": ",
		      block.until.at == INSTANT_NONE ? "" : zoned_format(&block.until, until));
	embargo_block_release(&block);
}

/* Each line behind a mark, so that no text begins where ours does. */
static void show_lines(struct str *out, const char *raw, size_t length, const char *mark)
{
	AUTO_STRING copy = mem_copy(raw, length);
	AUTO_STR safe = STR_INIT;

	text_add_block(&safe, copy);
	for (const char *line = str_or_empty(safe.bytes); *line; line += *line == '\n') {
		size_t cut = strcspn(line, "\n");

		str_add(out, mark);
		str_add_bytes(out, line, cut);
		str_add_char(out, '\n');
		line += cut;
	}
}

/* What a signature covers stands in a frame, whatever else outside of it. */
static void show_extents(struct command_context *context, const struct mail_record *r, const struct mail_extents *extents)
{
	struct str *out = &context->out;

	for (size_t i = 0; i < extents->count; i++) {
		const struct mail_extent *extent = &extents->items[i];
		AUTO_STR title = STR_INIT;

		mail_extent_title(r, extents, i, &title);
		if (extents->told) {
			str_add(out, extent->framed ? "#== " : "--- ");
			text_add_line(out, title.bytes);
			str_add_char(out, '\n');
		}
		show_lines(out, r->text + extent->at, extent->length, extent->framed ? "# " : "| ");
		if (extent->framed)
			str_add(out, "#==\n");
	}
}

void mail_describe(struct command_context *context, const struct mail_record *r)
{
	struct mail_extents extents;
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
	describe_attachments(context, r);
	describe_embargo(context, r);
	str_add_char(&context->out, '\n');
	mail_extents_of(r, &extents);
	show_extents(context, r, &extents);
	mail_extents_release(&extents);
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
	js_set_string(json, "account", item->account);
	js_set_string(json, "sorted", item->sorted);
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

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		/* "sorted:spam", "sorted:none": as which it was put aside. */
		if (str_starts_nocase(word, "sorted:")) {
			if (str_casecmp(word + 7, item->sorted ? item->sorted : "none") != 0)
				return false;
			continue;
		}
		if (!strcasestr(str_or_empty(item->record.subject), word) &&
		    !strcasestr(str_or_empty(mail_record_sender(&item->record)), word) &&
		    !strcasestr(item->id, word))
			return false;
	}
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

static int find_mail(struct desk *desk, const char *id, const struct inbox_item **ret, struct error *err)
{
	*ret = model_find_mail(desk_model(desk), id);
	return *ret ? desk_whole_mail(desk, *ret, err) :
		      error_set(err, ERR_INPUT, id, _("See `mail list`"), _("there is no such mail"));
}

static int show_one(struct command_context *context, struct desk *desk, const char *id, struct error *err)
{
	const struct inbox_item *item;
	int code = find_mail(desk, id, &item, err);

	if (!code && (!item->read || desk_mail_outdated(desk, item)) && !desk_readonly(desk)) {
		code = desk_mail_open(desk, item, command_now(context), err);
		code = code ? code : find_mail(desk, id, &item, err);
	}
	if (code)
		return code;
	if (context->json)
		command_json(context, item_json(item, true));
	else
		mail_describe(context, &item->record);
	return 0;
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);
	size_t count;
	char *const *ids = call_values(call, "MAIL", &count);

	for (size_t i = 0; !code && i < count; i++) {
		if (i && !context->json)
			str_add_char(&context->out, '\n');
		code = show_one(context, desk, ids[i], err);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
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
	if (count.later && count.derivation_ms)
		command_say(context, _("%zu encrypted ones are opened when they are read: the passphrase of their key costs gpg-agent "
				       "%d ms for each, cached or not (s2k-count in gpg-agent.conf); `mail retry` opens all, in about %zu s"),
			    count.later, count.derivation_ms, count.later * (size_t)count.derivation_ms / 1000 + 1);
	else if (count.later)
		command_say(context, _("%zu encrypted ones are opened when they are read: gpg, or its agent, did not come to an end over "
				       "one of them; `mail retry` opens all"), count.later);
	if (!code)
		code = command_acknowledge(context, desk, err);
	return code;
}

static void still_waits(void *data, const char *mail, const char *why)
{
	struct command_context *context = data;

	command_row_out(context, mail, why, NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
}

static int tell_failed(const struct intake_count *count, struct error *err)
{
	return count->failed ? error_set(err, ERR_INPUT, "mail retry", _("Run `vault check`; the others were tried"),
					 _("%zu cannot be read"), count->failed) : 0;
}

int command_mail_judge(struct command_context *context, struct desk *desk, const char *address, struct error *err)
{
	const struct desk_retry how = { pass_progress, still_waits, context };
	struct intake_count count = { 0 };
	int code = desk_mail_judge(desk, address, command_now(context), &how, &count, err);

	if (count.known)
		command_say(context, _("mails from it that are judged anew: %zu"), count.known);
	return code ? code : tell_failed(&count, err);
}

static int run_retry(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct desk_retry how = { pass_progress, still_waits, context };
	struct intake_count count = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (code)
		return code;
	code = desk_mail_retry(desk, command_now(context), &how, &count, err);
	command_say(context, _("%zu opened, %zu still wait, %zu judged anew"), count.taken_in, count.unread, count.known);
	return code ? code : tell_failed(&count, err);
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
		.help = N_("read mails of the inbox"),
		.flags = COMMAND_JSON,
		.arguments = { { .name = "MAIL", .type = ARG_MAIL, .repeats = true,
				 .help = N_("a mail of the inbox, such as M-0001") } },
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
		.help = N_("try again what could not be opened, and tell what waits on"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.exec = run_retry,
	},
	{ .name = NULL },
};
