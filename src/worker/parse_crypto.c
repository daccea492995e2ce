/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a message are signed or encrypted: cut out exactly, looked at from outside. */
#include "parse_private.h"

#include "psirtty/format/openpgp_packets.h"

/* ---- multiparts */

enum delimiter { DELIMITER_NONE, DELIMITER_PART, DELIMITER_END };

/* What the line LINE (without its end) is to a multipart with BOUNDARY (RFC 2046 5.1.1). */
static enum delimiter delimiter(const char *line, size_t length, const char *boundary, size_t boundary_length)
{
	enum delimiter kind = DELIMITER_PART;
	size_t i = boundary_length + 2;

	if (length < i || line[0] != '-' || line[1] != '-' || memcmp(line + 2, boundary, boundary_length) != 0)
		return DELIMITER_NONE;
	if (length >= i + 2 && line[i] == '-' && line[i + 1] == '-') {
		kind = DELIMITER_END;
		i += 2;
	}
	for (; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return DELIMITER_NONE;
	return kind;
}

/* END is at the start of a boundary line; the line end before it belongs to the boundary. */
static struct slice child(const char *start, const char *end)
{
	if (end > start && end[-1] == '\n')
		end--;
	if (end > start && end[-1] == '\r')
		end--;
	return (struct slice){ start, (size_t)(end - start) };
}

size_t parse_children(struct slice body, const char *boundary, struct slice *ret, size_t limit)
{
	const char *end = body.bytes + body.length, *start = NULL;
	size_t boundary_length = strlen(boundary), count = 0;
	enum delimiter kind = DELIMITER_NONE;

	for (const char *line = body.bytes, *next; line < end && kind != DELIMITER_END; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		next = newline ? newline + 1 : end;
		kind = delimiter(line, (size_t)((newline ? newline : end) - line), boundary, boundary_length);
		if (kind == DELIMITER_NONE)
			continue;
		if (start && count++ < limit)
			ret[count - 1] = child(start, line);
		start = next;
	}
	if (start && kind != DELIMITER_END && count++ < limit)
		ret[count - 1] = (struct slice){ start, (size_t)(end - start) };
	return count;
}

void parse_canonical(struct slice bytes, struct str *ret)
{
	const char *at = bytes.bytes, *end = at + bytes.length;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		str_add_bytes(ret, at, (size_t)(stop - at));
		if (newline)
			str_add(ret, stop > at && stop[-1] == '\r' ? "\n" : "\r\n");
		at = newline ? newline + 1 : end;
	}
}

/* ---- OpenPGP from outside */

void parse_packets(struct parsed_mail *mail)
{
	struct openpgp_packets packets;
	struct mail_record *record = &mail->record;

	openpgp_packets_read(mail->payload.bytes, mail->payload.length, &packets);
	mail->session_key_packets = packets.encrypted ? packets.public_keys : -1;
	mail->anonymous_packets = packets.anonymous;
	if (packets.passphrases && !packets.public_keys)
		mail_record_add_flag(record, "symmetric");
	record->recipients = mem_resize(record->recipients, packets.key_id_count + 1, sizeof(char *));
	for (size_t i = 0; i < packets.key_id_count; i++)
		record->recipients[record->recipient_count++] = mem_string(packets.key_ids[i]);
}

/* ---- CMS from outside */

enum mail_crypto parse_cms(const char *bytes, size_t length)
{
	static const struct { const char *id; size_t length; enum mail_crypto kind; } rows[] = {
		{ "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 11, MAIL_CRYPTO_SMIME_OPAQUE },
		{ "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 11, MAIL_CRYPTO_SMIME_ENVELOPED },
		/* authEnvelopedData (RFC 5083) */
		{ "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17", 13, MAIL_CRYPTO_SMIME_ENVELOPED },
	};
	size_t at = 2;

	if (length < 4 || (unsigned char)bytes[0] != 0x30)
		return MAIL_CRYPTO_NONE;
	/* A definite length of many octets stands in as many more. */
	if ((unsigned char)bytes[1] > 0x80)
		at += (unsigned char)bytes[1] & 0x7F;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (at <= length && length - at >= rows[i].length && memcmp(bytes + at, rows[i].id, rows[i].length) == 0)
			return rows[i].kind;
	return MAIL_CRYPTO_NONE;
}

/* ---- inline blocks */

static bool starts_at(const char *text, size_t length, const char *mark)
{
	return length >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0;
}

/* The first line that begins with MARK, or NULL. */
static const char *line_with(const char *text, size_t length, const char *mark)
{
	const char *at = text, *end = text + length;

	while (at && at < end) {
		at = memmem(at, (size_t)(end - at), mark, strlen(mark));
		if (at && (at == text || at[-1] == '\n'))
			return at;
		at = at ? at + 1 : NULL;
	}
	return NULL;
}

static bool ends_with(const char *text, size_t length, const char *mark)
{
	return length >= strlen(mark) && memcmp(text + length - strlen(mark), mark, strlen(mark)) == 0;
}

enum inline_pgp parse_inline(const char *text, size_t length)
{
	static const char begin[] = "-----BEGIN PGP ", message[] = "-----BEGIN PGP MESSAGE-----",
			  cleartext[] = "-----BEGIN PGP SIGNED MESSAGE-----",
			  signature[] = "-----BEGIN PGP SIGNATURE-----";
	const char *first, *second, *third;

	while (length && strchr(" \t\r\n", text[length - 1]) && text[length - 1])
		length--;
	while (length && strchr(" \t\r\n", *text) && *text) {
		text++;
		length--;
	}
	first = line_with(text, length, begin);
	if (!first)
		return INLINE_NONE;
	second = line_with(first + 1, length - (size_t)(first + 1 - text), begin);
	third = second ? line_with(second + 1, length - (size_t)(second + 1 - text), begin) : NULL;
	if (first == text && starts_at(text, length, message) && !second &&
	    ends_with(text, length, "-----END PGP MESSAGE-----"))
		return INLINE_WHOLE_MESSAGE;
	if (first == text && starts_at(text, length, cleartext) && second && !third &&
	    starts_at(second, length - (size_t)(second - text), signature) &&
	    ends_with(text, length, "-----END PGP SIGNATURE-----"))
		return INLINE_WHOLE_SIGNED;
	if (line_with(text, length, message))
		return INLINE_PART_MESSAGE;
	return line_with(text, length, cleartext) ? INLINE_PART_SIGNED : INLINE_NONE;
}

bool parse_clear_block(struct slice *text, struct slice *ret)
{
	static const char end[] = "-----END PGP SIGNATURE-----";
	const char *stop = text->bytes + text->length, *from, *to;

	from = line_with(text->bytes, text->length, "-----BEGIN PGP SIGNED MESSAGE-----");
	to = from ? line_with(from, (size_t)(stop - from), end) : NULL;
	if (!to)
		return false;
	to += strlen(end);
	*ret = (struct slice){ from, (size_t)(to - from) };
	*text = (struct slice){ to, (size_t)(stop - to) };
	return true;
}

struct signed_part *parse_add_signed(struct parsed_mail *mail, const char *path, enum signed_kind kind)
{
	struct signed_part *part;

	mail->signed_parts = mem_resize(mail->signed_parts, mail->signed_part_count + 1, sizeof(*mail->signed_parts));
	part = &mail->signed_parts[mail->signed_part_count++];
	*part = (struct signed_part){ mem_string(path), kind, STR_INIT, STR_INIT };
	return part;
}
