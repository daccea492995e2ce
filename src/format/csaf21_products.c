/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of CSAF 2.1 about what products are of one another: other versions, parts of paths, their helpers. */
#include "format/csaf21.h"
#include "psirtty/score/cpe.h"
#include "psirtty/score/purl.h"

#include <ctype.h>

#define TREE AT(NULL, "product_tree")

/* ---- which products are versions of one: 6.1.27.13, 6.2.39.1 */

/* Of product paths the way up to "installed with" is a product of its own. Unknown: it stands outside of branches. */
struct kin { json_int_t whole, shorter; };
enum { UNKNOWN = -1, NESTED = 1000 };
struct kinship {
	struct csaf *d;
	json_t *branches; /* owned: product id → number of its branch of category product_name, or of the one above it */
	json_t *paths;    /* owned: product id → its product path */
	json_t *names;    /* owned: what a path is made of → its number */
	json_t *kins;     /* owned: id of a product path → [whole, shorter]; unknown while it is worked out */
};

static void note_branch_kin(struct kinship *k)
{
	const struct place *place;
	const json_t *branch, *product;
	size_t up = 0;

	for (size_t i = 0; csaf_branch_at(k->d, i, &branch, &product, &place); i++) {
		size_t at = i;
		const char *id = js_string(product, "product_id");

		while (!str_equal(csaf_text(branch, "category"), "product_name") && csaf_branch_up(k->d, at, &up) &&
		       csaf_branch_at(k->d, up, &branch, &product, &place))
			at = up;
		if (!str_equal(csaf_text(branch, "category"), "product_name"))
			at = csaf_branch_up(k->d, i, &up) ? up : i;
		if (id)
			json_object_set_new(k->branches, id, json_integer((json_int_t)at));
	}
}

static void kinship_open(struct kinship *k, struct csaf *d)
{
	json_t *path;
	size_t i;

	*k = (struct kinship){ d, json_object(), json_object(), json_object(), json_object() };
	note_branch_kin(k);
	json_array_foreach(js_array(d->tree, "product_paths"), i, path) {
		const char *id = js_string(json_object_get(path, "full_product_name"), "product_id");

		if (id)
			json_object_set(k->paths, id, path);
	}
}

static void kinship_close(struct kinship *k)
{
	json_decref(k->branches);
	json_decref(k->paths);
	json_decref(k->names);
	json_decref(k->kins);
}

static json_int_t number_of(struct kinship *k, const char *name)
{
	const json_t *known = json_object_get(k->names, name);
	json_int_t number = known ? json_integer_value(known) : -10 - (json_int_t)json_object_size(k->names);

	if (!known)
		json_object_set_new(k->names, name, json_integer(number));
	return number;
}

static void note_kin(struct kinship *k, const char *id, struct kin kin)
{
	json_object_set_new(k->kins, id, json_pack("[I,I]", kin.whole, kin.shorter));
}

static struct kin kin_of(struct kinship *k, const char *id, int depth);

/* PATH is of ID; a path that leads over itself is unknown. */
static struct kin kin_of_path(struct kinship *k, const char *id, const json_t *path, int depth)
{
	struct kin kin = { UNKNOWN, UNKNOWN };
	json_t *step;
	size_t i;

	note_kin(k, id, kin);
	kin.whole = kin_of(k, csaf_text(path, "beginning_product_reference"), depth + 1).whole;
	json_array_foreach(js_array(path, "subpaths"), i, step) {
		json_int_t next = kin_of(k, csaf_text(step, "next_product_reference"), depth + 1).whole;
		AUTO_STRING name = mem_format("%lld %s %lld", (long long)kin.whole, csaf_text(step, "category"), (long long)next);

		if (kin.shorter == UNKNOWN && str_equal(csaf_text(step, "category"), "installed_with"))
			kin.shorter = kin.whole;
		kin.whole = kin.whole == UNKNOWN || next == UNKNOWN ? UNKNOWN : number_of(k, name);
	}
	kin.shorter = kin.shorter == UNKNOWN ? kin.whole : kin.shorter;
	note_kin(k, id, kin);
	return kin;
}

