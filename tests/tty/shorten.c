/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames that were shortened look as they did: what curses may write, made by dice, is drawn by two terminals, as it is
 * and shortened, and after each frame the two are compared cell by cell, with colours, attributes and cursor.
 */
#include "tui/term/shorten.h"

#include <vterm.h>

#include "../unit/tap.h"

enum { ROWS = 24, COLS = 80, FRAMES = 10000, PIECES = 40 };

static uint64_t state = 88172645463325252u;

static unsigned dice(unsigned sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 20) % sides;
}

static void add_text(struct str *out)
{
	static const char *const texts[] = { "Heap overflow", " ", "     ", "            ", "-", "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80", "\xE6\x95\xB4\xE6\x95\xB0", "e\xCC\x81", "!" };

	str_add(out, texts[dice(ARRAY_LEN(texts))]);
}

static void add_look(struct str *out)
{
	static const char *const looks[] = { "\033[m", "\033(B\033[m", "\033[0;1m", "\033[31m", "\033[0;7m", "\033[38;5;71m", "\033[48;5;30m", "\033[39m\033(B\033[m", "\033[39;49m", "\033[4m", "\033[0;1;7m", "\033[91m", "\033[42m" };

	str_add(out, looks[dice(ARRAY_LEN(looks))]);
}

/* Where a character of another width stood a mark says the column: 40 is as good as any. */
static void add_piece(struct str *out)
{
	unsigned row = dice(ROWS) + 1, col = dice(COLS - 20) + 1;

	switch (dice(12)) {
	case 0: case 1: str_add_format(out, "\033[%u;%uH", row, col), add_text(out); break;
	case 2: str_add_format(out, "\r\033[%ud", row), add_text(out); break;
	case 3: str_add_format(out, "\033[%uG", col), add_text(out); break;
	case 4: str_add(out, dice(2) ? "\033[K" : "\033[6X"); break;
	case 5: str_add(out, dice(9) ? "\r" : "\033[3;20r\033[20;1H\n\033[r\033[5;5H"); break;
	case 6: case 7: case 8: add_look(out); break;
	default:
		/* Curses never writes on where a row is full. */
		str_add_format(out, "\033[%u;%uH", row, col);
		add_text(out);
	}
}

/* Row by row from an empty screen, as curses draws anew, or here and there. */
static void make_frame(struct str *out)
{
	bool empty = dice(4) == 0;

	if (empty)
		str_add(out, "\033[H\033[2J");
	for (unsigned row = 1; empty && row <= ROWS; row++) {
		if (row > 1 && dice(5) == 0)
			str_add_format(out, "\r\033[%ud", row);
		else
			str_add_format(out, "\033[%u;%uH", row, dice(6) + 1);
		for (int i = 0; i < 4; i++)
			dice(2) ? add_look(out) : add_text(out);
		if (dice(2)) {
			str_add_format(out, "\033[%u;%uH", row, 60 + dice(5));
			add_text(out);
		}
	}
	for (unsigned i = dice(PIECES); !empty && i > 0; i--)
		add_piece(out);
}

static VTerm *terminal(VTermScreen **ret)
{
	VTerm *terminal = vterm_new(ROWS, COLS);

	vterm_set_utf8(terminal, 1);
	*ret = vterm_obtain_screen(terminal);
	vterm_screen_reset(*ret, 1);
	/* As curses leaves it. */
	vterm_input_write(terminal, "\033[1;12r", 7);
	return terminal;
}

static bool same_cell(const VTermScreenCell *a, const VTermScreenCell *b)
{
	uint32_t x = a->chars[0] ? a->chars[0] : ' ', y = b->chars[0] ? b->chars[0] : ' ';

	/* The right half of a wide one says nothing. */
	if (x == (uint32_t)-1 || y == (uint32_t)-1)
		return x == y;
	return x == y && (x == ' ' || a->chars[1] == b->chars[1]) && a->attrs.reverse == b->attrs.reverse &&
	       a->attrs.underline == b->attrs.underline && vterm_color_is_equal(&a->bg, &b->bg) &&
	       (x == ' ' || (a->attrs.bold == b->attrs.bold && vterm_color_is_equal(&a->fg, &b->fg)));
}

