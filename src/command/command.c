/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command table put together from its families, and the one way to run a row: words sorted to the
 * row's arguments, checked, executed.
 */
#include "command/command_private.h"

#include <time.h>

#include "psirtty/base/text.h"

static const struct command_row *const families[] = {
	bare_commands,
	member_commands,
	score_commands,
	vault_commands,
	restore_commands,
	calendar_commands,
	case_commands,
	contact_commands,
	fact_commands,
	feed_commands,
	gate_commands,
	life_commands,
	party_commands,
	repro_commands,
	mail_commands,
	post_commands,
	inbox_commands,
	letter_commands,
	key_commands,
	key_lookup_commands,
	security_txt_commands,
	embargo_mail_commands,
	embargo_commands,
	export_commands,
	advisory_commands,
	provider_commands,
	register_commands,
	revision_commands,
	demo_commands,
	screen_commands,
	search_commands,
	check_commands,
	match_commands,
	product_commands,
	sbom_commands,
	convert_commands,
	cve_commands,
	feed_bundle_commands,
	feed_sync_commands,
	feed_watch_commands,
	cve_services_commands,
	clock_commands,
};

/* ---- the table */

static int by_name(const void *a, const void *b)
{
	const struct command_row *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

static const struct command_row *const *sorted_rows(size_t *ret_count)
{
	static const struct command_row **rows;
	static size_t count;

	if (!rows) {
		size_t capacity = 0;

		for (size_t f = 0; f < ARRAY_LEN(families); f++)
			for (const struct command_row *row = families[f]; row->name; row++) {
				rows = mem_grow(rows, &capacity, count + 1, sizeof(*rows));
				rows[count++] = row;
			}
		qsort(rows, count, sizeof(*rows), by_name);
	}
	*ret_count = count;
	return rows;
}

size_t command_count(void)
{
	size_t count;

	sorted_rows(&count);
	return count;
}

const struct command_row *command_row_at(size_t index)
{
	size_t count;
	const struct command_row *const *rows = sorted_rows(&count);

	return index < count ? rows[index] : NULL;
}

const char *command_name(const struct command_row *row)
{
	return row->name;
}

const char *command_help(const struct command_row *row)
{
	return _(row->help);
}

unsigned command_flags(const struct command_row *row)
{
	return row->flags;
}

const struct command_argument *command_arguments(const struct command_row *row, size_t *ret_count)
{
	size_t count = 0;

	while (count < COMMAND_ARGUMENTS && row->arguments[count].name)
		count++;
	*ret_count = count;
	return row->arguments;
}

static void usage_argument(const struct command_argument *a, struct str *ret)
{
	str_add(ret, a->optional ? " [" : " ");
	str_add(ret, a->name);
	if (a->option && a->takes_value) {
		str_add_char(ret, ' ');
		for (const char *c = a->name + 2; *c; c++)
			str_add_char(ret, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
	}
	str_add(ret, a->optional ? "]" : "");
	str_add(ret, a->repeats ? "…" : "");
}

void command_usage(const struct command_row *row, struct str *ret)
{
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);

	str_add(ret, row->name);
	for (size_t i = 0; i < count; i++)
		usage_argument(&arguments[i], ret);
	if (row->flags & COMMAND_JSON)
		str_add(ret, " [--json]");
}

bool command_on_screen(const struct command_row *row)
{
	return row->request || row->pane || row->flags & (COMMAND_SCREEN | COMMAND_HERE);
}

const char *command_disabled(const struct command_row *row, struct command_context *context)
{
	if ((row->flags & COMMAND_SCREEN) && !context->on_screen)
		return _("it works on the screen only");
	if ((row->flags & COMMAND_CHANGES) && context->readonly)
		return _("the vault was opened for reading only");
	if ((row->flags & COMMAND_CHANGES) && context->desk && desk_readonly(context->desk))
		return desk_warning(context->desk) ? desk_warning(context->desk) :
						     _("the vault was opened for reading only");
	return row->disabled ? row->disabled(context) : NULL;
}

/* How many words of NAME stand at the front of ARGV; 0 when not all do. */
static int words_match(const char *name, int argc, char *const *argv)
{
	int words = 0;

	while (*name) {
		size_t length = strcspn(name, " ");

		if (words >= argc || strlen(argv[words]) != length || strncmp(argv[words], name, length) != 0)
			return 0;
		words++;
		name += length;
		name += strspn(name, " ");
	}
	return words;
}

const struct command_row *command_find(int argc, char *const *argv, int *ret_words)
{
	const struct command_row *best = NULL;
	size_t count;
	const struct command_row *const *rows = sorted_rows(&count);

	*ret_words = 0;
	for (size_t i = 0; i < count; i++) {
		int words = words_match(rows[i]->name, argc, argv);

		if (words > *ret_words) {
			*ret_words = words;
			best = rows[i];
		}
	}
	return best;
}

/* ---- one call */

static int usage_error(const struct command_row *row, struct error *err, const char *why, const char *word)
{
	AUTO_STR usage = STR_INIT;
	AUTO_STRING remedy = NULL;

	command_usage(row, &usage);
	remedy = mem_format(_("Usage: %s"), usage.bytes);
	return error_set(err, ERR_USAGE, row->name, remedy, "%s%s%s", why, word ? " " : "", word ? word : "");
}

static void give(struct command_call *call, size_t index, char *value)
{
	size_t count = call->given[index].count;

	call->given[index].values = mem_resize(call->given[index].values, count + 1, sizeof(char *));
	call->given[index].values[count] = value;
	call->given[index].count = count + 1;
}

static long option_index(const struct command_row *row, const char *word)
{
	for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].name; i++)
		if (row->arguments[i].option && str_equal(row->arguments[i].name, word))
			return (long)i;
	return -1;
}

