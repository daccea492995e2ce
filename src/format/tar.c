/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ustar written and read. The reader takes what the writer makes and little more: it runs where keys are in
 * memory, on bytes that may come from anybody.
 */
#include "psirtty/format/tar.h"

#include "psirtty/base/i18n.h"

/* Places in the header block. */
enum {
	AT_NAME = 0, AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148,
	AT_TYPE = 156, AT_MAGIC = 257, AT_PREFIX = 345, PREFIX = 155,
};

bool tar_path_valid(const char *path)
{
	size_t length = strnlen(path, TAR_PATH + 1), part = 0;

	if (!length || length > TAR_PATH || !utf8_valid(path, length))
		return false;
	for (size_t i = 0; i <= length; i++) {
		if (i < length && path[i] != '/') {
			if ((unsigned char)path[i] < 0x20 || path[i] == 0x7F || path[i] == '\\')
				return false;
			part++;
			continue;
		}
		if (part == 0 || (part == 1 && path[i - 1] == '.') ||
		    (part == 2 && path[i - 1] == '.' && path[i - 2] == '.'))
			return false;
		part = 0;
	}
	return true;
}

size_t tar_padding(uint64_t size)
{
	return (size_t)(-size % TAR_BLOCK);
}

/* ---- writing */

static void put_octal(char *at, size_t digits, uint64_t value)
{
	at[digits] = '\0';
	while (digits-- > 0) {
		at[digits] = (char)('0' + (value & 7));
		value >>= 3;
	}
}

/* The sum over the block with blanks where the sum stands. */
static uint64_t header_sum(const char *block)
{
	uint64_t sum = 8 * ' ';

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? 0 : (unsigned char)block[i];
	return sum;
}

/* Six digits, NUL, blank: as every tar writes it. */
static void put_sum(const char *block, char ret[8])
{
	put_octal(ret, 6, header_sum(block));
	ret[7] = ' ';
}

int tar_header(const char *path, uint64_t size, instant modified, char ret[TAR_BLOCK], struct error *err)
{
	char block[TAR_BLOCK] = { 0 };

	if (!tar_path_valid(path))
		return error_set(err, ERR_INPUT, path, NULL, _("it is no name for a member of an archive"));
	if (size > TAR_MEMBER_MAX)
		return error_set(err, ERR_INPUT, path, NULL, _("it is too large for an archive: 8 GiB at most"));
	memcpy(block + AT_NAME, path, strlen(path));
	put_octal(block + AT_MODE, 7, 0644);
	put_octal(block + AT_UID, 7, 0);
	put_octal(block + AT_GID, 7, 0);
	put_octal(block + AT_SIZE, 11, size);
	put_octal(block + AT_TIME, 11, modified > 0 ? (uint64_t)(modified / INSTANT_SECOND) : 0);
	block[AT_TYPE] = '0';
	memcpy(block + AT_MAGIC, "ustar\00000", 8);
	put_sum(block, block + AT_SUM);
	memcpy(ret, block, TAR_BLOCK);
	return 0;
}

/* ---- reading */

struct tar_reader {
	struct tar_handler handler;
	struct tar_limits limits;
	char block[TAR_BLOCK];
	size_t filled;          /* bytes of the header block that are there */
	uint64_t left;          /* of the member's content */
	size_t padding;         /* behind it */
	size_t members;
	uint64_t total;
	int zeros;              /* blocks of zeros in a row */
	bool inside;
};

struct tar_reader *tar_reader_new(const struct tar_handler *handler, const struct tar_limits *limits)
{
	struct tar_reader *reader = mem_alloc(sizeof(*reader));

	reader->handler = *handler;
	reader->limits = *limits;
	return reader;
}

void tar_reader_free(struct tar_reader *reader)
{
	free(reader);
}

static int malformed(struct error *err, const char *why)
{
	return error_set(err, ERR_INPUT, _("archive"), NULL, "%s", why);
}

