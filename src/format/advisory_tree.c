/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of an advisory: its products as other formats speak of them, ranges, notes. */
#include "format/advisory_private.h"

#include <stdarg.h>

#include "psirtty/score/vers.h"

enum { DEPTH = 64 };

/* ---- small JSON */

void adv_set(json_t *object, const char *name, json_t *value)
{
	bool empty = (json_is_array(value) && !json_array_size(value)) ||
		     (json_is_object(value) && !json_object_size(value));

	if (value && !empty)
		json_object_set(object, name, value);
	json_decref(value);
}

json_t *adv_copy(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	return value ? json_deep_copy(value) : NULL;
}

json_t *adv_object(const char *name, ...)
{
	json_t *object = json_object();
	va_list args;

	va_start(args, name);
	for (; name; name = va_arg(args, const char *))
		js_set_string(object, name, va_arg(args, const char *));
	va_end(args);
	return object;
}

void adv_append(json_t *list, json_t *value)
{
	if (value)
		json_array_append_new(list, value);
}

void adv_list_add(json_t *object, const char *name, json_t *item)
{
	json_t *list = json_object_get(object, name);

	if (!item)
		return;
	if (!list) {
		list = json_array();
		json_object_set_new(object, name, list);
	}
	json_array_append_new(list, item);
}

bool adv_is_cve(const char *text)
{
	size_t number;

	if (!text || !str_starts(text, "CVE-") || strspn(text + 4, "0123456789") != 4 || text[8] != '-')
		return false;
	number = strspn(text + 9, "0123456789");
	return number >= 4 && number <= 19 && !text[9 + number];
}

const char *adv_note(const json_t *object, const char *const *categories)
{
	size_t i;
	json_t *note;

	for (; *categories; categories++)
		json_array_foreach(js_array(object, "notes"), i, note)
			if (str_equal(js_string(note, "category"), *categories))
				return js_string(note, "text");
	return NULL;
}

/* Sets are made once for each item: a list of a hundred thousand is asked as often. */
static void add_group(json_t *set, const json_t *tree, const char *group)
{
	const json_t *groups = js_array(json_object_get(tree, "product_tree"), "product_groups");
	size_t i, k;
	json_t *one, *id;

	json_array_foreach((json_t *)groups, i, one)
		if (str_equal(js_string(one, "group_id"), group))
			json_array_foreach(js_array(one, "product_ids"), k, id)
				if (json_is_string(id))
					json_object_set_new(set, json_string_value(id), json_true());
}

static json_t *subjects_of(struct writing *w, const json_t *item)
{
	AUTO_STRING key = mem_format("%p", (const void *)item);
	json_t *set, *id;
	size_t i;

	if (!w->subjects)
		w->subjects = json_object();
	set = json_object_get(w->subjects, key);
	if (set)
		return set;
	set = json_object();
	json_object_set_new(w->subjects, key, set);
	json_array_foreach(js_array(item, "product_ids"), i, id)
		if (json_is_string(id))
			json_object_set_new(set, json_string_value(id), json_true());
	json_array_foreach(js_array(item, "group_ids"), i, id)
		add_group(set, w->tree, str_or_empty(json_string_value(id)));
	return set;
}

bool adv_concerns(struct writing *w, const json_t *item, const char *product)
{
	return json_object_get(subjects_of(w, item), product) != NULL;
}

const json_t *adv_score(const json_t *vulnerability, const char *kind)
{
	size_t i;
	json_t *score;

	json_array_foreach(js_array(vulnerability, "scores"), i, score)
		if (json_object_get(score, kind))
			return json_object_get(score, kind);
	return NULL;
}

/* ---- products */

static void add_product(struct adv_products *products, const json_t *object, const struct adv_product *context)
{
	const char *id = js_string(object, "product_id");
	struct adv_product *p;

	if (!id || json_object_get(products->places, id))
		return;
	products->items = mem_grow(products->items, &products->room, products->count + 1, sizeof(*products->items));
	p = &products->items[products->count];
	*p = *context;
	p->id = id;
	p->name = js_string(object, "name") ? js_string(object, "name") : id;
	if (json_object_get(object, "product_identification_helper"))
		p->helper = json_object_get(object, "product_identification_helper");
	p->purl = js_string(p->helper, "purl") ? js_string(p->helper, "purl") : context->purl;
	p->cpe = js_string(p->helper, "cpe") ? js_string(p->helper, "cpe") : context->cpe;
	json_object_set_new(products->places, id, json_integer((json_int_t)products->count++));
}

