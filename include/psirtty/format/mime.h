/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail text, in and out, as pure functions: decoders for what strangers send, and the writer of
 * PGP/MIME messages (RFC 3156) with header protection (RFC 9788).
 */
#ifndef PSIRTTY_FORMAT_MIME_H
#define PSIRTTY_FORMAT_MIME_H

#include "psirtty/base/instant.h"
#include "psirtty/base/str.h"

/* ---- decoders: never fail, never read outside; broken input gives what can be had. */

/* Charset conversion to UTF-8; the caller supplies it, because the worker opens its converters before
 * it is locked in. Adds to RET; returns false for an unknown charset (then the bytes are added with every
 * non-ASCII byte as U+FFFD). */
typedef bool (*mime_charset_fn)(void *context, const char *charset, const char *bytes, size_t length,
				struct str *ret);
/* RFC 2047 header text, folded lines joined, adjacent encoded words of one charset joined before
 * conversion. Decoded CR, LF and NUL become U+FFFD (no header injection). */
void mime_decode_header(const char *raw, size_t length, mime_charset_fn convert, void *context,
			struct str *ret);
/* RFC 2231 parameter values (continuations, charset) out of a Content-Type or Content-Disposition
 * header value: the parameter NAME, decoded; false when absent. Falls back to RFC 2047 words. */
bool mime_parameter(const char *value, size_t length, const char *name, mime_charset_fn convert,
		    void *context, struct str *ret);
/* "=" in the middle ends a group, not the text; foreign bytes are skipped (RFC 2045 6.8). */
void mime_decode_base64(const char *bytes, size_t length, struct str *ret);
void mime_decode_quoted_printable(const char *bytes, size_t length, struct str *ret);
/* A file name that is safe in any folder: the last path component, printable, NFC, no leading dot or
 * blank, at most 128 bytes, never empty ("attachment-N" with N for a nameless one). Caller frees. */
char *mime_safe_name(const char *name, int number);
/* Whether base64 decodes the same everywhere: nothing but its alphabet and blanks, "=" at the very end only. */
bool mime_base64_is_plain(const char *bytes, size_t length);
struct mime_html_facts {
	bool remote;        /* it refers to outside content */
	bool link_mismatch; /* a link's text names another host than its target */
	size_t hidden;      /* characters a browser would not show, or only in white */
};
/* HTML to plain text, safely: no script, style or hidden part (a mark says how long it was); links shown as
 * text with their target. */
void mime_html_text(const char *html, size_t length, struct str *ret, struct mime_html_facts *ret_facts);
/* Whether OTHER says something that TEXT does not: more than a third of its words, two at least, are not in
 * TEXT. What stands in angle or square brackets (targets, descriptions, our marks) is passed over. */
bool mime_text_differs(const char *text, size_t length, const char *other, size_t other_length);

/* format=flowed joined again (RFC 3676 4): lines that end in a blank go on in the next one of the same
 * quote depth, the signature mark "-- " does not; DELSP drops that blank; stuffed blanks go. */
void mime_flowed_text(const char *text, size_t length, bool delsp, struct str *ret);

/* ---- the writer */

struct mime_file { const char *name, *type; const char *bytes; size_t length; };
struct mime_letter {
	const char *from;        /* "Name <address>" in UTF-8; likewise the next two, comma-separated */
	const char *to, *cc;     /* cc may be NULL */
	const char *subject;     /* the real one: goes inside; outside stands "[...]" when encrypted */
	const char *message_id;  /* with angle brackets */
	const char *in_reply_to; /* may be NULL */
	const char *references;  /* may be NULL */
	instant date;
	const char *text;        /* UTF-8 */
	const struct mime_file *files; size_t file_count;
	const char *auto_submitted; /* "auto-replied" where a machine wrote it (RFC 3834 5); may be NULL */
	bool clear;              /* for mime_write_signed: nothing is encrypted, the subject stands outside */
};
/* The inner entity to be signed and encrypted: protected headers (hp="cipher" with an HP-Outer copy
 * of each outer field, hp="clear" when letter->clear; RFC 9788), text as quoted-printable UTF-8,
 * attachments in base64; CRLF lines. The same letter gives the same bytes. A header value with CR or LF
 * or an address that is not ASCII is ERR_INPUT. */
int mime_write_inner(const struct mime_letter *letter, struct str *ret, struct error *err);
/* The whole message around the ARMORED OpenPGP ciphertext (multipart/encrypted, RFC 3156 section 4).
 * BOUNDARY is given so that output can be deterministic in tests. Outer subject "[...]". */
int mime_write_encrypted(const struct mime_letter *letter, const char *armored, const char *boundary,
			 struct str *ret, struct error *err);
/* multipart/signed (RFC 3156 section 5) around INNER as made by mime_write_inner of the same letter;
 * MICALG "pgp-sha512". */
int mime_write_signed(const struct mime_letter *letter, const struct str *inner, const char *armored_signature,
		      const char *micalg, const char *boundary, struct str *ret, struct error *err);
/* Plain text message, no crypto. */
int mime_write_plain(const struct mime_letter *letter, struct str *ret, struct error *err);

#endif
