/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 for rooms that hold no keys. */
#include "psirtty/base/digest.h"

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

void digest_sha256(const void *bytes, size_t length, char ret_hex[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, bytes, length);
	sodium_bin2hex(ret_hex, 65, hash, sizeof(hash));
}
