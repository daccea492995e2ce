/* SPDX-License-Identifier: Apache-2.0 */
/* Words between the screen and its sessions: length, 4 bytes; kind, 1; then numbers of 8 bytes and texts with their length. */
#ifndef PSIRTTY_SRC_COMMAND_SESSION_WIRE_H
#define PSIRTTY_SRC_COMMAND_SESSION_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "psirtty/base/str.h"

enum { SESSION_FD = 3, WIRE_MOST = 256 << 20 };
enum wire_kind {
	WIRE_HELLO = 'H', WIRE_RUN = 'R', WIRE_EDITED = 'e', WIRE_CANCEL = 'C', WIRE_ASKED = 'a', /* to the session */
	WIRE_PROGRESS = 'P', WIRE_EDIT = 'E', WIRE_ASK = 'A', WIRE_DONE = 'D', WIRE_GONE = 'G', /* from it */
};

void wire_begin(struct str *word, enum wire_kind kind);
void wire_number(struct str *word, uint64_t number);
/* NULL stays NULL. */
void wire_text(struct str *word, const char *text);
void wire_bytes(struct str *word, const void *bytes, size_t length);
void wire_end(struct str *word);

/* Reading: BAD once anything is missing; numbers are then 0, texts NULL. */
struct wire { const char *at, *end; bool bad; };
/* A whole word at the front of BUFFER: its length and *RET on what is behind the kind; 0 when more must come. *RET_KIND 0:
 * what came is no word. */
size_t wire_take(const struct str *buffer, int *ret_kind, struct wire *ret);
uint64_t wire_take_number(struct wire *wire);
/* Caller frees. */
char *wire_take_text(struct wire *wire);
void wire_take_bytes(struct wire *wire, struct str *ret);

#endif
