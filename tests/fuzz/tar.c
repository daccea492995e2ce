/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: an archive from anybody. What is handed out keeps to its limits, whatever the pieces. */
#include <stdint.h>

#include "psirtty/format/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct tar_limits limits = { .members = 8, .total = 40000 };

struct seen { uint64_t left, total; size_t members; bool inside; };

static int begin(void *context, const struct tar_member *member, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	if (seen->inside || !tar_path_valid(member->path) || ++seen->members > limits.members)
		abort();
	seen->left = member->size;
	seen->total += member->size;
	seen->inside = true;
	if (seen->total > limits.total)
		abort();
	return 0;
}

static int content(void *context, const void *bytes, size_t length, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	if (!seen->inside || !bytes || length > seen->left)
		abort();
	seen->left -= length;
	return 0;
}

static int end(void *context, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	if (!seen->inside || seen->left)
		abort();
	seen->inside = false;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct seen seen = { 0 };
	const struct tar_handler handler = { begin, content, end, &seen };
	struct tar_reader *reader = tar_reader_new(&handler, &limits);
	size_t piece = length ? 1 + bytes[length - 1] * 5u : 1;
	int code = 0;

	for (size_t at = 0; !code && at < length; at += piece)
		code = tar_reader_feed(reader, bytes + at, length - at < piece ? length - at : piece, NULL);
	if (!code && tar_reader_finish(reader, NULL) == 0 && seen.inside)
		abort();
	tar_reader_free(reader);
	return 0;
}
