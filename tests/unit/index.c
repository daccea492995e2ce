/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's cache: what was put is there after the merge, newest first; two sessions, a session that was
 * killed, a marker, another's file and altered bytes cost time and never give wrong answers.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/index_private.h"
#include "vault/vault_private.h"

static char home[64], path[256];
static const uint8_t vault_id[16] = { 0xA1 }, member_id[16] = { 0xB2 }, key[32] = { 3 }, other_key[32] = { 4 };

/* A vault that has nothing but its cache. */
static void begin(struct vault *vault)
{
	*vault = (struct vault){ .opened = true };
	vault->index = index_open(vault_id, member_id, key);
}

static void end(struct vault *vault, uint64_t gseq)
{
	vault->log.gseq = gseq;
	memset(vault->log.hash, (int)gseq, HASH_BYTES);
	vault_cache_end(vault);
}

static void start_anew(void)
{
	AUTO_STRING dir = mem_format("%s/psirtty", home);

	if (file_exists(dir))
		file_remove_tree(dir, NULL);
}

static void put_row(struct vault *vault, uint8_t number, const char *text)
{
	struct vault_brief brief = { .kind = BRIEF_CASE, .key = { number }, .stream = { number }, .bytes = text,
				     .length = strlen(text) };

	vault_brief_put(vault, &brief);
}

static void put_text(struct vault *vault, uint64_t gseq, uint8_t stream, const char *text)
{
	const uint8_t id[16] = { stream };

	vault_text_put(vault, gseq, id, text, strlen(text));
}

static int list_row(void *context, const struct vault_brief *brief, struct error *err)
{
	(void)err;
	str_add_format(context, "%d/%d:%.*s ", (int)brief->kind, brief->key[0], (int)brief->length,
		       (const char *)brief->bytes);
	return 0;
}

static void check_rows(struct vault *vault, const char *expected, const char *name)
{
	AUTO_STR list = STR_INIT;

	CHECK_QUIET(vault_brief_each(vault, true, list_row, &list, NULL) == 0, "%s: the rows can be read", name);
	CHECK_STR(list.bytes, expected, name);
}

static void check_hits(struct vault *vault, const char *query, bool best, size_t limit, const char *expected,
		       const char *name)
{
	AUTO_STR list = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct vault_hit *hits = NULL;
	size_t count = 0;
	int code = vault_search(vault, query, best, limit, &hits, &count, &err);

	CHECK_QUIET(code == 0, "%s: %s", name, str_or_empty(err.why));
	for (size_t i = 0; i < count; i++)
		str_add_format(&list, "%llu/%d ", (unsigned long long)hits[i].gseq, hits[i].stream[0]);
	CHECK_STR(list.bytes, expected, name);
	free(hits);
}

/* A file with three rows and four texts, standing for ten events. */
static void make_file(void)
{
	struct vault vault;

	start_anew();
	begin(&vault);
	CHECK_QUIET(vault_cache_state(&vault) == VAULT_CACHE_NONE, "no file yet");
	put_row(&vault, 3, "three");
	put_row(&vault, 1, "one");
	put_row(&vault, 2, "two");
	vault_brief_done(&vault, 1, 10, true);
	put_text(&vault, 2, 1, "heap overflow in the parser");
	put_text(&vault, 5, 2, "a second heap, and another heap");
	put_text(&vault, 7, 1, "\u6f0f\u6d1e CVE-2026-7");
	put_text(&vault, 9, 3, "heap");
	vault_text_put(&vault, 10, vault_id, "", 0);
	end(&vault, 10);
}

