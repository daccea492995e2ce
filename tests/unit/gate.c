/* SPDX-License-Identifier: Apache-2.0 */
/* Gates and collisions: each blocks, passes and is overridden by two persons; rules with faults; modes. */
#include "tests/unit/clock_world.h"
#include "tests/unit/model_world.h"
#include "tests/unit/tap.h"

#include "psirtty/model/collision.h"

static struct gate_rules rules;
static struct lint_rules *lint;

static void load(void)
{
	AUTO_STRING gates = file_data("gates.yaml");
	AUTO_STRING words = file_data("lint.yaml");
	AUTO_ERROR err = ERROR_INIT;
	struct conf conf;

	if (conf_load_file(gates, &conf, &err) || gate_rules_load(&conf, &rules, &err))
		BUG("%s: %s", err.what, err.why);
	conf_release(&conf);
	if (conf_load_file(words, &conf, &err) || lint_rules_load(&conf, &lint, &err))
		BUG("%s: %s", err.what, err.why);
	conf_release(&conf);
}

/* ---- a case for each gate */

struct step { enum event_type type; const char *body; };
struct leaving { const char *text, *to, *file, *kind; };
static const struct {
	const char *gate;
	enum gate_action action;
	struct step before[4];      /* both */
	struct step closes[2];      /* what makes it closed, if anything */
	struct step opens[3];       /* instead of that: what lets it pass */
	struct leaving closed, open;
	const char *reason;         /* the only one while it is closed */
} rows[] = {
	{ "G1", GATE_PUBLISH, .opens = { { EVENT_REMEDIATION_SET, "{'category':'mitigation','details':'Turn it off.'}" } },
	  .reason = "no-remedy" },
	{ "G2", GATE_PUBLISH, .closes = { { EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'4.2'}" } },
	  .opens = { { EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'4.2','url':'https://v.example/4.2'}" } },
	  .reason = "fix-without-place: 4.2" },
	{ "G3", GATE_PUBLISH, .closed = { .text = "It runs at 10.20.30.40." }, .open = { .text = "It runs at 192.0.2.1." },
	  .reason = "ipv4: 10.20.30.40" },
	{ "G4", GATE_PUBLISH, .closed = { .text = "This is catastrophic." }, .open = { .text = "This is bad." },
	  .reason = "phrase: catastrophic" },
	{ "G5", GATE_PUBLISH, .closed = { .file = "trigger.bin", .kind = "poc" }, .open = { .file = "log.txt", .kind = "log" },
	  .reason = "proof-of-concept: trigger.bin" },
	{ "G6", GATE_PUBLISH,
	  .closes = { { EVENT_FREEZE_ADDED, "{'name':'Congress','from':'2026-10-01T00:00:00+08:00',"
		"'until':'2026-12-01T00:00:00+08:00','source':'notice 7'}" } },
	  .opens = { { EVENT_FREEZE_ADDED, "{'name':'Congress','from':'2026-10-01T00:00:00+08:00',"
		"'until':'2026-11-01T08:00:00+08:00','source':'notice 7'}" } },
	  .reason = "frozen: Congress (notice 7) 2026-11-30T16:00:00Z" },
	{ "G7", GATE_SEND,
	  .before = { { EVENT_CONTACT_SET, "{'contact':'north','name':'North','addresses':['a@north.example'],"
		"'jurisdiction':'foreign'}" },
		{ EVENT_CONTACT_SET, "{'contact':'south','name':'South','addresses':['a@south.example'],"
		"'jurisdiction':'CN'}" } },
	  .closed = { .to = "A@North.example" }, .open = { .to = "a@south.example" },
	  .reason = "foreign-recipient: A@North.example" },
	{ "G8", GATE_PUBLISH,
	  .opens = { { EVENT_EARLY_PUBLICATION, "{'product':'Gate','vulnerability':'CVE-2026-1','necessity':'attacks',"
		"'provider_date':'2026-10-01T00:00:00Z','provider_persons':'Wu','provider_result':'agreed',"
		"'miit_date':'2026-10-02T00:00:00Z','miit_ref':'M-1','mps_date':'2026-10-02T00:00:00Z','mps_ref':'P-1',"
		"'outcome':'conditions','outcome_date':'2026-10-03T00:00:00Z','published':'what to block',"
		"'measures':'a filter','approver':'Ann'}" } },
	  .reason = "no-early-form" },
	{ "G9", GATE_PUBLISH,
	  .opens = { { EVENT_CLOCK_FILED, "{'clock':'cn-rmsv-7-2','filed':'2026-10-30T00:00:00Z'}" } },
	  .reason = "not-filed: cn-rmsv-7-2" },
	{ "G10", GATE_PUBLISH, .before = { { EVENT_REPORT_RECEIVED, REPORT("2026-10-20T00:00:00Z") } },
	  .closes = { { EVENT_CREDIT_SET, "{'name':'Lin','consent':'unknown'}" } },
	  .opens = { { EVENT_CREDIT_SET, "{'name':'lin','consent':'anonymous'}" } },
	  .reason = "credit-unknown: Lin <Lin@Finder.Example>" },
	{ "G11", GATE_PUBLISH,
	  .before = { { EVENT_PARTY_ADDED, "{'name':'Acme','role':'vendor'}" },
		{ EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-12-24T00:00:00Z'}" },
		{ EVENT_EMBARGO_ACCEPTED, "{'by':'us'}" }, { EVENT_EMBARGO_ACCEPTED, "{'by':'Acme'}" } },
	  .opens = { { EVENT_EMBARGO_TERMINATED, "{'reason':'it leaked'}" } },
	  .reason = "embargo-lasts: 2026-12-24T00:00:00Z" },
	{ "G12", GATE_PUBLISH,
	  .closes = { { EVENT_SIGNED_OFF, "{'what':'fix','by':'Lee','decision':'approved'}" } },
	  .opens = { { EVENT_SIGNED_OFF, "{'what':'advisory','by':'Lee','decision':'approved'}" } },
	  .reason = "not-signed: advisory" },
	{ "G13", GATE_PUBLISH, .opens = { { EVENT_POLICY_SET, "{'namespace':'https://v.example/'}" } },
	  .reason = "no-public-reference" },
};

static struct world world_for(size_t row, const struct step *steps, size_t count)
{
	struct world world = world_new();

	model_set_clock_rules(world.model, rules_shipped(true));
	put(&world, 1, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0001','title':'Overflow'}");
	for (size_t i = 0; i < ARRAY_LEN(rows[row].before) && rows[row].before[i].body; i++)
		if (put(&world, 1, rows[row].before[i].type, rows[row].before[i].body))
			BUG("%s: %s", rows[row].gate, world.err.why);
	for (size_t i = 0; i < count && steps[i].body; i++)
		if (put(&world, 1, steps[i].type, steps[i].body))
			BUG("%s: %s", rows[row].gate, world.err.why);
	return world;
}

struct asked { struct gate_verdict *verdicts; size_t count; const struct gate_verdict *verdict; };

/* Evaluates, and tells it in the case as the desk does. */
static struct asked ask_named(struct world *world, const char *gate, enum gate_action action, const struct leaving *leaving)
{
	const struct gate_recipient to = { .address = leaving->to };
	const struct gate_attachment file = { .name = leaving->file, .kind = leaving->kind };
	struct gate_request request = {
		.action = action, .model = world->model, .state = model_case(world->model, 0), .now = world->now,
		.lint = lint, .text = leaving->text, .length = leaving->text ? strlen(leaving->text) : 0,
		.recipients = &to, .recipient_count = leaving->to != NULL, .attachments = &file,
		.attachment_count = leaving->file != NULL,
	};
	struct asked asked = { 0 };

	gates_evaluate(&rules, &request, &asked.verdicts, &asked.count);
	for (size_t i = 0; i < asked.count; i++)
		if (str_equal(asked.verdicts[i].rule->id, gate))
			asked.verdict = &asked.verdicts[i];
	if (!asked.verdict)
		BUG("%s is not asked", gate);
	if (put_json(world, 1, EVENT_GATE_EVALUATED, gates_told(&request, asked.verdicts, asked.count)))
		BUG("the evaluation cannot be told: %s", world->err.why);
	return asked;
}

static struct asked ask(struct world *world, size_t row, const struct leaving *leaving)
{
	return ask_named(world, rows[row].gate, rows[row].action, leaving);
}

static enum gate_result result(struct world *world, size_t row, const struct leaving *leaving)
{
	struct asked asked = ask(world, row, leaving);
	enum gate_result found = asked.verdict->result;

	gate_verdicts_free(asked.verdicts, asked.count);
	return found;
}

static void clear_by(struct world *world, size_t row, uint8_t member, const char *reference)
{
	struct asked asked = ask(world, row, &rows[row].closed);
	json_t *body = gate_clearance(asked.verdict, rows[row].action, "we looked at it", reference,
				      reference ? "00aa" : NULL);

	world->member = member;
	if (put_json(world, 1, EVENT_GATE_CLEARED, body))
		BUG("%s: %s", rows[row].gate, world->err.why);
	world->member = 0;
	gate_verdicts_free(asked.verdicts, asked.count);
}

/* How many evaluations in the log say this of the gate. */
static size_t told(const struct world *world, const char *gate, enum gate_result what)
{
	const struct case_state *state = model_case(world->model, 0);
	AUTO_STRING begin = mem_format("%s %s", gate, gate_result_name(what));
	size_t count = 0;

	for (size_t i = 0; i < state->event_count; i++) {
		const json_t *lines = js_array(state->events[i].body, "results");

		for (size_t k = 0; k < json_array_size(lines); k++) {
			const char *line = json_string_value(json_array_get(lines, k));

			count += str_starts(line, begin) && (!line[strlen(begin)] || line[strlen(begin)] == ':');
		}
	}
	return count;
}

static void test_closed_and_override(size_t row)
{
	struct world world = world_for(row, rows[row].closes, ARRAY_LEN(rows[row].closes));
	struct asked asked = ask(&world, row, &rows[row].closed);
	const char *gate = rows[row].gate;
	bool warn = asked.verdict->rule->kind == GATE_WARN;
	bool needs = asked.verdict->rule->needs != 0;
	enum gate_result shut = warn ? GATE_WARNED : GATE_CLOSED;

	CHECK(asked.verdict->result == shut && !gates_open(asked.verdict, 1), "%s closes", gate);
	CHECK_STR(asked.verdict->reason_count == 1 ? asked.verdict->reasons[0] : "(not one)", rows[row].reason,
		  "and says why");
	gate_verdicts_free(asked.verdicts, asked.count);
	if (needs) {
		clear_by(&world, row, 0, NULL);
		clear_by(&world, row, 1, NULL);
		CHECK(result(&world, row, &rows[row].closed) == shut, "%s: without a reference nothing is cleared", gate);
	}
	clear_by(&world, row, 0, "REF-1");
	CHECK(result(&world, row, &rows[row].closed) == (warn ? GATE_OVERRIDDEN : GATE_CLOSED), "%s: one person", gate);
	clear_by(&world, row, 0, "REF-1");
	CHECK(result(&world, row, &rows[row].closed) == (warn ? GATE_OVERRIDDEN : GATE_CLOSED), "%s: the same once more", gate);
	clear_by(&world, row, 1, "REF-2");
	CHECK(result(&world, row, &rows[row].closed) == GATE_OVERRIDDEN, "%s: two persons", gate);
	CHECK(told(&world, gate, shut) >= 2 && told(&world, gate, GATE_OVERRIDDEN) >= 1, "%s: the log shows it", gate);
	world_release(&world);
}

static void test_open(size_t row)
{
	struct world world = world_for(row, rows[row].opens, ARRAY_LEN(rows[row].opens));
	struct asked asked = ask(&world, row, &rows[row].open);

	CHECK(asked.verdict->result == GATE_PASSED && gates_open(asked.verdict, 1), "%s passes%s%s", rows[row].gate,
	      asked.verdict->reason_count ? ": " : "", asked.verdict->reason_count ? asked.verdict->reasons[0] : "");
	CHECK(told(&world, rows[row].gate, GATE_PASSED) == 1, "%s: and the log says so", rows[row].gate);
	gate_verdicts_free(asked.verdicts, asked.count);
	world_release(&world);
}

static void set_mode(struct world *world, size_t row, const char *mode)
{
	AUTO_STRING body = mem_format("{'gate':'%s','mode':'%s','reason':'policy 4'}", rows[row].gate, mode);

	if (put(world, 0, EVENT_GATE_MODE_SET, body))
		BUG("%s", world->err.why);
}

static void test_modes(size_t row)
{
	struct world world = world_for(row, rows[row].closes, ARRAY_LEN(rows[row].closes));
	enum gate_result on = result(&world, row, &rows[row].closed);

	set_mode(&world, row, "warn");
	CHECK(result(&world, row, &rows[row].closed) == GATE_WARNED, "%s as a warning", rows[row].gate);
	clear_by(&world, row, 0, "REF");
	CHECK(result(&world, row, &rows[row].closed) == GATE_OVERRIDDEN, "%s: one reason is enough then", rows[row].gate);
	set_mode(&world, row, "off");
	CHECK(result(&world, row, &rows[row].closed) == GATE_OFF, "%s switched off", rows[row].gate);
	set_mode(&world, row, "on");
	CHECK(result(&world, row, &rows[row].closed) == (on == GATE_WARNED ? GATE_OVERRIDDEN : on), "%s on again",
	      rows[row].gate);
	world_release(&world);
}

/* ---- what a clearance covers */

static size_t row_of(const char *gate)
{
	size_t i = 0;

	while (!str_equal(rows[i].gate, gate))
		i++;
	return i;
}

static void test_new_reason(void)
{
	const struct leaving more = { .text = "It runs at 10.20.30.40 and 10.20.30.41." };
	const struct leaving less = { .text = "It runs." };
	size_t row = row_of("G3");
	struct world world = world_for(row, NULL, 0);

	clear_by(&world, row, 0, "R");
	clear_by(&world, row, 1, "R");
	CHECK(result(&world, row, &rows[row].closed) == GATE_OVERRIDDEN, "what was seen is cleared");
	CHECK(result(&world, row, &more) == GATE_CLOSED, "a new reason closes the gate again");
	CHECK(result(&world, row, &less) == GATE_PASSED, "and none opens it");
	CHECK(!gate_saw("ipv4: 10.20.30.40", "ipv4: 10.20.30.4"), "half a line is not seen");
	CHECK(gate_saw("a\nb\nc", "b") && !gate_saw("a\nbb", "b") && !gate_saw(NULL, "b"), "whole lines are");
	put_undo(&world, 1, model_undo_target(model_case(world.model, 0), false));
	CHECK(result(&world, row, &rows[row].closed) == GATE_CLOSED, "a clearance that was taken back counts no more");
	world_release(&world);
}

static void test_other_action(void)
{
	size_t row = row_of("G5");
	struct world world = world_for(row, NULL, 0);
	struct asked asked;

	clear_by(&world, row, 0, "R");
	clear_by(&world, row, 1, "R");
	asked = ask_named(&world, "G5", GATE_SEND, &rows[row].closed);
	CHECK(asked.verdict->result == GATE_CLOSED, "cleared for publishing is not cleared for sending");
	gate_verdicts_free(asked.verdicts, asked.count);
	world_release(&world);
}

static void test_actions(void)
{
	static const char *const expected[] = {
		[GATE_PUBLISH] = "G1 G2 G3 G4 G5 G6 G8 G9 G10 G11 G12 G13 ", [GATE_SEND] = "G5 G7 ", [GATE_EXPORT] = "G7 ",
	};
	struct world world = world_for(0, NULL, 0);

	for (int action = 0; action < GATE_ACTION_COUNT; action++) {
		struct gate_request request = { .action = (enum gate_action)action, .model = world.model,
						.state = model_case(world.model, 0), .now = world.now };
		struct gate_verdict *verdicts;
		AUTO_STR ids = STR_INIT;
		size_t count;

		gates_evaluate(&rules, &request, &verdicts, &count);
		for (size_t i = 0; i < count; i++)
			str_add_format(&ids, "%s ", verdicts[i].rule->id);
		CHECK_STR(ids.bytes, expected[action], gate_action_name((enum gate_action)action));
		gate_verdicts_free(verdicts, count);
	}
	world_release(&world);
}

/* ---- embargo: before its end, at its end, proposed, and who did not agree */

static void check_embargo(struct world *world, instant now, const char *reasons)
{
	AUTO_STR found = STR_INIT;
	struct asked asked;

	world->now = now;
	asked = ask(world, row_of("G11"), &rows[0].closed);
	for (size_t i = 0; i < asked.verdict->reason_count; i++)
		str_add_format(&found, "%s;", asked.verdict->reasons[i]);
	CHECK_STR(found.bytes, reasons, "embargo");
	gate_verdicts_free(asked.verdicts, asked.count);
}

static void test_embargo(void)
{
	const instant end = DAY0 + 30 * INSTANT_DAY;
	struct world world = world_for(0, NULL, 0);

	put(&world, 1, EVENT_PARTY_ADDED, "{'name':'Acme','role':'vendor'}");
	put(&world, 1, EVENT_PARTY_ADDED, "{'name':'Bolt','role':'vendor'}");
	check_embargo(&world, DAY0, "");
	put(&world, 1, EVENT_EMBARGO_PROPOSED, "{'by':'us','until':'2026-12-01T00:00:00Z'}");
	check_embargo(&world, DAY0, "embargo-proposed: 2026-12-01T00:00:00Z;");
	put(&world, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	put(&world, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'Acme'}");
	check_embargo(&world, end - 1, "embargo-lasts: 2026-12-01T00:00:00Z;party-not-agreed: Bolt;");
	check_embargo(&world, end, "party-not-agreed: Bolt;");
	put(&world, 1, EVENT_EMBARGO_TERMINATED, "{'reason':'as agreed'}");
	check_embargo(&world, end, "");
	world_release(&world);
}

/* ---- sign-offs: refused, taken back, older than the text */

static void test_signoffs(void)
{
	static const struct { const char *decision, *reason; } signs[] = {
		{ "approved", NULL }, { "refused", "not-signed: advisory" }, { "withdrawn", "not-signed: advisory" },
	};
	size_t row = row_of("G12");
	struct world world = world_for(row, NULL, 0);
	struct asked asked;

	put(&world, 1, EVENT_ADVISORY_DRAFTED, "{'advisory':'A-1','title':'t','tlp':'AMBER'}");
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		AUTO_STRING body = mem_format("{'what':'advisory','by':'Lee','decision':'%s'}", signs[i].decision);

		put(&world, 1, EVENT_SIGNED_OFF, body);
		CHECK((result(&world, row, &rows[row].open) == GATE_PASSED) == !signs[i].reason, "%s", signs[i].decision);
	}
	put(&world, 1, EVENT_SIGNED_OFF, "{'what':'advisory','by':'Lee','decision':'approved'}");
	world.now += INSTANT_HOUR;
	put(&world, 1, EVENT_ADVISORY_DRAFTED, "{'advisory':'A-1','title':'another','tlp':'AMBER'}");
	asked = ask(&world, row, &rows[row].open);
	CHECK(asked.verdict->reason_count == 2 && str_equal(asked.verdict->reasons[1], "signed-before-change: advisory, Lee"),
	      "signed before the text changed");
	gate_verdicts_free(asked.verdicts, asked.count);
	world_release(&world);
}

/* ---- recipients */

#define WHO(kind, where, more) \
	"{'contact':'x','name':'Xi','kind':'" kind "','addresses':['x@x.example'],'jurisdiction':'" where "'" more "}"
static const struct {
	const char *name, *contact;
	struct step step;
	bool form, closed;
} recipients[] = {
	{ "the mainland", WHO("other", "CN", ""), .closed = false },
	{ "Hong Kong", WHO("other", "HK", ""), .closed = true },
	{ "Macao", WHO("other", "MO", ""), .closed = true },
	{ "Taiwan", WHO("other", "TW", ""), .closed = true },
	{ "foreign", WHO("other", "foreign", ""), .closed = true },
	{ "stated as unknown", WHO("other", "unknown", ""), .closed = true },
	{ "nobody knows", "{'contact':'y','name':'Yi'}", .closed = true },
	{ "a form without details", WHO("other", "foreign", ""), .form = true, .closed = false },
	{ "the provider by product", WHO("vendor", "foreign", ",'products':['gate']"),
	  { EVENT_AFFECTED_SET, "{'product':'gate','version':'1','status':'affected'}" }, .closed = false },
	{ "a vendor of something else", WHO("vendor", "foreign", ",'products':['door']"),
	  { EVENT_AFFECTED_SET, "{'product':'gate','version':'1','status':'affected'}" }, .closed = true },
	{ "somebody else about the product", WHO("coordinator", "foreign", ",'products':['gate']"),
	  { EVENT_AFFECTED_SET, "{'product':'gate','version':'1','status':'affected'}" }, .closed = true },
	{ "who reported it", WHO("finder", "foreign", ""),
	  { EVENT_PARTY_ADDED, "{'name':'Xi','role':'finder','address':'X@x.example'}" }, .closed = false },
	{ "a vendor by its party's contact", WHO("vendor", "CN", ""),
	  { EVENT_PARTY_ADDED, "{'name':'Xi','role':'vendor','address':'x@x.example'}" }, .closed = false },
	{ "once it is public", WHO("other", "foreign", ""), { EVENT_DISCLOSURE_SET, "{'bit':'public'}" }, .closed = false },
};

static void test_recipients(void)
{
	const struct gate_recipient to = { .address = "x@x.example" };

	for (size_t i = 0; i < ARRAY_LEN(recipients); i++) {
		struct world world = world_for(0, &recipients[i].step, 1);
		struct gate_request request = { .action = GATE_EXPORT, .model = world.model, .now = world.now,
						.form = recipients[i].form, .recipients = &to, .recipient_count = 1 };
		struct gate_verdict *verdicts;
		size_t count;

		put(&world, 0, EVENT_CONTACT_SET, recipients[i].contact);
		request.state = model_case(world.model, 0);
		gates_evaluate(&rules, &request, &verdicts, &count);
		CHECK(count == 1 && (verdicts[0].result == GATE_CLOSED) == recipients[i].closed, "recipient: %s",
		      recipients[i].name);
		gate_verdicts_free(verdicts, count);
		world_release(&world);
	}
}

/* ---- early publication: every field is needed */

static void test_early(void)
{
	size_t row = row_of("G8"), count;
	const struct event_info *info = event_info(EVENT_EARLY_PUBLICATION);
	const char *missing[16];

	for (const struct event_field *field = info->fields; field->name; field++) {
		struct world world = world_for(row, rows[row].opens, 1);
		const struct case_record *record = case_record_at(model_case(world.model, 0), EVENT_EARLY_PUBLICATION, 1);
		json_t *body = json_deep_copy(record->body);
		AUTO_STRING reason = mem_format("early-missing: %s", field->name);
		struct asked asked;

		json_object_del(body, field->name);
		put_json(&world, 1, EVENT_EARLY_PUBLICATION, body);
		count = gate_early_missing(model_case(world.model, 0), missing);
		asked = ask(&world, row, &rows[row].closed);
		CHECK(count == 1 && str_equal(missing[0], field->name) && asked.verdict->result == GATE_CLOSED &&
		      str_equal(asked.verdict->reasons[0], reason), "the form without %s", field->name);
		gate_verdicts_free(asked.verdicts, asked.count);
		world_release(&world);
	}
}

/* ---- faults of the data */

#define GATE(more) "gates:\n  - id: A\n    title: t\n    source: s\n    do: d\n" more
#define WHOLE GATE("    kind: block\n    actions: [send]\n    check: live-network\n")
static void check_fault(const char *yaml, const char *why)
{
	struct gate_rules read = { 0 };
	struct conf conf;
	AUTO_ERROR err = ERROR_INIT;

	if (conf_load(yaml, strlen(yaml), "gates.yaml", &conf, &err))
		BUG("%s", err.why);
	CHECK(gate_rules_load(&conf, &read, &err) == ERR_INPUT && strstr(err.why, why), "%s (%s)", why, str_or_empty(err.why));
	conf_release(&conf);
}

static void test_faults(void)
{
	struct gate_rules read;
	struct conf conf;

	check_fault("{}\n", "line 1: expected gates");
	check_fault("gates: []\n", "line 1: expected gates");
	check_fault("gates:\n  - x\n", "line 2: expected a gate");
	check_fault(GATE("    kind: block\n    actions: [send]\n    check: magic\n"), "line 8: expected check");
	check_fault(GATE("    kind: wall\n"), "line 6: expected kind");
	check_fault(GATE("    kind: block\n    actions: [send, fax]\n"), "line 7: expected publish");
	check_fault(GATE("    kind: block\n    actions: []\n"), "line 7: expected actions");
	check_fault(GATE("    colour: red\n"), "line 6: expected a key of a gate");
	check_fault("gates:\n  - id: A\n    title: t\n    do: d\n", "line 2: expected a text behind source:");
	check_fault(WHOLE "    needs: [luck]\n", "line 9: expected needs");
	check_fault(WHOLE "    needs: luck\n", "line 9: expected needs");
	check_fault(WHOLE "    spares: [friends]\n", "line 9: expected spares");
	check_fault(WHOLE "    required: [lunch]\n", "line 9: expected required");
	check_fault(WHOLE "  - id: A\n    title: t\n    source: s\n    do: d\n    kind: warn\n    actions: [send]\n"
			  "    check: live-network\n", "line 9: expected another id");
	conf_load(WHOLE, strlen(WHOLE), "gates.yaml", &conf, NULL);
	CHECK(gate_rules_load(&conf, &read, NULL) == 0 && read.count == 1, "the same without a fault");
	gate_rules_release(&read);
	conf_release(&conf);
}

static void test_texts(void)
{
	CHECK(rules.count == 13 && ARRAY_LEN(rows) == 13, "thirteen gates, each with a row here");
	for (size_t i = 0; i < rules.count; i++)
		CHECK(str_equal(rules.rules[i].id, rows[i].gate) && rules.rules[i].title_zh, "%s", rows[i].gate);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR text = STR_INIT;

		gate_reason_text(rows[i].reason, &text);
		CHECK(!str_starts(text.bytes, rows[i].reason) && strchr(text.bytes, ' '), "a sentence for %s", rows[i].reason);
	}
}

/* ---- collisions */

static void test_collision(void)
{
	AUTO_STRING path = file_data("collisions.yaml");
	struct world world = world_for(0, NULL, 0);
	struct collision_rules laws;
	struct collision found;
	struct conf conf;
	AUTO_ERROR err = ERROR_INIT;

	if (conf_load_file(path, &conf, &err) || collision_rules_load(&conf, &laws, &err))
		BUG("%s: %s", err.what, err.why);
	conf_release(&conf);
	CHECK(collision_option(&laws, "fix-first") && !collision_option(&laws, "toss-a-coin"), "options are data");
	collision_find(&laws, world.model, model_case(world.model, 0), world.now, &found);
	CHECK(found.count == 0, "nothing pulls the other way");
	put(&world, 1, EVENT_REPORT_RECEIVED, REPORT("2026-10-31T20:00:00Z"));
	put(&world, 1, EVENT_DISCLOSURE_SET, "{'bit':'attacks'}");
	put(&world, 0, EVENT_CONTACT_SET, "{'contact':'n','name':'North','jurisdiction':'foreign'}");
	put(&world, 1, EVENT_PARTY_ADDED, "{'name':'North','role':'coordinator'}");
	put(&world, 1, EVENT_PARTY_ADDED, "{'name':'Nobody','role':'coordinator'}");
	collision_find(&laws, world.model, model_case(world.model, 0), world.now, &found);
	CHECK(found.count >= 3 && found.open == found.count && str_equal(found.sides[0].about, "recipient: North") &&
	      str_equal(found.sides[1].about, "clock: eu-cra-14-2-a"), "a recipient and the clocks of the CRA");
	CHECK(found.sides[1].due == world.now + 24 * INSTANT_HOUR && found.own_due == DAY0 + 44 * INSTANT_HOUR, "hours on each");
	collision_release(&found);
	put(&world, 1, EVENT_COLLISION_DECIDED, "{'collision':'rmsv-9-7','about':'recipient: North','decision':'fix-first',"
		"'by':'Dr Wu, counsel','reason':'two days'}");
	collision_find(&laws, world.model, model_case(world.model, 0), world.now, &found);
	CHECK(found.open + 1 == found.count && found.sides[0].decision &&
	      str_equal(record_text(found.sides[0].decision, "by"), "Dr Wu, counsel"), "decided for what was seen alone");
	collision_release(&found);
	CHECK(put(&world, 1, EVENT_COLLISION_DECIDED, "{'collision':'x','about':'y','decision':'z','by':' ','reason':'r'}") == ERR_NO,
	      "nobody decides nothing");
	put(&world, 1, EVENT_DISCLOSURE_SET, "{'bit':'public'}");
	collision_find(&laws, world.model, model_case(world.model, 0), world.now, &found);
	CHECK(found.count == 0, "what is public collides with nothing");
	collision_release(&found);
	collision_rules_release(&laws);
	world_release(&world);
}

int main(void)
{
	load();
	test_texts();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		test_closed_and_override(i);
		test_open(i);
		test_modes(i);
	}
	test_new_reason();
	test_other_action();
	test_actions();
	test_embargo();
	test_signoffs();
	test_recipients();
	test_early();
	test_faults();
	test_collision();
	gate_rules_release(&rules);
	lint_rules_free(lint);
	return tap_done();
}
