/* SPDX-License-Identifier: Apache-2.0 */
/* Fields, message ids and dates of a mail's header; address lists are next door in address.c. */
#include "psirtty/format/header.h"

#include <ctype.h>

/* ---- fields */

/* The length of the line at BYTES without its end; *RET_NEXT is where the next one starts. */
static size_t line_length(const char *bytes, size_t length, size_t *ret_next)
{
	const char *newline = memchr(bytes, '\n', length);
	size_t line = newline ? (size_t)(newline - bytes) : length;

	*ret_next = newline ? line + 1 : length;
	return newline && line && bytes[line - 1] == '\r' ? line - 1 : line;
}

/* The length of a field name at the start of a line, its colon in *RET_COLON; 0 when there is none. */
static size_t name_length(const char *line, size_t length, size_t *ret_colon)
{
	size_t i = 0, name;

	while (i < length && line[i] > 0x20 && line[i] < 0x7F && line[i] != ':')
		i++;
	name = i;
	while (i < length && (line[i] == ' ' || line[i] == '\t'))
		i++;
	*ret_colon = i;
	return i < length && line[i] == ':' ? name : 0;
}

/* Where the field that begins at AT ends: continuation lines begin with a blank. *RET_NEXT is the next
 * line's start. */
static size_t field_end(const char *bytes, size_t length, size_t at, size_t *ret_next)
{
	size_t next, end = at + line_length(bytes + at, length - at, &next);

	next += at;
	while (end > at && next < length && (bytes[next] == ' ' || bytes[next] == '\t')) {
		size_t step, line = line_length(bytes + next, length - next, &step);

		end = next + line;
		next += step;
	}
	*ret_next = next;
	return end;
}

static bool has_lone_control(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == '\0' || (bytes[i] == '\r' && !(i + 1 < length && bytes[i + 1] == '\n')))
			return true;
	return false;
}

static void block_add(struct header_block *block, size_t *capacity, const char *line, size_t length)
{
	size_t colon, name = name_length(line, length, &colon);
	struct header_field *field;

	if (!name) {
		block->malformed = true;
		return;
	}
	if (has_lone_control(line, length))
		block->malformed = true;
	if (block->count == HEADER_COUNT_LIMIT) {
		block->cut = true;
		return;
	}
	block->fields = mem_grow(block->fields, capacity, block->count + 1, sizeof(*block->fields));
	field = &block->fields[block->count++];
	*field = (struct header_field){ line, name, line + colon + 1, length - colon - 1 };
	while (field->length && (*field->value == ' ' || *field->value == '\t')) {
		field->value++;
		field->length--;
	}
	if (field->length > HEADER_LIMIT) {
		field->length = HEADER_LIMIT;
		block->cut = true;
	}
}

void header_block_read(const char *bytes, size_t length, struct header_block *ret)
{
	size_t capacity = 0, at = 0, next;

	*ret = (struct header_block){ 0 };
	if (length >= 5 && memcmp(bytes, "From ", 5) == 0)
		line_length(bytes, length, &at);
	for (; at < length; at = next) {
		size_t end = field_end(bytes, length, at, &next);

		if (end == at) {
			at = next;
			break;
		}
		block_add(ret, &capacity, bytes + at, end - at);
	}
	ret->body = at;
}

void header_block_release(struct header_block *block)
{
	free(block->fields);
	*block = (struct header_block){ 0 };
}

const struct header_field *header_find(const struct header_block *block, const char *name, size_t *from)
{
	size_t length = strlen(name);

	for (size_t i = from ? *from : 0; i < block->count; i++) {
		const struct header_field *field = &block->fields[i];

		if (field->name_length != length || !str_starts_nocase(field->name, name))
			continue;
		if (from)
			*from = i + 1;
		return field;
	}
	return NULL;
}

/* ---- message ids */

static size_t id_length(const char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length && i < 998 && bytes[i] > 0x20 && bytes[i] < 0x7F && bytes[i] != '>')
		i++;
	return i;
}

