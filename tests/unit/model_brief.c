/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Glance, brief and whole: whatever lists, queries, the agenda and figures say of a case or a mail, they say
 * the same of its brief, and as far as it goes of its glance; made whole it is the fold of its events again;
 * sent back it is the same brief. Damaged bytes are refused or harmless. A loader of this test's own hands out
 * briefs and events.
 */
#include "psirtty/model/model.h"

#include "command/command_private.h"
#include "model/brief.h"
#include "psirtty/desk/clock.h"
#include "model_dice.h"
#include "tap.h"

/* ---- a loader over the events a world has taken */

struct log {
	struct event *events; size_t count, loads;
	const struct model *whole; /* whose briefs are handed out */
	size_t briefs, bulks;      /* asked for: of one, of all */
	size_t hidden;             /* a case with this number may not be seen; beyond all: none */
};

static void log_add(struct log *log, const struct event *event)
{
	log->events = mem_resize(log->events, log->count + 1, sizeof(*log->events));
	log->events[log->count] = *event;
	json_incref(log->events[log->count++].body);
}

static void log_release(struct log *log)
{
	for (size_t i = 0; i < log->count; i++)
		json_decref(log->events[i].body);
	free(log->events);
}

static int load_case(void *context, struct model *model, const uint8_t stream[16], struct error *err)
{
	struct log *log = context;

	(void)err;
	log->loads++;
	for (size_t i = 0; i < log->count; i++)
		if (memcmp(log->events[i].stream, stream, 16) == 0 &&
		    event_info(log->events[i].type)->stream == STREAM_CASE)
			model_load_event(model, &log->events[i]);
	return 0;
}

static int load_mail(void *context, struct model *model, const struct inbox_item *item, struct error *err)
{
	struct log *log = context;

	(void)err;
	log->loads++;
	for (size_t i = 0; i < log->count; i++)
		if (memcmp(log->events[i].id, item->event, 32) == 0 ||
		    memcmp(log->events[i].id, item->reading, 32) == 0)
			model_load_event(model, &log->events[i]);
	return 0;
}

static int no_case(void *context, struct model *model, const uint8_t stream[16], struct error *err)
{
	(void)context;
	(void)model;
	(void)stream;
	return error_set(err, ERR_VAULT, "case", NULL, "not now");
}

static struct model *brief_model(struct log *log)
{
	const struct model_loader loader = { .load_case = load_case, .load_mail = load_mail, .context = log };
	struct model *model = model_new();

	model_set_loader(model, &loader);
	return model;
}

static void set_rules(struct model *model)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING fault = NULL;
	struct clock_rules *rules;

	if (desk_clock_rules_read(&rules, &fault, &err))
		BUG("%s: %s", err.what, err.why);
	model_set_clock_rules(model, rules);
}

/* The same cases and mails, known by their briefs, told in the other order. */
static struct model *from_briefs(const struct model *whole, struct log *log)
{
	struct model *model = brief_model(log);
	AUTO_ERROR err = ERROR_INIT;

	for (size_t i = model_case_count(whole); i-- > 0;) {
		AUTO_STR bytes = STR_INIT;
		const struct case_state *state = model_case(whole, i);

		model_case_brief(state, &bytes);
		CHECK_QUIET(model_take_case_brief(model, state->stream, bytes.bytes, bytes.length, &err) == 0,
			    "a brief is taken: %s", str_or_empty(err.why));
	}
	for (size_t i = model_inbox_count(whole); i-- > 0;) {
		AUTO_STR bytes = STR_INIT;
		const struct inbox_item *item = model_inbox(whole, i);

		model_mail_brief(item, &bytes);
		CHECK_QUIET(model_take_mail_brief(model, item->event, bytes.bytes, bytes.length, &err) == 0,
			    "a mail's brief is taken: %s", str_or_empty(err.why));
	}
	if (model_clock_rules(whole))
		set_rules(model);
	for (size_t i = 0; i < log->count; i++) /* the registry is always folded */
		if (event_info(log->events[i].type)->stream == STREAM_REGISTRY)
			model_apply(model, &log->events[i], NULL);
	return model;
}

/* ---- what lists say */

