/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold, and what should, where something changes. A rule looks only at the event that changes
 * something it speaks of: a case that breaks it by what it held before can still be mended, step by
 * step. The rules on embargoes follow those of OSIDB's flaws; the advice is Vultron's.
 */
#include "model/case.h"

#define RM_BIT(state) (1u << (state))

/* ---- where a case is known from */

enum source_kind { SOURCE_UNKNOWN, SOURCE_PRIVATE, SOURCE_AMBIGUOUS, SOURCE_PUBLIC };

static enum source_kind source_kind(const char *source)
{
	static const struct { const char *word; enum source_kind kind; } rows[] = {
		{ "finder", SOURCE_PRIVATE },      { "researcher", SOURCE_PRIVATE },
		{ "customer", SOURCE_PRIVATE },    { "coordinator", SOURCE_PRIVATE },
		{ "cert", SOURCE_PRIVATE },        { "distros", SOURCE_PRIVATE },
		{ "upstream", SOURCE_PRIVATE },    { "supplier", SOURCE_PRIVATE },
		{ "vendor", SOURCE_PRIVATE },      { "authority", SOURCE_PRIVATE },
		{ "debian", SOURCE_AMBIGUOUS },    { "suse", SOURCE_AMBIGUOUS },
		{ "ubuntu", SOURCE_AMBIGUOUS },    { "gentoo", SOURCE_AMBIGUOUS },
		{ "mageia", SOURCE_AMBIGUOUS },    { "peer", SOURCE_AMBIGUOUS },
		{ "cve", SOURCE_PUBLIC },          { "nvd", SOURCE_PUBLIC },
		{ "oss-security", SOURCE_PUBLIC }, { "bugtraq", SOURCE_PUBLIC },
		{ "full-disclosure", SOURCE_PUBLIC }, { "git", SOURCE_PUBLIC },
		{ "internet", SOURCE_PUBLIC },     { "media", SOURCE_PUBLIC },
		{ "feed", SOURCE_PUBLIC },         { "kev", SOURCE_PUBLIC },
	};

	for (size_t i = 0; source && i < ARRAY_LEN(rows); i++)
		if (str_casecmp(rows[i].word, source) == 0)
			return rows[i].kind;
	return SOURCE_UNKNOWN;
}

static bool embargoed(const struct case_state *state)
{
	return embargo_in_force(&state->embargo) || state->embargo.state == EM_PROPOSED;
}

/* ---- rules: each says whether EVENT breaks it */

static bool ends_before_today(const struct case_state *state, const struct event *event)
{
	(void)state;
	return event_instant(event, "until") / INSTANT_DAY < event->at / INSTANT_DAY;
}

static bool from_public(const struct case_state *state, const struct event *event)
{
	(void)event;
	return source_kind(state->source) == SOURCE_PUBLIC;
}

static bool becomes_public(const struct case_state *state, const struct event *event)
{
	return embargoed(state) && source_kind(event_text(event, "source")) == SOURCE_PUBLIC;
}

static bool becomes_public_with_credit(const struct case_state *state, const struct event *event)
{
	return case_record_count(state, EVENT_CREDIT_SET) > 0 &&
	       source_kind(event_text(event, "source")) == SOURCE_PUBLIC;
}

static bool open_tracker(const struct case_state *state, const struct event *event)
{
	return embargo_in_force(&state->embargo) &&
	       str_equal(event_text(event, "visibility"), "public");
}

static bool ahead_of_siblings(const struct case_state *state, const struct event *event)
{
	const char *assessment = event_text(event, "assessment");

	return state->embargo.inherited != INSTANT_NONE &&
	       event_instant(event, "until") < state->embargo.inherited &&
	       (!assessment || !*assessment);
}

static const struct {
	const char *name;
	enum event_type type;
	bool (*broken)(const struct case_state *, const struct event *);
	const char *why, *remedy;
} rules[] = {
	{ "embargo-date", EVENT_TERMS_PROPOSED, ends_before_today,
	  N_("the proposed end lies before today"), N_("Name a date from today on") },
	{ "embargo-source", EVENT_TERMS_PROPOSED, from_public,
	  N_("it is known from a public source, so there is nothing to keep back"),
	  N_("Set the source right, if it is not") },
	{ "embargo-source", EVENT_SOURCE_SET, becomes_public,
	  N_("there is an embargo, and that source is public"),
	  N_("Record that it is public, which ends the embargo, first") },
	{ "credit-source", EVENT_CREDIT_SET, from_public,
	  N_("what a public source told needs no acknowledgment"), NULL },
	{ "credit-source", EVENT_SOURCE_SET, becomes_public_with_credit,
	  N_("somebody is credited, and that source is public"), NULL },
	{ "tracker-embargo", EVENT_TRACKER_SET, open_tracker,
	  N_("a tracker that everybody can read would end the embargo"),
	  N_("Restrict it, or wait for the embargo's end") },
	{ "split", EVENT_TERMS_PROPOSED, ahead_of_siblings,
	  N_("it would end before the case it was split from, and nobody says what that gives away"),
	  N_("Say so with --assessment, and tell the sibling cases") },
};

