/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's cache, inside the vault: the file that is read during a session (the base), what was put
 * since (the delta, a sealed file without a name, or the new file itself while there is none to read), and
 * the lock beside them. psirtty/vault/index.h says what it is for.
 */
#ifndef PSIRTTY_VAULT_INDEX_PRIVATE_H
#define PSIRTTY_VAULT_INDEX_PRIVATE_H

#include "psirtty/vault/index.h"
#include "vault/pages.h"

#define INDEX_STATEMENTS(X) \
	X(META_GET, "SELECT value FROM meta WHERE name = ?1") \
	X(META_EACH, "SELECT name, value FROM meta ORDER BY name") \
	X(META_ADD, "INSERT OR IGNORE INTO meta (name, value) VALUES (?1, ?2)") \
	X(META_PUT, "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)") \
	X(BRIEF_EACH, "SELECT kind, key, stream, bytes FROM brief ORDER BY kind, key") \
	X(BRIEF_CASES, "SELECT kind, key, stream, bytes FROM brief WHERE kind = 1 ORDER BY key") \
	X(BRIEF_OTHERS, "SELECT kind, key, stream, bytes FROM brief WHERE kind > 1 ORDER BY kind, key") \
	X(BRIEF_GET, "SELECT kind, key, stream, bytes FROM brief WHERE kind = ?1 AND key = ?2") \
	X(BRIEF_PUT, "INSERT OR REPLACE INTO brief (kind, key, stream, bytes) VALUES (?1, ?2, ?3, ?4)") \
	X(BRIEF_ADD, "INSERT OR IGNORE INTO brief (kind, key, stream, bytes) VALUES (?1, ?2, ?3, ?4)") \
	X(BRIEF_EMPTY, "DELETE FROM brief WHERE length(bytes) = 0") \
	X(BRIEF_DROP, "DELETE FROM brief WHERE kind = ?1 AND key = ?2") \
	X(BRIEF_CLEAR, "DELETE FROM brief") \
	X(TEXT_GET, "SELECT stream FROM text WHERE gseq = ?1") \
	X(TEXT_PUT, "INSERT INTO text (gseq, stream, mark) VALUES (?1, ?2, ?3)") \
	X(TEXT_HAS, "SELECT 1 FROM text WHERE stream = ?1 LIMIT 1") \
	X(TEXT_EACH, "SELECT gseq, mark FROM text ORDER BY gseq") \
	X(WORDS_PUT, "INSERT INTO fts (rowid, body) VALUES (?1, ?2)") \
	X(KEEP_PUT, "INSERT INTO kept (gseq, body) VALUES (?1, ?2)") \
	X(KEEP_EACH, "SELECT t.gseq, t.stream, t.mark, k.body FROM text t JOIN kept k ON k.gseq = t.gseq " \
		     "ORDER BY t.gseq") \
	X(FIND_COUNT, "SELECT count(*) FROM (SELECT 1 FROM fts WHERE fts MATCH ?1 LIMIT ?2)") \
	X(FIND_NEWEST, "SELECT rowid, 0.0 FROM fts WHERE fts MATCH ?1 ORDER BY rowid DESC") \
	X(FIND_BEST, "SELECT rowid, bm25(fts) FROM fts WHERE fts MATCH ?1 ORDER BY rank, rowid DESC")

enum index_statement {
#define X(name, sql) INDEX_##name,
	INDEX_STATEMENTS(X)
#undef X
	INDEX_STATEMENT_COUNT
};

/* One open file with its statements, prepared when they are first used. */
struct shelf {
	struct pages *pages; /* owned; NULL: not open, or in memory only */
	sqlite3 *db;         /* owned when PAGES is NULL */
	sqlite3_stmt *prepared[INDEX_STATEMENT_COUNT];
};

