/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes for each key, one write a frame, the length of a turn of the loop. */
#include "budget.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "psirtty/base/i18n.h"
#include "tui/run_tui.h"

const struct budget budgets[BUDGETS] = {
	{ 24, 80, 200, 250, 1600, 2100, 1700 },
	{ 50, 200, 320, 350, 3400, 4500, 1700 },
};

/* ---- the program's side */

static struct shared *counters;
static struct term_ops counting;
static const struct term_ops *real;
static struct command_context *counted;
static long long turn_began;
static int turn_key;
static size_t known_before;

static long long processor_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void count_end(struct terminal *term)
{
	size_t frames, writes, bytes;

	real->end(term);
	term_curses_counters(term, &frames, &writes, &bytes);
	counters->each[frames % FRAMES_KEPT] = bytes - counters->bytes;
	counters->writes = writes;
	counters->bytes = bytes;
	counters->frames = frames;
}

/* A filter looks at all cases: they are read in many turns. */
static void count_briefs(void)
{
	size_t known = counted->desk ? model_known_count(desk_model(counted->desk)) : 0;

	if (known > known_before && known - known_before > counters->most_read)
		counters->most_read = known - known_before;
	known_before = known;
}

/* A turn is what is done between two waits for a key: no key is answered meanwhile. */
static void turn_ends(void)
{
	long long took = processor_now() - turn_began;

	if (!turn_began || took <= counters->longest)
		return;
	counters->longest = took;
	counters->longest_key = turn_key;
}

static int count_key(struct terminal *term, int timeout_ms)
{
	int key;

	turn_ends();
	count_briefs();
	if (counters->minutes) {
		counted->now = counted->now_fixed ? counted->now : command_now(counted);
		counted->now_fixed = true;
		counted->now += INSTANT_MINUTE * counters->minutes;
		counters->minutes = 0;
	}
	key = real->key(term, timeout_ms);
	if (key == TK_NONE && timeout_ms)
		counters->polls++;
	turn_key = key;
	turn_began = processor_now();
	return key;
}

int budget_work(struct command_context *context)
{
	struct terminal *term = term_curses_new();
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR sentence = STR_INIT;
	int code;

	counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED, SHARED_FD, 0);
	/* Under a program that hands on no descriptors nobody looks at what is counted. */
	if (counters == MAP_FAILED)
		counters = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (counters == MAP_FAILED)
		return 3;
	counted = context;
	known_before = context->desk ? model_known_count(desk_model(context->desk)) : 0;
	real = term->ops;
	counting = *real;
	counting.end = count_end;
	counting.key = count_key;
	term->ops = &counting;
	counters->inner = getpid();
	code = tui_run_on(context, term, &err);
	if (code) {
		error_sentence(&err, &sentence);
		fprintf(stderr, "psirtty: %s\n", sentence.bytes);
	}
	term->ops = real;
	term_free(term);
	return error_exit_status(code);
}

/* ---- outside */

size_t budget_frame(struct pty *s, const char *keys)
{
	size_t frames = s->shared->frames;

	pty_send(s, keys);
	if (!pty_wait_frames(s, frames, 1))
		return SIZE_MAX;
	return s->shared->each[(frames + 1) % FRAMES_KEPT];
}

static bool polled(struct pty *s, const void *argument)
{
	return s->shared->polls >= *(const size_t *)argument && s->raw.length >= s->shared->bytes;
}

void budget_settle(struct pty *s, size_t count)
{
	size_t wanted = s->shared->polls + count;

	pty_wait(s, polled, &wanted);
}

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

size_t budget_median(struct pty *s, const char *keys, size_t frames)
{
	size_t values[BUDGET_TIMES];

	for (int i = 0; i < BUDGET_TIMES; i++) {
		size_t from = s->shared->frames;

		values[i] = budget_frame(s, keys);
		pty_wait_frames(s, from, frames);
	}
	qsort(values, BUDGET_TIMES, sizeof(*values), compare_sizes);
	return values[BUDGET_TIMES / 2];
}

/* The same of frames that another may follow by itself: each has come before the next key is pressed. */
static size_t rested_median(struct pty *s, const char *keys)
{
	size_t values[3];

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		budget_settle(s, 2);
		values[i] = budget_frame(s, keys);
	}
	qsort(values, ARRAY_LEN(values), sizeof(*values), compare_sizes);
	return values[1];
}

static void check(const struct budget *b, const char *what, size_t bytes, size_t most)
{
	CHECK(bytes <= most, "%dx%d: %s writes %zu bytes of %zu", b->cols, b->rows, what, bytes, most);
}

/* Beside a preview a terminal cannot scroll a part of its lines, so the list then jumps by half a page; the median of
 * single keys is what scrolling costs there, and a jump is bounded by the page's budget. */
void budget_measure(struct pty *s, const struct budget *b)
{
	pty_send(s, "GggG");
	pty_send(s, "g");
	budget_settle(s, 2);
	check(b, "a move", budget_median(s, "j", 1), b->move);
	budget_settle(s, 2);
	check(b, "a move after a rest", rested_median(s, "j"), b->move);
	pty_send(s, "g");
	for (int i = 0; i < b->rows; i++)
		budget_frame(s, "j");
	budget_settle(s, 2);
	check(b, "scrolling", budget_median(s, "j", 1), b->scroll);
	budget_settle(s, 2);
	check(b, "a page", budget_median(s, "\033[6~", 2), b->page);
	check(b, "a full redraw", rested_median(s, "\014"), b->redraw);
}

