/* SPDX-License-Identifier: Apache-2.0 */
/* The tests about products, groups and statuses. */
#include "format/csaf20.h"

#include "psirtty/score/purl.h"

/* ---- definitions and references: 6.1.1 to 6.1.5, 6.2.1 */

static void find_undefined(struct csaf *d, const char *id, const struct place *place, void *context)
{
	(void)context;
	if (!json_object_get(d->defined, id))
		check_found(d->c, place, _("the product \"%.60s\" is defined nowhere"), id);
}

CSAF_TEST(undefined_product)
{
	csaf_each_reference(d, find_undefined, NULL);
}

static void find_twice(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	json_t *seen = context;
	const char *id = js_string(product, "product_id");

	if (!id || js_integer(d->defined, id, 0) < 2)
		return;
	if (json_object_get(seen, id))
		check_found(d->c, AT(place, "product_id"), _("the product \"%.60s\" is defined before"), id);
	json_object_set_new(seen, id, json_true());
}

CSAF_TEST(product_twice)
{
	AUTO_JSON seen = json_object();

	csaf_each_product(d, find_twice, seen);
}

static void find_unused(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const char *id = js_string(product, "product_id");

	(void)context;
	if (id && !json_object_get(d->referenced, id))
		check_found(d->c, AT(place, "product_id"), _("nothing refers to the product \"%.60s\""), id);
}

CSAF_TEST(unused_product)
{
	csaf_each_product(d, find_unused, NULL);
}

static void find_undefined_group(struct csaf *d, const char *id, const struct place *place, void *context)
{
	(void)context;
	if (!json_object_get(d->groups, id))
		check_found(d->c, place, _("the product group \"%.60s\" is defined nowhere"), id);
}

CSAF_TEST(undefined_group)
{
	csaf_each_group_reference(d, find_undefined_group, NULL);
}

CSAF_TEST(group_twice)
{
	const struct place *groups = AT(AT(NULL, "product_tree"), "product_groups");
	AUTO_JSON seen = json_object();
	json_t *group;
	size_t i;

	json_array_foreach(js_array(d->tree, "product_groups"), i, group) {
		const char *id = js_string(group, "group_id");

		if (id && json_object_get(seen, id))
			check_found(d->c, AT(AT_INDEX(groups, i), "group_id"),
				    _("the product group \"%.60s\" is defined before"), id);
		if (id)
			json_object_set_new(seen, id, json_true());
	}
}

/* ---- 6.1.3: relationships as a graph, searched in depth; each is walked once */

struct relation { const char *id, **to; size_t to_count; int mark; size_t index; }; /* mark: 1 on the way, 2 done */
struct relations { struct relation *all; size_t count; json_t *by_id; const char *name; };

/* What a relationship of 2.0, or a path of 2.1, refers to. */
static void relation_read(const json_t *item, struct relation *r)
{
	json_t *steps = js_array(item, "subpaths"), *step;
	size_t i;

	r->to = mem_alloc((json_array_size(steps) + 3) * sizeof(*r->to));
	r->id = js_string(json_object_get(item, "full_product_name"), "product_id");
	r->to[r->to_count++] = js_string(item, "product_reference");
	r->to[r->to_count++] = js_string(item, "relates_to_product_reference");
	r->to[r->to_count++] = js_string(item, "beginning_product_reference");
	json_array_foreach(steps, i, step)
		r->to[r->to_count++] = js_string(step, "next_product_reference");
}

static void relations_read(struct csaf *d, struct relations *ret)
{
	const char *name = d->c->version == CSAF21 ? "product_paths" : "relationships";
	const json_t *list = js_array(d->tree, name);
	json_t *item;
	size_t i;

	*ret = (struct relations){ mem_alloc((json_array_size(list) + 1) * sizeof(*ret->all)), 0, json_object(), name };
	json_array_foreach((json_t *)list, i, item) {
		struct relation *r = &ret->all[ret->count++];

		relation_read(item, r);
		r->index = i;
		if (r->id)
			json_object_set_new(ret->by_id, r->id, json_integer((json_int_t)ret->count - 1));
	}
}

