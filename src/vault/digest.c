/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 over what passes by in pieces: for manifests, which other programs check. */
#include "psirtty/vault/transport.h"

#include "vault/crypt.h"

struct vault_digest { crypto_hash_sha256_state state; };

struct vault_digest *vault_digest_new(void)
{
	struct vault_digest *digest = mem_alloc(sizeof(*digest));

	crypto_hash_sha256_init(&digest->state);
	return digest;
}

void vault_digest_add(struct vault_digest *digest, const void *bytes, size_t length)
{
	crypto_hash_sha256_update(&digest->state, bytes, length);
}

void vault_digest_hex(struct vault_digest *digest, char ret_hex[65])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&digest->state, hash);
	sodium_bin2hex(ret_hex, 65, hash, sizeof(hash));
	free(digest);
}
