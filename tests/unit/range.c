/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges: each native syntax, OSV's events, the versions of CVE records, and the lines they print.
 */
#include "psirtty/score/range.h"

#include "psirtty/score/line.h"
#include "tap.h"

enum { ANY_FLAGS = RANGE_LOOSE | RANGE_PRERELEASES };

/* The versions that are in, and those that are out, with spaces between. */
static const struct {
	const char *ecosystem, *range, *in, *out;
	unsigned flags;
} rows[] = {
	{"npm", "", "0.0.0 1.2.3", "1.2.3-a not-a-version", 0},
	{"npm", "*", "0.0.0 9.9.9", "1.0.0-rc.1", 0},
	{"npm", "^1.2.3", "1.2.3 1.9.9 v1.2.4 1.2.3+b", "1.2.2 2.0.0 2.0.0-0 1.2.4-a", 0},
	{"npm", "^0.2.3", "0.2.3 0.2.99", "0.3.0 0.2.2", 0},
	{"npm", "^0.0.3", "0.0.3", "0.0.4 0.0.2", 0},
	{"npm", "^0.0", "0.0.9", "0.1.0", 0},
	{"npm", "^0", "0.9.9", "1.0.0", 0},
	{"npm", "^1.2.3-beta.2", "1.2.3-beta.4 1.2.3 1.3.0", "1.2.4-beta.2 1.2.3-beta.1", 0},
	{"npm", "~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2", 0},
	{"npm", "~1", "1.0.0 1.9.9", "2.0.0", 0},
	{"npm", "~> 1.2", "1.2.0 1.2.9", "1.3.0", 0},
	{"npm", "1.2.x", "1.2.0 1.2.99", "1.3.0 1.1.9", 0},
	{"npm", "1.X.*", "1.0.0 1.99.0", "2.0.0", 0},
	{"npm", "1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9", 0},
	{"npm", "1.2.3 - 2.3.4", "1.2.3 2.3.4", "2.3.5 1.2.2", 0},
	{"npm", ">1.2", "1.3.0", "1.2.9", 0},
	{"npm", "<=1.2", "1.2.99 0.0.1", "1.3.0", 0},
	{"npm", "<1.2 || >=2.0.0 <2.1", "1.1.9 2.0.5", "1.2.0 2.1.0", 0},
	{"npm", "> 1.0.0\t<  2.0.0", "1.5.0", "1.0.0 2.0.0", 0},
	{"npm", "<*", "", "0.0.0 1.0.0", 0},
	{"npm", "=1.2.3", "1.2.3", "1.2.4", 0},
	{"npm", "==1.2.3beta || foo", "1.2.3-beta", "1.2.3", 0},
	{"npm", "1.x", "1.0.0-a 1.5.0-b", "2.0.0-a", RANGE_PRERELEASES},
	{"npm", "nonsense >=01.2.3", "1.2.4", "1.2.2", ANY_FLAGS},
	{"cargo", "1.2", "1.2.0 1.9.0", "2.0.0 1.1.9", 0},
	{"cargo", ">=1.2, <1.5", "1.4.9", "1.5.0", 0},
	{"pypi", "", "1.0", "1.0a1", 0},
	{"pypi", "==1.0", "1 1.0.0 1.0+local", "1.0.1 1.0.post1", 0},
	{"pypi", "==1.0+local", "1.0+local 1.0+LOCAL", "1.0", 0},
	{"pypi", "==1.1.*", "1.1 1.1.9 1.1.post1", "1.2 1.10 1.1a1", 0},
	{"pypi", "==1.1.*", "1.1a1 1.1.dev0", "1.0", RANGE_PRERELEASES},
	{"pypi", "!=1.1.*", "1.0 1.10", "1.1.2", 0},
	{"pypi", "~=2.2", "2.2 2.9", "3.0 2.1 3.0a1", 0},
	{"pypi", "~=2.2.post3", "2.2.post3 2.9", "2.2 3.0", 0},
	{"pypi", "~=1.4.5a4", "1.4.5a4 1.4.5 1.4.9", "1.5.0 1.4.5a3", 0},
	{"pypi", "<3.1", "3.0", "3.1 3.1.dev0", RANGE_PRERELEASES},
	{"pypi", "<3.1rc1", "3.1.dev0 3.1a1", "3.1 3.1rc1", RANGE_PRERELEASES},
	{"pypi", ">1.7", "1.7.1", "1.7 1.7.post3 1.7.0.post3 1.7+x", 0},
	{"pypi", ">1.7.post2", "1.7.post3 1.7.1", "1.7.post2 1.7.0", 0},
	{"pypi", ">=1.0a1", "1.0a1 1.0 2.0b1", "1.0.dev0", 0},
	{"pypi", ">=1.0 , <2.0 , !=1.5", "1.0 1.9.9", "1.5 2.0 0.9 1.6a1", 0},
	{"pypi", "=== 1.0", "1.0", "1.0.0 1", 0},
	{"pypi", "===1.0+UBUNTU.1", "1.0+ubuntu-01", "1.0", 0},
	{"pypi", "==1.0||==2.0", "1.0 2.0", "1.5", 0},
	{"gem", "~> 2.0.8", "2.0.8 2.0.99", "2.1 2.0.7 2.1.a", 0},
	{"gem", "~>2", "2.0 2.99", "3 3.a 1.9", 0},
	{"gem", ">= 1.0.a, < 2, != 1.5", "1.0.b 1.4", "1.5.0 2.0", 0},
	{"gem", "<2.3.1||>=2.4.0 <2.4.1", "2.3.0 2.4.0", "2.3.1 2.4.1", 0},
	{"gem", "", "0 1.a", "", 0},
	{"composer", "^1.2.3", "1.2.3 1.9 1.2.3-dev", "2.0 1.2.2 2.0-beta1", 0},
	{"composer", "~1.2", "1.2 1.9.9", "2.0-alpha 1.1", 0},
	{"composer", "~1.2.3", "1.2.3 1.2.9", "1.3", 0},
	{"composer", "1.2.*", "1.2-dev 1.2.99", "1.3-dev 1.3", 0},
	{"composer", "1.0 - 2.0", "1.0 2.0.9", "2.1 0.9", 0},
	{"composer", "1.0.0 - 2.1.0", "2.1.0", "2.1.1", 0},
	{"composer", ">=1.0 <1.1 || >=1.2", "1.0.5 1.3", "1.1.5", 0},
	{"composer", "<1.0|2.0", "0.9 2.0.0", "1.0-beta1 2.0.1", 0},
	{"composer", "!=1.0,*", "1.1", "1.0.0", 0},
	{"composer", "dev-main", "dev-main", "dev-other 1.0", 0},
	{"maven", "[1.0,2.0)", "1.0 1.9 2.0-SNAPSHOT", "2.0 0.9", 0},
	{"maven", "(,1.0],[1.2,)", "0.1 1.0 1.2 3", "1.1", 0},
	{"maven", "[1.0]", "1 1.0.0", "1.0.1", 0},
	{"maven", "1.0", "1", "", 0},
	{"maven", ">=1.0,<2.0", "1.5", "2.0", 0},
	{"nuget", "1.0", "1.0.0 7.0", "0.9 1.0-beta", 0},
	{"nuget", "(1.0, 2.0]", "1.0.0.1 2.0", "1.0 2.0.1", 0},
	{"conan", "[>=1.0 <2.0]", "1.0 1.9", "2.0 1.5-pre", 0},
	{"conan", "[>=1.0 <2.0, include_prerelease]", "1.5-pre", "2.0", 0},
	{"conan", "~1.2", "1.2.5", "1.3", 0},
	{"conan", "^1.2||3", "1.9 3", "2.0", 0},
	{"deb", ">= 1.0-1, << 1:0", "1.0-1 2.0", "1.0-0 1:0", 0},
	{"deb", "(<= 1.0)", "1.0 1.0-0", "1.0-1", 0},
	{"rpm", "<1:2.0-1", "1:1.9 9", "1:2.0-1 2:0", 0},
	{"golang", "=v1.0.0||>=v1.1.0 <v1.2.0", "v1.0.0 1.1.5", "v1.0.1 v1.2.0", 0},
	{"hackage", ">=1.2 && <1.3 || ==2.0.*", "1.2.9 2.0 2.0.1", "1.3 2.1", 0},
	{"hackage", "^>=1.2.3", "1.2.3 1.2.9", "1.3 1.2.2", 0},
	{"openssl", "3.0.0, 1.0.1b", "3.0.0 1.0.1b", "1.0.1a 2.0.0", 0},
	{"semver", "^1.2.0", "1.2.0 1.9.0", "2.0.0 2.0.0-a", 0},
	{"npm", "vers:npm/>=1.0.0|<2.0.0", "1.0.0 1.9.9", "2.0.0 0.9.0", 0},
	{"Debian:12", "vers:deb/<1.0-1", "0.9-1 1.0", "1.0-1", 0},
	{"generic", "<= V2.1", "2.0 2.1", "2.2", 0},
};

