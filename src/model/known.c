/* SPDX-License-Identifier: Apache-2.0 */
/* A case between whole and brief. */
#include "model/known.h"

enum { OWN_ROOM = 512 };

/* ---- conflicts */

struct case_conflict conflict_of(const struct event *event, const char *what, const char *why)
{
	struct case_conflict conflict = {
		.at = event->at, .author = mem_string(event->author), .what = mem_string(what),
		.why = mem_string(str_or_empty(why)),
	};

	memcpy(conflict.event, event->id, sizeof(conflict.event));
	return conflict;
}

void conflicts_free(struct case_conflict *conflicts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(conflicts[i].author);
		free(conflicts[i].what);
		free(conflicts[i].why);
	}
	free(conflicts);
}

void whole_add_conflict(struct known_whole *whole, const struct event *event, const char *what,
			const char *why)
{
	size_t at = whole->conflict_count;

	whole->conflicts = list_open(whole->conflicts, &whole->conflict_count, &whole->conflict_room,
				     sizeof(*whole->conflicts), at);
	whole->conflicts[at] = conflict_of(event, what, why);
	whole_note(whole, event);
}

/* ---- whole */

struct known_whole *known_whole_new(const uint8_t stream[16])
{
	struct known_whole *whole = mem_alloc(sizeof(*whole));

	whole->folded = folded_new(stream);
	return whole;
}

void known_whole_free(struct known_whole *whole)
{
	if (!whole)
		return;
	folded_free(whole->folded);
	conflicts_free(whole->conflicts, whole->conflict_count);
	free(whole);
}

void known_release(struct known_case *known)
{
	known_whole_free(known->whole);
	arena_release(&known->own);
	free(known);
}

/* What lists show of it, anew. */
static void show_row(struct known_case *known)
{
	struct case_row *row = known->row;

	if (!row)
		return;
	row->glance.title = known->state.title;
	row->glance.opened = known->state.opened;
	row->glance.rm = known->state.rm;
	row->glance.bound = embargo_in_force(&known->state.embargo);
	agenda_note(row);
}

void whole_note(struct known_whole *whole, const struct event *event)
{
	whole->order = event->order;
	memcpy(whole->last, event->id, sizeof(whole->last));
}

void known_show(struct known_case *known)
{
	const struct known_whole *whole = known->whole;
	char *id = known->state.id;

	known->state = whole->folded->state;
	known->state.id = id ? id : known->state.id;
	known->state.conflicts = whole->conflicts;
	known->state.conflict_count = whole->conflict_count;
	show_row(known);
}

void known_set_whole(struct known_case *known, struct known_whole *whole)
{
	known_whole_free(known->whole);
	known->whole = whole;
	known_show(known);
	arena_release(&known->own);
}

/* ---- brief */

bool known_read_brief(struct known_case *known, const void *bytes, size_t length,
		      const struct brief_home *home)
{
	struct case_state *state = &known->state;
	uint8_t stream[sizeof(state->stream)];
	char *id = state->id;

	memcpy(stream, state->stream, sizeof(stream));
	*state = (struct case_state){ .brief = true };
	if (!brief_read(&brief_case_shape, 'c', bytes, length, home, state) || !id_valid(state->id) ||
	    state->opened == INSTANT_NONE || state->updated == INSTANT_NONE)
		return false;
	memcpy(state->stream, stream, sizeof(stream));
	state->id = id ? id : state->id;
	show_row(known);
	return true;
}

void known_make_brief(struct known_case *known)
{
	const struct brief_home home = { .arena = &known->own, .room = OWN_ROOM };
	AUTO_STR bytes = STR_INIT;

	model_case_brief(&known->state, &bytes);
	if (!known_read_brief(known, bytes.bytes, bytes.length, &home))
		BUG("a case cannot be known in brief");
	known_whole_free(known->whole);
	known->whole = NULL;
}

void model_case_brief(const struct case_state *state, struct str *ret)
{
	brief_write(&brief_case_shape, 'c', state, ret);
}
