/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version orders: chains of each ecosystem from its lowest to its highest, spellings that are
 * equal, what is refused and why, and the properties every order must have over all of these.
 */
#include "psirtty/score/version.h"

#include "tap.h"

enum { LONGEST = 40 };

/* From low to high; versions in one line separated by "=" are equal. */
static const struct {
	const char *scheme;
	const char *versions[LONGEST];
} chains[] = {
	{"semver",
	 {"0.0.0-0",
	  "0.0.0 = v0.0.0 = 0.0.0+b",
	  "1.0.0-1",
	  "1.0.0-2",
	  "1.0.0-1000000000000000000000000000000",
	  "1.0.0--",
	  "1.0.0-1a",
	  "1.0.0-A",
	  "1.0.0-alpha",
	  "1.0.0-alpha.1",
	  "1.0.0-alpha.beta",
	  "1.0.0-beta",
	  "1.0.0-beta.2",
	  "1.0.0-beta.11",
	  "1.0.0-rc.1",
	  "1.0.0 = 1.0.0+1 = 1.0.0+2-x",
	  "1.0.1",
	  "1.9.0",
	  "1.10.0",
	  "2.0.0",
	  "99999999999999999999999.0.0"}},
	{"npm",
	 {"1.2.3-0", "1.2.3-a.5", "1.2.3-a.b", "1.2.3-a.b.c", "1.2.3-r100", "1.2.3-r2",
	  "1.2.3 = v1.2.3 =  1.2.3  = 1.2.3+build", "9007199254740991.0.0"}},
	{"npm-loose", {"1.2.3-beta", "01.2.03 = v 1.2.3", "1.2.4"}},
	{"golang",
	 {"v0.0.0-20190101000000-aaaaaaaaaaaa", "v0.0.0-20200101000000-000000000000", "v0.0.0",
	  "v1.0.0-pre", "v1 = v1.0 = v1.0.0 = 1.0.0 = v1.0.0+incompatible", "v1.2", "v10.0.0"}},
	{"nuget",
	 {"1.0-alpha", "1.0.0-BETA = 1.0.0-beta = 1.0-beta+x", "1.0.0-beta.2", "1.0.0-beta.10",
	  "1.0.0-beta.20240101123456", "1.0.0-rc", "1 = 1.0 = 1.0.0.0 = 01.0 = 1.0.0+meta",
	  "1.0.0.1-a", "1.0.0.1", "1.0.1", "2147483647.0"}},
	{"pub",
	 {"1.2.3-1", "1.2.3-A", "1.2.3-a", "1.2.3", "1.2.3+1", "1.2.3+2", "1.2.3+a", "1.2.3+a.1"}},
	{"pypi",
	 {"1.dev0 = 1.0-dev",
	  "1.0a0.dev1",
	  "1.0a1.dev1",
	  "1.0a1 = 1.0.alpha1 = v1.0_A_1",
	  "1.0a1.post1",
	  "1.0b2",
	  "1.0rc1 = 1.0c1 = 1.0-preview.1 = 1.0pre1",
	  "1.0rc2",
	  "1 = 1.0 = 1.0.0 =  v1.0  = 01.0 = 0!1.0",
	  "1.0+a",
	  "1.0+a.b",
	  "1.0+b",
	  "1.0+1",
	  "1.0+1.a = 1.0+1-A",
	  "1.0+10",
	  "1.0.post0.dev3",
	  "1.0.post0 = 1.0-0 = 1.0.rev = 1.0r0",
	  "1.0.post1 = 1.0-1",
	  "1.0.1",
	  "1.1.dev1",
	  "1.1",
	  "2013.10",
	  "1!0.1"}},
	{"maven",
	 {"1-alpha-1 = 1-a1 = 1.0-ALPHA1", "1-alpha-2", "1-beta = 1-b0", "1-milestone-1 = 1-m1",
	  "1-rc-1 = 1-cr1 = 1.0-RC-1", "1-SNAPSHOT",
	  "1 = 1.0 = 1-ga = 1.0.0-final = 1.Release = 1.0-0", "1-sp", "1-abc", "1-pom", "1-1",
	  "1-2", "1.0.1-alpha", "1.0.1", "1.1", "1.2.3.4.5.6.7.8", "1.9", "1.10",
	  "1.99999999999999999999"}},
	{"gem",
	 {"1.0.A", "1.0.a", "1.0.a.1", "1.0.a.2", "1.0.b1 = 1.b.1", "1.0.pre.1 = 1.0-1", "1.0.rc1",
	  "1 = 1.0 = 1.0.0 =  1 ", "1.0.1", "1.0.10", "1.1", "999999999999999999999999"}},
	{"composer",
	 {"dev-master", "1.0-dev = 1.0.0.0-dev", "1.0alpha1 = v1.0-a1 = 1.0.0.0-alpha.1", "1.0b1",
	  "1.0-RC1", "1.0 = 1.0.0 = v1.0.0.0 = 1.0-stable = 1.0+build = 1.0@dev",
	  "1.0pl1 = 1.0-p1 = 1.0-patch1", "1.0.1", "1.0.x-dev", "1.9", "1.10", "1.x-dev", "2.0",
	  "2023.01.01", "20230101"}},
	{"deb", {"0~~",	      "0~~a",	     "0~",	     "0 = 0-0 = 0:0 = 00 =  0 ",
		 "0-0.1",     "0a",	     "0+",	     "0.",
		 "1.0~rc1-1", "1.0 = 1.0-0", "1.0-0ubuntu1", "1.0-1~bpo1",
		 "1.0-1",     "1.0-1a",	     "1.0-1+b1",     "1.0-1.1",
		 "1.0-2",     "1.0-10",	     "1.0a",	     "1.0+x",
		 "1.0.1",     "1.9",	     "1.10",	     "99999999999999999999",
		 "1:0",	      "2:0~"}},
	{"rpm",
	 {"1.0~rc1-1", "1.0~rc1^git1", "1.0", "1.0-0", "1.0-1", "1.0-1.el9", "1.0-2",
	  "1.0^20200101", "1.0.a", "1.0.1 = 1.0_1 = 1..0.1 = 01.00.01", "1.0.9", "1.0.10", "1.9",
	  "1.10", "2", "99999999999999999999", "1:0-1", "2:0"}},
	{"alpm",
	 {"1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0 = 1.00", "1.0.a",
	  "1.0.1-1", "1.0.1-2", "1.9", "1.10", "1:0.1"}},
	{"apk",
	 {"0.1_alpha", "0.1_beta2", "0.1_beta10", "0.1_pre1",	     "0.1_rc1-r2", "0.1 = 00.1",
	  "0.1-r0",    "0.1-r10",   "0.1_cvs1",	  "0.1_git20200101", "0.1_p1",	   "0.1_p1-r1",
	  "0.1a",      "0.1b_rc1",  "0.1b",	  "0.1.01",	     "0.1.05",	   "0.1.1",
	  "0.1.10",    "0.2",	    "0.10",	  "1.0~abc",	     "2",	   "10"}},
	{"gentoo",
	 {"1_alpha",
	  "1_alpha1",
	  "1_alpha1_p1",
	  "1_beta",
	  "1_pre3",
	  "1_rc",
	  "1_rc1-r1",
	  "1 = 1-r0 = 01",
	  "1-r1",
	  "1_p",
	  "1_p1 = 1_p01",
	  "1a",
	  "1a-r1",
	  "1b",
	  "1.0",
	  "1.0.0",
	  "1.001 = 1.00100",
	  "1.01",
	  "1.1",
	  "1.2",
	  "1.10",
	  "10"}},
	{"conan",
	 {"1.0-alpha", "1.0-beta = 1-beta.0", "1 = 1.0 = 1.0.0", "1.0+b1", "1.0+b2", "1.1.a", "1.2",
	  "1.10", "a", "b"}},
	{"cran", {"0.1", "0.1-1 = 0.1.1", "0.1.4", "0.1.18", "0.2", "1.0", "1.0.0", "10.0"}},
	{"hackage", {"0.1", "0.1.0", "0.2", "0.10", "1", "1.0", "1.0.0.1"}},
	{"intdot", {"0", "1 = 1.0 = 01 = 1-x = 1.x", "1.0.1", "1.2", "1.10", "10.234.5.12"}},
	{"openssl", {"0.9.8",	    "0.9.8a",	   "0.9.8lt",	   "0.9.8z", "0.9.8za",
		     "0.9.8zh",	    "1.0.0-beta1", "1.0.0-beta10", "1.0.0",  "1.0.2",
		     "1.0.2zz",	    "1.1.1-pre9",  "1.1.1",	   "1.1.1w", "3.0.0-alpha1",
		     "3.0.0-beta1", "3.0.0",	   "3.0.2",	   "3.0.10", "10.0.0"}},
	{"datetime",
	 {"0001-01-01T00:00:00Z", "1999-12-31T23:59:60Z = 2000-01-01T00:00:00z",
	  "2024-02-29T12:00:00+02:00 = 2024-02-29t10:00:00.000Z", "2024-02-29T10:00:00.05Z",
	  "2024-02-29T10:00:00.5Z", "2024-02-29T10:00:01-00:00", "2024-03-01T00:00:00Z",
	  "9999-12-31T23:59:59Z"}},
	{"lexicographic", {"1", "10", "2", "A", "a", "a1", "\xc3\xa4", "\xc3\xa9"}},
	{"generic",
	 {"1.0dev", "1.0-alpha", "1.0 beta 2", "1.0rc1",
	  "1.0 = 1 = V1.0 = 1.0.0 = release-1.0 = 1.0-GA", "1.0.0.1", "1.0u1", "1.0 SP3", "1.0-p2",
	  "1.0.2", "1.0.2a", "1.0.2b", "1.0.10", "1.2", "5.4.0.1", "V17 Update 7"}},
	{"git", {"0123456789abcdef = 0123456 = 0123456789ABCDEF"}},
};

