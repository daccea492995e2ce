/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was said of components, made matches: one for each flaw in a package of a product, with the versions it sits in
 * and all that speaks for and against it.
 */
#include "desk/match_private.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/feed_key.h"

enum { ID_DIGITS = 12, DIGEST_DIGITS = 32, STALE_DAYS = 7 };

/* ---- evidence */

static json_t *evidence_json(const struct look_row *row, const struct match_verdict *verdict)
{
	json_t *json = json_object();
	char buffer[40];

	js_set_string(json, "source", row->record->source);
	js_set_string(json, "record", row->record->record);
	js_set_string(json, "rule", match_rule_name(verdict->rule));
	js_set_string(json, "answer", match_answer_name(verdict->answer));
	js_set_bool(json, "certain", verdict->certain);
	js_set_string(json, "range", row->range);
	js_set_string(json, "why", verdict->why);
	if (row->record->modified != INSTANT_NONE)
		js_set_string(json, "modified", instant_format(row->record->modified, buffer));
	return json;
}

/* The row that a piece of sorted evidence came from. */
static const struct look_row *row_of(const struct look_row *rows, size_t count, const struct match_evidence *evidence)
{
	const struct look_row *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (str_equal(rows[i].record->source, evidence->source) && str_equal(rows[i].record->record, evidence->record) &&
		    (!found || (rows[i].verdict.answer == evidence->verdict.answer && rows[i].verdict.rule == evidence->verdict.rule &&
				rows[i].verdict.range == evidence->verdict.range)))
			found = &rows[i];
	return found;
}

/* ---- one component */

struct settled { struct match_evidence *evidence; size_t count; struct match_result result; };

static void settle(const struct look_row *rows, size_t count, struct settled *ret)
{
	ret->evidence = mem_alloc(count * sizeof(*ret->evidence));
	for (size_t i = 0; i < count; i++)
		ret->evidence[i] = (struct match_evidence){ rows[i].record->source, rows[i].record->record, rows[i].verdict,
							    rows[i].vex };
	ret->count = match_sort(ret->evidence, count);
	ret->result = match_settle(ret->evidence, ret->count);
}

/* Something speaks for it, even where a vendor's document closes it. */
static bool is_worth(const struct settled *s)
{
	if (s->result.answer != MATCH_NOT)
		return s->result.answer != MATCH_NONE;
	if (s->result.proof < 0)
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (s->evidence[i].verdict.answer == MATCH_YES || s->evidence[i].verdict.answer == MATCH_LOOK)
			return true;
	return false;
}

static json_t *place_json(const struct look *look, const struct look_row *rows, size_t count, const struct settled *s)
{
	const struct look_place *place = &look->places[rows->place];
	const struct inventory_component *c = inventory_at(place->inventory, rows->component);
	json_t *json = json_object(), *list = json_array();
	AUTO_STR path = STR_INIT;

	desk_path_text(place->inventory, rows->component, &path);
	js_set_string(json, "version", place->version);
	js_set_string(json, "component", c->name);
	js_set_string(json, "component_version", c->version);
	js_set_string(json, "purl", c->purl);
	js_set_string(json, "supplier", c->supplier);
	js_set_string(json, "path", path.bytes);
	js_set_integer(json, "times", (long long)rows->times);
	js_set_string(json, "answer", match_answer_name(s->result.answer));
	js_set_bool(json, "certain", s->result.lead >= 0 && s->evidence[s->result.lead].verdict.certain && !s->result.conflict);
	js_set_bool(json, "conflict", s->result.conflict);
	for (size_t i = 0; i < s->count; i++) {
		json_t *one = evidence_json(row_of(rows, count, &s->evidence[i]), &s->evidence[i].verdict);

		if ((long)i == s->result.proof)
			json_object_set(json, "closed_by", one);
		json_array_append_new(list, one);
	}
	json_object_set_new(json, "evidence", list);
	return json;
}

/* ---- matches */

static void add_id(const char *product, const char *component, const char *vulnerability, json_t *json)
{
	AUTO_STR text = STR_INIT;
	char digest[65];

	str_add_format(&text, "%s\n%s\n%s", product, component, vulnerability);
	vault_sha256(text.bytes, text.length, digest);
	digest[ID_DIGITS] = '\0';
	js_set_string(json, "id", digest);
}

