/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: limits on what is loaded, typed reading, and the same bytes for the same value. */
#include "psirtty/base/js_arena.h"

#include "tap.h"

static int load(const char *bytes, json_t **ret)
{
	AUTO_ERROR err = ERROR_INIT;
	int code = js_load(bytes, strlen(bytes), 1 << 16, "test.json", ret, &err);

	if (code && !(err.why && str_equal(err.what, "test.json")))
		CHECK(0, "an error without a reason for %s", bytes);
	return code;
}

static void test_refused(void)
{
	static const char *const rows[] = {
		"", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{} x", "[1] [2]", "nul", "01",
		"'a'", "\"\xFF\"", "\"\\ud800\"", "\"\\u0000\"", "\"a\nb\"", "[1e999]", "NaN", "{1:2}",
	};
	AUTO_ERROR err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *json = NULL;

		CHECK(load(rows[i], &json) == ERR_INPUT && !json, "refused: %s", rows[i]);
		js_release(&json);
	}
	CHECK(js_load("[1,2]", 5, 4, "x", &(json_t *){ NULL }, &err) == ERR_INPUT, "over the limit of bytes");
}

static int load_nested(int depth, bool in_string)
{
	AUTO_STR s = STR_INIT;
	AUTO_JSON json = NULL;

	str_add(&s, in_string ? "\"\\\"" : "");
	str_add_repeat(&s, '[', (size_t)depth);
	if (in_string)
		str_add_char(&s, '"');
	else
		str_add_repeat(&s, ']', (size_t)depth);
	return load(s.bytes, &json);
}

static void test_depth(void)
{
	CHECK(load_nested(100, false) == 0, "100 levels");
	CHECK(load_nested(101, false) == ERR_INPUT, "101 levels are refused");
	CHECK(load_nested(50000, false) == ERR_INPUT, "and 50000");
	CHECK(load_nested(1000, true) == 0, "brackets in a string are no levels");
}

static void test_reading(void)
{
	AUTO_JSON json = NULL;

	CHECK(load("{\"s\":\"x\",\"n\":-5,\"t\":true,\"f\":false,\"a\":[1],\"z\":null,\"r\":1.5}", &json) == 0, "loads");
	CHECK_STR(js_string(json, "s"), "x", "a string");
	CHECK(!js_string(json, "n") && !js_string(json, "no") && !js_string(NULL, "s"), "no string");
	CHECK(js_integer(json, "n", 1) == -5 && js_integer(json, "s", 1) == 1 && js_integer(json, "r", 1) == 1, "integers");
	CHECK(js_bool(json, "t") && !js_bool(json, "f") && !js_bool(json, "s") && !js_bool(json, "no"), "truth");
	CHECK(json_array_size(js_array(json, "a")) == 1 && !js_array(json, "s") && json_array_size(js_array(json, "no")) == 0, "arrays");
}

static void test_writing(void)
{
	AUTO_JSON json = json_object();
	AUTO_STR flat = STR_INIT, pretty = STR_INIT;

	js_set_string(json, "z", "\u6F0F \"q\"");
	js_set_string(json, "none", NULL);
	js_set_string(json, "bad", "a\xFFz\xE5");
	js_set_integer(json, "n", -1);
	js_set_bool(json, "b", true);
	js_set_hex(json, "h", "\x00\xAB", 2);
	js_dump(json, &flat);
	CHECK_STR(flat.bytes,
		  "{\"b\":true,\"bad\":\"a\uFFFDz\uFFFD\",\"h\":\"00ab\",\"n\":-1,\"z\":\"\u6F0F \\\"q\\\"\"}",
		  "sorted, compact, always valid UTF-8");
	js_dump_pretty(json, &pretty);
	CHECK(str_starts(pretty.bytes, "{\n  \"b\": true,\n") && str_ends(pretty.bytes, "\n}\n"), "pretty");
}

/* Whether a terminal would obey C, or turn the line round. */
static bool obeyed(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Every character: none that a terminal obeys stands in what is shown, and what is shown means the same. */
static void test_shown(void)
{
	int raw = 0, wrong = 0;

	for (uint32_t c = 1; c < 0x11000; c++) {
		AUTO_STR text = STR_INIT, out = STR_INIT;
		AUTO_JSON json = NULL;
		AUTO_JSON back = NULL;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		str_add_utf8(&text, c);
		json = json_pack("[s]", text.bytes);
		js_dump_shown(json, &out);
		raw += obeyed(c) && c != '\n' && strstr(out.bytes, text.bytes) != NULL;
		wrong += load(out.bytes, &back) != 0 || !json_equal(json, back);
	}
	CHECK(!raw, "%d characters that a terminal obeys are written as they are", raw);
	CHECK(!wrong, "%d characters mean something else when read back", wrong);
}

/* Values of every size, freed and not, and what is written of them. */
static void in_arena(struct str *ret)
{
	json_t *all = json_array(), *kept = NULL;

	for (int i = 0; i < 3000; i++) {
		AUTO_STRING key = mem_format("k%d", i);
		AUTO_STRING text = mem_format("%0*d", i % 700 + 1, i);
		json_t *one = json_object();

		json_object_set_new(one, key, json_string(text));
		json_array_append(all, one);
		json_decref(one);
		if (i == 1000)
			kept = json_deep_copy(all);
		if (i % 100 == 99)
			json_array_remove(all, (size_t)i / 200);
	}
	js_dump(all, ret);
	js_dump(kept, ret);
	json_decref(kept);
	json_decref(all);
}

static void test_arena(void)
{
	AUTO_STR plain = STR_INIT, first = STR_INIT, second = STR_INIT;
	json_t *json;

	in_arena(&plain);
	js_arena_begin();
	in_arena(&first);
	json = json_pack("{s:[i,i]}", "not freed", 1, 2);
	js_arena_end();
	js_arena_begin();
	in_arena(&second);
	js_arena_end();
	CHECK(json && plain.length > 100000 && str_equal(plain.bytes, first.bytes), "values in an arena are the same");
	CHECK(str_equal(plain.bytes, second.bytes), "and in the next one");
	json = json_string("outside");
	CHECK(json && str_equal(json_string_value(json), "outside"), "behind it values are freed one by one");
	json_decref(json);
}

int main(void)
{
	test_refused();
	test_depth();
	test_reading();
	test_writing();
	test_shown();
	test_arena();
	return tap_done();
}
