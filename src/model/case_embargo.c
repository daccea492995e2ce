/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a case's three machines move together: report state, disclosure, parties and the embargo with
 * each party's consent. The rules are Vultron's (RM, EM, CS process models and their interactions).
 */
#include "model/case.h"

#define CS_HAS(state, bit) (((state)->cs & 1u << (bit)) != 0)

static bool is_us(const char *who)
{
	return str_equal(who, "us");
}

static bool in_force(const struct case_embargo *embargo)
{
	return embargo->state == EM_ACTIVE || embargo->state == EM_REVISE;
}

static void move(struct folded *folded, enum em_trigger trigger)
{
	if (em_move(&folded->state.embargo.state, trigger, NULL) != 0)
		BUG("a checked embargo move is refused");
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

/* ---- parties and their consent */

size_t party_find(const struct case_state *state, const char *name)
{
	size_t i = 0;

	while (i < state->party_count && str_casecmp(state->parties[i].name, name) != 0)
		i++;
	return i;
}

static int check_party(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *name = event_text(event, "name");

	if (name[strspn(name, " \t")])
		return 0;
	return error_set(err, ERR_NO, state->id, NULL, _("rule party: the name is empty"));
}

/* A party that joins while there are terms is invited to them. */
static void apply_party(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;
	size_t at = party_find(state, event_text(event, "name"));
	struct case_party *party;

	if (at == state->party_count) {
		party = CASE_ADD(folded, parties, party_count, ROOM_PARTIES);
		folded->signed_terms = list_open(folded->signed_terms, &folded->signed_count,
						 &folded->room[ROOM_SIGNED], sizeof(bool), at);
		if (state->embargo.state == EM_PROPOSED || in_force(&state->embargo))
			consent_move(&party->consent, CONSENT_INVITE, NULL);
	}
	party = &state->parties[at];
	party->name = event_text(event, "name");
	party->role = event_text(event, "role");
	party->address = event_text(event, "address");
	party->fingerprint = event_text(event, "fingerprint");
}

static void reset_consents(struct folded *folded)
{
	for (size_t i = 0; i < folded->state.party_count; i++) {
		consent_move(&folded->state.parties[i].consent, CONSENT_RESET, NULL);
		folded->signed_terms[i] = false;
	}
}

/* New terms: signatures lapse, everyone else is asked (again). */
static void invite_all(struct folded *folded)
{
	for (size_t i = 0; i < folded->state.party_count; i++) {
		enum consent *consent = &folded->state.parties[i].consent;

		if (*consent == CONSENT_SIGNATORY)
			consent_move(consent, CONSENT_REVISE, NULL);
		else if (*consent != CONSENT_LAPSED && *consent != CONSENT_INVITED)
			consent_move(consent, CONSENT_INVITE, NULL);
	}
}

/* Terms of one's own need no further yes. */
static void sign(struct folded *folded, const char *name)
{
	size_t at = party_find(&folded->state, name);

	if (at == folded->state.party_count)
		return;
	if (folded->state.parties[at].consent == CONSENT_DECLINED)
		consent_move(&folded->state.parties[at].consent, CONSENT_INVITE, NULL);
	if (folded->state.parties[at].consent != CONSENT_SIGNATORY)
		consent_move(&folded->state.parties[at].consent, CONSENT_ACCEPT, NULL);
	if (folded->state.embargo.state == EM_ACTIVE)
		folded->signed_terms[at] = true;
}

/* The revision came to nothing: whoever agreed to the terms in force is still bound by them, and
 * nobody by the terms that were refused. */
static void restore_signatures(struct folded *folded)
{
	for (size_t i = 0; i < folded->state.party_count; i++) {
		enum consent *consent = &folded->state.parties[i].consent;

		if (!folded->signed_terms[i]) {
			if (*consent == CONSENT_SIGNATORY)
				consent_move(consent, CONSENT_REVISE, NULL);
			continue;
		}
		if (*consent == CONSENT_DECLINED)
			consent_move(consent, CONSENT_INVITE, NULL);
		if (*consent != CONSENT_SIGNATORY)
			consent_move(consent, CONSENT_ACCEPT, NULL);
	}
}

/* Who accepts or rejects: NULL for the house, else the name of a party. */
static const char *answerer(const struct event *event)
{
	const char *by = event_text(event, "by"), *party = event_text(event, "party");

	if (is_us(by))
		return NULL;
	return party && *party ? party : by;
}

static int check_consent(const struct case_state *state, const char *name,
			 enum consent_trigger trigger, struct error *err)
{
	size_t at = party_find(state, name);
	enum consent consent;

	if (at == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule PEC: %.80s is not a party of the case"), name);
	if (state->embargo.state != EM_PROPOSED && !in_force(&state->embargo))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule PEC: there are no terms to answer: the embargo is %s"),
				 em_name(state->embargo.state));
	consent = state->parties[at].consent;
	return consent_move(&consent, trigger, err);
}

/* ---- the embargo */

static void clear_proposal(struct case_embargo *embargo)
{
	embargo->proposed = (struct zoned){ .at = INSTANT_NONE };
	embargo->proposed_by = NULL;
	embargo->proposed_at = INSTANT_NONE;
}

static int check_move(const struct case_state *state, enum em_trigger trigger, struct error *err)
{
	enum em_state em = state->embargo.state;

	return em_move(&em, trigger, err);
}

static int check_proposed(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+-/";
	const char *zone = str_or_empty(event_text(event, "zone"));
	int code = embargo_allowed(state->cs, NULL, err);

	if (!code)
		code = check_move(state, EM_PROPOSE, err);
	if (code)
		return code;
	if (zone[strspn(zone, allowed)] || strlen(zone) >= sizeof(state->embargo.until.zone))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule zone: a zone is a name such as Asia/Shanghai"));
	return 0;
}

static void apply_proposed(struct folded *folded, const struct event *event)
{
	struct case_embargo *embargo = &folded->state.embargo;

	move(folded, EM_PROPOSE);
	if (zoned_parse(event_text(event, "until"), &embargo->proposed, NULL) != 0)
		BUG("a checked date-time cannot be read");
	snprintf(embargo->proposed.zone, sizeof(embargo->proposed.zone), "%s",
		 str_or_empty(event_text(event, "zone")));
	embargo->proposed_by = event_text(event, "by");
	embargo->proposed_at = event->at;
	invite_all(folded);
	sign(folded, embargo->proposed_by);
}

static int check_accepted(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	const char *party = answerer(event);
	int code = embargo_allowed(state->cs, NULL, err);

	if (code)
		return code;
	return party ? check_consent(state, party, CONSENT_ACCEPT, err) :
		       check_move(state, EM_ACCEPT, err);
}

/* Only the house, which owns the case, moves the shared embargo. */
static void apply_accepted(struct folded *folded, const struct event *event)
{
	struct case_embargo *embargo = &folded->state.embargo;
	const char *party = answerer(event);

	if (party) {
		sign(folded, party);
		return;
	}
	move(folded, EM_ACCEPT);
	embargo->until = embargo->proposed;
	embargo->proposed = (struct zoned){ .at = INSTANT_NONE };
	embargo->accepted_at = event->at;
	for (size_t i = 0; i < folded->state.party_count; i++)
		folded->signed_terms[i] = folded->state.parties[i].consent == CONSENT_SIGNATORY;
	sign(folded, "us");
}

/* Proposers may take back what they proposed; anybody else only declines for themselves. */
static bool moves_embargo(const struct case_state *state, const struct event *event)
{
	const char *party = answerer(event);
	const struct case_embargo *embargo = &state->embargo;

	return !party || ((embargo->state == EM_PROPOSED || embargo->state == EM_REVISE) &&
			  embargo->proposed_by && str_casecmp(embargo->proposed_by, party) == 0);
}

static int check_rejected(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	if (moves_embargo(state, event))
		return check_move(state, EM_REJECT, err);
	return check_consent(state, answerer(event), CONSENT_DECLINE, err);
}

static void reject(struct folded *folded)
{
	move(folded, EM_REJECT);
	clear_proposal(&folded->state.embargo);
	if (folded->state.embargo.state == EM_NONE)
		reset_consents(folded);
	else
		restore_signatures(folded);
}

static void apply_rejected(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;

	if (moves_embargo(state, event))
		reject(folded);
	else
		consent_move(&state->parties[party_find(state, answerer(event))].consent,
			     CONSENT_DECLINE, NULL);
}

static void terminate(struct folded *folded, instant at, char *reason)
{
	struct case_embargo *embargo = &folded->state.embargo;

	move(folded, EM_TERMINATE);
	embargo->until = (struct zoned){ .at = INSTANT_NONE };
	clear_proposal(embargo);
	embargo->ended_at = at;
	embargo->end_reason = reason;
	reset_consents(folded);
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
	terminate(folded, event->at, event_text(event, "reason"));
}

/* ---- disclosure */

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

/* The change of the case comes first, then what it does to the embargo: once it is public there is
 * none; once there are attacks there is no new one, and one in force should end by a decision. */
static void apply_disclosure(struct folded *folded, const struct event *event)
{
	static char public_word[] = "public", exploit_word[] = "exploit-public";
	struct case_state *state = &folded->state;
	int bit = cs_from_name(event_text(event, "bit"));

	if (cs_set(&state->cs, (enum cs_bit)bit, NULL) != 0)
		BUG("a checked disclosure is refused");
	if (state->embargo.state == EM_PROPOSED && embargo_allowed(state->cs, NULL, NULL) != 0)
		reject(folded);
	else if (in_force(&state->embargo) && embargo_must_end(state->cs) == 2)
		terminate(folded, event->at, bit == CS_EXPLOIT_PUBLIC ? exploit_word : public_word);
}

const struct fold_row state_row = { check_state, apply_state };
const struct fold_row disclosure_row = { check_disclosure, apply_disclosure };
const struct fold_row party_row = { check_party, apply_party };
const struct fold_row proposed_row = { check_proposed, apply_proposed };
const struct fold_row accepted_row = { check_accepted, apply_accepted };
const struct fold_row rejected_row = { check_rejected, apply_rejected };
const struct fold_row terminated_row = { check_terminated, apply_terminated };

/* ---- what the sources advise against without forbidding it */

#define RM_BIT(state) (1u << (state))

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

static size_t warn_proposed(const struct case_state *state, const struct event *event,
			    const char *ret[MODEL_WARNINGS])
{
	instant until = event_instant(event, "until");
	const char *warning = NULL;
	size_t count = 0;

	if (embargo_allowed(state->cs, &warning, NULL) == 0 && warning)
		ret[count++] = warning;
	if (!(proposal_states(state->embargo.state) & RM_BIT(state->rm)))
		ret[count++] = N_("embargo terms should not be proposed while the case is in this "
				  "state");
	if (until <= event->at)
		ret[count++] = N_("the proposed end is past already");
	return count;
}

static size_t warn_accepted(const struct case_state *state, const struct event *event,
			    const char *ret[MODEL_WARNINGS])
{
	const char *warning = NULL;
	size_t count = 0;

	if (answerer(event))
		return 0;
	if (embargo_allowed(state->cs, &warning, NULL) == 0 && warning)
		ret[count++] = warning;
	if (state->rm == RM_INVALID || state->rm == RM_CLOSED)
		ret[count++] = N_("an invalid or closed case should not enter an embargo");
	if (state->embargo.proposed.at != INSTANT_NONE && state->embargo.proposed.at <= event->at)
		ret[count++] = N_("the proposed end is past already");
	return count;
}

static size_t warn_state(const struct case_state *state, const struct event *event,
			 const char *ret[MODEL_WARNINGS])
{
	if (rm_from_name(event_text(event, "to")) != RM_CLOSED || !in_force(&state->embargo))
		return 0;
	ret[0] = N_("an embargo is in force: the case should not be closed before it ends");
	return 1;
}

static size_t warn_disclosure(const struct case_state *state, const struct event *event,
			      const char *ret[MODEL_WARNINGS])
{
	int bit = cs_from_name(event_text(event, "bit"));
	cs_state cs = state->cs;
	size_t count = 0;

	if (cs_set(&cs, (enum cs_bit)bit, NULL) != 0)
		return 0;
	if (in_force(&state->embargo) && embargo_must_end(cs) == 1)
		ret[count++] = N_("the embargo should end now");
	if (bit == CS_FIX_DEPLOYED && state->rm != RM_ACCEPTED)
		ret[count++] = N_("a fix is deployed in a case that is not accepted");
	return count;
}

size_t case_warnings(const struct case_state *state, const struct event *event,
		     const char *ret[MODEL_WARNINGS])
{
	static const struct {
		enum event_type type;
		size_t (*warn)(const struct case_state *, const struct event *,
			       const char *[MODEL_WARNINGS]);
	} rows[] = {
		{ EVENT_EMBARGO_PROPOSED, warn_proposed },
		{ EVENT_EMBARGO_ACCEPTED, warn_accepted },
		{ EVENT_STATE_SET, warn_state },
		{ EVENT_DISCLOSURE_SET, warn_disclosure },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == event->type)
			return rows[i].warn(state, event, ret);
	return 0;
}
