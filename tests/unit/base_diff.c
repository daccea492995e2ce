/* SPDX-License-Identifier: Apache-2.0 */
/* Differences: every pair of short texts makes each other again and takes no more steps than it must. */
#include "tap.h"

#include "psirtty/base/diff.h"
#include "psirtty/base/mem.h"

/* What the diff says of one side must be that side. */
static bool rebuilds(const struct diff *diff, const char *from, const char *to)
{
	AUTO_STR old = STR_INIT, new = STR_INIT;
	size_t removed = 0, added = 0;

	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_line *line = &diff->lines[i];

		if (line->kind != DIFF_ADDED)
			str_add_bytes(&old, line->text, line->length), str_add_char(&old, '\n');
		if (line->kind != DIFF_REMOVED)
			str_add_bytes(&new, line->text, line->length), str_add_char(&new, '\n');
		removed += line->kind == DIFF_REMOVED;
		added += line->kind == DIFF_ADDED;
	}
	return str_equal(str_or_empty(old.bytes), from) && str_equal(str_or_empty(new.bytes), to) && removed == diff->removed &&
	       added == diff->added;
}

/* Length of the longest common subsequence, the slow way. */
static size_t common(const char *a, const char *b)
{
	size_t table[8][8] = { { 0 } }, n = strlen(a), m = strlen(b);

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++)
			table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 :
				      table[i - 1][j] > table[i][j - 1] ? table[i - 1][j] : table[i][j - 1];
	return table[n][m];
}

static void number_text(int number, int letters, char ret_word[8], struct str *ret)
{
	int length = 0;

	for (; number; number = (number - 1) / letters)
		ret_word[length++] = (char)('a' + (number - 1) % letters);
	ret_word[length] = 0;
	for (int i = 0; i < length; i++)
		str_add_format(ret, "%c\n", ret_word[i]);
}

static void test_all_short(void)
{
	enum { TEXTS = 364 }; /* all of up to five lines out of three */
	bool good = true, shortest = true;

	for (int a = 0; a < TEXTS; a++)
		for (int b = 0; b < TEXTS; b++) {
			AUTO_STR from = STR_INIT, to = STR_INIT;
			char x[8], y[8];
			struct diff diff;

			number_text(a, 3, x, &from);
			number_text(b, 3, y, &to);
			diff_texts(from.bytes, to.bytes, 3, &diff);
			good = good && rebuilds(&diff, str_or_empty(from.bytes), str_or_empty(to.bytes));
			shortest = shortest && diff.removed == strlen(x) - common(x, y) && diff.added == strlen(y) - common(x, y);
			diff_release(&diff);
		}
	CHECK(good, "every pair of short texts is made again");
	CHECK(shortest, "and no shorter list would do");
}

static void test_unified(void)
{
	static const char from[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", to[] = "1\n2\nthree\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n";
	AUTO_STR text = STR_INIT;
	struct diff diff;

	diff_texts(from, to, 1, &diff);
	diff_unified(&diff, &text);
	CHECK_STR(text.bytes, "@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n@@ -12,1 +12,2 @@\n 12\n+13\n", "two hunks");
	CHECK(diff.hunk_count == 2 && diff.added == 2 && diff.removed == 1, "counted");
	diff_release(&diff);
	str_reset(&text);
	diff_texts(from, to, 5, &diff);
	diff_unified(&diff, &text);
	CHECK(diff.hunk_count == 1, "hunks that touch are one");
	diff_release(&diff);
	str_reset(&text);
	diff_texts(from, from, 3, &diff);
	diff_unified(&diff, &text);
	CHECK(!diff.hunk_count && !text.length && diff.count == 12, "the same text has no hunk");
	diff_release(&diff);
	diff_texts(NULL, NULL, 3, &diff);
	CHECK(!diff.count, "nothing and nothing");
	diff_release(&diff);
}

static const struct { const char *from, *to, *old, *new; } words[] = {
	{ "the length is checked twice", "the size is checked twice", "[length]", "[size]" },
	{ "up to 4.1 are affected", "up to 4.2 are affected", "[1]", "[2]" },
	{ "one two three four five six", "one 2 3 four five six", "[two three]", "[2 3]" },
	{ "网关没有检查权限", "网关已经检查权限", "[没有]", "[已经]" },
	{ "entirely other", "x", "", "" },
	{ "a call to f()", "a call to f(x)", "", "[x]" },
};

static void spans_text(const struct diff *diff, enum diff_kind kind, struct str *ret)
{
	for (size_t i = 0; i < diff->count; i++)
		for (size_t j = 0; diff->lines[i].kind == kind && j < diff->lines[i].span_count; j++)
			str_add_format(ret, "[%.*s]", (int)diff->lines[i].spans[j].length,
				       diff->lines[i].text + diff->lines[i].spans[j].at);
}

static void test_words(void)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		AUTO_STR old = STR_INIT, new = STR_INIT;
		struct diff diff;

		diff_texts(words[i].from, words[i].to, 3, &diff);
		spans_text(&diff, DIFF_REMOVED, &old);
		spans_text(&diff, DIFF_ADDED, &new);
		CHECK_STR(str_or_empty(old.bytes), words[i].old, words[i].from);
		CHECK_STR(str_or_empty(new.bytes), words[i].new, words[i].to);
		diff_release(&diff);
	}
}

/* Far apart: at the limit exact, beyond it whole, and never slow. */
static void test_limit(size_t changes)
{
	AUTO_STR from = STR_INIT, to = STR_INIT;
	struct diff diff;

	for (size_t i = 0; i < 20000; i++) {
		str_add_format(&from, "line %zu\n", i);
		if (i % 10 || i / 10 >= changes)
			str_add_format(&to, "line %zu\n", i);
	}
	diff_texts(from.bytes, to.bytes, 3, &diff);
	CHECK(rebuilds(&diff, from.bytes, to.bytes), "%zu lines fewer: made again", changes);
	CHECK(changes > DIFF_MOST ? diff.removed > changes : diff.removed == changes && !diff.added, "%zu lines fewer: %zu and %zu",
	      changes, diff.removed, diff.added);
	diff_release(&diff);
}

int main(void)
{
	test_all_short();
	test_unified();
	test_words();
	test_limit(DIFF_MOST);
	test_limit(DIFF_MOST + 1);
	return tap_done();
}