static void test_round_trip(void)
{
	struct vault vault;
	struct stat info = { 0 }, folder = { 0 };
	AUTO_STRING dir = mem_string(path);
	AUTO_STR bytes = STR_INIT;

	make_file();
	*strrchr(dir, '/') = '\0';
	CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600 && stat(dir, &folder) == 0 &&
		      (folder.st_mode & 0777) == 0700,
	      "the file and its folder are the member's alone");
	CHECK(file_read(path, 1 << 24, &bytes, NULL) == 0 && !memmem(bytes.bytes, bytes.length, "overflow", 8) &&
		      !memmem(bytes.bytes, bytes.length, "three", 5),
	      "no word of it is in the clear");
	begin(&vault);
	CHECK(vault_cache_state(&vault) == VAULT_CACHE_READY && !vault_cache_reason(&vault), "it is read the next time: %s",
	      str_or_empty(vault_cache_reason(&vault)));
	CHECK(vault_brief_head(&vault, 1) == 10 && vault_text_head(&vault) == 10, "it knows what it stands for");
	CHECK(vault_brief_head(&vault, 2) == 0, "rows of another version are none");
	check_rows(&vault, "1/1:one 1/2:two 1/3:three ", "rows come in the order of their keys");
	check_hits(&vault, "heap", false, 9, "9/3 5/2 2/1 ", "hits come newest first");
	check_hits(&vault, "heap", false, 2, "9/3 5/2 ", "no more than asked for");
	check_hits(&vault, "heap", true, 1, "9/3 ", "the best first, when asked for");
	check_hits(&vault, "\u6f0f", false, 9, "7/1 ", "a Chinese character");
	check_hits(&vault, "cve-2026-7", false, 9, "7/1 ", "an identifier");
	check_hits(&vault, "heap parser", false, 9, "2/1 ", "every word must occur");
	check_hits(&vault, "nothing", false, 9, "", "nothing where there is nothing");
	end(&vault, 10);
}

static void test_delta(void)
{
	struct vault vault;

	make_file();
	begin(&vault);
	put_row(&vault, 2, "two again");
	put_row(&vault, 3, "");
	put_row(&vault, 4, "four");
	put_text(&vault, 11, 4, "heap of new");
	put_text(&vault, 12, 4, "other");
	put_text(&vault, 4, 2, "an older heap that became readable");
	put_text(&vault, 5, 2, "put twice heap twice");
	CHECK(vault_text_head(&vault) == 12, "the head moves on");
	check_hits(&vault, "heap", false, 9, "11/4 9/3 5/2 4/2 2/1 ", "what was put is found beside what was there");
	check_hits(&vault, "twice", false, 9, "", "a text that is there is not taken twice");
	check_rows(&vault, "1/1:one 1/2:two 1/3:three ", "the file's rows stay as they are in the session");
	vault_brief_done(&vault, 1, 12, false);
	end(&vault, 12);
	begin(&vault);
	CHECK(vault_brief_head(&vault, 1) == 12 && vault_text_head(&vault) == 12, "merged: the heads");
	check_rows(&vault, "1/1:one 1/2:two again 1/4:four ", "merged: the rows");
	check_hits(&vault, "heap", false, 9, "11/4 9/3 5/2 4/2 2/1 ", "merged: the words");
	put_row(&vault, 1, "not done");
	put_text(&vault, 13, 1, "heap last");
	end(&vault, 13);
	begin(&vault);
	CHECK(vault_brief_head(&vault, 1) == 12 && vault_text_head(&vault) == 13, "rows that were not done are not merged");
	check_rows(&vault, "1/1:one 1/2:two again 1/4:four ", "the rows are as before");
	put_row(&vault, 9, "only");
	vault_brief_done(&vault, 2, 13, true);
	CHECK(vault_cache_merge(&vault, NULL) == 0 && vault_cache_state(&vault) == VAULT_CACHE_READY,
	      "a merge within the session");
	check_rows(&vault, "1/9:only ", "rows put anew are all there are");
	CHECK(vault_brief_head(&vault, 2) == 13, "under their new version");
	end(&vault, 13);
}

