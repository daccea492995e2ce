/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Admission. The newcomer makes an identity and asks with one file of text, left in the vault's folder
 * "requests" or carried; an admin checks what the newcomer's OpenPGP key certifies, and admits.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/vault_private.h"

enum { REQUEST_LIMIT = 1 << 20, SEALED_LIMIT = 1 << 14 };

#define FIRST_LINE "psirtty request 1\n"
#define KEY_BEGINS "-----BEGIN PGP PUBLIC KEY BLOCK-----"

/* What a request says. */
struct request {
	uint8_t vault[ID_BYTES], member[ID_BYTES], sign_public[32], box_public[32];
	char fingerprint[65];
	struct str certification, sealed, key; /* owned */
};

static void request_init(struct request *r)
{
	*r = (struct request){ .certification = STR_INIT, .sealed = STR_INIT, .key = STR_INIT };
}

static void request_release(struct request *r)
{
	str_release(&r->certification);
	str_release(&r->sealed);
	str_release(&r->key);
}

/* ---- the file */

static void add_line(struct str *ret, const char *name, const void *bytes, size_t length)
{
	str_add(ret, name);
	str_add_hex(ret, bytes, length);
	str_add_char(ret, '\n');
}

static void request_write(const struct request *r, struct str *ret)
{
	str_add(ret, FIRST_LINE);
	add_line(ret, "vault ", r->vault, ID_BYTES);
	add_line(ret, "member ", r->member, ID_BYTES);
	add_line(ret, "signs with ", r->sign_public, 32);
	add_line(ret, "reads with ", r->box_public, 32);
	str_add_format(ret, "fingerprint %s\n", r->fingerprint);
	add_line(ret, "certified ", r->certification.bytes, r->certification.length);
	add_line(ret, "identity ", r->sealed.bytes, r->sealed.length);
	str_add_bytes(ret, r->key.bytes, r->key.length);
}

/* The value of the line that begins with NAME at *CURSOR, which moves on; NULL when it is another line. The
 * caller frees. */
static char *take_line(const char **cursor, const char *name)
{
	const char *end = strchr(*cursor, '\n'), *value = *cursor + strlen(name);

	if (!end || !str_starts(*cursor, name))
		return NULL;
	*cursor = end + 1;
	return mem_copy(value, (size_t)(end - value));
}

static bool take_fixed(const char **cursor, const char *name, uint8_t *ret, size_t length)
{
	AUTO_STRING hex = take_line(cursor, name);

	return hex && strlen(hex) == 2 * length && str_unhex(hex, ret, length) == (long)length;
}

static bool take_bytes(const char **cursor, const char *name, struct str *ret)
{
	AUTO_STRING hex = take_line(cursor, name);
	uint8_t *bytes = mem_alloc(SEALED_LIMIT);
	long length = hex ? str_unhex(hex, bytes, SEALED_LIMIT) : -1;

	if (length > 0)
		str_add_bytes(ret, bytes, (size_t)length);
	free(bytes);
	return length > 0;
}

static bool take_fingerprint(const char **cursor, char ret[65])
{
	AUTO_STRING value = take_line(cursor, "fingerprint ");
	uint8_t bytes[32];
	long length = value ? str_unhex(value, bytes, sizeof(bytes)) : -1;

	if (length != 20 && length != 32)
		return false;
	for (long i = 0; i < length; i++)
		snprintf(ret + 2 * i, 3, "%02X", bytes[i]);
	return true;
}

