/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of an event: its core, its id, its place in this copy's journal. Fixed little-endian
 * layouts; HACKING.md, "The vault's bytes", is their page.
 */
#ifndef PSIRTTY_VAULT_CORE_H
#define PSIRTTY_VAULT_CORE_H

#include "vault/crypt.h"

enum {
	CORE_VERSION = 1,
	CORE_FIXED = 72,   /* before the parents */
	CORE_PARENTS = 64, /* at most */
	CORE_MAX = CORE_FIXED + CORE_PARENTS * HASH_BYTES,
};

enum core_kind { CORE_CONTROL = 0, CORE_CONTENT = 1 };

/* Control events have clear bodies, so that authority is replayed without keys. Numbers on disk. */
enum control_type {
	CONTROL_VAULT = 1,  /* vault 16, then as MEMBER */
	CONTROL_MEMBER = 2, /* member 16, role 1, signing key 32, box key 32, fingerprint 1+n, certification 2+n */
	CONTROL_STREAM = 3, /* kind 1 */
	CONTROL_GRANT = 4,  /* member 16, rights 1 */
	CONTROL_EPOCH = 5,  /* epoch 4, key id 16 */
};

struct core {
	enum core_kind kind;
	uint16_t type;
	uint8_t stream[ID_BYTES], author[ID_BYTES];
	uint32_t epoch;
	uint8_t key_id[ID_BYTES];
	uint64_t time; /* hybrid: milliseconds << 16 | counter */
	size_t parent_count;
	uint8_t parents[CORE_PARENTS][HASH_BYTES];
};

/* Writes into RET (CORE_MAX bytes of room); returns the length. */
size_t core_write(const struct core *core, uint8_t *ret);
/* False for anything but exactly these bytes. */
bool core_read(const void *bytes, size_t length, struct core *ret);

/* The event's id (vault.md, Events). */
void core_id(const void *core, size_t core_length, const void *nonce, size_t nonce_length, const void *body,
	     size_t body_length, uint8_t ret[HASH_BYTES]);
/* The hash of a journal row, which its appender signs and the next row carries as `prev`. */
void core_journal_hash(uint64_t gseq, const uint8_t prev[HASH_BYTES], const uint8_t id[HASH_BYTES],
		       uint8_t ret[HASH_BYTES]);

/* What a member's OpenPGP key certifies. Adds to RET. */
void core_identity_text(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
			const uint8_t sign_public[32], const uint8_t box_public[32], struct str *ret);

#endif
