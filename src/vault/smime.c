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

	if (pgp->cms)
		return 0;
	code = gpgme_engine_check_version(GPGME_PROTOCOL_CMS);
	if (!code)
		code = gpgme_new(&pgp->cms);
	if (!code && pgp->home)
		code = gpgme_ctx_set_engine_info(pgp->cms, GPGME_PROTOCOL_CMS, NULL, pgp->home);
	if (!code)
		code = gpgme_set_protocol(pgp->cms, GPGME_PROTOCOL_CMS);
	if (!code) {
		gpgme_set_offline(pgp->cms, 1);
		return 0;
	}
	if (pgp->cms)
		gpgme_release(pgp->cms);
	pgp->cms = NULL;
	return error_set(err, ERR_DENIED, "gpgsm", _("Install gpgsm (Debian: apt-get install gpgsm)"),
			 _("it cannot be used: %s"), gpgme_strerror(code));
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

int smime_verify(struct openpgp *pgp, const void *bytes, size_t length, const void *signature,
		 size_t signature_length, instant now, struct openpgp_result *ret, struct error *err)
{
	struct openpgp_sink sink = { .bytes = STR_INIT, .limit = SIZE_MAX };
	gpgme_data_t text, sig = NULL, out = NULL;
	gpgme_error_t code;
	int started = start(pgp, err);

	if (started)
		return started;
	*ret = (struct openpgp_result){ .plain = STR_INIT, .state = ENCRYPTION_NONE };
	if (gpgme_data_new_from_mem(&text, bytes, length, 0) ||
	    (signature && gpgme_data_new_from_mem(&sig, signature, signature_length, 0)))
		BUG("gpgme cannot take %zu bytes", length);
	if (!signature)
		out = openpgp_sink_data(&sink);
	code = signature ? gpgme_op_verify(pgp->cms, sig, text, NULL) : gpgme_op_verify(pgp->cms, text, NULL, out);
	gpgme_data_release(text);
	if (sig)
		gpgme_data_release(sig);
	if (out)
		gpgme_data_release(out);
	if (!code)
		take_signatures(pgp, now, ret);
	ret->plain = sink.bytes;
	if (!ret->signature_count) {
		/* Opaque content is kept: what no signature covers is said by the verdict. */
		struct str plain = ret->plain;

		ret->plain = (struct str)STR_INIT;
		openpgp_malformed(ret);
		ret->plain = plain;
	}
	return 0;
}

/* ---- decryption */

int smime_decrypt(struct openpgp *pgp, const void *bytes, size_t length, size_t limit,
		  struct openpgp_result *ret, struct error *err)
{
	struct openpgp_sink sink = { .bytes = STR_INIT, .limit = limit };
	gpgme_data_t in, out;
	gpgme_error_t code;
	const char *reason;
	int started = start(pgp, err);

	if (started)
		return started;
	*ret = (struct openpgp_result){ .plain = STR_INIT };
	if (gpgme_data_new_from_mem(&in, bytes, length, 0))
		BUG("gpgme cannot take %zu bytes", length);
	out = openpgp_sink_data(&sink);
	code = gpgme_op_decrypt(pgp->cms, in, out);
	gpgme_data_release(in);
	gpgme_data_release(out);
	ret->state = openpgp_decryption_state(code, sink.overran, &reason);
	ret->reason = mem_string(reason);
	if (ret->state == ENCRYPTION_DECRYPTED)
		ret->plain = sink.bytes;
	else
		str_wipe(&sink.bytes);
	return 0;
}
