/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP messages that are larger than memory. gpgme pulls what it encrypts, whoever makes an archive pushes it:
 * a thread that does nothing but gpg's call stands between them, with a pipe.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/shelter.h"
#include "psirtty/format/openpgp_packets.h"

enum { HEAD_LIMIT = 1 << 20 }; /* what stands before the encrypted packet, with room to spare */

/* ---- encrypting */

/* What the thread gets and leaves; it says nothing itself, since translating is not for it. */
struct encryption {
	gpgme_ctx_t context;
	gpgme_key_t *keys;
	bool sign;
	int in, out;
	gpgme_error_t code;
	bool left_out; /* a recipient was */
};

static void *encrypt(void *argument)
{
	struct encryption *e = argument;
	gpgme_data_t in = NULL, out = NULL;
	gpgme_encrypt_result_t result;

	shelter_thread();
	e->code = gpgme_data_new_from_fd(&in, e->in);
	if (!e->code)
		e->code = gpgme_data_new_from_fd(&out, e->out);
	if (!e->code)
		e->code = e->sign ? gpgme_op_encrypt_sign(e->context, e->keys, OPENPGP_FLAGS, in, out) :
				    gpgme_op_encrypt(e->context, e->keys, OPENPGP_FLAGS, in, out);
	result = e->code ? NULL : gpgme_op_encrypt_result(e->context);
	e->left_out = result && result->invalid_recipients;
	if (in)
		gpgme_data_release(in);
	if (out)
		gpgme_data_release(out);
	/* So that whoever still writes hears of it. */
	close(e->in);
	return NULL;
}

/* Runs SOURCE against the thread. */
static int feed(struct encryption *e, openpgp_source_fn source, void *context, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	pthread_t thread;
	int ends[2], code;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, ERR_INPUT, _("encryption"), NULL);
	e->in = ends[0];
	if (pthread_create(&thread, NULL, encrypt, e) != 0)
		BUG("no thread for gpg");
	code = source(context, ends[1], &why);
	close(ends[1]);
	pthread_join(thread, NULL);
	/* A source that could not write did so because gpg was gone: gpg's reason is the better one. */
	if (e->code)
		return openpgp_failed(err, _("encryption"), e->code);
	if (code)
		return error_set(err, code, str_or_empty(why.what), why.remedy, "%s", str_or_empty(why.why));
	if (e->left_out)
		return error_set(err, ERR_INPUT, _("encryption"), NULL, _("gpg left a recipient out"));
	return 0;
}

/* The session keys stand in front, each at most some hundred bytes; what is behind them is gpg's. */
static int check_head(int fd, size_t count, struct error *err)
{
	struct openpgp_packets packets;
	AUTO_STR head = STR_INIT;
	char *bytes = mem_alloc(HEAD_LIMIT);
	ssize_t got = pread(fd, bytes, HEAD_LIMIT, 0);

	str_add_bytes(&head, bytes, got > 0 ? (size_t)got : 0);
	free(bytes);
	openpgp_packets_read(head.bytes, head.length, &packets);
	if (packets.public_keys == (int)count && packets.passphrases == 0 && !packets.unprotected &&
	    (packets.encrypted || got == HEAD_LIMIT))
		return 0;
	return error_set(err, ERR_DENIED, _("encryption"), _("Look for encrypt-to or hidden recipients in gpg.conf"),
			 _("it is not encrypted to exactly the keys that were asked for"));
}

int openpgp_encrypt_stream(struct openpgp *pgp, openpgp_source_fn source, void *context,
			   const char *const *recipients, size_t count, const char *signer, int out,
			   struct error *err)
{
	struct encryption e = { .context = pgp->context, .sign = signer != NULL, .out = out };
	sigset_t signals;
	int code = openpgp_set_signer(pgp, signer, err);

	if (!code)
		code = openpgp_recipients(pgp, recipients, count, &e.keys, err);
	if (code)
		return code;
	gpgme_set_armor(pgp->context, 0);
	signal_pipe_block(&signals);
	code = feed(&e, source, context, err);
	signal_pipe_restore(&signals);
	openpgp_free_keys(e.keys, count);
	return code ? code : check_head(out, count, err);
}

/* ---- decrypting: here gpgme pushes, and no thread is needed */

struct outlet {
	openpgp_sink_fn sink;
	void *context;
	int code;
	struct error *err;
};

static ssize_t outlet_write(void *handle, const void *bytes, size_t length)
{
	struct outlet *outlet = handle;

	if (!outlet->code)
		outlet->code = outlet->sink(outlet->context, bytes, length, outlet->err);
	if (!outlet->code)
		return (ssize_t)length;
	errno = ECANCELED;
	return -1;
}

static struct gpgme_data_cbs outlet_calls = { .write = outlet_write };

int openpgp_decrypt_stream(struct openpgp *pgp, int in, openpgp_sink_fn sink, void *context, instant now,
			   struct openpgp_result *ret, struct error *err)
{
	struct outlet outlet = { .sink = sink, .context = context, .err = err };
	gpgme_data_t from, to;
	gpgme_error_t code = gpgme_data_new_from_fd(&from, in);

	if (code)
		return openpgp_failed(err, _("decryption"), code);
	if (gpgme_data_new_from_cbs(&to, &outlet_calls, &outlet))
		BUG("gpgme makes no data object");
	*ret = (struct openpgp_result){ .plain = STR_INIT };
	code = gpgme_op_decrypt_verify(pgp->context, from, to);
	gpgme_data_release(from);
	gpgme_data_release(to);
	if (outlet.code)
		return outlet.code;
	openpgp_outcome(pgp, pgp->context, code, false, now, ret);
	return 0;
}
