/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the desk share. */
#ifndef PSIRTTY_DESK_DESK_PRIVATE_H
#define PSIRTTY_DESK_DESK_PRIVATE_H

#include "psirtty/desk/desk.h"
#include "psirtty/vault/index.h"
#include "psirtty/vault/vault.h"
#include "psirtty/worker/parse.h"

enum { MAIL_LIMIT = 200 << 20, TEXT_LIMIT = 20 << 20 };

/* Owned. THERE: gpg has a key; else the name is the fingerprint's beginning. */
struct author { char *fingerprint, *name, *address; bool there; };
enum { RING_STAMP = 32 };
/* A stream to be read anew, or, GONE, to be forgotten. */
struct stale { uint8_t stream[16]; enum vault_stream_kind kind; bool gone; };

enum { NEWS_MOST = 32 };
struct news { uint8_t stream[16]; char author[128]; };

struct desk {
	struct openpgp *pgp;
	struct parse_worker *worker;
	struct vault *vault;
	struct model *model;
	char *dir, *name, *handler, *address; /* owned; of the vault's folder and of who works here */
	struct author *authors; size_t author_count;
	uint8_t ring[RING_STAMP];             /* of gpg's key rings, before anything was asked; where RING_KNOWN */
	bool ring_known, names_changed;       /* the names in the cache are not these */
	bool registry_taken, registry_changed; /* from the cache; it is not what the cache holds */
	bool glances_taken, dues_old;         /* from the cache; what the cache has was worked out by other rules */
	uint8_t old_dues[32];                 /* their key */
	const char *warnings[16];             /* static sentences about the last changes, untranslated */
	size_t warning_count;
	char *clock_fault;                    /* owned: why rules of clocks do not count, or NULL */
	size_t keys_noted;                    /* how many pins were asked for their expiry */
	bool behind;                          /* desk_refresh_some has not read everything */
	uint64_t folded, kept;                /* the last event in the model; that of the cache's briefs */
	struct news news[NEWS_MOST]; size_t news_count; /* what others did to cases, until it is asked for */
	bool started;                         /* what comes from now on is news */
	struct stale *stale; size_t stale_count, stale_room; /* owned; a hash table */
	char *trouble;                        /* owned: what could not be read anew, a sentence, or NULL */
	bool mails_anew;                      /* briefs of mails in the cache may be of no mail any more */
	bool unread;                          /* something could not be read anew: what is known is not worth keeping */
	struct str brief;                     /* while briefs are put */
	struct desk_look *look;               /* owned: the store of intelligence, once it was looked at */
	struct desk_laws *laws;               /* owned: rules of gates and collisions, once they were asked for */
	struct desk_templates *templates;     /* owned: letters, once one was asked for */
	const struct letter_way *letter_way;  /* borrowed: how letters leave; NULL: by the vault's outbox */
	struct desk_way *way;                 /* owned: how the settings have letters leave; NULL before they are followed */
	json_t *last_record;                  /* owned: what was sealed last beside an event, of that name; or NULL */
	char last_body[65];
	struct desk_inventories *inventories; /* owned: what products are made of, once it was asked for */
	struct desk_results *results;         /* owned: of the last match run, once it was asked for */
	bool together;                        /* what is appended is for one batch */
	bool published;                       /* the search index was written as soon as it was whole */
};

/* ---- way.c */
struct desk_way;
void desk_way_free(struct desk_way *way); /* NULL does nothing */

/* ---- flaw.c */
struct desk_look;
void desk_look_free(struct desk_look *look); /* NULL does nothing */

/* ---- intake.c */
/* Where a mail comes from; account and uid (its name on the server) may be NULL. */
struct intake_source { const char *channel, *account, *uid; instant received; };
/* Messages are kept in groups, several at once on their way through workers: so what was added is kept for sure only
 * after intake_end. Counts into COUNT, which must live until then, as must DESK. */
struct intake;
struct intake *intake_begin(struct desk *desk, instant now, struct intake_count *count);
/* One whose bytes are here already is known. BYTES are copied. */
int intake_add(struct intake *intake, const char *bytes, size_t length, const struct intake_source *source,
	       struct error *err);
/* Keeps and reads what is left (unless CODE is an error already, which is returned) and frees it. */
int intake_end(struct intake *intake, int code, struct error *err);
/* Keeps one message, then reads it; counts. */
int desk_intake(struct desk *desk, const char *bytes, size_t length, const struct intake_source *source, instant now,
		struct intake_count *count, struct error *err);
