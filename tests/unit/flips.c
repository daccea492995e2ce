/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits flipped all over vault.db, without regard to rows: the audit finds each, or the byte is one that carries nothing.
 * Which bytes these are is worked out here from SQLite's file format (sqlite.org/fileformat2.html): free pages, gaps in
 * pages, the ends of overflow pages, counters of the header.
 */
#include "attack_judge.h"

#include <sqlite3.h>
#include <sys/stat.h>

enum { PAGE = 8192, DB_HEADER = 100, LARGE = 30000, SAMPLES = 450 };
enum use { UNUSED, USED, COUNTER };

static struct str file;
static uint8_t *uses; /* of each byte of the file */
static size_t pages;

static const uint8_t *at(size_t offset)
{
	return (const uint8_t *)file.bytes + offset;
}

static uint32_t big32(size_t offset)
{
	return (uint32_t)at(offset)[0] << 24 | (uint32_t)at(offset)[1] << 16 | (uint32_t)at(offset)[2] << 8 | at(offset)[3];
}

static uint32_t big16(size_t offset)
{
	return (uint32_t)at(offset)[0] << 8 | at(offset)[1];
}

static size_t page_at(uint32_t number)
{
	return ((size_t)number - 1) * PAGE;
}

static void use(size_t offset, size_t length)
{
	memset(uses + offset, USED, length);
}

static size_t varint(size_t offset, uint64_t *ret)
{
	size_t i = 0;

	for (*ret = 0; i < 8; i++) {
		*ret = *ret << 7 | (at(offset + i)[0] & 0x7F);
		if (!(at(offset + i)[0] & 0x80))
			return i + 1;
	}
	*ret = *ret << 8 | at(offset + 8)[0];
	return 9;
}

/* ---- which bytes are used */

static void use_overflow(uint32_t number, uint64_t left)
{
	while (number && number <= pages && left) {
		size_t part = left < PAGE - 4 ? (size_t)left : PAGE - 4;

		use(page_at(number), 4 + part);
		left -= part;
		number = big32(page_at(number));
	}
}

/* Payload from OFFSET on: how much of it lies in the page, the rest in overflow pages. */
static size_t use_payload(size_t offset, uint64_t payload, bool table)
{
	uint64_t most = table ? PAGE - 35 : (PAGE - 12) * 64 / 255 - 23, least = (PAGE - 12) * 32 / 255 - 23;
	uint64_t local = payload, some;

	if (payload <= most) {
		use(offset, payload);
		return (size_t)payload;
	}
	some = least + (payload - least) % (PAGE - 4);
	local = some <= most ? some : least;
	use(offset, local + 4);
	use_overflow(big32(offset + local), payload - local);
	return (size_t)local + 4;
}

/* Where the rows of events begin, with what tells the types and lengths of their columns: flipped bit by bit. The first
 * column is the number, which the row's key tells; the place of the column in the row is empty, and not read. */
static struct { size_t start, end; } heads[400];
static size_t head_count;

static void note_record(size_t start, size_t payload)
{
	uint64_t length;
	size_t own = varint(payload, &length);

	if (head_count == ARRAY_LEN(heads))
		return;
	heads[head_count].start = start;
	heads[head_count++].end = payload + (size_t)length;
	uses[payload + own] = COUNTER;
}

static void use_tree(uint32_t number);

static void use_cell(size_t offset, uint8_t type)
{
	size_t start = offset;
	uint64_t payload = 0, rowid;

	if (type == 2 || type == 5) {
		use_tree(big32(offset));
		offset += 4;
	}
	if (type != 5)
		offset += varint(offset, &payload);
	if (type == 5 || type == 13)
		offset += varint(offset, &rowid);
	if (type != 5)
		use_payload(offset, payload, type == 13);
	use(start, offset - start);
	if (type == 13 && payload > 200)
		note_record(start, offset);
}

