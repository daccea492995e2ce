/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ranges of node-semver: sets of comparators joined by "||", each written as comparators,
 * x-ranges, tilde, caret or hyphen ranges. A set is evaluated while it is read. Cargo's
 * requirements are the same but for the bare version, which is a caret there.
 */
#include <string.h>

#include "range_private.h"
#include "version_semver.h"

#define MAX_SAFE UINT64_C(9007199254740991)

/* Three numbers and a prerelease, of a version or of a comparator. */
struct triple {
	uint64_t n[3];
	struct span pre;
};

/* "1.x", "v1.2.3-rc": a number that is not there or is x, X or * is one of any. */
struct partial {
	struct triple triple;
	bool number[3]; /* a number is written there */
	bool any[3];	/* it or one before it may be any */
	int prefix;	/* how many of "v" and "=" stand before it */
	bool equals;	/* one of them is "=" */
};

struct set {
	struct triple version;
	bool loose, prereleases;
	bool caret; /* a bare version is one, and commas separate */
	bool drop;  /* what is no comparator does not count */
	int comparators, dropped;
	bool all, pre_allowed;
	const char *why; /* the first thing that cannot be read */
	const char *at, *end;
	struct range_sink *sink; /* borrowed; may be NULL */
};

static const struct span lowest_pre = {"0", 1};

static int triple_order(const struct triple *a, const struct triple *b)
{
	int i;

	for (i = 0; i < 3; i++)
		if (a->n[i] != b->n[i])
			return a->n[i] < b->n[i] ? -1 : 1;
	return semver_pre_order(a->pre, b->pre);
}

static void refuse(struct set *set, const char *why)
{
	if (!set->why)
		set->why = why;
}

/* The lowest prerelease as an end is how the form of a range is written out: the version is meant. */
static void record(struct set *set, enum range_op op, const struct triple *bound)
{
	AUTO_STR version = STR_INIT;

	str_add_format(&version, "%ju.%ju.%ju", (uintmax_t)bound->n[0], (uintmax_t)bound->n[1],
		       (uintmax_t)bound->n[2]);
	if (bound->pre.length && bound->pre.at != lowest_pre.at) {
		str_add_char(&version, '-');
		str_add_bytes(&version, bound->pre.at, bound->pre.length);
	}
	if (range_sink_bound(set->sink, op, version.bytes, NULL) < 0)
		refuse(set, N_("a bound of it is no version, or there are too many"));
}

static void add(struct set *set, enum range_op op, struct triple bound)
{
	int order = triple_order(&set->version, &bound);

	set->comparators++;
	set->all = set->all && range_op_holds(op, order);
	if (set->sink)
		record(set, op, &bound);
	if (bound.pre.length && memcmp(bound.n, set->version.n, sizeof(bound.n)) == 0)
		set->pre_allowed = true;
	if (bound.n[0] > MAX_SAFE || bound.n[1] > MAX_SAFE || bound.n[2] > MAX_SAFE)
		refuse(set, N_("a number is above 9007199254740991"));
}

/* The comparator that all versions pass. */
static void add_any(struct set *set)
{
	set->comparators++;
}

static void add_none(struct set *set)
{
	set->comparators++;
	set->all = false;
	if (set->sink)
		range_sink_nothing(set->sink);
}

/* ---- reading */

static char peek(const struct set *set)
{
	return set->at < set->end ? *set->at : '\0';
}

static void skip_spaces(struct set *set)
{
	while (is_space(peek(set)))
		set->at++;
}

static bool is_identifier_char(char c)
{
	return is_digit(c) || is_alpha(c) || c == '-';
}

/* A number or a sign for any. */
static bool take_part(struct set *set, struct partial *partial, int index)
{
	const char *begin = set->at;
	uint64_t number = 0;
	char c = peek(set);

	if (c == 'x' || c == 'X' || c == '*') {
		set->at++;
		return true;
	}
	for (; is_digit(peek(set)); set->at++)
		if (number <= MAX_SAFE)
			number = number * 10 + (uint64_t)(*set->at - '0');
	if (set->at == begin || (*begin == '0' && set->at - begin > 1 && !set->loose))
		return false;
	partial->triple.n[index] = number;
	partial->number[index] = true;
	return true;
}

