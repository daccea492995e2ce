/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody who knows nothing at the keys of the real program: random keys, pastes, sizes and signals, and now and
 * then a note whose being acknowledged is counted. Called by monkey.sh: monkey VAULT SECONDS SEED; the numbers of the
 * acknowledged notes go to standard error, a line each.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "pty.h"

#include "../unit/tap.h"

enum { QUIET_MS = 5000 };

static uint64_t state;
static size_t signals_sent[NSIG]; /* of those that end it, since it was started */

static unsigned dice(unsigned sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 20) % sides;
}

/* What one is likely to press, and what one is not. */
static const char *const keys[] = {
	"j", "k", "g", "G", "\r", "\r", "\033", "\033", "q", "\t", "\033[Z", "z", "/", ":", "?", " ", "v", "a", "s", "c", "e", "E",
	"r", "t", "l", "n", "N", "y", "u", "J", "\022", "\014", "\003", "0", "1", "2", "3", "4", "5", "6", "7", "8", "x", "w", "o",
	"p", "f", "d", "R", "S", "\\", "\004", "\025", "\006", "\002", "\020", "\016", "\023", "\177", "\033[A", "\033[B", "\033[C",
	"\033[D", "\033OA", "\033OB", "\033[5~", "\033[6~", "\033[H", "\033[F", "\033OP", "\033OQ", "\033[21~", "\033[3~", "+", "-", "<",
	">", "h", "b", "\xE7\xBD\x91", "\xC3\xA9", "\033[99~", "\033", "\200", "note ", "case ", "state", "PSIRT", "CVSS:4.0",
};
static const char *const pastes[] = {
	"\033[200~PSIRT-2026-0001\033[201~", "\033[200~a\nb\033]0;x\007\xE2\x80\xAE\033[201~", "\033[200~\033[201~",
	"\033[200~an end that never comes", "\033[201~",
};
static const struct { int rows, cols; } sizes[] = {
	{ 24, 80 }, { 24, 80 }, { 15, 60 }, { 50, 200 }, { 10, 40 }, { 1, 1 }, { 2, 5 }, { 14, 59 }, { 3, 300 }, { 24, 80 },
};

static bool no_longer(struct pty *s, const void *until)
{
	(void)s;
	return pty_now() >= *(const long long *)until;
}

/* Reads what comes for MS. */
static void listen(struct pty *s, int ms)
{
	long long until = pty_now() + ms * 1000LL;

	pty_wait(s, no_longer, &until);
}

static void some_keys(struct pty *s)
{
	for (unsigned i = dice(12) + 1; i > 0; i--)
		pty_send(s, keys[dice((unsigned)ARRAY_LEN(keys))]);
}

static void some_paste(struct pty *s)
{
	pty_send(s, pastes[dice((unsigned)ARRAY_LEN(pastes))]);
}

static void some_size(struct pty *s)
{
	size_t size = dice((unsigned)ARRAY_LEN(sizes));

	pty_resize(s, sizes[size].rows, sizes[size].cols);
}

/* ---- signals */

/* The workstation itself, below its supervisor; 0 while there is none. */
static pid_t inner_of(const struct pty *s)
{
	AUTO_STRING path = mem_format("/proc/%d/task/%d/children", (int)s->child, (int)s->child);
	FILE *file = fopen(path, "re");
	int inner = 0;

	if (file && fscanf(file, "%d", &inner) != 1)
		inner = 0;
	if (file)
		fclose(file);
	return (pid_t)inner;
}

/* To the supervisor, to the workstation, or to both as a terminal does it. */
static void send_signal(const struct pty *s, int number)
{
	pid_t inner = inner_of(s), to[] = { s->child, inner, -s->child };
	pid_t chosen = to[dice((unsigned)ARRAY_LEN(to))];

	if (inner > 0)
		kill(chosen, number);
}

static void storm(struct pty *s)
{
	for (unsigned i = dice(40) + 10; i > 0; i--) {
		some_size(s);
		send_signal(s, SIGWINCH);
	}
	pty_resize(s, 24, 80);
}

static void stop(struct pty *s)
{
	pid_t inner = inner_of(s);

	if (dice(2) || inner <= 0) {
		kill(-s->child, SIGTSTP);
	} else {
		kill(inner, SIGSTOP);
		some_keys(s);
	}
	listen(s, (int)dice(30));
	kill(-s->child, SIGCONT);
}

static void interrupt(struct pty *s)
{
	send_signal(s, dice(2) ? SIGINT : SIGCONT);
}

/* What ends it: by a wish, or at once. */
static void end_it(struct pty *s)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGQUIT, SIGKILL };
	int number = numbers[dice((unsigned)ARRAY_LEN(numbers))];
	pid_t inner = inner_of(s);

	if (dice(3) || inner <= 0)
		return;
	signals_sent[number]++;
	if (number == SIGTERM || number == SIGHUP)
		send_signal(s, number);
	else
		kill(inner, number);
}

static void act(struct pty *s)
{
	static const struct { unsigned most; void (*act)(struct pty *s); } kinds[] = {
		{ 84, some_keys }, { 89, some_paste }, { 94, some_size }, { 95, storm }, { 97, stop }, { 99, interrupt },
		{ 100, end_it },
	};
	unsigned kind = dice(100);
	size_t at = 0;

	while (kind >= kinds[at].most)
		at++;
	kinds[at].act(s);
	listen(s, (int)dice(15));
}

