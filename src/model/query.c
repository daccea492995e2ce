/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The query language of lists: words and key:value terms, all of which must match; ! negates,
 * double quotes keep blanks. Letters match in either case.
 */
#include <utf8proc.h>

#include "model/case.h"

static int32_t fold_letter(int32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	return utf8proc_tolower(c);
}

static bool begins(const char *text, const char *text_end, const char *word, const char *word_end)
{
	while (word < word_end)
		if (text >= text_end || fold_letter(utf8_next(&text, text_end)) !=
						fold_letter(utf8_next(&word, word_end)))
			return false;
	return true;
}

/* Whether WORD occurs in the LENGTH bytes of TEXT. Where the word begins with an ASCII letter, only that
 * letter is looked at closely. */
static bool contains_within(const char *text, size_t length, const char *word)
{
	const char *text_end = text + length, *word_end = word + strlen(word);
	int32_t first = (unsigned char)word[0] < 0x80 ? fold_letter(word[0]) : 0;

	if (!*word)
		return true;
	for (; text < text_end; text++)
		if ((!first || fold_letter((unsigned char)*text & 0x7F) == first) &&
		    begins(text, text_end, word, word_end))
			return true;
	return false;
}

/* TEXT may be NULL. */
static bool contains(const char *text, const char *word)
{
	return text && contains_within(text, strlen(text), word);
}

/* What a brief has of it: whole characters. */
static bool summary_contains(const char *text, const char *word)
{
	size_t length = text ? strnlen(text, SUMMARY_BEGIN) : 0;

	while (text && length >= SUMMARY_BEGIN && ((unsigned char)text[length] & 0xC0) == 0x80)
		length++;
	return text && contains_within(text, length, word);
}

/* ---- the keys: each sets *RET, or returns false when VALUE is none it knows */

typedef bool (*key_fn)(const struct case_state *state, const char *value, instant now, bool *ret);

static bool match_state(const struct case_state *state, const char *value, instant now, bool *ret)
{
	int wanted = rm_from_name(value);

	(void)now;
	*ret = (int)state->rm == wanted;
	return wanted >= 0;
}

static bool match_em(const struct case_state *state, const char *value, instant now, bool *ret)
{
	int wanted = em_from_name(value);

	(void)now;
	*ret = (int)state->embargo.state == wanted;
	return wanted >= 0;
}

static bool match_severity(const struct case_state *state, const char *value, instant now,
			   bool *ret)
{
	const struct case_score *score = case_leading_score(state);

	(void)now;
	*ret = score ? str_casecmp(cvss_severity_name(score->cvss.severity), value) == 0 :
		       str_casecmp(value, "unscored") == 0;
	if (str_casecmp(value, "unscored") == 0)
		return true;
	for (int i = CVSS_NONE; i <= CVSS_CRITICAL; i++)
		if (str_casecmp(cvss_severity_name((enum cvss_severity)i), value) == 0)
			return true;
	return false;
}

static bool match_assignee(const struct case_state *state, const char *value, instant now,
			   bool *ret)
{
	(void)now;
	*ret = contains(state->assignee, value) ||
	       (!state->assignee && str_casecmp(value, "none") == 0);
	return true;
}

static bool match_party(const struct case_state *state, const char *value, instant now, bool *ret)
{
	(void)now;
	*ret = false;
	for (size_t i = 0; i < state->party_count && !*ret; i++)
		*ret = contains(state->parties[i].name, value) ||
		       contains(state->parties[i].address, value);
	return true;
}

static bool match_product(const struct case_state *state, const char *value, instant now, bool *ret)
{
	(void)now;
	*ret = false;
	for (size_t i = 0; i < state->affected_count && !*ret; i++)
		*ret = contains(state->affected[i].product, value);
	return true;
}

static bool match_cve(const struct case_state *state, const char *value, instant now, bool *ret)
{
	bool any = false;

	(void)now;
	*ret = false;
	for (size_t i = 0; i < state->id_count; i++) {
		if (str_casecmp(state->ids[i].system, "cve") != 0)
			continue;
		any = true;
		*ret = *ret || contains(state->ids[i].text, value);
	}
	*ret = *ret || (!any && str_casecmp(value, "none") == 0);
	return true;
}

/* "<7d": within seven days or overdue; ">2w": later than in two weeks. Nothing due is neither. */
static bool match_due(const struct case_state *state, const char *value, instant now, bool *ret)
{
	static const struct { char letter; instant unit; } units[] = {
		{ 'm', INSTANT_MINUTE }, { 'h', INSTANT_HOUR },
		{ 'd', INSTANT_DAY },    { 'w', 7 * INSTANT_DAY },
	};
	bool within = value[0] == '<';
	size_t digits = within || value[0] == '>' ? strspn(value + 1, "0123456789") : 0;
	const char *what;
	instant at, span = 0;

	if (digits < 1 || digits > 4 || strlen(value) != digits + 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].letter == value[digits + 1])
			span = units[i].unit;
	*ret = false;
	if (span && case_next_due(state, now, &what, &at)) {
		instant limit = now + span * strtol(value + 1, NULL, 10);

		*ret = within ? at < limit : at > limit;
	}
	return span != 0;
}

