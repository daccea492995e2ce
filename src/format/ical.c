/* SPDX-License-Identifier: Apache-2.0 */
/* The agenda as a calendar for other programs: when and which case, never what it is about. */
#include "psirtty/format/ical.h"

#include <libical/ical.h>

/* libical reads no clock here: the time is broken down by ourselves. */
static struct icaltimetype utc_time(instant at)
{
	char text[40], basic[40];
	size_t used = 0;

	/* "2026-11-21T01:30:00Z" without its marks and its fraction is the basic form. */
	instant_format(at - at % INSTANT_SECOND, text);
	for (const char *s = text; *s; s++)
		if (*s != '-' && *s != ':')
			basic[used++] = *s;
	basic[used] = '\0';
	return icaltime_from_string(basic);
}

/* One UID an item, whenever it is exported: the case and the words, not the time. */
static void add_uid(struct str *s, const struct agenda_item *item)
{
	str_add(s, item->case_id);
	str_add_char(s, '-');
	for (const char *c = item->what; *c; c++)
		str_add_char(s, (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ? *c : '-');
	str_add(s, "@psirtty");
}

static icalcomponent *event_new(const struct agenda_item *item, instant now)
{
	AUTO_STR uid = STR_INIT, summary = STR_INIT;
	char local[96];

	add_uid(&uid, item);
	str_add_format(&summary, "%s %s", item->case_id, item->what);
	if (item->when.at != INSTANT_NONE && item->when.at == item->at)
		str_add_format(&summary, " %s", zoned_format(&item->when, local));
	return icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid.bytes),
				   icalproperty_new_dtstamp(utc_time(now)),
				   icalproperty_new_dtstart(utc_time(item->at)),
				   icalproperty_new_summary(summary.bytes),
				   icalproperty_new_class(ICAL_CLASS_CONFIDENTIAL),
				   icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0);
}

void ical_write(const struct agenda_item *items, size_t count, instant now, struct str *ret)
{
	icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
						      icalproperty_new_prodid("-//psirtty//calendar//EN"),
						      (void *)0);
	char *text;

	for (size_t i = 0; i < count; i++)
		icalcomponent_add_component(calendar, event_new(&items[i], now));
	text = icalcomponent_as_ical_string_r(calendar);
	str_add(ret, text);
	free(text);
	icalcomponent_free(calendar);
}
