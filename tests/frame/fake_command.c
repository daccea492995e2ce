/* SPDX-License-Identifier: Apache-2.0 */
/* The fake command table. */
#include "fake.h"

struct command_row {
	const char *name, *help;
	unsigned flags;
	enum screen_request request;
	struct command_argument arguments[4];
	const char *disabled, *prints;
	unsigned reactions;
};

#define CASE { .name = "CASE", .type = ARG_CASE }
#define REST { .name = "TEXT", .type = ARG_TEXT, .repeats = true }
#define SCREEN(name, help, request) { name, help, COMMAND_SCREEN, request, { { 0 } }, NULL, NULL, 0 }
#define CHANGE(name, help, ...) { name, help, COMMAND_CHANGES, 0, { __VA_ARGS__ }, NULL, "done", REACT_RELOAD }
static const char *const themes[] = { "dark", "light", "mono", "cb", NULL };
static const struct command_row rows[] = {
	{ "advisory check", "what stands against publishing", 0, 0, { CASE }, NULL, "valid", 0 },
	{ "advisory publish", "publish the advisory", COMMAND_CHANGES | COMMAND_LEAVES | COMMAND_TYPED, 0, { CASE }, NULL,
	  "published", REACT_RELOAD },
	{ "affected set", "say how a version of a product is affected", COMMAND_CHANGES, 0,
	  { CASE, { .name = "PRODUCT", .type = ARG_PRODUCT }, { .name = "VERSION", .type = ARG_TEXT },
	    { .name = "STATUS", .type = ARG_STATE } }, NULL, "said", REACT_RELOAD },
	SCREEN("back", "one level up", SCREEN_BACK),
	SCREEN("cancel", "stop the job", SCREEN_CANCEL),
	{ "case list", "list cases", COMMAND_JSON, 0, { { 0 } }, NULL, "PSIRT-2026-0001 valid\nPSIRT-2026-0002 received\n",
	  REACT_SHOW_OUTPUT },
	{ "case set", "set a field of a case", COMMAND_CHANGES, 0, { CASE, { .name = "FIELD", .type = ARG_FIELD }, REST },
	  NULL, "set", REACT_RELOAD },
	{ "case qualify", "decide by the bug bar", COMMAND_CHANGES, 0,
	  { CASE, { .name = "QUESTION=ANSWER", .type = ARG_TEXT, .optional = true, .repeats = true } }, NULL, "qualified", REACT_RELOAD },
	{ "case score", "a vector", COMMAND_CHANGES, 0, { CASE, { .name = "VECTOR", .type = ARG_VECTOR } }, NULL, "scored",
	  REACT_RELOAD },
	{ "case state", "move a case to a state", COMMAND_CHANGES, 0, { CASE, { .name = "STATE", .type = ARG_STATE } }, NULL,
	  "state set", REACT_RELOAD },
	SCREEN("collapse", "hide what is below", SCREEN_COLLAPSE),
	SCREEN("command-line", "type a command", SCREEN_COMMAND_LINE),
	SCREEN("copy", "to the clipboard", SCREEN_COPY),
	SCREEN("down", "one line down", SCREEN_DOWN),
	{ "embargo propose", "propose an end of the embargo", COMMAND_CHANGES, 0,
	  { CASE, { .name = "WHEN", .type = ARG_WHEN } }, NULL, "proposed", REACT_RELOAD },
	SCREEN("expand", "show what is below", SCREEN_EXPAND),
	{ "feed show", "one flaw", COMMAND_SCREEN, SCREEN_FLAW, { REST }, NULL, NULL, 0 },
	SCREEN("filter", "filter a list, search a text", SCREEN_FILTER),
	SCREEN("first", "to the top", SCREEN_FIRST),
	{ "form", "fill in a form", COMMAND_SCREEN, SCREEN_FORM, { REST }, NULL, NULL, 0 },
	SCREEN("half-down", "half a page down", SCREEN_HALF_DOWN),
	SCREEN("half-up", "half a page up", SCREEN_HALF_UP),
	SCREEN("last", "to the end", SCREEN_LAST),
	SCREEN("lock", "lock the screen", SCREEN_LOCK),
	SCREEN("jobs", "what runs", SCREEN_JOBS),
	{ "mail import", "take mail in", COMMAND_CHANGES | COMMAND_BULK, 0, { { .name = "PATH", .type = ARG_FILE } }, NULL,
	  "taken in", REACT_RELOAD },
	{ "mail send", "send a draft", COMMAND_LEAVES, 0, { { .name = "DRAFT", .type = ARG_DRAFT } }, NULL, "sent", 0 },
	{ "mail take", "open a case from a mail", COMMAND_CHANGES, 0, { { .name = "MAIL", .type = ARG_MAIL } }, NULL,
	  "PSIRT-2026-0009 was opened from that mail, its report was logged with the time of receipt, and its finder is a "
	  "party now", REACT_RELOAD },
	SCREEN("mark", "mark a row", SCREEN_MARK),
	SCREEN("mark-all", "mark all rows", SCREEN_MARK_ALL),
	SCREEN("mark-range", "mark rows", SCREEN_MARK_RANGE),
	SCREEN("next-heading", "the next heading", SCREEN_NEXT_HEADING),
	SCREEN("next-match", "the next match", SCREEN_NEXT_MATCH),
	SCREEN("next-part", "the next part", SCREEN_NEXT_PART),
	{ "note", "add a note to a case", COMMAND_CHANGES, 0, { CASE, REST }, NULL, "noted", REACT_RELOAD },
	SCREEN("open", "open what is selected", SCREEN_OPEN),
	SCREEN("page-down", "one page down", SCREEN_PAGE_DOWN),
	SCREEN("page-up", "one page up", SCREEN_PAGE_UP),
	SCREEN("palette", "all commands", SCREEN_PALETTE),
	SCREEN("pane", "another pane", SCREEN_PANE),
	{ "pipe", "through a command", COMMAND_SCREEN | COMMAND_LEAVES, SCREEN_PIPE, { REST }, NULL, NULL, 0 },
	SCREEN("previous-heading", "the heading before", SCREEN_PREVIOUS_HEADING),
	SCREEN("previous-match", "the match before", SCREEN_PREVIOUS_MATCH),
	SCREEN("previous-part", "the part before", SCREEN_PREVIOUS_PART),
	SCREEN("quit", "leave psirtty", SCREEN_QUIT),
	SCREEN("redraw", "draw everything anew", SCREEN_REDRAW),
	{ "search", "find words", COMMAND_SCREEN, SCREEN_FOUND, { REST }, NULL, NULL, 0 },
	SCREEN("set", "change a setting", SCREEN_SET),
	SCREEN("sort", "order the list", SCREEN_SORT),
	SCREEN("suspend", "back to the shell for a while", SCREEN_SUSPEND),
	SCREEN("tab", "a part of the opened case", SCREEN_TAB),
	{ "theme", "another theme", COMMAND_SCREEN, SCREEN_THEME, { { .name = "NAME", .type = ARG_WORD, .words = themes } }, NULL,
	  NULL, 0 },
	{ "undo", "take back the last change", COMMAND_CHANGES, 0, { CASE }, "nothing to undo", NULL, 0 },
	SCREEN("up", "one line up", SCREEN_UP),
	SCREEN("view", "go to a saved view", SCREEN_VIEW),
	SCREEN("view forget", "forget a saved view", SCREEN_VIEW_FORGET),
	SCREEN("view save", "save this view", SCREEN_VIEW_SAVE),
	SCREEN("zoom", "list or preview alone", SCREEN_ZOOM),
	/* What keys are bound to beside these, so that the hints are those of the real program. */
	CHANGE("mail link", "put a mail into a case", { .name = "MAIL", .type = ARG_MAIL }, CASE),
	CHANGE("mail reply", "answer a mail", { .name = "MAIL", .type = ARG_MAIL }),
	CHANGE("mail retry", "try again what could not be opened", { 0 }),
	CHANGE("mail sort", "say what a mail is", REST),
	CHANGE("mail fetch", "fetch mail from its account", { 0 }),
	CHANGE("embargo take", "take what a letter says of an embargo", { .name = "MAIL", .type = ARG_MAIL }),
	CHANGE("repro add", "write a reproduction note", CASE, REST),
	CHANGE("embargo accept", "accept what is proposed", CASE),
	CHANGE("embargo reject", "reject what is proposed", CASE, REST),
	CHANGE("embargo counter", "propose another end", CASE, { .name = "WHEN", .type = ARG_WHEN }),
	CHANGE("calendar export", "write the calendar", { .name = "FILE", .type = ARG_FILE }),
	CHANGE("advisory new", "begin an advisory", CASE),
	CHANGE("advisory edit", "edit an advisory", CASE),
	CHANGE("advisory approve", "approve an advisory", CASE),
	CHANGE("feed sync", "fetch a source", REST),
	CHANGE("feed import", "read a file of a source", { .name = "FILE", .type = ARG_FILE }),
	CHANGE("feed search", "look for flaws", REST),
	CHANGE("match take", "open a case from a match", REST),
	CHANGE("match dismiss", "say that a match is none", REST),
	CHANGE("match watch", "look again when it changes", REST),
	CHANGE("match reopen", "decide anew", REST),
	CHANGE("match run", "hold all products against the feeds", { 0 }),
	CHANGE("product add", "enter a product", REST),
	CHANGE("product support", "say how long it is supported", REST),
	CHANGE("sbom import", "say what a product is made of", REST),
	CHANGE("clock file", "file a report", REST),
	CHANGE("clock sheet", "the sheet to paste from", REST),
	CHANGE("clock pause", "stop a clock for a while", REST),
	CHANGE("clock stop", "stop a clock", REST),
	CHANGE("contact add", "enter a contact", REST),
	CHANGE("contact set", "change a contact", REST),
	CHANGE("key pin", "pin a key", REST),
	CHANGE("key unpin", "take a pin away", REST),
	CHANGE("risk add", "accept a risk", CASE, REST),
	CHANGE("task add", "add a task", CASE, REST),
	CHANGE("task done", "a task is done", REST),
	CHANGE("audit verify", "prove the chain", { 0 }),
	CHANGE("case readers", "who may read a case", CASE),
	CHANGE("redo", "do the last change again", CASE),
};

