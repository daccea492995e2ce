/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which gpg is started: where the handler has a gpg.conf, one that does not read it (plain_gpg.c). What stands in it
 * would otherwise judge signatures, fetch keys and add readers in our name. Without one gpg is started as it is; gpgsm never
 * is, since by itself it starts a daemon that asks the network.
 */
#include "vault/openpgp_private.h"

#include <dirent.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

char *openpgp_folder(const char *home)
{
	const char *given = home ? home : getenv("GNUPGHOME"), *user = getenv("HOME");

	if (given && *given)
		return mem_string(given);
	return user ? file_join(user, ".gnupg") : NULL;
}

/* Also gpg.conf-2 and gpg.conf-2.2, which gpg prefers. */
static bool has_options(const char *folder, const char *name)
{
	DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)) != NULL)
		found = str_starts(entry->d_name, name) &&
			(!entry->d_name[strlen(name)] || entry->d_name[strlen(name)] == '-');
	if (dir)
		closedir(dir);
	return found;
}

int openpgp_engine(const char *home, gpgme_ctx_t context, gpgme_protocol_t protocol, struct error *err)
{
	bool cms = protocol == GPGME_PROTOCOL_CMS;
	AUTO_STRING folder = openpgp_folder(home);
	AUTO_STRING program = NULL;
	gpgme_error_t code = 0;

	if (cms || has_options(folder, "gpg.conf")) {
		program = file_helper(cms ? "psirtty-gpgsm" : "psirtty-gpg");
		if (!program)
			return error_set(err, ERR_DENIED, cms ? "gpgsm" : "gpg",
					 cms ? _("Install psirtty whole") : _("Install psirtty whole, or take gpg.conf away"),
					 _("the program that starts it without the options of %s is missing"), folder);
	}
	if (program || home)
		code = gpgme_ctx_set_engine_info(context, protocol, program, home);
	if (!code)
		code = gpgme_set_protocol(context, protocol);
	return code ? openpgp_failed(err, cms ? "gpgsm" : "gpg", code) : 0;
}
