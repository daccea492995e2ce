/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: split into words, filled with what is selected, completed. */
#include "command/command_private.h"

#include <ctype.h>

#include "psirtty/desk/letters.h"
#include "psirtty/vault/members.h"

/* ---- splitting */

struct splitter {
	const char *at;
	struct str word;
	bool in_word;
	char quote;
};

static void split_char(struct splitter *s)
{
	char c = *s->at++;

	if (s->quote) {
		if (c == s->quote)
			s->quote = '\0';
		else if (c == '\\' && s->quote == '"' && *s->at)
			str_add_char(&s->word, *s->at++);
		else
			str_add_char(&s->word, c);
		return;
	}
	s->in_word = true;
	if (c == '"' || c == '\'')
		s->quote = c;
	else if (c == '\\' && *s->at)
		str_add_char(&s->word, *s->at++);
	else
		str_add_char(&s->word, c);
}

int command_split(const char *line, char ***ret_argv, int *ret_argc, struct error *err)
{
	struct splitter s = { .at = line, .word = STR_INIT };
	size_t count = 0, capacity = 0;
	char **words = NULL;

	while (*s.at || s.in_word) {
		bool blank = !s.quote && (*s.at == ' ' || *s.at == '\t' || !*s.at);

		if (!*s.at && s.quote)
			break;
		if (!blank) {
			split_char(&s);
			continue;
		}
		if (s.in_word) {
			words = mem_grow(words, &capacity, count + 1, sizeof(*words));
			words[count++] = str_detach(&s.word);
			s.in_word = false;
		}
		if (*s.at)
			s.at++;
	}
	str_release(&s.word);
	if (s.quote) {
		command_free_words(words, (int)count);
		return error_set(err, ERR_USAGE, line, _("Close the quote"), _("a quote is left open"));
	}
	*ret_argv = words;
	*ret_argc = (int)count;
	return 0;
}

void command_free_words(char **argv, int argc)
{
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(argv);
}

/* ---- filling in */

static const char *selected(const struct command_context *context, const char *name, size_t length)
{
	if (length == 4 && strncmp(name, "case", 4) == 0)
		return context->selected_case;
	if (length == 4 && strncmp(name, "mail", 4) == 0)
		return context->selected_mail;
	if (length == 3 && strncmp(name, "row", 3) == 0)
		return context->selected_row;
	return NULL;
}

int command_expand(const struct command_context *context, const char *line, struct str *ret, struct error *err)
{
	AUTO_STR made = STR_INIT;

	while (*line) {
		const char *close = *line == '{' ? strchr(line, '}') : NULL;
		const char *value = NULL;

		if (!close) {
			str_add_char(&made, *line++);
			continue;
		}
		value = selected(context, line + 1, (size_t)(close - line - 1));
		if (!value)
			return error_set(err, ERR_USAGE, line, _("Move to a row of a list"),
					 _("nothing is selected that %.*s could stand for"),
					 (int)(close - line + 1), line);
		str_add(&made, value);
		line = close + 1;
	}
	str_add_bytes(ret, made.bytes, made.length);
	return 0;
}

int command_run_line(struct command_context *context, const char *line, struct error *err)
{
	AUTO_STR full = STR_INIT;
	char **argv = NULL;
	int argc = 0, code = command_expand(context, line, &full, err);

	if (!code)
		code = command_split(full.bytes, &argv, &argc, err);
	if (!code)
		code = command_run(context, argc, argv, err);
	command_free_words(argv, argc);
	return code;
}

/* ---- completing */

struct completing {
	struct command_context *context;
	const char *prefix; /* what stands of the last word */
	const char *before; /* the word before it, or NULL */
	char *const *words; /* all words before it, borrowed */
	int word_count;
	struct completion *items;
	size_t count, capacity;
};

static void offer(struct completing *c, const char *word, const char *help)
{
	if (!word || !str_starts_nocase(word, c->prefix) || c->count >= 200)
		return;
	for (size_t i = 0; i < c->count; i++)
		if (str_equal(c->items[i].word, word))
			return;
	c->items = mem_grow(c->items, &c->capacity, c->count + 1, sizeof(*c->items));
	c->items[c->count].word = mem_string(word);
	c->items[c->count++].help = mem_string(str_or_empty(help));
}

static void offer_words(struct completing *c, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		offer(c, words[i], NULL);
}

static void offer_cases(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);

	for (size_t i = 0; i < model_case_count(model); i++)
		offer(c, model_glance(model, i)->id, model_glance(model, i)->title);
}

static void offer_mails(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);

	for (size_t i = 0; i < model_inbox_count(model); i++)
		offer(c, model_inbox(model, i)->id, model_inbox(model, i)->record.subject);
}

