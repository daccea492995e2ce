/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar, read back by the library's own parser. */
#include "psirtty/format/ical.h"

#include <libical/ical.h>

#include "tests/unit/tap.h"

static instant at(const char *text)
{
	instant ret;

	if (instant_parse(text, &ret, NULL) != 0)
		exit(1);
	return ret;
}

static void test_read_back(void)
{
	const struct agenda_item items[] = {
		{ .start = INSTANT_NONE, .at = at("2026-11-21T01:30:00.5Z"), .zone = "Asia/Shanghai", .offset = 480,
		  .case_id = "PSIRT-2026-0001", .what = "embargo ends", .embargo = true },
		{ .start = INSTANT_NONE, .at = at("2026-12-24T23:59:59Z"), .case_id = "PSIRT-2026-0002",
		  .what = "answer finder, soon; or \\later" },
	};
	AUTO_STR out = STR_INIT, again = STR_INIT;
	icalcomponent *calendar, *event;

	ical_write(items, 2, at("2026-11-20T00:00:00Z"), false, &out);
	ical_write(items, 2, at("2026-11-20T00:00:00Z"), false, &again);
	CHECK_STR(again.bytes, out.bytes, "the same agenda gives the same bytes");
	for (const char *line = out.bytes, *end; *line; line = end + 2) {
		end = strstr(line, "\r\n");
		CHECK_QUIET(end && end - line <= 75 && !memchr(line, '\n', (size_t)(end - line)), "CRLF lines of 75");
		if (!end)
			break;
	}
	calendar = icalparser_parse_string(out.bytes);
	CHECK(calendar && icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT) == 2, "two events");
	event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	CHECK_STR(icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20261121T093000", "begins in its zone");
	CHECK_STR(icalparameter_get_tzid(icalproperty_get_first_parameter(
			  icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY), ICAL_TZID_PARAMETER)),
		  "Asia/Shanghai", "which is named");
	CHECK(icalcomponent_count_components(calendar, ICAL_VTIMEZONE_COMPONENT) == 1 &&
		      icalcomponent_count_components(event, ICAL_VALARM_COMPONENT) == 2, "and described; two alarms");
	CHECK_STR(icaltime_as_ical_string(icalcomponent_get_dtstamp(event)), "20261120T000000Z", "is stamped now");
	CHECK_STR(icalcomponent_get_uid(event), "PSIRT-2026-0001-embargo-ends@psirtty", "has a lasting UID");
	CHECK(str_starts(icalcomponent_get_summary(event), "PSIRT-2026-0001 embargo ends 2026-11-21 09:30") &&
		      str_ends(icalcomponent_get_summary(event), "+08:00 Asia/Shanghai"),
	      "says the local hour and zone: %s", icalcomponent_get_summary(event));
	CHECK(icalproperty_get_class(icalcomponent_get_first_property(event, ICAL_CLASS_PROPERTY)) ==
		      ICAL_CLASS_CONFIDENTIAL, "is confidential");
	event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
	CHECK_STR(icalcomponent_get_summary(event), "PSIRT-2026-0002 answer finder, soon; or \\later",
		  "odd characters come back");
	CHECK_STR(icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20261224T235959Z", "without a zone in UTC");
	icalcomponent_free(calendar);
}

static void test_empty(void)
{
	AUTO_STR out = STR_INIT;
	icalcomponent *calendar;

	ical_write(NULL, 0, at("2026-11-20T00:00:00Z"), false, &out);
	calendar = icalparser_parse_string(out.bytes);
	CHECK(calendar && icalcomponent_count_components(calendar, ICAL_ANY_COMPONENT) == 0, "an empty calendar");
	icalcomponent_free(calendar);
}

/* An instant read by the rules of the file's own VTIMEZONE is the instant that was meant. */
static void test_zones(void)
{
	static const char *const times[] = { "2026-03-28T22:59:59Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z",
					     "2026-03-29T06:00:00Z", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z",
					     "2026-10-25T01:30:00Z", "2026-10-25T06:00:00Z", "2026-12-25T22:59:59Z",
					     "2027-06-01T10:00:00Z" };
	struct agenda_item items[ARRAY_LEN(times)];
	AUTO_STR out = STR_INIT;
	icalcomponent *calendar, *event, *zone_part;
	icaltimezone *zone = icaltimezone_new();
	size_t i = 0;

	for (size_t k = 0; k < ARRAY_LEN(times); k++)
		items[k] = (struct agenda_item){ .start = INSTANT_NONE, .at = at(times[k]), .zone = "Europe/Brussels",
						 .offset = zone_offset("Europe/Brussels", at(times[k])),
						 .case_id = "X-1", .what = "embargo ends" };
	ical_write(items, ARRAY_LEN(times), at("2026-01-01T00:00:00Z"), false, &out);
	calendar = icalparser_parse_string(out.bytes);
	zone_part = icalcomponent_get_first_component(calendar, ICAL_VTIMEZONE_COMPONENT);
	CHECK(icaltimezone_set_component(zone, icalcomponent_new_clone(zone_part)), "a zone can be read");
	for (event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
	     event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT), i++) {
		struct icaltimetype start = icalcomponent_get_dtstart(event);
		instant got = (instant)icaltime_as_timet_with_zone(
			start, icaltime_is_utc(start) ? icaltimezone_get_utc_timezone() : zone) * INSTANT_SECOND;

		CHECK(got == items[i].at, "%s is %s there", times[i], icaltime_as_ical_string(start));
	}
	CHECK(i == ARRAY_LEN(times), "all of them");
	icaltimezone_free(zone, 1);
	icalcomponent_free(calendar);
}

