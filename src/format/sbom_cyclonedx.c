/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX in JSON, 1.2 to 1.7 and what comes after. */
#include "sbom_private.h"

#include "psirtty/base/i18n.h"

#define AT(field) offsetof(struct sbom_component, field)

/* ---- parts of a component */

static int read_supplier(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct { char *name; } who = { NULL };
	static const struct member rows[] = { { "name", members_text, 0 }, { NULL } };
	int code = members_object(m, value, rows, &who);

	if (who.name)
		sbom_set((char **)(void *)((char *)into + offset), who.name, strlen(who.name));
	free(who.name);
	return code;
}

static int read_licence_name(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "id", sbom_read_texts, 0 }, { "name", sbom_read_texts, 0 }, { NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_licence(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "license", read_licence_name, 0 }, { "expression", sbom_read_texts, 0 }, { NULL },
	};

	return members_object(m, item, rows, into);
}

static int read_licences(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_array(m, value, read_licence, (char *)into + offset);
}

/* Two members of an object as a pair; nothing when one is missing. */
static int read_pair(struct members *m, const struct pull_item *item, const char *key, const char *value,
		     struct text_pairs *ret)
{
	struct text_pair pair = { NULL, NULL };
	const struct member rows[] = {
		{ key, members_text, offsetof(struct text_pair, key) },
		{ value, members_text, offsetof(struct text_pair, value) },
		{ NULL },
	};
	int code = members_object(m, item, rows, &pair);

	if (pair.key && pair.value)
		text_pairs_add(ret, pair.key, pair.value);
	free(pair.key);
	free(pair.value);
	return code;
}

static int read_hash(struct members *m, const struct pull_item *item, void *into)
{
	return read_pair(m, item, "alg", "content", into);
}

static int read_link(struct members *m, const struct pull_item *item, void *into)
{
	return read_pair(m, item, "type", "url", into);
}

static int read_hashes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_array(m, value, read_hash, (char *)into + offset);
}

static int read_links(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_array(m, value, read_link, (char *)into + offset);
}

/* ---- components, one in another */

static int read_components(struct members *m, const struct pull_item *value, void *into, size_t offset);

static const struct member component_rows[] = {
	{ "bom-ref", members_text, AT(ref) },
	{ "group", members_text, AT(group) },
	{ "name", members_text, AT(name) },
	{ "version", members_text, AT(version) },
	{ "purl", members_text, AT(purl) },
	{ "cpe", sbom_read_texts, AT(cpes) },
	{ "supplier", read_supplier, AT(supplier) },
	{ "licenses", read_licences, AT(licences) },
	{ "hashes", read_hashes, AT(hashes) },
	{ "externalReferences", read_links, AT(links) },
	{ "components", read_components, 0 },
	{ NULL },
};

/* Its place in the list comes before what is inside of it. */
static int read_component(struct members *m, const struct pull_item *item, void *into)
{
	struct sbom_component component = { 0 };
	size_t at = sbom_of(m)->count;
	int code;

	(void)into;
	if (item->token != PULL_OBJECT)
		return pull_skip(m->pull, item, m->err);
	if (at >= SBOM_ITEMS)
		return error_set(m->err, ERR_INPUT, "components", _("Give it in parts"),
				 _("there are more than %d"), SBOM_ITEMS);
	sbom_add(sbom_of(m));
	code = members_object(m, item, component_rows, &component);
	if (code)
		sbom_component_release(&component);
	else
		sbom_of(m)->components[at] = component;
	return code;
}

static int read_components(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	int code;

	(void)offset;
	if (m->nesting >= SBOM_NESTING)
		return error_set(m->err, ERR_INPUT, "components", NULL, _("components are nested more than %d deep"),
				 SBOM_NESTING);
	m->nesting++;
	code = members_array(m, value, read_component, into);
	m->nesting--;
	return code;
}

static int read_subject(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct sbom *sbom = into;

	(void)offset;
	return members_object(m, value, component_rows, &sbom->subject);
}

static int read_metadata(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = { { "component", read_subject, 0 }, { NULL } };

	(void)offset;
	return members_object(m, value, rows, into);
}

/* ---- dependencies */

struct dependency { char *ref; struct text_list on; };

static int read_dependency(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "ref", members_text, offsetof(struct dependency, ref) },
		{ "dependsOn", sbom_read_texts, offsetof(struct dependency, on) },
		{ "provides", sbom_read_texts, offsetof(struct dependency, on) },
		{ NULL },
	};
	struct dependency dependency = { 0 };
	int code = members_object(m, item, rows, &dependency);

	for (size_t i = 0; i < dependency.on.count; i++) {
		if (dependency.ref)
			sbom_depend(into, dependency.ref, dependency.on.items[i]);
		free(dependency.on.items[i]);
	}
	free(dependency.on.items);
	free(dependency.ref);
	return code;
}

static int read_dependencies(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_dependency, into);
}

int sbom_read_cyclonedx_json(struct members *m, const struct pull_item *root)
{
	static const struct member rows[] = {
		{ "specVersion", members_text, offsetof(struct sbom, version) },
		{ "metadata", read_metadata, 0 },
		{ "components", read_components, 0 },
		{ "dependencies", read_dependencies, 0 },
		{ NULL },
	};

	sbom_of(m)->format = "cyclonedx-json";
	return members_object(m, root, rows, sbom_of(m));
}
