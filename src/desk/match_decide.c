/* SPDX-License-Identifier: Apache-2.0 */
/* What is decided about matches: a case, a dismissal, a watch; and the letter for a team that is to mend them. */
#include "desk/match_private.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/clock.h"
#include "psirtty/desk/life.h"

static json_t *decision_body(const struct desk_match *match, enum match_decided decided)
{
	json_t *body = json_object();

	js_set_string(body, "match", match->id);
	js_set_string(body, "vulnerability", match->vulnerability);
	js_set_string(body, "product", match->product);
	js_set_string(body, "component", match->component);
	js_set_string(body, "decision", match_decided_name(decided));
	js_set_string(body, "evidence", js_string(match->json, "digest"));
	return body;
}

static int decide(struct desk *desk, const struct desk_match *match, enum match_decided decided, const char *reason, instant now,
		  struct error *err)
{
	json_t *body = decision_body(match, decided);

	js_set_string(body, "reason", reason);
	return desk_append(desk, NULL, EVENT_MATCH_DECIDED, body, now, err);
}

int desk_match_dismiss(struct desk *desk, const struct desk_match *match, const char *reason, instant now, bool *ret_asked,
		       struct error *err)
{
	bool two = model_policy(desk->model)->two_dismiss;

	*ret_asked = two && match->decided != MATCH_ASKED;
	return decide(desk, match, *ret_asked ? MATCH_ASKED : MATCH_DISMISSED, reason, now, err);
}

int desk_match_watch(struct desk *desk, const struct desk_match *match, instant now, struct error *err)
{
	return decide(desk, match, MATCH_WATCHED, NULL, now, err);
}

int desk_match_reopen(struct desk *desk, const struct desk_match *match, const char *reason, instant now, struct error *err)
{
	return decide(desk, match, MATCH_REOPENED, reason, now, err);
}

/* ---- the evidence in words */

static void add_evidence(struct str *ret, const json_t *evidence)
{
	const char *why = str_or_empty(js_string(evidence, "why"));

	str_add_format(ret, "  - %s %s: %s %s by rule %s%s%s%s\n", str_or_empty(js_string(evidence, "source")),
		       str_or_empty(js_string(evidence, "record")), str_or_empty(js_string(evidence, "answer")),
		       str_or_empty(js_string(evidence, "range")), str_or_empty(js_string(evidence, "rule")),
		       *why ? " (" : "", *why ? _(why) : "", *why ? ")" : "");
}

static void add_match(struct str *ret, const struct desk_match *match)
{
	const json_t *places = js_array(match->json, "places");

	str_add_format(ret, _("%s in %s of %s (match %s)\n"), match->vulnerability, match->component, match->product, match->id);
	for (size_t i = 0; i < json_array_size(places); i++) {
		const json_t *place = json_array_get(places, i), *evidence = js_array(place, "evidence");

		str_add_format(ret, "%s %s: %s\n", match->product, str_or_empty(js_string(place, "version")),
			       str_or_empty(js_string(place, "path")));
		for (size_t k = 0; k < json_array_size(evidence); k++)
			add_evidence(ret, json_array_get(evidence, k));
	}
}

/* ---- taking */

static int add_note(struct desk *desk, const struct case_state *state, const struct desk_match *match, instant now,
		    struct error *err)
{
	AUTO_STR text = STR_INIT;
	json_t *body = json_object();

	add_match(&text, match);
	js_set_string(body, "text", text.bytes);
	return desk_append(desk, state, EVENT_NOTE_ADDED, body, now, err);
}

/* Nobody looked yet: what a feed says makes a version suspected, no more. What was judged already stays. */
static int add_affected(struct desk *desk, const struct case_state *state, const struct desk_match *match, instant now,
			struct error *err)
{
	const json_t *places = js_array(match->json, "places");
	int code = 0;

	for (size_t i = 0; !code && i < json_array_size(places); i++) {
		const char *version = str_or_empty(js_string(json_array_get(places, i), "version"));
		enum match_answer answer =
			(enum match_answer)match_answer_from_name(js_string(json_array_get(places, i), "answer"));
		bool known = answer < MATCH_LOOK;
		json_t *body;

		for (size_t k = 0; k < state->affected_count; k++)
			known |= str_equal(state->affected[k].product, match->product) &&
				 str_equal(state->affected[k].version, version);
		if (known)
			continue;
		body = json_object();
		js_set_string(body, "product", match->product);
		js_set_string(body, "version", version);
		js_set_string(body, "status", affected_name(AFFECTED_INVESTIGATING));
		code = desk_append(desk, state, EVENT_AFFECTED_JUDGED, body, now, err);
	}
	return code;
}

static const struct { const char *prefix, *field; } id_fields[] = {
	{ "CVE-", "cve" }, { "GHSA-", "ghsa" }, { "EUVD-", "euvd" }, { "CNVD-", "cnvd" }, { "CNNVD-", "cnnvd" },
};

