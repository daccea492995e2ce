/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attack matrix, second half: what was right once and is wrong now. Rights that end, roles, removal, keys
 * of old epochs, shredding, and what is said to come from another copy.
 */
#include "attack_judge.h"

/* ---- control events by whom they are not for */

static void wrong(size_t author, enum control_type type, size_t place, const void *body, size_t length, const char *name)
{
	const struct writing w = world_control(&world, author, type, place, body, length);

	refused(&w, name);
}

static void test_roles(void)
{
	uint8_t body[ID_BYTES + 1];

	memcpy(body, world.actors[ACTOR_HANDLER].id, ID_BYTES);
	body[ID_BYTES] = ROLE_ADMIN;
	wrong(ACTOR_HANDLER, CONTROL_ROLE, WORLD_VAULT, body, sizeof(body), "a handler who makes itself an admin");
	body[ID_BYTES] = 9;
	wrong(ACTOR_ADMIN, CONTROL_ROLE, WORLD_VAULT, body, sizeof(body), "a role that there is not");
	memcpy(body, world.actors[ACTOR_ADMIN].id, ID_BYTES);
	body[ID_BYTES] = ROLE_HANDLER;
	wrong(ACTOR_ADMIN, CONTROL_ROLE, WORLD_VAULT, body, sizeof(body), "the last admin who steps down");
	wrong(ACTOR_ADMIN, CONTROL_REMOVE, WORLD_VAULT, body, ID_BYTES, "the last admin who goes");
	wrong(ACTOR_HANDLER, CONTROL_REMOVE, WORLD_VAULT, body, ID_BYTES, "an admin removed by a handler");
	wrong(ACTOR_ADMIN, CONTROL_REMOVE, WORLD_VAULT, world.actors[ACTOR_STRANGER].id, ID_BYTES,
	      "the removal of somebody who is no member");
}

static void test_house(void)
{
	uint8_t policy[1 + ID_BYTES] = { POLICY_RECOVERY }, restore[8 + HASH_BYTES] = { 1 };
	uint8_t checkpoint[8 + HASH_BYTES + 4];
	AUTO_STR rotate = STR_INIT;

	memset(checkpoint, 0, sizeof(checkpoint));
	put64(checkpoint, world.log.gseq + 5);
	memcpy(policy + 1, world.actors[ACTOR_HANDLER].id, ID_BYTES);
	wrong(ACTOR_HANDLER, CONTROL_POLICY, WORLD_VAULT, policy, sizeof(policy), "a handler who makes itself the recovery");
	memcpy(policy + 1, world.actors[ACTOR_STRANGER].id, ID_BYTES);
	wrong(ACTOR_ADMIN, CONTROL_POLICY, WORLD_VAULT, policy, sizeof(policy), "a recovery key that is no member's");
	wrong(ACTOR_HANDLER, CONTROL_RESTORE, WORLD_VAULT, restore, sizeof(restore), "a restored vault vouched for by a handler");
	wrong(ACTOR_ADMIN, CONTROL_CHECKPOINT, WORLD_VAULT, checkpoint, sizeof(checkpoint),
	      "a checkpoint of events that are not there");
	str_add_bytes(&rotate, world.actors[ACTOR_ADMIN].id, ID_BYTES);
	str_add_char(&rotate, 20);
	str_add_repeat(&rotate, 'f', 20);
	str_add_bytes(&rotate, "\0\0", 2);
	wrong(ACTOR_HANDLER, CONTROL_ROTATE, WORLD_VAULT, rotate.bytes, rotate.length, "another member's OpenPGP key replaced");
}

static void test_cases(void)
{
	uint8_t record[HASH_BYTES] = { 0 }, reading[1 + HASH_BYTES] = { 1 }, kind = VAULT_CASE, fresh[ID_BYTES] = { 4 };
	struct writing open = { .author = &world.actors[ACTOR_OBSERVER], .type = CONTROL_STREAM, .stream = fresh, .body = &kind,
				.length = 1 };

	wrong(ACTOR_HANDLER, CONTROL_SHRED, PLACE_CASE, record, sizeof(record), "a case shredded by a member without the right");
	wrong(ACTOR_OBSERVER, CONTROL_READ, PLACE_OTHER, reading, sizeof(reading), "a reading noted by who may not read");
	wrong(ACTOR_HANDLER, CONTROL_REVOKE, PLACE_CASE, world.actors[ACTOR_ADMIN].id, ID_BYTES,
	      "a grant revoked by a member without the right");
	refused(&open, "a case opened by an observer");
}

/* ---- a shredded case */

static void test_shredded(void)
{
	struct writing w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_SHREDDED, "{\"text\":\"again\"}");
	const size_t holders[] = { ACTOR_ADMIN, ACTOR_COUNT };
	AUTO_STR epoch = STR_INIT;

	refused(&w, "an event in a shredded case");
	world_epoch_body(&world, PLACE_SHREDDED, holders, &epoch);
	wrong(ACTOR_ADMIN, CONTROL_EPOCH, PLACE_SHREDDED, epoch.bytes, epoch.length, "a new key of a shredded case");
}

