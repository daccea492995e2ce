/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker of OSV records: the structure of OSV 1.7.5 as tables, and what its linter and its text ask for
 * beyond it. Prefixes of ids and ecosystems are those registered in January 2026.
 */
#include "format/check_cvss.h"
#include "format/check_tables.h"

#include "psirtty/score/purl.h"

#include <ctype.h>

/* ---- forms */

static bool shape_utc(const char *text)
{
	return str_ends(text, "Z") && shape_date_time(text);
}

/* Registered data bases; who has none begins with x_. */
static const char *const prefixes[] = {
	"ALBA", "ALEA", "ALPINE", "ALSA", "ASB-A", "AZL", "BELL", "BIT", "CGA", "CLEANSTART", "CURL", "CVE",
	"DEBIAN", "DHI", "DLA", "DRUPAL", "DSA", "DTSA", "ECHO", "EEF", "ELA", "FBSD", "FreeBSD", "GHSA", "GO",
	"GSD", "HSEC", "JLSEC", "KUBE", "LBSEC", "LSN", "MAL", "MGASA", "MINI", "OESA", "OSEC", "OSV", "PHSA",
	"PSF", "PUB-A", "PYSEC", "RHBA", "RHEA", "RHSA", "RLSA", "ROOT", "RSEC", "RUSTSEC", "RXSA", "SUSE-FU",
	"SUSE-OU", "SUSE-RU", "SUSE-SU", "TUXCARE", "UBUNTU", "USN", "V8", "VSC", "openSUSE-FU", "openSUSE-OU",
	"openSUSE-RU", "openSUSE-SU",
};

static bool shape_osv_id(const char *text)
{
	if (str_starts(text, "x_") && text[2])
		return true;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(text, prefixes[i]) && text[strlen(prefixes[i])] == '-')
			return true;
	return false;
}

static const char *const ecosystems[] = {
	"AlmaLinux", "Alpaquita", "Alpine", "Android", "Azure Linux", "BellSoft Hardened Containers",
	"Bioconductor", "Bitnami", "CRAN", "Chainguard", "CleanStart", "ConanCenter", "Debian",
	"Docker Hardened Images", "Echo", "FreeBSD", "GHC", "GIT", "GitHub Actions", "Go", "Hackage", "Hex", "Julia",
	"Kubernetes", "Linux", "Mageia", "Maven", "MinimOS", "NuGet", "OSS-Fuzz", "Packagist", "Photon OS", "Pub",
	"PyPI", "Red Hat", "Rocky Linux", "Root", "RubyGems", "SUSE", "SwiftURL", "TuxCare", "Ubuntu", "VSCode",
	"Wolfi", "crates.io", "npm", "opam", "openEuler", "openSUSE",
};

/* A name, or a name, a colon and a release. */
static bool shape_ecosystem(const char *text)
{
	size_t length = strcspn(text, ":");

	if (text[length] && !text[length + 1])
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++)
		if (strlen(ecosystems[i]) == length && strncmp(ecosystems[i], text, length) == 0)
			return true;
	return false;
}

/* ---- severity */

static bool score_fits(const char *type, const char *score)
{
	static const char *const words[] = { "negligible", "low", "medium", "high", "critical" };
	struct cvss cvss;

	if (str_equal(type, "CVSS_V2"))
		return check_cvss_vector(CVSS_2_0, score);
	if (str_equal(type, "CVSS_V3"))
		return check_cvss_vector(CVSS_3_0, score) || check_cvss_vector(CVSS_3_1, score);
	if (str_equal(type, "CVSS_V4"))
		return cvss_parse(score, &cvss, NULL) == 0 && cvss.version == CVSS_4_0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i], score))
			return true;
	return !str_equal(type, "Ubuntu");
}

static void check_severity(struct checking *c, const json_t *json, const struct place *place)
{
	const char *type = js_string(json, "type"), *score = js_string(json, "score");

	if (type && score && !score_fits(type, score))
		check_found(c, AT(place, "score"), _("\"%.60s\" is no score of the type %.20s"), score, type);
}

