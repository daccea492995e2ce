/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as OpenVEX 0.2.0 and back; documents of 0.0.1 are read too. */
#include "format/advisory_private.h"

#include <ctype.h>

static const char context_iri[] = "https://openvex.dev/ns/v0.2.0";

/* ---- writing */

struct stating { struct writing *w; const json_t *vulnerability; json_t *list, *name, *told; };

/* An IRI for what has no package URL: below the publisher's own. */
static void add_iri(struct str *ret, const char *base, const char *text)
{
	size_t length = strlen(base);

	str_add_bytes(ret, base, length && base[length - 1] == '/' ? length - 1 : length);
	str_add(ret, "/products/");
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			str_add_char(ret, *text);
		else
			str_add_format(ret, "%%%02X", (unsigned char)*text);
}

static json_t *product_json(struct writing *w, const struct adv_product *product)
{
	const char *base = js_string(json_object_get(w->document, "publisher"), "namespace");
	json_t *object = json_object(), *identifiers = json_object();
	AUTO_STR iri = STR_INIT;

	if (product->purl)
		str_add(&iri, product->purl);
	else
		add_iri(&iri, base ? base : "https://example.invalid", product->name);
	js_set_string(object, "@id", iri.bytes);
	js_set_string(identifiers, "purl", product->purl);
	js_set_string(identifiers, str_starts(str_or_empty(product->cpe), "cpe:2.3:") ? "cpe23" : "cpe22", product->cpe);
	adv_set(object, "identifiers", identifiers);
	if (product->range)
		adv_lose(w, _("OpenVEX has no ranges of versions: they are in the names only"));
	return object;
}

/* Why it is not affected: a flag's label, or the text of an impact threat; the schema wants one, and beside a label the text
 * is a note. */
static void add_reason(struct stating *s, json_t *statement, const char *product)
{
	size_t i;
	json_t *item;

	json_array_foreach(js_array(s->vulnerability, "flags"), i, item)
		if (adv_concerns(s->w, item, product) && !js_string(statement, "justification"))
			js_set_string(statement, "justification", js_string(item, "label"));
	json_array_foreach(js_array(s->vulnerability, "threats"), i, item)
		if (str_equal(js_string(item, "category"), "impact") && adv_concerns(s->w, item, product))
			js_set_string(statement, js_string(statement, "justification") ? "status_notes" : "impact_statement",
				      js_string(item, "details"));
	if (!js_string(statement, "justification") && !js_string(statement, "impact_statement"))
		js_set_string(statement, "impact_statement", "Not affected; the reason was not told.");
}

static void add_statement(void *context, const struct adv_product *product, enum adv_state state)
{
	static const char *const words[] = { [ADV_AFFECTED] = "affected", [ADV_FIXED] = "fixed",
					     [ADV_NOT_AFFECTED] = "not_affected", [ADV_UNKNOWN] = "under_investigation" };
	struct stating *s = context;
	json_t *statement = adv_object("status", words[state], NULL);
	AUTO_STR action = STR_INIT;
	AUTO_STR whole = STR_INIT;

	json_object_set(statement, "vulnerability", s->name);
	adv_list_add(statement, "products", product_json(s->w, product));
	if (state == ADV_NOT_AFFECTED)
		add_reason(s, statement, product->id);
	if (state == ADV_AFFECTED) {
		adv_remedies(s->w, s->vulnerability, product->id, &action);
		js_set_string(statement, "action_statement", action.length ? action.bytes : "There is no remedy yet.");
	}
	/* Statements are unique: ranges of one package are the same to it. */
	js_dump(statement, &whole);
	if (json_object_get(s->told, whole.bytes)) {
		json_decref(statement);
		return;
	}
	json_object_set_new(s->told, whole.bytes, json_true());
	json_array_append_new(s->list, statement);
}

static json_t *vulnerability_json(struct writing *w, const json_t *v)
{
	static const char *const categories[] = { "description", "summary", "details", NULL };
	const char *cve = js_string(v, "cve"), *id = js_string(json_array_get(js_array(v, "ids"), 0), "text");
	json_t *object = json_object(), *item;
	size_t i;

	js_set_string(object, "name", cve ? cve : id ? id : str_or_empty(js_string(w->tracking, "id")));
	js_set_string(object, "description", adv_note(v, categories));
	json_array_foreach(js_array(v, "ids"), i, item)
		if (!str_equal(js_string(item, "text"), js_string(object, "name")))
			adv_list_add(object, "aliases", json_string(str_or_empty(js_string(item, "text"))));
	return object;
}

