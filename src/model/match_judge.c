/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One statement of one record held against one component. A package goes by the ranges of its ecosystem, a product of a
 * CVE record by that record's rules, a CPE name by NISTIR 7696 and the bounds beside it.
 */
#include "psirtty/model/match.h"

#include "model/match_release.h"
#include "psirtty/base/i18n.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/range.h"

enum { BUILDS = 10000 }; /* no distribution has so many releases */

struct judge {
	const struct match_item *item;
	const struct match_statement *statement;
	struct match_verdict *verdict;
};

static void say(struct judge *j, enum match_answer answer, const char *why)
{
	j->verdict->answer = answer;
	j->verdict->why = why;
	j->verdict->certain = !*why;
}

/* ---- versions */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Many write "v1.2" where the ecosystem knows 1.2. */
static const char *plain_version(const struct version_scheme *scheme, const char *version)
{
	AUTO_ERROR none = ERROR_INIT;

	if ((*version == 'v' || *version == 'V') && is_digit(version[1]) && version_check(scheme, version, &none))
		return version + 1;
	return version;
}

/* *RET: whether VERSION lies in the range; false: it cannot be told. */
static bool lies_in(const struct version_scheme *scheme, const char *version, const struct match_range *range, bool *ret)
{
	AUTO_ERROR none = ERROR_INIT;
	int from = 1, to = -1;

	if (range->from && version_compare(scheme, version, plain_version(scheme, range->from), &from, &none))
		return false;
	if (range->to && version_compare(scheme, version, plain_version(scheme, range->to), &to, &none))
		return false;
	*ret = (range->after ? from > 0 : from >= 0) && (range->through ? to <= 0 : to < 0);
	return true;
}

/* ---- packages with ranges: OSV, trackers of distributions */

enum range_sort { SORT_ORDER, SORT_LIST, SORT_COMMITS, SORT_STRANGE };

/* Which order a range goes by: the ecosystem's own wherever there is one. */
static enum range_sort sort_of(const struct judge *j, const struct match_range *range, const struct version_scheme **ret)
{
	const char *scheme = str_or_empty(range->scheme);
	const struct version_scheme *own = j->item->scheme;

	if (str_casecmp(scheme, "GIT") == 0)
		return SORT_COMMITS;
	*ret = own ? own : j->statement->ecosystem ? version_scheme_find(j->statement->ecosystem) : NULL;
	if (str_equal(scheme, "VERSION"))
		return SORT_LIST;
	if (!*ret)
		*ret = version_scheme_find(str_casecmp(scheme, "ECOSYSTEM") == 0 ? "" : scheme);
	return *ret ? SORT_ORDER : SORT_STRANGE;
}

struct tally { bool commits, strange, orders, listed; };

/* One range; true when it has the version. */
static bool has_version(struct judge *j, size_t at, struct tally *tally)
{
	const struct match_range *range = &j->statement->ranges[at];
	const struct version_scheme *scheme = NULL;
	const char *version = j->item->version;
	bool in = false;

	switch (sort_of(j, range, &scheme)) {
	case SORT_COMMITS: tally->commits = true; return false;
	case SORT_STRANGE: tally->strange = true; return false;
	case SORT_LIST:
		tally->listed = true;
		in = str_equal(range->from, version) || str_equal(range->from, *version == 'v' ? version + 1 : version);
		break;
	case SORT_ORDER:
		tally->orders = true;
		if (!lies_in(scheme, plain_version(scheme, version), range, &in))
			tally->strange = true;
	}
	if (in) {
		j->verdict->range = (long)at;
		say(j, MATCH_YES, scheme && version_scheme_uncertain(scheme) ? N_("no order of versions is known there") : "");
	}
	return in;
}

