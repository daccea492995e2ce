/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium with the vault's labels. No construction of our own: sealed boxes, XChaCha20-Poly1305,
 * Ed25519, BLAKE2b, crypto_kdf.
 */
#include "vault/crypt.h"

#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "psirtty/base/shelter.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/vault.h"

static const char identity_context[crypto_kdf_CONTEXTBYTES + 1] = "psirtyid";
static const char event_context[crypto_kdf_CONTEXTBYTES + 1] = "psirtyev";

/* Numbers of crypto_kdf under identity_context; never reused. */
enum { SUBKEY_SIGN = 1, SUBKEY_BOX = 2, SUBKEY_CACHE = 3, SUBKEY_STATE = 4, SUBKEY_DRAFT = 5 };

/* ---- SQLite holds words of cases in its page cache: what it gives back is zeroed */

enum { LEAN_BYTES = 3 << 20 };
static sqlite3_mem_methods plain_memory;

static void wiping_free(void *bytes)
{
	sodium_memzero(bytes, (size_t)plain_memory.xSize(bytes));
	plain_memory.xFree(bytes);
}

static void *wiping_resize(void *bytes, int size)
{
	int old = plain_memory.xSize(bytes);
	void *made = plain_memory.xMalloc(size);

	if (!made)
		return NULL;
	memcpy(made, bytes, (size_t)(old < size ? old : size));
	wiping_free(bytes);
	return made;
}

/* Once, before SQLite is used; a program that used it already keeps its memory as it is. */
static void wipe_database_memory(void)
{
	sqlite3_mem_methods wiping;

	if (plain_memory.xFree || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain_memory) != SQLITE_OK ||
	    !plain_memory.xFree)
		return;
	wiping = plain_memory;
	wiping.xFree = wiping_free;
	wiping.xRealloc = wiping_resize;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &wiping);
}

/* Near the limit SQLite uses the pages it has instead of asking for more. */
void vault_lean(void)
{
	wipe_database_memory();
	sqlite3_soft_heap_limit64(LEAN_BYTES);
}

/* A small keyring with its guard pages. */
enum { PROBE_BYTES = 32768 };

int crypt_unlockable(struct error *err)
{
	return error_set(err, ERR_DENIED, "RLIMIT_MEMLOCK", _("Raise it: ulimit -l 8192"),
			 _("keys cannot be kept out of the swap file"));
}

/* sodium_malloc tries to lock and keeps silent when it could not; asked again, sodium_mlock tells. */
void *crypt_locked(size_t size)
{
	void *memory = sodium_malloc(size);

	if (memory && sodium_mlock(memory, size) != 0) {
		sodium_free(memory);
		return NULL;
	}
	return memory;
}

int crypt_start(struct error *err)
{
	const struct rlimit none = { 0, 0 };
	static uint8_t probe[PROBE_BYTES];

	if (sodium_init() < 0)
		return error_set(err, ERR_BUG, "libsodium", NULL, _("it cannot be started"));
	wipe_database_memory();
	shelter_start();
	setrlimit(RLIMIT_CORE, &none);
	/* libsodium goes on without the lock; a key in the swap file would outlive the vault's being locked. */
	if (sodium_mlock(probe, sizeof(probe)) != 0)
		return crypt_unlockable(err);
	sodium_munlock(probe, sizeof(probe));
#ifndef PSIRTTY_SANITIZED
	/* The leak sanitizer attaches to its own process; every other build refuses to be attached to. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	return 0;
}

static void subkey(const uint8_t root[KEY_BYTES], uint64_t number, uint8_t ret[KEY_BYTES])
{
	crypto_kdf_derive_from_key(ret, KEY_BYTES, number, identity_context, root);
}

void crypt_member_keys(const uint8_t root[KEY_BYTES], struct member_keys *ret)
{
	uint8_t seed[KEY_BYTES];

	subkey(root, SUBKEY_SIGN, seed);
	crypto_sign_seed_keypair(ret->sign_public, ret->sign_secret, seed);
	subkey(root, SUBKEY_BOX, seed);
	crypto_box_seed_keypair(ret->box_public, ret->box_secret, seed);
	subkey(root, SUBKEY_CACHE, ret->cache_key);
	subkey(root, SUBKEY_STATE, ret->state_key);
	subkey(root, SUBKEY_DRAFT, ret->draft_key);
	sodium_memzero(seed, sizeof(seed));
}

void crypt_hash(const char label[16], const struct crypt_part *parts, size_t count,
		uint8_t ret[HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, (const uint8_t *)label, 16, HASH_BYTES);
	for (size_t i = 0; i < count; i++)
		crypto_generichash_update(&state, parts[i].bytes, parts[i].length);
	crypto_generichash_final(&state, ret, HASH_BYTES);
}

void crypt_key_id(const uint8_t key[KEY_BYTES], const uint8_t stream[ID_BYTES], uint32_t epoch,
		  uint8_t ret[ID_BYTES])
{
	uint8_t number[4], hash[HASH_BYTES];
	const struct crypt_part parts[] = { { key, KEY_BYTES }, { stream, ID_BYTES }, { number, 4 } };

	put32(number, epoch);
	crypt_hash("psirtty key id 1", parts, ARRAY_LEN(parts), hash);
	memcpy(ret, hash, ID_BYTES);
}

void crypt_event_key(const uint8_t case_key[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
	crypto_kdf_derive_from_key(ret, KEY_BYTES, 1, event_context, case_key);
}

void crypt_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], const void *aad,
		size_t aad_length, const void *bytes, size_t length, struct str *ret)
{
	size_t padded = (length / PAD_BLOCK + 1) * PAD_BLOCK;
	uint8_t *plain = mem_alloc(padded), *sealed = mem_alloc(padded + TAG_BYTES);
	unsigned long long made;

	memcpy(plain, bytes, length);
	if (sodium_pad(&padded, plain, length, PAD_BLOCK, padded) != 0)
		BUG("padding %zu bytes", length);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &made, plain, padded, aad, aad_length, NULL,
						   nonce, key);
	str_add_bytes(ret, sealed, (size_t)made);
	sodium_memzero(plain, padded);
	free(plain);
	free(sealed);
}

bool crypt_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], const void *aad,
		size_t aad_length, const void *sealed, size_t length, struct str *ret)
{
	size_t room = length > TAG_BYTES ? length - TAG_BYTES : 0, content = 0;
	uint8_t *plain;
	bool good;

	if (!room)
		return false;
	plain = mem_alloc(room);
	good = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed, length, aad,
							  aad_length, nonce, key) == 0 &&
	       sodium_unpad(&content, plain, room, PAD_BLOCK) == 0;
	if (good)
		str_add_bytes(ret, plain, content);
	sodium_memzero(plain, room);
	free(plain);
	return good;
}

void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void put32(uint8_t *at, uint32_t value)
{
	put16(at, (uint16_t)value);
	put16(at + 2, (uint16_t)(value >> 16));
}

void put64(uint8_t *at, uint64_t value)
{
	put32(at, (uint32_t)value);
	put32(at + 4, (uint32_t)(value >> 32));
}

uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t get32(const uint8_t *at)
{
	return get16(at) | (uint32_t)get16(at + 2) << 16;
}

uint64_t get64(const uint8_t *at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}
