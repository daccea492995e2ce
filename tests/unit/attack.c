/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attack matrix. Somebody who writes the disk, and members who sign what the program never would: each
 * attack is found and the place it stands at is named; the untouched log passes.
 */
#include "attack_judge.h"

/* ---- every bit of every field of every row */

static bool flip_is_found(struct log *log, struct row *row, enum row_field field, size_t bit)
{
	struct store_row view = row_view(row);
	uint8_t *byte = (uint8_t *)row->fields[field].bytes + bit / 8;
	int code;

	*byte ^= (uint8_t)(1 << bit % 8);
	code = log_take(log, &view, LOG_PROVING, NULL, NULL);
	*byte ^= (uint8_t)(1 << bit % 8);
	return code == ERR_NO;
}

static bool gseq_flip_is_found(struct log *log, const struct row *row, int bit)
{
	struct store_row view = row_view(row);

	view.gseq ^= (uint64_t)1 << bit;
	return log_take(log, &view, LOG_PROVING, NULL, NULL) == ERR_NO;
}

/* The log is as it was after each refusal, so that the true row is taken in the end. */
static size_t flip_all(struct log *log, struct row *row)
{
	struct store_row view = row_view(row);
	size_t flips = 0;

	for (size_t field = 0; field < FIELD_COUNT; field++)
		for (size_t bit = 0; bit < row->fields[field].length * 8; bit++, flips++)
			CHECK_QUIET(flip_is_found(log, row, field, bit), "event %llu, %s, bit %zu: not found",
				    (unsigned long long)row->gseq, row_field_names[field], bit);
	for (int bit = 0; bit < 64; bit++, flips++)
		CHECK_QUIET(gseq_flip_is_found(log, row, bit), "event %llu, bit %d of its number: not found",
			    (unsigned long long)row->gseq, bit);
	CHECK_QUIET(log_take(log, &view, LOG_PROVING, NULL, NULL) == 0, "event %llu: not taken afterwards",
		    (unsigned long long)row->gseq);
	return flips;
}

/* One row of each kind, the first and the last; the rest is passed over. */
static bool sampled(size_t at)
{
	static bool seen[2][64];
	struct core core;

	if (!core_read(world.rows[at].fields[FIELD_CORE].bytes, world.rows[at].fields[FIELD_CORE].length, &core))
		return false;
	if (at + 1 == world.count || !seen[core.kind][core.type % 64]) {
		seen[core.kind][core.type % 64] = true;
		return true;
	}
	return false;
}

static void test_every_bit(void)
{
	size_t flips = 0, rows = 0;
	struct log log;

	log_init(&log);
	for (size_t i = 0; i < world.count; i++) {
		struct store_row view = row_view(&world.rows[i]);

		if (sampled(i)) {
			flips += flip_all(&log, &world.rows[i]);
			rows++;
		} else {
			log_take(&log, &view, LOG_PROVING, NULL, NULL);
		}
	}
	/* Fourteen kinds of control, content, and the last of all. */
	CHECK(rows == 16 && flips > 40000 && log.gseq == world.count,
	      "each of %zu single-bit flips in %zu events is found, and the event is taken afterwards", flips, rows);
	log_release(&log);
}

/* ---- every kind of event, signed by every other member, and in the journal or in both */

static const struct actor *author_of(const struct row *row)
{
	struct core core;

	core_read(row->fields[FIELD_CORE].bytes, row->fields[FIELD_CORE].length, &core);
	for (size_t i = 0; i < ACTOR_COUNT; i++)
		if (memcmp(world.actors[i].id, core.author, ID_BYTES) == 0)
			return &world.actors[i];
	return NULL;
}

static void sign_as(struct row *row, enum row_field field, const uint8_t hash[HASH_BYTES], const struct actor *signer)
{
	crypto_sign_detached((uint8_t *)row->fields[field].bytes, NULL, hash, HASH_BYTES, signer->keys.sign_secret);
}

/* WHICH: bits; 1 the event's signature, 2 the journal's. */
static bool signed_by_is_found(struct log *log, const struct row *honest, int which, const struct actor *signer)
{
	uint8_t hash[HASH_BYTES];
	struct store_row view;
	struct row row;
	bool found;

	row_copy(honest, &row);
	core_journal_hash(row.gseq, (const uint8_t *)row.fields[FIELD_PREV].bytes, (const uint8_t *)row.fields[FIELD_ID].bytes,
			  row.fields[FIELD_APPENDER].length == IMPORTER_BYTES, hash);
	if (which & 1)
		sign_as(&row, FIELD_SIG, (const uint8_t *)row.fields[FIELD_ID].bytes, signer);
	if (which & 2)
		sign_as(&row, FIELD_JOURNAL_SIG, hash, signer);
	view = row_view(&row);
	found = log_take(log, &view, LOG_PROVING, NULL, NULL) == ERR_NO;
	row_release(&row);
	return found;
}

