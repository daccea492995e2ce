/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the calendar and local time by the system's time zone files. A day is a number: days
 * since 1970-01-01.
 */
#ifndef PSIRTTY_BASE_ZONE_H
#define PSIRTTY_BASE_ZONE_H

#include "psirtty/base/instant.h"

struct date { int year, month, day; };

int64_t date_days(struct date date);
struct date date_of_days(int64_t days);
int date_month_days(int year, int month);
/* 0 is Monday, 6 Sunday. */
int date_weekday(int64_t days);
/* "2026-02-28"; false when it is no date of the years 1970 to 9999. */
bool date_parse(const char *text, int64_t *ret_days);
/* The same day COUNT months later, or that month's last day. */
int64_t date_add_months(int64_t days, int count);

/* "UTC", or a name the system has a file for. */
bool zone_known(const char *zone);
/* Minutes east of UTC in ZONE at AT; 0 for a zone that is not known. Cheap: offsets are kept. */
int zone_offset(const char *zone, instant at);
/* The day it is in ZONE at AT. */
int64_t zone_day(const char *zone, instant at);
/* AT as it is called in ZONE. */
struct zoned zone_at(const char *zone, instant at);
/* The instant of DAY at SECOND of the day (up to 86400) on the walls of ZONE. A time that occurs
 * twice is the earlier one; one that is left out is that much after the change. */
instant zone_instant(const char *zone, int64_t day, int second);
/* The next change of the offset after AT and before UNTIL, or INSTANT_NONE. */
instant zone_next_change(const char *zone, instant at, instant until);

/* Another whenever the system's zone files were replaced: for what is kept of their answers. */
uint64_t zone_stamp(void);

#endif
