/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over OpenPGP packets, by a table of packet rows. */
#include "psirtty/format/openpgp_packets.h"

#include "tests/unit/tap.h"

#define PKESK "C10C03 0102030405060708 010000"
#define ANONYMOUS "C10C03 0000000000000000 010000"
#define OLD_PKESK "840C03 0102030405060708 010000"
#define PKESK6 "C11706 1504 0102030405060708090A0B0C0D0E0F1011121314"
#define ANONYMOUS6 "C10406 0019 00"
#define SKESK "C304040900 08"
#define SEIPD "D203010000"
#define PARTIAL "D2E101 00 02 0000"
#define SED "C903000000"
#define LITERAL "CB0462000000"
#define MARKER "CA03504750"

static const struct {
	const char *name, *hex;
	bool encrypted, unprotected;
	int public_keys, anonymous, passphrases;
} rows[] = {
	{ "one recipient", PKESK SEIPD, true, false, 1, 0, 0 },
	{ "old packet format", OLD_PKESK SEIPD, true, false, 1, 0, 0 },
	{ "two recipients, one hidden", PKESK ANONYMOUS SEIPD, true, false, 2, 1, 0 },
	{ "version 6", PKESK6 ANONYMOUS6 SEIPD, true, false, 2, 1, 0 },
	{ "a passphrase", SKESK SEIPD, true, false, 0, 0, 1 },
	{ "both", SKESK PKESK SEIPD, true, false, 1, 0, 1 },
	{ "in chunks", PKESK PARTIAL, true, false, 1, 0, 0 },
	{ "a marker", MARKER PKESK SEIPD, true, false, 1, 0, 0 },
	{ "no key", SEIPD, true, false, 0, 0, 0 },
	{ "no integrity protection", PKESK SED, false, true, 1, 0, 0 },
	{ "nothing sealed", LITERAL, false, false, 0, 0, 0 },
	{ "text before", LITERAL PKESK SEIPD, false, false, 1, 0, 0 },
	{ "text behind", PKESK SEIPD LITERAL, false, false, 1, 0, 0 },
	{ "two containers", PKESK SEIPD PKESK SEIPD, false, false, 2, 0, 0 },
	{ "a key behind", SEIPD PKESK, false, false, 1, 0, 0 },
	{ "keys alone", PKESK, false, false, 1, 0, 0 },
	{ "cut", PKESK "D2FF00000100 00", false, false, 1, 0, 0 },
	{ "cut in a length", PKESK "D2FF", false, false, 1, 0, 0 },
	{ "not a packet", PKESK "00", false, false, 1, 0, 0 },
	{ "short PKESK", "C10103" SEIPD, true, false, 1, 1, 0 },
	{ "empty PKESK", "C100" SEIPD, true, false, 1, 1, 0 },
	{ "empty", "", false, false, 0, 0, 0 },
};

static size_t unhex(const char *hex, char *ret, size_t limit)
{
	AUTO_STR squeezed = STR_INIT;

	for (; *hex; hex++)
		if (*hex != ' ')
			str_add_char(&squeezed, *hex);
	return (size_t)str_unhex(squeezed.bytes, ret, limit);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char bytes[512];
		size_t length = unhex(rows[i].hex, bytes, sizeof(bytes));
		AUTO_STR armor = STR_INIT, back = STR_INIT;
		struct openpgp_packets p;

		for (int armored = 0; armored < 2; armored++) {
			str_reset(&armor);
			str_add(&armor, "text\n-----BEGIN PGP MESSAGE-----\r\nVersion: x\r\n\r\n");
			str_add_base64(&armor, bytes, length);
			str_add(&armor, "\n=abcd\n-----END PGP MESSAGE-----\n");
			if (armored)
				openpgp_packets_read(armor.bytes, armor.length, &p);
			else
				openpgp_packets_read(bytes, length, &p);
			CHECK(p.encrypted == rows[i].encrypted && p.unprotected == rows[i].unprotected &&
				      p.public_keys == rows[i].public_keys && p.anonymous == rows[i].anonymous &&
				      p.passphrases == rows[i].passphrases,
			      "%s%s", rows[i].name, armored ? ", armored" : "");
		}
		/* Cut anywhere it is never taken for the whole. */
		for (size_t cut = 0; rows[i].encrypted && cut < length; cut++) {
			openpgp_packets_read(bytes, cut, &p);
			CHECK_QUIET(!p.encrypted, "%s cut at %zu", rows[i].name, cut);
		}
	}
}

static void test_ids(void)
{
	struct openpgp_packets p;
	char bytes[512];
	size_t length = unhex(PKESK PKESK6 SEIPD, bytes, sizeof(bytes));
	AUTO_STR many = STR_INIT, two = STR_INIT, out = STR_INIT;

	openpgp_packets_read(bytes, length, &p);
	CHECK(p.key_id_count == 2, "two keys are named");
	CHECK_STR(p.key_ids[0], "0102030405060708", "by key id");
	CHECK_STR(p.key_ids[1], "0102030405060708090A0B0C0D0E0F1011121314", "or fingerprint");
	for (int i = 0; i < 500; i++)
		str_add_bytes(&many, bytes, 14);
	openpgp_packets_read(many.bytes, many.length, &p);
	CHECK(p.public_keys == 500 && p.key_id_count == OPENPGP_RECIPIENTS, "500 are counted, 64 kept");
	for (int i = 0; i < 2; i++)
		str_add(&two, "-----BEGIN PGP MESSAGE-----\n\nwQwDAQIDBAUGBwgBAADSAwEAAA==\n-----END PGP MESSAGE-----\n");
	openpgp_packets_read(two.bytes, two.length / 2, &p);
	CHECK(p.encrypted, "one armored block is a message");
	openpgp_packets_read(two.bytes, two.length, &p);
	CHECK(!p.encrypted, "two are not one");
	CHECK(!openpgp_dearmor("words", 5, "MESSAGE", &out) && out.length == 0, "no armor");
}

int main(void)
{
	test_rows();
	test_ids();
	return tap_done();
}
