/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokenizer: its words one by one; what is found in texts, beside a plain search for the same bytes;
 * and random texts against a second formulation of the rules.
 */
#include "vault/tokenize.h"

#include "psirtty/base/text.h"
#include "tap.h"

/* ---- words one by one: "word", "=word" beside the one before it */

static int list_token(void *context, const struct token *token)
{
	struct str *list = context;

	str_add_format(list, "%s%s%.*s", list->length ? " " : "", token->beside ? "=" : "", (int)token->length,
		       token->bytes);
	return 0;
}

static const struct { const char *text, *indexed, *asked; } words[] = {
	{ "", "", "" },
	{ "Heap overflow, line 42!", "heap overflow line 42", "heap overflow line 42" },
	{ "src/net/tls.c", "src net tls c", "src net tls c" },
	{ "openssl_2.3.1-4", "openssl 2 3 1 4", "openssl 2 3 1 4" },
	{ "v1a2", "v1a2", "v1a2" },
	{ "Stra\u00dfe \u00c9cole na\u00efve", "strasse ecole naive", "strasse ecole naive" },
	{ "e\u0301cole", "ecole", "ecole" },
	{ "\u041f\u0440\u0418\u0432\u0435\u0442", "\u043f\u0440\u0438\u0432\u0435\u0442", "\u043f\u0440\u0438\u0432\u0435\u0442" },
	{ "\uff33\uff31\uff2c", "sql", "sql" },
	{ "pass\u200bword\u00ad", "password", "password" },
	{ "\u202egnp.exe", "gnp exe", "gnp exe" },
	{ "\u6f0f", "\u6f0f", "\u6f0f" },
	{ "\u6f0f\u6d1e", "\u6f0f\u6d1e \u6d1e", "\u6f0f\u6d1e" },
	{ "\u7f13\u51b2\u533a", "\u7f13\u51b2 \u51b2\u533a \u533a", "\u7f13\u51b2 \u51b2\u533a" },
	{ "SQL\u6ce8\u5165ok", "sql \u6ce8\u5165 \u5165 ok", "sql \u6ce8\u5165 \u5165 ok" },
	{ "\uff76\uff80", "\u30ab\u30bf \u30bf", "\u30ab\u30bf" },
	{ "\ud55c\uad6d\uc5b4", "\ud55c\uad6d \uad6d\uc5b4 \uc5b4", "\ud55c\uad6d \uad6d\uc5b4" },
	{ "CVE-2026-12345", "cve =cve-2026-12345 2026 12345", "cve-2026-12345" },
	{ "cve\u20112026\u20111 x", "cve =cve-2026-1 2026 1 x", "cve-2026-1 2026 1 x" },
	{ "a CVE-2026-1.", "a cve =cve-2026-1 2026 1", "a cve-2026-1" },
	{ "CNVD-2026-12345", "cnvd =cnvd-2026-12345 2026 12345", "cnvd-2026-12345" },
	{ "GHSA-abCd-2f3g-9x8y", "ghsa =ghsa-abcd-2f3g-9x8y abcd 2f3g 9x8y", "ghsa-abcd-2f3g-9x8y" },
	{ "GHSA-abcd-1234-5678", "ghsa =ghsa-abcd-1234-5678 abcd =abcd-1234-5678 1234 5678",
	  "ghsa-abcd-1234-5678" },
	{ "PSIRT-2026-0001\u6848", "psirt =psirt-2026-0001 2026 0001 \u6848", "psirt-2026-0001 2026 0001 \u6848" },
	{ "CVE-2026-12x", "cve 2026 12x", "cve 2026 12x" },
	{ "CVE-2026", "cve 2026", "cve 2026" },
	{ "\xff\xfe" "abc\x80\xe6\xbc", "abc", "abc" },
};

static void test_words(void)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		AUTO_STR indexed = STR_INIT, asked = STR_INIT;

		tokenize(words[i].text, strlen(words[i].text), TOKENIZE_TEXT, list_token, &indexed);
		tokenize(words[i].text, strlen(words[i].text), TOKENIZE_QUESTION, list_token, &asked);
		CHECK_STR(indexed.bytes, words[i].indexed, "what is indexed");
		CHECK_STR(asked.bytes, words[i].asked, "what is asked for");
	}
}

