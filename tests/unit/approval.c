/* SPDX-License-Identifier: Apache-2.0 */
/* Who is an author of an advisory, whose own approval does not count: whoever made an event that the documents tell. */
#include "desk/advisory_private.h"

#include "tests/unit/tap.h"

static const uint8_t ann[16] = { 1 }, ben[16] = { 2 };

static struct event event_of(enum event_type type, const uint8_t member[16])
{
	struct event event = { .type = type };

	memcpy(event.member, member, 16);
	return event;
}

/* Every event there is. */
static void test_events(void)
{
	static const char *const told[] = { "advisory-drafted", "advisory-text", "score-set", "cwe-set", "id-added", "affected-set",
					    "affected-judged", "remediation-set", "credit-set", "summary-set" };
	const struct event_info *info;
	size_t authors = 0;

	for (size_t i = 0; (info = event_at(i)); i++) {
		struct event events[] = { event_of(EVENT_CASE_OPENED, ann), event_of(info->type, ben) };
		bool undone[2] = { false }, expected = false;
		const struct case_state state = { .events = events, .event_count = 2, .undone = undone };

		for (size_t k = 0; k < ARRAY_LEN(told); k++)
			expected |= str_equal(told[k], info->wire);
		CHECK(advisory_is_author(&state, ben) == expected, "%s %s an author", info->wire, expected ? "makes" : "does not make");
		CHECK(!advisory_is_author(&state, ann), "%s: only whoever made it", info->wire);
		undone[1] = true;
		CHECK(!advisory_is_author(&state, ben), "%s undone makes none", info->wire);
		authors += expected;
	}
	CHECK(authors == ARRAY_LEN(told), "each of them is an event");
}

/* Of disclosure the documents tell what is known of exploits. */
static void test_disclosure(void)
{
	static const struct { const char *bit; bool told; } rows[] = {
		{ "vendor-aware", false }, { "fix-ready", false }, { "fix-deployed", false }, { "public", false },
		{ "exploit-public", true }, { "attacks", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JSON body = json_pack("{s:s}", "bit", rows[i].bit);
		struct event events[] = { event_of(EVENT_CASE_OPENED, ann), event_of(EVENT_DISCLOSURE_SET, ben) };
		bool undone[2] = { false };
		const struct case_state state = { .events = events, .event_count = 2, .undone = undone };

		events[1].body = body;
		CHECK(event_check(EVENT_DISCLOSURE_SET, body, NULL) == 0, "%s is a word of disclosure", rows[i].bit);
		CHECK(advisory_is_author(&state, ben) == rows[i].told, "%s %s an author", rows[i].bit,
		      rows[i].told ? "makes" : "does not make");
	}
}

static void test_release(void)
{
	struct event events[] = { event_of(EVENT_SCORE_SET, ben), event_of(EVENT_ADVISORY_PUBLISHED, ann),
				  event_of(EVENT_AFFECTED_SET, ann) };
	bool undone[3] = { false };
	const struct case_state before = { .events = events, .event_count = 1, .undone = undone };
	const struct case_state after = { .events = events, .event_count = 3, .undone = undone };

	CHECK(advisory_is_author(&before, ben), "an author before the release");
	CHECK(!advisory_is_author(&after, ben), "is none of the next one");
	CHECK(advisory_is_author(&after, ann), "whose author is whoever changed something since");
}

int main(void)
{
	test_events();
	test_disclosure();
	test_release();
	return tap_done();
}
