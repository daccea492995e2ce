/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that ask what the sources say: of one flaw side by side, and of themselves. */
#include "command/command_private.h"

#include "psirtty/desk/flaw.h"

/* The screen shows it itself. */
static bool asks_screen(struct command_context *context, const char *subject)
{
	if (!context->on_screen || context->json)
		return false;
	context->request = SCREEN_FLAW;
	context->arguments = mem_alloc(sizeof(char *));
	context->arguments[0] = mem_string(subject);
	context->argument_count = 1;
	return true;
}

static int no_store(struct error *err)
{
	return error_set(err, ERR_INPUT, "intel.db", _("`feed import FILE` takes feeds in"), _("there is no store of intelligence yet"));
}

/* ---- flaws */

static const char *const state_words[] = { [FEED_PUBLISHED] = "published", [FEED_REJECTED] = "rejected", [FEED_WITHDRAWN] = "withdrawn" };

static void witness_json(const struct intel_witness *witness, json_t *list)
{
	const struct feed_record *record = witness->record;
	json_t *one = json_object(), *scores = json_array();
	char when[40];

	js_set_string(one, "source", witness->source);
	js_set_string(one, "id", record->id);
	js_set_string(one, "state", state_words[record->state]);
	if (record->modified != INSTANT_NONE)
		js_set_string(one, "modified", instant_format(record->modified, when));
	js_set_string(one, "seen", instant_format(witness->seen, when));
	js_set_string(one, "title", str_or_empty(record->title));
	json_object_set_new(one, "gone", json_boolean(witness->gone));
	json_object_set_new(one, "exploited", json_boolean(record->exploited));
	for (size_t i = 0; i < record->scores.count; i++)
		json_array_append_new(scores, js_new_string(record->scores.items[i].value, strlen(record->scores.items[i].value)));
	json_object_set_new(one, "scores", scores);
	json_array_append_new(list, one);
}

struct telling { struct command_context *context; json_t *list; size_t count; };

static int tell_witness(void *data, const struct intel_witness *witness, struct error *err)
{
	struct telling *telling = data;
	const struct feed_record *record = witness->record;
	char modified[40] = "", seen[40];

	(void)err;
	telling->count++;
	if (telling->list) {
		witness_json(witness, telling->list);
		return 0;
	}
	if (record->modified != INSTANT_NONE)
		instant_format(record->modified, modified);
	command_row_out(telling->context, witness->source, record->id, witness->gone ? "gone" : state_words[record->state], modified,
			instant_format(witness->seen, seen), record->scores.count ? record->scores.items[0].value : "",
			str_or_empty(record->title), NULL);
	return 0;
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct telling telling = { .context = context };
	const char *id = call_value(call, "ID");
	struct intel *intel;
	struct desk *desk;
	int code;

	if (asks_screen(context, id))
		return 0;
	code = command_desk(context, &desk, err);
	if (code)
		return code;
	intel = desk_intel(desk);
	if (!intel)
		return no_store(err);
	telling.list = context->json ? json_array() : NULL;
	code = intel_witnesses(intel, id, tell_witness, &telling, err);
	if (telling.list)
		command_json(context, telling.list);
	if (!code && !telling.count)
		code = error_set(err, ERR_INPUT, id, _("`feed list` says which sources are here, and how old they are"),
				 _("no source that is here tells of it: whether it affects us is unknown"));
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- sources */

static int run_sources(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct flaw_source *sources = NULL;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code)
		code = desk_flaw_sources(desk, command_now(context), &sources, &count, err);
	for (size_t i = 0; !code && i < count; i++) {
		char synced[40] = "", newest[40] = "", records[24], faults[24];

		if (sources[i].synced != INSTANT_NONE)
			instant_format(sources[i].synced, synced);
		if (sources[i].newest != INSTANT_NONE)
			instant_format(sources[i].newest, newest);
		snprintf(records, sizeof(records), "%ld", sources[i].records);
		snprintf(faults, sizeof(faults), "%ld", sources[i].faults);
		command_row_out(context, sources[i].id, source_age_word(sources[i].age), synced, newest, records, faults,
				str_or_empty(sources[i].title), NULL);
	}
	flaw_sources_free(sources, count);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

const struct command_row flaw_commands[] = {
	{
		.name = "feed show",
		.help = N_("what every source says of one flaw, side by side"),
		.flags = COMMAND_JSON | COMMAND_HERE,
		.arguments = { ARG("ID", ARG_TEXT, N_("CVE-…, GHSA-… or another of its names")) },
		.exec = run_show,
	},
	{
		.name = "feed sources",
		.help = N_("every source there is, how old its data are and what it holds"),
		.pane = "feeds",
		.exec = run_sources,
	},
	{
		.name = "component",
		.help = N_("the page of a component: where it is used, and what is known of it"),
		.flags = COMMAND_SCREEN,
		.request = SCREEN_COMPONENT,
		.arguments = { ARG("COMPONENT", ARG_TEXT, N_("its purl, a key such as pkg:npm/a, or its name")) },
	},
	{ .name = NULL },
};
