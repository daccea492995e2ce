/* SPDX-License-Identifier: Apache-2.0 */
/* Language tags taken apart and held against the registry, data/language-subtags.tsv. */
#include "format/language.h"

#include <ctype.h>

#include "psirtty/base/str.h"

enum { SUBTAGS = 64, SUBTAG = 9 };

static const char registry[] =
#include "gen/language-subtags.tsv.inc"
	;

struct tag { char subtags[SUBTAGS][SUBTAG]; size_t count; };

static bool tag_read(const char *text, struct tag *ret)
{
	*ret = (struct tag){ 0 };
	for (;;) {
		size_t length = strcspn(text, "-");

		if (!length || length >= SUBTAG || ret->count == SUBTAGS)
			return false;
		for (size_t i = 0; i < length; i++) {
			if (!isalnum((unsigned char)text[i]))
				return false;
			ret->subtags[ret->count][i] = (char)tolower((unsigned char)text[i]);
		}
		ret->count++;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

static bool letters(const char *subtag)
{
	for (; *subtag; subtag++)
		if (!isalpha((unsigned char)*subtag))
			return false;
	return true;
}

/* ---- the registry: lines of a type and words */

/* Whether WORD of LENGTH is SUBTAG, or "a..b" around it, or "SUBTAG/prefix" with that PREFIX. */
static bool word_fits(const char *word, size_t length, const char *subtag, const char *prefix)
{
	size_t own = strlen(subtag);

	if (length == own && strncmp(word, subtag, own) == 0)
		return true;
	if (length == 2 * own + 2 && strncmp(word + own, "..", 2) == 0)
		return strncmp(subtag, word, own) >= 0 && strncmp(subtag, word + own + 2, own) <= 0;
	return prefix && length == own + 1 + strlen(prefix) && strncmp(word, subtag, own) == 0 &&
	       word[own] == '/' && strncmp(word + own + 1, prefix, strlen(prefix)) == 0;
}

static bool line_has(const char *line, const char *subtag, const char *prefix)
{
	while (*line && *line != '\n') {
		size_t length = strcspn(line, " \n");

		if (word_fits(line, length, subtag, prefix))
			return true;
		line += length + (line[length] == ' ');
	}
	return false;
}

static bool registered(const char *type, const char *subtag, const char *prefix)
{
	size_t length = strlen(type);

	for (const char *line = registry; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, type, length) == 0 && line[length] == '\t' &&
		    line_has(line + length + 1, subtag, prefix))
			return true;
	}
	return false;
}

/* ---- tags */

static bool is_region(const char *subtag)
{
	return (strlen(subtag) == 2 && letters(subtag)) ||
	       (strlen(subtag) == 3 && strspn(subtag, "0123456789") == 3);
}

static bool is_variant(const char *subtag)
{
	return strlen(subtag) >= 5 || (strlen(subtag) == 4 && isdigit((unsigned char)subtag[0]));
}

/* Extensions and private use: a letter or a digit, each once, and what follows it. */
static bool rest_valid(const struct tag *tag, size_t at)
{
	char seen[SUBTAGS + 1] = "";
	size_t count = 0;

	while (at < tag->count) {
		const char *key = tag->subtags[at];
		bool private_use = key[0] == 'x';
		size_t from = ++at;

		if (key[1] || strchr(seen, key[0]))
			return false;
		seen[count++] = key[0];
		while (at < tag->count && (private_use || tag->subtags[at][1]))
			at++;
		if (at == from)
			return false;
	}
	return true;
}

static bool is_script(const char *subtag)
{
	return strlen(subtag) == 4 && letters(subtag);
}

static bool is_extlang(const char *subtag)
{
	return strlen(subtag) == 3 && letters(subtag);
}

/* Behind the language: at most three extended ones, a script, a region, variants, extensions. */
bool language_tag_formed(const char *text)
{
	struct tag tag;
	size_t at = 1, language;

	if (!tag_read(text, &tag))
		return false;
	if (str_casecmp(text, "i-default") == 0 || str_casecmp(text, "i-mingo") == 0)
		return true;
	if (str_equal(tag.subtags[0], "x"))
		return tag.count > 1;
	language = strlen(tag.subtags[0]);
	if (language < 2 || !letters(tag.subtags[0]))
		return false;
	while (language < 4 && at < tag.count && at < 4 && is_extlang(tag.subtags[at]))
		at++;
	at += at < tag.count && is_script(tag.subtags[at]);
	at += at < tag.count && is_region(tag.subtags[at]);
	while (at < tag.count && is_variant(tag.subtags[at]))
		at++;
	while (at < tag.count && !tag.subtags[at][1] && tag.subtags[at][0] != 'x') {
		size_t from = ++at;

		while (at < tag.count && tag.subtags[at][1])
			at++;
		if (at == from)
			return false;
	}
	return at == tag.count || (str_equal(tag.subtags[at], "x") && at + 1 < tag.count);
}

/* The registered variants from AT on, none twice; how many. */
static size_t variants_valid(const struct tag *tag, size_t at)
{
	size_t count = 0;

	for (; at + count < tag->count && is_variant(tag->subtags[at + count]); count++) {
		if (!registered("variant", tag->subtags[at + count], NULL))
			break;
		for (size_t before = 0; before < count; before++)
			if (str_equal(tag->subtags[at + before], tag->subtags[at + count]))
				return count;
	}
	return count;
}

bool language_tag_valid(const char *text)
{
	AUTO_STRING lower = mem_string(text);
	struct tag tag;
	size_t at = 1;

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (!tag_read(text, &tag))
		return false;
	if (registered("grandfathered", lower, NULL))
		return true;
	if (str_equal(tag.subtags[0], "x"))
		return rest_valid(&tag, 0);
	if (!letters(tag.subtags[0]) || !registered("language", tag.subtags[0], NULL))
		return false;
	if (at < tag.count && is_extlang(tag.subtags[at]) &&
	    registered("extlang", tag.subtags[at], tag.subtags[0]))
		at++;
	if (at < tag.count && is_script(tag.subtags[at]) &&
	    registered("script", tag.subtags[at], NULL))
		at++;
	if (at < tag.count && is_region(tag.subtags[at]) && registered("region", tag.subtags[at], NULL))
		at++;
	return rest_valid(&tag, at + variants_valid(&tag, at));
}

static bool between(const char *subtag, const char *from, const char *to)
{
	return strlen(subtag) == strlen(from) && strcmp(subtag, from) >= 0 && strcmp(subtag, to) <= 0;
}

static bool subtag_private(const char *subtag)
{
	return between(subtag, "qaaa", "qabx") || between(subtag, "aa", "aa") || between(subtag, "qm", "qz") ||
	       between(subtag, "xa", "xz") || between(subtag, "zz", "zz");
}

bool language_tag_private(const char *text)
{
	struct tag tag;

	if (!tag_read(text, &tag))
		return false;
	if (between(tag.subtags[0], "qaa", "qtz") || str_equal(tag.subtags[0], "x"))
		return true;
	for (size_t i = 1; i < tag.count; i++) {
		if (str_equal(tag.subtags[i], "x") || subtag_private(tag.subtags[i]))
			return true;
		if (!tag.subtags[i][1])
			return strstr(text, "-x-") || strstr(text, "-X-");
	}
	return false;
}
