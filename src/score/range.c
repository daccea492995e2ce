/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges: which syntax an ecosystem has, and the plain comparators that most of them share.
 * The syntaxes of npm, Python, Composer and the intervals of Maven and NuGet are in files of their
 * own; OSV and CVE records in range_record.c.
 */
#include "psirtty/score/range.h"

#include <string.h>

#include "psirtty/score/vers.h"
#include "range_private.h"

int range_refuse(struct error *err, const char *range, const char *why, ...)
{
	AUTO_STRING what = NULL;
	AUTO_STRING reason = NULL;
	char *text;
	va_list args;

	if (!err)
		return ERR_NO;
	va_start(args, why);
	if (vasprintf(&text, why, args) < 0)
		text = mem_string(why);
	va_end(args);
	reason = text;
	what = mem_format(_("range %.80s"), range);
	return error_set(err, ERR_NO, what, NULL, "%s", reason);
}

bool range_split(struct span *rest, const char *mark, struct span *ret)
{
	size_t length = strlen(mark);
	const char *found;

	if (!rest->at)
		return false;
	found = rest->length ? memmem(rest->at, rest->length, mark, length) : NULL;
	if (!found) {
		*ret = *rest;
		*rest = (struct span){NULL, 0};
		return true;
	}
	*ret = (struct span){rest->at, (size_t)(found - rest->at)};
	rest->length -= ret->length + length;
	rest->at = found + length;
	return true;
}

/* ---- comparators */

enum sign {
	SIGN_PLAIN, /* an operator */
	SIGN_CARET, /* up to the first number that is not zero */
	SIGN_TILDE, /* the first two numbers stay */
	SIGN_LAST,  /* all numbers but the last stay */
	SIGN_ALL,   /* all numbers stay, whatever follows */
};

/* The longest first. */
static const struct {
	const char *text;
	enum sign sign;
	enum range_op op;
} signs[] = {
	{"===", SIGN_PLAIN, OP_EQ}, {"^>=", SIGN_TILDE, OP_GE}, {"<<", SIGN_PLAIN, OP_LT},
	{"<=", SIGN_PLAIN, OP_LE},  {"<>", SIGN_PLAIN, OP_NE},	{">>", SIGN_PLAIN, OP_GT},
	{">=", SIGN_PLAIN, OP_GE},  {"==", SIGN_PLAIN, OP_EQ},	{"!=", SIGN_PLAIN, OP_NE},
	{"~>", SIGN_LAST, OP_GE},   {"~=", SIGN_LAST, OP_GE},	{"<", SIGN_PLAIN, OP_LT},
	{">", SIGN_PLAIN, OP_GT},   {"=", SIGN_PLAIN, OP_EQ},	{"~", SIGN_TILDE, OP_GE},
	{"^", SIGN_CARET, OP_GE},
};

struct term {
	enum sign sign;
	enum range_op op;
	bool any;      /* "*" */
	bool wildcard; /* "1.2.*" */
	bool bare;     /* no sign */
	char version[VERSION_LENGTH_MAX + 1];
};

static bool is_between(char c)
{
	return is_space(c) || c == ',' || c == '&' || c == '(' || c == ')';
}

static bool starts(struct span text, const char *word)
{
	size_t length = strlen(word);

	return text.length >= length && memcmp(text.at, word, length) == 0;
}

static void skip(struct span *text, size_t count)
{
	text->at += count;
	text->length -= count;
}

static void take_sign(struct span *rest, struct term *term)
{
	size_t i;

	term->sign = SIGN_PLAIN;
	term->op = OP_EQ;
	term->bare = true;
	for (i = 0; i < ARRAY_LEN(signs) && term->bare; i++) {
		if (!starts(*rest, signs[i].text))
			continue;
		skip(rest, strlen(signs[i].text));
		term->sign = signs[i].sign;
		term->op = signs[i].op;
		term->bare = false;
	}
	while (rest->length && is_space(*rest->at))
		skip(rest, 1);
}

/* "1.2.*" and "1.2.x" become "1.2". */
static void cut_wildcard(struct term *term, size_t length)
{
	char *end = term->version + length;

	term->any = span_is_nocase((struct span){term->version, length}, "*") ||
		    span_is_nocase((struct span){term->version, length}, "any") ||
		    span_is_nocase((struct span){term->version, length}, "-any");
	while (length >= 2 && end[-2] == '.' &&
	       (end[-1] == '*' || end[-1] == 'x' || end[-1] == 'X')) {
		end -= 2;
		length -= 2;
		*end = '\0';
		term->wildcard = true;
	}
}

