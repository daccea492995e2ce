/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives as documents, in one pass and bounded memory: zip (also in zip) by our own reader, which passes over what
 * is not wanted and hands whole small members to a fast decompressor; tar and the compressions by libarchive.
 */
#include "feed_private.h"

#include <libdeflate.h>
#include <zlib.h>

#include "archive_calls.h"
#include "psirtty/base/i18n.h"
#include "unpack.h"

enum { WINDOW = 256 << 10, LAYERS = 4, RATIO = 200, SMALL = 1 << 20, MEMBER_MOST = 16 << 20, NAME_MOST = 1024,
       DOCUMENTS_MOST = 4 << 20, ODD_MOST = 64 << 20 };
#define UNPACKED_MOST ((uint64_t)64 << 30)

/* Bytes that come one after the other, with a window that may be looked at before they are taken. */
struct stream {
	pull_read_fn read;
	void *context;
	char *window;                /* owned */
	size_t at, end;
	uint64_t taken;              /* bytes given to others so far */
};

struct unpacking {
	struct feed_walk *walk;
	struct libdeflate_decompressor *inflater;
	struct error *err;
	struct str packed, plain;    /* of a small member */
};

/* ---- streams */

static void stream_init(struct stream *s, pull_read_fn read, void *context)
{
	*s = (struct stream){ .read = read, .context = context, .window = mem_alloc(WINDOW) };
}

static void stream_release(struct stream *s)
{
	free(s->window);
	s->window = NULL;
}

/* At least WANT bytes in the window (at most WINDOW), or as many as there are; negative on failure. */
static long stream_look(struct stream *s, size_t want, struct error *err)
{
	while (s->end - s->at < want) {
		long got;

		if (s->at) {
			memmove(s->window, s->window + s->at, s->end - s->at);
			s->end -= s->at;
			s->at = 0;
		}
		got = s->read(s->context, s->window + s->end, WINDOW - s->end, err);
		if (got < 0)
			return err && err->code ? err->code : ERR_INPUT;
		if (got == 0)
			break;
		s->end += (size_t)got;
	}
	return (long)(s->end - s->at);
}

static long stream_read(void *context, char *ret, size_t size, struct error *err)
{
	struct stream *s = context;
	size_t length = s->end - s->at;

	if (!length) {
		long got = s->read(s->context, ret, size, err);

		s->taken += got > 0 ? (uint64_t)got : 0;
		return got;
	}
	length = length < size ? length : size;
	memcpy(ret, s->window + s->at, length);
	s->at += length;
	s->taken += length;
	return (long)length;
}

static int stream_exactly(struct stream *s, char *ret, size_t size, const char *name, struct error *err)
{
	while (size) {
		long got = stream_read(s, ret, size, err);

		if (got < 0)
			return err && err->code ? err->code : ERR_INPUT;
		if (got == 0)
			return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("it ends in the middle: it was cut off"));
		ret += got;
		size -= (size_t)got;
	}
	return 0;
}

static int stream_skip(struct stream *s, uint64_t size, const char *name, struct error *err)
{
	while (size) {
		long got = stream_look(s, 1, err);
		size_t length;

		if (got < 0)
			return (int)got;
		if (got == 0)
			return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("it ends in the middle: it was cut off"));
		length = (uint64_t)got < size ? (size_t)got : (size_t)size;
		s->at += length;
		s->taken += length;
		size -= length;
	}
	return 0;
}

static int bomb(const char *name, uint64_t given, uint64_t made, struct error *err)
{
	return error_set(err, ERR_INPUT, name, _("Do not use it"),
			 _("%llu bytes unpack to more than %llu: it is made to fill memory"), (unsigned long long)given,
			 (unsigned long long)made);
}

static bool is_bomb(uint64_t given, uint64_t made)
{
	return made > SMALL && made / RATIO > given;
}

/* ---- one document, or an archive again */

static int unpack_stream(struct unpacking *u, struct stream *s, const char *name, int layer);

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return length >= tail && str_casecmp(name + length - tail, suffix) == 0;
}

