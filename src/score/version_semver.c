/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic Versioning 2.0.0 and its dialects: npm (node-semver, strict and loose), Go modules
 * (golang.org/x/mod/semver), NuGet and Dart's pub. They differ in what they accept and in the
 * order of prerelease identifiers and build metadata.
 */
#include "version_semver.h"

#include <string.h>

#define MAX_SAFE  "9007199254740991"
#define MAX_INT32 "2147483647"

static const struct semver_dialect dialect_semver = {SEMVER_V, 3, 3};
static const struct semver_dialect dialect_golang = {SEMVER_V | SEMVER_FULL_SUFFIX, 1, 3};
static const struct semver_dialect dialect_nuget = {SEMVER_ZEROS | SEMVER_TRIM | SEMVER_INT32, 1,
						    4};
static const struct semver_dialect dialect_pub = {SEMVER_V | SEMVER_ZEROS, 3, 3};
const struct semver_dialect semver_dialect_npm = {SEMVER_V | SEMVER_TRIM | SEMVER_SAFE, 3, 3};
const struct semver_dialect semver_dialect_npm_loose = {
	SEMVER_ZEROS | SEMVER_TRIM | SEMVER_LOOSE | SEMVER_SAFE, 3, 3};

static bool is_identifier_char(char c)
{
	return is_digit(c) || is_alpha(c) || c == '-';
}

static bool exceeds(struct span number, const char *limit)
{
	return number_order(number, (struct span){limit, strlen(limit)}) > 0;
}

/* One number of the core. */
static int take_number(const struct semver_dialect *dialect, const char *version, const char **at,
		       struct span *ret, struct error *err)
{
	const char *end = digits_end(*at);
	struct span number = {*at, (size_t)(end - *at)};

	if (number.length == 0)
		return version_refuse_at(err, version, *at, _("a number is expected there"));
	if (number.length > 1 && *number.at == '0' && !(dialect->flags & SEMVER_ZEROS))
		return version_refuse(err, version, _("the number %.*s begins with a zero"),
				      (int)number.length, number.at);
	if ((dialect->flags & SEMVER_SAFE) && exceeds(number, MAX_SAFE))
		return version_refuse(err, version, _("a number is above %s"), MAX_SAFE);
	if ((dialect->flags & SEMVER_INT32) && exceeds(number, MAX_INT32))
		return version_refuse(err, version, _("a number is above %s"), MAX_INT32);
	*ret = number;
	*at = end;
	return 0;
}

/* Identifiers separated by dots, up to what can be in none. */
static int take_identifiers(const char *version, const char **at, bool zeros, struct span *ret,
			    struct error *err)
{
	const char *begin = *at, *end = begin;

	for (;; end++) {
		const char *first = end;

		while (is_identifier_char(*end))
			end++;
		if (end == first)
			return version_refuse_at(err, version, end,
						 _("an identifier is expected there"));
		if (!zeros && *first == '0' && end - first > 1 && digits_end(first) == end)
			return version_refuse(err, version,
					      _("the identifier %.*s begins with a zero"),
					      (int)(end - first), first);
		if (*end != '.')
			break;
	}
	*ret = (struct span){begin, (size_t)(end - begin)};
	*at = end;
	return 0;
}

static const char *skip_prefix(const struct semver_dialect *dialect, const char *at)
{
	if (dialect->flags & (SEMVER_TRIM | SEMVER_LOOSE))
		while (is_space(*at))
			at++;
	if (dialect->flags & SEMVER_LOOSE)
		while (*at == 'v' || *at == '=' || is_space(*at))
			at++;
	else if ((dialect->flags & SEMVER_V) && *at == 'v')
		at++;
	return at;
}

