/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals of versions: bounds narrow the alternative at hand, alternatives add up. All lists are
 * sorted and their intervals apart, so that both are one walk along two lists.
 */
#include "range_set.h"

#include <string.h>

#include "psirtty/base/mem.h"

/* Every bound is compared with all intervals before it. */
enum { BOUNDS_MAX = 2048 };

static const struct range_interval everything = {NULL, NULL, false, false};

static void push(struct range_set *set, struct range_interval interval)
{
	set->list = mem_grow(set->list, &set->room, set->count + 1, sizeof(*set->list));
	set->list[set->count++] = interval;
}

static void release(struct range_set *set)
{
	free(set->list);
	*set = (struct range_set){NULL, 0, 0};
}

/* SET becomes BY, which is emptied. */
static void replace(struct range_set *set, struct range_set *by)
{
	free(set->list);
	*set = *by;
	*by = (struct range_set){NULL, 0, 0};
}

void range_sink_init(struct range_sink *sink, const struct version_scheme *scheme,
		     const char *range)
{
	*sink = (struct range_sink){.scheme = scheme, .range = range};
	push(&sink->now, everything);
}

void range_sink_release(struct range_sink *sink)
{
	size_t i;

	release(&sink->done);
	release(&sink->now);
	release(&sink->choice);
	for (i = 0; i < sink->count; i++)
		free(sink->versions[i]);
	free(sink->versions);
}

void range_sink_drop(struct range_sink *sink)
{
	sink->choice.count = 0;
	sink->now.count = 0;
	push(&sink->now, everything);
}

void range_sink_reset(struct range_sink *sink)
{
	sink->done.count = 0;
	range_sink_drop(sink);
}

/* ---- orders of ends */

static int order_of(struct range_sink *sink, const char *a, const char *b)
{
	int order = 0;

	if (version_compare(sink->scheme, a, b, &order, NULL) < 0)
		sink->unordered = true;
	return order;
}

bool range_sink_same(struct range_sink *sink, const char *a, const char *b)
{
	return order_of(sink, a, b) == 0;
}

static int low_order(struct range_sink *sink, const struct range_interval *a,
		     const struct range_interval *b)
{
	int order;

	if (!a->low || !b->low)
		return (a->low != NULL) - (b->low != NULL);
	order = order_of(sink, a->low, b->low);
	return order ? order : (int)b->low_in - (int)a->low_in;
}

static int high_order(struct range_sink *sink, const struct range_interval *a,
		      const struct range_interval *b)
{
	int order;

	if (!a->high || !b->high)
		return (a->high == NULL) - (b->high == NULL);
	order = order_of(sink, a->high, b->high);
	return order ? order : (int)a->high_in - (int)b->high_in;
}

static bool is_empty(struct range_sink *sink, const struct range_interval *interval)
{
	int order;

	if (!interval->low || !interval->high)
		return false;
	order = order_of(sink, interval->low, interval->high);
	return order > 0 || (order == 0 && !(interval->low_in && interval->high_in));
}

/* ---- both, either */

static void narrow(struct range_sink *sink, struct range_set *set, const struct range_set *by)
{
	struct range_set both = {NULL, 0, 0};
	size_t i = 0, j = 0;

	while (i < set->count && j < by->count) {
		const struct range_interval *a = &set->list[i], *b = &by->list[j];
		const struct range_interval *low = low_order(sink, a, b) >= 0 ? a : b;
		bool a_first = high_order(sink, a, b) <= 0;
		const struct range_interval *high = a_first ? a : b;
		struct range_interval one = {low->low, high->high, low->low_in, high->high_in};

		if (!is_empty(sink, &one))
			push(&both, one);
		if (a_first)
			i++;
		else
			j++;
	}
	replace(set, &both);
}

/* B, which does not begin before A, leaves no version out between them. */
static bool is_joined(struct range_sink *sink, const struct range_interval *a,
		      const struct range_interval *b)
{
	int order;

	if (!a->high || !b->low)
		return true;
	order = order_of(sink, b->low, a->high);
	return order < 0 || (order == 0 && (a->high_in || b->low_in));
}

