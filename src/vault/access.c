/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may read and write a stream: opening one, granting, revoking, new keys, and who has read. A
 * stream's key goes to its readers as wraps in keys.db, always before the event that needs them.
 */
#include <stdlib.h>

#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

enum { ROTATE_BATCH = 100 };

/* ---- questions */

static uint32_t self(const struct vault *vault)
{
	return log_position(&vault->log, vault->member);
}

bool access_readable(const struct vault *vault, size_t position)
{
	const struct log_stream *stream = &vault->log.streams[position];

	return !stream->shredded && log_rights(&vault->log, stream, vault->member) & RIGHT_READ;
}

static const struct log_stream *stream_at(const struct vault *vault, const uint8_t id[16])
{
	long position = log_stream(&vault->log, id);

	return position > 0 ? &vault->log.streams[position] : NULL;
}

uint8_t vault_rights(const struct vault *vault, const uint8_t stream[16])
{
	const struct log_stream *s = stream_at(vault, stream);

	return s && !s->shredded ? log_rights(&vault->log, s, vault->member) : 0;
}

static instant instant_of(uint64_t hybrid)
{
	return hybrid == LOG_NEVER ? INSTANT_NONE : (instant)(hybrid >> 16) * 1000;
}

void vault_readers(const struct vault *vault, const uint8_t stream[16], struct vault_access **ret,
		   size_t *ret_count)
{
	const struct log_stream *s = stream_at(vault, stream);
	struct vault_access *list = mem_alloc((vault->log.member_count + 1) * sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; s && i < vault->log.member_count; i++) {
		const struct log_member *m = &vault->log.members[i];
		uint8_t rights = log_rights(&vault->log, s, m->id);
		const struct log_grant *grant = stream_grant(s, i);

		if (!(rights & RIGHT_READ))
			continue;
		memcpy(list[count].member, m->id, ID_BYTES);
		list[count].rights = rights;
		list[count++].since = instant_of(grant && grant->since ? grant->since : m->since);
	}
	*ret = list;
	*ret_count = count;
}

void vault_on_access(struct vault *vault, vault_access_fn fn, void *context)
{
	vault->access_fn = fn;
	vault->access_context = context;
}

static bool removal_came(struct vault *vault, uint64_t after)
{
	static const uint8_t own[ID_BYTES];
	struct store_row row = { .gseq = after };
	struct core core;
	bool came = false;

	while (!came && store_stream_next(vault->store, own, row.gseq, &row, NULL) == 1)
		came = row.appender_length == IMPORTER_BYTES && core_read(row.core, row.core_length, &core) &&
		       core.type == CONTROL_REMOVE;
	store_rest(vault->store);
	return came;
}

/* Whether somebody who is no member any more could write there until after his removal. */
static bool outlived(const struct log *log, const struct log_stream *stream)
{
	for (size_t i = 0; i < stream->grant_count; i++)
		if (log->members[stream->grants[i].member].until <= stream->time)
			return true;
	return false;
}

void vault_resettled(struct vault *vault, uint64_t after, vault_access_fn fn, void *context)
{
	if (!removal_came(vault, after))
		return;
	for (size_t i = 1; i < vault->log.stream_count; i++)
		if (access_readable(vault, i) && outlived(&vault->log, &vault->log.streams[i]))
			fn(context, vault->log.streams[i].id, vault->log.streams[i].kind, true);
}

/* ---- keys */

static int put_wrap(struct vault *vault, const uint8_t stream[ID_BYTES], uint32_t epoch,
		    const uint8_t key_id[ID_BYTES], const uint8_t key[KEY_BYTES],
		    const struct log_member *member, struct error *err)
{
	const struct wrap_place place = { stream, epoch, key_id, member->id };
	uint8_t wrap[WRAP_BYTES];

	if (crypto_box_seal(wrap, key, KEY_BYTES, member->box_public) != 0)
		return error_set(err, ERR_INPUT, member->fingerprint, _("Remove the member"),
				 _("one cannot seal to its key"));
	return store_put_wrap(vault->store, &place, wrap, err);
}

static int by_id(const void *a, const void *b)
{
	return memcmp((*(const struct log_member *const *)a)->id, (*(const struct log_member *const *)b)->id,
		      ID_BYTES);
}

