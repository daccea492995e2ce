/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of a case: what starts, meets, stops and pauses them, and the one agenda over all of it. */
#include "psirtty/model/model.h"

#include "tests/unit/clock_world.h"
#include "tests/unit/model_world.h"
#include "tests/unit/tap.h"

#define HOURS(n) ((n) * INSTANT_HOUR)

static instant at(const char *text)
{
	instant ret;

	if (instant_parse(text, &ret, NULL) != 0)
		BUG("no date: %s", text);
	return ret;
}

static struct world world_with_clocks(void)
{
	struct world w = world_new();

	model_set_clock_rules(w.model, rules_shipped(true));
	return w;
}

static void put_at(struct world *w, const char *when, enum event_type type, const char *body)
{
	w->now = at(when);
	if (put(w, 1, type, body) != 0)
		BUG("refused: %s", w->err.why);
}

static struct world world_with_case(void)
{
	struct world w = world_with_clocks();

	put_at(&w, "2026-10-01T08:00:00Z", EVENT_CASE_OPENED, "{'case':'X-1','title':'t'}");
	put_at(&w, "2026-10-01T08:00:00Z", EVENT_REPORT_RECEIVED, REPORT("2026-10-01T07:00:00Z"));
	put_at(&w, "2026-10-01T08:00:00Z", EVENT_STATE_SET, "{'to':'received'}");
	return w;
}

static struct clock_status status_of(struct world *w, const char *id, const char *now)
{
	const struct clock_rule *rule = clock_rule_find(model_clock_rules(w->model), id);
	struct clock_status status;

	if (!rule)
		BUG("no clock %s", id);
	case_clock_status(w->model, model_case(w->model, 0), rule, at(now), &status);
	return status;
}

/* "running 2026-10-03T15:00:00+08:00": state and the leading end. */
static void check_clock(struct world *w, const char *id, const char *now, const char *expected)
{
	struct clock_status s = status_of(w, id, now);
	char due[40], got[100];

	snprintf(got, sizeof(got), "%s%s%s", clock_state_words[s.state], s.line_count ? " " : "",
		 s.line_count ? zoned_format_rfc3339(&s.lines[0].due.when, due) : "");
	CHECK(str_equal(got, expected), "%s at %s: %s, expected %s", id, now, got, expected);
}

static void test_rmsv(void)
{
	struct world w = world_with_case();
	struct clock_status s;

	check_clock(&w, "cn-rmsv-7-2", "2026-10-02T00:00:00Z", "running 2026-10-03T15:00:00+08:00");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-03T07:00:00Z", "running 2026-10-03T15:00:00+08:00");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-03T07:00:01Z", "missed 2026-10-03T15:00:00+08:00");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_STATE_SET, "{'to':'valid'}");
	s = status_of(&w, "cn-rmsv-7-2", "2026-10-05T00:00:00Z");
	/* Three readings from the report, from the opening, from when it was qualified and validated. */
	CHECK(s.line_count == 12 && s.from == FACT_REPORTED && s.lines[0].from == FACT_REPORTED &&
		      s.lines[3].from == FACT_OPENED && s.lines[6].from == FACT_QUALIFIED &&
		      s.lines[9].from == FACT_VALIDATED, "%zu lines", s.line_count);
	/* The holidays of October: working days begin on the 8th. */
	CHECK(s.lines[1].due.when.at == at("2026-10-03T15:59:59Z") && s.lines[2].due.when.at == at("2026-10-09T15:59:59Z") &&
		      !s.lines[2].due.uncertain, "the other readings");
	put_at(&w, "2026-10-06T00:00:00Z", EVENT_CLOCK_FILED,
	       "{'clock':'cn-rmsv-7-2','filed':'2026-10-05T09:00:00Z','receipt':'NVDB-1','to':'MIIT','note':'by form','sheet':'text'}");
	s = status_of(&w, "cn-rmsv-7-2", "2026-10-07T00:00:00Z");
	CHECK(s.state == CLOCK_LATE && s.ended == at("2026-10-05T09:00:00Z") && s.by_fact == -1 &&
		      str_equal(s.said->receipt, "NVDB-1") && str_equal(s.said->filed_by, "Ann") &&
		      str_equal(s.said->sheet, "text") && str_equal(s.said->sent_to, "MIIT"), "filed late, with its evidence");
	put_at(&w, "2026-10-06T00:00:00Z", EVENT_CLOCK_FILED,
	       "{'clock':'cn-rmsv-7-2','filed':'2026-10-03T06:00:00Z','receipt':'NVDB-0','by':'Lin'}");
	s = status_of(&w, "cn-rmsv-7-2", "2026-10-07T00:00:00Z");
	CHECK(s.state == CLOCK_MET && str_equal(s.said->receipt, "NVDB-0") && str_equal(s.said->filed_by, "Lin") &&
		      s.said->filings == 2, "an earlier filing counts");
	world_release(&w);
}

