/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's cache beside what was folded and indexed anew: rows by their bytes, texts by their marks,
 * words by how often and in how many events each occurs.
 */
#include "vault/index_private.h"

#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

void vault_cache_anew(struct vault *vault)
{
	struct index *index = vault->index;
	const struct pages_owner owner = index_owner(index);
	bool there = shelf_is_open(&index->base);

	shelf_close(&index->old);
	index_break(index, _("the cache is compared with what is read anew"));
	if (!there || index->lock < 0)
		return;
	if (!index->alone)
		index_lock_shared(index);
	shelf_open(&index->old, index->path, PAGES_READ, &owner, NULL);
}

/* ---- two statements in the same order, side by side */

struct side { sqlite3_stmt *row; int code; };

static void side_step(struct side *side)
{
	side->code = side->row ? sqlite3_step(side->row) : SQLITE_ERROR;
}

/* Which of two values comes first, as SQLite orders integers and bytes. */
static int compare_column(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
	int length_a, length_b, order;

	if (sqlite3_column_type(a, column) == SQLITE_INTEGER && sqlite3_column_type(b, column) == SQLITE_INTEGER) {
		sqlite3_int64 x = sqlite3_column_int64(a, column), y = sqlite3_column_int64(b, column);

		return (x > y) - (x < y);
	}
	length_a = sqlite3_column_bytes(a, column);
	length_b = sqlite3_column_bytes(b, column);
	order = memcmp(sqlite3_column_blob(a, column) ? sqlite3_column_blob(a, column) : "",
		       sqlite3_column_blob(b, column) ? sqlite3_column_blob(b, column) : "",
		       (size_t)(length_a < length_b ? length_a : length_b));
	return order ? order : (length_a > length_b) - (length_a < length_b);
}

static int compare_columns(sqlite3_stmt *a, sqlite3_stmt *b, int from, int to)
{
	int order = 0;

	for (int i = from; !order && i < to; i++)
		order = compare_column(a, b, i);
	return order;
}

/* Counts rows that only one side has, or that differ behind their first KEYS columns. -1: unreadable. */
static int count_differences(struct side *a, struct side *b, int keys, size_t *ret)
{
	side_step(a);
	side_step(b);
	while (a->code == SQLITE_ROW || b->code == SQLITE_ROW) {
		int order = a->code != SQLITE_ROW ? 1 :
			    b->code != SQLITE_ROW ? -1 : compare_columns(a->row, b->row, 0, keys);

		if (order || compare_columns(a->row, b->row, keys, sqlite3_column_count(a->row)))
			++*ret;
		if (order <= 0)
			side_step(a);
		if (order >= 0)
			side_step(b);
		if ((a->code != SQLITE_ROW && a->code != SQLITE_DONE) || (b->code != SQLITE_ROW && b->code != SQLITE_DONE))
			return -1;
	}
	return a->code == SQLITE_DONE && b->code == SQLITE_DONE ? 0 : -1;
}

static int compare_statement(struct shelf *a, struct shelf *b, const char *sql, sqlite3_int64 limit, int keys,
			     size_t *ret)
{
	struct side sides[2] = { { 0 } };
	int code = -1;

	if (sqlite3_prepare_v2(a->db, sql, -1, &sides[0].row, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db, sql, -1, &sides[1].row, NULL) == SQLITE_OK) {
		for (size_t i = 0; i < ARRAY_LEN(sides); i++)
			if (sqlite3_bind_parameter_count(sides[i].row))
				sqlite3_bind_int64(sides[i].row, 1, limit);
		code = count_differences(&sides[0], &sides[1], keys, ret);
	}
	sqlite3_finalize(sides[0].row);
	sqlite3_finalize(sides[1].row);
	return code;
}

static int compare_words(struct shelf *a, struct shelf *b, size_t *ret)
{
	static const char table[] = "CREATE VIRTUAL TABLE temp.terms USING fts5vocab ('main', 'fts', 'row')";

	if (shelf_run(a, table) || shelf_run(b, table))
		return -1;
	return compare_statement(a, b, "SELECT term, doc, cnt FROM temp.terms", 0, 1, ret);
}

/* What members are called depends on when gpg was asked, not on the log; what is due also on rules and zones. */
_Static_assert(BRIEF_NAMES == 4 && BRIEF_DUES == 7, "the statements below name them");
static const char briefs[] = "SELECT kind, key, stream, bytes FROM brief WHERE kind NOT IN (4, 7) ORDER BY kind, key";
static const char dues[] = "SELECT key, bytes FROM brief WHERE kind = 7";

/* Where both were worked out by the same, they are the same. */
static int compare_dues(struct shelf *a, struct shelf *b, size_t *ret)
{
	struct side sides[2] = { { 0 } };
	int code = -1;

	if (sqlite3_prepare_v2(a->db, dues, -1, &sides[0].row, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db, dues, -1, &sides[1].row, NULL) == SQLITE_OK) {
		side_step(&sides[0]);
		side_step(&sides[1]);
		code = 0;
		if (sides[0].code == SQLITE_ROW && sides[1].code == SQLITE_ROW)
			*ret += !compare_column(sides[0].row, sides[1].row, 0) &&
				compare_column(sides[0].row, sides[1].row, 1);
	}
	sqlite3_finalize(sides[0].row);
	sqlite3_finalize(sides[1].row);
	return code;
}

int vault_cache_compare(struct vault *vault, size_t *ret_rows, size_t *ret_texts, struct error *err)
{
	struct index *index = vault->index;
	struct shelf *old = &index->old, *delta = index_delta(index, false);
	uint64_t text_head;
	int code = 0;

	*ret_rows = *ret_texts = 0;
	if (!shelf_is_open(old) || !delta)
		return 0;
	text_head = shelf_meta_number(old, "text");
	if (index->brief_done && shelf_meta_number(old, "brief") == index->brief_gseq &&
	    shelf_meta_number(old, "brief-version") == index->brief_version)
		code = compare_statement(old, delta, briefs, 0, 2, ret_rows) || compare_dues(old, delta, ret_rows) ? -1 : 0;
	if (!code)
		code = compare_statement(old, delta, "SELECT gseq, stream, mark FROM text WHERE gseq <= ?1 ORDER BY gseq",
					 (sqlite3_int64)text_head, 1, ret_texts);
	if (!code && text_head == index->text_gseq)
		code = compare_words(old, delta, ret_texts);
	return code ? error_set(err, ERR_INPUT, _("cache"), _("It is made anew when the vault is locked"),
				_("it is damaged and cannot be compared")) :
		      0;
}
