/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP through gpgme: keys, encryption, signatures. Decryption and verification, where strangers'
 * bytes come in, are in openpgp_read.c.
 */
#include "vault/openpgp_private.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/openpgp_packets.h"

/* What a handler can do about the codes gpg really returns. */
static const struct failure {
	gpg_err_code_t code;
	const char *why, *remedy;
} failures[] = {
	{ GPG_ERR_NO_AGENT, N_("gpg-agent does not answer"),
	  N_("Start gpg-agent, or forward it to this host") },
	{ GPG_ERR_AGENT, N_("gpg-agent does not answer"),
	  N_("Start gpg-agent, or forward it to this host") },
	{ GPG_ERR_CANCELED, N_("it was cancelled"), NULL },
	{ GPG_ERR_CARD_NOT_PRESENT, N_("the card with the key is not inserted"), N_("Insert it and try again") },
	{ GPG_ERR_CARD_REMOVED, N_("the card with the key was taken out"), N_("Insert it and try again") },
	{ GPG_ERR_NO_SCDAEMON, N_("gpg cannot reach cards"), N_("Install scdaemon") },
	{ GPG_ERR_BAD_PIN, N_("the PIN of the card is wrong"), N_("Try again: a card counts wrong ones") },
	{ GPG_ERR_PIN_BLOCKED, N_("the PIN of the card is blocked"), N_("Unblock it with `gpg --card-edit`, passwd") },
	{ GPG_ERR_FORBIDDEN, N_("gpg-agent, on another machine, does not allow it"), N_("Do it where the agent runs") },
	{ GPG_ERR_BAD_PASSPHRASE, N_("the passphrase is wrong"), N_("Try again") },
	{ GPG_ERR_TIMEOUT, N_("gpg, or its agent, does not answer in time"),
	  N_("End a hung agent with `gpgconf --kill gpg-agent`, and try again") },
	{ GPG_ERR_NO_PIN_ENTRY, N_("gpg has no way to ask for the passphrase"),
	  N_("Set GPG_TTY=$(tty) and install a pinentry") },
	{ GPG_ERR_ENOTTY, N_("gpg has no way to ask for the passphrase"),
	  N_("Set GPG_TTY=$(tty) and install a pinentry") },
};

int openpgp_failed(struct error *err, const char *what, gpgme_error_t code)
{
	openpgp_note_asked(code);
	for (size_t i = 0; i < ARRAY_LEN(failures); i++)
		if (failures[i].code == gpgme_err_code(code))
			return error_set(err, ERR_DENIED, what,
					 failures[i].remedy ? _(failures[i].remedy) : NULL, "%s",
					 _(failures[i].why));
	return error_set(err, ERR_INPUT, what, NULL, _("gpg says: %s"), gpgme_strerror(code));
}

int openpgp_context(const char *home, gpgme_ctx_t *ret, struct error *err)
{
	gpgme_error_t code = gpgme_new(ret);
	int failed = code ? openpgp_failed(err, "gpg", code) : openpgp_engine(home, *ret, GPGME_PROTOCOL_OpenPGP, err);

	if (failed) {
		if (!code)
			gpgme_release(*ret);
		*ret = NULL;
		return failed;
	}
	gpgme_set_offline(*ret, 1);
	openpgp_prepare_asking(*ret);
	gpgme_set_ctx_flag(*ret, "auto-key-retrieve", "0");
	gpgme_set_ctx_flag(*ret, "auto-key-import", "0");
	gpgme_set_ctx_flag(*ret, "export-session-key", "1");
	gpgme_set_ctx_flag(*ret, "no-symkey-cache", "1");
	return 0;
}

int openpgp_open(const char *home, struct openpgp **ret, struct error *err)
{
	struct openpgp *pgp;
	gpgme_error_t code;
	int failed;

	gpgme_check_version(NULL);
	gpgme_set_locale(NULL, LC_CTYPE, setlocale(LC_CTYPE, NULL));
	code = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
	if (code)
		return error_set(err, ERR_DENIED, "gpg", _("Install gnupg (Debian: apt-get install gnupg)"),
				 _("it cannot be used: %s"), gpgme_strerror(code));
	pgp = mem_alloc(sizeof(*pgp));
	pgp->home = mem_string(home && *home ? home : NULL);
	failed = openpgp_context(pgp->home, &pgp->context, err);
	if (failed)
		openpgp_close(pgp);
	else
		*ret = pgp;
	return failed;
}

