/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to words. The same walk serves the index and the question; FTS5 sees it through its table of
 * functions.
 */
#include "vault/tokenize.h"

#include <sodium.h>
#include <utf8proc.h>

#include "psirtty/base/i18n.h"

/* What a code point does to the word it stands in. */
enum class { PART, SKIP, LETTER, PAIR };

enum { IDENTIFIER_LIMIT = 64, NAME_LEAST = 2, NAME_MOST = 16, FOLD_ROOM = 24 };

/* The word being read: one place for a whole text, wiped behind it. */
struct scratch { char word[TOKEN_LIMIT], name[IDENTIFIER_LIMIT]; };

struct walk {
	const char *text, *at, *end;
	struct scratch *scratch;           /* borrowed */
	enum tokenize_mode mode;
	bool plain;                        /* no identifiers: inside of one */
	token_fn fn;
	void *context;
	const char *rest_begin, *rest_end; /* of the last word, said only if something follows it */
};

/* ---- code points */

static bool in_ranges(int32_t c, const int32_t (*ranges)[2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* Scripts written without blanks, or of syllables: Han, Kana, Hangul, Bopomofo. */
static bool is_pair(int32_t c)
{
	static const int32_t ranges[][2] = {
		{ 0x4E00, 0x9FFF }, { 0x3005, 0x3007 }, { 0x3021, 0x3029 }, { 0x3031, 0x3035 },
		{ 0x3041, 0x3096 }, { 0x309D, 0x309F }, { 0x30A1, 0x30FA }, { 0x30FC, 0x30FF },
		{ 0x3105, 0x312F }, { 0x31A0, 0x31BF }, { 0x31F0, 0x31FF }, { 0x3400, 0x4DBF },
		{ 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFF66, 0xFF9D }, { 0x20000, 0x3FFFD },
	};

	return c >= 0x3005 && in_ranges(c, ranges, ARRAY_LEN(ranges));
}

static bool is_ascii_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static enum class class_of(int32_t c)
{
	if (c < 0x80)
		return c >= 0 && is_ascii_word((unsigned char)c) ? LETTER : PART;
	if (is_pair(c))
		return PAIR;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM: case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
		return LETTER;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
		return SKIP;
	default:
		return PART;
	}
}

/* Folds C (case, compatibility forms, marks) into RET, which has FOLD_ROOM * 4 bytes; the length. */
static size_t fold(int32_t c, char *ret)
{
	utf8proc_int32_t folded[FOLD_ROOM];
	int boundary = UTF8PROC_BOUNDCLASS_START;
	utf8proc_ssize_t count;
	size_t length = 0;

	if (c >= 0xAC00 && c <= 0xD7A3)
		return (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)ret);
	count = utf8proc_decompose_char(c, folded, FOLD_ROOM,
					UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
						UTF8PROC_STRIPMARK | UTF8PROC_IGNORE,
					&boundary);
	for (utf8proc_ssize_t i = 0; i < count && i < FOLD_ROOM; i++) {
		enum class class = class_of(folded[i]);

		if (class == LETTER || class == PAIR)
			length += (size_t)utf8proc_encode_char(folded[i], (utf8proc_uint8_t *)ret + length);
	}
	return length;
}

/* ---- telling */

static int walk_range(struct walk *walk);

/* What a question leaves out at its end keeps its place when something follows. */
static int tell_rest(struct walk *walk)
{
	struct scratch scratch;
	struct walk inner = *walk;
	int code;

	if (!walk->rest_begin)
		return 0;
	inner.at = walk->rest_begin;
	inner.end = walk->rest_end;
	inner.plain = true;
	inner.scratch = &scratch; /* the outer word is not told yet */
	inner.rest_begin = walk->rest_begin = NULL;
	code = walk_range(&inner);
	sodium_memzero(&scratch, sizeof(scratch));
	return code;
}

static int tell(struct walk *walk, struct token token, const char *begin, const char *end)
{
	int code = tell_rest(walk);

	token.begin = (size_t)(begin - walk->text);
	token.end = (size_t)(end - walk->text);
	return code ? code : walk->fn(walk->context, &token);
}

/* ---- identifiers */

