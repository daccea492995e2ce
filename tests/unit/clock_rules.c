/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of clocks as a PSIRT edits them: layers, and faults with file, line and what was expected. */
#include "tests/unit/clock_world.h"
#include "tests/unit/tap.h"

#define HEAD "clocks:\n  - id: x\n    title: t\n    area: a\n    source: s\n"
#define ROW(members) HEAD "    trigger: reported\n" members

static void check_fault(const char *yaml, int line, const char *word)
{
	struct clock_rules *rules = rules_shipped(true);
	size_t before = clock_rule_count(rules);
	uint64_t version = clock_rules_version(rules);
	AUTO_STRING where = mem_format("mine.yaml:%d", line);
	AUTO_ERROR err = ERROR_INIT;
	int code = clock_rules_load(rules, yaml, strlen(yaml), "mine.yaml", &err);

	CHECK(code == ERR_INPUT && str_equal(err.what, where) && strstr(err.why, word), "%s: %s (%s)", where,
	      err.why ? err.why : "no fault", word);
	CHECK_QUIET(clock_rule_count(rules) == before && clock_rules_version(rules) == version, "nothing changed");
	clock_rules_free(rules);
}

static void test_faults(void)
{
	check_fault("clock: []\n", 1, "unknown key \"clock\", expected one of clocks");
	check_fault("{}\n", 1, "list called clocks");
	check_fault("clocks:\n  - {title: t}\n", 2, "expected a row with an id");
	check_fault("clocks:\n  - {id: X Y}\n", 2, "small letters");
	check_fault(ROW("    time: 1 day\n    deadline: 3\n"), 8, "unknown key \"deadline\"");
	check_fault(ROW("    time: soon\n"), 7, "expected a time such as 48 hours");
	check_fault(ROW("    time: 0 days\n"), 7, "expected a time");
	check_fault(ROW("    time: 48hours\n"), 7, "expected a time");
	check_fault(ROW("    time: 99999 hours\n"), 7, "expected a time");
	check_fault(ROW("    time: 2 workingdays\n"), 7, "expected a time");
	check_fault(ROW("    time: 2 working days\n"), 2, "expected a holiday calendar");
	check_fault(ROW("    time: 2 days\n    holidays: mars\n"), 2, "no holiday calendar \"mars\"");
	check_fault(ROW("    time: 2 days\n    zone: Mars/Base\n"), 8, "no time zone \"Mars/Base\"");
	check_fault(ROW("    time: 2 days\n    start: never\n"), 8, "none of auto, ask, off");
	check_fault(ROW("    time: 2 days\n    kind: alarm\n"), 8, "none of deadline, recurring");
	check_fault(ROW("    time: 2 days\n    mark: X\n"), 8, "none of S, V, W, R, I");
	check_fault(ROW("    time: 2 days\n    mark: R\n"), 2, "expected verify");
	check_fault(ROW("    time: 2 days\n    pause: maybe\n"), 8, "none of no, yes");
	check_fault(ROW("    time: 2 days\n    hours: 17-9\n"), 8, "whole hours");
	check_fault(ROW("    time: 2 days\n    hours: 9-25\n"), 8, "whole hours");
	check_fault(ROW("    time: 2 days\n    met: [qualified, done]\n"), 8, "\"done\" is none of opened");
	check_fault(ROW("    time: 2 days\n    sheet: fax\n"), 8, "none of rmsv");
	check_fault(ROW("    time: 2 days\n    house: yes\n"), 2, "kind recurring");
	check_fault(ROW("    time: 2 days\n    met-with: nothing\n"), 2, "no clock \"nothing\"");
	check_fault(ROW("    readings: []\n"), 7, "list of 1 to 6");
	check_fault(ROW("    readings:\n      - {name: a}\n"), 8, "a name and a time");
	check_fault(ROW("    readings:\n      - {name: a, time: 1 day}\n      - {name: a, time: 2 days}\n"), 9, "two are called");
	check_fault(ROW("    holidays: cn\n    readings:\n      - {name: a, time: 1 hour, roll: yes}\n"), 2, "hours do not end");
	check_fault(ROW("    readings:\n      - {name: a, time: 1 day, severity: huge}\n"), 8, "none of none, low");
	check_fault(ROW("    readings:\n      - {name: a, time: 1 day, mark: R}\n"), 2, "expected verify");
	check_fault(HEAD "    time: 1 day\n", 2, "expected trigger or by-hand");
	check_fault(HEAD "    trigger: noticed\n    time: 1 day\n", 6, "\"noticed\" is none of opened");
	check_fault(HEAD "    trigger: filed nothing\n    time: 1 day\n", 2, "no clock \"nothing\"");
	check_fault(ROW(""), 2, "expected time or readings");
	check_fault("clocks:\n  - {id: x, time: 1 day, trigger: reported}\n", 2, "title, area and source");
	check_fault(ROW("    time: 1 day\n") "  - {id: x, time: 2 days}\n", 8, "in this file twice");
}

