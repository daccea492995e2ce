/* SPDX-License-Identifier: Apache-2.0 */
/* Names of letters that look alike, and Punycode. */
#include "psirtty/format/script.h"

#include "tap.h"

/* RFC 3492 7.1, and what is broken. */
static void test_punycode(void)
{
	static const struct { const char *label, *text; } rows[] = {
		{ "xn--fnder-n2e", "f\xD1\x96nder" }, { "xn--ls8h", "\xF0\x9F\x92\xA9" },
		{ "xn--ihqwcrb4cv8a8dqg056pqjye", "\xE4\xBB\x96\xE4\xBB\xAC\xE4\xB8\xBA\xE4\xBB\x80\xE4\xB9\x88"
		  "\xE4\xB8\x8D\xE8\xAF\xB4\xE4\xB8\xAD\xE6\x96\x87" },
		{ "XN--BCHER-KVA", "B\xC3\xBC" "CHER" },
		{ "xn--", "" }, { "plain", NULL }, { "xn--999999999999", NULL }, { "xn--\xFF", NULL },
		{ "xn--zzzzzzzzzzzzzz", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR text = STR_INIT;
		bool done = punycode_decode(rows[i].label, strlen(rows[i].label), &text);

		CHECK(done == (rows[i].text != NULL), "%s %s", rows[i].label, done ? "is decoded" : "is refused");
		CHECK_STR(done ? text.bytes : NULL, rows[i].text, "to what it says");
	}
}

/* Whatever stands behind "xn--": two bytes exhaustively. */
static void test_any(void)
{
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			const char label[] = { 'x', 'n', '-', '-', (char)a, (char)b, '\0' };
			AUTO_STR text = STR_INIT;

			punycode_decode(label, 6, &text);
			CHECK_QUIET(utf8_valid(text.bytes, text.length), "label of the bytes %02x %02x", (unsigned)a, (unsigned)b);
		}
	CHECK(1, "65,025 labels give UTF-8 or nothing");
}

static void test_mixed(void)
{
	static const struct { const char *name; bool mixed; } names[] = {
		{ "Alice Finder", false }, { "\xD0\x90lice", true }, { "\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0 Smith", false },
		{ "J\xC3\xBCrgen", false }, { "\xE7\x8E\x8B Wang", false }, { "p\xCE\xB1ypal", true }, { "", false },
	};
	static const struct { const char *domain; bool mixed; } domains[] = {
		{ "finder.example", false }, { "xn--fnder-3ve.example", true }, { "xn--80ak6aa92e.com", true },
		{ "xn--e1afmkfd.xn--p1ai", false }, { "xn--bcher-kva.example", false }, { "xn--fiq228c.com", false },
		{ "", false }, { "...", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(script_is_mixed(names[i].name) == names[i].mixed, "name %s", names[i].name);
	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		CHECK(script_domain_is_mixed(domains[i].domain) == domains[i].mixed, "domain %s", domains[i].domain);
}

int main(void)
{
	test_punycode();
	test_any();
	test_mixed();
	return tap_done();
}
