/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.x in JSON, packages of SPDX 3, DSDX in JSON, and what these share with their other forms. */
#include "sbom_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/score/purl.h"

#define AT(field) offsetof(struct sbom_component, field)

/* ---- shared with tag-value and XML */

enum turn { TURN_NONE, TURN_AS_IS, TURN_ROUND };

/* Which way a relationship points: FROM needs or holds TO. Those of tests, documents and files are no
 * dependency. */
static const struct { const char *name; enum turn turn; } relations[] = {
	{ "CONTAINS", TURN_AS_IS },            { "CONTAINED_BY", TURN_ROUND },
	{ "DEPENDS_ON", TURN_AS_IS },          { "DEPENDENCY_OF", TURN_ROUND },
	{ "BUILD_DEPENDENCY_OF", TURN_ROUND }, { "DEV_DEPENDENCY_OF", TURN_ROUND },
	{ "OPTIONAL_DEPENDENCY_OF", TURN_ROUND }, { "PROVIDED_DEPENDENCY_OF", TURN_ROUND },
	{ "RUNTIME_DEPENDENCY_OF", TURN_ROUND }, { "TEST_DEPENDENCY_OF", TURN_ROUND },
	{ "STATIC_LINK", TURN_AS_IS },         { "DYNAMIC_LINK", TURN_AS_IS },
	{ "HAS_PREREQUISITE", TURN_AS_IS },    { "PREREQUISITE_FOR", TURN_ROUND },
	{ "HAS_OPTIONAL_COMPONENT", TURN_AS_IS }, { "OPTIONAL_COMPONENT_OF", TURN_ROUND },
};

void sbom_spdx_relation(struct sbom *sbom, const char *from, const char *relation, const char *to)
{
	if (str_casecmp(relation, "DESCRIBES") == 0 && !sbom->subject.ref)
		sbom->subject.ref = mem_string(to);
	if (str_casecmp(relation, "DESCRIBED_BY") == 0 && !sbom->subject.ref)
		sbom->subject.ref = mem_string(from);
	for (size_t i = 0; i < ARRAY_LEN(relations); i++)
		if (str_casecmp(relation, relations[i].name) == 0) {
			bool round = relations[i].turn == TURN_ROUND;

			sbom_depend(sbom, round ? to : from, round ? from : to);
		}
}

void sbom_spdx_supplier(char **slot, const char *bytes, size_t length)
{
	static const char *const kinds[] = { "Organization:", "Person:", "Tool:" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t kind = strlen(kinds[i]);

		if (length < kind || memcmp(bytes, kinds[i], kind))
			continue;
		for (bytes += kind, length -= kind; length && *bytes == ' '; length--)
			bytes++;
		break;
	}
	sbom_set_said(slot, bytes, length);
}

/* RDF names the type by an address that ends in it. */
void sbom_spdx_reference(struct sbom_component *c, const char *type, const char *locator, size_t length)
{
	const char *slash = strrchr(type, '/');

	type = slash ? slash + 1 : type;
	if (str_equal(type, "purl") && !c->purl)
		sbom_set(&c->purl, locator, length);
	else if (str_equal(type, "cpe22Type") || str_equal(type, "cpe23Type"))
		sbom_texts_add(&c->cpes, locator, length);
}

void sbom_dsdx_purl(struct sbom_component *c)
{
	static const struct { const char *language, *type; } rows[] = {
		{ "Java", "maven" }, { "JavaScript", "npm" }, { "Python", "pypi" }, { "Golang", "golang" },
		{ "Php", "composer" }, { "Ruby", "gem" }, { "Rust", "cargo" },
	};
	AUTO_ERROR err = ERROR_INIT;
	AUTO_PURL purl = { 0 };
	AUTO_STR text = STR_INIT;
	struct purl parts = { .space = c->group, .name = c->name, .version = c->version };

	for (size_t i = 0; c->language && !parts.type && i < ARRAY_LEN(rows); i++)
		if (str_casecmp(c->language, rows[i].language) == 0)
			parts.type = (char *)rows[i].type;
	if (!parts.type || !c->name || purl_build(&parts, &purl, &err))
		return;
	purl_write(&purl, &text);
	sbom_set(&c->purl, text.bytes, text.length);
}

/* ---- SPDX 2 */