void openpgp_close(struct openpgp *pgp)
{
	if (!pgp)
		return;
	if (pgp->context)
		gpgme_release(pgp->context);
	for (size_t i = 0; i < OPENPGP_AHEAD; i++)
		if (pgp->ahead[i])
			gpgme_release(pgp->ahead[i]);
	if (pgp->cms)
		gpgme_release(pgp->cms);
	openpgp_forget(pgp);
	free(pgp->home);
	free(pgp);
}

/* ---- the key rings, from outside */

bool openpgp_ring_stamp(const struct openpgp *pgp, uint8_t ret[32])
{
	static const char *const files[] = { "pubring.kbx", "pubring.gpg", "public-keys.d/pubring.db", "gpg.conf",
					     "common.conf" };
	AUTO_STRING folder = openpgp_folder(pgp->home);
	AUTO_STR facts = STR_INIT;
	size_t rings = 0;

	for (size_t i = 0; folder && i < ARRAY_LEN(files); i++) {
		AUTO_STRING path = file_join(folder, files[i]);
		struct stat info;

		if (stat(path, &info) < 0)
			continue;
		rings += i < 3;
		str_add_format(&facts, "%s %ju %jd %jd.%09ld\n", path, (uintmax_t)info.st_ino, (intmax_t)info.st_size,
			       (intmax_t)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
	}
	crypto_generichash(ret, 32, (const uint8_t *)str_or_empty(facts.bytes), facts.length, NULL, 0);
	return rings > 0;
}

void openpgp_forget(struct openpgp *pgp)
{
	for (size_t i = 0; i < pgp->known_count; i++) {
		free(pgp->known[i].who);
		free(pgp->known[i].fingerprint);
		free(pgp->known[i].addresses);
	}
	free(pgp->known);
	pgp->known = NULL;
	pgp->known_count = 0;
}

struct openpgp_known *openpgp_known(struct openpgp *pgp, const char *who, bool *ret_new)
{
	uint8_t stamp[32];
	bool stamped = openpgp_ring_stamp(pgp, stamp);

	if (!stamped || memcmp(stamp, pgp->known_stamp, sizeof(stamp)) != 0 || pgp->known_count == OPENPGP_KNOWN)
		openpgp_forget(pgp);
	memcpy(pgp->known_stamp, stamp, sizeof(stamp));
	*ret_new = false;
	for (size_t i = 0; i < pgp->known_count; i++)
		if (str_equal(pgp->known[i].who, who))
			return &pgp->known[i];
	*ret_new = true;
	pgp->known = mem_resize(pgp->known, pgp->known_count + 1, sizeof(*pgp->known));
	pgp->known[pgp->known_count] = (struct openpgp_known){ .who = mem_string(who) };
	return &pgp->known[pgp->known_count++];
}

/* ---- keys */

void openpgp_key_release(struct openpgp_key *key)
{
	free(key->fingerprint);
	free(key->name);
	free(key->address);
	*key = (struct openpgp_key){ 0 };
}

static void key_from(gpgme_key_t found, struct openpgp_key *ret)
{
	gpgme_user_id_t id = found->uids;

	while (id && (id->revoked || id->invalid))
		id = id->next;
	ret->fingerprint = mem_string(found->fpr ? found->fpr : found->subkeys->fpr);
	ret->name = id && id->name && *id->name ? mem_string(id->name) : NULL;
	ret->address = id && id->email && *id->email ? mem_string(id->email) : NULL;
	ret->secret = found->secret;
	ret->can_encrypt = found->can_encrypt && !found->revoked && !found->expired && !found->disabled;
	ret->can_sign = found->can_sign && !found->revoked && !found->expired && !found->disabled;
	ret->expired = found->expired;
	ret->revoked = found->revoked;
	ret->expires = found->subkeys && found->subkeys->expires > 0 ?
			       (instant)found->subkeys->expires * INSTANT_SECOND :
			       INSTANT_NONE;
}

/* Upper-case hex without blanks when WHO is a fingerprint, else NULL. Caller frees. */
static char *fingerprint_of(const char *who)
{
	AUTO_STR hex = STR_INIT;

	for (; *who; who++) {
		if (isxdigit((unsigned char)*who))
			str_add_char(&hex, (char)toupper((unsigned char)*who));
		else if (*who != ' ')
			return NULL;
	}
	return hex.length == 40 || hex.length == 64 ? str_detach(&hex) : NULL;
}

gpgme_error_t openpgp_get(struct openpgp *pgp, const char *fingerprint, bool secret, gpgme_key_t *ret)
{
	gpgme_key_t *keys = NULL;
	gpgme_error_t code;
	size_t count;

	if (!secret)
		return gpgme_get_key(pgp->context, fingerprint, ret, 0);
	code = openpgp_list_secret(pgp->context, fingerprint, &keys, &count);
	if (!code && count) {
		*ret = keys[0];
		keys[0] = NULL;
	}
	openpgp_free_keys(keys, count);
	return code ? code : count ? 0 : gpgme_error(GPG_ERR_EOF);
}

/* Every key of PATTERN, in *RET, freed by the caller. */
static gpgme_error_t list_keys(struct openpgp *pgp, const char *pattern, bool secret, gpgme_key_t **ret, size_t *ret_count)
{
	size_t capacity = 0;
	gpgme_error_t code;
	gpgme_key_t key;

	*ret = NULL;
	*ret_count = 0;
	if (secret)
		return openpgp_list_secret(pgp->context, pattern, ret, ret_count);
	code = gpgme_op_keylist_start(pgp->context, pattern, 0);
	while (!code && !(code = gpgme_op_keylist_next(pgp->context, &key))) {
		*ret = mem_grow(*ret, &capacity, *ret_count + 1, sizeof(**ret));
		(*ret)[(*ret_count)++] = key;
	}
	gpgme_op_keylist_end(pgp->context);
	return gpgme_err_code(code) == GPG_ERR_EOF ? 0 : code;
}

static bool is_usable(gpgme_key_t key)
{
	return !key->revoked && !key->expired && !key->disabled && !key->invalid;
}

static int find_by_address(struct openpgp *pgp, const char *address, bool secret, struct openpgp_key *ret,
			   struct error *err)
{
	AUTO_STRING pattern = mem_format("<%s>", address);
	gpgme_key_t *keys;
	size_t count, usable = 0, only = 0;
	gpgme_error_t code = list_keys(pgp, pattern, secret, &keys, &count);

	for (size_t i = 0; i < count; i++)
		if (is_usable(keys[i]) && !usable++)
			only = i;
	if (usable == 1)
		key_from(keys[only], ret);
	openpgp_free_keys(keys, count);
	if (gpgme_err_code(code) == GPG_ERR_TIMEOUT)
		return openpgp_failed(err, address, code);
	if (usable == 1)
		return 0;
	if (usable > 1)
		return error_set(err, ERR_INPUT, address, _("Name the key by its fingerprint"),
				 _("more than one usable key carries this address"));
	return error_set(err, ERR_INPUT, address, _("Import the key with `psirtty key import FILE`"),
			 secret ? _("there is no secret key for it") : _("there is no usable key for it"));
}

int openpgp_find(struct openpgp *pgp, const char *who, bool secret, struct openpgp_key *ret,
		 struct error *err)
{
	AUTO_STRING fingerprint = fingerprint_of(who);
	gpgme_key_t found = NULL;
	gpgme_error_t code;

	if (!fingerprint)
		return find_by_address(pgp, who, secret, ret, err);
	code = openpgp_get(pgp, fingerprint, secret, &found);
	if (gpgme_err_code(code) == GPG_ERR_TIMEOUT)
		return openpgp_failed(err, fingerprint, code);
	if (code || !found)
		return error_set(err, ERR_INPUT, fingerprint,
				 secret ? _("Check GNUPGHOME, or insert the card") :
					  _("Import the key with `psirtty key import FILE`"),
				 secret ? _("its secret key is not at hand") : _("there is no such key"));
	key_from(found, ret);
	gpgme_key_unref(found);
	return 0;
}

size_t openpgp_count(struct openpgp *pgp, const char *address)
{
	AUTO_STRING pattern = mem_format("<%s>", address);
	bool fresh;
	struct openpgp_known *known = openpgp_known(pgp, address, &fresh);
	gpgme_key_t *keys = NULL;
	size_t count = 0;

	if (fresh)
		list_keys(pgp, pattern, false, &keys, &count);
	for (size_t i = 0; i < count; i++)
		known->count += is_usable(keys[i]);
	openpgp_free_keys(keys, count);
	return known->count;
}

bool openpgp_has_secret(struct openpgp *pgp, const char *fingerprint)
{
	gpgme_key_t found = NULL;
	bool has = openpgp_get(pgp, fingerprint, true, &found) == 0 && found;

	if (found)
		gpgme_key_unref(found);
	return has;
}

/* Whose key the operation that is started next makes or gives: gpgme's start has no room for it. */
static const char *start_whose;

static gpgme_error_t start_generate(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)in, (void)beside, (void)out;
	return gpgme_op_createkey_start(context, start_whose, "future-default", 0, 0, NULL,
					GPGME_CREATE_NOPASSWD | GPGME_CREATE_FORCE);
}

