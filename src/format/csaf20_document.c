/* SPDX-License-Identifier: Apache-2.0 */
/* The tests about tracking and history, language, profile, and what a vulnerability is called. */
#include "format/csaf20.h"

#include <ctype.h>

#include "format/language.h"
#include "psirtty/format/csaf.h"
#include "psirtty/score/cwe.h"

#define DOCUMENT AT(NULL, "document")
#define TRACKING AT(DOCUMENT, "tracking")

/* ---- versions */

bool csaf_is_prerelease(const char *version)
{
	return version[strcspn(version, "-+")] == '-';
}

bool csaf_is_zero(const char *version)
{
	return version[0] == '0' && (version[1] == '\0' || version[1] == '.');
}

bool csaf_is_final(const struct csaf *d)
{
	return str_equal(csaf_text(d->tracking, "status"), "final") ||
	       str_equal(csaf_text(d->tracking, "status"), "interim");
}

/* SemVer 2.0.0, 11.4: numbers by value and before words, fewer identifiers first. */
int csaf_prerelease_compare(const char *a, const char *b)
{
	for (;;) {
		size_t x = strcspn(a, ".+"), y = strcspn(b, ".+");
		bool na = strspn(a, "0123456789") >= x, nb = strspn(b, "0123456789") >= y;
		int order;

		if (!x || !y)
			return (x > 0) - (y > 0);
		if (na != nb)
			return na ? -1 : 1;
		order = na && x != y ? (x < y ? -1 : 1) : strncmp(a, b, x < y ? x : y);
		if (!order && x != y)
			order = x < y ? -1 : 1;
		if (order)
			return order;
		a += x + (a[x] == '.');
		b += y + (b[y] == '.');
	}
}

static const struct place *revision_place(size_t index)
{
	static struct place history, item;
	static const struct place document = { NULL, "document", 0 }, tracking = { &document, "tracking", 0 };

	history = (struct place){ &tracking, "revision_history", 0 };
	item = (struct place){ &history, NULL, index };
	return &item;
}

static const struct csaf_revision *newest(const struct csaf *d)
{
	return d->revision_count ? &d->revisions[d->revision_count - 1] : NULL;
}

CSAF_TEST(history_order)
{
	for (size_t i = 1; i < d->revision_count; i++)
		if (csaf_version_compare(d->revisions[i - 1].number, d->revisions[i].number) > 0)
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("by date, %.40s follows %.40s"), d->revisions[i].number,
				    d->revisions[i - 1].number);
}

/* Without build metadata; a draft's pre-release part does not count either. */
static bool same_version(const struct csaf *d, const char *a, const char *b)
{
	const char *ends = csaf_is_final(d) ? "+" : "+-";
	size_t x = strcspn(a, ends), y = strcspn(b, ends);

	return x == y && strncmp(a, b, x) == 0;
}

CSAF_TEST(latest_version)
{
	const char *version = js_string(d->tracking, "version");

	if (version && newest(d) && !same_version(d, version, newest(d)->number))
		check_found(d->c, AT(TRACKING, "version"), _("the newest revision is %.40s"), newest(d)->number);
}

CSAF_TEST(draft_status)
{
	const char *version = csaf_text(d->tracking, "version");

	if (csaf_is_final(d) && (csaf_is_zero(version) || csaf_is_prerelease(version)))
		check_found(d->c, AT(TRACKING, "status"), _("version %.40s is a draft's"), version);
}

CSAF_TEST(released_history)
{
	for (size_t i = 0; csaf_is_final(d) && i < d->revision_count; i++)
		if (csaf_is_zero(d->revisions[i].number))
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("%.40s was never released"), d->revisions[i].number);
}

CSAF_TEST(history_prerelease)
{
	for (size_t i = 0; i < d->revision_count; i++)
		if (csaf_is_prerelease(d->revisions[i].number))
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("%.40s is a pre-release"), d->revisions[i].number);
}

CSAF_TEST(prerelease_version)
{
	const char *version = csaf_text(d->tracking, "version");

	if (csaf_is_final(d) && csaf_is_prerelease(version))
		check_found(d->c, AT(TRACKING, "version"), _("%.40s is a pre-release"), version);
}

static unsigned long long major(const char *number)
{
	return strtoull(number, NULL, 10);
}