static const struct {
	const char *ecosystem, *range, *version, *reason;
} refused[] = {
	{"npm", "blerg", "1.0.0", "no comparator"},
	{"npm", ">1.0.0 foo", "1.0.0", "no comparator"},
	{"npm", "x.1", "1.0.0", "no comparator"},
	{"npm", "^9007199254740992.0.0", "1.0.0", "above"},
	{"npm", ">", "1.0.0", "no comparator"},
	{"pypi", "1.0", "1.0", "operator"},
	{"pypi", "~=1", "1.0", "two numbers"},
	{"pypi", ">=1.0+x", "1.0", "local version"},
	{"pypi", ">=1.*", "1.0", "begins so"},
	{"pypi", "==1.0a1.*", "1.0", "wildcard"},
	{"pypi", "==1.0", "nonsense", "number is expected"},
	{"gem", "~> x", "1", "number is expected"},
	{"gem", "1 ||", "1", "empty"},
	{"composer", "~>1.0", "1.0", "no constraint"},
	{"composer", "", "1.0", "empty"},
	{"composer", "^foo", "1.0", "no constraint"},
	{"maven", "[1.0,2.0", "1.0", "not closed"},
	{"maven", "(1.0)", "1.0", "single version"},
	{"maven", "[2.0,1.0]", "1.0", "ends before"},
	{"maven", "[1,2,3]", "1.0", "more than two"},
	{"maven", "1.0", "1.1", "only recommends"},
	{"nuget", "1.*", "1.1", "floating"},
	{"deb", ">= ", "1.0", "version is expected"},
	{"deb", ">= a", "1.0", "begin with a digit"},
	{"deb", ">= 1", "1_0", "cannot hold"},
	{"nowhere", "1", "1", "no ecosystem"},
};