static void relations_release(struct relations *relations)
{
	for (size_t i = 0; i < relations->count; i++)
		free(relations->all[i].to);
	free(relations->all);
	json_decref(relations->by_id);
}

static struct relation *relation_of(const struct relations *all, const char *id)
{
	const json_t *place = id ? json_object_get(all->by_id, id) : NULL;

	return place ? &all->all[json_integer_value(place)] : NULL;
}

/* Without recursion: a chain may be as long as the list. The stack holds what is on the way. */
static bool relation_circular(const struct relations *all, struct relation *start, struct relation **stack)
{
	size_t depth = 0;
	bool circular = false;

	stack[depth++] = start;
	start->mark = 1;
	while (depth) {
		struct relation *r = stack[depth - 1], *next = NULL;

		for (size_t k = 0; k < r->to_count && !next; k++) {
			struct relation *to = relation_of(all, r->to[k]);

			circular = circular || (to && to->mark == 1);
			next = to && to->mark == 0 ? to : NULL;
		}
		if (next) {
			next->mark = 1;
			stack[depth++] = next;
		} else {
			r->mark = 2;
			depth--;
		}
	}
	return circular;
}

CSAF_TEST(product_cycle)
{
	struct relation **stack;
	struct relations all;
	struct place place;

	relations_read(d, &all);
	place = *AT(AT(NULL, "product_tree"), all.name);
	stack = mem_alloc((all.count + 1) * sizeof(*stack));
	for (size_t i = 0; i < all.count; i++)
		if (all.all[i].id && all.all[i].mark == 0 && relation_circular(&all, &all.all[i], stack))
			check_found(d->c, AT_INDEX(&place, all.all[i].index),
				    _("the product \"%.60s\" is, over relationships, made of itself"), all.all[i].id);
	free(stack);
	relations_release(&all);
}

/* ---- statuses: 6.1.6, 6.1.27.6, .7, .9, .10, 6.2.2, 6.2.3 */

static void find_contradiction(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	const json_t *status = json_object_get(vulnerability, "product_status");
	const struct place *here = AT(place, "product_status");
	AUTO_JSON seen = json_object();

	for (size_t i = 0; i < ARRAY_LEN(csaf_statuses); i++) {
		json_t *list = js_array(status, csaf_statuses[i].name), *item;
		size_t k;

		if (csaf_statuses[i].group == CSAF_NO_GROUP)
			continue;
		json_array_foreach(list, k, item) {
			const char *id = str_or_empty(json_string_value(item));
			const json_t *before = json_object_get(seen, id);

			if (before && json_integer_value(before) != (json_int_t)csaf_statuses[i].group)
				check_found(d->c, AT_INDEX(AT(here, csaf_statuses[i].name), k),
					    _("the product \"%.60s\" has another status too"), id);
			else
				json_object_set_new(seen, id, json_integer((json_int_t)csaf_statuses[i].group));
		}
	}
}

CSAF_TEST(status_contradiction)
{
	csaf_each_vulnerability(d, find_contradiction);
}

static void find_no_status(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "product_status"))
		check_found(d->c, place, _("the vulnerability says of no product what its status is"));
}

CSAF_TEST(need_status)
{
	csaf_each_vulnerability(d, find_no_status);
}

static void find_no_vex_status(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	static const char *const due[] = { "fixed", "known_affected", "known_not_affected", "under_investigation" };
	const json_t *status = json_object_get(vulnerability, "product_status");

	for (size_t i = 0; i < ARRAY_LEN(due); i++)
		if (json_object_get(status, due[i]))
			return;
	check_found(d->c, AT(place, "product_status"),
		    _("none of fixed, known_affected, known_not_affected, under_investigation is there"));
}

CSAF_TEST(vex_status)
{
	csaf_each_vulnerability(d, find_no_vex_status);
}

struct covering { json_t *covered; const char *category; };

