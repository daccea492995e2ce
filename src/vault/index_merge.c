/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session put becomes part of the file: into the base under a marker that stays behind when it
 * is not finished, or as a new file that takes the old one's name.
 */
#include "vault/index_private.h"

#include <fcntl.h>
#include <libgen.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

/* Hands each row of a statement without parameters to FN; -1 when one cannot be read or FN fails. */
static int each_row(struct shelf *from, enum index_statement which, struct shelf *to,
		    int (*fn)(struct shelf *to, sqlite3_stmt *row))
{
	sqlite3_stmt *s = shelf_statement(from, which);
	int code = s ? sqlite3_step(s) : SQLITE_ERROR;

	while (code == SQLITE_ROW && fn(to, s) == 0)
		code = sqlite3_step(s);
	sqlite3_reset(s);
	return code == SQLITE_DONE ? 0 : -1;
}

static int take_brief(struct shelf *to, sqlite3_stmt *row)
{
	struct vault_brief brief = { .kind = (enum vault_brief_kind)sqlite3_column_int(row, 0) };

	if (sqlite3_column_bytes(row, 1) != sizeof(brief.key) || sqlite3_column_bytes(row, 2) != ID_BYTES)
		return -1;
	memcpy(brief.key, sqlite3_column_blob(row, 1), sizeof(brief.key));
	memcpy(brief.stream, sqlite3_column_blob(row, 2), ID_BYTES);
	brief.bytes = sqlite3_column_blob(row, 3);
	brief.length = (size_t)sqlite3_column_bytes(row, 3);
	return shelf_brief_put(to, &brief);
}

static int take_meta(struct shelf *to, sqlite3_stmt *row)
{
	return shelf_meta_put(to, (const char *)sqlite3_column_text(row, 0), sqlite3_column_blob(row, 1),
			      (size_t)sqlite3_column_bytes(row, 1));
}

static int take_text(struct shelf *to, sqlite3_stmt *row)
{
	if (sqlite3_column_bytes(row, 1) != ID_BYTES || sqlite3_column_bytes(row, 2) != 8)
		return -1;
	return shelf_text_put(to, (uint64_t)sqlite3_column_int64(row, 0), sqlite3_column_blob(row, 1),
			      sqlite3_column_blob(row, 2), sqlite3_column_blob(row, 3),
			      (size_t)sqlite3_column_bytes(row, 3));
}

/* ---- parts of a merge; 0 or -1 */

static int run_statement(struct shelf *to, enum index_statement which)
{
	sqlite3_stmt *s = shelf_statement(to, which);
	int code = s && sqlite3_step(s) == SQLITE_DONE ? 0 : -1;

	sqlite3_reset(s);
	return code;
}

static int clear_briefs(struct shelf *to)
{
	return run_statement(to, INDEX_BRIEF_CLEAR);
}

/* Hands the COLUMNS of ROW to S as they are. */
static int copy_row(sqlite3_stmt *s, sqlite3_stmt *row, int columns)
{
	int code;

	for (int i = 0; s && i < columns; i++)
		sqlite3_bind_value(s, i + 1, sqlite3_column_value(row, i));
	code = s && sqlite3_step(s) == SQLITE_DONE ? 0 : -1;
	sqlite3_reset(s);
	return code;
}

/* Without vault_brief_done nobody knows what the rows stand for: the old ones stay. */
static int merge_briefs(struct index *index, struct shelf *to)
{
	if (!index->brief_done)
		return 0;
	if (index->brief_anew && clear_briefs(to))
		return -1;
	return each_row(&index->delta, INDEX_BRIEF_EACH, to, take_brief);
}

static int write_heads(struct index *index, struct shelf *to, uint64_t text_gseq, uint64_t gseq,
		       const uint8_t hash[HASH_BYTES])
{
	uint8_t head[8 + HASH_BYTES];

	put64(head, gseq);
	memcpy(head + 8, hash, HASH_BYTES);
	if (index->brief_done && (shelf_meta_put_number(to, "brief", index->brief_gseq) ||
				  shelf_meta_put_number(to, "brief-version", index->brief_version)))
		return -1;
	if (shelf_meta_put_number(to, "text", text_gseq) ||
	    shelf_meta_put_number(to, "round", index->round + 1))
		return -1;
	return shelf_meta_put(to, "head", head, sizeof(head));
}

static int sync_folder(const char *path)
{
	AUTO_STRING copy = mem_string(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;

	if (fd < 0)
		return -1;
	code = fsync(fd);
	close(fd);
	return code;
}

static int mark_dirty(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), code;

	if (fd < 0)
		return -1;
	code = fsync(fd);
	close(fd);
	return code ? code : sync_folder(path);
}

/* A finished new file takes the old one's place; a marker of a merge that failed goes with the old one. */
static int publish(struct index *index, struct shelf *made)
{
	AUTO_STRING path = mem_format("%s.new", index->path);
	AUTO_STRING dirty = mem_format("%s.dirty", index->path);
	int code = shelf_run(made, "COMMIT") || pages_sync(made->pages) ? -1 : 0;

	shelf_close(made);
	if (!code)
		code = rename(path, index->path) || sync_folder(path) ? -1 : 0;
	if (!code)
		unlink(dirty);
	else
		unlink(path);
	return code;
}

