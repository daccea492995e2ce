/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two handlers work on one case without knowing of each other. Every sequence of up to three events of the
 * one, each possible as that handler sees the case, meets every such sequence of the other, and whichever
 * way the two are interleaved (20 ways for three and three), the case must say the same. What two events
 * decide by which comes first in the order that all copies keep to is written down in order_decides, and
 * nothing else may. States that agree in all that can matter later, times included, are worked out once.
 */
#include "model/case.h"
#include "model/map.h"

#include "model_world.h"
#include "tap.h"

enum { PATH_MOST = 16, LENGTH = 3, SHORT_DAYS = 30, LONG_DAYS = 60, OPEN_MOST = 2, SET_MOST = 20, WHOSE = 100 };

/* MADE tells whose it is by its hundreds and the how manieth by the rest. */
struct step { enum event_type type; json_t *body; uint64_t made; char *text; };
struct arrow { size_t step, to; };
struct choice { size_t steps[64], count; bool known; };
struct spot {
	char *key;                    /* all that can matter later; */
	size_t says;                  /* so many bytes of it are what a handler is told */
	size_t path[PATH_MOST], length;
	struct arrow *arrows; size_t count, room;
	struct choice choices[2];     /* what each handler can do next who sees it so */
};
/* The states that all interleavings of two beginnings lead to. */
struct cell { size_t spots[SET_MOST], count; bool decided; };

struct orders {
	struct step *steps; size_t step_count, step_room;
	struct spot **spots; size_t spot_count, spot_room;
	struct map known_steps, known_spots;
	bool wide;                    /* all kinds of events: both lengths by both, invitations, what is told of a party */
	size_t most;                  /* so many events of each handler */
	size_t pairs, decided;
};

static uint64_t ahead; /* 1: the first handler's times lie behind all of the other's; 2: the other way round */

/* ---- folding */

static struct event event_of(const struct step *step)
{
	/* Whose clock is ahead of whose is tried too: neither, ours, theirs. */
	uint64_t turn = step->made % WHOSE * 2 + step->made / WHOSE + (step->made / WHOSE == ahead ? 20 : 0);
	struct event event = { .type = step->type, .author = "Ann", .gseq = step->made, .body = step->body,
			       .at = DAY0 + (instant)turn * INSTANT_MINUTE };

	memcpy(event.id, &step->made, sizeof(step->made));
	event.stream[0] = 1;
	return event;
}

/* What is not possible any more is left out, as a copy of the vault does. */
static struct folded *fold(const struct orders *o, const size_t *path, size_t length)
{
	static const uint8_t stream[16] = { 1 };
	struct folded *folded = folded_new(stream);

	for (size_t i = 0; i < length; i++) {
		struct event event = event_of(&o->steps[path[i]]);

		folded_take(folded, &event, NULL);
	}
	return folded;
}

/* ---- a state as text */

static unsigned long long number_of(const uint8_t id[32])
{
	uint64_t made;

	memcpy(&made, id, sizeof(made));
	return made;
}

static long long minutes(instant at)
{
	return at == INSTANT_NONE ? -1 : (at - DAY0) / INSTANT_MINUTE;
}

static void add_answers(struct str *s, const struct case_state *state, const struct embargo_terms *terms)
{
	for (size_t i = 0; i < state->party_count; i++)
		str_add_format(s, " %d", answer_of(state, state->parties[i].name, terms));
}

static void add_all_terms(struct str *s, const struct case_state *state, const struct embargo_terms *terms)
{
	str_add_format(s, "|%llu:%d%d%d,%lld,%lld", number_of(terms->id), terms->state, terms->past, terms->replaces,
		       minutes(terms->until.at), minutes(terms->decided_at));
	if (terms->replaces)
		str_add_format(s, ">%llu", number_of(terms->over));
	add_answers(s, state, terms);
}

