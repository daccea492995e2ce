/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's cache at the size of a busy PSIRT: 10,000 cases, 300,000 texts of about 1.5 kB, a third of
 * them mostly Chinese, beside plain SQLite with its own tokenizer in the same run. PSIRTTY_BENCH_CASES makes
 * it smaller.
 */
#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "vault/index_private.h"
#include "vault/vault_private.h"

enum { TEXTS_OF_A_CASE = 30, TEXT_BYTES = 1500, BRIEF_BYTES = 400, ROUNDS = 15 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of the processor alone: says more where others work on the machine too. */
static double processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double rss(void)
{
	long pages = 0, all;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file && fscanf(file, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	if (file)
		fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return times[count / 2];
}

/* ---- texts: a vocabulary with a long tail, so that common and rare words are both there */

static uint64_t state = 88172645463325252u;

static uint64_t dice(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Small numbers often, large ones seldom. */
static unsigned skewed(unsigned most)
{
	double u = (double)(dice() >> 11) / 9007199254740992.0;

	return (unsigned)((double)most * u * u * u * u);
}

static void add_latin(struct str *ret)
{
	static const char *const syllables[] = { "ko", "ra", "mi", "tel", "un", "so", "pre", "dal", "vi", "ner",
						 "or", "eth", "ig", "lum", "ca", "bst" };
	unsigned word = skewed(30000) + 7;

	for (; word; word /= 16)
		str_add(ret, syllables[word % 16]);
	str_add_char(ret, ' ');
}

static void add_chinese(struct str *ret)
{
	static const char *const common[] = { "\u6f0f\u6d1e", "\u653b\u51fb\u8005", "\u7f13\u51b2\u533a\u6ea2\u51fa",
					      "\u8fdc\u7a0b", "\u5185\u5b58", "\u8ba4\u8bc1" };

	if (dice() % 12 == 0) {
		str_add(ret, common[dice() % ARRAY_LEN(common)]);
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		unsigned word = skewed(8000);

		str_add_utf8(ret, 0x4E00 + word * 7 % 3500);
		str_add_utf8(ret, 0x4E00 + word * 13 % 3100);
	}
	if (dice() % 9 == 0)
		str_add(ret, "\uff0c");
}

static void make_text(uint64_t gseq, struct str *ret)
{
	bool chinese = gseq / TEXTS_OF_A_CASE % 3 == 0;

	str_reset(ret);
	str_add_format(ret, "CVE-2026-%llu src/net/tls%u.c libfoo-%u.%u.%u ", (unsigned long long)gseq,
		       skewed(500), skewed(9), skewed(30), skewed(30));
	while (ret->length < TEXT_BYTES)
		if (chinese && dice() % 8)
			add_chinese(ret);
		else
			add_latin(ret);
}

static void stream_of(uint64_t gseq, uint8_t ret[16])
{
	memset(ret, 0, 16);
	put64(ret, (gseq - 1) / TEXTS_OF_A_CASE + 1);
}

/* ---- the cache */

static const uint8_t vault_id[16] = { 1 }, member_id[16] = { 2 };
static uint8_t key[32] = { 3 };

static void open_cache(struct vault *vault)
{
	vault->index = index_open(vault_id, member_id, key);
	vault->opened = true;
}

static void put_brief(struct vault *vault, uint64_t number)
{
	static const char bytes[BRIEF_BYTES] = "title";
	struct vault_brief brief = { .kind = BRIEF_CASE, .bytes = bytes, .length = sizeof(bytes) };

	put64(brief.key, number * 0x9E3779B97F4A7C15u);
	memcpy(brief.stream, brief.key, 16);
	vault_brief_put(vault, &brief);
}

static void put_texts(struct vault *vault, uint64_t from, uint64_t to)
{
	AUTO_STR text = STR_INIT;
	uint8_t stream[16];

	for (uint64_t gseq = from; gseq <= to; gseq++) {
		make_text(gseq, &text);
		stream_of(gseq, stream);
		vault_text_put(vault, gseq, stream, text.bytes, text.length);
	}
	vault->log.gseq = to;
}

static double generator_time(uint64_t texts)
{
	AUTO_STR text = STR_INIT;
	uint64_t kept = state;
	double begun = processor();

	for (uint64_t gseq = 1; gseq <= texts; gseq++)
		make_text(gseq, &text);
	state = kept;
	return processor() - begun;
}

static void build(uint64_t cases)
{
	struct vault vault = { 0 };
	uint64_t texts = cases * TEXTS_OF_A_CASE;
	double making = generator_time(texts), begun, before = rss(), put, grown, work;

	open_cache(&vault);
	begun = now();
	for (uint64_t i = 1; i <= cases; i++)
		put_brief(&vault, i);
	vault_brief_done(&vault, 1, texts, true);
	printf("%-44s %10.1f ms\n", "put the rows", now() - begun);
	begun = now();
	work = processor();
	put_texts(&vault, 1, texts);
	work = processor() - work - making;
	put = now() - begun - making;
	grown = rss() - before;
	printf("%-44s %10.1f ms  %.1f MB/s, processor %.1f ms, RSS +%.1f MB\n", "put the texts", put,
	       (double)texts * TEXT_BYTES / 1e3 / put, work, grown);
	begun = now();
	vault_cache_end(&vault);
	printf("%-44s %10.1f ms\n", "close: the new file", now() - begun);
}

static int count_row(void *context, const struct vault_brief *brief, struct error *err)
{
	(void)brief;
	(void)err;
	++*(size_t *)context;
	return 0;
}

static void time_open(void)
{
	double opens[ROUNDS], lists[ROUNDS];
	size_t rows = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct vault vault = { 0 };
		double begun = now();

		rows = 0;
		open_cache(&vault);
		if (vault_brief_head(&vault, 1) == 0)
			printf("no rows: %s\n", str_or_empty(vault_cache_reason(&vault)));
		opens[i] = now() - begun;
		begun = now();
		vault_brief_each(&vault, true, count_row, &rows, NULL);
		lists[i] = now() - begun;
		index_close(vault.index);
	}
	printf("%-44s %10.2f ms\n", "open", median(opens, ROUNDS));
	printf("%-44s %10.2f ms  %zu rows\n", "read the list", median(lists, ROUNDS), rows);
}

static void time_merge(uint64_t texts, uint64_t more)
{
	double times[ROUNDS], processors[ROUNDS];
	static uint64_t done;

	for (int i = 0; i < ROUNDS; i++) {
		struct vault vault = { 0 };
		double begun, work;

		open_cache(&vault);
		put_texts(&vault, texts + done + 1, texts + done + more);
		for (uint64_t b = 1; b <= more; b++)
			put_brief(&vault, b);
		vault_brief_done(&vault, 1, texts + done + more, false);
		done += more;
		begun = now();
		work = processor();
		vault_cache_end(&vault);
		times[i] = now() - begun;
		processors[i] = processor() - work;
	}
	printf("close: merge of %-28llu %10.2f ms  processor %.2f ms\n", (unsigned long long)more, median(times, ROUNDS),
	       median(processors, ROUNDS));
}

static const struct { const char *name, *query; } queries[] = {
	{ "a Chinese word", "\u6f0f\u6d1e" },
	{ "a Chinese phrase", "\u7f13\u51b2\u533a\u6ea2\u51fa" },
	{ "one Chinese character", "\u6f0f" },
	{ "a CVE id", "CVE-2026-123456" },
	{ "a path", "src/net/tls3.c" },
	{ "a version", "libfoo-1.2.3" },
	{ "two words", "ortel sora" },
	{ "two common words", "dal ner" },
	{ "a beginning", "caort*" },
};

static void time_search(void)
{
	struct vault vault = { 0 };
	double before = rss();

	open_cache(&vault);
	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		double times[ROUNDS], first = 0;
		size_t count = 0;

		for (int i = 0; i < ROUNDS; i++) {
			struct vault_hit *hits = NULL;
			double begun = now();

			vault_search(&vault, queries[q].query, false, 50, &hits, &count, NULL);
			times[i] = now() - begun;
			first = i ? first : times[0];
			free(hits);
		}
		printf("search: %-36s %10.2f ms  first %.2f ms, %zu hits\n", queries[q].name, median(times, ROUNDS),
		       first, count);
	}
	printf("%-44s %10.1f MB\n", "RSS growth with search open", rss() - before);
	index_close(vault.index);
}

/* ---- plain SQLite, unicode61, nothing sealed */

static void plain_search(sqlite3 *db)
{
	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		AUTO_STRING match = mem_format("\"%s\"", queries[q].query);
		double times[ROUNDS];
		size_t count = 0;

		for (int i = 0; i < ROUNDS; i++) {
			sqlite3_stmt *s = NULL;
			double begun = now();

			count = 0;
			sqlite3_prepare_v2(db, "SELECT rowid FROM fts WHERE fts MATCH ?1 ORDER BY rowid DESC LIMIT 50",
					   -1, &s, NULL);
			sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
			while (sqlite3_step(s) == SQLITE_ROW)
				count++;
			sqlite3_finalize(s);
			times[i] = now() - begun;
		}
		printf("plain:  %-36s %10.2f ms  %zu hits\n", queries[q].name, median(times, ROUNDS), count);
	}
}

