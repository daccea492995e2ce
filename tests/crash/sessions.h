/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the crash tests share: a vault, sessions that append, attach and draft and say what was acknowledged,
 * and the look afterwards for each of those promises.
 */
#ifndef PSIRTTY_TESTS_SESSIONS_H
#define PSIRTTY_TESTS_SESSIONS_H

#include "psirtty/vault/vault.h"

enum { WRITERS = 8, WRITER_NOTES = 40000, BATCH_NOTES = 5 };
/* What a promise's number is of; below it the writer and the writer's own count. */
enum { PROMISE_NOTE = 1, PROMISE_DRAFT = 2 };
#define SESSIONS_NOW (1795000000 * INSTANT_SECOND)

/* A folder of its own with a key; GNUPGHOME is set to it. */
extern char sessions_home[64];
bool sessions_begin(const char *name);
void sessions_end(void);
/* State and cache of who works in DIR, whose vault is DIR/vault. */
void sessions_use(const char *dir);
bool sessions_make(const char *dir);
/* NULL (with a note why) when it does not open. */
struct vault *sessions_open(const char *dir, struct openpgp **ret_pgp);

/* One step of a writer: a note, every sixth with an attachment, and after every sixth a draft; PROMISED is told
 * what was acknowledged. */
typedef void (*promised_fn)(uint64_t promise);
int sessions_step(struct vault *vault, const uint8_t stream[16], int writer, int number, promised_fn promised,
		  struct error *err);
/* Notes NUMBER to NUMBER + BATCH_NOTES - 1, every second with an attachment, in one batch; all are acknowledged at its end. */
int sessions_batch(struct vault *vault, const uint8_t stream[16], int writer, int number, promised_fn promised,
		   struct error *err);

struct sessions_found {
	struct vault *vault;
	bool (*notes)[WRITER_NOTES]; /* of each writer; owned */
	size_t bad_objects;
};
/* Reads the events after AFTER. */
int sessions_find(struct vault *vault, uint64_t after, struct sessions_found *ret, struct error *err);
bool sessions_kept(const struct sessions_found *found, uint64_t promise);
void sessions_found_release(struct sessions_found *found);
/* With every check on; the first finding is printed. */
bool sessions_whole(const char *dir);

#endif
