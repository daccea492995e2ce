/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations: criteria, bounds, trees of AND and OR, platforms, negation. */
#include "psirtty/score/cpe.h"

#include "tap.h"

enum { ITEMS = 4 };

/* START and END begin with ">=", ">", "<=" or "<"; NULL is no bound. The criteria are the caller's.
 */
static struct cpe_match match_of(const char *name, bool vulnerable, const char *start,
				 const char *end)
{
	struct cpe_match match = {.vulnerable = vulnerable};

	if (cpe_parse(name, &match.criteria, NULL) < 0)
		BUG("%s is no name", name);
	if (start && start[1] == '=')
		match.start_including = (char *)start + 2;
	else if (start)
		match.start_excluding = (char *)start + 1;
	if (end && end[1] == '=')
		match.end_including = (char *)end + 2;
	else if (end)
		match.end_excluding = (char *)end + 1;
	return match;
}

static void check_match(struct cpe_match match, const char *item, enum cpe_verdict expected,
			bool bounds)
{
	AUTO_CPE name = CPE_INIT;
	bool uncertain = false;

	CHECK(cpe_parse(item, &name, NULL) == 0 &&
		      cpe_match_item(&match, &name, &uncertain) == expected && uncertain == bounds,
	      "%s is %d", item, (int)expected);
	cpe_release(&match.criteria);
}

static void test_matches(void)
{
	check_match(match_of("cpe:/a:v:p:1", true, NULL, NULL), "cpe:/a:v:p:1", CPE_AFFECTED,
		    false);
	check_match(match_of("cpe:/a:v:p:1", true, NULL, NULL), "cpe:/a:v:p:1:u", CPE_AFFECTED,
		    false);
	check_match(match_of("cpe:/a:v:p:1", true, NULL, NULL), "cpe:/a:v:p:2", CPE_UNAFFECTED,
		    false);
	check_match(match_of("cpe:/a:v:p:1", true, NULL, NULL), "cpe:/a:v:p", CPE_POSSIBLE, false);
	check_match(match_of("cpe:/a:v:p:1:rc1", true, NULL, NULL), "cpe:/a:v:p:1", CPE_POSSIBLE,
		    false);
	check_match(match_of("cpe:/a:v:p:-", true, NULL, NULL), "cpe:/a:v:p:-", CPE_AFFECTED,
		    false);
	check_match(match_of("cpe:/a:v:p", true, NULL, NULL), "cpe:/a:v:p:-", CPE_AFFECTED, false);
	check_match(match_of("cpe:/a:v:p", true, ">=1.2", "<1.10"), "cpe:/a:v:p:1.2", CPE_AFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, ">=1.2", "<1.10"), "cpe:/a:v:p:1.9", CPE_AFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, ">=1.2", "<1.10"), "cpe:/a:v:p:1.10",
		    CPE_UNAFFECTED, true);
	check_match(match_of("cpe:/a:v:p", true, ">1.2", NULL), "cpe:/a:v:p:1.2", CPE_UNAFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, ">1.2", NULL), "cpe:/a:v:p:1.2.1", CPE_AFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, NULL, "<=4.2"), "cpe:/a:v:p:4.2", CPE_AFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, NULL, "<=4.2"), "cpe:/a:v:p:4.2.1", CPE_UNAFFECTED,
		    true);
	check_match(match_of("cpe:/a:v:p", true, NULL, "<=4.2"), "cpe:/a:v:p", CPE_POSSIBLE, false);
	check_match(match_of("cpe:/a:v:p", true, NULL, "<=4.2"), "cpe:/a:v:p:-", CPE_UNAFFECTED,
		    false);
	check_match(match_of("cpe:/a:v:p", true, NULL, "<2"), "cpe:/a:v:q:1", CPE_UNAFFECTED,
		    false);
}

static struct cpe_finding evaluate(const struct cpe_node *node, const char *const *names)
{
	struct cpe items[ITEMS] = {CPE_INIT};
	struct cpe_finding finding;
	size_t count = 0, i;

