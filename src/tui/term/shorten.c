/* SPDX-License-Identifier: Apache-2.0 */
/* Fewer bytes to the same effect. */
#include "tui/term/shorten.h"

#include <stdlib.h>
#include <string.h>

enum { ESCAPE = 27, SHIFT_IN = 15, REPEAT_BYTES = 5, MARK_BYTES = 4 };

struct frame {
	struct shorten *shorten;
	const char *at, *end;
	struct look wanted;
	bool exact;        /* WANTED is what the terminal has */
	bool cleared;      /* from an empty screen, row by row, from left to right */
	bool scrolls;      /* it sets a region */
	int row, col;      /* where the cursor is; -1: not known */
	struct str *out;
};

static bool look_same(const struct look *a, const struct look *b)
{
	return a->styles == b->styles && str_equal(a->colours[0], b->colours[0]) && str_equal(a->colours[1], b->colours[1]);
}

/* ---- attributes are written when something is drawn in them */

static void add_parameter(struct str *out, const char *parameter)
{
	if (out->length)
		str_add_char(out, ';');
	str_add(out, parameter);
}

static void add_styles(struct str *out, unsigned styles)
{
	for (int i = 1; i <= 9; i++)
		if (styles & 1u << i)
			add_parameter(out, (char[]){ (char)('0' + i), 0 });
}

/* From nothing: all that is wanted. */
static void from_reset(const struct look *wanted, struct str *out)
{
	bool plain = !wanted->styles && !*wanted->colours[0] && !*wanted->colours[1];

	if (!plain)
		str_add_char(out, '0');
	add_styles(out, wanted->styles);
	for (int i = 0; i < LOOK_COLOURS; i++)
		if (*wanted->colours[i])
			add_parameter(out, wanted->colours[i]);
}

/* On top of what there is; false where something must go that only a reset takes away. */
static bool on_top(const struct look *has, const struct look *wanted, struct str *out)
{
	static const char *const own[LOOK_COLOURS] = { "39", "49" };

	if (has->styles & ~wanted->styles)
		return false;
	add_styles(out, wanted->styles & ~has->styles);
	for (int i = 0; i < LOOK_COLOURS; i++)
		if (!str_equal(has->colours[i], wanted->colours[i]))
			add_parameter(out, *wanted->colours[i] ? wanted->colours[i] : own[i]);
	return true;
}

static void flush_look(struct frame *f)
{
	struct shorten *s = f->shorten;
	AUTO_STR anew = STR_INIT, more = STR_INIT;
	bool can;

	if (f->exact || (s->known && look_same(&s->has, &f->wanted))) {
		f->exact = true;
		return;
	}
	from_reset(&f->wanted, &anew);
	can = s->known && on_top(&s->has, &f->wanted, &more) && more.length < anew.length + !anew.length;
	str_add_format(f->out, "\033[%sm", can ? str_or_empty(more.bytes) : str_or_empty(anew.bytes));
	s->has = f->wanted;
	s->known = f->exact = true;
}

/* ---- reading a change of attributes */

static void want_reset(struct frame *f)
{
	f->wanted = (struct look){ 0 };
}

/* One parameter that stands alone; false: not one that we know. */
static bool want(struct frame *f, unsigned long number)
{
	size_t which = (number >= 40 && number < 50) || number >= 100;
	bool colour = (number >= 30 && number < 50 && number % 10 != 8) || (number >= 90 && number < 108 && number % 10 < 8);

	if (number == 0)
		want_reset(f);
	else if (number < 10)
		f->wanted.styles |= 1u << number;
	else if (colour)
		snprintf(f->wanted.colours[which], LOOK_ROOM, "%lu", number);
	if (number == 39 || number == 49)
		*f->wanted.colours[which] = 0;
	return number < 11 || colour;
}

/* "38;5;N" at CURSOR, or nothing. */
static bool want_indexed(struct frame *f, const char **cursor)
{
	unsigned index;
	int which = **cursor == '4', length = 0;

	if (sscanf(*cursor + 1, "8;5;%3u%n", &index, &length) != 1)
		return false;
	snprintf(f->wanted.colours[which], LOOK_ROOM, "%d8;5;%u", which + 3, index);
	*cursor += length + 1;
	return true;
}

/* PARAMETERS as far as its 'm'. */
static bool want_all(struct frame *f, const char *parameters)
{
	const char *cursor = parameters;

	for (;;) {
		if (!str_starts(cursor, "38;5;") && !str_starts(cursor, "48;5;")) {
			char *rest;

			if (!want(f, strtoul(cursor, &rest, 10)))
				return false;
			cursor = rest;
		} else if (!want_indexed(f, &cursor)) {
			return false;
		}
		if (*cursor == 'm')
			return true;
		if (*cursor++ != ';')
			return false;
	}
}

