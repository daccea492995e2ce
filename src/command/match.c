/* SPDX-License-Identifier: Apache-2.0 */
/* Commands on matches: what feeds say of what our products are made of, and what becomes of it. */
#include "command/command_private.h"

#include "psirtty/desk/feed.h"
#include "psirtty/desk/match.h"
#include "psirtty/vault/intel.h"

/* ---- run */

static json_t *run_json(const struct desk_run_done *done, struct desk *desk, struct error *err)
{
	const json_t *sources = NULL, *coverage = NULL;
	json_t *json = json_object();

	(void)desk_match_sources(desk, &sources, &coverage, err);
	js_set_integer(json, "components", (long long)done->components);
	js_set_integer(json, "keys", (long long)done->keys);
	js_set_integer(json, "matches", (long long)done->matches);
	js_set_integer(json, "new", (long long)done->fresh);
	js_set_integer(json, "closed", (long long)done->closed);
	js_set_integer(json, "raised", (long long)done->raised);
	json_object_set(json, "sources", (json_t *)sources);
	json_object_set(json, "coverage", (json_t *)coverage);
	return json;
}

/* What no source knows is unknown; old data says little. */
static void say_gaps(struct command_context *context, struct desk *desk, struct error *err)
{
	const json_t *sources = NULL, *coverage = NULL;

	(void)desk_match_sources(desk, &sources, &coverage, err);
	for (size_t i = 0; i < json_array_size(sources); i++) {
		const json_t *source = json_array_get(sources, i);
		const char *state = str_or_empty(js_string(source, "state")), *newest = js_string(source, "newest");

		if (!str_equal(state, "known"))
			command_say(context, _("%s: data %s, newest %s"), js_string(source, "source"), state, newest ? newest : "-");
	}
	for (size_t i = 0; i < json_array_size(coverage); i++) {
		const json_t *kind = json_array_get(coverage, i);

		if (str_equal(js_string(kind, "state"), "unknown"))
			command_say(context, _("%lld components of kind %s: no source knows such, so nothing is known of them"),
				    js_integer(kind, "components", 0), js_string(kind, "type"));
	}
}

static int run_run(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *given = call_value(call, "--store");
	AUTO_STRING path = given ? mem_string(given) : desk_intel_path();
	struct desk_run_done done;
	struct intel *intel = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = intel_open(path, false, &intel, err);
	if (!code)
		code = desk_match_run(desk, intel, call_value(call, "PRODUCT"), command_now(context), &done, err);
	intel_close(intel);
	if (code)
		return code;
	context->reactions |= REACT_SHOW_OUTPUT;
	if (context->json) {
		command_json(context, run_json(&done, desk, err));
		return 0;
	}
	command_say(context, _("%zu components: %zu matches, %zu of them new; %zu closed by documents of vendors"), done.components,
		    done.matches, done.fresh, done.closed);
	if (done.raised)
		command_say(context, _("%zu changes were noted in cases"), done.raised);
	say_gaps(context, desk, err);
	return 0;
}

/* ---- list */

static json_t *match_json(const struct desk_match *match)
{
	json_t *json = json_copy((json_t *)match->json);

	js_set_string(json, "decision", match_decided_name(match->decided));
	js_set_bool(json, "changed", match->changed);
	if (match->decision) {
		js_set_string(json, "case", str_or_empty(match->decision->case_id));
		js_set_string(json, "reason", str_or_empty(match->decision->reason));
		js_set_string(json, "by", match->decision->by);
	}
	return json;
}

static void add_versions(struct str *ret, const struct desk_match *match)
{
	const json_t *places = js_array(match->json, "places");

	for (size_t i = 0; i < json_array_size(places); i++)
		str_add_format(ret, "%s%s", i ? ", " : "", str_or_empty(js_string(json_array_get(places, i), "version")));
}

