/* SPDX-License-Identifier: Apache-2.0 */
/* Days and time zones, beside the C library's own answers. */
#include "psirtty/base/zone.h"

#include <time.h>

#include "tests/unit/tap.h"

static instant at(const char *text)
{
	instant ret;

	if (instant_parse(text, &ret, NULL) != 0)
		exit(1);
	return ret;
}

static void test_days(void)
{
	int64_t day = date_days((struct date){ 1970, 1, 1 }), last = date_days((struct date){ 2400, 1, 1 });
	struct date before = { 1969, 12, 31 };
	bool good = day == 0;

	for (; day < last; day++) {
		struct date date = date_of_days(day);
		bool next = date.day == before.day + 1 ? date.day <= date_month_days(date.year, date.month) :
							 date.day == 1;

		good = good && next && date_days(date) == day && date_weekday(day) == (day + 3) % 7;
		before = date;
	}
	CHECK(good, "each day up to 2400 follows the one before it");
	CHECK(date_month_days(2024, 2) == 29 && date_month_days(2100, 2) == 28 && date_month_days(2000, 2) == 29,
	      "leap years");
}

static bool months(const char *from, int count, const char *expected)
{
	int64_t a, b;

	return date_parse(from, &a) && date_parse(expected, &b) && date_add_months(a, count) == b;
}

static void test_months(void)
{
	int64_t day;

	CHECK(months("2026-01-31", 1, "2026-02-28") && months("2024-01-31", 1, "2024-02-29"), "the last day of a shorter month");
	CHECK(months("2024-02-29", 12, "2025-02-28") && months("2026-12-15", 1, "2027-01-15"), "over the end of a year");
	CHECK(months("2026-03-31", -1, "2026-02-28"), "and back");
	CHECK(!date_parse("2026-02-29", &day) && !date_parse("2026-2-2", &day) && !date_parse("2026-02-2x", &day) &&
		      date_parse("2024-02-29", &day), "what is no date is refused");
}

static int offset_by_library(const char *zone, instant when)
{
	char *value = mem_format(":%s", zone);
	time_t second = (time_t)(when / INSTANT_SECOND);
	struct tm local;

	setenv("TZ", value, 1);
	tzset();
	localtime_r(&second, &local);
	free(value);
	return (int)(local.tm_gmtoff / 60);
}

static void test_offsets(void)
{
	static const char *const zones[] = { "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Casablanca",
					     "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC" };
	size_t tried = 0;

	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		for (instant t = at("1975-01-01T00:00:00Z"); t < at("2060-01-01T00:00:00Z");
		     t += 61 * INSTANT_HOUR + 7 * INSTANT_SECOND, tried++)
			CHECK_QUIET(zone_offset(zones[i], t) == offset_by_library(zones[i], t), "%s at %lld", zones[i],
				    (long long)t);
	CHECK(tried > 90000, "%zu offsets as the C library has them", tried);
}

static void test_many_zones(void)
{
	static const char *const names[] = { "Europe/Berlin", "Asia/Tokyo" };
	bool good = true;

	for (int i = 0; i < 80; i++) {
		char *name = mem_format("No/Zone%d", i);

		good = good && !zone_known(name) && zone_offset(name, at("2026-07-01T00:00:00Z")) == 0;
		free(name);
		good = good && zone_offset(names[i % 2], at("2026-07-01T00:00:00Z")) == (i % 2 ? 540 : 120);
	}
	CHECK(good, "more zones than are kept");
	CHECK(!zone_known("../etc/passwd") && !zone_known("") && zone_known("UTC"), "odd names");
}

static void test_walls(void)
{
	int64_t day;
	struct zoned when;

	date_parse("2026-03-29", &day);
	CHECK(zone_instant("Europe/Berlin", day, 2 * 3600 + 1800) == at("2026-03-29T01:30:00Z"), "a time left out");
	CHECK(zone_instant("Europe/Berlin", day, 86400) == at("2026-03-29T22:00:00Z"), "the end of a short day");
	date_parse("2026-10-25", &day);
	CHECK(zone_instant("Europe/Berlin", day, 2 * 3600 + 1800) == at("2026-10-25T00:30:00Z"), "the earlier of two");
	CHECK(zone_day("Asia/Shanghai", at("2026-10-24T16:00:00Z")) == day &&
		      zone_day("Asia/Shanghai", at("2026-10-24T15:59:59.9Z")) == day - 1, "a day begins in its zone");
	when = zone_at("Asia/Shanghai", at("2026-10-24T16:00:00Z"));
	CHECK(when.offset == 480 && str_equal(when.zone, "Asia/Shanghai"), "an instant with its zone");
	CHECK(zone_next_change("Europe/Berlin", at("2026-06-01T00:00:00Z"), at("2027-06-01T00:00:00Z")) ==
		      at("2026-10-25T01:00:00Z") &&
	      zone_next_change("Europe/Berlin", at("2026-10-25T01:00:00Z"), at("2027-06-01T00:00:00Z")) ==
		      at("2027-03-28T01:00:00Z") &&
	      zone_next_change("Asia/Shanghai", at("2026-06-01T00:00:00Z"), at("2027-06-01T00:00:00Z")) == INSTANT_NONE,
	      "the next change");
}

int main(void)
{
	test_days();
	test_months();
	test_offsets();
	test_many_zones();
	test_walls();
	return tap_done();
}
