/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a member remembers outside the vault: the head seen last, against truncation, rollback and fork; the
 * events before it, so that what is gone can be told; and the names of streams and members. Sealed for the
 * member. Sessions end in any order: the head never moves back.
 */
#include "vault/vault_private.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"

enum { MEMORY_LIMIT = 64 << 20, RECORD_HEAD = ID_BYTES + 2, NAME_LIMIT = 1000 };

static const char magic[] = "psirtty head 2\n", magic_before[] = "psirtty head 1\n";

static char *memory_path(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES])
{
	AUTO_STRING dir = file_state_dir();
	AUTO_STRING vault_hex = str_hex(vault, ID_BYTES);
	AUTO_STRING member_hex = str_hex(member, ID_BYTES);

	return mem_format("%s/%s/%s.head", dir, vault_hex, member_hex);
}

bool memory_exists(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES])
{
	AUTO_STRING path = memory_path(vault, member);

	return file_exists(path);
}

static void label(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES], uint8_t ret[2 * ID_BYTES])
{
	memcpy(ret, vault, ID_BYTES);
	memcpy(ret + ID_BYTES, member, ID_BYTES);
}

/* ---- names: records of stream 16, length 2, name, zero byte; PLACES has them by stream */

static const char *record(const struct memory *memory, size_t place)
{
	return memory->names.bytes + memory->places[place];
}

