/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the calendar, and the offsets of time zones. The C library knows the zones but wants the
 * environment changed for each question, so the changes of a year are asked for once and kept.
 */
#include "psirtty/base/zone.h"

#include <sys/stat.h>
#include <time.h>

#define ZONE_DIR "/usr/share/zoneinfo"

/* ---- days */

/* Years are shifted to begin in March, so a leap day comes last. */
int64_t date_days(struct date date)
{
	int64_t y = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date date_of_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * of_year + 2) / 153;
	struct date date = { .day = (int)(of_year - (153 * shifted + 2) / 5 + 1) };

	date.month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	return date;
}

int date_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

int date_weekday(int64_t days)
{
	return (int)(((days + 3) % 7 + 7) % 7);
}

static bool number(const char *text, size_t digits, int *ret)
{
	int value = 0;

	if (strspn(text, "0123456789") < digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (text[i] - '0');
	*ret = value;
	return true;
}

bool date_parse(const char *text, int64_t *ret_days)
{
	struct date date;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !number(text, 4, &date.year) ||
	    !number(text + 5, 2, &date.month) || !number(text + 8, 2, &date.day))
		return false;
	if (date.year < 1970 || date.month < 1 || date.month > 12 || date.day < 1 ||
	    date.day > date_month_days(date.year, date.month))
		return false;
	*ret_days = date_days(date);
	return true;
}

int64_t date_add_months(int64_t days, int count)
{
	struct date date = date_of_days(days);
	int month = date.year * 12 + date.month - 1 + count, last;

	date.year = month / 12;
	date.month = month % 12 + 1;
	last = date_month_days(date.year, date.month);
	date.day = date.day < last ? date.day : last;
	return date_days(date);
}

/* ---- zones */

enum { YEAR_FIRST = 1969, YEAR_LAST = 2200, CHANGES = 6, ZONES = 32 };

struct year { /* the offset at its beginning, and its changes */
	bool known;
	unsigned char count;
	short first;
	struct { int64_t second; short offset; } changes[CHANGES];
};

struct zone {
	char name[48];
	bool there, utc;
	int64_t since, until; /* seconds between which the offset is OFFSET; asked for last */
	int offset;
	struct year *years[YEAR_LAST - YEAR_FIRST + 1]; /* owned, kept to the end of the process */
};

/* Whether the C library has a zone file of that name: it takes any other word for UTC. */
static bool file_there(const char *name)
{
	AUTO_STRING path = mem_format("%s/%s", ZONE_DIR, name);
	char magic[4];
	bool good;
	FILE *file;

	if (strstr(name, "..") || name[0] == '/' || !name[0] || str_starts(name, "right/"))
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fread(magic, sizeof(magic), 1, file) == 1 && memcmp(magic, "TZif", 4) == 0;
	fclose(file);
	return good;
}

/* The zone called NAME; the place asked for longest ago gives way when all are taken. */
static struct zone *zone_find(const char *name)
{
	static struct zone *zones[ZONES], *last;
	static size_t count, oldest;
	struct zone *zone;

	if (last && strcmp(last->name, name) == 0)
		return last;
	for (size_t i = 0; i < count; i++)
		if (strcmp(zones[i]->name, name) == 0)
			return last = zones[i];
	if (count < ZONES) {
		zones[count] = mem_alloc(sizeof(*zone));
		zone = zones[count++];
	} else {
		zone = zones[oldest++ % ZONES];
		for (size_t i = 0; i < ARRAY_LEN(zone->years); i++)
			free(zone->years[i]);
		memset(zone, 0, sizeof(*zone));
	}
	snprintf(zone->name, sizeof(zone->name), "%s", name);
	zone->utc = strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0;
	zone->there = zone->utc || (strlen(name) < sizeof(zone->name) && file_there(name));
	return last = zone;
}

static short offset_of(time_t second)
{
	struct tm local;

	localtime_r(&second, &local);
	return (short)(local.tm_gmtoff / 60);
}

