/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP through gpgme: who a handler is, and what finders send. One operation at a time; nothing
 * here ever asks a network. User ids come from strangers: they are handed out as they are and must pass
 * the safe-text door.
 */
#ifndef PSIRTTY_VAULT_OPENPGP_H
#define PSIRTTY_VAULT_OPENPGP_H

#include "psirtty/base/instant.h"
#include "psirtty/model/mail.h"

struct openpgp;

struct openpgp_key {
	char *fingerprint;     /* owned, upper-case hex */
	char *name, *address;  /* owned, of the first usable user id; may be NULL */
	bool secret, can_encrypt, can_sign, expired, revoked;
	instant expires;       /* INSTANT_NONE: never */
};
void openpgp_key_release(struct openpgp_key *key);

/* HOME NULL: $GNUPGHOME, else gpg's default. ERR_DENIED when there is no gpg or it is too old. */
int openpgp_open(const char *home, struct openpgp **ret, struct error *err);
void openpgp_close(struct openpgp *pgp);

/* In this process gpg never asks for a passphrase or a PIN: there is no terminal it may take. What would need one fails
 * as if it had been cancelled, and openpgp_take_wanted says so, once. Before any openpgp_open. */
void openpgp_never_ask(void);
bool openpgp_take_wanted(void);
/* In this process passphrases are asked by ASK: WHAT is "KEYID user id" as gpg has it (a stranger's text), AGAIN says
 * that the last one was wrong (three times at most). False: none is given, which holds until openpgp_take_wanted. Where
 * the agent does not let us ask, openpgp_take_wanted says so as above. Before any openpgp_open. */
typedef bool (*openpgp_ask_fn)(void *context, const char *what, bool again, struct str *ret);
void openpgp_ask_by(openpgp_ask_fn ask, void *context);

/* Until it is called again with false, nobody is asked for a passphrase on behalf of PGP: what would need one fails as if
 * it had been cancelled, and openpgp_take_wanted does not hear of it. Nobody waits for it either: gpg has less than two
 * seconds. An agent on another machine cannot be told not to ask: there a question may stand for that long. */
void openpgp_hush(struct openpgp *pgp, bool hushed);

/* The key of exactly this fingerprint (40 or 64 hex digits, blanks allowed) or the only usable key of
 * this address. ERR_INPUT when there is none or more than one. */
int openpgp_find(struct openpgp *pgp, const char *who, bool secret, struct openpgp_key *ret,
		 struct error *err);
/* Whether the secret part of FINGERPRINT is at hand; quiet. */
bool openpgp_has_secret(struct openpgp *pgp, const char *fingerprint);

/* What gpg-agent says of itself; false when it does not run. */
struct openpgp_agent {
	int derivation_ms;   /* it makes a passphrase cost: and every message to a key with one; 0 where there is none */
	bool passphrase;     /* some key here has one */
	bool open;           /* every key here lies on this disk without one: nobody is ever asked */
	bool elsewhere;      /* a restricted agent, forwarded from another machine: it asks there */
};
bool openpgp_agent(const struct openpgp *pgp, struct openpgp_agent *ret);
/* Whether it answers at all: gpg calls every key missing where it does not. Started where gpg would. */
bool openpgp_agent_answers(const struct openpgp *pgp);

/* Another one after anything was changed in gpg's key rings; false where they are kept otherwise. */
bool openpgp_ring_stamp(const struct openpgp *pgp, uint8_t ret[32]);

/* From now on this process does at gpg what nobody waits for (YES), or what somebody does: of all processes with the same
 * keys, those nobody waits for begin nothing while others are at work, for as long as one operation may take. */
void openpgp_go_behind(bool yes);

struct openpgp_result {
	struct str plain;                 /* wiped by release */
	struct mail_signature *signatures; size_t signature_count;
	char **recipients; size_t recipient_count;
	char *session_key;
	char *reason;                     /* set unless state is ENCRYPTION_DECRYPTED */
	enum encryption_state state;
};
void openpgp_result_release(struct openpgp_result *result);
/* Whether REASON says that gpg, or its agent, did not come to an end. */
bool openpgp_was_late(const char *reason);

/* Decrypts and verifies; at most LIMIT bytes come out. Whatever gpg streamed before it found a fault is
 * thrown away. The outcome is in *RET (state, reason); the return code is 0 unless gpg itself cannot be
 * used. Signatures are judged by our own policy too: hash at least SHA-256, not made after NOW + 1 h. */
int openpgp_decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit, instant now,
		    struct openpgp_result *ret, struct error *err);
/* That in two steps, so that gpg works meanwhile: at most OPENPGP_AHEAD are under way, beside whatever else is asked of
 * PGP; where somebody may have to be asked for a passphrase, only one should be. BYTES must live until the second step,
 * which waits and frees. */
