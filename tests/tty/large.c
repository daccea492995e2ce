/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The budgets once more where they count: a sealed vault of 10,000 cases and 20,000 messages, a job running beside the
 * screen. The vault is made here, and opened once, which makes its caches. Called as "large run DIR" this program is the
 * workstation on it.
 */
#include "budget.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/command/session.h"
#include "psirtty/desk/desk.h"
#include "psirtty/worker/fetch.h"
#include "psirtty/tui/tui.h"
#include "psirtty/worker/job.h"
#include "vault_fill.h"

enum { CASES = 10000, MESSAGES = 2, FIRST_FRAME_READ = 24 << 20 };

/* ---- the program under test */

static int work(void *argument)
{
	const char *vault_dir = argument;
	struct command_context context = { .out = STR_INIT, .vault_dir = mem_string(vault_dir) };
	struct desk_options options = { .vault_dir = vault_dir, .lean = true };
	AUTO_ERROR err = ERROR_INIT;
	int status;

	i18n_start();
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	if (desk_open(&options, command_now(&context), &context.desk, &err)) {
		fprintf(stderr, "large: %s\n", err.why);
		return 1;
	}
	status = budget_work(&context);
	command_context_release(&context);
	return status;
}

/* What psirtty itself starts is this program, too. */
static bool helper(int argc, char **argv, int *ret_status)
{
	if (argc != 2)
		return false;
	if (str_equal(argv[1], PARSE_WORKER_ARGUMENT) || str_equal(argv[1], JOB_WORKER_ARGUMENT))
		parse_worker_main(str_equal(argv[1], PARSE_WORKER_ARGUMENT));
	if (str_equal(argv[1], FETCH_WORKER_ARGUMENT))
		fetch_worker_main();
	if (!str_equal(argv[1], SESSION_ARGUMENT))
		return false;
	i18n_start();
	*ret_status = session_main();
	return true;
}

/* ---- the vault */

static int fill(const char *dir, char **ret_vault, struct error *err)
{
	struct fill_plan plan = { .cases = CASES, .events = FILL_BRIEF, .seed = 7, .now = (instant)time(NULL) * INSTANT_SECOND };
	instant begun = plan.now - 731 * INSTANT_DAY;
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	int code = fill_place(dir, begun, &pgp, ret_vault, err);

	if (!code)
		code = vault_open(*ret_vault, pgp, false, begun, &vault, err);
	if (!code)
		code = vault_fill(vault, &plan, err);
	vault_close(vault);
	openpgp_close(pgp);
	return code;
}

