/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte string, and the few string questions everybody asks. */
#include "psirtty/base/str.h"

#include <strings.h>

char str_empty[1] = "";

void str_init(struct str *s)
{
	*s = (struct str)STR_INIT;
}

void str_release(struct str *s)
{
	if (s->capacity)
		free(s->bytes);
	str_init(s);
}

void str_reset(struct str *s)
{
	str_truncate(s, 0);
}

void str_wipe(struct str *s)
{
	if (s->capacity)
		explicit_bzero(s->bytes, s->capacity);
	str_release(s);
}

char *str_detach(struct str *s)
{
	char *bytes = s->capacity ? s->bytes : mem_copy("", 0);

	str_init(s);
	return bytes;
}

static void make_room(struct str *s, size_t more)
{
	size_t capacity = s->capacity;
	char *bytes;

	if (more > SIZE_MAX / 2 - s->length)
		BUG("a string of %zu more bytes", more);
	if (s->length + more + 1 <= capacity)
		return;
	while (capacity < s->length + more + 1)
		capacity = capacity ? capacity * 2 : 64;
	bytes = mem_resize(s->capacity ? s->bytes : NULL, capacity, 1);
	if (!s->capacity)
		bytes[0] = '\0';
	s->bytes = bytes;
	s->capacity = capacity;
}

void str_add_bytes(struct str *s, const void *bytes, size_t length)
{
	if (!length)
		return;
	make_room(s, length);
	memcpy(s->bytes + s->length, bytes, length);
	s->length += length;
	s->bytes[s->length] = '\0';
}

char *str_add_room(struct str *s, size_t length)
{
	char *room;

	make_room(s, length);
	room = s->bytes + s->length;
	s->length += length;
	s->bytes[s->length] = '\0';
	return room;
}

void str_add(struct str *s, const char *string)
{
	if (string)
		str_add_bytes(s, string, strlen(string));
}

void str_add_char(struct str *s, char c)
{
	str_add_bytes(s, &c, 1);
}

void str_add_repeat(struct str *s, char c, size_t count)
{
	if (count)
		memset(str_add_room(s, count), c, count);
}

void str_add_format(struct str *s, const char *format, ...)
{
	char *made = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&made, format, args);
	va_end(args);
	if (length < 0)
		BUG("a format that cannot be printed: %s", format);
	str_add_bytes(s, made, (size_t)length);
	free(made);
}

void str_truncate(struct str *s, size_t length)
{
	if (length > s->length)
		BUG("truncating %zu bytes to %zu", s->length, length);
	if (!s->capacity)
		return;
	s->length = length;
	s->bytes[length] = '\0';
}

bool str_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t length = s ? strlen(s) : 0, tail = strlen(suffix);

	return length >= tail && (tail == 0 || memcmp(s + length - tail, suffix, tail) == 0);
}

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

int str_casecmp(const char *a, const char *b)
{
	while (*a && lower((unsigned char)*a) == lower((unsigned char)*b)) {
		a++;
		b++;
	}
	return lower((unsigned char)*a) - lower((unsigned char)*b);
}

bool str_starts_nocase(const char *s, const char *prefix)
{
	for (; *prefix; s++, prefix++)
		if (lower((unsigned char)*s) != lower((unsigned char)*prefix))
			return false;
	return true;
}

const char *str_or_empty(const char *s)
{
	return s ? s : "";
}

void str_add_hex(struct str *s, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;

	for (size_t i = 0; i < length; i++) {
		str_add_char(s, digits[b[i] >> 4]);
		str_add_char(s, digits[b[i] & 15]);
	}
}

char *str_hex(const void *bytes, size_t length)
{
	struct str s = STR_INIT;

	str_add_hex(&s, bytes, length);
	return str_detach(&s);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

long str_unhex(const char *hex, void *ret, size_t limit)
{
	unsigned char *out = ret;
	size_t count = 0;

	for (; hex[0]; hex += 2) {
		int high = hex_digit(hex[0]), low = hex[1] ? hex_digit(hex[1]) : -1;

		if (high < 0 || low < 0 || count == limit)
			return -1;
		out[count++] = (unsigned char)(high << 4 | low);
	}
	return (long)count;
}

void str_add_base64(struct str *s, const void *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = bytes;

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t group = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) |
				 (left > 2 ? b[i + 2] : 0);

		str_add_char(s, digits[group >> 18]);
		str_add_char(s, digits[group >> 12 & 63]);
		str_add_char(s, left > 1 ? digits[group >> 6 & 63] : '=');
		str_add_char(s, left > 2 ? digits[group & 63] : '=');
	}
}

void str_add_utf8(struct str *s, uint32_t c)
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		str_add_char(s, (char)c);
	} else if (c < 0x800) {
		str_add_char(s, (char)(0xC0 | c >> 6));
		str_add_char(s, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		str_add_char(s, (char)(0xE0 | c >> 12));
		str_add_char(s, (char)(0x80 | (c >> 6 & 63)));
		str_add_char(s, (char)(0x80 | (c & 63)));
	} else {
		str_add_char(s, (char)(0xF0 | c >> 18));
		str_add_char(s, (char)(0x80 | (c >> 12 & 63)));
		str_add_char(s, (char)(0x80 | (c >> 6 & 63)));
		str_add_char(s, (char)(0x80 | (c & 63)));
	}
}

/* How many bytes a sequence with this first byte has (Unicode 15, table 3-7); 0: none starts so. */
static int sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

int32_t utf8_next(const char **cursor, const char *end)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)*cursor;
	int length = sequence_length(b[0]);
	int32_t c;

	(*cursor)++;
	if (length == 0 || end - (const char *)b < length)
		return -1;
	if (length == 1)
		return b[0];
	c = b[0] & (0x7F >> length);
	for (int i = 1; i < length; i++) {
		if ((b[i] & 0xC0) != 0x80)
			return -1;
		c = c << 6 | (b[i] & 63);
	}
	if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return -1;
	*cursor = (const char *)b + length;
	return c;
}

bool utf8_valid(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	uint64_t eight;

	while (bytes < end) {
		/* Most text is ASCII: eight at a time. */
		for (; end - bytes >= 8; bytes += 8) {
			memcpy(&eight, bytes, 8);
			if (eight & 0x8080808080808080u)
				break;
		}
		if (bytes < end && utf8_next(&bytes, end) < 0)
			return false;
	}
	return true;
}
