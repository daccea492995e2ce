/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about letters: written, looked over, sent; and who was told what. */
#include "command/command_private.h"

#include "psirtty/base/text.h"
#include "psirtty/desk/letters.h"
#include "psirtty/vault/vault.h"

/* ---- writing */

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

static const struct case_message *last_received(const struct case_state *state)
{
	for (size_t i = state->message_count; i-- > 0;)
		if (state->messages[i].type != EVENT_MESSAGE_SENT)
			return &state->messages[i];
	return NULL;
}

static struct desk_writing writing_of(const struct command_call *call)
{
	struct desk_writing w = {
		.to = call_value(call, "--to"), .subject = call_value(call, "--subject"),
		.template = call_value(call, "--template"), .language = call_value(call, "--language"),
		.tlp = call_value(call, "--tlp"), .reason = call_value(call, "--reason"),
		.version = call_value(call, "--fix"), .clear = call_given(call, "--clear"),
	};

	w.cc = call_values(call, "--cc", &w.cc_count);
	w.bcc = call_values(call, "--bcc", &w.bcc_count);
	w.files = call_values(call, "--attach", &w.file_count);
	return w;
}

/* What --text or --file says, what the editor gives back, or, where there is none, the template as it is. */
static int letter_body(struct command_context *context, const struct command_call *call, const char *begin,
		       bool template, char **ret, struct error *err)
{
	if (template && !context->edit && !call_value(call, "--text") && !call_value(call, "--file")) {
		*ret = mem_string(begin);
		return 0;
	}
	return command_body(context, call, "letter", begin, ret, err);
}

static int write_letter(struct command_context *context, const struct command_call *call, struct desk *desk,
			const struct case_state *state, struct desk_writing *w, struct error *err)
{
	AUTO_STRING begin = NULL;
	AUTO_STRING note = NULL;
	AUTO_STRING text = NULL;
	AUTO_STRING draft = NULL;
	AUTO_STRING id = mem_string(state->id);
	int code = desk_writing_text(desk, state, w, &begin, &note, err);

	if (!code)
		code = letter_body(context, call, begin, w->template != NULL, &text, err);
	w->text = text;
	if (!code)
		code = desk_draft_new(desk, state, w, command_now(context), &draft, err);
	if (code)
		return code;
	if (note && !call_value(call, "--text") && !call_value(call, "--file"))
		command_say(context, "%s", note);
	command_say(context, _("draft %s. Check it with `mail check %s`, send it with `mail send %s`"), draft, draft,
		    draft);
	return 0;
}

static int run_reply(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_writing w = writing_of(call);
	const struct case_state *state;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = find_correspondence(desk, call_value(call, "MAIL"), &state, &w.answers, err);
	if (code)
		return code;
	if (!w.answers)
		w.answers = last_received(state);
	w.quote = call_given(call, "--quote");
	w.no_quote = call_given(call, "--no-quote");
	return write_letter(context, call, desk, state, &w, err);
}

static int run_compose(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_writing w = writing_of(call);
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	return code ? code : write_letter(context, call, desk, state, &w, err);
}

static int run_edit(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *draft = call_value(call, "DRAFT");
	AUTO_STRING old = NULL;
	AUTO_STRING text = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_draft_text(desk, draft, &old, err);
	if (!code)
		code = command_body(context, call, "letter", old, &text, err);
	if (!code)
		code = desk_draft_set_text(desk, draft, text, err);
	if (!code)
		command_say(context, str_equal(old, text) ? _("draft %s is as it was") : _("draft %s changed"), draft);
	return code;
}

static int run_attach(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *paths = call_values(call, "FILE", &count);
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_draft_attach(desk, call_value(call, "DRAFT"), paths, count, err);
	if (!code)
		command_say(context, _("files attached to %s: %zu"), call_value(call, "DRAFT"), count);
	return code;
}