CSAF_TEST(history_gap)
{
	if (d->revision_count && major(d->revisions[0].number) > 1)
		check_found(d->c, AT(revision_place(d->revisions[0].index), "number"),
			    _("the history begins with %.40s"), d->revisions[0].number);
	for (size_t i = 1; i < d->revision_count; i++)
		if (major(d->revisions[i].number) > major(d->revisions[i - 1].number) + 1)
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("between %.40s and %.40s a revision is missing"), d->revisions[i - 1].number,
				    d->revisions[i].number);
}

CSAF_TEST(history_twice)
{
	AUTO_JSON seen = json_object();

	for (size_t i = 0; i < d->revision_count; i++) {
		const char *number = d->revisions[i].number;

		if (json_object_get(seen, number))
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("the number %.40s is used before"), number);
		json_object_set_new(seen, number, json_true());
	}
}

CSAF_TEST(mixed_versions)
{
	const char *version = csaf_text(d->tracking, "version");
	bool integer = csaf_is_integer_version(version);

	for (size_t i = 0; *version && i < d->revision_count; i++)
		if (csaf_is_integer_version(d->revisions[i].number) != integer)
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("integer and semantic versions are mixed"));
}

CSAF_TEST(build_metadata)
{
	for (size_t i = 0; i < d->revision_count; i++)
		if (strchr(d->revisions[i].number, '+'))
			check_found(d->c, AT(revision_place(d->revisions[i].index), "number"),
				    _("%.40s has build metadata"), d->revisions[i].number);
}

CSAF_TEST(initial_date)
{
	instant initial;

	if (d->revision_count && check_instant(csaf_text(d->tracking, "initial_release_date"), &initial) &&
	    initial < d->revisions[0].at)
		check_found(d->c, AT(TRACKING, "initial_release_date"), _("it is older than the first revision"));
}

CSAF_TEST(current_date)
{
	instant current;

	if (newest(d) && check_instant(csaf_text(d->tracking, "current_release_date"), &current) &&
	    current < newest(d)->at)
		check_found(d->c, AT(TRACKING, "current_release_date"), _("it is older than the newest revision"));
}

/* ---- language */

static const char *const languages[] = { "lang", "source_lang" };

CSAF_TEST(language)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		const char *tag = js_string(d->document, languages[i]);

		if (tag && !language_tag_valid(tag))
			check_found(d->c, AT(DOCUMENT, languages[i]), _("there is no language \"%.40s\""), tag);
	}
}

CSAF_TEST(private_language)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		const char *tag = js_string(d->document, languages[i]);

		if (tag && language_tag_private(tag))
			check_found(d->c, AT(DOCUMENT, languages[i]), _("\"%.40s\" is for private use"), tag);
	}
}

CSAF_TEST(default_language)
{
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (str_casecmp(csaf_text(d->document, languages[i]), "i-default") == 0)
			check_found(d->c, AT(DOCUMENT, languages[i]), _("i-default says nothing"));
}

CSAF_TEST(need_lang)
{
	if (!json_object_get(d->document, "lang"))
		check_found(d->c, DOCUMENT, _("the document does not say its language"));
}

CSAF_TEST(same_language)
{
	const char *lang = js_string(d->document, "lang"), *source = js_string(d->document, "source_lang");

	if (lang && source && str_casecmp(lang, source) == 0)
		check_found(d->c, AT(DOCUMENT, "source_lang"), _("it was translated from its own language"));
}

CSAF_TEST(translator)
{
	const json_t *publisher = json_object_get(d->document, "publisher");

	if (str_equal(csaf_text(publisher, "category"), "translator") && !*csaf_text(d->document, "source_lang"))
		check_found(d->c, DOCUMENT, _("a translator's document does not say what it was translated from"));
}

/* ---- category and profile */

