/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about cases. */
#include "command/command_private.h"

#include "psirtty/base/file.h"

enum { NOTE_LIMIT = 1 << 20 };

/* ---- as JSON */

static void score_members(json_t *json, const struct case_state *state)
{
	const struct case_score *score = case_leading_score(state);
	char tenths[8];

	if (!score) {
		json_object_set_new(json, "severity", json_null());
		json_object_set_new(json, "score", json_null());
		return;
	}
	js_set_string(json, "severity", cvss_severity_name(score->cvss.severity));
	js_set_string(json, "score", cvss_tenths(score->cvss.overall, tenths));
}

static json_t *embargo_json(const struct case_state *state)
{
	const struct case_embargo *e = &state->embargo;
	json_t *json = json_object();
	char until[40];

	js_set_string(json, "state", em_name(e->state));
	if (e->until.at == INSTANT_NONE) {
		json_object_set_new(json, "until", json_null());
		return json;
	}
	js_set_string(json, "until", zoned_format_rfc3339(&e->until, until));
	if (e->until.zone[0])
		js_set_string(json, "zone", e->until.zone);
	return json;
}

static json_t *due_json(const struct case_state *state, instant now)
{
	const char *what;
	instant at;
	json_t *json;
	char buffer[40];

	if (!case_next_due(state, now, &what, &at))
		return json_null();
	json = json_object();
	js_set_string(json, "what", what);
	js_set_string(json, "at", instant_format(at, buffer));
	return json;
}

static json_t *flags_json(const struct case_state *state, instant now)
{
	static const struct { char mark; const char *word; } words[] = {
		{ '*', "new" }, { '!', "overdue" }, { '~', "embargo" },
	};
	json_t *list = json_array();
	char marks[4];

	case_marks(state, now, marks);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strchr(marks, words[i].mark))
			json_array_append_new(list, json_string(words[i].word));
	return list;
}

static json_t *message_json(const struct case_message *m)
{
	json_t *json = json_object();
	char at[40];

	js_set_string(json, "kind", event_info(m->type)->wire);
	js_set_string(json, "at", instant_format(m->at, at));
	js_set_string(json, "subject", m->subject);
	js_set_string(json, "peer", m->peer);
	js_set_string(json, "message_id", m->message_id);
	js_set_string(json, "fingerprint", m->fingerprint);
	if (m->type != EVENT_MESSAGE_SENT)
		js_set_string(json, "verdict", verdict_name(m->verdict));
	js_set_string(json, "text", m->text);
	return json;
}

static void lists_json(json_t *json, const struct case_state *s)
{
	json_t *messages = json_array(), *affected = json_array(), *notes = json_array(), *parties = json_array();

	for (size_t i = 0; i < s->message_count; i++)
		json_array_append_new(messages, message_json(&s->messages[i]));
	for (size_t i = 0; i < s->affected_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "product", s->affected[i].product);
		js_set_string(one, "version", s->affected[i].version);
		js_set_string(one, "status", affected_name(s->affected[i].status));
		js_set_string(one, "justification", s->affected[i].justification);
		js_set_string(one, "impact", s->affected[i].impact);
		js_set_string(one, "by", s->affected[i].by);
		json_array_append_new(affected, one);
	}
	for (size_t i = 0; i < s->note_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "author", s->notes[i].author);
		js_set_string(one, "text", s->notes[i].text);
		json_array_append_new(notes, one);
	}
	for (size_t i = 0; i < s->party_count; i++) {
		json_t *one = json_object();

		js_set_string(one, "name", s->parties[i].name);
		js_set_string(one, "role", s->parties[i].role);
		js_set_string(one, "address", s->parties[i].address);
		js_set_string(one, "consent", consent_name(s->parties[i].consent));
		js_set_string(one, "rm", rm_name(s->parties[i].rm));
		js_set_string(one, "zone", s->parties[i].zone);
		json_array_append_new(parties, one);
	}
	json_object_set_new(json, "messages", messages);
	json_object_set_new(json, "affected", affected);
	json_object_set_new(json, "notes", notes);
	json_object_set_new(json, "parties", parties);
	json_object_set_new(json, "facts", facts_json(s));
}

