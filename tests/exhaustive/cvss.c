/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every vector of CVSS that can score differently, read as text and scored, against a second
 * formulation: 2.0 and 3.x by their equations in long double, with proof that no value lies so near
 * a step that its precision could matter; 4.0 by the search for dominating highest vectors, derived
 * from nothing but the definitions of the equivalence sets, in fractions. Run by
 * `make check-exhaustive`.
 */
#include "psirtty/score/cvss.h"

#include <time.h>

#include "unit/tap.h"

/* ---- vectors as counters */

enum { METRICS = 16, VALUES = 6 };

/* Texts of a space's metrics, the last one turning fastest; a missing text ends a metric's values. */
struct counter {
	const char *const (*texts)[VALUES];
	int metrics;
	int at[METRICS];
	size_t offset[METRICS + 1];
	char text[256];
};

static void counter_write(struct counter *c, int from)
{
	for (int m = from; m < c->metrics; m++) {
		const char *text = c->texts[m][c->at[m]];
		size_t length = strlen(text);

		memcpy(c->text + c->offset[m], text, length);
		c->offset[m + 1] = c->offset[m] + length;
	}
	c->text[c->offset[c->metrics]] = '\0';
}

static void counter_start(struct counter *c, const char *prefix, const char *const (*texts)[VALUES],
			  int metrics)
{
	memset(c, 0, sizeof(*c));
	c->texts = texts;
	c->metrics = metrics;
	c->offset[0] = strlen(prefix);
	memcpy(c->text, prefix, c->offset[0]);
	counter_write(c, 0);
}

static bool counter_next(struct counter *c)
{
	for (int m = c->metrics - 1; m >= 0; m--) {
		if (c->texts[m][++c->at[m]]) {
			counter_write(c, m);
			return true;
		}
		c->at[m] = 0;
	}
	return false;
}

/* The place of the values FIRST..LAST among all their combinations. */
static int counter_index(const struct counter *c, int first, int last)
{
	int index = 0;

	for (int m = first; m <= last; m++) {
		int count = 0;

		while (count < VALUES && c->texts[m][count])
			count++;
		index = index * count + c->at[m];
	}
	return index;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *name, long count, double begun)
{
	double took = seconds() - begun;

	printf("# %s: %ld vectors in %.1f s, %.2f million a second\n", name, count, took,
	       (double)count / took / 1e6);
}

/* ---- steps: rounding in long double is safe when no value is near a step without being on it */

static const long double grain = 1e-13L, margin = 1e-7L;
static long near_steps;

static int whole(long double x)
{
	return (int)(x + 1000) - 1000;
}

/* The distance of X, in tenths, from the step at a whole number plus OFFSET. */
static void watch_step(long double x, long double offset)
{
	long double part = x - offset - whole(x - offset);
	long double distance = part < 0.5L ? part : 1 - part;

	near_steps += distance > grain && distance < margin;
}

static int half_up(long double score)
{
	watch_step(score * 10, 0.5L);
	return whole(score * 10 + 0.5L + grain);
}

static int round_up(long double score)
{
	watch_step(score * 10, 0);
	return whole(score * 10 + 1 - grain);
}

/* ---- 2.0 */

static const char *const v2_texts[14][VALUES] = {
	{ "AV:L", "AV:A", "AV:N" }, { "/AC:H", "/AC:M", "/AC:L" }, { "/Au:M", "/Au:S", "/Au:N" },
	{ "/C:N", "/C:P", "/C:C" }, { "/I:N", "/I:P", "/I:C" }, { "/A:N", "/A:P", "/A:C" },
	{ "/E:U", "/E:POC", "/E:F", "/E:H" }, { "/RL:OF", "/RL:TF", "/RL:W", "/RL:U" },
	{ "/RC:UC", "/RC:UR", "/RC:C" },
	{ "/CDP:N", "/CDP:L", "/CDP:LM", "/CDP:MH", "/CDP:H" }, { "/TD:N", "/TD:L", "/TD:M", "/TD:H" },
	{ "/CR:L", "/CR:M", "/CR:H" }, { "/IR:L", "/IR:M", "/IR:H" }, { "/AR:L", "/AR:M", "/AR:H" },
};
static const long double v2_access[3][3] = { { 0.395L, 0.646L, 1 }, { 0.35L, 0.61L, 0.71L },
					     { 0.45L, 0.56L, 0.704L } };
