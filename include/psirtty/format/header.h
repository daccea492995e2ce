/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a mail (RFC 5322), read from its raw bytes: fields, address lists, message ids,
 * dates. Like the decoders of mime.h these never fail and never look outside.
 */
#ifndef PSIRTTY_FORMAT_HEADER_H
#define PSIRTTY_FORMAT_HEADER_H

#include "psirtty/format/mime.h"

enum {
	HEADER_LIMIT = 64 * 1024,    /* bytes of one field that are looked at */
	HEADER_COUNT_LIMIT = 1000,   /* fields */
	ADDRESS_LIMIT = 1000,        /* addresses of one list */
	REFERENCE_LIMIT = 100,       /* message ids of one list */
};

struct header_field { const char *name; size_t name_length; const char *value; size_t length; };
struct header_block {
	struct header_field *fields; size_t count; /* slices of the input */
	size_t body;      /* where the body begins */
	bool cut;         /* a field or the block was longer than the limits */
	bool malformed;   /* a line that is no field, a lone CR, a NUL */
};

/* The fields from the start of BYTES to the first empty line; a leading "From " line of an mbox is passed
 * over. Names may have blanks before their colon. Release it with header_block_release. */
void header_block_read(const char *bytes, size_t length, struct header_block *ret);
void header_block_release(struct header_block *block);
/* The first field NAME at or after *FROM (NULL: 0), *FROM moves behind it; NULL when there is none. */
const struct header_field *header_find(const struct header_block *block, const char *name, size_t *from);

/* One mailbox of an address list. ADDRESS is what stands between the angle brackets, with encoded words
 * left as they are (RFC 2047 5: none may stand there); NAME is decoded, or empty. */
typedef void (*header_address_fn)(void *taker, const char *name, const char *address);
/* Calls TAKE for at most ADDRESS_LIMIT mailboxes; groups are taken apart. Returns how many the list
 * has, as far as it was read; more than the limit means that some were left out. */
size_t header_addresses(const char *value, size_t length, mime_charset_fn convert, void *context,
			header_address_fn take, void *taker);
/* Every <…> of a References, In-Reply-To or Message-ID value with its brackets, at most
 * REFERENCE_LIMIT; a value without brackets is taken as one id. Ids hold printable ASCII only. */
typedef void (*header_id_fn)(void *taker, const char *id);
size_t header_ids(const char *value, size_t length, header_id_fn take, void *taker);
/* RFC 5322 3.3 with the old zones of 4.3; day names are passed over. INSTANT_NONE when it is no date. */
instant header_date(const char *value, size_t length);

#endif