static void read_branches(struct adv_products *products, const json_t *list, struct adv_product context, int depth)
{
	size_t i;
	json_t *branch;

	json_array_foreach((json_t *)list, i, branch) {
		const char *category = js_string(branch, "category"), *name = js_string(branch, "name");
		struct adv_product here = context;

		if (str_equal(category, "vendor"))
			here.vendor = name;
		else if (str_equal(category, "product_name"))
			here.product = name;
		else if (str_equal(category, "product_version") || str_equal(category, "product_version_range"))
			here.version = name;
		here.range = here.range || str_equal(category, "product_version_range");
		if (json_object_get(branch, "product"))
			add_product(products, json_object_get(branch, "product"), &here);
		if (depth < DEPTH)
			read_branches(products, js_array(branch, "branches"), here, depth + 1);
	}
}

/* What a relationship defines is the first product, in the place of the second. */
static bool read_relationship(struct adv_products *products, const json_t *relationship)
{
	const json_t *object = json_object_get(relationship, "full_product_name");
	const struct adv_product *of =
		adv_product_find(products, str_or_empty(js_string(relationship, "product_reference")));
	const char *id = js_string(object, "product_id");
	struct adv_product context;

	if (!of || !id || json_object_get(products->places, id))
		return false;
	context = *of;
	context.helper = NULL;
	context.platform = js_string(relationship, "relates_to_product_reference");
	add_product(products, object, &context);
	return true;
}

void adv_products_read(const json_t *tree, struct adv_products *ret)
{
	const json_t *product_tree = json_object_get(tree, "product_tree");
	const json_t *relationships = js_array(product_tree, "relationships");
	bool more = true;
	size_t i;
	json_t *item;

	*ret = (struct adv_products){ .places = json_object() };
	read_branches(ret, js_array(product_tree, "branches"), (struct adv_product){ 0 }, 0);
	json_array_foreach(js_array(product_tree, "full_product_names"), i, item)
		add_product(ret, item, &(struct adv_product){ 0 });
	/* Of what is itself defined by a relationship: a few rounds; a circle ends. */
	for (int round = 0; more && round < 4; round++) {
		more = false;
		json_array_foreach((json_t *)relationships, i, item)
			more |= read_relationship(ret, item);
	}
}

void adv_products_release(struct adv_products *products)
{
	free(products->items);
	json_decref(products->places);
	*products = (struct adv_products){ 0 };
}

const struct adv_product *adv_product_find(const struct adv_products *products, const char *id)
{
	const json_t *place = json_object_get(products->places, id);

	return place ? &products->items[json_integer_value(place)] : NULL;
}

/* ---- ranges */


/* One comparator and its version at *CURSOR; false when there is none. */
static bool take_native(const char **cursor, struct str *ret, bool *ret_lower)
{
	const char *s = *cursor;
	size_t comparator = strspn(s, "<>="), version;

	if (!comparator || comparator > 2)
		return false;
	*ret_lower = s[0] == '>';
	if (s[0] != '=')
		str_add_bytes(ret, s, comparator);
	s += comparator;
	s += strspn(s, " \t");
	version = strcspn(s, " \t,|<>=");
	if (!version)
		return false;
	str_add_bytes(ret, s, version);
	*cursor = s + version;
	return true;
}

/* "< 2", ">= 1.0, < 1.8.4", "<=3 >1": one end or both, which must hold together. */
static bool native_vers(const char *range, struct str *ret)
{
	AUTO_STR lower = STR_INIT;
	AUTO_STR upper = STR_INIT;
	int count = 0;

	for (const char *s = range + strspn(range, " \t,"); *s; s += strspn(s, " \t,"), count++) {
		AUTO_STR one = STR_INIT;
		bool is_lower;

		if (count == 2 || !take_native(&s, &one, &is_lower) || (is_lower ? &lower : &upper)->length)
			return false;
		str_add(is_lower ? &lower : &upper, one.bytes);
	}
	if (!count)
		return false;
	str_add_format(ret, "vers:generic/%s%s%s", lower.bytes, count == 2 ? "|" : "", upper.bytes);
	return true;
}

