/* SPDX-License-Identifier: Apache-2.0 */
/* Language tags (BCP 47, RFC 5646), with the subtags that are registered. */
#ifndef FORMAT_LANGUAGE_H
#define FORMAT_LANGUAGE_H

#include <stdbool.h>

/* Of the form the schemas of CSAF ask for: RFC 5646, 2.1, of the irregular tags i-default and i-mingo alone. */
bool language_tag_formed(const char *tag);
/* Well formed, nothing in it twice, and every subtag of it in the registry (private use is). */
bool language_tag_valid(const char *tag);
/* Holds a subtag for private use: x-…, qaa–qtz, Qaaa–Qabx, AA, QM–QZ, XA–XZ, ZZ. */
bool language_tag_private(const char *tag);

#endif
