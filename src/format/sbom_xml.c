/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials in XML: CycloneDX, SPDX in RDF, DSDX. What an element means depends on what holds it: a table of
 * (holder, name). Entities are refused: a bill of materials needs none, and they hide size and files.
 */
#include <expat.h>

#include "sbom_private.h"

#include "psirtty/base/i18n.h"

enum { LEVELS = 256, TEXT_LIMIT = 1 << 20 };

/* What an element is. Those of RDF may stand anywhere: there the table is asked with IN_ANY as well. */
enum place {
	IN_NOTHING, IN_ANY, IN_BOM, IN_METADATA, IN_COMPONENTS, IN_COMPONENT, IN_SUBJECT, IN_SUPPLIER, IN_LICENCES,
	IN_LICENCE, IN_HASHES, IN_HASH, IN_LINKS, IN_LINK, IN_DEPENDENCIES, IN_DEPENDENCY, IN_REFERENCE, IN_RDF,
	IN_RELATION, IN_LEAF,
};

struct level { enum place place; const struct xml_row *row; char *key; };

struct xml {
	XML_Parser parser;
	struct sbom *sbom;
	const char *name;
	const struct xml_row *rows;
	struct level levels[LEVELS];
	int depth, skipped;
	size_t open[SBOM_NESTING]; /* the components that are open, outermost first */
	int open_count;
	size_t others;             /* elements "component" that are none of the product's: its ancestors, the subject */
	struct str text;
	struct error *err;
	int code;
};

typedef void (*leaf_fn)(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset);

struct xml_row {
	enum place in;
	const char *name;
	enum place is;
	const char *key;    /* attribute kept with it, or NULL */
	leaf_fn leaf;       /* what its text is for, or NULL */
	size_t offset;
};

static struct sbom_component *component(struct xml *x)
{
	return x->open_count ? &x->sbom->components[x->open[x->open_count - 1]] : &x->sbom->subject;
}

static void leaf_text(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	(void)holder;
	sbom_set_said((char **)(void *)((char *)component(x) + offset), text, length);
}

static void leaf_texts(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	(void)holder;
	sbom_texts_add((struct text_list *)(void *)((char *)component(x) + offset), text, length);
}

/* The attribute of this element and its text; or of its holder, for the address in a reference. */
static void leaf_hash(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	AUTO_STRING value = text_copy(text, length);
	const struct level *own = &x->levels[x->depth - 1];

	(void)holder;
	if (own->key && length)
		text_pairs_add((struct text_pairs *)(void *)((char *)component(x) + offset), own->key, value);
}

static void leaf_link(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	AUTO_STRING value = text_copy(text, length);

	if (holder->key && length)
		text_pairs_add((struct text_pairs *)(void *)((char *)component(x) + offset), holder->key, value);
}

static void leaf_version(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	(void)holder;
	(void)offset;
	sbom_set(&x->sbom->version, text, length);
}

static void leaf_supplier(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	(void)holder;
	(void)offset;
	sbom_spdx_supplier(&component(x)->supplier, text, length);
}

/* The address of a licence ends in its id. */
static void leaf_licence(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	const struct level *own = &x->levels[x->depth - 1];
	const char *slash = own->key ? strrchr(own->key, '/') : NULL, *id = slash ? slash + 1 : NULL;

	(void)holder;
	(void)text;
	(void)length;
	(void)offset;
	id = id && strchr(id, '#') ? strchr(id, '#') + 1 : id;
	if (id && !str_equal(id, "noassertion") && !str_equal(id, "none"))
		sbom_texts_add(&component(x)->licences, id, strlen(id));
}

/* RDF gives type and locator in any order: the type is kept in the reference, the locator waits in the other slot. */
static void leaf_locator(struct xml *x, const struct level *holder, const char *text, size_t length, size_t offset)
{
	struct sbom_component *c = component(x);

	(void)holder;
	(void)offset;
	if (length > 4 && !memcmp(text, "pkg:", 4))
		sbom_spdx_reference(c, "purl", text, length);
	else if (length > 4 && !memcmp(text, "cpe:", 4))
		sbom_spdx_reference(c, "cpe23Type", text, length);
}

