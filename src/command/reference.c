/* SPDX-License-Identifier: Apache-2.0 */
/* The settings' manual page, completions for three shells and the key card, each out of its table. */
#include "command/reference.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/settings.h"

const char *const reference_kinds[] = { "yaml", "bash", "zsh", "fish", "keys", NULL };

/* ---- settings: psirtty.yaml.5 */

static void add_option(struct str *ret, const struct option_row *row)
{
	AUTO_STR range = STR_INIT;

	option_describe(row, &range);
	str_add_format(ret, ".TP\n.B %s: ", row->name);
	manual_escape(ret, row->fallback);
	str_add_char(ret, '\n');
	manual_escape(ret, row->help);
	str_add(ret, ".\n.br\nValues: ");
	manual_escape(ret, range.bytes);
	str_add(ret, ".\n");
}

/* Mail accounts and how letters go out, in the same file. */
static void add_accounts(struct str *ret)
{
	const struct settings_row *rows;
	size_t count = settings_rows(&rows);

	str_add(ret, ".SH MAIL AND NETWORK\n");
	for (size_t i = 0; i < count; i++) {
		str_add(ret, ".TP\n.B ");
		manual_escape(ret, rows[i].name);
		str_add_char(ret, '\n');
		manual_escape(ret, rows[i].help);
		str_add(ret, ".\n");
	}
}

static void add_yaml(struct str *ret)
{
	str_add(ret, ".TH PSIRTTY.YAML 5\n.SH NAME\npsirtty.yaml \\- settings of psirtty\n.SH DESCRIPTION\n"
		     "Three files may hold settings, the later wins: /etc/psirtty/psirtty.yaml, psirtty.yaml in the vault's "
		     "folder, and $XDG_CONFIG_HOME/psirtty/psirtty.yaml (~/.config). Each is a map in YAML. On the screen "
		     "set OPTION VALUE changes one until the end of the session, \\-\\-save writes it into saved.yaml beside the last of them, which wins over it. "
		     "A mistake is told with file, line and what was expected; what was read before it counts.\n.SH OPTIONS\n"
		     "Shown with their defaults.\n");
	for (size_t i = 0; i < option_count; i++)
		add_option(ret, &option_rows[i]);
	add_accounts(ret);
	str_add(ret, ".SH VIEWS\n.B views\nis a map of names; each has a pane and a filter. view save NAME writes one, into saved.yaml beside it:\n.nf\n"
		     "views:\n  \"urgent\":\n    pane: cases\n    filter: \"sev:critical due:<7d\"\n.fi\n"
		     ".SH FILES\nkeys.conf beside it binds keys, themes/NAME.yaml holds a theme of your own.\n"
		     ".SH SEE ALSO\npsirtty(1)\n");
}

/* ---- completions: for each beginning of a command the words that may follow */

/* The next words after PREFIX ("" or "mail "), a call each; HELP where the command is whole then. */
typedef void (*next_fn)(struct str *ret, const char *prefix, const char *word, const char *help);

static void each_next(struct str *ret, const char *prefix, next_fn fn)
{
	size_t length = strlen(prefix);
	AUTO_STRING last = NULL;

	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);
		const char *rest = row->name + length;
		AUTO_STRING word = NULL;

		if (row->flags & COMMAND_SCREEN || strncmp(row->name, prefix, length) != 0 || !*rest)
			continue;
		word = mem_copy(rest, strcspn(rest, " "));
		if (!str_equal(word, last))
			fn(ret, prefix, word, strchr(rest, ' ') ? "" : row->help);
		mem_replace(&last, word);
	}
}

/* What may follow a whole command: its options, and the words of its arguments. */
static void each_argument(struct str *ret, const struct command_row *row, next_fn fn)
{
	AUTO_STRING prefix = mem_format("%s ", row->name);
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);

	for (size_t i = 0; i < count; i++) {
		if (arguments[i].option)
			fn(ret, prefix, arguments[i].name, str_or_empty(arguments[i].help));
		for (size_t w = 0; !arguments[i].option && arguments[i].words && arguments[i].words[w]; w++)
			fn(ret, prefix, arguments[i].words[w], "");
	}
	if (row->flags & COMMAND_JSON)
		fn(ret, prefix, "--json", "");
}

static bool begins_group(size_t index, char **ret_prefix)
{
	const struct command_row *row = command_row_at(index);
	const char *space = strchr(row->name, ' ');
	size_t length = space ? (size_t)(space - row->name) + 1 : 0;

	if (!space || (index > 0 && strncmp(command_row_at(index - 1)->name, row->name, length) == 0))
		return false;
	*ret_prefix = mem_copy(row->name, length);
	return true;
}

static void add_word(struct str *ret, const char *prefix, const char *word, const char *help)
{
	(void)prefix;
	(void)help;
	str_add_format(ret, "%s ", word);
}