static gpgme_error_t start_export(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)in, (void)beside;
	return gpgme_op_export_start(context, start_whose, GPGME_EXPORT_MODE_MINIMAL, out);
}

static gpgme_error_t run_for(struct openpgp *pgp, openpgp_start_fn start, const char *whose, gpgme_data_t out)
{
	start_whose = whose;
	return openpgp_run(pgp->context, start, NULL, NULL, out);
}

int openpgp_generate(struct openpgp *pgp, const char *user_id, char **ret, struct error *err)
{
	gpgme_error_t code = run_for(pgp, start_generate, user_id, NULL);
	gpgme_genkey_result_t made = gpgme_op_genkey_result(pgp->context);

	if (code || !made || !made->fpr)
		return openpgp_failed(err, _("making a key"), code);
	*ret = mem_string(made->fpr);
	return 0;
}

void openpgp_stop_agent(const char *home)
{
	char program[] = "gpgconf", option[] = "--homedir", kill[] = "--kill", all[] = "all";
	char *arguments[] = { program, option, mem_string(home), kill, all, NULL };
	pid_t child;

	if (posix_spawnp(&child, "gpgconf", NULL, NULL, arguments, environ) == 0)
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	free(arguments[2]);
}

/* ---- bytes to and from gpgme */

void openpgp_take(gpgme_data_t data, struct str *ret)
{
	size_t length = 0;
	char *bytes = gpgme_data_release_and_get_mem(data, &length);

	if (bytes) {
		str_add_bytes(ret, bytes, length);
		explicit_bzero(bytes, length);
		gpgme_free(bytes);
	}
}

