/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests of CSAF 2.1 that look something up: namespaces of SSVC, systems of vulnerability ids (RVISC of August 2026), and
 * what titles that mean something are called in other languages.
 */
#include "format/csaf21.h"
#include "psirtty/score/ssvc.h"

#define DOCUMENT AT(NULL, "document")

/* ---- SSVC namespaces: 6.2.34 to 37, 6.3.13 to 15 */

typedef void (*selection_fn)(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place);

static void each_selection(struct csaf *d, selection_fn fn)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	json_t *vulnerability, *metric, *selection;
	size_t i, m, s;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		const struct place *metrics = AT(AT_INDEX(&top, i), "metrics");

		json_array_foreach(js_array(vulnerability, "metrics"), m, metric) {
			const json_t *ssvc = json_object_get(json_object_get(metric, "content"), "ssvc_v2");
			const struct place *list = AT(AT(AT(AT_INDEX(metrics, m), "content"), "ssvc_v2"), "selections");

			json_array_foreach(js_array(ssvc, "selections"), s, selection)
				fn(d, ssvc, selection, AT_INDEX(list, s));
		}
	}
}

/* Its base ends before the first slash; behind that a language and extensions may follow. */
static bool base_is(const char *space, const char *base)
{
	return strcspn(space, "/") == strlen(base) && str_starts(space, base);
}

/* Those of the registry, and what is kept for examples and tests. */
static bool is_registered(const char *space)
{
	static const char *const kept[] = { "basic", "cisa", "cvss", "nist", "ssvc", "example", "test" };
	size_t count;
	const struct ssvc_point *points = ssvc_points(&count);

	for (size_t i = 0; i < count; i++)
		if (base_is(space, points[i].space))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (base_is(space, kept[i]))
			return true;
	return false;
}

static const char *space_of(const json_t *selection)
{
	return csaf_text(selection, "namespace");
}

static void find_unknown_space(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place)
{
	(void)ssvc;
	if (*space_of(selection) && !is_registered(space_of(selection)))
		check_found(d->c, AT(place, "namespace"), _("\"%.60s\" is not in the registry of SSVC"), space_of(selection));
}

CSAF21_TEST(space_unknown)
{
	each_selection(d, find_unknown_space);
}

static void find_private_space(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place)
{
	(void)ssvc;
	if (str_starts(space_of(selection), "x_"))
		check_found(d->c, AT(place, "namespace"), _("\"%.60s\" is a namespace that nobody registered"), space_of(selection));
}

static void find_extended_space(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place)
{
	(void)ssvc;
	if (strchr(space_of(selection), '/'))
		check_found(d->c, AT(place, "namespace"), _("\"%.60s\" extends its namespace"), space_of(selection));
}

CSAF21_TEST(space_private_clear)
{
	if (csaf21_is_clear(d))
		each_selection(d, find_private_space);
}

CSAF21_TEST(space_private)
{
	if (!csaf21_is_clear(d))
		each_selection(d, find_private_space);
}

CSAF21_TEST(space_extended_clear)
{
	if (csaf21_is_clear(d))
		each_selection(d, find_extended_space);
}

CSAF21_TEST(space_extended)
{
	if (!csaf21_is_clear(d))
		each_selection(d, find_extended_space);
}

/* A resource names the namespace, whole, in its summary. */
static void find_unexplained(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place)
{
	const char *space = space_of(selection);
	json_t *resource;
	size_t i;

	if (!*space || (is_registered(space) && !strchr(space, '/')))
		return;
	json_array_foreach(js_array(ssvc, "decision_point_resources"), i, resource)
		if (strstr(csaf_text(resource, "summary"), space))
			return;
	check_found(d->c, AT(place, "namespace"), _("no resource says what \"%.60s\" is"), space);
}

CSAF21_TEST(space_unexplained)
{
	each_selection(d, find_unexplained);
}

