/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real terminal, by ncursesw. Curses writes into a file in memory and each frame goes from there to
 * the terminal in one write; the line discipline is set here, because curses sees no terminal there.
 */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "tui/term/shorten.h"
#include "tui/term/term.h"

#undef lines
#undef columns

enum { PASTE_BEGIN = 0x300, PASTE_END = 0x301, SYNC_CAN = 0x302, SYNC_CANNOT = 0x303,
       WORD_LEFT = 0x304, WORD_RIGHT = 0x305, WORD_DELETE = 0x306, WORD_RUBOUT = 0x307, SYNC_LEAST = 512, PASTE_LIMIT = 1 << 20, PASTE_QUIET_MS = 2000 };
enum { RUN_CELLS = 1024, COPY_LIMIT = 56000 };

struct curses {
	struct terminal term;
	int fd, memory;              /* the terminal; what curses writes into */
	FILE *in, *out;              /* owned: curses' two streams */
	SCREEN *screen;
	WINDOW *input;               /* a pad to read keys from: it never refreshes */
	struct termios saved, raw;
	bool opened, colours, pasting;
	int cursor_row, cursor_col;  /* where it is to stand; -1: nowhere */
	bool synchronised;           /* the terminal shows what stands between two marks at once (mode 2026) */
	attr_t attributes[ROLE_COUNT];
	struct shorten shorten;
	size_t frames, writes, bytes;
};

/* ---- signals: a handler leaves a mark and a byte in a pipe */

static const int caught[] = { SIGWINCH, SIGHUP, SIGTERM, SIGTSTP, SIGINT, SIGQUIT };
static volatile sig_atomic_t marks[ARRAY_LEN(caught)];
static struct sigaction before[ARRAY_LEN(caught)];
static int wake_pipe[2] = { -1, -1 };

static void on_signal(int number)
{
	int saved = errno;

	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		if (caught[i] == number)
			marks[i] = 1;
	if (write(wake_pipe[1], "", 1) < 0) {
		/* full: somebody is already being woken */
	}
	errno = saved;
}

static void signals_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK))
		BUG("no pipe: %s", strerror(errno));
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &action, &before[i]);
}

static void signals_return(void)
{
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &before[i], NULL);
}

static bool signal_take(int number)
{
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		if (caught[i] == number && marks[i]) {
			marks[i] = 0;
			return true;
		}
	return false;
}

/* ---- opening */