enum { OPENPGP_AHEAD = 2 };
struct openpgp_opening;
struct openpgp_opening *openpgp_decrypt_begin(struct openpgp *pgp, const void *bytes, size_t length, size_t limit);
void openpgp_decrypt_end(struct openpgp_opening *opening, instant now, struct openpgp_result *ret);
/* The same with the SESSION_KEY of an earlier result, so that no agent is asked; false, with *RET empty, when that
 * opens nothing. */
bool openpgp_decrypt_again(struct openpgp *pgp, const void *bytes, size_t length, const char *session_key,
			   size_t limit, instant now, struct openpgp_result *ret);
/* A detached signature over BYTES; one of more than 32 KiB (signatures by the hundred) is malformed. */
int openpgp_verify(struct openpgp *pgp, const void *bytes, size_t length, const void *signature,
		   size_t signature_length, instant now, struct openpgp_result *ret, struct error *err);
/* A cleartext-signed block; ret->plain is what gpg says was signed, never the text around it. Refused as malformed,
 * whatever gpg says: any header but Hash (RFC 9580 7.1), NotDashEscaped, and lines gpg would cut. */
int openpgp_verify_clear(struct openpgp *pgp, const void *bytes, size_t length, instant now,
			 struct openpgp_result *ret, struct error *err);

/* ---- S/MIME, by gpgsm (smime.c): the same verdicts; a certificate that no root of gpgsm's vouches for is
 * SIGNATURE_UNKNOWN_KEY, CMS that names no signer SIGNATURE_MALFORMED. ERR_DENIED when there is no gpgsm. */

/* SIGNATURE NULL: BYTES is CMS signed-data, and ret->plain what it holds. */
int smime_verify(struct openpgp *pgp, const void *bytes, size_t length, const void *signature,
		 size_t signature_length, instant now, struct openpgp_result *ret, struct error *err);
int smime_decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit,
		  struct openpgp_result *ret, struct error *err);
/* How many usable keys carry this address. */
size_t openpgp_count(struct openpgp *pgp, const char *address);

/* Encrypts to exactly these fingerprints, signed by SIGNER (NULL: not signed), and checks afterwards
 * that as many session key packets came out as went in. ARMOR: ASCII armour. */
int openpgp_encrypt(struct openpgp *pgp, const void *bytes, size_t length, const char *const *recipients,
		    size_t count, const char *signer, bool armor, struct str *ret, struct error *err);
/* The same in constant memory and binary: SOURCE writes the plaintext into the descriptor it is given, the message
 * goes to OUT, an empty file open for reading and writing. What is in OUT after an error is worth nothing. */
typedef int (*openpgp_source_fn)(void *context, int fd, struct error *err);
int openpgp_encrypt_stream(struct openpgp *pgp, openpgp_source_fn source, void *context,
			   const char *const *recipients, size_t count, const char *signer, int out,
			   struct error *err);
/* Decrypts and verifies from IN. What SINK gets is not to be trusted before this has returned 0 and the state is
 * ENCRYPTION_DECRYPTED; an error of SINK ends it and is returned. ret->plain stays empty. */
typedef int (*openpgp_sink_fn)(void *context, const void *bytes, size_t length, struct error *err);
int openpgp_decrypt_stream(struct openpgp *pgp, int in, openpgp_sink_fn sink, void *context, instant now,
			   struct openpgp_result *ret, struct error *err);
/* Detached, ARMOR or binary. *RET_HASH (may be NULL) gets a static name such as "pgp-sha512". */
int openpgp_sign(struct openpgp *pgp, const void *bytes, size_t length, const char *signer, bool armor,
		 struct str *ret, const char **ret_hash, struct error *err);
/* TEXT in the frame of a cleartext signature. */
int openpgp_sign_clear(struct openpgp *pgp, const void *text, size_t length, const char *signer, struct str *ret,
		       struct error *err);
/* A new Ed25519/Cv25519 key without passphrase: for demo and tests. *RET is its fingerprint, freed by the caller. */
int openpgp_generate(struct openpgp *pgp, const char *user_id, char **ret, struct error *err);
/* Stops the agent of this home; for homes that were made for a demonstration or a test. */
void openpgp_stop_agent(const char *home);
/* Armoured public key. */
int openpgp_export(struct openpgp *pgp, const char *fingerprint, struct str *ret, struct error *err);
/* Public keys only: secret ones are refused. Fingerprints of what was taken in; freed by the caller. */
int openpgp_import(struct openpgp *pgp, const void *bytes, size_t length, char ***ret, size_t *ret_count,
		   struct error *err);

/* The same for keys of strangers: read first in a home that is thrown away, within 20 s, at most 20 keys, cleaned of
 * what others added to them. ADDRESS not NULL: only those with a user id of that address. */
int openpgp_import_strange(struct openpgp *pgp, const void *bytes, size_t length, const char *address, char ***ret,
			   size_t *ret_count, struct error *err);
/* Binary public key, as the Web Key Directory wants it. */
int openpgp_export_binary(struct openpgp *pgp, const char *fingerprint, struct str *ret, struct error *err);

#endif