/* A list that no range stands beside also names versions by another writing, as "1.0" for "1.0.0". */
static bool listed_otherwise(struct judge *j)
{
	const struct version_scheme *scheme = j->item->scheme;

	for (size_t i = 0; scheme && i < j->statement->count; i++) {
		AUTO_ERROR none = ERROR_INIT;
		int order = 1;

		if (version_compare(scheme, plain_version(scheme, j->item->version), str_or_empty(j->statement->ranges[i].from),
				    &order, &none) == 0 && order == 0) {
			j->verdict->range = (long)i;
			say(j, MATCH_YES, "");
			return true;
		}
	}
	return false;
}

static void judge_unranged(struct judge *j)
{
	if (j->statement->usual == MATCH_SAYS_UNAFFECTED)
		say(j, MATCH_NOT, "");
	else if (j->statement->usual == MATCH_SAYS_AFFECTED)
		say(j, MATCH_LOOK, N_("every version, or it does not say which"));
	else
		say(j, MATCH_LOOK, N_("the source has not decided yet"));
}

static void judge_ranges(struct judge *j)
{
	struct tally tally = { 0 };

	if (!j->statement->count) {
		judge_unranged(j);
		return;
	}
	if (!*j->item->version) {
		say(j, MATCH_LOOK, N_("the component has no version"));
		return;
	}
	for (size_t i = 0; i < j->statement->count; i++)
		if (j->statement->ranges[i].status == MATCH_SAYS_AFFECTED && has_version(j, i, &tally))
			return;
	if (tally.listed && !tally.orders && !tally.strange && listed_otherwise(j))
		return;
	if (tally.strange)
		say(j, MATCH_LOOK, N_("the version, or how versions are ordered there, is not known"));
	else if (tally.commits && !tally.orders && !tally.listed)
		say(j, MATCH_COMMITS, N_("it names commits, not versions"));
	else
		say(j, MATCH_NOT, "");
}

static void judge_package(struct judge *j)
{
	enum match_release release = match_release_of(j->statement->ecosystem, j->item->distro);

	j->verdict->rule = MATCH_RULE_PACKAGE;
	if (release == RELEASE_OTHER)
		return;
	judge_ranges(j);
	if (release == RELEASE_UNKNOWN && j->verdict->answer != MATCH_NONE && !*j->verdict->why)
		say(j, j->verdict->answer, N_("the release of the distribution is not known"));
}

/* ---- CVE records */

static const enum cve_status cve_statuses[] = { [MATCH_SAYS_AFFECTED] = CVE_AFFECTED, [MATCH_SAYS_UNAFFECTED] = CVE_UNAFFECTED,
						[MATCH_SAYS_UNDECIDED] = CVE_UNKNOWN };

static struct cve_version cve_version_of(const struct match_range *range)
{
	bool one = range->through && range->from && str_equal(range->from, range->to);
	struct cve_version version = { .version = range->from ? range->from : "0", .type = range->scheme,
				       .status = cve_statuses[range->status] };

	if (!range->to)
		version.less_than = "*";
	else if (!one && range->through)
		version.less_than_or_equal = range->to;
	else if (!one)
		version.less_than = range->to;
	return version;
}

static bool only_commits(const struct match_statement *statement)
{
	for (size_t i = 0; i < statement->count; i++) {
		const char *scheme = str_or_empty(statement->ranges[i].scheme);

		if (str_casecmp(scheme, "git") != 0 && !str_starts_nocase(scheme, "original_commit"))
			return false;
	}
	return statement->count > 0;
}

/* A type of versions that nobody defined: its order is not ours to guess. */
static bool is_strange(const struct match_range *range)
{
	const char *type = range->scheme;

	return type && *type && str_casecmp(type, "custom") != 0 && str_casecmp(type, "git") != 0 && !version_scheme_find(type);
}

/* The entry that decided, or one of those that did not hold, is of such a type. */
static bool decided_strangely(const struct match_statement *statement, long entry)
{
	for (size_t i = 0; i < statement->count; i++)
		if ((entry < 0 || entry == (long)i) && is_strange(&statement->ranges[i]))
			return true;
	return false;
}

