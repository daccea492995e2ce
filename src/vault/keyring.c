/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unlocked keys: one gpg operation opens the member's root, case keys are unwrapped when they are
 * first needed. Everything lies in guarded memory and is zeroed when the vault is locked.
 */
#include "vault/vault_private.h"

#include "psirtty/base/i18n.h"

enum { FIRST_KEYS = 64 };

static void set_room(struct keyring *ring, uint8_t (*keys)[KEY_BYTES], size_t capacity)
{
	ring->keys = keys;
	ring->places = mem_resize(ring->places, capacity, sizeof(*ring->places));
	ring->capacity = capacity;
}

int keyring_init(struct keyring *ring, struct error *err)
{
	uint8_t(*keys)[KEY_BYTES] = crypt_locked(FIRST_KEYS * KEY_BYTES);

	*ring = (struct keyring){ 0 };
	ring->member = crypt_locked(sizeof(*ring->member));
	if (keys)
		set_room(ring, keys, FIRST_KEYS);
	return ring->member && keys ? 0 : crypt_unlockable(err);
}

void keyring_wipe(struct keyring *ring)
{
	sodium_free(ring->member);
	sodium_free(ring->keys);
	free(ring->places);
	free(ring->newest);
	*ring = (struct keyring){ 0 };
}

/* Where the system gives no more locked memory, the keys that are open are forgotten: they are unwrapped again. */
static void forget_all(struct keyring *ring)
{
	sodium_memzero(ring->keys, ring->capacity * KEY_BYTES);
	memset(ring->newest, 0, ring->newest_count * sizeof(*ring->newest));
	ring->count = 0;
}

static void make_room(struct keyring *ring)
{
	uint8_t(*keys)[KEY_BYTES];

	if (ring->count < ring->capacity)
		return;
	keys = crypt_locked(ring->capacity * 2 * KEY_BYTES);
	if (!keys) {
		forget_all(ring);
		return;
	}
	memcpy(keys, ring->keys, ring->count * KEY_BYTES);
	sodium_free(ring->keys);
	set_room(ring, keys, ring->capacity * 2);
}

void keyring_add(struct keyring *ring, size_t stream, uint32_t epoch, const uint8_t key_id[ID_BYTES],
		 const uint8_t key[KEY_BYTES])
{
	struct key_place *place;

	make_room(ring);
	ring->newest = mem_grow(ring->newest, &ring->newest_count, stream + 1, sizeof(*ring->newest));
	memcpy(ring->keys[ring->count], key, KEY_BYTES);
	place = &ring->places[ring->count++];
	*place = (struct key_place){ (uint32_t)stream, epoch, ring->newest[stream], { 0 } };
	memcpy(place->key_id, key_id, ID_BYTES);
	ring->newest[stream] = (uint32_t)ring->count;
}

static const uint8_t *keyring_find(const struct keyring *ring, size_t stream, uint32_t epoch,
				   const uint8_t key_id[ID_BYTES])
{
	size_t at = stream < ring->newest_count ? ring->newest[stream] : 0;

	for (; at > 0; at = ring->places[at - 1].older)
		if (ring->places[at - 1].epoch == epoch &&
		    memcmp(ring->places[at - 1].key_id, key_id, ID_BYTES) == 0)
			return ring->keys[at - 1];
	return NULL;
}

const uint8_t *keyring_key(struct keyring *ring, struct store *store, const struct log *log, size_t stream,
			   uint32_t epoch, const uint8_t key_id[ID_BYTES], const uint8_t member[ID_BYTES],
			   struct error *err)
{
	const struct wrap_place place = { log->streams[stream].id, epoch, key_id, member };
	const uint8_t *known = keyring_find(ring, stream, epoch, key_id);
	uint8_t wrap[WRAP_BYTES], key[KEY_BYTES], commitment[ID_BYTES];
	int code;

