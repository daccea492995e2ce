/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and events of the fetch worker as bytes. */
#include "fetch_wire.h"

/* ---- requests */

void fetch_field_add(struct str *request, const char *bytes, size_t length)
{
	uint32_t number = (uint32_t)length;

	str_add_bytes(request, &number, sizeof(number));
	str_add_bytes(request, bytes, length);
	str_add_char(request, 0);
}

void fetch_text_add(struct str *request, const char *text)
{
	fetch_field_add(request, str_or_empty(text), strlen(str_or_empty(text)));
}

void fetch_number_add(struct str *request, uint64_t number)
{
	fetch_field_add(request, (const char *)&number, sizeof(number));
}

const char *fetch_field_take(struct fetch_reading *r, size_t *ret_length)
{
	const char *field;
	uint32_t length;

	*ret_length = 0;
	r->bad = r->bad || r->end - r->at < (long)sizeof(length);
	if (r->bad)
		return "";
	memcpy(&length, r->at, sizeof(length));
	field = r->at + sizeof(length);
	r->bad = (size_t)(r->end - field) <= length || field[length];
	if (r->bad)
		return "";
	r->at += sizeof(length) + length + 1;
	*ret_length = length;
	return field;
}

const char *fetch_text_take(struct fetch_reading *r)
{
	size_t length;
	const char *field = fetch_field_take(r, &length);

	r->bad = r->bad || memchr(field, 0, length);
	return r->bad || !length ? NULL : field;
}

uint64_t fetch_number_take(struct fetch_reading *r)
{
	uint64_t number = 0;
	size_t length;
	const char *field = fetch_field_take(r, &length);

	r->bad = r->bad || length != sizeof(number);
	if (!r->bad)
		memcpy(&number, field, sizeof(number));
	return number;
}

/* ---- events */

static uint32_t text_length(const char *text)
{
	size_t length = strlen(str_or_empty(text));

	return (uint32_t)(length < FETCH_TEXT_LIMIT ? length : FETCH_TEXT_LIMIT - 1);
}

/* A text with its zero; what is no UTF-8 in it becomes question marks. */
static void add_text(struct str *answer, const char *text, uint32_t length)
{
	size_t at = answer->length;

	str_add_bytes(answer, str_or_empty(text), length);
	str_add_char(answer, 0);
	if (utf8_valid(answer->bytes + at, length))
		return;
	for (; at + 1 < answer->length; at++)
		if ((unsigned char)answer->bytes[at] >= 0x80)
			answer->bytes[at] = '?';
}

void fetch_event_add(struct str *answer, const struct fetch_event *event)
{
	const char *const texts[] = { event->name, event->text, event->etag, event->modified };
	struct fetch_head head = {
		.magic = FETCH_MAGIC, .kind = event->kind, .fate = event->fate, .item = event->item,
		.done = event->done, .total = event->total, .from = event->from, .length = event->length,
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		head.lengths[i] = text_length(texts[i]);
	str_add_bytes(answer, &head, sizeof(head));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		add_text(answer, texts[i], head.lengths[i]);
	str_add_bytes(answer, event->bytes ? event->bytes : "", event->length);
}

bool fetch_event_size(const char *bytes, size_t length, size_t *ret)
{
	struct fetch_head head;
	size_t size = sizeof(head);

	*ret = 0;
	if (length < sizeof(head))
		return true;
	memcpy(&head, bytes, sizeof(head));
	if (head.magic != FETCH_MAGIC || head.kind > FETCH_ERROR || head.fate >= FATE_COUNT || head.zero ||
	    head.length > FETCH_BYTES_LIMIT)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(head.lengths); i++) {
		if (head.lengths[i] >= FETCH_TEXT_LIMIT)
			return false;
		size += head.lengths[i] + 1;
	}
	*ret = size + head.length;
	return true;
}

bool fetch_event_read(char *bytes, size_t length, struct fetch_event *ret)
{
	struct fetch_head head;
	const char *texts[ARRAY_LEN(head.lengths)], *at = bytes + sizeof(head);
	size_t size;

	if (!fetch_event_size(bytes, length, &size) || size > length || !size)
		return false;
	memcpy(&head, bytes, sizeof(head));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		texts[i] = at;
		if (at[head.lengths[i]] || memchr(at, 0, head.lengths[i]) || !utf8_valid(at, head.lengths[i]))
			return false;
		at += head.lengths[i] + 1;
	}
	*ret = (struct fetch_event){
		.kind = (enum fetch_kind)head.kind, .item = (size_t)head.item, .done = head.done, .total = head.total,
		.from = head.from, .fate = (enum fetch_fate)head.fate, .name = texts[0], .text = texts[1],
		.etag = texts[2], .modified = texts[3], .bytes = at, .length = (size_t)head.length,
	};
	return true;
}