/* Who may read a stream, ascending by id. *RET freed by the caller. */
static size_t readers_of(const struct vault *vault, const struct log_stream *stream,
			 const struct log_member ***ret)
{
	const struct log_member **list = mem_alloc((vault->log.member_count + 1) * sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < vault->log.member_count; i++)
		if (log_rights(&vault->log, stream, vault->log.members[i].id) & RIGHT_READ)
			list[count++] = &vault->log.members[i];
	qsort(list, count, sizeof(*list), by_id);
	*ret = list;
	return count;
}

/* The body of EPOCH for a new random KEY, and the wraps of all who get it. */
static int make_epoch(struct vault *vault, const uint8_t id[ID_BYTES], uint32_t number,
		      const struct log_member *const *readers, size_t count, uint8_t key[KEY_BYTES],
		      struct str *ret, struct error *err)
{
	uint8_t fixed[4 + ID_BYTES];
	int code = 0;

	randombytes_buf(key, KEY_BYTES);
	put32(fixed, number);
	crypt_key_id(key, id, number, fixed + 4);
	str_add_bytes(ret, fixed, sizeof(fixed));
	for (size_t i = 0; !code && i < count; i++) {
		str_add_bytes(ret, readers[i]->id, ID_BYTES);
		code = put_wrap(vault, id, number, fixed + 4, key, readers[i], err);
	}
	return code;
}

bool access_lacks(int code)
{
	return code == ERR_DENIED || code == ERR_NO;
}

/* Whether the recovery key, which no event gives a stream to, still has no wrap of its newest key. */
static bool recovery_lacks(struct vault *vault, const struct log_stream *stream, uint32_t recovery)
{
	const struct wrap_place place = { stream->id, stream->epoch, stream->key_id, vault->log.members[recovery].id };
	uint8_t wrap[WRAP_BYTES];
	bool lacks = store_wrap(vault->store, &place, wrap, NULL) == 0;

	store_rest(vault->store);
	return lacks;
}

/* Whoever writes hands the recovery key what it lacks, the past too. What the writer cannot open himself he cannot give:
 * whoever can does when the policy is set anew. With the newest key it lacks nothing any more, so that is not gone through
 * at every event. */
static int share_recovery(struct vault *vault, size_t position, struct error *err)
{
	const struct log_stream *stream = &vault->log.streams[position];
	uint32_t recovery = log_recovery(&vault->log);
	AUTO_ERROR why = ERROR_INIT;
	int code;

	if (recovery == LOG_NOBODY || recovery == self(vault) || !stream->epoch || !access_readable(vault, position) ||
	    !recovery_lacks(vault, stream, recovery))
		return 0;
	code = access_share(vault, position, &vault->log.members[recovery], &why);
	if (!code || access_lacks(code))
		return 0;
	return error_set(err, code, why.what, why.remedy, "%s", str_or_empty(why.why));
}

int access_rotate(struct vault *vault, size_t position, instant now, struct error *err)
{
	const struct log_stream *stream = &vault->log.streams[position];
	const struct log_member **readers;
	size_t count = readers_of(vault, stream, &readers);
	uint32_t number = stream->epoch + 1;
	uint8_t id[ID_BYTES], key[KEY_BYTES];
	AUTO_STR body = STR_INIT;
	int code = share_recovery(vault, position, err);

	memcpy(id, stream->id, ID_BYTES);
	if (!code)
		code = make_epoch(vault, id, number, readers, count, key, &body, err);
	if (!code)
		code = vault_put_control(vault, CONTROL_EPOCH, id, body.bytes, body.length, now, err);
	if (!code && access_readable(vault, position))
		keyring_add(&vault->keyring, position, number, (const uint8_t *)body.bytes + 4, key);
	sodium_memzero(key, sizeof(key));
	free(readers);
	return code;
}

static int freshen(struct vault *vault, size_t position, bool stale, instant now, struct error *err)
{
	int code = store_keys_begin(vault->store, err);

	if (code)
		return code;
	code = stale ? access_rotate(vault, position, now, err) : share_recovery(vault, position, err);
	if (code)
		store_keys_rollback(vault->store);
	return code ? code : store_keys_commit(vault->store, err);
}

int access_freshen(struct vault *vault, size_t position, instant now, struct error *err)
{
	const struct log_stream *stream = &vault->log.streams[position];
	uint32_t recovery = log_recovery(&vault->log);
	bool stale = log_stale(&vault->log, stream);

	if (stream->shredded || !(log_rights(&vault->log, stream, vault->member) & (RIGHT_WRITE | RIGHT_GRANT)))
		return 0;
	if (!stale && (recovery == LOG_NOBODY || !recovery_lacks(vault, stream, recovery)))
		return 0;
	return freshen(vault, position, stale, now, err);
}

