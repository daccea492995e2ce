/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader: what it takes and refuses, whatever the pieces the input comes in; beside jansson and yajl. */
#include "psirtty/base/pull.h"

#include <jansson.h>
#ifdef HAVE_YAJL
#include <yajl/yajl_parse.h>
#endif

#include "tests/unit/json_cases.h"
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

/* Whether the tokens asked for last end with a fault. */
static bool faulty;

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
			for (size_t i = 0; i < item.length; i++)
				str_add_char(&line, item.text[i] ? item.text[i] : '\1');
		}
		str_add_char(&line, ' ');
	} while (!code && item.token != PULL_END);
	pull_free(pull);
	faulty = code != 0;
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

/* ---- the grammar's cases */

/* The value that PULL reads from here on, as jansson would make it; NULL at a fault. */
static json_t *value_of(struct pull *pull, const struct pull_item *item)
{
	bool object = item->token == PULL_OBJECT;
	json_t *value = object ? json_object() : json_array();
	struct pull_item next;
	AUTO_STRING name = NULL;

	next.token = PULL_END;
	if (item->token == PULL_STRING || item->token == PULL_NUMBER) {
		json_decref(value);
		return item->token == PULL_STRING ? json_stringn(item->text, item->length) :
						    json_loadb(item->text, item->length, JSON_DECODE_ANY, NULL);
	}
	if (item->token == PULL_TRUE || item->token == PULL_FALSE || item->token == PULL_NULL) {
		json_decref(value);
		return item->token == PULL_NULL ? json_null() : json_boolean(item->token == PULL_TRUE);
	}
	while (pull_next(pull, &next, NULL) == 0 && next.token != PULL_OBJECT_END && next.token != PULL_ARRAY_END) {
		json_t *inner;

		if (object) {
			mem_replace(&name, next.text);
			if (pull_next(pull, &next, NULL))
				break;
		}
		inner = value_of(pull, &next);
		if (!inner)
			break;
		if (object)
			json_object_set_new_nocheck(value, name, inner);
		else
			json_array_append_new(value, inner);
	}
	if (next.token == (object ? PULL_OBJECT_END : PULL_ARRAY_END) && !pull_spent(pull))
		return value;
	json_decref(value);
	return NULL;
}

static json_t *whole_value(const char *text, size_t length)
{
	struct pull *pull = pull_new_memory("test", NULL, text, length);
	struct pull_item item;
	json_t *value = pull_next(pull, &item, NULL) ? NULL : value_of(pull, &item);

	if (value && (pull_next(pull, &item, NULL) || item.token != PULL_END)) {
		json_decref(value);
		value = NULL;
	}
	pull_free(pull);
	return value;
}

/* In two pieces, the first of SPLIT bytes. */
static long read_halves(void *context, char *ret, size_t size, struct error *err)
{
	struct pieces *p = context;
	size_t part = p->at < p->size ? p->size - p->at : p->length - p->at;

	(void)err;
	part = part < size ? part : size;
	memcpy(ret, p->bytes + p->at, part);
	p->at += part;
	return (long)part;
}

static void test_case(const struct json_case *c, size_t number)
{
	bool taken = c->verdict == JSON_TAKEN || c->verdict == JSON_WE_TAKE;
	AUTO_STRING got = whole(c->text, c->length);
	json_error_t why;
	json_t *theirs = json_loadb(c->text, c->length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why), *ours;

	CHECK_QUIET(faulty == !taken, "case %zu, %.*s: %s", number, (int)c->length, c->text, got);
	for (size_t split = 1; split < c->length; split++) {
		struct pieces halves = { c->text, c->length, 0, split };
		AUTO_STRING again = tokens(pull_new("test", NULL, read_halves, &halves));

		CHECK_QUIET(str_equal(got, again), "case %zu, %.*s in two at %zu: %s", number, (int)c->length, c->text, split, again);
	}
	/* Where the reader may choose, jansson chooses as we do but for numbers too large for a double. Zeros between
	 * tokens it does not see. */
	if (c->verdict != JSON_WE_TAKE && !memchr(c->text, 0, c->length)) {
		ours = whole_value(c->text, c->length);
		CHECK_QUIET(!theirs == !ours && (!ours || json_equal(theirs, ours)), "case %zu, %.*s: not as jansson has it",
			    number, (int)c->length, c->text);
		json_decref(ours);
	}
	json_decref(theirs);
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(json_cases); i++)
		test_case(&json_cases[i], i);
	CHECK(true, "%zu cases of the grammar, whole and in two at every byte", ARRAY_LEN(json_cases));
}

/* Nested to the limit, and one level more; what is open at the end. */
static void test_depth(void)
{
	static const struct { const char *open, *close; } forms[] = { { "[", "]" }, { "{\"a\":", "}" }, { "[{\"\":", "}]" } };
	static const int depths[] = { 1, 2, 63, 64, 65, 500, 1023, 1024, 1025, 100000 };

	for (size_t f = 0; f < ARRAY_LEN(forms); f++)
		for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
			const struct pull_limits deep = { .text = 100, .depth = 1024, .bytes = UINT64_MAX };
			int levels = depths[i] * (f == 2 ? 2 : 1);
			AUTO_STR text = STR_INIT;
			AUTO_STRING open = NULL;
			AUTO_STRING usual = NULL;
			AUTO_STRING most = NULL;

			for (int k = 0; k < depths[i]; k++)
				str_add(&text, forms[f].open);
			str_add(&text, "1");
			open = tokens(pull_new_memory("test", &deep, text.bytes, text.length));
			CHECK_QUIET(faulty, "%d levels left open", levels);
			for (int k = 0; k < depths[i]; k++)
				str_add(&text, forms[f].close);
			usual = whole(text.bytes, text.length);
			CHECK_QUIET(faulty == (levels > 64), "%d levels: %s", levels, usual);
			most = tokens(pull_new_memory("test", &deep, text.bytes, text.length));
			CHECK_QUIET(faulty == (levels > 1024), "%d levels, 1024 allowed", levels);
		}
	CHECK(true, "nested to the limit and one deeper");
}

