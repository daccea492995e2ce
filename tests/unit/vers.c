/* SPDX-License-Identifier: Apache-2.0 */
/* Version ranges: what is canonical, each refusal, each repair, what is in and what is out. */
#include "psirtty/score/range.h"
#include "psirtty/score/vers.h"

#include "tap.h"

/* A canonical range is written as it was read. */
static void check_canonical(const char *text)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR written = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (vers_parse(text, &vers, &err) < 0)
		str_add(&written, err.why);
	else
		vers_write(&vers, &written);
	CHECK_STR(written.bytes, text, text);
}

static void check_refused(const char *text, const char *why)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(vers_parse(text, &vers, &err) == ERR_NO, "refused");
	CHECK_STR(err.why, why, why);
}

static void check_mended(const char *text, const char *expected, const char *kinds)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR written = STR_INIT, repairs = STR_INIT, told = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	const char *at, *colon;

	if (vers_parse_lenient(text, &vers, &repairs, &err) < 0)
		str_add(&written, err.why);
	else
		vers_write(&vers, &written);
	for (at = repairs.bytes; (colon = strchr(at, ':')); at = strchr(colon, '\n') + 1) {
		str_add_bytes(&told, at, (size_t)(colon - at));
		str_add_char(&told, ' ');
	}
	CHECK_STR(written.bytes, expected, text);
	CHECK_STR(told.bytes, kinds, "its repairs");
}

static void test_canonical(void)
{
	check_canonical("vers:npm/1.2.3|>=2.0.0|<5.0.0");
	check_canonical("vers:gem/>=2.2.0|!=2.2.1|<2.3.0");
	check_canonical("vers:pypi/0.0.0|0.0.1|0.0.2|0.0.3|1.0|2.0pre1");
	check_canonical("vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7|>=7.1.0|<=7.1.2");
	check_canonical("vers:tomee/>=8.0.0-M1|<=8.0.1");
	check_canonical("vers:deb/*");
	check_canonical("vers:all/*");
	check_canonical("vers:none/*");
	check_canonical("vers:intdot/<1.2|10.234.5.12|>11");
	check_canonical("vers:lexicographic/>=a%3Cb|<%C3%A4");
	check_canonical("vers:datetime/>=2024-01-01T00:00:00Z|<2025-01-01T00:00:00+01:00");
	check_canonical("vers:semver/!=1.0.0");
	check_canonical("vers:example/2|1");
	check_canonical("vers:deb/1:2.0~rc1-1+b1");
}

static void test_shape(void)
{
	check_refused("", "it does not begin with \"vers:\"");
	check_refused("vers", "it does not begin with \"vers:\"");
	check_refused("pkg:npm/1.0.0", "it does not begin with \"vers:\"");
	check_refused("VERS:npm/1.0.0", "the scheme is written \"vers\"");
	check_refused("vers:npm", "it has no slash between type and constraints");
	check_refused("vers:/1.0.0", "it has no type");
	check_refused("vers:n_m/1",
		      "the type \"n_m\" may hold letters, digits, dots and dashes only");
	check_refused("vers:1m/1", "the type \"1m\" does not begin with a letter");
	check_refused("vers:NPM/1.0.0", "the type \"NPM\" is not in lower case");
	check_refused("vers:invalid/1", "the type \"invalid\" is reserved for ranges that are");
	check_refused("vers:npm/", "it has no constraints");
	check_refused("vers:npm/|1.0.0", "there is nothing before or behind a pipe");
	check_refused("vers:npm/1.0.0|", "there is nothing before or behind a pipe");
	check_refused("vers:npm/1.0.0||2.0.0", "there is nothing before or behind a pipe");
	check_refused("vers:npm/1.0.0| 2.0.0", "it holds blanks");
	check_refused("vers:npm/1.0.0\n", "it holds blanks");
	check_refused("vers:npm/*|1.0.0", "\"*\" does not stand alone");
	check_refused("vers:all/1", "the type all has \"*\" as its only range");
	check_refused("vers:none/>1", "the type none has \"*\" as its only range");
	check_refused("vers:npm/>=", "a comparator has no version");
	check_refused("vers:npm/=1.0.0", "equality is written without \"=\"");
}

