/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that are made of letters of several scripts so that they look like another name (UTS 39):
 * Latin beside Cyrillic, Greek or Armenian in one word, or a word of those alone under a Latin ending.
 */
#include "psirtty/format/script.h"

enum { LATIN = 1, LOOKALIKE = 2, LABEL_LIMIT = 256 };

static int script_of(int32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x250) || (c >= 0x1E00 && c < 0x1F00))
		return LATIN;
	if ((c >= 0x370 && c < 0x590) || (c >= 0x1F00 && c < 0x2000) || (c >= 0x13A0 && c < 0x1400))
		return LOOKALIKE;
	return 0;
}

/* A word ends where neither letter, digit nor mark stands. */
static bool ends_word(int32_t c)
{
	return c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9');
}

bool script_is_mixed(const char *text)
{
	const char *end = text + strlen(text);
	int seen = 0;

	while (text < end) {
		int32_t c = utf8_next(&text, end);

		seen = c < 0 || ends_word(c) ? 0 : seen | script_of(c);
		if (seen == (LATIN | LOOKALIKE))
			return true;
	}
	return false;
}

/* ---- RFC 3492 */

enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_POINT = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static int digit_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

/* One number of variable length at *AT; false when it is broken or too large. */
static bool read_number(const char **at, const char *end, uint32_t bias, uint32_t *value)
{
	uint32_t weight = 1;

	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
		int digit = *at < end ? digit_of(*(*at)++) : -1;

		if (digit < 0 || (uint32_t)digit > (UINT32_MAX / 2 - *value) / weight)
			return false;
		*value += (uint32_t)digit * weight;
		if ((uint32_t)digit < t)
			return true;
		if (weight > UINT32_MAX / 2 / (BASE - t))
			return false;
		weight *= BASE - t;
	}
}

static bool decode(const char *at, const char *end, uint32_t points[LABEL_LIMIT], size_t *ret_count)
{
	uint32_t point = FIRST_POINT, bias = FIRST_BIAS, i = 0;
	const char *dash = memrchr(at, '-', (size_t)(end - at));
	size_t count = 0;

	for (; dash && at < dash; at++)
		points[count++] = (unsigned char)*at;
	at = dash ? dash + 1 : at;
	while (at < end) {
		uint32_t before = i;

		if (count == LABEL_LIMIT || !read_number(&at, end, bias, &i))
			return false;
		bias = adapt(i - before, (uint32_t)count + 1, before == 0);
		point += i / ((uint32_t)count + 1);
		i %= (uint32_t)count + 1;
		if (point > 0x10FFFF)
			return false;
		memmove(points + i + 1, points + i, (count - i) * sizeof(*points));
		points[i++] = point;
		count++;
	}
	*ret_count = count;
	return true;
}

bool punycode_decode(const char *label, size_t length, struct str *ret)
{
	uint32_t points[LABEL_LIMIT];
	size_t count;

	if (length < 4 || length > LABEL_LIMIT || strncasecmp(label, "xn--", 4) != 0 ||
	    !decode(label + 4, label + length, points, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		str_add_utf8(ret, points[i] >= 0xD800 && points[i] < 0xE000 ? 0xFFFD : points[i]);
	return true;
}

/* ---- domains */

/* Scripts of the label, decoded. */
static int label_scripts(const char *label, size_t length)
{
	AUTO_STR text = STR_INIT;
	const char *at, *end;
	int seen = 0;

	if (!punycode_decode(label, length, &text))
		str_add_bytes(&text, label, length);
	for (at = str_or_empty(text.bytes), end = at + text.length; at < end;)
		seen |= script_of(utf8_next(&at, end));
	return seen;
}

bool script_domain_is_mixed(const char *domain)
{
	const char *last = strrchr(domain, '.');
	int ending = label_scripts(last ? last + 1 : domain, strlen(last ? last + 1 : domain));

	while (*domain) {
		size_t length = strcspn(domain, ".");
		int seen = label_scripts(domain, length);

		if (seen == (LATIN | LOOKALIKE) || (seen == LOOKALIKE && ending == LATIN))
			return true;
		domain += length + (domain[length] == '.');
	}
	return false;
}
