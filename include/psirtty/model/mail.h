/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one mail after it was taken apart and its signatures were checked: the record
 * behind `mail read --json`, kept in the vault as JSON. Whoever made it (the sandboxed worker, gpg)
 * is a stranger's tool: strings here are valid UTF-8 and bounded, nothing else is promised.
 */
#ifndef PSIRTTY_MODEL_MAIL_H
#define PSIRTTY_MODEL_MAIL_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

struct mail_address { char *name, *address; }; /* owned; name may be NULL */

#define ENCRYPTION_STATES(X) \
	X(ENCRYPTION_NONE, "none") X(ENCRYPTION_DECRYPTED, "decrypted") X(ENCRYPTION_NO_KEY, "no-key") \
	X(ENCRYPTION_FAILED, "failed") X(ENCRYPTION_REFUSED, "refused")
#define SIGNATURE_STATES(X) /* worst last */ \
	X(SIGNATURE_GOOD, "good") X(SIGNATURE_UNKNOWN_KEY, "unknown-key") X(SIGNATURE_EXPIRED_KEY, "expired-key") \
	X(SIGNATURE_REVOKED_KEY, "revoked-key") X(SIGNATURE_WEAK, "weak") X(SIGNATURE_FUTURE, "future") \
	X(SIGNATURE_MALFORMED, "malformed") X(SIGNATURE_BAD, "bad")
#define MAIL_VERDICTS(X) \
	X(VERDICT_VERIFIED, "verified") X(VERDICT_SIGNED, "signed") X(VERDICT_MISMATCH, "mismatch") \
	X(VERDICT_BAD, "bad") X(VERDICT_UNSIGNED, "unsigned")
#define X(name, word) name,
enum encryption_state { ENCRYPTION_STATES(X) ENCRYPTION_COUNT };
enum signature_state { SIGNATURE_STATES(X) SIGNATURE_COUNT };
enum mail_verdict { MAIL_VERDICTS(X) VERDICT_COUNT };
#undef X
const char *encryption_name(enum encryption_state state);
const char *signature_name(enum signature_state state);
const char *verdict_name(enum mail_verdict verdict);

/* Stable codes for what is odd about a mail; code, explanation. `help mail flags` lists them. */
#define MAIL_FLAGS(X) \
	X("alternative-differs", N_("the HTML says something else than the plain text that is shown")) \
	X("autocrypt-other-key", N_("its Autocrypt header offers another key than the one that is pinned to the sender")) \
	X("bidi", N_("text or headers hold bidirectional control characters")) \
	X("control-characters", N_("headers hold control characters or broken encodings")) \
	X("date-differs", N_("it was signed long before or after the date it carries")) \
	X("efail-structure", N_("an encrypted part stands beside others or below the top; it was not opened")) \
	X("encoding-ambiguous", N_("broken base64, which other programs may read differently")) \
	X("duplicate-header", N_("a header that may stand once stands twice: other programs may show the other one")) \
	X("external-body", N_("it refers to content elsewhere as if it were a part; nothing was fetched")) \
	X("html-hidden", N_("the HTML holds text that a browser would not show; it is left out")) \
	X("html-link-mismatch", N_("a link shows another host than the one it leads to")) \
	X("html-only", N_("there is no plain text; what is shown was made from HTML")) \
	X("html-remote", N_("the HTML asks for content from elsewhere; nothing was fetched")) \
	X("key-secret", N_("a secret key is attached; it was not taken in, and its owner should be told")) \
	X("key-unsupported", N_("a key is attached that gpg cannot take in")) \
	X("limit-depth", N_("parts are nested deeper than the limit")) \
	X("limit-keys", N_("more or larger keys than the limit")) \
	X("limit-parts", N_("more parts than the limit; the rest is in the raw message only")) \
	X("limit-headers", N_("more or longer headers than the limit")) \
	X("limit-text", N_("the text is longer than the limit and was cut")) \
	X("malformed", N_("the structure is not that of a mail; the raw bytes are kept")) \
	X("mixed-script", N_("an address or name mixes letters that look alike from different scripts")) \
	X("multiple-from", N_("more than one From header or address")) \
	X("name-conflict", N_("two attachments have the same name")) \
	X("name-differs", N_("an attachment has two names that differ; that of Content-Disposition is shown")) \
	X("name-is-address", N_("a sender's name looks like another address")) \
	X("nested-encryption", N_("there is more encrypted content inside; it was not opened")) \
	X("not-integrity-protected", N_("encrypted by S/MIME in a way that does not show alterations")) \
	X("other-key", N_("another key of the key ring carries the sender's address too")) \
	X("partly-signed", N_("the signature covers only a part of the message")) \
	X("protected-from-mismatch", N_("the sender inside the encryption differs from the outer one")) \
	X("receipt-requested", N_("it asks for a receipt; none is sent")) \
	X("recipient-unbound", N_("the signature inside does not say for whom it was written: it may have been forwarded")) \
	X("repaired", N_("a mail server had changed its structure; it was read as it must have been sent")) \
	X("smime", N_("S/MIME")) \
	X("smime-unchecked", N_("there is no gpgsm here: its S/MIME was neither opened nor verified")) \
	X("subject-unsigned", N_("the signature does not cover subject, sender and date")) \
	X("symmetric", N_("encrypted with a passphrase only")) \
	X("too-many-recipients", N_("more encrypted session keys than the limit; it was not opened")) \
	X("unreadable", N_("the parser stopped on this message; the raw bytes are kept"))

