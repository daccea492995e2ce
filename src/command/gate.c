/* SPDX-License-Identifier: Apache-2.0 */
/* Commands for gates: what stands against letting something leave, who clears it, where two laws collide. */
#include "command/command_private.h"

#include "psirtty/base/conf.h"
#include "psirtty/desk/gates.h"
#include "psirtty/desk/life.h"

/* ---- what is about to leave */

struct asked {
	struct desk_leaving leaving;
	struct gate_recipient *to; /* owned; what they point to is the call's or in WORDS */
	char **words; size_t word_count;
};

static void asked_release(struct asked *asked)
{
	for (size_t i = 0; i < asked->word_count; i++)
		free(asked->words[i]);
	free(asked->words);
	free(asked->to);
}

static char *keep(struct asked *asked, char *word)
{
	asked->words = mem_resize(asked->words, asked->word_count + 1, sizeof(char *));
	return asked->words[asked->word_count++] = word;
}

static bool is_fingerprint(const char *word)
{
	size_t length = strlen(word);

	return (length == 40 || length == 64) && strspn(word, "0123456789abcdefABCDEF") == length;
}

/* "Name <address>", an address, a fingerprint or a name. */
static struct gate_recipient recipient_of(struct asked *asked, const char *word)
{
	const char *open = strrchr(word, '<'), *close = open ? strchr(open, '>') : NULL;
	struct gate_recipient who = { 0 };

	if (close)
		who.address = keep(asked, mem_copy(open + 1, (size_t)(close - open - 1)));
	else if (strchr(word, '@'))
		who.address = word;
	else if (is_fingerprint(word))
		who.fingerprint = word;
	else
		who.name = word;
	return who;
}

static void read_asked(const struct command_call *call, struct asked *ret)
{
	const char *action = call_value(call, "--action"), *draft = call_value(call, "--draft");
	size_t count;
	char *const *to = call_values(call, "--to", &count);

	ret->leaving.action = action ? (enum gate_action)gate_action_from_name(action) :
			      draft  ? GATE_SEND :
				       GATE_PUBLISH;
	ret->leaving.draft = draft;
	ret->leaving.files = call_values(call, "--file", &ret->leaving.file_count);
	ret->to = mem_alloc((count + 1) * sizeof(*ret->to));
	for (size_t i = 0; i < count; i++)
		ret->to[ret->leaving.to_count++] = recipient_of(ret, to[i]);
	ret->leaving.to = ret->to;
}

/* ---- showing verdicts */

static char *reasons_text(const struct gate_verdict *verdict)
{
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < verdict->reason_count; i++) {
		if (i)
			str_add(&text, "; ");
		gate_reason_text(verdict->reasons[i], &text);
	}
	return str_detach(&text);
}

static json_t *verdict_json(const struct gate_verdict *verdict)
{
	json_t *json = json_object(), *reasons = json_array();
	AUTO_STRING text = reasons_text(verdict);

	for (size_t i = 0; i < verdict->reason_count; i++)
		json_array_append_new(reasons, js_new_string(verdict->reasons[i], strlen(verdict->reasons[i])));
	js_set_string(json, "gate", verdict->rule->id);
	js_set_string(json, "result", gate_result_name(verdict->result));
	js_set_string(json, "kind", gate_kind_name(verdict->rule->kind));
	js_set_string(json, "title", gate_title(verdict->rule));
	js_set_string(json, "source", verdict->rule->source);
	js_set_string(json, "remedy", verdict->rule->remedy);
	js_set_string(json, "text", text);
	js_set_integer(json, "persons", (long long)verdict->persons);
	js_set_integer(json, "needed", (long long)verdict->needed);
	json_object_set_new(json, "reasons", reasons);
	return json;
}

