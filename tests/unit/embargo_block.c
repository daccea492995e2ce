/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Embargo messages in letters: every message is written and read back the same; every field that is left out,
 * doubled, broken or of another message is refused; hostile text gives no block. Bytes at random never crash it.
 */
#include "psirtty/format/embargo_block.h"

#include "tap.h"

#define BEGIN "=== embargo 1 ===\n"
#define END   "=== end of embargo ===\n"
#define WHOLE "Message: EP\nCase: PSIRT-2026-0001\nUntil: 2027-01-15T09:00:00+08:00\n"

static int read_text(const char *text, struct embargo_block *ret)
{
	AUTO_ERROR err = ERROR_INIT;
	int code = embargo_block_read(text, strlen(text), ret, &err);

	CHECK_QUIET(code >= 0 || (code == ERR_INPUT && err.why && *err.why), "a reason for: %s", text);
	return code;
}

static int outcome(const char *text)
{
	struct embargo_block block = { .until = { .at = INSTANT_NONE } };
	int code = read_text(text, &block);

	if (code == 1)
		embargo_block_release(&block);
	return code;
}

static void test_round(enum embargo_message message, bool all)
{
	struct embargo_block block = { .message = message, .answer_by = INSTANT_NONE, .cause = END_LEAK,
				       .until = { .at = 1800000000 * INSTANT_SECOND, .offset = 480 } };
	bool offer = message == EMBARGO_EP || message == EMBARGO_EV;
	struct embargo_block back;
	AUTO_STR text = STR_INIT;
	int code;

	memcpy(block.case_id, "PSIRT-2026-0001", 16);
	if (all) {
		snprintf(block.until.zone, sizeof(block.until.zone), "Asia/Shanghai");
		block.note = mem_string("so it is: 好");
		block.answer_by = offer ? block.until.at - INSTANT_DAY : INSTANT_NONE;
		block.allow = offer ? (1u << ALLOW_COUNT) - 1 : 0;
	}
	str_add(&text, "Dear Acme,\n\n");
	embargo_block_write(&block, &text);
	str_add(&text, "\nKind regards\n");
	code = read_text(text.bytes, &back);
	CHECK(code == 1 && back.message == message && back.until.at == block.until.at && back.until.offset == 480 &&
		      str_equal(back.until.zone, block.until.zone) && back.answer_by == block.answer_by &&
		      back.allow == block.allow && str_equal(back.note, block.note) &&
		      str_equal(back.case_id, block.case_id) && (message != EMBARGO_ET || back.cause == END_LEAK),
	      "%s, %s", embargo_message_name(message), all ? "all of it" : "what it needs");
	if (code == 1)
		embargo_block_release(&back);
	embargo_block_release(&block);
}

