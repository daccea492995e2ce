/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments going in: crypto_secretstream in chunks of 64 KiB under a random key that is kept in the
 * event, compressed before where that pays. Eight chunks are a segment; the object's name is the hash
 * of the list of the segments' hashes, so that it can be checked without any key, as it is read, and
 * on several processors. Coming out: object_get.c. Bytes: HACKING.md, "vault".
 */
#include "vault/object.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/pipeline.h"

enum { PROBE = 65536, ZSTD_LEVEL = 1, FLUSH_EVERY = 8 << 20 };

char *object_path(const char *dir, const char *name)
{
	return mem_format("%s/objects/%.2s/%s", dir, name, name);
}

void object_name_of(const uint8_t head[OBJECT_HEAD], const struct str *list, char ret[65])
{
	uint8_t hash[HASH_BYTES], count[8];
	const struct crypt_part parts[] = { { head, OBJECT_HEAD }, { list->bytes, list->length }, { count, 8 } };

	put64(count, list->length / HASH_BYTES);
	crypt_hash("psirtty object 2", parts, ARRAY_LEN(parts), hash);
	sodium_bin2hex(ret, 65, hash, sizeof(hash));
}

/* No configuration file of OpenSSL has a say in a hash. */
static EVP_MD_CTX *sha256_begin(void)
{
	EVP_MD_CTX *sha256;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	sha256 = EVP_MD_CTX_new();
	if (!sha256 || !EVP_DigestInit_ex(sha256, EVP_sha256(), NULL))
		BUG("SHA-256 cannot begin");
	return sha256;
}

void object_segment_hash(const uint8_t head[OBJECT_HEAD], const void *sealed, size_t length, uint8_t ret[HASH_BYTES])
{
	static const char label[] = "psirtty segment2";
	const struct crypt_part whole = { sealed, length };
	EVP_MD_CTX *sha256;

	if (!(head[OBJECT_FLAGS] & OBJECT_SHA256)) {
		crypt_hash("psirtty segment1", &whole, 1, ret);
		return;
	}
	sha256 = sha256_begin();
	if (!EVP_DigestUpdate(sha256, label, sizeof(label) - 1) || !EVP_DigestUpdate(sha256, sealed, length) ||
	    !EVP_DigestFinal_ex(sha256, ret, NULL))
		BUG("SHA-256 cannot end");
	EVP_MD_CTX_free(sha256);
}

void vault_sha256(const void *bytes, size_t length, char ret_hex[65])
{
	EVP_MD_CTX *sha256 = sha256_begin();
	uint8_t hash[32];

	if (!EVP_DigestUpdate(sha256, bytes, length) || !EVP_DigestFinal_ex(sha256, hash, NULL))
		BUG("SHA-256 cannot end");
	EVP_MD_CTX_free(sha256);
	sodium_bin2hex(ret_hex, 65, hash, sizeof(hash));
}

void segments_new(struct segment *segments, size_t count, size_t chunks)
{
	for (size_t i = 0; i < count; i++) {
		segments[i] = (struct segment){ .room = chunks * CHUNK };
		segments[i].plain = mem_alloc(segments[i].room);
		segments[i].sealed = mem_alloc(chunks * SEALED_CHUNK);
	}
}

void segments_release(struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sodium_memzero(segments[i].plain, segments[i].room);
		free(segments[i].plain);
		free(segments[i].sealed);
	}
}

/* ---- where the bytes come from */

struct putting {
	int fd;                      /* or -1: from memory */
	const uint8_t *bytes;
	uint64_t length, limit, size;
	bool ended, begun;
	vault_bytes_fn progress;
	void *context;
	EVP_MD_CTX *sha256;
	ZSTD_CCtx **packer;          /* the vault's, for what is small */
	ZSTD_CCtx *zstd;             /* NULL: as it is */
	uint8_t *raw;                /* before compression */
	ZSTD_inBuffer in;
	uint8_t head[OBJECT_HEAD];
	crypto_secretstream_xchacha20poly1305_state state;
	bool sealed_any;
	int out;
	bool later;                  /* made durable with others, by object_settle */
	uint64_t written, flushed;
	struct str list;
};

