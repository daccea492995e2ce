/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parties of a case: who they are, how far their own handling has come as far as it was heard, and
 * what each has agreed to. Consent is worked out anew from the terms and the answers whenever either
 * changes, so it does not depend on the order in which answers to different terms are recorded.
 */
#include "model/case.h"

#define CS_BIT(bit)  (1u << (bit))
#define CS_SHARED    (CS_BIT(CS_PUBLIC) | CS_BIT(CS_EXPLOIT_PUBLIC) | CS_BIT(CS_ATTACKS))
#define CS_OF_VENDOR (CS_BIT(CS_VENDOR_AWARE) | CS_BIT(CS_FIX_READY) | CS_BIT(CS_FIX_DEPLOYED))

bool is_us(const char *who)
{
	return str_equal(who, "us");
}

bool case_is_owner(const struct case_state *state, const char *who)
{
	return state->owner ? str_casecmp(state->owner, who) == 0 : is_us(who);
}

bool embargo_in_force(const struct case_embargo *embargo)
{
	return embargo->state == EM_ACTIVE || embargo->state == EM_REVISE;
}

size_t case_party_find(const struct case_state *state, const char *name)
{
	size_t i = 0;

	while (i < state->party_count && str_casecmp(state->parties[i].name, name) != 0)
		i++;
	return i;
}

/* ---- answers */

static const struct embargo_answer *last_answer(const struct case_state *state, const char *party,
						const struct embargo_terms *terms)
{
	const struct case_embargo *embargo = &state->embargo;

	for (size_t i = embargo->answer_count; i-- > 0;)
		if (memcmp(embargo->answers[i].terms, terms->id, sizeof(terms->id)) == 0 &&
		    str_casecmp(embargo->answers[i].party, party) == 0)
			return &embargo->answers[i];
	return NULL;
}

/* When TERMS stopped to count: rejected, dropped, or replaced; INSTANT_NONE while they do. */
static instant terms_over(const struct case_embargo *embargo, const struct embargo_terms *terms)
{
	instant over = INSTANT_NONE;

	if (terms->state == TERMS_REJECTED || terms->state == TERMS_DROPPED)
		return terms->decided_at;
	for (size_t i = 0; i < embargo->term_count; i++) {
		const struct embargo_terms *other = &embargo->terms[i];

		if (other != terms && other->state == TERMS_ACCEPTED && other->replaces &&
		    memcmp(other->over, terms->id, sizeof(terms->id)) == 0 &&
		    (over == INSTANT_NONE || other->decided_at < over))
			over = other->decided_at;
	}
	return over;
}

/* Did PARTY say yes to terms that no longer counted? Then it is asked anew about those that do, from the
 * last time it did so on (INSTANT_NONE: it did not). */
static instant asked_anew(const struct case_state *state, const char *party)
{
	const struct case_embargo *embargo = &state->embargo;
	instant last = INSTANT_NONE;

	for (size_t i = 0; i < embargo->term_count; i++) {
		const struct embargo_answer *answer = last_answer(state, party, &embargo->terms[i]);
		instant over = terms_over(embargo, &embargo->terms[i]);

		/* Terms that were over before they were proposed were never any, whichever copy heard of them first. */
		if (answer && answer->answer == ANSWER_YES && over != INSTANT_NONE &&
		    embargo->terms[i].proposed_at <= over && answer->at > over && answer->at > last)
			last = answer->at;
	}
	return last;
}

enum answer answer_of(const struct case_state *state, const char *party,
		      const struct embargo_terms *terms)
{
	const struct embargo_answer *answer = last_answer(state, party, terms);

	if (!answer)
		return ANSWER_NONE;
	if (answer->answer == ANSWER_NO && asked_anew(state, party) > answer->at)
		return ANSWER_ASKED;
	return answer->answer;
}

/* By when PARTY is to answer TERMS: so long after it could first know of them, or as it was asked. */
static instant rsvp_of(const struct case_state *state, const struct case_party *party,
		       const struct embargo_terms *terms)
{
	const struct embargo_answer *answer = last_answer(state, party->name, terms);
	instant anew = asked_anew(state, party->name), from = party->joined;

	if (answer && answer->answer == ANSWER_ASKED)
		return answer->rsvp;
	from = anew > from ? anew : from;
	if (from <= terms->proposed_at)
		return terms->rsvp;
	return embargo_rsvp(from, from + (terms->rsvp - terms->proposed_at), terms->until.at);
}

void answer_add(struct folded *folded, const char *party, const struct embargo_terms *terms,
		enum answer answer, const struct event *event)
{
	struct case_state *state = &folded->state;
	size_t at = case_party_find(state, party);
	instant due = at < state->party_count ? rsvp_of(state, &state->parties[at], terms) :
						INSTANT_NONE;
	instant wanted = js_string(event->body, "rsvp") ? event_instant(event, "rsvp") : INSTANT_NONE;
	struct embargo_answer *added =
		CASE_ADD(folded, embargo.answers, embargo.answer_count, ROOM_ANSWERS);

