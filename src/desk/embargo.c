/* SPDX-License-Identifier: Apache-2.0 */
/* Embargoes at the desk: each thing a handler does becomes events, in the order the rules want. */
#include "psirtty/desk/embargo.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/zone.h"

/* ---- letters */

int desk_letter_put(struct desk *desk, const struct case_state *state, const struct desk_letter *letter,
		    char **ret_id, struct error *err)
{
	AUTO_JSON draft = json_object();
	AUTO_STR bytes = STR_INIT;
	AUTO_STRING to = letter->name ? mem_format("%s <%s>", letter->name, letter->address) : NULL;
	char random[9], send[33];
	AUTO_STRING id = mem_string(letter->id);
	int code;

	if (!id) {
		vault_random_hex(random, 8);
		id = mem_format("letter-%s", random);
	}
	vault_random_hex(send, 32);
	js_set_string(draft, "send", send);
	js_set_bool(draft, "form", letter->form);
	js_set_string(draft, "template", letter->template);
	js_set_string(draft, "case", state->id);
	js_set_string(draft, "to", to ? to : letter->address);
	js_set_string(draft, "address", letter->address);
	js_set_string(draft, "subject", letter->subject);
	js_set_string(draft, "text", letter->text);
	js_dump(draft, &bytes);
	code = vault_draft_put(desk->vault, id, bytes.bytes, bytes.length, err);
	if (!code && ret_id)
		*ret_id = mem_string(id);
	return code;
}

/* ---- terms */

static void set_terms(json_t *body, const char *key, const struct embargo_terms *terms)
{
	js_set_hex(body, key, terms->id, sizeof(terms->id));
}

int desk_embargo_terms(const struct case_state *state, size_t number, const struct embargo_terms **ret,
		       struct error *err)
{
	const struct case_embargo *embargo = &state->embargo;
	int at = number ? (int)number - 1 : embargo->shortest >= 0 ? embargo->shortest : embargo->force;

	if (at < 0)
		return error_set(err, ERR_NO, state->id, _("Propose some with embargo propose"),
				 _("rule EM: there are no terms: the embargo is %s"),
				 em_name(embargo->state));
	if ((size_t)at >= embargo->term_count)
		return error_set(err, ERR_USAGE, state->id, _("See embargo status"),
				 _("there are only %zu versions of the terms"), embargo->term_count);
	*ret = &embargo->terms[at];
	return 0;
}

/* Our own policy binds us, where it says something. */
static int check_range(struct desk *desk, const struct case_state *state, instant until, instant now,
		       struct error *err)
{
	const struct embargo_policy *policy = model_embargo_policy(desk->model, "us");
	instant span = until - now;
	char least[40], most[40], is[40];

	if (!policy || ((policy->minimum == INSTANT_NONE || span >= policy->minimum) &&
			(policy->maximum == INSTANT_NONE || span <= policy->maximum)))
		return 0;
	return error_set(err, ERR_NO, state->id, _("Say --anyway if it is to be so"),
			 _("rule EP-04: the terms last %s, our policy is %s to %s"),
			 instant_format_span(span, is),
			 policy->minimum == INSTANT_NONE ? "0" : instant_format_span(policy->minimum, least),
			 policy->maximum == INSTANT_NONE ? "…" : instant_format_span(policy->maximum, most));
}

static int append_offer(struct desk *desk, const struct case_state *state, const struct embargo_offer *offer,
			instant now, struct error *err)
{
	json_t *body = json_object(), *allow = json_array();
	char buffer[40];

	js_set_string(body, "by", offer->by);
	js_set_string(body, "until", zoned_format_rfc3339(&offer->until, buffer));
	if (offer->until.zone[0])
		js_set_string(body, "zone", offer->until.zone);
	if (offer->rsvp != INSTANT_NONE)
		desk_set_instant(body, "rsvp", offer->rsvp);
	for (size_t i = 0; i < offer->allow_count; i++)
		json_array_append_new(allow, js_new_string(offer->allow[i], strlen(offer->allow[i])));
	if (offer->allow_count)
		json_object_set(body, "allow", allow);
	json_decref(allow);
	js_set_string(body, "note", offer->note);
	js_set_string(body, "assessment", offer->assessment);
	js_set_string(body, "evidence", offer->evidence);
	return desk_append(desk, state, EVENT_TERMS_PROPOSED, body, now, err);
}

