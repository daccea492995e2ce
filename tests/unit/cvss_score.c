/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scores against a second implementation: the formulas of 2.0 and 3.x in long double, and
 * for 4.0 the specification's search for dominating highest vectors, derived here from nothing
 * but the definitions of the equivalence sets.
 */
#include "psirtty/score/cvss.h"

#include "tap.h"

/* ---- vectors as counters */

/* The next combination of values of the metrics FIRST..LAST; false after the last one. */
static bool next_values(struct cvss *cvss, const struct cvss_metric *metrics, int first, int last)
{
	int i;

	for (i = last; i >= first; i--) {
		if (metrics[i].values[++cvss->values[i]].code)
			return true;
		cvss->values[i] = 0;
	}
	return false;
}

static void start_values(struct cvss *cvss, enum cvss_version version, int mandatory)
{
	memset(cvss, 0, sizeof(*cvss));
	cvss->version = version;
	memset(cvss->values + mandatory, CVSS_ABSENT, sizeof(cvss->values) - (size_t)mandatory);
}

/* Writes SHAPE's values as a vector and parses that; the canonical form must come back. */
static bool parse_back(const struct cvss *shape, struct cvss *ret)
{
	AUTO_STR vector = STR_INIT, again = STR_INIT;

	cvss_vector(shape, &vector);
	if (cvss_parse(vector.bytes, ret, NULL) < 0)
		return false;
	cvss_vector(ret, &again);
	return strcmp(vector.bytes, again.bytes) == 0 && ret->version == shape->version;
}

/* ---- 2.0 */

/* The largest whole number not above X, for small X. */
static int whole(long double x)
{
	return (int)(x + 1000) - 1000;
}

static int half_up(long double score)
{
	return whole(score * 10 + 0.5L + 1e-9L);
}

static const long double v2_weights[14][6] = {
	{ 0.395L, 0.646L, 1 }, { 0.35L, 0.61L, 0.71L }, { 0.45L, 0.56L, 0.704L },
	{ 0, 0.275L, 0.66L }, { 0, 0.275L, 0.66L }, { 0, 0.275L, 0.66L },
	{ 1, 0.85L, 0.9L, 0.95L, 1 }, { 1, 0.87L, 0.9L, 0.95L, 1 }, { 1, 0.9L, 0.95L, 1 },
	{ 0, 0, 0.1L, 0.3L, 0.4L, 0.5L }, { 1, 0, 0.25L, 0.75L, 1 },
	{ 1, 0.5L, 1, 1.51L }, { 1, 0.5L, 1, 1.51L }, { 1, 0.5L, 1, 1.51L },
};

static int v2_base(const long double *w, bool adjusted)
{
	long double impact = 10.41L * (1 - (1 - w[3] * (adjusted ? w[11] : 1)) *
					   (1 - w[4] * (adjusted ? w[12] : 1)) *
					   (1 - w[5] * (adjusted ? w[13] : 1)));

	if (w[3] + w[4] + w[5] == 0)
		return 0;
	if (adjusted && impact > 10)
		impact = 10;
	return half_up((0.6L * impact + 0.4L * 20 * w[0] * w[1] * w[2] - 1.5L) * 1.176L);
}