static const char *const queries[] = {
	"state:start", "state:received", "state:valid", "state:accepted", "state:closed", "sev:critical", "sev:high",
	"sev:unscored", "assignee:none", "assignee:pump", "assignee:C", "party:Lin", "party:Acme", "party:a", "product:pump",
	"product:gate", "cve:2026", "cve:none", "em:none", "em:active", "em:proposed", "em:revise", "due:<7d", "due:>2w",
	"due:<99w", "is:new", "is:overdue", "is:embargoed", "pump", "CVE", "漏", "lin", "title", "a@b", "X-1", "%s",
};

static void add_answers(struct str *s, const struct case_state *state, instant now)
{
	char marks[4];
	const char *what;
	instant at;

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		bool yes = false;
		AUTO_ERROR err = ERROR_INIT;

		if (case_matches(state, queries[i], now, &yes, &err))
			BUG("%s: %s", queries[i], err.why);
		str_add_char(s, yes ? '1' : '0');
	}
	if (case_next_due(state, now, &what, &at))
		add_time(s, what, at);
	add_line(s, "marks", case_marks(state, now, marks));
}

/* What panes show of the lists in a case. */
static void add_lines(struct str *s, const struct case_state *state)
{
	const struct case_score *score = case_leading_score(state);

	if (score)
		str_add_format(s, "%s %s %d %d\n", score->vector, score->issuer, (int)score->cvss.severity,
			       score->cvss.overall);
	for (size_t i = 0; i < state->affected_count; i++)
		str_add_format(s, "%s %s %s\n", state->affected[i].product, state->affected[i].version,
			       affected_name(state->affected[i].status));
	for (size_t i = 0; i < state->repro_count; i++) {
		add_time(s, state->repros[i].build, state->repros[i].at);
		add_line(s, state->repros[i].verdict, state->repros[i].environment);
		add_line(s, "by", state->repros[i].author);
	}
	for (size_t i = 0; i < state->party_count; i++) {
		add_line(s, state->parties[i].name, consent_name(state->parties[i].consent));
		add_line(s, state->parties[i].role, state->parties[i].address);
	}
	add_line(s, "until", state->embargo.until.zone);
	if (state->advisory) {
		add_line(s, state->advisory->id, state->advisory->title);
		add_line(s, "tlp", state->advisory->tlp);
		add_time(s, "changed", state->advisory->changed_at);
	}
	for (size_t i = 0; i < state->conflict_count; i++)
		add_line(s, state->conflicts[i].what, state->conflicts[i].why);
}

static void add_agenda(struct str *s, const struct model *model, instant now)
{
	struct agenda_item *items;
	size_t count;

	model_agenda(model, INT64_MIN, INT64_MAX, now, &items, &count);
	for (size_t i = 0; i < count; i++) {
		struct zoned there = agenda_when(&items[i]);
		char when[96];

		add_time(s, items[i].what, items[i].at);
		add_line(s, items[i].case_id, zoned_format(&there, when));
		str_add_format(s, "%d %d\n", items[i].embargo, items[i].overdue);
	}
	free(items);
}

static void add_mail(struct str *s, const struct inbox_item *item)
{
	const struct mail_record *record = &item->record;

	add_line(s, item->id, item->taken_case);
	add_time(s, item->channel, item->received);
	add_line(s, item->sha256, item->read ? "read" : "unread");
	add_line(s, record->subject, mail_record_sender(record));
	add_line(s, mail_record_reason(record), record->from_count ? record->from[0].name : NULL);
	str_add_format(s, "%d %d %d %zu %zu\n", (int)record->encryption, (int)record->verdict,
		       (int)mail_record_signature(record), record->flag_count, item->size);
	for (size_t i = 0; i < record->flag_count; i++)
		add_line(s, "flag", record->flags[i]);
}

static void add_lists_of(struct str *s, const struct model *model, instant now)
{
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		AUTO_JSON json = case_json(state, now, false);

		add_answers(s, state, now);
		add_lines(s, state);
		js_dump(json, s);
	}
	for (size_t i = 0; i < model_inbox_count(model); i++)
		add_mail(s, model_inbox(model, i));
	add_agenda(s, model, now);
}

static void compare_lists(const struct model *a, const struct model *b, instant now, const char *what, int round)
{
	AUTO_STR first = STR_INIT;
	AUTO_STR second = STR_INIT;

	add_lists_of(&first, a, now);
	add_lists_of(&second, b, now);
	CHECK_QUIET(str_equal(first.bytes, second.bytes), "round %d: %s:\n%s---\n%s", round, what, first.bytes,
		    second.bytes);
}

/* ---- at a glance */