#define OF(field) offsetof(struct sbom_component, field)
#define OF_COMPONENT(place)                                                   \
	{ place, "group", IN_LEAF, NULL, leaf_text, OF(group) },             \
	{ place, "name", IN_LEAF, NULL, leaf_text, OF(name) },               \
	{ place, "version", IN_LEAF, NULL, leaf_text, OF(version) },         \
	{ place, "purl", IN_LEAF, NULL, leaf_text, OF(purl) },               \
	{ place, "cpe", IN_LEAF, NULL, leaf_texts, OF(cpes) },               \
	{ place, "supplier", IN_SUPPLIER, NULL, NULL, 0 },                   \
	{ place, "licenses", IN_LICENCES, NULL, NULL, 0 },                   \
	{ place, "hashes", IN_HASHES, NULL, NULL, 0 },                       \
	{ place, "externalReferences", IN_LINKS, NULL, NULL, 0 },            \
	{ place, "components", IN_COMPONENTS, NULL, NULL, 0 }

static const struct xml_row cyclonedx_rows[] = {
	{ IN_NOTHING, "bom", IN_BOM, NULL, NULL, 0 },
	{ IN_BOM, "metadata", IN_METADATA, NULL, NULL, 0 },
	{ IN_METADATA, "component", IN_SUBJECT, "bom-ref", NULL, 0 },
	{ IN_BOM, "components", IN_COMPONENTS, NULL, NULL, 0 },
	{ IN_COMPONENTS, "component", IN_COMPONENT, "bom-ref", NULL, 0 },
	OF_COMPONENT(IN_COMPONENT),
	OF_COMPONENT(IN_SUBJECT),
	{ IN_SUPPLIER, "name", IN_LEAF, NULL, leaf_text, OF(supplier) },
	{ IN_LICENCES, "license", IN_LICENCE, NULL, NULL, 0 },
	{ IN_LICENCES, "expression", IN_LEAF, NULL, leaf_texts, OF(licences) },
	{ IN_LICENCE, "id", IN_LEAF, NULL, leaf_texts, OF(licences) },
	{ IN_LICENCE, "name", IN_LEAF, NULL, leaf_texts, OF(licences) },
	{ IN_HASHES, "hash", IN_LEAF, "alg", leaf_hash, OF(hashes) },
	{ IN_LINKS, "reference", IN_LINK, "type", NULL, 0 },
	{ IN_LINK, "url", IN_LEAF, NULL, leaf_link, OF(links) },
	{ IN_BOM, "dependencies", IN_DEPENDENCIES, NULL, NULL, 0 },
	{ IN_DEPENDENCIES, "dependency", IN_DEPENDENCY, "ref", NULL, 0 },
	{ IN_DEPENDENCY, "dependency", IN_DEPENDENCY, "ref", NULL, 0 },
	{ IN_DEPENDENCY, "provides", IN_DEPENDENCY, "ref", NULL, 0 },
	{ IN_NOTHING, NULL, IN_NOTHING, NULL, NULL, 0 },
};

static const struct xml_row spdx_rows[] = {
	{ IN_ANY, "specVersion", IN_LEAF, NULL, leaf_version, 0 },
	{ IN_ANY, "Package", IN_COMPONENT, "about", NULL, 0 },
	{ IN_COMPONENT, "name", IN_LEAF, NULL, leaf_text, OF(name) },
	{ IN_COMPONENT, "versionInfo", IN_LEAF, NULL, leaf_text, OF(version) },
	{ IN_COMPONENT, "supplier", IN_LEAF, NULL, leaf_supplier, 0 },
	{ IN_COMPONENT, "licenseConcluded", IN_LEAF, "resource", leaf_licence, 0 },
	{ IN_COMPONENT, "externalRef", IN_REFERENCE, NULL, NULL, 0 },
	{ IN_REFERENCE, "ExternalRef", IN_REFERENCE, NULL, NULL, 0 },
	{ IN_REFERENCE, "referenceLocator", IN_LEAF, NULL, leaf_locator, 0 },
	{ IN_NOTHING, NULL, IN_NOTHING, NULL, NULL, 0 },
};

