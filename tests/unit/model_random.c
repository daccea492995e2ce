/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model under events nobody would make: random bodies, random mutations of them, random undo.
 * What must hold: model_check and model_apply agree (the world sees to it), a refused event changes
 * nothing, the fold is the same again from the same events, and a case with undone events is the case
 * without them. With PSIRTTY_BENCH=CASES the time of a large fold is printed.
 */
#include "psirtty/model/model.h"

#include <time.h>

#include "model_dice.h"
#include "tap.h"

/* Refolds the events of STATE that are not undone, in a model of their own. */
static void check_without_undone(const struct case_state *state, int round)
{
	struct model *model = model_new();
	AUTO_STR with = STR_INIT;
	AUTO_STR without = STR_INIT;

	for (size_t i = 0; i < state->event_count; i++) {
		AUTO_ERROR err = ERROR_INIT;

		if (state->undone[i] || state->events[i].type == EVENT_UNDONE)
			continue;
		CHECK_QUIET(model_apply(model, &state->events[i], &err) == 0, "round %d: %s", round,
			    err.why);
	}
	add_case(&with, state);
	add_case(&without, model_case(model, 0));
	CHECK_QUIET(str_equal(with.bytes, without.bytes), "round %d: undone events leave no trace",
		    round);
	model_free(model);
}

static void check_questions(const struct model *model, instant now)
{
	struct agenda_item *items;
	size_t count;

	model_agenda(model, INT64_MIN, INT64_MAX, now, &items, &count);
	free(items);
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		char buffer[4];
		bool yes;

		case_marks(state, now, buffer);
		case_matches(state, "overflow sev:high due:<7d is:new party:a", now, &yes, NULL);
		model_undo_target(state, false);
		model_undo_target(state, true);
		for (size_t k = 0; k < state->event_count; k++)
			free(event_line(&state->events[k]));
	}
}

struct told { int stream; enum event_type type; json_t *body; instant at; uint64_t made; };

/* Feeds COUNT random events, then the accepted ones to a second model. Returns how many were taken. */
static int run_round(int round, int count)
{
	struct world w = world_new(), again = world_new();
	size_t rows = event_rows();
	struct told *told = mem_alloc((size_t)count * sizeof(*told));
	AUTO_STR first = STR_INIT;
	AUTO_STR second = STR_INIT;
	int taken = 0;

	for (int i = 0; i < count; i++) {
		const struct event_info *info = i < 4 ? event_info(i % 2 ? EVENT_REPORT_RECEIVED : EVENT_CASE_OPENED) :
							 event_at(roll((uint32_t)rows));
		int stream = i < 4 ? 1 + i / 2 : 1 + (int)roll(3);
		json_t *body = random_body(info, w.model, stream);
		AUTO_STR before = STR_INIT;
		AUTO_STR after = STR_INIT;

		if (info->type == EVENT_CASE_OPENED && roll(4))
			json_object_set_new(body, "case", json_string(stream == 1 ? "X-1" : "X-2"));
		add_model(&before, w.model);
		told[taken] = (struct told){ stream, info->type, json_incref(body), w.now, w.made };
		if (put_json(&w, stream, info->type, body) == 0) {
			taken++;
		} else {
			add_model(&after, w.model);
			CHECK_QUIET(str_equal(before.bytes, after.bytes),
				    "round %d: refused %s changes nothing", round, info->wire);
			json_decref(told[taken].body);
		}
		w.now += (instant)roll(100) * INSTANT_MINUTE;
	}
	for (int i = 0; i < taken; i++) {
		again.now = told[i].at;
		again.made = told[i].made;
		CHECK_QUIET(put_json(&again, told[i].stream, told[i].type, told[i].body) == 0,
			    "round %d: event %d is taken again", round, i);
	}
	add_model(&first, w.model);
	add_model(&second, again.model);
	CHECK_QUIET(str_equal(first.bytes, second.bytes), "round %d: the same fold twice", round);
	for (size_t i = 0; i < model_case_count(w.model); i++)
		check_without_undone(model_case(w.model, i), round);
	check_questions(w.model, w.now);
	free(told);
	world_release(&w);
	world_release(&again);
	return taken;
}

