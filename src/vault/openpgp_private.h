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
/* Armoured or binary: whether a secret key packet is in it. */
bool openpgp_holds_secret(const char *bytes, size_t length);
/* Moves the bytes of DATA to RET and releases it. */
void openpgp_take(gpgme_data_t data, struct str *ret);

/* What every message of ours is made with: our own judgement of keys, nobody added, nothing compressed. */
#define OPENPGP_FLAGS (GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO | GPGME_ENCRYPT_NO_COMPRESS)
/* SIGNER NULL: nobody signs. */
int openpgp_set_signer(struct openpgp *pgp, const char *signer, struct error *err);
/* The keys, NULL ended; each can be encrypted to. */
int openpgp_recipients(struct openpgp *pgp, const char *const *recipients, size_t count, gpgme_key_t **ret,
		       struct error *err);
void openpgp_free_keys(gpgme_key_t *keys, size_t count);
/* State, reason, recipients and signatures of the decryption that ended with CODE. */
void openpgp_outcome(struct openpgp *pgp, gpgme_error_t code, bool overran, instant now,
		     struct openpgp_result *ret);

#endif
