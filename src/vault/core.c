/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an event. */
#include "vault/core.h"

#include <assert.h>

/* Where each field of the fixed part stands. */
enum {
	AT_MAGIC = 0, AT_VERSION = 4, AT_KIND = 5, AT_TYPE = 6, AT_STREAM = 8, AT_AUTHOR = 24, AT_EPOCH = 40,
	AT_KEY_ID = 44, AT_TIME = 60, AT_COUNT = 68, AT_RESERVED = 70,
};
static_assert(AT_RESERVED + 2 == CORE_FIXED, "the core's layout");
static_assert(AT_AUTHOR == AT_STREAM + ID_BYTES && AT_TIME == AT_KEY_ID + ID_BYTES, "the core's layout");

static const uint8_t magic[4] = { 'P', 'S', 'E', '1' };

size_t core_write(const struct core *core, uint8_t *ret)
{
	assert(core->parent_count <= CORE_PARENTS);
	memcpy(ret + AT_MAGIC, magic, sizeof(magic));
	ret[AT_VERSION] = CORE_VERSION;
	ret[AT_KIND] = (uint8_t)core->kind;
	put16(ret + AT_TYPE, core->type);
	memcpy(ret + AT_STREAM, core->stream, ID_BYTES);
	memcpy(ret + AT_AUTHOR, core->author, ID_BYTES);
	put32(ret + AT_EPOCH, core->epoch);
	memcpy(ret + AT_KEY_ID, core->key_id, ID_BYTES);
	put64(ret + AT_TIME, core->time);
	put16(ret + AT_COUNT, (uint16_t)core->parent_count);
	put16(ret + AT_RESERVED, 0);
	memcpy(ret + CORE_FIXED, core->parents, core->parent_count * HASH_BYTES);
	return CORE_FIXED + core->parent_count * HASH_BYTES;
}

bool core_read(const void *bytes, size_t length, struct core *ret)
{
	const uint8_t *b = bytes;
	size_t count;

	if (length < CORE_FIXED || memcmp(b, magic, sizeof(magic)) != 0 || b[AT_VERSION] != CORE_VERSION ||
	    b[AT_KIND] > CORE_CONTENT || get16(b + AT_RESERVED) != 0)
		return false;
	count = get16(b + AT_COUNT);
	if (count > CORE_PARENTS || length != CORE_FIXED + count * HASH_BYTES)
		return false;
	ret->kind = b[AT_KIND];
	ret->type = get16(b + AT_TYPE);
	memcpy(ret->stream, b + AT_STREAM, ID_BYTES);
	memcpy(ret->author, b + AT_AUTHOR, ID_BYTES);
	ret->epoch = get32(b + AT_EPOCH);
	memcpy(ret->key_id, b + AT_KEY_ID, ID_BYTES);
	ret->time = get64(b + AT_TIME);
	ret->parent_count = count;
	memcpy(ret->parents, b + CORE_FIXED, count * HASH_BYTES);
	return true;
}

bool core_is_stub(enum core_kind kind, size_t body_length)
{
	static_assert(STUB_BYTES % PAD_BLOCK != TAG_BYTES, "a stub is no sealed body");
	return kind == CORE_CONTENT && body_length == STUB_BYTES;
}

void core_stub(const void *body, size_t body_length, uint8_t ret[STUB_BYTES])
{
	const struct crypt_part whole = { body, body_length };

	put64(ret, body_length);
	crypt_hash("psirtty body 1\0", &whole, 1, ret + 8);
}

void core_id_of_stub(const void *core, size_t core_length, const void *nonce, size_t nonce_length,
		     const uint8_t stub[STUB_BYTES], uint8_t ret[HASH_BYTES])
{
	const struct crypt_part parts[] = {
		{ core, core_length }, { nonce, nonce_length }, { stub, STUB_BYTES },
	};

	crypt_hash("psirtty event 1", parts, ARRAY_LEN(parts), ret);
}

void core_id(const void *core, size_t core_length, const void *nonce, size_t nonce_length, const void *body,
	     size_t body_length, uint8_t ret[HASH_BYTES])
{
	uint8_t stub[STUB_BYTES];

	core_stub(body, body_length, stub);
	core_id_of_stub(core, core_length, nonce, nonce_length, stub, ret);
}

void core_journal_hash(uint64_t gseq, const uint8_t prev[HASH_BYTES], const uint8_t id[HASH_BYTES],
		       bool imported, uint8_t ret[HASH_BYTES])
{
	uint8_t number[8];
	const struct crypt_part parts[] = { { number, 8 }, { prev, HASH_BYTES }, { id, HASH_BYTES } };

	put64(number, gseq);
	crypt_hash(imported ? "psirtty import 1" : "psirtty journal1", parts, ARRAY_LEN(parts), ret);
}

void core_identity_text(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
			const uint8_t sign_public[32], const uint8_t box_public[32], struct str *ret)
{
	str_add(ret, "psirtty identity 1\nvault ");
	str_add_hex(ret, vault, ID_BYTES);
	str_add(ret, "\nmember ");
	str_add_hex(ret, member, ID_BYTES);
	str_add(ret, "\nsigns with ");
	str_add_hex(ret, sign_public, 32);
	str_add(ret, "\nreads with ");
	str_add_hex(ret, box_public, 32);
	str_add_char(ret, '\n');
}
