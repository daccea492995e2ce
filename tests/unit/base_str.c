/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: growth, zeros inside, hex and base64, and UTF-8 over every code point. */
#include "psirtty/base/str.h"

#include "tap.h"

static void test_growth(void)
{
	AUTO_STR s = STR_INIT;

	CHECK(s.bytes[0] == '\0' && s.length == 0, "a new string is empty and ends");
	for (int i = 0; i < 10000; i++) {
		str_add_char(&s, (char)('a' + i % 26));
		CHECK_QUIET(s.length == (size_t)i + 1 && s.bytes[s.length] == '\0', "length after %d", i);
	}
	CHECK(s.length == 10000 && s.bytes[9999] == 'a' + 9999 % 26, "ten thousand characters");
	str_truncate(&s, 3);
	CHECK_STR(s.bytes, "abc", "truncated");
	str_add_bytes(&s, "\0z", 2);
	CHECK(s.length == 5 && memcmp(s.bytes, "abc\0z", 6) == 0, "a zero inside is kept");
	str_reset(&s);
	CHECK(s.length == 0 && s.capacity > 0, "reset keeps the storage");
	str_add_repeat(&s, '-', 3);
	str_add(&s, NULL);
	str_add_format(&s, "%d%%", 42);
	CHECK_STR(s.bytes, "---42%", "repeat, NULL and format");
	str_wipe(&s);
	CHECK(s.capacity == 0 && s.bytes == str_empty, "wiped and released");
	str_truncate(&s, 0);
	CHECK(str_empty[0] == '\0', "the shared empty string is untouched");
}

static void test_detach(void)
{
	struct str s = STR_INIT;
	char *empty = str_detach(&s), *full;

	str_add(&s, "kept");
	full = str_detach(&s);
	CHECK_STR(empty, "", "an empty string detaches as \"\"");
	CHECK_STR(full, "kept", "a full one as itself");
	CHECK(s.length == 0 && s.capacity == 0, "and leaves it empty");
	free(empty);
	free(full);
}

static void test_questions(void)
{
	CHECK(str_equal(NULL, NULL) && !str_equal(NULL, "") && !str_equal("", NULL), "NULL equals NULL");
	CHECK(str_equal("a", "a") && !str_equal("a", "A"), "equal is exact");
	CHECK(str_starts("psirtty", "psi") && !str_starts("ps", "psi") && !str_starts(NULL, ""), "starts");
	CHECK(str_ends("a.eml", ".eml") && !str_ends("eml", ".eml") && str_ends(NULL, ""), "ends");
	CHECK(str_casecmp("Content-TYPE", "content-type") == 0, "ASCII letters fold");
	CHECK(str_casecmp("a", "b") < 0 && str_casecmp("b", "A") > 0 && str_casecmp("a", "ab") < 0, "order");
	CHECK(str_casecmp("\xC3\x84", "\xC3\xA4") != 0, "other letters do not fold");
	CHECK(str_casecmp("[", "{") != 0 && str_casecmp("@", "`") != 0, "nor what stands beside the letters");
	CHECK(str_starts_nocase("X-Foo", "x-f") && !str_starts_nocase("x", "x-"), "prefix without case");
	CHECK_STR(str_or_empty(NULL), "", "NULL as empty");
}

static void test_hex(void)
{
	unsigned char all[256], back[256];
	char *hex;

	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	hex = str_hex(all, sizeof(all));
	CHECK(strlen(hex) == 512 && strncmp(hex, "000102", 6) == 0 && str_ends(hex, "fdfeff"), "hex of all bytes");
	CHECK(str_unhex(hex, back, sizeof(back)) == 256 && memcmp(all, back, 256) == 0, "and back");
	CHECK(str_unhex(hex, back, 255) == -1, "no more than there is room for");
	CHECK(str_unhex("ABcd", back, 2) == 2 && back[0] == 0xAB && back[1] == 0xCD, "capitals are read");
	CHECK(str_unhex("", back, 2) == 0, "nothing is nothing");
	CHECK(str_unhex("abc", back, 2) == -1, "half a byte is refused");
	CHECK(str_unhex("0g", back, 2) == -1 && str_unhex(" 1", back, 2) == -1, "no digit is refused");
	free(hex);
}