static void test_signed_by_another(void)
{
	size_t tried = 0;
	struct log log;

	log_init(&log);
	for (size_t i = 0; i < world.count; i++) {
		struct store_row view = row_view(&world.rows[i]);

		for (size_t a = 0; a < ACTOR_COUNT; a++)
			for (int which = 1; which <= 3 && &world.actors[a] != author_of(&world.rows[i]); which++, tried++)
				CHECK_QUIET(signed_by_is_found(&log, &world.rows[i], which, &world.actors[a]),
					    "event %llu signed by actor %zu (%d): taken", (unsigned long long)world.rows[i].gseq, a, which);
		CHECK_QUIET(log_take(&log, &view, LOG_PROVING, NULL, NULL) == 0, "event %zu: not taken afterwards", i + 1);
	}
	CHECK(tried == world.count * 3 * (ACTOR_COUNT - 1), "%zu signatures by another than the author are found", tried);
	log_release(&log);
}

/* A bit in each field, all the way through the database and the audit: the event is named. */
static void test_named(void)
{
	size_t at = world.count - 3;
	struct core core;

	core_read(world.rows[at].fields[FIELD_CORE].bytes, world.rows[at].fields[FIELD_CORE].length, &core);
	for (size_t field = 0; field < FIELD_COUNT; field++) {
		AUTO_STRING name = mem_format("a flipped bit in the %s", row_field_names[field]);
		AUTO_STRING hex = str_hex(core.stream, 4);
		uint8_t *byte = (uint8_t *)world.rows[at].fields[field].bytes + 3;

		*byte ^= 0x10;
		audit(world.rows, world.count, world.rows[at].gseq, field == FIELD_STREAM ? NULL : hex, name);
		*byte ^= 0x10;
	}
}

/* ---- rows taken away, put in, moved: by somebody without any key */

/* Numbers run on without a gap, as whoever covers the traces would write them. */
static void number(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rows[i].gseq = i + 1;
}

static void swap(struct row *rows, size_t a, size_t b)
{
	struct row kept = rows[a];

	rows[a] = rows[b];
	rows[b] = kept;
}

/* The place in the log of the NTH content row of PLACE. */
static size_t note_at(size_t place, size_t nth)
{
	for (size_t i = 0; i < world.count; i++) {
		const struct str *core = &world.rows[i].fields[FIELD_CORE];

		if (core->bytes[5] == CORE_CONTENT &&
		    memcmp(core->bytes + 8, world.places[place].stream, ID_BYTES) == 0 && nth-- == 0)
			return i;
	}
	return 0;
}

static void test_deleted(void)
{
	size_t at = note_at(PLACE_CASE, 1), count = world.count;
	struct row *rows = copy_rows(0);

	row_release(&rows[at]);
	memmove(rows + at, rows + at + 1, (count - at - 1) * sizeof(*rows));
	audit(rows, count - 1, at + 1, NULL, "a deleted event, its number left empty");
	number(rows, count - 1);
	audit(rows, count - 1, at + 1, NULL, "a deleted event, the numbers closed up");
	free_rows(rows, count - 1);
}

static void test_moved(void)
{
	size_t one = note_at(PLACE_CASE, 0), two = note_at(PLACE_CASE, 1), other = note_at(PLACE_OTHER, 0);
	struct row *rows = copy_rows(0);

	swap(rows, one, two);
	number(rows, world.count);
	audit(rows, world.count, one + 1, name_of(PLACE_CASE), "two events of a case in the other order");
	swap(rows, one, two);
	swap(rows, one, other);
	number(rows, world.count);
	audit(rows, world.count, (one < other ? one : other) + 1, NULL, "two events swapped between cases");
	free_rows(rows, world.count);
}