	*added = (struct embargo_answer){
		.party = (char *)party,
		.answer = answer,
		.at = event->at,
		.rsvp = answer == ANSWER_ASKED ?
				embargo_rsvp(event->at, wanted, terms->until.at) :
				INSTANT_NONE,
		.evidence = event_text(event, "evidence"),
		.late = answer == ANSWER_YES && due != INSTANT_NONE && event->at > due,
	};
	memcpy(added->terms, terms->id, sizeof(added->terms));
}

/* ---- consent */

/* Did a yes of PARTY to these terms, which are not asked about any more, count for a while: to terms
 * that were in force? (By the older events also to a revision, or to what a counter-proposal replaced.) */
static bool has_lapsed(const struct case_state *state, const char *party,
		       const struct embargo_terms *terms)
{
	const struct case_embargo *embargo = &state->embargo;
	const struct embargo_answer *answer = last_answer(state, party, terms);
	instant over = terms_over(embargo, terms);

	if (!answer || answer->answer != ANSWER_YES || terms->past)
		return false;
	if (over != INSTANT_NONE && answer->at > over)
		return false;
	return terms->state != TERMS_REJECTED ||
	       (terms->older && embargo->force >= 0 && terms->decided_at >= embargo->terms[embargo->force].decided_at);
}

static bool signed_before(const struct case_state *state, const char *party)
{
	const struct case_embargo *embargo = &state->embargo;

	for (size_t i = 0; i < embargo->term_count; i++)
		if (!terms_asked(embargo, i) && has_lapsed(state, party, &embargo->terms[i]))
			return true;
	return false;
}

/* Who said yes to one of the terms asked about is bound; who said no to all of them has declined; a
 * yes to earlier terms has lapsed; the others are asked. */
static enum consent consent_of(const struct case_state *state, const char *party)
{
	const struct case_embargo *embargo = &state->embargo;
	bool all_no = true;

	if (embargo->state == EM_NONE || embargo->state == EM_EXITED)
		return CONSENT_NONE;
	for (size_t i = 0; i < embargo->term_count; i++) {
		enum answer answer;

		if (!terms_asked(embargo, i))
			continue;
		answer = answer_of(state, party, &embargo->terms[i]);
		if (answer == ANSWER_YES)
			return CONSENT_SIGNATORY;
		all_no = all_no && answer == ANSWER_NO;
	}
	if (all_no)
		return CONSENT_DECLINED;
	return signed_before(state, party) ? CONSENT_LAPSED : CONSENT_INVITED;
}

enum consent case_our_consent(const struct case_state *state)
{
	if (state->owner)
		return consent_of(state, "us");
	return embargo_in_force(&state->embargo) ? CONSENT_SIGNATORY : CONSENT_NONE;
}

/* The consent of PARTY to these terms alone. */
static enum consent consent_to(const struct case_state *state, const char *party,
			       const struct embargo_terms *terms)
{
	switch (answer_of(state, party, terms)) {
	case ANSWER_YES: return CONSENT_SIGNATORY;
	case ANSWER_NO: return CONSENT_DECLINED;
	case ANSWER_NONE:
	case ANSWER_ASKED: break;
	}
	return signed_before(state, party) ? CONSENT_LAPSED : CONSENT_INVITED;
}

int answer_check(const struct case_state *state, const char *party, const struct embargo_terms *terms,
		 enum answer answer, struct error *err)
{
	static const enum consent_trigger triggers[] = {
		[ANSWER_ASKED] = CONSENT_INVITE,
		[ANSWER_YES] = CONSENT_ACCEPT,
		[ANSWER_NO] = CONSENT_DECLINE,
	};
	enum consent consent;

