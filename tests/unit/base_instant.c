/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time: every day there is, RFC 3339 by a table, zones with their clock changes. */
#include "psirtty/base/instant.h"

#include <time.h>

#include "tap.h"

/* Noon, and one second before midnight, of every day from 1970 to 9999, against the C library. */
static void test_every_day(void)
{
	long days = 0;
	int year = 1970;

	for (int64_t at = 0; year <= 9999; at += 86400, days++) {
		time_t noon = (time_t)at + 43200;
		char expected[40], got[40], date[40];
		instant back = 0, last = (at + 86399) * INSTANT_SECOND;
		struct tm tm;

		gmtime_r(&noon, &tm);
		year = tm.tm_year + 1900;
		if (year > 9999)
			break;
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm);
		instant_format(noon * INSTANT_SECOND, got);
		CHECK_QUIET(strcmp(expected, got) == 0, "%s is %s", expected, got);
		CHECK_QUIET(instant_parse(got, &back, NULL) == 0 && back == noon * INSTANT_SECOND, "%s read back", got);
		instant_format_date(last, date);
		CHECK_QUIET(strncmp(date, expected, 10) == 0 && instant_year(last) == year, "the last second of %.10s", expected);
		strftime(expected, sizeof(expected), "%a, %d %b %Y %H:%M:%S +0000", &tm);
		instant_format_rfc5322(noon * INSTANT_SECOND, got);
		CHECK_QUIET(strcmp(expected, got) == 0, "%s is %s", expected, got);
	}
	CHECK(days == 2932897, "every day of 8030 years (%ld)", days);
}