/* The next positional argument that still takes a word, or -1. */
static long position_index(const struct command_call *call)
{
	const struct command_row *row = call->row;

	for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].name; i++)
		if (!row->arguments[i].option &&
		    (call->given[i].count == 0 || row->arguments[i].repeats))
			return (long)i;
	return -1;
}

static bool word_is_allowed(const struct command_argument *a, const char *word, struct str *known)
{
	if (!a->words)
		return true;
	for (size_t i = 0; a->words[i]; i++) {
		str_add_format(known, "%s%s", i ? ", " : "", a->words[i]);
		if (str_equal(a->words[i], word))
			return true;
	}
	return false;
}

static int sort_word(struct command_context *context, struct command_call *call, int argc, char *const *argv,
		     int *at, bool *literal, struct error *err)
{
	char *word = argv[(*at)++];
	bool option = !*literal && str_starts(word, "--") && word[2];
	AUTO_STR known = STR_INIT;
	long index;

	if (!*literal && str_equal(word, "--")) {
		*literal = true;
		return 0;
	}
	if (option && str_equal(word, "--json") && (call->row->flags & COMMAND_JSON)) {
		context->json = true;
		return 0;
	}
	index = option ? option_index(call->row, word) : position_index(call);
	if (index < 0)
		return usage_error(call->row, err, option ? _("it has no option") : _("there is a word too many:"),
				   word);
	if (option && !call->row->arguments[index].takes_value) {
		give(call, (size_t)index, word);
		return 0;
	}
	if (option && *at >= argc)
		return usage_error(call->row, err, _("a value is missing after"), word);
	word = option ? argv[(*at)++] : word;
	if (!word_is_allowed(&call->row->arguments[index], word, &known))
		return error_set(err, ERR_USAGE, word, NULL, _("%s is one of: %s"),
				 call->row->arguments[index].name, known.bytes);
	give(call, (size_t)index, word);
	return 0;
}

static int sort_words(struct command_context *context, struct command_call *call, int argc, char *const *argv,
		      struct error *err)
{
	const struct command_row *row = call->row;
	bool literal = false;
	int at = 0, code = 0;

	while (!code && at < argc)
		code = sort_word(context, call, argc, argv, &at, &literal, err);
	for (size_t i = 0; !code && i < COMMAND_ARGUMENTS && row->arguments[i].name; i++)
		if (!row->arguments[i].optional && call->given[i].count == 0)
			code = usage_error(row, err, _("it needs"), row->arguments[i].name);
	return code;
}

