/* SPDX-License-Identifier: Apache-2.0 */
/* Stories of cases from the first report to the end, what the model refuses, and undo. */
#include "psirtty/model/model.h"

#include "model_world.h"
#include "tap.h"

enum { A = 1, B = 2 }; /* streams of cases */

static const char opened[] = "{'case':'PSIRT-2026-0001','title':'Overflow in the parser'}";

static struct world world_with_report(void)
{
	struct world w = world_new();

	put(&w, A, EVENT_CASE_OPENED, opened);
	put(&w, A, EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z"));
	return w;
}

static const struct case_state *case_a(const struct world *w)
{
	return model_find_case(w->model, "PSIRT-2026-0001");
}

static int set_state(struct world *w, const char *to)
{
	AUTO_STRING body = mem_format("{'to':'%s'}", to);

	return put(w, A, EVENT_STATE_SET, body);
}

static int disclose(struct world *w, const char *bit)
{
	AUTO_STRING body = mem_format("{'bit':'%s'}", bit);

	return put(w, A, EVENT_DISCLOSURE_SET, body);
}

static int propose(struct world *w, const char *by, const char *until)
{
	AUTO_STRING body = mem_format("{'by':'%s','until':'%s','zone':'Asia/Shanghai'}", by, until);

	return put(w, A, EVENT_EMBARGO_PROPOSED, body);
}

static int accept(struct world *w, const char *by)
{
	AUTO_STRING body = mem_format("{'by':'%s'}", by);

	return put(w, A, EVENT_EMBARGO_ACCEPTED, body);
}

static int reject(struct world *w, const char *by)
{
	AUTO_STRING body = mem_format("{'by':'%s'}", by);

	return put(w, A, EVENT_EMBARGO_REJECTED, body);
}

static enum consent consent_of(const struct world *w, const char *name)
{
	const struct case_state *state = case_a(w);

