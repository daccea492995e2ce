/* SPDX-License-Identifier: Apache-2.0 */
/* SSVC selection lists: every row of every tree goes out and comes back; what is none is refused. */
#include "psirtty/score/ssvc.h"

#include "tap.h"

#define WHEN "2026-11-21T09:30:00Z"

static bool next_answers(struct ssvc *ssvc)
{
	int i;

	for (i = ssvc->tree->count - 1; i >= 0; i--) {
		if (++ssvc->values[i] < ssvc->tree->inputs[i]->count)
			return true;
		ssvc->values[i] = 0;
	}
	return false;
}

/* Out as bytes and in again, the tree found by the points alone. */
static void check_row(const struct ssvc *ssvc, int outcome)
{
	AUTO_JSON out = ssvc_to_json(ssvc, outcome, WHEN);
	AUTO_JSON in = NULL;
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct ssvc again;
	int got = -2;

	js_dump(out, &bytes);
	CHECK_QUIET(js_load(bytes.bytes, bytes.length, 65536, "x", &in, NULL) == 0, "loads");
	CHECK_QUIET(ssvc_from_json(in, NULL, &again, &got, &err) == 0, "%s: %s", bytes.bytes,
		    str_or_empty(err.why));
	CHECK_QUIET(again.tree == ssvc->tree && got == outcome &&
			    memcmp(again.values, ssvc->values, (size_t)ssvc->tree->count) == 0,
		    "%s comes back", bytes.bytes);
}

static void test_rows(void)
{
	size_t count, i;
	const struct ssvc_tree *trees = ssvc_trees(&count);
	int rows = 0, outcome;

	for (i = 0; i < count; i++) {
		struct ssvc ssvc;

		ssvc_init(&ssvc, &trees[i]);
		memset(ssvc.values, 0, (size_t)trees[i].count);
		do {
			CHECK_QUIET(ssvc_decide(&ssvc, &outcome, NULL) == 0, "decided");
			check_row(&ssvc, outcome);
			rows++;
		} while (next_answers(&ssvc));
	}
	CHECK(rows == 412, "all %d rows of %zu trees go round", rows, count);
}

/* Schema 2.0.0 has no member but these, and no others in a selection. */
static void test_shape(void)
{
	AUTO_JSON out = NULL;
	AUTO_STR bytes = STR_INIT;
	struct ssvc ssvc;
	int outcome = -1;

	ssvc_init(&ssvc, ssvc_tree_find("utility"));
	CHECK(ssvc_answer(&ssvc, "A=Y", NULL) == 0 && ssvc_answer(&ssvc, "VD=D", NULL) == 0 &&
		      ssvc_decide(&ssvc, &outcome, NULL) == 0, "decided");
	out = ssvc_to_json(&ssvc, outcome, WHEN);
	js_dump(out, &bytes);
	CHECK_STR(bytes.bytes,
		  "{\"schemaVersion\":\"2.0.0\",\"selections\":["
		  "{\"key\":\"A\",\"name\":\"Automatable\",\"namespace\":\"ssvc\","
		  "\"values\":[{\"key\":\"Y\",\"name\":\"Yes\"}],\"version\":\"2.0.0\"},"
		  "{\"key\":\"VD\",\"name\":\"Value Density\",\"namespace\":\"ssvc\","
		  "\"values\":[{\"key\":\"D\",\"name\":\"Diffuse\"}],\"version\":\"1.0.0\"},"
		  "{\"key\":\"U\",\"name\":\"Utility\",\"namespace\":\"ssvc\","
		  "\"values\":[{\"key\":\"E\",\"name\":\"Efficient\"}],\"version\":\"1.0.1\"}"
		  "],\"timestamp\":\"" WHEN "\"}", "the list of a small tree");
}

#define LIST(selections) "{\"schemaVersion\":\"2.0.0\",\"timestamp\":\"" WHEN "\",\"selections\":[" selections "]}"
#define ONE(space, key, version, values) \
	"{\"namespace\":\"" space "\",\"key\":\"" key "\",\"version\":\"" version "\",\"values\":[" values "]}"
