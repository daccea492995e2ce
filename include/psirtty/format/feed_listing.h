/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around the records of a feed: lists of files, hashes, pages' heads, told as rows of texts for whoever
 * fetches what they name. Pure. Source: feeds.md sections 1.1 to 1.10; CSAF 2.0, section 7.1.
 */
#ifndef PSIRTTY_FORMAT_FEED_LISTING_H
#define PSIRTTY_FORMAT_FEED_LISTING_H

#include "psirtty/base/error.h"

/*
 * word, rows it makes (fields may be ""):
 *   releases      GitHub's: "asset" name size sha256 url tag
 *   nvd-page      "page" total start count timestamp
 *   nvd-meta      "meta" changed size sha256(of the unpacked file, small letters)
 *   osv-changes   "changed" id time, newest first, those after SINCE; it ends at the first that is older
 *   csv           "line" first second (second "" where there is none)
 *   rolie         "entry" id document updated hash signature (addresses)
 *   provider      "provider" address role; "feed" label address; "directory" address; "key" fingerprint address
 *   aggregator    "metadata" address
 *   security-txt  "metadata" address
 *   hash          "hash" hex
 *   checksums     "file" name sha256
 *   euvd-page     "page" total count
 *   first-line    "line" text
 */
enum { LISTING_ROWS = 1000000 };
typedef void (*feed_listing_fn)(void *context, const char *const *fields, size_t count);
/* ERR_INPUT when it is none, with the sentence (a web page says so). SINCE may be "". */
int feed_listing(const char *what, const char *since, const char *name, const char *bytes, size_t length,
		 feed_listing_fn tell, void *context, struct error *err);

#endif
