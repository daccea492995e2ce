/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the fetch worker. */
#ifndef PSIRTTY_WORKER_FETCH_PRIVATE_H
#define PSIRTTY_WORKER_FETCH_PRIVATE_H

#include "curl_calls.h"

#include "fetch_wire.h"

/* ---- the process (fetch_main.c) */
/* Tells the other side; ends the process when that is gone. */
void fetch_tell(const struct fetch_event *event);
/* Tells FETCH_PROGRESS, a few times a second at most. */
void fetch_tell_progress(size_t item, uint64_t done, uint64_t total);
/* The next name to remove; NULL when there are no more. */
const char *fetch_next_name(void);

/* What every task knows of its server. */
struct fetch_server {
	const char *url, *user, *secret, *proxy, *ca_file; /* borrowed from the request; NULL where there is none */
	bool bearer;
	int patience;                      /* seconds */
	const char *contact;               /* borrowed; NULL */
	struct fetch_url parts;
	const char *roots; size_t roots_length; /* PEM: the system's and the extra ones, read before the lock */
};
/* Options every connection has: TLS, roots, proxy, log-in, limits of time. */
void fetch_set_up(const struct fetch_server *server, CURL *curl, char *reason);
/* The sentence for what libcurl says went wrong. */
int fetch_explain(const struct fetch_server *server, CURLcode code, const char *reason, struct error *err);

/* ---- the lock (fetch_lock.c) */
/* After it: no new program, no file written, those of the resolver read, TCP to PORTS and 53 alone. False: do not go on. */
bool fetch_lock_in(const int *ports, size_t count);
/* Loads what the resolver would open later. */
void fetch_lock_warm(void);

/* ---- one connection that is spoken over (fetch_line.c): TLS and log-in are libcurl's, the lines are ours */
struct line;
int line_open(const struct fetch_server *server, struct line **ret, struct error *err);
void line_close(struct line *line); /* NULL does nothing */
int line_send(struct line *line, const char *bytes, size_t length, struct error *err);
int line_command(struct line *line, struct error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The next line without its end; at most 64 KiB. Borrowed until the next call. */
int line_read(struct line *line, char **ret, struct error *err);
/* LENGTH bytes; what is beyond the first MOST is read and dropped. Adds to RET. */
int line_bytes(struct line *line, uint64_t length, uint64_t most, struct str *ret, struct error *err);
/* A text of many lines to the lone dot (RFC 1939 3): dots unstuffed, the end not in it. *RET_LENGTH counts what was
 * dropped beyond MOST too. Adds to RET. */
int line_dotted(struct line *line, uint64_t most, struct str *ret, uint64_t *ret_length, struct error *err);
/* Bytes that came so far. */
uint64_t line_received(const struct line *line);
int line_bad(const struct fetch_server *server, const char *said, struct error *err);

/* ---- tasks; each tells its events, all but the end */
int fetch_imap(const struct fetch_server *server, struct fetch_reading *request, struct error *err);
int fetch_pop(const struct fetch_server *server, struct fetch_reading *request, struct error *err);
int fetch_smtp(const struct fetch_server *server, struct fetch_reading *request, struct error *err);
int fetch_web(const struct fetch_server *server, struct fetch_reading *request, struct error *err);

/* What a mailbox is asked for. */
struct box_wish { const char **known; size_t known_count; uint64_t most_bytes; size_t most; bool remove; };
bool box_wish_read(struct fetch_reading *request, struct box_wish *ret);
void box_wish_release(struct box_wish *wish);
bool box_knows(const struct box_wish *wish, const char *name);
/* Tells of a mail, or, where it was longer than wished for, that it was passed over. */
void box_tell(const struct box_wish *wish, const char *name, const struct str *bytes, uint64_t length);
/* After all came, with REMOVE: what may be deleted. Freed with box_names_release. */
struct box_names { char **names; size_t count, room; };
void box_names_wait(struct box_names *ret);
void box_names_add(struct box_names *names, const char *name);
void box_names_release(struct box_names *names);

#endif
