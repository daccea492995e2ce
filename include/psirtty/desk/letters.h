/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters out of the house: written from templates in the reader's language, kept as sealed drafts, looked
 * over by the leak guard, and sent so that nobody reads them but who was named, and nobody gets them twice.
 */
#ifndef PSIRTTY_DESK_LETTERS_H
#define PSIRTTY_DESK_LETTERS_H

#include "psirtty/desk/desk.h"
#include "psirtty/worker/letter.h"

/* ---- templates (data/letters/LANGUAGE.yaml) */

/* What stands for {name}; an empty value leaves the words out, with their line where nothing else is on it. */
struct letter_word { const char *name, *value; };
struct letter_text { char *subject, *text; }; /* owned */
void letter_text_release(struct letter_text *text);
/* The letter TEMPLATE in LANGUAGE ("en", "zh"), with salutation and closing. ERR_INPUT for a name or language that
 * is none, with those there are; ERR_INPUT for a file with a fault, named by its line. */
int desk_letter_text(struct desk *desk, const char *template, const char *language, const struct letter_word *words,
		     size_t count, struct letter_text *ret, struct error *err);
/* A phrase of the file: SECTION "causes" or "allowed". Caller frees; "" when there is none. */
char *desk_letter_phrase(struct desk *desk, const char *language, const char *section, const char *word);
/* The names, sorted; *RET is freed with free(), the names are borrowed from the desk. */
int desk_letter_names(struct desk *desk, const char ***ret, size_t *ret_count, struct error *err);
/* The language to write to ADDRESS in: what the register says, else where its owner is, else that of the last
 * message from there; "en". STATE may be NULL. */
const char *desk_letter_language(struct desk *desk, const struct case_state *state, const char *address);

/* ---- drafts */

/* What a new draft is made of; all borrowed, all may be missing. Persons are named as parties of the case, contacts
 * or addresses. */
struct desk_writing {
	const struct case_message *answers;       /* quoted, where that is safe, and answered to */
	const char *to;                           /* NULL: who wrote ANSWERS, or the case's finder */
	char *const *cc; size_t cc_count;
	char *const *bcc; size_t bcc_count;
	char *const *files; size_t file_count;    /* paths */
	const char *subject, *text;               /* TEXT NULL: what desk_writing_text gives */
	const char *template, *language, *tlp;
	const char *reason, *version;             /* words for templates */
	bool quote, no_quote;                     /* quote though its signer is not its sender; do not quote */
	bool clear;                               /* to somebody without a key: signed, not encrypted */
};
/* The text to begin with: the template's, and the quotation. *RET_NOTE (may be NULL): why nothing is quoted, a
 * sentence, or NULL; both are freed by the caller. */
int desk_writing_text(struct desk *desk, const struct case_state *state, const struct desk_writing *writing, char **ret,
		      char **ret_note, struct error *err);
/* Seals a new draft; *RET_ID names it, freed by the caller. */
int desk_draft_new(struct desk *desk, const struct case_state *state, const struct desk_writing *writing, instant now,
		   char **ret_id, struct error *err);
/* Why MESSAGE is not to be quoted: a sentence, translated; NULL: it may be. *RET_ASK (may be NULL): a person may
 * say that it may be all the same. */
const char *desk_quote_refusal(struct desk *desk, const struct case_message *message, bool *ret_ask);
int desk_draft_list(struct desk *desk, char ***ret_ids, size_t *ret_count, struct error *err);
/* Its text, and another one; a text that was changed makes it a form no longer. */
int desk_draft_text(struct desk *desk, const char *id, char **ret, struct error *err);
int desk_draft_set_text(struct desk *desk, const char *id, const char *text, struct error *err);
/* Adds files from the disk, sealed with the draft; 18 MB together. */
int desk_draft_attach(struct desk *desk, const char *id, char *const *paths, size_t count, struct error *err);

/* ---- the leak guard */

