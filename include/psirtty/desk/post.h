/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network as the desk uses it: mails fetched into the inbox, letters on their way out. What comes is taken in
 * mail by mail, each durable with its name on the server before the next, so that a fetch can be cut off anywhere
 * and gone on with: nothing is lost, nothing comes twice.
 */
#ifndef PSIRTTY_DESK_POST_H
#define PSIRTTY_DESK_POST_H

#include "psirtty/desk/desk.h"
#include "psirtty/desk/settings.h"

struct desk_fetch;

struct desk_fetch_count {
	struct intake_count in;    /* taken in, known already, not opened */
	size_t there, wanted;      /* mails in the mailbox; of them to come */
	size_t too_large;          /* left on the server */
	size_t removed, marked;    /* on the server: deleted; marked only */
	uint64_t bytes, total;
};

/* Asks for the secret (settings_secret), starts the worker. FROM may be changed afterwards: it is copied. */
int desk_fetch_start(struct desk *desk, const struct settings *settings, const struct settings_account *from,
		     settings_ask_fn ask, void *context, struct desk_fetch **ret, struct error *err);
/* Readable when desk_fetch_step has something to do. */
int desk_fetch_fd(const struct desk_fetch *fetch);
/* Takes one event of the worker, a mail at most; never waits for the network. */
int desk_fetch_step(struct desk_fetch *fetch, instant now, bool *ret_done, struct error *err);
/* Waits MILLISECONDS at most for the next step. */
bool desk_fetch_wait(const struct desk_fetch *fetch, int milliseconds);
const struct desk_fetch_count *desk_fetch_counted(const struct desk_fetch *fetch);
void desk_fetch_stop(struct desk_fetch *fetch); /* NULL does nothing */

/* From now on letters leave as the settings say: the outbox of the vault, SMTP or sendmail. SETTINGS are taken over;
 * where they could not be read (FAULT holds the reason) nothing leaves. CONTEXT is for ASK and must stay. */
void desk_follow_settings(struct desk *desk, struct settings *settings, const struct error *fault, settings_ask_fn ask,
			  void *context);
bool desk_follows_settings(const struct desk *desk);

/* ---- the intake log (RMSV article 5): every mail that ever came, out of the signed chain itself */
struct intake_entry {
	instant at;
	const char *channel, *account, *mail, *sender, *sha256, *uid; /* never NULL */
	long long size;
	const char *disposition;   /* "waits", "read", "taken", "shredded", "known", "too-large", "spam" … */
	const char *case_id;       /* it went to, or "" */
	const char *by;            /* whose program took it in */
};
/* In the order they came; nothing in the program deletes one. FN false stops. */
typedef bool (*intake_entry_fn)(void *context, const struct intake_entry *entry);
int desk_intake_log(struct desk *desk, instant since, intake_entry_fn fn, void *context, struct error *err);

/* ---- what came, put where it belongs */
/* Mails that surely belong to a case (model/thread.h) go there; the others wait for a handler. */
int desk_mail_thread(struct desk *desk, instant now, size_t *ret_count, struct error *err);
/* AS: a word of mail_sort_words ("report": back among what waits). ERR_BUSY for one that is in a case. */
int desk_mail_sort(struct desk *desk, const struct inbox_item *item, const char *as, const char *note, instant now,
		   struct error *err);

#endif
