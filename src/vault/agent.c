/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gpg-agent says of itself, asked through its own client: a protected key costs it the whole derivation of the
 * passphrase for every message, cached or not, which makes an import take an hour where it could take a minute.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_LIMIT = 256 * 1024 };

static pid_t ask(const struct openpgp *pgp, int out)
{
	char program[] = "gpg-connect-agent", quick[] = "--no-autostart", option[] = "--homedir", time[] = "GETINFO s2k_time",
	     keys[] = "KEYINFO --list", restricted[] = "GETINFO restricted", bye[] = "/bye";
	char *with_home[] = { program, quick, option, pgp->home, time, keys, restricted, bye, NULL };
	char *without[] = { program, quick, time, keys, restricted, bye, NULL };
	posix_spawn_file_actions_t actions;
	pid_t child = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, program, &actions, NULL, pgp->home ? with_home : without, environ))
		child = -1;
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

static void read_all(int fd, struct str *ret)
{
	char block[4096];
	ssize_t got;

	while (ret->length < ANSWER_LIMIT && ((got = read(fd, block, sizeof(block))) > 0 || (got < 0 && errno == EINTR)))
		str_add_bytes(ret, block, got > 0 ? (size_t)got : 0);
}

/* "S KEYINFO GRIP TYPE SERIAL ID CACHED PROTECTION …": P is a passphrase. */
static bool is_protected(const char *line)
{
	for (int i = 0; i < 7 && *line; i++)
		line += strcspn(line, " ") + (line[strcspn(line, " ")] == ' ');
	return *line == 'P';
}

static void take_line(const char *line, int *answers, struct openpgp_agent *ret)
{
	if (str_starts(line, "D ") && *answers == 0)
		ret->derivation_ms = atoi(line + 2);
	else if (str_starts(line, "S KEYINFO "))
		ret->passphrase |= is_protected(line);
	else if (str_starts(line, "OK") || str_starts(line, "ERR"))
		ret->elsewhere |= ++*answers == 3 && *line == 'O';
}

bool openpgp_agent(const struct openpgp *pgp, struct openpgp_agent *ret)
{
	AUTO_STR answer = STR_INIT;
	int ends[2], answers = 0;
	char *save = NULL;
	pid_t child;

	*ret = (struct openpgp_agent){ 0 };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	child = ask(pgp, ends[1]);
	close(ends[1]);
	if (child > 0)
		read_all(ends[0], &answer);
	close(ends[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	for (char *line = answer.length ? strtok_r(answer.bytes, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		take_line(line, &answers, ret);
	return answers == 3;
}
