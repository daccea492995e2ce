/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals as mathematics writes them, in Maven and in NuGet: "[1.0,2.0)", "(,1.0]", "[1.2]",
 * several of them with commas between. They differ in what a bare version means.
 */
#include <string.h>

#include "range_private.h"

struct interval {
	bool has_low, has_high, low_in, high_in;
	char low[VERSION_LENGTH_MAX + 1], high[VERSION_LENGTH_MAX + 1];
};

static struct span trim(struct span text)
{
	while (text.length && is_space(*text.at))
		text.at++, text.length--;
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

static int copy(const struct range_question *q, struct span text, char *ret, bool *ret_has,
		struct error *err)
{
	text = trim(text);
	if (text.length > VERSION_LENGTH_MAX)
		return range_refuse(err, q->range, _("a version is longer than %d characters"),
				    VERSION_LENGTH_MAX);
	memcpy(ret, text.at, text.length);
	ret[text.length] = '\0';
	*ret_has = text.length > 0;
	return 0;
}

/* INNER is what stands between the brackets. */
static int read_bounds(const struct range_question *q, struct span inner, struct interval *ret,
		       struct error *err)
{
	const char *comma = inner.length ? memchr(inner.at, ',', inner.length) : NULL;
	struct span low = inner, high = inner;
	int code, order;

	if (comma) {
		low.length = (size_t)(comma - inner.at);
		high = (struct span){comma + 1, inner.length - low.length - 1};
		if (memchr(high.at, ',', high.length))
			return range_refuse(err, q->range, _("an interval has more than two ends"));
	} else if (!ret->low_in || !ret->high_in || trim(inner).length == 0) {
		return range_refuse(err, q->range, _("a single version stands between [ and ]"));
	}
	code = copy(q, low, ret->low, &ret->has_low, err);
	if (code == 0)
		code = copy(q, high, ret->high, &ret->has_high, err);
	if (code < 0 || !ret->has_low || !ret->has_high)
		return code;
	code = version_compare(q->scheme, ret->low, ret->high, &order, err);
	if (code == 0 && order > 0)
		return range_refuse(err, q->range, _("an interval ends before it begins"));
	return code;
}

/* The next interval of REST, which begins with its bracket. */
static int take_interval(const struct range_question *q, struct span *rest, struct interval *ret,
			 struct error *err)
{
	size_t end = 1;

	*ret = (struct interval){.low_in = *rest->at == '['};
	if (*rest->at != '[' && *rest->at != '(')
		return range_refuse(err, q->range, _("an interval begins with [ or ("));
	while (end < rest->length && rest->at[end] != ']' && rest->at[end] != ')')
		end++;
	if (end == rest->length)
		return range_refuse(err, q->range, _("an interval is not closed"));
	ret->high_in = rest->at[end] == ']';
	if (read_bounds(q, (struct span){rest->at + 1, end - 1}, ret, err) < 0)
		return ERR_NO;
	rest->at += end + 1;
	rest->length -= end + 1;
	return 0;
}

static int record_interval(struct range_sink *sink, const struct interval *interval,
			   struct error *err)
{
	if (interval->has_low && range_sink_bound(sink, interval->low_in ? OP_GE : OP_GT,
						  interval->low, err) < 0)
		return ERR_NO;
	if (interval->has_high && range_sink_bound(sink, interval->high_in ? OP_LE : OP_LT,
						   interval->high, err) < 0)
		return ERR_NO;
	return range_sink_end(sink, err);
}

static int interval_holds(const struct range_question *q, const struct interval *interval,
			  bool *ret, struct error *err)
{
	bool holds = true;
	int order;

	if (q->sink)
		return record_interval(q->sink, interval, err);
	if (interval->has_low) {
		if (version_compare(q->scheme, q->version, interval->low, &order, err) < 0)
			return ERR_NO;
		holds = interval->low_in ? order >= 0 : order > 0;
	}
	if (interval->has_high) {
		if (version_compare(q->scheme, q->version, interval->high, &order, err) < 0)
			return ERR_NO;
		holds = holds && (interval->high_in ? order <= 0 : order < 0);
	}
	*ret = holds;
	return 0;
}

static int intervals_hold(const struct range_question *q, struct span rest, bool *ret,
			  struct error *err)
{
	bool in = false, one = false;

	while (rest.length) {
		struct interval interval;

		if (take_interval(q, &rest, &interval, err) < 0 ||
		    interval_holds(q, &interval, &one, err) < 0)
			return ERR_NO;
		in = in || one;
		rest = trim(rest);
		if (rest.length && *rest.at == ',')
			rest = trim((struct span){rest.at + 1, rest.length - 1});
	}
	*ret = in;
	return 0;
}

/* A bare version of Maven is a wish that every version satisfies: it tells nothing. */
static int maven_bare(const struct range_question *q, const char *bound, bool *ret,
		      struct error *err)
{
	int order;

	if (version_compare(q->scheme, q->version, bound, &order, err) < 0)
		return ERR_NO;
	*ret = true;
	if (order == 0 && !q->sink)
		return 0;
	return range_refuse(
		err, q->range,
		_("a bare version only recommends in Maven; [%.80s] is that version alone"), bound);
}

/* In NuGet it is the lowest that may be taken. */
static int nuget_bare(const struct range_question *q, const char *bound, bool *ret,
		      struct error *err)
{
	int order;

	if (strchr(bound, '*'))
		return range_refuse(err, q->range,
				    _("a floating version names the newest, not a range"));
	if (version_compare(q->scheme, q->version, bound, &order, err) < 0)
		return ERR_NO;
	*ret = order >= 0;
	if (!q->sink)
		return 0;
	if (range_sink_bound(q->sink, OP_GE, bound, err) < 0)
		return ERR_NO;
	return range_sink_end(q->sink, err);
}

static int alternative_holds(const struct range_question *q, struct span text,
			     int (*bare)(const struct range_question *, const char *, bool *,
					 struct error *),
			     bool *ret, struct error *err)
{
	char bound[VERSION_LENGTH_MAX + 1];
	bool has;

	if (text.length == 0)
		return range_refuse(err, q->range, _("a part of it is empty"));
	if (version_check(q->scheme, q->version, err) < 0)
		return ERR_NO;
	if (*text.at == '[' || *text.at == '(')
		return intervals_hold(q, text, ret, err);
	if (copy(q, text, bound, &has, err) < 0)
		return ERR_NO;
	return bare(q, bound, ret, err);
}

static int range_interval(const struct range_question *q,
			  int (*bare)(const struct range_question *, const char *, bool *,
				      struct error *),
			  bool *ret, struct error *err)
{
	struct span rest = span_trim(q->range), text;
	bool in = false, one = false;

	if (rest.length && strchr("<>=!", *rest.at))
		return range_terms(q, ret, err);
	while (range_split(&rest, "||", &text)) {
		if (alternative_holds(q, trim(text), bare, &one, err) < 0)
			return ERR_NO;
		in = in || one;
	}
	*ret = in;
	return 0;
}

int range_interval_maven(const struct range_question *q, bool *ret, struct error *err)
{
	return range_interval(q, maven_bare, ret, err);
}

int range_interval_nuget(const struct range_question *q, bool *ret, struct error *err)
{
	return range_interval(q, nuget_bare, ret, err);
}
