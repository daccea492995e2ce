/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version range specifiers: reading them as strictly as https://github.com/package-url/vers-spec
 * demands, or mending them first. What a range contains is vers_contain.c's.
 */
#include "psirtty/score/vers.h"

#include <assert.h>

#include "psirtty/base/i18n.h"
#include "score/scan.h"

enum { LONGEST = 1 << 16, MOST = 4096 };

/* The longer first. */
static const struct {
	const char *text;
	enum vers_comparator comparator;
} comparators[] = {
	{">=", VERS_GREATER_EQUAL}, {"<=", VERS_LESS_EQUAL}, {"!=", VERS_NOT_EQUAL},
	{">", VERS_GREATER},	    {"<", VERS_LESS},
};

/* What must be percent-encoded in a version. */
static const char special[] = "><=!*|%";

struct work {
	struct scan scan;
	struct vers *vers; /* borrowed: under construction */
	size_t room;	   /* for constraints */
};

static char *name_of(const char *text)
{
	return mem_format(_("Version range %.200s"), text);
}

/* ---- characters */

static bool must_encode(unsigned char c)
{
	return c <= ' ' || c >= 0x7f || strchr(special, c);
}

/* The byte of the triplet at SPAN[I], or -1. *CANONICAL: capital digits, and needed. */
static int triplet(struct span span, size_t i, bool *canonical)
{
	int byte = span_triplet(span, i);

	if (byte >= 0)
		*canonical = must_encode((unsigned char)byte) && !is_lower(span.at[i + 1]) &&
			     !is_lower(span.at[i + 2]);
	return byte;
}

static int decode(struct work *w, struct span span, struct str *ret)
{
	size_t i;

	for (i = 0; i < span.length; i++) {
		bool canonical = true;
		int byte = (unsigned char)span.at[i];

		if (byte == '%') {
			byte = triplet(span, i, &canonical);
			i += 2;
		} else if (must_encode((unsigned char)byte) &&
			   scan_mend(&w->scan, "encoding",
				     _("the version \"%.*s\" has a character that must be "
				       "percent-encoded"),
				     SPAN_ARGS(span)) < 0) {
			return ERR_NO;
		}
		if (byte < 0)
			return scan_refuse(
				&w->scan,
				_("the version \"%.*s\" has a \"%%\" without two hexadecimal "
				  "digits"),
				SPAN_ARGS(span));
		if (byte < ' ' || byte == 0x7f)
			return scan_refuse(&w->scan,
					   _("the version \"%.*s\" holds a control character"),
					   SPAN_ARGS(span));
		if (!canonical && scan_mend(&w->scan, "encoding",
					    _("the version \"%.*s\" has a percent-encoding "
					      "that is not canonical"),
					    SPAN_ARGS(span)) < 0)
			return ERR_NO;
		str_add_char(ret, (char)byte);
	}
	return utf8_valid(ret->bytes, ret->length)
		       ? 0
		       : scan_refuse(&w->scan, _("the version \"%.*s\" is not UTF-8"),
				     SPAN_ARGS(span));
}

/* ---- the parts of a range */

/* The text without blanks, which only the lenient reader gets past. */
static int drop_blanks(struct work *w, struct str *ret)
{
	const char *c;

	if (strlen(w->scan.text) > LONGEST)
		return scan_refuse(&w->scan, _("it is longer than %d bytes"), LONGEST);
	for (c = w->scan.text; *c; c++)
		if (!strchr(" \t\r\n\v\f", *c))
			str_add_char(ret, *c);
	return ret->length == (size_t)(c - w->scan.text)
		       ? 0
		       : scan_mend(&w->scan, "blanks", _("it holds blanks"));
}

static void lower_text(char *text)
{
	for (; *text; text++)
		*text = to_lower(*text);
}

static int take_type(struct work *w, struct span type)
{
	size_t i;

	for (i = 0; i < type.length; i++)
		if (!is_alnum(type.at[i]) && type.at[i] != '.' && type.at[i] != '-')
			return scan_refuse(&w->scan,
					   _("the type \"%.*s\" may hold letters, digits, dots and "
					     "dashes only"),
					   SPAN_ARGS(type));
	if (type.length == 0)
		return scan_refuse(&w->scan, _("it has no type"));
	if (!is_alnum(type.at[0]) || type.at[0] <= '9')
		return scan_refuse(&w->scan, _("the type \"%.*s\" does not begin with a letter"),
				   SPAN_ARGS(type));
	w->vers->type = mem_copy(type.at, type.length);
	if (text_has_upper(w->vers->type) &&
	    scan_mend(&w->scan, "case", _("the type \"%.*s\" is not in lower case"),
		      SPAN_ARGS(type)) < 0)
		return ERR_NO;
	lower_text(w->vers->type);
	if (str_equal(w->vers->type, "invalid"))
		return scan_refuse(&w->scan,
				   _("the type \"invalid\" is reserved for ranges that are"));
	w->vers->scheme = version_scheme_find(w->vers->type);
	return 0;
}