	for (size_t i = 0; i < state->party_count; i++)
		if (str_equal(state->parties[i].name, name))
			return state->parties[i].consent;
	BUG("no party %s", name);
}

/* ---- one case from end to end */

static void test_report(void)
{
	struct world w = world_with_report();
	const struct case_state *state = case_a(&w);
	char bits[8];

	CHECK_STR(rm_name(state->rm), "received", "a report makes the case received");
	CHECK_STR(cs_format(state->cs, bits), "Vfdpxa", "and the vendor aware");
	CHECK(state->message_count == 1 && state->messages[0].attachment_count == 1, "it is kept");
	CHECK_STR(state->messages[0].peer, "Lin <Lin@Finder.Example>", "its sender");
	CHECK_STR(state->messages[0].address, "lin@finder.example", "the address in lower case");
	put(&w, A, EVENT_MESSAGE_SENT, SENT("2026-11-03T00:00:00Z"));
	put(&w, A, EVENT_MESSAGE_RECEIVED, REPORT("2026-11-02T00:00:00Z"));
	state = case_a(&w);
	CHECK(state->messages[1].type == EVENT_MESSAGE_RECEIVED &&
		      state->messages[2].type == EVENT_MESSAGE_SENT,
	      "messages stand by time");
	CHECK_STR(state->messages[2].address, "lin@finder.example", "the address within a peer");
	CHECK(state->rm == RM_RECEIVED && state->event_count == 4, "further mail moves nothing");
	world_release(&w);
}

static void test_facts(void)
{
	struct world w = world_with_report();
	const struct case_state *state;

	put(&w, A, EVENT_TITLE_SET, "{'title':'Heap overflow'}");
	put(&w, A, EVENT_SUMMARY_SET, "{'summary':'one\\ntwo'}");
	put(&w, A, EVENT_ASSIGNED, "{'member':'Ann'}");
	put(&w, A, EVENT_CWE_SET, "{'cwe':'CWE-787'}");
	put(&w, A, EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}");
	put(&w, A, EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}");
	put(&w, A, EVENT_AFFECTED_SET, "{'product':'pump','version':'2','status':'affected'}");
	put(&w, A, EVENT_AFFECTED_SET, "{'product':'gate','version':'1','status':'fixed'}");
	put(&w, A, EVENT_AFFECTED_SET, "{'product':'pump','version':'1','status':'affected'}");
	put(&w, A, EVENT_AFFECTED_SET, "{'product':'pump','version':'2','status':'fixed'}");
	put(&w, A, EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'update'}");
	put(&w, A, EVENT_REMEDIATION_SET,
	    "{'category':'vendor_fix','details':'update to 3','url':'https://v.example'}");
	put(&w, A, EVENT_NOTE_ADDED, "{'text':'a note'}");
	put(&w, A, EVENT_REPRO_ADDED, "{'build':'1.2','verdict':'reproduced','steps':'run it',"
				      "'attachments':[" FILE_JSON "]}");
	state = case_a(&w);
	CHECK_STR(state->title, "Heap overflow", "title");
	CHECK_STR(state->summary, "one\ntwo", "summary");
	CHECK_STR(state->assignee, "Ann", "assignee");
	CHECK_STR(state->cwe, "CWE-787", "weakness");
	CHECK(state->id_count == 1, "the same id once");
	CHECK(state->affected_count == 3 && str_equal(state->affected[0].product, "gate") &&
		      str_equal(state->affected[1].version, "1") &&
		      state->affected[2].status == AFFECTED_FIXED,
	      "affected versions are sorted and replaced");
	CHECK(state->remediation_count == 1 && state->remediations[0].url, "remediation replaced");
	CHECK(state->note_count == 1 && str_equal(state->notes[0].author, "Ann"), "note");
	CHECK(state->repro_count == 1 && state->repros[0].attachment_count == 1, "reproduction");
	put(&w, A, EVENT_ASSIGNED, "{'member':''}");
	CHECK(!case_a(&w)->assignee, "assigned to nobody");
	world_release(&w);
}

static void test_scores(void)
{
	static const char high[] = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
	static const char low[] = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
	struct world w = world_with_report();
	AUTO_STRING theirs = mem_format("{'vector':'%s','issuer':'finder'}", high);
	AUTO_STRING nvd = mem_format("{'vector':'%s','issuer':'nvd'}", low);
	AUTO_STRING ours = mem_format("{'vector':'%s','issuer':'us'}", low);

	CHECK(!case_leading_score(case_a(&w)), "no score yet");
	put(&w, A, EVENT_SCORE_SET, theirs);
	CHECK(case_leading_score(case_a(&w))->cvss.severity == CVSS_CRITICAL, "the only score leads");
	w.now += INSTANT_HOUR;
	put(&w, A, EVENT_SCORE_SET, nvd);
	CHECK_STR(case_leading_score(case_a(&w))->issuer, "nvd", "then the newest");
	put(&w, A, EVENT_SCORE_SET, ours);
	w.now += INSTANT_HOUR;
	put(&w, A, EVENT_SCORE_SET, theirs);
	CHECK_STR(case_leading_score(case_a(&w))->issuer, "us", "then ours, whatever is newer");
	CHECK(case_a(&w)->score_count == 3, "one of each issuer");
	world_release(&w);
}

static void test_advisory(void)
{
	struct world w = world_with_report();

	CHECK(!case_a(&w)->advisory, "no advisory yet");
	put(&w, A, EVENT_ADVISORY_DRAFTED,
	    "{'advisory':'PSIRT-2026-0001','title':'T','description':'D','tlp':'AMBER+STRICT'}");
	w.now += INSTANT_DAY;
	put(&w, A, EVENT_ADVISORY_DRAFTED,
	    "{'advisory':'PSIRT-2026-0001','title':'T2','summary':'S','tlp':'CLEAR'}");
	CHECK_STR(case_a(&w)->advisory->description, "D", "what an edit does not name stays");
	CHECK_STR(case_a(&w)->advisory->title, "T2", "what it names changes");
	CHECK(case_a(&w)->advisory->drafted_at == DAY0 &&
		      case_a(&w)->advisory->changed_at == DAY0 + INSTANT_DAY &&
		      case_a(&w)->advisory->version == 0,
	      "a draft with its times");
	put_undo(&w, A, model_undo_target(case_a(&w), false));
	CHECK_STR(case_a(&w)->advisory->title, "T", "an edit is undone");
	put_undo(&w, A, model_undo_target(case_a(&w), false));
	CHECK(!case_a(&w)->advisory, "and the draft itself");
	world_release(&w);
}

/* ---- report states through the door, all pairs */

static const char *const ways[RM_COUNT][4] = {
	[RM_START] = { NULL },
	[RM_RECEIVED] = { "received" },
	[RM_INVALID] = { "received", "invalid" },
	[RM_VALID] = { "received", "valid" },
	[RM_DEFERRED] = { "received", "valid", "deferred" },
	[RM_ACCEPTED] = { "received", "valid", "accepted" },
	[RM_CLOSED] = { "received", "invalid", "closed" },
};

static void test_states(void)
{
	for (int from = 0; from < RM_COUNT; from++)
		for (int to = 0; to < RM_COUNT; to++) {
			struct world w = world_new();
			int code;

			put(&w, A, EVENT_CASE_OPENED, opened);
			for (int i = 0; i < 4 && ways[from][i]; i++)
				CHECK_QUIET(set_state(&w, ways[from][i]) == 0, "way to %d", from);
			code = set_state(&w, rm_words[to]);
			CHECK_QUIET((code == 0) == rm_allowed(from, to), "%d to %d", from, to);
			CHECK_QUIET((int)case_a(&w)->rm == (code ? from : to), "%d to %d", from, to);
			CHECK_QUIET(!code || str_starts(w.err.why, "rule RM: "), "rule of %d to %d",
				    from, to);
			world_release(&w);
		}
	CHECK(true, "49 pairs of report states through the model");
}

/* ---- embargo */

#define JAN "2027-01-10T09:00:00+08:00"
#define FEB "2027-02-10T09:00:00+08:00"

static struct world world_with_parties(void)
{
	struct world w = world_with_report();