static int request_read(const struct str *text, struct request *r, struct error *err)
{
	const char *cursor = text->bytes;

	if (!str_starts(cursor, FIRST_LINE))
		return error_set(err, ERR_INPUT, _("request"), _("Ask for the file `psirtty member request` writes"),
				 _("it is no request to become a member"));
	cursor += strlen(FIRST_LINE);
	if (!take_fixed(&cursor, "vault ", r->vault, ID_BYTES) ||
	    !take_fixed(&cursor, "member ", r->member, ID_BYTES) ||
	    !take_fixed(&cursor, "signs with ", r->sign_public, 32) ||
	    !take_fixed(&cursor, "reads with ", r->box_public, 32) ||
	    !take_fingerprint(&cursor, r->fingerprint) || !take_bytes(&cursor, "certified ", &r->certification) ||
	    !take_bytes(&cursor, "identity ", &r->sealed) || !str_starts(cursor, KEY_BEGINS))
		return error_set(err, ERR_INPUT, _("request"), _("Ask for it again"),
				 _("the request was damaged on its way"));
	str_add(&r->key, cursor);
	return 0;
}

/* ---- the newcomer's side */

static int make_request(struct openpgp *pgp, const char *fingerprint, struct request *r, struct error *err)
{
	struct member_keys *keys = crypt_locked(sizeof(*keys));
	int code;

	if (!keys)
		return crypt_unlockable(err);
	snprintf(r->fingerprint, sizeof(r->fingerprint), "%s", fingerprint);
	randombytes_buf(r->member, ID_BYTES);
	code = member_make_identity(pgp, fingerprint, keys, &r->sealed, err);
	if (!code)
		code = member_certify(pgp, r->vault, r->member, keys, fingerprint, &r->certification, err);
	memcpy(r->sign_public, keys->sign_public, 32);
	memcpy(r->box_public, keys->box_public, 32);
	sodium_free(keys);
	return code ? code : openpgp_export(pgp, fingerprint, &r->key, err);
}

static char *request_path(const char *dir, const char *fingerprint)
{
	return mem_format("%s/requests/%s", dir, fingerprint);
}

static int leave_request(const char *dir, const char *fingerprint, const struct str *text, struct error *err)
{
	AUTO_STRING folder = file_join(dir, "requests");
	AUTO_STRING path = request_path(dir, fingerprint);

	if (mkdir(folder, 0770) == 0)
		chmod(folder, 02770);
	else if (errno != EEXIST)
		return error_errno(err, ERR_VAULT, folder, _("Name a file, and carry it to an admin"));
	return file_write(path, text->bytes, text->length, 0660, err);
}

int vault_request(const char *dir, struct openpgp *pgp, const char *fingerprint, bool leave, struct str *ret,
		  struct error *err)
{
	struct openpgp_key key = { 0 };
	AUTO_STRING outbox = NULL;
	struct request r;
	int code = crypt_start(err);

	request_init(&r);
	if (!code)
		code = vault_settings_read(dir, r.vault, &outbox, err);
	if (!code)
		code = member_find_key(pgp, fingerprint, &key, err);
	if (!code)
		code = make_request(pgp, key.fingerprint, &r, err);
	if (!code)
		request_write(&r, ret);
	if (!code && leave)
		code = leave_request(dir, key.fingerprint, ret, err);
	openpgp_key_release(&key);
	request_release(&r);
	return code;
}

/* ---- the admin's side */

void vault_request_release(struct vault_request *request)
{
	free(request->fingerprint);
	*request = (struct vault_request){ 0 };
}

static bool read_left(const struct vault *vault, const char *name, struct request *r)
{
	AUTO_STRING path = request_path(vault->dir, name);
	AUTO_STR text = STR_INIT;

	request_init(r);
	return file_read(path, REQUEST_LIMIT, &text, NULL) == 0 && request_read(&text, r, NULL) == 0 &&
	       memcmp(r->vault, vault->id, ID_BYTES) == 0;
}

int vault_requests(const struct vault *vault, struct vault_request **ret, size_t *ret_count, struct error *err)
{
	AUTO_STRING folder = file_join(vault->dir, "requests");
	struct vault_request *list;
	char **names = NULL;
	size_t count = 0, kept = 0;
	int code = file_exists(folder) ? file_list(folder, &names, &count, err) : 0;

	if (code)
		return code;
	list = mem_alloc((count + 1) * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		struct request r;

		if (read_left(vault, names[i], &r)) {
			list[kept].fingerprint = mem_string(r.fingerprint);
			memcpy(list[kept++].member, r.member, ID_BYTES);
		}
		request_release(&r);
	}
	file_free_names(names, count);
	*ret = list;
	*ret_count = kept;
	return 0;
}