static int add_id(struct desk *desk, const struct case_state *state, const char *id, instant now, struct error *err)
{
	const char *field = "coordinator-id";

	for (size_t i = 0; i < state->id_count; i++)
		if (str_equal(state->ids[i].text, id))
			return 0;
	for (size_t i = 0; i < ARRAY_LEN(id_fields); i++)
		if (str_starts(id, id_fields[i].prefix))
			field = id_fields[i].field;
	return desk_case_set(desk, state, field, id, now, err);
}

/* A component's own entry in the inventory, for its supplier. */
static const struct contact *upstream_of(struct desk *desk, const struct desk_match *match)
{
	const json_t *place = json_array_get(js_array(match->json, "places"), 0);
	const char *key = match->component;
	const struct inventory_component c = {
		.ref = "", .group = "", .name = str_or_empty(js_string(place, "component")), .version = "", .purl = "",
		.supplier = str_or_empty(js_string(place, "supplier")), .keys = { &key, 1 },
	};

	return desk_upstream(desk, &c);
}

static int add_party(struct desk *desk, const struct case_state *state, const struct contact *contact, instant now,
		     struct error *err)
{
	json_t *body;
	int code;

	if (!contact || case_party_find(state, contact_text(contact, "name")) < state->party_count)
		return 0;
	body = json_object();
	js_set_string(body, "name", contact_text(contact, "name"));
	js_set_string(body, "role", "vendor");
	js_set_string(body, "address", contact_words(contact, "addresses", 0));
	code = desk_append(desk, state, EVENT_PARTY_ADDED, body, now, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "name", contact_text(contact, "name"));
	js_set_string(body, "contact", contact_text(contact, "contact"));
	return desk_append(desk, state, EVENT_PARTY_SET, body, now, err);
}

/* Somebody is to tell whoever makes the component. */
static int add_task(struct desk *desk, const struct case_state *state, const struct desk_match *match,
		    const struct contact *contact, instant now, struct error *err)
{
	AUTO_STRING text = contact ? mem_format(_("tell %s about %s in %s"), contact_text(contact, "name"), match->vulnerability,
						match->component) :
				     mem_format(_("find out who makes %s, and tell them about %s"), match->component,
						match->vulnerability);
	AUTO_STRING task = mem_format("upstream-%.40s", match->id);
	json_t *body = json_object();

	js_set_string(body, "task", task);
	js_set_string(body, "text", text);
	js_set_string(body, "state", "open");
	return desk_record(desk, state, EVENT_TASK_SET, body, now, err);
}

/* Rules that begin by hand because a flaw lies in a component; those that are off stay so. */
static int start_clocks(struct desk *desk, const struct case_state *state, const struct desk_match *match, instant now,
			struct error *err)
{
	static const char *const ids[] = { "cn-rmsv-7-1-upstream", "eu-cra-13-6", "cna-upstream-defer" };
	const struct clock_rules *rules = model_clock_rules(desk->model);
	AUTO_STRING reason = mem_format(_("%s lies in the component %s"), match->vulnerability, match->component);
	int code = 0;

	for (size_t i = 0; rules && !code && i < ARRAY_LEN(ids); i++) {
		const struct clock_rule *rule = clock_rule_find(rules, ids[i]);

		if (rule && rule->start != START_OFF && rule->kind == CLOCK_DEADLINE && !case_clock_said(state, ids[i]))
			code = desk_clock_start(desk, state, rule, now, reason, now, err);
	}
	return code;
}

static int take_one(struct desk *desk, const struct desk_match *match, const struct case_state *state, instant now,
		    struct error *err)
{
	const struct contact *contact = upstream_of(desk, match);
	json_t *body;
	int code = add_affected(desk, state, match, now, err);

	if (!code)
		code = add_note(desk, state, match, now, err);
	if (!code)
		code = add_party(desk, state, contact, now, err);
	if (!code)
		code = add_task(desk, state, match, contact, now, err);
	if (code)
		return code;
	body = decision_body(match, MATCH_TAKEN);
	js_set_string(body, "case", state->id);
	return desk_append(desk, NULL, EVENT_MATCH_DECIDED, body, now, err);
}

/* It waits in triage: what a feed tells has reached us as a report does. */
static int open_case(struct desk *desk, const struct desk_match *match, instant now, const struct case_state **ret,
		     struct error *err)
{
	AUTO_STRING title = mem_format("%s: %.150s", match->component, *match->title ? match->title : match->vulnerability);
	int code = desk_case_new(desk, title, now, ret, err);
	json_t *body;

	if (!code)
		code = desk_case_set(desk, *ret, "source", "feed", now, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "to", rm_name(RM_RECEIVED));
	return desk_append(desk, *ret, EVENT_STATE_SET, body, now, err);
}