static void say_cve(struct judge *j, int code, const struct cve_verdict *verdict)
{
	const char *why = verdict->uncertain ? N_("ordered by the generic rule, for the record names no better one") : "";

	j->verdict->range = verdict->entry;
	if (code || decided_strangely(j->statement, verdict->entry))
		say(j, MATCH_LOOK, N_("the version, or how versions are ordered there, is not known"));
	else if (verdict->status == CVE_AFFECTED && verdict->entry < 0)
		say(j, MATCH_WEAK, N_("the record says it of all versions that it does not name"));
	else if (verdict->status == CVE_AFFECTED)
		say(j, MATCH_YES, why);
	else if (verdict->status == CVE_UNAFFECTED)
		say(j, MATCH_NOT, why);
	else
		say(j, MATCH_WEAK, N_("the record does not say it of this version"));
}

static void judge_cna(struct judge *j)
{
	const struct match_statement *statement = j->statement;
	struct cve_version *versions = statement->count ? mem_alloc(statement->count * sizeof(*versions)) : NULL;
	struct cve_affected affected = { cve_statuses[statement->usual], versions, statement->count,
					 *j->item->type ? j->item->type : NULL };
	AUTO_ERROR none = ERROR_INIT;
	struct cve_verdict verdict;

	j->verdict->rule = MATCH_RULE_CNA;
	for (size_t i = 0; i < statement->count; i++)
		versions[i] = cve_version_of(&statement->ranges[i]);
	if (only_commits(statement))
		say(j, MATCH_COMMITS, N_("it names commits, not versions"));
	else if (!statement->count)
		say(j, statement->usual == MATCH_SAYS_UNAFFECTED ? MATCH_NOT : MATCH_WEAK,
		    statement->usual == MATCH_SAYS_UNAFFECTED ? "" : N_("the record names no versions"));
	else if (!*j->item->version)
		say(j, MATCH_LOOK, N_("the component has no version"));
	else
		say_cve(j, cve_judge(&affected, j->item->version, &verdict, &none), &verdict);
	free(versions);
}

/* ---- documents of vendors */

static void say_status(struct judge *j, const char *why)
{
	static const enum match_answer answers[] = { [MATCH_SAYS_AFFECTED] = MATCH_YES, [MATCH_SAYS_UNAFFECTED] = MATCH_NOT,
						     [MATCH_SAYS_UNDECIDED] = MATCH_LOOK };

	say(j, answers[j->statement->usual],
	    j->statement->usual == MATCH_SAYS_UNDECIDED ? N_("the vendor is still looking") : why);
}

/* The same version, or none given: then every one. NONE: of another version. */
static bool is_version(const struct judge *j, const char *version, bool *ret_known)
{
	const struct version_scheme *scheme = j->item->scheme ? j->item->scheme : version_scheme_find("generic");
	AUTO_ERROR none = ERROR_INIT;
	int order = 1;

	*ret_known = *j->item->version != '\0';
	if (!*ret_known || str_equal(version, j->item->version))
		return true;
	return scheme && version_compare(scheme, j->item->version, version, &order, &none) == 0 && order == 0;
}

static bool is_distribution(const char *type)
{
	static const char *const types[] = { "alpm", "apk", "deb", "rpm" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_equal(type, types[i]))
			return true;
	return false;
}

/* Of a distribution's package without a version: one release may be affected and another not, under the same name. So it
 * is reason to look, and no proof. */
static void say_of_all(struct judge *j)
{
	if (!is_distribution(j->item->type))
		say_status(j, N_("the document names no version"));
	else if (j->statement->usual != MATCH_SAYS_UNAFFECTED)
		say(j, MATCH_LOOK, N_("the document names no version"));
}

/* Where a package of a Red Hat-like distribution was built for: "el8" of "1.1.1k-7.el8_6"; 0: it does not say. */
static int build_of(const char *version, char kind[3])
{
	static const char *const marks[] = { ".el", ".fc", ".amzn", ".ph", ".cm", ".azl" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		const char *at = strstr(version, marks[i]);
		long number = at && is_digit(at[strlen(marks[i])]) ? strtol(at + strlen(marks[i]), NULL, 10) : 0;

		memcpy(kind, marks[i] + 1, 2);
		kind[2] = '\0';
		if (number > 0 && number < BUILDS)
			return (int)number;
	}
	return 0;
}

