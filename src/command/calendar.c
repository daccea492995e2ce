/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the calendar: what falls due when. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
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

static int agenda(struct command_context *context, const struct command_call *call, struct agenda_item **ret,
		  size_t *ret_count, struct error *err)
{
	instant from, to;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = read_bound(call, "--from", INSTANT_NONE, &from, err);
	if (!code)
		code = read_bound(call, "--to", INT64_MAX, &to, err);
	if (!code)
		model_agenda(desk_model(desk), from, to, command_now(context), ret, ret_count);
	return code;
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
		char utc[40], local[96];

		if (list) {
			json_t *one = json_object();

			js_set_string(one, "at", instant_format(items[i].at, utc));
			js_set_string(one, "case", items[i].case_id);
			js_set_string(one, "what", items[i].what);
			js_set_bool(one, "overdue", items[i].overdue);
			json_array_append_new(list, one);
		} else {
			command_row_out(context, instant_format(items[i].at, utc), zoned_format(&items[i].when, local),
					items[i].case_id, items[i].what, items[i].overdue ? "overdue" : "", NULL);
		}
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
	struct agenda_item *items = NULL;
	AUTO_STR text = STR_INIT;
	size_t count = 0;
	int code = agenda(context, call, &items, &count, err);

	if (!code)
		ical_write(items, count, command_now(context), &text);
	if (!code)
		code = file_write(path, text.bytes, text.length, 0600, err);
	if (!code)
		command_say(context, _("%zu dates in %s, without titles or names"), count, path);
	free(items);
	return code;
}

const struct command_row calendar_commands[] = {
	{
		.name = "calendar",
		.pane = "calendar",
		.help = N_("what falls due when, over all cases"),
		.flags = COMMAND_JSON,
		.arguments = { OPTION("--from", ARG_WHEN, NULL), OPTION("--to", ARG_WHEN, NULL) },
		.exec = run_calendar,
	},
	{
		.name = "calendar export",
		.help = N_("write the calendar as iCalendar, without titles or names"),
		.flags = COMMAND_LEAVES,
		.arguments = { ARG("FILE", ARG_FILE, NULL), OPTION("--from", ARG_WHEN, NULL), OPTION("--to", ARG_WHEN, NULL) },
		.exec = run_export,
	},
	{ .name = NULL },
};
