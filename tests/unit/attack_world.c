/* SPDX-License-Identifier: Apache-2.0 */
/* The honest half of the attack tests: rows as any program would write them, with known keys. */
#include "attack_world.h"

#include <stdio.h>
#include <sys/stat.h>

#include "psirtty/base/file.h"

const char *const row_field_names[FIELD_COUNT] = {
	"id", "stream", "core", "nonce", "body", "signature", "previous hash", "appender", "journal signature",
};

/* ---- rows */

void row_copy(const struct row *row, struct row *ret)
{
	ret->gseq = row->gseq;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		str_init(&ret->fields[i]);
		str_add_bytes(&ret->fields[i], row->fields[i].bytes, row->fields[i].length);
	}
}

void row_release(struct row *row)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		str_release(&row->fields[i]);
}

struct store_row row_view(const struct row *row)
{
	const struct str *f = row->fields;

	return (struct store_row){
		.gseq = row->gseq,
		.id = f[FIELD_ID].bytes, .id_length = f[FIELD_ID].length,
		.stream = f[FIELD_STREAM].bytes, .stream_length = f[FIELD_STREAM].length,
		.core = f[FIELD_CORE].bytes, .core_length = f[FIELD_CORE].length,
		.nonce = f[FIELD_NONCE].bytes, .nonce_length = f[FIELD_NONCE].length,
		.body = f[FIELD_BODY].bytes, .body_length = f[FIELD_BODY].length,
		.sig = f[FIELD_SIG].bytes, .sig_length = f[FIELD_SIG].length,
		.prev = f[FIELD_PREV].bytes, .prev_length = f[FIELD_PREV].length,
		.appender = f[FIELD_APPENDER].bytes, .appender_length = f[FIELD_APPENDER].length,
		.journal_sig = f[FIELD_JOURNAL_SIG].bytes, .journal_sig_length = f[FIELD_JOURNAL_SIG].length,
	};
}

static void set(struct row *row, enum row_field field, const void *bytes, size_t length)
{
	str_init(&row->fields[field]);
	str_add_bytes(&row->fields[field], bytes, length);
}

/* ---- writing */

static void fill_core(const struct world *world, const struct writing *w, struct core *ret)
{
	static const uint8_t own[ID_BYTES];
	long position;

	*ret = (struct core){ .kind = w->kind, .type = w->type, .time = world->log.time + 65536 };
	memcpy(ret->stream, w->stream ? w->stream : own, ID_BYTES);
	memcpy(ret->author, w->author->id, ID_BYTES);
	position = log_stream(&world->log, ret->stream);
	if (position < 0)
		return;
	ret->parent_count = world->log.streams[position].head_count;
	if (ret->parent_count)
		memcpy(ret->parents, world->log.streams[position].heads, ret->parent_count * HASH_BYTES);
	if (w->parent) {
		ret->parent_count = 1;
		memcpy(ret->parents, w->parent, HASH_BYTES);
	}
	if (w->kind != CORE_CONTENT)
		return;
	ret->epoch = w->epoch ? w->epoch : world->log.streams[position].epoch;
	memcpy(ret->key_id, w->key_id ? w->key_id : world->log.streams[position].key_id, ID_BYTES);
}

static void make_body(const struct writing *w, const uint8_t *core, size_t length, const uint8_t *nonce,
		      struct str *ret)
{
	uint8_t event_key[KEY_BYTES];

	if (!w->key) {
		str_add_bytes(ret, w->body, w->length);
		return;
	}
	crypt_event_key(w->key, event_key);
	crypt_seal(event_key, nonce, core, length, w->body, w->length, ret);
}

void world_write(const struct world *world, const struct writing *w, struct row *ret)
{
	const struct actor *signer = w->signer ? w->signer : w->author;
	const struct actor *appender = w->appender ? w->appender : w->author;
	uint8_t bytes[CORE_MAX], nonce[NONCE_BYTES] = { 0 }, id[HASH_BYTES], hash[HASH_BYTES], sig[SIG_BYTES];
	AUTO_STR body = STR_INIT;
	struct core core;
	size_t length;

	fill_core(world, w, &core);
	length = core_write(&core, bytes);
	if (w->key)
		randombytes_buf(nonce, sizeof(nonce));
	make_body(w, bytes, length, nonce, &body);
	core_id(bytes, length, nonce, sizeof(nonce), body.bytes, body.length, id);
	ret->gseq = world->log.gseq + 1;
	set(ret, FIELD_ID, id, sizeof(id));
	set(ret, FIELD_STREAM, core.stream, ID_BYTES);
	set(ret, FIELD_CORE, bytes, length);
	set(ret, FIELD_NONCE, nonce, sizeof(nonce));
	set(ret, FIELD_BODY, body.bytes, body.length);
	crypto_sign_detached(sig, NULL, id, sizeof(id), signer->keys.sign_secret);
	set(ret, FIELD_SIG, sig, sizeof(sig));
	set(ret, FIELD_PREV, world->log.hash, HASH_BYTES);
	set(ret, FIELD_APPENDER, appender->id, ID_BYTES);
	if (w->imported)
		str_add_char(&ret->fields[FIELD_APPENDER], 1);
	core_journal_hash(ret->gseq, world->log.hash, id, w->imported, hash);
	crypto_sign_detached(sig, NULL, hash, sizeof(hash), appender->keys.sign_secret);
	set(ret, FIELD_JOURNAL_SIG, sig, sizeof(sig));
}