static int run_templates(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char **names = NULL;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_letter_names(desk, &names, &count, err);
	for (size_t i = 0; i < count; i++)
		command_row_out(context, names[i], NULL);
	free(names);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- looking it over */

static void add_marks(struct str *s, const struct draft_reader *reader)
{
	for (int mark = 0; mark < READER_MARK_COUNT; mark++)
		if (reader->marks & 1u << mark)
			str_add_format(s, "%s%s", s->length ? ", " : "", reader_mark_name((enum reader_mark)mark));
	if (!s->length)
		str_add(s, "ok");
}

static void show_readers(struct command_context *context, const struct draft_check *check)
{
	for (size_t i = 0; i < check->reader_count; i++) {
		const struct draft_reader *reader = &check->readers[i];
		AUTO_STRING who = reader->name ? mem_format("%s <%s>", reader->name, reader->address) :
						 mem_string(reader->address);
		AUTO_STR marks = STR_INIT;

		add_marks(&marks, reader);
		command_pad(&context->out, reader->part, 4);
		command_pad(&context->out, marks.bytes, 14);
		str_add_char(&context->out, ' ');
		command_pad(&context->out, reader->jurisdiction, 8);
		command_say(context, " %s %s", reader->fingerprint ? reader->fingerprint : _("(in clear)"), who);
	}
}

static void show_check(struct command_context *context, const struct draft_check *check)
{
	command_field(context, _("To"), "%s", str_or_empty(check->to));
	command_field(context, _("Subject"), "%s", str_or_empty(check->subject));
	command_field(context, _("Marking"), "TLP:%s%s", str_or_empty(check->tlp),
		      check->clear ? _(", signed but NOT ENCRYPTED") : "");
	show_readers(context, check);
	for (size_t i = 0; i < check->file_count; i++)
		command_field(context, _("Attachment"), _("%s, %zu bytes, sha256 %s"), check->files[i].name,
			      check->files[i].size, check->files[i].sha256);
	for (size_t i = 0; i < check->problem_count; i++)
		command_field(context, _("PROBLEM"), "%s", check->problems[i]);
	str_add_char(&context->out, '\n');
	text_add_block(&context->out, check->text);
	str_add_char(&context->out, '\n');
}

static json_t *reader_json(const struct draft_reader *reader)
{
	json_t *one = json_object(), *marks = json_array();

	js_set_string(one, "part", reader->part);
	js_set_string(one, "name", reader->name);
	js_set_string(one, "address", reader->address);
	js_set_string(one, "fingerprint", reader->fingerprint);
	js_set_string(one, "jurisdiction", reader->jurisdiction);
	for (int mark = 0; mark < READER_MARK_COUNT; mark++)
		if (reader->marks & 1u << mark)
			json_array_append_new(marks, json_string(reader_mark_name((enum reader_mark)mark)));
	json_object_set_new(one, "marks", marks);
	return one;
}

static json_t *check_json(const struct draft_check *check, const char *draft)
{
	json_t *json = json_object(), *readers = json_array(), *files = json_array(), *problems = json_array();

	js_set_string(json, "draft", draft);
	js_set_string(json, "subject", check->subject);
	js_set_string(json, "text", check->text);
	js_set_string(json, "tlp", check->tlp);
	js_set_bool(json, "clear", check->clear);
	js_set_bool(json, "form", check->form);
	for (size_t i = 0; i < check->reader_count; i++)
		json_array_append_new(readers, reader_json(&check->readers[i]));
	for (size_t i = 0; i < check->file_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "name", check->files[i].name);
		js_set_string(one, "sha256", check->files[i].sha256);
		js_set_integer(one, "size", (long long)check->files[i].size);
		json_array_append_new(files, one);
	}
	for (size_t i = 0; i < check->problem_count; i++)
		json_array_append_new(problems, js_new_string(check->problems[i], strlen(check->problems[i])));
	json_object_set_new(json, "readers", readers);
	json_object_set_new(json, "files", files);
	json_object_set_new(json, "problems", problems);
	return json;
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct draft_check check = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_draft_check(desk, call_value(call, "DRAFT"), command_now(context), &check, err);
	if (check.to && context->json)
		command_json(context, check_json(&check, call_value(call, "DRAFT")));
	else if (check.to)
		show_check(context, &check);
	draft_check_release(&check);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- sending */

static int run_send(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct desk_send how = { .again = call_given(call, "--again"), .left = call_given(call, "--left") };
	const char *draft = call_value(call, "DRAFT");
	struct draft_sent sent = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && how.again && how.left)
		code = error_set(err, ERR_USAGE, draft, NULL, _("--again and --left exclude each other"));
	if (!code)
		code = desk_draft_send(desk, draft, &how, command_now(context), &sent, err);
	if (code)
		return code;
	if (sent.before)
		command_say(context, _("%s had left already; it was not sent again"), draft);
	else if (desk_letters_wait(desk))
		command_say(context, _("in the outbox: %s"), str_or_empty(sent.path));
	else
		command_say(context, _("sent: %s"), str_or_empty(sent.path));
	for (size_t i = 0; i < sent.refused_count; i++)
		command_say(context, _("NOT TOLD: %s"), sent.refused[i]);
	draft_sent_release(&sent);
	return 0;
}

