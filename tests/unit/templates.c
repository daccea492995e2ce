/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters as they are shipped: every language has the same letters with the same words to fill in, every word is
 * one that somebody fills, every phrase that the program asks for is there, and nothing is left unfilled.
 */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "tests/unit/tap.h"

/* All the words that the desk ever fills. */
static const char *const known[] = { "name", "case", "handler", "team", "reason", "version", "until", "utc", "rsvp",
				     "cause", "allowed", "block" };
static struct desk desk;

static bool load(const char *language, struct conf *ret)
{
	AUTO_STRING name = mem_format("letters/%s.yaml", language);
	AUTO_STRING path = file_data(name);
	AUTO_ERROR err = ERROR_INIT;
	int code = conf_load_file(path, ret, &err);

	CHECK(code == 0, "%s can be read: %s", name, str_or_empty(err.why));
	return code == 0;
}

/* The words in braces of TEXT, as bits of known[]; one that is not known fails. */
static unsigned words_of(const char *text, const char *where)
{
	unsigned bits = 0;

	for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
		size_t length = strcspn(at + 1, "}"), i = 0;

		while (i < ARRAY_LEN(known) && !(strlen(known[i]) == length && strncmp(known[i], at + 1, length) == 0))
			i++;
		CHECK_QUIET(i < ARRAY_LEN(known), "%s: {%.*s} is filled by nobody", where, (int)length, at + 1);
		bits |= 1u << i;
	}
	return bits;
}

static void compare_letters(const struct conf *en, const struct conf *zh)
{
	const struct conf *letters = conf_get(en, "letters"), *others = conf_get(zh, "letters");

	CHECK(letters && others && letters->count == others->count && letters->count >= 18, "as many in each language");
	for (size_t i = 0; letters && others && i < letters->count; i++) {
		const struct conf *one = &letters->items[i], *other = conf_get(others, one->key);
		unsigned subject = words_of(conf_text(one, "subject", ""), one->key);
		unsigned text = words_of(conf_text(one, "text", ""), one->key);

		CHECK_QUIET(other, "%s is there in Chinese", one->key);
		if (!other)
			continue;
		CHECK_QUIET(words_of(conf_text(other, "subject", ""), one->key) == subject &&
				    words_of(conf_text(other, "text", ""), one->key) == text,
			    "%s fills in the same words in both", one->key);
		CHECK_QUIET(strstr(conf_text(one, "subject", ""), "[{case}]") && strstr(conf_text(other, "subject", ""), "[{case}]"),
			    "%s: the subject holds the case's number", one->key);
	}
	CHECK(tap_failed == 0, "each letter is there twice, with the same words");
}

static void compare_section(const struct conf *en, const struct conf *zh, const char *name, const char *const *words,
			    size_t extra)
{
	const struct conf *one = conf_get(en, name), *other = conf_get(zh, name);
	size_t count = 0;

	for (; words[count]; count++)
		CHECK_QUIET(one && other && *conf_text(one, words[count], "") && *conf_text(other, words[count], ""),
			    "%s: %s in both", name, words[count]);
	CHECK(one && other && one->count == count + extra && other->count == count + extra, "%s: %zu phrases, all of them",
	      name, count);
}

static void test_filled(const char *language)
{
	static const struct letter_word filled[] = {
		{ "name", "Mara" }, { "case", "P-1" }, { "handler", "Nadia" }, { "team", "T" }, { "reason", "R" },
		{ "version", "7" }, { "until", "U" }, { "utc", "Z" }, { "rsvp", "A" }, { "cause", "C" }, { "allowed", "L" },
		{ "block", "B\nB\n" },
	};
	const char **names = NULL;
	size_t count = 0;

	CHECK(desk_letter_names(&desk, &names, &count, NULL) == 0, "their names");
	for (size_t i = 0; i < count; i++) {
		struct letter_text full = { 0 }, bare = { 0 };
		AUTO_ERROR err = ERROR_INIT;

		CHECK_QUIET(desk_letter_text(&desk, names[i], language, filled, ARRAY_LEN(filled), &full, &err) == 0 &&
				    desk_letter_text(&desk, names[i], language, NULL, 0, &bare, &err) == 0,
			    "%s: %s", names[i], str_or_empty(err.why));
		CHECK_QUIET(full.text && !strpbrk(full.text, "{}") && !strpbrk(full.subject, "{}\r\n") &&
				    !strstr(full.text, "\n\n\n") && strstr(full.text, "Mara") && strstr(full.text, "Nadia"),
			    "%s in %s is whole", names[i], language);
		CHECK_QUIET(bare.text && !strpbrk(bare.text, "{}") && !strstr(bare.text, "\n\n\n"), "%s in %s without words",
			    names[i], language);
		letter_text_release(&full);
		letter_text_release(&bare);
	}
	free(names);
	CHECK(tap_failed == 0, "every letter in %s, filled and not", language);
}

static void test_refused(void)
{
	struct letter_text text = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	CHECK(desk_letter_text(&desk, "nonsense", "en", NULL, 0, &text, &err) == ERR_USAGE &&
		      strstr(err.why, "acknowledgement"),
	      "a letter that is none, and those there are");
	CHECK(desk_letter_text(&desk, "status", "../../etc", NULL, 0, &text, &err) == ERR_USAGE, "a language that is none");
}

int main(void)
{
	static const char *const rejections[] = { "duplicate", "obsolete-product", "not-security", "other-vendor",
						  "not-reproducible", "out-of-scope", "need-info", "hardening", NULL };
	struct conf en, zh;

	if (!load("en", &en) || !load("zh", &zh))
		return tap_done();
	compare_letters(&en, &zh);
	compare_section(&en, &zh, "causes", end_words, 0);
	compare_section(&en, &zh, "allowed", allow_words, 1);
	compare_section(&en, &zh, "rejections", rejections, 0);
	for (size_t i = 0; language_words[i]; i++)
		test_filled(language_words[i]);
	test_refused();
	desk_templates_free(desk.templates);
	conf_release(&en);
	conf_release(&zh);
	return tap_done();
}