/* The next comparator; false at the end. */
static int take_term(const struct range_question *q, struct span *rest, struct term *ret,
		     bool *more, struct error *err)
{
	size_t length = 0;

	while (rest->length && is_between(*rest->at))
		skip(rest, 1);
	*more = rest->length > 0;
	if (!*more)
		return 0;
	take_sign(rest, ret);
	while (length < rest->length && !is_between(rest->at[length]))
		length++;
	if (length == 0)
		return range_refuse(err, q->range, _("a version is expected behind an operator"));
	if (length > VERSION_LENGTH_MAX)
		return range_refuse(err, q->range, _("a version is longer than %d characters"),
				    VERSION_LENGTH_MAX);
	memcpy(ret->version, rest->at, length);
	ret->version[length] = '\0';
	skip(rest, length);
	ret->wildcard = false;
	cut_wildcard(ret, length);
	return 0;
}

/* The next of the numbers between dots a version begins with; false at their end. */
static bool next_number(const char **at, struct span *ret)
{
	const char *end = digits_end(*at);

	*ret = (struct span){*at, (size_t)(end - *at)};
	if (end == *at)
		return false;
	*at = end + (*end == '.');
	if (*end != '.')
		*at = "";
	return true;
}

static const char *skip_v(const char *version)
{
	return version + ((*version == 'v' || *version == 'V') && is_digit(version[1]));
}

static int count_numbers(const char *version, bool until_nonzero)
{
	const char *at = skip_v(version);
	struct span number;
	int count = 0;

	while (next_number(&at, &number)) {
		count++;
		if (until_nonzero && number_order(number, (struct span){NULL, 0}) != 0)
			break;
	}
	return count;
}

/* Whether the first COUNT numbers are the same; missing ones are zero. */
static bool same_numbers(const char *a, const char *b, int count)
{
	a = skip_v(a);
	b = skip_v(b);
	while (count-- > 0) {
		struct span x, y;

		next_number(&a, &x);
		next_number(&b, &y);
		if (number_order(x, y) != 0)
			return false;
	}
	return true;
}

/* How many of the bound's first numbers a version has in common with it. */
static int fixed_numbers(enum sign sign, const char *bound)
{
	int count = count_numbers(bound, sign == SIGN_CARET);

	if (sign == SIGN_TILDE && count > 2)
		return 2;
	return sign == SIGN_LAST && count > 1 ? count - 1 : count;
}

static int wildcard_holds(const struct range_question *q, const struct term *term, bool *ret,
			  struct error *err)
{
	bool same = same_numbers(q->version, term->version, count_numbers(term->version, false));
	int order;

	if (!is_digit(*skip_v(term->version)))
		return range_refuse(err, q->range, _("numbers are expected before the wildcard"));
	if (version_compare(q->scheme, q->version, q->version, &order, err) < 0)
		return ERR_NO;
	switch (term->op) {
	case OP_EQ:
	case OP_NE:
		*ret = same == (term->op == OP_EQ);
		return 0;
	case OP_LE:
	case OP_GT:
		*ret = same == (term->op == OP_LE);
		break;
	default:
		*ret = same == (term->op == OP_GE);
		break;
	}
	if (!same && version_compare(q->scheme, q->version, term->version, &order, err) < 0)
		return ERR_NO;
	if (!same)
		*ret = range_op_holds(term->op, order);
	return 0;
}

/* ---- the same, recorded */

static bool is_conan(const struct range_question *q)
{
	return strcmp(version_scheme_name(q->scheme), "conan") == 0;
}

/* "1.2" where three numbers are asked for. */
static void complete(const struct range_question *q, struct str *version)
{
	int count = count_numbers(version->bytes, false);

	for (; count < 3 && version_check(q->scheme, version->bytes, NULL) < 0; count++)
		str_add(version, ".0");
}

/* Adds the first version behind all that have the first COUNT numbers of VERSION. Conan's ends with
 * a dash, which is before its prereleases. */
static int add_behind(const struct range_question *q, const char *version, int count,
		      struct str *ret, struct error *err)
{
	const char *at = skip_v(version);
	struct span number = {at, 0};

	if (count == 0)
		return range_refuse(err, q->range, _("numbers are expected behind an operator"));
	while (count-- > 0)
		next_number(&at, &number);
	str_add_bytes(ret, version, (size_t)(number.at - version));
	range_add_next(number, ret);
	if (is_conan(q))
		str_add_char(ret, '-');
	else
		complete(q, ret);
	return 0;
}