static const struct schema text_s = { .kind = SCHEMA_STRING };
static const struct schema any_s = { .kind = SCHEMA_OBJECT };
static const struct schema time_s = STRING_SHAPE(shape_utc, N_("a date and time in UTC, ending in Z"));
static const struct schema uri_s = STRING_SHAPE(shape_uri, N_("an address (RFC 3986)"));
static const struct schema id_s = STRING_SHAPE(shape_osv_id, N_("an id with a registered prefix, or one that begins with x_"));
static const struct schema ecosystem_s = STRING_SHAPE(shape_ecosystem, N_("an ecosystem of the list"));
static const struct schema texts_s = ITEMS(text_s);
static const struct schema ids_s = { .kind = SCHEMA_ARRAY, .items = &text_s, .nullable = true };
static const struct schema severity_type_s = ONE_OF_WORDS("CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu");
static const struct schema severity_s = {
	.kind = SCHEMA_OBJECT, .extra = check_severity,
	.members = MEMBERS({ "type", &severity_type_s, NEED }, { "score", &text_s, NEED }),
};
static const struct schema severities_s = { .kind = SCHEMA_ARRAY, .items = &severity_s, .nullable = true };

/* ---- ranges */

static const char *const event_names[] = { "introduced", "fixed", "last_affected", "limit" };

static size_t event_count(const json_t *event)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(event_names); i++)
		count += json_object_get(event, event_names[i]) != NULL;
	return count;
}

static void check_event(struct checking *c, const json_t *json, const struct place *place)
{
	if (event_count(json) != 1)
		check_found(c, place, _("an event has exactly one of introduced, fixed, last_affected and limit"));
}

static bool has_event(const json_t *range, const char *name)
{
	json_t *event;
	size_t i;

	json_array_foreach(js_array(range, "events"), i, event)
		if (json_object_get(event, name))
			return true;
	return false;
}

static void check_range(struct checking *c, const json_t *json, const struct place *place)
{
	if (json_array_size(js_array(json, "events")) && !has_event(json, "introduced"))
		check_found(c, AT(place, "events"), _("no event says where it was introduced (\"0\": from the start)"));
	if (has_event(json, "fixed") && has_event(json, "last_affected"))
		check_found(c, AT(place, "events"), _("fixed and last_affected exclude each other"));
	if (str_equal(js_string(json, "type"), "GIT") && !json_object_get(json, "repo"))
		check_found(c, place, _("a range of type GIT needs the member \"%s\""), "repo");
}

static const struct schema event_s = {
	.kind = SCHEMA_OBJECT, .extra = check_event,
	.members = MEMBERS({ "introduced", &text_s, MAY }, { "fixed", &text_s, MAY }, { "last_affected", &text_s, MAY },
			   { "limit", &text_s, MAY }),
};
static const struct schema events_s = LIST(event_s);
static const struct schema range_type_s = ONE_OF_WORDS("GIT", "SEMVER", "ECOSYSTEM");
static const struct schema range_s = {
	.kind = SCHEMA_OBJECT, .extra = check_range,
	.members = MEMBERS({ "type", &range_type_s, NEED }, { "repo", &text_s, MAY }, { "events", &events_s, NEED },
			   { "database_specific", &any_s, MAY }),
};
static const struct schema ranges_s = ITEMS(range_s);

/* ---- the record */

static const struct schema package_s = OBJECT({ "ecosystem", &ecosystem_s, NEED }, { "name", &text_s, NEED },
					      { "purl", &text_s, MAY });
static const struct schema affected_item_s =
	OBJECT({ "package", &package_s, MAY }, { "severity", &severities_s, MAY }, { "ranges", &ranges_s, MAY },
	       { "versions", &texts_s, MAY }, { "ecosystem_specific", &any_s, MAY },
	       { "database_specific", &any_s, MAY });
static const struct schema affected_s = { .kind = SCHEMA_ARRAY, .items = &affected_item_s, .nullable = true };
static const struct schema reference_type_s =
	ONE_OF_WORDS("ADVISORY", "ARTICLE", "DETECTION", "DISCUSSION", "REPORT", "FIX", "INTRODUCED", "GIT",
		     "PACKAGE", "EVIDENCE", "WEB");
