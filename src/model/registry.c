/* SPDX-License-Identifier: Apache-2.0 */
/* The registry as the fold of its four events; each list is kept sorted and searched by halves. */
#include "model/registry.h"

#include "model/case.h"

static void words_free(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void product_release(struct product *product)
{
	words_free(product->versions, product->version_count);
	words_free(product->models, product->model_count);
	words_free(product->markets, product->market_count);
	for (size_t i = 0; i < product->support_count; i++)
		free(product->support[i].version);
	free(product->support);
	free(product->owner);
	free(product->kind);
	free(product->note);
	free(product->id);
	free(product->name);
	free(product->vendor);
	free(product->purl);
	free(product->cpe);
}

void registry_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->product_count; i++)
		product_release(&registry->products[i]);
	free(registry->products);
	pins_release(registry);
	contacts_release(registry);
	disposals_release(registry);
	gate_modes_release(registry);
	free(registry->policy.publisher);
	free(registry->policy.namespace_url);
	free(registry->policy.contact);
	free(registry->policy.prefix);
	free(registry->policy.provider);
	free(registry->policy.cna);
	cve_pool_release(&registry->pool);
	inventory_facts_release(&registry->inventory);
	clock_house_release(&registry->house);
}

/* ---- products */

size_t sorted_place(const void *items, size_t count, size_t size, const char *key,
		    int (*order)(const char *, const char *), bool *ret_there)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order(*(char *const *)((const char *)items + middle * size), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = low < count && order(*(char *const *)((const char *)items + low * size), key) == 0;
	return low;
}

static size_t product_place(const struct registry *registry, const char *id, bool *ret_there)
{
	return sorted_place(registry->products, registry->product_count, sizeof(struct product), id, strcmp, ret_there);
}

static int check_product(const struct event *event, struct error *err)
{
	if (id_valid(event_text(event, "product")))
		return 0;
	return error_set(err, ERR_NO, _("product"), NULL,
			 _("rule product id: an id has letters, digits, dot and hyphen only"));
}

static struct product *product_open(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = product_place(registry, event_text(event, "product"), &there);

	if (!there) {
		registry->products = list_open(registry->products, &registry->product_count,
					       &registry->product_room, sizeof(struct product), at);
		registry->products[at].id = mem_string(event_text(event, "product"));
	}
	return &registry->products[at];
}

/* A list that is not named stays. */
static void words_take(char ***words, size_t *count, const struct event *event, const char *key)
{
	const json_t *list = js_array(event->body, key);

	if (!list)
		return;
	words_free(*words, *count);
	*count = json_array_size(list);
	*words = *count ? mem_alloc(*count * sizeof(char *)) : NULL;
	for (size_t i = 0; i < *count; i++)
		(*words)[i] = mem_string(json_string_value(json_array_get(list, i)));
}

/* The older event says all it knows of the product anew. */
static void apply_product(struct registry *registry, const struct event *event)
{
	struct product *product = product_open(registry, event);

	mem_replace(&product->name, event_text(event, "name"));
	mem_replace(&product->vendor, event_text(event, "vendor"));
	mem_replace(&product->purl, event_text(event, "purl"));
	mem_replace(&product->cpe, event_text(event, "cpe"));
	words_free(product->versions, product->version_count);
	product->versions = NULL;
	product->version_count = 0;
	words_take(&product->versions, &product->version_count, event, "versions");
}

static int check_product_set(const struct registry *registry, const struct event *event,
			     struct error *err)
{
	const char *name = event_text(event, "name");
	bool there;

	if (check_product(event, err))
		return ERR_NO;
	product_place(registry, event_text(event, "product"), &there);
	if ((there || name) && (!name || name[strspn(name, " \t")]))
		return 0;
	return error_set(err, ERR_NO, event_text(event, "product"), NULL,
			 _("rule product: the name is empty"));
}

/* What is not named stays; an empty text clears. */
static void apply_product_set(struct registry *registry, const struct event *event)
{
	struct product *product = product_open(registry, event);
	const struct { const char *key; char **slot; } members[] = {
		{ "name", &product->name },   { "vendor", &product->vendor }, { "purl", &product->purl },
		{ "cpe", &product->cpe },     { "owner", &product->owner },   { "kind", &product->kind },
		{ "note", &product->note },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *text = event_text(event, members[i].key);

		if (text)
			mem_replace(members[i].slot, *text ? text : NULL);
	}
	words_take(&product->versions, &product->version_count, event, "versions");
	words_take(&product->models, &product->model_count, event, "models");
	words_take(&product->markets, &product->market_count, event, "markets");
}

/* ---- support */

static int check_support(const struct registry *registry, const struct event *event,
			 struct error *err)
{
	const char *id = event_text(event, "product");
	bool there;

	product_place(registry, id, &there);
	if (!there)
		return error_set(err, ERR_NO, id, _("Enter it with product add"),
				 _("rule product: there is no such product"));
	if (event_text(event, "from") && event_instant(event, "from") >= event_instant(event, "until"))
		return error_set(err, ERR_NO, id, NULL,
				 _("rule support: it ends before it begins"));
	return 0;
}

