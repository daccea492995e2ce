/* SPDX-License-Identifier: Apache-2.0 */
/* CVE records 5.x read as advisories: the container of the CNA, and what others know of scores and weaknesses. */
#include "format/advisory_private.h"
#include "format/language.h"

#include <ctype.h>

enum { SORTED = 256 }; /* more are not put in order */

/* ---- versions */

static const struct { const char *cve, *vers; } version_types[] = {
	{ "semver", "semver" }, { "npm", "npm" },	{ "maven", "maven" }, { "python", "pypi" }, { "rpm", "rpm" },
	{ "deb", "deb" },	{ "nuget", "nuget" },	{ "gem", "gem" },     { "golang", "golang" }, { "cargo", "cargo" },
};

/* The order of a version type; "git" has none, and whatever is not known gets the generic one. */
static const char *order_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(version_types); i++)
		if (type && str_casecmp(version_types[i].cve, type) == 0)
			return version_types[i].vers;
	return type && str_casecmp(type, "git") == 0 ? NULL : "generic";
}

static bool is_start(const char *version)
{
	static const char *const words[] = { "0", "*", "unspecified", "n/a", "-", "" };

	for (size_t i = 0; version && i < ARRAY_LEN(words); i++)
		if (str_casecmp(words[i], version) == 0)
			return true;
	return !version;
}

/* "2.1.*" as an end is all of 2.1: what comes behind it is "2.2", in SemVer "2.2.0". NULL when it is no such text. */
static char *behind_branch(const char *version, const char *order)
{
	size_t length = strlen(version), start, dots = 0;
	AUTO_STRING head = NULL;

	if (!str_ends(version, ".*") || length < 3)
		return NULL;
	head = mem_copy(version, length - 2);
	for (start = length - 2; start > 0 && isdigit((unsigned char)head[start - 1]); start--)
		;
	if (!head[start] || strlen(head + start) > 9)
		return NULL;
	for (const char *c = head; *c; c++)
		dots += *c == '.';
	return mem_format("%.*s%ld%s", (int)start, head, strtol(head + start, NULL, 10) + 1,
			  !str_equal(order, "semver") ? "" : dots == 0 ? ".0.0" : dots == 1 ? ".0" : "");
}

/* One entry or a part of it: an interval with its status. TEXT is what to call it where it cannot be told as VERS. */
struct interval { struct adv_bounds bounds; const char *status; char *text; bool all; };

struct intervals { struct interval *items; size_t count, room; const char *order; };

static struct interval *interval_add(struct intervals *list, const char *status)
{
	list->items = mem_grow(list->items, &list->room, list->count + 1, sizeof(*list->items));
	list->items[list->count] = (struct interval){ .status = status };
	return &list->items[list->count++];
}

static void add_span(struct intervals *list, const char *status, const char *from, const char *until, bool closed)
{
	struct interval *interval = interval_add(list, status);
	struct adv_bounds *b = &interval->bounds;
	const char *order = list->order ? list->order : "generic";

	b->from = is_start(from) ? NULL : mem_string(from);
	if (until && !str_equal(until, "*")) {
		char *behind = behind_branch(until, order);

		b->until = behind ? behind : mem_string(until);
		b->until_closed = closed && !behind;
	}
	interval->all = !b->from && !b->until;
	interval->text = mem_format("%s%s%s%s%s", b->from ? ">=" : "", str_or_empty(b->from), b->from && b->until ? ", " : "",
				    !b->until ? "" : b->until_closed ? "<=" : "<", str_or_empty(b->until));
}

static void add_single(struct intervals *list, const char *status, const char *version)
{
	struct interval *interval = interval_add(list, status);

	interval->bounds.single = mem_alloc(sizeof(*interval->bounds.single));
	interval->bounds.single[interval->bounds.single_count++] = mem_string(version);
	interval->text = mem_string(version);
	interval->all = str_equal(version, "*");
}

