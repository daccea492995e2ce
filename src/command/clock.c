/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about clocks, the forms that go with them, duties of the house and publication freezes. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/clock.h"

/* ---- which clock */

struct target {
	struct desk *desk;
	const struct case_state *state;
	const struct clock_rule *rule;
};

static int find_target(struct command_context *context, const struct command_call *call, struct target *ret,
		       struct error *err)
{
	int code = command_case(context, call, &ret->desk, &ret->state, err);

	return code ? code : desk_clock_find(ret->desk, call_value(call, "CLOCK"), &ret->rule, err);
}

static int read_when(struct command_context *context, const struct command_call *call, const char *name, instant *ret,
		     struct error *err)
{
	const char *text = call_value(call, name);
	struct zoned when;
	int code = text ? zoned_parse(text, &when, err) : 0;

	if (!code)
		*ret = text ? when.at : command_now(context);
	return code;
}

/* ---- how clocks stand, as rows */

struct listed { const struct case_state *state; struct clock_status status; };

static instant due_of(const struct listed *one)
{
	return one->status.line_count ? one->status.lines[0].due.when.at : INT64_MAX;
}

static bool runs(enum clock_state state)
{
	return state == CLOCK_RUNNING || state == CLOCK_MISSED || state == CLOCK_PAUSED;
}

/* What runs first, by time left; then the rest in the order of the rules. */
static int compare(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	bool first = runs(x->status.state), second = runs(y->status.state);
	instant p = due_of(x), q = due_of(y);

	if (first != second)
		return first ? -1 : 1;
	if (first && p != q)
		return p < q ? -1 : 1;
	return strcmp(x->status.rule->id, y->status.rule->id);
}

static json_t *line_json(const struct clock_line *line)
{
	json_t *json = json_object();
	char buffer[48], when[40];

	js_set_string(json, "reading", line->reading->name);
	js_set_string(json, "time", clock_reading_text(line->reading, buffer));
	js_set_string(json, "from", line->from >= 0 ? fact_words[line->from] : "said");
	js_set_string(json, "start", instant_format(line->start, when));
	js_set_string(json, "due", instant_format(line->due.when.at, when));
	js_set_string(json, "local", zoned_format_rfc3339(&line->due.when, when));
	js_set_string(json, "zone", line->due.when.zone);
	js_set_bool(json, "uncertain", line->due.uncertain);
	js_set_string(json, "source", line->reading->source);
	if (line->reading->mark >= 0)
		js_set_string(json, "mark", mark_words[line->reading->mark]);
	js_set_string(json, "verify", line->reading->verify);
	return json;
}

static void set_instant(json_t *json, const char *key, instant at)
{
	char buffer[40];

	if (at != INSTANT_NONE)
		js_set_string(json, key, instant_format(at, buffer));
}

static void said_json(json_t *json, const struct case_clock *said)
{
	if (!said)
		return;
	set_instant(json, "filed", said->filed);
	js_set_string(json, "filed_by", said->filed_by);
	js_set_string(json, "receipt", said->receipt);
	js_set_string(json, "sent_to", said->sent_to);
	js_set_string(json, "note", said->note);
	js_set_string(json, "reason", said->reason);
	js_set_string(json, "reason_by", said->reason_by);
}

static json_t *status_json(const struct listed *one)
{
	const struct clock_status *s = &one->status;
	const struct clock_rule *rule = s->rule;
	json_t *json = json_object(), *lines = json_array();

	js_set_string(json, "case", one->state ? one->state->id : NULL);
	js_set_string(json, "clock", rule->id);
	js_set_string(json, "title", rule->title);
	js_set_string(json, "state", clock_state_words[s->state]);
	js_set_string(json, "kind", clock_kind_words[rule->kind]);
	js_set_string(json, "basis", basis_words[rule->basis]);
	js_set_string(json, "area", rule->area);
	js_set_string(json, "who", rule->who);
	js_set_string(json, "to", rule->to);
	js_set_string(json, "source", rule->source);
	js_set_string(json, "mark", mark_words[rule->mark]);
	js_set_string(json, "verify", rule->verify);
	set_instant(json, "start", s->start);
	set_instant(json, "ended", s->ended);
	if (s->by_fact >= 0)
		js_set_string(json, "ended_by", fact_words[s->by_fact]);
	said_json(json, s->said);
	for (size_t i = 0; i < s->line_count; i++)
		json_array_append_new(lines, line_json(&s->lines[i]));
	json_object_set_new(json, "readings", lines);
	return json;
}