/* Where the stream's place is, or should be. */
static size_t find_place(const struct memory *memory, const uint8_t stream[ID_BYTES], bool *ret_there)
{
	size_t low = 0, high = memory->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(record(memory, middle), stream, ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = low < memory->place_count && memcmp(record(memory, low), stream, ID_BYTES) == 0;
	return low;
}

const char *memory_name(const struct memory *memory, const uint8_t stream[ID_BYTES])
{
	bool there;
	size_t at = find_place(memory, stream, &there);

	return there ? record(memory, at) + RECORD_HEAD : NULL;
}

static void insert_place(struct memory *memory, size_t at, uint32_t place)
{
	memory->places = mem_grow(memory->places, &memory->place_room, memory->place_count + 1,
				  sizeof(*memory->places));
	memmove(memory->places + at + 1, memory->places + at,
		(memory->place_count++ - at) * sizeof(*memory->places));
	memory->places[at] = place;
}

static void add_record(const uint8_t stream[ID_BYTES], const char *name, struct str *ret)
{
	size_t length = strnlen(name, NAME_LIMIT);
	uint8_t bytes[2];

	put16(bytes, (uint16_t)length);
	str_add_bytes(ret, stream, ID_BYTES);
	str_add_bytes(ret, bytes, sizeof(bytes));
	str_add_bytes(ret, name, length);
	str_add_char(ret, 0);
}

void memory_set_name(struct memory *memory, const uint8_t stream[ID_BYTES], const char *name)
{
	uint32_t place = (uint32_t)memory->names.length;
	bool there;
	size_t at = find_place(memory, stream, &there);

	if (there && strcmp(record(memory, at) + RECORD_HEAD, name) == 0)
		return;
	add_record(stream, name, &memory->names);
	if (there)
		memory->places[at] = place;
	else
		insert_place(memory, at, place);
	memory->changed = true;
}

/* ---- the file: "psirtty head 2", number 8, journal hash 32, events of the trail 4, these, then the names by stream; in the
 * one before there is no trail */

static bool read_names(struct memory *memory)
{
	const struct str *names = &memory->names;

	for (size_t at = 0, length; at < names->length; at += RECORD_HEAD + length + 1) {
		if (names->length - at <= RECORD_HEAD)
			return false;
		length = get16((const uint8_t *)names->bytes + at + ID_BYTES);
		if (length >= names->length - at - RECORD_HEAD || names->bytes[at + RECORD_HEAD + length])
			return false;
		insert_place(memory, memory->place_count, (uint32_t)at);
		if (memory->place_count > 1 && memcmp(record(memory, memory->place_count - 2),
						      record(memory, memory->place_count - 1), ID_BYTES) >= 0)
			return false;
	}
	return true;
}

/* As the first version wrote it: JSON, its names left aside. */
static bool parse_first(struct memory *memory, const struct str *plain)
{
	AUTO_JSON json = NULL;

	if (plain->length == 0 || plain->bytes[0] != '{' ||
	    js_load(plain->bytes, plain->length, MEMORY_LIMIT, "head", &json, NULL) ||
	    str_unhex(str_or_empty(js_string(json, "hash")), memory->hash, HASH_BYTES) != HASH_BYTES)
		return false;
	memory->gseq = (uint64_t)js_integer(json, "gseq", 0);
	memory->there = true;
	return true;
}

/* How many bytes the trail takes from AT on; SIZE_MAX where it is cut. */
static size_t read_trail(struct memory *memory, const uint8_t *bytes, size_t length)
{
	size_t count = length < 4 ? SIZE_MAX : get32(bytes);

	if (count > TRAIL_MOST || length - 4 < count * TRAIL_RECORD)
		return SIZE_MAX;
	str_reset(&memory->trail);
	str_add_bytes(&memory->trail, bytes + 4, count * TRAIL_RECORD);
	return 4 + count * TRAIL_RECORD;
}

static bool parse(struct memory *memory, const struct str *plain)
{
	const uint8_t *bytes = (const uint8_t *)plain->bytes;
	size_t head = strlen(magic) + 8 + HASH_BYTES, trail = 0;

	if (parse_first(memory, plain))
		return true;
	if (plain->length < head)
		return false;
	if (memcmp(bytes, magic, strlen(magic)) == 0)
		trail = read_trail(memory, bytes + head, plain->length - head);
	else if (memcmp(bytes, magic_before, strlen(magic)) != 0)
		return false;
	if (trail == SIZE_MAX)
		return false;
	memory->gseq = get64(bytes + strlen(magic));
	memcpy(memory->hash, bytes + strlen(magic) + 8, HASH_BYTES);
	str_reset(&memory->names);
	memory->place_count = 0;
	str_add_bytes(&memory->names, bytes + head + trail, plain->length - head - trail);
	memory->there = read_names(memory);
	return memory->there;
}

int memory_read(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		const uint8_t key[KEY_BYTES], struct error *err)
{
	AUTO_STRING path = memory_path(vault, member);
	AUTO_STR sealed = STR_INIT;
	struct str plain = STR_INIT;
	uint8_t aad[2 * ID_BYTES];
	int code;

	if (!file_exists(path))
		return 0;
	code = file_read(path, MEMORY_LIMIT, &sealed, err);
	if (code)
		return code;
	label(vault, member, aad);
	if (sealed.length < NONCE_BYTES ||
	    !crypt_open(key, (uint8_t *)sealed.bytes, aad, sizeof(aad), sealed.bytes + NONCE_BYTES,
			sealed.length - NONCE_BYTES, &plain))
		return error_set(err, ERR_VAULT, path,
				 _("If you know why, remove that file: the vault is then trusted as it is"),
				 _("what you remember of this vault was altered"));
	if (!parse(memory, &plain))
		code = error_set(err, ERR_VAULT, path, NULL, _("it holds no head"));
	str_wipe(&plain);
	return code;
}

static int write_file(const struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		      const uint8_t key[KEY_BYTES], const char *path, struct error *err)
{
	AUTO_STR plain = STR_INIT, sealed = STR_INIT;
	uint8_t nonce[NONCE_BYTES], aad[2 * ID_BYTES], number[8], count[4];

	put64(number, memory->gseq);
	put32(count, (uint32_t)trail_count(&memory->trail));
	str_add(&plain, magic);
	str_add_bytes(&plain, number, sizeof(number));
	str_add_bytes(&plain, memory->hash, HASH_BYTES);
	str_add_bytes(&plain, count, sizeof(count));
	str_add_bytes(&plain, str_or_empty(memory->trail.bytes), memory->trail.length);
	for (size_t i = 0; i < memory->place_count; i++)
		add_record((const uint8_t *)record(memory, i), record(memory, i) + RECORD_HEAD, &plain);
	label(vault, member, aad);
	randombytes_buf(nonce, sizeof(nonce));
	str_add_bytes(&sealed, nonce, sizeof(nonce));
	crypt_seal(key, nonce, aad, sizeof(aad), plain.bytes, plain.length, &sealed);
	str_wipe(&plain);
	return file_write(path, sealed.bytes, sealed.length, 0600, err);
}

/* What another session wrote since this one read: names it learned, a head it saw. */
static void take_newer(struct memory *memory, const struct memory *other)
{
	for (size_t i = 0; i < other->place_count; i++)
		if (!memory_name(memory, (const uint8_t *)record(other, i)))
			memory_set_name(memory, (const uint8_t *)record(other, i), record(other, i) + RECORD_HEAD);
	if (memory->renewed || !other->there || other->gseq <= memory->gseq)
		return;
	memory->gseq = other->gseq;
	memcpy(memory->hash, other->hash, HASH_BYTES);
	str_reset(&memory->trail);
	str_add_bytes(&memory->trail, str_or_empty(other->trail.bytes), other->trail.length);
}

int memory_write(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const uint8_t key[KEY_BYTES], struct error *err)
{
	AUTO_STRING path = memory_path(vault, member);
	AUTO_STRING beside = mem_format("%s.lock", path);
	AUTO_STRING dir = mem_string(path);
	struct memory other = { 0 };
	int code, queue;

	*strrchr(dir, '/') = '\0';
	code = file_make_dir(dir, 0700, err);
	if (code)
		return code;
	/* Where the queue cannot be had, two who end at the same moment may still pass each other; the file is whole. */
	queue = open(beside, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (queue >= 0 && flock(queue, LOCK_EX) < 0)
		queue = (close(queue), -1);
	if (memory_read(&other, vault, member, key, NULL) == 0)
		take_newer(memory, &other);
	memory_release(&other);
	code = write_file(memory, vault, member, key, path, err);
	if (queue >= 0)
		close(queue);
	return code;
}

void memory_release(struct memory *memory)
{
	str_wipe(&memory->names);
	str_wipe(&memory->trail);
	free(memory->places);
	*memory = (struct memory){ 0 };
}
