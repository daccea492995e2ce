/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: a sealed bundle from an enemy who can compute every hash in it: ids and sums are set right where the
 * input has room for them, so that what lies behind these checks is reached too.
 */
#include "vault/bundle_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void mend_event(uint8_t *at, uint64_t length)
{
	size_t core_length;

	if (length < EVENT_FIXED)
		return;
	core_length = get16(at + EVENT_FIXED - 2);
	if (core_length <= length - EVENT_FIXED)
		core_id(at + EVENT_FIXED, core_length, at + HASH_BYTES, NONCE_BYTES, at + EVENT_FIXED + core_length,
			length - EVENT_FIXED - core_length, at);
}

static void mend_end(const uint8_t *bytes, uint8_t *at)
{
	crypto_generichash_state *sum = bundle_sum_new();

	crypto_generichash_update(sum, bytes, (size_t)(at + END_SUMMED - bytes));
	crypto_generichash_final(sum, at + END_SUMMED, HASH_BYTES);
	free(sum);
}

static void mend(uint8_t *bytes, size_t length)
{
	size_t at = BUNDLE_HEAD;

	while (at + RECORD_HEAD <= length) {
		uint64_t claimed = get64(bytes + at + 1), left = length - at - RECORD_HEAD;

		if (claimed > left)
			return;
		if (bytes[at] == RECORD_EVENT)
			mend_event(bytes + at + RECORD_HEAD, claimed);
		else if (bytes[at] == RECORD_END && claimed == END_RECORD)
			mend_end(bytes, bytes + at + RECORD_HEAD);
		at += RECORD_HEAD + (size_t)claimed;
	}
}

struct memory_file { const uint8_t *bytes; size_t left; };

static long read_some(void *context, void *bytes, size_t length)
{
	struct memory_file *file = context;
	size_t part = length < file->left ? length : file->left;

	memcpy(bytes, file->bytes, part);
	file->bytes += part;
	file->left -= part;
	return (long)part;
}

static void look(const struct bundle_record *record, struct bundle_reader *reader)
{
	uint8_t piece[100];

	if (record->kind == BUNDLE_EVENT && (record->row.id_length != HASH_BYTES || record->core.parent_count > CORE_PARENTS))
		abort();
	if (record->kind == BUNDLE_OBJECT && strlen(record->name) != 64)
		abort();
	if (record->kind == BUNDLE_OBJECT && record->size % 2)
		bundle_read_object(reader, piece, sizeof(piece), NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	uint8_t *mended = (uint8_t *)mem_copy(bytes, length);
	struct memory_file file = { mended, length };
	struct bundle_reader *reader = bundle_reader_new(read_some, &file);
	struct bundle_record record;
	struct bundle_head head;
	int code;

	mend(mended, length);
	code = bundle_begin(reader, &head, NULL) ? -1 : 1;
	while (code == 1 && (code = bundle_next(reader, &record, NULL)) == 1)
		look(&record, reader);
	if (code == 0 && file.left)
		abort();
	bundle_reader_free(reader);
	free(mended);
	return 0;
}
