/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maven: ComparableVersion as Maven 3.8 has it (releases differ in details of qualifiers behind
 * dots). A version is a list of numbers and qualifiers in which a dash, or an edge between digits
 * and letters, opens a list inside the list. Such a list is always the last item of the one around
 * it, so that the whole is kept as a chain of lists, and compared without recursion.
 */
#include <string.h>

#include "version_private.h"

enum { ITEMS = VERSION_LENGTH_MAX + 1, RANK_RELEASE = 5, RANK_OTHER = 7 };

enum item_kind { ITEM_NONE, ITEM_NUMBER, ITEM_WORD, ITEM_LIST };

struct item {
	enum item_kind kind;
	int rank;	  /* of a word */
	struct span text; /* a number's digits, a word's letters */
};

struct chain {
	int count;
	bool open;		      /* the innermost list has no item yet */
	struct item items[3 * ITEMS]; /* at most three for a letter before a digit */
};

static const struct {
	const char *word;
	int rank;
} qualifiers[] = {
	{"alpha", 0},
	{"beta", 1},
	{"milestone", 2},
	{"rc", 3},
	{"cr", 3},
	{"snapshot", 4},
	{"", 5},
	{"ga", RANK_RELEASE},
	{"final", RANK_RELEASE},
	{"release", 5},
	{"sp", 6},
};

static int word_rank(struct span word, bool before_digit)
{
	static const char letters[] = "abm";
	size_t i;

	/* One letter right before a digit is short for a qualifier: 1.0a1. */
	if (before_digit && word.length == 1)
		for (i = 0; letters[i]; i++)
			if (to_lower(*word.at) == letters[i])
				return (int)i;
	for (i = 0; i < ARRAY_LEN(qualifiers); i++)
		if (span_is_nocase(word, qualifiers[i].word))
			return qualifiers[i].rank;
	return RANK_OTHER;
}

static void add_list(struct chain *chain)
{
	chain->items[chain->count++] = (struct item){.kind = ITEM_LIST};
	chain->open = true;
}

static void add_number(struct chain *chain, struct span digits)
{
	chain->items[chain->count++] = (struct item){.kind = ITEM_NUMBER, .text = digits};
	chain->open = false;
}

static void add_word(struct chain *chain, struct span word, bool before_digit)
{
	chain->items[chain->count++] =
		(struct item){ITEM_WORD, word_rank(word, before_digit), word};
	chain->open = false;
}

/* What stands between BEGIN and END is of one sort; empty is the number 0. */
static void add_item(struct chain *chain, const char *begin, const char *end, bool digits)
{
	struct span text = {begin, (size_t)(end - begin)};

	if (text.length == 0 || digits)
		add_number(chain, text);
	else
		add_word(chain, text, false);
}

static void chain_parse(struct chain *chain, const char *version)
{
	const char *begin = version, *at;
	bool digits = false;

	chain->count = 0;
	chain->open = true;
	for (at = version; *at; at++) {
		if (*at == '.' || *at == '-') {
			add_item(chain, begin, at, digits);
			begin = at + 1;
			if (*at == '-')
				add_list(chain);
			continue;
		}
		if (is_digit(*at) && !digits && at > begin) {
			if (!chain->open)
				add_list(chain);
			add_word(chain, (struct span){begin, (size_t)(at - begin)}, true);
			add_list(chain);
			begin = at;
		} else if (!is_digit(*at) && digits && at > begin) {
			add_item(chain, begin, at, true);
			add_list(chain);
			begin = at;
		}
		digits = is_digit(*at);
	}
	if (at > begin) {
		if (!digits && !chain->open)
			add_list(chain);
		add_item(chain, begin, at, digits);
	}
}

/* Whether the item is the same as none: 0, or a word for a release. */
static bool is_null(const struct item *item)
{
	if (item->kind == ITEM_WORD)
		return item->rank == RANK_RELEASE;
	return number_order(item->text, (struct span){NULL, 0}) == 0;
}

/* Cuts from each list the last items that are null, and the lists at the end that are empty. */
static void chain_normalize(struct chain *chain)
{
	int from, to = 0;

	for (from = 0; from < chain->count; from++) {
		if (chain->items[from].kind == ITEM_LIST)
			while (to > 0 && chain->items[to - 1].kind != ITEM_LIST &&
			       is_null(&chain->items[to - 1]))
				to--;
		chain->items[to++] = chain->items[from];
	}
	while (to > 0 && (chain->items[to - 1].kind == ITEM_LIST || is_null(&chain->items[to - 1])))
		to--;
	chain->count = to;
}

static int word_order(const struct item *a, const struct item *b)
{
	if (a->rank != b->rank || a->rank != RANK_OTHER)
		return sign_of(a->rank - b->rank);
	return bytes_order_nocase(a->text, b->text);
}

/* ITEM against nothing; a list against nothing is what its items are, one after the other. */
static int item_order_none(const struct item *item)
{
	if (item->kind == ITEM_WORD)
		return sign_of(item->rank - RANK_RELEASE);
	return item->kind == ITEM_NUMBER && !is_null(item);
}

/* Of two items that are there. Numbers, then lists, then words. */
static int item_order(const struct item *a, const struct item *b)
{
	static const int places[] = {[ITEM_NUMBER] = 2, [ITEM_LIST] = 1, [ITEM_WORD] = 0};

	if (a->kind != b->kind)
		return sign_of(places[a->kind] - places[b->kind]);
	if (a->kind == ITEM_NUMBER)
		return number_order(a->text, b->text);
	return a->kind == ITEM_WORD ? word_order(a, b) : 0;
}

/*
 * Both lists are walked side by side; where one has ended, or goes on in an inner list that the
 * other has not, the rest of the longer one is compared with nothing.
 */
static int chain_order(const struct chain *a, const struct chain *b)
{
	int i, order = 0;

	for (i = 0; order == 0 && (i < a->count || i < b->count); i++) {
		if (i >= a->count)
			order = -item_order_none(&b->items[i]);
		else if (i >= b->count)
			order = item_order_none(&a->items[i]);
		else
			order = item_order(&a->items[i], &b->items[i]);
	}
	return order;
}

int maven_check(const char *version, struct error *err)
{
	const char *at;

	for (at = version; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return version_refuse(
				err, version,
				_("it holds a space or a control character at byte %d"),
				(int)(at - version) + 1);
	return 0;
}

int maven_order(const char *a, const char *b)
{
	struct chain x, y;

	chain_parse(&x, a);
	chain_parse(&y, b);
	chain_normalize(&x);
	chain_normalize(&y);
	return chain_order(&x, &y);
}