static void test_valid(void)
{
	static const char *const rows[][2] = {
		{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z" },
		{ "1970-01-01T08:00:00+08:00", "1970-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
		{ "2026-11-21T09:30:00.25+08:00", "2026-11-21T01:30:00.25Z" },
		{ "2026-11-21t09:30:00z", "2026-11-21T09:30:00Z" },
		{ "2026-11-21 09:30:00Z", "2026-11-21T09:30:00Z" },
		{ "2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59Z" },
		{ "2000-02-29T00:00:00+23:59", "2000-02-28T00:01:00Z" },
		{ "2026-01-01T00:00:00.0000001Z", "2026-01-01T00:00:00Z" },
		{ "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.123456Z" },
		{ "2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buffer[40];
		instant at = 1;

		CHECK(instant_parse(rows[i][0], &at, NULL) == 0, "taken: %s", rows[i][0]);
		CHECK_STR(instant_format(at, buffer), rows[i][1], "as UTC");
	}
}

static void test_invalid(void)
{
	static const char *const rows[] = {
		"", "2026", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21T09:30Z", "2026-11-21T09:30:00+08",
		"2026-11-21T09:30:00+0800", "2026-11-21T09:30:00 +08:00", "2026-11-21T9:30:00Z",
		"2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:60Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00,5Z",
		"2026-11-21T09:30:00Zx", " 2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z ",
		"2026-11-21T09:30:00+24:00", "2026-11-21T09:30:00+08:60", "2026/11/21T09:30:00Z",
		"-026-11-21T09:30:00Z", "+026-11-21T09:30:00Z", "2026-11-21X09:30:00Z", "20261121T093000Z",
		"1970-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "\xEF\xBC\x92" "026-11-21T09:30:00Z",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		instant at = 42;

		CHECK(instant_parse(rows[i], &at, &err) == ERR_INPUT && at == 42 && err.remedy, "refused: %s", rows[i]);
	}
}

static void test_zones(void)
{
	static const struct {
		const char *input, *utc, *shown, *rfc3339;
	} rows[] = {
		{ "2026-12-15 09:00 Asia/Shanghai", "2026-12-15T01:00:00Z",
		  "2026-12-15 09:00 +08:00 Asia/Shanghai", "2026-12-15T09:00:00+08:00" },
		{ "2026-12-15T09:00:30 Europe/Berlin", "2026-12-15T08:00:30Z",
		  "2026-12-15 09:00 +01:00 Europe/Berlin", "2026-12-15T09:00:30+01:00" },
		{ "2026-07-15 09:00 Europe/Berlin", "2026-07-15T07:00:00Z",
		  "2026-07-15 09:00 +02:00 Europe/Berlin", "2026-07-15T09:00:00+02:00" },
		{ "2026-07-15 09:00 America/St_Johns", "2026-07-15T11:30:00Z",
		  "2026-07-15 09:00 -02:30 America/St_Johns", "2026-07-15T09:00:00-02:30" },
		{ "2026-07-15 09:00 Pacific/Kiritimati", "2026-07-14T19:00:00Z",
		  "2026-07-15 09:00 +14:00 Pacific/Kiritimati", "2026-07-15T09:00:00+14:00" },
		{ "2026-07-15 09:00 UTC", "2026-07-15T09:00:00Z", "2026-07-15 09:00 UTC",
		  "2026-07-15T09:00:00Z" },
		{ "2026-07-15 09:00Z", "2026-07-15T09:00:00Z", "2026-07-15 09:00 UTC",
		  "2026-07-15T09:00:00Z" },
		{ "2026-07-15T09:00:00+05:45", "2026-07-15T03:15:00Z", "2026-07-15 09:00 +05:45",
		  "2026-07-15T09:00:00+05:45" },
		/* the second before and the first after a gap: Berlin, 29 March 2026, 02:00 to 03:00 */
		{ "2026-03-29 01:59:59 Europe/Berlin", "2026-03-29T00:59:59Z",
		  "2026-03-29 01:59 +01:00 Europe/Berlin", "2026-03-29T01:59:59+01:00" },
		{ "2026-03-29 03:00:00 Europe/Berlin", "2026-03-29T01:00:00Z",
		  "2026-03-29 03:00 +02:00 Europe/Berlin", "2026-03-29T03:00:00+02:00" },
		/* an hour that is there twice: the earlier; 25 October 2026, 03:00 back to 02:00 */
		{ "2026-10-25 02:30 Europe/Berlin", "2026-10-25T00:30:00Z",
		  "2026-10-25 02:30 +02:00 Europe/Berlin", "2026-10-25T02:30:00+02:00" },
		{ "2026-10-25 03:00 Europe/Berlin", "2026-10-25T02:00:00Z",
		  "2026-10-25 03:00 +01:00 Europe/Berlin", "2026-10-25T03:00:00+01:00" },
		{ "2026-11-01 01:30 America/New_York", "2026-11-01T05:30:00Z",
		  "2026-11-01 01:30 -04:00 America/New_York", "2026-11-01T01:30:00-04:00" },
		/* a zone whose clocks change by half an hour */
		{ "2026-04-05 01:45 Australia/Lord_Howe", "2026-04-04T14:45:00Z",
		  "2026-04-05 01:45 +11:00 Australia/Lord_Howe", "2026-04-05T01:45:00+11:00" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buffer[96];
		struct zoned when;

		if (!CHECK(zoned_parse(rows[i].input, &when, NULL) == 0, "taken: %s", rows[i].input))
			continue;
		CHECK_STR(instant_format(when.at, buffer), rows[i].utc, "the instant");
		CHECK_STR(zoned_format(&when, buffer), rows[i].shown, "as it was named");
		CHECK_STR(zoned_format_rfc3339(&when, buffer), rows[i].rfc3339, "in its own offset");
	}
}

static void test_no_zones(void)
{
	static const char *const rows[] = {
		"2026-12-15", "2026-12-15 09:00", "2026-12-15 Asia/Shanghai", "2026-12-15 09:00 ",
		"2026-12-15 09:00 Shanghai", "2026-12-15 09:00 Asia", "2026-12-15 09:00 tzdata.zi",
		"2026-12-15 09:00 zone.tab", "2026-12-15 09:00 /etc/localtime", "2026-12-15 09:00 ../localtime",
		"2026-12-15 09:00 right/UTC", "2026-12-15 09:00 Asia/../UTC", "2026-12-15 9:00 UTC",
		"2026-02-30 09:00 UTC", "2026-12-15 24:00 UTC", "tomorrow", "",
		"2026-12-15 09:00 Etc/012345678901234567890123456789012345678901234567890",
		/* hours that are left out */
		"2026-03-29 02:00 Europe/Berlin", "2026-03-29 02:59:59 Europe/Berlin",
		"2026-03-08 02:30 America/New_York", "2026-10-04 02:15 Australia/Lord_Howe",
		"2011-12-30 12:00 Pacific/Apia",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct zoned when = { .at = 42 };

		CHECK(zoned_parse(rows[i], &when, &err) == ERR_INPUT && when.at == 42 && err.remedy, "refused: %s", rows[i]);
	}
}

/* Each hour of a year, named in each of some zones by the C library, is found again. */
static void test_every_hour(void)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
					     "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago" };
	long later = 0;

	for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
		for (time_t at = 1767225600; at < 1767225600 + 366 * 86400; at += 3600) {
			char input[96], wall[40];
			struct zoned when = { 0 };
			struct tm tm;

			setenv("TZ", zones[z], 1);
			tzset();
			localtime_r(&at, &tm);
			strftime(wall, sizeof(wall), "%Y-%m-%d %H:%M", &tm);
			snprintf(input, sizeof(input), "%s %s", wall, zones[z]);
			CHECK_QUIET(zoned_parse(input, &when, NULL) == 0, "%s is taken", input);
			CHECK_QUIET(when.at == at * INSTANT_SECOND || when.at == (at - 3600) * INSTANT_SECOND ||
					    when.at == (at - 1800) * INSTANT_SECOND,
				    "%s is the hour or its earlier twin", input);
			later += when.at != at * INSTANT_SECOND;
			CHECK_QUIET(str_equal(getenv("TZ"), zones[z]), "TZ is as it was");
		}
	}
	CHECK(later == 5, "the later of two equal hours, once a year and zone that has one (%ld)", later);
}

static void test_spans(void)
{
	static const struct {
		instant span;
		const char *shown;
	} rows[] = {
		{ 0, "now" },
		{ 59 * INSTANT_SECOND, "now" },
		{ -59 * INSTANT_SECOND, "now" },
		{ INSTANT_MINUTE, "1 m" },
		{ 59 * INSTANT_MINUTE, "59 m" },
		{ INSTANT_HOUR, "1 h 0 m" },
		{ 2 * INSTANT_HOUR + 5 * INSTANT_MINUTE, "2 h 5 m" },
		{ INSTANT_DAY - 1, "23 h 59 m" },
		{ INSTANT_DAY, "1 d 0 h" },
		{ 3 * INSTANT_DAY + 4 * INSTANT_HOUR, "3 d 4 h" },
		{ -90 * INSTANT_DAY, "-90 d 0 h" },
		{ -12 * INSTANT_MINUTE, "-12 m" },
		{ INT64_MAX, "106751991 d 4 h" },
		{ INT64_MIN, "-106751991 d 4 h" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buffer[40];

		CHECK_STR(instant_format_span(rows[i].span, buffer), rows[i].shown, "a span");
	}
}

static void test_odd(void)
{
	char buffer[40];

	CHECK_STR(instant_format(-1, buffer), "1969-12-31T23:59:59.999999Z", "before 1970");
	CHECK(strlen(instant_format(INSTANT_NONE, buffer)) < 40, "no instant at all is still a string");
	CHECK_STR(instant_format_rfc5322(-INSTANT_DAY, buffer), "Wed, 31 Dec 1969 00:00:00 +0000", "a day before 1970");
}

int main(void)
{
	test_every_day();
	test_valid();
	test_invalid();
	test_zones();
	test_no_zones();
	test_every_hour();
	test_spans();
	test_odd();
	return tap_done();
}