/* What stands beside documents in archives and folders: signatures, hashes, lists, pages. */
static bool is_beside(const char *name)
{
	static const char *const suffixes[] = { ".asc", ".sha256", ".sha512", ".sig", ".meta", ".txt", ".md", ".html", ".yml",
						"changes.csv", "deletions.csv", "modified_id.csv", "CNAME",
						"provider-metadata.json", "aggregator.json", "/" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return false;
}

static int count_document(struct unpacking *u, const char *name, uint64_t *ret, struct error *err)
{
	if (u->walk->documents >= DOCUMENTS_MOST)
		return error_set(err, ERR_INPUT, name, NULL, _("it holds more than %d documents"), DOCUMENTS_MOST);
	*ret = u->walk->documents++;
	return 0;
}

/* UTF-16 and the charsets of old XML become UTF-8, whole; all else goes on as it is. */
static bool is_odd(const char *bytes, size_t length)
{
	const char *end = length > 5 && !memcmp(bytes, "<?xml", 5) ? memchr(bytes, '>', length < 200 ? length : 200) : NULL;
	AUTO_STRING head = end ? mem_copy(bytes, (size_t)(end - bytes)) : NULL;
	const char *charset = head ? strstr(head, "encoding=") : NULL;

	if (length >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2) || !bytes[0] || !bytes[1]))
		return true;
	return charset && strlen(charset) > 10 && !str_starts_nocase(charset + 10, "utf-8");
}

static int take_memory(struct unpacking *u, uint64_t number, const char *name, const char *bytes, size_t length)
{
	struct feed_document document = { .name = name, .bytes = bytes, .length = length };
	AUTO_STR plain = STR_INIT;

	if (is_odd(bytes, length)) {
		AUTO_ERROR why = ERROR_INIT;

		if (unpack_document(bytes, length, ODD_MOST, name, &plain, &why)) {
			u->walk->fault(u->walk->data, number, name, str_or_empty(why.why));
			return 0;
		}
		document.bytes = plain.bytes;
		document.length = plain.length;
	}
	return u->walk->take(u->walk->data, number, &document, u->err);
}

static int take_stream(struct unpacking *u, uint64_t number, const char *name, struct stream *s)
{
	long ahead = stream_look(s, 512, u->err);
	AUTO_STR whole = STR_INIT;
	char window[4096];
	long got;

	if (ahead < 0)
		return (int)ahead;
	if (!is_odd(s->window + s->at, (size_t)ahead)) {
		const struct feed_document document = { .name = name, .read = stream_read, .context = s };

		return u->walk->take(u->walk->data, number, &document, u->err);
	}
	while ((got = stream_read(s, window, sizeof(window), u->err)) > 0 && whole.length < ODD_MOST)
		str_add_bytes(&whole, window, (size_t)got);
	return got < 0 ? ERR_INPUT : take_memory(u, number, name, whole.bytes, whole.length);
}

/* ---- zip */

enum zip_signature { ZIP_MEMBER = 0x04034B50, ZIP_DIRECTORY = 0x02014B50, ZIP_END = 0x06054B50, ZIP64_END = 0x06064B50,
		     ZIP64_PLACE = 0x07064B50, ZIP_DESCRIPTOR = 0x08074B50 };
