/* SPDX-License-Identifier: Apache-2.0 */
/* Names that pretend to be other names by letters that look alike. */
#ifndef PSIRTTY_FORMAT_SCRIPT_H
#define PSIRTTY_FORMAT_SCRIPT_H

#include "psirtty/base/str.h"

/* Whether a word of TEXT mixes Latin letters with those of a script that looks like it. */
bool script_is_mixed(const char *text);
/* The same for the labels of a domain, those in Punycode decoded (RFC 5891); or a label of such a script alone
 * under a Latin ending. */
bool script_domain_is_mixed(const char *domain);
/* The label "xn--…" in UTF-8 (RFC 3492); false, with nothing added, when it is none or broken. */
bool punycode_decode(const char *label, size_t length, struct str *ret);

#endif
