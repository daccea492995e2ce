/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX in JSON, 1.2 to 1.7 and what comes after. */
#include "sbom_private.h"

#include "psirtty/base/i18n.h"

#define AT(field) offsetof(struct sbom_component, field)

/* ---- parts of a component */

static int read_supplier(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	struct { char *name; } who = { NULL };
	static const struct sbom_member rows[] = { { "name", sbom_read_text, 0 }, { NULL } };
	int code = sbom_read_object(r, value, rows, &who);

	if (who.name)
		sbom_set((char **)(void *)((char *)into + offset), who.name, strlen(who.name));
	free(who.name);
	return code;
}

static int read_licence_name(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	static const struct sbom_member rows[] = {
		{ "id", sbom_read_texts, 0 }, { "name", sbom_read_texts, 0 }, { NULL },
	};

	(void)offset;
	return sbom_read_object(r, value, rows, into);
}

static int read_licence(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "license", read_licence_name, 0 }, { "expression", sbom_read_texts, 0 }, { NULL },
	};

	return sbom_read_object(r, item, rows, into);
}

static int read_licences(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	return sbom_read_array(r, value, read_licence, (char *)into + offset);
}

/* Two members of an object as a pair; nothing when one is missing. */
static int read_pair(struct sbom_reading *r, const struct pull_item *item, const char *key, const char *value,
		     struct sbom_pairs *ret)
{
	struct sbom_pair pair = { NULL, NULL };
	const struct sbom_member rows[] = {
		{ key, sbom_read_text, offsetof(struct sbom_pair, key) },
		{ value, sbom_read_text, offsetof(struct sbom_pair, value) },
		{ NULL },
	};
	int code = sbom_read_object(r, item, rows, &pair);

	if (pair.key && pair.value)
		sbom_pairs_add(ret, pair.key, pair.value);
	free(pair.key);
	free(pair.value);
	return code;
}

static int read_hash(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	return read_pair(r, item, "alg", "content", into);
}

static int read_link(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	return read_pair(r, item, "type", "url", into);
}

static int read_hashes(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	return sbom_read_array(r, value, read_hash, (char *)into + offset);
}

static int read_links(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	return sbom_read_array(r, value, read_link, (char *)into + offset);
}

/* ---- components, one in another */

static int read_components(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);

static const struct sbom_member component_rows[] = {
	{ "bom-ref", sbom_read_text, AT(ref) },
	{ "group", sbom_read_text, AT(group) },
	{ "name", sbom_read_text, AT(name) },
	{ "version", sbom_read_text, AT(version) },
	{ "purl", sbom_read_text, AT(purl) },
	{ "cpe", sbom_read_texts, AT(cpes) },
	{ "supplier", read_supplier, AT(supplier) },
	{ "licenses", read_licences, AT(licences) },
	{ "hashes", read_hashes, AT(hashes) },
	{ "externalReferences", read_links, AT(links) },
	{ "components", read_components, 0 },
	{ NULL },
};

/* Its place in the list comes before what is inside of it. */
static int read_component(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	struct sbom_component component = { 0 };
	size_t at = r->sbom->count;
	int code;

	(void)into;
	if (item->token != PULL_OBJECT)
		return pull_skip(r->pull, item, r->err);
	if (at >= SBOM_ITEMS)
		return error_set(r->err, ERR_INPUT, "components", _("Give it in parts"),
				 _("there are more than %d"), SBOM_ITEMS);
	sbom_add(r->sbom);
	code = sbom_read_object(r, item, component_rows, &component);
	if (code)
		sbom_component_release(&component);
	else
		r->sbom->components[at] = component;
	return code;
}

static int read_components(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	int code;

	(void)offset;
	if (r->nesting >= SBOM_NESTING)
		return error_set(r->err, ERR_INPUT, "components", NULL, _("components are nested more than %d deep"),
				 SBOM_NESTING);
	r->nesting++;
	code = sbom_read_array(r, value, read_component, into);
	r->nesting--;
	return code;
}

static int read_subject(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	struct sbom *sbom = into;

	(void)offset;
	return sbom_read_object(r, value, component_rows, &sbom->subject);
}

static int read_metadata(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	static const struct sbom_member rows[] = { { "component", read_subject, 0 }, { NULL } };

	(void)offset;
	return sbom_read_object(r, value, rows, into);
}

/* ---- dependencies */

struct dependency { char *ref; struct sbom_texts on; };

static int read_dependency(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "ref", sbom_read_text, offsetof(struct dependency, ref) },
		{ "dependsOn", sbom_read_texts, offsetof(struct dependency, on) },
		{ "provides", sbom_read_texts, offsetof(struct dependency, on) },
		{ NULL },
	};
	struct dependency dependency = { 0 };
	int code = sbom_read_object(r, item, rows, &dependency);

	for (size_t i = 0; i < dependency.on.count; i++) {
		if (dependency.ref)
			sbom_depend(into, dependency.ref, dependency.on.items[i]);
		free(dependency.on.items[i]);
	}
	free(dependency.on.items);
	free(dependency.ref);
	return code;
}

static int read_dependencies(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_dependency, into);
}

int sbom_read_cyclonedx_json(struct sbom_reading *r, const struct pull_item *root)
{
	static const struct sbom_member rows[] = {
		{ "specVersion", sbom_read_text, offsetof(struct sbom, version) },
		{ "metadata", read_metadata, 0 },
		{ "components", read_components, 0 },
		{ "dependencies", read_dependencies, 0 },
		{ NULL },
	};

	r->sbom->format = "cyclonedx-json";
	return sbom_read_object(r, root, rows, r->sbom);
}
