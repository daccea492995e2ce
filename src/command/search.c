/* SPDX-License-Identifier: Apache-2.0 */
/* Searching in everything that was written: texts of cases, messages, the register. */
#include "command/command_private.h"

enum { STEP = 200, LIMIT = 100 };

/* A word with a blank in it was given in quotes: a phrase. */
static char *query_of(const struct command_call *call)
{
	size_t count;
	char *const *words = call_values(call, "WORDS", &count);
	struct str query = STR_INIT;

	for (size_t i = 0; i < count; i++) {
		bool phrase = strchr(words[i], ' ') && !strchr(words[i], '"');

		str_add_format(&query, phrase ? "%s\"%s\"" : "%s%s", i ? " " : "", words[i]);
	}
	return str_detach(&query);
}

/* On the screen the index follows between the keys; in a shell one waits for it. */
static int wait_for_index(struct command_context *context, struct desk *desk, struct error *err)
{
	uint64_t left = 1, all = 0;
	int code = 0;

	while (!code && left) {
		code = desk_index_step(desk, context->on_screen ? 0 : STEP, &left, err);
		all = left > all ? left : all;
		if (context->on_screen)
			break;
		if (!code && left && context->progress)
			context->progress(context, (size_t)(all - left) / STEP * STEP, (size_t)all);
	}
	if (!code && left)
		command_say(context, _("the search index is still being made: %llu events are to come"),
			    (unsigned long long)left);
	return code;
}

static json_t *hit_json(const struct desk_hit *hit)
{
	json_t *json = json_object();
	char at[40];

	js_set_string(json, "case", *hit->case_id ? hit->case_id : NULL);
	js_set_string(json, "mail", *hit->mail_id ? hit->mail_id : NULL);
	js_set_string(json, "at", instant_format(hit->at, at));
	js_set_string(json, "type", event_info(hit->type)->wire);
	js_set_string(json, "line", hit->line);
	js_set_hex(json, "event", hit->event, sizeof(hit->event));
	return json;
}

static void say_hits(struct command_context *context, const struct desk_hit *hits, size_t count)
{
	json_t *list = context->json ? json_array() : NULL;
	char at[40];

	for (size_t i = 0; i < count; i++)
		if (list)
			json_array_append_new(list, hit_json(&hits[i]));
		else
			command_row_out(context, *hits[i].case_id ? hits[i].case_id : hits[i].mail_id,
					instant_format(hits[i].at, at), hits[i].line, NULL);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
}

/* The screen shows hits as a list of its own, from which Enter opens. */
static void ask_screen(struct command_context *context, const char *query)
{
	context->request = SCREEN_FOUND;
	command_free_words(context->arguments, (int)context->argument_count);
	context->arguments = mem_alloc(2 * sizeof(char *));
	context->arguments[0] = mem_string(query);
	context->argument_count = 1;
}

static int limit_of(const struct command_call *call, size_t *ret, struct error *err)
{
	const char *limit = call_value(call, "--limit");
	char *end = NULL;

	*ret = limit ? strtoul(limit, &end, 10) : LIMIT;
	if (limit && (*limit < '0' || *limit > '9' || *end))
		return error_set(err, ERR_USAGE, limit, NULL, _("--limit takes a whole number"));
	return 0;
}

static int run_search(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING query = query_of(call);
	bool best = call_given(call, "--best"), list = context->on_screen && !context->json && !best;
	struct desk_hit *hits = NULL;
	struct desk *desk;
	size_t count = 0, limit;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = limit_of(call, &limit, err);
	if (!code && list) {
		ask_screen(context, query);
		return 0;
	}
	if (!code)
		code = wait_for_index(context, desk, err);
	if (!code)
		code = desk_search(desk, query, best, limit, &hits, &count, err);
	if (!code)
		say_hits(context, hits, count);
	free(hits);
	return code;
}

const struct command_row search_commands[] = {
	{
		.name = "search",
		.help = N_("find words in everything you may read, newest first"),
		.flags = COMMAND_JSON | COMMAND_HERE,
		.arguments = { ARG_MANY("WORDS", ARG_TEXT, N_("all must occur; \"words in quotes\" as a phrase; begin*")),
			       SWITCH("--best", N_("the most fitting first, where there are not too many")),
			       OPTION("--limit", ARG_NUMBER, N_("at most so many (100)")) },
		.exec = run_search,
	},
	{ .name = NULL },
};
