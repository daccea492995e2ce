/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a sealed bundle: portable events, wraps and attachments between a header and a signed sum over
 * everything. Written and read in constant memory; HACKING.md, "The vault's bytes", is their page.
 */
#ifndef PSIRTTY_VAULT_BUNDLE_H
#define PSIRTTY_VAULT_BUNDLE_H

#include "vault/core.h"
#include "vault/store.h"

enum {
	BUNDLE_VERSION = 1,
	BUNDLE_HEAD = 64,
	BUNDLE_BODY_MAX = 64 << 20,
	BUNDLE_IDENTITY_MAX = 1 << 16,
	BUNDLE_COUNT_MAX = 1 << 28, /* of events, wraps, attachments each */
};
#define BUNDLE_OBJECT_MAX ((uint64_t)1 << 40)

struct bundle_head { uint8_t vault[ID_BYTES], member[ID_BYTES]; uint64_t time; };
struct bundle_wrap {
	uint8_t stream[ID_BYTES];
	uint32_t epoch;
	uint8_t key_id[ID_BYTES], member[ID_BYTES], sealed[WRAP_BYTES];
};
/* A member's root, encrypted to its OpenPGP key. */
struct bundle_identity { uint8_t member[ID_BYTES]; char fingerprint[65]; const void *sealed; size_t length; };
struct bundle_end { uint64_t identities, wraps, events, objects; uint8_t hash[HASH_BYTES], sig[SIG_BYTES]; };

/* ---- writing */

struct bundle_writer;
/* PATH must not be there; ERR_BUSY. */
int bundle_create(const char *path, const struct bundle_head *head, struct bundle_writer **ret, struct error *err);
/* Identities first, then wraps, then events, each behind its parents, then attachments. */
int bundle_put_identity(struct bundle_writer *writer, const struct bundle_identity *identity, struct error *err);
int bundle_put_wrap(struct bundle_writer *writer, const struct bundle_wrap *wrap, struct error *err);
int bundle_put_event(struct bundle_writer *writer, const struct store_row *row, struct error *err);
int bundle_put_object(struct bundle_writer *writer, const char *name, const char *path, struct error *err);
/* Sum, signature, fsync. Frees; with COMMIT false, or on an error, the file is gone. */
int bundle_close(struct bundle_writer *writer, const uint8_t *sign_secret, bool commit, struct error *err);
uint64_t bundle_written(const struct bundle_writer *writer);

/* ---- reading */

enum bundle_kind { BUNDLE_IDENTITY, BUNDLE_WRAP, BUNDLE_EVENT, BUNDLE_OBJECT };
struct bundle_record {
	enum bundle_kind kind;
	struct bundle_identity identity; /* borrowed until the next call */
	struct bundle_wrap wrap;
	struct store_row row;          /* the portable fields, borrowed until the next call; its id was computed and compared */
	struct core core;
	char name[65]; uint64_t size;  /* an attachment, whose bytes come next */
};
/* Up to LENGTH bytes; 0 at the end, negative on failure. */
typedef long (*bundle_read_fn)(void *context, void *bytes, size_t length);
struct bundle_reader;
struct bundle_reader *bundle_reader_new(bundle_read_fn read, void *context);
void bundle_reader_free(struct bundle_reader *reader);
/* The header. ERR_INPUT when it is none of ours. */
int bundle_begin(struct bundle_reader *reader, struct bundle_head *ret, struct error *err);
/* 1 and the next record; 0 at the end, when counts and sum were right and nothing stands behind; ERR_INPUT when
 * anything is malformed. What was not read of an attachment is passed over. */
int bundle_next(struct bundle_reader *reader, struct bundle_record *ret, struct error *err);
/* The next bytes of the attachment, at most LENGTH: how many, 0 behind the last, or ERR_INPUT. */
long bundle_read_object(struct bundle_reader *reader, void *bytes, size_t length, struct error *err);
/* After bundle_next returned 0: counts, sum and signature. Whether that is the exporter's is for the caller. */
const struct bundle_end *bundle_reader_end(const struct bundle_reader *reader);
uint64_t bundle_reader_done(const struct bundle_reader *reader); /* bytes read so far */
/* Whether the file begins as a bundle does. */
bool bundle_is(const void *bytes, size_t length);

#endif