/* Two versions of a distribution's package: of one release, of two, or nobody says. */
static enum match_release builds_of(const char *a, const char *b)
{
	char x[3], y[3];
	int one = build_of(a, x), other = build_of(b, y);

	if (!one || !other)
		return RELEASE_UNKNOWN;
	return one == other && str_equal(x, y) ? RELEASE_SAME : RELEASE_OTHER;
}

/* The document names the version that has the fix. A distribution mends one line of versions a release: what is older there
 * is without it. Elsewhere several lines may be mended at once, so an older version is looked at. A newer one it does not
 * speak of. RELEASED: both name the same release. */
static void say_older(struct judge *j, const char *fixed, bool released)
{
	bool distribution = is_distribution(j->item->type);
	const struct version_scheme *scheme = j->item->scheme ? j->item->scheme : version_scheme_find("generic");
	enum match_release builds = builds_of(j->item->version, fixed);
	AUTO_ERROR none = ERROR_INIT;
	int order = 1;

	if (!*j->item->version) {
		say(j, MATCH_LOOK, N_("the component has no version"));
		return;
	}
	if ((distribution && builds == RELEASE_OTHER) || !scheme ||
	    version_compare(scheme, j->item->version, fixed, &order, &none) || order >= 0)
		return;
	j->verdict->older = true;
	j->verdict->range = 0;
	if (distribution && (released || builds == RELEASE_SAME))
		say(j, MATCH_YES, N_("older than the version that has the vendor's fix"));
	else
		say(j, MATCH_LOOK, N_("older than a version that has the vendor's fix"));
}

/* The version of PURL with its epoch, where the component tells one too: bills often leave it out. NULL: none. */
static char *version_with_epoch(const struct judge *j, const struct purl *purl)
{
	const char *epoch = purl_qualifier(purl, "epoch"), *version = purl->version, *colon = version ? strchr(version, ':') : NULL;

	if (!strchr(j->item->version, ':'))
		return mem_string(colon && is_distribution(j->item->type) ? colon + 1 : version);
	return epoch && version && !colon ? mem_format("%s:%s", epoch, version) : mem_string(version);
}

static void judge_vex_purl(struct judge *j)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;
	AUTO_STRING version = NULL;
	enum match_release release;
	bool known;

	if (!j->statement->purl || purl_parse_lenient(j->statement->purl, &purl, &repairs, &none))
		return;
	release = match_release_between(str_or_empty(purl_qualifier(&purl, "distro")), j->item->distro);
	if (release == RELEASE_OTHER)
		return;
	version = version_with_epoch(j, &purl);
	if (!version)
		say_of_all(j);
	else if (is_version(j, version, &known) && (known || !j->statement->count))
		say_status(j, known ? "" : N_("the component has no version"));
	else if (j->statement->count)
		say_older(j, version, release == RELEASE_SAME);
}

/* ---- CPE names */

static void bounds_of(const struct match_statement *statement, long at, struct cpe_match *ret)
{
	const struct match_range *range = &statement->ranges[at];
	char *from = (char *)(uintptr_t)range->from, *to = (char *)(uintptr_t)range->to;

	ret->start_including = range->after ? NULL : from;
	ret->start_excluding = range->after ? from : NULL;
	ret->end_including = range->through ? to : NULL;
	ret->end_excluding = range->through ? NULL : to;
}

/* The strongest verdict of CRITERIA against the item's names, with the range AT (-1: none). */
static enum cpe_verdict hold_names(const struct judge *j, const struct cpe *criteria, long at, bool *ret_uncertain)
{
	struct cpe_match match = { .criteria = *criteria, .vulnerable = true };
	enum cpe_verdict best = CPE_UNAFFECTED;