struct str fake_ran = STR_INIT;

size_t command_count(void)
{
	return ARRAY_LEN(rows);
}

const struct command_row *command_row_at(size_t index)
{
	return &rows[index];
}

const char *command_name(const struct command_row *row)
{
	return row->name;
}

const char *command_help(const struct command_row *row)
{
	return row->help;
}

unsigned command_flags(const struct command_row *row)
{
	return row->flags;
}

char *command_question(struct command_context *context, int argc, char *const *argv)
{
	(void)context, (void)argc, (void)argv;
	return NULL;
}

bool command_on_screen(const struct command_row *row)
{
	return row->request != SCREEN_NONE;
}

const struct command_argument *command_arguments(const struct command_row *row, size_t *ret_count)
{
	*ret_count = 0;
	while (*ret_count < ARRAY_LEN(row->arguments) && row->arguments[*ret_count].name)
		++*ret_count;
	return row->arguments;
}

const char *command_disabled(const struct command_row *row, struct command_context *context)
{
	(void)context;
	return row->disabled;
}

void command_free_words(char **argv, int argc)
{
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(argv);
}

/* Double quotes only. */
int command_split(const char *line, char ***ret_argv, int *ret_argc, struct error *err)
{
	char **argv = NULL;
	int argc = 0;

	while (*(line += strspn(line, " "))) {
		bool quoted = *line == '"';
		size_t length = quoted ? strcspn(line + 1, "\"") : strcspn(line, " ");

		if (quoted && !line[length + 1]) {
			command_free_words(argv, argc);
			return error_set(err, ERR_USAGE, line, "Close it", "a quote is left open");
		}
		argv = mem_resize(argv, (size_t)argc + 1, sizeof(*argv));
		argv[argc++] = mem_copy(line + quoted, length);
		line += length + 2 * (size_t)quoted;
	}
	*ret_argv = argv;
	*ret_argc = argc;
	return 0;
}

