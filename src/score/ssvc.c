/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSVC decision points and tables, compiled in from data/ssvc/; lookup of what a handler types
 * and of what the tables say.
 */
#include "psirtty/score/ssvc.h"

#include <string.h>

#include "psirtty/base/i18n.h"
#include "score/ascii.h"

struct row {
	signed char values[SSVC_INPUTS];
	signed char outcome;
};

/* What a tree has beside its public part. */
struct tree_extra {
	int first, count;                      /* rows */
	const char *letters[SSVC_INPUTS + 1];  /* of the calculator's vector; NULL: the keys */
	const char *outcomes[SSVC_INPUTS];
};

#include "gen/ssvc.inc"

const struct ssvc_tree *ssvc_trees(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(trees);
	return trees;
}

const struct ssvc_point *ssvc_points(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(points);
	return points;
}

static bool is_filler(char c)
{
	return c == ' ' || c == '-' || c == '_';
}

/* Equal but for case and the characters between words. */
static bool is_same_name(const char *a, const char *b)
{
	for (;;) {
		while (is_filler(*a))
			a++;
		while (is_filler(*b))
			b++;
		if (to_lower(*a) != to_lower(*b))
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

const struct ssvc_tree *ssvc_tree_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(trees); i++)
		if (str_casecmp(name, trees[i].name) == 0 ||
		    (strcmp(trees[i].key, "-") != 0 && str_casecmp(name, trees[i].key) == 0))
			return &trees[i];
	return NULL;
}

/* True when *CURSOR begins with WORD and then END or ':'; moves behind both. */
static bool take_word(const char **cursor, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*cursor, word, length) != 0)
		return false;
	if ((*cursor)[length] && (*cursor)[length] != ':')
		return false;
	*cursor += length + ((*cursor)[length] == ':');
	return true;
}

const struct ssvc_point *ssvc_point_find(const char *id)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(points); i++) {
		const char *cursor = id;

		if (take_word(&cursor, points[i].space) && take_word(&cursor, points[i].key) &&
		    (*cursor ? strcmp(cursor, points[i].version) == 0
			     : points[i].latest && cursor[-1] != ':'))
			return &points[i];
	}
	return NULL;
}

static int find_key(const struct ssvc_point *point, const char *key)
{
	int i;

	for (i = 0; i < point->count; i++)
		if (str_casecmp(point->values[i].key, key) == 0)
			return i;
	return -1;
}

static int find_name(const struct ssvc_point *point, const char *name)
{
	int i;

	for (i = 0; i < point->count; i++)
		if (is_same_name(point->values[i].name, name))
			return i;
	return -1;
}

int ssvc_point_value(const struct ssvc_point *point, const char *text)
{
	int found = find_key(point, text);
	size_t i;

	if (found < 0)
		found = find_name(point, text);
	for (i = 0; found < 0 && i < ARRAY_LEN(points); i++) {
		const struct ssvc_point *other = &points[i];
		int there;

		if (strcmp(other->space, point->space) != 0 || strcmp(other->key, point->key) != 0)
			continue;
		there = find_name(other, text);
		if (there >= 0)
			found = find_key(point, other->values[there].key);
	}
	return found;
}

void ssvc_init(struct ssvc *ssvc, const struct ssvc_tree *tree)
{
	ssvc->tree = tree;
	memset(ssvc->values, -1, sizeof(ssvc->values));
}

static bool is_point(const struct ssvc_point *point, const char *text)
{
	const char *cursor = text;

	if (str_casecmp(point->key, text) == 0 || is_same_name(point->name, text))
		return true;
	return take_word(&cursor, point->space) && take_word(&cursor, point->key) &&
	       (!*cursor || strcmp(cursor, point->version) == 0);
}

static int refuse(const struct ssvc *ssvc, struct error *err, const char *why, const char *text,
		  const char *known)
{
	AUTO_STRING what = mem_format(_("SSVC tree %s"), ssvc->tree->name);
	AUTO_STRING remedy = known ? mem_format(_("Choose from %s"), known) : NULL;

	return error_set(err, ERR_USAGE, what, remedy, "%s: \"%s\"", why, text);
}

