/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that come along with a mail: named, never taken in. Whether gpg could take one in at all is
 * said here, since it refuses without a reason.
 */
#include "parse_private.h"

#include <glib.h>

#include "charset.h"
#include "psirtty/format/openpgp_packets.h"

enum {
	TAG_SECRET = 5, TAG_PUBLIC = 6, TAG_SECRET_SUBKEY = 7, TAG_USER_ID = 13,
	BLOCK_LIMIT = 1024 * 1024,   /* bytes of a block of keys */
	AUTOCRYPT_LIMIT = 100 * 1024,
	PACKETS = 20000,
};

/* ---- one key */

static char *hex(GChecksumType type, const unsigned char *prefix, size_t prefix_length, const struct openpgp_packet *p)
{
	GChecksum *sum = g_checksum_new(type);
	char *text;

	g_checksum_update(sum, prefix, (gssize)prefix_length);
	g_checksum_update(sum, p->body, (gssize)p->length);
	text = mem_string(g_checksum_get_string(sum));
	g_checksum_free(sum);
	for (char *c = text; *c; c++)
		*c = *c >= 'a' && *c <= 'f' ? (char)(*c - 32) : *c;
	return text;
}

/* RFC 9580 5.5.4 (versions 4 and 6) and the draft of 2020 (5); NULL for others. */
static char *fingerprint(const struct openpgp_packet *p)
{
	const unsigned char four[] = { 0x99, (unsigned char)(p->length >> 8), (unsigned char)p->length };
	const unsigned char more[] = { p->body[0] == 6 ? 0x9B : 0x9A, (unsigned char)(p->length >> 24),
				       (unsigned char)(p->length >> 16), (unsigned char)(p->length >> 8),
				       (unsigned char)p->length };

	if (p->body[0] == 4)
		return hex(G_CHECKSUM_SHA1, four, sizeof(four), p);
	return p->body[0] == 5 || p->body[0] == 6 ? hex(G_CHECKSUM_SHA256, more, sizeof(more), p) : NULL;
}

/* What gpg 2.2 has: RSA, Elgamal, DSA, ECDH, ECDSA, EdDSA, in version 4. */
static bool gpg_takes(const struct openpgp_packet *p)
{
	static const unsigned char known[] = { 1, 2, 3, 16, 17, 18, 19, 22 };

	return p->length > 6 && p->body[0] == 4 && memchr(known, p->body[5], sizeof(known));
}

static void add_user_id(struct mail_key *key, const struct openpgp_packet *p)
{
	AUTO_STR text = STR_INIT;

	if (key->user_id_count == MAIL_KEY_USER_IDS)
		return;
	charset_convert(NULL, "utf-8", (const char *)p->body, p->length < USER_ID_LIMIT / 3 ? p->length :
			USER_ID_LIMIT / 3, &text);
	for (size_t i = 0; i < text.length; i++)
		if (!text.bytes[i])
			text.bytes[i] = '?';
	key->user_ids = mem_resize(key->user_ids, key->user_id_count + 1, sizeof(*key->user_ids));
	key->user_ids[key->user_id_count++] = str_detach(&text);
}

/* The place for one more key, or NULL. */
static struct mail_key *add_key(struct mail_record *record, const struct openpgp_packet *p, const char *source)
{
	char *print = p->length > 6 ? fingerprint(p) : NULL;
	struct mail_key *key;

	if (!print || record->key_count == MAIL_KEYS) {
		mail_record_add_flag(record, print ? "limit-keys" : "key-unsupported");
		free(print);
		return NULL;
	}
	record->keys = mem_resize(record->keys, record->key_count + 1, sizeof(*record->keys));
	key = &record->keys[record->key_count++];
	*key = (struct mail_key){ .fingerprint = print, .source = mem_string(source) };
	return key;
}

struct key_walk { struct mail_record *record; const char *source; size_t index; bool open, named; };

/* A key without any user id, as key servers hand out, is refused by gpg. */
static void end_key(struct key_walk *walk)
{
	if (walk->open && !walk->named)
		mail_record_add_flag(walk->record, "key-unsupported");
	walk->open = walk->named = false;
}

static void take_packet(struct key_walk *walk, const struct openpgp_packet *p)
{
	struct mail_record *record = walk->record;
	size_t before = record->key_count;

	if (p->tag == TAG_SECRET || p->tag == TAG_SECRET_SUBKEY)
		mail_record_add_flag(record, "key-secret");
	if (p->tag == TAG_PUBLIC) {
		end_key(walk);
		add_key(record, p, walk->source);
		walk->open = record->key_count > before;
		walk->index = before;
		if (!gpg_takes(p))
			mail_record_add_flag(record, "key-unsupported");
	} else if (p->tag == TAG_USER_ID && walk->open) {
		add_user_id(&record->keys[walk->index], p);
		walk->named = true;
	}
}

