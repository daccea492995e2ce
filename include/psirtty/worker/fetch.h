/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch worker: the one process that opens sockets. It is this program started anew for one task, holds
 * nothing of the vault, writes no file and executes nothing; what it brings comes as typed, bounded events over
 * a pipe, so that a loop can wait for it beside other things. Whoever stops it loses what was under way and no
 * more: what is to be resumed is the caller's knowledge (which mails, which bytes he has), not the worker's.
 */
#ifndef PSIRTTY_WORKER_FETCH_H
#define PSIRTTY_WORKER_FETCH_H

#include "psirtty/base/error.h"

/* name, scheme of URLs, port, what it speaks, whether TLS begins at once; else STARTTLS is required. There is no
 * way without TLS, and none without a verified certificate. */
#define FETCH_SCHEMES(X) \
	X(FETCH_IMAPS, "imaps", 993, FETCH_MAILBOX, true) \
	X(FETCH_IMAP, "imap", 143, FETCH_MAILBOX, false) \
	X(FETCH_POP3S, "pop3s", 995, FETCH_MAILBOX, true) \
	X(FETCH_POP3, "pop3", 110, FETCH_MAILBOX, false) \
	X(FETCH_SMTPS, "smtps", 465, FETCH_LETTER, true) \
	X(FETCH_SMTP, "smtp", 587, FETCH_LETTER, false) \
	X(FETCH_HTTPS, "https", 443, FETCH_PAGES, true)

enum fetch_task { FETCH_MAILBOX, FETCH_LETTER, FETCH_PAGES };
enum fetch_scheme {
#define X(name, word, port, task, tls) name,
	FETCH_SCHEMES(X)
#undef X
	FETCH_SCHEME_COUNT
};

/* A URL's parts: scheme://host[:port][/path], without a user. ERR_INPUT for any other. */
struct fetch_url { enum fetch_scheme scheme; char *host, *path; int port; }; /* path: without its slash, owned */
int fetch_url_parse(const char *url, struct fetch_url *ret, struct error *err);
void fetch_url_release(struct fetch_url *url);
enum fetch_task fetch_scheme_task(enum fetch_scheme scheme);

/* How a server is reached. Nothing is taken from the environment. */
struct fetch_host {
	const char *url;
	const char *user, *secret; /* NULL: nobody logs in */
	bool bearer;               /* SECRET is an OAuth 2 token, no password */
	const char *ca_file;       /* roots beside the system's, PEM; NULL */
	const char *proxy;         /* "http://…", "socks5h://…"; NULL: none */
	int patience;              /* seconds without a byte; 0: 60 */
	const char *contact;       /* pages: how we are reached, told in the User-Agent; NULL */
};

/* From now on, and for the life of the process, every start is refused (ERR_DENIED): --offline. */
void fetch_forbid(void);
bool fetch_forbidden(void);

/* ---- what can be asked for */

/*
 * Mails of a mailbox that are not known yet, in the order they lie there. The names by which mails are known are
 * "UIDVALIDITY.UID" for IMAP (RFC 3501 2.3.1.1), the unique-id for POP3 (RFC 1939 7): as FETCH_MAIL and
 * FETCH_PASSED brought them. Nothing there is changed, no mark set (the folder is examined, mails are peeked
 * at), unless REMOVE: then those known, and those named to fetch_remove, are deleted at the end.
 */
struct fetch_mailbox {
	struct fetch_host host;    /* the path of an IMAP URL is the folder; none: INBOX */
	const char *known;         /* a name a line, any order; NULL: none */
	uint64_t most_bytes;       /* of one mail; larger ones are passed over; 0: 200 MB */
	size_t most;               /* so many mails at most; 0: all */
	bool remove;
};

/* Envelope and bytes of one letter, which goes as it is (RFC 5321). */
struct fetch_letter {
	struct fetch_host host;
	const char *sender;        /* bare address; "" for none */
	const char *const *recipients; size_t recipient_count;
	const char *bytes; size_t length;
};