static int record_wildcard(const struct range_question *q, const struct term *term,
			   struct error *err)
{
	AUTO_STR low = STR_INIT, high = STR_INIT;
	int count = count_numbers(term->version, false), code;

	str_add(&low, term->version);
	complete(q, &low);
	code = add_behind(q, term->version, count, &high, err);
	if (code < 0)
		return code;
	switch (term->op) {
	case OP_NE:
		return range_sink_outside(q->sink, low.bytes, high.bytes, err);
	case OP_GE:
	case OP_LT:
		return range_sink_bound(q->sink, term->op, low.bytes, err);
	case OP_GT:
		return range_sink_bound(q->sink, OP_GE, high.bytes, err);
	case OP_EQ:
		code = range_sink_bound(q->sink, OP_GE, low.bytes, err);
		break;
	default:
		break;
	}
	return code < 0 ? code : range_sink_bound(q->sink, OP_LT, high.bytes, err);
}

static int record_term(const struct range_question *q, struct term *term, struct error *err)
{
	AUTO_STR low = STR_INIT, high = STR_INIT;
	size_t length = strlen(term->version);

	if (term->any)
		return is_conan(q) ? range_sink_bound(q->sink, OP_GE, "0.0.0", err) : 0;
	/* Conan: prereleases too. */
	if (is_conan(q) && length > 1 && term->version[length - 1] == '-')
		term->version[length - 1] = '\0';
	if (term->wildcard)
		return record_wildcard(q, term, err);
	if (term->sign == SIGN_PLAIN)
		return range_sink_bound(q->sink, term->op, term->version, err);
	str_add(&low, term->version);
	complete(q, &low);
	if (range_sink_bound(q->sink, OP_GE, low.bytes, err) < 0)
		return ERR_NO;
	if (add_behind(q, term->version, fixed_numbers(term->sign, term->version), &high, err) < 0)
		return ERR_NO;
	return range_sink_bound(q->sink, OP_LT, high.bytes, err);
}

/* ---- evaluated */

static int term_holds(const struct range_question *q, const struct term *term, bool *ret,
		      struct error *err)
{
	int order;

	if (term->any) {
		*ret = true;
		return version_check(q->scheme, q->version, err);
	}
	if (term->wildcard)
		return wildcard_holds(q, term, ret, err);
	if (version_compare(q->scheme, q->version, term->version, &order, err) < 0)
		return ERR_NO;
	*ret = range_op_holds(term->op, order);
	if (term->sign != SIGN_PLAIN)
		*ret = *ret && same_numbers(q->version, term->version,
					    fixed_numbers(term->sign, term->version));
	return 0;
}

/* All terms of SET hold; BARE_OR: of versions without a sign, one. */
static int terms_hold(const struct range_question *q, struct span set, bool bare_or, bool *ret,
		      struct error *err)
{
	bool all = true, one_bare = false, bare = false, more = false, empty = true;
	struct term term;
	int code;

	for (;;) {
		bool holds = false;

		code = take_term(q, &set, &term, &more, err);
		if (code < 0 || !more)
			break;
		empty = false;
		if (q->sink && term.bare && bare_or && !term.any && !term.wildcard)
			code = range_sink_choice(q->sink, term.version, err);
		else
			code = q->sink ? record_term(q, &term, err)
				       : term_holds(q, &term, &holds, err);
		if (code < 0)
			break;
		if (term.bare && bare_or) {
			bare = true;
			one_bare = one_bare || holds;
		} else {
			all = all && holds;
		}
	}
	if (code == 0 && empty)
		return range_refuse(err, q->range, _("a part of it is empty"));
	*ret = all && (!bare || one_bare);
	return code == 0 && q->sink ? range_sink_end(q->sink, err) : code;
}

static int alternatives_hold(const struct range_question *q, struct span text, bool bare_or,
			     bool *ret, struct error *err)
{
	struct span set;
	bool in = false, one = false;

	while (range_split(&text, "||", &set)) {
		int code = terms_hold(q, set, bare_or, &one, err);

		if (code < 0)
			return code;
		in = in || one;
	}
	*ret = in;
	return 0;
}

int range_terms(const struct range_question *q, bool *ret, struct error *err)
{
	bool list = strcmp(version_scheme_name(q->scheme), "openssl") == 0;

	return alternatives_hold(q, span_trim(q->range), list, ret, err);
}

