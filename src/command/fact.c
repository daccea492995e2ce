/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that state one fact of a case. What they ask for are the members of their event under the
 * same names, so that one function runs them all; and the lists that show what was stated.
 */
#include "command/command_private.h"

#include "psirtty/desk/life.h"

/* ---- arguments as members */

/* "--tested-by" and "TESTED_BY" are the member tested_by. */
static void member_name(const char *argument, char ret[32])
{
	size_t length = 0;

	argument += strspn(argument, "-");
	for (; *argument && length < 31; argument++) {
		char c = *argument == '-' ? '_' : *argument;

		ret[length++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	ret[length] = 0;
}

static const struct event_field *member_find(const struct event_info *info, const char *argument)
{
	char name[32];

	member_name(argument, name);
	for (const struct event_field *field = info->fields; field->name; field++)
		if (str_equal(field->name, name))
			return field;
	return NULL;
}

static int set_instant(json_t *body, const char *key, const char *text, struct error *err)
{
	struct zoned when;
	char buffer[40];
	int code = zoned_parse(text, &when, err);

	if (!code)
		js_set_string(body, key, zoned_format_rfc3339(&when, buffer));
	return code;
}

static json_t *words_json(char *const *words, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		if (*words[i])
			json_array_append_new(list, js_new_string(words[i], strlen(words[i])));
	return list;
}

static int set_member(const struct command_call *call, const struct command_argument *argument,
		      const struct event_field *field, json_t *body, struct error *err)
{
	size_t count;
	char *const *values = call_values(call, argument->name, &count);
	AUTO_STRING text = NULL;

	if (!count)
		return 0;
	if (field->type == FIELD_WORDS) {
		json_object_set_new(body, field->name, words_json(values, count));
		return 0;
	}
	text = argument->repeats && !argument->option ? call_text(call, argument->name) : mem_string(values[0]);
	if (field->type == FIELD_INSTANT)
		return set_instant(body, field->name, text, err);
	js_set_string(body, field->name, text);
	return 0;
}

int command_body_of(const struct command_call *call, enum event_type type, json_t **ret, struct error *err)
{
	const struct event_info *info = event_info((int)type);
	json_t *body = json_object();
	size_t count;
	const struct command_argument *arguments = command_arguments(call->row, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		const struct event_field *field = member_find(info, arguments[i].name);

		if (field)
			code = set_member(call, &arguments[i], field, body, err);
	}
	if (code)
		json_decref(body);
	else
		*ret = body;
	return code;
}

enum event_type command_event(const struct command_call *call)
{
	const struct event_info *info;

	for (size_t i = 0; (info = event_at(i)); i++)
		if (str_equal(info->command, call->row->name) ||
		    (info->type == EVENT_CONTACT_SET && str_equal(call->row->name, "contact add")))
			return info->type;
	BUG("no event is made by %s", call->row->name);
}

static void say_last(struct command_context *context, const struct case_state *state)
{
	AUTO_STRING line = state->event_count ? event_line(&state->events[state->event_count - 1]) : NULL;

	command_say(context, "%s: %s", state->id, str_or_empty(line));
}

static int run_fact(struct command_context *context, const struct command_call *call, struct error *err)
{
	enum event_type type = command_event(call);
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = command_body_of(call, type, &body, err);
	if (!code)
		code = desk_record(desk, state, type, body, command_now(context), err);
	if (!code)
		say_last(context, state);
	return code;
}

/* ---- several reports of one case */

static const struct case_message *message_at(const struct case_state *state, const char *number)
{
	char *end;
	unsigned long n = number ? strtoul(number, &end, 10) : 0;

	return n >= 1 && !*end && n <= state->message_count ? &state->messages[n - 1] : NULL;
}

static int run_report(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *number = call_value(call, "MESSAGE"), *first = call_value(call, "--original");
	const struct case_message *message, *original;
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	message = message_at(state, number);
	original = first ? message_at(state, first) : NULL;
	if (!message || (first && (!original || original == message)))
		return error_set(err, ERR_USAGE, first && message ? first : number, _("See `case reports`"),
				 _("the case has the messages 1 to %zu"), state->message_count);
	body = json_object();
	js_set_hex(body, "message", message->event, sizeof(message->event));
	if (original)
		js_set_hex(body, "original", original->event, sizeof(original->event));
	js_set_string(body, "note", call_value(call, "--note"));
	code = desk_record(desk, state, EVENT_REPORT_MARKED, body, command_now(context), err);
	if (!code)
		command_say(context, original ? _("%s: message %s is a report, a duplicate of %s") :
						_("%s: message %s is a report of its own%s"),
			    state->id, number, original ? first : "");
	return code;
}

static const struct case_record *mark_of(const struct case_state *state, const struct case_message *message)
{
	AUTO_STRING id = str_hex(message->event, sizeof(message->event));
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(state, EVENT_REPORT_MARKED, &cursor)))
		if (str_equal(record_text(record, "message"), id))
			return record;
	return NULL;
}