/* ---- many at once */

static bool can_rotate(const struct vault *vault, size_t position)
{
	return log_rights(&vault->log, &vault->log.streams[position], vault->member) &
	       (RIGHT_WRITE | RIGHT_GRANT);
}

static int rotate_batch(struct vault *vault, const uint8_t *gone, instant now, size_t *at, size_t *rotated,
			struct error *err)
{
	size_t end = *rotated + ROTATE_BATCH;
	int code = store_keys_begin(vault->store, err);

	for (; !code && *at < vault->log.stream_count && *rotated < end; (*at)++) {
		const struct log_stream *stream = &vault->log.streams[*at];

		if (stream->shredded || !log_stale(&vault->log, stream) || !can_rotate(vault, *at))
			continue;
		code = access_rotate(vault, *at, now, err);
		if (!code && gone)
			code = store_drop_wraps(vault->store, vault->log.streams[*at].id, gone, err);
		*rotated += !code;
	}
	if (code)
		store_keys_rollback(vault->store);
	return code ? code : store_keys_commit(vault->store, err);
}

int access_rotate_stale(struct vault *vault, const uint8_t *gone, instant now, size_t *ret_rotated,
			size_t *ret_left, struct error *err)
{
	size_t at = 1, rotated = 0, left = 0;
	int code = 0;

	while (!code && at < vault->log.stream_count) {
		code = vault_begin(vault, NULL, NULL, err);
		if (code)
			return code;
		code = rotate_batch(vault, gone, now, &at, &rotated, err);
		code = vault_finish(vault, code, err);
	}
	for (size_t i = 1; i < vault->log.stream_count; i++)
		left += !vault->log.streams[i].shredded && log_stale(&vault->log, &vault->log.streams[i]);
	*ret_rotated = rotated;
	*ret_left = left;
	return code;
}

/* One EPOCH of the stream. *RET_LACKS: the giver has no key to it, or a damaged one. */
static int share_epoch(struct vault *vault, size_t position, const struct store_row *row,
		       const struct log_member *member, int *ret_lacks, struct error *err)
{
	const uint8_t *body = row->body, *key;
	AUTO_ERROR why = ERROR_INIT;
	uint8_t key_id[ID_BYTES];
	uint32_t epoch;

	if (row->body_length < 4 + ID_BYTES)
		return 0;
	epoch = get32(body);
	memcpy(key_id, body + 4, ID_BYTES);
	key = keyring_key(&vault->keyring, vault->store, &vault->log, position, epoch, key_id, vault->member, &why);
	if (key)
		return put_wrap(vault, vault->log.streams[position].id, epoch, key_id, key, member, err);
	error_set(err, why.code, why.what, why.remedy, "%s", str_or_empty(why.why));
	if (!access_lacks(why.code))
		return why.code;
	*ret_lacks = why.code;
	return 0;
}

int access_share(struct vault *vault, size_t position, const struct log_member *member, struct error *err)
{
	struct store_row row = { .gseq = 0 };
	struct core core;
	int code, lacks = 0;

	while ((code = store_stream_next(vault->store, vault->log.streams[position].id, row.gseq, &row, err)) == 1) {
		if (!core_read(row.core, row.core_length, &core) || core.kind != CORE_CONTROL ||
		    core.type != CONTROL_EPOCH)
			continue;
		code = share_epoch(vault, position, &row, member, &lacks, err);
		if (code)
			break;
	}
	store_rest(vault->store);
	return code ? code : lacks;
}

/* ---- opening a stream */

/* Readers of a stream that is not there yet: its opener, and who holds the recovery key. */
static size_t first_readers(const struct vault *vault, const struct log_member *ret[2])
{
	uint32_t me = self(vault), recovery = log_recovery(&vault->log);
	size_t count = 0;

	ret[count++] = &vault->log.members[me];
	if (recovery != LOG_NOBODY && recovery != me)
		ret[count++] = &vault->log.members[recovery];
	qsort(ret, count, sizeof(*ret), by_id);
	return count;
}

