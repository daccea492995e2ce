/* SPDX-License-Identifier: Apache-2.0 */
/* The pipe from the children that read feeds: frames of a type, a length, numbers, texts and bytes. */
#include "feed_private.h"

#include "psirtty/format/feed_pack.h"

enum { TEXT_LIMIT = 4096 };

/* ---- writing */

size_t feed_wire_begin(struct str *out, enum feed_frame_type type)
{
	const struct feed_frame_head head = { type, 0 };
	size_t at = out->length;

	str_add_bytes(out, &head, sizeof(head));
	return at;
}

void feed_wire_end(struct str *out, size_t began)
{
	uint32_t length = (uint32_t)(out->length - began - sizeof(struct feed_frame_head));

	memcpy(out->bytes + began + offsetof(struct feed_frame_head, length), &length, sizeof(length));
	str_add_repeat(out, '\0', (FEED_FRAME_STEP - out->length % FEED_FRAME_STEP) % FEED_FRAME_STEP);
}

void feed_wire_number(struct str *out, uint64_t number)
{
	str_add_bytes(out, &number, sizeof(number));
}

/* What is longer is cut, what is not UTF-8 marked: it is a sentence or a name, not content. */
void feed_wire_text(struct str *out, const char *text)
{
	size_t length = text ? strlen(text) : 0, from;

	if (length > TEXT_LIMIT)
		length = TEXT_LIMIT;
	while (length && length == TEXT_LIMIT && ((unsigned char)text[length] & 0xC0) == 0x80)
		length--;
	feed_wire_number(out, length);
	from = out->length;
	str_add_bytes(out, text, length);
	for (size_t i = from; length && !utf8_valid(out->bytes + from, length) && i < out->length; i++)
		if ((unsigned char)out->bytes[i] >= 0x80)
			out->bytes[i] = '?';
	str_add_bytes(out, "", 1);
}

void feed_wire_head(struct str *out, const struct feed_head *head)
{
	feed_wire_number(out, head->kind);
	feed_wire_number(out, (uint64_t)head->records);
	feed_wire_number(out, (uint64_t)head->faults);
	feed_wire_number(out, (uint64_t)head->newest);
	feed_wire_number(out, (uint64_t)head->announced);
	feed_wire_text(out, head->cursor);
}

/* ---- reading: what is missing or too much shows at the end */

struct reading { const char *at, *end; bool broken; };

static uint64_t take_number(struct reading *r)
{
	uint64_t number = 0;

	if (r->end - r->at < (long)sizeof(number)) {
		r->broken = true;
		return 0;
	}
	memcpy(&number, r->at, sizeof(number));
	r->at += sizeof(number);
	return number;
}

static uint64_t take_most(struct reading *r, uint64_t most)
{
	uint64_t number = take_number(r);

	r->broken = r->broken || number > most;
	return r->broken ? 0 : number;
}

static const char *take_bytes(struct reading *r, uint64_t length)
{
	const char *bytes = r->at;

	if (r->broken || length > (uint64_t)(r->end - r->at)) {
		r->broken = true;
		return NULL;
	}
	r->at += length;
	return bytes;
}

static const char *take_text(struct reading *r)
{
	uint64_t length = take_most(r, TEXT_LIMIT);
	const char *text = take_bytes(r, length + 1);

	if (!text || text[length] || memchr(text, 0, length) || !utf8_valid(text, length)) {
		r->broken = true;
		return "";
	}
	return text;
}

static void take_record(struct reading *r, struct feed_event *ret)
{
	uint64_t marks;

	ret->type = FEED_EVENT_RECORD;
	ret->kind = (enum feed_kind)take_most(r, FEED_KINDS - 1);
	marks = take_most(r, 7);
	ret->packed_with = marks & 1;
	ret->raw_with = marks & 2;
	ret->key_count = take_most(r, FEED_KEYS_LIMIT);
	ret->packed_length = take_most(r, FEED_PACK_LIMIT);
	ret->raw_length = take_most(r, FEED_PACK_LIMIT);
	ret->keys = (const uint64_t *)(const void *)take_bytes(r, ret->key_count * sizeof(*ret->keys));
	ret->packed = take_bytes(r, ret->packed_length);
	ret->raw = take_bytes(r, ret->raw_length);
	if (!(marks & 4)) {
		r->broken = r->broken || ret->raw_length;
		ret->raw = NULL;
	}
}

static void take_fault(struct reading *r, struct feed_event *ret)
{
	ret->type = FEED_EVENT_FAULT;
	ret->where = take_text(r);
	ret->why = take_text(r);
	ret->raw_length = take_most(r, FEED_PACK_LIMIT);
	ret->raw = take_bytes(r, ret->raw_length);
}

static void take_document(struct reading *r, struct feed_event *ret)
{
	ret->type = FEED_EVENT_DOCUMENT;
	ret->head.kind = (enum feed_kind)take_most(r, FEED_KINDS - 1);
	ret->head.records = (long)take_most(r, INT32_MAX);
	ret->head.faults = (long)take_most(r, INT32_MAX);
	ret->head.newest = (instant)take_number(r);
	ret->head.announced = (long)take_number(r);
	(void)snprintf(ret->head.cursor, sizeof(ret->head.cursor), "%s", take_text(r));
}

static void take_dictionary(struct reading *r, struct feed_event *ret)
{
	bool raw = take_most(r, 1);
	uint64_t length = take_most(r, 1 << 20);
	const char *bytes = take_bytes(r, length);

	ret->type = FEED_EVENT_DICTIONARY;
	*(raw ? &ret->raw : &ret->packed) = bytes;
	*(raw ? &ret->raw_length : &ret->packed_length) = length;
}

static void take_group(struct reading *r, struct feed_event *ret)
{
	ret->type = FEED_EVENT_MARK;
	ret->documents = take_number(r);
	ret->records = take_number(r);
	ret->read = take_number(r);
	ret->unpacked = take_number(r);
}

static void take_end(struct reading *r, struct feed_event *ret)
{
	take_group(r, ret);
	ret->type = FEED_EVENT_END;
}

static const struct { uint32_t type; void (*take)(struct reading *r, struct feed_event *ret); } takers[] = {
	{ FRAME_RECORD, take_record }, { FRAME_FAULT, take_fault }, { FRAME_DOCUMENT, take_document },
	{ FRAME_DICTIONARY, take_dictionary }, { FRAME_GROUP, take_group }, { FRAME_MARK, take_group }, { FRAME_END, take_end },
};

/* The child's sentence becomes the caller's error. */
static bool take_error(struct reading *r, struct error *ret)
{
	const char *what = take_text(r), *why = take_text(r), *remedy = take_text(r);

	if (r->broken || r->at != r->end || !*why)
		return false;
	error_set(ret, ERR_INPUT, what, *remedy ? remedy : NULL, "%s", why);
	return true;
}

bool feed_wire_read(uint32_t type, const char *payload, size_t length, struct feed_event *ret, struct error *ret_error)
{
	struct reading r = { payload, payload + length, false };

	*ret = (struct feed_event){ 0 };
	if (type == FRAME_ERROR)
		return take_error(&r, ret_error);
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].type == type) {
			takers[i].take(&r, ret);
			return !r.broken && r.at == r.end;
		}
	return false;
}