/* Code points, from and to, that part words: white space and dashes of every kind, the underscore. */
static const uint32_t gaps[][2] = {
	{ 0x9, 0xD }, { ' ', ' ' }, { '-', '-' }, { '_', '_' }, { 0x85, 0x85 }, { 0xA0, 0xA0 }, { 0xAD, 0xAD }, { 0x58A, 0x58A },
	{ 0x5BE, 0x5BE }, { 0x1400, 0x1400 }, { 0x1680, 0x1680 }, { 0x1806, 0x1806 }, { 0x2000, 0x200D }, { 0x2010, 0x2015 },
	{ 0x2017, 0x2017 }, { 0x2028, 0x2029 }, { 0x202F, 0x202F }, { 0x203F, 0x2040 }, { 0x2053, 0x2054 }, { 0x205F, 0x2060 },
	{ 0x207B, 0x207B }, { 0x208B, 0x208B }, { 0x2212, 0x2212 }, { 0x2E17, 0x2E17 }, { 0x2E1A, 0x2E1A }, { 0x2E3A, 0x2E3B },
	{ 0x2E40, 0x2E40 }, { 0x2E5D, 0x2E5D }, { 0x3000, 0x3000 }, { 0x301C, 0x301C }, { 0x3030, 0x3030 }, { 0x30A0, 0x30A0 },
	{ 0xFE31, 0xFE34 }, { 0xFE4D, 0xFE4F }, { 0xFE58, 0xFE58 }, { 0xFE63, 0xFE63 }, { 0xFEFF, 0xFEFF }, { 0xFF0D, 0xFF0D },
	{ 0xFF3F, 0xFF3F }, { 0x10EAD, 0x10EAD },
};

static bool is_gap(uint32_t point)
{
	for (size_t i = 0; i < ARRAY_LEN(gaps); i++)
		if (point >= gaps[i][0] && point <= gaps[i][1])
			return true;
	return false;
}

static char *squeezed(const char *category)
{
	const char *end = category + strlen(category);
	struct str text = STR_INIT;

	while (category < end) {
		int32_t point = utf8_next(&category, end);

		if (point > 0 && !is_gap((uint32_t)point))
			str_add_utf8(&text, point < 0x80 ? (uint32_t)tolower(point) : (uint32_t)point);
	}
	return text.length ? str_detach(&text) : mem_string("");
}

CSAF_TEST(category_name)
{
	static const char *const taken[] = { "informationaladvisory", "securityadvisory", "securityincidentresponse", "vex",
					     /* of 2.1 */ "deprecatedsecurityadvisory", "withdrawn", "superseded" };
	bool newer = d->c->version == CSAF21;
	const char *category = csaf_text(d->document, "category");
	AUTO_STRING name = squeezed(category);
	bool bad = strncasecmp(category, "csaf_", 5) == 0 && !str_equal(category, "csaf_base");

	/* The profiles of 2.1 whose tests are all of its own. */
	if (newer && (str_equal(category, "csaf_withdrawn") || str_equal(category, "csaf_superseded")))
		return;
	for (size_t i = 0; i < (newer ? ARRAY_LEN(taken) : 4); i++)
		bad = bad || str_equal(name, taken[i]) || (str_starts(name, "csaf") && str_equal(name + 4, taken[i]));
	if (bad)
		check_found(d->c, AT(DOCUMENT, "category"), _("\"%.60s\" is too near to a profile's name"), category);
}

CSAF_TEST(document_notes)
{
	static const char *const due[] = { "description", "details", "general", "summary" };
	json_t *note;
	size_t i;

	json_array_foreach(js_array(d->document, "notes"), i, note)
		for (size_t k = 0; k < ARRAY_LEN(due); k++)
			if (str_equal(csaf_text(note, "category"), due[k]))
				return;
	check_found(d->c, AT(DOCUMENT, "notes"),
		    _("there is no note of category description, details, general or summary"));
}

CSAF_TEST(document_references)
{
	json_t *reference;
	size_t i;

	json_array_foreach(js_array(d->document, "references"), i, reference) {
		const char *category = js_string(reference, "category");

		if (!category || str_equal(category, "external"))
			return;
	}
	check_found(d->c, AT(DOCUMENT, "references"), _("there is no reference of category external"));
}

CSAF_TEST(no_vulnerabilities)
{
	if (json_object_get(d->root, "vulnerabilities"))
		check_found(d->c, AT(NULL, "vulnerabilities"), _("an informational advisory has no vulnerabilities"));
}

CSAF_TEST(need_tree)
{
	if (!d->tree)
		check_found(d->c, NULL, _("there is no product tree"));
}

CSAF_TEST(need_vulnerabilities)
{
	if (!json_object_get(d->root, "vulnerabilities"))
		check_found(d->c, NULL, _("there are no vulnerabilities"));
}

/* ---- members that a vulnerability should have */

static void find_no_notes(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "notes"))
		check_found(d->c, place, _("the vulnerability has no notes"));
}

CSAF_TEST(need_notes)
{
	csaf_each_vulnerability(d, find_no_notes);
}

