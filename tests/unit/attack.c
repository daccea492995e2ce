/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attack matrix. Somebody who writes the disk, and members who sign what the program never would: each
 * attack is found and the place it stands at is named; the untouched log passes.
 */
#include "attack_world.h"

#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"

static struct world world;
static char dir[64];

/* ---- what the audit says of rows */

static void audit(const struct row *rows, size_t count, uint64_t expected, const char *place, const char *name)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING vault = file_join(dir, "vault");
	const struct audit_finding *first;
	int code;

	if (!CHECK(world_store(&world, rows, count, vault), "%s: stored", name))
		return;
	code = vault_audit(vault, NULL, NULL, &report, &err);
	first = report.findings;
	if (!expected)
		CHECK(code == 0 && report.finding_count == 0, "%s: passes (%s)", name,
		      first ? first->what : str_or_empty(err.why));
	else
		CHECK(code == ERR_NO && first && first->gseq == expected && *first->what &&
			      (!place || strstr(first->stream_name, place)),
		      "%s: found at event %llu of %s: %s", name, first ? (unsigned long long)first->gseq : 0,
		      first ? first->stream_name : "nothing", first ? first->what : str_or_empty(err.why));
	audit_report_release(&report);
}

/* What the audit calls a place: the start of its stream's number. */
static const char *name_of(size_t place)
{
	static char names[PLACE_COUNT][32];
	AUTO_STRING hex = str_hex(world.places[place].stream, ID_BYTES);

	snprintf(names[place], sizeof(names[place]), "%.8s", hex);
	return place == PLACE_INBOX ? "inbox" : place == PLACE_REGISTRY ? "registry" : names[place];
}

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
	CHECK(rows >= 6 && flips > 20000 && log.gseq == world.count,
	      "each of %zu single-bit flips in %zu events is found, and the event is taken afterwards", flips, rows);
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

static struct row *copy_rows(size_t room)
{
	struct row *rows = mem_alloc((world.count + room) * sizeof(*rows));

	for (size_t i = 0; i < world.count; i++)
		row_copy(&world.rows[i], &rows[i]);
	return rows;
}

static void free_rows(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		row_release(&rows[i]);
	free(rows);
}

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

static void refused(const struct writing *w, const char *name)
{
	struct row *rows = copy_rows(1);

	world_write(&world, w, &rows[world.count]);
	audit(rows, world.count + 1, world.count + 1, NULL, name);
	free_rows(rows, world.count + 1);
}

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
	uint8_t body[ID_BYTES + 65 + 1 + 20 + 2] = { 0 };
	const struct actor *stranger = &world.actors[ACTOR_STRANGER];
	struct writing w = { .type = CONTROL_MEMBER, .body = body, .length = sizeof(body) };

	memcpy(body, stranger->id, ID_BYTES);
	body[ID_BYTES] = ROLE_HANDLER;
	memcpy(body + ID_BYTES + 1, stranger->keys.sign_public, 32);
	memcpy(body + ID_BYTES + 33, stranger->keys.box_public, 32);
	body[ID_BYTES + 65] = 20;
	w.author = &world.actors[ACTOR_HANDLER];
	refused(&w, "a member admitted by a handler");
	w.author = stranger;
	refused(&w, "a member that admits itself");
	w.author = &world.actors[ACTOR_ADMIN];
	w.signer = &world.actors[ACTOR_HANDLER];
	refused(&w, "a member admitted in the admin's name");
	w.signer = NULL;
	body[ID_BYTES] = 0;
	refused(&w, "a member without a role");
	body[ID_BYTES] = ROLE_ADMIN;
	memcpy(body, world.actors[ACTOR_HANDLER].id, ID_BYTES);
	refused(&w, "a member that is there already, with other keys");
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

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

/* The three members, as EPOCH names them. */
static void put_readers(uint8_t *ret)
{
	for (size_t i = 0; i < ACTOR_STRANGER; i++)
		memcpy(ret + i * ID_BYTES, world.actors[i].id, ID_BYTES);
	qsort(ret, ACTOR_STRANGER, ID_BYTES, by_id);
}

static void test_epochs(void)
{
	uint8_t body[4 + (1 + ACTOR_STRANGER) * ID_BYTES] = { 2 }, other[ID_BYTES] = { 7 };
	struct writing w = { .type = CONTROL_EPOCH, .stream = world.places[PLACE_CASE].stream, .body = body,
			     .length = sizeof(body), .author = &world.actors[ACTOR_HANDLER] };

	put_readers(body + 4 + ID_BYTES);
	refused(&w, "a new key by a member who may not grant");
	w.author = &world.actors[ACTOR_ADMIN];
	w.length -= ID_BYTES;
	refused(&w, "a new key that a reader does not get");
	w.length += ID_BYTES;
	body[0] = 3;
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

/* ---- a key changed and a member gone: what was right before is wrong now */

static void test_old_epoch(void)
{
	struct place *place = &world.places[PLACE_CASE];
	uint8_t body[4 + (1 + ACTOR_STRANGER) * ID_BYTES] = { 2 }, old[ID_BYTES];
	struct writing w = { .type = CONTROL_EPOCH, .stream = place->stream, .body = body, .length = sizeof(body),
			     .author = &world.actors[ACTOR_ADMIN] };

	crypt_key_id(place->keys[1], place->stream, 1, old);
	crypt_key_id(place->keys[2], place->stream, 2, body + 4);
	put_readers(body + 4 + ID_BYTES);
	if (!CHECK(world_add(&world, &w), "the case gets a new key"))
		return;
	w = world_note(&world, &world.actors[ACTOR_HANDLER], PLACE_CASE, "{\"text\":\"late\"}");
	w.epoch = 1;
	w.key = place->keys[1];
	w.key_id = old;
	refused(&w, "an event written under the old key");
	w.epoch = 0;
	w.key_id = NULL;
	w.key = place->keys[2];
	CHECK(world_add(&world, &w), "under the new one it is taken");
}

int main(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pat-XXXXXX");
	if (!mkdtemp(dir) || crypt_start(NULL))
		return 1;
	if (CHECK(world_begin(&world), "a vault with three members and two cases")) {
		audit(world.rows, world.count, 0, NULL, "the untouched vault");
		test_every_bit();
		test_named();
		test_deleted();
		test_moved();
		test_duplicated();
		test_bodies();
		test_inserted();
		test_strangers();
		test_members();
		test_grants();
		test_epochs();
		test_places();
		test_old_epoch();
		audit(world.rows, world.count, 0, NULL, "the vault with all that was right");
	}
	world_end(&world);
	file_remove_tree(dir, NULL);
	return tap_done();
}
