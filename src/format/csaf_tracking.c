/* SPDX-License-Identifier: Apache-2.0 */
/* Which revision of an advisory a document is: numbers, dates, history (CSAF 2.0, 3.1.11, 3.2.1.12), and its words by
 * language. */
#include "csaf_private.h"

#include <ctype.h>

#include "format/advisory_private.h"

/* ---- words */

const char *csaf_text_of(const struct case_state *state, const char *field, const char *lang)
{
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(state, EVENT_ADVISORY_TEXT, &cursor)))
		if (str_equal(record_text(record, "field"), field) && str_equal(record_text(record, "lang"), lang) &&
		    *record_text(record, "value"))
			return record_text(record, "value");
	return NULL;
}

bool csaf_is_original(const struct csaf_build *build)
{
	return str_equal(build->lang, "en");
}

/* What a translation does not say stands in the original's words. */
const char *csaf_advisory_text(const struct csaf_build *build, const char *field)
{
	const struct case_advisory *a = build->advisory;
	const struct { const char *field, *text; } rows[] = {
		{ "title", a->title },
		{ "summary", a->summary && *a->summary ? a->summary : build->state->summary },
		{ "description", a->description },
		{ "recommendation", a->recommendation },
	};
	const char *text = csaf_text_of(build->state, field, build->lang);

	if (!text)
		text = csaf_text_of(build->state, field, "en");
	for (size_t i = 0; !text && i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].field, field))
			text = rows[i].text;
	return text;
}

const char *csaf_category(const struct csaf_build *build)
{
	const char *category = csaf_text_of(build->state, "category", "en");

	return category ? category : "csaf_security_advisory";
}

/* ---- addresses */

static char *id_in(const struct csaf_build *build, const char *lang)
{
	return str_equal(lang, "en") ? mem_string(build->advisory->id) : mem_format("%s-%s", build->advisory->id, lang);
}

static const struct case_record *first_release(const struct case_state *state)
{
	return case_record_at(state, EVENT_ADVISORY_PUBLISHED, 1);
}

static instant initial_date(const struct csaf_build *build)
{
	const struct case_record *first = first_release(build->state);

	return first ? record_instant(first, "released") : build->release ? build->release->at : build->advisory->drafted_at;
}

char *csaf_self_url(const struct csaf_build *build, const char *lang)
{
	const char *base = str_or_empty(build->policy->provider);
	size_t length = strlen(base);
	AUTO_STRING label = mem_string(csaf_tlp_label(build->advisory->tlp));
	AUTO_STRING id = id_in(build, lang);
	AUTO_STRING name = csaf_file_name(id);

	if (!csaf_is_url(base))
		return NULL;
	for (char *c = label; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	while (length && base[length - 1] == '/')
		length--;
	return mem_format("%.*s/.well-known/csaf/%s/%d/%s", (int)length, base, label, instant_year(initial_date(build)), name);
}

/* ---- numbers */

static bool is_semantic(const struct case_state *state)
{
	return str_equal(csaf_text_of(state, "versioning", "en"), "semver");
}

char *csaf_next_version(const struct case_state *state, int bump)
{
	size_t count = case_record_count(state, EVENT_ADVISORY_PUBLISHED);
	const struct case_record *last = case_record_at(state, EVENT_ADVISORY_PUBLISHED, count);
	long major = 0, minor = 0, patch = 0;
	char *at;

	if (!is_semantic(state))
		return mem_format("%zu", count + 1);
	if (!last)
		return mem_string("1.0.0");
	major = strtol(record_text(last, "version"), &at, 10);
	minor = *at == '.' ? strtol(at + 1, &at, 10) : 0;
	patch = *at == '.' ? strtol(at + 1, &at, 10) : 0;
	if (bump >= BUMP_MAJOR)
		return mem_format("%ld.0.0", major + 1);
	return bump == BUMP_MINOR ? mem_format("%ld.%ld.0", major, minor + 1) : mem_format("%ld.%ld.%ld", major, minor, patch + 1);
}

/* ---- tracking */

static void set_time(json_t *object, const char *name, instant at)
{
	char buffer[40];

	js_set_string(object, name, instant_format(at, buffer));
}

static void add_revision(json_t *list, instant at, const char *number, const char *summary)
{
	json_t *object = adv_object("number", number, "summary", summary, NULL);

	set_time(object, "date", at);
	json_array_append_new(list, object);
}

/* One entry for each release; the single entry 0 of a draft (3.1.11.1 and test 6.1.16). */
static json_t *history(const struct csaf_build *build)
{
	const struct case_record *record;
	json_t *list = json_array();
	size_t cursor = 0;

	while ((record = case_record_next(build->state, EVENT_ADVISORY_PUBLISHED, &cursor)))
		add_revision(list, record_instant(record, "released"), record_text(record, "version"),
			     record_text(record, "summary"));
	if (build->release)
		add_revision(list, build->release->at, build->release->version, build->release->summary);
	else if (!first_release(build->state))
		add_revision(list, build->advisory->drafted_at, is_semantic(build->state) ? "0.1.0" : "0",
			     "Draft, not published");
	return list;
}

json_t *csaf_tracking(const struct csaf_build *build, const struct csaf_options *options)
{
	const struct case_advisory *advisory = build->advisory;
	const struct csaf_release *release = build->release;
	size_t count = case_record_count(build->state, EVENT_ADVISORY_PUBLISHED);
	const struct case_record *last = case_record_at(build->state, EVENT_ADVISORY_PUBLISHED, count);
	json_t *object = json_object(), *generator = json_object(), *revisions = history(build);
	instant current = release ? release->at :
			  last	  ? record_instant(last, "released") :
			  options->now > advisory->drafted_at ? options->now :
								advisory->drafted_at;
	AUTO_STRING id = id_in(build, build->lang);

	js_set_string(object, "id", id);
	js_set_string(object, "status", release ? release->status : last ? record_text(last, "status") : "draft");
	js_set_string(object, "version", js_string(json_array_get(revisions, json_array_size(revisions) - 1), "number"));
	set_time(object, "initial_release_date", initial_date(build));
	set_time(object, "current_release_date", current);
	json_object_set_new(object, "revision_history", revisions);
	set_time(generator, "date", current);
	json_object_set_new(generator, "engine", adv_object("name", "psirtty", "version", options->engine_version, NULL));
	json_object_set_new(object, "generator", generator);
	return object;
}
