/* SPDX-License-Identifier: Apache-2.0 */
/* Runs over the inventory, their sealed results, and the queue they leave with what was decided laid over it. */
#include "desk/match_private.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"

enum { RESULT_LIMIT = 512 << 20 };

/* The last run's result, as long as it is the last. */
struct desk_results { char *object; json_t *json; };

void desk_results_free(struct desk_results *results)
{
	if (!results)
		return;
	json_decref(results->json);
	free(results->object);
	free(results);
}

/* ---- the last result */

int desk_match_last(struct desk *desk, const json_t **ret, struct error *err)
{
	const struct match_run *run = model_match_run(desk->model);
	struct str bytes = STR_INIT;
	json_t *json = NULL;
	int code;

	*ret = NULL;
	if (!run)
		return 0;
	if (!desk->results || !str_equal(desk->results->object, run->results.object)) {
		code = desk_file_read(desk, &run->results, &bytes, err);
		if (!code)
			code = js_load(bytes.bytes, bytes.length, RESULT_LIMIT, _("matches"), &json, err);
		str_wipe(&bytes);
		if (code)
			return code;
		desk_results_free(desk->results);
		desk->results = mem_alloc(sizeof(*desk->results));
		*desk->results = (struct desk_results){ mem_string(run->results.object), json };
	}
	*ret = desk->results->json;
	return 0;
}

enum match_answer desk_match_answer(const json_t *match)
{
	const json_t *places = js_array(match, "places");
	int best = MATCH_NONE;

	for (size_t i = 0; i < json_array_size(places); i++) {
		int answer = match_answer_from_name(js_string(json_array_get(places, i), "answer"));

		best = answer > best ? answer : best;
	}
	return (enum match_answer)best;
}

int desk_match_sources(struct desk *desk, const json_t **ret_sources, const json_t **ret_coverage, struct error *err)
{
	const json_t *last;
	int code = desk_match_last(desk, &last, err);

	*ret_sources = last ? js_array(last, "sources") : NULL;
	*ret_coverage = last ? js_array(last, "coverage") : NULL;
	return code;
}

/* ---- the queue */

static instant time_of(const json_t *json, const char *key)
{
	const char *text = js_string(json, key);
	instant at;

	return text && instant_parse(text, &at, NULL) == 0 ? at : INSTANT_NONE;
}

static void read_match(const struct desk *desk, const json_t *json, struct desk_match *ret)
{
	const struct match_decision *decision = model_find_decision(desk->model, str_or_empty(js_string(json, "id")));
	int answer = match_answer_from_name(js_string(json, "answer"));

	*ret = (struct desk_match){
		.id = str_or_empty(js_string(json, "id")), .vulnerability = str_or_empty(js_string(json, "vulnerability")),
		.title = str_or_empty(js_string(json, "title")), .product = str_or_empty(js_string(json, "product")),
		.component = str_or_empty(js_string(json, "component")),
		.answer = answer < 0 ? MATCH_NONE : (enum match_answer)answer, .certain = js_bool(json, "certain"),
		.conflict = js_bool(json, "conflict"), .exploited = js_bool(json, "exploited"),
		.since = time_of(json, "since"), .decision = decision,
		.decided = decision ? decision->decided : MATCH_UNDECIDED, .json = json,
	};
	ret->changed = decision && decision->evidence && !str_equal(decision->evidence, js_string(json, "digest"));
}

/* Waits for somebody: nobody decided, or what was decided rests on other evidence. What is in a case waits there. */
static bool is_open(const struct desk_match *match)
{
	if (match->answer < MATCH_LOOK || match->decided == MATCH_TAKEN)
		return false;
	return match->decided == MATCH_UNDECIDED || match->decided == MATCH_REOPENED || match->decided == MATCH_ASKED ||
	       match->changed;
}

static bool is_wanted(const struct desk_match *match, const struct desk_match_query *query)
{
	return (query->which == MATCHES_ALL || is_open(match)) &&
	       (!query->product || str_equal(query->product, match->product)) &&
	       (!query->component || str_equal(query->component, match->component)) &&
	       (!query->vulnerability || str_equal(query->vulnerability, match->vulnerability));
}

static int compare_matches(const void *a, const void *b)
{
	const struct desk_match *x = a, *y = b;
	int order;

	if (x->exploited != y->exploited)
		return x->exploited ? -1 : 1;
	if (x->answer != y->answer)
		return x->answer > y->answer ? -1 : 1;
	if (x->certain != y->certain)
		return x->certain ? -1 : 1;
	order = strcmp(x->vulnerability, y->vulnerability);
	order = order ? order : strcmp(x->product, y->product);
	order = order ? order : strcmp(x->component, y->component);
	return order ? order : strcmp(x->id, y->id);
}

int desk_matches(struct desk *desk, const struct desk_match_query *query, struct desk_match **ret, size_t *ret_count,
		 struct error *err)
{
	struct desk_match *list = NULL, match;
	size_t count = 0, room = 0;
	const json_t *last, *all;
	int code = desk_match_last(desk, &last, err);

	all = last ? js_array(last, "matches") : NULL;
	for (size_t i = 0; !code && i < json_array_size(all); i++) {
		read_match(desk, json_array_get(all, i), &match);
		if (!is_wanted(&match, query))
			continue;
		list = mem_grow(list, &room, count + 1, sizeof(*list));
		list[count++] = match;
	}
	if (count)
		qsort(list, count, sizeof(*list), compare_matches);
	*ret = list;
	*ret_count = count;
	return code;
}

