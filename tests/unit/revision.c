/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions of a case's texts: one for each time and member, undone ones left out, each with the words of its time. */
#include "tap.h"

#include "psirtty/base/js.h"
#include "psirtty/model/revision.h"

enum { EVENTS_MOST = 24 };
static struct event events[EVENTS_MOST];
static bool undone[EVENTS_MOST];
static struct case_state state = { .events = events, .undone = undone };

static void put(enum event_type type, uint8_t member, instant at, json_t *body)
{
	struct event *event = &events[state.event_count++];
	AUTO_ERROR err = ERROR_INIT;

	CHECK_QUIET(event_check((int)type, body, &err) == 0, "event %zu is one: %s", state.event_count, str_or_empty(err.why));
	*event = (struct event){ .type = type, .member = { member }, .at = at, .body = body };
	snprintf(event->author, sizeof(event->author), "member %u", member);
}

static json_t *words(const char *field, const char *lang, const char *value)
{
	return json_pack("{s:s, s:s, s:s}", "field", field, "lang", lang, "value", value);
}

static void fill(void)
{
	put(EVENT_CASE_OPENED, 1, 10, json_pack("{s:s, s:s}", "case", "C-1", "title", "first"));
	put(EVENT_STATE_SET, 1, 11, json_pack("{s:s}", "to", "valid"));
	put(EVENT_TITLE_SET, 1, 12, json_pack("{s:s}", "title", "second"));
	put(EVENT_ADVISORY_TEXT, 1, 20, words("title", "en", "Gateway"));
	put(EVENT_ADVISORY_TEXT, 1, 20, words("description", "zh", "网关"));
	put(EVENT_ADVISORY_TEXT, 2, 20, words("description", "en", "A gateway"));
	put(EVENT_ADVISORY_TEXT, 2, 21, words("description", "en", "Undone"));
	put(EVENT_NOTE_ADDED, 1, 30, json_pack("{s:s}", "text", "one"));
	put(EVENT_NOTE_ADDED, 1, 30, json_pack("{s:s}", "text", "two\n"));
	put(EVENT_ADVISORY_TEXT, 2, 40, words("title", "en", ""));
	undone[6] = true;
}

static const struct { enum revision_text text; size_t number; const char *author, *parts, *words; long before; } expected[] = {
	{ REVISION_CASE, 1, "member 1", "title", "title:\nfirst\n", -1 },
	{ REVISION_CASE, 2, "member 1", "title", "title:\nsecond\n", 0 },
	{ REVISION_ADVISORY, 1, "member 1", "title, description (zh)", "title:\nGateway\n\ndescription (zh):\n网关\n", -1 },
	{ REVISION_ADVISORY, 2, "member 2", "description",
	  "title:\nGateway\n\ndescription (zh):\n网关\n\ndescription:\nA gateway\n", 2 },
	{ REVISION_NOTES, 1, "member 1", "notes", "notes:\none\n", -1 },
	{ REVISION_NOTES, 2, "member 1", "notes", "notes:\none\ntwo\n", 4 }, /* at the same time, the same part */
	{ REVISION_ADVISORY, 3, "member 2", "title", "description (zh):\n网关\n\ndescription:\nA gateway\n", 3 },
};

static void check_one(const struct case_revision *revisions, size_t i)
{
	AUTO_STR text = STR_INIT;

	CHECK(revisions[i].text == expected[i].text && revisions[i].number == expected[i].number, "revision %zu: text and number", i + 1);
	CHECK_STR(revisions[i].author, expected[i].author, "its author");
	CHECK_STR(revisions[i].parts, expected[i].parts, "its parts");
	CHECK(case_revision_before(revisions, i) == expected[i].before, "the one before it");
	case_revision_words(&state, revisions[i].text, revisions[i].event, &text);
	CHECK_STR(text.bytes, expected[i].words, "its words");
}

int main(void)
{
	struct case_revision *revisions = NULL;
	size_t count = 0;

	case_revisions(&state, &revisions, &count);
	CHECK(!count && !revisions, "nothing was written");
	fill();
	case_revisions(&state, &revisions, &count);
	if (CHECK(count == ARRAY_LEN(expected), "%zu revisions", count))
		for (size_t i = 0; i < count; i++)
			check_one(revisions, i);
	case_revisions_free(revisions, count);
	for (size_t i = 0; i < state.event_count; i++)
		json_decref(events[i].body);
	return tap_done();
}