static int open_stream(struct vault *vault, const uint8_t id[ID_BYTES], enum vault_stream_kind kind,
		       instant now, struct error *err)
{
	const struct log_member *readers[2];
	size_t count = first_readers(vault, readers);
	uint8_t key[KEY_BYTES], grant[ID_BYTES + 1], body = (uint8_t)kind;
	AUTO_STR epoch = STR_INIT;
	enum log_role role = log_role(&vault->log, &vault->log.members[self(vault)], LOG_NEVER);
	int code;

	if (role != ROLE_ADMIN && role != ROLE_HANDLER)
		return error_set(err, ERR_DENIED, _("case"), _("Ask an admin or a handler to open it"),
				 _("your role may not open a case"));
	code = make_epoch(vault, id, 1, readers, count, key, &epoch, err);
	memcpy(grant, vault->member, ID_BYTES);
	grant[ID_BYTES] = log_ceiling(role);
	if (!code)
		code = vault_put_control(vault, CONTROL_STREAM, id, &body, 1, now, err);
	if (!code)
		code = vault_put_control(vault, CONTROL_GRANT, id, grant, sizeof(grant), now, err);
	if (!code)
		code = vault_put_control(vault, CONTROL_EPOCH, id, epoch.bytes, epoch.length, now, err);
	if (!code)
		keyring_add(&vault->keyring, (size_t)log_stream(&vault->log, id), 1,
			    (const uint8_t *)epoch.bytes + 4, key);
	sodium_memzero(key, sizeof(key));
	return code;
}

int vault_stream_new(struct vault *vault, enum vault_stream_kind kind, instant now, uint8_t ret[16],
		     struct error *err)
{
	uint8_t id[ID_BYTES];
	int code = vault_begin(vault, NULL, NULL, err);

	if (code)
		return code;
	randombytes_buf(id, sizeof(id));
	code = store_keys_begin(vault->store, err);
	if (!code) {
		code = open_stream(vault, id, kind, now, err);
		if (code)
			store_keys_rollback(vault->store);
		else
			code = store_keys_commit(vault->store, err);
	}
	code = vault_finish(vault, code, err);
	if (!code)
		memcpy(ret, id, ID_BYTES);
	return code;
}

/* ---- granting and revoking */

static int find_both(struct vault *vault, const uint8_t stream[16], const uint8_t member[16],
		     size_t *ret_position, const struct log_member **ret, struct error *err)
{
	long position = log_stream(&vault->log, stream);

	*ret = log_member(&vault->log, member);
	if (position <= 0)
		return error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
	if (!*ret || !log_live(*ret))
		return error_set(err, ERR_INPUT, *ret ? (*ret)->fingerprint : _("member"),
				 _("See `psirtty member list`"), _("it is no member of this vault"));
	*ret_position = (size_t)position;
	return 0;
}

static int check_grant(struct vault *vault, size_t position, const struct log_member *member, uint8_t rights,
		       struct error *err)
{
	const struct log_stream *stream = &vault->log.streams[position];
	enum log_role role = log_role(&vault->log, member, LOG_NEVER);

	if (!(log_rights(&vault->log, stream, vault->member) & RIGHT_GRANT))
		return error_set(err, ERR_DENIED, _("case"), _("Ask who may: `psirtty case readers CASE`"),
				 _("you have no right to grant"));
	if (rights & ~log_ceiling(role))
		return error_set(err, ERR_DENIED, member->fingerprint,
				 _("Grant less, or give another role with `psirtty member role`"),
				 _("one who is %s cannot have that much"), vault_role_name((enum vault_role)role));
	return 0;
}

int access_grant(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], uint8_t rights,
		 instant now, struct error *err)
{
	uint8_t body[ID_BYTES + 1];
	const struct log_member *who;
	size_t position;
	int code = find_both(vault, stream, member, &position, &who, err);

	if (!code)
		code = check_grant(vault, position, who, rights, err);
	/* A key that somebody without rights holds is not handed on. */
	if (!code)
		code = access_freshen(vault, position, now, err);
	if (!code)
		code = store_keys_begin(vault->store, err);
	if (code)
		return code;
	memcpy(body, member, ID_BYTES);
	body[ID_BYTES] = rights;
	code = access_share(vault, position, who, err);
	if (!code)
		code = vault_put_control(vault, CONTROL_GRANT, stream, body, sizeof(body), now, err);
	if (code)
		store_keys_rollback(vault->store);
	return code ? code : store_keys_commit(vault->store, err);
}

/* Who is being replaced has two identities: where the other one reads too, it may what this one may, as far as its role
 * goes. The writer's own comes last. */
