/* SPDX-License-Identifier: Apache-2.0 */
/* The registry as the fold of its four events; each list is kept sorted and searched by halves. */
#include "model/registry.h"

#include "model/case.h"

static void product_release(struct product *product)
{
	for (size_t i = 0; i < product->version_count; i++)
		free(product->versions[i]);
	free(product->versions);
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
	for (size_t i = 0; i < registry->pin_count; i++) {
		free(registry->pins[i].address);
		free(registry->pins[i].fingerprint);
	}
	free(registry->products);
	free(registry->pins);
	free(registry->policy.publisher);
	free(registry->policy.namespace_url);
	free(registry->policy.contact);
	free(registry->policy.prefix);
	clock_house_release(&registry->house);
}

/* ---- products */

/* Where the product ID is or belongs. */
static size_t product_place(const struct registry *registry, const char *id, bool *ret_there)
{
	size_t low = 0, high = registry->product_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(registry->products[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = low < registry->product_count && str_equal(registry->products[low].id, id);
	return low;
}

static int check_product(const struct event *event, struct error *err)
{
	if (id_valid(event_text(event, "product")))
		return 0;
	return error_set(err, ERR_NO, _("product"), NULL,
			 _("rule product id: an id has letters, digits, dot and hyphen only"));
}

static void apply_product(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = product_place(registry, event_text(event, "product"), &there);
	const json_t *versions = js_array(event->body, "versions");
	struct product *product;

	if (there)
		product_release(&registry->products[at]);
	else
		registry->products = list_open(registry->products, &registry->product_count,
					       &registry->product_room, sizeof(*product), at);
	product = &registry->products[at];
	*product = (struct product){
		.id = mem_string(event_text(event, "product")),
		.name = mem_string(event_text(event, "name")),
		.vendor = mem_string(event_text(event, "vendor")),
		.purl = mem_string(event_text(event, "purl")),
		.cpe = mem_string(event_text(event, "cpe")),
		.version_count = json_array_size(versions),
	};
	if (product->version_count)
		product->versions = mem_alloc(product->version_count * sizeof(char *));
	for (size_t i = 0; i < product->version_count; i++)
		product->versions[i] = mem_string(json_string_value(json_array_get(versions, i)));
}

/* ---- pins */

static size_t pin_place(const struct registry *registry, const char *address, bool *ret_there)
{
	size_t low = 0, high = registry->pin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_casecmp(registry->pins[middle].address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = low < registry->pin_count &&
		     str_casecmp(registry->pins[low].address, address) == 0;
	return low;
}

const struct pin *registry_pin(const struct registry *registry, const char *address)
{
	bool there;
	size_t at = pin_place(registry, address, &there);

	return there ? &registry->pins[at] : NULL;
}

static int check_pinned(const struct event *event, struct error *err)
{
	const char *address = event_text(event, "address");
	const char *fingerprint = event_text(event, "fingerprint");
	size_t length = strlen(fingerprint);

	if (!*address)
		return error_set(err, ERR_NO, _("pin"), NULL, _("rule pin: the address is empty"));
	if ((length == 40 || length == 64) &&
	    strspn(fingerprint, "0123456789abcdefABCDEF") == length)
		return 0;
	return error_set(err, ERR_NO, address, NULL,
			 _("rule pin: a fingerprint has 40 or 64 hexadecimal digits"));
}

static void apply_pinned(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = pin_place(registry, event_text(event, "address"), &there);
	struct pin *pin;

	if (!there) {
		registry->pins = list_open(registry->pins, &registry->pin_count,
					   &registry->pin_room, sizeof(*pin), at);
		registry->pins[at].address = lower_copy(event_text(event, "address"));
	}
	pin = &registry->pins[at];
	mem_replace(&pin->fingerprint, event_text(event, "fingerprint"));
	for (char *c = pin->fingerprint; *c; c++)
		if (*c >= 'a' && *c <= 'f')
			*c = (char)(*c - 'a' + 'A');
	pin->at = event->at;
}

static void apply_unpinned(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = pin_place(registry, event_text(event, "address"), &there);

	free(registry->pins[at].address);
	free(registry->pins[at].fingerprint);
	registry->pin_count--;
	memmove(&registry->pins[at], &registry->pins[at + 1],
		(registry->pin_count - at) * sizeof(*registry->pins));
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
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *text = event_text(event, members[i].key);

		if (text)
			mem_replace(members[i].slot, *text ? text : NULL);
	}
}

int registry_check(const struct registry *registry, const struct event *event, struct error *err)
{
	if (clock_house_takes(event->type))
		return clock_house_check(&registry->house, event, err);
	if (event->type == EVENT_PRODUCT_ADDED)
		return check_product(event, err);
	if (event->type == EVENT_KEY_PINNED)
		return check_pinned(event, err);
	if (event->type == EVENT_POLICY_SET)
		return check_policy(event, err);
	if (registry_pin(registry, event_text(event, "address")))
		return 0;
	return error_set(err, ERR_NO, event_text(event, "address"), NULL,
			 _("rule pin: no key is pinned to this address"));
}

void registry_apply(struct registry *registry, const struct event *event)
{
	if (clock_house_takes(event->type))
		clock_house_apply(&registry->house, event);
	else if (event->type == EVENT_PRODUCT_ADDED)
		apply_product(registry, event);
	else if (event->type == EVENT_KEY_PINNED)
		apply_pinned(registry, event);
	else if (event->type == EVENT_KEY_UNPINNED)
		apply_unpinned(registry, event);
	else
		apply_policy(registry, event);
}
