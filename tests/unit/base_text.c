/* SPDX-License-Identifier: Apache-2.0 */
/* The safe-text door: hostile text, widths, clipping; over every code point nothing gets past. */
#include "psirtty/base/text.h"

#include "tap.h"

struct row {
	const char *src, *shown;
	int width, hidden;
};

static void check_rows(const struct row *rows, size_t count, enum text_policy policy)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_TEXT text = TEXT_INIT;

		text_display(&text, rows[i].src, -1, policy);
		CHECK_STR(text.utf8, rows[i].shown, "what is shown");
		CHECK(text.width == rows[i].width, "%s has %d cells (%d)", rows[i].shown, rows[i].width, text.width);
		CHECK(text.hidden == rows[i].hidden, "%s tells of %d (%d)", rows[i].shown, rows[i].hidden, text.hidden);
	}
}

static void test_hostile(void)
{
	static const struct row rows[] = {
		{ NULL, "", 0, 0 },
		{ "", "", 0, 0 },
		{ "plain", "plain", 5, 0 },
		/* escape sequences: clear, title, clipboard, device answers */
		{ "\033[2J", "^[[2J", 5, 1 },
		{ "\033]0;title\007x", "^[]0;title^Gx", 13, 2 },
		{ "\033]52;c;Zm9v\033\\", "^[]52;c;Zm9v^[\\", 15, 2 },
		{ "\033[6n\005", "^[[6n^E", 7, 2 },
		{ "\r\b\177\016", "^M^H^?^N", 8, 4 },
		/* C1 as UTF-8, and as a bare byte, which is no UTF-8 */
		{ "\xC2\x9B" "2J", "<9B>2J", 6, 1 },
		{ "\xC2\x9D\xC2\x9C\xC2\x85", "<9D><9C><85>", 12, 3 },
		{ "\x9B" "2J", "\\x9B2J", 6, 1 },
		/* bidi */
		{ "\u202Egpj.exe", "<RLO>gpj.exe", 12, 1 },
		{ "\u202A\u202B\u202C\u202D", "<LRE><RLE><PDF><LRO>", 20, 4 },
		{ "\u2066\u2067\u2068\u2069", "<LRI><RLI><FSI><PDI>", 20, 4 },
		{ "\u200E\u200F\u061C", "<LRM><RLM><ALM>", 15, 3 },
		/* unseen */
		{ "a\u200Bb\u200Cc\u200Dd", "a<ZWSP>b<ZWNJ>c<ZWJ>d", 21, 3 },
		{ "\uFEFFx\u00ADy\u2060", "<BOM>x<SHY>y<WJ>", 16, 3 },
		{ "\u2028\u2029", "<LSEP><PSEP>", 12, 2 },
		{ "\U000E0041\U000E007F", "<TAG><TAG>", 10, 2 },
		{ "\u3164\u2800\uFFA0", "<HANGUL FILLER><BLANK><HANGUL FILLER>", 37, 3 },
		{ "a\uFE0F\U000E0100", "a<VS><VS>", 9, 2 },
		/* broken UTF-8 */
		{ "\xC0\xAF", "\\xC0\\xAF", 8, 2 },
		{ "\xED\xA0\x80", "\\xED\\xA0\\x80", 12, 3 },
		{ "a\xE5\xA0", "a\\xE5\\xA0", 9, 2 },
		/* combining: two stay on a cell, a third is told; alone it gets a cell to stand on */
		{ "e\u0301", "e\u0301", 1, 0 },
		{ "e\u0301\u0302\u0303\u0304", "e\u0301\u0302", 1, 2 },
		{ "\u0301x", " \u0301x", 2, 0 },
		/* no character at all, private, unassigned */
		{ "\uE000", "<U+E000>", 8, 1 },
		{ "\U0010FFFF", "<U+10FFFF>", 10, 1 },
		{ "\u0378", "<U+0378>", 8, 1 },
		/* wide */
		{ "\u6F0F\u6D1E", "\u6F0F\u6D1E", 4, 0 },
		{ "\uFF21\uFF01\u3000", "\uFF21\uFF01\u3000", 6, 0 },
		{ "\uD55C\uAE00 \u30AB\uFF76", "\uD55C\uAE00 \u30AB\uFF76", 8, 0 },
		{ "\U0001F600\U00020000", "\U0001F600\U00020000", 4, 0 },
		{ "\u00E9\u03A9\u0416\u2014\u2500", "\u00E9\u03A9\u0416\u2014\u2500", 5, 0 },
		{ "a\nb\tc\r\nd", "a b c d", 7, 0 },
	};

	check_rows(rows, ARRAY_LEN(rows), TEXT_LINE);
}

