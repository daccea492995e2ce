/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments coming out. The list of the segments' hashes is checked against the name first, then each
 * segment against the list before it is opened: no byte goes out that the name does not vouch for, and
 * one reading is enough. Objects of the first form have one hash over everything: they are read twice.
 */
#include "vault/object.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"
#include "vault/pipeline.h"

enum { OBJECT_LIMIT = 1 << 30, WINDOW_LOG = 23 };

struct getting {
	int in;
	const char *path;
	uint64_t at, end;            /* of the sealed chunks */
	uint8_t head[OBJECT_HEAD];
	size_t mark;                 /* OBJECT_MARK, or 0 in the first form */
	struct str list;             /* empty in the first form */
	size_t segment;
	crypto_secretstream_xchacha20poly1305_state state;
	bool opened_any;
	ZSTD_DCtx *zstd;             /* NULL: was not compressed */
	uint8_t *unpacked;
	size_t room;                 /* there */
	size_t unfinished;           /* zstd expects more */
	vault_piece_fn sink;         /* where it goes, with CONTEXT; or NULL */
	int fd;                      /* or -1: into memory */
	struct str *memory;
	uint64_t done;
	vault_bytes_fn progress;
	void *context;
};

static int altered(const struct getting *get, const char *why, struct error *err)
{
	return error_set(err, ERR_INPUT, get->path, _("Restore it from a backup: objects never change"), "%s",
			 why);
}

static int read_at(const struct getting *get, uint64_t at, void *to, size_t length, struct error *err)
{
	size_t filled = 0;

	while (filled < length) {
		ssize_t got = pread(get->in, (char *)to + filled, length - filled, (off_t)(at + filled));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, ERR_INPUT, get->path, NULL);
		if (got == 0)
			return altered(get, _("the attachment was cut short"), err);
		filled += (size_t)got;
	}
	return 0;
}

/* ---- first stage: reading, and checking what the name vouches for */

static int check_segment(const struct getting *get, const struct segment *segment, struct error *err)
{
	uint8_t hash[HASH_BYTES];

	if (!get->list.length)
		return 0;
	object_segment_hash(get->head, segment->sealed, segment->sealed_length, hash);
	return memcmp(hash, get->list.bytes + get->segment * HASH_BYTES, HASH_BYTES) == 0 ?
		       0 : altered(get, _("the attachment was altered"), err);
}

static int read_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct getting *get = context;
	struct segment *segment = slot;
	uint64_t left = get->end - get->at;
	int code;

	segment->sealed_length = left < SEGMENT_SEALED ? (size_t)left : SEGMENT_SEALED;
	code = read_at(get, get->at, segment->sealed, segment->sealed_length, err);
	if (!code)
		code = check_segment(get, segment, err);
	get->at += segment->sealed_length;
	get->segment++;
	*last = segment->last = get->at == get->end;
	return code;
}

/* ---- second stage: opening */

static int open_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct getting *get = context;
	struct segment *segment = slot;
	size_t at = 0;

	(void)last;
	segment->plain_length = 0;
	while (at < segment->sealed_length) {
		size_t left = segment->sealed_length - at, part = left < SEALED_CHUNK ? left : SEALED_CHUNK;
		bool first = !get->opened_any, final = segment->last && part == left;
		unsigned long long made;
		uint8_t tag;

		if (crypto_secretstream_xchacha20poly1305_pull(
			    &get->state, segment->plain + segment->plain_length, &made, &tag, segment->sealed + at,
			    part, first && get->mark ? get->head : NULL, first ? get->mark : 0) != 0 ||
		    (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) != final)
			return altered(get, _("the attachment does not open"), err);
		get->opened_any = true;
		segment->plain_length += (size_t)made;
		at += part;
	}
	return 0;
}

/* ---- third stage: handing out */

static int hand_over(struct getting *get, const void *bytes, size_t length, struct error *err)
{
	get->done += length;
	if (get->sink)
		return get->sink(get->context, bytes, length, err);
	if (get->fd < 0 && get->done > OBJECT_LIMIT)
		return error_set(err, ERR_INPUT, get->path, _("Write it to a file instead"),
				 _("it is too large for memory"));
	if (get->fd < 0)
		str_add_bytes(get->memory, bytes, length);
	else if (fd_write_all(get->fd, bytes, length) < 0)
		return error_errno(err, ERR_INPUT, _("where the attachment goes"), NULL);
	if (get->progress && get->progress(get->context, get->done))
		return error_set(err, ERR_NO, _("attachment"), NULL, _("it was cancelled"));
	return 0;
}