/* Whether a prerelease begins at *AT, which then is moved to its first identifier. */
static bool begins_prerelease(const struct semver_dialect *dialect, const char **at)
{
	bool loose = dialect->flags & SEMVER_LOOSE;

	if (**at == '-') {
		/* Read loosely, a dash before no identifier is one itself. */
		if (!loose || is_identifier_char((*at)[1]))
			++*at;
		return true;
	}
	return loose && is_alpha(**at);
}

static int take_suffix(const struct semver_dialect *dialect, const char *version, const char **at,
		       struct semver *ret, struct error *err)
{
	bool partial = (dialect->flags & SEMVER_FULL_SUFFIX) && ret->count < dialect->most;
	int code = 0;

	if (partial && (**at == '-' || **at == '+'))
		return version_refuse_at(err, version, *at,
					 _("only a version of three numbers can have that"));
	if (begins_prerelease(dialect, at))
		code = take_identifiers(version, at, dialect->flags & SEMVER_ZEROS, &ret->pre, err);
	if (code == 0 && **at == '+') {
		++*at;
		code = take_identifiers(version, at, true, &ret->build, err);
	}
	return code;
}

int semver_parse(const struct semver_dialect *dialect, const char *version, struct semver *ret,
		 struct error *err)
{
	const char *at = skip_prefix(dialect, version);
	struct semver parsed = {0};
	int code;

	if ((dialect->flags & SEMVER_SAFE) && strlen(version) > 256)
		return version_refuse(err, version, _("it is longer than %d characters"), 256);
	do {
		code = take_number(dialect, version, &at, &parsed.core[parsed.count], err);
		if (code < 0)
			return code;
		parsed.count++;
	} while (parsed.count < dialect->most && *at == '.' && at++);
	if (parsed.count < dialect->least)
		return version_refuse(err, version, _("it has fewer than %d numbers"),
				      dialect->least);
	code = take_suffix(dialect, version, &at, &parsed, err);
	if (code < 0)
		return code;
	if (dialect->flags & SEMVER_TRIM)
		while (is_space(*at))
			at++;
	if (*at)
		return version_refuse_at(err, version, at, _("nothing more can stand there"));
	*ret = parsed;
	return 0;
}

/* ---- orders */

static int core_order(const struct semver *a, const struct semver *b)
{
	int order = 0, i;

	for (i = 0; i < 4 && order == 0; i++)
		order = number_order(a->core[i], b->core[i]);
	return order;
}

/* SemVer 11.4: numbers before words, numbers by value, words by their bytes. */
static int identifier_order(struct span a, struct span b)
{
	bool a_number = span_all_digits(a), b_number = span_all_digits(b);

	if (a_number && b_number)
		return number_order(a, b);
	if (a_number != b_number)
		return a_number ? -1 : 1;
	return bytes_order(a, b);
}

/* What .NET reads as an int: a sign is allowed, 32 bits are the limit. */
static bool nuget_number(struct span id, bool *negative, struct span *digits)
{
	*negative = id.length && *id.at == '-';
	*digits = (struct span){id.at + *negative, id.length - *negative};
	return span_all_digits(*digits) && !exceeds(*digits, *negative ? "2147483648" : MAX_INT32);
}

static int nuget_identifier_order(struct span a, struct span b)
{
	bool a_minus, b_minus;
	struct span a_digits, b_digits;
	bool a_number = nuget_number(a, &a_minus, &a_digits);
	bool b_number = nuget_number(b, &b_minus, &b_digits);
	int order;

	if (a_number != b_number)
		return a_number ? -1 : 1;
	if (!a_number)
		return bytes_order_nocase(a, b);
	order = number_order(a_digits, b_digits);
	if (a_minus == b_minus)
		return a_minus ? -order : order;
	/* -0 is 0 */
	if (order == 0 && number_order(a_digits, (struct span){NULL, 0}) == 0)
		return 0;
	return a_minus ? -1 : 1;
}

static struct span take_identifier(struct span *list)
{
	const char *dot = memchr(list->at, '.', list->length);
	struct span id = {list->at, dot ? (size_t)(dot - list->at) : list->length};
	size_t taken = id.length + (dot != NULL);