static void repros_json(json_t *json, const struct case_state *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->repro_count; i++) {
		json_t *one = json_object(), *files = json_array();

		js_set_string(one, "build", s->repros[i].build);
		js_set_string(one, "verdict", s->repros[i].verdict);
		js_set_string(one, "environment", s->repros[i].environment);
		js_set_string(one, "steps", s->repros[i].steps);
		for (size_t f = 0; f < s->repros[i].attachment_count; f++) {
			json_t *file = json_object();

			js_set_string(file, "name", s->repros[i].attachments[f].name);
			js_set_string(file, "kind", s->repros[i].attachments[f].kind);
			js_set_string(file, "sha256", s->repros[i].attachments[f].sha256);
			js_set_integer(file, "size", (long long)s->repros[i].attachments[f].size);
			json_array_append_new(files, file);
		}
		json_object_set_new(one, "attachments", files);
		json_array_append_new(list, one);
	}
	json_object_set_new(json, "reproduction", list);
}

json_t *case_json(const struct case_state *state, instant now, bool whole)
{
	json_t *json = json_object();
	char buffer[40];

	js_set_string(json, "id", state->id);
	js_set_string(json, "title", state->title);
	js_set_string(json, "state", rm_name(state->rm));
	score_members(json, state);
	json_object_set_new(json, "embargo", embargo_json(state));
	json_object_set_new(json, "due", due_json(state, now));
	json_object_set_new(json, "assignee", state->assignee ? json_string(state->assignee) : json_null());
	json_object_set_new(json, "flags", flags_json(state, now));
	js_set_string(json, "updated", instant_format(state->updated, buffer));
	if (!whole)
		return json;
	js_set_string(json, "opened", instant_format(state->opened, buffer));
	js_set_string(json, "disclosure", cs_format(state->cs, buffer));
	js_set_string(json, "cwe", state->cwe);
	js_set_string(json, "summary", state->summary);
	if (case_leading_score(state))
		js_set_string(json, "vector", case_leading_score(state)->vector);
	lists_json(json, state);
	repros_json(json, state);
	return json;
}

/* ---- lists and views */

