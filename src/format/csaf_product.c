/* SPDX-License-Identifier: Apache-2.0 */
/* The affected matrix of a case as a CSAF product tree: vendor, product, version. */
#include "csaf_private.h"

#include <ctype.h>

#include "format/advisory_private.h"

/* ---- what is a range */

static const char *const range_words[] = { "after", "all", "before", "earlier", "later", "prior", "versions" };

static bool is_range_word(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(range_words); i++)
		if (strlen(range_words[i]) == length && str_starts_nocase(word, range_words[i]))
			return true;
	return false;
}

bool csaf_is_range(const char *name)
{
	if (strpbrk(name, "<>"))
		return true;
	while (*name) {
		size_t blank = strspn(name, " \t,;()"), word = strcspn(name + blank, " \t,;()");

		if (is_range_word(name + blank, word))
			return true;
		name += blank + word;
	}
	return false;
}

/* ---- products */

static int compare_products(const void *left, const void *right)
{
	const struct csaf_product *a = left, *b = right;
	int order = strcmp(a->vendor, b->vendor);

	order = order ? order : strcmp(a->name, b->name);
	order = order ? order : strcmp(a->affected->version, b->affected->version);
	return order ? order : (int)a->affected->status - (int)b->affected->status;
}

static const char *or_unnamed(const char *name)
{
	return name && *name ? name : "unnamed";
}

void csaf_products_init(struct csaf_build *build)
{
	const struct case_state *state = build->state;

	build->products = mem_resize(NULL, state->affected_count, sizeof(*build->products));
	build->product_count = 0;
	for (size_t i = 0; i < state->affected_count; i++) {
		const struct product *known = model_find_product(build->model, state->affected[i].product);
		const char *vendor = known && known->vendor && *known->vendor ? known->vendor :
									      build->policy->publisher;

		build->products[build->product_count++] = (struct csaf_product){
			.affected = &state->affected[i],
			.known = known,
			.vendor = or_unnamed(vendor),
			.name = or_unnamed(known ? known->name : state->affected[i].product),
		};
	}
	qsort(build->products, build->product_count, sizeof(*build->products), compare_products);
	for (size_t i = 0; i < build->product_count; i++)
		build->products[i].id = mem_format("CSAFPID-%04zu", i + 1);
}

void csaf_products_release(struct csaf_build *build)
{
	for (size_t i = 0; i < build->product_count; i++)
		free(build->products[i].id);
	free(build->products);
	build->products = NULL;
	build->product_count = 0;
}

json_t *csaf_product_ids(const struct csaf_build *build, unsigned statuses)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < build->product_count; i++)
		if (statuses >> build->products[i].affected->status & 1)
			json_array_append_new(ids, json_string(build->products[i].id));
	if (json_array_size(ids))
		return ids;
	json_decref(ids);
	return NULL;
}

/* ---- identification */

/* "pkg:type/…/name" as far as the schema and test 6.1.13 look; what is odd is left out of the document. */
static bool is_purl(const char *purl)
{
	const char *slash = str_starts(purl, "pkg:") ? strchr(purl, '/') : NULL;

	if (!slash || slash == purl + 4 || !isalpha((unsigned char)purl[4]) || strchr(purl, '\'') || !slash[1])
		return false;
	for (const char *s = purl; *s; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7F)
			return false;
	return slash[1] != '@' && !str_ends(purl, "/");
}

static void add_purl(json_t *helper, const char *purl, const char *version)
{
	AUTO_STR s = STR_INIT;

	if (!purl || !is_purl(purl))
		return;
	str_add(&s, purl);
	if (!strpbrk(purl + 4, "@?#") && !csaf_is_range(version)) {
		str_add_char(&s, '@');
		for (; *version; version++)
			if (isalnum((unsigned char)*version) || strchr(".-_~:", *version))
				str_add_char(&s, *version);
			else
				str_add_format(&s, "%%%02X", (unsigned char)*version);
	}
	js_set_string(helper, "purl", s.bytes);
}

/* One component of a formatted CPE 2.3 name (NISTIR 7695 6.2); returns its length, 0 when it is none. */
static size_t cpe_component(const char *s)
{
	size_t i = 0;

	while (s[i] && s[i] != ':') {
		if (s[i] == '\\') {
			if (!ispunct((unsigned char)s[i + 1]))
				return 0;
			i++;
		} else if (!isalnum((unsigned char)s[i]) && !strchr("-._*?", s[i])) {
			return 0;
		}
		i++;
	}
	/* A star or question marks stand alone or at an end. */
	for (size_t k = 1; k + 1 < i; k++)
		if (s[k] == '*' && s[k - 1] != '\\')
			return 0;
	return i;
}

static bool is_cpe(const char *cpe)
{
	int components = 0;

	if (!str_starts(cpe, "cpe:2.3:") || !cpe[8] || !strchr("aho*-", cpe[8]) || cpe[9] != ':')
		return false;
	for (cpe += 8;; cpe++) {
		size_t length = cpe_component(cpe);

		if (!length)
			return false;
		components++;
		cpe += length;
		if (!*cpe)
			return components == 11;
	}
}

static json_t *product_object(const struct csaf_product *product)
{
	json_t *object = json_object(), *helper = json_object();
	AUTO_STRING name = mem_format("%s %s %s", product->vendor, product->name, product->affected->version);

	js_set_string(object, "name", name);
	js_set_string(object, "product_id", product->id);
	if (product->known) {
		add_purl(helper, product->known->purl, product->affected->version);
		if (product->known->cpe && is_cpe(product->known->cpe))
			js_set_string(helper, "cpe", product->known->cpe);
		for (size_t i = 0; i < product->known->model_count; i++)
			adv_list_add(helper, "model_numbers", json_string(product->known->models[i]));
	}
	if (json_object_size(helper))
		json_object_set(object, "product_identification_helper", helper);
	json_decref(helper);
	return object;
}

/* ---- the tree */

/* The branch NAME below PARENT, made when it is not the last one already. Returns its list of branches. */
static json_t *branch_list(json_t *parent, const char *category, const char *name)
{
	json_t *last = json_array_get(parent, json_array_size(parent) ? json_array_size(parent) - 1 : 0);
	json_t *list;

	if (last && str_equal(js_string(last, "name"), name))
		return json_object_get(last, "branches");
	last = json_object();
	list = json_array();
	js_set_string(last, "category", category);
	js_set_string(last, "name", name);
	json_object_set_new(last, "branches", list);
	json_array_append_new(parent, last);
	return list;
}

static void add_version(json_t *parent, const struct csaf_product *product)
{
	const char *version = product->affected->version;
	bool range = csaf_is_range(version) || str_starts(version, "vers:");
	json_t *branch = json_object();
	AUTO_STR vers = STR_INIT;

	if (range && !adv_range_vers(version, &vers))
		str_reset(&vers);
	js_set_string(branch, "category", range ? "product_version_range" : "product_version");
	js_set_string(branch, "name", vers.length ? vers.bytes : or_unnamed(version));
	json_object_set_new(branch, "product", product_object(product));
	json_array_append_new(parent, branch);
}

json_t *csaf_product_tree(const struct csaf_build *build)
{
	json_t *tree = json_object(), *vendors = json_array();

	for (size_t i = 0; i < build->product_count; i++) {
		const struct csaf_product *product = &build->products[i];
		json_t *products = branch_list(vendors, "vendor", product->vendor);

		add_version(branch_list(products, "product_name", product->name), product);
	}
	json_object_set_new(tree, "branches", vendors);
	return tree;
}
