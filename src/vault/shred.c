/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a stream: SHRED says so for good, then its bodies, keys and attachments go. What is left of each event
 * is its core, signature and the hash of what it held: enough to prove the log, nothing to read.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"
#include "vault/names.h"
#include "vault/object.h"

/* ---- bodies and keys */

static int clear_row(struct vault *vault, const struct store_row *row, struct vault_shredded *count,
		     struct error *err)
{
	uint8_t stub[STUB_BYTES];
	struct core core;

	if (!core_read(row->core, row->core_length, &core) || core.kind != CORE_CONTENT ||
	    core_is_stub(core.kind, row->body_length))
		return 0;
	core_stub(row->body, row->body_length, stub);
	count->events++;
	count->bytes += row->body_length;
	return store_set_body(vault->store, row->gseq, stub, sizeof(stub), err);
}

static int clear_stream(struct vault *vault, const uint8_t stream[ID_BYTES], struct vault_shredded *count,
			struct error *err)
{
	struct store_row row = { .gseq = 0 };
	uint64_t after = 0;
	int code;

	while ((code = store_stream_next(vault->store, stream, after, &row, err)) == 1) {
		after = row.gseq;
		code = clear_row(vault, &row, count, err);
		if (code)
			break;
	}
	store_rest(vault->store);
	return code;
}

static void forget_keys(struct keyring *ring, size_t stream)
{
	for (size_t i = 0; i < ring->count; i++)
		if (ring->places[i].stream == stream) {
			sodium_memzero(ring->keys[i], KEY_BYTES);
			ring->places[i].epoch = 0;
		}
}

/* Whether a body of a shredded stream is still there. */
static bool is_due(struct vault *vault, const struct log_stream *stream)
{
	struct store_row row = { .gseq = 0 };
	uint64_t after = 0;
	bool due = false;

	while (!due && store_stream_next(vault->store, stream->id, after, &row, NULL) == 1) {
		struct core core;

		after = row.gseq;
		due = core_read(row.core, row.core_length, &core) && core.kind == CORE_CONTENT &&
		      !core_is_stub(core.kind, row.body_length);
	}
	store_rest(vault->store);
	return due;
}