#define V(key) "{\"key\":\"" key "\"}"

static const struct {
	const char *json, *tree, *why; /* WHY is a part of the reason; NULL: it is right */
	int first, outcome;            /* the first answer and the outcome, when it is right */
} lists[] = {
	{ LIST(ONE("ssvc", "A", "2.0.0", V("Y"))), "utility", NULL, 1, -1 },
	{ LIST(ONE("ssvc", "A", "2.0.0", V("N") "," V("Y"))), "utility", NULL, -1, -1 },
	{ LIST(ONE("ssvc", "E", "1.0.0", V("A"))), "supplier", NULL, 2, -1 },
	{ LIST(ONE("ssvc", "TI", "1.0.0", V("P")) "," ONE("ssvc", "A", "2.0.0", V("N"))), "utility", NULL, 0, -1 },
	{ LIST(ONE("ssvc", "A", "2.0.0", V("Q"))), "utility", "has no value \"Q\"", 0, 0 },
	{ LIST(ONE("ssvc", "A", "2.0.0", "{}")), "utility", "has no key", 0, 0 },
	{ LIST(ONE("ssvc", "A", "2.0.0", "")), "utility", "has no values", 0, 0 },
	{ LIST(ONE("ssvc", "A", "9.0.0", V("Y"))), "utility", "no decision point ssvc:A:9.0.0", 0, 0 },
	{ LIST(ONE("x_a.b#c", "A", "2.0.0", V("Y"))), "utility", "no decision point x_a.b#c:A", 0, 0 },
	{ LIST("{\"namespace\":\"ssvc\"}"), "utility", "lacks namespace, key or version", 0, 0 },
	{ LIST("7"), "utility", "lacks namespace, key or version", 0, 0 },
	{ LIST(""), "utility", "it has 0 selections", 0, 0 },
	{ LIST(ONE("ssvc", "A", "2.0.0", V("Y")) "," ONE("ssvc", "A", "2.0.0", V("Y"))), "utility", "twice", 0, 0 },
	{ LIST(ONE("ssvc", "A", "2.0.0", V("Y")) "," ONE("ssvc", "VD", "1.0.0", V("D")) ","
	       ONE("ssvc", "U", "1.0.1", V("L"))), "utility", "gives \"Efficient\"", 0, 0 },
	{ LIST(ONE("ssvc", "VD", "1.0.0", V("D")) "," ONE("cisa", "KEV", "1.0.0", V("Y"))), NULL, "no tree has all", 0, 0 },
	{ "{\"schemaVersion\":\"1.0.0\"}", NULL, "schemaVersion is not 2.0.0", 0, 0 },
	{ "{\"schemaVersion\":\"2.0.0\",\"timestamp\":\"yesterday\"}", NULL, "timestamp", 0, 0 },
	{ "{\"schemaVersion\":\"2.0.0\"}", NULL, "timestamp", 0, 0 },
	{ "[]", NULL, "schemaVersion", 0, 0 },
};

static void test_reading(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(lists); i++) {
		AUTO_JSON json = NULL;
		AUTO_ERROR err = ERROR_INIT;
		struct ssvc ssvc = { .values = { 77 } };
		int outcome = 77, code;

		CHECK(js_load(lists[i].json, strlen(lists[i].json), 65536, "x", &json, NULL) == 0, "list %zu loads", i);
		code = ssvc_from_json(json, lists[i].tree ? ssvc_tree_find(lists[i].tree) : NULL, &ssvc, &outcome, &err);
		if (lists[i].why) {
			CHECK(code == ERR_NO && err.why && strstr(err.why, lists[i].why), "list %zu: %s", i, str_or_empty(err.why));
			CHECK(outcome == 77 && ssvc.values[0] == 77, "and leaves its results alone");
		} else {
			CHECK(code == 0 && ssvc.values[0] == lists[i].first && outcome == lists[i].outcome, "list %zu: %d %d", i,
			      ssvc.values[0], outcome);
		}
	}
}

int main(void)
{
	test_rows();
	test_shape();
	test_reading();
	return tap_done();
}