static void find_old_point(struct csaf *d, const json_t *ssvc, const json_t *selection, const struct place *place)
{
	size_t count;
	const struct ssvc_point *points = ssvc_points(&count);

	(void)ssvc;
	for (size_t i = 0; i < count; i++)
		if (base_is(space_of(selection), points[i].space) && points[i].latest &&
		    str_equal(points[i].key, csaf_text(selection, "key")) &&
		    !str_equal(points[i].version, csaf_text(selection, "version")))
			check_found(d->c, AT(place, "version"), _("the latest version of \"%.40s\" known here is %s"), points[i].name,
				    points[i].version);
}

CSAF21_TEST(point_old)
{
	each_selection(d, find_old_point);
}

/* ---- systems of vulnerability ids: 6.2.53, 6.3.20 */

static bool digits_only(const char *text, size_t least)
{
	size_t digits = strspn(text, "0123456789");

	return digits >= least && !text[digits];
}

static bool is_issue(const char *text)
{
	return text[0] == '#' && text[1] != '0' && digits_only(text + 1, 1);
}

static bool is_euvd(const char *text)
{
	return str_starts(text, "EUVD-") && text[5] > '0' && strspn(text + 5, "0123456789") == 4 && text[9] == '-' &&
	       digits_only(text + 10, 4);
}

static bool is_gcve(const char *text)
{
	size_t authority = str_starts(text, "GCVE-") ? strspn(text + 5, "0123456789") : 0, length = strlen(text);

	if (!authority || text[5 + authority] != '-' || length < 8 || length > 255 || !text[6 + authority])
		return false;
	for (text += 6 + authority; *text; text++)
		if (*text < '"' || *text > '~')
			return false;
	return true;
}

static const struct { const char *name; bool (*fits)(const char *text); } id_systems[] = {
	{ "https://github.com/oasis-tcs/csaf", is_issue },
	{ "https://euvd.enisa.europa.eu", is_euvd },
	{ "https://gcve.eu", is_gcve },
};

static int id_system(const json_t *id)
{
	for (size_t i = 0; i < ARRAY_LEN(id_systems); i++)
		if (str_equal(id_systems[i].name, csaf_text(id, "system_name")))
			return (int)i;
	return -1;
}

static void find_misformed_id(struct csaf *d, const json_t *id, const struct place *place, void *context)
{
	int system = id_system(id);

	(void)context;
	if (system >= 0 && !id_systems[system].fits(csaf_text(id, "text")))
		check_found(d->c, AT(place, "text"), _("\"%.60s\" is no id of %s"), csaf_text(id, "text"), id_systems[system].name);
}

static void find_other_system(struct csaf *d, const json_t *id, const struct place *place, void *context)
{
	(void)context;
	if (id_system(id) < 0)
		check_found(d->c, AT(place, "system_name"), _("\"%.60s\" is not among the registered systems known here"),
			    csaf_text(id, "system_name"));
}

static void find_misformed(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "ids", place, find_misformed_id, NULL);
}

static void find_others(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	csaf_each_item(d, vulnerability, "ids", place, find_other_system, NULL);
}

CSAF21_TEST(id_misformed)
{
	csaf_each_vulnerability(d, find_misformed);
}

CSAF21_TEST(id_system_unknown)
{
	csaf_each_vulnerability(d, find_others);
}

/* ---- titles in other languages: 6.2.39.2 to .4, 6.2.40, 6.2.46 */

#define TERMS(X) /* in English, in German */ \
	X(TERM_WITHDRAWAL, "Reasoning for Withdrawal", "Begründung für die Zurückziehung") \
	X(TERM_SUPERSESSION, "Reasoning for Supersession", "Begründung für die Ersetzung") \
	X(TERM_SUCCESSOR, "Superseding Document", "Ersetztes Dokument") \
	X(TERM_PRODUCT, "Product Description", "Produktbeschreibung") \
	X(TERM_LICENCE, "License", "Lizenz")