static int export_key(struct openpgp *pgp, const char *fingerprint, bool armor, struct str *ret, struct error *err)
{
	gpgme_data_t out;
	gpgme_error_t code = gpgme_data_new(&out);

	if (code)
		return openpgp_failed(err, fingerprint, code);
	gpgme_set_armor(pgp->context, armor);
	code = run_for(pgp, start_export, fingerprint, out);
	openpgp_take(out, ret);
	if (!code && ret->length == 0)
		return error_set(err, ERR_INPUT, fingerprint, NULL, _("there is no such key"));
	return code ? openpgp_failed(err, fingerprint, code) : 0;
}

int openpgp_export(struct openpgp *pgp, const char *fingerprint, struct str *ret, struct error *err)
{
	return export_key(pgp, fingerprint, true, ret, err);
}

int openpgp_export_binary(struct openpgp *pgp, const char *fingerprint, struct str *ret, struct error *err)
{
	return export_key(pgp, fingerprint, false, ret, err);
}

/* Armoured or binary, a secret key packet is refused before gpg would take it in. */
bool openpgp_holds_secret(const char *bytes, size_t length)
{
	const unsigned char *b = (const unsigned char *)bytes;

	if (memmem(bytes, length, "PRIVATE KEY BLOCK", 17))
		return true;
	return length && (b[0] == 0x94 || b[0] == 0x95 || b[0] == 0x96 || b[0] == 0xC5);
}

static gpgme_error_t start_import(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside, (void)out;
	return gpgme_op_import_start(context, in);
}

int openpgp_import(struct openpgp *pgp, const void *bytes, size_t length, char ***ret, size_t *ret_count,
		   struct error *err)
{
	gpgme_import_result_t result;
	size_t count = 0, capacity = 0;
	char **prints = NULL;
	gpgme_data_t in;
	gpgme_error_t code;

	if (openpgp_holds_secret(bytes, length))
		return error_set(err, ERR_INPUT, _("key"), _("Ask its owner to make a new one"),
				 _("this is a secret key; it was not taken in"));
	code = gpgme_data_new_from_mem(&in, bytes, length, 0);
	if (code)
		return openpgp_failed(err, _("key"), code);
	code = openpgp_run(pgp->context, start_import, in, NULL, NULL);
	gpgme_data_release(in);
	result = code ? NULL : gpgme_op_import_result(pgp->context);
	for (gpgme_import_status_t i = result ? result->imports : NULL; i; i = i->next) {
		if (i->result || !i->fpr)
			continue;
		prints = mem_grow(prints, &capacity, count + 1, sizeof(*prints));
		prints[count++] = mem_string(i->fpr);
	}
	if (!count)
		return code ? openpgp_failed(err, _("key"), code) :
			      error_set(err, ERR_INPUT, _("key"),
					_("Ask for a key in the format of RFC 4880, with a user id"),
					_("gpg found nothing in it that it can take"));
	*ret = prints;
	*ret_count = count;
	return 0;
}

