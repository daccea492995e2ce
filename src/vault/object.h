/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an attachment, as the two sides that write and read it share them. */
#ifndef PSIRTTY_VAULT_OBJECT_H
#define PSIRTTY_VAULT_OBJECT_H

#include "vault/vault_private.h"

enum {
	CHUNK = 65536,
	SEALED_CHUNK = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES,
	SEGMENT_CHUNKS = 8,
	SEGMENT_PLAIN = SEGMENT_CHUNKS * CHUNK,
	SEGMENT_SEALED = SEGMENT_CHUNKS * SEALED_CHUNK,
	SEGMENTS = 8,     /* in memory at a time */
	STREAM_HEAD = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	OBJECT_MARK = 8,  /* magic 4, flags 1, zeros 3: authenticated with the first chunk */
	OBJECT_FLAGS = 4, /* where they stand in the mark */
	OBJECT_HEAD = OBJECT_MARK + STREAM_HEAD,
	OBJECT_ZSTD = 1,  /* a flag: compressed before it was sealed */
	OBJECT_SHA256 = 2, /* a flag: so its segments are hashed, which processors do themselves; else BLAKE2b */
};
#define OBJECT_MAGIC { 'P', 'S', 'O', '2' }

struct segment {
	uint8_t *plain, *sealed; /* owned */
	size_t room;             /* of the plain bytes */
	size_t plain_length, sealed_length;
	uint8_t hash[HASH_BYTES]; /* of what is sealed */
	bool last;
};
/* COUNT segments (SEGMENTS at most) with room for so many chunks each. */
void segments_new(struct segment *segments, size_t count, size_t chunks);
void segments_release(struct segment *segments, size_t count);

/* Makes durable what was put in a batch. */
int object_settle(const char *dir, struct error *err);
char *object_path(const char *dir, const char *name);
void object_name_of(const uint8_t head[OBJECT_HEAD], const struct str *list, char ret[65]);
void object_segment_hash(const uint8_t head[OBJECT_HEAD], const void *sealed, size_t length,
			 uint8_t ret[HASH_BYTES]);

#endif