static char *joined(const json_t *body, const char *key)
{
	const json_t *list = js_array(body, key);
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < json_array_size(list); i++)
		str_add_format(&text, "%s%s", i ? ", " : "", str_or_empty(json_string_value(json_array_get(list, i))));
	return str_detach(&text);
}

static void sent_row(struct command_context *context, const struct event *event)
{
	AUTO_STRING to = joined(event->body, "to");
	AUTO_STRING cc = joined(event->body, "cc");
	AUTO_STRING bcc = joined(event->body, "bcc");
	const char *tlp = js_string(event->body, "tlp");

	command_row_out(context, str_or_empty(js_string(event->body, "sent")), tlp ? tlp : "", to, cc, bcc,
			str_or_empty(js_string(event->body, "subject")), str_or_empty(js_string(event->body, "way")),
			event->author, str_or_empty(js_string(event->body, "message_id")), NULL);
}

static json_t *sent_json(const struct event *event)
{
	static const char *const members[] = { "sent", "tlp", "to", "cc", "bcc", "subject", "way", "message_id", "readers",
					       "send", "files", "clear", "template" };
	json_t *one = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		json_t *value = json_object_get(event->body, members[i]);

		if (value)
			json_object_set(one, members[i], value);
	}
	js_set_string(one, "by", event->author);
	return one;
}

/* Who was told what, when, under which marking. */
static int run_sent(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	json_t *list;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	list = context->json ? json_array() : NULL;
	for (size_t i = 0; i < state->event_count; i++) {
		if (state->events[i].type != EVENT_MESSAGE_SENT)
			continue;
		if (list)
			json_array_append_new(list, sent_json(&state->events[i]));
		else
			sent_row(context, &state->events[i]);
	}
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- the automatic answer */

int command_acknowledge(struct command_context *context, struct desk *desk, struct error *err)
{
	struct acknowledged count = { 0 };
	int code;

	if (!model_policy(desk_model(desk))->acknowledge)
		return 0;
	code = desk_acknowledge(desk, command_now(context), &count, err);
	if (!context->json)
		command_say(context, _("%zu told automatically that their mail came (%zu of them sealed), %zu are not to be"),
			    count.sent, count.sealed, count.passed);
	return code;
}

static int run_acknowledge(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *id = call_value(call, "MAIL");
	const struct inbox_item *item;
	const char *refusal;
	struct desk *desk;
	int code;

	if (!id) {
		code = command_desk(context, &desk, err);
		if (!code && !model_policy(desk_model(desk))->acknowledge)
			code = error_set(err, ERR_NO, call->row->name, _("Switch it on with `policy set acknowledge on`"),
					 _("the automatic acknowledgement is not switched on"));
		return code ? code : command_acknowledge(context, desk, err);
	}
	code = command_mail(context, call, &desk, &item, err);
	if (code)
		return code;
	refusal = desk_acknowledge_refusal(desk, item, command_now(context));
	command_say(context, "%s: %s", id, refusal ? _(refusal) : _("it would be acknowledged"));
	return 0;
}

/* ---- drafts */

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

static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };
static const char *const languages[] = { "en", "zh", NULL };

#define WORD_OPTION(n, w, h) \
	{ .name = (n), .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, .words = (w), .help = (h) }