/* SHRED itself taken away: then the missing content is nobody's word. */
static void test_shred_removed(void)
{
	size_t at = 0;
	struct row *rows = copy_rows(0);

	for (size_t i = 0; i < world.count; i++)
		if (rows[i].fields[FIELD_CORE].bytes[5] == CORE_CONTROL && rows[i].fields[FIELD_CORE].bytes[6] == CONTROL_SHRED)
			at = i;
	for (size_t i = at; i < world.count; i++)
		row_release(&rows[i]);
	audit(rows, at, at - 1, name_of(PLACE_SHREDDED), "content gone, and no word that it was shredded");
	free_rows(rows, at);
}

/* ---- said to be from another copy */

static void test_imported(void)
{
	struct writing w = world_note(&world, &world.actors[ACTOR_OBSERVER], PLACE_CASE, "{\"text\":\"from afar\"}");
	struct row row;
	uint64_t first;
	struct row *rows = copy_rows(1);
	AUTO_STR why = STR_INIT;

	w.imported = true;
	refused(&w, "an imported event of a member who may only read");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"from afar\"}");
	w.imported = true;
	w.signer = w.appender = &world.actors[ACTOR_HANDLER];
	refused(&w, "an imported event forged by the importer");
	w.signer = NULL;
	w.imported = false;
	refused(&w, "another member's event appended, and not said to be imported");
	w.imported = true;
	world_write(&world, &w, &row);
	rows[world.count] = row;
	first = world_replay(rows, world.count + 1, &why);
	CHECK(first == 0, "an event of another copy, imported by a member, is taken: %s", why.bytes);
	free_rows(rows, world.count + 1);
}

/* ---- what ends */

static void test_revoked(void)
{
	const size_t holders[] = { ACTOR_ADMIN, ACTOR_OBSERVER, ACTOR_COUNT };
	const struct place *place = &world.places[PLACE_CASE];
	uint8_t old[ID_BYTES];
	AUTO_STR epoch = STR_INIT;
	struct writing w;

	crypt_key_id(place->keys[1], place->stream, 1, old);
	if (!CHECK(world_add_control(&world, ACTOR_ADMIN, CONTROL_REVOKE, PLACE_CASE, world.actors[ACTOR_HANDLER].id, ID_BYTES),
		   "the handler's grant ends"))
		return;
	w = world_note(&world, &world.actors[ACTOR_HANDLER], PLACE_CASE, "{\"text\":\"late\"}");
	refused(&w, "an event after the grant was revoked");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"seen by who is gone\"}");
	refused(&w, "an event under a key that a revoked member holds");
	world_epoch_body(&world, PLACE_CASE, holders, &epoch);
	CHECK(world_add_control(&world, ACTOR_ADMIN, CONTROL_EPOCH, PLACE_CASE, epoch.bytes, epoch.length),
	      "the case gets a new key");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"old key\"}");
	w.epoch = 1;
	w.key = place->keys[1];
	w.key_id = old;
	refused(&w, "an event under the old key");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"new key\"}");
	CHECK(world_add(&world, &w), "under the new one it is taken");
}

static void test_removed(void)
{
	struct writing w = world_note(&world, &world.actors[ACTOR_HANDLER], PLACE_OTHER, "{\"text\":\"late\"}");
	uint8_t grant[ID_BYTES + 1];

	if (!CHECK(world_add_control(&world, ACTOR_ADMIN, CONTROL_REMOVE, WORLD_VAULT, world.actors[ACTOR_HANDLER].id, ID_BYTES),
		   "the handler is removed"))
		return;
	w.parent = world.log.streams[log_stream(&world.log, world.places[PLACE_OTHER].stream)].heads[0];
	refused(&w, "an event in the removed member's own case");
	memcpy(grant, world.actors[ACTOR_OBSERVER].id, ID_BYTES);
	grant[ID_BYTES] = RIGHT_ALL;
	wrong(ACTOR_HANDLER, CONTROL_GRANT, PLACE_OTHER, grant, sizeof(grant), "a grant by a removed member");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, "{\"text\":\"hello\"}");
	w.appender = &world.actors[ACTOR_HANDLER];
	w.imported = true;
	refused(&w, "an event imported by a removed member");
	memcpy(grant, world.actors[ACTOR_HANDLER].id, ID_BYTES);
	wrong(ACTOR_ADMIN, CONTROL_GRANT, PLACE_CASE, grant, sizeof(grant), "a grant to a removed member");
	wrong(ACTOR_ADMIN, CONTROL_REMOVE, WORLD_VAULT, grant, ID_BYTES, "a member removed twice");
}

int main(void)
{
	if (!attack_begin())
		return attack_end();
	test_roles();
	test_house();
	test_cases();
	test_shredded();
	test_shred_removed();
	test_imported();
	test_revoked();
	test_removed();
	audit(world.rows, world.count, 0, NULL, "the vault with all that was right");
	return attack_end();
}
