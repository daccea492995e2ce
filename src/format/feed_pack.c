/* SPDX-License-Identifier: Apache-2.0 */
/* Records of feeds as bytes: numbers in groups of seven bits, texts with their length before and a zero behind. */
#include "psirtty/format/feed_pack.h"

enum { PACK_VERSION = 1 };
enum range_flag { RANGE_STATUS = 3, RANGE_AFTER = 4, RANGE_THROUGH = 8 };

/* ---- writing */

static void add_number(struct str *ret, uint64_t number)
{
	char bytes[10];
	size_t length = 0;

	for (; number >= 0x80; number >>= 7)
		bytes[length++] = (char)(number | 0x80);
	bytes[length++] = (char)number;
	str_add_bytes(ret, bytes, length);
}

/* 0 is no text at all. */
static void add_text(struct str *ret, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	add_number(ret, text ? length + 1 : 0);
	if (text)
		str_add_bytes(ret, text, length + 1);
}

static void add_instant(struct str *ret, instant at)
{
	add_number(ret, at == INSTANT_NONE ? 0 : ((uint64_t)at << 1 ^ (uint64_t)(at >> 63)) + 1);
}

static void add_list(struct str *ret, const struct text_list *list)
{
	add_number(ret, list->count);
	for (size_t i = 0; i < list->count; i++)
		add_text(ret, list->items[i]);
}

static void add_pairs(struct str *ret, const struct text_pairs *pairs)
{
	add_number(ret, pairs->count);
	for (size_t i = 0; i < pairs->count; i++) {
		add_text(ret, pairs->items[i].key);
		add_text(ret, pairs->items[i].value);
	}
}

static void add_range(struct str *ret, const struct feed_range *range)
{
	str_add_char(ret, (char)((unsigned)range->status | (range->after ? RANGE_AFTER : 0) |
				 (range->through ? RANGE_THROUGH : 0)));
	add_text(ret, range->scheme);
	add_text(ret, range->from);
	add_text(ret, range->to);
}

static void add_product(struct str *ret, const struct feed_product *product)
{
	add_text(ret, product->ecosystem);
	add_text(ret, product->vendor);
	add_text(ret, product->name);
	add_text(ret, product->purl);
	add_number(ret, product->usual);
	add_number(ret, (uint64_t)product->group);
	add_list(ret, &product->cpes);
	add_number(ret, product->count);
	for (size_t i = 0; i < product->count; i++)
		add_range(ret, &product->ranges[i]);
}

void feed_pack(const struct feed_record *record, struct str *ret)
{
	add_number(ret, PACK_VERSION);
	add_number(ret, record->kind);
	add_number(ret, record->state);
	add_number(ret, record->exploited);
	add_instant(ret, record->published);
	add_instant(ret, record->modified);
	add_text(ret, record->id);
	add_text(ret, record->title);
	add_text(ret, record->text);
	add_list(ret, &record->aliases);
	add_list(ret, &record->cwes);
	add_list(ret, &record->links);
	add_pairs(ret, &record->scores);
	add_number(ret, record->count);
	for (size_t i = 0; i < record->count; i++)
		add_product(ret, &record->products[i]);
}

/* ---- reading: what is broken shows at the end */

struct reading {
	const char *at, *end;
	bool broken;
	char *memory; size_t room, used; /* what lists are made in; its size was counted first */
};

static uint64_t take_number(struct reading *r)
{
	uint64_t number = 0;

	for (int shift = 0; r->at < r->end && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*r->at++;

		number |= (uint64_t)(c & 0x7F) << shift;
		if (!(c & 0x80))
			return number;
	}
	r->broken = true;
	return 0;
}

static int take_small(struct reading *r, uint64_t most)
{
	uint64_t number = take_number(r);

	r->broken = r->broken || number > most;
	return r->broken ? 0 : (int)number;
}

static char *take_text(struct reading *r)
{
	uint64_t length = take_number(r);
	const char *text = r->at;

	if (!length || r->broken)
		return NULL;
	/* The second time it was looked at already. */
	if (!r->memory && (length > (uint64_t)(r->end - r->at) || text[length - 1] || memchr(text, 0, length - 1) ||
			   !utf8_valid(text, length - 1))) {
		r->broken = true;
		return NULL;
	}
	r->at += length;
	return (char *)(uintptr_t)text;
}

static instant take_instant(struct reading *r)
{
	uint64_t number = take_number(r);

	if (!number--)
		return INSTANT_NONE;
	return (instant)(number >> 1 ^ (0 - (number & 1)));
}

/* How many there are: each takes LEAST bytes at least. */
static size_t take_count(struct reading *r, size_t least)
{
	uint64_t count = take_number(r);

	if (r->broken || count > (uint64_t)(r->end - r->at) / least) {
		r->broken = true;
		return 0;
	}
	return (size_t)count;
}