/* The comparator at the beginning of CONSTRAINT, which loses it. */
static int take_comparator(struct work *w, struct span *constraint, enum vers_comparator *ret)
{
	size_t i;

	*ret = VERS_EQUAL;
	for (i = 0; i < ARRAY_LEN(comparators); i++) {
		size_t length = strlen(comparators[i].text);

		if (constraint->length < length ||
		    memcmp(constraint->at, comparators[i].text, length) != 0)
			continue;
		*ret = comparators[i].comparator;
		span_skip(constraint, length);
		return 0;
	}
	if (constraint->length == 0 || constraint->at[0] != '=')
		return 0;
	while (constraint->length && constraint->at[0] == '=')
		span_skip(constraint, 1);
	return scan_mend(&w->scan, "equals", _("equality is written without \"=\""));
}

/* Timestamps are canonical with a capital T and Z. */
static int check_datetime(struct work *w, char *version)
{
	char *c;

	if (!str_equal(w->vers->type, "datetime") || !strpbrk(version, "tz"))
		return 0;
	if (scan_mend(&w->scan, "case", _("the time \"%.60s\" is written with a capital T and Z"),
		      version) < 0)
		return ERR_NO;
	for (c = version; *c; c++)
		*c = *c == 't' ? 'T' : *c == 'z' ? 'Z' : *c;
	return 0;
}

static int take_constraint(struct work *w, struct span constraint)
{
	struct vers *vers = w->vers;
	struct vers_constraint *slot;
	enum vers_comparator comparator;
	AUTO_STR version = STR_INIT;

	if (constraint.length == 0)
		return scan_mend(&w->scan, "pipes", _("there is nothing before or behind a pipe"));
	if (span_is(constraint, "*"))
		return scan_refuse(&w->scan, _("\"*\" does not stand alone"));
	if (take_comparator(w, &constraint, &comparator) < 0)
		return ERR_NO;
	if (constraint.length == 0)
		return scan_refuse(&w->scan, _("a comparator has no version"));
	if (decode(w, constraint, &version) < 0 || check_datetime(w, version.bytes) < 0)
		return ERR_NO;
	if (vers->count == MOST)
		return scan_refuse(&w->scan, _("it has more than %d constraints"), MOST);
	vers->constraints = mem_grow(vers->constraints, &w->room, vers->count + 1, sizeof(*slot));
	vers->constraints[vers->count++] =
		(struct vers_constraint){comparator, str_detach(&version)};
	return 0;
}

static int take_constraints(struct work *w, struct span rest)
{
	bool more = true;

	if (rest.length == 0)
		return scan_refuse(&w->scan, _("it has no constraints"));
	if (span_is(rest, "*")) {
		w->vers->constraints = mem_grow(NULL, &w->room, 1, sizeof(*w->vers->constraints));
		w->vers->constraints[0] = (struct vers_constraint){VERS_ANY, NULL};
		w->vers->count = 1;
		return 0;
	}
	if (str_equal(w->vers->type, "all") || str_equal(w->vers->type, "none"))
		return scan_refuse(&w->scan, _("the type %s has \"*\" as its only range"),
				   w->vers->type);
	while (more) {
		size_t before = rest.length;
		struct span s = span_take(&rest, '|');

		if (take_constraint(w, s) < 0)
			return ERR_NO;
		more = s.length < before;
	}
	return w->vers->count ? 0 : scan_refuse(&w->scan, _("it has no constraints"));
}

/* ---- the list as a whole */

/* True when all are versions of the type. The first that is none is the strict reader's reason. */
static int check_versions(struct work *w, bool *ret_ordered)
{
	size_t i;

	*ret_ordered = w->vers->scheme && !version_scheme_uncertain(w->vers->scheme);
	w->vers->uncertain = !*ret_ordered;
	for (i = 0; *ret_ordered && i < w->vers->count; i++) {
		const char *version = w->vers->constraints[i].version;
		AUTO_ERROR why = ERROR_INIT;

		if (!version || version_check(w->vers->scheme, version, &why) == 0)
			continue;
		if (scan_mend(&w->scan, "version", _("\"%.60s\" is no version of %s: %s"), version,
			      w->vers->type, str_or_empty(why.why)) < 0)
			return ERR_NO;
		w->vers->uncertain = true;
		*ret_ordered = false;
	}
	return 0;
}