static void test_forget(void)
{
	const uint8_t one[16] = { 1 }, two[16] = { 2 }, nobody[16] = { 77 };
	struct vault vault;

	make_file();
	begin(&vault);
	vault_text_forget(&vault, nobody);
	vault_text_forget(&vault, two);
	check_hits(&vault, "heap", false, 9, "9/3 2/1 ", "a forgotten stream is not found");
	put_text(&vault, 11, 1, "heap");
	vault_text_forget(&vault, one);
	check_hits(&vault, "heap", false, 9, "9/3 ", "nor what was put of it");
	put_text(&vault, 2, 1, "heap overflow in the parser");
	check_hits(&vault, "heap", false, 9, "11/1 9/3 2/1 ", "what may be read again is found again");
	end(&vault, 11);
	begin(&vault);
	CHECK(vault_text_head(&vault) == 0, "the words left the file, to be indexed anew");
	check_hits(&vault, "heap", false, 9, "", "they are gone");
	check_rows(&vault, "1/1:one 1/2:two 1/3:three ", "the rows are still there");
	put_text(&vault, 9, 3, "heap");
	end(&vault, 11);
	begin(&vault);
	check_hits(&vault, "heap", false, 9, "9/3 ", "indexed anew");
	end(&vault, 11);
	start_anew();
	begin(&vault);
	put_text(&vault, 1, 1, "heap one");
	put_text(&vault, 2, 2, "heap two");
	vault_text_forget(&vault, one);
	CHECK(vault_text_head(&vault) == 0, "forgotten while the file is made: it begins anew");
	put_text(&vault, 2, 2, "heap two");
	check_hits(&vault, "heap", false, 9, "2/2 ", "and holds the rest");
	end(&vault, 2);
}

static void make_rows(void)
{
	struct vault vault;

	start_anew();
	begin(&vault);
	put_row(&vault, 1, "one");
	put_row(&vault, 2, "two");
	put_row(&vault, 3, "three");
	vault_brief_done(&vault, 1, 10, true);
	index_meta_put(vault.index, "name", "kept", 4);
	end(&vault, 10);
}

/* A file that has rows and no words yet gets them in a file of its own, which takes the rows over. */
static void test_first_words(void)
{
	const uint8_t one[16] = { 1 };
	struct vault vault, other;
	AUTO_STR kept = STR_INIT;

	make_rows();
	begin(&vault);
	put_text(&vault, 2, 1, "heap one");
	put_text(&vault, 3, 2, "heap two");
	check_hits(&vault, "heap", false, 9, "3/2 2/1 ", "first words: found at once");
	check_rows(&vault, "1/1:one 1/2:two 1/3:three ", "beside the rows of the file");
	begin(&other);
	CHECK(vault_cache_state(&other) == VAULT_CACHE_SHARED, "another session may read the file meanwhile");
	check_rows(&other, "1/1:one 1/2:two 1/3:three ", "and has its rows");
	put_text(&other, 2, 1, "heap one");
	end(&other, 10);
	put_row(&vault, 2, "two again");
	put_row(&vault, 3, "");
	put_row(&vault, 4, "four");
	vault_brief_done(&vault, 1, 11, false);
	end(&vault, 11);
	begin(&vault);
	CHECK(vault_brief_head(&vault, 1) == 11 && vault_text_head(&vault) == 3, "the heads are there");
	check_rows(&vault, "1/1:one 1/2:two again 1/4:four ", "with the rows of the file and those that were put");
	check_hits(&vault, "heap", false, 9, "3/2 2/1 ", "and the words");
	CHECK(index_meta_get(vault.index, "name", &kept) && str_equal(kept.bytes, "kept"), "and what was kept by name");
	end(&vault, 11);
	make_rows();
	begin(&vault);
	put_text(&vault, 2, 1, "heap one");
	put_row(&vault, 1, "not done");
	end(&vault, 10);
	begin(&vault);
	check_rows(&vault, "1/1:one 1/2:two 1/3:three ", "rows that were not done are not taken");
	end(&vault, 10);
	make_rows();
	begin(&vault);
	put_text(&vault, 2, 1, "heap one");
	put_row(&vault, 9, "only");
	vault_brief_done(&vault, 1, 12, true);
	vault_text_forget(&vault, one);
	CHECK(vault_text_head(&vault) == 0, "forgotten while they are put: they are put again");
	put_text(&vault, 3, 2, "heap two");
	end(&vault, 12);
	begin(&vault);
	check_rows(&vault, "1/9:only ", "rows put anew are all there are");
	check_hits(&vault, "heap", false, 9, "3/2 ", "what was forgotten is not found");
	begin(&other);
	put_row(&other, 9, "of the other");
	vault_brief_done(&other, 1, 13, false);
	end(&vault, 12);
	end(&other, 13);
	make_rows();
	begin(&vault);
	put_text(&vault, 2, 1, "heap one");
	begin(&other);
	end(&vault, 10);
	check_rows(&other, "1/1:one 1/2:two 1/3:three ", "under a reader the file is not replaced");
	end(&other, 10);
	begin(&vault);
	CHECK(vault_text_head(&vault) == 0, "the next session puts the words again");
	end(&vault, 10);
}

