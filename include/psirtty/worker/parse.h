/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandboxed parse worker: hostile structure is taken apart in a process that has nothing to
 * lose. A zygote (this program executed anew, before any key is in memory) warms up GMime and the charset
 * converters; for each request it forks one child, which locks itself in (seccomp, Landlock where there
 * is one, limits of time, memory, files), reads the request from one pipe, writes typed records to
 * another, and ends. One process a message: no two finders' texts ever share one.
 */
#ifndef PSIRTTY_WORKER_PARSE_H
#define PSIRTTY_WORKER_PARSE_H

#include "psirtty/model/mail.h"

struct parse_worker;

/* What crypto a message asks for at its top, with the exact bytes it is about. */
enum mail_crypto {
	MAIL_CRYPTO_NONE,
	MAIL_CRYPTO_ENCRYPTED,   /* multipart/encrypted, root, two children: payload = ciphertext */
	MAIL_CRYPTO_SIGNED,      /* multipart/signed, root: payload = signed bytes with CRLF, signature */
	MAIL_CRYPTO_INLINE_ENCRYPTED, /* text body that is one BEGIN PGP MESSAGE block */
	MAIL_CRYPTO_INLINE_SIGNED,    /* text body that is one BEGIN PGP SIGNED MESSAGE block */
	MAIL_CRYPTO_SMIME_SIGNED,     /* multipart/signed with a PKCS#7 signature: as MAIL_CRYPTO_SIGNED */
	MAIL_CRYPTO_SMIME_OPAQUE,     /* root that is CMS signed-data: payload = the CMS object */
	MAIL_CRYPTO_SMIME_ENVELOPED,  /* root that is CMS enveloped-data: payload = the CMS object */
};

/* A signature over less than the message: a multipart/signed below the top, or cleartext that is signed in a text with
 * other words. */
enum signed_kind { SIGNED_PGP, SIGNED_SMIME, SIGNED_CLEAR, SIGNED_KINDS };
struct signed_part {
	char *path;                   /* owned, of the multipart/signed, or of the text */
	enum signed_kind kind;
	struct str payload, signature; /* SIGNED_CLEAR: the block is the payload, there is no other signature */
};

struct parsed_mail {
	struct mail_record record;   /* headers, text, parts, attachments with bytes, flags; crypto members empty */
	enum mail_crypto crypto;
	struct str payload, signature;
	int session_key_packets;     /* counted in the payload before gpg sees it; -1 when it is no OpenPGP */
	int anonymous_packets;       /* of those, with key id 0 */
	bool protected_head;         /* the header of the signed part, or of the entity, is a protected one */
	struct signed_part *signed_parts; size_t signed_part_count;
};
void parsed_mail_release(struct parsed_mail *mail);

/* Starts the zygote. Call it before the vault is unlocked. ERR_BUG-free: when the sandbox cannot be
 * set up it refuses (ERR_DENIED) instead of parsing outside of it; here, or as late as parse_worker_wait,
 * since it gets ready while others go on. */
int parse_worker_start(struct parse_worker **ret, struct error *err);
/* Returns when it is ready. The first message waits too. */
int parse_worker_wait(struct parse_worker *worker, struct error *err);
void parse_worker_stop(struct parse_worker *worker); /* NULL does nothing */
/*
 * Takes a whole message (ENTITY false) or the decrypted MIME entity of one (ENTITY true: its headers
 * are protected headers). Limits: 200 MB in, 20 MB text, 2 s CPU, 1 GiB memory, caps of limits in
 * parse.c. A child that dies, is killed or overruns gives ERR_INPUT with the reason, and the worker is
 * usable for the next message.
 */
int parse_worker_mail(struct parse_worker *worker, const char *bytes, size_t length, bool entity,
		      struct parsed_mail *ret, struct error *err);

/* The same in two steps, so that others work meanwhile: BYTES must live until the end, which must come before the
 * next beginning. */
int parse_worker_begin(struct parse_worker *worker, const char *bytes, size_t length, bool entity, struct error *err);
int parse_worker_end(struct parse_worker *worker, struct parsed_mail *ret, struct error *err);

/* The messages of a stretch of an mbox. */
struct mbox_message { const char *bytes; size_t length; }; /* borrowed from the messages */
struct mbox_messages {
	struct mbox_message *messages; size_t count, room;
	struct str bytes;
	size_t used;             /* bytes of the stretch that need not be asked about again */
};
void mbox_messages_release(struct mbox_messages *messages);
/* LAST: the file ends with these bytes. INSIDE: they begin inside of a message that was too long, the rest of which
 * is passed over. No message and nothing used: none ends in them, ask about more. */
int parse_worker_mbox(struct parse_worker *worker, const char *bytes, size_t length, bool last, bool inside,
		      struct mbox_messages *ret, struct error *err);

/* The zygote's own main loop: main.c calls it when the program was executed as the worker
 * (PARSE_WORKER_ARGUMENT or JOB_WORKER_ARGUMENT as its only argument), before anything else. MAIL: it
 * is warmed up for mail. Never returns. */
#define PARSE_WORKER_ARGUMENT "--parse-worker"
void parse_worker_main(bool mail) __attribute__((noreturn));
/* The parser itself without sandbox, for tests and fuzzing only. */
int parse_mail_here(const char *bytes, size_t length, bool entity, struct parsed_mail *ret, struct error *err);

#endif
