/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a reading of a rule ends. Hours are elapsed time. All else is counted in days of the rule's
 * zone: the day of the trigger is not counted, the last day counts to its end (so do the Chinese
 * civil rules and Regulation 1182/71; a row that is read otherwise has a reading in hours beside).
 */
#include "psirtty/model/clock.h"

enum { DAY_END = 86399, SEARCH_LIMIT = 40000 }; /* days a search may take: a calendar may have no working day */

struct counting {
	const struct clock_rule *rule;
	const struct clock_reading *reading;
	bool uncertain;
};

static bool working(struct counting *c, int64_t day)
{
	return holidays_working(c->reading->holidays, day, &c->uncertain);
}

static int64_t next_working(struct counting *c, int64_t day)
{
	for (int i = 0; i < SEARCH_LIMIT && !working(c, day); i++)
		day++;
	return day;
}

static int64_t working_days(struct counting *c, int64_t day)
{
	for (int i = 0; i < c->reading->count; i++)
		day = next_working(c, day + 1);
	return day;
}

/* Office hours count, from START on. */
static instant working_hours(struct counting *c, instant start)
{
	const char *zone = c->rule->zone;
	instant left = c->reading->count * INSTANT_HOUR;
	int64_t day = zone_day(zone, start);

	for (int i = 0; i < SEARCH_LIMIT; i++) {
		instant from, to;

		day = next_working(c, day);
		from = zone_instant(zone, day, c->rule->from_hour * 3600);
		to = zone_instant(zone, day, c->rule->to_hour * 3600);
		from = from > start ? from : start;
		if (from + left <= to)
			return from + left;
		left -= to > from ? to - from : 0;
		day++;
	}
	return start;
}

static int64_t last_day(struct counting *c, int64_t day)
{
	int count = c->reading->count;

	switch (c->reading->unit) {
	case UNIT_WORKING_DAYS: return working_days(c, day);
	case UNIT_MONTHS: return date_add_months(day, count);
	case UNIT_YEARS: return date_add_months(day, 12 * count);
	default: return day + count;
	}
}

instant clock_due_at(const struct clock_rule *rule, const struct clock_reading *reading, instant start,
		     bool *ret_uncertain)
{
	struct counting c = { rule, reading, false };
	instant at = start;

	if (reading->unit == UNIT_HOURS) {
		at = start + reading->count * INSTANT_HOUR;
	} else if (reading->unit == UNIT_WORKING_HOURS) {
		at = working_hours(&c, start);
	} else if (reading->unit != UNIT_AT_ONCE) {
		int64_t day = last_day(&c, zone_day(rule->zone, start));

		if (reading->roll)
			day = next_working(&c, day);
		at = zone_instant(rule->zone, day, DAY_END);
	}
	*ret_uncertain = c.uncertain;
	return at;
}

struct clock_due clock_due(const struct clock_rule *rule, const struct clock_reading *reading,
			   instant start)
{
	bool uncertain;
	instant at = clock_due_at(rule, reading, start, &uncertain);

	return (struct clock_due){ zone_at(rule->zone, at), uncertain };
}