struct mail_signature {
	enum signature_state state;
	char *fingerprint;   /* upper-case hex, or NULL when gpg names none */
	instant created;     /* INSTANT_NONE when unknown */
	char *hash;          /* "SHA256" */
	bool covers_message; /* else a part of it: */
	char *path;          /* of the multipart/signed below the top, or NULL */
	char *addresses;     /* of its key's user ids, in lower case, a blank before and behind each; NULL: unknown */
};
void mail_signature_release(struct mail_signature *signature);
/* Adds ADDRESS to what the key's user ids name. */
void mail_signature_add_address(struct mail_signature *signature, const char *address);

struct mail_part {
	char *path;          /* "1.2": place in the tree */
	char *type;          /* "text/plain" */
	char *charset;       /* may be NULL */
	size_t size;         /* decoded bytes */
	bool covered, encrypted;
	enum mail_verdict verdict;       /* of what covers this part, its own signature before the message's */
	size_t text_at, text_length;     /* where it stands in the record's text; length 0: it is not shown */
};

struct mail_attachment {
	char *name;          /* as the mail says, may be NULL */
	char *other_name;    /* that of Content-Type where it differs, else NULL */
	char *safe_name;     /* safe for a folder: no slash, no leading dot, printable, at most 128 bytes */
	char *type;
	char *path;          /* of its part, or NULL */
	size_t size;
	char sha256[65];
	char *bytes;         /* owned decoded content while the message is in memory; NULL in a record */
};

/* A key that came along; nothing of it is taken in, and its user ids claim what they like. */
struct mail_key {
	char *fingerprint;   /* upper-case hex */
	char **user_ids; size_t user_id_count;
	char *source;        /* "attached" or "autocrypt" */
};
enum { MAIL_KEYS = 20, MAIL_KEY_USER_IDS = 16 };

struct mail_record {
	char *subject, *outer_subject;
	struct mail_address *from, *to, *cc, *reply_to; /* owned, counts below */
	size_t from_count, to_count, cc_count, reply_to_count;
	instant date;        /* Date header; INSTANT_NONE when absent or unreadable */
	char *message_id, *in_reply_to;
	char **references; size_t reference_count;
	enum encryption_state encryption;
	char **recipients; size_t recipient_count; /* key ids or fingerprints it is encrypted to */
	char *encryption_reason;                   /* English sentence for no-key, failed, refused */
	char *session_key;                         /* gpg's "algo:HEX": kept sealed, never printed */
	struct mail_signature *signatures; size_t signature_count;
	enum mail_verdict verdict;
	char *text; bool html_only;
	struct mail_part *parts; size_t part_count;
	struct mail_attachment *attachments; size_t attachment_count;
	struct mail_key *keys; size_t key_count;
	char **flags; size_t flag_count; /* sorted, each once */
	bool auto_submitted, list_mail;  /* RFC 3834: never answer these automatically */
	char *sender;                    /* owned; kept by mail_record_sender() alone */
};

void mail_record_release(struct mail_record *record);
void mail_record_add_flag(struct mail_record *record, const char *flag);
bool mail_record_has_flag(const struct mail_record *record, const char *flag);
/* The JSON of `mail read --json`, members as commands.md fixes them. With KEEP the session key and
 * the two reply marks are in it too (for the vault). New reference. */
json_t *mail_record_to_json(const struct mail_record *record, bool keep);
/* Bounded and tolerant: what is missing or of a wrong type is left empty. */
void mail_record_from_json(const json_t *json, struct mail_record *ret);
/* The worst of the signatures over the whole message; SIGNATURE_COUNT when there is none. */
enum signature_state mail_record_signature(const struct mail_record *record);
/* Sets record->verdict from the signatures and PINNED, the fingerprint pinned to the sender's address
 * (NULL: none): bad, weak, future, malformed or revoked → bad; no signature over the message →
 * unsigned; good where there is not exactly one sender → mismatch; good by the pinned key → verified; good
 * by another key than the pinned → mismatch; good or expired without a pin, where the key's user ids are known
 * and none is the sender's → mismatch; else, or by an unknown key → signed. The same for each part, from what covers it. */
void mail_record_judge(struct mail_record *record, const char *pinned);
/* The path of the signed part of its own that PART stands in, the innermost, or NULL. Borrowed. */
const char *mail_record_signed_path(const struct mail_record *record, const struct mail_part *part);
/* Whether that verdict would be another one with PINNED than the one RECORD, which may be in brief, has. */
bool mail_record_outdated(const struct mail_record *record, const char *pinned);
/* The first From address in lower case, or NULL. Borrowed. */
const char *mail_record_sender(const struct mail_record *record);
/* Why it was not decrypted, in the language of the reader; "" when there is nothing to say. */
const char *mail_record_reason(const struct mail_record *record);

#endif
