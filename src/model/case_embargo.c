/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Report state, disclosure and the embargo of a case. The rules are Vultron's (RM, EM, CS process models
 * and their interactions). There may be several proposals at once: each version of the terms is kept
 * with what became of it, and the state of the embargo follows from them. Where two acceptances did not
 * know of each other, the shorter terms bind.
 */
#include "model/case.h"

#define CS_HAS(state, bit) (((state)->cs & 1u << (bit)) != 0)

#define X(name, word) word,
static const char *const terms_words[] = { TERMS_STATES(X) };
#undef X

const char *terms_state_name(enum terms_state state)
{
	return terms_words[state];
}

/* ---- report state */

static int check_state(const struct case_state *state, const struct event *event, struct error *err)
{
	int to = rm_from_name(event_text(event, "to"));

	if (rm_allowed(state->rm, (enum rm_state)to))
		return 0;
	return error_set(err, ERR_NO, state->id, NULL, _("rule RM: %s cannot go to %s"),
			 rm_name(state->rm), rm_name((enum rm_state)to));
}

static void apply_state(struct folded *folded, const struct event *event)
{
	folded->state.rm = (enum rm_state)rm_from_name(event_text(event, "to"));
}

/* ---- terms */

static struct embargo_terms *terms_find(const struct case_embargo *embargo, const uint8_t id[32])
{
	for (size_t i = 0; i < embargo->term_count; i++)
		if (memcmp(embargo->terms[i].id, id, sizeof(embargo->terms[i].id)) == 0)
			return &embargo->terms[i];
	return NULL;
}

struct embargo_terms *terms_named(const struct case_state *state, const struct event *event,
				  const char *key)
{
	const char *hex = event_text(event, key);
	uint8_t id[32];

	if (!hex || strlen(hex) != 64 || str_unhex(hex, id, sizeof(id)) != (long)sizeof(id))
		return NULL;
	return terms_find(&state->embargo, id);
}

size_t terms_open(const struct case_embargo *embargo)
{
	size_t count = 0;

	for (size_t i = 0; i < embargo->term_count; i++)
		count += embargo->terms[i].state == TERMS_OPEN;
	return count;
}

bool terms_asked(const struct case_embargo *embargo, size_t at)
{
	if (embargo->state == EM_PROPOSED || embargo->state == EM_REVISE)
		return embargo->terms[at].state == TERMS_OPEN;
	return embargo->state == EM_ACTIVE && (int)at == embargo->force;
}

bool terms_current(const struct case_embargo *embargo, const struct embargo_terms *terms)
{
	if (embargo->state == EM_NONE || embargo->state == EM_EXITED)
		return false;
	return terms->state == TERMS_OPEN ||
	       (embargo->force >= 0 && terms == &embargo->terms[embargo->force]);
}

static bool comes_first(const struct embargo_terms *a, const struct embargo_terms *b)
{
	if (a->until.at != b->until.at)
		return a->until.at < b->until.at;
	return memcmp(a->id, b->id, sizeof(a->id)) < 0;
}

static bool is_replaced(const struct case_embargo *embargo, const struct embargo_terms *terms)
{
	for (size_t i = 0; i < embargo->term_count; i++) {
		const struct embargo_terms *other = &embargo->terms[i];

		if (other != terms && other->state == TERMS_ACCEPTED && other->replaces &&
		    memcmp(other->over, terms->id, sizeof(terms->id)) == 0)
			return true;
	}
	return false;
}

/* Of the accepted terms that no later acceptance replaced, those that end first. */
static int terms_in_force(const struct case_embargo *embargo)
{
	int best = -1;

	for (size_t i = 0; i < embargo->term_count; i++)
		if (embargo->terms[i].state == TERMS_ACCEPTED &&
		    !is_replaced(embargo, &embargo->terms[i]) &&
		    (best < 0 || comes_first(&embargo->terms[i], &embargo->terms[best])))
			best = (int)i;
	return best;
}

static int terms_shortest(const struct case_embargo *embargo)
{
	int best = -1;

	for (size_t i = 0; i < embargo->term_count; i++)
		if (embargo->terms[i].state == TERMS_OPEN &&
		    (best < 0 || comes_first(&embargo->terms[i], &embargo->terms[best])))
			best = (int)i;
	return best;
}

static void close_open(struct case_embargo *embargo, enum terms_state to, bool older_too, instant at)
{
	for (size_t i = 0; i < embargo->term_count; i++)
		if (embargo->terms[i].state == TERMS_OPEN && (older_too || !embargo->terms[i].older)) {
			embargo->terms[i].state = to;
			embargo->terms[i].decided_at = at;
		}
}

