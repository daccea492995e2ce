/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole space of what a case can be told about report state, disclosure, embargo and consent. From
 * the empty case every event of the alphabet is tried in every state that differs in what matters, until
 * no new state turns up; each state must hold the invariants, and each step, taken or refused, must be
 * what the models say, which is written here once more as plain conditions. Then pairs of events that
 * two handlers make without knowing of each other are folded in both orders.
 */
#include "model/case.h"
#include "model/map.h"

#include "model_world.h"
#include "tap.h"

enum { OPEN_MOST = 8, SHORT_DAYS = 30, LONG_DAYS = 60 };

/* One event of a path: what it is, the number that is its id, and how many came before it, its time. */
struct step { enum event_type type; json_t *body; uint64_t made; size_t depth; };

struct node {
	size_t parent;      /* SIZE_MAX: the first */
	struct step step;   /* how it is reached from there */
	size_t depth;
	char *key;
};

struct space {
	struct node *nodes;
	size_t count, room;
	struct map known;
	uint64_t made;
	size_t tried, taken;
	size_t open_limit;   /* so many proposals at a time */
	bool parties_states; /* the alphabet holds what is heard of parties, not embargo terms */
	bool embargo_only;   /* the report state and the fix stay as they are */
	bool older;          /* the older embargo events, which name no terms, are in it too */
	unsigned hits[RM_COUNT][EM_COUNT][CONSENT_COUNT]; /* states seen */
	bool cs_seen[64];
};

/* ---- folding a path */

static struct event event_of(const struct step *step)
{
	struct event event = { .type = step->type, .author = "Ann", .gseq = step->made,
			       .at = DAY0 + (instant)step->depth * INSTANT_MINUTE, .body = step->body };

	memcpy(event.id, &step->made, sizeof(step->made));
	event.stream[0] = 1;
	return event;
}

static int take(struct folded *folded, const struct step *step)
{
	struct event event = event_of(step);

	return folded_take(folded, &event, NULL);
}

static struct folded *fold_to(const struct space *space, size_t at)
{
	static const uint8_t stream[16] = { 1 };
	const struct step *path[200];
	struct folded *folded = folded_new(stream);
	size_t length = 0;

	for (size_t i = at; i != SIZE_MAX; i = space->nodes[i].parent)
		path[length++] = &space->nodes[i].step;
	while (length-- > 0)
		if (take(folded, path[length]) != 0)
			BUG("a path that was taken is refused");
	return folded;
}

/* ---- what matters of a state, as text */

static char kind_of(const struct embargo_terms *terms)
{
	return terms->until.at < DAY0 + (SHORT_DAYS + LONG_DAYS) / 2 * INSTANT_DAY ? 's' : 'l';
}

