/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three machines of coordinated disclosure as tables, after CERT/CC's Vultron protocol
 * (process models RM, EM, CS and participant embargo consent), and the guards on them.
 */
#include "psirtty/model/states.h"

#include "psirtty/base/i18n.h"

#define X(name, letter, word) word,
const char *const rm_words[] = { RM_STATES(X) NULL };
const char *const em_words[] = { EM_STATES(X) NULL };
const char *const cs_words[] = { CS_BITS(X) NULL };
#undef X
#define X(name, letter, word) letter,
static const char rm_letters[] = { RM_STATES(X) 0 };
static const char em_letters[] = { EM_STATES(X) 0 };
static const char cs_letters[] = { CS_BITS(X) 0 };
#undef X
#define X(name, word) word,
static const char *const em_trigger_words[] = { EM_TRIGGERS(X) };
static const char *const consent_words[] = { CONSENTS(X) };
static const char *const consent_trigger_words[] = { CONSENT_TRIGGERS(X) };
#undef X

#define X(name, word) word,
const char *const allow_words[] = { EMBARGO_ALLOWS(X) NULL };
const char *const end_words[] = { END_CAUSES(X) NULL };
#undef X

#define BIT(n) (1u << (n))
enum { NO_MOVE = -1 };

const char *rm_name(enum rm_state state)
{
	return rm_words[state];
}

const char *em_name(enum em_state state)
{
	return em_words[state];
}

const char *consent_name(enum consent consent)
{
	return consent_words[consent];
}

const char *cs_name(enum cs_bit bit)
{
	return cs_words[bit];
}

static int from_name(const char *word, const char *const *words, const char *letters)
{
	for (int i = 0; words[i]; i++) {
		const char letter[2] = { letters[i], 0 };

		if (str_casecmp(word, words[i]) == 0 || str_casecmp(word, letter) == 0)
			return i;
	}
	return -1;
}

int rm_from_name(const char *word)
{
	return from_name(word, rm_words, rm_letters);
}

int em_from_name(const char *word)
{
	return from_name(word, em_words, em_letters);
}

int cs_from_name(const char *word)
{
	return from_name(word, cs_words, cs_letters);
}

/* ---- report management: receive S→R; validate R,I→V; invalidate R→I; accept V,D→A; defer V,A→D;
 * close I,D,A→C. Neither received nor valid can be closed; closed is the end. */

static const unsigned rm_next[RM_COUNT] = {
	[RM_START] = BIT(RM_RECEIVED),
	[RM_RECEIVED] = BIT(RM_VALID) | BIT(RM_INVALID),
	[RM_INVALID] = BIT(RM_VALID) | BIT(RM_CLOSED),
	[RM_VALID] = BIT(RM_ACCEPTED) | BIT(RM_DEFERRED),
	[RM_DEFERRED] = BIT(RM_ACCEPTED) | BIT(RM_CLOSED),
	[RM_ACCEPTED] = BIT(RM_DEFERRED) | BIT(RM_CLOSED),
	[RM_CLOSED] = 0,
};

bool rm_allowed(enum rm_state from, enum rm_state to)
{
	return from == to || (rm_next[from] & BIT(to)) != 0;
}

bool rm_heard(enum rm_state from, enum rm_state to, bool *ret_jump)
{
	static const signed char ranks[RM_COUNT] = {
		[RM_START] = 0, [RM_RECEIVED] = 1, [RM_INVALID] = 2, [RM_VALID] = 2,
		[RM_DEFERRED] = 3, [RM_ACCEPTED] = 3, [RM_CLOSED] = 4,
	};
	bool jump = !rm_allowed(from, to);

	if (jump && ranks[to] <= ranks[from])
		return false;
	if (ret_jump)
		*ret_jump = jump;
	return true;
}

/* ---- embargo management. In revise the old terms still bind; nothing leaves exited. */

static const signed char em_next[EM_COUNT][EM_TRIGGER_COUNT] = {
	/*                propose      accept     reject     terminate */
	[EM_NONE]     = { EM_PROPOSED, NO_MOVE,   NO_MOVE,   NO_MOVE },
	[EM_PROPOSED] = { EM_PROPOSED, EM_ACTIVE, EM_NONE,   NO_MOVE },
	[EM_ACTIVE]   = { EM_REVISE,   NO_MOVE,   NO_MOVE,   EM_EXITED },
	[EM_REVISE]   = { EM_REVISE,   EM_ACTIVE, EM_ACTIVE, EM_EXITED },
	[EM_EXITED]   = { NO_MOVE,     NO_MOVE,   NO_MOVE,   NO_MOVE },
};

