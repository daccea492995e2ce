/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many CVSS vectors are read and scored, package URLs and EPSS rows read, and Debian versions
 * compared in a second, on one core; the best of many short rounds, so that other programs count little. With the argument --samples it prints the vectors and purls instead, for
 * tests/bench/peers.sh.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "psirtty/format/epss.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/version.h"

enum { ROUNDS = 25, VECTORS = 20000, VERSIONS = 4000, PURLS = 4000, EPSS_ROWS = 40000 };

static char *vectors[VECTORS], *base_vectors[VECTORS], *older_vectors[VECTORS], *versions[VERSIONS], *purls[PURLS];

static struct str epss = STR_INIT;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The same numbers on every machine. */
static unsigned next_random(unsigned limit)
{
	static uint64_t state = 20261121;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % limit;
}

/* The BASE base metrics, and one in OTHERS of the others, or none when that is 0. */
static char *random_vector(enum cvss_version version, const char *prefix, size_t base, unsigned others)
{
	size_t count;
	const struct cvss_metric *metrics = cvss_metrics(version, &count);
	AUTO_STR vector = STR_INIT;

	str_add(&vector, prefix);
	for (size_t m = 0; m < count; m++) {
		unsigned values = 0;

		while (metrics[m].values[values].code)
			values++;
		if (m < base || (others && next_random(others) == 0))
			str_add_format(&vector, "/%s:%s", metrics[m].code,
				       metrics[m].values[next_random(values)].code);
	}
	return str_detach(&vector);
}

static char *random_version(void)
{
	static const char *const tails[] = { "", "-1", "-2+deb12u1", "~rc1-1", "+dfsg-3.1", "-1ubuntu2" };
	AUTO_STR version = STR_INIT;

	if (next_random(8) == 0)
		str_add_format(&version, "%u:", next_random(3));
	str_add_format(&version, "%u.%u.%u%s", next_random(4), next_random(6), next_random(30),
		       tails[next_random(ARRAY_LEN(tails))]);
	return str_detach(&version);
}

static char *random_purl(void)
{
	unsigned a = next_random(1000), b = next_random(50);

	switch (next_random(5)) {
	case 0: return mem_format("pkg:npm/%%40scope/name-%u@1.%u.0", a, b);
	case 1: return mem_format("pkg:deb/debian/lib%u@2.%u-1?arch=amd64&distro=bookworm", a, b);
	case 2: return mem_format("pkg:maven/org.example/part-%u@%u.1", a, b);
	case 3: return mem_format("pkg:golang/example.org/m/v%u@v%u.0.1#cmd/tool", a, b);
	default: return mem_format("pkg:pypi/name%u@%u.4", a, b);
	}
}

static void make_samples(void)
{
	for (int i = 0; i < VECTORS; i++) {
		vectors[i] = random_vector(CVSS_4_0, "CVSS:4.0", 11, 4);
		base_vectors[i] = random_vector(CVSS_4_0, "CVSS:4.0", 11, 0);
		older_vectors[i] = random_vector(CVSS_3_1, "CVSS:3.1", 8, 4);
	}
	for (int i = 0; i < VERSIONS; i++)
		versions[i] = random_version();
	for (int i = 0; i < PURLS; i++)
		purls[i] = random_purl();
	str_add(&epss, "#model_version:v1,score_date:2026-11-21T00:00:00Z\ncve,epss,percentile\n");
	for (int i = 0; i < EPSS_ROWS; i++)
		str_add_format(&epss, "CVE-%d-%04d,0.%05u,0.%05u\n", 1999 + i / 10000, i % 10000,
			       next_random(100000), next_random(100000));
}

static void print_samples(void)
{
	for (int i = 0; i < VECTORS; i++)
		printf("%s\n%s\n%s\n", base_vectors[i], vectors[i], older_vectors[i]);
	for (int i = 0; i < PURLS; i++)
		puts(purls[i]);
}

/* Each does one round and returns how many items that were; a wrong one ends the program. */

static long score_all(char *const *all)
{
	struct cvss cvss;

	for (int i = 0; i < VECTORS; i++)
		if (cvss_parse(all[i], &cvss, NULL) < 0)
			BUG("%s is refused", all[i]);
	return VECTORS;
}

static long score_vectors(void)
{
	return score_all(vectors);
}

static long score_base_vectors(void)
{
	return score_all(base_vectors);
}

static long score_older_vectors(void)
{
	return score_all(older_vectors);
}

static long compare_versions(void)
{
	const struct version_scheme *deb = version_scheme_find("deb");
	long count = 0;
	int order;

	for (int step = 1; step <= 16; step++)
		for (int i = 0; i + step < VERSIONS; i++, count++)
			if (version_compare(deb, versions[i], versions[i + step], &order, NULL) < 0)
				BUG("%s is refused", versions[i]);
	return count;
}

static long read_purls(void)
{
	for (int i = 0; i < PURLS; i++) {
		AUTO_PURL purl = PURL_INIT;

		if (purl_parse(purls[i], &purl, NULL) < 0)
			BUG("%s is refused", purls[i]);
	}
	return PURLS;
}

static void sum_row(void *data, const struct epss_row *row)
{
	*(long *)data += row->probability;
}

static long read_epss(void)
{
	AUTO_ROW_FAULTS faults = ROW_FAULTS_INIT;
	struct epss_head head;
	long sum = 0;

	if (epss_read(epss.bytes, epss.length, sum_row, &sum, &head, &faults, NULL) < 0 || faults.total)
		BUG("the EPSS file is refused");
	return head.rows;
}

static void measure(const char *name, long (*round)(void))
{
	double best = 0;

	round();
	for (int i = 0; i < ROUNDS; i++) {
		double begun = seconds();
		long count = round();
		double rate = (double)count / (seconds() - begun);

		best = rate > best ? rate : best;
	}
	printf("%-32s %-24s %12.0f a second\n", name, "psirtty", best);
}

int main(int argc, char **argv)
{
	make_samples();
	if (argc > 1 && strcmp(argv[1], "--samples") == 0) {
		print_samples();
		return 0;
	}
	measure("CVSS 4.0, base metrics", score_base_vectors);
	measure("CVSS 4.0, all groups", score_vectors);
	measure("CVSS 3.1, all groups", score_older_vectors);
	measure("package URL, read", read_purls);
	measure("Debian versions, compare", compare_versions);
	measure("EPSS rows, read", read_epss);
	return 0;
}