/* Identifiers between dots; numbers begin with no zero unless read loosely. */
static bool take_identifiers(struct set *set, bool zeros, struct span *ret)
{
	const char *begin = set->at;

	for (;; set->at++) {
		const char *first = set->at;
		struct span id;

		while (is_identifier_char(peek(set)))
			set->at++;
		id = (struct span){first, (size_t)(set->at - first)};
		if (id.length == 0 ||
		    (!zeros && id.length > 1 && *first == '0' && span_all_digits(id)))
			return false;
		if (peek(set) != '.')
			break;
	}
	*ret = (struct span){begin, (size_t)(set->at - begin)};
	return true;
}

static bool take_suffix(struct set *set, struct partial *partial)
{
	struct span build;

	if (peek(set) == '-' || (set->loose && is_alpha(peek(set)))) {
		bool dash = peek(set) == '-';

		/* Read loosely, a dash before no identifier is one itself. */
		if (dash &&
		    (!set->loose || (set->at + 1 < set->end && is_identifier_char(set->at[1]))))
			set->at++;
		if (!take_identifiers(set, set->loose, &partial->triple.pre))
			return false;
	}
	if (peek(set) != '+')
		return true;
	set->at++;
	return take_identifiers(set, true, &build);
}

/* Up to a space or the end, or false with AT anywhere. */
static bool take_partial(struct set *set, struct partial *ret)
{
	struct partial partial = {.prefix = 0};
	int count = 0, i;
	bool good;

	for (; peek(set) == 'v' || peek(set) == '='; set->at++) {
		partial.prefix++;
		partial.equals = partial.equals || *set->at == '=';
		/* "== 1.0.0" */
		while (set->loose && !set->drop && partial.equals && set->at + 1 < set->end &&
		       is_space(set->at[1]))
			set->at++;
	}
	do {
		good = take_part(set, &partial, count++);
	} while (good && count < 3 && peek(set) == '.' && set->at++);
	if (good && count == 3)
		good = take_suffix(set, &partial);
	if (!good ||
	    (peek(set) != '\0' && !is_space(peek(set)) && !(set->caret && peek(set) == ',')))
		return false;
	for (i = 0; i < 3; i++)
		partial.any[i] = !partial.number[i] || (i > 0 && partial.any[i - 1]);
	*ret = partial;
	return true;
}

/* ---- what the forms stand for */

/* The first version behind all that have the numbers up to INDEX in common with P. */
static struct triple behind(const struct partial *p, int index)
{
	struct triple bound = {.pre = lowest_pre};
	int i;

	for (i = 0; i < index; i++)
		bound.n[i] = p->triple.n[i];
	bound.n[index] = p->triple.n[index] + 1;
	return bound;
}

/* P with zeros for what is any; with prereleases even the lowest of them belongs to it. */
static struct triple lowest(const struct set *set, const struct partial *p)
{
	struct triple bound = {.pre = {NULL, 0}};
	int i;

	for (i = 0; i < 3 && !p->any[i]; i++)
		bound.n[i] = p->triple.n[i];
	if (i == 3)
		bound.pre = p->triple.pre;
	else if (set->prereleases)
		bound.pre = lowest_pre;
	return bound;
}

/* Which number a caret lets grow no more: the first that is not zero. */
static int caret_index(const struct partial *p)
{
	if (p->triple.n[0] != 0 || p->any[1])
		return 0;
	return p->triple.n[1] != 0 || p->any[2] ? 1 : 2;
}

static void add_between(struct set *set, const struct partial *p, int index)
{
	if (p->any[0]) {
		add_any(set);
		return;
	}
	add(set, OP_GE, lowest(set, p));
	add(set, OP_LT, behind(p, index));
}

