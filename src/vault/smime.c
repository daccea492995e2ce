/* SPDX-License-Identifier: Apache-2.0 */
/*
 * S/MIME through gpgsm, which goes on running behind one context: five times as fast as a new one for each
 * message. Nothing is asked of a network; what vouches for a certificate is gpgsm's list of roots alone.
 */
#include "vault/openpgp_private.h"

#include "psirtty/base/i18n.h"

enum { CLOCK_SLACK_S = 3600 };

static int start(struct openpgp *pgp, struct error *err)
{
	gpgme_error_t code;
	int failed;

	if (pgp->cms)
		return 0;
	code = gpgme_engine_check_version(GPGME_PROTOCOL_CMS);
	if (!code)
		code = gpgme_new(&pgp->cms);
	if (code)
		return error_set(err, ERR_DENIED, "gpgsm", _("Install gpgsm (Debian: apt-get install gpgsm)"),
				 _("it cannot be used: %s"), gpgme_strerror(code));
	failed = openpgp_engine(pgp->home, pgp->cms, GPGME_PROTOCOL_CMS, err);
	if (!failed) {
		gpgme_set_offline(pgp->cms, 1);
		return 0;
	}
	gpgme_release(pgp->cms);
	pgp->cms = NULL;
	return failed;
}

/* ---- signatures */

/* gpgsm calls a signature good when the mathematics is; whether anybody vouches for the certificate stands in the
 * summary. */
static enum signature_state judge(gpgme_signature_t s, instant now)
{
	enum signature_state state = openpgp_verdict(s->status);
	gpgme_sigsum_t sum = s->summary;

	if (gpgme_err_code(s->status) == GPG_ERR_CERT_EXPIRED || sum & GPGME_SIGSUM_KEY_EXPIRED)
		state = SIGNATURE_EXPIRED_KEY;
	if (sum & GPGME_SIGSUM_KEY_REVOKED)
		state = SIGNATURE_REVOKED_KEY;
	if (sum & GPGME_SIGSUM_KEY_MISSING || gpgme_err_code(s->status) == GPG_ERR_NO_PUBKEY)
		return SIGNATURE_UNKNOWN_KEY;
	if (state == SIGNATURE_BAD || state == SIGNATURE_MALFORMED || state == SIGNATURE_REVOKED_KEY)
		return state;
	if ((instant)s->timestamp > now / INSTANT_SECOND + CLOCK_SLACK_S)
		return SIGNATURE_FUTURE;
	if (!openpgp_hash_is_strong(s->hash_algo))
		return SIGNATURE_WEAK;
	return state == SIGNATURE_GOOD && !(sum & GPGME_SIGSUM_VALID) ? SIGNATURE_UNKNOWN_KEY : state;
}

/* The addresses a certificate is for: gpgsm lists them, in angle brackets, behind the subject. */
static void name_signer(struct openpgp *pgp, struct mail_signature *signature)
{
	gpgme_key_t key = NULL;

	if (!signature->fingerprint || gpgme_get_key(pgp->cms, signature->fingerprint, &key, 0) || !key)
		return;
	for (gpgme_user_id_t id = key->uids; id; id = id->next) {
		const char *text = str_or_empty(id->email && *id->email ? id->email : id->uid);
		size_t from = *text == '<';

		if (strchr(text, '@') && !strchr(text, '=') && !strchr(text, ' ')) {
			AUTO_STRING address = mem_copy(text + from, strcspn(text + from, ">"));

			mail_signature_add_address(signature, address);
		}
	}
	if (!signature->addresses)
		signature->addresses = mem_string(" ");
	gpgme_key_unref(key);
}

static void take_signatures(struct openpgp *pgp, instant now, struct openpgp_result *ret)
{
	gpgme_verify_result_t verified = gpgme_op_verify_result(pgp->cms);
	size_t capacity = 0;

	for (gpgme_signature_t s = verified ? verified->signatures : NULL; s; s = s->next) {
		const char *hash = gpgme_hash_algo_name(s->hash_algo);
		struct mail_signature *made;

		ret->signatures = mem_grow(ret->signatures, &capacity, ret->signature_count + 1,
					   sizeof(*ret->signatures));
		made = &ret->signatures[ret->signature_count++];
		*made = (struct mail_signature){ .state = judge(s, now), .fingerprint = mem_string(s->fpr),
						 .created = s->timestamp ? (instant)s->timestamp * INSTANT_SECOND :
									   INSTANT_NONE,
						 .hash = mem_string(hash && s->hash_algo ? hash : NULL) };
	}
	for (size_t i = 0; i < ret->signature_count; i++)
		name_signer(pgp, &ret->signatures[i]);
}

/* One operation, the bytes it takes, and where what comes out goes (NULL: nowhere). */
struct work {
	openpgp_start_fn start;
	const void *bytes, *beside;
	size_t length, beside_length;
	struct openpgp_sink *sink;
};

