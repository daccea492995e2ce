/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed pages: what goes in comes out, and a byte altered anywhere, a page moved, brought from another file
 * or cut off gives an error, never other data.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/pages.h"

static char dir[64], path[96];
static const uint8_t key[32] = { 1, 2, 3 }, other_key[32] = { 9 }, vault[16] = { 4 }, member[16] = { 5 };
static const struct pages_owner owner = { key, vault, member };

enum { ROWS = 300 };

static bool fill(struct pages *pages)
{
	return sqlite3_exec(pages_db(pages),
			    "BEGIN; CREATE TABLE t (n INTEGER PRIMARY KEY, b TEXT NOT NULL);"
			    "WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 300)"
			    "INSERT INTO t SELECT n, printf('plaintext-marker-%d-%s', n, hex(zeroblob(40))) FROM c;"
			    "INSERT INTO t VALUES (1000, hex(zeroblob(9000))); COMMIT",
			    NULL, NULL, NULL) == SQLITE_OK;
}

static bool make(const char *name, const struct pages_owner *of)
{
	struct pages *pages = NULL;
	bool good = pages_open(name, PAGES_MAKE, of, &pages, NULL) == 0 && fill(pages) && pages_sync(pages) == 0;

	pages_close(pages);
	return good;
}

/* Whether every row comes out as it went in and the file's structure is whole. */
static bool reads_whole(const char *name)
{
	struct pages *pages = NULL;
	sqlite3_stmt *s = NULL;
	int rows = 0, code = SQLITE_ERROR;
	bool good = pages_open(name, PAGES_READ, &owner, &pages, NULL) == 0;

	if (good && sqlite3_prepare_v2(pages_db(pages), "SELECT n, b FROM t", -1, &s, NULL) == SQLITE_OK)
		while ((code = sqlite3_step(s)) == SQLITE_ROW) {
			AUTO_STRING expected = mem_format("plaintext-marker-%d-", sqlite3_column_int(s, 0));
			const char *text = (const char *)sqlite3_column_text(s, 1);

			rows++;
			/* Wrong data would be worse than none. */
			CHECK_QUIET(text && (str_starts(text, expected) || strlen(text) == 18000),
				    "row %d holds what it never held", sqlite3_column_int(s, 0));
		}
	sqlite3_finalize(s);
	s = NULL;
	good = good && code == SQLITE_DONE && rows == ROWS + 1 &&
	       sqlite3_prepare_v2(pages_db(pages), "PRAGMA integrity_check", -1, &s, NULL) == SQLITE_OK &&
	       sqlite3_step(s) == SQLITE_ROW && str_equal((const char *)sqlite3_column_text(s, 0), "ok");
	sqlite3_finalize(s);
	good = good && !pages_torn(pages);
	pages_close(pages);
	return good;
}

static void overwrite(const struct str *bytes)
{
	FILE *file = fopen(path, "r+");

	if (!file || fwrite(bytes->bytes, 1, bytes->length, file) != bytes->length ||
	    ftruncate(fileno(file), (off_t)bytes->length) != 0)
		CHECK(false, "the file can be written");
	if (file)
		fclose(file);
}

static void poke(size_t offset, char byte)
{
	FILE *file = fopen(path, "r+");

	if (!file || fseek(file, (long)offset, SEEK_SET) != 0 || fputc(byte, file) == EOF)
		CHECK(false, "a byte can be written");
	if (file)
		fclose(file);
}

static void test_round_trip(struct str *ret)
{
	struct stat info = { 0 };

	CHECK(pages_look(path, &owner) == PAGES_MISSING, "no file yet");
	CHECK(make(path, &owner), "a file is made and filled");
	CHECK(reads_whole(path), "what went in comes out");
	CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600, "nobody else may read the file");
	CHECK(pages_look(path, &owner) == PAGES_OURS, "it is ours");
	CHECK(file_read(path, 1 << 24, ret, NULL) == 0 && ret->length % PAGES_SIZE == 0 && ret->length > 6 * PAGES_SIZE,
	      "it has whole pages");
	CHECK(!memmem(ret->bytes, ret->length, "plaintext-marker", 16) && !memmem(ret->bytes, ret->length, "SQLite", 6) &&
		      !memmem(ret->bytes, ret->length, "CREATE", 6),
	      "and not a word of what is in it");
}

/* Every byte of the header and of the first three pages, and many of the rest. */
static void test_every_byte(const struct str *bytes)
{
	size_t flips = 0;

	for (size_t i = 0; i < bytes->length; i += i < 4 * PAGES_SIZE ? 1 : 61, flips++) {
		poke(i, (char)(bytes->bytes[i] ^ (1 << (i * 5 % 8))));
		CHECK_QUIET(!reads_whole(path), "byte %zu altered: not found", i);
		poke(i, bytes->bytes[i]);
	}
	CHECK(reads_whole(path), "%zu bytes altered one by one are all found, and the file is whole again", flips);
}

