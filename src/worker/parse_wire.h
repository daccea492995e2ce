/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes over the pipes of the parse worker. A request is a fixed header and the message; an
 * answer is a row of records: a tag, a length, that many bytes. Whoever reads an answer trusts
 * none of it.
 */
#ifndef PSIRTTY_WORKER_PARSE_WIRE_H
#define PSIRTTY_WORKER_PARSE_WIRE_H

#include "psirtty/worker/parse.h"

struct parse_request {
	uint32_t magic;   /* PARSE_MAGIC */
	uint32_t job;     /* PARSE_MAIL, PARSE_ENTITY, or PARSE_JOBS and more: enum worker_job */
	uint64_t length;  /* of what follows: the message; or the job's arguments behind their length, and its bytes */
	uint64_t token;   /* random: stands before the answer, so that no answer is taken for another one's */
};
enum { PARSE_MAGIC = 0x32505350 }; /* "PSP2" */
enum { PARSE_MAIL, PARSE_ENTITY, PARSE_MBOX, PARSE_JOBS = PARSE_MBOX + 4 }; /* PARSE_MBOX with the marks of parse_mbox.h */
/* No answer is longer: all attachments, the payload, the text, and the lists. */
#define PARSE_ANSWER_LIMIT ((size_t)512 * 1024 * 1024)

/* Writes MAIL to FD; false when that fails. */
bool parse_wire_write(int fd, const struct parsed_mail *mail);
/* Reads an answer with every length, count, word and UTF-8 checked. ERR_INPUT leaves *RET untouched. */
int parse_wire_read(const char *bytes, size_t length, struct parsed_mail *ret, struct error *err);

#endif
