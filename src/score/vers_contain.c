/* SPDX-License-Identifier: Apache-2.0 */
/* What a version range contains: the sorted constraints read as intervals on the line of versions.
 */
#include "psirtty/score/vers.h"

#include "psirtty/base/i18n.h"

/* LOW and HIGH are borrowed; NULL is without end. */
struct interval {
	const char *low, *high;
	bool low_in, high_in;
};

static bool goes_up(const struct vers_constraint *c)
{
	return c->comparator == VERS_GREATER || c->comparator == VERS_GREATER_EQUAL;
}

static bool goes_down(const struct vers_constraint *c)
{
	return c->comparator == VERS_LESS || c->comparator == VERS_LESS_EQUAL;
}

static const struct version_scheme *order_of(const struct vers *vers)
{
	return vers->scheme && !vers->uncertain ? vers->scheme : version_scheme_find("generic");
}

/* The index of the next ">", ">=", "<" or "<=" from AT on. */
static size_t next_bound(const struct vers *vers, size_t at)
{
	while (at < vers->count && !goes_up(&vers->constraints[at]) &&
	       !goes_down(&vers->constraints[at]))
		at++;
	return at;
}

/* Moves *AT past the constraints of the next interval; false when there is none. "!=" is left out.
 */
static bool next_interval(const struct vers *vers, size_t *at, struct interval *ret)
{
	const struct vers_constraint *one, *next;
	size_t behind;

	while (*at < vers->count && vers->constraints[*at].comparator == VERS_NOT_EQUAL)
		++*at;
	if (*at >= vers->count)
		return false;
	one = &vers->constraints[(*at)++];
	if (one->comparator == VERS_ANY) {
		*ret = (struct interval){NULL, NULL, false, false};
	} else if (one->comparator == VERS_EQUAL) {
		*ret = (struct interval){one->version, one->version, true, true};
	} else if (goes_down(one)) {
		*ret = (struct interval){NULL, one->version, false,
					 one->comparator == VERS_LESS_EQUAL};
	} else {
		*ret = (struct interval){one->version, NULL, one->comparator == VERS_GREATER_EQUAL,
					 false};
		behind = next_bound(vers, *at);
		next = behind < vers->count ? &vers->constraints[behind] : NULL;
		if (next && goes_down(next)) {
			ret->high = next->version;
			ret->high_in = next->comparator == VERS_LESS_EQUAL;
			*at = behind + 1;
		}
	}
	return true;
}

enum { UNORDERED = 2 };

static int compare(const struct version_scheme *scheme, const char *a, const char *b)
{
	int order = 0;

	return version_compare(scheme, a, b, &order, NULL) < 0 ? UNORDERED : order;
}

static bool interval_has(const struct version_scheme *scheme, const struct interval *interval,
			 const char *version)
{
	int low = interval->low ? compare(scheme, version, interval->low) : 1;
	int high = interval->high ? compare(scheme, version, interval->high) : -1;

	return (low == 1 || (low == 0 && interval->low_in)) &&
	       (high == -1 || (high == 0 && interval->high_in));
}

/* True when only "!=" stands in the range: it is everything else then. */
static bool only_excludes(const struct vers *vers)
{
	size_t i;

	for (i = 0; i < vers->count; i++)
		if (vers->constraints[i].comparator != VERS_NOT_EQUAL)
			return false;
	return true;
}

static bool excludes(const struct vers *vers, const struct version_scheme *scheme,
		     const char *version)
{
	size_t i;

	for (i = 0; i < vers->count; i++)
		if (vers->constraints[i].comparator == VERS_NOT_EQUAL &&
		    compare(scheme, version, vers->constraints[i].version) == 0)
			return true;
	return false;
}

/* Commits, say, have no order: what a bound among them means for VERSION cannot be told. */
static int check_comparable(const struct vers *vers, const struct version_scheme *scheme,
			    const char *version, struct error *err)
{
	size_t i;
	int order;

	for (i = 0; i < vers->count; i++)
		if ((goes_up(&vers->constraints[i]) || goes_down(&vers->constraints[i])) &&
		    version_compare(scheme, version, vers->constraints[i].version, &order, err) < 0)
			return ERR_NO;
	return 0;
}

int vers_contains(const struct vers *vers, const char *version, bool *ret, struct error *err)
{
	const struct version_scheme *scheme = order_of(vers);
	struct interval interval;
	size_t at = 0;
	bool in;

	if (vers->constraints[0].comparator == VERS_ANY) {
		*ret = !str_equal(vers->type, "none");
		return 0;
	}
	if (!scheme)
		return error_set(err, ERR_NO, vers->type, NULL,
				 _("no order of versions is known for it"));
	if (version_check(scheme, version, err) < 0 ||
	    check_comparable(vers, scheme, version, err) < 0)
		return ERR_NO;
	in = only_excludes(vers);
	while (!in && next_interval(vers, &at, &interval))
		in = interval_has(scheme, &interval, version);
	*ret = in && !excludes(vers, scheme, version);
	return 0;
}

bool vers_open_end(const struct vers *vers)
{
	size_t i = vers->count;

	if (str_equal(vers->type, "none"))
		return false;
	if (only_excludes(vers))
		return true;
	while (i > 0 && vers->constraints[i - 1].comparator == VERS_NOT_EQUAL)
		i--;
	return vers->constraints[i - 1].comparator == VERS_ANY ||
	       goes_up(&vers->constraints[i - 1]);
}

/* The later low end before the earlier high end, or both at one version that is in both. */
static bool intervals_meet(const struct version_scheme *scheme, const struct interval *a,
			   const struct interval *b)
{
	int first = a->low && b->high ? compare(scheme, a->low, b->high) : -1;
	int second = b->low && a->high ? compare(scheme, b->low, a->high) : -1;

	return (first == -1 || (first == 0 && a->low_in && b->high_in)) &&
	       (second == -1 || (second == 0 && b->low_in && a->high_in));
}

static bool single_excluded(const struct vers *vers, const struct version_scheme *scheme,
			    const struct interval *interval)
{
	return interval->low && interval->low == interval->high &&
	       excludes(vers, scheme, interval->low);
}

bool vers_overlap(const struct vers *a, const struct vers *b)
{
	const struct version_scheme *scheme = order_of(a->uncertain ? a : b);
	struct interval one, two;
	size_t i = 0, j;
	bool whole_a = only_excludes(a), whole_b = only_excludes(b);

	if (!str_equal(a->type, b->type) || str_equal(a->type, "none"))
		return false;
	if (!scheme || whole_a || whole_b)
		return true;
	while (next_interval(a, &i, &one))
		for (j = 0; next_interval(b, &j, &two);)
			if (intervals_meet(scheme, &one, &two) &&
			    !single_excluded(b, scheme, &one) && !single_excluded(a, scheme, &two))
				return true;
	return false;
}
