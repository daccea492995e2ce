/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories as the draft of CSAF 2.1 and back, by the rules of conversion of its clause on conformance. */
#include "format/advisory_private.h"

#include <ctype.h>

static const char schema[] = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";
static const char catalogue[] = "4.20"; /* of the CWE names we write */

static void rename_member(json_t *object, const char *from, const char *to)
{
	json_t *value = json_object_get(object, from);

	if (!value)
		return;
	json_object_set(object, to, value);
	json_object_del(object, from);
}

/* ---- product helpers */

static void wrap(json_t *object, const char *from, const char *to)
{
	json_t *value = json_object_get(object, from), *list;

	if (!value)
		return;
	list = json_array();
	json_array_append(list, value);
	json_object_set_new(object, to, list);
	json_object_del(object, from);
}

/* Numbers that stood for a beginning say so; a backslash is one. */
static void raise_numbers(json_t *helper, const char *name)
{
	json_t *list = js_array(helper, name), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		AUTO_STR text = STR_INIT;

		for (const char *s = str_or_empty(json_string_value(item)); *s; s++) {
			str_add(&text, *s == '\\' ? "\\" : "");
			str_add_char(&text, *s);
		}
		str_add_char(&text, '*');
		json_array_set_new(list, i, js_new_string(text.bytes, text.length));
	}
}

static void lower_numbers(json_t *helper, const char *name)
{
	json_t *list = js_array(helper, name), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		AUTO_STR text = STR_INIT;
		const char *s = str_or_empty(json_string_value(item));

		for (; *s && !(s[0] == '*' && !s[1]); s++) {
			s += s[0] == '\\' && s[1];
			str_add_char(&text, *s);
		}
		json_array_set_new(list, i, js_new_string(text.bytes, text.length));
	}
}

static void lower_hex(json_t *hashes)
{
	size_t i, k;
	json_t *entry, *hash;

	json_array_foreach(hashes, i, entry)
		json_array_foreach(js_array(entry, "file_hashes"), k, hash) {
			AUTO_STRING value = mem_string(str_or_empty(js_string(hash, "value")));

			for (char *c = value; *c; c++)
				*c = (char)tolower((unsigned char)*c);
			js_set_string(hash, "value", value);
		}
}

static void raise_product(json_t *product)
{
	json_t *helper = json_object_get(product, "product_identification_helper");

	wrap(helper, "purl", "purls");
	raise_numbers(helper, "model_numbers");
	raise_numbers(helper, "serial_numbers");
	raise_numbers(helper, "skus");
	lower_hex(js_array(helper, "hashes"));
}

static void lower_product(json_t *product)
{
	json_t *helper = json_object_get(product, "product_identification_helper");
	json_t *purls = js_array(helper, "purls");

	lower_numbers(helper, "model_numbers");
	lower_numbers(helper, "serial_numbers");
	lower_numbers(helper, "skus");
	if (!purls)
		return;
	if (json_array_get(purls, 0))
		json_object_set(helper, "purl", json_array_get(purls, 0));
	json_object_del(helper, "purls");
}

enum { DEPTH = 64 };

static void each_branch(json_t *list, void (*fn)(json_t *product), const char *from, const char *to, int depth)
{
	size_t i;
	json_t *branch;

	json_array_foreach(list, i, branch) {
		if (str_equal(js_string(branch, "category"), from))
			js_set_string(branch, "category", to);
		fn(json_object_get(branch, "product"));
		if (depth < DEPTH)
			each_branch(js_array(branch, "branches"), fn, from, to, depth + 1);
	}
}

/* ---- the tree of products */

static json_t *raise_relationship(const json_t *from)
{
	json_t *path = json_object();
	json_t *step = adv_object("category", js_string(from, "category"), "next_product_reference",
				  js_string(from, "relates_to_product_reference"), NULL);

	js_set_string(path, "beginning_product_reference", js_string(from, "product_reference"));
	adv_list_add(path, "subpaths", step);
	adv_set(path, "full_product_name", adv_copy(from, "full_product_name"));
	raise_product(json_object_get(path, "full_product_name"));
	return path;
}

static json_t *lower_path(const json_t *path)
{
	const json_t *step = json_array_get(js_array(path, "subpaths"), 0);
	json_t *relationship = adv_object("category", js_string(step, "category"), "product_reference",
					  js_string(path, "beginning_product_reference"), "relates_to_product_reference",
					  js_string(step, "next_product_reference"), NULL);

	adv_set(relationship, "full_product_name", adv_copy(path, "full_product_name"));
	lower_product(json_object_get(relationship, "full_product_name"));
	return relationship;
}

