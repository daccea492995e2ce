/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few clear lines by which parties talk about an embargo in an ordinary letter: which of Vultron's
 * embargo messages it is, about which case, with which end. What a block says is worth what the signature
 * around it is worth; reading one changes nothing.
 *
 *	=== embargo 1 ===
 *	Message: EP
 *	Case: PSIRT-2026-0001
 *	Until: 2027-01-15T09:00:00+08:00
 *	Zone: Asia/Shanghai
 *	Answer-By: 2026-12-08T08:00:00Z
 *	Allow: deploy, tell-customers
 *	Note: one line
 *	=== end of embargo ===
 */
#ifndef PSIRTTY_FORMAT_EMBARGO_BLOCK_H
#define PSIRTTY_FORMAT_EMBARGO_BLOCK_H

#include "psirtty/base/zone.h"
#include "psirtty/model/states.h"

/* CERT/CC Vultron, Formal Protocol, Message Types: name, word, what it does */
#define EMBARGO_MESSAGES(X) \
	X(EMBARGO_EP, "EP", N_("proposes an embargo")) X(EMBARGO_EA, "EA", N_("accepts an embargo")) \
	X(EMBARGO_ER, "ER", N_("rejects an embargo")) X(EMBARGO_EV, "EV", N_("proposes another end")) \
	X(EMBARGO_EC, "EC", N_("accepts another end")) X(EMBARGO_EJ, "EJ", N_("rejects another end")) \
	X(EMBARGO_ET, "ET", N_("ends the embargo"))
#define X(name, word, what) name,
enum embargo_message { EMBARGO_MESSAGES(X) EMBARGO_MESSAGE_COUNT };
#undef X
const char *embargo_message_name(enum embargo_message message);
const char *embargo_message_text(enum embargo_message message); /* untranslated */
int embargo_message_from_name(const char *word);                /* or -1 */

enum { EMBARGO_BLOCK_LINES = 16, EMBARGO_BLOCK_LINE = 400, EMBARGO_CASE_ID = 64 };

struct embargo_block {
	enum embargo_message message;
	char case_id[EMBARGO_CASE_ID + 1];
	struct zoned until;    /* INSTANT_NONE in a message that names none (ET may) */
	instant answer_by;     /* INSTANT_NONE */
	unsigned allow;        /* a bit for each enum embargo_allow */
	enum end_cause cause;  /* of ET */
	char *note;            /* owned; one line, printable; may be NULL */
};
void embargo_block_release(struct embargo_block *block);

/* 1: TEXT (not trusted) holds exactly one block, which is in *RET; 0: none; ERR_INPUT: there is one, but it is
 * broken or there are more. Lines that quote ("> ") are no block. Strict: each field once, none unknown, each that
 * the message needs, times with an offset that the zone really has, no invisible characters. */
int embargo_block_read(const char *text, size_t length, struct embargo_block *ret, struct error *err);
/* Adds the block's lines, LF ended. What it writes can be read back. */
void embargo_block_write(const struct embargo_block *block, struct str *ret);

#endif