/* What is said of the embargo as a whole, from the terms. */
static void summarise(struct case_embargo *embargo)
{
	const struct embargo_terms *force = NULL, *open = NULL;

	embargo->force = embargo->state == EM_EXITED ? -1 : terms_in_force(embargo);
	embargo->shortest = terms_shortest(embargo);
	if (embargo->force >= 0)
		force = &embargo->terms[embargo->force];
	if (embargo->shortest >= 0)
		open = &embargo->terms[embargo->shortest];
	embargo->until = force ? force->until : (struct zoned){ .at = INSTANT_NONE };
	embargo->allow = force ? force->allow : 0;
	if (force)
		embargo->accepted_at = force->decided_at;
	embargo->proposed = open ? open->until : (struct zoned){ .at = INSTANT_NONE };
	embargo->proposed_by = open ? open->by : NULL;
	embargo->proposed_at = open ? open->proposed_at : INSTANT_NONE;
}

/* One move of the machine; what is still open then counts as proposed anew. */
static void move(struct folded *folded, enum em_trigger trigger)
{
	struct case_embargo *embargo = &folded->state.embargo;

	if (em_move(&embargo->state, trigger, NULL) != 0)
		BUG("a checked embargo move is refused");
	if (trigger == EM_TERMINATE)
		close_open(embargo, TERMS_DROPPED, true, embargo->ended_at);
	if ((embargo->state == EM_ACTIVE || embargo->state == EM_NONE) && terms_open(embargo) &&
	    em_move(&embargo->state, EM_PROPOSE, NULL) != 0)
		BUG("an open proposal is refused");
	for (size_t i = 0; i < embargo->term_count && embargo->state == EM_NONE; i++)
		embargo->terms[i].past = true;
	summarise(embargo);
	parties_settle(folded);
}

static int check_move(const struct case_state *state, enum em_trigger trigger, struct error *err)
{
	enum em_state em = state->embargo.state;

	return em_move(&em, trigger, err);
}

/* ---- proposing */

int zone_check(const struct case_state *state, const struct event *event, struct error *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";
	const char *zone = str_or_empty(event_text(event, "zone"));

	if (zone[strspn(zone, allowed)] || strlen(zone) >= sizeof(state->embargo.until.zone))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule zone: a zone is a name such as Asia/Shanghai"));
	return 0;
}

static int check_proposed(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	int code = embargo_allowed(state->cs, NULL, err);

	if (!code)
		code = check_move(state, EM_PROPOSE, err);
	return code ? code : zone_check(state, event, err);
}

static struct zoned read_until(const struct event *event)
{
	struct zoned until;

	if (zoned_parse(event_text(event, "until"), &until, NULL) != 0)
		BUG("a checked date-time cannot be read");
	snprintf(until.zone, sizeof(until.zone), "%s", str_or_empty(event_text(event, "zone")));
	return until;
}

bool allow_read(const json_t *words, unsigned *ret)
{
	*ret = 0;
	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *word = json_string_value(json_array_get(words, i));
		int k = 0;

		while (k < ALLOW_COUNT && !str_equal(allow_words[k], word))
			k++;
		if (k == ALLOW_COUNT)
			return false;
		*ret |= 1u << k;
	}
	return true;
}

/* The terms of EVENT in their place: by time, then as they came. */
static struct embargo_terms *terms_add(struct folded *folded, const struct event *event)
{
	struct case_embargo *embargo = &folded->state.embargo;
	size_t at = embargo->term_count;
	struct embargo_terms *terms;

	while (at > 0 && embargo->terms[at - 1].proposed_at > event->at)
		at--;
	terms = CASE_INSERT(folded, embargo.terms, embargo.term_count, ROOM_TERMS, at);
	memcpy(terms->id, event->id, sizeof(terms->id));
	terms->by = event_text(event, "by");
	terms->note = event_text(event, "note");
	terms->evidence = event_text(event, "evidence");
	terms->until = read_until(event);
	terms->proposed_at = event->at;
	terms->decided_at = INSTANT_NONE;
	terms->rsvp = embargo_rsvp(event->at,
				   js_string(event->body, "rsvp") ? event_instant(event, "rsvp") :
								    INSTANT_NONE,
				   terms->until.at);
	allow_read(js_array(event->body, "allow"), &terms->allow);
	return terms;
}

