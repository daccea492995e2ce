/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement says of a component, rule by rule, and what all of them say together. */
#include "psirtty/model/match.h"

#include "model/match_release.h"
#include "tap.h"

#define A MATCH_SAYS_AFFECTED
#define U MATCH_SAYS_UNAFFECTED
#define Q MATCH_SAYS_UNDECIDED
#define MOST 4

struct row {
	const char *name;
	/* the component */
	const char *purl, *version, *cpe, *key;
	/* the statement */
	enum match_kind kind;
	const char *ecosystem, *statement_purl;
	enum match_status usual;
	const char *cpes[MOST], *platforms[MOST];
	struct match_range ranges[MOST];
	size_t range_count;
	bool grouped;
	const char *place; /* a CPE of something else in the product */
	/* what comes of it */
	enum match_answer answer;
	enum match_rule rule;
	bool certain;
	const char *range;
};

#define NPM .purl = "pkg:npm/a@1.5.0", .version = "1.5.0", .key = "pkg:npm/a", .kind = MATCH_KIND_RANGES, .ecosystem = "npm", .usual = U
#define DEB(distro, v) .purl = "pkg:deb/debian/a@" v "?distro=" distro, .version = v, .key = "pkg:deb/debian/a", .kind = MATCH_KIND_RANGES, .usual = U
#define CNA .purl = "pkg:maven/org.x/a@2.3", .version = "2.3", .key = "pkg:maven/org.x/a", .kind = MATCH_KIND_CNA, .rule = MATCH_RULE_CNA
#define CALLED(v) .cpe = "cpe:2.3:a:x:y:" v ":*:*:*:*:*:*:*", .key = "cpe:x:y"
#define NAMED(v) CALLED(v), .version = "", .kind = MATCH_KIND_CPE, .rule = MATCH_RULE_CPE
#define CRITERIA(v) .cpes = { "cpe:2.3:a:x:y:" v ":*:*:*:*:*:*:*" }
#define VEX .purl = "pkg:pypi/a@2.1", .version = "2.1", .key = "pkg:pypi/a", .kind = MATCH_KIND_VEX, .rule = MATCH_RULE_VEX
#define RPM .purl = "pkg:rpm/redhat/a@1-2.el8", .version = "1-2.el8", .key = "pkg:rpm/redhat/a", .kind = MATCH_KIND_VEX, .rule = MATCH_RULE_VEX
#define ROLLING(distro) .purl = "pkg:rpm/x/a@1-2?distro=" distro, .version = "1-2", .key = "pkg:rpm/x/a", .kind = MATCH_KIND_VEX, \
	.rule = MATCH_RULE_VEX, .usual = U
#define ONE(...) .ranges = { { __VA_ARGS__ } }, .range_count = 1
#define TWO(a, b) .ranges = { a, b }, .range_count = 2