static enum range_answer answer_of(const char *ecosystem, const char *range, const char *version,
				   unsigned flags, struct error *err)
{
	enum range_answer answer = RANGE_UNKNOWN;

	range_contains_with(ecosystem, range, version, flags, &answer, err);
	return answer;
}

static void check_list(size_t row, const char *list, enum range_answer expected)
{
	AUTO_STRING copy = mem_string(list);
	char *save = NULL, *version;

	for (version = strtok_r(copy, " ", &save); version; version = strtok_r(NULL, " ", &save)) {
		AUTO_ERROR err = ERROR_INIT;
		enum range_answer answer = answer_of(rows[row].ecosystem, rows[row].range, version,
						     rows[row].flags, &err);

		CHECK(answer == expected, "%s \"%s\": %s is %s%s%s", rows[row].ecosystem,
		      rows[row].range, version, expected == RANGE_IN ? "in" : "out",
		      err.why ? ": " : "", err.why ? err.why : "");
	}
}

static void test_native(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		check_list(i, rows[i].in, RANGE_IN);
		check_list(i, rows[i].out, RANGE_OUT);
	}
	for (i = 0; i < ARRAY_LEN(refused); i++) {
		AUTO_ERROR err = ERROR_INIT;
		enum range_answer answer = answer_of(refused[i].ecosystem, refused[i].range,
						     refused[i].version, 0, &err);

		CHECK(answer == RANGE_UNKNOWN && err.why && strstr(err.why, refused[i].reason),
		      "%s \"%s\" %s: %s", refused[i].ecosystem, refused[i].range,
		      refused[i].version, err.why ? err.why : "(no reason)");
	}
}

