/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vault's log built by hand: its members' secret keys are known to the test, so that it can sign what the
 * program never would. No gpg: the members' OpenPGP certifications are empty.
 */
#ifndef PSIRTTY_TESTS_ATTACK_WORLD_H
#define PSIRTTY_TESTS_ATTACK_WORLD_H

#include "vault/vault_private.h"

enum row_field {
	FIELD_ID, FIELD_STREAM, FIELD_CORE, FIELD_NONCE, FIELD_BODY, FIELD_SIG, FIELD_PREV, FIELD_APPENDER,
	FIELD_JOURNAL_SIG, FIELD_COUNT,
};
extern const char *const row_field_names[FIELD_COUNT];

/* A row whose fields it owns. */
struct row {
	uint64_t gseq;
	struct str fields[FIELD_COUNT];
};
void row_copy(const struct row *row, struct row *ret);
void row_release(struct row *row);
/* Its content becomes the stub that shredding leaves. */
void row_shred(struct row *row);
/* Borrowed from ROW. */
struct store_row row_view(const struct row *row);

struct actor { uint8_t id[ID_BYTES]; uint8_t role; struct member_keys keys; };
enum { ACTOR_ADMIN, ACTOR_HANDLER, ACTOR_OBSERVER, ACTOR_GONE, ACTOR_STRANGER, ACTOR_COUNT };

struct place { uint8_t stream[ID_BYTES]; uint8_t keys[8][KEY_BYTES]; /* by epoch */ };
enum { PLACE_REGISTRY, PLACE_INBOX, PLACE_CASE, PLACE_OTHER, PLACE_SHREDDED, PLACE_COUNT };

struct world {
	uint8_t vault[ID_BYTES];
	struct actor actors[ACTOR_COUNT];
	struct place places[PLACE_COUNT];
	struct log log;                  /* of the rows, all honest */
	struct row *rows; size_t count;  /* owned */
};

/* What a row is to say. Zeroed members are filled in as an honest program would. */
struct writing {
	const struct actor *author;
	const struct actor *signer;      /* whose key signs as the author (the author's) */
	const struct actor *appender;    /* the author */
	enum core_kind kind;
	uint16_t type;
	const uint8_t *stream;           /* the vault's own */
	const void *body; size_t length; /* clear */
	const uint8_t *key;              /* seals the body; content only */
	uint32_t epoch;                  /* content: the newest */
	const uint8_t *key_id;           /* content: the announced one */
	const uint8_t *parent;           /* the stream's heads */
	bool imported;                   /* as written on another copy */
};
/* The row that would stand next. The caller releases it. */
void world_write(const struct world *world, const struct writing *writing, struct row *ret);
/* The same, kept; false (with a note on the error) when the log does not take it. */
bool world_add(struct world *world, const struct writing *writing);
/* A content event of AUTHOR in PLACE under its newest key. */
struct writing world_note(const struct world *world, const struct actor *author, size_t place, const char *text);

/* A control event in PLACE (or, with WORLD_VAULT, in the vault's own stream); only written, or added. */
enum { WORLD_VAULT = PLACE_COUNT };
struct writing world_control(const struct world *world, size_t author, enum control_type type, size_t place,
			     const void *body, size_t length);
bool world_add_control(struct world *world, size_t author, enum control_type type, size_t place, const void *body,
		       size_t length);
/* The body of EPOCH for the next key of PLACE, given to exactly HOLDERS (ended by ACTOR_COUNT). Adds to RET. */
void world_epoch_body(const struct world *world, size_t place, const size_t *holders, struct str *ret);
/* The body of MEMBER for an actor. */
void world_member_body(const struct world *world, size_t actor, uint8_t role, struct str *ret);

bool world_admit(struct world *world, size_t actor);
bool world_open(struct world *world, size_t author, size_t place, enum vault_stream_kind kind);
bool world_grant(struct world *world, size_t author, size_t place, size_t member, uint8_t rights);
/* A vault, three members, registry, inbox, two cases with some notes each; a third case that was shredded; one
 * event of each kind of control. False when it was not taken. */
bool world_begin(struct world *world);
void world_end(struct world *world);

/* Reads ROWS with every check on, as the audit does; the first finding's place (0: none) and sentence (wiped,
 * then added to RET). */
uint64_t world_replay(const struct row *rows, size_t count, struct str *ret);
/* Writes ROWS into a new vault folder at DIR. */
bool world_store(const struct world *world, const struct row *rows, size_t count, const char *dir);

#endif