static bool is_gone(struct pty *s, const void *argument)
{
	siginfo_t info = { .si_pid = 0 };

	(void)argument;
	return waitid(P_PID, (id_t)s->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == s->child;
}

static bool restored(const struct pty *s)
{
	struct termios now;

	tcgetattr(s->fd, &now);
	return pty_left_alternate(s) && now.c_lflag == s->before.c_lflag && now.c_iflag == s->before.c_iflag;
}

static void begin(struct pty *s, const char *vault)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };

	memset(signals_sent, 0, sizeof(signals_sent));
	pty_start(s, 24, 80, argv, NULL);
	CHECK_QUIET(pty_wait_text(s, "Inbox"), "it starts");
	/* The library that plays the terminal does not survive everything that a program may. */
	s->blind = true;
}

/* It ends with 0, or by the very signal it was sent: while an editor or gpg has the terminal, or when it gave that back.
 * Then a ^C among the keys ends whoever has it. */
static bool was_sent(int status)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - 128;

	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) || (WIFSIGNALED(status) && number == SIGINT) ||
	       (number > 0 && number < NSIG && signals_sent[number]);
}

/* Once it has given the terminal back, a ^S among the keys stops its last words, as it does in a shell. */
static bool is_gone_flowing(struct pty *s, const void *argument)
{
	static long long asked;

	if (is_gone(s, argument))
		return true;
	if (pty_now() - asked > 100000) {
		asked = pty_now();
		pty_send(s, "\021");
	}
	return false;
}

static void check_end(struct pty *s, const char *how)
{
	AUTO_STR text = STR_INIT;
	int status;
	bool well;

	pty_wait(s, is_gone_flowing, NULL);
	status = pty_status(s);
	well = status != -1 && was_sent(status) && restored(s);
	CHECK_QUIET(well, "%s: ends well (status %#x)", how, (unsigned)status);
	if (!well) {
		struct termios now;
		size_t shown = s->raw.length < 80 ? s->raw.length : 80;

		tcgetattr(s->fd, &now);
		printf("# alternate screen left: %d, lflag %x of %x, iflag %x of %x; the last bytes:", pty_left_alternate(s),
		       (unsigned)now.c_lflag, (unsigned)s->before.c_lflag, (unsigned)now.c_iflag, (unsigned)s->before.c_iflag);
		for (size_t i = s->raw.length - shown; i < s->raw.length; i++)
			printf(" %02x", (unsigned char)s->raw.bytes[i]);
		printf("\n");
		pty_text(s, &text);
		printf("# %s\n", text.bytes);
	}
	pty_end(s);
}

static void clear_ground(struct pty *s)
{
	pty_look_again(s, 24, 80);
	pty_send(s, "\014");
	/* Whatever waits for an answer gets a no, whatever is open closes; a locked screen opens. */
	for (int i = 0; i < 24; i++) {
		pty_send(s, "\033");
		listen(s, 30);
	}
}

/* No job runs or waits that could acknowledge something else, and nothing acknowledged is still shown. */
static bool is_quiet(struct pty *s, const void *until)
{
	AUTO_STR text = STR_INIT;

	pty_text(s, &text);
	/* A screen that was not drawn yet shows neither. */
	return (strstr(text.bytes, " Inbox: ") && !strstr(text.bytes, "jobs ") && !strstr(text.bytes, "note added")) ||
	       no_longer(s, until);
}

/* Whatever was typed before has been read once this is answered: nothing else can acknowledge what comes now. */
static bool answers(struct pty *s, unsigned number)
{
	AUTO_STRING line = mem_format(":nobody%u\r", number);
	AUTO_STRING answer = mem_format("nobody%u\" here", number);

	pty_send(s, line);
	return pty_wait_text(s, answer);
}

/* A note that was acknowledged must be there afterwards. */
static size_t note(struct pty *s, unsigned number)
{
	AUTO_STRING line = mem_format(":note 1 monkey-%u.\r", number);
	long long until, never;

	clear_ground(s);
	if (!answers(s, number)) {
		s->blind = true;
		return 0;
	}
	pty_send(s, "1");
	until = pty_now() + QUIET_MS * 1000LL;
	pty_wait(s, is_quiet, &until);
	never = pty_now() + 3600 * 1000000LL;
	if (!is_quiet(s, &never)) {
		s->blind = true;
		return 0;
	}
	pty_send(s, line);
	if (!pty_wait_text(s, "note added")) {
		s->blind = true;
		return 0;
	}
	fprintf(stderr, "monkey-%u.\n", number);
	pty_send(s, "\033");
	s->blind = true;
	return 1;
}

int main(int argc, char **argv)
{
	long long until = pty_now() + (argc > 2 ? atoll(argv[2]) : 20) * 1000000LL;
	size_t starts = 1, acts = 0, noted = 0;
	unsigned number = 0;
	struct pty s;

	if (argc < 4)
		return 2;
	state = strtoull(argv[3], NULL, 10) * 2654435761u + 88172645463325252u;
	begin(&s, argv[1]);
	for (; pty_now() < until; acts++) {
		act(&s);
		if (acts % 150 == 149 && !is_gone(&s, NULL))
			noted += note(&s, ++number);
		if (!is_gone(&s, NULL) && acts % 400 != 399)
			continue;
		if (!is_gone(&s, NULL))
			signals_sent[SIGTERM]++, kill(s.child, SIGTERM);
		check_end(&s, "in between");
		begin(&s, argv[1]);
		starts++;
	}
	signals_sent[SIGTERM]++;
	kill(s.child, SIGTERM);
	check_end(&s, "at last");
	printf("# seed %s: %zu acts, %zu starts, %zu notes of %u acknowledged\n", argv[3], acts, starts, noted, number);
	CHECK(acts > 20 && noted > 0, "it did something");
	return tap_done();
}
