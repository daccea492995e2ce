/* SPDX-License-Identifier: Apache-2.0 */
/* The search index in the member's cache: words in, events out. */
#include "vault/index_private.h"

#include "psirtty/base/i18n.h"
#include "vault/tokenize.h"
#include "vault/vault_private.h"

enum { BEST_LIMIT = 50000, TEXT_LIMIT = 1 << 20 };

uint64_t vault_text_head(const struct vault *vault)
{
	return vault->index->text_gseq;
}

bool index_forgot(const struct index *index, const uint8_t stream[ID_BYTES])
{
	for (size_t i = 0; i < index->forgotten_count; i++)
		if (memcmp(index->forgotten[i], stream, ID_BYTES) == 0)
			return true;
	return false;
}

/* The stream of an event that has words in SHELF: 1, 0, or -1 when it cannot be read. */
static int stream_of(struct shelf *shelf, uint64_t gseq, uint8_t ret[ID_BYTES])
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_TEXT_GET);
	int code;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	code = sqlite3_step(s);
	if (code == SQLITE_ROW && sqlite3_column_bytes(s, 0) == ID_BYTES)
		memcpy(ret, sqlite3_column_blob(s, 0), ID_BYTES);
	sqlite3_reset(s);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}

static bool is_known(struct index *index, uint64_t gseq)
{
	uint8_t stream[ID_BYTES];

	return gseq <= index->text_gseq &&
	       ((shelf_is_open(&index->base) && stream_of(&index->base, gseq, stream) == 1) ||
		(shelf_is_open(&index->delta) && stream_of(&index->delta, gseq, stream) == 1));
}

static int keep(struct shelf *delta, uint64_t gseq, const char *text, size_t length)
{
	sqlite3_stmt *s = shelf_statement(delta, INDEX_KEEP_PUT);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, (sqlite3_int64)gseq);
	sqlite3_bind_blob64(s, 2, text, length, SQLITE_STATIC);
	return sqlite3_step(s) == SQLITE_DONE ? 0 : -1;
}

static void remember_again(struct index *index, const uint8_t stream[ID_BYTES])
{
	for (size_t i = 0; i < index->forgotten_count; i++)
		if (memcmp(index->forgotten[i], stream, ID_BYTES) == 0)
			memcpy(index->forgotten[i], index->forgotten[--index->forgotten_count], ID_BYTES);
}

void vault_text_put(struct vault *vault, uint64_t gseq, const uint8_t stream[16], const char *text,
		    size_t length)
{
	struct index *index = vault->index;
	struct shelf *delta;
	uint8_t mark[8];
	int code = 0;

	length = length < TEXT_LIMIT ? length : TEXT_LIMIT;
	remember_again(index, stream);
	if (is_known(index, gseq))
		return;
	delta = index_delta(index, length > 0);
	if (delta && length) {
		crypto_generichash(mark, sizeof(mark), (const uint8_t *)text, length, index->key, KEY_BYTES);
		code = shelf_text_put(delta, gseq, stream, mark, text, length);
		if (!code && index->keeps)
			code = keep(delta, gseq, text, length);
	}
	if (gseq > index->text_gseq)
		index->text_gseq = gseq;
	index_noted(index, code);
}

/* Whether SHELF has words of STREAM. One that cannot be read may have. */
static bool has_words(struct shelf *shelf, const uint8_t stream[ID_BYTES])
{
	sqlite3_stmt *s = shelf_statement(shelf, INDEX_TEXT_HAS);
	bool none;

	if (!s)
		return shelf_is_open(shelf);
	sqlite3_bind_blob(s, 1, stream, ID_BYTES, SQLITE_STATIC);
	none = sqlite3_step(s) == SQLITE_DONE;
	sqlite3_reset(s);
	return !none;
}

/* An index without its texts cannot give up the words of one of them: it is emptied and filled anew, in
 * this session where it is being made, else in the next; until then what is found is passed over. */
