/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that texts of documents have: dates, addresses, ids. */
#include "format/check_private.h"

#include <ctype.h>

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

/* ---- dates (RFC 3339), of every year: documents say year 1 where they know none */

static bool two_digits(const char *text, int *ret)
{
	if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
		return false;
	*ret = (text[0] - '0') * 10 + (text[1] - '0');
	return true;
}

static bool is_date(const char *text)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int century, year, month, day;

	if (!two_digits(text, &century) || !two_digits(text + 2, &year) || text[4] != '-' ||
	    !two_digits(text + 5, &month) || text[7] != '-' || !two_digits(text + 8, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && (year != 0 || century % 4 == 0));
}

/* How long the time of day is, with its fraction; 0: it is none. */
static size_t time_length(const char *text)
{
	int hour, minute, second;
	size_t fraction;

	if (!two_digits(text, &hour) || text[2] != ':' || !two_digits(text + 3, &minute) || text[5] != ':' ||
	    !two_digits(text + 6, &second))
		return 0;
	if (hour > 23 || minute > 59 || second > 60)
		return 0;
	if (text[8] != '.')
		return 8;
	fraction = strspn(text + 9, "0123456789");
	return fraction ? 9 + fraction : 0;
}

static bool is_zone(const char *text)
{
	int hours, minutes;

	if (str_equal(text, "Z") || str_equal(text, "z"))
		return true;
	return (*text == '+' || *text == '-') && two_digits(text + 1, &hours) && text[3] == ':' &&
	       two_digits(text + 4, &minutes) && !text[6] && hours <= 23 && minutes <= 59;
}

/* A second 60 is the last one of a day, as it is counted without the zone (RFC 3339, 5.7). */
static bool leap_fits(const char *time, const char *zone)
{
	int hour, minute, off_hour = 0, off_minute = 0, minutes;

	if (strncmp(time + 6, "60", 2) != 0)
		return true;
	two_digits(time, &hour);
	two_digits(time + 3, &minute);
	if (*zone == '+' || *zone == '-') {
		two_digits(zone + 1, &off_hour);
		two_digits(zone + 4, &off_minute);
	}
	minutes = hour * 60 + minute - (*zone == '-' ? -1 : 1) * (off_hour * 60 + off_minute);
	return (minutes + 2 * 24 * 60) % (24 * 60) == 24 * 60 - 1;
}

static bool is_date_time(const char *text, bool zone_needed)
{
	size_t time;

	if (!is_date(text) || (text[10] != 'T' && text[10] != 't'))
		return false;
	time = time_length(text + 11);
	return time && (is_zone(text + 11 + time) || (!zone_needed && !text[11 + time])) && leap_fits(text + 11, text + 11 + time);
}

bool shape_date_time(const char *text)
{
	return is_date_time(text, true);
}

bool shape_date_time_loose(const char *text)
{
	return is_date_time(text, false);
}

/* Days from 1970-01-01 to a day of the Gregorian calendar, before which it is counted on backwards. */
static long long days_to(int year, int month, int day)
{
	long long y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	long long of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int number_at(const char *text, size_t digits)
{
	int number = 0;

	for (; digits--; text++)
		number = number * 10 + (*text - '0');
	return number;
}

bool check_instant(const char *text, instant *ret)
{
	size_t time = shape_date_time(text) ? time_length(text + 11) : 0;
	const char *zone = text + 11 + time;
	instant at, part = INSTANT_SECOND / 10;

	if (!time)
		return false;
	at = days_to(number_at(text, 4), number_at(text + 5, 2), number_at(text + 8, 2)) * INSTANT_DAY +
	     number_at(text + 11, 2) * INSTANT_HOUR + number_at(text + 14, 2) * INSTANT_MINUTE +
	     number_at(text + 17, 2) * INSTANT_SECOND;
	for (size_t i = 9; i < time && part; i++, part /= 10)
		at += (text[11 + i] - '0') * part;
	if (*zone == '+' || *zone == '-')
		at -= (*zone == '+' ? 1 : -1) * (number_at(zone + 1, 2) * INSTANT_HOUR + number_at(zone + 4, 2) * INSTANT_MINUTE);
	*ret = at;
	return true;
}

/* ---- addresses and ids */

/* Whether LENGTH bytes may stand in an address, brackets aside; bytes of other scripts where INTERNATIONAL. */
static bool is_address_text(const char *text, size_t length, bool international)
{
	for (const char *c = text; c < text + length; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte == '%' && !(isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2])))
			return false;
		if (byte <= 0x20 || byte == 0x7F || strchr("<>\"{}|\\^`[]", byte) || (byte > 0x7F && !international))
			return false;
	}
	return true;
}

static bool is_ipv4(const char *text, size_t length)
{
	const char *end = text + length;

	for (int part = 0; part < 4; part++) {
		size_t digits = digits_at(text);
		int number = digits && digits <= 3 ? number_at(text, digits) : 256;

		if (number > 255 || (digits > 1 && *text == '0'))
			return false;
		text += digits;
		if (part < 3 && *text++ != '.')
			return false;
	}
	return text == end;
}