static int append_accept(struct desk *desk, const struct case_state *state, const struct embargo_terms *terms,
			 const struct embargo_reply *reply, instant now, struct error *err)
{
	const struct case_embargo *embargo = &state->embargo;
	json_t *body = json_object();

	set_terms(body, "terms", terms);
	js_set_string(body, "by", reply->by);
	if (embargo->force >= 0)
		set_terms(body, "over", &embargo->terms[embargo->force]);
	js_set_string(body, "note", reply->text);
	js_set_string(body, "evidence", reply->evidence);
	return desk_append(desk, state, EVENT_TERMS_ACCEPTED, body, now, err);
}

/* What an event says of why: the rule's name, which is the same in every language. */
static const char shorter_rule[] = "EP-04";

/* Their proposal meets our default: the shorter one binds at once (EP-04). */
static int meet_default(struct desk *desk, const struct case_state *state, const struct embargo_offer *offer,
			instant now, struct error *err)
{
	const struct embargo_policy *policy = model_embargo_policy(desk->model, "us");
	struct embargo_offer ours = { .by = "us", .rsvp = INSTANT_NONE, .note = shorter_rule };
	struct embargo_outcome outcome;
	const struct embargo_terms *shortest;
	int code = 0;

	if (!policy || policy->preferred == INSTANT_NONE)
		return 0;
	ours.until = (struct zoned){ .at = now + policy->preferred, .zone = "UTC" };
	outcome = embargo_defaults(offer->until.at, ours.until.at);
	if (outcome.ours_in_force || outcome.ours_revises)
		code = append_offer(desk, state, &ours, now, err);
	if (!code)
		code = desk_embargo_terms(state, 0, &shortest, err);
	return code ? code : append_accept(desk, state, shortest,
					   &(struct embargo_reply){ .by = "us", .text = shorter_rule }, now, err);
}

int desk_embargo_propose(struct desk *desk, const struct case_state *state, const struct embargo_offer *offer,
			 instant now, struct error *err)
{
	bool first = state->embargo.state == EM_NONE, ours = str_equal(offer->by, "us");
	int code = ours && !offer->anyway ? check_range(desk, state, offer->until.at, now, err) : 0;

	if (!code)
		code = append_offer(desk, state, offer, now, err);
	if (!code && first && !ours && !offer->no_default && !state->owner)
		code = meet_default(desk, state, offer, now, err);
	return code;
}

int desk_embargo_answer(struct desk *desk, const struct case_state *state, const struct embargo_reply *reply,
			instant now, struct error *err)
{
	const struct embargo_terms *terms;
	bool ours = str_equal(reply->by, "us");
	json_t *body;
	int code = desk_embargo_terms(state, reply->number, &terms, err);

	if (!code && ours && reply->accept && !reply->anyway)
		code = check_range(desk, state, terms->until.at, now, err);
	if (code)
		return code;
	if (reply->accept && case_is_owner(state, reply->by))
		return append_accept(desk, state, terms, reply, now, err);
	body = json_object();
	set_terms(body, "terms", terms);
	js_set_string(body, "by", reply->by);
	js_set_string(body, reply->accept ? "note" : "reason", reply->text);
	js_set_string(body, "evidence", reply->evidence);
	return desk_append(desk, state, reply->accept ? EVENT_TERMS_ACCEPTED : EVENT_TERMS_REJECTED, body, now,
			   err);
}

/* ---- asking */