static void offer_products(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);

	for (size_t i = 0; i < model_product_count(model); i++)
		offer(c, model_product(model, i)->id, model_product(model, i)->name);
}

static void offer_drafts(struct completing *c)
{
	char **ids = NULL;
	size_t count = 0;

	if (desk_draft_list(c->context->desk, &ids, &count, NULL) == 0)
		for (size_t i = 0; i < count; i++)
			offer(c, ids[i], NULL);
	command_free_words(ids, (int)count);
}

static void offer_advisories(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);

	for (size_t i = 0; i < model_case_count(model); i++)
		if (model_case(model, i)->advisory)
			offer(c, model_case(model, i)->advisory->id, model_case(model, i)->title);
}

static void offer_states(struct completing *c)
{
	offer_words(c, rm_words);
}

static void offer_fields(struct completing *c)
{
	offer_words(c, desk_case_fields());
}

static void offer_options(struct completing *c)
{
	for (size_t i = 0; i < option_count; i++)
		offer(c, option_rows[i].name, _(option_rows[i].help));
}

/* Of the option that the word before names. */
static void offer_option_values(struct completing *c)
{
	const struct option_row *row = c->before ? option_find(c->before) : NULL;

	if (row)
		offer_words(c, row->words);
}

static void offer_views(struct completing *c)
{
	for (size_t i = 0; c->context->options && i < c->context->options->view_count; i++)
		offer(c, c->context->options->views[i].name, c->context->options->views[i].filter);
}

static void offer_columns(struct completing *c)
{
	offer_words(c, c->context->columns);
	offer(c, "none", NULL);
}

/* The case that one of the words before names, or NULL. */
static const struct case_state *named_case(const struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);

	for (int i = 0; i < c->word_count; i++)
		if (model_find_case(model, c->words[i]))
			return model_find_case(model, c->words[i]);
	return NULL;
}

/* The parties of the case, and us; where no case is named, everybody in the register. */
static void offer_parties(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);
	const struct case_state *state = named_case(c);

	for (size_t i = 0; state && i < state->party_count; i++)
		offer(c, state->parties[i].name, state->parties[i].role);
	if (state)
		offer(c, "us", _("this house"));
	for (size_t i = 0; !state && i < model_contact_count(model); i++)
		offer(c, contact_text(model_contact(model, i), "contact"), contact_text(model_contact(model, i), "name"));
}

static void offer_addresses(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);
	const struct case_state *state = named_case(c);

	for (size_t i = 0; state && i < state->party_count; i++)
		offer(c, state->parties[i].address, state->parties[i].name);
	for (size_t i = 0; i < model_contact_count(model); i++)
		for (size_t n = 0; contact_words(model_contact(model, i), "addresses", n); n++)
			offer(c, contact_words(model_contact(model, i), "addresses", n), contact_text(model_contact(model, i), "name"));
	for (size_t i = 0; i < model_pin_count(model); i++)
		offer(c, model_pin(model, i)->address, model_pin(model, i)->fingerprint);
}

/* Of the members, of keys that are pinned, of contacts. */
static void offer_fingerprints(struct completing *c)
{
	const struct model *model = desk_model(c->context->desk);
	struct vault_member *members = NULL;
	size_t count = 0;

	vault_members(desk_vault(c->context->desk), &members, &count);
	for (size_t i = 0; i < count; i++)
		if (members[i].live && !members[i].recovery && !members[i].replaced)
			offer(c, members[i].fingerprint, desk_member_name(c->context->desk, members[i].fingerprint));
	free(members);
	for (size_t i = 0; i < model_pin_count(model); i++)
		offer(c, model_pin(model, i)->fingerprint, model_pin(model, i)->address);
	for (size_t i = 0; i < model_contact_count(model); i++)
		for (size_t n = 0; contact_words(model_contact(model, i), "fingerprints", n); n++)
			offer(c, contact_words(model_contact(model, i), "fingerprints", n), contact_text(model_contact(model, i), "name"));
}

static void offer_members(struct completing *c)
{
	struct vault_member *members = NULL;
	size_t count = 0;

	vault_members(desk_vault(c->context->desk), &members, &count);
	for (size_t i = 0; i < count; i++)
		if (members[i].live && !members[i].recovery && !members[i].replaced)
			offer(c, desk_member_name(c->context->desk, members[i].fingerprint), members[i].fingerprint);
	free(members);
}

/* Texts whose values hang on the word before: the versions of a product, whom a case can be given to. */
static void offer_texts(struct completing *c)
{
	const struct product *product = c->before ? model_find_product(desk_model(c->context->desk), c->before) : NULL;

	for (size_t i = 0; product && i < product->version_count; i++)
		offer(c, product->versions[i], product->name);
	if (str_equal(c->before, "assignee"))
		offer_members(c);
}

