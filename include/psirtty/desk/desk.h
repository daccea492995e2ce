/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler's desk: an open vault with everything in it folded, and what a handler
 * does with it. No function here draws, and none knows SQL. Every change goes through one
 * door that checks the event against the model, seals it and folds it.
 */
#ifndef PSIRTTY_DESK_DESK_H
#define PSIRTTY_DESK_DESK_H

#include "psirtty/model/model.h"

struct desk;
struct vault;
struct openpgp;

struct desk_options {
	const char *vault_dir;
	const char *gpg_home;   /* NULL: $GNUPGHOME, else gpg's own default */
	bool readonly;
	bool handed_over;       /* IDENTITY is a descriptor that desk_identity_send writes into: gpg is not asked */
	int identity;
	bool lean;              /* this process stays: it takes little memory rather than little time */
};

/* Starts the parse worker, unlocks the vault (one gpg operation) and folds it. */
int desk_open(const struct desk_options *options, instant now, struct desk **ret, struct error *err);
/* Before a session of work ends: the day's checkpoint, where nobody has to be asked for a passphrase. NULL does nothing. */
void desk_checkpoint_daily(struct desk *desk, instant now);
void desk_close(struct desk *desk); /* seals what is open; NULL does nothing */
const struct model *desk_model(const struct desk *desk);
/* model_new_turn, once in a turn of the screen's loop. */
void desk_new_turn(struct desk *desk);
/* model_know_some. */
size_t desk_know_some(struct desk *desk, size_t most);
/* The name and address of who works here, from the OpenPGP user id; the word for the frame. */
const char *desk_handler(const struct desk *desk);
/* What gpg calls the owner of a key, else the beginning of its fingerprint. Borrowed until the next call. */
const char *desk_member_name(struct desk *desk, const char *fingerprint);
const char *desk_vault_name(const struct desk *desk);
const char *desk_vault_dir(const struct desk *desk);
bool desk_readonly(const struct desk *desk);
/* What is wrong with the vault, a sentence, or NULL. Where it is damaged nothing can be changed. */
const char *desk_warning(const struct desk *desk);
bool desk_damaged(const struct desk *desk);
/* That the clock jumped, a static sentence, untranslated, or NULL. */
const char *desk_clock_warning(const struct desk *desk);
/* What an event calls its stream: the id a case was opened with, or NULL. Caller frees. */
char *desk_stream_name(int type, const char *json, size_t length);
/* For commands about the vault and keys themselves. Borrowed. */
struct vault *desk_vault(struct desk *desk);
struct openpgp *desk_openpgp(struct desk *desk);
/* Takes in what other handlers appended since; *RET_CHANGED when there was something. Cheap when not. */
int desk_refresh(struct desk *desk, bool *ret_changed, struct error *err);
/* The same, at most MOST events of it; *RET_LEFT: call again soon. For who must not stop for long. */
int desk_refresh_some(struct desk *desk, uint64_t most, bool *ret_changed, bool *ret_left, struct error *err);
/* Cases that others changed since the last call, each once, the newest author; at most MOST. How many. */
struct desk_news { char case_id[64], author[128]; };
size_t desk_take_news(struct desk *desk, struct desk_news *ret, size_t most);
/* Hands the unlocked identity to another process of this program (vault_identity_send). */
int desk_identity_send(const struct desk *desk, int fd, struct error *err);
/* gpg never asks for anything in this process (openpgp_never_ask); whether it wanted to since the last call. */
void desk_never_ask(void);
bool desk_take_wanted(void);
/* Passphrases are asked by ASK where gpg-agent lets us (openpgp_ask_by). */
typedef bool (*desk_ask_fn)(void *context, const char *what, bool again, struct str *ret);
void desk_ask_by(desk_ask_fn ask, void *context);
/* What is being typed, sealed to this member, without waiting for the disk; an empty TEXT removes it. */
int desk_keep_typed(struct desk *desk, const char *text, struct error *err);
/* A text that could not be saved where it belongs, as a draft of this member; *RET_ID names it, the caller frees. */
int desk_keep_text(struct desk *desk, const struct str *text, char **ret_id, struct error *err);
/* How many texts of an editor are kept as drafts because what they were for came to nothing. */
size_t desk_kept_texts(struct desk *desk);
/* What a session that died had kept so, or (OWN) this one, or NULL; it is removed. Caller frees. */
char *desk_take_typed(struct desk *desk, bool own);
/* Readable when others appended, until desk_refresh; or -1: ask once a second. */
int desk_notify_fd(struct desk *desk);
/* Appends one event to a case (or, STATE NULL, to the stream of its type): checked, sealed, folded.
 * BODY is stolen. */
