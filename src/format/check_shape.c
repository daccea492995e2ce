/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that texts of documents have: dates, addresses, ids. */
#include "format/check_private.h"

#include <ctype.h>

bool shape_date_time(const char *text)
{
	instant at;

	return instant_parse(text, &at, NULL) == 0;
}

bool shape_date_time_loose(const char *text)
{
	AUTO_STRING zoned = mem_format("%sZ", text);

	return shape_date_time(text) || shape_date_time(zoned);
}

bool shape_uri(const char *text)
{
	size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	if (!isalpha((unsigned char)text[0]) || text[scheme] != ':')
		return false;
	for (const char *c = text + scheme + 1; *c; c++) {
		if (*c == '%' && !(isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2])))
			return false;
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F || strchr("<>\"{}|\\^`", *c))
			return false;
	}
	return true;
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