/* Refused, with a part of the reason. */
static const struct {
	const char *scheme, *version, *reason;
} invalid[] = {
	{"semver", "", "empty"},
	{"semver", "1", "fewer than 3"},
	{"semver", "1.2", "fewer than 3"},
	{"semver", "1.2.3.4", "nothing more"},
	{"semver", "01.1.1", "begins with a zero"},
	{"semver", "1.2.3-01", "identifier 01 begins with a zero"},
	{"semver", "1.2.3-", "ends too early"},
	{"semver", "1.2.3-a..b", "identifier is expected"},
	{"semver", "1.2.3+", "ends too early"},
	{"semver", "1.2.3-\xc3\xa4", "identifier is expected"},
	{"semver", "-1.0.0", "number is expected"},
	{"npm", "9007199254740992.0.0", "above 9007199254740991"},
	{"npm", "1.2.3beta", "nothing more"},
	{"npm", "hello", "\"h\" at byte 1"},
	{"npm", "= 1.2.3", "number is expected"},
	{"npm-loose", "1.2", "fewer than 3"},
	{"golang", "v1.2-pre", "three numbers"},
	{"golang", "v1+x", "three numbers"},
	{"golang", "bad", "number is expected"},
	{"nuget", "2147483648", "above 2147483647"},
	{"nuget", "1.2.3.4.5", "nothing more"},
	{"nuget", "1.0-", "ends too early"},
	{"pypi", "french toast", "number is expected"},
	{"pypi", "1.0+a+", "single separators"},
	{"pypi", "1.0+_x", "single separators"},
	{"pypi", "1.0.", "begins so"},
	{"pypi", "1.0-", "begins so"},
	{"pypi", "1.0+", "single separators"},
	{"pypi", "0.1-bulbasaur", "PEP 440"},
	{"pypi", "1. 0a1", "begins so"},
	{"pypi", "!1", "number is expected"},
	{"maven", "1 0", "space"},
	{"gem", "1gamma", "dot or a dash"},
	{"gem", "junk", "number is expected"},
	{"gem", "1..2", "letters or digits"},
	{"gem", "1-", "ends too early"},
	{"gem", "1.0 2", "dot or a dash"},
	{"composer", "foo", "neither numbers"},
	{"composer", "1.0 x", "neither numbers"},
	{"deb", "  ", "empty"},
	{"deb", "0:", "upstream version is empty"},
	{"deb", "1.0-", "revision"},
	{"deb", "a:0-0", "no number"},
	{"deb", ":1", "epoch is empty"},
	{"deb", "2147483648:1", "above"},
	{"deb", "abc", "begin with a digit"},
	{"deb", "1_0", "cannot hold"},
	{"deb", "1-1:0", "no number"},
	{"deb", "0:1-1_", "cannot hold"},
	{"deb", "1 0", "cannot hold"},
	{"rpm", "1 0", "space"},
	{"alpm", "1\t0", "control character"},
	{"apk", ".1", "number is expected"},
	{"apk", "1.", "can begin so"},
	{"apk", "1-1", "can begin so"},
	{"apk", "1-r", "can begin so"},
	{"apk", "1_", "can begin so"},
	{"gentoo", "1A", "can begin so"},
	{"gentoo", "1_git", "can begin so"},
	{"gentoo", "1a1", "can begin so"},
	{"conan", "-a", "before the suffix"},
	{"cran", "1.", "ends too early"},
	{"cran", "1.a", "number is expected"},
	{"hackage", "1-1", "only numbers"},
	{"intdot", "x", "number is expected"},
	{"openssl", "1.0", "three numbers"},
	{"openssl", "3.0.0a", "no letter follows"},
	{"datetime", "2024-02-30T00:00:00Z", "RFC 3339"},
	{"datetime", "2024-01-01", "RFC 3339"},
	{"datetime", "2024-01-01T00:00:00", "RFC 3339"},
	{"datetime", "2024-01-01T24:00:00Z", "RFC 3339"},
	{"lexicographic", "\xff", "no UTF-8"},
	{"generic", "unspecified", "no number"},
	{"git", "master", "hexadecimal"},
	{"git", "abc", "at least 7"},
};