	if (at >= 0)
		bounds_of(j->statement, at, &match);
	for (size_t i = 0; i < j->item->name_count; i++) {
		bool uncertain = false;
		enum cpe_verdict verdict = cpe_match_item(&match, &j->item->names[i], &uncertain);

		if (verdict > best) {
			best = verdict;
			*ret_uncertain = uncertain;
		}
	}
	return best;
}

static bool without_version(const struct judge *j)
{
	for (size_t i = 0; i < j->item->name_count; i++)
		if (j->item->names[i].values[CPE_VERSION].kind == CPE_TEXT)
			return false;
	return true;
}

/* A platform of the statement's group is in the product: 1; none of them: 0; there are none to ask for: 1. */
static bool on_platform(const struct match_statement *statement, const struct cpe *platforms, size_t count)
{
	for (size_t i = 0; i < statement->platform_count; i++) {
		struct cpe_match match = { .vulnerable = false };
		AUTO_ERROR none = ERROR_INIT;
		bool uncertain = false, found = false;

		if (cpe_parse(statement->platforms[i], &match.criteria, &none))
			continue;
		for (size_t k = 0; k < count && !found; k++)
			found = cpe_match_item(&match, &platforms[k], &uncertain) == CPE_AFFECTED;
		cpe_release(&match.criteria);
		if (found)
			return true;
	}
	return statement->platform_count == 0;
}

static void say_cpe(struct judge *j, const struct cpe *criteria, long at, const struct cpe *platforms, size_t count)
{
	bool uncertain = false;
	enum cpe_verdict verdict = hold_names(j, criteria, at, &uncertain);

	j->verdict->range = at;
	if (verdict == CPE_UNAFFECTED)
		say(j, MATCH_NOT, "");
	else if (at < 0 && criteria->values[CPE_VERSION].kind != CPE_TEXT)
		say(j, MATCH_WEAK, N_("the name says nothing of versions"));
	else if (without_version(j))
		say(j, MATCH_LOOK, N_("the component has no version"));
	else if (verdict == CPE_POSSIBLE)
		say(j, MATCH_LOOK, N_("only in an edition, or on a platform, that the component's name leaves open"));
	else if (j->statement->grouped && !on_platform(j->statement, platforms, count))
		say(j, MATCH_LOOK, N_("only on a platform that the bill of materials does not name"));
	else
		say(j, MATCH_YES, uncertain ? N_("ordered by the generic rule: the NVD defines none") : "");
}

/* A platform (not vulnerable itself) says nothing of the component. */
static bool is_platform(const struct match_statement *statement)
{
	if (statement->usual != MATCH_SAYS_UNAFFECTED)
		return false;
	for (size_t i = 0; i < statement->count; i++)
		if (statement->ranges[i].status == MATCH_SAYS_AFFECTED)
			return false;
	return true;
}

/* Ranges beside the name: one that has the version decides, else the strongest. */
static void judge_criteria(struct judge *j, const struct cpe *criteria, const struct cpe *platforms, size_t count)
{
	struct match_verdict best = { .answer = MATCH_NONE, .range = -1, .why = "" };

	for (long i = j->statement->count ? 0 : -1; i < (long)j->statement->count; i++) {
		if (i >= 0 && j->statement->ranges[i].status != MATCH_SAYS_AFFECTED)
			continue;
		say_cpe(j, criteria, i, platforms, count);
		if (j->verdict->answer > best.answer) {
			best = *j->verdict;
			best.rule = MATCH_RULE_CPE;
		}
	}
	*j->verdict = best;
	j->verdict->rule = MATCH_RULE_CPE;
}

/* The names of the statement that have to do with the item at all, whatever their version. */
static bool names_meet(const struct judge *j, const struct cpe *criteria)
{
	struct cpe_match any = { .criteria = *criteria, .vulnerable = true };
	bool uncertain = false;

	any.criteria.values[CPE_VERSION] = (struct cpe_value){ CPE_ANY, NULL };
	for (size_t i = 0; i < j->item->name_count; i++)
		if (cpe_match_item(&any, &j->item->names[i], &uncertain) != CPE_UNAFFECTED)
			return true;
	return false;
}

