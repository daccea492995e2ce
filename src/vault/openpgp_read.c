/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decryption and verification. gpg streams plaintext before it knows whether it was tampered with, and
 * calls signatures good that a PSIRT must not: so nothing it wrote is looked at before its verdict, its
 * output is capped as it comes, and every signature passes our own policy.
 */
#include "vault/openpgp_private.h"

#include <errno.h>

#include "psirtty/base/i18n.h"

/* Room for a hundred signatures: gpg checks each, and a key may hold it up for seconds. */
enum { CLOCK_SLACK_S = 3600, CLEAR_LINE = 10000, SIGNATURE_BYTES = 32 << 10 };

void openpgp_result_release(struct openpgp_result *result)
{
	str_wipe(&result->plain);
	for (size_t i = 0; i < result->signature_count; i++)
		mail_signature_release(&result->signatures[i]);
	free(result->signatures);
	for (size_t i = 0; i < result->recipient_count; i++)
		free(result->recipients[i]);
	free(result->recipients);
	if (result->session_key)
		explicit_bzero(result->session_key, strlen(result->session_key));
	free(result->session_key);
	free(result->reason);
	*result = (struct openpgp_result){ .plain = STR_INIT };
}

/* ---- output with a cap */

static ssize_t sink_write(void *handle, const void *buffer, size_t size)
{
	struct openpgp_sink *sink = handle;

	if (size > sink->limit - sink->bytes.length) {
		sink->overran = true;
		errno = EFBIG;
		return -1;
	}
	str_add_bytes(&sink->bytes, buffer, size);
	return (ssize_t)size;
}

gpgme_data_t openpgp_sink_data(struct openpgp_sink *sink)
{
	static struct gpgme_data_cbs calls = { .write = sink_write };
	gpgme_data_t data;

	if (gpgme_data_new_from_cbs(&data, &calls, sink))
		BUG("gpgme makes no data object");
	return data;
}

/* ---- signatures */

bool openpgp_hash_is_strong(gpgme_hash_algo_t hash)
{
	static const gpgme_hash_algo_t strong[] = { GPGME_MD_SHA256, GPGME_MD_SHA384, GPGME_MD_SHA512 };

	for (size_t i = 0; i < ARRAY_LEN(strong); i++)
		if (hash == strong[i])
			return true;
	return false;
}

enum signature_state openpgp_verdict(gpgme_error_t status)
{
	static const struct {
		gpg_err_code_t code;
		enum signature_state state;
	} rows[] = {
		{ GPG_ERR_NO_ERROR, SIGNATURE_GOOD },
		{ GPG_ERR_SIG_EXPIRED, SIGNATURE_EXPIRED_KEY },
		{ GPG_ERR_KEY_EXPIRED, SIGNATURE_EXPIRED_KEY },
		{ GPG_ERR_CERT_REVOKED, SIGNATURE_REVOKED_KEY },
		{ GPG_ERR_NO_PUBKEY, SIGNATURE_UNKNOWN_KEY },
		{ GPG_ERR_BAD_SIGNATURE, SIGNATURE_BAD },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == gpgme_err_code(status))
			return rows[i].state;
	return SIGNATURE_MALFORMED;
}

static enum signature_state judge(gpgme_signature_t signature, instant now)
{
	enum signature_state state = openpgp_verdict(signature->status);

	if (state == SIGNATURE_BAD || state == SIGNATURE_MALFORMED || state == SIGNATURE_UNKNOWN_KEY)
		return state;
	if ((instant)signature->timestamp > now / INSTANT_SECOND + CLOCK_SLACK_S)
		return SIGNATURE_FUTURE;
	if (!openpgp_hash_is_strong(signature->hash_algo))
		return SIGNATURE_WEAK;
	return state;
}

static void learn_key(gpgme_key_t key, struct openpgp_known *known)
{
	struct mail_signature names = { .addresses = NULL };

	known->fingerprint = mem_string(key->fpr);
	for (gpgme_user_id_t id = key->uids; id; id = id->next)
		if (!id->revoked && !id->invalid && id->address && *id->address)
			mail_signature_add_address(&names, id->address);
	known->addresses = names.addresses ? names.addresses : mem_string(" ");
}

/* gpg names the subkey; what is pinned and shown is the primary key. Its user ids say whose it claims to be. */
static void name_signer(struct openpgp *pgp, struct mail_signature *signature)
{
	struct openpgp_known *known;
	gpgme_key_t key = NULL;
	bool fresh;

	if (!signature->fingerprint)
		return;
	known = openpgp_known(pgp, signature->fingerprint, &fresh);
	if (fresh && openpgp_get(pgp, signature->fingerprint, false, &key) == 0 && key)
		learn_key(key, known);
	if (key)
		gpgme_key_unref(key);
	if (known->fingerprint)
		mem_replace(&signature->fingerprint, known->fingerprint);
	signature->addresses = mem_string(known->addresses);
}

