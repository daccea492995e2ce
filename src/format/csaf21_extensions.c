/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests of CSAF 2.1 about extensions. None is known here: the lists of official and registered ones are their keepers',
 * an official one is known by its address. What would need an extension's own schema is told as not checked.
 */
#include "format/csaf21.h"

/* ---- where they may stand */

enum extension_place { IN_ROOT, IN_DOCUMENT, IN_BRANCH, IN_NAME, IN_PATH, IN_METRIC, IN_VULNERABILITY };
typedef void (*extension_fn)(struct csaf *d, const json_t *item, const struct place *place, void *context);
/* Of the lists at one kind of place: every item, or with WHOLE the list itself. */
struct extension_walk { extension_fn fn; void *context; bool whole; };

static void take_list(struct csaf *d, const json_t *owner, const struct place *place, const struct extension_walk *walk)
{
	const json_t *list = json_object_get(owner, "x_extensions");
	json_t *item;
	size_t i;

	if (walk->whole && list)
		walk->fn(d, list, AT(place, "x_extensions"), walk->context);
	json_array_foreach((json_t *)list, i, item)
		if (!walk->whole)
			walk->fn(d, item, AT_INDEX(AT(place, "x_extensions"), i), walk->context);
}

static void take_tree(struct csaf *d, const char *name, const char *product, const struct extension_walk *walk)
{
	const struct place *list = AT(AT(NULL, "product_tree"), name);
	json_t *item;
	size_t i;

	json_array_foreach(js_array(d->tree, name), i, item) {
		const struct place *place = AT_INDEX(list, i);

		if (product)
			take_list(d, json_object_get(item, product), AT(place, product), walk);
		else
			take_list(d, item, place, walk);
	}
}

static void take_branches(struct csaf *d, const struct extension_walk *walk)
{
	const struct place *place;
	const json_t *branch, *product;

	for (size_t i = 0; csaf_branch_at(d, i, &branch, &product, &place); i++)
		take_list(d, product, AT(place, "product"), walk);
}

static void take_vulnerabilities(struct csaf *d, bool metrics, const struct extension_walk *walk)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *metric;
	size_t i, m;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		const struct place *place = AT_INDEX(&top, i);

		if (!metrics)
			take_list(d, vulnerability, place, walk);
		json_array_foreach(js_array(vulnerability, "metrics"), m, metric)
			if (metrics)
				take_list(d, json_object_get(metric, "content"), AT(AT_INDEX(AT(place, "metrics"), m), "content"), walk);
	}
}

static void walk_place(struct csaf *d, enum extension_place where, const struct extension_walk *walk)
{
	if (where == IN_ROOT)
		take_list(d, d->root, NULL, walk);
	else if (where == IN_DOCUMENT)
		take_list(d, d->document, AT(NULL, "document"), walk);
	else if (where == IN_BRANCH)
		take_branches(d, walk);
	else if (where == IN_NAME)
		take_tree(d, "full_product_names", NULL, walk);
	else if (where == IN_PATH)
		take_tree(d, "product_paths", "full_product_name", walk);
	else
		take_vulnerabilities(d, where == IN_METRIC, walk);
}

static void each_extension(struct csaf *d, extension_fn fn, void *context)
{
	const struct extension_walk walk = { fn, context, false };

	for (enum extension_place where = IN_ROOT; where <= IN_VULNERABILITY; where++)
		walk_place(d, where, &walk);
}

/* ---- 6.1.60 */

static bool is_official(const json_t *item)
{
	return str_starts(csaf_text(item, "$schema"), "https://docs.oasis-open.org/csaf/");
}