static void check_v2(const struct cvss *shape, int *ret_negative)
{
	struct cvss got;
	long double w[14];
	int base, temporal, environmental, adjusted, i;

	for (i = 0; i < 14; i++)
		w[i] = v2_weights[i][shape->values[i] < 0 ? 0 : shape->values[i]];
	base = v2_base(w, false);
	temporal = half_up(base / 10.0L * w[6] * w[7] * w[8]);
	adjusted = half_up(v2_base(w, true) / 10.0L * w[6] * w[7] * w[8]);
	environmental = half_up((adjusted / 10.0L + (10 - adjusted / 10.0L) * w[9]) * w[10]);
	*ret_negative += environmental < 0;
	environmental = environmental < 0 ? 0 : environmental;
	CHECK_QUIET(parse_back(shape, &got), "2.0 vector goes round");
	CHECK_QUIET(got.base == base, "2.0 base %d, not %d", base, got.base);
	CHECK_QUIET(got.temporal == CVSS_ABSENT || got.temporal == temporal,
		    "2.0 temporal %d, not %d", temporal, got.temporal);
	CHECK_QUIET(got.environmental == CVSS_ABSENT || got.environmental == environmental,
		    "2.0 environmental %d, not %d", environmental, got.environmental);
	CHECK_QUIET(got.overall == (got.environmental >= 0 ? environmental
				    : got.temporal >= 0    ? temporal
							   : base),
		    "2.0 overall");
}

/* The whole base space, alone and with all requirements; the other groups take turns. */
static void test_v2(void)
{
	size_t metric_count;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_2_0, &metric_count);
	struct cvss shape;
	int count = 0, negative = 0;

	start_values(&shape, CVSS_2_0, 6);
	do {
		check_v2(&shape, &negative);
		count++;
	} while (next_values(&shape, metrics, 0, 5));
	CHECK(count == 729, "2.0: all %d base vectors", count);
	start_values(&shape, CVSS_2_0, 14);
	do {
		do
			check_v2(&shape, &negative);
		while (next_values(&shape, metrics, 11, 13));
		next_values(&shape, metrics, 6, 10);
	} while (next_values(&shape, metrics, 0, 5));
	CHECK(negative > 0, "2.0: some environmental scores are raised to 0");
}

/* Every base score times every product of the temporal weights. */
static void test_v2_temporal(void)
{
	size_t metric_count;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_2_0, &metric_count);
	bool seen[101] = { false };
	struct cvss shape, got;
	int negative = 0;

	start_values(&shape, CVSS_2_0, 6);
	do {
		if (!parse_back(&shape, &got) || seen[got.base])
			continue;
		seen[got.base] = true;
		memset(shape.values + 6, 0, 3);
		do
			check_v2(&shape, &negative);
		while (next_values(&shape, metrics, 6, 8));
		memset(shape.values + 6, CVSS_ABSENT, 3);
	} while (next_values(&shape, metrics, 0, 5));
	CHECK(seen[30] && seen[90], "2.0: the ties 3.0 * 0.95 and 9.0 * 0.95 occur");
}

/* ---- 3.0 and 3.1 */

static int round_up(long double score)
{
	return whole(score * 10 + 1 - 1e-9L);
}

static long double power(long double x, int n)
{
	return n == 1 ? x : x * power(x, n - 1);
}

static const long double v3_weights[22][5] = {
	{ 0.85L, 0.62L, 0.55L, 0.2L }, { 0.77L, 0.44L }, { 0.85L, 0.62L, 0.27L }, { 0.85L, 0.62L },
	{ 0, 1 }, { 0.56L, 0.22L, 0 }, { 0.56L, 0.22L, 0 }, { 0.56L, 0.22L, 0 },
	{ 1, 1, 0.97L, 0.94L, 0.91L }, { 1, 1, 0.97L, 0.96L, 0.95L }, { 1, 1, 0.96L, 0.92L },
	{ 1, 1.5L, 1, 0.5L }, { 1, 1.5L, 1, 0.5L }, { 1, 1.5L, 1, 0.5L },
};

static long double least(long double a, long double b)
{
	return a < b ? a : b;
}

