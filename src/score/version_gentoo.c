/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gentoo's versions (Package Manager Specification, chapter 3) and those of Alpine's apk, which
 * began as the same: numbers, one letter, suffixes such as _rc1, a revision -r1.
 */
#include <string.h>

#include "version_private.h"

struct suffix_row {
	const char *name;
	int rank; /* below zero: a prerelease */
};

static const struct suffix_row apk_suffixes[] = {
	{"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"cvs", 1},
	{"svn", 2},    {"git", 3},   {"hg", 4},	  {"p", 5},   {NULL, 0},
};

static const struct suffix_row gentoo_suffixes[] = {
	{"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"p", 1}, {NULL, 0},
};

/* In the order in which they may follow each other; the end is older than what could follow. */
enum token_kind { FIRST, NUMBER, LETTER, SUFFIX, SUFFIX_NUMBER, COMMIT, REVISION, UNKNOWN, END };

struct token {
	enum token_kind kind;
	int rank;	  /* of a suffix */
	struct span text; /* digits, letter, commit, or an unknown suffix */
};

struct cursor {
	const char *at;
	const struct suffix_row *suffixes;
	struct token token;
};

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static void set_token(struct cursor *cursor, enum token_kind kind, const char *end)
{
	cursor->token = (struct token){kind, 0, {cursor->at, (size_t)(end - cursor->at)}};
	cursor->at = end;
}

static void cursor_start(struct cursor *cursor, const char *version,
			 const struct suffix_row *suffixes)
{
	*cursor = (struct cursor){.at = version, .suffixes = suffixes};
	set_token(cursor, FIRST, digits_end(version));
}

/* _rc, _p and the like; a word that is none of them ends what can be compared. */
static bool take_suffix(struct cursor *cursor)
{
	const struct suffix_row *row;

	if (cursor->token.kind > SUFFIX_NUMBER || !is_alpha(cursor->at[1]))
		return false;
	cursor->at++;
	set_token(cursor, SUFFIX, alphas_end(cursor->at));
	for (row = cursor->suffixes; row->name; row++)
		if (span_is(cursor->token.text, row->name))
			break;
	cursor->token.rank = row->rank;
	if (!row->name) {
		cursor->at = cursor->token.text.at;
		set_token(cursor, UNKNOWN, cursor->at + strlen(cursor->at));
	}
	return true;
}

static bool take_digits(struct cursor *cursor)
{
	enum token_kind was = cursor->token.kind;

	/* Digits behind a letter were versions of apk-tools 2: 5.9p1. */
	bool behind_letter = was == LETTER && cursor->suffixes == apk_suffixes;

	cursor->at += was <= NUMBER && *cursor->at == '.';
	if ((was > NUMBER && was != SUFFIX && !behind_letter) || !is_digit(*cursor->at))
		return false;
	set_token(cursor, was == SUFFIX ? SUFFIX_NUMBER : NUMBER, digits_end(cursor->at));
	return true;
}

static bool take_commit(struct cursor *cursor)
{
	const char *end = cursor->at + 1;

	if (cursor->token.kind >= COMMIT || !is_hex(*end))
		return false;
	while (is_hex(*end))
		end++;
	cursor->at++;
	set_token(cursor, COMMIT, end);
	return true;
}

static bool take_revision(struct cursor *cursor)
{
	if (cursor->token.kind >= REVISION || cursor->at[1] != 'r' || !is_digit(cursor->at[2]))
		return false;
	cursor->at += 2;
	set_token(cursor, REVISION, digits_end(cursor->at));
	return true;
}

/* Moves to the next token; false where none can begin. */
static bool cursor_next(struct cursor *cursor)
{
	char c = *cursor->at;

	if (c == '\0') {
		set_token(cursor, END, cursor->at);
		return true;
	}
	if (is_alpha(c) && cursor->token.kind <= NUMBER) {
		set_token(cursor, LETTER, cursor->at + 1);
		return true;
	}
	if (is_digit(c) || c == '.')
		return take_digits(cursor);
	if (c == '_')
		return take_suffix(cursor);
	if (c == '~')
		return take_commit(cursor);
	return c == '-' && take_revision(cursor);
}

/* ---- apk-tools 3, version.c; also what older ones made or `apk version -t` still answers for:
 * digits behind the letter, a version that begins with its letter, a capital letter, an unknown
 * suffix */

int apk_check(const char *version, struct error *err)
{
	struct cursor cursor;

	cursor_start(&cursor, version, apk_suffixes);
	if (cursor.token.text.length == 0 && !is_alpha(*version))
		return version_refuse_at(err, version, version, _("a number is expected there"));
	while (cursor.token.kind != END)
		if (!cursor_next(&cursor))
			return version_refuse_at(err, version, cursor.at,
						 _("no part of an Alpine version can begin so"));
	return 0;
}

static int apk_token_order(const struct token *a, const struct token *b)
{
	switch (a->kind) {
	case NUMBER:
		/* With a leading zero it is a fraction, so to say. */
		if (*a->text.at == '0' || *b->text.at == '0')
			return bytes_order(a->text, b->text);
		return number_order(a->text, b->text);
	case FIRST:
	case SUFFIX_NUMBER:
	case REVISION:
		return number_order(a->text, b->text);
	case SUFFIX:
		return sign_of(a->rank - b->rank);
	default:
		return bytes_order(a->text, b->text);
	}
}

int apk_order(const char *a, const char *b)
{
	struct cursor x, y;

	cursor_start(&x, a, apk_suffixes);
	cursor_start(&y, b, apk_suffixes);
	while (x.token.kind == y.token.kind && x.token.kind < END) {
		int order = apk_token_order(&x.token, &y.token);

		if (order != 0)
			return order;
		cursor_next(&x);
		cursor_next(&y);
	}
	if (x.token.kind == y.token.kind)
		return 0;
	if (x.token.kind == SUFFIX && x.token.rank < 0)
		return -1;
	if (y.token.kind == SUFFIX && y.token.rank < 0)
		return 1;
	/* The part that comes sooner in a version makes it the newer one. */
	return sign_of((long)y.token.kind - (long)x.token.kind);
}

/* ---- Gentoo: PMS 3.2 and 3.3 */

int gentoo_check(const char *version, struct error *err)
{
	struct cursor cursor;

	cursor_start(&cursor, version, gentoo_suffixes);
	if (cursor.token.text.length == 0)
		return version_refuse_at(err, version, version, _("a number is expected there"));
	do {
		bool good = cursor_next(&cursor);
		enum token_kind kind = cursor.token.kind;

		if (!good || kind == UNKNOWN || kind == COMMIT ||
		    (kind == LETTER && !(*cursor.token.text.at >= 'a')))
			return version_refuse_at(err, version,
						 good ? cursor.token.text.at : cursor.at,
						 _("no part of a Gentoo version can begin so"));
	} while (cursor.token.kind != END);
	return 0;
}

static struct span without_zeros_behind(struct span digits)
{
	while (digits.length && digits.at[digits.length - 1] == '0')
		digits.length--;
	return digits;
}

static int gentoo_number_order(struct span a, struct span b)
{
	if (*a.at == '0' || *b.at == '0')
		return bytes_order(without_zeros_behind(a), without_zeros_behind(b));
	return number_order(a, b);
}

/* The rank of the suffix the cursor stands at and its number (absent is 0); moves behind both. */
static int take_ranked(struct cursor *cursor, struct span *number)
{
	int rank = cursor->token.kind == SUFFIX ? cursor->token.rank : 0;

	*number = (struct span){NULL, 0};
	if (cursor->token.kind != SUFFIX)
		return 0;
	cursor_next(cursor);
	if (cursor->token.kind == SUFFIX_NUMBER) {
		*number = cursor->token.text;
		cursor_next(cursor);
	}
	return rank;
}

static int gentoo_tail_order(struct cursor *x, struct cursor *y)
{
	struct span m = {NULL, 0}, n = {NULL, 0};
	int order = 0;

	while (order == 0 && (x->token.kind == SUFFIX || y->token.kind == SUFFIX)) {
		order = take_ranked(x, &m);
		order = sign_of(order - take_ranked(y, &n));
		if (order == 0)
			order = number_order(m, n);
	}
	if (order != 0)
		return order;
	m = x->token.kind == REVISION ? x->token.text : (struct span){NULL, 0};
	n = y->token.kind == REVISION ? y->token.text : (struct span){NULL, 0};
	return number_order(m, n);
}

int gentoo_order(const char *a, const char *b)
{
	struct span m = {NULL, 0}, n = {NULL, 0};
	struct cursor x, y;
	int order;

	cursor_start(&x, a, gentoo_suffixes);
	cursor_start(&y, b, gentoo_suffixes);
	order = number_order(x.token.text, y.token.text);
	for (cursor_next(&x), cursor_next(&y);
	     order == 0 && x.token.kind == NUMBER && y.token.kind == NUMBER;
	     cursor_next(&x), cursor_next(&y))
		order = gentoo_number_order(x.token.text, y.token.text);
	if (order != 0)
		return order;
	if (x.token.kind == NUMBER || y.token.kind == NUMBER)
		return x.token.kind == NUMBER ? 1 : -1;
	if (x.token.kind == LETTER) {
		m = x.token.text;
		cursor_next(&x);
	}
	if (y.token.kind == LETTER) {
		n = y.token.text;
		cursor_next(&y);
	}
	order = bytes_order(m, n);
	return order ? order : gentoo_tail_order(&x, &y);
}
