/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault: sealed, signed, chained events in streams (a case, the inbox, the registry), and sealed
 * attachments. It does not know what the fields of an event mean. Formats: HACKING.md, "The vault's
 * bytes".
 */
#ifndef PSIRTTY_VAULT_VAULT_H
#define PSIRTTY_VAULT_VAULT_H

#include "psirtty/base/conf.h"
#include "psirtty/vault/openpgp.h"

struct vault;

/* ---- making and opening */

/* Makes a new vault in DIR (which must not exist or be empty) for the handler with this key: member,
 * registry and inbox streams. OUTBOX: where finished mail is put (NULL: DIR with "-outbox"). */
int vault_create(const char *dir, struct openpgp *pgp, const char *fingerprint, const char *outbox,
		 instant now, struct error *err);
/* From now on this process keeps few pages of vaults and indexes in memory: for one that stays beside a handler all
 * day, where a pass over everything need not be as fast as can be. Before anything is opened. */
void vault_lean(void);
/* Unlocks: one gpg operation, then verifies what is new since this member's remembered head. A vault
 * with a damaged event opens, read-only: vault_damage() says which. PGP is borrowed. */
int vault_open(const char *dir, struct openpgp *pgp, bool readonly, instant now, struct vault **ret,
	       struct error *err);
/* The same with the identity that another process unlocked and sends into IDENTITY, a pipe or socket (-1: none);
 * gpg is not asked. */
int vault_open_with(const char *dir, struct openpgp *pgp, int identity, bool readonly, instant now, struct vault **ret,
		    struct error *err);
/* Writes the unlocked identity into FD, for vault_open_with at its other end. Whoever reads it holds all that this member
 * may read: a process of this program, nothing else. */
int vault_identity_send(const struct vault *vault, int fd, struct error *err);
/* Remembers the head, folds the log into the database file, wipes the keys. NULL does nothing. */
void vault_close(struct vault *vault);
/* A sentence about the first damaged event, or NULL. Borrowed. */
const char *vault_damage(const struct vault *vault);
/* A static sentence, untranslated, about a clock that jumped; or NULL. */
const char *vault_warning(const struct vault *vault);
const char *vault_fingerprint(const struct vault *vault); /* of who unlocked it */
const char *vault_outbox(const struct vault *vault);      /* absolute or relative to the vault's folder, resolved */
bool vault_readonly(const struct vault *vault);

/* ---- events */

enum vault_stream_kind { VAULT_CASE = 1, VAULT_INBOX = 2, VAULT_REGISTRY = 3 };

struct vault_event {
	uint64_t gseq;
	uint8_t id[32], stream[16], author[16];
	uint8_t person[16];    /* the author, or the first identity that the same OpenPGP key had here */
	enum vault_stream_kind kind;
	int type;              /* the model's number */
	instant at;            /* the author's clock */
	uint64_t order;        /* and its counter: by order, then id, events of a stream are as vault_stream_each has them */
	const char *fingerprint; /* of the author; borrowed */
	const char *json;      /* opened body, zero-terminated; borrowed for the call */
	size_t length;
};
typedef int (*vault_event_fn)(void *context, const struct vault_event *event, struct error *err);

/* A new stream with its own key, granted to the author: a case's random id in RET. */
int vault_stream_new(struct vault *vault, enum vault_stream_kind kind, instant now, uint8_t ret[16],
		     struct error *err);
/* The one inbox and the one registry. */
const uint8_t *vault_stream_of(const struct vault *vault, enum vault_stream_kind kind);
/* Holds the queue over several appends that belong together: others wait. Let go of it soon; may be nested. */
int vault_hold(struct vault *vault, struct error *err);
void vault_let_go(struct vault *vault);
/* Everything that is appended and every object that is put between these two becomes durable at once, at the end; or
 * nothing, when that returns an error: then the log is what it was at the beginning, and whoever folded the events
 * meanwhile must begin anew. Others wait meanwhile: nobody is asked anything, no process is waited for. */