	for (; names[count]; count++)
		if (cpe_parse(names[count], &items[count], NULL) < 0)
			BUG("%s is no name", names[count]);
	finding = cpe_evaluate(node, 1, items, count);
	for (i = 0; i < count; i++)
		cpe_release(&items[i]);
	return finding;
}

/* A vulnerable firmware below 4.2 on a piece of hardware: the NVD's commonest tree. */
static void test_platform(void)
{
	static const char *const both[] = {"cpe:/h:e:esp32:-", "cpe:/a:e:idf:4.1", NULL};
	static const char *const fixed[] = {"cpe:/h:e:esp32:-", "cpe:/a:e:idf:4.3", NULL};
	static const char *const alone[] = {"cpe:/a:e:idf:4.1", NULL};
	static const char *const bare[] = {"cpe:/h:e:esp32:-", NULL};
	static const char *const open[] = {"cpe:/h:e:esp32:-", "cpe:/a:e:idf", NULL};
	struct cpe_match software = match_of("cpe:/a:e:idf", true, NULL, "<=4.2");
	struct cpe_match hardware = match_of("cpe:/h:e:esp32:-", false, NULL, NULL);
	struct cpe_node leaves[] = {{.matches = &software, .match_count = 1},
				    {.matches = &hardware, .match_count = 1}};
	struct cpe_node tree = {.all = true, .children = leaves, .child_count = 2};
	struct cpe_node either = {.children = leaves, .child_count = 2};
	struct cpe_finding finding = evaluate(&tree, both);

	CHECK(finding.verdict == CPE_AFFECTED && finding.item == 1 && finding.uncertain,
	      "software on its platform");
	CHECK(evaluate(&tree, fixed).verdict == CPE_UNAFFECTED, "a version behind the bound");
	CHECK(evaluate(&tree, alone).verdict == CPE_UNAFFECTED, "without the platform");
	CHECK(evaluate(&tree, bare).verdict == CPE_UNAFFECTED, "the platform alone");
	CHECK(evaluate(&either, bare).verdict == CPE_UNAFFECTED &&
		      evaluate(&either, bare).item == -1,
	      "OR with the platform alone");
	CHECK(evaluate(&either, alone).verdict == CPE_AFFECTED, "OR with the software alone");
	CHECK(evaluate(&tree, open).verdict == CPE_POSSIBLE, "an unknown version is possible");
	leaves[1].negate = true;
	CHECK(evaluate(&tree, alone).verdict == CPE_AFFECTED, "negated: not on the platform");
	CHECK(evaluate(&tree, both).verdict == CPE_UNAFFECTED, "negated: on the platform");
	tree.negate = true;
	CHECK(evaluate(&tree, both).verdict == CPE_UNAFFECTED,
	      "nothing vulnerable in a negated tree");
	tree = (struct cpe_node){.all = true};
	CHECK(evaluate(&tree, both).verdict == CPE_UNAFFECTED, "an empty node says nothing");
	cpe_release(&software.criteria);
	cpe_release(&hardware.criteria);
}

static void test_depth(void)
{
	static const char *const names[] = {"cpe:/a:v:p:1", NULL};
	struct cpe_match match = match_of("cpe:/a:v:p:1", true, NULL, NULL);
	struct cpe_node nodes[CPE_DEPTH + 2] = {{.matches = &match, .match_count = 1}};
	int i;

	for (i = 1; i < CPE_DEPTH + 2; i++)
		nodes[i] = (struct cpe_node){.children = &nodes[i - 1], .child_count = 1};
	CHECK(evaluate(&nodes[CPE_DEPTH], names).verdict == CPE_AFFECTED, "as deep as may be");
	CHECK(evaluate(&nodes[CPE_DEPTH + 1], names).verdict == CPE_UNAFFECTED, "deeper");
	cpe_release(&match.criteria);
}

int main(void)
{
	test_matches();
	test_platform();
	test_depth();
	return tap_done();
}