/* The wraps, then bodies in one transaction: what dies between is begun again by the next to look for bodies. */
static int clear(struct vault *vault, size_t position, struct vault_shredded *count, struct error *err)
{
	const uint8_t *stream = vault->log.streams[position].id;
	size_t wraps = 0;
	int code = store_drop_stream(vault->store, stream, &wraps, err);

	count->wraps += wraps;
	if (!code)
		code = store_begin(vault->store, err);
	if (code)
		return code;
	code = clear_stream(vault, stream, count, err);
	if (!code)
		code = store_commit(vault->store, err);
	else
		store_rollback(vault->store);
	if (!code)
		code = store_sync(vault->store, 0, err);
	if (!code && is_due(vault, &vault->log.streams[position]))
		code = error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`, then shred it again"),
				 _("contents of the case are still there"));
	forget_keys(&vault->keyring, position);
	return code;
}

int vault_shred_due(struct vault *vault, struct vault_shredded *ret, struct error *err)
{
	int code = 0;

	*ret = (struct vault_shredded){ 0 };
	for (size_t i = 1; !code && i < vault->log.stream_count; i++) {
		if (!vault->log.streams[i].shredded || !is_due(vault, &vault->log.streams[i]))
			continue;
		code = vault_hold(vault, err);
		if (code)
			return code;
		code = clear(vault, i, ret, err);
		store_checkpoint(vault->store);
		vault_let_go(vault);
	}
	return code;
}

/* ---- attachments */

static void spare(void *context, const char *name)
{
	names_remove(context, name);
}

static bool is_case(const struct vault *vault, const uint8_t stream[ID_BYTES])
{
	long position = log_stream(&vault->log, stream);

	return position > 0 && vault->log.streams[position].kind == VAULT_CASE;
}

/* What another case's event names stays: that is found out by reading all that this member can. What the inbox names
 * came in by mail; whether the mail goes with the case is decided by who knows what a mail is. */
static void spare_others(struct vault *vault, const uint8_t stream[ID_BYTES], struct names *objects)
{
	for (uint64_t gseq = 1; objects->count && gseq <= vault->log.gseq; gseq++) {
		struct str body = STR_INIT;
		struct store_row row;
		struct core core;

		if (store_row_at(vault->store, gseq, &row, NULL) == 1 &&
		    core_read(row.core, row.core_length, &core) && core.kind == CORE_CONTENT &&
		    memcmp(core.stream, stream, ID_BYTES) != 0 && is_case(vault, core.stream) &&
		    !core_is_stub(core.kind, row.body_length) &&
		    vault_row_open(vault, &row, &core, &body, NULL) == 0)
			names_find(body.bytes, spare, objects);
		str_wipe(&body);
	}
	store_rest(vault->store);
}

static void gather(const char *const *objects, size_t count, struct names *ret)
{
	for (size_t i = 0; i < count; i++)
		if (objects[i] && strspn(objects[i], "0123456789abcdef") == NAME_DIGITS)
			names_add(ret, objects[i]);
}

int vault_objects_elsewhere(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t count,
			    bool *ret, struct error *err)
{
	struct names names = { 0 };
	int code = vault_read_on(vault, NULL, NULL, err);

	gather(objects, count, &names);
	if (!code)
		spare_others(vault, stream, &names);
	for (size_t i = 0; i < count; i++)
		ret[i] = !names_have(&names, str_or_empty(objects[i]));
	names_release(&names);
	return code;
}

static int drop_object(struct vault *vault, const char *name, struct vault_shredded *count, struct error *err)
{
	AUTO_STRING path = object_path(vault->dir, name);
	struct stat info;

	if (stat(path, &info) < 0)
		return 0;
	if (unlink(path) < 0)
		return error_errno(err, ERR_VAULT, path, _("Remove it yourself"));
	count->attachments++;
	count->bytes += (uint64_t)info.st_size;
	return 0;
}

bool vault_is_shredded(const struct vault *vault, const uint8_t stream[16])
{
	long position = log_stream(&vault->log, stream);

	return position > 0 && vault->log.streams[position].shredded;
}

bool vault_objects_there(const struct vault *vault, const char *const *objects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = object_path(vault->dir, objects[i]);

		if (strlen(objects[i]) == NAME_DIGITS && file_exists(path))
			return true;
	}
	return false;
}

int vault_shred_objects(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t count,
			struct vault_shredded *ret, struct error *err)
{
	struct names names = { 0 };
	int code = 0;

	*ret = (struct vault_shredded){ 0 };
	gather(objects, count, &names);
	for (size_t i = names.count; i-- > 0;) {
		AUTO_STRING path = object_path(vault->dir, names.names[i]);

		if (!file_exists(path))
			names_remove(&names, names.names[i]);
	}
	spare_others(vault, stream, &names);
	for (size_t i = 0; !code && i < names.count; i++)
		code = drop_object(vault, names.names[i], ret, err);
	names_release(&names);
	return code;
}

/* ---- the whole */

static int announce(struct vault *vault, const uint8_t stream[ID_BYTES], instant now, struct error *err)
{
	static const uint8_t no_record[HASH_BYTES];
	const struct control control = { CONTROL_SHRED, stream, no_record, sizeof(no_record) };

	return vault_append_controls(vault, &control, 1, now, err);
}

static int shred(struct vault *vault, size_t position, struct names *objects, instant now,
		 struct vault_shredded *count, struct error *err)
{
	uint8_t stream[ID_BYTES];
	int code;

	memcpy(stream, vault->log.streams[position].id, ID_BYTES);
	count->spared = objects->count;
	spare_others(vault, stream, objects);
	count->spared -= objects->count;
	code = announce(vault, stream, now, err);
	if (!code)
		code = clear(vault, position, count, err);
	for (size_t i = 0; !code && i < objects->count; i++)
		code = drop_object(vault, objects->names[i], count, err);
	/* The pages as they were before lie in the write-ahead log until it is folded in and cut. */
	store_checkpoint(vault->store);
	return code;
}

int vault_shred(struct vault *vault, const uint8_t stream[16], const char *const *objects, size_t object_count,
		instant now, struct vault_shredded *ret, struct error *err)
{
	long position = log_stream(&vault->log, stream);
	struct vault_shredded count = { 0 };
	struct names names = { 0 };
	int code;

	if (position <= 0 || vault->log.streams[position].kind != VAULT_CASE)
		return error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
	gather(objects, object_count, &names);
	code = vault_hold(vault, err);
	if (!code) {
		code = shred(vault, (size_t)position, &names, now, &count, err);
		vault_let_go(vault);
	}
	names_release(&names);
	if (!code)
		*ret = count;
	return code;
}