static void take_signatures(struct openpgp *pgp, gpgme_verify_result_t verified, instant now,
			    struct openpgp_result *ret)
{
	size_t capacity = 0;

	for (gpgme_signature_t s = verified ? verified->signatures : NULL; s; s = s->next) {
		struct mail_signature *made;
		const char *hash = gpgme_hash_algo_name(s->hash_algo);

		ret->signatures = mem_grow(ret->signatures, &capacity, ret->signature_count + 1,
					   sizeof(*ret->signatures));
		made = &ret->signatures[ret->signature_count++];
		made->state = judge(s, now);
		made->fingerprint = mem_string(s->fpr);
		made->created = s->timestamp ? (instant)s->timestamp * INSTANT_SECOND : INSTANT_NONE;
		made->hash = mem_string(hash && s->hash_algo ? hash : NULL);
	}
	/* Asked for afterwards: a key look-up ends the context's last result. */
	for (size_t i = 0; i < ret->signature_count; i++)
		name_signer(pgp, &ret->signatures[i]);
}

/* ---- decryption */

static const char too_long[] = N_("gpg took too long over it");

bool openpgp_was_late(const char *reason)
{
	return str_equal(reason, too_long);
}

enum encryption_state openpgp_decryption_state(gpgme_error_t code, bool overran, const char **ret_reason)
{
	static const struct {
		gpg_err_code_t code;
		enum encryption_state state;
		const char *reason;
	} rows[] = {
		{ GPG_ERR_NO_SECKEY, ENCRYPTION_NO_KEY,
		  N_("none of the keys it is encrypted to is ours") },
		{ GPG_ERR_DECRYPT_FAILED, ENCRYPTION_FAILED,
		  N_("it could not be decrypted, or was altered on the way") },
		{ GPG_ERR_BAD_DATA, ENCRYPTION_FAILED, N_("what is inside is not one OpenPGP message") },
		{ GPG_ERR_NO_DATA, ENCRYPTION_REFUSED, N_("it is not encrypted at all") },
		{ GPG_ERR_BAD_PASSPHRASE, ENCRYPTION_NO_KEY, N_("the passphrase was wrong") },
		{ GPG_ERR_CANCELED, ENCRYPTION_NO_KEY, N_("the passphrase was not given") },
		{ GPG_ERR_NO_AGENT, ENCRYPTION_NO_KEY, N_("gpg-agent does not answer") },
		{ GPG_ERR_NO_PIN_ENTRY, ENCRYPTION_NO_KEY, N_("gpg-agent has no way to ask for the passphrase where it runs") },
		{ GPG_ERR_ENOTTY, ENCRYPTION_NO_KEY, N_("gpg-agent has no way to ask for the passphrase where it runs") },
		{ GPG_ERR_FORBIDDEN, ENCRYPTION_NO_KEY, N_("gpg-agent, on another machine, does not allow it") },
		{ GPG_ERR_CARD_NOT_PRESENT, ENCRYPTION_NO_KEY, N_("the card with the key is not inserted") },
		{ GPG_ERR_CARD_REMOVED, ENCRYPTION_NO_KEY, N_("the card with the key was taken out") },
		{ GPG_ERR_NO_SCDAEMON, ENCRYPTION_NO_KEY, N_("gpg cannot reach cards: scdaemon is missing") },
		{ GPG_ERR_BAD_PIN, ENCRYPTION_NO_KEY, N_("the PIN of the card was wrong") },
		{ GPG_ERR_PIN_BLOCKED, ENCRYPTION_NO_KEY, N_("the PIN of the card is blocked") },
		{ GPG_ERR_TIMEOUT, ENCRYPTION_FAILED, too_long },
		{ GPG_ERR_UNUSABLE_SECKEY, ENCRYPTION_NO_KEY,
		  N_("its key is here, but gpg-agent could not use it: the passphrase was not given, or nobody can be asked for it") },
		{ GPG_ERR_BUFFER_TOO_SHORT, ENCRYPTION_FAILED, N_("it is encrypted in a way that this gpgsm does not know") },
		{ GPG_ERR_UNSUPPORTED_ALGORITHM, ENCRYPTION_FAILED,
		  N_("it is encrypted in a way that this gpg does not know") },
	};

	*ret_reason = NULL;
	if (overran) {
		*ret_reason = N_("what is inside is larger than the limit");
		return ENCRYPTION_REFUSED;
	}
	if (!code)
		return ENCRYPTION_DECRYPTED;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == gpgme_err_code(code)) {
			*ret_reason = rows[i].reason;
			return rows[i].state;
		}
	*ret_reason = gpgme_strerror(code);
	return ENCRYPTION_FAILED;
}