static int terminal_find(struct curses *c, struct error *err)
{
	const char *type = getenv("TERM");

	if (!type || !*type || str_equal(type, "dumb"))
		return error_set(err, ERR_INPUT, _("the screen"),
				 _("Use psirtty COMMAND, or set TERM to what your terminal is"),
				 _("TERM is %s: that terminal cannot place a cursor"),
				 type && *type ? type : _("not set"));
	c->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (c->fd < 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		c->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (c->fd < 0 || tcgetattr(c->fd, &c->saved))
		return error_set(err, ERR_INPUT, _("the screen"), _("Use psirtty COMMAND where there is no terminal"),
				 _("there is no terminal to draw on"));
	return 0;
}

/* No line editing, no signals from keys, no translation either way. */
static void termios_raw(struct curses *c)
{
	c->raw = c->saved;
	c->raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	c->raw.c_oflag &= ~(tcflag_t)OPOST;
	c->raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	c->raw.c_cc[VMIN] = 1;
	c->raw.c_cc[VTIME] = 0;
	tcsetattr(c->fd, TCSADRAIN, &c->raw);
}

static void curses_size(struct terminal *term, int *ret_rows, int *ret_cols)
{
	struct curses *c = (struct curses *)term;
	struct winsize size;

	*ret_rows = 24;
	*ret_cols = 80;
	if (ioctl(c->fd, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	*ret_rows = size.ws_row;
	*ret_cols = size.ws_col > RUN_CELLS ? RUN_CELLS : size.ws_col;
}

/* Around frames that could be seen half drawn; a small one arrives as a whole. */
static void synchronise(const struct curses *c, size_t length, bool begin, struct str *ret)
{
	if (c->synchronised && length >= SYNC_LEAST)
		str_add(ret, begin ? "\033[?2026h" : "\033[?2026l");
}

/* Terminals whose answer we would not wait for print the question: it is put only to those that keep to DECRQM. */
static void synchronise_ask(struct curses *c)
{
	static const char *const families[] = { "xterm", "foot", "alacritty", "kitty", "wezterm", "contour", "tmux", "ghostty" };
	static const struct { const char *answer; int key; } answers[] = {
		{ "\033[?2026;0$y", SYNC_CANNOT }, { "\033[?2026;1$y", SYNC_CAN }, { "\033[?2026;2$y", SYNC_CAN },
		{ "\033[?2026;3$y", SYNC_CANNOT }, { "\033[?2026;4$y", SYNC_CANNOT },
	};
	const char *type = getenv("TERM");
	bool ask = false;

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		ask = ask || str_starts(type, families[i]);
	for (size_t i = 0; ask && i < ARRAY_LEN(answers); i++)
		define_key(answers[i].answer, answers[i].key);
	if (ask && write(c->memory, "\033[?2026$p", 9) < 0)
		return;
}

/* What curses has written since the last frame goes out in one write. */
static void curses_flush(struct curses *c)
{
	struct str frame = STR_INIT;
	off_t length;
	char *bytes;

	fflush(c->out);
	length = lseek(c->memory, 0, SEEK_END);
	if (length <= 0)
		return;
	bytes = mem_alloc((size_t)length);
	if (pread(c->memory, bytes, (size_t)length, 0) == length && c->fd >= 0) {
		synchronise(c, (size_t)length, true, &frame);
		shorten_frame(&c->shorten, bytes, (size_t)length, &frame);
		synchronise(c, (size_t)length, false, &frame);
		c->writes++;
		c->bytes += frame.length;
		fd_write_all(c->fd, frame.bytes, frame.length);
	}
	str_wipe(&frame);
	free(bytes);
	if (ftruncate(c->memory, 0) || lseek(c->memory, 0, SEEK_SET))
		BUG("the frame's memory: %s", strerror(errno));
}

/* Bracketed paste where terminfo knows it ("BE", "BD"). */
static void curses_paste_mode(struct curses *c, bool on)
{
	char name[3] = { 'B', on ? 'E' : 'D', 0 };
	const char *sequence = tigetstr(name);

	if (!sequence || sequence == (char *)-1)
		return;
	if (write(c->memory, sequence, strlen(sequence)) < 0)
		return;
	c->pasting = on;
}

/* Both ways in which terminals send them, whatever the keypad's mode. */
static void arrows_define(void)
{
	static const struct { char letter; int key; } keys[] = {
		{ 'A', KEY_UP }, { 'B', KEY_DOWN }, { 'C', KEY_RIGHT }, { 'D', KEY_LEFT }, { 'H', KEY_HOME }, { 'F', KEY_END },
	};
	/* A word to the left or right, with Control or, as readline has it, with Meta. */
	static const struct { const char *sequence; int key; } words[] = {
		{ "\033[1;5D", WORD_LEFT }, { "\033[1;5C", WORD_RIGHT }, { "\033b", WORD_LEFT }, { "\033f", WORD_RIGHT },
		{ "\033d", WORD_DELETE }, { "\033\177", WORD_RUBOUT },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		define_key((char[]){ 27, '[', keys[i].letter, 0 }, keys[i].key);
		define_key((char[]){ 27, 'O', keys[i].letter, 0 }, keys[i].key);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		define_key(words[i].sequence, words[i].key);
}

/* What terminfo says of the terminal the frames are for. */
static void shorten_begin(struct curses *c)
{
	const char *reset = tigetstr("sgr0"), *repeat = tigetstr("rep"), *column = tigetstr("hpa");

	c->shorten = (struct shorten){
		.ecma = reset && reset != (char *)-1 && strstr(reset, "\033[m"),
		.repeats = repeat && repeat != (char *)-1 && strstr(repeat, "\033["),
		.moves = tigetflag("xenl") > 0,
		.addresses = column && column != (char *)-1 && str_starts(column, "\033["),
	};
}

static void variable_put_back(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* Curses cannot ask its file for the size, and of some terminals (linux) terminfo knows none. */
static SCREEN *screen_of_size(struct curses *c, int rows, int cols)
{
	AUTO_STRING lines_before = mem_string(getenv("LINES"));
	AUTO_STRING columns_before = mem_string(getenv("COLUMNS"));
	AUTO_STRING lines_now = mem_format("%d", rows);
	AUTO_STRING columns_now = mem_format("%d", cols);
	SCREEN *screen;

	setenv("LINES", lines_now, 1);
	setenv("COLUMNS", columns_now, 1);
	use_env(TRUE);
	use_tioctl(FALSE);
	screen = newterm(NULL, c->out, c->in);
	use_env(FALSE);
	variable_put_back("LINES", lines_before);
	variable_put_back("COLUMNS", columns_before);
	return screen;
}

static int curses_screen(struct curses *c, struct error *err)
{
	int rows, cols;

	c->memory = memfd_create("psirtty-frame", MFD_CLOEXEC);
	c->out = c->memory < 0 ? NULL : fdopen(c->memory, "w");
	c->in = fdopen(fcntl(c->fd, F_DUPFD_CLOEXEC, 3), "r");
	if (!c->out || !c->in)
		return error_errno(err, ERR_INPUT, _("the screen"), NULL);
	curses_size(&c->term, &rows, &cols);
	c->screen = screen_of_size(c, rows, cols);
	if (!c->screen)
		return error_set(err, ERR_INPUT, _("the screen"), _("Set TERM to what your terminal is"),
				 _("nothing is known about the terminal \"%s\""), getenv("TERM"));
	set_term(c->screen);
	resize_term(rows, cols);
	set_escdelay(25);
	typeahead(-1);
	nonl();
	noecho();
	idlok(stdscr, TRUE);
	c->input = newpad(1, 1);
	keypad(c->input, TRUE);
	nodelay(c->input, TRUE);
	arrows_define();
	shorten_begin(c);
	define_key("\033[200~", PASTE_BEGIN);
	define_key("\033[201~", PASTE_END);
	return 0;
}

static bool no_colour(void)
{
	const char *value = getenv("NO_COLOR");

	return value && *value;
}

static void curses_begin_colours(struct curses *c)
{
	if (no_colour() || tigetnum("colors") < 8 || start_color() == ERR)
		return;
	c->colours = use_default_colors() == OK;
}

static void curses_close(struct terminal *term);

static int curses_open(struct terminal *term, struct error *err)
{
	struct curses *c = (struct curses *)term;
	int code = terminal_find(c, err);

	if (code)
		return code;
	signals_catch();
	c->opened = true;
	code = curses_screen(c, err);
	if (code) {
		curses_close(term);
		return code;
	}
	termios_raw(c);
	curses_begin_colours(c);
	term->glyphs = str_equal(nl_langinfo(CODESET), "UTF-8");
	curses_paste_mode(c, true);
	synchronise_ask(c);
	return 0;
}

static void curses_leave(struct curses *c)
{
	if (!c->screen)
		return;
	curs_set(1);
	/* Emptied first: a terminal may have no alternate screen, or show it again. */
	werase(stdscr);
	clearok(stdscr, TRUE);
	wnoutrefresh(stdscr);
	doupdate();
	endwin();
	curses_paste_mode(c, false);
	curses_flush(c);
	tcsetattr(c->fd, TCSADRAIN, &c->saved);
}

static void curses_close(struct terminal *term)
{
	struct curses *c = (struct curses *)term;

	if (!c->opened)
		return;
	curses_leave(c);
	if (c->input)
		delwin(c->input);
	if (c->screen)
		delscreen(c->screen);
	if (c->in)
		fclose(c->in);
	if (c->out)
		fclose(c->out);
	if (c->fd >= 0)
		close(c->fd);
	signals_return();
	c->screen = NULL;
	c->opened = false;
}

/* ---- drawing */

/* Bright colours where there are only eight are the plain ones in bold. */
static int colour_fit(int plain, int refined, attr_t *attributes)
{
	if (COLORS >= 256 && refined >= 0)
		return refined;
	if (plain >= 8 && COLORS < 16) {
		*attributes |= A_BOLD;
		return plain - 8;
	}
	return plain;
}

static void curses_theme(struct terminal *term, const struct theme *theme)
{
	static const struct { unsigned style; attr_t curses; } table[] = {
		{ STYLE_BOLD, A_BOLD }, { STYLE_DIM, A_DIM }, { STYLE_UNDERLINE, A_UNDERLINE },
		{ STYLE_REVERSE, A_REVERSE }, { STYLE_ITALIC, A_ITALIC },
	};
	struct curses *c = (struct curses *)term;

	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct style *style = &theme->styles[role];
		attr_t attributes = 0;

		for (size_t i = 0; i < ARRAY_LEN(table); i++)
			if (style->attributes & table[i].style)
				attributes |= table[i].curses;
		if (c->colours)
			init_extended_pair(role + 1, colour_fit(style->fg, style->fg256, &attributes),
					   colour_fit(style->bg, style->bg256, &(attr_t){ 0 }));
		c->attributes[role] = attributes;
	}
}

/* A role that looks like plain text gets no colour pair, so that nothing is written for it. */
static int role_pair(const struct curses *c, enum role role)
{
	int fg, bg;

	if (!c->colours || extended_pair_content(role + 1, &fg, &bg) == ERR || (fg < 0 && bg < 0))
		return 0;
	return role + 1;
}

static void curses_begin(struct terminal *term)
{
	(void)term;
	werase(stdscr);
}

/* Where the terminal or the C library sees a character otherwise than we do, marks of the right width. */
static wchar_t character_fit(const struct curses *c, int32_t point, int cells)
{
	if (point < 128)
		return (wchar_t)point;
	if (c->term.glyphs && wcwidth((wchar_t)point) == cells)
		return (wchar_t)point;
	if (c->term.glyphs || cells != 1)
		return L'?';
	return point == 0x2500 ? L'-' : point == 0x2502 ? L'|' : point == 0x2550 ? L'=' :
	       (point > 0x2550 && point <= 0x259F) ? L'#' : L'?';
}

/* The cells of one character with its combining marks; returns how many entries of CELLS it took. */
static int run_character(struct curses *c, const char **cursor, const char *end, attr_t attributes, int pair,
			 cchar_t *cells)
{
	wchar_t wide[4] = { 0 };
	const char *here;
	int32_t point = utf8_next(cursor, end);
	int width = text_cells((uint32_t)point), count = 1, mark = 0;

	wide[0] = character_fit(c, point, width);
	for (here = *cursor; here < end; *cursor = here) {
		point = utf8_next(&here, end);
		if (point < 0 || text_cells((uint32_t)point) != 0)
			break;
		if (mark < 2 && c->term.glyphs && wcwidth((wchar_t)point) == 0)
			wide[++mark] = (wchar_t)point;
	}
	setcchar(&cells[0], wide, attributes, 0, &pair);
	if (width == 2 && wide[0] == L'?')
		setcchar(&cells[count++], L"?", attributes, 0, &pair);
	return count;
}

/*
 * Behind a character that terminals may draw wider or narrower than we think the cursor is placed anew: the cell says so
 * with a mark that shorten_frame writes an address for. Lines and blocks are one cell wide everywhere we know of.
 */
static bool is_risky(const cchar_t *cell)
{
	return cell->chars[0] >= 0xA0 && !(cell->chars[0] >= 0x2500 && cell->chars[0] <= 0x259F);
}

static void mark_column(cchar_t *cell, int col)
{
	size_t length = 1;

	while (length < CCHARW_MAX && cell->chars[length])
		length++;
	if (length + 2 > CCHARW_MAX)
		return;
	cell->chars[length] = SHORTEN_MARK_BASE + col / SHORTEN_MARK_RADIX;
	cell->chars[length + 1] = SHORTEN_MARK_BASE + col % SHORTEN_MARK_RADIX;
}

static void mark_columns(const struct curses *c, cchar_t *cells, int count, int col)
{
	int cols = getmaxx(stdscr);

	for (int i = 0; c->shorten.ecma && i < count; i++) {
		col += wcwidth(cells[i].chars[0]) == 2 ? 2 : 1;
		if (is_risky(&cells[i]) && (i + 1 == count || !is_risky(&cells[i + 1])) && col < cols)
			mark_column(&cells[i], col);
	}
}

static void curses_put(struct terminal *term, int row, int col, const char *safe, size_t length, enum role role)
{
	struct curses *c = (struct curses *)term;
	const char *cursor = safe, *end = safe + length;
	int pair = role_pair(c, role), count = 0;
	cchar_t cells[RUN_CELLS + 2];

	while (cursor < end && count < RUN_CELLS)
		count += run_character(c, &cursor, end, c->attributes[role], pair, &cells[count]);
	mark_columns(c, cells, count, col);
	mvwadd_wchnstr(stdscr, row, col, cells, count);
}

static void curses_cursor(struct terminal *term, int row, int col)
{
	struct curses *c = (struct curses *)term;

	leaveok(stdscr, row < 0);
	curs_set(row >= 0);
	c->cursor_row = row;
	c->cursor_col = col;
}

static void curses_end(struct terminal *term)
{
	struct curses *c = (struct curses *)term;

	/* What was drawn behind it has moved the cursor. */
	if (c->cursor_row >= 0)
		wmove(stdscr, c->cursor_row, c->cursor_col);
	wnoutrefresh(stdscr);
	doupdate();
	curses_flush(c);
	c->frames++;
}

static void curses_redraw(struct terminal *term)
{
	(void)term;
	clearok(stdscr, TRUE);
}

static void curses_suspend(struct terminal *term)
{
	curses_leave((struct curses *)term);
	signals_return();
	/* What ^C now reaches is the editor or gpg, which have the terminal; not us, who wait for them. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
}

static void curses_resume(struct terminal *term)
{
	struct curses *c = (struct curses *)term;
	int rows, cols;

	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signals_catch();
	tcsetattr(c->fd, TCSADRAIN, &c->raw);
	curses_size(term, &rows, &cols);
	resize_term(rows, cols);
	curses_paste_mode(c, true);
	c->shorten.known = false;
	/* With the first frame: curses itself would only ask for it with the first key, too late for that key. */
	keypad(c->input, TRUE);
	clearok(stdscr, TRUE);
}

static void curses_beep(struct terminal *term)
{
	beep();
	curses_flush((struct curses *)term);
}

/* tmux lets it pass only when it is wrapped. */
static void curses_notify(struct terminal *term)
{
	static const char plain[] = "\033]9;psirtty: a job has ended\a";
	static const char wrapped[] = "\033Ptmux;\033\033]9;psirtty: a job has ended\a\033\\";
	const char *tmux = getenv("TMUX");
	bool within = tmux && *tmux;

	fd_write_all(((struct curses *)term)->fd, within ? wrapped : plain, within ? sizeof(wrapped) - 1 : sizeof(plain) - 1);
}

/* tmux drops a program's own clipboard sequence; it takes a buffer instead. */
static void copy_by_tmux(const char *text)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return;
	child = fork();
	if (child == 0) {
		dup2(ends[0], STDIN_FILENO);
		execlp("tmux", "tmux", "load-buffer", "-w", "-", (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	if (child > 0)
		fd_write_all(ends[1], text, strlen(text));
	close(ends[1]);
	if (child > 0)
		waitpid(child, NULL, 0);
}

/* OSC 52: the payload is base64, so nothing in it can be a sequence. */
static bool curses_copy(struct terminal *term, const char *text)
{
	struct curses *c = (struct curses *)term;
	const char *tmux = getenv("TMUX");
	AUTO_STR sequence = STR_INIT;

	if (strlen(text) > COPY_LIMIT)
		return false;
	if (tmux && *tmux) {
		copy_by_tmux(text);
		return true;
	}
	str_add(&sequence, "\033]52;c;");
	str_add_base64(&sequence, text, strlen(text));
	str_add_char(&sequence, '\a');
	fd_write_all(c->fd, sequence.bytes, sequence.length);
	return true;
}

static void curses_glyphs(struct terminal *term, const char *which)
{
	bool utf8 = str_equal(nl_langinfo(CODESET), "UTF-8");

	term->glyphs = utf8 && !str_equal(which, "ascii");
}

/* ---- keys */

static int key_translate(wint_t key)
{
	static const struct { int curses, ours; } table[] = {
		{ KEY_UP, TK_UP }, { KEY_DOWN, TK_DOWN }, { KEY_LEFT, TK_LEFT }, { KEY_RIGHT, TK_RIGHT },
		{ KEY_HOME, TK_HOME }, { KEY_END, TK_END }, { KEY_PPAGE, TK_PAGE_UP },
		{ KEY_NPAGE, TK_PAGE_DOWN }, { KEY_DC, TK_DELETE }, { KEY_IC, TK_INSERT },
		{ KEY_BTAB, TK_BACK_TAB }, { KEY_BACKSPACE, TK_BACKSPACE }, { KEY_ENTER, TK_ENTER },
		{ WORD_LEFT, TK_WORD_LEFT }, { WORD_RIGHT, TK_WORD_RIGHT }, { WORD_DELETE, TK_WORD_DELETE },
		{ WORD_RUBOUT, TK_WORD_RUBOUT },
		{ KEY_A1, TK_HOME }, { KEY_C1, TK_END }, { KEY_A3, TK_PAGE_UP }, { KEY_C3, TK_PAGE_DOWN },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].curses == (int)key)
			return table[i].ours;
	if (key >= KEY_F(1) && key <= KEY_F(12))
		return TK_F1 + (int)key - KEY_F(1);
	return TK_WAKE;
}

static void paste_read(struct curses *c)
{
	struct str *paste = &c->term.paste;
	wint_t key;
	int kind;

	str_reset(paste);
	wtimeout(c->input, PASTE_QUIET_MS);
	while ((kind = wget_wch(c->input, &key)) != ERR && !(kind == KEY_CODE_YES && key == PASTE_END)) {
		if (kind == KEY_CODE_YES || paste->length > PASTE_LIMIT)
			continue;
		str_add_utf8(paste, key == '\r' ? '\n' : (uint32_t)key);
	}
	nodelay(c->input, TRUE);
}

static int key_read(struct curses *c)
{
	wint_t key;
	int kind = wget_wch(c->input, &key);

	if (kind == ERR)
		return TK_NONE;
	if (kind == KEY_CODE_YES && key == PASTE_BEGIN) {
		paste_read(c);
		return TK_PASTE;
	}
	if (kind == KEY_CODE_YES && (key == SYNC_CAN || key == SYNC_CANNOT)) {
		c->synchronised = key == SYNC_CAN;
		return TK_WAKE;
	}
	if (kind == KEY_CODE_YES)
		return key_translate(key);
	if (key == '\n')
		return TK_ENTER;
	return key == 8 ? TK_BACKSPACE : (int)key;
}

static int key_signal(struct curses *c)
{
	int rows, cols;

	if (signal_take(SIGHUP) || signal_take(SIGTERM) || signal_take(SIGQUIT))
		return TK_HANGUP;
	if (signal_take(SIGTSTP))
		return TK_STOP;
	if (signal_take(SIGINT))
		return 3;
	if (!signal_take(SIGWINCH))
		return TK_NONE;
	curses_size(&c->term, &rows, &cols);
	resize_term(rows, cols);
	clearok(stdscr, TRUE);
	return TK_RESIZE;
}

static int64_t curses_clock(struct terminal *term)
{
	struct timespec now;

	(void)term;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int key_wait(struct curses *c, int timeout_ms)
{
	struct pollfd fds[2 + TERM_WATCHED] = { { .fd = c->fd, .events = POLLIN },
						{ .fd = wake_pipe[0], .events = POLLIN } };
	char drain[64];
	int ready;

	for (int i = 0; i < TERM_WATCHED; i++)
		fds[2 + i] = (struct pollfd){ .fd = c->term.watch[i], .events = POLLIN };
	ready = poll(fds, ARRAY_LEN(fds), timeout_ms);

	if (ready < 0)
		return TK_WAKE;
	if (fds[1].revents)
		while (read(wake_pipe[0], drain, sizeof(drain)) > 0) {
			/* only its being there counts */
		}
	if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) && !(fds[0].revents & POLLIN))
		return TK_HANGUP;
	if (ready == 0)
		return TK_NONE;
	return fds[0].revents || fds[1].revents ? TK_WAKE : TK_NEWS;
}

static int curses_key(struct terminal *term, int timeout_ms)
{
	struct curses *c = (struct curses *)term;
	int key = key_signal(c), woken;

	if (key == TK_NONE)
		key = key_read(c);
	if (key != TK_NONE)
		return key;
	woken = key_wait(c, timeout_ms);
	if (woken != TK_WAKE)
		return woken;
	key = key_signal(c);
	if (key == TK_NONE)
		key = key_read(c);
	return key == TK_NONE ? TK_WAKE : key;
}

static void curses_free(struct terminal *term)
{
	free(term);
}

static const struct term_ops curses_ops = {
	.open = curses_open,
	.close = curses_close,
	.size = curses_size,
	.begin = curses_begin,
	.put = curses_put,
	.cursor = curses_cursor,
	.end = curses_end,
	.redraw = curses_redraw,
	.key = curses_key,
	.suspend = curses_suspend,
	.resume = curses_resume,
	.beep = curses_beep,
	.notify = curses_notify,
	.copy = curses_copy,
	.theme = curses_theme,
	.glyphs = curses_glyphs,
	.clock = curses_clock,
	.free = curses_free,
};

struct terminal *term_curses_new(void)
{
	struct curses *c = mem_alloc(sizeof(*c));

	c->term.ops = &curses_ops;
	c->fd = c->memory = -1;
	for (int i = 0; i < TERM_WATCHED; i++)
		c->term.watch[i] = -1;
	str_init(&c->term.paste);
	return &c->term;
}

void term_curses_counters(struct terminal *term, size_t *ret_frames, size_t *ret_writes, size_t *ret_bytes)
{
	struct curses *c = (struct curses *)term;

	*ret_frames = c->frames;
	*ret_writes = c->writes;
	*ret_bytes = c->bytes;
}
