/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time: reading and writing them; the calendar is the proleptic Gregorian one. */
#include "psirtty/base/instant.h"

#include <ctype.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/zone.h"

struct civil {
	int year, month, day, hour, minute, second, micro;
};

static bool civil_valid(const struct civil *c)
{
	return c->year >= 1970 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= date_month_days(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
	       c->second <= 59;
}

static instant civil_instant(const struct civil *c)
{
	int64_t seconds = date_days((struct date){ c->year, c->month, c->day }) * 86400 + c->hour * 3600 +
			  c->minute * 60 + c->second;

	return seconds * INSTANT_SECOND + c->micro;
}

static void instant_civil(instant at, struct civil *ret)
{
	int64_t seconds = at / INSTANT_SECOND, micro = at % INSTANT_SECOND;
	struct date date;
	int64_t days, rest;

	if (micro < 0) {
		micro += INSTANT_SECOND;
		seconds--;
	}
	days = seconds / 86400;
	rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date = date_of_days(days);
	ret->year = date.year;
	ret->month = date.month;
	ret->day = date.day;
	ret->hour = (int)(rest / 3600);
	ret->minute = (int)(rest / 60 % 60);
	ret->second = (int)(rest % 60);
	ret->micro = (int)micro;
}

/* Exactly COUNT digits at *CURSOR. */
static bool digits(const char **cursor, int count, int *ret)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (!isdigit((unsigned char)(*cursor)[i]))
			return false;
		value = value * 10 + ((*cursor)[i] - '0');
	}
	*cursor += count;
	*ret = value;
	return true;
}

static bool literal(const char **cursor, const char *any_of)
{
	if (!**cursor || !strchr(any_of, **cursor))
		return false;
	(*cursor)++;
	return true;
}

static bool read_date(const char **cursor, struct civil *ret)
{
	return digits(cursor, 4, &ret->year) && literal(cursor, "-") &&
	       digits(cursor, 2, &ret->month) && literal(cursor, "-") && digits(cursor, 2, &ret->day);
}

static bool read_fraction(const char **cursor, struct civil *ret)
{
	int scale = 100000;

	if (!literal(cursor, "."))
		return true;
	if (!isdigit((unsigned char)**cursor))
		return false;
	for (; isdigit((unsigned char)**cursor); (*cursor)++, scale /= 10)
		ret->micro += (**cursor - '0') * scale;
	return true;
}

/* Seconds may be left out where a person types. */
static bool read_time(const char **cursor, bool need_seconds, struct civil *ret)
{
	if (!digits(cursor, 2, &ret->hour) || !literal(cursor, ":") ||
	    !digits(cursor, 2, &ret->minute))
		return false;
	if (**cursor != ':')
		return !need_seconds;
	(*cursor)++;
	return digits(cursor, 2, &ret->second) && read_fraction(cursor, ret);
}