static int end_at_once(void *context, const struct token *token)
{
	(void)token;
	return ++*(int *)context;
}

static void test_limits(void)
{
	AUTO_STR text = STR_INIT, list = STR_INIT, query = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	int calls = 0;

	str_add_repeat(&text, 'x', TOKEN_LIMIT + 100);
	tokenize(text.bytes, text.length, TOKENIZE_TEXT, list_token, &list);
	CHECK(list.length == TOKEN_LIMIT, "a word has at most %d bytes", TOKEN_LIMIT);
	CHECK(tokenize("a b c", 5, TOKENIZE_TEXT, end_at_once, &calls) == 1 && calls == 1, "a walk can be ended");
	str_reset(&text);
	for (int i = 0; i < QUERY_TERMS; i++)
		str_add(&text, "w ");
	CHECK(tokenize_query(text.bytes, &query, &err) == 0, "%d words can be asked for", QUERY_TERMS);
	str_add(&text, "w");
	CHECK(tokenize_query(text.bytes, &query, &err) == ERR_USAGE, "one more cannot");
	str_reset(&text);
	str_add_repeat(&text, 'x', QUERY_LIMIT);
	CHECK(tokenize_query(text.bytes, &query, &err) == 0, "%d bytes can be asked for", QUERY_LIMIT);
	str_add(&text, "x");
	CHECK(tokenize_query(text.bytes, &query, &err) == ERR_USAGE, "one more cannot");
}

/* ---- questions */

static const struct { const char *query, *match; } questions[] = {
	{ "heap overflow", "\"heap\" \"overflow\"" },
	{ "  \"heap overflow\"  ", "\"heap overflow\"" },
	{ "\"heap overflow", "\"heap overflow\"" },
	{ "over*", "\"over*\"*" },
	{ "\"heap over\"*", "\"heap over\"*" },
	{ "\u6f0f", "\"\u6f0f\"*" },
	{ "\u6f0f\u6d1e\u3000\u63d0\u6743", "\"\u6f0f\u6d1e\" \"\u63d0\u6743\"" },
	{ "sql\u6ce8", "\"sql\u6ce8\"*" },
	{ "-- heap ;)", "\"heap\"" },
	{ "heap\"quoted\"", "\"heap\" \"quoted\"" },
	{ "", NULL }, { "   ", NULL }, { "\"\"", NULL }, { "*", NULL }, { "-- ()", NULL }, { "\xff", NULL },
};

static void test_questions(void)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		AUTO_STR match = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;
		int code = tokenize_query(questions[i].query, &match, &err);

		if (questions[i].match)
			CHECK_STR(match.bytes, questions[i].match, questions[i].query);
		else
			CHECK(code == ERR_USAGE && err.why, "no word in \"%s\"", questions[i].query);
	}
}

/* ---- what is found */

static sqlite3 *db;

static bool open_table(void)
{
	return sqlite3_open(":memory:", &db) == SQLITE_OK && tokenize_register(db) == SQLITE_OK &&
	       sqlite3_exec(db, "CREATE VIRTUAL TABLE fts USING fts5 (body, content='', tokenize='psirtty')", NULL,
			    NULL, NULL) == SQLITE_OK;
}

static void put(long long row, const char *text, size_t length)
{
	sqlite3_stmt *s = NULL;

	sqlite3_prepare_v2(db, "INSERT INTO fts (rowid, body) VALUES (?1, ?2)", -1, &s, NULL);
	sqlite3_bind_int64(s, 1, row);
	sqlite3_bind_text(s, 2, text, (int)length, SQLITE_STATIC);
	CHECK_QUIET(sqlite3_step(s) == SQLITE_DONE, "text %lld is taken", row);
	sqlite3_finalize(s);
}