/* All open matches of the flaw go the same way. */
static int take_sisters(struct desk *desk, const struct desk_match *match, const struct case_state *state, instant now,
			struct error *err)
{
	const struct desk_match_query query = { .which = MATCHES_QUEUE, .vulnerability = match->vulnerability };
	struct desk_match *sisters = NULL;
	size_t count = 0;
	int code = desk_matches(desk, &query, &sisters, &count, err);

	for (size_t i = 0; !code && i < count; i++)
		if (!str_equal(sisters[i].id, match->id))
			code = take_one(desk, &sisters[i], state, now, err);
	free(sisters);
	return code;
}

static int take_all(struct desk *desk, const struct desk_match *match, const struct case_state *into, instant now,
		    const struct case_state **ret, struct error *err)
{
	const struct case_state *state = into;
	int code = 0;

	if (!state)
		code = open_case(desk, match, now, &state, err);
	if (!code)
		code = add_id(desk, state, match->vulnerability, now, err);
	if (!code)
		code = take_one(desk, match, state, now, err);
	if (!code)
		code = take_sisters(desk, match, state, now, err);
	if (!code)
		code = start_clocks(desk, state, match, now, err);
	if (!code)
		*ret = state;
	return code;
}

/* By names alone: others may have appended meanwhile, or another run is the last. */
struct taking {
	struct desk *desk;
	char *match, *into;           /* owned: ids; INTO NULL: a new case */
	instant now;
	const struct case_state *ret; /* borrowed from the model */
};

static int check_take(const struct desk_match *match, struct error *err)
{
	if (match->decided == MATCH_TAKEN)
		return error_set(err, ERR_BUSY, match->id, NULL, _("it is in case %s already"), match->decision->case_id);
	if (match->answer < MATCH_LOOK)
		return error_set(err, ERR_NO, match->id, _("Open a case with `case new` where you know more"),
				 match->answer == MATCH_WEAK ? _("only the product's name is the same, which opens no case") :
							       _("the vendor's document says that it is not affected"));
	return 0;
}

/* Asked while the queue is held: of two who take it at once, one does. */
static int take_it(void *context, struct error *err)
{
	struct taking *t = context;
	const struct case_state *into = NULL;
	struct desk_match match;
	int code = desk_find_match(t->desk, t->match, &match, err);

	if (!code)
		code = check_take(&match, err);
	if (!code && t->into)
		code = desk_find_case(t->desk, t->into, &into, err);
	return code ? code : take_all(t->desk, &match, into, t->now, &t->ret, err);
}

/* Together: whoever is killed in the middle of it finds the match waiting, and no case. */
int desk_match_take(struct desk *desk, const struct desk_match *match, const struct case_state *into, instant now,
		    const struct case_state **ret, struct error *err)
{
	struct taking taking = { desk, mem_string(match->id), into ? mem_string(into->id) : NULL, now, NULL };
	int code = desk_together(desk, take_it, &taking, err);

	if (!code)
		*ret = taking.ret;
	free(taking.match);
	free(taking.into);
	return code;
}

/* ---- a team */

static void add_places(struct str *ret, const struct desk_match *match)
{
	const json_t *places = js_array(match->json, "places");

	for (size_t i = 0; i < json_array_size(places); i++) {
		const json_t *place = json_array_get(places, i), *lead = json_array_get(js_array(place, "evidence"), 0);

		str_add_format(ret, "    %s %s: %s\n      %s (%s %s, %s)\n", match->product, str_or_empty(js_string(place, "version")),
			       str_or_empty(js_string(place, "path")), str_or_empty(js_string(lead, "range")),
			       str_or_empty(js_string(lead, "source")), str_or_empty(js_string(lead, "record")),
			       str_or_empty(js_string(place, "answer")));
	}
}

static bool owns(struct desk *desk, const char *owner, const char *product)
{
	const struct product *p = model_find_product(desk->model, product);

	return p && p->owner && str_casecmp(p->owner, owner) == 0;
}

int desk_match_notice(struct desk *desk, const char *owner, struct str *ret, size_t *ret_count, struct error *err)
{
	const struct desk_match_query query = { .which = MATCHES_QUEUE };
	struct desk_match *list = NULL;
	size_t count = 0;
	int code = desk_matches(desk, &query, &list, &count, err);

	*ret_count = 0;
	for (size_t i = 0; !code && i < count; i++) {
		if (!owns(desk, owner, list[i].product))
			continue;
		if (!(*ret_count)++)
			str_add_format(ret, _("For %s: flaws that feeds tell of in components of your products.\n"
					      "Update the component where a fixed version is out; tell the PSIRT at once where it "
					      "is exploited, or where you cannot.\n\n"), owner);
		str_add_format(ret, "  %s  %s  %s%s\n", list[i].id, list[i].vulnerability, list[i].component,
			       list[i].exploited ? _("  EXPLOITED") : "");
		if (*list[i].title)
			str_add_format(ret, "    %s\n", list[i].title);
		add_places(ret, &list[i]);
	}
	free(list);
	return code;
}
