/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events a member saw last, beside the remembered head: without them a vault that was put back from an older
 * copy could only say how many are gone. Each is number 8, time 8, id, stream, author, kind 1, type 2.
 */
#include "vault/vault_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"

size_t trail_count(const struct str *trail)
{
	return trail->length / TRAIL_RECORD;
}

struct trail_event trail_at(const struct str *trail, size_t index)
{
	const uint8_t *at = (const uint8_t *)trail->bytes + index * TRAIL_RECORD;
	struct trail_event event = { .gseq = get64(at), .time = get64(at + 8) };

	at += 16;
	memcpy(event.id, at, HASH_BYTES);
	memcpy(event.stream, at + HASH_BYTES, ID_BYTES);
	memcpy(event.author, at + HASH_BYTES + ID_BYTES, ID_BYTES);
	at += HASH_BYTES + 2 * ID_BYTES;
	event.kind = at[0];
	event.type = get16(at + 1);
	return event;
}

/* ---- following the log */

static void add(struct str *trail, const struct store_row *row, const struct core *core)
{
	uint8_t head[16], tail[3];

	put64(head, row->gseq);
	put64(head + 8, core->time);
	tail[0] = (uint8_t)core->kind;
	put16(tail + 1, core->type);
	str_add_bytes(trail, head, sizeof(head));
	str_add_bytes(trail, row->id, HASH_BYTES);
	str_add_bytes(trail, core->stream, ID_BYTES);
	str_add_bytes(trail, core->author, ID_BYTES);
	str_add_bytes(trail, tail, sizeof(tail));
}

static void forget_oldest(struct str *trail)
{
	size_t count = trail_count(trail), gone = count > TRAIL_MOST ? (count - TRAIL_MOST) * TRAIL_RECORD : 0;

	if (!gone)
		return;
	memmove(trail->bytes, trail->bytes + gone, trail->length - gone);
	trail->length -= gone;
}

void trail_follow(struct vault *vault)
{
	struct str *trail = &vault->memory.trail;
	size_t count = trail_count(trail);
	uint64_t next = count ? trail_at(trail, count - 1).gseq + 1 : 1, head = vault->log.gseq;
	struct store_row row;
	struct core core;

	if (head >= TRAIL_MOST && next < head - TRAIL_MOST + 1)
		next = head - TRAIL_MOST + 1;
	for (; next <= head && store_row_at(vault->store, next, &row, NULL) == 1; next++)
		if (row.id_length == HASH_BYTES && core_read(row.core, row.core_length, &core))
			add(trail, &row, &core);
	store_rest(vault->store);
	forget_oldest(trail);
	for (size_t i = 0; i < vault->log.member_count; i++)
		memory_set_name(&vault->memory, vault->log.members[i].id, vault->log.members[i].fingerprint);
}

/* ---- let go of by an admin */

/* Whether the member saw this row: the trail tells, as far as it goes back. */
static bool was_seen(const struct memory *memory, const struct store_row *row, const uint8_t *body)
{
	size_t count = trail_count(&memory->trail);

	if (row->gseq > memory->gseq)
		return false;
	for (size_t i = 0; i < count; i++)
		if (memcmp(trail_at(&memory->trail, i).id, row->id, HASH_BYTES) == 0)
			return true;
	return (!count || row->gseq < trail_at(&memory->trail, 0).gseq) && get64(body) < memory->gseq;
}

/* RESTORE names the head that was given up: where it is the one of this number that the member saw, it is that one. */
static bool releases(const struct memory *memory, const struct store_row *row)
{
	const uint8_t *body = row->body;
	struct core core;

	if (!core_read(row->core, row->core_length, &core) || core.kind != CORE_CONTROL ||
	    core.type != CONTROL_RESTORE || row->body_length != 8 + HASH_BYTES || was_seen(memory, row, body))
		return false;
	return get64(body) != memory->gseq || memcmp(body + 8, memory->hash, HASH_BYTES) == 0;
}

bool trail_released(struct vault *vault)
{
	static const uint8_t own[ID_BYTES];
	struct store_row row = { .gseq = 0 };
	bool released = false;

	while (!released && store_stream_next(vault->store, own, row.gseq, &row, NULL) == 1)
		released = releases(&vault->memory, &row);
	store_rest(vault->store);
	return released;
}

/* ---- what is gone */

static const char *const control_names[] = {
	[CONTROL_VAULT] = N_("vault made"), [CONTROL_MEMBER] = N_("member admitted"),
	[CONTROL_STREAM] = N_("stream opened"), [CONTROL_GRANT] = N_("access granted"),
	[CONTROL_EPOCH] = N_("key changed"), [CONTROL_REMOVE] = N_("member removed"),
	[CONTROL_REVOKE] = N_("access revoked"), [CONTROL_POLICY] = N_("policy set"),
	[CONTROL_CHECKPOINT] = N_("checkpoint"), [CONTROL_RESTORE] = N_("restored vault vouched for"),
	[CONTROL_SHRED] = N_("shredded"), [CONTROL_ROTATE] = N_("OpenPGP key changed"),
	[CONTROL_ROLE] = N_("role changed"), [CONTROL_READ] = N_("read"),
};

