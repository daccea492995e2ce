/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test 6.3.8 of CSAF: the texts that people wrote, word by word before a dictionary that the caller has. What is a name in
 * this document, an abbreviation, an address or has digits in it is no matter of spelling.
 */
#include "format/csaf20.h"

#include <ctype.h>

/* Words of the field that dictionaries of English lack. */
static const char field_words[] =
#include "gen/spelling.txt.inc"
	;

enum { WORD_MAX = 60, TOLD_MAX = 5 };

/* Where texts stand, a step a part, "*" for every item; NAME: what is capitalised there is a proper name. */
static const struct { const char *path; bool name; } texts[] = {
	{ "document/acknowledgments/*/names/*", true },
	{ "document/acknowledgments/*/organization", true },
	{ "document/acknowledgments/*/summary", false },
	{ "document/aggregate_severity/text", false },
	{ "document/distribution/text", false },
	{ "document/notes/*/audience", false },
	{ "document/notes/*/text", false },
	{ "document/notes/*/title", false },
	{ "document/publisher/issuing_authority", false },
	{ "document/publisher/name", true },
	{ "document/references/*/summary", false },
	{ "document/title", false },
	{ "document/tracking/aliases/*", true },
	{ "document/tracking/generator/engine/name", true },
	{ "document/tracking/revision_history/*/summary", false },
	{ "product_tree/full_product_names/*/name", true },
	{ "product_tree/product_groups/*/summary", false },
	{ "product_tree/relationships/*/full_product_name/name", true },
	{ "product_tree/product_paths/*/full_product_name/name", true },
	{ "vulnerabilities/*/acknowledgments/*/names/*", true },
	{ "vulnerabilities/*/acknowledgments/*/organization", true },
	{ "vulnerabilities/*/acknowledgments/*/summary", false },
	{ "vulnerabilities/*/involvements/*/summary", false },
	{ "vulnerabilities/*/notes/*/audience", false },
	{ "vulnerabilities/*/notes/*/text", false },
	{ "vulnerabilities/*/notes/*/title", false },
	{ "vulnerabilities/*/references/*/summary", false },
	{ "vulnerabilities/*/remediations/*/details", false },
	{ "vulnerabilities/*/remediations/*/entitlements/*", false },
	{ "vulnerabilities/*/remediations/*/restart_required/details", false },
	{ "vulnerabilities/*/threats/*/details", false },
	{ "vulnerabilities/*/title", false },
};

struct spelling {
	struct csaf *d;
	const struct check_speller *speller;
	json_t *names, *seen; /* words of names; words judged: whether they are right */
	bool collect, name;   /* what this walk is for */
};

/* ---- words */

/* How many bytes the letter at TEXT has; 0: it is none. Of other scripts everything counts that is no punctuation. */
static size_t letter_length(const char *text)
{
	const char *at = text;
	int32_t point;

	if ((unsigned char)*text < 0x80)
		return isalpha((unsigned char)*text) ? 1 : 0;
	point = utf8_next(&at, text + strlen(text));
	return point < 0xC0 || (point >= 0x2000 && point < 0x2C00) || (point >= 0x3000 && point < 0x3040) || point >= 0xFE00 ?
		       0 : (size_t)(at - text);
}

static size_t word_length(const char *text)
{
	size_t length = 0, letter;

	while ((letter = letter_length(text + length)) || (length && text[length] == '\'' && letter_length(text + length + 1)))
		length += letter ? letter : 1;
	return length;
}

/* Of capitals alone, or with one behind the first letter: an abbreviation, a name of code. */
static bool is_coined(const char *word)
{
	for (const char *c = word + (*word != '\0'); *c; c++)
		if (isupper((unsigned char)*c))
			return true;
	return false;
}

static bool is_field_word(const char *word)
{
	size_t length = strlen(word);

	for (const char *line = field_words; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strcspn(line, "\n") == length && strncasecmp(line, word, length) == 0)
			return true;
	return false;
}

static bool is_right(struct spelling *s, const char *word)
{
	const json_t *known = json_object_get(s->seen, word);
	bool right;

	if (known)
		return json_is_true(known);
	right = strlen(word) < 2 || strlen(word) > WORD_MAX || is_coined(word) || json_object_get(s->names, word) ||
		is_field_word(word) || s->speller->knows(s->speller->context, word);
	json_object_set_new(s->seen, word, json_boolean(right));
	return right;
}

