/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real program on a real vault in a pseudo-terminal, for what needs a clock beside it: keys answered while a
 * job runs. Called by jobs.sh: live VAULT COMMAND LINE, the line of a long job.
 */
#include <stdlib.h>

#include "pty.h"

#include "../unit/tap.h"

enum { KEYS = 20000, KEYS_LEAST = 20 };

/* The line with the selection's mark: "> M-0003 …". */
static void selected(struct pty *s, struct str *ret)
{
	AUTO_STR text = STR_INIT;
	const char *at;

	pty_text(s, &text);
	at = strstr(text.bytes, "\n> ");
	str_reset(ret);
	if (at)
		str_add_bytes(ret, at + 1, strcspn(at + 1, "\n"));
}

static bool selection_left(struct pty *s, const void *argument)
{
	AUTO_STR now = STR_INIT;

	selected(s, &now);
	return now.length && strncmp(now.bytes, argument, 14) != 0;
}

static bool shows(struct pty *s, const char *what)
{
	AUTO_STR text = STR_INIT;

	pty_text(s, &text);
	return strstr(text.bytes, what) != NULL;
}

static int by_size(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Keys for as long as the job runs; what each took, in microseconds. */
static size_t keys_while_running(struct pty *s, long long took[KEYS])
{
	size_t answered = 0;

	while (answered < KEYS && shows(s, "jobs 1")) {
		AUTO_STR before = STR_INIT;
		long long began = pty_now();

		selected(s, &before);
		pty_send(s, answered % 2 ? "j" : "k");
		if (!pty_wait(s, selection_left, before.bytes))
			break;
		took[answered++] = pty_now() - began;
	}
	return answered;
}

static void test_job(const char *vault, const char *line)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };
	static long long took[KEYS];
	long long began = pty_now();
	AUTO_STR before = STR_INIT, after = STR_INIT;
	struct pty s;
	size_t answered;

	pty_start(&s, 24, 80, argv, NULL);
	CHECK(pty_wait_text(&s, "Inbox: 5"), "the inbox is there");
	pty_send(&s, "k:");
	pty_wait_text(&s, "\n:");
	pty_send(&s, line);
	pty_send(&s, "\r");
	CHECK(pty_wait_text(&s, "jobs 1"), "\"%s\" runs as a job", line);
	answered = keys_while_running(&s, took);
	CHECK(answered >= KEYS_LEAST, "%zu keys were answered before the job ended", answered);
	qsort(took, answered, sizeof(*took), by_size);
	if (answered)
		printf("# a key: %lld microseconds in the middle, 99 of 100 within %lld, %lld at most\n",
		       took[answered / 2], took[answered * 99 / 100], took[answered - 1]);
	selected(&s, &before);
	CHECK(pty_wait_no_text(&s, "jobs 1"), "the job ends");
	CHECK(answered && took[answered - 1] < (pty_now() - began) / 4, "no key waited for it");
	selected(&s, &after);
	CHECK(before.length && strncmp(before.bytes, after.bytes, 14) == 0, "what it brought moved no selection: %s",
	      after.bytes);
	pty_send(&s, "J");
	CHECK(pty_wait_text(&s, "done"), "the list of jobs says that it is done");
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "and Q leaves");
	pty_end(&s);
}

static void test_cancel(const char *vault, const char *line)
{
	const char *argv[] = { getenv("PSIRTTY"), "--vault", vault, NULL };
	struct pty s;

	pty_start(&s, 24, 80, argv, NULL);
	pty_wait_text(&s, "Inbox: ");
	pty_send(&s, ":");
	pty_wait_text(&s, "\n:");
	pty_send(&s, line);
	pty_send(&s, "\r");
	CHECK(pty_wait_text(&s, "jobs 1"), "the job runs again");
	pty_send(&s, "\003");
	CHECK(pty_wait_no_text(&s, "jobs 1"), "^C cancels it");
	pty_send(&s, "J");
	CHECK(pty_wait_text(&s, "cancelled"), "and the list of jobs says so");
	pty_send(&s, "Q");
	CHECK(pty_status(&s) == 0, "Q leaves");
	pty_end(&s);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	if (strcmp(argv[1], "cancel") == 0)
		test_cancel(argv[2], argv[3]);
	else
		test_job(argv[2], argv[3]);
	return tap_done();
}
