/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a session as bytes. Both ends are this program, of one build. */
#include "command/session_wire.h"

#include <string.h>

enum { HEAD = 5 };
static const uint64_t no_text = UINT64_MAX;

void wire_begin(struct str *word, enum wire_kind kind)
{
	char head[HEAD] = { 0, 0, 0, 0, (char)kind };

	str_reset(word);
	str_add_bytes(word, head, sizeof(head));
}

void wire_number(struct str *word, uint64_t number)
{
	str_add_bytes(word, &number, sizeof(number));
}

void wire_bytes(struct str *word, const void *bytes, size_t length)
{
	wire_number(word, length);
	str_add_bytes(word, bytes, length);
}

void wire_text(struct str *word, const char *text)
{
	if (text)
		wire_bytes(word, text, strlen(text));
	else
		wire_number(word, no_text);
}

void wire_end(struct str *word)
{
	uint32_t length = (uint32_t)word->length;

	memcpy(word->bytes, &length, sizeof(length));
}

size_t wire_take(const struct str *buffer, int *ret_kind, struct wire *ret)
{
	uint32_t length;

	if (buffer->length < HEAD)
		return 0;
	memcpy(&length, buffer->bytes, sizeof(length));
	*ret_kind = 0;
	if (length < HEAD || length > WIRE_MOST)
		return HEAD;
	if (buffer->length < length)
		return 0;
	*ret_kind = buffer->bytes[HEAD - 1];
	*ret = (struct wire){ buffer->bytes + HEAD, buffer->bytes + length, false };
	return length;
}

uint64_t wire_take_number(struct wire *wire)
{
	uint64_t number = 0;

	wire->bad = wire->bad || wire->end - wire->at < (ptrdiff_t)sizeof(number);
	if (wire->bad)
		return 0;
	memcpy(&number, wire->at, sizeof(number));
	wire->at += sizeof(number);
	return number;
}

void wire_take_bytes(struct wire *wire, struct str *ret)
{
	uint64_t length = wire_take_number(wire);

	wire->bad = wire->bad || length > (uint64_t)(wire->end - wire->at);
	if (wire->bad)
		return;
	str_add_bytes(ret, wire->at, length);
	wire->at += length;
}

char *wire_take_text(struct wire *wire)
{
	struct wire ahead = *wire;
	struct str text = STR_INIT;

	if (wire_take_number(&ahead) == no_text && !ahead.bad) {
		*wire = ahead;
		return NULL;
	}
	wire_take_bytes(wire, &text);
	return wire->bad ? NULL : str_detach(&text);
}