static void case_row(struct command_context *context, const struct case_state *s, instant now)
{
	const struct case_score *score = case_leading_score(s);
	const char *what;
	instant at;
	char marks[4], tenths[8], until[96], due[40];
	bool has_due = case_next_due(s, now, &what, &at);

	command_row_out(context, s->id, rm_name(s->rm), score ? cvss_severity_name(score->cvss.severity) : "",
			score ? cvss_tenths(score->cvss.overall, tenths) : "", em_name(s->embargo.state),
			s->embargo.until.at == INSTANT_NONE ? "" : zoned_format(&s->embargo.until, until),
			has_due ? what : "", has_due ? instant_format(at, due) : "", str_or_empty(s->assignee),
			case_marks(s, now, marks), s->title, NULL);
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING query = call_text(call, "QUERY");
	instant now = command_now(context);
	struct list_window window;
	json_t *list = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = list_window(call, &window, err);
	if (!code && context->json)
		list = json_array();
	for (size_t i = 0; !code && i < model_case_count(desk_model(desk)); i++) {
		const struct case_state *state = model_case(desk_model(desk), i);
		bool matches = false;

		code = case_matches(state, query, now, &matches, err);
		if (code || !matches || !list_take(&window, state->id))
			continue;
		if (list)
			json_array_append_new(list, case_json(state, now, false));
		else
			case_row(context, state, now);
	}
	if (list && !code)
		command_json(context, list);
	else if (list)
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static void show_line(struct command_context *context, const char *label, const char *value)
{
	if (value && *value)
		command_field(context, label, "%s", value);
}

static void show_embargo(struct command_context *context, const struct case_state *s)
{
	char until[96];
	AUTO_STRING line = NULL;

	if (s->embargo.until.at != INSTANT_NONE)
		line = mem_format(_("%s until %s"), em_name(s->embargo.state), zoned_format(&s->embargo.until, until));
	else if (s->embargo.proposed.at != INSTANT_NONE)
		line = mem_format(_("%s: %s, by %s"), em_name(s->embargo.state),
				  zoned_format(&s->embargo.proposed, until), str_or_empty(s->embargo.proposed_by));
	show_line(context, _("Embargo"), line ? line : em_name(s->embargo.state));
}

static void show_case(struct command_context *context, const struct case_state *s)
{
	const struct case_score *score = case_leading_score(s);
	char cs[8], tenths[8], at[40];

	command_say(context, "%s  %s", s->id, s->title);
	show_line(context, _("State"), rm_name(s->rm));
	show_line(context, _("Disclosure"), cs_format(s->cs, cs));
	if (score)
		command_field(context, _("Severity"), "%s %s %s", cvss_tenths(score->cvss.overall, tenths),
			    cvss_severity_name(score->cvss.severity), score->vector);
	show_line(context, _("Decided"), s->outcome);
	show_line(context, _("Priority"), s->priority);
	show_line(context, _("Source"), s->source);
	show_line(context, _("Merged"), s->merged_into);
	show_line(context, _("Split from"), s->split_from);
	if (s->incident)
		show_line(context, _("Incident"), _("the situation room is open"));
	show_line(context, "CWE", s->cwe);
	show_line(context, _("Assignee"), s->assignee);
	show_embargo(context, s);
	show_line(context, _("Summary"), s->summary);
	for (size_t i = 0; i < s->affected_count; i++)
		command_field(context, _("Product"), "%s %s: %s", s->affected[i].product,
			    s->affected[i].version, affected_name(s->affected[i].status));
	for (size_t i = 0; i < s->party_count; i++)
		command_field(context, _("Party"), "%s (%s) %s: %s", s->parties[i].name, s->parties[i].role,
			    str_or_empty(s->parties[i].address), consent_name(s->parties[i].consent));
	for (size_t i = 0; i < s->message_count; i++)
		command_field(context, _("Message"), "%s %s %s: %s", instant_format(s->messages[i].at, at),
			    s->messages[i].type == EVENT_MESSAGE_SENT ? _("to") : _("from"),
			    str_or_empty(s->messages[i].peer), str_or_empty(s->messages[i].subject));
	for (size_t i = 0; i < s->repro_count; i++)
		command_field(context, _("Reproduced"), "%s: %s", s->repros[i].build, s->repros[i].verdict);
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	if (context->json)
		command_json(context, case_json(state, command_now(context), true));
	else
		show_case(context, state);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static int run_log(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	for (size_t i = 0; !code && i < state->event_count; i++) {
		AUTO_STRING line = case_event_line(state, &state->events[i]);
		char at[40];

		command_row_out(context, instant_format(state->events[i].at, at), state->events[i].author,
				state->undone[i] ? "undone" : "", line, NULL);
	}
	for (size_t i = 0; !code && i < state->conflict_count; i++) {
		AUTO_STRING line = mem_format("%s: %s", state->conflicts[i].what, state->conflicts[i].why);
		char at[40];

		command_row_out(context, instant_format(state->conflicts[i].at, at),
				str_or_empty(state->conflicts[i].author), "refused", line, NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- changes */

static int run_new(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING title = call_text(call, "TITLE");
	const struct case_state *state;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_case_new(desk, title, command_now(context), &state, err);
	if (code)
		return code;
	command_say(context, _("%s opened"), state->id);
	mem_replace(&context->open_case, state->id);
	context->reactions |= REACT_OPEN_CASE;
	return 0;
}

static int run_set(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING value = call_text(call, "VALUE");
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_case_set(desk, state, call_value(call, "FIELD"), value, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s set"), state->id, call_value(call, "FIELD"));
	return code;
}

static int run_state(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const char *word = call_value(call, "STATE");
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int rm = rm_from_name(word), code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	if (rm < 0)
		return error_set(err, ERR_USAGE, word, NULL,
				 _("the states are received, invalid, valid, deferred, accepted, closed"));
	body = json_object();
	js_set_string(body, "to", rm_name((enum rm_state)rm));
	if (*reason)
		js_set_string(body, "reason", reason);
	code = desk_append(desk, state, EVENT_STATE_SET, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s is %s"), state->id, rm_name(state->rm));
	return code;
}

static int read_standard_input(char **text, struct error *err)
{
	struct str bytes = STR_INIT;
	int code = file_read("-", NOTE_LIMIT, &bytes, err);

	if (!code)
		mem_replace(text, bytes.bytes);
	str_wipe(&bytes);
	return code;
}

static int run_note(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING text = call_text(call, "TEXT");
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	/* So that a note need not stand on a command line, where others on the host can see it. */
	if (!code && str_equal(text, "-") && !context->on_screen)
		code = read_standard_input(&text, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "text", text);
	code = desk_append(desk, state, EVENT_NOTE_ADDED, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: note added"), state->id);
	return code;
}

static int run_repro(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	size_t file_count;
	char *const *files = call_values(call, "--attach", &file_count);
	AUTO_STRING steps = NULL;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = command_body(context, call, "repro", _("Steps to reproduce, one a line.\n"), &steps, err);
	if (!code)
		code = desk_repro_add(desk, state, call_value(call, "BUILD"), call_value(call, "VERDICT"),
				      call_value(call, "--environment"), steps, (const char *const *)files,
				      file_count, command_now(context), err);
	if (!code)
		command_say(context, _("%s: reproduction note on %s: %s, attachments: %zu"), state->id,
			    call_value(call, "BUILD"), call_value(call, "VERDICT"), file_count);
	return code;
}

static int run_affected(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *name = call_value(call, "PRODUCT"), *version = call_value(call, "VERSION");
	const struct product *product;
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	product = model_find_product(desk_model(desk), name);
	if (!product)
		return error_set(err, ERR_INPUT, name, _("Enter it with `product add`"),
				 _("there is no such product in the register"));
	body = json_object();
	js_set_string(body, "product", product->id);
	js_set_string(body, "version", version);
	js_set_string(body, "status", call_value(call, "STATUS"));
	js_set_string(body, "justification", call_value(call, "--because"));
	js_set_string(body, "impact", call_value(call, "--impact"));
	js_set_string(body, "by", call_value(call, "--by"));
	code = desk_append(desk, state, EVENT_AFFECTED_JUDGED, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s %s is %s"), state->id, name, version, call_value(call, "STATUS"));
	return code;
}

static int run_remedy(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING details = call_text(call, "DETAILS");
	const struct case_state *state;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "category", call_value(call, "CATEGORY"));
	js_set_string(body, "details", details);
	js_set_string(body, "url", call_value(call, "--url"));
	code = desk_append(desk, state, EVENT_REMEDIATION_SET, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: remediation %s"), state->id, call_value(call, "CATEGORY"));
	return code;
}

static int undo_or_redo(struct command_context *context, const struct command_call *call, bool redo,
			struct error *err)
{
	const char *id = call_value(call, "CASE") ? call_value(call, "CASE") : context->selected_case;
	const struct case_state *state;
	AUTO_STRING line = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && !id)
		return error_set(err, ERR_USAGE, "undo", _("Name the case"), _("no case is selected"));
	if (!code)
		code = desk_find_case(desk, id, &state, err);
	if (!code)
		code = desk_undo(desk, state, redo, command_now(context), &line, err);
	if (!code)
		command_say(context, "%s", line);
	return code;
}

static int run_undo(struct command_context *context, const struct command_call *call, struct error *err)
{
	return undo_or_redo(context, call, false, err);
}

static int run_redo(struct command_context *context, const struct command_call *call, struct error *err)
{
	return undo_or_redo(context, call, true, err);
}

static const char *const verdicts[] = { "reproduced", "not-reproduced", "partial", NULL };
static const char *const statuses[] = { "affected", "not-affected", "fixed", "under-investigation", "unknown",
					"no-answer", NULL };
static const char *const reasons[] = { "component_not_present", "vulnerable_code_not_present",
				       "vulnerable_code_not_in_execute_path",
				       "vulnerable_code_cannot_be_controlled_by_adversary",
				       "inline_mitigations_already_exist", NULL };
static const char *const categories[] = { "vendor_fix", "mitigation", "workaround", "no_fix_planned",
					  "none_available", NULL };

#define ARG_WORDS(n, w, h) { .name = (n), .type = ARG_WORD, .words = (w), .help = (h) }
#define CASE_ARGUMENT      ARG("CASE", ARG_CASE, N_("a case's id, or its number"))

const struct command_row case_commands[] = {
	{
		.name = "case new",
		.help = N_("open a case that no mail brought"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MANY("TITLE", ARG_TEXT, N_("what it is called inside the house")) },
		.exec = run_new,
	},
	{
		.name = "case list",
		.pane = "cases",
		.help = N_("list the cases, all or those a query finds"),
		.flags = COMMAND_JSON | COMMAND_LISTS,
		.arguments = { { .name = "QUERY", .type = ARG_TEXT, .optional = true, .repeats = true,
				 .help = N_("for example: sev:critical due:<7d !state:closed words") },
			       LIST_OPTIONS(ARG_CASE) },
		.exec = run_list,
	},
	{
		.name = "case show",
		.help = N_("everything a case holds"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT },
		.exec = run_show,
	},
	{
		.name = "case log",
		.help = N_("what happened in a case, in order"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_log,
	},
	{
		.name = "case set",
		.help = N_("set a field of a case"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT,
			       ARG("FIELD", ARG_FIELD, N_("assignee, cve, cnvd, cnnvd, cwe, disclosure, score, source, summary, title …")),
			       ARG_MANY("VALUE", ARG_TEXT, NULL) },
		.exec = run_set,
	},
	{
		.name = "case state",
		.help = N_("move a case to another state"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("STATE", ARG_STATE, N_("valid, invalid, accepted, deferred, closed")),
			       { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true,
				 .help = N_("why; goes into the timeline") } },
		.exec = run_state,
	},
	{
		.name = "note",
		.help = N_("add a note to a case"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_MANY("TEXT", ARG_TEXT, N_("the note, or - to read it from standard input")) },
		.exec = run_note,
	},
	{
		.name = "repro add",
		.help = N_("add a reproduction note"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("BUILD", ARG_TEXT, N_("product, version and build tried")),
			       ARG_WORDS("VERDICT", verdicts, N_("what came of it")),
			       OPTION("--environment", ARG_TEXT, N_("machine, snapshot, isolation, tools")),
			       OPTION("--text", ARG_TEXT, N_("the steps")),
			       OPTION("--file", ARG_FILE, N_("read the steps from a file")),
			       OPTION_MANY("--attach", ARG_FILE, N_("a file to seal with it")) },
		.exec = run_repro,
	},
	{
		.name = "affected set",
		.help = N_("say how a version of a product is affected"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("PRODUCT", ARG_PRODUCT, NULL), ARG("VERSION", ARG_TEXT, NULL),
			       ARG_WORDS("STATUS", statuses, NULL),
			       { .name = "--because", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = reasons, .help = N_("why it is not affected") },
			       OPTION("--impact", ARG_TEXT, N_("the same in words")),
			       OPTION("--by", ARG_PARTY, N_("who says so (us)")) },
		.exec = run_affected,
	},
	{
		.name = "remediation set",
		.help = N_("say what users can do"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_WORDS("CATEGORY", categories, NULL),
			       ARG_MANY("DETAILS", ARG_TEXT, NULL), OPTION("--url", ARG_TEXT, NULL) },
		.exec = run_remedy,
	},
	{
		.name = "undo",
		.help = N_("take the last change of a case back"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MAY("CASE", ARG_CASE, NULL) },
		.exec = run_undo,
	},
	{
		.name = "redo",
		.help = N_("do again what was undone"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MAY("CASE", ARG_CASE, NULL) },
		.exec = run_redo,
	},
	{ .name = NULL },
};