/* The request in the folder that WHO names. */
static int find_left(const struct vault *vault, const char *who, struct request *r, struct error *err)
{
	struct openpgp_key key = { 0 };
	AUTO_STRING folder = file_join(vault->dir, "requests");
	char **names = NULL;
	size_t count = 0, found = 0;

	if (openpgp_find(vault->pgp, who, false, &key, NULL) == 0)
		who = key.fingerprint;
	if (file_exists(folder) && file_list(folder, &names, &count, NULL))
		count = 0;
	for (size_t i = 0; i < count && !found; i++) {
		if (!member_matches(names[i], who))
			continue;
		found = read_left(vault, names[i], r);
		if (!found)
			request_release(r);
	}
	file_free_names(names, count);
	openpgp_key_release(&key);
	if (found)
		return 0;
	if (count)
		return error_set(err, ERR_INPUT, _("request"), _("Give the fingerprint: `psirtty member list` shows who asks"),
				 _("somebody asks to become a member, but not with this key"));
	return error_set(err, ERR_INPUT, _("request"), _("The newcomer runs `psirtty member request`, or carries its file to you"),
			 _("nobody asks to become a member"));
}

/* The key the request brings is taken in only when it is the one the admin named. */
static int get_key(struct vault *vault, const struct request *r, struct error *err)
{
	struct openpgp_key key = { 0 };
	char **taken = NULL;
	size_t count = 0;
	int code = openpgp_find(vault->pgp, r->fingerprint, false, &key, NULL);

	if (code) {
		code = openpgp_import(vault->pgp, r->key.bytes, r->key.length, &taken, &count, err);
		for (size_t i = 0; i < count; i++)
			free(taken[i]);
		free(taken);
		if (!code)
			code = openpgp_find(vault->pgp, r->fingerprint, false, &key, err);
	}
	if (!code && (key.revoked || key.expired || !key.can_encrypt))
		code = error_set(err, ERR_DENIED, r->fingerprint, _("Ask its owner for a current key"),
				 key.revoked ? _("the key was revoked") :
				 key.expired ? _("the key has expired") :
					       _("the key has no usable encryption subkey"));
	openpgp_key_release(&key);
	return code;
}

/* When it was signed says nothing: the clock of the newcomer's host may be another. */
static int check_certification(struct vault *vault, const struct request *r, struct error *err)
{
	AUTO_STR text = STR_INIT;
	struct openpgp_result result;
	int code = get_key(vault, r, err);

	if (code)
		return code;
	core_identity_text(vault->id, r->member, r->sign_public, r->box_public, &text);
	code = openpgp_verify(vault->pgp, text.bytes, text.length, r->certification.bytes,
			      r->certification.length, INT64_MAX, &result, err);
	if (code)
		return code;
	if (result.signatures[0].state != SIGNATURE_GOOD ||
	    !str_equal(result.signatures[0].fingerprint, r->fingerprint))
		code = error_set(err, ERR_NO, r->fingerprint, _("Ask for the request again, on a safe way"),
				 _("the OpenPGP key does not certify the request"));
	openpgp_result_release(&result);
	return code;
}

/* By its fingerprint, or as the admin's own keyring calls it. */
static bool is_meant(const struct vault *vault, const char *who, const char *fingerprint)
{
	struct openpgp_key key = { 0 };
	bool meant = member_matches(fingerprint, who) ||
		     (openpgp_find(vault->pgp, who, false, &key, NULL) == 0 && str_equal(key.fingerprint, fingerprint));

	openpgp_key_release(&key);
	return meant;
}

/* How many live identities a key has; *RET one of them. */
static size_t live_identities(const struct vault *vault, const char *fingerprint, uint32_t *ret)
{
	size_t found = 0;

	for (uint32_t i = 0; i < vault->log.member_count; i++)
		if (log_live(&vault->log.members[i]) && str_equal(vault->log.members[i].fingerprint, fingerprint)) {
			*ret = i;
			found++;
		}
	return found;
}

