/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about what came in: its log, where it belongs, what it lacks and resembles, and sorting it in bulk. */
#include "command/command_private.h"

#include "psirtty/desk/post.h"
#include "psirtty/model/thread.h"

enum { LIKE_MOST = 5 };

static const char *const sort_words[] = { "report", "spam", "slop", "other", NULL };

/* ---- the log */

struct telling { struct command_context *context; json_t *list; struct list_window window; };

static bool tell_entry(void *data, const struct intake_entry *e)
{
	struct telling *telling = data;
	AUTO_STRING size = mem_format("%lld", e->size);
	const struct { const char *name, *value; } members[] = {
		{ "channel", e->channel }, { "account", e->account }, { "sender", e->sender }, { "sha256", e->sha256 },
		{ "disposition", e->disposition }, { "case", e->case_id }, { "mail", e->mail }, { "uid", e->uid },
		{ "by", e->by },
	};
	json_t *one;
	char at[40];

	if (!list_take(&telling->window, *e->mail ? e->mail : e->uid))
		return true;
	if (!telling->list) {
		command_row_out(telling->context, instant_format(e->at, at), *e->channel ? e->channel : e->account, e->sender,
				e->sha256, size, e->disposition, e->case_id, e->mail, NULL);
		return true;
	}
	one = json_object();
	js_set_string(one, "at", instant_format(e->at, at));
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		js_set_string(one, members[i].name, members[i].value);
	js_set_integer(one, "size", e->size);
	json_array_append_new(telling->list, one);
	return true;
}