static void test_layers(void)
{
	static const char mine[] = "clocks:\n"
				   "  - {id: int-triage, time: 2 working days, start: ask}\n"
				   "  - {id: our-own, title: ours, area: internal, source: us, trigger: accepted, time: 3 days}\n";
	struct clock_rules *rules = rules_shipped(true), *copy;
	const struct clock_rule *before = clock_rule_find(rules, "int-triage"), *after;
	size_t count = clock_rule_count(rules);
	uint64_t version = clock_rules_version(rules);
	char text[48];

	CHECK(before->readings[0].count == 5 && before->start == START_AUTO, "as it is shipped");
	CHECK(clock_rules_load(rules, mine, strlen(mine), "mine.yaml", NULL) == 0, "a layer is laid over");
	after = clock_rule_find(rules, "int-triage");
	CHECK(after->readings[0].count == 2 && after->start == START_ASK && after->pause && after->met &&
		      str_equal(after->title, "triage"), "a row keeps what the layer does not name");
	CHECK(clock_rule_count(rules) == count + 1 && clock_rule_find(rules, "our-own") &&
		      clock_rules_version(rules) != version, "a row is added");
	copy = clock_rules_copy(rules);
	CHECK(clock_rules_version(copy) == clock_rules_version(rules) && clock_rule_count(copy) == count + 1, "a copy");
	clock_rules_free(rules);
	CHECK(holidays_id(clock_rule_find(copy, "int-triage")->readings[0].holidays) != NULL, "lives on its own");
	CHECK_STR(clock_reading_text(&clock_rule_find(copy, "int-triage")->readings[0], text), "2 working days", "in words");
	CHECK_STR(clock_reading_text(&clock_rule_find(copy, "int-ack")->readings[0], text), "1 working day", "one");
	CHECK_STR(clock_reading_text(&clock_rule_find(copy, "cn-rmsv-7-1-verify")->readings[0], text), "at once", "none");
	clock_rules_free(copy);
}

/* What is shipped keeps to rules that no reader can check. */
static void test_shipped(void)
{
	struct clock_rules *rules = rules_shipped(true);
	const struct clock_rule *rmsv = clock_rule_find(rules, "cn-rmsv-7-2");

	for (size_t i = 0; i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);

		CHECK_QUIET(rule->title_zh && rule->who && rule->to, "%s says who tells whom, in two languages", rule->id);
		CHECK_QUIET(rule->mark != MARK_SECONDARY || rule->verify, "%s says what is unproved", rule->id);
		CHECK_QUIET(!rule->pause || rule->basis == BASIS_INTERNAL, "no law says that %s may be paused", rule->id);
		CHECK_QUIET(!rule->readings[0].roll && rule->readings[0].mark != MARK_RECALLED, "%s leads strictly", rule->id);
	}
	CHECK(rmsv && rmsv->reading_count == 3 && rmsv->readings[0].unit == UNIT_HOURS && rmsv->readings[0].count == 48,
	      "RMSV's two days in three readings, 48 hours first");
	clock_rules_free(rules);
}

int main(void)
{
	test_shipped();
	test_layers();
	test_faults();
	return tap_done();
}