static char *name_of_stream(const struct vault *vault, const uint8_t id[ID_BYTES])
{
	static const uint8_t own[ID_BYTES];
	const char *name = memory_name(&vault->memory, id);
	AUTO_STRING hex = str_hex(id, 4);

	if (memcmp(id, own, ID_BYTES) == 0)
		return mem_string(_("vault"));
	if (memcmp(id, vault->inbox, ID_BYTES) == 0)
		return mem_string(_("inbox"));
	if (memcmp(id, vault->registry, ID_BYTES) == 0)
		return mem_string(_("registry"));
	return name ? mem_string(name) : mem_format(_("case %s…"), hex);
}

static char *name_of_member(const struct vault *vault, const uint8_t id[ID_BYTES])
{
	const struct log_member *member = log_member(&vault->log, id);
	const char *name = member ? member->fingerprint : memory_name(&vault->memory, id);

	return name ? mem_string(name) : str_hex(id, ID_BYTES);
}

static void lose(const struct vault *vault, const struct trail_event *event, struct vault_losses *ret)
{
	bool control = event->kind == CORE_CONTROL && event->type < ARRAY_LEN(control_names);
	const char *what = control ? control_names[event->type] : NULL;

	ret->events = mem_grow(ret->events, &ret->room, ret->count + 1, sizeof(*ret->events));
	ret->events[ret->count++] = (struct vault_lost){
		.gseq = event->gseq, .type = event->kind == CORE_CONTENT ? event->type : 0,
		.what = what ? what : N_("made by a newer program"), .at = (instant)(event->time >> 16) * 1000,
		.stream_name = name_of_stream(vault, event->stream),
		.author = name_of_member(vault, event->author),
	};
}

static bool is_here(struct vault *vault, const uint8_t id[HASH_BYTES])
{
	uint64_t gseq = 0;

	return store_find(vault->store, id, &gseq, NULL) == 0 && gseq;
}

/* Events between the vault's end and the first the trail knows are only counted. */
static void lose_trail(struct vault *vault, struct vault_losses *ret)
{
	const struct str *trail = &vault->memory.trail;
	size_t count = trail_count(trail);
	uint64_t first = count ? trail_at(trail, 0).gseq : vault->memory.gseq + 1, last = 0;

	for (size_t i = 0; i < count; i++) {
		struct trail_event event = trail_at(trail, i);

		if (!is_here(vault, event.id))
			lose(vault, &event, ret);
	}
	if (store_last(vault->store, &last, NULL) == 0 && first > last + 1)
		ret->untold = first - last - 1;
}

/* Every row of another copy that this one does not hold, told by the row itself. */
static void lose_rows(struct vault *vault, struct store *other, uint64_t last, struct vault_losses *ret)
{
	for (uint64_t gseq = 1; gseq <= last; gseq++) {
		struct trail_event event = { .gseq = gseq };
		struct store_row row;
		struct core core;

		if (store_row_at(other, gseq, &row, NULL) != 1 || row.id_length != HASH_BYTES ||
		    !core_read(row.core, row.core_length, &core)) {
			ret->untold++;
			continue;
		}
		if (is_here(vault, row.id))
			continue;
		memcpy(event.id, row.id, HASH_BYTES);
		memcpy(event.stream, core.stream, ID_BYTES);
		memcpy(event.author, core.author, ID_BYTES);
		event.time = core.time;
		event.kind = (uint8_t)core.kind;
		event.type = core.type;
		lose(vault, &event, ret);
	}
	store_rest(other);
}

/* True when DIR is another folder with a vault of the same id. */
static bool is_copy(const struct vault *vault, const char *dir)
{
	AUTO_STRING outbox = NULL;
	uint8_t id[ID_BYTES];

	return dir && !str_equal(dir, vault->dir) && vault_settings_read(dir, id, &outbox, NULL) == 0 &&
	       memcmp(id, vault->id, ID_BYTES) == 0;
}

void vault_losses(struct vault *vault, const char *other, struct vault_losses *ret)
{
	struct store *store = NULL;
	uint64_t last = 0;

	*ret = (struct vault_losses){ 0 };
	if (is_copy(vault, other) && store_open(other, false, true, &store, NULL) == 0 &&
	    store_last(store, &last, NULL) == 0 && last > 0)
		lose_rows(vault, store, last, ret);
	else if (vault->abandoned)
		lose_trail(vault, ret);
	store_close(store);
	store_rest(vault->store);
}

void vault_losses_release(struct vault_losses *losses)
{
	for (size_t i = 0; i < losses->count; i++) {
		free(losses->events[i].stream_name);
		free(losses->events[i].author);
	}
	free(losses->events);
	*losses = (struct vault_losses){ 0 };
}