/* ---- sequences */

static void pass(struct frame *f, size_t length)
{
	str_add_bytes(f->out, f->at, length);
	f->at += length;
}

/* The length of the control sequence at AT, or 0. */
static size_t sequence_length(const char *at, const char *end)
{
	size_t length = 2;

	if (end - at < 3 || at[0] != ESCAPE || at[1] != '[')
		return 0;
	while (at + length < end && at[length] >= 0x20 && at[length] < 0x40)
		length++;
	return at + length < end ? length + 1 : 0;
}

static void take_look(struct frame *f, size_t length)
{
	AUTO_STRING parameters = mem_copy(f->at + 2, length - 2);
	struct look before = f->wanted;

	f->exact = false;
	if (want_all(f, parameters)) {
		f->at += length;
		return;
	}
	/* Not one of ours: as it stands, and what it made of the terminal nobody knows. */
	f->wanted = before;
	flush_look(f);
	pass(f, length);
	f->shorten->known = false;
}

/* ---- going somewhere, which shows nothing */

static void went(struct frame *f, int row, int col)
{
	f->row = row;
	f->col = col;
}

/* Within the row. */
static void go_along(struct frame *f, int col)
{
	AUTO_STRING far = mem_format("\033[%dG", col + 1);
	AUTO_STRING near = col == f->col + 1 ? mem_string("\033[C") : mem_format("\033[%dC", col - f->col);
	bool right = f->col >= 0 && col > f->col && strlen(near) <= strlen(far);

	if (col != f->col)
		str_add(f->out, right ? near : far);
	f->col = col;
}

/* Do blanks show nothing of what the terminal has? */
static bool blank_shows_nothing(const struct look *has)
{
	return !(has->styles & (1u << 4 | 1u << 7 | 1u << 9)) && !*has->colours[1];
}

/* In a cleared screen what is skipped at the beginning of a row is blank. */
static bool go_down(struct frame *f, int row, int col)
{
	enum { BLANKS = 4 };
	bool may = f->cleared && row == f->row + 1 && col <= BLANKS && f->shorten->known;

	if (!may || (col && !blank_shows_nothing(&f->shorten->has)))
		return false;
	str_add(f->out, f->col ? "\r\n" : "\n");
	str_add_repeat(f->out, ' ', (size_t)col);
	went(f, row, col);
	return true;
}

/* Where the sequence of LENGTH bytes goes; *NUMBERS as they stand in it, 1 where none does. */
static char read_way(const struct frame *f, size_t length, int numbers[2])
{
	AUTO_STRING text = mem_copy(f->at + 2, length - 3);
	char *rest = text;

	numbers[0] = numbers[1] = 1;
	for (int i = 0; i < 2 && rest; i++) {
		const char *one = strsep(&rest, ";");

		numbers[i] = *one ? atoi(one) : 1;
	}
	return f->at[length - 1];
}

/* Curses leaves a region set that is not the whole screen: a line feed at its end would scroll. */
static void begin_empty(struct frame *f)
{
	if (f->row != 0 || f->col != 0 || f->scrolls || !blank_shows_nothing(&f->wanted))
		return;
	str_add(f->out, "\033[r");
	f->cleared = true;
}

static void follow(struct frame *f, char way, const int numbers[2])
{
	switch (way) {
	case 'H': went(f, numbers[0] - 1, numbers[1] - 1); break;
	case 'd': f->row = numbers[0] - 1; break;
	case 'G': f->col = numbers[0] - 1; break;
	case 'C': f->col += f->col >= 0 ? numbers[0] : 0; break;
	case 'J': begin_empty(f); break;
	case 'K': case 'X': case 'm': case 'h': case 'l': break;
	default: went(f, -1, -1);
	}
}

/* True: it was gone there in another way. */
static bool goes_shorter(struct frame *f, char way, const int numbers[2])
{
	int row = numbers[0] - 1, col = numbers[1] - 1;

	if (!f->shorten->moves)
		return false;
	if (way == 'd' && f->col == 0)
		return go_down(f, row, 0);
	if (way != 'H')
		return false;
	if (row != f->row || !f->shorten->addresses)
		return go_down(f, row, col);
	go_along(f, col);
	return true;
}