static void test_two_sessions(void)
{
	AUTO_STR before = STR_INIT, after = STR_INIT;
	struct vault one, two;

	make_file();
	file_read(path, 1 << 24, &before, NULL);
	begin(&one);
	begin(&two);
	CHECK(vault_cache_state(&one) == VAULT_CACHE_READY && vault_cache_state(&two) == VAULT_CACHE_SHARED &&
		      vault_cache_reason(&two),
	      "the second session is told");
	put_text(&one, 11, 1, "heap of the first");
	put_text(&two, 11, 1, "heap of the first");
	put_text(&two, 12, 1, "heap of the second");
	check_hits(&one, "heap", false, 2, "11/1 9/3 ", "each finds what it put");
	check_hits(&two, "heap", false, 2, "12/1 11/1 ", "and the other what the other put");
	end(&one, 11);
	file_read(path, 1 << 24, &after, NULL);
	CHECK(before.length == after.length && memcmp(before.bytes, after.bytes, before.length) == 0,
	      "nothing is written under a reader");
	check_hits(&two, "heap", false, 9, "12/1 11/1 9/3 5/2 2/1 ", "who still reads it is not disturbed");
	end(&two, 12);
	begin(&one);
	CHECK(vault_text_head(&one) == 12, "who ends last merges");
	end(&one, 12);
	start_anew();
	begin(&one);
	begin(&two);
	CHECK(vault_cache_state(&two) == VAULT_CACHE_SHARED, "while the file is made another session is told, too");
	put_text(&two, 1, 1, "heap");
	check_hits(&two, "heap", false, 9, "1/1 ", "and searches what it put");
	put_text(&one, 1, 1, "heap");
	end(&two, 1);
	end(&one, 1);
	begin(&one);
	CHECK(vault_text_head(&one) == 1, "the first one's file is there");
	end(&one, 1);
}

static void rebuild(const char *name, enum vault_cache_state state)
{
	struct vault vault;

	begin(&vault);
	CHECK(vault_cache_state(&vault) == state && vault_cache_reason(&vault), "%s: told: %s", name,
	      str_or_empty(vault_cache_reason(&vault)));
	CHECK(vault_brief_head(&vault, 1) == 0 && vault_text_head(&vault) == 0, "%s: nothing of it is believed", name);
	put_row(&vault, 1, "anew");
	vault_brief_done(&vault, 1, 3, true);
	put_text(&vault, 3, 1, "heap");
	check_hits(&vault, "heap", false, 9, "3/1 ", "what is put is found at once");
	end(&vault, 3);
	begin(&vault);
	CHECK(vault_cache_state(&vault) == (state == VAULT_CACHE_FOREIGN ? VAULT_CACHE_FOREIGN : VAULT_CACHE_READY),
	      "%s: afterwards", name);
	if (state != VAULT_CACHE_FOREIGN)
		check_rows(&vault, "1/1:anew ", "made anew");
	end(&vault, 3);
}

