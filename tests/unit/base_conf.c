/* SPDX-License-Identifier: Apache-2.0 */
/* Settings files: what is taken, with its line, and what is refused, with its line. */
#include "psirtty/base/conf.h"

#include "tap.h"

static int load(const char *yaml, struct conf *ret, struct error *err)
{
	return conf_load(yaml, strlen(yaml), "test.yaml", ret, err);
}

static void test_taken(void)
{
	static const char yaml[] = "# a comment\nname: dark\n\"two words\": 'it''s'\nempty:\n"
				   "list:\n  - one\n  - [two, {three: 3}]\nmap:\n  inner: |\n    a\n    b\n";
	struct conf conf;
	AUTO_ERROR err = ERROR_INIT;
	const struct conf *list, *map;

	if (!CHECK(load(yaml, &conf, &err) == 0, "a usual file loads"))
		return;
	CHECK(conf.kind == CONF_MAP && conf.count == 5 && conf.line == 2, "its top is a map");
	CHECK_STR(conf_text(&conf, "name", "x"), "dark", "a word");
	CHECK_STR(conf_text(&conf, "two words", "x"), "it's", "a quoted text");
	CHECK_STR(conf_text(&conf, "empty", "x"), "", "nothing is an empty text");
	CHECK_STR(conf_text(&conf, "absent", "x"), "x", "the fallback");
	CHECK_STR(conf_text(&conf, "list", "x"), "x", "a list is no text");
	list = conf_get(&conf, "list");
	CHECK(list && list->kind == CONF_LIST && list->count == 2 && list->line == 6, "a list and its line");
	CHECK(list->items[1].kind == CONF_LIST && list->items[1].count == 2 && !list->items[0].key, "a list in it");
	CHECK_STR(conf_text(&list->items[1].items[1], "three", "x"), "3", "a map in that");
	map = conf_get(&conf, "map");
	CHECK_STR(conf_text(map, "inner", "x"), "a\nb\n", "a block");
	CHECK(conf_get(map, "inner")->line == 9, "its line");
	CHECK(!conf_get(NULL, "a") && !conf_get(list, "a"), "only a map has members");
	conf_release(&conf);
	CHECK(conf.count == 0 && !conf.items, "released");
}

static void test_small(void)
{
	static const struct {
		const char *yaml;
		enum conf_kind kind;
		size_t count;
	} rows[] = {
		{ "", CONF_MAP, 0 },	    { "# only a comment\n", CONF_MAP, 0 }, { "{}", CONF_MAP, 0 },
		{ "[]", CONF_LIST, 0 },	    { "word", CONF_SCALAR, 0 },	      { "---\na: 1\n...\n", CONF_MAP, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf conf;

		if (CHECK(load(rows[i].yaml, &conf, NULL) == 0, "loads: %s", rows[i].yaml)) {
			CHECK(conf.kind == rows[i].kind && conf.count == rows[i].count, "as what it is");
			conf_release(&conf);
		}
	}
}

static void test_refused(void)
{
	static const struct {
		const char *yaml, *why;
	} rows[] = {
		{ "a: 1\nb: 2\na: 3\n", "line 3: this key stands there twice" },
		{ "m:\n  x: 1\n  x: 1\n", "line 3: this key stands there twice" },
		{ "a: &here 1\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "a: 1\nb: *here\n", "line 2: anchors, aliases and tags are not taken here" },
		{ "a: &l [1]\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "a: &m {b: 1}\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "&k a: 1\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "a: !!int 1\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "a: !x [1]\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "!!map {a: 1}\n", "line 1: anchors, aliases and tags are not taken here" },
		{ "? [a]\n: 1\n", "line 1: a key must be a word" },
		{ "a: \"x\\0y\"\n", "line 1: a zero byte in a text" },
		{ "\"a\\0b\": 1\n", "line 1: a zero byte in a text" },
		{ "a: 1\n---\nb: 2\n", "line 2: a second document begins here" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct conf conf = { .line = 77 };

		CHECK(load(rows[i].yaml, &conf, &err) == ERR_INPUT && conf.line == 77, "refused: %s", rows[i].yaml);
		CHECK_STR(err.why, rows[i].why, "with the reason");
	}
}

static void test_broken(void)
{
	static const char *const rows[] = { "a: [1", "a: {", "\t- x", "a: 'open", "a: b: c", "%YAML 3.0\n---\na",
					    "a: 1\n]", "\xFF\xFE\xFF", "a: \x01", "- a\nb: 1" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct conf conf;

		CHECK(load(rows[i], &conf, &err) == ERR_INPUT && str_starts(err.why, "line "), "broken file %zu", i);
	}
}

static int load_nested(size_t depth)
{
	AUTO_STR yaml = STR_INIT;
	struct conf conf;
	int code;

	str_add_repeat(&yaml, '[', depth);
	str_add_repeat(&yaml, ']', depth);
	code = load(yaml.bytes, &conf, NULL);
	if (!code)
		conf_release(&conf);
	return code;
}

static int load_keys(int count)
{
	AUTO_STR yaml = STR_INIT;
	struct conf conf;
	int code;

	for (int i = 0; i < count; i++)
		str_add_format(&yaml, "k%d: 1\n", i);
	code = load(yaml.bytes, &conf, NULL);
	if (!code)
		conf_release(&conf);
	return code;
}

static void test_limits(void)
{
	AUTO_STR big = STR_INIT;
	struct conf conf;

	CHECK(load_nested(32) == 0 && load_nested(33) == 0, "32 levels below the top");
	CHECK(load_nested(34) == ERR_INPUT && load_nested(100000) == ERR_INPUT, "more are refused");
	CHECK(load_keys(4096) == 0 && load_keys(4097) == ERR_INPUT, "4096 keys and no more");
	str_add_repeat(&big, ' ', (1 << 20) + 1);
	CHECK(load(big.bytes, &conf, NULL) == ERR_INPUT, "more than 1 MiB is refused");
	CHECK(conf_load_file("/nonexistent/a.yaml", &conf, NULL) == ERR_INPUT, "a file that is not there");
}

int main(void)
{
	test_taken();
	test_small();
	test_refused();
	test_broken();
	test_limits();
	return tap_done();
}
