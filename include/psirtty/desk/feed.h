/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds taken into the intelligence store: a file, a folder of files, or a stream, read in the sandbox and put in
 * transactions. Broken off anywhere it goes on at its last checkpoint when the same is taken in again.
 */
#ifndef PSIRTTY_DESK_FEED_H
#define PSIRTTY_DESK_FEED_H

#include "psirtty/vault/intel.h"

/* Where the store is: as the settings say (intel.store), else intel.db below the handler's data folder. Caller frees. */
char *desk_intel_path(void);

struct feed_progress { uint64_t read, total, records; }; /* bytes of the file; total 0: not known */
struct feed_input {
	const char *name;       /* of the file: for messages */
	int fd;                 /* open, at its beginning; -1: READ gives the bytes */
	pull_read_fn read; void *context;
	bool framed;            /* READ gives files, each begun by feed_frame() (worker/feed.h) */
	uint64_t total;         /* bytes; 0: not known */
	const char *identity;   /* the same for the same bytes: by it a run that was broken off goes on; NULL: it cannot */
	/* ---- what the run is */
	const char *source;     /* NULL: named after what is found; *RET says how */
	enum feed_whole { WHOLE_NO, WHOLE_YES, WHOLE_BY_KIND } whole; /* BY_KIND: lists that always come whole */
	const char *cursor;     /* kept with the source at the end; NULL: the one there is stays */
	uint64_t serial;
	instant now;
	void (*progress)(void *data, const struct feed_progress *progress);
	bool (*cancelled)(void *data);
	void *data;
};
struct feed_taken {
	struct feed_head head;
	struct intel_done done;
	char *source;           /* owned */
	bool resumed;
};
void feed_taken_release(struct feed_taken *taken);
/* ERR_INPUT with what is wrong: what was put up to the last checkpoint stays, no more; the next run with the same
 * IDENTITY goes on there. ERR_NO: it was cancelled. */
int desk_feed_take(struct intel *intel, const struct feed_input *input, struct feed_taken *ret, struct error *err);
/* The part of a source's cursor that is the caller's, whether or not a run was broken off. */
const char *desk_feed_cursor(const char *cursor);

/* A file or folder by its path, "-" standard input: opens it, names its source, calls the above. SOURCE, PROGRESS,
 * CANCELLED, DATA, WHOLE, NOW of OPTIONS count. */
int desk_feed_import(struct intel *intel, const char *path, const struct feed_input *options, struct feed_taken *ret,
		     struct error *err);
/* What PATH is, without any store. */
int desk_feed_identify(const char *path, struct feed_head *ret, struct error *err);

#endif