/* "1.0 to 1.8.3", "1.0 - 1.8.3", "before 2.0", "2.0 and earlier", "all versions": what people write. */
static bool words_vers(const char *range, struct str *ret)
{
	static const struct { const char *before, *behind, *comparator; } forms[] = {
		{ "before ", "", "<" },	 { "prior to ", "", "<" }, { "", " and earlier", "<=" },
		{ "", " and prior", "<=" }, { "up to ", "", "<=" },   { "", " and later", ">=" }, { "", " and newer", ">=" },
		{ "after ", "", ">" }, { "from ", "", ">=" },
	};
	size_t length = strlen(range);

	if (str_casecmp(range, "all") == 0 || str_casecmp(range, "all versions") == 0 || str_equal(range, "*")) {
		str_add(ret, "vers:all/*");
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t a = strlen(forms[i].before), b = strlen(forms[i].behind);

		if (length <= a + b || !str_starts_nocase(range, forms[i].before) ||
		    str_casecmp(range + length - b, forms[i].behind) != 0 ||
		    strcspn(range + a, " ,<>=|") < length - a - b)
			continue;
		str_add_format(ret, "vers:generic/%s%.*s", forms[i].comparator, (int)(length - a - b), range + a);
		return true;
	}
	return false;
}

bool adv_range_vers(const char *range, struct str *ret)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_STR text = STR_INIT;

	if (str_starts(range, "vers:"))
		str_add(&text, range);
	else if (!native_vers(range, &text) && !words_vers(range, &text))
		return false;
	if (str_equal(text.bytes, "vers:all/*")) {
		str_add(ret, text.bytes);
		return true;
	}
	if (vers_parse_lenient(text.bytes, &vers, &repairs, NULL))
		return false;
	vers_write(&vers, ret);
	return true;
}

static struct adv_bounds *bounds_open(struct adv_bounds *ret, size_t room, size_t *count, const char *type)
{
	if (*count == room)
		return NULL;
	ret[*count] = (struct adv_bounds){ .type = mem_string(type) };
	return &ret[(*count)++];
}

/* Constraints are sorted: a lower end, then its upper end, then the next pair. */
static bool take_constraint(const struct vers_constraint *c, struct adv_bounds **open, struct adv_bounds *ret,
			    size_t room, size_t *count, const char *type)
{
	bool lower = c->comparator == VERS_GREATER || c->comparator == VERS_GREATER_EQUAL;
	bool upper = c->comparator == VERS_LESS || c->comparator == VERS_LESS_EQUAL;
	struct adv_bounds *at = upper && *open ? *open : bounds_open(ret, room, count, type);

	if (!at || c->comparator == VERS_NOT_EQUAL)
		return false;
	if (c->comparator == VERS_EQUAL) {
		at->single = mem_alloc(sizeof(*at->single));
		at->single[at->single_count++] = mem_string(c->version);
	}
	if (lower) {
		at->from = mem_string(c->version);
		at->from_open = c->comparator == VERS_GREATER;
	}
	if (upper) {
		at->until = mem_string(c->version);
		at->until_closed = c->comparator == VERS_LESS_EQUAL;
	}
	*open = lower ? at : NULL;
	return true;
}

bool adv_range_bounds(const char *range, struct adv_bounds *ret, size_t room, size_t *ret_count)
{
	struct adv_bounds *open = NULL;
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR text = STR_INIT;
	bool whole = true;

	*ret_count = 0;
	if (!adv_range_vers(range, &text))
		return false;
	if (str_equal(text.bytes, "vers:all/*"))
		return bounds_open(ret, room, ret_count, "all") != NULL;
	if (vers_parse(text.bytes, &vers, NULL))
		return false;
	for (size_t i = 0; whole && i < vers.count; i++)
		whole = vers.constraints[i].comparator == VERS_ANY ?
				bounds_open(ret, room, ret_count, vers.type) != NULL :
				take_constraint(&vers.constraints[i], &open, ret, room, ret_count, vers.type);
	return whole;
}

void adv_bounds_release(struct adv_bounds *bounds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(bounds[i].type);
		free(bounds[i].from);
		free(bounds[i].until);
		for (size_t k = 0; k < bounds[i].single_count; k++)
			free(bounds[i].single[k]);
		free(bounds[i].single);
	}
}

/* ---- writing ranges */

static int order(const struct version_scheme *scheme, const char *a, const char *b)
{
	int found = 0;

	return version_compare(scheme, a, b, &found, NULL) ? 2 : found;
}

/* Where one begins: what has no lower end before all. */
static const char *start_of(const struct adv_bounds *b)
{
	return b->single_count ? b->single[0] : b->from;
}

static const char *end_of(const struct adv_bounds *b)
{
	return b->single_count ? b->single[0] : b->until;
}

