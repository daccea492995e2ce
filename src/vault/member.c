/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members: who there is, removal, roles, new OpenPGP keys, the recovery key. Admission is in request.c.
 */
#include <stdlib.h>

#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

static const uint8_t own_stream[ID_BYTES];

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

/* ---- identities */

int member_find_key(struct openpgp *pgp, const char *who, struct openpgp_key *ret, struct error *err)
{
	const char *why = NULL;
	int code = openpgp_find(pgp, who, true, ret, err);

	if (code)
		return code;
	if (ret->revoked)
		why = _("the key was revoked");
	else if (ret->expired)
		why = _("the key has expired");
	else if (!ret->can_encrypt)
		why = _("the key has no usable encryption subkey");
	else if (!ret->can_sign)
		why = _("the key has no usable signing subkey");
	if (!why)
		return 0;
	code = error_set(err, ERR_DENIED, ret->fingerprint,
			 _("Extend it or make a new subkey: gpg --edit-key"), "%s", why);
	openpgp_key_release(ret);
	return code;
}

int member_make_identity(struct openpgp *pgp, const char *fingerprint, struct member_keys *ret,
			 struct str *ret_sealed, struct error *err)
{
	const char *recipients[] = { fingerprint };
	uint8_t root[KEY_BYTES];
	int code;

	randombytes_buf(root, sizeof(root));
	crypt_member_keys(root, ret);
	code = openpgp_encrypt(pgp, root, sizeof(root), recipients, 1, NULL, false, ret_sealed, err);
	sodium_memzero(root, sizeof(root));
	return code;
}

int member_certify(struct openpgp *pgp, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		   const struct member_keys *keys, const char *fingerprint, struct str *ret, struct error *err)
{
	AUTO_STR text = STR_INIT;

	core_identity_text(vault, member, keys->sign_public, keys->box_public, &text);
	return openpgp_sign(pgp, text.bytes, text.length, fingerprint, false, ret, NULL, err);
}

/* ---- who there is */

static instant instant_of(uint64_t hybrid)
{
	return hybrid == LOG_NEVER ? INSTANT_NONE : (instant)(hybrid >> 16) * 1000;
}

uint32_t member_heir(const struct vault *vault, uint32_t position)
{
	const struct log_member *old = &vault->log.members[position];
	uint32_t heir = LOG_NOBODY;

	for (uint32_t i = 0; i < vault->log.member_count; i++) {
		const struct log_member *m = &vault->log.members[i];

		if (i == position || !log_live(m) || !str_equal(m->fingerprint, old->fingerprint) ||
		    (m->since != old->since ? m->since < old->since : i < position))
			continue;
		if (heir == LOG_NOBODY || vault->log.members[heir].since <= m->since)
			heir = i;
	}
	return heir;
}

static struct vault_member describe(const struct vault *vault, uint32_t position)
{
	const struct log_member *m = &vault->log.members[position];
	struct vault_member ret = {
		.fingerprint = m->fingerprint, .role = (enum vault_role)log_role(&vault->log, m, LOG_NEVER),
		.live = log_live(m), .recovery = log_recovery(&vault->log) == position,
		.me = memcmp(m->id, vault->member, ID_BYTES) == 0,
		.since = instant_of(m->since), .until = instant_of(m->until),
	};

	ret.replaced = ret.live && member_heir(vault, position) != LOG_NOBODY;
	memcpy(ret.id, m->id, ID_BYTES);
	memcpy(ret.person, vault->log.members[m->person].id, ID_BYTES);
	return ret;
}

void vault_members(const struct vault *vault, struct vault_member **ret, size_t *ret_count)
{
	size_t count = vault->log.member_count;

	*ret = mem_alloc((count + 1) * sizeof(**ret));
	for (size_t i = 0; i < count; i++)
		(*ret)[i] = describe(vault, (uint32_t)i);
	*ret_count = count;
}

bool member_matches(const char *fingerprint, const char *who)
{
	AUTO_STR digits = STR_INIT;

	for (; *who; who++)
		if (*who != ' ')
			str_add_char(&digits, *who >= 'a' && *who <= 'f' ? (char)(*who - 'a' + 'A') : *who);
	return digits.length >= 8 && str_ends(fingerprint, digits.bytes);
}

/* A live one before one that left, and of a live key's identities the newest. */
static int find_member(const struct vault *vault, const char *who, uint32_t *ret)
{
	int found = 0;

	for (int live = 1; live >= 0 && !found; live--)
		for (uint32_t i = 0; i < vault->log.member_count; i++) {
			const struct log_member *m = &vault->log.members[i];

			if (log_live(m) != live || !member_matches(m->fingerprint, who) ||
			    (live && member_heir(vault, i) != LOG_NOBODY))
				continue;
			*ret = i;
			found++;
		}
	return found;
}