static int hand_brief(struct model *model, const struct case_state *state)
{
	AUTO_STR bytes = STR_INIT;

	model_case_brief(state, &bytes);
	return model_take_case_brief(model, state->stream, bytes.bytes, bytes.length, NULL);
}

static int load_brief(void *context, struct model *model, const uint8_t stream[16], struct error *err)
{
	struct log *log = context;

	(void)err;
	log->briefs++;
	return hand_brief(model, model_case_of_stream(log->whole, stream));
}

static int load_briefs(void *context, struct model *model, struct error *err)
{
	struct log *log = context;

	(void)err;
	log->bulks++;
	for (size_t i = 0; i < model_case_count(log->whole); i++)
		hand_brief(model, model_case(log->whole, i));
	return 0;
}

static bool may(void *context, const uint8_t stream[16])
{
	const struct log *log = context;

	return log->hidden >= model_case_count(log->whole) ||
	       memcmp(model_case(log->whole, log->hidden)->stream, stream, 16) != 0;
}

enum { SINCE = 77 };

/* As a start knows it: the registry, then glances and what is due; the inbox by its briefs. */
static struct model *from_glances(struct model *whole, struct log *log, bool dues)
{
	const struct model_loader loader = { load_case, load_mail, log, load_brief, load_briefs };
	struct model *model = model_new();
	AUTO_STR glances = STR_INIT;
	AUTO_STR due = STR_INIT;

	model_set_loader(model, &loader);
	if (model_clock_rules(whole))
		set_rules(model);
	for (size_t i = 0; i < log->count; i++)
		if (event_info(log->events[i].type)->stream == STREAM_REGISTRY)
			model_apply(model, &log->events[i], NULL);
	log->whole = whole;
	log->briefs = log->bulks = 0;
	model_glances(whole, SINCE, &glances);
	model_dues(whole, SINCE, &due);
	CHECK_QUIET(model_take_glances(model, glances.bytes, glances.length, SINCE, may, log, NULL) == 0,
		    "glances are taken");
	CHECK_QUIET(!dues || model_take_dues(model, due.bytes, due.length, SINCE, NULL) == 0, "and what is due");
	for (size_t i = 0; i < model_inbox_count(whole); i++) {
		AUTO_STR bytes = STR_INIT;

		model_mail_brief(model_inbox(whole, i), &bytes);
		model_take_mail_brief(model, model_inbox(whole, i)->event, bytes.bytes, bytes.length, NULL);
	}
	return model;
}

static void add_glances(struct str *s, const struct model *model, instant now)
{
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_glance *glance = model_glance(model, i);
		char marks[4];
		const char *what;
		instant at;

		add_line(s, glance->id, glance->title);
		add_time(s, rm_name(glance->rm), glance->opened);
		add_line(s, glance->bound ? "bound" : "free", glance_marks(glance, now, marks));
		if (glance_next_due(glance, &what, &at))
			add_time(s, what, at);
	}
}

static void compare_glances(struct model *whole, struct log *log, int round)
{
	struct model *model = from_glances(whole, log, round % 4 != 3);
	AUTO_STR first = STR_INIT;
	AUTO_STR second = STR_INIT;

	for (int day = -5; day <= 1000; day += 201) {
		add_glances(&first, whole, DAY0 + day * INSTANT_DAY);
		add_glances(&second, model, DAY0 + day * INSTANT_DAY);
		add_agenda(&first, whole, DAY0 + day * INSTANT_DAY);
		add_agenda(&second, model, DAY0 + day * INSTANT_DAY);
	}
	CHECK_QUIET(str_equal(first.bytes, second.bytes), "round %d: a glance says what whole says:\n%s---\n%s", round,
		    first.bytes, second.bytes);
	CHECK_QUIET(round % 4 == 3 || log->briefs + log->bulks == 0, "round %d: no brief was asked for", round);
	compare_lists(whole, model, DAY0, "a glance becomes the brief", round);
	CHECK_QUIET(log->loads == 0 && log->briefs + log->bulks > 0, "round %d: no event was asked for", round);
	str_reset(&first);
	str_reset(&second);
	model_glances(whole, SINCE, &first);
	model_dues(whole, SINCE, &first);
	model_glances(model, SINCE, &second);
	model_dues(model, SINCE, &second);
	CHECK_QUIET(first.length == second.length && memcmp(first.bytes, second.bytes, first.length) == 0,
		    "round %d: the same bytes again", round);
	model_free(model);
}

/* ---- random worlds */