#define READER_MARKS(X) \
	X(READER_NO_KEY, "no-key", N_("no key is pinned")) \
	X(READER_KEY_MISSING, "key-missing", N_("the pinned key is not in the keyring")) \
	X(READER_KEY_EXPIRED, "expired", N_("the pinned key is expired")) \
	X(READER_KEY_REVOKED, "revoked", N_("the pinned key is revoked")) \
	X(READER_CANNOT_ENCRYPT, "cannot-encrypt", N_("one cannot encrypt to the pinned key")) \
	X(READER_STRANGER, "not-a-party", N_("is not a party of the case")) \
	X(READER_FOREIGN, "foreign", N_("is abroad, and the case is not public")) \
	X(READER_NO_CONSENT, "no-consent", N_("has not agreed to the embargo"))
#define X(name, word, text) name,
enum reader_mark { READER_MARKS(X) READER_MARK_COUNT };
#undef X
const char *reader_mark_name(enum reader_mark mark);

struct draft_reader {
	const char *part;          /* "to", "cc", "bcc", "us" */
	char *name, *address;      /* owned; name may be NULL */
	char *fingerprint;         /* owned; the key it is encrypted to, or NULL */
	const char *jurisdiction;  /* static */
	unsigned marks;            /* a bit for each enum reader_mark */
	bool usable;               /* a key is pinned to the address that one can encrypt to */
};
struct draft_file { char *name, *type, sha256[65]; size_t size; };
struct draft_check {
	char **problems; size_t problem_count;      /* owned sentences: each stops the sending */
	struct draft_reader *readers; size_t reader_count;
	struct draft_file *files; size_t file_count;
	char *to, *subject, *text;                  /* as they will be sent, marking included */
	char *tlp;
	bool clear, form;
	json_t *draft;
	const struct case_state *state;
};
void draft_check_release(struct draft_check *check);
/* Who will be able to read it, and what stands against sending; the gates among it, whose evaluation is told in the
 * case (NOW INSTANT_NONE: they are not asked). ERR_NO when something does; *RET is filled then too. */
int desk_draft_check(struct desk *desk, const char *draft_id, instant now, struct draft_check *ret, struct error *err);
/* What TEXT would give away of the case to somebody who must not know it: a word of its title, an id, a product, a
 * version, a file. The word is added to RET. */
bool desk_gives_away(struct desk *desk, const struct case_state *state, const char *text, struct str *ret);

/* ---- sending */

/* AGAIN: a sending that broke off, of which nobody knows whether it left, is carried once more, byte for byte.
 * LEFT: it is known that it did leave: that alone is recorded. */
struct desk_send { bool again, left; };
struct draft_sent {
	char *path;                            /* owned: what the way answered, for the outbox the file */
	bool before;                           /* it had left before; only the rest was done now */
	char **refused; size_t refused_count;  /* owned: "ADDRESS: ANSWER" */
};
void draft_sent_release(struct draft_sent *sent);
/* Signs, encrypts to the readers' pinned keys and ours and to no other (each blind copy by itself), records that it
 * is about to leave, hands it to the way, records what became of it, removes the draft. Whatever breaks in between,
 * the next call goes on from there and nothing is sent twice. ERR_BUSY when that needs a person's word. */
int desk_draft_send(struct desk *desk, const char *draft_id, const struct desk_send *how, instant now,
		    struct draft_sent *ret, struct error *err);

/* ---- the automatic acknowledgement (RFC 3834) */

struct acknowledged { size_t sent, passed, sealed; }; /* PASSED: not to be answered by a machine; SEALED: of SENT */
/* Says to everybody whose mail came in the last week, and to whom it was not said, that it did: only where the
 * policy is switched on, never to lists, machines, bounces and ourselves, once in a thread, once a day to one sender,
 * to a hundred at a time. */
int desk_acknowledge(struct desk *desk, instant now, struct acknowledged *ret, struct error *err);
/* Why this mail gets no automatic answer: a static sentence, untranslated; NULL: it does. */
const char *desk_acknowledge_refusal(struct desk *desk, const struct inbox_item *item, instant now);

#endif
