/* SPDX-License-Identifier: Apache-2.0 */
/* Quick fixes of CSAF 2.0 as rows: a test, and what mends the place its finding names. */
#include "psirtty/format/fix.h"

#include "format/advisory_private.h"
#include "format/csaf20.h"
#include "format/csaf_private.h"
#include "psirtty/score/cwe.h"

enum { ROUNDS = 4 };

void fix_report_release(struct fix_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		free(report->items[i].test);
		free(report->items[i].path);
	}
	free(report->items);
	*report = (struct fix_report){ 0 };
}

/* ---- places: a JSON pointer taken apart */

struct at { json_t *value, *parent; char *name; size_t index; }; /* NAME: of a member; owned */

static void at_release(struct at *at)
{
	free(at->name);
}

static char *unescape(const char *token, size_t length)
{
	struct str name = STR_INIT;

	for (size_t i = 0; i < length; i++)
		if (token[i] == '~' && i + 1 < length) {
			i++;
			str_add_char(&name, token[i] == '1' ? '/' : '~');
		} else {
			str_add_char(&name, token[i]);
		}
	return name.length ? str_detach(&name) : mem_string("");
}

/* Where PATH leads; its last value may be missing. False when a step before it is. */
static bool resolve(json_t *root, const char *path, struct at *ret)
{
	*ret = (struct at){ .value = root };
	while (*path == '/') {
		size_t length = strcspn(++path, "/");

		free(ret->name);
		ret->name = unescape(path, length);
		ret->parent = ret->value;
		ret->index = strtoul(ret->name, NULL, 10);
		ret->value = json_is_array(ret->parent) ? json_array_get(ret->parent, ret->index) :
							  json_object_get(ret->parent, ret->name);
		path += length;
		if (!ret->value && *path)
			return false;
	}
	return true;
}

/* The value PREFIX_LENGTH tokens deep: "/vulnerabilities/3" of "/vulnerabilities/3/cwe/name". */
static json_t *ancestor(json_t *root, const char *path, int depth)
{
	AUTO_STRING prefix = NULL;
	const char *end = path;
	struct at at;
	json_t *value;

	for (int i = 0; i < depth && *end; i++)
		end += 1 + strcspn(end + 1, "/");
	prefix = mem_copy(path, (size_t)(end - path));
	value = resolve(root, prefix, &at) ? at.value : NULL;
	at_release(&at);
	return value;
}

static json_t *tracking_of(const json_t *root)
{
	return json_object_get(json_object_get(root, "document"), "tracking");
}

static bool remove_at(json_t *root, const char *path)
{
	struct at at;
	bool done = resolve(root, path, &at) && at.value && at.parent;

	if (done && json_is_array(at.parent))
		json_array_remove(at.parent, at.index);
	else if (done)
		json_object_del(at.parent, at.name);
	at_release(&at);
	return done;
}

/* ---- fixes: each is true when it changed something */

/* The CVSS object is the fifth step: /vulnerabilities/0/scores/0/cvss_v3. */
static bool fix_cvss(json_t *root, const char *path)
{
	json_t *object = ancestor(root, path, 5), *before;
	const char *vector = js_string(object, "vectorString");
	AUTO_STRING text = mem_string(str_or_empty(vector));
	struct cvss cvss;
	json_t *right;
	bool changed;

	if (!vector || cvss_parse(text, &cvss, NULL))
		return false;
	before = json_deep_copy(object);
	right = csaf_cvss_object(&cvss);
	json_object_update_existing(object, right);
	js_set_string(object, "vectorString", text);
	changed = !json_equal(before, object);
	json_decref(before);
	json_decref(right);
	return changed;
}

static bool fix_cwe(json_t *root, const char *path)
{
	json_t *object = json_object_get(ancestor(root, path, 2), "cwe");
	const struct cwe *cwe = js_string(object, "id") ? cwe_parse(js_string(object, "id")) : NULL;

	if (!cwe || str_equal(js_string(object, "name"), cwe->name))
		return false;
	js_set_string(object, "name", cwe->name);
	return true;
}

