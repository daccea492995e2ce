/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of an advisory: its products as other formats speak of them, ranges, notes; and building one. */
#include "format/advisory_private.h"

#include <stdarg.h>

#include "format/csaf_private.h"
#include "psirtty/score/cvss.h"
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

static bool holds(const json_t *list, const char *text)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)list, i, item)
		if (str_equal(json_string_value(item), text))
			return true;
	return false;
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

/* ---- building */

void adv_builder_init(struct adv_builder *b, const char *title, const char *id, const char *publisher)
{
	*b = (struct adv_builder){ .tree = json_object(), .document = json_object(), .tracking = json_object(),
				   .vulnerabilities = json_array(), .vendors = json_array(), .lists = json_object(),
				   .known = json_object() };
	js_set_string(b->document, "category", "csaf_base");
	js_set_string(b->document, "csaf_version", "2.0");
	js_set_string(b->document, "title", title ? title : id);
	json_object_set_new(b->document, "publisher",
			    adv_object("category", "other", "name", publisher ? publisher : "unknown", "namespace",
				       "https://example.invalid", NULL));
	js_set_string(b->tracking, "id", id);
	js_set_string(b->tracking, "status", "final");
}

static json_t *add_branch(json_t *list, const char *category, const char *name, const char *child)
{
	json_t *branch = adv_object("category", category, "name", name, NULL), *children = json_array();

	json_object_set_new(branch, child, children);
	json_array_append_new(list, branch);
	return children;
}

/* The list of branches of a vendor's product. */
static json_t *versions_of(struct adv_builder *b, const char *vendor, const char *product)
{
	AUTO_STRING whole = mem_format("%s\x1f%s", vendor, product);
	json_t *products = json_object_get(b->lists, vendor), *versions = json_object_get(b->lists, whole);

	if (!products) {
		products = add_branch(b->vendors, "vendor", vendor, "branches");
		json_object_set(b->lists, vendor, products);
	}
	if (!versions) {
		versions = add_branch(products, "product_name", product, "branches");
		json_object_set(b->lists, whole, versions);
	}
	return versions;
}

static json_t *product_branch(const char *id, const char *vendor, const char *product, const char *version,
			      const char *purl, const char *cpe)
{
	AUTO_STRING name = mem_format("%s %s %s", vendor, product, version);
	bool range = str_starts(version, "vers:");
	json_t *branch = adv_object("category", range ? "product_version_range" : "product_version", "name", version, NULL);
	json_t *object = adv_object("name", name, "product_id", id, NULL);

	adv_set(object, "product_identification_helper", adv_object("purl", purl, "cpe", cpe, NULL));
	json_object_set_new(branch, "product", object);
	return branch;
}

const char *adv_builder_product(struct adv_builder *b, const char *vendor, const char *product, const char *version,
				const char *purl, const char *cpe)
{
	AUTO_STRING key = NULL;
	AUTO_STRING id = NULL;

	vendor = vendor && *vendor ? vendor : "unknown";
	product = product && *product ? product : "unknown";
	version = version && *version ? version : "vers:all/*";
	key = mem_format("%s\x1f%s\x1f%s\x1f%s", vendor, product, version, str_or_empty(purl));
	if (json_object_get(b->known, key))
		return json_string_value(json_object_get(b->known, key));
	id = mem_format("CSAFPID-%04zu", ++b->products);
	json_array_append_new(versions_of(b, vendor, product), product_branch(id, vendor, product, version, purl, cpe));
	js_set_string(b->known, key, id);
	return json_string_value(json_object_get(b->known, key));
}

json_t *adv_builder_vulnerability(struct adv_builder *b)
{
	json_t *vulnerability = json_object();

	json_array_append_new(b->vulnerabilities, vulnerability);
	return vulnerability;
}

void adv_builder_status(struct adv_builder *b, json_t *vulnerability, const char *status, const char *product)
{
	json_t *object = json_object_get(vulnerability, "product_status");
	AUTO_STRING key = mem_format("%p\x1f%s\x1f%s", (void *)vulnerability, status, product);

	if (b && json_object_get(b->known, key))
		return;
	if (b)
		json_object_set_new(b->known, key, json_true());

	if (!object) {
		object = json_object();
		json_object_set_new(vulnerability, "product_status", object);
	}
	if (b || !holds(js_array(object, status), product))
		adv_list_add(object, status, json_string(product));
}

void adv_set_date(json_t *object, const char *name, const char *date)
{
	AUTO_STRING zoned = date ? mem_format("%sZ", date) : NULL;
	instant at;

	if (date && instant_parse(date, &at, NULL) == 0)
		js_set_string(object, name, date);
	else if (date && instant_parse(zoned, &at, NULL) == 0)
		js_set_string(object, name, zoned);
}

/* A revision history, where the format told none. */
static void finish_tracking(struct adv_builder *b)
{
	const char *current = js_string(b->tracking, "current_release_date");
	const char *initial = js_string(b->tracking, "initial_release_date");

	current = current ? current : initial ? initial : "1970-01-01T00:00:00Z";
	if (!initial)
		js_set_string(b->tracking, "initial_release_date", current);
	if (!js_string(b->tracking, "current_release_date"))
		js_set_string(b->tracking, "current_release_date", current);
	current = js_string(b->tracking, "current_release_date");
	if (json_object_get(b->tracking, "revision_history"))
		return;
	js_set_string(b->tracking, "version", "1");
	adv_list_add(b->tracking, "revision_history",
		     adv_object("date", current, "number", "1", "summary", "As it was read", NULL));
}

json_t *adv_builder_end(struct adv_builder *b)
{
	json_t *product_tree = json_object();

	finish_tracking(b);
	json_object_set_new(b->document, "tracking", b->tracking);
	json_object_set_new(b->tree, "document", b->document);
	adv_set(product_tree, "branches", b->vendors);
	adv_set(b->tree, "product_tree", product_tree);
	adv_set(b->tree, "vulnerabilities", b->vulnerabilities);
	json_decref(b->lists);
	json_decref(b->known);
	return b->tree;
}

json_t *adv_cvss(const char *vector, const char **ret_member)
{
	static const char *const members[] = { [CVSS_2_0] = "cvss_v2", [CVSS_3_0] = "cvss_v3", [CVSS_3_1] = "cvss_v3",
					       [CVSS_4_0] = "cvss_v4" };
	AUTO_STR repairs = STR_INIT;
	struct cvss cvss;
	json_t *object;

	if (!vector || cvss_parse_lenient(vector, &cvss, &repairs, NULL))
		return NULL;
	object = csaf_cvss_object(&cvss);
	if (!repairs.length)
		js_set_string(object, "vectorString", vector); /* byte for byte */
	*ret_member = members[cvss.version];
	return object;
}