enum term {
#define X(id, english, german) id,
	TERMS(X)
#undef X
};
static const struct { const char *english, *german; } terms[] = {
#define X(id, english, german) [id] = { english, german },
	TERMS(X)
#undef X
};

static bool language_is(const struct csaf *d, const char *language)
{
	const char *lang = csaf_text(d->document, "lang");

	return strncasecmp(lang, language, 2) == 0 && (!lang[2] || lang[2] == '-');
}

bool csaf21_is_english(const struct csaf *d)
{
	return !*csaf_text(d->document, "lang") || language_is(d, "en") || str_equal(csaf_text(d->document, "lang"), "i-default");
}

/* TERM in the language of the document; NULL, and told: nobody says here what it is. */
static const char *translated(struct csaf *d, enum term term)
{
	AUTO_STRING reason = NULL;

	if (language_is(d, "de"))
		return terms[term].german;
	reason = mem_format(_("nobody says what \"%s\" is called in the language %.40s"), terms[term].english,
			    csaf_text(d->document, "lang"));
	check_skipped(d->c, reason);
	return NULL;
}

static size_t count_titled(const struct csaf *d, const char *category, const char *title)
{
	size_t i, count = 0;
	json_t *note;

	json_array_foreach(js_array(d->document, "notes"), i, note)
		count += str_equal(csaf_text(note, "category"), category) && str_equal(csaf_text(note, "title"), title);
	return count;
}

static void need_titled(struct csaf *d, enum term term, const char *category)
{
	const char *title = translated(d, term);

	if (title && count_titled(d, category, title) != 1)
		check_found(d->c, AT(DOCUMENT, "notes"), _("exactly one note of category %s is called \"%s\""), category, title);
}

static bool is_foreign(const struct csaf *d, const char *category)
{
	return !csaf21_is_english(d) && str_equal(csaf_text(d->document, "category"), category);
}

CSAF21_TEST(withdrawal_titled)
{
	if (is_foreign(d, "csaf_withdrawn"))
		need_titled(d, TERM_WITHDRAWAL, "description");
}

CSAF21_TEST(supersession_titled)
{
	if (is_foreign(d, "csaf_superseded"))
		need_titled(d, TERM_SUPERSESSION, "description");
}

CSAF21_TEST(successor_titled)
{
	const char *title = is_foreign(d, "csaf_superseded") ? translated(d, TERM_SUCCESSOR) : NULL;
	json_t *reference;
	size_t i;

	if (!title)
		return;
	json_array_foreach(js_array(d->document, "references"), i, reference)
		if (!str_equal(csaf_text(reference, "category"), "self") && str_starts(csaf_text(reference, "summary"), title))
			return;
	check_found(d->c, AT(DOCUMENT, "references"), _("the summary of no external reference begins with \"%s\""), title);
}

CSAF21_TEST(licence_titled)
{
	if (!csaf21_is_english(d) && csaf21_licence_is_custom(d))
		need_titled(d, TERM_LICENCE, "legal_disclaimer");
}

/* Some note of that category has a title; else the language does not matter. */
static bool has_description(const struct csaf *d)
{
	json_t *note;
	size_t i;

	json_array_foreach(js_array(d->document, "notes"), i, note)
		if (str_equal(csaf_text(note, "category"), "description") && json_object_get(note, "title"))
			return true;
	return false;
}

CSAF21_TEST(product_described)
{
	const char *title;
	json_t *note;
	size_t i;

	if (!has_description(d))
		return;
	title = csaf21_is_english(d) ? terms[TERM_PRODUCT].english : translated(d, TERM_PRODUCT);
	json_array_foreach(js_array(d->document, "notes"), i, note)
		if (title && str_equal(csaf_text(note, "category"), "description") && str_equal(csaf_text(note, "title"), title) &&
		    !json_object_get(note, "product_ids") && !json_object_get(note, "group_ids"))
			check_found(d->c, AT_INDEX(AT(DOCUMENT, "notes"), i), _("it does not say which products it describes"));
}