static void plain(const char *dir, uint64_t cases)
{
	AUTO_STRING path = file_join(dir, "plain.db");
	AUTO_STR text = STR_INIT;
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	uint64_t texts = cases * TEXTS_OF_A_CASE;
	double making = generator_time(texts), begun = now(), took;

	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE VIRTUAL TABLE "
			 "fts USING fts5 (body, content='', tokenize='unicode61'); BEGIN", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO fts (rowid, body) VALUES (?1, ?2)", -1, &s, NULL);
	for (uint64_t gseq = 1; gseq <= texts; gseq++) {
		make_text(gseq, &text);
		sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
		sqlite3_bind_text(s, 2, text.bytes, (int)text.length, SQLITE_STATIC);
		sqlite3_step(s);
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	took = now() - begun - making;
	printf("%-44s %10.1f ms  %.1f MB/s\n", "plain: put the texts", took, (double)texts * TEXT_BYTES / 1e3 / took);
	plain_search(db);
	sqlite3_close(db);
}

static double size_of_cache(const char *dir)
{
	AUTO_STRING vault = str_hex(vault_id, 16);
	AUTO_STRING member = str_hex(member_id, 16);
	AUTO_STRING path = mem_format("%s/psirtty/%s/%s.index", dir, vault, member);
	struct stat info;

	return stat(path, &info) == 0 ? (double)info.st_size / 1e6 : 0;
}

int main(void)
{
	const char *given = getenv("PSIRTTY_BENCH_CASES");
	uint64_t cases = given ? strtoull(given, NULL, 10) : 10000, kept;
	char dir[] = "/tmp/pst-bench-XXXXXX";

	if (!mkdtemp(dir) || crypt_start(NULL))
		return 1;
	setenv("XDG_CACHE_HOME", dir, 1);
	printf("%llu cases, %llu texts of %d bytes\n", (unsigned long long)cases,
	       (unsigned long long)cases * TEXTS_OF_A_CASE, TEXT_BYTES);
	kept = state;
	build(cases);
	printf("%-44s %10.1f MB\n", "the file", size_of_cache(dir));
	time_open();
	time_search();
	time_merge(cases * TEXTS_OF_A_CASE, 100);
	time_merge(cases * TEXTS_OF_A_CASE + 100 * ROUNDS, 1000);
	time_search();
	state = kept;
	plain(dir, cases);
	file_remove_tree(dir, NULL);
	return 0;
}