	list->at += taken;
	list->length -= taken;
	return id;
}

/* Identifier by identifier; where one list ends, it is the smaller. */
static int list_order(struct span a, struct span b, int (*order_of)(struct span, struct span))
{
	while (a.length && b.length) {
		struct span x = take_identifier(&a), y = take_identifier(&b);
		int order = order_of(x, y);

		if (order != 0)
			return order;
	}
	return (a.length > 0) - (b.length > 0);
}

/* A release is behind its prereleases. */
static int pre_order_with(struct span a, struct span b, int (*order_of)(struct span, struct span))
{
	if (!a.length || !b.length)
		return (a.length == 0) - (b.length == 0);
	return list_order(a, b, order_of);
}

int semver_pre_order(struct span a, struct span b)
{
	return pre_order_with(a, b, identifier_order);
}

static int order_with(const struct semver *a, const struct semver *b,
		      int (*order_of)(struct span, struct span))
{
	int order = core_order(a, b);

	return order ? order : pre_order_with(a->pre, b->pre, order_of);
}

int semver_order_parsed(const struct semver *a, const struct semver *b)
{
	return order_with(a, b, identifier_order);
}

/* Both versions have passed the check. */
static void parse_both(const struct semver_dialect *dialect, const char *a, const char *b,
		       struct semver ret[2])
{
	if (semver_parse(dialect, a, &ret[0], NULL) < 0 ||
	    semver_parse(dialect, b, &ret[1], NULL) < 0)
		BUG("an unchecked version");
}

static int check_dialect(const struct semver_dialect *dialect, const char *version,
			 struct error *err)
{
	struct semver parsed;

	return semver_parse(dialect, version, &parsed, err);
}

static int order_dialect(const struct semver_dialect *dialect, const char *a, const char *b)
{
	struct semver both[2];

	parse_both(dialect, a, b, both);
	return semver_order_parsed(&both[0], &both[1]);
}

int semver_check(const char *version, struct error *err)
{
	return check_dialect(&dialect_semver, version, err);
}

int semver_order(const char *a, const char *b)
{
	return order_dialect(&dialect_semver, a, b);
}

int npm_check(const char *version, struct error *err)
{
	return check_dialect(&semver_dialect_npm, version, err);
}

int npm_order(const char *a, const char *b)
{
	return order_dialect(&semver_dialect_npm, a, b);
}

int npm_loose_check(const char *version, struct error *err)
{
	return check_dialect(&semver_dialect_npm_loose, version, err);
}

int npm_loose_order(const char *a, const char *b)
{
	return order_dialect(&semver_dialect_npm_loose, a, b);
}

int golang_check(const char *version, struct error *err)
{
	return check_dialect(&dialect_golang, version, err);
}

int golang_order(const char *a, const char *b)
{
	return order_dialect(&dialect_golang, a, b);
}

int nuget_check(const char *version, struct error *err)
{
	return check_dialect(&dialect_nuget, version, err);
}

int nuget_order(const char *a, const char *b)
{
	struct semver both[2];

	parse_both(&dialect_nuget, a, b, both);
	return order_with(&both[0], &both[1], nuget_identifier_order);
}

int pub_check(const char *version, struct error *err)
{
	return check_dialect(&dialect_pub, version, err);
}

/* Unlike SemVer, pub orders by build metadata too: none before any. */
int pub_order(const char *a, const char *b)
{
	struct semver both[2];
	int order;

	parse_both(&dialect_pub, a, b, both);
	order = semver_order_parsed(&both[0], &both[1]);
	if (order == 0 && (both[0].build.length == 0 || both[1].build.length == 0))
		return (both[0].build.length > 0) - (both[1].build.length > 0);
	return order ? order : list_order(both[0].build, both[1].build, identifier_order);
}