/* A bit for each row from 1 on; -1: the question was refused. */
static long long find(const char *query)
{
	AUTO_STR match = STR_INIT;
	sqlite3_stmt *s = NULL;
	long long bits = 0;
	int code;

	if (tokenize_query(query, &match, NULL))
		return -1;
	sqlite3_prepare_v2(db, "SELECT rowid FROM fts WHERE fts MATCH ?1", -1, &s, NULL);
	sqlite3_bind_text(s, 1, match.bytes, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(s)) == SQLITE_ROW)
		bits |= 1LL << (sqlite3_column_int64(s, 0) - 1);
	CHECK_QUIET(code == SQLITE_DONE, "%s: %s", match.bytes, sqlite3_errmsg(db));
	sqlite3_finalize(s);
	return bits;
}

static const char *const texts[] = {
	"\u672c\u6b21\u6f0f\u6d1e\u5141\u8bb8\u653b\u51fb\u8005\u63d0\u6743",
	"\u79d1\u6069\u5b9e\u9a8c\u5ba4\u62a5\u544a\u4e86\u4e00\u4e2a\u53cc\u91cd\u91ca\u653e",
	"\u9ed8\u8ba4\u914d\u7f6e\u4e0b\u7684SQL\u6ce8\u5165\u6f0f\u6d1e",
	"The frame reader in src/net/tls.c frees twice (CVE-2026-12196).",
	"openssl_2.3.1-4 from bugs.example.com is affected",
	"Seen again as cve\u20112026\u201112196 in libssl, not in OpenSSL 3.0.14",
	"\u5e94\u6025\u4e2d\u5fc3\u6536\u5f55\u4e3aCNVD-2026-00042",
	"GHSA-2g4f-9xx8-7c5m names the same weakness",
};
#define T(n) (1LL << ((n) - 1))

static const struct { const char *query; long long found; } recalls[] = {
	{ "\u6f0f\u6d1e", T(1) | T(3) },                       /* two characters */
	{ "\u63d0\u6743", T(1) }, { "\u79d1\u6069", T(2) },
	{ "\u53cc\u91cd\u91ca\u653e", T(2) }, { "\u9ed8\u8ba4\u914d\u7f6e", T(3) }, { "\u5e94\u6025\u4e2d\u5fc3", T(7) },
	{ "\u6f0f", T(1) | T(3) }, { "\u6743", T(1) },         /* one character; the last of its run */
	{ "\u51fb\u8005", T(1) },                              /* part of a word */
	{ "SQL\u6ce8\u5165", T(3) }, { "sql\u6ce8", T(3) }, { "\u7684SQL", T(3) }, { "\u4e0b\u7684sql", T(3) },
	{ "\u4e3aCNVD-2026-00042", T(7) },
	{ "CVE-2026-12196", T(4) | T(6) }, { "cve-2026-1*", T(4) | T(6) }, { "CVE-2026-1219", 0 },
	{ "CNVD-2026-00042", T(7) }, { "ghsa-2g4f-9xx8-7c5m", T(8) }, { "GHSA-2g4f*", T(8) },
	{ "openssl", T(5) | T(6) }, { "ssl", 0 }, { "libssl", T(6) },
	{ "src/net/tls.c", T(4) }, { "net/tls.c", T(4) }, { "tls.h", 0 }, { "bugs.example.com", T(5) },
	{ "openssl_2.3.1-4", T(5) }, { "2.3.1", T(5) }, { "3.0", T(6) },
	{ "frees twice", T(4) }, { "twice frees", T(4) }, { "\"frees twice\"", T(4) }, { "\"twice frees\"", 0 },
	{ "fre*", T(4) }, { "\"reader in src\"", T(4) }, { "openssl affected", T(5) },
	{ "\"as CVE-2026-12196 in libssl\"", T(6) }, { "\"CVE-2026-12196 in libtls\"", 0 },
	{ "\u6f0f\u6d1e \u63d0\u6743", T(1) }, { "\u6d1e\u6f0f", 0 },
};