void budget_marker(struct pty *s, const struct budget *b)
{
	pty_send(s, ":set cursor marker\r");
	CHECK(pty_wait_text(s, "cursor is marker now"), "%dx%d: the cursor is a mark", b->cols, b->rows);
	pty_send(s, "g");
	budget_settle(s, 1);
	check(b, "moving the mark", budget_median(s, "j", 1), BUDGET_MARKER);
	pty_send(s, ":set cursor bar\r");
	CHECK(pty_wait_text(s, "cursor is bar now"), "%dx%d: and a bar again", b->cols, b->rows);
}

static bool no_prompt(struct pty *s, const void *argument)
{
	AUTO_STR text = STR_INIT;

	(void)argument;
	pty_text(s, &text);
	return !strstr(text.bytes, "\n:");
}

/* curses waits 25 ms to tell Escape from a longer key; what we add must fit into the rest. */
void budget_escape(struct pty *s, const struct budget *b)
{
	long long best = INT64_MAX;

	for (int i = 0; i < BUDGET_TIMES; i++) {
		long long began;

		budget_frame(s, ":");
		pty_wait_text(s, "\n:");
		began = pty_now();
		pty_send(s, "\033");
		pty_wait(s, no_prompt, NULL);
		if (pty_now() - began < best)
			best = pty_now() - began;
	}
#ifdef PSIRTTY_SANITIZED
	CHECK(best < 100000, "%dx%d: Escape leaves the command line in %lld microseconds", b->cols, b->rows, best);
#else
	CHECK(best <= BUDGET_ESCAPE_US, "%dx%d: Escape leaves the command line in %lld microseconds of %d", b->cols, b->rows, best,
	      BUDGET_ESCAPE_US);
#endif
}

/* The lower rows of a tall list follow when the typing rests, as the preview does. */
void budget_filter(struct pty *s, const struct budget *b, const char *word)
{
	long long slowest = 0;
	size_t bytes;

	budget_settle(s, 2);
	budget_frame(s, "/");
	for (const char *c = word; *c; c++) {
		AUTO_STRING what = mem_format("typing %c into the filter", *c);
		long long began = pty_now();

		bytes = budget_frame(s, (char[]){ *c, 0 });
		slowest = pty_now() - began > slowest ? pty_now() - began : slowest;
		check(b, what, bytes, b->filter);
	}
	printf("# %dx%d: a letter of the filter is drawn within %lld microseconds\n", b->cols, b->rows, slowest);
	bytes = s->shared->bytes;
	budget_settle(s, 2);
	printf("# %dx%d: %zu bytes follow when the typing rests\n", b->cols, b->rows, s->shared->bytes - bytes);
}

void budget_idle(struct pty *s, const struct budget *b)
{
	size_t bytes, polls;

	budget_settle(s, 3);
	bytes = s->shared->bytes;
	polls = s->shared->polls + 3;
	CHECK(pty_wait(s, polled, &polls) && s->shared->bytes == bytes, "%dx%d: idle writes nothing", b->cols, b->rows);
	CHECK(s->shared->writes <= s->shared->frames, "%dx%d: %zu frames in %zu writes", b->cols, b->rows, s->shared->frames,
	      s->shared->writes);
}

void budget_minute(struct pty *s, const struct budget *b)
{
	size_t bytes = s->shared->bytes, frames = s->shared->frames;

	s->shared->minutes = 1;
	CHECK(pty_wait_frames(s, frames, 1), "%dx%d: a minute later a frame is drawn", b->cols, b->rows);
	check(b, "a minute's passing", s->shared->bytes - bytes, BUDGET_MINUTE);
}

static long resident_kb(const struct pty *s)
{
	AUTO_STRING path = mem_format("/proc/%d/status", (int)s->shared->inner);
	FILE *file = fopen(path, "re");
	char line[256];
	long kilobytes = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
			break;
	if (file)
		fclose(file);
	return kilobytes;
}

#ifndef PSIRTTY_SANITIZED
/* What was freed is given back when no key came for a second. */
static bool resident_small(struct pty *s, const void *argument)
{
	(void)argument;
	return resident_kb(s) <= BUDGET_RESIDENT_KB;
}
#endif

void budget_resident(struct pty *s, const char *when, bool bounded)
{
#ifndef PSIRTTY_SANITIZED
	if (bounded)
		CHECK(pty_wait(s, resident_small, NULL), "%s the workstation takes %ld kB of %d", when, resident_kb(s),
		      BUDGET_RESIDENT_KB);
#endif
	printf("# resident%s, %s: %ld kB\n", bounded ? "" : " (no bound)", when, resident_kb(s));
}

void budget_turns(const struct pty *s)
{
	CHECK(s->shared->most_read <= BUDGET_BRIEFS, "at most %zu briefs were read in a turn, of %d", s->shared->most_read,
	      BUDGET_BRIEFS);
	printf("# the longest turn of the loop: %lld microseconds of processor time, after key %d\n", s->shared->longest,
	       s->shared->longest_key);
}
