/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds read in the sandbox: the caller hands over an open file or a stream, sandboxed children unpack it (zip in
 * zip, tar, gzip, xz, zstd, bzip2), read every document in it and answer with records, packed and pressed for the
 * store. A broken record or document is told and the rest goes on; a torn archive or a bomb ends it with a sentence.
 * What the children say is bounded here; what the records hold is checked where they are stored.
 */
#ifndef PSIRTTY_WORKER_FEED_H
#define PSIRTTY_WORKER_FEED_H

#include "psirtty/format/feed.h"

#define FEED_WORKER_ARGUMENT "--feed-worker"
/* main.c calls it when the program was executed with that argument alone. Never returns. */
void feed_worker_main(void) __attribute__((noreturn));

/* Dictionaries of the store for records of KIND; LENGTH 0: none. */
struct feed_dictionary { enum feed_kind kind; bool raw; const void *bytes; size_t length; };

enum feed_mode {
	FEED_COUNT, /* what it is, how many records, how new: no records come */
	FEED_LEARN, /* dictionaries from samples of all of it; ends with the kind of its first document */
	FEED_READ,
};

struct feed_task {
	const char *name;         /* of the file, for messages */
	enum feed_mode mode;
	/* A file that can be opened anew through /proc/self/fd is read by several children. -1: READ gives the bytes. */
	int fd;
	pull_read_fn read; void *context;
	/* READ gives files one after the other, each as feed_frame() begins it. */
	bool framed;
	const struct feed_dictionary *dictionaries; size_t dictionary_count;
	/* Documents, and records of the next one, that were read before: where a checkpoint was. */
	uint64_t skip_documents, skip_records;
	int children;             /* 0: as many as there are processors, at most two: the store takes in no more */
};
/* The head of one file of a framed stream: its name, and SIZE bytes that follow. */
void feed_frame(const char *name, uint64_t size, struct str *ret);

enum feed_event_type {
	FEED_EVENT_RECORD,
	FEED_EVENT_FAULT,      /* of a record, or of a whole document */
	FEED_EVENT_DOCUMENT,   /* one ended: its head */
	FEED_EVENT_DICTIONARY, /* FEED_LEARN: in packed or raw, one of which is not NULL */
	FEED_EVENT_MARK,       /* a good place for a checkpoint: everything before documents/records came */
	FEED_EVENT_END,
};
struct feed_event {
	enum feed_event_type type;
	/* RECORD: as struct intel_packed has them */
	const char *packed, *raw;
	size_t packed_length, raw_length;
	enum feed_kind kind;
	bool packed_with, raw_with;   /* the task's dictionaries for its kind were used */
	const uint64_t *keys; size_t key_count;
	/* FAULT */
	const char *where, *why;
	/* DOCUMENT; at the END the sum of all */
	struct feed_head head;
	/* MARK, END */
	uint64_t documents, records;
	uint64_t read, unpacked;      /* bytes, so far: of the first child */
};

struct feed_reader;
int feed_reader_start(const struct feed_task *task, struct feed_reader **ret, struct error *err);
/* The next event, borrowed until the next call. ERR_INPUT: the file is broken as a whole, or is no feed, or a child
 * died; the sentence says which. After an END or an error there is nothing more. */
int feed_reader_next(struct feed_reader *reader, struct feed_event *ret, struct error *err);
void feed_reader_stop(struct feed_reader *reader); /* NULL does nothing */

#endif
