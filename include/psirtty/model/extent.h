/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mail's text by what its signatures cover: the stretches it is drawn in, so that nobody takes what stands beside a
 * signed part for signed. How they are drawn is for others.
 */
#ifndef PSIRTTY_MODEL_EXTENT_H
#define PSIRTTY_MODEL_EXTENT_H

#include "psirtty/base/str.h"
#include "psirtty/model/mail.h"

/* Bytes of the text. */
struct mail_extent {
	size_t at, length;
	const struct mail_part *part; /* borrowed from the record, or NULL */
	bool framed;                  /* a signature over it was checked and holds, whoever made it */
	bool closed;                  /* encrypted content that is not opened here; no text */
};
struct mail_extents {
	struct mail_extent *items; size_t count; /* owned */
	bool told;       /* something is signed or says so, or there are several: each has a title */
	bool whole;      /* of the parts nothing is known */
	enum mail_verdict verdict; /* of the whole */
};
void mail_extents_release(struct mail_extents *extents);

/* All of RECORD's text, in its order. The record must outlive them. */
void mail_extents_of(const struct mail_record *record, struct mail_extents *ret);
/* The same where only a verdict over the whole is known. */
void mail_extents_whole(const char *text, enum mail_verdict verdict, struct mail_extents *ret);
/* Adds what is said above the stretch I of RECORD's text, in the language of the reader: what it is, the verdict of what
 * covers it, and who made that. RECORD may be NULL where only the
 * verdict is known. */
void mail_extent_title(const struct mail_record *record, const struct mail_extents *extents, size_t i, struct str *ret);
/* The verdict of what covers stretch I. */
enum mail_verdict mail_extent_verdict(const struct mail_extents *extents, size_t i);
/* What is said of an attachment beside its name: whether a signature covers it; "" where nothing here is signed. */
const char *mail_attachment_cover(const struct mail_record *record, const struct mail_attachment *attachment);

#endif