static const struct row rows[] = {
	/* packages by ranges */
	{ "in the range", NPM, ONE(A, "SEMVER", "1.0.0", "2.0.0", false, false), .answer = MATCH_YES, .certain = true,
	  .range = ">= 1.0.0, < 2.0.0 (SEMVER)" },
	{ "at the fix", NPM, ONE(A, "SEMVER", "1.0.0", "1.5.0", false, false), .answer = MATCH_NOT, .certain = true },
	{ "at the last affected", NPM, ONE(A, "SEMVER", "1.0.0", "1.5.0", false, true), .answer = MATCH_YES, .certain = true,
	  .range = ">= 1.0.0, <= 1.5.0 (SEMVER)" },
	{ "at the beginning", NPM, ONE(A, "SEMVER", "1.5.0", NULL, false, false), .answer = MATCH_YES, .certain = true, .range = ">= 1.5.0 (SEMVER)" },
	{ "behind an open beginning", NPM, ONE(A, "SEMVER", "1.5.0", NULL, true, false), .answer = MATCH_NOT, .certain = true },
	{ "from the very first", NPM, ONE(A, "ECOSYSTEM", NULL, "9.0.0", false, false), .answer = MATCH_YES, .certain = true, .range = "< 9.0.0 (ECOSYSTEM)" },
	{ "every version", NPM, ONE(A, "SEMVER", NULL, NULL, false, false), .answer = MATCH_YES, .certain = true, .range = "* (SEMVER)" },
	{ "in the second range", NPM, TWO(((struct match_range){ A, "SEMVER", "0", "1", false, false }), ((struct match_range){ A, "SEMVER", "1.4.0", "1.6.0", false, false })),
	  .answer = MATCH_YES, .certain = true, .range = ">= 1.4.0, < 1.6.0 (SEMVER)" },
	{ "a version by name", NPM, ONE(A, "VERSION", "1.5.0", "1.5.0", false, true), .answer = MATCH_YES, .certain = true, .range = "= 1.5.0 (VERSION)" },
	{ "a version by another writing", .purl = "pkg:pypi/a@1.5", .version = "1.5", .key = "pkg:pypi/a", .kind = MATCH_KIND_RANGES,
	  .usual = U, ONE(A, "VERSION", "1.5.0", "1.5.0", false, true), .answer = MATCH_YES, .certain = true },
	{ "not among the versions named", NPM, ONE(A, "VERSION", "1.4.0", "1.4.0", false, true), .answer = MATCH_NOT, .certain = true },
	{ "commits alone", NPM, ONE(A, "GIT", NULL, "abc", false, false), .answer = MATCH_COMMITS },
	{ "commits beside versions", NPM, TWO(((struct match_range){ A, "GIT", NULL, "abc", false, false }), ((struct match_range){ A, "SEMVER", "2.0.0", NULL, false, false })),
	  .answer = MATCH_NOT, .certain = true },
	{ "no ranges at all", NPM, .answer = MATCH_NOT, .certain = true },
	{ "a component without a version", .purl = "pkg:npm/a", .version = "", .key = "pkg:npm/a", .kind = MATCH_KIND_RANGES,
	  .ecosystem = "npm", .usual = U, ONE(A, "SEMVER", "1.0.0", NULL, false, false), .answer = MATCH_LOOK },
	{ "a version that is none there", .purl = "pkg:npm/a@main", .version = "main", .key = "pkg:npm/a", .kind = MATCH_KIND_RANGES,
	  .ecosystem = "npm", .usual = U, ONE(A, "SEMVER", "1.0.0", "2.0.0", false, false), .answer = MATCH_LOOK },
	{ "an order nobody knows", .purl = "pkg:strange/a@1", .version = "1", .key = "pkg:strange/a", .kind = MATCH_KIND_RANGES,
	  .ecosystem = "Strange", .usual = U, ONE(A, "ECOSYSTEM", "1", "2", false, false), .answer = MATCH_LOOK },
	{ "Go with its v", .purl = "pkg:golang/x/a@v1.2.3", .version = "v1.2.3", .key = "pkg:golang/x/a", .kind = MATCH_KIND_RANGES,
	  .ecosystem = "Go", .usual = U, ONE(A, "SEMVER", "1.0.0", "1.2.4", false, false), .answer = MATCH_YES, .certain = true },
	/* releases of distributions */
	{ "the release it is", DEB("debian-12", "1.0-1"), .ecosystem = "Debian:12", ONE(A, "deb", NULL, "1.0-2", false, false), .answer = MATCH_YES, .certain = true },
	{ "another release", DEB("debian-12", "1.0-1"), .ecosystem = "Debian:11", ONE(A, "deb", NULL, "1.0-2", false, false), .answer = MATCH_NONE },
	{ "a release by its name", DEB("bookworm", "1.0-1"), .ecosystem = "Debian:12", ONE(A, "deb", NULL, NULL, false, false), .answer = MATCH_YES, .certain = true },
	{ "a tracker's name", DEB("debian-12.5", "1.0-1"), .ecosystem = "Debian:bookworm", ONE(A, "deb", NULL, NULL, false, false), .answer = MATCH_YES, .certain = true },
	{ "no release told", .purl = "pkg:deb/debian/a@1.0-1", .version = "1.0-1", .key = "pkg:deb/debian/a", .kind = MATCH_KIND_RANGES, .usual = U,
	  .ecosystem = "Debian:12", ONE(A, "deb", NULL, "1.0-2", false, false), .answer = MATCH_YES },
	{ "a backported fix", DEB("debian-12", "1.0-1+deb12u3"), .ecosystem = "Debian:12", ONE(A, "deb", NULL, "1.0-1+deb12u2", false, false), .answer = MATCH_NOT, .certain = true },
	{ "a tilde is before", DEB("debian-12", "1.0~rc1"), .ecosystem = "Debian:12", ONE(A, "deb", NULL, "1.0", false, false), .answer = MATCH_YES, .certain = true },
	/* CVE records */
	{ "a range of its type", CNA, .usual = Q, ONE(A, "maven", "2.0", "2.4", false, false), .answer = MATCH_YES, .certain = true },
	{ "custom goes by the package's order", CNA, .usual = U, ONE(A, "custom", "0", "2.3", false, true), .answer = MATCH_YES, .certain = true },
	{ "the record's word on the rest", CNA, .usual = U, ONE(A, "maven", "3.0", "4.0", false, false), .answer = MATCH_NOT, .certain = true },
	{ "no word on the rest", CNA, .usual = Q, ONE(A, "maven", "3.0", "4.0", false, false), .answer = MATCH_WEAK },
	{ "all the rest is affected", CNA, .usual = A, ONE(U, "maven", "3.0", NULL, false, false), .answer = MATCH_WEAK },
	{ "unaffected from here on", CNA, .usual = A, ONE(U, "maven", "2.0", NULL, false, false), .answer = MATCH_NOT, .certain = true },
	{ "no versions in the record", CNA, .usual = A, .answer = MATCH_WEAK },
	{ "commits in the record", CNA, .usual = U, ONE(A, "git", "abc", "def", false, false), .answer = MATCH_COMMITS },
	{ "a type nobody knows", CNA, .usual = U, ONE(A, "phases of the moon", "1", "2", false, false), .answer = MATCH_LOOK },
	{ "of a type nobody knows, but not what decided", CNA, .usual = U,
	  TWO(((struct match_range){ A, "maven", "2.0", "2.4", false, false }), ((struct match_range){ A, "moon", "1", "2", false, false })),
	  .answer = MATCH_YES, .certain = true },
	{ "free text as a range", CNA, .usual = Q, ONE(A, NULL, "< 2.4", "< 2.4", false, true), .answer = MATCH_YES },
	{ "found by names", .version = "2.3", .key = "name:acme:web", .kind = MATCH_KIND_CNA, .rule = MATCH_RULE_CNA, .usual = U,
	  ONE(A, "semver", "2.0", "2.4", false, false), .answer = MATCH_YES },
	{ "names without versions", .version = "2.3", .key = "name:acme:web", .kind = MATCH_KIND_NAMES, .rule = MATCH_RULE_NAME, .usual = Q,
	  .answer = MATCH_WEAK },
	/* documents of vendors */
	{ "known affected", VEX, .usual = A, .statement_purl = "pkg:pypi/a@2.1", .answer = MATCH_YES, .certain = true },
	{ "known not affected", VEX, .usual = U, .statement_purl = "pkg:pypi/a@2.1", .answer = MATCH_NOT, .certain = true },
	{ "of another version", VEX, .usual = A, .statement_purl = "pkg:pypi/a@2.2", .answer = MATCH_NONE },
	{ "by another writing", VEX, .usual = A, .statement_purl = "pkg:pypi/a@2.1.0", .answer = MATCH_YES, .certain = true },
	{ "of no version", VEX, .usual = U, .statement_purl = "pkg:pypi/a", .answer = MATCH_NOT },
	{ "a distribution's package of no version", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a?arch=src", .answer = MATCH_NONE },
	{ "and affected", RPM, .usual = A, .statement_purl = "pkg:rpm/redhat/a?arch=src", .answer = MATCH_LOOK },
	{ "and of its version", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-2.el8", .answer = MATCH_NOT, .certain = true },
	{ "older than a distribution's fix", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-3.el8_6?arch=x86_64", ONE(A, "fixed", NULL, "1-3.el8_6", false, false),
	  .answer = MATCH_YES, .range = "< 1-3.el8_6 (fixed)" },
	{ "the fix itself", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-2.el8", ONE(A, "fixed", NULL, "1-2.el8", false, false), .answer = MATCH_NOT, .certain = true },
	{ "an epoch that the bill leaves out", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-2.el8?epoch=1", .answer = MATCH_NOT, .certain = true },
	{ "an epoch that both tell", .purl = "pkg:rpm/redhat/a@1-2.el8?epoch=1", .version = "1:1-2.el8", .key = "pkg:rpm/redhat/a", .kind = MATCH_KIND_VEX,
	  .rule = MATCH_RULE_VEX, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-2.el8?epoch=1", .answer = MATCH_NOT, .certain = true },
	{ "newer than the fix", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-1.el8", ONE(A, "fixed", NULL, "1-1.el8", false, false), .answer = MATCH_NONE },
	{ "another release's fix", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-3.el9", ONE(A, "fixed", NULL, "1-3.el9", false, false), .answer = MATCH_NONE },
	{ "a fix of no release that is told", RPM, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-3", ONE(A, "fixed", NULL, "1-3", false, false), .answer = MATCH_LOOK },
	{ "two releases without numbers", ROLLING("one"), .statement_purl = "pkg:rpm/x/a@1-3?distro=other", ONE(A, "fixed", NULL, "1-3", false, false), .answer = MATCH_LOOK },
	{ "the same release without a number", ROLLING("one"), .statement_purl = "pkg:rpm/x/a@1-3?distro=one", ONE(A, "fixed", NULL, "1-3", false, false), .answer = MATCH_YES },
	{ "a release that one side numbers", ROLLING("one-8"), .statement_purl = "pkg:rpm/x/a@1-3?distro=one", ONE(A, "fixed", NULL, "1-3", false, false), .answer = MATCH_LOOK },
	{ "builds of no number that can be", .purl = "pkg:rpm/redhat/a@1-2.el99999999999999999999", .version = "1-2.el99999999999999999999", .key = "pkg:rpm/redhat/a",
	  .kind = MATCH_KIND_VEX, .rule = MATCH_RULE_VEX, .usual = U, .statement_purl = "pkg:rpm/redhat/a@1-3.el88888888888888888888",
	  ONE(A, "fixed", NULL, "1-3.el88888888888888888888", false, false), .answer = MATCH_LOOK },
	{ "older than a library's fix", VEX, .usual = U, .statement_purl = "pkg:pypi/a@2.2", ONE(A, "fixed", NULL, "2.2", false, false), .answer = MATCH_LOOK, .range = "< 2.2 (fixed)" },
	{ "newer than a library's fix", VEX, .usual = U, .statement_purl = "pkg:pypi/a@1.9.5", ONE(A, "fixed", NULL, "1.9.5", false, false), .answer = MATCH_NONE },
	{ "under investigation", VEX, .usual = Q, .statement_purl = "pkg:pypi/a@2.1", .answer = MATCH_LOOK },
	/* CPE */
	{ "the very version", NAMED("9.1"), .usual = A, CRITERIA("9.1"), .answer = MATCH_YES, .certain = true },
	{ "another version", NAMED("9.1"), .usual = A, CRITERIA("9.0"), .answer = MATCH_NOT, .certain = true },
	{ "a product alone", NAMED("9.1"), .usual = A, CRITERIA("*"), .answer = MATCH_WEAK },
	{ "within bounds", NAMED("9.1"), .usual = U, CRITERIA("*"), ONE(A, "cpe", NULL, "9.2", false, false), .answer = MATCH_YES, .range = "< 9.2 (cpe)" },
	{ "at an open bound", NAMED("9.1"), .usual = U, CRITERIA("*"), ONE(A, "cpe", NULL, "9.1", false, false), .answer = MATCH_NOT, .certain = true },
	{ "at a closed bound", NAMED("9.1"), .usual = U, CRITERIA("*"), ONE(A, "cpe", NULL, "9.1", false, true), .answer = MATCH_YES },
	{ "behind a beginning", NAMED("9.1"), .usual = U, CRITERIA("*"), ONE(A, "cpe", "9.1", "9.9", true, false), .answer = MATCH_NOT, .certain = true },
	{ "bounds, and a name without a version", NAMED("*"), .usual = U, CRITERIA("*"), ONE(A, "cpe", NULL, "9.2", false, false), .answer = MATCH_LOOK },
	{ "another part", NAMED("9.1"), .usual = A, .cpes = { "cpe:2.3:o:x:y:9.1:*:*:*:*:*:*:*" }, .answer = MATCH_NONE },
	{ "an edition that is left open", NAMED("9.1"), .usual = A, .cpes = { "cpe:2.3:a:x:y:9.1:*:*:*:pro:*:*:*" }, .answer = MATCH_LOOK },
	{ "a platform of itself", NAMED("9.1"), .usual = U, CRITERIA("9.1"), .answer = MATCH_NONE },
	{ "on a platform that is there", NAMED("9.1"), .usual = A, CRITERIA("9.1"), .grouped = true, .platforms = { "cpe:2.3:o:z:os:-:*:*:*:*:*:*:*" },
	  .place = "cpe:2.3:o:z:os:-:*:*:*:*:*:*:*", .answer = MATCH_YES, .certain = true },
	{ "on a platform that is not", NAMED("9.1"), .usual = A, CRITERIA("9.1"), .grouped = true, .platforms = { "cpe:2.3:o:z:os:-:*:*:*:*:*:*:*" },
	  .place = "cpe:2.3:o:z:other:-:*:*:*:*:*:*:*", .answer = MATCH_LOOK },
	{ "on no platform", NAMED("9.1"), .usual = A, CRITERIA("9.1"), .grouped = true, .answer = MATCH_YES, .certain = true },
	{ "a CVE record's range beside a name", CALLED("9.1"), .kind = MATCH_KIND_CNA, .usual = U, .cpes = { "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*" }, .answer = MATCH_NOT,
	  .certain = true, .rule = MATCH_RULE_CNA, ONE(A, "semver", "1.0.0", "2.0.0", false, false), .version = "9.1.0" },
	{ "a vendor's name", CALLED("9.1"), .version = "", .kind = MATCH_KIND_VEX, .usual = U, CRITERIA("9.1"), .answer = MATCH_NOT, .certain = true, .rule = MATCH_RULE_VEX },
};

static size_t count_of(const char *const *list)
{
	size_t count = 0;

	while (count < MOST && list[count])
		count++;
	return count;
}

static void test_row(const struct row *row)
{
	const struct inventory_component component = {
		.ref = "", .group = "", .name = "a", .version = row->version, .purl = str_or_empty(row->purl), .supplier = "",
		.cpes = { &row->cpe, row->cpe ? 1 : 0 }, .keys = { &row->key, 1 },
	};
	const struct match_statement statement = {
		row->kind, row->ecosystem, row->statement_purl, row->usual, row->cpes, count_of(row->cpes), row->ranges,
		row->range_count, row->grouped, row->platforms, count_of(row->platforms),
	};
	struct match_verdict verdict;
	struct match_item item;
	struct cpe place;
	AUTO_STR range = STR_INIT;

	if (row->place && cpe_parse(row->place, &place, NULL))
		BUG("no name: %s", row->place);
	match_item_fill(&component, row->key, &item);
	match_judge(&item, &statement, row->place ? &place : NULL, row->place ? 1 : 0, &verdict);
	CHECK(verdict.answer == row->answer && (row->answer == MATCH_NONE || verdict.rule == row->rule), "%s: %s by %s", row->name,
	      match_answer_name(verdict.answer), match_rule_name(verdict.rule));
	if (row->answer != MATCH_NONE)
		CHECK(verdict.certain == row->certain && verdict.certain == !*verdict.why, "%s: how certain, and why (%s)", row->name, verdict.why);
	match_range_text(&statement, &verdict, &range);
	if (row->range)
		CHECK_STR(range.bytes, row->range, "the range that decided");
	match_item_release(&item);
	if (row->place)
		cpe_release(&place);
}

/* ---- releases */

static void test_releases(void)
{
	static const struct { const char *ecosystem, *distro; enum match_release release; } table[] = {
		{ NULL, "debian-12", RELEASE_SAME },          { "PyPI", "", RELEASE_SAME },
		{ "Debian:12", "debian-12", RELEASE_SAME },   { "Debian:12", "debian-12.4", RELEASE_SAME },
		{ "Debian:12", "", RELEASE_UNKNOWN },         { "Debian:1", "debian-12", RELEASE_OTHER },
		{ "Debian:sid", "debian-12", RELEASE_OTHER }, { "Ubuntu:22.04:LTS", "jammy", RELEASE_SAME },
		{ "Ubuntu:22.04:LTS", "ubuntu-22.10", RELEASE_OTHER }, { "Alpine:v3.17", "alpine-3.17.2", RELEASE_SAME },
		{ "Alpine:v3.17", "alpine-3.18.0", RELEASE_OTHER },    { "Alpine:v3.1", "3.17.2", RELEASE_OTHER },
		{ "Rocky Linux:8", "rocky-8.9", RELEASE_SAME },        { "Debian:bookworm", "trixie", RELEASE_OTHER },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		CHECK(match_release_of(table[i].ecosystem, table[i].distro) == table[i].release, "%s and %s",
		      str_or_empty(table[i].ecosystem), table[i].distro);
}

static void test_two_releases(void)
{
	static const struct { const char *a, *b; enum match_release release; } table[] = {
		{ "debian-12", "debian-12", RELEASE_SAME },    { "debian-12", "bookworm", RELEASE_SAME },   { "12", "debian-12.4", RELEASE_SAME },
		{ "debian-12", "debian-11", RELEASE_OTHER },   { "1", "12", RELEASE_OTHER },                { "sid", "sid", RELEASE_SAME },
		{ "sid", "unstable", RELEASE_UNKNOWN },        { "sid", "debian-12", RELEASE_UNKNOWN },     { "", "debian-12", RELEASE_UNKNOWN },
		{ "", "", RELEASE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		CHECK(match_release_between(table[i].a, table[i].b) == table[i].release &&
		      match_release_between(table[i].b, table[i].a) == table[i].release, "of purls: '%s' and '%s'", table[i].a, table[i].b);
}

/* ---- all together: every pair of answers, by every pair of rules */

static struct match_evidence evidence(const char *source, enum match_answer answer, enum match_rule rule)
{
	return (struct match_evidence){ source, "R", { answer, rule, true, false, -1, "" }, rule == MATCH_RULE_VEX };
}

/* What two sources come to, said plainly. */
static enum match_answer plain(enum match_answer a, enum match_rule x, enum match_answer b, enum match_rule y)
{
	enum match_answer high = a > b ? a : b, low = a > b ? b : a;
	enum match_rule of_high = a > b ? x : y, of_low = a > b ? y : x;

	if ((a == MATCH_NOT && x == MATCH_RULE_VEX) || (b == MATCH_NOT && y == MATCH_RULE_VEX))
		return MATCH_NOT;
	if (a == b)
		of_high = x < y ? x : y;
	if (high > MATCH_NOT && low == MATCH_NOT)
		return of_high <= of_low ? high : MATCH_NOT;
	if (high == MATCH_NOT && low == MATCH_COMMITS)
		return of_low <= of_high ? MATCH_LOOK : MATCH_NOT;
	return high == MATCH_COMMITS ? MATCH_LOOK : high;
}

static void test_pairs(void)
{
	int tried = 0;

	for (int a = 0; a < MATCH_ANSWER_COUNT; a++)
		for (int b = 0; b < MATCH_ANSWER_COUNT; b++)
			for (int x = 0; x < MATCH_RULE_COUNT; x++)
				for (int y = 0; y < MATCH_RULE_COUNT; y++, tried++) {
					struct match_evidence list[] = { evidence("b", (enum match_answer)a, (enum match_rule)x),
									 evidence("a", (enum match_answer)b, (enum match_rule)y) };
					size_t count = match_sort(list, 2);
					struct match_result result = match_settle(list, count);

					CHECK_QUIET(result.answer == plain((enum match_answer)a, (enum match_rule)x,
									   (enum match_answer)b, (enum match_rule)y),
						    "%d by %d and %d by %d: %d", a, x, b, y, result.answer);
					CHECK_QUIET(result.conflict == ((a == MATCH_YES && b == MATCH_NOT) ||
									(a == MATCH_NOT && b == MATCH_YES)),
						    "%d and %d: do they agree", a, b);
					CHECK_QUIET(result.lead < (long)count && (result.lead >= 0) == (count > 0), "something leads");
				}
	CHECK(tried == MATCH_ANSWER_COUNT * MATCH_ANSWER_COUNT * MATCH_RULE_COUNT * MATCH_RULE_COUNT, "%d pairs of evidence", tried);
}

static void test_records(void)
{
	struct match_evidence list[] = {
		{ "osv", "G-1", { MATCH_NOT, MATCH_RULE_PACKAGE, true, false, 0, "" }, false },
		{ "osv", "G-1", { MATCH_YES, MATCH_RULE_PACKAGE, true, false, 1, "" }, false },
		{ "csaf", "V-1", { MATCH_YES, MATCH_RULE_VEX, true, false, -1, "" }, true },
		{ "csaf", "V-1", { MATCH_NOT, MATCH_RULE_VEX, true, false, -1, "" }, true },
	};
	struct match_evidence fixes[] = {
		{ "csaf", "V-2", { MATCH_YES, MATCH_RULE_VEX, false, true, 0, "older" }, true },
		{ "csaf", "V-2", { MATCH_NOT, MATCH_RULE_VEX, true, false, -1, "" }, true },
	};
	size_t count = match_sort(list, ARRAY_LEN(list)), fixed = match_sort(fixes, ARRAY_LEN(fixes));
	struct match_result result = match_settle(list, count);

	CHECK(fixed == 1 && fixes[0].verdict.answer == MATCH_NOT, "the fix that it has counts more than one of another line that it is older than");
	CHECK(count == 2 && list[0].verdict.answer == MATCH_YES && list[0].verdict.range == 1, "the strongest that a record says counts");
	CHECK(list[1].verdict.answer == MATCH_LOOK && !list[1].verdict.certain, "a document that says both is looked at");
	CHECK(result.answer == MATCH_YES && result.proof < 0, "and closes nothing");
	CHECK(match_settle(list, 0).answer == MATCH_NONE && match_settle(list, 0).lead < 0, "nothing said is nothing");
	for (int i = 0; i < MATCH_ANSWER_COUNT; i++)
		CHECK_QUIET(match_answer_from_name(match_answer_name((enum match_answer)i)) == i, "the names of answers");
	CHECK(match_answer_from_name("x") < 0 && match_answer_from_name(NULL) < 0, "other words are none");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_row(&rows[i]);
	test_releases();
	test_two_releases();
	test_pairs();
	test_records();
	return tap_done();
}
