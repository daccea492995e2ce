/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composer: a version is brought to its normal form (composer/semver, VersionParser), and normal
 * forms are compared by PHP's version_compare(). What begins like a version but has no normal form
 * is compared as it stands; anything else is refused.
 */
#include "version_composer.h"

#include <string.h>

/* ---- the normal form */

static const struct {
	const char *spelling, *name;
} stabilities[] = {
	{"stable", "stable"}, {"beta", "beta"},	  {"b", "beta"},
	{"rc", "RC"},	      {"alpha", "alpha"}, {"a", "alpha"},
	{"patch", "patch"},   {"pl", "patch"},	  {"p", "patch"},
};

static bool is_modifier_mark(char c)
{
	return c == '.' || c == '_' || c == '-';
}

static bool starts_nocase(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - at) >= length && span_is_nocase((struct span){at, length}, word);
}

/* Digits in groups, a dot or a dash between them and before the first. */
static const char *number_end(const char *at, const char *end)
{
	for (;;) {
		const char *digits = at + (at < end && (*at == '.' || *at == '-'));

		if (digits == end || !is_digit(*digits))
			return at;
		for (at = digits; at < end && is_digit(*at);)
			at++;
	}
}

/* ".dev", "-dev" or "dev" up to the end. */
static bool take_dev(const char *at, const char *end, bool *ret)
{
	at += at < end && (*at == '.' || *at == '-');
	*ret = end - at == 3 && starts_nocase(at, end, "dev");
	return *ret;
}

bool composer_take_modifier(struct span text, struct composer_modifier *ret)
{
	const char *begin = text.at, *end = begin + text.length, *at = begin;
	size_t i;

	*ret = (struct composer_modifier){0};
	if (at == end)
		return true;
	at += is_modifier_mark(*at);
	for (i = 0; i < ARRAY_LEN(stabilities); i++) {
		const char *number, *after;

		if (!starts_nocase(at, end, stabilities[i].spelling))
			continue;
		number = at + strlen(stabilities[i].spelling);
		after = number_end(number, end);
		ret->name = stabilities[i].name;
		ret->number = (struct span){number, (size_t)(after - number)};
		if (after == end || take_dev(after, end, &ret->dev))
			return true;
	}
	*ret = (struct composer_modifier){0};
	/* "1.0-dev": the mark may belong to either. */
	return at == end || take_dev(begin, end, &ret->dev) || take_dev(at, end, &ret->dev);
}

static char *put(char *to, struct span text)
{
	memcpy(to, text.at, text.length);
	to[text.length] = '\0';
	return to + text.length;
}

static char *put_word(char *to, const char *word)
{
	return put(to, (struct span){word, strlen(word)});
}

static void put_modifier(char *to, const struct composer_modifier *modifier)
{
	struct span number = modifier->number;

	/* "stable" ends it, whatever follows. */
	if (modifier->name && strcmp(modifier->name, "stable") == 0)
		return;
	if (modifier->name) {
		to = put_word(put_word(to, "-"), modifier->name);
		while (number.length && !is_digit(*number.at))
			number.at++, number.length--;
		to = put(to, number);
	}
	if (modifier->dev)
		put_word(to, "-dev");
}

/* Up to four numbers, the first of at most five digits; missing ones become 0. */
static bool normalize_classic(struct span text, char *ret)
{
	const char *at = text.at, *end = at + text.length;
	struct composer_modifier modifier;
	char *to = ret;
	int count;

	for (count = 0; count < 4; count++) {
		const char *digits = at + (count > 0), *begin = at;

		if (count > 0 && (at == end || *at != '.' || digits == end))
			break;
		for (at = digits; at < end && is_digit(*at);)
			at++;
		if (at == digits) {
			at = begin;
			break;
		}
		if (count == 0 && at - digits > 5)
			return false;
		to = put(to, (struct span){begin, (size_t)(at - begin)});
	}
	if (count == 0 || !composer_take_modifier((struct span){at, (size_t)(end - at)}, &modifier))
		return false;
	while (count++ < 4)
		to = put_word(to, ".0");
	put_modifier(to, &modifier);
	return true;
}

