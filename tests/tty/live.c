/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real program on a real vault in a pseudo-terminal, for what needs a clock beside it: keys answered while a
 * job runs, and for somebody who reads only what stands on it. Called by jobs.sh: live job|cancel VAULT LINE, the line
 * of a long job, or live walk VAULT.
 */
#include <ctype.h>
#include <stdlib.h>

#include "pty.h"

#include "../unit/tap.h"
#include "psirtty/command/command.h"

enum { KEYS = 20000, KEYS_LEAST = 20, FRAME_US = 16000 };

/* The line with the selection's mark: "> M-0003 …". */
static void selected(struct pty *s, struct str *ret)
{
	AUTO_STR text = STR_INIT;
	const char *at;

	pty_text(s, &text);
	at = strstr(text.bytes, "\n> ");
	str_reset(ret);
	if (at)
		str_add_bytes(ret, at + 1, strcspn(at + 1, "\n"));
}

static bool selection_left(struct pty *s, const void *argument)
{
	AUTO_STR now = STR_INIT;

	selected(s, &now);
	return now.length && strncmp(now.bytes, argument, 14) != 0;
}

static bool shows(struct pty *s, const char *what)
{
	AUTO_STR text = STR_INIT;

	pty_text(s, &text);
	return strstr(text.bytes, what) != NULL;
}

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Keys for as long as the job runs; what each took, in microseconds. */
static size_t keys_while_running(struct pty *s, long long took[KEYS])
{
	size_t answered = 0;

	while (answered < KEYS && shows(s, "jobs 1")) {
		AUTO_STR before = STR_INIT;
		long long began = pty_now();

		selected(s, &before);
		pty_send(s, answered % 2 ? "j" : "k");
		if (!pty_wait(s, selection_left, before.bytes))
			break;
		took[answered++] = pty_now() - began;
	}
	return answered;
}

static void test_job(const char *vault, const char *line)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };
	static long long took[KEYS];
	long long began = pty_now();
	AUTO_STR before = STR_INIT, after = STR_INIT;
	struct pty s;
	size_t answered;

	pty_start(&s, 24, 80, argv, NULL);
	CHECK(pty_wait_text(&s, "Inbox: 5"), "the inbox is there");
	pty_send(&s, "k:");
	pty_wait_text(&s, "\n:");
	pty_send(&s, line);
	pty_send(&s, "\r");
	CHECK(pty_wait_text(&s, "jobs 1"), "\"%s\" runs as a job", line);
	answered = keys_while_running(&s, took);
	CHECK(answered >= KEYS_LEAST, "%zu keys were answered before the job ended", answered);
	qsort(took, answered, sizeof(*took), by_size);
	if (answered)
		printf("# a key: %lld microseconds in the middle, 99 of 100 within %lld, %lld at most\n",
		       took[answered / 2], took[answered * 99 / 100], took[answered - 1]);
	CHECK(answered && took[answered / 2] <= FRAME_US, "half of them within a frame");
	selected(&s, &before);
	CHECK(pty_wait_no_text(&s, "jobs 1"), "the job ends");
	CHECK(answered && took[answered - 1] < (pty_now() - began) / 4, "no key waited for it");
	selected(&s, &after);
	CHECK(before.length && strncmp(before.bytes, after.bytes, 14) == 0, "what it brought moved no selection: %s",
	      after.bytes);
	pty_send(&s, "J");
	CHECK(pty_wait_text(&s, "done"), "the list of jobs says that it is done");
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "and Q leaves");
	pty_end(&s);
}

static void test_cancel(const char *vault, const char *line)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };
	struct pty s;

	pty_start(&s, 24, 80, argv, NULL);
	pty_wait_text(&s, "Inbox: ");
	pty_send(&s, ":");
	pty_wait_text(&s, "\n:");
	pty_send(&s, line);
	pty_send(&s, "\r");
	CHECK(pty_wait_text(&s, "jobs 1"), "the job runs again");
	pty_send(&s, "\003");
	CHECK(pty_wait_no_text(&s, "jobs 1"), "^C cancels it");
	pty_send(&s, "J");
	CHECK(pty_wait_text(&s, "cancelled"), "and the list of jobs says so");
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "Q leaves");
	pty_end(&s);
}

/* ---- every command, by what stands on the screen */

enum { KEY_CELLS = 9, STEPS_MOST = 40 };