static int refuse_input(const struct ssvc *ssvc, struct error *err, const char *key)
{
	AUTO_STR known = STR_INIT;
	int i;

	for (i = 0; i < ssvc->tree->count; i++)
		str_add_format(&known, "%s%s (%s)", i ? ", " : "", ssvc->tree->inputs[i]->key,
			       _(ssvc->tree->inputs[i]->name));
	return refuse(ssvc, err, _("it has no such decision point"), key, known.bytes);
}

static int refuse_value(const struct ssvc *ssvc, struct error *err, int input, const char *text)
{
	const struct ssvc_point *point = ssvc->tree->inputs[input];
	AUTO_STRING why = mem_format(_("%s has no such value"), point->key);
	AUTO_STR known = STR_INIT;
	int i;

	for (i = 0; i < point->count; i++)
		str_add_format(&known, "%s%s (%s)", i ? ", " : "", point->values[i].key,
			       _(point->values[i].name));
	return refuse(ssvc, err, why, text, known.bytes);
}

int ssvc_answer(struct ssvc *ssvc, const char *assignment, struct error *err)
{
	const char *equals = strchr(assignment, '=');
	AUTO_STRING key = equals ? mem_copy(assignment, (size_t)(equals - assignment)) : NULL;
	int input, value;

	if (!equals)
		return refuse(ssvc, err, _("an answer has the form KEY=VALUE"), assignment, NULL);
	for (input = 0; input < ssvc->tree->count; input++)
		if (is_point(ssvc->tree->inputs[input], key))
			break;
	if (input == ssvc->tree->count)
		return refuse_input(ssvc, err, key);
	value = ssvc_point_value(ssvc->tree->inputs[input], equals + 1);
	if (value < 0)
		return refuse_value(ssvc, err, input, equals + 1);
	if (ssvc->values[input] >= 0)
		return refuse(ssvc, err, _("the decision point is answered twice"), key, NULL);
	ssvc->values[input] = (signed char)value;
	return 0;
}

static int refuse_missing(const struct ssvc *ssvc, struct error *err)
{
	AUTO_STRING what = mem_format(_("SSVC tree %s"), ssvc->tree->name);
	AUTO_STR missing = STR_INIT;
	int i;

	for (i = 0; i < ssvc->tree->count; i++)
		if (ssvc->values[i] < 0)
			str_add_format(&missing, "%s%s (%s)", missing.length ? ", " : "",
				       ssvc->tree->inputs[i]->key, _(ssvc->tree->inputs[i]->name));
	return error_set(err, ERR_USAGE, what, _("Answer them as KEY=VALUE"),
			 _("answers are missing: %s"), missing.bytes);
}

int ssvc_decide(const struct ssvc *ssvc, int *ret_outcome, struct error *err)
{
	const struct tree_extra *extra = &extras[ssvc->tree - trees];
	size_t width = (size_t)ssvc->tree->count;
	int i;

	if (memchr(ssvc->values, -1, width))
		return refuse_missing(ssvc, err);
	for (i = extra->first; i < extra->first + extra->count; i++)
		if (memcmp(rows[i].values, ssvc->values, width) == 0) {
			*ret_outcome = rows[i].outcome;
			return 0;
		}
	BUG("SSVC tree %s has a hole", ssvc->tree->name);
}

void ssvc_vector(const struct ssvc *ssvc, int outcome, const char *when, struct str *ret)
{
	const struct ssvc_tree *tree = ssvc->tree;
	const struct tree_extra *extra = &extras[tree - trees];
	int i;

	str_add(ret, "SSVCv2/");
	for (i = 0; i < tree->count; i++)
		str_add_format(ret, "%s:%s/", extra->letters[0] ? extra->letters[i] : tree->inputs[i]->key,
			       tree->inputs[i]->values[ssvc->values[i]].key);
	str_add_format(ret, "%s:%s/%s/", extra->letters[0] ? extra->letters[i] : tree->outcome->key,
		       extra->outcomes[0] ? extra->outcomes[outcome] : tree->outcome->values[outcome].key,
		       when);
}