/* One or two digits and their mark in a date: the mark is written as a dot. */
static const char *date_group(const char *at, const char *end, int least, int most)
{
	const char *digits = at + (at < end && (*at == '.' || *at == ':' || *at == '-'));
	int count = 0;

	while (digits < end && is_digit(*digits) && count < most) {
		digits++;
		count++;
	}
	return count >= least ? digits : NULL;
}

/* Where a date of GROUPS two-digit groups ends, LAST more digits included; NULL if it is none. */
static const char *date_end(struct span text, int groups, int last)
{
	const char *at = text.at + 4, *end = text.at + text.length;

	for (; at && groups > 0; groups--)
		at = date_group(at, end, 2, 2);
	return at && last ? date_group(at, end, last, last) : at;
}

/* Four digits, one to six groups of two, one of up to three: "20230101", "2023.01.01-1". */
static bool normalize_date(struct span text, char *ret)
{
	struct composer_modifier modifier;
	int groups, last;

	if (text.length < 6 || !span_all_digits((struct span){text.at, 4}))
		return false;
	for (groups = 6; groups > 0; groups--) {
		for (last = 3; last >= 0; last--) {
			const char *at = date_end(text, groups, last);
			char *to = ret, *mark;

			if (!at || !composer_take_modifier(
					   (struct span){at, text.length - (size_t)(at - text.at)},
					   &modifier))
				continue;
			to = put(to, (struct span){text.at, (size_t)(at - text.at)});
			for (mark = ret; mark < to; mark++)
				if (!is_digit(*mark))
					*mark = '.';
			put_modifier(to, &modifier);
			return true;
		}
	}
	return false;
}

/* "2.x-dev": a branch that stands above all its versions. */
static bool normalize_branch(struct span text, char *ret)
{
	const char *at = text.at, *end = at + text.length;
	int count;

	for (count = 0; count < 4; count++) {
		const char *begin = at + (count > 0), *digits = begin;

		if (count > 0 && (at == end || *at != '.'))
			break;
		while (digits < end && is_digit(*digits))
			digits++;
		if (count > 0)
			ret = put_word(ret, ".");
		if (digits > begin) {
			ret = put(ret, (struct span){begin, (size_t)(digits - begin)});
		} else if (count > 0 && begin < end && (to_lower(*begin) == 'x' || *begin == '*')) {
			ret = put_word(ret, "9999999");
			digits++;
		} else {
			return false;
		}
		at = digits;
	}
	if (at < end)
		return false;
	for (; count < 4; count++)
		ret = put_word(ret, ".9999999");
	put_word(ret, "-dev");
	return true;
}

/* Without "@stability" and "+build" behind it. */
static struct span strip_suffixes(struct span text)
{
	static const char *const flags[] = {"stable", "rc", "beta", "alpha", "dev"};
	const char *at = memrchr(text.at, '@', text.length), *plus;
	size_t i;

	for (i = 0; at && i < ARRAY_LEN(flags); i++)
		if (span_is_nocase((struct span){at + 1, text.length - (size_t)(at + 1 - text.at)},
				   flags[i]))
			text.length = (size_t)(at - text.at);
	if (starts_nocase(text.at, text.at + text.length, "dev-"))
		return text;
	plus = memchr(text.at, '+', text.length);
	if (plus && plus > text.at && plus + 1 < text.at + text.length)
		text.length = (size_t)(plus - text.at);
	return text;
}

static bool normalize_dev(struct span text, char *ret)
{
	struct span branch = {text.at, text.length - (text.length > 3 ? 3 : text.length)};

	if (text.length <= 3 ||
	    !starts_nocase(text.at + branch.length, text.at + text.length, "dev"))
		return false;
	if (branch.length &&
	    (branch.at[branch.length - 1] == '.' || branch.at[branch.length - 1] == '-'))
		branch.length--;
	return normalize_branch(branch, ret);
}

