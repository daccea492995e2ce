/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes over the pipes of the fetch worker. A request is a row of fields, each behind its length, ended by a
 * mark; then, for a mailbox, names. An answer is a row of events: a fixed head, then its texts and bytes. Whoever
 * reads one trusts none of it.
 */
#ifndef PSIRTTY_WORKER_FETCH_WIRE_H
#define PSIRTTY_WORKER_FETCH_WIRE_H

#include "psirtty/worker/fetch.h"

enum { FETCH_FD_REQUEST = 3, FETCH_FD_ANSWER = 4 };
enum { FETCH_MAGIC = 0x31465350 }; /* "PSF1" */
enum { FETCH_ERROR = FETCH_KINDS }; /* the worker gives up: ITEM is -code, NAME what, TEXT why, ETAG the remedy */
enum { FETCH_TEXT_LIMIT = 1 << 16, FETCH_BYTES_LIMIT = 200 << 20, FETCH_REQUEST_LIMIT = 400 << 20 };

/* ---- requests */
void fetch_field_add(struct str *request, const char *bytes, size_t length);
void fetch_text_add(struct str *request, const char *text); /* NULL and "" are the same */
void fetch_number_add(struct str *request, uint64_t number);

/* Reading them; a field that is not there, or too long, makes the request BAD and reads as "". */
struct fetch_reading { char *at, *end; bool bad; };
const char *fetch_field_take(struct fetch_reading *r, size_t *ret_length);
const char *fetch_text_take(struct fetch_reading *r); /* NULL for "" */
uint64_t fetch_number_take(struct fetch_reading *r);

/* ---- events */
struct fetch_head {
	uint32_t magic, kind, fate, lengths[4]; /* of name, text, etag, modified */
	uint32_t zero;
	uint64_t item, done, total, from, length;
};
void fetch_event_add(struct str *answer, const struct fetch_event *event);
/* How many bytes the event at BYTES needs: 0 when its head is not whole yet; false when it is malformed. */
bool fetch_event_size(const char *bytes, size_t length, size_t *ret);
/* BYTES hold the whole event; its texts, zeros behind them, are checked, and stay where they are. */
bool fetch_event_read(char *bytes, size_t length, struct fetch_event *ret);

#endif