static int unpack(struct getting *get, const struct segment *segment, struct error *err)
{
	ZSTD_inBuffer in = { segment->plain, segment->plain_length, 0 };
	ZSTD_outBuffer out = { get->unpacked, get->room, 0 };
	int code = 0;

	do {
		out.pos = 0;
		get->unfinished = ZSTD_decompressStream(get->zstd, &out, &in);
		if (ZSTD_isError(get->unfinished))
			return altered(get, _("the attachment does not unpack"), err);
		code = hand_over(get, out.dst, out.pos, err);
	} while (!code && (in.pos < in.size || (out.pos == out.size && get->unfinished)));
	if (!code && segment->last && get->unfinished)
		code = altered(get, _("the attachment does not unpack"), err);
	return code;
}

static int write_stage(void *context, void *slot, bool *last, struct error *err)
{
	struct getting *get = context;
	const struct segment *segment = slot;

	(void)last;
	return get->zstd ? unpack(get, segment, err) :
			   hand_over(get, segment->plain, segment->plain_length, err);
}

/* ---- the name */

/* The first form: everything under one hash. */
static int check_whole(const struct getting *get, const char *name, struct error *err)
{
	crypto_generichash_state state;
	uint8_t *part = mem_alloc(SEGMENT_SEALED), hash[HASH_BYTES];
	char found[65];
	int code = 0;

	crypto_generichash_init(&state, (const uint8_t *)"psirtty object 1", 16, HASH_BYTES);
	for (uint64_t at = 0; !code && at < get->end;) {
		uint64_t left = get->end - at;
		size_t length = left < SEGMENT_SEALED ? (size_t)left : SEGMENT_SEALED;

		code = read_at(get, at, part, length, err);
		crypto_generichash_update(&state, part, length);
		at += length;
	}
	free(part);
	crypto_generichash_final(&state, hash, HASH_BYTES);
	sodium_bin2hex(found, sizeof(found), hash, sizeof(hash));
	return code || str_equal(found, name) ? code : altered(get, _("the attachment was altered"), err);
}

/* The list lies behind the chunks, its length behind it. */
static int read_list(struct getting *get, uint64_t size, struct error *err)
{
	uint8_t count[8];
	uint64_t n, chunks;
	int code;

	if (size < OBJECT_HEAD + sizeof(count))
		return altered(get, _("the attachment was cut short"), err);
	code = read_at(get, size - sizeof(count), count, sizeof(count), err);
	n = get64(count);
	if (code)
		return code;
	if (n == 0 || n > size / HASH_BYTES || size - OBJECT_HEAD - sizeof(count) < n * HASH_BYTES)
		return altered(get, _("the attachment was altered"), err);
	chunks = size - OBJECT_HEAD - sizeof(count) - n * HASH_BYTES;
	if (n != (chunks + SEGMENT_SEALED - 1) / SEGMENT_SEALED)
		return altered(get, _("the attachment was altered"), err);
	get->end = OBJECT_HEAD + chunks;
	str_release(&get->list);
	get->list.bytes = mem_alloc(n * HASH_BYTES + 1);
	get->list.length = get->list.capacity = n * HASH_BYTES;
	return read_at(get, get->end, get->list.bytes, get->list.length, err);
}

static int check_name(struct getting *get, const char *name, uint64_t size, struct error *err)
{
	static const uint8_t magic[] = OBJECT_MAGIC;
	char found[65];
	int code = size < STREAM_HEAD ? altered(get, _("the attachment was cut short"), err) :
					read_at(get, 0, get->head, size < OBJECT_HEAD ? STREAM_HEAD : OBJECT_HEAD, err);

	if (code)
		return code;
	if (memcmp(get->head, magic, sizeof(magic)) != 0) {
		get->at = STREAM_HEAD;
		get->end = size;
		return check_whole(get, name, err);
	}
	get->at = OBJECT_HEAD;
	get->mark = OBJECT_MARK;
	code = read_list(get, size, err);
	if (code)
		return code;
	object_name_of(get->head, &get->list, found);
	if (!str_equal(found, name))
		return altered(get, _("the attachment was altered"), err);
	if (get->head[OBJECT_FLAGS] & ~(OBJECT_ZSTD | OBJECT_SHA256))
		return error_set(err, ERR_INPUT, get->path, _("Install a newer psirtty"),
				 _("the attachment was made by a newer program"));
	return 0;
}