static bool same(VTerm *a, VTermScreen *of_a, VTerm *b, VTermScreen *of_b)
{
	VTermPos x, y;

	for (int i = 0; i < ROWS * COLS; i++) {
		VTermPos at = { i / COLS, i % COLS };
		VTermScreenCell one, other;

		vterm_screen_get_cell(of_a, at, &one);
		vterm_screen_get_cell(of_b, at, &other);
		if (!same_cell(&one, &other)) {
			printf("# they differ in row %d, column %d: %x and %x\n", at.row + 1, at.col + 1, one.chars[0], other.chars[0]);
			return false;
		}
	}
	vterm_state_get_cursorpos(vterm_obtain_state(a), &x);
	vterm_state_get_cursorpos(vterm_obtain_state(b), &y);
	return x.row == y.row && x.col == y.col;
}

static void print(const char *what, const struct str *bytes)
{
	printf("# %s: ", what);
	for (size_t i = 0; i < bytes->length; i++)
		printf(bytes->bytes[i] < ' ' && bytes->bytes[i] >= 0 ? "<%02x>" : "%c", bytes->bytes[i]);
	printf("\n");
}

static void test_same(void)
{
	struct shorten shorten = { .ecma = true, .repeats = true, .addresses = true, .moves = true };
	VTermScreen *long_screen, *short_screen;
	VTerm *longer = terminal(&long_screen), *shorter = terminal(&short_screen);
	size_t before = 0, after = 0;
	int frames = 0;
	bool good = true;

	for (; good && frames < FRAMES; frames++) {
		AUTO_STR frame = STR_INIT, brief = STR_INIT;

		make_frame(&frame);
		shorten_frame(&shorten, str_or_empty(frame.bytes), frame.length, &brief);
		vterm_input_write(longer, str_or_empty(frame.bytes), frame.length);
		vterm_input_write(shorter, str_or_empty(brief.bytes), brief.length);
		good = same(longer, long_screen, shorter, short_screen);
		before += frame.length;
		after += brief.length;
		if (!good) {
			print("as it was", &frame);
			print("shortened", &brief);
		}
	}
	CHECK(good, "%d frames look the same, shortened", frames);
	CHECK(after < before, "of %zu bytes %zu are left", before, after);
	vterm_free(longer);
	vterm_free(shorter);
}

static void test_marks(void)
{
	struct shorten shorten = { .ecma = true, .addresses = true };
	AUTO_STR frame = STR_INIT, brief = STR_INIT;

	str_add(&frame, "\xE7\xBD\x91");
	str_add_utf8(&frame, SHORTEN_MARK_BASE + 1);
	str_add_utf8(&frame, SHORTEN_MARK_BASE + 10);
	str_add(&frame, "x");
	shorten_frame(&shorten, frame.bytes, frame.length, &brief);
	CHECK_STR(brief.bytes, "\033[m\xE7\xBD\x91\033[251Gx", "behind a wide character the cursor is placed anew");
	shorten.addresses = false;
	str_reset(&brief);
	shorten_frame(&shorten, frame.bytes, frame.length, &brief);
	CHECK_STR(brief.bytes, "\xE7\xBD\x91\r\033[250Cx", "where there are no columns by a step to the right");
	shorten.ecma = false;
	str_reset(&brief);
	shorten_frame(&shorten, "\033(B\033[m", 6, &brief);
	CHECK_STR(brief.bytes, "\033(B\033[m", "what another kind of terminal is sent stays as it is");
}

int main(void)
{
	test_same();
	test_marks();
	return tap_done();
}
