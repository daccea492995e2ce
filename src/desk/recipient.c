/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a key belongs to: what the register says, by pins and contacts. A key's own words about itself prove
 * nothing, since anybody can make one with any address in it.
 */
#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"

static bool contact_has(const struct contact *contact, const char *key, const char *word)
{
	const char *one;

	for (size_t i = 0; (one = contact_words(contact, key, i)); i++)
		if (str_casecmp(one, word) == 0)
			return true;
	return false;
}

/* The address the register has for a key, or NULL. */
static const char *address_of(const struct model *model, const char *fingerprint)
{
	for (size_t i = 0; i < model_pin_count(model); i++)
		if (str_casecmp(model_pin(model, i)->fingerprint, fingerprint) == 0)
			return model_pin(model, i)->address;
	for (size_t i = 0; i < model_contact_count(model); i++)
		if (contact_has(model_contact(model, i), "fingerprints", fingerprint))
			return contact_words(model_contact(model, i), "addresses", 0);
	return NULL;
}

/* The key the register has for an address, or NULL. */
static const char *key_of(const struct desk *desk, const char *address)
{
	const char *pinned = model_pinned(desk->model, address);

	if (!pinned && str_casecmp(address, desk->address) == 0)
		pinned = vault_fingerprint(desk->vault);
	for (size_t i = 0; !pinned && i < model_contact_count(desk->model); i++)
		if (contact_has(model_contact(desk->model, i), "addresses", address))
			pinned = contact_words(model_contact(desk->model, i), "fingerprints", 0);
	return pinned;
}

int desk_find_recipient(struct desk *desk, const char *who, struct openpgp_key *ret, char **ret_address,
			struct error *err)
{
	bool is_address = strchr(who, '@') != NULL;
	const char *key = is_address ? key_of(desk, who) : who;
	int code;

	if (!key)
		return error_set(err, ERR_NO, who, _("Pin it with key pin, or name the key by its fingerprint"),
				 _("no key is pinned to this address"));
	code = openpgp_find(desk->pgp, key, false, ret, err);
	if (!code)
		*ret_address = mem_string(is_address ? who : address_of(desk->model, ret->fingerprint));
	return code;
}