/* ---- writing */

int openpgp_set_signer(struct openpgp *pgp, const char *signer, struct error *err)
{
	gpgme_key_t key = NULL;
	const char *why = NULL;
	gpgme_error_t code;

	gpgme_signers_clear(pgp->context);
	if (!signer)
		return 0;
	code = openpgp_get(pgp, signer, true, &key);
	if (gpgme_err_code(code) == GPG_ERR_TIMEOUT)
		return openpgp_failed(err, signer, code);
	if (code || !key)
		return error_set(err, ERR_DENIED, signer, _("Check GNUPGHOME, or insert the card"),
				 _("its secret key is not at hand"));
	if (key->revoked)
		why = _("the key was revoked");
	else if (key->expired)
		why = _("the key has expired");
	else if ((code = key->can_sign ? gpgme_signers_add(pgp->context, key) : gpgme_error(GPG_ERR_UNUSABLE_SECKEY)) != 0)
		why = gpgme_strerror(code);
	gpgme_key_unref(key);
	return why ? error_set(err, ERR_DENIED, signer, _("Extend the key, or make a new signing subkey"),
			       _("it cannot sign: %s"), why) :
		     0;
}

void openpgp_free_keys(gpgme_key_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (keys[i])
			gpgme_key_unref(keys[i]);
	free(keys);
}

int openpgp_recipients(struct openpgp *pgp, const char *const *recipients, size_t count, gpgme_key_t **ret,
		       struct error *err)
{
	gpgme_key_t *keys = mem_alloc((count + 1) * sizeof(*keys));

	for (size_t i = 0; i < count; i++) {
		gpgme_error_t code = openpgp_get(pgp, recipients[i], false, &keys[i]);

		if (!code && keys[i] && keys[i]->can_encrypt && !keys[i]->revoked && !keys[i]->expired)
			continue;
		openpgp_free_keys(keys, count);
		return error_set(err, ERR_INPUT, recipients[i], _("Ask its owner for a current key"),
				 _("one cannot encrypt to this key: %s"),
				 code ? gpgme_strerror(code) :
					_("it is expired, revoked, or has no encryption subkey"));
	}
	*ret = keys;
	return 0;
}

/* What came out is looked at, not trusted: a gpg.conf can add a reader to every message. */
static bool readable_by(const struct str *message, int count)
{
	struct openpgp_packets packets;

	openpgp_packets_read(message->bytes, message->length, &packets);
	return packets.encrypted && packets.public_keys == count && packets.passphrases == 0;
}

/* For whom the operation that is started next encrypts, and how it signs: gpgme's start has no room for it. */
static gpgme_key_t *start_for;
static gpgme_sig_mode_t start_mode;

static gpgme_error_t start_encrypt(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_encrypt_start(context, start_for, OPENPGP_FLAGS, in, out);
}

static gpgme_error_t start_encrypt_sign(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_encrypt_sign_start(context, start_for, OPENPGP_FLAGS, in, out);
}

static gpgme_error_t start_sign(gpgme_ctx_t context, gpgme_data_t in, gpgme_data_t beside, gpgme_data_t out)
{
	(void)beside;
	return gpgme_op_sign_start(context, in, out, start_mode);
}

/* One attempt; a passphrase may be asked for again. */
static gpgme_error_t encrypt_once(struct openpgp *pgp, gpgme_key_t *keys, gpgme_data_t in, bool sign, struct str *ret)
{
	gpgme_data_t out;
	gpgme_error_t code = gpgme_data_new(&out);

	if (code)
		return code;
	gpgme_data_seek(in, 0, SEEK_SET);
	start_for = keys;
	code = openpgp_run(pgp->context, sign ? start_encrypt_sign : start_encrypt, in, NULL, out);
	str_reset(ret);
	openpgp_take(out, ret);
	return code;
}

static int encrypt(struct openpgp *pgp, gpgme_key_t *keys, gpgme_data_t in, bool sign, struct str *ret,
		   struct error *err)
{
	AUTO_STR made = STR_INIT;
	int count = 0;
	gpgme_error_t code;

