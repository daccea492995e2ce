/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the model: inbox, registry, ids, what is due, marks, calendar, queries. */
#include "psirtty/model/model.h"

#include "model/agenda.h"

#include "model_dice.h"
#include "tap.h"

#define DAY(n) (DAY0 + (n) * INSTANT_DAY)

static int open_case(struct world *w, int stream, const char *id, const char *title)
{
	AUTO_STRING body = mem_format("{'case':'%s','title':'%s'}", id, title);

	return put(w, stream, EVENT_CASE_OPENED, body);
}

/* ---- inbox and registry */

static int receive(struct world *w, const char *id, const char *at, const char *sha256)
{
	AUTO_STRING body = mem_format("{'mail':'%s','received':'%s','channel':'file','sha256':'%s',"
				      "'size':3,'raw':" FILE_JSON "}", id, at, sha256);

	return put(w, 0, EVENT_MAIL_RECEIVED, body);
}

static void test_inbox(void)
{
	struct world w = world_new();
	AUTO_STRING first = model_next_mail_id(w.model), *later = NULL;

	CHECK_STR(first, "M-0001", "the first mail");
	CHECK(receive(&w, "M-0002", "2026-11-02T00:00:00Z", "02") == 0 &&
		      receive(&w, "M-0001", "2026-11-03T00:00:00Z", "01") == 0 &&
		      receive(&w, "M-0007", "2026-11-02T00:00:00Z", "07") == 0,
	      "three mails");
	CHECK(str_equal(model_inbox(w.model, 0)->id, "M-0002") &&
		      str_equal(model_inbox(w.model, 1)->id, "M-0007") &&
		      str_equal(model_inbox(w.model, 2)->id, "M-0001"),
	      "by time, then id");
	CHECK(receive(&w, "M-0001", "2026-11-03T00:00:00Z", "99") == ERR_NO, "an id once");
	CHECK(receive(&w, "M-0009", "2026-11-03T00:00:00Z", "07") == ERR_NO &&
		      strstr(w.err.why, "M-0007"),
	      "the same bytes once");
	CHECK(receive(&w, "M 9", "2026-11-03T00:00:00Z", "98") == ERR_NO, "an id without blanks");
	later = model_next_mail_id(w.model);
	CHECK_STR(later, "M-0008", "the next free id");
	CHECK(model_find_mail(w.model, "7") == model_inbox(w.model, 1) &&
		      model_find_mail(w.model, "m-0007") == model_inbox(w.model, 1) &&
		      !model_find_mail(w.model, "70") && !model_find_mail(w.model, ""),
	      "found by id or number");
	CHECK(model_mail_by_sha256(w.model, "02") == model_inbox(w.model, 0) &&
		      !model_mail_by_sha256(w.model, "03"),
	      "found by its bytes");
	CHECK(!model_inbox(w.model, 0)->read &&
		      model_inbox(w.model, 0)->record.verdict == VERDICT_UNSIGNED,
	      "unread says nothing good");
	put(&w, 0, EVENT_MAIL_READ, "{'mail':'M-0002','record':{'subject':'one'}}");
	put(&w, 0, EVENT_MAIL_READ, "{'mail':'M-0002','record':{'subject':'two','verdict':'signed'}}");
	CHECK(model_inbox(w.model, 0)->read, "read");
	CHECK_STR(model_inbox(w.model, 0)->record.subject, "two", "the last reading counts");
	CHECK(put(&w, 0, EVENT_MAIL_TAKEN, "{'mail':'M-0002','case':'PSIRT-2026-0001'}") == 0,
	      "a case need not be known to who reads the inbox");
	CHECK_STR(model_inbox(w.model, 0)->taken_case, "PSIRT-2026-0001", "taken");
	world_release(&w);
}

