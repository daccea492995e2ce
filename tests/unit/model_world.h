/* SPDX-License-Identifier: Apache-2.0 */
/* A small world for tests of the model: makes events with ids and times of their own, feeds them. */
#ifndef PSIRTTY_TESTS_MODEL_WORLD_H
#define PSIRTTY_TESTS_MODEL_WORLD_H

#include "psirtty/model/model.h"

struct world {
	struct model *model;
	struct error err;   /* of the last event */
	uint64_t made;      /* events made so far; the id of the last one */
	instant now;        /* when the next event is made */
	uint8_t member;     /* who makes it: 0 is Ann, any other is called Ben */
};

#define DAY0 ((instant)1793491200 * INSTANT_SECOND) /* 2026-11-01T00:00:00Z */

static inline struct world world_new(void)
{
	struct world world = { .model = model_new(), .now = DAY0 };

	return world;
}

static inline void world_release(struct world *world)
{
	model_free(world->model);
	error_release(&world->err);
}

/* An event of case number STREAM. BODY is borrowed. */
static inline struct event world_event(struct world *world, int stream, enum event_type type,
				       json_t *body)
{
	struct event event = { .type = type, .author = "Ann", .at = world->now,
			       .gseq = ++world->made, .body = body };

	memcpy(event.id, &world->made, sizeof(world->made));
	event.member[0] = world->member;
	if (world->member)
		snprintf(event.author, sizeof(event.author), "Ben");
	event.stream[0] = (uint8_t)stream;
	event.stream[1] = (uint8_t)(stream >> 8);
	event.stream[15] = 1;
	return event;
}

/* Checks, then applies; both must agree. BODY is stolen. The code. */
static inline int put_json(struct world *world, int stream, enum event_type type, json_t *body)
{
	struct event event = world_event(world, stream, type, body);
	AUTO_ERROR first = ERROR_INIT;
	int checked = model_check(world->model, &event, &first), applied;

	error_release(&world->err);
	applied = model_apply(world->model, &event, &world->err);
	if (checked != applied || !str_equal(first.why, world->err.why))
		BUG("model_check says %d (%s), model_apply says %d (%s)", checked, first.why,
		    applied, world->err.why);
	json_decref(body);
	return applied;
}