static void test_states(void)
{
	const struct pages_owner other = { other_key, vault_id, member_id };
	AUTO_STRING dirty = mem_format("%s.dirty", path);
	AUTO_STR bytes = STR_INIT, after = STR_INIT;
	struct pages *pages = NULL;

	make_file();
	file_write(dirty, "", 0, 0600, NULL);
	rebuild("a session that ended while it wrote", VAULT_CACHE_NONE);
	CHECK(!file_exists(dirty), "the marker is gone");
	make_file();
	file_read(path, 1 << 24, &bytes, NULL);
	bytes.bytes[4] = 99;
	file_write(path, bytes.bytes, bytes.length, 0600, NULL);
	rebuild("another version", VAULT_CACHE_NONE);
	file_write(path, "no cache at all", 15, 0600, NULL);
	rebuild("no cache at all", VAULT_CACHE_NONE);
	CHECK(pages_open(path, PAGES_MAKE, &other, &pages, NULL) == 0, "another key's file");
	pages_close(pages);
	str_reset(&bytes);
	file_read(path, 1 << 24, &bytes, NULL);
	rebuild("another key", VAULT_CACHE_FOREIGN);
	file_read(path, 1 << 24, &after, NULL);
	CHECK(bytes.length == after.length && memcmp(bytes.bytes, after.bytes, bytes.length) == 0,
	      "another's file is never touched");
}

static void test_no_folder(void)
{
	struct vault vault;

	setenv("XDG_CACHE_HOME", "/proc/1/none", 1);
	begin(&vault);
	CHECK(vault_cache_state(&vault) == VAULT_CACHE_NONE && vault_cache_reason(&vault), "no folder: told");
	put_row(&vault, 1, "one");
	put_text(&vault, 1, 1, "heap");
	check_hits(&vault, "heap", false, 9, "1/1 ", "no folder: found in memory");
	end(&vault, 1);
	setenv("XDG_CACHE_HOME", home, 1);
}

/* Every byte behind the header: answers are the right ones or there is an error. */
static void test_damage(void)
{
	AUTO_STR bytes = STR_INIT;
	size_t told = 0, flips = 0;

	make_file();
	file_read(path, 1 << 24, &bytes, NULL);
	for (size_t i = 0; i < bytes.length; i += 997, flips++) {
		AUTO_STR list = STR_INIT;
		AUTO_STRING lock = mem_format("%s.lock", path);
		struct vault_hit *hits = NULL;
		struct vault vault;
		size_t count = 0;
		bool rows;

		bytes.bytes[i] ^= 4;
		file_write(path, bytes.bytes, bytes.length, 0600, NULL);
		begin(&vault);
		rows = vault_brief_head(&vault, 1) && vault_brief_each(&vault, true, list_row, &list, NULL) == 0;
		CHECK_QUIET(!rows || str_equal(list.bytes, "1/1:one 1/2:two 1/3:three "), "byte %zu: wrong rows", i);
		if (vault_text_head(&vault) && !vault_search(&vault, "heap", false, 9, &hits, &count, NULL))
			CHECK_QUIET(count == 3, "byte %zu: %zu hits", i, count);
		told += vault_cache_state(&vault) != VAULT_CACHE_READY;
		free(hits);
		index_close(vault.index);
		bytes.bytes[i] ^= 4;
	}
	CHECK(told > flips / 4, "of %zu altered bytes %zu are met at once, and none gives a wrong answer", flips, told);
	file_write(path, bytes.bytes, bytes.length, 0600, NULL);
	bytes.bytes[bytes.length - 5000] ^= 4;
}

/* ---- a session that is killed: N rows, N texts, merged again and again */