static int grant_others(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], uint8_t rights,
			instant now, struct error *err)
{
	size_t position = (size_t)log_stream(&vault->log, stream);
	const char *fingerprint = log_member(&vault->log, member)->fingerprint;
	int code = 0;

	for (uint32_t i = 0; !code && i < vault->log.member_count; i++) {
		const struct log_member *m = &vault->log.members[i];
		const struct log_grant *grant = stream_grant(&vault->log.streams[position], i);
		uint8_t most = rights & log_ceiling(log_role(&vault->log, m, LOG_NEVER)), id[ID_BYTES];

		if (!log_live(m) || !grant || !(grant->rights & RIGHT_READ) || !str_equal(m->fingerprint, fingerprint) ||
		    memcmp(m->id, member, ID_BYTES) == 0)
			continue;
		memcpy(id, m->id, ID_BYTES);
		code = access_grant(vault, stream, id, most, now, err);
	}
	return code;
}

int vault_grant(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], uint8_t rights,
		instant now, struct error *err)
{
	bool me = memcmp(member, vault->member, ID_BYTES) == 0;
	int code = vault_begin(vault, NULL, NULL, err);
	const struct log_member *who;
	size_t position;

	if (code)
		return code;
	rights = (rights | VAULT_READ) & RIGHT_ALL;
	code = find_both(vault, stream, member, &position, &who, err);
	if (!code && me)
		code = grant_others(vault, stream, member, rights, now, err);
	if (!code)
		code = access_grant(vault, stream, member, rights, now, err);
	if (!code && !me)
		code = grant_others(vault, stream, member, rights, now, err);
	return vault_finish(vault, code, err);
}

static int revoke(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], instant now,
		  struct error *err)
{
	const struct log_member *who;
	size_t position;
	int code = find_both(vault, stream, member, &position, &who, err);

	if (!code && !(log_rights(&vault->log, &vault->log.streams[position], member) & RIGHT_READ))
		code = error_set(err, ERR_INPUT, who->fingerprint, _("See `psirtty case readers CASE`"),
				 _("there is nothing to revoke"));
	if (!code && log_position(&vault->log, member) == log_recovery(&vault->log))
		code = error_set(err, ERR_DENIED, who->fingerprint,
				 _("Change the policy with `psirtty member recovery`"),
				 _("it holds the recovery key, which opens every case"));
	if (!code)
		code = vault_put_control(vault, CONTROL_REVOKE, stream, member, ID_BYTES, now, err);
	if (!code)
		code = access_freshen(vault, position, now, err);
	/* Tidiness: who kept a copy can still read what was written until now. */
	return code ? code : store_drop_wraps(vault->store, stream, member, err);
}

int vault_revoke(struct vault *vault, const uint8_t stream[16], const uint8_t member[16], instant now,
		 struct error *err)
{
	int code = vault_begin(vault, NULL, NULL, err);

	if (code)
		return code;
	code = revoke(vault, stream, member, now, err);
	return vault_finish(vault, code, err);
}

/* ---- who has read */

int vault_note_read(struct vault *vault, const uint8_t stream[16], enum vault_read_kind kind,
		    const char *object, instant now, struct error *err)
{
	uint8_t body[1 + HASH_BYTES] = { (uint8_t)kind };
	const struct control control = { CONTROL_READ, stream, body, sizeof(body) };

	if (object && str_unhex(object, body + 1, HASH_BYTES) != HASH_BYTES)
		return error_set(err, ERR_INPUT, object, NULL, _("it is no object's name"));
	return vault_append_controls(vault, &control, 1, now, err);
}

static void reading_from(const struct store_row *row, const struct core *core, struct vault_reading *ret)
{
	const uint8_t *body = row->body;

	memcpy(ret->member, core->author, ID_BYTES);
	ret->kind = body[0];
	ret->at = instant_of(core->time);
	sodium_bin2hex(ret->object, sizeof(ret->object), body + 1, HASH_BYTES);
}

int vault_readings(struct vault *vault, const uint8_t stream[16], struct vault_reading **ret,
		   size_t *ret_count, struct error *err)
{
	struct store_row row = { .gseq = 0 };
	struct vault_reading *list = NULL;
	size_t count = 0, capacity = 0;
	struct core core;
	int code;

	while ((code = store_stream_next(vault->store, stream, row.gseq, &row, err)) == 1) {
		if (!core_read(row.core, row.core_length, &core) || core.kind != CORE_CONTROL ||
		    core.type != CONTROL_READ || row.body_length != 1 + HASH_BYTES)
			continue;
		list = mem_grow(list, &capacity, count + 1, sizeof(*list));
		reading_from(&row, &core, &list[count++]);
	}
	store_rest(vault->store);
	if (code < 0) {
		free(list);
		return code;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}