static const long double v2_impact[3] = { 0, 0.275L, 0.66L }, v2_requirement[3] = { 0.5L, 1, 1.51L };
static const int v2_temporal[3][4] = { { 85, 90, 95, 100 }, { 87, 90, 95, 100 }, { 90, 95, 100 } };
static const int v2_damage[5] = { 0, 10, 30, 40, 50 }, v2_targets[4] = { 0, 25, 75, 100 };

/* The base score; with REQUIREMENTS, that with the adjusted impact. */
static int v2_base(const int *base, const int *requirements)
{
	long double left = 1, impact, exploit = 20;
	int i;

	for (i = 0; i < 3; i++) {
		exploit *= v2_access[i][base[i]];
		left *= 1 - v2_impact[base[3 + i]] *
				    (requirements ? v2_requirement[requirements[i]] : 1);
	}
	impact = 10.41L * (1 - left);
	if (requirements && impact > 10)
		impact = 10;
	return half_up((0.6L * impact + 0.4L * exploit - 1.5L) *
		       (base[3] || base[4] || base[5] ? 1.176L : 0));
}

/* A tenth of TENTHS * PARTS / UNIT, half away from zero. */
static int scaled(long tenths, long parts, long unit)
{
	long product = tenths * parts * 2;

	return (int)(product < 0 ? -((unit - product) / (2 * unit)) : (product + unit) / (2 * unit));
}

static void check_v2(const struct counter *c, int base, int adjusted)
{
	long factor = (long)v2_temporal[0][c->at[6]] * v2_temporal[1][c->at[7]] *
		      v2_temporal[2][c->at[8]];
	int temporal = scaled(base, factor, 1000000), changed = scaled(adjusted, factor, 1000000);
	long damaged = changed * 100L + (100 - changed) * v2_damage[c->at[9]];
	int environmental = scaled(damaged, v2_targets[c->at[10]], 10000);
	struct cvss got;

	if (environmental < 0)
		environmental = 0;
	if (cvss_parse(c->text, &got, NULL) < 0)
		CHECK_QUIET(false, "%s is refused", c->text);
	else
		CHECK_QUIET(got.base == base && got.temporal == temporal &&
				    got.environmental == environmental && got.overall == environmental,
			    "%s: %d %d %d, not %d %d %d", c->text, base, temporal, environmental, got.base,
			    got.temporal, got.environmental);
}

static void test_v2(void)
{
	static int base[729], adjusted[729][27];
	struct counter c;
	double begun = seconds();
	long count = 0;

	counter_start(&c, "", v2_texts, 6);
	do {
		int index = counter_index(&c, 0, 5);

		base[index] = v2_base(c.at, NULL);
		for (int r = 0; r < 27; r++)
			adjusted[index][r] = v2_base(c.at, (const int[]){ r / 9, r / 3 % 3, r % 3 });
	} while (counter_next(&c));
	counter_start(&c, "", v2_texts, 14);
	do {
		int index = counter_index(&c, 0, 5);

		check_v2(&c, base[index], adjusted[index][counter_index(&c, 11, 13)]);
		count++;
	} while (counter_next(&c));
	CHECK(count == 729L * 48 * 20 * 27, "2.0: every effective vector");
	report("2.0", count, begun);
}

/* ---- 3.0 and 3.1 */

static const char *const v3_texts[14][VALUES] = {
	{ "AV:N", "AV:A", "AV:L", "AV:P" }, { "/AC:L", "/AC:H" }, { "/PR:N", "/PR:L", "/PR:H" },
	{ "/UI:N", "/UI:R" }, { "/S:U", "/S:C" }, { "/C:H", "/C:L", "/C:N" },
	{ "/I:H", "/I:L", "/I:N" }, { "/A:H", "/A:L", "/A:N" },
	{ "/E:H", "/E:F", "/E:P", "/E:U" }, { "/RL:U", "/RL:W", "/RL:T", "/RL:O" },
	{ "/RC:C", "/RC:R", "/RC:U" },
	{ "/CR:H", "/CR:M", "/CR:L" }, { "/IR:H", "/IR:M", "/IR:L" }, { "/AR:H", "/AR:M", "/AR:L" },
};
static const long double v3_exploit[4][4] = { { 0.85L, 0.62L, 0.55L, 0.2L }, { 0.77L, 0.44L },
					      { 0.85L, 0.62L, 0.27L }, { 0.85L, 0.62L } };
static const long double v3_changed_privileges[3] = { 0.85L, 0.68L, 0.5L };
static const long double v3_impact[3] = { 0.56L, 0.22L, 0 }, v3_requirement[3] = { 1.5L, 1, 0.5L };
static const int v3_temporal[3][4] = { { 100, 97, 94, 91 }, { 100, 97, 96, 95 }, { 100, 96, 92 } };