int vault_batch_begin(struct vault *vault, struct error *err);
int vault_batch_end(struct vault *vault, struct error *err);
/* Nothing of the batch is to be kept: its end will be an error. */
void vault_batch_spoil(struct vault *vault);
/* Asked while the queue is held: whether the event is still possible after what others appended. */
typedef int (*vault_check_fn)(void *context, struct error *err);
/* Seals, signs, appends; durable when it returns 0. FN (may be NULL) is first called for events others
 * appended meanwhile; then CHECK (may be NULL) may refuse, and nothing is written; then FN for this one. */
int vault_append(struct vault *vault, const uint8_t stream[16], int type, const char *json, size_t length,
		 instant now, vault_event_fn fn, vault_check_fn check, void *context, struct error *err);
/* Hands out every readable content event after AFTER in journal order, verified. */
int vault_each(struct vault *vault, uint64_t after, vault_event_fn fn, void *context, struct error *err);
/* Every stream of KIND that this member may read, in the order they were opened; FN false stops. */
typedef bool (*vault_stream_fn)(void *context, const uint8_t stream[16]);
void vault_streams(struct vault *vault, enum vault_stream_kind kind, vault_stream_fn fn, void *context);
/* Hands out the content events of one stream, in the order every copy of the vault agrees on (what came before first, then
 * time, then id); its chain and its authors' signatures are verified first. */
int vault_stream_each(struct vault *vault, const uint8_t stream[16], vault_event_fn fn, void *context,
		      struct error *err);
/* One event by its id: ERR_INPUT when there is none that can be read. */
int vault_event_at(struct vault *vault, const uint8_t id[32], vault_event_fn fn, void *context,
		   struct error *err);
/* Hands out what others appended since this vault was last read, verified. */
int vault_read_on(struct vault *vault, vault_event_fn fn, void *context, struct error *err);
/* Reads on by at most MOST events (content or not); *RET_LEFT are still to come. */
int vault_read_some(struct vault *vault, uint64_t most, uint64_t *ret_left, struct error *err);
/* Cheap: whether somebody appended since the last look. */
bool vault_changed(struct vault *vault);
/* Readable when somebody appended, until vault_changed is asked; -1 where the system cannot tell. */
int vault_notify_fd(struct vault *vault);
uint64_t vault_head(const struct vault *vault);
/* Remembers NAME for a stream in the member's own sealed state, so that damage can be named. */
void vault_name_stream(struct vault *vault, const uint8_t stream[16], const char *name);

/* ---- attachments: sealed, immutable, named by their ciphertext */

struct vault_object { char name[65], key[65], sha256[65]; size_t size; }; /* hex; sha256 of the plaintext */
int vault_object_put(struct vault *vault, const void *bytes, size_t length, struct vault_object *ret,
		     struct error *err);
/* Checks name, every chunk and the end before it returns 0. */
int vault_object_get(struct vault *vault, const char *name, const char *key, struct str *ret,
		     struct error *err);
/* The same in constant memory, from and to a file descriptor; at most LIMIT bytes. Compressible content is
 * compressed before it is sealed. PROGRESS (may be NULL) gets the bytes done; returning true cancels. */
typedef bool (*vault_bytes_fn)(void *context, uint64_t done);
int vault_object_put_fd(struct vault *vault, int fd, uint64_t limit, vault_bytes_fn progress, void *context,
			struct vault_object *ret, struct error *err);
/* Nothing reaches FD before the name of the object was checked; a damaged chunk ends it with ERR_INPUT. */
int vault_object_get_fd(struct vault *vault, const char *name, const char *key, int fd,
			vault_bytes_fn progress, void *context, struct error *err);
void vault_sha256(const void *bytes, size_t length, char ret_hex[65]);
void vault_sha512(const void *bytes, size_t length, char ret_hex[129]);
/* Random lower-case hex digits, LENGTH of them: for ids and boundaries. */
void vault_random_hex(char *ret, size_t length);