static void test_duplicated(void)
{
	size_t at = note_at(PLACE_CASE, 1), count = world.count;
	struct row *rows = copy_rows(1);
	uint64_t first;
	AUTO_STR why = STR_INIT;

	memmove(rows + at + 2, rows + at + 1, (count - at - 1) * sizeof(*rows));
	row_copy(&world.rows[at], &rows[at + 1]);
	number(rows, count + 1);
	first = world_replay(rows, count + 1, &why);
	CHECK(first == at + 2, "a duplicated event: found at %llu: %s", (unsigned long long)first, why.bytes);
	/* The database refuses two rows of one id, so that there the copy has another. */
	rows[at + 1].fields[FIELD_ID].bytes[0] ^= 1;
	audit(rows, count + 1, at + 2, name_of(PLACE_CASE), "a duplicated event under another id");
	free_rows(rows, count + 1);
}

/* The content of one event under the head of another: between places of a case, and between cases. */
static void test_bodies(void)
{
	static const enum row_field content[] = { FIELD_BODY, FIELD_NONCE };
	static const struct { size_t place, nth; const char *name; } others[] = {
		{ PLACE_CASE, 1, "the content of another event of the case" },
		{ PLACE_OTHER, 0, "the content of an event of another case" },
	};
	size_t at = note_at(PLACE_CASE, 0);

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const struct row *other = &world.rows[note_at(others[i].place, others[i].nth)];
		struct row *rows = copy_rows(0);

		for (size_t f = 0; f < ARRAY_LEN(content); f++) {
			str_reset(&rows[at].fields[content[f]]);
			str_add_bytes(&rows[at].fields[content[f]], other->fields[content[f]].bytes,
				      other->fields[content[f]].length);
		}
		audit(rows, world.count, at + 1, name_of(PLACE_CASE), others[i].name);
		free_rows(rows, world.count);
	}
}

static void test_inserted(void)
{
	static const struct { size_t signer; const char *name; } signers[] = {
		{ ACTOR_STRANGER, "an event in the admin's name, signed by nobody known" },
		{ ACTOR_OBSERVER, "an event in the admin's name, signed by another member" },
	};

	for (size_t i = 0; i < ARRAY_LEN(signers); i++) {
		struct writing w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"forged\"}");
		struct row *rows = copy_rows(1);

		w.signer = &world.actors[signers[i].signer];
		world_write(&world, &w, &rows[world.count]);
		audit(rows, world.count + 1, world.count + 1, name_of(PLACE_CASE), signers[i].name);
		free_rows(rows, world.count + 1);
	}
}

/* ---- rows well signed, by somebody who had not the right */

static void test_strangers(void)
{
	struct writing w = world_note(&world, &world.actors[ACTOR_STRANGER], PLACE_CASE, "{\"text\":\"hello\"}");

	refused(&w, "an event of somebody who is no member");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"hello\"}");
	w.appender = &world.actors[ACTOR_STRANGER];
	refused(&w, "an event appended by somebody who is no member");
	w = world_note(&world, &world.actors[ACTOR_OBSERVER], PLACE_CASE, "{\"text\":\"hello\"}");
	refused(&w, "an event of a member who may only read the case");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_OTHER, "{\"text\":\"hello\"}");
	refused(&w, "an event of an admin in a case without a grant");
}

static void test_members(void)
{
	static const struct { size_t author, signer, subject; uint8_t role; const char *name; } attacks[] = {
		{ ACTOR_HANDLER, ACTOR_HANDLER, ACTOR_STRANGER, ROLE_HANDLER, "a member admitted by a handler" },
		{ ACTOR_STRANGER, ACTOR_STRANGER, ACTOR_STRANGER, ROLE_ADMIN, "a member that admits itself" },
		{ ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_STRANGER, ROLE_HANDLER, "a member admitted in the admin's name" },
		{ ACTOR_ADMIN, ACTOR_ADMIN, ACTOR_STRANGER, 0, "a member without a role" },
		{ ACTOR_ADMIN, ACTOR_ADMIN, ACTOR_STRANGER, ROLE_OBSERVER + 1, "a member with a role that there is not" },
		{ ACTOR_ADMIN, ACTOR_ADMIN, ACTOR_HANDLER, ROLE_ADMIN, "a member that is there already" },
	};

	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		AUTO_STR body = STR_INIT;
		struct writing w;

		world_member_body(&world, attacks[i].subject, attacks[i].role, &body);
		w = world_control(&world, attacks[i].author, CONTROL_MEMBER, WORLD_VAULT, body.bytes, body.length);
		w.signer = &world.actors[attacks[i].signer];
		refused(&w, attacks[i].name);
	}
}