static void use_tree(uint32_t number)
{
	size_t base = page_at(number), head = base + (number == 1 ? DB_HEADER : 0);
	uint8_t type = at(head)[0];
	size_t cells = big16(head + 3), list = head + (type == 2 || type == 5 ? 12 : 8);

	use(head, list - head);
	use(list, cells * 2);
	for (size_t i = 0; i < cells; i++)
		use_cell(base + big16(list + 2 * i), type);
	for (uint32_t block = big16(head + 1); block; block = big16(base + block))
		use(base + block, 4);
	if (type == 2 || type == 5)
		use_tree(big32(head + 8));
}

static void use_freelist(void)
{
	for (uint32_t trunk = big32(32); trunk && trunk <= pages; trunk = big32(page_at(trunk)))
		use(page_at(trunk), 8 + 4 * (size_t)big32(page_at(trunk) + 4));
}

/* What counts changes and versions: which bytes, and that nothing is read from them. */
static const struct { size_t at, length; const char *what; } counters[] = {
	{ 24, 4, "how often the file was changed" },
	{ 40, 4, "how often the tables were changed" },
	{ 92, 4, "the count of changes for which the page count is valid" },
	{ 96, 4, "which SQLite wrote it" },
};

static void map_uses(const char *path)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;

	pages = file.length / PAGE;
	uses = mem_alloc(file.length);
	use(0, DB_HEADER);
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		memset(uses + counters[i].at, COUNTER, counters[i].length);
	use_tree(1);
	sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
	sqlite3_prepare_v2(db, "SELECT rootpage FROM sqlite_master WHERE rootpage", -1, &s, NULL);
	while (sqlite3_step(s) == SQLITE_ROW)
		use_tree((uint32_t)sqlite3_column_int(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	use_freelist();
}

/* ---- the vault: long contents, some of which were there once */

static bool set_body(struct store *store, uint64_t gseq, const void *body, size_t length)
{
	return store_begin(store, NULL) == 0 && store_set_body(store, gseq, body, length, NULL) == 0 &&
	       store_commit(store, world.count, NULL) == 0;
}

static bool make_vault(const char *vault)
{
	AUTO_STR text = STR_INIT;
	struct writing w;
	struct store *store = NULL;
	struct row *row = &world.rows[world.count - 1];
	bool good;

	str_add(&text, "{\"text\":\"");
	str_add_repeat(&text, 'l', LARGE);
	str_add(&text, "\"}");
	w = world_note(&world, &world.actors[ACTOR_ADMIN], PLACE_CASE, text.bytes);
	good = world_add(&world, &w);
	row = &world.rows[world.count - 2];
	good = good && world_store(&world, world.rows, world.count, vault) && store_open(vault, false, false, &store, NULL) == 0 &&
	       store_lock(store, NULL) == 0;
	/* A long content that was there once leaves free pages. */
	good = good && set_body(store, row->gseq, text.bytes, text.length) &&
	       set_body(store, row->gseq, row->fields[FIELD_BODY].bytes, row->fields[FIELD_BODY].length);
	store_checkpoint(store);
	store_unlock(store);
	store_close(store);
	return good;
}

/* ---- flipping */

static bool is_found(const char *vault, const char *path)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	static const char *const beside[] = { "-wal", "-shm" };
	bool found;

	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		AUTO_STRING left = mem_format("%s%s", path, beside[i]);

		unlink(left);
	}
	found = vault_audit_level(vault, NULL, 3, NULL, &report, &err) != 0;
	audit_report_release(&report);
	return found;
}

static bool put_byte(const char *path, size_t offset, uint8_t byte)
{
	FILE *out = fopen(path, "r+b");
	bool good = out && fseek(out, (long)offset, SEEK_SET) == 0 && fputc(byte, out) == byte;

	return out && fclose(out) == 0 && good;
}

static size_t tally[3][2]; /* by use: passed, found */

static void flip(const char *vault, const char *path, size_t offset, uint8_t mask)
{
	uint8_t byte = at(offset)[0];
	bool found;

	put_byte(path, offset, byte ^ mask);
	found = is_found(vault, path);
	tally[uses[offset]][found]++;
	CHECK_QUIET(found || uses[offset] != USED, "page %zu, byte %zu (of the file %zu), %02x became %02x: it passes, and is used",
		    offset / PAGE + 1, offset % PAGE, offset, byte, byte ^ mask);
	put_byte(path, offset, byte);
}