static const struct schema reference_s = OBJECT({ "type", &reference_type_s, NEED }, { "url", &uri_s, NEED });
static const struct schema references_s = { .kind = SCHEMA_ARRAY, .items = &reference_s, .nullable = true };
static const struct schema credit_type_s =
	ONE_OF_WORDS("FINDER", "REPORTER", "ANALYST", "COORDINATOR", "REMEDIATION_DEVELOPER",
		     "REMEDIATION_REVIEWER", "REMEDIATION_VERIFIER", "TOOL", "SPONSOR", "OTHER");
static const struct schema credit_s = OBJECT({ "name", &text_s, NEED }, { "contact", &texts_s, MAY },
					     { "type", &credit_type_s, MAY });
static const struct schema credits_s = ITEMS(credit_s);

static void check_severity_place(struct checking *c, const json_t *json, const struct place *place)
{
	json_t *affected;
	size_t i;

	if (!json_object_get(json, "severity"))
		return;
	json_array_foreach(js_array(json, "affected"), i, affected) {
		const json_t *severity = json_object_get(affected, "severity");

		if (severity && !json_is_null(severity))
			check_found(c, AT(AT_INDEX(AT(place, "affected"), i), "severity"),
				    _("severity stands at the top or with the packages, not in both places"));
	}
}

static const struct schema osv_schema = {
	.kind = SCHEMA_OBJECT, .closed = true, .extra = check_severity_place,
	.members = MEMBERS({ "schema_version", &text_s, MAY }, { "id", &id_s, NEED }, { "modified", &time_s, NEED },
			   { "published", &time_s, MAY }, { "withdrawn", &time_s, MAY }, { "aliases", &ids_s, MAY },
			   { "upstream", &ids_s, MAY }, { "related", &ids_s, MAY }, { "summary", &text_s, MAY },
			   { "details", &text_s, MAY }, { "severity", &severities_s, MAY },
			   { "affected", &affected_s, MAY }, { "references", &references_s, MAY },
			   { "credits", &credits_s, MAY }, { "database_specific", &any_s, MAY }),
};

/* ---- rules beyond the structure */

typedef void (*osv_range_fn)(struct checking *c, const json_t *range, const struct place *place);

static void each_range(struct checking *c, const json_t *document, osv_range_fn fn)
{
	const struct place top = { NULL, "affected", 0 };
	json_t *affected, *range;
	size_t i, k;

	json_array_foreach(js_array(document, "affected"), i, affected)
		json_array_foreach(js_array(affected, "ranges"), k, range)
			fn(c, range, AT_INDEX(AT(AT_INDEX(&top, i), "ranges"), k));
}

static void range_events(struct checking *c, const json_t *range, const struct place *place,
			 bool (*fits)(const char *version), const char *complaint)
{
	const struct place *list = AT(place, "events");
	json_t *event;
	size_t i;

	json_array_foreach(js_array(range, "events"), i, event)
		for (size_t n = 0; n < ARRAY_LEN(event_names); n++) {
			const char *version = js_string(event, event_names[n]);

			if (version && !fits(version))
				check_found(c, AT(AT_INDEX(list, i), event_names[n]), "\"%.60s\" %s", version, complaint);
		}
}

static bool is_semver(const char *version)
{
	if (str_equal(version, "0") || str_equal(version, "*"))
		return true;
	return check_shape_semver(version);
}

static bool is_commit(const char *version)
{
	return str_equal(version, "0") || str_equal(version, "*") ||
	       (strlen(version) == 40 && strspn(version, "0123456789abcdefABCDEF") == 40);
}

static void range_semver(struct checking *c, const json_t *range, const struct place *place)
{
	if (str_equal(js_string(range, "type"), "SEMVER"))
		range_events(c, range, place, is_semver, _("is no version of SemVer 2.0.0 (without v)"));
}

