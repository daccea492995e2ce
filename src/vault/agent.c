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

/* FIRST and SECOND are questions of the agent's protocol; SECOND may be NULL. */
static pid_t ask(const struct openpgp *pgp, const char *first, const char *second, int out)
{
	const char *arguments[8] = { "gpg-connect-agent", "--no-autostart" };
	posix_spawn_file_actions_t actions;
	size_t count = 2;
	pid_t child = -1;

	if (pgp->home) {
		arguments[count++] = "--homedir";
		arguments[count++] = pgp->home;
	}
	arguments[count++] = first;
	if (second)
		arguments[count++] = second;
	arguments[count] = "/bye";
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ))
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

/* The word of that number, from 0, of a line. */
static char word_at(const char *line, int number)
{
	for (int i = 0; i < number && *line; i++)
		line += strcspn(line, " ") + (line[strcspn(line, " ")] == ' ');
	return *line;
}

/* "S KEYINFO GRIP TYPE SERIAL ID CACHED PROTECTION …": D is a key on the disk; P has a passphrase, C has none. */
static void take_key(const char *line, struct openpgp_agent *ret)
{
	char type = word_at(line, 3), protection = word_at(line, 7);

	ret->passphrase |= protection == 'P';
	ret->open &= type == 'D' && protection == 'C';
}

/* What the agent answers, line by line. */
static void answer_of(const struct openpgp *pgp, const char *first, const char *second, struct str *ret)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	child = ask(pgp, first, second, ends[1]);
	close(ends[1]);
	if (child > 0)
		read_all(ends[0], ret);
	close(ends[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static void take_line(const char *line, int *answers, struct openpgp_agent *ret)
{
	if (str_starts(line, "S KEYINFO "))
		take_key(line, ret);
	else if (str_starts(line, "OK") || str_starts(line, "ERR"))
		ret->elsewhere |= ++*answers == 2 && *line == 'O';
}

/* The agent measures it when it is asked for the first time, which takes it a second. */
static int derivation(const struct openpgp *pgp)
{
	AUTO_STR answer = STR_INIT;

	answer_of(pgp, "GETINFO s2k_time", NULL, &answer);
	return str_starts(str_or_empty(answer.bytes), "D ") ? atoi(answer.bytes + 2) : 0;
}

bool openpgp_agent(const struct openpgp *pgp, struct openpgp_agent *ret)
{
	AUTO_STR answer = STR_INIT;
	int answers = 0;
	char *save = NULL;

	*ret = (struct openpgp_agent){ .open = true };
	answer_of(pgp, "KEYINFO --list", "GETINFO restricted", &answer);
	for (char *line = answer.length ? strtok_r(answer.bytes, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		take_line(line, &answers, ret);
	ret->open &= answers == 2 && !ret->elsewhere;
	if (ret->passphrase)
		ret->derivation_ms = derivation(pgp);
	return answers == 2;
}
