/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gpg-agent says of itself, asked through its own client: a protected key costs it the whole derivation of the
 * passphrase for every message, cached or not, which makes an import take an hour where it could take a minute.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"

enum { ANSWER_LIMIT = 256 * 1024, CONF_LIMIT = 64 * 1024 };

/* START: it is started where it does not run. QUICK: it has a quarter of the time. */
struct question { const char *first, *second; bool start, quick; }; /* of its protocol; SECOND may be NULL */

static pid_t ask(const struct openpgp *pgp, const struct question *q, int out)
{
	const char *arguments[8] = { "gpg-connect-agent" };
	posix_spawn_file_actions_t actions;
	size_t count = 1;
	pid_t child = -1;

	if (!q->start)
		arguments[count++] = "--no-autostart";
	if (pgp->home) {
		arguments[count++] = "--homedir";
		arguments[count++] = pgp->home;
	}
	arguments[count++] = q->first;
	if (q->second)
		arguments[count++] = q->second;
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

/* False when the agent is silent for as long as gpg may be. */
static bool read_all(int fd, int patience_ms, struct str *ret)
{
	struct pollfd at = { .fd = fd, .events = POLLIN };
	char block[4096];
	ssize_t got = 1;

	while (ret->length < ANSWER_LIMIT && got) {
		int ready = poll(&at, 1, patience_ms);

		if (ready == 0)
			return false;
		got = ready < 0 ? -1 : read(fd, block, sizeof(block));
		if (got < 0 && errno != EINTR)
			break;
		str_add_bytes(ret, block, got > 0 ? (size_t)got : 0);
	}
	return true;
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

/* What the agent answers, line by line; nothing where it does not. */
static void answer_of(const struct openpgp *pgp, const struct question *q, struct str *ret)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	child = ask(pgp, q, ends[1]);
	close(ends[1]);
	if (child > 0 && !read_all(ends[0], openpgp_patience_ms() / (q->quick ? 4 : 1), ret)) {
		kill(child, SIGKILL);
		str_wipe(ret);
	}
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

	answer_of(pgp, &(struct question){ .first = "GETINFO s2k_time" }, &answer);
	return str_starts(str_or_empty(answer.bytes), "D ") ? atoi(answer.bytes + 2) : 0;
}

bool openpgp_agent(const struct openpgp *pgp, struct openpgp_agent *ret)
{
	AUTO_STR answer = STR_INIT;
	int answers = 0;
	char *save = NULL;

	*ret = (struct openpgp_agent){ .open = true };
	answer_of(pgp, &(struct question){ .first = "KEYINFO --list", .second = "GETINFO restricted" }, &answer);
	for (char *line = answer.length ? strtok_r(answer.bytes, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		take_line(line, &answers, ret);
	ret->open &= answers == 2 && !ret->elsewhere;
	if (ret->passphrase)
		ret->derivation_ms = derivation(pgp);
	return answers == 2;
}

/* Whether gpg may start an agent: where one is forwarded from another machine it must not. */
static bool may_start(const struct openpgp *pgp)
{
	AUTO_STRING folder = openpgp_folder(pgp->home);
	AUTO_STRING path = folder ? file_join(folder, "gpg.conf") : NULL;
	AUTO_STR conf = STR_INIT;
	char *save = NULL;

	if (!path || file_read(path, CONF_LIMIT, &conf, NULL) || !conf.length)
		return true;
	for (char *line = strtok_r(conf.bytes, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (str_starts(line + strspn(line, " \t-"), "no-autostart"))
			return false;
	return true;
}

bool openpgp_agent_answers(const struct openpgp *pgp)
{
	const struct question q = { .first = "GETINFO pid", .start = may_start(pgp) };
	AUTO_STR answer = STR_INIT;

	answer_of(pgp, &q, &answer);
	return answer.length && (str_starts(answer.bytes, "D ") || str_starts(answer.bytes, "OK") ||
				 str_starts(answer.bytes, "ERR "));
}

bool openpgp_agent_elsewhere(const char *home)
{
	const struct openpgp pgp = { .home = (char *)(uintptr_t)home };
	AUTO_STR answer = STR_INIT;

	answer_of(&pgp, &(struct question){ .first = "GETINFO restricted", .quick = true }, &answer);
	return str_starts(str_or_empty(answer.bytes), "OK");
}
