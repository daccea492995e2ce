/* SPDX-License-Identifier: Apache-2.0 */
/* Structs as bytes and back, by their tables of rows. Reading trusts nothing: every length, count and
 * value is checked, every text is within the bytes and ends where it
 * says. */
#include "model/brief.h"

enum { COUNT_LIMIT = 1 << 20, DEPTH_LIMIT = 4 };

static const instant last_instant = 253402300800 * INSTANT_SECOND; /* the year 10000 */

/* ---- writing */

static void put_number(struct str *out, uint64_t number)
{
	char bytes[10];
	size_t length = 0;

	while (number >= 0x80) {
		bytes[length++] = (char)(number | 0x80);
		number >>= 7;
	}
	bytes[length++] = (char)number;
	str_add_bytes(out, bytes, length);
}

static void put_signed(struct str *out, int64_t number)
{
	put_number(out, (uint64_t)number << 1 ^ (uint64_t)(number >> 63));
}

static void put_time(struct str *out, instant at)
{
	char bytes[8];

	str_add_char(out, at >= 0 && at < last_instant);
	for (int i = 0; i < 8; i++)
		bytes[i] = (char)((uint64_t)at >> 8 * i);
	if (at >= 0 && at < last_instant)
		str_add_bytes(out, bytes, sizeof(bytes));
}

static void put_begin(struct str *out, const char *text, size_t limit)
{
	size_t length = text ? strnlen(text, limit) : 0;

	while (length >= limit && text && ((unsigned char)text[length] & 0xC0) == 0x80)
		length++;
	put_number(out, text ? length + 1 : 0);
	if (text) {
		str_add_bytes(out, text, length);
		str_add_char(out, 0);
	}
}

static void put_text(struct str *out, const char *text)
{
	put_begin(out, text, SIZE_MAX);
}

static void write_rows(const struct brief_shape *shape, const char *item, struct str *out);

static void write_list(const struct brief_row *row, const char *item, struct str *out)
{
	const char *items = *(char *const *)(const void *)(item + row->at);
	size_t count = *(const size_t *)(const void *)(item + row->count_at);

	put_number(out, count);
	for (size_t i = 0; i < count; i++)
		write_rows(row->shape, items + i * row->shape->size, out);
}

static void write_row(const struct brief_row *row, const char *item, struct str *out)
{
	const void *member = item + row->at;
	const struct zoned *zoned = member;
	const char *part;

	switch (row->kind) {
	case KEEP_TEXT: put_text(out, *(char *const *)member); break;
	case KEEP_BEGIN: put_begin(out, *(char *const *)member, row->limit); break;
	case KEEP_TIME: put_time(out, *(const instant *)member); break;
	case KEEP_WORD: put_number(out, *(const unsigned *)member); break;
	case KEEP_NUMBER: put_signed(out, *(const int *)member); break;
	case KEEP_SIZE: put_number(out, *(const size_t *)member); break;
	case KEEP_FLAG: put_number(out, *(const bool *)member); break;
	case KEEP_BYTES: str_add_bytes(out, member, row->size); break;
	case KEEP_LIST: write_list(row, item, out); break;
	case KEEP_ZONED:
		put_time(out, zoned->at);
		put_signed(out, zoned->offset);
		put_text(out, zoned->zone);
		break;
	case KEEP_PART:
		part = *(char *const *)member;
		put_number(out, part != NULL);
		if (part)
			write_rows(row->shape, part, out);
		break;
	case KEEP_KINDS: break;
	}
}

static void write_rows(const struct brief_shape *shape, const char *item, struct str *out)
{
	for (size_t i = 0; i < shape->row_count; i++)
		write_row(&shape->rows[i], item, out);
}

void brief_write(const struct brief_shape *shape, char letter, const void *item, struct str *ret)
{
	str_add_char(ret, letter);
	write_rows(shape, item, ret);
}

/* ---- reading */

struct reader {
	const unsigned char *at, *end;
	const struct brief_home *home;
	int depth;
};

/* Most numbers are one byte. */
static bool take_number(struct reader *r, uint64_t limit, uint64_t *ret)
{
	uint64_t number = 0;

	if (r->at < r->end && *r->at < 0x80) {
		*ret = *r->at++;
		return *ret < limit;
	}
	for (int shift = 0; shift < 64 && r->at < r->end; shift += 7) {
		uint64_t group = *r->at & 0x7F;

		if (group << shift >> shift != group)
			return false;
		number |= group << shift;
		if (!(*r->at++ & 0x80)) {
			*ret = number;
			return number < limit;
		}
	}
	return false;
}

