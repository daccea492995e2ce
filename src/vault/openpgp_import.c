/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of strangers, taken in by way of a home that is thrown away: a gpg of its own reads them there, under
 * limits of time, size and number; only what is left of each after cleaning goes into the real key ring.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { KEYS_MOST = 20, IMPORT_MS = 20000 };

/* ---- gpg in the other home */

static char *temporary_home(struct error *err)
{
	const char *base = getenv("TMPDIR");
	char *home = mem_format("%s/psirtty-key-XXXXXX", base && *base && strlen(base) < 60 ? base : "/tmp");

	if (mkdtemp(home))
		return home;
	error_errno(err, ERR_INPUT, home, NULL);
	free(home);
	return NULL;
}

/* Waits for CHILD at most so long; false when it had to be killed. */
static bool wait_for(pid_t child, int milliseconds, int *ret_status)
{
	int fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd at = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = fd < 0 ? 1 : poll(&at, 1, milliseconds);
	while (ready < 0 && errno == EINTR);
	if (fd >= 0)
		close(fd);
	if (ready <= 0)
		kill(child, SIGKILL);
	while (waitpid(child, ret_status, 0) < 0 && errno == EINTR)
		;
	return ready > 0;
}

static int run_import(const char *home, const char *file, struct error *err)
{
	const char *const words[] = { "gpg", "--homedir", home, "--no-options", "--batch", "--quiet", "--no-tty",
				      "--no-autostart", "--no-auto-check-trustdb", "--disable-dirmngr",
				      "--no-auto-key-retrieve", "--import-options", "import-clean,import-minimal",
				      "--import", file, NULL };
	posix_spawn_file_actions_t actions;
	int status = 0, failed;
	pid_t child;
	bool ended;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&child, "gpg", &actions, NULL, (char *const *)(uintptr_t)words, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return error_set(err, ERR_DENIED, "gpg", NULL, "%s", strerror(failed));
	ended = wait_for(child, IMPORT_MS, &status);
	if (!ended)
		return error_set(err, ERR_INPUT, _("key"), _("Ask its owner for a smaller one"),
				 _("reading it took longer than %d seconds"), IMPORT_MS / 1000);
	return 0;
}

/* ---- from there to here */

static bool names(gpgme_key_t key, const char *address)
{
	for (gpgme_user_id_t id = key->uids; address && id; id = id->next)
		if (!id->revoked && !id->invalid && id->address && str_casecmp(id->address, address) == 0)
			return true;
	return !address;
}

/* Those of ADDRESS; NULL: all. */
static int list_all(struct openpgp *from, const char *address, char **prints, size_t *ret_count)
{
	gpgme_key_t key;
	gpgme_error_t code = gpgme_op_keylist_start(from->context, NULL, 0);
	size_t count = 0;

	while (!code && !(code = gpgme_op_keylist_next(from->context, &key))) {
		if (count < KEYS_MOST && names(key, address))
			prints[count] = mem_string(key->fpr ? key->fpr : key->subkeys->fpr);
		count += names(key, address);
		gpgme_key_unref(key);
	}
	gpgme_op_keylist_end(from->context);
	*ret_count = count;
	return 0;
}

static int carry(struct openpgp *from, struct openpgp *to, char *const *prints, size_t count, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STR key = STR_INIT;
		char **taken = NULL;
		size_t taken_count = 0;

		code = openpgp_export(from, prints[i], &key, err);
		if (!code)
			code = openpgp_import(to, key.bytes, key.length, &taken, &taken_count, err);
		for (size_t k = 0; k < taken_count; k++)
			free(taken[k]);
		free(taken);
	}
	return code;
}

static int import_from(struct openpgp *pgp, const char *home, const char *address, char ***ret, size_t *ret_count, struct error *err)
{
	char **prints = mem_alloc(KEYS_MOST * sizeof(*prints));
	struct openpgp *from = NULL;
	size_t count = 0;
	int code = openpgp_open(home, &from, err);

	if (!code)
		code = list_all(from, address, prints, &count);
	if (!code && !count && address)
		code = error_set(err, ERR_INPUT, address, _("Ask its owner for the key"),
				 _("what was found is no key of this address; it was not taken in"));
	if (!code && !count)
		code = error_set(err, ERR_INPUT, _("key"), _("Ask for a key in the format of RFC 4880, with a user id"),
				 _("gpg found nothing in it that it can take"));
	if (!code && count > KEYS_MOST)
		code = error_set(err, ERR_INPUT, _("key"), _("Take one key at a time"),
				 _("there are %zu keys in it, more than %d"), count, (int)KEYS_MOST);
	if (!code)
		code = carry(from, pgp, prints, count, err);
	openpgp_close(from);
	if (!code) {
		*ret = prints;
		*ret_count = count;
		return 0;
	}
	for (size_t i = 0; i < count && i < KEYS_MOST; i++)
		free(prints[i]);
	free(prints);
	return code;
}

int openpgp_import_strange(struct openpgp *pgp, const void *bytes, size_t length, const char *address, char ***ret,
			   size_t *ret_count, struct error *err)
{
	AUTO_STRING home = NULL;
	AUTO_STRING file = NULL;
	int code;

	if (openpgp_holds_secret(bytes, length))
		return error_set(err, ERR_INPUT, _("key"), _("Ask its owner to make a new one"),
				 _("this is a secret key; it was not taken in"));
	home = temporary_home(err);
	if (!home)
		return ERR_INPUT;
	file = file_join(home, "key");
	code = file_write(file, bytes, length, 0600, err);
	if (!code)
		code = run_import(home, file, err);
	if (!code)
		code = import_from(pgp, home, address, ret, ret_count, err);
	openpgp_stop_agent(home);
	if (file_remove_tree(home, NULL) && !code)
		code = error_set(err, ERR_INPUT, home, _("Remove it"), _("the folder cannot be removed"));
	return code;
}
