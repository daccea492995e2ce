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

static int read_supplier(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		sbom_spdx_supplier((char **)(void *)((char *)into + offset), value->text, value->length);
	return pull_skip(r->pull, value, r->err);
}

struct reference { char *type, *locator; };

static int read_reference(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "referenceType", sbom_read_text, offsetof(struct reference, type) },
		{ "referenceLocator", sbom_read_text, offsetof(struct reference, locator) },
		{ NULL },
	};
	struct reference reference = { NULL, NULL };
	int code = sbom_read_object(r, item, rows, &reference);

	if (reference.type && reference.locator)
		sbom_spdx_reference(into, reference.type, reference.locator, strlen(reference.locator));
	free(reference.type);
	free(reference.locator);
	return code;
}

static int read_references(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_reference, into);
}

static int read_checksum(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "algorithm", sbom_read_text, offsetof(struct sbom_pair, key) },
		{ "checksumValue", sbom_read_text, offsetof(struct sbom_pair, value) },
		{ NULL },
	};
	struct sbom_pair pair = { NULL, NULL };
	int code = sbom_read_object(r, item, rows, &pair);

	if (pair.key && pair.value)
		sbom_pairs_add(into, pair.key, pair.value);
	free(pair.key);
	free(pair.value);
	return code;
}

static int read_checksums(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	return sbom_read_array(r, value, read_checksum, (char *)into + offset);
}

static int read_home(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	static const char *const kinds[] = { "website", "distribution" };
	struct sbom_component *c = into;

	if (value->token == PULL_STRING && value->length && !str_equal(value->text, "NOASSERTION") &&
	    !str_equal(value->text, "NONE")) {
		AUTO_STRING text = sbom_text(value->text, value->length);

		sbom_pairs_add(&c->links, kinds[offset], text);
	}
	return pull_skip(r->pull, value, r->err);
}

static const struct sbom_member package_rows[] = {
	{ "SPDXID", sbom_read_text, AT(ref) },
	{ "name", sbom_read_text, AT(name) },
	{ "versionInfo", sbom_read_text, AT(version) },
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

static int read_component(struct sbom_reading *r, const struct pull_item *item, const struct sbom_member *rows)
{
	int code;

	if (item->token != PULL_OBJECT)
		return pull_skip(r->pull, item, r->err);
	if (r->sbom->count >= SBOM_ITEMS)
		return error_set(r->err, ERR_INPUT, "packages", _("Give it in parts"), _("there are more than %d"),
				 SBOM_ITEMS);
	code = sbom_read_object(r, item, rows, sbom_add(r->sbom));
	join_licences(&r->sbom->components[r->sbom->count - 1]);
	return code;
}

static int read_package(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	(void)into;
	return read_component(r, item, package_rows);
}

static int read_packages(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_package, into);
}

struct relation { char *from, *type, *to; };

static int read_relation(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "spdxElementId", sbom_read_text, offsetof(struct relation, from) },
		{ "relationshipType", sbom_read_text, offsetof(struct relation, type) },
		{ "relatedSpdxElement", sbom_read_text, offsetof(struct relation, to) },
		{ NULL },
	};
	struct relation relation = { NULL, NULL, NULL };
	int code = sbom_read_object(r, item, rows, &relation);

	if (relation.from && relation.type && relation.to)
		sbom_spdx_relation(into, relation.from, relation.type, relation.to);
	free(relation.from);
	free(relation.type);
	free(relation.to);
	return code;
}

static int read_relations(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_relation, into);
}

static int read_described(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	struct sbom *sbom = into;
	struct sbom_texts texts = { 0 };
	int code = sbom_read_texts(r, value, &texts, offset);

	if (texts.count && !sbom->subject.ref)
		sbom->subject.ref = mem_string(texts.items[0]);
	for (size_t i = 0; i < texts.count; i++)
		free(texts.items[i]);
	free(texts.items);
	return code;
}

