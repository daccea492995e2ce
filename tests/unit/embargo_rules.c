/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small tables beside the embargo machines: spans, windows to answer, whose default binds, what is
 * heard of others, sources and credit, and the bug bar that is shipped.
 */
#include "psirtty/base/file.h"
#include "psirtty/model/bugbar.h"

#include "model_world.h"
#include "tap.h"

static void test_spans(void)
{
	static const struct { const char *text; instant span; } good[] = {
		{ "P1D", INSTANT_DAY }, { "PT72H", 72 * INSTANT_HOUR }, { "P45DT12H", 45 * INSTANT_DAY + 12 * INSTANT_HOUR },
		{ "PT1H30M", 90 * INSTANT_MINUTE }, { "PT5S", 5 * INSTANT_SECOND },
	};
	static const char *const bad[] = { "", "P", "PT", "P1M", "P1Y", "P1W", "1D", "P1H", "PT1D", "P0D", "P-1D", "P1D ",
					   "P1.5D", "p1d", "P9999999D", "PTT1H" };
	instant span = 7;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK_QUIET(duration_parse(good[i].text, &span, NULL) == 0 && span == good[i].span, "%s", good[i].text);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		span = 7;
		CHECK_QUIET(duration_parse(bad[i], &span, NULL) == ERR_INPUT && span == 7, "\"%s\"", bad[i]);
	}
	CHECK(true, "spans: days, hours, minutes, seconds, nothing else");
}

static void test_windows(void)
{
	instant far = DAY0 + 90 * INSTANT_DAY, day = INSTANT_DAY;

	CHECK(embargo_rsvp(DAY0, INSTANT_NONE, far) == DAY0 + 7 * day, "a week where nothing is said");
	CHECK(embargo_rsvp(DAY0, DAY0 + day, far) == DAY0 + 3 * day, "at least 72 hours");
	CHECK(embargo_rsvp(DAY0, DAY0 + 20 * day, far) == DAY0 + 20 * day, "longer as asked for");
	CHECK(embargo_rsvp(DAY0, DAY0 + 100 * day, far) == far, "not behind the end of the terms");
	CHECK(embargo_rsvp(DAY0, INSTANT_NONE, DAY0 + day) == DAY0 + day, "which also cuts the 72 hours");
}