	do
		code = encrypt_once(pgp, keys, in, sign, &made);
	while (openpgp_ask_again(pgp->context, code));
	if (code)
		return openpgp_failed(err, _("encryption"), code);
	if (gpgme_op_encrypt_result(pgp->context)->invalid_recipients)
		return error_set(err, ERR_INPUT, _("encryption"), NULL, _("gpg left a recipient out"));
	while (keys[count])
		count++;
	if (!readable_by(&made, count))
		return error_set(err, ERR_DENIED, _("encryption"), _("Look for encrypt-to or hidden recipients in gpg.conf"),
				 _("it is not encrypted to exactly the keys that were asked for; nothing was sent"));
	str_add_bytes(ret, made.bytes, made.length);
	return 0;
}

int openpgp_encrypt(struct openpgp *pgp, const void *bytes, size_t length, const char *const *recipients,
		    size_t count, const char *signer, bool armor, struct str *ret, struct error *err)
{
	gpgme_key_t *keys = NULL;
	gpgme_data_t in;
	int code = openpgp_set_signer(pgp, signer, err);

	if (!code)
		code = openpgp_recipients(pgp, recipients, count, &keys, err);
	if (code)
		return code;
	if (gpgme_data_new_from_mem(&in, bytes, length, 0))
		BUG("gpgme cannot take %zu bytes", length);
	gpgme_set_armor(pgp->context, armor);
	code = encrypt(pgp, keys, in, signer != NULL, ret, err);
	gpgme_data_release(in);
	openpgp_free_keys(keys, count);
	return code;
}

static const char *micalg(gpgme_hash_algo_t algorithm)
{
	static const struct {
		gpgme_hash_algo_t algorithm;
		const char *name;
	} rows[] = {
		{ GPGME_MD_SHA256, "pgp-sha256" },
		{ GPGME_MD_SHA384, "pgp-sha384" },
		{ GPGME_MD_SHA512, "pgp-sha512" },
		{ GPGME_MD_SHA224, "pgp-sha224" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].algorithm == algorithm)
			return rows[i].name;
	return "pgp-sha1";
}

static gpgme_error_t sign_once(struct openpgp *pgp, const void *bytes, size_t length, gpgme_sig_mode_t mode, struct str *ret)
{
	gpgme_data_t in, out;
	gpgme_error_t failure;

	if (gpgme_data_new_from_mem(&in, bytes, length, 0) || gpgme_data_new(&out))
		BUG("gpgme cannot take %zu bytes", length);
	start_mode = mode;
	failure = openpgp_run(pgp->context, start_sign, in, NULL, out);
	gpgme_data_release(in);
	str_reset(ret);
	openpgp_take(out, ret);
	return failure;
}

static int sign(struct openpgp *pgp, const void *bytes, size_t length, gpgme_sig_mode_t mode, struct str *ret,
		const char **ret_hash, struct error *err)
{
	AUTO_STR made = STR_INIT;
	gpgme_error_t failure;
	gpgme_sign_result_t result;

	do
		failure = sign_once(pgp, bytes, length, mode, &made);
	while (openpgp_ask_again(pgp->context, failure));
	result = failure ? NULL : gpgme_op_sign_result(pgp->context);
	str_add_bytes(ret, made.bytes, made.length);
	if (failure || !result || !result->signatures)
		return openpgp_failed(err, _("signing"), failure ? failure : gpgme_error(GPG_ERR_GENERAL));
	if (ret_hash)
		*ret_hash = micalg(result->signatures->hash_algo);
	return 0;
}

int openpgp_sign(struct openpgp *pgp, const void *bytes, size_t length, const char *signer, bool armor,
		 struct str *ret, const char **ret_hash, struct error *err)
{
	int code = openpgp_set_signer(pgp, signer, err);

	gpgme_set_armor(pgp->context, armor);
	return code ? code : sign(pgp, bytes, length, GPGME_SIG_MODE_DETACH, ret, ret_hash, err);
}

int openpgp_sign_clear(struct openpgp *pgp, const void *text, size_t length, const char *signer, struct str *ret,
		       struct error *err)
{
	int code = openpgp_set_signer(pgp, signer, err);

	gpgme_set_armor(pgp->context, 1);
	return code ? code : sign(pgp, text, length, GPGME_SIG_MODE_CLEAR, ret, NULL, err);
}