int vault_member_find(const struct vault *vault, const char *who, struct vault_member *ret, struct error *err)
{
	struct openpgp_key key = { 0 };
	uint32_t position = 0;
	int found = find_member(vault, who, &position);

	if (!found && vault->pgp && openpgp_find(vault->pgp, who, false, &key, NULL) == 0)
		found = find_member(vault, key.fingerprint, &position);
	openpgp_key_release(&key);
	if (found != 1)
		return error_set(err, ERR_INPUT, who, _("See `psirtty member list`"),
				 found ? _("more than one member's fingerprint ends so; give more digits") :
					 _("no member has this key"));
	*ret = describe(vault, position);
	return 0;
}

/* ---- changes */

static int append_one(struct vault *vault, enum control_type type, const struct str *body, instant now,
		      struct error *err)
{
	const struct control control = { type, own_stream, body->bytes, body->length };

	return vault_append_controls(vault, &control, 1, now, err);
}

/* Asked before it is written, so that the sentence is about the handler and not about an event. */
int member_require_admin(const struct vault *vault, struct error *err)
{
	const struct log_member *me = log_member(&vault->log, vault->member);

	if (me && log_live(me) && log_role(&vault->log, me, LOG_NEVER) == ROLE_ADMIN)
		return 0;
	return error_set(err, ERR_DENIED, _("vault"), _("Ask an admin: `psirtty member list`"),
			 _("only an admin may do this"));
}

static int no_member(struct error *err)
{
	return error_set(err, ERR_INPUT, _("member"), _("See `psirtty member list`"), _("it is no member of this vault"));
}

static int last_admin(const char *fingerprint, struct error *err)
{
	return error_set(err, ERR_DENIED, fingerprint, _("Make somebody else admin first: `psirtty member role FPR admin`"),
			 _("it is the last admin of the vault"));
}

static int keep_an_admin(const struct vault *vault, const uint8_t member[16], struct error *err)
{
	uint32_t position = log_position(&vault->log, member);

	if (position == LOG_NOBODY || !log_live(&vault->log.members[position]))
		return no_member(err);
	return log_last_admin(&vault->log, position) ? last_admin(vault->log.members[position].fingerprint, err) : 0;
}

int vault_remove(struct vault *vault, const uint8_t member[16], instant now, size_t *ret_rotated,
		 size_t *ret_left, struct error *err)
{
	bool me = memcmp(member, vault->member, ID_BYTES) == 0;
	AUTO_STR body = STR_INIT;
	int code = me ? 0 : member_require_admin(vault, err);

	*ret_rotated = *ret_left = 0;
	if (!code)
		code = keep_an_admin(vault, member, err);
	str_add_bytes(&body, member, ID_BYTES);
	if (!code)
		code = vault_hold(vault, err);
	if (code)
		return code;
	code = append_one(vault, CONTROL_REMOVE, &body, now, err);
	if (!code)
		code = store_drop_identity(vault->store, member, err);
	vault_let_go(vault);
	if (!code && !me)
		code = access_rotate_stale(vault, member, now, ret_rotated, ret_left, err);
	return code;
}

/* Who is being replaced has two identities: what one may the other may, whoever of them writes. Inside a transaction; ME: the
 * writer's own, which comes last, as it may not go on afterwards. */
static int put_roles(struct vault *vault, const char *fingerprint, enum vault_role role, bool me, instant now,
		     struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < vault->log.member_count; i++) {
		const struct log_member *m = &vault->log.members[i];
		uint8_t body[ID_BYTES + 1];

		if (!log_live(m) || !str_equal(m->fingerprint, fingerprint) ||
		    me != (memcmp(m->id, vault->member, ID_BYTES) == 0))
			continue;
		memcpy(body, m->id, ID_BYTES);
		body[ID_BYTES] = (uint8_t)role;
		code = vault_put_control(vault, CONTROL_ROLE, own_stream, body, sizeof(body), now, err);
	}
	return code;
}

static bool other_admin(const struct vault *vault, const char *fingerprint)
{
	for (size_t i = 0; i < vault->log.member_count; i++) {
		const struct log_member *m = &vault->log.members[i];

		if (log_live(m) && !str_equal(m->fingerprint, fingerprint) &&
		    log_role(&vault->log, m, LOG_NEVER) == ROLE_ADMIN)
			return true;
	}
	return false;
}

static int check_role(const struct vault *vault, const uint8_t member[16], enum vault_role role, struct error *err)
{
	const struct log_member *m = log_member(&vault->log, member);

	if (!m || !log_live(m))
		return no_member(err);
	if (role == VAULT_ADMIN || log_role(&vault->log, m, LOG_NEVER) != ROLE_ADMIN || other_admin(vault, m->fingerprint))
		return 0;
	return last_admin(m->fingerprint, err);
}

int vault_set_role(struct vault *vault, const uint8_t member[16], enum vault_role role, instant now,
		   struct error *err)
{
	AUTO_STRING fingerprint = NULL;
	int code = member_require_admin(vault, err);

	if (!code)
		code = vault_begin(vault, NULL, NULL, err);
	if (code)
		return code;
	code = check_role(vault, member, role, err);
	if (!code) {
		fingerprint = mem_string(log_member(&vault->log, member)->fingerprint);
		code = put_roles(vault, fingerprint, role, false, now, err);
	}
	if (!code)
		code = put_roles(vault, fingerprint, role, true, now, err);
	return vault_finish(vault, code, err);
}