int em_move(enum em_state *state, enum em_trigger trigger, struct error *err)
{
	int next = em_next[*state][trigger];

	if (next == NO_MOVE)
		return error_set(err, ERR_NO, _("embargo"), NULL,
				 _("rule EM: %s is not possible while the embargo is %s"),
				 em_trigger_words[trigger], em_words[*state]);
	*state = (enum em_state)next;
	return 0;
}

/* ---- consent of one party. Accepting uninvited is allowed; a party that declined must be invited
 * again; new terms make a signature lapse. */

static const signed char consent_next[CONSENT_COUNT][CONSENT_TRIGGER_COUNT] = {
	/* invite, accept, decline, revise, reset */
	[CONSENT_NONE] = { CONSENT_INVITED, CONSENT_SIGNATORY, CONSENT_DECLINED, NO_MOVE,
			   CONSENT_NONE },
	[CONSENT_INVITED] = { NO_MOVE, CONSENT_SIGNATORY, CONSENT_DECLINED, NO_MOVE, CONSENT_NONE },
	[CONSENT_SIGNATORY] = { NO_MOVE, NO_MOVE, NO_MOVE, CONSENT_LAPSED, CONSENT_NONE },
	[CONSENT_LAPSED] = { CONSENT_INVITED, CONSENT_SIGNATORY, CONSENT_DECLINED, NO_MOVE,
			     CONSENT_NONE },
	[CONSENT_DECLINED] = { CONSENT_INVITED, NO_MOVE, NO_MOVE, NO_MOVE, CONSENT_NONE },
};

int consent_move(enum consent *state, enum consent_trigger trigger, struct error *err)
{
	int next = consent_next[*state][trigger];

	if (next == NO_MOVE)
		return error_set(err, ERR_NO, _("consent"), NULL,
				 _("rule PEC: %s is not possible while the party is %s"),
				 consent_trigger_words[trigger], consent_words[*state]);
	*state = (enum consent)next;
	return 0;
}

/* ---- case state: fix deployed ⇒ fix ready ⇒ vendor aware */

bool cs_valid(cs_state state)
{
	if (state >> CS_COUNT)
		return false;
	if ((state & BIT(CS_FIX_READY)) && !(state & BIT(CS_VENDOR_AWARE)))
		return false;
	return !(state & BIT(CS_FIX_DEPLOYED)) || (state & BIT(CS_FIX_READY));
}

static int cs_refuse(struct error *err, enum cs_bit bit, enum cs_bit before)
{
	return error_set(err, ERR_NO, cs_words[bit], NULL, _("rule CS: %s must come before %s"),
			 cs_words[before], cs_words[bit]);
}

int cs_next(cs_state state, enum cs_bit bit, struct error *err)
{
	static const signed char needs[CS_COUNT] = {
		[CS_VENDOR_AWARE] = NO_MOVE,        [CS_FIX_READY] = CS_VENDOR_AWARE,
		[CS_FIX_DEPLOYED] = CS_FIX_READY,   [CS_PUBLIC] = NO_MOVE,
		[CS_EXPLOIT_PUBLIC] = NO_MOVE,      [CS_ATTACKS] = NO_MOVE,
	};

	if (state & BIT(bit))
		return error_set(err, ERR_NO, cs_words[bit], NULL, _("rule CS: %s happened before"),
				 cs_words[bit]);
	if ((state & BIT(CS_PUBLIC)) && !(state & BIT(CS_VENDOR_AWARE)))
		return bit == CS_VENDOR_AWARE ? 0 : cs_refuse(err, bit, CS_VENDOR_AWARE);
	if ((state & BIT(CS_EXPLOIT_PUBLIC)) && !(state & BIT(CS_PUBLIC)))
		return bit == CS_PUBLIC ? 0 : cs_refuse(err, bit, CS_PUBLIC);
	if (needs[bit] != NO_MOVE && !(state & BIT(needs[bit])))
		return cs_refuse(err, bit, (enum cs_bit)needs[bit]);
	return 0;
}