static gpgme_error_t attempt(struct openpgp *pgp, const struct work *w)
{
	gpgme_data_t in, beside = NULL, out = w->sink ? openpgp_sink_data(w->sink) : NULL;
	gpgme_error_t code;

	if (gpgme_data_new_from_mem(&in, w->bytes, w->length, 0) ||
	    (w->beside && gpgme_data_new_from_mem(&beside, w->beside, w->beside_length, 0)))
		BUG("gpgme cannot take %zu bytes", w->length);
	code = openpgp_run(pgp->cms, w->start, in, beside, out);
	gpgme_data_release(in);
	if (beside)
		gpgme_data_release(beside);
	if (out)
		gpgme_data_release(out);
	return code;
}

/* A gpgsm that goes on running does not always get over what it refused before: a failure counts once a fresh one
 * says the same. */
static int run(struct openpgp *pgp, const struct work *w, gpgme_error_t *ret_code, struct error *err)
{
	int started = start(pgp, err);

	if (started)
		return started;
	*ret_code = attempt(pgp, w);
	if (*ret_code && gpgme_err_code(*ret_code) != GPG_ERR_TIMEOUT && pgp->cms_used &&
	    !(w->sink && w->sink->overran)) {
		gpgme_release(pgp->cms);
		pgp->cms = NULL;
		started = start(pgp, err);
		if (w->sink)
			str_wipe(&w->sink->bytes);
		if (!started)
			*ret_code = attempt(pgp, w);
	}
	pgp->cms_used = true;
	return started;
}

static gpgme_error_t start_detached(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)out;
	return gpgme_op_verify_start(context, in, beside, NULL);
}

static gpgme_error_t start_opaque(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_verify_start(context, in, NULL, out);
}

static gpgme_error_t start_decrypt(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_decrypt_start(context, in, out);
}

int smime_verify(struct openpgp *pgp, const void *bytes, size_t length, const void *signature,
		 size_t signature_length, instant now, struct openpgp_result *ret, struct error *err)
{
	struct openpgp_sink sink = { .bytes = STR_INIT, .limit = SIZE_MAX };
	struct work work = { start_opaque, bytes, NULL, length, 0, &sink };
	gpgme_error_t code;
	int started;

	if (signature)
		work = (struct work){ start_detached, signature, bytes, signature_length, length, NULL };
	started = run(pgp, &work, &code, err);
	if (started)
		return started;
	*ret = (struct openpgp_result){ .plain = STR_INIT, .state = ENCRYPTION_NONE };
	if (!code)
		take_signatures(pgp, now, ret);
	if (!ret->signature_count)
		openpgp_malformed(ret);
	/* Opaque content is kept in any case: what no signature covers is said by the verdict. */
	ret->plain = sink.bytes;
	return 0;
}

/* ---- decryption */

/* gpgsm says "no secret key" of whatever kept it from using one. It never lets us ask: that is for a pinentry. */
static gpgme_error_t true_reason(struct openpgp *pgp, gpgme_error_t code)
{
	gpgme_decrypt_result_t result = gpgme_op_decrypt_result(pgp->cms);
	AUTO_STR ids = STR_INIT;
	gpgme_key_t key = NULL;

	if (gpgme_err_code(code) != GPG_ERR_NO_SECKEY)
		return code;
	for (gpgme_recipient_t r = result ? result->recipients : NULL; r; r = r->next)
		str_add_format(&ids, "%s ", str_or_empty(r->keyid));
	/* A look-up ends the context's last result. */
	for (char *id = ids.bytes, *end; !key && id && (end = strchr(id, ' ')); id = end + 1) {
		*end = '\0';
		if (*id && gpgme_get_key(pgp->cms, id, &key, 1))
			key = NULL;
	}
	if (!key)
		return code;
	gpgme_key_unref(key);
	openpgp_note_asked(gpgme_error(GPG_ERR_NO_PIN_ENTRY));
	return gpgme_error(GPG_ERR_UNUSABLE_SECKEY);
}

int smime_decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit,
		  struct openpgp_result *ret, struct error *err)
{
	struct openpgp_sink sink = { .bytes = STR_INIT, .limit = limit };
	const struct work work = { start_decrypt, bytes, NULL, length, 0, &sink };
	gpgme_error_t code;
	const char *reason;
	int started = run(pgp, &work, &code, err);

	if (started)
		return started;
	*ret = (struct openpgp_result){ .plain = STR_INIT };
	openpgp_take_decryption(gpgme_op_decrypt_result(pgp->cms), ret);
	ret->state = openpgp_decryption_state(true_reason(pgp, code), sink.overran, &reason);
	ret->reason = mem_string(reason);
	if (ret->state == ENCRYPTION_DECRYPTED)
		ret->plain = sink.bytes;
	else
		str_wipe(&sink.bytes);
	return 0;
}