	put(&w, A, EVENT_PARTY_ADDED, "{'name':'Lin','role':'finder','address':'lin@finder.example'}");
	put(&w, A, EVENT_PARTY_ADDED, "{'name':'Acme','role':'vendor'}");
	return w;
}

static void test_embargo(void)
{
	struct world w = world_with_parties();
	const struct case_embargo *embargo;
	char text[96];

	CHECK(propose(&w, "Lin", JAN) == 0, "the finder proposes");
	embargo = &case_a(&w)->embargo;
	CHECK(embargo->state == EM_PROPOSED && embargo->until.at == INSTANT_NONE, "proposed only");
	CHECK_STR(zoned_format(&embargo->proposed, text), "2027-01-10 09:00 +08:00 Asia/Shanghai",
		  "hour and zone are kept");
	CHECK(consent_of(&w, "Lin") == CONSENT_SIGNATORY, "a proposer agrees with its proposal");
	CHECK(consent_of(&w, "Acme") == CONSENT_INVITED, "the other party is asked");
	CHECK(accept(&w, "Acme") == 0 && case_a(&w)->embargo.state == EM_PROPOSED,
	      "another's yes does not move the embargo");
	CHECK(accept(&w, "us") == 0 && case_a(&w)->embargo.state == EM_ACTIVE, "ours does");
	CHECK_STR(zoned_format(&case_a(&w)->embargo.until, text),
		  "2027-01-10 09:00 +08:00 Asia/Shanghai", "with its end");
	CHECK(propose(&w, "us", FEB) == 0 && case_a(&w)->embargo.state == EM_REVISE, "revision");
	CHECK(consent_of(&w, "Lin") == CONSENT_LAPSED && consent_of(&w, "Acme") == CONSENT_LAPSED,
	      "signatures lapse");
	CHECK(case_a(&w)->embargo.until.at < case_a(&w)->embargo.proposed.at, "old terms bind");
	CHECK(reject(&w, "Lin") == 0 && case_a(&w)->embargo.state == EM_REVISE,
	      "a party declines for itself");
	CHECK(reject(&w, "us") == 0 && case_a(&w)->embargo.state == EM_ACTIVE, "we drop the revision");
	CHECK(consent_of(&w, "Lin") == CONSENT_SIGNATORY && consent_of(&w, "Acme") == CONSENT_SIGNATORY,
	      "who signed the old terms is bound by them again");
	CHECK(put(&w, A, EVENT_EMBARGO_TERMINATED, "{'reason':'fix deployed'}") == 0, "it ends");
	embargo = &case_a(&w)->embargo;
	CHECK(embargo->state == EM_EXITED && embargo->until.at == INSTANT_NONE, "exited, no end");
	CHECK_STR(embargo->end_reason, "fix deployed", "with its reason");
	CHECK(consent_of(&w, "Lin") == CONSENT_NONE, "nobody is bound");
	CHECK(propose(&w, "us", FEB) == ERR_NO && str_starts(w.err.why, "rule EM: "),
	      "nothing leaves exited");
	world_release(&w);
}

static void test_revision_accepted(void)
{
	struct world w = world_with_parties();

	propose(&w, "us", JAN);
	accept(&w, "Lin");
	accept(&w, "us");
	propose(&w, "Lin", FEB);
	CHECK(accept(&w, "us") == 0 && case_a(&w)->embargo.state == EM_ACTIVE, "revised terms");
	CHECK(consent_of(&w, "Lin") == CONSENT_SIGNATORY && consent_of(&w, "Acme") == CONSENT_INVITED,
	      "the proposer is bound, the silent party is not");
	CHECK(put(&w, A, EVENT_EMBARGO_ACCEPTED, "{'by':'party','party':'acme'}") == 0 &&
		      consent_of(&w, "Acme") == CONSENT_SIGNATORY,
	      "a late yes counts");
	put(&w, A, EVENT_PARTY_ADDED, "{'name':'Late','role':'coordinator'}");
	CHECK(consent_of(&w, "Late") == CONSENT_INVITED, "who joins later is asked");
	put(&w, A, EVENT_PARTY_ADDED, "{'name':'Lin','role':'reporter'}");
	CHECK(consent_of(&w, "Lin") == CONSENT_SIGNATORY && case_a(&w)->party_count == 3,
	      "a party stated again keeps its consent");
	world_release(&w);
}

static void test_withdrawal(void)
{
	struct world w = world_with_parties();

	propose(&w, "Lin", JAN);
	CHECK(reject(&w, "Lin") == 0 && case_a(&w)->embargo.state == EM_NONE,
	      "proposers may take back what they proposed");
	CHECK(consent_of(&w, "Lin") == CONSENT_NONE && consent_of(&w, "Acme") == CONSENT_NONE &&
		      case_a(&w)->embargo.proposed.at == INSTANT_NONE,
	      "and nothing is left of it");
	propose(&w, "us", JAN);
	accept(&w, "Lin");
	CHECK(propose(&w, "us", FEB) == 0 && consent_of(&w, "Lin") == CONSENT_LAPSED,
	      "a counter-proposal asks again");
	world_release(&w);
}

/* Every embargo state × every bit: what disclosure does to the embargo. */
static void test_disclosure(void)
{
	for (int em = 0; em < EM_COUNT; em++)
		for (int bit = 0; bit < CS_COUNT; bit++) {
			struct world w = world_with_parties();
			bool ends = bit == CS_PUBLIC || bit == CS_EXPLOIT_PUBLIC;
			enum em_state expected = em;

			set_state(&w, "valid");
			set_state(&w, "accepted");
			if (bit == CS_FIX_DEPLOYED)
				disclose(&w, "fix-ready");
			if (em != EM_NONE)
				propose(&w, "us", JAN);
			if (em == EM_ACTIVE || em == EM_REVISE || em == EM_EXITED)
				accept(&w, "us");
			if (em == EM_REVISE)
				propose(&w, "us", FEB);
			if (em == EM_EXITED)
				put(&w, A, EVENT_EMBARGO_TERMINATED, "{'reason':'test'}");
			CHECK_QUIET((int)case_a(&w)->embargo.state == em, "state %d is reached", em);
			if (em == EM_PROPOSED && (ends || bit == CS_ATTACKS))
				expected = EM_NONE;
			if ((em == EM_ACTIVE || em == EM_REVISE) && ends)
				expected = EM_EXITED;
			CHECK_QUIET(disclose(&w, cs_words[bit]) == 0, "bit %d in %d", bit, em);
			CHECK_QUIET(case_a(&w)->embargo.state == expected, "bit %d in %d: %s", bit, em,
				    em_name(case_a(&w)->embargo.state));
			CHECK_QUIET(expected != EM_EXITED || em == EM_EXITED ||
					    str_equal(case_a(&w)->embargo.end_reason, cs_words[bit]),
				    "reason of bit %d in %d", bit, em);
			world_release(&w);
		}
	CHECK(true, "30 pairs of embargo state and disclosure");
}

static bool warns(struct world *w, enum event_type type, json_t *body, const char *words)
{
	struct event event = world_event(w, A, type, body);
	const char *ret[MODEL_WARNINGS];
	size_t count = model_warnings(w->model, &event, ret);
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found = found || (words && strstr(ret[i], words));
	json_decref(body);
	return words ? found : count == 0;
}

static void test_warnings(void)
{
	struct world w = world_with_parties();

	CHECK(warns(&w, EVENT_EMBARGO_PROPOSED, json_pack("{s:s,s:s}", "by", "us", "until", JAN), NULL),
	      "a proposal in a received case is fine");
	CHECK(warns(&w, EVENT_EMBARGO_PROPOSED,
		    json_pack("{s:s,s:s}", "by", "us", "until", "2026-01-01T00:00:00Z"), "past"),
	      "an end in the past is warned of");
	propose(&w, "us", JAN);
	accept(&w, "us");
	CHECK(warns(&w, EVENT_EMBARGO_PROPOSED, json_pack("{s:s,s:s}", "by", "us", "until", FEB),
		    "in this state"),
	      "so is a revision before validation");
	set_state(&w, "valid");
	set_state(&w, "deferred");
	CHECK(warns(&w, EVENT_STATE_SET, json_pack("{s:s}", "to", "closed"), "closed"),
	      "and closing under an embargo");
	CHECK(set_state(&w, "closed") == 0, "which is possible all the same");
	CHECK(warns(&w, EVENT_DISCLOSURE_SET, json_pack("{s:s}", "bit", "attacks"), "should end"),
	      "attacks: the embargo should end");
	CHECK(warns(&w, EVENT_NOTE_ADDED, json_pack("{s:s}", "text", "x"), NULL), "a note is fine");
	world_release(&w);
}

/* ---- what is refused */

static void test_refused(void)
{
	static const struct {
		int stream;
		enum event_type type;
		const char *body, *rule;
	} rows[] = {
		{ B, EVENT_NOTE_ADDED, "{'text':'x'}", "rule case: " },
		{ A, EVENT_CASE_OPENED, opened, "rule case: " },
		{ B, EVENT_CASE_OPENED, opened, "rule case id: " },
		{ B, EVENT_CASE_OPENED, "{'case':'../x','title':'t'}", "rule case id: " },
		{ B, EVENT_CASE_OPENED, "{'case':'','title':'t'}", "rule case id: " },
		{ B, EVENT_CASE_OPENED, "{'case':'X-1','title':' '}", "rule text: " },
		{ A, EVENT_TITLE_SET, "{'title':''}", "rule text: " },
		{ A, EVENT_STATE_SET, "{'to':'closed'}", "rule RM: received cannot go to closed" },
		{ A, EVENT_DISCLOSURE_SET, "{'bit':'fix-ready'}", "rule RM-CS: " },
		{ A, EVENT_DISCLOSURE_SET, "{'bit':'fix-deployed'}", "rule CS: " },
		{ A, EVENT_SCORE_SET, "{'vector':'CVSS:3.1/AV:N','issuer':'us'}", "rule CVSS: " },
		{ A, EVENT_CWE_SET, "{'cwe':'787'}", "rule CWE: " },
		{ A, EVENT_ID_ADDED, "{'system':'CVE','text':'CVE-26-1'}", "rule CVE: " },
		{ A, EVENT_ID_ADDED, "{'system':'','text':'x'}", "rule text: " },
		{ A, EVENT_PARTY_ADDED, "{'name':' ','role':'other'}", "rule party: " },
		{ A, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}", "rule EM: " },
		{ A, EVENT_EMBARGO_ACCEPTED, "{'by':'Nobody'}", "rule PEC: " },
		{ A, EVENT_EMBARGO_ACCEPTED, "{'by':'Lin'}", "rule PEC: " },
		{ A, EVENT_EMBARGO_REJECTED, "{'by':'us'}", "rule EM: " },
		{ A, EVENT_EMBARGO_TERMINATED, "{'reason':'x'}", "rule EM: " },
		{ A, EVENT_EMBARGO_TERMINATED, "{'reason':''}", "rule EM: " },
		{ A, EVENT_EMBARGO_PROPOSED,
		  "{'by':'us','until':'2027-01-01T00:00:00Z','zone':'a b'}", "rule zone: " },
		{ A, EVENT_ADVISORY_DRAFTED, "{'advisory':'a/b','title':'t','tlp':'RED'}",
		  "rule advisory: " },
		{ A, EVENT_UNDONE, "{'event':'00'}", "rule undo: " },
		{ A, EVENT_MAIL_READ, "{'mail':'M-9','record':{}}", "rule mail id: " },
		{ A, EVENT_KEY_UNPINNED, "{'address':'a@b'}", "rule pin: " },
		{ A, EVENT_KEY_PINNED, "{'address':'a@b','fingerprint':'12'}", "rule pin: " },
		{ A, EVENT_PRODUCT_ADDED, "{'product':'a b','name':'n'}", "rule product id: " },
		{ A, EVENT_POLICY_SET, "{'prefix':'a b'}", "rule prefix: " },
	};
	struct world w = world_with_parties();
	AUTO_STR before = STR_INIT;

	add_model(&before, w.model);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int code = put(&w, rows[i].stream, rows[i].type, rows[i].body);

		CHECK_QUIET(code == ERR_NO, "row %zu is refused", i);
		CHECK_QUIET(code == 0 || str_starts(w.err.why, rows[i].rule), "row %zu: %s", i,
			    w.err.why);
	}
	{
		AUTO_STR after = STR_INIT;

		add_model(&after, w.model);
		CHECK_STR(after.bytes, before.bytes, "what is refused changes nothing");
	}
	w.now = INT64_MAX;
	CHECK(put(&w, A, EVENT_NOTE_ADDED, "{'text':'x'}") == ERR_NO, "a time beyond all years");
	CHECK(put(&w, A, EVENT_NOTE_ADDED, "{'text':1}") == ERR_NO, "time first");
	w.now = DAY0;
	CHECK(put(&w, A, EVENT_NOTE_ADDED, "{'text':1}") == ERR_INPUT, "a body of another shape");
	world_release(&w);
}