static void feed(struct world *w, struct log *log, int count)
{
	size_t rows = event_rows();

	for (int i = 0; i < count; i++) {
		const struct event_info *info = i < 6 ? event_info(i % 2 ? EVENT_REPORT_RECEIVED : EVENT_CASE_OPENED) :
							 event_at(roll((uint32_t)rows));
		int stream = i < 6 ? 1 + i / 2 : 1 + (int)roll(3);
		json_t *body = random_body(info, w->model, stream);
		static const char *const ids[] = { "X-1", "X-2", "X-3" };
		struct event event;

		if (info->type == EVENT_CASE_OPENED && i < 6)
			json_object_set_new(body, "case", json_string(ids[stream - 1]));
		event = world_event(w, stream, info->type, body);
		w->made--;
		json_incref(body);
		if (put_json(w, stream, info->type, body) == 0)
			log_add(log, &event);
		json_decref(body);
		w->now += (instant)roll(100) * INSTANT_MINUTE;
	}
}

static void check_whole_again(const struct model *whole, struct model *brief, int round)
{
	AUTO_STR first = STR_INIT;
	AUTO_STR second = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	for (size_t i = 0; i < model_case_count(brief); i++) {
		const struct case_state *state = model_case(brief, i);

		CHECK_QUIET(model_whole_case(brief, state, &err) == 0 && !state->brief, "round %d: whole", round);
	}
	for (size_t i = 0; i < model_inbox_count(brief); i++)
		CHECK_QUIET(model_whole_mail(brief, model_inbox(brief, i), &err) == 0, "round %d: whole mail", round);
	add_model(&first, whole);
	add_model(&second, brief);
	CHECK_QUIET(str_equal(first.bytes, second.bytes), "round %d: the fold again", round);
}

static size_t run_round(int round, int count)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *brief;
	size_t taken;

	log.hidden = SIZE_MAX;
	if (round % 2)
		set_rules(w.model);
	feed(&w, &log, count);
	compare_glances(w.model, &log, round);
	brief = from_briefs(w.model, &log);
	CHECK_QUIET(model_case_count(brief) == model_case_count(w.model) && log.loads == 0, "round %d: all there", round);
	for (int day = -5; day <= 1000; day += 201)
		compare_lists(w.model, brief, DAY0 + day * INSTANT_DAY, "brief says what whole says", round);
	CHECK_QUIET(log.loads == 0, "round %d: nothing was loaded for it", round);
	check_whole_again(w.model, brief, round);
	compare_lists(w.model, brief, w.now, "whole again", round);
	model_set_whole_limit(brief, 1);
	for (size_t i = 0; i < model_case_count(brief); i++)
		model_whole_case(brief, model_case(brief, i), NULL);
	for (size_t i = 0; i < model_inbox_count(brief); i++)
		model_whole_mail(brief, model_inbox(brief, i), NULL);
	compare_lists(w.model, brief, w.now, "brief again", round);
	model_free(brief);
	world_release(&w);
	taken = log.count;
	log_release(&log);
	return taken;
}

/* ---- damaged bytes */

static void try_bytes(const struct case_state *state, const struct str *bytes, size_t length, size_t *taken)
{
	struct log log = { 0 };
	struct model *model = brief_model(&log);
	AUTO_STR said = STR_INIT;

	if (model_take_case_brief(model, state->stream, bytes->bytes, length, NULL) == 0) {
		add_lists_of(&said, model, DAY0);
		++*taken;
	}
	model_free(model);
}

static void test_damage(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	AUTO_STR bytes = STR_INIT;
	size_t taken = 0, whole = 0;

	feed(&w, &log, 300);
	model_case_brief(model_case(w.model, 0), &bytes);
	for (size_t length = 0; length < bytes.length; length++)
		try_bytes(model_case(w.model, 0), &bytes, length, &taken);
	CHECK(taken == 0, "no beginning of a brief is taken for one");
	try_bytes(model_case(w.model, 0), &bytes, bytes.length, &whole);
	CHECK(whole == 1, "the whole of it is");
	for (size_t i = 0; i < bytes.length; i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes.bytes[i] ^= (char)(1 << bit);
			try_bytes(model_case(w.model, 0), &bytes, bytes.length, &taken);
			bytes.bytes[i] ^= (char)(1 << bit);
		}
	CHECK(taken > 0 && taken < bytes.length * 8, "%zu of %zu flipped bits were not seen, and did no harm", taken,
	      bytes.length * 8);
	str_add_char(&bytes, 0);
	whole = 0;
	try_bytes(model_case(w.model, 0), &bytes, bytes.length, &whole);
	CHECK(whole == 0, "bytes behind it are refused");
	world_release(&w);
	log_release(&log);
}

