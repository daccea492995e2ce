/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the intelligence store share: the database, its statements, the run that is open. */
#ifndef PSIRTTY_VAULT_INTEL_PRIVATE_H
#define PSIRTTY_VAULT_INTEL_PRIVATE_H

#include <sqlite3.h>

#include "psirtty/format/feed_pack.h"
#include "psirtty/vault/intel.h"

/* name, SQL */
#define INTEL_STATEMENTS(X) \
	X(BEGIN, "BEGIN IMMEDIATE") X(COMMIT, "COMMIT") X(ROLLBACK, "ROLLBACK") \
	X(SOURCE_GET, "SELECT id, kind, synced, newest, records, cursor, run, serial FROM source WHERE name = ?1") \
	X(SOURCE_NEW, "INSERT INTO source (name, kind) VALUES (?1, ?2)") \
	X(SOURCE_RUN, "UPDATE source SET kind = ?2, run = ?3 WHERE id = ?1") \
	X(SOURCE_KEEP, "UPDATE source SET newest = ?2, records = ?3, cursor = ?4, synced = ?5, run = ?6, serial = ?7 " \
		       "WHERE id = ?1") \
	X(SOURCES, "SELECT name, kind, synced, newest, records, cursor, run, serial, " \
		   "(SELECT count(*) FROM fault WHERE fault.source = source.id) FROM source ORDER BY name") \
	X(SOURCE_OF_KIND, "SELECT 1 FROM source WHERE kind = ?1 AND synced IS NOT NULL") \
	X(RUN_NEXT, "UPDATE meta SET value = value + 1 WHERE name = 'run' RETURNING value") \
	X(CHANGE_LAST, "SELECT max(change) FROM record") \
	X(RECORD_FIND, "SELECT id, modified, gone FROM record WHERE name = ?1 AND source = ?2 AND part = ?3") \
	X(RECORD_NEW, "INSERT INTO record (name, source, part, kind, state, exploited, modified, seen, change, run) " \
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)") \
	X(RECORD_CHANGE, "UPDATE record SET kind = ?2, state = ?3, exploited = ?4, modified = ?5, seen = ?6, change = ?7, " \
			 "run = ?8, gone = 0 WHERE id = ?1") \
	X(RECORD_BACK, "UPDATE record SET seen = ?2, change = ?3, run = ?4, gone = 0 WHERE id = ?1") \
	X(RECORD_HEAD, "SELECT source.name, record.kind, state, exploited, modified, seen, change, gone, record.name, " \
		       "record.source FROM record JOIN source ON source.id = record.source WHERE record.id = ?1") \
	X(RECORDS_NAMED, "SELECT id FROM record WHERE name = ?1") \
	X(NAMED, "SELECT id, 1, gone, kind, exploited, name FROM record WHERE name = ?1") \
	X(CALLED, "SELECT record.id, joins, gone, kind, exploited, record.name FROM alias JOIN record ON record.id = alias.record " \
		  "WHERE alias.name = ?1") \
	X(RECORDS_AFTER, "SELECT id FROM record WHERE change > ?1 ORDER BY change") \
	X(RECORDS_NEWEST, "SELECT id, modified FROM record ORDER BY modified DESC, id") \
	X(BODY_NEW, "INSERT OR REPLACE INTO body (id, packed, raw, packed_with, raw_with) VALUES (?1, ?2, ?3, ?4, ?5)") \
	X(BODY_GET, "SELECT packed, packed_with, raw, raw_with FROM body WHERE id = ?1") \
	X(WITNESS_GET, "SELECT packed, packed_with, source.name, seen, change, gone FROM body JOIN record USING (id) " \
		       "JOIN source ON source.id = record.source WHERE body.id = ?1") \
	X(RAW_GET, "SELECT raw, raw_with FROM body JOIN record USING (id) JOIN source ON source.id = record.source " \
		   "WHERE record.name = ?2 AND source.name = ?1 AND raw IS NOT NULL") \
	X(BROUGHT_NEW, "INSERT OR IGNORE INTO brought (source, record) VALUES (?1, ?2)") \
	X(BROUGHT_DROP, "DELETE FROM brought WHERE source = ?1") \
	X(MISSING, "SELECT id FROM record WHERE source = ?1 AND run <> ?2 AND gone = 0 AND NOT EXISTS (SELECT 1 FROM brought " \
		   "WHERE brought.source = ?1 AND brought.record = record.id) ORDER BY id") \
	X(WITHDRAW, "UPDATE record SET gone = 1, seen = ?2, change = ?3 WHERE id = ?1") \
	X(ALIAS_NEW, "INSERT OR IGNORE INTO alias (name, record, joins) VALUES (?1, ?2, ?3)") \
	X(ALIAS_DROP, "DELETE FROM alias WHERE record = ?1") \
	X(ALIAS_RECORDS, "SELECT record, joins FROM alias WHERE name = ?1") \
	X(ALIAS_NAMES, "SELECT name FROM alias WHERE record = ?1 AND joins = 1") \
	X(PRODUCT_NEW, "INSERT OR IGNORE INTO product (key, record) VALUES (?1, ?2)") \
	X(PRODUCT_DROP, "DELETE FROM product WHERE key = ?1 AND record = ?2") \
	X(PRODUCT_RECORDS, "SELECT record.id FROM product JOIN record ON record.id = product.record " \
			   "WHERE key = ?1 ORDER BY record.name, record.source, record.part") \
	X(FTS_NEW, "INSERT INTO fts (rowid, text) VALUES (?1, ?2)") \
	X(FTS_DROP, "INSERT INTO fts (fts, rowid, text) VALUES ('delete', ?1, ?2)") \
	X(FTS_FIND, "SELECT rowid FROM fts WHERE fts MATCH ?1") \
	X(MODIFIED_OF, "SELECT modified FROM record WHERE id = ?1") \
	X(FAULT_NEW, "INSERT OR REPLACE INTO fault (source, place, why, at, size, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
	X(FAULT_DROP, "DELETE FROM fault WHERE source = ?1 AND place = ?2") \
	X(FAULT_COUNT, "SELECT count(*) FROM fault WHERE source = ?1") \
	X(FAULTS, "SELECT source.name, place, why, at, size FROM fault JOIN source ON source.id = fault.source " \
		  "WHERE ?1 IS NULL OR source.name = ?1 ORDER BY source.name, place") \
	X(DICTIONARY_NEW, "INSERT INTO dictionary (kind, raw, bytes) VALUES (?1, ?2, ?3)") \
	X(DICTIONARY_LAST, "SELECT id FROM dictionary WHERE kind = ?1 AND raw = ?2 ORDER BY id DESC") \
	X(DICTIONARY_GET, "SELECT bytes FROM dictionary WHERE id = ?1") \
	X(EPSS_MODEL_NEW, "INSERT OR IGNORE INTO epss_model (name) VALUES (?1)") \
	X(EPSS_MODEL_GET, "SELECT id FROM epss_model WHERE name = ?1") \
	X(EPSS_MODEL_NAME, "SELECT name FROM epss_model WHERE id = ?1") \
	X(EPSS_PUT, "INSERT INTO epss (cve, day, model, score, percentile, history) VALUES (?1, ?2, ?3, ?4, ?5, ?6) " \
		    "ON CONFLICT (cve) DO UPDATE SET history = CASE WHEN score = ?4 AND model = ?3 THEN history " \
		    "ELSE CAST(history || ?6 AS BLOB) END, day = ?2, model = ?3, score = ?4, percentile = ?5 WHERE ?2 > day") \
	X(EPSS_GET, "SELECT day, model, score, percentile, history FROM epss WHERE cve = ?1") \
	X(EPSS_COUNT, "SELECT count(*) FROM epss")

enum intel_statement {
#define X(name, sql) INTEL_##name,
	INTEL_STATEMENTS(X)
#undef X
	INTEL_STATEMENT_COUNT
};

struct intel_open_run {
	bool open, transaction, whole;
	int64_t source, run, change, records, faults, epss_before;
	enum feed_kind kind;
	instant now, newest, synced;
	uint64_t serial;
	char *cursor;               /* owned: of the last checkpoint */
	struct intel_done done, kept_done; /* so far; at the last checkpoint */
	int64_t kept_change, kept_records, kept_faults;
	instant kept_newest;
	char model_name[32]; int64_t model; /* of the EPSS rows put last */
};

struct intel_press { int64_t id; struct feed_press *press; };
/* What the joined records of a name come to. */
struct intel_flaw { char *name, *canonical; bool exploited; }; /* owned; NAME NULL: a free slot */

/* Where a record is unpacked: kept for the next one, since most are alike. */
struct intel_room { struct str bytes; struct feed_unpacked body; };

struct intel {
	sqlite3 *db;
	sqlite3_stmt *statements[INTEL_STATEMENT_COUNT];
	char *path;                 /* owned */
	int lock;                   /* descriptor; -1: reading */
	struct intel_press presses[2 * FEED_KINDS]; size_t press_count;
	struct str dictionary;      /* lent out */
	struct intel_open_run run;
	bool held;
	struct intel_room spare;    /* for the next record that is read */
	struct intel_flaw *flaws; size_t flaw_count, flaw_room; /* by a number of the name, room a power of two */
	struct intel_room now, old; /* scratch */
	struct str text, canonical;
};

/* ---- intel.c */

int intel_failed(struct intel *intel, struct error *err);
/* A statement to bind; it never fails: what is wrong shows when it is stepped. */
sqlite3_stmt *intel_statement(struct intel *intel, enum intel_statement which);
/* Steps to the end and resets. */
int intel_do(struct intel *intel, sqlite3_stmt *s, struct error *err);
/* The first column of the first row, or OTHERWISE; resets. */
int64_t intel_number(sqlite3_stmt *s, int64_t otherwise);
void intel_bind_text(sqlite3_stmt *s, int at, const char *text);
void intel_bind_instant(sqlite3_stmt *s, int at, instant when);
instant intel_column_instant(sqlite3_stmt *s, int at);
const char *intel_column_text(sqlite3_stmt *s, int at); /* "" for NULL */
/* NULL where there is no such dictionary. ID 0: none is needed. */
struct feed_press *intel_press(struct intel *intel, int64_t id);

struct intel_ids { int64_t *items; size_t count, room; };
void intel_ids_release(struct intel_ids *ids);
/* The first column of all rows of S, which is reset. */
int intel_collect(struct intel *intel, sqlite3_stmt *s, struct intel_ids *ret, struct error *err);

/* ---- intel_read.c */

/* Borrowed until it is given back; whoever is called in between gets another. */
struct intel_room intel_take_room(struct intel *intel);
void intel_give_room(struct intel *intel, struct intel_room *room);
void intel_room_release(struct intel_room *room);
/* What body of record ID holds, unpacked into ROOM. *RET_RAW (may be NULL) gets the raw bytes as they are
 * stored. */
int intel_body(struct intel *intel, int64_t id, bool head, struct intel_room *room,
	       struct error *err);
/* Calls FN with record ID; PRODUCT may be what it is about. */
int intel_tell(struct intel *intel, int64_t id, bool head, intel_witness_fn fn, void *context, struct error *err);
/* What is indexed of RECORD. */
void intel_text(const struct feed_record *record, struct str *ret);

/* ---- intel_alias.c */

/* Every name joined to ID, itself first; at most some hundred. */
int intel_names(struct intel *intel, const char *id, struct text_list *ret, struct error *err);
int intel_records_of(struct intel *intel, const struct text_list *names, struct intel_ids *ret, struct error *err);
/* What was found of flaws while the store was held. */
void intel_forget(struct intel *intel);

/* ---- intel_epss.c */

int intel_put_epss(struct intel *intel, const struct feed_record *record, struct error *err);
int64_t intel_count_epss(struct intel *intel);

#endif
