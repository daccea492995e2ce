/* SPDX-License-Identifier: Apache-2.0 */
/* The Web Key Directory (draft-koch-openpgp-webkey-service 3.1): where the key of an address is to be had. */
#ifndef PSIRTTY_FORMAT_WKD_H
#define PSIRTTY_FORMAT_WKD_H

#include "psirtty/base/error.h"

/* Z-Base-32 of the SHA-1 of the local part in lower case: the key's name in the directory. */
void wkd_hash(const char *local, size_t length, char ret[33]);
/* https://openpgpkey.DOMAIN/… (advanced), else https://DOMAIN/… (direct). ERR_INPUT when it is no mail address. */
int wkd_url(const char *address, bool advanced, struct str *ret, struct error *err);

#endif