static int open_file(struct getting *get, const char *name, struct error *err)
{
	struct stat info;

	get->in = open(get->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (get->in < 0 || fstat(get->in, &info) < 0)
		return error_errno(err, ERR_INPUT, get->path, _("Restore it from a backup"));
	posix_fadvise(get->in, 0, 0, POSIX_FADV_SEQUENTIAL);
	return check_name(get, name, (uint64_t)info.st_size, err);
}

/* ---- the whole */

static int run_get(struct getting *get, const uint8_t key[KEY_BYTES], struct error *err)
{
	static const pipeline_fn stages[] = { read_stage, open_stage, write_stage };
	struct segment segments[SEGMENTS];
	size_t chunks = (size_t)((get->end - get->at + SEALED_CHUNK - 1) / SEALED_CHUNK), count = SEGMENTS;
	int code;

	/* Most are one short chunk: whole segments would cost more than what is in them. */
	if (!chunks)
		chunks = 1;
	if (chunks <= SEGMENT_CHUNKS)
		count = 1;
	else
		chunks = SEGMENT_CHUNKS;
	if (crypto_secretstream_xchacha20poly1305_init_pull(&get->state, get->head + get->mark, key) != 0)
		return altered(get, _("the attachment does not open"), err);
	if (get->mark && get->head[OBJECT_FLAGS] & OBJECT_ZSTD) {
		get->zstd = ZSTD_createDCtx();
		if (!get->zstd)
			BUG("zstd cannot begin");
		ZSTD_DCtx_setParameter(get->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
		get->unpacked = mem_alloc(chunks * CHUNK);
		get->room = chunks * CHUNK;
	}
	segments_new(segments, count, chunks);
	code = pipeline_run(stages, ARRAY_LEN(stages), 2, segments, sizeof(segments[0]), count, get, err);
	segments_release(segments, count);
	if (get->unpacked)
		sodium_memzero(get->unpacked, get->room);
	free(get->unpacked);
	ZSTD_freeDCtx(get->zstd);
	sodium_memzero(&get->state, sizeof(get->state));
	return code;
}

static bool is_name(const char *name)
{
	return name && strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64;
}

static int object_get(struct vault *vault, const char *name, const char *key, struct getting *get,
		      struct error *err)
{
	uint8_t raw[KEY_BYTES];
	AUTO_STRING path = NULL;
	int code;

	if (!is_name(name) || !key || str_unhex(key, raw, sizeof(raw)) != KEY_BYTES)
		return error_set(err, ERR_INPUT, _("attachment"), NULL, _("its reference is malformed"));
	path = object_path(vault->dir, name);
	get->path = path;
	str_init(&get->list);
	code = open_file(get, name, err);
	if (!code)
		code = run_get(get, raw, err);
	if (get->in >= 0)
		close(get->in);
	str_release(&get->list);
	sodium_memzero(raw, sizeof(raw));
	return code;
}

int vault_object_get(struct vault *vault, const char *name, const char *key, struct str *ret,
		     struct error *err)
{
	struct str plain = STR_INIT;
	struct getting get = { .in = -1, .fd = -1, .memory = &plain };
	int code = object_get(vault, name, key, &get, err);

	if (!code)
		str_add_bytes(ret, plain.bytes, plain.length);
	str_wipe(&plain);
	return code;
}

int vault_object_get_fd(struct vault *vault, const char *name, const char *key, int fd,
			vault_bytes_fn progress, void *context, struct error *err)
{
	struct getting get = { .in = -1, .fd = fd, .progress = progress, .context = context };

	return object_get(vault, name, key, &get, err);
}

int vault_object_each(struct vault *vault, const char *name, const char *key, vault_piece_fn fn, void *context,
		      struct error *err)
{
	struct getting get = { .in = -1, .fd = -1, .sink = fn, .context = context };

	return object_get(vault, name, key, &get, err);
}

/* Without any key: every segment read and hashed. */
int object_check(const char *path, const char *name, struct error *err)
{
	struct getting get = { .in = -1, .path = path };
	struct segment segment = { 0 };
	bool last = false;
	int code;

	str_init(&get.list);
	code = open_file(&get, name, err);
	segment.sealed = mem_alloc(SEGMENT_SEALED);
	while (!code && !last && get.list.length)
		code = read_stage(&get, &segment, &last, err);
	free(segment.sealed);
	if (get.in >= 0)
		close(get.in);
	str_release(&get.list);
	return code;
}
