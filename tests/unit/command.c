/* SPDX-License-Identifier: Apache-2.0 */
/* The command table holds together: rows, words, completion, and the key file that names them. */
#include <ctype.h>

#include "psirtty/base/file.h"
#include "psirtty/command/command.h"
#include "tap.h"

static void test_rows(void)
{
	size_t count = command_count();

	CHECK(count > 50, "there are %zu commands", count);
	for (size_t i = 0; i < count; i++) {
		const struct command_row *row = command_row_at(i);
		const char *help = command_help(row);
		size_t arguments;
		const struct command_argument *a = command_arguments(row, &arguments);
		bool optional = false;

		CHECK_QUIET(i == 0 || strcmp(command_name(command_row_at(i - 1)), command_name(row)) < 0,
			    "%s: names are sorted and there once", command_name(row));
		CHECK_QUIET(help && *help && help[strlen(help) - 1] != '.' && strlen(help) <= 70,
			    "%s: one line of help", command_name(row));
		for (size_t k = 0; k < arguments; k++) {
			CHECK_QUIET(a[k].option == str_starts(a[k].name, "--"), "%s %s: options begin with --",
				    command_name(row), a[k].name);
			CHECK_QUIET(a[k].option || a[k].optional || !optional,
				    "%s %s: what is needed stands before what may be left out", command_name(row),
				    a[k].name);
			optional = optional || (!a[k].option && a[k].optional);
		}
	}
	CHECK(tap_failed == 0, "every row has one line of help and its arguments in order");
}

static void test_words(void)
{
	static const struct { const char *line; int count; const char *last; } good[] = {
		{ "", 0, NULL }, { "  a  b ", 2, "b" }, { "note 1 \"two words\"", 3, "two words" },
		{ "x 'a\\b'", 2, "a\\b" }, { "x \"a\\\"b\"", 2, "a\"b" }, { "x a\\ b", 2, "a b" }, { "x ''", 2, "" },
	};
	static const char *const open[] = { "\"", "'", "a \"b", "a 'b c" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO_ERROR err = ERROR_INIT;
		char **argv = NULL;
		int argc = -1;

		CHECK(command_split(good[i].line, &argv, &argc, &err) == 0 && argc == good[i].count &&
			      (!argc || str_equal(argv[argc - 1], good[i].last)),
		      "words of: %s", good[i].line);
		command_free_words(argv, argc);
	}
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		AUTO_ERROR err = ERROR_INIT;
		char **argv = NULL;
		int argc = 0;

		CHECK(command_split(open[i], &argv, &argc, &err) == ERR_USAGE, "an open quote: %s", open[i]);
	}
}

static void test_expand(void)
{
	struct command_context context = { .out = STR_INIT, .selected_case = "PSIRT-2026-0001" };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR line = STR_INIT;

	CHECK(command_expand(&context, "note {case} x", &line, &err) == 0, "a case is filled in");
	CHECK_STR(line.bytes, "note PSIRT-2026-0001 x", "in its place");
	CHECK(command_expand(&context, "mail take {mail}", &line, &err) == ERR_USAGE, "nothing selected is an error");
	CHECK_STR(line.bytes, "note PSIRT-2026-0001 x", "that changes nothing");
}

static void test_usage_errors(void)
{
	static const char *const lines[] = {
		"nonsense", "score", "note", "case list --limit x", "case list --nonsense", "version extra",
		"embargo propose 1", "affected set 1 gateway 1.0 broken", "init /nowhere/else", "advisory render x --to xml",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct command_context context = { .out = STR_INIT };
		AUTO_ERROR err = ERROR_INIT;
		int code = command_run_line(&context, lines[i], &err);

		CHECK(code == ERR_USAGE && err.what && err.why, "a usage error with a sentence: %s", lines[i]);
		command_context_release(&context);
	}
}