/* The second in (LOW, HIGH] at which the offset of LOW is over. */
static int64_t change_between(int64_t low, int64_t high)
{
	short before = offset_of(low);

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset_of(middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static void year_fill(struct year *year, int which)
{
	int64_t second = date_days((struct date){ which, 1, 1 }) * 86400;
	int64_t end = date_days((struct date){ which + 1, 1, 1 }) * 86400;
	short offset = offset_of(second);

	year->first = offset;
	for (; second < end; second += 86400) {
		short next = offset_of(second + 86400);

		if (next == offset || year->count == CHANGES)
			continue;
		year->changes[year->count].second = change_between(second, second + 86400);
		year->changes[year->count++].offset = next;
		offset = next;
	}
}

/* Asks the C library under the zone's name, and puts the environment back. */
static void year_ask(const struct zone *zone, struct year *year, int which)
{
	AUTO_STRING saved = mem_string(getenv("TZ"));
	AUTO_STRING value = mem_format(":%s", zone->name);

	setenv("TZ", value, 1);
	tzset();
	year_fill(year, which);
	if (saved)
		setenv("TZ", saved, 1);
	else
		unsetenv("TZ");
	tzset();
}

static const struct year *zone_year(struct zone *zone, int which)
{
	size_t slot;

	which = which < YEAR_FIRST ? YEAR_FIRST : which > YEAR_LAST ? YEAR_LAST : which;
	slot = (size_t)(which - YEAR_FIRST);
	if (!zone->years[slot]) {
		zone->years[slot] = mem_alloc(sizeof(struct year));
		year_ask(zone, zone->years[slot], which);
	}
	return zone->years[slot];
}

static int64_t whole_seconds(instant at)
{
	return at / INSTANT_SECOND - (at % INSTANT_SECOND < 0);
}

static int64_t whole_days(int64_t seconds)
{
	return seconds / 86400 - (seconds % 86400 < 0);
}

/* What is so at SECOND, and from when until when within its year. */
static void zone_span(struct zone *zone, int64_t second)
{
	int which = date_of_days(whole_days(second)).year;
	const struct year *year = zone_year(zone, which);

	zone->offset = year->first;
	zone->since = date_days((struct date){ which, 1, 1 }) * 86400;
	zone->until = date_days((struct date){ which + 1, 1, 1 }) * 86400;
	for (size_t i = 0; i < year->count; i++) {
		if (year->changes[i].second > second) {
			zone->until = year->changes[i].second;
			return;
		}
		zone->since = year->changes[i].second;
		zone->offset = year->changes[i].offset;
	}
}

bool zone_known(const char *zone)
{
	return zone_find(zone)->there;
}

int zone_offset(const char *name, instant at)
{
	struct zone *zone = zone_find(name);
	int64_t second = whole_seconds(at);

	if (!zone->there || zone->utc)
		return 0;
	if (second < zone->since || second >= zone->until)
		zone_span(zone, second);
	return zone->offset;
}

int64_t zone_day(const char *zone, instant at)
{
	return whole_days(whole_seconds(at + zone_offset(zone, at) * INSTANT_MINUTE));
}

struct zoned zone_at(const char *zone, instant at)
{
	struct zoned when = { .at = at, .offset = zone_offset(zone, at) };
	size_t length = strlen(zone);

	memcpy(when.zone, zone, length < sizeof(when.zone) ? length : sizeof(when.zone) - 1);
	return when;
}

instant zone_instant(const char *zone, int64_t day, int second)
{
	instant wall = (day * 86400 + second) * INSTANT_SECOND;
	int before = zone_offset(zone, wall - INSTANT_DAY);
	int after = zone_offset(zone, wall + INSTANT_DAY);

	if (zone_offset(zone, wall - before * INSTANT_MINUTE) == before)
		return wall - before * INSTANT_MINUTE;
	if (zone_offset(zone, wall - after * INSTANT_MINUTE) == after)
		return wall - after * INSTANT_MINUTE;
	return wall - before * INSTANT_MINUTE;
}

instant zone_next_change(const char *name, instant at, instant until)
{
	struct zone *zone = zone_find(name);
	int which = date_of_days(whole_days(whole_seconds(at))).year;

	if (!zone->there || zone->utc)
		return INSTANT_NONE;
	for (; which <= YEAR_LAST; which++) {
		const struct year *year = zone_year(zone, which);

		if (date_days((struct date){ which, 1, 1 }) * INSTANT_DAY >= until)
			return INSTANT_NONE;
		for (size_t i = 0; i < year->count; i++) {
			instant change = year->changes[i].second * INSTANT_SECOND;

			if (change > at)
				return change < until ? change : INSTANT_NONE;
		}
	}
	return INSTANT_NONE;
}

uint64_t zone_stamp(void)
{
	struct stat info;

	if (stat(ZONE_DIR, &info) < 0)
		return 0;
	return (uint64_t)info.st_mtim.tv_sec * 1000000007u + (uint64_t)info.st_mtim.tv_nsec + (uint64_t)info.st_ino;
}