/* ---- a large fold */

/* Case number I, EVENTS events, 16 kinds of them. */
static void feed_case(struct world *w, json_t *const bodies[16], int i, int events)
{
	static const enum event_type types[16] = {
		EVENT_REPORT_RECEIVED, EVENT_STATE_SET, EVENT_ASSIGNED, EVENT_SCORE_SET,
		EVENT_PARTY_ADDED, EVENT_EMBARGO_PROPOSED, EVENT_EMBARGO_ACCEPTED, EVENT_NOTE_ADDED,
		EVENT_AFFECTED_SET, EVENT_MESSAGE_SENT, EVENT_MESSAGE_RECEIVED, EVENT_REPRO_ADDED,
		EVENT_SUMMARY_SET, EVENT_ID_ADDED, EVENT_REMEDIATION_SET, EVENT_NOTE_ADDED,
	};
	AUTO_STRING id = mem_format("PSIRT-2026-%04d", i + 1);
	AUTO_JSON opened = json_pack("{s:s,s:s}", "case", id, "title", "A case among many");
	struct event event = world_event(w, i, EVENT_CASE_OPENED, opened);

	event.stream[2] = (uint8_t)(i >> 16);
	if (model_apply(w->model, &event, &w->err) != 0)
		BUG("%s", w->err.why);
	for (int k = 0; k < events - 1; k++) {
		int row = k < 16 ? k : 7 + k % 9;

		event = world_event(w, i, types[row], bodies[row]);
		event.stream[2] = (uint8_t)(i >> 16);
		if (model_apply(w->model, &event, &w->err) != 0)
			BUG("%s", w->err.why);
	}
}

static const char *const many_bodies[16] = {
	REPORT("2026-11-01T00:00:00Z"), "{'to':'valid'}", "{'member':'Ann'}",
	"{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}",
	"{'name':'Lin','role':'finder'}", "{'by':'us','until':'2027-01-01T09:00:00+08:00'}",
	"{'by':'us'}", "{'text':'a note of some length about what was found'}",
	"{'product':'pump','version':'1','status':'affected'}", SENT("2026-11-02T00:00:00Z"),
	REPORT("2026-11-03T00:00:00Z"), "{'build':'1','verdict':'reproduced','steps':'run'}",
	"{'summary':'A longer text'}", "{'system':'cve','text':'CVE-2026-12345'}",
	"{'category':'vendor_fix','details':'update'}", "{'text':'another note'}",
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_many(int cases, int events)
{
	struct world w = world_new();
	json_t *bodies[16];
	double start, folded, asked;
	size_t matching = 0;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		AUTO_STRING text = mem_string(many_bodies[i]);

		for (char *c = text; *c; c++)
			*c = *c == '\'' ? '"' : *c;
		if (js_load(text, strlen(text), 1 << 20, "body", &bodies[i], NULL) != 0)
			BUG("body %zu", i);
	}
	start = seconds();
	for (int i = 0; i < cases; i++)
		feed_case(&w, bodies, i, events);
	folded = seconds();
	for (size_t i = 0; i < model_case_count(w.model); i++) {
		bool yes = false;

		case_matches(model_case(w.model, i), "sev:critical !state:closed buffer overflow", DAY0,
			     &yes, NULL);
		matching += yes;
	}
	asked = seconds();
	CHECK(model_case_count(w.model) == (size_t)cases && matching == 0, "%d cases of %d events",
	      cases, events);
	if (getenv("PSIRTTY_BENCH"))
		printf("# fold %.3f s, %.2f us an event; query over all %.1f ms\n", folded - start,
		       (folded - start) * 1e6 / cases / events, (asked - folded) * 1e3);
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		json_decref(bodies[i]);
	world_release(&w);
}

int main(void)
{
	const char *bench = getenv("PSIRTTY_BENCH");
	int taken = 0, rounds = 60, events = 150;

	for (int round = 0; round < rounds; round++)
		taken += run_round(round, events);
	CHECK(taken > rounds * events / 10, "%d of %d random events were taken", taken,
	      rounds * events);
	test_many(bench && atoi(bench) > 0 ? atoi(bench) : 500, 30);
	return tap_done();
}
