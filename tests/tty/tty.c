/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workstation in a pseudo-terminal: bytes for each key, one write a frame, resizing, stopping, dying, hostile
 * text. Called as "tty run CASES [alone]" this program is the workstation on the fake vault.
 */
#include "budget.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "fake.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/tui/tui.h"

/* ---- the program under test */

static int work(void *argument)
{
	struct command_context context = { .out = STR_INIT };
	int status;

	context.desk = fake_desk_new(strtoul(argument, NULL, 10));
	status = budget_work(&context);
	command_context_release(&context);
	str_release(&fake_ran);
	return status;
}

static int run(int argc, char **argv)
{
	i18n_start();
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	return argc > 3 ? work(argv[2]) : tui_supervise(work, argv[2]);
}

/* ---- the tests */

static char self[4096];
static const char *many[] = { self, "run", "10000", "alone", NULL };
static const char *few[] = { self, "run", "0", NULL };

/* Every row of the list holds what was typed. */
static bool rows_match(struct pty *s, const void *argument)
{
	AUTO_STR text = STR_INIT;
	size_t rows = 0, matching = 0;
	char *line, *rest;

	(void)argument;
	pty_text(s, &text);
	for (rest = text.bytes; (line = strsep(&rest, "\n")) != NULL;)
		if (strstr(line, "PSIRT-20")) {
			rows++;
			matching += strstr(line, "verflow") != NULL;
		}
	return rows > 5 && rows == matching;
}

static void test_budget(const struct budget *b)
{
	struct pty s;

	pty_start(&s, b->rows, b->cols, many, NULL);
	CHECK(pty_wait_text(&s, "Inbox"), "%dx%d: the inbox is there", b->cols, b->rows);
	pty_send(&s, "0");
	CHECK(pty_wait_text(&s, "PSIRT-2026-0003"), "%dx%d: the case list is there", b->cols, b->rows);
	budget_measure(&s, b);
	budget_filter(&s, b, "overflow");
	CHECK(pty_wait(&s, rows_match, NULL), "%dx%d: when the typing rests every row matches", b->cols, b->rows);
	pty_send(&s, "\r");
	budget_idle(&s, b);
	budget_turns(&s);
	pty_end(&s);
}

static void test_preview_bytes(void)
{
	struct pty s;
	size_t before;

	pty_start(&s, 24, 80, many, NULL);
	pty_wait_text(&s, "Inbox");
	pty_send(&s, "0");
	pty_wait_text(&s, "PSIRT-2026-0003");
	budget_settle(&s, 2);
	budget_frame(&s, "j");
	before = s.shared->bytes;
	budget_settle(&s, 2);
	printf("# the preview that follows a move at rest: %zu bytes\n", s.shared->bytes - before);
	CHECK(s.shared->bytes - before <= 1600, "a preview writes no more than a page");
	pty_send(&s, ":pane audit\r");
	CHECK(pty_wait_text(&s, "Audit: 200"), "of what was done the newest is listed at once");
	pty_send(&s, "G");
	CHECK(pty_wait_text(&s, "Audit: 400"), "at the end of it more follows");
	pty_end(&s);
}

static void test_resize_storm(void)
{
	static const struct { int rows, cols; } sizes[] = {
		{ 50, 200 }, { 5, 20 }, { 2, 5 }, { 1, 1 }, { 15, 60 }, { 14, 59 }, { 60, 240 }, { 3, 300 }, { 24, 80 },
	};
	struct pty s;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "Inbox");
	for (int round = 0; round < 5; round++)
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			pty_resize(&s, sizes[i].rows, sizes[i].cols);
			pty_send(&s, i % 2 ? "j" : "k");
		}
	CHECK(pty_wait_text(&s, "M-0001") && pty_wait_text(&s, "● team"), "after a storm of sizes all is there");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		size_t frames = s.shared->frames;

		pty_resize(&s, sizes[i].rows, sizes[i].cols);
		CHECK_QUIET(pty_wait_frames(&s, frames, 1), "a frame at %dx%d", sizes[i].cols, sizes[i].rows);
	}
	CHECK(pty_wait_text(&s, "M-0001"), "each size had its frame");
	pty_end(&s);
}

static bool alternate_is(struct pty *s, const void *argument)
{
	return s->alternate == *(const bool *)argument;
}