/* An entry of versions[]: from its version on in its status, until the first change, and so on to its end. */
static void add_entry(struct intervals *list, const json_t *version)
{
	const char *from = js_string(version, "version"), *status = js_string(version, "status");
	const char *less = js_string(version, "lessThan"), *most = js_string(version, "lessThanOrEqual");
	size_t i;
	json_t *change;

	if (!less && !most) {
		add_single(list, status, from ? from : "*");
		return;
	}
	json_array_foreach(js_array(version, "changes"), i, change) {
		const char *at = js_string(change, "at"), *next = js_string(change, "status");

		if (!at || !next)
			continue;
		if (!str_equal(at, from))
			add_span(list, status, from, at, false);
		from = at;
		status = next;
	}
	add_span(list, status, from, less ? less : most, !less);
}

static void intervals_release(struct intervals *list)
{
	for (size_t i = 0; i < list->count; i++) {
		adv_bounds_release(&list->items[i].bounds, 1);
		free(list->items[i].text);
	}
	free(list->items);
}

/* ---- products */

static const char *list_of(const char *status)
{
	return str_equal(status, "affected")   ? "known_affected" :
	       str_equal(status, "unaffected") ? "known_not_affected" :
						 "under_investigation";
}

static void take(struct adv_builder *b, json_t *v, const struct adv_wanted *product, const char *version, bool range,
		 const char *status)
{
	struct adv_wanted wanted = *product;

	wanted.version = version;
	wanted.range = range;
	adv_builder_status(b, v, list_of(status), adv_builder_product(b, &wanted));
}

static void take_interval(struct adv_builder *b, json_t *v, const struct adv_wanted *product, const struct intervals *list,
			  const struct interval *interval)
{
	AUTO_STR vers = STR_INIT;
	bool single = interval->bounds.single_count == 1;

	if (interval->all)
		take(b, v, product, NULL, false, interval->status);
	else if (single)
		take(b, v, product, interval->text, false, interval->status);
	else if (list->order && (adv_range_write(list->order, &interval->bounds, 1, false, &vers) ||
				 adv_range_write("generic", &interval->bounds, 1, false, &vers)))
		take(b, v, product, vers.bytes, true, interval->status);
	else
		take(b, v, product, interval->text, true, interval->status);
}

/* Versions that no entry names have the default. */
static void take_others(struct adv_builder *b, json_t *v, const struct adv_wanted *product, const struct intervals *list,
			const char *status)
{
	struct adv_bounds *bounds = mem_alloc((list->count + 1) * sizeof(*bounds));
	AUTO_STR vers = STR_INIT;
	bool all = false;

	for (size_t i = 0; i < list->count; i++) {
		bounds[i] = list->items[i].bounds;
		all |= list->items[i].all;
	}
	if (!list->count)
		take(b, v, product, NULL, false, status);
	else if (!all && list->order && list->count <= SORTED &&
		 (adv_range_write(list->order, bounds, list->count, true, &vers) ||
		  adv_range_write("generic", bounds, list->count, true, &vers)))
		take(b, v, product, vers.bytes, true, status);
	else if (!all)
		take(b, v, product, "all but those named", true, status);
	free(bounds);
}

static char *joined(const json_t *list, const char *before)
{
	AUTO_STR text = STR_INIT;
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)list, i, item)
		str_add_format(&text, "%s%s", i ? ", " : before,
			       str_or_empty(json_is_string(item) ? json_string_value(item) : js_string(item, "name")));
	return text.length ? str_detach(&text) : NULL;
}

/* What an item says beyond versions: in a note, for CSAF has no place for it. */
static void note_item(json_t *v, const json_t *item, const char *name)
{
	static const struct { const char *member, *words; } rows[] = {
		{ "modules", "Modules: " }, { "programFiles", "Files: " }, { "programRoutines", "Routines: " },
	};
	AUTO_STRING title = mem_format("In %s", name);
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING one = joined(js_array(item, rows[i].member), rows[i].words);

		if (one)
			str_add_format(&text, "%s%s", text.length ? "\n" : "", one);
	}
	adv_builder_note(v, "details", title, text.bytes);
	if (js_string(item, "repo"))
		adv_builder_reference(v, "Source code", js_string(item, "repo"));
}

