/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CWE catalogue, compiled in from data/cwe.tsv. Weaknesses only: the ids of categories and
 * views are not in it, for none of them may classify a vulnerability.
 */
#include "psirtty/score/cwe.h"

#include "psirtty/base/i18n.h"
#include "psirtty/base/str.h"
#include "score/ascii.h"

static const struct cwe table[] = {
#include "gen/cwe.inc"
};

const struct cwe *cwe_find(int id)
{
	size_t low = 0, high = ARRAY_LEN(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table[middle].id == id)
			return &table[middle];
		if (table[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct cwe *cwe_parse(const char *text)
{
	const char *digits = str_starts_nocase(text, "CWE-") ? text + 4 : text;
	int id = 0, i;

	for (i = 0; digits[i] >= '0' && digits[i] <= '9' && i < 6; i++)
		id = id * 10 + (digits[i] - '0');
	if (i == 0 || digits[i] || digits[0] == '0')
		return NULL;
	return cwe_find(id);
}

const struct cwe *cwe_table(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}

bool cwe_usable(const struct cwe *cwe)
{
	return str_equal(cwe->usage, "Allowed") || str_equal(cwe->usage, "Allowed-with-Review");
}

/* ---- the tree of view 1000 */

/* A set of weaknesses being collected: no one twice. */
struct set {
	const struct cwe **list; /* borrowed from the caller */
	size_t count, limit;
};

static void set_add(struct set *set, const struct cwe *cwe)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->list[i] == cwe)
			return;
	if (cwe && set->count < set->limit)
		set->list[set->count++] = cwe;
}

/* The number at *AT of a list joined by commas, which is moved on; 0 at its end. */
static int next_id(const char **at)
{
	char *end;
	long id = strtol(*at, &end, 10);

	*at = *end ? end + 1 : end;
	return (int)id;
}

static bool list_has(const char *list, int wanted)
{
	int id;

	while ((id = next_id(&list)))
		if (id == wanted)
			return true;
	return false;
}

static void add_list(struct set *set, const char *list)
{
	int id;

	while ((id = next_id(&list)))
		set_add(set, cwe_find(id));
}

static void add_children(struct set *set, const struct cwe *cwe)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (list_has(table[i].parents, cwe->id))
			set_add(set, &table[i]);
}

size_t cwe_parents(const struct cwe *cwe, const struct cwe **ret, size_t limit)
{
	struct set set = {ret, 0, limit};

	add_list(&set, cwe->parents);
	return set.count;
}

size_t cwe_children(const struct cwe *cwe, const struct cwe **ret, size_t limit)
{
	struct set set = {ret, 0, limit};

	add_children(&set, cwe);
	return set.count;
}

static void add_usable(struct set *set, const struct cwe *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (cwe_usable(list[i]))
			set_add(set, list[i]);
}

/* Level by level away from CWE, down or up, not past what is usable. */
static void add_nearest(struct set *ret, const struct cwe *cwe, bool down)
{
	const struct cwe *seen[ARRAY_LEN(table)];
	struct set set = {seen, 0, ARRAY_LEN(table)};
	size_t at;

	set_add(&set, cwe);
	for (at = 0; at < set.count; at++)
		if (cwe_usable(seen[at]))
			set_add(ret, seen[at]);
		else if (down)
			add_children(&set, seen[at]);
		else
			add_list(&set, seen[at]->parents);
}

size_t cwe_alternatives(const struct cwe *cwe, const struct cwe **ret, size_t limit)
{
	const struct cwe *suggested[32];
	struct set set = {ret, 0, limit}, list = {suggested, 0, ARRAY_LEN(suggested)};

	if (cwe_usable(cwe))
		return 0;
	add_list(&list, cwe->instead);
	add_usable(&set, suggested, list.count);
	if (!set.count)
		add_nearest(&set, cwe, true);
	if (!set.count)
		add_nearest(&set, cwe, false);
	return set.count;
}

/* ---- words */

/* 2: WORD begins a word of NAME; 1: it stands somewhere in it; 0: it does not. */
static int word_rank(const char *name, const char *word, size_t length)
{
	int rank = 0;
	const char *at;

	for (at = name; *at; at++) {
		size_t i = 0;

		while (i < length && at[i] && to_lower(at[i]) == to_lower(word[i]))
			i++;
		if (i == length && (at == name || !is_alnum(at[-1])))
			return 2;
		if (i == length)
			rank = 1;
	}
	return rank;
}

/* The worst rank of the WORDS; 0 when there are none. */
static int words_rank(const char *name, const char *words)
{
	int rank = 0;

	for (words += strspn(words, " \t"); *words; words += strspn(words, " \t")) {
		size_t length = strcspn(words, " \t");
		int one = word_rank(name, words, length);

		if (one == 0)
			return 0;
		if (rank == 0 || one < rank)
			rank = one;
		words += length;
	}
	return rank;
}

size_t cwe_search(const char *words, const struct cwe **ret, size_t limit)
{
	struct set set = {ret, 0, limit};
	int group;
	size_t i;

	set_add(&set, cwe_parse(words));
	for (group = 0; group < 4 && set.count < limit; group++)
		for (i = 0; i < ARRAY_LEN(table); i++)
			if (words_rank(table[i].name, words) == (group < 2 ? 2 : 1) &&
			    cwe_usable(&table[i]) == (group % 2 == 0))
				set_add(&set, &table[i]);
	return set.count;
}

/* ---- advice */

void cwe_advise(const struct cwe *cwe, struct str *ret)
{
	const struct cwe *list[8];
	size_t count = cwe_alternatives(cwe, list, ARRAY_LEN(list)), i;

	if (str_equal(cwe->usage, "Allowed"))
		return;
	if (cwe_usable(cwe)) {
		str_add_format(ret,
			       _("CWE-%d may be used after review: see whether one of its children "
				 "fits better"),
			       cwe->id);
		return;
	}
	str_add_format(ret,
		       str_equal(cwe->usage, "Discouraged")
			       ? _("CWE-%d is discouraged for vulnerabilities")
			       : _("CWE-%d is prohibited for vulnerabilities"),
		       cwe->id);
	for (i = 0; i < count; i++)
		str_add_format(ret, "%sCWE-%d %s", i ? ", " : _("; better: "), list[i]->id,
			       list[i]->name);
}
