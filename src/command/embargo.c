/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about embargoes: terms, answers, their end, and who has agreed to what until when. */
#include "command/command_private.h"

#include "psirtty/base/zone.h"
#include "psirtty/desk/embargo.h"

/* ---- status */

static void add_allowed(struct str *s, unsigned allow)
{
	for (int i = 0; i < ALLOW_COUNT; i++)
		if (allow & 1u << i)
			str_add_format(s, "%s%s", s->length ? ", " : "", allow_words[i]);
}

static void show_terms(struct command_context *context, const struct case_embargo *e)
{
	for (size_t i = 0; i < e->term_count; i++) {
		const struct embargo_terms *t = &e->terms[i];
		AUTO_STR allow = STR_INIT;
		char own[96], utc[40];

		add_allowed(&allow, t->allow);
		command_say(context, _("terms %zu by %s: %s (%s) %s%s%s"), i + 1, str_or_empty(t->by),
			    zoned_format(&t->until, own), instant_format(t->until.at, utc),
			    (int)i == e->force ? _("in force") : terms_state_name(t->state),
			    allow.length ? _(", allowed: ") : "", allow.bytes);
	}
}

/* The end as the party's own clocks show it. */
static void show_party(struct command_context *context, const struct case_state *s, const struct case_party *p)
{
	instant now = command_now(context);
	char bits[8], due[40], own[96];
	AUTO_STR line = STR_INIT;
	struct zoned theirs;

	command_pad(&line, str_or_empty(p->role), 12);
	command_pad(&line, consent_name(party_consent(p, now)), 12);
	if (p->terms >= 0)
		str_add_format(&line, _(" terms %d%s"), p->terms + 1, p->late ? _(", late") : "");
	if (p->rsvp != INSTANT_NONE)
		str_add_format(&line, now > p->rsvp ? _(" silent since %s") : _(" answer due %s"),
			       instant_format(p->rsvp, due));
	if (p->evidence)
		str_add_format(&line, " %s", p->evidence);
	if (p->rm != RM_START || p->cs)
		str_add_format(&line, " %s %.3s", rm_name(p->rm), cs_format(p->cs, bits));
	if (p->leaker)
		str_add(&line, _(" leaked"));
	if (p->zone && s->embargo.until.at != INSTANT_NONE && zone_known(p->zone)) {
		theirs = zone_at(p->zone, s->embargo.until.at);
		str_add_format(&line, _(" ends %s"), zoned_format(&theirs, own));
	}
	command_pad(&context->out, p->name, 24);
	command_say(context, " %s", line.bytes);
}

static void show_status(struct command_context *context, const struct case_state *s)
{
	const struct case_embargo *e = &s->embargo;
	instant now = command_now(context);
	char buffer[96], utc[40], span[40];

	command_say(context, _("%s: embargo %s"), s->id, em_name(e->state));
	if (s->owner)
		command_say(context, _("%s coordinates this case; we are: %s"), s->owner, consent_name(case_our_consent(s)));
	if (e->until.at != INSTANT_NONE && e->until.at <= now)
		command_say(context, _("its time has come: %s (%s, %s ago); end it with `embargo teardown %s --cause timer`"),
			    zoned_format(&e->until, buffer), instant_format(e->until.at, utc),
			    instant_format_span(now - e->until.at, span), s->id);
	else if (e->until.at != INSTANT_NONE)
		command_say(context, _("ends %s (%s, in %s)"), zoned_format(&e->until, buffer),
			    instant_format(e->until.at, utc), instant_format_span(e->until.at - now, span));
	if (e->proposed.at != INSTANT_NONE)
		command_say(context, _("proposed by %s: %s (%s)"), str_or_empty(e->proposed_by),
			    zoned_format(&e->proposed, buffer), instant_format(e->proposed.at, utc));
	if (e->end_reason)
		command_say(context, e->overridden ? _("ended: %s (against the rules)") : _("ended: %s"), e->end_reason);
	show_terms(context, e);
	for (size_t i = 0; i < s->party_count; i++)
		show_party(context, s, &s->parties[i]);
}