static void show_json(struct command_context *context, const struct case_state *state, enum gate_action action,
		      const struct desk_gates *gates)
{
	json_t *json = json_object(), *list = json_array();

	for (size_t i = 0; i < gates->count; i++)
		json_array_append_new(list, verdict_json(&gates->verdicts[i]));
	js_set_string(json, "case", state->id);
	js_set_string(json, "action", gate_action_name(action));
	js_set_bool(json, "open", gates_open(gates->verdicts, gates->count));
	json_object_set_new(json, "gates", list);
	command_json(context, json);
}

static void show_row(struct command_context *context, const struct gate_verdict *verdict)
{
	AUTO_STRING text = reasons_text(verdict);

	command_row_out(context, verdict->rule->id, gate_result_name(verdict->result), gate_title(verdict->rule), text,
			NULL);
}

static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct asked asked = { 0 };
	struct desk_gates gates = { 0 };
	const struct case_state *state;
	struct desk *desk;
	bool open;
	int code = command_case(context, call, &desk, &state, err);

	read_asked(call, &asked);
	if (!code)
		code = desk_gates_ask(desk, state, &asked.leaving, command_now(context), &gates, err);
	if (!code && context->json)
		show_json(context, state, asked.leaving.action, &gates);
	for (size_t i = 0; !code && !context->json && i < gates.count; i++)
		show_row(context, &gates.verdicts[i]);
	open = gates_open(gates.verdicts, gates.count);
	desk_gates_release(&gates);
	asked_release(&asked);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code ? code : open ? 0 : ERR_NO;
}

static int run_clear(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct asked asked = { 0 };
	struct desk_gates gates = { 0 };
	const struct gate_rules *rules;
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	read_asked(call, &asked);
	if (!code)
		code = desk_gate_rules(desk, &rules, err);
	if (!code)
		code = desk_gate_clear(desk, state, &asked.leaving, call_value(call, "GATE"), call_value(call, "--reason"),
				       call_value(call, "--reference"), call_value(call, "--evidence"),
				       command_now(context), &gates, err);
	for (size_t i = 0; !code && i < gates.count; i++)
		if (gates.verdicts[i].rule == gate_rule(rules, call_value(call, "GATE")))
			command_say(context, _("%s: gate %s is %s, %zu of %zu persons"), state->id,
				    gates.verdicts[i].rule->id, gate_result_name(gates.verdicts[i].result),
				    gates.verdicts[i].persons, gates.verdicts[i].needed);
	desk_gates_release(&gates);
	asked_release(&asked);
	return code;
}

/* ---- the gates there are */

static json_t *rule_json(const struct gate_rule *rule, const char *mode, const char *actions)
{
	json_t *json = json_object();

	js_set_string(json, "gate", rule->id);
	js_set_string(json, "kind", gate_kind_name(rule->kind));
	js_set_string(json, "mode", mode);
	js_set_string(json, "actions", actions);
	js_set_string(json, "title", gate_title(rule));
	js_set_string(json, "source", rule->source);
	js_set_string(json, "remedy", rule->remedy);
	return json;
}