enum zip_method { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

struct zip_member {
	char name[NAME_MOST + 1];
	unsigned flags, method;
	uint32_t crc;
	uint64_t packed, size;
	bool sized;      /* packed and size are known before its bytes */
};

static uint32_t get16(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return b[0] | (uint32_t)b[1] << 8;
}

static uint32_t get32(const char *at)
{
	return get16(at) | get16(at + 2) << 16;
}

static uint64_t get64(const char *at)
{
	return get32(at) | (uint64_t)get32(at + 4) << 32;
}

/* The sizes of a member beyond 4 GiB stand in its extra field. */
static void read_extra(const char *extra, size_t length, struct zip_member *ret)
{
	for (size_t at = 0; at + 4 <= length;) {
		size_t size = get16(extra + at + 2);
		const char *value = extra + at + 4, *end = value + size;

		if (at + 4 + size > length)
			return;
		if (get16(extra + at) == 1) {
			if (ret->size == UINT32_MAX && end - value >= 8) {
				ret->size = get64(value);
				value += 8;
			}
			if (ret->packed == UINT32_MAX && end - value >= 8)
				ret->packed = get64(value);
		}
		at += 4 + size;
	}
}

/* The head of a member, behind its signature. */
static int read_member(struct stream *s, const char *name, struct zip_member *ret, struct error *err)
{
	char head[26], extra[UINT16_MAX];
	size_t name_length, extra_length;
	int code = stream_exactly(s, head, sizeof(head), name, err);

	if (code)
		return code;
	name_length = get16(head + 22);
	extra_length = get16(head + 24);
	*ret = (struct zip_member){ .flags = get16(head + 2), .method = get16(head + 4), .crc = get32(head + 10),
				    .packed = get32(head + 14), .size = get32(head + 18) };
	if (name_length > NAME_MOST)
		return error_set(err, ERR_INPUT, name, NULL, _("a member's name is longer than %d bytes"), NAME_MOST);
	code = stream_exactly(s, ret->name, name_length, name, err);
	if (!code)
		code = stream_exactly(s, extra, extra_length, name, err);
	if (code)
		return code;
	read_extra(extra, extra_length, ret);
	ret->sized = !(ret->flags & 8);
	if (ret->flags & 1)
		return error_set(err, ERR_INPUT, name, _("Unpack it first"), _("it is encrypted"));
	if (ret->method != ZIP_STORED && ret->method != ZIP_DEFLATED)
		return error_set(err, ERR_INPUT, name, _("Unpack it first"), _("it is compressed by a method (%u) that is not read"),
				 ret->method);
	if (!ret->sized && ret->method == ZIP_STORED)
		return error_set(err, ERR_INPUT, name, _("Unpack it first"), _("a member does not say how long it is"));
	return 0;
}

/* A member's bytes as a stream: what is left of it in the archive's, inflated where it must be. */
struct member_stream {
	struct stream *outer;
	const struct zip_member *member;
	uint64_t left;              /* packed bytes not yet taken, where that is known */
	uint64_t given, made;
	z_stream inflater;
	bool inflating, ended;
	uint32_t crc;
	const char *name;
};

static int refill_inflater(struct member_stream *m, struct error *err)
{
	struct stream *s = m->outer;
	long got = stream_look(s, 1, err);

	if (got < 0)
		return (int)got;
	if (got == 0 || (m->member->sized && !m->left))
		return error_set(err, ERR_INPUT, m->name, _("Get the file anew"), _("it ends in the middle: it was cut off"));
	if (m->member->sized && (uint64_t)got > m->left)
		got = (long)m->left;
	m->inflater.next_in = (unsigned char *)s->window + s->at;
	m->inflater.avail_in = (unsigned)got;
	return 0;
}

/* What the inflater took of the window. */
static void account(struct member_stream *m, unsigned before)
{
	unsigned used = before - m->inflater.avail_in;

	m->outer->at += used;
	m->outer->taken += used;
	m->given += used;
	if (m->member->sized)
		m->left -= used;
}

static long inflate_some(struct member_stream *m, char *ret, size_t size, struct error *err)
{
	m->inflater.next_out = (unsigned char *)ret;
	m->inflater.avail_out = (unsigned)size;
	while (m->inflater.avail_out == size && !m->ended) {
		int code = refill_inflater(m, err), state;
		unsigned before;

		if (code)
			return code;
		before = m->inflater.avail_in;
		state = inflate(&m->inflater, Z_NO_FLUSH);
		account(m, before);
		m->ended = state == Z_STREAM_END;
		if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
			return error_set(err, ERR_INPUT, m->name, _("Get the file anew"), _("it cannot be decompressed: %s"),
					 m->inflater.msg ? m->inflater.msg : "zlib");
	}
	return (long)(size - m->inflater.avail_out);
}

static long stored_some(struct member_stream *m, char *ret, size_t size, struct error *err)
{
	long got = 0;

	if (m->left)
		got = stream_read(m->outer, ret, m->left < size ? (size_t)m->left : size, err);
	if (m->left && got == 0)
		return error_set(err, ERR_INPUT, m->name, _("Get the file anew"), _("it ends in the middle: it was cut off"));
	if (got > 0) {
		m->left -= (uint64_t)got;
		m->given += (uint64_t)got;
	}
	return got;
}

static long member_read(void *context, char *ret, size_t size, struct error *err)
{
	struct member_stream *m = context;
	long got = m->inflating ? inflate_some(m, ret, size, err) : stored_some(m, ret, size, err);

	if (got > 0) {
		m->made += (uint64_t)got;
		m->crc = libdeflate_crc32(m->crc, ret, (size_t)got);
		if (is_bomb(m->given, m->made))
			return bomb(m->name, m->given, m->made, err);
	}
	return got;
}

/* What nobody asked for is passed over, so that the next member is reached; then its sum is looked at. */
static int member_finish(struct member_stream *m, struct error *err)
{
	char rest[4096];
	long got = 1;
	uint32_t crc = m->member->crc;

	while (got > 0)
		got = member_read(m, rest, sizeof(rest), err);
	if (m->inflating)
		inflateEnd(&m->inflater);
	if (got < 0)
		return (int)got;
	if (!m->member->sized) {
		char tail[16];
		int code = stream_exactly(m->outer, tail, 12, m->name, err);
		bool marked = !code && get32(tail) == ZIP_DESCRIPTOR;

		if (!code && marked)
			code = stream_exactly(m->outer, tail + 12, 4, m->name, err);
		if (code)
			return code;
		crc = get32(tail + (marked ? 4 : 0));
	} else if (m->left) {
		return stream_skip(m->outer, m->left, m->name, err);
	}
	if (crc != m->crc)
		return error_set(err, ERR_INPUT, m->name, _("Get the file anew"), _("its checksum is wrong: it was changed on the way"));
	return 0;
}

static int unpack_streamed(struct unpacking *u, struct stream *s, const struct zip_member *member, int layer)
{
	struct member_stream m = { .outer = s, .member = member, .left = member->packed, .name = member->name,
				   .inflating = member->method == ZIP_DEFLATED };
	struct stream inner;
	int code = 0, finish;

	if (m.inflating && inflateInit2(&m.inflater, -15) != Z_OK)
		BUG("zlib cannot start");
	stream_init(&inner, member_read, &m);
	code = unpack_stream(u, &inner, member->name, layer + 1);
	stream_release(&inner);
	if (code) {
		if (m.inflating)
			inflateEnd(&m.inflater);
		return code;
	}
	finish = member_finish(&m, u->err);
	return finish;
}

/* A small member of known size, at once. One that is broken is told; the next begins where its head says. */
static int unpack_small(struct unpacking *u, struct stream *s, const struct zip_member *member, uint64_t number)
{
	size_t made = 0;
	enum libdeflate_result result;
	const char *plain;
	int code;

	str_reset(&u->packed);
	code = stream_exactly(s, str_add_room(&u->packed, (size_t)member->packed), (size_t)member->packed, member->name, u->err);
	if (code)
		return code;
	if (member->method == ZIP_STORED) {
		plain = u->packed.bytes;
		made = u->packed.length;
	} else {
		str_reset(&u->plain);
		result = libdeflate_deflate_decompress(u->inflater, u->packed.bytes, u->packed.length,
						       str_add_room(&u->plain, (size_t)member->size), (size_t)member->size, &made);
		plain = u->plain.bytes;
		if (result != LIBDEFLATE_SUCCESS || made != member->size) {
			u->walk->fault(u->walk->data, number, member->name, _("it cannot be decompressed"));
			return 0;
		}
	}
	u->walk->unpacked += made;
	if (libdeflate_crc32(0, plain, made) != member->crc) {
		u->walk->fault(u->walk->data, number, member->name, _("its checksum is wrong: it was changed on the way"));
		return 0;
	}
	return take_memory(u, number, member->name, plain, made);
}

static bool is_archive_name(const char *name)
{
	static const char *const suffixes[] = { ".zip", ".gz", ".xz", ".zst", ".bz2", ".tar", ".tgz" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (has_suffix(name, suffixes[i]))
			return true;
	return false;
}

static int unpack_member(struct unpacking *u, struct stream *s, const struct zip_member *member, int layer)
{
	bool small = member->sized && member->size <= MEMBER_MOST && member->packed <= MEMBER_MOST;
	uint64_t number = 0;
	int code;

	if (is_beside(member->name) && member->sized)
		return stream_skip(s, member->packed, member->name, u->err);
	if (!small || is_archive_name(member->name))
		return unpack_streamed(u, s, member, layer);
	if (is_bomb(member->packed, member->size))
		return bomb(member->name, member->packed, member->size, u->err);
	code = count_document(u, member->name, &number, u->err);
	if (code)
		return code;
	if (!u->walk->wanted(u->walk->data, number, member->name))
		return stream_skip(s, member->packed, member->name, u->err);
	return unpack_small(u, s, member, number);
}

/* Behind the members stands the directory: as many entries as there were members, then the end. */
static int read_directory(struct stream *s, uint32_t signature, uint64_t members, const char *name, struct error *err)
{
	char head[42];
	uint64_t entries = 0;
	int code = 0;

	while (!code && signature == ZIP_DIRECTORY) {
		code = stream_exactly(s, head, sizeof(head), name, err);
		if (!code)
			code = stream_skip(s, get16(head + 24) + get16(head + 26) + get16(head + 28), name, err);
		if (!code)
			code = stream_exactly(s, head, 4, name, err);
		signature = get32(head);
		entries++;
	}
	if (code)
		return code;
	if ((signature != ZIP_END && signature != ZIP64_END && signature != ZIP64_PLACE) || entries != members)
		return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("its directory does not fit what is in it"));
	return 0;
}

static int unpack_zip(struct unpacking *u, struct stream *s, const char *name, int layer)
{
	struct zip_member *member = mem_alloc(sizeof(*member));
	uint64_t members = 0;
	char signature[4];
	int code = stream_exactly(s, signature, sizeof(signature), name, u->err);

	for (; !code && get32(signature) == ZIP_MEMBER; members++) {
		code = read_member(s, name, member, u->err);
		if (!code)
			code = unpack_member(u, s, member, layer);
		if (!code)
			code = stream_exactly(s, signature, sizeof(signature), name, u->err);
		if (!code && u->walk->unpacked > UNPACKED_MOST)
			code = bomb(name, s->taken, u->walk->unpacked, u->err);
	}
	free(member);
	return code ? code : read_directory(s, get32(signature), members, name, u->err);
}

/* ---- libarchive: tar, and one compressed document */

struct archive_input { struct stream *s; struct error *err; char buffer[64 << 10]; };
struct archive_output { struct archive *archive; struct stream *s; const char *name; uint64_t made, before; };

static la_ssize_t give_archive(struct archive *archive, void *context, const void **ret)
{
	struct archive_input *input = context;
	long got = stream_read(input->s, input->buffer, sizeof(input->buffer), input->err);

	if (got < 0)
		archive_set_error(archive, ARCHIVE_FATAL, "%s", str_or_empty(input->err ? input->err->why : NULL));
	*ret = input->buffer;
	return got < 0 ? ARCHIVE_FATAL : got;
}

static int archive_broken(struct archive *archive, const char *name, struct error *err)
{
	if (err->code)
		return err->code;
	return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("it cannot be decompressed: %s"),
			 str_or_empty(archive_error_string(archive)));
}