static void child(int out)
{
	for (uint64_t round = 1;; round++) {
		struct vault vault;

		begin(&vault);
		for (uint64_t i = 1; i <= 20; i++) {
			AUTO_STRING text = mem_format("heap round%llu %0300llu", (unsigned long long)round, (unsigned long long)i);

			put_row(&vault, (uint8_t)i, text);
			put_text(&vault, vault_text_head(&vault) + 1, (uint8_t)i, text);
		}
		vault_brief_done(&vault, 1, vault_text_head(&vault), false);
		if (write(out, "x", 1) != 1)
			_exit(1);
		end(&vault, vault_text_head(&vault));
		if (write(out, "y", 1) != 1)
			_exit(1);
	}
}

/* Whether the file as it was left is either not believed or right. */
static bool right_or_gone(uint64_t *ret_head)
{
	struct vault vault;
	struct vault_hit *hits = NULL;
	size_t count = 0;
	bool good = true;

	begin(&vault);
	*ret_head = vault_text_head(&vault);
	if (vault_cache_state(&vault) == VAULT_CACHE_READY) {
		good = vault_search(&vault, "heap", false, 100000, &hits, &count, NULL) == 0 && count == *ret_head &&
		       *ret_head % 20 == 0 && vault_brief_head(&vault, 1) == *ret_head;
		for (size_t i = 0; good && i < count; i++)
			good = hits[i].gseq == *ret_head - i;
	}
	free(hits);
	index_close(vault.index);
	return good;
}

static void test_kills(void)
{
	enum { KILLS = 60 };
	size_t gone = 0;

	start_anew();
	for (int i = 0; i < KILLS; i++) {
		int pipes[2], status;
		uint64_t head = 0;
		char byte;
		pid_t pid;

		if (pipe(pipes) < 0 || (pid = fork()) < 0)
			return;
		if (pid == 0) {
			close(pipes[0]);
			child(pipes[1]);
		}
		close(pipes[1]);
		for (int n = 0; n < 1 + i % 5; n++)
			CHECK_QUIET(read(pipes[0], &byte, 1) == 1, "the session works");
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		close(pipes[0]);
		CHECK_QUIET(right_or_gone(&head), "after kill %d the file is wrong and believed", i);
		gone += head == 0;
	}
	CHECK(true, "%d sessions killed: each file right, or not believed (%zu)", KILLS, gone);
}

/* ---- compared with what is read anew */

static void put_same(struct vault *vault, const char *row, const char *text)
{
	vault_cache_anew(vault);
	CHECK_QUIET(vault_brief_head(vault, 1) == 0 && vault_text_head(vault) == 0, "the file counts as empty");
	put_row(vault, 1, "one");
	put_row(vault, 2, row);
	put_row(vault, 3, "three");
	vault_brief_done(vault, 1, 10, true);
	put_text(vault, 2, 1, "heap overflow in the parser");
	put_text(vault, 5, 2, text);
	put_text(vault, 7, 1, "\u6f0f\u6d1e CVE-2026-7");
	put_text(vault, 9, 3, "heap");
	vault_text_put(vault, 10, vault_id, "", 0);
}

static void test_compare(void)
{
	static const char second[] = "a second heap, and another heap";
	struct vault vault;
	size_t rows = 9, texts = 9;
	AUTO_ERROR err = ERROR_INIT;

	make_file();
	begin(&vault);
	put_same(&vault, "two", second);
	CHECK(vault_cache_compare(&vault, &rows, &texts, &err) == 0 && rows == 0 && texts == 0,
	      "the same is the same: %zu rows, %zu texts differ", rows, texts);
	end(&vault, 10);
	begin(&vault);
	CHECK(vault_cache_state(&vault) == VAULT_CACHE_READY && vault_brief_head(&vault, 1) == 10, "and takes the file's place");
	put_same(&vault, "too", "a second stack");
	CHECK(vault_cache_compare(&vault, &rows, &texts, &err) == 0 && rows == 1 && texts > 1,
	      "a row and a text that differ are counted: %zu, %zu", rows, texts);
	end(&vault, 10);
	begin(&vault);
	check_rows(&vault, "1/1:one 1/2:too 1/3:three ", "what was read anew is right from then on");
	check_hits(&vault, "stack", false, 9, "5/2 ", "its words too");
	end(&vault, 10);
}

