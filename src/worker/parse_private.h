/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the mail parser share; it runs in the sandboxed child. */
#ifndef PSIRTTY_WORKER_PARSE_PRIVATE_H
#define PSIRTTY_WORKER_PARSE_PRIVATE_H

#include "psirtty/format/header.h"
#include "psirtty/worker/parse.h"

enum {
	MAIL_LIMIT = 200 * 1024 * 1024,        /* bytes of a message, and of all its attachments */
	TEXT_LIMIT = 20 * 1024 * 1024,         /* bytes of text that are shown */
	PART_LIMIT = 500,
	DEPTH_LIMIT = 50,
	SIGNED_PART_LIMIT = 8,                 /* signed parts below the top that are checked */
	SIGNED_LIMIT = 2 * TEXT_LIMIT,         /* bytes of such a part, */
	SIGNATURE_LIMIT = 100 * 1024,          /* and of its signature */
	USER_ID_LIMIT = 512,                   /* bytes of a key's user id that are kept */
};

/* Part of the message's bytes. */
struct slice { const char *bytes; size_t length; };

/* ---- parse.c */

/* Another deadline than PARSE_WALL_SECONDS: for tests. */
void parse_worker_hurry(struct parse_worker *worker, int milliseconds);

/* ---- parse_zygote.c */

/* parse_worker_main() for a process that was forked, not executed: nothing is loaded that JOB_SBOM needs. */
void parse_worker_loop(bool mail, const char *dictionary) __attribute__((noreturn));

/* ---- parse_mail.c */

/* Opens the converters and makes GMime load what it needs. */
void parse_mail_warm(void);

/* ---- parse_head.c */

/* Fills the header members of RECORD. With PROTECTED they are those inside the encryption. */
void parse_head(const struct header_block *block, struct mail_record *record);
/* RFC 9788 hp= or the older protected-headers="v1": the header of this entity is protected. */
bool parse_is_protected(const struct header_block *block);
/* The last field NAME as a slice; length 0 when there is none. GMime takes the last, so do we. */
struct slice parse_field(const struct header_block *block, const char *name);
/* Sets bidi and control-characters for one string of a header. */
void parse_flag_header(struct mail_record *record, const char *text);
bool parse_has_bidi(const char *text, size_t length);

/* ---- parse_keys.c */

/* Notes the keys in an attachment, armored or binary: fingerprints, user ids, flags. */
void parse_keys_attached(struct mail_record *record, const char *type, const char *bytes, size_t length);
/* The Autocrypt header (Level 1 2.1): only one, of the sender's address, without unknown critical attributes. */
void parse_keys_autocrypt(const struct header_block *block, struct mail_record *record);

/* ---- parse_crypto.c */

/* The children of a multipart BODY between its boundary lines, exactly as they were sent (without the
 * line end before a boundary, RFC 2046 5.1.1). Returns how many there are; at most LIMIT are filled. */
size_t parse_children(struct slice body, const char *boundary, struct slice *ret, size_t limit);
/* With every line end as CRLF, as it was signed (RFC 3156 5). */
void parse_canonical(struct slice bytes, struct str *ret);
/* Fills the counts of mail from its payload, the recipients and the flag symmetric. */
void parse_packets(struct parsed_mail *mail);
/* What a CMS object (RFC 5652 3) is, by its first identifier: MAIL_CRYPTO_SMIME_OPAQUE, _ENVELOPED or _NONE. */
enum mail_crypto parse_cms(const char *bytes, size_t length);
/* What armored OpenPGP stands in a text: nothing, one block that is all there is, or one among others. */
enum inline_pgp { INLINE_NONE, INLINE_WHOLE_MESSAGE, INLINE_WHOLE_SIGNED, INLINE_PART_MESSAGE, INLINE_PART_SIGNED };
enum inline_pgp parse_inline(const char *text, size_t length);
/* The next block of signed cleartext from the beginning of TEXT on, which moves behind it; false when there is none. */
bool parse_clear_block(struct slice *text, struct slice *ret);
/* A new one at the end of MAIL's; borrowed until the next. */
struct signed_part *parse_add_signed(struct parsed_mail *mail, const char *path, enum signed_kind kind);

#endif