/* ---- events told one by one, and what changed by them */

static const uint8_t stream_a[16] = { 1, [15] = 1 }, stream_b[16] = { 2, [15] = 1 };

static void tell(struct world *w, struct log *log, int stream, enum event_type type, const char *text)
{
	AUTO_STRING copy = mem_string(text);
	json_t *body = NULL;
	struct event event;

	for (char *c = copy; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	if (js_load(copy, strlen(copy), 1 << 20, "test", &body, NULL))
		BUG("not JSON: %s", copy);
	event = world_event(w, stream, type, body);
	event.order = w->made;
	log_add(log, &event);
	json_decref(body);
}

static void count_case(void *context, const struct case_state *state)
{
	(void)state;
	++*(size_t *)context;
}

static void count_mail(void *context, const struct inbox_item *item)
{
	(void)item;
	++*(size_t *)context;
}

static size_t changed(struct model *model)
{
	size_t count = 0;

	model_take_changed(model, count_case, count_mail, &count);
	return count;
}

static bool take_both(struct model *whole, struct log *log, const struct str *glances, const struct str *dues)
{
	const struct model_loader loader = { load_case, load_mail, log, load_brief, load_briefs };
	struct model *model = model_new();
	AUTO_STR said = STR_INIT;
	bool taken;

	model_set_loader(model, &loader);
	log->whole = whole;
	taken = model_take_glances(model, glances->bytes, glances->length, SINCE, may, log, NULL) == 0;
	CHECK_QUIET(taken || !model_case_count(model), "what is refused leaves nothing behind");
	taken = model_take_dues(model, dues->bytes, dues->length, SINCE, NULL) == 0 && taken;
	add_glances(&said, model, DAY0);
	add_agenda(&said, model, DAY0);
	model_free(model);
	return taken;
}

static size_t flip_all(struct model *whole, struct log *log, struct str *glances, struct str *dues, struct str *flip)
{
	size_t taken = 0;

	for (size_t length = 0; length < flip->length; length++) {
		size_t full = flip->length;

		flip->length = length;
		CHECK_QUIET(!take_both(whole, log, glances, dues), "no beginning of %zu bytes is taken", length);
		flip->length = full;
	}
	for (size_t i = 0; i < flip->length * 8; i++) {
		flip->bytes[i / 8] ^= (char)(1 << i % 8);
		taken += take_both(whole, log, glances, dues);
		flip->bytes[i / 8] ^= (char)(1 << i % 8);
	}
	return taken;
}

/* In steps: one brief each time, and never all at once. */
static void test_steps(void)
{
	struct world w = world_new();
	struct log log = { .hidden = SIZE_MAX };
	struct model *model;
	size_t cases, left;

	feed(&w, &log, 300);
	model = from_glances(w.model, &log, true);
	cases = model_case_count(model);
	CHECK(cases > 2 && model_known_count(model) == 0, "%zu cases are known at a glance", cases);
	CHECK(model_know_some(model, 0) == cases && log.briefs == 0, "to ask how many are left reads none");
	for (left = cases; left > 0; left--) {
		CHECK_QUIET(model_know_some(model, 1) == left - 1, "one less is left");
		CHECK_QUIET(log.briefs == cases - left + 1 && model_known_count(model) == log.briefs, "for one brief read");
	}
	CHECK(model_know_some(model, 5) == 0 && log.briefs == cases && log.bulks == 0, "each brief was read once, alone");
	compare_lists(w.model, model, DAY0, "read in steps", 0);
	model_free(model);
	world_release(&w);
	log_release(&log);
}

static void test_glance_damage(void)
{
	struct world w = world_new();
	struct log log = { .hidden = SIZE_MAX };
	AUTO_STR glances = STR_INIT;
	AUTO_STR dues = STR_INIT;
	size_t taken;

	feed(&w, &log, 300);
	model_glances(w.model, SINCE, &glances);
	model_dues(w.model, SINCE, &dues);
	CHECK(take_both(w.model, &log, &glances, &dues), "glances and dues are taken");
	taken = flip_all(w.model, &log, &glances, &dues, &glances);
	CHECK(taken < glances.length * 8, "%zu of %zu flipped bits of glances were not seen, and did no harm", taken,
	      glances.length * 8);
	taken = flip_all(w.model, &log, &glances, &dues, &dues);
	CHECK(taken < dues.length * 8, "%zu of %zu of dues", taken, dues.length * 8);
	world_release(&w);
	log_release(&log);
}

/* What may not be seen is in no list, whatever the bytes hold; what changed since is told by its events. */
static void test_hidden(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *whole = brief_model(&log), *model;
	AUTO_STR said = STR_INIT;
	AUTO_STR bytes = STR_INIT;

	tell(&w, &log, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'hidden'}");
	tell(&w, &log, 2, EVENT_CASE_OPENED, "{'case':'X-2','title':'shown'}");
	tell(&w, &log, 3, EVENT_CASE_OPENED, "{'case':'X-3','title':'shown too'}");
	for (size_t i = 0; i < log.count; i++)
		model_apply(whole, &log.events[i], NULL);
	model = from_glances(whole, &log, true);
	add_glances(&said, model, DAY0);
	add_agenda(&said, model, DAY0);
	CHECK(model_case_count(model) == 2 && !strstr(said.bytes, "X-1") && !strstr(said.bytes, "hidden"),
	      "a case that may not be read is not there");
	model_change_all(model);
	CHECK(model_case_count(model) == 2 && !model_find_case(model, "X-1"), "nor does it come with the briefs");
	CHECK(changed(model) == 2, "all that changed are the others");
	model_free(model);
	log.hidden = SIZE_MAX;
	model = from_glances(whole, &log, true);
	model_drop_case(model, model_glance(model, 1)->stream);
	CHECK(model_case_count(model) == 2 && !model_find_case(model, "X-2"), "one is dropped at a glance");
	tell(&w, &log, 3, EVENT_NOTE_ADDED, "{'text':'one'}");
	CHECK(!model_in_order(model, &log.events[log.count - 1]), "an event of one at a glance asks for the whole");
	CHECK(model_load_case(model, model_glance(model, 1)->stream, NULL) == 0 && changed(model) == 1, "which is loaded");
	model_glances(model, SINCE, &bytes);
	CHECK(model_take_glances(model, bytes.bytes, bytes.length, SINCE, may, &log, NULL) != 0,
	      "glances are for a start alone");
	model_free(model);
	model_free(whole);
	world_release(&w);
	log_release(&log);
}

/* ---- the table */

struct span { size_t at, size; };
#define SPAN(member) { offsetof(struct case_state, member), sizeof(((struct case_state *)0)->member) }

static void cover(bool *seen, size_t at, size_t size)
{
	memset(seen + at, true, size);
}

/* A member of a case is a row of the table, or is here because only a whole case has it. */
static void test_members(void)
{
	static const struct span left_out[] = {
		SPAN(filings), SPAN(filing_count), SPAN(stream), SPAN(messages), SPAN(message_count), SPAN(remediations), SPAN(remediation_count),
		SPAN(notes), SPAN(note_count), SPAN(records), SPAN(record_count), SPAN(qualified), SPAN(events),
		SPAN(event_count), SPAN(undone), SPAN(brief), SPAN(embargo.terms), SPAN(embargo.term_count),
		SPAN(embargo.answers), SPAN(embargo.answer_count), SPAN(filings), SPAN(filing_count),
	};
	bool seen[sizeof(struct case_state)] = { false };
	size_t missing = 0, at = 0, run = 0;

	for (size_t i = 0; i < brief_case_shape.row_count; i++) {
		const struct brief_row *row = &brief_case_shape.rows[i];

		cover(seen, row->at, row->size);
		if (row->kind == KEEP_LIST)
			cover(seen, row->count_at, sizeof(size_t));
	}
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
		cover(seen, left_out[i].at, left_out[i].size);
	for (size_t i = 0; i < sizeof(seen); i++) { /* less than eight bytes are padding */
		run = seen[i] ? 0 : run + 1;
		if (run == 8 && !missing++)
			at = i - 7;
	}
	CHECK(missing == 0, "every member of a case is a row of brief_rows.c or left out here (byte %zu of %zu)", at,
	      sizeof(seen));
}

/* ---- the keys of queries */

static void test_keys(void)
{
	struct world w = world_new();
	AUTO_ERROR err = ERROR_INIT;
	char *list, *save = NULL;
	bool yes;

	put(&w, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'T'}");
	case_matches(model_case(w.model, 0), "nosuchkey:1", DAY0, &yes, &err);
	list = strstr(err.why, "known are ");
	CHECK(list != NULL, "the keys are told");
	for (char *key = list ? strtok_r(list + 10, ", ", &save) : NULL; key; key = strtok_r(NULL, ", ", &save)) {
		bool tried = false;

		for (size_t i = 0; i < ARRAY_LEN(queries); i++)
			tried = tried || (str_starts(queries[i], key) && queries[i][strlen(key)] == ':');
		CHECK(tried, "%s: is among the queries of this test", key);
	}
	world_release(&w);
}

/* ---- events for a case known in brief, ids given twice, what no rule allows */

static void test_events(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *whole = brief_model(&log), *model;
	const struct case_state *state;
	AUTO_ERROR err = ERROR_INIT;

	tell(&w, &log, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'T'}");
	tell(&w, &log, 1, EVENT_NOTE_ADDED, "{'text':'one'}");
	CHECK(model_load_case(whole, stream_a, NULL) == 0, "a case is loaded");
	model = from_briefs(whole, &log);
	state = model_case(model, 0);
	CHECK(state->brief && state->event_count == 0 && state->note_count == 0, "it is known in brief");
	CHECK(!model_in_order(model, &log.events[1]), "nothing is in order for a brief");
	CHECK(model_check(model, &log.events[1], &err) == 0 && !state->brief && state->note_count == 1,
	      "checking an event makes it whole");
	tell(&w, &log, 1, EVENT_NOTE_ADDED, "{'text':'two'}");
	CHECK(model_in_order(model, &log.events[2]), "a later event is in order");
	CHECK(!model_in_order(model, &log.events[0]), "an earlier one is not");
	CHECK(model_apply(model, &log.events[2], &err) == 0 && state->note_count == 2, "it is appended");
	model_free(model);
	model = from_briefs(whole, &log);
	CHECK(model_apply(model, &log.events[2], &err) == 0 && model_case(model, 0)->note_count == 2,
	      "an event the loaded case has already is not taken twice");
	model_free(model);
	model = from_briefs(whole, &log);
	model_set_loader(model, &(struct model_loader){ .load_case = no_case, .load_mail = load_mail });
	CHECK(model_check(model, &log.events[2], &err) == ERR_VAULT && model_case(model, 0)->brief,
	      "what cannot be loaded stays brief");
	model_drop_case(model, stream_a);
	CHECK(model_case_count(model) == 0 && !model_find_case(model, "X-1") && !model_case_of_stream(model, stream_a),
	      "a dropped case is forgotten");
	model_free(model);
	model_free(whole);
	log_release(&log);
	world_release(&w);
}

static struct model *load_in_order(struct log *log, bool turned)
{
	struct model *model = brief_model(log);

	model_load_case(model, turned ? stream_b : stream_a, NULL);
	model_load_case(model, turned ? stream_a : stream_b, NULL);
	return model;
}

/* ---- what changed */

static void test_changed(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *whole = brief_model(&log), *model;

	tell(&w, &log, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'T'}");
	model_load_case(whole, stream_a, NULL);
	CHECK(changed(whole) == 1 && changed(whole) == 0, "what was loaded for the first time changed, once");
	model = from_briefs(whole, &log);
	CHECK(changed(model) == 0, "briefs are as they were");
	model_whole_case(model, model_case(model, 0), NULL);
	CHECK(changed(model) == 0, "so is a case that was only looked at");
	model_load_case(model, stream_a, NULL);
	CHECK(changed(model) == 1, "one that was loaded anew may have changed");
	tell(&w, &log, 1, EVENT_NOTE_ADDED, "{'text':'one'}");
	model_apply(model, &log.events[1], NULL);
	CHECK(changed(model) == 1, "one with an event more did");
	model_change_all(model);
	CHECK(changed(model) == 1, "and everything, if one says so");
	model_free(model);
	model_free(whole);
	log_release(&log);
	world_release(&w);
}

static void test_same_id(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *one, *other;
	AUTO_STR first = STR_INIT;
	AUTO_STR second = STR_INIT;

	tell(&w, &log, 2, EVENT_CASE_OPENED, "{'case':'X-1','title':'later'}");
	log.events[0].at += INSTANT_DAY;
	tell(&w, &log, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'first'}");
	one = load_in_order(&log, false);
	other = load_in_order(&log, true);
	CHECK_STR(model_case_of_stream(one, stream_a)->id, "X-1", "the case opened first keeps its id");
	CHECK_STR(model_case_of_stream(one, stream_b)->id, "X-1-02000000", "the other is told by its stream too");
	add_lists_of(&first, one, DAY0);
	add_lists_of(&second, other, DAY0);
	CHECK(str_equal(first.bytes, second.bytes), "whichever came in first");
	CHECK(model_find_case(other, "X-1") == model_case_of_stream(other, stream_a) &&
		      model_find_case(other, "X-1-02000000") == model_case_of_stream(other, stream_b),
	      "both are found");
	model_free(one);
	model_free(other);
	log_release(&log);
	world_release(&w);
}

static void test_conflicts(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *model = brief_model(&log), *brief;
	const struct case_state *state;

	tell(&w, &log, 1, EVENT_CASE_OPENED, "{'case':'X-1','title':'T'}");
	tell(&w, &log, 1, EVENT_EMBARGO_ACCEPTED, "{'by':'us'}");
	tell(&w, &log, 1, EVENT_NOTE_ADDED, "{'text':'one'}");
	model_load_case(model, stream_a, NULL);
	state = model_case(model, 0);
	CHECK(state->conflict_count == 1 && state->event_count == 2, "what no rule allows is left out, and counted");
	CHECK_STR(state->conflicts[0].what, "embargo-accepted", "by its name");
	CHECK(str_starts(state->conflicts[0].why, "rule EM"), "with the rule: %s", state->conflicts[0].why);
	brief = from_briefs(model, &log);
	compare_lists(model, brief, DAY0, "also in brief", 0);
	CHECK(model_case(brief, 0)->conflict_count == 1, "a brief keeps it");
	CHECK(model_whole_case(brief, model_case(brief, 0), NULL) == 0 && model_case(brief, 0)->conflict_count == 1,
	      "once");
	model_free(brief);
	model_free(model);
	log_release(&log);
	world_release(&w);
}

/* ---- mails of two copies */

static const char received[] = "{'mail':'M-0001','received':'2026-11-01T00:00:00Z','channel':'file','sha256':'%s','size':1,"
			       "'raw':" FILE_JSON "}";

static void test_mails(void)
{
	struct world w = world_new();
	struct log log = { 0 };
	struct model *model = brief_model(&log);
	AUTO_STRING one = mem_string(received);
	AUTO_STRING two = mem_string(received);
	AUTO_STRING hex = NULL;
	AUTO_STRING read = NULL;
	const struct inbox_item *second;

	memcpy(strstr(one, "%s"), "01", 2);
	memcpy(strstr(two, "%s"), "02", 2);
	tell(&w, &log, 9, EVENT_MAIL_RECEIVED, one);
	tell(&w, &log, 9, EVENT_MAIL_RECEIVED, two);
	hex = str_hex(log.events[1].id, 32);
	read = mem_format("{'mail':'M-0001','received_event':'%s','record':{'subject':'second','text':'long'}}", hex);
	tell(&w, &log, 9, EVENT_MAIL_READ, read);
	for (size_t i = 0; i < log.count; i++)
		model_load_event(model, &log.events[i]);
	CHECK(model_inbox_count(model) == 2 && model_find_mail(model, "M-0001")->record.subject == NULL,
	      "an id given twice: both mails are there");
	second = model_find_mail(model, "M-0001-02000000");
	CHECK_STR(second ? second->record.subject : NULL, "second", "and the reading goes to the one it is of");
	CHECK(model_check(model, &log.events[0], NULL) == ERR_NO, "nobody here may give it again");
	model_set_whole_limit(model, 1);
	model_whole_mail(model, model_find_mail(model, "M-0001"), NULL);
	CHECK(second && second->brief && !second->record.text, "another was looked at: it is brief");
	CHECK(second && model_whole_mail(model, second, NULL) == 0 && str_equal(second->record.text, "long") &&
		      str_equal(second->raw.object, "o"),
	      "looked at again it is whole");
	model_free(model);
	log_release(&log);
	world_release(&w);
}

int main(void)
{
	size_t taken = 0, rounds = 60;

	for (size_t round = 0; round < rounds; round++)
		taken += run_round((int)round, 150);
	CHECK(taken > rounds * 15, "%zu random events in %zu worlds", taken, rounds);
	test_members();
	test_damage();
	test_steps();
	test_glance_damage();
	test_hidden();
	test_keys();
	test_events();
	test_changed();
	test_same_id();
	test_conflicts();
	test_mails();
	return tap_done();
}