static void test_base64(void)
{
	/* RFC 4648, section 10 */
	static const char *const rows[][2] = {
		{ "", "" },	    { "f", "Zg==" },	    { "fo", "Zm8=" },	       { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xFF\xFF\xFE", "///+" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		str_add_base64(&s, rows[i][0], strlen(rows[i][0]));
		CHECK_STR(s.bytes, rows[i][1], "base64");
	}
}

static void test_every_code_point(void)
{
	int scalars = 0;

	for (uint32_t c = 0; c <= 0x110000; c++) {
		AUTO_STR s = STR_INIT;
		const char *cursor;
		bool scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);

		str_add_utf8(&s, c);
		cursor = s.bytes;
		CHECK_QUIET(utf8_next(&cursor, s.bytes + s.length) == (int32_t)(scalar ? c : 0xFFFD) &&
				    cursor == s.bytes + s.length,
			    "U+%04X there and back", c);
		scalars += scalar;
	}
	CHECK(scalars == 0x110000 - 0x800, "all %d scalar values", scalars);
}

/* All sequences of two bytes and all of three that begin with a lead byte: an independent rule. */
static bool valid_by_table(const unsigned char *b, int length)
{
	if (length == 1)
		return b[0] < 0x80;
	if (length == 2)
		return b[0] >= 0xC2 && b[0] <= 0xDF && b[1] >= 0x80 && b[1] <= 0xBF;
	return ((b[0] == 0xE0 && b[1] >= 0xA0 && b[1] <= 0xBF) ||
		(b[0] >= 0xE1 && b[0] <= 0xEC && b[1] >= 0x80 && b[1] <= 0xBF) ||
		(b[0] == 0xED && b[1] >= 0x80 && b[1] <= 0x9F) ||
		(b[0] >= 0xEE && b[0] <= 0xEF && b[1] >= 0x80 && b[1] <= 0xBF)) &&
	       b[2] >= 0x80 && b[2] <= 0xBF;
}

static void test_every_sequence(void)
{
	long count = 0;

	for (int lead = 0x80; lead < 0x100; lead++) {
		for (int rest = 0; rest < 0x10000; rest++) {
			unsigned char b[3] = { (unsigned char)lead, (unsigned char)(rest >> 8),
					       (unsigned char)rest };
			const char *cursor = (char *)b;
			int32_t c = utf8_next(&cursor, (char *)b + 3);
			int length = (int)(cursor - (char *)b);
			bool two = valid_by_table(b, 2), three = valid_by_table(b, 3);

			CHECK_QUIET((c >= 0) == (two || three) && length == (two ? 2 : three ? 3 : 1),
				    "%02X %02X %02X", b[0], b[1], b[2]);
			count++;
		}
	}
	CHECK(count == 128 * 65536L, "every sequence of three bytes with a lead byte");
}

static void test_invalid(void)
{
	static const struct {
		const char *name, *bytes;
		size_t length;
	} rows[] = {
		{ "a continuation alone", "\x80", 1 },	    { "cut after one", "\xE5\xA0", 2 },
		{ "overlong slash", "\xC0\xAF", 2 },	    { "overlong of three", "\xE0\x80\xAF", 3 },
		{ "overlong of four", "\xF0\x80\x80\xAF", 4 }, { "a surrogate", "\xED\xA0\x80", 3 },
		{ "above the last", "\xF4\x90\x80\x80", 4 },   { "F5", "\xF5\x80\x80\x80", 4 },
		{ "FE", "\xFE", 1 },			    { "FF", "\xFF", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(!utf8_valid(rows[i].bytes, rows[i].length), "refused: %s", rows[i].name);
	CHECK(utf8_valid("\xF4\x8F\xBF\xBF", 4) && utf8_valid("a\0b", 3) && utf8_valid("", 0), "the last scalar value, a zero, nothing");
}

static void test_tsv(void)
{
	static const char *const rows[][2] = {
		{ NULL, "-" },
		{ "", "-" },
		{ "plain text", "plain text" },
		{ "a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e" },
		{ "\033[2J\177", "\\x1B[2J\\x7F" },
		{ "\xC2\x9B", "\\u{009B}" },
		{ "\u202Etxt", "\\u{202E}txt" },
		{ "\u200B\U000E0041", "\\u{200B}\\u{E0041}" },
		{ "\xFF" "a\xE5", "\\xFFa\\xE5" },
		{ "\u6F0F\u6D1E \u00E9", "\u6F0F\u6D1E \u00E9" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		tsv_add(&s, rows[i][0]);
		CHECK_STR(s.bytes, rows[i][1], "a field of a table");
	}
}

int main(void)
{
	test_growth();
	test_detach();
	test_questions();
	test_hex();
	test_base64();
	test_every_code_point();
	test_every_sequence();
	test_invalid();
	test_tsv();
	return tap_done();
}
