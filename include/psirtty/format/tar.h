/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ustar format (POSIX.1-2017, pax, "ustar Interchange Format"), regular files only: block by block, so
 * that a member of any size passes through constant memory. The same members give the same bytes.
 */
#ifndef PSIRTTY_FORMAT_TAR_H
#define PSIRTTY_FORMAT_TAR_H

#include "psirtty/base/instant.h"
#include "psirtty/base/str.h"

enum { TAR_BLOCK = 512, TAR_END = 2 * TAR_BLOCK, TAR_PATH = 100 };
#define TAR_MEMBER_MAX (((uint64_t)1 << 33) - 1) /* eleven octal digits */

/* Whether PATH is relative, without "..", empty or dot components, backslash or control characters, and has at
 * most TAR_PATH bytes. */
bool tar_path_valid(const char *path);
/* The header block of a file; owner 0, mode 0644. ERR_INPUT for a path that is not valid or a size above
 * TAR_MEMBER_MAX. Behind its bytes come tar_padding() zeros, behind the last member TAR_END zeros. */
int tar_header(const char *path, uint64_t size, instant modified, char ret[TAR_BLOCK], struct error *err);
size_t tar_padding(uint64_t size);

/* ---- reading: bytes are pushed in as they come */

struct tar_limits { size_t members; uint64_t total; }; /* at most so many, and so many bytes of content */
struct tar_member { char path[TAR_PATH + 1]; uint64_t size; instant modified; };
struct tar_handler {
	int (*begin)(void *context, const struct tar_member *member, struct error *err);
	int (*bytes)(void *context, const void *bytes, size_t length, struct error *err);
	int (*end)(void *context, struct error *err); /* of a member */
	void *context;
};
struct tar_reader;
struct tar_reader *tar_reader_new(const struct tar_handler *handler, const struct tar_limits *limits);
void tar_reader_free(struct tar_reader *reader);
/* ERR_INPUT for anything but ustar as tar_header writes it: other kinds of members, paths that are not valid,
 * wrong checksums, more than the limits; or what the handler returned. */
int tar_reader_feed(struct tar_reader *reader, const void *bytes, size_t length, struct error *err);
/* Whether the archive came to its end. ERR_INPUT when it was cut. */
int tar_reader_finish(const struct tar_reader *reader, struct error *err);

#endif
