/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a sealed bundle: what is written is read back, and no altered bit of it is. */
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/bundle.h"

static char dir[64], path[96], file[96];
static uint8_t sign_public[32], sign_secret[64];

struct memory_file { const char *bytes; size_t left; };

static long read_some(void *context, void *bytes, size_t length)
{
	struct memory_file *from = context;
	size_t part = length < from->left ? length : from->left;

	if (part > 1000)
		part = 1000;
	memcpy(bytes, from->bytes, part);
	from->bytes += part;
	from->left -= part;
	return (long)part;
}

static const struct bundle_wrap wrap = { .epoch = 3, .stream = { 1 }, .key_id = { 2 }, .member = { 4 }, .sealed = { 5 } };

static const struct bundle_identity identity = { .member = { 9 }, .fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567",
						 .sealed = "sealed root", .length = 11 };

/* A bundle of an identity, two wraps, two events and an attachment. */
static bool make(struct str *ret)
{
	const struct bundle_head head = { .vault = { 7 }, .member = { 8 }, .time = 9 };
	const struct core core = { .kind = CORE_CONTENT, .type = 15, .stream = { 1 }, .parent_count = 1 };
	uint8_t bytes[CORE_MAX], id[HASH_BYTES], nonce[NONCE_BYTES] = { 6 }, sig[SIG_BYTES] = { 3 };
	struct store_row row = { .core = bytes, .nonce = nonce, .body = "sealed body", .sig = sig, .id = id,
				 .core_length = core_write(&core, bytes), .nonce_length = NONCE_BYTES, .body_length = 11,
				 .sig_length = SIG_BYTES, .id_length = HASH_BYTES };
	struct bundle_writer *writer;
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	core_id(row.core, row.core_length, nonce, NONCE_BYTES, row.body, row.body_length, id);
	unlink(path);
	if (bundle_create(path, &head, &writer, &err))
		return false;
	good = !bundle_put_identity(writer, &identity, &err) && !bundle_put_wrap(writer, &wrap, &err) && !bundle_put_wrap(writer, &wrap, &err) &&
	       !bundle_put_event(writer, &row, &err) && !bundle_put_event(writer, &row, &err) &&
	       !bundle_put_object(writer, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", file, &err);
	return !bundle_close(writer, sign_secret, good, &err) && good && file_read(path, 1 << 20, ret, &err) == 0;
}

/* "IWWEEO" for what could be read, and the code in the end. */
static int hear(const struct str *bytes, struct str *heard, struct bundle_end *ret_end)
{
	struct memory_file from = { bytes->bytes, bytes->length };
	struct bundle_reader *reader = bundle_reader_new(read_some, &from);
	struct bundle_record record;
	struct bundle_head head;
	int code = bundle_begin(reader, &head, NULL);
	bool begun = code == 0;

	while (begun && (code = bundle_next(reader, &record, NULL)) == 1) {
		char piece[64];

		str_add_char(heard, "IWEO"[record.kind]);
		if (record.kind == BUNDLE_IDENTITY &&
		    (!str_equal(record.identity.fingerprint, identity.fingerprint) || record.identity.length != 11 ||
		     memcmp(record.identity.sealed, "sealed root", 11) != 0))
			str_add_char(heard, '!');
		if (record.kind == BUNDLE_WRAP && memcmp(&record.wrap, &wrap, sizeof(wrap)) != 0)
			str_add_char(heard, '!');
		if (record.kind == BUNDLE_EVENT && (record.row.body_length != 11 || record.core.type != 15))
			str_add_char(heard, '!');
		while (record.kind == BUNDLE_OBJECT && bundle_read_object(reader, piece, sizeof(piece), NULL) > 0)
			str_add_char(heard, '.');
	}
	if (ret_end)
		*ret_end = *bundle_reader_end(reader);
	bundle_reader_free(reader);
	return code;
}

static void test_round_trip(const struct str *bytes)
{
	struct bundle_end end;
	AUTO_STR heard = STR_INIT;

	CHECK(hear(bytes, &heard, &end) == 0, "a bundle is read to its end");
	CHECK_STR(heard.bytes, "IWWEEO....", "with everything in it");
	CHECK(end.identities == 1 && end.wraps == 2 && end.events == 2 && end.objects == 1, "and counted");
	CHECK(crypto_sign_verify_detached(end.sig, end.hash, HASH_BYTES, sign_public) == 0, "and signed");
	CHECK(bundle_is(bytes->bytes, bytes->length) && !bundle_is("psirtty", 7), "it is known by its first bytes");
}

static void test_altered(struct str *bytes)
{
	size_t refused = 0, bits = bytes->length * 8, cuts = 0;
	AUTO_STR heard = STR_INIT;

	for (size_t bit = 0; bit < bits; bit++) {
		struct bundle_end end = { 0 };
		int code;

		bytes->bytes[bit / 8] ^= (char)(1 << bit % 8);
		code = hear(bytes, &heard, &end);
		refused += code < 0 || crypto_sign_verify_detached(end.sig, end.hash, HASH_BYTES, sign_public) != 0;
		bytes->bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	CHECK(refused == bits, "each of its %zu bits counts: %zu", bits, refused);
	for (size_t length = 0; length < bytes->length; length++) {
		const struct str cut = { bytes->bytes, length, 0 };

		cuts += hear(&cut, &heard, NULL) < 0;
	}
	CHECK(cuts == bytes->length, "cut anywhere it is refused");
	str_add_char(bytes, '\0');
	CHECK(hear(bytes, &heard, NULL) < 0, "and with a byte behind it");
	str_truncate(bytes, bytes->length - 1);
}

/* Claims of size: nothing is believed before it is there. */
static void test_claims(const struct str *bytes)
{
	static const uint64_t claims[] = { 0, 1, 121, 131, 133, UINT64_MAX, (uint64_t)1 << 40, (uint64_t)1 << 31 };
	static const char kinds[] = "IWEOZX";
	AUTO_STR forged = STR_INIT, heard = STR_INIT;
	int refused = 0;

	for (size_t k = 0; kinds[k]; k++)
		for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
			uint8_t length[8];

			str_reset(&forged);
			str_add_bytes(&forged, bytes->bytes, BUNDLE_HEAD);
			str_add_char(&forged, kinds[k]);
			put64(length, claims[i]);
			str_add_bytes(&forged, length, 8);
			str_add_repeat(&forged, 'x', 200);
			refused += hear(&forged, &heard, NULL) < 0;
		}
	CHECK(refused == 6 * ARRAY_LEN(claims), "no claimed length is believed");
}

int main(void)
{
	AUTO_STR bytes = STR_INIT, content = STR_INIT;

	snprintf(dir, sizeof(dir), "/tmp/pst-XXXXXX");
	if (sodium_init() < 0 || !CHECK(mkdtemp(dir) != NULL, "a place"))
		return tap_done();
	snprintf(path, sizeof(path), "%s/bundle", dir);
	snprintf(file, sizeof(file), "%s/object", dir);
	str_add_repeat(&content, 'c', 200);
	file_write(file, content.bytes, content.length, 0600, NULL);
	crypto_sign_keypair(sign_public, sign_secret);
	if (CHECK(make(&bytes), "a bundle is made")) {
		test_round_trip(&bytes);
		test_altered(&bytes);
		test_claims(&bytes);
	}
	file_remove_tree(dir, NULL);
	return tap_done();
}
