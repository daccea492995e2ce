/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new identity under the same OpenPGP key, for a member whose root was exposed: what the old one may goes over to it,
 * then the old one ends and every key that it knew is replaced. Admission of the new one is in request.c.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

enum { BATCH = 100, NAMED = 5 };

void vault_renewal_release(struct vault_renewal *renewal)
{
	free(renewal->names);
	free(renewal->damaged_names);
	*renewal = (struct vault_renewal){ 0 };
}

/* ---- rights */

/* What the old identity may in a stream and the new one not yet. */
static uint8_t missing_rights(const struct vault *vault, size_t position, uint32_t old, uint32_t heir)
{
	const struct log_stream *stream = &vault->log.streams[position];
	const struct log_member *to = &vault->log.members[heir];
	uint8_t ceiling = log_ceiling(log_role(&vault->log, to, LOG_NEVER));

	if (stream->shredded)
		return 0;
	return log_rights(&vault->log, stream, vault->log.members[old].id) & ceiling &
	       (uint8_t)~log_rights(&vault->log, stream, to->id);
}

/* Inside a transaction of both databases. */
static int grant_like(struct vault *vault, size_t position, uint32_t old, uint32_t heir, instant now, struct error *err)
{
	uint8_t body[ID_BYTES + 1], id[ID_BYTES];
	int code = log_stale(&vault->log, &vault->log.streams[position]) ? access_rotate(vault, position, now, err) : 0;

	memcpy(id, vault->log.streams[position].id, ID_BYTES);
	memcpy(body, vault->log.members[heir].id, ID_BYTES);
	body[ID_BYTES] = log_rights(&vault->log, &vault->log.streams[position], vault->log.members[old].id) &
			 log_ceiling(log_role(&vault->log, &vault->log.members[heir], LOG_NEVER));
	if (!code)
		code = access_share(vault, position, &vault->log.members[heir], err);
	return code ? code : vault_put_control(vault, CONTROL_GRANT, id, body, sizeof(body), now, err);
}

static int hand_on_batch(struct vault *vault, uint32_t old, uint32_t heir, instant now, size_t *at,
			 struct vault_renewal *ret, struct error *err)
{
	size_t end = ret->granted + BATCH;
	int code = store_keys_begin(vault->store, err);

	for (; !code && *at < vault->log.stream_count && ret->granted < end; (*at)++) {
		const struct log_stream *stream = &vault->log.streams[*at];
		uint8_t missing = missing_rights(vault, *at, old, heir);

		if (!missing || missing & (uint8_t)~log_rights(&vault->log, stream, vault->member) ||
		    !(log_rights(&vault->log, stream, vault->member) & RIGHT_GRANT))
			continue;
		code = grant_like(vault, *at, old, heir, now, err);
		ret->granted += !code;
	}
	if (code)
		store_keys_rollback(vault->store);
	return code ? code : store_keys_commit(vault->store, err);
}

int renew_hand_on(struct vault *vault, uint32_t old, uint32_t heir, instant now, struct vault_renewal *ret,
		  struct error *err)
{
	int code = 0;

	for (size_t at = 1; !code && at < vault->log.stream_count;) {
		code = vault_begin(vault, NULL, NULL, err);
		if (!code)
			code = vault_finish(vault, hand_on_batch(vault, old, heir, now, &at, ret, err), err);
	}
	return code;
}

static void count_left(const struct vault *vault, uint32_t old, uint32_t heir, struct vault_renewal *ret)
{
	AUTO_STR names = STR_INIT;

	for (size_t i = 1; i < vault->log.stream_count; i++) {
		const uint8_t *id = vault->log.streams[i].id;
		const char *name = memory_name(&vault->memory, id);
		AUTO_STRING hex = str_hex(id, 4);

		if (!missing_rights(vault, i, old, heir))
			continue;
		if (ret->left++ < NAMED)
			str_add_format(&names, "%s%s", names.length ? ", " : "",
				       name ? name : vault->log.streams[i].kind == VAULT_CASE ? hex : _("inbox"));
	}
	mem_replace(&ret->names, names.bytes);
}

/* ---- the recovery key */

/* Whoever holds it reads everything without being granted it: it goes over before the old identity does. */
static int pass_recovery(struct vault *vault, uint32_t old, uint32_t heir, instant now, struct error *err)
{
	uint32_t holder = log_recovery(&vault->log);
	size_t left;

	if (holder == heir)
		return member_share_all(vault, &vault->log.members[heir], &left, err);
	if (holder != old)
		return 0;
	if (log_role(&vault->log, &vault->log.members[old], LOG_NEVER) == ROLE_ADMIN)
		return vault_set_recovery(vault, vault->log.members[heir].id, now, &left, err);
	return error_set(err, ERR_DENIED, vault->fingerprint, _("Ask an admin: `psirtty member recovery FPR`"),
			 _("the old identity holds the recovery key"));
}

/* ---- the two identities side by side */

