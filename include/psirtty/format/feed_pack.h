/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of feeds as bytes, for the pipe of the worker and for the store; and bytes pressed with a dictionary that
 * was trained on their like. Pure. What is read back is not trusted: every length, count and text is checked.
 */
#ifndef PSIRTTY_FORMAT_FEED_PACK_H
#define PSIRTTY_FORMAT_FEED_PACK_H

#include "psirtty/format/feed.h"

enum { FEED_PACK_LIMIT = 32 << 20 }; /* bytes of a record, packed or as it came */

void feed_pack(const struct feed_record *record, struct str *ret);

/* Texts of RECORD point into the bytes it was read from, lists into MEMORY: feed_unpacked_release, never
 * feed_record_release. */
struct feed_unpacked { struct feed_record record; void *memory; size_t room; };
/* Of products only the head's texts and lists where HEAD. False when the bytes are no record. They must outlive *RET. */
bool feed_unpack(const char *bytes, size_t length, bool head, struct feed_unpacked *ret);
/* Into SLOT, zeroed or unpacked into before: its memory is used again where it is enough. */
bool feed_unpack_again(const char *bytes, size_t length, bool head, struct feed_unpacked *slot);
void feed_unpacked_release(struct feed_unpacked *unpacked);

/* What finds a product, as a number: of the text that feed_keys() gives. Two texts may have the same. */
uint64_t feed_key_number(const char *key);

/* ---- pressing */

struct feed_press;
/* DICTIONARY (copied; LENGTH 0: none) as feed_press_train made it. */
struct feed_press *feed_press_new(const void *dictionary, size_t length);
void feed_press_free(struct feed_press *press); /* NULL does nothing */
void feed_press_add(struct feed_press *press, const char *bytes, size_t length, struct str *ret);
/* Replaces *RET by the bytes; false when they were not pressed with this dictionary, are broken, or more than LIMIT. */
bool feed_press_open(struct feed_press *press, const void *pressed, size_t length, size_t limit, struct str *ret);
/* From SAMPLES one after the other, COUNT of them with their SIZES. False when they are too few or too alike: then
 * none is needed. */
bool feed_press_train(const char *samples, const size_t *sizes, size_t count, struct str *ret);

#endif
