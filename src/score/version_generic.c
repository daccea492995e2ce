/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order for versions of which nobody said how they are ordered: runs of digits and of letters
 * are its parts, a few dozen words are known to stand before or behind a release. It is a guess,
 * and its row in the table says so.
 */
#include <string.h>

#include "version_private.h"

/* In the order in which parts sort; a part that is missing is RANK_ZERO. */
enum rank { RANK_PRE, RANK_ZERO, RANK_POST, RANK_NUMBER, RANK_LETTER };

struct part {
	enum rank rank;
	int word; /* the place among the words of its rank */
	struct span text;
};

static const struct {
	const char *word;
	enum rank rank;
	int place;
} words[] = {
	{"dev", RANK_PRE, 1},	    {"snapshot", RANK_PRE, 1},	 {"nightly", RANK_PRE, 1},
	{"canary", RANK_PRE, 1},    {"alpha", RANK_PRE, 2},	 {"a", RANK_PRE, 2},
	{"beta", RANK_PRE, 3},	    {"b", RANK_PRE, 3},		 {"m", RANK_PRE, 4},
	{"milestone", RANK_PRE, 4}, {"eap", RANK_PRE, 4},	 {"pre", RANK_PRE, 5},
	{"preview", RANK_PRE, 5},   {"prerelease", RANK_PRE, 5}, {"rc", RANK_PRE, 6},
	{"cr", RANK_PRE, 6},	    {"release", RANK_ZERO, 0},	 {"final", RANK_ZERO, 0},
	{"ga", RANK_ZERO, 0},	    {"stable", RANK_ZERO, 0},	 {"lts", RANK_ZERO, 0},
	{"v", RANK_ZERO, 0},	    {"version", RANK_ZERO, 0},	 {"post", RANK_POST, 1},
	{"rev", RANK_POST, 1},	    {"r", RANK_POST, 1},	 {"build", RANK_POST, 1},
	{"u", RANK_POST, 2},	    {"upd", RANK_POST, 2},	 {"update", RANK_POST, 2},
	{"sp", RANK_POST, 3},	    {"p", RANK_POST, 4},	 {"pl", RANK_POST, 4},
	{"patch", RANK_POST, 4},    {"fix", RANK_POST, 5},	 {"hf", RANK_POST, 5},
	{"hotfix", RANK_POST, 5},   {"errata", RANK_POST, 5},
};

static bool is_part_char(char c)
{
	return is_digit(c) || is_alpha(c);
}

/* A word: known, or letters that end a number (1.0a), or a prerelease nobody has heard of. */
static struct part word_part(struct span text, bool behind_digit)
{
	bool ends = !is_digit(text.at[text.length]);
	size_t i;

	if (ends && behind_digit && text.length == 1)
		return (struct part){RANK_LETTER, 0, text};
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (span_is_nocase(text, words[i].word))
			return (struct part){words[i].rank, words[i].place, {NULL, 0}};
	return (struct part){ends && behind_digit ? RANK_LETTER : RANK_PRE, 0, text};
}

/* The next part behind *AT; zero at the end, which *MORE tells. */
static struct part next_part(const char **at, const char *begin, bool *more)
{
	struct part part = {RANK_ZERO, 0, {NULL, 0}};
	const char *from = *at;

	while (*from && !is_part_char(*from))
		from++;
	*more = *from != '\0';
	if (is_digit(*from)) {
		*at = digits_end(from);
		part.text = (struct span){from, (size_t)(*at - from)};
		if (number_order(part.text, (struct span){NULL, 0}) > 0)
			part.rank = RANK_NUMBER;
	} else if (*from) {
		*at = alphas_end(from);
		part = word_part((struct span){from, (size_t)(*at - from)},
				 from > begin && is_digit(from[-1]));
	}
	return part;
}

static int part_order(struct part a, struct part b)
{
	if (a.rank != b.rank)
		return sign_of((long)a.rank - (long)b.rank);
	if (a.rank == RANK_ZERO)
		return 0;
	if (a.rank == RANK_NUMBER)
		return number_order(a.text, b.text);
	if (a.word != b.word)
		return sign_of(a.word - b.word);
	return bytes_order_nocase(a.text, b.text);
}

/* A "v" or a name before the first number says nothing: "V4.1" is "4.1". */
static const char *skip_name(const char *version)
{
	const char *at = alphas_end(version);
	const char *next = at;

	while (*next && !is_part_char(*next))
		next++;
	return is_digit(*next) ? next : version;
}

int generic_check(const char *version, struct error *err)
{
	const char *at;

	for (at = version; *at; at++)
		if (is_digit(*at))
			return 0;
	return version_refuse(err, version, _("it holds no number"));
}

int generic_order(const char *a, const char *b)
{
	const char *x = skip_name(a), *y = skip_name(b);
	const char *a_begin = x, *b_begin = y;
	bool more_x = true, more_y = true;
	int order = 0;

	while (order == 0 && (more_x || more_y)) {
		struct part m = next_part(&x, a_begin, &more_x),
			    n = next_part(&y, b_begin, &more_y);

		order = part_order(m, n);
	}
	return order;
}