/* Groups of up to four hex digits, eight of them or fewer around one "::"; the last two may be an IPv4 address. */
static bool is_ipv6(const char *text, size_t length)
{
	const char *end = text + length;
	int groups = 0;
	bool gap = false;

	if (length >= 2 && text[0] == ':' && text[1] != ':')
		return false;
	while (text < end) {
		size_t digits = strspn(text, "0123456789abcdefABCDEF");

		if (text[0] == ':' && text[1] == ':' && !gap) {
			gap = true;
			text += 2;
			continue;
		}
		if (memchr(text, '.', (size_t)(end - text)) && !memchr(text, ':', (size_t)(end - text)))
			return is_ipv4(text, (size_t)(end - text)) && (gap ? groups < 6 : groups == 6);
		if (!digits || digits > 4)
			return false;
		groups++;
		text += digits;
		if (text < end && (*text != ':' || text + 1 == end))
			return false;
		text += text < end && text[1] != ':';
	}
	return gap ? groups < 8 : groups == 8;
}

/* "[2001:db8::1]", or what later versions will have: "[v7.x]". */
static bool is_literal_host(const char *text, size_t length)
{
	size_t version = strspn(text + 2, "0123456789abcdefABCDEF");

	if (length < 4 || text[length - 1] != ']')
		return false;
	if (text[1] == 'v' || text[1] == 'V')
		return version > 0 && text[2 + version] == '.' && length > version + 4 &&
		       is_address_text(text + 3 + version, length - version - 4, false);
	return is_ipv6(text + 1, length - 2);
}

/* user@host:port; the host may be empty. */
static bool is_authority(const char *text, size_t length, bool international)
{
	const char *at = memrchr(text, '@', length), *host = at ? at + 1 : text;
	size_t left = length - (size_t)(host - text), name;
	const char *end = left && *host == '[' ? memchr(host, ']', left) : NULL;

	name = end ? (size_t)(end - host) + 1 : left;
	if (!end && memchr(host, ':', left))
		name = (size_t)((const char *)memchr(host, ':', left) - host);
	if (at && (!is_address_text(text, (size_t)(at - text), international) || memchr(text, '@', (size_t)(at - text))))
		return false;
	if (end ? !is_literal_host(host, name) : !is_address_text(host, name, international))
		return false;
	return left == name || (host[name] == ':' && name + 1 + strspn(host + name + 1, "0123456789") >= left);
}

/* Behind the colon of the scheme, or of a reference without one (RFC 3986, section 3). */
static bool is_address_rest(const char *text, bool international)
{
	const char *fragment = strchr(text, '#');

	if (fragment && strchr(fragment + 1, '#'))
		return false;
	if (str_starts(text, "//")) {
		size_t length = strcspn(text + 2, "/?#");

		if (!is_authority(text + 2, length, international))
			return false;
		text += 2 + length;
	}
	return is_address_text(text, strlen(text), international);
}

static bool is_address(const char *text, bool international)
{
	size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return isalpha((unsigned char)text[0]) && text[scheme] == ':' &&
	       is_address_rest(text + scheme + 1, international);
}

bool shape_uri(const char *text)
{
	return is_address(text, false);
}

bool shape_iri(const char *text)
{
	return is_address(text, true);
}

bool shape_iri_reference(const char *text)
{
	return is_address_rest(text, true);
}

bool shape_cve(const char *text)
{
	size_t digits;

	if (!str_starts(text, "CVE-") || strspn(text + 4, "0123456789") != 4 || text[8] != '-')
		return false;
	digits = strspn(text + 9, "0123456789");
	return digits >= 4 && !text[9 + digits];
}

bool shape_uuid(const char *text)
{
	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

bool shape_digits_hex(const char *text)
{
	size_t length = strlen(text);

	return length >= 32 && strspn(text, "0123456789abcdefABCDEF") == length;
}

/* ---- SemVer */

/* "0" or a number without a leading zero. */
static bool is_number(const char *text, size_t length)
{
	return length > 0 && (length == 1 || text[0] != '0');
}

/* Dot-separated identifiers of SemVer; numbers among them have no leading zero where PRE. */
static bool identifiers(const char *text, size_t length, bool pre)
{
	size_t from = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && text[i] != '.') {
			if (!isalnum((unsigned char)text[i]) && text[i] != '-')
				return false;
			continue;
		}
		if (i == from || (pre && digits_at(text + from) >= i - from && !is_number(text + from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}

bool check_shape_semver(const char *text)
{
	size_t length = digits_at(text), tail;

	for (int part = 0; part < 3; part++) {
		length = digits_at(text);
		if (!is_number(text, length) || (part < 2 && text[length] != '.'))
			return false;
		text += length + (part < 2);
	}
	if (*text == '-') {
		tail = strcspn(text + 1, "+");
		if (!identifiers(text + 1, tail, true))
			return false;
		text += 1 + tail;
	}
	return !*text || (*text == '+' && identifiers(text + 1, strlen(text + 1), false));
}
