/* SPDX-License-Identifier: Apache-2.0 */
/* Names and addresses of keys in the Web Key Directory; the first row is the draft's own example (section 3.1). */
#include "psirtty/format/wkd.h"

#include "tap.h"

static void test_hashes(void)
{
	static const struct { const char *local, *hash; } rows[] = {
		{ "Joe.Doe", "iy9q119eutrkn8s1mk4r39qejnbu3n5q" }, { "joe.doe", "iy9q119eutrkn8s1mk4r39qejnbu3n5q" },
	};
	char hash[33], other[33];
	char local[65] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		wkd_hash(rows[i].local, strlen(rows[i].local), hash);
		CHECK_STR(hash, rows[i].hash, "the name of a key");
	}
	for (size_t n = 1; n <= 64; n++) { /* across the block of SHA-1 */
		memset(local, 'a', n);
		wkd_hash(local, n, hash);
		wkd_hash(local, n - 1, other);
		CHECK_QUIET(strlen(hash) == 32 && strcmp(hash, other) != 0, "length %zu", n);
	}
	CHECK(tap_failed == 0, "every length has a name of its own");
}

static void test_urls(void)
{
	AUTO_STR advanced = STR_INIT;
	AUTO_STR direct = STR_INIT;
	AUTO_STR odd = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(wkd_url("Joe.Doe@Example.ORG", true, &advanced, &err) == 0, "an address");
	CHECK_STR(advanced.bytes, "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/"
				  "iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe", "the advanced method");
	CHECK(wkd_url("Joe.Doe@Example.ORG", false, &direct, &err) == 0, "an address");
	CHECK_STR(direct.bytes, "https://example.org/.well-known/openpgpkey/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe",
		  "the direct method");
	CHECK(wkd_url("a+b/c?d@x.example", false, &odd, &err) == 0 && str_ends(odd.bytes, "?l=a%2Bb%2Fc%3Fd"),
	      "odd characters are escaped");
}

static void test_refused(void)
{
	static const char *const rows[] = { "", "@", "a@", "@b.c", "a", "a@b", "a@.b.c", "a@b..c", "a@b.c.", "a@b c.d",
					    "a@b.c/d", "a@b.c:80", "a b@c.d", "a@b.c#", "a@[::1]", "<a@b.c>", "a@b.c\n",
					    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.c" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR url = STR_INIT;

		CHECK(wkd_url(rows[i], true, &url, NULL) == ERR_INPUT && !url.length, "no address: %zu", i);
	}
}

int main(void)
{
	test_hashes();
	test_urls();
	test_refused();
	return tap_done();
}
