/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker for feeds shares: unpacking, and the pipe between its two sides. */
#ifndef PSIRTTY_WORKER_FEED_PRIVATE_H
#define PSIRTTY_WORKER_FEED_PRIVATE_H

#include "psirtty/worker/feed.h"

/* ---- feed_unpack.c: an archive as documents */

struct feed_document {
	const char *name;
	/* All of it, where it was small; else it is to be read. */
	const char *bytes; size_t length;
	pull_read_fn read; void *context;
};
struct feed_walk {
	/* Whether document NUMBER is wanted: what is not is passed over without unpacking, where that can be. */
	bool (*wanted)(void *data, uint64_t number, const char *name);
	int (*take)(void *data, uint64_t number, const struct feed_document *document, struct error *err);
	/* A document that cannot be unpacked, while the archive goes on. */
	void (*fault)(void *data, uint64_t number, const char *name, const char *why);
	void *data;
	uint64_t documents, unpacked; /* so far */
};
/* Everything READ gives. NAME of the whole. ERR_INPUT: broken as a whole, or made to fill memory. */
int feed_unpack_walk(struct feed_walk *walk, const char *name, bool framed, pull_read_fn read, void *context,
		     struct error *err);

/* ---- feed_wire.c */

enum feed_frame_type {
	FRAME_RECORD = 0x46524543, FRAME_FAULT = 0x46464C54, FRAME_DOCUMENT = 0x46444F43, FRAME_DICTIONARY = 0x46444943,
	FRAME_MARK = 0x464D524B,  /* in the middle of a document */
	FRAME_GROUP = 0x46475250, /* the documents of a group came: the next group is the next child's */
	FRAME_END = 0x46454E44, FRAME_ERROR = 0x46455252,
};
enum { FEED_FRAME_LIMIT = 80 << 20, FEED_KEYS_LIMIT = 1 << 16, FEED_GROUP = 64, FEED_GROUP_RECORDS = 2048,
       FEED_FRAME_STEP = 8 /* frames begin at its multiples */ };
struct feed_frame_head { uint32_t type, length; };

size_t feed_wire_begin(struct str *out, enum feed_frame_type type);
void feed_wire_end(struct str *out, size_t began); /* pads to FEED_FRAME_STEP */
void feed_wire_number(struct str *out, uint64_t number);
void feed_wire_text(struct str *out, const char *text);
void feed_wire_head(struct str *out, const struct feed_head *head);
/* Reads the payload of a frame into *RET; false when it is malformed. Texts and bytes stay in PAYLOAD. */
bool feed_wire_read(uint32_t type, const char *payload, size_t length, struct feed_event *ret, struct error *ret_error);

/* What a child is told before it is locked in. */
struct feed_orders {
	uint32_t magic, mode, framed, child, children, name_length, dictionaries, unused;
	uint64_t skip_documents, skip_records;
};
struct feed_orders_dictionary { uint32_t kind, raw, length; };
enum { FEED_ORDERS_MAGIC = 0x46454F31 };

#endif
