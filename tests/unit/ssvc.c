/* SPDX-License-Identifier: Apache-2.0 */
/* SSVC: the tables are complete, answers are understood, outcomes come out. */
#include "psirtty/score/ssvc.h"

#include "tap.h"

/* The registry's figures: combinations, and how often each outcome occurs. */
static const struct {
	const char *name, *key;
	int rows, outcomes[5];
} expected[] = {
	{ "supplier", "DT_SP", 36, { 1, 8, 14, 13 } },
	{ "deployer", "DT_DP", 72, { 7, 42, 20, 3 } },
	{ "coordinator-triage", "DT_COORD_TRIAGE", 192, { 150, 15, 27 } },
	{ "coordinator-publish", "DT_COORD_PUBLISH", 27, { 13, 14 } },
	{ "utility", "DT_U", 4, { 1, 2, 1 } },
	{ "public-safety", "DT_PSI", 4, { 1, 3 } },
	{ "human-impact", "DT_HI", 16, { 4, 3, 2, 7 } },
	{ "cisa", "DT_CO", 36, { 18, 4, 10, 4 } },
	{ "bod-26-04", "DT_BOD2604", 16, { 2, 3, 6, 2, 3 } },
	{ "mission-wellbeing", "mission-wellbeing", 9, { 1, 3, 5 } },
};

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

/* Every combination has an outcome. */
static void test_tree(size_t n)
{
	const struct ssvc_tree *tree = ssvc_tree_find(expected[n].name);
	int counts[8] = { 0 }, total = 0, outcome, i;
	struct ssvc ssvc;

	CHECK(tree && tree == ssvc_tree_find(expected[n].key), "%s is found by name and key",
	      expected[n].name);
	ssvc_init(&ssvc, tree);
	memset(ssvc.values, 0, (size_t)tree->count);
	do {
		CHECK_QUIET(ssvc_decide(&ssvc, &outcome, NULL) == 0 && outcome >= 0 &&
				    outcome < tree->outcome->count, "an outcome");
		counts[outcome]++;
		total++;
	} while (next_answers(&ssvc));
	CHECK(total == expected[n].rows, "%s has %d combinations", tree->name, total);
	for (i = 0; i < tree->outcome->count; i++)
		CHECK(counts[i] == expected[n].outcomes[i], "%s: %s %d times", tree->name,
		      tree->outcome->values[i].name, counts[i]);
}

static void check_outcome(const char *tree, const char *const *answers, const char *outcome,
			  const char *vector)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR text = STR_INIT;
	struct ssvc ssvc;
	int got = -1;

	ssvc_init(&ssvc, ssvc_tree_find(tree));
	for (; *answers; answers++)
		CHECK(ssvc_answer(&ssvc, *answers, &err) == 0, "%s: %s", tree, *answers);
	CHECK(ssvc_decide(&ssvc, &got, &err) == 0 && got >= 0, "%s: decided", tree);
	CHECK_STR(ssvc.tree->outcome->values[got].name, outcome, "the outcome");
	ssvc_vector(&ssvc, got, "2021-09-29T15:29:44Z", &text);
	CHECK_STR(text.bytes, vector, "the vector");
}

static void test_outcomes(void)
{
	check_outcome("cisa", (const char *const[]){ "E=A", "A=N", "TI=T", "MWI=M", NULL }, "Attend",
		      "SSVCv2/E:A/A:N/T:T/M:M/D:A/2021-09-29T15:29:44Z/");
	check_outcome("DT_CO",
		      (const char *const[]){ "Exploitation=poc", "automatable=NO",
					     "technical_impact=total", "ssvc:MWI:1.0.0=medium", NULL },
		      "Track*", "SSVCv2/E:P/A:N/T:T/M:M/D:R/2021-09-29T15:29:44Z/");
	check_outcome("supplier",
		      (const char *const[]){ "ssvc:E=public poc", "U=super-effective", "TI=p", "PSI=S",
					     NULL },
		      "Immediate", "SSVCv2/E:P/U:S/TI:P/PSI:S/DSOI:I/2021-09-29T15:29:44Z/");
	check_outcome("bod-26-04", (const char *const[]){ "KEV=yes", "PE=yes", "A=yes", "TI=total", NULL },
		      "3 days & forensic investigation",
		      "SSVCv2/KEV:Y/PE:Y/A:Y/TI:T/BOD2604:3DF/2021-09-29T15:29:44Z/");
}