/* Terms of one's own need no further yes. */
static void propose(struct folded *folded, const struct event *event)
{
	struct embargo_terms *terms = terms_add(folded, event);

	terms->older = event->type == EVENT_EMBARGO_PROPOSED;
	if (!is_us(terms->by))
		answer_add(folded, terms->by, terms, ANSWER_YES, event);
	move(folded, EM_PROPOSE);
}

/* The older kind of proposal: it replaces whatever was open. */
static void apply_proposed(struct folded *folded, const struct event *event)
{
	close_open(&folded->state.embargo, TERMS_DROPPED, true, event->at);
	propose(folded, event);
}

static int check_terms_proposed(const struct case_state *state, const struct event *event,
				struct error *err)
{
	const char *by = event_text(event, "by");
	unsigned allow;

	if (!allow_read(js_array(event->body, "allow"), &allow))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule terms: what may be allowed is deploy, tell-customers, "
				   "publish-mitigation"));
	if (!is_us(by) && case_party_find(state, by) == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule PEC: %.80s is not a party of the case"), by);
	return check_proposed(state, event, err);
}

/* ---- answering */

/* Who accepts or rejects by the older events: NULL for the house, else the name of a party. */
static const char *answerer(const struct event *event)
{
	const char *by = event_text(event, "by"), *party = event_text(event, "party");

	if (is_us(by))
		return NULL;
	return party && *party ? party : by;
}

/* What the older events answer: the newest open proposal, else the terms in force; NULL. */
static struct embargo_terms *terms_latest(const struct case_state *state)
{
	const struct case_embargo *embargo = &state->embargo;

	for (size_t i = embargo->term_count; i-- > 0;)
		if (embargo->terms[i].state == TERMS_OPEN)
			return &embargo->terms[i];
	return embargo->force >= 0 ? &embargo->terms[embargo->force] : NULL;
}

static int check_answer(const struct case_state *state, const char *party, enum answer answer,
			struct error *err)
{
	const struct embargo_terms *terms = terms_latest(state);

	if (case_party_find(state, party) < state->party_count && !terms)
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule PEC: there are no terms to answer: the embargo is %s"),
				 em_name(state->embargo.state));
	return terms ? answer_check(state, party, terms, answer, err) :
		       error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule PEC: %.80s is not a party of the case"), party);
}

static int check_accepted(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	const char *party = answerer(event);
	int code = embargo_allowed(state->cs, NULL, err);

	if (code)
		return code;
	return party ? check_answer(state, party, ANSWER_YES, err) :
		       check_move(state, EM_ACCEPT, err);
}

/* Only the house, which owns the case, moves the shared embargo. OVER: what was in force meanwhile. */
static void accept(struct folded *folded, struct embargo_terms *terms,
		   const struct embargo_terms *over, instant at)
{
	terms->state = TERMS_ACCEPTED;
	terms->decided_at = at;
	terms->replaces = over != NULL;
	if (over)
		memcpy(terms->over, over->id, sizeof(terms->over));
	move(folded, EM_ACCEPT);
}

static void say_yes(struct folded *folded, const char *party, struct embargo_terms *terms,
		    const struct event *event)
{
	answer_add(folded, party, terms, ANSWER_YES, event);
	parties_settle(folded);
}

static void apply_accepted(struct folded *folded, const struct event *event)
{
	struct case_embargo *embargo = &folded->state.embargo;
	const char *party = answerer(event);
	struct embargo_terms *terms = terms_latest(&folded->state);

	if (party)
		say_yes(folded, party, terms, event);
	else
		accept(folded, terms, embargo->force >= 0 ? &embargo->terms[embargo->force] : NULL,
		       event->at);
}

static int refuse_unknown(const struct case_state *state, struct error *err)
{
	return error_set(err, ERR_NO, state->id, _("See embargo status"),
			 _("rule EM: those terms are not of this case"));
}

static int refuse_decided(const struct case_state *state, const struct embargo_terms *terms,
			  struct error *err)
{
	return error_set(err, ERR_NO, state->id, _("Propose them anew"),
			 _("rule EM: those terms are %s"), terms_words[terms->state]);
}