/* Octal digits and then NUL or blanks; false for anything else. */
static bool get_octal(const char *at, size_t length, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < length && at[i] == ' ')
		i++;
	for (; i < length && at[i] >= '0' && at[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(at[i] - '0');
	for (; i < length; i++)
		if (at[i] != '\0' && at[i] != ' ')
			return false;
	*ret = value;
	return true;
}

static int read_header(const char *block, struct tar_member *ret, struct error *err)
{
	uint64_t size, time;
	char sum[8];

	put_sum(block, sum);
	if (memcmp(block + AT_MAGIC, "ustar", 5) != 0 || memcmp(block + AT_SUM, sum, sizeof(sum)) != 0)
		return malformed(err, _("it is no ustar archive, or it was altered"));
	if (!get_octal(block + AT_SIZE, 12, &size) || !get_octal(block + AT_TIME, 12, &time) ||
	    time > 253402300799)
		return malformed(err, _("a number in it is malformed"));
	if ((block[AT_TYPE] != '0' && block[AT_TYPE] != '\0') || block[AT_PREFIX])
		return malformed(err, _("it holds something other than plain files with short names"));
	*ret = (struct tar_member){ .size = size, .modified = (instant)time * INSTANT_SECOND };
	memcpy(ret->path, block + AT_NAME, TAR_PATH);
	if (!tar_path_valid(ret->path))
		return malformed(err, _("the name of a file in it leads elsewhere"));
	return 0;
}

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

static int end_member(struct tar_reader *reader, struct error *err)
{
	reader->inside = false;
	return reader->handler.end(reader->handler.context, err);
}

static int take_header(struct tar_reader *reader, struct error *err)
{
	struct tar_member member;
	int code;

	reader->filled = 0;
	if (all_zero(reader->block)) {
		reader->zeros++;
		return 0;
	}
	if (reader->zeros)
		return malformed(err, _("there is more behind its end"));
	code = read_header(reader->block, &member, err);
	if (code)
		return code;
	if (reader->members++ == reader->limits.members || member.size > reader->limits.total - reader->total)
		return malformed(err, _("it holds more than is taken"));
	reader->total += member.size;
	reader->left = member.size;
	reader->padding = tar_padding(member.size);
	reader->inside = true;
	code = reader->handler.begin(reader->handler.context, &member, err);
	return code || reader->left ? code : end_member(reader, err);
}

/* Takes what belongs to the place where the reader stands; returns how much that was. */
static size_t take_some(struct tar_reader *reader, const char *bytes, size_t length, int *code, struct error *err)
{
	size_t part = TAR_BLOCK - reader->filled;

	if (reader->inside) {
		part = reader->left < length ? (size_t)reader->left : length;
		*code = reader->handler.bytes(reader->handler.context, bytes, part, err);
		reader->left -= part;
		if (!*code && !reader->left)
			*code = end_member(reader, err);
		return part;
	}
	if (reader->padding) {
		part = reader->padding < length ? reader->padding : length;
		for (size_t i = 0; i < part; i++)
			if (bytes[i])
				*code = malformed(err, _("there is something between its files"));
		reader->padding -= part;
		return part;
	}
	part = part < length ? part : length;
	memcpy(reader->block + reader->filled, bytes, part);
	reader->filled += part;
	if (reader->filled == TAR_BLOCK)
		*code = take_header(reader, err);
	return part;
}

int tar_reader_feed(struct tar_reader *reader, const void *bytes, size_t length, struct error *err)
{
	const char *at = bytes;
	int code = 0;

	while (!code && length) {
		size_t part = take_some(reader, at, length, &code, err);

		at += part;
		length -= part;
	}
	return code;
}

int tar_reader_finish(const struct tar_reader *reader, struct error *err)
{
	if (reader->zeros >= 2 && !reader->inside && !reader->filled)
		return 0;
	return malformed(err, _("it was cut: its end is missing"));
}