/* The inner score from eight base values and three requirements. */
static int v3_inner(const signed char *base, const long double *requirements, bool modified,
		    bool version_31)
{
	long double left = 1, sub, impact, exploit, w[8];
	int i;

	for (i = 0; i < 8; i++)
		w[i] = v3_weights[i][base[i]];
	if (base[4] == 1)
		w[2] = (const long double[]){ 0.85L, 0.68L, 0.5L }[base[2]];
	for (i = 0; i < 3; i++)
		left *= 1 - w[5 + i] * requirements[i];
	sub = modified ? least(1 - left, 0.915L) : 1 - left;
	if (base[4] == 0)
		impact = 6.42L * sub;
	else if (modified && version_31)
		impact = 7.52L * (sub - 0.029L) - 3.25L * power(sub * 0.9731L - 0.02L, 13);
	else
		impact = 7.52L * (sub - 0.029L) - 3.25L * power(sub - 0.02L, 15);
	exploit = 8.22L * w[0] * w[1] * w[2] * w[3];
	if (sub < 1e-9L || impact <= 0)
		return 0;
	return round_up(least(10, (impact + exploit) * (base[4] ? 1.08L : 1)));
}

static void check_v3(const struct cvss *shape)
{
	static const long double plain[3] = { 1, 1, 1 };
	const signed char *v = shape->values;
	long double product = 1, requirements[3];
	signed char modified[8];
	struct cvss got;
	int i, base, environmental;

	for (i = 0; i < 3; i++) {
		product *= v3_weights[8 + i][v[8 + i] < 0 ? 0 : v[8 + i]];
		requirements[i] = v3_weights[11 + i][v[11 + i] < 0 ? 0 : v[11 + i]];
	}
	for (i = 0; i < 8; i++)
		modified[i] = v[14 + i] > 0 ? v[14 + i] - 1 : v[i];
	base = v3_inner(v, plain, false, false);
	environmental = v3_inner(modified, requirements, true, shape->version == CVSS_3_1);
	environmental = round_up(environmental / 10.0L * product);
	CHECK_QUIET(parse_back(shape, &got), "3.x vector goes round");
	CHECK_QUIET(got.base == base, "3.x base %d, not %d", base, got.base);
	CHECK_QUIET(got.temporal == CVSS_ABSENT || got.temporal == round_up(base / 10.0L * product),
		    "3.x temporal, not %d", got.temporal);
	CHECK_QUIET(got.environmental == CVSS_ABSENT || got.environmental == environmental,
		    "3.x environmental %d, not %d", environmental, got.environmental);
}

/* The whole base space; then as modified metrics over a changing base, with all requirements and
 * the temporal metrics taking turns. */
static void test_v3(enum cvss_version version)
{
	size_t metric_count;
	const struct cvss_metric *metrics = cvss_metrics(version, &metric_count);
	struct cvss shape;
	int count = 0, inner = 0, i;

	start_values(&shape, version, 8);
	do {
		check_v3(&shape);
		count++;
	} while (next_values(&shape, metrics, 0, 7));
	start_values(&shape, version, 22);
	for (i = 14; i < 22; i++)
		shape.values[i] = 1;
	do {
		if (memchr(shape.values + 14, 0, 8) || memchr(shape.values + 11, 0, 3))
			continue;
		check_v3(&shape);
		inner++;
		next_values(&shape, metrics, 0, 7);
		next_values(&shape, metrics, 8, 10);
	} while (next_values(&shape, metrics, 11, 21));
	CHECK(count == 2592, "%s: all %d base vectors", cvss_version_name(version), count);
	CHECK(inner == 69984, "%s: all %d environmental vectors", cvss_version_name(version), inner);
}

/* Every inner score times every product of the temporal weights. */
static void test_v3_temporal(void)
{
	size_t metric_count;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_3_0, &metric_count);
	bool seen[101] = { false };
	struct cvss shape, got;

	start_values(&shape, CVSS_3_0, 8);
	do {
		if (!parse_back(&shape, &got) || seen[got.base])
			continue;
		seen[got.base] = true;
		memset(shape.values + 8, 0, 3);
		do
			check_v3(&shape);
		while (next_values(&shape, metrics, 8, 10));
		memset(shape.values + 8, CVSS_ABSENT, 3);
	} while (next_values(&shape, metrics, 0, 7));
	CHECK(seen[25] && seen[50] && seen[100],
	      "3.0: the three products that doubles round too high occur");
}