/* A yes to terms that no longer count is evidence and moves nothing but the invitation (EMB-17). */
static int check_terms_accepted(const struct case_state *state, const struct event *event,
				struct error *err)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");
	const char *by = event_text(event, "by");
	int code = 0;

	if (!terms)
		return refuse_unknown(state, err);
	if (!case_is_owner(state, by)) {
		if (terms_current(&state->embargo, terms))
			code = embargo_allowed(state->cs, NULL, err);
		return code ? code : answer_check(state, by, terms, ANSWER_YES, err);
	}
	code = embargo_allowed(state->cs, NULL, err);
	if (!code)
		code = check_move(state, EM_ACCEPT, err);
	return code || terms->state == TERMS_OPEN ? code : refuse_decided(state, terms, err);
}

static void apply_terms_accepted(struct folded *folded, const struct event *event)
{
	struct embargo_terms *terms = terms_named(&folded->state, event, "terms");
	const char *by = event_text(event, "by");

	if (!case_is_owner(&folded->state, by)) {
		say_yes(folded, by, terms, event);
		return;
	}
	if (!is_us(by) && answer_check(&folded->state, by, terms, ANSWER_YES, NULL) == 0)
		answer_add(folded, by, terms, ANSWER_YES, event);
	accept(folded, terms, terms_named(&folded->state, event, "over"), event->at);
}

/* Proposers may take back what they proposed; anybody else only declines for themselves. */
static bool moves_embargo(const struct case_state *state, const struct embargo_terms *terms, const char *by)
{
	return case_is_owner(state, by) || (terms && terms->state == TERMS_OPEN && str_casecmp(terms->by, by) == 0);
}

static int check_rejected(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	const char *party = answerer(event);

	if (!party || moves_embargo(state, terms_latest(state), party))
		return check_move(state, EM_REJECT, err);
	return check_answer(state, party, ANSWER_NO, err);
}

static void say_no(struct folded *folded, const char *party, const struct embargo_terms *terms,
		   const struct event *event)
{
	answer_add(folded, party, terms, ANSWER_NO, event);
	parties_settle(folded);
}

static void reject_open(struct folded *folded, instant at)
{
	close_open(&folded->state.embargo, TERMS_REJECTED, true, at);
	move(folded, EM_REJECT);
}

static void apply_rejected(struct folded *folded, const struct event *event)
{
	const char *party = answerer(event);
	const struct embargo_terms *terms = terms_latest(&folded->state);

	if (!party || moves_embargo(&folded->state, terms, party))
		reject_open(folded, event->at);
	else
		say_no(folded, party, terms, event);
}

static int check_terms_rejected(const struct case_state *state, const struct event *event,
				struct error *err)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");
	const char *by = event_text(event, "by");
	int code;

	if (!terms)
		return refuse_unknown(state, err);
	if (!moves_embargo(state, terms, by))
		return answer_check(state, by, terms, ANSWER_NO, err);
	code = check_move(state, EM_REJECT, err);
	return code || terms->state == TERMS_OPEN ? code : refuse_decided(state, terms, err);
}

static void apply_terms_rejected(struct folded *folded, const struct event *event)
{
	struct embargo_terms *terms = terms_named(&folded->state, event, "terms");
	const char *by = event_text(event, "by");

	if (!moves_embargo(&folded->state, terms, by)) {
		say_no(folded, by, terms, event);
		return;
	}
	terms->state = TERMS_REJECTED;
	terms->decided_at = event->at;
	move(folded, EM_REJECT);
}

/* ---- ending */

static void terminate(struct folded *folded, instant at, enum end_cause cause, char *reason)
{
	struct case_embargo *embargo = &folded->state.embargo;

	embargo->ended_at = at;
	embargo->end_reason = reason;
	embargo->cause = cause;
	move(folded, EM_TERMINATE);
}

static int check_terminated(const struct case_state *state, const struct event *event,
			    struct error *err)
{
	const char *reason = event_text(event, "reason");

	if (!reason[strspn(reason, " \t")])
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule EM: ending an embargo needs a reason"));
	return check_move(state, EM_TERMINATE, err);
}

static void apply_terminated(struct folded *folded, const struct event *event)
{
	terminate(folded, event->at, END_OTHER, event_text(event, "reason"));
}

static enum end_cause cause_of(const struct event *event)
{
	int cause = 0;

	while (cause < END_COUNT - 1 && !str_equal(end_words[cause], event_text(event, "cause")))
		cause++;
	return (enum end_cause)cause;
}