/* Columns: case, clock, state, reading, from, due (UTC), due in its zone, left, title, source, mark. */
static void status_rows(struct command_context *context, const struct listed *one)
{
	const struct clock_status *s = &one->status;
	const char *id = one->state ? one->state->id : "";
	size_t i = 0;

	do {
		const struct clock_line *line = i < s->line_count ? &s->lines[i] : NULL;
		char utc[40] = "", local[96] = "", span[40] = "", text[48] = "";
		AUTO_STRING reading = NULL;
		bool open = s->state == CLOCK_RUNNING || s->state == CLOCK_MISSED || s->state == CLOCK_KEEPING;

		if (line) {
			reading = mem_format("%s%s%s%s", line->reading->name, *line->reading->name ? ", " : "",
					     clock_reading_text(line->reading, text), line->due.uncertain ? " ?" : "");
			instant_format(line->due.when.at, utc);
			zoned_format(&line->due.when, local);
		}
		if (line && open)
			instant_format_span(line->due.when.at - command_now(context), span);
		command_row_out(context, id, s->rule->id, clock_state_words[s->state], str_or_empty(reading),
				line ? line->from >= 0 ? fact_words[line->from] : "said" : "", utc, local, span,
				clock_title(s->rule), s->rule->source, mark_words[s->rule->mark], NULL);
	} while (++i < s->line_count);
}

static void list_out(struct command_context *context, struct listed *list, size_t count)
{
	json_t *json = context->json ? json_array() : NULL;

	if (count)
		qsort(list, count, sizeof(*list), compare);
	for (size_t i = 0; i < count; i++) {
		if (json)
			json_array_append_new(json, status_json(&list[i]));
		else
			status_rows(context, &list[i]);
	}
	if (json)
		command_json(context, json);
}

static bool worth_telling(enum clock_state state, bool all)
{
	return all || (state != CLOCK_WAITING && state != CLOCK_BARRED && state != CLOCK_DORMANT);
}

struct listing { struct listed *items; size_t count, room; };

static void take(struct listing *listing, const struct case_state *state, const struct clock_status *status)
{
	listing->items = mem_grow(listing->items, &listing->room, listing->count + 1, sizeof(*listing->items));
	listing->items[listing->count++] = (struct listed){ state, *status };
}

static void take_case(struct command_context *context, const struct model *model, const struct case_state *state,
		      bool all, bool running_only, struct listing *listing)
{
	const struct clock_rules *rules = model_clock_rules(model);

	for (size_t i = 0; i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);
		struct clock_status status;

		if (rule->house)
			continue;
		case_clock_status(model, state, rule, command_now(context), &status);
		if (running_only ? runs(status.state) : worth_telling(status.state, all))
			take(listing, state, &status);
	}
}