/* The first to unlock it makes the caches; in a process of its own, which leaves no memory behind. */
static bool open_once(const char *vault_dir)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		struct desk_options options = { .vault_dir = vault_dir };
		struct desk *desk = NULL;
		uint64_t left = 1;
		bool good = desk_open(&options, (instant)time(NULL) * INSTANT_SECOND, &desk, NULL) == 0;

		while (good && left)
			good = desk_index_step(desk, 1 << 20, &left, NULL) == 0;
		desk_close(desk);
		_exit(!good);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void clear(const char *dir)
{
	AUTO_STRING gnupg = file_join(dir, "gnupg");
	pid_t child = fork();

	if (child == 0) {
		execlp("gpgconf", "gpgconf", "--homedir", gnupg, "--kill", "all", (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
	child = fork();
	if (child == 0) {
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

/* ---- the tests */

static char self[4096];

static bool shows(struct pty *s, const char *what)
{
	AUTO_STR text = STR_INIT;

	pty_text(s, &text);
	return strstr(text.bytes, what) != NULL;
}

/* An import from where nothing comes yet: it runs for as long as the measuring takes, however fast the machine is. */
static void begin_job(struct pty *s, const char *pipe)
{
	AUTO_STRING line = mem_format(":mail import %s\r", pipe);

	pty_send(s, line);
	CHECK(pty_wait_text(s, "jobs 1"), "a job runs");
}

/* It stops at no safe place any more: the second ^C ends its process. */
static void end_job(struct pty *s)
{
	pty_send(s, "\003");
	CHECK(pty_wait_text(s, "once more"), "^C asks it to stop");
	pty_send(s, "\003");
	CHECK(pty_wait_no_text(s, "jobs 1"), "^C once more ends it");
}

/* What the program has read since it was started says how much it looked at, on every machine the same. */
static void check_read(const struct pty *s)
{
	AUTO_STRING path = mem_format("/proc/%d/io", (int)s->shared->inner);
	FILE *file = fopen(path, "re");
	long long bytes = -1;

	if (file && fscanf(file, "rchar: %lld", &bytes) != 1)
		bytes = -1;
	if (file)
		fclose(file);
	if (bytes < 0)
		tap_skip("what is read before the first frame", "the system does not count it");
	else
		CHECK(bytes <= FIRST_FRAME_READ, "%lld bytes were read before the first frame, of %d", bytes, FIRST_FRAME_READ);
}

static void measure_case_list(struct pty *s, const struct budget *b, const char *pipe)
{
	pty_send(s, "0");
	CHECK(pty_wait_text(s, "Cases: 10000"), "%dx%d: all cases are in the list", b->cols, b->rows);
	begin_job(s, pipe);
	budget_measure(s, b);
	budget_marker(s, b);
	budget_escape(s, b);
	budget_resident(s, "with all cases listed", true);
	budget_filter(s, b, "overflow");
	pty_send(s, "\r");
	CHECK(pty_wait_text(s, "filter: overflow"), "%dx%d: filtered", b->cols, b->rows);
	budget_idle(s, b);
	budget_minute(s, b);
	if (!CHECK(shows(s, "jobs 1"), "%dx%d: the job ran all the time", b->cols, b->rows)) {
		AUTO_STR text = STR_INIT;

		pty_text(s, &text);
		printf("%s\n", text.bytes);
	}
	end_job(s);
	budget_resident(s, "once filtered by a word", false);
}

/* ---- another session of the vault */

static char *selected_id(struct pty *s)
{
	AUTO_STR text = STR_INIT;
	const char *row, *id;

	pty_text(s, &text);
	row = strstr(text.bytes, "\n> ");
	id = row ? strstr(row, "PSIRT-") : NULL;
	return id ? mem_copy(id, strcspn(id, " ")) : NULL;
}

/* Opens the vault as the next process would, renames the case, says so on TOLD. */
static void rename_from_afar(const char *vault_dir, const char *id, int told)
{
	struct desk_options options = { .vault_dir = vault_dir };
	instant now = (instant)time(NULL) * INSTANT_SECOND;
	const struct case_state *state;
	struct desk *desk = NULL;
	bool good = desk_open(&options, now, &desk, NULL) == 0 && desk_find_case(desk, id, &state, NULL) == 0 &&
		    desk_case_set(desk, state, "title", "overflow from afar", now, NULL) == 0;

	good = good && write(told, "", 1) == 1;
	desk_close(desk);
	_exit(!good);
}

/* When the new title stands there, how often nothing had come for a second by then. */
static bool title_seen(struct pty *s, const void *argument)
{
	size_t *polls = *(size_t *const *)argument;

	*polls = s->shared->polls;
	return shows(s, "overflow from afar");
}

/* It is on the screen before a second of the program's has passed without anything. */
static void test_other(struct pty *s, const char *vault_dir)
{
	AUTO_STRING id = selected_id(s);
	int ends[2], status = 1;
	size_t polls, then = 0, *seen = &then;
	pid_t child;
	char byte;

	if (!CHECK(id && pipe(ends) == 0, "a case is selected"))
		return;
	fflush(stdout);
	child = fork();
	if (child == 0)
		rename_from_afar(vault_dir, id, ends[1]);
	close(ends[1]);
	CHECK(read(ends[0], &byte, 1) == 1, "another session renames %s", id);
	polls = s->shared->polls;
	CHECK(pty_wait(s, title_seen, &seen), "the new title appears by itself");
	CHECK(then - polls <= 1, "within a second: %zu times nothing had come for one", then - polls);
	CHECK(waitpid(child, &status, 0) == child && status == 0, "and the other session ends well");
	close(ends[0]);
}

/* They look at every case: of a program that has just started nothing was read yet. */
static void test_metrics(const char *vault_dir)
{
	const char *argv[] = { self, "run", vault_dir, NULL };
	struct pty s;
	long long begun;

	pty_start(&s, 24, 80, argv, NULL);
	pty_wait_text(&s, "Inbox");
	begun = pty_now();
	pty_send(&s, "8");
	CHECK(pty_wait_text(&s, "Cases by state"), "the metrics of all cases are there");
	printf("# after %lld microseconds; the longest turn: %lld of processor time\n", pty_now() - begun, s.shared->longest);
	CHECK(s.shared->most_read && s.shared->most_read <= BUDGET_BRIEFS, "at most %zu cases were read for them in a turn, of %d",
	      s.shared->most_read, BUDGET_BRIEFS);
	pty_send(&s, "QQ");
	CHECK(pty_status(&s) == 0, "Q leaves them");
	pty_end(&s);
}

static void test_size(const char *vault_dir, const char *pipe, const struct budget *b)
{
	const char *argv[] = { self, "run", vault_dir, NULL };
	long long begun = pty_now();
	struct pty s;

	pty_start(&s, b->rows, b->cols, argv, NULL);
	CHECK(pty_wait_text(&s, "Inbox"), "%dx%d: the inbox is there", b->cols, b->rows);
	printf("# %dx%d: %lld ms from start to first frame, gpg's unlocking included\n", b->cols, b->rows,
	       (pty_now() - begun) / 1000);
	check_read(&s);
	budget_settle(&s, 2);
	budget_resident(&s, "at the start", true);
	measure_case_list(&s, b, pipe);
	if (b == budgets)
		test_other(&s, vault_dir);
	budget_turns(&s);
	pty_send(&s, "QQ");
	CHECK(pty_status(&s) == 0, "%dx%d: Q leaves", b->cols, b->rows);
	pty_end(&s);
}

/* In memory, where that is possible: making the vault commits ten thousand times. */
static const char *room(void)
{
	const char *given = getenv("TMPDIR");

	return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : given ? given : "/tmp";
}

int main(int argc, char **argv)
{
	AUTO_STRING dir = mem_format("%s/pl.XXXXXX", room());
	AUTO_STRING vault_dir = NULL;
	AUTO_STRING pipe = NULL;
	AUTO_ERROR err = ERROR_INIT;
	long long begun = pty_now();
	int status;

	if (helper(argc, argv, &status))
		return status;
	if (argc > 2 && str_equal(argv[1], "run"))
		return tui_supervise(work, argv[2]);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || !mkdtemp(dir))
		return 1;
	pipe = file_join(dir, "pipe");
	CHECK(mkfifo(pipe, 0600) == 0, "a pipe to import from");
	CHECK(fill(dir, &vault_dir, &err) == 0, "a vault of %d cases and %d messages", CASES, CASES * MESSAGES);
	printf("# made in %lld ms\n", (pty_now() - begun) / 1000);
	begun = pty_now();
	CHECK(vault_dir && open_once(vault_dir), "it opens");
	printf("# its caches are made in %lld ms\n", (pty_now() - begun) / 1000);
	if (vault_dir)
		test_metrics(vault_dir);
	for (size_t i = 0; vault_dir && i < BUDGETS; i++)
		test_size(vault_dir, pipe, &budgets[i]);
	clear(dir);
	return tap_done();
}
