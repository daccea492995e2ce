/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ranges of records: OSV's events and the versions of CVE records, on plain structs that a
 * reader of the formats fills.
 */
#include <string.h>

#include "range_private.h"

/* ---- OSV */

/*
 * The events sorted by version and gone through up to VERSION leave the state that the last one
 * not behind VERSION sets; of equal ones the later in the list. So nothing need be sorted: the
 * greatest is kept.
 */
struct osv_state {
	const struct version_scheme *scheme;
	const char *version;
	const char *greatest; /* the version of the event that counts; NULL: none yet */
	bool affected;
};

static bool is_zero_event(const struct osv_event *event)
{
	return event->kind == OSV_INTRODUCED && strcmp(event->version, "0") == 0;
}

/* Whether EVENT has happened at the version asked for. */
static int event_counts(const struct osv_state *state, const struct osv_event *event, bool *ret,
			struct error *err)
{
	int order;

	if (is_zero_event(event)) {
		*ret = true;
		return 0;
	}
	if (version_compare(state->scheme, state->version, event->version, &order, err) < 0)
		return ERR_NO;
	*ret = event->kind == OSV_LAST_AFFECTED ? order > 0 : order >= 0;
	return 0;
}

static int apply_event(struct osv_state *state, const struct osv_event *event, struct error *err)
{
	bool counts = false;
	int order = 1;

	if (event_counts(state, event, &counts, err) < 0)
		return ERR_NO;
	if (!counts || (is_zero_event(event) && state->greatest))
		return 0;
	if (state->greatest && strcmp(state->greatest, "0") != 0 &&
	    version_compare(state->scheme, event->version, state->greatest, &order, err) < 0)
		return ERR_NO;
	if (order >= 0) {
		state->greatest = event->version;
		state->affected = event->kind == OSV_INTRODUCED;
	}
	return 0;
}

/* Without limits every version is before them; else one limit is enough. */
static int before_limits(const struct version_scheme *scheme, const struct osv_range *range,
			 const char *version, bool *ret, struct error *err)
{
	bool any = false, before = false;
	size_t i;
	int order;

	for (i = 0; i < range->count; i++) {
		const struct osv_event *event = &range->events[i];

		if (event->kind != OSV_LIMIT)
			continue;
		any = true;
		if (strcmp(event->version, "*") == 0)
			before = true;
		else if (version_compare(scheme, version, event->version, &order, err) < 0)
			return ERR_NO;
		else
			before = before || order < 0;
	}
	*ret = before || !any;
	return 0;
}

static int osv_range_contains(const struct version_scheme *scheme, const struct osv_range *range,
			      const char *version, bool *ret, struct error *err)
{
	struct osv_state state = {.scheme = scheme, .version = version};
	bool before = false;
	size_t i;

	if (version_check(scheme, version, err) < 0 ||
	    before_limits(scheme, range, version, &before, err) < 0)
		return ERR_NO;
	for (i = 0; i < range->count; i++)
		if (range->events[i].kind != OSV_LIMIT &&
		    apply_event(&state, &range->events[i], err) < 0)
			return ERR_NO;
	*ret = before && state.affected;
	return 0;
}

static const struct version_scheme *osv_scheme(const struct osv_affected *affected,
					       enum osv_range_type type)
{
	static const char *const fixed[] = {
		[OSV_SEMVER] = "semver", [OSV_ECOSYSTEM] = NULL, [OSV_GIT] = "git"};
	const struct version_scheme *scheme = version_scheme_find(affected->ecosystem);

	if (!fixed[type])
		return scheme;
	/* Go's versions are SemVer with a "v" or without, and may leave numbers out. */
	if (type == OSV_SEMVER && scheme && strcmp(version_scheme_name(scheme), "golang") == 0)
		return scheme;
	return version_scheme_find(fixed[type]);
}

static bool is_listed(const struct osv_affected *affected, const char *version)
{
	const struct version_scheme *scheme = version_scheme_find(affected->ecosystem);
	size_t i;
	int order;

	for (i = 0; i < affected->version_count; i++)
		if (strcmp(affected->versions[i], version) == 0 ||
		    (scheme && !scheme->uncertain &&
		     version_compare(scheme, affected->versions[i], version, &order, NULL) == 0 &&
		     order == 0))
			return true;
	return false;
}

int osv_contains(const struct osv_affected *affected, const char *version, enum range_answer *ret,
		 bool *ret_uncertain, struct error *err)
{
	bool unknown = false, uncertain = false;
	size_t i;

	*ret = RANGE_IN;
	if (ret_uncertain)
		*ret_uncertain = false;
	if (is_listed(affected, version))
		return 0;
	for (i = 0; i < affected->range_count; i++) {
		const struct version_scheme *scheme =
			osv_scheme(affected, affected->ranges[i].type);
		bool in = false;

		if (!scheme) {
			unknown = true;
			range_refuse(err, affected->ecosystem,
				     _("the order of its versions is not known"));
		} else if (osv_range_contains(scheme, &affected->ranges[i], version, &in, err) <
			   0) {
			unknown = true;
		}
		uncertain = uncertain || (scheme && scheme->uncertain);
		if (in)
			break;
	}
	if (ret_uncertain)
		*ret_uncertain = uncertain;
	if (i < affected->range_count)
		return 0;
	*ret = unknown ? RANGE_UNKNOWN : RANGE_OUT;
	return unknown ? ERR_NO : 0;
}

/* ---- CVE records */

struct judge {
	const struct version_scheme *scheme;
	const char *version;
	bool uncertain;
};

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (str_casecmp(word, *words) == 0)
			return true;
	return false;
}