static void read_item(struct adv_builder *b, json_t *v, const json_t *item)
{
	const char *name = js_string(item, "product"), *package = js_string(item, "packageName");
	const char *other = js_string(item, "defaultStatus");
	const json_t *cpes = js_array(item, "cpes"), *first = json_array_get(js_array(item, "versions"), 0);
	AUTO_STRING both = name && package && !str_equal(name, package) ? mem_format("%s (%s)", name, package) : NULL;
	AUTO_STRING where = joined(js_array(item, "platforms"), "on ");
	const struct adv_wanted product = {
		.vendor = js_string(item, "vendor") ? js_string(item, "vendor") : js_string(item, "collectionURL"),
		.product = both ? both : name ? name : package,
		.where = where,
		.purl = js_string(item, "packageURL"),
		.cpe = json_array_size(cpes) == 1 ? json_string_value(json_array_get(cpes, 0)) : NULL,
	};
	struct intervals list = { .order = order_of(js_string(first, "versionType")) };
	size_t i;
	json_t *version;

	json_array_foreach(js_array(item, "versions"), i, version)
		add_entry(&list, version);
	for (size_t k = 0; k < list.count; k++)
		take_interval(b, v, &product, &list, &list.items[k]);
	if ((other && !str_equal(other, "unknown")) || !list.count)
		take_others(b, v, &product, &list, other ? other : "unknown");
	intervals_release(&list);
	note_item(v, item, str_or_empty(product.product));
}

/* ---- words */

static void read_lines(json_t *v, const json_t *container)
{
	AUTO_STR lines = STR_INIT;
	AUTO_STRING tags = joined(js_array(container, "tags"), "");
	size_t i;
	json_t *item;

	json_array_foreach(js_array(container, "timeline"), i, item)
		str_add_format(&lines, "%s%s %s", lines.length ? "\n" : "", str_or_empty(js_string(item, "time")),
			       str_or_empty(js_string(item, "value")));
	adv_builder_note(v, "details", "Timeline", lines.bytes);
	adv_builder_note(v, "other", "Tags", tags);
	json_array_foreach(js_array(container, "replacedBy"), i, item) {
		AUTO_STRING text = mem_format("Replaced by %s.", str_or_empty(json_string_value(item)));

		adv_builder_note(v, "general", "Rejected", text);
	}
}

static void read_threats(json_t *v, const json_t *container)
{
	size_t i, k;
	json_t *item, *text;

	json_array_foreach(js_array(container, "exploits"), i, item)
		if (js_string(item, "value"))
			adv_list_add(v, "threats",
				     adv_object("category", "exploit_status", "details", js_string(item, "value"), NULL));
	json_array_foreach(js_array(container, "impacts"), i, item)
		json_array_foreach(js_array(item, "descriptions"), k, text) {
			const char *capec = js_string(item, "capecId"), *value = js_string(text, "value");
			AUTO_STRING whole = mem_format("%s%s%s", capec && !str_starts(str_or_empty(value), capec) ? capec : "",
						       capec && !str_starts(str_or_empty(value), capec) ? " " : "",
						       str_or_empty(value));

			if (*whole)
				adv_list_add(v, "threats", adv_object("category", "impact", "details", whole, NULL));
		}
}