const struct command_row *command_find(int argc, char *const *argv, int *ret_words)
{
	const struct command_row *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING two = argc > 1 ? mem_format("%s %s", argv[0], argv[1]) : NULL;

		if (str_equal(rows[i].name, two)) {
			*ret_words = 2;
			return &rows[i];
		}
		if (argc && str_equal(rows[i].name, argv[0])) {
			*ret_words = 1;
			found = &rows[i];
		}
	}
	return found;
}

int command_expand(const struct command_context *context, const char *line, struct str *ret, struct error *err)
{
	for (const char *at = line; *at;) {
		bool is_case = strncmp(at, "{case}", 6) == 0, is_mail = strncmp(at, "{mail}", 6) == 0;
		bool is_row = strncmp(at, "{row}", 5) == 0;
		const char *value = is_case ? context->selected_case : is_row ? context->selected_row : context->selected_mail;

		if (!is_case && !is_mail && !is_row) {
			str_add_char(ret, *at++);
			continue;
		}
		if (!value)
			return error_set(err, ERR_USAGE, line, "Select one first", "no %s is selected",
					 is_case ? "case" : "mail");
		str_add(ret, value);
		at += is_row ? 5 : 6;
	}
	return 0;
}

/* In front of the screen; that to the last mail fails there, too. */
static int edit_reply(struct command_context *context, const char *line, struct error *err)
{
	AUTO_STR text = STR_INIT;
	int code;

	str_add(&text, "Dear");
	code = context->edit(context, "reply", &text, err);
	if (!code && str_ends(line, "M-0005"))
		code = error_set(err, ERR_NO, "mail", NULL, "no key is there");
	return code;
}