int desk_embargo_invite(struct desk *desk, const struct case_state *state, const char *party, size_t number,
			instant rsvp, instant now, char **ret_draft, struct error *err)
{
	struct embargo_letter invitation = { .message = EMBARGO_EP, .template = "embargo-invitation" };
	const struct embargo_terms *terms;
	uint8_t id[32];
	json_t *body;
	size_t at;
	int code = desk_embargo_terms(state, number, &terms, err);

	if (!code && !terms_current(&state->embargo, terms))
		code = error_set(err, ERR_NO, state->id, _("See embargo status"),
				 _("rule PEC: those are no terms to agree to any more"));
	if (code)
		return code;
	memcpy(id, terms->id, sizeof(id));
	body = json_object();
	js_set_string(body, "name", party);
	set_terms(body, "terms", terms);
	if (rsvp != INSTANT_NONE)
		desk_set_instant(body, "rsvp", rsvp);
	code = desk_append(desk, state, EVENT_PARTY_INVITED, body, now, err);
	*ret_draft = NULL;
	at = code ? 0 : case_party_find(state, party);
	if (code || !state->parties[at].address)
		return code;
	for (size_t i = 0; i < state->embargo.term_count; i++)
		if (memcmp(state->embargo.terms[i].id, id, sizeof(id)) == 0)
			invitation.terms = &state->embargo.terms[i];
	return desk_embargo_letter(desk, state, at, &invitation, now, ret_draft, err);
}

/* ---- ending */

int desk_embargo_end(struct desk *desk, const struct case_state *state, enum end_cause cause, const char *by,
		     const char *reason, const char *evidence, bool override, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "by", by);
	js_set_string(body, "evidence", evidence);
	js_set_string(body, "cause", end_words[cause]);
	js_set_string(body, "reason", reason && *reason ? reason : end_words[cause]);
	if (override)
		js_set_bool(body, "override", true);
	return desk_append(desk, state, EVENT_EMBARGO_ENDED, body, now, err);
}

void teardown_release(struct teardown *teardown)
{
	for (size_t i = 0; i < teardown->draft_count; i++)
		free(teardown->drafts[i]);
	for (size_t i = 0; i < teardown->left_count; i++)
		free(teardown->left[i]);
	free(teardown->drafts);
	free(teardown->left);
	*teardown = (struct teardown){ 0 };
}

static void list_add(char ***list, size_t *count, char *text)
{
	*list = mem_resize(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = text;
}

/* ---- notices, by tier of stakeholder: who fixes first, who only waits last */

static const struct tier {
	const char *role, *name, *template;
} tiers[] = {
	{ "vendor", N_("vendors"), "notice-vendor" },
	{ "coordinator", N_("coordinators"), "notice-coordinator" },
	{ "finder", N_("finders"), "notice-finder" },
	{ "reporter", N_("finders"), "notice-finder" },
	{ "deployer", N_("deployers"), "notice-deployer" },
	{ "other", N_("others"), "notice-other" },
};

static const struct tier *tier_of(const char *role)
{
	for (size_t i = 0; i < ARRAY_LEN(tiers); i++)
		if (str_equal(tiers[i].role, role))
			return &tiers[i];
	return &tiers[ARRAY_LEN(tiers) - 1];
}

/* "notice-psirt-2026-0001-3": the same party's notice is written over, not twice. */
static char *notice_id(const struct case_state *state, size_t party)
{
	char *id = mem_format("notice-%.40s-%zu", state->id, party + 1);

	for (char *c = id; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyz-", *c))
			*c = '-';
	}
	return id;
}

static int write_notice(struct desk *desk, const struct case_state *state, size_t at, instant now, struct error *err)
{
	AUTO_STRING id = notice_id(state, at);
	const struct embargo_letter notice = { .message = EMBARGO_ET, .id = id,
					       .template = tier_of(state->parties[at].role)->template };

	return desk_embargo_letter(desk, state, at, &notice, now, NULL, err);
}

static int write_notices(struct desk *desk, const struct case_state *state, instant now, struct teardown *ret,
			 struct error *err)
{
	int code = 0;

	for (size_t t = 0; t < ARRAY_LEN(tiers); t++)
		for (size_t i = 0; !code && i < state->party_count; i++) {
			const struct case_party *party = &state->parties[i];

			if (tier_of(party->role) != &tiers[t])
				continue;
			if (!party->address || !*party->address) {
				list_add(&ret->left, &ret->left_count,
					 mem_format(_("tell %s, of whom no address is known"), party->name));
				continue;
			}
			code = write_notice(desk, state, i, now, err);
			if (!code) {
				AUTO_STRING id = notice_id(state, i);

				list_add(&ret->drafts, &ret->draft_count,
					 mem_format("%s %s (%s)", id, party->name, _(tiers[t].name)));
			}
		}
	return code;
}

/* ---- what is left */

static size_t count_status(const struct case_state *state, enum affected_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < state->affected_count; i++)
		count += state->affected[i].status == status;
	return count;
}

