/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every mail of an inbox opened by keys in the real program, and every byte that reached the terminal looked at: of
 * escape sequences only those that draw, and none of the controls that a mail could have brought. Called by
 * mail-hostile.sh: replay VAULT MAILS.
 */
#include <stdlib.h>

#include "pty.h"

#include "../unit/tap.h"

/* What a screen is drawn with: cursor, erasing, colours, scrolling, modes of the terminal by number. */
static const char drawing[] = "ABCDEFGHIJKLMPSTXZ@adefbm`rghl";
/* Private modes that the program itself sets: cursor keys, wrapping, the cursor, the mouse, the alternate screen, pastes,
 * synchronized frames, the focus. */
static const int modes[] = { 1, 7, 12, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026 };

static void foreign(struct str *ret, const char *at, size_t length)
{
	if (ret->length > 600)
		return;
	str_add_char(ret, ' ');
	for (size_t i = 0; i < length && i < 12; i++)
		str_add_format(ret, "<%02X>", (unsigned char)at[i]);
}

static bool known_modes(const char *numbers)
{
	for (const char *at = numbers; *at >= '0' && *at <= '9';) {
		char *end;
		long mode = strtol(at, &end, 10);
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(modes); i++)
			known |= modes[i] == mode;
		if (!known)
			return false;
		at = *end == ';' ? end + 1 : end;
	}
	return true;
}

/* ESC [ parameters final; how many bytes, and whether it only draws. */
static size_t take_csi(const char *at, bool *ret_known)
{
	const char *body = at + 2, *final = body + strspn(body, "0123456789;:<=>?!$\"' ");

	*ret_known = *final && strchr(drawing, *final);
	/* ncurses keeps the title on the terminal's stack. */
	if (*final == 't')
		*ret_known = strncmp(body, "22;", 3) == 0 || strncmp(body, "23;", 3) == 0;
	if (*body == '?')
		*ret_known = ((*final == 'h' || *final == 'l') && known_modes(body + 1)) ||
			     strncmp(body, "?2026$p", 7) == 0; /* whether it draws frames at once: our own question */
	return (size_t)(final - at) + 1;
}

/* ESC and what is behind it. */
static size_t take_escape(const char *at, bool *ret_known)
{
	if (at[1] == '[')
		return take_csi(at, ret_known);
	/* Character sets, keypad, the cursor kept and put back. */
	*ret_known = at[1] && strchr("()=>78M", at[1]);
	return at[1] == '(' || at[1] == ')' ? 3 : 2;
}

static bool is_obeyed(int32_t c)
{
	return (c < 0x20 && !strchr("\r\n\b\t\016\017", (int)c)) || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 || c == 0xFFFE;
}

static int look(const struct str *raw, struct str *ret_what)
{
	const char *at = str_or_empty(raw->bytes), *end = at + raw->length;
	int count = 0;

	while (at < end) {
		const char *here = at;
		bool known = true;
		int32_t c;

		if (*at == '\033') {
			size_t length = take_escape(at, &known);

			at += length < (size_t)(end - at) ? length : (size_t)(end - at);
		} else {
			c = utf8_next(&at, end);
			known = c > 0 && !is_obeyed(c);
		}
		if (known)
			continue;
		count++;
		foreign(ret_what, here, (size_t)(at - here));
	}
	return count;
}

/* Opens the mail under the selection, goes through it page by page, and comes back. The prompt shows that a page was
 * drawn. */
static bool read_one(struct pty *s)
{
	static const char *const pages[] = { " ", "G" };

	pty_send(s, "\r");
	if (!pty_wait_text(s, "\xE2\x94\x80 Mail \xE2\x94\x80"))
		return false;
	for (size_t page = 0; page < ARRAY_LEN(pages); page++) {
		pty_send(s, pages[page]);
		pty_send(s, ":");
		if (!pty_wait_text(s, "\n:"))
			return false;
		pty_send(s, "\033");
		if (!pty_wait_no_text(s, "\n:"))
			return false;
	}
	pty_send(s, "\033");
	return pty_wait_text(s, "\xE2\x94\x80 Inbox: ");
}

/* That this test sees what it looks for. */
static void test_looking(void)
{
	static const struct { const char *bytes; int foreign; } rows[] = {
		{ "plain\r\n\033[1;31mred\033[m\033[12;1H\033[K\033[?25l\033(B", 0 }, { "\033[22;0;0t", 0 },
		{ "\033]0;title\a", 2 }, { "\033[6n", 1 }, { "\033c", 1 }, { "\033[?1;1049;3h", 1 }, { "\302\2336n", 1 },
		{ "\033P+q\033\\", 2 }, { "\a", 1 }, { "\342\200\256", 1 }, { "\342\201\246", 1 }, { "\x7F", 1 }, { "\377", 1 },
		{ "\033[21t", 1 }, { "\033_G\033\\", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR raw = STR_INIT, what = STR_INIT;
		int count;

		str_add(&raw, rows[i].bytes);
		count = look(&raw, &what);
		CHECK_QUIET(count == rows[i].foreign, "row %zu: %d foreign:%s", i, count, str_or_empty(what.bytes));
	}
}

int main(int argc, char **argv)
{
	const char *line[] = { getenv("PSIRTTY"), "--vault", argc > 1 ? argv[1] : "", NULL };
	int mails = argc > 2 ? atoi(argv[2]) : 0, opened = 0, count;
	AUTO_STR what = STR_INIT;
	struct pty s;

	test_looking();
	pty_start(&s, 30, 100, line, NULL);
	CHECK(pty_wait_text(&s, "Inbox: "), "the inbox is there");
	while (opened < mails && read_one(&s)) {
		opened++;
		pty_send(&s, "k");
	}
	CHECK(opened == mails, "%d of %d mails are opened by keys", opened, mails);
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "Q leaves");
	count = look(&s.raw, &what);
	CHECK(s.raw.length > (size_t)mails * 100 && count == 0, "%zu bytes reached the terminal, %d of them foreign:%s",
	      s.raw.length, count, str_or_empty(what.bytes));
	pty_end(&s);
	return tap_done();
}