static struct kin kin_of(struct kinship *k, const char *id, int depth)
{
	const json_t *branch = json_object_get(k->branches, id), *path = json_object_get(k->paths, id);
	const json_t *known = json_object_get(k->kins, id);

	if (branch)
		return (struct kin){ json_integer_value(branch), json_integer_value(branch) };
	if (known)
		return (struct kin){ json_integer_value(json_array_get(known, 0)), json_integer_value(json_array_get(known, 1)) };
	if (!path || depth == NESTED)
		return (struct kin){ UNKNOWN, UNKNOWN };
	return kin_of_path(k, id, path, depth);
}

static void add_number(json_t *set, json_int_t number)
{
	AUTO_STRING key = mem_format("%lld", (long long)number);

	json_object_set_new(set, key, json_true());
}

static bool has_number(const json_t *set, json_int_t number)
{
	AUTO_STRING key = mem_format("%lld", (long long)number);

	return json_object_get(set, key) != NULL;
}

/* The kin of all products of a group of statuses. */
static json_t *kin_in(struct kinship *k, const json_t *vulnerability, enum csaf_group group)
{
	AUTO_JSON products = csaf_products_in(vulnerability, group);
	json_t *set = json_object(), *value;
	const char *id;

	json_object_foreach(products, id, value) {
		struct kin kin = kin_of(k, id, 0);

		add_number(set, kin.whole);
		add_number(set, kin.shorter);
	}
	return set;
}

/* Where nothing is known of a product, any other of which nothing is known may be a version of it. */
static bool is_kin(const json_t *set, struct kin kin)
{
	return has_number(set, kin.whole) || has_number(set, kin.shorter) ||
	       ((kin.whole == UNKNOWN || has_number(set, UNKNOWN)) && json_object_size(set));
}

static bool is_spared(const json_t *spared, const char *id)
{
	return json_object_get(spared, id) != NULL;
}

static void find_alone(struct kinship *k, const json_t *vulnerability, const struct place *place, enum csaf_group group,
		       enum csaf_group other, const json_t *spared, const char *what)
{
	AUTO_JSON kin = kin_in(k, vulnerability, other);
	const struct place *status = AT(place, "product_status");
	json_t *item;
	size_t i;

	for (size_t l = 0; l < ARRAY_LEN(csaf_statuses); l++) {
		const json_t *list = js_array(json_object_get(vulnerability, "product_status"), csaf_statuses[l].name);

		if (csaf_statuses[l].group != group)
			continue;
		json_array_foreach((json_t *)list, i, item)
			if (json_is_string(item) && !is_spared(spared, json_string_value(item)) &&
			    !is_kin(kin, kin_of(k, json_string_value(item), 0)))
				check_found(k->d->c, AT_INDEX(AT(status, csaf_statuses[l].name), i), "%.60s: %s",
					    json_string_value(item), _(what));
	}
}

static void each_of_profile(struct csaf *d, void (*fn)(struct kinship *k, const json_t *vulnerability, const struct place *place))
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	struct kinship k;
	json_t *vulnerability;
	size_t i;

	if (!str_equal(csaf_text(d->document, "category"), "csaf_security_advisory"))
		return;
	kinship_open(&k, d);
	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability)
		fn(&k, vulnerability, AT_INDEX(&top, i));
	kinship_close(&k);
}

static void find_fixed_alone(struct kinship *k, const json_t *vulnerability, const struct place *place)
{
	find_alone(k, vulnerability, place, CSAF_FIXED, CSAF_AFFECTED, NULL, N_("no version of it is known to be affected"));
}

CSAF21_TEST(fixed_of_nothing)
{
	each_of_profile(d, find_fixed_alone);
}