int command_run_line(struct command_context *context, const char *line, struct error *err)
{
	const struct command_row *row;
	char **argv;
	int argc, words, code = command_split(line, &argv, &argc, err);

	if (code)
		return code;
	row = command_find(argc, argv, &words);
	if (!row)
		BUG("the screen ran \"%s\"", line);
	if (!(row->flags & COMMAND_SCREEN))
		str_add_format(&fake_ran, "%s\n", line);
	code = context->edit && str_starts(line, "mail reply") ? edit_reply(context, line, err) : 0;
	str_add(&context->out, str_or_empty(row->prints));
	context->reactions = row->reactions;
	context->request = row->request;
	if (row->request != SCREEN_NONE && argc > words) {
		context->arguments = mem_alloc((size_t)(argc - words) * sizeof(*context->arguments));
		for (int i = words; i < argc; i++)
			context->arguments[context->argument_count++] = mem_string(argv[i]);
	}
	command_free_words(argv, argc);
	return code;
}

instant command_now(struct command_context *context)
{
	return context->now_fixed ? context->now : FAKE_NOW;
}

void command_context_release(struct command_context *context)
{
	desk_close(context->desk);
	str_release(&context->out);
	command_free_words(context->arguments, (int)context->argument_count);
	free(context->open_case);
	free(context->edited);
}

void command_complete(struct command_context *context, const char *line, struct completion **ret, size_t *ret_count)
{
	const char *space = strrchr(line, ' ');
	const char *word = space ? space + 1 : line;

	(void)context;
	*ret = mem_alloc(ARRAY_LEN(rows) * sizeof(**ret));
	*ret_count = 0;
	for (size_t i = 0; str_equal(line, "theme ") && themes[i]; i++) {
		(*ret)[*ret_count].word = mem_string(themes[i]);
		(*ret)[(*ret_count)++].help = mem_string("");
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(rows[i].name, line)) {
			AUTO_STRING rest = mem_string(rows[i].name + (word - line));

			rest[strcspn(rest, " ")] = 0;
			if (*ret_count && str_equal((*ret)[*ret_count - 1].word, rest))
				continue;
			(*ret)[*ret_count].word = mem_string(rest);
			(*ret)[(*ret_count)++].help = mem_string(rows[i].help);
		}
}

void completion_free(struct completion *completions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(completions[i].word);
		free(completions[i].help);
	}
	free(completions);
}

/* ---- drafts */

struct str fake_edits = STR_INIT;
static struct { char *id, *text; } drafts[16];
static size_t draft_count;

static void draft_drop(size_t at)
{
	free(drafts[at].id);
	free(drafts[at].text);
	memmove(&drafts[at], &drafts[at + 1], (--draft_count - at) * sizeof(*drafts));
}

void fake_drafts_take(struct str *ret)
{
	for (; draft_count; draft_drop(0))
		str_add_format(ret, "%s\n", drafts[0].id);
}

static char *draft_add(const char *text)
{
	static unsigned last;

	if (draft_count == ARRAY_LEN(drafts))
		BUG("%zu drafts", draft_count);
	last = draft_count ? last + 1 : 1;
	drafts[draft_count].id = mem_format("edit-%u", last);
	drafts[draft_count++].text = mem_string(text);
	return mem_string(drafts[draft_count - 1].id);
}

int command_editor(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	(void)err;
	str_add_format(&fake_edits, "%s\n", str_or_empty(text->bytes));
	if (!str_equal(name, "command"))
		str_add(text, "+");
	else if (str_ends(text->bytes, "long"))
		str_add_repeat(text, 'x', 9000);
	free(context->edited);
	context->edited = draft_add(text->bytes);
	return 0;
}

void command_edited_done(struct command_context *context, const char *id)
{
	(void)context;
	for (size_t i = draft_count; id && i-- > 0;)
		if (str_equal(drafts[i].id, id))
			draft_drop(i);
}

int command_edited_text(struct command_context *context, const char *id, struct str *ret, struct error *err)
{
	(void)context;
	for (size_t i = 0; i < draft_count; i++)
		if (str_equal(drafts[i].id, id)) {
			str_add(ret, drafts[i].text);
			return 0;
		}
	return error_set(err, ERR_INPUT, id, NULL, "there is no such draft");
}