	if (known)
		return known;
	code = store_wrap(store, &place, wrap, err);
	if (code <= 0) {
		if (code == 0)
			error_set(err, ERR_DENIED, _("case"), _("Ask who holds it for a grant"),
				  _("you have no key to it"));
		return NULL;
	}
	if (crypto_box_seal_open(key, wrap, sizeof(wrap), ring->member->box_public,
				 ring->member->box_secret) != 0) {
		error_set(err, ERR_NO, _("case"), _("Restore keys.db from a backup"),
			  _("the wrap of its key does not open: keys.db was altered"));
		return NULL;
	}
	crypt_key_id(key, log->streams[stream].id, epoch, commitment);
	if (sodium_memcmp(commitment, key_id, ID_BYTES) != 0) {
		sodium_memzero(key, sizeof(key));
		error_set(err, ERR_NO, _("case"), _("Restore keys.db from a backup"),
			  _("its key is not the one that was announced: the wrap was swapped"));
		return NULL;
	}
	keyring_add(ring, stream, epoch, key_id, key);
	sodium_memzero(key, sizeof(key));
	return ring->keys[ring->count - 1];
}

static int open_root(struct keyring *ring, struct openpgp *pgp, const void *sealed, size_t length,
		     const char *fingerprint, bool *ret_late, struct error *err)
{
	struct openpgp_result opened;
	int code = openpgp_decrypt(pgp, sealed, length, KEY_BYTES, 0, &opened, err);

	if (code)
		return code;
	if (opened.state != ENCRYPTION_DECRYPTED || opened.plain.length != KEY_BYTES)
		code = error_set(err, ERR_DENIED, fingerprint, _("Check the agent, the card, the passphrase"),
				 _("the vault stays locked: %s"),
				 opened.reason ? _(opened.reason) : _("the identity in keys.db is damaged"));
	else
		crypt_member_keys((const uint8_t *)opened.plain.bytes, ring->member);
	*ret_late = openpgp_was_late(opened.reason);
	openpgp_result_release(&opened);
	return code;
}

/* The first identity that opens: 1, 0 when there is none to try, negative. REMEMBERED: only who was unlocked here
 * before, who most likely is again; then nobody needs to ask gpg whose keys are at hand. */
static int unlock_one(struct keyring *ring, struct store *store, struct openpgp *pgp, const uint8_t vault[ID_BYTES],
		      bool remembered, uint8_t ret_member[ID_BYTES], char **ret_fingerprint, struct error *err)
{
	const char *fingerprint;
	const void *sealed;
	size_t length;
	bool late = false;
	int code;

	for (size_t i = 0; (code = store_identity(store, i, ret_member, &fingerprint, &sealed, &length, err)) == 1; i++) {
		if (remembered ? !memory_exists(vault, ret_member) : !openpgp_has_secret(pgp, fingerprint))
			continue;
		code = open_root(ring, pgp, sealed, length, fingerprint, &late, err);
		if (!code) {
			*ret_fingerprint = mem_string(fingerprint);
			return 1;
		}
		if (!remembered || late || openpgp_has_secret(pgp, fingerprint))
			return code;
		if (err)
			error_release(err);
	}
	return code;
}

int keyring_unlock(struct keyring *ring, struct store *store, struct openpgp *pgp, const uint8_t vault[ID_BYTES],
		   uint8_t ret_member[ID_BYTES], char **ret_fingerprint, struct error *err)
{
	int code = unlock_one(ring, store, pgp, vault, true, ret_member, ret_fingerprint, err);

	if (!code)
		code = unlock_one(ring, store, pgp, vault, false, ret_member, ret_fingerprint, err);
	if (code)
		return code < 0 ? code : 0;
	if (!openpgp_agent_answers(pgp))
		return error_set(err, ERR_DENIED, _("vault"), _("Start gpg-agent, or forward it to this host"),
				 _("gpg-agent does not answer"));
	return error_set(err, ERR_DENIED, _("vault"), _("Check GNUPGHOME, or insert the card"),
			 _("none of its members' secret keys is at hand"));
}

int keyring_unlock_member(struct keyring *ring, struct store *store, struct openpgp *pgp, const uint8_t member[ID_BYTES],
			  struct error *err)
{
	uint8_t found[ID_BYTES];
	const char *fingerprint;
	const void *sealed;
	size_t length;
	bool late;
	int code;

	for (size_t i = 0; (code = store_identity(store, i, found, &fingerprint, &sealed, &length, err)) == 1; i++)
		if (memcmp(found, member, ID_BYTES) == 0)
			break;
	if (code == 1)
		code = open_root(ring, pgp, sealed, length, fingerprint, &late, err);
	else if (code == 0)
		code = error_set(err, ERR_VAULT, _("vault"), _("Restore keys.db from a backup"),
				 _("the identity is not in keys.db"));
	store_rest(store);
	return code;
}