/* ---- the three ways */

/* There was no file to read: the delta is the new one. */
static int merge_new(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES])
{
	if (!index->brief_done && clear_briefs(&index->delta))
		return -1;
	if (write_heads(index, &index->delta, index->text_gseq, gseq, hash))
		return -1;
	return publish(index, &index->delta);
}

static int add_meta(struct shelf *to, sqlite3_stmt *row)
{
	sqlite3_stmt *s = shelf_statement(to, INDEX_META_ADD);

	return copy_row(s, row, 2);
}

static int add_brief(struct shelf *to, sqlite3_stmt *row)
{
	sqlite3_stmt *s = shelf_statement(to, INDEX_BRIEF_ADD);

	return copy_row(s, row, 4);
}

static bool round_is(struct index *index, const struct pages_owner *owner)
{
	struct shelf now = { 0 };
	bool same = shelf_open(&now, index->path, PAGES_READ, owner, NULL) == 0 &&
		    shelf_meta_number(&now, "round") == index->round;

	shelf_close(&now);
	return same;
}

/* The base had no words: what it has goes into the delta, where nothing newer stands. */
static int merge_fresh(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES])
{
	const struct pages_owner owner = index_owner(index);
	struct shelf *to = &index->delta;
	int code = 0;

	/* Another session merged between its lock and ours. */
	if (!round_is(index, &owner))
		return 0;
	if (!index->brief_done)
		code = clear_briefs(to);
	if (!code && !(index->brief_done && index->brief_anew))
		code = each_row(&index->base, INDEX_BRIEF_EACH, to, add_brief);
	if (!code)
		code = run_statement(to, INDEX_BRIEF_EMPTY);
	if (!code)
		code = each_row(&index->base, INDEX_META_EACH, to, add_meta);
	if (!code)
		code = write_heads(index, to, index->text_gseq, gseq, hash);
	return code ? code : publish(index, to);
}

/* Words that may not be found again leave the file: all of them, to be indexed anew by the next session. */
static int merge_without_words(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES])
{
	const struct pages_owner owner = index_owner(index);
	AUTO_STRING path = mem_format("%s.new", index->path);
	struct shelf made = { 0 };
	int code = shelf_open(&made, path, PAGES_MAKE, &owner, NULL);

	if (!code)
		code = each_row(&index->base, INDEX_META_EACH, &made, take_meta);
	if (!code)
		code = each_row(&index->base, INDEX_BRIEF_EACH, &made, take_brief);
	if (!code)
		code = each_row(&index->delta, INDEX_META_EACH, &made, take_meta);
	if (!code)
		code = merge_briefs(index, &made);
	if (!code)
		code = write_heads(index, &made, 0, gseq, hash);
	if (!code)
		return publish(index, &made);
	shelf_close(&made);
	unlink(path);
	return -1;
}

static int merge_rows(struct index *index, struct shelf *to, uint64_t gseq, const uint8_t hash[HASH_BYTES])
{
	/* Another session merged between its lock and ours: what we put follows what we read, not that. */
	if (shelf_meta_number(to, "round") != index->round)
		return 0;
	if (shelf_run(to, "BEGIN") || each_row(&index->delta, INDEX_META_EACH, to, take_meta) ||
	    merge_briefs(index, to) || each_row(&index->delta, INDEX_KEEP_EACH, to, take_text) ||
	    write_heads(index, to, index->text_gseq, gseq, hash))
		return -1;
	return shelf_run(to, "COMMIT") || pages_sync(to->pages) ? -1 : 0;
}

/* Not atomic, since there is no journal: while the marker stands, nobody believes the file. */
static int merge_in_place(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES])
{
	const struct pages_owner owner = index_owner(index);
	AUTO_STRING dirty = mem_format("%s.dirty", index->path);
	struct shelf to = { 0 };
	int code = mark_dirty(dirty);

	shelf_close(&index->base);
	if (!code)
		code = shelf_open(&to, index->path, PAGES_WRITE, &owner, NULL);
	if (!code)
		code = merge_rows(index, &to, gseq, hash);
	shelf_close(&to);
	if (!code)
		unlink(dirty);
	return code;
}

int index_merge(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES], struct error *err)
{
	int code;

	if (!index->put || index->failed || index->state == VAULT_CACHE_FOREIGN || !index->path)
		return 0;
	/* Somebody still reads it: what was put is put again by the next session. */
	if (!index_lock_alone(index))
		return 0;
	if (!shelf_is_open(&index->base))
		code = index->named ? merge_new(index, gseq, hash) : 0;
	else if (index->fresh)
		code = merge_fresh(index, gseq, hash);
	else if (index->drop_text)
		code = merge_without_words(index, gseq, hash);
	else
		code = merge_in_place(index, gseq, hash);
	index->put = false;
	return code ? error_set(err, ERR_INPUT, index->path, _("Check the space on the disk; nothing is lost"),
				_("the cache could not be written; it is made anew")) :
		      0;
}
