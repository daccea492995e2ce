/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the OpenPGP module share. */
#ifndef PSIRTTY_VAULT_OPENPGP_PRIVATE_H
#define PSIRTTY_VAULT_OPENPGP_PRIVATE_H

#include <gpgme.h>

#include "psirtty/vault/openpgp.h"

/* What a key listing said, which costs a process each: kept until a key ring changes. */
struct openpgp_known {
	char *who;            /* owned: a fingerprint, or an address */
	char *fingerprint, *addresses; /* owned; of the key, as in struct mail_signature; NULL: there is none */
	size_t count;         /* of usable keys, for an address */
};
enum { OPENPGP_KNOWN = 256 };

struct openpgp {
	struct openpgp_known *known; size_t known_count; /* owned */
	uint8_t known_stamp[32];
	gpgme_ctx_t context;
	gpgme_ctx_t ahead[OPENPGP_AHEAD]; /* for decryptions that nothing else waits for; NULL until they are needed */
	bool ahead_taken[OPENPGP_AHEAD];
	gpgme_ctx_t cms;  /* gpgsm goes on running behind it; NULL until it is needed */
	bool cms_used;    /* and has done something already */
	char *home; /* owned; NULL: gpg's own default */
};

/* What is known of WHO, or a new, empty entry with *RET_NEW. Borrowed until the next call. */
struct openpgp_known *openpgp_known(struct openpgp *pgp, const char *who, bool *ret_new);
void openpgp_forget(struct openpgp *pgp);

/* The folder of gpg's files for HOME (NULL: the default), or NULL. Caller frees. */
char *openpgp_folder(const char *home);
/* Sets which program CONTEXT starts, and where its files are (openpgp_options.c). */
int openpgp_engine(const char *home, gpgme_ctx_t context, gpgme_protocol_t protocol, struct error *err);
/* A context with the options of every context of ours. */
int openpgp_context(const char *home, gpgme_ctx_t *ret, struct error *err);
/* The sentence for one of gpgme's codes. */
int openpgp_failed(struct error *err, const char *what, gpgme_error_t code);
/* ---- openpgp_ask.c */
/* Remembers that gpg wanted to ask where it may not (openpgp_never_ask, openpgp_ask_by). */
void openpgp_note_asked(gpgme_error_t code);
/* Sets whom CONTEXT asks for passphrases. */
void openpgp_prepare_asking(gpgme_ctx_t context);
/* After an operation that ended with CODE: whether to do it once more, because what was answered was wrong, or because the
 * agent does not let us ask and is left alone from now on. */
bool openpgp_ask_again(gpgme_ctx_t context, gpgme_error_t code);
bool openpgp_is_hushed(void);
/* How often our own dialogue asked; grows. */
unsigned openpgp_times_asked(void);
gpgme_error_t openpgp_get(struct openpgp *pgp, const char *fingerprint, bool secret, gpgme_key_t *ret);
/* Armoured or binary: whether a secret key packet is in it. */
bool openpgp_holds_secret(const char *bytes, size_t length);
/* Moves the bytes of DATA to RET and releases it. */
void openpgp_take(gpgme_data_t data, struct str *ret);

/* What every message of ours is made with: our own judgement of keys, nobody added, nothing compressed. */
#define OPENPGP_FLAGS (GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO | GPGME_ENCRYPT_NO_COMPRESS)
/* SIGNER NULL: nobody signs. */
int openpgp_set_signer(struct openpgp *pgp, const char *signer, struct error *err);
/* The keys, NULL ended; each can be encrypted to. */
int openpgp_recipients(struct openpgp *pgp, const char *const *recipients, size_t count, gpgme_key_t **ret,
		       struct error *err);
void openpgp_free_keys(gpgme_key_t *keys, size_t count);
/* State, reason, recipients and signatures of CONTEXT's decryption that ended with CODE. */
void openpgp_outcome(struct openpgp *pgp, gpgme_ctx_t context, gpgme_error_t code, bool overran, instant now,
		     struct openpgp_result *ret);

/* Hashes that can still be relied on for signatures (NIST SP 800-131A Rev. 2). */
bool openpgp_hash_is_strong(gpgme_hash_algo_t hash);
/* gpg's own word for one signature, by its status. */
enum signature_state openpgp_verdict(gpgme_error_t status);
/* Why a decryption that ended with CODE gave nothing; kept in English. */
enum encryption_state openpgp_decryption_state(gpgme_error_t code, bool overran, const char **ret_reason);
/* Recipients and session key, as far as gpg told them. */
void openpgp_take_decryption(gpgme_decrypt_result_t result, struct openpgp_result *ret);
/* A result that says: something claims to be a signature and is none. */
void openpgp_malformed(struct openpgp_result *ret);

/* One operation of gpgme's, begun by START and waited for: 20 s at most, 5 minutes more where a person is asked for a
 * passphrase; GPG_ERR_TIMEOUT beyond. BESIDE and OUT may be NULL where START needs none. */
typedef gpgme_error_t (*openpgp_start_fn)(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out);
gpgme_error_t openpgp_run(gpgme_ctx_t context, openpgp_start_fn start, gpgme_data_t in, gpgme_data_t beside,
			  gpgme_data_t out);
/* The 20 s; 1.5 where openpgp_hush holds, and then no person's minutes; less where PSIRTTY_GPG_MS says so, never more. */
int openpgp_patience_ms(void);
/* That in two steps: between them gpg works on by itself as far as its pipes reach, and CONTEXT and the data are taken;
 * the time begins with the second step, which frees. */
struct openpgp_job;
struct openpgp_job *openpgp_start(gpgme_ctx_t context, openpgp_start_fn start, gpgme_data_t in, gpgme_data_t beside,
				  gpgme_data_t out);
gpgme_error_t openpgp_finish(struct openpgp_job *job);
/* ---- openpgp_turn.c */
/* Waits for the turn of one operation with HOME's keys (NULL: the default); to be left when it is over. */
int openpgp_turn_take(const char *home);
void openpgp_turn_leave(int turn);

/* Whether HOME's agent (NULL: the default) is a forwarded one, and answers. */
bool openpgp_agent_elsewhere(const char *home);
/* The secret keys PATTERN names, in the same time, since gpg asks the agent for each: caller frees, whatever is returned. */
gpgme_error_t openpgp_list_secret(gpgme_ctx_t context, const char *pattern, gpgme_key_t **ret, size_t *ret_count);

/* Where plaintext goes: no more than LIMIT bytes of it. */
struct openpgp_sink { struct str bytes; size_t limit; bool overran; };
gpgme_data_t openpgp_sink_data(struct openpgp_sink *sink);

#endif