static long take_some(struct putting *put, uint8_t *to, size_t room)
{
	uint64_t left = put->length - put->size;

	if (put->fd >= 0)
		return read(put->fd, to, room);
	if (left > room)
		left = room;
	memcpy(to, put->bytes + put->size, left);
	return (long)left;
}

/* Fills ROOM bytes, fewer only at the end. */
static int take(struct putting *put, uint8_t *to, size_t room, size_t *ret, struct error *err)
{
	size_t filled = 0;

	while (filled < room && !put->ended) {
		long got = take_some(put, to + filled, room - filled);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, ERR_INPUT, _("attachment"), NULL);
		put->ended = got == 0;
		filled += (size_t)got;
		put->size += (uint64_t)got;
	}
	EVP_DigestUpdate(put->sha256, to, filled);
	*ret = filled;
	if (put->size > put->limit)
		return error_set(err, ERR_INPUT, _("attachment"), _("Leave it where it is and note its hash"),
				 _("it is larger than %llu bytes"), (unsigned long long)put->limit);
	if (put->progress && put->progress(put->context, put->size))
		return error_set(err, ERR_NO, _("attachment"), NULL, _("it was cancelled"));
	return 0;
}

/* ---- first stage: reading, and compressing where the beginning says that it pays */

static bool compression_pays(const uint8_t *bytes, size_t length)
{
	size_t room = ZSTD_compressBound(PROBE), made;
	uint8_t *packed;

	if (length > PROBE)
		length = PROBE;
	packed = mem_alloc(room);
	made = ZSTD_compress(packed, room, bytes, length, ZSTD_LEVEL);
	sodium_memzero(packed, room);
	free(packed);
	return !ZSTD_isError(made) && made < length - length / 8;
}

static int compress_segment(struct putting *put, struct segment *segment, struct error *err)
{
	ZSTD_outBuffer out = { segment->plain, SEGMENT_PLAIN, 0 };
	size_t left = 1;

	while (out.pos < out.size && left) {
		if (put->in.pos == put->in.size && !put->ended) {
			int code = take(put, put->raw, SEGMENT_PLAIN, &put->in.size, err);

			put->in.pos = 0;
			if (code)
				return code;
		}
		left = ZSTD_compressStream2(put->zstd, &out, &put->in,
					    put->ended ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return error_set(err, ERR_BUG, _("attachment"), NULL, _("it cannot be compressed: %s"),
					 ZSTD_getErrorName(left));
		/* Without an end, nothing left only says that all of the input was taken. */
		left = left || !put->ended;
	}
	segment->plain_length = out.pos;
	segment->last = !left;
	return 0;
}

/* The first bytes were read before it was known that they are to be compressed. */
static void begin_compression(struct putting *put, const struct segment *segment)
{
	put->zstd = ZSTD_createCCtx();
	if (!put->zstd)
		BUG("zstd cannot begin");
	ZSTD_CCtx_setParameter(put->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	put->raw = mem_alloc(SEGMENT_PLAIN);
	memcpy(put->raw, segment->plain, segment->plain_length);
	put->in = (ZSTD_inBuffer){ put->raw, segment->plain_length, 0 };
	put->head[OBJECT_FLAGS] |= OBJECT_ZSTD;
}

static int read_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct putting *put = context;
	struct segment *segment = slot;
	int code = 0;

	if (!put->zstd) {
		code = take(put, segment->plain, SEGMENT_PLAIN, &segment->plain_length, err);
		segment->last = put->ended;
	}
	if (!code && !put->begun && compression_pays(segment->plain, segment->plain_length))
		begin_compression(put, segment);
	put->begun = true;
	if (!code && put->zstd)
		code = compress_segment(put, segment, err);
	*last = segment->last;
	return code;
}

/* ---- second stage: sealing */

static int seal_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct putting *put = context;
	struct segment *segment = slot;
	size_t done = 0;

	(void)last, (void)err;
	segment->sealed_length = 0;
	do {
		size_t left = segment->plain_length - done, part = left < CHUNK ? left : CHUNK;
		bool first = !put->sealed_any, final = segment->last && part == left;
		unsigned long long made;

		crypto_secretstream_xchacha20poly1305_push(
			&put->state, segment->sealed + segment->sealed_length, &made, segment->plain + done, part,
			first ? put->head : NULL, first ? OBJECT_MARK : 0,
			final ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		put->sealed_any = true;
		segment->sealed_length += (size_t)made;
		done += part;
	} while (done < segment->plain_length);
	return 0;
}

/* ---- third stage: hashing */

static int hash_stage(void *context, void *slot, bool *last, struct error *err)
{
	const struct putting *put = context;
	struct segment *segment = slot;

	(void)last, (void)err;
	object_segment_hash(put->head, segment->sealed, segment->sealed_length, segment->hash);
	return 0;
}

/* ---- fourth stage: writing */

static int write_error(const struct putting *put, struct error *err)
{
	(void)put;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ?
		       error_set(err, ERR_VAULT, _("attachment"), _("Free space and try again; nothing was lost"),
				 _("the disk is full")) :
		       error_errno(err, ERR_VAULT, _("attachment"), NULL);
}

static int write_out(struct putting *put, const void *bytes, size_t length, struct error *err)
{
	if (fd_write_all(put->out, bytes, length) < 0)
		return write_error(put, err);
	put->written += length;
	/* The disk begins early, so that the fsync at the end finds little left to do. */
	if (put->written - put->flushed >= FLUSH_EVERY) {
		sync_file_range(put->out, (off64_t)put->flushed, (off64_t)(put->written - put->flushed),
				SYNC_FILE_RANGE_WRITE);
		put->flushed = put->written;
	}
	return 0;
}

static int write_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct putting *put = context;
	const struct segment *segment = slot;
	int code = put->written ? 0 : write_out(put, put->head, OBJECT_HEAD, err);

	(void)last;
	str_add_bytes(&put->list, segment->hash, HASH_BYTES);
	return code ? code : write_out(put, segment->sealed, segment->sealed_length, err);
}