static void convert_list(json_t *tree, const char *from, const char *to, json_t *(*convert)(const json_t *))
{
	json_t *list = js_array(tree, from), *item;
	size_t i;

	json_array_foreach(list, i, item)
		adv_list_add(tree, to, convert(item));
	if (list)
		json_object_del(tree, from);
}

static void each_product(json_t *tree, void (*fn)(json_t *product), const char *from, const char *to)
{
	size_t i;
	json_t *product;

	each_branch(js_array(tree, "branches"), fn, from, to, 0);
	json_array_foreach(js_array(tree, "full_product_names"), i, product)
		fn(product);
}

/* ---- vulnerabilities */

/* Every id of the lists that say a product needs no fix. */
static json_t *sound_set(const json_t *vulnerability)
{
	static const char *const lists[] = { "known_not_affected", "first_fixed", "fixed" };
	const json_t *status = json_object_get(vulnerability, "product_status");
	json_t *set = json_object(), *id;
	size_t i;

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(status, lists[l]), i, id)
			if (json_is_string(id))
				json_object_set_new(set, json_string_value(id), json_true());
	return set;
}

/* A fix for what is not affected, or fixed, is one that may be taken or left; where it is for both, it becomes two. */
static void raise_remediation(json_t *list, json_t *remediation, const json_t *sound)
{
	json_t *needing = json_array(), *others = json_array(), *id, *second;
	size_t i;

	json_array_foreach(js_array(remediation, "product_ids"), i, id)
		json_array_append(json_object_get(sound, str_or_empty(json_string_value(id))) ? others : needing, id);
	if (json_array_size(others) && !json_array_size(needing)) {
		js_set_string(remediation, "category", "optional_patch");
	} else if (json_array_size(others)) {
		second = json_deep_copy(remediation);
		js_set_string(second, "category", "optional_patch");
		json_object_set(second, "product_ids", others);
		json_object_del(second, "group_ids");
		json_object_set(remediation, "product_ids", needing);
		json_array_append_new(list, second);
	}
	json_decref(needing);
	json_decref(others);
}

static void raise_remediations(json_t *vulnerability)
{
	json_t *list = js_array(vulnerability, "remediations");
	AUTO_JSON sound = sound_set(vulnerability);

	for (size_t i = 0, count = json_array_size(list); i < count; i++)
		if (str_equal(js_string(json_array_get(list, i), "category"), "vendor_fix"))
			raise_remediation(list, json_array_get(list, i), sound);
}

static json_t *raise_score(const json_t *score)
{
	json_t *metric = json_object(), *content = json_deep_copy(score);

	json_object_del(content, "products");
	json_object_del(content, "source");
	adv_set(metric, "content", content);
	adv_set(metric, "products", adv_copy(score, "products"));
	adv_set(metric, "source", adv_copy(score, "source"));
	return metric;
}

static json_t *lower_metric(const json_t *metric)
{
	json_t *score = adv_copy(metric, "content");

	score = score ? score : json_object();
	adv_set(score, "products", adv_copy(metric, "products"));
	adv_set(score, "source", adv_copy(metric, "source"));
	return score;
}

static void raise_vulnerability(json_t *vulnerability)
{
	json_t *cwe = json_object_get(vulnerability, "cwe");

	if (cwe)
		js_set_string(cwe, "version", catalogue);
	wrap(vulnerability, "cwe", "cwes");
	rename_member(vulnerability, "release_date", "disclosure_date");
	convert_list(vulnerability, "scores", "metrics", raise_score);
	raise_remediations(vulnerability);
}