/* What cannot be compared stays as it stands. */
static int order_of(const struct work *w, const struct vers_constraint *a,
		    const struct vers_constraint *b)
{
	int order = 0;

	if (version_compare(w->vers->scheme, a->version, b->version, &order, NULL) < 0)
		return str_equal(a->version, b->version) ? 0 : -1;
	return order;
}

/* Where ONE belongs among the first COUNT constraints, which are sorted: behind its equals. */
static size_t place_of(const struct work *w, const struct vers_constraint *one, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order_of(w, &w->vers->constraints[middle], one) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static int sort_constraints(struct work *w)
{
	struct vers_constraint *list = w->vers->constraints;
	bool moved = false;
	size_t i, at;

	for (i = 1; i < w->vers->count; i++) {
		struct vers_constraint one = list[i];

		if (order_of(w, &list[i - 1], &one) <= 0)
			continue;
		if (!w->scan.repairs)
			return scan_refuse(&w->scan, _("%.60s stands behind %.60s, which is later"),
					   one.version, list[i - 1].version);
		at = place_of(w, &one, i);
		memmove(list + at + 1, list + at, (i - at) * sizeof(*list));
		list[at] = one;
		moved = true;
	}
	return moved ? scan_mend(&w->scan, "order", _("the versions are not in their order")) : 0;
}

static void drop_constraint(struct vers *vers, size_t at)
{
	free(vers->constraints[at].version);
	memmove(vers->constraints + at, vers->constraints + at + 1,
		(vers->count - at - 1) * sizeof(*vers->constraints));
	vers->count--;
}

/* What two comparators at one version come to, or VERS_ANY: they contradict one another. */
static enum vers_comparator join_comparators(enum vers_comparator a, enum vers_comparator b)
{
	static const struct {
		enum vers_comparator a, b, both;
	} joins[] = {
		{VERS_EQUAL, VERS_LESS, VERS_LESS_EQUAL},
		{VERS_EQUAL, VERS_LESS_EQUAL, VERS_LESS_EQUAL},
		{VERS_LESS, VERS_LESS_EQUAL, VERS_LESS_EQUAL},
		{VERS_EQUAL, VERS_GREATER, VERS_GREATER_EQUAL},
		{VERS_EQUAL, VERS_GREATER_EQUAL, VERS_GREATER_EQUAL},
		{VERS_GREATER, VERS_GREATER_EQUAL, VERS_GREATER_EQUAL},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(joins); i++)
		if ((joins[i].a == a && joins[i].b == b) || (joins[i].a == b && joins[i].b == a))
			return joins[i].both;
	return a == b ? a : VERS_ANY;
}

static bool same_version(const struct work *w, bool ordered, size_t a, size_t b)
{
	const struct vers_constraint *list = w->vers->constraints;

	return ordered ? order_of(w, &list[a], &list[b]) == 0
		       : str_equal(list[a].version, list[b].version);
}

static int join_duplicates(struct work *w, bool ordered)
{
	struct vers *vers = w->vers;
	size_t i, j;

	for (i = 0; i < vers->count; i++)
		for (j = i + 1; j < vers->count;) {
			struct vers_constraint *a = &vers->constraints[i],
					       *b = &vers->constraints[j];
			enum vers_comparator both = join_comparators(a->comparator, b->comparator);

			if (!same_version(w, ordered, i, j)) {
				if (ordered)
					break;
				j++;
				continue;
			}
			if (both == VERS_ANY)
				return scan_refuse(
					&w->scan,
					_("the version %.60s is given twice, with comparators "
					  "that contradict"),
					b->version);
			if (scan_mend(&w->scan, "duplicate", _("the version %.60s is given twice"),
				      b->version) < 0)
				return ERR_NO;
			a->comparator = both;
			drop_constraint(vers, j);
		}
	return 0;
}

static bool goes_up(enum vers_comparator c)
{
	return c == VERS_GREATER || c == VERS_GREATER_EQUAL;
}

static bool goes_down(enum vers_comparator c)
{
	return c == VERS_LESS || c == VERS_LESS_EQUAL;
}

/* The next constraint from AT on that is not "!="; the count when there is none. */
static size_t next_sign(const struct vers *vers, size_t at)
{
	while (at < vers->count && vers->constraints[at].comparator == VERS_NOT_EQUAL)
		at++;
	return at;
}

/* Finds two neighbours, "!=" aside, of which one says nothing: *RET is that one. */
static bool find_redundant(const struct vers *vers, size_t *ret)
{
	size_t a = next_sign(vers, 0), b;

	for (; (b = next_sign(vers, a + 1)) < vers->count; a = b) {
		enum vers_comparator left = vers->constraints[a].comparator;
		enum vers_comparator right = vers->constraints[b].comparator;

		if (goes_up(left) && !goes_down(right))
			*ret = b;
		else if (!goes_up(left) && goes_down(right))
			*ret = a;
		else
			continue;
		return true;
	}
	return false;
}

static int drop_redundant(struct work *w)
{
	size_t at;

	while (find_redundant(w->vers, &at)) {
		if (scan_mend(&w->scan, "redundant",
			      _("the constraint of %.60s is redundant beside its neighbour"),
			      w->vers->constraints[at].version) < 0)
			return ERR_NO;
		drop_constraint(w->vers, at);
	}
	return 0;
}

/* Again where something was dropped: it may have kept the list from being sorted, and not every
 * order is transitive (Maven's). */
static int settle(struct work *w)
{
	bool ordered;
	size_t before;

	do {
		before = w->vers->count;
		if (check_versions(w, &ordered) < 0 || (ordered && sort_constraints(w) < 0) ||
		    join_duplicates(w, ordered) < 0 || drop_redundant(w) < 0)
			return ERR_NO;
	} while (w->vers->count < before);
	return 0;
}

/* ---- reading and writing */

static int take_scheme(struct work *w, struct span *rest)
{
	if (rest->length < 5 || !str_starts_nocase(rest->at, "vers:"))
		return scan_refuse(&w->scan, _("it does not begin with \"vers:\""));
	if (!str_starts(rest->at, "vers:") &&
	    scan_mend(&w->scan, "case", _("the scheme is written \"vers\"")) < 0)
		return ERR_NO;
	span_skip(rest, 5);
	return 0;
}

static int parse(struct work *w)
{
	AUTO_STR text = STR_INIT;
	struct span rest, type;

	if (drop_blanks(w, &text) < 0)
		return ERR_NO;
	rest = (struct span){text.bytes, text.length};
	if (take_scheme(w, &rest) < 0)
		return ERR_NO;
	if (!memchr(rest.at, '/', rest.length))
		return scan_refuse(&w->scan, _("it has no slash between type and constraints"));
	type = span_take(&rest, '/');
	if (take_type(w, type) < 0 || take_constraints(w, rest) < 0)
		return ERR_NO;
	if (w->vers->constraints[0].comparator == VERS_ANY)
		return 0;
	return settle(w);
}

static int parse_into(const char *text, struct vers *ret, struct str *repairs, struct error *err)
{
	struct vers vers = VERS_INIT;
	struct work w = {{text, name_of, repairs, err}, &vers, 0};

	if (parse(&w) < 0) {
		vers_release(&vers);
		return ERR_NO;
	}
	*ret = vers;
	return 0;
}

int vers_parse(const char *text, struct vers *ret, struct error *err)
{
	assert(text && ret);
	return parse_into(text, ret, NULL, err);
}

int vers_parse_lenient(const char *text, struct vers *ret, struct str *ret_repairs,
		       struct error *err)
{
	AUTO_STR repairs = STR_INIT;

	assert(text && ret && ret_repairs);
	if (parse_into(text, ret, &repairs, err) < 0)
		return ERR_NO;
	str_add_bytes(ret_repairs, repairs.bytes, repairs.length);
	return 0;
}

void vers_write(const struct vers *vers, struct str *ret)
{
	size_t i, c;

	str_add_format(ret, "vers:%s/", vers->type);
	for (i = 0; i < vers->count; i++) {
		const struct vers_constraint *one = &vers->constraints[i];
		const char *byte;

		if (i)
			str_add_char(ret, '|');
		if (one->comparator == VERS_ANY)
			str_add_char(ret, '*');
		for (c = 0; c < ARRAY_LEN(comparators); c++)
			if (comparators[c].comparator == one->comparator)
				str_add(ret, comparators[c].text);
		for (byte = str_or_empty(one->version); *byte; byte++)
			if (must_encode((unsigned char)*byte))
				str_add_format(ret, "%%%02X", (unsigned char)*byte);
			else
				str_add_char(ret, *byte);
	}
}

void vers_release(struct vers *vers)
{
	size_t i;

	for (i = 0; i < vers->count; i++)
		free(vers->constraints[i].version);
	free(vers->constraints);
	free(vers->type);
	*vers = (struct vers)VERS_INIT;
}
