/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python: PEP 440 (now the Version Specifiers of packaging.python.org), with all the spellings
 * its normalisation forgives. What is no such version is refused, as pip does.
 */
#include "version_pypi.h"

#include <string.h>

struct word {
	const char *name;
	int value;
};

/* The longest of those that begin alike stands first. */
static const struct word pre_words[] = {
	{"alpha", PYPI_A},    {"a", PYPI_A},	{"beta", PYPI_B},
	{"b", PYPI_B},	      {"c", PYPI_RC},	{"rc", PYPI_RC},
	{"preview", PYPI_RC}, {"pre", PYPI_RC}, {NULL, PYPI_DEV_ONLY},
};
static const struct word post_words[] = {{"post", 1}, {"rev", 1}, {"r", 1}, {NULL, 0}};
static const struct word dev_words[] = {{"dev", 1}, {NULL, 0}};

struct reader {
	const char *at, *end;
};

static char peek(const struct reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static struct span take_digits(struct reader *reader)
{
	struct span digits = {reader->at, 0};

	while (is_digit(peek(reader))) {
		reader->at++;
		digits.length++;
	}
	return digits;
}

/* A separator, one of WORDS, a separator, a number; all but the word may be missing. */
static int take_word(struct reader *reader, const struct word *words, struct span *ret_number)
{
	struct reader ahead = *reader;

	ahead.at += is_separator(peek(&ahead));
	for (; words->name; words++) {
		size_t length = strlen(words->name);
		struct span begin = {ahead.at, length};

		if ((size_t)(ahead.end - ahead.at) < length || !span_is_nocase(begin, words->name))
			continue;
		ahead.at += length;
		ahead.at += is_separator(peek(&ahead));
		*ret_number = take_digits(&ahead);
		*reader = ahead;
		break;
	}
	return words->value;
}

static void take_post(struct reader *reader, struct pypi *ret)
{
	/* "1.0-1" is short for "1.0.post1". */
	if (peek(reader) == '-' && reader->at + 1 < reader->end && is_digit(reader->at[1])) {
		reader->at++;
		ret->post = take_digits(reader);
		ret->has_post = true;
		return;
	}
	ret->has_post = take_word(reader, post_words, &ret->post) != 0;
}

/* Letters and digits, with single separators between them. */
static bool take_local(struct reader *reader, struct span *ret)
{
	const char *begin = reader->at;
	char before = '.';

	for (; reader->at < reader->end; reader->at++) {
		char c = *reader->at;

		if (is_separator(c) ? is_separator(before) : !is_digit(c) && !is_alpha(c))
			return false;
		before = c;
	}
	*ret = (struct span){begin, (size_t)(reader->end - begin)};
	return !is_separator(before);
}

static bool take_release(struct reader *reader, struct pypi *ret)
{
	const char *begin;
	struct span number = take_digits(reader);

	if (number.length && peek(reader) == '!') {
		ret->epoch = number;
		reader->at++;
		number = take_digits(reader);
	}
	begin = number.at;
	while (number.length) {
		ret->release = (struct span){begin, (size_t)(reader->at - begin)};
		if (peek(reader) != '.' || reader->at + 1 >= reader->end ||
		    !is_digit(reader->at[1]))
			return true;
		reader->at++;
		number = take_digits(reader);
	}
	return false;
}

int pypi_parse(struct span text, const char *version, struct pypi *ret, struct error *err)
{
	struct reader reader = {text.at, text.at + text.length};
	struct pypi parsed = {0};

	while (is_space(peek(&reader)))
		reader.at++;
	while (reader.end > reader.at && is_space(reader.end[-1]))
		reader.end--;
	reader.at += to_lower(peek(&reader)) == 'v';
	if (!take_release(&reader, &parsed))
		return version_refuse_at(err, version, reader.at < reader.end ? reader.at : "",
					 _("a number is expected there"));
	parsed.phase = (enum pypi_phase)take_word(&reader, pre_words, &parsed.pre);
	take_post(&reader, &parsed);
	parsed.has_dev = take_word(&reader, dev_words, &parsed.dev) != 0;
	if (parsed.phase == PYPI_DEV_ONLY && (parsed.has_post || !parsed.has_dev))
		parsed.phase = PYPI_FINAL;
	if (peek(&reader) == '+') {
		reader.at++;
		if (!take_local(&reader, &parsed.local))
			return version_refuse(err, version,
					      _("behind the plus only letters, digits and single "
						"separators can stand"));
	}
	if (reader.at < reader.end)
		return version_refuse_at(err, version, reader.at,
					 _("no part of a Python version (PEP 440) begins so"));
	*ret = parsed;
	return 0;
}

bool pypi_is_prerelease(const struct pypi *version)
{
	return version->has_dev || version->phase != PYPI_FINAL;
}

/* ---- order */

static struct span take_part(struct span *list)
{
	struct span part = {list->at, 0};
	size_t taken;

	while (part.length < list->length && !is_separator(part.at[part.length]))
		part.length++;
	taken = part.length + (part.length < list->length);
	list->at += taken;
	list->length -= taken;
	return part;
}

struct span pypi_release_at(const struct pypi *version, int index)
{
	struct span rest = version->release, part = {NULL, 0};

	for (; index >= 0; index--) {
		if (rest.length == 0)
			return (struct span){NULL, 0};
		part = take_part(&rest);
	}
	return part;
}

int pypi_release_count(const struct pypi *version)
{
	int count = 1;
	size_t i;

	for (i = 0; i < version->release.length; i++)
		count += version->release.at[i] == '.';
	return count;
}

int pypi_release_order(const struct pypi *a, const struct pypi *b)
{
	struct span x = a->release, y = b->release;
	int order = number_order(a->epoch, b->epoch);

	while (order == 0 && (x.length || y.length)) {
		struct span m = take_part(&x), n = take_part(&y);

		order = number_order(m, n);
	}
	return order;
}

/* Of two optional numbered parts; ABSENT is what a missing one is against a present one. */
static int optional_order(bool has_a, struct span a, bool has_b, struct span b, int absent)
{
	if (has_a && has_b)
		return number_order(a, b);
	if (has_a == has_b)
		return 0;
	return has_a ? -absent : absent;
}

int pypi_public_order(const struct pypi *a, const struct pypi *b)
{
	int order = pypi_release_order(a, b);

	if (order == 0)
		order = sign_of((long)a->phase - (long)b->phase);
	if (order == 0)
		order = number_order(a->pre, b->pre);
	if (order == 0)
		order = optional_order(a->has_post, a->post, b->has_post, b->post, -1);
	return order ? order : optional_order(a->has_dev, a->dev, b->has_dev, b->dev, 1);
}

static int local_order(struct span a, struct span b)
{
	while (a.length && b.length) {
		struct span x = take_part(&a), y = take_part(&b);
		bool x_number = span_all_digits(x), y_number = span_all_digits(y);
		int order;

		if (x_number != y_number)
			return x_number ? 1 : -1;
		order = x_number ? number_order(x, y) : bytes_order_nocase(x, y);
		if (order != 0)
			return order;
	}
	return (a.length > 0) - (b.length > 0);
}

int pypi_parsed_order(const struct pypi *a, const struct pypi *b)
{
	int order = pypi_public_order(a, b);

	return order ? order : local_order(a->local, b->local);
}

int pypi_check(const char *version, struct error *err)
{
	struct pypi parsed;

	return pypi_parse((struct span){version, strlen(version)}, version, &parsed, err);
}

int pypi_order(const char *a, const char *b)
{
	struct pypi x, y;

	if (pypi_parse((struct span){a, strlen(a)}, a, &x, NULL) < 0 ||
	    pypi_parse((struct span){b, strlen(b)}, b, &y, NULL) < 0)
		BUG("an unchecked version");
	return pypi_parsed_order(&x, &y);
}