static void test_stop_and_continue(void)
{
	const char *shell[] = { "bash", "--norc", "--noprofile", "-i", NULL };
	AUTO_STRING line = mem_format("%s run 0\n", self);
	bool on = true, off = false;
	struct pty s;

	pty_start(&s, 24, 80, shell, "PS1=ready> ");
	if (!pty_wait_text(&s, "ready>")) {
		tap_skip("stopping under a shell", "no bash here");
		pty_end(&s);
		return;
	}
	pty_send(&s, line);
	CHECK(pty_wait_text(&s, "M-0001") && s.alternate, "started from a shell");
	for (int i = 0; i < 3; i++) {
		pty_send(&s, "\032");
		CHECK(pty_wait(&s, alternate_is, &off) && pty_wait_text(&s, "Stopped"), "^Z gives the shell back");
		pty_send(&s, "echo al''ive\n");
		CHECK(pty_wait_text(&s, "alive"), "the shell works meanwhile");
		pty_send(&s, "clear; fg\n");
		CHECK(pty_wait(&s, alternate_is, &on) && pty_wait_text(&s, "M-0001"), "fg draws all again");
	}
	pty_send(&s, "Q");
	CHECK(pty_wait(&s, alternate_is, &off), "Q leaves");
	pty_send(&s, "echo do''ne\n");
	CHECK(pty_wait_text(&s, "done"), "the shell is as it was");
	pty_end(&s);
}

static bool same_termios(const struct pty *s)
{
	struct termios now;

	tcgetattr(s->fd, &now);
	return now.c_lflag == s->before.c_lflag && now.c_iflag == s->before.c_iflag && now.c_oflag == s->before.c_oflag;
}