/* What is due can tell of an attack: it leaves the house only when that is asked for. */
static void test_content(void)
{
	struct clock_rule rule = { .id = mem_string("eu-cra-14-2-a"), .title = mem_string("CRA early warning") };
	const struct agenda_item items[] = {
		{ .start = INSTANT_NONE, .at = at("2026-11-21T01:30:00Z"), .case_id = "X-1", .what = "CRA early warning",
		  .kind = AGENDA_CLOCK, .rule = &rule, .reading = "strict" },
		{ .start = INSTANT_NONE, .at = at("2026-11-21T01:30:00Z"), .case_id = "X-1", .what = "CRA early warning",
		  .kind = AGENDA_CLOCK, .rule = &rule, .reading = "rolled", .secondary = true },
		{ .start = INSTANT_NONE, .at = at("2026-11-21T01:30:00Z"), .case_id = "", .what = "key expires",
		  .kind = AGENDA_KEY, .name = "mara@finder.example" },
	};
	AUTO_STR plain = STR_INIT, titled = STR_INIT;
	icalcomponent *calendar, *first, *second;

	ical_write(items, 3, at("2026-11-20T00:00:00Z"), false, &plain);
	ical_write(items, 3, at("2026-11-20T00:00:00Z"), true, &titled);
	CHECK(!strstr(plain.bytes, "CRA") && !strstr(plain.bytes, "cra") && !strstr(plain.bytes, "mara") &&
		      strstr(plain.bytes, "SUMMARY:X-1 deadline"), "nothing tells of the duty");
	CHECK(strstr(titled.bytes, "CRA early warning (strict)") && strstr(titled.bytes, "mara@finder.example"), "unless it is asked for");
	calendar = icalparser_parse_string(plain.bytes);
	first = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	CHECK(icalcomponent_count_components(first, ICAL_VALARM_COMPONENT) == 2, "the leading reading has alarms");
	AUTO_STRING uid = mem_string(icalcomponent_get_uid(first));
	second = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
	CHECK(!str_equal(uid, icalcomponent_get_uid(second)) &&
		      icalcomponent_count_components(second, ICAL_VALARM_COMPONENT) == 0, "another reading is another event, without");
	icalcomponent_free(calendar);
	free(rule.id);
	free(rule.title);
}

/* What runs reminds of itself at 50, 75 and 90 hundredths of its time. */
static void test_reminders(void)
{
	struct clock_rule rule = { .id = mem_string("cn-rmsv-7-2"), .title = mem_string("report") };
	const struct agenda_item item = { .start = at("2026-11-21T00:00:00Z"), .at = at("2026-11-23T00:00:00Z"), .case_id = "X-1",
					  .what = "report", .kind = AGENDA_CLOCK, .rule = &rule, .reading = "strict" };
	static const struct { const char *now; int share; } rows[] = {
		{ "2026-11-20T00:00:00Z", 0 },  { "2026-11-21T23:59:59Z", 0 },  { "2026-11-22T00:00:00Z", 50 },
		{ "2026-11-22T11:59:59Z", 50 }, { "2026-11-22T12:00:00Z", 75 }, { "2026-11-22T19:11:59Z", 75 },
		{ "2026-11-22T19:12:00Z", 90 }, { "2026-11-23T00:00:00Z", 90 }, { "2026-11-23T00:00:01Z", 0 },
	};
	AUTO_STR out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(agenda_share(&item, at(rows[i].now)) == rows[i].share, "%s: %d %%", rows[i].now, rows[i].share);
	ical_write(&item, 1, at("2026-11-20T00:00:00Z"), false, &out);
	CHECK(strstr(out.bytes, "TRIGGER:-P1D\r\n") && strstr(out.bytes, "TRIGGER:-PT12H\r\n") &&
		      strstr(out.bytes, "TRIGGER:-PT4H48M\r\n"), "three alarms, 24, 12 and 4.8 hours before: %s", out.bytes);
	free(rule.id);
	free(rule.title);
}

int main(void)
{
	test_zones();
	test_content();
	test_reminders();
	test_read_back();
	test_empty();
	return tap_done();
}