static bool take_signed(struct reader *r, int *ret)
{
	uint64_t number;
	int64_t value;

	if (!take_number(r, UINT64_MAX, &number))
		return false;
	value = (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
	*ret = (int)value;
	return value >= INT32_MIN && value <= INT32_MAX;
}

static bool take_time(struct reader *r, instant *ret)
{
	uint64_t number = 0;
	unsigned char there;

	if (r->at == r->end)
		return false;
	there = *r->at++;
	*ret = INSTANT_NONE;
	if (there != 1)
		return there == 0;
	if (r->end - r->at < 8)
		return false;
	for (int i = 0; i < 8; i++)
		number |= (uint64_t)*r->at++ << 8 * i;
	*ret = (instant)number;
	return number < (uint64_t)last_instant;
}

/* *RET lies within the bytes; its length, or NULL for none. */
static bool find_text(struct reader *r, const char **ret, size_t *ret_length)
{
	uint64_t length;

	*ret = NULL;
	if (!take_number(r, UINT64_MAX, &length))
		return false;
	if (!length)
		return true;
	if (length > (size_t)(r->end - r->at) || memchr(r->at, 0, length) != r->at + length - 1)
		return false;
	*ret = (const char *)r->at;
	*ret_length = length - 1;
	r->at += length;
	return true;
}

static bool take_text(struct reader *r, char **ret)
{
	const char *text;
	size_t length;

	if (!find_text(r, &text, &length))
		return false;
	*ret = text ? arena_word(r->home->arena, r->home->words, text, length, r->home->room) : NULL;
	return true;
}

static bool take_zoned(struct reader *r, struct zoned *ret)
{
	const char *zone;
	size_t length;

	if (!take_time(r, &ret->at) || !take_signed(r, &ret->offset) || !find_text(r, &zone, &length) || !zone ||
	    length >= sizeof(ret->zone) || ret->offset <= -24 * 60 || ret->offset >= 24 * 60)
		return false;
	memcpy(ret->zone, zone, length + 1);
	return true;
}

static bool take_bytes(struct reader *r, void *ret, size_t size)
{
	if (size > (size_t)(r->end - r->at))
		return false;
	memcpy(ret, r->at, size);
	r->at += size;
	return true;
}

static bool read_rows(struct reader *r, const struct brief_shape *shape, char *item);

/* An item is at least one byte for each of its rows: a count beyond that is a lie and costs nothing. */
static bool read_items(struct reader *r, const struct brief_shape *shape, size_t count, char **ret)
{
	char *items;

	if (count > COUNT_LIMIT || r->depth >= DEPTH_LIMIT ||
	    count > (size_t)(r->end - r->at) / shape->row_count)
		return false;
	items = count ? arena_take(r->home->arena, count * shape->size, r->home->room) : NULL;
	r->depth++;
	for (size_t i = 0; i < count; i++)
		if (!read_rows(r, shape, items + i * shape->size))
			return false;
	r->depth--;
	*ret = items;
	return true;
}

static bool read_list(struct reader *r, const struct brief_row *row, char *item)
{
	uint64_t count;

	if (!take_number(r, COUNT_LIMIT + 1, &count) ||
	    !read_items(r, row->shape, count, (char **)(void *)(item + row->at)))
		return false;
	*(size_t *)(void *)(item + row->count_at) = count;
	return true;
}

static bool read_row(struct reader *r, const struct brief_row *row, char *item)
{
	void *member = item + row->at;
	uint64_t number;

	switch (row->kind) {
	case KEEP_TEXT: return take_text(r, member) && (!row->limit || *(char **)member);
	case KEEP_BEGIN: return take_text(r, member);
	case KEEP_TIME: return take_time(r, member);
	case KEEP_NUMBER: return take_signed(r, member);
	case KEEP_ZONED: return take_zoned(r, member);
	case KEEP_BYTES: return take_bytes(r, member, row->size);
	case KEEP_LIST: return read_list(r, row, item);
	case KEEP_PART: return take_number(r, 2, &number) && read_items(r, row->shape, number, member);
	case KEEP_WORD:
		if (!take_number(r, row->limit, &number))
			return false;
		*(unsigned *)member = (unsigned)number;
		return true;
	case KEEP_SIZE:
		if (!take_number(r, SIZE_MAX, &number))
			return false;
		*(size_t *)member = number;
		return true;
	case KEEP_FLAG:
		if (!take_number(r, 2, &number))
			return false;
		*(bool *)member = number;
		return true;
	case KEEP_KINDS: break;
	}
	return false;
}

static bool read_rows(struct reader *r, const struct brief_shape *shape, char *item)
{
	for (size_t i = 0; i < shape->row_count; i++)
		if (!read_row(r, &shape->rows[i], item))
			return false;
	return true;
}

bool brief_read(const struct brief_shape *shape, char letter, const void *bytes, size_t length,
		const struct brief_home *home, void *item)
{
	struct reader r = { .at = bytes, .home = home };

	if (length < 1 || *r.at != (unsigned char)letter)
		return false;
	r.end = r.at++ + length;
	return read_rows(&r, shape, item) && r.at == r.end;
}

/* ---- the version of a table */

static uint32_t mix(uint32_t hash, size_t value)
{
	return (hash ^ (uint32_t)value) * 0x01000193u;
}

uint32_t brief_shape_hash(const struct brief_shape *shape, uint32_t hash)
{
	hash = mix(hash, shape->size);
	for (size_t i = 0; i < shape->row_count; i++) {
		const struct brief_row *row = &shape->rows[i];

		hash = mix(mix(mix(hash, row->kind), row->at), row->limit);
		if (row->shape)
			hash = brief_shape_hash(row->shape, hash);
	}
	return hash;
}