static long archive_read_some(void *context, char *ret, size_t size, struct error *err)
{
	struct archive_output *o = context;
	la_ssize_t got = archive_read_data(o->archive, ret, size);

	if (got < 0)
		return archive_broken(o->archive, o->name, err);
	o->made += (uint64_t)got;
	if (is_bomb(o->s->taken - o->before, o->made))
		return bomb(o->name, o->s->taken - o->before, o->made, err);
	return (long)got;
}

static int unpack_entries(struct unpacking *u, struct archive *archive, struct stream *s, const char *name, int layer)
{
	struct archive_output output = { archive, s, name, 0, 0 };
	struct archive_entry *entry;
	int state, code = 0;

	while (!code && (state = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
		const char *given = archive_format(archive) == ARCHIVE_FORMAT_RAW ? NULL : archive_entry_pathname(entry);
		AUTO_STRING member = mem_string(given ? given : name);
		struct stream inner;

		if (given && (archive_entry_filetype(entry) != AE_IFREG || is_beside(member)))
			continue;
		stream_init(&inner, archive_read_some, &output);
		code = unpack_stream(u, &inner, member, layer + 1);
		stream_release(&inner);
		if (!code && u->walk->unpacked + output.made > UNPACKED_MOST)
			code = bomb(name, s->taken, output.made, u->err);
	}
	u->walk->unpacked += output.made;
	return code ? code : state == ARCHIVE_EOF ? 0 : archive_broken(archive, name, u->err);
}

static int unpack_archive(struct unpacking *u, struct stream *s, const char *name, int layer)
{
	struct archive_input *input = mem_alloc(sizeof(*input));
	struct archive *archive = archive_read_new();
	int code = 0;

	*input = (struct archive_input){ .s = s, .err = u->err };
	archive_read_support_format_raw(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_bzip2(archive);
	if (archive_read_open(archive, input, NULL, give_archive, NULL) != ARCHIVE_OK)
		code = archive_broken(archive, name, u->err);
	else
		code = unpack_entries(u, archive, s, name, layer);
	archive_read_free(archive);
	free(input);
	return code;
}

/* ---- what it is, by its first bytes */

static bool is_tar(const char *bytes, size_t length)
{
	return length >= 262 && memcmp(bytes + 257, "ustar", 5) == 0;
}

static int unpack_stream(struct unpacking *u, struct stream *s, const char *name, int layer)
{
	static const struct { const char *magic; size_t length; bool zip; } magics[] = {
		{ "PK\3\4", 4, true }, { "\x1F\x8B", 2, false }, { "\xFD" "7zXZ", 5, false }, { "\x28\xB5\x2F\xFD", 4, false },
		{ "BZh", 3, false },
	};
	long ahead = stream_look(s, 512, u->err);
	const char *bytes = s->window + s->at;
	uint64_t number = 0;
	int code;

	if (ahead < 0)
		return (int)ahead;
	for (size_t i = 0; i <= ARRAY_LEN(magics); i++) {
		bool found = i < ARRAY_LEN(magics) ? (size_t)ahead >= magics[i].length &&
							     memcmp(bytes, magics[i].magic, magics[i].length) == 0 :
						     is_tar(bytes, (size_t)ahead);

		if (found && layer >= LAYERS)
			return error_set(u->err, ERR_INPUT, name, _("Do not use it"), _("it is packed more than %d times"), LAYERS);
		if (found)
			return i < ARRAY_LEN(magics) && magics[i].zip ? unpack_zip(u, s, name, layer) : unpack_archive(u, s, name, layer);
	}
	code = count_document(u, name, &number, u->err);
	if (code || !u->walk->wanted(u->walk->data, number, name))
		return code;
	return take_stream(u, number, name, s);
}

/* ---- files one after the other */

struct framed { struct stream *s; uint64_t left; };

static long framed_read(void *context, char *ret, size_t size, struct error *err)
{
	struct framed *f = context;
	long got = f->left ? stream_read(f->s, ret, f->left < size ? (size_t)f->left : size, err) : 0;

	if (got > 0)
		f->left -= (uint64_t)got;
	return got;
}

/* A file that is broken as a whole does not keep the others from being read. */
static int unpack_file(struct unpacking *u, struct stream *s, const char *name, uint64_t size)
{
	struct framed framed = { s, size };
	AUTO_ERROR why = ERROR_INIT;
	struct error *outer = u->err;
	struct stream inner;

	if (!is_beside(name)) {
		stream_init(&inner, framed_read, &framed);
		u->err = &why;
		if (unpack_stream(u, &inner, name, 0)) {
			uint64_t number = u->walk->documents ? u->walk->documents - 1 : 0;

			u->walk->fault(u->walk->data, number, name, str_or_empty(why.why));
		}
		u->err = outer;
		stream_release(&inner);
	}
	return stream_skip(s, framed.left, name, u->err);
}

static int unpack_framed(struct unpacking *u, struct stream *s, const char *name)
{
	int code = 0;
	long ahead;

	while (!code && (ahead = stream_look(s, 1, u->err)) > 0) {
		char numbers[12], file[NAME_MOST + 1] = "";
		uint32_t length;

		code = stream_exactly(s, numbers, sizeof(numbers), name, u->err);
		length = code ? 0 : get32(numbers);
		if (!code && length > NAME_MOST)
			code = error_set(u->err, ERR_BUG, name, NULL, "a frame's name is too long");
		if (!code)
			code = stream_exactly(s, file, length, name, u->err);
		if (!code)
			code = unpack_file(u, s, file, get64(numbers + 4));
	}
	return code ? code : ahead < 0 ? ERR_INPUT : 0;
}

void feed_frame(const char *name, uint64_t size, struct str *ret)
{
	size_t length = strlen(name), cut = length > NAME_MOST ? length - NAME_MOST : 0;
	uint32_t short_length = (uint32_t)(length - cut);

	str_add_bytes(ret, &short_length, sizeof(short_length));
	str_add_bytes(ret, &size, sizeof(size));
	str_add_bytes(ret, name + cut, short_length);
}

int feed_unpack_walk(struct feed_walk *walk, const char *name, bool framed, pull_read_fn read, void *context,
		     struct error *err)
{
	struct unpacking u = { .walk = walk, .inflater = libdeflate_alloc_decompressor(), .err = err, .packed = STR_INIT,
			       .plain = STR_INIT };
	struct stream s;
	int code;

	stream_init(&s, read, context);
	code = framed ? unpack_framed(&u, &s, name) : unpack_stream(&u, &s, name, 0);
	stream_release(&s);
	str_release(&u.packed);
	str_release(&u.plain);
	libdeflate_free_decompressor(u.inflater);
	return code;
}
