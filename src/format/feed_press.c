/* SPDX-License-Identifier: Apache-2.0 */
/* Zstandard with a dictionary: records are short and alike, and say little that is new. */
#define ZDICT_STATIC_LINKING_ONLY
#include "psirtty/format/feed_pack.h"

#include <zdict.h>
#include <zstd.h>

enum { LEVEL = -1, DICTIONARY = 64 << 10, SAMPLES_LEAST = 64, SEGMENT = 256, WORD = 8, TABLE_BITS = 18 };

struct feed_press {
	ZSTD_CCtx *writer;
	ZSTD_DCtx *reader;
	ZSTD_CDict *dictionary_out;
	ZSTD_DDict *dictionary_in;
	void *dictionary; /* owned */
	size_t length;
};

struct feed_press *feed_press_new(const void *dictionary, size_t length)
{
	struct feed_press *press = mem_alloc(sizeof(*press));

	press->dictionary = length ? mem_copy(dictionary, length) : NULL;
	press->length = length;
	return press;
}

void feed_press_free(struct feed_press *press)
{
	if (!press)
		return;
	ZSTD_freeCCtx(press->writer);
	ZSTD_freeDCtx(press->reader);
	ZSTD_freeCDict(press->dictionary_out);
	ZSTD_freeDDict(press->dictionary_in);
	free(press->dictionary);
	free(press);
}

static void ready_to_write(struct feed_press *press)
{
	if (press->writer)
		return;
	press->writer = ZSTD_createCCtx();
	if (press->length)
		press->dictionary_out = ZSTD_createCDict(press->dictionary, press->length, LEVEL);
	if (!press->writer || (press->length && !press->dictionary_out))
		BUG("no context to compress with");
	ZSTD_CCtx_setParameter(press->writer, ZSTD_c_compressionLevel, LEVEL);
	if (press->dictionary_out)
		ZSTD_CCtx_refCDict(press->writer, press->dictionary_out);
}

void feed_press_add(struct feed_press *press, const char *bytes, size_t length, struct str *ret)
{
	size_t bound = ZSTD_compressBound(length), from = ret->length, made;

	ready_to_write(press);
	made = ZSTD_compress2(press->writer, str_add_room(ret, bound), bound, bytes, length);
	if (ZSTD_isError(made))
		BUG("%s", ZSTD_getErrorName(made));
	str_truncate(ret, from + made);
}

static bool ready_to_read(struct feed_press *press)
{
	if (!press->reader)
		press->reader = ZSTD_createDCtx();
	if (press->length && !press->dictionary_in)
		press->dictionary_in = ZSTD_createDDict(press->dictionary, press->length);
	return press->reader && (!press->length || press->dictionary_in);
}

bool feed_press_open(struct feed_press *press, const void *pressed, size_t length, size_t limit, struct str *ret)
{
	unsigned long long size = ZSTD_getFrameContentSize(pressed, length);
	size_t made;

	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > limit || !ready_to_read(press))
		return false;
	str_reset(ret);
	str_add_room(ret, (size_t)size);
	made = press->length ? ZSTD_decompress_usingDDict(press->reader, ret->bytes, (size_t)size, pressed, length,
							  press->dictionary_in) :
			       ZSTD_decompressDCtx(press->reader, ret->bytes, (size_t)size, pressed, length);
	return !ZSTD_isError(made) && made == size;
}

bool feed_press_train(const char *samples, const size_t *sizes, size_t count, struct str *ret)
{
	ZDICT_fastCover_params_t params = { .k = SEGMENT, .d = WORD, .f = TABLE_BITS, .accel = 4, .splitPoint = 1.0,
					    .zParams = { .compressionLevel = LEVEL } };
	AUTO_STR made = STR_INIT;
	size_t length;

	if (count < SAMPLES_LEAST)
		return false;
	length = ZDICT_trainFromBuffer_fastCover(str_add_room(&made, DICTIONARY), DICTIONARY, samples, sizes, (unsigned)count, params);
	if (ZDICT_isError(length))
		return false;
	str_add_bytes(ret, made.bytes, length);
	return true;
}