#define ENCODE	      "has a character that must be percent-encoded"
#define TRIPLET	      "has a \"%\" without two hexadecimal digits"
#define NOT_CANONICAL "has a percent-encoding that is not canonical"

static void test_versions(void)
{
	check_refused("vers:tomee/1*", "the version \"1*\" " ENCODE);
	check_refused("vers:tomee/>1=2", "the version \"1=2\" " ENCODE);
	check_refused("vers:tomee/\xc3\xa4", "the version \"\xc3\xa4\" " ENCODE);
	check_refused("vers:tomee/1%", "the version \"1%\" " TRIPLET);
	check_refused("vers:tomee/1%4", "the version \"1%4\" " TRIPLET);
	check_refused("vers:tomee/1%zz", "the version \"1%zz\" " TRIPLET);
	check_refused("vers:tomee/1%3e", "the version \"1%3e\" " NOT_CANONICAL);
	check_refused("vers:tomee/1%41", "the version \"1%41\" " NOT_CANONICAL);
	check_refused("vers:datetime/2024-01-01T00%3A00%3A00Z",
		      "the version \"2024-01-01T00%3A00%3A00Z\" " NOT_CANONICAL);
	check_refused("vers:datetime/2024-01-01t00:00:00Z",
		      "the time \"2024-01-01t00:00:00Z\" is written with a capital T and Z");
	check_refused("vers:tomee/1%00", "the version \"1%00\" holds a control character");
	check_refused("vers:tomee/1%FF", "the version \"1%FF\" is not UTF-8");
}

#define REDUNDANT(version) "the constraint of " version " is redundant beside its neighbour"

static void test_list(void)
{
	check_refused("vers:npm/2.0.0|1.0.0", "1.0.0 stands behind 2.0.0, which is later");
	check_refused("vers:npm/1.0.0|1.0.0", "the version 1.0.0 is given twice");
	check_refused("vers:pypi/1.0|1.0.0", "the version 1.0.0 is given twice");
	check_refused("vers:npm/>=1.0.0|<1.0.0",
		      "the version 1.0.0 is given twice, with comparators that contradict");
	check_refused("vers:npm/1.0.0|<2.0.0", REDUNDANT("1.0.0"));
	check_refused("vers:npm/<1.0.0|!=1.5.0|<=2.0.0", REDUNDANT("1.0.0"));
	check_refused("vers:npm/>1.0.0|>=2.0.0", REDUNDANT("2.0.0"));
	check_refused("vers:npm/>1.0.0|2.0.0|<3.0.0", REDUNDANT("2.0.0"));
	check_refused("vers:tomee/>1|>2", REDUNDANT("2"));
}

static void test_lenient(void)
{
	check_mended("vers:npm/1.2.3|>=2.0.0", "vers:npm/1.2.3|>=2.0.0", "");
	check_mended(" VERS:NPM/ | >= 1.0.0 || < 2.0.0 |", "vers:npm/>=1.0.0|<2.0.0",
		     "blanks case case pipes pipes pipes ");
	check_mended("vers:pypi/=1.0|==2.0", "vers:pypi/1.0|2.0", "equals equals ");
	check_mended("vers:tomee/1%3e%41>", "vers:tomee/1%3EA%3E", "encoding encoding encoding ");
	check_mended("vers:npm/<3.0.0|>=1.0.0", "vers:npm/>=1.0.0|<3.0.0", "order ");
	check_mended("vers:pypi/>0.0.0|>=0.0.1|>=0.0.2|<1.0|<=2.0|3.0|3.0",
		     "vers:pypi/>0.0.0|<=2.0|3.0", "duplicate redundant redundant redundant ");
	check_mended("vers:npm/<1.0.0|1.0.0|>1.0.0|>=2.0.0",
		     "the version 1.0.0 is given twice, with comparators that contradict", "");
	check_mended("vers:npm/>1.0.0|1.0.0", "vers:npm/>=1.0.0", "duplicate ");
	check_mended("vers:semver/>=not|<1", "vers:semver/>=not|<1", "version ");
	check_mended("vers:npm/*|1.0.0", "\"*\" does not stand alone", "");
}

