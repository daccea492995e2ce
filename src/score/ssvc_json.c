/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSVC selection lists (CERT/CC, SelectionList 2.0.0), as CSAF 2.1 carries them: written from a decided
 * tree, read into the answers of one. Members that only explain (names, references) are not read.
 */
#include "psirtty/score/ssvc.h"

#include <string.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/instant.h"

#define SCHEMA_VERSION "2.0.0"

enum { SELECTIONS_MOST = 64 };

/* ---- writing */

static json_t *selection(const struct ssvc_point *point, int value)
{
	json_t *one = json_object(), *values = json_array(), *chosen = json_object();

	js_set_string(one, "namespace", point->space);
	js_set_string(one, "key", point->key);
	js_set_string(one, "version", point->version);
	js_set_string(one, "name", point->name);
	js_set_string(chosen, "key", point->values[value].key);
	js_set_string(chosen, "name", point->values[value].name);
	json_array_append_new(values, chosen);
	json_object_set_new(one, "values", values);
	return one;
}

json_t *ssvc_to_json(const struct ssvc *ssvc, int outcome, const char *when)
{
	json_t *list = json_object(), *selections = json_array();
	int i;

	for (i = 0; i < ssvc->tree->count; i++)
		json_array_append_new(selections, selection(ssvc->tree->inputs[i], ssvc->values[i]));
	json_array_append_new(selections, selection(ssvc->tree->outcome, outcome));
	js_set_string(list, "schemaVersion", SCHEMA_VERSION);
	js_set_string(list, "timestamp", when);
	json_object_set_new(list, "selections", selections);
	return list;
}

/* ---- reading */

/* One selection: a known point, and the value chosen or NULL where several are left. */
struct chosen {
	const struct ssvc_point *point;
	const struct ssvc_value *value;
};

struct chosen_list {
	struct chosen items[SELECTIONS_MOST];
	size_t count;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct error *err, const char *why, ...)
{
	AUTO_STRING reason = NULL;
	va_list args;
	char *text = NULL;

	va_start(args, why);
	if (vasprintf(&text, why, args) < 0)
		text = mem_string(why);
	va_end(args);
	reason = text;
	return error_set(err, ERR_NO, _("SSVC selection list"), NULL, "%s", reason);
}

static int read_value(const struct ssvc_point *point, const json_t *json,
		      const struct ssvc_value **ret, struct error *err)
{
	const char *key = js_string(json, "key");
	int i;

	if (!key)
		return refuse(err, _("a value of %s:%s:%s has no key"), point->space, point->key,
			      point->version);
	for (i = 0; i < point->count; i++)
		if (str_equal(key, point->values[i].key)) {
			*ret = &point->values[i];
			return 0;
		}
	return refuse(err, _("%s:%s:%s has no value \"%.40s\""), point->space, point->key, point->version, key);
}

static int read_selection(const json_t *json, struct chosen *ret, struct error *err)
{
	const char *space = js_string(json, "namespace"), *key = js_string(json, "key");
	const char *version = js_string(json, "version");
	const json_t *values = js_array(json, "values");
	size_t count = json_array_size(values), i;
	AUTO_STRING id = NULL;

	if (!space || !key || !version)
		return refuse(err, _("a selection lacks namespace, key or version"));
	id = mem_format("%.80s:%.40s:%.40s", space, key, version);
	ret->point = ssvc_point_find(id);
	if (!ret->point)
		return refuse(err, _("there is no decision point %s"), id);
	if (count == 0)
		return refuse(err, _("%s has no values"), id);
	for (i = 0; i < count; i++)
		if (read_value(ret->point, json_array_get(values, i), &ret->value, err) < 0)
			return ERR_NO;
	if (count > 1)
		ret->value = NULL;
	return 0;
}

