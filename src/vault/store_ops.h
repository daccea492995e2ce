/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a database must be able to do to hold a vault: thirteen functions, and the statements in a subset
 * of SQL that SQLite and PostgreSQL prepare alike. The queue, the files' modes and the meaning of the
 * rows are store.c's.
 */
#ifndef PSIRTTY_VAULT_STORE_OPS_H
#define PSIRTTY_VAULT_STORE_OPS_H

#include "vault/store.h"

enum store_part { STORE_EVENTS, STORE_KEYS, STORE_PARTS };

enum store_statement {
	INSERT_EVENT, SELECT_EVENT, SELECT_JOURNAL, SELECT_NEXT, SELECT_ID, SELECT_PLACE, SELECT_LAST, INSERT_IDENTITY, UPDATE_IDENTITY,
	DELETE_IDENTITY, SELECT_IDENTITY, INSERT_WRAP, SELECT_WRAP, NEXT_WRAP, DELETE_WRAPS, UPDATE_BODY,
	COUNT_WRAPS, DELETE_STREAM, STATEMENTS,
};
extern const struct store_text { enum store_part part; const char *sql; } store_statements[STATEMENTS];

/* Given to a statement, or asked from its row: then KIND says as what. Bytes are borrowed. */
struct store_value {
	enum store_kind { STORE_NUMBER, STORE_BLOB, STORE_TEXT } kind;
	uint64_t number;
	const void *bytes;
	size_t length;
};

struct store_base; /* the database's own state */

struct store_ops {
	/* CREATE: the files are there and empty. READONLY: nothing is written beside them either.
	 * Files of another version are refused. */
	int (*open)(const char *dir, bool create, bool readonly, struct store_base **ret,
		    struct error *err);
	void (*close)(struct store_base *base); /* NULL does nothing */
	int (*begin)(struct store_base *base, enum store_part part, struct error *err);
	/* From here on others see it. Of the events the disk may not hold it yet, but what came before is never
	 * lost without it; keys are on the disk. */
	int (*commit)(struct store_base *base, enum store_part part, struct error *err);
	/* The disk holds every event that can be seen. */
	int (*sync)(struct store_base *base, struct error *err);
	void (*rollback)(struct store_base *base, enum store_part part); /* without a transaction: nothing */
	int (*put)(struct store_base *base, enum store_statement which, const struct store_value *values,
		   size_t count, struct error *err);
	/* One row: 1, 0 when there is none, negative. It stays until the same statement is used or rested. */
	int (*get)(struct store_base *base, enum store_statement which, const struct store_value *values,
		   size_t count, struct store_value *ret, size_t ret_count, struct error *err);
	void (*rest)(struct store_base *base, enum store_statement which);
	/* A number that is another one after another process committed. */
	uint64_t (*version)(struct store_base *base);
	/* Folds what is written ahead into the file; when not ALWAYS, only where it became long. */
	void (*fold)(struct store_base *base, bool always);
	int (*integrity)(struct store_base *base, void (*fn)(void *context, const char *complaint),
			 void *context, struct error *err);
	/* A consistent copy as one new file, while others work. */
	int (*copy)(struct store_base *base, enum store_part part, const char *path, struct error *err);
};
extern const struct store_ops store_sqlite;

#endif
