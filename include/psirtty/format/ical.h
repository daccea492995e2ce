/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar as iCalendar (RFC 5545), written with libical. */
#ifndef PSIRTTY_FORMAT_ICAL_H
#define PSIRTTY_FORMAT_ICAL_H

#include "psirtty/model/model.h"

/*
 * One VEVENT an agenda item: DTSTART in its zone (TZID, with a VTIMEZONE of the changes that matter), else in
 * UTC; UID stable over exports (case and kind; of a clock a hash, its id can tell of an attack); DTSTAMP = NOW;
 * SUMMARY "PSIRT-2026-0001 embargo ends", "PSIRT-2026-0001 deadline" with the local hour and zone, no word of
 * the title and, unless TITLES, none of the duty or a name: a calendar leaves the house. Alarms a day and two
 * hours before, for what binds. CLASS:CONFIDENTIAL. CRLF lines folded at 75 bytes. Deterministic.
 */
void ical_write(const struct agenda_item *items, size_t count, instant now, bool titles, struct str *ret);

#endif