static void judge_name(struct judge *j, const char *name, const struct cpe *platforms, size_t count)
{
	struct cpe criteria;
	AUTO_ERROR none = ERROR_INIT;

	if (cpe_parse(name, &criteria, &none))
		return;
	if (!names_meet(j, &criteria)) {
		j->verdict->answer = MATCH_NONE;
	} else if (j->statement->kind == MATCH_KIND_CNA && (j->statement->count || criteria.values[CPE_VERSION].kind != CPE_TEXT)) {
		judge_cna(j);
	} else if (j->statement->kind == MATCH_KIND_VEX) {
		bool uncertain = false, open = criteria.values[CPE_VERSION].kind != CPE_TEXT;

		j->verdict->rule = MATCH_RULE_VEX;
		if (hold_names(j, &criteria, -1, &uncertain) != CPE_UNAFFECTED)
			say_status(j, open ? N_("the document names no version") : "");
	} else if (j->statement->kind != MATCH_KIND_CPE || !is_platform(j->statement)) {
		judge_criteria(j, &criteria, platforms, count);
	}
	cpe_release(&criteria);
}

static void judge_names(struct judge *j, const struct cpe *platforms, size_t count)
{
	struct match_verdict best = *j->verdict;

	for (size_t i = 0; i < j->statement->cpe_count; i++) {
		*j->verdict = (struct match_verdict){ MATCH_NONE, MATCH_RULE_CPE, false, false, -1, "" };
		judge_name(j, j->statement->cpes[i], platforms, count);
		if (j->verdict->answer > best.answer)
			best = *j->verdict;
	}
	*j->verdict = best;
}

/* ---- by vendor and product name alone */

static void judge_plain(struct judge *j)
{
	if (j->statement->kind == MATCH_KIND_CNA && j->statement->count) {
		judge_cna(j);
		if (j->verdict->answer == MATCH_YES || j->verdict->answer == MATCH_NOT)
			say(j, j->verdict->answer, N_("found by the names of vendor and product"));
		return;
	}
	j->verdict->rule = MATCH_RULE_NAME;
	say(j, MATCH_WEAK, N_("found by the names of vendor and product"));
}

void match_judge(const struct match_item *item, const struct match_statement *statement, const struct cpe *platforms,
		 size_t platform_count, struct match_verdict *ret)
{
	struct judge j = { item, statement, ret };

	*ret = (struct match_verdict){ MATCH_NONE, MATCH_RULE_PACKAGE, false, false, -1, "" };
	if (str_starts(item->key, "cpe:")) {
		judge_names(&j, platforms, platform_count);
	} else if (str_starts(item->key, "name:")) {
		judge_plain(&j);
	} else if (statement->kind == MATCH_KIND_CNA) {
		judge_cna(&j);
	} else if (statement->kind == MATCH_KIND_VEX) {
		ret->rule = MATCH_RULE_VEX;
		judge_vex_purl(&j);
	} else {
		judge_package(&j);
	}
}

/* ---- the range in words */

static void add_bounds(const struct match_range *range, struct str *ret)
{
	if (range->from && range->to && range->through && str_equal(range->from, range->to)) {
		str_add_format(ret, "= %s", range->from);
		return;
	}
	if (range->from)
		str_add_format(ret, "%s %s", range->after ? ">" : ">=", range->from);
	if (range->to)
		str_add_format(ret, "%s%s %s", range->from ? ", " : "", range->through ? "<=" : "<", range->to);
	if (!range->from && !range->to)
		str_add(ret, "*");
}

void match_range_text(const struct match_statement *statement, const struct match_verdict *verdict, struct str *ret)
{
	const struct match_range *range = verdict->range >= 0 ? &statement->ranges[verdict->range] : NULL;

	if (range) {
		add_bounds(range, ret);
		if (range->scheme)
			str_add_format(ret, " (%s)", range->scheme);
	} else if (statement->purl) {
		str_add(ret, statement->purl);
	} else if (statement->cpe_count) {
		str_add(ret, statement->cpes[0]);
	}
}