/* The same with the body as JSON text in which ' stands for ". */
static inline int put(struct world *world, int stream, enum event_type type, const char *text)
{
	AUTO_STRING copy = mem_string(text);
	json_t *body = NULL;

	for (char *c = copy; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	if (js_load(copy, strlen(copy), 1 << 20, "test", &body, NULL) != 0)
		BUG("not JSON: %s", copy);
	return put_json(world, stream, type, body);
}

static inline int put_undo(struct world *world, int stream, const struct event *target)
{
	json_t *body = json_object();
	static const uint8_t nothing[32];

	js_set_hex(body, "event", target ? target->id : nothing, 32);
	return put_json(world, stream, EVENT_UNDONE, body);
}

#define FILE_JSON "{'size':1,'sha256':'00','object':'o','key':'k'}"
#define REPORT(at) \
	"{'subject':'Overflow','from_name':'Lin','from_address':'Lin@Finder.Example'," \
	"'received':'" at "','channel':'file','verdict':'signed','text':'hello'," \
	"'raw':" FILE_JSON ",'attachments':[" FILE_JSON "]}"
#define SENT(at) \
	"{'subject':'Re','to':['Lin <Lin@Finder.Example>'],'message_id':'<2@v>','sent':'" at "'," \
	"'text':'thanks','raw':" FILE_JSON "}"

/* ---- everything a case says, as text: two states are the same when this is */

static inline void add_line(struct str *s, const char *key, const char *value)
{
	str_add_format(s, "%s=%s\n", key, value ? value : "(none)");
}

static inline void add_time(struct str *s, const char *key, instant at)
{
	str_add_format(s, "%s=%lld\n", key, (long long)at);
}

static inline void add_file(struct str *s, const struct sealed_file *file)
{
	add_line(s, "file", file->object);
	add_line(s, "file name", file->name);
	add_line(s, "file key", file->key);
	add_line(s, "file hash", file->sha256);
}

static inline void add_lists(struct str *s, const struct case_state *state)
{
	for (size_t i = 0; i < state->score_count; i++) {
		add_line(s, "score", state->scores[i].vector);
		add_line(s, "issuer", state->scores[i].issuer);
		str_add_format(s, "overall=%d\n", state->scores[i].cvss.overall);
	}
	for (size_t i = 0; i < state->id_count; i++)
		add_line(s, state->ids[i].system, state->ids[i].text);
	for (size_t i = 0; i < state->affected_count; i++)
		str_add_format(s, "%s %s %s\n", state->affected[i].product,
			       state->affected[i].version, affected_name(state->affected[i].status));
	for (size_t i = 0; i < state->remediation_count; i++)
		add_line(s, state->remediations[i].category, state->remediations[i].details);
	for (size_t i = 0; i < state->note_count; i++)
		add_line(s, state->notes[i].author, state->notes[i].text);
	for (size_t i = 0; i < state->repro_count; i++) {
		add_line(s, state->repros[i].build, state->repros[i].steps);
		for (size_t k = 0; k < state->repros[i].attachment_count; k++)
			add_file(s, &state->repros[i].attachments[k]);
	}
	for (size_t i = 0; i < state->record_count; i++) {
		AUTO_STR body = STR_INIT;

		js_dump(state->records[i].body, &body);
		add_line(s, event_info(state->records[i].type)->wire, body.bytes);
		add_time(s, state->records[i].author, state->records[i].at);
	}
	for (size_t i = 0; i < state->party_count; i++) {
		add_line(s, state->parties[i].name, consent_name(state->parties[i].consent));
		add_time(s, rm_name(state->parties[i].rm), state->parties[i].rsvp);
		str_add_format(s, "%u %d %d %d\n", state->parties[i].cs, state->parties[i].terms,
			       state->parties[i].late, state->parties[i].leaker);
		add_line(s, state->parties[i].zone, state->parties[i].contact);
		add_line(s, state->parties[i].role, state->parties[i].address);
	}
	for (size_t i = 0; i < state->message_count; i++) {
		add_time(s, state->messages[i].peer, state->messages[i].at);
		add_line(s, state->messages[i].address, state->messages[i].text);
		add_file(s, &state->messages[i].raw);
		for (size_t k = 0; k < state->messages[i].attachment_count; k++)
			add_file(s, &state->messages[i].attachments[k]);
	}
}

static inline void add_embargo(struct str *s, const struct case_embargo *embargo)
{
	add_line(s, "embargo", em_name(embargo->state));
	add_time(s, embargo->until.zone, embargo->until.at);
	add_time(s, embargo->proposed.zone, embargo->proposed.at);
	add_line(s, "proposed by", embargo->proposed_by);
	add_time(s, "proposed", embargo->proposed_at);
	add_time(s, "accepted", embargo->accepted_at);
	add_time(s, "ended", embargo->ended_at);
	for (size_t i = 0; i < embargo->term_count; i++) {
		add_line(s, embargo->terms[i].by, terms_state_name(embargo->terms[i].state));
		add_time(s, embargo->terms[i].until.zone, embargo->terms[i].until.at);
		str_add_format(s, "allow %u\n", embargo->terms[i].allow);
	}
	for (size_t i = 0; i < embargo->answer_count; i++) {
		add_time(s, embargo->answers[i].party, embargo->answers[i].at);
		str_add_format(s, "answer %d\n", embargo->answers[i].answer);
	}
	add_line(s, "because", embargo->end_reason);
}

/* Without the timeline, which keeps what was undone. */
static inline void add_case(struct str *s, const struct case_state *state)
{
	char bits[8];

	add_line(s, "case", state->id);
	add_line(s, "title", state->title);
	add_line(s, "summary", state->summary);
	add_line(s, "assignee", state->assignee);
	add_line(s, "cwe", state->cwe);
	add_line(s, "source", state->source);
	add_line(s, state->merged_into, state->split_from);
	add_line(s, state->incident ? "incident" : "quiet",
		 state->qualified ? record_text(state->qualified, "outcome") : NULL);
	add_line(s, "state", rm_name(state->rm));
	add_line(s, "bits", cs_format(state->cs, bits));
	add_time(s, "opened", state->opened);
	add_lists(s, state);
	add_embargo(s, &state->embargo);
	if (state->advisory) {
		add_line(s, "advisory", state->advisory->id);
		add_line(s, "advisory title", state->advisory->title);
		add_line(s, "advisory text", state->advisory->description);
		add_time(s, "drafted", state->advisory->drafted_at);
	}
}

static inline void add_model(struct str *s, const struct model *model)
{
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		add_case(s, state);
		add_time(s, "updated", state->updated);
		for (size_t k = 0; k < state->event_count; k++)
			str_add_format(s, "%d %d\n", state->events[k].type, state->undone[k]);
	}
	for (size_t i = 0; i < model_inbox_count(model); i++) {
		const struct inbox_item *item = model_inbox(model, i);

		add_line(s, item->id, item->taken_case);
		add_line(s, item->read ? "read" : "unread", item->record.subject);
		add_file(s, &item->raw);
	}
	for (size_t i = 0; i < model_product_count(model); i++)
		add_line(s, model_product(model, i)->id, model_product(model, i)->name);
	for (size_t i = 0; i < model_pin_count(model); i++)
		add_line(s, model_pin(model, i)->address, model_pin(model, i)->fingerprint);
	add_line(s, "prefix", model_policy(model)->prefix);
}

#endif