static void read_packets(struct mail_record *record, const char *source, const char *bytes, size_t length)
{
	struct key_walk walk = { .record = record, .source = source };
	struct openpgp_packet p;

	for (int i = 0; length && i < PACKETS && openpgp_packet_read(bytes, length, &p); i++) {
		take_packet(&walk, &p);
		bytes += p.whole;
		length -= p.whole;
	}
	end_key(&walk);
}

/* ---- where they stand */

static bool is_key_type(const char *type)
{
	return str_equal(type, "application/pgp-keys");
}

void parse_keys_attached(struct mail_record *record, const char *type, const char *bytes, size_t length)
{
	static const char public_block[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----",
			  private_block[] = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
	const char *at = bytes, *end = bytes + length;

	if (length > BLOCK_LIMIT) {
		if (is_key_type(type))
			mail_record_add_flag(record, "limit-keys");
		return;
	}
	if (memmem(bytes, length, private_block, sizeof(private_block) - 1))
		mail_record_add_flag(record, "key-secret");
	if (is_key_type(type) && length && (unsigned char)*bytes & 0x80)
		read_packets(record, "attached", bytes, length);
	for (int i = 0; i < MAIL_KEYS; i++) {
		AUTO_STR binary = STR_INIT;

		at = memmem(at, (size_t)(end - at), public_block, sizeof(public_block) - 1);
		if (!at || !openpgp_dearmor(at, (size_t)(end - at), "PUBLIC KEY BLOCK", &binary))
			return;
		read_packets(record, "attached", binary.bytes, binary.length);
		at += sizeof(public_block) - 1;
	}
}

/* ---- Autocrypt */

/* One "name=value;" at *AT. */
static bool next_attribute(const char **at, const char *end, struct slice *name, struct slice *value)
{
	const char *stop, *equals;

	while (*at < end && strchr(" \t\r\n;", **at))
		(*at)++;
	if (*at == end)
		return false;
	stop = memchr(*at, ';', (size_t)(end - *at));
	stop = stop ? stop : end;
	equals = memchr(*at, '=', (size_t)(stop - *at));
	*name = (struct slice){ *at, (size_t)((equals ? equals : stop) - *at) };
	*value = (struct slice){ equals ? equals + 1 : stop, equals ? (size_t)(stop - equals - 1) : 0 };
	*at = stop;
	while (name->length && strchr(" \t\r\n", name->bytes[name->length - 1]))
		name->length--;
	return true;
}

static bool is_word(struct slice s, const char *word)
{
	return s.length == strlen(word) && strncasecmp(s.bytes, word, s.length) == 0;
}

static bool is_sender(struct slice value, const struct mail_record *record)
{
	const char *sender = record->from_count == 1 ? record->from[0].address : NULL;

	while (value.length && strchr(" \t\r\n", *value.bytes))
		value = (struct slice){ value.bytes + 1, value.length - 1 };
	while (value.length && strchr(" \t\r\n", value.bytes[value.length - 1]))
		value.length--;
	return sender && is_word(value, sender);
}

/* The key's bytes when the header is one to believe: false otherwise. */
static bool autocrypt_key(const struct header_field *field, const struct mail_record *record, struct str *ret)
{
	const char *at = field->value, *end = at + field->length;
	bool sender = false, strange = false;
	struct slice name, value;

	while (next_attribute(&at, end, &name, &value)) {
		if (is_word(name, "addr"))
			sender = is_sender(value, record);
		else if (is_word(name, "keydata"))
			mime_decode_base64(value.bytes, value.length, ret);
		else
			strange |= !is_word(name, "prefer-encrypt") && !(name.length && *name.bytes == '_');
	}
	return sender && !strange && ret->length && ret->length <= AUTOCRYPT_LIMIT;
}

void parse_keys_autocrypt(const struct header_block *block, struct mail_record *record)
{
	const struct header_field *only = NULL;
	size_t from = 0, good = 0;
	AUTO_STR key = STR_INIT;

	for (const struct header_field *f; (f = header_find(block, "autocrypt", &from));) {
		AUTO_STR bytes = STR_INIT;

		if (!autocrypt_key(f, record, &bytes))
			continue;
		only = f;
		good++;
		str_reset(&key);
		str_add_bytes(&key, bytes.bytes, bytes.length);
	}
	if (only && good == 1)
		read_packets(record, "autocrypt", key.bytes, key.length);
}