/* A whole number: that of the version, or of its major part and the place in the history. */
static long long document_version(const struct writing *w)
{
	const char *version = str_or_empty(js_string(w->tracking, "version"));
	long long number = strspn(version, "0123456789") == strlen(version) ? atoll(version) : 0;
	long long revisions = (long long)json_array_size(js_array(w->tracking, "revision_history"));

	return number > 0 ? number : revisions > 0 ? revisions : 1;
}

int adv_write_openvex(struct writing *w, struct str *ret, struct error *err)
{
	const char *base = js_string(json_object_get(w->document, "publisher"), "namespace");
	const char *id = str_or_empty(js_string(w->tracking, "id"));
	AUTO_JSON root = adv_object("@context", context_iri, "author",
				    js_string(json_object_get(w->document, "publisher"), "name"), NULL);
	AUTO_STR iri = STR_INIT;
	struct stating s = { .w = w, .list = json_array(), .told = json_object() };
	size_t i;
	json_t *v;

	json_array_foreach(js_array(w->tree, "vulnerabilities"), i, v) {
		s.vulnerability = v;
		s.name = vulnerability_json(w, v);
		adv_each_status(w, v, add_statement, &s);
		json_decref(s.name);
		if (js_array(v, "scores"))
			adv_lose(w, _("OpenVEX has no scores: they are left out"));
	}
	json_decref(s.told);
	if (!json_array_size(s.list)) {
		json_decref(s.list);
		return error_set(err, ERR_NO, id, _("Record what is affected first"),
				 _("no product has a status, and OpenVEX is made of nothing else"));
	}
	add_iri(&iri, base ? base : "https://example.invalid", id);
	js_set_string(root, "@id", iri.bytes);
	adv_set_date(root, "timestamp", js_string(w->tracking, "initial_release_date"));
	adv_set_date(root, "last_updated", js_string(w->tracking, "current_release_date"));
	js_set_string(root, "tooling", "psirtty");
	js_set_integer(root, "version", document_version(w));
	json_object_set_new(root, "statements", s.list);
	js_dump_pretty(root, ret);
	return 0;
}

/* ---- reading */

static const char *name_of(const json_t *product)
{
	return json_is_string(product) ? json_string_value(product) : js_string(product, "@id");
}

static const char *product_purl(const json_t *product)
{
	const char *purl = js_string(json_object_get(product, "identifiers"), "purl"), *id = name_of(product);

	return purl ? purl : str_starts(str_or_empty(id), "pkg:") ? id : NULL;
}

static const char *read_name(struct adv_builder *b, const json_t *product)
{
	const json_t *identifiers = json_object_get(product, "identifiers");
	const char *purl = product_purl(product), *cpe = js_string(identifiers, "cpe23"), *name = name_of(product);
	AUTO_STRING version = NULL;
	AUTO_STR bare = STR_INIT;
	struct adv_wanted wanted = { .purl = purl, .cpe = cpe ? cpe : js_string(identifiers, "cpe22") };

	if (purl && adv_purl_bare(purl, &bare, &version))
		name = bare.bytes;
	wanted.product = name ? name : wanted.cpe;
	wanted.version = version;
	return adv_builder_product(b, &wanted);
}

/* What a statement is about: the product, or each of its parts where it names some. */
typedef void (*subject_fn)(void *context, const json_t *statement, const char *id);

static void each_subject(struct adv_builder *b, const json_t *statement, const json_t *product, subject_fn fn, void *context)
{
	const json_t *parts = js_array(product, "subcomponents");
	const char *whole = read_name(b, product);
	size_t i;
	json_t *part;

	json_array_foreach((json_t *)parts, i, part)
		fn(context, statement,
		   adv_builder_part(b, read_name(b, part), str_or_empty(name_of(part)), whole, str_or_empty(name_of(product))));
	if (!json_array_size(parts))
		fn(context, statement, whole);
}

/* The newest statement of a vulnerability and a product is the one that counts; of two of one time the later in the file. */
struct newest { json_t *statements; const char *time; };

static instant time_of(const json_t *statement, const char *time)
{
	const char *own = js_string(statement, "timestamp"), *last = js_string(statement, "last_updated");
	instant at;

	own = last ? last : own ? own : time;
	return own && instant_parse(own, &at, NULL) == 0 ? at : INSTANT_NONE;
}