/* How records say that a range has no beginning. */
static bool is_beginning(const char *version)
{
	static const char *const words[] = {"0", "*", "-", "", "n/a", "unspecified", "all", NULL};

	return is_one_of(version, words);
}

/* Compares in the scheme of the entry, or generically where a version is none there. */
static int judge_order(struct judge *judge, const char *bound, int *ret, struct error *err)
{
	const struct version_scheme *generic = version_scheme_find("generic");

	if (version_compare(judge->scheme, judge->version, bound, ret, NULL) == 0) {
		judge->uncertain = judge->uncertain || judge->scheme->uncertain;
		return 0;
	}
	if (strcmp(judge->scheme->name, "git") == 0)
		return version_compare(judge->scheme, judge->version, bound, ret, err);
	judge->uncertain = true;
	return version_compare(generic, judge->version, bound, ret, err);
}

/* "5.4.*" as an end: whether VERSION begins with what stands before the star. */
static bool in_series(const char *version, const char *bound)
{
	size_t length = strlen(bound);

	return length >= 2 && strcmp(bound + length - 2, ".*") == 0 &&
	       strncmp(version, bound, length - 2) == 0 && !is_digit(version[length - 2]);
}

static int before_end(struct judge *judge, const char *bound, bool included, bool *ret,
		      struct error *err)
{
	AUTO_STRING series = NULL;
	size_t length = strlen(bound);
	int order;

	*ret = true;
	if (strcmp(bound, "*") == 0)
		return 0;
	if (length >= 2 && strcmp(bound + length - 2, ".*") == 0) {
		*ret = included && in_series(judge->version, bound);
		if (in_series(judge->version, bound))
			return 0;
		series = mem_copy(bound, length - 2);
		bound = series;
	}
	if (judge_order(judge, bound, &order, err) < 0)
		return ERR_NO;
	*ret = order < 0 || (included && order == 0);
	return 0;
}

/* Free text such as ">= 1.0, < 1.2" where one version belongs. */
static int judge_text(struct judge *judge, const char *text, bool *ret, struct error *err)
{
	struct range_question q = {judge->scheme, text, judge->version, 0, NULL};
	int code = range_terms(&q, ret, NULL);

	judge->uncertain = true;
	if (code == 0)
		return 0;
	q.scheme = version_scheme_find("generic");
	return range_terms(&q, ret, err);
}

static int judge_single(struct judge *judge, const struct cve_version *entry, bool *ret,
			struct error *err)
{
	const char *text = entry->version;
	int order;

	*ret = true;
	if (strcmp(text, "*") == 0 || strcmp(text, judge->version) == 0)
		return 0;
	if (strchr("<>=", *text) && *text)
		return judge_text(judge, text, ret, err);
	*ret = in_series(judge->version, text);
	if (*ret)
		return 0;
	if (is_beginning(text) && strcmp(text, "0") != 0)
		return version_refuse(err, text, _("it names no version"));
	if (judge_order(judge, text, &order, err) < 0)
		return ERR_NO;
	*ret = order == 0;
	return 0;
}

static int judge_entry(struct judge *judge, const struct cve_version *entry, bool *ret,
		       struct error *err)
{
	const char *end = entry->less_than ? entry->less_than : entry->less_than_or_equal;
	int order;

	if (!end)
		return judge_single(judge, entry, ret, err);
	if (!is_beginning(entry->version)) {
		if (judge_order(judge, entry->version, &order, err) < 0)
			return ERR_NO;
		*ret = order >= 0;
		if (order < 0)
			return 0;
	}
	return before_end(judge, end, !entry->less_than, ret, err);
}

/* The latest change that is not behind the version. */
static int judge_changes(struct judge *judge, const struct cve_version *entry, enum cve_status *ret,
			 struct error *err)
{
	const char *latest = NULL;
	size_t i;

	*ret = entry->status;
	for (i = 0; i < entry->change_count; i++) {
		struct judge between = *judge;
		int order;

		if (judge_order(judge, entry->changes[i].at, &order, err) < 0)
			return ERR_NO;
		if (order < 0)
			continue;
		between.version = entry->changes[i].at;
		if (latest && (judge_order(&between, latest, &order, err) < 0 || order < 0))
			continue;
		latest = entry->changes[i].at;
		*ret = entry->changes[i].status;
	}
	return 0;
}

static const struct version_scheme *entry_scheme(const struct cve_affected *affected,
						 const struct cve_version *entry)
{
	const struct version_scheme *scheme = entry->type ? version_scheme_find(entry->type) : NULL;

	if ((!scheme || scheme->uncertain) && affected->ecosystem) {
		const struct version_scheme *named = version_scheme_find(affected->ecosystem);

		scheme = named ? named : scheme;
	}
	return scheme ? scheme : version_scheme_find("generic");
}

int cve_judge(const struct cve_affected *affected, const char *version, struct cve_verdict *ret,
	      struct error *err)
{
	bool unknown = false;
	size_t i;

	for (i = 0; i < affected->count; i++) {
		const struct cve_version *entry = &affected->versions[i];
		struct judge judge = {entry_scheme(affected, entry), version, false};
		enum cve_status status = CVE_UNKNOWN;
		bool holds = false;

		if (judge_entry(&judge, entry, &holds, err) < 0 ||
		    (holds && judge_changes(&judge, entry, &status, err) < 0)) {
			unknown = true;
			continue;
		}
		if (!holds)
			continue;
		/* An entry before it that could not be evaluated might have held it. */
		*ret = (struct cve_verdict){status, judge.uncertain || unknown, (long)i};
		return 0;
	}
	*ret = (struct cve_verdict){unknown ? CVE_UNKNOWN : affected->default_status, unknown, -1};
	return unknown ? ERR_NO : 0;
}