/* Whatever signal ends the inner process, the terminal is as it was. */
static void test_deaths(void)
{
	static const struct { int number, exits; } deaths[] = {
		{ SIGKILL, 128 + SIGKILL }, { SIGBUS, -1 }, { SIGTERM, 0 }, { SIGHUP, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(deaths); i++) {
		struct pty s;
		int status;

		pty_start(&s, 24, 80, few, NULL);
		CHECK(pty_wait_text(&s, "M-0001") && s.alternate && !same_termios(&s), "the screen is taken");
		kill(s.shared->inner, deaths[i].number);
		status = pty_status(&s);
		CHECK(WIFEXITED(status) && (deaths[i].exits < 0 || WEXITSTATUS(status) == deaths[i].exits),
		      "%s: the supervisor ends with %d", strsignal(deaths[i].number), WEXITSTATUS(status));
		CHECK(!s.alternate && same_termios(&s), "%s: the terminal is as it was", strsignal(deaths[i].number));
		if (deaths[i].number == SIGKILL)
			CHECK(pty_wait_text(&s, "ended by signal 9"), "one sentence says what happened");
		pty_end(&s);
	}
}

/* Neither in the alternate screen, should somebody switch back to it, nor where there is none. */
static void test_nothing_left(void)
{
	static const char *const terminals[] = {
		"TERM=xterm-256color", "TERM=xterm", "TERM=tmux-256color", "TERM=screen", "TERM=vt100", "TERM=linux",
	};
	static const int numbers[] = { SIGKILL, SIGTERM };

	for (size_t i = 0; i < ARRAY_LEN(terminals) * ARRAY_LEN(numbers); i++) {
		int number = numbers[i % ARRAY_LEN(numbers)];
		struct pty s;
		AUTO_STR text = STR_INIT;

		pty_start(&s, 24, 80, few, terminals[i / ARRAY_LEN(numbers)]);
		pty_wait_text(&s, "M-0001");
		kill(s.shared->inner, number);
		pty_status(&s);
		pty_text(&s, &text);
		CHECK(!strstr(text.bytes, "M-000"), "%s, %s: nothing of the vault stays on the screen",
		      terminals[i / ARRAY_LEN(numbers)], strsignal(number));
		vterm_input_write(s.vterm, "\033[?47h", 6);
		str_reset(&text);
		pty_text(&s, &text);
		CHECK(!strstr(text.bytes, "M-000"), "nor in the alternate one");
		pty_end(&s);
	}
}

static bool raw_has(struct pty *s, const void *argument)
{
	return s->raw.bytes && strstr(s->raw.bytes, argument) != NULL;
}

/* On each terminal the same screen, by its own means. */
static void test_terminals(void)
{
	static const char *const terminals[] = {
		"TERM=xterm", "TERM=tmux-256color", "TERM=screen", "TERM=screen-256color", "TERM=linux", "TERM=vt100",
	};

	for (size_t i = 0; i < ARRAY_LEN(terminals); i++) {
		struct pty s;

		pty_start(&s, 24, 80, few, terminals[i]);
		CHECK(pty_wait_text(&s, "M-0001"), "%s: drawn", terminals[i]);
		pty_send(&s, "0g");
		CHECK(pty_wait_text(&s, "> !~  PSIRT-2026-0001"), "%s: the first case is selected", terminals[i]);
		pty_send(&s, "j");
		CHECK(pty_wait_text(&s, "> *!  PSIRT-2026-0002"), "%s: and the next one", terminals[i]);
		pty_send(&s, "\r");
		CHECK(pty_wait_text(&s, "[Summary]"), "%s: a case is opened", terminals[i]);
		pty_send(&s, "Q");
		CHECK(pty_status(&s) == 0 && same_termios(&s), "%s: and the terminal is as it was", terminals[i]);
		pty_end(&s);
	}
}

static bool is_program(const char *name)
{
	AUTO_STRING paths = mem_string(str_or_empty(getenv("PATH")));
	char *rest = paths, *dir;
	bool found = false;

	while (!found && (dir = strsep(&rest, ":")) != NULL) {
		AUTO_STRING path = mem_format("%s/%s", dir, name);

		found = access(path, X_OK) == 0;
	}
	return found;
}

/* Inside the programs that people leave it running in: drawn, moved in, resized, left. */
static void test_multiplexers(void)
{
	static const char *inside_tmux[] = { "tmux", "-L", "psirtty-test", "-f", "/dev/null", "new-session", self, "run", "0", NULL };
	static const char *inside_screen[] = { "screen", "-c", "/dev/null", self, "run", "0", NULL };
	static const char *const *const lines[] = { inside_tmux, inside_screen };
	char folder[] = "/tmp/pt.XXXXXX";

	if (!mkdtemp(folder) || setenv("SCREENDIR", folder, 1) || setenv("TMUX_TMPDIR", folder, 1))
		return;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct pty s;

		if (!is_program(lines[i][0])) {
			tap_skip(lines[i][0], "it is not here");
			continue;
		}
		pty_start(&s, 24, 80, lines[i], "TMUX=");
		CHECK(pty_wait_text(&s, "M-0001"), "%s: drawn", lines[i][0]);
		pty_send(&s, "0g");
		CHECK(pty_wait_text(&s, "> !~  PSIRT-2026-0001"), "%s: the first case is selected", lines[i][0]);
		pty_send(&s, "j");
		CHECK(pty_wait_text(&s, "> *!  PSIRT-2026-0002"), "%s: and the next one", lines[i][0]);
		pty_resize(&s, 50, 200);
		CHECK(pty_wait_text(&s, "6 Feeds 7 Products 8 Metrics"), "%s: a larger window shows the panes' whole names", lines[i][0]);
		pty_send(&s, "\r");
		CHECK(pty_wait_text(&s, "[Summary]"), "%s: a case is opened", lines[i][0]);
		pty_send(&s, "Q");
		CHECK(WIFEXITED(pty_status(&s)) && same_termios(&s), "%s: and the terminal is as it was", lines[i][0]);
		pty_end(&s);
	}
	file_remove_tree(folder, NULL);
}

/* Copying is one sequence with the text in base64. Inside tmux it is tmux's (tests/tty/workstation.sh). */
static void test_clipboard(void)
{
	struct pty s;

	pty_start(&s, 24, 80, few, "TMUX=");
	pty_wait_text(&s, "Inbox");
	pty_send(&s, "0g:copy id\r");
	CHECK(pty_wait(&s, raw_has, "\033]52;c;UFNJUlQtMjAyNi0wMDAx\a"), "the case's id goes to the terminal's clipboard");
	CHECK(pty_wait_text(&s, "Sent 15 bytes"), "and is said to be sent");
	pty_end(&s);
}