bool composer_normalize(struct span text, char ret[COMPOSER_SIZE])
{
	ret[0] = '\0';
	text = strip_suffixes(text);
	if (span_is(text, "master") || span_is(text, "trunk") || span_is(text, "default")) {
		put(put_word(ret, "dev-"), text);
		return true;
	}
	if (starts_nocase(text.at, text.at + text.length, "dev-")) {
		put(put_word(ret, "dev-"), (struct span){text.at + 4, text.length - 4});
		return text.length > 4;
	}
	if (text.length && to_lower(*text.at) == 'v')
		text.at++, text.length--;
	return normalize_classic(text, ret) || normalize_date(text, ret) ||
	       normalize_dev(text, ret);
}

/* ---- version_compare() */

enum { RANK_UNKNOWN = -1, RANK_NUMBER = 4 };

static const struct {
	const char *begins;
	int rank;
} php_forms[] = {
	{"dev", 0}, {"alpha", 1}, {"a", 1},  {"beta", 2}, {"b", 2},
	{"RC", 3},  {"rc", 3},	  {"pl", 5}, {"p", 5},
};

static int form_rank(struct span part)
{
	size_t i;

	if (part.length && is_digit(*part.at))
		return RANK_NUMBER;
	for (i = 0; i < ARRAY_LEN(php_forms); i++)
		if (strncmp(php_forms[i].begins, part.at, strlen(php_forms[i].begins)) == 0)
			return php_forms[i].rank;
	return RANK_UNKNOWN;
}

/* The next run of digits or of other letters; what is neither separates. */
static bool next_part(const char **at, struct span *ret)
{
	const char *begin = *at;
	bool digits;

	while (*begin && !is_digit(*begin) && !is_alpha(*begin))
		begin++;
	digits = is_digit(*begin);
	*at = digits ? digits_end(begin) : alphas_end(begin);
	*ret = (struct span){begin, (size_t)(*at - begin)};
	return ret->length > 0;
}

int composer_compare_php(const char *a, const char *b)
{
	for (;;) {
		struct span x, y;
		bool more_x = next_part(&a, &x), more_y = next_part(&b, &y);
		int order;

		if (!more_x && !more_y)
			return 0;
		/* A number more is newer; a word more is what it is beside a number. */
		if (!more_y)
			return is_digit(*x.at) ? 1 : sign_of(form_rank(x) - RANK_NUMBER);
		if (!more_x)
			return is_digit(*y.at) ? -1 : sign_of(RANK_NUMBER - form_rank(y));
		if (is_digit(*x.at) && is_digit(*y.at))
			order = number_order(x, y);
		else
			order = sign_of(form_rank(x) - form_rank(y));
		if (order != 0)
			return order;
	}
}

/* ---- the order */

/* The normal form, or the version without its "v" when it only looks like one. */
static bool comparable_form(const char *version, char ret[COMPOSER_SIZE])
{
	struct span text = span_trim(version);
	size_t i;

	if (composer_normalize(text, ret))
		return true;
	if (text.length && to_lower(*text.at) == 'v')
		text.at++, text.length--;
	for (i = 0; i < text.length; i++)
		if (!is_digit(text.at[i]) && !is_alpha(text.at[i]) && !strchr("._+-~", text.at[i]))
			return false;
	put(ret, text);
	return text.length && is_digit(*text.at);
}

int composer_check(const char *version, struct error *err)
{
	char form[COMPOSER_SIZE];

	if (comparable_form(version, form))
		return 0;
	return version_refuse(err, version,
			      _("it is neither numbers with a stability nor a branch dev-NAME"));
}

int composer_order(const char *a, const char *b)
{
	char x[COMPOSER_SIZE], y[COMPOSER_SIZE];
	bool x_branch, y_branch;

	comparable_form(a, x);
	comparable_form(b, y);
	x_branch = strncmp(x, "dev-", 4) == 0;
	y_branch = strncmp(y, "dev-", 4) == 0;
	if (x_branch && y_branch)
		return strcmp(x, y) == 0 ? 0 : VERSION_UNORDERED;
	return composer_compare_php(x, y);
}