static long double power(long double x, int n)
{
	return n == 1 ? x : x * power(x, n - 1);
}

/* The base score; with REQUIREMENTS, the inner environmental one. */
static int v3_inner(const int *base, const int *requirements, bool version_31)
{
	bool changed = base[4] == 1;
	long double left = 1, sub, impact, exploit = 8.22L, sum;

	for (int i = 0; i < 4; i++)
		exploit *= i == 2 && changed ? v3_changed_privileges[base[i]] : v3_exploit[i][base[i]];
	for (int i = 0; i < 3; i++)
		left *= 1 - v3_impact[base[5 + i]] *
				    (requirements ? v3_requirement[requirements[i]] : 1);
	sub = requirements && 1 - left > 0.915L ? 0.915L : 1 - left;
	if (!changed)
		impact = 6.42L * sub;
	else if (requirements && version_31)
		impact = 7.52L * (sub - 0.029L) - 3.25L * power(sub * 0.9731L - 0.02L, 13);
	else
		impact = 7.52L * (sub - 0.029L) - 3.25L * power(sub - 0.02L, 15);
	if (sub < grain || impact <= 0)
		return 0;
	sum = (impact + exploit) * (changed ? 1.08L : 1);
	return round_up(sum > 10 ? 10 : sum);
}

static void check_v3(const struct counter *c, int base, int inner)
{
	int factor = v3_temporal[0][c->at[8]] * v3_temporal[1][c->at[9]] * v3_temporal[2][c->at[10]];
	int temporal = (base * factor + 999999) / 1000000;
	int environmental = (inner * factor + 999999) / 1000000;
	struct cvss got;

	if (cvss_parse(c->text, &got, NULL) < 0)
		CHECK_QUIET(false, "%s is refused", c->text);
	else
		CHECK_QUIET(got.base == base && got.temporal == temporal &&
				    got.environmental == environmental && got.overall == environmental,
			    "%s: %d %d %d, not %d %d %d", c->text, base, temporal, environmental, got.base,
			    got.temporal, got.environmental);
}

static void test_v3(const char *prefix, bool version_31)
{
	static int base[2592], inner[2592][27];
	struct counter c;
	double begun = seconds();
	long count = 0;

	counter_start(&c, prefix, v3_texts, 8);
	do {
		int index = counter_index(&c, 0, 7);

		base[index] = v3_inner(c.at, NULL, version_31);
		for (int r = 0; r < 27; r++, count++)
			inner[index][r] = v3_inner(c.at, (const int[]){ r / 9, r / 3 % 3, r % 3 }, version_31);
	} while (counter_next(&c));
	CHECK(count == 69984, "%s: %ld inner environmental scores", prefix, count);
	count = 0;
	counter_start(&c, prefix, v3_texts, 14);
	do {
		int index = counter_index(&c, 0, 7);

		check_v3(&c, base[index], inner[index][counter_index(&c, 11, 13)]);
		count++;
	} while (counter_next(&c));
	CHECK(count == 69984L * 48, "%s: every effective vector", prefix);
	report(prefix, count, begun);
}

/* ---- 4.0 */

#define MACRO_INDEX(q1, q2, q3, q4, q5, q6) \
	((((((q1) * 2 + (q2)) * 3 + (q3)) * 3 + (q4)) * 3 + (q5)) * 2 + (q6))
static const int macro_scores[324] = {
#include "gen/cvss40-macrovectors.inc"
};

/* Values stand by rank, the worst first. Safety comes by MSI and MSA, which stand behind all of
 * these: see v4_safety(). */
static const char *const v4_texts[15][VALUES] = {
	{ "AV:N", "AV:A", "AV:L", "AV:P" }, { "/AC:L", "/AC:H" }, { "/AT:N", "/AT:P" },
	{ "/PR:N", "/PR:L", "/PR:H" }, { "/UI:N", "/UI:P", "/UI:A" },
	{ "/VC:H", "/VC:L", "/VC:N" }, { "/VI:H", "/VI:L", "/VI:N" }, { "/VA:H", "/VA:L", "/VA:N" },
	{ "/SC:H", "/SC:L", "/SC:N" }, { "/SI:N", "/SI:H", "/SI:L", "/SI:N" },
	{ "/SA:L", "/SA:H", "/SA:L", "/SA:N" },
	{ "/E:A", "/E:P", "/E:U" },
	{ "/CR:H", "/CR:M", "/CR:L" }, { "/IR:H", "/IR:M", "/IR:L" }, { "/AR:H", "/AR:M", "/AR:L" },
};

