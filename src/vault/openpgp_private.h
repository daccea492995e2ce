/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the OpenPGP module share. */
#ifndef PSIRTTY_VAULT_OPENPGP_PRIVATE_H
#define PSIRTTY_VAULT_OPENPGP_PRIVATE_H

#include <gpgme.h>

#include "psirtty/vault/openpgp.h"

struct openpgp {
	gpgme_ctx_t context;
	char *home; /* owned; NULL: gpg's own default */
};

/* The sentence for one of gpgme's codes. */
int openpgp_failed(struct error *err, const char *what, gpgme_error_t code);
gpgme_error_t openpgp_get(struct openpgp *pgp, const char *fingerprint, bool secret, gpgme_key_t *ret);
/* Moves the bytes of DATA to RET and releases it. */
void openpgp_take(gpgme_data_t data, struct str *ret);

#endif
