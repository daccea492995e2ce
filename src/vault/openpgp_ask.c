/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asked for passphrases, of the whole process: gpg's own pinentry; nobody; or a dialogue of ours, where the agent
 * lets us (one on another machine does not, a card's PIN is never ours: then it is as if nobody could be asked, and
 * openpgp_take_wanted says so).
 */
#include "vault/openpgp_private.h"

enum { TRIES = 3 };

static struct {
	openpgp_ask_fn ask; /* NULL: not ours */
	void *context;
	bool silent, wanted;
	bool elsewhere;     /* the agent is on another machine, and asks there */
	bool declined;      /* once no means no until openpgp_take_wanted */
	bool hushed;          /* by openpgp_hush */
	bool hushed_declined; /* what DECLINED was before that */
	unsigned asked;     /* how often, for whoever waits */
	int tries;          /* of one operation that had wrong answers */
} who;

void openpgp_never_ask(void)
{
	who.silent = true;
}

void openpgp_ask_by(openpgp_ask_fn ask, void *context)
{
	who.ask = ask;
	who.context = context;
}

bool openpgp_take_wanted(void)
{
	bool had = who.wanted;

	who.wanted = who.declined = false;
	who.tries = 0;
	return had;
}

unsigned openpgp_times_asked(void)
{
	return who.asked;
}

void openpgp_note_asked(gpgme_error_t code)
{
	gpg_err_code_t reason = gpgme_err_code(code);

	if (who.declined)
		return;
	who.wanted = who.wanted || (who.silent && reason == GPG_ERR_CANCELED) ||
		     (who.ask && (reason == GPG_ERR_NO_PIN_ENTRY || reason == GPG_ERR_NO_PASSPHRASE));
}

/* gpgme's question: UID_HINT is "KEYID user id". The answer goes into FD as a line. */
static gpgme_error_t ask(void *hook, const char *uid_hint, const char *info, int wrong, int fd)
{
	struct str secret = STR_INIT;
	gpgme_error_t code = gpgme_error(GPG_ERR_CANCELED);

	(void)hook, (void)info;
	who.asked++;
	if (!who.declined && who.ask(who.context, str_or_empty(uid_hint), wrong || who.tries, &secret)) {
		str_add_char(&secret, '\n');
		code = gpgme_io_writen(fd, secret.bytes, secret.length) ? gpgme_error_from_syserror() : 0;
	} else {
		who.declined = true;
	}
	str_wipe(&secret);
	return code;
}

void openpgp_prepare_asking(gpgme_ctx_t context)
{
	if (who.ask) {
		gpgme_set_pinentry_mode(context, GPGME_PINENTRY_MODE_LOOPBACK);
		gpgme_set_passphrase_cb(context, ask, NULL);
	} else {
		gpgme_set_passphrase_cb(context, NULL, NULL);
		gpgme_set_pinentry_mode(context, who.silent && !who.elsewhere ? GPGME_PINENTRY_MODE_CANCEL :
										GPGME_PINENTRY_MODE_DEFAULT);
	}
}

bool openpgp_is_hushed(void)
{
	return who.hushed;
}

void openpgp_hush(struct openpgp *pgp, bool hushed)
{
	who.hushed = hushed;
	if (!hushed) {
		openpgp_prepare_asking(pgp->context);
		who.declined = who.hushed_declined;
		return;
	}
	who.hushed_declined = who.declined;
	who.declined = true;
	gpgme_set_passphrase_cb(pgp->context, NULL, NULL);
	/* One on another machine forbids to be told not to ask, and then does nothing at all. */
	gpgme_set_pinentry_mode(pgp->context, openpgp_agent_elsewhere(pgp->home) ? GPGME_PINENTRY_MODE_DEFAULT :
										   GPGME_PINENTRY_MODE_CANCEL);
}

/* The agent has said that it does not let us ask: from now on it is left alone. */
static bool refused(gpgme_ctx_t context, gpg_err_code_t reason)
{
	if (!who.ask || (reason != GPG_ERR_NOT_SUPPORTED && reason != GPG_ERR_FORBIDDEN))
		return false;
	who.ask = NULL;
	who.silent = true;
	who.elsewhere = reason == GPG_ERR_FORBIDDEN;
	openpgp_prepare_asking(context);
	return true;
}

bool openpgp_ask_again(gpgme_ctx_t context, gpgme_error_t code)
{
	if (who.hushed)
		return false;
	if (refused(context, gpgme_err_code(code)))
		return true;
	if (who.ask && !who.declined && gpgme_err_code(code) == GPG_ERR_BAD_PASSPHRASE && ++who.tries < TRIES)
		return true;
	who.tries = 0;
	return false;
}
