/* SPDX-License-Identifier: Apache-2.0 */
/* An advisory for people: the blocks it is made of, whatever they are written in. */
#ifndef FORMAT_ADVISORY_PROSE_H
#define FORMAT_ADVISORY_PROSE_H

#include "format/advisory_private.h"

enum prose_kind { PROSE_TITLE, PROSE_HEADING, PROSE_SUBHEADING, PROSE_TEXT, PROSE_ITEM, PROSE_FIELD, PROSE_LINK };
struct prose_block { enum prose_kind kind; char *label, *text; }; /* owned; LABEL of fields and links, or NULL */
struct prose { struct prose_block *blocks; size_t count, room; bool chinese; const char *lang; };

void prose_release(struct prose *prose);
/* LABEL may be NULL; nothing is added when TEXT is NULL or empty. Both are copied. */
void prose_add(struct prose *prose, enum prose_kind kind, const char *label, const char *text);
/* The contents. */
void prose_advisory(struct writing *w, struct prose *ret);
void prose_release_note(struct writing *w, struct prose *ret);
void prose_faq(struct writing *w, struct prose *ret);
/* EN in the language of the document where it is one of our own words, else as it is. */
const char *prose_word(const struct prose *prose, const char *en);
/* A VEX reason in words. */
const char *prose_reason(const struct prose *prose, const char *label);
/* A range as people say it ("from 1.0 before 1.4"); adds to RET. False: leave it as it is. */
bool prose_range(const struct prose *prose, const char *range, struct str *ret);
/* How they are written. Nothing of a document is taken for markup; control and bidi characters become marks. */
void prose_text(const struct prose *prose, struct str *ret);
void prose_markdown(const struct prose *prose, struct str *ret);
void prose_html(const struct prose *prose, struct str *ret);
/* TEXT broken at blanks and between wide characters after 72 columns; lines behind the first are indented by HANGING,
 * COLUMN is where it begins. Ends with a newline. */
void prose_wrap(struct str *ret, const char *text, size_t length, int column, int hanging);

#endif