static void add_x_range(struct set *set, enum range_op op, const struct partial *p)
{
	int last = p->any[1] ? 0 : 1;
	struct triple bound = lowest(set, p);

	if (p->any[0]) {
		if (op == OP_GT || op == OP_LT)
			add_none(set);
		else
			add_any(set);
		return;
	}
	switch (op) {
	case OP_GT:
		bound = behind(p, last);
		bound.pre = set->prereleases ? lowest_pre : (struct span){NULL, 0};
		add(set, OP_GE, bound);
		break;
	case OP_LE:
		add(set, OP_LT, behind(p, last));
		break;
	case OP_LT:
		bound.pre = lowest_pre;
		add(set, OP_LT, bound);
		break;
	case OP_GE:
		add(set, OP_GE, bound);
		break;
	default:
		add_between(set, p, last);
		break;
	}
}

/* "1.2.3 - 2": P is the first. */
static void add_from(struct set *set, const struct partial *p)
{
	struct triple bound = lowest(set, p);

	if (p->any[0]) {
		add_any(set);
		return;
	}
	if (set->prereleases && !bound.pre.length)
		bound.pre = lowest_pre;
	add(set, OP_GE, bound);
}

/* P is the last: all that begins with its numbers is in. */
static void add_to(struct set *set, const struct partial *p)
{
	if (p->any[0])
		add_any(set);
	else if (p->any[2])
		add(set, OP_LT, behind(p, p->any[1] ? 0 : 1));
	else if (set->prereleases && !p->triple.pre.length)
		add(set, OP_LT, behind(p, 2));
	else
		add(set, OP_LE, p->triple);
}

/* In a hyphen range spaces may stand before and behind "v" and "=". */
static void skip_prefix(struct set *set)
{
	while (is_space(peek(set)) || peek(set) == 'v' || peek(set) == '=')
		set->at++;
}

/* Reads the whole set as a hyphen range, or nothing. */
static bool take_hyphen_range(struct set *set)
{
	const char *begin = set->at;
	struct partial from, to;
	bool good;

	skip_prefix(set);
	good = take_partial(set, &from) && is_space(peek(set));
	skip_spaces(set);
	good = good && peek(set) == '-' && set->at + 1 < set->end && is_space(set->at[1]);
	set->at += good;
	skip_prefix(set);
	good = good && take_partial(set, &to);
	skip_spaces(set);
	if (!good || set->at < set->end) {
		set->at = begin;
		return false;
	}
	add_from(set, &from);
	add_to(set, &to);
	return true;
}

/* ---- comparators */

enum form { FORM_BARE, FORM_COMPARATOR, FORM_TILDE, FORM_CARET };

/* The sign before a version and the spaces behind it. */
static enum form take_form(struct set *set, enum range_op *ret_op)
{
	char c = peek(set);
	bool equal;

	*ret_op = OP_EQ;
	if (c == '^' || c == '~') {
		set->at++;
		skip_spaces(set);
		if (c == '~' && peek(set) == '>')
			set->at++;
		skip_spaces(set);
		for (; peek(set) == '='; skip_spaces(set))
			set->at++;
		return c == '^' ? FORM_CARET : FORM_TILDE;
	}
	if (c == '<' || c == '>')
		set->at++;
	equal = peek(set) == '=';
	set->at += equal;
	if (c == '<')
		*ret_op = equal ? OP_LE : OP_LT;
	if (c == '>')
		*ret_op = equal ? OP_GE : OP_GT;
	if (c == '<' || c == '>' || equal)
		skip_spaces(set);
	return c == '<' || c == '>' || equal ? FORM_COMPARATOR : FORM_BARE;
}

/* One comparator at AT; false where there is none. */
static bool take_comparator(struct set *set)
{
	enum range_op op;
	enum form form = take_form(set, &op);
	struct partial p;

	if (!take_partial(set, &p))
		return false;
	if (form == FORM_CARET || (form == FORM_BARE && set->caret)) {
		add_between(set, &p, caret_index(&p));
		return true;
	}
	if (form == FORM_TILDE) {
		add_between(set, &p, p.any[1] ? 0 : 1);
		return true;
	}
	/* "x.1" and "1.x.1" stand for nothing. */
	if ((!p.number[0] && p.number[1]) || (!p.number[1] && p.number[2]))
		return false;
	if (p.any[2]) {
		add_x_range(set, op, &p);
		return true;
	}
	/* Read strictly, one "v" is all that may stand before a whole version. */
	if (!set->loose && (p.equals || p.prefix > 1))
		return false;
	add(set, op, p.triple);
	return true;
}

