/* SPDX-License-Identifier: Apache-2.0 */
/* The agenda as a calendar for other programs: when and which case, never what it is about. */
#include "psirtty/format/ical.h"

#include "format/ical_calls.h"

#include "psirtty/base/zone.h"

/* libical reads no clock here: the time is broken down by ourselves. "2026-11-21T01:30:00Z" without its
 * marks and its fraction is the basic form. */
static struct icaltimetype basic_time(instant at, bool utc)
{
	char text[40], basic[40];
	size_t used = 0;

	instant_format(at - at % INSTANT_SECOND, text);
	for (const char *s = text; *s; s++)
		if (*s != '-' && *s != ':' && (utc || *s != 'Z'))
			basic[used++] = *s;
	basic[used] = '\0';
	return icaltime_from_string(basic);
}

/* ---- zones */

/* NULL for UTC, and near a change of the clocks, when an hour occurs twice and readers disagree. */
static const char *zone_of(const struct agenda_item *item)
{
	const instant near = 3 * INSTANT_HOUR;
	const char *zone = str_or_empty(item->zone);
	bool there = *zone && strcmp(zone, "UTC") != 0 && zone_known(zone);

	return there && zone_offset(zone, item->at - near) == zone_offset(zone, item->at + near) ? zone : NULL;
}

/* An observance that begins at ONSET; FROM and TO are offsets in minutes. Summer is what is east of the
 * offset before or behind it. */
static icalcomponent *observance(instant onset, int from, int to, bool summer)
{
	return icalcomponent_vanew(summer ? ICAL_XDAYLIGHT_COMPONENT : ICAL_XSTANDARD_COMPONENT,
				   icalproperty_new_dtstart(basic_time(onset + from * INSTANT_MINUTE, false)),
				   icalproperty_new_tzoffsetfrom(from * 60),
				   icalproperty_new_tzoffsetto(to * 60), (void *)0);
}

/* The offset a year before FIRST, and each change until a year behind LAST. */
static icalcomponent *zone_new(const char *zone, instant first, instant last)
{
	icalcomponent *component = icalcomponent_vanew(ICAL_VTIMEZONE_COMPONENT, icalproperty_new_tzid(zone), (void *)0);
	instant at = first - 366 * INSTANT_DAY, end = last + 366 * INSTANT_DAY;
	int before = zone_offset(zone, at);

	at = zone_instant(zone, zone_day(zone, at), 0);
	icalcomponent_add_component(component, observance(at, before, before, false));
	while ((at = zone_next_change(zone, at, end)) != INSTANT_NONE) {
		int offset = zone_offset(zone, at);

		icalcomponent_add_component(component, observance(at, before, offset, offset > before));
		before = offset;
	}
	return component;
}

/* The zone of item AT, unless an earlier item has it. */
static const char *new_zone(const struct agenda_item *items, size_t at)
{
	const char *zone = zone_of(&items[at]);

	for (size_t i = 0; zone && i < at; i++) {
		const char *other = zone_of(&items[i]);

		if (other && strcmp(other, zone) == 0)
			return NULL;
	}
	return zone;
}

static void add_zones(icalcomponent *calendar, const struct agenda_item *items, size_t count)
{
	enum { ZONES = 16 };
	const char *zones[ZONES];
	size_t zone_count = 0;

	for (size_t i = 0; i < count && zone_count < ZONES; i++) {
		const char *zone = new_zone(items, i);

		if (zone)
			zones[zone_count++] = zone;
	}
	for (size_t k = 0; k < zone_count; k++) {
		instant first = INT64_MAX, last = INT64_MIN;

		for (size_t i = 0; i < count; i++) {
			const char *zone = zone_of(&items[i]);

			if (!zone || strcmp(zone, zones[k]) != 0)
				continue;
			first = items[i].at < first ? items[i].at : first;
			last = items[i].at > last ? items[i].at : last;
		}
		icalcomponent_add_component(calendar, zone_new(zones[k], first, last));
	}
}

/* ---- events */

static bool tells(const struct agenda_item *item)
{
	return item->rule || item->name;
}