int cs_set(cs_state *state, enum cs_bit bit, struct error *err)
{
	int code;

	if (*state & BIT(bit))
		return 0;
	code = cs_next(*state, bit, err);
	if (code)
		return code;
	*state |= BIT(bit);
	if (bit == CS_EXPLOIT_PUBLIC)
		*state |= BIT(CS_PUBLIC);
	return 0;
}

const char *cs_format(cs_state state, char buffer[8])
{
	for (int i = 0; i < CS_COUNT; i++)
		buffer[i] = (char)(state & BIT(i) ? cs_letters[i] - 'a' + 'A' : cs_letters[i]);
	buffer[CS_COUNT] = 0;
	return buffer;
}

/* ---- what the case state means for an embargo */

int embargo_allowed(cs_state state, const char **ret_warning, struct error *err)
{
	static const enum cs_bit stops[] = { CS_PUBLIC, CS_EXPLOIT_PUBLIC, CS_ATTACKS };

	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		if (state & BIT(stops[i]))
			return error_set(err, ERR_NO, _("embargo"), NULL,
					 _("rule %s: there is no new embargo in this state"),
					 cs_words[stops[i]]);
	if (!ret_warning)
		return 0;
	*ret_warning = NULL;
	if (state & BIT(CS_FIX_DEPLOYED))
		*ret_warning = N_("the fix is deployed: an embargo should not begin any more");
	else if (state & BIT(CS_FIX_READY))
		*ret_warning = N_("the fix is ready: an embargo should be brief, if any");
	return 0;
}

int embargo_must_end(cs_state state)
{
	if (state & (BIT(CS_PUBLIC) | BIT(CS_EXPLOIT_PUBLIC)))
		return 2;
	return state & (BIT(CS_FIX_DEPLOYED) | BIT(CS_ATTACKS)) ? 1 : 0;
}

/* ---- time: windows for answers, spans, and which of two ends comes first */

instant embargo_rsvp(instant asked, instant wanted, instant until)
{
	instant least = asked + 72 * INSTANT_HOUR, due = wanted;

	if (wanted == INSTANT_NONE)
		due = asked + 7 * INSTANT_DAY;
	if (due < least)
		due = least;
	return until != INSTANT_NONE && until > asked && due > until ? until : due;
}

/* One number with its unit at *CURSOR; adds it to *TOTAL. */
static bool duration_part(const char **cursor, bool in_time, instant *total)
{
	static const struct { char letter; bool time; instant unit; } units[] = {
		{ 'D', false, INSTANT_DAY }, { 'H', true, INSTANT_HOUR },
		{ 'M', true, INSTANT_MINUTE }, { 'S', true, INSTANT_SECOND },
	};
	size_t digits = strspn(*cursor, "0123456789");

	if (digits < 1 || digits > 6)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].letter == (*cursor)[digits] && units[i].time == in_time) {
			*total += strtol(*cursor, NULL, 10) * units[i].unit;
			*cursor += digits + 1;
			return true;
		}
	return false;
}

int duration_parse(const char *iso8601, instant *ret, struct error *err)
{
	const char *s = iso8601;
	bool in_time = false, good = *s++ == 'P';
	instant total = 0;

	while (good && *s) {
		if (!in_time && *s == 'T') {
			in_time = true;
			s++;
		}
		good = duration_part(&s, in_time, &total);
	}
	if (!good || total == 0)
		return error_set(err, ERR_INPUT, iso8601, NULL,
				 _("a span is written as P45D or PT72H: days, hours, minutes, seconds"));
	*ret = total;
	return 0;
}

struct embargo_outcome embargo_defaults(instant theirs, instant ours)
{
	struct embargo_outcome outcome = { 0 };
	bool both = theirs != INSTANT_NONE && ours != INSTANT_NONE;

	outcome.theirs_in_force = theirs != INSTANT_NONE && (!both || theirs <= ours);
	outcome.ours_in_force = ours != INSTANT_NONE && !outcome.theirs_in_force;
	outcome.theirs_revises = both && theirs > ours;
	outcome.ours_revises = both && ours > theirs;
	return outcome;
}