static const struct xml_row dsdx_rows[] = {
	{ IN_ANY, "dsdx_version", IN_LEAF, NULL, leaf_version, 0 },
	/* OpenSCA writes an element "components" for each; others put a "component" into one. */
	{ IN_ANY, "components", IN_COMPONENT, NULL, NULL, 0 },
	{ IN_ANY, "component", IN_COMPONENT, NULL, NULL, 0 },
	{ IN_COMPONENT, "id", IN_LEAF, NULL, leaf_text, OF(ref) },
	{ IN_COMPONENT, "group", IN_LEAF, NULL, leaf_text, OF(group) },
	{ IN_COMPONENT, "name", IN_LEAF, NULL, leaf_text, OF(name) },
	{ IN_COMPONENT, "version", IN_LEAF, NULL, leaf_text, OF(version) },
	{ IN_COMPONENT, "language", IN_LEAF, NULL, leaf_text, OF(language) },
	{ IN_COMPONENT, "license", IN_LEAF, NULL, leaf_texts, OF(licences) },
	{ IN_NOTHING, NULL, IN_NOTHING, NULL, NULL, 0 },
};

static const struct { const char *space, *root, *format; const struct xml_row *rows; } forms[] = {
	{ "http://cyclonedx.org/schema/bom/", "bom", "cyclonedx-xml", cyclonedx_rows },
	{ "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "RDF", "spdx-rdf", spdx_rows },
	{ "", "dsdx", "dsdx-xml", dsdx_rows },
	{ "", "DSDX", "dsdx-xml", dsdx_rows },
	{ "", "DsdxDocument", "dsdx-xml", dsdx_rows },
};

/* ---- elements */

static void stop(struct xml *x, int code)
{
	x->code = code;
	XML_StopParser(x->parser, XML_FALSE);
}

static const char *local(const char *name)
{
	const char *bar = strrchr(name, '\n');

	return bar ? bar + 1 : name;
}

static void begin_form(struct xml *x, const char *name)
{
	const char *root = local(name);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (str_equal(root, forms[i].root) && str_starts(name, forms[i].space) &&
		    (*forms[i].space || root == name)) {
			x->rows = forms[i].rows;
			x->sbom->format = forms[i].format;
			if (x->rows == cyclonedx_rows)
				sbom_set(&x->sbom->version, name + strlen(forms[i].space),
					 (size_t)(root - 1 - name) - strlen(forms[i].space));
			return;
		}
	stop(x, error_set(x->err, ERR_INPUT, x->name, _("Give CycloneDX, SPDX or DSDX"),
			  _("it is XML, but its outermost element <%s> is that of no bill of materials; CycloneDX needs its namespace"),
			  root));
}

static const struct xml_row *find_row(const struct xml *x, enum place in, const char *name)
{
	for (const struct xml_row *row = x->rows; row->name; row++)
		if ((row->in == in || row->in == IN_ANY) && str_equal(row->name, name))
			return row;
	return NULL;
}

static const char *attribute(const char *const *attributes, const char *name)
{
	for (; attributes && attributes[0]; attributes += 2)
		if (str_equal(local(attributes[0]), name))
			return attributes[1];
	return NULL;
}

static void open_component(struct xml *x, const char *ref)
{
	if (x->open_count >= SBOM_NESTING || x->sbom->count >= SBOM_ITEMS) {
		stop(x, error_set(x->err, ERR_INPUT, x->name, _("Give it in parts"),
				  _("components are nested more than %d deep, or there are more than %d"), SBOM_NESTING,
				  SBOM_ITEMS));
		return;
	}
	x->open[x->open_count++] = x->sbom->count;
	sbom_add(x->sbom)->ref = mem_string(ref);
}

static void open_dependency(struct xml *x, const struct level *holder, const char *ref)
{
	if (holder && holder->place == IN_DEPENDENCY && holder->key && ref)
		sbom_depend(x->sbom, holder->key, ref);
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = data;
	struct level *holder = x->depth ? &x->levels[x->depth - 1] : NULL;
	const struct xml_row *row;
	const char *key;

	str_reset(&x->text);
	if (!x->rows)
		begin_form(x, name);
	if (x->skipped && str_equal(local(name), "component"))
		x->others++;
	if (x->skipped || !x->rows) {
		x->skipped++;
		return;
	}
	if (x->depth == LEVELS) {
		stop(x, error_set(x->err, ERR_INPUT, x->name, NULL, _("elements are nested more than %d deep"), LEVELS));
		return;
	}
	row = find_row(x, holder ? holder->place : IN_NOTHING, local(name));
	/* CycloneDX says where everything stands; RDF nests as it likes. */
	if (!row && x->rows == cyclonedx_rows) {
		x->skipped = 1;
		return;
	}
	key = row && row->key ? attribute((const char *const *)attributes, row->key) : NULL;
	x->levels[x->depth++] = (struct level){ row ? row->is : IN_RDF, row, mem_string(key) };
	if (row && row->is == IN_COMPONENT) {
		open_component(x, key);
	} else if (row && row->is == IN_SUBJECT) {
		x->others++;
		mem_replace(&x->sbom->subject.ref, key);
	} else if (row && row->is == IN_DEPENDENCY) {
		open_dependency(x, holder, key);
	}
}

static void on_end(void *data, const XML_Char *name)
{
	struct xml *x = data;
	struct level *level;

	(void)name;
	if (x->skipped) {
		x->skipped--;
		return;
	}
	level = &x->levels[x->depth - 1];
	if (level->row && level->row->leaf) {
		const char *text = x->text.bytes;
		size_t length = x->text.length;

		for (; length && strchr(" \t\r\n", text[length - 1]); length--)
			;
		for (; length && strchr(" \t\r\n", *text); length--)
			text++;
		level->row->leaf(x, x->depth > 1 ? level - 1 : level, text, length, level->row->offset);
	}
	if (level->place == IN_COMPONENT)
		x->open_count--;
	free(level->key);
	level->key = NULL;
	x->depth--;
	str_reset(&x->text);
}

static void on_text(void *data, const XML_Char *text, int length)
{
	struct xml *x = data;

	if (!x->skipped && x->text.length + (size_t)length <= TEXT_LIMIT)
		str_add_bytes(&x->text, text, (size_t)length);
}

static void on_entity(void *data, const XML_Char *name, int parameter, const XML_Char *value, int length,
		      const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	struct xml *x = data;

	(void)parameter, (void)value, (void)length, (void)base, (void)system, (void)public, (void)notation;
	stop(x, error_set(x->err, ERR_INPUT, x->name, _("Ask for a document without entities"),
			  _("it declares the entity %s; entities are refused"), name));
}

static int parse(struct xml *x, const char *bytes, size_t length)
{
	enum { STEP = 1 << 20 };

	for (size_t at = 0; !x->code && at <= length; at += STEP) {
		size_t step = length - at < STEP ? length - at : STEP;

		if (XML_Parse(x->parser, bytes + at, (int)step, at + step == length) == XML_STATUS_ERROR && !x->code)
			x->code = error_set(x->err, ERR_INPUT, x->name, _("Get the file anew"), _("line %lu: %s"),
					    XML_GetCurrentLineNumber(x->parser),
					    XML_ErrorString(XML_GetErrorCode(x->parser)));
		if (at + step == length)
			break;
	}
	return x->code;
}

/* What only held components tells nothing of its own. */
static bool is_holder(const struct sbom_component *c)
{
	return !c->name && !c->ref && !c->version && !c->language && !c->licences.count;
}

/* DSDX: what only held components is none; the others get the purl that their language tells. */
static void finish_dsdx(struct sbom *sbom)
{
	size_t kept = 0;

	for (size_t i = 0; i < sbom->count; i++) {
		struct sbom_component *c = &sbom->components[i];

		if (is_holder(c)) {
			sbom_component_release(c);
			continue;
		}
		if (c->language)
			sbom_dsdx_purl(c);
		if (kept != i)
			sbom->components[kept] = *c;
		kept++;
	}
	sbom->count = kept;
}

int sbom_read_xml(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err)
{
	struct xml *x = mem_alloc(sizeof(*x));
	bool dsdx;
	int code;

	*x = (struct xml){ .parser = XML_ParserCreateNS(NULL, '\n'), .sbom = sbom, .name = name, .text = STR_INIT,
			   .err = err };
	XML_SetHashSalt(x->parser, 0x9e3779b9);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	code = parse(x, bytes, length);
	if (!code && x->others)
		sbom_warn(sbom, _("%zu more elements <component> are the subject itself, or what components descend from"),
			  x->others);
	for (int i = 0; i < x->depth; i++)
		free(x->levels[i].key);
	dsdx = x->rows == dsdx_rows;
	XML_ParserFree(x->parser);
	str_release(&x->text);
	free(x);
	if (!code && dsdx)
		finish_dsdx(sbom);
	return code;
}