/* ---- 4.0 */

#define MACRO_INDEX(q1, q2, q3, q4, q5, q6) \
	((((((q1) * 2 + (q2)) * 3 + (q3)) * 3 + (q4)) * 3 + (q5)) * 2 + (q6))
static const int macro_scores[324] = {
#include "gen/cvss40-macrovectors.inc"
};

enum { MOST = 729 };

/* All combinations of the metrics of one equivalence set (or of EQ3 and EQ6 together). */
struct set {
	int metrics;
	int sizes[6];              /* values of each metric */
	int count;
	signed char ranks[MOST][6];
	int level[MOST];           /* EQ3 * 2 + EQ6 for the joint set */
	int distance[MOST];
	int depth[6];
};

static int level_eq1(const signed char *r)
{
	return !r[0] && !r[1] && !r[2] ? 0 : r[0] != 3 && (!r[0] || !r[1] || !r[2]) ? 1 : 2;
}

static int level_eq2(const signed char *r)
{
	return r[0] == 0 && r[1] == 0 ? 0 : 1;
}

static int level_eq36(const signed char *r)
{
	int eq3 = !r[0] && !r[1] ? 0 : !r[0] || !r[1] || !r[2] ? 1 : 2;
	int eq6 = (!r[0] && !r[3]) || (!r[1] && !r[4]) || (!r[2] && !r[5]) ? 0 : 1;

	return eq3 * 2 + eq6;
}

/* Ranks of SC begin at H, those of SI and SA at S. */
static int level_eq4(const signed char *r)
{
	return !r[1] || !r[2] ? 0 : !r[0] || r[1] == 1 || r[2] == 1 ? 1 : 2;
}

static struct set eq1 = { 3, { 4, 3, 3 }, 0, { { 0 } }, { 0 }, { 0 }, { 0 } };
static struct set eq2 = { 2, { 2, 2 }, 0, { { 0 } }, { 0 }, { 0 }, { 0 } };
static struct set eq36 = { 6, { 3, 3, 3, 3, 3, 3 }, 0, { { 0 } }, { 0 }, { 0 }, { 0 } };
static struct set eq4 = { 3, { 3, 4, 4 }, 0, { { 0 } }, { 0 }, { 0 }, { 0 } };

static void list_combinations(struct set *set, int (*level)(const signed char *))
{
	int total = 1, i, k;

	for (k = 0; k < set->metrics; k++)
		total *= set->sizes[k];
	for (i = 0; i < total; i++) {
		int rest = i;

		for (k = set->metrics - 1; k >= 0; k--) {
			set->ranks[i][k] = (signed char)(rest % set->sizes[k]);
			rest /= set->sizes[k];
		}
		set->level[i] = level(set->ranks[i]);
	}
	set->count = total;
}

/* The steps from A down to B, or -1 when A is less severe than B in some metric. */
static int steps(const struct set *set, int a, int b)
{
	int sum = 0, k;

	for (k = 0; k < set->metrics; k++) {
		if (set->ranks[a][k] > set->ranks[b][k])
			return -1;
		sum += set->ranks[b][k] - set->ranks[a][k];
	}
	return sum;
}

static bool is_highest(const struct set *set, int i)
{
	int k;

	for (k = 0; k < set->count; k++)
		if (k != i && set->level[k] == set->level[i] && steps(set, k, i) > 0)
			return false;
	return true;
}