/* Few: records have a handful of them. False when two overlap, or cannot be compared. */
static bool sort_bounds(const struct version_scheme *scheme, const struct adv_bounds **list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && (!start_of(list[k]) ||
					     (start_of(list[k - 1]) && order(scheme, start_of(list[k]), start_of(list[k - 1])) < 0));
		     k--) {
			const struct adv_bounds *moved = list[k];

			list[k] = list[k - 1];
			list[k - 1] = moved;
		}
	for (size_t i = 1; i < count; i++) {
		const char *end = end_of(list[i - 1]), *start = start_of(list[i]);
		int found = end && start ? order(scheme, end, start) : 1;
		bool both = (list[i - 1]->single_count || list[i - 1]->until_closed) && (list[i]->single_count || !list[i]->from_open);

		if (found > 0 || (found == 0 && both))
			return false;
	}
	return true;
}

static void add_constraint(struct vers *vers, enum vers_comparator comparator, const char *version)
{
	vers->constraints = mem_resize(vers->constraints, vers->count + 1, sizeof(*vers->constraints));
	vers->constraints[vers->count++] = (struct vers_constraint){ comparator, mem_string(version) };
}

static void add_inside(struct vers *vers, const struct adv_bounds *b)
{
	if (b->single_count)
		add_constraint(vers, VERS_EQUAL, b->single[0]);
	if (b->from)
		add_constraint(vers, b->from_open ? VERS_GREATER : VERS_GREATER_EQUAL, b->from);
	if (b->until)
		add_constraint(vers, b->until_closed ? VERS_LESS_EQUAL : VERS_LESS, b->until);
}

/* Between this one and the next (NULL: none) lies what is in neither. */
static void add_outside(struct vers *vers, const struct adv_bounds *b, const struct adv_bounds *next,
			const struct version_scheme *scheme)
{
	bool touch = next && b->until && next->from && order(scheme, b->until, next->from) == 0 && b->until_closed == next->from_open;

	if (b->single_count)
		add_constraint(vers, VERS_NOT_EQUAL, b->single[0]);
	if (b->until && !touch)
		add_constraint(vers, b->until_closed ? VERS_GREATER : VERS_GREATER_EQUAL, b->until);
	if (next && next->from && !touch)
		add_constraint(vers, next->from_open ? VERS_LESS_EQUAL : VERS_LESS, next->from);
}

static bool bounds_valid(const struct version_scheme *scheme, const struct adv_bounds *b)
{
	const char *start = start_of(b), *end = end_of(b);

	return (!start || version_check(scheme, start, NULL) == 0) && (!end || version_check(scheme, end, NULL) == 0) &&
	       (!b->from || !b->until || order(scheme, b->from, b->until) < (b->until_closed && !b->from_open ? 1 : 0));
}

/* The constraints as they must come out again: a reader that mends or drops one understood something else. */
static bool add_canonical(const struct vers *vers, struct str *ret)
{
	AUTO_STR text = STR_INIT;
	AUTO_VERS again = VERS_INIT;
	AUTO_STR repairs = STR_INIT;

	vers_write(vers, &text);
	if (vers_parse_lenient(text.bytes, &again, &repairs, NULL) || again.count != vers->count)
		return false;
	vers_write(&again, ret);
	return true;
}

bool adv_range_write(const char *type, const struct adv_bounds *list, size_t count, bool inverted, struct str *ret)
{
	AUTO_VERS vers = { .type = mem_string(type), .scheme = version_scheme_find(type) };
	const struct adv_bounds **sorted = mem_alloc((count + 1) * sizeof(*sorted));
	bool fine = vers.scheme && count > 0;

	for (size_t i = 0; i < count; i++) {
		sorted[i] = &list[i];
		fine = fine && bounds_valid(vers.scheme, &list[i]);
	}
	fine = fine && sort_bounds(vers.scheme, sorted, count);
	if (fine && inverted && start_of(sorted[0]) && !sorted[0]->single_count)
		add_constraint(&vers, sorted[0]->from_open ? VERS_LESS_EQUAL : VERS_LESS, sorted[0]->from);
	for (size_t i = 0; fine && i < count; i++)
		if (inverted)
			add_outside(&vers, sorted[i], i + 1 < count ? sorted[i + 1] : NULL, vers.scheme);
		else
			add_inside(&vers, sorted[i]);
	free(sorted);
	return fine && vers.count && add_canonical(&vers, ret);
}