static bool lacks_fix(const struct case_state *state)
{
	return state->remediation_count == 0;
}

static bool lacks_advisory(const struct case_state *state)
{
	return !state->advisory;
}

static bool unpublished(const struct case_state *state)
{
	return state->advisory && state->advisory->version == 0;
}

static bool lacks_affected(const struct case_state *state)
{
	return state->affected_count == 0 || count_status(state, AFFECTED_UNKNOWN) > 0 ||
	       count_status(state, AFFECTED_INVESTIGATING) > 0;
}

static bool lacks_answers(const struct case_state *state)
{
	return count_status(state, AFFECTED_NO_ANSWER) > 0;
}

static bool lacks_score(const struct case_state *state)
{
	return state->score_count == 0;
}

static bool lacks_cve(const struct case_state *state)
{
	for (size_t i = 0; i < state->id_count; i++)
		if (str_casecmp(state->ids[i].system, "cve") == 0)
			return false;
	return true;
}

static bool lacks_credit(const struct case_state *state)
{
	return case_record_count(state, EVENT_CREDIT_SET) == 0;
}

static bool has_open_tasks(const struct case_state *state)
{
	return state->task_due != INSTANT_NONE;
}

static bool has_siblings(const struct case_state *state)
{
	return state->split_from || case_record_count(state, EVENT_SPLIT_OFF) > 0 ||
	       case_record_count(state, EVENT_MERGE_TAKEN) > 0;
}

static bool attacked(const struct case_state *state)
{
	return (state->cs & (1u << CS_ATTACKS | 1u << CS_EXPLOIT_PUBLIC)) && !state->incident;
}

static const struct { bool (*is)(const struct case_state *); const char *text; } leftovers[] = {
	{ attacked, N_("open the situation room: incident set") },
	{ lacks_fix, N_("say what users can do: remediation set") },
	{ lacks_affected, N_("say which versions are affected: affected set") },
	{ lacks_answers, N_("ask those who have not answered whether they are affected") },
	{ lacks_score, N_("score it: case set score") },
	{ lacks_cve, N_("give it a CVE id: case set cve") },
	{ lacks_credit, N_("ask finders how they want to be credited: case credit") },
	{ lacks_advisory, N_("begin the advisory: advisory new") },
	{ unpublished, N_("publish the advisory") },
	{ has_siblings, N_("tell the parties of the cases it was merged with or split from") },
	{ has_open_tasks, N_("finish the open tasks: task list") },
};

/* Another embargoed case may stand in the same restricted tracker: then that stays closed. */
static bool tracker_shared(struct desk *desk, const struct case_state *state, const struct case_record *tracker)
{
	for (size_t i = 0; i < model_case_count(desk->model); i++) {
		const struct case_state *other = model_case(desk->model, i);
		const struct case_record *record;
		size_t cursor = 0;

		if (other == state || !embargo_in_force(&other->embargo))
			continue;
		if (model_whole_case(desk->model, other, NULL))
			return true;
		while ((record = case_record_next(other, EVENT_TRACKER_SET, &cursor)))
			if (str_equal(record_text(record, "ref"), record_text(tracker, "ref")))
				return true;
	}
	return false;
}