static void add_covered(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	struct covering *covering = context;
	AUTO_JSON products = NULL;

	(void)place;
	if (covering->category && !str_equal(covering->category, csaf_text(item, "category")))
		return;
	products = csaf_products_of(d, item);
	json_object_update(covering->covered, products);
}

/* Every product of the list NAME that is not among COVERED. */
static void find_uncovered(struct csaf *d, const json_t *vulnerability, const char *name, const json_t *covered,
			   const struct place *place, const char *what)
{
	const struct place *list = AT(AT(place, "product_status"), name);
	json_t *item;
	size_t i;

	json_array_foreach(js_array(json_object_get(vulnerability, "product_status"), name), i, item)
		if (json_is_string(item) && !json_object_get(covered, json_string_value(item)))
			check_found(d->c, AT_INDEX(list, i), "%.60s: %s", json_string_value(item), _(what));
}

static void find_no_impact(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON covered = json_object();
	struct covering flags = { covered, NULL }, threats = { covered, "impact" };

	csaf_each_item(d, vulnerability, "flags", place, add_covered, &flags);
	csaf_each_item(d, vulnerability, "threats", place, add_covered, &threats);
	find_uncovered(d, vulnerability, "known_not_affected", covered, place,
		       N_("nothing says why this product is not affected"));
}

CSAF_TEST(vex_impact)
{
	csaf_each_vulnerability(d, find_no_impact);
}

static json_t *remedied(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	json_t *covered = json_object();
	struct covering remediations = { covered, NULL };

	csaf_each_item(d, vulnerability, "remediations", place, add_covered, &remediations);
	return covered;
}

static void find_no_action(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON covered = remedied(d, vulnerability, place);

	find_uncovered(d, vulnerability, "known_affected", covered, place,
		       N_("no remediation says what to do about this product"));
}

CSAF_TEST(vex_action)
{
	csaf_each_vulnerability(d, find_no_action);
}

static void find_no_remediation(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON covered = remedied(d, vulnerability, place);

	for (size_t i = 0; i < ARRAY_LEN(csaf_statuses); i++)
		if (csaf_statuses[i].group == CSAF_AFFECTED || csaf_statuses[i].group == CSAF_INVESTIGATED)
			find_uncovered(d, vulnerability, csaf_statuses[i].name, covered, place,
				       N_("this product has no remediation"));
}

CSAF_TEST(need_remediation)
{
	csaf_each_vulnerability(d, find_no_remediation);
}

static void add_scored(struct csaf *d, const json_t *score, const struct place *place, void *context)
{
	json_t *covered = context, *item;
	size_t i;

	(void)d;
	(void)place;
	json_array_foreach(js_array(score, "products"), i, item)
		if (json_is_string(item))
			json_object_set_new(covered, json_string_value(item), json_true());
}

static void find_no_score(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON covered = json_object();

	csaf_each_item(d, vulnerability, "scores", place, add_scored, covered);
	for (size_t i = 0; i < ARRAY_LEN(csaf_statuses); i++)
		if (csaf_statuses[i].group == CSAF_AFFECTED)
			find_uncovered(d, vulnerability, csaf_statuses[i].name, covered, place,
				       N_("this product has no score"));
}

CSAF_TEST(need_score)
{
	csaf_each_vulnerability(d, find_no_score);
}

/* ---- items without products, flags: 6.1.29, 6.1.32, 6.1.33 */

static void find_untargeted(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	(void)context;
	if (!json_object_get(item, "product_ids") && !json_object_get(item, "group_ids"))
		check_found(d->c, place, _("it names neither products nor groups"));
}

static void find_remediation(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "remediations", place, find_untargeted, NULL);
}

CSAF_TEST(remediation_target)
{
	csaf_each_vulnerability(d, find_remediation);
}

static void find_flag(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "flags", place, find_untargeted, NULL);
}

CSAF_TEST(flag_target)
{
	csaf_each_vulnerability(d, find_flag);
}

