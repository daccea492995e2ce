/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a case: what would give it away if it stood in something that leaves in clear. */
#include "psirtty/desk/letters.h"

#include <ctype.h>

#include "desk/desk_private.h"

enum { WORD_LEAST = 4, HAN_BYTES = 6 };

/* Words of so many titles that they say nothing. */
static const char *const common[] = {
	"about", "access", "after", "again", "allows", "attack", "bug", "case", "could", "critical", "details",
	"email", "found", "from", "have", "high", "into", "issue", "issues", "letter", "mail", "medium", "message", "more",
	"please", "possible", "problem", "product", "question", "received", "report", "reported", "reporting", "security",
	"some", "team", "thank", "thanks", "that", "their", "there", "this", "update", "urgent", "version", "vulnerability",
	"vulnerabilities", "when", "which", "with", "without", "your",
};

static bool is_common(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (strlen(common[i]) == length && strncasecmp(common[i], word, length) == 0)
			return true;
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* WORD in TEXT as a word of its own; in scripts without blanks, anywhere. */
static bool holds(const char *text, const char *word, size_t length)
{
	bool ascii = (unsigned char)*word < 0x80;

	for (const char *at = text; *at; at++) {
		if (strncasecmp(at, word, length) != 0)
			continue;
		if (!ascii || ((at == text || !is_word(at[-1])) && !is_word(at[length])))
			return true;
	}
	return false;
}

static bool report(const char *text, const char *word, size_t length, struct str *ret)
{
	if (!holds(text, word, length))
		return false;
	str_add_bytes(ret, word, length);
	return true;
}

/* Every word of a title, a name; of Chinese every pair of characters. */
static bool any_word(const char *text, const char *from, struct str *ret)
{
	while (*from) {
		size_t length = 0;

		if ((unsigned char)*from >= 0xE3 && (unsigned char)*from <= 0xE9 && from[1] && from[2]) {
			bool pair = (unsigned char)from[3] >= 0xE3 && (unsigned char)from[3] <= 0xE9 && from[4] && from[5];

			if (pair && report(text, from, HAN_BYTES, ret))
				return true;
			from += 3;
			continue;
		}
		while (is_word(from[length]))
			length++;
		if (length >= WORD_LEAST && !is_common(from, length) && report(text, from, length, ret))
			return true;
		from += length ? length : 1;
	}
	return false;
}

static bool whole(const char *text, const char *term, struct str *ret)
{
	return term && strlen(term) >= 3 && report(text, term, strlen(term), ret);
}

static bool any_product(struct desk *desk, const struct case_state *state, const char *text, struct str *ret)
{
	for (size_t i = 0; i < state->affected_count; i++) {
		const struct case_affected *affected = &state->affected[i];
		const struct product *product = model_find_product(desk->model, affected->product);

		if (whole(text, affected->product, ret) || whole(text, product ? product->name : NULL, ret) ||
		    (strchr(affected->version, '.') && whole(text, affected->version, ret)))
			return true;
	}
	return false;
}

static bool any_file(const struct case_state *state, const char *text, struct str *ret)
{
	for (size_t i = 0; i < state->message_count; i++)
		for (size_t k = 0; k < state->messages[i].attachment_count; k++)
			if (whole(text, state->messages[i].attachments[k].name, ret))
				return true;
	return false;
}

bool desk_gives_away(struct desk *desk, const struct case_state *state, const char *text, struct str *ret)
{
	if (any_word(text, str_or_empty(state->title), ret) || whole(text, state->cwe, ret) ||
	    any_product(desk, state, text, ret) || any_file(state, text, ret))
		return true;
	for (size_t i = 0; i < state->id_count; i++)
		if (whole(text, state->ids[i].text, ret))
			return true;
	for (size_t i = 0; i < state->score_count; i++)
		if (whole(text, state->scores[i].vector, ret))
			return true;
	return false;
}