static void add_answers(struct str *s, const struct case_state *state, const struct embargo_terms *terms)
{
	static const char letters[] = "--yn";

	str_add_char(s, kind_of(terms));
	str_add_char(s, is_us(terms->by) ? 'u' : 'p');
	for (size_t i = 0; i < state->party_count; i++)
		str_add_char(s, letters[answer_of(state, state->parties[i].name, terms)]);
	str_add_char(s, ' ');
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The open proposals in a fixed order, whichever came first. */
static void add_open(struct str *s, const struct case_state *state)
{
	char *texts[OPEN_MOST];
	size_t count = 0;

	for (size_t i = 0; i < state->embargo.term_count; i++) {
		AUTO_STR one = STR_INIT;

		if (state->embargo.terms[i].state != TERMS_OPEN)
			continue;
		add_answers(&one, state, &state->embargo.terms[i]);
		texts[count++] = str_detach(&one);
	}
	qsort(texts, count, sizeof(*texts), by_text);
	for (size_t i = 0; i < count; i++) {
		str_add(s, texts[i]);
		free(texts[i]);
	}
}

static char *key_of(const struct case_state *state)
{
	const struct case_embargo *embargo = &state->embargo;
	AUTO_STR s = STR_INIT;
	char bits[8];

	str_add_format(&s, "%d %s %d", state->rm, cs_format(state->cs, bits), embargo->state);
	for (size_t i = 0; i < state->party_count; i++)
		str_add_format(&s, " %d%d%s", state->parties[i].consent, state->parties[i].rm,
			       cs_format(state->parties[i].cs, bits));
	str_add(&s, " force ");
	if (embargo->force >= 0)
		add_answers(&s, state, &embargo->terms[embargo->force]);
	str_add(&s, " open ");
	add_open(&s, state);
	return str_detach(&s);
}

/* ---- invariants */

static bool has(const struct case_state *state, enum cs_bit bit)
{
	return state->cs & 1u << bit;
}

static void check_embargo_shape(const struct case_state *state, const char *key)
{
	const struct case_embargo *e = &state->embargo;
	size_t open = terms_open(e);
	bool force = e->force >= 0;
	static const struct { bool force, open; } shapes[EM_COUNT] = {
		[EM_NONE] = { false, false },  [EM_PROPOSED] = { false, true },
		[EM_ACTIVE] = { true, false }, [EM_REVISE] = { true, true },
		[EM_EXITED] = { false, false },
	};

	CHECK_QUIET(force == shapes[e->state].force && (open > 0) == shapes[e->state].open,
		    "terms of %s", key);
	CHECK_QUIET((e->until.at != INSTANT_NONE) == force, "an end is set just while it binds: %s", key);
	CHECK_QUIET((e->proposed.at != INSTANT_NONE) == (open > 0), "so is a proposal: %s", key);
	CHECK_QUIET((e->ended_at != INSTANT_NONE) == (e->state == EM_EXITED), "so is its ending: %s", key);
	for (size_t i = 0; i < e->term_count; i++)
		CHECK_QUIET(e->terms[i].state != TERMS_OPEN || e->proposed.at <= e->terms[i].until.at,
			    "the shortest proposal is the one shown: %s", key);
}

static bool said_yes(const struct case_state *state, const struct case_party *party)
{
	for (size_t i = 0; i < state->embargo.term_count; i++)
		if (terms_asked(&state->embargo, i) &&
		    answer_of(state, party->name, &state->embargo.terms[i]) == ANSWER_YES)
			return true;
	return false;
}

static void check_party(const struct case_state *state, const struct case_party *party, const char *key)
{
	enum em_state em = state->embargo.state;
	bool vendor = str_equal(party->role, "vendor");
	cs_state fixes = 1u << CS_FIX_READY | 1u << CS_FIX_DEPLOYED;

	CHECK_QUIET((party->consent == CONSENT_NONE) == (em == EM_NONE || em == EM_EXITED),
		    "consent is asked for just while there are terms: %s", key);
	CHECK_QUIET((party->consent == CONSENT_SIGNATORY) == said_yes(state, party),
		    "only its own yes binds a party: %s", key);
	CHECK_QUIET(party->consent == CONSENT_INVITED || party->consent == CONSENT_LAPSED ||
			    party->rsvp == INSTANT_NONE,
		    "only who is asked has a date to answer by: %s", key);
	CHECK_QUIET(party->rsvp == INSTANT_NONE || party->rsvp >= party->joined + 72 * INSTANT_HOUR,
		    "at least 72 hours: %s", key);
	CHECK_QUIET(!vendor || cs_valid(party->cs), "bits of a vendor: %s", key);
	CHECK_QUIET(!vendor || !(party->cs & fixes) || party->rm == RM_ACCEPTED ||
			    party->rm == RM_DEFERRED || party->rm == RM_CLOSED,
		    "a vendor with a fix accepted the report once: %s", key);
	CHECK_QUIET(!vendor || party->rm == RM_START || party->cs & 1u << CS_VENDOR_AWARE,
		    "a vendor that has the report is aware: %s", key);
	CHECK_QUIET(vendor || !(party->cs & ~(1u << CS_FIX_DEPLOYED)), "only vendors have fixes: %s", key);
}

static void check_invariants(struct space *space, const struct case_state *state, const char *key)
{
	enum em_state em = state->embargo.state;

	CHECK_QUIET(cs_valid(state->cs), "CS: %s", key);
	CHECK_QUIET(!has(state, CS_FIX_READY) || state->rm == RM_ACCEPTED || state->rm == RM_DEFERRED ||
			    state->rm == RM_CLOSED,
		    "a fix only of what was accepted: %s", key);
	CHECK_QUIET(!(has(state, CS_PUBLIC) || has(state, CS_EXPLOIT_PUBLIC)) || em == EM_NONE ||
			    em == EM_EXITED,
		    "nothing binds once it is public: %s", key);
	CHECK_QUIET(!has(state, CS_EXPLOIT_PUBLIC) || has(state, CS_PUBLIC), "X with P: %s", key);
	CHECK_QUIET(!has(state, CS_ATTACKS) || em != EM_PROPOSED, "no proposal under attack: %s", key);
	check_embargo_shape(state, key);
	space->cs_seen[state->cs] = true;
	for (size_t i = 0; i < state->party_count; i++) {
		check_party(state, &state->parties[i], key);
		space->hits[state->rm][em][state->parties[i].consent]++;
	}
}

/* ---- the alphabet */

typedef void (*try_fn)(struct space *space, size_t at, const struct case_state *state,
		       enum event_type type, json_t *body);

static json_t *until_of(bool is_long)
{
	char buffer[40];

	return json_string(instant_format(DAY0 + (is_long ? LONG_DAYS : SHORT_DAYS) * INSTANT_DAY, buffer));
}

static void terms_events(struct space *space, size_t at, const struct case_state *state,
			 const struct embargo_terms *terms, const char *by, try_fn try)
{
	AUTO_STRING id = str_hex(terms->id, sizeof(terms->id));
	const struct case_embargo *e = &state->embargo;
	AUTO_STRING over = e->force >= 0 ? str_hex(e->terms[e->force].id, 32) : NULL;
	json_t *accepted = json_pack("{s:s,s:s}", "terms", id, "by", by);

	if (over && is_us(by))
		json_object_set_new(accepted, "over", json_string(over));
	try(space, at, state, EVENT_TERMS_ACCEPTED, accepted);
	try(space, at, state, EVENT_TERMS_REJECTED, json_pack("{s:s,s:s}", "terms", id, "by", by));
	if (!is_us(by))
		try(space, at, state, EVENT_PARTY_INVITED, json_pack("{s:s,s:s}", "terms", id, "name", by));
}

static void embargo_events(struct space *space, size_t at, const struct case_state *state, const char *by,
			   try_fn try)
{
	const struct case_embargo *e = &state->embargo;

	for (int kind = 0; kind < 2; kind++)
		if (terms_open(e) < space->open_limit)
			try(space, at, state, EVENT_TERMS_PROPOSED,
			    json_pack("{s:s,s:o}", "by", by, "until", until_of(kind)));
	for (int kind = 0; kind < 2 && space->older; kind++)
		try(space, at, state, EVENT_EMBARGO_PROPOSED,
		    json_pack("{s:s,s:o}", "by", by, "until", until_of(kind)));
	if (space->older) {
		try(space, at, state, EVENT_EMBARGO_ACCEPTED, json_pack("{s:s}", "by", by));
		try(space, at, state, EVENT_EMBARGO_REJECTED, json_pack("{s:s}", "by", by));
	}
	for (size_t i = 0; i < e->term_count; i++)
		if (i + 1 == e->term_count || terms_current(e, &e->terms[i]))
			terms_events(space, at, state, &e->terms[i], by, try);
}

static void house_events(struct space *space, size_t at, const struct case_state *state, try_fn try)
{
	for (int rm = 0; rm < RM_COUNT && !space->embargo_only; rm++)
		try(space, at, state, EVENT_STATE_SET, json_pack("{s:s}", "to", rm_words[rm]));
	for (int bit = space->embargo_only ? CS_PUBLIC : 0; bit < CS_COUNT; bit++)
		try(space, at, state, EVENT_DISCLOSURE_SET, json_pack("{s:s}", "bit", cs_words[bit]));
	if (space->parties_states)
		return;
	try(space, at, state, EVENT_EMBARGO_TERMINATED, json_pack("{s:s}", "reason", "test"));
	for (int cause = 0; cause < END_COUNT; cause++)
		try(space, at, state, EVENT_EMBARGO_ENDED,
		    json_pack("{s:s,s:s}", "cause", end_words[cause], "reason", "test"));
	try(space, at, state, EVENT_EMBARGO_ENDED,
	    json_pack("{s:s,s:s,s:b}", "cause", "public", "reason", "test", "override", 1));
}

static void party_events(struct space *space, size_t at, const struct case_state *state,
			 const struct case_party *party, try_fn try)
{
	for (int rm = 0; rm < RM_COUNT; rm++)
		try(space, at, state, EVENT_PARTY_STATE,
		    json_pack("{s:s,s:s}", "name", party->name, "to", rm_words[rm]));
	for (int bit = 0; bit <= CS_FIX_DEPLOYED; bit++)
		try(space, at, state, EVENT_PARTY_DISCLOSURE,
		    json_pack("{s:s,s:s}", "name", party->name, "bit", cs_words[bit]));
}

static void alphabet(struct space *space, size_t at, const struct case_state *state, try_fn try)
{
	house_events(space, at, state, try);
	if (!space->parties_states)
		embargo_events(space, at, state, "us", try);
	for (size_t i = 0; i < state->party_count; i++) {
		if (space->parties_states)
			party_events(space, at, state, &state->parties[i], try);
		else
			embargo_events(space, at, state, state->parties[i].name, try);
	}
}

/* ---- what the models say of a step, as plain conditions: may it be taken? */

static const struct embargo_terms *named(const struct case_state *state, const json_t *body)
{
	struct event event = { .type = EVENT_TERMS_ACCEPTED, .body = (json_t *)body };

	return terms_named(state, &event, "terms");
}

static bool no_new_embargo(const struct case_state *state)
{
	return has(state, CS_PUBLIC) || has(state, CS_EXPLOIT_PUBLIC) || has(state, CS_ATTACKS);
}

static bool talks(const struct case_state *state)
{
	return state->embargo.state == EM_PROPOSED || state->embargo.state == EM_REVISE;
}

static bool expect_terms(const struct case_state *state, enum event_type type, const json_t *body)
{
	const struct embargo_terms *terms = named(state, body);
	const char *by = js_string(body, type == EVENT_PARTY_INVITED ? "name" : "by");
	enum answer said = is_us(by) ? ANSWER_NONE : answer_of(state, by, terms);
	bool current = terms_current(&state->embargo, terms);
	bool own = is_us(by) || (terms->state == TERMS_OPEN && str_casecmp(terms->by, by) == 0);

	if (type == EVENT_PARTY_INVITED)
		return said != ANSWER_YES;
	if (type == EVENT_TERMS_REJECTED)
		return own ? talks(state) && terms->state == TERMS_OPEN :
			     said != ANSWER_YES && said != ANSWER_NO;
	if (is_us(by))
		return !no_new_embargo(state) && talks(state) && terms->state == TERMS_OPEN;
	return !(current && no_new_embargo(state)) && said != ANSWER_YES && said != ANSWER_NO;
}

static bool expect_end(const struct case_state *state, enum event_type type, const json_t *body)
{
	static const char *const facts[] = { "fix-ready", "fix-deployed", "public", "exploit-public", "attacks" };
	static const enum cs_bit bits[] = { CS_FIX_READY, CS_FIX_DEPLOYED, CS_PUBLIC, CS_EXPLOIT_PUBLIC,
					    CS_ATTACKS };
	const char *cause = js_string(body, "cause");

	if (!embargo_in_force(&state->embargo))
		return false;
	if (type == EVENT_EMBARGO_TERMINATED || js_bool(body, "override") || str_equal(cause, "other"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		if (str_equal(facts[i], cause))
			return has(state, bits[i]);
	return false; /* neither a leak nor the time has come */
}

static bool expect_state(const struct case_state *state, const char *to)
{
	static const char arrows[] = "SS RR II VV DD AA CC SR RV RI IV VA VD DA AD IC DC AC";
	static const char letters[] = "SRIVDAC";
	const char arrow[3] = { letters[state->rm], letters[rm_from_name(to)], 0 };

	return strstr(arrows, arrow) != NULL;
}

static bool expect_bit(cs_state cs, bool accepted, enum cs_bit bit)
{
	if (cs & 1u << bit)
		return true;
	if ((cs & 1u << CS_PUBLIC) && !(cs & 1u << CS_VENDOR_AWARE))
		return bit == CS_VENDOR_AWARE;
	if (bit == CS_FIX_READY)
		return (cs & 1u << CS_VENDOR_AWARE) && accepted;
	return bit != CS_FIX_DEPLOYED || (cs & 1u << CS_FIX_READY);
}

static const struct case_party *party_of(const struct case_state *state, const json_t *body)
{
	return &state->parties[case_party_find(state, js_string(body, "name"))];
}

static bool expect_party(const struct case_state *state, enum event_type type, const json_t *body)
{
	static const int ranks[RM_COUNT] = { 0, 1, 2, 2, 3, 3, 4 };
	const struct case_party *party = party_of(state, body);
	cs_state shared = state->cs & (1u << CS_PUBLIC | 1u << CS_EXPLOIT_PUBLIC | 1u << CS_ATTACKS);
	int to = rm_from_name(str_or_empty(js_string(body, "to")));
	enum cs_bit bit = (enum cs_bit)cs_from_name(str_or_empty(js_string(body, "bit")));

	if (type == EVENT_PARTY_STATE)
		return rm_allowed(party->rm, (enum rm_state)to) || ranks[to] > ranks[party->rm];
	if (str_equal(party->role, "deployer"))
		return bit == CS_FIX_DEPLOYED &&
		       (party->cs & 1u << bit || has(state, CS_FIX_READY) ||
			state->parties[0].cs & 1u << CS_FIX_READY);
	if (bit == CS_FIX_DEPLOYED && !(party->cs & 1u << bit) && party->rm != RM_ACCEPTED)
		return false;
	return expect_bit(party->cs | shared, party->rm == RM_ACCEPTED, bit);
}

static bool expect_old(const struct case_state *state, enum event_type type, const json_t *body)
{
	const struct case_embargo *e = &state->embargo;
	const struct embargo_terms *latest = e->force >= 0 ? &e->terms[e->force] : NULL;
	const char *by = js_string(body, "by");
	enum answer said;

	for (size_t i = 0; i < e->term_count; i++)
		if (e->terms[i].state == TERMS_OPEN)
			latest = &e->terms[i];
	if (type == EVENT_EMBARGO_ACCEPTED && no_new_embargo(state))
		return false;
	if (is_us(by))
		return talks(state);
	if (!latest)
		return false;
	if (type == EVENT_EMBARGO_REJECTED && latest->state == TERMS_OPEN &&
	    str_casecmp(latest->by, by) == 0)
		return true;
	said = answer_of(state, by, latest);
	return said != ANSWER_YES && said != ANSWER_NO;
}

static bool expected(const struct case_state *state, enum event_type type, const json_t *body)
{
	switch ((int)type) {
	case EVENT_STATE_SET: return expect_state(state, js_string(body, "to"));
	case EVENT_DISCLOSURE_SET:
		return expect_bit(state->cs, state->rm == RM_ACCEPTED,
				  (enum cs_bit)cs_from_name(js_string(body, "bit")));
	case EVENT_TERMS_PROPOSED:
	case EVENT_EMBARGO_PROPOSED: return !no_new_embargo(state) && state->embargo.state != EM_EXITED;
	case EVENT_EMBARGO_ACCEPTED:
	case EVENT_EMBARGO_REJECTED: return expect_old(state, type, body);
	case EVENT_EMBARGO_TERMINATED:
	case EVENT_EMBARGO_ENDED: return expect_end(state, type, body);
	case EVENT_PARTY_STATE:
	case EVENT_PARTY_DISCLOSURE: return expect_party(state, type, body);
	default: return expect_terms(state, type, body);
	}
}

/* ---- and what becomes of the embargo? */

static enum em_state em_after(const struct case_state *before, enum event_type type, const json_t *body)
{
	enum em_state em = before->embargo.state;
	bool more = terms_open(&before->embargo) > 1, force = embargo_in_force(&before->embargo);
	int bit = cs_from_name(str_or_empty(js_string(body, "bit")));
	const struct embargo_terms *terms = js_string(body, "terms") ? named(before, body) : NULL;
	const char *by = str_or_empty(js_string(body, "by"));
	bool house = is_us(by);

	switch ((int)type) {
	case EVENT_TERMS_PROPOSED:
	case EVENT_EMBARGO_PROPOSED: return force ? EM_REVISE : EM_PROPOSED;
	case EVENT_EMBARGO_ACCEPTED:
	case EVENT_TERMS_ACCEPTED: return !house ? em : more ? EM_REVISE : EM_ACTIVE;
	case EVENT_EMBARGO_REJECTED:
		for (size_t i = 0; i < before->embargo.term_count; i++)
			if (before->embargo.terms[i].state == TERMS_OPEN)
				terms = &before->embargo.terms[i];
		if (!house && (!terms || str_casecmp(terms->by, by) != 0))
			return em;
		return force ? EM_ACTIVE : EM_NONE;
	case EVENT_TERMS_REJECTED:
		if (!house && (terms->state != TERMS_OPEN || str_casecmp(terms->by, by) != 0))
			return em;
		return more ? em : force ? EM_ACTIVE : EM_NONE;
	case EVENT_EMBARGO_TERMINATED:
	case EVENT_EMBARGO_ENDED: return EM_EXITED;
	case EVENT_DISCLOSURE_SET:
		if (bit == CS_PUBLIC || bit == CS_EXPLOIT_PUBLIC)
			return force ? EM_EXITED : em == EM_PROPOSED ? EM_NONE : em;
		if (bit != CS_ATTACKS || !terms_open(&before->embargo))
			return em;
		for (size_t i = 0; i < before->embargo.term_count && force; i++)
			if (before->embargo.terms[i].state == TERMS_OPEN && before->embargo.terms[i].older)
				return em;
		return force ? EM_ACTIVE : EM_NONE;
	default: return em;
	}
}

/* ---- the search */

static size_t node_add(struct space *space, size_t parent, const struct step *step, char *key)
{
	size_t at = space->count;

	space->nodes = mem_grow(space->nodes, &space->room, at + 1, sizeof(*space->nodes));
	space->nodes[at] = (struct node){ .parent = parent, .step = *step, .key = key,
					  .depth = parent == SIZE_MAX ? 0 : space->nodes[parent].depth + 1 };
	space->count++;
	map_put(&space->known, key, strlen(key), key);
	return at;
}

static void check_taken(const struct case_state *before, const struct case_state *after,
			const struct step *step, const char *from, const char *to)
{
	const char *bit = js_string(step->body, "bit");
	const char *wire = event_info(step->type)->wire;

	CHECK_QUIET(after->embargo.state == em_after(before, step->type, step->body),
		    "%s in %s leads to %s", wire, from, to);
	CHECK_QUIET(step->type != EVENT_DISCLOSURE_SET || has(after, (enum cs_bit)cs_from_name(bit)),
		    "the change is recorded: %s in %s", wire, from);
	CHECK_QUIET((before->cs & ~after->cs) == 0, "what happened stays: %s in %s", wire, from);
	CHECK_QUIET(before->embargo.state != EM_EXITED || after->embargo.state == EM_EXITED,
		    "nothing leaves exited: %s in %s", wire, from);
	CHECK_QUIET(before->rm != RM_CLOSED || after->rm == RM_CLOSED, "closed stays closed: %s in %s",
		    wire, from);
}

/* Tries one event in the state of node AT; takes over BODY. */
static void try_event(struct space *space, size_t at, const struct case_state *state,
		      enum event_type type, json_t *body)
{
	struct step step = { type, body, ++space->made, space->nodes[at].depth + 1 };
	struct event event = event_of(&step);
	AUTO_ERROR err = ERROR_INIT;
	bool want = expected(state, type, body);
	struct folded *folded;
	char *key;
	int code = folded_check((const struct folded *)state, &event, &err);

	space->tried++;
	CHECK_QUIET(event_check(type, body, NULL) == 0, "%s is well made", event_info(type)->wire);
	CHECK_QUIET((code == 0) == want, "%s in %s: %s", event_info(type)->wire, space->nodes[at].key,
		    code ? err.why : "taken");
	CHECK_QUIET(code == 0 || (code == ERR_NO && str_starts(err.why, "rule ")), "%s names its rule: %s",
		    event_info(type)->wire, str_or_empty(err.why));
	if (code) {
		json_decref(body);
		return;
	}
	space->taken++;
	folded = fold_to(space, at);
	if (take(folded, &step) != 0)
		BUG("a checked event is refused");
	key = key_of(&folded->state);
	check_taken(state, &folded->state, &step, space->nodes[at].key, key);
	if (map_get(&space->known, key, strlen(key))) {
		free(key);
		json_decref(body);
	} else {
		node_add(space, at, &step, key);
		check_invariants(space, &folded->state, key);
	}
	folded_free(folded);
}

static void begin(struct space *space, const char *const *roles, size_t count)
{
	static const char *const names[] = { "Acme", "Lin", "Dee" };
	struct step step = { EVENT_CASE_OPENED,
			     json_pack("{s:s,s:s}", "case", "X-1", "title", "t"), ++space->made, 0 };
	size_t at = node_add(space, SIZE_MAX, &step, mem_string("opened"));

	for (size_t i = 0; i < count; i++) {
		step = (struct step){ EVENT_PARTY_ADDED,
				      json_pack("{s:s,s:s}", "name", names[i], "role", roles[i]),
				      ++space->made, i + 1 };
		at = node_add(space, at, &step, mem_format("joined %zu", i));
	}
	if (!space->embargo_only)
		return;
	step = (struct step){ EVENT_DISCLOSURE_SET, json_pack("{s:s}", "bit", "vendor-aware"),
			      ++space->made, count + 1 };
	node_add(space, at, &step, mem_string("aware"));
}

/* Until the space is closed. */
static void search(struct space *space)
{
	for (size_t at = space->count - 1; at < space->count; at++) {
		struct folded *folded = fold_to(space, at);

		alphabet(space, at, &folded->state, try_event);
		folded_free(folded);
	}
}

static void space_release(struct space *space)
{
	for (size_t i = 0; i < space->count; i++) {
		json_decref(space->nodes[i].step.body);
		free(space->nodes[i].key);
	}
	free(space->nodes);
	map_release(&space->known);
}

static size_t deepest(const struct space *space)
{
	return space->nodes[space->count - 1].depth;
}

/* ---- the spaces */

static void test_whole(void)
{
	static const char *const roles[] = { "vendor" };
	struct space space = { .open_limit = 1, .older = true };
	size_t cs = 0, triples = 0;

	begin(&space, roles, 1);
	search(&space);
	for (cs_state state = 0; state < 64; state++) {
		/* an exploit makes public at once, so 8 of the 32 states are passed over */
		bool between = (state & 1u << CS_EXPLOIT_PUBLIC) && !(state & 1u << CS_PUBLIC);

		CHECK_QUIET(space.cs_seen[state] == (cs_valid(state) && !between), "CS %u is reached", state);
		cs += space.cs_seen[state];
	}
	for (int rm = 0; rm < RM_COUNT; rm++)
		for (int em = 0; em < EM_COUNT; em++)
			for (int consent = 0; consent < CONSENT_COUNT; consent++) {
				bool none = em == EM_NONE || em == EM_EXITED;
				bool there = space.hits[rm][em][consent] > 0;

				triples += there;
				CHECK_QUIET(there == (none == (consent == CONSENT_NONE)),
					    "RM %d EM %d PEC %d", rm, em, consent);
			}
	CHECK(space.count > 1000, "RM x EM x PEC x CS: %zu states, %zu events tried, %zu taken, depth %zu",
	      space.count, space.tried, space.taken, deepest(&space));
	CHECK(cs == 24, "all disclosure states but those an exploit passes over (%zu)", cs);
	CHECK(triples == 7 * (2 + 3 * 4), "every reachable RM, EM and PEC together (%zu)", triples);
	space_release(&space);
}

static void test_parties(void)
{
	static const char *const roles[] = { "vendor", "deployer" };
	struct space space = { .parties_states = true };

	begin(&space, roles, 2);
	search(&space);
	CHECK(space.count > 10000, "own RM and fix bits of a vendor and a deployer: %zu states, %zu tried",
	      space.count, space.tried);
	space_release(&space);
}

/* Two parties answer different proposals in every way. */
static void test_two(void)
{
	static const char *const roles[] = { "vendor", "finder" };
	struct space space = { .embargo_only = true, .open_limit = 2 };

	begin(&space, roles, 2);
	search(&space);
	CHECK(space.count > 1000, "two parties, EM x PEC x PEC: %zu states, %zu tried, depth %zu",
	      space.count, space.tried, deepest(&space));
	space_release(&space);
}

/* ---- two handlers at once */

struct pairs { struct step *steps; size_t count, room; };
static struct pairs *collecting;

static void collect(struct space *space, size_t at, const struct case_state *state, enum event_type type,
		    json_t *body)
{
	struct step step = { type, body, ++space->made, space->nodes[at].depth + 1 };
	struct event event = event_of(&step);

	if (folded_check((const struct folded *)state, &event, NULL) != 0) {
		json_decref(body);
		return;
	}
	collecting->steps = mem_grow(collecting->steps, &collecting->room, collecting->count + 1,
				     sizeof(step));
	collecting->steps[collecting->count++] = step;
}

/* The state after both; what is not possible any more is left out, as a copy of the vault does. */
static char *key_after(const struct space *space, size_t at, const struct step *first,
		       const struct step *second)
{
	struct folded *folded = fold_to(space, at);
	char *key;

	if (take(folded, first) != 0)
		BUG("the first of two events is refused");
	take(folded, second);
	key = key_of(&folded->state);
	folded_free(folded);
	return key;
}

/* What of two such events is decided by which comes first in the order that all copies keep to: two
 * decisions about the same terms; and whether an embargo came into force just before there could be none
 * any more. Everything else must come out the same in both orders. */
static bool same_matter(const struct step *a, const struct step *b)
{
	const char *terms = js_string(a->body, "terms");
	bool first = a->type == EVENT_DISCLOSURE_SET && b->type == EVENT_TERMS_ACCEPTED;
	bool second = b->type == EVENT_DISCLOSURE_SET && a->type == EVENT_TERMS_ACCEPTED;

	return first || second || (terms && str_equal(terms, js_string(b->body, "terms")));
}

static void check_pairs(struct space *space, size_t at, size_t *ret_pairs, size_t *ret_decided)
{
	struct folded *folded = fold_to(space, at);
	struct pairs pairs = { 0 };

	collecting = &pairs;
	alphabet(space, at, &folded->state, collect);
	for (size_t i = 0; i < pairs.count; i++)
		for (size_t k = i + 1; k < pairs.count; k++) {
			AUTO_STRING one = key_after(space, at, &pairs.steps[i], &pairs.steps[k]);
			AUTO_STRING other = key_after(space, at, &pairs.steps[k], &pairs.steps[i]);
			bool same = str_equal(one, other);

			++*ret_pairs;
			*ret_decided += !same;
			CHECK_QUIET(same || same_matter(&pairs.steps[i], &pairs.steps[k]),
				    "%s and %s in %s: %s or %s", event_info(pairs.steps[i].type)->wire,
				    event_info(pairs.steps[k].type)->wire, space->nodes[at].key, one, other);
		}
	for (size_t i = 0; i < pairs.count; i++)
		json_decref(pairs.steps[i].body);
	free(pairs.steps);
	folded_free(folded);
}

static void test_concurrent(void)
{
	static const char *const roles[] = { "vendor" };
	struct space space = { .embargo_only = true, .open_limit = 2 };
	size_t pairs = 0, decided = 0, states;

	begin(&space, roles, 1);
	search(&space);
	states = space.count;
	for (size_t at = 2; at < states; at++)
		check_pairs(&space, at, &pairs, &decided);
	CHECK(pairs > 10000, "%zu pairs of concurrent events in %zu states; in %zu the order decides", pairs,
	      states, decided);
	space_release(&space);
}

/* With the older events among the new ones: the same invariants, the same expectations. */
static void test_older(void)
{
	static const char *const roles[] = { "finder" };
	struct space space = { .embargo_only = true, .open_limit = 2, .older = true };

	begin(&space, roles, 1);
	search(&space);
	CHECK(space.count > 400, "with the older events: %zu states, %zu tried, depth %zu", space.count,
	      space.tried, deepest(&space));
	space_release(&space);
}

int main(void)
{
	test_whole();
	test_parties();
	test_two();
	test_older();
	test_concurrent();
	return tap_done();
}
