/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any bytes as an archive of feeds, as one feed, as a packed record, as what a child says. What is read
 * packs to bytes that unpack to the same bytes again. */
#include "psirtty/format/feed_key.h"
#include "psirtty/format/feed_pack.h"
#include "worker/feed_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int take_record(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err)
{
	struct text_list keys = { 0 };
	AUTO_STR packed = STR_INIT;
	AUTO_STR again = STR_INIT;
	struct feed_unpacked out;

	(void)data;
	(void)err;
	if (bytes && !length)
		abort();
	feed_pack(record, &packed);
	if (!*record->id)
		return 0;
	if (!feed_unpack(packed.bytes, packed.length, false, &out))
		abort();
	feed_pack(&out.record, &again);
	if (again.length != packed.length || memcmp(again.bytes, packed.bytes, packed.length) != 0)
		abort();
	for (size_t i = 0; i < out.record.count; i++)
		feed_keys(&out.record.products[i], &keys);
	text_list_release(&keys);
	feed_unpacked_release(&out);
	return 0;
}

static void take_fault(void *data, const char *where, const char *why)
{
	(void)data;
	if (!where || !why)
		abort();
}

static int read_one(const struct feed_document *document, struct error *err)
{
	const struct feed_sink sink = { take_record, take_fault, NULL };
	struct feed_head head = FEED_HEAD_INIT;

	return document->bytes ? feed_read_memory(document->name, document->bytes, document->length, &sink, &head, err) :
				 feed_read(document->name, document->read, document->context, &sink, &head, err);
}

static int take_document(void *data, uint64_t number, const struct feed_document *document, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;

	(void)data;
	(void)number;
	(void)err;
	if (read_one(document, &why) && !why.why)
		abort();
	return 0;
}

static void fault_document(void *data, uint64_t number, const char *name, const char *why)
{
	(void)number;
	take_fault(data, name, why);
}

static bool is_wanted(void *data, uint64_t number, const char *name)
{
	(void)data;
	(void)name;
	return number % 3 != 2;
}

struct input { const uint8_t *at; size_t left; };

static long read_input(void *context, char *ret, size_t size, struct error *err)
{
	struct input *input = context;
	size_t length = input->left < size ? input->left : size;

	(void)err;
	memcpy(ret, input->at, length);
	input->at += length;
	input->left -= length;
	return (long)length;
}

static void walk(const uint8_t *bytes, size_t length, bool framed)
{
	struct feed_walk walk = { .wanted = is_wanted, .take = take_document, .fault = fault_document };
	struct input input = { bytes, length };
	AUTO_ERROR err = ERROR_INIT;

	if (feed_unpack_walk(&walk, "fuzz", framed, read_input, &input, &err) && !err.why)
		abort();
}

/* The first byte says as what the rest is read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct feed_unpacked unpacked;
	struct feed_event event;
	AUTO_ERROR said = ERROR_INIT;
	uint32_t type;

	if (length < 5)
		return 0;
	memcpy(&type, bytes + 1, sizeof(type));
	switch (bytes[0] % 4) {
	case 0:
		walk(bytes + 1, length - 1, false);
		break;
	case 1:
		walk(bytes + 1, length - 1, true);
		break;
	case 2:
		if (feed_unpack((const char *)bytes + 1, length - 1, bytes[1] & 1, &unpacked))
			feed_unpacked_release(&unpacked);
		break;
	default:
		(void)feed_wire_read(type, (const char *)bytes + 5, length - 5, &event, &said);
	}
	return 0;
}