int desk_find_match(struct desk *desk, const char *id, struct desk_match *ret, struct error *err)
{
	size_t length = strlen(id), found = 0;
	const json_t *last, *all;
	int code = desk_match_last(desk, &last, err);

	all = last ? js_array(last, "matches") : NULL;
	for (size_t i = 0; length && !code && i < json_array_size(all); i++) {
		const json_t *json = json_array_get(all, i);

		if (strncmp(str_or_empty(js_string(json, "id")), id, length) == 0 && found++ == 0)
			read_match(desk, json, ret);
	}
	if (code || found == 1)
		return code;
	return error_set(err, ERR_INPUT, id, _("See `match list --all`"),
			 found ? _("more than one match begins so") : _("there is no such match in the last run"));
}

/* ---- a run */

static json_t *previous_of(const json_t *last)
{
	const json_t *all = last ? js_array(last, "matches") : NULL;
	json_t *by_id = json_object();

	for (size_t i = 0; i < json_array_size(all); i++)
		json_object_set(by_id, str_or_empty(js_string(json_array_get(all, i), "id")), json_array_get(all, i));
	return by_id;
}

/* Since when: as long as the evidence is the same, as before. */
static void date_matches(json_t *matches, const json_t *previous, instant now, struct desk_run_done *ret)
{
	for (size_t i = 0; i < json_array_size(matches); i++) {
		json_t *match = json_array_get(matches, i);
		const json_t *before = json_object_get(previous, js_string(match, "id"));
		bool same = before && str_equal(js_string(before, "digest"), js_string(match, "digest"));
		enum match_answer answer = desk_match_answer(match);
		char buffer[40];

		js_set_string(match, "since", same ? js_string(before, "since") : instant_format(now, buffer));
		ret->matches += answer >= MATCH_LOOK;
		ret->closed += answer == MATCH_NOT;
		ret->fresh += !same && answer >= MATCH_LOOK;
	}
}

/* A run over one product leaves what is known of the others. */
static void keep_others(json_t *matches, const json_t *last, const char *product)
{
	const json_t *all = last ? js_array(last, "matches") : NULL;

	for (size_t i = 0; i < json_array_size(all); i++)
		if (!str_equal(js_string(json_array_get(all, i), "product"), product))
			json_array_append(matches, json_array_get(all, i));
}

static json_t *source_words(const json_t *sources)
{
	json_t *words = json_array();

	for (size_t i = 0; i < json_array_size(sources) && i < 500; i++) {
		const json_t *source = json_array_get(sources, i);
		AUTO_STRING word = mem_format("%.80s %s %s", js_string(source, "source"), js_string(source, "state"),
					      str_or_empty(js_string(source, "newest")));

		json_array_append_new(words, json_string(word));
	}
	return words;
}

static int keep_result(struct desk *desk, json_t *result, uint64_t change, instant now, const struct desk_run_done *done,
		       struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	struct vault_object object;
	char buffer[40];
	json_t *body;
	int code;

	js_dump(result, &bytes);
	code = vault_object_put(desk->vault, bytes.bytes, bytes.length, &object, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "at", instant_format(now, buffer));
	js_set_integer(body, "components", (long long)done->components);
	js_set_integer(body, "matches", (long long)done->matches);
	js_set_integer(body, "fresh", (long long)done->fresh);
	js_set_integer(body, "change", (long long)change);
	json_object_set_new(body, "sources", source_words(js_array(result, "sources")));
	json_object_set_new(body, "results", desk_object_json(&object, NULL, "application/json", "matches"));
	return desk_append(desk, NULL, EVENT_MATCH_RAN, body, now, err);
}

static int make_result(struct desk *desk, struct intel *intel, const char *product, instant now, json_t **ret,
		       struct desk_run_done *done, struct error *err)
{
	json_t *result = json_object(), *sources = NULL, *coverage = NULL;
	struct look look;
	int code = desk_look(desk, intel, product, &look, err);

	if (!code) {
		done->components = look.components;
		done->keys = look.keys;
		json_object_set_new(result, "matches", desk_match_result(&look, intel));
		code = desk_match_witnesses(&look, intel, now, &sources, &coverage, err);
		json_object_set_new(result, "sources", sources);
		json_object_set_new(result, "coverage", coverage);
	}
	desk_look_release(&look);
	if (code)
		json_decref(result);
	else
		*ret = result;
	return code;
}

int desk_match_run(struct desk *desk, struct intel *intel, const char *product, instant now, struct desk_run_done *ret,
		   struct error *err)
{
	const struct product *only = product ? model_find_product(desk->model, product) : NULL;
	const json_t *last;
	json_t *result = NULL, *previous = NULL;
	int code = desk_match_last(desk, &last, err);

	*ret = (struct desk_run_done){ 0 };
	if (!code)
		code = intel_hold(intel, err);
	if (!code)
		code = make_result(desk, intel, product, now, &result, ret, err);
	if (code) {
		intel_let_go(intel);
		return code;
	}
	previous = previous_of(last);
	date_matches(js_array(result, "matches"), previous, now, ret);
	if (only)
		keep_others(js_array(result, "matches"), last, only->id);
	code = desk_match_raise(desk, intel, js_array(result, "matches"), previous, now, &ret->raised, err);
	if (!code)
		code = keep_result(desk, result, intel_change(intel), now, ret, err);
	intel_let_go(intel);
	json_decref(previous);
	json_decref(result);
	return code;
}