struct sample {
	char text[64];
	int place; /* in its chain */
};

/* The spellings of one line of a chain. */
static int add_samples(struct sample *samples, int count, const char *line, int place)
{
	for (;;) {
		const char *end = strstr(line, " = ");
		size_t length = end ? (size_t)(end - line) : strlen(line);

		snprintf(samples[count].text, sizeof(samples[count].text), "%.*s", (int)length,
			 line);
		samples[count++].place = place;
		if (!end)
			return count;
		line = end + 3;
	}
}

static int order_of(const struct version_scheme *scheme, const char *a, const char *b)
{
	AUTO_ERROR err = ERROR_INIT;
	int order = 99;

	if (version_compare(scheme, a, b, &order, &err) < 0)
		printf("# %s: %s: %s\n", version_scheme_name(scheme), err.what, err.why);
	return order;
}

static int sign_of(int number)
{
	return (number > 0) - (number < 0);
}

static void test_chain(const struct version_scheme *scheme, const char *const *lines)
{
	static struct sample samples[8 * LONGEST];
	int count = 0, wrong = 0, place, i, j;

	for (place = 0; place < LONGEST && lines[place]; place++)
		count = add_samples(samples, count, lines[place], place);
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++) {
			int order = order_of(scheme, samples[i].text, samples[j].text);
			int expected = sign_of(samples[i].place - samples[j].place);

			wrong += order != expected;
			CHECK_QUIET(order == expected, "%s: \"%s\" and \"%s\": %d, not %d",
				    version_scheme_name(scheme), samples[i].text, samples[j].text,
				    order, expected);
		}
	CHECK(wrong == 0 && count > 0, "%s: %d versions, each against each",
	      version_scheme_name(scheme), count);
}

