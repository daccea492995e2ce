/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar as iCalendar (RFC 5545), written with libical. */
#ifndef PSIRTTY_FORMAT_ICAL_H
#define PSIRTTY_FORMAT_ICAL_H

#include "psirtty/model/model.h"

/*
 * One VEVENT an agenda item: DTSTART in UTC, UID stable over exports (case id and kind), DTSTAMP = NOW,
 * SUMMARY "PSIRT-2026-0001 embargo ends" with the local hour and zone, and no word of the title:
 * a calendar leaves the house. CLASS:CONFIDENTIAL. CRLF lines folded at 75 bytes. Deterministic.
 */
void ical_write(const struct agenda_item *items, size_t count, instant now, struct str *ret);

#endif