/* The vault once more, unlocked as another member whose root the same OpenPGP key opens. */
static int open_as(struct vault *vault, uint32_t member, instant now, struct vault **ret, struct error *err)
{
	const struct log_member *m = &vault->log.members[member];
	struct keyring ring;
	int ends[2] = { -1, -1 };
	int code = keyring_init(&ring, err);

	if (!code)
		code = keyring_unlock_member(&ring, vault->store, vault->pgp, m->id, err);
	if (!code && pipe2(ends, O_CLOEXEC))
		code = error_errno(err, ERR_VAULT, vault->dir, NULL);
	if (!code)
		code = keyring_send(&ring, ends[1], vault->id, m->id, m->fingerprint, err);
	if (!code)
		code = vault_open_with(vault->dir, vault->pgp, ends[0], false, now, ret, err);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (ends[i] >= 0)
			close(ends[i]);
	keyring_wipe(&ring);
	return code;
}

static void note_damaged(const char *id, struct vault_renewal *ret)
{
	AUTO_STR names = STR_INIT;

	if (ret->damaged++ < NAMED) {
		str_add_format(&names, "%s%s%s", str_or_empty(ret->damaged_names), ret->damaged_names ? ", " : "", id);
		mem_replace(&ret->damaged_names, names.bytes);
	}
}

/* What is damaged keeps no exposed root alive: it stays where it is, and is told. */
static int take_draft(struct vault *from, struct vault *to, const char *id, struct vault_renewal *ret, struct error *err)
{
	struct str text = STR_INIT;
	int code = 0;

	if (vault_draft_get(from, id, &text, NULL)) {
		note_damaged(id, ret);
	} else {
		code = vault_draft_put(to, id, text.bytes, text.length, err);
		if (!code)
			code = vault_draft_remove(from, id, err);
		ret->drafts += !code;
	}
	str_wipe(&text);
	return code;
}

static int take_drafts(struct vault *from, struct vault *to, struct vault_renewal *ret, struct error *err)
{
	char **ids = NULL;
	size_t count = 0;
	int code = vault_draft_list(from, &ids, &count, err);

	for (size_t i = 0; !code && i < count; i++)
		code = take_draft(from, to, ids[i], ret, err);
	file_free_names(ids, count);
	return code;
}

/* The old identity ends, by itself; then the new one replaces the keys it knew. */
static int succeed(struct vault *old, struct vault *heir, instant now, struct vault_renewal *ret, struct error *err)
{
	size_t rotated, left;
	int code = take_drafts(old, heir, ret, err);

	if (!code)
		code = vault_remove(old, old->member, now, &rotated, &left, err);
	if (!code)
		code = vault_read_on(heir, NULL, NULL, err);
	return code ? code : access_rotate_stale(heir, old->member, now, &ret->rotated, &ret->waiting, err);
}

static int replace(struct vault *vault, uint32_t heir, bool abandon, instant now, struct vault_renewal *ret,
		   struct error *err)
{
	uint32_t old = log_position(&vault->log, vault->member);
	struct vault *other = NULL;
	int code = renew_hand_on(vault, old, heir, now, ret, err);

	if (!code)
		code = pass_recovery(vault, old, heir, now, err);
	if (!code)
		count_left(vault, old, heir, ret);
	if (!code && ret->left && !abandon)
		code = error_set(err, ERR_DENIED, ret->names, _("Ask who may grant them (`psirtty case readers CASE`), or give --abandon"),
				 _("%zu cases the new identity cannot be given by this one"), ret->left);
	if (!code)
		code = open_as(vault, heir, now, &other, err);
	if (!code)
		code = succeed(vault, other, now, ret, err);
	vault_close(other);
	return code;
}

/* An admin admits his own; everybody else asks. */
static int ask(struct vault *vault, instant now, struct vault_renewal *ret, struct error *err)
{
	bool admin = member_require_admin(vault, NULL) == 0;
	AUTO_STR request = STR_INIT;
	int code = vault_request(vault->dir, vault->pgp, vault->fingerprint, !admin, &request, err);

	ret->asked = !admin;
	return code || !admin ? code : vault_admit(vault, vault->fingerprint, &request, (enum vault_role)0, now, err);
}

/* Where the new identity was unlocked first, the old one is called. */
static int replace_older(struct vault *vault, uint32_t old, bool abandon, instant now, struct vault_renewal *ret,
			 struct error *err)
{
	uint32_t me = log_position(&vault->log, vault->member);
	struct vault *older = NULL;
	int code = open_as(vault, old, now, &older, err);

	if (!code)
		code = replace(older, me, abandon, now, ret, err);
	vault_close(older);
	return code;
}

static uint32_t predecessor(const struct vault *vault, uint32_t heir)
{
	for (uint32_t i = 0; i < vault->log.member_count; i++)
		if (log_live(&vault->log.members[i]) && member_heir(vault, i) == heir)
			return i;
	return LOG_NOBODY;
}

int vault_renew(struct vault *vault, bool abandon, instant now, struct vault_renewal *ret, struct error *err)
{
	uint32_t me = log_position(&vault->log, vault->member);
	int code = 0;

	*ret = (struct vault_renewal){ 0 };
	if (vault_readonly(vault))
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	code = vault_read_on(vault, NULL, NULL, err);
	if (!code && predecessor(vault, me) != LOG_NOBODY)
		return replace_older(vault, predecessor(vault, me), abandon, now, ret, err);
	if (!code && member_heir(vault, me) == LOG_NOBODY)
		code = ask(vault, now, ret, err);
	if (code || ret->asked)
		return code;
	return replace(vault, member_heir(vault, me), abandon, now, ret, err);
}
