/* SPDX-License-Identifier: Apache-2.0 */
/* A program in a pseudo-terminal. */
#include "pty.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

long long pty_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct pty *s = user;

	if (property == VTERM_PROP_ALTSCREEN)
		s->alternate = value->boolean;
	return 1;
}

static VTermScreenCallbacks callbacks = { .settermprop = on_property };

static void vterm_begin(struct pty *s)
{
	s->vterm = vterm_new(s->rows, s->cols);
	vterm_set_utf8(s->vterm, 1);
	s->screen = vterm_obtain_screen(s->vterm);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_reset(s->screen, 1);
}

void pty_start(struct pty *s, int rows, int cols, const char *const *argv, const char *environment)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

	int memory = memfd_create("counters", 0);

	*s = (struct pty){ .rows = rows, .cols = cols };
	str_init(&s->raw);
	if (memory < 0 || ftruncate(memory, sizeof(*s->shared)))
		BUG("no shared memory");
	s->shared = mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	vterm_begin(s);
	s->child = forkpty(&s->fd, NULL, NULL, &size);
	if (s->child == 0) {
		dup2(memory, SHARED_FD);
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		if (environment)
			putenv(mem_string(environment));
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(memory);
	tcgetattr(s->fd, &s->before);
}

void pty_end(struct pty *s)
{
	if (!s->ended) {
		kill(-s->child, SIGKILL);
		kill(s->child, SIGKILL);
		waitpid(s->child, NULL, 0);
	}
	close(s->fd);
	vterm_free(s->vterm);
	str_release(&s->raw);
	munmap(s->shared, sizeof(*s->shared));
}

void pty_send(struct pty *s, const char *bytes)
{
	if (write(s->fd, bytes, strlen(bytes)) < 0)
		perror("# write");
}

void pty_resize(struct pty *s, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

	s->rows = rows;
	s->cols = cols;
	if (!s->blind)
		vterm_set_size(s->vterm, rows, cols);
	ioctl(s->fd, TIOCSWINSZ, &size);
}

void pty_look_again(struct pty *s, int rows, int cols)
{
	s->blind = true;
	pty_resize(s, rows, cols);
	s->blind = false;
	vterm_free(s->vterm);
	vterm_begin(s);
	vterm_input_write(s->vterm, "\033[?1049h", 8);
}

bool pty_left_alternate(const struct pty *s)
{
	const char *last = NULL;

	for (const char *at = str_or_empty(s->raw.bytes); (at = strstr(at, "\033[?1049")) != NULL; at += 7)
		last = at;
	return last && last[7] == 'l';
}

/* One read of at most MS milliseconds' waiting; false when the other end is gone. */
static bool read_some(struct pty *s, int ms)
{
	struct pollfd fd = { .fd = s->fd, .events = POLLIN };
	char bytes[65536];
	ssize_t length;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	length = read(s->fd, bytes, sizeof(bytes));
	if (length <= 0)
		return false;
	str_add_bytes(&s->raw, bytes, (size_t)length);
	if (s->blind)
		return true;
	vterm_input_write(s->vterm, bytes, (size_t)length);
	vterm_screen_flush_damage(s->screen);
	return true;
}

bool pty_wait(struct pty *s, bool (*condition)(struct pty *s, const void *argument), const void *argument)
{
	long long until = pty_now() + DEADLINE_MS * 1000LL;

	while (!condition(s, argument)) {
		if (pty_now() > until)
			return false;
		if (!read_some(s, 1))
			return condition(s, argument);
	}
	return true;
}

void pty_text(struct pty *s, struct str *ret)
{
	for (int row = 0; row < s->rows; row++) {
		for (int col = 0; col < s->cols; col++) {
			VTermScreenCell cell;
			VTermPos at = { row, col };

			vterm_screen_get_cell(s->screen, at, &cell);
			for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
				if (cell.chars[i] != (uint32_t)-1)
					str_add_utf8(ret, cell.chars[i]);
			if (!cell.chars[0])
				str_add_char(ret, ' ');
			col += cell.width > 1;
		}
		str_add_char(ret, '\n');
	}
}

static bool has_text(struct pty *s, const void *argument)
{
	AUTO_STR text = STR_INIT;

	pty_text(s, &text);
	return strstr(text.bytes, argument) != NULL;
}

static bool has_no_text(struct pty *s, const void *argument)
{
	return !has_text(s, argument);
}

bool pty_wait_text(struct pty *s, const char *text)
{
	return pty_wait(s, has_text, text);
}

bool pty_wait_no_text(struct pty *s, const char *text)
{
	return pty_wait(s, has_no_text, text);
}

static bool frames_here(struct pty *s, const void *argument)
{
	return s->shared->frames >= *(const size_t *)argument && s->raw.length >= s->shared->bytes;
}

bool pty_wait_frames(struct pty *s, size_t from, size_t frames)
{
	size_t wanted = from + frames;

	return pty_wait(s, frames_here, &wanted);
}

static bool gone(struct pty *s, const void *argument)
{
	int *status = (int *)(uintptr_t)argument;

	s->ended = waitpid(s->child, status, WNOHANG) == s->child;
	return s->ended;
}

int pty_status(struct pty *s)
{
	long long until = pty_now() + DEADLINE_MS * 1000LL;
	int status = -1;

	/* The last bytes are still to be read after the program has gone. */
	while (!gone(s, &status) && pty_now() < until)
		read_some(s, 1);
	while (read_some(s, 0)) {
		struct pollfd fd = { .fd = s->fd, .events = POLLIN };

		if (poll(&fd, 1, 0) <= 0)
			break;
	}
	return status;
}
