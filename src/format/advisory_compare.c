/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two revisions of an advisory, and how much its number must rise (CSAF 2.0, 3.1.11). */
#include "format/advisory_private.h"

#include <ctype.h>

static const char *const bump_names[] = {
#define X(name, word) [name] = word,
	ADVISORY_BUMPS(X)
#undef X
};

const char *advisory_bump_name(enum advisory_bump bump)
{
	return bump_names[bump];
}

struct comparing { struct str *changes; enum advisory_bump bump; };

static void note(struct comparing *c, enum advisory_bump bump, char mark, const char *path)
{
	if (bump > c->bump)
		c->bump = bump;
	if (c->changes)
		str_add_format(c->changes, "%c %s\n", mark, *path ? path : "/");
}

/* ---- how much a place weighs */

static bool is_ignored(const char *path)
{
	static const char *const places[] = { "/document/tracking/current_release_date", "/document/tracking/generator",
					      "/document/tracking/initial_release_date", "/document/tracking/revision_history",
					      "/document/tracking/status", "/document/tracking/version" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (str_equal(places[i], path))
			return true;
	return false;
}

/* "/vulnerabilities/3" itself. */
static bool is_vulnerability(const char *path)
{
	return str_starts(path, "/vulnerabilities/") && !strchr(path + strlen("/vulnerabilities/"), '/');
}

static bool is_product_tree(const char *path)
{
	size_t length = strlen("/product_tree");

	return strncmp(path, "/product_tree", length) == 0 && (!path[length] || path[length] == '/');
}

static enum advisory_bump weight(const char *path)
{
	return is_product_tree(path) || is_vulnerability(path) || str_equal(path, "/vulnerabilities") ? BUMP_MAJOR : BUMP_MINOR;
}

/* The same words: a misprint mended, at most. */
static bool same_words(const char *a, const char *b)
{
	for (;;) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (!*a || !*b || tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return !*a && !*b;
		a++;
		b++;
	}
}

/* ---- lists of products: order does not count, leaving one does */

static json_t *as_set(const json_t *list)
{
	json_t *set = json_object(), *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (json_is_string(item))
			json_object_set_new(set, json_string_value(item), json_true());
	return set;
}

static void compare_status(struct comparing *c, const json_t *from, const json_t *to, const char *list, const char *path)
{
	static const char *const affected[] = { "first_affected", "known_affected", "last_affected" };
	static const char *const safe[] = { "first_fixed", "fixed", "known_not_affected" };
	AUTO_JSON before = as_set(from);
	AUTO_JSON after = as_set(to);
	enum advisory_bump gone = BUMP_MINOR, come = BUMP_MINOR;
	const char *id;
	json_t *value;

	for (size_t i = 0; i < ARRAY_LEN(affected); i++)
		if (str_equal(affected[i], list))
			gone = come = BUMP_MAJOR;
	for (size_t i = 0; i < ARRAY_LEN(safe); i++)
		if (str_equal(safe[i], list))
			gone = BUMP_MAJOR;
	json_object_foreach(before, id, value) {
		AUTO_STRING place = mem_format("%s (%s)", path, id);

		if (!json_object_get(after, id))
			note(c, gone, '-', place);
	}
	json_object_foreach(after, id, value) {
		AUTO_STRING place = mem_format("%s (%s)", path, id);

		if (!json_object_get(before, id))
			note(c, come, '+', place);
	}
}

/* ---- the walk */

static void compare(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth);
static void compare_objects(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth);

static char *below(const char *path, const char *name)
{
	AUTO_STR whole = STR_INIT;

	str_add_format(&whole, "%s/", path);
	for (; *name; name++)
		if (*name == '~' || *name == '/')
			str_add(&whole, *name == '~' ? "~0" : "~1");
		else
			str_add_char(&whole, *name);
	return str_detach(&whole);
}

static void compare_member(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth)
{
	const char *parent = strstr(path, "/product_status/");

	if (is_ignored(path))
		return;
	if (parent && (!from || json_is_array(from)) && (!to || json_is_array(to)))
		compare_status(c, from, to, parent + strlen("/product_status/"), path);
	else if (str_ends(path, "/product_status"))
		compare_objects(c, from, to, path, depth);
	else if (!from || !to)
		note(c, weight(path), from ? '-' : '+', path);
	else
		compare(c, from, to, path, depth);
}

static void compare_objects(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)from, name, value) {
		AUTO_STRING place = below(path, name);

		compare_member(c, value, json_object_get(to, name), place, depth + 1);
	}
	json_object_foreach((json_t *)to, name, value) {
		AUTO_STRING place = below(path, name);

		if (!json_object_get(from, name))
			compare_member(c, NULL, value, place, depth + 1);
	}
}

static void compare_arrays(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth)
{
	size_t before = json_array_size(from), after = json_array_size(to);

	for (size_t i = 0; i < (before > after ? before : after); i++) {
		AUTO_STRING place = mem_format("%s/%zu", path, i);

		compare_member(c, json_array_get(from, i), json_array_get(to, i), place, depth + 1);
	}
}

static void compare(struct comparing *c, const json_t *from, const json_t *to, const char *path, int depth)
{
	if (json_equal((json_t *)from, (json_t *)to))
		return;
	if (depth > 100)
		note(c, BUMP_MAJOR, '~', path);
	else if (json_is_object(from) && json_is_object(to))
		compare_objects(c, from, to, path, depth);
	else if (json_is_array(from) && json_is_array(to))
		compare_arrays(c, from, to, path, depth);
	else if (json_is_string(from) && json_is_string(to) && weight(path) == BUMP_MINOR && !is_product_tree(path) &&
		 same_words(json_string_value(from), json_string_value(to)))
		note(c, BUMP_PATCH, '~', path);
	else
		note(c, weight(path), '~', path);
}

enum advisory_bump advisory_compare(const json_t *from, const json_t *to, struct str *changes)
{
	struct comparing c = { .changes = changes, .bump = BUMP_NONE };

	compare(&c, from, to, "", 0);
	return c.bump;
}