static size_t number_of(const struct case_state *state, const char *hex)
{
	for (size_t i = 0; i < state->message_count; i++) {
		AUTO_STRING id = str_hex(state->messages[i].event, sizeof(state->messages[i].event));

		if (str_equal(id, hex))
			return i + 1;
	}
	return 0;
}

static int run_reports(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	for (size_t i = 0; !code && i < state->message_count; i++) {
		const struct case_message *m = &state->messages[i];
		const struct case_record *mark = mark_of(state, m);
		AUTO_STRING number = mem_format("%zu", i + 1);
		AUTO_STRING original = NULL;
		char at[40];

		if (m->type != EVENT_REPORT_RECEIVED && !mark)
			continue;
		if (mark && *record_text(mark, "original"))
			original = mem_format("%zu", number_of(state, record_text(mark, "original")));
		command_row_out(context, number, instant_format(m->at, at), str_or_empty(m->peer),
				original ? "duplicate" : "report", str_or_empty(original),
				str_or_empty(m->subject), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- lists */

static bool is_fact(enum event_type type)
{
	return (type >= EVENT_LEAK_RECORDED && type <= EVENT_HANDED_OVER) || type == EVENT_MERGE_TAKEN ||
	       type == EVENT_SPLIT_OFF || (type >= EVENT_REPORT_MARKED && type <= EVENT_FILE_EXPORTED);
}

static void fact_row(struct command_context *context, const struct case_record *record, size_t number)
{
	struct event event = { .type = record->type, .body = (json_t *)record->body };
	AUTO_STRING line = event_line(&event);
	AUTO_STRING n = mem_format("%zu", number);
	char at[40];

	command_row_out(context, event_info((int)record->type)->wire, n, instant_format(record->at, at),
			str_or_empty(record->author), line, NULL);
}

json_t *facts_json(const struct case_state *state)
{
	json_t *all = json_object();

	for (size_t i = 0; i < state->record_count; i++) {
		const struct case_record *record = &state->records[i];
		const char *kind = event_info((int)record->type)->wire;
		json_t *one = json_deep_copy(record->body);
		char at[40];

		js_set_string(one, "at", instant_format(record->at, at));
		js_set_string(one, "author", record->author);
		if (!json_object_get(all, kind))
			json_object_set_new(all, kind, json_array());
		json_array_append_new(json_object_get(all, kind), one);
	}
	return all;
}

static int run_facts(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *kind = call_value(call, "KIND");
	const struct case_state *state;
	struct desk *desk;
	size_t number = 0;
	enum event_type last = 0;
	int code = command_case(context, call, &desk, &state, err);

	if (!code && context->json)
		command_json(context, facts_json(state));
	for (size_t i = 0; !code && !context->json && i < state->record_count; i++) {
		const struct case_record *record = &state->records[i];

		number = record->type == last ? number + 1 : 1;
		last = record->type;
		if (is_fact(record->type) && (!kind || str_equal(event_info((int)record->type)->wire, kind)))
			fact_row(context, record, number);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- tasks and risks over all cases */

typedef void (*row_fn)(struct command_context *context, const struct case_state *state,
		       const struct case_record *record, size_t number);

static int each_record(struct command_context *context, struct desk *desk, const struct case_state *only,
		       enum event_type type, row_fn row, struct error *err)
{
	struct model *model = (struct model *)desk_model(desk);
	int code = 0;

	for (size_t i = 0; !code && i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		const struct case_record *record;
		bool any = type == EVENT_TASK_SET ? state->task_due != INSTANT_NONE : state->risk_until != INSTANT_NONE;
		size_t cursor = 0, number = 0;

		/* What is dated is known in brief; a case is read whole only where there is some. */
		if ((only && state != only) || (!only && state->brief && !any))
			continue;
		code = model_whole_case(model, state, err);
		while (!code && (record = case_record_next(state, type, &cursor)))
			row(context, state, record, ++number);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int optional_case(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
			 const struct case_state **ret, struct error *err)
{
	*ret = NULL;
	if (call_given(call, "CASE"))
		return command_case(context, call, ret_desk, ret, err);
	return command_desk(context, ret_desk, err);
}

static void task_row(struct command_context *context, const struct case_state *state,
		     const struct case_record *record, size_t number)
{
	AUTO_STRING n = mem_format("%zu", number);
	instant due = record_instant(record, "due");
	bool open = str_equal(record_text(record, "state"), "open");

	command_row_out(context, state->id, n, record_text(record, "state"), record_text(record, "due"),
			open && due != INSTANT_NONE && due < command_now(context) ? "overdue" : "",
			record_text(record, "owner"), record_text(record, "text"), NULL);
}

static int run_task_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *only;
	struct desk *desk;
	int code = optional_case(context, call, &desk, &only, err);

	return code ? code : each_record(context, desk, only, EVENT_TASK_SET, task_row, err);
}

static int run_task_done(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *number = call_value(call, "NUMBER"), *to = call_value(call, "--state");
	const struct case_record *task;
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	task = case_record_at(state, EVENT_TASK_SET, strtoul(number, NULL, 10));
	if (!task)
		return error_set(err, ERR_USAGE, number, _("See `task list`"), _("there is no such task"));
	body = json_object();
	js_set_string(body, "task", record_text(task, "task"));
	js_set_string(body, "state", to ? to : "done");
	code = desk_record(desk, state, EVENT_TASK_SET, body, command_now(context), err);
	if (!code)
		say_last(context, state);
	return code;
}

static void risk_row(struct command_context *context, const struct case_state *state,
		     const struct case_record *record, size_t number)
{
	bool over = record_instant(record, "until") <= command_now(context);
	bool accepted = str_equal(record_text(record, "state"), "accepted");

	(void)number;
	command_row_out(context, state->id, record_text(record, "risk"), record_text(record, "state"),
			record_text(record, "until"), accepted && over ? "expired" : "", record_text(record, "by"),
			record_text(record, "product"), record_text(record, "reason"), NULL);
}

static int run_risk_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *only;
	struct desk *desk;
	int code = optional_case(context, call, &desk, &only, err);

	return code ? code : each_record(context, desk, only, EVENT_RISK_SET, risk_row, err);
}

/* ---- the rows */

static const char *const grades[] = { "critical", "high", "medium", "low", NULL };
static const char *const consents[] = { "unknown", "name", "handle", "anonymous", "none", NULL };
static const char *const visibilities[] = { "restricted", "public", NULL };
static const char *const variant_states[] = { "suspected", "confirmed", "ruled-out", NULL };
static const char *const categories[] = { "vendor_fix", "mitigation", "workaround", "no_fix_planned", "none_available",
					  NULL };
static const char *const option_states[] = { "proposed", "chosen", "dropped", NULL };
static const char *const plan_states[] = { "planned", "built", "released", "dropped", NULL };
static const char *const results[] = { "untested", "works", "partial", "fails", NULL };
static const char *const validators[] = { "us", "finder", "vendor", "third-party", NULL };
static const char *const fix_verdicts[] = { "fixed", "not-fixed", "partial", "regression", NULL };
static const char *const matters[] = { "fix", "advisory", "release", "embargo", "risk", "severity", NULL };
static const char *const decisions[] = { "approved", "refused", "withdrawn", NULL };
static const char *const risk_states[] = { "accepted", "closed", NULL };
static const char *const room_states[] = { "open", "closed", NULL };
static const char *const task_states[] = { "open", "done", "dropped", NULL };

#define CASE_ARGUMENT      ARG("CASE", ARG_CASE, N_("a case's id, or its number"))
#define CASE_MAY           ARG_MAY("CASE", ARG_CASE, N_("that case's alone"))
#define WORDS(n, w)        { .name = (n), .type = ARG_WORD, .words = (w) }
#define WORDS_OPTION(n, w) { .name = (n), .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, .words = (w) }
#define REST_MAY(n, h)     { .name = (n), .type = ARG_TEXT, .optional = true, .repeats = true, .help = (h) }
#define TEXT_OPTION(n)     OPTION(n, ARG_TEXT, NULL)
#define FACT               .flags = COMMAND_CHANGES | COMMAND_UNDOABLE, .exec = run_fact

const struct command_row fact_commands[] = {
	{ .name = "case credit", .help = N_("how somebody wants to be credited"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL), WORDS("CONSENT", consents), TEXT_OPTION("--as") } },
	{ .name = "case tracker", .help = N_("name a ticket of another system"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("SYSTEM", ARG_TEXT, NULL), ARG("REF", ARG_TEXT, NULL),
			 WORDS("VISIBILITY", visibilities), TEXT_OPTION("--state") } },
	{ .name = "case grade", .help = N_("the GB/T 30279 grade somebody gave it, with the reason"), FACT,
	  .arguments = { CASE_ARGUMENT, WORDS("GRADE", grades), ARG_MANY("REASON", ARG_TEXT, NULL),
			 OPTION("--issuer", ARG_TEXT, N_("who judged (us)")), TEXT_OPTION("--vector") } },
	{ .name = "variant set", .help = N_("the same flaw elsewhere: suspected, confirmed, ruled out"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL), WORDS("STATUS", variant_states),
			 REST_MAY("DETAILS", NULL), OPTION("--product", ARG_PRODUCT, NULL) } },
	{ .name = "case root-cause", .help = N_("why the flaw came to be"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG_MANY("TEXT", ARG_TEXT, NULL), TEXT_OPTION("--class"),
			 TEXT_OPTION("--introduced"), TEXT_OPTION("--phase") } },
	{ .name = "option set", .help = N_("a way to remedy it, proposed, chosen or dropped"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL), WORDS("KIND", categories),
			 WORDS("STATE", option_states), TEXT_OPTION("--effort"), TEXT_OPTION("--details") } },
	{ .name = "plan set", .help = N_("when which version gets its fix"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("VERSION", ARG_TEXT, NULL), WORDS("STATE", plan_states),
			 OPTION("--due", ARG_WHEN, NULL), TEXT_OPTION("--owner"), TEXT_OPTION("--details") } },
	{ .name = "workaround set", .help = N_("what helps meanwhile, and who tried it"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("NAME", ARG_TEXT, NULL), WORDS("RESULT", results),
			 REST_MAY("DETAILS", NULL), TEXT_OPTION("--tested-by") } },
	{ .name = "fix validate", .help = N_("whether a version is fixed, by whom it was tried"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("VERSION", ARG_TEXT, NULL), WORDS("VERDICT", fix_verdicts),
			 TEXT_OPTION("--by"), WORDS_OPTION("--who", validators), TEXT_OPTION("--details") } },
	{ .name = "case signoff", .help = N_("approve, refuse or take back"), FACT,
	  .arguments = { CASE_ARGUMENT, WORDS("WHAT", matters), WORDS("DECISION", decisions), REST_MAY("REASON", NULL),
			 TEXT_OPTION("--by"), TEXT_OPTION("--role") } },
	{ .name = "risk add", .help = N_("accept a risk until a date, or close it"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("RISK", ARG_TEXT, N_("what it is called")), REST_MAY("REASON", NULL),
			 OPTION("--until", ARG_WHEN, NULL), OPTION("--product", ARG_PRODUCT, NULL), TEXT_OPTION("--by"),
			 WORDS_OPTION("--state", risk_states) } },
	{ .name = "incident set", .help = N_("open or close the situation room"), FACT,
	  .arguments = { CASE_ARGUMENT, WORDS("STATE", room_states), ARG_MANY("REASON", ARG_TEXT, NULL) } },
	{ .name = "incident log", .help = N_("what happened, for the situation room's log"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG_MANY("TEXT", ARG_TEXT, NULL) } },
	{ .name = "task add", .help = N_("something to do"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG_MANY("TEXT", ARG_TEXT, NULL), TEXT_OPTION("--owner"),
			 OPTION("--due", ARG_WHEN, NULL) } },
	{ .name = "case post-mortem", .help = N_("what happened and what was learnt"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG_MANY("WHAT", ARG_TEXT, NULL), TEXT_OPTION("--lessons"),
			 TEXT_OPTION("--actions") } },
	{ .name = "case handover", .help = N_("give a case to somebody else, with what they need to know"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG("MEMBER", ARG_TEXT, NULL), ARG_MANY("NOTE", ARG_TEXT, NULL) } },
	{ .name = "embargo leak", .help = N_("record a leak, and to whom it was traced"), FACT,
	  .arguments = { CASE_ARGUMENT, ARG_MANY("WHAT", ARG_TEXT, NULL), OPTION("--party", ARG_PARTY, NULL),
			 TEXT_OPTION("--evidence") } },
	{ .name = "case report", .help = N_("mark a message as one more report, or as a duplicate of one"),
	  .flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
	  .arguments = { CASE_ARGUMENT, ARG("MESSAGE", ARG_NUMBER, NULL), OPTION("--original", ARG_NUMBER, NULL),
			 TEXT_OPTION("--note") },
	  .exec = run_report },
	{ .name = "case reports", .help = N_("the reports of a case; duplicates name their original"),
	  .arguments = { CASE_ARGUMENT }, .exec = run_reports },
	{ .name = "case facts", .help = N_("everything stated about a case, kind by kind"), .flags = COMMAND_JSON,
	  .arguments = { CASE_ARGUMENT, ARG_MAY("KIND", ARG_TEXT, N_("that kind alone, such as task-set")) },
	  .exec = run_facts },
	{ .name = "task list", .help = N_("the tasks of a case, or all that are dated"), .arguments = { CASE_MAY },
	  .exec = run_task_list },
	{ .name = "task done", .help = N_("a task is done"), .flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
	  .arguments = { CASE_ARGUMENT, ARG("NUMBER", ARG_NUMBER, NULL), WORDS_OPTION("--state", task_states) },
	  .exec = run_task_done },
	{ .name = "risk list", .pane = "risks", .help = N_("risks that were accepted, and until when"), .arguments = { CASE_MAY },
	  .exec = run_risk_list },
	{ .name = NULL },
};
