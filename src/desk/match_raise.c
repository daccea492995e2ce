/* SPDX-License-Identifier: Apache-2.0 */
/* What became of matches that are in a case: each change of what feeds say is an event there. */
#include "desk/match_private.h"

#include "desk/desk_private.h"

struct raising {
	struct desk *desk;
	const struct match_decision *decision;
	const struct case_state *state;
	instant now;
	size_t raised;
};

/* What was told in the case already, of this match by this record as it stands. */
static bool is_told(const struct raising *r, const json_t *body)
{
	static const char *const keys[] = { "match", "change", "source", "record", "modified" };
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(r->state, EVENT_MATCH_CHANGED, &cursor))) {
		bool same = true;

		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			same = same && str_equal(record_text(record, keys[i]), str_or_empty(js_string(body, keys[i])));
		if (same)
			return true;
	}
	return false;
}

static int tell(struct raising *r, const char *change, const char *source, const char *record, const char *modified,
		struct error *err)
{
	const struct match_decision *d = r->decision;
	json_t *body = json_object();

	js_set_string(body, "match", d->match);
	js_set_string(body, "vulnerability", d->vulnerability);
	js_set_string(body, "product", d->product);
	js_set_string(body, "component", d->component);
	js_set_string(body, "change", change);
	js_set_string(body, "source", source);
	js_set_string(body, "record", record);
	js_set_string(body, "modified", modified);
	if (is_told(r, body)) {
		json_decref(body);
		return 0;
	}
	r->raised++;
	return desk_append(r->desk, r->state, EVENT_MATCH_CHANGED, body, r->now, err);
}

static int note_witness(void *context, const struct intel_witness *witness, struct error *err)
{
	const struct feed_record *record = witness->record;
	struct raising *r = context;
	char buffer[40];

	if (record->state == FEED_PUBLISHED && !witness->gone)
		return 0;
	return tell(r, record->state == FEED_REJECTED ? "rejected" : "withdrawn", witness->source, record->id,
		    record->modified != INSTANT_NONE ? instant_format(record->modified, buffer) : NULL, err);
}

static const json_t *proof_of(const json_t *match)
{
	const json_t *places = js_array(match, "places");

	for (size_t i = 0; i < json_array_size(places); i++)
		if (json_object_get(json_array_get(places, i), "closed_by"))
			return json_object_get(json_array_get(places, i), "closed_by");
	return NULL;
}

/* The evidence that leads. */
static const json_t *lead_of(const json_t *match)
{
	return json_array_get(js_array(json_array_get(js_array(match, "places"), 0), "evidence"), 0);
}

static enum match_answer answer_of(const json_t *match)
{
	return match ? desk_match_answer(match) : MATCH_NONE;
}

static int compare_runs(struct raising *r, const json_t *before, const json_t *after, struct error *err)
{
	bool was = answer_of(before) >= MATCH_LOOK, is = answer_of(after) >= MATCH_LOOK;
	const json_t *why = is ? lead_of(after) : after ? proof_of(after) : lead_of(before);
	int code = 0;

	if (was != is && why)
		code = tell(r, is ? "reopened" : "closed", str_or_empty(js_string(why, "source")),
			    str_or_empty(js_string(why, "record")), js_string(why, "modified"), err);
	if (!code && after && js_bool(after, "exploited") && !(before && js_bool(before, "exploited")))
		code = tell(r, "exploited", "kev", r->decision->vulnerability, NULL, err);
	return code;
}

static const json_t *find_match(const json_t *matches, const char *id)
{
	for (size_t i = 0; i < json_array_size(matches); i++)
		if (str_equal(js_string(json_array_get(matches, i), "id"), id))
			return json_array_get(matches, i);
	return NULL;
}

static int raise_one(struct raising *r, struct intel *intel, const json_t *matches, const json_t *previous, struct error *err)
{
	AUTO_ERROR gone = ERROR_INIT;
	int code;

	/* A case that cannot be read, or was shredded, is nobody's business here. */
	if (desk_find_case(r->desk, r->decision->case_id, &r->state, &gone))
		return 0;
	code = compare_runs(r, json_object_get(previous, r->decision->match), find_match(matches, r->decision->match), err);
	return code ? code : intel_witnesses(intel, r->decision->vulnerability, note_witness, r, err);
}

int desk_match_raise(struct desk *desk, struct intel *intel, const json_t *matches, const json_t *previous, instant now,
		     size_t *ret_count, struct error *err)
{
	struct raising r = { .desk = desk, .now = now };
	int code = 0;

	for (size_t i = 0; !code && i < model_decision_count(desk->model); i++) {
		r.decision = model_decision(desk->model, i);
		if (r.decision->decided == MATCH_TAKEN && r.decision->case_id)
			code = raise_one(&r, intel, matches, previous, err);
	}
	*ret_count = r.raised;
	return code;
}