/* No proposal, an earlier, the same, a later one; beside no default and one. */
static void test_defaults(void)
{
	static const struct { int theirs, ours; bool tf, of, tr, or; } rows[] = {
		{ 0, 0, false, false, false, false }, { 5, 0, true, false, false, false },
		{ 0, 5, false, true, false, false },  { 9, 5, false, true, true, false },
		{ 5, 9, true, false, false, true },   { 5, 5, true, false, false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		instant theirs = rows[i].theirs ? DAY0 + rows[i].theirs : INSTANT_NONE;
		instant ours = rows[i].ours ? DAY0 + rows[i].ours : INSTANT_NONE;
		struct embargo_outcome o = embargo_defaults(theirs, ours);

		CHECK_QUIET(o.theirs_in_force == rows[i].tf && o.ours_in_force == rows[i].of &&
				    o.theirs_revises == rows[i].tr && o.ours_revises == rows[i].or,
			    "proposal %d, default %d", rows[i].theirs, rows[i].ours);
	}
	CHECK(true, "the shorter is in force, the longer a revision");
}

static void test_heard(void)
{
	static const char arrows[] = "SS RR II VV DD AA CC SR RV RI IV VA VD DA AD IC DC AC";
	static const char jumps[] = "SI SV SD SA SC RD RA RC ID IA VC";
	static const char letters[] = "SRIVDAC";

	for (int from = 0; from < RM_COUNT; from++)
		for (int to = 0; to < RM_COUNT; to++) {
			const char arrow[3] = { letters[from], letters[to], 0 };
			bool jump = false, heard = rm_heard(from, to, &jump);

			CHECK_QUIET(heard == (strstr(arrows, arrow) || strstr(jumps, arrow)), "%s is heard", arrow);
			CHECK_QUIET(jump == (strstr(jumps, arrow) != NULL), "%s is a jump", arrow);
		}
	CHECK(true, "49 pairs of what is heard of others");
}

/* ---- the rules on what changed, each broken and kept */

#define OPENED "{'case':'X-1','title':'t'}"
#define TERMS  "{'by':'us','until':'2027-01-10T09:00:00Z'}"

static void test_rule(const char *rule, const char *source, bool embargoed, enum event_type type, const char *body)
{
	struct world w = world_new();
	AUTO_STRING with = mem_format("{'source':'%s'}", source);
	int code;

	put(&w, 1, EVENT_CASE_OPENED, OPENED);
	if (*source)
		put(&w, 1, EVENT_SOURCE_SET, with);
	if (embargoed) {
		put(&w, 1, EVENT_EMBARGO_PROPOSED, TERMS);
		put(&w, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	}
	code = put(&w, 1, type, body);
	CHECK_QUIET(rule ? code == ERR_NO && strstr(w.err.why, rule) : code == 0, "%s %s: %s", source, body,
		    code ? w.err.why : "taken");
	world_release(&w);
}

static void test_rules(void)
{
	static const char credit[] = "{'name':'Mara','consent':'name'}", now_public[] = "{'source':'oss-security'}";
	static const char open[] = "{'system':'J','ref':'1','visibility':'public'}";
	static const char past[] = "{'by':'us','until':'2026-10-31T23:00:00Z'}";
	static const char today[] = "{'by':'us','until':'2026-11-01T00:00:00Z'}";

	test_rule("rule embargo-date", "", false, EVENT_TERMS_PROPOSED, past);
	test_rule(NULL, "", false, EVENT_TERMS_PROPOSED, today);
	test_rule("rule embargo-source", "git", false, EVENT_TERMS_PROPOSED, TERMS);
	test_rule(NULL, "debian", false, EVENT_TERMS_PROPOSED, TERMS);
	test_rule(NULL, "finder", false, EVENT_TERMS_PROPOSED, TERMS);
	test_rule("rule embargo-source", "finder", true, EVENT_SOURCE_SET, now_public);
	test_rule(NULL, "finder", false, EVENT_SOURCE_SET, now_public);
	test_rule("rule credit-source", "nvd", false, EVENT_CREDIT_SET, credit);
	test_rule(NULL, "finder", false, EVENT_CREDIT_SET, credit);
	test_rule("rule tracker-embargo", "finder", true, EVENT_TRACKER_SET, open);
	test_rule(NULL, "finder", false, EVENT_TRACKER_SET, open);
	/* a case that breaks a rule by what it held before can still be changed otherwise */
	test_rule(NULL, "git", true, EVENT_TITLE_SET, "{'title':'x'}");
	CHECK(true, "each rule broken, kept, and silent about what did not change");
}

/* ---- the bar */

static void test_bar(void)
{
	AUTO_STRING path = file_data("bugbar.yaml");
	static char impact[] = "impact=code-execution", access[] = "access=network", rights[] = "privileges=none";
	static char others[] = "interaction=none", twice[] = "known=yes";
	char *remote[] = { impact, access, rights, others }, *known[] = { twice, impact };
	struct conf conf;
	struct bugbar *bar = NULL;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(conf_load_file(path, &conf, &err) == 0 && bugbar_read(&conf, "bugbar.yaml", &bar, &err) == 0,
	      "the bar that is shipped can be read");
	conf_release(&conf);
	CHECK_STR(bugbar_judge(bar, remote, 4, -1)->id, "remote-code", "all conditions of a rule hold");
	CHECK_STR(bugbar_judge(bar, remote, 2, -1)->id, "takeover", "a question that was not answered holds for none");
	CHECK_STR(bugbar_judge(bar, known, 2, 98)->id, "known-already", "the first that fits decides");
	CHECK_STR(bugbar_judge(bar, NULL, 0, 90)->id, "critical-score", "a score at its bound");
	CHECK_STR(bugbar_judge(bar, NULL, 0, 89)->id, "high-score", "and below it");
	CHECK_STR(bugbar_judge(bar, NULL, 0, -1)->id, "unclear", "nothing is known");
	CHECK(bugbar_check_answer(bar, "access=moon", NULL) == ERR_USAGE &&
		      bugbar_check_answer(bar, "moon", NULL) == ERR_USAGE &&
		      bugbar_check_answer(bar, "access=local", NULL) == 0,
	      "answers are those of the bar");
	bugbar_free(bar);
}

static void test_bad_bars(void)
{
	static const char *const bad[] = {
		"version: 1\n", "version: 1\nquestions: []\nrules: [{ id: a }]\n",
		"version: 1\nquestions: []\nrules: [{ id: a, outcome: fine }]\n",
		"version: 1\nquestions: []\nrules: [{ id: a, outcome: hardening, when: { b: c } }]\n",
		"version: 1\nquestions: [{ id: b }]\nrules: []\n",
		"version: 1\nquestions: [{ id: b, answers: [c] }]\nrules: [{ id: a, outcome: hardening, when: { b: d } }]\n",
		"version: 1\nquestions: []\nrules: [{ id: a, outcome: hardening }, { id: a, outcome: hardening }]\n",
		"version: 1\nquestions: []\nrules: [{ id: a, outcome: hardening, score: 11 }]\n",
		"version: 1\nquestions: []\nrules: [{ id: a, outcome: hardening, score: x }]\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct bugbar *bar = NULL;
		struct conf conf;

		CHECK_QUIET(conf_load(bad[i], strlen(bad[i]), "bar", &conf, &err) == 0, "YAML %zu: %s", i, err.why);
		CHECK_QUIET(bugbar_read(&conf, "bar", &bar, &err) == ERR_INPUT && !bar && str_starts(err.what, "bar:"),
			    "bad bar %zu names its line", i);
		conf_release(&conf);
	}
	CHECK(true, "%zu bars that are none", ARRAY_LEN(bad));
}

/* ---- who coordinates */

static json_t *terms_body(const struct case_state *state, const char *by)
{
	AUTO_STRING id = str_hex(state->embargo.terms[0].id, 32);

	return json_pack("{s:s,s:s}", "terms", id, "by", by);
}

static void test_owner(void)
{
	struct world w = world_new();
	const struct case_state *s;

	put(&w, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'t'}");
	put(&w, 1, EVENT_PARTY_ADDED, "{'name':'CERT','role':'coordinator'}");
	put(&w, 1, EVENT_PARTY_ADDED, "{'name':'Lin','role':'finder'}");
	s = model_case(w.model, 0);
	CHECK(put(&w, 1, EVENT_OWNER_SET, "{'owner':'Nobody'}") == ERR_NO && put(&w, 1, EVENT_OWNER_SET, "{'owner':'Lin'}") == ERR_NO &&
		      strstr(w.err.why, "CM-02-005"), "neither a stranger nor a finder coordinates: %s", w.err.why);
	CHECK(put(&w, 1, EVENT_OWNER_SET, "{'owner':'CERT'}") == 0 && str_equal(s->owner, "CERT"), "a coordinator does");
	put(&w, 1, EVENT_TERMS_PROPOSED, "{'by':'CERT','until':'2026-12-20T09:00:00Z'}");
	CHECK(put_json(&w, 1, EVENT_TERMS_ACCEPTED, terms_body(s, "us")) == 0 && s->embargo.state == EM_PROPOSED &&
		      case_our_consent(s) == CONSENT_SIGNATORY, "our yes binds us and moves nothing");
	CHECK(put_json(&w, 1, EVENT_TERMS_ACCEPTED, terms_body(s, "Lin")) == 0 && s->embargo.state == EM_PROPOSED, "nor does a finder's");
	CHECK(put_json(&w, 1, EVENT_TERMS_ACCEPTED, terms_body(s, "CERT")) == 0 && s->embargo.state == EM_ACTIVE &&
		      s->parties[0].consent == CONSENT_SIGNATORY, "the owner's puts it in force");
	CHECK(put(&w, 1, EVENT_EMBARGO_ENDED, "{'cause':'other','reason':'we want to'}") == ERR_NO &&
		      strstr(w.err.why, "only it ends the embargo"), "we cannot end it");
	CHECK(put(&w, 1, EVENT_EMBARGO_ENDED, "{'cause':'other','reason':'theirs','by':'Lin'}") == ERR_NO, "nor can a finder");
	CHECK(put(&w, 1, EVENT_OWNER_SET, "{'owner':'us'}") == 0 && !s->owner && case_our_consent(s) == CONSENT_SIGNATORY,
	      "it can be handed to us");
	CHECK(put(&w, 1, EVENT_OWNER_SET, "{'owner':'CERT'}") == 0 &&
		      put(&w, 1, EVENT_EMBARGO_ENDED, "{'cause':'other','reason':'done','by':'CERT'}") == 0 &&
		      s->embargo.state == EM_EXITED, "its owner ends it");
	put(&w, 2, EVENT_CASE_OPENED, "{'case':'X-2','title':'t'}");
	put(&w, 2, EVENT_PARTY_ADDED, "{'name':'CERT','role':'coordinator'}");
	put(&w, 2, EVENT_OWNER_SET, "{'owner':'CERT'}");
	s = model_case(w.model, 1);
	put(&w, 2, EVENT_TERMS_PROPOSED, "{'by':'us','until':'2026-12-20T09:00:00Z'}");
	put_json(&w, 2, EVENT_TERMS_ACCEPTED, terms_body(s, "CERT"));
	CHECK(put(&w, 2, EVENT_DISCLOSURE_SET, "{'bit':'public'}") == 0 && s->embargo.state == EM_EXITED,
	      "what is public is over, whoever coordinates");
	world_release(&w);
}

int main(void)
{
	test_owner();
	test_spans();
	test_windows();
	test_defaults();
	test_heard();
	test_rules();
	test_bar();
	test_bad_bars();
	return tap_done();
}