static void take_set(struct set *set)
{
	bool empty = true;

	if (take_hyphen_range(set))
		return;
	for (;;) {
		const char *begin;

		while (is_space(peek(set)) || (set->caret && peek(set) == ','))
			set->at++;
		if (set->at == set->end)
			break;
		begin = set->at;
		empty = false;
		if (take_comparator(set))
			continue;
		set->dropped++;
		set->at = begin;
		while (set->at < set->end && !is_space(*set->at))
			set->at++;
	}
	if (empty)
		add_any(set);
	if (set->dropped && !set->drop && (set->comparators || !set->loose))
		refuse(set, N_("a part of it is no comparator"));
}

static bool set_holds(const struct set *set)
{
	return set->all && (set->prereleases || set->pre_allowed || !set->version.pre.length);
}

/* ---- the whole */

static bool parse_version(const char *version, bool loose, struct triple *ret, struct error *err)
{
	struct semver parsed;
	int i;

	if (semver_parse(loose ? &semver_dialect_npm_loose : &semver_dialect_npm, version, &parsed,
			 err) < 0)
		return false;
	*ret = (struct triple){.pre = parsed.pre};
	for (i = 0; i < 3; i++)
		ret->n[i] = strtoull(parsed.core[i].at, NULL, 10);
	return true;
}

/* Evaluates every set; false with the reason where the range cannot be read so. */
static bool evaluate(const struct range_question *q, const struct set *like, bool *ret,
		     const char **why)
{
	struct span rest = {q->range, strlen(q->range)}, text;
	bool any_set = false, in = false;

	*why = N_("there are too many comparators in it");
	if (q->sink)
		range_sink_reset(q->sink);
	while (range_split(&rest, "||", &text)) {
		struct set set = *like;

		set.all = true;
		set.at = text.at;
		set.end = text.at + text.length;
		take_set(&set);
		if (set.why) {
			*why = set.why;
			return false;
		}
		if (q->sink && set.comparators == 0)
			range_sink_drop(q->sink);
		else if (q->sink && range_sink_end(q->sink, NULL) < 0)
			return false;
		any_set = any_set || set.comparators > 0;
		in = in || (set.comparators > 0 && set_holds(&set));
	}
	*why = N_("none of it is a comparator");
	*ret = in;
	return any_set;
}

static int range_sets(const struct range_question *q, bool caret, bool *ret, struct error *err)
{
	bool loose = q->flags & RANGE_LOOSE;
	const char *why = NULL, *loose_why = NULL;
	struct set like = {.loose = loose,
			   .drop = loose,
			   .caret = caret,
			   .sink = q->sink,
			   .prereleases = q->flags & RANGE_PRERELEASES};
	bool is_version = parse_version(q->version, loose, &like.version, NULL);

	if (is_version && evaluate(q, &like, ret, &why))
		return 0;
	like.loose = true;
	if (!is_version && !parse_version(q->version, true, &like.version, NULL)) {
		/* It satisfies nothing, provided that there is a range. */
		if (!evaluate(q, &like, ret, &why))
			return range_refuse(err, q->range, "%s", _(why));
		*ret = false;
		return 0;
	}
	if (!is_version)
		why = NULL;
	if (evaluate(q, &like, ret, &loose_why))
		return 0;
	return range_refuse(err, q->range, "%s", _(why ? why : loose_why));
}

int range_npm(const struct range_question *q, bool *ret, struct error *err)
{
	return range_sets(q, false, ret, err);
}

int range_cargo(const struct range_question *q, bool *ret, struct error *err)
{
	struct error *version_err = err;

	if (version_check(q->scheme, q->version, version_err) < 0)
		return ERR_NO;
	return range_sets(q, true, ret, err);
}
