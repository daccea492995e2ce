/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a second, order by order, over versions as each ecosystem has them; both are checked
 * too. */
#include "psirtty/score/version.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 5, COMPARES = 400000 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct {
	const char *scheme, *versions[6];
} rows[] = {
	{"deb",
	 {"1:2.36.1-8+deb11u1", "1:2.36.1-8+deb11u2", "5.10.0-23", "91.5.0esr-1~deb10u1",
	  "0.9.8g-15+lenny9", "2.31-13+deb11u5"}},
	{"rpm",
	 {"0:1.1.1k-9.el8_7", "1:1.1.1k-12.el8_9", "4.18.0-477.10.1.el8_8", "2.6.4-1.fc39",
	  "1.0~rc1-1", "20230731-1.amzn2"}},
	{"apk",
	 {"1.2.4-r0", "1.2.4_git20230717-r4", "3.1.4-r1", "9.9_p1-r2", "2.40.1-r0", "5.10.188-r0"}},
	{"semver",
	 {"1.2.3", "1.2.4-rc.1", "10.0.0-beta.11", "0.1.0", "2.0.0+build.5", "1.2.3-alpha"}},
	{"pypi", {"1.26.18", "2.0.0rc1", "4.2.5.post1", "3.0.dev4", "2023.7.22", "1!0.5a2"}},
	{"maven",
	 {"2.17.1", "5.3.27.RELEASE", "31.1-jre", "1.0-alpha-2-SNAPSHOT", "9.4.53.v20231009",
	  "2.0-m3"}},
	{"gem", {"6.1.7.3", "7.0.0.rc1", "1.15.4", "2.0.8", "0.3.0.pre", "3.0.0"}},
	{"composer", {"v5.4.31", "10.0.0-beta2", "4.4.1", "2.x-dev", "v1.7.9.1", "6.2.8p1"}},
	{"generic", {"V4.1.0", "3.8.6.1", "6.3 SP3 HF4", "5.15.12", "22.3R2-S2", "9.2.0-11289"}},
};

static double compares_a_second(size_t row)
{
	const struct version_scheme *scheme = version_scheme_find(rows[row].scheme);
	double best = 0;
	int round, i, sum = 0;

	for (round = 0; round < ROUNDS; round++) {
		double begun = now(), rate;

		for (i = 0; i < COMPARES; i++) {
			int order;

			if (version_compare(scheme, rows[row].versions[i % 6],
					    rows[row].versions[i / 6 % 6], &order, NULL) == 0)
				sum += order;
		}
		rate = COMPARES / (now() - begun);
		best = rate > best ? rate : best;
	}
	return sum == COMPARES ? 0 : best;
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-10s %6.2f million compares/s\n", rows[i].scheme,
		       compares_a_second(i) / 1e6);
	return 0;
}