static int run_log(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct telling telling = { .context = context };
	struct zoned since = { .at = INSTANT_NONE };
	struct desk *desk;
	int code = call_given(call, "--since") ? zoned_parse(call_value(call, "--since"), &since, err) : 0;

	if (!code)
		code = list_window(call, &telling.window, err);
	if (!code)
		code = command_desk(context, &desk, err);
	telling.list = context->json ? json_array() : NULL;
	if (!code)
		code = desk_intake_log(desk, since.at, tell_entry, &telling, err);
	if (telling.list)
		command_json(context, telling.list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- where it belongs */

static int run_thread(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct thread_index *index;
	struct desk *desk;
	size_t count = 0;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_mail_thread(desk, command_now(context), &count, err);
	if (code)
		return code;
	command_say(context, _("%zu went to their cases"), count);
	index = thread_index_new(desk_model(desk));
	for (size_t i = 0; i < model_inbox_count(desk_model(desk)); i++) {
		const struct inbox_item *item = model_inbox(desk_model(desk), i);
		struct mail_place place;

		thread_place(index, item, &place);
		if (place.state && !place.sure && !item->taken_case)
			command_row_out(context, item->id, place.state->id, thread_way_name(place.way), _(place.why), NULL);
	}
	thread_index_free(index);
	context->reactions |= REACT_RELOAD | REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- what it lacks, what it resembles */

static json_t *assessment_json(const struct inbox_item *item, const struct mail_place *place, const struct likeness *like,
			       size_t count)
{
	json_t *json = json_object(), *missing = json_array(), *similar = json_array();

	js_set_string(json, "id", item->id);
	for (int i = 0; i < REPORT_PART_COUNT; i++)
		if (item->assessed.missing & 1u << i)
			json_array_append_new(missing, json_string(report_part_name((enum report_part)i)));
	js_set_integer(json, "complete",
		       100 * (REPORT_PART_COUNT - __builtin_popcount(item->assessed.missing)) / REPORT_PART_COUNT);
	json_object_set_new(json, "missing", missing);
	for (size_t i = 0; i < count; i++) {
		json_t *one = json_object();

		js_set_string(one, "mail", like[i].mail ? like[i].mail->id : NULL);
		js_set_string(one, "case", like[i].state ? like[i].state->id : NULL);
		js_set_integer(one, "percent", like[i].percent);
		json_array_append_new(similar, one);
	}
	json_object_set_new(json, "similar", similar);
	js_set_string(json, "case", place->state ? place->state->id : NULL);
	js_set_string(json, "way", thread_way_name(place->way));
	json_object_set_new(json, "sure", json_boolean(place->sure));
	js_set_string(json, "doubt", place->why);
	return json;
}

static void tell_place(struct command_context *context, const struct mail_place *place)
{
	if (!place->state)
		return;
	command_field(context, _("Case"), "%s (%s)%s%s", place->state->id, thread_way_name(place->way),
		      place->why ? _(", a proposal: ") : "", place->why ? _(place->why) : "");
}

static void tell_assessment(struct command_context *context, const struct inbox_item *item, const struct likeness *like,
			    size_t count)
{
	for (int i = 0; i < REPORT_PART_COUNT; i++)
		if (item->assessed.missing & 1u << i)
			command_field(context, _("Missing"), "%s: %s", report_part_name((enum report_part)i),
				      _(report_part_help((enum report_part)i)));
	if (item->assessed.done && !item->assessed.missing)
		command_field(context, _("Missing"), "%s", _("nothing that was looked for"));
	for (size_t i = 0; i < count; i++)
		command_field(context, _("Similar"), "%d %% %s %s %s", like[i].percent, like[i].mail ? like[i].mail->id : "",
			      like[i].state ? like[i].state->id : "",
			      like[i].state ? like[i].state->title : str_or_empty(like[i].mail->record.subject));
}

static int run_assess(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct likeness like[LIKE_MOST];
	const struct inbox_item *item;
	struct thread_index *index;
	struct mail_place place;
	struct desk *desk;
	size_t count;
	int code = command_mail(context, call, &desk, &item, err);

	if (code)
		return code;
	if (!item->assessed.done)
		return error_set(err, ERR_NO, item->id, _("Bring the key and run `mail retry`"), _("it was not read yet"));
	index = thread_index_new(desk_model(desk));
	thread_place(index, item, &place);
	count = thread_like(desk_model(desk), item, like, LIKE_MOST);
	if (context->json) {
		command_json(context, assessment_json(item, &place, like, count));
	} else {
		tell_place(context, &place);
		tell_assessment(context, item, like, count);
	}
	thread_index_free(index);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- sorting */

static int run_sort(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count, done = 0;
	char *const *mails = call_values(call, "MAIL", &count);
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (; !code && done < count; done += !code) {
		const struct inbox_item *item = model_find_mail(desk_model(desk), mails[done]);

		if (!item)
			code = error_set(err, ERR_INPUT, mails[done], NULL, _("there is no such mail"));
		else
			code = desk_mail_sort(desk, item, call_value(call, "AS"), call_value(call, "--note"), command_now(context), err);
	}
	if (done)
		command_say(context, _("%zu sorted: %s"), done, call_value(call, "AS"));
	context->reactions |= REACT_RELOAD;
	return code;
}

const struct command_row inbox_commands[] = {
	{
		.name = "mail log",
		.help = N_("every mail that ever came in, and what became of it"),
		.flags = COMMAND_JSON | COMMAND_LISTS,
		.arguments = { OPTION("--since", ARG_WHEN, N_("only what came then or later")), LIST_OPTIONS(ARG_TEXT) },
		.exec = run_log,
	},
	{
		.name = "mail thread",
		.help = N_("put answers to their cases where sure, list what is likely"),
		.flags = COMMAND_CHANGES,
		.exec = run_thread,
	},
	{
		.name = "mail assess",
		.help = N_("what a report lacks, what it resembles, where it belongs"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("MAIL", ARG_MAIL, N_("a mail of the inbox, such as M-0001")) },
		.exec = run_assess,
	},
	{
		.name = "mail sort",
		.help = N_("put mails aside as spam or slop, or back among reports"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { { .name = "AS", .type = ARG_WORD, .words = sort_words, .help = NULL },
			       OPTION("--note", ARG_TEXT, N_("why")),
			       ARG_MANY("MAIL", ARG_MAIL, N_("mails of the inbox")) },
		.exec = run_sort,
	},
	{ .name = NULL },
};