/* NULL while only what is needed is counted. */
static void *take_memory(struct reading *r, size_t count, size_t size)
{
	size_t from = r->used;

	r->used += (count * size + 15) & ~(size_t)15;
	return r->memory && r->used <= r->room ? r->memory + from : NULL;
}

static void take_list(struct reading *r, struct text_list *ret)
{
	size_t count = take_count(r, 1);
	char **items = take_memory(r, count, sizeof(*items));

	for (size_t i = 0; i < count && !r->broken; i++) {
		char *text = take_text(r);

		r->broken = r->broken || !text;
		if (items)
			items[i] = text;
	}
	*ret = (struct text_list){ items, count, count };
}

static void take_pairs(struct reading *r, struct text_pairs *ret)
{
	size_t count = take_count(r, 2);
	struct text_pair *items = take_memory(r, count, sizeof(*items));

	for (size_t i = 0; i < count && !r->broken; i++) {
		struct text_pair pair = { take_text(r), NULL };

		pair.value = take_text(r);
		if (items)
			items[i] = pair;
	}
	*ret = (struct text_pairs){ items, count, count };
}

static struct feed_range take_range(struct reading *r)
{
	unsigned flags = r->at < r->end ? (unsigned char)*r->at++ : 0xFF;
	struct feed_range range = { .status = flags & RANGE_STATUS, .after = flags & RANGE_AFTER,
				    .through = flags & RANGE_THROUGH };

	r->broken = r->broken || flags > 15 || range.status > FEED_UNDECIDED;
	range.scheme = take_text(r);
	range.from = take_text(r);
	range.to = take_text(r);
	return range;
}

static void take_product(struct reading *r, struct feed_product *ret)
{
	struct feed_product product = { .ecosystem = take_text(r) };
	size_t count;

	product.vendor = take_text(r);
	product.name = take_text(r);
	product.purl = take_text(r);
	product.usual = take_small(r, FEED_UNDECIDED);
	product.group = take_small(r, INT32_MAX);
	take_list(r, &product.cpes);
	count = take_count(r, 4);
	product.ranges = take_memory(r, count, sizeof(*product.ranges));
	product.count = product.room = count;
	for (size_t i = 0; i < count && !r->broken; i++) {
		struct feed_range range = take_range(r);

		if (product.ranges)
			product.ranges[i] = range;
	}
	if (ret)
		*ret = product;
}

static void take_products(struct reading *r, struct feed_record *ret)
{
	size_t count = take_count(r, 8);

	ret->products = take_memory(r, count, sizeof(*ret->products));
	ret->count = ret->room = count;
	for (size_t i = 0; i < count && !r->broken; i++)
		take_product(r, ret->products ? &ret->products[i] : NULL);
}

static void take_record(struct reading *r, bool head, struct feed_record *ret)
{
	r->broken = take_number(r) != PACK_VERSION;
	ret->kind = take_small(r, FEED_KINDS - 1);
	ret->state = take_small(r, FEED_WITHDRAWN);
	ret->exploited = take_small(r, 1);
	ret->published = take_instant(r);
	ret->modified = take_instant(r);
	ret->id = take_text(r);
	ret->title = take_text(r);
	ret->text = take_text(r);
	take_list(r, &ret->aliases);
	take_list(r, &ret->cwes);
	take_list(r, &ret->links);
	take_pairs(r, &ret->scores);
	r->broken = r->broken || !ret->id || !*ret->id;
	if (head)
		return;
	take_products(r, ret);
	r->broken = r->broken || r->at != r->end;
}

/* Once to check and count, once into the memory that takes. */
bool feed_unpack_again(const char *bytes, size_t length, bool head, struct feed_unpacked *slot)
{
	struct reading counting = { .at = bytes, .end = bytes + length }, reading = counting;
	struct feed_record record = { 0 };

	take_record(&counting, head, &record);
	if (counting.broken)
		return false;
	if (slot->room < counting.used + 16) {
		free(slot->memory);
		slot->room = 2 * counting.used + 16;
		slot->memory = mem_alloc(slot->room);
	} else {
		memset(slot->memory, 0, counting.used);
	}
	reading.room = counting.used;
	reading.memory = slot->memory;
	slot->record = (struct feed_record){ 0 };
	take_record(&reading, head, &slot->record);
	return true;
}

bool feed_unpack(const char *bytes, size_t length, bool head, struct feed_unpacked *ret)
{
	struct feed_unpacked fresh = { .memory = NULL };

	if (!feed_unpack_again(bytes, length, head, &fresh))
		return false;
	*ret = fresh;
	return true;
}

void feed_unpacked_release(struct feed_unpacked *unpacked)
{
	free(unpacked->memory);
	*unpacked = (struct feed_unpacked){ 0 };
}

/* FNV-1a over bytes, then mixed. */
uint64_t feed_key_number(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
	hash ^= hash >> 32;
	return hash & INT64_MAX;
}