/* Is there what CAUSE says? "other" is left to the reason given. */
static bool cause_given(const struct case_state *state, enum end_cause cause, instant at)
{
	static const signed char bits[END_COUNT] = {
		[END_FIX_READY] = CS_FIX_READY, [END_FIX_DEPLOYED] = CS_FIX_DEPLOYED,
		[END_PUBLIC] = CS_PUBLIC,       [END_EXPLOIT] = CS_EXPLOIT_PUBLIC,
		[END_ATTACKS] = CS_ATTACKS,     [END_TIMER] = -1,
		[END_LEAK] = -1,                [END_OTHER] = -1,
		[END_MERGED] = -1,
	};

	if (cause == END_TIMER)
		return at >= state->embargo.until.at;
	if (cause == END_MERGED)
		return state->merged_into != NULL;
	if (cause == END_LEAK)
		return case_record_count(state, EVENT_LEAK_RECORDED) > 0;
	return bits[cause] < 0 || CS_HAS(state, bits[cause]);
}

/* A planned end in the future is a revision, not this. */
static int check_ended(const struct case_state *state, const struct event *event, struct error *err)
{
	enum end_cause cause = cause_of(event);
	int code = check_terminated(state, event, err);
	const char *by = event_text(event, "by");

	/* That its time has come, or that it is merged, is for everybody to say. */
	if (!code && cause != END_TIMER && cause != END_MERGED && !case_is_owner(state, by ? by : "us"))
		return error_set(err, ERR_NO, state->id, _("Ask it to, and record its word with --by"),
				 _("rule CM-02-005: %.80s coordinates the case, and only it ends the embargo"),
				 str_or_empty(state->owner ? state->owner : _("we")));
	if (code || js_bool(event->body, "override") || cause_given(state, cause, event->at))
		return code;
	return error_set(err, ERR_NO, state->id,
			 _("Record first what happened, or end it with --override"),
			 _("rule EMB-14: nothing in the case says %s"), end_words[cause]);
}

static void apply_ended(struct folded *folded, const struct event *event)
{
	enum end_cause cause = cause_of(event);

	folded->state.embargo.overridden = !cause_given(&folded->state, cause, event->at);
	terminate(folded, event->at, cause, event_text(event, "reason"));
}

/* ---- disclosure */

/* Revisions that cannot be accepted any more; those of the older kind were always left standing. */
static void reject_revisions(struct folded *folded, instant at)
{
	close_open(&folded->state.embargo, TERMS_REJECTED, false, at);
	move(folded, EM_REJECT);
}

/* A fix counts as ready only in a case the house accepted to work on. */
static int check_disclosure(const struct case_state *state, const struct event *event,
			    struct error *err)
{
	int bit = cs_from_name(event_text(event, "bit"));
	cs_state cs = state->cs;
	int code = cs_set(&cs, (enum cs_bit)bit, err);

	if (code || bit != CS_FIX_READY || CS_HAS(state, bit) || state->rm == RM_ACCEPTED)
		return code;
	return error_set(err, ERR_NO, state->id, _("Accept the case first"),
			 _("rule RM-CS: fix-ready needs an accepted case, this one is %s"),
			 rm_name(state->rm));
}

/* The change of the case comes first, then what it does to the embargo: what is proposed can no longer
 * be agreed to; once it is public nothing is in force; once there are attacks, what is in force should
 * end, by a decision. */
static void apply_disclosure(struct folded *folded, const struct event *event)
{
	static char public_word[] = "public", exploit_word[] = "exploit-public";
	struct case_state *state = &folded->state;
	int bit = cs_from_name(event_text(event, "bit"));

	if (cs_set(&state->cs, (enum cs_bit)bit, NULL) != 0)
		BUG("a checked disclosure is refused");
	if (CS_HAS(state, CS_FIX_READY) && state->times.fixed == INSTANT_NONE)
		state->times.fixed = event->at;
	if (CS_HAS(state, CS_PUBLIC) && state->times.published == INSTANT_NONE)
		state->times.published = event->at;
	if (embargo_in_force(&state->embargo) && embargo_must_end(state->cs) == 2)
		terminate(folded, event->at, bit == CS_EXPLOIT_PUBLIC ? END_EXPLOIT : END_PUBLIC,
			  bit == CS_EXPLOIT_PUBLIC ? exploit_word : public_word);
	else if (state->embargo.state == EM_PROPOSED && embargo_allowed(state->cs, NULL, NULL) != 0)
		reject_open(folded, event->at);
	else if (bit == CS_ATTACKS && state->embargo.state == EM_REVISE)
		reject_revisions(folded, event->at);
}

/* ---- cases that are merged and split, and the terms they bring */

static bool known_case(const struct case_state *state, const char *id)
{
	return str_casecmp(state->id, id) != 0 && id_valid(id);
}