static void test_grants(void)
{
	uint8_t body[ID_BYTES + 1];
	struct writing w = { .type = CONTROL_GRANT, .stream = world.places[PLACE_CASE].stream, .body = body,
			     .length = sizeof(body), .author = &world.actors[ACTOR_OBSERVER] };

	memcpy(body, world.actors[ACTOR_OBSERVER].id, ID_BYTES);
	body[ID_BYTES] = RIGHT_ALL;
	refused(&w, "a reader who grants more to itself");
	w.author = &world.actors[ACTOR_HANDLER];
	refused(&w, "a writer without the right who grants");
	w.author = &world.actors[ACTOR_ADMIN];
	w.signer = &world.actors[ACTOR_HANDLER];
	refused(&w, "a grant in the admin's name");
	w.signer = NULL;
	memcpy(body, world.actors[ACTOR_STRANGER].id, ID_BYTES);
	refused(&w, "a grant to somebody who is no member");
	memcpy(body, world.actors[ACTOR_OBSERVER].id, ID_BYTES);
	body[ID_BYTES] = 0x80;
	refused(&w, "a grant of a right that there is not");
}

static void test_epochs(void)
{
	static const struct { size_t author, holders[ACTOR_COUNT + 1]; const char *name; } attacks[] = {
		{ ACTOR_HANDLER, { ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_OBSERVER, ACTOR_COUNT },
		  "a new key by a member who may not grant" },
		{ ACTOR_ADMIN, { ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_COUNT }, "a new key kept from a reader" },
		{ ACTOR_ADMIN, { ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_OBSERVER, ACTOR_STRANGER, ACTOR_COUNT },
		  "a new key given to a stranger" },
	};
	const size_t all[] = { ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_OBSERVER, ACTOR_COUNT };
	uint8_t other[ID_BYTES] = { 7 };
	AUTO_STR skipping = STR_INIT;
	struct writing w;

	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		AUTO_STR body = STR_INIT;

		world_epoch_body(&world, PLACE_CASE, attacks[i].holders, &body);
		w = world_control(&world, attacks[i].author, CONTROL_EPOCH, PLACE_CASE, body.bytes, body.length);
		refused(&w, attacks[i].name);
	}
	world_epoch_body(&world, PLACE_CASE, all, &skipping);
	skipping.bytes[0]++;
	w = world_control(&world, ACTOR_ADMIN, CONTROL_EPOCH, PLACE_CASE, skipping.bytes, skipping.length);
	refused(&w, "a key that skips a number");
	w = world_note(&world, &world.actors[ACTOR_HANDLER], PLACE_CASE, "{\"text\":\"hello\"}");
	w.key_id = other;
	refused(&w, "an event under a key that was never announced");
	w.key_id = NULL;
	w.epoch = 2;
	refused(&w, "an event under a key of the future");
}

static void test_places(void)
{
	struct writing w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"hello\"}");
	uint8_t nowhere[HASH_BYTES] = { 9 }, kind = VAULT_CASE;
	struct writing again = { .type = CONTROL_STREAM, .author = w.author, .stream = world.places[PLACE_CASE].stream,
				 .body = &kind, .length = 1 };

	w.stream = nowhere;
	refused(&w, "an event of a case that was never opened");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"hello\"}");
	w.parent = nowhere;
	refused(&w, "an event that follows one nobody has");
	refused(&again, "a case that begins twice");
	again.stream = NULL;
	again.type = CONTROL_VAULT;
	refused(&again, "a vault that begins twice");
	again.type = 999;
	refused(&again, "a control event of no known kind");
}

/* ---- content taken away */

static void test_robbed(void)
{
	size_t at = note_at(PLACE_CASE, 1);
	struct row *rows = copy_rows(0);

	row_shred(&rows[at]);
	audit(rows, world.count, at + 1, name_of(PLACE_CASE), "content taken away as if the case were shredded");
	rows[at].fields[FIELD_BODY].bytes[9] ^= 1;
	audit(rows, world.count, at + 1, name_of(PLACE_CASE), "content taken away, and what is left of it altered");
	str_reset(&rows[at].fields[FIELD_BODY]);
	audit(rows, world.count, at + 1, name_of(PLACE_CASE), "content taken away wholly");
	free_rows(rows, world.count);
}

int main(void)
{
	if (!attack_begin())
		return attack_end();
	audit(world.rows, world.count, 0, NULL, "the untouched vault, with a shredded case");
	test_every_bit();
	test_signed_by_another();
	test_named();
	test_deleted();
	test_moved();
	test_duplicated();
	test_bodies();
	test_inserted();
	test_robbed();
	test_strangers();
	test_members();
	test_grants();
	test_epochs();
	test_places();
	return attack_end();
}