/* Two deadlines pass, and neither a frame nor a byte comes. */
static void check_still(struct pty *s, const char *where)
{
	size_t frames, bytes, polls;

	budget_settle(s, 2);
	frames = s->shared->frames;
	bytes = s->shared->bytes;
	polls = s->shared->polls;
	budget_settle(s, 2);
	CHECK(s->shared->polls >= polls + 2, "%s: the loop waits", where);
	CHECK(s->shared->frames == frames && s->shared->bytes == bytes, "%s: %zu frames, %zu bytes while idle", where,
	      s->shared->frames - frames, s->shared->bytes - bytes);
}

/* Also where no preview follows what was moved. */
static void test_still(void)
{
	static const struct { const char *where, *keys, *shows; } places[] = {
		{ "a text", "0g\rjG", "[Summary]" }, { "the palette", "?undo", "undo" },
	};
	struct pty s;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "Inbox");
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		pty_send(&s, places[i].keys);
		CHECK(pty_wait_text(&s, places[i].shows), "%s is there", places[i].where);
		check_still(&s, places[i].where);
	}
	pty_end(&s);
}

/* Up, as the keypad's mode has it, is the first thing typed after unlocking. */
static void test_keypad(void)
{
	static const char *const ups[] = { "\033OA", "\033[A" };

	for (size_t i = 0; i < ARRAY_LEN(ups); i++) {
		const char *at, *last = NULL;
		struct pty s;

		pty_start(&s, 24, 80, few, NULL);
		pty_wait_text(&s, "Inbox");
		pty_send(&s, ":lock\r");
		pty_wait_text(&s, "is locked");
		pty_send(&s, "\r");
		CHECK(pty_wait_text(&s, "M-0001"), "unlocked");
		for (at = s.raw.bytes; (at = strstr(at, "\033[?1")) != NULL; at += 5)
			last = at[4] == 'h' || at[4] == 'l' ? at : last;
		CHECK(last && last[4] == 'h', "the keypad is in the mode that terminfo describes");
		pty_send(&s, ":");
		pty_wait_text(&s, "\n:");
		pty_send(&s, ups[i]);
		pty_send(&s, "answer");
		CHECK(pty_wait_text(&s, "\n:answer"), "Up is Up");
		pty_end(&s);
	}
}

static void test_supervisor_asked_to_end(void)
{
	struct pty s;
	int status;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "M-0001");
	kill(s.child, SIGTERM);
	status = pty_status(&s);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0 && !s.alternate && same_termios(&s),
	      "SIGTERM to the supervisor closes the workstation (status %#x, alternate %d, termios %d)", (unsigned)status,
	      s.alternate, same_termios(&s));
	pty_end(&s);
}

/* No sequence of the terminal's but those that drawing needs; nothing of the stranger's. */
static void test_hostile(void)
{
	struct pty s;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "Inbox");
	CHECK(pty_wait_text(&s, "<RLO>"), "a subject's override is shown as a mark");
	pty_send(&s, "G\r");
	CHECK(pty_wait_text(&s, "hidden characters"), "and counted");
	pty_send(&s, "\0330G\r");
	pty_wait_text(&s, "txt.exe");
	pty_send(&s, ":\033[200~paste\033]0;x\007\033[201~");
	CHECK(pty_wait_text(&s, "paste"), "pasted text lands on the command line");
	CHECK(!strstr(s.raw.bytes, "\033]"), "no OSC leaves");
	CHECK(!strstr(s.raw.bytes, "\xC2\x9B"), "no C1 leaves");
	CHECK(!strstr(s.raw.bytes, "\xE2\x80\xAE"), "no bidi override leaves");
	CHECK(!strchr(s.raw.bytes, '\007'), "no bell leaves");
	pty_end(&s);
}