static void check_contains(const char *range, const char *in, const char *out)
{
	const char *const lists[] = {in, out};
	AUTO_VERS vers = VERS_INIT;
	int i;

	CHECK(vers_parse(range, &vers, NULL) == 0, "%s is a range", range);
	for (i = 0; i < 2; i++) {
		AUTO_STRING words = mem_string(lists[i]);
		char *save = NULL, *word;

		for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
			bool found = i == 1;

			CHECK(vers_contains(&vers, word, &found, NULL) == 0 && found == (i == 0),
			      "%s has %s: %s", range, word, i ? "no" : "yes");
		}
	}
}

static void test_contains(void)
{
	check_contains("vers:npm/1.2.3|>=2.0.0|<5.0.0", "1.2.3 2.0.0 4.9.9", "1.2.2 1.2.4 5.0.0");
	check_contains("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "2.2.0 2.2.2", "2.2.1 2.3.0 2.1");
	check_contains("vers:pypi/<1.0|>2.0", "0.9 2.0.1", "1.0 1.5 2.0.0");
	check_contains("vers:pypi/<=1.0|>=2.0|<3", "1.0.0 0 2 2.9", "1.1 3.0");
	check_contains("vers:pypi/!=1.0", "0.9 1.1", "1.0.0");
	check_contains("vers:pypi/1.0|!=2.0", "1", "2 3");
	check_contains("vers:deb/>1.0-1|!=1:0-1", "1.0-2 1:0-2", "1.0-1 1:0-1 0.9");
	check_contains("vers:deb/*", "0 1:1", "");
	check_contains("vers:all/*", "anything", "");
	check_contains("vers:none/*", "", "anything");
	check_contains("vers:intdot/>=1.2|<10.0", "1.2 9.99 01.2", "1.1 10.0 10");
	check_contains("vers:datetime/>=2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00",
		       "2023-12-31T23:59:59Z");
	check_contains("vers:lexicographic/>=a|<b", "a az", "B b 1");
	check_contains("vers:tomee/>=1.2|<1.10", "1.2 1.9", "1.10 1.1");
}

static void test_contains_refusals(void)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_ERROR err = ERROR_INIT;
	bool in = true;

	CHECK(vers_parse("vers:semver/>=1.0.0", &vers, NULL) == 0 && !vers.uncertain,
	      "a sure order");
	CHECK(vers_contains(&vers, "one", &in, &err) == ERR_NO && err.why && in,
	      "what is no version is neither in nor out");
	vers_release(&vers);
	CHECK(vers_parse("vers:tomee/>=1.0.0", &vers, NULL) == 0 && vers.uncertain,
	      "a type without an order is uncertain");
}

static bool open_end(const char *range)
{
	AUTO_VERS vers = VERS_INIT;

	return vers_parse(range, &vers, NULL) == 0 && vers_open_end(&vers);
}

static bool overlap(const char *a, const char *b)
{
	AUTO_VERS one = VERS_INIT;
	AUTO_VERS two = VERS_INIT;

	return vers_parse(a, &one, NULL) == 0 && vers_parse(b, &two, NULL) == 0 &&
	       vers_overlap(&one, &two);
}

static void test_ends(void)
{
	CHECK(open_end("vers:npm/>=1.0.0|!=2.0.0") && open_end("vers:npm/*") &&
		      open_end("vers:npm/!=1.0.0"),
	      "open ends");
	CHECK(!open_end("vers:npm/>=1.0.0|<2.0.0") && !open_end("vers:none/*") &&
		      !open_end("vers:npm/<1.0.0|1.0.1"),
	      "closed ends");
	CHECK(overlap("vers:npm/>=1.0.0|<2.0.0", "vers:npm/>=1.9.9"),
	      "one begins within the other");
	CHECK(!overlap("vers:npm/>=1.0.0|<2.0.0", "vers:npm/>=2.0.0"),
	      "one begins where the other ends");
	CHECK(overlap("vers:npm/>=1.0.0|<=2.0.0", "vers:npm/>=2.0.0"), "both hold the same end");
	CHECK(overlap("vers:npm/>1.0.0|<2.0.0", "vers:npm/>1.0.0|<2.0.0"), "a range and itself");
	CHECK(overlap("vers:npm/1.0.0", "vers:npm/<=1.0.0"), "a single version within");
	CHECK(!overlap("vers:npm/1.0.0", "vers:npm/>=0.1.0|!=1.0.0|<2.0.0"),
	      "a single version excluded");
	CHECK(!overlap("vers:npm/1.0.0", "vers:semver/1.0.0"), "different types");
	CHECK(overlap("vers:npm/*", "vers:npm/1.0.0") && !overlap("vers:none/*", "vers:none/*"),
	      "all and none");
}