static json_t *terms_json(const struct embargo_terms *t, bool force)
{
	json_t *one = json_object(), *allow = json_array();
	char buffer[40];

	js_set_string(one, "by", t->by);
	js_set_string(one, "until", zoned_format_rfc3339(&t->until, buffer));
	if (t->until.zone[0])
		js_set_string(one, "zone", t->until.zone);
	js_set_string(one, "state", terms_state_name(t->state));
	js_set_bool(one, "in_force", force);
	js_set_string(one, "proposed", instant_format(t->proposed_at, buffer));
	js_set_string(one, "rsvp", instant_format(t->rsvp, buffer));
	js_set_string(one, "note", t->note);
	for (int i = 0; i < ALLOW_COUNT; i++)
		if (t->allow & 1u << i)
			json_array_append_new(allow, json_string(allow_words[i]));
	json_object_set_new(one, "allow", allow);
	return one;
}

static void set_time(json_t *json, const char *key, instant at)
{
	char buffer[40];

	if (at != INSTANT_NONE)
		js_set_string(json, key, instant_format(at, buffer));
}

static json_t *ledger_json(const struct case_state *s, const struct case_party *p, instant now)
{
	json_t *one = json_object();
	struct zoned theirs;
	char bits[8], buffer[40];

	js_set_string(one, "name", p->name);
	js_set_string(one, "role", p->role);
	js_set_string(one, "consent", consent_name(party_consent(p, now)));
	if (p->terms >= 0)
		js_set_integer(one, "terms", p->terms + 1);
	set_time(one, "rsvp", p->rsvp);
	set_time(one, "answered", p->answered);
	js_set_bool(one, "late", p->late);
	js_set_bool(one, "leaker", p->leaker);
	js_set_string(one, "evidence", p->evidence);
	js_set_string(one, "rm", rm_name(p->rm));
	js_set_string(one, "fix", cs_format(p->cs & 7, bits));
	js_set_string(one, "zone", p->zone);
	if (p->zone && s->embargo.until.at != INSTANT_NONE && zone_known(p->zone)) {
		theirs = zone_at(p->zone, s->embargo.until.at);
		js_set_string(one, "until", zoned_format_rfc3339(&theirs, buffer));
	}
	return one;
}

static json_t *status_json(const struct case_state *s, instant now)
{
	const struct case_embargo *e = &s->embargo;
	json_t *json = json_object(), *terms = json_array(), *parties = json_array();
	char bits[8];

	js_set_string(json, "case", s->id);
	js_set_string(json, "state", em_name(e->state));
	js_set_string(json, "owner", s->owner ? s->owner : "us");
	js_set_string(json, "ours", consent_name(case_our_consent(s)));
	js_set_string(json, "disclosure", cs_format(s->cs, bits));
	set_time(json, "until", e->until.at);
	set_time(json, "accepted", e->accepted_at);
	set_time(json, "ended", e->ended_at);
	js_set_string(json, "reason", e->end_reason);
	if (e->state == EM_EXITED)
		js_set_string(json, "cause", end_words[e->cause]);
	js_set_bool(json, "overridden", e->overridden);
	for (size_t i = 0; i < e->term_count; i++)
		json_array_append_new(terms, terms_json(&e->terms[i], (int)i == e->force));
	for (size_t i = 0; i < s->party_count; i++)
		json_array_append_new(parties, ledger_json(s, &s->parties[i], now));
	json_object_set_new(json, "terms", terms);
	json_object_set_new(json, "parties", parties);
	return json;
}

static int run_status(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code && context->json)
		command_json(context, status_json(state, command_now(context)));
	else if (!code)
		show_status(context, state);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- telling the parties */

