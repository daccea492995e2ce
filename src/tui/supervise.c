/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor: a parent that holds the saved terminal state and nothing else. Whatever becomes of the
 * child, the terminal is usable afterwards. A stop of the child is mirrored, so the shell's jobs work.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/tui/tui.h"

/* Attributes off and the screen emptied, so that no case stays in the alternate screen or, where there is none, before
 * everybody's eyes; cursor, mouse, paste and keypad modes off; then the alternate screen left. */
static const char restore_sequence[] = "\033[m\033[r\033[H\033[2J\033[m\033[?25h\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l"
				       "\033[?1l\033>\033[r\033[?1049l\r\033[K";

static volatile sig_atomic_t child_pid;

/* Who asks us to end means the child, which closes its files first. */
static void forward(int number)
{
	int saved = errno;

	if (child_pid > 0)
		kill((pid_t)child_pid, number);
	errno = saved;
}

static const struct { int number; bool ignored; } watched[] = {
	{ SIGTERM, false }, { SIGHUP, false }, { SIGINT, true }, { SIGQUIT, true }, { SIGTSTP, true },
	{ SIGTTOU, true },
};

static void signals_watch(struct sigaction before[ARRAY_LEN(watched)])
{
	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		struct sigaction action = { .sa_handler = watched[i].ignored ? SIG_IGN : forward };

		sigaction(watched[i].number, &action, &before[i]);
	}
}

static void signals_return(const struct sigaction before[ARRAY_LEN(watched)])
{
	for (size_t i = 0; i < ARRAY_LEN(watched); i++)
		sigaction(watched[i].number, &before[i], NULL);
}

/*
 * We stop as the child did, and go on with it. Who continues the whole group has continued the child, which may even have
 * stopped again: only one that still stands as it did is told to go on. True: *RET_STATUS is news of it.
 */
static bool stop_with(pid_t child, int *ret_status)
{
	raise(SIGSTOP);
	if (waitpid(child, ret_status, WUNTRACED | WCONTINUED | WNOHANG) == child)
		return !WIFCONTINUED(*ret_status);
	kill(child, SIGCONT);
	return false;
}

/* Waits until the child is dead; its stops become ours. */
static int child_wait(pid_t child)
{
	int status;

	for (;;) {
		if (waitpid(child, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return 0;
		}
		while (WIFSTOPPED(status) && stop_with(child, &status))
			;
		if (!WIFSTOPPED(status) && !WIFCONTINUED(status))
			return status;
	}
}

static void say_what_happened(int fd, int status)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	AUTO_STRING sentence = NULL;

	if (number)
		sentence = mem_format(_("psirtty: the workstation was ended by signal %d (%s). Everything it had "
					"acknowledged is in the vault; start it again.\r\n"),
				      number, strsignal(number));
	else
		sentence = mem_format(_("psirtty: the workstation ended at once with code %d. Everything it had "
					"acknowledged is in the vault; start it again.\r\n"),
				      WEXITSTATUS(status));
	fd_write_all(fd, sentence, strlen(sentence));
}

/* A child that went without closing its screen left the line discipline as the screen needs it. */
static bool screen_left_open(int tty, const struct termios *saved, int status)
{
	struct termios now;

	return WIFSIGNALED(status) || (tcgetattr(tty, &now) == 0 && now.c_lflag != saved->c_lflag);
}

int tui_supervise(int (*child)(void *argument), void *argument)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), status;
	struct sigaction before[ARRAY_LEN(watched)];
	struct termios saved;
	bool terminal = tty >= 0 && tcgetattr(tty, &saved) == 0;
	pid_t parent = getpid(), pid;

	signals_watch(before);
	pid = fork();
	if (pid == 0) {
		signals_return(before);
		prctl(PR_SET_PDEATHSIG, SIGHUP);
		if (getppid() != parent)
			_exit(1);
		exit(child(argument));
	}
	if (pid < 0) {
		signals_return(before);
		return 70;
	}
	child_pid = pid;
	status = child_wait(pid);
	child_pid = 0;
	if (terminal && screen_left_open(tty, &saved, status)) {
		fd_write_all(tty, restore_sequence, sizeof(restore_sequence) - 1);
		tcsetattr(tty, TCSAFLUSH, &saved);
		say_what_happened(tty, status);
	} else if (terminal) {
		tcsetattr(tty, TCSADRAIN, &saved);
	}
	if (tty >= 0)
		close(tty);
	signals_return(before);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
