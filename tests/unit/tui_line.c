/* SPDX-License-Identifier: Apache-2.0 */
/* The editing of one line: each of readline's keys, on letters of one to four bytes, at both ends. */
#include "tap.h"
#include "tui/line.h"
#include "tui/term/term.h"

enum { MOST_KEYS = 12 };

struct row {
	const char *before; /* the cursor stands at | */
	int keys[MOST_KEYS];
	const char *after;
};
static const struct row rows[] = {
	{ "one two|", { 1 }, "|one two" },
	{ "|one two", { 5 }, "one two|" },
	{ "one two|", { TK_HOME, TK_END }, "one two|" },
	{ "网é𝄞|", { 2 }, "网é|𝄞" },
	{ "网é𝄞|", { TK_LEFT, TK_LEFT }, "网|é𝄞" },
	{ "|网é𝄞", { 6, TK_RIGHT }, "网é|𝄞" },
	{ "|网", { 2 }, "|网" },
	{ "网|", { 6 }, "网|" },
	{ "网é|𝄞", { 8 }, "网|𝄞" },
	{ "网é|𝄞", { TK_BACKSPACE, TK_BACKSPACE, TK_BACKSPACE }, "|𝄞" },
	{ "网|é𝄞", { 4 }, "网|𝄞" },
	{ "网|é𝄞", { TK_DELETE, TK_DELETE, TK_DELETE }, "网|" },
	{ "one 网络 two|", { 23 }, "one 网络 |" },
	{ "one 网络|", { 23 }, "one |" },
	{ "one 网络  |", { TK_WORD_RUBOUT }, "one |" },
	{ "|one", { 23 }, "|one" },
	{ "one 网|络", { 21 }, "|络" },
	{ "one 网|络", { 11 }, "one 网|" },
	{ "one 网络 two|", { TK_WORD_LEFT }, "one 网络 |two" },
	{ "one 网络 two|", { TK_WORD_LEFT, TK_WORD_LEFT }, "one |网络 two" },
	{ "|one 网络 two", { TK_WORD_RIGHT, TK_WORD_RIGHT }, "one 网络| two" },
	{ "|one", { TK_WORD_LEFT }, "|one" },
	{ "one|", { TK_WORD_RIGHT }, "one|" },
	{ "|one 网络 two", { TK_WORD_DELETE }, "| 网络 two" },
	{ "one| 网络 two", { TK_WORD_DELETE }, "one| two" },
	{ "one 网络|", { 23, 1, 25 }, "网络|one " },
	{ "one 网|络", { 21, 5, 25 }, "络one 网|" },
	{ "one |网络", { 11, 25, 25 }, "one 网络网络|" },
	{ "|one two", { TK_WORD_DELETE, 5, 25 }, " twoone|" },
	{ "one|", { 25 }, "one|" },
	{ "one|", { 'x', 0x7F51, 0x1D11E }, "onex网𝄞|" },
	{ "|", { 23, 21, 11, 4, 8 }, "|" },
};

static void set(struct line *line, const char *with_cursor)
{
	const char *at = strchr(with_cursor, '|');
	AUTO_STRING text = mem_format("%.*s%s", (int)(at - with_cursor), with_cursor, at + 1);

	line_set(line, text);
	line->cursor = (size_t)(at - with_cursor);
}

static void test_keys(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct line line;
		AUTO_STR got = STR_INIT;
		bool changed;

		line_init(&line);
		set(&line, rows[i].before);
		for (int k = 0; k < MOST_KEYS && rows[i].keys[k]; k++)
			CHECK_QUIET(line_key(&line, rows[i].keys[k], &changed), "row %zu: key %d edits", i, k);
		str_add_bytes(&got, line.text.bytes, line.cursor);
		str_add_char(&got, '|');
		str_add(&got, line.text.bytes + line.cursor);
		CHECK_STR(got.bytes, rows[i].after, rows[i].before);
		line_release(&line);
	}
}

/* Control characters become blanks; what does not fit is refused whole. */
static void test_insert(void)
{
	AUTO_STR much = STR_INIT;
	struct line line;

	line_init(&line);
	CHECK(line_insert(&line, "a\nb\033]0;x\007\tc"), "a pasted text");
	CHECK_STR(line.text.bytes, "a b ]0;x  c", "as one line");
	str_add_repeat(&much, 'x', 1 << 20);
	CHECK(!line_insert(&line, much.bytes), "a megabyte is too long");
	CHECK_STR(line.text.bytes, "a b ]0;x  c", "and nothing of it is taken");
	line_release(&line);
}

static void test_secret(void)
{
	struct line line;
	bool changed;

	line_init(&line);
	line.secret = true;
	line_set(&line, "hunter2");
	line_key(&line, 21, &changed);
	line_key(&line, 25, &changed);
	CHECK(line.text.length == 0 && line.killed.length == 0, "of a secret nothing is kept to be put back");
	line_release(&line);
}

int main(void)
{
	test_keys();
	test_insert();
	test_secret();
	return tap_done();
}