/* What stands between blanks and is an address, a path, has digits or signs of code in it. */
static bool is_code(const char *token, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strchr("0123456789@_\\=<>{}[]|~^$#&%+*", token[i]) || (token[i] == '/' && i + 1 < length && i > 0) ||
		    (token[i] == ':' && i + 1 < length) || (token[i] == '.' && i + 1 < length && letter_length(token + i + 1)))
			return true;
	return length > 0 && (token[0] == '/' || token[0] == '-');
}

static bool is_space(char c)
{
	return c && strchr(" \t\r\n", c);
}

/* Words of the alternatives "and/or" are words all the same. */
static bool is_choice(const char *token, size_t length)
{
	size_t slashes = 0;

	for (size_t i = 0; i < length; i++) {
		slashes += token[i] == '/';
		if (token[i] != '/' && !isalpha((unsigned char)token[i]))
			return false;
	}
	return slashes == 1 && token[0] != '/';
}

static void judge_token(struct spelling *s, const char *token, size_t length, struct str *wrong, int *ret_count)
{
	AUTO_STRING text = mem_copy(token, length);
	const char *at = text;

	if (is_code(token, length) && !is_choice(token, length))
		return;
	while (*at) {
		size_t word = word_length(at);
		AUTO_STRING one = mem_copy(at, word);

		at += word ? word : 1;
		if (!word || (s->name && isupper((unsigned char)*one)))
			continue;
		if (!is_right(s, one)) {
			AUTO_STRING quoted = mem_format("\"%s\"", one);

			if (!strstr(str_or_empty(wrong->bytes), quoted) && (*ret_count)++ < TOLD_MAX)
				str_add_format(wrong, "%s%s", wrong->length ? ", " : "", quoted);
		}
	}
}

static void add_names(json_t *names, const char *text)
{
	while (*text) {
		size_t word = word_length(text);
		AUTO_STRING one = mem_copy(text, word);

		if (word)
			json_object_set_new(names, one, json_true());
		text += word ? word : 1;
	}
}

static void judge_text(struct spelling *s, const char *text, const struct place *place)
{
	AUTO_STR plain = STR_INIT, wrong = STR_INIT;
	const char *at;
	int count = 0;

	if (s->collect) {
		add_names(s->names, text);
		return;
	}
	/* The typographic apostrophe is one all the same. */
	for (; *text; text += str_starts(text, "\u2019") ? 3 : 1)
		str_add_char(&plain, str_starts(text, "\u2019") ? '\'' : *text);
	for (at = str_or_empty(plain.bytes); *at;) {
		size_t length = 0;

		while (at[length] && !is_space(at[length]))
			length++;
		judge_token(s, at, length, &wrong, &count);
		at += length + (at[length] != '\0');
	}
	if (count)
		check_found(s->d->c, place, _("not in the dictionary: %s"), wrong.bytes);
}

/* ---- ways through the document */

static void walk(struct spelling *s, const json_t *json, const char *path, const struct place *place)
{
	size_t length = strcspn(path, "/"), i;
	const char *rest = path + length + (path[length] == '/');
	json_t *item;

	if (!*path) {
		if (json_is_string(json))
			judge_text(s, json_string_value(json), place);
		return;
	}
	if (*path == '*') {
		json_array_foreach((json_t *)json, i, item)
			walk(s, item, rest, AT_INDEX(place, i));
		return;
	}
	{
		AUTO_STRING name = mem_copy(path, length);
		const json_t *value = json_object_get(json, name);

		if (value)
			walk(s, value, rest, AT(place, name));
	}
}

static void walk_branch(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	struct spelling *s = context;
	const char *name = js_string(branch, "name"), *product = js_string(json_object_get(branch, "product"), "name");

	(void)d;
	if (name)
		judge_text(s, name, AT(place, "name"));
	if (product)
		judge_text(s, product, AT(AT(place, "product"), "name"));
}

static void walk_all(struct spelling *s, bool collect)
{
	s->collect = collect;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		s->name = texts[i].name;
		if (s->name || !collect)
			walk(s, s->d->root, texts[i].path, NULL);
	}
	s->name = true;
	csaf_each_branch(s->d, walk_branch, s);
}

void csaf_spelling(struct csaf *d, const struct check_speller *speller)
{
	AUTO_JSON names = json_object();
	AUTO_JSON seen = json_object();
	struct spelling s = { .d = d, .speller = speller, .names = names, .seen = seen };

	walk_all(&s, true);
	walk_all(&s, false);
}