static int check_other(const struct case_state *state, const struct event *event, const char *key,
		       struct error *err)
{
	if (known_case(state, event_text(event, key)))
		return 0;
	return error_set(err, ERR_NO, state->id, NULL, _("rule merge: it needs another case"));
}

static int check_merged(const struct case_state *state, const struct event *event, struct error *err)
{
	if (state->merged_into)
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule merge: it went into %s already"), state->merged_into);
	return check_other(state, event, "into", err);
}

/* Where its embargo went along, none is left here; talks go on there as well. */
static void apply_merged(struct folded *folded, const struct event *event)
{
	static char merged_word[] = "merged";
	struct case_state *state = &folded->state;

	state->merged_into = event_text(event, "into");
	if (!js_bool(event->body, "carried"))
		return;
	if (embargo_in_force(&state->embargo))
		terminate(folded, event->at, END_MERGED, merged_word);
	else if (state->embargo.state == EM_PROPOSED)
		reject_open(folded, event->at);
}

/* Terms in force elsewhere bind here as well; where both cases had some, those that end first. */
static void inherit(struct folded *folded, const struct event *event)
{
	struct case_embargo *embargo = &folded->state.embargo;
	const json_t *names = js_array(event->body, "signatories");
	struct embargo_terms *terms;
	static char us[] = "us";

	if (!event_text(event, "until") || embargo_allowed(folded->state.cs, NULL, NULL) != 0 ||
	    check_move(&folded->state, EM_PROPOSE, NULL) != 0)
		return;
	terms = terms_add(folded, event);
	terms->by = us;
	terms->inherited = true;
	move(folded, EM_PROPOSE);
	terms = terms_find(embargo, event->id);
	for (size_t i = 0; i < json_array_size(names); i++)
		answer_add(folded, json_string_value(json_array_get(names, i)), terms, ANSWER_YES,
			   event);
	accept(folded, terms, NULL, event->at);
}

static int check_taken(const struct case_state *state, const struct event *event, struct error *err)
{
	unsigned allow;
	int code = check_other(state, event, "from", err);

	if (!code && !allow_read(js_array(event->body, "allow"), &allow))
		code = error_set(err, ERR_NO, state->id, NULL, _("rule terms: no such permission"));
	return code ? code : zone_check(state, event, err);
}

static void apply_taken(struct folded *folded, const struct event *event)
{
	record_row.apply(folded, event);
	inherit(folded, event);
}

static int check_split_off(const struct case_state *state, const struct event *event,
			   struct error *err)
{
	return check_other(state, event, "case", err);
}

static int check_split_from(const struct case_state *state, const struct event *event,
			    struct error *err)
{
	unsigned allow;
	int code = check_other(state, event, "case", err);

	if (!code && state->split_from)
		code = error_set(err, ERR_NO, state->id, NULL,
				 _("rule split: it was split from %s already"), state->split_from);
	if (!code && !allow_read(js_array(event->body, "allow"), &allow))
		code = error_set(err, ERR_NO, state->id, NULL, _("rule terms: no such permission"));
	return code ? code : zone_check(state, event, err);
}

static void apply_split_from(struct folded *folded, const struct event *event)
{
	folded->state.split_from = event_text(event, "case");
	if (event_text(event, "until"))
		folded->state.embargo.inherited = event_instant(event, "until");
	inherit(folded, event);
}

static void apply_split_off(struct folded *folded, const struct event *event)
{
	record_row.apply(folded, event);
}

const struct fold_row state_row = { check_state, apply_state };
const struct fold_row disclosure_row = { check_disclosure, apply_disclosure };
const struct fold_row proposed_row = { check_proposed, apply_proposed };
const struct fold_row accepted_row = { check_accepted, apply_accepted };
const struct fold_row rejected_row = { check_rejected, apply_rejected };
const struct fold_row terminated_row = { check_terminated, apply_terminated };
const struct fold_row terms_proposed_row = { check_terms_proposed, propose };
const struct fold_row terms_accepted_row = { check_terms_accepted, apply_terms_accepted };
const struct fold_row terms_rejected_row = { check_terms_rejected, apply_terms_rejected };
const struct fold_row ended_row = { check_ended, apply_ended };
const struct fold_row merged_row = { check_merged, apply_merged };
const struct fold_row merge_taken_row = { check_taken, apply_taken };
const struct fold_row split_off_row = { check_split_off, apply_split_off };
const struct fold_row split_from_row = { check_split_from, apply_split_from };