static void note_unfixable(struct csaf *d, const json_t *remediation, const struct place *place, void *context)
{
	static const char *const words[] = { "fix_planned", "no_fix_planned", "none_available" };
	const char *category = csaf_text(remediation, "category");
	json_t *products = csaf_products_of(d, remediation);

	(void)place;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i], category))
			json_object_update(context, products);
	json_decref(products);
}

static void forget_fixable(struct csaf *d, const json_t *remediation, const struct place *place, void *context)
{
	json_t *products = csaf_products_of(d, remediation), *value;
	const char *id;

	(void)place;
	json_object_foreach(products, id, value)
		if (str_equal(csaf_text(remediation, "category"), "vendor_fix"))
			json_object_del(context, id);
	json_decref(products);
}

static void find_unfixed(struct kinship *k, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON spared = json_object();

	csaf_each_item(k->d, vulnerability, "remediations", place, note_unfixable, spared);
	csaf_each_item(k->d, vulnerability, "remediations", place, forget_fixable, spared);
	find_alone(k, vulnerability, place, CSAF_AFFECTED, CSAF_FIXED, spared, N_("no version of it is listed as fixed"));
}

CSAF21_TEST(affected_unfixed)
{
	each_of_profile(d, find_unfixed);
}

/* ---- paths: 6.2.31, 6.3.22 */

typedef void (*step_fn)(struct csaf *d, const char *id, const struct place *place, json_t *context);

static void each_step(struct csaf *d, step_fn fn, json_t *context)
{
	json_t *path, *step;
	size_t i, s;

	json_array_foreach(js_array(d->tree, "product_paths"), i, path) {
		const struct place *place = AT_INDEX(AT(TREE, "product_paths"), i);

		fn(d, csaf_text(path, "beginning_product_reference"), AT(place, "beginning_product_reference"), context);
		json_array_foreach(js_array(path, "subpaths"), s, step)
			fn(d, csaf_text(step, "next_product_reference"),
			   AT(AT_INDEX(AT(place, "subpaths"), s), "next_product_reference"), context);
	}
}

static void note_step(struct csaf *d, const char *id, const struct place *place, json_t *context)
{
	(void)d;
	(void)place;
	json_object_set_new(context, id, json_true());
}

static void find_hardware(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const json_t *helper = json_object_get(product, "product_identification_helper");

	if ((json_object_get(helper, "serial_numbers") || json_object_get(helper, "model_numbers")) &&
	    !json_object_get(context, csaf_text(product, "product_id")))
		check_found(d->c, place, _("\"%.60s\" has a serial or model number, and no product path leads over it"),
			    csaf_text(product, "product_id"));
}

CSAF21_TEST(hardware_alone)
{
	AUTO_JSON steps = json_object();

	each_step(d, note_step, steps);
	csaf_each_product(d, find_hardware, steps);
}

static void find_nested(struct csaf *d, const char *id, const struct place *place, json_t *context)
{
	if (json_object_get(context, id))
		check_found(d->c, place, _("\"%.60s\" is a product path itself"), id);
}

CSAF21_TEST(nested_path)
{
	AUTO_JSON paths = json_object();
	json_t *path;
	size_t i;

	json_array_foreach(js_array(d->tree, "product_paths"), i, path)
		json_object_set_new(paths, csaf_text(json_object_get(path, "full_product_name"), "product_id"), json_true());
	each_step(d, find_nested, paths);
}

/* ---- helpers beside the branches that lead to them: 6.2.42 */

/* What of a path has a place in a CPE name. */
static const struct { const char *category; enum cpe_attribute attribute; } counterparts[] = {
	{ "vendor", CPE_VENDOR }, { "product_name", CPE_PRODUCT }, { "product_version", CPE_VERSION }, { "patch_level", CPE_UPDATE },
	{ "service_pack", CPE_UPDATE }, { "language", CPE_LANGUAGE }, { "platform", CPE_TARGET_SW }, { "architecture", CPE_TARGET_HW },
};