static void test_block(void)
{
	static const struct row rows[] = {
		{ "a\nb", "a\nb", 2, 0 },
		{ "a\r\nb\r", "a\nb^M", 4, 1 },
		{ "\tx", "        x", 9, 0 },
		{ "1234567\tx", "1234567 x", 9, 0 },
		{ "12345678\tx", "12345678        x", 17, 0 },
		{ "ab\n\tx", "ab\n        x", 11, 0 },
		{ "\u6F0F\tx", "\u6F0F      x", 9, 0 },
		{ "a\n\u0301", "a\n \u0301", 2, 0 },
	};

	check_rows(rows, ARRAY_LEN(rows), TEXT_BLOCK);
}

static void test_lengths(void)
{
	AUTO_TEXT zeros = TEXT_INIT, cut = TEXT_INIT, ascii = TEXT_INIT, accent = TEXT_INIT;

	text_display(&zeros, "a\0b", 3, TEXT_LINE);
	CHECK_STR(zeros.utf8, "a^@b", "a zero byte is shown");
	text_display(&cut, "\u6F0F", 2, TEXT_LINE);
	CHECK_STR(cut.utf8, "\\xE6\\xBC", "no byte behind the end is read");
	text_display(&ascii, "only ASCII ~", -1, TEXT_LINE);
	CHECK(!ascii.risky, "ASCII is not risky");
	text_display(&accent, "\u00E9", -1, TEXT_LINE);
	CHECK(accent.risky, "a letter that some terminals draw wide is");
}

/* Whatever the code point, what comes out is printable, counted, and the same when it goes in again. */
static void test_every_code_point(void)
{
	long count = 0;

	for (uint32_t c = 1; c <= 0x10FFFF; c++, count++) {
		AUTO_STR src = STR_INIT;
		AUTO_TEXT once = TEXT_INIT, twice = TEXT_INIT;

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		str_add_char(&src, 'a');
		str_add_utf8(&src, c);
		text_display(&once, src.bytes, (long)src.length, TEXT_LINE);
		text_display(&twice, once.utf8, -1, TEXT_LINE);
		CHECK_QUIET(str_equal(once.utf8, twice.utf8) && twice.hidden == 0, "U+%04X once and twice", c);
		CHECK_QUIET(once.width == text_width(once.utf8), "U+%04X is counted", c);
		CHECK_QUIET(once.hidden == 1 || text_cells(c) >= 0 || c == '\n' || c == '\t',
			    "U+%04X is told", c);
	}
	CHECK(count == 0x10FFFF, "every code point");
}

static void test_clip(void)
{
	static const struct {
		const char *text;
		int cells, width;
		size_t bytes;
	} rows[] = {
		{ "abc", 2, 2, 2 },
		{ "abc", 9, 3, 3 },
		{ "abc", 0, 0, 0 },
		{ "\u6F0F\u6D1E", 3, 2, 3 },
		{ "\u6F0F\u6D1E", 4, 4, 6 },
		{ "e\u0301x", 1, 1, 3 },
		{ "", 5, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int width = -1;
		size_t bytes = text_clip(rows[i].text, rows[i].cells, &width);

		CHECK(bytes == rows[i].bytes && width == rows[i].width, "%s in %d cells", rows[i].text, rows[i].cells);
	}
	CHECK(text_width("\u6F0F e\u0301") == 4, "the width of safe text");
}

static void test_adding(void)
{
	AUTO_STR s = STR_INIT;

	text_add_line(&s, "a\n\033b");
	text_add_block(&s, "\nc\u202E");
	text_add_line(&s, NULL);
	CHECK_STR(s.bytes, "a ^[b\nc<RLO>", "added to a string");
}

int main(void)
{
	test_hostile();
	test_block();
	test_lengths();
	test_every_code_point();
	test_clip();
	test_adding();
	return tap_done();
}