/* The end of a job is told by a bell, or by the terminal's notice: neither says what it was about. */
static void test_notices(void)
{
	static const struct { const char *how, *sequence; } ways[] = {
		{ "bell", "\a" }, { "osc9", "\033]9;psirtty: a job has ended\a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		AUTO_STRING set = mem_format(":set notify %s\r", ways[i].how);
		struct pty s;

		pty_start(&s, 24, 80, few, NULL);
		pty_wait_text(&s, "Inbox");
		pty_send(&s, set);
		pty_wait_text(&s, "notify is");
		pty_send(&s, ":mail import PSIRT-2026-0001\r");
		CHECK(pty_wait_text(&s, "jobs 1"), "a job runs");
		pty_send(&s, "\003");
		CHECK(pty_wait(&s, raw_has, ways[i].sequence), "%s: its end is told", ways[i].how);
		CHECK(i > 0 || !strstr(s.raw.bytes, "\033]"), "a bell is a bell alone");
		pty_end(&s);
	}
}

/* Does a sequence ESC [ … m in RAW set a colour? */
static bool has_colour(const char *raw)
{
	for (const char *at = raw; (at = strstr(at, "\033[")) != NULL; at += 2) {
		size_t length = strspn(at + 2, "0123456789;");
		AUTO_STRING numbers = mem_copy(at + 2, length);
		char *rest = numbers, *number;

		if (at[2 + length] != 'm')
			continue;
		while ((number = strsep(&rest, ";")) != NULL) {
			long value = strtol(number, NULL, 10);

			if ((value >= 30 && value <= 49) || (value >= 90 && value <= 107))
				return true;
		}
	}
	return false;
}

static void test_colours(void)
{
	struct pty s;

	pty_start(&s, 24, 80, few, "NO_COLOR=1");
	pty_wait_text(&s, "M-0001");
	pty_send(&s, "0");
	pty_wait_text(&s, "PSIRT-2026-0003");
	CHECK(!has_colour(s.raw.bytes), "NO_COLOR: not one colour is written");
	pty_end(&s);
	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "M-0001");
	CHECK(has_colour(s.raw.bytes), "and without it some are");
	pty_end(&s);
}

static void test_no_terminal(void)
{
	struct pty s;
	int status;

	pty_start(&s, 24, 80, few, "TERM=dumb");
	CHECK(pty_wait_text(&s, "TERM is dumb"), "TERM=dumb gets a sentence");
	status = pty_status(&s);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3, "and exit code 3");
	pty_end(&s);
	pty_start(&s, 24, 80, few, "TERM=no-such-terminal");
	CHECK(pty_wait_text(&s, "nothing is known"), "an unknown terminal too");
	pty_status(&s);
	pty_end(&s);
}

/* Piece by piece, since what arrives meanwhile has to be read. */
static void send_all(struct pty *s, const char *bytes, size_t length)
{
	for (size_t sent = 0; sent < length;) {
		size_t piece = length - sent < 2048 ? length - sent : 2048;
		AUTO_STRING part = mem_copy(bytes + sent, piece);

		pty_send(s, part);
		sent += piece;
	}
}

static void test_ascii(void)
{
	static const char *const places[] = {
		"0", "2", "3", "4", "5", "6", "7", "8", "0g\r", "\t\t\t", ":mail import PSIRT-2026-0001\r", "J", "?", "\033",
		":form case set\r", "\033",
	};
	struct pty s;

	pty_start(&s, 24, 80, few, "LC_ALL=C");
	CHECK(pty_wait_text(&s, "-- Inbox: 5 ---"), "without UTF-8 rules are ASCII");
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		budget_frame(&s, places[i]);
	pty_send(&s, "J");
	CHECK(pty_wait_text(&s, "#####..............."), "a job's bar is ASCII, too");
	for (size_t i = 0; i < s.raw.length; i++)
		CHECK_QUIET((unsigned char)s.raw.bytes[i] < 128, "byte %zu is ASCII", i);
	pty_end(&s);
}

/* Readline's keys with Alt, as terminals send them. */
static void test_alt(void)
{
	struct pty s;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "Inbox");
	pty_send(&s, ":one \xE7\xBD\x91\xE7\xBB\x9C two");
	pty_wait_text(&s, "two");
	pty_send(&s, "\033b\033bX\033fY\033\177Z\033d\001\031");
	CHECK(pty_wait_text(&s, "\n: twoone Z"), "M-b, M-f, M-Backspace, M-d, C-a and C-y edit the line");
	pty_send(&s, "\033");
	CHECK(pty_wait_no_text(&s, "\n: two"), "Escape alone leaves it");
	pty_end(&s);
}