/* Bytes of the hyphen, or one of those that look like it, at AT; 0. */
static size_t dash_at(const char *at, const char *end)
{
	static const char *const dashes[] = { "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\uff0d" };

	if (at < end && *at == '-')
		return 1;
	for (size_t i = 0; at < end && (unsigned char)*at >= 0xE2 && i < ARRAY_LEN(dashes); i++)
		if (end - at >= 3 && memcmp(at, dashes[i], 3) == 0)
			return 3;
	return 0;
}

/* One part of an identifier, lowered: from LEAST to MOST letters, or digits, or both. */
struct part { size_t least, most; bool letters, digits; };

static bool take_part(const char **at, const char *end, const struct part *part, char *ret, size_t *length)
{
	size_t count = 0;

	for (; *at < end && count <= part->most; (*at)++, count++) {
		unsigned char c = (unsigned char)**at;
		bool digit = c >= '0' && c <= '9', letter = is_ascii_word(c) && !digit;

		if (!(digit && part->digits) && !(letter && part->letters))
			break;
		if (*length < IDENTIFIER_LIMIT)
			ret[(*length)++] = (char)(letter ? c | 32 : c);
	}
	return count >= part->least && count <= part->most;
}

static bool take_parts(const char **at, const char *end, const struct part *parts, size_t count, char *ret,
		       size_t *length)
{
	const char *next;

	for (size_t i = 0; i < count; i++) {
		size_t dash = i ? dash_at(*at, end) : 0;

		if (i && !dash)
			return false;
		*at += dash;
		if (i && *length < IDENTIFIER_LIMIT)
			ret[(*length)++] = '-';
		if (!take_part(at, end, &parts[i], ret, length))
			return false;
	}
	next = *at;
	return *length < IDENTIFIER_LIMIT && (next == end || class_of(utf8_next(&next, end)) != LETTER);
}

/* Letters and then what looks like a hyphen: most words are ruled out by this. */
static bool may_be_identifier(const char *at, const char *end)
{
	while (at < end && (unsigned char)((*at | 32) - 'a') < 26)
		at++;
	return at < end && (*at == '-' || (unsigned char)*at >= 0xE2);
}

/* An identifier that begins at AT: where it ends, or NULL. */
static const char *identifier_at(const char *at, const char *end, char *ret, size_t *ret_length)
{
	static const struct part numbered[] = {
		{ NAME_LEAST, NAME_MOST, true, false }, { 1, 20, false, true }, { 1, 20, false, true },
	};
	static const struct part github[] = {
		{ 4, 4, true, false }, { 4, 4, true, true }, { 4, 4, true, true }, { 4, 4, true, true },
	};
	const char *stop = at;

	if (!may_be_identifier(at, end))
		return NULL;
	*ret_length = 0;
	if (take_parts(&stop, end, numbered, ARRAY_LEN(numbered), ret, ret_length))
		return stop;
	stop = at;
	*ret_length = 0;
	if (end - at > 4 && str_starts_nocase(at, "ghsa") &&
	    take_parts(&stop, end, github, ARRAY_LEN(github), ret, ret_length))
		return stop;
	return NULL;
}

/* ---- words */

/* As much of the run of letters and digits at the cursor as is ASCII: most of it is. */
static size_t read_ascii(struct walk *walk, char *ret)
{
	const char *at = walk->at;
	size_t length = 0;

	for (; at < walk->end && is_ascii_word((unsigned char)*at) && length < TOKEN_LIMIT; at++)
		ret[length++] = (char)(*at >= 'A' && *at <= 'Z' ? *at | 32 : *at);
	walk->at = at;
	return length;
}

/* Reads the run of letters and digits at the cursor. */
static void read_word(struct walk *walk, char *ret, size_t *ret_length)
{
	size_t length = read_ascii(walk, ret);
	bool full = false;

	while (walk->at < walk->end) {
		unsigned char c = (unsigned char)*walk->at;
		const char *next = walk->at;
		char folded[FOLD_ROOM * 4];
		size_t count = 1;
		enum class class = LETTER;

		if (c < 0x80) {
			if (!is_ascii_word(c))
				break;
			folded[0] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
			next++;
		} else {
			int32_t point = utf8_next(&next, walk->end);

			class = class_of(point);
			if (class == PART || class == PAIR)
				break;
			count = class == SKIP ? 0 : fold(point, folded);
		}
		full = full || length + count > TOKEN_LIMIT;
		if (!full)
			memcpy(ret + length, folded, count);
		length += full ? 0 : count;
		walk->at = next;
	}
	*ret_length = length;
}