static void apply_support(struct registry *registry, const struct event *event)
{
	struct product *product = product_open(registry, event);
	const char *version = event_text(event, "version");
	size_t at = 0, room = product->support_count;

	while (at < product->support_count && strcmp(product->support[at].version, version) < 0)
		at++;
	if (at == product->support_count || !str_equal(product->support[at].version, version)) {
		product->support = list_open(product->support, &product->support_count, &room,
					     sizeof(*product->support), at);
		product->support[at].version = mem_string(version);
	}
	product->support[at].from =
		event_text(event, "from") ? event_instant(event, "from") : INSTANT_NONE;
	product->support[at].until = event_instant(event, "until");
}

int product_supported(const struct product *product, const char *version, instant now)
{
	for (size_t i = 0; i < product->support_count; i++) {
		const struct product_support *support = &product->support[i];

		if (str_equal(support->version, version))
			return (support->from == INSTANT_NONE || support->from <= now) &&
			       now < support->until;
	}
	return -1;
}

/* ---- policy */

static int check_policy(const struct event *event, struct error *err)
{
	const char *prefix = event_text(event, "prefix");

	if (!prefix || !*prefix || (id_valid(prefix) && strlen(prefix) <= 32))
		return 0;
	return error_set(err, ERR_NO, _("policy"), NULL,
			 _("rule prefix: a prefix has letters, digits, dots and hyphens only"));
}

/* What is not named stays; an empty text clears. */
static void apply_policy(struct registry *registry, const struct event *event)
{
	struct policy *policy = &registry->policy;
	const struct { const char *key; char **slot; } members[] = {
		{ "publisher", &policy->publisher },
		{ "namespace", &policy->namespace_url },
		{ "contact", &policy->contact },
		{ "prefix", &policy->prefix },
		{ "provider", &policy->provider },
		{ "cna", &policy->cna },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *text = event_text(event, members[i].key);

		if (text)
			mem_replace(members[i].slot, *text ? text : NULL);
	}
	if (event_text(event, "acknowledge"))
		policy->acknowledge = str_equal(event_text(event, "acknowledge"), "on");
	if (event_text(event, "dismissals"))
		policy->two_dismiss = str_equal(event_text(event, "dismissals"), "two");
}

/* ---- the rows */

static int check_product_row(const struct registry *registry, const struct event *event,
			     struct error *err)
{
	(void)registry;
	return check_product(event, err);
}

static int check_policy_row(const struct registry *registry, const struct event *event,
			    struct error *err)
{
	(void)registry;
	return check_policy(event, err);
}

static int check_embargo_policy_row(const struct registry *registry, const struct event *event,
				    struct error *err)
{
	(void)registry;
	return embargo_policy_check(event, err);
}

static int check_house(const struct registry *registry, const struct event *event, struct error *err)
{
	return clock_house_check(&registry->house, event, err);
}

static void apply_house(struct registry *registry, const struct event *event)
{
	clock_house_apply(&registry->house, event);
}

static const struct {
	enum event_type type;
	int (*check)(const struct registry *, const struct event *, struct error *);
	void (*apply)(struct registry *, const struct event *);
} rows[] = {
	{ EVENT_PRODUCT_ADDED, check_product_row, apply_product },
	{ EVENT_KEY_PINNED, pin_check, pin_apply },
	{ EVENT_KEY_UNPINNED, pin_check, pin_apply },
	{ EVENT_KEY_CHANGE_ASKED, pin_check, pin_apply },
	{ EVENT_POLICY_SET, check_policy_row, apply_policy },
	{ EVENT_CONTACT_SET, contact_check, contact_apply },
	{ EVENT_CONTACT_REMOVED, contact_check, contact_remove },
	{ EVENT_PRODUCT_SET, check_product_set, apply_product_set },
	{ EVENT_SUPPORT_SET, check_support, apply_support },
	{ EVENT_CASE_DISPOSED, disposal_check, disposal_apply },
	{ EVENT_EMBARGO_POLICY_SET, check_embargo_policy_row, embargo_policy_apply },
	{ EVENT_GATE_MODE_SET, gate_mode_check, gate_mode_apply },
	{ EVENT_CVE_STATE, cve_pool_check, cve_pool_apply },
	{ EVENT_SBOM_IMPORTED, inventory_check, inventory_apply },
	{ EVENT_UPSTREAM_SET, inventory_check, inventory_apply },
	{ EVENT_MATCH_RAN, match_run_check, match_run_apply },
	{ EVENT_MATCH_DECIDED, match_decision_check, match_decision_apply },
	{ EVENT_FREEZE_ADDED, check_house, apply_house },
	{ EVENT_FREEZE_REMOVED, check_house, apply_house },
	{ EVENT_CLOCK_RULES_SET, check_house, apply_house },
	{ EVENT_DUTY_DONE, check_house, apply_house },
};

int registry_check(const struct registry *registry, const struct event *event, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == event->type)
			return rows[i].check(registry, event, err);
	return 0; /* kept by others */
}

void registry_apply(struct registry *registry, const struct event *event)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == event->type)
			rows[i].apply(registry, event);
}