static void test_recall(void)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		put((long long)i + 1, texts[i], strlen(texts[i]));
	for (size_t i = 0; i < ARRAY_LEN(recalls); i++)
		CHECK(find(recalls[i].query) == recalls[i].found, "what \"%s\" finds", recalls[i].query);
}

/* ---- random texts: every run of Chinese of 1 to 4 characters, and every word, is found where plain search
 * finds it and nowhere else */

static unsigned dice(unsigned most)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % most);
}

/* Few letters, so that words meet again. */
static void random_text(struct str *ret)
{
	static const char *const pieces[] = { "\u6f0f", "\u6d1e", "\u63d0", "\u6743", "\u653b", "a", "b", "7", " ", "-",
					      "/", "\xff", "\uff0c", "\u00e9", "\n", "CVE-2026-1", "\"", "*", "X", "_" };

	for (unsigned i = 0, count = dice(40); i < count; i++)
		str_add(ret, pieces[dice(dice(2) ? 5 : ARRAY_LEN(pieces))]);
}

static bool plain_find(const char *text, const char *needle)
{
	return strstr(text, needle) != NULL;
}

static void test_random(void)
{
	enum { TEXTS = 50, QUESTIONS = 4000 };
	static const char *const glyphs[] = { "\u6f0f", "\u6d1e", "\u63d0", "\u6743", "\u653b" };
	struct str made[TEXTS];
	size_t hits = 0;

	sqlite3_exec(db, "INSERT INTO fts (fts) VALUES ('delete-all')", NULL, NULL, NULL);
	for (int i = 0; i < TEXTS; i++) {
		str_init(&made[i]);
		random_text(&made[i]);
		put(i + 1, made[i].bytes, made[i].length);
	}
	for (int q = 0; q < QUESTIONS; q++) {
		AUTO_STR query = STR_INIT;
		long long expected = 0, found;

		for (unsigned i = 0, count = 1 + dice(4); i < count; i++)
			str_add(&query, glyphs[dice(ARRAY_LEN(glyphs))]);
		for (int i = 0; i < TEXTS; i++)
			expected |= plain_find(made[i].bytes, query.bytes) ? 1LL << i : 0;
		found = find(query.bytes);
		hits += expected != 0;
		CHECK_QUIET(found == expected, "%s: found %llx, there is %llx", query.bytes, found, expected);
	}
	CHECK(hits > QUESTIONS / 10, "%zu of %d random questions had an answer, each the right one", hits, QUESTIONS);
	for (int i = 0; i < TEXTS; i++)
		str_release(&made[i]);
}

/* Any bytes: words are valid UTF-8, within the text, in order, and folded already. */
struct watch { size_t length, last_begin; bool good; };

static int watch_token(void *context, const struct token *token)
{
	struct watch *watch = context;

	watch->good = watch->good && token->length > 0 && token->length <= TOKEN_LIMIT && token->begin < token->end &&
		      token->end <= watch->length && utf8_valid(token->bytes, token->length) &&
		      (token->beside || token->begin >= watch->last_begin);
	watch->last_begin = token->begin;
	return 0;
}

static void test_bytes(void)
{
	char bytes[200];

	for (int round = 0; round < 20000; round++) {
		struct watch watch = { .length = dice(sizeof(bytes)), .good = true };

		for (size_t i = 0; i < watch.length; i++)
			bytes[i] = (char)(dice(3) ? "\xe6\xbc\x8f\xea\xb0\x80\xf0\xa0-aZ9\xcc\x81"[dice(14)] : (int)dice(256));
		tokenize(bytes, watch.length, TOKENIZE_TEXT, watch_token, &watch);
		watch.last_begin = 0;
		tokenize(bytes, watch.length, TOKENIZE_QUESTION, watch_token, &watch);
		CHECK_QUIET(watch.good, "round %d gives a word that is none", round);
	}
	CHECK(true, "20,000 texts of any bytes");
}

int main(void)
{
	test_words();
	test_limits();
	test_questions();
	if (CHECK(open_table(), "FTS5 takes the tokenizer")) {
		test_recall();
		test_random();
	}
	test_bytes();
	sqlite3_close(db);
	return tap_done();
}