struct index {
	uint8_t vault[ID_BYTES], member[ID_BYTES];
	uint8_t *key;            /* owned, sodium_malloc */
	char *path;              /* owned; NULL when there is no folder for it */
	int lock;                /* of PATH.lock, -1 */
	bool alone;              /* the lock is held for writing */
	enum vault_cache_state state;
	char *reason;            /* owned, or NULL */
	struct shelf base, delta, old; /* old: set aside by vault_cache_anew, to compare with */
	uint64_t round;          /* how often the base was merged: it must still be when we merge */
	/* what was put */
	bool put, brief_done, brief_anew;
	bool named;              /* the delta is the file to come, PATH.new */
	bool keeps;              /* the delta holds the texts too: they go into the base at the merge */
	bool fresh;              /* the base has no words: the delta takes its rows over at the merge, and its place */
	bool failed;             /* the delta could not be written: nothing is put or merged any more */
	uint32_t brief_version;
	uint64_t brief_gseq, text_gseq;
	uint8_t (*forgotten)[ID_BYTES]; size_t forgotten_count; /* owned */
	bool drop_text;          /* a forgotten stream's words are in the base: index anew after the merge */
};

/* Never fails: without a folder, a file or a lock it only keeps what is put. */
struct index *index_open(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
			 const uint8_t key[KEY_BYTES]);
/* What is in the file stands for this head of the log; 0 when there is no file. */
uint64_t index_head(struct index *index, uint8_t ret_hash[HASH_BYTES]);
/* The file cannot be used: from here on there is none. WHY is a sentence, translated. */
void index_break(struct index *index, const char *why);
/* Merges for a log that stands at GSEQ; HASH its journal hash. Nothing to merge is 0. */
int index_merge(struct index *index, uint64_t gseq, const uint8_t hash[HASH_BYTES], struct error *err);
/* Reads the file that a merge left. */
void index_reopen(struct index *index);
/* Without merging; NULL does nothing. */
void index_close(struct index *index);

/* Small things kept beside the rows, by name: for the log's snapshot. Put ones are merged with the rest. */
bool index_meta_get(struct index *index, const char *name, struct str *ret);
void index_meta_put(struct index *index, const char *name, const void *bytes, size_t length);

/* ---- shelves (index_shelf.c) */
int shelf_open(struct shelf *shelf, const char *path, enum pages_mode mode, const struct pages_owner *owner,
	       struct error *err);
int shelf_open_memory(struct shelf *shelf);
void shelf_close(struct shelf *shelf);
bool shelf_is_open(const struct shelf *shelf);
int shelf_run(struct shelf *shelf, const char *sql);
/* A prepared statement, reset; NULL when the file cannot be read. */
sqlite3_stmt *shelf_statement(struct shelf *shelf, enum index_statement which);
bool shelf_meta_get(struct shelf *shelf, const char *name, struct str *ret);
int shelf_meta_put(struct shelf *shelf, const char *name, const void *bytes, size_t length);
uint64_t shelf_meta_number(struct shelf *shelf, const char *name);
int shelf_meta_put_number(struct shelf *shelf, const char *name, uint64_t number);
/* One without bytes is taken away. */
int shelf_brief_put(struct shelf *shelf, const struct vault_brief *brief);
/* As it is, without bytes too: the delta over a base says so that a row is gone. */
int shelf_brief_note(struct shelf *shelf, const struct vault_brief *brief);
int shelf_text_put(struct shelf *shelf, uint64_t gseq, const uint8_t stream[ID_BYTES], const uint8_t mark[8],
		   const char *text, size_t length);

/* ---- index.c, for its siblings */
/* The delta, opened when first needed: WORDS, for words of events. NULL when even memory fails. */
struct shelf *index_delta(struct index *index, bool words);
bool index_forgot(const struct index *index, const uint8_t stream[ID_BYTES]);
struct pages_owner index_owner(const struct index *index);
/* After a put into the delta: notes it, or that the delta is lost (CODE not 0). */
void index_noted(struct index *index, int code);
/* Takes the lock for writing, without waiting; at once where it is held already. */
bool index_lock_alone(struct index *index);
void index_lock_shared(struct index *index);

#endif