	if (!is_us(party) && case_party_find(state, party) == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule PEC: %.80s is not a party of the case"), party);
	consent = consent_to(state, party, terms);
	if (answer == ANSWER_ASKED && consent == CONSENT_INVITED)
		return 0; /* asking once more only moves the date */
	return consent_move(&consent, triggers[answer], err);
}

static void settle_one(const struct case_state *state, struct case_party *party)
{
	const struct case_embargo *embargo = &state->embargo;

	party->consent = consent_of(state, party->name);
	party->rsvp = INSTANT_NONE;
	party->terms = -1;
	party->answered = INSTANT_NONE;
	party->late = false;
	party->evidence = NULL;
	for (size_t i = 0; i < embargo->term_count; i++) {
		const struct embargo_terms *terms = &embargo->terms[i];
		const struct embargo_answer *answer = last_answer(state, party->name, terms);
		enum answer said = answer_of(state, party->name, terms);
		bool yes = said == ANSWER_YES;

		if (!terms_current(embargo, terms))
			continue;
		if (yes || said == ANSWER_NO) {
			party->answered = answer->at;
			party->evidence = answer->evidence;
		}
		if (yes) {
			party->terms = (int)i;
			party->late = answer->late;
		} else if (terms_asked(embargo, i) && said != ANSWER_NO) {
			party->rsvp = rsvp_of(state, party, terms);
		}
	}
	if (party->consent != CONSENT_INVITED && party->consent != CONSENT_LAPSED)
		party->rsvp = INSTANT_NONE;
}

void parties_settle(struct folded *folded)
{
	for (size_t i = 0; i < folded->state.party_count; i++)
		settle_one(&folded->state, &folded->state.parties[i]);
}

enum consent party_consent(const struct case_party *party, instant now)
{
	bool silent = party->rsvp != INSTANT_NONE && now > party->rsvp;

	return silent && (party->consent == CONSENT_INVITED || party->consent == CONSENT_LAPSED) ?
		       CONSENT_DECLINED :
		       party->consent;
}

bool case_may_share(const struct case_state *state, const struct case_party *party, instant now)
{
	const struct case_embargo *embargo = &state->embargo;

	if (!embargo_in_force(embargo))
		return true;
	/* A revision that is still talked about does not release anybody from the terms in force. */
	return party_consent(party, now) == CONSENT_SIGNATORY ||
	       (embargo->terms &&
		answer_of(state, party->name, &embargo->terms[embargo->force]) == ANSWER_YES);
}

/* ---- who they are */

static int check_name(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *name = event_text(event, "name");

	if (str_casecmp(name, "us") == 0)
		return error_set(err, ERR_NO, state->id, _("Give it another name"),
				 _("rule party: nobody else is called us"));
	if (name[strspn(name, " \t")])
		return 0;
	return error_set(err, ERR_NO, state->id, NULL, _("rule party: the name is empty"));
}

/* A party stated again keeps its consent. */
static struct case_party *party_open(struct folded *folded, const struct event *event)
{
	struct case_state *state = &folded->state;
	size_t at = case_party_find(state, event_text(event, "name"));
	struct case_party *party;

	if (at < state->party_count)
		return &state->parties[at];
	party = CASE_ADD(folded, parties, party_count, ROOM_PARTIES);
	party->joined = event->at;
	party->name = event_text(event, "name");
	return party;
}

static void apply_party(struct folded *folded, const struct event *event)
{
	struct case_party *party = party_open(folded, event);

	party->name = event_text(event, "name");
	if (!str_equal(party->role, event_text(event, "role")))
		party->cs = 0; /* what was known of its fix belonged to the other role */
	party->role = event_text(event, "role");
	party->address = event_text(event, "address");
	party->fingerprint = event_text(event, "fingerprint");
	parties_settle(folded);
}

static int check_there(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *name = event_text(event, "name");

	if (case_party_find(state, name) < state->party_count)
		return 0;
	return error_set(err, ERR_NO, state->id, _("Add it with party add"),
			 _("rule party: %.80s is not a party of the case"), name);
}

static int check_party_set(const struct case_state *state, const struct event *event,
			   struct error *err)
{
	const char *name = event_text(event, "name");
	size_t at = case_party_find(state, name);
	const char *role = event_text(event, "role");

	if (check_there(state, event, err))
		return ERR_NO;
	if (role && !str_equal(role, str_or_empty(state->parties[at].role)) &&
	    (state->parties[at].cs & CS_OF_VENDOR))
		return error_set(err, ERR_NO, name, NULL,
				 _("rule role: what is known of its fix belongs to the role %s"),
				 str_or_empty(state->parties[at].role));
	return zone_check(state, event, err);
}

/* What is not named stays; an empty text clears. */
static void apply_party_set(struct folded *folded, const struct event *event)
{
	struct case_party *party = party_open(folded, event);
	const struct { const char *key; char **slot; } members[] = {
		{ "role", &party->role },       { "address", &party->address },
		{ "zone", &party->zone },       { "fingerprint", &party->fingerprint },
		{ "contact", &party->contact },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char *text = event_text(event, members[i].key);

		if (text)
			*members[i].slot = *text ? text : NULL;
	}
}

/* ---- who coordinates */

/* Us, another vendor, or a coordinator from outside. */
static int check_owner(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *owner = event_text(event, "owner");
	size_t at = case_party_find(state, owner);

	if (is_us(owner))
		return 0;
	if (at == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Add it with party add"),
				 _("rule party: %.80s is not a party of the case"), owner);
	if (str_equal(state->parties[at].role, "coordinator") || str_equal(state->parties[at].role, "vendor"))
		return 0;
	return error_set(err, ERR_NO, state->parties[at].name, NULL,
			 _("rule CM-02-005: a case is coordinated by a vendor or a coordinator, this one is %s"),
			 str_or_empty(state->parties[at].role));
}

static void apply_owner(struct folded *folded, const struct event *event)
{
	char *owner = event_text(event, "owner");

	folded->state.owner = is_us(owner) ? NULL : owner;
	parties_settle(folded);
}

/* ---- asking again */

static int check_invited(const struct case_state *state, const struct event *event,
			 struct error *err)
{
	const struct embargo_terms *terms = terms_named(state, event, "terms");