/* Every byte of the header and of what leads to the rows; a sample of the rest, more of it where something stands. */
static void test_flips(const char *vault, const char *path)
{
	size_t step = file.length / SAMPLES + 1, tried = 0;
	uint32_t seed = 1;

	for (size_t offset = 0; offset < 120; offset++, tried++)
		flip(vault, path, offset, (uint8_t)(1 << offset % 8));
	for (size_t offset = 120; offset < file.length; offset += step, tried++) {
		size_t place = offset;

		seed = seed * 1664525u + 1013904223u;
		while (place + 1 < file.length && place < offset + step - 1 && uses[place] == UNUSED && seed >> 30)
			place++;
		flip(vault, path, place, seed >> 29 & 1 ? (uint8_t)(1 << (seed >> 24 & 7)) : 0xFF);
	}
	CHECK(tally[USED][0] == 0 && tally[USED][1] > 200, "%zu flipped bytes that carry something are found", tally[USED][1]);
	CHECK(tally[UNUSED][0] > 20, "%zu of free pages and gaps pass, %zu are found all the same", tally[UNUSED][0],
	      tally[UNUSED][1]);
	printf("# figure: %zu flips: %zu found of %zu used bytes; %zu counters pass\n", tried, tally[USED][1],
	       tally[USED][0] + tally[USED][1], tally[COUNTER][0]);
	CHECK(!is_found(vault, path), "put back it is whole");
}

/* Lengths and types of the columns of events, every bit: where nothing but a type changes, nothing else would show. */
static void test_heads(const char *vault, const char *path)
{
	size_t tried = 0, before = tally[USED][0];

	for (size_t i = 0; i < head_count; i += 1 + head_count / 2)
		for (size_t offset = heads[i].start; offset < heads[i].end; offset++)
			for (int bit = 0; bit < 8; bit++, tried++)
				flip(vault, path, offset, (uint8_t)(1 << bit));
	CHECK(tried > 150 && tally[USED][0] == before, "%zu flipped bits of lengths and types are found", tried);
}

/* The text that describes the tables, each letter in the other case. */
static void test_tables(const char *vault, const char *path)
{
	const char *text = memmem(file.bytes, file.length, "CREATE TABLE", 12);
	size_t from = text ? (size_t)(text - file.bytes) : 0, found = 0, tried = 0;

	for (size_t i = 0; text && i < 200; i += 7, tried++) {
		put_byte(path, from + i, at(from + i)[0] ^ 0x20);
		found += is_found(vault, path);
		put_byte(path, from + i, at(from + i)[0]);
	}
	CHECK(tried && found == tried, "an altered letter in the tables' description is found at %zu of %zu places", found, tried);
}

/* Each counter by itself, so that the list above says neither too much nor too little. */
static void test_counters(const char *vault, const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		size_t passed = 0;

		for (size_t k = 0; k < counters[i].length; k++) {
			put_byte(path, counters[i].at + k, at(counters[i].at + k)[0] ^ 0x5A);
			passed += !is_found(vault, path);
			put_byte(path, counters[i].at + k, at(counters[i].at + k)[0]);
		}
		CHECK(passed > 0, "bytes %zu to %zu of the header carry nothing: %s (%zu pass)", counters[i].at,
		      counters[i].at + counters[i].length - 1, counters[i].what, passed);
	}
}

int main(void)
{
	AUTO_STRING vault = NULL;
	AUTO_STRING path = NULL;

	if (attack_begin()) {
		vault = file_join(dir, "vault");
		path = file_join(vault, "vault.db");
		if (CHECK(make_vault(vault) && file_read(path, 1 << 30, &file, NULL) == 0, "a vault with long contents")) {
			map_uses(path);
			CHECK(big32(36) > 2 && !is_found(vault, path), "it is whole, and has %u free pages", big32(36));
			test_flips(vault, path);
			test_heads(vault, path);
			test_tables(vault, path);
			test_counters(vault, path);
		}
	}
	free(uses);
	str_release(&file);
	return attack_end();
}