static void test_refused_late(void)
{
	struct world w = world_with_parties();

	propose(&w, "us", JAN);
	accept(&w, "us");
	disclose(&w, "attacks");
	CHECK(case_a(&w)->embargo.state == EM_ACTIVE, "attacks alone leave an embargo in force");
	CHECK(propose(&w, "us", FEB) == ERR_NO && str_starts(w.err.why, "rule attacks: "),
	      "but there are no new terms");
	disclose(&w, "public");
	CHECK(propose(&w, "us", FEB) == ERR_NO && str_starts(w.err.why, "rule public: "),
	      "nor in a public case");
	CHECK(accept(&w, "Lin") == ERR_NO, "nor a yes to the old ones");
	world_release(&w);
}

/* ---- undo */

static int undo(struct world *w, bool redo)
{
	const struct event *target = model_undo_target(case_a(w), redo);

	return target ? put_undo(w, A, target) : ERR_USAGE;
}

static void test_undo(void)
{
	struct world w = world_with_report();

	CHECK(!model_undo_target(case_a(&w), false), "a report is not undone");
	put(&w, A, EVENT_TITLE_SET, "{'title':'one'}");
	put(&w, A, EVENT_TITLE_SET, "{'title':'two'}");
	put(&w, A, EVENT_MESSAGE_SENT, SENT("2026-11-02T00:00:00Z"));
	put(&w, A, EVENT_TITLE_SET, "{'title':'three'}");
	CHECK(undo(&w, true) == ERR_USAGE, "nothing to do again yet");
	CHECK(undo(&w, false) == 0, "undo");
	CHECK_STR(case_a(&w)->title, "two", "the last change is gone");
	CHECK(undo(&w, false) == 0, "undo past a mail that was sent");
	CHECK_STR(case_a(&w)->title, "one", "the one before too");
	CHECK(case_a(&w)->message_count == 2, "the mail stays");
	CHECK(undo(&w, true) == 0, "redo");
	CHECK_STR(case_a(&w)->title, "two", "comes back");
	CHECK(undo(&w, true) == 0, "redo");
	CHECK_STR(case_a(&w)->title, "three", "both come back");
	CHECK(undo(&w, true) == ERR_USAGE, "then there is nothing more");
	CHECK(undo(&w, false) == 0 && undo(&w, false) == 0 && undo(&w, false) == 0, "undo all three");
	CHECK_STR(case_a(&w)->title, "Overflow in the parser", "the title it was opened with");
	CHECK(undo(&w, false) == ERR_USAGE, "the opening stays");
	CHECK(undo(&w, true) == 0, "redo one");
	CHECK_STR(case_a(&w)->title, "one", "in the order they were undone");
	put(&w, A, EVENT_TITLE_SET, "{'title':'new'}");
	CHECK(undo(&w, true) == ERR_USAGE, "a new change ends redo");
	CHECK(undo(&w, false) == 0, "and is itself undone");
	CHECK_STR(case_a(&w)->title, "one", "to what was before it");
	world_release(&w);
}