/* The newest by date, then number. */
static const json_t *newest_revision(const json_t *root)
{
	const json_t *found = NULL;
	instant newest = INSTANT_NONE, at;
	size_t i;
	json_t *item;

	json_array_foreach(js_array(tracking_of(root), "revision_history"), i, item) {
		if (instant_parse(csaf_text(item, "date"), &at, NULL))
			continue;
		if (!found || at > newest ||
		    (at == newest && csaf_version_compare(csaf_text(item, "number"), csaf_text(found, "number")) > 0)) {
			found = item;
			newest = at;
		}
	}
	return found;
}

static bool take_newest(json_t *root, const char *from, const char *to)
{
	const char *value = js_string(newest_revision(root), from);
	json_t *tracking = tracking_of(root);

	if (!value || !tracking || str_equal(js_string(tracking, to), value))
		return false;
	js_set_string(tracking, to, value);
	return true;
}

static bool fix_version(json_t *root, const char *path)
{
	(void)path;
	return take_newest(root, "number", "version");
}

static bool fix_current_date(json_t *root, const char *path)
{
	(void)path;
	return take_newest(root, "date", "current_release_date");
}

static bool fix_status(json_t *root, const char *path)
{
	(void)path;
	if (!tracking_of(root))
		return false;
	js_set_string(tracking_of(root), "status", "draft");
	return true;
}

/* /document/tracking/revision_history/3: the whole entry, unless it is the last one. */
static bool fix_revision(json_t *root, const char *path)
{
	json_t *history = js_array(tracking_of(root), "revision_history"), *entry = ancestor(root, path, 4);
	size_t i;
	json_t *item;

	if (json_array_size(history) < 2)
		return false;
	json_array_foreach(history, i, item)
		if (item == entry)
			return json_array_remove(history, i) == 0;
	return false;
}

/* Cuts a text of OBJECT at the first of STOPS. */
static bool cut_text(json_t *object, const char *name, const char *stops)
{
	AUTO_STRING text = mem_string(str_or_empty(js_string(object, name)));
	size_t length = strcspn(text, stops);

	if (!text[length])
		return false;
	text[length] = '\0';
	js_set_string(object, name, text);
	return true;
}

static bool fix_prerelease(json_t *root, const char *path)
{
	(void)path;
	return cut_text(tracking_of(root), "version", "-+");
}

static bool fix_build(json_t *root, const char *path)
{
	return cut_text(ancestor(root, path, 4), "number", "+");
}

static bool fix_category(json_t *root, const char *path)
{
	(void)path;
	js_set_string(json_object_get(root, "document"), "category", "csaf_base");
	return true;
}

static bool fix_source_lang(json_t *root, const char *path)
{
	(void)path;
	return json_object_del(json_object_get(root, "document"), "source_lang") == 0;
}

static bool fix_lang(json_t *root, const char *path)
{
	return json_object_del(json_object_get(root, "document"), strrchr(path, '/') + 1) == 0;
}

/* A remediation for nobody is for all that are affected. */
static bool fix_remediation(json_t *root, const char *path)
{
	static const char *const lists[] = { "first_affected", "known_affected", "last_affected" };
	const json_t *status = json_object_get(ancestor(root, path, 2), "product_status");
	json_t *remediation = ancestor(root, path, 4), *ids = json_array(), *id, *known;
	size_t i, k;

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(status, lists[l]), i, id) {
			bool again = false;

			json_array_foreach(ids, k, known)
				again |= json_equal(id, known);
			if (!again)
				json_array_append(ids, id);
		}
	if (!json_is_object(remediation) || !json_array_size(ids)) {
		json_decref(ids);
		return false;
	}
	json_object_set_new(remediation, "product_ids", ids);
	return true;
}