/* ---- beside jansson and yajl */

static uint64_t seed = 20261121;

static unsigned chance(unsigned bound)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % bound;
}

static const char *const bases[] = {
	"{\"id\": \"CVE-2026-1\", \"n\": [0, -1.5e3, 12, true, false, null, {}], "
	"\"t\": \"a\\n\\u00e9\\\\ \xc3\xa9\xe4\xb8\xad\", \"o\": {\"x\": [[], [1]], \"y\": \"\"}}",
	"[\"\\ud83d\\ude00\\uD800\\uDC00\", \"\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\", \"\\u0000\\/\\b\\f\\r\\t\"]",
	"[0, -0, 0.0, 10.25, 1e5, 1E+5, -1.5e-10, 0e0, 123456789, [-1], {\"a\": -2.5E3}]",
	"{\"a\":{\"b\":[{\"c\":[[[{}]]],\"d\":{\"e\":[]}}]},\"f\":[{},{},[],[[]]],\"\":null}",
	"\t[\r\n true , false ,\tnull,\n\"x\" ] \n",
};

static void damage(struct str *text)
{
	static const char bytes[] = "{}[]\",:0123456789eE+-.\\u/ntfabdD8Cr \t\n\xc3\xa9\xed\xa0\xf0\x80\x1f\x00";
	size_t at = chance((unsigned)text->length), left = text->length - at, length;
	AUTO_STR rest = STR_INIT;

	switch (chance(5)) {
	case 0: /* a piece again, of it or of another */
		length = chance((unsigned)left) % 12;
		str_add_bytes(&rest, text->bytes + at, left);
		str_truncate(text, at);
		str_add_bytes(text, rest.bytes, length);
		str_add_bytes(text, rest.bytes, left);
		break;
	case 1: /* a byte away */
		memmove(text->bytes + at, text->bytes + at + 1, left - 1);
		str_truncate(text, text->length - (text->length > 1));
		break;
	case 2:
		str_truncate(text, at + 1);
		break;
	default:
		text->bytes[at] = bytes[chance(sizeof(bytes) - 1)];
		break;
	}
}

#ifdef HAVE_YAJL
static bool yajl_takes(const char *text, size_t length)
{
	static const yajl_callbacks none;
	yajl_handle handle = yajl_alloc(&none, NULL, NULL);
	bool taken = yajl_parse(handle, (const unsigned char *)text, length) == yajl_status_ok &&
		     yajl_complete_parse(handle) == yajl_status_ok;

	yajl_free(handle);
	return taken;
}

/* yajl looks at how many bytes a character has and not at which it is, nor at a string that begins behind the end. */
static bool yajl_is_laxer(const char *tokens)
{
	return strstr(tokens, "a lone surrogate") || strstr(tokens, "is not UTF-8") || strstr(tokens, "holds a zero") ||
	       strstr(tokens, "\"\"\" stands where the end was expected");
}
#endif

static void beside_yajl(const struct str *text, const char *got)
{
#ifdef HAVE_YAJL
	bool taken = yajl_takes(text->bytes, text->length);

	CHECK_QUIET(taken == !faulty || (taken && yajl_is_laxer(got)), "yajl %s %.*s: %s",
		    taken ? "takes" : "refuses", (int)text->length, text->bytes, got);
#else
	(void)text;
	(void)got;
#endif
}

static void test_differential(void)
{
	size_t taken = 0, refused = 0;

	for (int round = 0; round < 100000; round++) {
		AUTO_STR text = STR_INIT;
		AUTO_STRING got = NULL;
		json_error_t why;
		json_t *theirs, *ours;

		str_add(&text, bases[(size_t)round % ARRAY_LEN(bases)]);
		for (unsigned k = chance(3) + 1; k > 0; k--)
			damage(&text);
		theirs = json_loadb(text.bytes, text.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
		got = whole(text.bytes, text.length);
		beside_yajl(&text, got);
		/* A number beyond what a double holds is JSON all the same; zeros between tokens jansson does not see. */
		if ((!theirs && json_error_code(&why) == json_error_numeric_overflow) || memchr(text.bytes, 0, text.length)) {
			json_decref(theirs);
			continue;
		}
		ours = theirs ? whole_value(text.bytes, text.length) : NULL;
		CHECK_QUIET(!theirs == faulty && (!theirs || json_equal(ours, theirs)), "%.*s: %s", (int)text.length,
			    text.bytes, got);
		*(theirs ? &taken : &refused) += 1;
		json_decref(theirs);
		json_decref(ours);
	}
	CHECK(taken > 1000 && refused > 1000, "100,000 damaged documents: as jansson has it (%zu taken, %zu refused)",
	      taken, refused);
#ifdef HAVE_YAJL
	CHECK(true, "and as yajl has it, but where that does not look at which character it is");
#else
	tap_skip("beside yajl", "built without it (Debian: libyajl-dev)");
#endif
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
	test_cases();
	test_depth();
	test_differential();
	test_limits();
	test_skip();
	test_records();
	return tap_done();
}