/* One page of the web. What came before is said by ETAG, MODIFIED and FROM. */
struct fetch_page {
	const char *url;
	const char *etag, *modified; /* as an earlier FETCH_HEAD had them: answered 304 when unchanged; NULL */
	uint64_t from;             /* so many bytes are here already: the rest is asked for, under ETAG or MODIFIED */
	uint64_t most_bytes;       /* of the whole page; 0: 64 MB */
	const char *accept;        /* media types; NULL: any */
	const char *type, *body;   /* a body that is posted, and its media type; NULL: GET */
	size_t body_length;
	const char *header;        /* more lines ("apiKey: …"), "\n" between them, for this host alone: no redirect is followed,
				    * and the text of a refusal is told; NULL */
	const char *method;        /* instead of GET, and of POST with a body ("PUT"); NULL */
	int pause;                 /* seconds before it is asked for */
	bool as_is;                /* bytes as they lie there: no content coding is asked for */
};
struct fetch_pages {
	struct fetch_host host;    /* url: NULL; user and secret: for every page; NULL */
	const struct fetch_page *pages; size_t count;
	int tries;                 /* for one page where it is worth it (429, 5xx, a broken line); 0: 4 */
	int wait;                  /* seconds it may be told to wait (Retry-After); longer is an end; 0: 60 */
	bool insist;               /* 403 may mean "too fast": tried again too */
};

/* ---- what comes */

enum fetch_kind {
	FETCH_NOTHING,  /* nothing now: wait for fetch_fd */
	FETCH_OPENED,   /* mailbox: DONE mails there, TOTAL of them to come */
	FETCH_MAIL,     /* a whole mail: NAME, BYTES */
	FETCH_PASSED,   /* a mail that was not brought: NAME, TEXT why, TOTAL its bytes */
	FETCH_READY,    /* with REMOVE: all mails came; fetch_finish, once they are durable here */
	FETCH_REMOVED,  /* DONE mails were deleted on the server; TOTAL of them only marked, where it cannot delete single ones */
	FETCH_FATE,     /* letter: what became of recipient ITEM: FATE, TEXT what the server said */
	FETCH_HEAD,     /* page ITEM: DONE status, TOTAL bytes or 0, NAME final URL, TEXT type, ETAG, MODIFIED; FROM where
			 * the bytes begin that follow: 0 when the server sends all anew */
	FETCH_DATA,     /* page ITEM: BYTES of it */
	FETCH_WHOLE,    /* page ITEM is whole, or unchanged */
	FETCH_FAILED,   /* page ITEM: TEXT why; others go on */
	FETCH_WAITING,  /* page ITEM: tried again in TOTAL seconds, TEXT why */
	FETCH_PROGRESS, /* DONE of TOTAL bytes of what is under way */
	FETCH_END,      /* all was done; nothing follows */
	FETCH_KINDS,
};

enum fetch_fate { FATE_TAKEN, FATE_REFUSED, FATE_LATER, FATE_UNKNOWN, FATE_COUNT };

/* Borrowed until the next call. Texts are the server's: UTF-8 without zeros, nothing else is promised. */
struct fetch_event {
	enum fetch_kind kind;
	size_t item;
	uint64_t done, total, from;
	enum fetch_fate fate;
	const char *name, *text, *etag, *modified; /* never NULL */
	const char *bytes; size_t length;
};

struct fetch;

/* Each starts a worker of its own. ERR_DENIED when offline or where it cannot be locked in, ERR_INPUT for a URL that
 * is none for the task. */
int fetch_mailbox_start(const struct fetch_mailbox *mailbox, struct fetch **ret, struct error *err);
int fetch_letter_start(const struct fetch_letter *letter, struct fetch **ret, struct error *err);
int fetch_pages_start(const struct fetch_pages *pages, struct fetch **ret, struct error *err);
/* Readable when fetch_take has something. */
int fetch_fd(const struct fetch *fetch);
/* The next event, never waiting; FETCH_NOTHING when there is none yet. ERR_NETWORK with the reason when the worker
 * cannot go on, or is gone; then only fetch_stop is left. */
int fetch_take(struct fetch *fetch, struct fetch_event *ret, struct error *err);
/* Whether the error of fetch_take was the worker's own word: it had come to an end in order. Else it is just gone. */
bool fetch_said_why(const struct fetch *fetch);
/* Waits MILLISECONDS at most until fetch_take has something; false when nothing came. */
bool fetch_wait(const struct fetch *fetch, int milliseconds);
/* For REMOVE, once the mail is durable here, and before fetch_finish. */
int fetch_remove(struct fetch *fetch, const char *name, struct error *err);
/* For REMOVE, after all mails came: now it deletes, then comes FETCH_END. */
int fetch_finish(struct fetch *fetch, struct error *err);
/* Ends it, whatever it does; NULL does nothing. */
void fetch_stop(struct fetch *fetch);

/* The worker's own main: main.c calls it when the program was executed so. Never returns. */
#define FETCH_WORKER_ARGUMENT "--fetch-worker"
void fetch_worker_main(void) __attribute__((noreturn));

#endif
