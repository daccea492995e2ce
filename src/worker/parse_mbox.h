/* SPDX-License-Identifier: Apache-2.0 */
/* Messages out of a stretch of an mbox; like all structure of strangers it is looked for in the sandbox. */
#ifndef PSIRTTY_WORKER_PARSE_MBOX_H
#define PSIRTTY_WORKER_PARSE_MBOX_H

#include "psirtty/worker/parse.h"

enum {
	MBOX_LAST = 1,    /* nothing follows: the last message ends with the bytes */
	MBOX_INSIDE = 2,  /* the bytes begin inside of a message, which is passed over */
};

/* A line that parts two messages (mboxrd): "From ", a time and a year, behind an empty line, and before what can be
 * a header, or, where LAST, nothing. AT stands at its beginning. */
bool mbox_line_parts(const char *at, const char *end, bool behind_empty, bool last);
/* Writes the whole messages in BYTES, each without its "From " line and with one ">" less before a quoted one;
 * false when FD does not take them. */
bool parse_mbox_write(int fd, const char *bytes, size_t length, uint32_t marks);
/* What that wrote, out of ANSWER, which *RET takes over. WINDOW is how many bytes were asked about. */
int parse_mbox_read(struct str *answer, size_t window, struct mbox_messages *ret, struct error *err);

#endif