static void add_current_terms(struct str *s, const struct case_state *state, const struct embargo_terms *terms)
{
	if (!terms_current(&state->embargo, terms))
		return;
	str_add_format(s, "|%llu:%d until %lld by %s", number_of(terms->id), terms->state, minutes(terms->until.at),
		       terms->by);
	add_answers(s, state, terms);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In a fixed order: terms of one minute may lie either way. */
static void add_sorted(struct str *s, const struct case_state *state,
		       void (*add)(struct str *, const struct case_state *, const struct embargo_terms *))
{
	const struct case_embargo *e = &state->embargo;
	char *texts[PATH_MOST];

	for (size_t i = 0; i < e->term_count; i++) {
		AUTO_STR one = STR_INIT;

		add(&one, state, &e->terms[i]);
		texts[i] = str_detach(&one);
	}
	if (e->term_count)
		qsort(texts, e->term_count, sizeof(*texts), by_text);
	for (size_t i = 0; i < e->term_count; i++) {
		str_add(s, str_or_empty(texts[i]));
		free(texts[i]);
	}
}

static void add_says(struct str *s, const struct case_state *state)
{
	const struct case_embargo *e = &state->embargo;
	char bits[8];

	str_add_format(s, "%s %s em %s until %lld proposed %lld", rm_name(state->rm), cs_format(state->cs, bits),
		       em_name(e->state), minutes(e->until.at), minutes(e->proposed.at));
	for (size_t i = 0; i < state->party_count; i++)
		str_add_format(s, " %s %s %s", consent_name(state->parties[i].consent), rm_name(state->parties[i].rm),
			       cs_format(state->parties[i].cs, bits));
	add_sorted(s, state, add_current_terms);
}

/* Beside it what of the past can still count: terms no longer current, and when who answered. */
static size_t add_key(struct str *s, const struct case_state *state)
{
	size_t says;
	const struct case_embargo *e = &state->embargo;
	char *answers[PATH_MOST];

	add_says(s, state);
	says = s->length;
	str_add_format(s, " ended %lld", minutes(e->ended_at));
	add_sorted(s, state, add_all_terms);
	for (size_t i = 0; i < e->answer_count; i++)
		answers[i] = mem_format("/%llu %s %d %lld", number_of(e->answers[i].terms), e->answers[i].party,
					e->answers[i].answer, minutes(e->answers[i].at));
	if (e->answer_count)
		qsort(answers, e->answer_count, sizeof(*answers), by_text);
	for (size_t i = 0; i < e->answer_count; i++) {
		str_add(s, answers[i]);
		free(answers[i]);
	}
	return says;
}

/* ---- steps and states, each once */

static size_t step_find(struct orders *o, enum event_type type, json_t *body, uint64_t made)
{
	AUTO_STR text = STR_INIT;
	struct step *step;
	void *known;

	str_add_format(&text, "%llu %d ", (unsigned long long)made, type);
	js_dump(body, &text);
	known = map_get(&o->known_steps, text.bytes, text.length);
	if (known) {
		json_decref(body);
		return (size_t)known - 1;
	}
	o->steps = mem_grow(o->steps, &o->step_room, o->step_count + 1, sizeof(*o->steps));
	step = &o->steps[o->step_count++];
	*step = (struct step){ type, body, made, NULL };
	step->text = str_detach(&text);
	map_put(&o->known_steps, step->text, strlen(step->text), (void *)o->step_count);
	return o->step_count - 1;
}

static size_t spot_find(struct orders *o, const size_t *path, size_t length)
{
	struct folded *folded = fold(o, path, length);
	AUTO_STR key = STR_INIT;
	size_t says = add_key(&key, &folded->state);
	struct spot *spot;
	void *known;

	folded_free(folded);
	known = map_get(&o->known_spots, key.bytes, key.length);
	if (known)
		return (size_t)known - 1;
	spot = mem_alloc(sizeof(*spot));
	memcpy(spot->path, path, length * sizeof(*path));
	spot->length = length;
	spot->key = str_detach(&key);
	spot->says = says;
	o->spots = mem_grow(o->spots, &o->spot_room, o->spot_count + 1, sizeof(*o->spots));
	o->spots[o->spot_count++] = spot;
	map_put(&o->known_spots, spot->key, strlen(spot->key), (void *)o->spot_count);
	return o->spot_count - 1;
}

static size_t move(struct orders *o, size_t from, size_t step)
{
	struct spot *spot = o->spots[from];
	size_t path[PATH_MOST], to;

	for (size_t i = 0; i < spot->count; i++)
		if (spot->arrows[i].step == step)
			return spot->arrows[i].to;
	if (spot->length == PATH_MOST)
		BUG("a path is longer than thought");
	memcpy(path, spot->path, spot->length * sizeof(*path));
	path[spot->length] = step;
	to = spot_find(o, path, spot->length + 1);
	spot->arrows = mem_grow(spot->arrows, &spot->room, spot->count + 1, sizeof(*spot->arrows));
	spot->arrows[spot->count++] = (struct arrow){ step, to };
	return to;
}

static void orders_release(struct orders *o)
{
	for (size_t i = 0; i < o->step_count; i++) {
		json_decref(o->steps[i].body);
		free(o->steps[i].text);
	}
	for (size_t i = 0; i < o->spot_count; i++) {
		free(o->spots[i]->key);
		free(o->spots[i]->arrows);
		free(o->spots[i]);
	}
	free(o->steps);
	free(o->spots);
	map_release(&o->known_steps);
	map_release(&o->known_spots);
}

/* ---- what a handler can do */

struct collector { struct orders *o; const struct folded *folded; struct choice *choice; uint64_t made; };

static void offer(struct collector *c, enum event_type type, json_t *body)
{
	struct step step = { type, body, c->made, NULL };
	struct event event = event_of(&step);

	if (folded_check(c->folded, &event, NULL) != 0) {
		json_decref(body);
		return;
	}
	if (c->choice->count == ARRAY_LEN(c->choice->steps))
		BUG("more events than thought");
	c->choice->steps[c->choice->count++] = step_find(c->o, type, body, c->made);
}

static json_t *until_of(bool is_long)
{
	char buffer[40];

	return json_string(instant_format(DAY0 + (is_long ? LONG_DAYS : SHORT_DAYS) * INSTANT_DAY, buffer));
}

static void offer_answers(struct collector *c, const struct embargo_terms *terms, const char *by)
{
	const struct case_embargo *e = &c->folded->state.embargo;
	AUTO_STRING id = str_hex(terms->id, sizeof(terms->id));
	AUTO_STRING over = e->force >= 0 ? str_hex(e->terms[e->force].id, 32) : NULL;
	json_t *accepted = json_pack("{s:s,s:s}", "terms", id, "by", by);

	if (over && is_us(by))
		json_object_set_new(accepted, "over", json_string(over));
	offer(c, EVENT_TERMS_ACCEPTED, accepted);
	offer(c, EVENT_TERMS_REJECTED, json_pack("{s:s,s:s}", "terms", id, "by", by));
	if (c->o->wide && !is_us(by))
		offer(c, EVENT_PARTY_INVITED, json_pack("{s:s,s:s}", "terms", id, "name", by));
}

static void offer_embargo(struct collector *c)
{
	static const char *const names[] = { "us", "Acme" };
	const struct case_embargo *e = &c->folded->state.embargo;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (int kind = 0; kind < 2 && terms_open(e) < OPEN_MOST; kind++)
			if (c->o->wide || kind == (int)i)
				offer(c, EVENT_TERMS_PROPOSED,
				      json_pack("{s:s,s:o}", "by", names[i], "until", until_of(kind)));
	for (size_t i = 0; i < e->term_count; i++)
		for (size_t k = 0; k < ARRAY_LEN(names) && terms_current(e, &e->terms[i]); k++)
			offer_answers(c, &e->terms[i], names[k]);
}

/* What says nothing new is left out: nothing of it could be told apart. */
static void offer_bit(struct collector *c, enum cs_bit bit)
{
	if (!(c->folded->state.cs & 1u << bit))
		offer(c, EVENT_DISCLOSURE_SET, json_pack("{s:s}", "bit", cs_words[bit]));
}

static void offer_told(struct collector *c, enum rm_state to)
{
	if (c->folded->state.parties[0].rm != to)
		offer(c, EVENT_PARTY_STATE, json_pack("{s:s,s:s}", "name", "Acme", "to", rm_words[to]));
}

static void offer_rest(struct collector *c)
{
	offer_bit(c, CS_PUBLIC);
	offer_bit(c, CS_ATTACKS);
	offer(c, EVENT_EMBARGO_ENDED, json_pack("{s:s,s:s}", "cause", "other", "reason", "test"));
	if (!c->o->wide)
		return;
	offer_bit(c, CS_EXPLOIT_PUBLIC);
	offer_told(c, RM_RECEIVED);
	offer_told(c, RM_ACCEPTED);
	if (!(c->folded->state.parties[0].cs & 1u << CS_FIX_READY))
		offer(c, EVENT_PARTY_DISCLOSURE, json_pack("{s:s,s:s}", "name", "Acme", "bit", "fix-ready"));
}

/* Of handler WHO, whose event number NUMBER it is. Each event leaves its trace in the state, so the number is the
 * same each time it is asked about. */
static const struct choice *choices(struct orders *o, size_t at, int who, size_t number)
{
	struct choice *choice = &o->spots[at]->choices[who];
	struct folded *folded;
	struct collector c;

	if (choice->known)
		return choice;
	folded = fold(o, o->spots[at]->path, o->spots[at]->length);
	c = (struct collector){ o, folded, choice, (uint64_t)(WHOSE * (who + 1) + 10 + (int)number) };
	offer_embargo(&c);
	offer_rest(&c);
	folded_free(folded);
	choice->known = true;
	return choice;
}

/* ---- what the order decides */

static const char *actor_of(const struct step *step)
{
	const char *by = js_string(step->body, "by");

	return by ? by : str_or_empty(js_string(step->body, "name"));
}

/* Did somebody agree just before nobody could any more? */
static bool just_before(const struct step *a, const struct step *b)
{
	return a->type == EVENT_DISCLOSURE_SET && b->type == EVENT_TERMS_ACCEPTED;
}

/* Who proposed the terms that both knew, so before they parted. */
static const char *proposer_of(const struct orders *o, const char *terms)
{
	uint8_t id[32];

	if (str_unhex(terms, id, sizeof(id)) < 0)
		return "";
	for (size_t i = 0; i < o->step_count; i++)
		if (o->steps[i].made == id[0] && o->steps[i].type == EVENT_TERMS_PROPOSED)
			return actor_of(&o->steps[i]);
	return "";
}

/* Did we decide about terms that their proposer took back? */
static bool taken_back(const struct orders *o, const struct step *a, const struct step *b)
{
	return is_us(actor_of(a)) && b->type == EVENT_TERMS_REJECTED &&
	       str_equal(actor_of(b), proposer_of(o, js_string(b->body, "terms")));
}

static bool told_of_party(const struct step *step)
{
	return step->type == EVENT_PARTY_STATE || step->type == EVENT_PARTY_DISCLOSURE;
}

/* Two answers of one party about the same terms; two things told of it; and the pairs above. */
static bool order_decides(const struct orders *o, const struct step *a, const struct step *b)
{
	const char *terms = js_string(a->body, "terms");

	if (terms && str_equal(terms, js_string(b->body, "terms")) &&
	    (str_equal(actor_of(a), actor_of(b)) || taken_back(o, a, b) || taken_back(o, b, a)))
		return true;
	return just_before(a, b) || just_before(b, a) || (told_of_party(a) && told_of_party(b));
}

/* ---- all interleavings */

static void cell_add(struct cell *cell, size_t spot)
{
	for (size_t i = 0; i < cell->count; i++)
		if (cell->spots[i] == spot)
			return;
	if (cell->count == SET_MOST)
		BUG("more states than ways");
	cell->spots[cell->count++] = spot;
}

static void cell_move(struct orders *o, const struct cell *from, size_t step, struct cell *to)
{
	for (size_t i = 0; i < from->count; i++)
		cell_add(to, move(o, from->spots[i], step));
	to->decided = to->decided || from->decided;
}

static const char *name_of(const struct orders *o, size_t step)
{
	return o->steps[step].text;
}

/* The states of a cell must say the same. */
static void cell_check(struct orders *o, const struct cell *cell, const size_t *ours, size_t a, const size_t *theirs,
		       size_t b)
{
	const struct spot *first = o->spots[cell->spots[0]];

	o->pairs++;
	for (size_t i = 1; i < cell->count; i++) {
		const struct spot *other = o->spots[cell->spots[i]];
		AUTO_STR told = STR_INIT;

		if (first->says == other->says && memcmp(first->key, other->key, first->says) == 0)
			continue;
		for (size_t k = 0; k < a; k++)
			str_add_format(&told, "%s; ", name_of(o, ours[k]));
		for (size_t k = 0; k < b; k++)
			str_add_format(&told, "%s; ", name_of(o, theirs[k]));
		CHECK_QUIET(false, "%s: %s or %s", told.bytes, first->key, other->key);
		return;
	}
}

struct walk { struct orders *o; size_t start; size_t ours[LENGTH], length; size_t theirs[LENGTH]; };

/* One more event B of the other handler: COLUMN has the states behind each beginning of ours, so far. */
static void column_next(struct walk *w, const struct cell *column, size_t b, struct cell *next)
{
	struct orders *o = w->o;

	for (size_t i = 0; i <= w->length; i++) {
		next[i] = (struct cell){ .decided = column[i].decided };
		if (i && order_decides(o, &o->steps[w->ours[i - 1]], &o->steps[b]))
			next[i].decided = true;
		if (i)
			next[i].decided = next[i].decided || next[i - 1].decided;
		if (next[i].decided) {
			o->decided++;
			continue;
		}
		cell_move(o, &column[i], b, &next[i]);
		if (i)
			cell_move(o, &next[i - 1], w->ours[i - 1], &next[i]);
	}
}

static void meet(struct walk *w, size_t view, size_t depth, const struct cell *column)
{
	const struct choice *choice = choices(w->o, view, 1, depth);

	for (size_t k = 0; k < choice->count; k++) {
		struct cell next[LENGTH + 1];
		const struct cell *last = &next[w->length];

		w->theirs[depth] = choice->steps[k];
		column_next(w, column, choice->steps[k], next);
		if (!last->decided)
			cell_check(w->o, last, w->ours, w->length, w->theirs, depth + 1);
		if (depth + 1 < w->o->most && !next[0].decided)
			meet(w, move(w->o, view, choice->steps[k]), depth + 1, next);
	}
}

/* Every sequence of ours, and all it can meet. */
static void walk_on(struct walk *w, size_t view)
{
	const struct choice *choice = choices(w->o, view, 0, w->length);

	for (size_t k = 0; k < choice->count; k++) {
		struct cell column[LENGTH + 1] = { 0 };
		size_t at = w->start;

		w->ours[w->length++] = choice->steps[k];
		cell_add(&column[0], at);
		for (size_t i = 0; i < w->length; i++)
			cell_add(&column[i + 1], at = move(w->o, at, w->ours[i]));
		meet(w, w->start, 0, column);
		if (w->length < w->o->most)
			walk_on(w, at);
		w->length--;
	}
}

/* ---- where they part */

static size_t add_step(struct orders *o, size_t *path, size_t length, enum event_type type, json_t *body)
{
	path[length] = step_find(o, type, body, length + 1);
	return length + 1;
}

static json_t *answer_of_number(const char *by, int number)
{
	uint8_t id[32] = { (uint8_t)number };
	AUTO_STRING hex = str_hex(id, sizeof(id));

	return json_pack("{s:s,s:s}", "terms", hex, "by", by);
}

static size_t start_at(struct orders *o, enum em_state em)
{
	size_t path[PATH_MOST], n = 0;

	n = add_step(o, path, n, EVENT_CASE_OPENED, json_pack("{s:s,s:s}", "case", "X-1", "title", "t"));
	n = add_step(o, path, n, EVENT_PARTY_ADDED, json_pack("{s:s,s:s}", "name", "Acme", "role", "vendor"));
	n = add_step(o, path, n, EVENT_DISCLOSURE_SET, json_pack("{s:s}", "bit", "vendor-aware"));
	if (em != EM_NONE)
		n = add_step(o, path, n, EVENT_TERMS_PROPOSED, json_pack("{s:s,s:o}", "by", "us", "until", until_of(true)));
	if (em == EM_ACTIVE || em == EM_REVISE) {
		n = add_step(o, path, n, EVENT_TERMS_ACCEPTED, answer_of_number("Acme", 4));
		n = add_step(o, path, n, EVENT_TERMS_ACCEPTED, answer_of_number("us", 4));
	}
	if (em == EM_REVISE)
		n = add_step(o, path, n, EVENT_TERMS_PROPOSED,
			     json_pack("{s:s,s:o}", "by", "Acme", "until", until_of(false)));
	return spot_find(o, path, n);
}

static void test_from(enum em_state em, bool wide, size_t most)
{
	struct orders o = { .wide = wide, .most = most };
	struct walk w = { .o = &o };

	w.start = start_at(&o, em);
	walk_on(&w, w.start);
	CHECK(o.pairs > 1000, "embargo %s%s%s, up to %zu events of each: %zu pairs of sequences, %zu states; in %zu the order decides",
	      em_name(em), wide ? ", all kinds of events" : "",
	      ahead == 1 ? ", our clock ahead" : ahead ? ", theirs ahead" : "", most, o.pairs, o.spot_count, o.decided);
	orders_release(&o);
}

/* With an argument every kind of event three deep, which takes minutes. */
int main(int argc, char **argv)
{
	(void)argv;
	for (ahead = 0; ahead <= 2; ahead++)
		for (int em = EM_NONE; em < EM_EXITED; em++) {
			test_from((enum em_state)em, false, LENGTH);
			if (!ahead || argc > 1)
				test_from((enum em_state)em, true, argc > 1 ? LENGTH : LENGTH - 1);
		}
	return tap_done();
}
