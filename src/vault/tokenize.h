/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to words, for searching. Latin and other letters and digits make words, folded; Chinese, Japanese
 * and Korean characters make overlapping pairs; an identifier (CVE-2026-1234, GHSA-…) is a word of its
 * own beside its parts; everything else parts words. Any bytes are text: what is not UTF-8 parts words.
 */
#ifndef PSIRTTY_VAULT_TOKENIZE_H
#define PSIRTTY_VAULT_TOKENIZE_H

#include <sqlite3.h>

#include "psirtty/base/error.h"

enum {
	TOKEN_LIMIT = 128,        /* bytes of a word; the rest of a longer one is left out */
	QUERY_LIMIT = 4000,       /* bytes of a query */
	QUERY_TERMS = 64,
};

struct token {
	const char *bytes;        /* borrowed for the call */
	size_t length;
	size_t begin, end;        /* where it stood in the text */
	bool beside;              /* at the same place as the word before it */
	bool lone;                /* a single character of a script that is written without blanks */
};
/* A value other than 0 ends the walk and is returned. */
typedef int (*token_fn)(void *context, const struct token *token);

/* What is indexed of a text, and what is asked for by a phrase. The two differ: a question names an identifier
 * whole, and a run of Chinese by its pairs; what that leaves out it says only in the middle of a phrase. */
enum tokenize_mode { TOKENIZE_TEXT, TOKENIZE_QUESTION };
int tokenize(const char *text, size_t length, enum tokenize_mode mode, token_fn fn, void *context);

/* Makes FTS5's tokenizer "psirtty" known to DB; an SQLite code. */
int tokenize_register(sqlite3 *db);
/* What a handler typed as an expression for MATCH, added to RET: words and "phrases", all of which must occur;
 * a word ending in * is a beginning. ERR_USAGE without any word, or beyond the limits. */
int tokenize_query(const char *query, struct str *ret, struct error *err);

#endif
