/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the screen: they have no exec; the workstation carries out what they request. */
#include "command/command_private.h"

static const char *const panes[] = { "cases", "inbox", "triage", "repro", "calendar", "advisories", "feeds",
				     "products", "metrics", "clocks", "contacts", "keys", "risks", "all-tasks", "matches", "audit", NULL };
static const char *const tabs[] = { "summary", "messages", "reproduction", "embargo", "affected", "advisory", "revisions",
				    "tasks", "gates", "timeline", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL };
static const char *const copies[] = { "id", "title", "text", NULL };
static const char *const themes[] = { "dark", "light", "mono", "cb", NULL };

/* In a shell: each command unlocks for itself. */
static int run_lock(struct command_context *context, const struct command_call *call, struct error *err)
{
	(void)call;
	(void)err;
	command_say(context, _("nothing is unlocked: in a shell each command locks the vault when it ends. To make gpg ask "
			       "again for a passphrase: gpgconf --reload gpg-agent"));
	return 0;
}

/* In a shell: what holds, and where it is set. */
static int run_set(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *name = call_value(call, "OPTION"), *value = call_value(call, "VALUE");
	struct options options;
	int code;

	options_init(&options);
	code = options_load(&options, context->vault_dir, err);
	if (!code && value) {
		code = option_set(&options, name, value, err);
		code = code ? code : options_save(&options, err);
	}
	for (size_t i = 0; !code && i < option_count; i++) {
		const struct option_row *row = &option_rows[i];
		AUTO_STR range = STR_INIT;

		option_describe(row, &range);
		if (!name || str_equal(name, row->name))
			command_row_out(context, row->name, option_get(&options, row->name), range.bytes,
					str_or_empty(options.sources[i]), _(row->help), NULL);
	}
	options_release(&options);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

#define ROW(word, text, what) \
	{ .name = (word), .help = (text), .flags = COMMAND_SCREEN | COMMAND_NO_VAULT, .request = (what) }

#define PANE(word, text, which) \
	{ .name = (word), .help = (text), .flags = COMMAND_SCREEN | COMMAND_NO_VAULT, .pane = (which), \
	  .arguments = { { .name = "FILTER", .type = ARG_TEXT, .optional = true, .repeats = true } } }

const struct command_row screen_commands[] = {
	ROW("down", N_("move down"), SCREEN_DOWN),
	ROW("up", N_("move up"), SCREEN_UP),
	ROW("half-down", N_("move down half a page"), SCREEN_HALF_DOWN),
	ROW("half-up", N_("move up half a page"), SCREEN_HALF_UP),
	ROW("page-down", N_("move down a page"), SCREEN_PAGE_DOWN),
	ROW("page-up", N_("move up a page"), SCREEN_PAGE_UP),
	ROW("first", N_("go to the first row"), SCREEN_FIRST),
	ROW("last", N_("go to the last row"), SCREEN_LAST),
	ROW("open", N_("open what is selected"), SCREEN_OPEN),
	ROW("back", N_("go up one level"), SCREEN_BACK),
	ROW("next-part", N_("go to the next part or tab"), SCREEN_NEXT_PART),
	ROW("previous-part", N_("go to the part or tab before"), SCREEN_PREVIOUS_PART),
	ROW("zoom", N_("give the preview the whole screen, or back"), SCREEN_ZOOM),
	ROW("filter", N_("filter a list, search a text"), SCREEN_FILTER),
	ROW("next-match", N_("go to the next match"), SCREEN_NEXT_MATCH),
	ROW("previous-match", N_("go to the match before"), SCREEN_PREVIOUS_MATCH),
	ROW("next-heading", N_("go to the next heading or change of a text"), SCREEN_NEXT_HEADING),
	ROW("previous-heading", N_("go to the heading or change before"), SCREEN_PREVIOUS_HEADING),
	ROW("expand", N_("show what is below a row of a tree"), SCREEN_EXPAND),
	ROW("collapse", N_("hide what is below a row of a tree, or go to the row above it"), SCREEN_COLLAPSE),
	ROW("palette", N_("list every command that works here"), SCREEN_PALETTE),
	ROW("mark", N_("mark the row"), SCREEN_MARK),
	ROW("mark-range", N_("begin or end a range of marks"), SCREEN_MARK_RANGE),
	ROW("mark-all", N_("mark all rows that are shown, or none"), SCREEN_MARK_ALL),
	ROW("redraw", N_("draw the screen anew"), SCREEN_REDRAW),
	ROW("suspend", N_("stop the program; fg goes on"), SCREEN_SUSPEND),
	ROW("cancel", N_("cancel the job in front"), SCREEN_CANCEL),
	ROW("jobs", N_("list the jobs that run"), SCREEN_JOBS),
	{
		.name = "lock",
		.help = N_("lock the vault"),
		.flags = COMMAND_NO_VAULT,
		.request = SCREEN_LOCK,
		.exec = run_lock,
	},
	ROW("quit", N_("leave the program"), SCREEN_QUIT),
	{
		.name = "set",
		.help = N_("change a setting, or list all; --save keeps it for the next time"),
		.flags = COMMAND_NO_VAULT,
		.request = SCREEN_SET,
		.arguments = { ARG_MAY("OPTION", ARG_OPTION, N_("which; without one all are listed")),
			       ARG_MAY("VALUE", ARG_OPTION_VALUE, N_("what it is to be")),
			       SWITCH("--save", N_("write it into your psirtty.yaml")) },
		.exec = run_set,
	},
	{
		.name = "view",
		.help = N_("go to a saved view: a pane with its filter; alone lists them"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_VIEW,
		.arguments = { ARG_MAY("NAME", ARG_VIEW, N_("as it was saved")) },
	},
	{
		.name = "view save",
		.help = N_("save this pane and its filter under a name"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_VIEW_SAVE,
		.arguments = { ARG("NAME", ARG_VIEW, N_("a word of your choice")) },
	},
	{
		.name = "view forget",
		.help = N_("forget a saved view"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_VIEW_FORGET,
		.arguments = { ARG("NAME", ARG_VIEW, N_("which")) },
	},
	{
		.name = "command-line",
		.help = N_("type a command"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_COMMAND_LINE,
		.arguments = { { .name = "TEXT", .type = ARG_COMMAND, .optional = true, .repeats = true } },
	},
	{
		.name = "sort",
		.help = N_("order the list by a column; once more the other way round"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_SORT,
		.arguments = { ARG_MAY("COLUMN", ARG_COLUMN, N_("the beginning of its title, or none")) },
	},
	{
		.name = "form",
		.help = N_("fill in a command's form: fields, checks, something to choose from"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_FORM,
		.arguments = { { .name = "COMMAND", .type = ARG_COMMAND, .repeats = true } },
	},
	{
		.name = "copy",
		.help = N_("send something to your terminal's clipboard"),
		.flags = COMMAND_SCREEN,
		.request = SCREEN_COPY,
		.arguments = { { .name = "WHAT", .type = ARG_WORD, .words = copies, .optional = true } },
	},
	{
		.name = "pipe",
		.help = N_("send the text before you through a shell command"),
		.flags = COMMAND_SCREEN | COMMAND_LEAVES,
		.request = SCREEN_PIPE,
		.arguments = { { .name = "COMMAND", .type = ARG_TEXT, .repeats = true } },
	},
	{
		.name = "pane",
		.help = N_("go to a pane"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_PANE,
		.arguments = { { .name = "NAME", .type = ARG_WORD, .words = panes },
			       { .name = "FILTER", .type = ARG_TEXT, .optional = true, .repeats = true } },
	},
	{
		.name = "tab",
		.help = N_("go to a tab of the opened case, by name or number"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_TAB,
		.arguments = { { .name = "NAME", .type = ARG_WORD, .words = tabs } },
	},
	{
		.name = "theme",
		.help = N_("change the colours"),
		.flags = COMMAND_SCREEN | COMMAND_NO_VAULT,
		.request = SCREEN_THEME,
		.arguments = { { .name = "NAME", .type = ARG_WORD, .words = themes } },
	},
	{
		.name = "component",
		.help = N_("the page of a component: where it is used, and what is known of it"),
		.flags = COMMAND_SCREEN,
		.request = SCREEN_COMPONENT,
		.arguments = { ARG("COMPONENT", ARG_TEXT, N_("its purl, a key such as pkg:npm/a, or its name")) },
	},
	PANE("clocks", N_("clocks and filings of all cases, with the sheet to paste from"), "clocks"),
	PANE("contacts", N_("the register of contacts"), "contacts"),
	PANE("keys", N_("the keys that are pinned to addresses"), "keys"),
	PANE("risks", N_("the register of accepted risks"), "risks"),
	PANE("matches", N_("what feeds say of our products and nobody decided about yet"), "matches"),
	PANE("tasks", N_("the dated tasks of all cases"), "all-tasks"),
	PANE("audit", N_("who did what when, and how it hangs in the chain"), "audit"),
	{ .name = NULL },
};