static int check_request(struct vault *vault, const char *who, const struct request *r, struct error *err)
{
	uint32_t old;

	if (memcmp(r->vault, vault->id, ID_BYTES) != 0)
		return error_set(err, ERR_INPUT, _("request"), _("Ask for one to this vault"),
				 _("it asks for another vault"));
	if (!is_meant(vault, who, r->fingerprint))
		return error_set(err, ERR_INPUT, who, _("Compare the fingerprint with the newcomer"),
				 _("the request is of %s"), r->fingerprint);
	if (log_member(&vault->log, r->member))
		return error_set(err, ERR_BUSY, r->fingerprint, _("Ask for a new request"),
				 _("this request was granted before"));
	if (live_identities(vault, r->fingerprint, &old) > 1)
		return error_set(err, ERR_BUSY, r->fingerprint,
				 _("Its owner ends the old identity first: `psirtty member rotate --identity`"),
				 _("this key has a new identity already"));
	return 0;
}

/* What a role begins with: the registry is everybody's to read, the inbox is for who opens cases. */
static int grant_first(struct vault *vault, const struct request *r, enum vault_role role, instant now,
		       struct error *err)
{
	bool opens = role == VAULT_ADMIN || role == VAULT_HANDLER;
	const struct { const uint8_t *stream; uint8_t rights; } first[] = {
		{ vault->registry, opens ? RIGHT_ALL : RIGHT_READ },
		{ vault->inbox, opens ? RIGHT_ALL : 0 },
	};
	int code = 0;

	for (size_t i = 0; !code && i < ARRAY_LEN(first); i++)
		if (first[i].rights && (vault_rights(vault, first[i].stream) & RIGHT_GRANT))
			code = access_grant(vault, first[i].stream, r->member, first[i].rights, now, err);
	return code;
}

static int admit(struct vault *vault, const struct request *r, enum vault_role role, instant now,
		 struct error *err)
{
	static const uint8_t own[ID_BYTES];
	struct vault_renewal renewed = { 0 };
	AUTO_STR body = STR_INIT;
	uint32_t old = LOG_NOBODY;
	bool renewal = live_identities(vault, r->fingerprint, &old) > 0;
	int code;

	if (!role)
		role = renewal ? (enum vault_role)log_role(&vault->log, &vault->log.members[old], LOG_NEVER) : VAULT_HANDLER;
	code = member_body(r->member, (enum log_role)role, r->sign_public, r->box_public, r->fingerprint,
			       &r->certification, &body, err);

	if (!code)
		code = vault_begin(vault, NULL, NULL, err);
	if (code)
		return code;
	code = store_put_identity(vault->store, r->member, r->fingerprint, r->sealed.bytes, r->sealed.length, err);
	if (!code)
		code = vault_put_control(vault, CONTROL_MEMBER, own, body.bytes, body.length, now, err);
	if (!code && !renewal)
		code = grant_first(vault, r, role, now, err);
	code = vault_finish(vault, code, err);
	return code || !renewal ? code : renew_hand_on(vault, old, log_position(&vault->log, r->member), now, &renewed, err);
}

int vault_admit(struct vault *vault, const char *fingerprint, const struct str *request,
		enum vault_role role, instant now, struct error *err)
{
	struct request r;
	int code = member_require_admin(vault, err);

	request_init(&r);
	if (!code)
		code = request ? request_read(request, &r, err) : find_left(vault, fingerprint, &r, err);
	if (!code && request)
		code = check_request(vault, fingerprint, &r, err);
	else if (!code)
		code = check_request(vault, r.fingerprint, &r, err);
	if (!code)
		code = check_certification(vault, &r, err);
	if (!code)
		code = admit(vault, &r, role, now, err);
	if (!code) {
		AUTO_STRING path = request_path(vault->dir, r.fingerprint);

		unlink(path);
	}
	request_release(&r);
	return code;
}