static void take_house(struct command_context *context, const struct model *model, struct listing *listing)
{
	const struct clock_rules *rules = model_clock_rules(model);

	for (size_t i = 0; i < clock_rule_count(rules); i++) {
		struct clock_status status;

		if (!clock_rule_at(rules, i)->house)
			continue;
		house_clock_status(model, clock_rule_at(rules, i), command_now(context), &status);
		take(listing, NULL, &status);
	}
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct listing listing = { 0 };
	const struct case_state *state = NULL;
	bool all = call_given(call, "--all");
	const struct model *model;
	struct desk *desk;
	int code = call_value(call, "CASE") ? command_case(context, call, &desk, &state, err) :
					      command_desk(context, &desk, err);

	if (code)
		return code;
	model = desk_model(desk);
	if (desk_clock_fault(desk) && !context->json)
		command_say(context, _("some rules of clocks do not count: %s"), desk_clock_fault(desk));
	if (state)
		take_case(context, model, state, all, false, &listing);
	for (size_t i = 0; !state && i < model_case_count(model); i++)
		take_case(context, model, model_case(model, i), all, true, &listing);
	if (!state)
		take_house(context, model, &listing);
	list_out(context, listing.items, listing.count);
	free(listing.items);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- a handler's word */

static void say_status(struct command_context *context, const struct target *t)
{
	struct clock_status s;
	char local[96], span[40];
	const struct clock_line *line;

	case_clock_status(desk_model(t->desk), t->state, t->rule, command_now(context), &s);
	line = s.line_count ? &s.lines[0] : NULL;
	if (line && (s.state == CLOCK_RUNNING || s.state == CLOCK_MISSED))
		command_say(context, _("%s: %s is %s, due %s (%s)"), t->state->id, t->rule->id,
			    clock_state_words[s.state], zoned_format(&line->due.when, local),
			    instant_format_span(line->due.when.at - command_now(context), span));
	else
		command_say(context, _("%s: %s is %s"), t->state->id, t->rule->id, clock_state_words[s.state]);
}

static int run_start(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	struct target t;
	instant at;
	int code = find_target(context, call, &t, err);

	if (!code)
		code = read_when(context, call, "--at", &at, err);
	if (!code)
		code = desk_clock_start(t.desk, t.state, t.rule, at, reason, command_now(context), err);
	if (!code)
		say_status(context, &t);
	return code;
}

static int word(struct command_context *context, const struct command_call *call, bool stop, bool has_reason,
		struct error *err)
{
	AUTO_STRING reason = has_reason ? call_text(call, "REASON") : NULL;
	struct target t;
	int code = find_target(context, call, &t, err);

	if (!code)
		code = stop ? desk_clock_stop(t.desk, t.state, t.rule, reason, command_now(context), err) :
			      desk_clock_pause(t.desk, t.state, t.rule, reason, command_now(context), err);
	if (!code)
		say_status(context, &t);
	return code;
}

static int run_stop(struct command_context *context, const struct command_call *call, struct error *err)
{
	return word(context, call, true, true, err);
}

static int run_pause(struct command_context *context, const struct command_call *call, struct error *err)
{
	return word(context, call, false, true, err);
}

static int run_resume(struct command_context *context, const struct command_call *call, struct error *err)
{
	return word(context, call, false, false, err);
}

/* RMSV's platform asks in Chinese, the European one takes English only. */
static bool chinese(const struct command_call *call, const struct clock_rule *rule)
{
	const char *language = call_value(call, "--lang");

	return language ? str_equal(language, "zh") : str_equal(rule->sheet, "rmsv");
}

static int run_file(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct clock_evidence evidence = { .by = call_value(call, "--by"), .to = call_value(call, "--to"),
					   .receipt = call_value(call, "--receipt") };
	AUTO_STRING note = call_text(call, "NOTE");
	AUTO_STR sheet = STR_INIT;
	struct target t;
	int code = find_target(context, call, &t, err);

	if (!code)
		code = read_when(context, call, "--at", &evidence.filed, err);
	if (!code && call_value(call, "--sheet"))
		code = file_read(call_value(call, "--sheet"), 1 << 20, &sheet, err);
	if (code)
		return code;
	evidence.note = note && *note ? note : NULL;
	evidence.sheet = sheet.length ? sheet.bytes : NULL;
	evidence.chinese = chinese(call, t.rule);
	evidence.files = call_values(call, "--attach", &evidence.file_count);
	code = desk_clock_file(t.desk, t.state, t.rule, &evidence, command_now(context), err);
	if (!code)
		say_status(context, &t);
	return code;
}

/* ---- forms */

static int run_sheet(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STR text = STR_INIT;
	struct filing filing;
	struct target t;
	int code = find_target(context, call, &t, err);
	bool zh = !code && chinese(call, t.rule);

	if (!code)
		code = desk_clock_sheet(t.desk, t.state, t.rule, zh, command_now(context), &filing, err);
	if (code)
		return code;
	if (context->json) {
		command_json(context, filing_json(&filing, zh));
	} else {
		filing_text(&filing, zh, &text);
		text_add_block(&context->out, text.bytes);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	filing_release(&filing);
	return 0;
}

static int run_fill(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING value = call_text(call, "VALUE");
	struct filing filing;
	struct target t;
	int code = find_target(context, call, &t, err);

	if (!code)
		code = desk_clock_fill(t.desk, t.state, t.rule, call_value(call, "FIELD"), str_or_empty(value),
				       command_now(context), err);
	if (!code)
		code = desk_clock_sheet(t.desk, t.state, t.rule, false, command_now(context), &filing, err);
	if (code)
		return code;
	command_say(context, _("%s: %zu of %zu required fields are there"), t.rule->id,
		    filing.required - filing.missing, filing.required);
	filing_release(&filing);
	return 0;
}

/* ---- the house */

static int run_done(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING note = call_text(call, "NOTE");
	const struct clock_rule *rule;
	struct clock_status status;
	struct desk *desk;
	char local[96];
	instant at;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_clock_find(desk, call_value(call, "CLOCK"), &rule, err);
	if (!code)
		code = read_when(context, call, "--at", &at, err);
	if (!code)
		code = desk_duty_done(desk, rule, at, note, call_value(call, "--receipt"), command_now(context), err);
	if (code)
		return code;
	house_clock_status(desk_model(desk), rule, command_now(context), &status);
	command_say(context, _("%s is done; next by %s"), rule->id, zoned_format(&status.lines[0].due.when, local));
	return 0;
}

static int run_rules(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	AUTO_STR yaml = STR_INIT;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && path)
		code = file_read(path, 1 << 20, &yaml, err);
	if (code)
		return code;
	if (!path && !call_given(call, "--shipped")) {
		command_say(context, _("%zu clocks"), clock_rule_count(model_clock_rules(desk_model(desk))));
		if (desk_clock_fault(desk))
			command_say(context, _("some rules of clocks do not count: %s"), desk_clock_fault(desk));
		return 0;
	}
	code = desk_clock_rules_set(desk, yaml.bytes, path ? path : "", command_now(context), err);
	if (!code)
		command_say(context, path ? _("the vault's own clocks count from now on") :
					    _("the clocks are those that are shipped"));
	return code;
}

/* Without a vault: is FILE fit to be laid over the clocks that are shipped? */
static int run_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	struct clock_rules *rules;
	AUTO_STR yaml = STR_INIT;
	AUTO_STRING fault = NULL;
	int code = desk_clock_rules_read(&rules, &fault, err);

	if (code)
		return code;
	code = file_read(path, 1 << 20, &yaml, err);
	if (!code && clock_rules_load(rules, yaml.bytes, yaml.length, path, err) != 0) {
		err->code = ERR_NO;
		code = ERR_NO;
	}
	if (!code)
		command_say(context, _("%s is right: %zu clocks"), path, clock_rule_count(rules));
	clock_rules_free(rules);
	return code;
}