/* What the record calls it that stands highest on the ladder; a vendor's document has a title of its own. */
static const char *title_of(const struct look_row *rows, size_t count)
{
	const struct look_row *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (*rows[i].record->title && (!best || best->vex > rows[i].vex ||
					       (best->vex == rows[i].vex && rows[i].verdict.rule < best->verdict.rule)))
			best = &rows[i];
	return best ? best->record->title : "";
}

struct result { const struct look *look; struct intel *intel; json_t *all, *exploited; }; /* by id; by flaw */

static bool is_exploited(struct result *r, const char *vulnerability)
{
	json_t *known = json_object_get(r->exploited, vulnerability);

	if (!known) {
		known = json_boolean(intel_exploited(r->intel, vulnerability) == 1);
		json_object_set_new(r->exploited, vulnerability, known);
	}
	return json_is_true(known);
}

/* The match of a flaw in a package of a product; made where there is none yet. Borrowed. */
static json_t *match_of(struct result *r, const struct look_row *rows, size_t count)
{
	const struct look_place *place = &r->look->places[rows->place];
	const char *vulnerability = rows->record->vulnerability;
	AUTO_STR component = STR_INIT;
	json_t *json = json_object(), *known;

	inventory_name(inventory_at(place->inventory, rows->component), &component);
	add_id(place->product, component.bytes, vulnerability, json);
	known = json_object_get(r->all, js_string(json, "id"));
	if (known) {
		json_decref(json);
		return known;
	}
	js_set_string(json, "vulnerability", vulnerability);
	js_set_string(json, "title", title_of(rows, count));
	js_set_string(json, "product", place->product);
	js_set_string(json, "component", component.bytes);
	js_set_bool(json, "exploited", is_exploited(r, vulnerability));
	json_object_set_new(json, "places", json_array());
	json_object_set_new(r->all, js_string(json, "id"), json);
	return json;
}

/* What counts of it: the same digest means that nothing changed that a handler looked at. */
static void add_digest(json_t *match)
{
	static const char *const keys[] = { "source", "record", "rule", "answer", "range" };
	json_t *places = js_array(match, "places");
	AUTO_STR text = STR_INIT;
	char digest[65];

	for (size_t p = 0; p < json_array_size(places); p++) {
		const json_t *place = json_array_get(places, p), *evidence = js_array(place, "evidence");

		str_add_format(&text, "%s\t%s\t%s\n", js_string(place, "version"), js_string(place, "component_version"),
			       js_string(place, "answer"));
		for (size_t i = 0; i < json_array_size(evidence); i++)
			for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
				str_add(&text, str_or_empty(js_string(json_array_get(evidence, i), keys[k])));
				str_add_char(&text, '\t');
			}
		str_add_format(&text, "%s\n", str_or_empty(js_string(json_object_get(place, "closed_by"), "modified")));
	}
	vault_sha256(text.bytes, text.length, digest);
	digest[DIGEST_DIGITS] = '\0';
	js_set_string(match, "digest", digest);
}

static void finish(json_t *match)
{
	enum match_answer answer = desk_match_answer(match);
	json_t *places = js_array(match, "places");
	bool certain = false, conflict = false;

	for (size_t i = 0; i < json_array_size(places); i++) {
		const json_t *place = json_array_get(places, i);

		conflict |= js_bool(place, "conflict");
		certain |= js_bool(place, "certain") && str_equal(js_string(place, "answer"), match_answer_name(answer));
	}
	js_set_string(match, "answer", match_answer_name(answer));
	js_set_bool(match, "certain", certain);
	js_set_bool(match, "conflict", conflict);
	add_digest(match);
}

json_t *desk_match_result(const struct look *look, struct intel *intel)
{
	struct result r = { look, intel, json_object(), json_object() };
	json_t *list = json_array(), *match;
	const char *id;

	for (size_t i = 0, next; i < look->row_count; i = next) {
		const struct look_row *rows = &look->rows[i];
		struct settled s;

		for (next = i + 1; next < look->row_count && look->rows[next].place == rows->place &&
				   look->rows[next].component == rows->component &&
				   str_equal(look->rows[next].record->vulnerability, rows->record->vulnerability);)
			next++;
		settle(rows, next - i, &s);
		if (is_worth(&s))
			json_array_append_new(json_object_get(match_of(&r, rows, next - i), "places"),
					      place_json(look, rows, next - i, &s));
		free(s.evidence);
	}
	json_object_foreach(r.all, id, match) {
		finish(match);
		json_array_append(list, match);
	}
	json_decref(r.all);
	json_decref(r.exploited);
	return list;
}