/* Of releases, a native range and its VERS hold the same. */
static void check_same_versions(const char *type, const char *native, const char *text)
{
	AUTO_VERS vers = VERS_INIT;
	int n, differ = 0, tried = 0;

	if (vers_parse(text, &vers, NULL) < 0)
		differ++;
	for (n = 0; !differ && n < 4 * 12 * 8; n++) {
		AUTO_STRING version = mem_format("%s%d.%d.%d", str_equal(type, "golang") ? "v" : "",
						 n / 96, n / 8 % 12, n % 8);
		enum range_answer answer;
		bool in;

		if (range_contains(type, native, version, &answer, NULL) < 0)
			continue;
		tried++;
		if (vers_contains(&vers, version, &in, NULL) < 0 || in != (answer == RANGE_IN)) {
			printf("# %s %s: %s\n", type, native, version);
			differ++;
		}
	}
	CHECK(differ == 0 && (tried || str_equal(type, "nginx")), "%s %s and %s hold the same",
	      type, native, text);
}

/* VERS, or the reason behind a "!". */
static void test_native(void)
{
	static const struct {
		const char *type, *native, *expected;
	} rows[] = {
		/* npm */
		{"npm", "1.2.3", "vers:npm/1.2.3"},
		{"npm", "=v1.2.3", "vers:npm/1.2.3"},
		{"npm", "^1.2.3", "vers:npm/>=1.2.3|<2.0.0"},
		{"npm", "^0.2.3-beta.2", "vers:npm/>=0.2.3-beta.2|<0.3.0"},
		{"npm", "^0.0.3", "vers:npm/>=0.0.3|<0.0.4"},
		{"npm", "~1.2", "vers:npm/>=1.2.0|<1.3.0"},
		{"npm", "1.x", "vers:npm/>=1.0.0|<2.0.0"},
		{"npm", "1.2.3 - 2.3", "vers:npm/>=1.2.3|<2.4.0"},
		{"npm", "1.2.3 - 2.3.4", "vers:npm/>=1.2.3|<=2.3.4"},
		{"npm", "*", "vers:npm/*"},
		{"npm", "", "vers:npm/*"},
		{"npm", ">1.2", "vers:npm/>=1.3.0"},
		{"npm", "<= 1.2", "vers:npm/<1.3.0"},
		{"npm", "< 1.0.0 || >= 2.0.0 < 2.1.0", "vers:npm/<1.0.0|>=2.0.0|<2.1.0"},
		{"npm", ">=2.0.0 <2.1.0||<1.0.0", "vers:npm/<1.0.0|>=2.0.0|<2.1.0"},
		{"npm", "^1.2.0 || ^1.4.0", "vers:npm/>=1.2.0|<2.0.0"},
		{"npm", "<1.0.0 || >1.0.0", "vers:npm/!=1.0.0"},
		{"npm", "1.0.0 || >1.0.0", "vers:npm/>=1.0.0"},
		{"npm", ">2.0.0 <1.0.0", "vers:none/*"},
		{"npm", "<*", "vers:none/*"},
		{"npm", "1.2.3beta", "vers:npm/1.2.3-beta"},
		{"npm", "one", "!a part of it is no comparator"},
		/* Cargo, and others with three numbers */
		{"cargo", "1.2", "vers:cargo/>=1.2.0|<2.0.0"},
		{"golang", "^v1.9", "vers:golang/>=v1.9|<v2"},
		{"pub", "^1.9.0", "vers:pub/>=1.9.0|<2.0.0"},
		{"hex", "~> 1.9.2", "vers:hex/>=1.9.2|<1.10.0"},
		{"swift", "!=1.2.x", "vers:swift/<1.2.0|>=1.3.0"},
		/* RubyGems */
		{"gem", "~>2.0.8", "vers:gem/>=2.0.8|<2.1"},
		{"gem", "~> 9", "vers:gem/>=9|<10"},
		{"gem", ">= 1, != 1.5, < 2", "vers:gem/>=1|!=1.5|<2"},
		{"gem", "~> 2.99.b1", "vers:gem/>=2.99.b1|<3"},
		{"gem", "", "vers:gem/>=0"},
		/* Python */
		{"pypi", ">= 1.0, < 2.0, != 1.5", "vers:pypi/>=1.0|!=1.5|<2.0"},
		{"pypi", "==1.2.*", "vers:pypi/>=1.2|<1.3"},
		{"pypi", "!=1.2.*", "vers:pypi/<1.2|>=1.3"},
		{"pypi", "~=1.4.5", "vers:pypi/>=1.4.5|<1.5"},
		{"pypi", "~=1!2.9", "vers:pypi/>=1%212.9|<1%213"},
		{"pypi", ">=1,!=1", "vers:pypi/>1"},
		{"pypi", "", "vers:pypi/*"},
		/* Conan */
		{"conan", "[>=1.0 <2.0]", "vers:conan/>=1.0|<2.0"},
		{"conan", "~2.5.1", "vers:conan/>=2.5.1|<2.6-"},
		{"conan", "^1.2", "vers:conan/>=1.2|<2-"},
		{"conan", "^0.1.2, include_prerelease", "vers:conan/>=0.1.2|<0.2-"},
		{"conan", ">=1.0- <2", "vers:conan/>=1.0|<2"},
		{"conan", "*", "vers:conan/>=0.0.0"},
		{"conan", "1.1 || >=3", "vers:conan/1.1|>=3"},
		/* OpenSSL, nginx */
		{"openssl", "3.0.0, 1.0.1b", "vers:openssl/1.0.1b|3.0.0"},
		{"nginx", "1.5.10", "vers:nginx/1.5.10"},
		{"nginx", "1.1.4-1.2.8, 0.7.52-0.8.39",
		 "vers:nginx/>=0.7.52|<=0.8.39|>=1.1.4|<=1.2.8"},
		{"nginx", "1.20.1+", "vers:nginx/>=1.20.1|<1.21.0"},
		{"nginx", "1.5.0+, 1.4.1+", "vers:nginx/>=1.4.1"},
		{"nginx", "1.21.0+, 1.18.0+", "vers:nginx/>=1.18.0|<1.19.0|>=1.21.0"},
		{"nginx", "nginx/Windows 0.7.52-1.3.0", "vers:nginx/>=0.7.52|<=1.3.0"},
		{"nginx", "all", "vers:nginx/*"},
		{"nginx", "none", "vers:none/*"},
		{"nginx", "1.x+", "!versions of nginx are numbers with dots between"},
		{"nginx", "1.2.3,", "!a part of it is empty"},
		/* intervals */
		{"nuget", "[1.0.0, 2.0.0)", "vers:nuget/>=1.0.0|<2.0.0"},
		{"nuget", "1.0", "vers:nuget/>=1.0"},
		{"nuget", "1.*", "!a floating version names the newest, not a range"},
		{"maven", "[1.0],(1.2,1.4],[2.0,)", "vers:maven/1.0|>1.2|<=1.4|>=2.0"},
		{"maven", "(,1.0),(1.0,)", "vers:maven/!=1.0"},
		{"maven", "1.0",
		 "!a bare version only recommends in Maven; [1.0] is that version alone"},
		/* Composer, Debian, nobody */
		{"composer", "^1.2 || 3.0.*", "vers:composer/>=1.2.0|<2.0.0|>=3.0.0|<3.1.0"},
		{"composer", ">=1.0.0-beta1,<=1.5", "vers:composer/>=1.0.0-beta1|<=1.5.0"},
		{"deb", "(>> 1:2.23) (<< 1:2.24)", "vers:deb/>1:2.23|<1:2.24"},
		{"brew", "1", "!brew is no ecosystem whose order of versions is known"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_STR written = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;

		if (vers_from_native(rows[i].type, rows[i].native, &written, &err) < 0)
			str_add_format(&written, "!%s", err.why);
		CHECK_STR(written.bytes, rows[i].expected, rows[i].native);
		if (*written.bytes != '!')
			check_same_versions(rows[i].type, rows[i].native, written.bytes);
	}
}

int main(void)
{
	test_native();
	test_canonical();
	test_shape();
	test_versions();
	test_list();
	test_lenient();
	test_contains();
	test_contains_refusals();
	test_ends();
	return tap_done();
}