/* Distances from a dominating highest vector of the level; all such must agree. */
static void measure_set(struct set *set, int (*level)(const signed char *), const char *name)
{
	bool highest[MOST];
	int i, k;

	list_combinations(set, level);
	for (i = 0; i < set->count; i++)
		highest[i] = is_highest(set, i);
	for (i = 0; i < set->count; i++) {
		set->distance[i] = -1;
		for (k = 0; k < set->count; k++) {
			int n = steps(set, k, i);

			if (!highest[k] || set->level[k] != set->level[i] || n < 0)
				continue;
			CHECK_QUIET(set->distance[i] < 0 || set->distance[i] == n,
				    "%s: two highest vectors at different distances", name);
			set->distance[i] = n;
		}
		CHECK_QUIET(set->distance[i] >= 0, "%s: a dominating highest vector", name);
		if (set->distance[i] + 1 > set->depth[set->level[i]])
			set->depth[set->level[i]] = set->distance[i] + 1;
	}
	CHECK(set->count > 0, "%s: %d combinations measured", name, set->count);
}

/* (score - lower) * distance / depth of one set, counted when there is a lower macrovector. */
static void add_loss(const struct set *set, int i, int score, int lower, long double *loss,
		     int *sets)
{
	if (!lower)
		return;
	*loss += (score - lower) * (long double)set->distance[i] / set->depth[set->level[i]];
	++*sets;
}

static int macro(int a, int b, int c36, int d, int e)
{
	return a > 2 || b > 1 || d > 2 || e > 2
		? 0 : macro_scores[MACRO_INDEX(a, b, c36 / 2, d, e, c36 % 2)];
}

/* The score of the combinations I of the four sets with exploit maturity E. */
static int v4_score(const int i[4], int e)
{
	static const int lower36[6][2] = { { 1, 2 }, { 3, 3 }, { 3, 3 }, { 5, 5 }, { 0, 0 }, { -1, -1 } };
	int a = eq1.level[i[0]], b = eq2.level[i[1]], c = eq36.level[i[2]], d = eq4.level[i[3]];
	int score = macro(a, b, c, d, e), below = 0, sets = 0;
	long double loss = 0;

	if (lower36[c][0] >= 0) {
		int one = macro(a, b, lower36[c][0], d, e), two = macro(a, b, lower36[c][1], d, e);

		below = one > two ? one : two;
	}
	add_loss(&eq1, i[0], score, macro(a + 1, b, c, d, e), &loss, &sets);
	add_loss(&eq2, i[1], score, macro(a, b + 1, c, d, e), &loss, &sets);
	add_loss(&eq36, i[2], score, below, &loss, &sets);
	add_loss(&eq4, i[3], score, macro(a, b, c, d + 1, e), &loss, &sets);
	sets += macro(a, b, c, d, e + 1) > 0;
	return whole(score - (sets ? loss / sets : 0) + 0.5L + 1e-6L);
}

/* As base metrics, E and the requirements absent (only for combinations without S, CR…). */
static void shape_base(const int i[4], struct cvss *shape)
{
	const signed char *one = eq1.ranks[i[0]], *two = eq2.ranks[i[1]];
	const signed char *three = eq36.ranks[i[2]], *four = eq4.ranks[i[3]];
	int k;

	start_values(shape, CVSS_4_0, 11);
	shape->values[0] = one[0];
	shape->values[1] = two[0];
	shape->values[2] = two[1];
	shape->values[3] = one[1];
	shape->values[4] = one[2];
	for (k = 0; k < 3; k++)
		shape->values[5 + k] = three[k];
	shape->values[8] = four[0];
	shape->values[9] = four[1] - 1;
	shape->values[10] = four[2] - 1;
}

/* As modified metrics over the base of BASE. */
static void shape_modified(const int i[4], int e, const struct cvss *base, struct cvss *shape)
{
	const signed char *one = eq1.ranks[i[0]], *two = eq2.ranks[i[1]];
	const signed char *three = eq36.ranks[i[2]], *four = eq4.ranks[i[3]];
	const signed char ranks[15] = { (signed char)e, three[3], three[4], three[5], one[0], two[0],
					two[1], one[1], one[2], three[0], three[1], three[2],
					four[0], four[1], four[2] };
	int k;

	*shape = *base;
	for (k = 0; k < 15; k++)
		shape->values[11 + k] = ranks[k] + 1;
}