enum { MOST = 729, LEVELS = 6 };

/* All combinations of the metrics of one equivalence set, EQ3 and EQ6 being one. */
struct set {
	int metrics;
	int places[6];  /* of its metrics in v4_texts */
	int sizes[6];
	int (*level_of)(const signed char *ranks);
	int count;
	signed char ranks[MOST][6];
	int level[MOST];
	int distance[MOST];
	int depth[LEVELS];
};

static int level_eq1(const signed char *r)
{
	int worst = (r[0] == 0) + (r[1] == 0) + (r[2] == 0);

	return worst == 3 ? 0 : r[0] == 3 || worst == 0 ? 2 : 1;
}

static int level_eq2(const signed char *r)
{
	return r[0] + r[1] > 0;
}

/* EQ3 * 2 + EQ6. */
static int level_eq36(const signed char *r)
{
	int high = (r[0] == 0) * 4 + (r[1] == 0) * 2 + (r[2] == 0);
	int required = (r[3] == 0) * 4 + (r[4] == 0) * 2 + (r[5] == 0);

	return (high >= 6 ? 0 : high ? 1 : 2) * 2 + !(high & required);
}

/* SC has H L N, SI and SA have S H L N. */
static int level_eq4(const signed char *r)
{
	return r[1] == 0 || r[2] == 0 ? 0 : r[0] == 0 || r[1] == 1 || r[2] == 1 ? 1 : 2;
}

static struct set sets[4] = {
	{ .metrics = 3, .places = { 0, 3, 4 }, .sizes = { 4, 3, 3 }, .level_of = level_eq1 },
	{ .metrics = 2, .places = { 1, 2 }, .sizes = { 2, 2 }, .level_of = level_eq2 },
	{ .metrics = 6, .places = { 5, 6, 7, 12, 13, 14 }, .sizes = { 3, 3, 3, 3, 3, 3 },
	  .level_of = level_eq36 },
	{ .metrics = 3, .places = { 8, 9, 10 }, .sizes = { 3, 4, 4 }, .level_of = level_eq4 },
};

/* The steps from combination A down to B; -1 when A is milder than B in some metric. */
static int steps_between(const struct set *set, int a, int b)
{
	int steps = 0;

	for (int i = 0; i < set->metrics; i++) {
		if (set->ranks[a][i] > set->ranks[b][i])
			return -1;
		steps += set->ranks[b][i] - set->ranks[a][i];
	}
	return steps;
}

/* A highest vector of its level: no other of the level is at least as severe in all metrics. */
static bool is_highest(const struct set *set, int a)
{
	for (int b = 0; b < set->count; b++)
		if (b != a && set->level[b] == set->level[a] && steps_between(set, b, a) > 0)
			return false;
	return true;
}

/* The distance of each combination from the first highest vector of its level that dominates it, and
 * the depth of each level: its greatest distance plus one. */
static void set_measure(struct set *set)
{
	static bool highest[MOST];

	for (int a = 0; a < set->count; a++)
		highest[a] = is_highest(set, a);
	for (int b = 0; b < set->count; b++) {
		set->distance[b] = -1;
		for (int a = 0; a < set->count && set->distance[b] < 0; a++)
			if (highest[a] && set->level[a] == set->level[b])
				set->distance[b] = steps_between(set, a, b);
		CHECK_QUIET(set->distance[b] >= 0, "4.0: a highest vector dominates each vector");
		if (set->distance[b] + 1 > set->depth[set->level[b]])
			set->depth[set->level[b]] = set->distance[b] + 1;
	}
}

static void set_fill(struct set *set)
{
	set->count = 1;
	for (int i = 0; i < set->metrics; i++)
		set->count *= set->sizes[i];
	for (int n = 0; n < set->count; n++) {
		int rest = n;

		for (int i = set->metrics - 1; i >= 0; i--) {
			set->ranks[n][i] = (signed char)(rest % set->sizes[i]);
			rest /= set->sizes[i];
		}
		set->level[n] = set->level_of(set->ranks[n]);
	}
	set_measure(set);
}

static int set_index(const struct set *set, const int *at)
{
	int index = 0;

	for (int i = 0; i < set->metrics; i++)
		index = index * set->sizes[i] + at[set->places[i]];
	return index;
}

/* The score of the macrovector with the levels EQ, or 0 where there is none. */
static int macro(int eq1, int eq2, int eq3, int eq4, int eq5, int eq6)
{
	if (eq1 > 2 || eq2 > 1 || eq3 > 2 || eq4 > 2 || eq5 > 2 || eq6 > 1)
		return 0;
	return macro_scores[MACRO_INDEX(eq1, eq2, eq3, eq4, eq5, eq6)];
}