int rules_check(const struct case_state *state, const struct event *event, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].type == event->type && rules[i].broken(state, event))
			return error_set(err, ERR_NO, str_or_empty(state->id),
					 rules[i].remedy ? _(rules[i].remedy) : NULL,
					 _("rule %s: %s"), rules[i].name, _(rules[i].why));
	return 0;
}

/* ---- advice: each returns the sentence, or NULL */

/* The report states in which terms may be proposed first, countered, or revised. */
static unsigned proposal_states(enum em_state em)
{
	static const unsigned start = RM_BIT(RM_START) | RM_BIT(RM_RECEIVED) | RM_BIT(RM_VALID) |
				      RM_BIT(RM_ACCEPTED);

	if (em == EM_NONE)
		return start;
	if (em == EM_PROPOSED)
		return start | RM_BIT(RM_INVALID);
	return RM_BIT(RM_VALID) | RM_BIT(RM_ACCEPTED) | RM_BIT(RM_DEFERRED);
}

/* Extending what is in force for those who are behind is fine while the fix is ready but not out. */
static const char *advise_late_start(const struct case_state *state, const struct event *event)
{
	const char *warning = NULL;

	(void)event;
	if (embargo_allowed(state->cs, &warning, NULL) != 0)
		return NULL;
	if (embargo_in_force(&state->embargo) && !(state->cs & 1u << CS_FIX_DEPLOYED))
		return NULL;
	return warning;
}

static const char *advise_proposal_state(const struct case_state *state, const struct event *event)
{
	(void)event;
	return proposal_states(state->embargo.state) & RM_BIT(state->rm) ?
		       NULL :
		       N_("embargo terms should not be proposed while the case is in this state");
}

static const char *advise_past(const struct case_state *state, const struct event *event)
{
	(void)state;
	return event_instant(event, "until") <= event->at ?
		       N_("the proposed end is past already") :
		       NULL;
}

static const char *advise_source(const struct case_state *state, const struct event *event)
{
	(void)event;
	return source_kind(state->source) == SOURCE_AMBIGUOUS ?
		       N_("this source may be public: check before you promise silence") :
		       NULL;
}

static const char *advise_credit_missing(const struct case_state *state, const struct event *event)
{
	enum source_kind kind = source_kind(state->source);

	(void)event;
	return kind >= SOURCE_PRIVATE && kind <= SOURCE_AMBIGUOUS &&
			       case_record_count(state, EVENT_CREDIT_SET) == 0 ?
		       N_("nobody is credited yet for what this source told") :
		       NULL;
}

static const char *advise_window(const struct case_state *state, const struct event *event)
{
	instant wanted = event_instant(event, "rsvp");

	(void)state;
	if (!event_text(event, "rsvp"))
		return NULL;
	if (wanted < event->at + 72 * INSTANT_HOUR)
		return N_("the time to answer was raised to 72 hours");
	return event_text(event, "until") && wanted > event_instant(event, "until") ?
		       N_("the time to answer was cut to the end of the terms") :
		       NULL;
}

static const char *advise_leaker(const struct case_state *state, const struct event *event)
{
	for (size_t i = 0; i < state->party_count; i++)
		if (state->parties[i].leaker &&
		    event_instant(event, "until") > event->at + 7 * INSTANT_DAY)
			return N_("a leak was traced to one of the parties: keep the terms short");
	return NULL;
}

/* Of whoever coordinates: the acceptances that move the embargo. */
static bool by_house(const struct case_state *state, const struct event *event)
{
	return case_is_owner(state, str_or_empty(event_text(event, "by")));
}

static const char *advise_accept_start(const struct case_state *state, const struct event *event)
{
	return by_house(state, event) ? advise_late_start(state, event) : NULL;
}

static const char *advise_accept_state(const struct case_state *state, const struct event *event)
{
	return by_house(state, event) && (state->rm == RM_INVALID || state->rm == RM_CLOSED) ?
		       N_("an invalid or closed case should not enter an embargo") :
		       NULL;
}

static const char *advise_accept_past(const struct case_state *state, const struct event *event)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");
	instant until = terms ? terms->until.at : state->embargo.proposed.at;

	return by_house(state, event) && until != INSTANT_NONE && until <= event->at ?
		       N_("the proposed end is past already") :
		       NULL;
}

static const char *advise_shortest(const struct case_state *state, const struct event *event)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");

	return by_house(state, event) && terms && !embargo_in_force(&state->embargo) &&
			       state->embargo.shortest >= 0 &&
			       terms != &state->embargo.terms[state->embargo.shortest] ?
		       N_("a shorter proposal is open: the shortest should be accepted first") :
		       NULL;
}

static const char *advise_stale(const struct case_state *state, const struct event *event)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");

	return !by_house(state, event) && terms && !terms_current(&state->embargo, terms) ?
		       N_("those terms no longer count: the party is asked about those that do") :
		       NULL;
}

