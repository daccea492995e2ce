/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: event rows from an enemy. Cores as bytes; rows of a vault with bytes changed, which must be
 * refused; and rows that a member with known keys signs properly, whatever stands in them, so that what lies
 * behind the signatures is reached too.
 */
#include <stdio.h>

#include "../unit/attack_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct world world;

static bool begin(void)
{
	static bool begun, good;

	if (!begun)
		good = sodium_init() >= 0 && world_begin(&world);
	begun = true;
	return good;
}

/* What a core says when it is read must be what it is written as. */
static void try_core(const uint8_t *bytes, size_t length)
{
	uint8_t again[CORE_MAX];
	struct core core;

	if (core_read(bytes, length, &core) && (core_write(&core, again) != length || memcmp(again, bytes, length) != 0))
		abort();
}

static int take(const struct row *row)
{
	struct store_row view = row_view(row);
	struct log log;
	int code;

	log_copy(&world.log, &log);
	log.gseq = row->gseq - 1;
	code = log_take(&log, &view, LOG_PROVING, NULL, NULL);
	if (code)
		log_skip(&log, &view, row->gseq);
	log_release(&log);
	return code;
}

/* The newest row with a field changed: by its signatures it cannot be good any more. */
static void try_changed(uint8_t which, const uint8_t *bytes, size_t length)
{
	const struct writing w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"changed\"}");
	struct row row;
	struct str *field;
	bool same = true;

	world_write(&world, &w, &row);
	field = &row.fields[which % FIELD_COUNT];
	if (which & 0x80)
		str_truncate(field, length % (field->length + 1));
	for (size_t i = 0; i < length && i < field->length; i++) {
		field->bytes[i] ^= (char)bytes[i];
		same &= bytes[i] == 0;
	}
	if (!(which & 0x80) && !same && take(&row) == 0)
		abort();
	if (which & 0x80)
		take(&row);
	row_release(&row);
}

static void try_signed(const uint8_t *head, const uint8_t *body, size_t length)
{
	struct writing w = { .author = &world.actors[head[0] % ACTOR_COUNT], .type = head[1], .body = body, .length = length,
			     .appender = &world.actors[head[0] / 16 % ACTOR_COUNT], .imported = head[3] & 1 };
	size_t place = head[2] % (PLACE_COUNT + 1);
	struct row row;

	w.kind = head[3] & 2 ? CORE_CONTENT : CORE_CONTROL;
	if (place < PLACE_COUNT)
		w.stream = world.places[place].stream;
	if (head[3] & 4)
		w.parent = world.log.hash;
	if (head[3] & 8)
		w.epoch = head[2];
	world_write(&world, &w, &row);
	take(&row);
	row_release(&row);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (!begin())
		abort();
	if (length < 6)
		return 0;
	switch (bytes[0] % 3) {
	case 0: try_core(bytes + 1, length - 1); break;
	case 1: try_changed(bytes[1], bytes + 2, length - 2); break;
	default: try_signed(bytes + 1, bytes + 5, length - 5); break;
	}
	return 0;
}