static void test_places(const struct str *bytes)
{
	AUTO_STRING second = mem_format("%s.second", path);
	AUTO_STR swapped = STR_INIT, twin = STR_INIT;
	size_t last = bytes->length / PAGES_SIZE - 1;

	str_add_bytes(&swapped, bytes->bytes, bytes->length);
	memcpy(swapped.bytes + 3 * PAGES_SIZE, bytes->bytes + 4 * PAGES_SIZE, PAGES_SIZE);
	memcpy(swapped.bytes + 4 * PAGES_SIZE, bytes->bytes + 3 * PAGES_SIZE, PAGES_SIZE);
	overwrite(&swapped);
	CHECK(!reads_whole(path), "two pages swapped");
	CHECK(make(second, &owner) && file_read(second, 1 << 24, &twin, NULL) == 0 && twin.length == bytes->length,
	      "a second file with the same rows");
	memcpy(swapped.bytes, bytes->bytes, bytes->length);
	memcpy(swapped.bytes + 3 * PAGES_SIZE, twin.bytes + 3 * PAGES_SIZE, PAGES_SIZE);
	overwrite(&swapped);
	CHECK(!reads_whole(path), "a page of the second file in the place of its twin");
	memcpy(swapped.bytes, twin.bytes, PAGES_SIZE);
	memcpy(swapped.bytes + PAGES_SIZE, bytes->bytes + PAGES_SIZE, bytes->length - PAGES_SIZE);
	overwrite(&swapped);
	CHECK(!reads_whole(path), "the header of the second file before the pages of the first");
	for (size_t pages = 0; pages <= last; pages++) {
		struct str cut = { bytes->bytes, pages * PAGES_SIZE, bytes->capacity };

		overwrite(&cut);
		CHECK_QUIET(!reads_whole(path), "cut behind %zu pages: not found", pages);
		cut.length += 4711;
		overwrite(&cut);
		CHECK_QUIET(!reads_whole(path), "cut within page %zu: not found", pages);
	}
	memset(swapped.bytes + 2 * PAGES_SIZE, 0, PAGES_SIZE);
	overwrite(&swapped);
	CHECK(!reads_whole(path), "a page of zeros");
	overwrite(bytes);
	CHECK(reads_whole(path), "whole again");
}

static void test_owners(void)
{
	const struct pages_owner others[] = {
		{ other_key, vault, member }, { key, member, member }, { key, vault, vault },
	};
	struct pages *pages = NULL;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING link = mem_format("%s.link", path);

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		CHECK(pages_look(path, &others[i]) == PAGES_FOREIGN, "another owner's file is told apart");
		CHECK(pages_open(path, PAGES_READ, &others[i], &pages, &err) == ERR_INPUT && err.why, "and not opened");
	}
	CHECK(symlink(path, link) == 0 && pages_look(link, &owner) == PAGES_DAMAGED, "a link is not followed");
	CHECK(pages_look(dir, &owner) == PAGES_DAMAGED, "a folder is no file");
}

/* Pages that a transaction took and gave back before they were written are read again as zeros. */
static void test_large_transaction(void)
{
	static const char sql[] =
		"CREATE TABLE big (n INTEGER PRIMARY KEY, b BLOB); INSERT INTO big VALUES (1, randomblob(3000000));"
		"PRAGMA cache_size = 100; BEGIN; INSERT INTO big VALUES (2, randomblob(300000));"
		"INSERT INTO big VALUES (3, randomblob(300000)); DELETE FROM big WHERE n = 2;"
		"UPDATE big SET b = randomblob(3000000) WHERE n = 1;"
		"INSERT INTO big VALUES (4, randomblob(300000)); COMMIT";
	struct pages *pages = NULL;

	CHECK(pages_open(path, PAGES_WRITE, &owner, &pages, NULL) == 0 &&
		      sqlite3_exec(pages_db(pages), sql, NULL, NULL, NULL) == SQLITE_OK && !pages_torn(pages),
	      "a large transaction reads back what it never wrote");
	pages_close(pages);
	CHECK(reads_whole(path), "and leaves a whole file");
}

int main(void)
{
	AUTO_STR bytes = STR_INIT;

	snprintf(dir, sizeof(dir), "/tmp/pst-XXXXXX");
	if (!mkdtemp(dir) || crypt_start(NULL))
		return 1;
	snprintf(path, sizeof(path), "%s/cache", dir);
	test_round_trip(&bytes);
	test_every_byte(&bytes);
	test_places(&bytes);
	test_owners();
	test_large_transaction();
	file_remove_tree(dir, NULL);
	return tap_done();
}