static void test_refusals(void)
{
	static const struct {
		const char *answer, *why;
	} rows[] = {
		{ "E", "an answer has the form KEY=VALUE: \"E\"" },
		{ "X=Y", "it has no such decision point: \"X\"" },
		{ "cisa:E=A", "it has no such decision point: \"cisa:E\"" },
		{ "ssvc:E:1.0.0=A", "it has no such decision point: \"ssvc:E:1.0.0\"" },
		{ "E=maybe", "E has no such value: \"maybe\"" },
		{ "E=", "E has no such value: \"\"" },
		{ "A=Y", "the decision point is answered twice: \"A\"" },
	};
	struct ssvc ssvc;
	AUTO_ERROR err = ERROR_INIT;
	int outcome = 7;
	size_t i;

	ssvc_init(&ssvc, ssvc_tree_find("cisa"));
	CHECK(ssvc_answer(&ssvc, "A=N", &err) == 0, "A is answered");
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(ssvc_answer(&ssvc, rows[i].answer, &err) == ERR_USAGE, "refused: %s",
		      rows[i].answer);
		CHECK_STR(err.why, rows[i].why, "its reason");
	}
	CHECK(ssvc_decide(&ssvc, &outcome, &err) == ERR_USAGE && outcome == 7, "not decided");
	CHECK_STR(err.why,
		  "answers are missing: E (Exploitation), TI (Technical Impact), "
		  "MWI (Mission and Well-Being Impact)", "for what is missing");
	CHECK(!ssvc_tree_find("none") && !ssvc_tree_find("") && !ssvc_tree_find("-"), "no such tree");
}

static void test_points(void)
{
	size_t count, i;
	const struct ssvc_point *points = ssvc_points(&count);
	int values = 0;

	for (i = 0; i < count; i++) {
		AUTO_STRING id = mem_format("%s:%s:%s", points[i].space, points[i].key,
					    points[i].version);
		AUTO_STRING bare = mem_format("%s:%s", points[i].space, points[i].key);
		int k;

		CHECK_QUIET(ssvc_point_find(id) == &points[i], "%s is found", id);
		CHECK_QUIET((ssvc_point_find(bare) == &points[i]) == points[i].latest,
			    "%s is the latest only when it says so", id);
		for (k = 0; k < points[i].count; k++, values++) {
			CHECK_QUIET(ssvc_point_value(&points[i], points[i].values[k].key) == k,
				    "%s by key", id);
			CHECK_QUIET(ssvc_point_value(&points[i], points[i].values[k].name) == k,
				    "%s by name", id);
		}
	}
	CHECK(count == 40 && values == 118, "%zu points with %d values", count, values);
	CHECK_STR(ssvc_point_find("ssvc:E")->version, "1.1.0", "the latest version of E");
	CHECK_STR(ssvc_point_find("ssvc:SI")->version, "2.0.1", "the latest version of SI");
	CHECK(!ssvc_point_find("ssvc:E:9.9.9") && !ssvc_point_find("ssvc") && !ssvc_point_find("") &&
		      !ssvc_point_find("ssvc:E:") && !ssvc_point_find("cisa:E"), "no such point");
}

int main(void)
{
	size_t count, i;

	ssvc_trees(&count);
	CHECK(count == ARRAY_LEN(expected), "%zu trees", count);
	for (i = 0; i < ARRAY_LEN(expected); i++)
		test_tree(i);
	test_outcomes();
	test_refusals();
	test_points();
	return tap_done();
}