int desk_append(struct desk *desk, const struct case_state *state, enum event_type type, json_t *body,
		instant now, struct error *err);
/* What the sources advise against in the changes made since the last call (possible, but SHOULD NOT):
 * the next untranslated static sentence, or NULL. */
const char *desk_take_warning(struct desk *desk);
/* A case or mail of the model's lists may be known in brief only (model.h): this makes it whole. */
int desk_whole_case(struct desk *desk, const struct case_state *state, struct error *err);
int desk_whole_mail(struct desk *desk, const struct inbox_item *item, struct error *err);
/* The case ID names, whole, or ERR_INPUT with the ids that come near. */
int desk_find_case(struct desk *desk, const char *id, const struct case_state **ret, struct error *err);

/* Reads everything anew beside the member's cache: rows and texts that differ there. What was read takes the cache's place
 * when the desk is closed. What the model handed out before is gone. */
int desk_check_cache(struct desk *desk, size_t *ret_rows, size_t *ret_texts, struct error *err);

/* ---- search (search.c) */
/* The words of an event that can be searched for, a line each; adds to RET. */
void desk_event_text(const struct event *event, struct str *ret);
/* Indexes at most MOST further events; *RET_LEFT journal rows are still to come, 0: all can be found. Cheap then. */
int desk_index_step(struct desk *desk, size_t most, uint64_t *ret_left, struct error *err);
struct desk_hit {
	char case_id[64], mail_id[32]; /* where it is; "" where it is not */
	char line[400];                /* event_line, not yet made safe */
	uint8_t event[32];
	int type;
	instant at;
};
/* As vault_search, over what is indexed so far. *RET freed with free(). */
int desk_search(struct desk *desk, const char *query, bool best, size_t limit, struct desk_hit **ret,
		size_t *ret_count, struct error *err);

/* ---- history (history.c) */
struct desk_entry {
	uint64_t gseq;                 /* its place in this copy's journal */
	uint8_t event[32];
	int type;
	instant at;                    /* by its author's clock */
	char author[64], fingerprint[65];
	char place[64], case_id[64];   /* where: a case's id, or what else it is of, translated; "" where it is no case */
	char line[400];                /* event_line, not yet made safe */
};
/* What the MOST entries of the journal up to the one at LAST tell to this member, the newest first. Each hangs in the chain and bears its
 * author's signature: what does not is desk_warning's. *RET freed with free(). */
int desk_history(struct desk *desk, uint64_t last, size_t most, struct desk_entry **ret, size_t *ret_count,
		 struct error *err);
/* The newest entry's place: it grows when there is something new to tell. */
uint64_t desk_history_head(const struct desk *desk);

/* ---- cases (cases.c) */
int desk_case_new(struct desk *desk, const char *title, instant now, const struct case_state **ret,
		  struct error *err);
/* FIELD is one of desk_case_fields(): title, summary, score, cwe, cve, assignee, disclosure … */
int desk_case_set(struct desk *desk, const struct case_state *state, const char *field,
		  const char *value, instant now, struct error *err);
const char *const *desk_case_fields(void);
int desk_repro_add(struct desk *desk, const struct case_state *state, const char *build,
		   const char *verdict, const char *environment, const char *steps,
		   const char *const *files, size_t file_count, instant now, struct error *err);