int member_share_all(struct vault *vault, const struct log_member *member, size_t *ret_left, struct error *err)
{
	int code = store_keys_begin(vault->store, err);

	for (size_t i = 1; !code && i < vault->log.stream_count; i++) {
		AUTO_ERROR why = ERROR_INIT;

		if (vault->log.streams[i].shredded)
			continue;
		code = access_readable(vault, i) ? access_share(vault, i, member, &why) : ERR_DENIED;
		*ret_left += access_lacks(code);
		if (access_lacks(code))
			code = 0;
		else if (code)
			error_set(err, code, why.what, why.remedy, "%s", str_or_empty(why.why));
	}
	if (code)
		store_keys_rollback(vault->store);
	return code ? code : store_keys_commit(vault->store, err);
}

int vault_set_recovery(struct vault *vault, const uint8_t *member, instant now, size_t *ret_left,
		       struct error *err)
{
	uint8_t body[1 + ID_BYTES] = { POLICY_RECOVERY };
	const struct control control = { CONTROL_POLICY, own_stream, body, sizeof(body) };
	size_t rotated, stale;
	int code = member_require_admin(vault, err);

	*ret_left = 0;
	if (!code && member)
		memcpy(body + 1, member, ID_BYTES);
	if (!code)
		code = vault_hold(vault, err);
	if (code)
		return code;
	/* The wraps first: what the policy asks for is there when it begins to hold. */
	if (member && log_member(&vault->log, member))
		code = member_share_all(vault, log_member(&vault->log, member), ret_left, err);
	if (!code)
		code = vault_append_controls(vault, &control, 1, now, err);
	if (!code)
		code = access_rotate_stale(vault, NULL, now, &rotated, &stale, err);
	vault_let_go(vault);
	return code;
}

/* ---- another OpenPGP key over the same root */

/* The sealed root of this member, in keys.db. */
static int own_identity(struct vault *vault, struct str *ret, struct error *err)
{
	for (size_t i = 0;; i++) {
		uint8_t member[ID_BYTES];
		const char *fingerprint;
		const void *sealed;
		size_t length;
		int code = store_identity(vault->store, i, member, &fingerprint, &sealed, &length, err);

		if (code == 1 && memcmp(member, vault->member, ID_BYTES) != 0)
			continue;
		if (code == 1)
			str_add_bytes(ret, sealed, length);
		store_rest(vault->store);
		if (code == 0)
			code = error_set(err, ERR_VAULT, vault->dir, _("Restore keys.db from a backup"),
					 _("your identity is not in keys.db"));
		return code == 1 ? 0 : code;
	}
}

/* Decrypted by the old key, encrypted to the new one. */
static int reseal(struct vault *vault, const char *fingerprint, struct str *ret, struct error *err)
{
	const char *recipients[] = { fingerprint };
	struct openpgp_result opened;
	AUTO_STR sealed = STR_INIT;
	int code = own_identity(vault, &sealed, err);

	if (!code)
		code = openpgp_decrypt(vault->pgp, sealed.bytes, sealed.length, KEY_BYTES, 0, &opened, err);
	if (code)
		return code;
	if (opened.state != ENCRYPTION_DECRYPTED || opened.plain.length != KEY_BYTES)
		code = error_set(err, ERR_DENIED, vault->fingerprint,
				 _("Check the agent, the card, the passphrase"),
				 _("the old key does not open your identity: %s"), str_or_empty(opened.reason));
	else
		code = openpgp_encrypt(vault->pgp, opened.plain.bytes, opened.plain.length, recipients, 1, NULL,
				       false, ret, err);
	openpgp_result_release(&opened);
	return code;
}

static int rotate_to(struct vault *vault, const char *fingerprint, instant now, struct error *err)
{
	AUTO_STR sealed = STR_INIT, certification = STR_INIT, body = STR_INIT;
	int code = reseal(vault, fingerprint, &sealed, err);

	if (!code)
		code = member_certify(vault->pgp, vault->id, vault->member, vault->keyring.member, fingerprint,
				      &certification, err);
	str_add_bytes(&body, vault->member, ID_BYTES);
	if (!code)
		code = add_identity(fingerprint, &certification, &body, err);
	if (!code)
		code = vault_hold(vault, err);
	if (code)
		return code;
	/* The identity first: if the event then cannot be written, the new key opens it all the same. */
	code = store_change_identity(vault->store, vault->member, fingerprint, sealed.bytes, sealed.length, err);
	if (!code)
		code = append_one(vault, CONTROL_ROTATE, &body, now, err);
	vault_let_go(vault);
	if (!code)
		mem_replace(&vault->fingerprint, fingerprint);
	return code;
}

int vault_rotate_openpgp(struct vault *vault, const char *new_fingerprint, instant now, struct error *err)
{
	struct openpgp_key key = { 0 };
	int code = vault->readonly ? error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
					       _("the vault was opened for reading only")) :
				     member_find_key(vault->pgp, new_fingerprint, &key, err);

	if (!code)
		code = rotate_to(vault, key.fingerprint, now, err);
	openpgp_key_release(&key);
	return code;
}
