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

static struct zoned zone_time(const char *text, const char *zone)
{
	struct zoned z = { .at = at(text), .offset = 480 };

	snprintf(z.zone, sizeof(z.zone), "%s", zone);
	return z;
}

static void test_read_back(void)
{
	const struct agenda_item items[] = {
		{ .at = at("2026-11-21T01:30:00.5Z"), .when = zone_time("2026-11-21T01:30:00.5Z", "Asia/Shanghai"),
		  .case_id = "PSIRT-2026-0001", .what = "embargo ends", .embargo = true },
		{ .at = at("2026-12-24T23:59:59Z"), .when = { .at = INSTANT_NONE }, .case_id = "PSIRT-2026-0002",
		  .what = "answer finder, soon; or \\later" },
	};
	AUTO_STR out = STR_INIT, again = STR_INIT;
	icalcomponent *calendar, *event;

	ical_write(items, 2, at("2026-11-20T00:00:00Z"), &out);
	ical_write(items, 2, at("2026-11-20T00:00:00Z"), &again);
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
	CHECK_STR(icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20261121T013000Z", "begins in UTC");
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
	icalcomponent_free(calendar);
}

static void test_empty(void)
{
	AUTO_STR out = STR_INIT;
	icalcomponent *calendar;

	ical_write(NULL, 0, at("2026-11-20T00:00:00Z"), &out);
	calendar = icalparser_parse_string(out.bytes);
	CHECK(calendar && icalcomponent_count_components(calendar, ICAL_ANY_COMPONENT) == 0, "an empty calendar");
	icalcomponent_free(calendar);
}

int main(void)
{
	test_read_back();
	test_empty();
	return tap_done();
}