/* Nothing of it stays closed for want of a key. */
bool desk_is_open(const struct mail_record *record);
/* That, and it could be taken apart. */
bool desk_is_readable(const struct mail_record *record);
/* What was read of the mail ID, as an event. */
int desk_append_record(struct desk *desk, const char *id, const struct mail_record *record, instant now,
		       struct error *err);

/* ---- places.c */
/* SHA-256 and size of a whole file. */
int desk_file_sum(int fd, char ret_hex[65], uint64_t *ret_size, struct error *err);
/* Calls FN for each place of a sealed file (FIELD_OBJECT) in the events of a whole case, in order; FIELD names the
 * member that holds it. */
typedef void (*desk_place_fn)(void *context, const struct event *event, const char *field, const json_t *place);
void desk_each_place(const struct case_state *state, desk_place_fn fn, void *context);

/* ---- body.c */
/* The body as it is sealed into the event; what it may not hold lies in a file beside it by then. New reference. */
int desk_seal_body(struct desk *desk, enum event_type type, const json_t *body, json_t **ret, struct error *err);
/* Lets go of what was sealed last. */
void desk_forget_body(struct desk *desk);
/* The body of a sealed event, with what lies beside it. New reference. */
int desk_open_body(struct desk *desk, const struct vault_event *sealed, json_t **ret, struct error *err);
/* Each time a mail was read: the file of what was read, or NULL where it lies in the event itself, as it once did. */
typedef void (*desk_record_fn)(void *context, const char *object);
int desk_mail_records(struct desk *desk, const struct inbox_item *item, desk_record_fn fn, void *context, struct error *err);

/* ---- fold.c */
/* A fresh model of everything that can be read. */
int desk_fold_start(struct desk *desk, struct error *err);
/* Folds what the vault read on since, and reads anew what that made necessary. */
int desk_take_in(struct desk *desk, struct error *err);
/* What cannot be read is damage and told as such; with the rest one can go on. */
void desk_note_trouble(struct desk *desk, const struct error *err);
/* Puts what changed into the member's cache. */
void desk_fold_end(struct desk *desk);

/* ---- kept.c */
/* What gpg calls a member; asked of it once. Borrowed until the next call. */
const struct author *desk_author(struct desk *desk, const char *fingerprint);
/* From the cache's row, where the key rings are still the same. */
void desk_take_names(struct desk *desk, const void *bytes, size_t length);
/* Hands out the registry's events as the cache's row has them, with the desk as CONTEXT. */
int desk_take_registry(struct desk *desk, const void *bytes, size_t length, vault_event_fn fn, struct error *err);
/* Puts what changed of both, or ALL. */
void desk_keep_rest(struct desk *desk, bool all);

/* ---- search.c */
/* What lies before the head of the search index is indexed now, where it is not yet: a stream became readable. */
void desk_index_again(struct desk *desk, const uint8_t stream[16]);
/* LINE into ROOM bytes, cut at a character, not within one. */
void desk_copy_line(const char *line, char *ret, size_t room);

/* ---- inventory.c */
struct desk_inventories;
void desk_inventories_free(struct desk_inventories *held); /* NULL does nothing */

/* ---- match.c */
struct desk_results;
void desk_results_free(struct desk_results *results); /* NULL does nothing */

/* ---- gates.c */
void desk_laws_free(struct desk_laws *laws);

/* ---- recipient.c */
/* The key WHO (a fingerprint, or an address a key is pinned to), and the address the register has for it, which is NULL
 * where it has none. ERR_NO for an address without a pinned key. The caller releases *RET and frees *RET_ADDRESS. */
int desk_find_recipient(struct desk *desk, const char *who, struct openpgp_key *ret, char **ret_address,
			struct error *err);

/* ---- correspondence.c */
int desk_draft_load(struct desk *desk, const char *id, json_t **ret, struct error *err);
int desk_draft_store(struct desk *desk, const char *id, const json_t *draft, struct error *err);
/* A letter of this program's own making (an invitation, a notice, a refusal) holds no details. */
bool desk_draft_is_form(const json_t *draft);

/* ---- templates.c */
void desk_templates_free(struct desk_templates *templates);