static void test_rmsv_ends(void)
{
	struct world w = world_with_case();

	check_clock(&w, "cn-rmsv-7-1-verify", "2026-12-01T00:00:00Z", "running 2026-10-01T15:00:00+08:00");
	check_clock(&w, "cn-rmsv-7-1-upstream", "2026-12-01T00:00:00Z", "waiting");
	check_clock(&w, "cn-rmsv-8", "2026-12-01T00:00:00Z", "waiting");
	check_clock(&w, "cn-rmsv-9-1", "2026-12-01T00:00:00Z", "gate");
	check_clock(&w, "cn-rmsv-10", "2026-12-01T00:00:00Z", "gate");
	put_at(&w, "2026-10-02T00:00:00Z", EVENT_STATE_SET, "{'to':'invalid'}");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-02T00:00:00Z", "stopped 2026-10-03T15:00:00+08:00");
	check_clock(&w, "cn-rmsv-7-1-verify", "2026-10-02T00:00:00Z", "met 2026-10-01T15:00:00+08:00");
	put_at(&w, "2026-10-03T00:00:00Z", EVENT_STATE_SET, "{'to':'valid'}");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-02T00:00:00Z", "running 2026-10-03T15:00:00+08:00");
	world_release(&w);
}

/* Each deadline of article 14(2) at its own event; the final report counts from the fix's availability. */
static void test_cra(void)
{
	struct world w = world_with_case();
	struct clock_status s;

	put_at(&w, "2026-10-02T00:00:00Z", EVENT_STATE_SET, "{'to':'valid'}");
	put_at(&w, "2026-10-02T00:00:00Z", EVENT_STATE_SET, "{'to':'accepted'}");
	check_clock(&w, "eu-cra-14-2-a", "2026-10-20T00:00:00Z", "waiting");
	put_at(&w, "2026-10-24T12:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'attacks'}");
	check_clock(&w, "eu-cra-14-2-a", "2026-10-25T00:00:00Z", "running 2026-10-25T13:00:00+01:00");
	check_clock(&w, "eu-cra-14-2-b", "2026-10-25T00:00:00Z", "running 2026-10-27T13:00:00+01:00");
	check_clock(&w, "eu-cra-14-2-c", "2026-12-30T00:00:00Z", "waiting");
	check_clock(&w, "eu-cra-srp-display", "2026-10-25T00:00:00Z", "waiting");
	check_clock(&w, "eu-cra-steward", "2026-10-25T00:00:00Z", "off 2026-10-25T13:00:00+01:00");
	put_at(&w, "2026-10-25T06:00:00Z", EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-2-a','filed':'2026-10-25T05:00:00Z'}");
	check_clock(&w, "eu-cra-14-2-a", "2026-11-25T00:00:00Z", "met 2026-10-25T13:00:00+01:00");
	check_clock(&w, "eu-cra-srp-display", "2026-10-25T06:00:00Z", "running 2026-10-27T06:00:00+01:00");
	put_at(&w, "2026-10-28T06:00:00Z", EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-2-b','filed':'2026-10-28T05:00:00Z'}");
	check_clock(&w, "eu-cra-14-2-b", "2026-11-25T00:00:00Z", "met late 2026-10-27T13:00:00+01:00");
	check_clock(&w, "eu-cra-srp-display", "2026-11-25T00:00:00Z", "met late 2026-10-27T06:00:00+01:00");
	put_at(&w, "2026-12-11T15:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'fix-ready'}");
	check_clock(&w, "eu-cra-14-2-c", "2026-12-20T00:00:00Z", "running 2026-12-25T23:59:59+01:00");
	s = status_of(&w, "eu-cra-14-2-c", "2026-12-20T00:00:00Z");
	CHECK(s.from == FACT_FIX_AVAILABLE && s.line_count == 2 && s.lines[1].due.when.at == at("2026-12-28T22:59:59Z") &&
		      s.lines[1].due.uncertain, "rolled behind Christmas, for information, and uncertain");
	world_release(&w);
}

/* A fix that was there before: the duty begins when the exploitation is known. */
static void test_cra_fix_first(void)
{
	struct world w = world_with_case();

	put_at(&w, "2026-10-02T00:00:00Z", EVENT_REMEDIATION_SET, "{'category':'mitigation','details':'off'}");
	check_clock(&w, "eu-cra-14-2-c", "2026-10-20T00:00:00Z", "waiting");
	put_at(&w, "2026-11-02T12:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'attacks'}");
	check_clock(&w, "eu-cra-14-2-c", "2026-11-03T00:00:00Z", "running 2026-11-16T23:59:59+01:00");
	world_release(&w);
}

static void test_incident(void)
{
	struct world w = world_with_case();

	check_clock(&w, "eu-cra-14-4-a", "2026-10-02T00:00:00Z", "waiting");
	put_at(&w, "2027-01-30T13:00:00Z", EVENT_CLOCK_STARTED,
	       "{'clock':'eu-cra-14-4-b','at':'2027-01-30T12:00:00Z','reason':'severe incident'}");
	check_clock(&w, "eu-cra-14-4-b", "2027-01-30T13:00:00Z", "running 2027-02-02T13:00:00+01:00");
	check_clock(&w, "eu-cra-14-4-c", "2027-01-30T13:00:00Z", "waiting");
	put_at(&w, "2027-01-31T13:00:00Z", EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-4-b','filed':'2027-01-31T12:00:00Z'}");
	check_clock(&w, "eu-cra-14-4-c", "2027-02-01T00:00:00Z", "running 2027-02-28T23:59:59+01:00");
	world_release(&w);
}

static void test_own_times(void)
{
	struct world w = world_with_case();

	check_clock(&w, "int-ack", "2026-10-01T09:00:00Z", "running 2026-10-02T23:59:59Z");
	check_clock(&w, "int-answer", "2026-10-01T09:00:00Z", "running 2026-10-03T07:00:00Z");
	check_clock(&w, "int-triage", "2026-10-01T09:00:00Z", "running 2026-10-08T23:59:59Z");
	put_at(&w, "2026-10-05T10:00:00Z", EVENT_MESSAGE_SENT, SENT("2026-10-05T10:00:00Z"));
	check_clock(&w, "int-ack", "2026-10-06T09:00:00Z", "met late 2026-10-02T23:59:59Z");
	check_clock(&w, "int-answer", "2026-10-06T09:00:00Z", "waiting");
	check_clock(&w, "int-finder-update", "2026-10-06T09:00:00Z", "running 2026-10-19T23:59:59Z");
	put_at(&w, "2026-10-06T10:00:00Z", EVENT_STATE_SET, "{'to':'valid'}");
	put_at(&w, "2026-10-06T11:00:00Z", EVENT_STATE_SET, "{'to':'accepted'}");
	check_clock(&w, "int-triage", "2026-12-01T09:00:00Z", "met 2026-10-08T23:59:59Z");
	check_clock(&w, "int-fix", "2026-10-06T12:00:00Z", "running");
	put_at(&w, "2026-10-06T12:00:00Z", EVENT_SCORE_SET,
	       "{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}");
	check_clock(&w, "int-fix", "2026-10-06T12:00:00Z", "running 2026-11-05T23:59:59Z");
	put_at(&w, "2026-10-06T13:00:00Z", EVENT_SCORE_SET,
	       "{'vector':'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N','issuer':'us'}");
	check_clock(&w, "int-fix", "2026-10-06T13:00:00Z", "running 2027-04-04T23:59:59Z");
	world_release(&w);
}

static void test_handlers_word(void)
{
	struct world w = world_with_case();
	struct clock_status s;

	put_at(&w, "2026-10-02T00:00:00Z", EVENT_CLOCK_STARTED,
	       "{'clock':'cn-rmsv-7-2','at':'2026-10-01T12:00:00Z','reason':'first read then'}");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-02T00:00:00Z", "running 2026-10-03T20:00:00+08:00");
	CHECK(put(&w, 1, EVENT_CLOCK_STARTED, "{'clock':'x','at':'2026-10-02T00:00:01Z','reason':'r'}") == ERR_NO, "not in the future");
	CHECK(put(&w, 1, EVENT_CLOCK_STARTED, "{'clock':'x','at':'2026-10-01T00:00:01Z','reason':'  '}") == ERR_NO, "with a reason");
	CHECK(put(&w, 1, EVENT_CLOCK_STOPPED, "{'clock':'a b','reason':'r'}") == ERR_NO, "an id");
	CHECK(put(&w, 1, EVENT_CLOCK_RESUMED, "{'clock':'int-triage'}") == ERR_NO, "nothing is paused");
	CHECK(put(&w, 1, EVENT_CLOCK_FILED, "{'clock':'x','filed':'2026-10-02T00:00:01Z'}") == ERR_NO, "filed tomorrow");
	put_at(&w, "2026-10-02T00:00:00Z", EVENT_CLOCK_PAUSED, "{'clock':'int-triage','reason':'waiting for the finder'}");
	CHECK(put(&w, 1, EVENT_CLOCK_PAUSED, "{'clock':'int-triage','reason':'r'}") == ERR_NO, "paused once");
	s = status_of(&w, "int-triage", "2026-10-03T00:00:00Z");
	CHECK(s.state == CLOCK_PAUSED && str_equal(s.said->reason_by, "Ann"), "paused by a handler");
	put_at(&w, "2026-10-04T00:00:00Z", EVENT_CLOCK_RESUMED, "{'clock':'int-triage'}");
	check_clock(&w, "int-triage", "2026-10-04T00:00:00Z", "running 2026-10-09T23:59:59Z");
	/* No law lets RMSV's clock pause: what was said has no effect. */
	put_at(&w, "2026-10-02T00:00:00Z", EVENT_CLOCK_PAUSED, "{'clock':'cn-rmsv-7-2','reason':'r'}");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-02T00:00:00Z", "running 2026-10-03T20:00:00+08:00");
	put_at(&w, "2026-10-02T01:00:00Z", EVENT_CLOCK_STOPPED, "{'clock':'cn-rmsv-7-2','reason':'no product of ours'}");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-09T00:00:00Z", "stopped 2026-10-03T20:00:00+08:00");
	CHECK(put_undo(&w, 1, model_undo_target(model_case(w.model, 0), false)) == 0, "the stop is taken back");
	check_clock(&w, "cn-rmsv-7-2", "2026-10-09T00:00:00Z", "missed 2026-10-03T20:00:00+08:00");
	put_at(&w, "2026-10-02T02:00:00Z", EVENT_FILING_DRAFTED, "{'clock':'cn-rmsv-7-2','field':'harm','value':'a'}");
	put_at(&w, "2026-10-02T03:00:00Z", EVENT_FILING_DRAFTED, "{'clock':'cn-rmsv-7-2','field':'harm','value':'b'}");
	CHECK_STR(case_filing_value(model_case(w.model, 0), "cn-rmsv-7-2", "harm"), "b", "the newest word in a form");
	CHECK(!case_filing_value(model_case(w.model, 0), "cn-rmsv-7-2", "scope"), "an empty field");
	world_release(&w);
}

static void test_other_kinds(void)
{
	struct world w = world_with_case();
	const char *by = NULL;

	check_clock(&w, "cn-rmsv-5-log", "2026-10-02T00:00:00Z", "keeping 2027-04-01T23:59:59+08:00");
	check_clock(&w, "cn-rmsv-5-log", "2027-04-02T00:00:00Z", "free 2027-04-01T23:59:59+08:00");
	CHECK(case_retained_until(w.model, model_case(w.model, 0), &by) == at("2027-04-01T15:59:59Z") &&
		      str_equal(by, "cn-rmsv-5-log"), "the log is kept");
	check_clock(&w, "cn-incident-cii", "2026-10-02T00:00:00Z", "waiting");
	check_clock(&w, "p0-90d", "2026-10-02T00:00:00Z", "waiting");
	put_at(&w, "2026-10-02T00:00:00Z", EVENT_CLOCK_STARTED, "{'clock':'p0-90d','at':'2026-10-01T00:00:00Z','reason':'r'}");
	check_clock(&w, "p0-90d", "2026-10-02T00:00:00Z", "running 2026-12-30T23:59:59Z");
	put_at(&w, "2026-10-03T00:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'vendor-aware'}");
	put_at(&w, "2026-10-03T00:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'public'}");
	check_clock(&w, "cna-publish-72h", "2026-10-03T00:00:00Z", "waiting");
	put_at(&w, "2026-10-04T00:00:00Z", EVENT_ID_ADDED, "{'system':'cve','text':'CVE-1900-1234'}");
	check_clock(&w, "cna-publish-72h", "2026-10-04T00:00:00Z", "running 2026-10-07T00:00:00Z");
	put_at(&w, "2026-10-05T06:00:00Z", EVENT_CLOCK_FILED, "{'clock':'cna-publish-24h','filed':'2026-10-05T06:00:00Z'}");
	check_clock(&w, "cna-publish-24h", "2026-10-08T00:00:00Z", "met late 2026-10-05T00:00:00Z");
	check_clock(&w, "cna-publish-72h", "2026-10-08T00:00:00Z", "met 2026-10-07T00:00:00Z");
	world_release(&w);
}

/* ---- the house */

static size_t agenda_count(struct world *w, enum agenda_kind kind, const char *from, const char *to, bool *overdue)
{
	struct agenda_item *items;
	size_t count, found = 0;

	model_agenda(w->model, at(from), at(to), w->now, &items, &count);
	for (size_t i = 0; i < count; i++) {
		CHECK_QUIET(i == 0 || items[i - 1].at <= items[i].at, "sorted");
		if (items[i].kind != kind)
			continue;
		found++;
		*overdue = items[i].overdue;
	}
	free(items);
	return found;
}

static void test_house(void)
{
	struct world w = world_with_case();
	struct clock_status s;
	bool overdue = true;

	house_clock_status(w.model, clock_rule_find(model_clock_rules(w.model), "int-drill"), w.now, &s);
	CHECK(s.state == CLOCK_OFFERED, "no drill is known");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_DUTY_DONE, "{'clock':'int-drill','at':'2025-10-10T00:00:00Z','note':'n'}");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_DUTY_DONE, "{'clock':'int-drill','at':'2024-10-10T00:00:00Z'}");
	house_clock_status(w.model, clock_rule_find(model_clock_rules(w.model), "int-drill"), w.now, &s);
	CHECK(s.state == CLOCK_RUNNING && s.lines[0].due.when.at == at("2026-10-10T23:59:59Z"), "a year behind the latest drill");
	CHECK(agenda_count(&w, AGENDA_DUTY, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", &overdue) == 1 && !overdue,
	      "the drill is on the agenda");
	CHECK(put(&w, 9, EVENT_DUTY_DONE, "{'clock':'int-drill','at':'2027-10-10T00:00:00Z'}") == ERR_NO, "not yet done");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_FREEZE_ADDED,
	       "{'name':'Games','from':'2026-10-20T00:00:00+08:00','until':'2026-10-27T00:00:00+08:00','zone':'Asia/Shanghai','source':'notice 7'}");
	CHECK(put(&w, 9, EVENT_FREEZE_ADDED, "{'name':'games','from':'2026-11-20T00:00:00Z','until':'2026-11-27T00:00:00Z','source':'s'}") == ERR_NO,
	      "names are unique");
	CHECK(put(&w, 9, EVENT_FREEZE_ADDED, "{'name':'B','from':'2026-11-20T00:00:00Z','until':'2026-11-20T00:00:00Z','source':'s'}") == ERR_NO,
	      "an empty freeze");
	CHECK(model_frozen(w.model, at("2026-10-19T16:00:00Z")) && !model_frozen(w.model, at("2026-10-19T15:59:59Z")) &&
		      !model_frozen(w.model, at("2026-10-26T16:00:00Z")), "from is in, until is out");
	CHECK(agenda_count(&w, AGENDA_FREEZE, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", &overdue) == 2 && !overdue,
	      "both ends are on the agenda");
	CHECK(put(&w, 9, EVENT_FREEZE_REMOVED, "{'name':'Fair','reason':'r'}") == ERR_NO, "no such freeze");
	put_at(&w, "2026-10-06T00:00:00Z", EVENT_FREEZE_REMOVED, "{'name':'Games','reason':'postponed'}");
	CHECK(model_freeze_count(w.model) == 0, "taken back");
	put_at(&w, "2026-10-06T00:00:00Z", EVENT_KEY_PINNED,
	       "{'address':'a@b.example','fingerprint':'0123456789abcdef0123456789abcdef01234567'}");
	model_note_key_expiry(w.model, "0123456789ABCDEF0123456789ABCDEF01234567", at("2026-10-20T00:00:00Z"));
	CHECK(agenda_count(&w, AGENDA_KEY, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", &overdue) == 1, "a key expires");
	world_release(&w);
}

static void test_own_rules(void)
{
	struct world w = world_with_case();

	put_at(&w, "2026-10-05T00:00:00Z", EVENT_CLOCK_RULES_SET, "{'yaml':'clocks:\\n  - {id: int-triage, time: 1 working day}\\n'}");
	check_clock(&w, "int-triage", "2026-10-01T09:00:00Z", "running 2026-10-02T23:59:59Z");
	CHECK(!model_clock_fault(w.model), "without a fault");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_CLOCK_RULES_SET, "{'yaml':'clocks:\\n  - {id: int-triage, time: soon}\\n'}");
	check_clock(&w, "int-triage", "2026-10-01T09:00:00Z", "running 2026-10-08T23:59:59Z");
	CHECK(model_clock_fault(w.model) && strstr(model_clock_fault(w.model), ":2"), "a fault is told, what is shipped counts");
	put_at(&w, "2026-10-05T00:00:00Z", EVENT_CLOCK_RULES_SET, "{'yaml':''}");
	CHECK(!model_clock_fault(w.model), "none of its own");
	world_release(&w);
}

/* ---- the agenda as it is kept beside the agenda worked out anew */

static void add_agenda(const struct model *model, instant now, struct str *ret)
{
	struct agenda_item *items;
	size_t count;

	model_agenda(model, INT64_MIN, INT64_MAX, now, &items, &count);
	for (size_t i = 0; i < count; i++)
		str_add_format(ret, "%lld %s %s %s %d%d%d\n", (long long)items[i].at, items[i].case_id, items[i].what,
			       str_or_empty(items[i].reading), items[i].overdue, items[i].secondary, (int)items[i].kind);
	free(items);
}

static unsigned dice(uint64_t *state, unsigned sides)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % sides;
}

static const struct { enum event_type type; const char *body; } moves[] = {
	{ EVENT_STATE_SET, "{'to':'valid'}" }, { EVENT_STATE_SET, "{'to':'invalid'}" },
	{ EVENT_STATE_SET, "{'to':'accepted'}" }, { EVENT_STATE_SET, "{'to':'closed'}" },
	{ EVENT_DISCLOSURE_SET, "{'bit':'attacks'}" }, { EVENT_DISCLOSURE_SET, "{'bit':'vendor-aware'}" },
	{ EVENT_DISCLOSURE_SET, "{'bit':'fix-ready'}" }, { EVENT_DISCLOSURE_SET, "{'bit':'public'}" },
	{ EVENT_REPORT_RECEIVED, REPORT("2026-11-01T00:00:00Z") }, { EVENT_MESSAGE_SENT, SENT("2026-11-02T00:00:00Z") },
	{ EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-2-a','filed':'2026-11-01T00:00:00Z'}" },
	{ EVENT_CLOCK_STOPPED, "{'clock':'cn-rmsv-7-2','reason':'r'}" },
	{ EVENT_CLOCK_STARTED, "{'clock':'zdi-ack-5bd','at':'2026-11-01T00:00:00Z','reason':'r'}" },
	{ EVENT_CLOCK_PAUSED, "{'clock':'int-triage','reason':'r'}" }, { EVENT_CLOCK_RESUMED, "{'clock':'int-triage'}" },
	{ EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-12-01T00:00:00Z'}" }, { EVENT_EMBARGO_ACCEPTED, "{'by':'us'}" },
	{ EVENT_ID_ADDED, "{'system':'cve','text':'CVE-1900-1234'}" },
};

static void test_kept(void)
{
	enum { CASES = 40, STEPS = 600 };
	struct world kept = world_with_clocks(), fresh = world_with_clocks();
	uint64_t random = 7;
	size_t taken = 0;

	for (int i = 1; i <= CASES; i++) {
		AUTO_STRING body = mem_format("{'case':'X-%d','title':'t'}", i);

		put(&kept, i, EVENT_CASE_OPENED, body);
		put(&fresh, i, EVENT_CASE_OPENED, body);
		put(&kept, i, EVENT_STATE_SET, "{'to':'received'}");
		put(&fresh, i, EVENT_STATE_SET, "{'to':'received'}");
	}
	for (int step = 0; step < STEPS; step++) {
		int stream = 1 + (int)dice(&random, CASES);
		size_t move = dice(&random, ARRAY_LEN(moves));
		AUTO_STR a = STR_INIT, b = STR_INIT;

		kept.now = fresh.now += HOURS(1);
		taken += put(&kept, stream, moves[move].type, moves[move].body) == 0;
		put(&fresh, stream, moves[move].type, moves[move].body);
		if (dice(&random, 3) == 0) {
			char marks[4];

			/* Lists ask one case at a time, before anybody asks for the agenda. */
			case_marks(model_find_case(kept.model, "X-7"), kept.now, marks);
			case_marks(model_case(kept.model, dice(&random, CASES)), kept.now, marks);
			continue;
		}
		add_agenda(kept.model, kept.now, &a);
		/* New rules, the same as before: all is worked out again. */
		if (step % 5 == 0) {
			model_set_clock_rules(fresh.model, rules_shipped(true));
			add_agenda(fresh.model, fresh.now, &b);
			CHECK_QUIET(str_equal(a.bytes, b.bytes), "step %d", step);
		}
	}
	CHECK(taken > STEPS / 4 && tap_failed == 0, "%zu events, the agenda always as if worked out anew", taken);
	world_release(&kept);
	world_release(&fresh);
}

/* A brief says the same of its clocks as the whole case. */
static void test_brief(void)
{
	struct world w = world_with_case(), other = world_with_clocks();
	AUTO_STR bytes = STR_INIT, a = STR_INIT, b = STR_INIT;
	const struct case_state *state = model_case(w.model, 0);

	put_at(&w, "2026-10-24T12:00:00Z", EVENT_DISCLOSURE_SET, "{'bit':'attacks'}");
	put_at(&w, "2026-10-24T12:00:00Z", EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-2-a','filed':'2026-10-24T11:00:00Z','receipt':'1'}");
	put_at(&w, "2026-10-24T12:00:00Z", EVENT_CLOCK_PAUSED, "{'clock':'int-triage','reason':'r'}");
	put_at(&w, "2026-10-24T12:00:00Z", EVENT_CLOCK_STARTED, "{'clock':'certcc-45d','at':'2026-10-20T11:00:00Z','reason':'r'}");
	model_case_brief(state, &bytes);
	CHECK(model_take_case_brief(other.model, state->stream, bytes.bytes, bytes.length, NULL) == 0, "a brief");
	add_agenda(w.model, w.now, &a);
	add_agenda(other.model, w.now, &b);
	CHECK_STR(b.bytes, a.bytes, "has the same agenda");
	for (size_t i = 0; i < clock_rule_count(model_clock_rules(w.model)); i++) {
		const struct clock_rule *rule = clock_rule_at(model_clock_rules(w.model), i);
		struct clock_status x, y;

		case_clock_status(w.model, state, rule, w.now, &x);
		case_clock_status(other.model, model_case(other.model, 0), clock_rule_find(model_clock_rules(other.model), rule->id),
				  w.now, &y);
		CHECK_QUIET(x.state == y.state && x.start == y.start && x.line_count == y.line_count && x.ended == y.ended, "%s",
			    rule->id);
	}
	world_release(&w);
	world_release(&other);
}

int main(void)
{
	test_rmsv();
	test_rmsv_ends();
	test_cra();
	test_cra_fix_first();
	test_incident();
	test_own_times();
	test_handlers_word();
	test_other_kinds();
	test_house();
	test_own_rules();
	test_kept();
	test_brief();
	return tap_done();
}
