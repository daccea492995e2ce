/* SPDX-License-Identifier: Apache-2.0 */
/* Every source there is with what it holds; and the page of a component. */
#include "command/command_private.h"

#include "psirtty/desk/flaw.h"

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