/* What is pasted is text: no key, no second line, no sequence; too much of it is told. */
static void test_paste(void)
{
	static const struct { const char *opens, *shows; } places[] = {
		{ ":", "\n:" }, { "0g:form note\r", "> TEXT" },
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_STR much = STR_INIT;
		struct pty s;

		pty_start(&s, 24, 80, few, NULL);
		pty_wait_text(&s, "Inbox");
		pty_send(&s, places[i].opens);
		pty_wait_text(&s, places[i].shows);
		pty_send(&s, "\033[200~first\rsecond\033]0;x\007\033[31m end\033[201~");
		CHECK(pty_wait_text(&s, "first second"), "%s: lines and sequences are pasted as one line", places[i].opens);
		CHECK(!strstr(s.raw.bytes, "\033]0;") && !strchr(s.raw.bytes, '\007'), "and none of them is obeyed");
		str_add(&much, "\033[200~");
		str_add_repeat(&much, 'x', 1 << 20);
		str_add(&much, "\033[201~");
		send_all(&s, much.bytes, much.length);
		CHECK(pty_wait_text(&s, "too long for a line"), "a megabyte is refused, and that is said");
		CHECK(pty_wait_text(&s, "first second"), "what was there stays");
		pty_end(&s);
	}
}

/* The terminal is asked whether it can; frames are marked only where it says so. */
static void test_synchronised(void)
{
	static const struct { const char *answer; bool can; } answers[] = {
		{ "\033[?2026;2$y", true }, { "\033[?2026;1$y", true }, { "\033[?2026;0$y", false }, { "\033[?2026;4$y", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct pty s;
		const char *begun, *ended;

		pty_start(&s, 24, 80, few, NULL);
		pty_wait_text(&s, "M-0001");
		CHECK(raw_has(&s, "\033[?2026$p"), "the terminal is asked");
		pty_send(&s, answers[i].answer);
		pty_send(&s, "\0140");
		pty_wait_text(&s, "PSIRT-2026-0003");
		begun = strstr(s.raw.bytes, "\033[?2026h");
		ended = begun ? strstr(begun, "\033[?2026l") : NULL;
		CHECK((ended != NULL) == answers[i].can, "%s: frames are %smarked", answers[i].answer + 3, answers[i].can ? "" : "not ");
		CHECK(s.shared->writes <= s.shared->frames, "still one write a frame");
		pty_end(&s);
	}
	for (int i = 0; i < 4; i++) {
		static const char *const terminals[] = { "TERM=linux", "TERM=vt100", "TERM=screen", "TERM=screen-256color" };
		struct pty s;

		pty_start(&s, 24, 80, few, terminals[i]);
		CHECK(pty_wait_text(&s, "M-0001"), "%s: drawn", terminals[i]);
		CHECK(!raw_has(&s, "?2026"), "%s is not asked", terminals[i]);
		pty_end(&s);
	}
}

/* Behind what may be wider or narrower than we think the column is said. */
static void test_risky(void)
{
	struct pty s;
	size_t wide = 0, told = 0;

	pty_start(&s, 24, 80, few, NULL);
	pty_wait_text(&s, "M-0001");
	pty_send(&s, "0");
	pty_wait_text(&s, "PSIRT-2026-0003");
	for (const char *at = s.raw.bytes; *at; at++) {
		bool cjk = (unsigned char)*at >= 0xE4 && (unsigned char)*at <= 0xE9, next = cjk && (unsigned char)at[3] >= 0x80;

		wide += cjk && !next;
		told += cjk && !next && at[3] == 27 && at[4] == '[' && strchr("GH", at[5 + strspn(at + 5, "0123456789;")]);
		at += cjk ? 2 : 0;
	}
	CHECK(wide > 0 && told == wide, "behind %zu of %zu wide runs the cursor is placed anew", told, wide);
	CHECK(!raw_has(&s, "\xF3\xA0\x84"), "no mark of ours leaves");
	pty_end(&s);
}

int main(int argc, char **argv)
{
	if (argc > 2 && str_equal(argv[1], "run"))
		return run(argc, argv);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	for (size_t i = 0; i < BUDGETS; i++)
		test_budget(&budgets[i]);
	test_preview_bytes();
	test_resize_storm();
	test_stop_and_continue();
	test_deaths();
	test_nothing_left();
	test_terminals();
	test_multiplexers();
	test_clipboard();
	test_still();
	test_keypad();
	test_supervisor_asked_to_end();
	test_hostile();
	test_notices();
	test_colours();
	test_no_terminal();
	test_ascii();
	test_alt();
	test_paste();
	test_synchronised();
	test_risky();
	return tap_done();
}
