/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of data/clocks.yaml, reading by reading: when it ends, in its zone. */
#include "tests/unit/clock_world.h"
#include "tests/unit/tap.h"

static const struct row { const char *id, *reading, *start, *due; bool uncertain; } rows[] = {
#include "tests/unit/clock_due_rows.h"
};

static const struct clock_reading *reading_of(const struct clock_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->reading_count; i++)
		if (str_equal(rule->readings[i].name, name))
			return &rule->readings[i];
	return NULL;
}

static void check_row(const struct clock_rules *rules, const struct row *row)
{
	const struct clock_rule *rule = clock_rule_find(rules, row->id);
	const struct clock_reading *reading = rule && row->reading ? reading_of(rule, row->reading) : NULL;
	struct clock_due due;
	char got[40];
	instant start;

	if (!row->reading) {
		CHECK_QUIET(rule && rule->kind == CLOCK_GATE && !rule->reading_count, "%s is a gate", row->id);
		return;
	}
	CHECK_QUIET(reading && instant_parse(row->start, &start, NULL) == 0, "%s has %s", row->id, row->reading);
	if (!reading)
		return;
	due = clock_due(rule, reading, start);
	CHECK_QUIET(str_equal(zoned_format_rfc3339(&due.when, got), row->due) && due.uncertain == row->uncertain &&
			    str_equal(due.when.zone, rule->zone),
		    "%s %s from %s: %s%s, not %s%s", row->id, row->reading, row->start, got,
		    due.uncertain ? " uncertain" : "", row->due, row->uncertain ? " uncertain" : "");
}

/* No rule and no reading without rows of its own. */
static void test_all(const struct clock_rules *rules)
{
	size_t readings = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rules, &rows[i]);
	for (size_t i = 0; i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);
		size_t there = 0;

		for (size_t k = 0; k < ARRAY_LEN(rows); k++)
			there += str_equal(rows[k].id, rule->id);
		readings += rule->reading_count;
		CHECK_QUIET(there == (rule->reading_count ? 6 * rule->reading_count : 1), "%s has its rows", rule->id);
	}
	CHECK(tap_failed == 0, "%zu clocks, %zu readings, %zu ends", clock_rule_count(rules), readings, ARRAY_LEN(rows));
}

/* What the file does not have: office hours, and a rule with a calendar of its own. */
static void check_other(const char *members, const char *start, const char *expected, bool uncertain)
{
	AUTO_STRING yaml = mem_format("clocks:\n  - {id: t, title: t, area: t, source: t, by-hand: t, %s}\n", members);
	struct clock_rules *rules = rules_shipped(false);
	AUTO_ERROR err = ERROR_INIT;
	struct clock_due due = { .when = { .at = INSTANT_NONE } };
	const struct clock_rule *rule;
	char got[40] = "";
	instant at;

	if (clock_rules_load(rules, yaml, strlen(yaml), "t.yaml", &err) == 0 && instant_parse(start, &at, NULL) == 0) {
		rule = clock_rule_find(rules, "t");
		due = clock_due(rule, &rule->readings[0], at);
		zoned_format_rfc3339(&due.when, got);
	}
	CHECK(str_equal(got, expected) && due.uncertain == uncertain, "%s from %s: %s %s", members, start, got,
	      str_or_empty(err.why));
	clock_rules_free(rules);
}

static void test_others(void)
{
	const char *hours = "time: 10 working hours, holidays: weekend, zone: Europe/Berlin, hours: 9-17";
	const char *china = "time: 1 working day, holidays: cn, zone: Asia/Shanghai";

	check_other(hours, "2026-11-20T13:00:00Z", "2026-11-23T16:00:00+01:00", false);
	check_other(hours, "2026-11-20T03:00:00Z", "2026-11-23T11:00:00+01:00", false);
	check_other(hours, "2026-11-21T12:00:00Z", "2026-11-24T11:00:00+01:00", false);
	check_other(hours, "2026-03-27T15:30:00Z", "2026-03-31T10:30:00+02:00", false);
	check_other("time: 1 working hour, holidays: weekend, hours: 9-17", "2026-11-20T17:00:00Z", "2026-11-23T10:00:00Z", false);
	check_other("time: 8 working hours, holidays: weekend, hours: 9-17", "2026-11-20T09:00:00Z", "2026-11-20T17:00:00Z", false);
	check_other(china, "2026-02-13T02:00:00Z", "2026-02-14T23:59:59+08:00", false);
	check_other(china, "2026-02-14T02:00:00Z", "2026-02-24T23:59:59+08:00", false);
	check_other(china, "2026-02-27T02:00:00Z", "2026-02-28T23:59:59+08:00", false);
	check_other(china, "2026-09-30T02:00:00Z", "2026-10-08T23:59:59+08:00", false);
	check_other(china, "2026-10-09T02:00:00Z", "2026-10-10T23:59:59+08:00", false);
	check_other(china, "2026-12-31T02:00:00Z", "2027-01-01T23:59:59+08:00", true);
	check_other("time: 1 year", "2024-02-29T12:00:00Z", "2025-02-28T23:59:59Z", false);
	check_other("time: 4 years", "2024-02-29T12:00:00Z", "2028-02-29T23:59:59Z", false);
	check_other("readings: [{name: a, time: 1 month, roll: yes}], holidays: de, zone: Europe/Berlin", "2026-04-01T12:00:00Z",
		    "2026-05-04T23:59:59+02:00", false);
	check_other("time: 24 hours, zone: Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T14:00:00+02:00", false);
	check_other("time: 1 day, zone: America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T23:59:59-05:00", false);
}

int main(void)
{
	struct clock_rules *rules = rules_shipped(true);

	test_all(rules);
	test_others();
	clock_rules_free(rules);
	return tap_done();
}