static void match_row(struct command_context *context, const struct desk_match *match)
{
	AUTO_STR versions = STR_INIT;

	add_versions(&versions, match);
	command_row_out(context, match->id, match->vulnerability, match->product, versions.bytes, match->component,
			match_answer_name(match->answer), match->certain ? "certain" : "uncertain",
			match->exploited ? "exploited" : "", match->changed ? "changed" : match_decided_name(match->decided),
			match->title, NULL);
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct desk_match_query query = { .which = call_given(call, "--all") ? MATCHES_ALL : MATCHES_QUEUE,
						.product = call_value(call, "--product"),
						.component = call_value(call, "--component"),
						.vulnerability = call_value(call, "--vulnerability") };
	struct desk_match *matches = NULL;
	json_t *list = context->json ? json_array() : NULL;
	struct list_window window;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = list_window(call, &window, err);
	if (!code)
		code = desk_matches(desk, &query, &matches, &count, err);
	for (size_t i = 0; !code && i < count; i++) {
		if (!list_take(&window, matches[i].id))
			continue;
		if (list)
			json_array_append_new(list, match_json(&matches[i]));
		else
			match_row(context, &matches[i]);
	}
	free(matches);
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- show */

static void show_place(struct command_context *context, const struct desk_match *match, const json_t *place)
{
	const json_t *evidence = js_array(place, "evidence"), *proof = json_object_get(place, "closed_by");

	command_say(context, "%s %s: %s", match->product, js_string(place, "version"), js_string(place, "path"));
	for (size_t i = 0; i < json_array_size(evidence); i++) {
		const json_t *one = json_array_get(evidence, i);
		const char *why = str_or_empty(js_string(one, "why"));

		command_say(context, "  %s  %s  %s  %s  [%s%s]  %s", str_or_empty(js_string(one, "answer")),
			    str_or_empty(js_string(one, "source")), str_or_empty(js_string(one, "record")),
			    str_or_empty(js_string(one, "range")), str_or_empty(js_string(one, "rule")),
			    js_bool(one, "certain") ? "" : "?", *why ? _(why) : "");
	}
	if (proof)
		command_say(context, _("  closed by %s of %s (%s)"), js_string(proof, "record"), js_string(proof, "source"),
			    str_or_empty(js_string(proof, "modified")));
	if (js_bool(place, "conflict"))
		command_say(context, _("  sources do not agree"));
}

static int find(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		struct desk_match *ret, struct error *err)
{
	int code = command_desk(context, ret_desk, err);

	return code ? code : desk_find_match(*ret_desk, call_value(call, "MATCH"), ret, err);
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const json_t *places;
	struct desk_match match;
	struct desk *desk;
	int code = find(context, call, &desk, &match, err);

	if (code)
		return code;
	context->reactions |= REACT_SHOW_OUTPUT;
	if (context->json) {
		command_json(context, match_json(&match));
		return 0;
	}
	command_say(context, "%s  %s  %s", match.id, match.vulnerability, match.title);
	command_field(context, _("Component"), "%s", match.component);
	command_field(context, _("Answer"), "%s%s", match_answer_name(match.answer), match.certain ? "" : _(", not certain"));
	if (match.exploited)
		command_field(context, _("Exploited"), "%s", _("yes"));
	if (match.decision)
		command_field(context, _("Decision"), "%s %s %s (%s)%s", match_decided_name(match.decided),
			      str_or_empty(match.decision->case_id), str_or_empty(match.decision->reason), match.decision->by,
			      match.changed ? _(", on other evidence") : "");
	places = js_array(match.json, "places");
	for (size_t i = 0; i < json_array_size(places); i++)
		show_place(context, &match, json_array_get(places, i));
	return 0;
}

/* ---- decisions */

static int run_take(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state = NULL;
	const char *into = call_value(call, "--case");
	AUTO_STRING id = NULL;
	struct desk_match match;
	struct desk *desk;
	int code = find(context, call, &desk, &match, err);

	if (!code && into)
		code = desk_find_case(desk, into, &state, err);
	if (code)
		return code;
	id = mem_string(match.id);
	code = desk_match_take(desk, &match, state, command_now(context), &state, err);
	if (code)
		return code;
	if (context->json)
		command_json(context, json_pack("{s:s,s:s}", "match", id, "case", state->id));
	else
		command_say(context, _("%s: %s"), state->id, str_or_empty(state->title));
	mem_replace(&context->open_case, state->id);
	context->reactions |= REACT_OPEN_CASE;
	return 0;
}

/* What became of it: TEXT has a place for its id. */
static void say_decision(struct command_context *context, const struct desk_match *match, enum match_decided decided,
			 const char *text)
{
	if (context->json)
		command_json(context, json_pack("{s:s,s:s}", "match", match->id, "decision", match_decided_name(decided)));
	else
		command_say(context, "%s %s", match->id, text);
}

static int run_dismiss(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	struct desk_match match;
	struct desk *desk;
	bool asked = false;
	int code = find(context, call, &desk, &match, err);

	if (!code)
		code = desk_match_dismiss(desk, &match, reason, command_now(context), &asked, err);
	if (!code)
		say_decision(context, &match, asked ? MATCH_ASKED : MATCH_DISMISSED,
			     asked ? _("waits: another handler must dismiss it too") : _("is dismissed"));
	return code;
}

static int run_watch(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_match match;
	struct desk *desk;
	int code = find(context, call, &desk, &match, err);

	if (!code)
		code = desk_match_watch(desk, &match, command_now(context), err);
	if (!code)
		say_decision(context, &match, MATCH_WATCHED, _("is watched: it comes back when what is known of it changes"));
	return code;
}

static int run_reopen(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	struct desk_match match;
	struct desk *desk;
	int code = find(context, call, &desk, &match, err);

	if (!code)
		code = desk_match_reopen(desk, &match, *reason ? reason : NULL, command_now(context), err);
	if (!code)
		say_decision(context, &match, MATCH_REOPENED, _("is back in the queue"));
	return code;
}

static int run_notice(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING owner = call_text(call, "TEAM");
	AUTO_STR text = STR_INIT;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_match_notice(desk, owner, &text, &count, err);
	if (code)
		return code;
	if (!count)
		return error_set(err, ERR_NO, owner, _("`product set PRODUCT --owner TEAM` says who owns a product"),
				 _("no open match lies in a product of theirs"));
	context->reactions |= REACT_SHOW_OUTPUT;
	if (context->json) {
		command_json(context, json_pack("{s:s,s:I,s:s}", "team", owner, "matches", (json_int_t)count, "text", text.bytes));
		return 0;
	}
	for (char *line = text.bytes, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		command_say(context, "%s", line);
	}
	return 0;
}

#define MATCH_ARG ARG("MATCH", ARG_TEXT, N_("its id, or the beginning of it"))

const struct command_row match_commands[] = {
	{
		.name = "match run",
		.help = N_("hold the components of all products, or of one, against what feeds say"),
		.flags = COMMAND_CHANGES | COMMAND_JSON | COMMAND_BULK,
		.arguments = { ARG_MAY("PRODUCT", ARG_PRODUCT, NULL),
			       OPTION("--store", ARG_FILE, N_("the intelligence store; else intel.db in the handler's data folder")) },
		.exec = run_run,
	},
	{
		.name = "match list",
		.help = N_("matches nobody decided about yet, or that changed since"),
		.flags = COMMAND_JSON | COMMAND_LISTS,
		.arguments = { SWITCH("--all", N_("also what is decided, closed, or a product's name alone")),
			       OPTION("--product", ARG_PRODUCT, NULL), OPTION("--component", ARG_TEXT, N_("a key such as pkg:npm/a")),
			       OPTION("--vulnerability", ARG_TEXT, NULL), LIST_OPTIONS(ARG_TEXT) },
		.exec = run_list,
	},
	{
		.name = "match show",
		.help = N_("a match with its evidence, source by source"),
		.flags = COMMAND_JSON,
		.arguments = { MATCH_ARG },
		.exec = run_show,
	},
	{
		.name = "match take",
		.help = N_("open a case for the flaw, for all products it may be in"),
		.flags = COMMAND_CHANGES | COMMAND_JSON,
		.arguments = { MATCH_ARG, OPTION("--case", ARG_CASE, N_("put it into this one instead")) },
		.exec = run_take,
	},
	{
		.name = "match dismiss",
		.help = N_("say why it does not concern us; policy may want two handlers"),
		.flags = COMMAND_CHANGES | COMMAND_JSON,
		.arguments = { MATCH_ARG, ARG_MANY("REASON", ARG_TEXT, NULL) },
		.exec = run_dismiss,
	},
	{
		.name = "match watch",
		.help = N_("leave it until what is known of it changes"),
		.flags = COMMAND_CHANGES | COMMAND_JSON,
		.arguments = { MATCH_ARG },
		.exec = run_watch,
	},
	{
		.name = "match reopen",
		.help = N_("put it back into the queue"),
		.flags = COMMAND_CHANGES | COMMAND_JSON,
		.arguments = { MATCH_ARG, { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true } },
		.exec = run_reopen,
	},
	{
		.name = "match notice",
		.help = N_("one text for a development team with all open matches in its products"),
		.flags = COMMAND_JSON,
		.arguments = { ARG_MANY("TEAM", ARG_TEXT, N_("the owner of products")) },
		.exec = run_notice,
	},
	{ .name = NULL },
};
