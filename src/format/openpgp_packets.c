/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over packet headers: lengths are checked against what is there, contents hardly looked at. */
#include "psirtty/format/openpgp_packets.h"

#include "psirtty/format/mime.h"

enum {
	TAG_PKESK = 1, TAG_SKESK = 3, TAG_SED = 9, TAG_MARKER = 10, TAG_SEIPD = 18, TAG_PADDING = 21,
	PACKET_LIMIT = 100000,
};

/* ---- armor */

/* The line after the one that begins at or behind AT; *RET_LENGTH without its end. */
static size_t next_line(const char *bytes, size_t length, size_t at, size_t *ret_length)
{
	const char *newline = memchr(bytes + at, '\n', length - at);
	size_t end = newline ? (size_t)(newline - bytes) : length;

	*ret_length = end - at;
	while (*ret_length && strchr(" \t\r", bytes[at + *ret_length - 1]))
		(*ret_length)--;
	return newline ? end + 1 : length;
}

static bool line_is(const char *line, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(line, text, length) == 0;
}

bool openpgp_dearmor(const char *bytes, size_t length, const char *kind, struct str *ret)
{
	AUTO_STRING begin = mem_format("-----BEGIN PGP %s-----", kind);
	AUTO_STR body = STR_INIT;
	enum { BEFORE, HEADERS, BODY } place = BEFORE;
	size_t line, next;

	for (size_t at = 0; at < length; at = next) {
		next = next_line(bytes, length, at, &line);
		if (place == BEFORE) {
			if (line_is(bytes + at, line, begin))
				place = HEADERS;
		} else if (line >= 5 && memcmp(bytes + at, "-----", 5) == 0) {
			break;
		} else if (place == HEADERS && (line == 0 || !memchr(bytes + at, ':', line))) {
			place = BODY;
			str_add_bytes(&body, bytes + at, line);
		} else if (place == BODY) {
			if (line && bytes[at] == '=')
				break; /* the checksum */
			str_add_bytes(&body, bytes + at, line);
		}
	}
	mime_decode_base64(body.bytes, body.length, ret);
	return place == BODY;
}

/* ---- packet headers (RFC 9580 4.2) */

static size_t big_endian(const unsigned char *b, int count)
{
	size_t value = 0;

	while (count-- > 0)
		value = value << 8 | *b++;
	return value;
}

/* A new-format length at B; returns the octets it takes, 0 when they are not all there. */
static size_t new_length(const unsigned char *b, size_t left, size_t *ret_length, bool *ret_partial)
{
	*ret_partial = false;
	if (!left)
		return 0;
	if (b[0] < 192) {
		*ret_length = b[0];
		return 1;
	}
	if (b[0] < 224) {
		*ret_length = left < 2 ? 0 : ((size_t)(b[0] - 192) << 8) + b[1] + 192;
		return left < 2 ? 0 : 2;
	}
	if (b[0] == 255) {
		*ret_length = left < 5 ? 0 : big_endian(b + 1, 4);
		return left < 5 ? 0 : 5;
	}
	*ret_partial = true;
	*ret_length = (size_t)1 << (b[0] & 31);
	return 1;
}

static bool new_packet(const unsigned char *b, size_t left, struct openpgp_packet *ret)
{
	size_t at = 1, length, octets;
	bool partial = true, first = true;

	ret->tag = b[0] & 63;
	while (partial) {
		octets = new_length(b + at, left - at, &length, &partial);
		if (!octets || length > left - at - octets)
			return false;
		if (first) {
			ret->body = b + at + octets;
			ret->length = length;
		}
		first = false;
		at += octets + length;
	}
	ret->whole = at;
	return true;
}

static bool old_packet(const unsigned char *b, size_t left, struct openpgp_packet *ret)
{
	int octets = 1 << (b[0] & 3);

	ret->tag = b[0] >> 2 & 15;
	if (octets == 8) { /* to the end of the message */
		ret->body = b + 1;
		ret->length = left - 1;
		ret->whole = left;
		return true;
	}
	if (left < (size_t)octets + 1)
		return false;
	ret->body = b + 1 + octets;
	ret->length = big_endian(b + 1, octets);
	ret->whole = 1 + (size_t)octets + ret->length;
	return ret->whole <= left;
}

bool openpgp_packet_read(const void *bytes, size_t left, struct openpgp_packet *ret)
{
	const unsigned char *b = bytes;

	if (!left || !(b[0] & 0x80))
		return false;
	return b[0] & 0x40 ? new_packet(b, left, ret) : old_packet(b, left, ret);
}

/* ---- whom it is for */

/* The key a PKESK names (5.1.1, 5.1.2): version 3 has a key id, version 6 a fingerprint or nothing. */
static void note_recipient(struct openpgp_packets *ret, const struct openpgp_packet *packet)
{
	const unsigned char *id = packet->body + 1;
	size_t length = 8;
	bool named = false;

	ret->public_keys++;
	if (packet->length >= 2 && packet->body[0] == 6) {
		length = packet->body[1] ? (size_t)packet->body[1] - 1 : 0;
		id = packet->body + 3;
		if (packet->length < length + 3 || length > 32)
			length = 0;
	} else if (packet->length < 9) {
		length = 0;
	}
	for (size_t i = 0; i < length; i++)
		named |= id[i] != 0;
	if (!named) {
		ret->anonymous++;
		return;
	}
	if (ret->key_id_count == OPENPGP_RECIPIENTS)
		return;
	for (size_t i = 0; i < length; i++)
		snprintf(ret->key_ids[ret->key_id_count] + 2 * i, 3, "%02X", id[i]);
	ret->key_id_count++;
}

static void walk(const unsigned char *b, size_t length, struct openpgp_packets *ret)
{
	int containers = 0, others = 0;
	bool late = false;

	for (int i = 0; length && i < PACKET_LIMIT; i++) {
		struct openpgp_packet packet;

		if (!openpgp_packet_read(b, length, &packet)) {
			others++;
			break;
		}
		if (packet.tag == TAG_PKESK)
			note_recipient(ret, &packet);
		else if (packet.tag == TAG_SKESK)
			ret->passphrases++;
		else if (packet.tag == TAG_SED)
			ret->unprotected = true;
		else if (packet.tag == TAG_SEIPD)
			containers++;
		else if (packet.tag != TAG_MARKER && packet.tag != TAG_PADDING)
			others++;
		late |= containers && (packet.tag == TAG_PKESK || packet.tag == TAG_SKESK);
		b += packet.whole;
		length -= packet.whole;
	}
	ret->encrypted = containers == 1 && !others && !late && !length && !ret->unprotected;
}

/* More than one armored block could be more than one message to somebody else. */
static bool is_single(const char *bytes, size_t length)
{
	static const char begin[] = "-----BEGIN PGP";
	const char *first = memmem(bytes, length, begin, sizeof(begin) - 1);
	size_t behind = first ? (size_t)(first - bytes) + sizeof(begin) - 1 : length;

	return !memmem(bytes + behind, length - behind, begin, sizeof(begin) - 1);
}

void openpgp_packets_read(const char *bytes, size_t length, struct openpgp_packets *ret)
{
	AUTO_STR binary = STR_INIT;

	*ret = (struct openpgp_packets){ 0 };
	if (length && (unsigned char)bytes[0] & 0x80)
		walk((const unsigned char *)bytes, length, ret);
	else if (openpgp_dearmor(bytes, length, "MESSAGE", &binary))
		walk((const unsigned char *)binary.bytes, binary.length, ret);
	ret->encrypted &= is_single(bytes, length);
}