static void test_invalid(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(invalid); i++) {
		AUTO_ERROR err = ERROR_INIT;
		int code = version_check(version_scheme_find(invalid[i].scheme), invalid[i].version,
					 &err);

		CHECK(code == ERR_NO && err.why && strstr(err.why, invalid[i].reason),
		      "%s refuses \"%s\": %s", invalid[i].scheme, invalid[i].version,
		      err.why ? err.why : "(no reason)");
	}
}

static void test_table(void)
{
	static const char *const names[][2] = {
		{"PyPI", "pypi"},	   {"Debian:12", "deb"},     {"Alpine:v3.18", "apk"},
		{"crates.io", "semver"},   {"Red Hat", "rpm"},	     {"RubyGems", "gem"},
		{"Packagist", "composer"}, {"Go", "golang"},	     {"custom", "generic"},
		{"python", "pypi"},	   {"ConanCenter", "conan"}, {"NuGet", "nuget"},
	};
	size_t i;

	for (i = 0; version_scheme_at(i + 1); i++)
		CHECK(strcmp(version_scheme_name(version_scheme_at(i)),
			     version_scheme_name(version_scheme_at(i + 1))) < 0,
		      "%s stands before what follows it",
		      version_scheme_name(version_scheme_at(i)));
	for (i = 0; version_scheme_at(i); i++) {
		const struct version_scheme *scheme = version_scheme_at(i);

		CHECK(version_scheme_find(version_scheme_name(scheme)) == scheme,
		      "%s is found by its name", version_scheme_name(scheme));
		CHECK(version_scheme_uncertain(scheme) ==
			      (strcmp(version_scheme_name(scheme), "generic") == 0),
		      "%s: only the generic order is uncertain", version_scheme_name(scheme));
	}
	for (i = 0; i < ARRAY_LEN(names); i++)
		CHECK_STR(version_scheme_name(version_scheme_find(names[i][0])), names[i][1],
			  names[i][0]);
	CHECK(!version_scheme_find("") && !version_scheme_find("nowhere") &&
		      !version_scheme_find(":12") && !version_scheme_find("|") &&
		      !version_scheme_find("arch|archlinux"),
	      "what is no ecosystem is not found");
}