static void find_no_id(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "cve") && !json_object_get(vulnerability, "ids"))
		check_found(d->c, place, _("the vulnerability has neither a CVE id nor another"));
}

CSAF_TEST(vex_ids)
{
	csaf_each_vulnerability(d, find_no_id);
}

static void find_no_cve(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "cve"))
		check_found(d->c, place, _("the vulnerability has no CVE id"));
}

CSAF_TEST(need_cve)
{
	csaf_each_vulnerability(d, find_no_cve);
}

static void find_no_cwe(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	if (!json_object_get(vulnerability, "cwe"))
		check_found(d->c, place, _("the vulnerability has no CWE"));
}

CSAF_TEST(need_cwe)
{
	csaf_each_vulnerability(d, find_no_cwe);
}

CSAF_TEST(cve_twice)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	AUTO_JSON seen = json_object();
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		const char *cve = js_string(vulnerability, "cve");

		if (cve && json_object_get(seen, cve))
			check_found(d->c, AT(AT_INDEX(&top, i), "cve"), _("%.40s is used before"), cve);
		if (cve)
			json_object_set_new(seen, cve, json_true());
	}
}

static void find_cve_in_ids(struct csaf *d, const json_t *id, const struct place *place, void *context)
{
	(void)context;
	if (shape_cve(csaf_text(id, "text")))
		check_found(d->c, AT(place, "text"), _("%.40s is a CVE id"), csaf_text(id, "text"));
}

static void find_in_ids(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "ids", place, find_cve_in_ids, NULL);
}

CSAF_TEST(cve_in_ids)
{
	csaf_each_vulnerability(d, find_in_ids);
}

static void find_cwe(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	const json_t *json = json_object_get(vulnerability, "cwe");
	const char *id = js_string(json, "id"), *name = js_string(json, "name");
	const struct cwe *cwe = id && str_starts(id, "CWE-") ? cwe_find(atoi(id + 4)) : NULL;

	if (!id)
		return;
	if (!cwe)
		check_found(d->c, AT(AT(place, "cwe"), "id"), _("%.20s is not in the catalogue"), id);
	else if (name && !str_equal(cwe->name, name))
		check_found(d->c, AT(AT(place, "cwe"), "name"), _("%.20s is called \"%s\""), id, cwe->name);
}

CSAF_TEST(cwe)
{
	csaf_each_vulnerability(d, find_cwe);
}

static void find_party_twice(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	AUTO_STRING key = mem_format("%s %s", csaf_text(item, "party"), csaf_text(item, "date"));
	json_t *seen = context;
	instant at;

	if (check_instant(csaf_text(item, "date"), &at)) {
		free(key);
		key = mem_format("%s %lld", csaf_text(item, "party"), (long long)at);
	}
	if (json_object_get(seen, key))
		check_found(d->c, place, _("%s is involved at the same time before"), csaf_text(item, "party"));
	json_object_set_new(seen, key, json_true());
}

static void find_parties(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	AUTO_JSON seen = json_object();

	csaf_each_item(d, vulnerability, "involvements", place, find_party_twice, seen);
}

CSAF_TEST(involvement_twice)
{
	csaf_each_vulnerability(d, find_parties);
}

static void find_undated(struct csaf *d, const json_t *item, const struct place *place, void *context)
{
	(void)context;
	if (!json_object_get(item, "date"))
		check_found(d->c, place, _("the involvement has no date"));
}

static void find_undated_in(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "involvements", place, find_undated, NULL);
}

CSAF_TEST(involvement_date)
{
	csaf_each_vulnerability(d, find_undated_in);
}

/* ---- the document's place and form */

CSAF_TEST(need_tlp)
{
	static const char *const labels[] = { "AMBER", "GREEN", "RED", "WHITE" };
	const json_t *tlp = json_object_get(json_object_get(d->document, "distribution"), "tlp");

	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (str_equal(csaf_text(tlp, "label"), labels[i]))
			return;
	check_found(d->c, AT(DOCUMENT, "distribution"), _("there is no TLP label"));
}