static int screen_request(struct command_context *context, enum screen_request request, int argc,
			  char *const *argv)
{
	context->request = request;
	command_free_words(context->arguments, (int)context->argument_count);
	context->arguments = mem_alloc(((size_t)argc + 1) * sizeof(char *));
	context->argument_count = (size_t)argc;
	for (int i = 0; i < argc; i++)
		context->arguments[i] = mem_string(argv[i]);
	return 0;
}

/* A list has its pane: `case list sev:critical` on the screen is `pane cases sev:critical`. */
static void show_pane(struct command_context *context, const struct command_row *row, int argc, char *const *argv)
{
	char **words = mem_alloc(((size_t)argc + 1) * sizeof(*words));

	words[0] = mem_string(row->pane);
	for (int i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	screen_request(context, SCREEN_PANE, argc + 1, words);
	free(words[0]);
	free(words);
}

/* Not refused, but advised against: said beside the result. */
static void show_warnings(struct command_context *context, int code)
{
	const char *warning;

	while ((warning = desk_take_warning(context->desk)))
		if (!code)
			command_say(context, _("warning: %s"), _(warning));
}

static int run_row(struct command_context *context, const struct command_row *row, int argc, char *const *argv,
		   struct error *err)
{
	struct command_call call = { .row = row };
	bool json = context->json;
	const char *reason = command_disabled(row, context);
	int code = 0;

	if (reason)
		return error_set(err, ERR_DENIED, row->name, NULL, "%s", reason);
	code = sort_words(context, &call, argc, argv, err);
	if (!code && context->on_screen && row->pane && !context->json)
		show_pane(context, row, argc, argv);
	else if (!code)
		code = row->request && (context->on_screen || !row->exec) ? screen_request(context, row->request, argc, argv) :
				      row->exec(context, &call, err);
	if (context->desk)
		show_warnings(context, code);
	if (!code && (row->flags & COMMAND_CHANGES))
		context->reactions |= REACT_REDRAW | REACT_RELOAD;
	if (context->on_screen)
		context->json = json;
	for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
		free(call.given[i].values);
	return code;
}

int command_run(struct command_context *context, int argc, char *const *argv, struct error *err)
{
	int words;
	const struct command_row *row = argc > 0 ? command_find(argc, argv, &words) : NULL;
	AUTO_STRING word = NULL;

	if (row)
		return run_row(context, row, argc - words, argv + words, err);
	word = argc > 1 ? mem_format("%s %s", argv[0], argv[1]) : mem_string(argc ? argv[0] : "");
	return error_set(err, ERR_USAGE, word, _("See `help`"), _("there is no such command"));
}

char *command_question(struct command_context *context, int argc, char *const *argv)
{
	int words;
	const struct command_row *row = argc > 0 ? command_find(argc, argv, &words) : NULL;
	struct command_call call = { .row = row };
	char *question = NULL;

	if (!row || !row->question || command_disabled(row, context))
		return NULL;
	if (sort_words(context, &call, argc - words, argv + words, NULL) == 0)
		question = row->question(context, &call);
	for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
		free(call.given[i].values);
	return question;
}

/* ---- what families use */

static long argument_index(const struct command_call *call, const char *name)
{
	for (size_t i = 0; i < COMMAND_ARGUMENTS && call->row->arguments[i].name; i++)
		if (str_equal(call->row->arguments[i].name, name))
			return (long)i;
	BUG("%s has no argument %s", call->row->name, name);
}

const char *call_value(const struct command_call *call, const char *name)
{
	long index = argument_index(call, name);

	return call->given[index].count ? call->given[index].values[0] : NULL;
}

bool call_given(const struct command_call *call, const char *name)
{
	return call->given[argument_index(call, name)].count > 0;
}

char *const *call_values(const struct command_call *call, const char *name, size_t *ret_count)
{
	long index = argument_index(call, name);

	*ret_count = call->given[index].count;
	return call->given[index].values;
}

char *call_text(const struct command_call *call, const char *name)
{
	size_t count;
	char *const *values = call_values(call, name, &count);
	struct str text = STR_INIT;

	for (size_t i = 0; i < count; i++) {
		str_add(&text, i ? " " : "");
		str_add(&text, values[i]);
	}
	return str_detach(&text);
}

/* In whole milliseconds, as events keep theirs: what says when it happened may not lie behind its own event. */
instant command_now(struct command_context *context)
{
	struct timespec now;
	instant at = context->now;

	if (!context->now_fixed) {
		clock_gettime(CLOCK_REALTIME, &now);
		at = (instant)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
	}
	return at - at % (INSTANT_SECOND / 1000);
}

void command_context_release(struct command_context *context)
{
	desk_close(context->desk);
	str_release(&context->out);
	command_free_words(context->arguments, (int)context->argument_count);
	free(context->open_case);
	free(context->edited);
	*context = (struct command_context){ .out = STR_INIT };
}

int command_desk(struct command_context *context, struct desk **ret, struct error *err)
{
	struct desk_options options = { .vault_dir = context->vault_dir, .gpg_home = context->gpg_home,
					.readonly = context->readonly };
	int code;

	if (!context->desk) {
		if (!context->vault_dir)
			return error_set(err, ERR_USAGE, "vault", _("Give --vault DIR or set PSIRTTY_VAULT"),
					 _("no vault was named"));
		code = desk_open(&options, command_now(context), &context->desk, err);
		if (code)
			return code;
	}
	command_follow_settings(context);
	*ret = context->desk;
	return 0;
}

int command_case(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		 const struct case_state **ret, struct error *err)
{
	int code = command_desk(context, ret_desk, err);

	return code ? code : desk_find_case(*ret_desk, call_value(call, "CASE"), ret, err);
}

int command_mail(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		 const struct inbox_item **ret, struct error *err)
{
	const char *id = call_value(call, "MAIL");
	int code = command_desk(context, ret_desk, err);

	if (code)
		return code;
	*ret = model_find_mail(desk_model(*ret_desk), id);
	if (*ret)
		return desk_whole_mail(*ret_desk, *ret, err);
	return error_set(err, ERR_INPUT, id, _("See `mail list`"), _("there is no such mail"));
}

int list_window(const struct command_call *call, struct list_window *ret, struct error *err)
{
	const char *limit = call_value(call, "--limit");
	char *end = NULL;

	*ret = (struct list_window){ .limit = SIZE_MAX, .after = call_value(call, "--after") };
	ret->passed = !ret->after;
	if (!limit)
		return 0;
	ret->limit = strtoul(limit, &end, 10);
	if (*limit < '0' || *limit > '9' || *end)
		return error_set(err, ERR_USAGE, limit, NULL, _("--limit takes a whole number"));
	return 0;
}

bool list_take(struct list_window *window, const char *id)
{
	if (!window->passed) {
		window->passed = str_equal(window->after, id);
		return false;
	}
	if (window->limit == 0)
		return false;
	window->limit--;
	return true;
}

bool command_bytes(void *data, uint64_t done, uint64_t total)
{
	struct command_context *context = data;
	int shift = total >> 30 ? 20 : total >> 20 ? 10 : 0;

	if (context->progress && total)
		context->progress(context, (size_t)(done >> shift), (size_t)(total >> shift));
	return context->cancelled && context->cancelled(context);
}

void command_json(struct command_context *context, json_t *json)
{
	js_dump_shown(json, &context->out);
	json_decref(json);
}

void command_row_out(struct command_context *context, ...)
{
	va_list fields;
	const char *field;
	bool first = true;

	va_start(fields, context);
	while ((field = va_arg(fields, const char *))) {
		str_add(&context->out, first ? "" : "\t");
		tsv_add(&context->out, field);
		first = false;
	}
	va_end(fields);
	str_add_char(&context->out, '\n');
}

void command_say(struct command_context *context, const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	made = mem_vformat(format, args);
	va_end(args);
	text_add_line(&context->out, made);
	str_add_char(&context->out, '\n');
	free(made);
}

void command_pad(struct str *ret, const char *text, int cells)
{
	AUTO_TEXT safe = TEXT_INIT;

	text_display(&safe, text, -1, TEXT_LINE);
	str_add(ret, safe.utf8);
	if (safe.width < cells)
		str_add_repeat(ret, ' ', (size_t)(cells - safe.width));
}

void command_field(struct command_context *context, const char *label, const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	made = mem_vformat(format, args);
	va_end(args);
	command_pad(&context->out, label, 12);
	str_add_char(&context->out, ' ');
	text_add_line(&context->out, made);
	str_add_char(&context->out, '\n');
	free(made);
}
