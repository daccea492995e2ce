/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: another process of this program with the same vault unlocked, in which the screen's command lines
 * run, so that the screen never waits for a disk, a key or another handler. It gets the identity through a socket
 * and runs one line at a time. What it appends the screen learns as it learns of any handler's change.
 */
#ifndef PSIRTTY_COMMAND_SESSION_H
#define PSIRTTY_COMMAND_SESSION_H

#include "psirtty/command/command.h"

struct session;

enum session_news {
	SESSION_NOTHING,  /* no whole word yet */
	SESSION_PROGRESS, /* done, total, cancellable */
	SESSION_EDIT,     /* the handler is to edit TEXT, called NAME: session_edited() answers */
	SESSION_ASK,      /* it needs the secret of NAME; AGAIN: the last one was wrong. session_asked() answers */
	SESSION_DONE,     /* code, err, out, reactions, open_case, wanted */
	SESSION_GONE,     /* the process is dead or the vault could not be opened there: err says why */
};
struct session_answer {
	size_t done, total;
	bool again, cancellable, wanted; /* wanted: gpg would have asked for something, and may not there */
	int code;
	struct error err;
	unsigned reactions;
	char *out, *open_case, *name; /* owned */
	struct str text;              /* wiped */
};
void session_answer_release(struct session_answer *answer);

/* Starts one with the options of CONTEXT, whose desk must be open. Returns at once: the vault is opened there. */
int session_start(const struct command_context *context, struct session **ret, struct error *err);
/* Readable when there is something for session_read. */
int session_fd(const struct session *session);
/* Runs LINE there. CASE_ID and MAIL (may be NULL) are what is selected. */
void session_run(struct session *session, const char *line, const char *case_id, const char *mail);
/* Never waits. */
enum session_news session_read(struct session *session, struct session_answer *ret);
/* CODE not 0: it was not edited. */
void session_edited(struct session *session, int code, const struct str *text);
/* GIVEN false: none is. */
void session_asked(struct session *session, bool given, const char *bytes, size_t length);
/* Asks the line that runs to stop. The second time the process is ended. */
void session_cancel(struct session *session);
/* Lets it close its vault, and waits for that for at most PATIENCE_MS; then it is ended. NULL does nothing. */
void session_end(struct session *session, int patience_ms);

/* Lets it close its vault without waiting for it; then session_left() until that is true, which frees it. */
void session_leave(struct session *session);
bool session_left(struct session *session);

/* main.c calls it when the program was started with SESSION_ARGUMENT alone. */
#define SESSION_ARGUMENT "--session"
int session_main(void);

#endif