static bool fix_cve(json_t *root, const char *path)
{
	json_t *vulnerability = ancestor(root, path, 2), *ids = js_array(vulnerability, "ids"), *id = ancestor(root, path, 4);
	const char *text = js_string(id, "text");
	size_t i;
	json_t *item;

	if (!text || (js_string(vulnerability, "cve") && !str_equal(js_string(vulnerability, "cve"), text)))
		return false;
	js_set_string(vulnerability, "cve", text);
	json_array_foreach(ids, i, item)
		if (item == id) {
			json_array_remove(ids, i);
			break;
		}
	if (!json_array_size(ids))
		json_object_del(vulnerability, "ids");
	return true;
}

/* Members are sorted when the document is written. */
static bool fix_order(json_t *root, const char *path)
{
	(void)root;
	(void)path;
	return true;
}

/* A score that is CVSS 4.0 alone would be none without it: what to say instead is for a person. */
static bool fix_additional(json_t *root, const char *path)
{
	return !str_ends(path, "/cvss_v4") && remove_at(root, path);
}

static const struct { const char *test; bool (*fix)(json_t *root, const char *path); } fixes[] = {
	{ "6.1.9", fix_cvss },	      { "6.1.10", fix_cvss },	  { "6.1.11", fix_cwe },       { "6.1.16", fix_version },
	{ "6.1.17", fix_status },     { "6.1.18", fix_revision }, { "6.1.19", fix_revision },  { "6.1.20", fix_prerelease },
	{ "6.1.27.3", fix_category }, { "6.1.28", fix_source_lang }, { "6.1.29", fix_remediation }, { "6.2.4", fix_build },
	{ "6.2.6", fix_current_date }, { "6.2.13", fix_order },	  { "6.2.15", fix_lang },      { "6.2.17", fix_cve },
	{ "6.2.20", fix_additional },
};

static size_t place_of(const char *test)
{
	size_t i = 0;

	while (i < ARRAY_LEN(fixes) && !str_equal(fixes[i].test, test))
		i++;
	return i;
}

bool fix_exists(const char *test)
{
	return place_of(test) < ARRAY_LEN(fixes);
}

/* ---- rounds */

static bool told(const struct fix_report *report, const struct check_finding *finding)
{
	for (size_t i = 0; i < report->count; i++)
		if (str_equal(report->items[i].test, finding->test) && str_equal(report->items[i].path, finding->path))
			return true;
	return false;
}

static void note(struct fix_report *report, const struct check_finding *finding)
{
	if (told(report, finding))
		return;
	report->items = mem_grow(report->items, &report->room, report->count + 1, sizeof(*report->items));
	report->items[report->count++] = (struct fix_done){ mem_string(finding->test), mem_string(finding->path) };
}

/* From the last to the first, so that what is taken out of a list does not move what comes next. */
static bool mend(json_t *document, const struct check_report *found, struct fix_report *ret)
{
	bool changed = false;

	for (size_t i = found->finding_count; i-- > 0;) {
		const struct check_finding *finding = &found->findings[i];
		size_t place = place_of(finding->test);

		if (place == ARRAY_LEN(fixes) || !fixes[place].fix(document, finding->path))
			continue;
		note(ret, finding);
		changed |= fixes[place].fix != fix_order;
	}
	return changed;
}

int fix_document(json_t *document, const struct check_request *request, struct fix_report *ret, struct error *err)
{
	bool changed = true;
	int code = 0;

	*ret = (struct fix_report){ 0 };
	for (int round = 0; !code && changed && round < ROUNDS; round++) {
		struct check_report found;

		code = check_document(document, request, &found, err);
		if (!code && !str_equal(found.format, "csaf-2.0"))
			code = error_set(err, ERR_INPUT, str_or_empty(request->name), NULL,
					 _("there are quick fixes for CSAF 2.0 only"));
		if (!code)
			changed = mend(document, &found, ret);
		check_report_release(&found);
	}
	if (code)
		fix_report_release(ret);
	return code;
}