bool world_add(struct world *world, const struct writing *writing)
{
	AUTO_ERROR err = ERROR_INIT;
	struct store_row view;

	world->rows = mem_resize(world->rows, world->count + 1, sizeof(*world->rows));
	world_write(world, writing, &world->rows[world->count]);
	view = row_view(&world->rows[world->count]);
	if (log_take(&world->log, &view, LOG_PROVING, NULL, &err)) {
		printf("# not taken: %s\n", err.why);
		row_release(&world->rows[world->count]);
		return false;
	}
	world->count++;
	return true;
}

struct writing world_note(const struct world *world, const struct actor *author, size_t place, const char *text)
{
	const struct place *p = &world->places[place];
	long position = log_stream(&world->log, p->stream);

	return (struct writing){ .author = author, .kind = CORE_CONTENT, .type = 15, .stream = p->stream, .body = text,
				 .length = strlen(text),
				 .key = p->keys[position < 0 ? 0 : world->log.streams[position].epoch] };
}

/* ---- the control events, each of one row or a few */

struct writing world_control(const struct world *world, size_t author, enum control_type type, size_t place,
			     const void *body, size_t length)
{
	return (struct writing){ .author = &world->actors[author], .type = (uint16_t)type, .body = body, .length = length,
				 .stream = place == WORLD_VAULT ? NULL : world->places[place].stream };
}

bool world_add_control(struct world *world, size_t author, enum control_type type, size_t place, const void *body,
		       size_t length)
{
	const struct writing w = world_control(world, author, type, place, body, length);

	return world_add(world, &w);
}

void world_member_body(const struct world *world, size_t actor, uint8_t role, struct str *ret)
{
	static const uint8_t fingerprint[20] = { 0xAB }, certification[2] = { 0 };
	const struct actor *a = &world->actors[actor];

	str_add_bytes(ret, a->id, ID_BYTES);
	str_add_char(ret, (char)role);
	str_add_bytes(ret, a->keys.sign_public, 32);
	str_add_bytes(ret, a->keys.box_public, 32);
	str_add_char(ret, sizeof(fingerprint));
	str_add_bytes(ret, fingerprint, sizeof(fingerprint));
	str_add_bytes(ret, certification, sizeof(certification));
}

bool world_admit(struct world *world, size_t actor)
{
	AUTO_STR body = STR_INIT;

	world_member_body(world, actor, world->actors[actor].role, &body);
	return world_add_control(world, ACTOR_ADMIN, CONTROL_MEMBER, WORLD_VAULT, body.bytes, body.length);
}

static bool found(struct world *world)
{
	AUTO_STR body = STR_INIT;

	str_add_bytes(&body, world->vault, ID_BYTES);
	world_member_body(world, ACTOR_ADMIN, ROLE_ADMIN, &body);
	return world_add_control(world, ACTOR_ADMIN, CONTROL_VAULT, WORLD_VAULT, body.bytes, body.length);
}