static int read_list(const json_t *json, struct chosen_list *ret, struct error *err)
{
	const char *version = js_string(json, "schemaVersion"), *when = js_string(json, "timestamp");
	const json_t *selections = js_array(json, "selections");
	instant at;
	size_t i;

	if (!str_equal(version, SCHEMA_VERSION))
		return refuse(err, _("its schemaVersion is not %s"), SCHEMA_VERSION);
	if (!when || instant_parse(when, &at, NULL) < 0)
		return refuse(err, _("its timestamp is missing or wrong"));
	ret->count = json_array_size(selections);
	if (ret->count == 0 || ret->count > SELECTIONS_MOST)
		return refuse(err, _("it has %zu selections, not 1 to %d"), ret->count, SELECTIONS_MOST);
	for (i = 0; i < ret->count; i++)
		if (read_selection(json_array_get(selections, i), &ret->items[i], err) < 0)
			return ERR_NO;
	return 0;
}

static bool is_same_point(const struct ssvc_point *a, const struct ssvc_point *b)
{
	return str_equal(a->space, b->space) && str_equal(a->key, b->key);
}

/* The place of POINT among the tree's inputs, their count for its outcome, or -1. */
static int place_of(const struct ssvc_tree *tree, const struct ssvc_point *point)
{
	int i;

	for (i = 0; i < tree->count; i++)
		if (is_same_point(tree->inputs[i], point))
			return i;
	return is_same_point(tree->outcome, point) ? tree->count : -1;
}

/* The tree that has every point of the list; the smallest of several, and one of whose outcome the list
 * speaks before all others. */
static const struct ssvc_tree *tree_of(const struct chosen_list *list)
{
	const struct ssvc_tree *best = NULL;
	bool best_decided = false;
	size_t count, i, n;
	const struct ssvc_tree *trees = ssvc_trees(&count);

	for (i = 0; i < count; i++) {
		bool decided = false;

		for (n = 0; n < list->count; n++) {
			int place = place_of(&trees[i], list->items[n].point);

			if (place < 0)
				break;
			decided = decided || place == trees[i].count;
		}
		if (n < list->count || (best_decided && !decided))
			continue;
		if (!best || (decided && !best_decided) || trees[i].count < best->count) {
			best = &trees[i];
			best_decided = decided;
		}
	}
	return best;
}

/* Puts one selection in its place of the tree. */
static int place_chosen(const struct chosen *chosen, struct ssvc *ssvc, int *ret_outcome, struct error *err)
{
	int place = place_of(ssvc->tree, chosen->point), value = -1, i;
	const struct ssvc_point *point;

	if (place < 0 || !chosen->value)
		return 0;
	point = place < ssvc->tree->count ? ssvc->tree->inputs[place] : ssvc->tree->outcome;
	for (i = 0; i < point->count; i++)
		if (str_equal(point->values[i].key, chosen->value->key))
			value = i;
	if (value < 0)
		return refuse(err, _("%s:%s:%s has no value \"%s\", as version %s of it has"), point->space,
			      point->key, point->version, chosen->value->key, chosen->point->version);
	if ((place < ssvc->tree->count ? ssvc->values[place] : *ret_outcome) >= 0)
		return refuse(err, _("%s:%s is selected twice"), point->space, point->key);
	if (place < ssvc->tree->count)
		ssvc->values[place] = (signed char)value;
	else
		*ret_outcome = value;
	return 0;
}

int ssvc_from_json(const json_t *json, const struct ssvc_tree *tree, struct ssvc *ret,
		   int *ret_outcome, struct error *err)
{
	struct chosen_list list = { .count = 0 };
	struct ssvc ssvc;
	int outcome = -1, given;
	size_t i;

	if (read_list(json, &list, err) < 0)
		return ERR_NO;
	tree = tree ? tree : tree_of(&list);
	if (!tree)
		return refuse(err, _("no tree has all of its decision points"));
	ssvc_init(&ssvc, tree);
	for (i = 0; i < list.count; i++)
		if (place_chosen(&list.items[i], &ssvc, &outcome, err) < 0)
			return ERR_NO;
	if (outcome >= 0 && ssvc_decide(&ssvc, &given, NULL) == 0 && given != outcome)
		return refuse(err, _("its outcome is \"%s\", where the tree %s gives \"%s\""),
			      tree->outcome->values[outcome].name, tree->name,
			      tree->outcome->values[given].name);
	*ret = ssvc;
	*ret_outcome = outcome;
	return 0;
}