int range_gem(const struct range_question *q, bool *ret, struct error *err)
{
	struct span text = span_trim(q->range);

	/* No requirement is the requirement ">= 0". */
	if (text.length == 0) {
		*ret = true;
		if (q->sink)
			return alternatives_hold(q, (struct span){">=0", 3}, false, ret, err);
		return version_check(q->scheme, q->version, err);
	}
	return alternatives_hold(q, text, false, ret, err);
}

/* ---- Conan: "[>=1.0 <2.0, include_prerelease]" */

static bool cut_options(struct span *text)
{
	static const char word[] = "include_prerelease";
	const char *comma = memchr(text->at, ',', text->length), *found;

	if (!comma)
		return false;
	found = memmem(comma, text->length - (size_t)(comma - text->at), word, strlen(word));
	if (found)
		text->length = (size_t)(comma - text->at);
	return found != NULL;
}

int range_conan(const struct range_question *q, bool *ret, struct error *err)
{
	struct span text = span_trim(q->range);
	bool prereleases;
	const char *pre = strchr(q->version, '-');
	int code;

	if (text.length >= 2 && *text.at == '[' && text.at[text.length - 1] == ']')
		text = (struct span){text.at + 1, text.length - 2};
	prereleases = cut_options(&text) || (q->flags & RANGE_PRERELEASES);
	if (text.length == 0)
		text = (struct span){"*", 1};
	code = alternatives_hold(q, text, false, ret, err);
	if (code == 0 && pre && !prereleases)
		*ret = false;
	return code;
}

/* ---- VERS, of any type that has the same order */

static int range_vers(const struct range_question *q, bool *ret, struct error *err)
{
	AUTO_STR repairs = STR_INIT;
	AUTO_VERS vers = VERS_INIT;

	if (vers_parse_lenient(q->range, &vers, &repairs, err) < 0)
		return ERR_NO;
	if (vers.scheme && vers.scheme != q->scheme)
		return range_refuse(err, q->range, _("it is a range of %.80s versions, not of %s"),
				    vers.type, version_scheme_name(q->scheme));
	if (vers.uncertain && !q->scheme->uncertain)
		return range_refuse(err, q->range, _("a version in it is none of %s"),
				    version_scheme_name(q->scheme));
	return vers_contains(&vers, q->version, ret, err);
}

/* ---- which syntax */

/* By what the ecosystem was called, then by its order. */
static const struct {
	const char *name;
	range_reader *read;
} readers[] = {
	{"cargo", range_cargo},
	{"crates.io", range_cargo},
	{"npm", range_npm},
	{"npm-loose", range_npm},
	{"pypi", range_pypi},
	{"composer", range_composer},
	{"gem", range_gem},
	{"maven", range_interval_maven},
	{"nuget", range_interval_nuget},
	{"conan", range_conan},
};

static range_reader *reader_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(readers); i++)
		if (str_casecmp(readers[i].name, name) == 0)
			return readers[i].read;
	return NULL;
}

range_reader *range_reader_find(const char *ecosystem, const struct version_scheme *scheme)
{
	range_reader *read = reader_find(ecosystem);

	if (!read)
		read = reader_find(version_scheme_name(scheme));
	return read ? read : range_terms;
}

int range_contains_with(const char *ecosystem, const char *range, const char *version,
			unsigned flags, enum range_answer *ret, struct error *err)
{
	struct range_question q = {version_scheme_find(ecosystem), range, version, flags, NULL};
	range_reader *read;
	bool in = false;
	int code;

	*ret = RANGE_UNKNOWN;
	if (!q.scheme)
		return range_refuse(err, range,
				    _("%.80s is no ecosystem whose order of versions is known"),
				    ecosystem);
	if (strnlen(range, RANGE_LENGTH_MAX + 1) > RANGE_LENGTH_MAX)
		return range_refuse(err, range, _("it is longer than %d characters"),
				    RANGE_LENGTH_MAX);
	if (strnlen(version, VERSION_LENGTH_MAX + 1) > VERSION_LENGTH_MAX)
		return version_check(q.scheme, version, err);
	if (strcmp(version_scheme_name(q.scheme), "npm-loose") == 0)
		q.flags |= RANGE_LOOSE;
	read = str_starts_nocase(range, "vers:") ? range_vers
						 : range_reader_find(ecosystem, q.scheme);
	code = read(&q, &in, err);
	if (code == 0)
		*ret = in ? RANGE_IN : RANGE_OUT;
	return code;
}

int range_contains(const char *ecosystem, const char *range, const char *version,
		   enum range_answer *ret, struct error *err)
{
	return range_contains_with(ecosystem, range, version, 0, ret, err);
}