static void test_good(void)
{
	static const char *const texts[] = {
		BEGIN WHOLE END,
		"text before\n" BEGIN WHOLE END "text behind",
		"=== embargo 1 ===\r\nMessage: EP\r\nCase: A-1\r\nUntil: 2027-01-15T01:00:00Z\r\n=== end of embargo ===\r\n",
		BEGIN "Until:2027-01-15T01:00:00Z  \nCase:A.1\nMessage:EA\n" END,
		BEGIN "Message: ET\nCase: A-1\nCause: timer\n" END,
		"> " BEGIN "> " WHOLE "> " END "\n" BEGIN WHOLE END,
		BEGIN WHOLE "=== end of embargo ===",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(outcome(texts[i]) == 1, "taken, %zu", i);
}

static void test_none(void)
{
	static const char *const texts[] = {
		"", "\n", "Message: EP\n", "> " BEGIN "> Message: EP\n> " END, " " BEGIN WHOLE END,
		"=== embargo 2 ===\n" WHOLE END, "x=== embargo 1 ===\n" WHOLE END, "=== EMBARGO 1 ===\n" WHOLE END, END,
		"=== embargo 1 === x\n" WHOLE END,
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(outcome(texts[i]) == 0, "no block, %zu", i);
}

static void test_hostile(void)
{
	static const struct { const char *what, *text; } rows[] = {
		{ "it does not end", BEGIN WHOLE },
		{ "two of them", BEGIN WHOLE END BEGIN WHOLE END },
		{ "a second one that is broken", BEGIN WHOLE END BEGIN },
		{ "a message that is none", BEGIN "Message: EX\nCase: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a message in small letters", BEGIN "Message: ep\nCase: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a field twice", BEGIN WHOLE "Case: PSIRT-2026-0002\n" END },
		{ "an end twice", BEGIN WHOLE "Until: 2028-01-15T09:00:00+08:00\n" END },
		{ "a field that is not known", BEGIN WHOLE "X-Admin: yes\n" END },
		{ "a field in small letters", BEGIN "message: EP\nCase: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "an empty line in it", BEGIN WHOLE "\n" END },
		{ "a line that is none", BEGIN WHOLE "please\n" END },
		{ "a blank before the colon", BEGIN "Message : EP\nCase: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a folded line", BEGIN WHOLE "Note: a\n b\n" END },
		{ "an empty field", BEGIN WHOLE "Note:\n" END },
		{ "no case", BEGIN "Message: EP\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "no end", BEGIN "Message: EP\nCase: A\n" END },
		{ "no message", BEGIN "Case: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "no cause", BEGIN "Message: ET\nCase: A\n" END },
		{ "a case with a blank", BEGIN "Message: EP\nCase: A B\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a case with a slash", BEGIN "Message: EP\nCase: ../A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a case that is too long", BEGIN "Message: EP\nCase: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
					     "AAAAAAAAAAAAAAAA\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a date alone", BEGIN "Message: EP\nCase: A\nUntil: 2027-01-15\n" END },
		{ "no offset", BEGIN "Message: EP\nCase: A\nUntil: 2027-01-15T01:00:00\n" END },
		{ "no such day", BEGIN "Message: EP\nCase: A\nUntil: 2027-02-30T01:00:00Z\n" END },
		{ "a zone that does not agree", BEGIN WHOLE "Zone: Europe/Berlin\n" END },
		{ "a zone that is none", BEGIN WHOLE "Zone: Asia/Shangai\n" END },
		{ "a zone that leaves its folder", BEGIN WHOLE "Zone: ../../etc/passwd\n" END },
		{ "a zone from the root", BEGIN WHOLE "Zone: /etc/localtime\n" END },
		{ "a zone without an end", BEGIN "Message: ET\nCase: A\nCause: timer\nZone: UTC\n" END },
		{ "it allows what nobody knows", BEGIN WHOLE "Allow: everything\n" END },
		{ "it allows the same twice", BEGIN WHOLE "Allow: deploy, deploy\n" END },
		{ "words without a comma", BEGIN WHOLE "Allow: deploy tell-customers\n" END },
		{ "a cause in a proposal", BEGIN WHOLE "Cause: timer\n" END },
		{ "an answer that allows", BEGIN "Message: EA\nCase: A\nUntil: 2027-01-15T01:00:00Z\nAllow: deploy\n" END },
		{ "an answer that wants one", BEGIN "Message: ER\nCase: A\nUntil: 2027-01-15T01:00:00Z\nAnswer-By: "
					      "2026-12-15T01:00:00Z\n" END },
		{ "a cause that is none", BEGIN "Message: ET\nCase: A\nCause: because\n" END },
		{ "an override of the text's direction", BEGIN WHOLE "Note: \xe2\x80\xae" "abc\n" END },
		{ "a zero-width space in the case", BEGIN "Message: EP\nCase: A\xe2\x80\x8b" "1\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "a byte order mark", BEGIN "\xef\xbb\xbfMessage: EP\nCase: A\nUntil: 2027-01-15T01:00:00Z\n" END },
		{ "an escape sequence", BEGIN WHOLE "Note: \x1b[2J\n" END },
		{ "broken UTF-8", BEGIN WHOLE "Note: \xff\xfe\n" END },
		{ "a tag character", BEGIN WHOLE "Note: \xf3\xa0\x81\x81\n" END },
		{ "a carriage return inside", BEGIN WHOLE "Note: a\rCase: B\n" END },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(outcome(rows[i].text) == ERR_INPUT, "refused: %s", rows[i].what);
}

static void test_limits(void)
{
	AUTO_STR many = STR_INIT;
	AUTO_STR wide = STR_INIT;
	AUTO_STR zeros = STR_INIT;
	struct embargo_block block;

	str_add(&many, BEGIN);
	for (int i = 0; i < 100000; i++)
		str_add(&many, "Note: x\n");
	CHECK(outcome(many.bytes) == ERR_INPUT, "lines without end");
	str_add(&wide, BEGIN WHOLE "Note: ");
	str_add_repeat(&wide, 'x', 1 << 20);
	str_add(&wide, "\n" END);
	CHECK(outcome(wide.bytes) == ERR_INPUT, "a line of a megabyte");
	str_add_bytes(&zeros, BEGIN "Message: EP\0X\n", sizeof(BEGIN) + 13);
	CHECK(embargo_block_read(zeros.bytes, zeros.length, &block, NULL) == ERR_INPUT, "a zero byte");
}

static void test_missing_each(void)
{
	static const char *const lines[] = { "Message: EP\n", "Case: A-1\n", "Until: 2027-01-15T01:00:00Z\n" };

	for (size_t skip = 0; skip < ARRAY_LEN(lines); skip++) {
		AUTO_STR text = STR_INIT;

		str_add(&text, BEGIN);
		for (size_t i = 0; i < ARRAY_LEN(lines); i++)
			if (i != skip)
				str_add(&text, lines[i]);
		str_add(&text, END);
		CHECK(outcome(text.bytes) == ERR_INPUT, "without: %.7s", lines[skip]);
	}
}

/* Every text that comes of one good block by changing one byte is read or refused, and never both said to be whole
 * and without its case. */
static void test_every_byte(void)
{
	static const char good[] = BEGIN WHOLE "Zone: Asia/Shanghai\nAllow: deploy\nNote: n\n" END;
	size_t taken = 0;

	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (int byte = 1; byte < 256; byte++) {
			AUTO_STRING text = mem_string(good);
			struct embargo_block block = { .until = { .at = INSTANT_NONE } };

			text[i] = (char)byte;
			if (embargo_block_read(text, sizeof(good) - 1, &block, NULL) != 1)
				continue;
			taken++;
			CHECK_QUIET(*block.case_id && block.until.at != INSTANT_NONE, "whole, byte %zu = %d", i, byte);
			embargo_block_release(&block);
		}
	CHECK(taken > sizeof(good) && tap_failed == 0, "each byte changed to each other: %zu still read", taken);
}

int main(void)
{
	for (int message = 0; message < EMBARGO_MESSAGE_COUNT; message++) {
		CHECK(embargo_message_from_name(embargo_message_name((enum embargo_message)message)) == message, "its name");
		test_round((enum embargo_message)message, false);
		test_round((enum embargo_message)message, true);
	}
	test_good();
	test_none();
	test_hostile();
	test_limits();
	test_missing_each();
	test_every_byte();
	return tap_done();
}