struct tally {
	long count, zero, ties;
	bool seen[101];
};

/* The expected score: the fraction LOSS / UNIT is subtracted, then rounded half up. */
static int v4_expected(const int *at, struct tally *tally, int eq[6])
{
	int index[4], level[4], lower[5], here, lowers = 0;
	int64_t loss = 0, unit = 1, twice;

	for (int i = 0; i < 4; i++) {
		index[i] = set_index(&sets[i], at);
		level[i] = sets[i].level[index[i]];
	}
	memcpy(eq, (const int[6]){ level[0], level[1], level[2] / 2, level[3], at[11], level[2] % 2 },
	       6 * sizeof(*eq));
	if (at[5] + at[6] + at[7] == 6 && at[8] == 2 && at[9] == 3 && at[10] == 3) {
		tally->zero++;
		return 0;
	}
	here = macro(eq[0], eq[1], eq[2], eq[3], eq[4], eq[5]);
	lower[0] = macro(eq[0] + 1, eq[1], eq[2], eq[3], eq[4], eq[5]);
	lower[1] = macro(eq[0], eq[1] + 1, eq[2], eq[3], eq[4], eq[5]);
	lower[2] = macro(eq[0], eq[1], eq[2] + 1, eq[3], eq[4], eq[5]);
	if (macro(eq[0], eq[1], eq[2], eq[3], eq[4], eq[5] + 1) > lower[2])
		lower[2] = macro(eq[0], eq[1], eq[2], eq[3], eq[4], eq[5] + 1);
	lower[3] = macro(eq[0], eq[1], eq[2], eq[3] + 1, eq[4], eq[5]);
	lower[4] = macro(eq[0], eq[1], eq[2], eq[3], eq[4] + 1, eq[5]);
	for (int i = 0; i < 5; i++)
		lowers += lower[i] > 0;
	for (int i = 0; i < 4; i++)
		if (lower[i]) {
			int depth = sets[i].depth[level[i]];

			loss = loss * depth + unit * (here - lower[i]) * sets[i].distance[index[i]];
			unit *= depth;
		}
	unit *= lowers ? lowers : 1;
	twice = 2 * (here * unit - loss);
	tally->ties += twice % (2 * unit) == unit;
	return (int)((twice + unit) / (2 * unit));
}

/* The text of the vector: the counter's, and Safety where a rank says so. */
static void v4_safety(struct counter *c)
{
	static const char *const tails[4] = { "", "/MSI:S", "/MSA:S", "/MSI:S/MSA:S" };
	const char *tail = tails[(c->at[9] == 0) + 2 * (c->at[10] == 0)];

	memcpy(c->text + c->offset[c->metrics], tail, strlen(tail) + 1);
}

static void check_v4(struct counter *c, struct tally *tally)
{
	int eq[6], expected = v4_expected(c->at, tally, eq);
	struct cvss got;

	v4_safety(c);
	tally->count++;
	if (cvss_parse(c->text, &got, NULL) < 0) {
		CHECK_QUIET(false, "%s is refused", c->text);
		return;
	}
	tally->seen[got.overall] = true;
	CHECK_QUIET(got.overall == expected, "%s: %d, not %d", c->text, expected, got.overall);
	for (int i = 0; i < 6; i++)
		CHECK_QUIET(got.macrovector[i] == '0' + eq[i], "%s: macrovector %s", c->text,
			    got.macrovector);
}

static void test_v4(void)
{
	struct tally tally = { 0 };
	struct counter c;
	double begun = seconds();
	int scores = 0;

	for (int i = 0; i < 4; i++)
		set_fill(&sets[i]);
	counter_start(&c, "CVSS:4.0/", v4_texts, 15);
	do
		check_v4(&c, &tally);
	while (counter_next(&c));
	for (int i = 0; i <= 100; i++)
		scores += tally.seen[i];
	CHECK(tally.count == 15116544, "4.0: every effective vector");
	CHECK(tally.zero == 11664, "4.0: %ld vectors without impact", tally.zero);
	CHECK(tally.ties == 866384, "4.0: %ld exact ties", tally.ties);
	CHECK(scores == 101, "4.0: %d scores occur", scores);
	report("4.0", tally.count, begun);
}

int main(void)
{
	test_v4();
	test_v2();
	test_v3("CVSS:3.0/", false);
	test_v3("CVSS:3.1/", true);
	CHECK(near_steps == 0, "2.0 and 3.x: no value lies near a step without being on it");
	return tap_done();
}