/* ---- OSV */

struct osv_row {
	const char *ecosystem;
	enum osv_range_type type;
	struct osv_event events[6];
	const char *version;
	enum range_answer expected;
};

static const struct osv_row osv_rows[] = {
	{"npm", OSV_SEMVER, {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "1.2.3"}}, "1.2.2", RANGE_IN},
	{"npm", OSV_SEMVER, {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "1.2.3"}}, "1.2.3-rc.1", RANGE_IN},
	{"npm", OSV_SEMVER, {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "1.2.3"}}, "1.2.3", RANGE_OUT},
	/* Not in their order: fixed in 1.5, again from 2.0 on */
	{"PyPI",
	 OSV_ECOSYSTEM,
	 {{OSV_FIXED, "1.5"}, {OSV_INTRODUCED, "2.0"}, {OSV_INTRODUCED, "1.0"}},
	 "1.4",
	 RANGE_IN},
	{"PyPI",
	 OSV_ECOSYSTEM,
	 {{OSV_FIXED, "1.5"}, {OSV_INTRODUCED, "2.0"}, {OSV_INTRODUCED, "1.0"}},
	 "1.5",
	 RANGE_OUT},
	{"PyPI",
	 OSV_ECOSYSTEM,
	 {{OSV_FIXED, "1.5"}, {OSV_INTRODUCED, "2.0"}, {OSV_INTRODUCED, "1.0"}},
	 "3.0",
	 RANGE_IN},
	{"PyPI",
	 OSV_ECOSYSTEM,
	 {{OSV_FIXED, "1.5"}, {OSV_INTRODUCED, "2.0"}, {OSV_INTRODUCED, "1.0"}},
	 "0.9",
	 RANGE_OUT},
	{"Debian:12",
	 OSV_ECOSYSTEM,
	 {{OSV_INTRODUCED, "0"}, {OSV_LAST_AFFECTED, "1.0-2"}},
	 "1.0-2",
	 RANGE_IN},
	{"Debian:12",
	 OSV_ECOSYSTEM,
	 {{OSV_INTRODUCED, "0"}, {OSV_LAST_AFFECTED, "1.0-2"}},
	 "1.0-2+b1",
	 RANGE_OUT},
	{"Debian:12",
	 OSV_ECOSYSTEM,
	 {{OSV_INTRODUCED, "1"}, {OSV_LAST_AFFECTED, "1"}},
	 "1",
	 RANGE_IN},
	{"Debian:12",
	 OSV_ECOSYSTEM,
	 {{OSV_INTRODUCED, "1"}, {OSV_LAST_AFFECTED, "1"}},
	 "1.1",
	 RANGE_OUT},
	{"Go", OSV_SEMVER, {{OSV_INTRODUCED, "0"}, {OSV_LIMIT, "2.0.0"}}, "v1.9.9", RANGE_IN},
	{"Go", OSV_SEMVER, {{OSV_INTRODUCED, "0"}, {OSV_LIMIT, "2.0.0"}}, "2.0.0", RANGE_OUT},
	{"Go",
	 OSV_SEMVER,
	 {{OSV_INTRODUCED, "0"}, {OSV_LIMIT, "1.0.0"}, {OSV_LIMIT, "*"}},
	 "9.0.0",
	 RANGE_IN},
	{"Go", OSV_SEMVER, {{OSV_FIXED, "2.0.0"}}, "1.0.0", RANGE_OUT},
	{"Go", OSV_SEMVER, {{OSV_INTRODUCED, "1.0.0"}, {OSV_FIXED, "1.0.0"}}, "1.0.0", RANGE_OUT},
	{"PyPI", OSV_ECOSYSTEM, {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "x"}}, "1", RANGE_UNKNOWN},
	{"PyPI", OSV_ECOSYSTEM, {{OSV_INTRODUCED, "0"}}, "x", RANGE_UNKNOWN},
	{"Nowhere", OSV_ECOSYSTEM, {{OSV_INTRODUCED, "0"}}, "1", RANGE_UNKNOWN},
	{"Linux", OSV_GIT, {{OSV_INTRODUCED, "0"}}, "0123456789abcdef", RANGE_IN},
	{"Linux",
	 OSV_GIT,
	 {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "abcdef0"}},
	 "0123456789abcdef",
	 RANGE_UNKNOWN},
	{"Linux",
	 OSV_GIT,
	 {{OSV_INTRODUCED, "0"}, {OSV_FIXED, "0123456789"}},
	 "0123456789abcdef",
	 RANGE_OUT},
};