/* *RET_LINE says what was undone or done again; the caller frees. */
int desk_undo(struct desk *desk, const struct case_state *state, bool redo, instant now,
	      char **ret_line, struct error *err);
/* The bytes of a sealed attachment. */
int desk_file_read(struct desk *desk, const struct sealed_file *file, struct str *ret, struct error *err);

/* ---- mail in (intake.c) */
struct intake_count {
	size_t taken_in, known, failed; /* failed: no such bytes */
	size_t unread;                  /* kept, not opened */
	size_t later;                   /* kept, to be opened when somebody wants to read them: */
	int derivation_ms;              /* what the agent needs for each because of its key's passphrase; 0: nothing */
};
/* Before each message; true stops: what was taken in stays. */
typedef bool (*desk_progress_fn)(void *context, size_t done, size_t total);
/* PATH: a Maildir, an mbox or one message. Each message is first kept, then read; one that cannot be read
 * stays in the inbox with its reason. */
int desk_mail_import(struct desk *desk, const char *path, instant now, desk_progress_fn progress,
		     void *context, struct intake_count *ret, struct error *err);
/* Opens one that waits to be read, or tries again what could not be opened; nothing for others. One whose verdict another
 * pin changes is judged anew. */
int desk_mail_open(struct desk *desk, const struct inbox_item *item, instant now, struct error *err);
/* Whether what was said of its signer is not what the pins say now. */
bool desk_mail_outdated(struct desk *desk, const struct inbox_item *item);
/* Opens every one that waits, of every one that waits on being told WHY; any member may be NULL. One that cannot be
 * read is told and counted (failed), and the others are tried: an error is the vault's, or that it was cancelled. *RET
 * counts what was opened (taken_in), judged anew (known), and waits on (unread). What did not change makes no event; one
 * that was open before and does not open today stays as it was and waits on. */
struct desk_retry {
	desk_progress_fn progress;
	void (*waits)(void *context, const char *mail, const char *why);
	void *context;
};
int desk_mail_retry(struct desk *desk, instant now, const struct desk_retry *how, struct intake_count *ret,
		    struct error *err);
/* The same after another pin, only for what came from ADDRESS and is to be judged anew. */
int desk_mail_judge(struct desk *desk, const char *address, instant now, const struct desk_retry *how,
		    struct intake_count *ret, struct error *err);
int desk_mail_take(struct desk *desk, const struct inbox_item *item, const char *title, instant now,
		   const struct case_state **ret, struct error *err);
int desk_mail_link(struct desk *desk, const struct inbox_item *item, const struct case_state *state,
		   instant now, struct error *err);

/* Reads a message without any vault, with the keys of GPG_HOME (NULL: as in desk_open). Changes nothing. */
int desk_mail_read(const char *gpg_home, const char *bytes, size_t length, instant now,
		   struct mail_record *ret, struct error *err);

/* ---- mail out: psirtty/desk/letters.h */
/* How letters leave from now on (worker/letter.h); what WAY points to must stay. NULL: by the vault's outbox. */
struct letter_way;
void desk_set_letter_way(struct desk *desk, const struct letter_way *way);
/* What is sent waits in the vault's outbox until somebody carries it on. */
bool desk_letters_wait(const struct desk *desk);

/* ---- advisories (advisory.c) */
int desk_advisory_new(struct desk *desk, const struct case_state *state, instant now, struct error *err);
/* FIELD: title, summary, description, recommendation, tlp. */
int desk_advisory_set(struct desk *desk, const struct case_state *state, const char *field,
		      const char *value, instant now, struct error *err);
/* FORMAT is one of desk_advisory_formats(). */
const char *const *desk_advisory_formats(void);
int desk_advisory_render(struct desk *desk, const struct case_state *state, const char *format,
			 instant now, struct str *ret, struct error *err);

#endif
