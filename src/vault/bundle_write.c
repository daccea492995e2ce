/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle being written: every byte goes through one buffer into the file and the sum. */
#include "vault/bundle_format.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

struct bundle_writer {
	char *path; /* owned */
	int fd;
	crypto_generichash_state *sum; /* owned */
	struct str buffer;
	uint64_t written;
	struct bundle_end counts;
};

enum { BUFFER = 1 << 16 };

/* The state wants more alignment than an allocation has, and than some compilers' checked stacks give. */
crypto_generichash_state *bundle_sum_new(void)
{
	const size_t alignment = _Alignof(crypto_generichash_state);
	crypto_generichash_state *sum = aligned_alloc(alignment, sizeof(*sum));

	if (!sum)
		BUG("no memory");
	crypto_generichash_init(sum, (const uint8_t *)BUNDLE_LABEL, 16, HASH_BYTES);
	return sum;
}

static int flush(struct bundle_writer *w, struct error *err)
{
	int failed = fd_write_all(w->fd, w->buffer.bytes, w->buffer.length);

	str_reset(&w->buffer);
	return failed ? error_errno(err, ERR_INPUT, w->path, _("Free space, or name another place")) : 0;
}

static int put(struct bundle_writer *w, const void *bytes, size_t length, struct error *err)
{
	crypto_generichash_update(w->sum, bytes, length);
	str_add_bytes(&w->buffer, bytes, length);
	w->written += length;
	return w->buffer.length >= BUFFER ? flush(w, err) : 0;
}

static int put_head(struct bundle_writer *w, int kind, uint64_t length, struct error *err)
{
	uint8_t head[RECORD_HEAD];

	head[0] = (uint8_t)kind;
	put64(head + 1, length);
	return put(w, head, sizeof(head), err);
}

int bundle_create(const char *path, const struct bundle_head *head, struct bundle_writer **ret, struct error *err)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600), code;
	uint8_t bytes[BUNDLE_HEAD] = { 0 };
	struct bundle_writer *w;

	if (fd < 0 && errno == EEXIST)
		return error_set(err, ERR_BUSY, path, _("Name another file"), _("there is such a file already"));
	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	w = mem_alloc(sizeof(*w));
	w->path = mem_string(path);
	w->fd = fd;
	str_init(&w->buffer);
	w->sum = bundle_sum_new();
	memcpy(bytes + HEAD_MAGIC, BUNDLE_MAGIC, 8);
	put32(bytes + HEAD_VERSION, BUNDLE_VERSION);
	memcpy(bytes + HEAD_VAULT, head->vault, ID_BYTES);
	memcpy(bytes + HEAD_MEMBER, head->member, ID_BYTES);
	put64(bytes + HEAD_TIME, head->time);
	code = put(w, bytes, sizeof(bytes), err);
	if (code)
		bundle_close(w, NULL, false, NULL);
	else
		*ret = w;
	return code;
}

int bundle_put_identity(struct bundle_writer *w, const struct bundle_identity *identity, struct error *err)
{
	size_t print = strlen(identity->fingerprint);
	uint8_t fixed[IDENTITY_FIXED];
	int code;

	if (identity->length > BUNDLE_IDENTITY_MAX)
		return error_set(err, ERR_VAULT, identity->fingerprint, _("Restore keys.db from a backup"),
				 _("an identity in keys.db is damaged"));
	code = put_head(w, RECORD_IDENTITY, IDENTITY_FIXED + print + identity->length, err);
	memcpy(fixed, identity->member, ID_BYTES);
	fixed[ID_BYTES] = (uint8_t)print;
	w->counts.identities++;
	if (!code)
		code = put(w, fixed, sizeof(fixed), err);
	if (!code)
		code = put(w, identity->fingerprint, print, err);
	return code ? code : put(w, identity->sealed, identity->length, err);
}

int bundle_put_wrap(struct bundle_writer *w, const struct bundle_wrap *wrap, struct error *err)
{
	uint8_t bytes[WRAP_RECORD], *at = bytes;
	int code = put_head(w, RECORD_WRAP, WRAP_RECORD, err);

	memcpy(at, wrap->stream, ID_BYTES);
	put32(at += ID_BYTES, wrap->epoch);
	memcpy(at += 4, wrap->key_id, ID_BYTES);
	memcpy(at += ID_BYTES, wrap->member, ID_BYTES);
	memcpy(at + ID_BYTES, wrap->sealed, WRAP_BYTES);
	w->counts.wraps++;
	return code ? code : put(w, bytes, sizeof(bytes), err);
}