static void test_osv(void)
{
	static const char *const listed[] = {"1.0", "1.1"};
	struct osv_affected affected = {
		.ecosystem = "PyPI", .versions = listed, .version_count = 2};
	enum range_answer answer;
	bool uncertain;
	size_t i, count;

	for (i = 0; i < ARRAY_LEN(osv_rows); i++) {
		const struct osv_row *row = &osv_rows[i];
		struct osv_affected one = {.ecosystem = row->ecosystem, .range_count = 1};
		struct osv_range range = {row->type, row->events, 0};
		AUTO_ERROR err = ERROR_INIT;

		for (count = 0; count < ARRAY_LEN(row->events) && row->events[count].version;)
			count++;
		range.count = count;
		one.ranges = &range;
		osv_contains(&one, row->version, &answer, NULL, &err);
		CHECK(answer == row->expected && (answer != RANGE_UNKNOWN || err.why),
		      "OSV row %zu: %s: %s", i, row->version, err.why ? err.why : "");
	}
	CHECK(osv_contains(&affected, "1.1.0", &answer, &uncertain, NULL) == 0 &&
		      answer == RANGE_IN && !uncertain,
	      "OSV: a listed version in another spelling");
	CHECK(osv_contains(&affected, "1.2", &answer, NULL, NULL) == 0 && answer == RANGE_OUT,
	      "OSV: not listed");
}

/* ---- CVE */

static const struct cve_change changes[] = {
	{"2.0", CVE_UNAFFECTED}, {"1.5", CVE_UNAFFECTED}, {"1.8", CVE_AFFECTED}};
static const struct cve_version cve_versions[] = {
	{"0", "1.0", NULL, "custom", CVE_UNAFFECTED, NULL, 0},
	{"1.0", "3.0", NULL, "semver", CVE_AFFECTED, changes, 3},
	{"3.0", NULL, "3.1.*", NULL, CVE_AFFECTED, NULL, 0},
	{">= 4.0, < 4.5", NULL, NULL, NULL, CVE_AFFECTED, NULL, 0},
	{"5.0", NULL, NULL, NULL, CVE_UNAFFECTED, NULL, 0},
	{"unspecified", NULL, "0.0.1", "custom", CVE_AFFECTED, NULL, 0},
	{"9.0", NULL, "*", "maven", CVE_AFFECTED, NULL, 0},
};

static const struct {
	const char *version;
	enum cve_status status;
	bool uncertain;
	long entry;
} cve_rows[] = {
	{"0.5", CVE_UNAFFECTED, true, 0},  {"1.0", CVE_AFFECTED, true, 1},
	{"1.5", CVE_UNAFFECTED, true, 1},  {"1.9.0", CVE_AFFECTED, true, 1},
	{"2.5", CVE_UNAFFECTED, true, 1},  {"3.0", CVE_AFFECTED, true, 2},
	{"3.1.99", CVE_AFFECTED, true, 2}, {"3.10", CVE_UNKNOWN, false, -1},
	{"4.4", CVE_AFFECTED, true, 3},	   {"4.5", CVE_UNKNOWN, false, -1},
	{"5.0", CVE_UNAFFECTED, false, 4}, {"9.0", CVE_AFFECTED, false, 6},
};