void openpgp_take_decryption(gpgme_decrypt_result_t result, struct openpgp_result *ret)
{
	size_t capacity = 0;

	for (gpgme_recipient_t r = result ? result->recipients : NULL; r; r = r->next) {
		ret->recipients = mem_grow(ret->recipients, &capacity, ret->recipient_count + 1,
					   sizeof(*ret->recipients));
		ret->recipients[ret->recipient_count++] = mem_string(r->keyid ? r->keyid : "");
	}
	ret->session_key = mem_string(result ? result->session_key : NULL);
}

void openpgp_outcome(struct openpgp *pgp, gpgme_ctx_t context, gpgme_error_t code, bool overran, instant now,
		     struct openpgp_result *ret)
{
	gpgme_decrypt_result_t decrypted = gpgme_op_decrypt_result(context);
	const char *reason;

	openpgp_note_asked(code);
	if (gpgme_err_code(code) == GPG_ERR_NO_SECKEY && !openpgp_agent_answers(pgp))
		code = gpgme_error(GPG_ERR_NO_AGENT);
	ret->state = openpgp_decryption_state(code, overran, &reason);
	if (ret->state == ENCRYPTION_DECRYPTED && decrypted && decrypted->legacy_cipher_nomdc) {
		ret->state = ENCRYPTION_FAILED;
		reason = N_("it is not protected against alteration");
	}
	openpgp_take_decryption(decrypted, ret);
	ret->reason = mem_string(reason);
	if (ret->state == ENCRYPTION_DECRYPTED)
		take_signatures(pgp, gpgme_op_verify_result(context), now, ret);
}

struct openpgp_opening {
	struct openpgp *pgp;
	gpgme_ctx_t context;
	const void *bytes; size_t length;
	struct openpgp_sink sink;
	gpgme_data_t in, out;
	struct openpgp_job *job;
	size_t slot; /* of pgp->ahead */
};

static gpgme_error_t start_decrypt(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_decrypt_verify_start(context, in, out);
}

static void begin(struct openpgp_opening *o)
{
	str_wipe(&o->sink.bytes);
	o->out = openpgp_sink_data(&o->sink);
	if (gpgme_data_new_from_mem(&o->in, o->bytes, o->length, 0))
		BUG("gpgme cannot take %zu bytes", o->length);
	o->job = openpgp_start(o->context, start_decrypt, o->in, NULL, o->out);
}

static gpgme_error_t finish(struct openpgp_opening *o)
{
	gpgme_error_t code = openpgp_finish(o->job);

	gpgme_data_release(o->in);
	gpgme_data_release(o->out);
	return code;
}

/* A passphrase may be asked for again. */
static void end(struct openpgp_opening *o, instant now, struct openpgp_result *ret)
{
	gpgme_error_t code;

	*ret = (struct openpgp_result){ .plain = STR_INIT };
	for (code = finish(o); openpgp_ask_again(o->context, code); code = finish(o))
		begin(o);
	openpgp_outcome(o->pgp, o->context, code, o->sink.overran, now, ret);
	if (ret->state == ENCRYPTION_DECRYPTED)
		ret->plain = o->sink.bytes;
	else
		str_wipe(&o->sink.bytes);
}

static void decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit, instant now,
		    struct openpgp_result *ret)
{
	struct openpgp_opening o = { .pgp = pgp, .context = pgp->context, .bytes = bytes, .length = length,
				     .sink = { .bytes = STR_INIT, .limit = limit } };

	begin(&o);
	end(&o, now, ret);
}

struct openpgp_opening *openpgp_decrypt_begin(struct openpgp *pgp, const void *bytes, size_t length, size_t limit)
{
	struct openpgp_opening *o = mem_alloc(sizeof(*o));

	*o = (struct openpgp_opening){ .pgp = pgp, .bytes = bytes, .length = length,
				       .sink = { .bytes = STR_INIT, .limit = limit } };
	while (pgp->ahead_taken[o->slot])
		if (++o->slot == OPENPGP_AHEAD)
			BUG("more than %d messages are decrypted at once", OPENPGP_AHEAD);
	pgp->ahead_taken[o->slot] = true;
	/* Without a context of its own it is done when it is asked for. */
	if (!pgp->ahead[o->slot] && openpgp_context(pgp->home, &pgp->ahead[o->slot], NULL))
		return o;
	o->context = pgp->ahead[o->slot];
	openpgp_prepare_asking(o->context);
	begin(o);
	return o;
}

void openpgp_decrypt_end(struct openpgp_opening *o, instant now, struct openpgp_result *ret)
{
	if (o->context)
		end(o, now, ret);
	else
		decrypt(o->pgp, o->bytes, o->length, o->sink.limit, now, ret);
	o->pgp->ahead_taken[o->slot] = false;
	free(o);
}