static const char *advise_close(const struct case_state *state, const struct event *event)
{
	return rm_from_name(event_text(event, "to")) == RM_CLOSED &&
			       embargo_in_force(&state->embargo) ?
		       N_("an embargo is in force: the case should not be closed before it ends") :
		       NULL;
}

static const char *advise_end(const struct case_state *state, const struct event *event)
{
	cs_state cs = state->cs;

	if (cs_set(&cs, (enum cs_bit)cs_from_name(event_text(event, "bit")), NULL) != 0)
		return NULL;
	return embargo_in_force(&state->embargo) && embargo_must_end(cs) == 1 ?
		       N_("the embargo should end now") :
		       NULL;
}

static const char *advise_deployed(const struct case_state *state, const struct event *event)
{
	return cs_from_name(event_text(event, "bit")) == CS_FIX_DEPLOYED &&
			       state->rm != RM_ACCEPTED ?
		       N_("a fix is deployed in a case that is not accepted") :
		       NULL;
}

static const char *advise_override(const struct case_state *state, const struct event *event)
{
	(void)state;
	return js_bool(event->body, "override") ?
		       N_("the embargo is ended though no rule gave cause; that is recorded") :
		       NULL;
}

static const char *advise_jump(const struct case_state *state, const struct event *event)
{
	size_t at = case_party_find(state, event_text(event, "name"));
	bool jump = false;

	if (at < state->party_count)
		rm_heard(state->parties[at].rm,
			 (enum rm_state)rm_from_name(event_text(event, "to")), &jump);
	return jump ? N_("it left out a step: ask what happened between, and note the answer") : NULL;
}

/* Talks should begin when the first vendor knows. */
static const char *advise_talks(const struct case_state *state, const struct event *event)
{
	(void)event;
	return state->embargo.state == EM_NONE && embargo_allowed(state->cs, NULL, NULL) == 0 ?
		       N_("a vendor knows: embargo terms should be proposed now, or deliberately not") :
		       NULL;
}

static const char *advise_leak(const struct case_state *state, const struct event *event)
{
	(void)event;
	return embargo_in_force(&state->embargo) ?
		       N_("after a leak the embargo should end, or its terms be made shorter") :
		       NULL;
}

static const char *advise_duplicate(const struct case_state *state, const struct event *event)
{
	(void)state;
	return str_equal(event_text(event, "outcome"), "duplicate") ?
		       N_("a duplicate is valid, then deferred; it should not be called invalid") :
		       NULL;
}

static const struct {
	enum event_type type;
	const char *(*advise)(const struct case_state *, const struct event *);
} advice[] = {
	{ EVENT_EMBARGO_PROPOSED, advise_late_start },
	{ EVENT_EMBARGO_PROPOSED, advise_proposal_state },
	{ EVENT_EMBARGO_PROPOSED, advise_past },
	{ EVENT_EMBARGO_ACCEPTED, advise_accept_start },
	{ EVENT_EMBARGO_ACCEPTED, advise_accept_state },
	{ EVENT_EMBARGO_ACCEPTED, advise_accept_past },
	{ EVENT_TERMS_PROPOSED, advise_late_start },
	{ EVENT_TERMS_PROPOSED, advise_proposal_state },
	{ EVENT_TERMS_PROPOSED, advise_past },
	{ EVENT_TERMS_PROPOSED, advise_source },
	{ EVENT_TERMS_PROPOSED, advise_credit_missing },
	{ EVENT_TERMS_PROPOSED, advise_window },
	{ EVENT_TERMS_PROPOSED, advise_leaker },
	{ EVENT_TERMS_ACCEPTED, advise_accept_start },
	{ EVENT_TERMS_ACCEPTED, advise_accept_state },
	{ EVENT_TERMS_ACCEPTED, advise_accept_past },
	{ EVENT_TERMS_ACCEPTED, advise_shortest },
	{ EVENT_TERMS_ACCEPTED, advise_stale },
	{ EVENT_EMBARGO_ENDED, advise_override },
	{ EVENT_PARTY_INVITED, advise_window },
	{ EVENT_PARTY_STATE, advise_jump },
	{ EVENT_PARTY_DISCLOSURE, advise_talks },
	{ EVENT_LEAK_RECORDED, advise_leak },
	{ EVENT_QUALIFIED, advise_duplicate },
	{ EVENT_CREDIT_SET, advise_source },
	{ EVENT_STATE_SET, advise_close },
	{ EVENT_DISCLOSURE_SET, advise_end },
	{ EVENT_DISCLOSURE_SET, advise_deployed },
};

size_t case_warnings(const struct case_state *state, const struct event *event,
		     const char *ret[MODEL_WARNINGS])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(advice) && count < MODEL_WARNINGS; i++) {
		const char *sentence = advice[i].type == event->type ?
					       advice[i].advise(state, event) :
					       NULL;

		if (sentence)
			ret[count++] = sentence;
	}
	return count;
}