static void test_cve(void)
{
	static const struct cve_version commits[] = {
		{"0123456", "abcdef0", NULL, "git", CVE_AFFECTED, NULL, 0},
	};
	static const struct cve_version fixed[] = {
		{"1.0.0", "2.0.0", NULL, "semver", CVE_AFFECTED, NULL, 0}};
	struct cve_affected affected = {CVE_UNKNOWN, cve_versions, ARRAY_LEN(cve_versions), NULL};
	struct cve_verdict verdict;
	AUTO_ERROR err = ERROR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cve_rows); i++) {
		int code = cve_judge(&affected, cve_rows[i].version, &verdict, NULL);

		CHECK(code == 0 && verdict.status == cve_rows[i].status &&
			      verdict.uncertain == cve_rows[i].uncertain &&
			      verdict.entry == cve_rows[i].entry,
		      "CVE: %s: status %d, entry %ld%s", cve_rows[i].version, (int)verdict.status,
		      verdict.entry, verdict.uncertain ? ", uncertain" : "");
	}
	affected = (struct cve_affected){CVE_UNAFFECTED, commits, 1, NULL};
	CHECK(cve_judge(&affected, "1111111", &verdict, &err) == ERR_NO &&
		      verdict.status == CVE_UNKNOWN && err.why,
	      "CVE: another commit is unknown: %s", err.why ? err.why : "");
	affected = (struct cve_affected){CVE_UNAFFECTED, fixed, 1, NULL};
	CHECK(cve_judge(&affected, "2.0.0", &verdict, NULL) == 0 &&
		      verdict.status == CVE_UNAFFECTED && verdict.entry == -1 && !verdict.uncertain,
	      "CVE: nothing holds it, the default status decides");
	CHECK(cve_judge(&affected, "1.5.0-rc.1", &verdict, NULL) == 0 &&
		      verdict.status == CVE_AFFECTED && !verdict.uncertain,
	      "CVE: semver is certain");
	CHECK(cve_judge(&affected, "latest", &verdict, NULL) == ERR_NO &&
		      verdict.status == CVE_UNKNOWN,
	      "CVE: what is no version is unknown");
}

/* ---- lines */

static void check_line(void (*write)(const char *, struct str *), const char *line,
		       const char *expected)
{
	AUTO_STR answer = STR_INIT;

	write(line, &answer);
	CHECK_STR(answer.bytes, expected, line);
}

static void test_lines(void)
{
	check_line(compare_line, "deb\t1.0~rc1\t1.0", "<");
	check_line(compare_line, "PyPI\t1.0\t1.0.0", "=");
	check_line(compare_line, "semver\t1.10.0\t1.9.0", ">");
	check_line(compare_line, "custom\t1.0\t1.1", "<\tuncertain");
	check_line(compare_line, "npm\t1.0\t1.0.0", "?\t1.0: it has fewer than 3 numbers");
	check_line(compare_line, "deb\t1.0",
		   "?\tthe line is not ecosystem, version, version with tabs between");
	check_line(compare_line, "deb\t\t1.0", "?\t: it is empty");
	check_line(compare_line, "moon\t1\t2",
		   "?\tmoon is no ecosystem whose order of versions is known");
	check_line(range_line, "npm\t^1.2.3\t1.3.0", "in");
	check_line(range_line, "npm\t<\t2.0.0\t0.2.9", "in");
	check_line(range_line, "npm\t\t1.2.3", "in");
	check_line(range_line, "pypi\t>=1,<2\t2.0", "out");
	check_line(range_line, "generic\t<2\t1", "in\tuncertain");
	check_line(range_line, "pypi\t1\t1",
		   "?\trange 1: \"1\" begins with no operator (==, !=, <=, >=, <, >, ~=, ===)");
	check_line(range_line, "pypi",
		   "?\tthe line is not ecosystem, range, version with tabs between");
}

int main(void)
{
	test_native();
	test_osv();
	test_cve();
	test_lines();
	return tap_done();
}