/* ---- freezes */

static int run_freeze_add(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING source = call_text(call, "SOURCE");
	struct zoned from, until;
	struct desk *desk;
	char a[96], b[96];
	int code = command_desk(context, &desk, err);

	if (!code)
		code = zoned_parse(call_value(call, "FROM"), &from, err);
	if (!code)
		code = zoned_parse(call_value(call, "UNTIL"), &until, err);
	if (!code)
		code = desk_freeze_add(desk, call_value(call, "NAME"), &from, &until, source, command_now(context), err);
	if (!code)
		command_say(context, _("nothing is published from %s to %s: %s"), zoned_format(&from, a),
			    zoned_format(&until, b), call_value(call, "NAME"));
	return code;
}

static json_t *freeze_json(const struct freeze *freeze, bool now)
{
	json_t *json = json_object();
	char buffer[40];

	js_set_string(json, "name", freeze->name);
	js_set_string(json, "from", zoned_format_rfc3339(&freeze->from, buffer));
	js_set_string(json, "until", zoned_format_rfc3339(&freeze->until, buffer));
	js_set_string(json, "source", freeze->source);
	js_set_bool(json, "now", now);
	return json;
}

static int run_freeze_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *json = NULL;
	const struct model *model;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (code)
		return code;
	model = desk_model(desk);
	if (context->json)
		json = json_array();
	for (size_t i = 0; i < model_freeze_count(model); i++) {
		const struct freeze *f = model_freeze(model, i);
		bool now = f->from.at <= command_now(context) && command_now(context) < f->until.at;
		char a[96], b[96];

		if (json)
			json_array_append_new(json, freeze_json(f, now));
		else
			command_row_out(context, f->name, zoned_format(&f->from, a), zoned_format(&f->until, b), f->source,
					now ? "now" : "", NULL);
	}
	if (json)
		command_json(context, json);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static int run_freeze_remove(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_freeze_remove(desk, call_value(call, "NAME"), reason, command_now(context), err);
	if (!code)
		command_say(context, _("%s is taken back"), call_value(call, "NAME"));
	return code;
}