static void test_registry(void)
{
	static const char ours[] = "AAAA1111AAAA1111AAAA1111AAAA1111AAAA1111";
	struct world w = world_new();
	AUTO_STRING pin = mem_format("{'address':'Lin@X.example','fingerprint':'%s'}", ours);

	put(&w, 0, EVENT_PRODUCT_ADDED, "{'product':'pump','name':'Water Pump','versions':['1','2']}");
	put(&w, 0, EVENT_PRODUCT_ADDED, "{'product':'gate','name':'Gate','vendor':'V'}");
	put(&w, 0, EVENT_PRODUCT_ADDED, "{'product':'pump','name':'Pump','versions':['3']}");
	CHECK(model_product_count(w.model) == 2 && str_equal(model_product(w.model, 0)->id, "gate"),
	      "products by id, each once");
	CHECK(model_find_product(w.model, "pump")->version_count == 1 &&
		      str_equal(model_find_product(w.model, "PUMP")->name, "Pump") &&
		      !model_find_product(w.model, "Water Pump"),
	      "replaced, found by id or name");
	put(&w, 0, EVENT_KEY_PINNED, pin);
	put(&w, 0, EVENT_KEY_PINNED,
	    "{'address':'a@x.example','fingerprint':'bbbb2222bbbb2222bbbb2222bbbb2222bbbb2222'}");
	CHECK_STR(model_pinned(w.model, "lin@x.EXAMPLE"), ours, "pins in any case");
	CHECK_STR(model_pinned(w.model, "a@x.example"), "BBBB2222BBBB2222BBBB2222BBBB2222BBBB2222",
		  "fingerprints in capitals");
	CHECK(put(&w, 0, EVENT_KEY_UNPINNED, "{'address':'A@x.example'}") == 0 &&
		      !model_pinned(w.model, "a@x.example") && model_pin_count(w.model) == 1 &&
		      str_equal(model_pin(w.model, 0)->address, "lin@x.example"),
	      "unpinned");
	CHECK(!model_policy(w.model)->prefix, "no policy yet");
	put(&w, 0, EVENT_POLICY_SET, "{'prefix':'ACME','publisher':'Acme'}");
	put(&w, 0, EVENT_POLICY_SET, "{'namespace':'https://acme.example'}");
	CHECK(str_equal(model_policy(w.model)->prefix, "ACME") &&
		      str_equal(model_policy(w.model)->namespace_url, "https://acme.example"),
	      "policies merge");
	world_release(&w);
}

static void test_ids(void)
{
	struct world w = world_new();
	AUTO_STRING first = model_next_case_id(w.model, 2026), *second = NULL, *third = NULL;
	uint8_t stream[16] = { 1, [15] = 1 };

	CHECK_STR(first, "PSIRT-2026-0001", "the first case");
	w.now = DAY(3);
	open_case(&w, 1, "PSIRT-2026-0001", "a");
	w.now = DAY(1);
	open_case(&w, 2, "PSIRT-2026-0011", "b");
	open_case(&w, 3, "PSIRT-2025-0003", "c");
	open_case(&w, 4, "PSIRT-2026-99999999999", "d");
	CHECK(str_equal(model_case(w.model, 0)->id, "PSIRT-2025-0003") &&
		      str_equal(model_case(w.model, 1)->id, "PSIRT-2026-0011") &&
		      str_equal(model_case(w.model, 3)->id, "PSIRT-2026-0001"),
	      "by opening time, then id");
	CHECK(model_find_case(w.model, "1") == model_case(w.model, 3) &&
		      model_find_case(w.model, "0011") == model_case(w.model, 1) &&
		      model_find_case(w.model, "2026-0001") == model_case(w.model, 3) &&
		      model_find_case(w.model, "psirt-2026-0011") == model_case(w.model, 1),
	      "found by the end of an id");
	CHECK(!model_find_case(w.model, "2") && !model_find_case(w.model, "") &&
		      !model_find_case(w.model, "001x"),
	      "not found");
	open_case(&w, 5, "PSIRT-2025-0001", "e");
	CHECK(!model_find_case(w.model, "1"), "two cases end so");
	CHECK(model_case_of_stream(w.model, stream) == model_find_case(w.model, "PSIRT-2026-0001"),
	      "found by stream");
	second = model_next_case_id(w.model, 2026);
	CHECK_STR(second, "PSIRT-2026-0012", "the next id of the year");
	put(&w, 0, EVENT_POLICY_SET, "{'prefix':'ACME'}");
	third = model_next_case_id(w.model, 2026);
	CHECK_STR(third, "ACME-2026-0001", "the policy's prefix");
	world_release(&w);
}

/* ---- what is due */

static bool due_is(const struct world *w, instant now, const char *what, instant at)
{
	const char *next = NULL;
	instant when = 0;
	bool any = case_next_due(model_case(w->model, 0), now, &next, &when);

	return what ? any && str_equal(next, what) && when == at : !any;
}

static const char *marks(const struct world *w, instant now)
{
	static char buffer[4];

	return case_marks(model_case(w->model, 0), now, buffer);
}