/* ---- who was asked */

struct asking { json_t *sources, *types; instant now; };

/* "pypi" of the ecosystem PyPI; NULL. Caller frees. */
static char *type_of_ecosystem(const char *ecosystem)
{
	const struct feed_product product = { .ecosystem = (char *)(uintptr_t)ecosystem, .name = (char *)(uintptr_t)"x" };
	struct text_list keys = { NULL, 0, 0 };
	char *type = NULL;

	feed_keys(&product, &keys);
	if (keys.count && str_starts(keys.items[0], "pkg:"))
		type = mem_copy(keys.items[0] + 4, strcspn(keys.items[0] + 4, "/"));
	text_list_release(&keys);
	return type;
}

static void note_type(struct asking *a, const char *type, bool stale)
{
	const char *known = js_string(a->types, type);

	if (!known || str_equal(known, "stale"))
		js_set_string(a->types, type, stale ? "stale" : "known");
}

static void note_types(struct asking *a, const struct intel_source *source, bool stale)
{
	AUTO_STRING type = NULL;

	switch ((int)source->kind) {
	case FEED_DEBIAN: note_type(a, "deb", stale); return;
	case FEED_ALPINE: note_type(a, "apk", stale); return;
	case FEED_CVE:
	case FEED_NVD: note_type(a, "cpe", stale); return;
	case FEED_OSV: break;
	default: return;
	}
	type = str_starts(source->id, "osv-") ? type_of_ecosystem(source->id + 4) : NULL;
	note_type(a, type ? type : "*", stale);
}

static int note_source(void *context, const struct intel_source *source, struct error *err)
{
	struct asking *a = context;
	instant age = source->newest != INSTANT_NONE ? source->newest : source->synced;
	bool stale = age == INSTANT_NONE || a->now - age > STALE_DAYS * INSTANT_DAY;
	json_t *json = json_object();
	char buffer[40];

	(void)err;
	js_set_string(json, "source", source->id);
	js_set_string(json, "state", source->broken_off ? "broken-off" : age == INSTANT_NONE ? "absent" : stale ? "stale" : "known");
	if (source->newest != INSTANT_NONE)
		js_set_string(json, "newest", instant_format(source->newest, buffer));
	if (source->synced != INSTANT_NONE)
		js_set_string(json, "synced", instant_format(source->synced, buffer));
	js_set_integer(json, "records", source->records);
	json_array_append_new(a->sources, json);
	if (source->records)
		note_types(a, source, stale);
	return 0;
}

/* "pypi", "cpe"; "none" for a component that no feed can know. */
static void type_of_component(const struct inventory_component *c, struct str *ret)
{
	const char *key = c->keys.count ? c->keys.items[0] : NULL;

	if (key && str_starts(key, "pkg:"))
		str_add_bytes(ret, key + 4, strcspn(key + 4, "/"));
	else
		str_add(ret, key && str_starts(key, "cpe:") ? "cpe" : "none");
}

static void count_types(const struct look *look, json_t *counts)
{
	for (size_t p = 0; p < look->place_count; p++)
		for (size_t i = 1; i < inventory_count(look->places[p].inventory); i++) {
			AUTO_STR type = STR_INIT;

			type_of_component(inventory_at(look->places[p].inventory, i), &type);
			js_set_integer(counts, type.bytes, js_integer(counts, type.bytes, 0) + 1);
		}
}

int desk_match_witnesses(const struct look *look, struct intel *intel, instant now, json_t **ret_sources,
			 json_t **ret_coverage, struct error *err)
{
	struct asking a = { json_array(), json_object(), now };
	json_t *counts = json_object(), *coverage = json_array(), *count;
	int code = intel_sources(intel, note_source, &a, err);
	const char *type;

	count_types(look, counts);
	json_object_foreach(counts, type, count) {
		const char *state = js_string(a.types, type);
		json_t *json = json_object();

		state = state ? state : str_starts(type, "none") ? NULL : js_string(a.types, "*");
		js_set_string(json, "type", type);
		json_object_set(json, "components", count);
		js_set_string(json, "state", state ? state : "unknown");
		json_array_append_new(coverage, json);
	}
	json_decref(counts);
	json_decref(a.types);
	*ret_sources = a.sources;
	*ret_coverage = coverage;
	return code;
}