static void test_undo_rules(void)
{
	struct world w = world_with_parties();
	const struct case_state *state;
	size_t valid;

	set_state(&w, "valid");
	valid = case_a(&w)->event_count - 1;
	set_state(&w, "accepted");
	disclose(&w, "fix-ready");
	state = case_a(&w);
	CHECK(put_undo(&w, A, &state->events[valid]) == ERR_NO &&
		      strstr(w.err.why, "without it state-set of 2026-11-01T00:00:00Z") &&
		      strstr(w.err.why, "rule RM: received cannot go to accepted"),
	      "an undo that makes a later event impossible names it");
	CHECK(case_a(&w)->rm == RM_ACCEPTED && !case_a(&w)->undone[valid], "and changes nothing");
	CHECK(put_undo(&w, A, &case_a(&w)->events[0]) == ERR_NO, "opening cannot be undone");
	CHECK(put_undo(&w, A, NULL) == ERR_NO, "nor what is not there");
	CHECK(undo(&w, false) == 0 && undo(&w, false) == 0 && undo(&w, false) == 0,
	      "backwards they all go");
	CHECK(case_a(&w)->rm == RM_RECEIVED, "to received");
	CHECK(put_undo(&w, A, &case_a(&w)->events[valid]) == ERR_NO &&
		      strstr(w.err.why, "already"),
	      "nothing is undone twice");
	set_state(&w, "invalid");
	CHECK(put_undo(&w, A, &case_a(&w)->events[case_a(&w)->event_count - 2]) == ERR_NO,
	      "a redo can be impossible too");
	world_release(&w);
}

static void test_undo_embargo(void)
{
	struct world w = world_with_parties();
	AUTO_STR before = STR_INIT;
	AUTO_STR after = STR_INIT;

	propose(&w, "us", JAN);
	accept(&w, "Lin");
	accept(&w, "us");
	add_case(&before, case_a(&w));
	disclose(&w, "exploit-public");
	CHECK(case_a(&w)->embargo.state == EM_EXITED, "a public exploit ends it");
	CHECK(undo(&w, false) == 0, "the mistake is undone");
	add_case(&after, case_a(&w));
	CHECK_STR(after.bytes, before.bytes, "and all is as before");
	world_release(&w);
}

int main(void)
{
	test_report();
	test_facts();
	test_scores();
	test_advisory();
	test_states();
	test_embargo();
	test_revision_accepted();
	test_withdrawal();
	test_disclosure();
	test_warnings();
	test_refused();
	test_refused_late();
	test_undo();
	test_undo_rules();
	test_undo_embargo();
	return tap_done();
}
