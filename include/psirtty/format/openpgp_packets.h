/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an OpenPGP message (RFC 9580, RFC 4880) says about itself on its outside: which packets in
 * which order, and for whom. Nothing is decrypted; nothing is trusted.
 */
#ifndef PSIRTTY_FORMAT_OPENPGP_PACKETS_H
#define PSIRTTY_FORMAT_OPENPGP_PACKETS_H

#include "psirtty/base/str.h"

enum { OPENPGP_RECIPIENTS = 64 }; /* key ids that are kept; all are counted */

struct openpgp_packets {
	bool encrypted;      /* (PKESK | SKESK)* then exactly one SEIPD and nothing behind it: RFC 9580 10.3
			      * with integrity protection; marker and padding packets may stand between;
			      * armored: one block only */
	bool unprotected;    /* there is a tag 9 packet: encrypted without integrity protection */
	int public_keys;     /* session keys for a public key */
	int anonymous;       /* of these, with key id 0 */
	int passphrases;     /* session keys for a passphrase */
	char key_ids[OPENPGP_RECIPIENTS][65]; /* upper-case hex of the first named ones */
	size_t key_id_count;
};

/* BYTES may be armored (one MESSAGE block) or binary; at most 100,000 packets are looked at. */
void openpgp_packets_read(const char *bytes, size_t length, struct openpgp_packets *ret);
/* The binary of the first armored block of KIND ("MESSAGE", "PUBLIC KEY BLOCK"); false when there is none.
 * Headers and checksum are passed over. */
bool openpgp_dearmor(const char *bytes, size_t length, const char *kind, struct str *ret);
/* One packet (RFC 9580 4.2). */
struct openpgp_packet {
	int tag;
	const unsigned char *body; /* borrowed from the input */
	size_t length; /* of the body; of its first chunk where it comes in chunks */
	size_t whole;  /* with header and all chunks */
};
/* The packet that begins at BYTES; false when it is none, or not all of it is there. */
bool openpgp_packet_read(const void *bytes, size_t left, struct openpgp_packet *ret);

#endif