static void join(struct range_sink *sink, struct range_set *set, const struct range_interval *one)
{
	struct range_interval *last = set->count ? &set->list[set->count - 1] : NULL;

	if (!last || !is_joined(sink, last, one)) {
		push(set, *one);
	} else if (high_order(sink, last, one) < 0) {
		last->high = one->high;
		last->high_in = one->high_in;
	}
}

static void widen(struct range_sink *sink, struct range_set *set, const struct range_set *by)
{
	struct range_set either = {NULL, 0, 0};
	size_t i = 0, j = 0;

	while (i < set->count || j < by->count) {
		bool first = j == by->count ||
			     (i < set->count && low_order(sink, &set->list[i], &by->list[j]) <= 0);

		join(sink, &either, first ? &set->list[i++] : &by->list[j++]);
	}
	replace(set, &either);
}

/* ---- recording */

/* A copy that lives as long as the sink. */
static int keep(struct range_sink *sink, const char *version, const char **ret, struct error *err)
{
	if (version_check(sink->scheme, version, err) < 0)
		return ERR_NO;
	if (sink->count == BOUNDS_MAX)
		return range_refuse(err, sink->range, _("it has more than %d bounds"), BOUNDS_MAX);
	sink->versions =
		mem_grow(sink->versions, &sink->room, sink->count + 1, sizeof(*sink->versions));
	sink->versions[sink->count] = mem_string(version);
	*ret = sink->versions[sink->count++];
	return 0;
}

/* Leaves what is before LOW or behind HIGH. */
static void leave_outside(struct range_sink *sink, struct range_interval low,
			  struct range_interval high)
{
	struct range_interval both[] = {low, high};
	struct range_set outside = {both, 2, 2};

	narrow(sink, &sink->now, &outside);
}

int range_sink_bound(struct range_sink *sink, enum range_op op, const char *version,
		     struct error *err)
{
	const char *kept;
	struct range_interval one = everything;
	struct range_set by = {&one, 1, 1};

	if (keep(sink, version, &kept, err) < 0)
		return ERR_NO;
	if (op == OP_NE) {
		leave_outside(sink, (struct range_interval){NULL, kept, false, false},
			      (struct range_interval){kept, NULL, false, false});
		return 0;
	}
	if (op == OP_EQ || op == OP_GT || op == OP_GE)
		one.low = kept;
	if (op == OP_EQ || op == OP_LT || op == OP_LE)
		one.high = kept;
	one.low_in = op == OP_EQ || op == OP_GE;
	one.high_in = op == OP_EQ || op == OP_LE;
	narrow(sink, &sink->now, &by);
	return 0;
}

int range_sink_outside(struct range_sink *sink, const char *low, const char *high,
		       struct error *err)
{
	const char *from, *to;

	if (keep(sink, low, &from, err) < 0 || keep(sink, high, &to, err) < 0)
		return ERR_NO;
	leave_outside(sink, (struct range_interval){NULL, from, false, false},
		      (struct range_interval){to, NULL, true, false});
	return 0;
}

int range_sink_choice(struct range_sink *sink, const char *version, struct error *err)
{
	struct range_interval one = {NULL, NULL, true, true};
	struct range_set by = {&one, 1, 1};

	if (keep(sink, version, &one.low, err) < 0)
		return ERR_NO;
	one.high = one.low;
	widen(sink, &sink->choice, &by);
	return 0;
}

void range_sink_nothing(struct range_sink *sink)
{
	sink->now.count = 0;
}

int range_sink_end(struct range_sink *sink, struct error *err)
{
	if (sink->choice.count)
		narrow(sink, &sink->now, &sink->choice);
	widen(sink, &sink->done, &sink->now);
	range_sink_drop(sink);
	if (sink->unordered)
		return range_refuse(err, sink->range, _("the order of its versions is not known"));
	return 0;
}

void range_add_next(struct span number, struct str *ret)
{
	size_t from = ret->length, at;

	str_add_bytes(ret, number.at, number.length);
	for (at = ret->length; at > from; at--) {
		if (ret->bytes[at - 1] != '9') {
			ret->bytes[at - 1]++;
			return;
		}
		ret->bytes[at - 1] = '0';
	}
	/* Nines alone: one more digit, and the first is a one. */
	str_add_char(ret, number.length ? '0' : '1');
	ret->bytes[from] = '1';
}
