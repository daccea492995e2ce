/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machines, exhaustively: expected moves are written here once more, in the other
 * direction (as a list of arrows), so that table and list must agree.
 */
#include "psirtty/model/states.h"

#include "tap.h"

static void test_rm(void)
{
	static const char arrows[] = "SR RV RI IV VA VD DA AD IC DC AC";
	static const char letters[] = "SRIVDAC";
	int allowed = 0;

	for (int from = 0; from < RM_COUNT; from++)
		for (int to = 0; to < RM_COUNT; to++) {
			const char arrow[3] = { letters[from], letters[to], 0 };
			bool expected = from == to || strstr(arrows, arrow);

			CHECK_QUIET(rm_allowed(from, to) == expected, "RM %s", arrow);
			allowed += rm_allowed(from, to) && from != to;
		}
	CHECK(allowed == 11, "RM: 49 pairs, 11 moves");
	for (int i = 0; i < RM_COUNT; i++) {
		CHECK_QUIET(rm_from_name(rm_name(i)) == i, "RM word %d", i);
		CHECK_QUIET(rm_from_name((char[]){ letters[i], 0 }) == i, "RM letter %d", i);
		CHECK_QUIET(str_equal(rm_words[i], rm_name(i)), "RM list %d", i);
	}
	CHECK(rm_from_name("opened") == -1 && rm_from_name("") == -1 && !rm_words[RM_COUNT],
	      "RM: other words are none");
}

static void test_em(void)
{
	/* state, trigger, next; one row for every move there is */
	static const int moves[][3] = {
		{ EM_NONE, EM_PROPOSE, EM_PROPOSED },    { EM_PROPOSED, EM_PROPOSE, EM_PROPOSED },
		{ EM_PROPOSED, EM_ACCEPT, EM_ACTIVE },   { EM_PROPOSED, EM_REJECT, EM_NONE },
		{ EM_ACTIVE, EM_PROPOSE, EM_REVISE },    { EM_ACTIVE, EM_TERMINATE, EM_EXITED },
		{ EM_REVISE, EM_PROPOSE, EM_REVISE },    { EM_REVISE, EM_ACCEPT, EM_ACTIVE },
		{ EM_REVISE, EM_REJECT, EM_ACTIVE },     { EM_REVISE, EM_TERMINATE, EM_EXITED },
	};
	int done = 0;

	for (int from = 0; from < EM_COUNT; from++)
		for (int trigger = 0; trigger < EM_TRIGGER_COUNT; trigger++) {
			enum em_state state = from;
			AUTO_ERROR err = ERROR_INIT;
			int expected = -1, code = em_move(&state, trigger, &err);

			for (size_t i = 0; i < ARRAY_LEN(moves); i++)
				if (moves[i][0] == from && moves[i][1] == trigger)
					expected = moves[i][2];
			CHECK_QUIET((code == 0) == (expected >= 0), "EM %d %d", from, trigger);
			CHECK_QUIET((int)state == (expected >= 0 ? expected : from),
				    "EM %d %d goes to %d", from, trigger, state);
			CHECK_QUIET(code == 0 || (code == ERR_NO && str_starts(err.why, "rule EM: ")),
				    "EM %d %d names its rule", from, trigger);
			done += code == 0;
		}
	CHECK(done == 10, "EM: 20 pairs, 10 moves");
	for (int i = 0; i < EM_COUNT; i++)
		CHECK_QUIET(em_from_name(em_name(i)) == i, "EM word %d", i);
}

static void test_consent(void)
{
	static const int moves[][3] = {
		{ CONSENT_NONE, CONSENT_INVITE, CONSENT_INVITED },
		{ CONSENT_LAPSED, CONSENT_INVITE, CONSENT_INVITED },
		{ CONSENT_DECLINED, CONSENT_INVITE, CONSENT_INVITED },
		{ CONSENT_NONE, CONSENT_ACCEPT, CONSENT_SIGNATORY },
		{ CONSENT_INVITED, CONSENT_ACCEPT, CONSENT_SIGNATORY },
		{ CONSENT_LAPSED, CONSENT_ACCEPT, CONSENT_SIGNATORY },
		{ CONSENT_NONE, CONSENT_DECLINE, CONSENT_DECLINED },
		{ CONSENT_INVITED, CONSENT_DECLINE, CONSENT_DECLINED },
		{ CONSENT_LAPSED, CONSENT_DECLINE, CONSENT_DECLINED },
		{ CONSENT_SIGNATORY, CONSENT_REVISE, CONSENT_LAPSED },
		{ CONSENT_NONE, CONSENT_RESET, CONSENT_NONE },
		{ CONSENT_INVITED, CONSENT_RESET, CONSENT_NONE },
		{ CONSENT_SIGNATORY, CONSENT_RESET, CONSENT_NONE },
		{ CONSENT_LAPSED, CONSENT_RESET, CONSENT_NONE },
		{ CONSENT_DECLINED, CONSENT_RESET, CONSENT_NONE },
	};
	int done = 0;

	for (int from = 0; from < CONSENT_COUNT; from++)
		for (int trigger = 0; trigger < CONSENT_TRIGGER_COUNT; trigger++) {
			enum consent state = from;
			AUTO_ERROR err = ERROR_INIT;
			int expected = -1, code = consent_move(&state, trigger, &err);

			for (size_t i = 0; i < ARRAY_LEN(moves); i++)
				if (moves[i][0] == from && moves[i][1] == trigger)
					expected = moves[i][2];
			CHECK_QUIET((code == 0) == (expected >= 0), "PEC %d %d", from, trigger);
			CHECK_QUIET((int)state == (expected >= 0 ? expected : from),
				    "PEC %d %d goes to %d", from, trigger, state);
			CHECK_QUIET(code == 0 || str_starts(err.why, "rule PEC: "),
				    "PEC %d %d names its rule", from, trigger);
			done += code == 0;
		}
	CHECK(done == 15, "PEC: 25 pairs, 15 moves");
	CHECK_STR(consent_name(CONSENT_NONE), "no-embargo", "PEC word");
}