/* A question names an identifier whole; its parts follow only to keep the places of what comes after. */
static int ask_identifier(struct walk *walk, const char *stop, const char *name, size_t length)
{
	const char *begin = walk->at;
	int code = tell(walk, (struct token){ .bytes = name, .length = length }, begin, stop);

	while (walk->at < stop && is_ascii_word((unsigned char)*walk->at))
		walk->at++;
	walk->rest_begin = walk->at;
	walk->rest_end = walk->at = stop;
	return code;
}

static int tell_word(struct walk *walk)
{
	const char *begin = walk->at, *stop = NULL;
	char *word = walk->scratch->word, *name = walk->scratch->name;
	size_t length, name_length = 0;
	int code = 0;

	if (!walk->plain && (unsigned char)*begin < 0x80)
		stop = identifier_at(begin, walk->end, name, &name_length);
	if (stop && walk->mode == TOKENIZE_QUESTION)
		return ask_identifier(walk, stop, name, name_length);
	read_word(walk, word, &length);
	if (length)
		code = tell(walk, (struct token){ .bytes = word, .length = length }, begin, walk->at);
	if (!code && stop)
		code = tell(walk, (struct token){ .bytes = name, .length = name_length, .beside = true }, begin, stop);
	return code;
}

/* ---- pairs */

struct glyph { char bytes[FOLD_ROOM * 4]; size_t length; const char *begin, *end; };

/* The next character of a run of pairs, passing over what acts unseen; false at its end. */
static bool read_glyph(struct walk *walk, struct glyph *ret)
{
	const char *next = walk->at;

	while (next < walk->end) {
		const char *begin = next;
		int32_t c = utf8_next(&next, walk->end);
		enum class class = class_of(c);

		if (class != PAIR && class != SKIP)
			return false;
		ret->length = class == SKIP ? 0 : fold(c, ret->bytes);
		ret->begin = begin;
		ret->end = walk->at = next;
		if (ret->length && ret->length <= TOKEN_LIMIT / 2)
			return true;
	}
	return false;
}

static int tell_pair(struct walk *walk, const struct glyph *one, const struct glyph *other)
{
	char pair[TOKEN_LIMIT];

	memcpy(pair, one->bytes, one->length);
	memcpy(pair + one->length, other->bytes, other->length);
	return tell(walk, (struct token){ .bytes = pair, .length = one->length + other->length }, one->begin,
		    other->end);
}

/* The last character is a word too, so that a single one is found, and so that texts which meet over a blank
 * are not taken for one run. A question says it only when something follows. */
static int tell_pairs(struct walk *walk)
{
	struct glyph glyphs[2];
	const struct glyph *last;
	size_t count = 0;
	int code = 0;

	while (!code && read_glyph(walk, &glyphs[count % 2])) {
		if (count)
			code = tell_pair(walk, &glyphs[(count - 1) % 2], &glyphs[count % 2]);
		count++;
	}
	if (code || !count)
		return code;
	last = &glyphs[(count - 1) % 2];
	if (count == 1 || walk->mode == TOKENIZE_TEXT)
		return tell(walk, (struct token){ .bytes = last->bytes, .length = last->length, .lone = true },
			    last->begin, last->end);
	walk->rest_begin = last->begin;
	walk->rest_end = last->end;
	return 0;
}

static int walk_range(struct walk *walk)
{
	int code = 0;

	while (!code && walk->at < walk->end) {
		const char *next = walk->at;
		enum class class;

		if ((unsigned char)*next < 0x80) {
			if (is_ascii_word((unsigned char)*next))
				code = tell_word(walk);
			else
				walk->at++;
			continue;
		}
		class = class_of(utf8_next(&next, walk->end));

		if (class == LETTER)
			code = tell_word(walk);
		else if (class == PAIR)
			code = tell_pairs(walk);
		else
			walk->at = next;
	}
	return code;
}

int tokenize(const char *text, size_t length, enum tokenize_mode mode, token_fn fn, void *context)
{
	struct scratch scratch;
	struct walk walk = { .text = text, .at = text, .end = text + length, .scratch = &scratch, .mode = mode, .fn = fn,
			     .context = context };
	int code = walk_range(&walk);

	sodium_memzero(&scratch, sizeof(scratch));
	return code;
}