/* ---- the whole */

/* The list of hashes, its length, then everything durable under the object's name. */
static int finish(struct putting *put, const char *dir, const char *part, const char *name, struct error *err)
{
	AUTO_STRING folder = mem_format("%s/objects/%.2s", dir, name);
	AUTO_STRING path = object_path(dir, name);
	uint8_t count[8];
	int code, synced;

	put64(count, put->list.length / HASH_BYTES);
	code = write_out(put, put->list.bytes, put->list.length, err);
	if (!code)
		code = write_out(put, count, sizeof(count), err);
	if (code)
		return code;
	if (fchmod(put->out, 0440) < 0 || (!put->later && fsync(put->out) < 0))
		return write_error(put, err);
	/* The folder is there, but for the first of 256. */
	if (rename(part, path) < 0 && (errno != ENOENT || mkdir(folder, 0770) < 0 || rename(part, path) < 0))
		return write_error(put, err);
	if (put->later)
		return 0;
	synced = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (synced < 0 || fsync(synced) < 0)
		code = error_errno(err, ERR_VAULT, folder, NULL);
	if (synced >= 0)
		close(synced);
	return code;
}

static void begin_put(struct putting *put, const uint8_t key[KEY_BYTES])
{
	static const uint8_t mark[OBJECT_MARK] = OBJECT_MAGIC;

	put->sha256 = sha256_begin();
	memcpy(put->head, mark, sizeof(mark));
	put->head[OBJECT_FLAGS] = OBJECT_SHA256;
	crypto_secretstream_xchacha20poly1305_init_push(&put->state, put->head + OBJECT_MARK, key);
	str_init(&put->list);
}

static void end_put(struct putting *put, char ret_sha256[65])
{
	uint8_t hash[32];

	EVP_DigestFinal_ex(put->sha256, hash, NULL);
	sodium_bin2hex(ret_sha256, 65, hash, sizeof(hash));
	EVP_MD_CTX_free(put->sha256);
	ZSTD_freeCCtx(put->zstd);
	if (put->raw)
		sodium_memzero(put->raw, SEGMENT_PLAIN);
	free(put->raw);
	sodium_memzero(&put->state, sizeof(put->state));
	str_release(&put->list);
}