static void lower_remediation(json_t *remediation)
{
	static const struct { const char *from, *to; } rows[] = { { "optional_patch", "vendor_fix" },
								   { "fix_planned", "none_available" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(js_string(remediation, "category"), rows[i].from))
			js_set_string(remediation, "category", rows[i].to);
}

static void lower_vulnerability(json_t *vulnerability)
{
	json_t *remediation, *cwes = js_array(vulnerability, "cwes"), *cwe = json_array_get(cwes, 0);
	size_t i;

	if (cwe) {
		json_object_del(cwe, "version");
		json_object_set(vulnerability, "cwe", cwe);
	}
	json_object_del(vulnerability, "cwes");
	rename_member(vulnerability, "disclosure_date", "release_date");
	convert_list(vulnerability, "metrics", "scores", lower_metric);
	json_array_foreach(js_array(vulnerability, "remediations"), i, remediation)
		lower_remediation(remediation);
}

/* ---- the document */

static void raise_distribution(struct writing *w, json_t *document)
{
	const char *tlp = advisory_tlp(w->tree);
	json_t *distribution = json_object_get(document, "distribution"), *label;

	if (!distribution) {
		distribution = json_object();
		json_object_set_new(document, "distribution", distribution);
	}
	if (!tlp)
		adv_lose(w, _("no TLP label was given: CSAF 2.1 needs one, and TLP:CLEAR stands there"));
	label = json_object_get(distribution, "tlp");
	if (!label) {
		label = json_object();
		json_object_set_new(distribution, "tlp", label);
	}
	js_set_string(label, "label", tlp ? tlp : "CLEAR");
	if (str_starts(str_or_empty(js_string(distribution, "text")), "TLP v2.0: TLP:"))
		json_object_del(distribution, "text");
}

static bool all_affected(const json_t *tree)
{
	size_t i;
	json_t *vulnerability;

	json_array_foreach(js_array(tree, "vulnerabilities"), i, vulnerability)
		if (!js_array(json_object_get(vulnerability, "product_status"), "known_affected"))
			return false;
	return true;
}

/* "SA-1: Title" without the id (6.2.22). */
static void raise_title(json_t *document)
{
	const char *id = js_string(json_object_get(document, "tracking"), "id"), *title = js_string(document, "title");
	size_t length = id ? strlen(id) : 0;
	AUTO_STRING rest = NULL;

	if (!length || !title || !str_starts(title, id) || strspn(title + length, ":- ") == 0)
		return;
	rest = mem_string(title + length + strspn(title + length, ":- "));
	if (*rest)
		js_set_string(document, "title", rest);
}

static void lose_unknown(struct writing *w, json_t *tree)
{
	static const char *const members[] = { "document", "product_tree", "vulnerabilities", NULL };
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(tree, next, name, value) {
		size_t i = 0;

		while (members[i] && !str_equal(members[i], name))
			i++;
		if (!members[i]) {
			AUTO_STRING sentence = mem_format(_("no member of CSAF 2.1 and left out: /%s"), name);

			adv_lose(w, sentence);
			json_object_del(tree, name);
		}
	}
}

int adv_write_csaf21(struct writing *w, struct str *ret, struct error *err)
{
	AUTO_JSON tree = json_deep_copy(w->tree);
	json_t *document = json_object_get(tree, "document"), *products = json_object_get(tree, "product_tree"), *v;
	size_t i;

	(void)err;
	lose_unknown(w, tree);
	if (str_equal(js_string(document, "category"), "csaf_security_advisory") && !all_affected(tree))
		js_set_string(document, "category", "csaf_deprecated_security_advisory");
	json_array_foreach(js_array(tree, "vulnerabilities"), i, v)
		raise_vulnerability(v);
	each_product(products, raise_product, "legacy", "product_name");
	convert_list(products, "relationships", "product_paths", raise_relationship);
	raise_distribution(w, document);
	raise_title(document);
	js_set_string(document, "csaf_version", "2.1");
	js_set_string(tree, "$schema", schema);
	js_dump_pretty(tree, ret);
	return 0;
}

json_t *adv_from_csaf21(const json_t *source)
{
	json_t *tree = json_deep_copy(source), *document = json_object_get(tree, "document"), *v;
	json_t *products = json_object_get(tree, "product_tree");
	json_t *label = json_object_get(json_object_get(document, "distribution"), "tlp");
	const char *tlp = js_string(label, "label");
	AUTO_STRING text = tlp ? mem_format("TLP v2.0: TLP:%s", tlp) : NULL;
	size_t i;

	json_object_del(tree, "$schema");
	json_array_foreach(js_array(tree, "vulnerabilities"), i, v)
		lower_vulnerability(v);
	each_product(products, lower_product, "platform", "product_family");
	convert_list(products, "product_paths", "relationships", lower_path);
	js_set_string(document, "csaf_version", "2.0");
	if (str_equal(js_string(document, "category"), "csaf_deprecated_security_advisory"))
		js_set_string(document, "category", "csaf_security_advisory");
	if (str_equal(tlp, "AMBER+STRICT"))
		js_set_string(label, "label", "RED");
	if (str_equal(tlp, "CLEAR"))
		js_set_string(label, "label", "WHITE");
	if (text && !js_string(json_object_get(document, "distribution"), "text"))
		js_set_string(json_object_get(document, "distribution"), "text", text);
	return tree;
}