/* ---- as FTS5's tokenizer */

static int fts_create(void *context, const char **arguments, int count, Fts5Tokenizer **ret)
{
	(void)context;
	(void)arguments;
	(void)count;
	*ret = mem_alloc(1);
	return SQLITE_OK;
}

static void fts_delete(Fts5Tokenizer *tokenizer)
{
	free(tokenizer);
}

struct fts_call {
	void *context;
	int (*fn)(void *context, int flags, const char *token, int length, int begin, int end);
};

static int fts_token(void *context, const struct token *token)
{
	struct fts_call *call = context;

	return call->fn(call->context, token->beside ? FTS5_TOKEN_COLOCATED : 0, token->bytes,
			(int)token->length, (int)token->begin, (int)token->end);
}

static int fts_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length,
			int (*fn)(void *, int, const char *, int, int, int))
{
	struct fts_call call = { context, fn };
	enum tokenize_mode mode = flags & FTS5_TOKENIZE_QUERY ? TOKENIZE_QUESTION : TOKENIZE_TEXT;

	(void)tokenizer;
	return text && length > 0 ? tokenize(text, (size_t)length, mode, fts_token, &call) : SQLITE_OK;
}

int tokenize_register(sqlite3 *db)
{
	fts5_tokenizer tokenizer = { fts_create, fts_delete, fts_tokenize };
	sqlite3_stmt *statement = NULL;
	fts5_api *api = NULL;
	int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL);

	if (code == SQLITE_OK) {
		sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
		sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	if (code != SQLITE_OK || !api || api->iVersion < 2)
		return code != SQLITE_OK ? code : SQLITE_ERROR;
	return api->xCreateTokenizer(api, "psirtty", NULL, &tokenizer, NULL);
}

/* ---- what a handler typed */

/* A blank at AT, the ideographic one too: its bytes; 0. */
static size_t blank_at(const char *at)
{
	if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
		return 1;
	return strncmp(at, "\u3000", 3) == 0 ? 3 : 0;
}

struct term { size_t count; bool lone; };

static int note_token(void *context, const struct token *token)
{
	struct term *term = context;

	term->count++;
	term->lone = token->lone;
	return 0;
}

/* One term as a string of FTS5; one without words is passed over. */
static bool add_term(const char *bytes, size_t length, bool prefix, struct str *ret)
{
	struct term term = { 0 };

	tokenize(bytes, length, TOKENIZE_QUESTION, note_token, &term);
	if (!term.count)
		return false;
	str_add(ret, ret->length ? " \"" : "\"");
	str_add_bytes(ret, bytes, length);
	str_add(ret, prefix || term.lone ? "\"*" : "\"");
	return true;
}

/* Reads one term at *AT, moving on; true when it held words. */
static bool read_term(const char **at, struct str *ret)
{
	bool quoted = **at == '"', prefix, found;
	const char *begin = *at + quoted, *end = begin;

	while (*end && *end != '"' && (quoted || !blank_at(end)))
		end++;
	*at = end + (quoted && *end == '"');
	prefix = quoted ? **at == '*' : end > begin && end[-1] == '*';
	found = add_term(begin, (size_t)(end - begin), prefix, ret);
	*at += quoted && prefix;
	return found;
}

int tokenize_query(const char *query, struct str *ret, struct error *err)
{
	AUTO_STR made = STR_INIT;
	const char *at = query;
	size_t terms = 0;

	if (strlen(query) > QUERY_LIMIT)
		return error_set(err, ERR_USAGE, _("search"), _("Ask for fewer words"),
				 _("the question is longer than %d bytes"), QUERY_LIMIT);
	while (*at) {
		size_t blank = blank_at(at);

		at += blank;
		terms += !blank && read_term(&at, &made);
	}
	if (terms == 0 || terms > QUERY_TERMS)
		return error_set(err, ERR_USAGE, _("search"), _("Give a word, a \"phrase\" or a beginning*"),
				 terms ? _("there are more words than can be asked for at once") :
					 _("there is no word in it"));
	str_add_bytes(ret, made.bytes, made.length);
	return 0;
}