static void semver(struct checking *c, const json_t *document)
{
	each_range(c, document, range_semver);
}

static void range_commit(struct checking *c, const json_t *range, const struct place *place)
{
	if (str_equal(js_string(range, "type"), "GIT"))
		range_events(c, range, place, is_commit, _("is no full hash of a commit"));
}

static void commit(struct checking *c, const json_t *document)
{
	each_range(c, document, range_commit);
}

static void range_distinct(struct checking *c, const json_t *range, const struct place *place)
{
	AUTO_JSON seen = json_object();
	json_t *event;
	size_t i;

	json_array_foreach(js_array(range, "events"), i, event)
		for (size_t n = 0; n < ARRAY_LEN(event_names); n++) {
			const char *version = js_string(event, event_names[n]);

			if (version && json_object_get(seen, version))
				check_found(c, AT_INDEX(AT(place, "events"), i), _("another event is at %.60s as well"),
					    version);
			if (version)
				json_object_set_new(seen, version, json_true());
		}
}

static void distinct(struct checking *c, const json_t *document)
{
	each_range(c, document, range_distinct);
}

static void package_url(struct checking *c, const json_t *document)
{
	const struct place top = { NULL, "affected", 0 };
	json_t *affected;
	size_t i;

	json_array_foreach(js_array(document, "affected"), i, affected) {
		const char *text = js_string(json_object_get(affected, "package"), "purl");
		const struct place *place = AT(AT(AT_INDEX(&top, i), "package"), "purl");
		AUTO_PURL purl = PURL_INIT;
		AUTO_ERROR err = ERROR_INIT;

		if (!text)
			continue;
		if (purl_parse(text, &purl, &err))
			check_found(c, place, _("it is no package URL: %s"), str_or_empty(err.why));
		else if (purl.version)
			check_found(c, place, _("it names the version %.60s, which belongs into versions or ranges"),
				    purl.version);
	}
}

static void own_alias(struct checking *c, const json_t *document)
{
	static const char *const lists[] = { "aliases", "upstream", "related" };
	const char *id = js_string(document, "id");
	json_t *item;
	size_t i;

	for (size_t l = 0; id && l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(document, lists[l]), i, item)
			if (str_equal(json_string_value(item), id))
				check_found(c, AT_INDEX(AT(NULL, lists[l]), i), _("it is the record's own id"));
}

static void affected_empty(struct checking *c, const json_t *document)
{
	const struct place top = { NULL, "affected", 0 };
	json_t *affected;
	size_t i;

	json_array_foreach(js_array(document, "affected"), i, affected)
		if (!json_array_size(js_array(affected, "ranges")) && !json_array_size(js_array(affected, "versions")))
			check_found(c, AT_INDEX(&top, i), _("neither ranges nor versions say what is affected"));
}

static const struct check_test rules[] = {
	{ "osv-semver", N_("Versions that are not SemVer"), CHECK_WARNING, semver, N_("Write the version without v") },
	{ "osv-commit", N_("Commits not in full"), CHECK_WARNING, commit,
	  N_("Write the whole hash of the commit") },
	{ "osv-distinct", N_("Several events at one version"), CHECK_WARNING, distinct,
	  N_("Keep one event at each version") },
	{ "osv-purl", N_("Package URL with a version, or none"), CHECK_WARNING, package_url,
	  N_("Write a package URL without a version") },
	{ "osv-alias", N_("The record's own id among its aliases"), CHECK_WARNING, own_alias,
	  N_("Leave it out") },
	{ "osv-affected", N_("Package without affected versions"), CHECK_INFO, affected_empty,
	  N_("Add versions or ranges") },
};

/* An id and a date of modification: no other format that is known has both at its top. */
static bool osv_is(const json_t *document)
{
	return json_object_get(document, "id") && (json_object_get(document, "modified") ||
						   json_object_get(document, "schema_version")) &&
	       !json_object_get(document, "bomFormat");
}

const struct check_format osv_format = { .name = "osv", .is = osv_is, .schema = &osv_schema, CHECK_RULES(rules) };
