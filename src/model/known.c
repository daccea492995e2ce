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

static void drop_conflicts(struct known_case *known)
{
	conflicts_free(known->conflicts, known->conflict_count);
	known->conflicts = NULL;
	known->conflict_count = known->conflict_room = 0;
}

void known_add_conflict(struct known_case *known, const struct event *event, const char *what,
			const char *why)
{
	size_t at = known->conflict_count;

	known->conflicts = list_open(known->conflicts, &known->conflict_count, &known->conflict_room,
				     sizeof(*known->conflicts), at);
	known->conflicts[at] = conflict_of(event, what, why);
	known_note(known, event);
}

/* ---- whole */

void known_release(struct known_case *known)
{
	folded_free(known->whole);
	arena_release(&known->own);
	drop_conflicts(known);
	free(known->dues);
	free(known);
}

void known_note(struct known_case *known, const struct event *event)
{
	known->order = event->order;
	memcpy(known->last, event->id, sizeof(known->last));
}

void known_show(struct known_case *known)
{
	char *id = known->state.id;

	known->state = known->whole->state;
	agenda_note(known);
	known->state.id = id ? id : known->state.id;
	known->state.conflicts = known->conflicts;
	known->state.conflict_count = known->conflict_count;
}

void known_set_whole(struct known_case *known, struct folded *whole)
{
	known->whole = whole;
	known_show(known);
	arena_release(&known->own);
}

/* ---- brief */

bool known_read_brief(struct known_case *known, const void *bytes, size_t length, struct arena *arena,
		      size_t room)
{
	struct case_state state = { .brief = true };
	char *id = known->state.id;

	if (!brief_read(&brief_case_shape, 'c', bytes, length, arena, room, &state) || !id_valid(state.id) ||
	    state.opened == INSTANT_NONE || state.updated == INSTANT_NONE)
		return false;
	memcpy(state.stream, known->state.stream, sizeof(state.stream));
	state.id = id ? id : state.id;
	known->state = state;
	agenda_note(known);
	return true;
}

void known_make_brief(struct known_case *known)
{
	AUTO_STR bytes = STR_INIT;

	model_case_brief(&known->state, &bytes);
	if (!known_read_brief(known, bytes.bytes, bytes.length, &known->own, OWN_ROOM))
		BUG("a case cannot be known in brief");
	folded_free(known->whole);
	known->whole = NULL;
	drop_conflicts(known);
}

void model_case_brief(const struct case_state *state, struct str *ret)
{
	brief_write(&brief_case_shape, 'c', state, ret);
}