static void take_newest(void *context, const json_t *statement, const char *id)
{
	struct newest *newest = context;
	const json_t *known = json_object_get(newest->statements, id);

	if (!known || time_of(statement, newest->time) >= time_of(known, newest->time))
		json_object_set(newest->statements, id, (json_t *)statement);
}

static void add_about(json_t *v, const char *list, const char *id, json_t *item)
{
	adv_list_add(item, "product_ids", json_string(id));
	adv_list_add(v, list, item);
}

static void read_statement(struct adv_builder *b, json_t *v, const json_t *statement, const char *id)
{
	static const struct { const char *status, *list; } rows[] = {
		{ "affected", "known_affected" }, { "fixed", "fixed" }, { "not_affected", "known_not_affected" },
	};
	const char *list = "under_investigation", *why = js_string(statement, "justification");
	const char *impact = js_string(statement, "impact_statement"), *action = js_string(statement, "action_statement");
	const char *notes = js_string(statement, "status_notes");
	AUTO_STRING once = mem_format("notes of %p", (const void *)statement);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].status, js_string(statement, "status")))
			list = rows[i].list;
	adv_builder_status(b, v, list, id);
	if (why && str_equal(list, "known_not_affected"))
		add_about(v, "flags", id, adv_object("label", why, NULL));
	if (!impact && str_equal(list, "known_not_affected"))
		impact = notes;
	if (impact && *impact)
		add_about(v, "threats", id, adv_object("category", "impact", "details", impact, NULL));
	if (action && *action)
		add_about(v, "remediations", id, adv_object("category", "mitigation", "details", action, NULL));
	if (notes && !str_equal(impact, notes) && !json_object_get(b->known, once)) {
		json_object_set_new(b->known, once, json_true());
		adv_builder_note(v, "other", "Status notes", notes);
	}
}

static json_t *read_vulnerability(struct adv_builder *b, json_t *known, const json_t *from)
{
	const char *name = json_is_string(from) ? json_string_value(from) : js_string(from, "name");
	json_t *v, *alias;
	size_t i;

	name = name ? name : js_string(from, "@id");
	name = name && *name ? name : "unknown";
	v = json_object_get(known, name);
	if (v)
		return v;
	v = adv_builder_vulnerability(b);
	json_object_set(known, name, v);
	if (adv_is_cve(name))
		js_set_string(v, "cve", name);
	json_array_foreach(js_array(from, "aliases"), i, alias)
		adv_builder_id(v, "OpenVEX alias", json_string_value(alias));
	adv_builder_id(v, "OpenVEX", name);
	adv_builder_note(v, "description", NULL, js_string(from, "description") ? js_string(from, "description") : name);
	return v;
}

/* Each vulnerability with the statements that count, by product. */
static void read_statements(struct adv_builder *b, const json_t *document)
{
	AUTO_JSON known = json_object();
	AUTO_JSON newest = json_object();
	const char *id;
	size_t i, k;
	json_t *statement, *product, *v;

	json_array_foreach(js_array(document, "statements"), i, statement) {
		AUTO_STRING key = mem_format("%p", (void *)read_vulnerability(b, known, json_object_get(statement, "vulnerability")));
		struct newest of = { json_object_get(newest, key), js_string(document, "timestamp") };

		if (!of.statements) {
			of.statements = json_object();
			json_object_set_new(newest, key, of.statements);
		}
		json_array_foreach(js_array(statement, "products"), k, product)
			each_subject(b, statement, product, take_newest, &of);
	}
	json_array_foreach(b->vulnerabilities, i, v) {
		AUTO_STRING key = mem_format("%p", (void *)v);

		json_object_foreach(json_object_get(newest, key), id, statement)
			read_statement(b, v, statement, id);
	}
}

json_t *adv_from_openvex(const json_t *document)
{
	const char *id = js_string(document, "@id");
	const char *last = js_string(document, "last_updated");
	struct adv_builder b;

	adv_builder_init(&b, NULL, id ? id : "OpenVEX", js_string(document, "author"));
	b.vex = true;
	adv_set_date(b.tracking, "initial_release_date", js_string(document, "timestamp"));
	adv_set_date(b.tracking, "current_release_date", last ? last : js_string(document, "timestamp"));
	read_statements(&b, document);
	return adv_builder_end(&b);
}