static bool read_offset(const char **cursor, int *ret_minutes)
{
	int sign = **cursor == '-' ? -1 : 1, hours, minutes;

	if (literal(cursor, "Zz")) {
		*ret_minutes = 0;
		return true;
	}
	if (!literal(cursor, "+-") || !digits(cursor, 2, &hours) || !literal(cursor, ":") ||
	    !digits(cursor, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

static bool parse_rfc3339(const char *s, bool need_seconds, instant *ret, int *ret_offset)
{
	struct civil c = { 0 };

	if (!read_date(&s, &c) || !literal(&s, "Tt ") || !read_time(&s, need_seconds, &c) ||
	    !read_offset(&s, ret_offset) || *s || !civil_valid(&c))
		return false;
	*ret = civil_instant(&c) - *ret_offset * INSTANT_MINUTE;
	return instant_year(*ret) >= 1970 && instant_year(*ret) <= 9999;
}

int instant_parse(const char *rfc3339, instant *ret, struct error *err)
{
	instant made;
	int offset;

	if (parse_rfc3339(rfc3339, true, &made, &offset)) {
		*ret = made;
		return 0;
	}
	return error_set(err, ERR_INPUT, rfc3339, _("Write it as 2026-11-21T09:30:00Z"),
			 _("not an RFC 3339 date-time with a zone"));
}

/* WALL is the local time read as if it were UTC. A time that occurs twice is the earlier one. */
static int resolve_local(const char *input, instant wall, const char *zone, struct zoned *ret,
			 struct error *err)
{
	if (!zone_known(zone))
		return error_set(err, ERR_INPUT, input, _("Write a zone such as Asia/Shanghai, or UTC"),
				 _("there is no time zone \"%s\""), zone);
	for (int i = 0; i < 2; i++) {
		int offset = zone_offset(zone, i ? wall + INSTANT_DAY : wall - INSTANT_DAY);
		instant at = wall - offset * INSTANT_MINUTE;

		if (zone_offset(zone, at) == offset) {
			ret->at = at;
			ret->offset = offset;
			snprintf(ret->zone, sizeof(ret->zone), "%s", zone);
			return 0;
		}
	}
	return error_set(err, ERR_INPUT, input, _("Name an hour that the clocks show that day"),
			 _("that hour is left out when the clocks change in %s"), zone);
}

int zoned_parse(const char *input, struct zoned *ret, struct error *err)
{
	struct zoned made = { 0 };
	struct civil c = { 0 };
	const char *s = input;

	if (parse_rfc3339(input, false, &made.at, &made.offset)) {
		*ret = made;
		return 0;
	}
	if (!read_date(&s, &c) || !literal(&s, "Tt ") || !read_time(&s, false, &c) ||
	    !literal(&s, " ") || !*s || strlen(s) >= sizeof(made.zone) || !civil_valid(&c))
		return error_set(err, ERR_INPUT, input,
				 _("Write date, hour and zone: 2026-12-15T09:00:00+08:00 or "
				   "\"2026-12-15 09:00 Asia/Shanghai\""),
				 _("not a date with an hour and a zone"));
	if (str_equal(s, "UTC") || str_equal(s, "Z")) {
		made.at = civil_instant(&c);
		snprintf(made.zone, sizeof(made.zone), "UTC");
		*ret = made;
		return 0;
	}
	return resolve_local(input, civil_instant(&c), s, ret, err);
}

const char *instant_format(instant at, char buffer[40])
{
	struct civil c;
	int length;

	instant_civil(at, &c);
	length = snprintf(buffer, 40, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour,
			  c.minute, c.second);
	if (c.micro) {
		length += snprintf(buffer + length, (size_t)(40 - length), ".%06d", c.micro);
		while (buffer[length - 1] == '0')
			length--;
	}
	snprintf(buffer + length, (size_t)(40 - length), "Z");
	return buffer;
}

const char *instant_format_date(instant at, char buffer[40])
{
	struct civil c;

	instant_civil(at, &c);
	snprintf(buffer, 40, "%04d-%02d-%02d", c.year, c.month, c.day);
	return buffer;
}

static void format_offset(int offset, char ret[8])
{
	int minutes = offset < 0 ? -offset : offset;

	snprintf(ret, 8, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
}

const char *zoned_format(const struct zoned *when, char buffer[96])
{
	bool utc = !when->offset && (!when->zone[0] || str_equal(when->zone, "UTC"));
	char offset[8];
	struct civil c;

	instant_civil(when->at + when->offset * INSTANT_MINUTE, &c);
	format_offset(when->offset, offset);
	snprintf(buffer, 96, "%04d-%02d-%02d %02d:%02d %s%s%s", c.year, c.month, c.day, c.hour,
		 c.minute, utc ? "UTC" : offset, when->zone[0] && !utc ? " " : "", utc ? "" : when->zone);
	return buffer;
}

const char *zoned_format_rfc3339(const struct zoned *when, char buffer[40])
{
	char offset[8];
	struct civil c;

	instant_civil(when->at + when->offset * INSTANT_MINUTE, &c);
	format_offset(when->offset, offset);
	snprintf(buffer, 40, "%04d-%02d-%02dT%02d:%02d:%02d%s", c.year, c.month, c.day, c.hour,
		 c.minute, c.second, when->offset ? offset : "Z");
	return buffer;
}

const char *instant_format_rfc5322(instant at, char buffer[40])
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil c;
	int64_t day;

	instant_civil(at, &c);
	day = date_days((struct date){ c.year, c.month, c.day }) % 7;
	snprintf(buffer, 40, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[(day + 7) % 7], c.day,
		 months[c.month - 1], c.year, c.hour, c.minute, c.second);
	return buffer;
}

const char *instant_format_span(instant span, char buffer[40])
{
	const char *sign = span < 0 ? "-" : "";
	int64_t whole = span / INSTANT_MINUTE, minutes = whole < 0 ? -whole : whole;

	/* TRANSLATORS: spans of time; the first %s is "-" or nothing. At most 39 bytes. */
	if (minutes >= 24 * 60)
		snprintf(buffer, 40, _("%s%lld d %lld h"), sign, (long long)(minutes / 1440),
			 (long long)(minutes / 60 % 24));
	else if (minutes >= 60)
		snprintf(buffer, 40, _("%s%lld h %lld m"), sign, (long long)(minutes / 60),
			 (long long)(minutes % 60));
	else if (minutes > 0)
		snprintf(buffer, 40, _("%s%lld m"), sign, (long long)minutes);
	else
		snprintf(buffer, 40, "%s", _("now"));
	return buffer;
}

int instant_year(instant at)
{
	struct civil c;

	instant_civil(at, &c);
	return c.year;
}