/* Who knows the values of a type of argument; the ones that need an open desk say so. */
static const struct completer {
	enum argument_type type;
	bool desk;
	void (*offer)(struct completing *c);
} completers[] = {
	{ ARG_CASE, true, offer_cases },       { ARG_MAIL, true, offer_mails },
	{ ARG_PRODUCT, true, offer_products }, { ARG_DRAFT, true, offer_drafts },
	{ ARG_ADVISORY, true, offer_advisories }, { ARG_STATE, false, offer_states },
	{ ARG_FIELD, false, offer_fields },    { ARG_OPTION, false, offer_options },
	{ ARG_OPTION_VALUE, false, offer_option_values }, { ARG_VIEW, false, offer_views },
	{ ARG_PARTY, true, offer_parties },    { ARG_ADDRESS, true, offer_addresses },
	{ ARG_FINGERPRINT, true, offer_fingerprints }, { ARG_TEXT, true, offer_texts },
	{ ARG_COLUMN, false, offer_columns },
};

static void offer_values(struct completing *c, const struct command_argument *argument)
{
	offer_words(c, argument->words);
	for (size_t i = 0; i < ARRAY_LEN(completers); i++)
		if (completers[i].type == argument->type && (!completers[i].desk || c->context->desk))
			completers[i].offer(c);
}

/* The next word of every command that begins with the words so far. */
static void offer_commands(struct completing *c, int argc, char *const *argv)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);
		const char *rest = row->name;
		int word = 0;

		if ((row->flags & COMMAND_SCREEN) && !c->context->on_screen)
			continue;
		for (; word < argc && *rest; word++) {
			size_t length = strcspn(rest, " ");

			if (strlen(argv[word]) != length || strncmp(argv[word], rest, length) != 0)
				break;
			rest += length;
			rest += strspn(rest, " ");
		}
		if (word == argc && *rest) {
			AUTO_STRING next = mem_copy(rest, strcspn(rest, " "));

			offer(c, next, rest[strcspn(rest, " ")] ? NULL : _(row->help));
		}
	}
}

/* Options stand back where a value can be meant: they come with their dash, or where there is nothing else. */
static void offer_options_of(struct completing *c, const struct command_argument *arguments, size_t count)
{
	if (c->count && *c->prefix != '-')
		return;
	for (size_t i = 0; i < count; i++)
		if (arguments[i].option)
			offer(c, arguments[i].name, arguments[i].help ? _(arguments[i].help) : NULL);
}

static void offer_arguments(struct completing *c, const struct command_row *row, int argc, char *const *argv)
{
	size_t count, position = 0;
	const struct command_argument *arguments = command_arguments(row, &count);

	for (size_t i = 0; argc > 0 && i < count; i++)
		if (arguments[i].option && arguments[i].takes_value &&
		    str_equal(arguments[i].name, argv[argc - 1])) {
			offer_values(c, &arguments[i]);
			return;
		}
	for (int i = 0; i < argc; i++)
		position += !str_starts(argv[i], "--");
	for (size_t i = 0; i < count; i++) {
		if (arguments[i].option) {
			continue;
		} else if (position == 0 || arguments[i].repeats) {
			offer_values(c, &arguments[i]);
			position = SIZE_MAX;
		} else {
			position--;
		}
	}
	offer_options_of(c, arguments, count);
}

static int by_word(const void *a, const void *b)
{
	return strcmp(((const struct completion *)a)->word, ((const struct completion *)b)->word);
}

void command_complete(struct command_context *context, const char *line, struct completion **ret,
		      size_t *ret_count)
{
	struct completing c = { .context = context, .prefix = "" };
	const struct command_row *row;
	char **argv = NULL;
	int argc = 0, words = 0;
	size_t length = strlen(line);

	*ret = NULL;
	*ret_count = 0;
	if (command_split(line, &argv, &argc, NULL))
		return;
	if (argc > 0 && length && !isspace((unsigned char)line[length - 1]))
		c.prefix = argv[--argc];
	c.before = argc > 0 ? argv[argc - 1] : NULL;
	c.words = argv;
	c.word_count = argc;
	offer_commands(&c, argc, argv);
	row = command_find(argc, argv, &words);
	if (row)
		offer_arguments(&c, row, argc - words, argv + words);
	if (c.count)
		qsort(c.items, c.count, sizeof(*c.items), by_word);
	command_free_words(argv, *c.prefix ? argc + 1 : argc);
	*ret = c.items;
	*ret_count = c.count;
}

void completion_free(struct completion *completions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(completions[i].word);
		free(completions[i].help);
	}
	free(completions);
}