CSAF_TEST(canonical_url)
{
	AUTO_STRING file = csaf_file_name(csaf_text(d->tracking, "id"));
	AUTO_STRING ending = mem_format("/%s", file);
	json_t *reference;
	size_t i;

	json_array_foreach(js_array(d->document, "references"), i, reference) {
		const char *url = csaf_text(reference, "url");

		if (str_equal(csaf_text(reference, "category"), "self") && str_starts(url, "https://") &&
		    str_ends(url, ending))
			return;
	}
	check_found(d->c, AT(DOCUMENT, "references"), _("no reference of category self leads to https://…/%s"), file);
}

static bool sorted_members(const json_t *object, const char **ret_name)
{
	const char *before = NULL, *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) {
		if (before && strcmp(before, name) > 0) {
			*ret_name = name;
			return false;
		}
		before = name;
	}
	return true;
}

static void find_unsorted(struct csaf *d, const json_t *json, const struct place *place)
{
	const char *name;
	json_t *value;
	size_t i;

	if (json_is_object(json) && !sorted_members(json, &name))
		check_found(d->c, AT(place, name), _("\"%.40s\" does not stand in its order"), name);
	json_object_foreach((json_t *)json, name, value)
		if (json_is_object(value) || json_is_array(value))
			find_unsorted(d, value, AT(place, name));
	json_array_foreach((json_t *)json, i, value)
		if (json_is_object(value) || json_is_array(value))
			find_unsorted(d, value, AT_INDEX(place, i));
}

CSAF_TEST(sorted)
{
	find_unsorted(d, d->root, NULL);
}

CSAF_TEST(additional)
{
	schema_check(d->c, &csaf20_schema, d->root, NULL, true);
}

/* ---- the pattern for CPE names in the schema */

static size_t cpe_component(const char *text)
{
	static const char special[] = "\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~";
	size_t at, from;

	if ((text[0] == '*' || text[0] == '-') && (!text[1] || text[1] == ':'))
		return 1;
	at = text[0] == '*' ? 1 : strspn(text, "?");
	from = at;
	while (isalnum((unsigned char)text[at]) || (text[at] && strchr("-._", text[at])) ||
	       (text[at] == '\\' && text[at + 1] && strchr(special, text[at + 1])))
		at += text[at] == '\\' ? 2 : 1;
	if (at == from)
		return 0;
	return at + (text[at] == '*' ? 1 : strspn(text + at, "?"));
}

/* "de", "pt-BR", "es-419", or none in particular. */
static size_t cpe_language(const char *text)
{
	size_t length = strcspn(text, ":"), region;
	size_t language = length > 0 ? strcspn(text, "-:") : 0;

	if (length == 1 && (text[0] == '*' || text[0] == '-'))
		return 1;
	for (size_t i = 0; i < language; i++)
		if (!isalpha((unsigned char)text[i]))
			return 0;
	if (language < 2 || language > 3 || language == length)
		return language == length && language >= 2 && language <= 3 ? length : 0;
	region = length - language - 1;
	text += language + 1;
	if (region == 2 && isalpha((unsigned char)text[0]) && isalpha((unsigned char)text[1]))
		return length;
	return region == 3 && strspn(text, "0123456789") >= 3 ? length : 0;
}

/* The length of a formatted string at the beginning of TEXT; 0: there is none. */
static size_t cpe23_length(const char *text)
{
	const char *begin = text;

	if (!str_starts(text, "cpe:2.3:") || !text[8] || !strchr("aho*-", text[8]))
		return 0;
	text += 9;
	for (int i = 0; i < 10; i++) {
		size_t length = *text != ':' ? 0 : i == 5 ? cpe_language(text + 1) : cpe_component(text + 1);

		if (!length)
			return 0;
		text += 1 + length;
	}
	return (size_t)(text - begin);
}

static bool cpe_uri_at(const char *text)
{
	int components = 0;

	if (text[0] != 'c' || strncasecmp(text, "cpe:/", 5) != 0)
		return false;
	text += 5;
	text += *text && strchr("AHOaho", *text) ? 1 : 0;
	for (; *text; text++) {
		if (*text == ':')
			components++;
		else if (!components || !(isalnum((unsigned char)*text) || strchr("._-~%", *text)))
			return false;
	}
	return components <= 6;
}

bool csaf_cpe_is(const char *text)
{
	size_t length = cpe23_length(text);

	return length ? !text[length] : cpe_uri_at(text);
}

bool csaf_cpe_fits(const char *text)
{
	if (cpe23_length(text))
		return true;
	for (; *text; text++)
		if (cpe_uri_at(text))
			return true;
	return false;
}
