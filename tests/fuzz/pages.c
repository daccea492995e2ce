/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: pages of a cache that are sealed rightly but hold anything (as one left by a broken program
 * would), and a file of any bytes. Every question gets an answer or an error.
 */
#include <fcntl.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "vault/index_private.h"
#include "vault/vault_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const uint8_t vault_id[16] = { 1 }, member_id[16] = { 2 }, key[32] = { 3 };
static char dir[64], path[256];
static struct str good; /* a file that is right */

static void open_cache(struct vault *vault)
{
	*vault = (struct vault){ .opened = true };
	vault->index = index_open(vault_id, member_id, key);
}

static void clean_up(void)
{
	str_release(&good);
	file_remove_tree(dir, NULL);
}

static void make_good(void)
{
	AUTO_STRING vault_hex = str_hex(vault_id, 16);
	AUTO_STRING member_hex = str_hex(member_id, 16);
	static const char text[] = "heap overflow \xe6\xbc\x8f\xe6\xb4\x9e CVE-2026-1";
	struct vault_brief brief = { .kind = BRIEF_CASE, .key = { 1 }, .bytes = "row", .length = 3 };
	struct vault vault;

	snprintf(dir, sizeof(dir), "%s/pst-fuzz-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(dir) || crypt_start(NULL))
		abort();
	atexit(clean_up);
	setenv("XDG_CACHE_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/psirtty/%s/%s.index", dir, vault_hex, member_hex);
	open_cache(&vault);
	vault_brief_put(&vault, &brief);
	vault_brief_done(&vault, 1, 9, true);
	for (uint64_t i = 1; i < 9; i++)
		vault_text_put(&vault, i, vault_id, text, strlen(text));
	vault.log.gseq = 9;
	vault_cache_end(&vault);
	str_init(&good);
	if (file_read(path, 1 << 24, &good, NULL))
		abort();
}

/* The input over the plain bytes of the database: four bytes say where, the rest what. */
static void write_sealed(const uint8_t *bytes, size_t length)
{
	const struct pages_owner owner = { key, vault_id, member_id };
	struct pages *pages = NULL;
	sqlite3_file *file = NULL;
	uint8_t page[PAGES_SIZE];
	sqlite3_int64 size, offset;

	if (length < 5 || pages_open(path, PAGES_WRITE, &owner, &pages, NULL))
		return;
	sqlite3_file_control(pages_db(pages), "main", SQLITE_FCNTL_FILE_POINTER, &file);
	if (file && file->pMethods->xFileSize(file, &size) == SQLITE_OK && size) {
		offset = (sqlite3_int64)get32(bytes) % size;
		length = length - 4 < (size_t)(PAGES_SIZE - offset % PAGES_SIZE) ? length - 4 :
										    (size_t)(PAGES_SIZE - offset % PAGES_SIZE);
		if (file->pMethods->xRead(file, page, PAGES_SIZE, offset - offset % PAGES_SIZE) == SQLITE_OK) {
			memcpy(page + offset % PAGES_SIZE, bytes + 4, length);
			file->pMethods->xWrite(file, page, PAGES_SIZE, offset - offset % PAGES_SIZE);
		}
	}
	pages_close(pages);
}

static int take_row(void *context, const struct vault_brief *brief, struct error *err)
{
	(void)err;
	*(size_t *)context += brief->length;
	return 0;
}

static void ask(void)
{
	static const char *const queries[] = { "heap", "\xe6\xbc\x8f", "\"heap overflow\"", "cve-2026-1", "o*" };
	AUTO_ERROR err = ERROR_INIT;
	struct vault vault;
	size_t sum = 0;

	open_cache(&vault);
	if (vault_brief_head(&vault, 1))
		vault_brief_each(&vault, true, take_row, &sum, &err);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct vault_hit *hits = NULL;
		size_t count = 0;

		if (vault_search(&vault, queries[i], i == 0, 5, &hits, &count, &err) && !err.why)
			abort();
		free(hits);
	}
	vault_text_put(&vault, vault_text_head(&vault) + 1, member_id, "more words", 10);
	vault.log.gseq = vault_text_head(&vault);
	vault_cache_end(&vault);
}

/* In place: a file that is there and as long is quicker to change than to make. */
static void write_raw(const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, bytes, length))
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (!dir[0])
		make_good();
	if (length && bytes[0] == 'F') {
		write_raw(bytes + 1, length - 1);
	} else {
		write_raw(good.bytes, good.length);
		write_sealed(bytes, length);
	}
	ask();
	return 0;
}
