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
	CONTROL_EPOCH = 5,  /* epoch 4, key id 16, who got the key: n × 16, ascending */
	CONTROL_REMOVE = 6, /* member 16 */
	CONTROL_REVOKE = 7, /* member 16 */
	CONTROL_POLICY = 8, /* kind 1 (1: recovery), member 16 or zeros */
	CONTROL_CHECKPOINT = 9, /* number 8, journal hash 32, text 2+n, OpenPGP signature 2+n */
	CONTROL_RESTORE = 10,   /* abandoned: number 8, journal hash 32 */
	CONTROL_SHRED = 11,     /* hash of the disposal record 32, or zeros */
	CONTROL_ROTATE = 12,    /* member 16, fingerprint 1+n, certification 2+n */
	CONTROL_ROLE = 13,      /* member 16, role 1 */
	CONTROL_READ = 14,      /* kind 1, object 32 */
};
enum { POLICY_RECOVERY = 1 };

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
/* What is left of a shredded body: its length and its hash, which is all that the id needs. A sealed body has
 * 16 bytes more than a multiple of 256, so never this length. */
enum { STUB_BYTES = 8 + HASH_BYTES };
bool core_is_stub(enum core_kind kind, size_t body_length);
void core_stub(const void *body, size_t body_length, uint8_t ret[STUB_BYTES]);
/* The id of an event of which only the stub is left. */
void core_id_of_stub(const void *core, size_t core_length, const void *nonce, size_t nonce_length,
		     const uint8_t stub[STUB_BYTES], uint8_t ret[HASH_BYTES]);
/* The hash of a journal row, which its appender signs and the next row carries as `prev`. IMPORTED: it was
 * written on another copy of the vault. */
void core_journal_hash(uint64_t gseq, const uint8_t prev[HASH_BYTES], const uint8_t id[HASH_BYTES],
		       bool imported, uint8_t ret[HASH_BYTES]);
/* A row's appender: the member, and one byte more where it was imported. */
enum { APPENDER_BYTES = ID_BYTES, IMPORTER_BYTES = ID_BYTES + 1 };

/* What a member's OpenPGP key certifies. Adds to RET. */
void core_identity_text(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
			const uint8_t sign_public[32], const uint8_t box_public[32], struct str *ret);

#endif