int bundle_put_event(struct bundle_writer *w, const struct store_row *row, struct error *err)
{
	uint8_t fixed[EVENT_FIXED], *at = fixed;
	int code;

	if (row->id_length != HASH_BYTES || row->nonce_length != NONCE_BYTES || row->sig_length != SIG_BYTES ||
	    row->core_length > CORE_MAX || row->body_length > BUNDLE_BODY_MAX)
		return error_set(err, ERR_VAULT, _("event"), _("Run `psirtty audit verify`"),
				 _("event %llu is damaged"), (unsigned long long)row->gseq);
	code = put_head(w, RECORD_EVENT, EVENT_FIXED + row->core_length + row->body_length, err);
	memcpy(at, row->id, HASH_BYTES);
	memcpy(at += HASH_BYTES, row->nonce, NONCE_BYTES);
	memcpy(at += NONCE_BYTES, row->sig, SIG_BYTES);
	put16(at + SIG_BYTES, (uint16_t)row->core_length);
	w->counts.events++;
	if (!code)
		code = put(w, fixed, sizeof(fixed), err);
	if (!code)
		code = put(w, row->core, row->core_length, err);
	return code ? code : put(w, row->body, row->body_length, err);
}

/* Exactly SIZE bytes of an open file. */
static int copy(struct bundle_writer *w, int fd, uint64_t size, const char *path, struct error *err)
{
	char *buffer = mem_alloc(BUFFER);
	int code = 0;

	while (!code && size) {
		ssize_t got = read(fd, buffer, size < BUFFER ? (size_t)size : BUFFER);

		if (got <= 0)
			code = error_set(err, ERR_INPUT, path, NULL, _("it became shorter while it was read"));
		else
			code = put(w, buffer, (size_t)got, err);
		size -= got > 0 ? (uint64_t)got : 0;
	}
	free(buffer);
	return code;
}

int bundle_put_object(struct bundle_writer *w, const char *name, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), code = 0;
	uint8_t raw[HASH_BYTES];
	struct stat info;

	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, _("Restore it from a backup: objects never change"));
	if (fstat(fd, &info) < 0 || (uint64_t)info.st_size > BUNDLE_OBJECT_MAX ||
	    str_unhex(name, raw, sizeof(raw)) != HASH_BYTES)
		code = error_set(err, ERR_INPUT, path, NULL, _("it is no attachment"));
	if (!code)
		code = put_head(w, RECORD_OBJECT, HASH_BYTES + (uint64_t)info.st_size, err);
	if (!code)
		code = put(w, raw, sizeof(raw), err);
	if (!code)
		code = copy(w, fd, (uint64_t)info.st_size, path, err);
	close(fd);
	w->counts.objects++;
	return code;
}

static int put_end(struct bundle_writer *w, const uint8_t *secret, struct error *err)
{
	uint8_t bytes[END_RECORD];
	int code = put_head(w, RECORD_END, END_RECORD, err);

	put64(bytes, w->counts.identities);
	put64(bytes + 8, w->counts.wraps);
	put64(bytes + 16, w->counts.events);
	put64(bytes + 24, w->counts.objects);
	if (!code)
		code = put(w, bytes, END_SUMMED, err);
	crypto_generichash_final(w->sum, bytes + END_SUMMED, HASH_BYTES);
	crypto_sign_detached(bytes + END_SUMMED + HASH_BYTES, NULL, bytes + END_SUMMED, HASH_BYTES, secret);
	str_add_bytes(&w->buffer, bytes + END_SUMMED, END_RECORD - END_SUMMED);
	if (!code)
		code = flush(w, err);
	if (!code && fsync(w->fd) < 0)
		code = error_errno(err, ERR_INPUT, w->path, NULL);
	return code;
}

int bundle_close(struct bundle_writer *w, const uint8_t *sign_secret, bool commit, struct error *err)
{
	int code = commit ? put_end(w, sign_secret, err) : 0;

	close(w->fd);
	if (code || !commit)
		unlink(w->path);
	str_release(&w->buffer);
	free(w->sum);
	free(w->path);
	free(w);
	return code;
}

uint64_t bundle_written(const struct bundle_writer *w)
{
	return w->written;
}