/* ---- drafts: sealed to this member only */

int vault_draft_put(struct vault *vault, const char *id, const void *bytes, size_t length, struct error *err);
/* The same without waiting for the disk: outlives this process, not a loss of power. For what is kept while one types. */
int vault_draft_keep(struct vault *vault, const char *id, const void *bytes, size_t length, struct error *err);
int vault_draft_get(struct vault *vault, const char *id, struct str *ret, struct error *err);
int vault_draft_remove(struct vault *vault, const char *id, struct error *err);
int vault_draft_list(struct vault *vault, char ***ret, size_t *ret_count, struct error *err);
/* A new 0600 file in this member's draft area for an editor; the caller removes it. Caller frees *RET. */
int vault_draft_scratch(struct vault *vault, const char *suffix, char **ret, struct error *err);

/* Seals what an editor of a session that died left there; how many were. */
int vault_draft_recover(struct vault *vault, size_t *ret_count, struct error *err);

/* ---- proof */

struct audit_finding {
	uint64_t gseq;     /* 0: not one event */
	char *stream_name; /* "case PSIRT-2026-0001", "inbox", "case 1f3a9c…" when its name cannot be known */
	char *what;        /* sentence */
};
struct audit_report {
	uint64_t events;
	size_t streams, attachments;
	size_t shredded;   /* streams of which only the chain is left, as a SHRED says */
	struct audit_finding *findings; size_t finding_count;
	struct audit_finding *notes; size_t note_count; /* no damage to the log: keys that somebody who may read lacks */
	bool opened;       /* contents were opened too (level 4); else chains, hashes and signatures only */
	int level;         /* how far it went: 1 chains and authority, 2 hashes, 3 signatures, 4 contents */
};
void audit_report_release(struct audit_report *report);
/* What an opened event calls its stream, or NULL: so that damage in a case is told by the case's id. The
 * caller of the function frees. */
typedef char *(*vault_name_fn)(int type, const char *json, size_t length);
/* Verifies everything: chains, authority, hashes, signatures, and, where PGP (may be NULL) can unlock,
 * opens what can be read. Never changes anything. 0 whole, ERR_NO violated (findings), ERR_VAULT when it
 * cannot be read at all. */
int vault_audit(const char *dir, struct openpgp *pgp, vault_name_fn name, struct audit_report *ret,
		struct error *err);
/* The same up to LEVEL (0: as far as the keys at hand allow). ERR_USAGE when nothing was found but a level
 * that was asked for could not be reached. */
int vault_audit_level(const char *dir, struct openpgp *pgp, int level, vault_name_fn name,
		      struct audit_report *ret, struct error *err);

/* Sixteen bytes of the sealed body of an event, as they lie on the disk: for demonstrations of damage. */
int vault_sealed_sample(struct vault *vault, uint64_t gseq, uint8_t ret[16], struct error *err);

/* ---- looking after it */

struct vault_finding { char *what; bool repairable, repaired; }; /* WHAT: a sentence */
struct vault_check { struct vault_finding *items; size_t count, objects; }; /* objects: whole ones */
void vault_check_release(struct vault_check *check);
/* Modes and what was left half-written more than a day ago; needs no key. Adds to RET. */
int vault_check_folder(const char *dir, bool repair, instant now, struct vault_check *ret, struct error *err);
/* Every object against its name; objects that no event names, a day old (only for who may read all); the log
 * that was not folded in; the cache. REPAIR mends what is no data. Adds to RET. */
int vault_check(struct vault *vault, bool repair, instant now, struct vault_check *ret, struct error *err);

struct vault_stats { uint64_t events; size_t cases, members, attachments; uint64_t bytes; };
int vault_stats(struct vault *vault, struct vault_stats *ret, struct error *err);

#endif
