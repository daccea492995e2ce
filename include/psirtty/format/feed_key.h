/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By which names a product of a feed is found: the same function gives them for what a feed says and for what an
 * inventory holds, so that a lookup is one comparison of texts. Pure. Source: scoring.md sections 3 and 4.
 */
#ifndef PSIRTTY_FORMAT_FEED_KEY_H
#define PSIRTTY_FORMAT_FEED_KEY_H

#include "psirtty/format/feed.h"

/* Adds each once: "pkg:TYPE/NAMESPACE/NAME" of its purl, or of its ecosystem and name; "cpe:VENDOR:PRODUCT" of each
 * CPE; "name:VENDOR:PRODUCT" of the names a CNA gives, in small letters; none for "n/a". */
void feed_keys(const struct feed_product *product, struct text_list *ret);
/* Whether KEY is one of them: asked of many products, faster than to make all. */
bool feed_key_finds(const char *key, const struct feed_product *product);
/* Of a purl: its key; false when it is none. Names are folded as the type wants it, a distribution's release and a
 * Go module's subpath do not count. */
bool feed_key_purl(const char *purl, struct str *ret);
bool feed_key_cpe(const char *cpe, struct str *ret);

#endif