static void actions_text(const struct gate_rule *rule, struct str *ret)
{
	for (int i = 0; i < GATE_ACTION_COUNT; i++)
		if (rule->actions & 1U << i)
			str_add_format(ret, "%s%s", ret->length ? " " : "", gate_action_name((enum gate_action)i));
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct gate_rules *rules;
	json_t *list = context->json ? json_array() : NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_gate_rules(desk, &rules, err);
	for (size_t i = 0; !code && i < rules->count; i++) {
		const struct gate_rule *rule = &rules->rules[i];
		const char *mode = model_gate_mode(desk_model(desk), rule->id);
		AUTO_STR actions = STR_INIT;

		actions_text(rule, &actions);
		if (list)
			json_array_append_new(list, rule_json(rule, mode, actions.bytes));
		else
			command_row_out(context, rule->id, gate_kind_name(rule->kind), mode, actions.bytes, gate_title(rule),
					rule->source, NULL);
	}
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_mode(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *gate = call_value(call, "GATE"), *mode = call_value(call, "MODE");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_gate_mode(desk, gate, mode, call_value(call, "--reason"), command_now(context), err);
	if (!code)
		command_say(context, _("gate %s: %s"), gate, mode);
	return code;
}

/* ---- early publication */

static int set_field(const struct event_field *field, const char *text, json_t *body, struct error *err)
{
	struct zoned when;
	char buffer[40];
	int code;

	if (field->type != FIELD_INSTANT) {
		js_set_string(body, field->name, text);
		return 0;
	}
	code = zoned_parse(text, &when, err);
	if (!code)
		js_set_string(body, field->name, zoned_format_rfc3339(&when, buffer));
	return code;
}

static int read_form(const struct conf *conf, json_t *body, struct error *err)
{
	const struct event_field *fields = event_info(EVENT_EARLY_PUBLICATION)->fields;
	int code = 0;

	for (size_t i = 0; !code && i < conf->count; i++) {
		const struct conf *item = &conf->items[i];
		const struct event_field *field = fields;

		while (field->name && !str_equal(field->name, item->key))
			field++;
		if (!field->name || item->kind != CONF_SCALAR)
			return error_set(err, ERR_INPUT, "gate early", NULL, _("line %d: no such field"), item->line);
		if (*item->text)
			code = set_field(field, item->text, body, err);
	}
	return code;
}

/* The form as it stands, to be filled in. */
static void write_form(const struct case_state *state, struct str *ret)
{
	const struct event_field *field = event_info(EVENT_EARLY_PUBLICATION)->fields;
	const struct case_record *form = case_record_at(state, EVENT_EARLY_PUBLICATION, 1);

	for (; field->name; field++) {
		const char *value = form ? record_text(form, field->name) : "";
		AUTO_JSON quoted = js_new_string(value, strlen(value));
		char *text = json_dumps(quoted, JSON_ENCODE_ANY);

		for (size_t i = 0; field->words && field->words[i]; i++)
			str_add_format(ret, "%s%s", i ? ", " : "# ", field->words[i]);
		str_add_format(ret, "%s%s: %s\n", field->words ? "\n" : "", field->name, text);
		free(text);
	}
}

static int form_from_text(struct command_context *context, const struct command_call *call,
			  const struct case_state *state, json_t *body, struct error *err)
{
	AUTO_STR template = STR_INIT;
	AUTO_STRING text = NULL;
	struct conf conf = { 0 };
	int code;

	write_form(state, &template);
	code = command_body(context, call, "early.yaml", template.bytes, &text, err);
	if (!code)
		code = conf_load(text, strlen(text), "early.yaml", &conf, err);
	if (!code)
		code = read_form(&conf, body, err);
	conf_release(&conf);
	return code;
}

static int run_early(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	const char *missing[16];
	struct desk *desk;
	size_t count;
	json_t *body = NULL;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = command_body_of(call, EVENT_EARLY_PUBLICATION, &body, err);
	if (!code && (call_given(call, "--file") || call_given(call, "--text") || !json_object_size(body)))
		code = form_from_text(context, call, state, body, err);
	if (code) {
		json_decref(body);
		return code;
	}
	code = desk_record(desk, state, EVENT_EARLY_PUBLICATION, body, command_now(context), err);
	if (code)
		return code;
	count = gate_early_missing(state, missing);
	if (!count)
		command_say(context, _("%s: the early publication form is complete"), state->id);
	for (size_t i = 0; i < count; i++)
		command_say(context, _("%s: the early publication form lacks %s"), state->id, missing[i]);
	return 0;
}

/* ---- collisions */

static const char *hours_left(instant due, instant now, char buffer[40])
{
	return due == INSTANT_NONE ? "-" : instant_format_span(due - now, buffer);
}

static json_t *side_json(const struct collision_side *side, instant now)
{
	json_t *json = json_object();
	char at[40];

	js_set_string(json, "about", side->about);
	js_set_string(json, "citation", side->duty->text.citation);
	js_set_string(json, "text", collision_words(&side->duty->text));
	js_set_string(json, "clock", side->clock ? side->clock->id : NULL);
	js_set_string(json, "where", side->where);
	if (side->due != INSTANT_NONE) {
		js_set_string(json, "due", instant_format(side->due, at));
		js_set_integer(json, "hours_left", (side->due - now) / INSTANT_HOUR);
	}
	if (side->decision) {
		js_set_string(json, "decision", record_text(side->decision, "decision"));
		js_set_string(json, "decided_by", record_text(side->decision, "by"));
	}
	return json;
}

static void collision_as_json(struct command_context *context, const struct case_state *state,
			      const struct collision_rules *rules, const struct collision *collision)
{
	json_t *json = json_object(), *sides = json_array(), *options = json_array(), *rule = json_object();
	char at[40];

	js_set_string(rule, "citation", rules->rule.citation);
	js_set_string(rule, "text", rules->rule.text);
	js_set_string(rule, "text_zh", rules->rule.text_zh);
	if (collision->own_due != INSTANT_NONE)
		js_set_string(rule, "due", instant_format(collision->own_due, at));
	for (size_t i = 0; i < collision->count; i++)
		json_array_append_new(sides, side_json(&collision->sides[i], command_now(context)));
	for (size_t i = 0; i < rules->option_count; i++) {
		json_t *option = json_object();

		js_set_string(option, "option", rules->options[i].id);
		js_set_string(option, "text", collision_words(&rules->options[i]));
		json_array_append_new(options, option);
	}
	js_set_string(json, "case", state->id);
	js_set_integer(json, "undecided", (long long)collision->open);
	json_object_set_new(json, "rule", rule);
	json_object_set_new(json, "sides", sides);
	json_object_set_new(json, "options", options);
	command_json(context, json);
}

static void collision_as_rows(struct command_context *context, const struct collision_rules *rules,
			      const struct collision *collision)
{
	instant now = command_now(context);
	char left[40];

	command_row_out(context, "rule", rules->rule.citation, hours_left(collision->own_due, now, left),
			collision_words(&rules->rule), NULL);
	for (size_t i = 0; i < collision->count; i++) {
		const struct collision_side *side = &collision->sides[i];
		AUTO_STRING decided = side->decision ? mem_format("%s: %s", record_text(side->decision, "by"),
								  record_text(side->decision, "decision")) :
						       mem_string(_("undecided"));

		command_row_out(context, side->about, side->duty->text.citation, hours_left(side->due, now, left),
				collision_words(&side->duty->text), decided, NULL);
	}
	for (size_t i = 0; i < rules->option_count; i++)
		command_row_out(context, "option", rules->options[i].id, "-", collision_words(&rules->options[i]), NULL);
}

static int run_collision(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct collision_rules *rules;
	struct collision collision = { 0 };
	const struct case_state *state;
	struct desk *desk;
	bool open;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_collision_rules(desk, &rules, err);
	if (!code)
		code = desk_collision(desk, state, command_now(context), &collision, err);
	if (code)
		return code;
	open = collision.open > 0;
	if (context->json)
		collision_as_json(context, state, rules, &collision);
	else if (collision.count)
		collision_as_rows(context, rules, &collision);
	collision_release(&collision);
	context->reactions |= REACT_SHOW_OUTPUT;
	return open ? ERR_NO : 0;
}

static int run_decide(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_collision_decide(desk, state, call_value(call, "OPTION"), call_value(call, "--by"),
					     call_value(call, "--reason"), call_value(call, "--reference"),
					     command_now(context), err);
	if (!code)
		command_say(context, _("%s: decided by %s: %s"), state->id, call_value(call, "--by"),
			    call_value(call, "OPTION"));
	return code;
}

/* ---- the rows */

#define X(name, word) word,
static const char *const actions[] = { GATE_ACTIONS(X) NULL };
#undef X
static const char *const modes[] = { "on", "warn", "off", NULL };
static const char *const provider_results[] = { "agreed", "not-agreed", NULL };
static const char *const outcomes[] = { "agreed", "conditions", "refused", NULL };

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, N_("a case's id, or its number"))
#define WORD_OPTION(n, w, h) \
	{ .name = (n), .type = ARG_WORD, .words = (w), .option = true, .takes_value = true, .optional = true, .help = (h) }