static int read_supplier(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		sbom_spdx_supplier((char **)(void *)((char *)into + offset), value->text, value->length);
	return pull_skip(m->pull, value, m->err);
}

struct reference { char *type, *locator; };

static int read_reference(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "referenceType", members_text, offsetof(struct reference, type) },
		{ "referenceLocator", members_text, offsetof(struct reference, locator) },
		{ NULL },
	};
	struct reference reference = { NULL, NULL };
	int code = members_object(m, item, rows, &reference);

	if (reference.type && reference.locator)
		sbom_spdx_reference(into, reference.type, reference.locator, strlen(reference.locator));
	free(reference.type);
	free(reference.locator);
	return code;
}

static int read_references(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_reference, into);
}

static int read_checksum(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "algorithm", members_text, offsetof(struct text_pair, key) },
		{ "checksumValue", members_text, offsetof(struct text_pair, value) },
		{ NULL },
	};
	struct text_pair pair = { NULL, NULL };
	int code = members_object(m, item, rows, &pair);

	if (pair.key && pair.value)
		text_pairs_add(into, pair.key, pair.value);
	free(pair.key);
	free(pair.value);
	return code;
}

static int read_checksums(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_array(m, value, read_checksum, (char *)into + offset);
}

static int read_home(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const char *const kinds[] = { "website", "distribution" };
	struct sbom_component *c = into;

	if (value->token == PULL_STRING && value->length && !str_equal(value->text, "NOASSERTION") &&
	    !str_equal(value->text, "NONE")) {
		AUTO_STRING text = text_copy(value->text, value->length);

		text_pairs_add(&c->links, kinds[offset], text);
	}
	return pull_skip(m->pull, value, m->err);
}

static const struct member package_rows[] = {
	{ "SPDXID", members_text, AT(ref) },
	{ "name", members_text, AT(name) },
	{ "versionInfo", members_text, AT(version) },
	{ "externalRefs", read_references, 0 },
	{ "supplier", read_supplier, AT(supplier) },
	{ "licenseConcluded", sbom_read_texts, AT(licences) },
	{ "licenseDeclared", sbom_read_texts, AT(licences) },
	{ "checksums", read_checksums, AT(hashes) },
	{ "homepage", read_home, 0 },
	{ "downloadLocation", read_home, 1 },
	{ NULL },
};

/* Concluded and declared are often the same. */
static void join_licences(struct sbom_component *c)
{
	if (c->licences.count == 2 && str_equal(c->licences.items[0], c->licences.items[1]))
		free(c->licences.items[--c->licences.count]);
}

static int read_component(struct members *m, const struct pull_item *item, const struct member *rows)
{
	int code;

	if (item->token != PULL_OBJECT)
		return pull_skip(m->pull, item, m->err);
	if (sbom_of(m)->count >= SBOM_ITEMS)
		return error_set(m->err, ERR_INPUT, "packages", _("Give it in parts"), _("there are more than %d"),
				 SBOM_ITEMS);
	code = members_object(m, item, rows, sbom_add(sbom_of(m)));
	join_licences(&sbom_of(m)->components[sbom_of(m)->count - 1]);
	return code;
}

static int read_package(struct members *m, const struct pull_item *item, void *into)
{
	(void)into;
	return read_component(m, item, package_rows);
}

static int read_packages(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_package, into);
}

struct relation { char *from, *type, *to; };

static int read_relation(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "spdxElementId", members_text, offsetof(struct relation, from) },
		{ "relationshipType", members_text, offsetof(struct relation, type) },
		{ "relatedSpdxElement", members_text, offsetof(struct relation, to) },
		{ NULL },
	};
	struct relation relation = { NULL, NULL, NULL };
	int code = members_object(m, item, rows, &relation);

	if (relation.from && relation.type && relation.to)
		sbom_spdx_relation(into, relation.from, relation.type, relation.to);
	free(relation.from);
	free(relation.type);
	free(relation.to);
	return code;
}

static int read_relations(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_relation, into);
}

static int read_described(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct sbom *sbom = into;
	struct text_list texts = { 0 };
	int code = sbom_read_texts(m, value, &texts, offset);

	if (texts.count && !sbom->subject.ref)
		sbom->subject.ref = mem_string(texts.items[0]);
	for (size_t i = 0; i < texts.count; i++)
		free(texts.items[i]);
	free(texts.items);
	return code;
}