/* One line of a shell's case: the words so far, then what may follow. */
static void each_case(struct str *ret, const char *open, const char *close)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);
		AUTO_STR words = STR_INIT;
		char *prefix = NULL;

		if (begins_group(i, &prefix)) {
			str_add_format(ret, "  '%.*s') %s", (int)strlen(prefix) - 1, prefix, open);
			each_next(ret, prefix, add_word);
			str_add_format(ret, "%s\n", close);
		}
		free(prefix);
		each_argument(&words, row, add_word);
		if (words.length && !(row->flags & COMMAND_SCREEN))
			str_add_format(ret, "  '%s'*) %s%s%s\n", row->name, open, words.bytes, close);
	}
}

static void add_bash(struct str *ret)
{
	str_add(ret, "# bash completion of psirtty, out of its command table\n_psirtty() {\n"
		     "  local line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words=\n  case \"$line\" in\n  '') words='");
	each_next(ret, "", add_word);
	str_add(ret, "--vault --json --offline --now --plain --readonly' ;;\n");
	each_case(ret, "words='", "' ;;");
	str_add(ret, "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
		     "complete -o default -F _psirtty psirtty\n");
}

static void add_zsh(struct str *ret)
{
	str_add(ret, "#compdef psirtty\n# zsh completion of psirtty, out of its command table\n_psirtty() {\n"
		     "  local line=\"${words[2,CURRENT-1]}\"\n  local -a next\n  case \"$line\" in\n  '') next=(");
	each_next(ret, "", add_word);
	str_add(ret, "--vault --json --offline --now --plain --readonly) ;;\n");
	each_case(ret, "next=(", ") ;;");
	str_add(ret, "  esac\n  compadd -a next\n  _files\n}\n_psirtty \"$@\"\n");
}

static void add_fish_line(struct str *ret, const char *prefix, const char *word, const char *help)
{
	int length = (int)strlen(prefix);

	str_add_format(ret, "complete -c psirtty -n '__psirtty_at \"%.*s\"' -a '%s' -d '", length ? length - 1 : 0, prefix, word);
	for (; *help; help++) {
		if (*help == '\'' || *help == '\\')
			str_add_char(ret, '\\');
		str_add_char(ret, *help);
	}
	str_add(ret, "'\n");
}

static void add_fish(struct str *ret)
{
	str_add(ret, "# fish completion of psirtty, out of its command table\nfunction __psirtty_at\n"
		     "    set -l words (commandline -opc)\n    string match -q -- \"$argv[1]*\" \"$words[2..-1]\"\n"
		     "    and test (count (string split -n ' ' -- $argv[1])) -le (math (count $words) - 1)\nend\n");
	each_next(ret, "", add_fish_line);
	for (size_t i = 0; i < command_count(); i++) {
		char *prefix = NULL;

		if (begins_group(i, &prefix))
			each_next(ret, prefix, add_fish_line);
		free(prefix);
		if (!(command_row_at(i)->flags & COMMAND_SCREEN))
			each_argument(ret, command_row_at(i), add_fish_line);
	}
}

/* ---- the key card */

static void add_key(struct str *ret, const char *key, const char *line)
{
	const struct command_row *row;
	char **argv = NULL;
	int argc = 0, words = 0;

	line += *line == ':';
	if (command_split(line, &argv, &argc, NULL))
		return;
	row = argc ? command_find(argc, argv, &words) : NULL;
	str_add_format(ret, "  %-10s %-26.*s %s\n", key, (int)strcspn(line, "{"), line, row ? row->help : "");
	command_free_words(argv, argc);
}

static void add_binding(struct str *ret, char *line, char **context)
{
	char *rest = line + strspn(line, " "), *place, *key, *label;

	if (!*rest || *rest == '#')
		return;
	place = strsep(&rest, " ");
	key = rest ? strsep(&rest, " ") : NULL;
	label = rest ? strstr(rest, " -- ") : NULL;
	if (label)
		*label = 0;
	if (!rest || str_equal(rest, "none"))
		return;
	if (!str_equal(place, *context))
		str_add_format(ret, "\n%s\n", place);
	mem_replace(context, place);
	add_key(ret, key, rest);
}

static int add_keys(struct str *ret, struct error *err)
{
	AUTO_STRING path = file_data("keys.conf");
	AUTO_STRING context = NULL;
	struct str text = STR_INIT;
	char *rest, *line;
	int code = file_read(path, 1 << 18, &text, err);

	str_add(ret, "Keys of psirtty. The nearest place that knows a key wins: the pane or tab, then case or panes,\n"
		     "list or text, then global. A comma parts two keys pressed one after the other.\n");
	rest = text.bytes;
	while (!code && (line = strsep(&rest, "\n")) != NULL)
		add_binding(ret, line, &context);
	str_release(&text);
	return code;
}

int reference_add(const char *kind, struct str *ret, struct error *err)
{
	static const struct { const char *kind; void (*add)(struct str *ret); } rows[] = {
		{ "yaml", add_yaml }, { "bash", add_bash }, { "zsh", add_zsh }, { "fish", add_fish },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].kind, kind)) {
			rows[i].add(ret);
			return 0;
		}
	return add_keys(ret, err);
}