/* How many ways lead from STATE to the end. */
static int orderings(cs_state state)
{
	int ways = 0;

	if (state == (1u << CS_COUNT) - 1)
		return 1;
	for (int bit = 0; bit < CS_COUNT; bit++)
		if (cs_next(state, bit, NULL) == 0)
			ways += orderings(state | 1u << bit);
	return ways;
}

static void test_cs(void)
{
	int valid = 0, edges = 0, full = 1 << CS_COUNT;

	for (cs_state state = 0; state < (cs_state)full; state++) {
		if (!cs_valid(state))
			continue;
		valid++;
		for (int bit = 0; bit < CS_COUNT; bit++) {
			cs_state after = state;
			bool step = cs_next(state, bit, NULL) == 0, there = state & 1u << bit;
			cs_state expected = state | 1u << bit |
					    (bit == CS_EXPLOIT_PUBLIC ? 1u << CS_PUBLIC : 0);
			int code = cs_set(&after, bit, NULL);

			edges += step;
			CHECK_QUIET(!step || cs_valid(state | 1u << bit), "CS %u+%d", state, bit);
			CHECK_QUIET((code == 0) == (step || there), "CS set %u+%d", state, bit);
			CHECK_QUIET(after == (step ? expected : state), "CS set %u+%d result", state, bit);
			CHECK_QUIET(cs_valid(after), "CS %u+%d stays valid", state, bit);
		}
	}
	CHECK(valid == 32, "CS: 32 valid states");
	CHECK(edges == 58, "CS: 58 edges (%d)", edges);
	CHECK(orderings(0) == 70, "CS: 70 orderings of 720 (%d)", orderings(0));
	CHECK(!cs_valid((cs_state)full), "CS: a seventh bit is not valid");
}

static void test_cs_words(void)
{
	char buffer[8];
	AUTO_ERROR err = ERROR_INIT;
	cs_state state = 0;

	CHECK_STR(cs_format(0, buffer), "vfdpxa", "CS: nothing happened yet");
	CHECK_STR(cs_format(63, buffer), "VFDPXA", "CS: all happened");
	CHECK_STR(cs_format(1u << CS_VENDOR_AWARE | 1u << CS_ATTACKS, buffer), "VfdpxA", "CS: mixed");
	CHECK(cs_set(&state, CS_EXPLOIT_PUBLIC, &err) == 0, "CS: an exploit may come first");
	CHECK_STR(cs_format(state, buffer), "vfdPXa", "CS: and makes the case public");
	CHECK(cs_set(&state, CS_ATTACKS, &err) == ERR_NO, "CS: public, then the vendor knows first");
	CHECK_STR(err.why, "rule CS: vendor-aware must come before attacks", "CS: named");
	for (int i = 0; i < CS_COUNT; i++)
		CHECK_QUIET(cs_from_name(cs_words[i]) == i && str_equal(cs_name(i), cs_words[i]),
			    "CS word %d", i);
	CHECK(cs_from_name("x") == CS_EXPLOIT_PUBLIC && cs_from_name("q") == -1, "CS: letters");
}

static void test_embargo(void)
{
	for (cs_state state = 0; state < 64; state++) {
		const char *warning = "untouched";
		AUTO_ERROR err = ERROR_INIT;
		bool public = state & (1u << CS_PUBLIC | 1u << CS_EXPLOIT_PUBLIC);
		bool attacks = state & 1u << CS_ATTACKS, deployed = state & 1u << CS_FIX_DEPLOYED;
		bool ready = state & 1u << CS_FIX_READY;
		int code = embargo_allowed(state, &warning, &err);

		CHECK_QUIET((code == ERR_NO) == (public || attacks), "embargo in %u", state);
		CHECK_QUIET(code || (warning != NULL) == (ready || deployed), "warning in %u", state);
		CHECK_QUIET(!code || strstr(err.why, "public") || strstr(err.why, "attacks"),
			    "rule in %u", state);
		CHECK_QUIET(embargo_must_end(state) == (public ? 2 : attacks || deployed ? 1 : 0),
			    "end in %u", state);
	}
	CHECK(embargo_allowed(0, NULL, NULL) == 0, "embargo: 64 states");
}

int main(void)
{
	test_rm();
	test_em();
	test_consent();
	test_cs();
	test_cs_words();
	test_embargo();
	return tap_done();
}
