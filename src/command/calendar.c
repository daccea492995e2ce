/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the calendar: what falls due when, here and in other programs. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/clock.h"
#include "psirtty/format/ical.h"

static int read_bound(const struct command_call *call, const char *name, instant fallback, instant *ret,
		      struct error *err)
{
	const char *value = call_value(call, name);
	struct zoned when;
	int code = value ? zoned_parse(value, &when, err) : 0;

	if (!code)
		*ret = value ? when.at : fallback;
	return code;
}

/* What is of the house concerns everybody. */
static bool concerns(const struct model *model, const struct agenda_item *item, const char *handler)
{
	const struct case_state *state = *item->case_id ? model_find_case(model, item->case_id) : NULL;

	return !state || (state->assignee && str_casecmp(state->assignee, handler) == 0);
}

static int agenda(struct command_context *context, const struct command_call *call, struct agenda_item **ret,
		  size_t *ret_count, struct error *err)
{
	const char *handler = call_value(call, "--for");
	size_t kept = 0;
	instant from, to;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = read_bound(call, "--from", INSTANT_NONE, &from, err);
	if (!code)
		code = read_bound(call, "--to", INT64_MAX, &to, err);
	if (code)
		return code;
	desk_note_keys(desk);
	model_agenda(desk_model(desk), from, to, command_now(context), ret, ret_count);
	if (handler && str_equal(handler, "me"))
		handler = desk_handler(desk);
	for (size_t i = 0; handler && i < *ret_count; i++)
		if (concerns(desk_model(desk), &(*ret)[i], handler))
			(*ret)[kept++] = (*ret)[i];
	if (handler)
		*ret_count = kept;
	return 0;
}

static json_t *item_json(const struct agenda_item *item, instant now)
{
	struct zoned when = agenda_when(item);
	json_t *one = json_object();
	char buffer[40];

	js_set_string(one, "at", instant_format(item->at, buffer));
	js_set_string(one, "local", zoned_format_rfc3339(&when, buffer));
	js_set_string(one, "zone", when.zone[0] ? when.zone : NULL);
	js_set_string(one, "case", item->case_id);
	js_set_string(one, "what", item->what);
	js_set_string(one, "kind", agenda_kind_name(item->kind));
	js_set_string(one, "clock", item->rule ? item->rule->id : NULL);
	js_set_string(one, "reading", item->reading && *item->reading ? item->reading : NULL);
	js_set_string(one, "name", item->name);
	js_set_bool(one, "overdue", item->overdue);
	js_set_bool(one, "secondary", item->secondary);
	js_set_bool(one, "uncertain", item->uncertain);
	if (item->start != INSTANT_NONE)
		js_set_string(one, "start", instant_format(item->start, buffer));
	js_set_integer(one, "reminder", agenda_share(item, now));
	return one;
}

static int run_calendar(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct agenda_item *items = NULL;
	json_t *list = NULL;
	size_t count = 0;
	int code = agenda(context, call, &items, &count, err);

	if (!code && context->json)
		list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct agenda_item *item = &items[i];
		struct zoned when = agenda_when(item);
		int share = agenda_share(item, command_now(context));
		char utc[40], local[96], gone[16] = "";

		if (share)
			snprintf(gone, sizeof(gone), "%d", share);
		if (list)
			json_array_append_new(list, item_json(item, command_now(context)));
		else
			command_row_out(context, instant_format(item->at, utc), zoned_format(&when, local),
					item->case_id, item->what, item->overdue ? "overdue" : "",
					agenda_kind_name(item->kind), str_or_empty(item->reading),
					str_or_empty(item->name), item->uncertain ? "uncertain" : "", gone, NULL);
	}
	if (list)
		command_json(context, list);
	free(items);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_export(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *path = call_value(call, "FILE");
	bool titles = call_given(call, "--titles");
	struct agenda_item *items = NULL;
	AUTO_STR text = STR_INIT;
	size_t count = 0;
	int code = agenda(context, call, &items, &count, err);

	if (!code)
		ical_write(items, count, command_now(context), titles, &text);
	if (!code)
		code = file_write(path, text.bytes, text.length, 0600, err);
	if (!code)
		command_say(context, titles ? _("%zu dates in %s, with what is due") :
					      _("%zu dates in %s, without titles or names"), count, path);
	free(items);
	return code;
}

#define BOUNDS \
	OPTION("--from", ARG_WHEN, NULL), OPTION("--to", ARG_WHEN, NULL), \
		OPTION("--for", ARG_TEXT, N_("only cases of this handler (me), and what is of the house"))

const struct command_row calendar_commands[] = {
	{
		.name = "calendar",
		.pane = "calendar",
		.help = N_("what falls due when, over all cases"),
		.flags = COMMAND_JSON,
		.arguments = { BOUNDS },
		.exec = run_calendar,
	},
	{
		.name = "calendar export",
		.help = N_("write the calendar as iCalendar, without titles or names"),
		.flags = COMMAND_LEAVES,
		.arguments = { ARG("FILE", ARG_FILE, NULL), BOUNDS, SWITCH("--titles", N_("say what is due: a duty can tell of an attack")) },
		.exec = run_export,
	},
	{ .name = NULL },
};