/* --letters: the same by mail, as drafts. NUMBER of the terms from 1; 0 where it has none. */
static int tell(struct command_context *context, const struct command_call *call, struct desk *desk,
		const struct case_state *state, enum embargo_message message, size_t number, const char *reason,
		struct error *err)
{
	struct embargo_letter letter = { .message = message, .reason = reason };
	int code = 0;

	if (!call_given(call, "--letters"))
		return 0;
	if (message != EMBARGO_ET)
		code = desk_embargo_terms(state, number, &letter.terms, err);
	return code ? code : command_embargo_letters(context, desk, state, &letter, NULL, 0, err);
}

/* ---- proposing and answering */

static int read_when(const char *text, instant *ret, struct error *err)
{
	struct zoned when;
	int code = text ? zoned_parse(text, &when, err) : 0;

	if (!code)
		*ret = text ? when.at : INSTANT_NONE;
	return code;
}

static const char *by_whom(const struct command_call *call)
{
	return call_value(call, "--by") ? call_value(call, "--by") : "us";
}

/* The end as typed; without one, our policy's own. */
static int read_until(struct desk *desk, const struct command_call *call, instant now, struct zoned *ret,
		      struct error *err)
{
	AUTO_STRING until = call_text(call, "UNTIL");
	const struct embargo_policy *policy = model_embargo_policy(desk_model(desk), "us");
	int code;

	if (!*until && policy && policy->preferred != INSTANT_NONE) {
		*ret = zone_at("UTC", now + policy->preferred);
		return 0;
	}
	code = zoned_parse(until, ret, err);
	if (!code && ret->at <= now)
		code = error_set(err, ERR_NO, until, NULL, _("an embargo cannot end in the past"));
	return code;
}

/* The number of the latest terms BY somebody, or 0. */
static size_t newest_by(const struct case_state *state, const char *by)
{
	for (size_t i = state->embargo.term_count; i > 0; i--)
		if (str_equal(state->embargo.terms[i - 1].by, by))
			return i;
	return 0;
}

static int run_propose(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct embargo_offer offer = { .by = by_whom(call), .note = call_value(call, "--note"),
				       .assessment = call_value(call, "--assessment"),
				       .evidence = call_value(call, "--evidence"),
				       .anyway = call_given(call, "--anyway"),
				       .no_default = call_given(call, "--no-default") };
	const struct case_state *state;
	struct desk *desk;
	bool revised;
	int code = command_case(context, call, &desk, &state, err);

	offer.allow = call_values(call, "--allow", &offer.allow_count);
	if (!code)
		code = read_until(desk, call, command_now(context), &offer.until, err);
	if (!code)
		code = read_when(call_value(call, "--rsvp"), &offer.rsvp, err);
	revised = !code && embargo_in_force(&state->embargo);
	if (!code)
		code = desk_embargo_propose(desk, state, &offer, command_now(context), err);
	if (!code)
		show_status(context, state);
	if (!code)
		code = tell(context, call, desk, state, revised ? EMBARGO_EV : EMBARGO_EP,
			    newest_by(state, offer.by), NULL, err);
	return code;
}

/* What NUMBER stands for; 0: as desk_embargo_terms says. */
static int number_of(const struct case_state *state, size_t number, size_t *ret, struct error *err)
{
	const struct embargo_terms *terms;
	int code = desk_embargo_terms(state, number, &terms, err);

	if (!code)
		*ret = (size_t)(terms - state->embargo.terms) + 1;
	return code;
}

static enum embargo_message answer_message(bool accept, bool revised)
{
	if (revised)
		return accept ? EMBARGO_EC : EMBARGO_EJ;
	return accept ? EMBARGO_EA : EMBARGO_ER;
}

