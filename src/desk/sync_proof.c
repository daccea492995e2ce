/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proves a CSAF document: its published hash and its detached signature by a key the provider's metadata name. The
 * keys live in a gpg home of their own that is thrown away; which they were is kept, so that a change is told.
 */
#include "desk/sync_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/openpgp.h"
#include "psirtty/vault/vault.h"

enum { KEY_LIMIT = 1 << 20, SIGNATURE_LIMIT = 1 << 16, DOCUMENT_LIMIT = 64 << 20, KEYS = 20 };

static int open_home(struct sync *s, struct error *err)
{
	const char *tmp = getenv("TMPDIR");

	if (s->pgp)
		return 0;
	s->pgp_home = mem_format("%s/psirtty-keys-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(s->pgp_home)) {
		mem_free_string(&s->pgp_home);
		return error_errno(err, ERR_DENIED, _("keys"), NULL);
	}
	return openpgp_open(s->pgp_home, &s->pgp, err);
}

void sync_keys_close(struct sync *s)
{
	openpgp_close(s->pgp);
	s->pgp = NULL;
	if (s->pgp_home) {
		openpgp_stop_agent(s->pgp_home);
		file_remove_tree(s->pgp_home, NULL);
	}
	mem_free_string(&s->pgp_home);
}

/* Whether KEYS holds the one the metadata speak of. */
static bool has_key(struct openpgp *pgp, const char *fingerprint)
{
	struct openpgp_key key = { 0 };
	bool found = openpgp_find(pgp, fingerprint, false, &key, NULL) == 0;

	openpgp_key_release(&key);
	return found;
}

static int import_key(struct sync *s, const char *name, const char *fingerprint, struct error *err)
{
	AUTO_STRING path = sync_path(s, name);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR why = ERROR_INIT;
	char **prints = NULL;
	size_t count = 0;
	int code = file_read(path, KEY_LIMIT, &bytes, err);

	if (!code && openpgp_import(s->pgp, bytes.bytes, bytes.length, &prints, &count, &why)) {
		sync_warn(s, _("the key %s cannot be read: %s"), name, str_or_empty(why.why));
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		free(prints[i]);
	free(prints);
	if (!code && *fingerprint && !has_key(s->pgp, fingerprint))
		sync_warn(s, _("%s is not the key %s that the metadata name"), name, fingerprint);
	s->keys += count;
	return code;
}

/* Told once, where the provider's keys are others than last time. */
static void compare_keys(struct sync *s, const struct str *prints)
{
	const char *before = js_string(s->state, "keys");

	if (before && !str_equal(before, prints->bytes))
		sync_warn(s, _("the provider's keys changed: from %s to %s"), before, prints->bytes);
	js_set_string(s->state, "keys", prints->bytes);
}

int sync_keys(struct sync *s, const struct job_answer *metadata, const char *base, struct error *err)
{
	struct wishes wishes = { 0 };
	AUTO_STR prints = STR_INIT;
	const char *named[KEYS];
	int code = open_home(s, err);

	(void)base;
	for (size_t i = 0; !code && i < metadata->count && wishes.count < KEYS; i++) {
		char **f = metadata->rows[i].fields;
		AUTO_STRING name = NULL;

		if (!str_equal(f[0], "key") || !str_starts_nocase(f[2], "https://"))
			continue;
		name = mem_format("keys/%zu.asc", wishes.count);
		named[wishes.count] = f[1];
		wish_add(&wishes, f[2], name, ROLE_KEY)->optional = true;
		str_add_format(&prints, "%s%s", prints.length ? " " : "", f[1]);
	}
	if (!code && wishes.count)
		code = sync_get(s, &wishes, err);
	for (size_t i = 0; !code && i < wishes.count; i++) {
		if (wishes.items[i].here)
			code = import_key(s, wishes.items[i].name, named[i], err);
		else
			sync_warn(s, _("the key %s did not come: %s"), named[i], str_or_empty(wishes.items[i].why));
	}
	/* Without its keys, what is signed could be anybody's. */
	if (!code && wishes.count && !s->keys)
		code = error_set(err, ERR_NETWORK, s->source->id, _("Try again later; nothing of it was taken in"),
				 _("none of the provider's OpenPGP keys came"));
	if (!code && prints.length)
		compare_keys(s, &prints);
	wishes_release(&wishes);
	return code;
}

int sync_keys_here(struct sync *s, struct error *err)
{
	json_t *files = json_object_get(s->state, "files"), *file;
	int code = open_home(s, err);
	const char *name;

	json_object_foreach(files, name, file)
		if (!code && str_equal(js_string(file, "role"), "key"))
			code = import_key(s, name, "", err);
	return code;
}

/* ---- a document */

static bool hash_fits(struct sync *s, const char *name, const struct str *bytes)
{
	struct job_answer sum = { 0 };
	char digest[129];
	bool fits = false;

	if (str_ends(name, ".sha512"))
		vault_sha512(bytes->bytes, bytes->length, digest);
	else
		vault_sha256(bytes->bytes, bytes->length, digest);
	if (sync_listing(s, "hash", "", name, &sum, NULL) == 0 && sum.count == 1)
		fits = str_equal(sum.rows[0].fields[1], digest);
	job_answer_release(&sum);
	return fits;
}

/* Good where one signature is, and none is bad. */
static enum signature_state judge(struct sync *s, const struct str *bytes, const struct str *signature)
{
	struct openpgp_result result = { 0 };
	enum signature_state worst = SIGNATURE_MALFORMED;

	if (openpgp_verify(s->pgp, bytes->bytes, bytes->length, signature->bytes, signature->length, s->now, &result, NULL) == 0)
		for (size_t i = 0; i < result.signature_count; i++)
			worst = i == 0 || result.signatures[i].state > worst ? result.signatures[i].state : worst;
	openpgp_result_release(&result);
	return worst;
}

enum sync_proof sync_prove(struct sync *s, const char *name, const char *hash, const char *signature, char **ret_why)
{
	AUTO_STRING path = sync_path(s, name), *beside = signature ? sync_path(s, signature) : NULL;
	AUTO_STR bytes = STR_INIT;
	AUTO_STR sign = STR_INIT;
	enum signature_state state;

	if (file_read(path, DOCUMENT_LIMIT, &bytes, NULL)) {
		*ret_why = mem_format(_("it is longer than %d MiB"), DOCUMENT_LIMIT >> 20);
		return PROOF_BAD;
	}
	if (hash && !hash_fits(s, hash, &bytes)) {
		*ret_why = mem_string(_("its published hash is that of something else"));
		return PROOF_BAD;
	}
	if (!signature || !s->keys || file_read(beside, SIGNATURE_LIMIT, &sign, NULL))
		return hash ? PROOF_HASH : PROOF_NONE;
	state = judge(s, &bytes, &sign);
	if (state == SIGNATURE_GOOD)
		return PROOF_SIGNED;
	*ret_why = mem_format(_("its OpenPGP signature is %s"), signature_name(state));
	return PROOF_BAD;
}