/* The line of the palette with the selection's mark names this command. */
static bool at_command(struct pty *s, const void *name)
{
	AUTO_STR line = STR_INIT;
	size_t length = strlen(name);

	selected(s, &line);
	return line.length >= KEY_CELLS + length && strncmp(line.bytes + KEY_CELLS, name, length) == 0 &&
	       (!line.bytes[KEY_CELLS + length] || str_starts(line.bytes + KEY_CELLS + length, " "));
}

static bool line_left(struct pty *s, const void *argument)
{
	AUTO_STR now = STR_INIT;

	selected(s, &now);
	return now.length && !str_equal(now.bytes, argument);
}

static bool in_help(const struct command_row *row, const char *word)
{
	AUTO_STRING lower = mem_string(command_help(row));

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return strstr(lower, word) != NULL;
}

/* Of the words of a description the one that fewest others have: whoever looks for a command says what is special about it. */
static void telling_word(const struct command_row *row, char ret[64])
{
	const char *at = command_help(row);
	size_t best = SIZE_MAX;

	for (size_t length; *at; at += length + (at[length] != 0)) {
		char word[64] = "";
		size_t others = 0;

		length = strcspn(at, " ,;:.()");
		for (size_t i = 0; i < length && i < sizeof(word) - 1; i++)
			word[i] = (char)tolower((unsigned char)at[i]);
		for (size_t i = 0; *word && i < command_count(); i++)
			others += in_help(command_row_at(i), word);
		if (length < 2 || others >= best)
			continue;
		best = others;
		snprintf(ret, 64, "%s", word);
	}
}

/* One that needs something asks for it in a form that says what it is. */
static void check_form(struct pty *s, const struct command_row *row)
{
	AUTO_STRING title = mem_format("── %s ─", command_name(row));
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);

	if (!count || arguments[0].option || arguments[0].optional || command_disabled(row, &(struct command_context){ .on_screen = true })) {
		pty_send(s, "\007");
	} else {
		pty_send(s, "\r");
		CHECK_QUIET(pty_wait_text(s, title), "%s: Enter opens its form", command_name(row));
		pty_send(s, "\007");
	}
	CHECK_QUIET(pty_wait_no_text(s, "\n?") && pty_wait_text(s, "── Metrics ─"), "%s: ^G goes back", command_name(row));
}

static bool find_command(struct pty *s, const struct command_row *row)
{
	char word[64] = "";

	telling_word(row, word);
	pty_send(s, "?");
	if (!pty_wait_text(s, "\n?"))
		return false;
	pty_send(s, word);
	for (int step = 0; step < STEPS_MOST; step++) {
		AUTO_STRING typed = mem_format("\n?%s", word);
		AUTO_STR before = STR_INIT;

		if (!pty_wait_text(s, typed))
			return false;
		if (at_command(s, command_name(row)))
			return true;
		selected(s, &before);
		pty_send(s, "\033[B");
		if (!pty_wait(s, line_left, before.bytes))
			return false;
	}
	return false;
}

static void test_walk(const char *vault)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };
	size_t found = 0, wanted = 0;
	struct pty s;

	pty_start(&s, 24, 80, argv, NULL);
	CHECK(pty_wait_text(&s, "? all keys"), "the first screen says which key lists everything");
	CHECK(pty_wait_text(&s, "8 Met"), "and how to go elsewhere");
	pty_send(&s, "8");
	CHECK(pty_wait_text(&s, "── Metrics ─"), "which works");
	for (size_t i = 0; i < command_count(); i++) {
		const struct command_row *row = command_row_at(i);

		/* Where a vault is open none is made. */
		if (str_equal(command_name(row), "init"))
			continue;
		wanted++;
		if (find_command(&s, row)) {
			found++;
			check_form(&s, row);
			continue;
		}
		CHECK(false, "%s: a word of \"%s\" finds it", command_name(row), command_help(row));
		break;
	}
	CHECK(found == wanted && wanted > 150, "%zu of %zu commands are found by a word of their description, and opened", found, wanted);
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "Q leaves");
	pty_end(&s);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "walk") == 0)
		return test_walk(argv[2]), tap_done();
	if (argc < 4)
		return 2;
	if (strcmp(argv[1], "cancel") == 0)
		test_cancel(argv[2], argv[3]);
	else
		test_job(argv[2], argv[3]);
	return tap_done();
}