static void find_fault(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	static const char *const words[] = { "critical", "essential", "high_value", "informational" };
	const json_t *content = json_object_get(item, "content");
	const char *name;
	json_t *value;
	bool known = false;

	(void)context;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		known |= str_equal(words[i], csaf_text(item, "category"));
	if (!shape_uri(csaf_text(item, "$schema")))
		check_found(d->c, AT(place, "$schema"), _("it is not the address of a schema"));
	if (!known)
		check_found(d->c, AT(place, "category"), _("it is none of essential, high_value, informational"));
	if (!json_is_boolean(json_object_get(item, "critical")))
		check_found(d->c, AT(place, "critical"), _("it is not true or false"));
	if (!json_is_object(content) || !json_object_size(content))
		check_found(d->c, AT(place, "content"), _("it is not an object with members"));
	json_object_foreach((json_t *)item, name, value)
		if (!str_equal(name, "$schema") && !str_equal(name, "category") && !str_equal(name, "critical") &&
		    !str_equal(name, "content"))
			check_found(d->c, AT(place, name), _("the standard has no member \"%.*s\" here"), 60, name);
}

CSAF21_TEST(extension_form)
{
	each_extension(d, find_fault, NULL);
}

static void tell_unknown(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	AUTO_STRING reason = mem_format(is_official(item) ? _("the official extension %.200s is not known here") :
							    _("the extension %.200s is not known here"),
					csaf_text(item, "$schema"));

	(void)place;
	(void)context;
	check_skipped(d->c, reason);
}

CSAF21_TEST(extension_schema)
{
	each_extension(d, tell_unknown, NULL);
}

/* ---- 6.2.39.5, 6.2.54 */

CSAF21_TEST(extension_gone)
{
	const char *category = csaf_text(d->document, "category");
	bool gone = str_equal(category, "csaf_withdrawn") || str_equal(category, "csaf_superseded");

	if (gone && json_object_get(d->root, "x_extensions"))
		check_found(d->c, AT(NULL, "x_extensions"), _("a withdrawn or superseded document has no extensions"));
	if (gone && json_object_get(d->document, "x_extensions"))
		check_found(d->c, AT(AT(NULL, "document"), "x_extensions"), _("a withdrawn or superseded document has no extensions"));
}

static void find_unofficial(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	const char *what = context;

	if (!is_official(item))
		check_found(d->c, AT(place, "$schema"), "%s", _(what));
}

CSAF21_TEST(extension_registered)
{
	each_extension(d, find_unofficial, (void *)(uintptr_t)N_("it is neither an official extension nor one of those registered here"));
}

CSAF21_TEST(extension_official)
{
	each_extension(d, find_unofficial, (void *)(uintptr_t)N_("it is no official extension"));
}

static void find_critical(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	(void)context;
	if (json_is_true(json_object_get(item, "critical")))
		check_found(d->c, AT(place, "critical"), _("who does not know it may take the document for something else"));
}

CSAF21_TEST(extension_critical)
{
	each_extension(d, find_critical, NULL);
}

static void find_experimental(struct csaf *d, bool clear)
{
	if (csaf21_is_clear(d) == clear)
		each_extension(d, find_unofficial, (void *)(uintptr_t)N_("readers may not know this extension"));
}

CSAF21_TEST(extension_in_clear)
{
	find_experimental(d, true);
}

CSAF21_TEST(extension_not_clear)
{
	find_experimental(d, false);
}

/* ---- 6.3.21 */

static void find_essential(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	(void)context;
	if (str_equal(csaf_text(item, "category"), "essential") || str_equal(csaf_text(item, "category"), "critical"))
		check_found(d->c, AT(place, "category"), _("who does not know it misses what the document is about"));
}

CSAF21_TEST(extension_essential)
{
	each_extension(d, find_essential, NULL);
}

static void find_there(struct csaf *d, const json_t *list, const struct place *place, void *context)
{
	(void)list;
	(void)context;
	check_found(d->c, place, _("there is an extension"));
}

#define EXTENSION_AT(name, where) \
	CSAF21_TEST(name) \
	{ \
		const struct extension_walk walk = { find_there, NULL, true }; \
		walk_place(d, where, &walk); \
	}
EXTENSION_AT(extension_document, IN_DOCUMENT)
EXTENSION_AT(extension_branch, IN_BRANCH)
EXTENSION_AT(extension_name, IN_NAME)
EXTENSION_AT(extension_path, IN_PATH)
EXTENSION_AT(extension_metric, IN_METRIC)
EXTENSION_AT(extension_vulnerability, IN_VULNERABILITY)
EXTENSION_AT(extension_root, IN_ROOT)