static int answer(struct command_context *context, const struct command_call *call, bool accept,
		  const char *text_name, struct error *err)
{
	AUTO_STRING text = text_name ? call_text(call, text_name) : NULL;
	const char *number = call_value(call, "--terms");
	struct embargo_reply reply = { .by = by_whom(call), .accept = accept,
				       .number = number ? strtoul(number, NULL, 10) : 0,
				       .text = text && *text ? text : NULL,
				       .evidence = call_value(call, "--evidence"),
				       .anyway = accept && call_given(call, "--anyway") };
	const struct case_state *state;
	struct desk *desk;
	bool revised = false;
	int code = command_case(context, call, &desk, &state, err);

	if (!code && number && !reply.number)
		code = error_set(err, ERR_USAGE, number, _("See `embargo status`"), _("terms are named by their number"));
	if (!code)
		code = number_of(state, reply.number, &reply.number, err);
	revised = !code && embargo_in_force(&state->embargo);
	if (!code)
		code = desk_embargo_answer(desk, state, &reply, command_now(context), err);
	if (!code)
		show_status(context, state);
	if (!code)
		code = tell(context, call, desk, state, answer_message(accept, revised), reply.number, reply.text, err);
	return code;
}

static int run_accept(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer(context, call, true, NULL, err);
}

static int run_reject(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer(context, call, false, "REASON", err);
}

static int run_invite(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *number = call_value(call, "--terms");
	const struct case_state *state;
	AUTO_STRING draft = NULL;
	struct desk *desk;
	instant rsvp;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = read_when(call_value(call, "--rsvp"), &rsvp, err);
	if (!code)
		code = desk_embargo_invite(desk, state, call_value(call, "PARTY"),
					   number ? strtoul(number, NULL, 10) : 0, rsvp, command_now(context), &draft,
					   err);
	if (code)
		return code;
	if (draft)
		command_say(context, _("draft %s: read it, then send it with mail send"), draft);
	show_status(context, state);
	return 0;
}

/* ---- ending */

static enum end_cause read_cause(const struct command_call *call, enum end_cause fallback)
{
	const char *word = call_value(call, "--cause");

	for (int i = 0; word && end_words[i]; i++)
		if (str_equal(end_words[i], word))
			return (enum end_cause)i;
	return fallback;
}

static int run_terminate(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_embargo_end(desk, state, read_cause(call, END_OTHER), call_value(call, "--by"), reason, NULL,
					call_given(call, "--override"), command_now(context), err);
	if (!code)
		show_status(context, state);
	if (!code)
		code = tell(context, call, desk, state, EMBARGO_ET, 0, NULL, err);
	return code;
}

static json_t *teardown_json(const struct case_state *state, const struct teardown *t)
{
	json_t *json = json_object(), *drafts = json_array(), *left = json_array();

	js_set_string(json, "case", state->id);
	js_set_bool(json, "recorded", t->recorded);
	js_set_bool(json, "ended", t->ended);
	for (size_t i = 0; i < t->draft_count; i++)
		json_array_append_new(drafts, js_new_string(t->drafts[i], strlen(t->drafts[i])));
	for (size_t i = 0; i < t->left_count; i++)
		json_array_append_new(left, js_new_string(t->left[i], strlen(t->left[i])));
	json_object_set_new(json, "drafts", drafts);
	json_object_set_new(json, "left", left);
	return json;
}