	if (check_there(state, event, err))
		return ERR_NO;
	/* Whether they still count may depend on what somebody else does meanwhile; asking does not. */
	if (!terms)
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule PEC: those terms are not of this case"));
	return answer_check(state, event_text(event, "name"), terms, ANSWER_ASKED, err);
}

static void apply_invited(struct folded *folded, const struct event *event)
{
	answer_add(folded, event_text(event, "name"), terms_named(&folded->state, event, "terms"),
		   ANSWER_ASKED, event);
	parties_settle(folded);
}

/* ---- how far they are */

static int check_party_state(const struct case_state *state, const struct event *event,
			     struct error *err)
{
	size_t at = case_party_find(state, event_text(event, "name"));
	enum rm_state to = (enum rm_state)rm_from_name(event_text(event, "to"));

	if (check_there(state, event, err))
		return ERR_NO;
	if (rm_heard(state->parties[at].rm, to, NULL))
		return 0;
	return error_set(err, ERR_NO, state->parties[at].name, _("Ask it what it meant, and add a note"),
			 _("rule RM: %s cannot go back to %s"), rm_name(state->parties[at].rm),
			 rm_name(to));
}

/* A vendor that has the report is aware of the vulnerability. */
static void apply_party_state(struct folded *folded, const struct event *event)
{
	struct case_party *party = party_open(folded, event);

	party->rm = (enum rm_state)rm_from_name(event_text(event, "to"));
	if (party->rm != RM_START && str_equal(party->role, "vendor"))
		party->cs |= CS_BIT(CS_VENDOR_AWARE);
}

/* Is there a fix that a deployer could have deployed? */
static bool fix_exists(const struct case_state *state)
{
	bool ready = (state->cs & CS_BIT(CS_FIX_READY)) != 0;

	for (size_t i = 0; i < state->party_count; i++)
		ready = ready || (state->parties[i].cs & CS_BIT(CS_FIX_READY));
	return ready;
}

static int check_deployer(const struct case_state *state, const struct case_party *party,
			  enum cs_bit bit, struct error *err)
{
	if (bit != CS_FIX_DEPLOYED)
		return error_set(err, ERR_NO, party->name, NULL,
				 _("rule role: a deployer only says that a fix is deployed"));
	if (party->cs & CS_BIT(bit) || fix_exists(state))
		return 0;
	return error_set(err, ERR_NO, party->name, NULL, _("rule CS: %s must come before %s"),
			 cs_name(CS_FIX_READY), cs_name(bit));
}

static int check_party_disclosure(const struct case_state *state, const struct event *event,
				  struct error *err)
{
	const struct case_party *party;
	enum cs_bit bit = (enum cs_bit)cs_from_name(event_text(event, "bit"));
	cs_state cs;
	int code = check_there(state, event, err);

	if (code)
		return code;
	party = &state->parties[case_party_find(state, event_text(event, "name"))];
	if (str_equal(party->role, "deployer"))
		return check_deployer(state, party, bit, err);
	if (!str_equal(party->role, "vendor"))
		return error_set(err, ERR_NO, party->name, NULL,
				 _("rule role: only vendors have fixes, and deployers deploy them"));
	cs = party->cs | (state->cs & CS_SHARED);
	code = cs_set(&cs, bit, err);
	if (code || bit == CS_VENDOR_AWARE || party->cs & CS_BIT(bit) || party->rm == RM_ACCEPTED)
		return code;
	return error_set(err, ERR_NO, party->name, _("Say first that it accepted the report"),
			 _("rule RM-CS: %s needs a vendor that accepted, this one is %s"),
			 cs_name(bit), rm_name(party->rm));
}

static void apply_party_disclosure(struct folded *folded, const struct event *event)
{
	party_open(folded, event)->cs |= CS_BIT(cs_from_name(event_text(event, "bit")));
}

const struct fold_row owner_row = { check_owner, apply_owner };
const struct fold_row party_row = { check_name, apply_party };
const struct fold_row party_set_row = { check_party_set, apply_party_set };
const struct fold_row invited_row = { check_invited, apply_invited };
const struct fold_row party_state_row = { check_party_state, apply_party_state };
const struct fold_row party_disclosure_row = { check_party_disclosure, apply_party_disclosure };