static bool is_harmless(const int i[4])
{
	const signed char *three = eq36.ranks[i[2]], *four = eq4.ranks[i[3]];

	return three[0] + three[1] + three[2] == 6 && four[0] == 2 && four[1] == 3 && four[2] == 3;
}

static void check_v4(const struct cvss *shape, const int i[4], int e)
{
	int expected = is_harmless(i) ? 0 : v4_score(i, e), level = eq36.level[i[2]];
	struct cvss got;
	char name[80];

	snprintf(name, sizeof(name), "%d%d%d%d%d%d", eq1.level[i[0]], eq2.level[i[1]], level / 2,
		 eq4.level[i[3]], e, level % 2);
	CHECK_QUIET(parse_back(shape, &got), "4.0 vector goes round");
	CHECK_QUIET(got.overall == expected, "4.0 %s: %d, not %d", name, expected, got.overall);
	CHECK_QUIET(strcmp(got.macrovector, name) == 0, "4.0 macrovector %s, not %s", name,
		    got.macrovector);
}

/* All base vectors, each with its canonical form. */
static void test_v4_base(void)
{
	struct cvss shape;
	int i[4], count = 0;

	for (i[0] = 0; i[0] < eq1.count; i[0]++)
		for (i[1] = 0; i[1] < eq2.count; i[1]++)
			for (i[2] = 0; i[2] < eq36.count; i[2] += 27) /* CR, IR, AR: H */
				for (i[3] = 0; i[3] < eq4.count; i[3]++) {
					if (!eq4.ranks[i[3]][1] || !eq4.ranks[i[3]][2])
						continue;
					shape_base(i, &shape);
					check_v4(&shape, i, 0);
					count++;
				}
	CHECK(count == 104976, "4.0: all %d base vectors", count);
}

/* One combination of SET for each pair of level and distance; returns how many. */
static int list_classes(const struct set *set, int *ret)
{
	bool seen[6][16] = { { false } };
	int count = 0, i;

	for (i = 0; i < set->count; i++)
		if (!seen[set->level[i]][set->distance[i]]) {
			seen[set->level[i]][set->distance[i]] = true;
			ret[count++] = i;
		}
	return count;
}

/* The score depends on level and distance in each set: one vector for each combination of
 * those, as modified metrics over a base that changes. */
static void test_v4_classes(void)
{
	static int classes[4][MOST];
	int counts[4] = { list_classes(&eq1, classes[0]), list_classes(&eq2, classes[1]),
			  list_classes(&eq36, classes[2]), list_classes(&eq4, classes[3]) };
	int total = counts[0] * counts[1] * counts[2] * counts[3], n, e;
	size_t metric_count;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_4_0, &metric_count);
	struct cvss base, shape;

	start_values(&base, CVSS_4_0, 11);
	for (n = 0; n < total; n++) {
		int rest = n, i[4], k;

		for (k = 0; k < 4; k++) {
			i[k] = classes[k][rest % counts[k]];
			rest /= counts[k];
		}
		for (e = 0; e < 3; e++) {
			shape_modified(i, e, &base, &shape);
			check_v4(&shape, i, e);
			next_values(&base, metrics, 0, 10);
		}
	}
	CHECK(total > 1000, "4.0: %d vectors with modified metrics", total * 3);
}

static void test_v4(void)
{
	measure_set(&eq1, level_eq1, "EQ1");
	measure_set(&eq2, level_eq2, "EQ2");
	measure_set(&eq36, level_eq36, "EQ3 and EQ6");
	measure_set(&eq4, level_eq4, "EQ4");
	test_v4_base();
	test_v4_classes();
}

int main(void)
{
	test_v2();
	test_v2_temporal();
	test_v3(CVSS_3_0);
	test_v3(CVSS_3_1);
	test_v3_temporal();
	test_v4();
	return tap_done();
}