static void test_meta(void)
{
	AUTO_STR value = STR_INIT;
	struct vault vault;

	make_file();
	begin(&vault);
	CHECK(!index_meta_get(vault.index, "log", &value), "nothing under a name that was not put");
	index_meta_put(vault.index, "log", "snapshot\0of it", 14);
	end(&vault, 10);
	begin(&vault);
	CHECK(index_meta_get(vault.index, "log", &value) && value.length == 14 && memcmp(value.bytes, "snapshot\0of it", 14) == 0,
	      "what was put under a name comes back");
	CHECK(vault_brief_head(&vault, 1) == 10, "and the rest stays");
	end(&vault, 10);
}

/* ---- what a closed cache leaves in memory */

static size_t occurrences(const char *bytes, size_t length, const char *half, const char *other)
{
	size_t count = 0, first = strlen(half), second = strlen(other);

	for (size_t i = 0; i + first + second <= length; i++)
		count += memcmp(bytes + i, half, first) == 0 && memcmp(bytes + i + first, other, second) == 0;
	return count;
}

/* How often HALF stands before OTHER in what this process may write; -1 where that cannot be read. The memory is read without
 * a buffer of the library's: what one look left in such a buffer, freed as it was, the next would find. */
static long in_memory(const char *half, const char *other)
{
	enum { LARGEST = 64 << 20 }; /* the sanitizer's shadow is larger, and no program's text */
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512], rights[8];
	unsigned long from, to;
	long count = maps && memory >= 0 ? 0 : -1;

	while (count >= 0 && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && str_starts(rights, "rw") &&
		    to - from <= LARGEST) {
			char *bytes = mem_alloc(to - from);
			ssize_t got = pread(memory, bytes, to - from, (off_t)from);

			count += got > 0 ? (long)occurrences(bytes, (size_t)got, half, other) : 0;
			explicit_bzero(bytes, to - from); /* or the next look finds what this one saw */
			free(bytes);
		}
	if (maps)
		fclose(maps);
	if (memory >= 0)
		close(memory);
	return count;
}

static void test_memory(void)
{
	static char text[60 * 16]; /* of our own, so that no other copy is about */
	struct vault vault;
	long open_count, closed;

	start_anew();
	begin(&vault);
	for (uint64_t gseq = 1; gseq <= 60; gseq++) {
		size_t length = 0;

		for (int i = 0; i < 60; i++)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "geheim%llu%d ",
						   (unsigned long long)gseq, i);
		put_text(&vault, gseq, 1, text);
	}
	memset(text, 0, sizeof(text));
	check_hits(&vault, "geheim71", false, 1, "7/1 ", "a word is found");
	open_count = in_memory("gehe", "im");
	end(&vault, 60);
	closed = in_memory("gehe", "im");
	if (open_count < 0)
		tap_skip("memory after the cache was closed", "it cannot be read here");
	else
		CHECK(open_count > 0 && closed <= 4, "of %ld words in memory none is left when the cache is closed: %ld",
		      open_count, closed);
}

int main(void)
{
	AUTO_STRING vault_hex = str_hex(vault_id, 16);
	AUTO_STRING member_hex = str_hex(member_id, 16);

	snprintf(home, sizeof(home), "/tmp/pst-XXXXXX");
	if (!mkdtemp(home) || crypt_start(NULL))
		return 1;
	setenv("XDG_CACHE_HOME", home, 1);
	snprintf(path, sizeof(path), "%s/psirtty/%s/%s.index", home, vault_hex, member_hex);
	test_round_trip();
	test_delta();
	test_forget();
	test_first_words();
	test_two_sessions();
	test_states();
	test_no_folder();
	test_damage();
	test_kills();
	test_compare();
	test_meta();
	test_memory();
	file_remove_tree(home, NULL);
	return tap_done();
}