int object_settle(const char *dir, struct error *err)
{
	AUTO_STRING path = mem_format("%s/objects", dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = fd < 0 || syncfs(fd) < 0 ? error_errno(err, ERR_VAULT, path, NULL) : 0;

	if (fd >= 0)
		close(fd);
	return code;
}

/* What fits a chunk goes through the stages one after the other: threads and large buffers cost more than it. */
static int put_small(struct putting *put, struct error *err)
{
	size_t room = ZSTD_compressBound((size_t)put->length), made;
	uint8_t *packed = mem_alloc(room), *sealed = mem_alloc((size_t)put->length + SEALED_CHUNK - CHUNK);
	struct segment segment = { .plain = (uint8_t *)(uintptr_t)put->bytes, .sealed = sealed,
				   .plain_length = (size_t)put->length, .last = true };
	bool last;
	int code;

	EVP_DigestUpdate(put->sha256, put->bytes, (size_t)put->length);
	put->size = put->length;
	if (!*put->packer)
		*put->packer = ZSTD_createCCtx();
	made = *put->packer ? ZSTD_compressCCtx(*put->packer, packed, room, put->bytes, (size_t)put->length, ZSTD_LEVEL) : room;
	if (!ZSTD_isError(made) && made < put->length - put->length / 8) {
		put->head[OBJECT_FLAGS] |= OBJECT_ZSTD;
		segment.plain = packed;
		segment.plain_length = made;
	}
	code = seal_stage(put, &segment, &last, err);
	if (!code)
		code = hash_stage(put, &segment, &last, err);
	if (!code)
		code = write_stage(put, &segment, &last, err);
	sodium_memzero(packed, ZSTD_isError(made) ? room : made);
	free(packed);
	free(sealed);
	return code;
}

static int put_large(struct putting *put, struct error *err)
{
	static const pipeline_fn stages[] = { read_stage, seal_stage, hash_stage, write_stage };
	struct segment segments[SEGMENTS];
	int code;

	segments_new(segments, SEGMENTS, SEGMENT_CHUNKS);
	code = pipeline_run(stages, ARRAY_LEN(stages), 0, segments, sizeof(segments[0]), SEGMENTS, put, err);
	segments_release(segments, SEGMENTS);
	return code;
}

static int run_put(struct putting *put, const char *dir, struct vault_object *made, struct error *err)
{
	char random[17];
	AUTO_STRING part = NULL;
	int code;

	vault_random_hex(random, 16);
	part = mem_format("%s/objects/%s.part", dir, random);
	put->out = open(part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (put->out < 0)
		return error_errno(err, ERR_VAULT, part, NULL);
	code = put->fd < 0 && put->length <= CHUNK ? put_small(put, err) : put_large(put, err);
	if (!code) {
		object_name_of(put->head, &put->list, made->name);
		code = finish(put, dir, part, made->name, err);
	}
	close(put->out);
	if (code)
		unlink(part);
	return code;
}

static int object_put(struct vault *vault, struct putting *put, struct vault_object *ret, struct error *err)
{
	struct vault_object made = { .size = 0 };
	uint8_t key[KEY_BYTES];
	int code;

	if (vault->readonly)
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	put->later = vault->batching;
	put->packer = &vault->packer;
	vault->batch_objects |= vault->batching;
	randombytes_buf(key, sizeof(key));
	begin_put(put, key);
	code = run_put(put, vault->dir, &made, err);
	made.size = put->size;
	end_put(put, made.sha256);
	sodium_bin2hex(made.key, sizeof(made.key), key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	if (!code)
		*ret = made;
	sodium_memzero(&made, sizeof(made));
	return code;
}

int vault_object_put(struct vault *vault, const void *bytes, size_t length, struct vault_object *ret,
		     struct error *err)
{
	struct putting put = { .fd = -1, .bytes = bytes, .length = length, .limit = UINT64_MAX };

	return object_put(vault, &put, ret, err);
}

int vault_object_put_fd(struct vault *vault, int fd, uint64_t limit, vault_bytes_fn progress, void *context,
			struct vault_object *ret, struct error *err)
{
	struct putting put = { .fd = fd, .limit = limit, .progress = progress, .context = context };

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return object_put(vault, &put, ret, err);
}