static bool completes(const char *line, const char *word)
{
	struct command_context context = { .out = STR_INIT };
	struct completion *items = NULL;
	size_t count = 0;
	bool found = false;

	command_complete(&context, line, &items, &count);
	for (size_t i = 0; i < count; i++) {
		found = found || str_equal(items[i].word, word);
		CHECK_QUIET(i == 0 || strcmp(items[i - 1].word, items[i].word) < 0, "completions of %s are sorted", line);
	}
	completion_free(items, count);
	return found;
}

static void test_completion(void)
{
	static const struct { const char *line, *word; bool there; } rows[] = {
		{ "", "case", true }, { "ca", "case", true }, { "ca", "calendar", true }, { "case ", "list", true },
		{ "case l", "log", true }, { "case l", "show", false }, { "case state 1 ", "valid", true },
		{ "case state 1 v", "valid", true }, { "case set 1 ", "cwe", true }, { "affected set 1 p 1 ", "fixed", true },
		{ "advisory render x --to ", "csaf-2.0", true }, { "repro add 1 b ", "partial", true },
		{ "party add 1 x co", "coordinator", true }, { "down", "down", false }, { "\"open", "open", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(completes(rows[i].line, rows[i].word) == rows[i].there, "\"%s\" %s %s", rows[i].line,
		      rows[i].there ? "offers" : "does not offer", rows[i].word);
}

/* Every command line that a key is bound to begins with words of the table. */
static void test_keys(void)
{
	AUTO_STRING path = file_data("keys.conf");
	AUTO_STR text = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	size_t bound = 0;

	CHECK(file_read(path, 1 << 20, &text, &err) == 0, "the key file is there");
	for (char *line = text.bytes; *line; ) {
		char *end = line + strcspn(line, "\n"), *next = *end ? end + 1 : end, *command = line, **argv = NULL;
		int argc = 0, words = 0;

		*end = '\0';
		for (int skip = 0; skip < 2 && *line != '#'; skip++) {
			command += strcspn(command, " ");
			command += strspn(command, " ");
		}
		command += *command == ':';
		if (*line != '#' && *command && strncmp(command, "none", 4) != 0 &&
		    command_split(command, &argv, &argc, NULL) == 0) {
			CHECK_QUIET(argc == 0 || command_find(argc, argv, &words) || *command == '-', "no such command: %s",
				    line);
			bound++;
		}
		command_free_words(argv, argc);
		line = next;
	}
	CHECK(bound > 60, "%zu keys are bound to commands that are there", bound);
}

static void test_manual(void)
{
	struct command_context context = { .out = STR_INIT };
	AUTO_STRING path = file_data("psirtty.1");
	AUTO_STR page = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(file_read(path, 1 << 20, &page, &err) == 0, "the manual page is there");
	CHECK(command_run_line(&context, "help --man", &err) == 0, "the table writes one");
	CHECK(str_equal(page.bytes, context.out.bytes),
	      "the page in data/ is what the table writes (psirtty help --man > data/psirtty.1)");
	command_context_release(&context);
}

static void test_reference(void)
{
	static const char *const files[] = { "psirtty.yaml.5", "psirtty.bash", "psirtty.zsh", "psirtty.fish", "keys.txt" };
	static const char *const kinds[] = { "yaml", "bash", "zsh", "fish", "keys" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct command_context context = { .out = STR_INIT };
		AUTO_STRING name = mem_format("reference/%s", files[i]);
		AUTO_STRING line = mem_format("help --reference %s", kinds[i]);
		AUTO_STRING path = file_data(name);
		AUTO_STR text = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;

		CHECK(file_read(path, 1 << 20, &text, &err) == 0 && command_run_line(&context, line, &err) == 0 &&
		      str_equal(text.bytes, context.out.bytes), "data/%s is what the tables write (make reference)", name);
		command_context_release(&context);
	}
}

int main(void)
{
	test_rows();
	test_reference();
	test_words();
	test_expand();
	test_usage_errors();
	test_completion();
	test_keys();
	test_manual();
	return tap_done();
}