#define TEXT_OPTIONS OPTION("--text", ARG_TEXT, N_("the text")), OPTION("--file", ARG_FILE, N_("read the text from a file"))
#define LETTER_OPTIONS \
	OPTION("--template", ARG_TEXT, N_("begin with this letter; `mail templates` lists them")), \
	WORD_OPTION("--language", languages, N_("of the letter, instead of the reader's")), \
	OPTION("--reason", ARG_TEXT, N_("what a letter says in place of {reason}")), \
	OPTION("--fix", ARG_TEXT, N_("the version a letter names")), \
	OPTION_MANY("--cc", ARG_PARTY, N_("also to, in sight of all")), \
	OPTION_MANY("--bcc", ARG_PARTY, N_("also to, encrypted by itself")), \
	OPTION_MANY("--attach", ARG_FILE, N_("a file that goes with it")), \
	WORD_OPTION("--tlp", tlp_words, N_("the marking (the advisory's, else RED)")), \
	OPTION("--subject", ARG_TEXT, NULL), \
	SWITCH("--clear", N_("to somebody without a key: a form, signed, not encrypted")), TEXT_OPTIONS
#define DRAFT_ARGUMENT ARG("DRAFT", ARG_DRAFT, NULL)

const struct command_row letter_commands[] = {
	{
		.name = "mail reply",
		.help = N_("write an answer as a sealed draft"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("MAIL", ARG_MAIL, N_("a mail in a case, or the case itself")),
			       OPTION("--to", ARG_PARTY, N_("instead of its sender")), LETTER_OPTIONS,
			       SWITCH("--quote", N_("quote it though nothing vouches for its words")),
			       SWITCH("--no-quote", N_("quote nothing of it")) },
		.exec = run_reply,
	},
	{
		.name = "mail compose",
		.help = N_("write a letter about a case as a sealed draft"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("CASE", ARG_CASE, NULL),
			       OPTION("--to", ARG_PARTY, N_("a party, a contact or an address (the finder)")),
			       LETTER_OPTIONS },
		.exec = run_compose,
	},
	{
		.name = "mail edit",
		.help = N_("change the text of a draft"),
		.flags = COMMAND_CHANGES,
		.arguments = { DRAFT_ARGUMENT, TEXT_OPTIONS },
		.exec = run_edit,
	},
	{
		.name = "mail attach",
		.help = N_("attach files to a draft"),
		.flags = COMMAND_CHANGES,
		.arguments = { DRAFT_ARGUMENT, ARG_MANY("FILE", ARG_FILE, NULL) },
		.exec = run_attach,
	},
	{
		.name = "mail templates",
		.help = N_("list the letters one can begin with"),
		.exec = run_templates,
	},
	{
		.name = "mail check",
		.help = N_("who will be able to read a draft, and what stands against it"),
		.flags = COMMAND_JSON,
		.arguments = { DRAFT_ARGUMENT },
		.exec = run_check,
	},
	{
		.name = "mail send",
		.help = N_("sign and encrypt a draft and let it out"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { DRAFT_ARGUMENT,
			       SWITCH("--again", N_("carry a sending that broke off once more, byte for byte")),
			       SWITCH("--left", N_("a sending that broke off did leave; only record it")) },
		.exec = run_send,
	},
	{
		.name = "mail sent",
		.help = N_("who was told what, when, under which marking"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("CASE", ARG_CASE, NULL) },
		.exec = run_sent,
	},
	{
		.name = "mail acknowledge",
		.help = N_("tell automatically that mail came; of one mail, whether it would"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { ARG_MAY("MAIL", ARG_MAIL, NULL) },
		.exec = run_acknowledge,
	},
	{
		.name = "draft list",
		.help = N_("list your sealed drafts"),
		.exec = run_drafts,
	},
	{
		.name = "draft show",
		.help = N_("read a draft or a text that was kept"),
		.arguments = { DRAFT_ARGUMENT },
		.exec = run_draft_show,
	},
	{
		.name = "draft remove",
		.help = N_("throw a draft away"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED,
		.arguments = { DRAFT_ARGUMENT },
		.exec = run_draft_remove,
	},
	{ .name = NULL },
};