static void list_trackers(struct desk *desk, const struct case_state *state, struct teardown *ret)
{
	const struct case_record *tracker;
	size_t cursor = 0;

	while ((tracker = case_record_next(state, EVENT_TRACKER_SET, &cursor)))
		if (str_equal(record_text(tracker, "visibility"), "restricted"))
			list_add(&ret->left, &ret->left_count,
				 mem_format(tracker_shared(desk, state, tracker) ?
						    _("keep tracker %s restricted: another embargo needs it") :
						    _("open tracker %s"),
					    record_text(tracker, "ref")));
}

/* The clocks of the law that run now, or that a handler must decide about: they start by themselves with
 * what was recorded. */
static void list_clocks(struct desk *desk, const struct case_state *state, instant now, struct teardown *ret)
{
	const struct clock_rules *rules = model_clock_rules(desk->model);

	for (size_t i = 0; rules && i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);
		struct clock_status status;
		char due[96];

		if (rule->basis != BASIS_LAW || rule->kind != CLOCK_DEADLINE || rule->house)
			continue;
		case_clock_status(desk->model, state, rule, now, &status);
		if (status.state == CLOCK_OFFERED)
			list_add(&ret->left, &ret->left_count,
				 mem_format(_("decide whether clock %s applies: %s"), rule->id, clock_title(rule)));
		else if ((status.state == CLOCK_RUNNING || status.state == CLOCK_MISSED) && status.line_count)
			list_add(&ret->left, &ret->left_count,
				 mem_format(_("clock %s runs, due %s: %s"), rule->id,
					    zoned_format(&status.lines[0].due.when, due), clock_title(rule)));
	}
}

static void list_left(struct desk *desk, const struct case_state *state, instant now, struct teardown *ret)
{
	for (size_t i = 0; i < ret->draft_count; i++)
		list_add(&ret->left, &ret->left_count, mem_format(_("send %s"), ret->drafts[i]));
	list_clocks(desk, state, now, ret);
	list_trackers(desk, state, ret);
	for (size_t i = 0; i < ARRAY_LEN(leftovers); i++)
		if (leftovers[i].is(state))
			list_add(&ret->left, &ret->left_count, mem_string(_(leftovers[i].text)));
}

/* ---- all of it */

/* The change of the case that CAUSE names, if it is one and not yet recorded. */
static int record_cause(struct desk *desk, const struct case_state *state, enum end_cause cause, instant now,
			bool *ret, struct error *err)
{
	static const signed char bits[END_COUNT] = {
		[END_TIMER] = -1,            [END_FIX_READY] = -1,   [END_FIX_DEPLOYED] = -1,
		[END_PUBLIC] = CS_PUBLIC,    [END_EXPLOIT] = CS_EXPLOIT_PUBLIC,
		[END_ATTACKS] = CS_ATTACKS,  [END_LEAK] = -1,        [END_OTHER] = -1,
		[END_MERGED] = -1,
	};
	json_t *body;

	if (bits[cause] < 0 || state->cs & 1u << bits[cause])
		return 0;
	body = json_object();
	js_set_string(body, "bit", cs_name((enum cs_bit)bits[cause]));
	*ret = true;
	return desk_append(desk, state, EVENT_DISCLOSURE_SET, body, now, err);
}

int desk_teardown(struct desk *desk, const struct case_state *state, enum end_cause cause, const char *reason,
		  bool override, instant now, struct teardown *ret, struct error *err)
{
	struct teardown teardown = { 0 };
	bool bound = embargo_in_force(&state->embargo);
	int code;

	if (!bound && state->embargo.state != EM_EXITED)
		return error_set(err, ERR_NO, state->id, NULL, _("rule EM: no embargo was ever in force"));
	code = bound ? record_cause(desk, state, cause, now, &teardown.recorded, err) : 0;
	if (!code && embargo_in_force(&state->embargo))
		code = desk_embargo_end(desk, state, cause, NULL, reason, NULL, override, now, err);
	teardown.ended = bound && !code;
	if (!code)
		code = write_notices(desk, state, now, &teardown, err);
	if (code) {
		teardown_release(&teardown);
		return code;
	}
	list_left(desk, state, now, &teardown);
	*ret = teardown;
	return 0;
}