int openpgp_decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit, instant now,
		    struct openpgp_result *ret, struct error *err)
{
	(void)err;
	decrypt(pgp, bytes, length, limit, now, ret);
	return 0;
}

bool openpgp_decrypt_again(struct openpgp *pgp, const void *bytes, size_t length, const char *session_key,
			   size_t limit, instant now, struct openpgp_result *ret)
{
	if (gpgme_set_ctx_flag(pgp->context, "override-session-key", session_key))
		return false;
	decrypt(pgp, bytes, length, limit, now, ret);
	gpgme_set_ctx_flag(pgp->context, "override-session-key", "");
	if (ret->state == ENCRYPTION_DECRYPTED) {
		mem_replace(&ret->session_key, session_key);
		return true;
	}
	openpgp_result_release(ret);
	return false;
}

/* ---- verification */

void openpgp_malformed(struct openpgp_result *ret)
{
	ret->signatures = mem_alloc(sizeof(*ret->signatures));
	ret->signatures[0] = (struct mail_signature){ .state = SIGNATURE_MALFORMED, .created = INSTANT_NONE };
	ret->signature_count = 1;
	str_wipe(&ret->plain);
}

/* CLEAR: the bytes hold their own text, which goes to ret->plain. */
static int verify(struct openpgp *pgp, gpgme_data_t signature, gpgme_data_t text, bool clear, instant now,
		  struct openpgp_result *ret, struct error *err)
{
	gpgme_data_t out = NULL;
	gpgme_error_t code;

	*ret = (struct openpgp_result){ .plain = STR_INIT, .state = ENCRYPTION_NONE };
	if (clear && gpgme_data_new(&out))
		BUG("gpgme makes no data object");
	code = openpgp_run(pgp->context, gpgme_op_verify_start, signature, text, out);
	if (out)
		openpgp_take(out, &ret->plain);
	/* Whatever else gpg says is about the bytes: a strange signature must not end an import. */
	if (gpgme_err_code(code) == GPG_ERR_INV_ENGINE || gpgme_err_code(code) == GPG_ERR_ENOENT)
		return openpgp_failed(err, _("signature"), code);
	if (!code)
		take_signatures(pgp, gpgme_op_verify_result(pgp->context), now, ret);
	if (ret->signature_count == 0)
		openpgp_malformed(ret);
	return 0;
}

int openpgp_verify(struct openpgp *pgp, const void *bytes, size_t length, const void *signature,
		   size_t signature_length, instant now, struct openpgp_result *ret, struct error *err)
{
	gpgme_data_t text, sig;
	int code;

	if (signature_length > SIGNATURE_BYTES) {
		*ret = (struct openpgp_result){ .plain = STR_INIT, .state = ENCRYPTION_NONE };
		openpgp_malformed(ret);
		return 0;
	}
	if (gpgme_data_new_from_mem(&text, bytes, length, 0) ||
	    gpgme_data_new_from_mem(&sig, signature, signature_length, 0))
		BUG("gpgme cannot take %zu bytes", length);
	code = verify(pgp, sig, text, false, now, ret, err);
	gpgme_data_release(text);
	gpgme_data_release(sig);
	return code;
}

/* gpg takes other headers for good, text without dash escapes and lines it cuts at 20,000 characters. */
static bool clear_is_sound(const char *bytes, size_t length)
{
	static const char armor[] = "\n-----BEGIN PGP SIGNATURE-----";
	const char *end = bytes + length, *signature = memmem(bytes, length, armor, sizeof(armor) - 1);
	bool head = true;

	if (signature && end - signature > SIGNATURE_BYTES)
		return false;

	for (const char *line = bytes, *next; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t width = (size_t)((newline ? newline : end) - line);

		next = newline ? newline + 1 : end;
		if (width > CLEAR_LINE)
			return false;
		width -= width && line[width - 1] == '\r';
		if (head && line != bytes && width && (width < 5 || memcmp(line, "Hash:", 5) != 0))
			return false;
		head &= line == bytes || width > 0;
	}
	return true;
}

int openpgp_verify_clear(struct openpgp *pgp, const void *bytes, size_t length, instant now,
			 struct openpgp_result *ret, struct error *err)
{
	gpgme_data_t block;
	int code;

	if (!clear_is_sound(bytes, length)) {
		*ret = (struct openpgp_result){ .plain = STR_INIT, .state = ENCRYPTION_NONE };
		openpgp_malformed(ret);
		return 0;
	}
	if (gpgme_data_new_from_mem(&block, bytes, length, 0))
		BUG("gpgme cannot take %zu bytes", length);
	code = verify(pgp, block, NULL, true, now, ret, err);
	gpgme_data_release(block);
	return code;
}