bool world_grant(struct world *world, size_t author, size_t place, size_t member, uint8_t rights)
{
	uint8_t body[ID_BYTES + 1];

	memcpy(body, world->actors[member].id, ID_BYTES);
	body[ID_BYTES] = rights;
	return world_add_control(world, author, CONTROL_GRANT, place, body, sizeof(body));
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

void world_epoch_body(const struct world *world, size_t place, const size_t *holders, struct str *ret)
{
	const struct place *p = &world->places[place];
	long position = log_stream(&world->log, p->stream);
	uint32_t epoch = position < 0 ? 1 : world->log.streams[position].epoch + 1;
	uint8_t number[4], key_id[ID_BYTES], ids[ACTOR_COUNT][ID_BYTES];
	size_t count = 0;

	put32(number, epoch);
	crypt_key_id(p->keys[epoch % ARRAY_LEN(p->keys)], p->stream, epoch, key_id);
	for (; holders[count] != ACTOR_COUNT; count++)
		memcpy(ids[count], world->actors[holders[count]].id, ID_BYTES);
	qsort(ids, count, ID_BYTES, compare_ids);
	str_add_bytes(ret, number, sizeof(number));
	str_add_bytes(ret, key_id, sizeof(key_id));
	str_add_bytes(ret, ids, count * ID_BYTES);
}

bool world_open(struct world *world, size_t author, size_t place, enum vault_stream_kind kind)
{
	struct place *p = &world->places[place];
	const size_t holders[] = { author, ACTOR_COUNT };
	uint8_t body = (uint8_t)kind;
	AUTO_STR epoch = STR_INIT;

	randombytes_buf(p->stream, ID_BYTES);
	randombytes_buf(p->keys, sizeof(p->keys));
	world_epoch_body(world, place, holders, &epoch);
	return world_add_control(world, author, CONTROL_STREAM, place, &body, 1) &&
	       world_grant(world, author, place, author, RIGHT_ALL) &&
	       world_add_control(world, author, CONTROL_EPOCH, place, epoch.bytes, epoch.length);
}

static bool add_notes(struct world *world)
{
	static const char *const texts[] = { "{\"text\":\"first\"}", "{\"text\":\"second\"}", "{\"text\":\"third\"}" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct actor *author = &world->actors[i % 2 ? ACTOR_HANDLER : ACTOR_ADMIN];
		struct writing one = world_note(world, author, PLACE_CASE, texts[i]), other;

		if (!world_add(world, &one))
			return false;
		other = world_note(world, &world->actors[ACTOR_HANDLER], PLACE_OTHER, texts[i]);
		if (!world_add(world, &other))
			return false;
	}
	return true;
}

/* A case with two notes, then SHRED; what stands in the rows afterwards is what the program leaves. */
static bool add_shredded(struct world *world)
{
	static const uint8_t record[HASH_BYTES];
	size_t from = world->count;
	bool good = world_open(world, ACTOR_ADMIN, PLACE_SHREDDED, VAULT_CASE);

	for (int i = 0; good && i < 2; i++) {
		struct writing w = world_note(world, &world->actors[ACTOR_ADMIN], PLACE_SHREDDED, "{\"text\":\"to be gone\"}");

		good = world_add(world, &w);
	}
	good = good && world_add_control(world, ACTOR_ADMIN, CONTROL_SHRED, PLACE_SHREDDED, record, sizeof(record));
	for (size_t i = from; good && i < world->count; i++)
		if (world->rows[i].fields[FIELD_CORE].bytes[5] == CORE_CONTENT)
			row_shred(&world->rows[i]);
	return good;
}

void row_shred(struct row *row)
{
	struct str *body = &row->fields[FIELD_BODY];
	uint8_t stub[STUB_BYTES];

	core_stub(body->bytes, body->length, stub);
	str_reset(body);
	str_add_bytes(body, stub, sizeof(stub));
}

/* What is left of the kinds of control events. */
static bool add_others(struct world *world)
{
	uint8_t policy[1 + ID_BYTES] = { POLICY_RECOVERY }, checkpoint[8 + HASH_BYTES + 4] = { 1 };
	uint8_t restore[8 + HASH_BYTES] = { 1 }, role[ID_BYTES + 1], reading[1 + HASH_BYTES] = { 1 };
	AUTO_STR rotate = STR_INIT;

	memcpy(role, world->actors[ACTOR_OBSERVER].id, ID_BYTES);
	role[ID_BYTES] = ROLE_OBSERVER;
	str_add_bytes(&rotate, world->actors[ACTOR_HANDLER].id, ID_BYTES);
	str_add_char(&rotate, 20);
	str_add_repeat(&rotate, 'f', 20);
	str_add_bytes(&rotate, "\0\0", 2);
	return world_add_control(world, ACTOR_ADMIN, CONTROL_POLICY, WORLD_VAULT, policy, sizeof(policy)) &&
	       world_add_control(world, ACTOR_HANDLER, CONTROL_CHECKPOINT, WORLD_VAULT, checkpoint, sizeof(checkpoint)) &&
	       world_add_control(world, ACTOR_ADMIN, CONTROL_RESTORE, WORLD_VAULT, restore, sizeof(restore)) &&
	       world_add_control(world, ACTOR_ADMIN, CONTROL_ROLE, WORLD_VAULT, role, sizeof(role)) &&
	       world_add_control(world, ACTOR_HANDLER, CONTROL_ROTATE, WORLD_VAULT, rotate.bytes, rotate.length) &&
	       world_add_control(world, ACTOR_OBSERVER, CONTROL_READ, PLACE_CASE, reading, sizeof(reading));
}

/* A member that came, read the inbox and went. */
static bool add_gone(struct world *world)
{
	const size_t holders[] = { ACTOR_ADMIN, ACTOR_COUNT };
	const uint8_t *gone = world->actors[ACTOR_GONE].id;
	AUTO_STR epoch = STR_INIT;

	world_epoch_body(world, PLACE_INBOX, holders, &epoch);
	return world_admit(world, ACTOR_GONE) && world_grant(world, ACTOR_ADMIN, PLACE_INBOX, ACTOR_GONE, RIGHT_READ) &&
	       world_add_control(world, ACTOR_ADMIN, CONTROL_REVOKE, PLACE_INBOX, gone, ID_BYTES) &&
	       world_add_control(world, ACTOR_ADMIN, CONTROL_EPOCH, PLACE_INBOX, epoch.bytes, epoch.length) &&
	       world_add_control(world, ACTOR_ADMIN, CONTROL_REMOVE, WORLD_VAULT, gone, ID_BYTES);
}

bool world_begin(struct world *world)
{
	static const uint8_t roles[ACTOR_COUNT] = { ROLE_ADMIN, ROLE_HANDLER, ROLE_OBSERVER, ROLE_OBSERVER,
						  ROLE_HANDLER };

	*world = (struct world){ 0 };
	log_init(&world->log);
	randombytes_buf(world->vault, ID_BYTES);
	for (size_t i = 0; i < ACTOR_COUNT; i++) {
		uint8_t root[KEY_BYTES];

		randombytes_buf(root, sizeof(root));
		randombytes_buf(world->actors[i].id, ID_BYTES);
		world->actors[i].role = roles[i];
		crypt_member_keys(root, &world->actors[i].keys);
	}
	return found(world) && world_open(world, ACTOR_ADMIN, PLACE_REGISTRY, VAULT_REGISTRY) &&
	       world_open(world, ACTOR_ADMIN, PLACE_INBOX, VAULT_INBOX) && world_admit(world, ACTOR_HANDLER) &&
	       world_admit(world, ACTOR_OBSERVER) && world_open(world, ACTOR_ADMIN, PLACE_CASE, VAULT_CASE) &&
	       world_open(world, ACTOR_HANDLER, PLACE_OTHER, VAULT_CASE) &&
	       world_grant(world, ACTOR_ADMIN, PLACE_CASE, ACTOR_HANDLER, RIGHT_READ | RIGHT_WRITE) &&
	       world_grant(world, ACTOR_ADMIN, PLACE_CASE, ACTOR_OBSERVER, RIGHT_READ) && add_shredded(world) &&
	       add_gone(world) && add_others(world) && add_notes(world);
}

void world_end(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		row_release(&world->rows[i]);
	free(world->rows);
	log_release(&world->log);
	sodium_memzero(world, sizeof(*world));
}

/* ---- judging */

uint64_t world_replay(const struct row *rows, size_t count, struct str *ret)
{
	uint64_t first = 0;
	struct log log;

	str_reset(ret);
	log_init(&log);
	for (size_t i = 0; i < count; i++) {
		struct store_row view = row_view(&rows[i]);
		AUTO_ERROR err = ERROR_INIT;

		if (log_take(&log, &view, LOG_PROVING, NULL, &err) == 0)
			continue;
		if (!first) {
			first = rows[i].gseq;
			str_add(ret, str_or_empty(err.why));
		}
		log_skip(&log, &view, rows[i].gseq);
	}
	if (!first && log_robbed(&log))
		first = log_robbed(&log)->bare;
	log_release(&log);
	return first;
}

static bool write_settings(const struct world *world, const char *dir)
{
	AUTO_STRING path = file_join(dir, "vault.yaml");
	AUTO_STRING hex = str_hex(world->vault, ID_BYTES);
	AUTO_STRING text = mem_format("format: 1\nvault: %s\noutbox: \"out\"\n", hex);

	return file_write(path, text, strlen(text), 0660, NULL) == 0;
}

bool world_store(const struct world *world, const struct row *rows, size_t count, const char *dir)
{
	AUTO_STRING objects = file_join(dir, "objects");
	AUTO_ERROR err = ERROR_INIT;
	struct store *store = NULL;
	bool good;

	file_remove_tree(dir, NULL);
	good = file_make_dir(objects, 0770, &err) == 0 && chmod(dir, 02770) == 0 && write_settings(world, dir) &&
	       store_open(dir, true, false, &store, &err) == 0 && store_lock(store, &err) == 0 &&
	       store_begin(store, &err) == 0;
	for (size_t i = 0; good && i < count; i++) {
		struct store_row view = row_view(&rows[i]);

		good = store_insert(store, &view, &err) == 0;
	}
	good = good && store_commit(store, &err) == 0 &&
	       store_sync(store, count ? rows[count - 1].gseq : 0, &err) == 0;
	if (!good)
		printf("# not stored: %s: %s\n", str_or_empty(err.what), str_or_empty(err.why));
	store_close(store);
	return good;
}