#define MUST(n, t, h) { .name = (n), .type = (t), .option = true, .takes_value = true, .help = (h) }
#define LEAVING \
	WORD_OPTION("--action", actions, N_("what is to be done (publish)")), \
	OPTION_MANY("--to", ARG_ADDRESS, N_("to whom: a name, an address, a fingerprint")), \
	OPTION_MANY("--file", ARG_FILE, N_("what is to leave (the advisory as it stands)")), \
	OPTION("--draft", ARG_DRAFT, N_("the letter that is to leave"))

const struct command_row gate_commands[] = {
	{
		.name = "gate list",
		.help = N_("the gates before something leaves the house"),
		.flags = COMMAND_JSON,
		.exec = run_list,
	},
	{
		.name = "gate check",
		.help = N_("what stands against publishing, sending or exporting"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT, LEAVING },
		.exec = run_check,
	},
	{
		.name = "gate clear",
		.help = N_("go past a gate for the reasons it has now; most take two"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("GATE", ARG_TEXT, NULL), MUST("--reason", ARG_TEXT, NULL), LEAVING,
			       OPTION("--reference", ARG_TEXT, N_("of the consent or the legal decision")),
			       OPTION("--evidence", ARG_FILE, N_("the document, which is sealed with it")) },
		.exec = run_clear,
	},
	{
		.name = "gate mode",
		.help = N_("switch a gate on, to a warning or off"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("GATE", ARG_TEXT, NULL), { .name = "MODE", .type = ARG_WORD, .words = modes },
			       MUST("--reason", ARG_TEXT, NULL) },
		.exec = run_mode,
	},
	{
		.name = "gate early",
		.help = N_("fill in the form for publishing before there is a remedy"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, OPTION("--product", ARG_TEXT, NULL), OPTION("--vulnerability", ARG_TEXT, NULL),
			       OPTION("--necessity", ARG_TEXT, N_("why it cannot wait")), OPTION("--provider-date", ARG_WHEN, NULL),
			       OPTION("--provider-persons", ARG_TEXT, NULL),
			       WORD_OPTION("--provider-result", provider_results, NULL), OPTION("--miit-date", ARG_WHEN, NULL),
			       OPTION("--miit-ref", ARG_TEXT, NULL), OPTION("--mps-date", ARG_WHEN, NULL),
			       OPTION("--mps-ref", ARG_TEXT, NULL), WORD_OPTION("--outcome", outcomes, NULL),
			       OPTION("--outcome-date", ARG_WHEN, NULL),
			       OPTION("--published", ARG_TEXT, N_("what is to be published")),
			       OPTION("--measures", ARG_TEXT, N_("what users can do meanwhile")),
			       OPTION("--approver", ARG_TEXT, NULL), OPTION("--file", ARG_FILE, N_("YAML with these fields")),
			       OPTION("--text", ARG_TEXT, N_("such YAML itself")) },
		.exec = run_early,
	},
	{
		.name = "gate collision",
		.help = N_("two laws side by side, hours left, what can be done"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT },
		.exec = run_collision,
	},
	{
		.name = "gate decide",
		.help = N_("record what a named person decided about a collision"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("OPTION", ARG_TEXT, N_("as `gate collision` lists them")),
			       MUST("--by", ARG_TEXT, N_("who decided: a name")), MUST("--reason", ARG_TEXT, NULL),
			       OPTION("--reference", ARG_TEXT, NULL) },
		.exec = run_decide,
	},
	{ .name = NULL },
};