/* What it is called where it may be read by others. */
static const char *plain_word(const struct agenda_item *item)
{
	switch (item->kind) {
	case AGENDA_CLOCK: return item->rule ? "deadline" : item->what;
	case AGENDA_DUTY: return "deadline";
	case AGENDA_RSVP: return "answer due";
	default: return item->what;
	}
}

/* One UID an item, whenever it is exported: the case and the words, not the time. */
static void add_uid(struct str *s, const struct agenda_item *item)
{
	const char *const parts[] = { item->rule ? item->rule->id : "", item->reading, item->name };
	uint64_t hash = UINT64_C(14695981039346656037);

	str_add(s, *item->case_id ? item->case_id : "house");
	str_add_char(s, '-');
	for (const char *c = plain_word(item); *c; c++)
		str_add_char(s, (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ? *c : '-');
	for (size_t i = 0; tells(item) && i < ARRAY_LEN(parts); i++)
		for (const char *c = str_or_empty(parts[i]); *c; c++)
			hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	if (tells(item))
		str_add_format(s, "-%016llx", (unsigned long long)hash);
	str_add(s, "@psirtty");
}

static void add_summary(struct str *s, const struct agenda_item *item, bool titles)
{
	struct zoned when = agenda_when(item);
	char text[200], local[96];

	if (*item->case_id)
		str_add_format(s, "%s ", item->case_id);
	str_add(s, titles && tells(item) ? agenda_text(item, text) : plain_word(item));
	if (item->zone)
		str_add_format(s, " %s", zoned_format(&when, local));
}

static icalcomponent *alarm_new(instant before)
{
	struct icaltriggertype trigger = { .time = icaltime_null_time(),
					   .duration = icaldurationtype_from_int((int)(-before / INSTANT_SECOND)) };

	return icalcomponent_vanew(ICAL_VALARM_COMPONENT, icalproperty_new_action(ICAL_ACTION_DISPLAY),
				   icalproperty_new_trigger(trigger), icalproperty_new_description("psirtty"), (void *)0);
}

/* What runs reminds of itself by shares of its time, anything else by hours. */
static void add_alarms(icalcomponent *event, const struct agenda_item *item)
{
	if (agenda_share_at(item, agenda_shares[0]) == INSTANT_NONE) {
		icalcomponent_add_component(event, alarm_new(24 * INSTANT_HOUR));
		icalcomponent_add_component(event, alarm_new(2 * INSTANT_HOUR));
		return;
	}
	for (size_t i = 0; i < AGENDA_SHARES; i++)
		icalcomponent_add_component(event, alarm_new(item->at - agenda_share_at(item, agenda_shares[i])));
}

static icalcomponent *event_new(const struct agenda_item *item, instant now, bool titles)
{
	AUTO_STR uid = STR_INIT, summary = STR_INIT;
	const char *zone = zone_of(item);
	icalproperty *start = icalproperty_new_dtstart(
		basic_time(zone ? item->at + item->offset * INSTANT_MINUTE : item->at, !zone));
	icalcomponent *event;

	if (zone)
		icalproperty_add_parameter(start, icalparameter_new_tzid(zone));
	add_uid(&uid, item);
	add_summary(&summary, item, titles);
	event = icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid.bytes),
				    icalproperty_new_dtstamp(basic_time(now, true)), start,
				    icalproperty_new_summary(summary.bytes),
				    icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL),
				    icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0);
	if (!item->secondary && item->kind != AGENDA_PROPOSAL)
		add_alarms(event, item);
	return event;
}

void ical_write(const struct agenda_item *items, size_t count, instant now, bool titles, struct str *ret)
{
	icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
						      icalproperty_new_prodid("-//psirtty//calendar//EN"),
						      (void *)0);
	char *text;

	add_zones(calendar, items, count);
	for (size_t i = 0; i < count; i++)
		icalcomponent_add_component(calendar, event_new(&items[i], now, titles));
	text = icalcomponent_as_ical_string_r(calendar);
	str_add(ret, text);
	free(text);
	icalcomponent_free(calendar);
}