static void test_unordered(void)
{
	AUTO_ERROR err = ERROR_INIT;
	int order = 5;

	CHECK(version_compare(version_scheme_find("git"), "0123456", "1123456", &order, &err) ==
			      ERR_NO &&
		      order == 5 && strstr(err.why, "no order"),
	      "two commits have no order");
	CHECK(version_compare(version_scheme_find("composer"), "dev-a", "dev-b", &order, NULL) ==
		      ERR_NO,
	      "two branches have no order");
}

/* Pacman, Maven and Conan themselves go round in circles for some odd versions (Maven: a, -beta and
 * 0; Conan: 2, 10 and 1a), and their answers are given here. */
static bool is_transitive(const char *scheme)
{
	return strcmp(scheme, "alpm") != 0 && strcmp(scheme, "maven") != 0 &&
	       strcmp(scheme, "conan") != 0;
}

/* What every order must hold over versions that are made up of its own characters. */
static void test_properties(const struct version_scheme *scheme)
{
	static const char *const pieces[] = {"1",     "0",	 "10",	  "2.",	 ".",  "-",
					     "~",     "+",	 "a",	  "rc1", "_p", ":",
					     "1.2.3", "-beta.2", ".dev1", "^",	 "x"};
	enum { COUNT = 60 };
	static char made[COUNT][64];
	bool transitive = is_transitive(version_scheme_name(scheme));
	unsigned seed = 1;
	int count = 0, tries, i, j, k, wrong = 0;

	for (tries = 0; tries < 20000 && count < COUNT; tries++) {
		int length = 1 + tries % 4;

		made[count][0] = '\0';
		for (i = 0; i < length; i++) {
			seed = seed * 1103515245u + 12345u;
			snprintf(made[count] + strlen(made[count]), 16, "%s",
				 pieces[(seed >> 16) % ARRAY_LEN(pieces)]);
		}
		count += version_check(scheme, made[count], NULL) == 0;
	}
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++) {
			int ij = 0, ji = 0, jk = 0, ik = 0;

			if (version_compare(scheme, made[i], made[j], &ij, NULL) < 0 ||
			    version_compare(scheme, made[j], made[i], &ji, NULL) < 0)
				continue;
			wrong += ij != -ji || (i == j && ij != 0);
			CHECK_QUIET(ij == -ji, "%s: %s and %s, both ways",
				    version_scheme_name(scheme), made[i], made[j]);
			for (k = 0; k < count && transitive && ij <= 0; k++) {
				if (version_compare(scheme, made[j], made[k], &jk, NULL) < 0 ||
				    jk > 0 ||
				    version_compare(scheme, made[i], made[k], &ik, NULL) < 0)
					continue;
				wrong += ik > 0;
				CHECK_QUIET(ik <= 0, "%s: %s, %s, %s in a row",
					    version_scheme_name(scheme), made[i], made[j], made[k]);
			}
		}
	CHECK(wrong == 0, "%s: %d made-up versions are in an order", version_scheme_name(scheme),
	      count);
}

static void test_limits(void)
{
	char longest[1026];
	size_t i;

	memset(longest, '1', sizeof(longest));
	longest[1025] = '\0';
	for (i = 0; version_scheme_at(i); i++) {
		AUTO_ERROR err = ERROR_INIT;

		CHECK(version_check(version_scheme_at(i), longest, &err) == ERR_NO &&
			      strstr(err.why, "longer than 1024"),
		      "%s refuses 1025 characters", version_scheme_name(version_scheme_at(i)));
	}
	/* The most items a version of Maven can have for its length. */
	for (i = 0; i < 1024; i++)
		longest[i] = i % 2 ? '1' : 'a';
	longest[1024] = '\0';
	CHECK(order_of(version_scheme_find("maven"), longest, longest) == 0,
	      "Maven: a list in each second list");
	memset(longest, '-', 1024);
	CHECK(order_of(version_scheme_find("maven"), longest, "0") == 0,
	      "Maven: 1024 dashes are 0");
}

int main(void)
{
	size_t i;

	test_table();
	for (i = 0; i < ARRAY_LEN(chains); i++)
		test_chain(version_scheme_find(chains[i].scheme), chains[i].versions);
	test_invalid();
	test_unordered();
	for (i = 0; version_scheme_at(i); i++)
		test_properties(version_scheme_at(i));
	test_limits();
	return tap_done();
}
