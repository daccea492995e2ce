/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a text and as a question. Words are valid, bounded and in order; what a text is
 * asked for in its own words is found in it.
 */
#include "vault/tokenize.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct watch { size_t length, last_begin; };

static int watch_token(void *context, const struct token *token)
{
	struct watch *watch = context;

	if (!token->length || token->length > TOKEN_LIMIT || token->begin >= token->end || token->end > watch->length ||
	    !utf8_valid(token->bytes, token->length) || token->begin < watch->last_begin)
		abort();
	watch->last_begin = token->begin;
	return 0;
}

static sqlite3 *open_table(void)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK || tokenize_register(db) != SQLITE_OK ||
	    sqlite3_exec(db, "CREATE VIRTUAL TABLE fts USING fts5 (body, content='', tokenize='psirtty')", NULL, NULL,
			 NULL) != SQLITE_OK)
		abort();
	return db;
}

/* Whether MATCH is understood; and whether it finds the one row. */
static bool finds(sqlite3 *db, const char *match)
{
	sqlite3_stmt *s = NULL;
	int code;

	sqlite3_prepare_v2(db, "SELECT count(*) FROM fts WHERE fts MATCH ?1", -1, &s, NULL);
	sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
	code = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : -1;
	sqlite3_finalize(s);
	if (code < 0)
		abort();
	return code == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static sqlite3 *db;
	AUTO_STR text = STR_INIT, match = STR_INIT;
	struct watch watch = { .length = length };
	sqlite3_stmt *s = NULL;

	if (length > 600)
		return 0;
	db = db ? db : open_table();
	tokenize((const char *)bytes, length, TOKENIZE_TEXT, watch_token, &watch);
	watch.last_begin = 0;
	tokenize((const char *)bytes, length, TOKENIZE_QUESTION, watch_token, &watch);
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			str_add_char(&text, (char)bytes[i]);
	if (tokenize_query(text.bytes, &match, NULL))
		return 0;
	sqlite3_exec(db, "INSERT INTO fts (fts) VALUES ('delete-all')", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO fts (rowid, body) VALUES (1, ?1)", -1, &s, NULL);
	sqlite3_bind_text(s, 1, text.bytes, (int)text.length, SQLITE_STATIC);
	sqlite3_step(s);
	sqlite3_finalize(s);
	if (!finds(db, match.bytes))
		abort();
	return 0;
}
