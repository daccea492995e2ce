/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn it is at gpg, among all processes that use one folder of keys: what somebody waits for goes before what an
 * import does. Who is in front holds a lock on that folder for as long as gpg works; who is behind begins nothing while
 * anybody does, and holds none. gpg itself locks files of its own, not the folder.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOOK_MS = 5 };

static bool behind;

void openpgp_go_behind(bool yes)
{
	behind = yes;
}

/* For as long as gpg may take at most: a question that somebody takes long to answer does not stop an import for good, nor
 * does a process that was stopped stop everybody. A folder that cannot be locked has no turns. */
static bool wait_for(int folder, int kind)
{
	for (int waited = 0;; waited += LOOK_MS) {
		if (flock(folder, kind | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK || waited >= openpgp_patience_ms())
			return false;
		poll(NULL, 0, LOOK_MS);
	}
}

int openpgp_turn_take(const char *home)
{
	AUTO_STRING path = openpgp_folder(home);
	int folder = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	/* Who is behind looks whether anybody is in front, and holds nothing. */
	if (folder >= 0 && wait_for(folder, behind ? LOCK_EX : LOCK_SH) && !behind)
		return folder;
	if (folder >= 0)
		close(folder);
	return -1;
}

void openpgp_turn_leave(int turn)
{
	if (turn >= 0)
		close(turn);
}