int sbom_read_spdx_json(struct sbom_reading *r, const struct pull_item *root)
{
	static const struct sbom_member rows[] = {
		{ "spdxVersion", sbom_read_text, offsetof(struct sbom, version) },
		{ "name", sbom_read_text, offsetof(struct sbom, name) },
		{ "documentDescribes", read_described, 0 },
		{ "packages", read_packages, 0 },
		{ "relationships", read_relations, 0 },
		{ NULL },
	};

	r->sbom->format = "spdx-json";
	return sbom_read_object(r, root, rows, r->sbom);
}

/* ---- SPDX 3: a list of elements; packages are taken, the rest is not understood yet */

struct element { char *type, *spec; struct sbom_component component; };

#define IN(field) (offsetof(struct element, component) + AT(field))

static bool is_package(const struct element *element)
{
	return element->type && (str_ends(element->type, "software_Package") || str_ends(element->type, "ai_AIPackage") ||
				 str_ends(element->type, "dataset_DatasetPackage"));
}

static int read_element(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	static const struct sbom_member rows[] = {
		{ "type", sbom_read_text, offsetof(struct element, type) },
		{ "@type", sbom_read_text, offsetof(struct element, type) },
		{ "specVersion", sbom_read_text, offsetof(struct element, spec) },
		{ "spdxId", sbom_read_text, IN(ref) },
		{ "name", sbom_read_text, IN(name) },
		{ "software_packageVersion", sbom_read_text, IN(version) },
		{ "software_packageUrl", sbom_read_text, IN(purl) },
		{ NULL },
	};
	struct element element = { 0 };
	struct sbom *sbom = into;
	int code = sbom_read_object(r, item, rows, &element);

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

static int read_graph(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_element, into);
}

int sbom_read_spdx3(struct sbom_reading *r, const struct pull_item *root)
{
	static const struct sbom_member rows[] = { { "@graph", read_graph, 0 }, { NULL } };
	int code;

	r->sbom->format = "spdx-3-json";
	code = sbom_read_object(r, root, rows, r->sbom);
	if (!code)
		sbom_warn(r->sbom, "%s", _("of SPDX 3 only packages are read: name, version and purl"));
	return code;
}

/* ---- DSDX */

static const struct sbom_member dsdx_rows[] = {
	{ "id", sbom_read_text, AT(ref) },
	{ "group", sbom_read_text, AT(group) },
	{ "name", sbom_read_text, AT(name) },
	{ "version", sbom_read_text, AT(version) },
	{ "language", sbom_read_text, AT(language) },
	{ "license", sbom_read_texts, AT(licences) },
	{ NULL },
};

static int read_dsdx_component(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	int code = read_component(r, item, dsdx_rows);

	(void)into;
	if (!code && item->token == PULL_OBJECT)
		sbom_dsdx_purl(&r->sbom->components[r->sbom->count - 1]);
	return code;
}

static int read_dsdx_components(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return sbom_read_array(r, value, read_dsdx_component, into);
}

/* An object whose members' names are what depends. */
int sbom_read_dsdx_dependencies(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	struct pull_item item = *value;
	int code = 0;

	(void)offset;
	if (value->token != PULL_OBJECT)
		return pull_skip(r->pull, value, r->err);
	while (!code && !(code = pull_next(r->pull, &item, r->err)) && item.token == PULL_NAME) {
		AUTO_STRING from = sbom_text(item.text, item.length);
		struct sbom_texts to = { 0 };

		code = pull_next(r->pull, &item, r->err);
		code = code ? code : sbom_read_texts(r, &item, &to, 0);
		for (size_t i = 0; i < to.count; i++) {
			sbom_depend(into, from, to.items[i]);
			free(to.items[i]);
		}
		free(to.items);
	}
	return code;
}

int sbom_read_dsdx_json(struct sbom_reading *r, const struct pull_item *root)
{
	static const struct sbom_member rows[] = {
		{ "dsdx_version", sbom_read_text, offsetof(struct sbom, version) },
		{ "name", sbom_read_text, offsetof(struct sbom, name) },
		{ "components", read_dsdx_components, 0 },
		{ "dependencies", sbom_read_dsdx_dependencies, 0 },
		{ NULL },
	};

	r->sbom->format = "dsdx-json";
	return sbom_read_object(r, root, rows, r->sbom);
}
