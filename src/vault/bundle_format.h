/* SPDX-License-Identifier: Apache-2.0 */
/* Places and kinds that writer and reader of a bundle share. */
#ifndef PSIRTTY_VAULT_BUNDLE_FORMAT_H
#define PSIRTTY_VAULT_BUNDLE_FORMAT_H

#include "vault/bundle.h"

#define BUNDLE_MAGIC "psirttyB"
#define BUNDLE_LABEL "psirtty bundle 1"

enum {
	HEAD_MAGIC = 0, HEAD_VERSION = 8, HEAD_ZERO = 12, HEAD_VAULT = 16, HEAD_MEMBER = 32, HEAD_TIME = 48,
	HEAD_REST = 56,
	RECORD_HEAD = 9, /* kind 1, length 8 */
	RECORD_IDENTITY = 'I', RECORD_WRAP = 'W', RECORD_EVENT = 'E', RECORD_OBJECT = 'O', RECORD_END = 'Z',
	WRAP_RECORD = ID_BYTES + 4 + 2 * ID_BYTES + WRAP_BYTES,
	IDENTITY_FIXED = ID_BYTES + 1, /* member, length of the fingerprint in hex */
	EVENT_FIXED = HASH_BYTES + NONCE_BYTES + SIG_BYTES + 2, /* id, nonce, signature, length of the core */
	END_SUMMED = 4 * 8, END_RECORD = END_SUMMED + HASH_BYTES + SIG_BYTES,
};

/* A sum begun; freed with free(). */
crypto_generichash_state *bundle_sum_new(void);

#endif
