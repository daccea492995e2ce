/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members: who there is, admission by request, removal, roles, new OpenPGP keys, the recovery key.
 */
#include <stdlib.h>

#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

/* ---- roles */

static const struct { enum vault_role role; const char *word; } role_words[] = {
#define X(name, number, word) { name, word },
	VAULT_ROLES(X)
#undef X
};

const char *vault_role_name(enum vault_role role)
{
	for (size_t i = 0; i < ARRAY_LEN(role_words); i++)
		if (role_words[i].role == role)
			return role_words[i].word;
	return "?";
}

int vault_role_from_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(role_words); i++)
		if (str_equal(role_words[i].word, word))
			return (int)role_words[i].role;
	return -1;
}

/* ---- the body of MEMBER */

static int add_identity(const char *fingerprint, const struct str *certification, struct str *ret,
			struct error *err)
{
	uint8_t bytes[32], length[2];
	long count = str_unhex(fingerprint, bytes, sizeof(bytes));

	if ((count != 20 && count != 32) || certification->length > UINT16_MAX)
		return error_set(err, ERR_INPUT, fingerprint, NULL, _("it is no usable fingerprint"));
	str_add_char(ret, (char)count);
	str_add_bytes(ret, bytes, (size_t)count);
	put16(length, (uint16_t)certification->length);
	str_add_bytes(ret, length, sizeof(length));
	str_add_bytes(ret, certification->bytes, certification->length);
	return 0;
}

int member_body(const uint8_t id[ID_BYTES], enum log_role role, const uint8_t sign_public[32],
		const uint8_t box_public[32], const char *fingerprint, const struct str *certification,
		struct str *ret, struct error *err)
{
	str_add_bytes(ret, id, ID_BYTES);
	str_add_char(ret, (char)role);
	str_add_bytes(ret, sign_public, 32);
	str_add_bytes(ret, box_public, 32);
	return add_identity(fingerprint, certification, ret, err);
}