static const char *const languages[] = { "zh", "en", NULL };

#define CASE_ARGUMENT  ARG("CASE", ARG_CASE, NULL)
#define CLOCK_ARGUMENT ARG("CLOCK", ARG_TEXT, N_("its id, or a part that no other has"))
#define REASON         ARG_MANY("REASON", ARG_TEXT, NULL)
#define MANY_MAY(n, h) { .name = (n), .type = ARG_TEXT, .optional = true, .repeats = true, .help = (h) }
#define AT_OPTION(h)   OPTION("--at", ARG_WHEN, h)
#define LANGUAGE       { .name = "--lang", .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, .words = languages }

const struct command_row clock_commands[] = {
	{
		.name = "clock list",
		.help = N_("how clocks stand, each reading; without a case all that run"),
		.flags = COMMAND_JSON,
		.arguments = { ARG_MAY("CASE", ARG_CASE, NULL), SWITCH("--all", N_("also what has not begun, gates, and what is off")) },
		.exec = run_list,
	},
	{
		.name = "clock start",
		.help = N_("start a clock, or correct when it began"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, AT_OPTION(N_("when it began (now)")), REASON },
		.exec = run_start,
	},
	{
		.name = "clock stop",
		.help = N_("stop a clock that does not apply"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, REASON },
		.exec = run_stop,
	},
	{
		.name = "clock pause",
		.help = N_("pause a clock, where its rule allows it"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, REASON },
		.exec = run_pause,
	},
	{
		.name = "clock resume",
		.help = N_("let a paused clock go on"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT },
		.exec = run_resume,
	},
	{
		.name = "clock file",
		.help = N_("record that a duty was met: when, by whom, receipt, and what was sent"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, AT_OPTION(N_("when it was filed (now)")),
			       OPTION("--receipt", ARG_TEXT, N_("the number they gave")), OPTION("--by", ARG_TEXT, N_("who filed it (you)")),
			       OPTION("--to", ARG_TEXT, NULL), OPTION("--sheet", ARG_FILE, N_("the text that was sent (the sheet as it stands)")),
			       OPTION_MANY("--attach", ARG_FILE, NULL), LANGUAGE, MANY_MAY("NOTE", NULL) },
		.exec = run_file,
	},
	{
		.name = "clock sheet",
		.help = N_("the form of a clock to paste from, with what is missing"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, LANGUAGE },
		.exec = run_sheet,
	},
	{
		.name = "clock fill",
		.help = N_("write a field of a form; without a value the case answers again"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, CLOCK_ARGUMENT, ARG("FIELD", ARG_TEXT, NULL), MANY_MAY("VALUE", NULL) },
		.exec = run_fill,
	},
	{
		.name = "clock done",
		.help = N_("record that a recurring duty of the house was done"),
		.flags = COMMAND_CHANGES,
		.arguments = { CLOCK_ARGUMENT, AT_OPTION(NULL), OPTION("--receipt", ARG_TEXT, NULL), MANY_MAY("NOTE", NULL) },
		.exec = run_done,
	},
	{
		.name = "clock rules",
		.help = N_("lay rules of your own over the clocks, for all handlers"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MAY("FILE", ARG_FILE, N_("YAML with the rows that differ")), SWITCH("--shipped", N_("take them back")) },
		.exec = run_rules,
	},
	{
		.name = "clock check",
		.help = N_("whether a file is fit for clock rules"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("FILE", ARG_FILE, NULL) },
		.exec = run_check,
	},
	{
		.name = "freeze add",
		.help = N_("enter a time in which nothing is published, with its source"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("NAME", ARG_TEXT, NULL), ARG("FROM", ARG_WHEN, NULL), ARG("UNTIL", ARG_WHEN, NULL),
			       ARG_MANY("SOURCE", ARG_TEXT, N_("the notice it comes from")) },
		.exec = run_freeze_add,
	},
	{
		.name = "freeze list",
		.help = N_("times in which nothing is published"),
		.flags = COMMAND_JSON,
		.exec = run_freeze_list,
	},
	{
		.name = "freeze remove",
		.help = N_("take a freeze back"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("NAME", ARG_TEXT, NULL), REASON },
		.exec = run_freeze_remove,
	},
	{ .name = NULL },
};