/* ---- sending.c */
struct mime_letter;
/* The whole message: signed by who works here and encrypted to exactly KEYS; or signed alone. */
int desk_letter_seal(struct desk *desk, const struct mime_letter *letter, const char *const *keys, size_t count,
		     struct str *ret, struct error *err);
int desk_letter_sign_clear(struct desk *desk, const struct mime_letter *letter, struct str *ret, struct error *err);

/* ---- typed.c */
/* Whether a draft is no draft of the handler's but what is being typed. */
bool desk_is_typed(const char *id);

/* ---- publication.c */
/* Whether a draft is no draft of the handler's but the plan of a publication. */
bool desk_is_plan(const char *id);
/* Ends, or sweeps, publications during which somebody died; costs a look at the drafts where there was none. */
int desk_finish_publications(struct desk *desk, struct error *err);

/* ---- desk.c */

/* Everything WHAT appends is durable at once or not at all: an error of WHAT, or of the disk, leaves nothing, and pointers
 * into the model are void then. May be nested: the outermost counts. WHAT asks nobody and waits for no process. */
typedef int (*desk_together_fn)(void *context, struct error *err);
int desk_together(struct desk *desk, desk_together_fn what, void *context, struct error *err);
/* desk_append for a stream that may not be folded yet; BODY is stolen. */
int desk_append_to(struct desk *desk, const uint8_t stream[16], enum event_type type, json_t *body,
		   instant now, struct error *err);
/* A new case's stream and its first event. */
int desk_case_open(struct desk *desk, const char *title, instant now, uint8_t ret_stream[16],
		   struct error *err);
/* A sealed attachment as the model's FIELD_OBJECT; NAME, TYPE and KIND may be NULL. New reference. */
json_t *desk_object_json(const struct vault_object *object, const char *name, const char *type,
			 const char *kind);
/* A sealed file as FIELD_OBJECT again, for a second event. New reference. */
json_t *desk_file_json(const struct sealed_file *file);
/* A file as one more sealed attachment of LIST. */
int desk_attach_one(struct desk *desk, const char *path, json_t *list, struct error *err);
/* (clock.c) Before any event is folded. */
void desk_clocks_load(struct desk *desk);
void desk_set_instant(json_t *body, const char *key, instant at);

/* ---- reading.c */
/* Takes raw bytes apart, opens what is encrypted to us, checks signatures, judges. With the SESSION_KEY of an earlier
 * reading (or NULL) no agent is asked. A message that cannot be read still gives a record that says so: 0 unless gpg
 * or the worker cannot be used at all. */
int desk_read_mail(struct desk *desk, const char *bytes, size_t length, const char *session_key, instant now,
		   struct mail_record *ret, struct error *err);
/* The same for what the worker took apart already; PARSED is released. */
int desk_read_parsed(struct desk *desk, struct parsed_mail *parsed, const char *session_key, instant now,
		     struct mail_record *ret, struct error *err);
/* That in steps, so that the worker and gpg work at once: _begin asks gpg (for at most OPENPGP_AHEAD at a time: _opened
 * waits for it; false where gpg came to no end), _ahead (which may be left out, with a WORKER that nobody else asks until then) has taken apart what was
 * inside, _end waits for both and frees. */
/* What came out of an encryption or of signed cleartext, as UTF-8: read by the worker in CHARSET, which may be NULL. What
 * is odd about it is flagged. Caller frees. */
char *desk_plain_text(struct desk *desk, const struct str *plain, const char *charset, struct mail_record *record);
/* TEXT takes the place of the next block of signed cleartext in the text of part PATH, which is a part of its own from then
 * on. The path of that, which the caller frees, or NULL where there is no block, or one of other words than CAME, the block
 * that was verified: then all stays as it came. */
char *desk_splice_clear(struct mail_record *record, const char *path, const char *came, const char *text, bool covered);

struct desk_reading;
struct desk_reading *desk_read_begin(struct desk *desk, struct parsed_mail *parsed, instant now);
bool desk_read_opened(struct desk_reading *reading);
void desk_read_ahead(struct desk_reading *reading, struct parse_worker *worker);
int desk_read_end(struct desk_reading *reading, struct mail_record *ret, struct error *err);
/* Whether gpg has to be asked about it. */
bool desk_needs_keys(const struct parsed_mail *parsed);
/* The record of a message the worker gave up, and WHY. */
void desk_unreadable(const struct error *why, struct mail_record *ret);

#endif
