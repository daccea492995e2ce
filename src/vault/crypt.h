/* SPDX-License-Identifier: Apache-2.0 */
/* The constructions of the vault, each one call of libsodium with its fixed label. */
#ifndef PSIRTTY_VAULT_CRYPT_H
#define PSIRTTY_VAULT_CRYPT_H

#include <sodium.h>

#include "psirtty/base/error.h"

enum {
	ID_BYTES = 16,     /* vault, member, stream, key id */
	HASH_BYTES = 32,
	KEY_BYTES = 32,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	SIG_BYTES = crypto_sign_BYTES,
	WRAP_BYTES = KEY_BYTES + crypto_box_SEALBYTES,
	PAD_BLOCK = 256,
};

/* The keys of whoever unlocked the vault, in guarded memory. */
struct member_keys {
	uint8_t sign_public[crypto_sign_PUBLICKEYBYTES], sign_secret[crypto_sign_SECRETKEYBYTES];
	uint8_t box_public[crypto_box_PUBLICKEYBYTES], box_secret[crypto_box_SECRETKEYBYTES];
	uint8_t cache_key[KEY_BYTES], state_key[KEY_BYTES], draft_key[KEY_BYTES];
};

/* libsodium, no core dumps, no ptrace, SQLite's memory zeroed when it is freed: once, before the first key. ERR_BUG. */
int crypt_start(struct error *err);
/* Memory for keys, between guard pages and never in the swap file; NULL where the system gives no more of it
 * (RLIMIT_MEMLOCK): crypt_unlockable says so. Freed with sodium_free. */
void *crypt_locked(size_t size);
int crypt_unlockable(struct error *err);
/* Everything a member holds, out of the root. */
void crypt_member_keys(const uint8_t root[KEY_BYTES], struct member_keys *ret);

/* Keyed BLAKE2b-256 over parts; LABEL has exactly 16 bytes. */
struct crypt_part { const void *bytes; size_t length; };
void crypt_hash(const char label[16], const struct crypt_part *parts, size_t count, uint8_t ret[HASH_BYTES]);
/* The commitment to a case key (vault.md, Keys). */
void crypt_key_id(const uint8_t key[KEY_BYTES], const uint8_t stream[ID_BYTES], uint32_t epoch,
		  uint8_t ret[ID_BYTES]);
void crypt_event_key(const uint8_t case_key[KEY_BYTES], uint8_t ret[KEY_BYTES]);

/* pad256 and XChaCha20-Poly1305; RET gets ciphertext and tag. */
void crypt_seal(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], const void *aad,
		size_t aad_length, const void *bytes, size_t length, struct str *ret);
/* False when it was not sealed so, or padded wrongly. Adds the plaintext to RET. */
bool crypt_open(const uint8_t key[KEY_BYTES], const uint8_t nonce[NONCE_BYTES], const void *aad,
		size_t aad_length, const void *sealed, size_t length, struct str *ret);

void put16(uint8_t *at, uint16_t value);
void put32(uint8_t *at, uint32_t value);
void put64(uint8_t *at, uint64_t value);
uint16_t get16(const uint8_t *at);
uint32_t get32(const uint8_t *at);
uint64_t get64(const uint8_t *at);

#endif
