/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: what a member is writing, sealed for that member alone until it is sent or saved. */
#include "vault/vault_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { DRAFT_LIMIT = 256 << 20 };

/* This member's draft folder, made when it is missing. */
static char *draft_folder(const struct vault *vault)
{
	AUTO_STRING hex = str_hex(vault->member, ID_BYTES);
	char *folder = mem_format("%s/drafts/%s", vault->dir, hex);

	mkdir(folder, 0700);
	return folder;
}

static int draft_path(const struct vault *vault, const char *id, char **ret, struct error *err)
{
	AUTO_STRING folder = NULL;

	if (!*id || strlen(id) > 64 || strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz-") != strlen(id))
		return error_set(err, ERR_INPUT, id, _("See `psirtty draft list`"),
				 _("this is no draft's name"));
	folder = draft_folder(vault);
	*ret = mem_format("%s/%s.sealed", folder, id);
	return 0;
}

static int put(struct vault *vault, const char *id, const void *bytes, size_t length, bool durable, struct error *err)
{
	uint8_t nonce[NONCE_BYTES];
	AUTO_STR sealed = STR_INIT;
	AUTO_STRING path = NULL;
	int code = draft_path(vault, id, &path, err);

	if (code)
		return code;
	randombytes_buf(nonce, sizeof(nonce));
	str_add_bytes(&sealed, nonce, sizeof(nonce));
	crypt_seal(vault->keyring.member->draft_key, nonce, id, strlen(id), bytes, length, &sealed);
	return (durable ? file_write : file_keep)(path, sealed.bytes, sealed.length, 0600, err);
}

int vault_draft_put(struct vault *vault, const char *id, const void *bytes, size_t length, struct error *err)
{
	return put(vault, id, bytes, length, true, err);
}

int vault_draft_keep(struct vault *vault, const char *id, const void *bytes, size_t length, struct error *err)
{
	return put(vault, id, bytes, length, false, err);
}

int vault_draft_get(struct vault *vault, const char *id, struct str *ret, struct error *err)
{
	AUTO_STR sealed = STR_INIT;
	AUTO_STRING path = NULL;
	int code = draft_path(vault, id, &path, err);

	if (!code && !file_exists(path))
		return error_set(err, ERR_INPUT, id, _("See `psirtty draft list`"),
				 _("there is no such draft"));
	if (!code)
		code = file_read(path, DRAFT_LIMIT, &sealed, err);
	if (code)
		return code;
	if (sealed.length < NONCE_BYTES ||
	    !crypt_open(vault->keyring.member->draft_key, (uint8_t *)sealed.bytes, id, strlen(id),
			sealed.bytes + NONCE_BYTES, sealed.length - NONCE_BYTES, ret))
		return error_set(err, ERR_INPUT, id, _("Restore it from a backup"),
				 _("the draft was altered"));
	return 0;
}

int vault_draft_remove(struct vault *vault, const char *id, struct error *err)
{
	AUTO_STRING path = NULL;
	int code = draft_path(vault, id, &path, err);

	if (!code && unlink(path) < 0)
		code = error_errno(err, ERR_INPUT, id, NULL);
	return code;
}

int vault_draft_list(struct vault *vault, char ***ret, size_t *ret_count, struct error *err)
{
	AUTO_STRING folder = draft_folder(vault);
	char **names = NULL;
	size_t count = 0, kept = 0;
	int code = file_list(folder, &names, &count, err);

	for (size_t i = 0; i < count; i++) {
		if (str_ends(names[i], ".sealed")) {
			names[i][strlen(names[i]) - strlen(".sealed")] = '\0';
			names[kept++] = names[i];
		} else {
			free(names[i]);
		}
	}
	*ret = names;
	*ret_count = kept;
	return code;
}

/* The process that works on it stands in the name, so that what a dead one left can be told. */
int vault_draft_scratch(struct vault *vault, const char *suffix, char **ret, struct error *err)
{
	AUTO_STRING folder = draft_folder(vault);
	char *path = mem_format("%s/edit-%ld-XXXXXX%s", folder, (long)getpid(), suffix);
	int fd = mkstemps(path, (int)strlen(suffix));

	if (fd < 0) {
		free(path);
		return error_errno(err, ERR_VAULT, folder, NULL);
	}
	close(fd);
	*ret = path;
	return 0;
}

static bool left_behind(const char *name)
{
	long pid = str_starts(name, "edit-") && !str_ends(name, ".sealed") ? strtol(name + 5, NULL, 10) : 0;

	return pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static int seal_left(struct vault *vault, const char *folder, const char *name, struct error *err)
{
	AUTO_STRING path = file_join(folder, name);
	struct str bytes = STR_INIT;
	char random[9];
	AUTO_STRING id = NULL;
	int code = file_read(path, DRAFT_LIMIT, &bytes, err);

	vault_random_hex(random, 8);
	id = mem_format("kept-%s", random);
	if (!code && bytes.length)
		code = vault_draft_put(vault, id, bytes.bytes, bytes.length, err);
	str_wipe(&bytes);
	if (!code && unlink(path) < 0)
		code = error_errno(err, ERR_VAULT, path, NULL);
	return code;
}

int vault_draft_recover(struct vault *vault, size_t *ret_count, struct error *err)
{
	AUTO_STRING folder = draft_folder(vault);
	char **names = NULL;
	size_t count = 0;
	int code = file_list(folder, &names, &count, err);

	*ret_count = 0;
	for (size_t i = 0; !code && i < count; i++) {
		if (!left_behind(names[i]))
			continue;
		code = seal_left(vault, folder, names[i], err);
		*ret_count += !code;
	}
	file_free_names(names, count);
	return code;
}
