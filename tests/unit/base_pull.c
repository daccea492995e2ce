/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader: what it takes and refuses, whatever the pieces the input comes in; beside jansson. */
#include "psirtty/base/pull.h"

#include <jansson.h>

#include "tests/unit/tap.h"

struct pieces { const char *bytes; size_t length, at, size; };

static long read_piece(void *context, char *ret, size_t size, struct error *err)
{
	struct pieces *p = context;
	size_t part = p->length - p->at;

	(void)err;
	part = part < p->size ? part : p->size;
	part = part < size ? part : size;
	memcpy(ret, p->bytes + p->at, part);
	p->at += part;
	return (long)part;
}

/* All tokens in one line; "!" and the reason at a fault. */
static char *tokens(struct pull *pull)
{
	static const char *const marks[] = { "$", "{", "}", "[", "]", "n", "s", "#", "T", "F", "N" };
	struct str line = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct pull_item item;
	int code;

	do {
		code = pull_next(pull, &item, &err);
		if (code)
			str_add_format(&line, "!%s", err.why);
		else
			str_add_format(&line, "%s%d@%llu", marks[item.token], item.depth,
				       (unsigned long long)item.offset);
		if (!code && item.text) {
			str_add_char(&line, '=');
			str_add_bytes(&line, item.text, item.length);
		}
		str_add_char(&line, ' ');
	} while (!code && item.token != PULL_END);
	pull_free(pull);
	return str_detach(&line);
}

static char *whole(const char *text, size_t length)
{
	return tokens(pull_new_memory("test", NULL, text, length));
}

static const struct { const char *text, *tokens; } rows[] = {
	{ "null", "N0@0 $0@4 " },
	{ " true ", "T0@1 $0@6 " },
	{ "-0.5e+10", "#0@0=-0.5e+10 $0@8 " },
	{ "[]", "[0@0 ]0@1 $0@2 " },
	{ "{}", "{0@0 }0@1 $0@2 " },
	{ "[1,[2],{\"a\":\"b\"}]", "[0@0 #1@1=1 [1@3 #2@4=2 ]1@5 {1@7 n2@8=a s2@12=b }1@15 ]0@16 $0@17 " },
	{ "\"\\u00e9\\ud83d\\ude00\\n\\/\"", "s0@0=é😀\n/ $0@24 " },
	{ "", "!byte 0: it ends where a value was expected " },
	{ "[1,]", "[0@0 #1@1=1 !byte 3: \"]\" stands where a value was expected " },
	{ "{\"a\":1,}", "{0@0 n1@1=a #1@5=1 !byte 7: \"}\" stands where a member's name was expected " },
	{ "{\"a\" 1}", "{0@0 n1@1=a !byte 5: \"1\" stands where a colon was expected " },
	{ "{1:2}", "{0@0 !byte 1: \"1\" stands where a member's name was expected " },
	{ "[1 2]", "[0@0 #1@1=1 !byte 3: \"2\" stands where a comma or ] was expected " },
	{ "01", "#0@0=0 !byte 1: \"1\" stands where the end was expected " },
	{ "+1", "!byte 0: \"+\" stands where a value was expected " },
	{ "1.", "!byte 2: it ends where a digit was expected " },
	{ "1e", "!byte 2: it ends where a digit was expected " },
	{ "-", "!byte 1: it ends where a digit was expected " },
	{ "nul", "!byte 3: it ends where true, false or null was expected " },
	{ "\"a", "!byte 2: it ends where the end of a string was expected " },
	{ "\"\t\"", "!byte 1: byte 0x09 stands where the end of a string was expected " },
	{ "\"\\x\"", "!byte 2: \"x\" stands where an escaped character was expected " },
	{ "\"\\ud800\"", "!byte 7: a lone surrogate " },
	{ "\"\\udc00\"", "!byte 7: a lone surrogate " },
	{ "\"\\u12g4\"", "!byte 5: \"g\" stands where a hexadecimal digit was expected " },
	{ "\"\xff\"", "!byte 3: a string is not UTF-8 " },
	{ "\xef\xbb\xbf[]", "!byte 0: byte 0xEF stands where a value was expected " },
	{ "[] []", "[0@0 ]0@1 !byte 3: \"[\" stands where the end was expected " },
	{ "{\"a\\u0000\":1}", "{0@0 !byte 10: a member's name holds a zero " },
};

static void test_rows(void)
{
	AUTO_STRING zero = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING got = whole(rows[i].text, strlen(rows[i].text));

		CHECK_STR(got, rows[i].tokens, rows[i].text);
		for (size_t size = 1; size < 8; size++) {
			struct pieces pieces = { rows[i].text, strlen(rows[i].text), 0, size };
			AUTO_STRING again = tokens(pull_new("test", NULL, read_piece, &pieces));

			CHECK_QUIET(str_equal(got, again), "%s in pieces of %zu: %s", rows[i].text, size, again);
		}
	}
	zero = whole("[1\0]", 4);
	CHECK_STR(zero, "[0@0 #1@1=1 !byte 2: byte 0x00 stands where a comma or ] was expected ",
		  "a zero between tokens");
	CHECK(true, "the same in pieces of one to seven bytes");
}