static void add_flag(struct csaf *d, const json_t *flag, const struct place *place, void *context)
{
	json_t *seen = context, *value;
	AUTO_JSON products = csaf_products_of(d, flag);
	const char *id;

	json_object_foreach(products, id, value) {
		if (json_object_get(seen, id))
			check_found(d->c, place, _("the product \"%.60s\" has another such flag"), id);
		json_object_set_new(seen, id, json_true());
	}
}

static void find_flags_twice(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON seen = json_object();

	csaf_each_item(d, vulnerability, "flags", place, add_flag, seen);
}

CSAF_TEST(flags_twice)
{
	csaf_each_vulnerability(d, find_flags_twice);
}

/* ---- helpers: 6.1.13, 6.1.25, 6.2.8, 6.2.9, 6.2.16, 6.3.5 */

/* The rules of all types alone: those of single types are younger than the test. */
static bool purl_plain(const char *text)
{
	size_t type = strcspn(text, "/@?#");
	AUTO_STRING plain = mem_format("pkg:generic%s", text + type);
	AUTO_PURL purl = PURL_INIT;

	return str_starts_nocase(text, "pkg:") && purl_parse(plain, &purl, NULL) == 0;
}

static void find_purl(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const char *text = js_string(json_object_get(product, "product_identification_helper"), "purl");
	AUTO_ERROR why = ERROR_INIT;
	AUTO_PURL purl = PURL_INIT;

	(void)context;
	if (text && purl_parse(text, &purl, &why) && !purl_plain(text))
		check_found(d->c, AT(AT(place, "product_identification_helper"), "purl"), "%s", str_or_empty(why.why));
}

CSAF_TEST(purl)
{
	csaf_each_product(d, find_purl, NULL);
}

static void find_no_helper(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	(void)context;
	if (!json_object_get(product, "product_identification_helper"))
		check_found(d->c, place, _("the product \"%.60s\" has no helper to identify it by"),
			    csaf_text(product, "product_id"));
}

CSAF_TEST(need_helper)
{
	csaf_each_product(d, find_no_helper, NULL);
}

typedef void (*hashes_fn)(struct csaf *d, const json_t *list, const struct place *place);

static void each_hashes(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const json_t *helper = json_object_get(product, "product_identification_helper");
	const struct place *here = AT(AT(place, "product_identification_helper"), "hashes");
	json_t *item;
	size_t i;

	json_array_foreach(js_array(helper, "hashes"), i, item)
		(*(hashes_fn *)context)(d, js_array(item, "file_hashes"), AT(AT_INDEX(here, i), "file_hashes"));
}

static void find_hash_twice(struct csaf *d, const json_t *list, const struct place *place)
{
	AUTO_JSON seen = json_object();
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item) {
		const char *algorithm = csaf_text(item, "algorithm");

		if (json_object_get(seen, algorithm))
			check_found(d->c, AT(AT_INDEX(place, i), "algorithm"), _("there is a %.40s hash of this file before"),
				    algorithm);
		json_object_set_new(seen, algorithm, json_true());
	}
}

CSAF_TEST(hash_twice)
{
	hashes_fn fn = find_hash_twice;

	csaf_each_product(d, each_hashes, &fn);
}

static bool only_algorithm(const json_t *list, const char *algorithm)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (!str_equal(csaf_text(item, "algorithm"), algorithm))
			return false;
	return json_array_size(list) > 0;
}

static void find_only_md5(struct csaf *d, const json_t *list, const struct place *place)
{
	if (only_algorithm(list, "md5"))
		check_found(d->c, place, _("the only hash of this file is MD5"));
}

CSAF_TEST(only_md5)
{
	hashes_fn fn = find_only_md5;

	csaf_each_product(d, each_hashes, &fn);
}

static void find_only_sha1(struct csaf *d, const json_t *list, const struct place *place)
{
	if (only_algorithm(list, "sha1"))
		check_found(d->c, place, _("the only hash of this file is SHA-1"));
}