static void take_sequence(struct frame *f, size_t length)
{
	int numbers[2];
	char way = read_way(f, length, numbers);

	if (!strchr("HGdABCD", way))
		flush_look(f);
	if (goes_shorter(f, way, numbers)) {
		f->at += length;
		return;
	}
	follow(f, way, numbers);
	pass(f, length);
}

static void take_escape(struct frame *f)
{
	size_t length = sequence_length(f->at, f->end);

	if (length && f->at[length - 1] == 'm' && f->at[2] != '?' && f->at[2] != '>') {
		take_look(f, length);
		return;
	}
	/* The character set that is always chosen. */
	if (!length && f->end - f->at >= 3 && f->at[1] == '(' && f->at[2] == 'B' && f->shorten->known) {
		f->at += 3;
		return;
	}
	if (length) {
		take_sequence(f, length);
		return;
	}
	flush_look(f);
	went(f, -1, -1);
	pass(f, 1);
}

/* ---- characters */

static int32_t mark_at(const char *at, const char *end)
{
	int32_t point = end - at >= MARK_BYTES ? utf8_next(&at, end) : -1;

	return point >= SHORTEN_MARK_BASE && point < SHORTEN_MARK_BASE + SHORTEN_MARK_RADIX ? point - SHORTEN_MARK_BASE : -1;
}

/* True: here stood a column. Where the cursor goes elsewhere next, nothing is written for it. */
static bool take_mark(struct frame *f)
{
	int32_t high = mark_at(f->at, f->end), low = high < 0 ? -1 : mark_at(f->at + MARK_BYTES, f->end);
	int column = high * SHORTEN_MARK_RADIX + low;
	size_t next;

	if (low < 0)
		return false;
	f->at += 2 * MARK_BYTES;
	next = sequence_length(f->at, f->end);
	f->col = -1;
	if (next && f->at[next - 1] == 'H')
		return true;
	/* In a cleared screen blanks need not be written. */
	for (; f->cleared && f->at < f->end && *f->at == ' ' && blank_shows_nothing(&f->wanted); f->at++)
		column++;
	f->col = column;
	if (f->shorten->addresses)
		str_add_format(f->out, "\033[%dG", column + 1);
	else
		str_add_format(f->out, column ? "\r\033[%dC" : "\r", column);
	return true;
}

static size_t character_length(const char *at, const char *end)
{
	const char *next = at;

	utf8_next(&next, end);
	return (size_t)(next - at);
}

static void take_character(struct frame *f)
{
	size_t length = character_length(f->at, f->end), times = 0;
	const char *first = f->at;

	flush_look(f);
	/* Of what is not ASCII terminals may think otherwise than we do. */
	f->col = f->col >= 0 && length == 1 && *first >= ' ' ? f->col + 1 : -1;
	pass(f, length);
	if (!f->shorten->repeats || !(*first == ' ' || (length == 3 && (unsigned char)*first == 0xE2)))
		return;
	while ((size_t)(f->end - f->at) >= (times + 1) * length && memcmp(f->at + times * length, first, length) == 0)
		times++;
	if (times * length <= REPEAT_BYTES)
		return;
	str_add_format(f->out, "\033[%zub", times);
	f->at += times * length;
	f->col += f->col >= 0 ? (int)times : 0;
}

static bool sets_region(const char *bytes, size_t length)
{
	const char *end = bytes + length;

	for (const char *at = bytes; (at = memchr(at, ESCAPE, (size_t)(end - at))) != NULL; at++) {
		size_t sequence = sequence_length(at, end);

		if (sequence && at[sequence - 1] == 'r')
			return true;
	}
	return false;
}

void shorten_frame(struct shorten *shorten, const char *bytes, size_t length, struct str *ret)
{
	struct frame f = { .shorten = shorten, .row = -1, .col = -1, .scrolls = sets_region(bytes, length), .at = bytes, .end = bytes + length, .wanted = shorten->has,
			   .exact = shorten->known, .out = ret };

	if (!shorten->ecma) {
		str_add_bytes(ret, bytes, length);
		return;
	}
	while (f.at < f.end) {
		unsigned char c = (unsigned char)*f.at;

		if (c == ESCAPE)
			take_escape(&f);
		else if (c == SHIFT_IN && shorten->known)
			f.at++;
		else if (c == '\r' || c == '\b')
			f.col = c == '\r' ? 0 : -1, pass(&f, 1);
		else if (c == '\n')
			f.row += f.row >= 0, flush_look(&f), pass(&f, 1);
		else if (!take_mark(&f))
			take_character(&f);
	}
	flush_look(&f);
}