/* ---- beside jansson */

static uint64_t seed = 20261121;

static unsigned chance(unsigned bound)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % bound;
}

static void test_differential(void)
{
	static const char base[] = "{\"id\": \"CVE-2026-1\", \"n\": [0, -1.5e3, 12, true, false, null, {}], "
				   "\"t\": \"a\\n\\u00e9\\\\ \xc3\xa9\xe4\xb8\xad\", \"o\": {\"x\": [[], [1]], \"y\": \"\"}}";
	static const char bytes[] = "{}[]\",:0123456789eE+-.\\u/ntfabr \xc3\xa9\x1f";
	size_t taken = 0, refused = 0;

	for (int round = 0; round < 200000; round++) {
		char text[sizeof(base)];
		size_t length = sizeof(base) - 1;
		AUTO_STRING got = NULL;
		json_error_t why;
		json_t *value;

		memcpy(text, base, sizeof(base));
		for (unsigned k = chance(3) + 1; k > 0; k--)
			text[chance((unsigned)length)] = bytes[chance(sizeof(bytes) - 1)];
		if (chance(4) == 0)
			length = chance((unsigned)length);
		value = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
		got = whole(text, length);
		/* A number beyond what a double holds is JSON all the same. */
		if (!value && json_error_code(&why) == json_error_numeric_overflow)
			continue;
		CHECK_QUIET((value != NULL) == !strchr(got, '!'), "%.*s: %s", (int)length, text, got);
		*(value ? &taken : &refused) += 1;
		json_decref(value);
	}
	CHECK(taken > 1000 && refused > 1000, "200,000 damaged documents: as jansson has it (%zu taken, %zu refused)",
	      taken, refused);
}

/* ---- limits, skipping, records */

static void test_limits(void)
{
	const struct pull_limits small = { .text = 4, .depth = 2, .bytes = 20 };
	static const struct { const char *text; bool good; } limited[] = {
		{ "[[1]]", true }, { "[[[1]]]", false }, { "\"abcd\"", true }, { "\"abcde\"", false },
		{ "1234", true }, { "12345", false }, { "[1,2,3,4,5,6,7,8,90]", true },
		{ "[1,2,3,4,5,6,7,8,901]", false }, { "\"\\u0061bcd\"", true }, { "\"abcd\\u0061\"", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(limited); i++) {
		struct pieces pieces = { limited[i].text, strlen(limited[i].text), 0, 3 };
		AUTO_STRING got = tokens(pull_new("test", &small, read_piece, &pieces));

		CHECK(!strchr(got, '!') == limited[i].good, "%s: %s", limited[i].text, got);
	}
}

static void test_skip(void)
{
	static const char text[] = "{\"a\":[1,{\"b\":[]}],\"c\":{\"d\":1},\"e\":5}";
	struct pull *pull = pull_new_memory("test", NULL, text, strlen(text));
	struct pull_item item;
	AUTO_STR names = STR_INIT;

	pull_next(pull, &item, NULL);
	while (pull_next(pull, &item, NULL) == 0 && item.token == PULL_NAME) {
		str_add(&names, item.text);
		if (pull_skip(pull, &item, NULL))
			break;
	}
	CHECK_STR(names.bytes, "ace", "members are passed over whole");
	CHECK(item.token == PULL_OBJECT_END && pull_next(pull, &item, NULL) == 0 && item.token == PULL_END,
	      "and the end is found");
	pull_free(pull);
}

static void test_records(void)
{
	static const char text[] = "[ {\"a\" : 1 }, 12 ,\"long long long\",[[]] ]";

	for (size_t size = 1; size < 50; size++) {
		struct pieces pieces = { text, strlen(text), 0, size };
		struct pull *pull = pull_new("test", NULL, read_piece, &pieces);
		AUTO_STR all = STR_INIT;
		struct pull_item item;
		bool end = false;

		pull_next(pull, &item, NULL);
		while (!end) {
			AUTO_STR record = STR_INIT;
			int code = pull_value(pull, 12, &record, &end, NULL);

			if (!end)
				str_add_format(&all, "%s%s;", code ? "!" : "", record.bytes);
		}
		CHECK_QUIET(str_equal(all.bytes, "{\"a\" : 1 };12;!;[[]];"), "pieces of %zu: %s", size, all.bytes);
		CHECK_QUIET(pull_next(pull, &item, NULL) == 0 && item.token == PULL_END, "end, pieces of %zu", size);
		pull_free(pull);
	}
	CHECK(true, "records as they stand; one too long is passed over");
}

int main(void)
{
	test_rows();
	test_differential();
	test_limits();
	test_skip();
	test_records();
	return tap_done();
}