/* The name of the branch of CATEGORY on the way to branch AT; NULL: there is none. */
static const char *on_the_way(struct csaf *d, size_t at, const char *category)
{
	const struct place *place;
	const json_t *branch, *product;
	bool more = true;

	for (; more && csaf_branch_at(d, at, &branch, &product, &place); more = csaf_branch_up(d, at, &at))
		if (str_equal(csaf_text(branch, "category"), category))
			return csaf_text(branch, "name");
	return NULL;
}

static char *plain_letters(const char *text)
{
	struct str plain = STR_INIT;

	for (; *text; text++)
		if (*text != '\\' || !text[1])
			str_add_char(&plain, (char)tolower((unsigned char)*text));
	return plain.length ? str_detach(&plain) : mem_string("");
}

/* One is the other, or a part of it: vendors write an epoch, a release or a "v" around a version. */
static bool versions_align(const char *a, const char *b)
{
	AUTO_STRING x = plain_letters(a);
	AUTO_STRING y = plain_letters(b);

	return *x && *y && (strstr(x, y) || strstr(y, x));
}

static bool has_wildcard(const char *text)
{
	for (; *text; text++)
		if (*text == '\\' && text[1])
			text++;
		else if (*text == '*' || *text == '?')
			return true;
	return false;
}

static const char *cpe_fault(struct csaf *d, size_t at, const struct cpe *cpe)
{
	bool named[CPE_ATTRIBUTE_COUNT] = { [CPE_PART] = true };
	const char *range = on_the_way(d, at, "product_version_range");

	named[CPE_VERSION] = range != NULL;
	for (size_t i = 0; i < ARRAY_LEN(counterparts); i++) {
		const struct cpe_value *value = &cpe->values[counterparts[i].attribute];
		const char *name = on_the_way(d, at, counterparts[i].category);

		if (!name)
			continue;
		named[counterparts[i].attribute] = true;
		if (value->kind == CPE_ANY)
			return N_("the CPE name does not say what the branches say");
		if (value->kind == CPE_TEXT && has_wildcard(value->text) && !strpbrk(name, "*?"))
			return N_("the CPE name has a wildcard where the branches are exact");
		if (counterparts[i].attribute == CPE_VERSION && value->kind == CPE_TEXT && !versions_align(name, value->text))
			return N_("the CPE name has another version than the branches");
	}
	for (int a = 0; a < CPE_ATTRIBUTE_COUNT; a++)
		if (!named[a] && cpe->values[a].kind == CPE_TEXT)
			return N_("the CPE name says more than the branches");
	return NULL;
}

static void find_cpe_fault(struct csaf *d, size_t at, const json_t *helper, const struct place *place)
{
	const char *text = js_string(helper, "cpe"), *fault;
	AUTO_CPE cpe = CPE_INIT;

	if (!text || cpe_parse(text, &cpe, NULL))
		return;
	fault = cpe_fault(d, at, &cpe);
	if (fault)
		check_found(d->c, AT(place, "cpe"), "%s", _(fault));
}

static void find_purl_faults(struct csaf *d, size_t at, const json_t *helper, const struct place *place)
{
	const char *version = on_the_way(d, at, "product_version");
	json_t *item;
	size_t i;

	json_array_foreach(js_array(helper, "purls"), i, item) {
		AUTO_PURL purl = PURL_INIT;

		if (!version || !json_is_string(item) || purl_parse(json_string_value(item), &purl, NULL))
			continue;
		if (!purl.version || !versions_align(version, purl.version))
			check_found(d->c, AT_INDEX(AT(place, "purls"), i), _("the branches say version \"%.40s\""), version);
	}
}

CSAF21_TEST(helper_differs)
{
	const struct place *place;
	const json_t *branch, *product;

	for (size_t i = 0; csaf_branch_at(d, i, &branch, &product, &place); i++) {
		const json_t *helper = json_object_get(product, "product_identification_helper");
		const struct place *here = AT(AT(place, "product"), "product_identification_helper");

		find_cpe_fault(d, i, helper, here);
		find_purl_faults(d, i, helper, here);
	}
}