int sbom_read_spdx_json(struct members *m, const struct pull_item *root)
{
	static const struct member rows[] = {
		{ "spdxVersion", members_text, offsetof(struct sbom, version) },
		{ "name", members_text, offsetof(struct sbom, name) },
		{ "documentDescribes", read_described, 0 },
		{ "packages", read_packages, 0 },
		{ "relationships", read_relations, 0 },
		{ NULL },
	};

	sbom_of(m)->format = "spdx-json";
	return members_object(m, root, rows, sbom_of(m));
}

/* ---- SPDX 3: a list of elements; packages are taken, the rest is not understood yet */

struct element { char *type, *spec; struct sbom_component component; };

#define IN(field) (offsetof(struct element, component) + AT(field))

static bool is_package(const struct element *element)
{
	return element->type && (str_ends(element->type, "software_Package") || str_ends(element->type, "ai_AIPackage") ||
				 str_ends(element->type, "dataset_DatasetPackage"));
}

static int read_element(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "type", members_text, offsetof(struct element, type) },
		{ "@type", members_text, offsetof(struct element, type) },
		{ "specVersion", members_text, offsetof(struct element, spec) },
		{ "spdxId", members_text, IN(ref) },
		{ "name", members_text, IN(name) },
		{ "software_packageVersion", members_text, IN(version) },
		{ "software_packageUrl", members_text, IN(purl) },
		{ NULL },
	};
	struct element element = { 0 };
	struct sbom *sbom = into;
	int code = members_object(m, item, rows, &element);

	if (!code && is_package(&element) && sbom->count < SBOM_ITEMS)
		*sbom_add(sbom) = element.component;
	else
		sbom_component_release(&element.component);
	if (element.spec && !sbom->version)
		sbom->version = mem_format("SPDX-%s", element.spec);
	free(element.type);
	free(element.spec);
	return code;
}

static int read_graph(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_element, into);
}

int sbom_read_spdx3(struct members *m, const struct pull_item *root)
{
	static const struct member rows[] = { { "@graph", read_graph, 0 }, { NULL } };
	int code;

	sbom_of(m)->format = "spdx-3-json";
	code = members_object(m, root, rows, sbom_of(m));
	if (!code)
		sbom_warn(sbom_of(m), "%s", _("of SPDX 3 only packages are read: name, version and purl"));
	return code;
}

/* ---- DSDX */

static const struct member dsdx_rows[] = {
	{ "id", members_text, AT(ref) },
	{ "group", members_text, AT(group) },
	{ "name", members_text, AT(name) },
	{ "version", members_text, AT(version) },
	{ "language", members_text, AT(language) },
	{ "license", sbom_read_texts, AT(licences) },
	{ NULL },
};

static int read_dsdx_component(struct members *m, const struct pull_item *item, void *into)
{
	int code = read_component(m, item, dsdx_rows);

	(void)into;
	if (!code && item->token == PULL_OBJECT)
		sbom_dsdx_purl(&sbom_of(m)->components[sbom_of(m)->count - 1]);
	return code;
}

static int read_dsdx_components(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_dsdx_component, into);
}

/* An object whose members' names are what depends. */
int sbom_read_dsdx_dependencies(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct pull_item item = *value;
	int code = 0;

	(void)offset;
	if (value->token != PULL_OBJECT)
		return pull_skip(m->pull, value, m->err);
	while (!code && !(code = pull_next(m->pull, &item, m->err)) && item.token == PULL_NAME) {
		AUTO_STRING from = text_copy(item.text, item.length);
		struct text_list to = { 0 };

		code = pull_next(m->pull, &item, m->err);
		code = code ? code : sbom_read_texts(m, &item, &to, 0);
		for (size_t i = 0; i < to.count; i++) {
			sbom_depend(into, from, to.items[i]);
			free(to.items[i]);
		}
		free(to.items);
	}
	return code;
}

int sbom_read_dsdx_json(struct members *m, const struct pull_item *root)
{
	static const struct member rows[] = {
		{ "dsdx_version", members_text, offsetof(struct sbom, version) },
		{ "name", members_text, offsetof(struct sbom, name) },
		{ "components", read_dsdx_components, 0 },
		{ "dependencies", sbom_read_dsdx_dependencies, 0 },
		{ NULL },
	};

	sbom_of(m)->format = "dsdx-json";
	return members_object(m, root, rows, sbom_of(m));
}