CSAF_TEST(only_sha1)
{
	hashes_fn fn = find_only_sha1;

	csaf_each_product(d, each_hashes, &fn);
}

static void find_short_hash(struct csaf *d, const json_t *list, const struct place *place)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (strlen(csaf_text(item, "value")) < 64)
			check_found(d->c, AT(AT_INDEX(place, i), "value"), _("the hash is shorter than 64 digits"));
}

CSAF_TEST(short_hash)
{
	hashes_fn fn = find_short_hash;

	csaf_each_product(d, each_hashes, &fn);
}

/* ---- branches: 6.1.31, 6.2.18, 6.3.9 to 6.3.11 */

static bool branch_is(const json_t *branch, const char *category)
{
	return str_equal(csaf_text(branch, "category"), category);
}

/* Operators anywhere, words as words of their own between blanks. */
static bool says_range(const char *name)
{
	static const char *const words[] = { "after", "all", "before", "earlier", "later", "prior", "versions" };

	if (strpbrk(name, "<>"))
		return true;
	while (*name) {
		size_t length = strcspn(name, " \t");

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (length == strlen(words[i]) && strncasecmp(name, words[i], length) == 0)
				return true;
		name += length + strspn(name + length, " \t");
	}
	return false;
}

static void find_range_words(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	(void)context;
	if (branch_is(branch, "product_version") && says_range(csaf_text(branch, "name")))
		check_found(d->c, AT(place, "name"), _("\"%.60s\" is a range, not one version"),
			    csaf_text(branch, "name"));
}

CSAF_TEST(version_words)
{
	csaf_each_branch(d, find_range_words, NULL);
}

static bool is_vers(const char *name)
{
	size_t scheme;

	if (!str_starts(name, "vers:"))
		return false;
	name += 5;
	if (strspn(name, "0123456789"))
		return false;
	scheme = strspn(name, "abcdefghijklmnopqrstuvwxyz.-+0123456789");
	return scheme > 0 && name[scheme] == '/' && name[scheme + 1];
}

static void find_no_vers(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	(void)context;
	if (branch_is(branch, "product_version_range") && !is_vers(csaf_text(branch, "name")))
		check_found(d->c, AT(place, "name"), _("\"%.60s\" is no vers range"), csaf_text(branch, "name"));
}

CSAF_TEST(vers_range)
{
	csaf_each_branch(d, find_no_vers, NULL);
}

static void find_range(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	(void)context;
	if (branch_is(branch, "product_version_range"))
		check_found(d->c, AT(place, "category"), _("a range is used: readers must compute what is in it"));
}

CSAF_TEST(version_range)
{
	csaf_each_branch(d, find_range, NULL);
}

static void find_v(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	const char *name = csaf_text(branch, "name");

	(void)context;
	if (branch_is(branch, "product_version") && (name[0] == 'v' || name[0] == 'V') && name[1] >= '0' &&
	    name[1] <= '9')
		check_found(d->c, AT(place, "name"), _("the version begins with \"%c\""), name[0]);
}

CSAF_TEST(version_v)
{
	csaf_each_branch(d, find_v, NULL);
}

/* Vendor, product name and version, in this order, on the way to every product. */
static void walk_path(struct csaf *d, const json_t *list, const struct place *place, int reached)
{
	static const char *const due[] = { "vendor", "product_name", "product_version" };
	json_t *branch;
	size_t i;

	json_array_foreach((json_t *)list, i, branch) {
		const struct place *here = AT_INDEX(place, i);
		int next = reached + (reached < 3 && branch_is(branch, due[reached]));

		if (json_is_object(json_object_get(branch, "product")) && next < 3)
			check_found(d->c, AT(here, "product"), _("on the way to it, a branch of category %s is missing"),
				    due[next]);
		walk_path(d, js_array(branch, "branches"), AT(here, "branches"), next);
	}
}

CSAF_TEST(branch_path)
{
	walk_path(d, js_array(d->tree, "branches"), AT(AT(NULL, "product_tree"), "branches"), 0);
}