static void test_due(void)
{
	struct world w = world_new();

	open_case(&w, 1, "X-1", "t");
	CHECK(due_is(&w, DAY0, NULL, 0), "nothing is due in an empty case");
	CHECK_STR(marks(&w, DAY0), "*", "but it is new");
	put(&w, 1, EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z"));
	put(&w, 1, EVENT_MESSAGE_RECEIVED, REPORT("2026-11-02T00:00:00Z"));
	CHECK(due_is(&w, DAY0, "answer finder", DAY(2)), "an answer, from the first mail on");
	CHECK_STR(marks(&w, DAY(2)), "*", "not overdue at its minute");
	CHECK_STR(marks(&w, DAY(2) + 1), "*!", "overdue when it is past");
	put(&w, 1, EVENT_MESSAGE_SENT, SENT("2026-11-02T12:00:00Z"));
	CHECK(due_is(&w, DAY0, "triage", DAY(3)), "then triage");
	put(&w, 1, EVENT_STATE_SET, "{'to':'valid'}");
	CHECK(due_is(&w, DAY0, NULL, 0), "then nothing");
	CHECK_STR(marks(&w, DAY(9)), "", "no mark");
	put(&w, 1, EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-11-21T00:00:00Z'}");
	CHECK(due_is(&w, DAY0, NULL, 0), "a proposal binds nobody");
	put(&w, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	CHECK(due_is(&w, DAY0, "embargo ends", DAY(20)), "an embargo does");
	CHECK_STR(marks(&w, DAY0), "~", "embargo in force");
	CHECK_STR(marks(&w, DAY(21)), "!~", "its end is past");
	put(&w, 1, EVENT_MESSAGE_RECEIVED, REPORT("2026-11-05T00:00:00Z"));
	CHECK(due_is(&w, DAY0, "answer finder", DAY(6)), "a new mail wants an answer");
	put(&w, 1, EVENT_STATE_SET, "{'to':'deferred'}");
	put(&w, 1, EVENT_STATE_SET, "{'to':'closed'}");
	CHECK(due_is(&w, DAY0, "embargo ends", DAY(20)), "a closed case owes no answer");
	world_release(&w);
}

static void test_agenda(void)
{
	struct world w = world_new();
	struct agenda_item *items;
	size_t count;

	open_case(&w, 1, "X-1", "t");
	open_case(&w, 2, "X-2", "t");
	put(&w, 1, EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z"));
	put(&w, 2, EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z"));
	put(&w, 2, EVENT_EMBARGO_PROPOSED,
	    "{'by':'us','until':'2026-11-11T00:00:00+08:00','zone':'Asia/Shanghai'}");
	put(&w, 2, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	put(&w, 2, EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-11-21T00:00:00Z'}");
	model_agenda(w.model, DAY0, DAY(30), DAY(2) + 1, &items, &count);
	CHECK(count == 6, "six things in November");
	for (size_t i = 1; i < count; i++)
		CHECK_QUIET(items[i - 1].at <= items[i].at, "sorted at %zu", i);
	CHECK(str_equal(items[0].case_id, "X-1") && str_equal(items[0].what, "answer finder") &&
		      items[0].overdue && !items[0].embargo && str_equal(items[1].case_id, "X-2"),
	      "overdue first");
	CHECK(items[4].embargo && !items[4].overdue && str_equal(items[4].zone, "Asia/Shanghai") &&
		      items[4].offset == 480 && str_equal(items[4].what, "embargo ends"),
	      "an embargo's end in its zone");
	CHECK_STR(items[5].what, "embargo proposed until", "and the proposed one");
	free(items);
	model_agenda(w.model, DAY(2), DAY(3), DAY0, &items, &count);
	CHECK(count == 2, "from is in, to is out");
	free(items);
	model_agenda(w.model, DAY(40), DAY(50), DAY0, &items, &count);
	CHECK(count == 0 && !items, "an empty month");
	free(items);
	world_release(&w);
}

/* ---- queries */

static struct world world_for_queries(void)
{
	struct world w = world_new();

	open_case(&w, 1, "PSIRT-2026-0042", "Überlauf im Parser 缓冲区溢出");
	put(&w, 1, EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z"));
	put(&w, 1, EVENT_MESSAGE_SENT, SENT("2026-11-01T01:00:00Z"));
	put(&w, 1, EVENT_SUMMARY_SET, "{'summary':'A heap\\noverflow'}");
	put(&w, 1, EVENT_ASSIGNED, "{'member':'Ann Lee'}");
	put(&w, 1, EVENT_PARTY_ADDED, "{'name':'Acme Corp','role':'vendor'}");
	put(&w, 1, EVENT_AFFECTED_SET, "{'product':'Pump','version':'1','status':'affected'}");
	put(&w, 1, EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}");
	put(&w, 1, EVENT_SCORE_SET,
	    "{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}");
	put(&w, 1, EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-12-01T00:00:00Z'}");
	put(&w, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	return w;
}

static void test_queries(void)
{
	/* answer: 1 yes, 0 no, -1 refused */
	static const struct { const char *query; int answer; } rows[] = {
		{ "", 1 }, { "   ", 1 },
		{ "state:received", 1 }, { "STATE:Received", 1 }, { "state:valid", 0 },
		{ "!state:valid", 1 }, { "!state:received", 0 }, { "state:open", -1 }, { "state:", -1 },
		{ "sev:critical", 1 }, { "sev:high", 0 }, { "sev:unscored", 0 }, { "sev:bad", -1 },
		{ "assignee:ann", 1 }, { "assignee:\"ann lee\"", 1 }, { "assignee:bob", 0 },
		{ "assignee:none", 0 }, { "party:acme", 1 }, { "party:\"acme corp\"", 1 },
		{ "party:other", 0 }, { "product:pump", 1 }, { "product:gate", 0 },
		{ "cve:2026-12345", 1 }, { "cve:2026-9", 0 }, { "cve:none", 0 },
		{ "em:active", 1 }, { "em:none", 0 }, { "em:x", 0 }, { "em:maybe", -1 },
		{ "due:<7d", 1 }, { "due:<12h", 0 }, { "due:>1d", 1 }, { "due:>2w", 0 },
		{ "due:7d", -1 }, { "due:<d", -1 }, { "due:<7y", -1 }, { "due:<99999d", -1 },
		{ "is:embargoed", 1 }, { "is:overdue", 0 }, { "is:new", 1 }, { "is:odd", -1 },
		{ "überlauf", 1 }, { "ÜBERLAUF", 1 }, { "溢出", 1 }, { "出溢", 0 },
		{ "heap overflow", 1 }, { "\"heap overflow\"", 0 }, { "0042", 1 }, { "lin", 1 },
		{ "finder.example", 1 }, { "\"a:b\"", 0 }, { "nokey:x", -1 }, { "parser !heap", 0 },
		{ "parser !stack state:received", 1 }, { "absent nokey:x", -1 }, { "!", 0 },
		{ "!\"heap overflow\"", 1 }, { "\"unclosed", 0 }, { "sev:critical em:none", 0 },
	};
	struct world w = world_for_queries();
	const struct case_state *state = model_case(w.model, 0);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		bool yes = false;
		int code = case_matches(state, rows[i].query, DAY(1), &yes, &err);

		CHECK_QUIET(code == (rows[i].answer < 0 ? ERR_USAGE : 0), "query %s", rows[i].query);
		CHECK_QUIET(code || yes == rows[i].answer, "query %s says %d", rows[i].query, yes);
		CHECK_QUIET(!code || strstr(err.why, "known are"), "query %s: %s", rows[i].query,
			    err.why);
	}
	CHECK(true, "%zu queries", ARRAY_LEN(rows));
	world_release(&w);
}

/* ---- many dates in order */

static instant some_time(int kind)
{
	switch (kind) {
	case 0: return DAY((instant)roll(3000));                                  /* many on one day */
	case 1: return DAY0 + (instant)roll(1u << 22) * 997 * INSTANT_SECOND + roll(3); /* parts of a second */
	case 2: return (instant)roll(1u << 16) * INSTANT_DAY * 30 - DAY(40000);   /* far apart: beyond the digits */
	default: return DAY0;                                                     /* all the same */
	}
}

static void test_order(void)
{
	static const char *const ids[] = { "X-1", "X-2", "X-3" }, *const whats[] = { "embargo ends", "triage" };
	static const size_t counts[] = { 0, 1, 2, 255, 256, 257, 5000 };

	for (size_t i = 0; i < 4 * ARRAY_LEN(counts); i++) {
		size_t count = counts[i / 4], seen = 0;
		struct agenda_slot *slots = mem_alloc((count + 1) * sizeof(*slots));
		struct due *dues = mem_alloc((count + 1) * sizeof(*dues));

		for (size_t k = 0; k < count; k++) {
			dues[k] = (struct due){ .case_id = PICK(ids), .what = PICK(whats), .offset = (int)k };
			slots[k] = (struct agenda_slot){ some_time((int)(i % 4)), NULL, &dues[k] };
		}
		slots_sort(slots, count);
		for (size_t k = 0; k < count; k++)
			seen += (size_t)slots[k].due->offset;
		CHECK_QUIET(count == 0 || seen == count * (count - 1) / 2, "%zu: each is there once", count);
		for (size_t k = 1; k < count; k++)
			CHECK_QUIET(slot_compare(&slots[k - 1], &slots[k]) <= 0, "%zu of %zu in order", k, count);
		free(slots);
		free(dues);
	}
	CHECK(true, "dates of all kinds in order");
}

/* Another key in a key's place: by the old key's statement, by two persons, or where somebody says he is alone. */
static void test_pin_changes(void)
{
#define OLD "'fingerprint':'aaaa1111aaaa1111aaaa1111aaaa1111aaaa1111'"
#define NEW "'fingerprint':'bbbb2222bbbb2222bbbb2222bbbb2222bbbb2222'"
#define ASK "{'address':'m@x.example'," NEW ",'instead':'AAAA1111AAAA1111AAAA1111AAAA1111AAAA1111'}"
	static const char alone[] = "{'address':'m@x.example'," NEW ",'alone':true,"
				    "'instead':'aaaa1111aaaa1111aaaa1111aaaa1111aaaa1111'}";
	static const char word[] = "{'address':'m@x.example'," OLD ",'statement':'signed',"
				   "'instead':'bbbb2222bbbb2222bbbb2222bbbb2222bbbb2222'}";
	struct world w = world_new();
	AUTO_STRING event = NULL;
	AUTO_STRING confirm = NULL;

	CHECK(put(&w, 0, EVENT_KEY_PINNED, "{'address':'M@x.example'," OLD ",'verified':'phone'}") == 0, "the first key");
	CHECK(put(&w, 0, EVENT_KEY_PINNED, "{'address':'m@X.example'," OLD "}") == 0, "the same again");
	CHECK(put(&w, 0, EVENT_KEY_PINNED, "{'address':'m@x.example'," NEW "}") == ERR_NO &&
		      str_equal(model_pinned(w.model, "m@x.example"), "AAAA1111AAAA1111AAAA1111AAAA1111AAAA1111"),
	      "another does not just take its place");
	CHECK(put(&w, 0, EVENT_KEY_CHANGE_ASKED, "{'address':'m@x.example'," NEW ",'instead':'" "cc" "'}") == ERR_NO,
	      "what is asked for names what there is");
	CHECK(put(&w, 0, EVENT_KEY_CHANGE_ASKED, ASK) == 0 && model_pin_ask_count(w.model) == 1, "one asks");
	event = str_hex(model_pin_ask(w.model, 0)->event, 32);
	confirm = mem_format("{'address':'m@x.example'," NEW ",'asked':'%s'}", event);
	CHECK(put(&w, 0, EVENT_KEY_PINNED, confirm) == ERR_NO, "who asked does not confirm");
	CHECK(put(&w, 0, EVENT_KEY_UNPINNED, "{'address':'m@x.example'}") == 0 &&
		      put(&w, 0, EVENT_KEY_PINNED, "{'address':'m@x.example'," NEW "}") == ERR_NO,
	      "nor is the old key forgotten by taking it away");
	w.member = 1;
	CHECK(put(&w, 0, EVENT_KEY_PINNED, "{'address':'n@x.example'," NEW ",'asked':'00'}") == 0, "of another address, anything");
	CHECK(put(&w, 0, EVENT_KEY_PINNED, confirm) == 0 && model_pin_ask_count(w.model) == 0 &&
		      str_equal(model_pinned(w.model, "m@x.example"), "BBBB2222BBBB2222BBBB2222BBBB2222BBBB2222"),
	      "another person confirms: %s", str_or_empty(w.err.why));
	CHECK(put(&w, 0, EVENT_KEY_PINNED, confirm) == 0, "the same key once more is no change");
	CHECK(put(&w, 0, EVENT_KEY_PINNED, word) == 0 && model_pin_past_count(w.model) == 2, "back by the old key's word");
	CHECK(put(&w, 0, EVENT_KEY_PINNED, alone) == 0, "alone");
	CHECK(str_equal(model_pinned_last(w.model, "M@X.example"), "BBBB2222BBBB2222BBBB2222BBBB2222BBBB2222") &&
		      !model_pinned_last(w.model, "nobody@x.example"),
	      "the last one is known");
	world_release(&w);
}

int main(void)
{
	test_order();
	test_inbox();
	test_registry();
	test_pin_changes();
	test_ids();
	test_due();
	test_agenda();
	test_queries();
	return tap_done();
}