static void read_texts(json_t *v, const json_t *container)
{
	static const struct { const char *member, *category; } remedies[] = {
		{ "solutions", "vendor_fix" }, { "workarounds", "workaround" },
	}, notes[] = { { "descriptions", "description" }, { "rejectedReasons", "description" }, { "configurations", "details" } };
	size_t i;
	json_t *item;

	for (size_t k = 0; k < ARRAY_LEN(notes); k++)
		json_array_foreach(js_array(container, notes[k].member), i, item)
			adv_builder_note(v, notes[k].category,
					 k == 1 ? "Rejected" : k == 2 ? "Configurations" : NULL, js_string(item, "value"));
	for (size_t k = 0; k < ARRAY_LEN(remedies); k++)
		json_array_foreach(js_array(container, remedies[k].member), i, item)
			adv_builder_remedy(v, remedies[k].category, js_string(item, "value"));
	json_array_foreach(js_array(container, "references"), i, item)
		adv_builder_reference(v, js_string(item, "name"), js_string(item, "url"));
	json_array_foreach(js_array(container, "credits"), i, item)
		adv_builder_credit(v, js_string(item, "value"), NULL, js_string(item, "type"));
	read_threats(v, container);
	read_lines(v, container);
}

/* ---- what other containers know too */

static void read_metrics(json_t *v, const json_t *container)
{
	const char *from = js_string(json_object_get(container, "providerMetadata"), "shortName");
	size_t i;
	json_t *metric, *kind;
	const char *name;

	json_array_foreach(js_array(container, "metrics"), i, metric)
		json_object_foreach(metric, name, kind)
			if (str_starts(name, "cvssV"))
				adv_builder_score(v, js_string(kind, "vectorString"), from);
}

static void read_weaknesses(json_t *v, const json_t *container)
{
	size_t i, k;
	json_t *problem, *text;

	json_array_foreach(js_array(container, "problemTypes"), i, problem)
		json_array_foreach(js_array(problem, "descriptions"), k, text) {
			const char *cwe = js_string(text, "cweId"), *words = js_string(text, "description");

			if (!str_equal(words, "n/a") || cwe)
				adv_builder_weakness(v, cwe, cwe && str_starts(str_or_empty(words), cwe) ?
								      words + strlen(cwe) + strspn(words + strlen(cwe), ": ") : words);
		}
}

static const char *language_of(const json_t *container)
{
	const char *lang = js_string(json_array_get(js_array(container, "descriptions"), 0), "lang");

	return lang ? lang : js_string(json_array_get(js_array(container, "rejectedReasons"), 0), "lang");
}

static void read_head(struct adv_builder *b, const json_t *document, const json_t *container)
{
	const json_t *metadata = json_object_get(document, "cveMetadata");
	const char *date = js_string(metadata, "datePublished"), *last = js_string(metadata, "dateUpdated");

	adv_set_date(b->tracking, "initial_release_date", date ? date : js_string(container, "datePublic"));
	adv_set_date(b->tracking, "current_release_date", last ? last : js_string(metadata, "dateRejected"));
	if (language_tag_valid(str_or_empty(language_of(container))))
		js_set_string(b->document, "lang", language_of(container));
	/* Records are published for everybody, or they are none. */
	json_object_set_new(b->document, "distribution", json_object());
	json_object_set_new(json_object_get(b->document, "distribution"), "tlp", adv_object("label", "WHITE", NULL));
}

json_t *adv_from_cve(const json_t *document)
{
	const json_t *containers = json_object_get(document, "containers"), *cna = json_object_get(containers, "cna");
	const json_t *metadata = json_object_get(document, "cveMetadata");
	const char *cve = js_string(metadata, "cveId");
	struct adv_builder b;
	json_t *v, *item;
	size_t i;

	adv_builder_init(&b, js_string(cna, "title"), cve ? cve : "CVE", js_string(metadata, "assignerShortName"));
	read_head(&b, document, cna);
	v = adv_builder_vulnerability(&b);
	js_set_string(v, "cve", cve);
	js_set_string(v, "title", js_string(cna, "title"));
	json_array_foreach(js_array(cna, "affected"), i, item)
		read_item(&b, v, item);
	adv_builder_settle(&b, v);
	read_texts(v, cna);
	read_metrics(v, cna);
	read_weaknesses(v, cna);
	json_array_foreach(js_array(containers, "adp"), i, item) {
		read_metrics(v, item);
		read_weaknesses(v, item);
	}
	return adv_builder_end(&b);
}