static bool match_is(const struct case_state *state, const char *value, instant now, bool *ret)
{
	static const struct { const char *word; char mark; } words[] = {
		{ "embargoed", '~' }, { "overdue", '!' }, { "new", '*' },
	};
	char marks[4];

	case_marks(state, now, marks);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_casecmp(words[i].word, value) == 0) {
			*ret = strchr(marks, words[i].mark) != NULL;
			return true;
		}
	return false;
}

#define X(name, letter, word) " " word
static const char known_states[] = RM_STATES(X);
static const char known_ems[] = EM_STATES(X);
#undef X

static const struct {
	const char *key, *known; /* KNOWN: the values there are, or NULL where any text is one */
	key_fn match;
} keys[] = {
	{ "state", known_states, match_state },
	{ "sev", " none low medium high critical unscored", match_severity },
	{ "assignee", NULL, match_assignee },
	{ "party", NULL, match_party },
	{ "product", NULL, match_product },
	{ "cve", NULL, match_cve },
	{ "em", known_ems, match_em },
	{ "due", " <7d >2w <12h <30m", match_due },
	{ "is", " embargoed overdue new", match_is },
};

/* ---- plain words: title, id, the beginning of the summary, finder */

static bool match_word(const struct case_state *state, const char *word)
{
	if (contains(state->title, word) || contains(state->id, word) ||
	    summary_contains(state->summary, word))
		return true;
	for (size_t i = 0; i < state->party_count; i++)
		if ((str_equal(state->parties[i].role, "finder") ||
		     str_equal(state->parties[i].role, "reporter")) &&
		    (contains(state->parties[i].name, word) ||
		     contains(state->parties[i].address, word)))
			return true;
	for (size_t i = 0; i < state->reporter_count; i++)
		if (contains(state->reporters[i], word))
			return true;
	return false;
}

/* ---- terms */

struct term {
	bool negated, keyed;
	struct str key, value;
};

static void term_release(struct term *term)
{
	str_release(&term->key);
	str_release(&term->value);
}

/* The next term at *CURSOR; false at the end. A key ends at the first colon outside quotes. */
static bool term_next(const char **cursor, struct term *ret)
{
	const char *s = *cursor + strspn(*cursor, " \t");
	bool quoted = false, was_quoted = false;

	ret->keyed = false;
	ret->negated = *s == '!';
	str_reset(&ret->key);
	str_reset(&ret->value);
	s += ret->negated;
	for (; *s && (quoted || (*s != ' ' && *s != '\t')); s++) {
		if (*s == '"') {
			quoted = !quoted;
			was_quoted = true;
		} else if (*s == ':' && !was_quoted && !ret->keyed && ret->value.length > 0) {
			str_add(&ret->key, ret->value.bytes);
			str_reset(&ret->value);
			ret->keyed = true;
		} else {
			str_add_char(&ret->value, *s);
		}
	}
	*cursor = s;
	return ret->keyed || ret->negated || ret->value.length > 0 || was_quoted;
}

static int refuse_key(const char *key, struct error *err)
{
	AUTO_STR known = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		str_add_format(&known, "%s%s", i ? ", " : "", keys[i].key);
	return error_set(err, ERR_USAGE, _("query"), NULL,
			 _("there is no key \"%.40s\"; known are %s"), key, known.bytes);
}

/* A word costs most: it is looked for only while the answer is WANTED. */
static int match_term(const struct case_state *state, const struct term *term, bool wanted,
		      instant now, bool *ret, struct error *err)
{
	if (!term->keyed) {
		*ret = wanted && match_word(state, term->value.bytes);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (str_casecmp(keys[i].key, term->key.bytes) != 0)
			continue;
		if (keys[i].match(state, term->value.bytes, now, ret))
			return 0;
		return error_set(err, ERR_USAGE, _("query"), NULL,
				 _("%s has no value \"%.40s\"; known are%s"), keys[i].key,
				 term->value.bytes, str_or_empty(keys[i].known));
	}
	return refuse_key(term->key.bytes, err);
}

/* Every term is looked at, so that a query is refused or not whatever the case. */
int case_matches(const struct case_state *state, const char *query, instant now, bool *ret,
		 struct error *err)
{
	struct term term = { .key = STR_INIT, .value = STR_INIT };
	bool all = true, one = false;
	int code = 0;

	while (!code && term_next(&query, &term)) {
		code = match_term(state, &term, all, now, &one, err);
		all = all && one != term.negated;
	}
	term_release(&term);
	if (!code)
		*ret = all;
	return code;
}