size_t header_ids(const char *value, size_t length, header_id_fn take, void *taker)
{
	size_t count = 0, at = 0;

	while (at < length) {
		const char *open = memchr(value + at, '<', length - at);
		size_t start = open ? (size_t)(open - value) : length, id;

		if (!open)
			break;
		id = id_length(open, length - start);
		at = start + id + 1;
		if (id < 2 || start + id >= length || open[id] != '>')
			continue;
		if (count++ < REFERENCE_LIMIT) {
			AUTO_STRING text = mem_copy(open, id + 1);

			take(taker, text);
		}
	}
	if (!count && !memchr(value, '<', length)) {
		size_t id = id_length(value, length);

		if (id && id < 998) {
			AUTO_STRING text = mem_copy(value, id);

			take(taker, text);
			count = 1;
		}
	}
	return count;
}

/* ---- dates */

struct clock { int year, month, day, hour, minute, second, offset; };

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static const struct { const char *name; int hours; } zones[] = {
	{ "UT", 0 }, { "GMT", 0 }, { "UTC", 0 }, { "Z", 0 }, { "EST", -5 }, { "EDT", -4 },
	{ "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
};

static const char *skip(const char *s)
{
	for (;;) {
		int depth = 0;

		while (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
			s++;
		if (*s != '(')
			return s;
		for (; *s; s++) {
			depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
			if (depth == 0)
				break;
		}
		if (!*s)
			return s;
		s++;
	}
}

static bool number(const char **s, int most_digits, int *ret)
{
	int value = 0, count = 0;

	*s = skip(*s);
	for (; isdigit((unsigned char)**s) && count < most_digits; (*s)++, count++)
		value = value * 10 + (**s - '0');
	*ret = value;
	return count > 0;
}

static bool month(const char **s, int *ret)
{
	*s = skip(*s);
	for (int i = 0; i < 12; i++) {
		char word[4] = { months[i * 3], months[i * 3 + 1], months[i * 3 + 2], '\0' };

		if (!str_starts_nocase(*s, word))
			continue;
		*ret = i + 1;
		while (isalpha((unsigned char)**s))
			(*s)++;
		return true;
	}
	return false;
}

static void zone(const char *s, int *ret_offset)
{
	size_t letters;

	s = skip(s);
	if (*s == '+' || *s == '-') {
		int sign = *s++ == '-' ? -1 : 1, value;

		if (number(&s, 4, &value) && value % 100 < 60)
			*ret_offset = sign * (value / 100 * 60 + value % 100);
		return;
	}
	letters = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		if (strlen(zones[i].name) == letters && str_starts_nocase(s, zones[i].name))
			*ret_offset = zones[i].hours * 60;
}

static bool clock_read(const char *s, struct clock *ret)
{
	const char *comma;

	s = skip(s);
	comma = strchr(s, ',');
	if (comma && comma - s < 12)
		s = comma + 1;
	while (isalpha((unsigned char)*s))
		s++;
	if (!number(&s, 2, &ret->day) || !month(&s, &ret->month) || !number(&s, 4, &ret->year))
		return false;
	ret->year += ret->year < 50 ? 2000 : ret->year < 1000 ? 1900 : 0;
	if (!number(&s, 2, &ret->hour) || *(s = skip(s)) != ':')
		return false;
	s++;
	if (!number(&s, 2, &ret->minute))
		return false;
	if (*(s = skip(s)) == ':') {
		s++;
		if (!number(&s, 2, &ret->second))
			return false;
	}
	ret->second = ret->second == 60 ? 59 : ret->second;
	zone(s, &ret->offset);
	return true;
}

instant header_date(const char *value, size_t length)
{
	AUTO_STRING text = mem_copy(value, length > 256 ? 256 : length);
	struct clock c = { 0 };
	char rfc3339[64];
	instant at;

	if (!clock_read(text, &c) || abs(c.offset) >= 24 * 60)
		return INSTANT_NONE;
	snprintf(rfc3339, sizeof(rfc3339), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month,
		 c.day, c.hour, c.minute, c.second, c.offset < 0 ? '-' : '+', abs(c.offset) / 60,
		 abs(c.offset) % 60);
	return instant_parse(rfc3339, &at, NULL) == 0 ? at : INSTANT_NONE;
}