static int run_teardown(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	struct teardown teardown = { 0 };
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_teardown(desk, state, read_cause(call, END_OTHER), reason, call_given(call, "--override"),
				     command_now(context), &teardown, err);
	if (code)
		return code;
	if (context->json) {
		command_json(context, teardown_json(state, &teardown));
	} else {
		command_say(context, _("%s: embargo %s, notices: %zu"), state->id, em_name(state->embargo.state),
			    teardown.draft_count);
		for (size_t i = 0; i < teardown.left_count; i++)
			command_say(context, "- %s", teardown.left[i]);
	}
	teardown_release(&teardown);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

#define CASE_ARGUMENT ARG("CASE", ARG_CASE, NULL)
#define BY_OPTION     OPTION("--by", ARG_PARTY, N_("the party whose answer this is (us)"))
#define TERMS_OPTION  OPTION("--terms", ARG_NUMBER, N_("the number of the terms (those that end first)"))
#define EVIDENCE      OPTION("--evidence", ARG_TEXT, N_("the message that says so"))
#define ANYWAY        SWITCH("--anyway", N_("also outside our own policy"))
#define CAUSE \
	{ .name = "--cause", .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, \
	  .words = causes, .help = N_("what gives cause (other)") }
#define OVERRIDE SWITCH("--override", N_("though no rule gives cause; that is recorded"))
#define LETTERS  SWITCH("--letters", N_("draft letters that say so to all parties"))
#define OFFER_OPTIONS \
	LETTERS, BY_OPTION, OPTION("--note", ARG_TEXT, NULL), OPTION("--rsvp", ARG_WHEN, N_("answers are due then (in a week)")), \
	{ .name = "--allow", .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, \
	  .repeats = true, .words = allows, .help = N_("what may be done meanwhile") }, \
	EVIDENCE, OPTION("--assessment", ARG_TEXT, N_("what an earlier end gives away of sibling cases")), \
	ANYWAY, SWITCH("--no-default", N_("leave our policy's default out of it"))

static const char *const causes[] = { "timer", "fix-ready", "fix-deployed", "public", "exploit-public", "attacks",
				      "leak", "other", NULL };
static const char *const allows[] = { "deploy", "tell-customers", "publish-mitigation", NULL };

const struct command_row embargo_commands[] = {
	{
		.name = "embargo propose",
		.help = N_("propose an end: date, hour and zone"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, { .name = "UNTIL", .type = ARG_WHEN, .optional = true, .repeats = true,
			       .help = N_("2026-12-15T09:00:00+08:00, or 2026-12-15 09:00 Asia/Shanghai") },
			       OFFER_OPTIONS },
		.exec = run_propose,
	},
	{
		.name = "embargo counter",
		.help = N_("propose another end beside what is proposed"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_MANY("UNTIL", ARG_WHEN, NULL), OFFER_OPTIONS },
		.exec = run_propose,
	},
	{
		.name = "embargo revise",
		.help = N_("propose another end while an embargo is in force"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG_MANY("UNTIL", ARG_WHEN, NULL), OFFER_OPTIONS },
		.exec = run_propose,
	},
	{
		.name = "embargo accept",
		.help = N_("accept what is proposed, for us or a party"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, BY_OPTION, TERMS_OPTION, EVIDENCE, ANYWAY, LETTERS },
		.exec = run_accept,
	},
	{
		.name = "embargo reject",
		.help = N_("reject what is proposed"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, BY_OPTION, TERMS_OPTION, EVIDENCE, LETTERS,
			       { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true } },
		.exec = run_reject,
	},
	{
		.name = "embargo invite",
		.help = N_("ask a party to agree, and draft the letter that does"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("PARTY", ARG_PARTY, NULL), TERMS_OPTION,
			       OPTION("--rsvp", ARG_WHEN, N_("the answer is due then (in a week)")) },
		.exec = run_invite,
	},
	{
		.name = "embargo terminate",
		.help = N_("end an embargo now, for good"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED,
		.arguments = { CASE_ARGUMENT, ARG_MANY("REASON", ARG_TEXT, NULL), CAUSE, BY_OPTION, OVERRIDE,
			       LETTERS },
		.exec = run_terminate,
	},
	{
		.name = "embargo teardown",
		.help = N_("end an embargo, draft every notice, and list what is left to do"),
		.flags = COMMAND_CHANGES | COMMAND_TYPED | COMMAND_JSON,
		.arguments = { CASE_ARGUMENT, { .name = "REASON", .type = ARG_TEXT, .optional = true, .repeats = true },
			       CAUSE, OVERRIDE },
		.exec = run_teardown,
	},
	{
		.name = "embargo status",
		.help = N_("who has agreed to what until when"),
		.flags = COMMAND_JSON,
		.arguments = { CASE_ARGUMENT },
		.exec = run_status,
	},
	{ .name = NULL },
};