void vault_text_forget(struct vault *vault, const uint8_t stream[16])
{
	struct index *index = vault->index;

	if (index_forgot(index, stream) ||
	    (!has_words(&index->base, stream) && !has_words(&index->delta, stream)))
		return;
	if (shelf_is_open(&index->base) && !index->fresh) {
		index->forgotten = mem_resize(index->forgotten, index->forgotten_count + 1, ID_BYTES);
		memcpy(index->forgotten[index->forgotten_count++], stream, ID_BYTES);
		index->drop_text = index_delta(index, false) != NULL;
		index_noted(index, 0);
		return;
	}
	index->text_gseq = 0;
	index_noted(index, shelf_run(&index->delta, "INSERT INTO fts (fts) VALUES ('delete-all'); "
						    "DELETE FROM text"));
}

/* ---- asking */

struct found { struct vault_hit hit; double rank; };
struct finding {
	struct index *index;
	const char *match;
	bool best;
	size_t limit;
	struct found *found; size_t count, capacity; /* owned */
};

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->hit.gseq > y->hit.gseq ? -1 : x->hit.gseq < y->hit.gseq;
}

/* Up to the limit from one file. An SQLite code. */
static int find_in(struct finding *finding, struct shelf *shelf)
{
	sqlite3_stmt *s = shelf_is_open(shelf) ?
				  shelf_statement(shelf, finding->best ? INDEX_FIND_BEST : INDEX_FIND_NEWEST) : NULL;
	size_t taken = 0;
	int code = SQLITE_DONE;

	if (!s)
		return shelf_is_open(shelf) ? sqlite3_errcode(shelf->db) : SQLITE_DONE;
	sqlite3_bind_text(s, 1, finding->match, -1, SQLITE_STATIC);
	while (taken < finding->limit && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct found found = { .rank = sqlite3_column_double(s, 1) };

		found.hit.gseq = (uint64_t)sqlite3_column_int64(s, 0);
		code = stream_of(shelf, found.hit.gseq, found.hit.stream);
		if (code < 0)
			break;
		if (code == 0 || index_forgot(finding->index, found.hit.stream))
			continue;
		finding->found = mem_grow(finding->found, &finding->capacity, finding->count + 1,
					  sizeof(*finding->found));
		finding->found[finding->count++] = found;
		taken++;
	}
	code = taken == finding->limit ? SQLITE_DONE : code < 0 ? SQLITE_IOERR : code;
	sqlite3_reset(s);
	return code;
}

static size_t count_in(struct finding *finding, struct shelf *shelf)
{
	sqlite3_stmt *s = shelf_is_open(shelf) ? shelf_statement(shelf, INDEX_FIND_COUNT) : NULL;
	size_t count = 0;

	if (!s)
		return 0;
	sqlite3_bind_text(s, 1, finding->match, -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 2, BEST_LIMIT + 1);
	if (sqlite3_step(s) == SQLITE_ROW)
		count = (size_t)sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return count;
}

static int find_error(struct index *index, int code, struct error *err)
{
	if ((code & 0xFF) == SQLITE_ERROR)
		return error_set(err, ERR_USAGE, _("search"), NULL, _("the question cannot be understood"));
	index_break(index, _("the cache is damaged; it is made anew"));
	return error_set(err, ERR_INPUT, _("search"), _("Search again"),
			 _("the search index is damaged and is made anew"));
}

int vault_search(struct vault *vault, const char *query, bool best, size_t limit, struct vault_hit **ret,
		 size_t *ret_count, struct error *err)
{
	AUTO_STR match = STR_INIT;
	struct index *index = vault->index;
	struct finding finding = { .index = index, .limit = limit };
	int code = tokenize_query(query, &match, err);

	if (code)
		return code;
	finding.match = match.bytes;
	finding.best = best && count_in(&finding, &index->base) + count_in(&finding, &index->delta) <= BEST_LIMIT;
	code = find_in(&finding, &index->delta);
	if (code == SQLITE_DONE)
		code = find_in(&finding, &index->base);
	if (code != SQLITE_DONE) {
		free(finding.found);
		return find_error(index, code, err);
	}
	if (finding.count)
		qsort(finding.found, finding.count, sizeof(*finding.found), newest_first);
	*ret_count = finding.count < limit ? finding.count : limit;
	*ret = mem_alloc(*ret_count * sizeof(**ret));
	for (size_t i = 0; i < *ret_count; i++)
		(*ret)[i] = finding.found[i].hit;
	free(finding.found);
	return 0;
}
